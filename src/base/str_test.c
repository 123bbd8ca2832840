#include "base/str.h"

#include "base/test.h"

static int
setup(void **state)
{
	*state = arena_new(1 << 20);
	return 0;
}

static int
teardown(void **state)
{
	struct arena *mem = *state;

	arena_free(&mem);
	return 0;
}

static void
test_copies(void **state)
{
	struct str copy = str_dup(*state, S("a\0b"));

	assert_int_equal(copy.n, 3);
	assert_memory_equal(copy.p, "a\0b", 4);
	assert_string_equal(str_z(*state, str_first(S("abcdef"), 3)), "abc");
	assert_string_equal(str_z(*state, (struct str){ 0 }), "");
	assert_int_equal(str_of(NULL).n, 0);
	assert_int_equal(str_of("abc").n, 3);
	assert_str(str_printf(*state, "%d-%.*s", 7, STR_FMT(S("xyz"))), "7-xyz");
	assert_str(str_printf(*state, "%s", ""), "");
}

static void
test_comparing(void **state)
{
	static const struct {
		struct str a, b;
		int order;
	} rows[] = {
		{ S_INIT(""), S_INIT(""), 0 },       { S_INIT("a"), S_INIT("a"), 0 },
		{ S_INIT("a"), S_INIT("b"), -1 },    { S_INIT("a"), S_INIT("ab"), -1 },
		{ S_INIT(""), S_INIT("a"), -1 },     { S_INIT("a\0b"), S_INIT("a\0c"), -1 },
		{ S_INIT("z"), S_INIT("\xc3"), -1 }, { { NULL, 0 }, S_INIT(""), 0 },
	};

	(void)state;
	for (size_t i = 0; i < countof(rows); i++) {
		int there = str_cmp(rows[i].a, rows[i].b), back = str_cmp(rows[i].b, rows[i].a);

		if ((there > 0) - (there < 0) != rows[i].order ||
		    (back > 0) - (back < 0) != -rows[i].order ||
		    str_eq(rows[i].a, rows[i].b) != !rows[i].order ||
		    str_eq_secret(rows[i].a, rows[i].b) != !rows[i].order ||
		    (rows[i].order && str_hash(rows[i].a) == str_hash(rows[i].b)))
			fail_msg("row %zu", i);
	}
	assert_true(str_eq_z(S("abc"), "abc"));
	assert_false(str_eq_z(S("abc"), "abcd"));
	assert_true(str_eq_ascii_nocase(S("Content-TYPE"), S("content-type")));
	assert_false(str_eq_ascii_nocase(S("a"), S("ab")));
	assert_false(str_eq_ascii_nocase(S("[@"), S("{`")));
	assert_true(str_hash(S("")) == 14695981039346656037u);
	assert_true(str_hash(S("a")) == 0xaf63dc4c8601ec8cu);
}

static void
test_parts(void **state)
{
	size_t at = 77;

	(void)state;
	assert_str(str_from(S("abc"), 1), "bc");
	assert_str(str_from(S("abc"), 3), "");
	assert_str(str_from(S("abc"), 9), "");
	assert_str(str_first(S("abc"), 2), "ab");
	assert_str(str_first(S("abc"), 9), "abc");
	assert_str(str_trim(S(" \t\r\n\v\f a b \n")), "a b");
	assert_str(str_trim(S("  ")), "");
	assert_true(str_starts(S("abc"), S("ab")));
	assert_true(str_starts(S("abc"), S("")));
	assert_false(str_starts(S("a"), S("ab")));
	assert_true(str_ends(S("abc"), S("bc")));
	assert_false(str_ends(S("c"), S("bc")));
	assert_true(str_find(S("hello"), S("l"), &at));
	assert_int_equal(at, 2);
	assert_false(str_find(S("hello"), S("x"), &at));
	assert_false(str_find(S(""), S("x"), &at));
	assert_int_equal(at, 2);
	assert_true(str_find(S(""), S(""), &at));
	assert_int_equal(at, 0);
}

