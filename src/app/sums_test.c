/* Sums of a document, against examples done by hand and against arithmetic on decimal digits. */
#include "app/sums.h"

#include "base/test.h"

static struct cx *
unit(void)
{
	return cx_new(&env_real, CX_MEM_DEFAULT);
}

/* ---- by hand ---- */

static void
test_example_comes_to_the_cent(void **state)
{
	static const struct sum_line lines[] = {
		{ LINE_NORMAL, false, 3000, 1999, 0, 1900 },     /* 59.97 */
		{ LINE_NORMAL, false, 1500, 3333, 1000, 1900 },  /* 44.9955: 45.00 */
		{ LINE_SUBTOTAL, false, 0, 0, 0, 0 },            /* 104.97 */
		{ LINE_OPTION, false, 1000, 99999, 0, 1900 },    /* does not count */
		{ LINE_TEXT, false, 7000, 7, 0, 0 },             /* nothing */
		{ LINE_ALTERNATIVE, false, 1000, 5000, 0, 700 }, /* not chosen */
		{ LINE_ALTERNATIVE, true, 1000, 4995, 0, 700 },  /* 49.95 */
		{ LINE_NORMAL, false, 1000, -1000, 0, 0 },       /* -10.00 */
		{ LINE_SUBTOTAL, false, 0, 0, 0, 0 },            /* 39.95 */
	};
	static const int64_t amounts[] = { 5997, 4500, 10497, 99999, 0, 5000, 4995, -1000, 3995 };
	static const struct tax_sum rates[] = {
		{ 1900, 10497, 315, 10182, 1935 }, /* 3.1491 off; 19 % of 101.82 is 19.3458 */
		{ 700, 4995, 150, 4845, 339 },     /* 1.4985 off; 7 % of 48.45 is 3.3915 */
		{ 0, -1000, -30, -970, 0 },
	};
	struct cx *cx = unit();
	struct sums sums;

	(void)state;
	assert_true(sums_compute(cx, lines, countof(lines), 300, &sums));
	for (size_t i = 0; i < countof(amounts); i++)
		assert_int_equal(sums.amounts[i], amounts[i]);
	assert_int_equal(sums.n_rates, countof(rates));
	for (size_t i = 0; i < countof(rates); i++)
		assert_memory_equal(&sums.rates[i], &rates[i], sizeof rates[i]);
	assert_int_equal(sums.lines, 14492);
	assert_int_equal(sums.discount, 435);
	assert_int_equal(sums.net, 14057);
	assert_int_equal(sums.tax, 2274);
	assert_int_equal(sums.gross, 16331);
	cx_free(&cx);
}

static void
test_halves_are_rounded_away_from_zero(void **state)
{
	static const struct {
		int64_t quantity, price, discount, amount;
	} rows[] = {
		{ 500, 1, 0, 1 },      { -500, 1, 0, -1 },   { 499, 1, 0, 0 },
		{ 1000, 5, 9000, 1 },  { 1000, 4, 9000, 0 }, { 1500, -1, 0, -2 },
		{ 1000, 5, 10000, 0 }, { 0, 12345, 0, 0 },
	};
	struct cx *cx = unit();

	(void)state;
	for (size_t i = 0; i < countof(rows); i++) {
		struct sum_line line = { LINE_NORMAL,      false, rows[i].quantity, rows[i].price,
					 rows[i].discount, 0 };
		struct sums sums;

		assert_true(sums_compute(cx, &line, 1, 0, &sums));
		assert_int_equal(sums.amounts[0], rows[i].amount);
	}
	cx_free(&cx);
}

