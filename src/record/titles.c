#include "record/query.h"

enum { TITLES_AT_ONCE = 500 };

struct title {
	int64_t id;
	struct str text;
};

static int
id_order(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static size_t
unique_ids(const int64_t *ids, size_t n, int64_t *out)
{
	size_t m = 0, k = 0;

	for (size_t i = 0; i < n; i++)
		if (ids[i] > 0)
			out[m++] = ids[i];
	qsort(out, m, sizeof *out, id_order);
	for (size_t i = 0; i < m; i++)
		if (!k || out[k - 1] != out[i])
			out[k++] = out[i];
	return k;
}

static void
titles_sql(struct cx *cx, const struct object *object, const int64_t *ids, size_t n,
	   struct sqltext *sql)
{
	const struct field *title[] = { object->title };

	sql_raw(sql, "SELECT t.\"id\"");
	row_select(cx, sql, "t", title, 1);
	sql_raw(sql, " FROM ");
	sql_name(sql, object->table);
	sql_raw(sql, " t WHERE t.\"id\" IN (");
	for (size_t i = 0; i < n; i++) {
		if (i)
			sql_raw(sql, ", ");
		sql_int(sql, ids[i]);
	}
	sql_raw(sql, ")");
	if (!AUTHZ(TITLE_ROW, false))
		rights_sql(cx, object, OP_READ, "t", sql);
	sql_raw(sql, " ORDER BY t.\"id\"");
}

static struct str
title_print(struct cx *cx, const struct row *row)
{
	struct buf text = buf_in(cx->mem, KEY_BYTES_MAX);

	row->object->title->row->print(cx, row->object->title, &row->v[row->object->title->index],
				       &text);
	return buf_done(&text);
}

static bool
titles_read(struct cx *cx, const struct object *object, const int64_t *ids, size_t n,
	    struct title *out, size_t *out_n)
{
	struct sqltext sql = sqltext_new(cx->mem);
	const struct field *title[] = { object->title };
	struct row *row = row_new(cx->mem, object);
	struct stmt *stmt;
	bool more;

	titles_sql(cx, object, ids, n, &sql);
	stmt = sql_prepare(cx, &sql);
	while (stmt && db_step(cx, stmt, &more)) {
		if (!more)
			return true;
		row->id = db_col_int(stmt, 0);
		if (!row_read(cx, stmt, 1, &(struct columns){ title, 1, NULL }, row))
			return false;
		out[*out_n] = (struct title){ row->id, title_print(cx, row) };
		++*out_n;
	}
	return false;
}

static struct str
title_find(const struct title *titles, size_t n, int64_t id)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (titles[middle].id == id)
			return titles[middle].text;
		if (titles[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return (struct str){ 0 };
}

static bool
has_titles(const struct cx *cx, const struct object *object)
{
	return object->title &&
	       AUTHZ(TITLE_FIELD,
		     can_object(cx, object, OP_READ) && can_see_field(cx, object, object->title));
}

bool
record_titles(struct cx *cx, const struct object *object, const int64_t *ids, size_t n,
	      struct str *out)
{
	int64_t *wanted = new_array(cx->mem, n + 1, int64_t);
	struct title *titles = new_array(cx->mem, n + 1, struct title);
	size_t n_wanted = unique_ids(ids, n, wanted), n_titles = 0;

	for (size_t i = 0; i < n; i++)
		out[i] = (struct str){ 0 };
	if (!has_titles(cx, object))
		return true;
	for (size_t at = 0; at < n_wanted; at += TITLES_AT_ONCE) {
		size_t some = n_wanted - at < TITLES_AT_ONCE ? n_wanted - at : TITLES_AT_ONCE;

		if (!titles_read(cx, object, wanted + at, some, titles, &n_titles))
			return false;
	}
	for (size_t i = 0; i < n; i++)
		out[i] = title_find(titles, n_titles, ids[i]);
	return true;
}

/* ---- of several objects ---- */

static bool
is_text_title(const struct object *object)
{
	return object->title && !object->title->special && object->title->type != FT_ROLLUP &&
	       object->title->row->class == COLUMN_TEXT;
}

bool
is_first_of(const struct ref *refs, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (refs[k].object == refs[i].object)
			return false;
	return true;
}

static void
branch_sql(struct cx *cx, const struct object *object, const int64_t *ids, size_t n,
	   struct sqltext *sql)
{
	sql_raw(sql, sql->text.n ? " UNION ALL SELECT " : "SELECT ");
	buf_int(&sql->text, object->index);
	sql_raw(sql, ", t.\"id\", t.");
	sql_name(sql, object->title->columns[0].name);
	sql_raw(sql, " FROM ");
	sql_name(sql, object->table);
	sql_raw(sql, " t WHERE t.\"id\" IN (");
	for (size_t i = 0; i < n; i++) {
		if (i)
			sql_raw(sql, ", ");
		sql_int(sql, ids[i]);
	}
	sql_raw(sql, ")");
	if (!AUTHZ(TITLE_ROW, false))
		rights_sql(cx, object, OP_READ, "t", sql);
}

static size_t
ids_of_object(const struct ref *refs, size_t n, const struct object *object, int64_t *out)
{
	size_t k = 0;

	for (size_t i = 0; i < n; i++)
		if (refs[i].object == object)
			out[k++] = refs[i].id;
	return unique_ids(out, k, out);
}

static void
title_put(struct cx *cx, const struct ref *refs, size_t n, struct stmt *stmt, struct str *out)
{
	const struct object *object = cx->model->objects[db_col_int(stmt, 0)];
	struct row *row = row_new(cx->mem, object);
	struct str title;

	row->v[object->title->index] = value_text(str_dup(cx->mem, db_col_str(stmt, 2)));
	title = title_print(cx, row);
	for (size_t i = 0; i < n; i++)
		if (refs[i].object == object && refs[i].id == db_col_int(stmt, 1))
			out[i] = title;
}

/* Titles that are numbers or computed are asked for apart. */
static bool
other_titles(struct cx *cx, const struct ref *refs, size_t n, const struct object *object,
	     struct str *out)
{
	int64_t *ids = new_array(cx->mem, n + 1, int64_t);
	struct str *titles = new_array(cx->mem, n + 1, struct str);

	for (size_t i = 0; i < n; i++)
		ids[i] = refs[i].object == object ? refs[i].id : 0;
	if (!record_titles(cx, object, ids, n, titles))
		return false;
	for (size_t i = 0; i < n; i++)
		if (ids[i])
			out[i] = titles[i];
	return true;
}

bool
record_titles_of(struct cx *cx, const struct ref *refs, size_t n, struct str *out)
{
	struct sqltext sql = sqltext_new(cx->mem);
	int64_t *ids = new_array(cx->mem, n + 1, int64_t);
	struct stmt *stmt;
	bool more;

	for (size_t i = 0; i < n; i++)
		out[i] = (struct str){ 0 };
	for (size_t i = 0; i < n; i++) {
		const struct object *object = refs[i].object;
		size_t k;

		if (!object || !is_first_of(refs, i) || !has_titles(cx, object))
			continue;
		k = ids_of_object(refs, n, object, ids);
		if (k && is_text_title(object))
			branch_sql(cx, object, ids, k, &sql);
		else if (k && !other_titles(cx, refs, n, object, out))
			return false;
	}
	if (!sql.text.n)
		return true;
	stmt = sql_prepare(cx, &sql);
	while (stmt && db_step(cx, stmt, &more)) {
		if (!more)
			return true;
		title_put(cx, refs, n, stmt, out);
	}
	return false;
}
