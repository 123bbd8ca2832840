/* Merging records that mean the same one, and taking that apart again. */
#ifndef KONTOR_DATA_MERGE_H
#define KONTOR_DATA_MERGE_H

#include "base/feature.h"
#include "record/record.h"

enum { MERGE_MAX = 50, MERGE_LINKS_MAX = 100000, MERGE_ALL = 0 };

/* Whose value a field of the survivor gets. */
struct merge_choice {
	const struct field *field;
	int64_t from; /* the survivor or one of the others; MERGE_ALL: what each of them has */
};

/* Can a field hold what several records have: tags, links to many, long texts? */
bool merge_can_join(const struct field *f);
/* A field by its name, as far as the actor may see it; fail_field where there is none. */
bool merge_field(struct cx *cx, const struct object *object, struct str name,
		 const struct field **out) CHECKED;

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

/* What was merged into a record and can be taken apart again, the newest first. */
struct merged {
	int64_t changeset, at;
	const int64_t *gone;
	size_t n_gone;
};
enum { MERGED_MAX = 20 };
bool merges_into(struct cx *cx, const struct object *object, int64_t id,
		 struct merged out[MERGED_MAX], size_t *n) CHECKED;

/* In a work: undo a changeset that was a merge; E_MISSING when it is none. */
bool unmerge(struct cx *cx, int64_t changeset, bool force, struct conflicts *out) CHECKED;

extern const struct feature feature_merge;

#endif
