/* Lines of a dump become the rows of an empty database, in one transaction. */
#include "base/i18n.h"
#include "base/json.h"
#include "record/dump.h"
#include "record/migrate.h"

enum {
	BATCH_ROWS = 100,
	BATCH_VALUES = 1500, /* of one statement */
	TABLE_COLUMNS_MAX = 2000
};

struct load {
	struct store_options options;
	struct snapshot *model;
	struct migration m; /* the tables as they are now */
	int64_t line;       /* from 1 */
	int64_t rows;
	bool ended;
	struct str text; /* the custom model */
	struct hasher hasher;
	struct dump_tables tables; /* those of the dump */
	struct arena_mark mark;    /* behind what the last table's header left */
	json_t *pending[BATCH_ROWS];
	size_t n_pending;
};

static bool
refused(struct cx *cx, const struct load *load, const char *why)
{
	return fail(cx, E_INPUT, "line %lld of the copy: %s", (long long)load->line, tr(cx, why));
}

/* ---- making the tables ---- */

static bool
is_empty(struct cx *cx)
{
	struct db_schema schema;

	if (!db_introspect(cx, &schema))
		return false;
	return !schema.n || fail(cx, E_CONFLICT,
				 "The target is not empty (it has the table %.*s); name an empty "
				 "database or a new file",
				 STR_FMT(schema.v[0].name));
}

static bool
model_read(struct cx *cx, struct load *load, struct str custom)
{
	const struct store_options *options = &load->options;
	struct model_text *texts = new_array(cx->mem, options->n_texts + 1, struct model_text);

	memcpy(texts, options->texts, options->n_texts * sizeof *texts);
	texts[options->n_texts] = (struct model_text){ S("custom.model"), custom, .custom = true };
	if (!model_load(cx, texts, options->n_texts + (custom.n > 0), &load->model))
		return false;
	cx->model = load->model;
	return true;
}

static bool
table_run(struct cx *cx, const char *before, struct str table, const char *behind)
{
	struct sqltext sql = sqltext_new(cx->mem);
	struct stmt *stmt;

	sql_raw(&sql, before);
	sql_name(&sql, table);
	sql_raw(&sql, behind);
	stmt = sql_prepare(cx, &sql);
	return stmt && db_run(cx, stmt);
}

static bool
look(struct cx *cx, struct load *load)
{
	load->m = (struct migration){ .cx = cx, .dialect = db_dialect(cx->db) };
	return db_introspect(cx, &load->m.schema);
}

/* What the migration has noted in them comes with the copy. */
static bool
tables_make(struct cx *cx, struct load *load)
{
	if (!migrate_system(cx, load->options.features) || !migrate_model(cx, load->model, NULL) ||
	    !look(cx, load))
		return false;
	for (size_t i = 0; i < load->m.schema.n; i++)
		if (!table_run(cx, "DELETE FROM ", load->m.schema.v[i].name, ""))
			return false;
	return true;
}

/* A table or columns of fields that are no longer in the model: they are kept. */
static bool
table_fit(struct cx *cx, struct load *load, const struct dump_table *table)
{
	struct table_plan plan = { .name = table->name };

	for (size_t i = 0; i < table->n; i++) {
		bool id = str_eq(table->v[i].name, S("id")) && table->v[i].store == STORE_INT;

		list_add(cx->mem, &plan,
			 ((struct column_plan){ table->v[i].name,
						(enum column_class)table->v[i].store,
						.primary = id }));
		if (str_eq(table->v[i].name, S("from_id")))
			plan.key = ", PRIMARY KEY (\"from_id\", \"to_id\")";
	}
	table_check(&load->m, &plan);
	return migrate_refused(&load->m) && table_columns(&load->m, &plan);
}

/* ---- rows ---- */

static void
pending_drop(struct load *load)
{
	for (size_t i = 0; i < load->n_pending; i++)
		json_drop(&load->pending[i]);
	load->n_pending = 0;
}

static bool
value_bind(struct cx *cx, struct stmt *stmt, int at, enum store_class store, const json_t *value)
{
	struct str bytes = json_text(value);

	if (json_is_null(value))
		db_bind_null(stmt, at);
	else if (store == STORE_INT && json_is_integer(value))
		db_bind_int(stmt, at, json_integer_value(value));
	else if (store == STORE_REAL && json_is_number(value))
		db_bind_real(stmt, at, json_number_value(value));
	else if (store == STORE_TEXT && json_is_string(value))
		db_bind_str(stmt, at, bytes);
	else if (store == STORE_BLOB && json_is_string(value) &&
		 crypt_base64url_parse(cx->mem, bytes, &bytes))
		db_bind_blob(stmt, at, bytes);
	else
		return false;
	return true;
}

