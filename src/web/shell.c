/* The frame of a page: menu, what may be made, preferences. */
#include "http/asset.h"
#include "record/authz.h"
#include "web/web.h"

enum { INITIALS_MAX = 2, PLACES_MAX = 3 };

static const char *const MENU_LABELS[MENU__MAX] = {
	[MENU_NONE] = NULL,
	[MENU_CONTACTS] = NULL, /* first, without a heading */
	[MENU_SALES] = N_("Sales"),
	[MENU_SERVICE] = N_("Service"),
	[MENU_MARKETING] = N_("Marketing"),
	[MENU_WORK] = N_("Work"),
	[MENU_MASTER] = N_("Master data"),
};

/* What a phone shows at the bottom, besides the first page and the whole menu. */
static const char *const PLACES[PLACES_MAX] = { "organisation", "deal", "task" };

struct str
icon_of(const struct object *object, const struct face *face)
{
	if (face && face->icon.n)
		return face->icon;
	return object->icon.n ? object->icon : S("record");
}

static struct mv
item_new(struct cx *cx, struct str url, struct str label, struct str icon)
{
	struct mv item = mv_map(cx->mem);

	mv_set(item, S("url"), mv_text(url));
	mv_set(item, S("label"), mv_text(label));
	mv_set(item, S("icon"), mv_text(icon));
	return item;
}

/* ---- menu ---- */

struct shell {
	struct str current; /* object or face of this page */
	struct mv parts[MENU__MAX];
	struct mv administration, creatable;
	bool in_administration;
};

static void
add_entry(struct cx *cx, struct shell *shell, const struct object *object, const struct face *face)
{
	struct str name = face ? face->name : object->name;
	struct str icon = icon_of(object, face);
	bool is_current = str_eq(name, shell->current);
	bool is_system = object->features & FEATURE_SYSTEM;
	struct mv item =
		item_new(cx, url_of(cx, name, 0, ""),
			 page_label(cx, face ? face->label_many : object->label_many), icon);

	mv_set(item, S("current"), mv_bool(is_current));
	shell->in_administration |= is_system && is_current;
	mv_add(is_system ? shell->administration : shell->parts[object->menu], item);
	if (!is_system && can_object(cx, object, OP_CREATE))
		mv_add(shell->creatable,
		       item_new(cx, url_of(cx, name, 0, "/new"),
				page_label(cx, face ? face->label : object->label), icon));
}

/* Objects with faces stand under their faces' names. */
static void
add_object(struct cx *cx, struct shell *shell, const struct object *object)
{
	if (object->features & FEATURE_DETAIL || !AUTHZ(PAGE_MENU, can_object(cx, object, OP_READ)))
		return;
	for (unsigned i = 0; i < object->n_faces; i++)
		add_entry(cx, shell, object, &object->faces[i]);
	if (!object->n_faces)
		add_entry(cx, shell, object, NULL);
}

static void
add_menu(struct cx *cx, struct shell *shell, struct mv page)
{
	struct mv menu = mv_list(cx->mem);
	struct mv home = item_new(cx, S("/"), str_of(tr(cx, "Start")), S("house"));

	mv_set(home, S("current"), mv_bool(!shell->current.n));
	mv_add(shell->parts[MENU_CONTACTS], home);
	for (unsigned i = 0; i < cx->model->n_objects; i++)
		add_object(cx, shell, cx->model->objects[i]);
	for (unsigned i = 0; i < MENU__MAX; i++) {
		/* What has no part of its own comes last. */
		enum menu at = i + 1 < MENU__MAX ? (enum menu)(i + 1) : MENU_NONE;
		struct mv part = mv_map(cx->mem);

		if (!mv_is_true(&shell->parts[at]))
			continue;
		if (MENU_LABELS[at])
			mv_set(part, S("label"), mv_text(str_of(tr(cx, MENU_LABELS[at]))));
		mv_set(part, S("items"), shell->parts[at]);
		mv_add(menu, part);
	}
	mv_set(page, S("menu"), menu);
	mv_set(page, S("administration"), shell->administration);
	mv_set(page, S("has_administration"), mv_bool(mv_is_true(&shell->administration)));
	mv_set(page, S("in_administration"), mv_bool(shell->in_administration));
	mv_set(page, S("creatable"), shell->creatable);
}

static void
add_places(struct cx *cx, struct shell *shell, struct mv page)
{
	struct mv places = mv_list(cx->mem);
	struct mv home = item_new(cx, S("/"), str_of(tr(cx, "Start")), S("house"));

	mv_set(home, S("current"), mv_bool(!shell->current.n));
	mv_add(places, home);
	for (size_t i = 0; i < PLACES_MAX; i++) {
		struct str name = str_of(PLACES[i]);
		const struct face *face = NULL;
		const struct object *object = object_find(cx->model, name, &face);
		struct mv item;

		if (!object || !AUTHZ(PAGE_MENU, can_object(cx, object, OP_READ)))
			continue;
		item = item_new(cx, url_of(cx, name, 0, ""),
				page_label(cx, face ? face->label_many : object->label_many),
				icon_of(object, face));
		mv_set(item, S("current"), mv_bool(str_eq(name, shell->current)));
		mv_add(places, item);
	}
	mv_set(page, S("places"), places);
}

