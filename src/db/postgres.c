#include "db/postgres.h"

#include <ctype.h>
#include <poll.h>

enum {
	OPTIONS_MAX = 64,
	CONNECT_STEP_MS = 100,
	SETTING_MAX = 200,
	SHOWN_MAX = 300,
	FORGET_AT_ONCE = 16,
	NUMBER_MAX = 24,
	MS_PER_S = 1000
};

/* The state of a database: what libpq made of the address. */
struct postgres {
	PQconninfoOption *options;
	bool was_connected; /* once; from then on a server that is away is waited for */
};

/* ---- what PostgreSQL says ------------------------------------------------------------------ */

static const struct {
	const char *state; /* its beginning; the longer ones first */
	enum fault fault;
} STATES[] = {
	{ "23505", FAULT_UNIQUE },
	{ "23503", FAULT_REFERENCE },
	{ "23", FAULT_VALUE },
	{ "22", FAULT_VALUE },
	{ "40", FAULT_SERIAL },
	{ "55P03", FAULT_BUSY },
	{ "57014", FAULT_BUSY },
	{ "53300", FAULT_BUSY },
	{ "53100", FAULT_FULL },
	{ "53", FAULT_IO },
	{ "58", FAULT_IO },
	{ "XX", FAULT_IO },
	{ "08", FAULT_LOST },
	{ "57P", FAULT_LOST },
	{ "25006", FAULT_READ_ONLY },
	{ "25P02", FAULT_BUG },
	{ "26000", FAULT_STALE },
	{ "0A000", FAULT_STALE }, /* "cached plan must not change result type" */
	{ "54", FAULT_TOO_BIG },
};

static enum fault
fault_of(const char *state)
{
	for (size_t i = 0; state && i < countof(STATES); i++)
		if (str_starts(str_of(state), str_of(STATES[i].state)))
			return STATES[i].fault;
	return FAULT_OTHER;
}

static struct str
first_line(const char *text)
{
	struct str s = str_of(text);

	return str_trim(str_cut(&s, '\n'));
}

bool
pg_is_lost(const struct pg_conn *conn)
{
	return PQstatus(conn->handle) != CONNECTION_OK;
}

void
pg_refused(const struct pg_conn *conn, const PGresult *result, struct refusal *why)
{
	const char *state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
	const char *message = result ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : NULL;
	struct str line = message ? first_line(message) : first_line(PQerrorMessage(conn->handle));
	enum fault fault = pg_is_lost(conn) ? FAULT_LOST : fault_of(state);

	if (fault == FAULT_READ_ONLY && !conn->base.is_write)
		fault = FAULT_BUG;
	refusal_set(why, fault, "%.*s", STR_FMT(line));
}

/* ---- the address --------------------------------------------------------------------------- */

static const char *
option_of(const struct postgres *state, const char *keyword)
{
	for (const PQconninfoOption *o = state->options; o && o->keyword; o++)
		if (!strcmp(o->keyword, keyword))
			return o->val;
	return NULL;
}

static bool
has_only(const char *text, const char *allowed)
{
	return !text || !text[strspn(text, allowed)];
}

/* Where a password holds characters that mean something in an address, parts of it look like a host
 * or a port, and would be shown in messages. */
static bool
is_clean(const struct postgres *state)
{
	const char *host = option_of(state, "host");

	return has_only(option_of(state, "port"), "0123456789,") &&
	       (!host || !strpbrk(host, "@?#")) &&
	       has_only(option_of(state, "hostaddr"), "0123456789abcdefABCDEF.:,");
}

static char *
shown_of(const struct postgres *state)
{
	const char *user = option_of(state, "user"), *host = option_of(state, "host");
	const char *port = option_of(state, "port"), *name = option_of(state, "dbname");
	char *shown = heap_new(SHOWN_MAX);

	snprintf(shown, SHOWN_MAX, "postgres://%s%s%s%s%s%s%s", user ? user : "", user ? "@" : "",
		 host ? host : "", port ? ":" : "", port ? port : "", name ? "/" : "",
		 name ? name : "");
	return shown;
}

/* ---- connect ------------------------------------------------------------------------------- */

struct settings {
	const char *keywords[OPTIONS_MAX], *values[OPTIONS_MAX];
	size_t n;
	char numbers[OPTIONS_MAX][NUMBER_MAX];
};

static void
setting_add(struct settings *settings, const char *keyword, const char *value)
{
	settings->keywords[settings->n] = keyword;
	settings->values[settings->n++] = value;
}

