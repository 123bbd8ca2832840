/* A deal follows its stage: outcome and probability; and its outcome: when it was closed. */
#include "app/features.h"

#include "app/process.h"
#include "base/clock.h"
#include "base/feature.h"
#include "base/i18n.h"
#include "model/ids.h"
#include "record/authz.h"
#include "record/record.h"

enum { DATE_TEXT_MAX = 16, IDLE_DAYS = 21 /* where its stage says nothing, as on boards */ };

/* A field of the form that was left empty says nothing of a new deal. */
static bool
is_given(const struct change *c, unsigned field)
{
	return fieldset_has(&c->given, field) &&
	       (c->op != CHANGE_CREATE || c->after->v[field].kind != V_NONE);
}

static void
put(struct change *c, unsigned field, struct value v)
{
	if (!is_given(c, field))
		change_put(c, c->object->fields[field], v);
}

/* The first open stage of the deal's pipeline; where none was chosen, of new business. */
static bool
first_stage(struct cx *cx, const struct change *c, int64_t *out)
{
	const struct object *stage = cx->model->objects[STAGE];
	struct query query = { .object = stage, .limit = 1 };
	struct sort_key order[] = { { stage->fields[STAGE_PIPELINE], false },
				    { stage->fields[STAGE_POSITION], false } };
	struct value pipeline = c->after->v[DEAL_PIPELINE];
	struct str which = pipeline.kind == V_NONE
				   ? S("pipeline.active = true and pipeline.kind = new_business")
				   : str_printf(cx->mem, "pipeline = %lld", (long long)pipeline.i);
	struct rows rows;

	*out = 0;
	if (!can_object(cx, stage, OP_READ))
		return true;
	query.fields = (const struct field *const[]){ stage->fields[STAGE_NAME] };
	query.n_fields = 1;
	query.sort = order;
	query.n_sort = countof(order);
	if (!cond_parse(cx, cx->mem, cx->model, stage,
			str_printf(cx->mem, "outcome = open and %.*s", STR_FMT(which)), NULL,
			&query.where) ||
	    !record_query(cx, &query, &rows))
		return false;
	if (rows.n)
		*out = rows.v[0].id;
	return true;
}

/* Nobody should have to look for a new deal beside the board. */
static bool
begin_stage(struct cx *cx, struct change *c)
{
	int64_t stage;

	if (c->op != CHANGE_CREATE || is_given(c, DEAL_STAGE) ||
	    !str_eq(c->after->v[DEAL_OUTCOME].s, S("open")))
		return true;
	if (!first_stage(cx, c, &stage))
		return false;
	if (stage)
		change_put(c, c->object->fields[DEAL_STAGE], value_int(stage));
	return true;
}

/* *out: the stage that the deal enters, or NULL. */
static bool
follow_stage(struct cx *cx, struct change *c, const struct row **out)
{
	const struct row *stage;

	*out = NULL;
	if (!changed(c, c->object->fields[DEAL_STAGE]))
		return true;
	if (!change_linked(cx, c, c->object->fields[DEAL_STAGE], &stage))
		return false;
	*out = stage;
	if (!stage)
		return true;
	put(c, DEAL_OUTCOME, stage->v[STAGE_OUTCOME]);
	put(c, DEAL_PROBABILITY, stage->v[STAGE_PROBABILITY]);
	if (c->after->v[DEAL_PIPELINE].kind == V_NONE)
		put(c, DEAL_PIPELINE, stage->v[STAGE_PIPELINE]);
	return true;
}

