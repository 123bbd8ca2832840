#include "record/test_house.h"

#include "base/feature.h"
#include "flow/flow.h"

enum { DAY_MS = 86400000 };

static bool
run_note(struct cx *cx, const struct job *job)
{
	struct change *c = change_new(cx, object_find(cx->model, S("note"), NULL), NULL);

	change_set(c, field_find(c->object, S("body")), value_text(job->body));
	return record_save(cx, c);
}

/* Writes, and fails: nothing of it may stay. */
static bool
run_fail(struct cx *cx, const struct job *job)
{
	return run_note(cx, job) && fail(cx, E_IO, "the printer is out of paper");
}

static bool
run_timer(struct cx *cx, const struct job *job)
{
	return run_note(cx, &(struct job){ .body = job->key.n ? job->key : S("timer") });
}

static const struct job_kind JOBS[] = {
	{ "test.note", .tries = 3, .timeout_s = 60, .run = run_note },
	{ "test.fail", .tries = 3, .timeout_s = 60, .run = run_fail },
	{ "test.timer", .every_s = 86400, .run = run_timer },
	{ 0 }
};

static bool
tell(struct cx *cx, const struct change_rows *changes)
{
	for (size_t i = 0; i < changes->n; i++) {
		struct stmt *stmt;

		if (!changes->v[i].object || !str_eq(changes->v[i].object->name, S("party")))
			continue;
		stmt = db_sql(
			cx, "INSERT INTO sys_setting (name, value, changed_at) VALUES (?1, '1', 0)"
			    " ON CONFLICT (name) DO UPDATE SET value = sys_setting.value || '1'");
		if (!stmt)
			return false;
		db_bind_str(stmt, 1,
			    str_printf(cx->mem, "told.%lld", (long long)changes->v[i].record));
		if (!db_run(cx, stmt))
			return false;
	}
	return true;
}

static const struct follower FOLLOWERS[] = { { "test", tell, "" }, { 0 } };
static const struct feature feature_test = { .name = "test", .jobs = JOBS, .followers = FOLLOWERS };
static const struct feature *const FEATURES[] = { &feature_test, NULL };

#define ENGINES(h)                                                   \
	for (int engine_ = 0; engine_ < TEST_ENGINE__MAX; engine_++) \
		if (test_house_open(&(h), (enum test_engine)engine_, FEATURES))

static void
put(struct test_house *h, const char *kind, const char *key, int64_t run_at)
{
	test_ok(h->cx, work_begin(h->cx, S("")));
	test_ok(h->cx, job_put(h->cx, str_of(kind), str_of(key), run_at, S("from a job")));
	test_ok(h->cx, work_commit(h->cx, NULL));
}

static int64_t
notes(struct test_house *h)
{
	struct query query = { .object = test_object(h, "note") };
	int64_t n;

	test_ok(h->cx, db_begin_read(h->cx));
	test_ok(h->cx, record_count(h->cx, &query, &n));
	db_rollback(h->cx);
	return n;
}

static void
test_job_runs_when_due_and_once(void **state)
{
	struct test_house h;
	int64_t ran;

	(void)state;
	ENGINES(h)
	{
		put(&h, "test.note", "a", h.env.now + 1000);
		put(&h, "test.note", "a", h.env.now + 2000);
		test_ok(h.cx, jobs_run_until(h.cx, FEATURES, h.env.now + 1999, &ran));
		assert_int_equal(ran, 0);
		test_ok(h.cx, jobs_run_until(h.cx, FEATURES, h.env.now + 10000, &ran));
		assert_int_equal(ran, 1);
		assert_int_equal(notes(&h), 1);
		test_house_close(&h);
	}
}

