/* The day plan: what a person has before him now. */
#include "web/web.h"

#include "app/agenda.h"
#include "app/task.h"
#include "model/ids.h"
#include "record/authz.h"
#include "web/record.h"

enum { ROWS_SHOWN = 100, TEXT_BYTES = 200 };

/* ---- rows ---- */

static struct str
days_text(struct cx *cx, const struct agenda_item *item)
{
	struct buf day = buf_in(cx->mem, TEXT_BYTES);

	switch (item->why) {
	case AGENDA_OVERDUE:
		return str_printf(cx->mem,
				  tr_n(cx, "%lld day overdue", "%lld days overdue", item->days),
				  (long long)item->days);
	case AGENDA_DUE:
		return str_of(tr(cx, "Due today"));
	case AGENDA_BACK:
		return str_of(tr(cx, "Re-submission"));
	case AGENDA_FOLLOW_UP:
		return str_of(tr(cx, "Follow up on the quote"));
	case AGENDA_NO_STEP:
		return str_of(tr(cx, "No next step"));
	case AGENDA_IDLE:
		return str_of(tr(cx, "No contact for two weeks"));
	default:
		fmt_date(&day, cx, today_of(cx) - item->days);
		return str_printf(cx->mem,
				  item->why == AGENDA_EXPIRES ? tr(cx, "The quote expires: %.*s")
							      : tr(cx, "Birthday: %.*s"),
				  STR_FMT(buf_done(&day)));
	}
}

static const char *const TONES[AGENDA_WHY__MAX] = {
	[AGENDA_OVERDUE] = "danger", [AGENDA_DUE] = "warning",         [AGENDA_BACK] = "info",
	[AGENDA_FOLLOW_UP] = "info", [AGENDA_EXPIRES] = "warning",     [AGENDA_NO_STEP] = "plain",
	[AGENDA_IDLE] = "plain",     [AGENDA_BIRTHDAY_IS] = "success",
};

static struct str
value_text_of(struct cx *cx, const struct agenda *agenda, int64_t amount)
{
	struct value v = value_int(amount);

	if (!agenda->value || !amount)
		return (struct str){ 0 };
	memcpy(v.currency, agenda->value->currency.p, sizeof v.currency - 1);
	return value_print(cx, agenda->value, &v);
}

static struct mv
item_row(struct cx *cx, const struct agenda *agenda, size_t i)
{
	const struct agenda_item *item = &agenda->v[i];
	const struct object *object = item->row->object;
	struct mv row = mv_map(cx->mem);
	bool of_itself = item->kind == AGENDA_BIRTHDAY;

	mv_set(row, S("number"), mv_int((int64_t)i));
	mv_set(row, S("object"), mv_text(object->name));
	mv_set(row, S("id"), mv_int(item->row->id));
	mv_set(row, S("icon"), mv_text(of_itself ? S("gift") : icon_of(object, NULL)));
	mv_set(row, S("kind"),
	       mv_text(of_itself ? str_of(tr(cx, "Birthday")) : page_label(cx, object->label)));
	mv_set(row, S("title"),
	       mv_text(item->title.n ? item->title : str_of(tr(cx, "(without a name)"))));
	mv_set(row, S("url"), mv_text(url_of(cx, object->name, item->row->id, "")));
	mv_set(row, S("done_url"), mv_text(url_of(cx, object->name, item->row->id, "/done")));
	mv_set(row, S("snooze_url"), mv_text(url_of(cx, object->name, item->row->id, "/snooze")));
	mv_set(row, S("why"), mv_text(days_text(cx, item)));
	mv_set(row, S("tone"), mv_z(TONES[item->why]));
	if (!of_itself && item->party_title.n) {
		struct mv party = mv_map(cx->mem);

		mv_set(party, S("text"), mv_text(item->party_title));
		mv_set(party, S("url"), mv_text(url_of(cx, S("party"), item->party, "")));
		mv_set(row, S("party"), party);
	}
	mv_set(row, S("value"), mv_text(value_text_of(cx, agenda, item->value)));
	return row;
}

static struct str
clock_text(struct cx *cx, int64_t at)
{
	int64_t ms = moment_time_of_day(zone_find(cx->zone), at);

	return str_printf(cx->mem, "%02d:%02d", (int)(ms / MS_PER_HOUR),
			  (int)(ms / MS_PER_MINUTE % 60));
}

