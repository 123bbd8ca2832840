/* The query builder: the only door to rows. */
#include "record/query.h"
#include "record/authz.h"
#include "record/log.h"

enum {
	PAGE_EACH = 500,
	MANY_AT_ONCE = 200,
	COMMON_MIN = 5000 /* rows that match: walking the order finds a page sooner than sorting
			     them */
};

static void
deleted_sql(const struct query *query, struct sqltext *sql)
{
	sql_raw(sql, query->trash ? " WHERE t.\"deleted_at\" IS NOT NULL"
				  : " WHERE t.\"deleted_at\" IS NULL");
}

static void
conditions_sql(struct cx *cx, const struct query *query, const char *alias, struct sqltext *sql)
{
	struct rights_scope scope = rights_scope_of(cx);
	struct cond_when when = cond_when_of(cx);

	rights_sql(cx, query->object, query->op, alias, sql);
	if (query->face && query->face->when) {
		sql_raw(sql, " AND ");
		cond_sql(query->face->when, &when, alias, &scope.scope, sql);
	}
	if (query->where) {
		sql_raw(sql, " AND ");
		cond_sql(query->where, &when, alias, &scope.scope, sql);
	}
}

void
where_sql(struct cx *cx, const struct query *query, const char *alias, struct sqltext *sql)
{
	deleted_sql(query, sql);
	conditions_sql(cx, query, alias, sql);
}

/* The engine is kept from fetching and sorting all rows that match. */
static void
where_common_sql(struct cx *cx, const struct query *query, const char *hint, struct sqltext *sql)
{
	deleted_sql(query, sql);
	sql_raw(sql, " AND ");
	sql_raw(sql, hint);
	sql_raw(sql, "(1=1");
	conditions_sql(cx, query, "t", sql);
	sql_raw(sql, ")");
}

struct fieldset
where_objects(struct cx *cx, const struct query *query)
{
	struct rights_scope scope = rights_scope_of(cx);
	struct fieldset objects = { 0 };

	fieldset_add(&objects, query->object->index);
	rights_objects(cx, query->object, &objects);
	if (query->face)
		cond_objects(query->face->when, &scope.scope, &objects);
	cond_objects(query->where, &scope.scope, &objects);
	for (unsigned i = 0; i < cx->model->n_objects; i++)
		if (fieldset_has(&objects, i) && i != query->object->index)
			rights_objects(cx, cx->model->objects[i], &objects);
	return objects;
}

/* ---- which fields ---- */

struct picked {
	const struct field **v;
	size_t n, cap;
	bool any_many;
};

static void
pick(struct cx *cx, const struct object *object, const struct field *f, struct picked *picked)
{
	if (!AUTHZ(QUERY_FIELD, can_see_field(cx, object, f)))
		return;
	if (f->type == FT_MANY)
		picked->any_many = true;
	list_add(cx->mem, picked, f);
}

static void
pick_fields(struct cx *cx, const struct query *query, struct picked *picked)
{
	const struct object *object = query->object;

	if (query->n_fields) {
		for (size_t i = 0; i < query->n_fields; i++)
			pick(cx, object, query->fields[i], picked);
		return;
	}
	for (unsigned i = 0; i < object->n_fields; i++)
		if (object->fields[i]->type != FT_ROLLUP || query->rollups)
			pick(cx, object, object->fields[i], picked);
}

/* ---- one page ---- */

struct page {
	const struct query *query;
	struct order order;
	struct cursor cursor;
	bool has_cursor;
	struct picked fields;
	int64_t want; /* rows still wanted */
	int64_t skip; /* rows still to pass over */
	struct rows rows;
	size_t cap;
	struct buf copies;  /* their texts */
	struct cursor last; /* of the row read last */
};

/* " FROM … WHERE …": the rows of the page and all behind it. */
static void
page_from_sql(struct cx *cx, const struct page *page, bool second_phase, struct sqltext *sql)
{
	const struct query *query = page->query;
	const char *hint = db_dialect(cx->db)->no_index;

	sql_raw(sql, " FROM ");
	sql_name(sql, query->object->table);
	sql_raw(sql, " t");
	if (page->rows.total >= COMMON_MIN && *hint)
		where_common_sql(cx, query, hint, sql);
	else
		where_sql(cx, query, "t", sql);
	if (second_phase) {
		sql_raw(sql, " AND ");
		order_expression(cx, page->order.key[0].field, "t", sql);
		sql_raw(sql, page->order.key[0].descending ? " IS NULL" : " IS NOT NULL");
	} else if (page->has_cursor) {
		if (page->order.n == 1) {
			sql_raw(sql, page->order.key[0].descending ? " AND t.\"id\" < "
								   : " AND t.\"id\" > ");
			sql_value(sql, &page->cursor.v[0]);
		} else {
			cursor_sql(cx, &page->order, &page->cursor, "t", sql);
		}
	}
}

