/* When what repeats takes place: records with a beginning, an end and a rule (app/recur.h). */
#ifndef KONTOR_APP_OCCUR_H
#define KONTOR_APP_OCCUR_H

#include "record/record.h"

enum { OCCUR_ROWS_MAX = LIMIT_MAX, OCCUR_MAX = 5000, OCCUR_HOUR_MS = 3600000 };

struct occur_fields {
	const struct field *start;       /* a moment */
	const struct field *end, *lasts; /* a moment, or a duration; NULL: none */
	const struct field *recurrence;  /* NULL: nothing repeats */
};
struct occurrence {
	const struct row *row;
	int64_t at, until; /* ms UTC; until > at: an hour where no end is known */
	bool is_first;     /* the record's own moment, not one of its rule */
};
struct occurrences {
	struct occurrence *v; /* by their beginning, then by their record */
	size_t n, cap;
	struct rows rows; /* the records that were found */
	bool is_cut;
};

/* What rows take up of the time from `from` until before `to`: each with its repetitions, whose
 * time of day stays by the clock of cx->zone.  Rows must hold the fields. */
void occurrences_of(struct cx *cx, const struct rows *rows, const struct occur_fields *fields,
		    int64_t from, int64_t to, struct occurrences *out);
/* The same of all that a query finds (its order, limit and cursor are not looked at); one
 * statement. */
bool occurrences_read(struct cx *cx, const struct query *query, const struct occur_fields *fields,
		      int64_t from, int64_t to, struct occurrences *out) CHECKED;

/* Of the object appointment. */
struct occur_fields appointment_fields(const struct cx *cx);

/* When people are taken: appointments that count as busy, of each person; who may not read them
 * does not learn of them. */
struct busy {
	int64_t user_id, at, until;
	const struct row *row;
};
struct busy_list {
	struct busy *v;
	size_t n, cap;
};
struct busy_ask {
	int64_t from, to;
	int64_t without; /* an appointment that is left out, or 0 */
};
bool busy_read(struct cx *cx, const int64_t *users, size_t n, const struct busy_ask *ask,
	       struct busy_list *out) CHECKED;

/* Side by side: which of how many columns each has among those that it overlaps with.  Items come
 * by their beginning. */
struct placed {
	int64_t at, until;
	int column, columns;
};
void placed_side_by_side(struct placed *v, size_t n);

#endif
