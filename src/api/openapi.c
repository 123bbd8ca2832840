/* The interface as OpenAPI 3.1, from the model as the caller may see it. */
#include "api/api.h"
#include "app/agenda.h"

#include "model/type.h"

/* The part that does not depend on the model. */
static const char FIXED_SCHEMAS[] =
	"\"Problem\":{\"type\":\"object\",\"required\":[\"type\",\"title\",\"status\"],\"properties\":{"
	"\"type\":{\"type\":\"string\"},\"title\":{\"type\":\"string\"},\"status\":{\"type\":\"integer\"},"
	"\"detail\":{\"type\":\"string\"},\"instance\":{\"type\":\"string\"},"
	"\"errors\":{\"type\":\"array\",\"items\":{\"type\":\"object\","
	"\"required\":[\"field\",\"code\",\"detail\"],\"properties\":{\"field\":{\"type\":\"string\"},"
	"\"code\":{\"type\":\"string\"},\"detail\":{\"type\":\"string\"}},\"additionalProperties\":false}},"
	"\"current\":{\"type\":\"object\"},\"conflicts\":{\"$ref\":\"#/components/schemas/Conflicts\"}},"
	"\"additionalProperties\":false},"
	"\"Conflicts\":{\"type\":\"array\",\"items\":{\"type\":\"object\","
	"\"required\":[\"object\",\"record\",\"field\",\"detail\"],\"properties\":{"
	"\"object\":{\"type\":\"string\"},\"record\":{\"type\":\"string\"},"
	"\"field\":{\"type\":[\"string\",\"null\"]},\"detail\":{\"type\":\"string\"}},"
	"\"additionalProperties\":false}},"
	"\"Undone\":{\"type\":\"object\",\"required\":[\"changeset\",\"conflicts\"],\"properties\":{"
	"\"changeset\":{\"type\":[\"string\",\"null\"]},"
	"\"conflicts\":{\"$ref\":\"#/components/schemas/Conflicts\"}},\"additionalProperties\":false},"
	"\"Change\":{\"type\":\"object\",\"required\":[\"id\",\"changeset\",\"at\",\"object\",\"record\",\"op\","
	"\"fields\"],\"properties\":{\"id\":{\"type\":\"string\"},\"changeset\":{\"type\":\"string\"},"
	"\"at\":{\"type\":\"string\",\"format\":\"date-time\"},\"actor\":{\"type\":[\"string\",\"null\"]},"
	"\"actor_name\":{\"type\":[\"string\",\"null\"]},\"door\":{\"type\":[\"string\",\"null\"]},"
	"\"why\":{\"type\":[\"string\",\"null\"]},\"object\":{\"type\":\"string\"},"
	"\"record\":{\"type\":[\"string\",\"null\"]},\"record_version\":{\"type\":\"integer\"},"
	"\"op\":{\"enum\":[\"create\",\"edit\",\"delete\",\"restore\",\"erase\"]},"
	"\"erased\":{\"type\":\"boolean\"},\"undo_of\":{\"type\":[\"string\",\"null\"]},"
	"\"undone_by\":{\"type\":[\"string\",\"null\"]},\"fields\":{\"type\":\"object\","
	"\"additionalProperties\":{\"type\":\"object\",\"required\":[\"old\",\"new\"],"
	"\"properties\":{\"old\":{},\"new\":{}},\"additionalProperties\":false}}},"
	"\"additionalProperties\":false},"
	"\"Changes\":{\"type\":\"object\",\"required\":[\"items\",\"next\"],\"properties\":{"
	"\"items\":{\"type\":\"array\",\"items\":{\"$ref\":\"#/components/schemas/Change\"}},"
	"\"next\":{\"type\":[\"string\",\"null\"]}},\"additionalProperties\":false},"
	"\"Hits\":{\"type\":\"object\",\"required\":[\"items\"],\"properties\":{\"items\":{\"type\":\"array\","
	"\"items\":{\"type\":\"object\",\"required\":[\"object\",\"id\",\"title\",\"field\",\"text\"],"
	"\"properties\":{\"object\":{\"type\":\"string\"},\"id\":{\"type\":\"string\"},"
	"\"title\":{\"type\":\"string\"},\"field\":{\"type\":[\"string\",\"null\"]},"
	"\"text\":{\"type\":[\"string\",\"null\"]}},\"additionalProperties\":false}}},"
	"\"additionalProperties\":false},"
	"\"Groups\":{\"type\":\"object\",\"required\":[\"groups\"],\"properties\":{\"groups\":{"
	"\"type\":\"array\",\"items\":{\"type\":\"object\",\"required\":[\"labels\"],\"properties\":{"
	"\"labels\":{\"type\":\"object\",\"additionalProperties\":{\"type\":\"string\"}}}}}},"
	"\"additionalProperties\":false},"
	"\"Batch\":{\"type\":\"object\",\"required\":[\"operations\"],\"properties\":{"
	"\"mode\":{\"enum\":[\"all\",\"each\"],\"default\":\"all\"},\"operations\":{\"type\":\"array\","
	"\"maxItems\":10000,\"items\":{\"type\":\"object\",\"required\":[\"op\",\"object\"],\"properties\":{"
	"\"op\":{\"enum\":[\"create\",\"update\",\"delete\",\"restore\"]},\"object\":{\"type\":\"string\"},"
	"\"id\":{\"type\":\"string\"},\"version\":{\"type\":\"integer\"},\"fields\":{\"type\":\"object\"}},"
	"\"additionalProperties\":false}}},\"additionalProperties\":false},"
	"\"Results\":{\"type\":\"object\",\"required\":[\"results\",\"failed\"],\"properties\":{"
	"\"results\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"required\":[\"status\"],"
	"\"properties\":{\"status\":{\"type\":\"integer\"},\"id\":{\"type\":\"string\"},"
	"\"version\":{\"type\":\"integer\"},\"problem\":{\"$ref\":\"#/components/schemas/Problem\"}},"
	"\"additionalProperties\":false}},\"failed\":{\"type\":\"integer\"}},\"additionalProperties\":false},"
	"\"BulkOrder\":{\"type\":\"object\",\"properties\":{"
	"\"op\":{\"enum\":[\"update\",\"delete\",\"restore\"],\"default\":\"update\"},"
	"\"where\":{\"type\":\"string\",\"description\":\"a condition; empty: all\"},"
	"\"ids\":{\"type\":\"array\",\"maxItems\":10000,\"items\":{\"type\":\"string\"}},"
	"\"fields\":{\"type\":\"object\"},"
	"\"add\":{\"type\":\"object\",\"additionalProperties\":{\"type\":\"array\"}},"
	"\"remove\":{\"type\":\"object\",\"additionalProperties\":{\"type\":\"array\"}},"
	"\"dry_run\":{\"type\":\"boolean\",\"default\":false}},\"additionalProperties\":false},"
	"\"Bulk\":{\"type\":\"object\",\"required\":[\"id\",\"at\",\"object\",\"op\",\"state\",\"dry_run\","
	"\"total\",\"done\",\"changed\",\"unchanged\",\"failed\",\"changeset\",\"undo_of\",\"undone_by\","
	"\"samples\",\"problems\"],\"properties\":{\"id\":{\"type\":\"string\"},"
	"\"at\":{\"type\":\"string\",\"format\":\"date-time\"},\"object\":{\"type\":\"string\"},"
	"\"op\":{\"enum\":[\"update\",\"delete\",\"restore\",\"undo\"]},"
	"\"state\":{\"enum\":[\"running\",\"done\",\"stopped\"]},\"dry_run\":{\"type\":\"boolean\"},"
	"\"total\":{\"type\":\"integer\"},\"done\":{\"type\":\"integer\"},\"changed\":{\"type\":\"integer\"},"
	"\"unchanged\":{\"type\":\"integer\"},\"failed\":{\"type\":\"integer\"},"
	"\"changeset\":{\"type\":[\"string\",\"null\"]},\"undo_of\":{\"type\":[\"string\",\"null\"]},"
	"\"undone_by\":{\"type\":[\"string\",\"null\"]},"
	"\"samples\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}},"
	"\"problems\":{\"type\":\"array\",\"items\":{\"type\":\"object\","
	"\"required\":[\"field\",\"detail\",\"count\",\"samples\"],\"properties\":{"
	"\"field\":{\"type\":[\"string\",\"null\"]},\"detail\":{\"type\":\"string\"},"
	"\"count\":{\"type\":\"integer\"},\"samples\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}}},"
	"\"additionalProperties\":false}}},\"additionalProperties\":false},"
	"\"Bulks\":{\"type\":\"object\",\"required\":[\"items\"],\"properties\":{\"items\":{\"type\":\"array\","
	"\"items\":{\"$ref\":\"#/components/schemas/Bulk\"}}},\"additionalProperties\":false},"
	"\"Notification\":{\"type\":\"object\",\"required\":[\"id\",\"at\",\"kind\",\"object\",\"record\",\"bulk\","
	"\"title\",\"count\",\"actor\",\"actor_name\",\"others\",\"op\",\"fields\",\"read\"],\"properties\":{"
	"\"id\":{\"type\":\"string\"},\"at\":{\"type\":\"string\",\"format\":\"date-time\"},"
	"\"kind\":{\"enum\":[\"mention\",\"assigned\",\"followed\",\"due\",\"job\",\"answered\",\"escalated\",\"approval\",\"remind\",\"invited\"]},"
	"\"object\":{\"type\":[\"string\",\"null\"]},"
	"\"record\":{\"type\":[\"string\",\"null\"],\"description\":\"null: several of the object, or a job\"},"
	"\"bulk\":{\"type\":[\"string\",\"null\"]},\"title\":{\"type\":[\"string\",\"null\"]},"
	"\"count\":{\"type\":\"integer\"},\"actor\":{\"type\":[\"string\",\"null\"]},"
	"\"actor_name\":{\"type\":[\"string\",\"null\"]},\"others\":{\"type\":\"boolean\"},"
	"\"op\":{\"enum\":[\"create\",\"edit\",\"delete\",\"restore\",\"erase\"]},"
	"\"fields\":{\"type\":[\"string\",\"null\"]},\"read\":{\"type\":\"boolean\"}},"
	"\"additionalProperties\":false},"
	"\"Notifications\":{\"type\":\"object\",\"required\":[\"items\",\"next\",\"unread\"],\"properties\":{"
	"\"items\":{\"type\":\"array\",\"items\":{\"$ref\":\"#/components/schemas/Notification\"}},"
	"\"next\":{\"type\":[\"string\",\"null\"]},\"unread\":{\"type\":\"integer\",\"maximum\":100}},"
	"\"additionalProperties\":false},"
	"\"Unread\":{\"type\":\"object\",\"required\":[\"unread\"],\"properties\":{"
	"\"unread\":{\"type\":\"integer\"}},\"additionalProperties\":false},"
	"\"NotificationRead\":{\"type\":\"object\",\"required\":[\"read\"],\"properties\":{"
	"\"read\":{\"type\":\"boolean\"}},\"additionalProperties\":false},"
	"\"NotificationsRead\":{\"type\":\"object\",\"properties\":{\"up_to\":{\"type\":\"string\"}},"
	"\"additionalProperties\":false},"
	"\"Overview\":{\"type\":\"object\",\"required\":[\"id\",\"name\",\"salutation\","
	"\"preferred_channel\",\"next_purchase\",\"warnings\",\"figures\",\"lists\",\"relations\",\"members\",\"hierarchy\"],"
	"\"properties\":{\"id\":{\"type\":\"string\"},\"name\":{\"type\":[\"string\",\"null\"]},"
	"\"salutation\":{\"type\":[\"string\",\"null\"]},"
	"\"preferred_channel\":{\"type\":[\"string\",\"null\"]},"
	"\"next_purchase\":{\"type\":[\"object\",\"null\"],\"required\":[\"on\",\"derived\"],"
	"\"properties\":{\"on\":{\"type\":\"string\",\"format\":\"date\"},"
	"\"derived\":{\"type\":\"boolean\"}},\"additionalProperties\":false},"
	"\"warnings\":{\"type\":\"array\",\"items\":{\"type\":\"object\","
	"\"required\":[\"key\",\"text\"],\"properties\":{\"key\":{\"type\":\"string\"},"
	"\"text\":{\"type\":\"string\"}},\"additionalProperties\":false}},"
	"\"figures\":{\"type\":\"object\",\"additionalProperties\":{\"type\":\"object\","
	"\"required\":[\"count\",\"first\",\"last\",\"sums\"],\"properties\":{"
	"\"count\":{\"type\":\"integer\"},\"first\":{\"type\":[\"string\",\"null\"]},"
	"\"last\":{\"type\":[\"string\",\"null\"]},\"sums\":{\"type\":\"array\",\"items\":{"
	"\"type\":\"object\",\"required\":[\"amount\",\"currency\"],\"properties\":{"
	"\"amount\":{\"type\":\"string\"},\"currency\":{\"type\":\"string\"},"
	"\"weighted\":{\"type\":\"string\"},\"of\":{\"type\":\"string\"}},"
	"\"additionalProperties\":false}}},\"additionalProperties\":false}},"
	"\"lists\":{\"type\":\"object\",\"additionalProperties\":{\"type\":\"array\",\"items\":{"
	"\"type\":\"object\",\"required\":[\"object\",\"id\",\"title\",\"state\",\"text\",\"at\","
	"\"money\",\"owner\"],\"properties\":{\"object\":{\"type\":\"string\"},"
	"\"id\":{\"type\":\"string\"},\"title\":{\"type\":[\"string\",\"null\"]},"
	"\"state\":{\"type\":[\"string\",\"null\"]},\"text\":{\"type\":[\"string\",\"null\"]},"
	"\"at\":{\"type\":[\"string\",\"null\"]},\"money\":{\"type\":[\"object\",\"null\"]},"
	"\"owner\":{\"type\":[\"string\",\"null\"]}},\"additionalProperties\":false}}},"
	"\"members\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"required\":[\"id\",\"party\"],"
	"\"properties\":{\"id\":{\"type\":\"string\"},\"party\":{\"type\":[\"string\",\"null\"]},"
	"\"name\":{\"type\":[\"string\",\"null\"]},\"position\":{\"type\":[\"string\",\"null\"]},"
	"\"department\":{\"type\":[\"string\",\"null\"]},\"role\":{\"type\":[\"string\",\"null\"]},"
	"\"until\":{\"type\":[\"string\",\"null\"]},\"main\":{\"type\":\"boolean\"}},"
	"\"additionalProperties\":false}},"
	"\"hierarchy\":{\"type\":\"object\",\"required\":[\"currency\",\"more\",\"items\"],"
	"\"properties\":{\"currency\":{\"type\":[\"string\",\"null\"]},\"more\":{\"type\":\"boolean\"},"
	"\"items\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"required\":[\"id\",\"parent\","
	"\"name\",\"depth\",\"own\",\"whole\"],\"properties\":{\"id\":{\"type\":\"string\"},"
	"\"parent\":{\"type\":[\"string\",\"null\"]},\"name\":{\"type\":[\"string\",\"null\"]},"
	"\"depth\":{\"type\":\"integer\"},\"own\":{\"type\":[\"string\",\"null\"]},"
	"\"whole\":{\"type\":[\"string\",\"null\"]}},\"additionalProperties\":false}}},"
	"\"additionalProperties\":false},"
	"\"relations\":{\"type\":\"object\",\"required\":[\"items\",\"more\"],\"properties\":{"
	"\"items\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"required\":[\"kind\","
	"\"own_kind\",\"goes_out\",\"object\",\"id\",\"title\"],\"properties\":{"
	"\"kind\":{\"type\":[\"string\",\"null\"]},\"own_kind\":{\"type\":[\"string\",\"null\"]},"
	"\"goes_out\":{\"type\":\"boolean\"},\"object\":{\"type\":\"string\"},"
	"\"id\":{\"type\":\"string\"},\"title\":{\"type\":[\"string\",\"null\"]}},"
	"\"additionalProperties\":false}},\"more\":{\"type\":\"boolean\"}},"
	"\"additionalProperties\":false}},\"additionalProperties\":false},"
	"\"File\":{\"type\":\"string\",\"contentMediaType\":\"text/csv\"},"
	"\"Letter\":{\"type\":\"string\",\"contentMediaType\":\"application/pdf\"},"
	"\"Link\":{\"type\":\"object\",\"required\":[\"url\"],\"properties\":{"
	"\"url\":{\"type\":\"string\",\"format\":\"uri\"}},\"additionalProperties\":false},"
	"\"Handover\":{\"type\":\"object\",\"required\":[\"format\",\"version\",\"id\",\"number\","
	"\"lines\"],\"description\":\"an order as merchandise management takes it\"},"
	"\"HandoverState\":{\"type\":\"object\",\"required\":[\"state\"],\"properties\":{"
	"\"state\":{\"enum\":[\"waiting\",\"taken\",\"failed\"]},"
	"\"external_id\":{\"type\":\"string\"},\"reason\":{\"type\":\"string\"}},"
	"\"additionalProperties\":false},"
	"\"Approval\":{\"type\":\"object\",\"required\":[\"act\"],\"properties\":{"
	"\"act\":{\"enum\":[\"ask\",\"approve\",\"refuse\"]},\"reason\":{\"type\":\"string\"}},"
	"\"additionalProperties\":false},"
	"\"Proposals\":{\"type\":\"object\",\"required\":[\"items\"],\"properties\":{\"items\":{"
	"\"type\":\"array\",\"items\":{\"type\":\"object\",\"required\":[\"kind\",\"line\","
	"\"product\",\"name\",\"of\"],\"properties\":{"
	"\"kind\":{\"enum\":[\"successor\",\"accessory\",\"upgrade\"]},"
	"\"line\":{\"type\":[\"string\",\"null\"]},\"product\":{\"type\":[\"string\",\"null\"]},"
	"\"name\":{\"type\":\"string\"},\"of\":{\"type\":\"string\"}},"
	"\"additionalProperties\":false}}},\"additionalProperties\":false},"
	"\"Map\":{\"type\":\"string\","
	"\"description\":\"the map as kontor import reads it; empty: as it was guessed\"},"
	"\"Import\":{\"type\":\"object\",\"required\":[\"id\",\"at\",\"began_at\",\"ended_at\","
	"\"object\",\"file\",\"state\",\"why\",\"map\",\"touched\",\"total\",\"done\","
	"\"counts\"],\"properties\":{\"id\":{\"type\":\"string\"},\"at\":{\"type\":\"string\","
	"\"format\":\"date-time\"},\"began_at\":{\"type\":[\"string\",\"null\"]},"
	"\"ended_at\":{\"type\":[\"string\",\"null\"]},\"object\":{\"type\":\"string\"},"
	"\"file\":{\"type\":\"string\"},\"state\":{\"enum\":[\"new\",\"checking\",\"checked\","
	"\"running\",\"done\",\"undoing\",\"undone\",\"failed\"]},\"why\":{\"type\":[\"string\","
	"\"null\"]},\"map\":{\"type\":[\"string\",\"null\"]},\"touched\":{\"type\":[\"string\","
	"\"null\"],\"description\":\"a condition: what was made or changed\"},"
	"\"total\":{\"type\":\"integer\"},\"done\":{\"type\":\"integer\"},"
	"\"counts\":{\"type\":\"object\",\"required\":[\"rows\",\"created\",\"updated\","
	"\"unchanged\",\"skipped\",\"linked\",\"warnings\",\"errors\",\"conflicts\","
	"\"duplicates\",\"kept\"],\"properties\":{\"rows\":{\"type\":\"integer\"},"
	"\"created\":{\"type\":\"integer\"},\"updated\":{\"type\":\"integer\"},"
	"\"unchanged\":{\"type\":\"integer\"},\"skipped\":{\"type\":\"integer\"},"
	"\"linked\":{\"type\":\"integer\"},\"warnings\":{\"type\":\"integer\"},"
	"\"errors\":{\"type\":\"integer\"},\"conflicts\":{\"type\":\"integer\"},"
	"\"duplicates\":{\"type\":\"integer\"},\"kept\":{\"type\":\"integer\"}},"
	"\"additionalProperties\":false}},\"additionalProperties\":false},"
	"\"Imports\":{\"type\":\"object\",\"required\":[\"items\"],"
	"\"properties\":{\"items\":{\"type\":\"array\","
	"\"items\":{\"$ref\":\"#/components/schemas/Import\"}}},\"additionalProperties\":false},"
	"\"ImportCells\":{\"type\":\"object\",\"required\":[\"cells\"],\"properties\":{"
	"\"cells\":{\"type\":\"array\",\"minItems\":1,\"items\":{\"type\":\"object\","
	"\"required\":[\"row\",\"column\",\"text\"],\"properties\":{"
	"\"row\":{\"type\":\"integer\"},\"column\":{\"type\":\"string\"},"
	"\"text\":{\"type\":[\"string\",\"null\"],\"description\":\"null: as the file has it\"}},"
	"\"additionalProperties\":false}}},\"additionalProperties\":false},"
	"\"ImportPreview\":{\"type\":\"object\",\"required\":[\"preview\",\"lines\",\"corrections\"],"
	"\"properties\":{\"preview\":{\"type\":[\"object\",\"null\"],"
	"\"properties\":{\"columns\":{\"type\":\"array\",\"items\":{\"type\":\"object\","
	"\"required\":[\"label\",\"column\",\"from\"],\"properties\":{\"label\":{\"type\":\"string\"},"
	"\"column\":{\"type\":\"string\"},\"from\":{\"type\":\"array\",\"description\":"
	"\"columns of the file, from 0\",\"items\":{\"type\":\"integer\"}}},"
	"\"additionalProperties\":false}},"
	"\"file\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}},"
	"\"rows\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"required\":[\"row\","
	"\"op\",\"cells\",\"texts\"],\"properties\":{\"row\":{\"type\":\"integer\"},"
	"\"op\":{\"enum\":[\"create\",\"update\",\"same\",\"skip\"]},"
	"\"texts\":{\"type\":\"array\",\"items\":{\"type\":[\"string\",\"null\"]}},"
	"\"cells\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}}},"
	"\"additionalProperties\":false}}},\"additionalProperties\":false},"
	"\"corrections\":{\"type\":\"array\",\"items\":{\"type\":\"object\","
	"\"required\":[\"row\",\"column\",\"text\",\"was\"],\"properties\":{"
	"\"row\":{\"type\":\"integer\"},\"column\":{\"type\":[\"string\",\"null\"]},"
	"\"text\":{\"type\":\"string\"},\"was\":{\"type\":\"string\",\"description\":"
	"\"what the file has\"}},\"additionalProperties\":false}},"
	"\"lines\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"required\":[\"row\","
	"\"column\",\"level\",\"detail\",\"text\"],"
	"\"properties\":{\"row\":{\"type\":\"integer\"},\"column\":{\"type\":\"string\"},"
	"\"level\":{\"enum\":[\"error\",\"warning\"]},\"detail\":{\"type\":\"string\"},"
	"\"text\":{\"type\":\"string\"}},\"additionalProperties\":false}}},"
	"\"additionalProperties\":false},"
	"\"Twins\":{\"type\":\"object\",\"required\":[\"items\"],\"properties\":{\"items\":{"
	"\"type\":\"array\",\"items\":{\"type\":\"object\",\"required\":[\"id\",\"title\","
	"\"points\",\"alike\",\"same\"],\"properties\":{\"id\":{\"type\":\"string\"},"
	"\"title\":{\"type\":\"string\"},\"points\":{\"type\":\"integer\"},"
	"\"alike\":{\"type\":\"boolean\"},\"same\":{\"type\":\"array\","
	"\"items\":{\"type\":\"string\"}}},\"additionalProperties\":false}}},"
	"\"additionalProperties\":false},"
	"\"Merged\":{\"type\":\"object\",\"required\":[\"merge\"],\"properties\":{"
	"\"merge\":{\"type\":[\"string\",\"null\"]}},\"additionalProperties\":false}";

