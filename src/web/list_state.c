/* What the address of a list says. */
#include "web/list.h"

#include "base/i18n.h"
#include "record/authz.h"

enum { SHORT_ROWS = 20000, WIDTH_MIN = 40, WIDTH_MAX = 1200 };

/* ---- what may be shown and sorted ---- */

bool
list_can_show(const struct cx *cx, const struct object *object, const struct field *f)
{
	return AUTHZ(PAGE_COLUMN, can_see_field(cx, object, f)) && !f->special &&
	       f->index != SF_VERSION && f->index != SF_DELETED_AT;
}

bool
list_can_sort(const struct cx *cx, const struct object *object, const struct field *f)
{
	return f->n_columns && !f->special && AUTHZ(PAGE_SORT, can_see_field(cx, object, f)) &&
	       f->type != FT_ANY && f->type != FT_LONGTEXT && f->type != FT_RICHTEXT;
}

bool
list_offers_sort(const struct cx *cx, const struct list *list, const struct field *f)
{
	return list_can_sort(cx, list->object, f) && (list->is_short || field_is_ordered(f));
}

/* ---- addresses ---- */

static const struct {
	const char *name;
	size_t at;
} PARTS[] = {
	{ "filter", offsetof(struct list_state, filter) },
	{ "where", offsetof(struct list_state, where) },
	{ "q", offsetof(struct list_state, q) },
	{ "sort", offsetof(struct list_state, sort) },
	{ "columns", offsetof(struct list_state, columns) },
	{ "group", offsetof(struct list_state, group) },
	{ "open", offsetof(struct list_state, open) },
	{ "as", offsetof(struct list_state, as) },
	{ "lanes", offsetof(struct list_state, lanes) },
	{ "span", offsetof(struct list_state, span) },
};

/* Which groups are open and which month is shown is not part of what a view keeps. */
static bool
is_passing(size_t part)
{
	return PARTS[part].at == offsetof(struct list_state, open) ||
	       PARTS[part].at == offsetof(struct list_state, span);
}

static struct str
part_of(const struct list_state *state, size_t i)
{
	struct str part;

	memcpy(&part, (const char *)state + PARTS[i].at, sizeof part);
	return part;
}

static void
part_set(struct list_state *state, size_t i, struct str value)
{
	memcpy((char *)state + PARTS[i].at, &value, sizeof value);
}

static struct str
view_text(struct cx *cx, const struct list_state *state)
{
	return str_printf(cx->mem, "%lld", (long long)state->view);
}

/* Beside a view, an address that says nothing would mean the view itself. */
static bool
is_any_said(const struct list_state *state)
{
	for (size_t i = 0; i < countof(PARTS); i++)
		if (part_of(state, i).n && !is_passing(i))
			return true;
	return state->trash;
}

struct str
list_query(struct cx *cx, const struct list_state *state)
{
	struct buf url = buf_in(cx->mem, URL_MAX);

	if (state->view)
		url_add(&url, "view", view_text(cx, state));
	for (size_t i = 0; i < countof(PARTS); i++)
		if (part_of(state, i).n)
			url_add(&url, PARTS[i].name, part_of(state, i));
	if (state->trash)
		url_add(&url, "trash", S("1"));
	if (state->view && !is_any_said(state))
		url_add(&url, "where", (struct str){ 0 });
	return buf_done(&url);
}

struct str
list_url_at(struct cx *cx, const struct list *list, const struct list_state *state,
	    const char *tail)
{
	struct buf url = buf_in(cx->mem, URL_MAX);

	buf_str(&url, url_of(cx, list->name, 0, tail));
	buf_str(&url, list_query(cx, state));
	return buf_done(&url);
}

struct str
list_url(struct cx *cx, const struct list *list, const struct list_state *state)
{
	return list_url_at(cx, list, state, "");
}

