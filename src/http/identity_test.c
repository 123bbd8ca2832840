#include "base/test.h"
#include "http/identity.h"

static struct identity
somebody(uint64_t n, bool is_token, int64_t now)
{
	struct identity who = { .is_token = is_token,
				.id = (int64_t)n,
				.user_id = (int64_t)n % 10,
				.seen_at = now,
				.stored_at = now,
				.checked_at = now };

	memcpy(who.hash, &n, sizeof n);
	return who;
}

static void
put(struct identity_cache *cache, const struct identity *who)
{
	struct identity out;
	uint64_t epoch = 0;

	if (!identity_get(cache, who->hash, INT64_MAX, 0, &out, &epoch))
		identity_put(cache, who, epoch);
}

static bool
has(struct identity_cache *cache, uint64_t n, int64_t since)
{
	struct identity who = somebody(n, false, 0), out;
	uint64_t epoch;

	return identity_get(cache, who.hash, since, since, &out, &epoch);
}

static void
test_believed_until_it_is_time_to_ask_again(void **state)
{
	struct identity_cache *cache = identity_cache_new(100);
	struct identity who = somebody(5, false, 1000);

	(void)state;
	assert_false(has(cache, 5, 0));
	put(cache, &who);
	assert_true(has(cache, 5, 1000));
	assert_false(has(cache, 5, 1001));
	assert_false(has(cache, 6, 0));
	identity_cache_free(&cache);
}

static void
test_what_is_dropped_is_gone_at_once(void **state)
{
	struct identity_cache *cache = identity_cache_new(1000);

	(void)state;
	for (uint64_t n = 0; n < 40; n++) {
		struct identity who = somebody(n, n >= 20, 1000);

		put(cache, &who);
	}
	identity_drop(cache, somebody(3, false, 0).hash);
	assert_false(has(cache, 3, 1000));
	assert_true(has(cache, 4, 1000));
	identity_drop_user(cache, 7); /* sessions 7 and 17; not the tokens 27 and 37 */
	assert_false(has(cache, 7, 1000));
	assert_false(has(cache, 17, 1000));
	assert_true(has(cache, 27, 1000));
	identity_drop_token(cache, 31); /* not session 11 */
	assert_false(has(cache, 31, 1000));
	assert_true(has(cache, 11, 1000));
	identity_cache_free(&cache);
}

/* Somebody reads a session from the database; before he remembers it, it is ended. */
static void
test_a_drop_in_between_prevents_remembering(void **state)
{
	struct identity_cache *cache = identity_cache_new(100);
	struct identity who = somebody(5, false, 1000), out;
	uint64_t epoch = 0;

	(void)state;
	assert_false(identity_get(cache, who.hash, 0, 0, &out, &epoch));
	identity_drop(cache, who.hash);
	identity_put(cache, &who, epoch);
	assert_false(has(cache, 5, 0));
	assert_false(identity_get(cache, who.hash, 0, 0, &out, &epoch));
	identity_drop_user(cache, 99);
	identity_put(cache, &who, epoch);
	assert_false(has(cache, 5, 0));
	identity_cache_free(&cache);
}

static void
test_the_table_does_not_grow(void **state)
{
	struct identity_cache *cache = identity_cache_new(64);
	size_t kept = 0;

	(void)state;
	for (uint64_t n = 0; n < 10000; n++) {
		struct identity who = somebody(n, false, 1000 + (int64_t)n);

		put(cache, &who);
	}
	for (uint64_t n = 0; n < 10000; n++)
		kept += has(cache, n, 0);
	assert_in_range(kept, 64, 1000);
	assert_true(has(cache, 9999, 0)); /* the newest stay */
	identity_cache_free(&cache);
}

static void
test_use_is_told_once(void **state)
{
	struct cx *cx = cx_new(&env_real, CX_MEM_DEFAULT);
	struct identity_cache *cache = identity_cache_new(100);
	struct identity who = somebody(5, false, 1000), *seen = NULL;

	(void)state;
	put(cache, &who);
	assert_int_equal(identity_take_seen(cache, cx->mem, 60, 10, &seen), 0);
	assert_true(has(cache, 5, 1000)); /* used at 1000 */
	who.checked_at = 2000;
	put(cache, &who);
	assert_true(has(cache, 5, 1900));
	assert_int_equal(identity_take_seen(cache, cx->mem, 60, 10, &seen), 1);
	assert_int_equal(seen[0].seen_at, 1900);
	assert_int_equal(identity_take_seen(cache, cx->mem, 60, 10, &seen), 0);
	identity_cache_free(&cache);
	cx_free(&cx);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_believed_until_it_is_time_to_ask_again),
		cmocka_unit_test(test_what_is_dropped_is_gone_at_once),
		cmocka_unit_test(test_a_drop_in_between_prevents_remembering),
		cmocka_unit_test(test_the_table_does_not_grow),
		cmocka_unit_test(test_use_is_told_once),
	};

	return cmocka_run_group_tests_name("http/identity", tests, NULL, NULL);
}
