#include "record/authz.h"
#include "web/web.h"

enum { RELATED_MAX = 4, RELATED_ROWS = 5 };

static struct str
title_of(struct cx *cx, const struct row *row)
{
	const struct field *f = row->object->title;
	struct str title = f && can_see_field(cx, row->object, f)
				   ? value_print(cx, f, &row->v[f->index])
				   : (struct str){ 0 };

	return title.n ? title
		       : str_printf(cx->mem, "%.*s %lld",
				    STR_FMT(page_label(cx, row->object->label)),
				    (long long)row->id);
}

static bool
is_shown(const struct cx *cx, const struct row *row, const struct field *f)
{
	struct cond_when when = cond_when_of(cx);

	if (f->index < SF__MAX || f->hidden || !fieldset_has(&row->has, f->index) ||
	    f == row->object->title)
		return false;
	return row->v[f->index].kind != V_NONE &&
	       (!f->visible || cond_test(f->visible, &when, NULL, row));
}

static bool
add_facts(struct cx *cx, const struct row *row, struct mv page)
{
	const struct field **fields =
		new_array(cx->mem, row->object->n_fields + 1, const struct field *);
	struct mv *facts;
	struct shown shown;
	size_t n = 0;

	for (unsigned i = 0; i < row->object->n_fields; i++)
		if (is_shown(cx, row, row->object->fields[i]))
			fields[n++] = row->object->fields[i];
	if (!shown_prepare(cx, row, 1, fields, n, &shown))
		return false;
	facts = new_array(cx->mem, n * CELL__MAX, struct mv);
	for (size_t i = 0; i < n; i++) {
		shown_value(cx, &shown, 0, i, facts + i * CELL__MAX);
		facts[i * CELL__MAX + CELL_LABEL] = mv_text(page_label(cx, fields[i]->label));
	}
	mv_set(page, S("facts"), mv_records(cx->mem, &CELL, facts, n));
	return true;
}

/* ---- what hangs on the record ---- */

static struct str
where_is(struct cx *cx, const struct reverse *reverse, int64_t id)
{
	return str_printf(cx->mem,
			  reverse->field->type == FT_MANY ? "%.*s contains %lld" : "%.*s = %lld",
			  STR_FMT(reverse->field->name), (long long)id);
}

static bool
related_rows(struct cx *cx, const struct reverse *reverse, struct str where, struct mv item)
{
	struct query query = { .object = reverse->object, .limit = RELATED_ROWS };
	const struct field **fields;
	struct mv rows = mv_list(cx->mem);
	struct rows found;

	query.n_fields = fields_of_view(cx, reverse->object, "list", &fields);
	query.n_fields = query.n_fields < 3 ? query.n_fields : 3;
	query.fields = fields;
	if (!cond_parse(cx, cx->mem, cx->model, reverse->object, where, NULL, &query.where) ||
	    !record_query(cx, &query, &found))
		return false;
	for (size_t i = 0; i < found.n; i++) {
		struct mv row = mv_map(cx->mem);
		struct buf text = buf_in(cx->mem, CELL_MAX);

		for (size_t k = 0; k < query.n_fields; k++) {
			struct str part = fields[k]->type == FT_ONE || fields[k]->type == FT_ANY
						  ? (struct str){ 0 }
						  : value_print(cx, fields[k],
								&found.v[i].v[fields[k]->index]);

			if (part.n && text.n)
				BUF_LIT(&text, " · ");
			buf_str(&text, part);
		}
		mv_set(row, S("text"),
		       mv_text(text.n ? buf_done(&text) : str_of(tr(cx, "(without a name)"))));
		mv_set(row, S("url"),
		       mv_text(url_of(cx, reverse->object->name, found.v[i].id, "")));
		mv_add(rows, row);
	}
	mv_set(item, S("rows"), rows);
	mv_set(item, S("is_empty"), mv_bool(!found.n));
	return true;
}

