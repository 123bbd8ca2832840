#include "db/sqlite.h"

/* ---- what SQLite says ---------------------------------------------------------------------- */

static const struct {
	int code; /* extended codes before the primary ones that they belong to */
	enum fault fault;
} CODES[] = {
	{ SQLITE_CONSTRAINT_UNIQUE, FAULT_UNIQUE },
	{ SQLITE_CONSTRAINT_PRIMARYKEY, FAULT_UNIQUE },
	{ SQLITE_CONSTRAINT_ROWID, FAULT_UNIQUE },
	{ SQLITE_CONSTRAINT_FOREIGNKEY, FAULT_REFERENCE },
	{ SQLITE_CONSTRAINT, FAULT_VALUE },
	{ SQLITE_MISMATCH, FAULT_VALUE },
	{ SQLITE_BUSY, FAULT_BUSY },
	{ SQLITE_LOCKED, FAULT_BUSY },
	{ SQLITE_FULL, FAULT_FULL },
	{ SQLITE_IOERR, FAULT_IO },
	{ SQLITE_CORRUPT_VTAB, FAULT_OTHER }, /* the search index alone, which can be built anew */
	{ SQLITE_CORRUPT, FAULT_IO },
	{ SQLITE_NOTADB, FAULT_IO },
	{ SQLITE_CANTOPEN, FAULT_IO },
	{ SQLITE_NOMEM, FAULT_IO },
	{ SQLITE_READONLY, FAULT_READ_ONLY },
	{ SQLITE_TOOBIG, FAULT_TOO_BIG },
	{ SQLITE_RANGE, FAULT_BUG },
	{ SQLITE_MISUSE, FAULT_BUG },
};

enum fault
sqlite_fault(int code)
{
	enum { PRIMARY = 0xff };

	for (size_t i = 0; i < countof(CODES); i++)
		if (CODES[i].code == code || CODES[i].code == (code & PRIMARY))
			return CODES[i].fault;
	return FAULT_OTHER;
}

void
sqlite_refused(struct sqlite_conn *conn, int code, struct refusal *why)
{
	enum fault fault = sqlite_fault(code);

	/* A unit that reads may not write: a mistake of the program. */
	if (fault == FAULT_READ_ONLY && !conn->base.is_write)
		fault = FAULT_BUG;
	refusal_set(why, fault, "%s",
		    conn->handle ? sqlite3_errmsg(conn->handle) : sqlite3_errstr(code));
}

static bool
refuse(struct cx *cx, struct sqlite_conn *conn, int code, struct str sql)
{
	struct refusal why;

	sqlite_refused(conn, code, &why);
	if (conn->base.is_write)
		writer_failed(&conn->base, code);
	else if (why.fault == FAULT_IO)
		conn->base.is_broken = true;
	return fault_fail(cx, why.fault, why.message, sql);
}

/* ---- open ---------------------------------------------------------------------------------- */

static struct conn *
connect_reader(struct db *db, struct refusal *why)
{
	struct sqlite_conn *conn = sqlite_connect(db, false, why);

	return conn ? &conn->base : NULL;
}

static char *
heap_text(const char *before, struct str s)
{
	struct buf b = buf_heap(s.n + strlen(before) + 1);

	buf_z(&b, before);
	buf_str(&b, s);
	buf_char(&b, 0);
	return buf_take(&b);
}

/* The path is a path: neither an address of SQLite's own nor a database in memory, which every
 * connection would have for itself. */
static bool
sqlite_open(struct cx *cx, struct db *db, struct str address)
{
	bool is_odd = address.p[0] == ':' || str_starts(address, S("file:"));
	struct sqlite *state = heap_new(sizeof *state);
	struct refusal why;
	struct conn *first;

	sqlite3_config(SQLITE_CONFIG_MULTITHREAD);
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	db->state = state;
	db->shown = heap_text("", address);
	state->path = heap_text(is_odd ? "./" : "", address);
	if (!db->options.read_only)
		state->writer = writer_new(db, &why);
	if (!db->options.read_only && !state->writer)
		return fault_fail(cx, why.fault, why.message, (struct str){ 0 });
	first = pool_take(cx, db);
	if (!first)
		return false;
	pool_give(first);
	return true;
}

static void
sqlite_close(struct db *db)
{
	struct sqlite *state = db->state;

	writer_free(&state->writer);
	heap_free(state->path);
	heap_free(state);
}

/* ---- units --------------------------------------------------------------------------------- */

static bool
sqlite_begin(struct cx *cx, struct conn *conn)
{
	int code = sqlite_kept(sqlite_of(conn), KEPT_BEGIN);

	return code == SQLITE_OK || refuse(cx, sqlite_of(conn), code, (struct str){ 0 });
}

static void
end_read(struct sqlite_conn *conn)
{
	if (conn->base.is_begun && sqlite_kept(conn, KEPT_COMMIT) != SQLITE_OK &&
	    !sqlite3_get_autocommit(conn->handle))
		conn->base.is_broken = true;
	conn->base.is_begun = false;
	pool_give(&conn->base);
}