/* ---- building blocks ---- */

static void
reply_ref(struct buf *out, const char *status, const char *media, const char *schema)
{
	buf_json(out, str_of(status));
	BUF_LIT(out, ":{\"description\":\"done\",\"content\":{");
	buf_json(out, str_of(media ? media : "application/json"));
	BUF_LIT(out, ":{\"schema\":{\"$ref\":\"#/components/schemas/");
	buf_z(out, schema);
	BUF_LIT(out, "\"}}}}");
}

static void
problem_reply(struct buf *out)
{
	BUF_LIT(out,
		",\"default\":{\"description\":\"refused\",\"content\":{\"application/problem+json\":"
		"{\"schema\":{\"$ref\":\"#/components/schemas/Problem\"}}}}}");
}

static void
parameter(struct buf *out, const char *name, const char *in, const char *schema, const char *what)
{
	BUF_LIT(out, "{\"name\":");
	buf_json(out, str_of(name));
	BUF_LIT(out, ",\"in\":\"");
	buf_z(out, in);
	BUF_LIT(out, "\",\"schema\":");
	buf_z(out, schema);
	if (str_eq(str_of(in), S("path")))
		BUF_LIT(out, ",\"required\":true");
	BUF_LIT(out, ",\"description\":");
	buf_json(out, str_of(what));
	buf_char(out, '}');
}

