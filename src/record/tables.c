#include "record/internal.h"

/* clang-format off */
static const struct system_column object_columns[] = {
	{ "name",             COLUMN_TEXT, .primary = true },
	{ "number",           COLUMN_INT,  .required = true },
	{ "shape",            COLUMN_TEXT, .required = true },
	{ "search_signature", COLUMN_TEXT, .required = true },
	{ 0 }
};
static const struct system_column model_columns[] = {
	{ "id",      COLUMN_INT,  .primary = true },
	{ "version", COLUMN_INT,  .required = true },
	{ "text",    COLUMN_TEXT, .required = true },
	{ 0 }
};
static const struct system_column setting_columns[] = {
	{ "name",       COLUMN_TEXT, .primary = true },
	{ "value",      COLUMN_TEXT, .required = true },
	{ "changed_at", COLUMN_INT,  .required = true },
	{ 0 }
};
static const struct system_column changeset_columns[] = {
	{ "id",       COLUMN_INT,  .primary = true },
	{ "at",       COLUMN_INT,  .required = true },
	{ "actor_id", COLUMN_INT },
	{ "door",     COLUMN_TEXT },
	{ "why",      COLUMN_TEXT },
	{ "request",  COLUMN_TEXT },
	{ "undo_of",  COLUMN_INT },
	{ "n",        COLUMN_INT,  .required = true },
	{ "prev",     COLUMN_BLOB },
	{ "hash",     COLUMN_BLOB },
	{ 0 }
};
static const struct system_column change_columns[] = {
	{ "id",             COLUMN_INT,  .primary = true },
	{ "changeset_id",   COLUMN_INT,  .required = true },
	{ "object",         COLUMN_TEXT, .required = true },
	{ "record_id",      COLUMN_INT,  .required = true },
	{ "op",             COLUMN_INT,  .required = true },
	{ "version",        COLUMN_INT },
	{ "subject_object", COLUMN_TEXT },
	{ "subject_id",     COLUMN_INT },
	{ "body",           COLUMN_BLOB },
	{ 0 }
};
static const struct system_column job_columns[] = {
	{ "id",          COLUMN_INT,  .primary = true },
	{ "kind",        COLUMN_TEXT, .required = true },
	{ "key",         COLUMN_TEXT, .required = true },
	{ "state",       COLUMN_TEXT, .required = true },
	{ "run_at",      COLUMN_INT,  .required = true },
	{ "lease_until", COLUMN_INT },
	{ "owner",       COLUMN_TEXT },
	{ "tries",       COLUMN_INT,  .required = true },
	{ "body",        COLUMN_TEXT },
	{ "error",       COLUMN_TEXT },
	{ "created_at",  COLUMN_INT,  .required = true },
	{ "changed_at",  COLUMN_INT,  .required = true },
	{ 0 }
};
static const struct system_column cursor_columns[] = {
	{ "name",       COLUMN_TEXT, .primary = true },
	{ "position",   COLUMN_INT,  .required = true },
	{ "changed_at", COLUMN_INT,  .required = true },
	{ 0 }
};
static const struct system_column sequence_columns[] = {
	{ "object",  COLUMN_TEXT, .required = true },
	{ "field",   COLUMN_TEXT, .required = true },
	{ "unit_id", COLUMN_INT,  .required = true },
	{ "next",    COLUMN_INT,  .required = true },
	{ 0 }
};
static const struct system_column read_log_columns[] = {
	{ "id",        COLUMN_INT,  .primary = true },
	{ "at",        COLUMN_INT,  .required = true },
	{ "actor_id",  COLUMN_INT },
	{ "object",    COLUMN_TEXT, .required = true },
	{ "record_id", COLUMN_INT,  .required = true },
	{ "fields",    COLUMN_TEXT, .required = true },
	{ 0 }
};

static const char *const object_unique[] = { "number", NULL };
static const char *const changeset_indexes[] = { "at", "undo_of", NULL };
static const char *const change_indexes[] = {
	"object, record_id, id", "changeset_id", "subject_object, subject_id, op, id",
	NULL
};
static const char *const job_unique[] = { "kind, key", NULL };
static const char *const job_indexes[] = { "state, run_at", NULL };
static const char *const sequence_unique[] = { "object, field, unit_id", NULL };
static const char *const read_log_indexes[] = { "object, record_id, id", NULL };

const struct system_table record_tables[] = {
	{ "sys_object",    object_columns,    .unique = object_unique },
	{ "sys_model",     model_columns },
	{ "sys_setting",   setting_columns },
	{ "sys_changeset", changeset_columns, .indexes = changeset_indexes },
	{ "sys_change",    change_columns,    .indexes = change_indexes },
	{ "sys_job",       job_columns,       .unique = job_unique, .indexes = job_indexes },
	{ "sys_cursor",    cursor_columns },
	{ "sys_sequence",  sequence_columns,  .unique = sequence_unique },
	{ "sys_read_log",  read_log_columns,  .indexes = read_log_indexes },
	{ 0 }
};
/* clang-format on */
