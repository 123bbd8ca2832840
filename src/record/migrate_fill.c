#include "record/migrate.h"

#include "base/i18n.h"

enum { BATCH = 500, SIGNATURE_VERSION = 1, SIGNATURE_BYTES_MAX = 32 << 10 };

/* ---- rows in batches ---- */

struct scan {
	const struct object *object;
	const struct field **fields; /* to read */
	size_t n;
	bool (*each)(struct migration *m, const struct row *row, void *to);
	void *to;
};

static void
scan_add(struct scan *scan, const struct field *f)
{
	for (size_t i = 0; i < scan->n; i++)
		if (scan->fields[i] == f)
			return;
	scan->fields[scan->n++] = f;
}

static struct scan
scan_of(struct migration *m, const struct object *object)
{
	return (struct scan){ .object = object,
			      .fields = new_array(m->cx->mem, object->n_fields,
						  const struct field *) };
}

struct batch {
	struct row **v;
	size_t n, cap;
};

static bool
batch_read(struct migration *m, const struct scan *scan, int64_t after, struct batch *out)
{
	struct cx *cx = m->cx;
	struct sqltext sql = sqltext_new(cx->mem);
	struct buf copies = { 0 };
	struct stmt *stmt;
	bool more;

	sql_raw(&sql, "SELECT t.\"id\"");
	row_select(cx, &sql, "t", scan->fields, scan->n);
	sql_raw(&sql, " FROM ");
	sql_name(&sql, scan->object->table);
	sql_raw(&sql, " t WHERE t.\"id\" > ");
	sql_int(&sql, after);
	sql_raw(&sql, " ORDER BY t.\"id\" LIMIT ");
	sql_int(&sql, BATCH);
	stmt = sql_prepare(cx, &sql);
	if (!stmt)
		return false;
	while (db_step(cx, stmt, &more)) {
		struct row *row;

		if (!more)
			return true;
		row = row_new(cx->mem, scan->object);
		row->id = db_col_int(stmt, 0);
		if (!row_read(cx, stmt, 1, &(struct columns){ scan->fields, scan->n, &copies },
			      row))
			return false;
		list_add(cx->mem, out, row);
	}
	return false;
}

static bool
scan_run(struct migration *m, const struct scan *scan)
{
	struct arena_mark mark = arena_mark(m->cx->mem);
	int64_t after = INT64_MIN;
	size_t n;

	do {
		struct batch batch = { 0 };

		if (!batch_read(m, scan, after, &batch))
			return false;
		for (size_t i = 0; i < batch.n; i++)
			if (!scan->each(m, batch.v[i], scan->to))
				return false;
		n = batch.n;
		if (n)
			after = batch.v[n - 1]->id;
		arena_rewind(m->cx->mem, mark);
	} while (n == BATCH);
	return true;
}

/* ---- keys and formulas ---- */

struct fill {
	const struct object *object;
	const struct field **keys;
	size_t n_keys;
	bool formulas;
};

static void
fill_set(struct migration *m, struct sqltext *sql, const struct field *f, unsigned k,
	 const struct value *v)
{
	struct value stored = column_value(m->cx, f, k, v);

	sql_raw(sql, sql->n ? ", " : "");
	sql_name(sql, f->columns[k].name);
	sql_raw(sql, " = ");
	sql_value(sql, &stored);
}

static bool
fill_row(struct migration *m, const struct row *row, void *to)
{
	const struct fill *fill = to;
	struct row *after = row_dup(m->cx->mem, row);
	struct sqltext sql = sqltext_new(m->cx->mem);

	sql_raw(&sql, "UPDATE ");
	sql_name(&sql, fill->object->table);
	sql_raw(&sql, " SET ");
	for (size_t i = 0; i < fill->n_keys; i++)
		fill_set(m, &sql, fill->keys[i], 1, &row->v[fill->keys[i]->index]);
	for (unsigned i = 0; fill->formulas && i < fill->object->n_fields; i++) {
		const struct field *f = fill->object->fields[i];

		if (f->type != FT_FORMULA)
			continue;
		after->v[i] = formula_eval(m->cx->mem, f->formula, after);
		for (unsigned k = 0; !value_eq(&after->v[i], &row->v[i]) && k < f->n_columns; k++)
			fill_set(m, &sql, f, k, &after->v[i]);
	}
	if (!sql.n)
		return true;
	sql_raw(&sql, " WHERE \"id\" = ");
	sql_int(&sql, row->id);
	return migrate_run(m, &sql);
}

