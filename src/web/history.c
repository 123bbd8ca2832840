#include "web/web.h"

#include "db/db.h"

#include "base/clock.h"

enum { HISTORY_ROWS = 100 };

static const char *const OPERATIONS[] = {
	[CHANGE_CREATE] = N_("Created"),
	[CHANGE_EDIT] = N_("Changed"),
	[CHANGE_DELETE] = N_("Moved to the trash"),
	[CHANGE_RESTORE] = N_("Restored"),
	[CHANGE_ERASE] = N_("Erased"),
};

static struct str
value_text_of(struct cx *cx, const struct field *f, const struct value *v)
{
	if (f->type == FT_ONE && v->kind == V_INT) {
		struct str title;

		if (record_titles(cx, f->target, &v->i, 1, &title) && title.n)
			return title;
		fail_clear(cx);
	}
	return value_print(cx, f, v);
}

static struct mv
change_fields(struct cx *cx, const struct change_row *row)
{
	struct mv fields = mv_list(cx->mem);

	for (size_t i = 0; i < row->n; i++) {
		const struct field_change *at = &row->v[i];
		struct mv field = mv_map(cx->mem);

		mv_set(field, S("label"), mv_text(page_label(cx, at->field->label)));
		mv_set(field, S("old"), mv_text(value_text_of(cx, at->field, &at->old)));
		mv_set(field, S("new"), mv_text(value_text_of(cx, at->field, &at->new_value)));
		mv_add(fields, field);
	}
	return fields;
}

static struct mv
change_item(struct cx *cx, const struct change_row *row)
{
	struct mv item = mv_map(cx->mem);
	struct buf at = buf_in(cx->mem, 64), machine = buf_in(cx->mem, 64);

	fmt_datetime(&at, cx, row->at);
	moment_print(&machine, row->at);
	mv_set(item, S("at"), mv_text(buf_done(&at)));
	mv_set(item, S("machine_at"), mv_text(buf_done(&machine)));
	mv_set(item, S("actor"), mv_text(row->actor.n ? row->actor : S("Kontor")));
	mv_set(item, S("operation"), mv_z(tr(cx, OPERATIONS[row->op])));
	mv_set(item, S("door"), mv_text(row->door));
	mv_set(item, S("why"), mv_text(row->why));
	mv_set(item, S("is_erased"), mv_bool(row->erased));
	mv_set(item, S("is_undone"), mv_bool(row->undone_by != 0));
	mv_set(item, S("fields"), change_fields(cx, row));
	if (!row->undone_by && !row->erased && row->op != CHANGE_ERASE)
		mv_set(item, S("undo_url"),
		       mv_text(url_of(cx, S("changesets"), row->changeset, "/undo")));
	return item;
}

bool
web_history(struct cx *cx, struct request *q, struct reply *r)
{
	const struct object *object;
	const struct face *face;
	struct change_rows rows;
	struct str name;
	struct mv page, items = mv_list(cx->mem);
	int64_t id;

	if (!web_object(cx, q, &object, &face, &name) || !request_param_int(cx, q, "id", &id) ||
	    !log_of_record(cx, object, id, HISTORY_ROWS, &rows))
		return false;
	page = page_new(cx, q, r, str_of(tr(cx, "History")));
	for (size_t i = 0; i < rows.n; i++)
		mv_add(items, change_item(cx, &rows.v[i]));
	mv_set(page, S("changes"), items);
	mv_set(page, S("back_url"), mv_text(url_of(cx, name, id, "")));
	return page_write(cx, r, "history.html", page);
}

/* ---- undo ---- */

static bool
conflict_page(struct cx *cx, struct request *q, struct reply *r, const struct conflicts *conflicts)
{
	struct mv page, items = mv_list(cx->mem);

	work_abandon(cx);
	fail_clear(cx);
	if (!db_begin_read(cx))
		return false;
	page = page_new(cx, q, r, str_of(tr(cx, "This cannot be undone as a whole")));
	for (size_t i = 0; i < conflicts->n; i++) {
		const struct conflict *at = &conflicts->v[i];
		const struct field *f = at->field.n ? field_find(at->object, at->field) : NULL;
		struct mv item = mv_map(cx->mem);
		struct str title;

		if (!record_titles(cx, at->object, &at->record, 1, &title))
			return false;
		mv_set(item, S("text"), mv_text(title));
		mv_set(item, S("url"), mv_text(url_of(cx, at->object->name, at->record, "")));
		mv_set(item, S("field"), mv_text(f ? page_label(cx, f->label) : (struct str){ 0 }));
		mv_add(items, item);
	}
	mv_set(page, S("conflicts"), items);
	mv_set(page, S("action"), mv_text(q->target));
	r->status = err_row(E_CONFLICT)->status;
	return page_write(cx, r, "conflict.html", page);
}

/* Back to where the person was: the address that the form came with, without its message. */
static struct str
way_back(const struct form *form)
{
	struct str to = form_value(form, "to");
	struct str path = str_cut(&to, '?');

	return path.n > 1 && path.p[0] == '/' && path.p[1] != '/' && path.p[1] != '\\' ? path
										       : S("/");
}

/* To its list where the record is gone now: its making was undone. */
static bool
place_left(struct cx *cx, struct str path, struct str *out)
{
	struct str rest = str_from(path, 1), name = str_cut(&rest, '/');
	const struct object *object = object_find(cx->model, name, NULL);
	const struct face *face;
	struct query query = { .limit = 1 };
	int64_t id, n;

	*out = path;
	if (!object)
		object = object_find(cx->model, name, &face);
	if (!object || !str_int(str_cut(&rest, '/'), 1, INT64_MAX, &id))
		return true;
	query.object = object;
	if (!cond_parse(cx, cx->mem, cx->model, object,
			str_printf(cx->mem, "id = %lld", (long long)id), NULL, &query.where) ||
	    !db_begin_read(cx) || !record_count(cx, &query, &n))
		return false;
	if (!n)
		*out = url_of(cx, name, 0, "");
	return true;
}

bool
web_undo(struct cx *cx, struct request *q, struct reply *r)
{
	struct conflicts conflicts = { 0 };
	struct form form;
	struct str to;
	int64_t id;

	if (!request_form(cx, q, &form) || !request_param_int(cx, q, "id", &id) ||
	    !work_begin(cx, S("undo")))
		return false;
	if (!changeset_undo(cx, id, str_eq(form_value(&form, "force"), S("1")), &conflicts)) {
		if (cx->err.code == E_CONFLICT && conflicts.n)
			return conflict_page(cx, q, r, &conflicts);
		work_abandon(cx);
		return false;
	}
	if (!work_commit(cx, NULL) || !place_left(cx, way_back(&form), &to))
		return false;
	reply_redirect(cx, r, to);
	return true;
}
