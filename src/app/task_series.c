/* A series of tasks: when one is done, the next is made. */
#include "app/recur.h"
#include "app/task.h"

#include "base/i18n.h"
#include "model/ids.h"

/* The rule as it is written down everywhere; what repeats begins on some day. */
bool
series_rule(struct cx *cx, struct change *c, const struct field *recurrence,
	    const struct field *start)
{
	const struct value *v = &c->after->v[recurrence->index];
	struct buf text = buf_in(cx->mem, RECUR_TEXT_MAX);
	struct recur_fault fault;
	struct recur_walk walk;
	struct recur rule;
	int64_t first;

	if (v->kind != V_TEXT || !v->s.n || !changed(c, recurrence))
		return true;
	if (!recur_parse(v->s, &rule, &fault))
		return fail_field(cx, recurrence->name, "format", "%.*s",
				  STR_FMT(str_printf(cx->mem, "%s: %.*s", tr(cx, fault.why),
						     STR_FMT(str_begin(fault.part, 60)))));
	recur_print(&rule, &text);
	change_put(c, recurrence, value_text(buf_done(&text)));
	if (c->after->v[start->index].kind != V_NONE || start->type != FT_DATE)
		return true;
	recur_begin(&walk, &rule, today_of(cx));
	if (!recur_next(&walk, &first))
		return fail_field(cx, recurrence->name, "range",
				  "This rule names no day from today on");
	change_put(c, start, value_date(cx, first));
	return true;
}

static bool
is_followed(struct cx *cx, int64_t id, bool *out)
{
	struct query query = { .object = cx->model->objects[TASK], .limit = 1 };
	struct rows rows;

	if (!cond_parse(cx, cx->mem, cx->model, query.object,
			str_printf(cx->mem, "previous = %lld", (long long)id), NULL,
			&query.where) ||
	    !record_query(cx, &query, &rows))
		return false;
	*out = rows.n > 0;
	return true;
}

/* What the next one has of this one; the rest begins anew. */
static void
copy_task(const struct row *from, struct change *to)
{
	static const unsigned anew[] = { TASK_STATE,       TASK_DONE_AT,   TASK_DUE_ON,
					 TASK_RESUBMIT_ON, TASK_REMIND_AT, TASK_QUOTE,
					 TASK_PREVIOUS };

	for (unsigned i = SF__MAX; i < from->object->n_fields; i++) {
		const struct field *f = from->object->fields[i];
		bool is_left = f->type == FT_FORMULA || f->type == FT_ROLLUP ||
			       f->type == FT_SEQUENCE || f->type == FT_MANY || f->unique;

		for (size_t k = 0; k < countof(anew); k++)
			is_left = is_left || anew[k] == i;
		if (!is_left)
			change_put(to, f, from->v[i]);
	}
}

/* As many days from the due day as before, at the same time by the clock on the wall. */
static void
shift_days(struct cx *cx, const struct row *from, int64_t days, struct change *to)
{
	const struct zone *zone = zone_find(cx->zone);
	const struct value *due = &from->v[TASK_DUE_ON], *back = &from->v[TASK_RESUBMIT_ON];
	const struct value *remind = &from->v[TASK_REMIND_AT];
	int64_t day;

	if (back->kind == V_TEXT && str_cmp(back->s, due->s) <= 0 &&
	    date_parse(back->s, &day, NULL))
		change_put(to, to->object->fields[TASK_RESUBMIT_ON], value_date(cx, day + days));
	if (remind->kind == V_INT)
		change_put(to, to->object->fields[TASK_REMIND_AT],
			   value_int(moment_of(zone, moment_date(zone, remind->i) + days,
					       moment_time_of_day(zone, remind->i))));
}

static bool
make_next(struct cx *cx, struct change *c)
{
	const struct row *done = c->after;
	struct buf text = buf_in(cx->mem, RECUR_TEXT_MAX);
	struct recur rule, rest;
	struct recur_fault fault;
	int64_t due, next;
	struct change *task;

	if (!recur_parse(done->v[TASK_RECURRENCE].s, &rule, &fault) ||
	    !date_parse(done->v[TASK_DUE_ON].s, &due, NULL) ||
	    !recur_after(&rule, due, today_of(cx), &next, &rest))
		return true;
	task = change_new(cx, c->object, NULL);
	copy_task(done, task);
	shift_days(cx, done, next - due, task);
	recur_print(&rest, &text);
	change_put(task, c->object->fields[TASK_RECURRENCE], value_text(buf_done(&text)));
	change_put(task, c->object->fields[TASK_DUE_ON], value_date(cx, next));
	change_put(task, c->object->fields[TASK_PREVIOUS], value_int(c->id));
	return record_save(cx, task);
}

bool
series_next(struct cx *cx, struct change *c)
{
	const struct row *row = c->after;
	bool followed;

	if (!c->before || !changed(c, c->object->fields[TASK_STATE]) ||
	    !str_eq(row->v[TASK_STATE].s, S("done")) || row->v[TASK_RECURRENCE].kind != V_TEXT ||
	    row->v[TASK_DUE_ON].kind != V_TEXT)
		return true;
	if (!is_followed(cx, c->id, &followed))
		return false;
	return followed || make_next(cx, c);
}
