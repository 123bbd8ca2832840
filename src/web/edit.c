#include "web/web.h"

#include "db/db.h"
#include "record/authz.h"

struct edit {
	const struct object *object;
	const struct face *face;
	struct str name; /* of the object or face in the address */
	int64_t id;      /* 0: a new one */
};

static bool
edit_open(struct cx *cx, struct request *q, bool is_new, struct edit *out)
{
	*out = (struct edit){ 0 };
	if (!web_object(cx, q, &out->object, &out->face, &out->name))
		return false;
	return is_new || request_param_int(cx, q, "id", &out->id);
}

static bool
edit_page(struct cx *cx, struct request *q, struct reply *r, const struct edit *edit,
	  const struct row *row, const struct form_state *state)
{
	struct str label = page_label(cx, edit->face ? edit->face->label : edit->object->label);
	struct mv page, controls;

	page = page_new(cx, q, r,
			str_printf(cx->mem, edit->id ? tr(cx, "Edit %.*s") : tr(cx, "New: %.*s"),
				   STR_FMT(label)));
	if (!form_build(cx, row, state, &controls))
		return false;
	mv_set(page, S("controls"), controls);
	mv_set(page, S("version"), mv_int(row->version));
	mv_set(page, S("action"),
	       mv_text(url_of(cx, edit->name, edit->id, edit->id ? "/edit" : "/new")));
	mv_set(page, S("back_url"), mv_text(url_of(cx, edit->name, edit->id, "")));
	mv_set(page, S("has_errors"), mv_bool(state->err != NULL));
	mv_set(page, S("why"),
	       mv_text(state->err && !state->err->fields ? state->err->why : (struct str){ 0 }));
	return page_write(cx, r, "edit.html", page);
}

/* "deal:12" */
static void
take_any(struct cx *cx, const struct field *f, struct str text, struct change *c)
{
	const struct object *object = object_find(cx->model, str_cut(&text, ':'), NULL);
	int64_t id;

	if (object && can_object(cx, object, OP_READ) && str_int(text, 1, INT64_MAX, &id))
		change_put(c, f, (struct value){ .kind = V_ANY, .s = object->name, .i = id });
}

/* Links and options may be given in the address: "a new call of this party". */
static void
take_query(struct cx *cx, const struct request *q, struct change *c)
{
	for (size_t i = 0; i < q->query.n; i++) {
		const struct field *f = field_find(c->object, q->query.v[i].name);
		struct str text = q->query.v[i].value;
		int64_t id;

		if (!f || !can_change_field(cx, f))
			continue;
		if (f->type == FT_ONE && str_int(text, 1, INT64_MAX, &id))
			change_put(c, f, value_int(id));
		else if (f->type == FT_ENUM && option_find(f, text))
			change_put(c, f, value_text(text));
		else if (f->type == FT_ANY)
			take_any(cx, f, text, c);
	}
}

static void
take_defaults(struct change *c)
{
	for (unsigned i = SF__MAX; i < c->object->n_fields; i++)
		if (c->after->v[i].kind == V_NONE)
			change_put(c, c->object->fields[i], c->object->fields[i]->initial);
}

bool
web_new(struct cx *cx, struct request *q, struct reply *r)
{
	struct form_state state = { 0 };
	struct change *c;
	struct edit edit;

	if (!edit_open(cx, q, true, &edit))
		return false;
	if (!AUTHZ(PAGE_NEW, can_object(cx, edit.object, OP_CREATE)))
		return fail(cx, E_FORBIDDEN, "You may not make such a record");
	c = change_new(cx, edit.object, edit.face);
	take_query(cx, q, c);
	take_defaults(c);
	return edit_page(cx, q, r, &edit, c->after, &state);
}

bool
web_edit(struct cx *cx, struct request *q, struct reply *r)
{
	struct form_state state = { 0 };
	struct edit edit;
	struct row *row;
	bool may;

	if (!edit_open(cx, q, false, &edit) || !record_load(cx, edit.object, edit.id, &row) ||
	    !can_record(cx, OP_EDIT, edit.object, edit.id, &may))
		return false;
	if (!AUTHZ(PAGE_EDIT, may))
		return fail(cx, E_FORBIDDEN, "You may not change this record");
	return edit_page(cx, q, r, &edit, row, &state);
}

static bool
change_open(struct cx *cx, const struct edit *edit, const struct form *form, struct change **out)
{
	if (!edit->id) {
		*out = change_new(cx, edit->object, edit->face);
		return true;
	}
	if (!change_of(cx, CHANGE_EDIT, edit->object, edit->id, out))
		return false;
	if (!str_int(form_value(form, "version"), 1, INT64_MAX, &(*out)->if_version))
		(*out)->if_version = 0;
	return true;
}

/* The form again, with what was typed and what is wrong.  After a conflict it goes on from the
 * newer version, which the reader is told. */
static bool
edit_again(struct cx *cx, struct request *q, struct reply *r, const struct edit *edit,
	   const struct form *form, const struct change *c)
{
	struct err err = cx->err;
	struct form_state state = { form, &err };
	const struct row *row = c->before ? c->before : c->after;

	if (!err.why.n && !err.fields)
		err.why = str_of(tr(cx, err_row(err.code)->text));
	r->status = err_row(err.code)->status;
	work_abandon(cx);
	fail_clear(cx);
	return db_begin_read(cx) && edit_page(cx, q, r, edit, row, &state);
}

static bool
is_the_writers(enum err_code code)
{
	return code == E_INPUT || code == E_STALE || code == E_FORBIDDEN;
}

static bool
save(struct cx *cx, struct request *q, struct reply *r, const struct edit *edit)
{
	struct form form;
	struct buf url = buf_in(cx->mem, URL_MAX);
	struct change *c = NULL;
	int64_t changeset;

	if (!request_form(cx, q, &form) || !work_begin(cx, (struct str){ 0 }))
		return false;
	if (!change_open(cx, edit, &form, &c)) {
		work_abandon(cx);
		return false;
	}
	if (!form_read(cx, c, &form) || !record_save(cx, c)) {
		if (is_the_writers(cx->err.code))
			return edit_again(cx, q, r, edit, &form, c);
		work_abandon(cx);
		return false;
	}
	if (!work_commit(cx, &changeset))
		return false;
	buf_str(&url, url_of(cx, edit->name, c->id, ""));
	if (changeset)
		url_add(&url, "done", str_printf(cx->mem, "%lld", (long long)changeset));
	reply_redirect(cx, r, buf_done(&url));
	return true;
}

bool
web_create(struct cx *cx, struct request *q, struct reply *r)
{
	struct edit edit;

	return edit_open(cx, q, true, &edit) && save(cx, q, r, &edit);
}

bool
web_save(struct cx *cx, struct request *q, struct reply *r)
{
	struct edit edit;

	return edit_open(cx, q, false, &edit) && save(cx, q, r, &edit);
}