static struct str
insert_text(struct cx *cx, const struct dump_table *table, size_t n_rows)
{
	struct sqltext sql = sqltext_new(cx->mem);
	int64_t at = 0;

	sql_raw(&sql, "INSERT INTO ");
	sql_name(&sql, table->name);
	for (size_t i = 0; i < table->n; i++) {
		sql_raw(&sql, i ? ", " : " (");
		sql_name(&sql, table->v[i].name);
	}
	sql_raw(&sql, ") VALUES");
	for (size_t row = 0; row < n_rows; row++)
		for (size_t i = 0; i < table->n; i++) {
			sql_raw(&sql, i ? ", ?" : row ? "), (?" : " (?");
			buf_int(&sql.text, ++at);
		}
	sql_raw(&sql, ")");
	return buf_done(&sql.text);
}

static bool
rows_bind(struct cx *cx, struct load *load, const struct dump_table *table, struct stmt *stmt)
{
	int at = 0;

	for (size_t row = 0; row < load->n_pending; row++)
		for (size_t i = 0; i < table->n; i++)
			if (!value_bind(cx, stmt, ++at, table->v[i].store,
					json_array_get(load->pending[row], i)))
				return fail(
					cx, E_INPUT,
					"line %lld of the copy or a few before: %.*s.%.*s has a "
					"value of another kind",
					(long long)load->line, STR_FMT(table->name),
					STR_FMT(table->v[i].name));
	return true;
}

static bool
rows_flush(struct cx *cx, struct load *load)
{
	const struct dump_table *table;
	struct stmt *stmt;

	if (!load->n_pending)
		return true;
	table = &load->tables.v[load->tables.n - 1];
	stmt = db_prepare(cx, insert_text(cx, table, load->n_pending));
	if (!stmt || !rows_bind(cx, load, table, stmt) || !db_run(cx, stmt))
		return false;
	pending_drop(load);
	arena_rewind(cx->mem, load->mark);
	return true;
}

static size_t
batch_of(const struct dump_table *table)
{
	size_t n = BATCH_VALUES / table->n;

	return n < 1 ? 1 : n > BATCH_ROWS ? BATCH_ROWS : n;
}

static bool
row_take(struct cx *cx, struct load *load, json_t **json)
{
	const struct dump_table *table;

	if (!load->tables.n)
		return refused(cx, load, N_("a row stands before its table"));
	table = &load->tables.v[load->tables.n - 1];
	if (json_array_size(*json) != table->n)
		return refused(cx, load, N_("the row has not as many values as its table columns"));
	load->pending[load->n_pending++] = *json;
	*json = NULL;
	load->rows++;
	return load->n_pending < batch_of(table) || rows_flush(cx, load);
}

/* ---- other lines ---- */

static bool
column_parse(struct cx *cx, struct str text, struct dump_column *out)
{
	struct str name = str_word(&text), class = str_trim(text);

	for (int i = 0; i < STORE__MAX; i++)
		if (name.n && str_eq_z(class, DUMP_CLASSES[i])) {
			*out = (struct dump_column){ str_dup(cx->mem, name), (enum store_class)i };
			return true;
		}
	return false;
}

static bool
table_take(struct cx *cx, struct load *load, struct str name, const json_t *columns)
{
	struct dump_table table = { .name = str_dup(cx->mem, name), .n = json_array_size(columns) };

	if (!table.n || table.n > TABLE_COLUMNS_MAX)
		return refused(cx, load, N_("the table has no columns, or too many"));
	table.v = new_array(cx->mem, table.n, struct dump_column);
	for (size_t i = 0; i < table.n; i++)
		if (!column_parse(cx, json_text(json_array_get(columns, i)), &table.v[i]))
			return refused(cx, load, N_("a column is not “name kind”"));
	list_add(cx->mem, &load->tables, table);
	if (!table_fit(cx, load, &table))
		return false;
	load->mark = arena_mark(cx->mem);
	return true;
}

static bool
end_take(struct cx *cx, struct load *load, int64_t rows)
{
	if (rows != load->rows)
		return refused(cx, load, N_("rows are missing"));
	load->ended = true;
	return true;
}

