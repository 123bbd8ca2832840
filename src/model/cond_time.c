#include "model/cond_time.h"

#include "base/cx.h"
#include "model/reference.h"

enum {
	SHIFT_MAX = 100000,
	DATE_TEXT = 10,
	HOUR_TEXT = 2,
	MONTHS_PER_QUARTER = 3,
	MONTHS_PER_YEAR = 12,
	DAYS_PER_WEEK = 7
};

/* One row a unit: its word in "this week", its letters in "-2w". */
static const struct unit {
	const char *word, *letters;
	enum period period;
} UNITS[UNIT__MAX] = {
	[UNIT_DAY] = { "day", "d", PERIOD_DAY },
	[UNIT_WEEK] = { "week", "w", PERIOD_WEEK },
	[UNIT_MONTH] = { "month", "m", PERIOD_MONTH },
	[UNIT_QUARTER] = { "quarter", "q", PERIOD_QUARTER },
	[UNIT_YEAR] = { "year", "y", PERIOD_YEAR },
	[UNIT_HOUR] = { NULL, "h", PERIOD__MAX },
	[UNIT_MINUTE] = { NULL, "min", PERIOD__MAX },
};

static const char *const WHICH[] = { "last", "this", "next" };

static const struct word {
	const char *text;
	struct cond_time moment;
} WORDS[] = {
	{ "now", { .kind = TIME_NOW } },
	{ "today", { .kind = TIME_PERIOD, .unit = UNIT_DAY, .n = 0 } },
	{ "yesterday", { .kind = TIME_PERIOD, .unit = UNIT_DAY, .n = -1 } },
	{ "tomorrow", { .kind = TIME_PERIOD, .unit = UNIT_DAY, .n = 1 } },
};

static bool
parse_word(struct str text, struct cond_time *out)
{
	struct str rest = text, which;

	for (size_t i = 0; i < countof(WORDS); i++)
		if (str_eq_ascii_nocase(text, str_of(WORDS[i].text))) {
			*out = WORDS[i].moment;
			return true;
		}
	which = str_cut(&rest, ' ');
	for (size_t i = 0; i < countof(WHICH); i++) {
		if (!str_eq_ascii_nocase(which, str_of(WHICH[i])))
			continue;
		for (enum cond_time_unit u = 0; u < UNIT_HOUR; u++)
			if (str_eq_ascii_nocase(rest, str_of(UNITS[u].word))) {
				*out = (struct cond_time){ TIME_PERIOD, u, (int64_t)i - 1, 0 };
				return true;
			}
	}
	return false;
}

static bool
parse_shift(struct str text, struct cond_time *out)
{
	size_t digits = 1;
	int64_t n;

	if (!text.n || (text.p[0] != '-' && text.p[0] != '+'))
		return false;
	while (digits < text.n && text.p[digits] >= '0' && text.p[digits] <= '9')
		digits++;
	if (!str_int(str_first(text, digits), -SHIFT_MAX, SHIFT_MAX, &n))
		return false;
	for (enum cond_time_unit u = 0; u < UNIT__MAX; u++)
		if (str_eq_z(str_from(text, digits), UNITS[u].letters)) {
			*out = (struct cond_time){ TIME_SHIFT, u, n, 0 };
			return true;
		}
	return false;
}

/* Two digits and what stands before them (0: nothing). */
static bool
take_two(struct str *text, char before, int max, int64_t *out)
{
	size_t skip = before != 0;
	int64_t n;

	if (text->n < skip + HOUR_TEXT || (before && text->p[0] != before) || text->p[skip] < '0' ||
	    text->p[skip] > '9' ||
	    !str_int(str_first(str_from(*text, skip), HOUR_TEXT), 0, max, &n))
		return false;
	*text = str_from(*text, skip + HOUR_TEXT);
	*out = n;
	return true;
}

/* ".250": milliseconds, one to three digits. */
static bool
take_fraction(struct str *text, int64_t *ms)
{
	int64_t n, unit = MS_PER_S;
	size_t digits = 1;

	while (digits < text->n && text->p[digits] >= '0' && text->p[digits] <= '9') {
		digits++;
		unit /= 10;
	}
	if (unit < 1 || !str_int(str_first(str_from(*text, 1), digits - 1), 0, MS_PER_S - 1, &n))
		return false;
	*ms += n * unit;
	*text = str_from(*text, digits);
	return true;
}

