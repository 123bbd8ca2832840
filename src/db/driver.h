/* Inside db/: what db.c shares with the drivers. */
#ifndef KONTOR_DB_DRIVER_H
#define KONTOR_DB_DRIVER_H

#include "base/heap.h"
#include "db/db.h"

enum {
	STATEMENTS_MAX = 256,       /* cached by one connection */
	STATEMENTS_UNIT_MAX = 4096, /* used by one unit */
	BUCKETS = 512,
	PARAMETERS_MAX = 10000,
	SQL_MAX = 1 << 20,
	MESSAGE_MAX = 400
};

/* Why an engine refused, in terms that both share.  The sentence takes the engine's message. */
enum fault {
	FAULT_UNIQUE,
	FAULT_REFERENCE,
	FAULT_VALUE,
	FAULT_SERIAL,
	FAULT_BUSY,
	FAULT_FULL,
	FAULT_IO,
	FAULT_LOST,
	FAULT_CONNECT,
	FAULT_UNKNOWN, /* lost while it was being committed */
	FAULT_STALE,   /* the tables are not those that the statement was prepared for */
	FAULT_READ_ONLY,
	FAULT_TOO_BIG,
	FAULT_BUG,
	FAULT_OTHER,
	FAULT__MAX
};
/* Records it (first cause wins) and returns false.  `sql` is shown for mistakes of the program. */
bool fault_fail(struct cx *cx, enum fault fault, const char *message, struct str sql);
/* E_BUSY with this sentence, and when to try again. */
bool busy_fail(struct cx *cx, const char *sentence);

