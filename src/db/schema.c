/* What exists in the database, and whether it is sound: SQL of the drivers, read alike. */
#include "db/driver.h"

enum { FINDINGS_MAX_BYTES = 64 << 10 };

enum { COLUMN_TABLE, COLUMN_IS_INDEX, COLUMN_NAME, COLUMN_TYPE, COLUMN_NOT_NULL };

static enum store_class
store_of(const struct driver *driver, struct str type)
{
	enum store_class class = STORE_INT;

	while (class < STORE__MAX && !str_eq_z(type, driver->types_known[class]))
		class ++;
	return class;
}

static struct str
upper(struct arena *mem, struct str s)
{
	char *copy = arena_alloc(mem, s.n + 1);

	for (size_t i = 0; i < s.n; i++)
		copy[i] = (char)(s.p[i] >= 'a' && s.p[i] <= 'z' ? s.p[i] - ('a' - 'A') : s.p[i]);
	return (struct str){ copy, s.n };
}

static void
schema_row(struct cx *cx, struct stmt *stmt, struct db_schema *schema)
{
	struct str table = db_col_str(stmt, COLUMN_TABLE), name;
	struct db_column column = { 0 };
	struct db_table *last;

	if (!schema->n || !str_eq(schema->v[schema->n - 1].name, table))
		list_add(cx->mem, schema, ((struct db_table){ .name = str_dup(cx->mem, table) }));
	last = &schema->v[schema->n - 1];
	name = str_dup(cx->mem, db_col_str(stmt, COLUMN_NAME));
	if (db_col_int(stmt, COLUMN_IS_INDEX)) {
		list_add(cx->mem, &last->indexes, name);
		return;
	}
	column.name = name;
	column.type = upper(cx->mem, db_col_str(stmt, COLUMN_TYPE));
	column.store = store_of(stmt->driver, column.type);
	column.not_null = db_col_int(stmt, COLUMN_NOT_NULL) != 0;
	list_add(cx->mem, last, column);
}

bool
db_introspect(struct cx *cx, struct db_schema *out)
{
	struct db_schema schema = { 0 };
	struct stmt *stmt = db_prepare(cx, str_of(cx->db->driver->introspect_sql));
	bool row;

	if (!stmt)
		return false;
	for (;;) {
		if (!db_step(cx, stmt, &row))
			return false;
		if (!row)
			break;
		schema_row(cx, stmt, &schema);
	}
	*out = schema;
	return true;
}

static bool
findings_add(struct cx *cx, const char *sql, struct buf *findings)
{
	struct stmt *stmt = db_prepare(cx, str_of(sql));
	bool row;

	if (!stmt)
		return false;
	for (;;) {
		if (!db_step(cx, stmt, &row))
			return false;
		if (!row)
			return true;
		if (str_eq_z(db_col_str(stmt, 0), "ok"))
			continue;
		if (findings->n)
			buf_char(findings, '\n');
		buf_str(findings, db_col_str(stmt, 0));
	}
}

bool
db_check(struct cx *cx, struct str *out)
{
	struct buf findings = buf_in(cx->mem, FINDINGS_MAX_BYTES);

	for (const char *const *sql = cx->db->driver->check_sql; *sql; sql++)
		if (!findings_add(cx, *sql, &findings))
			return false;
	*out = findings.n ? buf_done(&findings) : S("ok");
	return true;
}

bool
db_lock(struct cx *cx, int64_t key)
{
	const char *sql = cx->db->driver->lock_sql;
	struct stmt *stmt;

	if (!db_in_write(cx))
		return bug(cx, "a shared lock outside of a write");
	if (!sql)
		return true;
	stmt = db_prepare(cx, str_of(sql));
	if (!stmt)
		return false;
	db_bind_int(stmt, 1, key);
	return db_run(cx, stmt);
}

bool
db_ids_follow(struct cx *cx, struct str table)
{
	bool (*follow)(struct cx *, struct str) = cx->db->driver->ids_follow;

	return !follow || follow(cx, table);
}

static bool
outside(struct cx *cx)
{
	return cx->conn ? bug(cx, "maintenance of the database inside of a unit of work") : true;
}

bool
db_copy_to(struct cx *cx, const char *path)
{
	return outside(cx) && cx->db->driver->copy_to(cx, path);
}

bool
db_truncate_log(struct cx *cx)
{
	return outside(cx) && cx->db->driver->truncate_log(cx);
}