/* "12:30", "12:30:15", "12:30:15.250" */
static bool
take_clock(struct str *text, int64_t *ms, int64_t *width)
{
	int64_t hour, minute, second = 0;

	if (!take_two(text, 0, 23, &hour) || !take_two(text, ':', 59, &minute))
		return false;
	*width = MS_PER_MINUTE;
	if (text->n && text->p[0] == ':') {
		if (!take_two(text, ':', 59, &second))
			return false;
		*width = MS_PER_S;
	}
	*ms = hour * MS_PER_HOUR + minute * MS_PER_MINUTE + second * MS_PER_S;
	if (*width == MS_PER_S && text->n && text->p[0] == '.') {
		*width = 1;
		return take_fraction(text, ms);
	}
	return true;
}

/* "Z", "+01:00" */
static bool
parse_offset(struct str text, int64_t *ms)
{
	int64_t hour, minute;
	int64_t sign = text.n && text.p[0] == '-' ? -1 : 1;

	*ms = 0;
	if (str_eq(text, S("Z")) || str_eq(text, S("z")))
		return true;
	if (!text.n || (text.p[0] != '+' && text.p[0] != '-'))
		return false;
	if (!take_two(&text, text.p[0], 23, &hour) || !take_two(&text, ':', 59, &minute) || text.n)
		return false;
	*ms = sign * (hour * MS_PER_HOUR + minute * MS_PER_MINUTE);
	return true;
}

static bool
parse_date(struct str text, int64_t *out, enum date_fault *fault)
{
	if (date_parse(text, out, fault))
		return true;
	return (!fault || *fault == DATE_FORMAT) && date_parse_as(text, S("D.M.YYYY"), out, fault);
}

/* A date, and behind T or a blank a time of day, and behind that perhaps an offset. */
static bool
parse_fixed(struct str text, struct cond_time *out, enum date_fault *fault)
{
	size_t n = 0;
	struct str rest;
	int64_t date, ms, width, offset;

	while (n < text.n && text.p[n] != 'T' && text.p[n] != 't' && text.p[n] != ' ')
		n++;
	if (!parse_date(str_first(text, n), &date, fault))
		return false;
	if (n == text.n) {
		*out = (struct cond_time){ .kind = TIME_DATE, .n = date };
		return true;
	}
	if (fault)
		*fault = DATE_FORMAT;
	rest = str_trim(str_from(text, n + 1));
	if (!take_clock(&rest, &ms, &width))
		return false;
	*out = (struct cond_time){ .kind = TIME_LOCAL,
				   .n = date * MS_PER_DAY + ms,
				   .width_ms = width };
	if (!rest.n)
		return true;
	if (!parse_offset(str_trim(rest), &offset))
		return false;
	out->kind = TIME_INSTANT;
	out->n -= offset;
	return out->n >= DATE_MIN * MS_PER_DAY && out->n < (DATE_MAX + 1) * MS_PER_DAY;
}

bool
cond_time_parse(struct str text, struct cond_time *out, enum date_fault *fault)
{
	struct cond_time t = { 0 };

	if (fault)
		*fault = DATE_FORMAT;
	text = str_trim(text);
	if (!parse_word(text, &t) && !parse_shift(text, &t) && !parse_fixed(text, &t, fault))
		return false;
	*out = t;
	return true;
}

static void
print_clock(const struct cond_time *t, struct buf *out)
{
	int64_t date = t->n / MS_PER_DAY, ms = t->n % MS_PER_DAY;

	if (ms < 0) {
		ms += MS_PER_DAY;
		date--;
	}
	date_print(out, date);
	buf_char(out, 'T');
	buf_pad(out, ms / MS_PER_HOUR, 2);
	buf_char(out, ':');
	buf_pad(out, ms / MS_PER_MINUTE % 60, 2);
	if (t->width_ms < MS_PER_MINUTE) {
		buf_char(out, ':');
		buf_pad(out, ms / MS_PER_S % 60, 2);
	}
	if (t->width_ms < MS_PER_S) {
		buf_char(out, '.');
		buf_pad(out, ms % MS_PER_S, 3);
	}
	if (t->kind == TIME_INSTANT)
		buf_char(out, 'Z');
}

static void
print_period(const struct cond_time *t, struct buf *out)
{
	for (size_t i = 0; i < countof(WORDS); i++)
		if (t->unit == UNIT_DAY && WORDS[i].moment.kind == TIME_PERIOD &&
		    WORDS[i].moment.n == t->n) {
			buf_z(out, WORDS[i].text);
			return;
		}
	buf_z(out, WHICH[t->n + 1]);
	buf_char(out, ' ');
	buf_z(out, UNITS[t->unit].word);
}

