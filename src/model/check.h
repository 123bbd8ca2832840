/* From statements to the snapshot.  Private to model/.
 *
 * Statements are applied in phases, each over all texts, so that the order of texts and lines does
 * not matter: names first, then fields, then what refers to fields. */
#ifndef KONTOR_MODEL_CHECK_H
#define KONTOR_MODEL_CHECK_H

#include "base/hint.h"
#include "model/cond.h"
#include "model/parse.h"

enum {
	CHECK_ERRORS_MAX = 200,
	CHECK_ERRORS_BYTES_MAX = 64 << 10,
	NAME_MAX_BYTES = 40,
	OPTIONS_MAX = 500,
	FACES_MAX = 8,
	REVERSES_MAX = 500,
	SEARCH_MAX = 60,
	VIEWS_MAX = 100,
	GRANTS_MAX = 500,
	PARENTS_MAX = 4
};

/* Of money whose field names none. */
#define CURRENCY_DEFAULT "EUR"

enum phase {
	PHASE_NAME, /* objects and roles have names */
	PHASE_FACE, /* extended objects are known, faces have names */
	PHASE_MAKE, /* fields have types, plain attributes and options */
	PHASE_LINK, /* links know their targets */
	PHASE_FORMULA,
	PHASE_ROLLUP,
	PHASE_USE, /* whatever names fields or holds a condition */
	PHASE__MAX
};

struct check {
	struct cx *cx;
	struct arena *mem;     /* of the snapshot */
	struct arena *scratch; /* for the time of checking */
	struct snapshot *model;
	struct statement *first;
	struct object *object;    /* whose statements are being read; NULL: unknown */
	struct mistake *mistakes; /* the first CHECK_ERRORS_MAX, in scratch */
	unsigned n_mistakes;
};

struct mistake {
	const struct model_text *text;
	unsigned line, order;
	struct str why;
};

enum place { PLACE_TOP = 1, PLACE_OBJECT = 2, PLACE_FIELD = 4 };

enum grammar_flag {
	OPENS = 1, /* begins an object: what follows belongs to it */
	OWNED = 2, /* belongs to an object */
	ONCE = 4,  /* at most once below an object */
	HEAD = 8,  /* of the object's own text, not below extend */
};

struct grammar {
	const char *keyword;
	unsigned places;   /* bits of enum place: below what it may stand */
	unsigned min, max; /* words behind the keyword; max 0: any number */
	unsigned flags;    /* of enum grammar_flag */
	const char *usage;
	void (*apply[PHASE__MAX])(struct check *c, struct statement *st);
};

/* So many mistakes that looking on is of no use. */
bool check_is_full(const struct check *c);

/* The mistakes in the order of texts and lines, one a line; whole lines only. */
void check_report(struct check *c, struct buf *out);

/* Apply all statements from c->first to c->model. */
void check_model(struct check *c);

/* One mistake: "ticket.model:13: …".  Printf formats; the sentence has no full stop. */
void check_error(struct check *c, const struct statement *at, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void check_error_line(struct check *c, const struct model_text *text, unsigned line,
		      const char *format, ...) __attribute__((format(printf, 4, 5)));

/* The reasons in cx->err as mistakes of this statement; cx->err is then as before. */
struct check_trial {
	struct err err;
};
struct check_trial check_try(struct check *c);
void check_tried(struct check *c, const struct statement *at, struct check_trial trial,
		 const char *what);

/* base/hint.h over the fields of an object, over all objects. */
const char *hint_fields(struct check *c, const struct object *object, struct str word);
const char *hint_objects(struct check *c, struct str word);

/* Is this a name that a new thing may have?  Reports what is wrong with it.  NAME_WORD: it stands
 * in conditions and tables, so it must not be a word of theirs.  NAME_CUSTOM: in a custom text it
 * must begin with x_. */
enum name_rule { NAME_WORD = 1, NAME_CUSTOM = 2, NAME_FULL = 3 };
bool check_name(struct check *c, const struct statement *st, struct str name, const char *what,
		unsigned rules);
/* Objects and faces share their names. */
bool object_name_is_free(struct check *c, const struct statement *st, struct str name);
/* "closed_on" → "Closed on". */
struct str label_of(struct arena *mem, struct str name);

/* What the index of a snapshot holds for a name (snapshot.c). */
void *model_entry(struct arena *mem, struct object *object, struct face *face);

/* Room for one more behind n items of `size` bytes, where all n came through here. */
void *items_grow(struct arena *mem, void *items, unsigned n, size_t size);

/* A field of the current object by the name in a word; reports an unknown one. */
struct field *check_field(struct check *c, const struct statement *st, struct str name);
/* A condition over an object; NULL when it was reported.  `rollups`: may it use them? */
const struct cond *check_condition(struct check *c, const struct statement *st,
				   const struct object *object, struct str text, bool rollups);

/* check_field.c, attribute.c */
struct field *field_make(struct check *c, struct statement *st, struct object *object,
			 struct str name, enum field_type type);
void field_system(struct check *c, struct object *object);
void field_columns(struct check *c, const struct statement *st, struct field *field);
void statement_field(struct check *c, struct statement *st);
void statement_link(struct check *c, struct statement *st);
void statement_link_target(struct check *c, struct statement *st);
void statement_option(struct check *c, struct statement *st);
void attributes_apply(struct check *c, struct statement *st, struct field *field, enum phase phase);
void field_late_link(struct check *c, struct statement *st);
void field_late_formula(struct check *c, struct statement *st);
void field_late_rollup(struct check *c, struct statement *st);
void field_late_use(struct check *c, struct statement *st);

/* check_use.c: statements that name fields */
void statement_title(struct check *c, struct statement *st);
void statement_sort(struct check *c, struct statement *st);
void statement_search(struct check *c, struct statement *st);
void statement_features(struct check *c, struct statement *st);
void statement_menu(struct check *c, struct statement *st);
void statement_icon(struct check *c, struct statement *st);
void statement_subject(struct check *c, struct statement *st);
void statement_subject_self(struct check *c, struct statement *st);
void statement_parent(struct check *c, struct statement *st);
void statement_owner(struct check *c, struct statement *st);
void statement_team(struct check *c, struct statement *st);
void statement_unit(struct check *c, struct statement *st);
void statement_view(struct check *c, struct statement *st);
void statement_face(struct check *c, struct statement *st);
void statement_face_when(struct check *c, struct statement *st);
void statement_grant(struct check *c, struct statement *st);
bool field_can_sort(const struct field *field);
void titles_default(struct check *c); /* titles that no statement names */
void sealed_find(struct check *c);
const char *feature_name(unsigned flag);

/* formula.c: parse against the fields that stand above; reports mistakes.  Sets formula, and result
 * where the statement names no type. */
void formula_make(struct check *c, struct statement *st, struct field *field, struct str text);

#endif