static void
test_what_cannot_be_is_refused(void **state)
{
	static const struct {
		struct sum_line lines[2];
		int64_t discount;
		const char *why;
	} rows[] = {
		{ { { .discount = 10001 } }, 0, "line 1" },
		{ { { .kind = LINE_TEXT }, { .tax_rate = -1 } }, 0, "line 2" },
		{ { { .quantity = INT64_MAX, .price = INT64_MAX } }, 0, "line 1 is too big" },
		{ { { .quantity = 2000, .price = INT64_MAX } }, 0, "line 1 is too big" },
		{ { { .quantity = 1000, .price = INT64_MAX }, { .quantity = 1000, .price = 1 } },
		  0,
		  "line 2 is too big" },
		{ { { .quantity = 1000, .price = INT64_MAX, .tax_rate = 1900 } },
		  0,
		  "sum of the lines is too big" },
		{ { { .kind = LINE_ALTERNATIVE, .is_chosen = true },
		    { .kind = LINE_ALTERNATIVE, .is_chosen = true } },
		  0,
		  "Two alternatives" },
		{ { { 0 } }, 10001, "discount of the whole" },
	};

	(void)state;
	for (size_t i = 0; i < countof(rows); i++) {
		struct cx *cx = unit();
		struct sums sums = { .net = 7 };
		size_t at;

		assert_false(sums_compute(cx, rows[i].lines, 2, rows[i].discount, &sums));
		assert_int_equal(cx->err.code, E_INPUT);
		if (!str_find(cx->err.why, str_of(rows[i].why), &at))
			fail_msg("row %zu: %.*s", i, STR_FMT(cx->err.why));
		assert_int_equal(sums.net, 7);
		cx_free(&cx);
	}
}

static void
test_rates_are_bounded(void **state)
{
	struct sum_line lines[SUM_RATES_MAX + 1] = { 0 };
	struct cx *cx = unit();
	struct sums sums;

	(void)state;
	for (size_t i = 0; i < countof(lines); i++)
		lines[i].tax_rate = (int64_t)i;
	assert_true(sums_compute(cx, lines, SUM_RATES_MAX, 0, &sums));
	assert_int_equal(sums.rates[0].rate, SUM_RATES_MAX - 1);
	assert_false(sums_compute(cx, lines, countof(lines), 0, &sums));
	assert_false(sums_compute(cx, lines, SUM_LINES_MAX + 1, 0, &sums));
	cx_free(&cx);
}

static void
test_countries_have_their_rates(void **state)
{
	static const struct {
		const char *country;
		int64_t rates[4];
		size_t n;
	} rows[] = { { "DE", { 1900, 700, 0 }, 3 },
		     { "AT", { 2000, 1300, 1000, 0 }, 4 },
		     { "CH", { 810, 380, 260, 0 }, 4 },
		     { "XX", { 0 }, 0 } };

	(void)state;
	for (size_t i = 0; i < countof(rows); i++) {
		size_t n;
		const int64_t *rates = tax_rates_of(str_of(rows[i].country), &n);

		assert_int_equal(n, rows[i].n);
		for (size_t k = 0; k < n; k++)
			assert_int_equal(rates[k], rows[i].rates[k]);
	}
}

/* ---- the same on decimal digits, as one does it on paper ---- */

enum { DIGITS = 48, DOCUMENTS = 100000, LINES = 12 };

/* A decimal number: digits, the lowest first, of which `places` stand behind the point. */
struct paper {
	int n, places;
	bool negative;
	unsigned char digit[DIGITS];
};

static void
trim(struct paper *p)
{
	while (p->n && !p->digit[p->n - 1])
		p->n--;
	if (!p->n)
		p->negative = false;
}

static struct paper
paper_of(int64_t units, int places)
{
	struct paper p = { .places = places, .negative = units < 0 };
	uint64_t rest = units < 0 ? 0 - (uint64_t)units : (uint64_t)units;

	for (; rest; rest /= 10)
		p.digit[p.n++] = (unsigned char)(rest % 10);
	return p;
}

static struct paper
paper_mul(const struct paper *a, const struct paper *b)
{
	struct paper p = { .places = a->places + b->places,
			   .negative = a->negative != b->negative };

	for (int i = 0; i < a->n; i++) {
		int carry = 0;

		for (int k = 0; k < b->n || carry; k++) {
			int sum =
				p.digit[i + k] + carry + (k < b->n ? a->digit[i] * b->digit[k] : 0);

			p.digit[i + k] = (unsigned char)(sum % 10);
			carry = sum / 10;
		}
	}
	p.n = a->n + b->n;
	trim(&p);
	return p;
}