static void
body_ref(struct buf *out, const char *media, const char *schema)
{
	BUF_LIT(out, ",\"requestBody\":{\"content\":{\"");
	buf_z(out, media);
	BUF_LIT(out, "\":{\"schema\":{\"$ref\":\"#/components/schemas/");
	buf_z(out, schema);
	BUF_LIT(out, "\"}}}}");
}

struct known {
	const char *name, *in, *schema, *what;
};

#define TEXT_SCHEMA "{\"type\":\"string\"}"
#define FLAG_SCHEMA "{\"type\":\"integer\",\"enum\":[0,1]}"
#define COUNT_SCHEMA "{\"type\":\"integer\",\"minimum\":1}"

static const struct known LIST_PARAMETERS[] = {
	{ "where", "query", TEXT_SCHEMA,
	  "a condition, like: stage = customer and party.city = \"Bonn\"" },
	{ "sort", "query", TEXT_SCHEMA, "field names with commas; a leading - descends" },
	{ "fields", "query", TEXT_SCHEMA, "field names with commas; all where absent" },
	{ "limit", "query", COUNT_SCHEMA, "1 to 1000, otherwise 50" },
	{ "after", "query", TEXT_SCHEMA, "the cursor `next` of the page before" },
	{ "total", "query", FLAG_SCHEMA, "1: with the exact number of matching records" },
	{ "trash", "query", FLAG_SCHEMA, "1: only what is in the trash" },
	{ 0 }
};
static const struct known ID_PARAMETER[] = { { "id", "path", TEXT_SCHEMA, "the record's id" },
					     { 0 } };
