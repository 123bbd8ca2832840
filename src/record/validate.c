#include "record/save.h"

#include "base/i18n.h"

static bool
check_required(struct cx *cx, const struct change *c, const struct field *f)
{
	if (!f->required || c->after->v[f->index].kind != V_NONE)
		return true;
	return fail_field(cx, f->name, "required", "%.*s must be given",
			  STR_FMT(tr_str(cx->lang, f->label)));
}

/* A rule of business, so nobody gets around it; but the record that has the value is told only to
 * whom may read it. */
static bool
fail_taken(struct cx *cx, const struct object *o, const struct field *f, int64_t other)
{
	struct str title, label = tr_str(cx->lang, o->label);
	bool visible;

	if (!rights_row_sql(cx, OP_READ, o, other, &visible))
		return false;
	if (!AUTHZ(UNIQUE_ROW, visible))
		return fail_field(cx, f->name, "unique",
				  "This value is taken already; choose another");
	if (!record_titles(cx, o, &other, 1, &title))
		return false;
	if (!title.n)
		return fail_field(cx, f->name, "unique", "%.*s %lld has this value already",
				  STR_FMT(label), (long long)other);
	return fail_field(cx, f->name, "unique", "“%.*s” (%.*s %lld) has this value already",
			  STR_FMT(title), STR_FMT(label), (long long)other);
}

static bool
check_unique(struct cx *cx, const struct change *c, const struct field *f)
{
	const struct object *o = c->object;
	const struct value *v = &c->after->v[f->index];
	struct sqltext sql = sqltext_new(cx->mem);
	int64_t other;

	sql_raw(&sql, "SELECT t.\"id\" FROM ");
	sql_name(&sql, o->table);
	sql_raw(&sql, " t WHERE t.\"deleted_at\" IS NULL AND ");
	sql_column(&sql, "t", field_column(f));
	sql_raw(&sql, " = ");
	if (f->has_key)
		sql_str(&sql, value_key(cx->mem, f, v));
	else
		sql_value(&sql, v);
	if (unique_in_unit(o)) {
		sql_raw(&sql, " AND coalesce(");
		sql_column(&sql, "t", o->unit->columns[0].name);
		sql_raw(&sql, ", 0) = ");
		sql_int(&sql, c->after->v[o->unit->index].i);
	}
	sql_raw(&sql, " AND t.\"id\" <> ");
	sql_int(&sql, c->id);
	if (!sql_one_int(cx, &sql, 0, &other))
		return false;
	return !other || fail_taken(cx, o, f, other);
}

/* A link leads to a record that the writer can see; he learns nothing about others. */
static bool
link_exists(struct cx *cx, const struct object *target, int64_t id, bool *out)
{
	struct sqltext sql = sqltext_new(cx->mem);
	int64_t found;

	sql_raw(&sql, "SELECT 1 FROM ");
	sql_name(&sql, target->table);
	sql_raw(&sql, " t WHERE t.\"id\" = ");
	sql_int(&sql, id);
	sql_raw(&sql, " AND t.\"deleted_at\" IS NULL");
	if (!AUTHZ(LINK_TARGET, false))
		rights_sql(cx, target, OP_READ, "t", &sql);
	if (!sql_one_int(cx, &sql, 0, &found))
		return false;
	*out = found == 1;
	return true;
}

static bool
check_link(struct cx *cx, const struct field *f, const struct object *target, int64_t id)
{
	bool exists;

	if (target == object_find(cx->model, S("user"), NULL) && id == cx->actor->user_id)
		return true;
	if (!link_exists(cx, target, id, &exists))
		return false;
	return exists || fail_field(cx, f->name, "link", "There is no %.*s %lld",
				    STR_FMT(tr_str(cx->lang, target->label)), (long long)id);
}

static bool
check_links(struct cx *cx, const struct change *c, const struct field *f)
{
	const struct value *v = &c->after->v[f->index];
	const struct object *target;

	if (f->type == FT_ONE)
		return check_link(cx, f, f->target, v->i);
	if (f->type == FT_ANY) {
		target = object_find(cx->model, v->s, NULL);
		if (!target || !AUTHZ(LINK_OBJECT, can_object(cx, target, OP_READ)))
			return fail_field(cx, f->name, "link", "There are no records named “%.*s”.",
					  STR_FMT(v->s));
		return check_link(cx, f, target, v->i);
	}
	for (int64_t i = 0; f->type == FT_MANY && i < v->i; i++)
		if (!check_link(cx, f, f->target, v->ids[i]))
			return false;
	return true;
}

/* A record is not its own whole, nor above itself. */
static bool
check_circle(struct cx *cx, const struct change *c, const struct field *f)
{
	int64_t at = c->after->v[f->index].i;

	if (f->type != FT_ONE || f->target != c->object || !c->id)
		return true;
	for (int depth = 0; at && depth < 100; depth++) {
		struct sqltext sql = sqltext_new(cx->mem);

		if (at == c->id)
			return fail_field(cx, f->name, "link", "This would lead in a circle");
		sql_raw(&sql, "SELECT coalesce(");
		sql_column(&sql, "t", f->columns[0].name);
		sql_raw(&sql, ", 0) FROM ");
		sql_name(&sql, c->object->table);
		sql_raw(&sql, " t WHERE t.\"id\" = ");
		sql_int(&sql, at);
		if (!sql_one_int(cx, &sql, 0, &at))
			return false;
	}
	return true;
}

/* A link that the writer gives as it stands tells him nothing either: where he does not see what it
 * leads to, it is refused like one to nothing. */
static bool
check_same(struct cx *cx, const struct change *c, const struct field *f)
{
	const struct value *v = &c->after->v[f->index];
	struct value seen = *v;

	if (!fieldset_has(&c->given, f->index) || v->kind == V_NONE || f->builtin)
		return true;
	if (!link_seen(cx, f, &seen))
		return false;
	return AUTHZ(LINK_SAME, value_eq(v, &seen)) || check_links(cx, c, f);
}

static bool
check_field(struct cx *cx, const struct change *c, const struct field *f)
{
	const struct value *v = &c->after->v[f->index];

	if (!changed(c, f) && c->op != CHANGE_RESTORE)
		return c->undoing || check_same(cx, c, f);
	if (v->kind == V_NONE)
		return true;
	if (!f->builtin && c->op != CHANGE_RESTORE && !value_check(cx, f, v))
		return false;
	if (f->unique && !check_unique(cx, c, f))
		return false;
	if (c->op == CHANGE_RESTORE || f->builtin)
		return true;
	/* Where the program itself put a link, the writer's sight is no measure. */
	return (!fieldset_has(&c->given, f->index) || check_links(cx, c, f)) &&
	       check_circle(cx, c, f);
}

/* All fields at fault are told at once; a failure of the database ends it. */
bool
stage_validate(struct cx *cx, struct change *c)
{
	bool ok = true;

	if (c->op == CHANGE_DELETE || c->op == CHANGE_ERASE)
		return true;
	for (unsigned i = 0; i < c->object->n_fields; i++) {
		const struct field *f = c->object->fields[i];

		if (!check_field(cx, c, f) ||
		    (!c->undoing && c->op != CHANGE_RESTORE && !check_required(cx, c, f))) {
			if (cx->err.code != E_INPUT)
				return false;
			ok = false;
		}
	}
	return ok;
}
