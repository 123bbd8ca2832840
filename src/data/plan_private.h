/* What the files of the plan share.  Private to data/. */
#ifndef KONTOR_DATA_PLAN_PRIVATE_H
#define KONTOR_DATA_PLAN_PRIVATE_H

#include "data/plan.h"

enum { PLAN_SHOWN_MAX = 60 }; /* bytes of a text in a message */

#define PLAN_LINKS (1u << FT_ONE | 1u << FT_MANY | 1u << FT_ANY)

struct binder {
	struct cx *cx;
	struct plan *plan;
	struct str *keys; /* folded names of the columns */
	struct buf errors;
	unsigned n_errors;
};

/* A mistake in a line of the map; line 0: in a column of the header. */
void plan_mistake(struct binder *b, unsigned line, size_t column, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* The place of a column by its name, folded; "@row" is PLAN_ROW_NUMBER. */
bool plan_column(const struct binder *b, struct str name, size_t *out);
/* Does the map say that this column is not used? */
bool plan_skips(const struct binder *b, size_t column);

/* May an import fill the field? */
bool plan_may_fill(struct cx *cx, const struct object *object, const struct field *f);
/* " (did you mean …?)" among those it may fill. */
const char *plan_field_hint(struct cx *cx, const struct object *object, struct str name);

/* plan_part.c: bind a rule of MAP_PART. */
void plan_bind_part(struct binder *b, const struct map_rule *rule);
void plan_column_unknown(struct binder *b, unsigned line, struct str name);

/* Bind one rule: a target more, or a mistake. */
void plan_bind(struct binder *b, const struct map_rule *rule);
/* plan_header.c: rules from the names in the header. */
void plan_bind_header(struct binder *b);

#endif