static bool
type_changed(const struct known_object *known, const struct field *f)
{
	struct str was = shape_line(known->shape, f->name),
		   is = shape_line(known->new_shape, f->name);

	return !str_eq(str_word(&was), str_word(&is));
}

bool
fill_columns(struct migration *m, const struct known_object *known)
{
	const struct object *object = known->object;
	const struct db_table *table = schema_table(&m->schema, object->table);
	struct scan scan = scan_of(m, object);
	struct fill fill = { .object = object,
			     .keys = new_array(m->cx->mem, object->n_fields,
					       const struct field *) };

	for (unsigned i = SF__MAX; table && i < object->n_fields; i++) {
		const struct field *f = object->fields[i];
		bool had = schema_column(table, f->name), keyed = f->has_key && f->n_columns == 2;

		if (f->n_columns && !f->special)
			scan_add(&scan, f);
		if (f->type == FT_FORMULA)
			fill.formulas |= !str_eq(shape_line(known->shape, f->name),
						 shape_line(known->new_shape, f->name));
		else if (had && keyed &&
			 (!schema_column(table, f->columns[1].name) || type_changed(known, f)))
			fill.keys[fill.n_keys++] = f;
	}
	if (!fill.n_keys && !fill.formulas)
		return true;
	if (m->plan)
		return migrate_step(m, S(""),
				    tr(m->cx, "%.*s: keys and formulas are computed anew"),
				    STR_FMT(object->name));
	scan.each = fill_row;
	scan.to = &fill;
	return scan_run(m, &scan);
}

/* ---- search documents ---- */

struct str
signature_of(struct arena *mem, const struct object *object)
{
	struct search_fields fields = search_fields_of(mem, object);
	struct buf out = buf_in(mem, SIGNATURE_BYTES_MAX);

	buf_int(&out, SIGNATURE_VERSION);
	buf_char(&out, ' ');
	buf_str(&out, fields.title ? fields.title->name : S("-"));
	for (size_t i = 0; i < fields.n; i++) {
		buf_char(&out, ' ');
		buf_str(&out, fields.v[i]->name);
	}
	return buf_done(&out);
}

/* What was indexed until now.  False: it cannot be told, for a field is gone or is another now. */
static bool
signature_fields(struct migration *m, const struct known_object *known, struct search_fields *out)
{
	struct search_fields fields = { .v = new_array(m->cx->mem, FIELDS_MAX,
						       const struct field *) };
	struct str rest = known->signature, version = str_word(&rest), word;
	bool first = true;
	int64_t number;

	if (!known->signature.n) {
		*out = fields;
		return true;
	}
	if (!str_int(version, 1, INT32_MAX, &number) || number != SIGNATURE_VERSION)
		return false;
	for (; (word = str_word(&rest)).n; first = false) {
		const struct field *f = field_find(known->object, word);

		if (first && str_eq(word, S("-")))
			continue;
		if (!f || fields.n == FIELDS_MAX ||
		    !str_eq(shape_line(known->shape, word), shape_line(known->new_shape, word)))
			return false;
		if (first)
			fields.title = f;
		else
			fields.v[fields.n++] = f;
	}
	*out = fields;
	return true;
}

struct rebuild {
	int64_t number;
	struct search_fields old, now;
	bool drop;
};

static bool
rebuild_row(struct migration *m, const struct row *row, void *to)
{
	const struct rebuild *r = to;
	struct str title, body;

	if (row->v[SF_DELETED_AT].kind != V_NONE)
		return true;
	search_texts_of(m->cx->mem, &r->old, row, &title, &body);
	if (r->drop && (title.n || body.n) &&
	    !db_search_drop(m->cx, r->number, row->id, title, body))
		return false;
	search_texts_of(m->cx->mem, &r->now, row, &title, &body);
	if (!title.n && !body.n)
		return true;
	m->documents++;
	return db_search_put(m->cx, r->number, row->id, title, body);
}

