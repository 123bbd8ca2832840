/* The frame of a page: menu, what may be made, preferences. */
#include "http/events.h"
#include "record/authz.h"
#include "web/list.h"

enum { INITIALS_MAX = 2, PLACES_MAX = 3, ADMIN_PAGES_MAX = 8, FIGURE_PAGES_MAX = 2 };

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

struct str
menu_label(const struct cx *cx, enum menu at)
{
	return str_of(tr(cx, MENU_LABELS[at] ? MENU_LABELS[at] : N_("Contacts")));
}

/* G and a letter leads there.  Those that people know; another gets the first letter of its name
 * that is free. */
static const struct {
	const char *name;
	char key;
} KEYS[] = {
	{ "organisation", 'c' }, { "person", 'p' }, { "deal", 'd' }, { "ticket", 't' },
	{ "order", 'o' },        { "task", 'a' },   { "user", 'u' },
};
static const char LETTERS[] = "abcdefghijklmnopqrstuvwxyz";

/* What leads somewhere. */
enum item { ITEM_URL, ITEM_LABEL, ITEM_ICON, ITEM_CURRENT, ITEM_KEY, ITEM__MAX };
static const struct mv_name item_names[] = {
	[ITEM_URL] = MV_NAME("url"),   [ITEM_LABEL] = MV_NAME("label"),
	[ITEM_ICON] = MV_NAME("icon"), [ITEM_CURRENT] = MV_NAME("current"),
	[ITEM_KEY] = MV_NAME("key"),
};
static const struct mv_shape ITEM = { item_names, ITEM__MAX };

struct items {
	struct mv *v;
	size_t n, cap;
};

static struct items
items_new(struct cx *cx)
{
	struct items items = { .cap = 2 + PLACES_MAX + ADMIN_PAGES_MAX + FIGURE_PAGES_MAX };

	for (unsigned i = 0; i < cx->model->n_objects; i++)
		items.cap += 1 + cx->model->objects[i]->n_faces;
	items.v = new_array(cx->mem, items.cap * ITEM__MAX, struct mv);
	return items;
}

static void
items_add(struct items *items, struct str url, struct str label, struct str icon, bool current)
{
	struct mv *item = items->v + items->n++ * ITEM__MAX;

	item[ITEM_URL] = mv_text(url);
	item[ITEM_LABEL] = mv_text(label);
	item[ITEM_ICON] = mv_text(icon);
	item[ITEM_CURRENT] = mv_bool(current);
}

static struct mv
items_from(struct cx *cx, const struct items *items, size_t start)
{
	return mv_records(cx->mem, &ITEM, items->v + start * ITEM__MAX, items->n - start);
}

/* ---- menu ---- */

enum part { PART_LABEL, PART_ITEMS, PART__MAX };
static const struct mv_name part_names[] = {
	[PART_LABEL] = MV_NAME("label"),
	[PART_ITEMS] = MV_NAME("items"),
};
static const struct mv_shape PART = { part_names, PART__MAX };

struct shell {
	bool keys[sizeof LETTERS]; /* letters that are taken */
	struct str current;        /* object or face of this page */
	struct items items, creatable;
	struct str path;
	bool in_administration, is_home;
};

/* ---- keys ---- */

static struct str
key_take(struct shell *shell, char letter)
{
	shell->keys[letter - 'a'] = true;
	return (struct str){ LETTERS + (letter - 'a'), 1 };
}

static void
keys_reserve(struct shell *shell)
{
	for (size_t i = 0; i < countof(KEYS); i++)
		key_take(shell, KEYS[i].key);
}

static struct str
key_of(struct shell *shell, struct str name)
{
	for (size_t i = 0; i < countof(KEYS); i++)
		if (str_eq_z(name, KEYS[i].name))
			return key_take(shell, KEYS[i].key);
	for (size_t i = str_starts(name, S("x_")) ? 2 : 0; i < name.n; i++)
		if (name.p[i] >= 'a' && name.p[i] <= 'z' && !shell->keys[name.p[i] - 'a'])
			return key_take(shell, name.p[i]);
	return (struct str){ 0 };
}

/* ---- entries ---- */

static void
add_home(struct cx *cx, struct shell *shell, struct items *items)
{
	items_add(items, S("/"), str_of(tr(cx, "Start")), S("house"), shell->is_home);
	items->v[(items->n - 1) * ITEM__MAX + ITEM_KEY] = mv_text(key_take(shell, 'h'));
}

