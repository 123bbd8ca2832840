/* Removing single records for good: sample data. */
#include "record/query.h"
#include "record/save.h"

enum { PURGE_DEPTH_MAX = 6 };

struct linked {
	int64_t *v;
	size_t n, cap;
};

static bool
read_ids(struct cx *cx, struct stmt *stmt, struct linked *out)
{
	bool more = true;

	while (more) {
		if (!stmt || !db_step(cx, stmt, &more))
			return false;
		if (more)
			list_add(cx->mem, out, db_col_int(stmt, 0));
	}
	return true;
}

/* Records, trash included, whose link leads to this one. */
static bool
linked_by(struct cx *cx, const struct field *link, const struct object *object, int64_t id,
	  struct linked *out)
{
	struct sqltext sql = sqltext_new(cx->mem);

	sql_raw(&sql, "SELECT t.\"id\" FROM ");
	sql_name(&sql, link->object->table);
	sql_raw(&sql, " t WHERE ");
	sql_column(&sql, "t", link->columns[0].name);
	sql_raw(&sql, " = ");
	sql_int(&sql, id);
	if (link->type == FT_ANY) {
		sql_raw(&sql, " AND ");
		sql_column(&sql, "t", link->columns[1].name);
		sql_raw(&sql, " = ");
		sql_str(&sql, object->name);
	}
	return read_ids(cx, sql_prepare(cx, &sql), out);
}

static bool
drop_from_many(struct cx *cx, const struct field *link, int64_t id)
{
	struct sqltext sql = sqltext_new(cx->mem);
	struct stmt *stmt;

	sql_raw(&sql, "DELETE FROM ");
	sql_name(&sql, link->link_table);
	sql_raw(&sql, " WHERE \"to_id\" = ?1");
	stmt = sql_prepare(cx, &sql);
	if (!stmt)
		return false;
	db_bind_int(stmt, 1, id);
	return db_run(cx, stmt);
}

static bool purge(struct cx *cx, const struct object *object, int64_t id, int depth);

/* What lies in the trash and hangs on it goes with it. */
static bool
let_go(struct cx *cx, const struct field *link, int64_t id, int depth)
{
	struct change *c;

	if (!link->cascade && change_of(cx, CHANGE_EDIT, link->object, id, &c)) {
		c->undoing = true;
		change_put(c, link, (struct value){ 0 });
		return record_save(cx, c);
	}
	if (!link->cascade && cx->err.code != E_MISSING)
		return false;
	fail_clear(cx);
	return purge(cx, link->object, id, depth + 1);
}

static bool
unlink_field(struct cx *cx, const struct field *link, const struct row *row, int depth)
{
	struct linked linked = { 0 };
	bool leads_here = link->target == row->object;

	if (link->type == FT_MANY && leads_here)
		return drop_from_many(cx, link, row->id);
	if (link->type != FT_ANY && !(link->type == FT_ONE && leads_here))
		return true;
	if (!linked_by(cx, link, row->object, row->id, &linked))
		return false;
	for (size_t i = 0; i < linked.n; i++)
		if ((link->object != row->object || linked.v[i] != row->id) &&
		    !let_go(cx, link, linked.v[i], depth))
			return false;
	return true;
}

static bool
purge(struct cx *cx, const struct object *object, int64_t id, int depth)
{
	struct row *row;

	if (depth > PURGE_DEPTH_MAX)
		return fail(cx, E_TOO_BIG, "Too many records hang on each other");
	if (!row_load_either(cx, object, id, &row)) {
		if (cx->err.code != E_MISSING)
			return false;
		fail_clear(cx);
		return true;
	}
	for (unsigned i = 0; i < cx->model->n_objects; i++) {
		const struct object *other = cx->model->objects[i];

		for (unsigned k = SF__MAX; k < other->n_fields; k++)
			if (!unlink_field(cx, other->fields[k], row, depth))
				return false;
	}
	return row_delete(cx, row);
}

bool
record_purge(struct cx *cx, const struct object *object, int64_t id)
{
	const struct actor *actor = cx->actor;
	struct actor all = *actor_system(cx);
	bool ok;

	if (!actor || !(actor->is_admin || actor->is_system))
		return fail(cx, E_FORBIDDEN, "Only administrators may do this");
	all.user_id = actor->user_id;
	cx->actor = &all;
	ok = purge(cx, object, id, 0);
	cx->actor = actor;
	return ok;
}

bool
record_purged(struct cx *cx, const struct object *object, int64_t id)
{
	return !object->is_subject || keyring_destroy(cx, cx->store->keyring, object->name, id);
}
