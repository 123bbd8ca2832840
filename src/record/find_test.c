/* Which records come into question for words, before they are looked at. */
#include "record/test_house.h"

enum { MANY = ID_SET_MAX + 5 };

static void
make(struct test_house *h, const char *name, const char *email, int n)
{
	test_ok(h->cx, work_begin(h->cx, S("")));
	for (int i = 0; i < n; i++) {
		struct change *c = change_new(h->cx, test_object(h, "party"), NULL);

		test_set(c, "name", value_text(str_of(name)));
		if (email)
			test_set(c, "email", value_text(str_of(email)));
		test_ok(h->cx, record_save(h->cx, c));
	}
	test_ok(h->cx, work_commit(h->cx, NULL));
	test_house_next(h);
}

static const struct {
	const char *words;
	bool in_title;
	size_t n;
	bool more;
} CASES[] = {
	{ "hasel", false, 3, false },
	{ "hasel", true, 3, false },
	{ "Haselnüsse", false, 0, false },
	{ "anna hasel", false, 3, false },
	{ "nusshandel", false, 2, false },
	{ "nusshandel", true, 0, false },
	{ "viel", false, ID_SET_MAX, true },
	{ "viel", true, ID_SET_MAX, true },
	{ "viel berta", false, 0, false },
	{ "", false, 0, true },
	{ "berta nusshandel", false, 2, false },
};

static void
look(struct test_house *h)
{
	const struct object *party = test_object(h, "party");
	struct query query = { .object = party };
	struct id_set set;

	test_ok(h->cx, db_begin_read(h->cx));
	for (size_t i = 0; i < countof(CASES); i++) {
		test_ok(h->cx, record_candidates(h->cx, party, str_of(CASES[i].words),
						 CASES[i].in_title, &set));
		if (set.n != CASES[i].n || set.more != CASES[i].more)
			fail_msg("%s: %zu%s", CASES[i].words, set.n, set.more ? " and more" : "");
	}
	test_ok(h->cx, cond_parse(h->cx, h->cx->mem, h->cx->model, party, S("name starts \"b\""),
				  NULL, &query.where));
	test_ok(h->cx, record_ids(h->cx, &query, &set));
	assert_int_equal(set.n, 2);
	assert_false(set.more);
	query.where = NULL;
	test_ok(h->cx, record_ids(h->cx, &query, &set));
	assert_int_equal(set.n, ID_SET_MAX);
	assert_true(set.more);
	db_rollback(h->cx);
}

static void
test_candidates_are_all_or_there_are_more(void **state)
{
	struct test_house h;

	(void)state;
	for (int engine = 0; engine < TEST_ENGINE__MAX; engine++) {
		if (!test_house_open(&h, (enum test_engine)engine, NULL))
			continue;
		make(&h, "Anna Haselnuss", NULL, 3);
		make(&h, "Berta", "info@nusshandel.example", 2);
		make(&h, "Viele", NULL, MANY);
		look(&h);
		test_house_close(&h);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_candidates_are_all_or_there_are_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
