#include "flow/flow.h"

#include "base/feature.h"
#include "base/log.h"
#include "db/db.h"

enum {
	BACKOFF_FIRST_S = 15,
	BACKOFF_MAX_S = 6 * 3600,
	TRIES_DEFAULT = 8,
	TIMEOUT_DEFAULT_S = 60,
	S_IN_MS = 1000
};

const char *const JOB_STATES[JOB_STATE__MAX] = { "ready", "leased", "dead" };

bool
job_put(struct cx *cx, struct str kind, struct str key, int64_t run_at, struct str body)
{
	struct stmt *stmt = db_sql(
		cx,
		"INSERT INTO sys_job (kind, key, state, run_at, lease_until, owner, tries, body,"
		" created_at, changed_at) VALUES (?1, ?2, 'ready', ?3, 0, '', 0, ?4, ?5, ?5)"
		" ON CONFLICT (kind, key) DO UPDATE SET state = 'ready', run_at = excluded.run_at,"
		" body = excluded.body, tries = 0, changed_at = excluded.changed_at");

	if (!stmt)
		return false;
	db_bind_str(stmt, 1, kind);
	db_bind_str(stmt, 2, key);
	db_bind_int(stmt, 3, run_at);
	db_bind_str(stmt, 4, body);
	db_bind_int(stmt, 5, cx->now);
	return db_run(cx, stmt);
}

bool
job_drop(struct cx *cx, struct str kind, struct str key)
{
	struct stmt *stmt = db_sql(cx, "DELETE FROM sys_job WHERE kind = ?1 AND key = ?2");

	if (!stmt)
		return false;
	db_bind_str(stmt, 1, kind);
	db_bind_str(stmt, 2, key);
	return db_run(cx, stmt);
}

static const struct job_kind *
kind_find(const struct feature *const *features, struct str name)
{
	for (; *features; features++)
		for (const struct job_kind *at = (*features)->jobs; at && at->name; at++)
			if (str_eq_z(name, at->name))
				return at;
	return NULL;
}

/* ---- claiming ---- */

struct claimed {
	struct job job;
	struct str kind;
	int64_t lease;
};
struct claims {
	struct claimed *v;
	size_t n, cap;
};

/* Each job is claimed for the longest time that any kind takes; its own counts when it runs. */
static int64_t
longest_ms(const struct feature *const *features)
{
	int64_t longest = TIMEOUT_DEFAULT_S;

	for (; *features; features++)
		for (const struct job_kind *at = (*features)->jobs; at && at->name; at++)
			if (at->timeout_s > longest)
				longest = at->timeout_s;
	return longest * S_IN_MS;
}

/* Shared text, without row locks: a second worker that meets a claimed row checks its state again
 * and gets nothing. */
static bool
claim(struct cx *cx, int64_t lease_ms, struct claims *out)
{
	struct stmt *stmt = db_sql(
		cx,
		"UPDATE sys_job SET state = 'leased', owner = ?1, lease_until = ?2, changed_at = ?3"
		" WHERE id IN (SELECT j.id FROM sys_job j WHERE (j.state = 'ready' AND j.run_at <= ?3)"
		" OR (j.state = 'leased' AND j.lease_until < ?3) ORDER BY j.run_at, j.id LIMIT ?4)"
		" AND ((state = 'ready' AND run_at <= ?3) OR (state = 'leased' AND lease_until < ?3))"
		" RETURNING id, kind, key, body, tries, lease_until");
	bool more;

	if (!stmt)
		return false;
	db_bind_str(stmt, 1, cx->request_id);
	db_bind_int(stmt, 2, cx->now + lease_ms);
	db_bind_int(stmt, 3, cx->now);
	db_bind_int(stmt, 4, JOBS_AT_ONCE);
	while (db_step(cx, stmt, &more)) {
		struct claimed at = { 0 };

		if (!more)
			return true;
		at.job.id = db_col_int(stmt, 0);
		at.kind = str_dup(cx->mem, db_col_str(stmt, 1));
		at.job.key = str_dup(cx->mem, db_col_str(stmt, 2));
		at.job.body = str_dup(cx->mem, db_col_str(stmt, 3));
		at.job.tries = db_col_int(stmt, 4);
		at.lease = db_col_int(stmt, 5);
		list_add(cx->mem, out, at);
	}
	return false;
}

/* ---- running ---- */

