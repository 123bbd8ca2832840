/* The one connection that writes: who has the turn, and who is committed together.
 *
 * The unit that has the turn works in an open transaction.  The first of a group works in the bare
 * transaction; those that follow each in a savepoint.  A unit that commits while others wait leaves
 * its work in the transaction, hands the turn on and waits; the last one commits for all. */
#include "db/sqlite.h"

#include <fcntl.h>
#include <poll.h>

#include "base/i18n.h"

enum {
	GROUP_MAX = 64,           /* units of a group */
	GROUP_US = 5000,          /* after the first one was ready */
	CHECKPOINT_FRAMES = 2000, /* pages of the log */
	RESTART_FRAMES = 16000,   /* readers have kept the log growing: wait for them */
	RESTART_WAIT_MS = 200,
	STILE_QUICK = 40, /* short steps, then long ones */
	STILE_QUICK_NS = 50000,
	STILE_SLOW_NS = 1000000,
	US_PER_MS = 1000
};

/* Somebody who waits, for the turn or for the commit of his group; on his own stack. */
struct place {
	struct place *next;
	pthread_cond_t called;
	bool is_bulk, is_called, is_kept;
};

struct writer {
	struct db *db;
	pthread_mutex_t lock;
	struct sqlite_conn *conn;   /* used by who has the turn */
	bool is_taken;              /* the turn */
	struct place *first, *last; /* who waits for the turn */
	struct place *members;      /* of the group, ready, waiting for its commit */
	int n_members;
	int64_t ready_us; /* when the first of them was */
	bool is_lost;     /* the transaction of the group failed as a whole */
	bool is_suspect; /* the disk failed: nothing is kept until it was opened anew and checked */
	bool is_wide;    /* a bulk has more of the database in memory */
	int moved_frames; /* of the log, at the last checkpoint */
	int stile;        /* a file; see stile_enter */
};

static struct writer *
writer_of(const struct db *db)
{
	return ((struct sqlite *)db->state)->writer;
}

/* ---- the turn ------------------------------------------------------------------------------ */

static void
queue_remove(struct writer *writer, const struct place *place)
{
	struct place **at = &writer->first, *before = NULL;

	while (*at && *at != place) {
		before = *at;
		at = &(*at)->next;
	}
	if (!*at)
		return;
	*at = place->next;
	if (writer->last == place)
		writer->last = before;
}

static bool
turn_take(struct writer *writer, bool is_bulk)
{
	struct place place = { .is_bulk = is_bulk };
	struct timespec until;

	pthread_mutex_lock(&writer->lock);
	if (!writer->is_taken) {
		writer->is_taken = true;
		pthread_mutex_unlock(&writer->lock);
		return true;
	}
	wait_init(&place.called);
	if (writer->last)
		writer->last->next = &place;
	else
		writer->first = &place;
	writer->last = &place;
	until = wait_until(writer->db->options.busy_ms);
	while (!place.is_called &&
	       pthread_cond_timedwait(&place.called, &writer->lock, &until) == 0)
		;
	queue_remove(writer, &place);
	pthread_mutex_unlock(&writer->lock);
	pthread_cond_destroy(&place.called);
	return place.is_called;
}

/* The lock is held. */
static void
turn_pass(struct writer *writer)
{
	struct place *next = writer->first;

	if (!next) {
		writer->is_taken = false;
		return;
	}
	queue_remove(writer, next);
	next->is_called = true;
	pthread_cond_signal(&next->called);
}

/* A bulk changes most pages more than once: with room for all of them each goes into the log once.
 */
static void
cache_widen(struct writer *writer, bool is_bulk)
{
	if (writer->is_wide == is_bulk || writer->db->options.cache_kib)
		return;
	sqlite_cache(writer->conn, is_bulk ? CACHE_BULK_KIB : CACHE_WRITER_KIB);
	if (!is_bulk)
		sqlite3_db_release_memory(writer->conn->handle);
	writer->is_wide = is_bulk;
}

static void
turn_give(struct writer *writer)
{
	cache_widen(writer, false);
	pool_count(&writer->conn->base);
	pthread_mutex_lock(&writer->lock);
	turn_pass(writer);
	pthread_mutex_unlock(&writer->lock);
}

/* May the next one work on in this transaction?  The lock is held. */
static bool
may_hand_on(const struct writer *writer)
{
	if (!writer->first || writer->first->is_bulk || writer->n_members >= GROUP_MAX)
		return false;
	return !writer->n_members || wait_now_us() - writer->ready_us < GROUP_US;
}

