/* What goes over the wire, and what PostgreSQL says. */
#include "db/postgres.h"

enum { FORGET_AT_ONCE = 16 };

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

struct str
pg_first_line(const char *text)
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
	struct str line =
		message ? pg_first_line(message) : pg_first_line(PQerrorMessage(conn->handle));
	enum fault fault = pg_is_lost(conn) ? FAULT_LOST : fault_of(state);

	if (fault == FAULT_READ_ONLY && !conn->base.is_write)
		fault = FAULT_BUG;
	refusal_set(why, fault, "%.*s", STR_FMT(line));
}

/* ---- what is on the way -------------------------------------------------------------------- */

void
pg_ahead(struct pg_conn *conn, const char *sql)
{
	snprintf(conn->ahead[conn->n_ahead++], AHEAD_TEXT_MAX, "%s", sql);
}

bool
pg_send_command(struct pg_conn *conn, const char *sql)
{
	return PQsendQueryParams(conn->handle, sql, 0, NULL, NULL, NULL, NULL, 1);
}

bool
pg_send_ahead(struct pg_conn *conn, int *n)
{
	char sql[AHEAD_TEXT_MAX];

	*n = 0;
	for (int i = 0; i < conn->n_ahead; i++, ++*n)
		if (!pg_send_command(conn, conn->ahead[i]))
			return false;
	while (conn->n_forgotten && *n < FORGET_AT_ONCE) {
		snprintf(sql, sizeof sql, "DEALLOCATE s%u", conn->forgotten[--conn->n_forgotten]);
		if (!pg_send_command(conn, sql))
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

bool
pg_run_once(struct pg_conn *conn, const char *sql, struct refusal *why)
{
	struct refusal ignored;
	bool is_done;
	int n;

	if (!pg_send_ahead(conn, &n) || !pg_send_command(conn, sql) ||
	    !PQpipelineSync(conn->handle)) {
		pg_refused(conn, NULL, why);
		return false;
	}
	is_done = pg_read_ahead(conn, n, why) && read_command(conn, why);
	return pg_settle(conn, is_done ? why : &ignored) && is_done;
}
