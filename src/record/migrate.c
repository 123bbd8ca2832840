#include "record/migrate.h"

#include "base/i18n.h"

#include "base/crypt.h"
#include "base/feature.h"

enum {
	NUMBER_MAX = SEARCH_OBJECT_MAX,
	VERSION = 3, /* of the plan: another number plans anew what the model has not changed */
	MODEL_BYTES_MAX = 16 << 20,
	REFUSED_BYTES_MAX = 64 << 10,
	MIGRATE_LOCK = 0x6b6f6e75
};

/* ---- has anything changed? ---- */

static struct str
hash_text(struct cx *cx, const struct buf *text)
{
	struct hash hash = crypt_hash(buf_done(text));

	return crypt_hex(cx->mem, hash_str(&hash));
}

static struct str
model_hash(struct cx *cx, const struct snapshot *model)
{
	struct buf text = buf_heap(MODEL_BYTES_MAX);
	struct str hash;

	buf_int(&text, VERSION);
	model_print(model, &text);
	hash = hash_text(cx, &text);
	buf_fini(&text);
	return hash;
}

static void
table_print(const struct system_table *table, struct buf *out)
{
	buf_z(out, table->name);
	for (const struct system_column *column = table->columns; column->name; column++) {
		buf_char(out, ' ');
		buf_z(out, column->name);
		buf_int(out,
			(int64_t)column->class + column->primary * 10 + column->required * 100);
	}
	for (size_t i = 0; table->unique && table->unique[i]; i++) {
		buf_char(out, ';');
		buf_z(out, table->unique[i]);
	}
	for (size_t i = 0; table->indexes && table->indexes[i]; i++) {
		buf_char(out, ':');
		buf_z(out, table->indexes[i]);
	}
	buf_char(out, '\n');
}

/* The tables of the record floor, then those of the features. */
static bool
each_table(const struct feature *const *features, bool (*each)(const struct system_table *, void *),
	   void *to)
{
	for (const struct system_table *table = record_tables; table->name; table++)
		if (!each(table, to))
			return false;
	for (; features && *features; features++)
		for (const struct system_table *table = (*features)->tables; table && table->name;
		     table++)
			if (!each(table, to))
				return false;
	return true;
}

static bool
table_print_to(const struct system_table *table, void *to)
{
	table_print(table, to);
	return true;
}

static struct str
system_hash(struct cx *cx, const struct feature *const *features)
{
	struct buf text = buf_heap(MODEL_BYTES_MAX);
	struct str hash;

	buf_int(&text, VERSION);
	each_table(features, table_print_to, &text);
	hash = hash_text(cx, &text);
	buf_fini(&text);
	return hash;
}

static struct object *
model_object(struct snapshot *model, struct str name)
{
	const struct object *object = object_find(model, name, NULL);

	return object ? model->objects[object->index] : NULL;
}

/* *all: every object of the model has its number. */
static bool
numbers_read(struct cx *cx, struct snapshot *model, bool *all)
{
	struct stmt *stmt = db_sql(cx, "SELECT name, number FROM sys_object");
	bool row;

	while (stmt && db_step(cx, stmt, &row)) {
		struct object *object;

		if (!row) {
			*all = true;
			for (unsigned i = 0; i < model->n_objects; i++)
				*all &= model->objects[i]->number != 0;
			return true;
		}
		object = model_object(model, db_col_str(stmt, 0));
		if (object)
			object->number = db_col_int(stmt, 1);
	}
	return false;
}

bool
migrate_is_done(struct cx *cx, struct snapshot *model, const struct feature *const *features,
		bool *out)
{
	struct str of_system, of_model;
	bool numbered, searched;

	if (!setting_get(cx, S("schema.system"), &of_system) ||
	    !setting_get(cx, S("schema.model"), &of_model) || !numbers_read(cx, model, &numbered) ||
	    !db_search_is_current(cx, &searched))
		return false;
	*out = numbered && searched && str_eq(of_system, system_hash(cx, features)) &&
	       str_eq(of_model, model_hash(cx, model));
	return true;
}

/* ---- the system's own tables ---- */

bool
migrate_lock(struct cx *cx)
{
	return db_lock(cx, MIGRATE_LOCK);
}

static bool
migrate_begin(struct cx *cx, struct strs *plan, struct migration *m)
{
	*m = (struct migration){ .cx = cx,
				 .dialect = db_dialect(cx->db),
				 .plan = plan,
				 .refused = buf_in(cx->mem, REFUSED_BYTES_MAX) };
	return (plan || migrate_lock(cx)) && db_introspect(cx, &m->schema);
}

static bool
table_migrate(const struct system_table *table, void *to)
{
	struct migration *m = to;
	struct table_plan plan = plan_system(m, table);

	table_check(m, &plan);
	return migrate_refused(m) && table_columns(m, &plan) && table_indexes(m, &plan);
}

bool
migrate_system(struct cx *cx, const struct feature *const *features)
{
	struct migration m;
	bool searched;

	if (!migrate_begin(cx, NULL, &m) || !db_search_is_current(cx, &searched))
		return false;
	if (!searched && !db_search_create(cx))
		return false;
	return each_table(features, table_migrate, &m) && (searched || signatures_forget(cx)) &&
	       setting_write(cx, S("schema.system"), system_hash(cx, features));
}

/* ---- the tables of the model ---- */

struct model_migration {
	struct migration m;
	struct snapshot *model;
	struct known_object *known; /* by object->index */
	struct table_plan *plans;
	size_t n_plans, cap_plans;
	int64_t highest; /* number given so far */
};

