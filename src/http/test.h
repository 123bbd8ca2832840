/* For tests of pages and calls: a server without a socket, on a throw-away database with the tables
 * of this floor, and a clock that stands still. */
#ifndef KONTOR_HTTP_TEST_H
#define KONTOR_HTTP_TEST_H

#include "base/feature.h"
#include "db/test.h"
#include "http/feature.h"
#include "http/internal.h"
#include "record/internal.h"

struct test_http {
	struct test_db db;
	struct env_fake fake;
	struct cx *cx;
	struct http *http;
	struct request q;
	struct reply r;
};

/* Users 1 (administrator), 2 and 3; 4 is not active; nobody else exists. */
static inline bool
test_actor_load(struct cx *cx, int64_t user_id, const struct actor **out)
{
	struct actor *actor = new(cx->mem, struct actor);

	if (user_id < 1 || user_id > 3)
		return fail(cx, E_AUTH, "This user is not active");
	actor->user_id = user_id;
	actor->login = user_id == 1 ? S("admin") : S("user");
	actor->is_admin = user_id == 1;
	actor->lang = LANG_DE;
	actor->zone = S("Europe/Berlin");
	*out = actor;
	return true;
}

static inline void
test_tables_make(struct cx *cx, const struct feature *feature)
{
	const struct feature *features[] = { &feature_http, feature, NULL };

	assert_true(db_begin_write(cx));
	if (!migrate_system(cx, features) || !db_commit(cx))
		fail_msg("%.*s", STR_FMT(cx->err.why));
}

/* False: skipped. */
static inline bool
test_http_make(struct test_http *t, enum test_engine engine, const struct feature *feature,
	       struct http_options options)
{
	const struct route *lists[] = { feature->routes, feature_http.routes };

	*t = (struct test_http){ 0 };
	if (!test_db_make(&t->db, engine))
		return false;
	env_fake_init(&t->fake, 1700000000000, 1);
	t->cx = cx_new(&t->fake.env, CX_MEM_DEFAULT);
	if (!db_open(t->cx, str_of(t->db.address), (struct db_options){ .unsafe_no_sync = true },
		     &t->cx->db))
		fail_msg("%.*s", STR_FMT(t->cx->err.why));
	test_tables_make(t->cx, feature);
	if (!options.actor_load)
		options.actor_load = test_actor_load;
	if (!options.routes) {
		options.routes = lists;
		options.n_routes = countof(lists);
	}
	options.no_log = true;
	if (!options.password_cost.passes)
		options.password_cost = PASSWORD_COST_TEST;
	if (!http_new(t->cx, &options, &t->http))
		fail_msg("%.*s", STR_FMT(t->cx->err.why));
	reply_init(&t->r);
	return true;
}

static inline void
test_http_drop(struct test_http *t)
{
	reply_fini(&t->r);
	assert_true(http_stop(&t->http));
	db_close(&t->cx->db);
	cx_free(&t->cx);
	test_db_drop(&t->db);
}

/* The next call: `t->cx` begins anew, then add headers and set the body. */
static inline void
test_begin(struct test_http *t)
{
	cx_reset(t->cx);
	reply_reset(&t->r);
	t->q = (struct request){ .address = S("192.0.2.1") };
}

static inline void
test_header(struct test_http *t, const char *name, struct str value)
{
	list_add(t->cx->mem, &t->q.headers,
		 ((struct pair){ str_of(name), str_dup(t->cx->mem, value) }));
}

/* Runs it; the answer is in t->r, of which the status is returned. */
static inline int
test_call(struct test_http *t, enum verb verb, const char *target)
{
	t->q.verb = verb;
	t->q.target = str_dup(t->cx->mem, str_of(target));
	http_dispatch(t->http, t->cx, &t->q, &t->r);
	return t->r.status;
}

