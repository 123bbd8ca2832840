/* A connection: how it is opened, set up and closed. */
#include "db/sqlite.h"

enum { CACHE_KIB = 2048, BUSY_STEP_MAX_MS = 5, PRAGMA_MAX = 80 };
static const int64_t MAP_BYTES = 0x7fff0000; /* the most that Debian's SQLite maps */
static const int64_t LOG_KEPT_BYTES = 64 << 20;

int
sqlite_exec(struct sqlite_conn *conn, const char *sql)
{
	return sqlite3_exec(conn->handle, sql, NULL, NULL, NULL);
}

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

void
sqlite_cache(struct sqlite_conn *conn, int kib)
{
	pragma(conn, "cache_size", -kib);
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
		refusal_set(why, sqlite_fault(code), "%s: %s", db->shown,
			    sqlite3_errmsg(conn->handle));
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
