/* When a task was done, who gave it to whom, and when it comes back. */
#include "app/task.h"

#include "app/features.h"
#include "base/feature.h"
#include "base/i18n.h"
#include "flow/flow.h"
#include "flow/notice.h"
#include "model/ids.h"

enum { DUE_S = 900, REMIND_S = 60, DATE_BYTES = 32, SATURDAY = 6, WEEK_DAYS = 7 };

/* ---- what several features need ---- */

int64_t
today_of(const struct cx *cx)
{
	return moment_date(zone_find(cx->zone), cx->now);
}

struct value
value_date(struct cx *cx, int64_t date)
{
	struct buf text = buf_in(cx->mem, DATE_BYTES);

	date_print(&text, date);
	return value_text(buf_done(&text));
}

bool
is_taken_over(const struct cx *cx)
{
	return str_eq(cx->door, S("import")) || str_eq(cx->door, S("demo"));
}

/* ---- putting off ---- */

const char *const SNOOZES[SNOOZE__MAX] = {
	[SNOOZE_TOMORROW] = "tomorrow",
	[SNOOZE_WEEK] = "week",
	[SNOOZE_MONTH] = "month",
};

static int64_t
snoozed(enum snooze to, int64_t today)
{
	int64_t day = date_add_months(today, 1), weekday = date_weekday(day);

	switch (to) {
	case SNOOZE_TOMORROW:
		return today + 1;
	case SNOOZE_WEEK:
		return today + WEEK_DAYS + 1 - date_weekday(today);
	default:
		return weekday < SATURDAY ? day : day + WEEK_DAYS + 1 - weekday;
	}
}

bool
snooze_day(struct cx *cx, struct str to, int64_t *out)
{
	int64_t today = today_of(cx), day;

	for (int i = 0; i < SNOOZE__MAX; i++)
		if (str_eq_z(to, SNOOZES[i])) {
			*out = snoozed((enum snooze)i, today);
			return true;
		}
	if (!date_parse(to, &day, NULL) || day <= today)
		return fail_field(cx, S("to"), "range",
				  "Name a day after today, or “tomorrow”, “week” or “month”");
	*out = day;
	return true;
}

bool
task_snooze(struct cx *cx, int64_t id, struct str to, struct change **out)
{
	const struct object *object = cx->model->objects[TASK];
	struct change *c;
	int64_t day;

	if (!change_of(cx, CHANGE_EDIT, object, id, &c) || !snooze_day(cx, to, &day))
		return false;
	if (!str_eq(c->before->v[TASK_STATE].s, S("open")))
		return fail(cx, E_CONFLICT, "This task is no longer open: open it again first");
	change_set(c, object->fields[TASK_RESUBMIT_ON], value_date(cx, day));
	*out = c;
	return record_save(cx, c);
}

/* ---- handing on ---- */

/* Who gives a task to somebody else stays known; who gets it back, or takes it, owes it to nobody.
 */
static void
task_delegated(struct cx *cx, struct change *c)
{
	const struct value *owner = &c->after->v[TASK_OWNER];
	const struct field *by = c->object->fields[TASK_DELEGATED_BY];
	int64_t actor = cx->actor && !cx->actor->is_system ? cx->actor->user_id : 0;

	if (!actor || is_taken_over(cx) || owner->kind != V_INT ||
	    !changed(c, c->object->fields[TASK_OWNER]))
		return;
	if (value_eq(owner, &c->after->v[by->index]))
		change_put(c, by, (struct value){ 0 });
	else if (owner->i != actor)
		change_put(c, by, value_int(actor));
}

static void
tell(struct cx *cx, const struct change *c, const struct value *whom, const char *field,
     struct notices *notices)
{
	if (whom->kind != V_INT || whom->i == cx->actor->user_id)
		return;
	list_add(cx->mem, notices,
		 ((struct notice){ .user_id = whom->i,
				   .kind = NOTICE_FOLLOWED,
				   .at = cx->now,
				   .object = c->object->name,
				   .record = c->id,
				   .actor_id = cx->actor->user_id,
				   .op = CHANGE_EDIT,
				   .fields = str_of(field) }));
}

/* Whoever gave a task away is told what becomes of it, whoever lost one that it is gone; the one
 * who got it is told by the follower of the log. */
static bool
task_told(struct cx *cx, struct change *c)
{
	const struct field *owner = c->object->fields[TASK_OWNER];
	struct notices notices = { 0 };

	if (!c->before || is_taken_over(cx) || !cx->actor || cx->actor->is_system)
		return true;
	if (changed(c, c->object->fields[TASK_STATE]))
		tell(cx, c, &c->after->v[TASK_DELEGATED_BY], "state", &notices);
	if (changed(c, owner))
		tell(cx, c, &c->before->v[TASK_OWNER], "owner", &notices);
	return notices_put(cx, &notices);
}

/* ---- rules ---- */

static bool
task_rules(struct cx *cx, struct change *c)
{
	bool done = str_eq(c->after->v[TASK_STATE].s, S("done"));

	if (changed(c, c->object->fields[TASK_STATE]))
		change_put(c, c->object->fields[TASK_DONE_AT],
			   done ? value_int(cx->now) : (struct value){ 0 });
	task_delegated(cx, c);
	return series_rule(cx, c, c->object->fields[TASK_RECURRENCE],
			   c->object->fields[TASK_DUE_ON]);
}

static bool
task_stored(struct cx *cx, struct change *c)
{
	return task_told(cx, c) && (is_taken_over(cx) || as_program(cx, c, series_next));
}

/* ---- reminders ---- */

/* Today, where the person is. */
static struct str
today_there(struct cx *cx, const struct person *person)
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
	today = today_there(cx, person);
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

/* At its moment, or as soon after it as the server runs. */
static bool
task_remind_now(struct cx *cx, const struct job *job)
{
	const struct object *tasks = cx->model->objects[TASK];
	const struct field *fields[] = { tasks->fields[TASK_REMIND_AT], tasks->fields[TASK_OWNER] };
	struct query query = {
		.object = tasks, .fields = fields, .n_fields = countof(fields), .limit = LIMIT_MAX
	};
	struct notices notices = { 0 };
	struct rows rows;

	(void)job;
	if (!cond_parse(cx, cx->mem, cx->model, tasks,
			S("state = open and owner is not empty and remind_at <= now and"
			  " remind_at > -24h"),
			NULL, &query.where) ||
	    !record_query(cx, &query, &rows))
		return false;
	for (size_t i = 0; i < rows.n; i++) {
		struct buf at = buf_in(cx->mem, DATE_BYTES);

		moment_print(&at, rows.v[i].v[TASK_REMIND_AT].i);
		list_add(cx->mem, &notices,
			 ((struct notice){ .user_id = rows.v[i].v[TASK_OWNER].i,
					   .kind = NOTICE_REMIND,
					   .at = cx->now,
					   .object = tasks->name,
					   .record = rows.v[i].id,
					   .fields = buf_done(&at) }));
	}
	return notices_put(cx, &notices);
}

static const struct hook hooks[] = { { "task", HOOK_RULES, task_rules },
				     { "task", HOOK_STORED, task_stored },
				     { 0 } };

static const struct job_kind jobs[] = {
	{ "task.reminder", .every_s = REMIND_S, .run = task_remind_now,
	  .purpose = "reminds people of tasks at the moment that they have set" },
	{ "task.remind", .every_s = DUE_S, .run = task_remind,
	  .purpose = "reminds people of tasks that are due or come back today" },
	{ 0 }
};

const struct feature feature_task = { .name = "task", .hooks = hooks, .jobs = jobs };
