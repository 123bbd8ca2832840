/* Inside record/: the pieces of the query builder. */
#ifndef KONTOR_RECORD_QUERY_H
#define KONTOR_RECORD_QUERY_H

#include "record/authz.h"
#include "record/internal.h"

/* ---- order.c: the order of rows ---- */

enum { ORDER_MAX = 2 * SORT_MAX + 2 };

/* Where the value of a key is: in the row ("t"), or in the record that the link of the order leads
 * to ("s"). */
enum key_place { KEY_ROW, KEY_TITLE, KEY_LINKED };
struct order_key {
	const struct field *field;
	bool descending;
	enum key_place place;
};

/* The order of a query, complete: ends with the id. */
struct order {
	struct order_key key[ORDER_MAX];
	size_t n;
	const struct field *link; /* rows come by the titles of what it leads to; or NULL */
	bool is_own;              /* the object's own order, or its reverse */
	bool is_indexed;          /* by one field, for which there is an index */
};

/* Rows by the title of what a link leads to are read from that side, in parts: those without a link
 * (first in ascending order), those whose link leads to a record, and last those whose link leads
 * to none that is there.  All other orders have one part. */
enum part { PART_ALL, PART_UNLINKED, PART_LINKED, PART_LOST };
enum { PARTS_MAX = 3 };
size_t order_parts(const struct order *order, enum part out[PARTS_MAX]);
/* The first key by which rows of a part differ. */
size_t part_start(enum part part);

/* Whose values decide when rows are sorted by this field: of a link the title of what it leads to,
 * where the actor sees it. */
const struct field *order_field(const struct cx *cx, const struct field *f);
/* An object's own order goes by what the actor sees of it. */
void order_of(const struct cx *cx, const struct query *query, struct order *out);
/* Append the sort expression of a key: its column, or the title of the linked record. */
void key_expression(struct cx *cx, const struct order_key *key, struct sqltext *sql);
bool key_is_nullable(const struct order_key *key);
/* " ORDER BY …": the keys of the part. */
/* `hint` before each keeps an engine from walking their index. */
void order_sql(struct cx *cx, const struct order *order, enum part part, const char *hint,
	       struct sqltext *sql);

/* ---- cursor.c: where a page begins ---- */

/* The sort values and the id of the row before it. */
struct cursor {
	enum part part;
	struct value v[ORDER_MAX];
};

/* Behind a cursor, rows are asked for in phases, each of which an index serves: so many keys as in
 * the cursor, and the next one behind it. */
struct phase {
	size_t equal;
	enum { PHASE_ALL, PHASE_BEHIND, PHASE_PAIR, PHASE_EMPTY, PHASE_VALUE } how;
};
enum { PHASES_MAX = 2 * ORDER_MAX };
size_t cursor_phases(const struct order *order, const struct cursor *cursor,
		     struct phase out[PHASES_MAX]);
/* Append " AND …"; `hint` as for order_sql. */
void phase_sql(struct cx *cx, const struct order *order, const struct cursor *cursor,
	       const struct phase *phase, const char *hint, struct sqltext *sql);
struct str cursor_text(struct cx *cx, const struct query *query, const struct order *order,
		       const struct cursor *cursor);
bool cursor_parse(struct cx *cx, const struct query *query, const struct order *order,
		  struct cursor *out) CHECKED;

/* ---- plan.c: how a page is found ---- */

/* SQLite keeps no statistics that could be trusted: how many rows match is known here. */
struct plan {
	bool walks;   /* many rows match: the order is walked until the page is full */
	bool fetches; /* few match: they are fetched by an index of the condition and sorted */
	/* The clause by whose index the order is walked: its values, one by one.  None: the index
	 * of the order alone. */
	const struct cond *driver;
	const struct cond *const *points;
	size_t n_points;
	const struct cond *const *clauses; /* of face and condition */
	size_t n_clauses;
};
bool plan_of(struct cx *cx, const struct query *query, const struct order *order, int64_t total,
	     struct plan *out) CHECKED;
/* May an index find the rows by this clause? */
bool plan_uses(const struct plan *plan, const struct order *order, const struct cond *clause);

/* ---- query.c ---- */

/* A page, found as if so many rows matched (-1: it is not known). */
bool query_page(struct cx *cx, const struct query *query, int64_t total, struct rows *out) CHECKED;
/* The statements of the first page, if so many rows match. */
bool query_statements(struct cx *cx, const struct query *query, int64_t total, struct strs *out)
	CHECKED;
/* " WHERE not in the trash AND rights AND face AND where" of the table "t"; behind a hint (the
 * dialect's no_index, or "") no index is looked for. */
void where_sql(struct cx *cx, const struct query *query, const char *hint, struct sqltext *sql);
/* Objects whose records decide which rows match. */
struct fieldset where_objects(struct cx *cx, const struct query *query);
/* A record that lies in the trash. */
bool record_load_trashed(struct cx *cx, const struct object *object, int64_t id, struct row **out)
	CHECKED;

/* ---- counts.c ---- */

/* Run the statement that counts the rows of a query, or tell what is known of it. */
bool count_rows(struct cx *cx, const struct query *query, struct sqltext *sql, int64_t *out)
	CHECKED;

#endif
