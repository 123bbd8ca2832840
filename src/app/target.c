/* A target begins with its period, and is called after it and after whose it is. */
#include "app/features.h"

#include "base/clock.h"
#include "base/feature.h"
#include "base/i18n.h"
#include "model/ids.h"
#include "record/record.h"

enum { TEXT_MAX = 200 };

static enum period
period_of(const struct change *c)
{
	struct str period = c->after->v[TARGET_PERIOD].s;

	if (str_eq(period, S("month")))
		return PERIOD_MONTH;
	return str_eq(period, S("year")) ? PERIOD_YEAR : PERIOD_QUARTER;
}

static struct str
period_name(struct cx *cx, enum period period, int64_t starts)
{
	struct ymd at = date_ymd(starts);

	if (period == PERIOD_YEAR)
		return str_printf(cx->mem, "%d", at.year);
	if (period == PERIOD_MONTH)
		return str_printf(cx->mem, "%02d/%d", at.month, at.year);
	return str_printf(cx->mem, tr(cx, "Quarter %d of %d"), date_quarter(starts), at.year);
}

/* Whose it is; of the company where nobody is named. */
static bool
holder_name(struct cx *cx, const struct change *c, struct str *out)
{
	static const unsigned holders[] = { TARGET_OWNER, TARGET_TEAM, TARGET_UNIT };
	const struct row *row;

	*out = str_of(tr(cx, "All"));
	for (size_t i = 0; i < countof(holders); i++) {
		const struct field *f = c->object->fields[holders[i]];

		if (!change_linked(cx, c, f, &row))
			return false;
		if (!row)
			continue;
		*out = row->v[f->target->title->index].s;
		return true;
	}
	return true;
}

/* It is of those alone who were named: neither of whoever wrote it down, nor of his team. */
static void
target_holders(struct change *c)
{
	static const unsigned holders[] = { TARGET_OWNER, TARGET_TEAM, TARGET_UNIT };
	bool is_held = false;

	for (size_t i = 0; i < countof(holders); i++) {
		if (c->op == CHANGE_CREATE && !fieldset_has(&c->given, holders[i]))
			change_put(c, c->object->fields[holders[i]], (struct value){ 0 });
		is_held |= c->after->v[holders[i]].kind != V_NONE;
	}
	change_put(c, c->object->fields[TARGET_OF_COMPANY], value_int(!is_held));
}

static bool
target_name(struct cx *cx, struct change *c)
{
	const struct object *target = c->object;
	struct buf day = buf_in(cx->mem, TEXT_MAX);
	struct str holder;
	int64_t starts;

	target_holders(c);
	if (c->after->v[TARGET_STARTS_ON].kind == V_NONE ||
	    !date_parse(c->after->v[TARGET_STARTS_ON].s, &starts, NULL))
		return true;
	starts = date_period_start(period_of(c), starts, 0);
	date_print(&day, starts);
	change_put(c, target->fields[TARGET_STARTS_ON], value_text(buf_done(&day)));
	if (c->after->v[TARGET_NAME].kind != V_NONE)
		return true;
	if (!holder_name(cx, c, &holder))
		return false;
	change_put(c, target->fields[TARGET_NAME],
		   value_text(str_printf(cx->mem, "%.*s · %.*s", STR_FMT(holder),
					 STR_FMT(period_name(cx, period_of(c), starts)))));
	return true;
}

static const struct hook hooks[] = { { "target", HOOK_RULES, target_name }, { 0 } };

const struct feature feature_target = { .name = "target", .hooks = hooks };