static int
paper_compare(const struct paper *a, const struct paper *b)
{
	if (a->n != b->n)
		return a->n < b->n ? -1 : 1;
	for (int i = a->n; i-- > 0;)
		if (a->digit[i] != b->digit[i])
			return a->digit[i] < b->digit[i] ? -1 : 1;
	return 0;
}

/* Of the same places. */
static struct paper
paper_add(const struct paper *a, const struct paper *b)
{
	const struct paper *big = paper_compare(a, b) < 0 ? b : a, *small = big == a ? b : a;
	struct paper p = *big;
	int sign = a->negative == b->negative ? 1 : -1, carry = 0;

	for (int i = 0; i < small->n || carry; i++) {
		int sum = p.digit[i] + carry + sign * (i < small->n ? small->digit[i] : 0);

		carry = sum < 0 ? -1 : sum / 10;
		p.digit[i] = (unsigned char)(sum - carry * 10);
		p.n = i + 1 > p.n ? i + 1 : p.n;
	}
	trim(&p);
	return p;
}

/* To two places: from a five on, away from zero. */
static struct paper
paper_cents(const struct paper *a)
{
	struct paper p = { .places = 2, .negative = a->negative }, one = paper_of(1, 2);
	int drop = a->places - 2;

	for (int i = drop; i < a->n; i++)
		p.digit[p.n++] = a->digit[i];
	if (drop > 0 && drop <= a->n && a->digit[drop - 1] >= 5) {
		one.negative = p.negative;
		return paper_add(&p, &one);
	}
	trim(&p);
	return p;
}

static int64_t
paper_units(const struct paper *p)
{
	int64_t units = 0;

	for (int i = p->n; i-- > 0;)
		units = units * 10 + p->digit[i];
	return p->negative ? -units : units;
}

/* a × percent, in cents. */
static struct paper
paper_percent(const struct paper *a, int64_t percent)
{
	struct paper factor = paper_of(percent, 4), product = paper_mul(a, &factor);

	return paper_cents(&product);
}

static struct paper
paper_less(const struct paper *a, const struct paper *b)
{
	struct paper minus = *b;

	minus.negative = !b->negative && b->n;
	return paper_add(a, &minus);
}

static struct paper
paper_line(const struct sum_line *line)
{
	struct paper quantity = paper_of(line->quantity, 3), price = paper_of(line->price, 2);
	struct paper product = paper_mul(&quantity, &price);
	struct paper rest = paper_of(10000 - line->discount, 4);

	product = paper_mul(&product, &rest);
	return paper_cents(&product);
}

static uint64_t
draw(uint64_t *seed, uint64_t n)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return (*seed >> 33) % n;
}

static int64_t
draw_rate(uint64_t *seed)
{
	static const int64_t rates[] = { 1900, 700, 0, 2000, 1300, 1000, 810, 380, 260 };

	return draw(seed, 8) ? rates[draw(seed, countof(rates))] : (int64_t)draw(seed, 10001);
}

static size_t
draw_lines(uint64_t *seed, struct sum_line lines[LINES])
{
	size_t n = draw(seed, LINES + 1);
	bool chosen = false;

	for (size_t i = 0; i < n; i++) {
		struct sum_line *line = &lines[i];

		*line = (struct sum_line){ (enum line_kind)(draw(seed, 2) ? draw(seed, LINE__MAX)
									  : 0),
					   false,
					   (int64_t)draw(seed, 100000) - 5000,
					   (int64_t)draw(seed, 10000000) - 100000,
					   draw(seed, 2) ? 0 : (int64_t)draw(seed, 10001),
					   draw_rate(seed) };
		chosen = chosen && line->kind == LINE_ALTERNATIVE;
		line->is_chosen = !chosen && draw(seed, 3) == 0;
		chosen = chosen || (line->kind == LINE_ALTERNATIVE && line->is_chosen);
	}
	return n;
}

