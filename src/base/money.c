#include "base/money.h"

enum { SCALE_MAX = 18, GROUP = 3, HUNDRED_DIGITS = 2, NUMBER_TEXT = 32 };

/* ISO 4217, in the order of the code. */
static const struct currency {
	char code[CURRENCY_LEN + 1];
	signed char digits;
} CURRENCIES[] = {
	{ "AED", 2 }, { "AFN", 2 }, { "ALL", 2 }, { "AMD", 2 }, { "ANG", 2 }, { "AOA", 2 },
	{ "ARS", 2 }, { "AUD", 2 }, { "AWG", 2 }, { "AZN", 2 }, { "BAM", 2 }, { "BBD", 2 },
	{ "BDT", 2 }, { "BGN", 2 }, { "BHD", 3 }, { "BIF", 0 }, { "BMD", 2 }, { "BND", 2 },
	{ "BOB", 2 }, { "BOV", 2 }, { "BRL", 2 }, { "BSD", 2 }, { "BTN", 2 }, { "BWP", 2 },
	{ "BYN", 2 }, { "BZD", 2 }, { "CAD", 2 }, { "CDF", 2 }, { "CHE", 2 }, { "CHF", 2 },
	{ "CHW", 2 }, { "CLF", 4 }, { "CLP", 0 }, { "CNY", 2 }, { "COP", 2 }, { "COU", 2 },
	{ "CRC", 2 }, { "CUC", 2 }, { "CUP", 2 }, { "CVE", 2 }, { "CZK", 2 }, { "DJF", 0 },
	{ "DKK", 2 }, { "DOP", 2 }, { "DZD", 2 }, { "EGP", 2 }, { "ERN", 2 }, { "ETB", 2 },
	{ "EUR", 2 }, { "FJD", 2 }, { "FKP", 2 }, { "GBP", 2 }, { "GEL", 2 }, { "GHS", 2 },
	{ "GIP", 2 }, { "GMD", 2 }, { "GNF", 0 }, { "GTQ", 2 }, { "GYD", 2 }, { "HKD", 2 },
	{ "HNL", 2 }, { "HTG", 2 }, { "HUF", 2 }, { "IDR", 2 }, { "ILS", 2 }, { "INR", 2 },
	{ "IQD", 3 }, { "IRR", 2 }, { "ISK", 0 }, { "JMD", 2 }, { "JOD", 3 }, { "JPY", 0 },
	{ "KES", 2 }, { "KGS", 2 }, { "KHR", 2 }, { "KMF", 0 }, { "KPW", 2 }, { "KRW", 0 },
	{ "KWD", 3 }, { "KYD", 2 }, { "KZT", 2 }, { "LAK", 2 }, { "LBP", 2 }, { "LKR", 2 },
	{ "LRD", 2 }, { "LSL", 2 }, { "LYD", 3 }, { "MAD", 2 }, { "MDL", 2 }, { "MGA", 2 },
	{ "MKD", 2 }, { "MMK", 2 }, { "MNT", 2 }, { "MOP", 2 }, { "MRU", 2 }, { "MUR", 2 },
	{ "MVR", 2 }, { "MWK", 2 }, { "MXN", 2 }, { "MXV", 2 }, { "MYR", 2 }, { "MZN", 2 },
	{ "NAD", 2 }, { "NGN", 2 }, { "NIO", 2 }, { "NOK", 2 }, { "NPR", 2 }, { "NZD", 2 },
	{ "OMR", 3 }, { "PAB", 2 }, { "PEN", 2 }, { "PGK", 2 }, { "PHP", 2 }, { "PKR", 2 },
	{ "PLN", 2 }, { "PYG", 0 }, { "QAR", 2 }, { "RON", 2 }, { "RSD", 2 }, { "RUB", 2 },
	{ "RWF", 0 }, { "SAR", 2 }, { "SBD", 2 }, { "SCR", 2 }, { "SDG", 2 }, { "SEK", 2 },
	{ "SGD", 2 }, { "SHP", 2 }, { "SLE", 2 }, { "SLL", 2 }, { "SOS", 2 }, { "SRD", 2 },
	{ "SSP", 2 }, { "STN", 2 }, { "SVC", 2 }, { "SYP", 2 }, { "SZL", 2 }, { "THB", 2 },
	{ "TJS", 2 }, { "TMT", 2 }, { "TND", 3 }, { "TOP", 2 }, { "TRY", 2 }, { "TTD", 2 },
	{ "TWD", 2 }, { "TZS", 2 }, { "UAH", 2 }, { "UGX", 0 }, { "USD", 2 }, { "USN", 2 },
	{ "UYI", 0 }, { "UYU", 2 }, { "UYW", 4 }, { "UZS", 2 }, { "VED", 2 }, { "VES", 2 },
	{ "VND", 0 }, { "VUV", 0 }, { "WST", 2 }, { "XAF", 0 }, { "XCD", 2 }, { "XOF", 0 },
	{ "XPF", 0 }, { "YER", 2 }, { "ZAR", 2 }, { "ZMW", 2 }, { "ZWL", 2 },
};

