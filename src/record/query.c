/* The query builder: the only door to rows. */
#include "record/query.h"
#include "record/authz.h"
#include "record/log.h"

enum { PAGE_EACH = 500, MANY_AT_ONCE = 200 };

static void
deleted_sql(const struct query *query, struct sqltext *sql)
{
	sql_raw(sql, query->trash ? " WHERE t.\"deleted_at\" IS NOT NULL"
				  : " WHERE t.\"deleted_at\" IS NULL");
}

static void
rights_hinted_sql(struct cx *cx, const struct query *query, const char *hint, struct sqltext *sql)
{
	if (!*hint || rights_see_all(cx, query->object)) {
		rights_sql(cx, query->object, query->op, "t", sql);
		return;
	}
	sql_raw(sql, " AND ");
	sql_raw(sql, hint);
	sql_raw(sql, "(1=1");
	rights_sql(cx, query->object, query->op, "t", sql);
	sql_raw(sql, ")");
}

/* Behind the hint an expression is no condition that an index could serve. */
static void
condition_sql(struct cx *cx, const struct cond *cond, const char *hint, struct sqltext *sql)
{
	struct rights_scope scope = rights_scope_of(cx);
	struct cond_when when = cond_when_of(cx);

	if (!cond)
		return;
	sql_raw(sql, " AND ");
	sql_raw(sql, hint);
	cond_sql(cond, &when, "t", &scope.scope, sql);
}

void
where_sql(struct cx *cx, const struct query *query, const char *hint, struct sqltext *sql)
{
	deleted_sql(query, sql);
	rights_hinted_sql(cx, query, hint, sql);
	condition_sql(cx, query->face ? query->face->when : NULL, hint, sql);
	condition_sql(cx, query->where, hint, sql);
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
	struct plan plan;
	struct cursor cursor;
	bool has_cursor;
	struct picked fields;
	int64_t total; /* that match, or -1 */
	int64_t want;  /* rows still wanted */
	int64_t skip;  /* rows still to pass over */
	struct rows rows;
	size_t cap;
	struct buf copies;  /* their texts */
	struct cursor last; /* of the row read last */
};

/* One statement of a page. */
struct slice {
	enum part part;
	const struct cursor *cursor; /* of this part, or NULL */
	struct phase phase;
};

static void
select_sql(struct cx *cx, const struct page *page, const struct slice *slice, struct sqltext *sql)
{
	sql_raw(sql, "SELECT t.\"id\", t.\"version\"");
	row_select(cx, sql, "t", page->fields.v, page->fields.n);
	for (size_t i = part_start(slice->part); i + 1 < page->order.n; i++) {
		sql_raw(sql, ", ");
		key_expression(cx, &page->order.key[i], sql);
	}
}

static void
table_sql(const char *before, const struct object *object, const char *alias, struct sqltext *sql)
{
	sql_raw(sql, before);
	sql_name(sql, object->table);
	sql_raw(sql, alias);
}

/* The titles are the outer loop where their order is walked, else they are looked up for the rows
 * that were found. */
static void
from_sql(const struct page *page, enum part part, struct sqltext *sql)
{
	const struct object *object = page->query->object;

	if (part != PART_LINKED) {
		table_sql(" FROM ", object, " t", sql);
	} else if (page->plan.walks) {
		table_sql(" FROM ", page->order.link->target, " s", sql);
		table_sql(" CROSS JOIN ", object, " t", sql);
	} else {
		table_sql(" FROM ", object, " t", sql);
		table_sql(" CROSS JOIN ", page->order.link->target, " s", sql);
	}
}

static void
linked_sql(const struct field *link, struct sqltext *sql)
{
	sql_raw(sql, "s.\"deleted_at\" IS NULL AND s.\"id\" = ");
	sql_column(sql, "t", link->columns[0].name);
}

static void
part_sql(const struct order *order, enum part part, struct sqltext *sql)
{
	if (part == PART_ALL)
		return;
	sql_raw(sql, " AND ");
	if (part == PART_LINKED) {
		linked_sql(order->link, sql);
		return;
	}
	sql_column(sql, "t", order->link->columns[0].name);
	if (part == PART_UNLINKED) {
		sql_raw(sql, " IS NULL");
		return;
	}
	sql_raw(sql, " IS NOT NULL AND NOT EXISTS (SELECT 1");
	table_sql(" FROM ", order->link->target, " s WHERE ", sql);
	linked_sql(order->link, sql);
	sql_raw(sql, ")");
}

static void
clauses_sql(struct cx *cx, const struct page *page, const char *hint, struct sqltext *sql)
{
	for (size_t i = 0; i < page->plan.n_clauses; i++) {
		const struct cond *clause = page->plan.clauses[i];
		bool uses = plan_uses(&page->plan, &page->order, clause);

		condition_sql(cx, clause, uses ? "" : hint, sql);
	}
}