static bool
add_related(struct cx *cx, const struct row *row, struct mv page)
{
	struct mv related = mv_list(cx->mem);
	int shown = 0;

	for (unsigned i = 0; i < row->object->n_reverses; i++) {
		const struct reverse *reverse = &row->object->reverses[i];
		struct mv item = mv_map(cx->mem);
		struct str where;
		struct buf url = buf_in(cx->mem, URL_MAX);

		if (!AUTHZ(PAGE_RELATED,
			   can_object(cx, reverse->object, OP_READ) &&
				   can_see_field(cx, reverse->object, reverse->field)))
			continue;
		where = where_is(cx, reverse, row->id);
		buf_str(&url, url_of(cx, reverse->object->name, 0, ""));
		url_add(&url, "where", where);
		mv_set(item, S("label"), mv_text(page_label(cx, reverse->object->label_many)));
		mv_set(item, S("url"), mv_text(buf_done(&url)));
		if (can_object(cx, reverse->object, OP_CREATE) && reverse->field->type == FT_ONE) {
			struct buf add = buf_in(cx->mem, URL_MAX);

			buf_str(&add, url_of(cx, reverse->object->name, 0, "/new"));
			url_add(&add, str_z(cx->mem, reverse->field->name),
				str_printf(cx->mem, "%lld", (long long)row->id));
			mv_set(item, S("new_url"), mv_text(buf_done(&add)));
		}
		if (shown++ < RELATED_MAX && !related_rows(cx, reverse, where, item))
			return false;
		mv_add(related, item);
	}
	mv_set(page, S("related"), related);
	return true;
}

/* ---- the page ---- */

static bool
add_actions(struct cx *cx, struct str name, const struct row *row, struct mv page)
{
	bool may_edit, may_delete;

	if (!can_record(cx, OP_EDIT, row->object, row->id, &may_edit) ||
	    !can_record(cx, OP_DELETE, row->object, row->id, &may_delete))
		return false;
	if (may_edit)
		mv_set(page, S("edit_url"), mv_text(url_of(cx, name, row->id, "/edit")));
	if (may_delete)
		mv_set(page, S("delete_url"), mv_text(url_of(cx, name, row->id, "/delete")));
	mv_set(page, S("history_url"), mv_text(url_of(cx, name, row->id, "/history")));
	mv_set(page, S("list_url"), mv_text(url_of(cx, name, 0, "")));
	return true;
}

static void
add_done(struct cx *cx, const struct request *q, struct mv page)
{
	int64_t changeset;

	if (!str_int(request_query(q, "done"), 1, INT64_MAX, &changeset))
		return;
	mv_set(page, S("done"), mv_bool(true));
	mv_set(page, S("undo_url"), mv_text(url_of(cx, S("changesets"), changeset, "/undo")));
}

bool
web_record(struct cx *cx, struct request *q, struct reply *r)
{
	const struct object *object;
	const struct face *face;
	struct str name;
	struct row *row;
	struct mv page;
	int64_t id;

	if (!web_object(cx, q, &object, &face, &name) || !request_param_int(cx, q, "id", &id) ||
	    !record_load(cx, object, id, &row))
		return false;
	page = page_new(cx, q, r, title_of(cx, row));
	mv_set(page, S("record"),
	       mv_text(str_printf(cx->mem, "%.*s.%lld", STR_FMT(object->name), (long long)id)));
	mv_set(page, S("kind"), mv_text(page_label(cx, face ? face->label : object->label)));
	mv_set(page, S("kind_many"),
	       mv_text(page_label(cx, face ? face->label_many : object->label_many)));
	add_done(cx, q, page);
	return add_facts(cx, row, page) && add_actions(cx, name, row, page) &&
	       add_related(cx, row, page) && page_write(cx, r, "record.html", page);
}

/* ---- trash ---- */

static bool
move(struct cx *cx, struct request *q, struct reply *r, enum change_op op)
{
	const struct object *object;
	const struct face *face;
	int64_t id, changeset = 0;
	struct str name;
	struct change *c;
	struct buf url = buf_in(cx->mem, URL_MAX);

	if (!web_object(cx, q, &object, &face, &name) || !request_param_int(cx, q, "id", &id) ||
	    !work_begin(cx, (struct str){ 0 }))
		return false;
	if (!change_of(cx, op, object, id, &c) || !record_save(cx, c) ||
	    !work_commit(cx, &changeset)) {
		work_abandon(cx);
		return false;
	}
	buf_str(&url, url_of(cx, name, op == CHANGE_RESTORE ? id : 0, ""));
	if (op == CHANGE_RESTORE)
		url_add(&url, "done", str_printf(cx->mem, "%lld", (long long)changeset));
	reply_redirect(cx, r, buf_done(&url));
	return true;
}

bool
web_delete(struct cx *cx, struct request *q, struct reply *r)
{
	return move(cx, q, r, CHANGE_DELETE);
}

bool
web_restore(struct cx *cx, struct request *q, struct reply *r)
{
	return move(cx, q, r, CHANGE_RESTORE);
}
