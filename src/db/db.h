/* One small interface to two databases.
 *
 * SQLite: every unit of work reads through a pooled connection of its own; all writes of the
 * process go through one connection that is handed from unit to unit, each in a savepoint, and
 * committed as a group, so that one fsync serves many.  db_commit returns when the unit's data are
 * on the disk.
 * PostgreSQL: a pool of connections; several hosts in the address; a lost connection is replaced,
 * and a read outside a write transaction is tried once more on the new one.
 *
 * SQL is shared text with numbered placeholders ?1 ?2 …; identifiers are quoted with "…".
 * Everything here is called from the thread that runs the unit of work. */
#ifndef KONTOR_DB_DB_H
#define KONTOR_DB_DB_H

#include "base/cx.h"

struct db;
struct conn;
struct stmt;

struct db_options {
	int connections;     /* the most that are open at once; 0: 16 */
	int64_t busy_ms;     /* how long to wait for a lock or a free connection; 0: 10,000 */
	size_t cache_kib;    /* SQLite: page cache of a connection; 0: 2,048 */
	bool unsafe_no_sync; /* tests and the demonstration data only: no fsync */
	bool read_only;
};

/* Open the database at `address`: a file's path (SQLite; created when absent) or postgres://….
 * Fails with E_IO or E_DB and a sentence that names the address and the remedy (without password).
 */
bool db_open(struct cx *cx, struct str address, struct db_options options, struct db **out) CHECKED;
void db_close(struct db **db);

/* What differs between the engines and is not hidden behind the functions below. */
enum store_class { STORE_INT, STORE_REAL, STORE_TEXT, STORE_BLOB, STORE__MAX };
struct dialect {
	const char *name;        /* "sqlite", "postgres": for messages and metrics */
	const char *primary_key; /* column type and constraint of `id` */
	const char *types[STORE__MAX];
	const char *table_suffix; /* " STRICT" or "" */
	const char *lock_rows;    /* "" or " FOR UPDATE SKIP LOCKED" */
	const char *lock_row;     /* "" or " FOR UPDATE" */
	bool alter_adds_many;     /* may ALTER TABLE add several columns at once? */
	bool is_multi_node;       /* may other machines write to this database? */
};
const struct dialect *db_dialect(const struct db *db);

/* Begin a unit of work on cx->db and set cx->conn.  A read sees one state throughout.  A write
 * waits its turn.  Fails with E_BUSY after busy_ms, E_IO where the server cannot be reached.
 * Exactly one of db_commit and db_rollback ends it (both clear cx->conn); rollback of nothing is
 * harmless. */
bool db_begin_read(struct cx *cx) CHECKED;
bool db_begin_write(struct cx *cx) CHECKED;
bool db_commit(struct cx *cx) CHECKED; /* false: nothing was kept (E_CONFLICT: try again) */
void db_rollback(struct cx *cx);
bool db_in_write(const struct cx *cx);

/* A part of a write that can be taken back alone.  They nest. */
bool db_savepoint(struct cx *cx) CHECKED;
bool db_release(struct cx *cx) CHECKED;
bool db_rollback_to(struct cx *cx) CHECKED; /* also releases it */

/* A prepared statement of this unit's connection, cached, ready to be bound; valid until the unit
 * ends.  NULL (and cx->err) when the text is refused.  Used again while its rows are still being
 * read, the same text gives a second statement. */
#define db_sql(cx, literal) db_prepare((cx), S("" literal ""))
struct stmt *db_prepare(struct cx *cx, struct str sql) CHECKED; /* only record/ makes text */

void db_bind_int(struct stmt *stmt, int index, int64_t value);
void db_bind_real(struct stmt *stmt, int index, double value);
void db_bind_str(struct stmt *stmt, int index, struct str value);  /* borrowed until it is done */
void db_bind_blob(struct stmt *stmt, int index, struct str value); /* the same */
void db_bind_null(struct stmt *stmt, int index);

/* The next row: true and *out_row = true; the end: true and *out_row = false; false: failed. */
bool db_step(struct cx *cx, struct stmt *stmt, bool *out_row) CHECKED;
/* Run to the end, rows are passed over.  */
bool db_run(struct cx *cx, struct stmt *stmt) CHECKED;
/* Done early: gives the statement back.  (Reading to the end does so by itself.) */
void db_done(struct stmt *stmt);
int64_t db_changes(const struct stmt *stmt); /* rows changed by the statement that was run last */

/* Columns of the current row, from 0.  Text and bytes are borrowed until the next step. */
bool db_col_null(const struct stmt *stmt, int column);
int64_t db_col_int(const struct stmt *stmt, int column);
double db_col_real(const struct stmt *stmt, int column);
struct str db_col_str(const struct stmt *stmt, int column);
struct str db_col_blob(const struct stmt *stmt, int column);

/* Schema changes: one statement, not cached. */
bool db_ddl(struct cx *cx, struct str sql) CHECKED;

/* The tables, columns and indexes that exist now (without those of the engine itself). */
struct db_column {
	struct str name, type;
	bool not_null;
};
struct db_table {
	struct str name;
	struct db_column *v;
	size_t n, cap;
	struct strs indexes;
};
struct db_schema {
	struct db_table *v;
	size_t n, cap;
};
bool db_introspect(struct cx *cx, struct db_schema *out) CHECKED;

/* Full text.  One index for all objects; a document is (object number, record id) and two texts of
 * folded words separated by blanks; `title` words rank before `body` words.
 * On SQLite it is FTS5 without content, so that taking a document out needs the texts it was put in
 * with.  On PostgreSQL it is a tsvector ('simple').  No statistics of other documents enter. */
struct db_search_hit {
	int64_t object, record;
	bool in_title;
};
bool db_search_create(struct cx *cx) CHECKED;
bool db_search_put(struct cx *cx, int64_t object, int64_t record, struct str title, struct str body)
	CHECKED;
bool db_search_drop(struct cx *cx, int64_t object, int64_t record, struct str title,
		    struct str body) CHECKED;
/* Documents that hold all words (the last one as a prefix), each word in any of its alternatives
 * separated by '|' ("muller|mueller"), newest first, titles before bodies, at most `limit`;
 * object 0: any. */
bool db_search_find(struct cx *cx, int64_t object, const struct strs *words, int64_t limit,
		    struct db_search_hit **out, size_t *out_n) CHECKED;
bool db_search_optimize(struct cx *cx) CHECKED; /* leave no residue of what was taken out */

/* SQLite: a consistent copy into a new file while work goes on.  PostgreSQL: E_INPUT with the
 * remedy. */
bool db_copy_to(struct cx *cx, const char *path) CHECKED;

/* Leave no residue of deleted rows in files beside the database (write-ahead log). */
bool db_truncate_log(struct cx *cx) CHECKED;

/* Tests and `kontor check`: the engine's own integrity check; *out is "ok" or what it found. */
bool db_check(struct cx *cx, struct str *out) CHECKED;

/* Take a lock that all nodes share until the unit ends (PostgreSQL; on SQLite a write has it
 * anyway). */
bool db_lock(struct cx *cx, int64_t key) CHECKED;

#endif
