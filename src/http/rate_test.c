#include "base/test.h"
#include "http/rate.h"

#define US_PER_S ((int64_t)1000000)

static void
test_a_burst_passes_and_then_the_rate_holds(void **state)
{
	struct rate_table *table = rate_table_new(&env_real, 64);
	struct rate rate = rate_per_minute(60, 3);
	uint64_t key = rate_key(table, S("somebody"));
	int64_t now = 100 * US_PER_S, wait = 0;

	(void)state;
	for (int i = 0; i < 3; i++)
		assert_true(rate_take(table, key, rate, now, &wait));
	assert_false(rate_take(table, key, rate, now, &wait));
	assert_int_equal(wait, US_PER_S);
	assert_false(rate_take(table, key, rate, now + US_PER_S - 1, &wait));
	assert_int_equal(wait, 1);
	assert_true(rate_take(table, key, rate, now + US_PER_S, &wait));
	assert_false(rate_take(table, key, rate, now + US_PER_S, &wait));
	/* somebody else is not concerned */
	assert_true(rate_take(table, rate_key(table, S("other")), rate, now, &wait));
	/* after a long rest the whole burst is there again, and no more */
	now += 3600 * US_PER_S;
	for (int i = 0; i < 3; i++)
		assert_true(rate_take(table, key, rate, now, &wait));
	assert_false(rate_take(table, key, rate, now, &wait));
	rate_table_free(&table);
}

static void
test_no_limit_is_no_limit(void **state)
{
	struct rate_table *table = rate_table_new(&env_real, 4);
	int64_t wait = 0;

	(void)state;
	for (int i = 0; i < 1000; i++)
		assert_true(rate_take(table, 1, rate_per_minute(-1, 5), 0, &wait));
	rate_table_free(&table);
}

/* A flood of strangers cannot make the table grow, and who is over his limit stays so: the least
 * loaded places are pushed out first. */
static void
test_strangers_do_not_push_out_the_offender(void **state)
{
	struct rate_table *table = rate_table_new(&env_real, 64);
	struct rate rate = rate_per_minute(1, 10);
	uint64_t key = rate_key(table, S("offender"));
	int64_t wait = 0;

	(void)state;
	for (int i = 0; i < 10; i++)
		assert_true(rate_take(table, key, rate, US_PER_S, &wait));
	for (uint64_t i = 1; i < 5000; i++)
		assert_true(rate_take(table, key + i, rate, US_PER_S, &wait));
	assert_false(rate_take(table, key, rate, US_PER_S, &wait));
	rate_table_free(&table);
}

struct race {
	struct rate_table *table;
	_Atomic int passed;
};

static void *
racer(void *state)
{
	struct race *race = state;
	int64_t wait;

	for (int i = 0; i < 1000; i++)
		if (rate_take(race->table, 7, rate_per_minute(1, 500), US_PER_S, &wait))
			race->passed++;
	return NULL;
}

static void
test_many_threads_count_exactly(void **state)
{
	struct race race = { rate_table_new(&env_real, 64), 0 };
	pthread_t threads[4];

	(void)state;
	for (size_t i = 0; i < countof(threads); i++)
		assert_int_equal(pthread_create(&threads[i], NULL, racer, &race), 0);
	for (size_t i = 0; i < countof(threads); i++)
		pthread_join(threads[i], NULL);
	/* where two threads take the place at the same time, a few may be counted twice */
	assert_in_range(race.passed, 500, 503);
	rate_table_free(&race.table);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_burst_passes_and_then_the_rate_holds),
		cmocka_unit_test(test_no_limit_is_no_limit),
		cmocka_unit_test(test_strangers_do_not_push_out_the_offender),
		cmocka_unit_test(test_many_threads_count_exactly),
	};

	return cmocka_run_group_tests_name("http/rate", tests, NULL, NULL);
}
