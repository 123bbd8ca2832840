/* Amounts of money: whole minor units (cents) of a currency, never floating point.  Every function
 * that could overflow says so. */
#ifndef KONTOR_BASE_MONEY_H
#define KONTOR_BASE_MONEY_H

#include "base/buf.h"
#include "base/cx.h"
#include "base/str.h"

enum { CURRENCY_LEN = 3 };

struct money {
	int64_t units; /* minor units: 1250 EUR is 12.50 € */
	char currency[CURRENCY_LEN + 1];
};

/* Decimal places of a currency (ISO 4217, upper case); -1 where there is none of that name. */
int currency_digits(struct str code);
/* The sign people write for it ("€"), or its code where it has no sign of its own. */
struct str currency_sign(struct str code);

/* The nth currency of the table, for choices; the empty slice behind the last. */
struct str currency_at(size_t n);

/* A decimal number as people write it, with '.' or ',' as decimal point: "1.234,5", "1 234.50",
 * "1'234.5", "-3", "3-", "(3)", "12,-".  Groups must have three digits.  The result is in units of
 * 10^-scale; more places are refused unless they are zeros. */
bool decimal_parse(struct str text, char decimal_point, int scale, int64_t *out) CHECKED;

/* An amount as people write it, with the currency's sign or code before or behind it, or without:
 * then `currency` holds (empty: the text must name one). */
bool money_parse(struct str text, char decimal_point, struct str currency, struct money *out)
	CHECKED;

/* "€1,234.56" or "1.234,56 €" (with a no-break space). */
void money_print(struct buf *b, struct money money, enum lang lang);
/* "1,234.56" or "1.234,56". */
void decimal_print(struct buf *b, int64_t units, int scale, enum lang lang);

/* Arithmetic in minor units; false where the result does not fit. */
bool money_add(int64_t a, int64_t b, int64_t *out) CHECKED;
bool money_sub(int64_t a, int64_t b, int64_t *out) CHECKED;

/* units × factor, where factor is in units of 10^-scale (scale 0 to 18); halves are rounded away
 * from zero. */
bool money_mul(int64_t units, int64_t factor, int scale, int64_t *out) CHECKED;
/* The same for a percentage: 19 % of 100.00 is money_percent(10000, 19, 0). */
bool money_percent(int64_t units, int64_t percent, int scale, int64_t *out) CHECKED;
/* From units of 10^-from to units of 10^-to, halves rounded away from zero. */
bool decimal_rescale(int64_t units, int from, int to, int64_t *out) CHECKED;

/* Share a total by weights (none negative, not all zero) so that the parts add up to it; each part
 * is less than one unit away from its exact value. */
bool money_split(int64_t total, const int64_t *weights, size_t n, int64_t *out) CHECKED;

#endif
