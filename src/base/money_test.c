#include "base/money.h"

#include "base/test.h"

#define NBSP "\xc2\xa0"
#define NNBSP "\xe2\x80\xaf"

static void
test_currencies(void **state)
{
	static const struct {
		const char *code, *sign;
		int digits;
	} rows[] = {
		{ "EUR", "€", 2 },    { "USD", "$", 2 },      { "JPY", "¥", 0 },
		{ "KWD", "KWD", 3 },  { "CHF", "CHF", 2 },    { "CLF", "CLF", 4 },
		{ "eur", "eur", -1 }, { "XXY", "XXY", -1 },   { "", "", -1 },
		{ "EU", "EU", -1 },   { "EURO", "EURO", -1 },
	};

	(void)state;
	for (size_t i = 0; i < countof(rows); i++) {
		assert_int_equal(currency_digits(str_of(rows[i].code)), rows[i].digits);
		assert_str(currency_sign(str_of(rows[i].code)), rows[i].sign);
	}
}

static void
test_currency_table_is_sorted(void **state)
{
	size_t n = 1;

	(void)state;
	for (; currency_at(n).n; n++) {
		assert_true(str_cmp(currency_at(n - 1), currency_at(n)) < 0);
		assert_in_range(currency_digits(currency_at(n)), 0, 4);
	}
	assert_in_range(n, 150, 200);
}

static const struct {
	const char *text;
	char point;
	int scale;
	bool ok;
	int64_t want;
} decimals[] = {
	{ "1054", '.', 2, true, 105400 },
	{ "1054", ',', 2, true, 105400 },
	{ "1.234,5", ',', 2, true, 123450 },
	{ "1,234.50", '.', 2, true, 123450 },
	{ "1 234.50", '.', 2, true, 123450 },
	{ "1" NBSP "234" NBSP "567,8", ',', 2, true, 123456780 },
	{ "1" NNBSP "234", ',', 0, true, 1234 },
	{ "1'234.50", '.', 2, true, 123450 },
	{ "1’234.50", '.', 2, true, 123450 },
	{ ".5", '.', 2, true, 50 },
	{ ",05", ',', 2, true, 5 },
	{ "0", '.', 0, true, 0 },
	{ "-3", '.', 1, true, -30 },
	{ "- 3", '.', 1, true, -30 },
	{ "−3", '.', 1, true, -30 },
	{ "3-", '.', 1, true, -30 },
	{ "(3)", '.', 1, true, -30 },
	{ "+3", '.', 1, true, 30 },
	{ " 3 ", '.', 1, true, 30 },
	{ "12,-", ',', 2, true, 1200 },
	{ "12,--", ',', 2, true, 1200 },
	{ "12,–", ',', 2, true, 1200 },
	{ "12.—", '.', 2, true, 1200 },
	{ "1.5000", '.', 2, true, 150 },
	{ "9223372036854775807", '.', 0, true, INT64_MAX },
	{ "-9223372036854775808", '.', 0, true, INT64_MIN },
	{ "9.223.372.036.854.775.807", ',', 0, true, INT64_MAX },
	{ "9223372036854775808", '.', 0, false, 0 },
	{ "-9223372036854775809", '.', 0, false, 0 },
	{ "92233720368547758.08", '.', 2, false, 0 },
	{ "1.505", '.', 2, false, 0 },
	{ "1.234", '.', 2, false, 0 },
	{ "1,23", '.', 2, false, 0 },
	{ "1.23,5", ',', 2, false, 0 },
	{ "1234.567,5", ',', 2, false, 0 },
	{ "1.234 567,5", ',', 2, false, 0 },
	{ "1,234,5", ',', 2, false, 0 },
	{ "1..5", '.', 2, false, 0 },
	{ "1.", '.', 2, false, 0 },
	{ ".", '.', 2, false, 0 },
	{ ",-", ',', 2, false, 0 },
	{ "", '.', 2, false, 0 },
	{ "-", '.', 2, false, 0 },
	{ "--3", '.', 2, false, 0 },
	{ "-3-", '.', 2, false, 0 },
	{ "+-3", '.', 2, false, 0 },
	{ "(-3)", '.', 2, false, 0 },
	{ "()", '.', 2, false, 0 },
	{ "3a", '.', 2, false, 0 },
	{ "0x10", '.', 2, false, 0 },
	{ "1e3", '.', 2, false, 0 },
	{ "1  234", '.', 2, false, 0 },
	{ "1.234.", ',', 2, false, 0 },
	{ "5", '.', 19, false, 0 },
	{ "5", '.', -1, false, 0 },
};