static void
test_cutting(void **state)
{
	struct str rest = S("a,,b"), words = S("  one two\tthree ");

	(void)state;
	assert_str(str_cut(&rest, ','), "a");
	assert_str(str_cut(&rest, ','), "");
	assert_str(str_cut(&rest, ','), "b");
	assert_int_equal(rest.n, 0);
	assert_str(str_cut(&rest, ','), "");
	rest = S("a,");
	assert_str(str_cut(&rest, ','), "a");
	assert_int_equal(rest.n, 0);
	assert_str(str_word(&words), "one");
	assert_str(str_word(&words), "two");
	assert_str(str_word(&words), "three");
	assert_str(str_word(&words), "");
	assert_int_equal(words.n, 0);
}

static void
test_integers(void **state)
{
	static const struct {
		const char *text;
		int64_t min, max;
		bool ok;
		int64_t want;
	} rows[] = {
		{ "0", INT64_MIN, INT64_MAX, true, 0 },
		{ "-0", INT64_MIN, INT64_MAX, true, 0 },
		{ "+5", INT64_MIN, INT64_MAX, true, 5 },
		{ "007", INT64_MIN, INT64_MAX, true, 7 },
		{ "9223372036854775807", INT64_MIN, INT64_MAX, true, INT64_MAX },
		{ "-9223372036854775808", INT64_MIN, INT64_MAX, true, INT64_MIN },
		{ "9223372036854775808", INT64_MIN, INT64_MAX, false, 0 },
		{ "-9223372036854775809", INT64_MIN, INT64_MAX, false, 0 },
		{ "99999999999999999999999", INT64_MIN, INT64_MAX, false, 0 },
		{ "10", 0, 10, true, 10 },
		{ "11", 0, 10, false, 0 },
		{ "-1", 0, 10, false, 0 },
		{ "", INT64_MIN, INT64_MAX, false, 0 },
		{ "-", INT64_MIN, INT64_MAX, false, 0 },
		{ "+-1", INT64_MIN, INT64_MAX, false, 0 },
		{ " 1", INT64_MIN, INT64_MAX, false, 0 },
		{ "1 ", INT64_MIN, INT64_MAX, false, 0 },
		{ "1.0", INT64_MIN, INT64_MAX, false, 0 },
		{ "0x1", INT64_MIN, INT64_MAX, false, 0 },
		{ "\xb2", INT64_MIN, INT64_MAX, false, 0 },
	};
	int64_t got = 77;

	(void)state;
	assert_false(str_int(S("1\0"), 0, 9, &got));
	for (size_t i = 0; i < countof(rows); i++) {
		bool ok;

		got = 77;
		ok = str_int(str_of(rows[i].text), rows[i].min, rows[i].max, &got);
		if (ok != rows[i].ok || got != (ok ? rows[i].want : 77))
			fail_msg("\"%s\": %d %lld", rows[i].text, ok, (long long)got);
	}
}