void
list_state_and(struct cx *cx, struct list_state *state, struct str clause)
{
	state->where = state->where.n ? str_printf(cx->mem, "(%.*s) and %.*s",
						   STR_FMT(state->where), STR_FMT(clause))
				      : clause;
}

struct str
list_number(struct cx *cx, int64_t n)
{
	struct buf text = buf_in(cx->mem, 64);

	fmt_int(&text, cx, n);
	return buf_done(&text);
}

void
list_state_key(const struct list_state *state, struct buf *key)
{
	for (size_t i = 0; i < countof(PARTS); i++) {
		struct str part = part_of(state, i);

		key_add(key, &part, 1);
	}
	buf_int(key, state->view);
	buf_char(key, state->trash ? 't' : ' ');
}

bool
list_state_is(const struct list_state *a, const struct list_state *b)
{
	for (size_t i = 0; i < countof(PARTS); i++)
		if (!is_passing(i) && !str_eq(part_of(a, i), part_of(b, i)))
			return false;
	return a->trash == b->trash;
}

static void
hidden_add(struct cx *cx, struct mv list, const char *name, struct str value)
{
	struct mv item = mv_map(cx->mem);

	mv_set(item, S("name"), mv_z(name));
	mv_set(item, S("value"), mv_text(value));
	mv_add(list, item);
}

struct mv
list_hidden(struct cx *cx, const struct list_state *state, const char *without)
{
	struct mv list = mv_list(cx->mem);

	if (state->view)
		hidden_add(cx, list, "view", view_text(cx, state));
	for (size_t i = 0; i < countof(PARTS); i++)
		if (part_of(state, i).n && !str_eq_z(str_of(PARTS[i].name), without))
			hidden_add(cx, list, PARTS[i].name, part_of(state, i));
	if (state->trash)
		hidden_add(cx, list, "trash", S("1"));
	return list;
}

/* ---- columns ---- */

static struct list_column *
column_add(struct cx *cx, struct list *list, const struct field *link, const struct field *f)
{
	struct list_column *column = &list->columns[list->n_columns++];
	struct str label = page_label(cx, f->label);

	*column = (struct list_column){ .name = f->name, .label = label, .link = link, .field = f };
	if (link) {
		column->name =
			str_printf(cx->mem, "%.*s.%.*s", STR_FMT(link->name), STR_FMT(f->name));
		column->label = str_printf(cx->mem, "%.*s: %.*s",
					   STR_FMT(page_label(cx, link->label)), STR_FMT(label));
	}
	return column;
}

/* A field of the object, or of the record that a link leads to: "party.city". */
static bool
column_find(struct cx *cx, const struct object *object, struct str path, const struct field **link,
	    const struct field **out)
{
	struct str first = str_cut(&path, '.');
	const struct field *f = field_find(object, first);

	*link = NULL;
	if (f && path.n) {
		if (f->type != FT_ONE || !list_can_show(cx, object, f))
			return false;
		*link = f;
		object = f->target;
		f = field_find(object, path);
		if (f && (f->type == FT_MANY || f->type == FT_ANY || f->type == FT_ROLLUP))
			return false;
	}
	if (!f || !list_can_show(cx, object, f))
		return false;
	*out = f;
	return true;
}

static bool
columns_named(struct cx *cx, struct list *list)
{
	struct str rest = list->state.columns;

	while (rest.n) {
		struct str width = str_trim(str_cut(&rest, ',')), path = str_cut(&width, ':');
		const struct field *link, *f;
		struct list_column *column;

		if (!column_find(cx, list->object, path, &link, &f))
			return fail_field(cx, S("columns"), "unknown",
					  "There is no column named %.*s", STR_FMT(path));
		if (list->n_columns == LIST_COLUMNS_MAX)
			return fail_field(cx, S("columns"), "range",
					  "A list may have %d columns at most", LIST_COLUMNS_MAX);
		column = column_add(cx, list, link, f);
		if (width.n && !str_int(width, WIDTH_MIN, WIDTH_MAX, &column->width))
			return fail_field(cx, S("columns"), "range",
					  "A column may be %d to %d points wide", WIDTH_MIN,
					  WIDTH_MAX);
	}
	return true;
}