static bool
sqlite_commit(struct cx *cx, struct conn *conn)
{
	if (conn->is_write)
		return writer_commit(cx, conn);
	end_read(sqlite_of(conn));
	return true;
}

static void
sqlite_rollback(struct conn *conn)
{
	if (conn->is_write)
		writer_rollback(conn);
	else
		end_read(sqlite_of(conn));
}

/* The same name may nest: the innermost is meant. */
static const char *const SAVEPOINTS[SAVEPOINT__MAX] = {
	[SAVEPOINT_SET] = "SAVEPOINT part",
	[SAVEPOINT_RELEASE] = "RELEASE part",
	[SAVEPOINT_BACK] = "ROLLBACK TO part",
};

static bool
savepoint_run(struct cx *cx, enum savepoint what)
{
	struct stmt *stmt = db_prepare(cx, str_of(SAVEPOINTS[what]));

	return stmt && db_run(cx, stmt);
}

static bool
sqlite_savepoint(struct cx *cx, struct conn *conn, enum savepoint what)
{
	(void)conn;
	if (!savepoint_run(cx, what))
		return false;
	return what != SAVEPOINT_BACK || savepoint_run(cx, SAVEPOINT_RELEASE);
}

/* ---- statements ---------------------------------------------------------------------------- */

/* A number that is not used has no name; the highest is always used. */
static bool
is_numbered(sqlite3_stmt *handle)
{
	int n = sqlite3_bind_parameter_count(handle);
	const char *name = "?";

	for (int i = 1; i <= n; i++) {
		name = sqlite3_bind_parameter_name(handle, i);
		if (name && name[0] != '?')
			return false;
	}
	return name != NULL;
}

/* NULL with the cause where it is refused, is empty or holds more than one statement. */
static sqlite3_stmt *
compile(struct cx *cx, struct sqlite_conn *conn, struct str sql, unsigned flags)
{
	sqlite3_stmt *handle = NULL;
	const char *tail = NULL;
	int code = sqlite3_prepare_v3(conn->handle, sql.p, (int)sql.n, flags, &handle, &tail);
	size_t used = code == SQLITE_OK ? (size_t)(tail - sql.p) : 0;

	if (code != SQLITE_OK) {
		refuse(cx, conn, code, sql);
		return NULL;
	}
	if (handle && !str_trim(str_from(sql, used)).n && is_numbered(handle))
		return handle;
	sqlite3_finalize(handle);
	fault_fail(cx, FAULT_BUG, "one statement with parameters ?1 ?2 … is wanted", sql);
	return NULL;
}

struct stmt *
sqlite_prepare(struct cx *cx, struct conn *conn, struct str sql)
{
	sqlite3_stmt *handle = compile(cx, sqlite_of(conn), sql, SQLITE_PREPARE_PERSISTENT);
	struct sqlite_stmt *stmt;

	if (!handle)
		return NULL;
	stmt = heap_new(sizeof *stmt);
	stmt->handle = handle;
	return &stmt->base;
}

static inline sqlite3_stmt *
handle_of(const struct stmt *stmt)
{
	return ((const struct sqlite_stmt *)stmt)->handle;
}

static void
sqlite_finalize(struct stmt *stmt)
{
	sqlite3_finalize(handle_of(stmt));
	heap_free(stmt);
}

static inline void
bound(struct stmt *stmt, int index, int code)
{
	if (code != SQLITE_OK)
		stmt->bad_index = index ? index : -1;
}

static void
bind_int(struct stmt *stmt, int index, int64_t value)
{
	bound(stmt, index, sqlite3_bind_int64(handle_of(stmt), index, value));
}

static void
bind_real(struct stmt *stmt, int index, double value)
{
	bound(stmt, index, sqlite3_bind_double(handle_of(stmt), index, value));
}

/* A NULL pointer would bind NULL. */
static void
bind_str(struct stmt *stmt, int index, struct str value)
{
	bound(stmt, index,
	      sqlite3_bind_text64(handle_of(stmt), index, value.n ? value.p : "", value.n,
				  SQLITE_STATIC, SQLITE_UTF8));
}

static void
bind_blob(struct stmt *stmt, int index, struct str value)
{
	bound(stmt, index,
	      sqlite3_bind_blob64(handle_of(stmt), index, value.n ? value.p : "", value.n,
				  SQLITE_STATIC));
}

static void
bind_null(struct stmt *stmt, int index)
{
	bound(stmt, index, sqlite3_bind_null(handle_of(stmt), index));
}

static bool
sqlite_step(struct cx *cx, struct stmt *stmt, bool *out_row)
{
	int code = sqlite3_step(handle_of(stmt));

	if (code != SQLITE_ROW && code != SQLITE_DONE)
		return refuse(cx, sqlite_of(stmt->conn), code, stmt->text);
	*out_row = code == SQLITE_ROW;
	return true;
}