static void
test_decimals(void **state)
{
	static const struct {
		const char *text;
		int scale;
		bool ok;
		int64_t want;
	} rows[] = {
		{ "12.5", 2, true, 1250 },
		{ "12", 2, true, 1200 },
		{ "-12.5", 1, true, -125 },
		{ "+.5", 1, true, 5 },
		{ "5.", 1, true, 50 },
		{ "1.500", 1, true, 15 },
		{ "1.505", 2, false, 0 },
		{ "0", 18, true, 0 },
		{ "1", 18, true, 1000000000000000000 },
		{ "10", 18, false, 0 },
		{ "9223372036854775807", 0, true, INT64_MAX },
		{ "-92233720368547758.08", 2, true, INT64_MIN },
		{ "92233720368547758.08", 2, false, 0 },
		{ "", 2, false, 0 },
		{ ".", 2, false, 0 },
		{ "-.", 2, false, 0 },
		{ "1.2.3", 3, false, 0 },
		{ "1,5", 2, false, 0 },
		{ "1e3", 2, false, 0 },
		{ "--1", 2, false, 0 },
		{ "1", 19, false, 0 },
		{ "1", -1, false, 0 },
		{ "1.00x", 2, false, 0 },
		{ "1.x00", 0, false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < countof(rows); i++) {
		int64_t got = 77;
		bool ok = str_decimal(str_of(rows[i].text), rows[i].scale, &got);

		if (ok != rows[i].ok || got != (ok ? rows[i].want : 77))
			fail_msg("\"%s\": %d %lld", rows[i].text, ok, (long long)got);
	}
}

static void
test_real_numbers(void **state)
{
	static const struct {
		const char *text;
		bool ok;
		double want;
	} rows[] = {
		{ "1.5", true, 1.5 },
		{ "-2e3", true, -2000 },
		{ "+.5", true, 0.5 },
		{ "1e400", false, 0 },
		{ "nan", false, 0 },
		{ "inf", false, 0 },
		{ "0x10", false, 0 },
		{ "", false, 0 },
		{ "1.5 ", false, 0 },
		{ "1,5", false, 0 },
		{ "1.5.5", false, 0 },
		{ "e5", false, 0 },
		{ "12345678901234567890123456789012345678901234567890123456789012345", false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < countof(rows); i++) {
		double got = 77;
		bool ok = str_real(str_of(rows[i].text), &got);

		if (ok != rows[i].ok || fabs(got - (ok ? rows[i].want : 77)) > 0)
			fail_msg("\"%s\": %d %f", rows[i].text, ok, got);
	}
}

static void
test_utf8(void **state)
{
	static const struct {
		struct str text;
		bool ok;
		size_t bad_at, length;
	} rows[] = {
		{ S_INIT(""), true, 0, 0 },
		{ S_INIT("aä€😀"), true, 0, 4 },
		{ S_INIT("\xf4\x8f\xbf\xbf"), true, 0, 1 },
		{ S_INIT("a\0b"), false, 1, 0 },
		{ S_INIT("a\xff"), false, 1, 0 },
		{ S_INIT("\xc3"), false, 0, 0 },
		{ S_INIT("\xc0\x80"), false, 0, 0 },
		{ S_INIT("\xc1\xbf"), false, 0, 0 },
		{ S_INIT("\xe0\x9f\xbf"), false, 0, 0 },
		{ S_INIT("x\xed\xa0\x80"), false, 1, 0 },
		{ S_INIT("\xf0\x8f\xbf\xbf"), false, 0, 0 },
		{ S_INIT("\xf4\x90\x80\x80"), false, 0, 0 },
		{ S_INIT("\xf5\x80\x80\x80"), false, 0, 0 },
		{ S_INIT("\x80"), false, 0, 0 },
		{ S_INIT("ä\xe2\x82"), false, 2, 0 },
		{ S_INIT("\xe2\x82x"), false, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < countof(rows); i++) {
		size_t bad_at = 77;
		bool ok = str_is_utf8(rows[i].text, &bad_at);

		if (ok != rows[i].ok || bad_at != (ok ? 77 : rows[i].bad_at))
			fail_msg("row %zu: %d %zu", i, ok, bad_at);
		assert_int_equal(str_is_utf8(rows[i].text, NULL), rows[i].ok);
		if (ok)
			assert_int_equal(str_utf8_length(rows[i].text), rows[i].length);
	}
}

static void
test_code_points(void **state)
{
	static const struct {
		struct str text;
		uint32_t c;
		size_t n;
	} rows[] = {
		{ S_INIT("a"), 'a', 1 },       { S_INIT("\0"), 0, 1 },
		{ S_INIT("äx"), 0xe4, 2 },     { S_INIT("€x"), 0x20ac, 3 },
		{ S_INIT("😀x"), 0x1f600, 4 },  { S_INIT("\xff"), 0xfffd, 1 },
		{ S_INIT("\xc3"), 0xfffd, 1 }, { S_INIT("\xed\xa0\x80"), 0xfffd, 1 },
	};
	uint32_t c;

	(void)state;
	for (size_t i = 0; i < countof(rows); i++) {
		if (str_utf8_next(rows[i].text, &c) != rows[i].n || c != rows[i].c)
			fail_msg("row %zu: %x", i, c);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_copies, setup, teardown),
		cmocka_unit_test(test_comparing),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_cutting),
		cmocka_unit_test(test_integers),
		cmocka_unit_test(test_decimals),
		cmocka_unit_test(test_real_numbers),
		cmocka_unit_test(test_utf8),
		cmocka_unit_test(test_code_points),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
