#include "base/error.h"

#include "base/test.h"

static int
setup(void **state)
{
	*state = cx_new(&env_real, 1 << 20);
	return 0;
}

static int
teardown(void **state)
{
	struct cx *cx = *state;

	cx_free(&cx);
	assert_null(cx);
	cx_free(&cx);
	return 0;
}

static void
test_every_error_has_its_row(void **state)
{
	(void)state;
	for (int code = 0; code < E__MAX; code++) {
		const struct err_row *row = err_row((enum err_code)code);

		assert_in_range(row->status, 200, 599);
		assert_in_range(row->exit_code, 0, 2);
		assert_int_equal(row->exit_code == 0, code == E_OK);
		assert_true(*row->name && *row->key && *row->text);
		for (int other = 0; other < code; other++)
			assert_string_not_equal(err_row((enum err_code)other)->key, row->key);
	}
}

static void
test_the_first_cause_wins(void **state)
{
	struct cx *cx = *state;

	assert_int_equal(cx->err.code, E_OK);
	assert_false(fail(cx, E_MISSING, "no %s with the number %d", "deal", 7));
	assert_false(fail(cx, E_BUSY, "later"));
	assert_int_equal(cx->err.code, E_MISSING);
	assert_str(cx->err.why, "no deal with the number 7");
	fail_clear(cx);
	assert_int_equal(cx->err.code, E_OK);
	assert_int_equal(cx->err.why.n, 0);
	assert_false(fail(cx, E_BUSY, "later"));
	assert_int_equal(cx->err.code, E_BUSY);
}

static void
test_fields_at_fault_are_kept_in_order(void **state)
{
	struct cx *cx = *state;

	assert_false(fail_field(cx, S("name"), "required", "give a name"));
	assert_false(fail_field(cx, S("age"), "range", "at most %d", 150));
	assert_int_equal(cx->err.code, E_INPUT);
	assert_str(cx->err.fields->field, "name");
	assert_string_equal(cx->err.fields->code, "required");
	assert_str(cx->err.fields->next->field, "age");
	assert_str(cx->err.fields->next->why, "at most 150");
	assert_null(cx->err.fields->next->next);
	fail_clear(cx);
	assert_null(cx->err.fields);
	assert_false(fail(cx, E_FORBIDDEN, NULL));
	assert_false(fail_field(cx, S("name"), "readonly", "no"));
	assert_int_equal(cx->err.code, E_FORBIDDEN);
	assert_non_null(cx->err.fields);
}

static void
test_a_bug_outdoes_other_causes(void **state)
{
	struct cx *cx = *state;

	assert_false(fail(cx, E_INPUT, "input"));
	assert_false(bug(cx, "object %d", 3));
	assert_int_equal(cx->err.code, E_BUG);
	assert_str(cx->err.why, "object 3");
	assert_false(bug(cx, "second"));
	assert_str(cx->err.why, "object 3");
}

static void
test_long_causes_are_cut(void **state)
{
	struct cx *cx = *state;
	char text[5000];

	memset(text, 'x', sizeof text);
	assert_false(fail(cx, E_INPUT, "%.*s", (int)sizeof text, text));
	assert_in_range(cx->err.why.n, 500, 1000);
}

static void
test_a_reset_keeps_what_belongs_to_the_process(void **state)
{
	struct cx *cx = *state;
	struct env_fake fake;

	env_fake_init(&fake, 1000, 1);
	cx->env = &fake.env;
	cx->lang = LANG_DE;
	cx->db = (struct db *)&fake;
	assert_false(fail(cx, E_INPUT, "input"));
	cx_reset(cx);
	assert_int_equal(cx->err.code, E_OK);
	assert_int_equal(cx->now, 1000);
	assert_ptr_equal(cx->db, &fake);
	assert_int_equal(cx->lang, LANG_EN);
	assert_int_equal(arena_used(cx->mem), 0);
	fake.env.wait_ms(&fake.env, 500);
	assert_int_equal(cx->now, 1000);
	cx_tick(cx);
	assert_int_equal(cx->now, 1500);
	assert_int_equal(fake.env.monotonic_us(&fake.env), 1500000);
	cx->db = NULL;
}

static void
test_random_numbers_from_a_seed_repeat(void **state)
{
	struct env_fake a, b, other;
	unsigned char x[3][64], real[2][64];

	(void)state;
	env_fake_init(&a, 0, 5);
	env_fake_init(&b, 0, 5);
	env_fake_init(&other, 0, 6);
	a.env.random(&a.env, x[0], sizeof x[0]);
	b.env.random(&b.env, x[1], sizeof x[1]);
	other.env.random(&other.env, x[2], sizeof x[2]);
	assert_memory_equal(x[0], x[1], sizeof x[0]);
	assert_memory_not_equal(x[0], x[2], sizeof x[0]);
	env_real.random(&env_real, real[0], sizeof real[0]);
	env_real.random(&env_real, real[1], sizeof real[1]);
	assert_memory_not_equal(real[0], real[1], sizeof real[0]);
	assert_true(env_real.now_ms(&env_real) > 1700000000000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_error_has_its_row),
		cmocka_unit_test_setup_teardown(test_the_first_cause_wins, setup, teardown),
		cmocka_unit_test_setup_teardown(test_fields_at_fault_are_kept_in_order, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_a_bug_outdoes_other_causes, setup, teardown),
		cmocka_unit_test_setup_teardown(test_long_causes_are_cut, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_reset_keeps_what_belongs_to_the_process,
						setup, teardown),
		cmocka_unit_test(test_random_numbers_from_a_seed_repeat),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
