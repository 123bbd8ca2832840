#include "base/clock.h"

#include "base/test.h"

static int64_t
day(const char *text)
{
	int64_t date = 0;

	if (!date_parse(str_of(text), &date, NULL))
		fail_msg("\"%s\" in the test is no date", text);
	return date;
}

static void
assert_date(int64_t date, const char *want, const char *what)
{
	struct buf b = buf_heap(20);

	date_print(&b, date);
	if (!str_eq_z(buf_done(&b), want))
		fail_msg("%s: got %.*s, want %s", what, STR_FMT(buf_done(&b)), want);
	buf_fini(&b);
}

/* Every day of 9999 years, counted one by one. */
static void
test_every_day_has_its_number(void **state)
{
	struct ymd want = { 1, 1, 1 };
	int weekday = 1; /* 0001-01-01 was a Monday */

	(void)state;
	for (int64_t date = DATE_MIN; date <= DATE_MAX; date++) {
		struct ymd got = date_ymd(date);
		int64_t back = -1;

		if (got.year != want.year || got.month != want.month || got.day != want.day ||
		    !date_of(want, &back) || back != date || date_weekday(date) != weekday)
			fail_msg("%lld: %d-%d-%d", (long long)date, got.year, got.month, got.day);
		weekday = weekday % 7 + 1;
		if (++want.day > date_days_in_month(want.year, want.month)) {
			want.day = 1;
			want.month = want.month % 12 + 1;
			want.year += want.month == 1;
		}
	}
	assert_int_equal(want.year, 10000);
}

static const struct {
	const char *text, *format;
	enum date_fault fault;
	const char *want;
} dates[] = {
	{ "2026-02-28", "", DATE_OK, "2026-02-28" },
	{ "0001-01-01", "", DATE_OK, "0001-01-01" },
	{ "9999-12-31", "", DATE_OK, "9999-12-31" },
	{ "2024-02-29", "", DATE_OK, "2024-02-29" },
	{ "2000-02-29", "", DATE_OK, "2000-02-29" },
	{ "1900-02-29", "", DATE_NO_SUCH_DAY, NULL },
	{ "2026-02-29", "", DATE_NO_SUCH_DAY, NULL },
	{ "2026-02-30", "", DATE_NO_SUCH_DAY, NULL },
	{ "2026-13-01", "", DATE_NO_SUCH_DAY, NULL },
	{ "2026-00-10", "", DATE_NO_SUCH_DAY, NULL },
	{ "2026-10-00", "", DATE_NO_SUCH_DAY, NULL },
	{ "0000-01-01", "", DATE_NO_SUCH_DAY, NULL },
	{ "2026-2-28", "", DATE_FORMAT, NULL },
	{ "2026-02-28 ", "", DATE_FORMAT, NULL },
	{ "2026/02/28", "", DATE_FORMAT, NULL },
	{ "+026-02-28", "", DATE_FORMAT, NULL },
	{ "2026-0a-28", "", DATE_FORMAT, NULL },
	{ "2026-02--8", "", DATE_FORMAT, NULL },
	{ "", "", DATE_FORMAT, NULL },
	{ "28-02-2026", "DD-MM-YYYY", DATE_OK, "2026-02-28" },
	{ "8.2.2026", "D.M.YYYY", DATE_OK, "2026-02-08" },
	{ "08.02.2026", "D.M.YYYY", DATE_OK, "2026-02-08" },
	{ "20260228", "YYYYMMDD", DATE_OK, "2026-02-28" },
	{ "02/28/26", "MM/DD/YY", DATE_OK, "2026-02-28" },
	{ "01/01/68", "MM/DD/YY", DATE_OK, "2068-01-01" },
	{ "01/01/69", "MM/DD/YY", DATE_OK, "1969-01-01" },
	{ "am 28.2.2026", "am D.M.YYYY", DATE_OK, "2026-02-28" },
	{ "29.2.2026", "D.M.YYYY", DATE_NO_SUCH_DAY, NULL },
	{ "8.2.26", "D.M.YYYY", DATE_FORMAT, NULL },
	{ "8.2.2026x", "D.M.YYYY", DATE_FORMAT, NULL },
	{ "8.2.2026", "DD.MM.YYYY", DATE_FORMAT, NULL },
	{ "2026", "YYYYMMDD", DATE_FORMAT, NULL },
	{ "8.2.", "D.M.", DATE_FORMAT, NULL },
};