static void
settings_make(const struct db *db, struct settings *settings)
{
	const struct postgres *state = db->state;
	int64_t connect_s = db->options.busy_ms / MS_PER_S;
	struct {
		const char *keyword, *value;
		int64_t number;
	} defaults[] = {
		{ "connect_timeout", NULL, connect_s < 2 ? 2 : connect_s },
		{ "keepalives_idle", NULL, 30 },
		{ "keepalives_interval", NULL, 10 },
		{ "keepalives_count", NULL, 3 },
		{ "tcp_user_timeout", NULL, 60 * MS_PER_S },
		{ "target_session_attrs", db->options.read_only ? "any" : "read-write", 0 },
	};

	for (const PQconninfoOption *o = state->options;
	     o->keyword && settings->n < OPTIONS_MAX / 2; o++)
		if (o->val)
			setting_add(settings, o->keyword, o->val);
	for (size_t i = 0; i < countof(defaults); i++) {
		if (option_of(state, defaults[i].keyword))
			continue;
		snprintf(settings->numbers[i], NUMBER_MAX, "%lld", (long long)defaults[i].number);
		setting_add(settings, defaults[i].keyword,
			    defaults[i].value ? defaults[i].value : settings->numbers[i]);
	}
	setting_add(settings, "client_encoding", "UTF8");
	if (!option_of(state, "application_name"))
		setting_add(settings, "application_name", "kontor");
}

static void
on_notice(void *state, const PGresult *result)
{
	(void)state;
	(void)result;
}

static void
hide_password(const struct db *db, struct refusal *why)
{
	const char *password = option_of(db->state, "password");
	size_t n = password ? strlen(password) : 0;
	char *at = why->message;

	for (; n && (at = strstr(at, password)); at += n)
		memset(at, '*', n);
}

static bool
session_ready(const struct db *db, PGconn *handle, struct refusal *why)
{
	const char *encoding = PQparameterStatus(handle, "server_encoding");
	char sql[SETTING_MAX];
	PGresult *result;
	bool is_done;

	if (!encoding || strcmp(encoding, "UTF8") != 0) {
		refusal_set(why, FAULT_OTHER,
			    "%s has the encoding %s; create it with ENCODING 'UTF8'", db->shown,
			    encoding ? encoding : "?");
		return false;
	}
	snprintf(
		sql, sizeof sql,
		"SET lock_timeout = %lld; SET statement_timeout = %lld; SET standard_conforming_strings = on",
		(long long)db->options.busy_ms, (long long)db->options.statement_ms);
	result = PQexec(handle, sql);
	is_done = PQresultStatus(result) == PGRES_COMMAND_OK && PQenterPipelineMode(handle);
	if (!is_done)
		refusal_set(why, FAULT_CONNECT, "%s: %.*s", db->shown,
			    STR_FMT(first_line(PQerrorMessage(handle))));
	PQclear(result);
	return is_done;
}

static PGconn *
connect_once(const struct db *db, struct refusal *why)
{
	struct settings settings = { 0 };
	PGconn *handle;

	settings_make(db, &settings);
	handle = PQconnectdbParams(settings.keywords, settings.values, 0);
	PQsetNoticeReceiver(handle, on_notice, NULL);
	if (PQstatus(handle) == CONNECTION_OK && session_ready(db, handle, why))
		return handle;
	if (PQstatus(handle) != CONNECTION_OK)
		refusal_set(why, FAULT_CONNECT, "%s: %.*s", db->shown,
			    STR_FMT(first_line(PQerrorMessage(handle))));
	hide_password(db, why);
	PQfinish(handle);
	return NULL;
}

/* A server that has been there and is away is being started again, or another takes its place. */
static PGconn *
connect_patiently(const struct db *db, struct refusal *why)
{
	const struct postgres *state = db->state;
	int64_t until = wait_now_us() + db->options.busy_ms * MS_PER_S;
	PGconn *handle = connect_once(db, why);

	while (!handle && state->was_connected && why->fault == FAULT_CONNECT &&
	       wait_now_us() < until) {
		poll(NULL, 0, CONNECT_STEP_MS);
		handle = connect_once(db, why);
	}
	return handle;
}

static struct conn *
pg_connect(struct db *db, struct refusal *why)
{
	PGconn *handle = connect_patiently(db, why);
	struct pg_conn *conn;

	if (!handle)
		return NULL;
	conn = heap_new(sizeof *conn);
	conn_init(&conn->base, db);
	conn->handle = handle;
	conn->generation = 1;
	return &conn->base;
}

