/* The heads of the columns, and the menus above a list: columns, groups, conditions. */
#include "web/list.h"

#include "base/i18n.h"
#include "record/authz.h"

enum { KEY_MAX = 64 << 10 }; /* more than an address may have */

/* ---- heads ---- */

static struct str
sort_text(struct cx *cx, const struct sort_key *keys, size_t n)
{
	struct buf text = buf_in(cx->mem, URL_MAX);

	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_char(&text, ',');
		if (keys[i].descending)
			buf_char(&text, '-');
		buf_str(&text, keys[i].field->name);
	}
	return buf_done(&text);
}

static size_t
sort_at(const struct list *list, const struct field *f)
{
	size_t at = 0;

	while (at < list->query.n_sort && list->sort[at].field != f)
		at++;
	return at;
}

/* Ascending, then descending, then not at all; `add` keeps the other keys. */
static struct str
next_sort(struct cx *cx, const struct list *list, const struct field *f, bool add)
{
	struct sort_key keys[SORT_MAX + 1];
	size_t n = 0, at = sort_at(list, f);
	bool is_sorted = at < list->query.n_sort;

	for (size_t i = 0; i < list->query.n_sort; i++) {
		if (i == at && !list->sort[i].descending)
			keys[n++] = (struct sort_key){ f, true };
		else if (i != at && add)
			keys[n++] = list->sort[i];
	}
	if (!is_sorted && n < SORT_MAX)
		keys[n++] = (struct sort_key){ f, false };
	return sort_text(cx, keys, n);
}

static void
head_sort(struct cx *cx, const struct list *list, const struct field *f, struct mv head)
{
	struct list_state state = list->state;
	size_t at = sort_at(list, f);
	bool is_sorted = at < list->query.n_sort;

	state.sort = next_sort(cx, list, f, false);
	mv_set(head, S("url"), mv_text(list_url(cx, list, &state)));
	state.sort = next_sort(cx, list, f, true);
	mv_set(head, S("add_url"), mv_text(list_url(cx, list, &state)));
	if (!is_sorted)
		return;
	mv_set(head, S("is_up"), mv_bool(!list->sort[at].descending));
	mv_set(head, S("is_down"), mv_bool(list->sort[at].descending));
	if (list->query.n_sort > 1)
		mv_set(head, S("place"), mv_int((int64_t)at + 1));
}

static struct mv
head_new(struct cx *cx, const struct list *list, size_t i)
{
	const struct list_column *column = &list->columns[i];
	const struct field *f = column->field;
	struct mv head = mv_map(cx->mem);

	mv_set(head, S("label"), mv_text(column->label));
	mv_set(head, S("name"), mv_text(column->name));
	mv_set(head, S("type"), mv_z(f->row->name));
	mv_set(head, S("is_first"), mv_bool(i == 0));
	mv_set(head, S("is_number"), mv_bool(is_number_field(f)));
	if (column->width)
		mv_set(head, S("width"), mv_int(column->width));
	if (!column->link && can_change_field(cx, f) && !list->state.trash)
		mv_set(head, S("is_editable"), mv_bool(true));
	if (!column->link && list_offers_sort(cx, list, f))
		head_sort(cx, list, f, head);
	return head;
}

static void
add_heads(struct cx *cx, const struct list *list, struct mv page)
{
	struct mv heads = mv_list(cx->mem);

	for (size_t i = 0; i < list->n_columns; i++)
		mv_add(heads, head_new(cx, list, i));
	mv_set(page, S("columns"), heads);
}

/* ---- which columns ---- */

static bool
is_column(const struct list *list, struct str name)
{
	for (size_t i = 0; i < list->n_columns; i++)
		if (str_eq(list->columns[i].name, name))
			return true;
	return false;
}

static void
choice_add(struct cx *cx, struct mv choices, struct str name, struct str label, bool is_on)
{
	struct mv choice = mv_map(cx->mem);

	mv_set(choice, S("name"), mv_text(name));
	mv_set(choice, S("label"), mv_text(label));
	mv_set(choice, S("is_on"), mv_bool(is_on));
	mv_add(choices, choice);
}

