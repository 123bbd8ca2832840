/* What a person has before him today: what is due, who waits, what lies idle; the most urgent and
 * the most valuable first. */
#ifndef KONTOR_APP_AGENDA_H
#define KONTOR_APP_AGENDA_H

#include "app/occur.h"

enum {
	AGENDA_SHOWN = 100, /* of each kind */
	AGENDA_IDLE_DAYS = 14,
	AGENDA_VALUE_POINTS = 40, /* of the most valuable party among them */
};

enum agenda_kind { AGENDA_TASK, AGENDA_QUOTE, AGENDA_DEAL, AGENDA_BIRTHDAY, AGENDA_KIND__MAX };
enum agenda_why {
	AGENDA_OVERDUE,
	AGENDA_DUE,
	AGENDA_BACK,      /* its day of re-submission has come */
	AGENDA_FOLLOW_UP, /* of a quote */
	AGENDA_EXPIRES,
	AGENDA_NO_STEP, /* of a deal */
	AGENDA_IDLE,
	AGENDA_BIRTHDAY_IS,
	AGENDA_WHY__MAX
};
extern const char *const AGENDA_WHYS[AGENDA_WHY__MAX]; /* "overdue" */

struct agenda_item {
	enum agenda_kind kind;
	enum agenda_why why;
	const struct row *row;
	struct str title, party_title;
	int64_t party; /* 0: none */
	int64_t days;  /* since its day; below 0: until then */
	int64_t value; /* of the party: won and open deals, in minor units of the deals' currency */
	int64_t score; /* urgency, and up to AGENDA_VALUE_POINTS */
};
struct agenda {
	struct agenda_item *v; /* highest score first */
	size_t n, cap;
	struct occurrences appointments; /* of today, by time */
	struct str *places;              /* titles of the appointments' parties */
	const struct field *value;       /* deal.value, to print values; NULL: not to be seen */
	bool is_cut;                     /* there is more of a kind than AGENDA_SHOWN */
};

/* Of the actor, as he may see it; at most seven statements. */
bool agenda_read(struct cx *cx, struct agenda *out) CHECKED;

/* For a task, a quote, a deal, a party (its birthday) or an appointment (done alone), in a work.
 * A task comes back on that day, a quote is followed up then; for a deal or a birthday a task of
 * that day is made.  `to` is as for snooze_day.  *out is what was changed or made. */
bool agenda_snooze(struct cx *cx, const struct object *object, int64_t id, struct str to,
		   struct change **out) CHECKED;
/* A task is done, an appointment was held; that somebody looked after a quote, a deal or a birthday
 * is written down. */
bool agenda_done(struct cx *cx, const struct object *object, int64_t id, struct change **out)
	CHECKED;
bool agenda_has(const struct object *object); /* can it be put off or done? */

#endif
