/* Saved views: a list as somebody wants to see it again, and which of them stand in the side bar.
 */
#include "web/list.h"

#include "base/i18n.h"

enum { VIEWS_MAX = 200, FAVOURITES_MAX = 30 };

/* Where the parts of a state are kept. */
static const struct {
	const char *field;
	size_t at;
} KEPT[] = {
	{ "filter", offsetof(struct list_state, filter) },
	{ "condition", offsetof(struct list_state, where) },
	{ "sorting", offsetof(struct list_state, sort) },
	{ "columns", offsetof(struct list_state, columns) },
	{ "grouping", offsetof(struct list_state, group) },
	{ "kind", offsetof(struct list_state, as) },
	{ "lanes", offsetof(struct list_state, lanes) },
};

static const struct object *
views_of(const struct cx *cx)
{
	return object_find(cx->model, S("saved_view"), NULL);
}

static struct str
text_of(const struct row *row, const char *name)
{
	const struct field *f = field_find(row->object, str_of(name));

	return row->v[f->index].kind == V_TEXT ? row->v[f->index].s : (struct str){ 0 };
}

static int64_t
number_of(const struct row *row, const char *name)
{
	return row->v[field_find(row->object, str_of(name))->index].i;
}

bool
view_load(struct cx *cx, struct str name, int64_t id, const struct row **out,
	  struct list_state *state)
{
	struct row *row;

	if (!can_object(cx, views_of(cx), OP_READ))
		return fail(cx, E_MISSING, "There is no such view");
	if (!record_load(cx, views_of(cx), id, &row))
		return false;
	if (!str_eq(text_of(row, "object_name"), name))
		return fail(cx, E_MISSING, "There is no such view");
	for (size_t i = 0; i < countof(KEPT); i++) {
		struct str text = text_of(row, KEPT[i].field);

		memcpy((char *)state + KEPT[i].at, &text, sizeof text);
	}
	if (str_eq(state->as, S("list")))
		state->as = (struct str){ 0 };
	*out = row;
	return true;
}

static struct str
view_url(struct cx *cx, struct str name, int64_t id, const char *tail)
{
	return str_printf(cx->mem, "/%.*s/views/%lld%s", STR_FMT(name), (long long)id, tail);
}

/* What is in the list, without the number of a view: a view is a copy of it. */
static struct mv
state_hidden(struct cx *cx, const struct list *list)
{
	struct list_state state = list->state;

	state.view = 0;
	return list_hidden(cx, &state, "q");
}

struct str
view_name(const struct list *list)
{
	return list->view ? text_of(list->view, "name") : (struct str){ 0 };
}

bool
list_add_view(struct cx *cx, const struct list *list, struct mv page)
{
	struct list_state bare = { 0 };
	struct mv view = mv_map(cx->mem);
	bool may_edit = false;

	mv_set(page, S("views_url"), mv_text(url_of(cx, list->name, 0, "/views")));
	if (list->state.trash || !can_object(cx, views_of(cx), OP_CREATE))
		return true;
	mv_set(page, S("save_hidden"), state_hidden(cx, list));
	mv_set(page, S("can_save"), mv_bool(!list_state_is(&list->state, &bare)));
	if (!list->view)
		return true;
	if (!can_record(cx, OP_EDIT, views_of(cx), list->view->id, &may_edit))
		return false;
	mv_set(view, S("id"), mv_int(list->view->id));
	mv_set(view, S("name"), mv_text(text_of(list->view, "name")));
	mv_set(view, S("is_shared"), mv_bool(number_of(list->view, "shared")));
	mv_set(view, S("is_changed"), mv_bool(list->is_changed));
	mv_set(view, S("may_edit"), mv_bool(may_edit));
	mv_set(view, S("discard_url"),
	       mv_text(str_printf(cx->mem, "/%.*s?view=%lld", STR_FMT(list->name),
				  (long long)list->view->id)));
	mv_set(page, S("view"), view);
	return true;
}

/* ---- asking for views ---- */

static bool
views_query(struct cx *cx, struct str where, int64_t limit, struct rows *out)
{
	const struct object *views = views_of(cx);
	const struct field *fields[] = {
		field_find(views, S("name")),
		field_find(views, S("object_name")),
		field_find(views, S("shared")),
		field_find(views, S("owner")),
	};
	struct query query = {
		.object = views, .fields = fields, .n_fields = countof(fields), .limit = limit
	};

	*out = (struct rows){ 0 };
	return cond_parse(cx, cx->mem, cx->model, views, where, NULL, &query.where) &&
	       record_query(cx, &query, out);
}

static bool
can_pin(struct cx *cx)
{
	return can_object(cx, views_of(cx), OP_READ) &&
	       can_object(cx, object_find(cx->model, S("favourite"), NULL), OP_CREATE);
}

