/* The address, and how a connection is made ready. */
#include "db/postgres.h"

#include <poll.h>

enum {
	OPTIONS_MAX = 64,
	CONNECT_STEP_MS = 100,
	SETTINGS_BYTES = 200,
	SHOWN_MAX = 300,
	NUMBER_MAX = 24,
	MS_PER_S = 1000
};

/* The state of a database: what libpq made of the address. */
struct postgres {
	PQconninfoOption *options;
	bool was_connected; /* once; from then on a server that is away is waited for */
};

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
	char sql[SETTINGS_BYTES];
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
			    STR_FMT(pg_first_line(PQerrorMessage(handle))));
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
			    STR_FMT(pg_first_line(PQerrorMessage(handle))));
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

struct conn *
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

void
pg_disconnect(struct conn *base)
{
	struct pg_conn *conn = pg_of(base);

	PQfinish(conn->handle);
	heap_free(conn->forgotten);
	later_free(base);
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

bool
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

void
pg_close(struct db *db)
{
	struct postgres *state = db->state;

	PQconninfoFree(state->options);
	heap_free(state);
}