/* ---- other processes ----------------------------------------------------------------------- */

/* SQLite's own lock is taken by whoever asks at the right moment, and a process that writes without
 * pause would starve another.  So one asks for it only while holding the stile, a lock on a file:
 * who has written goes to the end of that queue. */
static void
stile_enter(struct writer *writer)
{
	struct flock range = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 1 };
	int64_t until = wait_now_us() + writer->db->options.busy_ms * US_PER_MS;

	for (int n = 0; writer->stile >= 0 && fcntl(writer->stile, F_OFD_SETLK, &range) != 0; n++) {
		struct timespec step = { 0, n < STILE_QUICK ? STILE_QUICK_NS : STILE_SLOW_NS };

		if (wait_now_us() >= until)
			return;
		ppoll(NULL, 0, &step, NULL);
	}
}

static void
stile_leave(struct writer *writer)
{
	struct flock range = { .l_type = F_UNLCK, .l_whence = SEEK_SET, .l_len = 1 };

	if (writer->stile >= 0)
		fcntl(writer->stile, F_OFD_SETLK, &range);
}

static int
begin_transaction(struct writer *writer)
{
	int code;

	stile_enter(writer);
	code = sqlite_kept(writer->conn, KEPT_BEGIN);
	stile_leave(writer);
	return code;
}

