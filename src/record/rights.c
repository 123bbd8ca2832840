#include "record/authz.h"
#include "record/internal.h"

static bool
grants_role(const struct actor *actor, const struct grant *grant)
{
	return actor->roles >> grant->role & 1;
}

/* The right that reading or changing a child asks of its parent. */
static enum operation
parent_op(enum operation op)
{
	return op == OP_READ || op == OP_EXPORT ? op : OP_EDIT;
}

static bool
unrestricted(const struct actor *actor)
{
	return actor && (actor->is_admin || actor->is_system);
}

/* Does every row of the object pass, whoever owns it? */
static bool
rights_all(const struct actor *actor, const struct object *object, enum operation op)
{
	const struct right *right;

	if (unrestricted(actor))
		return true;
	right = &actor->rights[object->index];
	if (right->may[op] != SCOPE_ALL || right->conditional[op])
		return false;
	return !object->parent || rights_all(actor, object->parent->target, parent_op(op));
}

bool
rights_see_all(const struct cx *cx, const struct object *object)
{
	return cx->actor && rights_all(cx->actor, object, OP_READ);
}

/* ---- what is computed from what is hidden ---- */

struct settling {
	const struct right *rights;
	bool hidden; /* one of the sources */
};

static void
settle_source(const struct field *f, void *to)
{
	struct settling *settling = to;
	const struct right *right = &settling->rights[f->object->index];
	bool leads = (f->type == FT_ONE || f->type == FT_MANY) && f->target;

	if (right->may[OP_READ] == SCOPE_NONE || fieldset_has(&right->hidden, f->index) ||
	    (leads && settling->rights[f->target->index].may[OP_READ] == SCOPE_NONE))
		settling->hidden = true;
}

/* True when it hides one more. */
static bool
settle_object(const struct object *object, struct right *rights)
{
	struct right *right = &rights[object->index];
	bool more = false;

	for (unsigned i = 0; i < object->n_fields; i++) {
		const struct field *f = object->fields[i];
		struct settling settling = { rights, false };

		if ((!f->formula && f->type != FT_ROLLUP) || fieldset_has(&right->hidden, i))
			continue;
		field_sources(f, settle_source, &settling);
		if (AUTHZ(FIELD_COMPUTED, !settling.hidden))
			continue;
		fieldset_add(&right->hidden, i);
		more = true;
	}
	return more;
}

void
rights_settle(const struct snapshot *model, struct right *rights)
{
	bool more = true;

	while (more) {
		more = false;
		for (unsigned i = 0; i < model->n_objects; i++)
			more |= rights[i].may[OP_READ] != SCOPE_NONE &&
				settle_object(model->objects[i], rights);
	}
}

/* ---- rows ---- */

static void
sql_in(struct sqltext *sql, const char *alias, const struct field *link, const int64_t *ids,
       size_t n)
{
	if (!link || !n)
		return;
	sql_raw(sql, " OR ");
	sql_column(sql, alias, link->columns[0].name);
	sql_raw(sql, " IN (");
	for (size_t i = 0; i < n; i++) {
		if (i)
			sql_raw(sql, ", ");
		sql_int(sql, ids[i]);
	}
	sql_raw(sql, ")");
}

/* A user owns himself; a record without an owner belongs to who made it. */
static struct str
owner_column(const struct object *object)
{
	if (str_eq(object->name, S("user")))
		return object->fields[SF_ID]->columns[0].name;
	return (object->owner ? object->owner : object->fields[SF_CREATED_BY])->columns[0].name;
}

static void
scope_sql(struct cx *cx, const struct object *object, enum scope scope, const char *alias,
	  struct sqltext *sql)
{
	const struct actor *actor = cx->actor;