static inline struct str
test_reply_header(const struct test_http *t, const char *name)
{
	for (size_t i = 0; i < t->r.headers.n; i++)
		if (str_eq_z(t->r.headers.v[i].name, name))
			return t->r.headers.v[i].value;
	return (struct str){ 0 };
}

/* ---- what tests often do ---- */

#define BODY(t) buf_done(&(t)->r.body)

static inline void
assert_status(struct test_http *t, int want)
{
	if (t->r.status != want)
		fail_msg("%.*s: %d instead of %d: %.*s", STR_FMT(t->q.target), t->r.status, want,
			 STR_FMT(BODY(t)));
}

static inline void
assert_has(struct str text, const char *part)
{
	size_t at;

	if (!str_find(text, str_of(part), &at))
		fail_msg("\"%s\" is not in: %.*s", part, STR_FMT(text));
}

static inline void
get(struct test_http *t, const char *target, int want)
{
	test_begin(t);
	test_call(t, V_GET, target);
	assert_status(t, want);
}

static inline void
get_as(struct test_http *t, const char *bearer, const char *target, int want)
{
	test_begin(t);
	test_header(t, "Authorization", str_printf(t->cx->mem, "Bearer %s", bearer));
	test_call(t, V_GET, target);
	assert_status(t, want);
}

static inline void
token_for(struct test_http *t, int64_t user, const char *scopes, char *out)
{
	struct str text;

	cx_reset(t->cx);
	assert_true(db_begin_write(t->cx));
	assert_true(token_create(t->cx, user, S("test"), str_of(scopes), 0, &text));
	assert_true(db_commit(t->cx));
	snprintf(out, 64, "%.*s", STR_FMT(text));
}

/* The first column of the first row of a literal query. */
#define COUNT(t, literal) (count_begin(t), count_end((t), db_sql((t)->cx, literal)))

static inline void
count_begin(struct test_http *t)
{
	cx_reset(t->cx);
	assert_true(db_begin_read(t->cx));
}

static inline int64_t
count_end(struct test_http *t, struct stmt *stmt)
{
	bool row = false;
	int64_t n;

	assert_non_null(stmt);
	assert_true(db_step(t->cx, stmt, &row) && row);
	n = db_col_int(stmt, 0);
	db_done(stmt);
	db_rollback(t->cx);
	return n;
}

/* ---- a table of cases, run on both engines ---- */

struct http_case {
	const char *title;
	void (*run)(struct test_http *t);
	struct http_options options;
};
#define CASE(name)          \
	{                   \
#name, name \
	}

struct http_run {
	enum test_engine engine;
	const struct http_case *this;
	const struct feature *feature;
};

static inline void
http_case_run(void **state)
{
	const struct http_run *run = *state;
	struct test_http t;

	if (!test_http_make(&t, run->engine, run->feature, run->this->options))
		skip();
	run->this->run(&t);
	test_http_drop(&t);
}

enum { HTTP_CASES_MAX = 60 };

static inline int
http_cases_run(const char *name, const struct feature *feature, const struct http_case *cases,
	       size_t n)
{
	struct CMUnitTest tests[HTTP_CASES_MAX * TEST_ENGINE__MAX] = { 0 };
	struct http_run runs[HTTP_CASES_MAX * TEST_ENGINE__MAX];
	char names[HTTP_CASES_MAX * TEST_ENGINE__MAX][120];
	size_t n_tests = n * TEST_ENGINE__MAX;

	assert_true(n <= HTTP_CASES_MAX);
	for (size_t i = 0; i < n_tests; i++) {
		runs[i] = (struct http_run){ (enum test_engine)(i / n), &cases[i % n], feature };
		snprintf(names[i], sizeof names[i], "%s: %s", test_engine_name(runs[i].engine),
			 runs[i].this->title);
		tests[i] = (struct CMUnitTest){ .name = names[i],
						.test_func = http_case_run,
						.initial_state = &runs[i] };
	}
	return _cmocka_run_group_tests(name, tests, n_tests, NULL, NULL);
}

#endif
