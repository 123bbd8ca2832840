#include "base/hint.h"

#include "base/cx.h"
#include "base/test.h"

static const struct {
	const char *word, *want;
} cases[] = {
	{ "sector", "" },
	{ "indutsry", " (did you mean industry?)" },
	{ "industri", " (did you mean industry?)" },
	{ "nam", " (did you mean name?)" },
	{ "n", "" },
	{ "", "" },
	{ "a_word_that_is_longer_than_any_word_that_is_known_here", "" },
};

static void
test_the_nearest_word_is_named(void **state)
{
	struct arena *mem = arena_new(1 << 20);

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		struct hint hint = hint_for(str_of(cases[i].word));

		hint_offer(&hint, S("industry"));
		hint_offer(&hint, S("name"));
		hint_offer(&hint, S("names"));
		assert_string_equal(hint_text(NULL, mem, &hint), cases[i].want);
	}
	arena_free(&mem);
}

static void
test_a_hint_is_in_the_language_of_the_unit(void **state)
{
	struct cx *cx = cx_new(&env_real, CX_MEM_DEFAULT);
	struct hint hint = hint_for(S("indutsry"));

	(void)state;
	hint_offer(&hint, S("industry"));
	cx->lang = LANG_DE;
	assert_string_equal(hint_text(cx, cx->mem, &hint), " (meinten Sie industry?)");
	assert_string_equal(hint_text(NULL, cx->mem, &hint), " (did you mean industry?)");
	cx_free(&cx);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_nearest_word_is_named),
		cmocka_unit_test(test_a_hint_is_in_the_language_of_the_unit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
