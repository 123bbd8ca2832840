/* One small interface to two databases.
 *
 * SQLite: every unit of work reads through a pooled connection of its own; all writes of the
 * process go through one connection that is handed from unit to unit, each in a savepoint, and
 * committed as a group, so that one fsync serves many.  db_commit returns when the unit's data are
 * on the disk. PostgreSQL: a pool of connections; several hosts in the address; a lost connection
 * is replaced, and where it was lost at the first statement of a unit, that statement is tried once
 * more on the new one.  A read is one snapshot (REPEATABLE READ); a write is READ COMMITTED: what
 * must not change between reading and writing is locked (dialect's lock_row, db_lock).
 *
 * SQL is shared text with numbered placeholders ?1 ?2 …; identifiers are quoted with "…".  An
 * integer parameter is 64 bits wide: functions that take a small one need CAST(?1 AS INTEGER).
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
	size_t cache_kib;    /* SQLite: page cache of a connection; 0: 2,048, and 16,384 of
				the one that writes (65,536 in a bulk) */
	bool unsafe_no_sync; /* tests and the demonstration data only: no fsync */
	bool read_only;
	int64_t statement_ms; /* PostgreSQL: the longest that one statement may run; 0: no limit */
};

/* Open the database at `address`: a file's path (SQLite; created when absent) or postgres://….
 * Fails with E_USAGE, E_IO or E_DB and a sentence that names the address and the remedy (no
 * password in it).  A process opens its first one before it has threads.  Does not set cx->db. */
bool db_open(struct cx *cx, struct str address, struct db_options options, struct db **out) CHECKED;
void db_close(struct db **db);       /* no unit may be open */
bool db_is_file(struct str address); /* of one machine, and of one server at a time */

/* What differs between the engines and is not hidden behind the functions below. */
enum store_class { STORE_INT, STORE_REAL, STORE_TEXT, STORE_BLOB, STORE__MAX };
struct dialect {
	const char *name;        /* "sqlite", "postgres": for messages and metrics */
	const char *primary_key; /* column type and constraint of `id`; an id that was given is
				    never given again, also when its row is gone (keys are destroyed
				    by it) */
	const char *types[STORE__MAX];
	const char *table_suffix; /* " STRICT" or "" */
	const char *lock_rows;    /* "" or " FOR UPDATE SKIP LOCKED" */
	const char *lock_row;     /* "" or " FOR UPDATE" */
	const char *inserted_id;  /* ends an INSERT whose id is wanted (db_insert): "" or
				     " RETURNING \"id\"" */
	const char *no_index;     /* before a (condition) that holds for many rows: the index of
				     the order is walked, not that of the condition; "" where the
				     engine knows by itself */
	bool index_says_nulls;    /* an index orders empty values last unless its definition says */
	bool alter_adds_many;     /* may ALTER TABLE add several columns at once? */
	bool is_multi_node;       /* may other machines write to this database? */
};
const struct dialect *db_dialect(const struct db *db);

/* Begin a unit of work on cx->db and set cx->conn.  A read sees one state throughout, from its
 * first statement on.  A write waits its turn, first come first served.  Fails with E_BUSY after
 * busy_ms, E_IO where the server cannot be reached, or the disk failed and the database did not
 * pass its check since.  Exactly one of db_commit and db_rollback ends it (both clear cx->conn);
 * rollback of nothing is harmless.  After a statement has failed, only db_rollback_to and
 * db_rollback go on. */
bool db_begin_read(struct cx *cx) CHECKED;
bool db_begin_write(struct cx *cx) CHECKED;
/* As db_begin_write, for a unit that takes long (import, migration, copy): no other unit's commit
 * waits for this one. */
bool db_begin_bulk(struct cx *cx) CHECKED;
/* False: nothing was kept (E_CONFLICT on a serialisation failure or a deferred reference that
 * stayed open; E_IO when disk or server failed: the sentence says so where the outcome is unknown).
 */
bool db_commit(struct cx *cx) CHECKED;
void db_rollback(struct cx *cx);
bool db_in_write(const struct cx *cx);

/* A part of a write that can be taken back alone.  They nest. */
bool db_savepoint(struct cx *cx) CHECKED;
bool db_release(struct cx *cx) CHECKED;
bool db_rollback_to(struct cx *cx) CHECKED; /* also releases it */

/* A prepared statement of this unit's connection, cached, ready to be bound; valid until the unit
 * ends.  NULL (and cx->err) when the text is refused (PostgreSQL refuses at the first step).  Used
 * again while it is bound or its rows are still being read, the same text gives a second one. */