static bool
pinned(struct cx *cx, struct rows *out)
{
	return views_query(cx, S("any(favourites where owner = me)"), FAVOURITES_MAX, out);
}

bool
favourites_of(struct cx *cx, struct mv *out)
{
	struct mv items = mv_list(cx->mem);
	struct rows rows = { 0 };

	if (can_pin(cx) && !pinned(cx, &rows))
		return false;
	for (size_t i = 0; i < rows.n; i++) {
		struct str name = text_of(&rows.v[i], "object_name");
		const struct face *face = NULL;
		const struct object *object = object_find(cx->model, name, &face);
		struct mv item = mv_map(cx->mem);

		if (!object || !can_object(cx, object, OP_READ))
			continue;
		mv_set(item, S("label"), mv_text(text_of(&rows.v[i], "name")));
		mv_set(item, S("icon"), mv_text(icon_of(object, face)));
		mv_set(item, S("url"),
		       mv_text(str_printf(cx->mem, "/%.*s?view=%lld", STR_FMT(name),
					  (long long)rows.v[i].id)));
		mv_add(items, item);
	}
	*out = items;
	return true;
}

/* ---- the page of views ---- */

static bool
is_among(const struct rows *rows, int64_t id)
{
	for (size_t i = 0; i < rows->n; i++)
		if (rows->v[i].id == id)
			return true;
	return false;
}

struct view_page {
	struct str name;
	struct rows rows, pinned;
	struct str *owners;
};

static bool
view_item(struct cx *cx, const struct view_page *views, size_t i, struct mv items)
{
	const struct row *row = &views->rows.v[i];
	struct mv item = mv_map(cx->mem);
	bool may_delete;

	if (!can_record(cx, OP_DELETE, row->object, row->id, &may_delete))
		return false;
	mv_set(item, S("label"), mv_text(text_of(row, "name")));
	mv_set(item, S("url"),
	       mv_text(str_printf(cx->mem, "/%.*s?view=%lld", STR_FMT(views->name),
				  (long long)row->id)));
	mv_set(item, S("is_shared"), mv_bool(number_of(row, "shared")));
	mv_set(item, S("owner"), mv_text(views->owners[i]));
	mv_set(item, S("is_pinned"), mv_bool(is_among(&views->pinned, row->id)));
	mv_set(item, S("pin_url"), mv_text(view_url(cx, views->name, row->id, "/pin")));
	if (may_delete)
		mv_set(item, S("delete_url"),
		       mv_text(view_url(cx, views->name, row->id, "/delete")));
	mv_add(items, item);
	return true;
}

static bool
owners_of(struct cx *cx, struct view_page *views)
{
	const struct field *owner = field_find(views_of(cx), S("owner"));
	int64_t *ids = new_array(cx->mem, views->rows.n + 1, int64_t);

	for (size_t i = 0; i < views->rows.n; i++)
		ids[i] = number_of(&views->rows.v[i], "owner");
	views->owners = new_array(cx->mem, views->rows.n + 1, struct str);
	return record_titles(cx, owner->target, ids, views->rows.n, views->owners);
}

bool
web_views(struct cx *cx, struct request *q, struct reply *r)
{
	struct view_page views = { 0 };
	struct buf where = buf_in(cx->mem, URL_MAX);
	const struct object *object;
	const struct face *face;
	struct mv page, items = mv_list(cx->mem);
	struct str many;

	if (!web_object(cx, q, &object, &face, &views.name))
		return false;
	BUF_LIT(&where, "object_name = ");
	buf_json(&where, views.name);
	if (can_object(cx, views_of(cx), OP_READ) &&
	    (!views_query(cx, buf_done(&where), VIEWS_MAX, &views.rows) ||
	     !pinned(cx, &views.pinned) || !owners_of(cx, &views)))
		return false;
	for (size_t i = 0; i < views.rows.n; i++)
		if (!view_item(cx, &views, i, items))
			return false;
	many = page_label(cx, face ? face->label_many : object->label_many);
	page = page_new(cx, q, r, str_printf(cx->mem, tr(cx, "Views of: %.*s"), STR_FMT(many)));
	mv_set(page, S("views"), items);
	mv_set(page, S("list_url"), mv_text(url_of(cx, views.name, 0, "")));
	mv_set(page, S("kind_many"), mv_text(many));
	return page_write(cx, r, "list-views.html", page);
}

/* ---- writing ---- */

static void
set_text(struct change *c, const char *name, struct str text)
{
	change_set(c, field_find(c->object, str_of(name)), value_text(text));
}

