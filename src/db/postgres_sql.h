/* Shared SQL in the spelling of PostgreSQL: ?1 becomes $1, comments become blanks.
 *
 * Quoted text stays as it is.  `?1 IS NULL` cannot be typed by the server; there the parameter is
 * sent once more under a number of its own, as text, for only its being NULL matters. */
#ifndef KONTOR_DB_POSTGRES_SQL_H
#define KONTOR_DB_POSTGRES_SQL_H

#include "base/str.h"

enum { PG_PARAMETERS_MAX = 10000, PG_TESTS_MAX = 64 };

struct pg_sql {
	char *text;  /* owned, NUL-terminated */
	int n;       /* the highest number */
	int n_tests; /* parameters n + 1 … n + n_tests stand for tests[0] … */
	int tests[PG_TESTS_MAX];
	bool *used; /* owned; by number - 1: stands elsewhere than in a test */
	bool is_select;
	bool is_long;         /* a SELECT without LIMIT: its rows are not held in memory */
	bool is_planned_anew; /* a full-text search: the plan depends on the words */
};

/* False: *why says what is wrong, and *out is as it was. */
bool pg_sql_make(struct str sql, struct pg_sql *out, const char **why) CHECKED;
void pg_sql_fini(struct pg_sql *sql);

#endif
