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
field_is_sorted(const struct object *object, const struct field *f)
{
	for (unsigned i = 0; i < object->n_sort; i++)
		if (object->sort[i].field == f)
			return true;
	return f == object->title;
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
	/* Where a link is listed, rows are sorted by the title of what it leads to. */
	if (!link && (field_is_sorted(object, f) ||
		      (field_is_listed(object, f) && (f->indexed || f->builtin))))
		return READER_ORDER;
	if (f->builtin || f->unique)
		return READER_NONE;
	return f->indexed || link ? READER_VALUE : READER_NONE;
}

bool
field_is_indexed(const struct field *f)
{
	return f->index == SF_ID || (f->unique && f->n_columns && !f->special) ||
	       field_reader(f->object, f) != READER_NONE;
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

/* Does this link put records on timelines?  Then they are found in their order. */
static bool
is_on_timelines(const struct field *f)
{
	return has_timeline(f->object) &&
	       (f->type == FT_ANY || (f->type == FT_ONE && has_timeline(f->target)));
}

static void
plan_field_index(struct migration *m, struct table_plan *plan, const struct field *f,
		 enum reader reader)
{
	struct index_text index = index_begin(m);
	const struct field *when = timeline_when(f->object);
	bool is_whole = reader == READER_ORDER;

	index_column(m, &index, field_column(f), field_is_nullable(f), false);
	if (f->type == FT_ANY)
		index_column(m, &index, f->columns[1].name, false, false);
	if (is_on_timelines(f))
		index_column(m, &index, when->columns[0].name, field_is_nullable(when), false);
	index_column(m, &index, S("id"), false, false);
	index_end(m, plan, &index, index_where(m, is_whole ? S("") : field_column(f)), S(""));
}

/* The object's own order where it has several keys; one is as good as its reverse. */
static void
plan_sort_index(struct migration *m, struct table_plan *plan, const struct object *object)
{
	struct index_text index = index_begin(m);
	bool flip = object->n_sort && object->sort[0].descending, last = false;

	for (unsigned i = 0; i < object->n_sort; i++) {
		const struct field *f = object->sort[i].field;

		if (!f->n_columns || f->special || f->type == FT_ONE)
			return;
		last = object->sort[i].descending != flip;
		index_column(m, &index, field_column(f), field_is_nullable(f), last);
	}
	if (object->n_sort < 2)
		return;
	index_column(m, &index, S("id"), false, last);
	index_end(m, plan, &index, index_where(m, S("")), S(""));
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

void
plan_indexes(struct migration *m, struct table_plan *plan, const struct object *object)
{
	for (unsigned i = 0; i < object->n_fields; i++) {
		const struct field *f = object->fields[i];
		enum reader reader = field_reader(object, f);

		if (reader != READER_NONE)
			plan_field_index(m, plan, f, reader);
		if (f->unique && f->n_columns && !f->special)
			plan_unique(m, plan, object, f);
	}
	plan_sort_index(m, plan, object);
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
