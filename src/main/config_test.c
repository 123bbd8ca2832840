/* Settings as people read them: where each comes from, and without passwords. */
#include "main/config.h"

#include "base/test.h"

static void
test_origin_is_that_of_the_last(void **state)
{
	struct cx *cx = cx_new(&env_real, CX_MEM_DEFAULT);
	struct config config;

	(void)state;
	config_init(&config);
	assert_true(config_set(&config, S("workers"), S("7"), ORIGIN_FILE));
	assert_true(config_set(&config, S("zone"), S("UTC"), ORIGIN_FILE));
	assert_true(config_set(&config, S("zone"), S("Europe/Vienna"), ORIGIN_FLAG));
	assert_false(config_set(&config, S("nonsense"), S("1"), ORIGIN_FLAG));
	assert_int_equal(config_show(cx, &config)[SETTING_workers].origin, ORIGIN_FILE);
	assert_int_equal(config_show(cx, &config)[SETTING_zone].origin, ORIGIN_FLAG);
	assert_int_equal(config_show(cx, &config)[SETTING_listen].origin, ORIGIN_DEFAULT);
	assert_str(config_show(cx, &config)[SETTING_workers].value, "7");
	cx_free(&cx);
}

static void
test_passwords_are_not_shown(void **state)
{
	static const struct {
		const char *value, *shown;
	} cases[] = {
		{ "postgres://kontor:geheim@db:5432/kontor", "postgres://kontor:…@db:5432/kontor" },
		{ "postgres://kontor@db/kontor", "postgres://kontor@db/kontor" },
		{ "postgres://db/kontor", "postgres://db/kontor" },
		{ "postgres://db:5432/kontor?user=a&password=geheim",
		  "postgres://db:5432/kontor?user=a&password…" },
		{ "host=db password = 'sehr geheim' user=a", "host=db password…" },
		{ "", "" },
	};
	struct cx *cx = cx_new(&env_real, CX_MEM_DEFAULT);
	struct config config;

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		config_init(&config);
		assert_true(config_set(&config, S("db"), str_of(cases[i].value), ORIGIN_FILE));
		assert_str(config_show(cx, &config)[SETTING_db].value, cases[i].shown);
	}
	cx_free(&cx);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_origin_is_that_of_the_last),
		cmocka_unit_test(test_passwords_are_not_shown),
	};

	return cmocka_run_group_tests_name("config", tests, NULL, NULL);
}
