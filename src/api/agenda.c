/* The day plan, who is taken when, and what repeats on which days. */
#include "app/agenda.h"
#include "api/api.h"
#include "app/cadence.h"
#include "app/recur.h"
#include "app/task.h"
#include "base/i18n.h"
#include "model/ids.h"

enum { DAYS_DEFAULT = 10, DAYS_MAX = 1000, WORDS_MAX = 2000, USERS_MAX = 50, SPAN_DAYS_MAX = 62 };

const char AGENDA_SCHEMAS[] =
	"\"Today\":{\"type\":\"object\",\"required\":[\"items\",\"appointments\",\"more\"],"
	"\"properties\":{\"items\":{\"type\":\"array\",\"items\":{\"type\":\"object\","
	"\"required\":[\"object\",\"id\",\"title\",\"why\",\"days\",\"party\",\"party_name\","
	"\"value\",\"score\"],\"properties\":{\"object\":{\"type\":\"string\"},"
	"\"id\":{\"type\":\"string\"},\"title\":{\"type\":[\"string\",\"null\"]},"
	"\"why\":{\"enum\":[\"overdue\",\"due\",\"back\",\"follow_up\",\"expires\",\"no_step\","
	"\"idle\",\"birthday\"]},\"days\":{\"type\":\"integer\",\"description\":\"since its day; "
	"below 0: until then\"},\"party\":{\"type\":[\"string\",\"null\"]},"
	"\"party_name\":{\"type\":[\"string\",\"null\"]},\"value\":{\"type\":[\"string\",\"null\"],"
	"\"description\":\"won and open deals of the party\"},\"score\":{\"type\":\"integer\"}},"
	"\"additionalProperties\":false}},\"appointments\":{\"type\":\"array\",\"items\":{"
	"\"type\":\"object\",\"required\":[\"id\",\"title\",\"starts_at\",\"ends_at\",\"party\"],"
	"\"properties\":{\"id\":{\"type\":\"string\"},\"title\":{\"type\":[\"string\",\"null\"]},"
	"\"starts_at\":{\"type\":\"string\",\"format\":\"date-time\"},\"ends_at\":{"
	"\"type\":\"string\",\"format\":\"date-time\"},\"party\":{\"type\":[\"string\",\"null\"]}},"
	"\"additionalProperties\":false}},\"more\":{\"type\":\"boolean\"}},"
	"\"additionalProperties\":false},"
	"\"Acted\":{\"type\":\"object\",\"required\":[\"object\",\"id\",\"version\"],"
	"\"properties\":{\"object\":{\"type\":\"string\",\"description\":\"what was changed, or "
	"made for it\"},\"id\":{\"type\":\"string\"},\"version\":{\"type\":\"integer\"}},"
	"\"additionalProperties\":false},"
	"\"Snooze\":{\"type\":\"object\",\"required\":[\"to\"],\"properties\":{\"to\":{"
	"\"type\":\"string\",\"description\":\"tomorrow, week, month, or a day behind today\"}},"
	"\"additionalProperties\":false},"
	"\"Busy\":{\"type\":\"object\",\"required\":[\"items\"],\"properties\":{\"items\":{"
	"\"type\":\"array\",\"items\":{\"type\":\"object\",\"required\":[\"user\",\"starts_at\","
	"\"ends_at\",\"appointment\",\"title\"],\"properties\":{\"user\":{\"type\":\"string\"},"
	"\"starts_at\":{\"type\":\"string\",\"format\":\"date-time\"},\"ends_at\":{"
	"\"type\":\"string\",\"format\":\"date-time\"},\"appointment\":{\"type\":\"string\"},"
	"\"title\":{\"type\":[\"string\",\"null\"]}},\"additionalProperties\":false}}},"
	"\"additionalProperties\":false},"
	"\"CadencePreview\":{\"type\":\"object\",\"required\":[\"concerned\",\"due\"],"
	"\"properties\":{\"concerned\":{\"type\":\"integer\"},\"due\":{\"type\":\"integer\"}},"
	"\"additionalProperties\":false},"
	"\"Recurrence\":{\"type\":\"object\",\"required\":[\"rule\",\"words\",\"days\"],"
	"\"properties\":{\"rule\":{\"type\":\"string\"},\"words\":{\"type\":\"string\"},"
	"\"days\":{\"type\":\"array\",\"items\":{\"type\":\"string\",\"format\":\"date\"}}},"
	"\"additionalProperties\":false},";

/* ---- the day plan ---- */