static const struct known GET_PARAMETERS[] = { { "id", "path", TEXT_SCHEMA, "the record's id" },
					       { "as_of", "query", TEXT_SCHEMA,
						 "a moment or a day: the record as it was then" },
					       { 0 } };
static const struct known HISTORY_PARAMETERS[] = { { "id", "path", TEXT_SCHEMA, "the record's id" },
						   { "limit", "query", COUNT_SCHEMA,
						     "1 to 1000, otherwise 100" },
						   { 0 } };
static const struct known WRITE_PARAMETERS[] = { { "id", "path", TEXT_SCHEMA, "the record's id" },
						 { "If-Match", "header", TEXT_SCHEMA,
						   "the ETag that the change is based on" },
						 { 0 } };
static const struct known CREATE_PARAMETERS[] = { { "Idempotency-Key", "header", TEXT_SCHEMA,
						    "the same key within 24 hours is done once" },
						  { 0 } };
static const struct known SEARCH_PARAMETERS[] = {
	{ "q", "query", TEXT_SCHEMA, "words; the last may be a beginning" },
	{ "object", "query", TEXT_SCHEMA, "only this object" },
	{ "limit", "query", COUNT_SCHEMA, "1 to 50, otherwise 20" },
	{ 0 }
};
static const struct known LOG_PARAMETERS[] = {
	{ "after", "query", TEXT_SCHEMA, "the `next` of the page before" },
	{ "limit", "query", COUNT_SCHEMA, "1 to 1000, otherwise 100" },
	{ 0 }
};
static const struct known BUSY_PARAMETERS[] = {
	{ "user", "query", TEXT_SCHEMA, "ids of users, with commas" },
	{ "from", "query", TEXT_SCHEMA, "a moment" },
	{ "to", "query", TEXT_SCHEMA, "a moment behind it, at most 62 days" },
	{ "without", "query", TEXT_SCHEMA, "an appointment that is left out" },
	{ 0 }
};
static const struct known RECURRENCE_PARAMETERS[] = {
	{ "rule", "query", TEXT_SCHEMA, "RRULE of RFC 5545 that tells days" },
	{ "start", "query", TEXT_SCHEMA, "the first day; today where it is left out" },
	{ "limit", "query", COUNT_SCHEMA, "1 to 1000 days, otherwise 10" },
	{ 0 }
};
static const struct known NOTICE_PARAMETERS[] = {
	{ "unread", "query", FLAG_SCHEMA, "1: only those that are unread" },
	{ "after", "query", TEXT_SCHEMA, "the cursor `next` of the page before" },
	{ "limit", "query", COUNT_SCHEMA, "1 to 100, otherwise 50" },
	{ 0 }
};
static const struct known GROUP_PARAMETERS[] = {
	{ "group", "query", TEXT_SCHEMA,
	  "up to four fields: stage, party.industry, closed_on:quarter" },
	{ "measure", "query", TEXT_SCHEMA, "count, sum(f), min(f), max(f), avg(f)" },
	{ "where", "query", TEXT_SCHEMA, "a condition" },
	{ 0 }
};