	if (scope == SCOPE_ALL) {
		sql_raw(sql, "1=1");
		return;
	}
	sql_raw(sql, "(");
	sql_column(sql, alias, owner_column(object));
	sql_raw(sql, " = ");
	sql_int(sql, actor->user_id);
	if (scope >= SCOPE_TEAM)
		sql_in(sql, alias, object->team, actor->teams, actor->n_teams);
	if (scope >= SCOPE_UNIT)
		sql_in(sql, alias, object->unit, actor->units, actor->n_units);
	sql_raw(sql, ")");
}

static void
grant_sql(struct cx *cx, const struct object *object, const struct grant *grant, enum operation op,
	  const char *alias, struct sqltext *sql)
{
	struct cond_when when = cond_when_of(cx);

	scope_sql(cx, object, grant->may[op], alias, sql);
	if (AUTHZ(ROWS_WHEN, !grant->when))
		return;
	sql_raw(sql, " AND ");
	cond_sql(grant->when, &when, alias, NULL, sql);
}

static void
grants_sql(struct cx *cx, const struct object *object, enum operation op, const char *alias,
	   struct sqltext *sql)
{
	const char * or = "";

	sql_raw(sql, " AND (");
	for (unsigned i = 0; i < object->n_grants; i++) {
		const struct grant *grant = &object->grants[i];

		if (!grants_role(cx->actor, grant) || grant->may[op] == SCOPE_NONE)
			continue;
		sql_raw(sql, or);
		sql_raw(sql, "(");
		grant_sql(cx, object, grant, op, alias, sql);
		sql_raw(sql, ")");
		or = " OR ";
	}
	sql_raw(sql, * or ? ")" : "1=0)");
}

static void
parent_sql(struct cx *cx, const struct object *object, enum operation op, const char *alias,
	   struct sqltext *sql)
{
	const struct object *parent = object->parent->target;
	const char *inner = sql_alias(sql);

	sql_raw(sql, " AND (EXISTS (SELECT 1 FROM ");
	sql_name(sql, parent->table);
	sql_raw(sql, " ");
	sql_raw(sql, inner);
	sql_raw(sql, " WHERE ");
	sql_column(sql, inner, S("id"));
	sql_raw(sql, " = ");
	sql_column(sql, alias, object->parent->columns[0].name);
	rights_sql(cx, parent, parent_op(op), inner, sql);
	sql_raw(sql, ") OR (");
	sql_column(sql, alias, object->parent->columns[0].name);
	sql_raw(sql, " IS NULL AND ");
	scope_sql(cx, object, SCOPE_OWN, alias, sql);
	sql_raw(sql, "))");
}

void
rights_sql(struct cx *cx, const struct object *object, enum operation op, const char *alias,
	   struct sqltext *sql)
{
	const struct right *right;

	if (!cx->actor || !AUTHZ(ROWS_OBJECT, can_object(cx, object, op))) {
		sql_raw(sql, " AND 1=0");
		return;
	}
	if (rights_all(cx->actor, object, op))
		return;
	right = &cx->actor->rights[object->index];
	if (object->n_grants &&
	    !AUTHZ(ROWS_GRANT, right->may[op] == SCOPE_ALL && !right->conditional[op]))
		grants_sql(cx, object, op, alias, sql);
	if (object->parent &&
	    !AUTHZ(ROWS_PARENT, rights_all(cx->actor, object->parent->target, parent_op(op))))
		parent_sql(cx, object, op, alias, sql);
}

void
rights_objects(const struct cx *cx, const struct object *object, struct fieldset *out)
{
	if (!cx->actor || unrestricted(cx->actor))
		return;
	for (unsigned i = 0; i < object->n_grants; i++)
		if (object->grants[i].when && grants_role(cx->actor, &object->grants[i]))
			cond_objects(object->grants[i].when, NULL, out);
	if (!object->parent)
		return;
	fieldset_add(out, object->parent->target->index);
	rights_objects(cx, object->parent->target, out);
}

bool
rights_are_own(const struct cx *cx, const struct object *object, enum operation op)
{
	if (!cx->actor || rights_all(cx->actor, object, op))
		return true;
	for (unsigned i = 0; i < object->n_grants; i++)
		if (!cond_is_own(object->grants[i].when, NULL))
			return false;
	return !object->parent;
}