static void
test_dates_as_text(void **state)
{
	(void)state;
	for (size_t i = 0; i < countof(dates); i++) {
		struct str text = str_of(dates[i].text), format = str_of(dates[i].format);
		enum date_fault fault = DATE_OK;
		int64_t got = 77;
		bool ok = format.n ? date_parse_as(text, format, &got, &fault)
				   : date_parse(text, &got, &fault);

		if (fault != dates[i].fault || ok != (fault == DATE_OK) || (!ok && got != 77))
			fail_msg("\"%s\": %d, fault %d", dates[i].text, ok, fault);
		if (ok)
			assert_date(got, dates[i].want, dates[i].text);
	}
}

static void
test_formats(void **state)
{
	static const char *good[] = { "YYYY-MM-DD", "D.M.YY", "DDMMYYYY" };
	static const char *bad[] = { "",          "YYYY",      "YYYY-MM",     "YYYY-MM-DD-DD",
				     "YYY-MM-DD", "MMM/DD/YY", "YYYYY-MM-DD", "yyyy-mm-dd" };

	(void)state;
	for (size_t i = 0; i < countof(good); i++)
		assert_true(date_format_is_good(str_of(good[i])));
	for (size_t i = 0; i < countof(bad); i++)
		if (date_format_is_good(str_of(bad[i])))
			fail_msg("%s", bad[i]);
}

static void
test_weeks(void **state)
{
	static const struct {
		const char *date;
		int year, week, weekday, day_of_year;
	} rows[] = {
		{ "2026-01-01", 2026, 1, 4, 1 },    { "2025-12-29", 2026, 1, 1, 363 },
		{ "2020-12-31", 2020, 53, 4, 366 }, { "2021-01-03", 2020, 53, 7, 3 },
		{ "2021-01-04", 2021, 1, 1, 4 },    { "2024-12-30", 2025, 1, 1, 365 },
		{ "1970-01-01", 1970, 1, 4, 1 },    { "2026-11-21", 2026, 47, 6, 325 },
	};
	int64_t out = 77;

	(void)state;
	for (size_t i = 0; i < countof(rows); i++) {
		int64_t date = day(rows[i].date);
		int year = 0;

		assert_int_equal(date_week(date, &year), rows[i].week);
		assert_int_equal(year, rows[i].year);
		assert_int_equal(date_weekday(date), rows[i].weekday);
		assert_int_equal(date_day_of_year(date), rows[i].day_of_year);
		assert_true(date_of_week(rows[i].year, rows[i].week, &out));
		assert_int_equal(out, date - rows[i].weekday + 1);
	}
	out = 77;
	assert_false(date_of_week(2026, 54, &out));
	assert_false(date_of_week(2025, 53, &out));
	assert_false(date_of_week(2025, 0, &out));
	assert_int_equal(out, 77);
}

static void
test_months_keep_the_day_or_take_the_last(void **state)
{
	static const struct {
		const char *date;
		int64_t months;
		const char *want;
	} rows[] = {
		{ "2026-01-31", 1, "2026-02-28" },
		{ "2024-01-31", 1, "2024-02-29" },
		{ "2026-03-31", -1, "2026-02-28" },
		{ "2026-12-15", 1, "2027-01-15" },
		{ "2026-01-15", -1, "2025-12-15" },
		{ "2026-01-15", 0, "2026-01-15" },
		{ "2026-01-31", 25, "2028-02-29" },
		{ "9999-12-15", 1, "9999-12-31" },
		{ "0001-01-15", -1, "0001-01-01" },
		{ "2026-01-15", INT64_MAX, "9999-12-31" },
		{ "2026-01-15", INT64_MIN, "0001-01-01" },
		{ "2026-01-15", 1200, "2126-01-15" },
	};

	(void)state;
	for (size_t i = 0; i < countof(rows); i++)
		assert_date(date_add_months(day(rows[i].date), rows[i].months), rows[i].want,
			    rows[i].date);
	assert_date(date_add_days(day("2026-12-31"), 1), "2027-01-01", "a day");
	assert_date(date_add_days(day("2026-12-31"), INT64_MAX), "9999-12-31", "too many days");
	assert_date(date_add_days(day("2026-12-31"), INT64_MIN), "0001-01-01", "too few days");
}

