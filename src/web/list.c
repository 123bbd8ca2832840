#include "record/authz.h"
#include "web/web.h"

enum { PAGE_ROWS = 50 };

enum row_part { ROW_CELLS, ROW_RESTORE_URL, ROW__MAX };
static const struct mv_name row_names[] = {
	[ROW_CELLS] = MV_NAME("cells"),
	[ROW_RESTORE_URL] = MV_NAME("restore_url"),
};
static const struct mv_shape ROW = { row_names, ROW__MAX };

struct list {
	const struct object *object;
	const struct face *face;
	struct str name;
	struct str where, filter, sort, after;
	bool trash;
	struct query query;
	struct sort_key key;
	const struct field **fields;
	size_t n_fields;
	struct str *labels; /* of the fields, in the reader's language */
	struct rows rows;
};

/* ---- the question ---- */

static bool
list_sort(struct cx *cx, struct list *list)
{
	struct str name = list->sort;

	if (!name.n)
		return true;
	list->key.descending = str_starts(name, S("-"));
	if (list->key.descending)
		name = str_from(name, 1);
	list->key.field = field_find(list->object, name);
	if (!list->key.field ||
	    !AUTHZ(PAGE_SORT, can_see_field(cx, list->object, list->key.field)) ||
	    !list->key.field->n_columns || list->key.field->special)
		return fail_field(cx, S("sort"), "unknown", "One cannot sort by %.*s",
				  STR_FMT(name));
	list->query.sort = &list->key;
	list->query.n_sort = 1;
	return true;
}

/* Does the view look only at what the person may see? */
static bool
can_filter(struct cx *cx, const struct object *object, const struct view *view)
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
list_where(struct cx *cx, struct list *list)
{
	struct cond_sight sight = cond_sight_of(cx);
	const struct view *view =
		list->filter.n ? view_find(list->object, S("filter"), list->filter) : NULL;
	const struct cond *own = NULL;

	if (list->filter.n && (!view || !AUTHZ(PAGE_FILTER, can_filter(cx, list->object, view))))
		return fail_field(cx, S("filter"), "unknown", "There is no view named %.*s",
				  STR_FMT(list->filter));
	if (list->where.n &&
	    !cond_parse(cx, cx->mem, cx->model, list->object, list->where, &sight, &own))
		return false;
	list->query.where = cond_and(cx->mem, view ? view->when : NULL, own);
	return true;
}

static struct str *
labels_of(struct cx *cx, const struct field *const *fields, size_t n)
{
	struct str *labels = new_array(cx->mem, n + 1, struct str);

	for (size_t i = 0; i < n; i++)
		labels[i] = page_label(cx, fields[i]->label);
	return labels;
}

static bool
list_read(struct cx *cx, struct request *q, struct list *list)
{
	*list = (struct list){ .where = str_trim(request_query(q, "where")),
			       .filter = request_query(q, "filter"),
			       .sort = request_query(q, "sort"),
			       .after = request_query(q, "after"),
			       .trash = str_eq(request_query(q, "trash"), S("1")) };
	if (!web_object(cx, q, &list->object, &list->face, &list->name))
		return false;
	list->n_fields = fields_of_view(cx, list->object, "list", &list->fields);
	list->labels = labels_of(cx, list->fields, list->n_fields);
	list->query = (struct query){ .object = list->object,
				      .face = list->face,
				      .fields = list->fields,
				      .n_fields = list->n_fields,
				      .limit = PAGE_ROWS,
				      .after = list->after,
				      .total = true,
				      .trash = list->trash };
	return list_sort(cx, list) && list_where(cx, list) &&
	       record_query(cx, &list->query, &list->rows);
}

/* ---- the answer ---- */

static struct str
list_url(struct cx *cx, const struct list *list, struct str sort, struct str after)
{
	struct buf url = buf_in(cx->mem, URL_MAX);

	buf_str(&url, url_of(cx, list->name, 0, ""));
	if (list->filter.n)
		url_add(&url, "filter", list->filter);
	if (list->where.n)
		url_add(&url, "where", list->where);
	if (list->trash)
		url_add(&url, "trash", S("1"));
	if (sort.n)
		url_add(&url, "sort", sort);
	if (after.n)
		url_add(&url, "after", after);
	return buf_done(&url);
}

static struct mv
list_columns(struct cx *cx, const struct list *list)
{
	struct mv columns = mv_list(cx->mem);

	for (size_t i = 0; i < list->n_fields; i++) {
		const struct field *f = list->fields[i];
		struct mv column = mv_map(cx->mem);
		bool is_sorted = list->key.field == f;
		bool down = is_sorted && !list->key.descending;

		mv_set(column, S("label"), mv_text(list->labels[i]));
		mv_set(column, S("is_first"), mv_bool(i == 0));
		if (f->n_columns && !f->special)
			mv_set(column, S("url"),
			       mv_text(list_url(cx, list,
						str_printf(cx->mem, "%s%.*s", down ? "-" : "",
							   STR_FMT(f->name)),
						(struct str){ 0 })));
		mv_set(column, S("is_up"), mv_bool(is_sorted && !list->key.descending));
		mv_set(column, S("is_down"), mv_bool(is_sorted && list->key.descending));
		mv_add(columns, column);
	}
	return columns;
}

