/* What kind of values a column holds, by what they look like: for a field that is made for it. */
#include "data/guess.h"

#include "base/fold.h"

enum {
	LONG_BYTES = 200,
	OPTION_BYTES_MAX = 40,
	OPTION_TIMES = 2, /* so often an option stands in the column, on average */
	DIGITS_MAX = 15,
	PHONE_DIGITS_MIN = 6,
	DATE_PARTS = 3,
	YEAR_DIGITS = 4,
};

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static size_t
digits(struct str s)
{
	size_t n = 0;

	while (n < s.n && is_digit(s.p[n]))
		n++;
	return n;
}

static bool
looks_bool(struct str s)
{
	static const char *const words[] = { "ja",   "nein",  "yes",  "no",
					     "true", "false", "wahr", "falsch" };

	for (size_t i = 0; i < countof(words); i++)
		if (str_eq_ascii_nocase(s, str_of(words[i])))
			return true;
	return false;
}

/* "31.12.2026", "2026-12-31" and their like; *rest: what stands behind. */
static bool
date_begins(struct str s, struct str *rest)
{
	size_t length[DATE_PARTS];
	char sign = 0;

	for (int i = 0; i < DATE_PARTS; i++) {
		length[i] = digits(s);
		s = str_from(s, length[i]);
		if (i == DATE_PARTS - 1)
			break;
		if (!s.n || !strchr(".-/", s.p[0]) || (sign && s.p[0] != sign))
			return false;
		sign = s.p[0];
		s = str_from(s, 1);
	}
	*rest = s;
	return length[1] >= 1 && length[1] <= 2 &&
	       ((length[0] == YEAR_DIGITS && length[2] >= 1 && length[2] <= 2) ||
		(length[0] >= 1 && length[0] <= 2 && (length[2] == YEAR_DIGITS || length[2] == 2)));
}

static bool
looks_date(struct str s)
{
	struct str rest;

	return date_begins(s, &rest) && !rest.n;
}

static bool
looks_moment(struct str s)
{
	struct str rest;
	size_t n;

	if (!date_begins(s, &rest) || !rest.n || (rest.p[0] != ' ' && rest.p[0] != 'T'))
		return false;
	rest = str_from(rest, 1);
	n = digits(rest);
	return n >= 1 && n <= 2 && rest.n > n + 2 && rest.p[n] == ':' &&
	       digits(str_from(rest, n + 1)) == 2;
}

static bool
looks_email(struct str s)
{
	const char *at = memchr(s.p, '@', s.n);

	return at && at > s.p && !memchr(s.p, ' ', s.n) &&
	       memchr(at, '.', s.n - (size_t)(at - s.p));
}

static bool
looks_url(struct str s)
{
	return str_starts(s, S("http://")) || str_starts(s, S("https://")) ||
	       str_starts(s, S("www."));
}

static bool
looks_phone(struct str s)
{
	size_t n = 0;

	if (!s.n || !strchr("+0(", s.p[0]) || looks_date(s))
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (!strchr("0123456789+()/-. ", s.p[i]))
			return false;
		n += is_digit(s.p[i]);
	}
	return n >= PHONE_DIGITS_MIN;
}

static struct str
unsigned_of(struct str s)
{
	return s.n && (s.p[0] == '-' || s.p[0] == '+') ? str_from(s, 1) : s;
}

/* A leading zero belongs to a number of something, not to a quantity. */
static bool
looks_int(struct str s)
{
	s = unsigned_of(s);
	return s.n && digits(s) == s.n && s.n <= DIGITS_MAX && (s.p[0] != '0' || s.n == 1);
}

/* "0,5", "1.234,50", "1,234,567.8". */
static bool
looks_decimal(struct str s)
{
	size_t n = digits(unsigned_of(s)), last = n;
	char group = 0;

	s = unsigned_of(s);
	if (!n || s.n > DIGITS_MAX + DIGITS_MAX / 2 || (s.p[0] == '0' && n > 1))
		return false;
	for (s = str_from(s, n); s.n; s = str_from(s, 1 + last)) {
		bool is_first = !group;

		if ((s.p[0] != '.' && s.p[0] != ',') || (!is_first && last != 3))
			return false;
		last = digits(str_from(s, 1));
		if (!last || (!is_first && s.p[0] != group && s.n != 1 + last))
			return false;
		group = is_first ? s.p[0] : group;
	}
	return true;
}

/* In the order in which they are believed. */
static const struct {
	enum field_type type;
	bool (*looks)(struct str s);
} LOOKS[] = {
	{ FT_BOOL, looks_bool },   { FT_DATE, looks_date },       { FT_DATETIME, looks_moment },
	{ FT_EMAIL, looks_email }, { FT_URL, looks_url },         { FT_PHONE, looks_phone },
	{ FT_INT, looks_int },     { FT_DECIMAL, looks_decimal },
};

static void
option_add(struct cx *cx, struct guess_kind *kind, struct str text)
{
	struct str key;

	if (kind->many)
		return;
	key = fold_key(cx->mem, text);
	for (size_t i = 0; i < kind->n_options; i++)
		if (str_eq(kind->keys[i], key))
			return;
	kind->many = kind->n_options == GUESS_OPTIONS || text.n > OPTION_BYTES_MAX || !key.n ||
		     memchr(text.p, '\n', text.n);
	if (kind->many)
		return;
	kind->keys[kind->n_options] = key;
	kind->options[kind->n_options++] = str_dup(cx->mem, text);
}

void
guess_kind_add(struct cx *cx, struct guess_kind *kind, struct str text)
{
	if (!text.n)
		return;
	kind->n++;
	for (size_t i = 0; i < countof(LOOKS); i++)
		if (!(kind->is_not >> LOOKS[i].type & 1) && !LOOKS[i].looks(text))
			kind->is_not |= 1u << LOOKS[i].type;
	kind->is_long |= text.n > LONG_BYTES || memchr(text.p, '\n', text.n);
	option_add(cx, kind, text);
}

enum field_type
guess_type(const struct guess_kind *kind)
{
	if (!kind->n)
		return FT_TEXT;
	for (size_t i = 0; i < countof(LOOKS); i++)
		if (!(kind->is_not >> LOOKS[i].type & 1))
			return LOOKS[i].type;
	if (!kind->many && kind->n_options > 1 && kind->n >= OPTION_TIMES * kind->n_options)
		return FT_ENUM;
	return kind->is_long ? FT_LONGTEXT : FT_TEXT;
}
