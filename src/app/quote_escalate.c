/* Quotes to which nobody reacts: some days after the day of the follow-up the team lead is told. */
#include "app/quote_act.h"

#include "app/features.h"
#include "base/feature.h"
#include "flow/flow.h"
#include "flow/notice.h"
#include "model/ids.h"

enum { EVERY_S = 3600, AT_ONCE = 200, TASKS_MAX = 50, DAYS_DEFAULT = 3 };
enum { DATE_BYTES = 16 };

static struct str
today_of(struct cx *cx)
{
	struct buf text = buf_in(cx->mem, DATE_BYTES);

	date_print(&text, moment_date(zone_find(cx->zone), cx->now));
	return buf_done(&text);
}

/* ---- whom ---- */

/* Who leads the team of the quote, else that of its person in charge; 0: nobody. */
static bool
lead_of(struct cx *cx, const struct row *quote, int64_t *out)
{
	struct row *team, *owner = NULL;

	*out = 0;
	if (!row_linked(cx, quote, QUOTE_TEAM, &team) ||
	    (!team && !row_linked(cx, quote, QUOTE_OWNER, &owner)) ||
	    (owner && !row_linked(cx, owner, USER_TEAM, &team)))
		return false;
	if (team && team->v[TEAM_LEAD].kind == V_INT)
		*out = team->v[TEAM_LEAD].i;
	return true;
}

/* ---- the job ---- */

/* It is marked, so that he is told once. */
static bool
mark(struct cx *cx, int64_t quote)
{
	struct change *c;

	if (!change_of(cx, CHANGE_EDIT, cx->model->objects[QUOTE], quote, &c))
		return false;
	change_put(c, c->object->fields[QUOTE_ESCALATED_ON], value_text(today_of(cx)));
	return record_save(cx, c);
}

static bool
escalate(struct cx *cx, const struct row *quote, struct notices *notices)
{
	int64_t lead;

	if (!lead_of(cx, quote, &lead))
		return false;
	if (lead)
		list_add(cx->mem, notices,
			 ((struct notice){ .user_id = lead,
					   .at = cx->now,
					   .kind = NOTICE_ESCALATED,
					   .object = quote->object->name,
					   .record = quote->id,
					   .op = CHANGE_EDIT }));
	return mark(cx, quote->id);
}

static bool
quotes_escalate(struct cx *cx, const struct job *job)
{
	const struct object *object = cx->model->objects[QUOTE];
	struct query query = { .object = object, .limit = AT_ONCE };
	struct notices notices = { 0 };
	struct rows rows;
	int64_t days;

	(void)job;
	if (!quote_days(cx, S("quote.escalation_days"), DAYS_DEFAULT, &days) ||
	    !cond_parse(cx, cx->mem, cx->model, object,
			str_printf(cx->mem,
				   "state = sent and escalated_on is empty and"
				   " follow_up_on < -%lldd and any(follow_ups where state = open)",
				   (long long)days),
			NULL, &query.where) ||
	    !record_query(cx, &query, &rows))
		return false;
	for (size_t i = 0; i < rows.n; i++)
		if (!escalate(cx, &rows.v[i], &notices))
			return false;
	return notices_put(cx, &notices);
}

/* ---- another day ---- */

static bool
tasks_move(struct cx *cx, struct change *c)
{
	const struct object *object = cx->model->objects[TASK];
	struct query query = { .object = object, .limit = TASKS_MAX };
	struct rows rows;

	if (!cond_parse(cx, cx->mem, cx->model, object,
			str_printf(cx->mem, "state = open and quote = %lld", (long long)c->id),
			NULL, &query.where) ||
	    !record_query(cx, &query, &rows))
		return false;
	for (size_t i = 0; i < rows.n; i++) {
		struct change *task;

		if (!change_of(cx, CHANGE_EDIT, object, rows.v[i].id, &task))
			return false;
		change_put(task, object->fields[TASK_DUE_ON], c->after->v[QUOTE_FOLLOW_UP_ON]);
		if (!record_save(cx, task))
			return false;
	}
	return true;
}

static bool
is_put_off(const struct change *c)
{
	return c->before && changed(c, c->object->fields[QUOTE_FOLLOW_UP_ON]) &&
	       !changed(c, c->object->fields[QUOTE_STATE]);
}

/* Whoever sets another day has reacted. */
static bool
escalation_ends(struct cx *cx, struct change *c)
{
	(void)cx;
	if (c->op == CHANGE_EDIT && is_put_off(c))
		change_put(c, c->object->fields[QUOTE_ESCALATED_ON], (struct value){ 0 });
	return true;
}

static bool
follow_ups_move(struct cx *cx, struct change *c)
{
	if (c->op != CHANGE_EDIT || !is_put_off(c) ||
	    !str_eq(c->after->v[QUOTE_STATE].s, S("sent")))
		return true;
	return as_program(cx, c, tasks_move);
}

static const struct hook hooks[] = { { "quote", HOOK_RULES, escalation_ends },
				     { "quote", HOOK_STORED, follow_ups_move },
				     { 0 } };

static const struct job_kind jobs[] = {
	{ "quote.escalate", .every_s = EVERY_S, .run = quotes_escalate,
	  .purpose = "tells team leads of quotes that nobody follows up" },
	{ 0 }
};

const struct feature feature_quote_escalate = { .name = "quoteescalate",
						.hooks = hooks,
						.jobs = jobs };
