#include "web/record.h"

#include "app/cadence.h"
#include "model/ids.h"

/* ---- the page ---- */

static bool
rights_read(struct cx *cx, struct record_page *p)
{
	return can_record(cx, OP_EDIT, p->object, p->row->id, &p->may_edit) &&
	       can_record(cx, OP_DELETE, p->object, p->row->id, &p->may_delete) &&
	       offline_is_released(cx, p->object, &p->is_released);
}

static void
add_quote_actions(struct cx *cx, struct record_page *p)
{
	struct str state = p->row->v[QUOTE_STATE].s;

	mv_set(p->page, S("pdf_url"), mv_text(url_of(cx, p->name, p->row->id, "/pdf")));
	if (str_eq(state, S("draft")) && p->row->v[QUOTE_APPROVAL].s.n &&
	    !str_eq(p->row->v[QUOTE_APPROVAL].s, S("free")))
		mv_set(p->page, S("approval_url"),
		       mv_text(url_of(cx, p->name, p->row->id, "/approval")));
	if (p->may_edit && (str_eq(state, S("draft")) || str_eq(state, S("sent"))))
		mv_set(p->page, S("send_url"), mv_text(url_of(cx, p->name, p->row->id, "/send")));
	if (p->may_edit && can_object(cx, p->object, OP_CREATE) &&
	    (str_eq(state, S("sent")) || str_eq(state, S("expired")) ||
	     str_eq(state, S("declined"))))
		mv_set(p->page, S("revise_url"),
		       mv_text(url_of(cx, p->name, p->row->id, "/revise")));
}

static struct str
number_text(struct cx *cx, int64_t n)
{
	struct buf text = buf_in(cx->mem, 32);

	fmt_int(&text, cx, n);
	return buf_done(&text);
}

/* A task is put off and done, a visit is reported, from where one looks at it. */
static void
add_agenda_actions(struct cx *cx, struct record_page *p)
{
	unsigned object = p->object->index;
	bool may_report = can_object(cx, cx->model->objects[ACTIVITY], OP_CREATE);

	if (object == TASK && p->may_edit && str_eq(p->row->v[TASK_STATE].s, S("open"))) {
		mv_set(p->page, S("done_url"), mv_text(url_of(cx, p->name, p->row->id, "/done")));
		mv_set(p->page, S("snooze_url"),
		       mv_text(url_of(cx, p->name, p->row->id, "/snooze")));
	}
	if (may_report && (object == APPOINTMENT || object == PARTY))
		mv_set(p->page, S("report_url"),
		       mv_text(str_printf(cx->mem, "/visit?%s=%lld",
					  object == PARTY ? "party" : "appointment",
					  (long long)p->row->id)));
}

/* Whom a cadence concerns, before it makes its first task. */
static bool
add_cadence(struct cx *cx, struct record_page *p)
{
	struct mv item = mv_map(cx->mem);
	struct cadence_preview preview;

	if (p->object->index != CADENCE)
		return true;
	if (!cadence_preview(cx, p->row, &preview)) {
		if (cx->err.code != E_INPUT)
			return false;
		fail_clear(cx); /* its condition names what he may not see */
		return true;
	}
	mv_set(item, S("concerned"), mv_text(number_text(cx, preview.concerned)));
	mv_set(item, S("due"), mv_text(number_text(cx, preview.due)));
	mv_set(p->page, S("cadence"), item);
	return true;
}

static void
add_actions(struct cx *cx, struct record_page *p)
{
	struct str name = p->name;
	int64_t id = p->row->id;

	if (p->may_edit)
		mv_set(p->page, S("edit_url"), mv_text(url_of(cx, name, id, "/edit")));
	if (p->may_delete)
		mv_set(p->page, S("delete_url"), mv_text(url_of(cx, name, id, "/delete")));
	if (p->can_follow) {
		mv_set(p->page, S("follow_url"), mv_text(url_of(cx, name, id, "/follow")));
		mv_set(p->page, S("is_followed"), mv_bool(p->is_followed));
	}
	mv_set(p->page, S("is_released"), mv_bool(p->is_released));
	if (p->may_edit && p->object->title) {
		mv_set(p->page, S("twins_url"), mv_text(url_of(cx, name, id, "/duplicates")));
		mv_set(p->page, S("twins_asked"), mv_bool(p->object->is_subject));
	}
	if (str_eq(p->object->name, S("order"))) {
		mv_set(p->page, S("file_url"), mv_text(url_of(cx, name, id, "/handover.csv")));
		if (p->may_edit && !str_eq(p->row->v[ORDER_HANDOVER].s, S("waiting")))
			mv_set(p->page, S("handover_url"),
			       mv_text(url_of(cx, name, id, "/handover")));
	}
	if (str_eq(p->object->name, S("text_block")))
		mv_set(p->page, S("preview_url"), mv_text(url_of(cx, name, id, "/preview")));
	if (str_eq(p->object->name, S("quote")))
		add_quote_actions(cx, p);
	add_agenda_actions(cx, p);
	mv_set(p->page, S("relations_url"), mv_text(url_of(cx, name, id, "/relations")));
	mv_set(p->page, S("history_url"), mv_text(url_of(cx, name, id, "/history")));
	mv_set(p->page, S("list_url"), mv_text(url_of(cx, name, 0, "")));
}