static void
test_periods(void **state)
{
	static const struct {
		const char *date;
		enum period period;
		int64_t shift;
		const char *want;
	} rows[] = {
		{ "2026-11-21", PERIOD_DAY, 0, "2026-11-21" },
		{ "2026-11-21", PERIOD_DAY, -1, "2026-11-20" },
		{ "2026-11-21", PERIOD_WEEK, 0, "2026-11-16" },
		{ "2026-11-16", PERIOD_WEEK, 0, "2026-11-16" },
		{ "2026-11-22", PERIOD_WEEK, 1, "2026-11-23" },
		{ "2026-11-21", PERIOD_MONTH, 0, "2026-11-01" },
		{ "2026-12-31", PERIOD_MONTH, 1, "2027-01-01" },
		{ "2026-03-31", PERIOD_QUARTER, 0, "2026-01-01" },
		{ "2026-04-01", PERIOD_QUARTER, 0, "2026-04-01" },
		{ "2026-12-31", PERIOD_QUARTER, 1, "2027-01-01" },
		{ "2026-01-01", PERIOD_QUARTER, -1, "2025-10-01" },
		{ "2026-07-15", PERIOD_YEAR, 0, "2026-01-01" },
		{ "2026-07-15", PERIOD_YEAR, -1, "2025-01-01" },
		{ "2026-07-15", PERIOD_YEAR, INT64_MAX, "9999-12-31" },
		{ "2026-07-15", PERIOD_WEEK, INT64_MIN, "0001-01-01" },
	};

	(void)state;
	for (size_t i = 0; i < countof(rows); i++)
		assert_date(date_period_start(rows[i].period, day(rows[i].date), rows[i].shift),
			    rows[i].want, rows[i].date);
	assert_int_equal(date_quarter(day("2026-03-31")), 1);
	assert_int_equal(date_quarter(day("2026-10-01")), 4);
}

static void
test_birthdays(void **state)
{
	static const struct {
		const char *born, *from, *next;
		int years;
	} rows[] = {
		{ "1990-05-17", "2026-05-16", "2026-05-17", 35 },
		{ "1990-05-17", "2026-05-17", "2026-05-17", 36 },
		{ "1990-05-17", "2026-05-18", "2027-05-17", 36 },
		{ "1992-02-29", "2026-02-27", "2026-02-28", 33 },
		{ "1992-02-29", "2026-02-28", "2026-02-28", 34 },
		{ "1992-02-29", "2026-03-01", "2027-02-28", 34 },
		{ "1992-02-29", "2028-02-28", "2028-02-29", 35 },
		{ "1992-02-29", "2028-02-29", "2028-02-29", 36 },
		{ "2026-05-17", "2026-01-01", "2026-05-17", 0 },
		{ "1990-12-31", "2026-12-31", "2026-12-31", 36 },
		{ "1990-01-01", "2026-12-31", "2027-01-01", 36 },
	};

	(void)state;
	for (size_t i = 0; i < countof(rows); i++) {
		int64_t born = day(rows[i].born), from = day(rows[i].from);

		assert_date(date_yearly_next(born, from), rows[i].next, rows[i].born);
		assert_int_equal(date_years_between(born, from), rows[i].years);
	}
	assert_date(date_yearly_in(day("1992-02-29"), 2026), "2026-02-28", "no leap year");
	assert_date(date_yearly_in(day("1992-02-29"), 2028), "2028-02-29", "leap year");
}