/* One operation: "get":{…}. */
struct call {
	const char *verb, *summary;
	const struct known *parameters;
	const char *media, *body;   /* schema of the body, or NULL */
	const char *status, *reply; /* schema of the reply; NULL: no content */
	bool may_wait;              /* also 202: it is not done yet */
	const char *gives;          /* media type of the reply; NULL: JSON */
};

static void
write_call(struct buf *out, const struct call *call)
{
	buf_json(out, str_of(call->verb));
	BUF_LIT(out, ":{\"summary\":");
	buf_json(out, str_of(call->summary));
	BUF_LIT(out, ",\"parameters\":[");
	for (size_t i = 0; call->parameters && call->parameters[i].name; i++) {
		const struct known *at = &call->parameters[i];

		if (i)
			buf_char(out, ',');
		parameter(out, at->name, at->in, at->schema, at->what);
	}
	buf_char(out, ']');
	if (call->body)
		body_ref(out, call->media, call->body);
	BUF_LIT(out, ",\"responses\":{");
	if (call->reply) {
		reply_ref(out, call->status, call->gives, call->reply);
		if (call->may_wait) {
			buf_char(out, ',');
			reply_ref(out, "202", call->gives, call->reply);
		}
	} else {
		buf_json(out, str_of(call->status));
		BUF_LIT(out, ":{\"description\":\"done\"}");
	}
	problem_reply(out);
	buf_char(out, '}');
}