/* Signs that name one currency; where one ends with another, the longer stands first. */
static const struct sign {
	struct str sign, code;
} SIGNS[] = {
	/* These are only read. */
	{ S_INIT("US$"), S_INIT("USD") },
	{ S_INIT("CA$"), S_INIT("CAD") },
	{ S_INIT("A$"), S_INIT("AUD") },
	{ S_INIT("NZ$"), S_INIT("NZD") },
	{ S_INIT("R$"), S_INIT("BRL") },
	{ S_INIT("SFr."), S_INIT("CHF") },
	{ S_INIT("Fr."), S_INIT("CHF") },
	/* From here on they are printed too. */
	{ S_INIT("€"), S_INIT("EUR") },
	{ S_INIT("$"), S_INIT("USD") },
	{ S_INIT("£"), S_INIT("GBP") },
	{ S_INIT("¥"), S_INIT("JPY") },
	{ S_INIT("zł"), S_INIT("PLN") },
	{ S_INIT("Kč"), S_INIT("CZK") },
	{ S_INIT("₹"), S_INIT("INR") },
	{ S_INIT("₩"), S_INIT("KRW") },
	{ S_INIT("₺"), S_INIT("TRY") },
	{ S_INIT("₴"), S_INIT("UAH") },
	{ S_INIT("₽"), S_INIT("RUB") },
	{ S_INIT("₪"), S_INIT("ILS") },
	{ S_INIT("₫"), S_INIT("VND") },
	{ S_INIT("₦"), S_INIT("NGN") },
};
enum { FIRST_PRINTED = 7 };

/* Blanks and apostrophes between groups of digits; how a price says "no cents". */
static const struct str GROUP_MARKS[] = {
	S_INIT(" "), S_INIT("\xc2\xa0"),    S_INIT("\xe2\x80\xaf"), S_INIT("\xe2\x80\x89"),
	S_INIT("'"), S_INIT("\xe2\x80\x99")
};
static const struct str MINUS_MARKS[] = { S_INIT("-"), S_INIT("\xe2\x88\x92"),
					  S_INIT("\xe2\x80\x93") };
static const struct str NO_CENTS[] = { S_INIT("-"), S_INIT("--"), S_INIT("\xe2\x80\x93"),
				       S_INIT("\xe2\x80\x94") };

static const int64_t POWERS[SCALE_MAX + 1] = {
	1,
	10,
	100,
	1000,
	10000,
	100000,
	1000000,
	10000000,
	100000000,
	1000000000,
	10000000000,
	100000000000,
	1000000000000,
	10000000000000,
	100000000000000,
	1000000000000000,
	10000000000000000,
	100000000000000000,
	1000000000000000000,
};

