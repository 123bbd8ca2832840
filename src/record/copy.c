#include "record/copy.h"

#include "record/dump.h"
#include "record/migrate.h"

static const char *
any_value(enum store_class store)
{
	return store == STORE_TEXT || store == STORE_BLOB ? "''" : "0";
}

/* A row of this id that stands there for a moment: the engine never gives that id again. */
static bool
id_take(struct cx *cx, const struct db_table *table, int64_t id)
{
	struct sqltext add = sqltext_new(cx->mem), drop = sqltext_new(cx->mem);
	struct stmt *stmt;

	sql_raw(&add, "INSERT INTO ");
	sql_name(&add, table->name);
	sql_raw(&add, " (\"id\"");
	for (size_t i = 0; i < table->n; i++)
		if (table->v[i].not_null && !str_eq(table->v[i].name, S("id"))) {
			sql_raw(&add, ", ");
			sql_name(&add, table->v[i].name);
		}
	sql_raw(&add, ") VALUES (");
	sql_int(&add, id);
	for (size_t i = 0; i < table->n; i++)
		if (table->v[i].not_null && !str_eq(table->v[i].name, S("id"))) {
			sql_raw(&add, ", ");
			sql_raw(&add, any_value(table->v[i].store));
		}
	sql_raw(&add, ")");
	sql_raw(&drop, "DELETE FROM ");
	sql_name(&drop, table->name);
	sql_raw(&drop, " WHERE \"id\" = ");
	sql_int(&drop, id);
	return (stmt = sql_prepare(cx, &add)) && db_run(cx, stmt) &&
	       db_ids_follow(cx, table->name) && (stmt = sql_prepare(cx, &drop)) &&
	       db_run(cx, stmt);
}

bool
ids_above(struct cx *cx, const struct db_schema *schema, struct str name, int64_t id)
{
	const struct db_table *table = schema_table(schema, name);
	struct sqltext sql = sqltext_new(cx->mem);
	int64_t highest;

	if (!table)
		return true;
	sql_raw(&sql, "SELECT max(\"id\") FROM ");
	sql_name(&sql, name);
	if (!sql_one_int(cx, &sql, 0, &highest))
		return false;
	return id > highest ? id_take(cx, table, id) : db_ids_follow(cx, name);
}

/* ---- an older store beside a newer keyring ---- */

struct again {
	const struct object *object;
	int64_t highest; /* destroyed */
	int64_t erased;
};

static bool
is_there(struct cx *cx, const struct object *object, int64_t id, bool *out)
{
	struct sqltext sql = sqltext_new(cx->mem);
	int64_t found;
	bool read;

	sql_raw(&sql, "SELECT \"id\" FROM ");
	sql_name(&sql, object->table);
	sql_raw(&sql, " WHERE \"id\" = ");
	sql_int(&sql, id);
	read = db_begin_read(cx) && sql_one_int(cx, &sql, 0, &found);
	db_rollback(cx);
	if (read)
		*out = found != 0;
	return read;
}

static bool
erase_object(struct cx *cx, struct again *again)
{
	int64_t id = 0;
	bool there;

	for (;;) {
		struct arena_mark mark = arena_mark(cx->mem);

		if (!keyring_destroyed_next(cx, cx->store->keyring, again->object->name, id, &id))
			return false;
		if (!id)
			return true;
		again->highest = id;
		if (!is_there(cx, again->object, id, &there) ||
		    (there && !subject_erase(cx, again->object, id)))
			return false;
		again->erased += there;
		arena_rewind(cx->mem, mark);
	}
}

static bool
ids_skip(struct cx *cx, const struct again *again)
{
	struct db_schema schema;

	if (!again->highest)
		return true;
	if (db_begin_write(cx) && db_introspect(cx, &schema) &&
	    ids_above(cx, &schema, again->object->table, again->highest) && db_commit(cx))
		return true;
	db_rollback(cx);
	return false;
}

bool
store_erase_again(struct cx *cx, int64_t *erased)
{
	int64_t sum = 0;

	for (unsigned i = 0; i < cx->model->n_objects; i++) {
		struct again again = { .object = cx->model->objects[i] };

		if (!again.object->is_subject)
			continue;
		if (!erase_object(cx, &again) || !ids_skip(cx, &again))
			return false;
		sum += again.erased;
	}
	*erased = sum;
	return true;
}