#define db_sql(cx, literal) db_prepare((cx), S("" literal ""))
struct stmt *db_prepare(struct cx *cx, struct str sql) CHECKED; /* only record/ makes text: `make
								   lint` */

/* Values, from 1.  Bind all of them before every run: a run that has ended forgets them; what was
 * not bound is NULL.  Text and bytes are borrowed until the statement is done.  Text is UTF-8
 * without NUL, else the step fails with E_INPUT.  A real that is not a number is NULL. */
void db_bind_int(struct stmt *stmt, int index, int64_t value);
void db_bind_real(struct stmt *stmt, int index, double value);
void db_bind_str(struct stmt *stmt, int index, struct str value);
void db_bind_blob(struct stmt *stmt, int index, struct str value);
void db_bind_null(struct stmt *stmt, int index);

/* The next row: true and *out_row = true; the end: true and *out_row = false; false: failed with
 * E_CONFLICT (unique, reference, deadlock), E_INPUT (value not allowed in its column), E_BUSY
 * (lock, time), E_IO, E_TOO_BIG, E_BUG (a write in a unit that reads) or E_DB. */
bool db_step(struct cx *cx, struct stmt *stmt, bool *out_row) CHECKED;
/* Run to the end, rows are passed over.  */
bool db_run(struct cx *cx, struct stmt *stmt) CHECKED;
/* Run an INSERT of one row, whose text ends with the dialect's inserted_id, and tell the row's id.
 */
bool db_insert(struct cx *cx, struct stmt *stmt, int64_t *out_id) CHECKED;
/* Done early: gives the statement back.  (Reading to the end does so by itself.) */
void db_done(struct stmt *stmt);
int64_t db_changes(const struct stmt *stmt); /* rows changed by the statement that was run last */

/* Columns of the current row, from 0.  Text and bytes are borrowed until the next step.  NULL is 0
 * or empty; an integer asked for as text is its digits, and the reverse. */
bool db_col_null(const struct stmt *stmt, int column);
int64_t db_col_int(const struct stmt *stmt, int column);
double db_col_real(const struct stmt *stmt, int column);
struct str db_col_str(const struct stmt *stmt, int column); /* its p is NULL only for NULL */
struct str db_col_blob(const struct stmt *stmt, int column);

/* Schema changes: one statement, not cached, in a write unit. */
bool db_ddl(struct cx *cx, struct str sql) CHECKED;

/* The tables, columns and indexes that exist now (without those of the engine itself and of the
 * full-text index), by name; columns in their order. */
struct db_column {
	struct str name, type;  /* type: as the engine spells it, in capitals: INTEGER, BIGINT, TEXT
				   … */
	enum store_class store; /* STORE__MAX: none of ours */
	bool not_null;
};
struct db_table {
	struct str name;
	struct db_column *v;
	size_t n, cap;
	struct strs indexes; /* without those that came with a key or constraint */
};
struct db_schema {
	struct db_table *v;
	size_t n, cap;
};
bool db_introspect(struct cx *cx, struct db_schema *out) CHECKED;

/* Rows were written into the table with ids of their own (a copy): the next id that the engine
 * gives there is higher than all of them.  In a write unit. */
bool db_ids_follow(struct cx *cx, struct str table) CHECKED;

/* Full text.  One index for all objects; a document is (object number, record id) and two texts of
 * folded words separated by blanks; `title` words rank before `body` words.  A word is any bytes
 * above the blank, of which SEARCH_WORD_MAX are looked at.
 * On SQLite it is FTS5 without content, so that taking a document out needs the texts it was put in
 * with, and a table of the documents that were written last.  On PostgreSQL it is a tsvector of
 * these words.  No statistics of other documents enter. */
enum {
	SEARCH_OBJECT_MAX = 1023,
	SEARCH_WORD_MAX = 128,        /* bytes */
	SEARCH_TEXT_MAX = 512 << 10,  /* bytes of a text; words behind it are not indexed */
	SEARCH_QUERY_MAX = 32,        /* words; more fail with E_INPUT */
	SEARCH_ALTERNATIVES_MAX = 16, /* of a word; the same */
	SEARCH_HITS_MAX = 10000
};
struct db_search_hit {
	int64_t object, record;
	bool in_title; /* all words stand in the title */
};
/* Make the index, empty, in place of one that may be there; in a write. */
bool db_search_create(struct cx *cx) CHECKED;
/* Is it there, as this version of the program makes it? */
bool db_search_is_current(struct cx *cx, bool *out) CHECKED;
/* Put in once; to change a document, drop it with its old texts first.  Both are written at the end
 * of the unit, or before a search in it, or by db_search_flush, down into the index: E_DB there
 * where an index without content does not hold what was dropped. */
