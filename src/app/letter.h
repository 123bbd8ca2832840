/* A business letter with lines and totals, by DIN 5008 form B, as a PDF.
 *
 * Pure: from a struct to bytes, without a database or a clock; the same struct gives the same
 * bytes. Pages are A4; measures in the sources are millimetres.  The text is Markdown (paragraphs,
 * lists, headings, emphasis); a block ~~~lines is where the table stands, ~~~keep
 * holds what follows together, ~~~sign leaves room for a signature.  Paragraphs never leave
 * one line alone on a page; the table repeats its head, and carries over what its lines have come
 * to. */
#ifndef KONTOR_APP_LETTER_H
#define KONTOR_APP_LETTER_H

#include "app/sums.h"
#include "base/buf.h"

enum { LETTER_BYTES_MAX = 8 << 20, LETTER_PAGES_MAX = 200 };

/* A pair of words: of the information block, the foot, the totals. */
struct letter_pair {
	struct str label, text;
	bool is_strong;
};
struct letter_pairs {
	const struct letter_pair *v;
	size_t n;
};

struct letter_line {
	enum line_kind kind;
	struct str number;  /* "1", "2"; empty: none */
	struct str text;    /* what it is, in bold */
	struct str details; /* below it: may have several lines */
	struct str quantity, unit, price, tax, amount;
	struct str carried; /* what the lines have come to behind this one */
};

struct letter {
	enum lang lang;
	struct str title;   /* of the document: "Angebot Q-12" */
	struct str date;    /* of the document, as a date's text: it is made then */
	struct str company; /* at the head */
	struct str from;    /* one line above the address */
	struct str address; /* up to six lines */
	struct letter_pairs information;
	struct str text; /* Markdown */
	const struct letter_line *lines;
	size_t n_lines;
	struct letter_pairs totals;
	struct str foot[3]; /* columns at the foot of each page; may have several lines */
};

/* The PDF, in cx->mem.  E_TOO_BIG beyond LETTER_BYTES_MAX or LETTER_PAGES_MAX. */
bool letter_pdf(struct cx *cx, const struct letter *letter, struct str *out) CHECKED;

#endif