static void
assert_same(int64_t got, const struct paper *want, const char *what, int document)
{
	if (got != paper_units(want))
		fail_msg("document %d, %s: %lld, on paper %lld", document, what, (long long)got,
			 (long long)paper_units(want));
}

/* The rate as on paper: what of its lines counts, less the discount; and the tax on it. */
static void
check_rate(const struct sum_line *lines, size_t n, int64_t discount, const struct tax_sum *rate,
	   struct paper total[3], int document)
{
	struct paper sum = paper_of(0, 2), off, net, tax;

	for (size_t i = 0; i < n; i++) {
		struct paper amount = paper_line(&lines[i]);

		if (lines[i].tax_rate == rate->rate &&
		    (lines[i].kind == LINE_NORMAL ||
		     (lines[i].kind == LINE_ALTERNATIVE && lines[i].is_chosen)))
			sum = paper_add(&sum, &amount);
	}
	off = paper_percent(&sum, discount);
	net = paper_less(&sum, &off);
	tax = paper_percent(&net, rate->rate);
	assert_same(rate->lines, &sum, "lines of the rate", document);
	assert_same(rate->discount, &off, "discount of the rate", document);
	assert_same(rate->net, &net, "net of the rate", document);
	assert_same(rate->tax, &tax, "tax of the rate", document);
	total[0] = paper_add(&total[0], &off);
	total[1] = paper_add(&total[1], &net);
	total[2] = paper_add(&total[2], &tax);
}

static void
check_document(struct cx *cx, uint64_t *seed, int document)
{
	struct sum_line lines[LINES];
	size_t n = draw_lines(seed, lines);
	int64_t discount = draw(seed, 2) ? 0 : (int64_t)draw(seed, 10001);
	struct paper total[3] = { paper_of(0, 2), paper_of(0, 2), paper_of(0, 2) }, gross;
	struct paper subtotal = paper_of(0, 2);
	struct sums sums;

	assert_true(sums_compute(cx, lines, n, discount, &sums));
	for (size_t i = 0; i < n; i++) {
		struct paper amount = paper_line(&lines[i]);

		if (lines[i].kind == LINE_SUBTOTAL) {
			assert_same(sums.amounts[i], &subtotal, "subtotal", document);
			subtotal = paper_of(0, 2);
		} else if (lines[i].kind != LINE_TEXT) {
			assert_same(sums.amounts[i], &amount, "amount", document);
		}
		if (sums.counted[i])
			subtotal = paper_add(&subtotal, &amount);
	}
	for (size_t i = 0; i < sums.n_rates; i++)
		check_rate(lines, n, discount, &sums.rates[i], total, document);
	gross = paper_add(&total[1], &total[2]);
	assert_same(sums.discount, &total[0], "discount", document);
	assert_same(sums.net, &total[1], "net", document);
	assert_same(sums.tax, &total[2], "tax", document);
	assert_same(sums.gross, &gross, "gross", document);
	assert_int_equal(sums.lines - sums.discount, sums.net);
}

static void
test_random_documents_come_to_the_same_as_on_paper(void **state)
{
	struct cx *cx = unit();
	uint64_t seed = 16931;

	(void)state;
	for (int i = 0; i < DOCUMENTS; i++) {
		check_document(cx, &seed, i);
		cx_reset(cx);
	}
	cx_free(&cx);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_example_comes_to_the_cent),
		cmocka_unit_test(test_halves_are_rounded_away_from_zero),
		cmocka_unit_test(test_what_cannot_be_is_refused),
		cmocka_unit_test(test_rates_are_bounded),
		cmocka_unit_test(test_countries_have_their_rates),
		cmocka_unit_test(test_random_documents_come_to_the_same_as_on_paper),
	};

	return cmocka_run_group_tests_name("sums", tests, NULL, NULL);
}
