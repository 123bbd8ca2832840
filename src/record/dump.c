#include "record/dump.h"

#include "base/crypt.h"
#include "base/feature.h"
#include "record/migrate.h"

const char *const DUMP_CLASSES[STORE__MAX] = { "int", "real", "text", "blob" };

/* ---- which tables ---- */

static bool
is_local(const struct feature *const *features, struct str name)
{
	for (; features && *features; features++)
		for (const struct system_table *at = (*features)->tables; at && at->name; at++)
			if (at->local && str_eq_z(name, at->name))
				return true;
	return false;
}

static int
column_order(const void *a, const void *b)
{
	return str_cmp(((const struct dump_column *)a)->name,
		       ((const struct dump_column *)b)->name);
}

static int
table_order(const void *a, const void *b)
{
	return str_cmp(((const struct dump_table *)a)->name, ((const struct dump_table *)b)->name);
}

static bool
table_add(struct cx *cx, const struct db_table *from, struct dump_tables *out)
{
	struct dump_table table = { from->name, new_array(cx->mem, from->n, struct dump_column),
				    from->n };

	for (size_t i = 0; i < from->n; i++) {
		if (from->v[i].store == STORE__MAX)
			return fail(
				cx, E_CONFLICT,
				"%.*s.%.*s is a column of the type %.*s, which is none of Kontor's: "
				"move the table to another database",
				STR_FMT(from->name), STR_FMT(from->v[i].name),
				STR_FMT(from->v[i].type));
		table.v[i] = (struct dump_column){ from->v[i].name, from->v[i].store };
	}
	qsort(table.v, table.n, sizeof *table.v, column_order);
	list_add(cx->mem, out, table);
	return true;
}

bool
dump_tables(struct cx *cx, const struct feature *const *features, struct dump_tables *out)
{
	struct dump_tables tables = { 0 };
	struct db_schema schema;

	if (!db_introspect(cx, &schema))
		return false;
	for (size_t i = 0; i < schema.n; i++)
		if (!is_local(features, schema.v[i].name) && !table_add(cx, &schema.v[i], &tables))
			return false;
	if (tables.n)
		qsort(tables.v, tables.n, sizeof *tables.v, table_order);
	*out = tables;
	return true;
}

/* ---- lines ---- */

static void
print_header(const struct dump_table *table, struct buf *line)
{
	BUF_LIT(line, "{\"table\":");
	buf_json(line, table->name);
	BUF_LIT(line, ",\"columns\":[");
	for (size_t i = 0; i < table->n; i++) {
		buf_z(line, i ? ",\"" : "\"");
		buf_str(line, table->v[i].name);
		buf_char(line, ' ');
		buf_z(line, DUMP_CLASSES[table->v[i].store]);
		buf_char(line, '"');
	}
	BUF_LIT(line, "]}");
}

static void
print_cell(const struct stmt *stmt, int at, enum store_class store, struct buf *line)
{
	if (at)
		buf_char(line, ',');
	if (db_col_null(stmt, at)) {
		BUF_LIT(line, "null");
		return;
	}
	switch (store) {
	case STORE_INT:
		buf_int(line, db_col_int(stmt, at));
		break;
	case STORE_REAL:
		buf_real(line, db_col_real(stmt, at));
		break;
	case STORE_BLOB:
		buf_char(line, '"');
		buf_base64url(line, db_col_blob(stmt, at));
		buf_char(line, '"');
		break;
	default:
		buf_json(line, db_col_str(stmt, at));
	}
}