/* " FROM … WHERE …" */
static void
rows_sql(struct cx *cx, const struct page *page, const struct slice *slice,
	 const struct cond *point, struct sqltext *sql)
{
	const char *hint = db_dialect(cx->db)->no_index;
	const char *order_hint = page->plan.fetches ? hint : "";

	from_sql(page, slice->part, sql);
	deleted_sql(page->query, sql);
	rights_hinted_sql(cx, page->query, page->plan.walks ? hint : "", sql);
	condition_sql(cx, point, "", sql);
	clauses_sql(cx, page, hint, sql);
	part_sql(&page->order, slice->part, sql);
	if (slice->cursor)
		phase_sql(cx, &page->order, slice->cursor, &slice->phase, order_hint, sql);
}

static void
arm_sql(struct cx *cx, const struct page *page, const struct slice *slice, const struct cond *point,
	struct sqltext *sql)
{
	select_sql(cx, page, slice, sql);
	rows_sql(cx, page, slice, point, sql);
	order_sql(cx, &page->order, slice->part,
		  page->plan.fetches ? db_dialect(cx->db)->no_index : "", sql);
	sql_raw(sql, " LIMIT ");
	sql_int(sql, point ? page->want + page->skip : page->want);
}

static void
offset_sql(const struct page *page, struct sqltext *sql)
{
	if (!page->skip)
		return;
	sql_raw(sql, " OFFSET ");
	sql_int(sql, page->skip);
}

static int
sort_column(const struct page *page)
{
	int at = 2;

	for (size_t i = 0; i < page->fields.n; i++)
		at += field_reads(page->fields.v[i]);
	return at;
}

/* The orders of several values, merged: by position, as the names are those of the parts. */
static void
merged_order_sql(const struct page *page, struct sqltext *sql)
{
	int at = sort_column(page) + 1;

	sql_raw(sql, " ORDER BY ");
	for (size_t i = 0; i < page->order.n; i++) {
		const struct order_key *key = &page->order.key[i];
		bool is_id = i + 1 == page->order.n;

		if (i)
			sql_raw(sql, ", ");
		buf_int(&sql->text, is_id ? 1 : at + (int)i);
		if (key->descending)
			sql_raw(sql, key_is_nullable(key) ? " DESC NULLS LAST" : " DESC");
		else if (key_is_nullable(key))
			sql_raw(sql, " NULLS FIRST");
	}
	sql_raw(sql, " LIMIT ");
	sql_int(sql, page->want);
}

static void
page_sql(struct cx *cx, const struct page *page, const struct slice *slice, struct sqltext *sql)
{
	const struct plan *plan = &page->plan;

	sql->per_row = plan->walks;
	if (plan->n_points < 2 || !*db_dialect(cx->db)->no_index) {
		arm_sql(cx, page, slice, NULL, sql);
		offset_sql(page, sql);
		return;
	}
	for (size_t i = 0; i < plan->n_points; i++) {
		sql_raw(sql, i ? " UNION ALL SELECT * FROM (" : "SELECT * FROM (");
		arm_sql(cx, page, slice, plan->points[i], sql);
		sql_raw(sql, ")");
	}
	merged_order_sql(page, sql);
	offset_sql(page, sql);
}

