/* Statements: each is prepared on the server once for a connection, with the types of what was
 * bound, and goes out in one flight with what must come before it. */
#include "db/postgres.h"

#include <endian.h>

enum {
	NAME_MAX_BYTES = 16,
	OID_INT8 = 20,
	OID_TEXT = 25,
	OID_FLOAT8 = 701,
	OID_BYTEA = 17,
	FORGOTTEN_FIRST = 16
};

static struct pg_stmt *
stmt_of(struct stmt *stmt)
{
	return (struct pg_stmt *)stmt;
}

static int
n_sent(const struct pg_stmt *stmt)
{
	return stmt->sql.n + stmt->sql.n_tests;
}

struct stmt *
pg_prepare(struct cx *cx, struct conn *conn, struct str sql)
{
	struct pg_sql made;
	const char *why;
	struct pg_stmt *stmt;
	size_t n;

	(void)conn;
	if (!pg_sql_make(sql, &made, &why)) {
		fault_fail(cx, FAULT_BUG, why, sql);
		return NULL;
	}
	stmt = heap_new(sizeof *stmt);
	stmt->sql = made;
	n = (size_t)n_sent(stmt);
	stmt->parameters = heap_new(n * sizeof *stmt->parameters);
	stmt->values = heap_new(n * sizeof *stmt->values);
	stmt->lengths = heap_new(n * sizeof *stmt->lengths);
	stmt->formats = heap_new(n * sizeof *stmt->formats);
	stmt->types = heap_new(n * sizeof *stmt->types);
	for (size_t i = 0; i < n; i++)
		stmt->formats[i] = 1;
	return &stmt->base;
}

/* The server is told at the next occasion. */
static void
forget(struct pg_conn *conn, const struct pg_stmt *stmt)
{
	if (!stmt->generation || stmt->generation != conn->generation)
		return;
	if (conn->n_forgotten == conn->cap_forgotten) {
		conn->cap_forgotten =
			conn->cap_forgotten ? 2 * conn->cap_forgotten : FORGOTTEN_FIRST;
		conn->forgotten =
			heap_grow(conn->forgotten, conn->cap_forgotten * sizeof *conn->forgotten);
	}
	conn->forgotten[conn->n_forgotten++] = stmt->name;
}

void
pg_finalize(struct stmt *base)
{
	struct pg_stmt *stmt = stmt_of(base);

	forget(pg_of(base->conn), stmt);
	pg_sql_fini(&stmt->sql);
	heap_free(stmt->parameters);
	heap_free(stmt->values);
	heap_free(stmt->lengths);
	heap_free(stmt->formats);
	heap_free(stmt->types);
	heap_free(stmt->queue);
	heap_free(stmt->columns);
	heap_free(stmt);
}

/* ---- what is bound ------------------------------------------------------------------------- */

static struct pg_parameter *
parameter(struct stmt *base, int index)
{
	struct pg_stmt *stmt = stmt_of(base);

	if (index >= 1 && index <= stmt->sql.n && !base->started)
		return &stmt->parameters[index - 1];
	base->bad_index = index ? index : -1;
	return NULL;
}

static void
bind_bytes(struct stmt *base, int index, enum pg_kind kind, struct str value)
{
	struct pg_parameter *p = parameter(base, index);

	if (!p)
		return;
	if (value.n > INT32_MAX) {
		base->bad_index = index;
		return;
	}
	p->kind = kind;
	stmt_of(base)->values[index - 1] = value.n ? value.p : "";
	stmt_of(base)->lengths[index - 1] = (int)value.n;
}

static void
bind_bits(struct stmt *base, int index, enum pg_kind kind, uint64_t bits)
{
	struct pg_parameter *p = parameter(base, index);

	if (!p)
		return;
	p->bits = htobe64(bits);
	bind_bytes(base, index, kind, (struct str){ (const char *)&p->bits, sizeof p->bits });
}

void
pg_bind_int(struct stmt *stmt, int index, int64_t value)
{
	bind_bits(stmt, index, PG_INT8, (uint64_t)value);
}

void
pg_bind_real(struct stmt *stmt, int index, double value)
{
	uint64_t bits;

	memcpy(&bits, &value, sizeof bits);
	bind_bits(stmt, index, PG_REAL8, bits);
}

void
pg_bind_str(struct stmt *stmt, int index, struct str value)
{
	bind_bytes(stmt, index, PG_TEXT, value);
}

void
pg_bind_blob(struct stmt *stmt, int index, struct str value)
{
	bind_bytes(stmt, index, PG_BYTES, value);
}

void
pg_bind_null(struct stmt *stmt, int index)
{
	struct pg_parameter *p = parameter(stmt, index);

	if (!p)
		return;
	p->kind = PG_NULL;
	stmt_of(stmt)->values[index - 1] = NULL;
}

