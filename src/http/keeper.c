#include "http/internal.h"

#include "base/heap.h"
#include "db/db.h"
#include "http/idempotency.h"
#include "http/tries.h"

enum {
	EVERY_MS = 30000,
	SEEN_MS = 60000, /* how much later than stored a use must be to be told */
	SEEN_MAX = 1000,
	MS_PER_S = 1000,
	MS_PER_HOUR = 3600000,
};

/* ---- what is done ---- */

static bool
seen_session(struct cx *cx, const struct identity *who)
{
	struct stmt *stmt =
		db_sql(cx, "UPDATE sys_session SET seen_at = ?1 WHERE hash = ?2 AND seen_at < ?1");

	if (!stmt)
		return false;
	db_bind_int(stmt, 1, who->seen_at);
	db_bind_blob(stmt, 2, (struct str){ (const char *)who->hash, IDENTITY_HASH });
	return db_run(cx, stmt);
}

static bool
seen_token(struct cx *cx, const struct identity *who)
{
	struct stmt *stmt =
		db_sql(cx, "UPDATE sys_token SET seen_at = ?1 WHERE id = ?2 AND seen_at < ?1");

	if (!stmt)
		return false;
	db_bind_int(stmt, 1, who->seen_at);
	db_bind_int(stmt, 2, who->id);
	return db_run(cx, stmt);
}

static bool
delete_sessions(struct cx *cx, int64_t idle_since)
{
	struct stmt *stmt =
		db_sql(cx, "DELETE FROM sys_session WHERE expires_at <= ?1 OR seen_at <= ?2");

	if (!stmt)
		return false;
	db_bind_int(stmt, 1, cx->now);
	db_bind_int(stmt, 2, idle_since);
	return db_run(cx, stmt);
}

static bool
delete_answers(struct cx *cx)
{
	struct stmt *stmt = db_sql(cx, "DELETE FROM sys_idempotency WHERE at <= ?1");

	if (!stmt)
		return false;
	db_bind_int(stmt, 1, cx->now - (int64_t)IDEMPOTENCY_HOURS * MS_PER_HOUR);
	return db_run(cx, stmt);
}

static bool
keep_house(struct http *http, struct cx *cx, const struct identity *seen, size_t n)
{
	int64_t idle_since = cx->now - http->options.session_idle_s * MS_PER_S - SEEN_MS;

	for (size_t i = 0; i < n; i++)
		if (!(seen[i].is_token ? seen_token(cx, &seen[i]) : seen_session(cx, &seen[i])))
			return false;
	return delete_sessions(cx, idle_since) && delete_answers(cx) && tries_forget(cx);
}

bool
http_keep_house(struct http *http, struct cx *cx)
{
	struct identity *seen = NULL;
	size_t n = identity_take_seen(http->identities, cx->mem, SEEN_MS, SEEN_MAX, &seen);

	if (!db_begin_write(cx))
		return false;
	if (!keep_house(http, cx, seen, n) || !db_commit(cx)) {
		db_rollback(cx);
		return false;
	}
	return true;
}

/* ---- the thread that does it ---- */

struct keeper {
	struct task task;
	struct http *http;
	struct cx *cx;
	struct crew *crew;
	struct gate *end; /* one place, vacant when it is time to end */
};

static void
keeper_run(struct task *task)
{
	struct keeper *keeper = (struct keeper *)task;

	while (!gate_enter(keeper->end, keeper->http->env, EVERY_MS)) {
		cx_reset(keeper->cx);
		if (setjmp(*arena_guard(keeper->cx->mem))) {
			db_rollback(keeper->cx);
			continue;
		}
		if (!http_keep_house(keeper->http, keeper->cx))
			http_log_failure(keeper->cx, "housekeeping");
	}
}

bool
keeper_start(struct http *http, struct cx *cx, struct keeper **out)
{
	struct keeper *keeper = heap_new(sizeof *keeper);

	keeper->task.run = keeper_run;
	keeper->http = http;
	keeper->cx = cx_new(http->env, CX_MEM_DEFAULT);
	keeper->cx->db = http->db;
	keeper->cx->store = http->store;
	keeper->end = gate_new(0);
	if (!crew_start(cx, 1, &keeper->crew)) {
		keeper_stop(&keeper);
		return false;
	}
	crew_add(keeper->crew, &keeper->task);
	*out = keeper;
	return true;
}

void
keeper_stop(struct keeper **at)
{
	struct keeper *keeper = *at;

	if (!keeper)
		return;
	gate_leave(keeper->end);
	crew_stop(&keeper->crew);
	gate_free(&keeper->end);
	cx_free(&keeper->cx);
	heap_free(keeper);
	*at = NULL;
}
