/* What the columns of a file are, guessed from their names, German or English, and from what stands
 * in them; and the map that says so.
 *
 * A column's target is the name of a field ("email"), or, for a record of its own below that of the
 * row, object, option of its `type` and field ("contact_point.fax.value"), or empty: not imported.
 * Several columns of one text field are joined; of a part they make one record each. */
#ifndef KONTOR_DATA_GUESS_H
#define KONTOR_DATA_GUESS_H

#include "data/map.h"
#include "record/record.h"

enum { GUESS_SAMPLES = 3, GUESS_ROWS = 200, GUESS_OPTIONS = 12 };

/* What the values of a column look like. */
struct guess_kind {
	size_t n;        /* values */
	unsigned is_not; /* types that one does not fit */
	bool is_long;    /* one has lines, or is a long one */
	struct str options[GUESS_OPTIONS], keys[GUESS_OPTIONS]; /* different ones, as they come */
	size_t n_options;
	bool many; /* too many or too long for a list */
};

struct guess_column {
	struct str name; /* no two are the same, none is empty */
	struct str samples[GUESS_SAMPLES];
	size_t n_samples;
	struct guess_kind kind;
	struct str target;
};

/* What a person may choose. */
struct guess {
	const struct object *object;
	const struct face *face;
	struct csv_options csv;
	bool header;
	struct guess_column *v;
	size_t n;
	struct str dates; /* empty: ISO and D.M.YYYY */
	char decimal;     /* 0: either */
	struct str match; /* a field, or empty: every row becomes a record */
	bool creates, updates;
	struct str split; /* between tags */
};

/* Read the beginning of the file and guess.  E_INPUT where it cannot be read as text in rows. */
bool guess_file(struct cx *cx, struct source source, struct guess *out) CHECKED;
/* The same columns as before, with what a map says of them. */
void guess_of_map(struct cx *cx, const struct map *map, struct guess *guess);
/* The map's text, for map_parse. */
bool guess_map(struct cx *cx, const struct guess *guess, struct buf *out) CHECKED;

/* What columns may be, in the reader's language. */
struct guess_target {
	struct str target, label, group; /* group: empty, or the label of the parts' object */
};
struct guess_targets {
	struct guess_target *v;
	size_t n, cap;
};
void guess_targets(struct cx *cx, const struct object *object, const struct face *face,
		   struct guess_targets *out);
/* May the target be filled, and by several columns that are joined? */
bool guess_can(struct cx *cx, const struct object *object, struct str target);
bool guess_joins(const struct object *object, struct str target);
/* Is there a column for the field? */
bool guess_has(const struct guess *guess, struct str target);

/* guess_kind.c: one more value; the type of a field that could hold them all. */
void guess_kind_add(struct cx *cx, struct guess_kind *kind, struct str text);
enum field_type guess_type(const struct guess_kind *kind);

/* guess_words.c: the target that a header names, or empty; what stands in the column, or empty. */
struct str guess_header(struct cx *cx, const struct object *object, const struct face *face,
			struct str header);
struct str guess_content(const struct guess_column *column);
/* Where one column fills the target already: another one, or empty. */
struct str guess_second(struct str target);

#endif
