#include "web/record.h"

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

/* ---- the page ---- */

struct part {
	struct str label;
	struct field **v;
	size_t n;
	bool is_first;
};

static void
take(struct part *part, const struct field *f, struct fieldset *taken)
{
	if (fieldset_has(taken, f->index))
		return;
	fieldset_add(taken, f->index);
	part->v[part->n++] = (struct field *)(uintptr_t)f;
}

/* What a new record is asked first; then its fields in groups. */
static struct part *
parts_of(struct cx *cx, const struct edit *edit, size_t *n)
{
	const struct object *object = edit->object;
	const struct view *first =
		edit->id ? NULL : view_find(object, S("form"), (struct str){ 0 });
	struct fieldset taken = { 0 };
	struct field_group *groups;
	struct part *parts;
	size_t n_groups;

	groups = field_groups(cx, object, &n_groups);
	parts = new_array(cx->mem, n_groups + 2, struct part);
	for (size_t i = 0; i < n_groups + 1; i++)
		parts[i].v = new_array(cx->mem, object->n_fields + 1, struct field *);
	/* The face that it is made through says what it is. */
	if (edit->face && edit->face->field)
		fieldset_add(&taken, edit->face->field->index);
	parts[0].is_first = true;
	for (unsigned i = 0; first && i < first->n_fields; i++)
		take(&parts[0], first->fields[i], &taken);
	*n = parts[0].n > 0;
	for (size_t i = 0; i < n_groups; i++) {
		parts[*n].label = groups[i].label;
		for (size_t k = 0; k < groups[i].n; k++)
			take(&parts[*n], groups[i].v[k], &taken);
		*n += parts[*n].n > 0;
	}
	return parts;
}

/* Is it among what a new record is asked first? */
static bool
matters(const struct object *object, const struct field *f)
{
	const struct view *first = view_find(object, S("form"), (struct str){ 0 });

	for (unsigned i = 0; first && i < first->n_fields; i++)
		if (first->fields[i] == f)
			return true;
	return false;
}

/* Open: what comes first, what matters or holds something, and what is wrong. */
static bool
is_open(const struct row *row, const struct part *part, const struct mv *controls, size_t at,
	bool is_new)
{
	struct mv control, why;

	if (!at || part->is_first)
		return true;
	for (size_t i = 0; mv_item(controls, i, &control); i++)
		if ((mv_get(&control, S("why"), &why) && mv_is_true(&why)) ||
		    (mv_get(&control, S("is_theirs"), &why) && mv_is_true(&why)))
			return true;
	for (size_t i = 0; !is_new && i < part->n; i++)
		if (row->v[part->v[i]->index].kind != V_NONE || matters(row->object, part->v[i]))
			return true;
	return false;
}

static void
add_errors(struct cx *cx, const struct mv *controls, struct mv errors)
{
	struct mv control, why;

	(void)cx;
	for (size_t i = 0; mv_item(controls, i, &control); i++)
		if (mv_get(&control, S("why"), &why) && mv_is_true(&why))
			mv_add(errors, control);
}

static bool
add_parts(struct cx *cx, const struct edit *edit, const struct row *row,
	  const struct form_state *state, struct mv page)
{
	struct mv list = mv_list(cx->mem), errors = mv_list(cx->mem);
	size_t n;
	struct part *parts = parts_of(cx, edit, &n);

	for (size_t i = 0; i < n; i++) {
		struct mv item = mv_map(cx->mem), controls;

		if (!form_build_some(cx, row, state, parts[i].v, parts[i].n, &controls))
			return false;
		if (!mv_is_true(&controls))
			continue;
		mv_set(item, S("label"), mv_text(parts[i].label));
		mv_set(item, S("is_first"), mv_bool(parts[i].is_first));
		mv_set(item, S("is_open"),
		       mv_bool(is_open(row, &parts[i], &controls, i, !edit->id)));
		mv_set(item, S("controls"), controls);
		add_errors(cx, &controls, errors);
		mv_add(list, item);
	}
	mv_set(page, S("parts"), list);
	mv_set(page, S("errors"), errors);
	return true;
}

static bool
edit_page(struct cx *cx, struct request *q, struct reply *r, const struct edit *edit,
	  const struct row *row, const struct form_state *state)
{
	struct str label = page_label(cx, edit->face ? edit->face->label : edit->object->label);
	struct mv page;

	page = page_new(cx, q, r,
			str_printf(cx->mem, edit->id ? tr(cx, "Edit %.*s") : tr(cx, "New: %.*s"),
				   STR_FMT(label)));
	if (!add_parts(cx, edit, row, state, page))
		return false;
	mv_set(page, S("version"), mv_int(row->version));
	mv_set(page, S("action"),
	       mv_text(url_of(cx, edit->name, edit->id, edit->id ? "/edit" : "/new")));
	mv_set(page, S("back_url"), mv_text(url_of(cx, edit->name, edit->id, "")));
	mv_set(page, S("has_errors"), mv_bool(state->err != NULL));
	mv_set(page, S("why"),
	       mv_text(state->err && !state->err->fields ? state->err->why : (struct str){ 0 }));
	return page_write(cx, r, "edit.html", page);
}