void
cond_time_print_shift(const struct cond_time *t, struct buf *out)
{
	buf_int(out, t->n);
	buf_z(out, UNITS[t->unit].letters);
}

void
cond_time_print(const struct cond_time *t, struct buf *out)
{
	switch (t->kind) {
	case TIME_DATE:
		date_print(out, t->n);
		break;
	case TIME_LOCAL:
	case TIME_INSTANT:
		print_clock(t, out);
		break;
	case TIME_NOW:
		BUF_LIT(out, "now");
		break;
	case TIME_SHIFT:
		if (t->n >= 0)
			buf_char(out, '+');
		cond_time_print_shift(t, out);
		break;
	case TIME_PERIOD:
		print_period(t, out);
		break;
	}
}

bool
cond_time_is_relative(const struct cond_time *t)
{
	return t->kind >= TIME_NOW;
}

bool
cond_time_is_clock(const struct cond_time *t)
{
	return t->kind == TIME_LOCAL || t->kind == TIME_INSTANT ||
	       (t->kind == TIME_SHIFT && t->unit >= UNIT_HOUR);
}

static int64_t
shift_day(const struct cond_time *t, int64_t today)
{
	switch (t->unit) {
	case UNIT_WEEK:
		return date_add_days(today, t->n * DAYS_PER_WEEK);
	case UNIT_MONTH:
		return date_add_months(today, t->n);
	case UNIT_QUARTER:
		return date_add_months(today, t->n * MONTHS_PER_QUARTER);
	case UNIT_YEAR:
		return date_add_months(today, t->n * MONTHS_PER_YEAR);
	default:
		return date_add_days(today, t->n);
	}
}

struct stretch
cond_time_days(const struct cond_time *t, int64_t now, const struct zone *zone)
{
	int64_t today;

	if (t->kind == TIME_DATE)
		return (struct stretch){ t->n, t->n };
	today = moment_date(zone, now);
	if (t->kind == TIME_SHIFT)
		today = shift_day(t, today);
	if (t->kind == TIME_PERIOD)
		return (struct stretch){
			date_period_start(UNITS[t->unit].period, today, t->n),
			date_add_days(date_period_start(UNITS[t->unit].period, today, t->n + 1), -1)
		};
	return (struct stretch){ today, today };
}

/* A local time names the stretch from its first moment on; in the hour that is repeated, the first
 * one. */
static struct stretch
local_instants(const struct cond_time *t, const struct zone *zone)
{
	int64_t date = t->n / MS_PER_DAY, ms = t->n % MS_PER_DAY, first;

	if (ms < 0) {
		ms += MS_PER_DAY;
		date--;
	}
	first = moment_of(zone, date, ms);
	return (struct stretch){ first, first + t->width_ms - 1 };
}

static int64_t
day_end(int64_t day, const struct zone *zone)
{
	if (day == DATE_MAX)
		return moment_of(zone, day, 0) + MS_PER_DAY - 1;
	return moment_of(zone, day + 1, 0) - 1;
}

struct stretch
cond_time_instants(const struct cond_time *t, int64_t now, const struct zone *zone)
{
	struct stretch days;
	int64_t at = now;

	if (t->kind == TIME_LOCAL)
		return local_instants(t, zone);
	if (t->kind == TIME_INSTANT)
		return (struct stretch){ t->n, t->n + t->width_ms - 1 };
	if (t->kind == TIME_SHIFT && t->unit >= UNIT_HOUR)
		at += t->n * (t->unit == UNIT_HOUR ? MS_PER_HOUR : MS_PER_MINUTE);
	if (t->kind == TIME_NOW || (t->kind == TIME_SHIFT && t->unit >= UNIT_HOUR))
		return (struct stretch){ at, at };
	days = cond_time_days(t, now, zone);
	return (struct stretch){ moment_of(zone, days.first, 0), day_end(days.last, zone) };
}

bool
moment_row(size_t i, struct language_row *out)
{
	if (i >= countof(WORDS))
		return false;
	*out = (struct language_row){ WORDS[i].text, NULL, 0 };
	return true;
}

bool
unit_row(size_t i, struct language_row *out)
{
	if (i >= countof(UNITS))
		return false;
	*out = (struct language_row){ UNITS[i].word, UNITS[i].letters, 0 };
	return true;
}
