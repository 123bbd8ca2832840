#include "base/test.h"
#include "model/cond_node.h"

enum { TRIES = 20000, TEXT_MAX = 64 };

static void
test_people_write_patterns_with_stars(void **state)
{
	static const struct {
		const char *text, *pattern;
	} cases[] = {
		{ "Müller", "muller" },
		{ "M*ll?r", "m%ll_r" },
		{ "**a**", "%a%" },
		{ "50%", "50\\%" },
		{ "a_b\\c", "a\\_b\\\\c" },
		{ "\\*\\?", "*?" },
		{ "\\\\*", "\\\\%" },
		{ "Straße*", "strasse%" },
		{ " a * b ", "a % b" },
		{ "*\\", "%\\\\" },
		{ "", "" },
		{ " ", "" },
	};
	struct cx *cx = cx_new(&env_real, CX_MEM_DEFAULT);

	(void)state;
	for (size_t i = 0; i < countof(cases); i++)
		assert_str(pattern_of_like(cx->mem, str_of(cases[i].text)), cases[i].pattern);
	assert_str(pattern_around(cx->mem, S("50%_\\")), "%50\\%\\_\\\\%");
	cx_free(&cx);
}

static void
test_patterns_match_as_engines_do(void **state)
{
	static const struct {
		const char *pattern, *key;
		bool matches;
	} cases[] = {
		{ "", "", true },
		{ "", "a", false },
		{ "a", "", false },
		{ "%", "", true },
		{ "%", "abc", true },
		{ "_", "", false },
		{ "_", "a", true },
		{ "_", "日", true },
		{ "_", "ab", false },
		{ "__", "日本", true },
		{ "a%", "a", true },
		{ "a%c", "abcbc", true },
		{ "a%c", "abcb", false },
		{ "%b%", "abc", true },
		{ "%b", "abc", false },
		{ "%a_", "aab", true },
		{ "%_", "日", true },
		{ "%日_", "日日本", true },
		{ "a%b%c", "a_b_b_c_c", true },
		{ "a%b%c", "a_c_b", false },
		{ "\\%", "%", true },
		{ "\\%", "a", false },
		{ "\\_", "a", false },
		{ "\\\\", "\\", true },
		{ "%\\%%", "50% x", true },
		{ "%\\%%", "50 x", false },
		{ "%%%a", "bba", true },
		{ "%a%a%a%a%a%a%b", "aaaaaaaaaaaaaaaaaaaaaaaa", false },
	};

	(void)state;
	for (size_t i = 0; i < countof(cases); i++)
		if (pattern_matches(str_of(cases[i].pattern), str_of(cases[i].key)) !=
		    cases[i].matches)
			fail_msg("%s against %s", cases[i].pattern, cases[i].key);
}

static void
test_the_end_of_a_prefix(void **state)
{
	static const struct {
		const char *prefix, *end;
	} cases[] = {
		{ "a", "b" },
		{ "az", "a{" },
		{ "a\x7f", "a\xc2\x80" },
		{ "é", "ê" },
		{ "\xdf\xbf", "\xe0\xa0\x80" },
		{ "\xed\x9f\xbf", "\xee\x80\x80" },
		{ "\xef\xbf\xbf", "\xf0\x90\x80\x80" },
		{ "a\xf4\x8f\xbf\xbf", "b" },
		{ "\xf4\x8f\xbf\xbf", NULL },
		{ "\xf4\x8f\xbf\xbf\xf4\x8f\xbf\xbf", NULL },
	};
	struct cx *cx = cx_new(&env_real, CX_MEM_DEFAULT);

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		struct str end = { 0 };
		bool found = prefix_end(cx->mem, str_of(cases[i].prefix), &end);

		assert_int_equal(found, cases[i].end != NULL);
		if (found)
			assert_str(end, cases[i].end);
	}
	cx_free(&cx);
}

/* A few characters, near and far, of every length. */
static struct str
random_text(struct env *env, char out[TEXT_MAX])
{
	static const char *const PARTS[] = { "a",
					     "b",
					     "z",
					     "~",
					     "\x7f",
					     "\xc2\x80",
					     "ß",
					     "é",
					     "日",
					     "\xed\x9f\xbf",
					     "\xee\x80\x80",
					     "\xf4\x8f\xbf\xbf" };
	struct buf b = { .p = out, .cap = TEXT_MAX, .max = TEXT_MAX };
	unsigned char dice[4];

	env->random(env, dice, sizeof dice);
	for (int i = 0; i < 1 + dice[3] % 3; i++)
		buf_z(&b, PARTS[dice[i] % countof(PARTS)]);
	return buf_done(&b);
}

static void
test_what_starts_with_a_prefix_lies_before_its_end(void **state)
{
	struct env_fake env;
	struct cx *cx = cx_new(&env_real, CX_MEM_DEFAULT);
	struct arena_mark mark = arena_mark(cx->mem);

	(void)state;
	env_fake_init(&env, 0, 1);
	for (int i = 0; i < TRIES; i++) {
		char room[2][TEXT_MAX];
		struct str prefix = random_text(&env.env, room[0]),
			   text = random_text(&env.env, room[1]), end;
		bool open = !prefix_end(cx->mem, prefix, &end);
		bool inside = str_cmp(text, prefix) >= 0 && (open || str_cmp(text, end) < 0);

		if (inside != str_starts(text, prefix))
			fail_msg("%.*s and the prefix %.*s", STR_FMT(text), STR_FMT(prefix));
		arena_rewind(cx->mem, mark);
	}
	cx_free(&cx);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_people_write_patterns_with_stars),
		cmocka_unit_test(test_patterns_match_as_engines_do),
		cmocka_unit_test(test_the_end_of_a_prefix),
		cmocka_unit_test(test_what_starts_with_a_prefix_lies_before_its_end),
	};

	return cmocka_run_group_tests_name("model/cond_text", tests, NULL, NULL);
}