static void
list_cells(struct cx *cx, const struct list *list, struct shown *shown, size_t i, struct mv *cells)
{
	for (size_t k = 0; k < list->n_fields; k++) {
		struct mv *cell = cells + k * CELL__MAX;

		shown_value(cx, shown, i, k, cell);
		cell[CELL_LABEL] = mv_text(list->labels[k]);
	}
}

/* The first one leads to the record. */
static void
list_first(struct cx *cx, const struct list *list, int64_t id, struct mv *cell)
{
	cell[CELL_IS_FIRST] = mv_bool(true);
	if (!mv_is_true(&cell[CELL_TEXT]))
		cell[CELL_TEXT] = mv_z(tr(cx, "(without a name)"));
	cell[CELL_URL] = list->trash ? mv_none() : mv_text(url_of(cx, list->name, id, ""));
}

static void
list_row(struct cx *cx, const struct list *list, struct shown *shown, size_t i, struct mv *row)
{
	struct mv *cells = new_array(cx->mem, list->n_fields * CELL__MAX, struct mv);
	int64_t id = shown->rows[i].id;

	list_cells(cx, list, shown, i, cells);
	if (list->n_fields)
		list_first(cx, list, id, cells);
	row[ROW_CELLS] = mv_records(cx->mem, &CELL, cells, list->n_fields);
	if (list->trash)
		row[ROW_RESTORE_URL] = mv_text(url_of(cx, list->name, id, "/restore"));
}

static struct mv
list_filters(struct cx *cx, const struct list *list)
{
	struct mv filters = mv_list(cx->mem);

	for (unsigned i = 0; i < list->object->n_views; i++) {
		const struct view *view = &list->object->views[i];
		struct list other = { .name = list->name, .filter = view->name };
		struct mv filter = mv_map(cx->mem);
		bool is_on = str_eq(view->name, list->filter);

		if (!str_eq(view->kind, S("filter")) || !can_filter(cx, list->object, view))
			continue;
		if (is_on)
			other.filter = (struct str){ 0 };
		mv_set(filter, S("label"), mv_text(page_label(cx, view->label)));
		mv_set(filter, S("url"),
		       mv_text(list_url(cx, &other, (struct str){ 0 }, (struct str){ 0 })));
		mv_set(filter, S("is_on"), mv_bool(is_on));
		mv_add(filters, filter);
	}
	return filters;
}

static struct str
count_text(struct cx *cx, int64_t n)
{
	struct buf number = buf_in(cx->mem, 64);

	fmt_int(&number, cx, n);
	return buf_done(&number);
}

static bool
list_rows(struct cx *cx, const struct list *list, struct mv page)
{
	struct shown shown;
	struct mv *rows = new_array(cx->mem, list->rows.n * ROW__MAX, struct mv);

	if (!shown_prepare(cx, list->rows.v, list->rows.n, list->fields, list->n_fields, &shown))
		return false;
	for (size_t i = 0; i < list->rows.n; i++)
		list_row(cx, list, &shown, i, rows + i * ROW__MAX);
	mv_set(page, S("rows"), mv_records(cx->mem, &ROW, rows, list->rows.n));
	mv_set(page, S("is_empty"), mv_bool(!list->rows.n));
	mv_set(page, S("is_filtered"), mv_bool(list->where.n || list->filter.n));
	mv_set(page, S("total"), mv_text(count_text(cx, list->rows.total)));
	mv_set(page, S("is_one"), mv_bool(list->rows.total == 1));
	if (list->rows.next.n)
		mv_set(page, S("next_url"),
		       mv_text(list_url(cx, list, list->sort, list->rows.next)));
	if (list->after.n)
		mv_set(page, S("first_url"),
		       mv_text(list_url(cx, list, list->sort, (struct str){ 0 })));
	return true;
}

static struct str
list_title(struct cx *cx, const struct list *list)
{
	return page_label(cx, list->face ? list->face->label_many : list->object->label_many);
}

bool
web_list(struct cx *cx, struct request *q, struct reply *r)
{
	struct list list;
	struct str why = { 0 };
	struct mv page;

	if (!list_read(cx, q, &list)) {
		/* A condition that cannot be read is told beside it, over an empty list. */
		if (cx->err.code != E_INPUT || !cx->err.fields)
			return false;
		why = cx->err.fields->why;
		r->status = err_row(E_INPUT)->status;
		fail_clear(cx);
		list.rows = (struct rows){ 0 };
	}
	page = page_new(cx, q, r, list_title(cx, &list));
	mv_set(page, S("where"), mv_text(list.where));
	mv_set(page, S("filter"), mv_text(list.filter));
	mv_set(page, S("why"), mv_text(why));
	mv_set(page, S("columns"), list_columns(cx, &list));
	mv_set(page, S("filters"), list_filters(cx, &list));
	mv_set(page, S("list_url"), mv_text(url_of(cx, list.name, 0, "")));
	mv_set(page, S("trash_url"), mv_text(url_of(cx, list.name, 0, "?trash=1")));
	mv_set(page, S("is_trash"), mv_bool(list.trash));
	if (can_object(cx, list.object, OP_CREATE))
		mv_set(page, S("new_url"), mv_text(url_of(cx, list.name, 0, "/new")));
	mv_set(page, S("can_delete"), mv_bool(can_object(cx, list.object, OP_DELETE)));
	return list_rows(cx, &list, page) && page_write(cx, r, "list.html", page);
}
