/* Which record has this value in this field?  Remembered, so that a long import does not ask the
 * database once a row: after many questions all keys of the object are read at once, where they are
 * not too many.  Only records that the actor may see, none from the trash. */
#ifndef KONTOR_DATA_LOOKUP_H
#define KONTOR_DATA_LOOKUP_H

#include "base/crypt.h"
#include "record/record.h"

enum {
	LOOKUP_ASK_MIN = 1000,     /* single questions before all keys are read … */
	LOOKUP_KEYS_ASKED = 4,     /* … and one for each so many keys */
	LOOKUP_ASK_SLOW = 2,       /* of a field without an index */
	LOOKUP_KEYS_MAX = 2000000, /* that are kept in memory (32 bytes each, at half load) */
};
#define LOOKUP_MANY ((int64_t)-1) /* several records have it */

/* May records be looked up by this field?  Text, choices, whole numbers, sequences, ids; nothing
 * computed or sealed. */
bool lookup_can(const struct field *field);

/* Which records, and by which field. */
struct lookup_of {
	const struct object *object;
	const struct face *face;  /* or NULL: all of the object */
	const struct cond *where; /* or NULL */
	struct str where_text;    /* what it was parsed from */
	const struct field *field;
};

/* On the heap; `of` is copied. */
struct lookup *lookup_new(struct cx *cx, const struct lookup_of *of);
void lookup_free(struct lookup **lookup);
const struct lookup_of *lookup_of(const struct lookup *lookup);
/* Forget everything: records have changed in a way that is not known. */
void lookup_forget(struct lookup *lookup);

/* A value of the field as it is compared (field_key). */
struct lookup_key {
	struct tag tag;
	struct value value; /* borrowed */
};
struct lookup_key lookup_key(struct cx *cx, const struct lookup *lookup, const struct value *value);

/* *out: the id, 0 where there is none, or LOOKUP_MANY. */
bool lookup_find(struct cx *cx, struct lookup *lookup, const struct lookup_key *key, int64_t *out)
	CHECKED;

/* What is known of the key without asking: an id, LOOKUP_MANY, or 0: none, or nothing is known. */
int64_t lookup_known(const struct lookup *lookup, const struct lookup_key *key);

/* A record with this key was made in this unit (id), or taken back (0).  Where nothing was known of
 * the key, nothing is learnt: there may be others.  `mark` is any number kept beside it: what the
 * record was last given. */
void lookup_put(struct lookup *lookup, const struct lookup_key *key, int64_t id, uint64_t mark);
uint64_t lookup_mark(const struct lookup *lookup, const struct lookup_key *key); /* 0: none */

#endif