/* What holds nothing but sealed fields is there for those who may see one of them. */
static bool
may_sealed(const struct cx *cx, const struct object *object)
{
	unsigned open = object->sealed & atomic_load(&cx->store->special_on);

	if (!object->sealed || cx->actor->is_system)
		return true;
	return unrestricted(cx->actor) ? open != 0
				       : (open & cx->actor->rights[object->index].special) != 0;
}

bool
can_object(const struct cx *cx, const struct object *object, enum operation op)
{
	const struct actor *actor = cx->actor;

	if (!actor || (actor->read_only && op != OP_READ && op != OP_EXPORT))
		return false;
	if (!may_sealed(cx, object))
		return false;
	return unrestricted(actor) ||
	       AUTHZ(OBJECT, actor->rights[object->index].may[op] != SCOPE_NONE);
}

static bool
may_special(const struct cx *cx, const struct object *object, const struct field *f)
{
	if (!(atomic_load(&cx->store->special_on) >> f->special & 1))
		return false;
	return unrestricted(cx->actor) ||
	       cx->actor->rights[object->index].special >> f->special & 1;
}

bool
can_see_field(const struct cx *cx, const struct object *object, const struct field *field)
{
	if (!cx->actor || field->index == SF_DELETED_AT)
		return cx->actor && cx->actor->is_system;
	if (field->special && !AUTHZ(FIELD_SPECIAL, may_special(cx, object, field)))
		return false;
	if ((field->type == FT_ONE || field->type == FT_MANY) && field->target &&
	    !AUTHZ(FIELD_TARGET, can_object(cx, field->target, OP_READ)))
		return false;
	return unrestricted(cx->actor) ||
	       AUTHZ(FIELD_HIDDEN,
		     !fieldset_has(&cx->actor->rights[object->index].hidden, field->index));
}

bool
can_edit_field(const struct cx *cx, const struct object *object, const struct field *field)
{
	if (!can_see_field(cx, object, field))
		return false;
	return unrestricted(cx->actor) ||
	       AUTHZ(FIELD_READONLY,
		     !fieldset_has(&cx->actor->rights[object->index].readonly, field->index));
}

/* Is there a record of this object behind the link that the actor may see? */
static void
behind_sql(struct cx *cx, const struct object *target, const char *alias, const struct field *link,
	   struct sqltext *sql)
{
	const char *inner = sql_alias(sql);

	sql_raw(sql, "EXISTS (SELECT 1 FROM ");
	sql_name(sql, target->table);
	sql_raw(sql, " ");
	sql_raw(sql, inner);
	sql_raw(sql, " WHERE ");
	sql_column(sql, inner, S("id"));
	sql_raw(sql, " = ");
	sql_column(sql, alias, link->columns[0].name);
	rights_sql(cx, target, OP_READ, inner, sql);
	sql_raw(sql, ")");
}

/* The same for a link to any object: one branch for each that the actor may read at all. */
static void
any_behind_sql(struct cx *cx, const char *alias, const struct field *link, struct sqltext *sql)
{
	sql_raw(sql, "(1=0");
	for (unsigned i = 0; i < cx->model->n_objects; i++) {
		const struct object *target = cx->model->objects[i];

		if (!can_object(cx, target, OP_READ))
			continue;
		sql_raw(sql, " OR (");
		sql_column(sql, alias, link->columns[1].name);
		sql_raw(sql, " = ");
		sql_str(sql, target->name);
		if (!rights_see_all(cx, target)) {
			sql_raw(sql, " AND ");
			behind_sql(cx, target, alias, link, sql);
		}
		sql_raw(sql, ")");
	}
	sql_raw(sql, ")");
}

static struct cx *
scope_cx(const struct cond_scope *scope)
{
	return ((const struct rights_scope *)(const void *)scope)->cx;
}

