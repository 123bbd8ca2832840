/* The report of a visit: one short form, made for a phone. */
#include "db/db.h"
#include "web/web.h"

#include "app/task.h"
#include "model/ids.h"

enum { FIELDS = 6, SUBJECT_MAX = 200 };

struct visit {
	int64_t appointment;  /* 0: none */
	const struct row *of; /* the appointment, or NULL */
	int64_t party;
};

static const unsigned ASKED[FIELDS] = { ACTIVITY_KIND, ACTIVITY_PARTY,   ACTIVITY_SUBJECT,
					ACTIVITY_AT,   ACTIVITY_OUTCOME, ACTIVITY_BODY };

static bool
asked_id(struct str text, int64_t *out)
{
	return str_int(text, 1, INT64_MAX, out);
}

/* What the visit was planned as, and with whom. */
static bool
visit_open(struct cx *cx, struct str appointment, struct str party, struct visit *out)
{
	struct row *row;

	*out = (struct visit){ 0 };
	if (asked_id(appointment, &out->appointment)) {
		if (!can_object(cx, cx->model->objects[APPOINTMENT], OP_READ))
			return fail(cx, E_MISSING, NULL);
		if (!record_load(cx, cx->model->objects[APPOINTMENT], out->appointment, &row))
			return false;
		out->of = row;
		if (row->v[APPOINTMENT_PARTY].kind == V_INT)
			out->party = row->v[APPOINTMENT_PARTY].i;
	}
	if (!out->party)
		(void)asked_id(party, &out->party);
	return true;
}

static struct change *
report_new(struct cx *cx, const struct visit *visit)
{
	const struct object *object = cx->model->objects[ACTIVITY];
	struct change *c = change_new(cx, object, NULL);
	struct value at = value_int(cx->now), subject = { 0 };

	if (visit->of) {
		subject = visit->of->v[APPOINTMENT_SUBJECT];
		if (visit->of->v[APPOINTMENT_STARTS_AT].kind == V_INT &&
		    visit->of->v[APPOINTMENT_STARTS_AT].i < cx->now)
			at = visit->of->v[APPOINTMENT_STARTS_AT];
	}
	change_put(c, object->fields[ACTIVITY_KIND], value_text(S("visit")));
	change_put(c, object->fields[ACTIVITY_AT], at);
	change_put(c, object->fields[ACTIVITY_SUBJECT], subject);
	if (visit->party)
		change_put(c, object->fields[ACTIVITY_PARTY], value_int(visit->party));
	return c;
}

static bool
visit_page(struct cx *cx, struct request *q, struct reply *r, const struct visit *visit,
	   const struct row *row, const struct form_state *state)
{
	const struct object *object = cx->model->objects[ACTIVITY];
	struct mv page = page_new(cx, q, r, str_of(tr(cx, "Visit report")));
	struct field *fields[FIELDS];
	struct mv controls;

	for (size_t i = 0; i < FIELDS; i++)
		fields[i] = object->fields[ASKED[i]];
	if (!form_build_some(cx, row, state, fields, FIELDS, &controls))
		return false;
	mv_set(page, S("controls"), controls);
	mv_set(page, S("appointment"), mv_int(visit->appointment));
	mv_set(page, S("party"), mv_int(visit->party));
	mv_set(page, S("may_plan"), mv_bool(can_object(cx, cx->model->objects[TASK], OP_CREATE)));
	mv_set(page, S("has_errors"), mv_bool(state->err != NULL));
	mv_set(page, S("why"), mv_text(state->err ? state->err->why : (struct str){ 0 }));
	mv_set(page, S("back_url"),
	       mv_text(visit->appointment ? url_of(cx, S("appointment"), visit->appointment, "")
		       : visit->party     ? url_of(cx, S("party"), visit->party, "")
					  : S("/today")));
	if (state->typed) {
		mv_set(page, S("next_step"), mv_text(form_value(state->typed, "next_step")));
		mv_set(page, S("next_on"), mv_text(form_value(state->typed, "next_on")));
	}
	return page_write(cx, r, "visit.html", page);
}

static bool
may_report(struct cx *cx)
{
	return can_object(cx, cx->model->objects[ACTIVITY], OP_CREATE) ||
	       fail(cx, E_FORBIDDEN, "You may not make such a record");
}

bool
web_visit(struct cx *cx, struct request *q, struct reply *r)
{
	const struct form_state state = { NULL, NULL };
	struct visit visit;

	return may_report(cx) &&
	       visit_open(cx, request_query(q, "appointment"), request_query(q, "party"), &visit) &&
	       visit_page(cx, q, r, &visit, report_new(cx, &visit)->after, &state);
}

