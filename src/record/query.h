/* Inside record/: the pieces of the query builder. */
#ifndef KONTOR_RECORD_QUERY_H
#define KONTOR_RECORD_QUERY_H

#include "record/authz.h"
#include "record/internal.h"

/* The order of a query, complete: ends with the id. */
struct order {
	struct sort_key key[SORT_MAX + 1];
	size_t n;
};

/* Where a page begins: the sort values and the id of the row before it. */
struct cursor {
	struct value v[SORT_MAX + 1];
};

/* Whose values decide when rows are sorted by this field: of a link the title of what it leads to,
 * where the actor sees it. */
const struct field *order_field(const struct cx *cx, const struct field *f);
/* Append the sort expression of a field: its key, column, or the title of the linked record. */
void order_expression(struct cx *cx, const struct field *f, const char *alias, struct sqltext *sql);
/* An object's own order goes by what the actor sees of it. */
void order_of(const struct cx *cx, const struct query *query, struct order *out);
void order_sql(struct cx *cx, const struct order *order, const char *alias, struct sqltext *sql);
/* One key and the id behind it, both in one direction? */
bool order_is_simple(const struct order *order);
bool order_is_nullable(const struct order *order); /* may the first key be empty? */

/* Append " AND (…)": rows behind the cursor.  With one key besides the id, only those of the same
 * phase: the empty ones come first in ascending order, last in descending. */
void cursor_sql(struct cx *cx, const struct order *order, const struct cursor *cursor,
		const char *alias, struct sqltext *sql);
struct str cursor_text(struct cx *cx, const struct query *query, const struct order *order,
		       const struct cursor *cursor);
bool cursor_parse(struct cx *cx, const struct query *query, const struct order *order,
		  struct cursor *out) CHECKED;

/* " WHERE not in the trash AND rights AND face AND where". */
void where_sql(struct cx *cx, const struct query *query, const char *alias, struct sqltext *sql);
/* Objects whose records decide which rows match. */
/* A record that lies in the trash. */
bool record_load_trashed(struct cx *cx, const struct object *object, int64_t id, struct row **out)
	CHECKED;
struct fieldset where_objects(struct cx *cx, const struct query *query);

/* counts.c: run a counting statement, or remember what it gave. */
bool count_rows(struct cx *cx, struct sqltext *sql, const struct fieldset *objects, int64_t *out)
	CHECKED;

#endif
