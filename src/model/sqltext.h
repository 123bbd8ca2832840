/* SQL under construction: text with numbered placeholders and the values bound to them.
 * Identifiers come from the snapshot only; every foreign value is bound. */
#ifndef KONTOR_MODEL_SQLTEXT_H
#define KONTOR_MODEL_SQLTEXT_H

#include "base/buf.h"
#include "model/value.h"

enum { SQL_TEXT_MAX = 256 << 10, SQL_BINDS_MAX = 2000 };

struct sqltext {
	struct buf text;
	struct value *binds; /* V_NONE, V_INT, V_REAL, V_TEXT */
	size_t n, cap;
	struct arena *mem;
	unsigned aliases; /* for inner tables: j1, j2, … */
	bool full;        /* too long or too many values: the caller fails with E_TOO_BIG */
	/* Conditions: what is behind a link is looked up for each row (EXISTS), for a page in the
	 * order of an index when most rows match; else it is found first (IN), for counts, and when
	 * few match. */
	bool per_row;
};

struct sqltext sqltext_new(struct arena *mem);
void sql_raw(struct sqltext *sql, const char *literal); /* literals of the program only */
void sql_name(struct sqltext *sql, struct str name);    /* "quoted" */
void sql_column(struct sqltext *sql, const char *alias, struct str column); /* alias."column" */
void sql_int(struct sqltext *sql, int64_t value);                           /* ?n */
void sql_real(struct sqltext *sql, double value);
void sql_str(struct sqltext *sql, struct str value);
/* 'text': a text of the model alone, where an index is found by it. */
void sql_literal(struct sqltext *sql, struct str text);
void sql_value(struct sqltext *sql, const struct value *value);
const char *sql_alias(struct sqltext *sql); /* a fresh one */

#endif
