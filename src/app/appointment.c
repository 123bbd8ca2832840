/* An appointment ends after it begins, and whoever is invited is told. */
#include "app/features.h"
#include "app/occur.h"
#include "app/task.h"

#include "base/feature.h"
#include "base/i18n.h"
#include "flow/notice.h"
#include "model/ids.h"

/* Who moves the beginning moves the end with it. */
static bool
appointment_end(struct cx *cx, struct change *c)
{
	const struct field *end = c->object->fields[APPOINTMENT_ENDS_AT];
	const struct value *start = &c->after->v[APPOINTMENT_STARTS_AT];
	const struct row *was = c->before;
	bool has_end = c->after->v[end->index].kind == V_INT;

	if (start->kind != V_INT)
		return true;
	if (was && has_end && !changed(c, end) && was->v[APPOINTMENT_STARTS_AT].kind == V_INT)
		change_put(c, end,
			   value_int(was->v[end->index].i + start->i -
				     was->v[APPOINTMENT_STARTS_AT].i));
	else if (!has_end)
		change_put(c, end, value_int(start->i + OCCUR_HOUR_MS));
	if (c->after->v[end->index].i <= start->i)
		return fail_field(cx, end->name, "range",
				  "An appointment ends after it begins: name a later time");
	return true;
}

static bool
appointment_rules(struct cx *cx, struct change *c)
{
	return appointment_end(cx, c) &&
	       series_rule(cx, c, c->object->fields[APPOINTMENT_RECURRENCE],
			   c->object->fields[APPOINTMENT_STARTS_AT]);
}

static bool
has_id(const struct value *v, int64_t id)
{
	for (int64_t i = 0; v->kind == V_IDS && i < v->i; i++)
		if (v->ids[i] == id)
			return true;
	return false;
}

static bool
appointment_stored(struct cx *cx, struct change *c)
{
	const struct value none = { 0 };
	const struct value *now = &c->after->v[APPOINTMENT_PARTICIPANTS];
	const struct value *was = c->before ? &c->before->v[APPOINTMENT_PARTICIPANTS] : &none;
	int64_t actor = cx->actor ? cx->actor->user_id : 0;
	struct notices notices = { 0 };

	if (is_taken_over(cx))
		return true;
	for (int64_t i = 0; now->kind == V_IDS && i < now->i; i++)
		if (now->ids[i] != actor && !has_id(was, now->ids[i]))
			list_add(cx->mem, &notices,
				 ((struct notice){ .user_id = now->ids[i],
						   .kind = NOTICE_INVITED,
						   .at = cx->now,
						   .object = c->object->name,
						   .record = c->id,
						   .actor_id = actor,
						   .op = c->op }));
	return notices_put(cx, &notices);
}

static const struct hook hooks[] = { { "appointment", HOOK_RULES, appointment_rules },
				     { "appointment", HOOK_STORED, appointment_stored },
				     { 0 } };

const struct feature feature_appointment = { .name = "appointment", .hooks = hooks };
