/* What changed, without values: for those who watch many records at once. */
#include "record/authz.h"
#include "record/internal.h"

bool
log_head(struct cx *cx, int64_t *out)
{
	return head_newest(cx, out);
}

int64_t
log_known(const struct cx *cx)
{
	return cx->store ? head_known(cx->store->head) : 0;
}

static const struct object *
column_object(const struct cx *cx, const struct stmt *stmt, int at)
{
	struct str name = db_col_str(stmt, at);

	return name.n ? object_find(cx->model, name, NULL) : NULL;
}

bool
log_news(struct cx *cx, int64_t after, int64_t limit, struct news_list *out)
{
	struct stmt *stmt =
		db_sql(cx, "SELECT changeset_id, object, record_id, op, version,"
			   " subject_object, subject_id FROM sys_change"
			   " WHERE changeset_id > ?1 ORDER BY changeset_id, id LIMIT ?2");
	struct news_list list = { 0 };
	bool more;

	if (!stmt)
		return false;
	db_bind_int(stmt, 1, after);
	db_bind_int(stmt, 2, limit);
	while (db_step(cx, stmt, &more)) {
		struct news news;

		if (!more) {
			*out = list;
			return true;
		}
		news = (struct news){ .changeset = db_col_int(stmt, 0),
				      .record = { column_object(cx, stmt, 1), db_col_int(stmt, 2) },
				      .op = (enum change_op)db_col_int(stmt, 3),
				      .version = db_col_int(stmt, 4),
				      .subject = { column_object(cx, stmt, 5),
						   db_col_int(stmt, 6) } };
		if (news.record.object)
			list_add(cx->mem, &list, news);
	}
	return false;
}

/* ---- which of them an actor may see ---- */

static void
branch_sql(struct cx *cx, const struct ref *refs, size_t n, const struct object *object,
	   struct sqltext *sql)
{
	const char *comma = "";

	sql_raw(sql, sql->text.n ? " UNION ALL SELECT " : "SELECT ");
	buf_int(&sql->text, object->index);
	sql_raw(sql, ", t.\"id\" FROM ");
	sql_name(sql, object->table);
	sql_raw(sql, " t WHERE t.\"id\" IN (");
	for (size_t i = 0; i < n; i++) {
		if (refs[i].object != object)
			continue;
		sql_raw(sql, comma);
		sql_int(sql, refs[i].id);
		comma = ", ";
	}
	sql_raw(sql, ")");
	rights_sql(cx, object, OP_READ, "t", sql);
}

static void
mark_seen(const struct ref *refs, size_t n, int64_t index, int64_t id, bool *out)
{
	for (size_t i = 0; i < n; i++)
		if (refs[i].object && refs[i].object->index == index && refs[i].id == id)
			out[i] = true;
}

static bool
read_seen(struct cx *cx, const struct ref *refs, size_t n, struct sqltext *sql, bool *out)
{
	struct stmt *stmt = sql_prepare(cx, sql);
	bool more;

	while (stmt && db_step(cx, stmt, &more)) {
		if (!more)
			return true;
		mark_seen(refs, n, db_col_int(stmt, 0), db_col_int(stmt, 1), out);
	}
	return false;
}

bool
records_seen(struct cx *cx, const struct ref *refs, size_t n, bool *out)
{
	struct sqltext sql = sqltext_new(cx->mem);

	for (size_t i = 0; i < n; i++)
		out[i] = refs[i].object && AUTHZ(NEWS_ROW, rights_see_all(cx, refs[i].object));
	for (size_t i = 0; i < n; i++)
		if (refs[i].object && !out[i] && can_object(cx, refs[i].object, OP_READ) &&
		    is_first_of(refs, i))
			branch_sql(cx, refs, n, refs[i].object, &sql);
	return !sql.text.n || read_seen(cx, refs, n, &sql, out);
}
