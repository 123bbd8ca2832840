#include "base/mustache.h"

enum { MEM = 32 << 20, OUT = 1 << 16 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

struct partial {
	const struct mustache *mustache;
};

static const struct mustache *
find(void *state, struct str name)
{
	(void)name;
	return ((struct partial *)state)->mustache;
}

static struct str
translate(void *state, struct str text)
{
	(void)state;
	return text;
}

static struct mv
example(struct arena *mem)
{
	struct mv data = mv_map(mem), list = mv_list(mem);

	mv_set(data, S("a"), mv_z("<&>"));
	mv_set(data, S("b"), list);
	mv_set(data, S("c"), data);
	mv_add(list, data);
	mv_add(list, mv_int(7));
	return data;
}

/* The template and the partial it may call stand on both sides of a NUL byte. */
static void
try_templates(struct cx *cx, struct str text)
{
	static const struct mustache_options translated = { .translate = translate };
	struct partial partial = { 0 };
	struct mustache_partials partials = { find, &partial };
	struct buf out = buf_in(cx->mem, OUT);
	struct str whole = str_cut(&text, 0);
	struct mv data = example(cx->mem);
	const struct mustache *mustache;

	if (!mustache_compile(cx, cx->mem, S("partial"), text, NULL, &partial.mustache) ||
	    !mustache_compile(cx, cx->mem, S("whole"), whole, &translated, &mustache))
		return;
	if (!mustache_render(cx, mustache, &data, &partials, &out) && cx->err.code != E_TOO_BIG)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct cx *cx = cx_new(&env_real, MEM);

	if (!setjmp(*arena_guard(cx->mem)))
		try_templates(cx, (struct str){ (const char *)bytes, n });
	cx_free(&cx);
	return 0;
}
