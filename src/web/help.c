/* The handbook: the pages of docs/handbook, in the reader's language, and search over them. */
#include "base/embed.h"
#include "base/fold.h"
#include "base/markdown.h"
#include "web/web.h"

#define PICTURES "../pictures/"
enum { PAGE_HTML_MAX = 1 << 20, NAME_BYTES = 60, EXCERPT_BYTES = 500 };

/* In the order of the table of contents. */
static const struct {
	const char *name, *icon;
} PAGES[] = {
	{ "first-steps", "rocket" },   { "search", "search" },
	{ "lists", "table" },          { "views", "list-filter" },
	{ "boards", "square-kanban" }, { "records", "file-text" },
	{ "parties", "building-2" },   { "today", "sun" },
	{ "tasks", "square-check" },   { "appointments", "calendar" },
	{ "cadences", "repeat" },      { "inquiries", "inbox" },
	{ "quotes", "file-pen-line" }, { "orders", "package" },
	{ "figures", "chart-column" }, { "trash", "undo-2" },
	{ "import", "upload" },        { "merge", "git-merge" },
	{ "notifications", "bell" },   { "offline", "download" },
	{ "keys", "keyboard" },        { "rights", "lock" },
	{ "privacy", "shield-check" }, { "administration", "settings" },
	{ "model", "database" },
};

/* Which page helps where: the beginning of a route's path; the longest that fits counts. */
static const struct {
	const char *route, *page;
} HELP_FOR[] = {
	{ "/", "first-steps" },
	{ "/search", "search" },
	{ "/notifications", "notifications" },
	{ "/jobs", "notifications" },
	{ "/today", "today" },
	{ "/visit", "appointments" },
	{ "/offline", "offline" },
	{ "/{object}", "lists" },
	{ "/{object}/new", "records" },
	{ "/{object}/{id}", "records" },
	{ "/{object}/{id}/relations", "records" },
	{ "/{object}/{id}/history", "trash" },
	{ "/{object}/{id}/merge", "merge" },
	{ "/{object}/import", "import" },
	{ "/import", "import" },
	{ "/admin", "administration" },
	{ "/admin/model", "model" },
	{ "/admin/roles", "rights" },
	{ "/forecast", "figures" },
	{ "/lost", "figures" },
	{ "/report", "figures" },
	{ "/welcome", "first-steps" },
};

static const struct embedded *
page_file(const struct cx *cx, struct str name)
{
	return embed_find(str_printf(cx->mem, "docs/handbook/%.*s/%.*s.md",
				     STR_FMT(lang_code(cx->lang)), STR_FMT(name)));
}

struct str
help_url(struct cx *cx, const struct request *q)
{
	struct str path = str_of(q->route ? q->route->path : "/"), best = { 0 };
	const char *page = PAGES[0].name;

	for (size_t i = 0; i < countof(HELP_FOR); i++) {
		struct str route = str_of(HELP_FOR[i].route);
		bool fits =
			str_eq(path, route) || (str_starts(path, route) && path.p[route.n] == '/');

		if (fits && route.n > best.n) {
			best = route;
			page = HELP_FOR[i].page;
		}
	}
	return str_printf(cx->mem, "/help/%s", page);
}

/* "lists.md" → "/help/lists", "../pictures/lists.de.webp" → its address; what is not of the
 * handbook is no link here. */
static struct str
page_link(void *state, struct str url)
{
	struct cx *cx = state;
	struct str name = str_cut(&url, '#');

	if (str_starts(name, S(PICTURES)) && str_ends(name, S(".webp")))
		return embed_address(cx->mem, str_z(cx->mem, str_from(name, S(PICTURES).n)));
	if (!str_ends(name, S(".md")) || !page_file(cx, str_first(name, name.n - 3)))
		return (struct str){ 0 };
	return str_printf(cx->mem, "/help/%.*s", STR_FMT(str_first(name, name.n - 3)));
}

/* The heading of a page: its first line. */
static struct str
page_title(struct str text)
{
	struct str line = str_cut(&text, '\n');

	return str_starts(line, S("# ")) ? str_from(line, 2) : line;
}

static struct mv
contents(struct cx *cx, struct str current)
{
	struct mv list = mv_list(cx->mem);

	for (size_t i = 0; i < countof(PAGES); i++) {
		struct str name = str_of(PAGES[i].name);
		const struct embedded *file = page_file(cx, name);
		struct mv item = mv_map(cx->mem);

		if (!file)
			continue;
		mv_set(item, S("url"), mv_text(str_printf(cx->mem, "/help/%.*s", STR_FMT(name))));
		mv_set(item, S("label"), mv_text(page_title(embed_bytes(file))));
		mv_set(item, S("icon"), mv_z(PAGES[i].icon));
		mv_set(item, S("current"), mv_bool(str_eq(name, current)));
		mv_add(list, item);
	}
	return list;
}