static void
sort_value(struct cx *cx, struct stmt *stmt, int at, const struct order_key *key, struct value *out)
{
	enum field_type type =
		field_result(key->place == KEY_ROW ? order_field(cx, key->field) : key->field);

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
page_mark(struct cx *cx, struct page *page, enum part part, struct stmt *stmt)
{
	size_t start = part_start(part);
	int at = sort_column(page);

	page->last.part = part;
	for (size_t i = start; i + 1 < page->order.n; i++)
		sort_value(cx, stmt, at + (int)(i - start), &page->order.key[i], &page->last.v[i]);
	page->last.v[page->order.n - 1] = value_int(db_col_int(stmt, 0));
}

static bool
page_row(struct cx *cx, struct page *page, struct stmt *stmt)
{
	struct row row = *row_new(cx->mem, page->query->object);

	row.id = db_col_int(stmt, 0);
	row.version = db_col_int(stmt, 1);
	if (!row_read(cx, stmt, 2,
		      &(struct columns){ page->fields.v, page->fields.n, &page->copies }, &row))
		return false;
	page->rows.v = arena_grow(cx->mem, page->rows.v, page->rows.n, &page->cap, sizeof row);
	page->rows.v[page->rows.n++] = row;
	return true;
}

/* Read up to `want` rows; one more than the page needs tells whether there is a next page. */
static bool
page_run(struct cx *cx, struct page *page, const struct slice *slice, size_t page_size)
{
	struct sqltext sql = sqltext_new(cx->mem);
	struct stmt *stmt;
	bool more;

	page_sql(cx, page, slice, &sql);
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
		if (page->rows.n + 1 == page_size)
			page_mark(cx, page, slice->part, stmt);
		if (!page_row(cx, page, stmt))
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

/* What a slice has passed over, when it had no row left to give. */
static bool
slice_skipped(struct cx *cx, struct page *page, const struct slice *slice, int64_t wanted)
{
	struct sqltext sql = sqltext_new(cx->mem);
	int64_t passed;

	if (!page->skip)
		return true;
	if (page->want < wanted) {
		page->skip = 0;
		return true;
	}
	sql_raw(&sql, "SELECT count(*)");
	rows_sql(cx, page, slice, NULL, &sql);
	if (!sql_one_int(cx, &sql, 0, &passed))
		return false;
	page->skip -= passed < page->skip ? passed : page->skip;
	return true;
}

/* All rows of a part; or those behind the cursor, in its phases. */
static bool
part_run(struct cx *cx, struct page *page, enum part part, bool behind, size_t page_size)
{
	struct phase phases[PHASES_MAX] = { { 0, PHASE_ALL } };
	size_t n = behind ? cursor_phases(&page->order, &page->cursor, phases) : 1;

	for (size_t i = 0; i < n && page->want > 0; i++) {
		struct slice slice = { part, behind ? &page->cursor : NULL, phases[i] };
		int64_t wanted = page->want;

		if (!page_run(cx, page, &slice, page_size) ||
		    !slice_skipped(cx, page, &slice, wanted))
			return false;
	}
	return true;
}

/* Is it known that there are no further rows? */
static bool
has_all(const struct page *page)
{
	return !page->has_cursor && (int64_t)page->rows.n == page->total;
}

static bool
page_read(struct cx *cx, struct page *page, int64_t limit)
{
	enum part parts[PARTS_MAX];
	size_t n = order_parts(&page->order, parts), i = 0;

	page->want = limit + 1;
	while (page->has_cursor && i + 1 < n && parts[i] != page->cursor.part)
		i++;
	for (bool behind = page->has_cursor; i < n && page->want > 0 && !has_all(page); i++) {
		if (!part_run(cx, page, parts[i], behind, (size_t)limit))
			return false;
		behind = false;
	}
	if (page->rows.next.n)
		page->rows.next = cursor_text(cx, page->query, &page->order, &page->last);
	return page_many(cx, page);
}

static bool
page_begin(struct cx *cx, const struct query *query, struct page *page)
{
	*page = (struct page){ .query = query, .total = -1, .rows.total = -1 };
	order_of(cx, query, &page->order);
	pick_fields(cx, query, &page->fields);
	page->has_cursor = query->after.n > 0;
	return !page->has_cursor || cursor_parse(cx, query, &page->order, &page->cursor);
}

bool
record_count(struct cx *cx, const struct query *query, int64_t *out)
{
	struct sqltext sql = sqltext_new(cx->mem);

	sql_raw(&sql, "SELECT count(*) FROM ");
	sql_name(&sql, query->object->table);
	sql_raw(&sql, " t");
	where_sql(cx, query, "", &sql);
	return count_rows(cx, query, &sql, out);
}

bool
query_page(struct cx *cx, const struct query *query, int64_t total, struct rows *out)
{
	int64_t limit = query->limit ? query->limit : LIMIT_DEFAULT;
	struct page page;

	if (!page_begin(cx, query, &page) || !plan_of(cx, query, &page.order, total, &page.plan))
		return false;
	page.total = total;
	page.skip = query->skip;
	if (!page_read(cx, &page, limit))
		return false;
	*out = page.rows;
	return true;
}

bool
record_query(struct cx *cx, const struct query *query, struct rows *out)
{
	int64_t limit = query->limit ? query->limit : LIMIT_DEFAULT, total = -1;
	struct rows rows;

	if (limit < 1 || limit > LIMIT_MAX)
		return fail_field(cx, S("limit"), "range", "Ask for 1 to %d records at once",
				  LIMIT_MAX);
	if (query->skip < 0 || query->skip > SKIP_MAX)
		return fail_field(cx, S("skip"), "range", "Pass over %d records at most", SKIP_MAX);
	if ((query->total && !record_count(cx, query, &total)) ||
	    !query_page(cx, query, total, &rows))
		return false;
	rows.total = total;
	*out = rows;
	return true;
}

bool
query_statements(struct cx *cx, const struct query *query, int64_t total, struct strs *out)
{
	enum part parts[PARTS_MAX];
	struct page page;
	size_t n;

	if (!page_begin(cx, query, &page) || !plan_of(cx, query, &page.order, total, &page.plan))
		return false;
	page.want = LIMIT_DEFAULT + 1;
	n = order_parts(&page.order, parts);
	for (size_t i = 0; i < n; i++) {
		struct sqltext sql = sqltext_new(cx->mem);

		page_sql(cx, &page, &(struct slice){ parts[i], NULL, { 0, PHASE_ALL } }, &sql);
		list_add(cx->mem, out, buf_done(&sql.text));
	}
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
		    !plan_of(cx, &page_query, &page.order, -1, &page.plan) ||
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
	where_sql(cx, query, "", &sql);
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

bool
row_linked(struct cx *cx, const struct row *row, unsigned field, struct row **out)
{
	const struct field *f = row->object->fields[field];

	*out = NULL;
	if (row->v[field].kind != V_INT || record_load(cx, f->target, row->v[field].i, out))
		return true;
	if (cx->err.code != E_MISSING)
		return false;
	fail_clear(cx);
	return true;
}
