#include "base/phone.h"

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

static const struct {
	const char *text, *region, *want; /* NULL: no number */
} numbers[] = {
	{ "0171 1234567", "DE", "+491711234567" },
	{ "(030) 901820", "DE", "+4930901820" },
	{ "030/90182-0", "DE", "+4930901820" },
	{ "+49 (0)30 901820", "DE", "+4930901820" },
	{ "0049 30 901820", "DE", "+4930901820" },
	{ "Tel.: +49 30 901820", "US", "+4930901820" },
	{ "+49 30 901820", NULL, "+4930901820" },
	{ "+49 30 901820", "", "+4930901820" },
	{ "(650) 253-0000", "US", "+16502530000" },
	{ "044 668 18 00", "CH", "+41446681800" },
	{ "01 512 34 56", "AT", "+4315123456" },
	{ "030 901820 ext. 12", "DE", "+4930901820" },
	{ "０３０ ９０１８２０", "DE", "+4930901820" },
	{ "030 901820", NULL, NULL },
	{ "030 901820", "XX", NULL },
	{ "", "DE", NULL },
	{ "call me", "DE", NULL },
	{ "+", "DE", NULL },
	{ "12", "DE", NULL },
	{ "+49 30 12345678901234567890", "DE", NULL },
	{ "+999 123456789", "DE", NULL },
	{ "\xff\xfe", "DE", NULL },
};

static void
test_e164_of_what_people_write(void **state)
{
	for (size_t i = 0; i < countof(numbers); i++) {
		struct str got = S("untouched");
		bool ok = phone_e164(*state, str_of(numbers[i].text), numbers[i].region, &got);
		const char *want = numbers[i].want ? numbers[i].want : "untouched";

		if (ok != (numbers[i].want != NULL) || !str_eq_z(got, want))
			fail_msg("\"%s\": \"%.*s\"", numbers[i].text, STR_FMT(got));
	}
}

/* Numbers that are written plainly take a short cut: another sign sends them through the library.
 */
static void
test_plain_numbers_are_read_as_the_library_reads_them(void **state)
{
	static const char *const areas[] = { "30",  "171", "1511", "4242", "800",
					     "900", "116", "32",   "5" };

	for (size_t i = 0; i < countof(areas); i++)
		for (int64_t number = 1, n = 1; n <= 13; n++, number = number * 10 + n % 10) {
			struct str plain = S("none"), other = S("none");
			bool is_plain = phone_e164(
				*state,
				str_printf(*state, "+49 %s %lld", areas[i], (long long)number),
				NULL, &plain);
			bool is_other = phone_e164(
				*state,
				str_printf(*state, "+49 %s/%lld", areas[i], (long long)number),
				NULL, &other);

			if (is_plain != is_other || !str_eq(plain, other))
				fail_msg("+49 %s %lld: \"%.*s\", not \"%.*s\"", areas[i],
					 (long long)number, STR_FMT(plain), STR_FMT(other));
		}
}

/* How numbers of one area are set is remembered: as the library sets each of them. */
static void
test_numbers_are_written_as_the_library_writes_them(void **state)
{
	enum { LEADS = 100000, STEP = 397, TAILS = 3 };

	for (int64_t lead = LEADS / 10; lead < LEADS; lead += STEP)
		for (int64_t i = 0; i < TAILS * 3; i++) {
			struct str tail = str_printf(*state, "%06lld",
						     (long long)(lead * 7919 * i % 1000000));
			struct str number = str_printf(*state, "+49%lld%.*s", (long long)lead,
						       (int)(2 + i % TAILS * 2), tail.p);
			struct str international, national;

			phone_written(*state, number, &international, &national);
			if (!str_eq(international, phone_international(*state, number)) ||
			    !str_eq(national, phone_national(*state, number)))
				fail_msg("%.*s: \"%.*s\", \"%.*s\"", STR_FMT(number),
					 STR_FMT(international), STR_FMT(national));
			if (i % 3 == 2)
				arena_reset(*state);
		}
}

static void
test_too_long_text_is_no_number(void **state)
{
	char text[PHONE_TEXT_MAX + 2];
	struct str out;

	memset(text, '1', sizeof text);
	assert_false(phone_e164(*state, (struct str){ text, sizeof text }, "DE", &out));
}

static void
test_printing(void **state)
{
	static const struct {
		const char *e164, *international, *national, *german;
	} rows[] = {
		{ "+491711234567", "+49 171 1234567", "0171 1234567", "0171 1234567" },
		{ "+4930901820", "+49 30 901820", "030 901820", "030 901820" },
		{ "+16502530000", "+1 650-253-0000", "(650) 253-0000", "+1 650-253-0000" },
		{ "no number", "no number", "no number", "no number" },
		{ "", "", "", "" },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		assert_str(phone_international(*state, str_of(rows[i].e164)),
			   rows[i].international);
		assert_str(phone_national(*state, str_of(rows[i].e164)), rows[i].national);
		assert_str(phone_print(*state, str_of(rows[i].e164), "DE"), rows[i].german);
		assert_str(phone_print(*state, str_of(rows[i].e164), NULL), rows[i].international);
	}
}

static void
test_known_ranges(void **state)
{
	(void)state;
	assert_true(phone_is_known(S("+4930901820")));
	assert_true(phone_is_known(S("+16502530000")));
	assert_false(phone_is_known(S("+15555")));
	assert_false(phone_is_known(S("030901820")));
	assert_false(phone_is_known(S("")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_e164_of_what_people_write, setup, teardown),
		cmocka_unit_test_setup_teardown(
			test_plain_numbers_are_read_as_the_library_reads_them, setup, teardown),
		cmocka_unit_test_setup_teardown(test_numbers_are_written_as_the_library_writes_them,
						setup, teardown),
		cmocka_unit_test_setup_teardown(test_too_long_text_is_no_number, setup, teardown),
		cmocka_unit_test_setup_teardown(test_printing, setup, teardown),
		cmocka_unit_test_setup_teardown(test_known_ranges, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
