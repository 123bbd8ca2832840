#include "app/recur.h"

#include "base/clock.h"
#include "base/i18n.h"

enum { WEEK_DAYS = 7, MIDDLE = 3, LAST_WEEK_DAY = 28, MONTHS = 12, UNTIL_DAY = 8 };

static const char *const FREQS[RECUR_FREQ__MAX] = {
	[RECUR_DAILY] = "DAILY",
	[RECUR_WEEKLY] = "WEEKLY",
	[RECUR_MONTHLY] = "MONTHLY",
	[RECUR_YEARLY] = "YEARLY",
};
static const char *const DAYS[WEEK_DAYS] = { "MO", "TU", "WE", "TH", "FR", "SA", "SU" };

/* ---- reading ---- */

static bool
wrong(struct recur_fault *fault, const char *why, struct str part)
{
	*fault = (struct recur_fault){ why, part };
	return false;
}

static bool
word_number(struct str word, const char *const *words, int n, int *out)
{
	for (int i = 0; i < n; i++)
		if (str_eq_z(word, words[i])) {
			*out = i;
			return true;
		}
	return false;
}

/* "MO", "-1FR" */
static bool
read_day(struct str text, struct recur *rule)
{
	int64_t nth = 0;
	int day;

	if (text.n < 2 || !word_number(str_from(text, text.n - 2), DAYS, WEEK_DAYS, &day))
		return false;
	if (text.n > 2 && (!str_int(str_first(text, text.n - 2), -53, 53, &nth) || !nth))
		return false;
	if (rule->weekday.n == RECUR_LIST_MAX)
		return false;
	rule->weekday.v[rule->weekday.n++] = day + 1;
	rule->nth.v[rule->nth.n++] = (int)nth;
	return true;
}

static bool
read_days(struct str text, struct recur *rule)
{
	if (!text.n || rule->weekday.n)
		return false;
	while (text.n)
		if (!read_day(str_cut(&text, ','), rule))
			return false;
	return true;
}

static bool
read_numbers(struct str text, int64_t min, int64_t max, struct recur_numbers *out)
{
	if (!text.n || out->n)
		return false;
	while (text.n) {
		int64_t number;

		if (out->n == RECUR_LIST_MAX || !str_int(str_cut(&text, ','), min, max, &number) ||
		    !number)
			return false;
		out->v[out->n++] = (int)number;
	}
	return true;
}

/* "20261231", "20261231T235959Z": the day counts, but not where the moment is its first. */
static bool
read_until(struct str text, struct recur *rule)
{
	struct str rest = str_from(text, UNTIL_DAY);

	if ((rest.n && rest.p[0] != 'T') ||
	    !date_parse_as(str_first(text, UNTIL_DAY), S("YYYYMMDD"), &rule->until, NULL))
		return false;
	rule->has_until = true;
	if (str_starts(rest, S("T000000")))
		rule->until = date_add_days(rule->until, -1);
	return true;
}

enum part {
	PART_FREQ,
	PART_INTERVAL,
	PART_COUNT,
	PART_UNTIL,
	PART_WKST,
	PART_DAY,
	PART_MONTH,
	PART_MONTH_DAY,
	PART_YEAR_DAY,
	PART_WEEK_NO,
	PART_SET_POS,
	PART__MAX
};
/* Those with numbers say their range, and where in the rule they stand. */
static const struct {
	const char *name;
	int min, max;
	size_t list;
} PARTS[PART__MAX] = {
	[PART_FREQ] = { "FREQ" },
	[PART_INTERVAL] = { "INTERVAL", 1, RECUR_INTERVAL_MAX },
	[PART_COUNT] = { "COUNT", 1, RECUR_COUNT_MAX },
	[PART_UNTIL] = { "UNTIL" },
	[PART_WKST] = { "WKST" },
	[PART_DAY] = { "BYDAY" },
	[PART_MONTH] = { "BYMONTH", 1, MONTHS, offsetof(struct recur, month) },
	[PART_MONTH_DAY] = { "BYMONTHDAY", -31, 31, offsetof(struct recur, month_day) },
	[PART_YEAR_DAY] = { "BYYEARDAY", -366, 366, offsetof(struct recur, year_day) },
	[PART_WEEK_NO] = { "BYWEEKNO", -53, 53, offsetof(struct recur, week_no) },
	[PART_SET_POS] = { "BYSETPOS", -366, 366, offsetof(struct recur, set_pos) },
};

static bool
part_find(struct str name, enum part *out)
{
	for (int i = 0; i < PART__MAX; i++)
		if (str_eq_ascii_nocase(name, str_of(PARTS[i].name))) {
			*out = (enum part)i;
			return true;
		}
	return false;
}

