#include "web/record.h"

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

struct history {
	const struct object *object;
	const struct face *face;
	struct str name;
	int64_t id, at; /* at: the moment that is shown */
	struct change_rows changes;
	struct row *then, *now; /* NULL: it did not exist, or is in the trash */
	bool may_edit;
	struct names names;
};

/* ---- reading ---- */

static void
want_row(struct cx *cx, struct history *h, const struct row *row)
{
	for (unsigned i = SF__MAX; row && i < row->object->n_fields; i++)
		if (fieldset_has(&row->has, i))
			names_want_value(cx, &h->names, row->object->fields[i], &row->v[i]);
}

static void
want_changes(struct cx *cx, struct history *h)
{
	for (size_t i = 0; i < h->changes.n; i++)
		for (size_t k = 0; k < h->changes.v[i].n; k++) {
			const struct field_change *at = &h->changes.v[i].v[k];

			names_want_value(cx, &h->names, at->field, &at->old);
			names_want_value(cx, &h->names, at->field, &at->new_value);
		}
}

/* What is not there (any more, or yet) is shown as such. */
static bool
missing(struct cx *cx, struct row **row)
{
	*row = NULL;
	if (cx->err.code != E_MISSING)
		return false;
	fail_clear(cx);
	return true;
}

static bool
history_read(struct cx *cx, struct request *q, struct history *h)
{
	*h = (struct history){ 0 };
	if (!web_object(cx, q, &h->object, &h->face, &h->name) ||
	    !request_param_int(cx, q, "id", &h->id) ||
	    !log_of_record(cx, h->object, h->id, HISTORY_ROWS, &h->changes) ||
	    !can_record(cx, OP_EDIT, h->object, h->id, &h->may_edit))
		return false;
	h->at = h->changes.n ? h->changes.v[0].at : cx->now;
	if (!request_query_int(cx, q, "at", (struct request_range){ 0, INT64_MAX, h->at }, &h->at))
		return false;
	if (!record_load(cx, h->object, h->id, &h->now) && !missing(cx, &h->now))
		return false;
	if (!record_load_as_of(cx, h->object, h->id, h->at, &h->then) && !missing(cx, &h->then))
		return false;
	want_row(cx, h, h->then);
	want_row(cx, h, h->now);
	want_changes(cx, h);
	return names_read(cx, &h->names);
}

/* ---- the changes ---- */

static struct mv
change_fields(struct cx *cx, const struct history *h, const struct change_row *row)
{
	struct mv fields = mv_list(cx->mem);

	for (size_t i = 0; i < row->n; i++) {
		const struct field_change *at = &row->v[i];
		struct mv field = mv_map(cx->mem);

		mv_set(field, S("label"), mv_text(page_label(cx, at->field->label)));
		mv_set(field, S("old"), mv_text(value_words(cx, &h->names, at->field, &at->old)));
		mv_set(field, S("new"),
		       mv_text(value_words(cx, &h->names, at->field, &at->new_value)));
		mv_add(fields, field);
	}
	return fields;
}

static struct str
state_url(struct cx *cx, const struct history *h, int64_t at)
{
	struct buf url = buf_in(cx->mem, URL_MAX);

	buf_str(&url, url_of(cx, h->name, h->id, "/history"));
	url_add(&url, "at", str_printf(cx->mem, "%lld", (long long)at));
	return buf_done(&url);
}

static struct mv
change_item(struct cx *cx, const struct history *h, const struct change_row *row)
{
	struct mv item = mv_map(cx->mem);
	struct buf machine = buf_in(cx->mem, 64);

	moment_print(&machine, row->at);
	mv_set(item, S("at"), mv_text(when_text(cx, h->object->fields[SF_CHANGED_AT], row->at)));
	mv_set(item, S("machine_at"), mv_text(buf_done(&machine)));
	mv_set(item, S("actor"), mv_text(row->actor.n ? row->actor : S("Kontor")));
	mv_set(item, S("operation"), mv_z(tr(cx, OPERATIONS[row->op])));
	mv_set(item, S("why"), mv_text(row->why));
	mv_set(item, S("is_erased"), mv_bool(row->erased));
	mv_set(item, S("is_undone"), mv_bool(row->undone_by != 0));
	mv_set(item, S("is_shown"), mv_bool(row->at == h->at));
	mv_set(item, S("state_url"), mv_text(state_url(cx, h, row->at)));
	mv_set(item, S("fields"), change_fields(cx, h, row));
	if (!row->undone_by && !row->erased && row->op != CHANGE_ERASE)
		mv_set(item, S("undo_url"),
		       mv_text(url_of(cx, S("changesets"), row->changeset, "/undo")));
	return item;
}