static void
test_failing_job_leaves_nothing_and_dies_after_its_tries(void **state)
{
	struct test_house h;
	struct job_rows dead;
	int64_t ran;

	(void)state;
	ENGINES(h)
	{
		put(&h, "test.fail", "x", h.env.now);
		test_ok(h.cx, jobs_run_until(h.cx, FEATURES, h.env.now + DAY_MS, &ran));
		assert_int_equal(ran, 3);
		assert_int_equal(notes(&h), 0);
		test_ok(h.cx, db_begin_read(h.cx));
		test_ok(h.cx, jobs_list(h.cx, JOB_DEAD, 10, &dead));
		assert_int_equal(dead.n, 1);
		assert_str(dead.v[0].error, "the printer is out of paper");
		db_rollback(h.cx);
		test_ok(h.cx, work_begin(h.cx, S("")));
		test_ok(h.cx, jobs_revive(h.cx, 0));
		test_ok(h.cx, work_commit(h.cx, NULL));
		test_ok(h.cx, jobs_run_until(h.cx, FEATURES, h.env.now + DAY_MS, &ran));
		assert_int_equal(ran, 3);
		test_house_close(&h);
	}
}

static void
test_job_of_a_dead_worker_is_taken_over(void **state)
{
	struct test_house h;
	struct stmt *stmt;
	int64_t ran;

	(void)state;
	ENGINES(h)
	{
		put(&h, "test.note", "x", h.env.now);
		test_ok(h.cx, db_begin_write(h.cx));
		stmt = db_sql(h.cx, "UPDATE sys_job SET state = 'leased', lease_until = ?1");
		db_bind_int(stmt, 1, h.env.now + 60000);
		test_ok(h.cx, db_run(h.cx, stmt));
		test_ok(h.cx, db_commit(h.cx));
		test_ok(h.cx, jobs_run_due(h.cx, FEATURES, &ran));
		assert_int_equal(ran, 0);
		h.env.now += 61000;
		test_house_next(&h);
		test_ok(h.cx, jobs_run_due(h.cx, FEATURES, &ran));
		assert_int_equal(ran, 1);
		assert_int_equal(notes(&h), 1);
		test_house_close(&h);
	}
}

static void
test_timer_runs_every_day(void **state)
{
	struct test_house h;
	int64_t ran;

	(void)state;
	ENGINES(h)
	{
		test_ok(h.cx, timers_set(h.cx, FEATURES));
		test_ok(h.cx, timers_set(h.cx, FEATURES));
		test_ok(h.cx,
			jobs_run_until(h.cx, FEATURES, h.env.now + (int64_t)7 * DAY_MS, &ran));
		assert_int_equal(ran, 7);
		test_house_close(&h);
	}
}

static void
test_follower_is_told_every_change_once(void **state)
{
	struct test_house h;
	struct str told;
	int64_t n;

	(void)state;
	ENGINES(h)
	{
		struct change *c;

		for (int i = 0; i < 3; i++) {
			test_ok(h.cx, work_begin(h.cx, S("")));
			c = change_new(h.cx, test_object(&h, "party"), NULL);
			test_set(c, "name", value_text(S("A")));
			test_ok(h.cx, record_save(h.cx, c));
			test_ok(h.cx, work_commit(h.cx, NULL));
			test_ok(h.cx, followers_run(h.cx, FEATURES, &n));
			test_ok(h.cx, followers_run(h.cx, FEATURES, &n));
			assert_int_equal(n, 0);
		}
		test_ok(h.cx, db_begin_read(h.cx));
		test_ok(h.cx, setting_get(h.cx, S("told.2"), &told));
		assert_str(told, "1");
		test_house_close(&h);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_job_runs_when_due_and_once),
		cmocka_unit_test(test_failing_job_leaves_nothing_and_dies_after_its_tries),
		cmocka_unit_test(test_job_of_a_dead_worker_is_taken_over),
		cmocka_unit_test(test_timer_runs_every_day),
		cmocka_unit_test(test_follower_is_told_every_change_once),
	};

	return cmocka_run_group_tests_name("flow", tests, NULL, NULL);
}