static void
test_decimal_numbers(void **state)
{
	(void)state;
	for (size_t i = 0; i < countof(decimals); i++) {
		int64_t got = 77;
		bool ok = decimal_parse(str_of(decimals[i].text), decimals[i].point,
					decimals[i].scale, &got);

		if (ok != decimals[i].ok || got != (ok ? decimals[i].want : 77))
			fail_msg("\"%s\": %d %lld", decimals[i].text, ok, (long long)got);
	}
}

static const struct {
	const char *text;
	char point;
	const char *currency, *want_currency; /* NULL: refused */
	int64_t want;
} amounts[] = {
	{ "1.234,56 €", ',', "", "EUR", 123456 },
	{ "1,234.56 EUR", '.', "", "EUR", 123456 },
	{ "1054", '.', "USD", "USD", 105400 },
	{ "1054", '.', "usd", "USD", 105400 },
	{ "1054 Eur", '.', "USD", "EUR", 105400 },
	{ "€5", '.', "", "EUR", 500 },
	{ "-€5", '.', "", "EUR", -500 },
	{ "€ -5", '.', "", "EUR", -500 },
	{ "(€5.00)", '.', "", "EUR", -500 },
	{ "5,00 €-", ',', "", NULL, 0 },
	{ "5,00- €", ',', "", "EUR", -500 },
	{ "12,- €", ',', "", "EUR", 1200 },
	{ "US$ 3", '.', "", "USD", 300 },
	{ "3 US$", '.', "", "USD", 300 },
	{ "CA$3", '.', "", "CAD", 300 },
	{ "Fr. 3.50", '.', "", "CHF", 350 },
	{ "CHF 1'234.50", '.', "", "CHF", 123450 },
	{ "10 zł", ',', "", "PLN", 1000 },
	{ "1.234" NBSP "¥", ',', "", "JPY", 1234 },
	{ "¥ 12.5", '.', "", NULL, 0 },
	{ "0,001 KWD", ',', "", "KWD", 1 },
	{ "€ 5 EUR", '.', "", "EUR", 500 },
	{ "€ 5 USD", '.', "", NULL, 0 },
	{ "5", '.', "", NULL, 0 },
	{ "5", '.', "XXX", NULL, 0 },
	{ "5 XXX", '.', "EUR", NULL, 0 },
	{ "5 EURO", '.', "EUR", NULL, 0 },
	{ "€", '.', "", NULL, 0 },
	{ "", '.', "EUR", NULL, 0 },
	{ "-€-5", '.', "", NULL, 0 },
	{ "1.005 €", '.', "", NULL, 0 },
	{ "92233720368547758.08", '.', "EUR", NULL, 0 },
};

static void
test_amounts(void **state)
{
	(void)state;
	for (size_t i = 0; i < countof(amounts); i++) {
		struct money got = { 77, "xyz" };
		bool ok = money_parse(str_of(amounts[i].text), amounts[i].point,
				      str_of(amounts[i].currency), &got);
		const char *want = amounts[i].want_currency ? amounts[i].want_currency : "xyz";

		if (ok != (amounts[i].want_currency != NULL) || strcmp(got.currency, want) != 0 ||
		    got.units != (ok ? amounts[i].want : 77))
			fail_msg("\"%s\": %d %lld %s", amounts[i].text, ok, (long long)got.units,
				 got.currency);
	}
}

