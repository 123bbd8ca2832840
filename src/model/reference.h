/* The closed tables of the model's language, row by row, for those who describe them. */
#ifndef KONTOR_MODEL_REFERENCE_H
#define KONTOR_MODEL_REFERENCE_H

#include "base/cx.h"

struct language_row {
	const char *name; /* the word */
	const char *form; /* how it is written; may be NULL */
	unsigned bits;
};
/* Each: false where there is no row i. */
enum { ROW_TOP = 1, ROW_IN_OBJECT = 2, ROW_IN_FIELD = 4 };
bool statement_row(size_t i, struct language_row *out); /* bits: where it may stand */
bool attribute_row(size_t i, struct language_row *out); /* bits: 1 << type; form NULL: a flag */
bool rollup_row(size_t i, struct language_row *out);    /* the functions of a rollup */
bool relation_row(size_t i, struct language_row *out);  /* bits of enum cond_op */
bool measure_row(size_t i, struct language_row *out);   /* what a condition says of a set */
bool moment_row(size_t i, struct language_row *out);    /* now, today … */
bool unit_row(size_t i, struct language_row *out);      /* name may be NULL; form: "d" in -14d */

#endif