static void
pg_disconnect(struct conn *base)
{
	struct pg_conn *conn = pg_of(base);

	PQfinish(conn->handle);
	heap_free(conn->forgotten);
	heap_free(conn);
}

bool
pg_reconnect(struct pg_conn *conn, struct refusal *why)
{
	PGconn *handle = connect_patiently(conn->base.db, why);

	if (!handle)
		return false;
	PQfinish(conn->handle);
	conn->handle = handle;
	conn->generation++;
	conn->n_forgotten = 0;
	conn->owes = false;
	conn->base.counts.reconnects++;
	return true;
}

static bool
pg_open(struct cx *cx, struct db *db, struct str address)
{
	struct postgres *state = heap_new(sizeof *state);
	struct conn *first;

	db->state = state;
	state->options = PQconninfoParse(str_z(cx->mem, address), NULL);
	if (!state->options || !is_clean(state))
		return fail(
			cx, E_USAGE,
			"The address of the database cannot be understood; write "
			"postgres://user:password@host:port/name, with %%40 for @, %%2F for / and %%3A for : in the password.");
	db->shown = shown_of(state);
	first = pool_take(cx, db);
	if (!first)
		return false;
	pool_give(first);
	state->was_connected = true;
	return true;
}

static void
pg_close(struct db *db)
{
	struct postgres *state = db->state;

	PQconninfoFree(state->options);
	heap_free(state);
}

/* ---- what is on the way -------------------------------------------------------------------- */

void
pg_ahead(struct pg_conn *conn, const char *sql)
{
	snprintf(conn->ahead[conn->n_ahead++], AHEAD_TEXT_MAX, "%s", sql);
}

static bool
send_command(struct pg_conn *conn, const char *sql)
{
	return PQsendQueryParams(conn->handle, sql, 0, NULL, NULL, NULL, NULL, 1);
}

bool
pg_send_ahead(struct pg_conn *conn, int *n)
{
	char sql[AHEAD_TEXT_MAX];

	*n = 0;
	for (int i = 0; i < conn->n_ahead; i++, ++*n)
		if (!send_command(conn, conn->ahead[i]))
			return false;
	while (conn->n_forgotten && *n < FORGET_AT_ONCE) {
		snprintf(sql, sizeof sql, "DEALLOCATE s%u", conn->forgotten[--conn->n_forgotten]);
		if (!send_command(conn, sql))
			return false;
		++*n;
	}
	return true;
}

/* Answers to one command end with NULL. */
static bool
read_command(struct pg_conn *conn, struct refusal *why)
{
	PGresult *result = PQgetResult(conn->handle);
	ExecStatusType status = PQresultStatus(result);
	bool is_done = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;

	if (!is_done)
		pg_refused(conn, result, why);
	PQclear(result);
	if (is_done)
		PQclear(PQgetResult(conn->handle));
	return is_done;
}

bool
pg_read_ahead(struct pg_conn *conn, int n, struct refusal *why)
{
	for (int i = 0; i < n; i++)
		if (!read_command(conn, why))
			return false;
	conn->n_ahead = 0;
	return true;
}

bool
pg_settle(struct pg_conn *conn, struct refusal *why)
{
	bool is_good = true, was_null = false;

	for (;;) {
		PGresult *result = PQgetResult(conn->handle);
		ExecStatusType status = PQresultStatus(result);

		PQclear(result);
		if (status == PGRES_PIPELINE_SYNC)
			return is_good;
		if (!result && (was_null || pg_is_lost(conn)))
			break;
		was_null = !result;
		if (result && status == PGRES_FATAL_ERROR && is_good) {
			is_good = false;
			refusal_set(why, FAULT_LOST, "the server refused");
		}
	}
	pg_refused(conn, NULL, why);
	return false;
}

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
		conn->owes = send_command(conn, "ROLLBACK") && PQpipelineSync(conn->handle) &&
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

	if (pg_send_ahead(conn, &n) && send_command(conn, "COMMIT") &&
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

bool
pg_run_once(struct pg_conn *conn, const char *sql, struct refusal *why)
{
	struct refusal ignored;
	bool is_done;
	int n;

	if (!pg_send_ahead(conn, &n) || !send_command(conn, sql) || !PQpipelineSync(conn->handle)) {
		pg_refused(conn, NULL, why);
		return false;
	}
	is_done = pg_read_ahead(conn, n, why) && read_command(conn, why);
	return pg_settle(conn, is_done ? why : &ignored) && is_done;
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
	struct buf name = buf_in(cx->mem, 2 * SETTING_MAX);
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
