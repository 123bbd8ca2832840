/* The closed table of field types.  Form, API, import, filter, log and OpenAPI all go through a
 * row. */
#ifndef KONTOR_MODEL_TYPE_H
#define KONTOR_MODEL_TYPE_H

#include "model/model.h"

#include <jansson.h>

/* The operators of the condition language. */
enum cond_op {
	CO_EQ = 1, /* = and != */
	CO_LT = 2, /* < <= > >= */
	CO_IN = 4,
	CO_BETWEEN = 8,
	CO_LIKE = 16,
	CO_STARTS = 32,
	CO_CONTAINS = 64,
	CO_EMPTY = 128,
	CO_WITHIN = 256,
	CO_FINDS = 512, /* of what the full text knows: see cond_can_find */
};

/* How a text that people wrote is to be read: the conventions of a form or a file. */
struct reading {
	struct str date_format; /* "DD-MM-YYYY"; empty: ISO, and the German D.M.YYYY */
	bool takes_iso;         /* dates of date_format, and ISO dates */
	char decimal;           /* '.' or ','; 0: either, where it is not ambiguous */
	struct str currency;    /* when none is written; empty: the field's */
	struct str region;      /* of telephone numbers; empty: "DE" */
	struct str zone;        /* of moments without an offset; empty: cx->zone */
};

struct type_row {
	const char *name;
	enum column_class class;
	unsigned operators; /* bits of enum cond_op */
	const char *widget; /* of the form: text, textarea, number, money, checkbox, date, … */
	bool keyed;         /* has a folded key column */

	/* From a person's text; how NULL: from the canonical text (decimal point, ISO dates). Empty
	 * text gives the empty value.  Fails with fail_field(field name, "format" | "option" |
	 * "range" | "length", …). */
	bool (*parse)(struct cx *cx, const struct field *f, struct str text,
		      const struct reading *how, struct value *out);
	/* For people, in the unit's language and zone (not escaped). */
	void (*print)(const struct cx *cx, const struct field *f, const struct value *v,
		      struct buf *out);
	/* One canonical text without locale: CSV, log, condition literals.  parse reads it back. */
	void (*text)(const struct field *f, const struct value *v, struct buf *out);
	/* JSON as the API gives and takes it.  Money: {"amount":"12.50","currency":"EUR"}, taken
	 * also as a number or a decimal string; ids are strings; decimals and percents are strings
	 * (taken as numbers too); datetimes RFC 3339; durations whole seconds; tags and links to
	 * many are arrays; FT_ANY is
	 * {"object":…,"id":…}. */
	void (*to_json)(const struct field *f, const struct value *v, struct buf *out);
	bool (*from_json)(struct cx *cx, const struct field *f, const json_t *json,
			  struct value *out);
	int (*compare)(const struct value *a, const struct value *b); /* as SQL; empty first */
	void (*schema)(const struct field *f, struct buf *out); /* OpenAPI 3.1 object, nullable */
};

extern const struct type_row TYPES[FT__MAX];
const struct type_row *type_find(struct str name);

/* The folded key that the key column holds, of KEY_BYTES_MAX bytes at most (of tags: of each of
 * them, whole); code points stay whole. */
enum { KEY_BYTES_MAX = 1000 };
struct str value_key(struct arena *mem, const struct field *f, const struct value *v);

/* Length, range, option and form of a value that is not empty (fail_field).  That links exist, what
 * is unique and what is required is record/'s. */
bool value_check(struct cx *cx, const struct field *f, const struct value *v) CHECKED;

/* How many decimal places the units of a number of this field have: money by its own currency. */
int value_places(const struct field *f, const struct value *v);

/* Compute a formula from the other fields of the row (model/formula.c). */
struct value formula_eval(struct arena *mem, const struct formula *formula, const struct row *row);
/* Its canonical text; parses to the same. */
void formula_print(const struct formula *formula, struct buf *out);
/* What a formula or a rollup stands for, as behind as= in the model (model/print.c). */
void computed_print(const struct field *f, struct buf *out);
/* Each field that it names; some twice. */
void formula_fields(const struct formula *formula, void (*each)(const struct field *f, void *to),
		    void *to);

/* Each field from which a formula or a rollup is computed: those of other records, the links to
 * them and those of the condition too, but not what they are computed from in their turn. */
void field_sources(const struct field *f, void (*each)(const struct field *source, void *to),
		   void *to);

#endif