static bool
known_read(struct model_migration *mm)
{
	struct cx *cx = mm->m.cx;
	struct stmt *stmt =
		db_sql(cx, "SELECT name, number, shape, search_signature FROM sys_object");
	bool row;

	mm->known = new_array(cx->mem, mm->model->n_objects, struct known_object);
	for (unsigned i = 0; i < mm->model->n_objects; i++)
		mm->known[i].object = mm->model->objects[i];
	while (stmt && db_step(cx, stmt, &row)) {
		struct object *object;

		if (!row)
			return true;
		if (db_col_int(stmt, 1) > mm->highest)
			mm->highest = db_col_int(stmt, 1);
		object = model_object(mm->model, db_col_str(stmt, 0));
		if (!object)
			continue;
		object->number = db_col_int(stmt, 1);
		mm->known[object->index].shape = str_dup(cx->mem, db_col_str(stmt, 2));
		mm->known[object->index].signature = str_dup(cx->mem, db_col_str(stmt, 3));
	}
	return false;
}

static void
plan_add(struct model_migration *mm, struct table_plan plan)
{
	mm->plans = arena_grow(mm->m.cx->mem, mm->plans, mm->n_plans, &mm->cap_plans, sizeof plan);
	mm->plans[mm->n_plans++] = plan;
}

static void
object_plan(struct model_migration *mm, struct object *object)
{
	struct known_object *known = &mm->known[object->index];

	if (!object->number)
		object->number = ++mm->highest;
	if (object->number > NUMBER_MAX)
		refuse(&mm->m,
		       tr(mm->m.cx, "%.*s: more than %d objects have been in this database"),
		       STR_FMT(object->name), NUMBER_MAX);
	known->new_shape = shape_of(&mm->m, object, known->shape);
	known->new_signature = signature_of(mm->m.cx->mem, object);
	shape_check(&mm->m, object, known->shape, known->new_shape);
	plan_add(mm, plan_object(&mm->m, object));
	for (unsigned i = 0; i < object->n_fields; i++)
		if (object->fields[i]->type == FT_MANY)
			plan_add(mm, plan_links(&mm->m, object->fields[i]));
}

static bool
model_plan(struct model_migration *mm)
{
	for (unsigned i = 0; i < mm->model->n_objects; i++)
		object_plan(mm, mm->model->objects[i]);
	/* What the shape has refused needs no second sentence. */
	for (size_t i = 0; !mm->m.n_refused && i < mm->n_plans; i++)
		table_check(&mm->m, &mm->plans[i]);
	return migrate_refused(&mm->m);
}

static bool
model_apply(struct model_migration *mm, bool *search_whole)
{
	for (size_t i = 0; i < mm->n_plans; i++)
		if (!table_columns(&mm->m, &mm->plans[i]))
			return false;
	for (unsigned i = 0; i < mm->model->n_objects; i++)
		if (!fill_columns(&mm->m, &mm->known[i]))
			return false;
	for (size_t i = 0; i < mm->n_plans; i++)
		if (!table_indexes(&mm->m, &mm->plans[i]))
			return false;
	return fill_search(&mm->m, mm->known, mm->model->n_objects, search_whole);
}

static bool
known_write(struct cx *cx, const struct known_object *known)
{
	struct stmt *stmt;

	if (str_eq(known->shape, known->new_shape) &&
	    str_eq(known->signature, known->new_signature))
		return true;
	stmt = db_sql(cx, "INSERT INTO sys_object (name, number, shape, search_signature)"
			  " VALUES (?1, ?2, ?3, ?4) ON CONFLICT (name) DO UPDATE SET"
			  " shape = excluded.shape, search_signature = excluded.search_signature");
	if (!stmt)
		return false;
	db_bind_str(stmt, 1, known->object->name);
	db_bind_int(stmt, 2, known->object->number);
	db_bind_str(stmt, 3, known->new_shape);
	db_bind_str(stmt, 4, known->new_signature);
	return db_run(cx, stmt);
}

/* Also of objects that are not in the model nothing is indexed any more. */
bool
signatures_forget(struct cx *cx)
{
	struct stmt *stmt = db_sql(cx, "UPDATE sys_object SET search_signature = ''");

	return stmt && db_run(cx, stmt);
}

static bool
signature_write(struct cx *cx, const struct object *object)
{
	struct stmt *stmt =
		db_sql(cx, "UPDATE sys_object SET search_signature = ?2 WHERE name = ?1");

	if (!stmt)
		return false;
	db_bind_str(stmt, 1, object->name);
	db_bind_str(stmt, 2, signature_of(cx->mem, object));
	return db_run(cx, stmt);
}

bool
migrate_search(struct cx *cx, const struct snapshot *model, int64_t *documents)
{
	struct migration m;

	if (!migrate_begin(cx, NULL, &m) || !db_search_clear(cx) || !search_fill(&m, model) ||
	    !signatures_forget(cx))
		return false;
	for (unsigned i = 0; i < model->n_objects; i++)
		if (!signature_write(cx, model->objects[i]))
			return false;
	*documents = m.documents;
	return true;
}

bool
migrate_model(struct cx *cx, struct snapshot *model, struct strs *plan)
{
	struct model_migration mm = { .model = model };
	bool search_whole = false;

	if (!migrate_begin(cx, plan, &mm.m) || !known_read(&mm) || !model_plan(&mm) ||
	    !model_apply(&mm, &search_whole))
		return false;
	if (plan)
		return true;
	if (search_whole && !signatures_forget(cx))
		return false;
	for (unsigned i = 0; i < model->n_objects; i++) {
		if (search_whole)
			mm.known[i].signature = S("");
		if (!known_write(cx, &mm.known[i]))
			return false;
	}
	return setting_write(cx, S("schema.model"), model_hash(cx, model));
}
