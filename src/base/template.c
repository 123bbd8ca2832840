#define KONTOR_BASE
#include "base/template.h"

#include "base/embed.h"
#include "base/i18n.h"

enum { TEMPLATES_MAX = 500, MEM_MAX = 64 << 20 };

/* Names that mean the address of a file in web/. */
static const struct {
	struct str name;
	const char *file;
} ADDRESSES[] = {
	{ S_INIT("board_script_url"), "board.js" },
	{ S_INIT("font_url"), "inter-latin.woff2" },
	{ S_INIT("icon_url"), "kontor.svg" },
	{ S_INIT("icons_url"), "icons.svg" },
	{ S_INIT("import_script_url"), "import.js" },
	{ S_INIT("lines_script_url"), "lines.js" },
	{ S_INIT("list_script_url"), "list.js" },
	{ S_INIT("manifest_url"), "kontor.webmanifest" },
	{ S_INIT("more_style_url"), "more.css" },
	{ S_INIT("offline_script_url"), "offline.js" },
	{ S_INIT("process_script_url"), "process.js" },
	{ S_INIT("record_script_url"), "record.js" },
	{ S_INIT("script_url"), "kontor.js" },
	{ S_INIT("style_url"), "kontor.css" },
	{ S_INIT("today_script_url"), "today.js" },
};

struct template
{
	struct str name;
	const struct mustache *mustache;
};

/* A template that is being compiled. */
struct compiling {
	struct arena *mem;
	enum lang lang;
};

struct templates {
	struct template v[LANG__MAX][TEMPLATES_MAX];
	size_t n[LANG__MAX];
};

static struct templates *templates;
static pthread_once_t templates_once = PTHREAD_ONCE_INIT;

static struct str
translate(void *state, struct str text)
{
	const struct compiling *compiling = state;

	return tr_str(compiling->lang, text);
}

static struct str
address(void *state, struct str name)
{
	const struct compiling *compiling = state;

	for (size_t i = 0; i < countof(ADDRESSES); i++)
		if (str_eq(ADDRESSES[i].name, name))
			return embed_address(compiling->mem, ADDRESSES[i].file);
	return (struct str){ 0 };
}

static void
compile_one(struct cx *cx, struct arena *mem, enum lang lang, const struct embedded *file)
{
	struct compiling compiling = { mem, lang };
	struct mustache_options options = { .translate = translate,
					    .constant = address,
					    .state = &compiling };
	struct str name = str_from(str_of(file->name), S("templates/").n);
	struct template *at = &templates->v[lang][templates->n[lang]];

	options.plain = !str_ends(name, S(".html"));
	if (!mustache_compile(cx, mem, name, embed_bytes(file), &options, &at->mustache)) {
		fprintf(stderr, "kontor: %.*s\n", STR_FMT(cx->err.why));
		abort();
	}
	at->name = name;
	templates->n[lang]++;
}

/* Templates come sorted by their full names. */
static const struct mustache *
find(enum lang lang, struct str name, struct str end)
{
	size_t low = 0, high = templates->n[lang];

	while (low < high) {
		size_t middle = (low + high) / 2;
		const struct template *at = &templates->v[lang][middle];
		int order = str_cmp(str_first(at->name, name.n), name);

		if (!order)
			order = str_cmp(str_from(at->name, name.n), end);
		if (!order)
			return at->mustache;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

static const struct mustache *
partial_find(void *state, struct str name)
{
	return find(*(const enum lang *)state, name, S(".html"));
}

static void
compile_lang(struct cx *cx, struct arena *mem, enum lang lang)
{
	struct mustache_partials partials = { partial_find, &lang };

	for (const struct embedded *at = EMBEDDED; at->name; at++)
		if (str_starts(str_of(at->name), S("templates/")) &&
		    templates->n[lang] < TEMPLATES_MAX)
			compile_one(cx, mem, lang, at);
	for (size_t i = 0; i < templates->n[lang]; i++)
		mustache_link(templates->v[lang][i].mustache, &partials);
}

static void
compile_all(void)
{
	struct cx *cx = cx_new(&env_real, MEM_MAX);
	struct arena *mem = arena_new(MEM_MAX);

	templates = new(mem, struct templates);
	for (enum lang lang = 0; lang < LANG__MAX; lang++)
		compile_lang(cx, mem, lang);
	cx_free(&cx);
}

const struct mustache *
template_find(enum lang lang, struct str name)
{
	pthread_once(&templates_once, compile_all);
	return find(lang, name, (struct str){ 0 });
}

bool
template_render(struct cx *cx, const char *name, const struct mv *data, struct buf *out)
{
	const struct mustache *mustache = template_find(cx->lang, str_of(name));
	struct mustache_partials partials = { partial_find, &cx->lang };

	if (!mustache)
		return bug(cx, "there is no template %s", name);
	return mustache_render(cx, mustache, data, &partials, out);
}
