/* Tasks: when they come back, and what follows when they are done. */
#ifndef KONTOR_APP_TASK_H
#define KONTOR_APP_TASK_H

#include "record/record.h"

/* Until when something is put off, by its name: the next day, the next Monday, the same day of the
 * next month (on a week-end the Monday behind it). */
enum snooze { SNOOZE_TOMORROW, SNOOZE_WEEK, SNOOZE_MONTH, SNOOZE__MAX };
extern const char *const SNOOZES[SNOOZE__MAX]; /* "tomorrow", "week", "month" */

/* One of these names, or a day ("2026-12-01") behind today; E_INPUT at the field "to". */
bool snooze_day(struct cx *cx, struct str to, int64_t *out) CHECKED;
/* Put off an open task, in a work: it comes back on that day.  E_CONFLICT where it is not open. */
bool task_snooze(struct cx *cx, int64_t id, struct str to, struct change **out) CHECKED;

/* The person's today. */
int64_t today_of(const struct cx *cx);
/* A date as the value of a field. */
struct value value_date(struct cx *cx, int64_t date);
/* Is it not work of today: an import, the demonstration? */
bool is_taken_over(const struct cx *cx);
/* RULES and STORED of task_series.c. */
bool series_rule(struct cx *cx, struct change *c, const struct field *recurrence,
		 const struct field *start) CHECKED;
bool series_next(struct cx *cx, struct change *c) CHECKED;

#endif