static bool
read_part(enum part part, struct str value, struct recur *rule)
{
	int64_t number = 0;
	int at = 0;

	switch (part) {
	case PART_FREQ:
		if (!word_number(value, FREQS, RECUR_FREQ__MAX, &at))
			return false;
		rule->freq = (enum recur_freq)at;
		return true;
	case PART_INTERVAL:
	case PART_COUNT:
		if (!str_int(value, PARTS[part].min, PARTS[part].max, &number))
			return false;
		if (part == PART_COUNT)
			rule->count = number;
		else
			rule->interval = (int)number;
		return true;
	case PART_UNTIL:
		return read_until(value, rule);
	case PART_WKST:
		if (!word_number(value, DAYS, WEEK_DAYS, &at))
			return false;
		rule->week_start = at + 1;
		return true;
	case PART_DAY:
		return read_days(value, rule);
	default:
		return read_numbers(value, PARTS[part].min, PARTS[part].max,
				    (struct recur_numbers *)((char *)rule + PARTS[part].list));
	}
}

static bool
has_nth(const struct recur *rule)
{
	for (size_t i = 0; i < rule->nth.n; i++)
		if (rule->nth.v[i])
			return true;
	return false;
}

static bool
has_by(const struct recur *rule)
{
	return rule->weekday.n || rule->month.n || rule->month_day.n || rule->year_day.n ||
	       rule->week_no.n;
}

/* What RFC 5545 forbids to stand together. */
static bool
fits(const struct recur *rule, struct str text, struct recur_fault *fault)
{
	if (rule->count && rule->has_until)
		return wrong(fault, N_("A rule ends after COUNT or at UNTIL, not by both"), text);
	if (has_nth(rule) && (rule->freq < RECUR_MONTHLY || rule->week_no.n))
		return wrong(fault,
			     N_("BYDAY counts days (2MO) only in a month or a year, without "
				"BYWEEKNO"),
			     text);
	if (rule->week_no.n && rule->freq != RECUR_YEARLY)
		return wrong(fault, N_("BYWEEKNO goes with FREQ=YEARLY alone"), text);
	if (rule->year_day.n && rule->freq != RECUR_YEARLY)
		return wrong(fault, N_("BYYEARDAY goes with FREQ=YEARLY alone"), text);
	if (rule->month_day.n && rule->freq == RECUR_WEEKLY)
		return wrong(fault, N_("BYMONTHDAY does not go with FREQ=WEEKLY"), text);
	if (rule->set_pos.n && !has_by(rule))
		return wrong(fault, N_("BYSETPOS chooses among days that another part names"),
			     text);
	return true;
}

bool
recur_parse(struct str text, struct recur *out, struct recur_fault *fault)
{
	struct recur rule = { .interval = 1, .week_start = 1 };
	struct str rest = str_trim(text);
	bool given[PART__MAX] = { 0 };

	if (text.n > RECUR_TEXT_MAX)
		return wrong(fault, N_("The rule is too long"), str_first(text, UNTIL_DAY));
	if (str_starts(rest, S("RRULE:")))
		rest = str_from(rest, sizeof "RRULE:" - 1);
	while (rest.n) {
		struct str value = str_trim(str_cut(&rest, ';')), whole = value;
		struct str name = str_cut(&value, '=');
		enum part part;

		if (!part_find(name, &part))
			return wrong(fault, N_("A rule for repeating has no such part"), whole);
		if (given[part])
			return wrong(fault, N_("A part of the rule stands twice"), whole);
		given[part] = true;
		if (!read_part(part, value, &rule))
			return wrong(fault, N_("This part of the rule cannot be read"), whole);
	}
	if (!given[PART_FREQ])
		return wrong(fault, N_("A rule begins with FREQ=DAILY, WEEKLY, MONTHLY or YEARLY"),
			     text);
	if (!fits(&rule, text, fault))
		return false;
	*out = rule;
	return true;
}

/* ---- writing ---- */

static void
print_numbers(struct buf *out, enum part part, const struct recur_numbers *numbers)
{
	for (size_t i = 0; i < numbers->n; i++) {
		if (!i)
			buf_printf(out, ";%s=", PARTS[part].name);
		else
			buf_char(out, ',');
		buf_int(out, numbers->v[i]);
	}
}

static void
print_end(const struct recur *rule, struct buf *out)
{
	if (rule->has_until) {
		struct ymd day = date_ymd(rule->until);

		buf_printf(out, ";UNTIL=%04d%02d%02d", day.year, day.month, day.day);
	}
	if (rule->count)
		buf_printf(out, ";COUNT=%lld", (long long)rule->count);
}