static void
page_sql(struct cx *cx, const struct page *page, bool second_phase, struct sqltext *sql)
{
	sql_raw(sql, "SELECT t.\"id\", t.\"version\"");
	row_select(cx, sql, "t", page->fields.v, page->fields.n);
	for (size_t i = 0; i + 1 < page->order.n; i++) {
		sql_raw(sql, ", ");
		order_expression(cx, page->order.key[i].field, "t", sql);
	}
	page_from_sql(cx, page, second_phase, sql);
	order_sql(cx, &page->order, "t", sql);
	sql_raw(sql, " LIMIT ");
	sql_int(sql, page->want);
	if (page->skip) {
		sql_raw(sql, " OFFSET ");
		sql_int(sql, page->skip);
	}
}

static void
sort_value(struct cx *cx, struct stmt *stmt, int at, const struct field *f, struct value *out)
{
	enum field_type type = field_result(order_field(cx, f));

	*out = (struct value){ 0 };
	if (db_col_null(stmt, at))
		return;
	if (TYPES[type].class == COLUMN_INT)
		*out = value_int(db_col_int(stmt, at));
	else if (TYPES[type].class == COLUMN_REAL)
		*out = (struct value){ .kind = V_REAL, .r = db_col_real(stmt, at) };
	else
		*out = (struct value){ .kind = V_TEXT,
				       .s = str_dup(cx->mem, db_col_str(stmt, at)) };
}

/* The cursor of the row under the statement; kept only for the row that ends the page. */
static void
page_mark(struct cx *cx, struct page *page, struct stmt *stmt, int at, int64_t id)
{
	for (size_t i = 0; i + 1 < page->order.n; i++)
		sort_value(cx, stmt, at + (int)i, page->order.key[i].field, &page->last.v[i]);
	page->last.v[page->order.n - 1] = value_int(id);
}

static int
sort_column(const struct page *page)
{
	int at = 2;

	for (size_t i = 0; i < page->fields.n; i++)
		at += field_reads(page->fields.v[i]);
	return at;
}

static bool
page_row(struct cx *cx, struct page *page, struct stmt *stmt, int sort_at, bool is_last)
{
	struct row row = *row_new(cx->mem, page->query->object);

	row.id = db_col_int(stmt, 0);
	row.version = db_col_int(stmt, 1);
	if (is_last)
		page_mark(cx, page, stmt, sort_at, row.id);
	if (!row_read(cx, stmt, 2,
		      &(struct columns){ page->fields.v, page->fields.n, &page->copies }, &row))
		return false;
	page->rows.v = arena_grow(cx->mem, page->rows.v, page->rows.n, &page->cap, sizeof row);
	page->rows.v[page->rows.n++] = row;
	return true;
}

/* Read up to `want` rows; one more than the page needs tells whether there is a next page. */
static bool
page_run(struct cx *cx, struct page *page, bool second_phase, size_t page_size)
{
	struct sqltext sql = sqltext_new(cx->mem);
	struct stmt *stmt;
	int sort_at = sort_column(page);
	bool more;

	page_sql(cx, page, second_phase, &sql);
	stmt = sql_prepare(cx, &sql);
	if (!stmt)
		return false;
	while (db_step(cx, stmt, &more)) {
		if (!more)
			return true;
		page->want--;
		if (page->rows.n == page_size) {
			page->rows.next = S("…");
			continue;
		}
		if (!page_row(cx, page, stmt, sort_at, page->rows.n + 1 == page_size))
			return false;
	}
	return false;
}

static bool
page_many(struct cx *cx, struct page *page)
{
	for (size_t k = 0; page->fields.any_many && k < page->fields.n; k++)
		for (size_t at = 0; page->fields.v[k]->type == FT_MANY && at < page->rows.n;
		     at += MANY_AT_ONCE) {
			size_t left = page->rows.n - at;

			if (!row_read_many(cx, &page->rows.v[at],
					   left < MANY_AT_ONCE ? left : MANY_AT_ONCE,
					   page->fields.v[k]))
				return false;
		}
	return true;
}

/* The second phase has the rows on the other side of the empty values: after a cursor they are
 * asked for apart, so that an index serves both. */
static bool
has_second_phase(const struct page *page)
{
	bool at_empty = page->cursor.v[0].kind == V_NONE;

	return page->has_cursor && order_is_simple(&page->order) &&
	       order_is_nullable(&page->order) && at_empty != page->order.key[0].descending;
}

/* What the first phase has passed over, when it had no row left to give. */
static bool
page_skipped(struct cx *cx, struct page *page)
{
	struct sqltext sql = sqltext_new(cx->mem);
	int64_t passed;

	if (!page->skip || !has_second_phase(page))
		return true;
	if (page->rows.n) {
		page->skip = 0;
		return true;
	}
	sql_raw(&sql, "SELECT count(*)");
	page_from_sql(cx, page, false, &sql);
	if (!sql_one_int(cx, &sql, 0, &passed))
		return false;
	page->skip -= passed < page->skip ? passed : page->skip;
	return true;
}

