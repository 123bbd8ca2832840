/* Inside app/: one sheet of A4 with what is known of somebody.
 *
 * Pure: from a struct to bytes.  What does not fit is left out, the least important first, and the
 * sheet says what that was. */
#ifndef KONTOR_APP_DOSSIER_SHEET_H
#define KONTOR_APP_DOSSIER_SHEET_H

#include "base/buf.h"
#include "base/cx.h"

enum { DOSSIER_ROWS_MAX = 40, DOSSIER_SECTIONS_MAX = 12, DOSSIER_BYTES_MAX = 4 << 20 };

/* One line: what does not fit between its neighbours is cut, with an ellipsis. */
struct dossier_row {
	struct str label, text, note, amount;
};

struct dossier_section {
	struct str title;
	struct dossier_row rows[DOSSIER_ROWS_MAX];
	size_t n;
	bool is_half;   /* beside the one before it, which is a half too */
	bool is_strong; /* in the colour of a warning */
	size_t keep;    /* rows that stay before any other section loses its own */
};

struct dossier {
	enum lang lang;
	struct str title, under, date, foot;
	struct dossier_section sections[DOSSIER_SECTIONS_MAX]; /* the most important first */
	size_t n;
};

/* The PDF, always of one page; in cx->mem. */
bool dossier_draw(struct cx *cx, const struct dossier *dossier, struct str *out) CHECKED;

#endif
