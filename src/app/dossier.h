/* One page about a party, to take along: what it is, what it is worth, what is under way. */
#ifndef KONTOR_APP_DOSSIER_H
#define KONTOR_APP_DOSSIER_H

#include "base/cx.h"

/* The PDF of a party that the actor may read, one page of A4 in the language of cx->lang, with what
 * he may see; in cx->mem.  *name is what a file of it is called ("Kundendossier-12.pdf").
 * E_MISSING where there is no such party for him. */
bool dossier_pdf(struct cx *cx, int64_t party, struct str *pdf, struct str *name) CHECKED;

#endif
