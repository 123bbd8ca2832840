/* The condition language: one small expression for list filters, saved views, row rights, segments,
 * triggers and visibility.  Two evaluators, in SQL and in memory, give the same answer.
 *
 *   status in (new, pending) and party.city = "Köln" and any(orders where placed_on >= -180d)
 *   count(orders) >= 3, sum(orders.total where state = done) > 1000 EUR, none(activities)
 *   closed_on = this quarter, created_at in last month, due_at < +2h, birthday within 14d
 *   owner = me, team = my team, followers contains me, about = deal:12, tags contains vip
 *
 * Operators: = != < <= > >= in between…and like (with * and ?) starts contains empty within, and or
 * not; "f is empty", "f empty" and "not empty" are all understood.  A field that is yes or no may
 * stand alone.  Sets: any, none, count, and sum, min, max, avg of a field, each with `where`.
 *
 * `finds` asks the full text: a title, or of the id the whole record, has each of the words, the
 * last one as the beginning of a word.
 *
 * Logic has two values: a comparison with an empty field is false; a != b is exactly not (a = b).
 * Through a link to one record, a comparison is false where there is no such record or it is in the
 * trash; a path that leads nowhere is empty.  The link itself is compared as it stands, but one to
 * a record that who asks may not see is empty. Text compares folded (case and diacritics do not
 * matter), as far as its key goes. Amounts of money compare by their number; where a currency is
 * written, only amounts of it. count and sum are never empty (0), min, max and avg are where there
 * is nothing; avg is compared exactly; a sum beyond 64 bits is the nearest that fits.
 *
 * A time names a stretch: a day (2017-01-31, 31.1.2017, today, yesterday, -180d, +2w, -3m, -1q,
 * -1y), a period (this|last|next day|week|month|quarter|year), a minute or second (2017-01-31
 * 12:30[:15], by the clock of who asks; with Z or +01:00 anywhere), an instant (now, -2h, +30min).
 * = and in mean within it, < before it, > behind it.  `within 14d` and `within -14d`: the yearly
 * day of a date, or a datetime itself, lies in the days from today to then. */
#ifndef KONTOR_MODEL_COND_H
#define KONTOR_MODEL_COND_H

#include "model/model.h"
#include "model/sqltext.h"

/* Bytes; parentheses, nots and sets in each other; comparisons and values; links of one path.  How
 * deep sets and figures may be nested in each other is bounded further, by what SQLite parses: any
 * five times, a sum three times. */
enum { COND_TEXT_MAX = 16 << 10, COND_DEPTH_MAX = 32, COND_NODES_MAX = 1000, COND_LINKS_MAX = 4 };

/* Which fields may be named.  NULL: all.  What is not visible is unknown, in the same words. */
struct cond_sight {
	bool (*sees)(const struct cond_sight *sight, const struct object *object,
		     const struct field *field);
	void *context;
};

/* Parse against an object.  Fails with fail_field("where", "unknown" | "format" | "operator", …)
 * that names the place (character) and the remedy.  The result lives in `mem` (a snapshot's or
 * cx->mem) and is not bound to a moment or a person. */
bool cond_parse(struct cx *cx, struct arena *mem, const struct snapshot *model,
		const struct object *object, struct str text, const struct cond_sight *sight,
		const struct cond **out) CHECKED;
void cond_print(const struct cond *cond, struct buf *out); /* canonical text; parses to the same */

/* The parts that all must hold: of `a and b` two, of anything else one, of NULL none. */
size_t cond_clauses(struct arena *mem, const struct cond *cond, const struct cond *const **out);

/* The condition in words of the reader's language: "Stage is New or Open".  `titles` (or NULL) says
 * what a record that it names is called; where that is empty, its number stands. */
struct cond_titles {
	struct str (*of)(const struct cond_titles *titles, const struct object *object, int64_t id);
	struct cx *cx;
};
void cond_tell(struct cx *cx, const struct cond *cond, const struct cond_titles *titles,
	       struct buf *out);

/* Both; NULL means "always". */
const struct cond *cond_and(struct arena *mem, const struct cond *a, const struct cond *b);

struct cond_scope;

/* Which objects' records decide besides its own, in this scope (for caches): adds object->index. */
void cond_objects(const struct cond *cond, const struct cond_scope *scope,
		  struct fieldset *objects);
