#define KONTOR_BASE
#include "base/template.h"

#include "base/embed.h"
#include "base/i18n.h"

enum { TEMPLATES_MAX = 500, MEM_MAX = 64 << 20 };

struct template
{
	struct str name;
	const struct mustache *mustache;
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
	const enum lang *lang = state;

	return tr_str(*lang, text);
}

static void
compile_one(struct cx *cx, struct arena *mem, enum lang lang, const struct embedded *file)
{
	struct mustache_options options = { .translate = translate, .state = &lang };
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

static void
compile_all(void)
{
	struct cx *cx = cx_new(&env_real, MEM_MAX);
	struct arena *mem = arena_new(MEM_MAX);

	templates = new(mem, struct templates);
	for (enum lang lang = 0; lang < LANG__MAX; lang++)
		for (const struct embedded *at = EMBEDDED; at->name; at++)
			if (str_starts(str_of(at->name), S("templates/")) &&
			    templates->n[lang] < TEMPLATES_MAX)
				compile_one(cx, mem, lang, at);
	cx_free(&cx);
}

const struct mustache *
template_find(enum lang lang, struct str name)
{
	pthread_once(&templates_once, compile_all);
	for (size_t i = 0; i < templates->n[lang]; i++)
		if (str_eq(templates->v[lang][i].name, name))
			return templates->v[lang][i].mustache;
	return NULL;
}

static const struct mustache *
partial_find(void *state, struct str name)
{
	static const struct str end = S_INIT(".html");
	enum lang lang = ((const struct cx *)state)->lang;

	pthread_once(&templates_once, compile_all);
	for (size_t i = 0; i < templates->n[lang]; i++) {
		struct str full = templates->v[lang][i].name;

		if (full.n == name.n + end.n && str_starts(full, name) && str_ends(full, end))
			return templates->v[lang][i].mustache;
	}
	return NULL;
}

bool
template_render(struct cx *cx, const char *name, const struct mv *data, struct buf *out)
{
	const struct mustache *mustache = template_find(cx->lang, str_of(name));
	struct mustache_partials partials = { partial_find, cx };

	if (!mustache)
		return bug(cx, "there is no template %s", name);
	return mustache_render(cx, mustache, data, &partials, out);
}
