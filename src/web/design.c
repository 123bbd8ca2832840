/* The design system as a page: every component in every state, in each theme. */
#include "base/embed.h"
#include "web/web.h"

enum { MONEY_MAX = 64 };

static const struct {
	const char *key, *label;
} THEMES[] = {
	{ "light", N_("Light") },
	{ "dark", N_("Dark") },
	{ "contrast", N_("High contrast") },
};

static const char *const COLOURS[] = { "ground", "paper", "tint",    "hover",   "chosen",
				       "ink",    "soft",  "faint",   "line",    "edge",
				       "accent", "info",  "success", "warning", "danger" };

static const struct {
	const char *key, *label;
} TONES[] = {
	{ "plain", N_("Plain") },     { "info", N_("Notice") },   { "success", N_("Success") },
	{ "warning", N_("Warning") }, { "danger", N_("Danger") },
};

static struct mv
named(struct cx *cx, const char *key, const char *label)
{
	struct mv item = mv_map(cx->mem);

	mv_set(item, S("key"), mv_z(key));
	mv_set(item, S("name"), mv_z(label));
	return item;
}

/* The names in the sprite. */
static struct mv
icons(struct cx *cx)
{
	const struct embedded *sprite = embed_find(S("web/icons.svg"));
	struct str rest = sprite ? embed_bytes(sprite) : (struct str){ 0 };
	struct mv list = mv_list(cx->mem);
	size_t at;

	while (str_find(rest, S("<symbol id=\""), &at)) {
		struct mv item = mv_map(cx->mem);

		rest = str_from(rest, at + S("<symbol id=\"").n);
		mv_set(item, S("icon"), mv_text(str_cut(&rest, '"')));
		mv_add(list, item);
	}
	return list;
}

bool
web_design(struct cx *cx, struct request *q, struct reply *r)
{
	struct mv page = page_new(cx, q, r, str_of(tr(cx, "Design")));
	struct mv themes = mv_list(cx->mem), colours = mv_list(cx->mem), tones = mv_list(cx->mem);
	struct buf money = buf_in(cx->mem, MONEY_MAX);

	for (size_t i = 0; i < countof(THEMES); i++)
		mv_add(themes, named(cx, THEMES[i].key, tr(cx, THEMES[i].label)));
	for (size_t i = 0; i < countof(COLOURS); i++)
		mv_add(colours, named(cx, COLOURS[i], COLOURS[i]));
	for (size_t i = 0; i < countof(TONES); i++)
		mv_add(tones, named(cx, TONES[i].key, tr(cx, TONES[i].label)));
	mv_set(page, S("themes"), themes);
	mv_set(page, S("colours"), colours);
	mv_set(page, S("tones"), tones);
	fmt_money(&money, cx, (struct money){ 123456, "EUR" });
	mv_set(page, S("sample"), mv_z("Müller GmbH"));
	mv_set(page, S("money"), mv_text(buf_done(&money)));
	mv_set(page, S("icons"), icons(cx));
	return page_write(cx, r, "design.html", page);
}