static void
scope_append(const struct cond_scope *scope, const struct object *object, const char *alias,
	     struct sqltext *out)
{
	if (!AUTHZ(COND_ROWS, false))
		rights_sql(scope_cx(scope), object, OP_READ, alias, out);
}

static bool
scope_all(const struct cond_scope *scope, const struct object *object)
{
	const struct cx *cx = scope_cx(scope);

	return AUTHZ(COND_LINK, object ? rights_see_all(cx, object) : unrestricted(cx->actor));
}

static void
scope_behind(const struct cond_scope *scope, const struct field *link, const char *alias,
	     struct sqltext *out)
{
	any_behind_sql(scope_cx(scope), alias, link, out);
}

struct rights_scope
rights_scope_of(struct cx *cx)
{
	return (struct rights_scope){ { scope_append, scope_all, scope_behind }, cx };
}

static bool
is_open_link(const struct cx *cx, const struct field *f)
{
	if (f->type == FT_ONE && f->target)
		return rights_see_all(cx, f->target);
	return f->type != FT_ANY || unrestricted(cx->actor);
}

void
rights_column(struct cx *cx, const struct field *f, unsigned k, const char *alias,
	      struct sqltext *sql)
{
	if (AUTHZ(LINK_ROWS, is_open_link(cx, f))) {
		sql_column(sql, alias, f->columns[k].name);
		return;
	}
	sql_raw(sql, "CASE WHEN ");
	if (f->type == FT_ANY)
		any_behind_sql(cx, alias, f, sql);
	else
		behind_sql(cx, f->target, alias, f, sql);
	sql_raw(sql, " THEN ");
	sql_column(sql, alias, f->columns[k].name);
	sql_raw(sql, " END");
}

static bool
see_record(struct cx *cx, const struct object *object, int64_t id, bool *out)
{
	*out = object != NULL;
	if (!object || rights_see_all(cx, object))
		return true;
	return rights_row_sql(cx, OP_READ, object, id, out);
}

static bool
see_ids(struct cx *cx, const struct field *f, struct value *v)
{
	int64_t *ids = new_array(cx->mem, (size_t)v->i + 1, int64_t), n = 0;

	for (int64_t i = 0; i < v->i; i++) {
		bool visible;

		if (!see_record(cx, f->target, v->ids[i], &visible))
			return false;
		if (visible)
			ids[n++] = v->ids[i];
	}
	*v = n ? (struct value){ .kind = V_IDS, .i = n, .ids = ids } : (struct value){ 0 };
	return true;
}

bool
link_seen(struct cx *cx, const struct field *f, struct value *v)
{
	const struct object *target = f->target;
	bool visible = true;

	if (AUTHZ(LOG_LINK, v->kind == V_NONE))
		return true;
	if (f->type == FT_MANY)
		return see_ids(cx, f, v);
	if (f->type == FT_ANY)
		target = object_find(cx->model, v->s, NULL);
	else if (f->type != FT_ONE)
		return true;
	if (!see_record(cx, target, v->i, &visible))
		return false;
	if (!visible)
		*v = (struct value){ 0 };
	return true;
}

bool
can_record(struct cx *cx, enum operation op, const struct object *object, int64_t id, bool *out)
{
	if (op != OP_READ && rights_all(cx->actor, object, op)) {
		*out = true;
		return true;
	}
	return rights_row_sql(cx, op, object, id, out);
}

bool
rights_row_sql(struct cx *cx, enum operation op, const struct object *object, int64_t id, bool *out)
{
	struct sqltext sql = sqltext_new(cx->mem);
	int64_t found;

	sql_raw(&sql, "SELECT 1 FROM ");
	sql_name(&sql, object->table);
	sql_raw(&sql, " t WHERE t.\"id\" = ");
	sql_int(&sql, id);
	rights_sql(cx, object, op, "t", &sql);
	if (!sql_one_int(cx, &sql, 0, &found))
		return false;
	*out = found == 1;
	return true;
}

