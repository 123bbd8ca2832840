#include "record/save.h"

/* ---- columns and their values ---- */

struct value
column_value(struct cx *cx, const struct field *f, unsigned k, const struct value *v)
{
	struct value out = { .kind = V_TEXT };

	if (v->kind == V_NONE || (k == 0 && f->type != FT_ANY))
		return *v;
	if (k == 0)
		return value_int(v->i);
	/* An empty key is a text too. */
	out.s = f->has_key          ? value_key(cx->mem, f, v)
		: f->type == FT_ANY ? v->s
				    : str_of(v->currency);
	return out;
}

static bool
is_stored(const struct field *f)
{
	return f->n_columns && f->index != SF_ID && f->index != SF_VERSION && !f->special;
}

struct str
insert_sql(struct arena *mem, const struct dialect *dialect, const struct object *o)
{
	struct sqltext sql = sqltext_new(mem), values = sqltext_new(mem);
	struct value none = { 0 };

	sql_raw(&sql, "INSERT INTO ");
	sql_name(&sql, o->table);
	sql_raw(&sql, " (");
	for (unsigned i = 0; i < o->n_fields; i++)
		for (unsigned k = 0; is_stored(o->fields[i]) && k < o->fields[i]->n_columns; k++) {
			sql_name(&sql, o->fields[i]->columns[k].name);
			sql_raw(&sql, ", ");
			sql_value(&values, &none);
			sql_raw(&values, ", ");
		}
	sql_raw(&sql, "\"version\") VALUES (");
	buf_str(&sql.text, buf_done(&values.text));
	sql_raw(&sql, "1)");
	sql_raw(&sql, dialect->inserted_id);
	return buf_done(&sql.text);
}

static bool
insert_row(struct cx *cx, struct change *c)
{
	const struct object *o = c->object;
	struct stmt *stmt = db_prepare(cx, o->insert);
	int at = 0;

	if (!stmt)
		return false;
	for (unsigned i = 0; i < o->n_fields; i++) {
		const struct field *f = o->fields[i];
		const struct value *v = &c->after->v[i];

		for (unsigned k = 0; is_stored(f) && k < f->n_columns; k++) {
			struct value stored = column_value(cx, f, k, v);

			stmt_bind(stmt, ++at, &stored);
		}
	}
	if (!db_insert(cx, stmt, &c->id))
		return false;
	c->after->id = c->id;
	c->after->version = 1;
	change_put(c, c->object->fields[SF_ID], value_int(c->id));
	change_put(c, c->object->fields[SF_VERSION], value_int(1));
	return true;
}

static bool
update_row(struct cx *cx, struct change *c)
{
	const struct object *o = c->object;
	struct sqltext sql = sqltext_new(cx->mem);
	struct stmt *stmt;

	sql_raw(&sql, "UPDATE ");
	sql_name(&sql, o->table);
	sql_raw(&sql, " SET \"version\" = ");
	sql_int(&sql, c->before->version + 1);
	for (unsigned i = 0; i < o->n_fields; i++)
		for (unsigned k = 0; is_stored(o->fields[i]) && k < o->fields[i]->n_columns; k++) {
			struct value stored;

			if (!changed(c, o->fields[i]))
				continue;
			sql_raw(&sql, ", ");
			sql_name(&sql, o->fields[i]->columns[k].name);
			sql_raw(&sql, " = ");
			stored = column_value(cx, o->fields[i], k, &c->after->v[i]);
			sql_value(&sql, &stored);
		}
	sql_raw(&sql, " WHERE \"id\" = ");
	sql_int(&sql, c->id);
	sql_raw(&sql, " AND \"version\" = ");
	sql_int(&sql, c->before->version);
	stmt = sql_prepare(cx, &sql);
	if (!stmt || !db_run(cx, stmt))
		return false;
	if (db_changes(stmt) != 1)
		return fail(cx, E_STALE, "This record was changed meanwhile");
	c->after->version = c->before->version + 1;
	change_put(c, o->fields[SF_VERSION], value_int(c->after->version));
	return true;
}

