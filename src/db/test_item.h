/* For the tests of db/ alone: an open database with one table, `item`. */
#ifndef KONTOR_DB_TEST_ITEM_H
#define KONTOR_DB_TEST_ITEM_H

#include "db/test.h"

static inline struct cx *
opened(struct test_db *t, struct db_options options)
{
	struct cx *cx = cx_new(&env_real, CX_MEM_DEFAULT);

	if (!db_open(cx, str_of(t->address), options, &cx->db))
		fail_msg("cannot open: %.*s", STR_FMT(cx->err.why));
	return cx;
}

static inline void
closed(struct cx **cx)
{
	db_rollback(*cx);
	db_close(&(*cx)->db);
	cx_free(cx);
}

#define ok(cx, call)                                                                  \
	do {                                                                          \
		if (!(call))                                                          \
			fail_msg("%s: %s: %.*s", #call, err_row((cx)->err.code)->key, \
				 STR_FMT((cx)->err.why));                             \
	} while (0)

#define refused(cx, call, want)                                                      \
	do {                                                                         \
		if (call)                                                            \
			fail_msg("%s: was not refused", #call);                      \
		if ((cx)->err.code != (want))                                        \
			fail_msg("%s: %s instead of %s: %.*s", #call,                \
				 err_row((cx)->err.code)->name, err_row(want)->name, \
				 STR_FMT((cx)->err.why));                            \
		assert_true((cx)->err.why.n > 0);                                    \
		fail_clear(cx);                                                      \
	} while (0)

/* A table with one column of each class, spelled by the dialect. */
static inline void
make_table(struct cx *cx, const char *name)
{
	const struct dialect *d = db_dialect(cx->db);
	struct str sql =
		str_printf(cx->mem, "CREATE TABLE \"%s\" (id %s, n %s, r %s, t %s UNIQUE, b %s)%s",
			   name, d->primary_key, d->types[STORE_INT], d->types[STORE_REAL],
			   d->types[STORE_TEXT], d->types[STORE_BLOB], d->table_suffix);

	ok(cx, db_begin_write(cx));
	ok(cx, db_ddl(cx, sql));
	ok(cx, db_commit(cx));
}

static inline bool
insert(struct cx *cx, int64_t n, const char *t)
{
	struct stmt *stmt = db_sql(cx, "INSERT INTO item (n, t) VALUES (?1, ?2)");

	if (!stmt)
		return false;
	db_bind_int(stmt, 1, n);
	if (t)
		db_bind_str(stmt, 2, str_of(t));
	return db_run(cx, stmt);
}

static inline int64_t
one_int(struct cx *cx, const char *sql)
{
	struct stmt *stmt = db_prepare(cx, str_of(sql));
	int64_t value;
	bool row = false;

	if (!stmt || !db_step(cx, stmt, &row) || !row) {
		fail_msg("%s: %.*s", sql, STR_FMT(cx->err.why));
		return 0;
	}
	value = db_col_int(stmt, 0);
	db_done(stmt);
	return value;
}

static inline int64_t
count_items(struct cx *cx)
{
	int64_t n;

	ok(cx, db_begin_read(cx));
	n = one_int(cx, "SELECT count(*) FROM item");
	db_rollback(cx);
	return n;
}

/* ---- a table of cases, run on both engines ------------------------------------------------- */

struct both_engines {
	const char *title;
	void (*run)(struct test_db *t);
};

enum { BOTH_MAX = 100, TITLE_MAX = 120 };

struct both_case {
	enum test_engine engine;
	void (*run)(struct test_db *t);
};

static inline void
run_case_of_both(void **state)
{
	const struct both_case *this = *state;
	struct test_db t;

	if (!test_db_make(&t, this->engine))
		skip();
	this->run(&t);
	test_db_drop(&t);
}

/* The program's exit code. */
static inline int
run_on_both(const char *name, const struct both_engines *rows, size_t n)
{
	struct CMUnitTest tests[BOTH_MAX] = { 0 };
	struct both_case cases[BOTH_MAX];
	char titles[BOTH_MAX][TITLE_MAX];
	size_t n_tests = n * TEST_ENGINE__MAX;

	for (size_t i = 0; i < n_tests && i < BOTH_MAX; i++) {
		cases[i] = (struct both_case){ (enum test_engine)(i / n), rows[i % n].run };
		snprintf(titles[i], TITLE_MAX, "%s: %s", test_engine_name(cases[i].engine),
			 rows[i % n].title);
		tests[i] = (struct CMUnitTest){ .name = titles[i],
						.test_func = run_case_of_both,
						.initial_state = &cases[i] };
	}
	return _cmocka_run_group_tests(name, tests, n_tests < BOTH_MAX ? n_tests : BOTH_MAX, NULL,
				       NULL);
}

#endif