static struct str
with_width(struct cx *cx, const struct list_column *column)
{
	return column->width ? str_printf(cx->mem, "%.*s:%lld", STR_FMT(column->name),
					  (long long)column->width)
			     : column->name;
}

static bool
is_choosable(const struct cx *cx, const struct object *object, const struct field *f)
{
	return !f->hidden && f->index != SF_ID && list_can_show(cx, object, f);
}

static bool
is_plain_field(const struct field *f)
{
	return f->type != FT_ONE && f->type != FT_MANY && f->type != FT_ANY &&
	       f->type != FT_ROLLUP && f->type != FT_LONGTEXT && f->type != FT_RICHTEXT;
}

/* Fields of what the link leads to. */
static struct mv
link_choices(struct cx *cx, const struct list *list, const struct field *link)
{
	struct mv choices = mv_list(cx->mem);

	for (unsigned i = SF__MAX; i < link->target->n_fields; i++) {
		const struct field *f = link->target->fields[i];
		struct str name =
			str_printf(cx->mem, "%.*s.%.*s", STR_FMT(link->name), STR_FMT(f->name));

		if (is_choosable(cx, link->target, f) && is_plain_field(f) &&
		    f != link->target->title && !is_column(list, name))
			choice_add(cx, choices, name, page_label(cx, f->label), false);
	}
	return choices;
}

static void
add_column_menu(struct cx *cx, const struct list *list, struct mv page)
{
	struct mv choices = mv_list(cx->mem), links = mv_list(cx->mem);

	for (size_t i = 0; i < list->n_columns; i++)
		choice_add(cx, choices, with_width(cx, &list->columns[i]), list->columns[i].label,
			   true);
	for (unsigned i = 0; i < list->object->n_fields; i++) {
		const struct field *f = list->object->fields[i];

		if (is_choosable(cx, list->object, f) && !is_column(list, f->name))
			choice_add(cx, choices, f->name, page_label(cx, f->label), false);
	}
	for (unsigned i = SF__MAX; i < list->object->n_fields; i++) {
		const struct field *f = list->object->fields[i];
		struct mv link = mv_map(cx->mem);

		if (f->type != FT_ONE || !is_choosable(cx, list->object, f))
			continue;
		mv_set(link, S("label"), mv_text(page_label(cx, f->label)));
		mv_set(link, S("choices"), link_choices(cx, list, f));
		mv_add(links, link);
	}
	mv_set(page, S("column_choices"), choices);
	mv_set(page, S("column_links"), links);
	mv_set(page, S("column_hidden"), list_hidden(cx, &list->state, "columns"));
}

/* ---- groups ---- */

static const struct {
	const char *name, *label;
} PERIODS[] = {
	{ "month", N_("by month") },
	{ "quarter", N_("by quarter") },
	{ "year", N_("by year") },
};

static void
group_add(struct cx *cx, const struct list *list, struct mv items, struct str group,
	  struct str label)
{
	struct list_state state = list->state;
	struct mv item = mv_map(cx->mem);
	bool is_on = str_eq(group, list->state.group);

	state.group = is_on ? (struct str){ 0 } : group;
	state.open = state.lanes = (struct str){ 0 };
	mv_set(item, S("label"), mv_text(label));
	mv_set(item, S("url"), mv_text(list_url(cx, list, &state)));
	mv_set(item, S("is_on"), mv_bool(is_on));
	mv_add(items, item);
}

static bool
is_grouping(const struct field *f)
{
	switch (f->type) {
	case FT_ENUM:
	case FT_BOOL:
	case FT_ONE:
		return true;
	case FT_TEXT:
		return f->indexed && f != f->object->title;
	default:
		return false;
	}
}

