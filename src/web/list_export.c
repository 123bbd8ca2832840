/* A list as a file: exactly the columns, the order and the rows that are seen, or those of them
 * that are ticked; values as people read them. */
#include "web/list.h"

#include <unistd.h>

#include "base/clock.h"
#include "base/money.h"
#include "data/sheet.h"
#include "db/db.h"
#include "record/authz.h"

enum {
	PAGE_ROWS = 500,
	PICKED_MAX = 10000,
	CURSOR_MAX = 4096,
	NUMBER_MAX = 64,
	PAGE_BYTES = 32 << 20,
	PURPOSE_MAX = 300,
	TICKED_SHOWN = 200,
	CONDITION_MAX = 90000
};

struct ids {
	int64_t *v;
	size_t n, cap;
};

struct export
{
	struct cx *cx;
	struct list *list;
	struct sheet *sheet; /* NULL: CSV */
	int fd;
	int64_t bytes;
	char comma;
	struct ids only, without; /* ascending */
	bool has_only;
	int64_t n_rows;
	struct str purpose, format;
};

/* ---- which rows ---- */

static int
by_number(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static bool
ids_read(struct cx *cx, struct str text, struct ids *out)
{
	while (text.n) {
		int64_t id;

		if (out->n == PICKED_MAX)
			return fail(cx, E_TOO_BIG, "Name at most %d records, or a condition",
				    PICKED_MAX);
		if (!str_int(str_trim(str_cut(&text, ',')), 1, INT64_MAX, &id))
			return fail_field(cx, S("ids"), "type", "ids are numbers with commas");
		list_add(cx->mem, out, id);
	}
	if (out->n)
		qsort(out->v, out->n, sizeof *out->v, by_number);
	return true;
}

static bool
is_among(const struct ids *ids, int64_t id)
{
	return ids->n && bsearch(&id, ids->v, ids->n, sizeof *ids->v, by_number);
}

static bool
is_wanted(const struct export *ex, int64_t id)
{
	return (!ex->has_only || is_among(&ex->only, id)) && !is_among(&ex->without, id);
}

/* ---- cells ---- */

/* Text that a spreadsheet would calculate has an apostrophe before it, as OWASP advises. */
static void
csv_text(struct export *ex, size_t column, struct str text, struct buf *out)
{
	size_t n = 0;

	while (n < text.n && text.p[n] == '\'')
		n++;
	buf_char(out, '"');
	if (n < text.n && strchr("=+-@\t\r", text.p[n]) &&
	    !is_number_field(ex->list->columns[column].field))
		buf_char(out, '\'');
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '"')
			buf_char(out, '"');
		buf_char(out, text.p[i]);
	}
	buf_char(out, '"');
}

/* Numbers and days as such, so that one can go on calculating. */
static bool
sheet_cell(struct export *ex, struct cells *cells, size_t row, size_t column)
{
	const struct field *f = ex->list->columns[column].field;
	const struct value *v = cells_value(cells, row, column);
	enum field_type type = f->type == FT_FORMULA || f->type == FT_ROLLUP ? f->result : f->type;
	struct buf text = buf_in(ex->cx->mem, NUMBER_MAX);
	int64_t date;
	double number;

	if (!v || v->kind == V_NONE)
		return true;
	if (type == FT_DATE && date_parse(v->s, &date, NULL))
		return sheet_day(ex->cx, ex->sheet, column, date);
	if (type == FT_INT || type == FT_DECIMAL || type == FT_PERCENT || type == FT_MONEY) {
		buf_decimal(&text, v->i, value_places(f, v));
		if (str_real(buf_done(&text), &number))
			return sheet_number(ex->cx, ex->sheet, column, number);
	}
	return sheet_text(ex->cx, ex->sheet, column, cells_text(ex->cx, cells, row, column));
}

static bool
file_write(struct export *ex, struct buf *out)
{
	struct str rest = buf_done(out);

	if (out->full)
		return fail(ex->cx, E_TOO_BIG, "A record is too big to be exported");
	while (rest.n) {
		ssize_t n = write(ex->fd, rest.p, rest.n);

		if (n <= 0)
			return fail(ex->cx, E_IO,
				    "The export cannot be written; is the disk full?");
		ex->bytes += n;
		rest = str_from(rest, (size_t)n);
	}
	return true;
}

static bool
row_sheet(struct export *ex, struct cells *cells, size_t row)
{
	for (size_t k = 0; k < ex->list->n_columns; k++)
		if (!sheet_cell(ex, cells, row, k))
			return false;
	return sheet_next(ex->cx, ex->sheet);
}

