#include "record/migrate.h"

#include "base/i18n.h"

#include <stdarg.h>

enum { LINE_BYTES_MAX = 1000, REFUSED_MAX = 100 };

_Static_assert((int)COLUMN_INT == STORE_INT && (int)COLUMN_REAL == STORE_REAL &&
		       (int)COLUMN_TEXT == STORE_TEXT && (int)COLUMN_BLOB == STORE_BLOB,
	       "classes of columns are those of the database");

const struct db_table *
schema_table(const struct db_schema *schema, struct str name)
{
	for (size_t i = 0; i < schema->n; i++)
		if (str_eq(schema->v[i].name, name))
			return &schema->v[i];
	return NULL;
}

const struct db_column *
schema_column(const struct db_table *table, struct str name)
{
	for (size_t i = 0; table && i < table->n; i++)
		if (str_eq(table->v[i].name, name))
			return &table->v[i];
	return NULL;
}

__attribute__((format(printf, 2, 0))) static struct str
line_of(struct arena *mem, const char *format, va_list arguments)
{
	char *line = arena_alloc(mem, LINE_BYTES_MAX);
	int n = vsnprintf(line, LINE_BYTES_MAX, format, arguments);

	return (struct str){ line, n < LINE_BYTES_MAX ? (size_t)n : LINE_BYTES_MAX - 1 };
}

void
refuse(struct migration *m, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	if (m->n_refused++ < REFUSED_MAX) {
		if (m->refused.n)
			buf_char(&m->refused, '\n');
		buf_str(&m->refused, line_of(m->cx->mem, format, arguments));
	}
	va_end(arguments);
}

bool
migrate_refused(struct migration *m)
{
	if (!m->n_refused)
		return true;
	return fail(m->cx, E_INPUT, "%.*s", STR_FMT(buf_done(&m->refused)));
}

bool
migrate_step(struct migration *m, struct str sql, const char *format, ...)
{
	va_list arguments;

	if (!m->plan)
		return db_ddl(m->cx, sql);
	va_start(arguments, format);
	list_add(m->cx->mem, m->plan, line_of(m->cx->mem, format, arguments));
	va_end(arguments);
	return true;
}

bool
migrate_run(struct migration *m, struct sqltext *sql)
{
	struct stmt *stmt = sql_prepare(m->cx, sql);

	return stmt && db_run(m->cx, stmt);
}

/* ---- tables and columns ---- */

static void
column_define(struct migration *m, const struct column_plan *column, bool alone,
	      struct sqltext *sql)
{
	const struct dialect *dialect = m->dialect;

	sql_name(sql, column->name);
	sql_raw(sql, " ");
	if (column->primary && column->class == COLUMN_INT) {
		sql_raw(sql, dialect->primary_key);
		return;
	}
	sql_raw(sql, dialect->types[column->class]);
	if (column->primary)
		sql_raw(sql, " PRIMARY KEY NOT NULL");
	else if (column->required)
		sql_raw(sql, " NOT NULL");
	/* Rows that are there already. */
	if (column->required && alone)
		sql_raw(sql, column->class == COLUMN_INT ? " DEFAULT 0" : " DEFAULT ''");
}

static bool
table_create(struct migration *m, const struct table_plan *plan)
{
	struct sqltext sql = sqltext_new(m->cx->mem);

	sql_raw(&sql, "CREATE TABLE ");
	sql_name(&sql, plan->name);
	sql_raw(&sql, " (");
	for (size_t i = 0; i < plan->n; i++) {
		if (i)
			sql_raw(&sql, ", ");
		column_define(m, &plan->v[i], false, &sql);
	}
	if (plan->key)
		sql_raw(&sql, plan->key);
	sql_raw(&sql, ")");
	sql_raw(&sql, m->dialect->table_suffix);
	return migrate_step(m, buf_done(&sql.text), tr(m->cx, "%.*s: new table"),
			    STR_FMT(plan->name));
}

static bool
column_add(struct migration *m, const struct table_plan *plan, const struct column_plan *column)
{
	struct sqltext sql = sqltext_new(m->cx->mem);

	sql_raw(&sql, "ALTER TABLE ");
	sql_name(&sql, plan->name);
	sql_raw(&sql, " ADD COLUMN ");
	column_define(m, column, true, &sql);
	return migrate_step(m, buf_done(&sql.text), tr(m->cx, "%.*s: new column %.*s"),
			    STR_FMT(plan->name), STR_FMT(column->name));
}