static void
add_today(struct cx *cx, struct shell *shell, struct items *items)
{
	items_add(items, S("/today"), str_of(tr(cx, "What now?")), S("sun"),
		  str_eq(shell->path, S("/today")));
	items->v[(items->n - 1) * ITEM__MAX + ITEM_KEY] = mv_text(key_take(shell, 'w'));
}

static void
add_entry(struct cx *cx, struct shell *shell, const struct object *object, const struct face *face)
{
	struct str name = face ? face->name : object->name;
	struct str icon = icon_of(object, face);
	bool is_current = str_eq(name, shell->current);
	bool is_system = object->features & FEATURE_SYSTEM;

	items_add(&shell->items, url_of(cx, name, 0, ""),
		  page_label(cx, face ? face->label_many : object->label_many), icon, is_current);
	shell->items.v[(shell->items.n - 1) * ITEM__MAX + ITEM_KEY] = mv_text(key_of(shell, name));
	shell->in_administration |= is_system && is_current;
	if (!is_system && can_object(cx, object, OP_CREATE))
		items_add(&shell->creatable, url_of(cx, name, 0, "/new"),
			  page_label(cx, face ? face->label : object->label), icon, false);
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

/* Pages of figures that stand beside the objects they are about. */
static const struct {
	const char *url, *label, *icon, *object;
	enum menu at;
} FIGURE_PAGES[] = {
	{ "/forecast", N_("Forecast"), "trending-up", "deal", MENU_SALES },
	{ "/lost", N_("Lost deals"), "circle-x", "deal", MENU_SALES },
};

static bool
is_figure_page(struct str path)
{
	for (size_t i = 0; i < countof(FIGURE_PAGES); i++)
		if (str_eq_z(path, FIGURE_PAGES[i].url))
			return true;
	return false;
}

static void
add_figure_pages(struct cx *cx, struct shell *shell, enum menu at)
{
	for (size_t i = 0; i < countof(FIGURE_PAGES); i++) {
		struct str url = str_of(FIGURE_PAGES[i].url);
		const struct object *object =
			object_find(cx->model, str_of(FIGURE_PAGES[i].object), NULL);

		if (FIGURE_PAGES[i].at == at && object &&
		    AUTHZ(PAGE_MENU, can_object(cx, object, OP_READ)))
			items_add(&shell->items, url, str_of(tr(cx, FIGURE_PAGES[i].label)),
				  str_of(FIGURE_PAGES[i].icon), str_eq(shell->path, url));
	}
}

static void
add_part(struct cx *cx, struct shell *shell, enum menu at, struct mv *part)
{
	size_t start = shell->items.n;

	for (unsigned i = 0; i < cx->model->n_objects; i++) {
		const struct object *object = cx->model->objects[i];

		if (object->menu == at && !(object->features & FEATURE_SYSTEM))
			add_object(cx, shell, object);
	}
	add_figure_pages(cx, shell, at);
	part[PART_LABEL] = MENU_LABELS[at] ? mv_z(tr(cx, MENU_LABELS[at])) : mv_none();
	part[PART_ITEMS] = items_from(cx, &shell->items, start);
}

/* What administrators have besides the objects of administration, and whoever may change records of
 * an object. */
static const struct {
	const char *url, *label, *icon, *object;
} ADMIN_PAGES[] = {
	{ "/admin/invite", N_("Invite a user"), "plus" },
	{ "/admin/roles", N_("Roles and rights"), "lock" },
	{ "/admin/pipelines", N_("Sales processes"), "workflow", "stage" },
	{ "/admin/model", N_("Objects and fields"), "database" },
	{ "/admin/access", N_("Access"), "shield-check" },
	{ "/admin/jobs", N_("Jobs"), "clock" },
	{ "/admin/changes", N_("Changes"), "undo-2" },
	{ "/admin/settings", N_("Settings"), "settings" },
};

static bool
has_admin_page(const struct cx *cx, const char *name)
{
	const struct object *object = name ? object_find(cx->model, str_of(name), NULL) : NULL;

	return cx->actor->is_admin || (object && can_object(cx, object, OP_EDIT));
}

static void
add_admin_pages(struct cx *cx, struct shell *shell)
{
	for (size_t i = 0; i < countof(ADMIN_PAGES); i++) {
		struct str url = str_of(ADMIN_PAGES[i].url);
		bool is_here = str_eq(shell->path, url);

		if (!has_admin_page(cx, ADMIN_PAGES[i].object))
			continue;
		items_add(&shell->items, url, str_of(tr(cx, ADMIN_PAGES[i].label)),
			  str_of(ADMIN_PAGES[i].icon), is_here);
	}
	shell->in_administration |=
		str_starts(shell->path, S("/admin")) ||
		(cx->actor->is_admin && str_eq(cx->actor->goal, S("integrate")));
}

static void
add_administration(struct cx *cx, struct shell *shell, struct mv page)
{
	size_t start = shell->items.n;

	add_admin_pages(cx, shell);
	for (unsigned i = 0; i < cx->model->n_objects; i++)
		if (cx->model->objects[i]->features & FEATURE_SYSTEM)
			add_object(cx, shell, cx->model->objects[i]);
	mv_set(page, S("administration"), items_from(cx, &shell->items, start));
	mv_set(page, S("has_administration"), mv_bool(shell->items.n > start));
	mv_set(page, S("in_administration"), mv_bool(shell->in_administration));
}

/* The parts of the menu in the order of what matters to the person; what has no part of its own
 * comes last. */
static const struct {
	const char *goal;
	enum menu order[MENU__MAX];
} ORDERS[] = {
	{ "operate",
	  { MENU_CONTACTS, MENU_SALES, MENU_SERVICE, MENU_MARKETING, MENU_WORK, MENU_MASTER,
	    MENU_NONE } },
	{ "integrate",
	  { MENU_CONTACTS, MENU_MASTER, MENU_SALES, MENU_SERVICE, MENU_MARKETING, MENU_WORK,
	    MENU_NONE } },
	{ "analyse",
	  { MENU_SALES, MENU_MARKETING, MENU_SERVICE, MENU_CONTACTS, MENU_WORK, MENU_MASTER,
	    MENU_NONE } },
};

static const enum menu *
menu_order(const struct cx *cx)
{
	for (size_t i = 0; i < countof(ORDERS); i++)
		if (str_eq_z(cx->actor->goal, ORDERS[i].goal))
			return ORDERS[i].order;
	return ORDERS[0].order;
}

static void
add_menu(struct cx *cx, struct shell *shell, struct mv page)
{
	struct mv *parts = new_array(cx->mem, (1 + MENU__MAX) * PART__MAX, struct mv);
	const enum menu *order = menu_order(cx);
	size_t n = 1;

	add_home(cx, shell, &shell->items);
	add_today(cx, shell, &shell->items);
	parts[PART_ITEMS] = items_from(cx, &shell->items, 0);
	for (unsigned i = 0; i < MENU__MAX; i++) {
		enum menu at = order[i];
		struct mv *part = parts + n * PART__MAX;

		add_part(cx, shell, at, part);
		n += mv_is_true(&part[PART_ITEMS]);
	}
	mv_set(page, S("menu"), mv_records(cx->mem, &PART, parts, n));
	add_administration(cx, shell, page);
	mv_set(page, S("creatable"), items_from(cx, &shell->creatable, 0));
}

static void
add_places(struct cx *cx, struct shell *shell, struct mv page)
{
	struct items places = items_new(cx);

	add_home(cx, shell, &places);
	for (size_t i = 0; i < PLACES_MAX; i++) {
		struct str name = str_of(PLACES[i]);
		const struct face *face = NULL;
		const struct object *object = object_find(cx->model, name, &face);

		if (!object || !AUTHZ(PAGE_MENU, can_object(cx, object, OP_READ)))
			continue;
		items_add(&places, url_of(cx, name, 0, ""),
			  page_label(cx, face ? face->label_many : object->label_many),
			  icon_of(object, face), str_eq(name, shell->current));
	}
	mv_set(page, S("main_places"), items_from(cx, &places, 0));
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

enum choice { CHOICE_NAME, CHOICE_KEY, CHOICE_LABEL, CHOICE_ICON, CHOICE_IS_ON, CHOICE__MAX };
static const struct mv_name choice_names[] = {
	[CHOICE_NAME] = MV_NAME("name"),   [CHOICE_KEY] = MV_NAME("key"),
	[CHOICE_LABEL] = MV_NAME("label"), [CHOICE_ICON] = MV_NAME("icon"),
	[CHOICE_IS_ON] = MV_NAME("is_on"),
};
static const struct mv_shape CHOICE = { choice_names, CHOICE__MAX };

static void
preference_option(struct cx *cx, const struct option *option, struct mv *choice)
{
	choice[CHOICE_KEY] = mv_text(option->key);
	choice[CHOICE_LABEL] = mv_text(option->labels[cx->lang]);
	for (size_t k = 0; k < countof(LANGUAGES); k++)
		if (str_eq_z(option->key, LANGUAGES[k].key))
			choice[CHOICE_LABEL] = mv_z(LANGUAGES[k].label);
	for (size_t k = 0; k < countof(PREFERENCE_ICONS); k++)
		if (str_eq_z(option->key, PREFERENCE_ICONS[k].key))
			choice[CHOICE_ICON] = mv_z(PREFERENCE_ICONS[k].icon);
}

static struct mv
preference_options(struct cx *cx, const struct field *f, struct str value)
{
	struct mv *choices = new_array(cx->mem, f->n_options * CHOICE__MAX, struct mv);

	for (unsigned i = 0; i < f->n_options; i++) {
		struct mv *choice = choices + i * CHOICE__MAX;

		preference_option(cx, &f->options[i], choice);
		choice[CHOICE_NAME] = mv_text(f->name);
		choice[CHOICE_IS_ON] = mv_bool(str_eq(f->options[i].key, value));
	}
	return mv_records(cx->mem, &CHOICE, choices, f->n_options);
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
}

struct str
initials_of(struct cx *cx, struct str name)
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

/* Where a page is shown because something failed, it does without. */
static void
add_favourites(struct cx *cx, struct mv page)
{
	struct mv favourites;

	if (!cx->conn || cx->err.code != E_OK)
		return;
	if (!favourites_of(cx, &favourites)) {
		fail_clear(cx);
		return;
	}
	mv_set(page, S("favourites"), favourites);
	mv_set(page, S("has_favourites"), mv_bool(mv_is_true(&favourites)));
}

/* As far as it is known without asking. */
static void
add_unread(struct cx *cx, const struct request *q, struct mv page)
{
	int64_t n = http_unread(cx, q);

	if (n > 0)
		mv_set(page, S("unread"), mv_int(n));
}

static const struct page_part SHELL_PARTS[] = {
	{ MV_NAME("menu_html"), "shell-menu.html" },
	{ MV_NAME("administration_html"), "shell-administration.html" },
	{ MV_NAME("creatable_html"), "shell-creatable.html" },
	{ MV_NAME("preferences_html"), "shell-preferences.html" },
	{ MV_NAME("main_places_html"), "shell-places.html" },
	{ MV_NAME("tiles_html"), "shell-tiles.html" },
};

static void
shell_fill(struct cx *cx, const void *state, struct mv page)
{
	struct shell shell = *(const struct shell *)state;

	shell.items = items_new(cx);
	shell.creatable = items_new(cx);
	keys_reserve(&shell);
	add_menu(cx, &shell, page);
	add_places(cx, &shell, page);
	add_preferences(cx, page);
}

static const struct page_parts SHELL = { SHELL_PARTS, countof(SHELL_PARTS), shell_fill };

/* Where in the menu one is, and what the person has chosen. */
static struct str
shell_key(struct cx *cx, const struct shell *shell)
{
	const struct str parts[] = { S("shell"),       shell->current,     shell->path,
				     cx->actor->theme, cx->actor->density, cx->actor->goal };
	struct buf key = buf_in(cx->mem, URL_MAX);

	key_add(&key, parts, countof(parts));
	return buf_done(&key);
}

/* Its own address matters to what has no object. */
static struct str
place_of(const struct request *q)
{
	bool has_place = str_eq(q->path, S("/")) || str_eq(q->path, S("/today")) ||
			 str_starts(q->path, S("/admin")) || is_figure_page(q->path);

	return has_place ? q->path : (struct str){ 0 };
}

void
shell_add(struct cx *cx, struct request *q, struct mv page)
{
	struct shell shell = { .current = request_param(q, "object"),
			       .path = place_of(q),
			       .is_home = str_eq(q->path, S("/")) };
	const struct face *face;

	if (!object_find(cx->model, shell.current, &face))
		shell.current = (struct str){ 0 };
	if (!page_add_parts(cx, page, &SHELL, shell_key(cx, &shell), &shell))
		fail_clear(cx); /* what is wrong will show where the page is rendered */
	add_favourites(cx, page);
	add_unread(cx, q, page);
	mv_set(page, S("theme"), mv_text(cx->actor->theme));
	mv_set(page, S("density"), mv_text(cx->actor->density));
	mv_set(page, S("person"), mv_text(cx->actor->name.n ? cx->actor->name : cx->actor->login));
	mv_set(page, S("login"), mv_text(cx->actor->login));
	mv_set(page, S("initials"),
	       mv_text(initials_of(cx, cx->actor->name.n ? cx->actor->name : cx->actor->login)));
	mv_set(page, S("me_url"), mv_text(url_of(cx, S("user"), cx->actor->user_id, "")));
	mv_set(page, S("help_url"), mv_text(help_url(cx, q)));
}