static void
test_printing(void **state)
{
	static const struct {
		struct money money;
		const char *en, *de;
	} rows[] = {
		{ { 123456, "EUR" }, "€1,234.56", "1.234,56" NBSP "€" },
		{ { -5, "EUR" }, "-€0.05", "-0,05" NBSP "€" },
		{ { 0, "EUR" }, "€0.00", "0,00" NBSP "€" },
		{ { 100, "JPY" }, "¥100", "100" NBSP "¥" },
		{ { 1000000, "JPY" }, "¥1,000,000", "1.000.000" NBSP "¥" },
		{ { 123456, "CHF" }, "CHF" NBSP "1,234.56", "1.234,56" NBSP "CHF" },
		{ { 1234567, "KWD" }, "KWD" NBSP "1,234.567", "1.234,567" NBSP "KWD" },
		{ { INT64_MIN, "EUR" },
		  "-€92,233,720,368,547,758.08",
		  "-92.233.720.368.547.758,08" NBSP "€" },
		{ { INT64_MAX, "EUR" },
		  "€92,233,720,368,547,758.07",
		  "92.233.720.368.547.758,07" NBSP "€" },
	};

	(void)state;
	for (size_t i = 0; i < countof(rows); i++) {
		struct buf b = buf_heap(100);

		money_print(&b, rows[i].money, LANG_EN);
		assert_str(buf_done(&b), rows[i].en);
		buf_clear(&b);
		money_print(&b, rows[i].money, LANG_DE);
		assert_str(buf_done(&b), rows[i].de);
		buf_fini(&b);
	}
}

/* What is printed can be read again. */
static void
test_printed_amounts_read_back(void **state)
{
	struct env_fake fake;

	(void)state;
	env_fake_init(&fake, 0, 5);
	for (int i = 0; i < 5000; i++) {
		struct buf b = buf_heap(100);
		struct money money = { 0 }, back;
		uint32_t pick;

		fake.env.random(&fake.env, &money.units, sizeof money.units);
		fake.env.random(&fake.env, &pick, sizeof pick);
		money.units >>= pick % 64;
		memcpy(money.currency, currency_at(pick % 150).p, CURRENCY_LEN);
		money_print(&b, money, pick & 1024 ? LANG_DE : LANG_EN);
		if (!money_parse(buf_done(&b), pick & 1024 ? ',' : '.', (struct str){ 0 }, &back) ||
		    back.units != money.units || strcmp(back.currency, money.currency) != 0)
			fail_msg("%.*s", STR_FMT(buf_done(&b)));
		buf_fini(&b);
	}
}