/* The same, kept until nothing is held any more: recording it may abandon the unit of work. */
struct refusal {
	enum fault fault;
	char message[MESSAGE_MAX];
};
void refusal_set(struct refusal *why, enum fault fault, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* A driver's statement begins with this. */
struct stmt {
	const struct driver *driver;
	struct conn *conn;
	struct stmt *chain;         /* in the same bucket */
	struct stmt *newer, *older; /* in the order of use */
	struct str text;
	char *text_owned;
	uint64_t hash;
	unsigned unit; /* of the connection, that used it last */
	bool taken;    /* bound or being read */
	bool started;  /* being read */
	bool bad_text; /* what was bound is not UTF-8 */
	int bad_index; /* a parameter that is not there */
	int64_t changes;
};

/* A driver's connection begins with this. */
struct conn {
	struct db *db;
	struct conn *idle; /* the next in the pool */
	struct stmt *buckets[BUCKETS];
	struct stmt *newest, *oldest;
	size_t n_stmts;
	unsigned unit; /* counts the units it served */
	bool is_write;
	bool is_begun;              /* the engine's transaction */
	bool is_aborted;            /* a statement has failed since the last savepoint */
	bool is_broken;             /* not to be used again */
	int depth;                  /* of savepoints */
	struct search_later *later; /* search.c: or NULL */
	struct db_stats counts;
};

enum savepoint { SAVEPOINT_SET, SAVEPOINT_RELEASE, SAVEPOINT_BACK, SAVEPOINT__MAX };

/* What an engine does.  Functions that can fail record why; `begin` and those below it are called
 * in a unit.  Statements are reset before commit and rollback. */
struct driver {
	struct dialect dialect;
	bool (*open)(struct cx *cx, struct db *db, struct str address);
	void (*close)(struct db *db);
	struct conn *(*connect)(struct db *db, struct refusal *why); /* one for the pool */
	void (*disconnect)(struct conn *conn);                  /* statements are gone already */
	bool (*revive)(struct conn *conn, struct refusal *why); /* one from the pool, before its
								   unit; or NULL */
	struct conn *(*begin_write)(struct cx *cx, struct db *db, bool is_bulk);
	bool (*commit)(struct cx *cx, struct conn *conn); /* ends the unit whatever comes out */
	void (*rollback)(struct conn *conn);
	bool (*begin)(struct cx *cx, struct conn *conn); /* before the first statement */
	bool (*savepoint)(struct cx *cx, struct conn *conn, enum savepoint what);

	struct stmt *(*prepare)(struct cx *cx, struct conn *conn, struct str sql);
	void (*finalize)(struct stmt *stmt);
	void (*bind_int)(struct stmt *stmt, int index, int64_t value);
	void (*bind_real)(struct stmt *stmt, int index, double value);
	void (*bind_str)(struct stmt *stmt, int index, struct str value);
	void (*bind_blob)(struct stmt *stmt, int index, struct str value);
	void (*bind_null)(struct stmt *stmt, int index);
	bool (*start)(struct cx *cx, struct stmt *stmt); /* NULL: step does it */
	bool (*step)(struct cx *cx, struct stmt *stmt, bool *out_row);
	int64_t (*inserted)(const struct conn *conn); /* id of the row inserted last; NULL: the
							 INSERT gives it as its row */
	void (*reset)(struct stmt *stmt); /* also forgets what was bound; sets changes */
	bool (*col_null)(const struct stmt *stmt, int column);
	int64_t (*col_int)(const struct stmt *stmt, int column);
	double (*col_real)(const struct stmt *stmt, int column);
	struct str (*col_str)(const struct stmt *stmt, int column);
	struct str (*col_blob)(const struct stmt *stmt, int column);
	bool (*ddl)(struct cx *cx, struct conn *conn, struct str sql);

	/* Rows of (table, 0: column or 1: index, name, type, not null), ordered. */
	const char *introspect_sql;
	const char *types_known[STORE__MAX]; /* how the engine spells them there */
	const char *const *check_sql; /* rows of one text, "ok" or a finding; ends with NULL */
	const char *lock_sql;         /* or NULL */
	const struct search_driver *search;
	bool (*ids_follow)(struct cx *cx, struct str table); /* or NULL: they do by themselves */
	bool (*copy_to)(struct cx *cx, const char *path);
	bool (*truncate_log)(struct cx *cx);
};
extern const struct driver driver_sqlite, driver_postgres;

/* How the engine's full text takes words; search.c does the rest. */
struct search_form {
	const char *open, *close, *close_prefix; /* around a word */
	struct {
		char c;
		const char *as;
	} escapes[3];          /* inside of it; ends with { 0 } */
	const char *any, *all; /* between alternatives, between words */
	bool quotes_documents; /* do the words of a document stand like those of a question? */
};
/* Hits come in rounds, the best ones first. */
enum search_round {
	SEARCH_TITLES, /* all words stand in the title */
	SEARCH_WORDS,  /* the last word stands as it is */
	SEARCH_PREFIX, /* it begins a longer one */
	SEARCH__MAX
};
struct search_question {
	struct str exact, prefix; /* the last word as it is, or as the beginning of one */
	struct strs words;        /* without marks, alternatives separated by '|' */
};
/* A document to put in, or the texts that it was put in with, to take it out. */
struct search_entry {
	bool is_put;
	int64_t object, record;
	struct str title, all; /* words separated by blanks, as the form wants them */
};
struct search_driver {
	struct search_form form;
	const char *const *create_sql; /* drops what is there first; ends with NULL */
	bool (*is_current)(struct cx *cx, bool *out);
	const char *const *clear_sql; /* the same */
	/* In this order.  `whole`: into the index itself, recent documents too. */
	bool (*write)(struct cx *cx, const struct search_entry *v, size_t n, bool whole);
	/* NULL, or: a statement whose rows are documents that `find` does not know of yet, newest
	 * first: (object, record, title, all, old title, old all); all is NULL where it was taken
	 * out, and the old ones are what the index still holds. */
	struct stmt *(*recent)(struct cx *cx);
	/* A statement, bound, whose rows are (object, record), newest first.  It may give or leave
	 * out what an earlier round gives. */
	struct stmt *(*find)(struct cx *cx, enum search_round round, int64_t object,
			     const struct search_question *question, int64_t limit);
	/* The SELECT of db_search_ids; of each word the form for the engine stands in the
	 * question. */
	void (*ids)(struct cx *cx, int64_t object, const struct search_question *question,
		    bool in_title, const struct search_sink *sink);
	/* A statement whose rows are (object, record, words) of what the lists hold, in any order,
	 * and as many of a document as there are; words that begin with a mark are all of it. */
	struct stmt *(*held)(struct cx *cx, bool titles);
	bool (*optimize)(struct cx *cx);
};

struct pool_place;

struct db {
	const struct driver *driver;
	struct db_options options;
	char *shown; /* the address without a password */
	void *state; /* the driver's own */

	pthread_mutex_t lock; /* guards what follows */
	struct conn *idle;
	struct pool_place *first, *last; /* who waits for a connection */
	int n_open;
	struct db_stats counts;
};

/* ---- pool.c ---- */
void pool_init(struct db *db);
/* A connection that nobody else has; waits up to busy_ms. */
struct conn *pool_take(struct cx *cx, struct db *db);
void pool_give(struct conn *conn);
void pool_count(struct conn *conn); /* adds the connection's counts to the database's */
void pool_close(struct db *db);
/* Initialise a driver's new connection. */
void conn_init(struct conn *conn, struct db *db);

/* Monotonic time now plus ms, for pthread_cond_timedwait on a condition of wait_init. */
struct timespec wait_until(int64_t ms);
void wait_init(pthread_cond_t *condition);
int64_t wait_now_us(void);

/* ---- cache.c ---- */
struct stmt *cache_find(struct conn *conn, struct str sql, uint64_t hash);
void cache_add(struct conn *conn, struct stmt *stmt, struct str sql, uint64_t hash);
void cache_use(struct conn *conn, struct stmt *stmt); /* the newest, taken by this unit */
void cache_end_unit(struct conn *conn);               /* resets what is still taken, trims */
void cache_clear(struct conn *conn);
uint64_t cache_hash(struct str sql);

/* ---- search.c ---- */
/* Code points that a driver marks documents with (U+F0000 to U+F0FFF) are no part of words. */
#define SEARCH_MARK S("\xf3\xb0")
/* The words of a document as they are kept: of the title, and of both. */
bool search_bare(struct cx *cx, struct str title, struct str body, struct str *out_title,
		 struct str *out_all) CHECKED;

/* ---- search_recent.c ---- */
/* The documents that the engine's `find` does not know of, newest first, each with the round in
 * which it is a hit; SEARCH__MAX: in none. */
struct recent {
	struct db_search_hit hit;
	enum search_round round;
};
struct recents {
	struct recent *v;
	size_t n, cap;
};
bool recents_read(struct cx *cx, int64_t object, const struct search_question *question,
		  struct recents *out) CHECKED;

/* ---- search_later.c ---- */
/* What goes into the full text or is taken out of it waits for the end of the unit: FTS5 writes out
 * all that it holds at every savepoint.  Savepoints take it back like everything else. */
bool later_add(struct cx *cx, const struct search_entry *entry) CHECKED; /* copied */
/* Before a search, and before the commit; `whole`: see search_driver. */
bool later_flush(struct cx *cx, bool whole) CHECKED;
bool later_savepoint(struct cx *cx, enum savepoint what) CHECKED; /* before the engine's own */
void later_forget(struct conn *conn);                             /* at the end of a unit */
void later_free(struct conn *conn);

#endif