static bool
first_take(struct cx *cx, struct load *load, const json_t *json)
{
	int64_t format;
	struct str text;

	if (!json_get_int(json, "kontor", DUMP_FORMAT, DUMP_FORMAT, &format) ||
	    !json_get_text(json, "model", &text))
		return refused(cx, load,
			       N_("this is no copy of a Kontor, or one of another version"));
	load->text = str_dup(cx->mem, text);
	return model_read(cx, load, load->text) && tables_make(cx, load);
}

static bool
json_take(struct cx *cx, struct load *load, json_t **json)
{
	struct str name;
	int64_t rows;

	if (load->line == 1)
		return first_take(cx, load, *json);
	if (load->ended)
		return refused(cx, load, N_("something stands behind the end"));
	if (json_is_array(*json))
		return row_take(cx, load, json);
	if (!rows_flush(cx, load))
		return false;
	if (json_get_text(*json, "table", &name))
		return table_take(cx, load, name, json_object_get(*json, "columns"));
	if (json_get_int(*json, "end", 0, INT64_MAX, &rows))
		return end_take(cx, load, rows);
	return refused(cx, load, N_("it is neither a table nor a row"));
}

bool
load_line(struct cx *cx, struct load *load, struct str line)
{
	OWNED(json_drop) json_t *json = NULL;

	load->line++;
	(void)dump_hash(cx, &load->hasher, line);
	return json_parse(cx, line, DUMP_LINE_MAX, &json) && json_take(cx, load, &json);
}

/* ---- the ends ---- */

bool
load_begin(struct cx *cx, const struct store_options *options, struct load **out)
{
	struct load *load = heap_new(sizeof *load);

	load->options = *options;
	hasher_begin(&load->hasher, NULL);
	if (db_begin_bulk(cx) && is_empty(cx)) {
		*out = load;
		return true;
	}
	load_abandon(cx, &load);
	return false;
}

void
load_abandon(struct cx *cx, struct load **load)
{
	if (!*load)
		return;
	db_rollback(cx);
	pending_drop(*load);
	cx->model = NULL;
	snapshot_free(&(*load)->model);
	heap_free(*load);
	*load = NULL;
}

/* What came is what is there. */
static bool
compare(struct cx *cx, struct load *load)
{
	struct hasher hasher;
	struct hash came, is;

	hasher_begin(&hasher, NULL);
	if (!dump_write(cx, load->text, &load->tables, dump_hash, &hasher))
		return false;
	came = hasher_end(&load->hasher);
	is = hasher_end(&hasher);
	return str_eq(hash_str(&came), hash_str(&is)) ||
	       fail(cx, E_DB,
		    "The copy is not what the original was; nothing of it was kept.  Check the "
		    "original: kontor check");
}

static bool
ids_set(struct cx *cx, struct load *load)
{
	for (unsigned i = 0; i < load->model->n_objects; i++) {
		const struct object *object = load->model->objects[i];
		struct sqltext sql = sqltext_new(cx->mem);
		int64_t highest;

		sql_raw(&sql, "SELECT max(record_id) FROM sys_change WHERE object = ");
		sql_str(&sql, object->name);
		if (!sql_one_int(cx, &sql, 0, &highest) ||
		    !ids_above(cx, &load->m.schema, object->table, highest))
			return false;
	}
	for (const struct system_table *at = record_tables; at->name; at++)
		if (!str_eq_z(S("sys_changeset"), at->name) &&
		    schema_column(schema_table(&load->m.schema, str_of(at->name)), S("id")) &&
		    !db_ids_follow(cx, str_of(at->name)))
			return false;
	return true;
}

/* A copy that another version wrote is searched and filled when the store is opened. */
static bool
search_build(struct cx *cx, struct load *load)
{
	bool same;

	if (!look(cx, load) || !migrate_is_done(cx, load->model, load->options.features, &same))
		return false;
	return same ? search_fill(&load->m, load->model) : signatures_forget(cx);
}

bool
load_end(struct cx *cx, struct load **load, int64_t *rows)
{
	struct load *l = *load;

	if (!l->ended)
		return refused(cx, l, N_("its end is missing"));
	if (!compare(cx, l) || !search_build(cx, l) || !ids_set(cx, l) || !db_commit(cx))
		return false;
	*rows = l->rows;
	load_abandon(cx, load);
	return true;
}
