/* Number formats of a workbook (ECMA-376 part 1, 18.8.30 and 18.8.31), and numbers as texts. */
#include "data/xlsx_private.h"

#include "base/clock.h"

enum {
	NUMBER_BYTES = 400,
	PLACES = 15, /* what a spreadsheet keeps of a number */
	SECONDS_A_DAY = 86400,
	DAY_OF_LEAP = 60,        /* 29 February 1900, which never was */
	DAY_ZERO = -25569,       /* 1899-12-30 */
	DAY_ZERO_EARLY = -25568, /* before that day */
	DAY_ZERO_1904 = -24107,  /* 1904-01-01 */
	DAYS_MAX = 2958466,      /* 9999-12-31, and one */
	DAYS_MAX_1904 = 2957004,
	MINUTE = 60,
	HOUR = 3600,
};
#define FIXED_MAX 1e22

struct number_format
number_format_built_in(int64_t id)
{
	static const struct {
		int first, last;
		enum number_kind kind;
	} rows[] = {
		{ 9, 10, NUMBER_SHARE },   { 14, 17, NUMBER_DATE }, { 18, 21, NUMBER_TIME },
		{ 22, 22, NUMBER_MOMENT }, { 27, 31, NUMBER_DATE }, { 32, 35, NUMBER_TIME },
		{ 36, 36, NUMBER_DATE },   { 45, 45, NUMBER_TIME }, { 46, 46, NUMBER_DURATION },
		{ 47, 47, NUMBER_TIME },   { 50, 54, NUMBER_DATE }, { 55, 56, NUMBER_TIME },
		{ 57, 58, NUMBER_DATE },
	};

	for (size_t i = 0; i < countof(rows); i++)
		if (id >= rows[i].first && id <= rows[i].last)
			return (struct number_format){ rows[i].kind, 0 };
	return (struct number_format){ NUMBER_PLAIN, 0 };
}

/* What the letters of a code say. */
struct signs {
	bool has_day, has_month, has_time, has_elapsed, has_share, has_other;
	int zeros;
};

/* How many bytes from the front are a text, an escaped sign or a bracket; 0: none of these. */
static size_t
quoted_length(struct str code, struct signs *signs)
{
	const char *end;

	switch (code.p[0]) {
	case '"':
		end = memchr(code.p + 1, '"', code.n - 1);
		return end ? (size_t)(end - code.p) + 1 : code.n;
	case '\\':
	case '_':
	case '*':
		return code.n < 2 ? code.n : 2;
	case '[':
		end = memchr(code.p, ']', code.n);
		if (!end || code.n < 3)
			return code.n;
		signs->has_elapsed |=
			strchr("hHmMsS", code.p[1]) && (code.p[2] == ']' || code.p[2] == code.p[1]);
		return (size_t)(end - code.p) + 1;
	default:
		return 0;
	}
}

static size_t
word_length(struct str code)
{
	static const struct str words[] = { S_INIT("General"), S_INIT("AM/PM"), S_INIT("A/P") };

	for (size_t i = 0; i < countof(words); i++)
		if (str_eq_ascii_nocase(str_first(code, words[i].n), words[i]))
			return words[i].n;
	return 0;
}

static void
sign_note(char c, struct signs *signs)
{
	if (c == '0')
		signs->zeros++;
	else if (c == '%')
		signs->has_share = true;
	else if (strchr("yYdD", c))
		signs->has_day = true;
	else if (strchr("hHsS", c))
		signs->has_time = true;
	else if (strchr("mM", c))
		signs->has_month = true;
	else
		signs->has_other = true;
}

static struct signs
signs_of(struct str code)
{
	struct signs signs = { 0 };

	while (code.n && code.p[0] != ';') { /* what is positive */
		size_t n = quoted_length(code, &signs);

		if (!n)
			n = word_length(code);
		if (!n) {
			sign_note(code.p[0], &signs);
			n = 1;
		}
		code = str_from(code, n);
	}
	return signs;
}

