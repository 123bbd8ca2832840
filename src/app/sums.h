/* What a document of lines comes to: a quote, an order.
 *
 * Whole numbers only: quantities in thousandths, money in minor units, percentages in hundredths of
 * a percent (19 % is 1900).  Rounding is half away from zero, and happens at these places alone:
 *   1. a line's amount: quantity × unit price × (100 % − discount), exact, then rounded once;
 *   2. the discount of the whole, for each tax rate: the sum of its lines × discount;
 *   3. the tax, for each rate: (the sum of its lines − its discount) × rate.
 * Sums are of rounded amounts, so that what is printed adds up.  Tax stands on the sum of the rate
 * and not on lines, as EN 16931 (BR-CO-17) has it. */
#ifndef KONTOR_APP_SUMS_H
#define KONTOR_APP_SUMS_H

#include "base/cx.h"

enum {
	SUM_LINES_MAX = 1000,
	SUM_RATES_MAX = 16,
	SUM_QUANTITY_ONE = 1000, /* a quantity of 1 */
	SUM_WHOLE = 10000        /* 100 % */
};

/* What a line is.  Normal lines count; options do not; of alternatives that follow each other the
 * chosen one counts; a subtotal is what counted since the one before it. */
enum line_kind { LINE_NORMAL, LINE_OPTION, LINE_ALTERNATIVE, LINE_TEXT, LINE_SUBTOTAL, LINE__MAX };
extern const char *const LINE_KINDS[LINE__MAX]; /* "normal": keys of the model's options */

/* An unknown or empty name is a normal line. */
enum line_kind line_kind_of(struct str name);

struct sum_line {
	enum line_kind kind;
	bool is_chosen;
	int64_t quantity, price, discount, tax_rate;
};

/* One tax rate of the document. */
struct tax_sum {
	int64_t rate;
	int64_t lines, discount; /* of its lines, before and off */
	int64_t net, tax;
};

struct sums {
	int64_t *amounts; /* of each line, also of those that do not count; of a subtotal its sum */
	bool *counted;    /* does the line count? */
	size_t n;
	int64_t lines, discount; /* of all lines that count */
	int64_t net, tax, gross;
	struct tax_sum rates[SUM_RATES_MAX]; /* those of lines that count, the highest first */
	size_t n_rates;
};

/* The sums of the lines in their order, with a discount of the whole; they live in cx->mem.
 * E_INPUT, naming the line (from 1): a percentage beyond 0 to 100, two alternatives chosen of one
 * row of them, too many rates, an amount that is too big. */
bool sums_compute(struct cx *cx, const struct sum_line *lines, size_t n, int64_t discount,
		  struct sums *out) CHECKED;

/* The usual tax rates of a country (ISO 3166, "DE"), the highest first; *n is 0 where none are
 * known.  Every other rate may be used as well. */
const int64_t *tax_rates_of(struct str country, size_t *n);

#endif