/* A list of people need not say of each row that it is a person. */
static void
columns_usual(struct cx *cx, struct list *list)
{
	const struct field **fields;
	const char *kind = list_is_board(list)      ? "board"
			   : list_is_calendar(list) ? "calendar"
						    : "list";
	const struct field *by = list_is_board(list)      ? board_field(cx, list)
				 : list_is_calendar(list) ? calendar_field(cx, list)
							  : NULL;
	const struct field *end = list_is_calendar(list) ? calendar_end(cx, list) : NULL;
	size_t n = fields_of_view(
		cx, list->object,
		view_find(list->object, str_of(kind), (struct str){ 0 }) ? kind : "list", &fields);

	/* Neither need a card say in which lane it is. */
	for (size_t i = 0; i < n && list->n_columns < LIST_COLUMNS_MAX; i++)
		if ((!list->face || fields[i] != list->face->field) && fields[i] != by &&
		    fields[i] != end)
			column_add(cx, list, NULL, fields[i]);
}

/* Fields to load: those of the columns, and the links that columns go through. */
static void
fields_pick(struct cx *cx, struct list *list)
{
	struct fieldset have = { 0 };

	list->fields = new_array(cx->mem, list->n_columns + 2, const struct field *);
	list->n_fields = 0;
	for (size_t i = 0; i < list->n_columns; i++) {
		const struct list_column *column = &list->columns[i];
		const struct field *f = column->link ? column->link : column->field;

		if (fieldset_has(&have, f->index))
			continue;
		fieldset_add(&have, f->index);
		list->fields[list->n_fields++] = f;
	}
	if (!list->n_fields)
		list->fields[list->n_fields++] = list->object->fields[SF_ID];
	/* A board tells what has been quiet for long, a calendar when something is. */
	if (list_is_board(list) && !fieldset_has(&have, SF_CHANGED_AT))
		list->fields[list->n_fields++] = list->object->fields[SF_CHANGED_AT];
	if (list_is_calendar(list) && calendar_field(cx, list) &&
	    !fieldset_has(&have, calendar_field(cx, list)->index))
		list->fields[list->n_fields++] = calendar_field(cx, list);
}

static bool
columns_read(struct cx *cx, struct list *list)
{
	bool ok;

	list->columns = new_array(cx->mem, LIST_COLUMNS_MAX, struct list_column);
	ok = columns_named(cx, list);
	if (!ok)
		list->n_columns = 0;
	if (!list->n_columns)
		columns_usual(cx, list);
	fields_pick(cx, list);
	return ok;
}

/* ---- the order ---- */

static bool
sort_read(struct cx *cx, struct list *list)
{
	struct str rest = list->state.sort;

	while (rest.n) {
		struct str name = str_trim(str_cut(&rest, ','));
		bool descending = str_starts(name, S("-"));
		const struct field *f;

		if (descending)
			name = str_from(name, 1);
		f = field_find(list->object, name);
		if (!f || !list_can_sort(cx, list->object, f))
			return fail_field(cx, S("sort"), "unknown", "One cannot sort by %.*s",
					  STR_FMT(name));
		if (list->query.n_sort == SORT_MAX)
			return fail_field(cx, S("sort"), "range", "Sort by at most %d fields",
					  SORT_MAX);
		list->sort[list->query.n_sort++] = (struct sort_key){ f, descending };
	}
	return true;
}

/* ---- the question ---- */

