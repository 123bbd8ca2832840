/* Rules by which something repeats: RRULE of RFC 5545, for days.  Pure: no database, no clock.
 *
 * A rule tells days alone; the time of day is that of the first one, by the wall clock (moment_of).
 * FREQ is DAILY, WEEKLY, MONTHLY or YEARLY; parts that name hours, minutes or seconds are refused.
 * As a day in the year of BYWEEKNO counts one that lies in that year. */
#ifndef KONTOR_APP_RECUR_H
#define KONTOR_APP_RECUR_H

#include "base/buf.h"

struct cx;

enum {
	RECUR_TEXT_MAX = 500,
	RECUR_LIST_MAX = 64,
	RECUR_PERIOD_DAYS = 366,
	RECUR_YEARS_MAX = 100, /* behind the start: farther ahead nothing is looked for */
	RECUR_INTERVAL_MAX = 1000,
	RECUR_COUNT_MAX = 100000,
};
enum recur_freq { RECUR_DAILY, RECUR_WEEKLY, RECUR_MONTHLY, RECUR_YEARLY, RECUR_FREQ__MAX };

struct recur_numbers {
	int v[RECUR_LIST_MAX];
	size_t n;
};
struct recur {
	enum recur_freq freq;
	int interval;
	int64_t count; /* 0: without end */
	bool has_until;
	int64_t until;  /* the last date */
	int week_start; /* Monday 1 … Sunday 7 */
	struct recur_numbers month, month_day, year_day, week_no, set_pos;
	struct recur_numbers weekday, nth; /* BYDAY=2MO: weekday 1, nth 2; nth 0: each one */
};

/* What is wrong, a msgid, and with which part of the text. */
struct recur_fault {
	const char *why;
	struct str part;
};

/* "FREQ=WEEKLY;BYDAY=MO", also behind "RRULE:".  *out is untouched on failure. */
bool recur_parse(struct str text, struct recur *out, struct recur_fault *fault) CHECKED;
/* The rule as text that recur_parse reads. */
void recur_print(const struct recur *rule, struct buf *out);
/* The rule in the reader's words: "Every 2 weeks on Monday, until 31/12/2026". */
void recur_words(struct cx *cx, const struct recur *rule, struct buf *out);

/* The days of a rule from `start` on, one after the other; false: there is none left. */
struct recur_walk {
	const struct recur *rule;
	int64_t start, told;
	int64_t period; /* its number, from 0 */
	int64_t days[RECUR_PERIOD_DAYS];
	size_t n, at;
};
void recur_begin(struct recur_walk *walk, const struct recur *rule, int64_t start);
bool recur_next(struct recur_walk *walk, int64_t *out);

/* The first day behind `start` that is not before `from`; *rest is the same rule for what begins
 * there (its COUNT is what is left).  False: it has ended. */
bool recur_after(const struct recur *rule, int64_t start, int64_t from, int64_t *out,
		 struct recur *rest);

#endif