/* Special fields are sealed for the record's place, so its id must be known. */
static bool
write_sealed(struct cx *cx, struct change *c, const struct field *f)
{
	struct sqltext sql = sqltext_new(cx->mem);
	const struct value *v = &c->after->v[f->index];
	struct str sealed = { 0 };
	struct stmt *stmt;

	if (v->kind != V_NONE && !value_seal(cx, c->after, f, v, &sealed))
		return false;
	sql_raw(&sql, "UPDATE ");
	sql_name(&sql, c->object->table);
	sql_raw(&sql, " SET ");
	sql_name(&sql, f->columns[0].name);
	sql_raw(&sql, " = ?1 WHERE \"id\" = ?2");
	stmt = sql_prepare(cx, &sql);
	if (!stmt)
		return false;
	if (sealed.n)
		db_bind_blob(stmt, 1, sealed);
	else
		db_bind_null(stmt, 1);
	db_bind_int(stmt, 2, c->id);
	return db_run(cx, stmt);
}

/* ---- links to many ---- */

static bool
ids_have(const struct value *v, int64_t id)
{
	for (int64_t i = 0; v->kind == V_IDS && i < v->i; i++)
		if (v->ids[i] == id)
			return true;
	return false;
}

static bool
link_run(struct cx *cx, const struct field *f, const char *verb, const char *tail, int64_t from,
	 int64_t to)
{
	struct sqltext sql = sqltext_new(cx->mem);
	struct stmt *stmt;

	sql_raw(&sql, verb);
	sql_name(&sql, f->link_table);
	sql_raw(&sql, tail);
	stmt = sql_prepare(cx, &sql);
	if (!stmt)
		return false;
	db_bind_int(stmt, 1, from);
	db_bind_int(stmt, 2, to);
	return db_run(cx, stmt);
}

static bool
write_links(struct cx *cx, struct change *c, const struct field *f)
{
	static const struct value none;
	const struct value *before = c->before ? &c->before->v[f->index] : &none;
	const struct value *after = &c->after->v[f->index];

	for (int64_t i = 0; before->kind == V_IDS && i < before->i; i++)
		if (!ids_have(after, before->ids[i]) &&
		    !link_run(cx, f, "DELETE FROM ", " WHERE \"from_id\" = ?1 AND \"to_id\" = ?2",
			      c->id, before->ids[i]))
			return false;
	for (int64_t i = 0; after->kind == V_IDS && i < after->i; i++)
		if (!ids_have(before, after->ids[i]) &&
		    !link_run(cx, f, "INSERT INTO ", " (\"from_id\", \"to_id\") VALUES (?1, ?2)",
			      c->id, after->ids[i]))
			return false;
	return true;
}

static bool
write_apart(struct cx *cx, struct change *c)
{
	for (unsigned i = SF__MAX; i < c->object->n_fields; i++) {
		const struct field *f = c->object->fields[i];

		if ((!f->special && f->type != FT_MANY) || !changed(c, f))
			continue;
		if (!(f->special ? write_sealed(cx, c, f) : write_links(cx, c, f)))
			return false;
	}
	return true;
}

/* ---- the search document ---- */

/* What stands in the index for a row; nothing where there is none. */
static void
words_of(struct cx *cx, const struct row *row, struct str out[2])
{
	if (row)
		search_texts(cx->mem, row, &out[0], &out[1]);
}

static void
write_search(struct cx *cx, const struct change *c)
{
	bool leaves = c->op == CHANGE_DELETE || c->op == CHANGE_ERASE;
	struct str old[2] = { 0 }, now[2] = { 0 };

	words_of(cx, c->op == CHANGE_RESTORE ? NULL : c->before, old);
	words_of(cx, leaves ? NULL : c->after, now);
	if (!str_eq(old[0], now[0]) || !str_eq(old[1], now[1]))
		work_search(cx, c->object->number, c->id, old, now);
}

bool
stage_store(struct cx *cx, struct change *c)
{
	const struct object *o = c->object;

	change_put(c, o->fields[SF_CHANGED_AT], value_int(cx->now));
	if (c->op == CHANGE_DELETE)
		change_put(c, o->fields[SF_DELETED_AT], value_int(cx->now));
	if (c->op == CHANGE_RESTORE)
		change_put(c, o->fields[SF_DELETED_AT], (struct value){ 0 });
	if (!(c->op == CHANGE_CREATE ? insert_row(cx, c) : update_row(cx, c)))
		return false;
	if (!write_apart(cx, c))
		return false;
	write_search(cx, c);
	return true;
}
