/* Workbooks and cards as CSV, which everything behind reads: UTF-8, commas, CRLF.  A row keeps the
 * number that it has in the sheet (blank lines stand for blank rows); a card has its own. */
#ifndef KONTOR_DATA_CONVERT_H
#define KONTOR_DATA_CONVERT_H

#include "data/csv.h"

enum {
	CONVERT_PEEK = 512, /* bytes that tell what a file is */
	CONVERT_FILE_MAX = 256 << 20,
};

/* Something that the rows cannot say. */
struct convert_note {
	int64_t row;    /* 0: the file as a whole */
	int64_t column; /* from 0; -1: none */
	struct str why, text;
};

struct convert {
	enum csv_form form;
	struct {
		struct convert_note *v; /* by row */
		size_t n, cap;
	} notes;
	int64_t bytes; /* written */
};

struct convert_sink {
	bool (*write)(void *to, struct str bytes); /* sets the failure */
	void *to;
};

/* By the first bytes.  E_INPUT, with the remedy, for what is known and is not read (XLS, ODS, PDF,
 * …). */
bool convert_form(struct cx *cx, struct str begin, enum csv_form *out) CHECKED;
/* Of a form that is not text.  Notes live in cx->mem. */
bool convert_file(struct cx *cx, struct str bytes, enum csv_form form, struct convert_sink sink,
		  struct convert *out) CHECKED;

#endif