static const struct {
	const char *text;
	enum date_fault fault;
	const char *want;
} moments[] = {
	{ "2026-02-28T13:45:00Z", DATE_OK, "2026-02-28T13:45:00.000Z" },
	{ "2026-02-28T13:45:00.25+01:00", DATE_OK, "2026-02-28T12:45:00.250Z" },
	{ "2026-02-28t13:45:00.123456789z", DATE_OK, "2026-02-28T13:45:00.123Z" },
	{ "2026-02-28 23:45:00-05:30", DATE_OK, "2026-03-01T05:15:00.000Z" },
	{ "1969-12-31T23:59:59.999Z", DATE_OK, "1969-12-31T23:59:59.999Z" },
	{ "0001-01-01T00:00:00Z", DATE_OK, "0001-01-01T00:00:00.000Z" },
	{ "9999-12-31T23:59:59Z", DATE_OK, "9999-12-31T23:59:59.000Z" },
	{ "2016-12-31T23:59:60.5Z", DATE_OK, "2017-01-01T00:00:00.000Z" },
	{ "0001-01-01T00:00:00+01:00", DATE_NO_SUCH_DAY, NULL },
	{ "9999-12-31T23:59:59-01:00", DATE_NO_SUCH_DAY, NULL },
	{ "2026-02-30T13:45:00Z", DATE_NO_SUCH_DAY, NULL },
	{ "2026-02-28T24:00:00Z", DATE_FORMAT, NULL },
	{ "2026-02-28T13:60:00Z", DATE_FORMAT, NULL },
	{ "2026-02-28T13:45:61Z", DATE_FORMAT, NULL },
	{ "2026-02-28T13:45Z", DATE_FORMAT, NULL },
	{ "2026-02-28T13:45:00", DATE_FORMAT, NULL },
	{ "2026-02-28T13:45:00.Z", DATE_FORMAT, NULL },
	{ "2026-02-28T13:45:00+0100", DATE_FORMAT, NULL },
	{ "2026-02-28T13:45:00+24:00", DATE_FORMAT, NULL },
	{ "2026-02-28T13:45:00Zx", DATE_FORMAT, NULL },
	{ "2026-02-28T-1:45:00Z", DATE_FORMAT, NULL },
	{ "2026-02-28", DATE_FORMAT, NULL },
	{ "", DATE_FORMAT, NULL },
};

static void
test_moments_as_text(void **state)
{
	(void)state;
	for (size_t i = 0; i < countof(moments); i++) {
		struct buf b = buf_heap(40);
		enum date_fault fault = DATE_OK;
		int64_t got = 77;
		bool ok = moment_parse(str_of(moments[i].text), &got, &fault);

		if (fault != moments[i].fault || ok != (fault == DATE_OK) || (!ok && got != 77))
			fail_msg("\"%s\": %d, fault %d", moments[i].text, ok, fault);
		moment_print(&b, got);
		if (ok)
			assert_str(buf_done(&b), moments[i].want);
		buf_fini(&b);
	}
}

static int64_t
moment(const char *text)
{
	int64_t ms = 0;

	if (!moment_parse(str_of(text), &ms, NULL))
		fail_msg("\"%s\" in the test is no moment", text);
	return ms;
}

static int64_t
time_of_day(const char *text)
{
	struct str rest = str_of(text);
	int64_t hour, minute;

	assert_true(str_int(str_cut(&rest, ':'), 0, 24, &hour));
	assert_true(str_int(rest, 0, 59, &minute));
	return hour * MS_PER_HOUR + minute * MS_PER_MINUTE;
}

