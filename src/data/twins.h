/* Records that may mean the same one: what is equal in them, and how much that tells.
 *
 * The evidence is weighed as in the record linkage of Fellegi and Sunter (1969): what is equal
 * speaks for it, more so an address that few share, and what differs speaks against it.  The
 * weights are rounded to small numbers, so that a person can check them. */
#ifndef KONTOR_DATA_TWINS_H
#define KONTOR_DATA_TWINS_H

#include "record/record.h"

enum { TWINS_MAX = 10, TWIN_FIELDS_MAX = 6 };

struct twin {
	const struct row *row; /* all fields that the actor may see */
	int points;
	bool is_alike;                             /* the titles are alike, but not equal */
	const struct field *same[TWIN_FIELDS_MAX]; /* equal, not empty */
	size_t n_same;
};
struct twins {
	struct twin v[TWINS_MAX]; /* the most likely first */
	size_t n;
};

/* Whom a record that was loaded whole may be twice: among those of the same face that the actor may
 * see, without those that somebody said are to be kept apart.  Indexes serve all of its statements.
 */
bool twins_find(struct cx *cx, const struct face *face, const struct row *row, struct twins *out)
	CHECKED;

#endif
