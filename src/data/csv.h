/* Rows of cells from a file of text: comma-separated values (RFC 4180) and its relatives, and
 * columns that stand apart by white space.  A pull parser: one row at a time is in memory.
 *
 * Rows count from 1 as a spreadsheet shows them: the header is one, blank lines count (but are not
 * given), a cell with line breaks does not make more rows.  Every failure names row and column. */
#ifndef KONTOR_DATA_CSV_H
#define KONTOR_DATA_CSV_H

#include "data/decode.h"

enum {
	CSV_CELL_MAX = 1 << 20, /* bytes of one cell, as UTF-8 */
	CSV_ROW_MAX = 8 << 20,  /* bytes of one row */
	CSV_COLUMNS_MAX = 1000,
};

/* What the rows were before they became CSV (see convert.h): then it is UTF-8 with commas. */
enum csv_form {
	FORM_TEXT,
	FORM_SHEET,
	FORM_CARDS, /* the header is row 0, so that a row has the number of its card */
};

struct csv_options {
	enum encoding encoding;
	bool columns;   /* cells stand apart by runs of blanks or tabs; there are no quotes */
	char delimiter; /* 0: that of , ; tab | which the first lines agree on; "sep=;" is heeded */
	enum csv_form form;
};

struct csv_row {
	int64_t number;
	const struct str *cells; /* borrowed until the next row */
	size_t n;
};

/* Where rows go that come from something else, and what they cannot say. */
enum { ROW_NOTES_MAX = 1000 };
#define ROW_NO_COLUMN SIZE_MAX

struct row_note {
	int64_t row;          /* 0: all of it */
	size_t column;        /* from 0, or ROW_NO_COLUMN */
	struct str why, text; /* a sentence in the reader's language; what stood there */
};

struct row_reader {
	/* A row, borrowed: its number, no empty cells at its end.  False: the reading ends with
	 * that failure. */
	bool (*row)(void *to, const struct csv_row *row);
	void (*note)(void *to, const struct row_note *note);
	void *to;
};

/* A parser whose memory is in `mem` (which must not be rewound while it is used).  NULL: the source
 * cannot be read (E_IO). */
struct csv *csv_open(struct cx *cx, struct arena *mem, struct source source,
		     struct csv_options options) CHECKED;

/* The next row that is not blank.  *out_row = false: the end.  Fails with E_INPUT, "row 17, column
 * 4: the quote opened here is never closed", or E_IO. */
bool csv_next(struct cx *cx, struct csv *csv, struct csv_row *out, bool *out_row) CHECKED;

char csv_delimiter(const struct csv *csv); /* the one in use */
int64_t csv_bytes(const struct csv *csv);  /* of decoded text, used so far (for progress) */

#endif