/* Local time to moment; `shown`, where given, is what the clock shows at that moment. */
static const struct {
	const char *zone, *date, *clock, *want, *shown;
} locals[] = {
	{ "Europe/Berlin", "2026-01-15", "00:00", "2026-01-14T23:00:00Z", NULL },
	{ "Europe/Berlin", "2026-07-15", "00:00", "2026-07-14T22:00:00Z", NULL },
	/* Forward at 02:00 on 29 March, back at 03:00 on 25 October. */
	{ "Europe/Berlin", "2026-03-29", "00:00", "2026-03-28T23:00:00Z", NULL },
	{ "Europe/Berlin", "2026-03-29", "01:59", "2026-03-29T00:59:00Z", NULL },
	{ "Europe/Berlin", "2026-03-29", "02:00", "2026-03-29T01:00:00Z", "03:00" },
	{ "Europe/Berlin", "2026-03-29", "02:30", "2026-03-29T01:30:00Z", "03:30" },
	{ "Europe/Berlin", "2026-03-29", "03:00", "2026-03-29T01:00:00Z", NULL },
	{ "Europe/Berlin", "2026-03-30", "00:00", "2026-03-29T22:00:00Z", NULL },
	{ "Europe/Berlin", "2026-10-25", "00:00", "2026-10-24T22:00:00Z", NULL },
	{ "Europe/Berlin", "2026-10-25", "02:30", "2026-10-25T00:30:00Z", NULL },
	{ "Europe/Berlin", "2026-10-25", "03:00", "2026-10-25T02:00:00Z", NULL },
	{ "Europe/Berlin", "2026-10-26", "00:00", "2026-10-25T23:00:00Z", NULL },
	{ "Europe/Berlin", "1945-05-24", "12:00", "1945-05-24T09:00:00Z", NULL },
	{ "Europe/Berlin", "2026-03-29", "12:00", "2026-03-29T10:00:00Z", NULL },
	/* Far ahead the rules repeat: 29 March 3001 is a last Sunday. */
	{ "Europe/Berlin", "3001-03-29", "01:59", "3001-03-29T00:59:00Z", NULL },
	{ "Europe/Berlin", "3001-03-29", "03:00", "3001-03-29T01:00:00Z", NULL },
	{ "Europe/Berlin", "9998-07-01", "00:00", "9998-06-30T22:00:00Z", NULL },
	{ "Europe/Berlin", "9998-01-01", "00:00", "9997-12-31T23:00:00Z", NULL },
	{ "America/New_York", "2026-03-08", "02:30", "2026-03-08T07:30:00Z", "03:30" },
	{ "America/New_York", "2026-11-01", "01:30", "2026-11-01T05:30:00Z", NULL },
	/* Midnight itself is left out. */
	{ "America/Sao_Paulo", "2018-11-04", "00:00", "2018-11-04T03:00:00Z", "01:00" },
	{ "America/Toronto", "1919-03-31", "00:00", "1919-03-31T04:30:00Z", "00:30" },
	/* The hour before midnight is repeated. */
	{ "America/Sao_Paulo", "2018-02-18", "00:00", "2018-02-18T03:00:00Z", NULL },
	{ "America/Sao_Paulo", "2018-02-17", "23:30", "2018-02-18T01:30:00Z", NULL },
	{ "America/Havana", "2026-11-01", "00:00", "2026-11-01T04:00:00Z", NULL },
	{ "Asia/Kathmandu", "2026-01-01", "00:00", "2025-12-31T18:15:00Z", NULL },
	{ "Australia/Lord_Howe", "2026-10-04", "02:15", "2026-10-03T15:45:00Z", "02:45" },
	{ "UTC", "2026-01-01", "00:00", "2026-01-01T00:00:00Z", NULL },
	{ "", "2026-01-01", "00:00", "2026-01-01T00:00:00Z", NULL },
};

