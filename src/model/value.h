/* The value of one field, and the row of one record, in memory. */
#ifndef KONTOR_MODEL_VALUE_H
#define KONTOR_MODEL_VALUE_H

#include "base/str.h"

struct object;

enum value_kind {
	V_NONE, /* empty */
	V_INT,  /* int, bool 0/1, percent, decimal and money in units of 10^-scale, datetime in ms
		 * UTC, duration in s, sequence, id, reference */
	V_REAL,
	V_TEXT, /* text types, enum key, date as ISO text, tags as "|a|b|" (sorted, folded), hash of
		 * a file */
	V_IDS,  /* references to many: ascending, without repetition */
	V_ANY,  /* a reference to any object: s = object name, i = id */
};

struct value {
	enum value_kind kind;
	char currency[4]; /* money: ISO 4217, NUL-terminated */
	int64_t i;
	double r;
	struct str s;
	const int64_t *ids; /* V_IDS: n = i */
};

static inline struct value
value_int(int64_t i)
{
	return (struct value){ .kind = V_INT, .i = i };
}

static inline struct value
value_text(struct str s)
{
	return s.n ? (struct value){ .kind = V_TEXT, .s = s } : (struct value){ 0 };
}

/* Equal as stored (not as folded). */
bool value_eq(const struct value *a, const struct value *b);
struct value value_dup(struct arena *mem, const struct value *v);

/* A set of fields (or objects) by index. */
enum { FIELDS_MAX = 256 };
struct fieldset {
	uint64_t bits[FIELDS_MAX / 64];
};

static inline bool
fieldset_has(const struct fieldset *set, unsigned index)
{
	return set->bits[index / 64] >> (index % 64) & 1;
}

static inline void
fieldset_add(struct fieldset *set, unsigned index)
{
	set->bits[index / 64] |= (uint64_t)1 << (index % 64);
}

static inline void
fieldset_remove(struct fieldset *set, unsigned index)
{
	set->bits[index / 64] &= ~((uint64_t)1 << (index % 64));
}

/* A record, or a part of it.  v[f->index] is the value of field f; `has` tells what was loaded. */
struct row {
	const struct object *object;
	int64_t id;      /* 0: not stored yet */
	int64_t version; /* of the stored record, from 1 */
	struct value *v; /* object->n_fields of them */
	struct fieldset has;
};

/* An empty row of the object in the arena. */
struct row *row_new(struct arena *mem, const struct object *object);
struct row *row_dup(struct arena *mem, const struct row *row); /* deep */

#endif