static Oid
oid_of(enum pg_kind kind)
{
	static const Oid oids[] = {
		[PG_INT8] = OID_INT8,
		[PG_REAL8] = OID_FLOAT8,
		[PG_TEXT] = OID_TEXT,
		[PG_BYTES] = OID_BYTEA,
	};

	return kind < countof(oids) ? oids[kind] : 0;
}

/* A NULL fits whatever was declared. */
static bool
is_prepared(const struct pg_stmt *stmt, const struct pg_conn *conn)
{
	if (stmt->generation != conn->generation || stmt->sql.is_planned_anew)
		return false;
	for (int i = 0; i < stmt->sql.n; i++) {
		const struct pg_parameter *p = &stmt->parameters[i];

		if (p->kind != PG_NULL && p->declared != oid_of(p->kind))
			return false;
	}
	return true;
}

/* The type of a NULL, where no other value was bound before, is for the server to find. */
static void
declare(struct pg_stmt *stmt)
{
	for (int i = 0; i < stmt->sql.n; i++) {
		struct pg_parameter *p = &stmt->parameters[i];

		if (p->kind != PG_NULL)
			p->declared = oid_of(p->kind);
		else if (!stmt->sql.used[i])
			p->declared = OID_TEXT;
		stmt->types[i] = p->declared;
	}
	for (int i = stmt->sql.n; i < n_sent(stmt); i++)
		stmt->types[i] = OID_TEXT;
}

static void
fill_tests(struct pg_stmt *stmt)
{
	for (int i = 0; i < stmt->sql.n_tests; i++) {
		bool is_null = stmt->parameters[stmt->sql.tests[i] - 1].kind == PG_NULL;

		stmt->values[stmt->sql.n + i] = is_null ? NULL : "";
		stmt->lengths[stmt->sql.n + i] = 0;
	}
}

/* ---- send ---------------------------------------------------------------------------------- */

static void
name_of(const struct pg_stmt *stmt, char name[NAME_MAX_BYTES])
{
	name[0] = 0;
	if (!stmt->sql.is_planned_anew)
		snprintf(name, NAME_MAX_BYTES, "s%u", stmt->name);
}

static bool
send_prepare(struct pg_conn *conn, struct pg_stmt *stmt)
{
	char name[NAME_MAX_BYTES];

	forget(conn, stmt);
	stmt->generation = 0;
	declare(stmt);
	stmt->name = ++conn->n_names;
	name_of(stmt, name);
	return PQsendPrepare(conn->handle, name, stmt->sql.text, n_sent(stmt), stmt->types);
}

/* *n: the answers to come before the rows. */
static bool
send_all(struct pg_conn *conn, struct pg_stmt *stmt, int *n)
{
	bool must_prepare = !is_prepared(stmt, conn);
	char name[NAME_MAX_BYTES];

	if (!pg_send_ahead(conn, n) || (must_prepare && !send_prepare(conn, stmt)))
		return false;
	*n += must_prepare;
	fill_tests(stmt);
	name_of(stmt, name);
	return PQsendQueryPrepared(conn->handle, name, n_sent(stmt), stmt->values, stmt->lengths,
				   stmt->formats, 1) &&
	       PQpipelineSync(conn->handle);
}

/* ---- rows ---------------------------------------------------------------------------------- */

static void
queue_add(struct pg_stmt *stmt, PGresult *result)
{
	if (stmt->n_queue == stmt->cap_queue) {
		stmt->cap_queue = stmt->cap_queue ? 2 * stmt->cap_queue : 4;
		stmt->queue = heap_grow(stmt->queue, stmt->cap_queue * sizeof(PGresult *));
	}
	stmt->queue[stmt->n_queue++] = result;
}

static void
queue_clear(struct pg_stmt *stmt)
{
	while (stmt->at_queue < stmt->n_queue)
		PQclear(stmt->queue[stmt->at_queue++]);
	stmt->at_queue = stmt->n_queue = 0;
}

static bool
has_rows(const PGresult *result)
{
	ExecStatusType status = PQresultStatus(result);

	return status == PGRES_TUPLES_OK || status == PGRES_SINGLE_TUPLE ||
	       status == PGRES_COMMAND_OK;
}

static void
columns_make(struct pg_stmt *stmt, const PGresult *result)
{
	int n = PQnfields(result);

	if (n != stmt->n_columns)
		stmt->columns = heap_grow(stmt->columns, (size_t)n * sizeof *stmt->columns);
	stmt->n_columns = n;
	for (int i = 0; i < n; i++)
		stmt->columns[i].kind = pg_kind_of(PQftype(result, i));
}

