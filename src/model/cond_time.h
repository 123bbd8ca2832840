/* Times in conditions: fixed ones, and ones relative to now that mean something else tomorrow.
 * Each names a stretch: a day, a quarter, a minute.  Private to model/cond_*.c. */
#ifndef KONTOR_MODEL_COND_TIME_H
#define KONTOR_MODEL_COND_TIME_H

#include "base/clock.h"

enum cond_time_kind {
	TIME_DATE,    /* 2017-01-31, 31.1.2017 */
	TIME_LOCAL,   /* 2017-01-31 12:30 in the zone of who asks */
	TIME_INSTANT, /* 2017-01-31T12:30Z, 2017-01-31T12:30:00+01:00 */
	TIME_NOW,
	TIME_SHIFT, /* -180d: the day so many days, weeks, months, years from today; -2h: that
		       instant */
	TIME_PERIOD /* today, yesterday, this quarter, last year */
};
enum cond_time_unit {
	UNIT_DAY,
	UNIT_WEEK, /* from Monday */
	UNIT_MONTH,
	UNIT_QUARTER,
	UNIT_YEAR,
	UNIT_HOUR,
	UNIT_MINUTE,
	UNIT__MAX
};

struct cond_time {
	enum cond_time_kind kind;
	enum cond_time_unit unit; /* of SHIFT and PERIOD */
	int64_t n; /* DATE: days since 1970; LOCAL: ms since 1970 by the clock on the wall; INSTANT:
		      ms UTC; SHIFT: how many units; PERIOD: -1 last, 0 this, 1 next */
	int64_t width_ms; /* LOCAL, INSTANT: what it names, a minute, a second or a millisecond */
};

/* The whole text.  A day or a time that does not exist is refused (fault, may be NULL). */
bool cond_time_parse(struct str text, struct cond_time *out, enum date_fault *fault) CHECKED;
void cond_time_print(const struct cond_time *t, struct buf *out); /* canonical; parses to the same
								   */
void cond_time_print_shift(const struct cond_time *t, struct buf *out); /* without the plus sign */

bool cond_time_is_relative(const struct cond_time *t);
/* Does it name a time within a day: more than a date can be compared with? */
bool cond_time_is_clock(const struct cond_time *t);

/* From first to last, both within; in days, or ms UTC. */
struct stretch {
	int64_t first, last;
};
struct stretch cond_time_days(const struct cond_time *t, int64_t now, const struct zone *zone);
struct stretch cond_time_instants(const struct cond_time *t, int64_t now, const struct zone *zone);

#endif