static void
row_csv(struct export *ex, struct cells *cells, size_t row, struct buf *out)
{
	for (size_t k = 0; k < ex->list->n_columns; k++) {
		if (k)
			buf_char(out, ex->comma);
		csv_text(ex, k, cells_text(ex->cx, cells, row, k), out);
	}
	BUF_LIT(out, "\r\n");
}

static bool
page_export(struct export *ex, const struct rows *rows)
{
	struct buf out = buf_in(ex->cx->mem, PAGE_BYTES);
	struct cells *cells;

	if (!cells_prepare(ex->cx, ex->list, rows, &cells))
		return false;
	for (size_t i = 0; i < rows->n; i++) {
		if (!is_wanted(ex, rows->v[i].id))
			continue;
		ex->n_rows++;
		if (ex->sheet ? !row_sheet(ex, cells, i) : (row_csv(ex, cells, i, &out), false))
			return false;
	}
	return ex->sheet || file_write(ex, &out);
}

/* ---- the file ---- */

static bool
rows_export(struct export *ex)
{
	struct cx *cx = ex->cx;
	struct query query = ex->list->query;
	char after[CURSOR_MAX];

	query.limit = PAGE_ROWS;
	query.total = false;
	query.op = OP_EXPORT;
	query.after = (struct str){ 0 };
	for (;;) {
		struct arena_mark mark = arena_mark(cx->mem);
		struct rows rows;

		if (!record_query(cx, &query, &rows) || !page_export(ex, &rows))
			return false;
		if (!rows.next.n)
			return true;
		if (rows.next.n > sizeof after)
			return bug(cx, "a cursor of %zu bytes", rows.next.n);
		memcpy(after, rows.next.p, rows.next.n);
		query.after = (struct str){ after, rows.next.n };
		arena_rewind(cx->mem, mark);
	}
}

/* A mark by which Excel knows UTF-8; semicolons where the comma is the decimal point. */
static bool
heads_csv(struct export *ex)
{
	struct buf out = buf_in(ex->cx->mem, PAGE_BYTES);

	BUF_LIT(&out, "\xef\xbb\xbf");
	for (size_t k = 0; k < ex->list->n_columns; k++) {
		if (k)
			buf_char(&out, ex->comma);
		csv_text(ex, k, ex->list->columns[k].label, &out);
	}
	BUF_LIT(&out, "\r\n");
	return file_write(ex, &out);
}

static bool
heads_sheet(struct export *ex)
{
	struct list *list = ex->list;
	struct str *heads = new_array(ex->cx->mem, list->n_columns + 1, struct str);

	for (size_t k = 0; k < list->n_columns; k++)
		heads[k] = list->columns[k].label;
	return sheet_open(ex->cx, heads, list->n_columns, &ex->sheet);
}

static bool
export_run(struct export *ex, bool is_sheet)
{
	bool ok = (is_sheet ? heads_sheet(ex) : heads_csv(ex)) && rows_export(ex) &&
		  (!is_sheet || sheet_end(ex->cx, ex->sheet, ex->fd, &ex->bytes));

	sheet_close(&ex->sheet);
	return ok;
}

static struct str
file_name(struct cx *cx, const struct list *list, bool is_sheet)
{
	struct str label = list->face ? list->face->label_many : list->object->label_many;
	struct buf day = buf_in(cx->mem, NUMBER_MAX);

	date_print(&day, cx->now / MS_PER_DAY);
	return str_printf(cx->mem, "%.*s %.*s.%s", STR_FMT(page_label(cx, label)),
			  STR_FMT(buf_done(&day)), is_sheet ? "xlsx" : "csv");
}

/* ---- what for ---- */

static bool
is_personal(const struct field *f)
{
	const struct object *target = f->target;

	return f->personal || f->special || (target && target->title && target->title->personal);
}

bool
list_is_personal(const struct list *list)
{
	for (size_t i = 0; i < list->n_columns; i++)
		if (is_personal(list->columns[i].field))
			return true;
	return false;
}

static struct str
columns_text(struct cx *cx, const struct list *list)
{
	struct buf text = buf_in(cx->mem, CONDITION_MAX);

	for (size_t i = 0; i < list->n_columns; i++) {
		if (i)
			BUF_LIT(&text, ", ");
		buf_str(&text, list->columns[i].name);
	}
	return buf_done(&text);
}

