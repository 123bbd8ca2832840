#include "db/driver.h"

#include <stdarg.h>

#include "base/i18n.h"

enum { MESSAGE_SQL_MAX = 300, RETRY_AFTER_S = 1 };

static const struct {
	enum err_code code;
	const char *sentence; /* takes the engine's message */
	bool shows_sql;
} FAULTS[] = {
	[FAULT_UNIQUE] = { E_CONFLICT, N_("This value is already in use (%s).") },
	[FAULT_REFERENCE] = { E_CONFLICT,
			      N_("Something refers to this, or this refers to something that is not there (%s).") },
	[FAULT_VALUE] = { E_INPUT, N_("The database does not take this value (%s).") },
	[FAULT_SERIAL] = { E_CONFLICT,
			   N_("Someone else changed the same data at the same time; try again (%s).") },
	[FAULT_BUSY] = { E_BUSY, N_("The database is busy; try again in a moment (%s).") },
	[FAULT_FULL] = { E_IO,
			 N_("The disk of the database is full: make room there, then try again (%s).") },
	[FAULT_IO] = { E_IO,
		       N_("The database could not be read or written: look at its disk (%s).") },
	[FAULT_LOST] = { E_IO,
			 N_("The connection to the database was lost; try again in a moment (%s).") },
	[FAULT_CONNECT] = { E_IO,
			    N_("The database server cannot be reached: look whether it runs, and at its "
			       "address (%s).") },
	[FAULT_UNKNOWN] = { E_IO,
			    N_("The connection to the database was lost while the change was being kept: look "
			       "whether it is there before you try again (%s).") },
	[FAULT_STALE] = { E_CONFLICT,
			  N_("The tables were changed at the same time; try again (%s).") },
	[FAULT_READ_ONLY] = { E_IO,
			      N_("The database may only be read here: look at the rights of its file, or at the "
				 "role of its server (%s).") },
	[FAULT_TOO_BIG] = { E_TOO_BIG, N_("This is too big for the database (%s).") },
	[FAULT_BUG] = { E_BUG, N_("The database was used wrongly: %s"), true },
	[FAULT_OTHER] = { E_DB, N_("The database refused: %s"), true },
};
_Static_assert(countof(FAULTS) == FAULT__MAX, "one row a fault");

bool
fault_fail(struct cx *cx, enum fault fault, const char *message, struct str sql)
{
	struct str shown = str_first(sql, FAULTS[fault].shows_sql ? MESSAGE_SQL_MAX : 0);

	if (cx->err.code != E_OK)
		return false;
	if (shown.n)
		message = str_printf(cx->mem, "%s in: %.*s", message, STR_FMT(shown)).p;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	fail(cx, FAULTS[fault].code, FAULTS[fault].sentence, message);
#pragma GCC diagnostic pop
	if (FAULTS[fault].code == E_BUSY)
		cx->err.retry_after_s = RETRY_AFTER_S;
	return false;
}

bool
busy_fail(struct cx *cx, const char *sentence)
{
	if (cx->err.code != E_OK)
		return false;
	fail(cx, E_BUSY, "%s", tr(cx, sentence));
	cx->err.retry_after_s = RETRY_AFTER_S;
	return false;
}

void
refusal_set(struct refusal *why, enum fault fault, const char *format, ...)
{
	va_list args;

	why->fault = fault;
	va_start(args, format);
	vsnprintf(why->message, sizeof why->message, format, args);
	va_end(args);
}

/* ---- open and close ------------------------------------------------------------------------ */

static const struct {
	struct str start;
	const struct driver *driver;
} SCHEMES[] = {
	{ S_INIT("postgres://"), &driver_postgres },
	{ S_INIT("postgresql://"), &driver_postgres },
	{ S_INIT(""), &driver_sqlite },
};

static const struct driver *
driver_of(struct str address)
{
	size_t i = 0;

	while (!str_starts(address, SCHEMES[i].start))
		i++;
	return SCHEMES[i].driver;
}

bool
db_open(struct cx *cx, struct str address, struct db_options options, struct db **out)
{
	struct db *db;

	if (!address.n || memchr(address.p, 0, address.n))
		return fail(
			cx, E_USAGE,
			"The address of the database is empty or holds a NUL byte; give a file's path or "
			"postgres://user@host/name.");
	db = heap_new(sizeof *db);
	db->driver = driver_of(address);
	db->options = options;
	pool_init(db);
	if (!db->driver->open(cx, db, address)) {
		db_close(&db);
		return false;
	}
	*out = db;
	return true;
}

void
db_close(struct db **db)
{
	if (!*db)
		return;
	if ((*db)->state)
		(*db)->driver->close(*db);
	pool_close(*db);
	heap_free((*db)->shown);
	heap_free(*db);
	*db = NULL;
}

