/* Figures and short lists of several objects that hang on one record: by one statement, however
 * many they are. */
#ifndef KONTOR_RECORD_GATHER_H
#define KONTOR_RECORD_GATHER_H

#include "record/timeline.h"

enum { GATHER_MAX = 32, GATHER_SUMS = 6, GATHER_ROWS_MAX = 50 };

/* Which records: those whose link leads to the record, and which match.  `link` NULL: not for the
 * actor, and nothing is asked. */
struct gather {
	const struct field *link;
	const struct field *via; /* or NULL; else link leads to records whose link this is */
	int64_t id;
	const struct cond *where; /* or NULL */
};

/* The records of an object whose link (a link to one, or to any record) leads to `id` of `to`, and
 * for which a condition in words holds (or none, where it is empty).  Where the actor may not see
 * the object, the link or a field of the condition, out->link is NULL. */
bool gather_of(struct cx *cx, const struct field *link, int64_t id, struct str where,
	       struct gather *out) CHECKED;

/* Of records behind a record in between: what `link` leads to hangs on the record by `via`.  False,
 * and out->link NULL, where the actor may not see that. */
bool gather_via(struct cx *cx, const struct field *via, struct gather *out);

/* Of one currency. */
struct gathered_sum {
	char currency[4];
	int64_t sum, second;
};

/* How many, what they come to, and the first and last day. */
struct figure {
	struct gather of;
	const struct field *amount, *second; /* of money, or NULL: what the actor may not see */
	const struct field *day;             /* a date or moment, or NULL */
	int64_t count;
	struct gathered_sum sums[GATHER_SUMS]; /* the greatest first */
	size_t n_sums;
	int64_t first, last; /* ms UTC, of a date its midnight; 0: none */
};

/* The first records by a day, at most so many. */
struct excerpt {
	struct gather of;
	struct entry_fields fields; /* by which is fields.when; NULL ones are not read */
	bool soonest;               /* the earliest first; those without a day last */
	bool own_order; /* as a list of the object is sorted, where that needs no titles */
	int64_t limit;
	struct entry *v; /* in cx->mem */
	size_t n;
};
/* All of them at once; either may be none. */
bool record_gather(struct cx *cx, struct figure *figures, size_t n_figures,
		   struct excerpt *excerpts, size_t n_excerpts) CHECKED;

#endif
