/* A deal follows its stage: outcome and probability; and its outcome: when it was closed. */
#include "app/features.h"

#include "base/clock.h"
#include "base/feature.h"
#include "model/ids.h"
#include "record/record.h"

enum { DATE_TEXT_MAX = 16 };

static bool
is_given(const struct change *c, unsigned field)
{
	return fieldset_has(&c->given, field);
}

static void
put(struct change *c, unsigned field, struct value v)
{
	if (!is_given(c, field))
		change_put(c, c->object->fields[field], v);
}

static bool
follow_stage(struct cx *cx, struct change *c)
{
	const struct row *stage;

	if (!changed(c, c->object->fields[DEAL_STAGE]))
		return true;
	if (!change_linked(cx, c, c->object->fields[DEAL_STAGE], &stage))
		return false;
	if (!stage)
		return true;
	put(c, DEAL_OUTCOME, stage->v[STAGE_OUTCOME]);
	put(c, DEAL_PROBABILITY, stage->v[STAGE_PROBABILITY]);
	if (c->after->v[DEAL_PIPELINE].kind == V_NONE)
		put(c, DEAL_PIPELINE, stage->v[STAGE_PIPELINE]);
	return true;
}

static struct value
certain(const struct field *f)
{
	int64_t percent = 100;

	for (int i = 0; i < f->scale; i++)
		percent *= 10;
	return value_int(percent);
}

static struct value
today(struct cx *cx)
{
	struct buf text = buf_in(cx->mem, DATE_TEXT_MAX);

	date_print(&text, moment_date(zone_find(cx->zone), cx->now));
	return value_text(buf_done(&text));
}

static bool
deal_stage(struct cx *cx, struct change *c)
{
	struct value outcome;

	if (!follow_stage(cx, c))
		return false;
	if (!changed(c, c->object->fields[DEAL_OUTCOME]))
		return true;
	outcome = c->after->v[DEAL_OUTCOME];
	if (str_eq(outcome.s, S("open"))) {
		put(c, DEAL_CLOSED_ON, (struct value){ 0 });
		return true;
	}
	put(c, DEAL_PROBABILITY,
	    str_eq(outcome.s, S("won")) ? certain(c->object->fields[DEAL_PROBABILITY])
					: value_int(0));
	if (c->after->v[DEAL_CLOSED_ON].kind == V_NONE)
		put(c, DEAL_CLOSED_ON, today(cx));
	return true;
}

static const struct hook hooks[] = { { "deal", HOOK_RULES, deal_stage }, { 0 } };

const struct feature feature_deal = { .name = "deal", .hooks = hooks };