static void
write_path(struct buf *out, const char *path, const struct call *calls, size_t n)
{
	buf_json(out, str_of(path));
	BUF_LIT(out, ":{");
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_char(out, ',');
		write_call(out, &calls[i]);
	}
	buf_char(out, '}');
}

/* ---- the calls of one object or face ---- */

static const char *
name_z(struct cx *cx, const char *format, struct str name)
{
	struct buf b = buf_in(cx->mem, 256);

	for (const char *p = format; *p; p++) {
		if (*p == '%')
			buf_str(&b, name);
		else
			buf_char(&b, *p);
	}
	return str_z(cx->mem, buf_done(&b));
}

static void
write_object_paths(struct cx *cx, struct str name, struct buf *out)
{
	const char *record = name_z(cx, "%", name), *list = name_z(cx, "%.list", name),
		   *write = name_z(cx, "%.write", name);
	const struct call all[] = {
		{ "get", "List records", LIST_PARAMETERS, NULL, NULL, "200", list },
		{ "post", "Create a record", CREATE_PARAMETERS, "application/json", write, "201",
		  record },
	};
	const struct call one[] = {
		{ "get", "Read a record", GET_PARAMETERS, NULL, NULL, "200", record },
		{ "patch", "Change fields", WRITE_PARAMETERS, "application/merge-patch+json", write,
		  "200", record },
		{ "delete", "Move to the trash", WRITE_PARAMETERS, NULL, NULL, "204", NULL },
	};
	const struct call restore = {
		"post", "Take out of the trash", ID_PARAMETER, NULL, NULL, "200", record
	};
	const struct call history = {
		"get", "Changes of a record", HISTORY_PARAMETERS, NULL, NULL, "200", "Changes"
	};
	const struct call merge = { "post",       "Merge others into this one",
				    ID_PARAMETER, "application/json",
				    "merge",      "200",
				    "Merged" };
	const struct call twins = { "get",        "Records that may mean the same one",
				    ID_PARAMETER, NULL,
				    NULL,         "200",
				    "Twins" };
	const struct call bulk = { "post",
				   "One change of many records",
				   CREATE_PARAMETERS,
				   "application/json",
				   "BulkOrder",
				   "200",
				   "Bulk",
				   .may_wait = true };
	const struct call group = {
		"get", "Counts and sums by group", GROUP_PARAMETERS, NULL, NULL, "200", "Groups"
	};

	write_path(out, name_z(cx, "/api/v1/%", name), all, countof(all));
	buf_char(out, ',');
	write_path(out, name_z(cx, "/api/v1/%/{id}", name), one, countof(one));
	buf_char(out, ',');
	write_path(out, name_z(cx, "/api/v1/%/{id}/restore", name), &restore, 1);
	buf_char(out, ',');
	write_path(out, name_z(cx, "/api/v1/%/{id}/history", name), &history, 1);
	buf_char(out, ',');
	write_path(out, name_z(cx, "/api/v1/%/{id}/merge", name), &merge, 1);
	buf_char(out, ',');
	write_path(out, name_z(cx, "/api/v1/%/{id}/duplicates", name), &twins, 1);
	buf_char(out, ',');
	write_path(out, name_z(cx, "/api/v1/%/bulk", name), &bulk, 1);
	buf_char(out, ',');
	write_path(out, name_z(cx, "/api/v1/aggregate/%", name), &group, 1);
	buf_char(out, ',');
}

static void
write_agenda_calls(struct cx *cx, struct str name, struct buf *out)
{
	const struct face *face;
	const struct object *object = object_find(cx->model, name, &face);
	const struct call snooze = { "post",       "Put it off until a day",
				     ID_PARAMETER, "application/json",
				     "Snooze",     "200",
				     "Acted" };
	const struct call done = { "post", "It is done", ID_PARAMETER, NULL, NULL, "200", "Acted" };

	if (!object || !agenda_has(object))
		return;
	write_path(out, name_z(cx, "/api/v1/%/{id}/snooze", name), &snooze, 1);
	buf_char(out, ',');
	write_path(out, name_z(cx, "/api/v1/%/{id}/done", name), &done, 1);
	buf_char(out, ',');
}