bool
db_is_file(struct str address)
{
	return !driver_of(address)->dialect.is_multi_node;
}

const struct dialect *
db_dialect(const struct db *db)
{
	return &db->driver->dialect;
}

/* ---- units of work ------------------------------------------------------------------------- */

static bool
unit_begin(struct cx *cx, struct conn *conn, bool is_write)
{
	if (!conn)
		return false;
	conn->is_write = is_write;
	conn->is_aborted = false;
	conn->depth = 0;
	cx->conn = conn;
	return true;
}

static bool
unit_may_begin(struct cx *cx, bool is_write)
{
	if (!cx->db)
		return bug(cx, "a unit of work without a database");
	if (cx->conn)
		return bug(cx, "a unit of work inside of another");
	if (is_write && cx->db->options.read_only)
		return fail(cx, E_FORBIDDEN, "The database was opened for reading only.");
	return true;
}

bool
db_begin_read(struct cx *cx)
{
	return unit_may_begin(cx, false) && unit_begin(cx, pool_take(cx, cx->db), false);
}

bool
db_begin_write(struct cx *cx)
{
	return unit_may_begin(cx, true) &&
	       unit_begin(cx, cx->db->driver->begin_write(cx, cx->db, false), true);
}

bool
db_begin_bulk(struct cx *cx)
{
	return unit_may_begin(cx, true) &&
	       unit_begin(cx, cx->db->driver->begin_write(cx, cx->db, true), true);
}

static struct conn *
unit_end(struct cx *cx)
{
	struct conn *conn = cx->conn;

	cx->conn = NULL;
	conn->counts.units++;
	cache_end_unit(conn);
	later_forget(conn);
	return conn;
}

bool
db_commit(struct cx *cx)
{
	struct conn *conn = cx->conn;

	if (!conn)
		return bug(cx, "a commit without a unit of work");
	if (conn->is_aborted)
		bug(cx, "a commit after a statement has failed");
	else if (conn->depth)
		bug(cx, "a commit inside of a savepoint");
	else if (later_flush(cx, false))
		return conn->db->driver->commit(cx, unit_end(cx));
	db_rollback(cx);
	return false;
}

void
db_rollback(struct cx *cx)
{
	if (cx->conn)
		cx->conn->db->driver->rollback(unit_end(cx));
}

bool
db_in_write(const struct cx *cx)
{
	return cx->conn && cx->conn->is_write;
}

/* The transaction of the engine begins with the first statement. */
static bool
unit_ready(struct cx *cx, struct conn *conn)
{
	if (conn->is_aborted)
		return cx->err.code != E_OK
			       ? false
			       : bug(cx, "a statement after one has failed, without a rollback");
	if (conn->is_begun)
		return true;
	if (conn->db->driver->begin(cx, conn))
		return conn->is_begun = true;
	conn->is_aborted = true;
	return false;
}

static bool
savepoint(struct cx *cx, enum savepoint what)
{
	struct conn *conn = cx->conn;

	if (!db_in_write(cx))
		return bug(cx, "a savepoint outside of a write");
	if (what != SAVEPOINT_SET && conn->depth == 0)
		return bug(cx, "the end of a savepoint that was not set");
	if (what == SAVEPOINT_BACK)
		conn->is_aborted = false;
	if (!unit_ready(cx, conn))
		return false;
	if (!later_savepoint(cx, what) || !conn->db->driver->savepoint(cx, conn, what)) {
		conn->is_aborted = true;
		return false;
	}
	conn->depth += what == SAVEPOINT_SET ? 1 : -1;
	return true;
}

bool
db_savepoint(struct cx *cx)
{
	return savepoint(cx, SAVEPOINT_SET);
}

bool
db_release(struct cx *cx)
{
	return savepoint(cx, SAVEPOINT_RELEASE);
}

bool
db_rollback_to(struct cx *cx)
{
	return savepoint(cx, SAVEPOINT_BACK);
}

/* ---- statements ---------------------------------------------------------------------------- */

struct stmt *
db_prepare(struct cx *cx, struct str sql)
{
	struct conn *conn = cx->conn;
	uint64_t hash = cache_hash(sql);
	struct stmt *stmt;

	if (!conn) {
		bug(cx, "a statement outside of a unit of work: %.*s",
		    STR_FMT(str_first(sql, MESSAGE_SQL_MAX)));
		return NULL;
	}
	stmt = cache_find(conn, sql, hash);
	if (stmt) {
		conn->counts.cache_hits++;
		cache_use(conn, stmt);
		return stmt;
	}
	if (sql.n > SQL_MAX || conn->n_stmts > STATEMENTS_UNIT_MAX) {
		bug(cx, "too long a statement, or too many in one unit of work");
		return NULL;
	}
	conn->counts.cache_misses++;
	stmt = conn->db->driver->prepare(cx, conn, sql);
	if (stmt)
		cache_add(conn, stmt, sql, hash);
	else
		conn->is_aborted = true;
	return stmt;
}