static const struct currency *
currency_find(struct str code)
{
	size_t low = 0, high = countof(CURRENCIES);

	while (low < high) {
		size_t middle = (low + high) / 2;
		int order = str_cmp(str_of(CURRENCIES[middle].code), code);

		if (!order)
			return &CURRENCIES[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

int
currency_digits(struct str code)
{
	const struct currency *currency = currency_find(code);

	return currency ? currency->digits : -1;
}

struct str
currency_sign(struct str code)
{
	for (size_t i = FIRST_PRINTED; i < countof(SIGNS); i++)
		if (str_eq(SIGNS[i].code, code))
			return SIGNS[i].sign;
	return code;
}

struct str
currency_at(size_t n)
{
	return n < countof(CURRENCIES) ? str_of(CURRENCIES[n].code) : (struct str){ 0 };
}

/* Takes the first of the marks that stands at the start; false where none does. */
static bool
take_start(struct str *s, const struct str *marks, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_starts(*s, marks[i])) {
			*s = str_from(*s, marks[i].n);
			return true;
		}
	return false;
}

static bool
take_end(struct str *s, const struct str *marks, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_ends(*s, marks[i])) {
			s->n -= marks[i].n;
			return true;
		}
	return false;
}

static struct str
trim(struct str s)
{
	size_t before;

	do {
		before = s.n;
		s = str_trim(s);
		take_start(&s, GROUP_MARKS, countof(GROUP_MARKS) - 2);
		take_end(&s, GROUP_MARKS, countof(GROUP_MARKS) - 2);
	} while (s.n != before);
	return s;
}

static bool
has_sign(struct str s)
{
	return s.n && (s.p[0] == '-' || s.p[0] == '+');
}

/* "(3)", as book-keepers write -3. */
static bool
take_parentheses(struct str *s)
{
	if (s->n < 2 || s->p[0] != '(' || s->p[s->n - 1] != ')')
		return false;
	*s = trim((struct str){ s->p + 1, s->n - 2 });
	return true;
}

/* "3-", but not "3,-", which is a price without cents. */
static bool
take_minus_behind(struct str *s)
{
	if (s->n < 2 || s->p[s->n - 1] != '-' || s->p[s->n - 2] < '0' || s->p[s->n - 2] > '9')
		return false;
	s->n--;
	return true;
}

/* Takes the sign, wherever it stands; false where there are two or nothing is left. */
static bool
take_minus(struct str *s, bool *out_negative)
{
	bool before, behind;

	*s = trim(*s);
	before = take_parentheses(s) || take_start(s, MINUS_MARKS, countof(MINUS_MARKS));
	if (!before && has_sign(*s)) {
		*s = trim(str_from(*s, 1));
		return s->n && !has_sign(*s);
	}
	behind = take_minus_behind(s);
	*s = trim(*s);
	*out_negative = before || behind;
	return s->n && !has_sign(*s) && !(before && behind);
}

/* One digit more, towards minus infinity, so that the smallest number fits too. */
static bool
add_digit(int64_t *value, char digit)
{
	return !__builtin_mul_overflow(*value, 10, value) &&
	       !__builtin_sub_overflow(*value, digit - '0', value);
}

static size_t
digits_at(struct str s)
{
	size_t n = 0;

	while (n < s.n && s.p[n] >= '0' && s.p[n] <= '9')
		n++;
	return n;
}

/* The part before the decimal point, with or without groups. */
static bool
take_whole(struct str *s, struct str other_point, int64_t *value)
{
	struct str mark = { 0 };

	for (size_t group = 0;; group++) {
		size_t n = digits_at(*s);
		struct str at;

		if (group && n != GROUP)
			return false;
		for (size_t i = 0; i < n; i++)
			if (!add_digit(value, s->p[i]))
				return false;
		*s = str_from(*s, n);
		at = *s;
		if (!take_start(&at, &other_point, 1) &&
		    !take_start(&at, GROUP_MARKS, countof(GROUP_MARKS)))
			return true;
		if (group ? !str_starts(*s, mark) : !n || n > GROUP)
			return false;
		mark = str_first(*s, s->n - at.n);
		*s = at;
	}
}

/* The part behind the decimal point, filled up to `scale` places. */
static bool
take_places(struct str s, int scale, int64_t *value)
{
	size_t n = digits_at(s), places = (size_t)scale;

	if (n != s.n)
		return false;
	for (size_t i = places; i < n; i++)
		if (s.p[i] != '0')
			return false;
	for (size_t i = 0; i < places; i++)
		if (!add_digit(value, i < n ? s.p[i] : '0'))
			return false;
	return true;
}

/* A number without its sign, as a negative value. */
static bool
parse_magnitude(struct str s, char decimal_point, int scale, int64_t *out)
{
	struct str point = decimal_point == ',' ? S(",") : S(".");
	struct str other = decimal_point == ',' ? S(".") : S(",");
	size_t whole = s.n;

	if (!take_whole(&s, other, out))
		return false;
	whole -= s.n;
	if (!take_start(&s, &point, 1))
		return whole && !s.n && take_places(s, scale, out);
	for (size_t i = 0; whole && i < countof(NO_CENTS); i++)
		if (str_eq(s, NO_CENTS[i]))
			return take_places((struct str){ 0 }, scale, out);
	return s.n && take_places(s, scale, out);
}

bool
decimal_parse(struct str text, char decimal_point, int scale, int64_t *out)
{
	bool negative = false;
	int64_t value = 0;

	if (scale < 0 || scale > SCALE_MAX || !take_minus(&text, &negative) ||
	    !parse_magnitude(text, decimal_point, scale, &value))
		return false;
	if (!negative && __builtin_sub_overflow(0, value, &value))
		return false;
	*out = value;
	return true;
}

static bool
is_letter(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* The three letters in upper case, where they name a currency. */
static bool
code_of(struct str letters, char out[static CURRENCY_LEN + 1])
{
	char code[CURRENCY_LEN + 1] = { 0 };

	if (letters.n != CURRENCY_LEN)
		return false;
	for (size_t i = 0; i < CURRENCY_LEN; i++) {
		if (!is_letter(letters.p[i]))
			return false;
		code[i] = (char)(letters.p[i] & ~' ');
	}
	if (!currency_find(str_of(code)))
		return false;
	memcpy(out, code, sizeof code);
	return true;
}

/* Takes a sign or a code at one end of the text; leaves `out` empty where there is none. */
static void
take_currency(struct str *s, bool at_end, char out[static CURRENCY_LEN + 1])
{
	size_t letters = 0;

	for (size_t i = 0; i < countof(SIGNS); i++)
		if (at_end ? take_end(s, &SIGNS[i].sign, 1) : take_start(s, &SIGNS[i].sign, 1)) {
			memcpy(out, SIGNS[i].code.p, CURRENCY_LEN + 1);
			return;
		}
	while (letters < s->n && is_letter(s->p[at_end ? s->n - 1 - letters : letters]))
		letters++;
	if (!code_of(at_end ? str_from(*s, s->n - letters) : str_first(*s, letters), out))
		return;
	*s = at_end ? str_first(*s, s->n - letters) : str_from(*s, letters);
}

/* Takes the currency from both ends; false where there are two different ones. */
static bool
take_currencies(struct str *s, bool *out_negative, char out[static CURRENCY_LEN + 1])
{
	char before[CURRENCY_LEN + 1] = { 0 }, behind[CURRENCY_LEN + 1] = { 0 };

	*s = trim(*s);
	take_currency(s, true, behind);
	if (!take_minus(s, out_negative))
		return false;
	take_currency(s, false, before);
	if (!behind[0])
		take_currency(s, true, behind);
	if (before[0] && behind[0] && strcmp(before, behind) != 0)
		return false;
	if (before[0] || behind[0])
		memcpy(out, behind[0] ? behind : before, sizeof behind);
	return true;
}

bool
money_parse(struct str text, char decimal_point, struct str currency, struct money *out)
{
	bool negative = false, inner = false;
	struct money money = { 0 };

	if (!take_currencies(&text, &negative, money.currency) ||
	    (!money.currency[0] && !code_of(currency, money.currency)))
		return false;
	if (!take_minus(&text, &inner) || (negative && inner) ||
	    !parse_magnitude(text, decimal_point, currency_digits(str_of(money.currency)),
			     &money.units))
		return false;
	if (!negative && !inner && __builtin_sub_overflow(0, money.units, &money.units))
		return false;
	*out = money;
	return true;
}

static uint64_t
magnitude(int64_t units)
{
	return units < 0 ? (uint64_t) - (units + 1) + 1 : (uint64_t)units;
}

static void
print_magnitude(struct buf *b, uint64_t rest, int scale, enum lang lang)
{
	char group = lang == LANG_DE ? '.' : ',', point = lang == LANG_DE ? ',' : '.';
	char text[NUMBER_TEXT];
	int n = 0;

	while (n <= scale || rest) {
		text[n++] = (char)('0' + rest % 10);
		rest /= 10;
	}
	for (int i = n - 1; i >= 0; i--) {
		buf_char(b, text[i]);
		if (i == scale && scale)
			buf_char(b, point);
		else if (i > scale && (i - scale) % GROUP == 0)
			buf_char(b, group);
	}
}

void
decimal_print(struct buf *b, int64_t units, int scale, enum lang lang)
{
	if (units < 0)
		buf_char(b, '-');
	print_magnitude(b, magnitude(units), scale, lang);
}

void
money_print(struct buf *b, struct money money, enum lang lang)
{
	struct str code = str_of(money.currency), sign = currency_sign(code);
	int digits = currency_digits(code);

	if (digits < 0)
		digits = 0;
	if (lang == LANG_DE) {
		decimal_print(b, money.units, digits, lang);
		BUF_LIT(b, "\xc2\xa0");
		buf_str(b, sign);
		return;
	}
	if (money.units < 0)
		buf_char(b, '-');
	buf_str(b, sign);
	if (str_eq(code, sign))
		BUF_LIT(b, "\xc2\xa0");
	print_magnitude(b, magnitude(money.units), digits, lang);
}

bool
money_add(int64_t a, int64_t b, int64_t *out)
{
	int64_t sum;

	if (__builtin_add_overflow(a, b, &sum))
		return false;
	*out = sum;
	return true;
}

bool
money_sub(int64_t a, int64_t b, int64_t *out)
{
	int64_t rest;

	if (__builtin_sub_overflow(a, b, &rest))
		return false;
	*out = rest;
	return true;
}

/* a / b, halves away from zero, b > 0. */
static bool
divide(__int128 a, __int128 b, int64_t *out)
{
	__int128 quotient = a / b, rest = a % b;

	if (rest < 0 ? -rest >= b + rest : rest >= b - rest)
		quotient += a < 0 ? -1 : 1;
	if (quotient > INT64_MAX || quotient < INT64_MIN)
		return false;
	*out = (int64_t)quotient;
	return true;
}

bool
money_mul(int64_t units, int64_t factor, int scale, int64_t *out)
{
	if (scale < 0 || scale > SCALE_MAX)
		return false;
	return divide((__int128)units * factor, POWERS[scale], out);
}

bool
money_percent(int64_t units, int64_t percent, int scale, int64_t *out)
{
	return money_mul(units, percent, scale + HUNDRED_DIGITS, out);
}

bool
decimal_rescale(int64_t units, int from, int to, int64_t *out)
{
	if (from < 0 || from > SCALE_MAX || to < 0 || to > SCALE_MAX)
		return false;
	return divide((__int128)units * POWERS[to], POWERS[from], out);
}

bool
money_split(int64_t total, const int64_t *weights, size_t n, int64_t *out)
{
	int64_t whole = 0, so_far = 0, given = 0;

	for (size_t i = 0; i < n; i++)
		if (weights[i] < 0 || __builtin_add_overflow(whole, weights[i], &whole))
			return false;
	if (!whole)
		return false;
	for (size_t i = 0; i < n; i++) {
		int64_t up_to_here;

		so_far += weights[i];
		if (!divide((__int128)total * so_far, whole, &up_to_here))
			return false;
		out[i] = up_to_here - given;
		given = up_to_here;
	}
	return true;
}
