#include "http/feed.h"

#include "base/crypt.h"
#include "base/i18n.h"
#include "db/db.h"

enum { MARK_BYTES = 8, MARK_LETTERS = 2 * MARK_BYTES };

static bool
may_have_more(struct cx *cx, int64_t user_id)
{
	struct stmt *stmt = db_sql(cx, "SELECT count(*) FROM sys_feed WHERE user_id = ?1");
	bool row = false;
	int64_t n;

	if (!stmt)
		return false;
	db_bind_int(stmt, 1, user_id);
	if (!db_step(cx, stmt, &row) || !row)
		return false;
	n = db_col_int(stmt, 0);
	db_done(stmt);
	return n < FEEDS_MAX ||
	       fail(cx, E_CONFLICT,
		    "You have %d subscriptions already; end one that you no longer need",
		    FEEDS_MAX);
}

static bool
feed_insert(struct cx *cx, const struct feed *feed, const struct hash *hash)
{
	struct stmt *stmt = db_sql(cx, "INSERT INTO sys_feed (hash, user_id, name, object, query, "
				       "created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)");

	if (!stmt)
		return false;
	db_bind_blob(stmt, 1, hash_str(hash));
	db_bind_int(stmt, 2, feed->user_id);
	db_bind_str(stmt, 3, feed->name);
	db_bind_str(stmt, 4, feed->object);
	db_bind_str(stmt, 5, feed->query);
	db_bind_int(stmt, 6, cx->now);
	return db_run(cx, stmt);
}

bool
feed_create(struct cx *cx, const struct feed *feed, struct str *out)
{
	struct str secret = crypt_token(cx->mem, cx->env);
	struct hash hash = crypt_hash(secret);

	if (!may_have_more(cx, feed->user_id) || !feed_insert(cx, feed, &hash))
		return false;
	*out = secret;
	return true;
}

static struct feed
feed_of(struct cx *cx, struct stmt *stmt)
{
	return (struct feed){
		.id = db_col_int(stmt, 0),
		.user_id = db_col_int(stmt, 1),
		.created_at = db_col_int(stmt, 2),
		.name = str_dup(cx->mem, db_col_str(stmt, 3)),
		.object = str_dup(cx->mem, db_col_str(stmt, 4)),
		.query = str_dup(cx->mem, db_col_str(stmt, 5)),
	};
}

bool
feed_find(struct cx *cx, struct str secret, struct feed *out)
{
	struct hash hash = crypt_hash(secret);
	struct buf mark = buf_in(cx->mem, MARK_LETTERS);
	struct stmt *stmt = db_sql(cx, "SELECT id, user_id, created_at, name, object, query "
				       "FROM sys_feed WHERE hash = ?1");
	bool row = false;

	if (!stmt)
		return false;
	db_bind_blob(stmt, 1, hash_str(&hash));
	if (!db_step(cx, stmt, &row))
		return false;
	if (!row)
		return fail(cx, E_MISSING, "This subscription was ended, or never was");
	*out = feed_of(cx, stmt);
	db_done(stmt);
	buf_hex(&mark, str_first(hash_str(&hash), MARK_BYTES));
	out->mark = buf_done(&mark);
	return true;
}

bool
feed_list(struct cx *cx, int64_t user_id, struct feeds *out)
{
	struct stmt *stmt = db_sql(cx, "SELECT id, user_id, created_at, name, object, query "
				       "FROM sys_feed WHERE user_id = ?1 ORDER BY id DESC");
	struct feeds feeds = { 0 };
	bool row = false;

	if (!stmt)
		return false;
	db_bind_int(stmt, 1, user_id);
	do {
		if (!db_step(cx, stmt, &row))
			return false;
		if (row)
			list_add(cx->mem, &feeds, feed_of(cx, stmt));
	} while (row);
	*out = feeds;
	return true;
}

static bool
feed_delete(struct cx *cx, int64_t user_id, int64_t id)
{
	struct stmt *stmt = db_sql(cx, "DELETE FROM sys_feed WHERE id = ?1 AND user_id = ?2");

	if (!stmt)
		return false;
	db_bind_int(stmt, 1, id);
	db_bind_int(stmt, 2, user_id);
	if (!db_run(cx, stmt))
		return false;
	return db_changes(stmt) == 1 || fail(cx, E_MISSING, "There is no such subscription");
}

bool
feed_drop(struct cx *cx, int64_t user_id, int64_t id)
{
	if (!db_begin_write(cx))
		return false;
	if (!feed_delete(cx, user_id, id) || !db_commit(cx)) {
		db_rollback(cx);
		return false;
	}
	return true;
}
