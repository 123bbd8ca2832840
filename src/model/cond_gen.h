/* Conditions as SQL, shared by its parts.  Private to model/cond_*.c.
 *
 * Whatever is written can stand on either side of AND.  Comparisons may come out NULL where they
 * are not met; as NOT is never written over them, that is as good as false. */
#ifndef KONTOR_MODEL_COND_GEN_H
#define KONTOR_MODEL_COND_GEN_H

#include "model/cond_node.h"

struct gen {
	const struct cond_when *when;
	const struct cond_scope *scope;
	struct sqltext *out;
};

/* What is compared: a column of the row, or a figure about a set of records. */
struct subject {
	const struct cond *test;
	const char *alias;
	struct str column; /* empty: the figure */
};

/* ---- cond_sql.c ---- */
void gen_cond(struct gen *g, const struct cond *cond, const char *alias, bool negated);
/* The test without its path. */
void gen_end(struct gen *g, const struct cond *test, const char *alias, bool negated);
/* The subject lies in one of the intervals; in none, or is empty. */
void gen_spans(struct gen *g, const struct subject *s, const struct spans *spans);
void gen_not_spans(struct gen *g, const struct subject *s, const struct spans *spans);
void gen_null_or(struct gen *g, const struct subject *s); /* "(… IS NULL OR " */
/* " = " (or whatever the sign is) and the value. */
void gen_compare(struct gen *g, const struct subject *s, const char *sign, const struct value *v);
/* A column and one value; negated: another value, or empty. */
void gen_is_value(struct gen *g, const struct subject *s, const struct value *v, bool negated);

/* ---- cond_join.c: other tables ---- */
/* The test, behind its path of links to one. */
void gen_path(struct gen *g, const struct cond *test, const char *alias, bool negated);
/* Is there a record of the set? */
void gen_any(struct gen *g, const struct cond_set *set, const char *alias, bool negated);
/* Members of a link to many as it stands; no operands: is there one? */
void gen_many(struct gen *g, const struct cond *test, const char *alias, bool negated);
/* " FROM … WHERE …": the records of the set that belong to the row `alias`; they are called
 * `inner`. */
void gen_set(struct gen *g, const struct cond_set *set, const char *alias, const char *inner);

/* ---- cond_link.c: links as they stand, where not all that they name may be seen ---- */
/* May all be seen that this link can name?  Then it is compared like a number. */
bool link_is_open(const struct gen *g, const struct field *link);
/* The test of a link to one record, or of a reference to any. */
void gen_link(struct gen *g, const struct subject *s, bool negated);
/* " AND EXISTS (…)": the record that the subject names may be seen.  `spans`, not NULL: the subject
 * lies in them. */
void gen_and_seen(struct gen *g, const struct object *object, const struct subject *s,
		  const struct spans *spans);

/* ---- cond_figure.c ---- */
/* Count, sum, min or max as a scalar in parentheses.  A sum beyond 64 bits is the nearest that
 * fits. */
void gen_figure(struct gen *g, enum cond_measure measure, const struct field *field,
		const struct cond_set *set, const char *alias);
void gen_rollup(struct gen *g, const struct field *rollup, struct str currency, const char *alias);
/* The test of an average: exact, not of its rounded value. */
void gen_average(struct gen *g, const struct cond *test, const char *alias, bool negated);

#endif
