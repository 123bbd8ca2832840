/* Calendar dates, moments and durations.
 *
 * A date is a day without a time or zone: days since 1970-01-01 in the Gregorian calendar, years 1
 * to 9999.  A moment is milliseconds since 1970-01-01T00:00Z.  Zones are IANA names
 * ("Europe/Berlin") with ICU's rules.  Parsers leave *out untouched on failure. */
#ifndef KONTOR_BASE_CLOCK_H
#define KONTOR_BASE_CLOCK_H

#include "base/buf.h"
#include "base/str.h"

enum { MS_PER_S = 1000, MS_PER_MINUTE = 60000, MS_PER_HOUR = 3600000, MS_PER_DAY = 86400000 };
#define DATE_MIN ((int64_t)-719162) /* 0001-01-01 */
#define DATE_MAX ((int64_t)2932896) /* 9999-12-31 */

/* --- Dates --- */

struct ymd {
	int year, month, day;
};

/* Why a text is no date: it does not look like one, or it names a day that does not exist
 * (2026-02-30). */
enum date_fault { DATE_OK, DATE_FORMAT, DATE_NO_SUCH_DAY };

struct ymd date_ymd(int64_t date);
bool date_of(struct ymd ymd, int64_t *out) CHECKED; /* false: no such day */
int date_days_in_month(int year, int month);

/* "2026-02-28".  fault may be NULL. */
bool date_parse(struct str text, int64_t *out, enum date_fault *fault) CHECKED;
void date_print(struct buf *b, int64_t date);

/* A date in a given form: YYYY, YY, MM, M, DD and D stand for numbers (M and D take one or two
 * digits, the others exactly as many as letters), everything else for itself: "DD-MM-YYYY",
 * "D.M.YYYY", "YYYYMMDD", "MM/DD/YY".  YY is 1969 to 2068. */
bool date_parse_as(struct str text, struct str format, int64_t *out, enum date_fault *fault)
	CHECKED;
bool date_format_is_good(struct str format); /* names year, month and day once each */

int date_weekday(int64_t date);             /* ISO: Monday 1 … Sunday 7 */
int date_week(int64_t date, int *out_year); /* ISO week, and the year it belongs to */
bool date_of_week(int year, int week, int64_t *out) CHECKED; /* its Monday; false: no such week */
int date_day_of_year(int64_t date);                          /* from 1 */

/* Arithmetic stays within DATE_MIN and DATE_MAX.  Months keep the day or, where it does not exist,
 * take the last one of the month: 31 January + 1 month = 28 February. */
int64_t date_add_days(int64_t date, int64_t days);
int64_t date_add_months(int64_t date, int64_t months);

/* The first day of the period that the date lies in; the period ends the day before
 * date_period_start(period, date, 1).  `shift` moves by whole periods. */
enum period { PERIOD_DAY, PERIOD_WEEK, PERIOD_MONTH, PERIOD_QUARTER, PERIOD_YEAR, PERIOD__MAX };
int64_t date_period_start(enum period period, int64_t date, int64_t shift);
int date_quarter(int64_t date); /* 1 to 4 */

/* Birthdays and other yearly days.  Who was born on 29 February has it on 28 February in other
 * years. */
int64_t date_yearly_in(int64_t date, int year);
int64_t date_yearly_next(int64_t date, int64_t from); /* the first one on or after `from` */
int date_years_between(int64_t born, int64_t on);     /* full years; 0 where on < born */

/* --- Moments --- */

/* RFC 3339: "2026-02-28T13:45:00Z", "…13:45:00.250+01:00"; a blank or t for T, z for Z.  Years 1 to
 * 9999.  Digits behind the millisecond are dropped; second 60 is the next minute's first. */
bool moment_parse(struct str text, int64_t *out, enum date_fault *fault) CHECKED;
void moment_print(struct buf *b, int64_t ms); /* "2026-02-28T12:45:00.250Z" */

/* A zone's rules; lives as long as the process.  NULL where there is none of that name; the empty
 * name and "UTC" are UTC. */
struct zone;
const struct zone *zone_find(struct str name);

/* The date and the time of day (ms since its midnight, by the wall clock) in the zone. */
int64_t moment_date(const struct zone *zone, int64_t ms);
int64_t moment_time_of_day(const struct zone *zone, int64_t ms);
int64_t moment_offset_ms(const struct zone *zone, int64_t ms); /* local = UTC + offset */

/* The moment at which the zone's wall clock shows this date and time.  Of two (the hour is repeated
 * in autumn) the first; where there is none (the hour is left out in spring), as much later as the
 * clock was put forward.  With time 0: the first moment of the day, whatever the clock did. */
int64_t moment_of(const struct zone *zone, int64_t date, int64_t time_of_day_ms);

/* --- Durations, in seconds --- */

/* "PT1H30M", "P2DT4H", "P3W", "1:30" (h:min), "1:30:15", "90 min", "1,5 h", "1 h 30 min", "2 Tage";
 * units in English and German.  A bare number is refused.  Not negative, less than 10,000 years. */
bool duration_parse(struct str text, int64_t *out_s) CHECKED;
void duration_print(struct buf *b, int64_t s); /* ISO 8601: "PT1H30M", "P1DT2H"; zero is "PT0S" */

#endif