static bool
job_done(struct cx *cx, const struct claimed *at, const struct job_kind *kind)
{
	struct stmt *stmt =
		kind->every_s
			? db_sql(cx, "UPDATE sys_job SET state = 'ready', run_at = ?3, tries = 0,"
				     " error = '' WHERE id = ?1 AND lease_until = ?2"
				     " AND state = 'leased'")
			: db_sql(cx, "DELETE FROM sys_job WHERE id = ?1 AND lease_until = ?2"
				     " AND state = 'leased'");

	if (!stmt)
		return false;
	db_bind_int(stmt, 1, at->job.id);
	db_bind_int(stmt, 2, at->lease);
	if (kind->every_s)
		db_bind_int(stmt, 3, cx->now + kind->every_s * S_IN_MS);
	return db_run(cx, stmt);
}

static int64_t
backoff_ms(int64_t tries)
{
	int64_t s = BACKOFF_FIRST_S;

	for (int64_t i = 0; i < tries && s < BACKOFF_MAX_S; i++)
		s *= 2;
	return (s < BACKOFF_MAX_S ? s : BACKOFF_MAX_S) * S_IN_MS;
}

/* A timer never dies: it is tried again at its next time. */
static bool
job_failed(struct cx *cx, const struct claimed *at, const struct job_kind *kind, struct str why)
{
	int tries = kind && kind->tries ? kind->tries : TRIES_DEFAULT;
	bool is_timer = kind && kind->every_s;
	bool is_dead = !kind || (at->job.tries + 1 >= tries && !is_timer);
	struct stmt *stmt = db_sql(
		cx, "UPDATE sys_job SET state = ?3, run_at = ?4, tries = tries + 1, error = ?5,"
		    " changed_at = ?6 WHERE id = ?1 AND lease_until = ?2 AND state = 'leased'");

	if (!stmt)
		return false;
	db_bind_int(stmt, 1, at->job.id);
	db_bind_int(stmt, 2, at->lease);
	db_bind_str(stmt, 3, str_of(JOB_STATES[is_dead ? JOB_DEAD : JOB_READY]));
	db_bind_int(stmt, 4,
		    cx->now + (is_timer ? kind->every_s * S_IN_MS : backoff_ms(at->job.tries)));
	db_bind_str(stmt, 5, str_first(why, JOB_ERROR_MAX));
	db_bind_int(stmt, 6, cx->now);
	return db_run(cx, stmt);
}

static void
unit_begin(struct cx *cx, struct cx *from)
{
	cx_reset(cx);
	cx->now = from->now;
	cx->zone = from->zone;
	cx->lang = from->lang;
	cx->door = S("job");
	cx->request_id = from->request_id;
	store_model(cx);
	cx->actor = actor_system(cx);
}

/* What the job did and that it is done are one transaction; a failure is noted in another. */
static bool
job_run(struct cx *cx, const struct claimed *at, const struct job_kind *kind)
{
	bool ok = kind ? work_begin(cx, at->kind) && kind->run(cx, &at->job) &&
				  job_done(cx, at, kind) && work_commit(cx, NULL)
		       : fail(cx, E_MISSING, "There is no job of the kind %.*s", STR_FMT(at->kind));
	struct str why;

	if (ok)
		return true;
	work_abandon(cx);
	db_rollback(cx);
	why = cx->err.why.n ? cx->err.why : str_of(err_row(cx->err.code)->text);
	fail_clear(cx);
	return work_begin(cx, at->kind) && job_failed(cx, at, kind, why) && work_commit(cx, NULL);
}

static bool
jobs_run_claimed(struct cx *cx, const struct feature *const *features, const struct claims *claims)
{
	struct cx *unit = cx_new(cx->env, CX_MEM_DEFAULT);
	bool ok = true;

	unit->db = cx->db;
	unit->store = cx->store;
	for (size_t i = 0; ok && i < claims->n; i++) {
		unit_begin(unit, cx);
		ok = job_run(unit, &claims->v[i], kind_find(features, claims->v[i].kind));
		if (!ok)
			fail(cx, unit->err.code, "%.*s", STR_FMT(unit->err.why));
		work_abandon(unit);
		db_rollback(unit);
	}
	cx_free(&unit);
	return ok;
}