/* Whom it is about, "party.12": what is about him too may belong on this page. */
static struct str
subject_of(struct cx *cx, const struct record_page *p)
{
	const struct field *f = p->object->subject;

	if (!f || !fieldset_has(&p->row->has, f->index) || p->row->v[f->index].kind != V_INT)
		return (struct str){ 0 };
	return str_printf(cx->mem, "%.*s.%lld", STR_FMT(f->target->name),
			  (long long)p->row->v[f->index].i);
}

static void
add_head(struct cx *cx, struct record_page *p)
{
	const struct face *face = p->face;
	const struct object *object = p->object;
	struct mv tile = mv_map(cx->mem);

	mv_set(p->page, S("record"),
	       mv_text(str_printf(cx->mem, "%.*s.%lld", STR_FMT(object->name),
				  (long long)p->row->id)));
	mv_set(p->page, S("kind"), mv_text(page_label(cx, face ? face->label : object->label)));
	mv_set(p->page, S("kind_many"),
	       mv_text(page_label(cx, face ? face->label_many : object->label_many)));
	mv_set(tile, S("icon"), mv_text(icon_of(object, face)));
	mv_set(p->page, S("tile"), tile);
	mv_set(p->page, S("object"), mv_text(object->name));
	mv_set(p->page, S("subject"), mv_text(subject_of(cx, p)));
	mv_set(p->page, S("record_id"), mv_int(p->row->id));
	mv_set(p->page, S("record_version"), mv_int(p->row->version));
	mv_set(p->page, S("title_field"),
	       mv_text(object->title && p->may_edit && can_change_field(cx, object->title)
			       ? object->title->name
			       : (struct str){ 0 }));
}

bool
record_open(struct cx *cx, const struct request *q, struct record_page *p)
{
	struct row *row;
	int64_t id;

	*p = (struct record_page){ .q = q };
	if (!web_object(cx, q, &p->object, &p->face, &p->name) ||
	    !request_param_int(cx, q, "id", &id) || !record_load(cx, p->object, id, &row))
		return false;
	p->row = row;
	/* A person is shown as a person, whatever address led here. */
	for (unsigned i = 0; !p->face && i < p->object->n_faces; i++) {
		struct cond_when when = cond_when_of(cx);

		if (cond_test(p->object->faces[i].when, &when, NULL, row))
			p->face = &p->object->faces[i];
	}
	return true;
}

bool
web_record(struct cx *cx, struct request *q, struct reply *r)
{
	struct record_page p;

	if (!record_open(cx, q, &p) || !rights_read(cx, &p) || !time_read(cx, &p) ||
	    !sets_read(cx, &p) || !follow_read(cx, &p) || !lines_part_read(cx, &p) ||
	    !overview_part_read(cx, &p) || !sets_finish(cx, &p))
		return false;
	facts_want(cx, &p);
	if (!names_read(cx, &p.names))
		return false;
	p.page = page_new(cx, q, r, title_of_row(cx, &p.names, p.row));
	add_head(cx, &p);
	add_actions(cx, &p);
	facts_add(cx, &p);
	time_add(cx, &p);
	sets_add(cx, &p);
	overview_part_add(cx, &p);
	if (!add_cadence(cx, &p) || !lines_part_add(cx, &p))
		return false;
	return page_write(cx, r, request_has_query(q, "part") ? "record-part.html" : "record.html",
			  p.page);
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
	url_add(&url, "done", str_printf(cx->mem, "%lld", (long long)changeset));
	url_add(&url, "did", op == CHANGE_RESTORE ? S("restore") : S("delete"));
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