/* What the wire gives next, into the queue; at the end the connection is free again. */
static bool
fetch(struct pg_conn *conn, struct pg_stmt *stmt, struct refusal *why)
{
	PGresult *result = PQgetResult(conn->handle);
	struct refusal ignored;

	if (!has_rows(result)) {
		pg_refused(conn, result, why);
		PQclear(result);
		conn->reading = NULL;
		pg_settle(conn, &ignored);
		return false;
	}
	if (PQresultStatus(result) != PGRES_SINGLE_TUPLE) {
		if (!str_int(str_of(PQcmdTuples(result)), 0, INT64_MAX, &stmt->changes))
			stmt->changes = 0;
		conn->reading = NULL;
		if (!pg_settle(conn, why)) {
			PQclear(result);
			return false;
		}
	}
	queue_add(stmt, result);
	return true;
}

static bool
drain(struct pg_conn *conn, struct refusal *why)
{
	struct pg_stmt *stmt = conn->reading;

	while (conn->reading)
		if (!fetch(conn, stmt, why))
			return false;
	return true;
}

bool
pg_take_in(struct pg_conn *conn, struct refusal *why)
{
	return !conn->reading || drain(conn, why);
}

static bool
receive(struct pg_conn *conn, struct pg_stmt *stmt, int n, struct refusal *why)
{
	struct refusal ignored;

	if (!pg_read_ahead(conn, n, why)) {
		pg_settle(conn, &ignored);
		return false;
	}
	stmt->generation = stmt->sql.is_planned_anew ? 0 : conn->generation;
	if (stmt->sql.is_long)
		PQsetSingleRowMode(conn->handle);
	conn->reading = stmt;
	if (!fetch(conn, stmt, why))
		return false;
	columns_make(stmt, stmt->queue[0]);
	conn->n_done++;
	return true;
}

/* ---- start and step ------------------------------------------------------------------------ */

static bool
try_once(struct pg_conn *conn, struct pg_stmt *stmt, struct refusal *why)
{
	int n;

	if (send_all(conn, stmt, &n))
		return receive(conn, stmt, n, why);
	pg_refused(conn, NULL, why);
	return false;
}

/* As long as nothing of this unit has been done, it can begin anew: on another connection, or with
 * the statement prepared again. */
static bool
may_try_again(struct pg_conn *conn, struct refusal *why)
{
	if (conn->n_done)
		return false;
	if (why->fault == FAULT_LOST)
		return pg_reconnect(conn, why);
	if (why->fault != FAULT_STALE)
		return false;
	conn->n_ahead = 0;
	return pg_run_once(conn, "ROLLBACK", why);
}

static bool
start(struct pg_conn *conn, struct pg_stmt *stmt, struct refusal *why)
{
	int n_ahead = conn->n_ahead;

	if (!pg_take_in(conn, why))
		return false;
	if (try_once(conn, stmt, why))
		return true;
	if (why->fault == FAULT_STALE)
		stmt->generation = 0;
	if (!may_try_again(conn, why))
		return false;
	conn->n_ahead = n_ahead; /* their texts are still there */
	return try_once(conn, stmt, why);
}

bool
pg_start(struct cx *cx, struct stmt *base)
{
	struct refusal why;

	return start(pg_of(base->conn), stmt_of(base), &why) ||
	       fault_fail(cx, why.fault, why.message, base->text);
}

static bool
next_result(struct pg_stmt *stmt, struct refusal *why)
{
	struct pg_conn *conn = pg_of(stmt->base.conn);

	PQclear(stmt->now);
	stmt->now = NULL;
	if (stmt->at_queue == stmt->n_queue)
		stmt->at_queue = stmt->n_queue = 0;
	if (stmt->at_queue == stmt->n_queue && conn->reading == stmt && !fetch(conn, stmt, why))
		return false;
	if (stmt->at_queue < stmt->n_queue)
		stmt->now = stmt->queue[stmt->at_queue++];
	stmt->row = -1;
	return true;
}

bool
pg_step(struct cx *cx, struct stmt *base, bool *out_row)
{
	struct pg_stmt *stmt = stmt_of(base);
	struct refusal why;

	while (!stmt->now || ++stmt->row >= PQntuples(stmt->now)) {
		if (!next_result(stmt, &why))
			return fault_fail(cx, why.fault, why.message, base->text);
		if (!stmt->now) {
			*out_row = false;
			return true;
		}
	}
	if (!pg_row_ready(stmt))
		return fault_fail(cx, FAULT_VALUE, "a number is too large", base->text);
	*out_row = true;
	return true;
}

void
pg_reset(struct stmt *base)
{
	struct pg_stmt *stmt = stmt_of(base);
	struct pg_conn *conn = pg_of(base->conn);
	struct refusal ignored;

	queue_clear(stmt);
	while (conn->reading == stmt && fetch(conn, stmt, &ignored))
		queue_clear(stmt);
	if (base->started)
		base->changes = stmt->sql.is_select ? 0 : stmt->changes;
	PQclear(stmt->now);
	stmt->now = NULL;
	for (int i = 0; i < stmt->sql.n; i++) {
		stmt->parameters[i].kind = PG_NULL;
		stmt->values[i] = NULL;
	}
}
