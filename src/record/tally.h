/* How many rows match in each stretch of ids.  After a change only the stretches of the records
 * that changed are counted anew: the log names them, whoever changed them. */
#ifndef KONTOR_RECORD_TALLY_H
#define KONTOR_RECORD_TALLY_H

#include "record/query.h"

enum { STRETCHES_MAX = 64 }; /* that are counted one by one */

struct tally {
	uint16_t *v; /* heap; by id / rows of a stretch */
	size_t n;    /* 0: none is kept */
};

/* Stretches in which records changed, with what is in them now. */
struct stretches {
	struct stretch {
		int64_t at;
		int64_t count;
	} v[STRETCHES_MAX];
	size_t n;
	bool too_many;
};

/* Do the fields of a row alone decide whether it matches? */
bool tally_is_possible(struct cx *cx, const struct query *query);
/* Count everything.  A tally without stretches where ids are too high for one. */
bool tally_read(struct cx *cx, const struct query *query, struct tally *out, int64_t *count)
	CHECKED;
/* The stretches that changed since the head of a tally, up to this unit's view. */
bool tally_changed(struct cx *cx, const struct query *query, int64_t since, struct stretches *out)
	CHECKED;
/* Bring tally and count up to date. */
void tally_put(struct tally *tally, const struct stretches *changed, int64_t *count);
void tally_free(struct tally *tally);

#endif
