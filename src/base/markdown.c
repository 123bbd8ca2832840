#define KONTOR_BASE
#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm.h>
#include <pthread.h>
#include <string.h>

#include "base/markdown.h"

enum { MARKDOWN_MAX = 1 << 20, LINKS_MAX = 2000 };

static pthread_once_t extensions_once = PTHREAD_ONCE_INIT;

static bool
is_link(cmark_node *node)
{
	return cmark_node_get_type(node) == CMARK_NODE_LINK ||
	       cmark_node_get_type(node) == CMARK_NODE_IMAGE;
}

/* A link that leads nowhere leaves its words. */
static void
link_drop(cmark_node *link)
{
	cmark_node *inner;

	while ((inner = cmark_node_first_child(link)))
		cmark_node_insert_before(link, inner);
	cmark_node_free(link);
}

static void
links_set(struct cx *cx, cmark_node *document, const struct markdown_links *links)
{
	cmark_iter *iter = cmark_iter_new(document);
	cmark_node *found[LINKS_MAX];
	size_t n = 0;

	for (cmark_event_type event = cmark_iter_next(iter); event != CMARK_EVENT_DONE;
	     event = cmark_iter_next(iter)) {
		cmark_node *node = cmark_iter_get_node(iter);

		if (event == CMARK_EVENT_ENTER && is_link(node) && n < LINKS_MAX)
			found[n++] = node;
	}
	cmark_iter_free(iter);
	for (size_t i = 0; i < n; i++) {
		struct str url = links->find(links->state, str_of(cmark_node_get_url(found[i])));

		if (url.n)
			cmark_node_set_url(found[i], str_z(cx->mem, url));
		else
			link_drop(found[i]);
	}
}

static const struct {
	const char *from, *to;
} WRAPPED[] = {
	{ "<table>", "<div class=\"scroll\" tabindex=\"0\"><table>" },
	{ "</table>", "</table></div>" },
	{ "<pre>", "<pre tabindex=\"0\">" },
};

/* Lines of the renderer begin with these tags; within the text they are escaped. */
static void
wrap(struct str html, struct buf *out)
{
	while (html.n) {
		struct str line = str_cut(&html, '\n');

		for (size_t i = 0; i < countof(WRAPPED); i++) {
			struct str from = str_of(WRAPPED[i].from);

			if (!str_starts(line, from))
				continue;
			buf_z(out, WRAPPED[i].to);
			line = str_from(line, from.n);
			break;
		}
		buf_str(out, line);
		buf_char(out, '\n');
	}
}

static cmark_node *
parse(struct str text)
{
	cmark_parser *parser = cmark_parser_new(CMARK_OPT_DEFAULT);
	cmark_syntax_extension *table = cmark_find_syntax_extension("table");
	cmark_node *document;

	if (table)
		cmark_parser_attach_syntax_extension(parser, table);
	cmark_parser_feed(parser, text.p, text.n);
	document = cmark_parser_finish(parser);
	cmark_parser_free(parser);
	return document;
}

bool
markdown_html(struct cx *cx, struct str text, const struct markdown_links *links, struct buf *out)
{
	cmark_node *document;
	char *html;

	if (text.n > MARKDOWN_MAX)
		return fail(cx, E_TOO_BIG, "A text may have at most %d bytes", MARKDOWN_MAX);
	pthread_once(&extensions_once, cmark_gfm_core_extensions_ensure_registered);
	document = parse(text);
	links_set(cx, document, links);
	html = cmark_render_html(document, CMARK_OPT_DEFAULT, NULL);
	wrap(str_of(html), out);
	cmark_get_default_mem_allocator()->free(html);
	cmark_node_free(document);
	return !out->full || fail(cx, E_TOO_BIG, "The page is too long");
}