static void
add_group_menu(struct cx *cx, const struct list *list, struct mv page)
{
	struct mv items = mv_list(cx->mem);

	for (unsigned i = SF__MAX; i < list->object->n_fields; i++) {
		const struct field *f = list->object->fields[i];
		struct str label = page_label(cx, f->label);
		bool is_board = list_is_board(list);
		bool is_date = f->type == FT_DATE || f->type == FT_DATETIME;

		if (f->hidden || !f->n_columns || !list_can_show(cx, list->object, f))
			continue;
		if (list_is_calendar(list)) {
			if (is_date)
				group_add(cx, list, items, f->name, label);
			continue;
		}
		if (is_board ? f->type == FT_ENUM || f->type == FT_ONE : is_grouping(f))
			group_add(cx, list, items, f->name, label);
		for (size_t k = 0; is_date && !is_board && k < countof(PERIODS); k++)
			group_add(cx, list, items,
				  str_printf(cx->mem, "%.*s:%s", STR_FMT(f->name), PERIODS[k].name),
				  str_printf(cx->mem, "%.*s %s", STR_FMT(label),
					     tr(cx, PERIODS[k].label)));
	}
	mv_set(page, S("groupings"), items);
}

/* ---- conditions ---- */

/* What a person may write without knowing the language: field, comparison, value. */
static const struct {
	const char *key, *label;
} COMPARISONS[] = {
	{ "=", N_("is") },
	{ "!=", N_("is not") },
	{ "contains", N_("contains") },
	{ "starts", N_("begins with") },
	{ "<", N_("below") },
	{ "<=", N_("at most") },
	{ ">", N_("above") },
	{ ">=", N_("at least") },
	{ "is empty", N_("is empty") },
	{ "is not empty", N_("is not empty") },
};

static void
add_condition_menu(struct cx *cx, const struct list *list, struct mv page)
{
	struct mv fields = mv_list(cx->mem), comparisons = mv_list(cx->mem);

	for (unsigned i = 0; i < list->object->n_fields; i++) {
		const struct field *f = list->object->fields[i];

		if (is_choosable(cx, list->object, f))
			choice_add(cx, fields, f->name, page_label(cx, f->label), false);
	}
	for (size_t i = 0; i < countof(COMPARISONS); i++)
		choice_add(cx, comparisons, str_of(COMPARISONS[i].key),
			   str_of(tr(cx, COMPARISONS[i].label)), false);
	mv_set(page, S("condition_fields"), fields);
	mv_set(page, S("comparisons"), comparisons);
	mv_set(page, S("condition_hidden"), list_hidden(cx, &list->state, "where"));
	mv_set(page, S("add_hidden"), list_hidden(cx, &list->state, ""));
}

/* ---- all ---- */

static void
menus_fill(struct cx *cx, const void *state, struct mv page)
{
	const struct list *list = state;

	add_heads(cx, list, page);
	add_column_menu(cx, list, page);
	add_group_menu(cx, list, page);
	add_condition_menu(cx, list, page);
	mv_set(page, S("where"), mv_text(list->state.where));
	list_add_presets(cx, list, page);
}

static const struct page_part MENU_PARTS[] = {
	{ MV_NAME("menus_html"), "list-menus.html" },
	{ MV_NAME("head_html"), "list-head.html" },
	{ MV_NAME("presets_html"), "list-presets.html" },
};
static const struct page_parts LIST_MENUS = { MENU_PARTS, countof(MENU_PARTS), menus_fill };

bool
list_add_menus(struct cx *cx, const struct list *list, struct mv page)
{
	const struct str parts[] = { list->is_short ? S("short list") : S("list"), list->name };
	struct buf key = buf_in(cx->mem, KEY_MAX);

	key_add(&key, parts, countof(parts));
	list_state_key(&list->state, &key);
	mv_set(page, S("n_cells"), mv_int((int64_t)list->n_columns + 1));
	mv_set(page, S("find_hidden"), list_hidden(cx, &list->state, "q"));
	mv_set(page, S("q"), mv_text(list->state.q));
	return page_add_parts(cx, page, &LIST_MENUS, buf_done(&key), list);
}
