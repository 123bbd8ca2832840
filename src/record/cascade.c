/* Parts follow their whole into the trash and back. */
#include "record/save.h"

enum { PARTS_MAX = 10000, CASCADE_DEPTH_MAX = 6 };

struct parts {
	int64_t *v;
	size_t n, cap;
};

static bool
read_ids(struct cx *cx, struct stmt *stmt, struct parts *out)
{
	bool more;

	while (stmt && db_step(cx, stmt, &more)) {
		if (!more)
			return true;
		if (out->n == PARTS_MAX) {
			db_done(stmt);
			return fail(cx, E_TOO_BIG,
				    "More than %d records hang on this one: delete them first",
				    PARTS_MAX);
		}
		list_add(cx->mem, out, db_col_int(stmt, 0));
	}
	return false;
}

static bool
parts_of(struct cx *cx, const struct field *link, int64_t whole, struct parts *out)
{
	struct sqltext sql = sqltext_new(cx->mem);

	sql_raw(&sql, "SELECT t.\"id\" FROM ");
	sql_name(&sql, link->object->table);
	sql_raw(&sql, " t WHERE t.\"deleted_at\" IS NULL AND ");
	sql_column(&sql, "t", link->columns[0].name);
	sql_raw(&sql, " = ");
	sql_int(&sql, whole);
	return read_ids(cx, sql_prepare(cx, &sql), out);
}

/* Those parts that went to the trash in the changeset in which the whole did. */
static bool
parts_deleted_with(struct cx *cx, const struct field *link, const struct change *c,
		   struct parts *out)
{
	struct sqltext sql = sqltext_new(cx->mem);

	sql_raw(&sql, "SELECT t.\"id\" FROM ");
	sql_name(&sql, link->object->table);
	sql_raw(&sql, " t WHERE t.\"deleted_at\" IS NOT NULL AND ");
	sql_column(&sql, "t", link->columns[0].name);
	sql_raw(&sql, " = ");
	sql_int(&sql, c->id);
	sql_raw(&sql,
		" AND t.\"id\" IN (SELECT p.record_id FROM sys_change p WHERE p.op = 2 AND p.object = ");
	sql_str(&sql, link->object->name);
	sql_raw(&sql,
		" AND p.changeset_id = (SELECT max(w.changeset_id) FROM sys_change w WHERE w.op = 2"
		" AND w.object = ");
	sql_str(&sql, c->object->name);
	sql_raw(&sql, " AND w.record_id = ");
	sql_int(&sql, c->id);
	sql_raw(&sql, "))");
	return read_ids(cx, sql_prepare(cx, &sql), out);
}

static bool
save_part(struct cx *cx, const struct change *whole, const struct object *object, int64_t id)
{
	const struct actor *actor = cx->actor;
	struct actor all = *actor_system(cx);
	struct change *part;
	bool ok;

	/* Who may delete the whole may delete what is part of it. */
	all.user_id = actor->user_id;
	cx->actor = &all;
	ok = change_of(cx, whole->op, object, id, &part);
	if (ok) {
		part->undoing = whole->undoing;
		part->of_whole = true;
		ok = record_save(cx, part);
	}
	cx->actor = actor;
	return ok;
}

static bool
cascade_to(struct cx *cx, const struct change *c, const struct field *link)
{
	struct parts parts = { 0 };

	if (!(c->op == CHANGE_DELETE ? parts_of(cx, link, c->id, &parts)
				     : parts_deleted_with(cx, link, c, &parts)))
		return false;
	for (size_t i = 0; i < parts.n; i++)
		if (!save_part(cx, c, link->object, parts.v[i]))
			return false;
	return true;
}

bool
stage_cascade(struct cx *cx, struct change *c)
{
	if (c->op != CHANGE_DELETE && c->op != CHANGE_RESTORE)
		return true;
	for (unsigned i = 0; i < cx->model->n_objects; i++) {
		const struct object *object = cx->model->objects[i];

		for (unsigned k = SF__MAX; k < object->n_fields; k++) {
			const struct field *f = object->fields[k];

			if (f->type == FT_ONE && f->cascade && f->target == c->object &&
			    !cascade_to(cx, c, f))
				return false;
		}
	}
	return true;
}
