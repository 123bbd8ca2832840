/* Which indexes a table has: the one place that says so.  Each costs at every write. */
#include "record/migrate.h"

#include "base/crypt.h"
#include "record/timeline.h"

enum { READABLE_BYTES = 40, HASH_SHOWN_BYTES = 5 };

/* The columns of an index under construction. */
struct index_text {
	struct sqltext text;
	struct buf readable;
};

static struct index_text
index_begin(struct migration *m)
{
	return (struct index_text){ sqltext_new(m->cx->mem), buf_in(m->cx->mem, READABLE_BYTES) };
}

/* An order as queries ask for it: empty values first, in descending order last. */
static void
index_column(struct migration *m, struct index_text *index, struct str column, bool nullable,
	     bool descending)
{
	if (index->text.text.n)
		sql_raw(&index->text, ", ");
	buf_char(&index->readable, '_');
	buf_str(&index->readable, column);
	sql_name(&index->text, column);
	if (descending)
		sql_raw(&index->text, " DESC");
	if (nullable && m->dialect->index_says_nulls)
		sql_raw(&index->text, descending ? " NULLS LAST" : " NULLS FIRST");
}

/* The definition is part of the name, so that another one is another index. */
static void
index_end(struct migration *m, struct table_plan *plan, struct index_text *index, const char *where,
	  struct str value)
{
	struct sqltext on = sqltext_new(m->cx->mem), sql = sqltext_new(m->cx->mem);
	struct buf name = buf_in(m->cx->mem, IDENTIFIER_MAX);
	struct hash hash;

	sql_raw(&on, " ON ");
	sql_name(&on, plan->name);
	sql_raw(&on, " (");
	buf_str(&on.text, buf_done(&index->text.text));
	sql_raw(&on, ")");
	sql_raw(&on, where);
	hash = crypt_hash(buf_done(&on.text));
	buf_z(&name, value.n ? "ux_" : "ix_");
	buf_str(&name, str_first(plan->name, READABLE_BYTES / 2));
	buf_str(&name, str_first(buf_done(&index->readable), READABLE_BYTES / 2));
	buf_char(&name, '_');
	buf_hex(&name, str_first(hash_str(&hash), HASH_SHOWN_BYTES));
	sql_raw(&sql, value.n ? "CREATE UNIQUE INDEX " : "CREATE INDEX ");
	sql_name(&sql, buf_done(&name));
	buf_str(&sql.text, buf_done(&on.text));
	list_add(m->cx->mem, &plan->indexes,
		 ((struct index_plan){ .name = buf_done(&name),
				       .sql = buf_done(&sql.text),
				       .keys = buf_done(&index->text.text),
				       .value = value }));
}

static bool
field_is_nullable(const struct field *f)
{
	return f->index > SF_CHANGED_AT;
}

static bool
field_is_listed(const struct object *object, const struct field *f)
{
	const struct view *list = view_find(object, S("list"), S(""));

	for (unsigned i = 0; list && i < list->n_fields; i++)
		if (list->fields[i] == f)
			return true;
	return false;
}

static bool
field_is_sorted(const struct object *object, const struct field *f)
{
	for (unsigned i = 0; i < object->n_sort; i++)
		if (object->sort[i].field == f)
			return true;
	return f == object->title;
}

/* Who reads an index: nobody; who looks for a value (filters, matching, links from their other
 * end), for whom empty values need not stand in it; who reads rows in its order, empty ones among
 * them. */
enum reader { READER_NONE, READER_VALUE, READER_ORDER };

static enum reader
field_reader(const struct object *object, const struct field *f)
{
	bool link = f->type == FT_ONE || f->type == FT_ANY;

	if (!f->n_columns || f->special || f->index == SF_ID)
		return READER_NONE;
	if (f->index == SF_CHANGED_AT)
		return READER_ORDER;
	/* Where a link is listed, rows are sorted by the title of what it leads to, and those that
	 * have none come first. */
	if (field_is_sorted(object, f) ||
	    (field_is_listed(object, f) && (f->indexed || f->builtin || f->type == FT_ONE)))
		return READER_ORDER;
	if (f->builtin || f->unique)
		return READER_NONE;
	return f->indexed || link ? READER_VALUE : READER_NONE;
}

/* ---- what an index goes on with ---- */

/* Does this link put records on timelines?  Then they are found in their order. */
static bool
is_on_timelines(const struct field *f)
{
	return has_timeline(f->object) &&
	       (f->type == FT_ANY || (f->type == FT_ONE && has_timeline(f->target)));
}

static bool
is_ordered_by_time(const struct object *object)
{
	const struct field *first = object->n_sort ? object->sort[0].field : NULL;

	return first && first->n_columns && (first->type == FT_DATE || first->type == FT_DATETIME);
}

