#include "data/export.h"

#include "base/hint.h"
#include "base/money.h"
#include "data/export_private.h"

enum {
	PAGE = 500,
	OUT_MAX = 64 << 20,
	OUT_FLUSH = 64 << 10,
	CELL_MAX = 4 << 20,
	CURSOR_MAX = 4096
};

const char *const EXPORT_NAMES[EXPORT__MAX] = {
	[EXPORT_CSV] = "csv",   [EXPORT_JSON] = "json", [EXPORT_JSONL] = "jsonl",
	[EXPORT_XLSX] = "xlsx", [EXPORT_VCF] = "vcf",
};

const char *const EXPORT_TYPES[EXPORT__MAX] = {
	[EXPORT_CSV] = "text/csv; charset=utf-8; header=present",
	[EXPORT_JSON] = "application/json",
	[EXPORT_JSONL] = "application/jsonl",
	[EXPORT_XLSX] = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	[EXPORT_VCF] = "text/vcard; charset=utf-8",
};

#define LINKS (1u << FT_ONE | 1u << FT_MANY)
#define NUMBERS                                                                              \
	(1u << FT_INT | 1u << FT_DECIMAL | 1u << FT_MONEY | 1u << FT_PERCENT | 1u << FT_ID | \
	 1u << FT_SEQUENCE | 1u << FT_DURATION | 1u << FT_DATE | 1u << FT_DATETIME |         \
	 1u << FT_BOOL)

bool
export_format_find(struct str name, enum export_format *out)
{
	for (unsigned i = 0; i < EXPORT__MAX; i++)
		if (str_eq_z(name, EXPORT_NAMES[i])) {
			*out = i;
			return true;
		}
	return false;
}

bool
sink_file(void *state, const void *bytes, size_t n)
{
	return fwrite(bytes, 1, n, state) == n;
}

bool
export_flush(struct export *ex)
{
	const struct sink *sink = &ex->options->sink;

	if (ex->out.full)
		return fail(ex->cx, E_TOO_BIG, "A record is too big to be exported");
	if (ex->out.n && !sink->write(sink->state, ex->out.p, ex->out.n))
		return fail(ex->cx, E_IO, "The export cannot be written; is the disk full?");
	buf_clear(&ex->out);
	return true;
}

/* ---- fields and columns ---- */

static bool
may_export(const struct cx *cx, const struct object *object, const struct field *f)
{
	return can_see_field(cx, object, f) && !f->special && f->type != FT_FILE &&
	       f->index != SF_VERSION && f->index != SF_DELETED_AT;
}

static bool
field_unknown(struct export *ex, struct str name)
{
	struct hint hint = hint_for(name);

	for (unsigned i = 0; i < ex->object->n_fields; i++)
		if (may_export(ex->cx, ex->object, ex->object->fields[i]))
			hint_offer(&hint, ex->object->fields[i]->name);
	return fail_field(ex->cx, S("fields"), "unknown", "%.*s has no field “%.*s” to export%s",
			  STR_FMT(ex->object->name), STR_FMT(name),
			  hint_text(ex->cx, ex->cx->mem, &hint));
}

static bool
fields_named(struct export *ex)
{
	struct str rest = ex->options->fields;

	while (rest.n) {
		struct str name = str_trim(str_cut(&rest, ','));
		const struct field *f = field_find(ex->object, name);

		if (!f || !may_export(ex->cx, ex->object, f))
			return field_unknown(ex, name);
		if (ex->n_fields == FIELDS_MAX)
			return fail_field(ex->cx, S("fields"), "length", "More than %d fields",
					  FIELDS_MAX);
		ex->fields[ex->n_fields++] = f;
	}
	return true;
}

static bool
fields_pick(struct export *ex)
{
	const struct object *object = ex->object;

	ex->fields = new_array(ex->cx->mem, FIELDS_MAX, const struct field *);
	if (ex->options->fields.n)
		return fields_named(ex);
	for (unsigned i = 0; i < object->n_fields; i++)
		if (may_export(ex->cx, object, object->fields[i]))
			ex->fields[ex->n_fields++] = object->fields[i];
	return true;
}

static void
column_add(struct export *ex, const struct field *f, enum part part, const char *suffix)
{
	ex->columns[ex->n_columns++] = (struct export_column){
		.field = f,
		.part = part,
		.name = str_printf(ex->cx->mem, "%.*s%s", STR_FMT(f->name), suffix),
	};
}

static void
columns_make(struct export *ex)
{
	ex->columns = new_array(ex->cx->mem, EXPORT_COLUMNS_MAX, struct export_column);
	for (size_t i = 0; i < ex->n_fields; i++) {
		const struct field *f = ex->fields[i];

		if (LINKS >> f->type & 1) {
			column_add(ex, f, PART_ID, ".id");
			column_add(ex, f, PART_TITLE, "");
		} else if (f->result == FT_MONEY) {
			column_add(ex, f, PART_AMOUNT, "");
			column_add(ex, f, PART_CURRENCY, ".currency");
		} else {
			column_add(ex, f, PART_WHOLE, "");
		}
	}
}

