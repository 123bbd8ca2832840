#include "record/test_house.h"

static int64_t
make_deal(struct test_house *h)
{
	const struct object *deal = test_object(h, "deal");
	struct change *c = change_new(h->cx, deal, NULL);

	test_ok(h->cx, record_save(h->cx, c));
	return c->after->v[field_find(deal, S("number"))->index].i;
}

static void
numbers(enum test_engine engine)
{
	struct test_house h;

	if (!test_house_open(&h, engine, NULL))
		skip();
	test_ok(h.cx, work_begin(h.cx, S("")));
	assert_int_equal(make_deal(&h), 1);
	assert_int_equal(make_deal(&h), 2);
	test_ok(h.cx, work_savepoint(h.cx) && work_release(h.cx));
	assert_int_equal(make_deal(&h), 3);
	test_ok(h.cx, work_commit(h.cx, NULL));

	/* taken within a savepoint that is taken back: as if it had not been */
	test_house_next(&h);
	test_ok(h.cx, work_begin(h.cx, S("")) && work_savepoint(h.cx));
	assert_int_equal(make_deal(&h), 4);
	test_ok(h.cx, work_rollback_to(h.cx));
	assert_int_equal(make_deal(&h), 4);
	/* taken before it: what it used is not given out again */
	test_ok(h.cx, work_savepoint(h.cx));
	assert_int_equal(make_deal(&h), 5);
	test_ok(h.cx, work_rollback_to(h.cx));
	assert_int_equal(make_deal(&h), 6);
	test_ok(h.cx, work_commit(h.cx, NULL));

	/* taken within a savepoint that is released: kept */
	test_house_next(&h);
	test_ok(h.cx, work_begin(h.cx, S("")) && work_savepoint(h.cx));
	assert_int_equal(make_deal(&h), 7);
	test_ok(h.cx, work_release(h.cx) && work_savepoint(h.cx) && work_rollback_to(h.cx));
	assert_int_equal(make_deal(&h), 8);
	test_ok(h.cx, work_commit(h.cx, NULL));

	/* abandoned: nobody has used it */
	test_house_next(&h);
	test_ok(h.cx, work_begin(h.cx, S("")));
	assert_int_equal(make_deal(&h), 9);
	work_abandon(h.cx);
	test_house_next(&h);
	test_ok(h.cx, work_begin(h.cx, S("")));
	assert_int_equal(make_deal(&h), 9);
	test_ok(h.cx, work_commit(h.cx, NULL));
	test_house_close(&h);
}

static void
test_numbers_follow_each_other(void **state)
{
	(void)state;
	numbers(TEST_SQLITE);
}

static void
test_numbers_follow_each_other_on_postgres(void **state)
{
	(void)state;
	numbers(TEST_POSTGRES);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers_follow_each_other),
		cmocka_unit_test(test_numbers_follow_each_other_on_postgres),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