void
recur_print(const struct recur *rule, struct buf *out)
{
	buf_printf(out, "FREQ=%s", FREQS[rule->freq]);
	if (rule->interval > 1)
		buf_printf(out, ";INTERVAL=%d", rule->interval);
	print_numbers(out, PART_MONTH, &rule->month);
	print_numbers(out, PART_WEEK_NO, &rule->week_no);
	print_numbers(out, PART_YEAR_DAY, &rule->year_day);
	print_numbers(out, PART_MONTH_DAY, &rule->month_day);
	for (size_t i = 0; i < rule->weekday.n; i++) {
		buf_z(out, i ? "," : ";BYDAY=");
		if (rule->nth.v[i])
			buf_int(out, rule->nth.v[i]);
		buf_z(out, DAYS[rule->weekday.v[i] - 1]);
	}
	print_numbers(out, PART_SET_POS, &rule->set_pos);
	if (rule->week_start > 1)
		buf_printf(out, ";WKST=%s", DAYS[rule->week_start - 1]);
	print_end(rule, out);
}

/* ---- the days ---- */

static bool
has(const struct recur_numbers *numbers, int number)
{
	for (size_t i = 0; i < numbers->n; i++)
		if (numbers->v[i] == number)
			return true;
	return false;
}

/* Is the place among them, counted from the beginning or from the end of so many? */
static bool
has_place(const struct recur_numbers *numbers, int place, int of)
{
	return has(numbers, place) || has(numbers, place - of - 1);
}

static int
year_length(int year)
{
	return date_days_in_month(year, 2) == LAST_WEEK_DAY ? 365 : RECUR_PERIOD_DAYS;
}

/* The week's number in the year that most of its days lie in. */
static int
week_of(int64_t date, int week_start, int *out_year)
{
	int64_t first = date - (date_weekday(date) - week_start + WEEK_DAYS) % WEEK_DAYS;

	*out_year = date_ymd(first + MIDDLE).year;
	return (date_day_of_year(first + MIDDLE) - 1) / WEEK_DAYS + 1;
}

static bool
in_week_no(const struct recur *rule, int64_t date)
{
	int year, of_year, week = week_of(date, rule->week_start, &year);
	int64_t late;

	/* The 28th of December lies in the last week. */
	if (!date_of((struct ymd){ year, MONTHS, LAST_WEEK_DAY }, &late))
		return false;
	return has_place(&rule->week_no, week, week_of(late, rule->week_start, &of_year));
}

static bool
on_weekday(const struct recur *rule, int64_t date, struct ymd ymd)
{
	bool in_year = rule->freq == RECUR_YEARLY && !rule->month.n;
	int place = in_year ? date_day_of_year(date) : ymd.day;
	int length = in_year ? year_length(ymd.year) : date_days_in_month(ymd.year, ymd.month);
	int nth = (place - 1) / WEEK_DAYS + 1, from_end = -((length - place) / WEEK_DAYS + 1);

	for (size_t i = 0; i < rule->weekday.n; i++)
		if (rule->weekday.v[i] == date_weekday(date) &&
		    (!rule->nth.v[i] || rule->nth.v[i] == nth || rule->nth.v[i] == from_end))
			return true;
	return false;
}

/* Where the rule names no days, they are like the first one. */
static bool
like_start(const struct recur_walk *walk, int64_t date, struct ymd ymd)
{
	const struct recur *rule = walk->rule;
	struct ymd start = date_ymd(walk->start);

	switch (rule->freq) {
	case RECUR_WEEKLY:
		return date_weekday(date) == date_weekday(walk->start);
	case RECUR_MONTHLY:
		return ymd.day == start.day;
	case RECUR_YEARLY:
		return ymd.day == start.day && (rule->month.n || ymd.month == start.month);
	default:
		return true;
	}
}

static bool
matches(const struct recur_walk *walk, int64_t date)
{
	const struct recur *rule = walk->rule;
	struct ymd ymd = date_ymd(date);

	if (rule->month.n && !has(&rule->month, ymd.month))
		return false;
	if (!rule->week_no.n && !rule->year_day.n && !rule->month_day.n && !rule->weekday.n)
		return like_start(walk, date, ymd);
	return (!rule->week_no.n || in_week_no(rule, date)) &&
	       (!rule->year_day.n ||
		has_place(&rule->year_day, date_day_of_year(date), year_length(ymd.year))) &&
	       (!rule->month_day.n ||
		has_place(&rule->month_day, ymd.day, date_days_in_month(ymd.year, ymd.month))) &&
	       (!rule->weekday.n || on_weekday(rule, date, ymd));
}

