#include "base/clock.h"

#include "base/banned.h"

enum {
	YEAR_MAX = 9999,
	MONTHS = 12,
	MONTHS_IN_QUARTER = 3,
	FEBRUARY = 2,
	DAYS_IN_WEEK = 7,
	THURSDAY = 4,
	WEEKS_MAX = 53,
	FORMAT_MAX = 40,
	NUMBER_DIGITS_MAX = 4,
	CENTURY_TURN = 69, /* YY below it is 20YY */
	/* Of the calendar that begins on 1 March of year 0 (see days_of). */
	DAYS_IN_ERA = 146097,
	YEARS_IN_ERA = 400,
	ERA_TO_1970 = 719468
};

static bool
is_leap(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int
date_days_in_month(int year, int month)
{
	static const int days[MONTHS] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	return days[month - 1] + (month == FEBRUARY && is_leap(year));
}

/* Days and civil dates: H. Hinnant, "chrono-compatible low-level date algorithms" (2013), with
 * years that begin in March so that the leap day comes last. */
static int64_t
days_of(struct ymd ymd)
{
	int64_t year = ymd.year - (ymd.month <= FEBRUARY);
	int64_t era = year / YEARS_IN_ERA, of_era = year % YEARS_IN_ERA;
	int64_t day_of_year =
		(153 * (ymd.month + (ymd.month > FEBRUARY ? -3 : 9)) + 2) / 5 + ymd.day - 1;

	return era * DAYS_IN_ERA + of_era * 365 + of_era / 4 - of_era / 100 + day_of_year -
	       ERA_TO_1970;
}

static int64_t
date_clamp(int64_t date)
{
	return date < DATE_MIN ? DATE_MIN : date > DATE_MAX ? DATE_MAX : date;
}

struct ymd
date_ymd(int64_t date)
{
	int64_t days = date_clamp(date) + ERA_TO_1970;
	int64_t era = days / DAYS_IN_ERA, day = days % DAYS_IN_ERA;
	int64_t year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
	int64_t day_of_year = day - (365 * year + year / 4 - year / 100);
	int64_t month = (5 * day_of_year + 2) / 153;
	struct ymd ymd = { .month = (int)(month < 10 ? month + 3 : month - 9),
			   .day = (int)(day_of_year - (153 * month + 2) / 5 + 1) };

	ymd.year = (int)(year + era * YEARS_IN_ERA) + (ymd.month <= FEBRUARY);
	return ymd;
}

bool
date_of(struct ymd ymd, int64_t *out)
{
	if (ymd.year < 1 || ymd.year > YEAR_MAX || ymd.month < 1 || ymd.month > MONTHS ||
	    ymd.day < 1 || ymd.day > date_days_in_month(ymd.year, ymd.month))
		return false;
	*out = days_of(ymd);
	return true;
}

static bool
blame(enum date_fault *fault, enum date_fault what)
{
	if (fault)
		*fault = what;
	return false;
}

/* Takes between min and max digits. */
static bool
take_number(struct str *s, size_t min, size_t max, int *out)
{
	int value = 0;
	size_t n = 0;

	for (; n < max && n < s->n && s->p[n] >= '0' && s->p[n] <= '9'; n++)
		value = value * 10 + (s->p[n] - '0');
	if (n < min)
		return false;
	*s = str_from(*s, n);
	*out = value;
	return true;
}

/* One part of a date's form: how many letters, of which number. */
struct part {
	char letter;
	size_t n;
};

/* The next part of the form; a literal character has n == 0. */
static struct part
format_part(struct str *format)
{
	struct part part = { .letter = format->p[0] };

	if (part.letter == 'Y' || part.letter == 'M' || part.letter == 'D')
		while (part.n < format->n && part.n < NUMBER_DIGITS_MAX &&
		       format->p[part.n] == part.letter)
			part.n++;
	*format = str_from(*format, part.n ? part.n : 1);
	return part;
}

static bool
part_is_good(struct part part)
{
	return part.letter == 'Y' ? part.n == 2 || part.n == 4 : part.n <= 2;
}

bool
date_format_is_good(struct str format)
{
	int years = 0, months = 0, days = 0;

	if (format.n > FORMAT_MAX)
		return false;
	while (format.n) {
		struct part part = format_part(&format);

		if (!part.n)
			continue;
		if (!part_is_good(part))
			return false;
		years += part.letter == 'Y';
		months += part.letter == 'M';
		days += part.letter == 'D';
	}
	return years == 1 && months == 1 && days == 1;
}

static bool
part_parse(struct str *text, struct part part, struct ymd *ymd)
{
	int value;

	if (!part.n) {
		if (!text->n || text->p[0] != part.letter)
			return false;
		*text = str_from(*text, 1);
		return true;
	}
	if (!take_number(text, part.n, part.n == 1 ? 2 : part.n, &value))
		return false;
	if (part.letter == 'Y' && part.n == 2)
		value += value < CENTURY_TURN ? 2000 : 1900;
	if (part.letter == 'Y')
		ymd->year = value;
	else if (part.letter == 'M')
		ymd->month = value;
	else
		ymd->day = value;
	return true;
}

bool
date_parse_as(struct str text, struct str format, int64_t *out, enum date_fault *fault)
{
	struct ymd ymd = { 0 };

	if (!date_format_is_good(format))
		return blame(fault, DATE_FORMAT);
	while (format.n)
		if (!part_parse(&text, format_part(&format), &ymd))
			return blame(fault, DATE_FORMAT);
	if (text.n)
		return blame(fault, DATE_FORMAT);
	return date_of(ymd, out) || blame(fault, DATE_NO_SUCH_DAY);
}

bool
date_parse(struct str text, int64_t *out, enum date_fault *fault)
{
	struct ymd ymd;

	if (text.n != sizeof "2026-02-28" - 1 || text.p[4] != '-' || text.p[7] != '-' ||
	    !take_number(&text, 4, 4, &ymd.year))
		return blame(fault, DATE_FORMAT);
	text = str_from(text, 1);
	if (!take_number(&text, 2, 2, &ymd.month))
		return blame(fault, DATE_FORMAT);
	text = str_from(text, 1);
	if (!take_number(&text, 2, 2, &ymd.day))
		return blame(fault, DATE_FORMAT);
	return date_of(ymd, out) || blame(fault, DATE_NO_SUCH_DAY);
}

void
date_print(struct buf *b, int64_t date)
{
	struct ymd ymd = date_ymd(date);

	buf_pad(b, ymd.year, 4);
	buf_char(b, '-');
	buf_pad(b, ymd.month, 2);
	buf_char(b, '-');
	buf_pad(b, ymd.day, 2);
}

/* The remainder that is never negative. */
static int64_t
modulo(int64_t a, int64_t b)
{
	int64_t rest = a % b;

	return rest < 0 ? rest + b : rest;
}

int
date_weekday(int64_t date)
{
	return (int)modulo(date_clamp(date) + THURSDAY - 1, DAYS_IN_WEEK) + 1;
}

int
date_day_of_year(int64_t date)
{
	struct ymd ymd = date_ymd(date);

	return (int)(date_clamp(date) - days_of((struct ymd){ ymd.year, 1, 1 })) + 1;
}

/* A week belongs to the year that its Thursday lies in. */
int
date_week(int64_t date, int *out_year)
{
	int64_t thursday = date_clamp(date) + THURSDAY - date_weekday(date);

	if (out_year)
		*out_year = date_ymd(thursday).year;
	return (date_day_of_year(thursday) - 1) / DAYS_IN_WEEK + 1;
}

bool
date_of_week(int year, int week, int64_t *out)
{
	int64_t fourth, monday;
	int week_year;

	if (week < 1 || week > WEEKS_MAX || !date_of((struct ymd){ year, 1, THURSDAY }, &fourth))
		return false;
	monday = fourth - date_weekday(fourth) + 1 + (int64_t)(week - 1) * DAYS_IN_WEEK;
	if (monday < DATE_MIN || date_week(monday, &week_year) != week || week_year != year)
		return false;
	*out = monday;
	return true;
}

int64_t
date_add_days(int64_t date, int64_t days)
{
	int64_t sum;

	if (__builtin_add_overflow(date, days, &sum))
		return days < 0 ? DATE_MIN : DATE_MAX;
	return date_clamp(sum);
}

int64_t
date_add_months(int64_t date, int64_t months)
{
	struct ymd ymd = date_ymd(date);
	int64_t month = (int64_t)ymd.year * MONTHS + ymd.month - 1,
		last = (int64_t)(YEAR_MAX + 1) * MONTHS - 1;
	int days;

	if (__builtin_add_overflow(month, months, &month) || month < MONTHS || month > last)
		return months < 0 ? DATE_MIN : DATE_MAX;
	ymd.year = (int)(month / MONTHS);
	ymd.month = (int)(month % MONTHS) + 1;
	days = date_days_in_month(ymd.year, ymd.month);
	if (ymd.day > days)
		ymd.day = days;
	return days_of(ymd);
}

int
date_quarter(int64_t date)
{
	return (date_ymd(date).month - 1) / MONTHS_IN_QUARTER + 1;
}

static int64_t
times(int64_t a, int64_t b)
{
	int64_t product;

	if (__builtin_mul_overflow(a, b, &product))
		return a < 0 ? INT64_MIN : INT64_MAX;
	return product;
}

int64_t
date_period_start(enum period period, int64_t date, int64_t shift)
{
	struct ymd ymd = date_ymd(date);

	switch (period) {
	case PERIOD_WEEK:
		return date_add_days(date_clamp(date) - date_weekday(date) + 1,
				     times(shift, DAYS_IN_WEEK));
	case PERIOD_MONTH:
		return date_add_months(days_of((struct ymd){ ymd.year, ymd.month, 1 }), shift);
	case PERIOD_QUARTER:
		ymd.month -= (ymd.month - 1) % MONTHS_IN_QUARTER;
		return date_add_months(days_of((struct ymd){ ymd.year, ymd.month, 1 }),
				       times(shift, MONTHS_IN_QUARTER));
	case PERIOD_YEAR:
		return date_add_months(days_of((struct ymd){ ymd.year, 1, 1 }),
				       times(shift, MONTHS));
	default:
		return date_add_days(date, shift);
	}
}

int64_t
date_yearly_in(int64_t date, int year)
{
	struct ymd ymd = date_ymd(date);
	int days;

	if (year < 1 || year > YEAR_MAX)
		return year < 1 ? DATE_MIN : DATE_MAX;
	days = date_days_in_month(year, ymd.month);
	return days_of((struct ymd){ year, ymd.month, ymd.day < days ? ymd.day : days });
}

int64_t
date_yearly_next(int64_t date, int64_t from)
{
	int year = date_ymd(from).year;
	int64_t day = date_yearly_in(date, year);

	return day >= from ? day : date_yearly_in(date, year + 1);
}

int
date_years_between(int64_t born, int64_t on)
{
	int year = date_ymd(on).year, years = year - date_ymd(born).year;

	years -= date_yearly_in(born, year) > on;
	return years > 0 ? years : 0;
}