void
db_bind_int(struct stmt *stmt, int index, int64_t value)
{
	stmt->taken = true;
	stmt->driver->bind_int(stmt, index, value);
}

void
db_bind_real(struct stmt *stmt, int index, double value)
{
	stmt->taken = true;
	if (isnan(value))
		stmt->driver->bind_null(stmt, index);
	else
		stmt->driver->bind_real(stmt, index, value);
}

void
db_bind_str(struct stmt *stmt, int index, struct str value)
{
	stmt->taken = true;
	if (str_is_utf8(value, NULL))
		stmt->driver->bind_str(stmt, index, value);
	else
		stmt->bad_text = true;
}

void
db_bind_blob(struct stmt *stmt, int index, struct str value)
{
	stmt->taken = true;
	stmt->driver->bind_blob(stmt, index, value);
}

void
db_bind_null(struct stmt *stmt, int index)
{
	stmt->taken = true;
	stmt->driver->bind_null(stmt, index);
}

static bool
step_failed(struct cx *cx, struct stmt *stmt)
{
	stmt->conn->is_aborted = true;
	db_done(stmt);
	return cx->err.code == E_OK ? bug(cx, "a statement failed without a reason") : false;
}

static bool
step_may_start(struct cx *cx, struct stmt *stmt)
{
	if (!unit_ready(cx, stmt->conn))
		return false;
	if (stmt->bad_index)
		return bug(cx, "there is no parameter ?%d to bind now in: %.*s", stmt->bad_index,
			   STR_FMT(str_first(stmt->text, MESSAGE_SQL_MAX)));
	if (stmt->bad_text)
		return fail(cx, E_INPUT, "A text is not UTF-8 or holds a NUL byte.");
	return true;
}

static bool
step_start(struct cx *cx, struct stmt *stmt)
{
	if (!step_may_start(cx, stmt))
		return false;
	stmt->taken = stmt->started = true;
	stmt->conn->counts.statements++;
	cx->n_sql++;
	return !stmt->driver->start || stmt->driver->start(cx, stmt);
}

bool
db_step(struct cx *cx, struct stmt *stmt, bool *out_row)
{
	bool row;

	if (stmt->conn != cx->conn)
		return bug(cx, "a statement of another unit of work");
	if (!stmt->started && !step_start(cx, stmt))
		return step_failed(cx, stmt);
	if (!stmt->driver->step(cx, stmt, &row))
		return step_failed(cx, stmt);
	if (!row)
		db_done(stmt);
	*out_row = row;
	return true;
}

bool
db_run(struct cx *cx, struct stmt *stmt)
{
	bool row = true;

	while (row)
		if (!db_step(cx, stmt, &row))
			return false;
	return true;
}

bool
db_insert(struct cx *cx, struct stmt *stmt, int64_t *out_id)
{
	int64_t (*inserted)(const struct conn *conn) = stmt->driver->inserted;
	bool row;

	if (!db_step(cx, stmt, &row))
		return false;
	if (!row && !inserted)
		return bug(cx, "an INSERT gave no id");
	*out_id = row ? db_col_int(stmt, 0) : inserted(stmt->conn);
	if (row)
		db_done(stmt);
	return true;
}

void
db_done(struct stmt *stmt)
{
	stmt->driver->reset(stmt);
	stmt->taken = stmt->started = stmt->bad_text = false;
	stmt->bad_index = 0;
}

int64_t
db_changes(const struct stmt *stmt)
{
	return stmt->changes;
}

bool
db_col_null(const struct stmt *stmt, int column)
{
	return stmt->driver->col_null(stmt, column);
}

int64_t
db_col_int(const struct stmt *stmt, int column)
{
	return stmt->driver->col_int(stmt, column);
}

double
db_col_real(const struct stmt *stmt, int column)
{
	return stmt->driver->col_real(stmt, column);
}

struct str
db_col_str(const struct stmt *stmt, int column)
{
	return stmt->driver->col_str(stmt, column);
}

struct str
db_col_blob(const struct stmt *stmt, int column)
{
	return stmt->driver->col_blob(stmt, column);
}

bool
db_ddl(struct cx *cx, struct str sql)
{
	struct conn *conn = cx->conn;

	if (!db_in_write(cx))
		return bug(cx, "a change of the schema outside of a write");
	if (!unit_ready(cx, conn))
		return false;
	conn->counts.statements++;
	cx->n_sql++;
	if (conn->db->driver->ddl(cx, conn, sql))
		return true;
	conn->is_aborted = true;
	return false;
}