static void
test_local_times(void **state)
{
	(void)state;
	for (size_t i = 0; i < countof(locals); i++) {
		const struct zone *zone = zone_find(str_of(locals[i].zone));
		const char *shown = locals[i].shown ? locals[i].shown : locals[i].clock;
		struct buf b = buf_heap(40);
		int64_t got;

		assert_non_null(zone);
		got = moment_of(zone, day(locals[i].date), time_of_day(locals[i].clock));
		moment_print(&b, got);
		if (got != moment(locals[i].want))
			fail_msg("%s %s %s: %.*s", locals[i].zone, locals[i].date, locals[i].clock,
				 STR_FMT(buf_done(&b)));
		assert_date(moment_date(zone, got), locals[i].date, locals[i].zone);
		assert_int_equal(moment_time_of_day(zone, got), time_of_day(shown));
		buf_fini(&b);
	}
}

static void
test_a_whole_day_may_be_left_out(void **state)
{
	const struct zone *zone = zone_find(S("Pacific/Apia"));

	(void)state;
	assert_non_null(zone);
	assert_int_equal(moment_of(zone, day("2011-12-30"), 0), moment("2011-12-30T10:00:00Z"));
	assert_int_equal(moment_of(zone, day("2011-12-31"), 0), moment("2011-12-30T10:00:00Z"));
	assert_date(moment_date(zone, moment("2011-12-30T09:59:59Z")), "2011-12-29", "before");
	assert_date(moment_date(zone, moment("2011-12-30T10:00:00Z")), "2011-12-31", "after");
}

/* Each day begins where the day before it ends, in many zones, over the years that people ask for.
 */
static void
test_days_follow_each_other(void **state)
{
	static const char *names[] = {
		"Europe/Berlin",     "America/Sao_Paulo", "Asia/Tehran",
		"Africa/Casablanca", "Pacific/Chatham",   "America/St_Johns"
	};

	(void)state;
	for (size_t i = 0; i < countof(names); i++) {
		const struct zone *zone = zone_find(str_of(names[i]));

		assert_non_null(zone);
		for (int64_t date = day("1950-01-01"); date < day("2060-01-01"); date++) {
			int64_t start = moment_of(zone, date, 0);

			if (moment_date(zone, start) != date ||
			    moment_date(zone, start - 1) != date - 1)
				fail_msg("%s day %lld", names[i], (long long)date);
		}
	}
}

static void
test_unknown_zones(void **state)
{
	static const char *names[] = {
		"Europe/Atlantis",  "GMT+5",       "GMT+05:17", "europe/berlin",
		"../../etc/passwd", "Etc/Unknown", "\xff"
	};
	char text[100];

	(void)state;
	for (size_t i = 0; i < countof(names); i++)
		if (zone_find(str_of(names[i])))
			fail_msg("%s", names[i]);
	memset(text, 'A', sizeof text);
	assert_null(zone_find((struct str){ text, sizeof text }));
	assert_ptr_equal(zone_find(S("Europe/Berlin")), zone_find(S("Europe/Berlin")));
	assert_int_equal(moment_offset_ms(zone_find(S("Europe/Berlin")), 0), MS_PER_HOUR);
}

enum { THREADS = 4 };

static void *
find_zones(void *unused)
{
	static const char *names[] = { "Asia/Tokyo",   "Asia/Kolkata", "Europe/Lisbon",
				       "Africa/Cairo", "America/Lima", "No/Where" };
	uintptr_t found = 0;

	(void)unused;
	for (int round = 0; round < 50; round++)
		for (size_t i = 0; i < countof(names); i++) {
			const struct zone *zone = zone_find(str_of(names[i]));

			found += zone && moment_date(zone, 0) >= -1;
		}
	return (void *)found; // NOLINT(performance-no-int-to-ptr): a count comes back
}

static void
test_zones_are_found_by_many_threads(void **state)
{
	pthread_t threads[THREADS];
	void *found;

	(void)state;
	for (size_t i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, find_zones, NULL), 0);
	for (size_t i = 0; i < THREADS; i++) {
		assert_int_equal(pthread_join(threads[i], &found), 0);
		assert_int_equal((uintptr_t)found, 50 * 5);
	}
}

