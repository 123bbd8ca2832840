/* Merging records that mean the same one, and taking that apart again. */
#ifndef KONTOR_DATA_MERGE_H
#define KONTOR_DATA_MERGE_H

#include "record/record.h"

enum { MERGE_MAX = 50, MERGE_LINKS_MAX = 100000 };

/* Whose value a field of the survivor gets. */
struct merge_choice {
	const struct field *field;
	int64_t from; /* the survivor or one of the others */
};

struct merge {
	const struct object *object;
	int64_t survivor;
	const int64_t *others; /* go to the trash; what links to them links to the survivor */
	size_t n_others;
	const struct merge_choice *choices; /* without one: the survivor's, or the first not empty
					     */
	size_t n_choices;
};

/* In a work, of which it must be the only content: its changeset is what unmerge takes back.  The
 * actor needs the right to edit the survivor and to delete the others.  *moved: links turned. */
bool merge_records(struct cx *cx, const struct merge *merge, int64_t *moved) CHECKED;

/* In a work: undo a changeset that was a merge; E_MISSING when it is none. */
bool unmerge(struct cx *cx, int64_t changeset, bool force, struct conflicts *out) CHECKED;

#endif