bool db_search_put(struct cx *cx, int64_t object, int64_t record, struct str title, struct str body)
	CHECKED;
bool db_search_drop(struct cx *cx, int64_t object, int64_t record, struct str title,
		    struct str body) CHECKED;
bool db_search_flush(struct cx *cx) CHECKED;
/* Documents that hold all words (the last one as a prefix), each word in any of its alternatives
 * separated by '|' ("muller|mueller"): first those that hold all of them in the title; then those
 * that hold the last word as it is; then those where it begins a longer one.  Each newest first
 * (highest record id, then object), at most `limit`; object 0: any. */
bool db_search_find(struct cx *cx, int64_t object, const struct strs *words, int64_t limit,
		    struct db_search_hit **out, size_t *out_n) CHECKED;
/* Does this text, words separated by blanks, have each of the words, the last as a beginning? */
bool db_search_has(struct str text, const struct strs *words);
/* Write, for the SQL of another statement, a SELECT of the ids of an object's records in whose
 * title, or in all of whose text, each of the words stands, the last one as a beginning; in no
 * order, some twice.  What the running unit itself has changed is not yet known to it. */
struct search_sink {
	void (*text)(const struct search_sink *sink, const char *literal);
	void (*number)(const struct search_sink *sink, int64_t value); /* bound */
	void (*value)(const struct search_sink *sink, struct str value);
};
bool db_search_ids(struct cx *cx, int64_t object, const struct strs *words, bool in_title,
		   const struct search_sink *sink) CHECKED;
/* Take everything out. */
bool db_search_clear(struct cx *cx) CHECKED;
/* Does it hold the documents that it should, and no others, of the objects with objects[number]?
 * `each` tells all that should be there, with their texts, by db_search_expect; it is called once,
 * and once more where something differs.  Of many differences some are told, and that there are
 * more.  E_DB where the index cannot be read.  In a unit. */
struct search_check;
struct search_source {
	const bool *objects; /* [SEARCH_OBJECT_MAX + 1] */
	bool (*each)(struct cx *cx, struct search_check *check, void *to);
	void *to;
};
struct search_fault {
	int64_t object, record;
	enum { SEARCH_MISSING, SEARCH_STALE, SEARCH_ORPHAN } what;
};
struct search_faults {
	struct search_fault *v;
	size_t n, cap;
	bool more;
};
bool db_search_check(struct cx *cx, const struct search_source *source, struct search_faults *out)
	CHECKED;
bool db_search_expect(struct cx *cx, struct search_check *check, int64_t object, int64_t record,
		      struct str title, struct str body) CHECKED;
/* Leave no residue of what was taken out.  Outside of a unit: it takes its own. */
bool db_search_optimize(struct cx *cx) CHECKED;

/* SQLite: a consistent copy into a new file while work goes on; E_CONFLICT where the file exists.
 * PostgreSQL: E_INPUT with the remedy.  Outside of a unit. */
bool db_copy_to(struct cx *cx, const char *path) CHECKED;

/* Leave no residue of deleted rows in files beside the database (write-ahead log); PostgreSQL: in
 * the tables (VACUUM; the server's own log is its administrator's).  Outside of a unit. */
bool db_truncate_log(struct cx *cx) CHECKED;

/* Tests and `kontor check`: the engine's own integrity check, in a unit; *out is "ok" or what it
 * found, a line each. */
bool db_check(struct cx *cx, struct str *out) CHECKED;

/* Take a lock that all nodes share until the unit ends (PostgreSQL; on SQLite a write has it
 * anyway). */
bool db_lock(struct cx *cx, int64_t key) CHECKED;

/* Counts since this process opened the database; those of open units are not yet in. */
struct db_stats {
	int64_t units;                    /* that ended, in whatever way */
	int64_t writes;                   /* units that were kept */
	int64_t commits;                  /* of writes; one may keep many units */
	int64_t groups;                   /* commits that kept more than one */
	int64_t statements;               /* that were run */
	int64_t cache_hits, cache_misses; /* of db_prepare */
	int64_t connects;                 /* connections opened */
	int64_t reconnects;               /* lost ones that were replaced */
	int64_t checkpoints;
	int64_t repairs; /* after a failure of the disk */
};
void db_stats(struct db *db, struct db_stats *out);

#endif
