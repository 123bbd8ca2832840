/* When a task was done, and on which day it comes back. */
#include "app/features.h"

#include "base/clock.h"
#include "base/feature.h"
#include "flow/flow.h"
#include "flow/notice.h"
#include "model/ids.h"
#include "record/record.h"

enum { REMIND_S = 900, DATE_BYTES = 16 };

static bool
task_done(struct cx *cx, struct change *c)
{
	bool done = str_eq(c->after->v[TASK_STATE].s, S("done"));

	if (!changed(c, c->object->fields[TASK_STATE]))
		return true;
	change_put(c, c->object->fields[TASK_DONE_AT],
		   done ? value_int(cx->now) : (struct value){ 0 });
	return true;
}

/* ---- reminders ---- */

/* Today, where the person is. */
static struct str
today_of(struct cx *cx, const struct person *person)
{
	const struct zone *zone = zone_find(person->zone);
	struct buf text = buf_in(cx->mem, DATE_BYTES);

	date_print(&text, moment_date(zone ? zone : zone_find((struct str){ 0 }), cx->now));
	return buf_done(&text);
}

static void
remind(struct cx *cx, const struct row *row, const struct people *people, struct notices *notices)
{
	static const unsigned days[] = { TASK_DUE_ON, TASK_RESUBMIT_ON };
	const struct person *person = person_find(people, row->v[TASK_OWNER].i);
	struct str today;

	if (!person)
		return;
	today = today_of(cx, person);
	for (size_t i = 0; i < countof(days); i++)
		if (row->v[days[i]].kind == V_TEXT && str_eq(row->v[days[i]].s, today)) {
			list_add(cx->mem, notices,
				 ((struct notice){ .user_id = person->id,
						   .kind = NOTICE_DUE,
						   .at = cx->now,
						   .object = row->object->name,
						   .record = row->id,
						   .fields = today }));
			return;
		}
}

/* On the day on which a task is due or comes back its owner is told, once. */
static bool
task_remind(struct cx *cx, const struct job *job)
{
	const struct object *tasks = object_find(cx->model, S("task"), NULL);
	const struct field *fields[] = { tasks->fields[TASK_DUE_ON],
					 tasks->fields[TASK_RESUBMIT_ON],
					 tasks->fields[TASK_OWNER] };
	struct query query = {
		.object = tasks, .fields = fields, .n_fields = countof(fields), .limit = LIMIT_MAX
	};
	struct notices notices = { 0 };
	struct people people;
	struct rows rows = { 0 };

	(void)job;
	/* It is another day elsewhere. */
	if (!people_read(cx, &people) ||
	    !cond_parse(cx, cx->mem, cx->model, tasks,
			S("state = open and owner is not empty and"
			  " ((due_on >= -1d and due_on <= +1d) or"
			  " (resubmit_on >= -1d and resubmit_on <= +1d))"),
			NULL, &query.where))
		return false;
	do {
		query.after = rows.next;
		if (!record_query(cx, &query, &rows))
			return false;
		for (size_t i = 0; i < rows.n; i++)
			remind(cx, &rows.v[i], &people, &notices);
	} while (rows.next.n);
	return notices_put(cx, &notices);
}

static const struct hook hooks[] = { { "task", HOOK_RULES, task_done }, { 0 } };

static const struct job_kind jobs[] = {
	{ "task.remind", .every_s = REMIND_S, .run = task_remind,
	  .purpose = "reminds people of tasks that are due or come back today" },
	{ 0 }
};

const struct feature feature_task = { .name = "task", .hooks = hooks, .jobs = jobs };