/* ---- writing it ---- */

static bool
save_next_step(struct cx *cx, const struct form *form, const struct change *report)
{
	struct str step = str_trim(form_value(form, "next_step"));
	struct str on = str_trim(form_value(form, "next_on"));
	struct change *c;
	int64_t day;

	if (!step.n && !on.n)
		return true;
	c = change_new(cx, cx->model->objects[TASK], NULL);
	if (!step.n)
		step = str_of(tr(cx, "Next step"));
	change_set(c, c->object->fields[TASK_SUBJECT], value_text(str_begin(step, SUBJECT_MAX)));
	if (on.n && !date_parse(on, &day, NULL))
		return fail_field(cx, S("next_on"), "format", "Write a day like 2026-11-22");
	if (on.n)
		change_set(c, c->object->fields[TASK_DUE_ON], value_date(cx, day));
	if (report->after->v[ACTIVITY_PARTY].kind == V_INT)
		change_set(c, c->object->fields[TASK_PARTY], report->after->v[ACTIVITY_PARTY]);
	if (report->after->v[ACTIVITY_DEAL].kind == V_INT)
		change_set(c, c->object->fields[TASK_DEAL], report->after->v[ACTIVITY_DEAL]);
	return record_save(cx, c);
}

static bool
save_held(struct cx *cx, const struct visit *visit)
{
	const struct object *object = cx->model->objects[APPOINTMENT];
	struct change *c;
	bool may;

	if (!visit->of || visit->of->v[APPOINTMENT_RECURRENCE].kind == V_TEXT)
		return true;
	if (!can_record(cx, OP_EDIT, object, visit->appointment, &may))
		return false;
	if (!may || !str_eq(visit->of->v[APPOINTMENT_STATE].s, S("planned")))
		return true;
	if (!change_of(cx, CHANGE_EDIT, object, visit->appointment, &c))
		return false;
	change_set(c, object->fields[APPOINTMENT_STATE], value_text(S("held")));
	return record_save(cx, c);
}

static bool
save_report(struct cx *cx, const struct form *form, const struct visit *visit, struct change *c)
{
	const struct field *subject = c->object->fields[ACTIVITY_SUBJECT];

	if (!form_read(cx, c, form))
		return false;
	if (c->after->v[ACTIVITY_SUBJECT].kind == V_NONE)
		change_set(c, subject, value_text(str_of(tr(cx, "Visit"))));
	if (visit->of && visit->of->v[APPOINTMENT_DEAL].kind == V_INT)
		change_set(c, c->object->fields[ACTIVITY_DEAL], visit->of->v[APPOINTMENT_DEAL]);
	if (visit->of)
		change_set(c, c->object->fields[ACTIVITY_ABOUT],
			   (struct value){ .kind = V_ANY,
					   .s = visit->of->object->name,
					   .i = visit->appointment });
	return record_save(cx, c) && save_next_step(cx, form, c) && save_held(cx, visit);
}

static bool
visit_again(struct cx *cx, struct request *q, struct reply *r, const struct form *form,
	    const struct visit *visit)
{
	struct err err = cx->err;
	const struct form_state state = { form, &err };

	if (err.code != E_INPUT)
		return false;
	r->status = err_row(err.code)->status;
	work_abandon(cx);
	fail_clear(cx);
	return db_begin_read(cx) &&
	       visit_page(cx, q, r, visit, report_new(cx, visit)->after, &state);
}

bool
web_visit_save(struct cx *cx, struct request *q, struct reply *r)
{
	struct buf url = buf_in(cx->mem, URL_MAX);
	struct visit visit;
	struct form form;
	struct change *c;
	int64_t changeset;

	if (!request_form(cx, q, &form) || !work_begin(cx, (struct str){ 0 }))
		return false;
	if (!may_report(cx) ||
	    !visit_open(cx, form_value(&form, "appointment"), form_value(&form, "of"), &visit)) {
		work_abandon(cx);
		return false;
	}
	c = change_new(cx, cx->model->objects[ACTIVITY], NULL);
	if (!save_report(cx, &form, &visit, c)) {
		bool shown = visit_again(cx, q, r, &form, &visit);

		work_abandon(cx);
		return shown;
	}
	if (!work_commit(cx, &changeset))
		return false;
	buf_str(&url, visit.party ? url_of(cx, S("party"), visit.party, "")
				  : url_of(cx, S("activity"), c->id, ""));
	url_add(&url, "done", str_printf(cx->mem, "%lld", (long long)changeset));
	reply_redirect(cx, r, buf_done(&url));
	return true;
}
