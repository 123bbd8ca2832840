/* What a parsed condition is made of.  Private to model/cond_*.c.
 *
 * There is no node for !=, none and "is empty": they are `not` over =, any and "has a value". */
#ifndef KONTOR_MODEL_COND_NODE_H
#define KONTOR_MODEL_COND_NODE_H

#include "model/cond.h"
#include "model/cond_time.h"

enum {
	COND_HEIGHT_MAX = 60, /* as SQLite's parser holds 100: what stands around is the rest */
	COND_LIST_MAX = 500,  /* values of one `in` */
	COND_ROLLUPS_MAX = 4, /* rollups over rollups */
	AVG_PLACES = 4, /* an average may be compared with so many more places than its field has */
	AVG_PARTS = 10000 /* 10^AVG_PLACES */
};

enum cond_kind { COND_AND, COND_OR, COND_NOT, COND_TEST };

/* What of the path's end is compared: the field itself, or a figure about a set. */
enum cond_measure {
	MEASURE_FIELD,
	MEASURE_ANY, /* is there one? compared with nothing */
	MEASURE_COUNT,
	MEASURE_SUM,
	MEASURE_MIN,
	MEASURE_MAX,
	MEASURE_AVG,
	MEASURE__MAX
};
extern const char *const MEASURE_NAMES[MEASURE__MAX];

enum cond_relation {
	REL_EQ,
	REL_LT,
	REL_LE,
	REL_GT,
	REL_GE,
	REL_BETWEEN,
	REL_IN,
	REL_LIKE,
	REL_STARTS,
	REL_CONTAINS,
	REL_WITHIN,
	REL_FINDS,
	REL_VALUE, /* has a value */
	REL__MAX
};
/* How it is written, and the bit of enum cond_op that allows it. */
struct relation_row {
	const char *name;
	unsigned op;
};
extern const struct relation_row RELATIONS[REL__MAX];

enum operand_kind { OPERAND_VALUE, OPERAND_TIME, OPERAND_ME, OPERAND_MY_TEAM, OPERAND_MY_UNIT };

struct operand {
	enum operand_kind kind;
	struct value value; /* as written.  Money: currency only if one was written */
	int64_t parts;      /* of an average: value.i and so many AVG_PARTS of a unit, same sign */
	struct str key;     /* text: folded and cut; like, contains: a pattern for LIKE */
	struct cond_time moment;     /* within: a count of days */
	const struct object *object; /* of a reference to any object */
	struct strs words;           /* finds: as the full text takes them */
};

/* The records of a reverse link (many NULL) or of a link to many (reverse NULL) for which `where`
 * holds; where a currency is given, those whose field `amount` is of it. */
struct cond_set {
	const struct field *many;
	const struct reverse *reverse;
	const struct cond *where;
	const struct field *amount;
	struct str currency; /* also of a stored amount that is compared */
};

struct cond {
	enum cond_kind kind;

	/* and, or: two or more, none of the same kind; not: one, no `not` */
	const struct cond *const *parts;
	size_t n_parts;

	/* a test */
	const struct field *links[COND_LINKS_MAX]; /* the path, links to one */
	size_t n_links;
	enum cond_measure measure;
	enum cond_relation relation;
	const struct field *field; /* compared, or measured in the set; NULL for any and count */
	struct cond_set set;
	const struct operand *operands;
	size_t n_operands;
};

/* The type by which the field compares: of a computed one, that of its result. */
enum field_type cond_type(const struct field *f);
int cond_scale(const struct field *f); /* decimal places of its numbers */
const struct object *cond_set_object(const struct cond_set *set);
/* Do the keys of its operands hold patterns?  (Not asked of "has a value".) */
bool cond_is_like(const struct cond *test);
/* Is it about days of the year? */
bool cond_is_yearly(const struct cond *test);
/* Does the full text know the words of this title, or (of the id) of the whole record? */
bool cond_can_find(const struct field *f);
/* Is it served by the full text: a test of its words, or one that stands among others? */
bool cond_is_found(const struct cond *cond);
/* Are all its operands tags that the model names? */
bool cond_names_options(const struct cond *test);
/* The figure that a rollup is. */
enum cond_measure rollup_measure(const struct field *rollup);
struct cond_set rollup_set(const struct field *rollup, struct str currency);

/* How deep its SQL is nested, in symbols on the stack of a parser. */
unsigned cond_height(const struct cond *cond);

struct cond *cond_not(struct arena *mem, const struct cond *part);
/* Flattens; one part is returned as it is. */
const struct cond *cond_join(struct arena *mem, enum cond_kind kind,
			     const struct cond *const *parts, size_t n);

/* ---- cond_text.c: folded texts ---- */
/* The pattern of LIKE … ESCAPE '\' for folded keys.  Wildcards of people are * and ?, taken
 * literally behind a backslash. */
struct str pattern_of_like(struct arena *mem, struct str text);
struct str pattern_around(struct arena *mem, struct str literal); /* %literal% */
/* Does the whole key match?  % is any run, _ one code point, \ takes the next literally. */
bool pattern_matches(struct str pattern, struct str key);
/* The least text that is greater than every text with this prefix; false where there is none. */
bool prefix_end(struct arena *mem, struct str prefix, struct str *out);

/* ---- cond_span.c: what a comparison comes to at a moment, for a person ---- */
/* An interval of values; an end that is V_NONE is open to infinity. */
struct span {
	struct value low, high;
	bool low_open, high_open; /* without the end itself */
};
struct spans {
	struct span *v;
	size_t n, cap;
};
/* The value compared (money: its amount, text: its key) lies in one of these.  Not for like,
 * contains, within and "has a value".  Of an average, `parts` of the operands is left out. */
struct spans cond_spans(struct arena *mem, const struct cond *test, const struct cond_when *when);
bool span_is_point(const struct span *span);

/* Which month and day: "02-27" … "03-05", around the turn of the year if from > to. */
enum { MONTH_DAY_AT = 5, MONTH_DAY = 5 };
struct day_window {
	bool always;
	char from[MONTH_DAY + 1], to[MONTH_DAY + 1];
};
struct day_window cond_window(const struct operand *within, const struct cond_when *when);

#endif
