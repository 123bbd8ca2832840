/* For the property test of conditions: the records of a world as a database has them. */
#ifndef KONTOR_RECORD_COND_TABLES_H
#define KONTOR_RECORD_COND_TABLES_H

#include "db/test.h"
#include "record/cond_world.h"

static inline void world_ddl(struct cx *cx, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static inline void
world_ddl(struct cx *cx, const char *format, ...)
{
	char sql[WORLD_TEXT_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(sql, sizeof sql, format, args);
	va_end(args);
	if (!db_ddl(cx, str_of(sql)))
		fail_msg("%s: %.*s", sql, STR_FMT(cx->err.why));
}

static inline const char *
world_column_type(const struct cx *cx, enum column_class class)
{
	return db_dialect(cx->db)->types[class == COLUMN_TEXT ? STORE_TEXT : STORE_INT];
}

static inline void
world_table_create(struct cx *cx, const struct object *object)
{
	struct buf b = buf_in(cx->mem, 1 << 16);

	for (unsigned k = 1; k < object->n_fields; k++)
		for (unsigned c = 0; c < object->fields[k]->n_columns; c++)
			buf_printf(&b, ", \"%.*s\" %s", STR_FMT(object->fields[k]->columns[c].name),
				   world_column_type(cx, object->fields[k]->columns[c].class));
	world_ddl(cx, "CREATE TABLE \"%.*s\" (\"id\" %s%.*s)%s", STR_FMT(object->table),
		  db_dialect(cx->db)->primary_key, STR_FMT(buf_done(&b)),
		  db_dialect(cx->db)->table_suffix);
	for (unsigned k = 0; k < object->n_fields; k++) {
		const struct field *f = object->fields[k];

		if (f->type == FT_MANY)
			world_ddl(
				cx,
				"CREATE TABLE \"%.*s\" (\"from_id\" %s NOT NULL, \"to_id\" %s NOT NULL)%s",
				STR_FMT(f->link_table), world_column_type(cx, COLUMN_INT),
				world_column_type(cx, COLUMN_INT),
				db_dialect(cx->db)->table_suffix);
		else if (f->n_columns && f->columns[0].class == COLUMN_INT)
			world_ddl(cx, "CREATE INDEX \"i_%.*s_%u\" ON \"%.*s\" (\"%.*s\")",
				  STR_FMT(object->table), k, STR_FMT(object->table),
				  STR_FMT(f->columns[0].name));
		else if (f->n_columns)
			world_ddl(cx, "CREATE INDEX \"i_%.*s_%u\" ON \"%.*s\" (\"%.*s\")",
				  STR_FMT(object->table), k, STR_FMT(object->table),
				  STR_FMT(f->columns[f->n_columns - 1].name));
	}
}

static inline void
world_tables_create(struct cx *cx, const struct snapshot *model)
{
	if (!db_begin_write(cx))
		fail_msg("%.*s", STR_FMT(cx->err.why));
	for (unsigned o = 0; o < model->n_objects; o++)
		world_table_create(cx, model->objects[o]);
	if (!db_commit(cx))
		fail_msg("%.*s", STR_FMT(cx->err.why));
}

static inline void
world_bind_all(struct cx *cx, const struct sqltext *sql, struct stmt **out)
{
	struct stmt *stmt = db_prepare(cx, buf_done(&sql->text));

	if (!stmt)
		fail_msg("%.*s\n%.*s", STR_FMT(cx->err.why), STR_FMT(buf_done(&sql->text)));
	for (size_t i = 0; i < sql->n; i++) {
		if (sql->binds[i].kind == V_INT)
			db_bind_int(stmt, (int)i + 1, sql->binds[i].i);
		else if (sql->binds[i].kind == V_TEXT)
			db_bind_str(stmt, (int)i + 1, sql->binds[i].s);
		else
			db_bind_null(stmt, (int)i + 1);
	}
	*out = stmt;
}

static inline void
world_run(struct cx *cx, const struct sqltext *sql)
{
	struct stmt *stmt;

	world_bind_all(cx, sql, &stmt);
	if (!db_run(cx, stmt))
		fail_msg("%.*s\n%.*s", STR_FMT(cx->err.why), STR_FMT(buf_done(&sql->text)));
}

static inline struct value
world_column(struct cx *cx, const struct field *f, unsigned column, const struct value *v)
{
	if (v->kind == V_NONE)
		return *v;
	if (f->has_key && column)
		return (struct value){ .kind = V_TEXT, .s = value_key(cx->mem, f, v) };
	if (v->kind == V_ANY)
		return column ? value_text(v->s) : value_int(v->i);
	if (column)
		return value_text(str_of(v->currency));
	return *v;
}

static inline void
world_store_links(struct cx *cx, const struct field *f, const struct row *row)
{
	const struct value *v = &row->v[f->index];

	for (int64_t i = 0; v->kind == V_IDS && i < v->i; i++) {
		struct sqltext sql = sqltext_new(cx->mem);

		sql_raw(&sql, "INSERT INTO ");
		sql_name(&sql, f->link_table);
		sql_raw(&sql, " (\"from_id\", \"to_id\") VALUES (");
		sql_int(&sql, row->id);
		sql_raw(&sql, ", ");
		sql_int(&sql, v->ids[i]);
		sql_raw(&sql, ")");
		world_run(cx, &sql);
	}
}

static inline void
world_store_row(struct cx *cx, const struct row *row)
{
	struct sqltext sql = sqltext_new(cx->mem);
	struct buf values = buf_in(cx->mem, 1 << 16);
	struct buf text;

	sql_raw(&sql, "INSERT INTO ");
	sql_name(&sql, row->object->table);
	text = sql.text;
	for (unsigned k = 0; k < row->object->n_fields; k++) {
		const struct field *f = row->object->fields[k];

		if (f->type == FT_MANY)
			world_store_links(cx, f, row);
		for (unsigned c = 0; c < f->n_columns; c++) {
			struct value v = world_column(cx, f, c, &row->v[k]);

			buf_printf(&text, "%s\"%.*s\"", sql.n ? ", " : " (",
				   STR_FMT(f->columns[c].name));
			sql.text = values;
			sql_raw(&sql, sql.n ? ", " : "");
			sql_value(&sql, &v);
			values = sql.text;
		}
	}
	buf_printf(&text, ") VALUES (%.*s)", STR_FMT(buf_done(&values)));
	sql.text = text;
	world_run(cx, &sql);
}

/* Deleted rows that nobody clears away would slow PostgreSQL down from world to world. */
static inline void
world_clear(struct cx *cx, struct str table)
{
	bool truncates = !strcmp(db_dialect(cx->db)->name, "postgres");

	world_ddl(cx, "%s \"%.*s\"", truncates ? "TRUNCATE TABLE" : "DELETE FROM", STR_FMT(table));
}

/* Replace what the tables hold by this world. */
static inline void
world_store(struct world *w, struct cx *cx)
{
	if (!db_begin_write(cx))
		fail_msg("%.*s", STR_FMT(cx->err.why));
	for (unsigned o = 0; o < w->model->n_objects; o++) {
		const struct object *object = w->model->objects[o];

		world_clear(cx, object->table);
		for (unsigned k = 0; k < object->n_fields; k++)
			if (object->fields[k]->type == FT_MANY)
				world_clear(cx, object->fields[k]->link_table);
	}
	for (unsigned o = 0; o < w->model->n_objects; o++)
		for (size_t i = 0; i < w->tables[o].n; i++)
			world_store_row(cx, w->tables[o].rows[i]);
	if (!db_commit(cx))
		fail_msg("%.*s", STR_FMT(cx->err.why));
	cx_reset(cx);
}

/* ---- engines ---- */

/* A new database with the tables of the model; NULL: that engine is skipped. */
static inline struct cx *
world_open(struct test_db *place, enum test_engine engine, const struct snapshot *model)
{
	struct db_options options = { .unsafe_no_sync = true };
	struct cx *cx;

	if (!test_db_make(place, engine))
		return NULL;
	cx = cx_new(&env_real, WORLD_BYTES_MAX);
	if (!db_open(cx, str_of(place->address), options, &cx->db))
		fail_msg("%.*s", STR_FMT(cx->err.why));
	world_tables_create(cx, model);
	return cx;
}

static inline void
world_close(struct test_db *place, struct cx **cx)
{
	if (!*cx)
		return;
	db_close(&(*cx)->db);
	cx_free(cx);
	test_db_drop(place);
}

#endif