/* Each field that it names, links of its paths and sets too; some twice. */
void cond_fields(const struct cond *cond, void (*each)(const struct field *f, void *to), void *to);
/* Does it ask about particular records of this object, or about what they are like, or for all but
 * some?  `me`, `my team` and whether there is one at all are not particular. */
bool cond_singles_out(const struct cond *cond, const struct object *target);
bool cond_uses_now(const struct cond *cond); /* the answer may change without any write */

/* What an index of the object's own table can serve of one clause (cond_clauses), and by which
 * field; *field is NULL for SHAPE_OTHER. */
enum cond_shape {
	SHAPE_OTHER,
	SHAPE_POINTS, /* the field is one of some values: the column is = each */
	SHAPE_RANGE,  /* it lies between two values, or is one */
	SHAPE_HALF,   /* it lies on one side of a value */
	SHAPE_YEARLY, /* its day of the year does: substr(column, 6, 5) */
	SHAPE_TAG,    /* it holds a tag that is an option of the model: written as it is, so that an
			 index over such rows alone is found */
};
enum cond_shape cond_shape(const struct cond *clause, const struct field **field);

/* What the full text knows of an object's records: `finds`.  All zero: nothing is found. */
struct cond_search {
	/* Append a SELECT of the ids of those that have each of the words, the last as a beginning,
	 * in their title or in all of their text. */
	void (*ids)(const struct cond_search *search, const struct object *object,
		    const struct strs *words, bool in_title, struct sqltext *out);
	/* Has this row?  All that is searched of it is loaded. */
	bool (*has)(const struct cond_search *search, const struct row *row,
		    const struct strs *words, bool in_title);
	void *context;
};

/* Whom and when: what `me`, `my team`, `my unit`, `today` mean. */
struct cond_when {
	int64_t now;                  /* ms UTC */
	struct str zone;              /* IANA; empty: UTC */
	int64_t me;                   /* user id, 0: nobody */
	const int64_t *teams, *units; /* ids, ascending */
	size_t n_teams, n_units;
	struct cond_search search;
};

/* Append the condition as SQL in parentheses over the table with this alias: for WHERE, where NULL
 * is as good as false; do not put NOT before it. Every table reached through a link leaves out the
 * trash and passes `scope`; so does what a link names, trash or not, unless all of it may be seen.
 * NULL: everything may be seen. */
struct cond_scope {
	/* Append " AND (…)" for the rows of the object that may be seen. */
	void (*append)(const struct cond_scope *scope, const struct object *object,
		       const char *alias, struct sqltext *out);
	/* May all rows of the object be seen?  (NULL: of every object.) */
	bool (*all)(const struct cond_scope *scope, const struct object *object);
	/* Append a condition: what this link to any object names may be seen. */
	void (*behind)(const struct cond_scope *scope, const struct field *link, const char *alias,
		       struct sqltext *out);
};
void cond_sql(const struct cond *cond, const struct cond_when *when, const char *alias,
	      const struct cond_scope *scope, struct sqltext *out);

/* The value of a rollup as a scalar subquery (always not NULL for count; else NULL when nothing is
 * there). */
void rollup_sql(const struct field *rollup, const struct cond_when *when, const char *alias,
		const struct cond_scope *scope, struct sqltext *out);

/* Of SHAPE_POINTS, a clause for each of its values at this moment, for this person. */
size_t cond_points(struct arena *mem, const struct cond *clause, const struct cond_when *when,
		   const struct cond *const **out);
/* Do the fields of a row alone decide, in this scope? */
bool cond_is_own(const struct cond *cond, const struct cond_scope *scope);

/* The same in memory.  `source` gives the records that a link leads to (not those in the trash, nor
 * those out of scope); NULL: there are none, and links are compared as they stand.  What is
 * computed on the way is left in source->mem. Fields of the row that a condition names must be
 * loaded; rollups that are not are computed. */
struct cond_source {
	const struct row *(*one)(const struct cond_source *source, const struct row *row,
				 const struct field *link);
	/* All records of the set: a link to many (reverse NULL), or a reverse link (link NULL). */
	size_t (*many)(const struct cond_source *source, const struct row *row,
		       const struct field *link, const struct reverse *reverse,
		       const struct row *const **out);
	struct arena *mem;
	/* May the record that a link names be seen, trash or not?  NULL: always. */
	bool (*sees)(const struct cond_source *source, struct str object, int64_t id);
};
bool cond_test(const struct cond *cond, const struct cond_when *when,
	       const struct cond_source *source, const struct row *row);

#endif
