/* Inside db/: what the files of the PostgreSQL driver share. */
#ifndef KONTOR_DB_POSTGRES_H
#define KONTOR_DB_POSTGRES_H

#include <libpq-fe.h>

#include "db/driver.h"
#include "db/postgres_sql.h"

enum { AHEAD_MAX = 16, AHEAD_TEXT_MAX = 64 };

struct pg_conn {
	struct conn base;
	PGconn *handle;
	unsigned generation; /* of the handle: a new one knows no statements */
	unsigned n_names;    /* of statements given so far */
	unsigned *forgotten; /* names that the server may forget */
	size_t n_forgotten, cap_forgotten;
	/* Short commands that go out together with the next statement: BEGIN, savepoints. */
	char ahead[AHEAD_MAX][AHEAD_TEXT_MAX];
	int n_ahead;
	int n_done;              /* statements of this unit that the server has answered */
	bool owes;               /* an answer that nobody waited for */
	struct pg_stmt *reading; /* whose rows are still coming in */
};

/* How a value is bound, and how a column comes in. */
enum pg_kind {
	PG_NULL,
	PG_BOOL,
	PG_INT2,
	PG_INT4,
	PG_INT8,
	PG_REAL4,
	PG_REAL8,
	PG_TEXT,
	PG_BYTES,
	PG_NUMERIC
};

enum { PG_SCRATCH_MAX = 80 };

struct pg_parameter {
	enum pg_kind kind;
	Oid declared; /* to the server, when it was prepared; 0: left to it */
	uint64_t bits;
};

struct pg_column {
	enum pg_kind kind;
	char scratch[PG_SCRATCH_MAX]; /* its text, where it came as something else */
};

struct pg_stmt {
	struct stmt base;
	struct pg_sql sql;
	unsigned generation, name; /* 0: not prepared */
	struct pg_parameter *parameters;
	const char **values; /* as libpq wants them */
	int *lengths, *formats;
	Oid *types;
	/* Rows: of `now`, then of those queued, then (while reading) of the wire. */
	PGresult *now;
	int row;
	PGresult **queue;
	size_t n_queue, at_queue, cap_queue;
	int64_t changes; /* of this run */
	struct pg_column *columns;
	int n_columns;
};

static inline struct pg_conn *
pg_of(struct conn *conn)
{
	return (struct pg_conn *)conn;
}

/* ---- postgres_connect.c ---- */
bool pg_open(struct cx *cx, struct db *db, struct str address);
void pg_close(struct db *db);
struct conn *pg_connect(struct db *db, struct refusal *why);
void pg_disconnect(struct conn *conn);
/* Another handle in place of the lost one; what was ahead of the next statement stays. */
bool pg_reconnect(struct pg_conn *conn, struct refusal *why);

/* ---- postgres_wire.c ---- */
void pg_refused(const struct pg_conn *conn, const PGresult *result, struct refusal *why);
bool pg_is_lost(const struct pg_conn *conn);
struct str pg_first_line(const char *text);
bool pg_send_command(struct pg_conn *conn, const char *sql);
/* To go out with the next statement. */
void pg_ahead(struct pg_conn *conn, const char *sql);
/* Send what is ahead.  *n is how many answers will come. */
bool pg_send_ahead(struct pg_conn *conn, int *n);
/* Read those answers; false at the first that is none of success. */
bool pg_read_ahead(struct pg_conn *conn, int n, struct refusal *why);
/* Read to the end of what was sent; false: something of it was refused. */
bool pg_settle(struct pg_conn *conn, struct refusal *why);
/* Send one command with what is ahead of it, and wait for its end. */
bool pg_run_once(struct pg_conn *conn, const char *sql, struct refusal *why);

/* ---- postgres_run.c ---- */
struct stmt *pg_prepare(struct cx *cx, struct conn *conn, struct str sql);
void pg_finalize(struct stmt *stmt);
void pg_bind_int(struct stmt *stmt, int index, int64_t value);
void pg_bind_real(struct stmt *stmt, int index, double value);
void pg_bind_str(struct stmt *stmt, int index, struct str value);
void pg_bind_blob(struct stmt *stmt, int index, struct str value);
void pg_bind_null(struct stmt *stmt, int index);
bool pg_start(struct cx *cx, struct stmt *stmt);
bool pg_step(struct cx *cx, struct stmt *stmt, bool *out_row);
void pg_reset(struct stmt *stmt);
/* Keep the rows that are still coming in, so that the connection is free. */
bool pg_take_in(struct pg_conn *conn, struct refusal *why);

/* ---- postgres_column.c ---- */
enum pg_kind pg_kind_of(Oid type);
/* Make ready what a new row needs; false: a number that does not fit. */
bool pg_row_ready(struct pg_stmt *stmt);
bool pg_col_null(const struct stmt *stmt, int column);
int64_t pg_col_int(const struct stmt *stmt, int column);
double pg_col_real(const struct stmt *stmt, int column);
struct str pg_col_str(const struct stmt *stmt, int column);
struct str pg_col_blob(const struct stmt *stmt, int column);

/* ---- postgres_search.c ---- */
extern const struct search_driver pg_search;
/* Run it on a connection of its own, without a unit and without a limit of time. */
bool pg_maintain(struct cx *cx, const char *sql);

#endif
