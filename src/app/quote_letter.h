/* A quote as a letter. */
#ifndef KONTOR_APP_QUOTE_LETTER_H
#define KONTOR_APP_QUOTE_LETTER_H

#include "base/cx.h"

/* The PDF of a quote that the actor may read, in the quote's own language; in cx->mem.  *name is
 * what a file of it is called ("Angebot-Q-12.pdf"). */
bool quote_pdf(struct cx *cx, int64_t quote, struct str *pdf, struct str *name) CHECKED;

#endif
