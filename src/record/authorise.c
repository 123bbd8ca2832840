#include "record/save.h"

static bool
refuse(struct cx *cx, const struct object *object)
{
	if (!can_object(cx, object, OP_READ))
		return fail(cx, E_MISSING, "There is no object named %.*s", STR_FMT(object->name));
	return fail(cx, E_FORBIDDEN, "You may not do this with %.*s", STR_FMT(object->label_many));
}

static bool
field_allowed(struct cx *cx, const struct change *c, const struct field *f)
{
	if (!can_see_field(cx, c->object, f))
		return fail_field(cx, f->name, "unknown", "There is no such field");
	if (f->builtin || f->type == FT_ROLLUP || f->type == FT_FORMULA ||
	    (f->readonly && !c->undoing))
		return fail_field(cx, f->name, "readonly", "This field is set by the program");
	if (!can_edit_field(cx, c->object, f))
		return fail_field(cx, f->name, "readonly", "You may not change this field");
	return true;
}

static bool
fields_allowed(struct cx *cx, const struct change *c)
{
	bool ok = true;

	if (cx->actor->is_system && c->undoing)
		return true;
	for (unsigned i = 0; i < c->object->n_fields; i++) {
		const struct field *f = c->object->fields[i];

		if (fieldset_has(&c->given, i) && changed(c, f) && !field_allowed(cx, c, f))
			ok = false;
	}
	return ok;
}

bool
stage_authorise(struct cx *cx, struct change *c)
{
	enum operation op = change_needs(c->op);
	bool allowed = true;

	if (!cx->actor)
		return fail(cx, E_AUTH, "Please sign in");
	if (!AUTHZ(SAVE_OBJECT, can_object(cx, c->object, op)))
		return refuse(cx, c->object);
	if (c->before && !can_row(cx, op, c->before, &allowed))
		return false;
	if (!AUTHZ(SAVE_ROW_BEFORE, allowed))
		return refuse(cx, c->object);
	return AUTHZ(SAVE_FIELDS, fields_allowed(cx, c)) || cx->err.code == E_OK;
}

/* What a record is handed to must be within reach too. */
bool
stage_authorise_after(struct cx *cx, struct change *c)
{
	enum operation op = change_needs(c->op);
	bool allowed;

	if (c->op == CHANGE_DELETE)
		return true;
	if (!can_row(cx, op, c->after, &allowed))
		return false;
	if (!AUTHZ(SAVE_ROW_AFTER, allowed))
		return fail(cx, E_FORBIDDEN, "You may not hand this record over to there");
	return true;
}
