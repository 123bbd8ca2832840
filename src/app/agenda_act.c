/* What one does with a row of the day plan. */
#include "app/agenda.h"
#include "app/task.h"

#include "base/i18n.h"
#include "model/ids.h"

enum { SUBJECT_MAX = 200 };

static struct str
title_of(struct cx *cx, const struct object *object, int64_t id)
{
	struct str title;

	return record_titles(cx, object, &id, 1, &title) ? title : (struct str){ 0 };
}

static void
set(struct change *c, unsigned field, struct value v)
{
	if (v.kind != V_NONE)
		change_set(c, c->object->fields[field], v);
}

static struct value
subject(struct cx *cx, struct str text)
{
	return value_text(str_dup(cx->mem, str_begin(text, SUBJECT_MAX)));
}

/* ---- tasks and quotes have a day of their own ---- */

static bool
put_state(struct cx *cx, const struct object *object, int64_t id, unsigned field, struct str state,
	  struct change **out)
{
	if (!change_of(cx, CHANGE_EDIT, object, id, out))
		return false;
	change_set(*out, object->fields[field], value_text(state));
	return record_save(cx, *out);
}

static bool
task_done(struct cx *cx, const struct row *row, struct change **out)
{
	return put_state(cx, row->object, row->id, TASK_STATE, S("done"), out);
}

static bool
appointment_done(struct cx *cx, const struct row *row, struct change **out)
{
	return put_state(cx, row->object, row->id, APPOINTMENT_STATE, S("held"), out);
}

static bool
quote_snooze(struct cx *cx, const struct row *row, int64_t day, struct change **out)
{
	if (!change_of(cx, CHANGE_EDIT, row->object, row->id, out))
		return false;
	change_set(*out, row->object->fields[QUOTE_FOLLOW_UP_ON], value_date(cx, day));
	return record_save(cx, *out);
}

/* The follow-up stands among the tasks of the quote, done; the next day for one is open. */
static bool
quote_done(struct cx *cx, const struct row *row, struct change **out)
{
	struct change *quote, *task = change_new(cx, cx->model->objects[TASK], NULL);

	if (!change_of(cx, CHANGE_EDIT, row->object, row->id, &quote))
		return false;
	change_set(quote, row->object->fields[QUOTE_FOLLOW_UP_ON], (struct value){ 0 });
	set(task, TASK_SUBJECT,
	    subject(cx, str_printf(cx->mem, tr(cx, "Follow up on quote %.*s"),
				   STR_FMT(title_of(cx, row->object, row->id)))));
	set(task, TASK_STATE, value_text(S("done")));
	set(task, TASK_DUE_ON, value_date(cx, today_of(cx)));
	set(task, TASK_PARTY, row->v[QUOTE_PARTY]);
	set(task, TASK_DEAL, row->v[QUOTE_DEAL]);
	change_put(task, task->object->fields[TASK_QUOTE], value_int(row->id));
	*out = quote;
	return record_save(cx, task) && record_save(cx, quote);
}

/* ---- deals and birthdays get a task, or a line in the history ---- */

static struct change *
task_about(struct cx *cx, struct str text, int64_t day)
{
	struct change *c = change_new(cx, cx->model->objects[TASK], NULL);

	set(c, TASK_SUBJECT, subject(cx, text));
	set(c, TASK_DUE_ON, value_date(cx, day));
	return c;
}

static struct change *
activity_about(struct cx *cx, const char *kind, struct str text)
{
	struct change *c = change_new(cx, cx->model->objects[ACTIVITY], NULL);

	set(c, ACTIVITY_KIND, value_text(str_of(kind)));
	set(c, ACTIVITY_SUBJECT, subject(cx, text));
	return c;
}

static bool
deal_snooze(struct cx *cx, const struct row *row, int64_t day, struct change **out)
{
	struct str step = row->v[DEAL_NEXT_STEP].s, name = title_of(cx, row->object, row->id);

	*out = task_about(cx,
			  row->v[DEAL_NEXT_STEP].kind == V_TEXT
				  ? step
				  : str_printf(cx->mem, tr(cx, "Next step of %.*s"), STR_FMT(name)),
			  day);
	set(*out, TASK_DEAL, value_int(row->id));
	set(*out, TASK_PARTY, row->v[DEAL_PARTY]);
	return record_save(cx, *out);
}

static bool
deal_done(struct cx *cx, const struct row *row, struct change **out)
{
	*out = activity_about(cx, "note", str_of(tr(cx, "Looked after")));
	set(*out, ACTIVITY_DEAL, value_int(row->id));
	set(*out, ACTIVITY_PARTY, row->v[DEAL_PARTY]);
	return record_save(cx, *out);
}

static bool
party_snooze(struct cx *cx, const struct row *row, int64_t day, struct change **out)
{
	*out = task_about(cx,
			  str_printf(cx->mem, tr(cx, "Congratulate %.*s on the birthday"),
				     STR_FMT(title_of(cx, row->object, row->id))),
			  day);
	set(*out, TASK_PARTY, value_int(row->id));
	return record_save(cx, *out);
}

static bool
party_done(struct cx *cx, const struct row *row, struct change **out)
{
	*out = activity_about(cx, "message", str_of(tr(cx, "Congratulated on the birthday")));
	set(*out, ACTIVITY_PARTY, value_int(row->id));
	return record_save(cx, *out);
}

/* ---- all ---- */

static const struct act {
	unsigned object;
	bool (*snooze)(struct cx *cx, const struct row *row, int64_t day, struct change **out);
	bool (*done)(struct cx *cx, const struct row *row, struct change **out);
} ACTS[] = {
	{ TASK, NULL, task_done },
	{ QUOTE, quote_snooze, quote_done },
	{ DEAL, deal_snooze, deal_done },
	{ PARTY, party_snooze, party_done },
	{ APPOINTMENT, NULL, appointment_done },
};

static const struct act *
act_of(const struct object *object)
{
	for (size_t i = 0; i < countof(ACTS); i++)
		if (object->index == ACTS[i].object)
			return &ACTS[i];
	return NULL;
}

bool
agenda_has(const struct object *object)
{
	return act_of(object) != NULL;
}

static bool
cannot(struct cx *cx)
{
	return fail(cx, E_MISSING, "Such a record cannot be put off or done");
}

bool
agenda_snooze(struct cx *cx, const struct object *object, int64_t id, struct str to,
	      struct change **out)
{
	const struct act *act = act_of(object);
	struct row *row;
	int64_t day;

	if (!record_load(cx, object, id, &row))
		return false;
	if (object->index == TASK)
		return task_snooze(cx, id, to, out);
	if (!act || !act->snooze)
		return cannot(cx);
	return snooze_day(cx, to, &day) && act->snooze(cx, row, day, out);
}

bool
agenda_done(struct cx *cx, const struct object *object, int64_t id, struct change **out)
{
	const struct act *act = act_of(object);
	struct row *row;

	if (!record_load(cx, object, id, &row))
		return false;
	return act ? act->done(cx, row, out) : cannot(cx);
}