static int64_t
row_int(const struct row *row, const struct field *f)
{
	return f && row->v[f->index].kind == V_INT ? row->v[f->index].i : 0;
}

static bool
has_id(const int64_t *ids, size_t n, int64_t id)
{
	for (size_t i = 0; i < n; i++)
		if (id && ids[i] == id)
			return true;
	return false;
}

static int64_t
row_owner(const struct row *row)
{
	const struct object *object = row->object;

	if (str_eq(object->name, S("user")))
		return row->id;
	return row_int(row, object->owner ? object->owner : object->fields[SF_CREATED_BY]);
}

static bool
scope_covers(const struct actor *actor, enum scope scope, const struct row *row)
{
	const struct object *object = row->object;

	if (scope == SCOPE_ALL)
		return true;
	if (scope >= SCOPE_OWN && actor->user_id && row_owner(row) == actor->user_id)
		return true;
	if (scope >= SCOPE_TEAM && has_id(actor->teams, actor->n_teams, row_int(row, object->team)))
		return true;
	return scope >= SCOPE_UNIT &&
	       has_id(actor->units, actor->n_units, row_int(row, object->unit));
}

/* The grants' conditions may look through links: then a stored row is asked for by SQL. */
static bool
grants_cover(struct cx *cx, enum operation op, const struct row *row)
{
	const struct object *object = row->object;
	struct cond_when when = cond_when_of(cx);

	for (unsigned i = 0; i < object->n_grants; i++) {
		const struct grant *grant = &object->grants[i];

		if (!grants_role(cx->actor, grant) || !scope_covers(cx->actor, grant->may[op], row))
			continue;
		if (!grant->when || AUTHZ(ROW_WHEN, cond_test(grant->when, &when, NULL, row)))
			return true;
	}
	return !object->n_grants;
}

bool
can_row(struct cx *cx, enum operation op, const struct row *row, bool *out)
{
	const struct object *object = row->object;
	int64_t parent;

	*out = false;
	if (!can_object(cx, object, op))
		return true;
	if (rights_all(cx->actor, object, op)) {
		*out = true;
		return true;
	}
	if (cx->actor->rights[object->index].may[op] != SCOPE_ALL ||
	    cx->actor->rights[object->index].conditional[op])
		if (!AUTHZ(ROW_GRANT, grants_cover(cx, op, row)))
			return true;
	parent = row_int(row, object->parent);
	if (object->parent && parent) {
		if (!rights_row_sql(cx, parent_op(op), object->parent->target, parent, out))
			return false;
		*out = AUTHZ(ROW_PARENT, *out);
		return true;
	}
	*out = !object->parent || scope_covers(cx->actor, SCOPE_OWN, row);
	return true;
}

static bool
sight_sees(const struct cond_sight *sight, const struct object *object, const struct field *field)
{
	struct cx *cx = sight->context;

	return AUTHZ(COND_FIELD,
		     can_object(cx, object, OP_READ) && can_see_field(cx, object, field));
}

struct cond_sight
cond_sight_of(struct cx *cx)
{
	return (struct cond_sight){ sight_sees, cx };
}

struct cond_when
cond_when_of(const struct cx *cx)
{
	const struct actor *actor = cx->actor;
	struct cond_when when = { .now = cx->now, .zone = cx->zone, .search = search_of(cx) };

	if (!actor)
		return when;
	when.me = actor->user_id;
	when.teams = actor->teams;
	when.n_teams = actor->n_teams;
	when.units = actor->units;
	when.n_units = actor->n_units;
	return when;
}

bool
object_open(struct cx *cx, struct str name, const struct object **out, const struct face **face)
{
	const struct face *through = NULL;
	const struct object *object = object_find(cx->model, name, face ? &through : NULL);

	if (!object || !AUTHZ(OBJECT_OPEN, can_object(cx, object, OP_READ)))
		return fail(cx, E_MISSING, "There is no object named %.*s", STR_FMT(name));
	*out = object;
	if (face)
		*face = through;
	return true;
}