static void
write_item(const struct agenda_item *item, struct buf *out)
{
	BUF_LIT(out, "{\"object\":");
	buf_json(out, item->row->object->name);
	BUF_LIT(out, ",\"id\":");
	api_id(item->row->id, out);
	BUF_LIT(out, ",\"title\":");
	api_text(item->title, out);
	buf_printf(out, ",\"why\":\"%s\",\"days\":%lld,\"party\":", AGENDA_WHYS[item->why],
		   (long long)item->days);
	api_id(item->party, out);
	BUF_LIT(out, ",\"party_name\":");
	api_text(item->party_title, out);
	BUF_LIT(out, ",\"value\":");
	if (item->value) {
		buf_char(out, '"');
		buf_decimal(out, item->value, 2);
		buf_char(out, '"');
	} else {
		BUF_LIT(out, "null");
	}
	buf_printf(out, ",\"score\":%lld}", (long long)item->score);
}

static void
write_appointment(const struct occurrence *one, struct buf *out)
{
	const struct value *title = &one->row->v[APPOINTMENT_SUBJECT];

	BUF_LIT(out, "{\"id\":");
	api_id(one->row->id, out);
	BUF_LIT(out, ",\"title\":");
	api_text(title->kind == V_TEXT ? title->s : (struct str){ 0 }, out);
	BUF_LIT(out, ",\"starts_at\":");
	api_time(one->at, out);
	BUF_LIT(out, ",\"ends_at\":");
	api_time(one->until, out);
	BUF_LIT(out, ",\"party\":");
	api_id(one->row->v[APPOINTMENT_PARTY].kind == V_INT ? one->row->v[APPOINTMENT_PARTY].i : 0,
	       out);
	buf_char(out, '}');
}

bool
api_today(struct cx *cx, struct request *q, struct reply *r)
{
	static const char *const known[] = { NULL };
	struct agenda agenda;

	if (!api_query_only(cx, q, known) || !agenda_read(cx, &agenda))
		return false;
	r->type = TYPE_JSON;
	BUF_LIT(&r->body, "{\"items\":[");
	for (size_t i = 0; i < agenda.n; i++) {
		buf_z(&r->body, i ? "," : "");
		write_item(&agenda.v[i], &r->body);
	}
	BUF_LIT(&r->body, "],\"appointments\":[");
	for (size_t i = 0; i < agenda.appointments.n; i++) {
		buf_z(&r->body, i ? "," : "");
		write_appointment(&agenda.appointments.v[i], &r->body);
	}
	buf_printf(&r->body, "],\"more\":%s}", agenda.is_cut ? "true" : "false");
	return true;
}

static bool
reply_acted(struct reply *r, const struct change *c)
{
	r->type = TYPE_JSON;
	BUF_LIT(&r->body, "{\"object\":");
	buf_json(&r->body, c->object->name);
	BUF_LIT(&r->body, ",\"id\":");
	api_id(c->id, &r->body);
	buf_printf(&r->body, ",\"version\":%lld}", (long long)c->after->version);
	return true;
}

static bool
run_snooze(struct cx *cx, struct request *q, struct reply *r)
{
	OWNED(api_body_free) json_t *json = NULL;
	const struct object *object;
	const json_t *to;
	struct change *c;
	int64_t id;

	if (!api_path(cx, q, &object, &id) || !api_body(cx, q, &json))
		return false;
	to = json_object_get(json, "to");
	if (!json_is_string(to) || json_object_size(json) != 1)
		return fail_field(cx, S("to"), "type",
				  "Name a day after today, or “tomorrow”, “week” or “month”");
	return agenda_snooze(cx, object, id, str_of(json_string_value(to)), &c) &&
	       reply_acted(r, c);
}

bool
api_snooze(struct cx *cx, struct request *q, struct reply *r)
{
	return api_work(cx, q, r, "", run_snooze);
}

static bool
run_done(struct cx *cx, struct request *q, struct reply *r)
{
	const struct object *object;
	struct change *c;
	int64_t id;

	return api_path(cx, q, &object, &id) && agenda_done(cx, object, id, &c) &&
	       reply_acted(r, c);
}

bool
api_done(struct cx *cx, struct request *q, struct reply *r)
{
	return api_work(cx, q, r, "", run_done);
}

/* ---- who is taken ---- */

static bool
users_read(struct cx *cx, struct str text, int64_t *users, size_t *n)
{
	*n = 0;
	while (text.n) {
		if (*n == USERS_MAX || !str_int(str_cut(&text, ','), 1, INT64_MAX, &users[*n]))
			return fail_field(cx, S("user"), "format",
					  "Name the ids of users with commas, at most %d",
					  USERS_MAX);
		(*n)++;
	}
	return true;
}

static bool
moment_read(struct cx *cx, const struct request *q, const char *name, int64_t *out)
{
	return moment_parse(request_query(q, name), out, NULL) ||
	       fail_field(cx, str_of(name), "format",
			  "Write a moment with its zone, like 2026-11-22T09:00:00Z");
}