/* The latest first, and nothing else: as on timelines. */
static bool
is_own_timeline(const struct object *object)
{
	return object->n_sort == 1 && timeline_when(object) == object->sort[0].field;
}

bool
index_continues(const struct object *object, const struct field *f)
{
	bool few =
		f->type == FT_ENUM || f->type == FT_BOOL || f->type == FT_ONE || f->type == FT_ANY;

	return few && is_ordered_by_time(object) && field_reader(object, f) != READER_NONE &&
	       (is_own_timeline(object) || !is_on_timelines(f));
}

size_t
index_tail(const struct object *object, const struct field *f, struct sort_key out[SORT_MAX])
{
	size_t n = 0;

	if (index_continues(object, f)) {
		for (unsigned i = 0; i < object->n_sort && i < SORT_MAX; i++)
			if (object->sort[i].field != f)
				out[n++] = object->sort[i];
	} else if (is_on_timelines(f) && field_reader(object, f) != READER_NONE) {
		out[n++] = (struct sort_key){ timeline_when(object), true };
	}
	return n;
}

bool
field_is_indexed(const struct field *f)
{
	return f->index == SF_ID || (f->unique && f->n_columns && !f->special) ||
	       field_reader(f->object, f) != READER_NONE;
}

bool
field_is_ordered(const struct field *f)
{
	const struct field *title = f->type == FT_ONE && f->target ? f->target->title : NULL;

	if (f->index == SF_ID)
		return true;
	return f->type != FT_ANY && field_reader(f->object, f) == READER_ORDER &&
	       (!title || field_is_ordered(title));
}

/* Of records that are not in the trash; of those that have a value. */
static const char *
index_where(struct migration *m, struct str column)
{
	struct sqltext where = sqltext_new(m->cx->mem);

	sql_raw(&where, " WHERE \"deleted_at\" IS NULL");
	if (column.n) {
		sql_raw(&where, " AND ");
		sql_name(&where, column);
		sql_raw(&where, " IS NOT NULL");
	}
	return str_z(m->cx->mem, buf_done(&where.text));
}

/* Small values that need no key: an index carries them besides. */
static bool
is_payload(const struct field *f)
{
	return f->n_columns && !f->special &&
	       (f->row->class == COLUMN_INT || f->type == FT_ENUM || f->type == FT_DATE);
}

static bool
asks_for(const struct cond *const *clauses, size_t n, const struct field *f)
{
	const struct field *of;

	for (size_t i = 0; i < n; i++)
		if (cond_shape(clauses[i], &of) == SHAPE_POINTS && of == f)
			return true;
	return false;
}

static void
view_payload(struct arena *mem, const struct view *view, const struct field *first,
	     struct fieldset *out)
{
	const struct cond *const *clauses;
	size_t n = cond_clauses(mem, view->when, &clauses);
	const struct field *f;

	if (first && !asks_for(clauses, n, first))
		return;
	for (size_t i = 0; i < n; i++)
		if (cond_shape(clauses[i], &f) != SHAPE_OTHER && is_payload(f))
			fieldset_add(out, f->index);
}

/* What is counted and summed of all records that a link gathers is read in its index alone. */
static void
rollup_payload(struct arena *mem, const struct field *link, struct fieldset *out)
{
	for (unsigned i = 0; i < link->target->n_fields; i++) {
		const struct field *rollup = link->target->fields[i], *f;
		const struct cond *const *clauses;
		size_t n;

		if (rollup->type != FT_ROLLUP || rollup->rollup_over->field != link)
			continue;
		n = cond_clauses(mem, rollup->rollup_when, &clauses);
		for (size_t k = 0; k < n; k++)
			if (cond_shape(clauses[k], &f) != SHAPE_OTHER && is_payload(f))
				fieldset_add(out, f->index);
		if (rollup->rollup_field && is_payload(rollup->rollup_field))
			fieldset_add(out, rollup->rollup_field->index);
	}
}

struct fieldset
index_carries(struct arena *mem, const struct object *object, const struct field *first)
{
	struct fieldset out = { 0 };

	if (first && first->type == FT_ONE)
		rollup_payload(mem, first, &out);
	if (first ? !index_continues(object, first) : is_ordered_by_time(object))
		return out;
	for (unsigned i = 0; i < object->n_views; i++)
		if (str_eq(object->views[i].kind, S("filter")))
			view_payload(mem, &object->views[i], first, &out);
	if (first)
		fieldset_remove(&out, first->index);
	for (unsigned i = 0; i < object->n_sort; i++)
		fieldset_remove(&out, object->sort[i].field->index);
	return out;
}