/* ---- preferences ---- */

/* Each language in its own words; of the others, an icon. */
static const struct {
	const char *key, *label;
} LANGUAGES[] = { { "en", "English" }, { "de", "Deutsch" } };

static const struct {
	const char *key, *icon;
} PREFERENCE_ICONS[] = {
	{ "system", "monitor" },     { "light", "sun" },      { "dark", "moon" },
	{ "contrast", "contrast" },  { "compact", "rows-4" }, { "normal", "rows-3" },
	{ "comfortable", "rows-2" },
};

static struct mv
preference_options(struct cx *cx, const struct field *f, struct str value)
{
	struct mv options = mv_list(cx->mem);

	for (unsigned i = 0; i < f->n_options; i++) {
		struct mv option = mv_map(cx->mem);

		mv_set(option, S("name"), mv_text(f->name));
		mv_set(option, S("key"), mv_text(f->options[i].key));
		mv_set(option, S("label"), mv_text(page_label(cx, f->options[i].label)));
		mv_set(option, S("icon"), mv_z(""));
		mv_set(option, S("is_on"), mv_bool(str_eq(f->options[i].key, value)));
		for (size_t k = 0; k < countof(LANGUAGES); k++)
			if (str_eq_z(f->options[i].key, LANGUAGES[k].key))
				mv_set(option, S("label"), mv_z(LANGUAGES[k].label));
		for (size_t k = 0; k < countof(PREFERENCE_ICONS); k++)
			if (str_eq_z(f->options[i].key, PREFERENCE_ICONS[k].key))
				mv_set(option, S("icon"), mv_z(PREFERENCE_ICONS[k].icon));
		mv_add(options, option);
	}
	return options;
}

static void
add_preferences(struct cx *cx, struct mv page)
{
	const struct object *users = object_find(cx->model, S("user"), NULL);
	const struct {
		const char *field;
		struct str value;
	} preferences[] = {
		{ "language", lang_code(cx->lang) },
		{ "theme", cx->actor->theme },
		{ "density", cx->actor->density },
	};
	struct mv list = mv_list(cx->mem);

	for (size_t i = 0; i < countof(preferences); i++) {
		const struct field *f = field_find(users, str_of(preferences[i].field));
		struct mv item = mv_map(cx->mem);

		mv_set(item, S("label"), mv_text(page_label(cx, f->label)));
		mv_set(item, S("options"), preference_options(cx, f, preferences[i].value));
		mv_add(list, item);
	}
	mv_set(page, S("preferences"), list);
	mv_set(page, S("theme"), mv_text(cx->actor->theme));
	mv_set(page, S("density"), mv_text(cx->actor->density));
}

/* The first letters of the first and the last name. */
static struct str
initials(struct cx *cx, struct str name)
{
	struct buf text = buf_in(cx->mem, 16);
	size_t n = 0;

	while (name.n && n < INITIALS_MAX) {
		struct str word = str_cut(&name, ' ');
		size_t bytes = 1;

		if (!word.n || (n && name.n))
			continue;
		while (bytes < word.n && ((unsigned char)word.p[bytes] & 0xc0) == 0x80)
			bytes++;
		buf_str(&text, str_first(word, bytes));
		n++;
	}
	return buf_done(&text);
}

void
shell_add(struct cx *cx, struct request *q, struct mv page)
{
	struct shell shell = { .current = request_param(q, "object"),
			       .administration = mv_list(cx->mem),
			       .creatable = mv_list(cx->mem) };

	for (size_t i = 0; i < MENU__MAX; i++)
		shell.parts[i] = mv_list(cx->mem);
	add_menu(cx, &shell, page);
	add_places(cx, &shell, page);
	add_preferences(cx, page);
	mv_set(page, S("person"), mv_text(cx->actor->name.n ? cx->actor->name : cx->actor->login));
	mv_set(page, S("login"), mv_text(cx->actor->login));
	mv_set(page, S("initials"),
	       mv_text(initials(cx, cx->actor->name.n ? cx->actor->name : cx->actor->login)));
	mv_set(page, S("me_url"), mv_text(url_of(cx, S("user"), cx->actor->user_id, "")));
	mv_set(page, S("icons_url"), mv_text(asset_url(cx->mem, "icons.svg")));
	mv_set(page, S("script_url"), mv_text(asset_url(cx->mem, "kontor.js")));
}