/* RETURNING would make every INSERT keep a journal of its own, for which the full-text index writes
 * out all that it holds. */
static int64_t
sqlite_inserted(const struct conn *conn)
{
	const struct sqlite_conn *mine = (const struct sqlite_conn *)conn;

	return sqlite3_last_insert_rowid(mine->handle);
}

static void
sqlite_reset(struct stmt *stmt)
{
	sqlite3_stmt *handle = handle_of(stmt);

	sqlite3_reset(handle);
	sqlite3_clear_bindings(handle);
	if (stmt->started && stmt->conn->is_write)
		stmt->changes = sqlite3_stmt_readonly(handle)
					? 0
					: sqlite3_changes64(sqlite_of(stmt->conn)->handle);
}

static bool
col_null(const struct stmt *stmt, int column)
{
	return sqlite3_column_type(handle_of(stmt), column) == SQLITE_NULL;
}

static int64_t
col_int(const struct stmt *stmt, int column)
{
	return sqlite3_column_int64(handle_of(stmt), column);
}

static double
col_real(const struct stmt *stmt, int column)
{
	return sqlite3_column_double(handle_of(stmt), column);
}

static struct str
col_str(const struct stmt *stmt, int column)
{
	const char *p = (const char *)sqlite3_column_text(handle_of(stmt), column);

	return (struct str){ p, p ? (size_t)sqlite3_column_bytes(handle_of(stmt), column) : 0 };
}

static struct str
col_blob(const struct stmt *stmt, int column)
{
	const char *p = sqlite3_column_blob(handle_of(stmt), column);

	return (struct str){ p, p ? (size_t)sqlite3_column_bytes(handle_of(stmt), column) : 0 };
}

static bool
sqlite_ddl(struct cx *cx, struct conn *base, struct str sql)
{
	struct sqlite_conn *conn = sqlite_of(base);
	sqlite3_stmt *handle = compile(cx, conn, sql, 0);
	int code;

	if (!handle)
		return false;
	while (sqlite3_step(handle) == SQLITE_ROW)
		;
	code = sqlite3_finalize(handle);
	return code == SQLITE_OK || refuse(cx, conn, code, sql);
}

/* ---- the table ----------------------------------------------------------------------------- */

static const char *const CHECKS[] = {
	"PRAGMA integrity_check",
	"SELECT 'row ' || coalesce(rowid, '?') || ' of ' || \"table\" || ' refers to a row of ' || parent || "
	"' that is not there' FROM pragma_foreign_key_check LIMIT 100",
	NULL,
};

const struct driver driver_sqlite = {
	.dialect = {
		.name = "sqlite",
		.primary_key = "INTEGER PRIMARY KEY AUTOINCREMENT", /* never an id twice */
		.types = { [STORE_INT] = "INTEGER", [STORE_REAL] = "REAL", [STORE_TEXT] = "TEXT", [STORE_BLOB] = "BLOB" },
		.table_suffix = " STRICT",
		.lock_rows = "",
		.lock_row = "",
		.inserted_id = "",
		.no_index = "+",
	},
	.open = sqlite_open,
	.close = sqlite_close,
	.connect = connect_reader,
	.disconnect = sqlite_disconnect,
	.begin_write = writer_begin,
	.commit = sqlite_commit,
	.rollback = sqlite_rollback,
	.begin = sqlite_begin,
	.savepoint = sqlite_savepoint,
	.prepare = sqlite_prepare,
	.finalize = sqlite_finalize,
	.bind_int = bind_int,
	.bind_real = bind_real,
	.bind_str = bind_str,
	.bind_blob = bind_blob,
	.bind_null = bind_null,
	.step = sqlite_step,
	.inserted = sqlite_inserted,
	.reset = sqlite_reset,
	.col_null = col_null,
	.col_int = col_int,
	.col_real = col_real,
	.col_str = col_str,
	.col_blob = col_blob,
	.ddl = sqlite_ddl,
	.introspect_sql =
		"SELECT t.name, 0, c.name, c.type, c.\"notnull\", c.cid AS position"
		" FROM pragma_table_list t JOIN pragma_table_xinfo(t.name) c"
		" WHERE t.schema = 'main' AND t.type = 'table' AND substr(t.name, 1, 7) <> 'sqlite_'"
		" AND t.name <> 'sys_search_recent' AND c.hidden <> 1"
		" UNION ALL SELECT tbl_name, 1, name, '', 0, 0 FROM sqlite_schema"
		" WHERE type = 'index' AND sql IS NOT NULL ORDER BY 1, 2, 6, 3",
	.types_known = { [STORE_INT] = "INTEGER", [STORE_REAL] = "REAL", [STORE_TEXT] = "TEXT", [STORE_BLOB] = "BLOB" },
	.check_sql = CHECKS,
	.search = &sqlite_search,
	.copy_to = sqlite_copy_to,
	.truncate_log = writer_truncate_log,
};