static bool
view_change(struct cx *cx, const struct form *form, struct str name, struct change **out)
{
	struct change *c;
	int64_t id;

	if (!str_int(form_value(form, "id"), 1, INT64_MAX, &id)) {
		c = change_new(cx, views_of(cx), NULL);
		set_text(c, "object_name", name);
	} else if (!change_of(cx, CHANGE_EDIT, views_of(cx), id, &c)) {
		return false;
	} else if (!str_eq(text_of(c->before, "object_name"), name)) {
		return fail(cx, E_MISSING, "There is no such view");
	}
	if (form_has(form, "name")) {
		set_text(c, "name", str_trim(form_value(form, "name")));
		change_set(c, field_find(c->object, S("shared")),
			   value_int(form_has(form, "shared")));
	}
	*out = c;
	return true;
}

/* Back to the list through the view, with the way to undo it. */
static void
reply_view(struct cx *cx, struct reply *r, struct str name, int64_t id, int64_t changeset)
{
	struct buf url = buf_in(cx->mem, URL_MAX);

	buf_str(&url, url_of(cx, name, 0, ""));
	if (id)
		url_add(&url, "view", str_printf(cx->mem, "%lld", (long long)id));
	if (changeset)
		url_add(&url, "done", str_printf(cx->mem, "%lld", (long long)changeset));
	reply_redirect(cx, r, buf_done(&url));
}

static bool
work_ended(struct cx *cx, bool ok, int64_t *changeset)
{
	if (ok && work_commit(cx, changeset))
		return true;
	work_abandon(cx);
	return false;
}

bool
web_view_save(struct cx *cx, struct request *q, struct reply *r)
{
	const struct object *object;
	const struct face *face;
	struct form form;
	struct change *c = NULL;
	struct str name;
	int64_t changeset = 0;
	bool ok;

	if (!web_object(cx, q, &object, &face, &name) || !request_form(cx, q, &form) ||
	    !work_begin(cx, (struct str){ 0 }))
		return false;
	ok = view_change(cx, &form, name, &c);
	for (size_t i = 0; ok && i < countof(KEPT); i++) {
		static const char *const parts[countof(KEPT)] = { "filter",  "where", "sort",
								  "columns", "group", "as",
								  "lanes" };
		struct str text = str_trim(form_value(&form, parts[i]));
		bool is_kind = KEPT[i].at == offsetof(struct list_state, as);

		set_text(c, KEPT[i].field, is_kind && !text.n ? S("list") : text);
	}
	if (!work_ended(cx, ok && record_save(cx, c), &changeset))
		return false;
	reply_view(cx, r, name, c->id, changeset);
	return true;
}

/* The favourite that the actor has of a view, or 0. */
static bool
favourite_find(struct cx *cx, int64_t view, int64_t *out)
{
	const struct object *favourites = object_find(cx->model, S("favourite"), NULL);
	const struct field *fields[] = { field_find(favourites, S("view")) };
	struct query query = { .object = favourites, .fields = fields, .n_fields = 1, .limit = 1 };
	struct rows rows;

	if (!cond_parse(cx, cx->mem, cx->model, favourites,
			str_printf(cx->mem, "owner = me and view = %lld", (long long)view), NULL,
			&query.where) ||
	    !record_query(cx, &query, &rows))
		return false;
	*out = rows.n ? rows.v[0].id : 0;
	return true;
}

static bool
pin(struct cx *cx, int64_t view)
{
	const struct object *favourites = object_find(cx->model, S("favourite"), NULL);
	struct change *c;
	int64_t id;

	if (!favourite_find(cx, view, &id))
		return false;
	if (id)
		return change_of(cx, CHANGE_DELETE, favourites, id, &c) && record_save(cx, c);
	c = change_new(cx, favourites, NULL);
	change_set(c, field_find(favourites, S("view")), value_int(view));
	return record_save(cx, c);
}

bool
web_view_pin(struct cx *cx, struct request *q, struct reply *r)
{
	struct list_state state;
	const struct object *object;
	const struct face *face;
	const struct row *view;
	struct str name;
	int64_t id;

	if (!web_object(cx, q, &object, &face, &name) || !request_param_int(cx, q, "id", &id) ||
	    !work_begin(cx, (struct str){ 0 }))
		return false;
	if (!work_ended(cx, view_load(cx, name, id, &view, &state) && pin(cx, id), NULL))
		return false;
	reply_view(cx, r, name, id, 0);
	return true;
}

bool
web_view_delete(struct cx *cx, struct request *q, struct reply *r)
{
	const struct object *object;
	const struct face *face;
	struct change *c;
	struct str name;
	int64_t id, changeset = 0;

	if (!web_object(cx, q, &object, &face, &name) || !request_param_int(cx, q, "id", &id) ||
	    !work_begin(cx, (struct str){ 0 }))
		return false;
	if (!work_ended(cx,
			change_of(cx, CHANGE_DELETE, views_of(cx), id, &c) && record_save(cx, c),
			&changeset))
		return false;
	reply_view(cx, r, name, 0, changeset);
	return true;
}