static void
write_common_paths(struct buf *out)
{
	const struct call search = { "get", "Full text", SEARCH_PARAMETERS, NULL, NULL,
				     "200", "Hits" };
	const struct call batch = { "post",
				    "Many operations at once",
				    CREATE_PARAMETERS,
				    "application/json",
				    "Batch",
				    "200",
				    "Results" };
	const struct call log = { "get", "The log", LOG_PARAMETERS, NULL, NULL, "200", "Changes" };
	const struct call set = {
		"get", "One changeset", ID_PARAMETER, NULL, NULL, "200", "Changes"
	};
	const struct call undo = { "post",       "Undo a changeset",
				   ID_PARAMETER, "application/json",
				   "undo",       "200",
				   "Undone" };
	const struct call unmerge = {
		"post", "Take a merge apart", ID_PARAMETER, NULL, NULL, "200", "Undone"
	};

	const struct call revise = {
		"post", "A new version of a quote", ID_PARAMETER, NULL, NULL, "201", "quote"
	};
	const struct call handover[] = {
		{ "get", "An order as merchandise management takes it", ID_PARAMETER, NULL, NULL,
		  "200", "Handover" },
		{ "post", "Acknowledge the hand-over, or ask for it again", ID_PARAMETER,
		  "application/json", "HandoverState", "200", "order" },
	};
	const struct call table = { "get",  "The same as a table", ID_PARAMETER, NULL, NULL, "200",
				    "File", .gives = "text/csv" };
	const struct call approval = { "post",       "Ask for an approval, give or refuse it",
				       ID_PARAMETER, "application/json",
				       "Approval",   "200",
				       "quote" };
	const struct call proposals = { "get",        "What a quote might offer besides",
					ID_PARAMETER, NULL,
					NULL,         "200",
					"Proposals" };
	const struct call link[] = {
		{ "post", "A new private link for the customer of a quote", ID_PARAMETER, NULL,
		  NULL, "201", "Link" },
		{ "delete", "Withdraw the link of a quote", ID_PARAMETER, NULL, NULL, "204", NULL },
	};
	const struct call letter = { "get",        "A quote as a letter",
				     ID_PARAMETER, NULL,
				     NULL,         "200",
				     "Letter",     .gives = "application/pdf" };

	write_path(out, "/api/v1/search", &search, 1);
	buf_char(out, ',');
	write_path(out, "/api/v1/batch", &batch, 1);
	buf_char(out, ',');
	write_path(out, "/api/v1/changes", &log, 1);
	buf_char(out, ',');
	write_path(out, "/api/v1/changesets/{id}", &set, 1);
	buf_char(out, ',');
	write_path(out, "/api/v1/changesets/{id}/undo", &undo, 1);
	buf_char(out, ',');
	write_path(out, "/api/v1/merges/{id}/undo", &unmerge, 1);
	buf_char(out, ',');
	write_path(out, "/api/v1/quote/{id}/pdf", &letter, 1);
	buf_char(out, ',');
	write_path(out, "/api/v1/quote/{id}/revise", &revise, 1);
	buf_char(out, ',');
	write_path(out, "/api/v1/quote/{id}/link", link, countof(link));
	buf_char(out, ',');
	write_path(out, "/api/v1/quote/{id}/approval", &approval, 1);
	buf_char(out, ',');
	write_path(out, "/api/v1/order/{id}/handover", handover, countof(handover));
	buf_char(out, ',');
	write_path(out, "/api/v1/order/{id}/handover.csv", &table, 1);
	buf_char(out, ',');
	write_path(out, "/api/v1/quote/{id}/proposals", &proposals, 1);
}

static void
write_party_paths(struct buf *out)
{
	const struct call overview = {
		"get", "A party at a glance", ID_PARAMETER, NULL, NULL, "200", "Overview"
	};
	const struct call dossier = { "get",        "A party on one printed page",
				      ID_PARAMETER, NULL,
				      NULL,         "200",
				      "Letter",     .gives = "application/pdf" };

	write_path(out, "/api/v1/party/{id}/overview", &overview, 1);
	buf_char(out, ',');
	write_path(out, "/api/v1/party/{id}/dossier.pdf", &dossier, 1);
	buf_char(out, ',');
}

static void
write_bulk_paths(struct buf *out)
{
	const struct call list = {
		"get", "One's own changes of many records", NULL, NULL, NULL, "200", "Bulks"
	};
	const struct call one = {
		"get", "How far such a change is", ID_PARAMETER, NULL, NULL, "200", "Bulk"
	};
	const struct call undo = { "post", "Undo such a change", ID_PARAMETER, NULL, NULL, "200",
				   "Bulk", .may_wait = true };
	const struct call stop = { "post", "Stop such a change", ID_PARAMETER, NULL, NULL, "200",
				   "Bulk" };

	write_path(out, "/api/v1/bulks", &list, 1);
	buf_char(out, ',');
	write_path(out, "/api/v1/bulks/{id}", &one, 1);
	buf_char(out, ',');
	write_path(out, "/api/v1/bulks/{id}/undo", &undo, 1);
	buf_char(out, ',');
	write_path(out, "/api/v1/bulks/{id}/stop", &stop, 1);
	buf_char(out, ',');
}

static void
write_agenda_paths(struct buf *out)
{
	const struct call today = {
		"get", "What one has before one today", NULL, NULL, NULL, "200", "Today"
	};
	const struct call busy = {
		"get", "When people are taken", BUSY_PARAMETERS, NULL, NULL, "200", "Busy"
	};
	const struct call preview = { "get",
				      "How many parties a cadence concerns",
				      ID_PARAMETER,
				      NULL,
				      NULL,
				      "200",
				      "CadencePreview" };
	const struct call rule = { "get",
				   "A rule in words, and its next days",
				   RECURRENCE_PARAMETERS,
				   NULL,
				   NULL,
				   "200",
				   "Recurrence" };

	write_path(out, "/api/v1/today", &today, 1);
	buf_char(out, ',');
	write_path(out, "/api/v1/busy", &busy, 1);
	buf_char(out, ',');
	write_path(out, "/api/v1/cadence/{id}/preview", &preview, 1);
	buf_char(out, ',');
	write_path(out, "/api/v1/recurrence", &rule, 1);
	buf_char(out, ',');
}

static void
write_notice_paths(struct buf *out)
{
	const struct call list = { "get", "What one is told of", NOTICE_PARAMETERS, NULL, NULL,
				   "200", "Notifications" };
	const struct call mark = { "patch",
				   "Mark one as read or unread",
				   ID_PARAMETER,
				   "application/merge-patch+json",
				   "NotificationRead",
				   "200",
				   "Unread" };
	const struct call all = { "post",
				  "Mark all as read",
				  CREATE_PARAMETERS,
				  "application/json",
				  "NotificationsRead",
				  "200",
				  "Unread" };

	write_path(out, "/api/v1/notifications", &list, 1);
	buf_char(out, ',');
	write_path(out, "/api/v1/notifications/{id}", &mark, 1);
	buf_char(out, ',');
	write_path(out, "/api/v1/notifications/read", &all, 1);
	buf_char(out, ',');
}