static const struct {
	const char *text;
	bool ok;
	int64_t want;
	const char *iso;
} durations[] = {
	{ "PT1H30M", true, 5400, "PT1H30M" },
	{ "P2DT4H", true, 187200, "P2DT4H" },
	{ "P3W", true, 1814400, "P21D" },
	{ "P1D", true, 86400, "P1D" },
	{ "PT0S", true, 0, "PT0S" },
	{ "PT36H", true, 129600, "P1DT12H" },
	{ "PT1.5H", true, 5400, "PT1H30M" },
	{ "P1DT1S", true, 86401, "P1DT1S" },
	{ "1:30", true, 5400, "PT1H30M" },
	{ "0:05", true, 300, "PT5M" },
	{ "100:00", true, 360000, "P4DT4H" },
	{ "1:30:15", true, 5415, "PT1H30M15S" },
	{ "90 min", true, 5400, "PT1H30M" },
	{ "90min", true, 5400, "PT1H30M" },
	{ "90 Min.", true, 5400, "PT1H30M" },
	{ "1,5 h", true, 5400, "PT1H30M" },
	{ "1.5 hours", true, 5400, "PT1H30M" },
	{ "1 h 30 min", true, 5400, "PT1H30M" },
	{ "1h30m", true, 5400, "PT1H30M" },
	{ "2 Tage 3 Std.", true, 183600, "P2DT3H" },
	{ "2 Tg. 1 Std. 30 Min.", true, 178200, "P2DT1H30M" },
	{ "1 Woche", true, 604800, "P7D" },
	{ "0.5 s", true, 1, "PT1S" },
	{ "", false, 0, NULL },
	{ "90", false, 0, NULL },
	{ "P", false, 0, NULL },
	{ "PT", false, 0, NULL },
	{ "P1DT", false, 0, NULL },
	{ "P1Y", false, 0, NULL },
	{ "P1M", false, 0, NULL },
	{ "PT1D", false, 0, NULL },
	{ "P1H", false, 0, NULL },
	{ "PT1M1H", false, 0, NULL },
	{ "PT1M1M", false, 0, NULL },
	{ "PTT1M", false, 0, NULL },
	{ "1:60", false, 0, NULL },
	{ "1:5", false, 0, NULL },
	{ ":30", false, 0, NULL },
	{ "1:", false, 0, NULL },
	{ "1:30:", false, 0, NULL },
	{ "1:30:15:10", false, 0, NULL },
	{ "-1:30", false, 0, NULL },
	{ "-5 min", false, 0, NULL },
	{ "5 parsecs", false, 0, NULL },
	{ "30 min 1 h", false, 0, NULL },
	{ "1 h 30", false, 0, NULL },
	{ "h", false, 0, NULL },
	{ "1..5 h", false, 0, NULL },
	{ "99999999999999999999 h", false, 0, NULL },
	{ "9000000000 h", false, 0, NULL },
};

static void
test_durations(void **state)
{
	(void)state;
	for (size_t i = 0; i < countof(durations); i++) {
		struct buf b = buf_heap(40);
		int64_t got = 77;
		bool ok = duration_parse(str_of(durations[i].text), &got);

		if (ok != durations[i].ok || got != (ok ? durations[i].want : 77))
			fail_msg("\"%s\": %d %lld", durations[i].text, ok, (long long)got);
		duration_print(&b, got);
		if (ok)
			assert_str(buf_done(&b), durations[i].iso);
		buf_fini(&b);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_day_has_its_number),
		cmocka_unit_test(test_dates_as_text),
		cmocka_unit_test(test_formats),
		cmocka_unit_test(test_weeks),
		cmocka_unit_test(test_months_keep_the_day_or_take_the_last),
		cmocka_unit_test(test_periods),
		cmocka_unit_test(test_birthdays),
		cmocka_unit_test(test_moments_as_text),
		cmocka_unit_test(test_local_times),
		cmocka_unit_test(test_a_whole_day_may_be_left_out),
		cmocka_unit_test(test_days_follow_each_other),
		cmocka_unit_test(test_unknown_zones),
		cmocka_unit_test(test_zones_are_found_by_many_threads),
		cmocka_unit_test(test_durations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
