#include "app/sums.h"

const char *const LINE_KINDS[LINE__MAX] = { "normal", "option", "alternative", "text", "subtotal" };

static const int64_t GERMANY[] = { 1900, 700, 0 }, AUSTRIA[] = { 2000, 1300, 1000, 0 },
		     SWITZERLAND[] = { 810, 380, 260, 0 };

static const struct {
	const char *country;
	const int64_t *rates;
	size_t n;
} COUNTRIES[] = { { "DE", GERMANY, countof(GERMANY) },
		  { "AT", AUSTRIA, countof(AUSTRIA) },
		  { "CH", SWITZERLAND, countof(SWITZERLAND) } };

typedef __int128 wide;

const int64_t *
tax_rates_of(struct str country, size_t *n)
{
	*n = 0;
	for (size_t i = 0; i < countof(COUNTRIES); i++)
		if (str_eq_z(country, COUNTRIES[i].country)) {
			*n = COUNTRIES[i].n;
			return COUNTRIES[i].rates;
		}
	return NULL;
}

enum line_kind
line_kind_of(struct str name)
{
	for (int i = 0; i < LINE__MAX; i++)
		if (str_eq_z(name, LINE_KINDS[i]))
			return (enum line_kind)i;
	return LINE_NORMAL;
}

/* a × b × c / divisor, rounded half away from zero. */
static bool
scaled(int64_t a, int64_t b, int64_t c, int64_t divisor, int64_t *out)
{
	wide product = (wide)a * b, rest;

	if (__builtin_mul_overflow(product, (wide)c, &product))
		return false;
	rest = product % divisor;
	product /= divisor;
	if (rest * 2 >= divisor)
		product++;
	else if (rest * 2 <= -(wide)divisor)
		product--;
	if (product > INT64_MAX || product < INT64_MIN)
		return false;
	*out = (int64_t)product;
	return true;
}

static bool
add(int64_t *sum, int64_t amount)
{
	return !__builtin_add_overflow(*sum, amount, sum);
}

static bool
is_percentage(int64_t percent)
{
	return percent >= 0 && percent <= SUM_WHOLE;
}

static bool
too_big(struct cx *cx, size_t line)
{
	return fail(cx, E_INPUT, "The amount of line %zu is too big; make it smaller", line + 1);
}

/* The row of this rate, which is put where it belongs when it is new. */
static struct tax_sum *
rate_of(struct sums *sums, int64_t rate)
{
	size_t at = 0;

	while (at < sums->n_rates && sums->rates[at].rate > rate)
		at++;
	if (at < sums->n_rates && sums->rates[at].rate == rate)
		return &sums->rates[at];
	if (sums->n_rates == SUM_RATES_MAX)
		return NULL;
	for (size_t i = sums->n_rates++; i > at; i--)
		sums->rates[i] = sums->rates[i - 1];
	sums->rates[at] = (struct tax_sum){ .rate = rate };
	return &sums->rates[at];
}

/* Of alternatives that follow each other at most one is chosen. */
static bool
choices_are_clear(struct cx *cx, const struct sum_line *lines, size_t n)
{
	bool chosen = false;

	for (size_t i = 0; i < n; i++) {
		if (lines[i].kind != LINE_ALTERNATIVE) {
			chosen = false;
			continue;
		}
		if (chosen && lines[i].is_chosen)
			return fail(cx, E_INPUT,
				    "Two alternatives that follow each other are chosen, the "
				    "second in line %zu; choose one",
				    i + 1);
		chosen = chosen || lines[i].is_chosen;
	}
	return true;
}

static bool
counts(const struct sum_line *line)
{
	return line->kind == LINE_NORMAL || (line->kind == LINE_ALTERNATIVE && line->is_chosen);
}

static bool
count_line(struct cx *cx, const struct sum_line *line, size_t i, struct sums *sums)
{
	struct tax_sum *rate;

	if (!is_percentage(line->discount) || !is_percentage(line->tax_rate))
		return fail(cx, E_INPUT,
			    "Discount and tax rate of line %zu must be between 0 and 100 %%",
			    i + 1);
	if (!scaled(line->quantity, line->price, SUM_WHOLE - line->discount,
		    (int64_t)SUM_QUANTITY_ONE * SUM_WHOLE, &sums->amounts[i]))
		return too_big(cx, i);
	sums->counted[i] = counts(line);
	if (!sums->counted[i])
		return true;
	rate = rate_of(sums, line->tax_rate);
	if (!rate)
		return fail(cx, E_INPUT,
			    "With line %zu there are more than %d tax rates; use fewer", i + 1,
			    SUM_RATES_MAX);
	return (add(&rate->lines, sums->amounts[i]) && add(&sums->lines, sums->amounts[i])) ||
	       too_big(cx, i);
}

static bool
total_rate(struct tax_sum *rate, int64_t discount, struct sums *sums)
{
	return scaled(rate->lines, discount, 1, SUM_WHOLE, &rate->discount) &&
	       !__builtin_sub_overflow(rate->lines, rate->discount, &rate->net) &&
	       scaled(rate->net, rate->rate, 1, SUM_WHOLE, &rate->tax) &&
	       add(&sums->discount, rate->discount) && add(&sums->net, rate->net) &&
	       add(&sums->tax, rate->tax);
}

bool
sums_compute(struct cx *cx, const struct sum_line *lines, size_t n, int64_t discount,
	     struct sums *out)
{
	struct sums sums = { .n = n };
	int64_t since = 0;

	if (n > SUM_LINES_MAX)
		return fail(cx, E_INPUT, "There are more than %d lines; use fewer", SUM_LINES_MAX);
	if (!is_percentage(discount))
		return fail(cx, E_INPUT, "The discount of the whole must be between 0 and 100 %%");
	if (!choices_are_clear(cx, lines, n))
		return false;
	sums.amounts = new_array(cx->mem, n + 1, int64_t);
	sums.counted = new_array(cx->mem, n + 1, bool);
	for (size_t i = 0; i < n; i++) {
		if (lines[i].kind == LINE_SUBTOTAL) {
			if (__builtin_sub_overflow(sums.lines, since, &sums.amounts[i]))
				return too_big(cx, i);
			since = sums.lines;
		} else if (lines[i].kind != LINE_TEXT && !count_line(cx, &lines[i], i, &sums)) {
			return false;
		}
	}
	for (size_t i = 0; i < sums.n_rates; i++)
		if (!total_rate(&sums.rates[i], discount, &sums))
			return fail(cx, E_INPUT, "The sum of the lines is too big");
	sums.gross = sums.net;
	if (!add(&sums.gross, sums.tax))
		return fail(cx, E_INPUT, "The sum of the lines is too big");
	*out = sums;
	return true;
}