/* What the stage asks of a deal that enters it; a fact that the writer may not see is not named. */
static bool
ask_fact(struct cx *cx, const struct change *c, const struct field *f, const struct row *stage)
{
	struct str name = stage->v[STAGE_NAME].s;

	if (!f || !process_can_ask(f) || c->after->v[f->index].kind != V_NONE)
		return true;
	if (!can_see_field(cx, c->object, f))
		return fail_field(cx, S("stage"), "required",
				  "The stage “%.*s” asks for a fact that you may not see: ask "
				  "somebody who may move the deal there",
				  STR_FMT(name));
	return fail_field(cx, f->name, "required",
			  "Before a deal enters the stage “%.*s”, fill in “%.*s”", STR_FMT(name),
			  STR_FMT(tr_str(cx->lang, f->label)));
}

/* Nothing is asked where a rule put the deal there: a new one may know its name alone. */
static bool
ask_facts(struct cx *cx, const struct change *c, const struct row *stage)
{
	struct str rest, name;
	bool ok = true;

	if (!stage || !is_given(c, DEAL_STAGE))
		return true;
	rest = stage->v[STAGE_REQUIRED].s;
	while (process_next_fact(&rest, &name))
		if (!ask_fact(cx, c, field_find(c->object, name), stage))
			ok = false;
	return ok;
}

static struct value
certain(const struct field *f)
{
	int64_t percent = 100;

	for (int i = 0; i < f->scale; i++)
		percent *= 10;
	return value_int(percent);
}

/* So many days from today. */
static struct value
day(struct cx *cx, int64_t days)
{
	struct buf text = buf_in(cx->mem, DATE_TEXT_MAX);

	date_print(&text, date_add_days(moment_date(zone_find(cx->zone), cx->now), days));
	return value_text(buf_done(&text));
}

static void
follow_outcome(struct cx *cx, struct change *c)
{
	struct value outcome = c->after->v[DEAL_OUTCOME];

	if (!changed(c, c->object->fields[DEAL_OUTCOME]))
		return;
	if (str_eq(outcome.s, S("open"))) {
		put(c, DEAL_CLOSED_ON, (struct value){ 0 });
		return;
	}
	put(c, DEAL_PROBABILITY,
	    str_eq(outcome.s, S("won")) ? certain(c->object->fields[DEAL_PROBABILITY])
					: value_int(0));
	if (c->after->v[DEAL_CLOSED_ON].kind == V_NONE)
		put(c, DEAL_CLOSED_ON, day(cx, 0));
}

static void
count_days(struct change *c)
{
	const struct value *opened = &c->after->v[DEAL_OPENED_ON],
			   *closed = &c->after->v[DEAL_CLOSED_ON];
	struct value days = { 0 };
	int64_t from, to;

	if (opened->kind == V_TEXT && closed->kind == V_TEXT &&
	    date_parse(opened->s, &from, NULL) && date_parse(closed->s, &to, NULL) && to >= from)
		days = value_int(to - from);
	change_put(c, c->object->fields[DEAL_CYCLE_DAYS], days);
}

/* Each change begins its rest anew: how long a deal may rest, its stage says. */
static bool
count_rest(struct cx *cx, struct change *c)
{
	const struct row *stage;
	int64_t days = IDLE_DAYS;

	if (!change_linked(cx, c, c->object->fields[DEAL_STAGE], &stage))
		return false;
	if (stage && stage->v[STAGE_IDLE_DAYS].kind == V_INT)
		days = stage->v[STAGE_IDLE_DAYS].i;
	change_put(c, c->object->fields[DEAL_IDLE_ON],
		   days && str_eq(c->after->v[DEAL_OUTCOME].s, S("open")) ? day(cx, days)
									  : (struct value){ 0 });
	return true;
}

static bool
deal_stage(struct cx *cx, struct change *c)
{
	const struct row *stage;

	if (!begin_stage(cx, c) || !follow_stage(cx, c, &stage))
		return false;
	follow_outcome(cx, c);
	count_days(c);
	return ask_facts(cx, c, stage) && count_rest(cx, c);
}

static const struct hook hooks[] = { { "deal", HOOK_RULES, deal_stage }, { 0 } };

const struct feature feature_deal = { .name = "deal", .hooks = hooks };
