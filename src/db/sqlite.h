/* Inside db/: what the files of the SQLite driver share. */
#ifndef KONTOR_DB_SQLITE_H
#define KONTOR_DB_SQLITE_H

#include <sqlite3.h>

#include "db/driver.h"

/* Page caches of the connection that writes: all indexes of all tables pass through it. */
enum { CACHE_WRITER_KIB = 16 << 10, CACHE_BULK_KIB = 64 << 10 };

/* Statements that every unit needs. */
enum kept { KEPT_BEGIN, KEPT_COMMIT, KEPT_UNIT, KEPT_UNIT_KEEP, KEPT__MAX };

struct sqlite_conn {
	struct conn base;
	sqlite3 *handle;
	sqlite3_stmt *kept[KEPT__MAX];
	int64_t busy_ms, waited_ms; /* in the busy handler */
	int log_frames;             /* pages in the log after this connection's last commit */
	int64_t recent;             /* sqlite_search.c: documents that wait; -1: not known */
};

struct sqlite_stmt {
	struct stmt base;
	sqlite3_stmt *handle;
};

/* The state of a database. */
struct sqlite {
	char *path;
	struct writer *writer; /* NULL: opened for reading */
};

static inline struct sqlite_conn *
sqlite_of(struct conn *conn)
{
	return (struct sqlite_conn *)conn;
}

/* ---- sqlite.c ---- */
enum fault sqlite_fault(int code);
void sqlite_refused(struct sqlite_conn *conn, int code, struct refusal *why);
struct stmt *sqlite_prepare(struct cx *cx, struct conn *conn, struct str sql);

/* ---- sqlite_connect.c ---- */
struct sqlite_conn *sqlite_connect(struct db *db, bool is_writer, struct refusal *why);
void sqlite_disconnect(struct conn *conn);
void sqlite_cache(struct sqlite_conn *conn, int kib);       /* how much of the database it keeps */
int sqlite_exec(struct sqlite_conn *conn, const char *sql); /* a result code */
int sqlite_kept(struct sqlite_conn *conn, enum kept kept);  /* the same */

/* ---- sqlite_writer.c ---- */
struct writer *writer_new(struct db *db, struct refusal *why);
void writer_free(struct writer **writer);
struct conn *writer_begin(struct cx *cx, struct db *db, bool is_bulk);
bool writer_commit(struct cx *cx, struct conn *conn);
void writer_rollback(struct conn *conn);
void writer_failed(struct conn *conn, int code); /* a statement of the unit that has the turn */
bool writer_truncate_log(struct cx *cx);

/* ---- sqlite_copy.c ---- */
bool sqlite_copy_to(struct cx *cx, const char *path);

/* ---- sqlite_search.c ---- */
extern const struct search_driver sqlite_search;

#endif