/* The period of that number: its first day, and how many it has. */
static int64_t
period_of(const struct recur_walk *walk, int64_t *out_n)
{
	const struct recur *rule = walk->rule;
	int64_t shift = walk->period * rule->interval, week;
	enum period period = rule->freq == RECUR_MONTHLY ? PERIOD_MONTH : PERIOD_YEAR;
	int64_t first;

	switch (rule->freq) {
	case RECUR_DAILY:
		*out_n = 1;
		return date_add_days(walk->start, shift);
	case RECUR_WEEKLY:
		week = (date_weekday(walk->start) - rule->week_start + WEEK_DAYS) % WEEK_DAYS;
		*out_n = WEEK_DAYS;
		return date_add_days(walk->start - week, shift * WEEK_DAYS);
	default:
		first = date_period_start(period, walk->start, shift);
		*out_n = date_period_start(period, first, 1) - first;
		return first;
	}
}

/* Of the days of a period those that BYSETPOS names. */
static void
choose(struct recur_walk *walk)
{
	size_t n = 0;

	if (!walk->rule->set_pos.n)
		return;
	for (size_t i = 0; i < walk->n; i++)
		if (has_place(&walk->rule->set_pos, (int)i + 1, (int)walk->n))
			walk->days[n++] = walk->days[i];
	walk->n = n;
}

static bool
period_next(struct recur_walk *walk)
{
	int64_t n, first = period_of(walk, &n);

	if (first > date_add_months(walk->start, (int64_t)RECUR_YEARS_MAX * MONTHS) ||
	    first + n > DATE_MAX || (walk->rule->has_until && first > walk->rule->until))
		return false;
	walk->period++;
	walk->n = walk->at = 0;
	for (int64_t i = 0; i < n && walk->n < RECUR_PERIOD_DAYS; i++)
		if (matches(walk, first + i))
			walk->days[walk->n++] = first + i;
	choose(walk);
	return true;
}

void
recur_begin(struct recur_walk *walk, const struct recur *rule, int64_t start)
{
	walk->rule = rule;
	walk->start = start;
	walk->told = walk->period = 0;
	walk->n = walk->at = 0;
}

bool
recur_next(struct recur_walk *walk, int64_t *out)
{
	const struct recur *rule = walk->rule;
	int64_t day;

	if (rule->count && walk->told >= rule->count)
		return false;
	do {
		while (walk->at >= walk->n)
			if (!period_next(walk))
				return false;
		day = walk->days[walk->at++];
	} while (day < walk->start);
	if (rule->has_until && day > rule->until)
		return false;
	walk->told++;
	*out = day;
	return true;
}

bool
recur_after(const struct recur *rule, int64_t start, int64_t from, int64_t *out, struct recur *rest)
{
	struct recur_walk walk;
	int64_t day;

	recur_begin(&walk, rule, start);
	while (recur_next(&walk, &day)) {
		if (day <= start || day < from)
			continue;
		*out = day;
		*rest = *rule;
		if (rule->count)
			rest->count = rule->count - walk.told + 1;
		return true;
	}
	return false;
}

/* ---- in words ---- */

static const char *const EACH[RECUR_FREQ__MAX] = {
	[RECUR_DAILY] = N_("Every day"),
	[RECUR_WEEKLY] = N_("Every week"),
	[RECUR_MONTHLY] = N_("Every month"),
	[RECUR_YEARLY] = N_("Every year"),
};
static const char *const WEEKDAYS[WEEK_DAYS] = {
	N_("Monday"), N_("Tuesday"),  N_("Wednesday"), N_("Thursday"),
	N_("Friday"), N_("Saturday"), N_("Sunday"),
};
static const char *const MONTH_NAMES[MONTHS] = {
	N_("January"),   N_("February"), N_("March"),    N_("April"),
	N_("May"),       N_("June"),     N_("July"),     N_("August"),
	N_("September"), N_("October"),  N_("November"), N_("December"),
};
static const struct {
	int nth;
	const char *on;
} NTHS[] = {
	{ 1, N_("on the first") },           { 2, N_("on the second") }, { 3, N_("on the third") },
	{ 4, N_("on the fourth") },          { 5, N_("on the fifth") },  { -1, N_("on the last") },
	{ -2, N_("on the second to last") },
};

static const char *
nth_words(int nth)
{
	for (size_t i = 0; i < countof(NTHS); i++)
		if (NTHS[i].nth == nth)
			return NTHS[i].on;
	return NULL;
}