/* By id where there is one, else by all columns. */
static struct stmt *
table_select(struct cx *cx, const struct dump_table *table)
{
	struct sqltext sql = sqltext_new(cx->mem);
	bool has_id = false;

	for (size_t i = 0; i < table->n; i++) {
		sql_raw(&sql, i ? ", " : "SELECT ");
		sql_name(&sql, table->v[i].name);
		has_id |= str_eq(table->v[i].name, S("id"));
	}
	sql_raw(&sql, " FROM ");
	sql_name(&sql, table->name);
	sql_raw(&sql, has_id ? " ORDER BY \"id\"" : " ORDER BY ");
	for (size_t i = 0; !has_id && i < table->n; i++) {
		sql_raw(&sql, i ? ", " : "");
		sql_name(&sql, table->v[i].name);
		sql_raw(&sql, " NULLS FIRST");
	}
	return sql_prepare(cx, &sql);
}

struct writer {
	dump_take *take;
	void *to;
	struct buf line;
	int64_t rows;
};

static bool
line_give(struct cx *cx, struct writer *w)
{
	struct str line = buf_done(&w->line);

	if (w->line.full)
		return fail(cx, E_TOO_BIG, "A row is too big to be copied");
	if (!w->take(cx, w->to, line))
		return false;
	buf_clear(&w->line);
	return true;
}

static bool
table_rows(struct cx *cx, struct writer *w, const struct dump_table *table)
{
	struct stmt *stmt = table_select(cx, table);
	bool row;

	while (stmt && db_step(cx, stmt, &row)) {
		if (!row)
			return true;
		buf_char(&w->line, '[');
		for (size_t i = 0; i < table->n; i++)
			print_cell(stmt, (int)i, table->v[i].store, &w->line);
		buf_char(&w->line, ']');
		w->rows++;
		if (!line_give(cx, w))
			return false;
	}
	return false;
}

static bool
write_all(struct cx *cx, struct str model, const struct dump_tables *tables, struct writer *w)
{
	BUF_LIT(&w->line, "{\"kontor\":");
	buf_int(&w->line, DUMP_FORMAT);
	BUF_LIT(&w->line, ",\"model\":");
	buf_json(&w->line, model);
	buf_char(&w->line, '}');
	if (!line_give(cx, w))
		return false;
	for (size_t i = 0; i < tables->n; i++) {
		print_header(&tables->v[i], &w->line);
		if (!line_give(cx, w) || !table_rows(cx, w, &tables->v[i]))
			return false;
	}
	BUF_LIT(&w->line, "{\"end\":");
	buf_int(&w->line, w->rows);
	buf_char(&w->line, '}');
	return line_give(cx, w);
}

bool
dump_write(struct cx *cx, struct str model, const struct dump_tables *tables, dump_take *take,
	   void *to)
{
	struct writer w = { take, to, buf_heap(DUMP_LINE_MAX), 0 };
	bool done = write_all(cx, model, tables, &w);

	buf_fini(&w.line);
	return done;
}

bool
store_dump(struct cx *cx, dump_take *take, void *to)
{
	struct dump_tables tables;
	struct str model;

	return store_custom_text(cx, &model) && dump_tables(cx, cx->store->features, &tables) &&
	       dump_write(cx, model, &tables, take, to);
}

bool
dump_hash(struct cx *cx, void *to, struct str line)
{
	(void)cx;
	hasher_add(to, line);
	hasher_add(to, S("\n"));
	return true;
}

/* ---- how much there is ---- */

bool
store_count(struct cx *cx, int64_t *out)
{
	struct dump_tables tables;
	int64_t sum = 0;

	if (!dump_tables(cx, cx->store->features, &tables))
		return false;
	for (size_t i = 0; i < tables.n; i++) {
		struct sqltext sql = sqltext_new(cx->mem);
		int64_t n;

		sql_raw(&sql, "SELECT count(*) FROM ");
		sql_name(&sql, tables.v[i].name);
		if (!sql_one_int(cx, &sql, 0, &n))
			return false;
		sum += n;
	}
	*out = sum;
	return true;
}

bool
store_head(struct cx *cx, int64_t *out)
{
	struct sqltext sql = sqltext_new(cx->mem);

	sql_raw(&sql, "SELECT max(id) FROM sys_changeset");
	return sql_one_int(cx, &sql, 0, out);
}