static struct mv
appointment_row(struct cx *cx, const struct agenda *agenda, size_t i)
{
	const struct occurrence *one = &agenda->appointments.v[i];
	const struct value *title = &one->row->v[APPOINTMENT_SUBJECT];
	const struct value *place = &one->row->v[APPOINTMENT_PLACE];
	const struct value *party = &one->row->v[APPOINTMENT_PARTY];
	struct mv row = mv_map(cx->mem);

	mv_set(row, S("from"), mv_text(clock_text(cx, one->at)));
	mv_set(row, S("until"), mv_text(clock_text(cx, one->until)));
	mv_set(row, S("is_over"), mv_bool(one->until <= cx->now));
	mv_set(row, S("title"),
	       mv_text(title->kind == V_TEXT ? title->s : str_of(tr(cx, "(without a name)"))));
	mv_set(row, S("url"), mv_text(url_of(cx, S("appointment"), one->row->id, "")));
	if (place->kind == V_TEXT)
		mv_set(row, S("place"), mv_text(place->s));
	if (party->kind == V_INT && agenda->places[i].n) {
		struct mv item = mv_map(cx->mem);

		mv_set(item, S("text"), mv_text(agenda->places[i]));
		mv_set(item, S("url"), mv_text(url_of(cx, S("party"), party->i, "")));
		mv_set(row, S("party"), item);
	}
	if (can_object(cx, cx->model->objects[ACTIVITY], OP_CREATE))
		mv_set(row, S("report_url"),
		       mv_text(str_printf(cx->mem, "/visit?appointment=%lld",
					  (long long)one->row->id)));
	return row;
}

bool
web_today(struct cx *cx, struct request *q, struct reply *r)
{
	struct mv page, rows = mv_list(cx->mem), dates = mv_list(cx->mem);
	struct buf today = buf_in(cx->mem, TEXT_BYTES);
	struct agenda agenda;

	page = page_new(cx, q, r, str_of(tr(cx, "What now?")));
	if (!agenda_read(cx, &agenda))
		return false;
	for (size_t i = 0; i < agenda.n && i < ROWS_SHOWN; i++)
		mv_add(rows, item_row(cx, &agenda, i));
	for (size_t i = 0; i < agenda.appointments.n; i++)
		mv_add(dates, appointment_row(cx, &agenda, i));
	fmt_date(&today, cx, today_of(cx));
	mv_set(page, S("today"), mv_text(buf_done(&today)));
	mv_set(page, S("back"), mv_text(S("today")));
	mv_set(page, S("rows"), rows);
	mv_set(page, S("has_rows"), mv_bool(agenda.n > 0));
	mv_set(page, S("appointments"), dates);
	mv_set(page, S("has_appointments"), mv_bool(agenda.appointments.n > 0));
	mv_set(page, S("is_cut"), mv_bool(agenda.is_cut || agenda.n > ROWS_SHOWN));
	return page_write(cx, r, "today.html", page);
}

/* ---- what is done with them ---- */

/* Back to the plan, or to the record. */
static void
go_back(struct cx *cx, struct reply *r, const struct form *form, struct str name, int64_t id,
	int64_t changeset)
{
	struct buf url = buf_in(cx->mem, URL_MAX);

	if (str_eq(form_value(form, "back"), S("today")))
		BUF_LIT(&url, "/today");
	else
		buf_str(&url, url_of(cx, name, id, ""));
	if (changeset)
		url_add(&url, "done", str_printf(cx->mem, "%lld", (long long)changeset));
	reply_redirect(cx, r, buf_done(&url));
}

static bool
act(struct cx *cx, struct request *q, struct reply *r, bool is_snooze)
{
	const struct object *object;
	const struct face *face;
	int64_t id, changeset;
	struct str name, to;
	struct form form;
	struct change *c;
	bool ok;

	if (!web_object(cx, q, &object, &face, &name) || !request_param_int(cx, q, "id", &id) ||
	    !request_form(cx, q, &form) || !work_begin(cx, (struct str){ 0 }))
		return false;
	to = form_value(&form, "to");
	if (str_eq(to, S("day")))
		to = form_value(&form, "day");
	ok = is_snooze ? agenda_snooze(cx, object, id, to, &c) : agenda_done(cx, object, id, &c);
	if (!ok || !work_commit(cx, &changeset)) {
		work_abandon(cx);
		return false;
	}
	go_back(cx, r, &form, name, id, changeset);
	return true;
}

bool
web_snooze(struct cx *cx, struct request *q, struct reply *r)
{
	return act(cx, q, r, true);
}

bool
web_done(struct cx *cx, struct request *q, struct reply *r)
{
	return act(cx, q, r, false);
}