static void
index_payload(struct migration *m, struct index_text *index, const struct object *object,
	      const struct field *first)
{
	struct fieldset carried = index_carries(m->cx->mem, object, first);

	for (unsigned i = 0; i < object->n_fields; i++)
		if (fieldset_has(&carried, i))
			index_column(m, index, field_column(object->fields[i]), false, false);
}

/* The keys in their directions, or all reversed, and the id as the last of them. */
static void
index_keys(struct migration *m, struct index_text *index, const struct sort_key *keys, size_t n,
	   bool reverse)
{
	for (size_t i = 0; i < n; i++)
		index_column(m, index, field_column(keys[i].field),
			     field_is_nullable(keys[i].field), keys[i].descending != reverse);
	index_column(m, index, S("id"), false, n && keys[n - 1].descending != reverse);
}

/* Is it the object's own order, all of it? */
static bool
is_own_order(const struct field *f)
{
	return f->object->n_sort == 1 && f->object->sort[0].field == f;
}

/* `face`: within each of its values. */
static void
plan_field_index(struct migration *m, struct table_plan *plan, const struct field *f,
		 enum reader reader, const struct field *face)
{
	struct index_text index = index_begin(m);
	struct sort_key tail[SORT_MAX];
	bool is_whole = reader == READER_ORDER;

	if (face)
		index_column(m, &index, field_column(face), true, false);
	index_column(m, &index, field_column(f), field_is_nullable(f), false);
	if (f->type == FT_ANY)
		index_column(m, &index, f->columns[1].name, false, false);
	index_keys(m, &index, tail, index_tail(f->object, f, tail), false);
	index_payload(m, &index, f->object, is_own_order(f) ? NULL : f);
	index_end(m, plan, &index, index_where(m, is_whole ? S("") : field_column(f)), S(""));
}

const struct field *
face_field(struct arena *mem, const struct object *object)
{
	static const struct cond_when when;
	const struct field *of = NULL, *f;
	const struct cond *const *clauses, *const *points;

	for (unsigned i = 0; i < object->n_faces; i++) {
		if (cond_clauses(mem, object->faces[i].when, &clauses) != 1 ||
		    cond_shape(clauses[0], &f) != SHAPE_POINTS || f->type != FT_ENUM ||
		    cond_points(mem, clauses[0], &when, &points) != 1 || (of && of != f))
			return NULL;
		of = f;
	}
	return of && !of->special ? of : NULL;
}

/* A face is a list of its own: each order of the object is one of the face too. */
static void
plan_face_indexes(struct migration *m, struct table_plan *plan, const struct object *object)
{
	const struct field *face = face_field(m->cx->mem, object);

	for (unsigned i = 0; face && i < object->n_fields; i++) {
		const struct field *f = object->fields[i];

		if (f != face && field_reader(object, f) == READER_ORDER)
			plan_field_index(m, plan, f, READER_ORDER, face);
	}
}

/* The object's own order where it has several keys; one is as good as its reverse. */
static void
plan_sort_index(struct migration *m, struct table_plan *plan, const struct object *object)
{
	struct index_text index = index_begin(m);

	for (unsigned i = 0; i < object->n_sort; i++) {
		const struct field *f = object->sort[i].field;

		if (!f->n_columns || f->special || f->type == FT_ONE)
			return;
	}
	if (object->n_sort < 2)
		return;
	index_keys(m, &index, object->sort, object->n_sort, object->sort[0].descending);
	index_payload(m, &index, object, NULL);
	index_end(m, plan, &index, index_where(m, S("")), S(""));
}

/* What figures are made of is read in one index alone: view figures FIELD …, the first ones being
 * those by which records are chosen. */
static void
plan_figures_index(struct migration *m, struct table_plan *plan, const struct object *object)
{
	const struct view *view = view_find(object, S("figures"), S(""));
	struct index_text index = index_begin(m);

	for (unsigned i = 0; view && i < view->n_fields; i++)
		for (unsigned k = 0; k < view->fields[i]->n_columns; k++)
			index_column(m, &index, view->fields[i]->columns[k].name, false, false);
	if (!index.text.text.n)
		return;
	index_column(m, &index, S("deleted_at"), false, false); /* asked of each row all the same */
	index_end(m, plan, &index, index_where(m, S("")), S(""));
}

/* ---- shipped filters that no index of a field serves ---- */

/* Was the last one planned before? */
static bool
is_planned_before(const struct table_plan *plan)
{
	size_t last = plan->indexes.n - 1;

	for (size_t i = 0; i < last; i++)
		if (str_eq(plan->indexes.v[i].name, plan->indexes.v[last].name))
			return true;
	return false;
}

