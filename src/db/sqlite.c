#include "db/sqlite.h"

enum {
	CACHE_KIB = 2048,
	CACHE_WRITER_KIB = 16384, /* all indexes of all tables pass through this one */
	BUSY_STEP_MAX_MS = 5,
	PRAGMA_MAX = 80
};
static const int64_t MAP_BYTES = 0x7fff0000; /* the most that Debian's SQLite maps */
static const int64_t LOG_KEPT_BYTES = 64 << 20;

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

static enum fault
fault_of(int code)
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
	enum fault fault = fault_of(code);

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

int
sqlite_exec(struct sqlite_conn *conn, const char *sql)
{
	return sqlite3_exec(conn->handle, sql, NULL, NULL, NULL);
}

/* ---- open ---------------------------------------------------------------------------------- */

/* Another process holds the lock: short steps, so that it is taken soon after it is free. */
static int
on_busy(void *state, int n)
{
	struct sqlite_conn *conn = state;
	int step = n < BUSY_STEP_MAX_MS ? n + 1 : BUSY_STEP_MAX_MS;

	if (n == 0)
		conn->waited_ms = 0;
	if (conn->waited_ms >= conn->busy_ms)
		return 0;
	conn->waited_ms += sqlite3_sleep(step);
	return 1;
}

static int
on_commit(void *state, sqlite3 *handle, const char *name, int frames)
{
	struct sqlite_conn *conn = state;

	(void)handle;
	(void)name;
	conn->log_frames = frames;
	return SQLITE_OK;
}

static int
pragma(struct sqlite_conn *conn, const char *name, int64_t value)
{
	char sql[PRAGMA_MAX];

	snprintf(sql, sizeof sql, "PRAGMA %s = %lld", name, (long long)value);
	return sqlite_exec(conn, sql);
}

/* The file must be in WAL mode: some network file systems cannot. */
static int
wal_mode(struct sqlite_conn *conn, bool *out)
{
	sqlite3_stmt *stmt;
	int code = sqlite3_prepare_v2(conn->handle, "PRAGMA journal_mode = wal", -1, &stmt, NULL);

	if (code != SQLITE_OK)
		return code;
	code = sqlite3_step(stmt);
	if (code == SQLITE_ROW)
		*out = str_eq_z(str_of((const char *)sqlite3_column_text(stmt, 0)), "wal");
	code = sqlite3_reset(stmt);
	sqlite3_finalize(stmt);
	return code;
}

static int
configure(struct sqlite_conn *conn, bool is_writer)
{
	const struct db_options *options = &conn->base.db->options;
	size_t usual = is_writer ? CACHE_WRITER_KIB : CACHE_KIB;
	size_t cache_kib = options->cache_kib ? options->cache_kib : usual;
	const struct {
		const char *name;
		int64_t value;
	} pragmas[] = {
		{ "synchronous", options->unsafe_no_sync ? 0 : 2 },
		{ "foreign_keys", 1 },
		{ "trusted_schema", 0 },
		{ "secure_delete", 1 },
		{ "temp_store", 2 },
		{ "mmap_size", MAP_BYTES },
		{ "cache_size", -(int64_t)cache_kib },
		{ "journal_size_limit", LOG_KEPT_BYTES },
		{ "query_only", !is_writer },
	};
	int code = SQLITE_OK;

	sqlite3_extended_result_codes(conn->handle, 1);
	sqlite3_busy_handler(conn->handle, on_busy, conn);
	sqlite3_wal_hook(conn->handle, on_commit, conn); /* takes the place of the automatic
							    checkpoint */
	sqlite3_db_config(conn->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(conn->handle, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
	sqlite3_db_config(conn->handle, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
	for (size_t i = 0; i < countof(pragmas) && code == SQLITE_OK; i++)
		code = pragma(conn, pragmas[i].name, pragmas[i].value);
	return code;
}

static const struct {
	const char *of_reader, *of_writer;
} KEPT[] = {
	[KEPT_BEGIN] = { "BEGIN", "BEGIN IMMEDIATE" },
	[KEPT_COMMIT] = { "COMMIT", "COMMIT" },
	[KEPT_UNIT] = { NULL, "SAVEPOINT unit" },
	[KEPT_UNIT_KEEP] = { NULL, "RELEASE unit" },
};
_Static_assert(countof(KEPT) == KEPT__MAX, "one row a statement");

static int
ready(struct sqlite_conn *conn, bool is_writer, bool *is_wal)
{
	int code = configure(conn, is_writer);

	if (code == SQLITE_OK && is_writer)
		code = wal_mode(conn, is_wal);
	for (size_t i = 0; i < KEPT__MAX && code == SQLITE_OK; i++) {
		const char *sql = is_writer ? KEPT[i].of_writer : KEPT[i].of_reader;

		if (sql)
			code = sqlite3_prepare_v3(conn->handle, sql, -1, SQLITE_PREPARE_PERSISTENT,
						  &conn->kept[i], NULL);
	}
	return code;
}

int
sqlite_kept(struct sqlite_conn *conn, enum kept kept)
{
	sqlite3_step(conn->kept[kept]);
	return sqlite3_reset(conn->kept[kept]);
}

struct sqlite_conn *
sqlite_connect(struct db *db, bool is_writer, struct refusal *why)
{
	int mode = db->options.read_only ? SQLITE_OPEN_READONLY
					 : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
	struct sqlite_conn *conn = heap_new(sizeof *conn);
	struct sqlite *state = db->state;
	bool is_wal = true;
	int code;

	conn_init(&conn->base, db);
	conn->base.is_write = is_writer;
	conn->busy_ms = db->options.busy_ms;
	conn->recent = -1;
	code = sqlite3_open_v2(state->path, &conn->handle,
			       mode | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE, NULL);
	if (code == SQLITE_OK)
		code = ready(conn, is_writer, &is_wal);
	if (code == SQLITE_OK && is_wal)
		return conn;
	if (code == SQLITE_OK)
		refusal_set(why, FAULT_IO,
			    "%s: this file system cannot do write-ahead logging; use a local disk",
			    db->shown);
	else
		refusal_set(why, fault_of(code), "%s: %s", db->shown, sqlite3_errmsg(conn->handle));
	sqlite_disconnect(&conn->base);
	return NULL;
}

void
sqlite_disconnect(struct conn *base)
{
	struct sqlite_conn *conn = sqlite_of(base);

	for (size_t i = 0; i < KEPT__MAX; i++)
		sqlite3_finalize(conn->kept[i]);
	sqlite3_close_v2(conn->handle);
	later_free(base);
	heap_free(conn);
}

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