static bool
seen_users(struct cx *cx, int64_t *users, size_t *n)
{
	const struct object *object = cx->model->objects[USER];
	struct ref *refs = new_array(cx->mem, *n + 1, struct ref);
	bool *seen = new_array(cx->mem, *n + 1, bool);
	size_t kept = 0;

	for (size_t i = 0; i < *n; i++)
		refs[i] = (struct ref){ object, users[i] };
	if (!records_seen(cx, refs, *n, seen))
		return false;
	for (size_t i = 0; i < *n; i++)
		if (seen[i])
			users[kept++] = users[i];
	*n = kept;
	return true;
}

bool
api_busy(struct cx *cx, struct request *q, struct reply *r)
{
	static const char *const known[] = { "user", "from", "to", "without", NULL };
	int64_t users[USERS_MAX];
	struct busy_ask ask;
	struct busy_list busy;
	size_t n;

	if (!api_query_only(cx, q, known) || !users_read(cx, request_query(q, "user"), users, &n) ||
	    !moment_read(cx, q, "from", &ask.from) || !moment_read(cx, q, "to", &ask.to) ||
	    !request_query_int(cx, q, "without", (struct request_range){ 0, INT64_MAX, 0 },
			       &ask.without))
		return false;
	if (ask.to - ask.from > (int64_t)SPAN_DAYS_MAX * MS_PER_DAY)
		return fail_field(cx, S("to"), "range", "Ask for at most %d days at once",
				  SPAN_DAYS_MAX);
	if (!seen_users(cx, users, &n) || !busy_read(cx, users, n, &ask, &busy))
		return false;
	r->type = TYPE_JSON;
	BUF_LIT(&r->body, "{\"items\":[");
	for (size_t i = 0; i < busy.n; i++) {
		const struct value *title = &busy.v[i].row->v[APPOINTMENT_SUBJECT];

		buf_z(&r->body, i ? ",{\"user\":" : "{\"user\":");
		api_id(busy.v[i].user_id, &r->body);
		BUF_LIT(&r->body, ",\"starts_at\":");
		api_time(busy.v[i].at, &r->body);
		BUF_LIT(&r->body, ",\"ends_at\":");
		api_time(busy.v[i].until, &r->body);
		BUF_LIT(&r->body, ",\"appointment\":");
		api_id(busy.v[i].row->id, &r->body);
		BUF_LIT(&r->body, ",\"title\":");
		api_text(title->kind == V_TEXT ? title->s : (struct str){ 0 }, &r->body);
		buf_char(&r->body, '}');
	}
	BUF_LIT(&r->body, "]}");
	return true;
}

/* ---- cadences ---- */

bool
api_cadence_preview(struct cx *cx, struct request *q, struct reply *r)
{
	const struct object *object = cx->model->objects[CADENCE];
	struct cadence_preview preview;
	struct row *row;
	int64_t id;

	if (!can_object(cx, object, OP_READ))
		return fail(cx, E_MISSING, NULL);
	if (!request_param_int(cx, q, "id", &id) || !record_load(cx, object, id, &row) ||
	    !cadence_preview(cx, row, &preview))
		return false;
	r->type = TYPE_JSON;
	buf_printf(&r->body, "{\"concerned\":%lld,\"due\":%lld}", (long long)preview.concerned,
		   (long long)preview.due);
	return true;
}

/* ---- what repeats ---- */

bool
api_recurrence(struct cx *cx, struct request *q, struct reply *r)
{
	static const char *const known[] = { "rule", "start", "limit", NULL };
	struct str first = request_query(q, "start");
	struct buf text = buf_in(cx->mem, WORDS_MAX), words = buf_in(cx->mem, WORDS_MAX);
	int64_t start = today_of(cx), limit, day;
	struct recur_fault fault;
	struct recur_walk walk;
	struct recur rule;

	if (!api_query_only(cx, q, known) ||
	    !request_query_int(cx, q, "limit", (struct request_range){ 1, DAYS_MAX, DAYS_DEFAULT },
			       &limit))
		return false;
	if (first.n && !date_parse(first, &start, NULL))
		return fail_field(cx, S("start"), "format", "Write a day like 2026-11-22");
	if (!recur_parse(request_query(q, "rule"), &rule, &fault))
		return fail_field(cx, S("rule"), "format", "%.*s",
				  STR_FMT(str_printf(cx->mem, "%s: %.*s", tr(cx, fault.why),
						     STR_FMT(str_begin(fault.part, 60)))));
	recur_print(&rule, &text);
	recur_words(cx, &rule, &words);
	r->type = TYPE_JSON;
	BUF_LIT(&r->body, "{\"rule\":");
	buf_json(&r->body, buf_done(&text));
	BUF_LIT(&r->body, ",\"words\":");
	buf_json(&r->body, buf_done(&words));
	BUF_LIT(&r->body, ",\"days\":[");
	recur_begin(&walk, &rule, start);
	for (int64_t i = 0; i < limit && recur_next(&walk, &day); i++) {
		buf_z(&r->body, i ? ",\"" : "\"");
		date_print(&r->body, day);
		buf_char(&r->body, '"');
	}
	BUF_LIT(&r->body, "]}");
	return true;
}