static bool
page_read(struct cx *cx, struct page *page, int64_t limit)
{
	page->want = limit + 1;
	if (!page_run(cx, page, false, (size_t)limit))
		return false;
	if (page->want > 0 && !page_skipped(cx, page))
		return false;
	if (page->want > 0 && has_second_phase(page) && !page_run(cx, page, true, (size_t)limit))
		return false;
	if (page->rows.next.n)
		page->rows.next = cursor_text(cx, page->query, &page->order, &page->last);
	return page_many(cx, page);
}

static bool
page_begin(struct cx *cx, const struct query *query, struct page *page)
{
	*page = (struct page){ .query = query, .rows.total = -1 };
	order_of(cx, query, &page->order);
	pick_fields(cx, query, &page->fields);
	page->has_cursor = query->after.n > 0;
	return !page->has_cursor || cursor_parse(cx, query, &page->order, &page->cursor);
}

bool
record_count(struct cx *cx, const struct query *query, int64_t *out)
{
	struct sqltext sql = sqltext_new(cx->mem);
	struct fieldset objects = where_objects(cx, query);

	sql_raw(&sql, "SELECT count(*) FROM ");
	sql_name(&sql, query->object->table);
	sql_raw(&sql, " t");
	where_sql(cx, query, "t", &sql);
	return count_rows(cx, &sql, &objects, out);
}

bool
record_query(struct cx *cx, const struct query *query, struct rows *out)
{
	int64_t limit = query->limit ? query->limit : LIMIT_DEFAULT;
	struct page page;

	if (limit < 1 || limit > LIMIT_MAX)
		return fail_field(cx, S("limit"), "range", "Ask for 1 to %d records at once",
				  LIMIT_MAX);
	if (query->skip < 0 || query->skip > SKIP_MAX)
		return fail_field(cx, S("skip"), "range", "Pass over %d records at most", SKIP_MAX);
	if (!page_begin(cx, query, &page))
		return false;
	page.skip = query->skip;
	if (query->total && !record_count(cx, query, &page.rows.total))
		return false;
	if (!page_read(cx, &page, limit))
		return false;
	*out = page.rows;
	return true;
}

bool
record_each(struct cx *cx, const struct query *query,
	    bool (*each)(struct cx *cx, const struct row *row, void *to), void *to)
{
	struct query page_query = *query;
	int64_t left = query->limit < 0 ? INT64_MAX : query->limit ? query->limit : LIMIT_DEFAULT;
	char after[2 * LIMIT_MAX];

	while (left > 0) {
		struct arena_mark mark = arena_mark(cx->mem);
		struct page page;
		size_t n;

		if (!page_begin(cx, &page_query, &page) ||
		    !page_read(cx, &page, left < PAGE_EACH ? left : PAGE_EACH))
			return false;
		for (size_t i = 0; i < page.rows.n; i++)
			if (!each(cx, &page.rows.v[i], to))
				return false;
		left -= (int64_t)page.rows.n;
		n = page.rows.next.n;
		if (!n)
			return true;
		if (n > sizeof after)
			return bug(cx, "a cursor of %zu bytes", n);
		memcpy(after, page.rows.next.p, n);
		page_query.after = (struct str){ after, n };
		arena_rewind(cx->mem, mark);
	}
	return true;
}

/* ---- one record ---- */

static bool
load_row(struct cx *cx, const struct query *query, int64_t id, struct row **out)
{
	struct sqltext sql = sqltext_new(cx->mem);
	struct row *row = row_new(cx->mem, query->object);
	struct picked fields = { 0 };
	struct buf copies = { 0 };
	struct stmt *stmt;
	bool found;

	pick_fields(cx, query, &fields);
	sql_raw(&sql, "SELECT t.\"id\", t.\"version\"");
	row_select(cx, &sql, "t", fields.v, fields.n);
	sql_raw(&sql, " FROM ");
	sql_name(&sql, query->object->table);
	sql_raw(&sql, " t");
	where_sql(cx, query, "t", &sql);
	sql_raw(&sql, " AND t.\"id\" = ");
	sql_int(&sql, id);
	stmt = sql_prepare(cx, &sql);
	if (!stmt || !db_step(cx, stmt, &found))
		return false;
	if (!found)
		return fail(cx, E_MISSING, "There is no such record");
	row->id = db_col_int(stmt, 0);
	row->version = db_col_int(stmt, 1);
	if (!row_read(cx, stmt, 2, &(struct columns){ fields.v, fields.n, &copies }, row))
		return false;
	db_done(stmt);
	for (size_t i = 0; fields.any_many && i < fields.n; i++)
		if (fields.v[i]->type == FT_MANY && !row_read_many(cx, row, 1, fields.v[i]))
			return false;
	*out = row;
	return true;
}

bool
record_load(struct cx *cx, const struct object *object, int64_t id, struct row **out)
{
	struct query query = { .object = object, .rollups = !cx->actor->is_system };

	return load_row(cx, &query, id, out) && read_logged(cx, *out);
}

bool
record_load_trashed(struct cx *cx, const struct object *object, int64_t id, struct row **out)
{
	struct query query = { .object = object, .trash = true };

	return load_row(cx, &query, id, out);
}
