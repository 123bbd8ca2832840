/* The one way in. */
#include "record/save.h"

#include "record/authz.h"
#include "record/query.h"

struct change *
change_new(struct cx *cx, const struct object *object, const struct face *face)
{
	struct change *c = new(cx->mem, struct change);

	c->op = CHANGE_CREATE;
	c->object = object;
	c->after = row_new(cx->mem, object);
	if (face && face->field)
		change_put(c, face->field, face->value);
	return c;
}

static const enum operation NEEDED[] = {
	[CHANGE_CREATE] = OP_CREATE,  [CHANGE_EDIT] = OP_EDIT,    [CHANGE_DELETE] = OP_DELETE,
	[CHANGE_RESTORE] = OP_DELETE, [CHANGE_ERASE] = OP_DELETE,
};

/* The whole row, whatever the actor may see of it; but only if he may see the row. */
static bool
load_locked(struct cx *cx, const struct object *object, int64_t id, bool trash, struct row **out)
{
	const struct actor *actor = cx->actor;
	bool visible, ok;

	if (!rights_row_sql(cx, OP_READ, object, id, &visible))
		return false;
	if (!AUTHZ(CHANGE_ROW, visible))
		return fail(cx, E_MISSING, "There is no such record");
	cx->actor = actor_system(cx);
	ok = trash ? record_load_trashed(cx, object, id, out) : record_load(cx, object, id, out);
	cx->actor = actor;
	return ok;
}

bool
change_of(struct cx *cx, enum change_op op, const struct object *object, int64_t id,
	  struct change **out)
{
	struct change *c = new(cx->mem, struct change);

	if (!cx->work)
		return bug(cx, "a change outside a changeset");
	c->op = op;
	c->object = object;
	c->id = id;
	if (!load_locked(cx, object, id, op == CHANGE_RESTORE, &c->before))
		return false;
	c->after = row_dup(cx->mem, c->before);
	*out = c;
	return true;
}

void
change_put(struct change *c, const struct field *f, struct value v)
{
	c->after->v[f->index] = v;
	fieldset_add(&c->after->has, f->index);
}

void
change_set(struct change *c, const struct field *f, struct value v)
{
	fieldset_add(&c->given, f->index);
	change_put(c, f, v);
}

bool
changed(const struct change *c, const struct field *f)
{
	static const struct value none;
	const struct value *before = c->before ? &c->before->v[f->index] : &none;

	return !value_eq(before, &c->after->v[f->index]);
}

bool
change_is_empty(const struct change *c)
{
	if (c->op != CHANGE_EDIT)
		return false;
	for (unsigned i = SF__MAX; i < c->object->n_fields; i++)
		if (changed(c, c->object->fields[i]))
			return false;
	return true;
}

bool
change_linked(struct cx *cx, const struct change *c, const struct field *link,
	      const struct row **out)
{
	const struct value *v = &c->after->v[link->index];
	const struct actor *actor = cx->actor;
	struct row *row = NULL;
	bool ok;

	*out = NULL;
	if (v->kind != V_INT)
		return true;
	cx->actor = actor_system(cx);
	ok = record_load(cx, link->target, v->i, &row);
	cx->actor = actor;
	if (!ok && cx->err.code == E_MISSING) {
		fail_clear(cx);
		return true;
	}
	*out = row;
	return ok;
}

/* Is the version still the one that the writer believes in?  The newer values go to him. */
static bool
stage_load(struct cx *cx, struct change *c)
{
	struct row *current;

	if (!cx->work)
		return bug(cx, "a save outside a changeset");
	if (c->op == CHANGE_CREATE || !c->if_version || c->if_version == c->before->version)
		return true;
	if (c->op == CHANGE_RESTORE || !record_load(cx, c->object, c->id, &current))
		current = NULL;
	fail_clear(cx);
	fail(cx, E_STALE, "This record was changed meanwhile: it is version %lld now",
	     (long long)c->before->version);
	cx->err.current = current;
	return false;
}

static bool
hook_holds(const struct hook *hook, const struct change *c)
{
	bool is_write = c->op != CHANGE_DELETE && c->op != CHANGE_RESTORE;

	switch (hook->point) {
	case HOOK_RULES:
		return is_write && !c->undoing && !c->of_parts;
	case HOOK_WHOLE:
		return is_write && !c->undoing;
	case HOOK_GUARD:
		return c->op != CHANGE_ERASE && !c->of_parts;
	default:
		return false;
	}
}

static bool
stage_rules(struct cx *cx, struct change *c)
{
	const struct hook **hooks = cx->store->hooks[c->object->index];

	for (; hooks && *hooks; hooks++)
		if (hook_holds(*hooks, c) && !(*hooks)->run(cx, c))
			return false;
	if (c->op == CHANGE_DELETE || c->op == CHANGE_RESTORE)
		return true;
	for (unsigned i = SF__MAX; i < c->object->n_fields; i++) {
		const struct field *f = c->object->fields[i];

		if (f->type == FT_FORMULA)
			change_put(c, f, formula_eval(cx->mem, f->formula, c->after));
	}
	return true;
}

static bool
stage_log(struct cx *cx, struct change *c)
{
	struct str body = log_body(cx, c);

	if (!body.n)
		return fail(cx, E_TOO_BIG, "This record is too big for the log");
	return work_log(cx, c, body);
}

/* What follows for other records, when this one is stored. */
static bool
stage_consequences(struct cx *cx, struct change *c)
{
	const struct hook **hooks = cx->store->hooks[c->object->index];

	if (c->undoing || c->of_parts || (c->op != CHANGE_CREATE && c->op != CHANGE_EDIT))
		return true;
	for (; hooks && *hooks; hooks++)
		if ((*hooks)->point == HOOK_STORED && !(*hooks)->run(cx, c))
			return false;
	return true;
}

struct stage {
	const char *name;
	bool (*run)(struct cx *cx, struct change *c);
};

/* Authorise before validate: what is unique or linked tells an outsider that a record exists.  The
 * row as it will be is authorised when its owner, team and unit are known. */
static const struct stage STAGES[] = {
	{ "load", stage_load },
	{ "authorise", stage_authorise },
	{ "normalise", stage_normalise },
	{ "authorise after", stage_authorise_after },
	{ "rules", stage_rules },
	{ "validate", stage_validate },
	{ "store", stage_store },
	{ "log", stage_log },
	{ "cascade", stage_cascade },
	{ "whole", stage_whole },
	{ "consequences", stage_consequences },
};

enum { STAGES_TO_STORE = 6 };

bool
record_save(struct cx *cx, struct change *c)
{
	for (size_t i = 0; i < countof(STAGES); i++) {
		if (i == STAGES_TO_STORE && change_is_empty(c))
			return true;
		if (!STAGES[i].run(cx, c))
			return cx->err.code != E_OK
				       ? false
				       : bug(cx, "stage %s gave no cause", STAGES[i].name);
	}
	return true;
}

enum operation
change_needs(enum change_op op)
{
	return NEEDED[op];
}