static void
scan_searched(struct scan *scan, const struct search_fields *fields)
{
	if (fields->title)
		scan_add(scan, fields->title);
	for (size_t i = 0; i < fields->n; i++)
		scan_add(scan, fields->v[i]);
}

static bool
rebuild_object(struct migration *m, const struct known_object *known, bool drop)
{
	struct scan scan = scan_of(m, known->object);
	struct rebuild rebuild = { .number = known->object->number,
				   .now = search_fields_of(m->cx->mem, known->object),
				   .drop = drop };

	if (!schema_table(&m->schema, known->object->table))
		return true;
	if (m->plan)
		return migrate_step(m, S(""), tr(m->cx, "%.*s: the search index is built anew"),
				    STR_FMT(known->object->name));
	if (drop && !signature_fields(m, known, &rebuild.old))
		return bug(m->cx, "search fields of %.*s", STR_FMT(known->object->name));
	scan_add(&scan, known->object->fields[SF_DELETED_AT]);
	scan_searched(&scan, &rebuild.old);
	scan_searched(&scan, &rebuild.now);
	scan.each = rebuild_row;
	scan.to = &rebuild;
	return scan_run(m, &scan);
}

struct telling {
	struct search_fields fields;
	const struct document_reader *reader;
};

static bool
tell_row(struct migration *m, const struct row *row, void *to)
{
	const struct telling *telling = to;
	struct str title, body;

	if (row->v[SF_DELETED_AT].kind != V_NONE)
		return true;
	search_texts_of(m->cx->mem, &telling->fields, row, &title, &body);
	return (!title.n && !body.n) || telling->reader->each(m->cx, row->object->number, row->id,
							      title, body, telling->reader->to);
}

bool
search_documents(struct cx *cx, const struct object *object, const struct document_reader *reader)
{
	struct migration m = { .cx = cx };
	struct scan scan = scan_of(&m, object);
	struct telling telling = { search_fields_of(cx->mem, object), reader };

	scan_add(&scan, object->fields[SF_DELETED_AT]);
	scan_searched(&scan, &telling.fields);
	scan.each = tell_row;
	scan.to = &telling;
	return scan_run(&m, &scan);
}

bool
search_fill(struct migration *m, const struct snapshot *model)
{
	for (unsigned i = 0; i < model->n_objects; i++) {
		struct known_object known = { .object = model->objects[i] };

		if (!rebuild_object(m, &known, false))
			return false;
	}
	return true;
}

static bool
signature_is_new(const struct known_object *known)
{
	return !str_eq(known->signature, known->new_signature);
}

static bool
rebuild_new(struct migration *m, const struct known_object *known, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (signature_is_new(&known[i]) && !rebuild_object(m, &known[i], true))
			return false;
	return true;
}

/* *kept is false where the index does not hold what it should: then all of it is built anew. */
static bool
rebuild_some(struct migration *m, const struct known_object *known, size_t n, bool *kept)
{
	struct cx *cx = m->cx;

	*kept = true;
	if (m->plan)
		return rebuild_new(m, known, n);
	if (!db_savepoint(cx))
		return false;
	if (rebuild_new(m, known, n) && db_search_flush(cx))
		return db_release(cx);
	if (cx->err.code != E_DB)
		return false;
	*kept = false;
	fail_clear(cx);
	return db_rollback_to(cx);
}

bool
fill_search(struct migration *m, const struct known_object *known, size_t n, bool *all)
{
	struct search_fields fields;
	bool kept = true;

	for (size_t i = 0; i < n; i++)
		kept &= !signature_is_new(&known[i]) || signature_fields(m, &known[i], &fields);
	if (kept && !rebuild_some(m, known, n, &kept))
		return false;
	*all = !kept;
	if (kept)
		return true;
	if (!m->plan && !db_search_clear(m->cx))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!rebuild_object(m, &known[i], false))
			return false;
	return true;
}