static void
between(struct cx *cx, struct buf *out, size_t i, size_t n)
{
	if (!i)
		return;
	if (i + 1 < n) {
		BUF_LIT(out, ", ");
		return;
	}
	buf_char(out, ' ');
	buf_z(out, tr(cx, "and"));
	buf_char(out, ' ');
}

/* Monday to Friday, one of them: the first, the last working day. */
static bool
is_working_day(const struct recur *rule)
{
	static const struct recur_numbers week = { { 1, 2, 3, 4, 5 }, 5 };

	if (rule->weekday.n != week.n || rule->set_pos.n != 1 || has_nth(rule) ||
	    rule->month_day.n || !nth_words(rule->set_pos.v[0]))
		return false;
	for (size_t i = 0; i < week.n; i++)
		if (!has(&rule->weekday, week.v[i]))
			return false;
	return true;
}

static bool
has_words(const struct recur *rule)
{
	if (rule->week_no.n || rule->year_day.n || rule->week_start > 1)
		return false;
	if (rule->set_pos.n)
		return is_working_day(rule);
	if (rule->weekday.n && rule->month_day.n)
		return false;
	for (size_t i = 0; i < rule->month_day.n; i++)
		if (rule->month_day.v[i] < -1)
			return false;
	for (size_t i = 0; i < rule->nth.n; i++)
		if (rule->nth.v[i] &&
		    (!nth_words(rule->nth.v[i]) || (rule->freq == RECUR_YEARLY && !rule->month.n)))
			return false;
	return true;
}

static void
say_months(struct cx *cx, const struct recur *rule, struct buf *out)
{
	for (size_t i = 0; i < rule->month.n; i++) {
		between(cx, out, i, rule->month.n);
		if (!i)
			buf_printf(out, " %s ", tr(cx, "in"));
		buf_z(out, tr(cx, MONTH_NAMES[rule->month.v[i] - 1]));
	}
}

static void
say_weekdays(struct cx *cx, const struct recur *rule, struct buf *out)
{
	for (size_t i = 0; i < rule->weekday.n; i++) {
		const char *nth = nth_words(rule->nth.v[i]);

		between(cx, out, i, rule->weekday.n);
		if (nth)
			buf_printf(out, "%s%s ", i ? "" : " ", tr(cx, nth));
		else if (!i)
			buf_printf(out, " %s ", tr(cx, "on"));
		buf_z(out, tr(cx, WEEKDAYS[rule->weekday.v[i] - 1]));
	}
}

static void
say_month_days(struct cx *cx, const struct recur *rule, struct buf *out)
{
	for (size_t i = 0; i < rule->month_day.n; i++) {
		between(cx, out, i, rule->month_day.n);
		if (!i)
			buf_char(out, ' ');
		if (rule->month_day.v[i] < 0)
			buf_z(out, tr(cx, "on the last day"));
		else
			buf_printf(out, tr(cx, "on day %d"), rule->month_day.v[i]);
	}
}

static void
say_end(struct cx *cx, const struct recur *rule, struct buf *out)
{
	if (rule->has_until) {
		buf_printf(out, ", %s ", tr(cx, "until"));
		fmt_date(out, cx, rule->until);
	}
	if (rule->count) {
		BUF_LIT(out, ", ");
		buf_printf(out, tr_n(cx, "%lld time", "%lld times", rule->count),
			   (long long)rule->count);
	}
}

static void
say_freq(struct cx *cx, const struct recur *rule, struct buf *out)
{
	if (rule->interval == 1)
		buf_z(out, tr(cx, EACH[rule->freq]));
	else if (rule->freq == RECUR_DAILY)
		buf_printf(out, tr(cx, "Every %d days"), rule->interval);
	else if (rule->freq == RECUR_WEEKLY)
		buf_printf(out, tr(cx, "Every %d weeks"), rule->interval);
	else if (rule->freq == RECUR_MONTHLY)
		buf_printf(out, tr(cx, "Every %d months"), rule->interval);
	else
		buf_printf(out, tr(cx, "Every %d years"), rule->interval);
}

void
recur_words(struct cx *cx, const struct recur *rule, struct buf *out)
{
	if (!has_words(rule)) {
		buf_printf(out, "%s ", tr(cx, "By the rule"));
		recur_print(rule, out);
		return;
	}
	say_freq(cx, rule, out);
	say_months(cx, rule, out);
	if (is_working_day(rule))
		buf_printf(out, " %s %s", tr(cx, nth_words(rule->set_pos.v[0])),
			   tr(cx, "working day"));
	else
		say_weekdays(cx, rule, out);
	say_month_days(cx, rule, out);
	say_end(cx, rule, out);
}
