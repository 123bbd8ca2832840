/* Which records have this value?  By the keys that the indexes hold, without rows. */
#include "record/query.h"

#include "record/authz.h"

struct value
field_key(struct arena *mem, const struct field *f, const struct value *v)
{
	struct value key = { .kind = V_TEXT };

	if (v->kind == V_NONE || !f->has_key)
		return *v;
	key.s = value_key(mem, f, v);
	return key;
}

/* FROM … WHERE: rows that have a key. */
static void
keys_from(struct cx *cx, const struct query *query, const struct field *f, struct sqltext *sql)
{
	sql_raw(sql, " FROM ");
	sql_name(sql, query->object->table);
	sql_raw(sql, " t");
	where_sql(cx, query, "", sql);
	sql_raw(sql, " AND ");
	sql_column(sql, "t", field_column(f));
}

bool
record_keys(struct cx *cx, const struct query *query, const struct field *f,
	    void (*each)(void *to, int64_t id, const struct value *key), void *to)
{
	struct sqltext sql = sqltext_new(cx->mem);
	struct stmt *stmt;
	bool more, is_number = TYPES[f->type].class == COLUMN_INT;

	if (!AUTHZ(QUERY_FIELD, can_see_field(cx, query->object, f)))
		return true;
	sql_raw(&sql, "SELECT t.\"id\", ");
	sql_column(&sql, "t", field_column(f));
	keys_from(cx, query, f, &sql);
	sql_raw(&sql, " IS NOT NULL");
	stmt = sql_prepare(cx, &sql);
	while (stmt && db_step(cx, stmt, &more)) {
		struct value key = { .kind = V_TEXT };

		if (!more)
			return true;
		if (is_number)
			key = value_int(db_col_int(stmt, 1));
		else
			key.s = db_col_str(stmt, 1);
		each(to, db_col_int(stmt, 0), &key);
	}
	return false;
}

bool
record_with_key(struct cx *cx, const struct query *query, const struct field *f,
		const struct value *key, int64_t ids[2], size_t *out_n)
{
	struct sqltext sql = sqltext_new(cx->mem);
	struct stmt *stmt;
	size_t n = 0;
	bool more;

	*out_n = 0;
	if (!AUTHZ(QUERY_FIELD, can_see_field(cx, query->object, f)))
		return true;
	sql_raw(&sql, "SELECT t.\"id\"");
	keys_from(cx, query, f, &sql);
	sql_raw(&sql, " = ");
	sql_value(&sql, key);
	sql_raw(&sql, " LIMIT 2");
	stmt = sql_prepare(cx, &sql);
	while (stmt && db_step(cx, stmt, &more)) {
		if (!more) {
			*out_n = n;
			return true;
		}
		if (n < 2)
			ids[n++] = db_col_int(stmt, 0);
	}
	return false;
}