/* ---- titles of links, page by page ---- */

static size_t
link_ids(const struct row *row, const struct field *f, const int64_t **out)
{
	const struct value *v = &row->v[f->index];

	*out = v->kind == V_IDS ? v->ids : &v->i;
	return v->kind == V_IDS ? (size_t)v->i : v->kind == V_INT;
}

static struct str
titles_join(struct arena *mem, const struct str *titles, size_t n)
{
	struct buf b = buf_in(mem, CELL_MAX);

	if (n == 1)
		return titles[0];
	for (size_t i = 0; i < n; i++) {
		if (i)
			BUF_LIT(&b, "; ");
		buf_str(&b, titles[i]);
	}
	return buf_done(&b);
}

static bool
column_titles(struct export *ex, struct export_column *column)
{
	struct arena *mem = ex->cx->mem;
	const struct rows *page = &ex->page;
	const int64_t *ids;
	struct {
		int64_t *v;
		size_t n, cap;
	} all = { 0 };
	struct str *titles;
	size_t at = 0;

	for (size_t i = 0; i < page->n; i++) {
		size_t n = link_ids(&page->v[i], column->field, &ids);

		for (size_t k = 0; k < n; k++)
			list_add(mem, &all, ids[k]);
	}
	titles = new_array(mem, all.n + 1, struct str);
	if (!record_titles(ex->cx, column->field->target, all.v, all.n, titles))
		return false;
	column->titles = new_array(mem, page->n + 1, struct str);
	for (size_t i = 0; i < page->n; i++) {
		size_t n = link_ids(&page->v[i], column->field, &ids);

		column->titles[i] = titles_join(mem, titles + at, n);
		at += n;
	}
	return true;
}

static bool
page_titles(struct export *ex)
{
	for (size_t i = 0; i < ex->n_columns; i++)
		if (ex->columns[i].part == PART_TITLE && !column_titles(ex, &ex->columns[i]))
			return false;
	return true;
}

/* ---- CSV ---- */

static void
ids_print(const struct value *v, struct buf *out)
{
	for (int64_t i = 0; i < v->i; i++) {
		if (i)
			buf_char(out, ';');
		buf_int(out, v->ids[i]);
	}
}

void
cell_print(const struct export *ex, size_t column, size_t at, struct buf *out)
{
	const struct export_column *c = &ex->columns[column];
	const struct value *v = &ex->page.v[at].v[c->field->index];

	if (v->kind == V_NONE)
		return;
	switch (c->part) {
	case PART_TITLE:
		buf_str(out, c->titles[at]);
		break;
	case PART_CURRENCY:
		buf_z(out, v->currency);
		break;
	case PART_AMOUNT:
		buf_decimal(out, v->i, currency_digits(str_of(v->currency)));
		break;
	case PART_ID:
		if (v->kind == V_IDS) {
			ids_print(v, out);
			break;
		}
		buf_int(out, v->i);
		break;
	default:
		c->field->row->text(c->field, v, out);
	}
}

/* Text that a spreadsheet would calculate; also what looks as if it had been guarded. */
static bool
is_formula(const struct export_column *c, struct str text)
{
	size_t n = 0;

	if (c->part != PART_TITLE && NUMBERS >> c->field->result & 1)
		return false;
	while (n < text.n && text.p[n] == '\'')
		n++;
	return n < text.n && strchr("=+-@\t\r", text.p[n]);
}

static bool
csv_begin(struct export *ex)
{
	for (size_t i = 0; i < ex->n_columns; i++) {
		if (i)
			buf_char(&ex->out, ',');
		buf_csv(&ex->out, ex->columns[i].name);
	}
	BUF_LIT(&ex->out, "\r\n");
	return true;
}

static bool
csv_row(struct export *ex, size_t at)
{
	struct arena *mem = ex->cx->mem;

	for (size_t i = 0; i < ex->n_columns; i++) {
		struct buf cell = buf_in(mem, CELL_MAX);
		struct str text;

		if (i)
			buf_char(&ex->out, ',');
		cell_print(ex, i, at, &cell);
		text = buf_done(&cell);
		if (is_formula(&ex->columns[i], text))
			text = str_printf(mem, "'%.*s", STR_FMT(text));
		buf_csv(&ex->out, text);
		ex->out.full |= cell.full;
	}
	BUF_LIT(&ex->out, "\r\n");
	return true;
}

/* ---- JSON ---- */

static void
json_record(struct export *ex, size_t at)
{
	const struct row *row = &ex->page.v[at];
	struct buf *out = &ex->out;

	for (size_t i = 0; i < ex->n_fields; i++) {
		const struct field *f = ex->fields[i];

		buf_char(out, i ? ',' : '{');
		buf_json(out, f->name);
		buf_char(out, ':');
		f->row->to_json(f, &row->v[f->index], out);
	}
	buf_char(out, '}');
}