/* ---- the record as it was ---- */

static bool
differs(const struct history *h, const struct field *f)
{
	return h->now && !value_eq(&h->then->v[f->index], &h->now->v[f->index]);
}

static bool
can_restore(const struct cx *cx, const struct history *h, const struct field *f)
{
	return h->may_edit && h->now && can_change_field(cx, f);
}

static struct mv
state_fact(struct cx *cx, const struct history *h, const struct field *f)
{
	struct mv fact = mv_map(cx->mem);
	const struct value *v = &h->then->v[f->index];
	struct str text;

	mv_set(fact, S("name"), mv_text(f->name));
	mv_set(fact, S("label"), mv_text(page_label(cx, f->label)));
	mv_set(fact, S("items"), value_items(cx, &h->names, f, v));
	mv_set(fact, S("is_long"), mv_bool(f->type == FT_LONGTEXT || f->type == FT_RICHTEXT));
	mv_set(fact, S("differs"), mv_bool(differs(h, f)));
	if (!differs(h, f))
		return fact;
	mv_set(fact, S("now"), mv_text(value_words(cx, &h->names, f, &h->now->v[f->index])));
	if (!can_restore(cx, h, f))
		return fact;
	if (form_value_text(cx, f, v, &text)) {
		mv_set(fact, S("can_restore"), mv_bool(true));
		mv_set(fact, S("typed"), mv_text(text));
	} else {
		fail_clear(cx);
	}
	return fact;
}

static void
add_state(struct cx *cx, const struct history *h, struct mv page)
{
	struct mv groups = mv_list(cx->mem);
	size_t n, n_differ = 0;
	const struct field_group *group = field_groups(cx, h->object, &n);

	for (size_t i = 0; i < n; i++) {
		struct mv item = mv_map(cx->mem), facts = mv_list(cx->mem);

		for (size_t k = 0; k < group[i].n; k++) {
			const struct field *f = group[i].v[k];

			if (!fieldset_has(&h->then->has, f->index) || f->type == FT_ROLLUP ||
			    (h->then->v[f->index].kind == V_NONE && !differs(h, f)))
				continue;
			n_differ += differs(h, f);
			mv_add(facts, state_fact(cx, h, f));
		}
		mv_set(item, S("label"), mv_text(group[i].label));
		mv_set(item, S("facts"), facts);
		if (mv_is_true(&facts))
			mv_add(groups, item);
	}
	mv_set(page, S("groups"), groups);
	mv_set(page, S("n_differ"), mv_int((int64_t)n_differ));
	mv_set(page, S("is_now"), mv_bool(!n_differ));
}

bool
web_history(struct cx *cx, struct request *q, struct reply *r)
{
	struct history h;
	struct mv page, items = mv_list(cx->mem);
	const struct row *row;

	if (!history_read(cx, q, &h))
		return false;
	row = h.now ? h.now : h.then;
	page = page_new(cx, q, r, str_of(tr(cx, "History")));
	for (size_t i = 0; i < h.changes.n; i++)
		mv_add(items, change_item(cx, &h, &h.changes.v[i]));
	mv_set(page, S("changes"), items);
	mv_set(page, S("n_changes"), mv_int((int64_t)h.changes.n));
	mv_set(page, S("back_url"), mv_text(url_of(cx, h.name, h.id, "")));
	mv_set(page, S("action"), mv_text(url_of(cx, h.name, h.id, "/edit")));
	mv_set(page, S("version"), mv_int(h.now ? h.now->version : 0));
	mv_set(page, S("shown_at"), mv_text(when_text(cx, h.object->fields[SF_CHANGED_AT], h.at)));
	mv_set(page, S("existed"), mv_bool(h.then != NULL));
	if (row)
		mv_set(page, S("record_title"), mv_text(title_of_row(cx, &h.names, row)));
	if (h.then)
		add_state(cx, &h, page);
	return page_write(
		cx, r, request_has_query(q, "part") ? "history-part.html" : "history.html", page);
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
