/* Markdown, GitHub's kind with tables, to HTML.  Markup within the text is left out; addresses are
 * only those that `link` gives. */
#ifndef KONTOR_BASE_MARKDOWN_H
#define KONTOR_BASE_MARKDOWN_H

#include "base/cx.h"

struct markdown_links {
	/* The address for the one that the text names, of a link or a picture, or empty: then its
	 * words alone are kept. */
	struct str (*find)(void *state, struct str url);
	void *state;
};

/* Tables and blocks of code, which may be wider than the page, stand in <div class="scroll">. */
bool markdown_html(struct cx *cx, struct str text, const struct markdown_links *links,
		   struct buf *out) CHECKED;

#endif