static int
stile_open(const char *path)
{
	struct buf name = buf_heap(strlen(path) + sizeof "-turn");
	int file;

	buf_z(&name, path);
	buf_z(&name, "-turn");
	buf_char(&name, 0);
	file = open(name.p, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	buf_fini(&name);
	return file;
}

/* ---- open, and open again after the disk has failed ---------------------------------------- */

struct writer *
writer_new(struct db *db, struct refusal *why)
{
	struct sqlite_conn *conn = sqlite_connect(db, true, why);
	struct writer *writer;

	if (!conn)
		return NULL;
	writer = heap_new(sizeof *writer);
	writer->db = db;
	writer->conn = conn;
	writer->stile = stile_open(((struct sqlite *)db->state)->path);
	pthread_mutex_init(&writer->lock, NULL);
	return writer;
}

void
writer_free(struct writer **writer)
{
	if (!*writer)
		return;
	cache_clear(&(*writer)->conn->base);
	sqlite_disconnect(&(*writer)->conn->base);
	if ((*writer)->stile >= 0)
		close((*writer)->stile);
	pthread_mutex_destroy(&(*writer)->lock);
	heap_free(*writer);
	*writer = NULL;
}

/* A result code.  The log is emptied into the database: what a failed commit may have left in it,
 * and would be found there after a crash, is gone. */
static int
empty_log(struct sqlite_conn *conn, int64_t busy_ms)
{
	int code;

	conn->busy_ms = busy_ms;
	code = sqlite3_wal_checkpoint_v2(conn->handle, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL,
					 NULL);
	conn->busy_ms = conn->base.db->options.busy_ms;
	conn->base.counts.checkpoints++;
	return code;
}

static bool
is_sound(struct sqlite_conn *conn)
{
	sqlite3_stmt *stmt;
	bool is_ok = false;

	if (sqlite3_prepare_v2(conn->handle, "PRAGMA quick_check(1)", -1, &stmt, NULL) != SQLITE_OK)
		return false;
	if (sqlite3_step(stmt) == SQLITE_ROW)
		is_ok = str_eq_z(str_of((const char *)sqlite3_column_text(stmt, 0)), "ok");
	if (sqlite3_reset(stmt) != SQLITE_OK)
		is_ok = false;
	sqlite3_finalize(stmt);
	return is_ok;
}

static bool
writer_repair(struct writer *writer, struct refusal *why)
{
	struct sqlite_conn *conn = sqlite_connect(writer->db, true, why);
	int code;

	if (!conn)
		return false;
	pool_count(&writer->conn->base);
	cache_clear(&writer->conn->base);
	sqlite_disconnect(&writer->conn->base);
	writer->conn = conn;
	writer->is_wide = false;
	code = empty_log(conn, writer->db->options.busy_ms);
	if (code != SQLITE_OK) {
		sqlite_refused(conn, code, why);
		return false;
	}
	if (!is_sound(conn)) {
		refusal_set(why, FAULT_IO,
			    "%s did not pass its check after the disk had failed; restore a backup",
			    writer->db->shown);
		return false;
	}
	writer->is_suspect = false;
	conn->base.counts.repairs++;
	return true;
}

/* ---- a unit -------------------------------------------------------------------------------- */

/* After a failure no transaction is left open that others have worked in. */
static bool
unit_open(struct writer *writer, struct refusal *why)
{
	struct sqlite_conn *conn;
	int code;

	if (writer->is_suspect && !writer_repair(writer, why))
		return false;
	conn = writer->conn;
	code = writer->n_members ? sqlite_kept(conn, KEPT_UNIT) : begin_transaction(writer);
	if (code == SQLITE_OK)
		return true;
	sqlite_refused(conn, code, why);
	return false;
}

static void group_end_quietly(struct writer *writer);

struct conn *
writer_begin(struct cx *cx, struct db *db, bool is_bulk)
{
	struct writer *writer = writer_of(db);
	struct refusal why;

	if (!turn_take(writer, is_bulk)) {
		busy_fail(cx, N_("Others are writing to the database; try again in a moment."));
		return NULL;
	}
	if (!unit_open(writer, &why)) {
		if (writer->n_members)
			group_end_quietly(writer);
		else
			turn_give(writer);
		fault_fail(cx, why.fault, why.message, (struct str){ 0 });
		return NULL;
	}
	if (is_bulk)
		cache_widen(writer, true);
	writer->conn->base.is_begun = true;
	return &writer->conn->base;
}

void
writer_failed(struct conn *conn, int code)
{
	enum { PRIMARY = 0xff };
	struct writer *writer = writer_of(conn->db);
	int primary = code & PRIMARY;

	if (code == SQLITE_CORRUPT_VTAB)
		primary = SQLITE_ERROR;
	if (primary == SQLITE_IOERR || primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB)
		writer->is_suspect = true;
	if (writer->is_suspect || sqlite3_get_autocommit(writer->conn->handle))
		writer->is_lost = true;
}

/* Pages of the log go into the database every so many; not again at once where readers hinder the
 * log from beginning anew. */
static void
log_move(struct writer *writer)
{
	struct sqlite_conn *conn = writer->conn;
	bool must_restart = conn->log_frames >= RESTART_FRAMES;
	int mode = must_restart ? SQLITE_CHECKPOINT_RESTART : SQLITE_CHECKPOINT_PASSIVE;
	int code;

	if (conn->log_frames < writer->moved_frames)
		writer->moved_frames = 0;
	if (conn->log_frames - writer->moved_frames < CHECKPOINT_FRAMES)
		return;
	conn->busy_ms = RESTART_WAIT_MS;
	code = sqlite3_wal_checkpoint_v2(conn->handle, NULL, mode, NULL, NULL);
	conn->busy_ms = writer->db->options.busy_ms;
	writer->moved_frames = conn->log_frames;
	conn->base.counts.checkpoints++;
	if (code != SQLITE_OK && code != SQLITE_BUSY && code != SQLITE_LOCKED)
		writer->is_suspect = true;
}

/* A failed commit's pages may stand in the log: they must not be found there after a crash. */
static void
transaction_undo(struct writer *writer)
{
	if (!sqlite3_get_autocommit(writer->conn->handle))
		sqlite_exec(writer->conn, "ROLLBACK");
	if (!sqlite3_get_autocommit(writer->conn->handle))
		writer->is_suspect = true;
	if (writer->is_suspect)
		empty_log(writer->conn, RESTART_WAIT_MS);
}

static bool
transaction_end(struct writer *writer, struct refusal *why)
{
	int code;

	if (writer->is_lost) {
		refusal_set(why, FAULT_IO, "the disk failed while others wrote");
	} else {
		code = sqlite_kept(writer->conn, KEPT_COMMIT);
		if (code == SQLITE_OK)
			return true;
		sqlite_refused(writer->conn, code, why);
		if (why->fault != FAULT_FULL)
			why->fault = FAULT_IO;
		writer->is_suspect = true;
	}
	transaction_undo(writer);
	return false;
}

/* Everybody who waits for this commit learns what came of it.  The lock is held. */
static void
members_call(struct writer *writer, bool is_kept)
{
	while (writer->members) {
		struct place *member = writer->members;

		writer->members = member->next;
		member->is_kept = is_kept;
		member->is_called = true;
		pthread_cond_signal(&member->called);
	}
	writer->n_members = 0;
}

/* Commit what the group has ready and pass the turn on.  `own`: the unit that ends it is kept with
 * it. */
static bool
group_end(struct writer *writer, bool own, struct refusal *why)
{
	struct db_stats *counts = &writer->conn->base.counts;
	int n = writer->n_members + own;
	bool is_kept = transaction_end(writer, why);

	if (is_kept && n) {
		counts->commits++;
		counts->groups += n > 1;
		counts->writes += n;
	}
	writer->is_lost = false;
	pthread_mutex_lock(&writer->lock);
	members_call(writer, is_kept);
	pthread_mutex_unlock(&writer->lock);
	if (is_kept)
		log_move(writer);
	turn_give(writer);
	return is_kept;
}

/* The unit that has the turn leaves nothing in the transaction. */
static void
group_end_quietly(struct writer *writer)
{
	struct refusal why;
	bool is_passed = false;

	if (!writer->n_members) {
		transaction_undo(writer);
		writer->is_lost = false;
		turn_give(writer);
		return;
	}
	pthread_mutex_lock(&writer->lock);
	if (!writer->is_lost && may_hand_on(writer)) {
		turn_pass(writer);
		is_passed = true;
	}
	pthread_mutex_unlock(&writer->lock);
	if (!is_passed)
		group_end(writer, false, &why);
}

void
writer_rollback(struct conn *base)
{
	struct writer *writer = writer_of(base->db);

	base->is_begun = false;
	if (writer->n_members && !writer->is_lost &&
	    (sqlite_exec(writer->conn, "ROLLBACK TO unit") != SQLITE_OK ||
	     sqlite_kept(writer->conn, KEPT_UNIT_KEEP) != SQLITE_OK))
		writer->is_lost = writer->is_suspect = true;
	group_end_quietly(writer);
}

/* Hand the turn on and wait until the group is committed.  False: it is for this unit to commit. */
static bool
wait_for_group(struct writer *writer, bool *is_kept)
{
	struct place place = { 0 };

	pthread_mutex_lock(&writer->lock);
	if (!may_hand_on(writer)) {
		pthread_mutex_unlock(&writer->lock);
		return false;
	}
	wait_init(&place.called);
	if (!writer->n_members++)
		writer->ready_us = wait_now_us();
	place.next = writer->members;
	writer->members = &place;
	turn_pass(writer);
	while (!place.is_called)
		pthread_cond_wait(&place.called, &writer->lock);
	pthread_mutex_unlock(&writer->lock);
	pthread_cond_destroy(&place.called);
	*is_kept = place.is_kept;
	return true;
}

static bool
unit_close(struct writer *writer, struct refusal *why)
{
	int open = 0, unused, code;

	sqlite3_db_status(writer->conn->handle, SQLITE_DBSTATUS_DEFERRED_FKS, &open, &unused, 0);
	if (open) {
		refusal_set(why, FAULT_REFERENCE, "a reference to a row that is not there");
		return false;
	}
	code = writer->n_members ? sqlite_kept(writer->conn, KEPT_UNIT_KEEP) : SQLITE_OK;
	if (code == SQLITE_OK)
		return true;
	sqlite_refused(writer->conn, code, why);
	writer_failed(&writer->conn->base, code);
	return false;
}

bool
writer_commit(struct cx *cx, struct conn *base)
{
	struct writer *writer = writer_of(base->db);
	struct refusal why;
	bool is_kept;

	base->is_begun = false;
	if (!unit_close(writer, &why)) {
		writer_rollback(base);
		return fault_fail(cx, why.fault, why.message, (struct str){ 0 });
	}
	if (wait_for_group(writer, &is_kept))
		refusal_set(&why, FAULT_IO, "writing to the disk failed");
	else
		is_kept = group_end(writer, true, &why);
	return is_kept || fault_fail(cx, why.fault, why.message, (struct str){ 0 });
}

bool
writer_truncate_log(struct cx *cx)
{
	struct writer *writer = writer_of(cx->db);
	struct refusal why;
	int code;

	if (!writer)
		return fail(cx, E_FORBIDDEN, "The database was opened for reading only.");
	if (!turn_take(writer, true))
		return busy_fail(cx,
				 N_("Others are writing to the database; try again in a moment."));
	code = empty_log(writer->conn, cx->db->options.busy_ms);
	if (code != SQLITE_OK)
		sqlite_refused(writer->conn, code, &why);
	turn_give(writer);
	return code == SQLITE_OK || fault_fail(cx, why.fault, why.message, (struct str){ 0 });
}