static void
test_multiplication_rounds_halves_away_from_zero(void **state)
{
	static const struct {
		int64_t units, factor;
		int scale;
		bool ok;
		int64_t want;
	} rows[] = {
		{ 100, 15, 1, true, 150 },
		{ 1, 5, 1, true, 1 },
		{ -1, 5, 1, true, -1 },
		{ 1, -5, 1, true, -1 },
		{ 1, 49, 2, true, 0 },
		{ 3, 5, 1, true, 2 },
		{ -3, 5, 1, true, -2 },
		{ 333, 3, 0, true, 999 },
		{ INT64_MAX, 1, 0, true, INT64_MAX },
		{ INT64_MIN, 1, 0, true, INT64_MIN },
		{ INT64_MIN, -1, 0, false, 0 },
		{ INT64_MAX, 2, 0, false, 0 },
		{ INT64_MAX, 10, 1, true, INT64_MAX },
		{ INT64_MAX, INT64_MAX, 18, false, 0 },
		{ 1, 1, 19, false, 0 },
		{ 1, 1, -1, false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < countof(rows); i++) {
		int64_t got = 77;
		bool ok = money_mul(rows[i].units, rows[i].factor, rows[i].scale, &got);

		if (ok != rows[i].ok || got != (ok ? rows[i].want : 77))
			fail_msg("row %zu: %d %lld", i, ok, (long long)got);
	}
}

static void
test_percent_and_rescale(void **state)
{
	int64_t got = 0;

	(void)state;
	assert_true(money_percent(10000, 19, 0, &got));
	assert_int_equal(got, 1900);
	assert_true(money_percent(999, 75, 1, &got)); /* 7.5 % of 9.99 */
	assert_int_equal(got, 75);
	assert_true(money_percent(-50, 1, 0, &got));
	assert_int_equal(got, -1);
	assert_true(decimal_rescale(1255, 2, 1, &got));
	assert_int_equal(got, 126);
	assert_true(decimal_rescale(-1255, 2, 4, &got));
	assert_int_equal(got, -125500);
	assert_false(decimal_rescale(INT64_MAX, 0, 1, &got));
	assert_int_equal(got, -125500);
}

static void
test_sums_are_checked(void **state)
{
	int64_t got = 7;

	(void)state;
	assert_true(money_add(1, 2, &got));
	assert_int_equal(got, 3);
	assert_true(money_sub(1, 2, &got));
	assert_int_equal(got, -1);
	assert_false(money_add(INT64_MAX, 1, &got));
	assert_false(money_sub(INT64_MIN, 1, &got));
	assert_int_equal(got, -1);
}

static void
test_split_loses_no_cent(void **state)
{
	static const struct {
		int64_t total, weights[4], want[4];
		size_t n;
	} rows[] = {
		{ 100, { 1, 1, 1 }, { 33, 34, 33 }, 3 },
		{ 1, { 1, 1 }, { 1, 0 }, 2 },
		{ -100, { 1, 1, 1 }, { -33, -34, -33 }, 3 },
		{ 10000, { 70, 20, 10 }, { 7000, 2000, 1000 }, 3 },
		{ 5, { 0, 1, 0, 0 }, { 0, 5, 0, 0 }, 4 },
		{ 0, { 1, 2 }, { 0, 0 }, 2 },
		{ INT64_MAX, { INT64_MAX - 1, 1 }, { INT64_MAX - 1, 1 }, 2 },
	};
	static const int64_t negative[] = { 2, -1 }, zero[] = { 0, 0 };
	int64_t got[4] = { 77, 77 };

	(void)state;
	for (size_t i = 0; i < countof(rows); i++) {
		assert_true(money_split(rows[i].total, rows[i].weights, rows[i].n, got));
		for (size_t j = 0; j < rows[i].n; j++)
			if (got[j] != rows[i].want[j])
				fail_msg("row %zu part %zu: %lld", i, j, (long long)got[j]);
	}
	got[0] = 77;
	assert_false(money_split(5, negative, 2, got));
	assert_false(money_split(5, zero, 2, got));
	assert_false(money_split(5, zero, 0, got));
	assert_int_equal(got[0], 77);
}

static void
test_split_parts_are_fair(void **state)
{
	struct env_fake fake;

	(void)state;
	env_fake_init(&fake, 0, 9);
	for (int round = 0; round < 2000; round++) {
		int64_t weights[20], parts[20], sum = 0, whole = 0;
		uint32_t total;

		fake.env.random(&fake.env, &total, sizeof total);
		for (size_t i = 0; i < countof(weights); i++) {
			uint16_t weight;

			fake.env.random(&fake.env, &weight, sizeof weight);
			weights[i] = weight;
			whole += weight;
		}
		assert_true(money_split(total, weights, countof(weights), parts));
		for (size_t i = 0; i < countof(weights); i++) {
			double exact = (double)total * (double)weights[i] / (double)whole;

			sum += parts[i];
			assert_true(fabs((double)parts[i] - exact) < 1.0001);
		}
		assert_int_equal(sum, total);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_currencies),
		cmocka_unit_test(test_currency_table_is_sorted),
		cmocka_unit_test(test_decimal_numbers),
		cmocka_unit_test(test_amounts),
		cmocka_unit_test(test_printing),
		cmocka_unit_test(test_printed_amounts_read_back),
		cmocka_unit_test(test_multiplication_rounds_halves_away_from_zero),
		cmocka_unit_test(test_percent_and_rescale),
		cmocka_unit_test(test_sums_are_checked),
		cmocka_unit_test(test_split_loses_no_cent),
		cmocka_unit_test(test_split_parts_are_fair),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