/* Only the rows that have the tag. */
static void
plan_tag_index(struct migration *m, struct table_plan *plan, const struct object *object,
	       const struct cond *clause)
{
	struct index_text index = index_begin(m);
	struct sqltext where = sqltext_new(m->cx->mem), table = sqltext_new(m->cx->mem);
	static const struct cond_when when;

	sql_name(&table, object->table);
	sql_raw(&where, " WHERE \"deleted_at\" IS NULL AND ");
	cond_sql(clause, &when, str_z(m->cx->mem, buf_done(&table.text)), NULL, &where);
	index_column(m, &index, S("id"), false, false);
	index_end(m, plan, &index, str_z(m->cx->mem, buf_done(&where.text)), S(""));
	if (is_planned_before(plan))
		plan->indexes.n--;
}

/* The days of a year: what cond_sql writes for "within". */
static void
plan_yearly_index(struct migration *m, struct table_plan *plan, const struct field *f)
{
	struct index_text index = index_begin(m);

	sql_raw(&index.text, "substr(");
	sql_name(&index.text, field_column(f));
	sql_raw(&index.text, ", 6, 5)");
	buf_char(&index.readable, '_');
	buf_str(&index.readable, f->name);
	index_column(m, &index, S("id"), false, false);
	index_end(m, plan, &index, index_where(m, field_column(f)), S(""));
	if (is_planned_before(plan))
		plan->indexes.n--;
}

static void
plan_filter_indexes(struct migration *m, struct table_plan *plan, const struct object *object)
{
	for (unsigned i = 0; i < object->n_views; i++) {
		const struct cond *const *clauses;
		size_t n = cond_clauses(m->cx->mem, object->views[i].when, &clauses);
		const struct field *f;

		for (size_t k = 0; k < n; k++)
			if (cond_shape(clauses[k], &f) == SHAPE_TAG)
				plan_tag_index(m, plan, object, clauses[k]);
			else if (cond_shape(clauses[k], &f) == SHAPE_YEARLY)
				plan_yearly_index(m, plan, f);
	}
}

/* The value first: it is looked for by itself too. */
static void
plan_unique(struct migration *m, struct table_plan *plan, const struct object *object,
	    const struct field *f)
{
	struct index_text index = index_begin(m);

	index_column(m, &index, field_column(f), false, false);
	if (unique_in_unit(object) && object->unit != f) {
		sql_raw(&index.text, ", coalesce(");
		sql_name(&index.text, object->unit->columns[0].name);
		sql_raw(&index.text, ", 0)");
		buf_char(&index.readable, '_');
		buf_str(&index.readable, object->unit->name);
	}
	index_end(m, plan, &index, index_where(m, field_column(f)), field_column(f));
}

static void
plan_trash_index(struct migration *m, struct table_plan *plan)
{
	struct index_text index = index_begin(m);

	index_column(m, &index, S("deleted_at"), false, false);
	index_column(m, &index, S("id"), false, false);
	index_end(m, plan, &index, " WHERE \"deleted_at\" IS NOT NULL", S(""));
}

/* The index of the own order serves its first key as well. */
static bool
begins_sort_index(const struct object *object, const struct field *f)
{
	for (unsigned i = 0; i < object->n_sort; i++)
		if (object->sort[i].field->type == FT_ONE)
			return false;
	return object->n_sort > 1 && object->sort[0].field == f;
}

void
plan_indexes(struct migration *m, struct table_plan *plan, const struct object *object)
{
	for (unsigned i = 0; i < object->n_fields; i++) {
		const struct field *f = object->fields[i];
		enum reader reader = field_reader(object, f);

		if (reader != READER_NONE && !begins_sort_index(object, f))
			plan_field_index(m, plan, f, reader, NULL);
		if (f->unique && f->n_columns && !f->special)
			plan_unique(m, plan, object, f);
	}
	plan_sort_index(m, plan, object);
	plan_figures_index(m, plan, object);
	plan_face_indexes(m, plan, object);
	plan_filter_indexes(m, plan, object);
	plan_trash_index(m, plan);
}

void
plan_link_index(struct migration *m, struct table_plan *plan)
{
	struct index_text index = index_begin(m);

	index_column(m, &index, S("to_id"), false, false);
	index_column(m, &index, S("from_id"), false, false);
	index_end(m, plan, &index, "", S(""));
}

void
plan_system_index(struct migration *m, struct table_plan *plan, const char *columns, bool unique)
{
	struct index_text index = index_begin(m);
	struct str rest = str_of(columns), first = { 0 };

	while (rest.n) {
		struct str column = str_trim(str_cut(&rest, ','));

		if (!first.n)
			first = column;
		index_column(m, &index, column, false, false);
	}
	index_end(m, plan, &index, "", unique ? first : S(""));
}