static bool
json_begin(struct export *ex)
{
	buf_char(&ex->out, '[');
	return true;
}

static bool
json_row(struct export *ex, size_t at)
{
	buf_z(&ex->out, ex->report.rows ? ",\n" : "\n");
	json_record(ex, at);
	return true;
}

static bool
json_end(struct export *ex)
{
	BUF_LIT(&ex->out, "\n]\n");
	return true;
}

static bool
jsonl_row(struct export *ex, size_t at)
{
	json_record(ex, at);
	buf_char(&ex->out, '\n');
	return true;
}

/* ---- all formats ---- */

static const struct export_writer CSV_WRITER = { .begin = csv_begin, .row = csv_row };
static const struct export_writer JSON_WRITER = { json_begin, json_row, json_end, NULL };
static const struct export_writer JSONL_WRITER = { .row = jsonl_row };

static const struct export_writer *const WRITERS[EXPORT__MAX] = {
	[EXPORT_CSV] = &CSV_WRITER,   [EXPORT_JSON] = &JSON_WRITER, [EXPORT_JSONL] = &JSONL_WRITER,
	[EXPORT_XLSX] = &XLSX_WRITER, [EXPORT_VCF] = &VCARD_WRITER,
};

static bool
page_write(struct export *ex, const struct export_writer *writer)
{
	const struct export_options *o = ex->options;

	if (!page_titles(ex))
		return false;
	for (size_t i = 0; i < ex->page.n; i++) {
		if (!writer->row(ex, i))
			return false;
		ex->report.rows++;
		if ((ex->out.n >= OUT_FLUSH || ex->out.full) && !export_flush(ex))
			return false;
	}
	if (o->progress)
		o->progress(o->progress_to, ex->report.rows);
	return true;
}

static bool
pages_write(struct export *ex, const struct query *all, const struct export_writer *writer)
{
	struct cx *cx = ex->cx;
	struct query query = *all;
	char after[CURSOR_MAX];

	for (;;) {
		struct arena_mark mark = arena_mark(cx->mem);

		if (!record_query(cx, &query, &ex->page) || !page_write(ex, writer))
			return false;
		if (!ex->page.next.n)
			return true;
		if (ex->page.next.n > sizeof after)
			return bug(cx, "a cursor of %zu bytes", ex->page.next.n);
		memcpy(after, ex->page.next.p, ex->page.next.n);
		query.after = (struct str){ after, ex->page.next.n };
		arena_rewind(cx->mem, mark);
	}
}

static bool
export_open(struct export *ex, struct query *query)
{
	struct cx *cx = ex->cx;
	struct cond_sight sight = cond_sight_of(cx);

	if (!object_open(cx, ex->options->object, &ex->object, &ex->face))
		return false;
	if (!can_object(cx, ex->object, OP_EXPORT))
		return fail(cx, E_FORBIDDEN, "You may not export %.*s",
			    STR_FMT(ex->object->label_many));
	if (!fields_pick(ex))
		return false;
	columns_make(ex);
	*query = (struct query){ .object = ex->object,
				 .face = ex->face,
				 .fields = ex->fields,
				 .n_fields = ex->n_fields,
				 .limit = PAGE,
				 .op = OP_EXPORT };
	return !ex->options->where.n || cond_parse(cx, cx->mem, cx->model, ex->object,
						   ex->options->where, &sight, &query->where);
}

static bool
export_run(struct export *ex, const struct export_writer *writer)
{
	struct query query;

	return export_open(ex, &query) && (!writer->begin || writer->begin(ex)) &&
	       pages_write(ex, &query, writer) && (!writer->end || writer->end(ex)) &&
	       export_flush(ex);
}

/* A record that needs too much memory ends the export; what the writer holds is released. */
static bool
export_guarded(struct export *ex, const struct export_writer *writer)
{
	struct arena_outer outer;
	bool done;

	arena_guard_keep(ex->cx->mem, &outer);
	if (setjmp(*arena_guard(ex->cx->mem))) {
		arena_guard_back(ex->cx->mem, &outer);
		return fail(ex->cx, E_TOO_BIG, NULL);
	}
	done = export_run(ex, writer);
	arena_guard_back(ex->cx->mem, &outer);
	return done;
}

bool
data_export(struct cx *cx, const struct export_options *options, struct export_report *out)
{
	struct export ex = { .cx = cx, .options = options, .out = buf_heap(OUT_MAX) };
	const struct export_writer *writer = WRITERS[options->format];
	bool done = export_guarded(&ex, writer);

	if (writer->abandon)
		writer->abandon(&ex);
	buf_fini(&ex.out);
	if (done)
		*out = ex.report;
	return done;
}
