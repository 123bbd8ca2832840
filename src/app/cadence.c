#include "app/cadence.h"

#include "app/features.h"
#include "app/task.h"
#include "base/feature.h"
#include "base/i18n.h"
#include "flow/flow.h"
#include "model/ids.h"

enum { RUN_S = 900, AT_ONCE = 200, CADENCES_MAX = 200, SATURDAY = 6, DATE_BYTES = 32 };

static const char *const PERIODS[] = { "day", "week", "month" };
static const char *const CONTACTS[][2] = {
	{ "call", N_("Call: %.*s") },
	{ "visit", N_("Visit: %.*s") },
	{ "meeting", N_("Meet: %.*s") },
	{ "letter", N_("Write to: %.*s") },
	{ "email", N_("Write an e-mail to: %.*s") },
};

/* ---- whose turn it is ---- */

static struct str
condition_of(const struct row *cadence)
{
	const struct value *v = &cadence->v[CADENCE_CONDITION];

	return v->kind == V_TEXT ? str_trim(v->s) : (struct str){ 0 };
}

/* The day on or before which the last contact was, for it to be somebody's turn. */
static int64_t
last_day(const struct cx *cx, const struct row *cadence)
{
	int64_t today = today_of(cx), every = cadence->v[CADENCE_EVERY].i;
	struct str period = cadence->v[CADENCE_PERIOD].s;

	if (every < 1)
		every = 1;
	if (str_eq_z(period, PERIODS[0]))
		return date_add_days(today, -every);
	if (str_eq_z(period, PERIODS[1]))
		return date_add_days(today, -every * 7);
	return date_add_months(today, -every);
}

static bool
where_concerned(struct cx *cx, const struct row *cadence, const struct cond **out)
{
	struct cond_sight sight = cond_sight_of(cx);
	struct str text = condition_of(cadence);

	*out = NULL;
	return !text.n ||
	       cond_parse(cx, cx->mem, cx->model, cx->model->objects[PARTY], text, &sight, out);
}

/* Nobody spoke with them since, nobody has it on his list, and none was made for them since. */
static bool
where_due(struct cx *cx, const struct row *cadence, const struct cond **out)
{
	const struct cond *concerned, *due;
	struct buf day = buf_in(cx->mem, DATE_BYTES);
	struct str text;

	date_print(&day, last_day(cx, cadence));
	text = str_printf(
		cx->mem,
		"none(activities where at > %.*s and kind != note) and none(tasks where cadence = %lld and"
		" (state = open or due_on > %.*s))",
		STR_FMT(buf_done(&day)), (long long)cadence->id, STR_FMT(buf_done(&day)));
	if (!where_concerned(cx, cadence, &concerned) ||
	    !cond_parse(cx, cx->mem, cx->model, cx->model->objects[PARTY], text, NULL, &due))
		return false;
	*out = cond_and(cx->mem, concerned, due);
	return true;
}

bool
cadence_preview(struct cx *cx, const struct row *cadence, struct cadence_preview *out)
{
	struct query concerned = { .object = cx->model->objects[PARTY] };
	struct query due = concerned;
	struct cadence_preview found;

	if (!where_concerned(cx, cadence, &concerned.where) ||
	    !where_due(cx, cadence, &due.where) ||
	    !record_count(cx, &concerned, &found.concerned) || !record_count(cx, &due, &found.due))
		return false;
	*out = found;
	return true;
}

/* ---- making the tasks ---- */

static struct str
subject_of(struct cx *cx, struct str kind, struct str name)
{
	const char *form = CONTACTS[0][1];
	size_t at;
	struct str text;

	for (size_t i = 0; i < countof(CONTACTS); i++)
		if (str_eq_z(kind, CONTACTS[i][0]))
			form = CONTACTS[i][1];
	text = str_of(tr(cx, form));
	if (!str_find(text, S("%.*s"), &at))
		return text;
	return str_join(cx->mem, str_join(cx->mem, str_first(text, at), name),
			str_from(text, at + 4));
}

static int64_t
working_day(int64_t date)
{
	int weekday = date_weekday(date);

	return weekday < SATURDAY ? date : date + 8 - weekday;
}