bool
list_can_filter(struct cx *cx, const struct object *object, const struct view *view)
{
	struct cond_sight sight = cond_sight_of(cx);
	struct buf text = buf_in(cx->mem, COND_TEXT_MAX);
	const struct cond *parsed;
	struct err before = cx->err;
	bool ok;

	if (!view->when || cx->actor->is_admin)
		return true;
	cond_print(view->when, &text);
	ok = cond_parse(cx, cx->mem, cx->model, object, buf_done(&text), &sight, &parsed);
	if (!ok)
		cx->err = before;
	return ok;
}

static bool
filter_read(struct cx *cx, struct list *list)
{
	const struct view *view = NULL;

	if (!list->state.filter.n)
		return true;
	view = view_find(list->object, S("filter"), list->state.filter);
	if (!view || !AUTHZ(PAGE_FILTER, list_can_filter(cx, list->object, view)))
		return fail_field(cx, S("filter"), "unknown", "There is no view named %.*s",
				  STR_FMT(list->state.filter));
	list->preset = view;
	return true;
}

static bool
where_read(struct cx *cx, struct list *list)
{
	struct cond_sight sight = cond_sight_of(cx);

	if (list->state.where.n && !cond_parse(cx, cx->mem, cx->model, list->object,
					       list->state.where, &sight, &list->own))
		return false;
	if (!filter_read(cx, list) || !list_words(cx, list))
		return false;
	list->query.where = cond_and(
		cx->mem, cond_and(cx->mem, list->preset ? list->preset->when : NULL, list->own),
		list->words);
	return true;
}

/* ---- all of it ---- */

/* The form of the menu sends each column by itself. */
static struct str
columns_ticked(struct cx *cx, const struct request *q)
{
	struct buf text = buf_in(cx->mem, URL_MAX);

	for (size_t i = 0; i < q->query.n; i++) {
		if (!str_eq(q->query.v[i].name, S("column")))
			continue;
		if (text.n)
			buf_char(&text, ',');
		buf_str(&text, q->query.v[i].value);
	}
	return buf_done(&text);
}

static void
state_read(struct cx *cx, const struct request *q, struct list_state *state)
{
	for (size_t i = 0; i < countof(PARTS); i++)
		part_set(state, i, str_trim(request_query(q, PARTS[i].name)));
	state->trash = str_eq(request_query(q, "trash"), S("1"));
	if (request_has_query(q, "column"))
		state->columns = columns_ticked(cx, q);
	if (!str_int(request_query(q, "view"), 1, INT64_MAX, &state->view))
		state->view = 0;
}

/* The view says what the address does not: one that says anything says all. */
static bool
view_read(struct cx *cx, const struct request *q, struct list *list)
{
	struct list_state saved = { 0 };
	bool is_said = list->state.trash || request_has_query(q, "column");

	if (!list->state.view)
		return true;
	if (!view_load(cx, list->name, list->state.view, &list->view, &saved))
		return false;
	for (size_t i = 0; i < countof(PARTS); i++)
		is_said |= !is_passing(i) && request_has_query(q, PARTS[i].name);
	saved.view = list->state.view;
	saved.open = list->state.open;
	saved.span = list->state.span;
	if (!is_said)
		list->state = saved;
	list->is_changed = !list_state_is(&list->state, &saved);
	return true;
}

bool
list_open(struct cx *cx, struct request *q, struct list *list)
{
	int64_t about;
	bool ok;

	*list = (struct list){ 0 };
	if (!web_object(cx, q, &list->object, &list->face, &list->name) ||
	    !record_about(cx, list->object, &about))
		return false;
	list->is_short = about <= SHORT_ROWS;
	state_read(cx, q, &list->state);
	if (!view_read(cx, q, list))
		return false;
	ok = columns_read(cx, list);
	list->query = (struct query){ .object = list->object,
				      .face = list->face,
				      .fields = list->fields,
				      .n_fields = list->n_fields,
				      .sort = list->sort,
				      .limit = LIST_ROWS,
				      .after = request_query(q, "after"),
				      .total = true,
				      .trash = list->state.trash };
	return ok && sort_read(cx, list) && where_read(cx, list);
}