void
table_check(struct migration *m, const struct table_plan *plan)
{
	const struct db_table *table = schema_table(&m->schema, plan->name);

	for (size_t i = 0; i < plan->n; i++) {
		const struct db_column *column = schema_column(table, plan->v[i].name);
		enum store_class want = (enum store_class)plan->v[i].class;

		if (!column || column->store == want)
			continue;
		refuse(m,
		       tr(m->cx,
			  "%.*s.%.*s is kept as %.*s and cannot become %s: give the new field another "
			  "name; the old column and its values stay"),
		       STR_FMT(plan->name), STR_FMT(plan->v[i].name), STR_FMT(column->type),
		       m->dialect->types[want]);
	}
}

bool
table_columns(struct migration *m, const struct table_plan *plan)
{
	const struct db_table *table = schema_table(&m->schema, plan->name);

	if (!table)
		return table_create(m, plan);
	for (size_t i = 0; i < plan->n; i++)
		if (!schema_column(table, plan->v[i].name) && !column_add(m, plan, &plan->v[i]))
			return false;
	return true;
}

/* ---- indexes ---- */

static bool
strs_have(const struct strs *strs, struct str name)
{
	for (size_t i = 0; i < strs->n; i++)
		if (str_eq(strs->v[i], name))
			return true;
	return false;
}

/* Records that a new unique index would not allow: say which value repeats. */
static bool
index_fits(struct migration *m, const struct table_plan *plan, const struct index_plan *index)
{
	struct sqltext sql = sqltext_new(m->cx->mem);
	struct stmt *stmt;
	bool row;

	sql_raw(&sql, "SELECT count(*), min(");
	sql_name(&sql, index->value);
	sql_raw(&sql, ") FROM ");
	sql_name(&sql, plan->name);
	sql_raw(&sql, " WHERE \"deleted_at\" IS NULL AND ");
	sql_name(&sql, index->value);
	sql_raw(&sql, " IS NOT NULL GROUP BY ");
	buf_str(&sql.text, index->keys);
	sql_raw(&sql, " HAVING count(*) > 1 LIMIT 1");
	stmt = sql_prepare(m->cx, &sql);
	if (!stmt || !db_step(m->cx, stmt, &row))
		return false;
	if (!row)
		return true;
	return fail(m->cx, E_INPUT,
		    "%.*s.%.*s cannot be unique, for %lld records have the value \"%.*s\"; change "
		    "them first",
		    STR_FMT(plan->name), STR_FMT(index->value), (long long)db_col_int(stmt, 0),
		    STR_FMT(db_col_str(stmt, 1)));
}

static bool
index_create(struct migration *m, const struct table_plan *plan, const struct index_plan *index,
	     const struct db_table *table)
{
	bool filled = !m->plan || schema_column(table, index->value);

	if (table && index->value.n && filled && !index_fits(m, plan, index))
		return false;
	return migrate_step(m, index->sql, tr(m->cx, "%.*s: new index %.*s"), STR_FMT(plan->name),
			    STR_FMT(index->name));
}

static bool
index_is_ours(struct str name)
{
	return str_starts(name, S("ix_")) || str_starts(name, S("ux_"));
}

static bool
index_is_planned(const struct table_plan *plan, struct str name)
{
	for (size_t i = 0; i < plan->indexes.n; i++)
		if (str_eq(plan->indexes.v[i].name, name))
			return true;
	return false;
}

static bool
index_drop(struct migration *m, const struct table_plan *plan, struct str name)
{
	struct sqltext sql = sqltext_new(m->cx->mem);

	sql_raw(&sql, "DROP INDEX ");
	sql_name(&sql, name);
	return migrate_step(m, buf_done(&sql.text), tr(m->cx, "%.*s: index %.*s is dropped"),
			    STR_FMT(plan->name), STR_FMT(name));
}

bool
table_indexes(struct migration *m, const struct table_plan *plan)
{
	const struct db_table *table = schema_table(&m->schema, plan->name);

	for (size_t i = 0; table && i < table->indexes.n; i++)
		if (index_is_ours(table->indexes.v[i]) &&
		    !index_is_planned(plan, table->indexes.v[i]) &&
		    !index_drop(m, plan, table->indexes.v[i]))
			return false;
	for (size_t i = 0; i < plan->indexes.n; i++)
		if (!(table && strs_have(&table->indexes, plan->indexes.v[i].name)) &&
		    !index_create(m, plan, &plan->indexes.v[i], table))
			return false;
	return true;
}