static bool
make_task(struct cx *cx, const struct row *cadence, const struct row *party)
{
	struct change *c = change_new(cx, cx->model->objects[TASK], NULL);
	const struct value *who = &cadence->v[CADENCE_OWNER];

	change_put(
		c, c->object->fields[TASK_SUBJECT],
		value_text(str_begin(
			subject_of(cx, cadence->v[CADENCE_KIND].s, party->v[PARTY_NAME].s), 200)));
	change_put(c, c->object->fields[TASK_PARTY], value_int(party->id));
	change_put(c, c->object->fields[TASK_CADENCE], value_int(cadence->id));
	change_put(c, c->object->fields[TASK_DUE_ON], value_date(cx, working_day(today_of(cx))));
	change_put(c, c->object->fields[TASK_OWNER],
		   who->kind == V_INT ? *who : party->v[PARTY_OWNER]);
	change_put(c, c->object->fields[TASK_TEAM], party->v[PARTY_TEAM]);
	change_put(c, c->object->fields[TASK_UNIT], party->v[PARTY_UNIT]);
	return record_save(cx, c);
}

static int64_t
made_today(struct cx *cx, const struct row *cadence)
{
	const struct value *day = &cadence->v[CADENCE_LAST_RUN_ON];
	struct value today = value_date(cx, today_of(cx));

	return value_eq(day, &today) ? cadence->v[CADENCE_MADE_THAT_DAY].i : 0;
}

static bool
note_run(struct cx *cx, const struct row *cadence, int64_t made)
{
	struct change *c;

	if (!change_of(cx, CHANGE_EDIT, cadence->object, cadence->id, &c))
		return false;
	change_put(c, c->object->fields[CADENCE_LAST_RUN_ON], value_date(cx, today_of(cx)));
	change_put(c, c->object->fields[CADENCE_MADE_THAT_DAY], value_int(made));
	return record_save(cx, c);
}

/* As many as a run may make, and a day; the next run goes on.  A condition that no longer fits the
 * model (a field was removed) stops nobody else's cadence. */
static bool
cadence_run(struct cx *cx, const struct row *cadence, int64_t *left)
{
	const struct object *parties = cx->model->objects[PARTY];
	const struct field *fields[] = { parties->fields[PARTY_NAME], parties->fields[PARTY_OWNER],
					 parties->fields[PARTY_TEAM], parties->fields[PARTY_UNIT] };
	struct query query = { .object = parties, .fields = fields, .n_fields = countof(fields) };
	int64_t made = made_today(cx, cadence);
	int64_t may = cadence->v[CADENCE_AT_MOST].i - made;
	struct rows rows;

	query.limit = may < *left ? may : *left;
	if (query.limit <= 0)
		return true;
	if (!where_due(cx, cadence, &query.where)) {
		if (cx->err.code != E_INPUT)
			return false;
		fail_clear(cx);
		return true;
	}
	if (!record_query(cx, &query, &rows))
		return false;
	for (size_t i = 0; i < rows.n; i++)
		if (!make_task(cx, cadence, &rows.v[i]))
			return false;
	*left -= (int64_t)rows.n;
	return !rows.n || note_run(cx, cadence, made + (int64_t)rows.n);
}

static bool
cadences_run(struct cx *cx, const struct job *job)
{
	struct query query = { .object = cx->model->objects[CADENCE], .limit = CADENCES_MAX };
	int64_t left = AT_ONCE;
	struct rows rows;

	(void)job;
	if (!cond_parse(cx, cx->mem, cx->model, query.object, S("active = true"), NULL,
			&query.where) ||
	    !record_query(cx, &query, &rows))
		return false;
	for (size_t i = 0; i < rows.n && left > 0; i++)
		if (!cadence_run(cx, &rows.v[i], &left))
			return false;
	return true;
}

/* ---- rules ---- */

static bool
cadence_rules(struct cx *cx, struct change *c)
{
	struct err before = cx->err;
	const struct cond *where;
	struct str why;

	if (!changed(c, c->object->fields[CADENCE_CONDITION]) ||
	    where_concerned(cx, c->after, &where))
		return true;
	if (cx->err.code != E_INPUT)
		return false;
	why = cx->err.fields ? cx->err.fields->why : cx->err.why;
	cx->err = before;
	return fail_field(cx, S("condition"), "format", "%.*s", STR_FMT(why));
}

static const struct hook hooks[] = { { "cadence", HOOK_RULES, cadence_rules }, { 0 } };

static const struct job_kind jobs[] = { { "cadence.run", .every_s = RUN_S, .run = cadences_run,
					  .purpose = "makes the tasks that cadences ask for" },
					{ 0 } };

const struct feature feature_cadence = { .name = "cadence", .hooks = hooks, .jobs = jobs };