bool
jobs_run_due(struct cx *cx, const struct feature *const *features, int64_t *ran)
{
	struct claims claims = { 0 };

	if (!db_begin_write(cx) || !claim(cx, longest_ms(features), &claims) || !db_commit(cx)) {
		db_rollback(cx);
		return false;
	}
	*ran = (int64_t)claims.n;
	return jobs_run_claimed(cx, features, &claims);
}

static bool
next_due(struct cx *cx, int64_t until, int64_t *out)
{
	struct stmt *stmt;
	bool row;

	*out = -1;
	if (!db_begin_read(cx))
		return false;
	stmt = db_sql(
		cx,
		"SELECT run_at FROM sys_job WHERE state = 'ready' AND run_at <= ?1 ORDER BY run_at LIMIT 1");
	if (!stmt)
		return false;
	db_bind_int(stmt, 1, until);
	if (!db_step(cx, stmt, &row))
		return false;
	if (row)
		*out = db_col_int(stmt, 0);
	db_done(stmt);
	db_rollback(cx);
	return true;
}

bool
jobs_run_until(struct cx *cx, const struct feature *const *features, int64_t until, int64_t *ran)
{
	*ran = 0;
	for (;;) {
		int64_t due, n;

		if (!next_due(cx, until, &due))
			return false;
		if (due < 0)
			return true;
		if (due > cx->now)
			cx->env->wait_ms(cx->env, due - cx->now);
		cx_tick(cx);
		if (!jobs_run_due(cx, features, &n))
			return false;
		*ran += n;
	}
}

bool
timers_set(struct cx *cx, const struct feature *const *features)
{
	if (!db_begin_write(cx))
		return false;
	for (; *features; features++)
		for (const struct job_kind *at = (*features)->jobs; at && at->name; at++) {
			struct stmt *stmt;

			if (!at->every_s)
				continue;
			stmt = db_sql(
				cx,
				"INSERT INTO sys_job (kind, key, state, run_at, lease_until, owner, tries,"
				" body, created_at, changed_at) VALUES (?1, '', 'ready', ?2, 0, '', 0, '',"
				" ?3, ?3) ON CONFLICT (kind, key) DO NOTHING");
			if (!stmt)
				return false;
			db_bind_str(stmt, 1, str_of(at->name));
			db_bind_int(stmt, 2, cx->now + at->every_s * S_IN_MS);
			db_bind_int(stmt, 3, cx->now);
			if (!db_run(cx, stmt))
				return false;
		}
	return db_commit(cx);
}

/* ---- for operators ---- */

bool
jobs_list(struct cx *cx, enum job_state state, int64_t limit, struct job_rows *out)
{
	struct stmt *stmt = db_sql(
		cx, "SELECT id, kind, key, state, run_at, tries, changed_at, coalesce(error, '')"
		    " FROM sys_job WHERE state = ?1 OR ?1 = '' ORDER BY run_at, id LIMIT ?2");
	bool more;

	*out = (struct job_rows){ 0 };
	if (!stmt)
		return false;
	db_bind_str(stmt, 1, state < JOB_STATE__MAX ? str_of(JOB_STATES[state]) : S(""));
	db_bind_int(stmt, 2, limit);
	while (db_step(cx, stmt, &more)) {
		struct job_row row = { 0 };

		if (!more)
			return true;
		row.id = db_col_int(stmt, 0);
		row.kind = str_dup(cx->mem, db_col_str(stmt, 1));
		row.key = str_dup(cx->mem, db_col_str(stmt, 2));
		row.state = str_dup(cx->mem, db_col_str(stmt, 3));
		row.run_at = db_col_int(stmt, 4);
		row.tries = db_col_int(stmt, 5);
		row.changed_at = db_col_int(stmt, 6);
		row.error = str_dup(cx->mem, db_col_str(stmt, 7));
		list_add(cx->mem, out, row);
	}
	return false;
}

bool
jobs_revive(struct cx *cx, int64_t id)
{
	struct stmt *stmt = db_sql(
		cx, "UPDATE sys_job SET state = 'ready', tries = 0, run_at = ?2, changed_at = ?2"
		    " WHERE state = 'dead' AND (id = ?1 OR ?1 = 0)");

	if (!stmt)
		return false;
	db_bind_int(stmt, 1, id);
	db_bind_int(stmt, 2, cx->now);
	if (!db_run(cx, stmt))
		return false;
	return db_changes(stmt) || !id ||
	       fail(cx, E_MISSING, "There is no dead job %lld", (long long)id);
}
