#include "db/postgres.h"

#include <poll.h>

enum { QUOTED_MAX = 400 };

/* ---- units --------------------------------------------------------------------------------- */

/* Nothing is asked of the server: a lost connection shows at the socket. */
static bool
is_alive(struct pg_conn *conn)
{
	struct pollfd socket = { .fd = PQsocket(conn->handle), .events = POLLIN };
	struct refusal ignored;

	if (conn->owes && !pg_settle(conn, &ignored))
		return false;
	conn->owes = false;
	if (pg_is_lost(conn))
		return false;
	if (poll(&socket, 1, 0) <= 0)
		return true;
	if (!PQconsumeInput(conn->handle))
		return false;
	PQisBusy(conn->handle);
	return !pg_is_lost(conn);
}

static bool
pg_revive(struct conn *base, struct refusal *why)
{
	struct pg_conn *conn = pg_of(base);

	conn->n_ahead = 0;
	conn->n_done = 0;
	conn->reading = NULL;
	return is_alive(conn) || pg_reconnect(conn, why);
}

static struct conn *
pg_begin_write(struct cx *cx, struct db *db, bool is_bulk)
{
	(void)is_bulk;
	return pool_take(cx, db);
}

static bool
pg_begin(struct cx *cx, struct conn *conn)
{
	(void)cx;
	pg_ahead(pg_of(conn), conn->is_write ? "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"
					     : "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
	return true;
}

static void
unit_end(struct pg_conn *conn)
{
	conn->base.is_begun = false;
	conn->n_ahead = 0;
	conn->n_done = 0;
	if (pg_is_lost(conn)) {
		conn->base.is_broken = true;
		conn->base.counts.reconnects++;
	}
	pool_give(&conn->base);
}

/* The answer is left for the next unit to read. */
static void
pg_rollback(struct conn *base)
{
	struct pg_conn *conn = pg_of(base);

	if (PQtransactionStatus(conn->handle) != PQTRANS_IDLE && !pg_is_lost(conn))
		conn->owes = pg_send_command(conn, "ROLLBACK") && PQpipelineSync(conn->handle) &&
			     PQflush(conn->handle) == 0;
	unit_end(conn);
}

/* COMMIT of a transaction that the server has already given up answers ROLLBACK. */
static bool
read_commit(struct pg_conn *conn, struct refusal *why)
{
	PGresult *result = PQgetResult(conn->handle);
	struct refusal ignored;
	bool is_kept = PQresultStatus(result) == PGRES_COMMAND_OK &&
		       !strcmp(PQcmdStatus(result), "COMMIT");

	if (!is_kept)
		pg_refused(conn, result, why);
	if (!is_kept && why->fault == FAULT_LOST)
		why->fault = FAULT_UNKNOWN;
	PQclear(result);
	pg_settle(conn, is_kept ? why : &ignored);
	return is_kept;
}

static bool
commit_write(struct pg_conn *conn, struct refusal *why)
{
	struct refusal ignored;
	int n;

	if (pg_send_ahead(conn, &n) && pg_send_command(conn, "COMMIT") &&
	    PQpipelineSync(conn->handle)) {
		if (pg_read_ahead(conn, n, why))
			return read_commit(conn, why);
		pg_settle(conn, &ignored);
		return false;
	}
	pg_refused(conn, NULL, why);
	return false;
}

static bool
pg_commit(struct cx *cx, struct conn *base)
{
	struct pg_conn *conn = pg_of(base);
	struct refusal why;

	if (!base->is_write || !conn->n_done) {
		base->counts.writes += base->is_write;
		pg_rollback(base);
		return true;
	}
	if (!commit_write(conn, &why)) {
		pg_rollback(base);
		return fault_fail(cx, why.fault, why.message, (struct str){ 0 });
	}
	base->counts.writes++;
	base->counts.commits++;
	unit_end(conn);
	return true;
}

static const char *const SAVEPOINTS[SAVEPOINT__MAX] = {
	[SAVEPOINT_SET] = "SAVEPOINT part",
	[SAVEPOINT_RELEASE] = "RELEASE part",
	[SAVEPOINT_BACK] = "ROLLBACK TO part",
};

/* They go out with the next statement, unless there are many of them. */
static bool
pg_savepoint(struct cx *cx, struct conn *base, enum savepoint what)
{
	struct pg_conn *conn = pg_of(base);
	struct stmt *stmt;

	pg_ahead(conn, SAVEPOINTS[what]);
	if (what == SAVEPOINT_BACK)
		pg_ahead(conn, SAVEPOINTS[SAVEPOINT_RELEASE]);
	if (conn->n_ahead < AHEAD_MAX - 2)
		return true;
	stmt = db_sql(cx, "SELECT 1");
	return stmt && db_run(cx, stmt);
}

/* Statements that were prepared before may mean another table. */
static bool
pg_ddl(struct cx *cx, struct conn *base, struct str sql)
{
	struct pg_conn *conn = pg_of(base);
	struct refusal why;

	if (!pg_take_in(conn, &why) || !pg_run_once(conn, str_z(cx->mem, sql), &why))
		return fault_fail(cx, why.fault, why.message, sql);
	conn->n_done++;
	conn->generation++;
	conn->n_forgotten = 0;
	pg_ahead(conn, "DEALLOCATE ALL");
	return true;
}

bool
pg_maintain(struct cx *cx, const char *sql)
{
	struct refusal why;
	struct conn *conn = pg_connect(cx->db, &why);
	bool is_done = false;

	if (conn) {
		is_done = pg_run_once(pg_of(conn), "SET statement_timeout = 0", &why) &&
			  pg_run_once(pg_of(conn), sql, &why);
		pg_disconnect(conn);
	}
	return is_done || fault_fail(cx, why.fault, why.message, str_of(sql));
}

/* ---- the table ----------------------------------------------------------------------------- */

static bool
pg_ids_follow(struct cx *cx, struct str table)
{
	struct buf name = buf_in(cx->mem, QUOTED_MAX);
	struct stmt *stmt;

	buf_char(&name, '"');
	for (size_t i = 0; i < table.n; i++) {
		if (table.p[i] == '"')
			buf_char(&name, '"');
		buf_char(&name, table.p[i]);
	}
	buf_char(&name, '"');
	stmt = db_prepare(
		cx,
		str_printf(
			cx->mem,
			"SELECT setval(q, greatest(nextval(q), (SELECT max(id) + 1 FROM %.*s)), false) FROM "
			"(SELECT CAST(pg_get_serial_sequence(?1, 'id') AS regclass) AS q) x WHERE q IS NOT NULL",
			STR_FMT(buf_done(&name))));
	if (!stmt)
		return false;
	db_bind_str(stmt, 1, buf_done(&name));
	return db_run(cx, stmt);
}

static bool
pg_copy_to(struct cx *cx, const char *path)
{
	(void)path;
	return fail(cx, E_INPUT,
		    "This database is on a server: copy it with pg_dump, or with kontor move.");
}

static bool
pg_truncate_log(struct cx *cx)
{
	return pg_maintain(cx, "VACUUM");
}

static const char *const CHECKS[] = {
	"SELECT 'index ' || CAST(CAST(indexrelid AS regclass) AS text) || ' is not valid' FROM pg_index WHERE NOT indisvalid",
	"SELECT 'constraint ' || conname || ' of ' || CAST(CAST(conrelid AS regclass) AS text) || ' was never checked'"
	" FROM pg_constraint WHERE NOT convalidated",
	"SELECT checksum_failures || ' pages failed their checksum' FROM pg_stat_database"
	" WHERE datname = current_database() AND checksum_failures > 0",
	NULL,
};

const struct driver driver_postgres = {
	.dialect = {
		.name = "postgres",
		.primary_key = "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY",
		.types = { [STORE_INT] = "BIGINT",
			   [STORE_REAL] = "DOUBLE PRECISION",
			   [STORE_TEXT] = "TEXT COLLATE \"C\"",
			   [STORE_BLOB] = "BYTEA" },
		.table_suffix = "",
		.lock_rows = " FOR UPDATE SKIP LOCKED",
		.lock_row = " FOR UPDATE",
		.inserted_id = " RETURNING \"id\"",
		.no_index = "",
		.index_says_nulls = true,
		.alter_adds_many = true,
		.is_multi_node = true,
	},
	.open = pg_open,
	.close = pg_close,
	.connect = pg_connect,
	.disconnect = pg_disconnect,
	.revive = pg_revive,
	.begin_write = pg_begin_write,
	.commit = pg_commit,
	.rollback = pg_rollback,
	.begin = pg_begin,
	.savepoint = pg_savepoint,
	.prepare = pg_prepare,
	.finalize = pg_finalize,
	.bind_int = pg_bind_int,
	.bind_real = pg_bind_real,
	.bind_str = pg_bind_str,
	.bind_blob = pg_bind_blob,
	.bind_null = pg_bind_null,
	.start = pg_start,
	.step = pg_step,
	.reset = pg_reset,
	.col_null = pg_col_null,
	.col_int = pg_col_int,
	.col_real = pg_col_real,
	.col_str = pg_col_str,
	.col_blob = pg_col_blob,
	.ddl = pg_ddl,
	.introspect_sql =
		"SELECT CAST(c.relname AS text) COLLATE \"C\", 0, CAST(a.attname AS text) COLLATE \"C\","
		" format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attnum"
		" FROM pg_class c JOIN pg_namespace s ON s.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid"
		" WHERE s.nspname = current_schema() AND c.relkind IN ('r', 'p') AND a.attnum > 0"
		" AND NOT a.attisdropped AND c.relname <> 'sys_search'"
		" UNION ALL SELECT CAST(t.relname AS text), 1, CAST(i.relname AS text), '', false, 0"
		" FROM pg_index x JOIN pg_class t ON t.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid"
		" JOIN pg_namespace s ON s.oid = t.relnamespace"
		" WHERE s.nspname = current_schema() AND t.relname <> 'sys_search'"
		" AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.oid AND k.contype IN ('p', 'u', 'x'))"
		" ORDER BY 1, 2, 6, 3",
	.types_known = { [STORE_INT] = "BIGINT",
			 [STORE_REAL] = "DOUBLE PRECISION",
			 [STORE_TEXT] = "TEXT",
			 [STORE_BLOB] = "BYTEA" },
	.check_sql = CHECKS,
	.lock_sql = "SELECT pg_advisory_xact_lock(?1)",
	.search = &pg_search,
	.ids_follow = pg_ids_follow,
	.copy_to = pg_copy_to,
	.truncate_log = pg_truncate_log,
};