bool
web_help_page(struct cx *cx, struct request *q, struct reply *r)
{
	const struct markdown_links links = { page_link, cx };
	struct str name = request_param(q, "page");
	const struct embedded *file = name.n <= NAME_BYTES ? page_file(cx, name) : NULL;
	struct buf html = buf_in(cx->mem, PAGE_HTML_MAX);
	struct mv page;

	if (!file)
		return fail(cx, E_MISSING, "The handbook has no such page");
	if (!markdown_html(cx, embed_bytes(file), &links, &html))
		return false;
	page = page_new(cx, q, r, page_title(embed_bytes(file)));
	mv_set(page, S("contents"), contents(cx, name));
	mv_set(page, S("body_html"), mv_text(buf_done(&html)));
	return page_write(cx, r, "help.html", page);
}

/* ---- search ---- */

static bool
word_begins(const struct strs *tokens, struct str word)
{
	for (size_t i = 0; i < tokens->n; i++)
		for (struct str rest = word; rest.n;)
			if (str_starts(tokens->v[i], str_cut(&rest, '|')))
				return true;
	return false;
}

/* Are all of the words in this text, or so many of them? */
static size_t
words_in(struct cx *cx, struct str text, const struct strs *words)
{
	struct strs tokens = { 0 };
	size_t n = 0;

	fold_words(cx->mem, text, &tokens);
	for (size_t i = 0; i < words->n; i++)
		n += word_begins(&tokens, words->v[i]);
	return n;
}

/* Signs of Markdown are not read out. */
static struct str
plain_excerpt(struct cx *cx, struct str text)
{
	struct buf out = buf_in(cx->mem, EXCERPT_BYTES + 8);

	for (size_t i = 0; i < text.n && out.n < EXCERPT_BYTES; i++)
		if (!memchr("*`#|", text.p[i], 4))
			buf_char(&out, text.p[i] == '\n' ? ' ' : text.p[i]);
	while (out.n && ((unsigned char)out.p[out.n - 1] & 0x80))
		out.n--; /* not within a letter */
	return str_trim(buf_done(&out));
}

/* The paragraph with the most of the words. */
static struct str
best_paragraph(struct cx *cx, struct str text, const struct strs *words)
{
	struct str best = { 0 };
	size_t most = 0;

	str_cut(&text, '\n');
	while (text.n) {
		size_t at, n;
		struct str part = str_find(text, S("\n\n"), &at) ? str_first(text, at) : text;

		text = str_from(text, part.n + 2 < text.n ? part.n + 2 : text.n);
		n = words_in(cx, part, words);
		if (n > most) {
			most = n;
			best = part;
		}
	}
	return plain_excerpt(cx, best);
}

static void
find_in(struct cx *cx, size_t i, const struct strs *words, struct mv list)
{
	const struct embedded *file = page_file(cx, str_of(PAGES[i].name));
	struct mv item;

	if (!file || words_in(cx, embed_bytes(file), words) < words->n)
		return;
	item = mv_map(cx->mem);
	mv_set(item, S("url"), mv_text(str_printf(cx->mem, "/help/%s", PAGES[i].name)));
	mv_set(item, S("label"), mv_text(page_title(embed_bytes(file))));
	mv_set(item, S("icon"), mv_z(PAGES[i].icon));
	mv_set(item, S("text"), mv_text(best_paragraph(cx, embed_bytes(file), words)));
	mv_add(list, item);
}

bool
web_help(struct cx *cx, struct request *q, struct reply *r)
{
	struct str text = str_trim(request_query(q, "words"));
	struct mv page = page_new(cx, q, r, str_of(tr(cx, "Handbook")));
	struct mv found = mv_list(cx->mem);
	struct strs words = { 0 };

	fold_query(cx->mem, text, &words);
	for (size_t i = 0; words.n && i < countof(PAGES); i++)
		find_in(cx, i, &words, found);
	mv_set(page, S("words"), mv_text(text));
	mv_set(page, S("contents"), contents(cx, (struct str){ 0 }));
	mv_set(page, S("is_search"), mv_bool(words.n > 0));
	mv_set(page, S("found"), found);
	mv_set(page, S("is_empty"), mv_bool(words.n && !mv_is_true(&found)));
	return page_write(cx, r, "help.html", page);
}