/* ---- for scripts: some controls alone ---- */

static bool
controls_write(struct cx *cx, struct reply *r, const struct row *row, struct field *const *fields,
	       size_t n)
{
	const struct form_state state = { NULL, NULL };
	struct mv page = mv_map(cx->mem), controls;

	if (!form_build_some(cx, row, &state, fields, n, &controls))
		return false;
	mv_set(page, S("controls"), controls);
	return page_write(cx, r, "controls.html", page);
}

/* The control of the field that the address names: "?only=city". */
static bool
one_control(struct cx *cx, const struct request *q, struct reply *r, const struct row *row)
{
	const struct field *f = field_find(row->object, request_query(q, "only"));
	struct field *fields[] = { (struct field *)(uintptr_t)f };

	if (!f || !can_change_field(cx, f))
		return fail(cx, E_MISSING, NULL);
	return controls_write(cx, r, row, fields, 1);
}

/* What one writes down on the page of another record: the first fields, without those that the
 * address gives. */
static bool
first_controls(struct cx *cx, const struct request *q, struct reply *r, const struct edit *edit,
	       const struct row *row)
{
	const struct view *first = view_find(edit->object, S("form"), (struct str){ 0 });
	struct field **fields = new_array(cx->mem, edit->object->n_fields + 1, struct field *);
	size_t n = 0;

	for (unsigned i = 0; first && i < first->n_fields; i++)
		if (!request_has_query(q, first->fields[i]->name.p))
			fields[n++] = first->fields[i];
	return controls_write(cx, r, row, fields, n);
}

/* ---- a new record ---- */

/* "deal:12" */
static void
take_any(struct cx *cx, const struct field *f, struct str text, struct change *c)
{
	const struct object *object = object_find(cx->model, str_cut(&text, ':'), NULL);
	int64_t id;

	if (object && can_object(cx, object, OP_READ) && str_int(text, 1, INT64_MAX, &id))
		change_put(c, f, (struct value){ .kind = V_ANY, .s = object->name, .i = id });
}

/* "2026-11-16", "2026-11-16T09:00" */
static void
take_day(struct cx *cx, const struct field *f, struct str text, struct change *c)
{
	const struct reading how = { .decimal = '.' };
	struct err before = cx->err;
	struct value v;

	if (f->row->parse(cx, f, text, &how, &v))
		change_put(c, f, v);
	else
		cx->err = before;
}

void
form_take_query(struct cx *cx, const struct request *q, struct change *c)
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
		else if (f->type == FT_DATE || f->type == FT_DATETIME)
			take_day(cx, f, text, c);
		else if (f->type == FT_ANY)
			take_any(cx, f, text, c);
	}
}

