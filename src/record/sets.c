/* How much hangs on a record. */
#include "record/internal.h"

#include "record/authz.h"

static void
link_sql(const struct reverse *set, int64_t id, struct sqltext *sql)
{
	if (set->field->type == FT_MANY) {
		sql_raw(sql, "EXISTS (SELECT 1 FROM ");
		sql_name(sql, set->field->link_table);
		sql_raw(sql, " l WHERE l.\"from_id\" = t.\"id\" AND l.\"to_id\" = ");
		sql_int(sql, id);
		sql_raw(sql, ")");
		return;
	}
	sql_column(sql, "t", set->field->columns[0].name);
	sql_raw(sql, " = ");
	sql_int(sql, id);
}

static void
set_sql(struct cx *cx, const struct reverse *set, size_t number, int64_t id, struct sqltext *sql)
{
	sql_raw(sql, number ? " UNION ALL SELECT " : "SELECT ");
	buf_int(&sql->text, (int64_t)number);
	sql_raw(sql, ", count(*) FROM ");
	sql_name(sql, set->object->table);
	sql_raw(sql, " t WHERE t.\"deleted_at\" IS NULL AND ");
	link_sql(set, id, sql);
	if (!AUTHZ(SET_ROWS, false))
		rights_sql(cx, set->object, OP_READ, "t", sql);
}

bool
record_set_counts(struct cx *cx, const struct reverse *const *sets, size_t n, int64_t id,
		  int64_t *out)
{
	struct sqltext sql = sqltext_new(cx->mem);
	struct stmt *stmt;
	bool more;

	if (!n)
		return true;
	for (size_t i = 0; i < n; i++)
		set_sql(cx, sets[i], i, id, &sql);
	stmt = sql_prepare(cx, &sql);
	while (stmt && db_step(cx, stmt, &more)) {
		if (!more)
			return true;
		out[db_col_int(stmt, 0)] = db_col_int(stmt, 1);
	}
	return false;
}
