/* The templates that the program carries (templates/), compiled once for each language.
 *
 * Addresses of files for the browser ({{style_url}}, {{icons_url}} …) are put in then, too: the
 * table stands in template.c. */
#ifndef KONTOR_BASE_TEMPLATE_H
#define KONTOR_BASE_TEMPLATE_H

#include "base/mustache.h"

/* By its name below templates/ ("list.html").  NULL when there is none.  A template that does not
 * compile ends the process: `make lint` and the tests compile all of them. */
const struct mustache *template_find(enum lang lang, struct str name);

/* Render one; partials and parents are found by their names without ".html". */
bool template_render(struct cx *cx, const char *name, const struct mv *data, struct buf *out)
	CHECKED;

#endif
