#include "record/save.h"

#include "base/clock.h"

enum { DATE_TEXT_MAX = 32 };

static bool
is_line(enum field_type type)
{
	return type == FT_TEXT || type == FT_EMAIL || type == FT_PHONE || type == FT_URL;
}

static void
trim(struct change *c, const struct field *f)
{
	struct value *v = &c->after->v[f->index];

	if (v->kind != V_TEXT)
		return;
	if (is_line(field_result(f)))
		v->s = str_trim(v->s);
	if (!v->s.n)
		*v = (struct value){ 0 };
}

static struct value
value_today(const struct cx *cx)
{
	struct buf text = buf_in(cx->mem, DATE_TEXT_MAX);

	date_print(&text, moment_date(zone_find(cx->zone), cx->now));
	return value_text(buf_done(&text));
}

struct value
field_initial(const struct cx *cx, const struct field *f)
{
	if (str_eq(f->initial_text, S("now")))
		return value_int(cx->now);
	if (str_eq(f->initial_text, S("today")))
		return value_today(cx);
	if (str_eq(f->initial_text, S("me")))
		return cx->actor->user_id ? value_int(cx->actor->user_id) : (struct value){ 0 };
	return f->initial;
}

static bool
next_number(struct cx *cx, struct change *c, const struct field *f)
{
	const struct field *unit = c->object->unit;
	int64_t number;

	if (!sequence_next(cx, f, unit ? c->after->v[unit->index].i : 0, &number))
		return false;
	change_put(c, f, value_int(number));
	return true;
}

static bool
is_empty(const struct change *c, const struct field *f)
{
	return c->after->v[f->index].kind == V_NONE;
}

static bool
lacks(const struct change *c, const struct field *f)
{
	return f && is_empty(c, f);
}

/* The owner of the record as it will be: who asks, or another user; NULL where there is no such. */
static bool
owner_of(struct cx *cx, const struct change *c, const struct actor **out)
{
	int64_t owner = c->after->v[c->object->owner->index].i;

	*out = cx->actor;
	if (owner == cx->actor->user_id || actor_load(cx, owner, out))
		return true;
	*out = NULL;
	if (cx->err.code != E_AUTH)
		return false;
	fail_clear(cx); /* validate tells that there is no such user */
	return true;
}

/* Where a record belongs: to him who makes it, his team, his unit; or those of the owner given. */
static bool
fill_belonging(struct cx *cx, struct change *c)
{
	const struct object *o = c->object;
	const struct actor *owner;

	if (lacks(c, o->owner) && cx->actor->user_id)
		change_put(c, o->owner, value_int(cx->actor->user_id));
	if (!o->owner || is_empty(c, o->owner) || (!lacks(c, o->team) && !lacks(c, o->unit)))
		return true;
	if (!owner_of(cx, c, &owner))
		return false;
	if (owner && lacks(c, o->team) && owner->team_id)
		change_put(c, o->team, value_int(owner->team_id));
	if (owner && lacks(c, o->unit) && owner->unit_id)
		change_put(c, o->unit, value_int(owner->unit_id));
	return true;
}

static bool
fill_new(struct cx *cx, struct change *c)
{
	for (unsigned i = SF__MAX; i < c->object->n_fields; i++) {
		const struct field *f = c->object->fields[i];

		if (!is_empty(c, f) || fieldset_has(&c->given, i))
			continue;
		change_put(c, f, field_initial(cx, f));
	}
	if (!fill_belonging(cx, c))
		return false;
	for (unsigned i = SF__MAX; i < c->object->n_fields; i++) {
		const struct field *f = c->object->fields[i];

		if (f->type == FT_SEQUENCE && is_empty(c, f) && !next_number(cx, c, f))
			return false;
	}
	change_put(c, c->object->fields[SF_CREATED_AT], value_int(cx->now));
	if (cx->actor->user_id)
		change_put(c, c->object->fields[SF_CREATED_BY], value_int(cx->actor->user_id));
	return true;
}

bool
stage_normalise(struct cx *cx, struct change *c)
{
	if (c->op == CHANGE_DELETE || c->op == CHANGE_ERASE || c->op == CHANGE_RESTORE)
		return true;
	for (unsigned i = 0; i < c->object->n_fields; i++)
		if (fieldset_has(&c->given, i))
			trim(c, c->object->fields[i]);
	return c->op != CHANGE_CREATE || fill_new(cx, c);
}