static void
write_import_paths(struct buf *out)
{
	static const struct known upload[] = {
		{ "object", "query", TEXT_SCHEMA,
		  "what the rows become: an object or a face of one" },
		{ "file", "query", TEXT_SCHEMA, "the name of the file" },
		{ 0 }
	};
	const struct call all[] = {
		{ "get", "One's own imports", NULL, NULL, NULL, "200", "Imports" },
		{ "post", "Upload a file", upload, "text/csv", "File", "201", "Import" },
	};
	const struct call one[] = {
		{ "get", "An import, and how far it is", ID_PARAMETER, NULL, NULL, "200",
		  "Import" },
		{ "delete", "Forget it and its file", ID_PARAMETER, NULL, NULL, "204", NULL },
	};
	const struct call check = { "post",       "Try everything with a map",
				    ID_PARAMETER, "text/plain",
				    "Map",        "200",
				    "Import",     .may_wait = true };
	const struct call cells = { "patch",       "Correct cells of rows that the preview shows",
				    ID_PARAMETER,  "application/json",
				    "ImportCells", "200",
				    "Import" };
	const struct call preview = { "get", "What would happen", ID_PARAMETER, NULL, NULL,
				      "200", "ImportPreview" };
	const struct call errors = { "get",        "Rows of which something was left out, as CSV",
				     ID_PARAMETER, NULL,
				     NULL,         "200",
				     "File",       .gives = "text/csv" };
	const struct call run = { "post", "Begin to import", ID_PARAMETER,    NULL, NULL,
				  "200",  "Import",          .may_wait = true };
	const struct call undo = { "post", "Take it back", ID_PARAMETER, NULL,
				   NULL,   "200",          "Import",     .may_wait = true };

	write_path(out, "/api/v1/imports", all, countof(all));
	buf_char(out, ',');
	write_path(out, "/api/v1/imports/{id}", one, countof(one));
	buf_char(out, ',');
	write_path(out, "/api/v1/imports/{id}/check", &check, 1);
	buf_char(out, ',');
	write_path(out, "/api/v1/imports/{id}/cells", &cells, 1);
	buf_char(out, ',');
	write_path(out, "/api/v1/imports/{id}/preview", &preview, 1);
	buf_char(out, ',');
	write_path(out, "/api/v1/imports/{id}/errors", &errors, 1);
	buf_char(out, ',');
	write_path(out, "/api/v1/imports/{id}/run", &run, 1);
	buf_char(out, ',');
	write_path(out, "/api/v1/imports/{id}/undo", &undo, 1);
	buf_char(out, ',');
}

/* What a company has added is shown to those only who have signed in. */
static bool
shows_custom(const struct cx *cx)
{
	return cx->actor->user_id || cx->actor->is_system;
}

/* ---- schemas ---- */

static void
write_properties(struct cx *cx, const struct object *object, bool for_writing, struct buf *out)
{
	bool first = true;

	for (unsigned i = 0; i < object->n_fields; i++) {
		const struct field *f = object->fields[i];

		if (i == SF_DELETED_AT || !can_see_field(cx, object, f) ||
		    (f->custom && !shows_custom(cx)))
			continue;
		if (for_writing &&
		    (f->builtin || f->readonly || f->type == FT_FORMULA || f->type == FT_ROLLUP))
			continue;
		if (!first)
			buf_char(out, ',');
		first = false;
		buf_json(out, f->name);
		buf_char(out, ':');
		f->row->schema(f, out);
	}
}

static void
write_schemas(struct cx *cx, const struct object *object, struct str name, struct buf *out)
{
	buf_char(out, '"');
	buf_str(out, name);
	BUF_LIT(out, "\":{\"type\":\"object\",\"required\":[\"id\",\"version\"],\"properties\":{");
	write_properties(cx, object, false, out);
	BUF_LIT(out, "},\"additionalProperties\":false},\"");
	buf_str(out, name);
	BUF_LIT(out, ".write\":{\"type\":\"object\",\"properties\":{");
	write_properties(cx, object, true, out);
	BUF_LIT(out, "},\"additionalProperties\":false},\"");
	buf_str(out, name);
	BUF_LIT(out,
		".list\":{\"type\":\"object\",\"required\":[\"items\",\"next\"],\"properties\":{"
		"\"items\":{\"type\":\"array\",\"items\":{\"$ref\":\"#/components/schemas/");
	buf_str(out, name);
	BUF_LIT(out,
		"\"}},\"next\":{\"type\":[\"string\",\"null\"]},\"total\":{\"type\":\"integer\"}},"
		"\"additionalProperties\":false},");
}

/* ---- the document ---- */

static void
each_name(struct cx *cx,
	  void (*write)(struct cx *cx, const struct object *object, struct str name,
			struct buf *out),
	  struct buf *out)
{
	for (unsigned i = 0; i < cx->model->n_objects; i++) {
		const struct object *object = cx->model->objects[i];

		if (!can_object(cx, object, OP_READ) || (object->custom && !shows_custom(cx)))
			continue;
		write(cx, object, object->name, out);
		for (unsigned k = 0; k < object->n_faces; k++)
			write(cx, object, object->faces[k].name, out);
	}
}

static void
write_paths_of(struct cx *cx, const struct object *object, struct str name, struct buf *out)
{
	(void)object;
	write_object_paths(cx, name, out);
	write_agenda_calls(cx, name, out);
}

bool
api_openapi(struct cx *cx, struct request *q, struct reply *r)
{
	const struct actor *actor = cx->actor;
	struct buf *out = &r->body;

	struct actor nobody = { .is_admin = true };

	(void)q;
	if (!actor)
		cx->actor = &nobody;
	r->type = TYPE_JSON;
	BUF_LIT(out, "{\"openapi\":\"3.1.0\",\"info\":{\"title\":\"Kontor\",\"version\":\"1\"},"
		     "\"security\":[{\"token\":[]}],\"paths\":{");
	each_name(cx, write_paths_of, out);
	write_party_paths(out);
	write_bulk_paths(out);
	write_notice_paths(out);
	write_agenda_paths(out);
	write_import_paths(out);
	write_common_paths(out);
	BUF_LIT(out,
		"},\"components\":{\"securitySchemes\":{\"token\":{\"type\":\"http\",\"scheme\":\"bearer\"}},"
		"\"schemas\":{");
	each_name(cx, write_schemas, out);
	BUF_LIT(out,
		"\"merge\":{\"type\":\"object\",\"required\":[\"from\"],\"properties\":{\"from\":{"
		"\"type\":\"array\",\"items\":{\"type\":\"string\"}},\"fields\":{\"type\":\"object\","
		"\"additionalProperties\":{\"type\":\"string\"}}}},"
		"\"undo\":{\"type\":\"object\",\"properties\":{\"force\":{\"type\":\"boolean\"}}},");
	buf_z(out, AGENDA_SCHEMAS);
	buf_z(out, FIXED_SCHEMAS);
	BUF_LIT(out, "}}}");
	cx->actor = actor;
	return true;
}
