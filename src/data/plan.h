/* A map bound to an object and to the columns of one file: what import.c goes by, row after row.
 * Private to data/. */
#ifndef KONTOR_DATA_PLAN_H
#define KONTOR_DATA_PLAN_H

#include "data/lookup.h"
#include "data/map.h"
#include "model/type.h"

enum { PLAN_LOOKUPS_MAX = 64, PLAN_ERRORS_MAX = 100 };

/* One field to fill. */
struct target {
	const struct map_rule *rule;
	const struct field *field;
	size_t columns[MAP_JOINED_MAX]; /* rule->n_columns of them; none of a constant */
	size_t currency_column;         /* PLAN_NO_COLUMN: none */
	struct map_pair *pairs;         /* rule->pairs by their folded text, ascending */
	struct lookup *lookup;          /* of a link */
	struct str column;              /* its name, for the report */
};
#define PLAN_NO_COLUMN SIZE_MAX
#define PLAN_ROW_NUMBER (SIZE_MAX - 1)

/* A record of its own below that of the row. */
struct part {
	const struct map_rule *rule;
	const struct object *object;
	const struct field *parent;                 /* its link to the record of the row */
	const struct field *fields[MAP_JOINED_MAX]; /* rule->n_columns of them … */
	size_t columns[MAP_JOINED_MAX];             /* … from these columns */
	const struct field **others;                /* rule->n_pairs of them … */
	struct value *values;                       /* … with these values */
	struct str column;                          /* the name of the first, for the report */
};

struct plan {
	const struct map *map;
	const struct object *object;
	const struct face *face;
	struct str *names; /* of the columns */
	size_t n_names;
	struct target *v;
	size_t n;
	struct part *parts;
	size_t n_parts;
	struct target *match; /* the one whose field tells which record it is, or NULL */
	struct lookup *match_lookup;
	struct target *match_or; /* the same where the first is empty, or NULL */
	struct lookup *match_or_lookup;
	struct target *title; /* the one that fills what records are called, or NULL */
	bool clears;          /* an empty cell empties the field */
	bool seals;           /* one of the fields is sealed */
	struct strs *empty;   /* folded texts that mean nothing */
	struct reading reading;
	struct lookup *lookups[PLAN_LOOKUPS_MAX];
	size_t n_lookups;
	struct strs unused; /* columns that the map does not mention */
};

/* The target that fills this field, or NULL. */
struct target *plan_target(const struct plan *plan, struct str field);

/* Bind.  `first` is the first row of the file: the header, or data where the map says header=no.
 * A map without rules: each column fills the field that is called so, by name or label; "id" tells
 * the record, "party.id" is the id of a link, "value.currency" the currency of an amount; fields
 * that only the program sets are passed over.
 * On failure every mistake is listed, "accounts.map:7: …" or "row 1, column 3: …", in cx->err.why
 * (E_INPUT).  Freed by plan_free also then. */
bool plan_make(struct cx *cx, const struct map *map, const struct object *object,
	       const struct face *face, const struct csv_row *first, struct plan *out) CHECKED;
void plan_free(struct plan *plan);

/* The text that `replace` or `values` has for this one; false where it has none. */
bool plan_replace(struct cx *cx, const struct target *target, struct str text, struct str *out);

#endif
