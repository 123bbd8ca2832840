/* For tests of this floor and above: a store in a throw-away database of either engine, with the
 * model that the test writes down. */
#ifndef KONTOR_RECORD_TEST_STORE_H
#define KONTOR_RECORD_TEST_STORE_H

#include "db/test.h"

#include <ftw.h>

#include "record/internal.h"

enum { TEST_MEM = 64 << 20, TEST_DEPTH = 8 };

struct test_store {
	struct test_db place;
	struct env_fake fake;
	struct cx *cx;
	struct db *db;
	struct store *store;
	char folder[40]; /* holds the keyring */
	struct model_text text;
	struct store_options options;
};

static inline void
test_ok(struct cx *cx, bool done)
{
	if (!done)
		fail_msg("%s: %.*s", err_row(cx->err.code)->name, STR_FMT(cx->err.why));
}

/* It failed with this code, and the sentence (or a field's) has the word in it. */
static inline void
test_refused(struct cx *cx, bool done, enum err_code code, const char *word)
{
	bool found = false;
	size_t at;

	if (done)
		fail_msg("not refused, want %s: %s", err_row(code)->name, word);
	found = str_find(cx->err.why, str_of(word), &at);
	for (const struct field_err *e = cx->err.fields; e; e = e->next)
		found = found || str_find(e->why, str_of(word), &at) || str_eq_z(e->field, word);
	if (cx->err.code != code || !found)
		fail_msg("%s: %.*s; want %s: %s", err_row(cx->err.code)->name, STR_FMT(cx->err.why),
			 err_row(code)->name, word);
	fail_clear(cx);
}

/* A new place; false: the engine is not there, skipped.  The store is opened by test_store_open. */
static inline bool
test_store_make(struct test_store *t, enum test_engine engine)
{
	*t = (struct test_store){ 0 };
	if (!test_db_make(&t->place, engine))
		return false;
	memcpy(t->folder, "/tmp/kontor-store-XXXXXX", sizeof "/tmp/kontor-store-XXXXXX");
	assert_non_null(mkdtemp(t->folder));
	env_fake_init(&t->fake, 1500000000000, 1); /* the same each time */
	t->cx = cx_new(&t->fake.env, TEST_MEM);
	return true;
}

/* Try to open with this model; true: then test_store_close.  The unit's actor is the system. */
static inline bool
test_store_try(struct test_store *t, const char *model)
{
	struct db_options options = { .unsafe_no_sync = true };

	t->text = (struct model_text){ S("test.model"), str_of(model), false };
	t->options.texts = &t->text;
	t->options.n_texts = 1;
	t->options.keyring = str_printf(t->cx->mem, "%s/keyring", t->folder);
	if (!t->db) {
		test_ok(t->cx, db_open(t->cx, str_of(t->place.address), options, &t->db));
		t->cx->db = t->db;
	}
	if (!store_open(t->cx, t->options, &t->store))
		return false;
	t->cx->actor = actor_system(t->cx);
	return true;
}

static inline void
test_store_open(struct test_store *t, const char *model)
{
	test_ok(t->cx, test_store_try(t, model));
}

static inline void
test_store_close(struct test_store *t)
{
	store_close(&t->store);
	db_close(&t->db);
	t->cx->db = NULL;
	cx_reset(t->cx);
	t->cx->store = NULL;
}

static inline int
test_remove_one(const char *name, const struct stat *at, int flag, struct FTW *walk)
{
	(void)at, (void)flag, (void)walk;
	return remove(name);
}

static inline void
test_store_drop(struct test_store *t)
{
	if (t->db)
		test_store_close(t);
	test_db_drop(&t->place);
	nftw(t->folder, test_remove_one, TEST_DEPTH, FTW_DEPTH | FTW_PHYS);
	cx_free(&t->cx);
}

/* One integer of a query, in the open unit or one of its own; -1 for NULL or no row. */
static inline int64_t
test_int(struct test_store *t, struct str sql)
{
	bool own = !t->cx->conn, row = false;
	struct stmt *stmt;
	int64_t out = -1;

	if (own)
		test_ok(t->cx, db_begin_read(t->cx));
	stmt = db_prepare(t->cx, sql);
	test_ok(t->cx, stmt && db_step(t->cx, stmt, &row));
	if (row && !db_col_null(stmt, 0))
		out = db_col_int(stmt, 0);
	db_done(stmt);
	if (own)
		db_rollback(t->cx);
	return out;
}

/* The same for a text, in cx->mem; empty for NULL or no row. */
static inline struct str
test_text(struct test_store *t, struct str sql)
{
	bool own = !t->cx->conn, row = false;
	struct stmt *stmt;
	struct str out = S("");

	if (own)
		test_ok(t->cx, db_begin_read(t->cx));
	stmt = db_prepare(t->cx, sql);
	test_ok(t->cx, stmt && db_step(t->cx, stmt, &row));
	if (row)
		out = str_dup(t->cx->mem, db_col_str(stmt, 0));
	db_done(stmt);
	if (own)
		db_rollback(t->cx);
	return out;
}

/* Run statements that write, past the pipeline; ends with NULL. */
static inline void
test_write(struct test_store *t, const char *const *sql)
{
	test_ok(t->cx, db_begin_write(t->cx));
	for (; *sql; sql++) {
		struct stmt *stmt = db_prepare(t->cx, str_of(*sql));

		test_ok(t->cx, stmt && db_run(t->cx, stmt));
	}
	test_ok(t->cx, db_commit(t->cx));
}

/* Each case runs on both engines. */
struct test_case {
	const char *name;
	void (*run)(struct test_store *t);
};

struct test_turn {
	const struct test_case *test;
	enum test_engine engine;
};

static inline void
test_turn_run(void **state)
{
	const struct test_turn *turn = *state;
	struct test_store t;

	if (!test_store_make(&t, turn->engine))
		skip();
	turn->test->run(&t);
	test_store_drop(&t);
}

/* What main returns. */
static inline int
test_cases_run(const char *group, const struct test_case *cases, size_t n)
{
	struct arena *mem = arena_new(TEST_MEM);
	struct CMUnitTest *tests = new_array(mem, n * TEST_ENGINE__MAX, struct CMUnitTest);
	struct test_turn *turns = new_array(mem, n * TEST_ENGINE__MAX, struct test_turn);
	int failed;

	for (size_t i = 0; i < n * TEST_ENGINE__MAX; i++) {
		turns[i] = (struct test_turn){ &cases[i / TEST_ENGINE__MAX],
					       (enum test_engine)(i % TEST_ENGINE__MAX) };
		tests[i] =
			(struct CMUnitTest){ .name = str_printf(mem, "%s: %s",
								test_engine_name(turns[i].engine),
								turns[i].test->name)
							     .p,
					     .test_func = test_turn_run,
					     .initial_state = &turns[i] };
	}
	failed = _cmocka_run_group_tests(group, tests, n * TEST_ENGINE__MAX, NULL, NULL);
	arena_free(&mem);
	return failed;
}

#endif
