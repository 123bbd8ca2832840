#include "flow/flow.h"

#include "base/feature.h"
#include "db/db.h"

/* Only one process reads for a follower at a time: the row of its cursor is written first. */
static bool
cursor_take(struct cx *cx, const struct follower *follower, int64_t *out)
{
	struct stmt *stmt =
		db_sql(cx, "INSERT INTO sys_cursor (name, position, changed_at) VALUES (?1, 0, ?2)"
			   " ON CONFLICT (name) DO UPDATE SET changed_at = excluded.changed_at"
			   " RETURNING position");
	bool row;

	if (!stmt)
		return false;
	db_bind_str(stmt, 1, str_of(follower->name));
	db_bind_int(stmt, 2, cx->now);
	if (!db_step(cx, stmt, &row))
		return false;
	*out = row ? db_col_int(stmt, 0) : 0;
	db_done(stmt);
	return true;
}

static bool
cursor_move(struct cx *cx, const struct follower *follower, int64_t to)
{
	struct stmt *stmt = db_sql(cx, "UPDATE sys_cursor SET position = ?2 WHERE name = ?1");

	if (!stmt)
		return false;
	db_bind_str(stmt, 1, str_of(follower->name));
	db_bind_int(stmt, 2, to);
	return db_run(cx, stmt);
}

static bool
log_has_more(struct cx *cx, const struct follower *follower, bool *out)
{
	struct stmt *stmt = db_sql(
		cx, "SELECT 1 FROM sys_change WHERE id > coalesce((SELECT position FROM sys_cursor"
		    " WHERE name = ?1), 0) LIMIT 1");

	if (!stmt)
		return false;
	db_bind_str(stmt, 1, str_of(follower->name));
	if (!db_step(cx, stmt, out))
		return false;
	db_done(stmt);
	return true;
}

static bool
follow_some(struct cx *cx, const struct follower *follower, size_t *n)
{
	struct change_rows changes;
	int64_t position;

	if (!cursor_take(cx, follower, &position) ||
	    !log_after(cx, position, FOLLOW_AT_ONCE, &changes))
		return false;
	*n = changes.n;
	if (!changes.next)
		return true;
	return follower->run(cx, &changes) && cursor_move(cx, follower, changes.next);
}

static bool
follow(struct cx *cx, const struct follower *follower, int64_t *told)
{
	for (bool more = true; more;) {
		struct arena_mark mark = arena_mark(cx->mem);
		size_t n = 0;

		if (!db_begin_read(cx) || !log_has_more(cx, follower, &more))
			return false;
		db_rollback(cx);
		if (!more)
			return true;
		if (!work_begin(cx, str_of(follower->name)) || !follow_some(cx, follower, &n) ||
		    !work_commit(cx, NULL)) {
			work_abandon(cx);
			return false;
		}
		*told += (int64_t)n;
		arena_rewind(cx->mem, mark);
	}
	return true;
}

static bool
cursor_set(struct cx *cx, const struct follower *follower)
{
	struct stmt *stmt =
		db_sql(cx, "INSERT INTO sys_cursor (name, position, changed_at)"
			   " SELECT ?1, coalesce(max(id), 0), ?2 FROM sys_change WHERE id > 0"
			   " ON CONFLICT (name) DO NOTHING");

	if (!stmt)
		return false;
	db_bind_str(stmt, 1, str_of(follower->name));
	db_bind_int(stmt, 2, cx->now);
	return db_run(cx, stmt);
}

bool
followers_set(struct cx *cx, const struct feature *const *features)
{
	if (!db_begin_write(cx))
		return false;
	for (; *features; features++)
		for (const struct follower *at = (*features)->followers; at && at->name; at++)
			if (at->from_now && !cursor_set(cx, at))
				return false;
	return db_commit(cx);
}

bool
followers_run(struct cx *cx, const struct feature *const *features, int64_t *told)
{
	*told = 0;
	for (; *features; features++)
		for (const struct follower *at = (*features)->followers; at && at->name; at++)
			if (!follow(cx, at, told))
				return false;
	return true;
}
