#include "http/tables.h"

/* clang-format off */
static const struct system_column session_columns[] = {
	{ "hash",       COLUMN_BLOB, .primary = true },
	{ "user_id",    COLUMN_INT,  .required = true },
	{ "created_at", COLUMN_INT,  .required = true },
	{ "seen_at",    COLUMN_INT,  .required = true },
	{ "expires_at", COLUMN_INT,  .required = true },
	{ "address",    COLUMN_TEXT, .required = true },
	{ "agent",      COLUMN_TEXT, .required = true },
	{ 0 }
};
static const struct system_column login_columns[] = {
	{ "user_id",    COLUMN_INT,  .primary = true },
	{ "hash",       COLUMN_TEXT, .required = true },
	{ "changed_at", COLUMN_INT,  .required = true },
	{ 0 }
};
static const struct system_column token_columns[] = {
	{ "id",         COLUMN_INT,  .primary = true },
	{ "hash",       COLUMN_BLOB, .required = true },
	{ "user_id",    COLUMN_INT,  .required = true },
	{ "name",       COLUMN_TEXT, .required = true },
	{ "scopes",     COLUMN_TEXT, .required = true },
	{ "created_at", COLUMN_INT,  .required = true },
	{ "expires_at", COLUMN_INT,  .required = true },
	{ "seen_at",    COLUMN_INT,  .required = true },
	{ "revoked_at", COLUMN_INT,  .required = true },
	{ 0 }
};
static const struct system_column feed_columns[] = {
	{ "id",         COLUMN_INT,  .primary = true },
	{ "hash",       COLUMN_BLOB, .required = true },
	{ "user_id",    COLUMN_INT,  .required = true },
	{ "name",       COLUMN_TEXT, .required = true },
	{ "object",     COLUMN_TEXT, .required = true },
	{ "query",      COLUMN_TEXT, .required = true },
	{ "created_at", COLUMN_INT,  .required = true },
	{ 0 }
};
static const struct system_column idempotency_columns[] = {
	{ "caller",  COLUMN_TEXT, .required = true },
	{ "key",     COLUMN_TEXT, .required = true },
	{ "call",    COLUMN_BLOB, .required = true },
	{ "status",  COLUMN_INT,  .required = true },
	{ "headers", COLUMN_TEXT, .required = true },
	{ "body",    COLUMN_BLOB, .required = true },
	{ "at",      COLUMN_INT,  .required = true },
	{ 0 }
};

static const struct system_column try_columns[] = {
	{ "key",    COLUMN_BLOB, .primary = true },
	{ "due_us", COLUMN_INT,  .required = true },
	{ 0 }
};

static const struct system_column presence_columns[] = {
	{ "node",      COLUMN_TEXT, .required = true },
	{ "user_id",   COLUMN_INT,  .required = true },
	{ "object",    COLUMN_TEXT, .required = true },
	{ "record_id", COLUMN_INT,  .required = true },
	{ "at",        COLUMN_INT,  .required = true },
	{ 0 }
};

static const char *const session_indexes[] = { "user_id", "expires_at", NULL };
static const char *const try_indexes[] = { "due_us", NULL };
static const char *const token_unique[] = { "hash", NULL };
static const char *const token_indexes[] = { "user_id", NULL };
static const char *const idempotency_unique[] = { "caller, key", NULL };
static const char *const idempotency_indexes[] = { "at", NULL };

const struct system_table http_tables[] = {
	{ "sys_session",     session_columns,     .indexes = session_indexes, .local = true },
	{ "sys_try",         try_columns,         .indexes = try_indexes, .local = true },
	{ "sys_presence",    presence_columns, .local = true },
	{ "sys_login",       login_columns },
	{ "sys_token",       token_columns,       .unique = token_unique, .indexes = token_indexes },
	{ "sys_feed",        feed_columns,        .unique = token_unique, .indexes = token_indexes },
	{ "sys_idempotency", idempotency_columns, .unique = idempotency_unique,
	                                          .indexes = idempotency_indexes, .local = true },
	{ 0 }
};
/* clang-format on */