struct number_format
number_format_of(struct str code)
{
	struct signs signs = signs_of(code);
	bool is_day = signs.has_day || (signs.has_month && !signs.has_time && !signs.has_elapsed);

	if (signs.has_elapsed && !signs.has_day)
		return (struct number_format){ NUMBER_DURATION, 0 };
	if (is_day)
		return (struct number_format){ signs.has_time ? NUMBER_MOMENT : NUMBER_DATE, 0 };
	if (signs.has_time)
		return (struct number_format){ NUMBER_TIME, 0 };
	if (signs.has_share)
		return (struct number_format){ NUMBER_SHARE, 0 };
	if (signs.zeros > 1 && !signs.has_other)
		return (struct number_format){ NUMBER_ZEROS, signs.zeros };
	return (struct number_format){ NUMBER_PLAIN, 0 };
}

/* ---- writing ---- */

static void
write_places(struct buf *out, double number, int places)
{
	char text[NUMBER_BYTES];
	int n = snprintf(text, sizeof text, "%.*f", places, number);

	if (n < 0 || n >= (int)sizeof text)
		return;
	while (places > 0 && n > 0 && text[n - 1] == '0')
		n--;
	if (n > 0 && text[n - 1] == '.')
		n--;
	buf_str(out, (struct str){ text, (size_t)n });
}

static void
write_plain(struct buf *out, double number)
{
	double size = fabs(number);
	int places;

	if (number == trunc(number) && size < FIXED_MAX) {
		write_places(out, size > 0 ? number : 0, 0); /* not -0 */
		return;
	}
	places = PLACES - 1 - (int)floor(log10(size));
	if (size < FIXED_MAX && places < NUMBER_BYTES / 2)
		write_places(out, number, places < 0 ? 0 : places);
	else
		buf_real(out, number);
}

static void
write_clock(struct buf *out, int64_t s)
{
	buf_pad(out, s / HOUR, 2);
	buf_char(out, ':');
	buf_pad(out, s / MINUTE % MINUTE, 2);
	buf_char(out, ':');
	buf_pad(out, s % MINUTE, 2);
}

static void
write_date(struct buf *out, int64_t day, bool is_1904)
{
	if (is_1904)
		date_print(out, day + DAY_ZERO_1904);
	else if (day == DAY_OF_LEAP)
		BUF_LIT(out, "1900-02-29");
	else
		date_print(out, day + (day < DAY_OF_LEAP ? DAY_ZERO_EARLY : DAY_ZERO));
}

static void
write_moment(struct buf *out, int64_t s, struct number_format format, bool is_1904)
{
	int64_t day = s / SECONDS_A_DAY, rest = s % SECONDS_A_DAY;
	bool has_day = format.kind != NUMBER_TIME && (day || (is_1904 && s));

	if (has_day)
		write_date(out, day, is_1904);
	if (format.kind == NUMBER_DATE || (format.kind == NUMBER_MOMENT && !rest))
		return;
	if (has_day)
		buf_char(out, ' ');
	write_clock(out, rest);
}

void
number_write(struct buf *out, double number, struct number_format format, bool is_1904)
{
	double s = number * SECONDS_A_DAY, days = is_1904 ? DAYS_MAX_1904 : DAYS_MAX;
	bool in_range = number >= 0 && s + 1 < days * SECONDS_A_DAY;
	struct buf digits;
	char room[NUMBER_BYTES];

	switch (format.kind) {
	case NUMBER_SHARE:
		write_plain(out, number * 100);
		buf_char(out, '%');
		return;
	case NUMBER_ZEROS:
		digits = (struct buf){ .p = room, .cap = sizeof room, .max = sizeof room };
		write_plain(&digits, number);
		for (size_t i = digits.n;
		     number >= 0 && number == trunc(number) && i < (size_t)format.width; i++)
			buf_char(out, '0');
		buf_str(out, buf_done(&digits));
		return;
	case NUMBER_PLAIN:
		write_plain(out, number);
		return;
	default:
		break;
	}
	if (!in_range) {
		write_plain(out, number);
		return;
	}
	if (format.kind == NUMBER_DURATION)
		write_clock(out, llround(s));
	else
		write_moment(out, llround(s), format, is_1904);
}