static void
ids_print(const char *before, const struct ids *ids, struct buf *out)
{
	if (!ids->n)
		return;
	buf_z(out, out->n ? " and " : "");
	buf_z(out, before);
	for (size_t i = 0; i < ids->n && i < TICKED_SHOWN; i++) {
		buf_z(out, i ? ", " : "");
		buf_int(out, ids->v[i]);
	}
	buf_z(out, ids->n > TICKED_SHOWN ? ", …)" : ")");
}

/* The condition of the list, and what was ticked; the first of many. */
static struct str
condition_text(struct cx *cx, const struct export *ex)
{
	struct buf where = buf_in(cx->mem, COND_TEXT_MAX), text = buf_in(cx->mem, CONDITION_MAX);

	cond_print(ex->list->query.where, &where);
	buf_str(&text, buf_done(&where));
	ids_print("id in (", &ex->only, &text);
	ids_print("id not in (", &ex->without, &text);
	return text.full ? S("…") : buf_done(&text);
}

static bool
note_write(struct cx *cx, const struct export *ex, int64_t user)
{
	const struct object *object = object_find(cx->model, S("export"), NULL);
	const struct {
		const char *name;
		struct value value;
	} values[] = {
		{ "purpose", value_text(ex->purpose) },
		{ "exporter", value_int(user) },
		{ "of", value_text(ex->list->name) },
		{ "condition", value_text(condition_text(cx, ex)) },
		{ "shown", value_text(columns_text(cx, ex->list)) },
		{ "row_count", value_int(ex->n_rows) },
		{ "format", value_text(ex->format) },
	};
	struct change *c;

	if (!work_begin(cx, S("export")))
		return false;
	c = change_new(cx, object, NULL);
	for (size_t i = 0; i < countof(values); i++)
		if (values[i].value.kind != V_TEXT || values[i].value.s.n)
			change_put(c, field_find(object, str_of(values[i].name)), values[i].value);
	return record_save(cx, c) && work_commit(cx, NULL);
}

/* Kept before anybody gets the file, in a unit of its own: this one only reads. */
static bool
note_export(struct cx *cx, const struct export *ex)
{
	struct cx *apart = cx_new(cx->env, CX_MEM_DEFAULT);
	bool ok;

	apart->db = cx->db;
	apart->store = cx->store;
	apart->door = S("form");
	store_model(apart);
	apart->actor = actor_system(apart);
	ok = note_write(apart, ex, cx->actor->user_id);
	work_abandon(apart);
	db_rollback(apart);
	cx_free(&apart);
	return ok || fail(cx, E_BUSY, "The export could not be logged; please try again");
}

static bool
purpose_read(struct cx *cx, const struct form *form, struct export *ex)
{
	ex->purpose = str_trim(form_value(form, "purpose"));
	if (!ex->purpose.n)
		return fail_field(cx, S("purpose"), "required",
				  "These columns hold personal data: say what the export is for");
	if (ex->purpose.n > PURPOSE_MAX)
		return fail_field(cx, S("purpose"), "length",
				  "Say in at most %d letters what the export is for", PURPOSE_MAX);
	return true;
}

static bool
picked_read(struct cx *cx, const struct form *form, struct export *ex)
{
	ex->has_only = form_value(form, "ids").n > 0;
	return ids_read(cx, form_value(form, "ids"), &ex->only) &&
	       ids_read(cx, form_value(form, "without"), &ex->without);
}

bool
web_list_export(struct cx *cx, struct request *q, struct reply *r)
{
	struct list list;
	struct export ex = { .cx = cx, .list = &list, .comma = cx->lang == LANG_DE ? ';' : ',' };
	struct form form;
	bool is_sheet;

	if (!request_form(cx, q, &form) || !page_read(cx) || !list_open(cx, q, &list) ||
	    !picked_read(cx, &form, &ex))
		return false;
	if (!AUTHZ(PAGE_EXPORT, can_object(cx, list.object, OP_EXPORT)))
		return fail(cx, E_FORBIDDEN, "You may not export %.*s",
			    STR_FMT(list.object->label_many));
	is_sheet = str_eq(form_value(&form, "format"), S("xlsx"));
	ex.format = is_sheet ? S("xlsx") : S("csv");
	if (list_is_personal(&list) && !purpose_read(cx, &form, &ex))
		return false;
	if (!reply_spool(cx, q, &ex.fd))
		return false;
	r->file = ex.fd;
	if (!export_run(&ex, is_sheet) || (ex.purpose.n && !note_export(cx, &ex)))
		return false;
	r->file_bytes = ex.bytes;
	r->type = is_sheet ? S("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
			   : TYPE_CSV;
	reply_attachment(cx, r, file_name(cx, &list, is_sheet));
	return true;
}
