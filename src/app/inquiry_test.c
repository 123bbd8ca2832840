#include "app/inquiry.h"

#include "base/test.h"

static void
test_postcodes_fit_by_their_beginning_and_by_ranges(void **state)
{
	static const struct {
		const char *places, *postcode;
		bool fits;
	} rows[] = {
		{ "8", "80331", true },           { "8", "08056", false },
		{ "70-73", "73999", true },       { "70-73", "74072", false },
		{ "70 - 73 , 5", "50667", true }, { "A-C", "B12", true },
		{ "", "50667", false },           { "50667", "5066", false },
		{ "70-73", "7", false },          { " , 9", "90402", true },
		{ "SW1", "SW1A 1AA", true },
	};

	(void)state;
	for (size_t i = 0; i < countof(rows); i++)
		assert_int_equal(postcode_fits(str_of(rows[i].places), str_of(rows[i].postcode)),
				 rows[i].fits);
}

static void
test_postcodes_that_cannot_be_read_are_named(void **state)
{
	static const struct {
		const char *places, *bad;
	} rows[] = {
		{ "70-73, 8", NULL }, { "", NULL },          { "SW1A 1", NULL },
		{ "70–73", "70–73" }, { "8, 7-73", "7-73" }, { "8, *", "*" },
	};

	(void)state;
	for (size_t i = 0; i < countof(rows); i++) {
		struct str bad = { 0 };

		assert_int_equal(postcodes_check(str_of(rows[i].places), &bad), !rows[i].bad);
		if (rows[i].bad)
			assert_str(bad, rows[i].bad);
	}
}

static void
test_an_address_of_a_company_is_told_from_one_that_anybody_has(void **state)
{
	(void)state;
	assert_true(is_free_mail(S("eva@gmx.de")));
	assert_true(is_free_mail(S("Eva@GMX.DE")));
	assert_false(is_free_mail(S("eva@gmx.de.example")));
	assert_false(is_free_mail(S("info@stahl.example")));
	assert_false(is_free_mail(S("eva")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_postcodes_fit_by_their_beginning_and_by_ranges),
		cmocka_unit_test(test_postcodes_that_cannot_be_read_are_named),
		cmocka_unit_test(test_an_address_of_a_company_is_told_from_one_that_anybody_has),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
