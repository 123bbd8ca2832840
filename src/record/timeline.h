/* What happened with a record: the records that hang on it, in the order in which they happened,
 * and the changes of its fields (and, of a data subject, of what hangs on it). */
#ifndef KONTOR_RECORD_TIMELINE_H
#define KONTOR_RECORD_TIMELINE_H

#include "record/record.h"

enum { TIMELINE_MAX = 100, AHEAD_MAX = 5, TIMELINE_BODY_MAX = 600 };

/* A record as a timeline shows it. */
struct entry {
	const struct object *object;
	int64_t id;
	const struct field *when; /* which of its fields tells the moment */
	int64_t at;               /* ms UTC; of a date its midnight; 0: none */
	struct value title;       /* empty where the actor may not see it */
	struct value state;       /* of entry_fields.state */
	struct value money;       /* of entry_fields.money */
	struct str body;          /* its first TIMELINE_BODY_MAX characters */
	int64_t owner;            /* person in charge, 0: none */
};

/* Which fields an entry shows, from the model: NULL where there is none. */
struct entry_fields {
	const struct field *title, *state, *money, *body, *owner, *when;
};
/* The field that tells when a record of this object happened: its own order where that goes by a
 * moment, newest first; else when it was made. */
const struct field *timeline_when(const struct object *object);
struct entry_fields entry_fields_of(const struct cx *cx, const struct object *object);

/* One of the two. */
struct moment {
	int64_t at;
	const struct entry *entry;
	const struct change_row *change;
};

struct timeline_query {
	const struct object *object;
	int64_t id;
	const struct object *only; /* entries of this object alone, or NULL */
	bool changes_only;
	int64_t person; /* whose entries and changes, 0: everybody's */
	int64_t limit;
	struct str after; /* the cursor of the page before, or empty */
};

struct timeline {
	struct moment *v; /* newest first */
	size_t n;
	struct str next;     /* cursor, or empty */
	struct entry *ahead; /* first page: open tasks, then contacts to come; soonest first */
	size_t n_ahead;
};

/* Has this object a timeline, and may the actor see one? */
bool has_timeline(const struct object *object);

/* Objects whose records the timeline of this object may hold; *n of them, in cx->mem. */
const struct object **timeline_objects(struct cx *cx, const struct object *object, size_t *n);

/* By three statements at most besides the names of persons.  Records whose moment is empty are not
 * in it.  The record itself must have been loaded (record_load): its right to be seen is not asked
 * again.  Fails with E_INPUT on a cursor that is none. */
bool record_timeline(struct cx *cx, const struct timeline_query *query, struct timeline *out)
	CHECKED;

#endif