static void
take_defaults(struct cx *cx, struct change *c)
{
	for (unsigned i = SF__MAX; i < c->object->n_fields; i++)
		if (c->after->v[i].kind == V_NONE)
			change_put(c, c->object->fields[i],
				   field_initial(cx, c->object->fields[i]));
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
	form_take_query(cx, q, c);
	take_defaults(cx, c);
	if (request_has_query(q, "first"))
		return first_controls(cx, q, r, &edit, c->after);
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
	if (request_has_query(q, "only"))
		return one_control(cx, q, r, row);
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

/* ---- moving a card: what is asked before a deal is lost ---- */

/* A script moves a record; `asked`: the person has seen what is asked. */
static bool
is_move(const struct form *form)
{
	return form_has(form, "ask") || form_has(form, "asked");
}

/* The question whose condition the change makes true, or NULL. */
static const struct view *
question_of(const struct cx *cx, const struct change *c)
{
	struct cond_when when = cond_when_of(cx);

	for (unsigned i = 0; c->before && i < c->object->n_views; i++) {
		const struct view *view = &c->object->views[i];

		if (str_eq(view->kind, S("ask")) && cond_test(view->when, &when, NULL, c->after) &&
		    !cond_test(view->when, &when, NULL, c->before))
			return view;
	}
	return NULL;
}

/* What is asked before a move: what the model has a question for, and what its rules miss. */
struct asked {
	struct str label;
	struct field **v;
	size_t n;
	struct err err; /* why the rules refuse, or E_OK */
};

static void
asked_add(struct asked *asked, const struct field *f)
{
	for (size_t i = 0; i < asked->n; i++)
		if (asked->v[i] == f)
			return;
	asked->v[asked->n++] = (struct field *)(uintptr_t)f;
}

/* Is all that is wrong that something is missing, and can this person give it? */
static bool
is_only_missing(const struct cx *cx, const struct change *c)
{
	for (const struct field_err *at = cx->err.fields; at; at = at->next) {
		const struct field *f = field_find(c->object, at->field);

		if (strcmp(at->code, "required") || !f || !can_change_field(cx, f))
			return false;
	}
	return cx->err.code == E_INPUT && cx->err.fields;
}

/* False: nothing is to be asked. */
static bool
questions_of(struct cx *cx, const struct change *c, struct asked *out)
{
	const struct view *question = question_of(cx, c);

	*out = (struct asked){ .err = cx->err };
	if (!question && cx->err.code == E_OK)
		return false;
	out->v = new_array(cx->mem, c->object->n_fields + 1, struct field *);
	out->label = question ? page_label(cx, question->label)
			      : str_of(tr(cx, "What is still missing"));
	for (const struct field_err *at = cx->err.fields; at; at = at->next)
		asked_add(out, field_find(c->object, at->field));
	for (unsigned i = 0; question && i < question->n_fields; i++)
		asked_add(out, question->fields[i]);
	return true;
}

/* The move is not made yet: a form with the question, which makes it. */
static bool
ask(struct cx *cx, struct reply *r, const struct edit *edit, const struct form *form,
    const struct change *c, const struct asked *asked)
{
	const struct form_state state = { NULL, asked->err.code ? &asked->err : NULL };
	struct mv page = mv_map(cx->mem), hidden = mv_list(cx->mem), controls;

	work_abandon(cx);
	fail_clear(cx);
	if (!db_begin_read(cx) ||
	    !form_build_some(cx, c->after, &state, asked->v, asked->n, &controls))
		return false;
	for (size_t i = 0; i < form->n; i++) {
		struct mv item = mv_map(cx->mem);

		if (str_eq(form->v[i].name, S("ask")))
			continue;
		mv_set(item, S("name"), mv_text(form->v[i].name));
		mv_set(item, S("value"), mv_text(form->v[i].value));
		mv_add(hidden, item);
	}
	mv_set(page, S("label"), mv_text(asked->label));
	mv_set(page, S("hidden"), hidden);
	mv_set(page, S("controls"), controls);
	mv_set(page, S("action"), mv_text(url_of(cx, edit->name, edit->id, "/edit")));
	return page_write(cx, r, "ask.html", page);
}

/* It could not be saved: something is asked, the form is shown again, or it fails. */
static bool
save_failed(struct cx *cx, struct request *q, struct reply *r, const struct edit *edit,
	    const struct form *form, const struct change *c)
{
	struct asked asked;

	if (form_has(form, "ask") && is_only_missing(cx, c) && questions_of(cx, c, &asked))
		return ask(cx, r, edit, form, c, &asked);
	if (is_the_writers(cx->err.code) && !is_move(form))
		return edit_again(cx, q, r, edit, form, c);
	work_abandon(cx);
	return false;
}

static bool
save_done(struct cx *cx, struct reply *r, const struct edit *edit, const struct form *form,
	  const struct change *c)
{
	struct buf url = buf_in(cx->mem, URL_MAX);
	int64_t changeset;

	if (!work_commit(cx, &changeset))
		return false;
	if (is_move(form)) {
		r->status = 204;
		reply_changeset(cx, r, changeset);
		return true;
	}
	buf_str(&url, url_of(cx, edit->name, c->id, ""));
	if (changeset)
		url_add(&url, "done", str_printf(cx->mem, "%lld", (long long)changeset));
	reply_redirect(cx, r, buf_done(&url));
	return true;
}

static bool
save(struct cx *cx, struct request *q, struct reply *r, const struct edit *edit)
{
	struct form form;
	struct asked asked;
	struct change *c = NULL;

	if (!request_form(cx, q, &form) || !work_begin(cx, (struct str){ 0 }))
		return false;
	if (!change_open(cx, edit, &form, &c)) {
		work_abandon(cx);
		return false;
	}
	if (!form_read(cx, c, &form) || !record_save(cx, c))
		return save_failed(cx, q, r, edit, &form, c);
	if (form_has(&form, "ask") && questions_of(cx, c, &asked))
		return ask(cx, r, edit, &form, c, &asked);
	return save_done(cx, r, edit, &form, c);
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
