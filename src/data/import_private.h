/* What the files of the import share.  Private to data/. */
#ifndef KONTOR_DATA_IMPORT_PRIVATE_H
#define KONTOR_DATA_IMPORT_PRIVATE_H

#include "data/import.h"
#include "data/plan.h"

/* A link to a record that may come in a later row. */
struct pending {
	int64_t row, record;
	size_t target;
	struct str text;
};

/* A key that was put into a lookup while the row is not certain yet. */
struct put {
	struct lookup *lookup;
	struct lookup_key key;
	int64_t before;
};

/* The records that rows of this import were about, and in which row: open addressing by id. */
struct seen {
	struct {
		int64_t id, row;
	} * v;
	size_t n, cap;
};

enum row_op { ROW_CREATE, ROW_UPDATE, ROW_SAME, ROW_SKIP, ROW_OP__MAX };

struct import {
	struct cx *cx;
	const struct import_options *options;
	struct plan plan;
	struct csv *csv;
	struct arena_mark mark; /* cx->mem before the current row */

	/* what outlives a row; the rest of a row's memory is rewound */
	struct arena *kept;
	struct import_report report;
	size_t cap_lines;
	struct pending *pending;
	size_t n_pending, cap_pending;
	struct seen seen;
	struct {
		int64_t *v;
		size_t n, cap;
	} touched;      /* ids */
	size_t n_notes; /* of options->notes, told or passed over */
	bool previewed; /* a row stands in the preview already */

	/* the current row */
	struct csv_row row;
	struct str *texts;          /* one a target, as the file has them */
	bool quiet;                 /* a second attempt: its warnings are known */
	bool doubtful;              /* it has a warning */
	bool guarded;               /* in a savepoint of its own */
	const struct target *alone; /* the row is what this link leads to, or NULL */
	enum row_op op;             /* what became of it … */
	const struct row *kept_row; /* … and the record, or NULL */
	int64_t linked_before;
	struct {
		struct put *v;
		size_t n, cap;
	} puts;
	struct {
		struct pending *v;
		size_t n, cap;
	} open; /* its links that were not found */
};

/* import_report.c */
struct place {
	int64_t row;             /* 0: the file as a whole */
	struct str column, text; /* or empty */
};
/* A line of the report: the row is passed over (error), or kept with something left out. */
void import_note(struct import *im, bool error, struct place at, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* import_seen.c */
int64_t seen_row(const struct seen *seen, int64_t id); /* 0: not yet */
void seen_put(struct import *im, int64_t id, int64_t row);
void touched_add(struct import *im, int64_t id);

/* import_part.c: the parts of the row in im->row become records below this one.  False: the import
 * ends. */
bool parts_save(struct import *im, int64_t id, bool made) CHECKED;

/* import_preview.c: the head and the end of the preview; the row that was just imported. */
void preview_begin(struct import *im);
void preview_row(struct import *im);
void preview_end(struct import *im);

/* import_row.c: the row in im->row becomes a record, or is passed over with a line in the report.
 */
bool row_import(struct import *im) CHECKED;
/* Before another record is made for the row: a savepoint, if there is none yet. */
bool try_guard(struct import *im) CHECKED;
/* Set the links to rows that came later. */
bool pending_all(struct import *im) CHECKED;

/* import_value.c: the texts of the row, and their values. */
void row_texts(struct import *im);
/* The cell without blanks around it; empty where it means nothing, or the row ends before it. */
struct str cell_text(const struct import *im, size_t column);
/* The value of one target for a record that is made, or changed.  *given false: the field is left
 * as it is.  What cannot be read is warned of, and empty in a new record. */
bool row_value(struct import *im, size_t target, bool made, struct value *out, bool *given) CHECKED;
/* The record that a link's text means: *out 0 where there is none, or LOOKUP_MANY. */
bool link_find(struct import *im, const struct target *t, struct str text, int64_t *out) CHECKED;
/* Make the record that a link's text means. */
bool link_create(struct import *im, const struct target *t, struct str text, int64_t *out) CHECKED;
/* A record was saved: look-ups of its object learn its keys. */
void record_note(struct import *im, const struct row *row, uint64_t mark);
void puts_take_back(struct import *im);

/* Is this failure one of the row, so that the import goes on? */
bool is_of_row(const struct cx *cx);
/* The sentence of the failure; borrowed from cx->err. */
struct str failure_text(const struct cx *cx);

#endif
