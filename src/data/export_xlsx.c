#include <xlsxwriter.h>

#include "data/export_private.h"

#include "base/clock.h"
#include "base/heap.h"

enum {
	CELL_CHARACTERS_MAX = 32767,
	SHEET_NAME_MAX = 31,
	COPY = 64 << 10,
	CELL_BYTES_MAX = 4 << 20,
	NUMBER_TEXT_MAX = 64,
	WIDTH = 18,
	DAY_ZERO = 25569, /* 1970-01-01 in days since 1899-12-30 */
	DAY_OF_LEAP = 60, /* spreadsheets know a 29 February 1900: days before it differ */
};

struct xlsx {
	FILE *file; /* temporary */
	lxw_workbook *book;
	lxw_worksheet *sheet;
	lxw_format *bold, *date, *moment;
	lxw_row_t at;
};

/* The library writes to a name: that of a file without one, which is gone when it is closed. */
static bool
xlsx_file(struct cx *cx, struct xlsx *xlsx)
{
	xlsx->file = tmpfile();
	return xlsx->file || fail(cx, E_IO, "No temporary file can be made; is the disk full?");
}

/* The object's label without what a sheet's name must not have. */
static const char *
sheet_name(const struct export *ex)
{
	struct str label = ex->face ? ex->face->label_many : ex->object->label_many;
	struct buf b = buf_in(ex->cx->mem, SHEET_NAME_MAX + 1);

	for (size_t i = 0; i < label.n && b.n < SHEET_NAME_MAX; i++)
		if ((unsigned char)label.p[i] < 0x80 && !strchr("[]:*?/\\'", label.p[i]))
			buf_char(&b, label.p[i]);
	return b.n ? str_z(ex->cx->mem, buf_done(&b)) : "Records";
}

static bool
xlsx_begin(struct export *ex)
{
	lxw_workbook_options options = { .constant_memory = LXW_TRUE };
	struct xlsx *x = heap_new(sizeof *x);

	ex->xlsx = x;
	if (!xlsx_file(ex->cx, x))
		return false;
	x->book = workbook_new_opt(str_printf(ex->cx->mem, "/dev/fd/%d", fileno(x->file)).p,
				   &options);
	x->sheet = x->book ? workbook_add_worksheet(x->book, sheet_name(ex)) : NULL;
	if (!x->sheet)
		return fail(ex->cx, E_IO, "The spreadsheet cannot be begun");
	x->bold = workbook_add_format(x->book);
	x->date = workbook_add_format(x->book);
	x->moment = workbook_add_format(x->book);
	format_set_bold(x->bold);
	format_set_num_format(x->date, "yyyy-mm-dd");
	format_set_num_format(x->moment, "yyyy-mm-dd hh:mm:ss");
	worksheet_set_column(x->sheet, 0, (lxw_col_t)(ex->n_columns - 1), WIDTH, NULL);
	worksheet_freeze_panes(x->sheet, 1, 0);
	for (size_t i = 0; i < ex->n_columns; i++)
		worksheet_write_string(x->sheet, 0, (lxw_col_t)i,
				       str_z(ex->cx->mem, ex->columns[i].name), x->bold);
	x->at = 1;
	return true;
}

/* Text for a cell; what is too long ends with …. */
static const char *
cell_text(struct export *ex, size_t column, size_t at)
{
	struct arena *mem = ex->cx->mem;
	struct buf b = buf_in(mem, CELL_BYTES_MAX);
	struct str text;
	size_t n = 0, i = 0;
	uint32_t c;

	cell_print(ex, column, at, &b);
	text = buf_done(&b);
	if (!text.n || str_utf8_length(text) <= CELL_CHARACTERS_MAX)
		return text.n ? str_z(mem, text) : "";
	ex->report.cut++;
	while (n++ < CELL_CHARACTERS_MAX - 1)
		i += str_utf8_next(str_from(text, i), &c);
	return str_printf(mem, "%.*s…", (int)i, text.p).p;
}

/* Numbers that a double holds exactly enough for a spreadsheet. */
static bool
cell_number(const struct export *ex, size_t column, size_t at, double *out)
{
	const struct export_column *c = &ex->columns[column];
	struct buf b = buf_in(ex->cx->mem, NUMBER_TEXT_MAX);
	enum field_type type = c->field->result;

	if (c->part == PART_TITLE || c->part == PART_CURRENCY || c->part == PART_ID)
		return false;
	if (type != FT_INT && type != FT_DECIMAL && type != FT_MONEY && type != FT_PERCENT)
		return false;
	cell_print(ex, column, at, &b);
	return !b.full && str_real(buf_done(&b), out);
}

/* Days since 1899-12-30, moments on the reader's clock. */
static bool
cell_day(const struct export *ex, size_t column, size_t at, double *out)
{
	const struct field *f = ex->columns[column].field;
	const struct value *v = &ex->page.v[at].v[f->index];
	const struct zone *zone = zone_find(ex->cx->zone);
	int64_t date;

	if (f->result == FT_DATE && date_parse(v->s, &date, NULL)) {
		*out = (double)(date + DAY_ZERO);
		return *out > DAY_OF_LEAP; /* else as text */
	}
	if (f->result != FT_DATETIME)
		return false;
	*out = (double)(v->i + moment_offset_ms(zone, v->i)) / MS_PER_DAY + DAY_ZERO;
	return *out > DAY_OF_LEAP;
}

static lxw_error
cell_write(struct export *ex, size_t column, size_t at)
{
	const struct field *f = ex->columns[column].field;
	const struct value *v = &ex->page.v[at].v[f->index];
	lxw_worksheet *sheet = ex->xlsx->sheet;
	lxw_row_t row = ex->xlsx->at;
	lxw_col_t col = (lxw_col_t)column;
	double number;

	if (v->kind == V_NONE)
		return LXW_NO_ERROR;
	if (f->result == FT_BOOL)
		return worksheet_write_boolean(sheet, row, col, (int)v->i, NULL);
	if (cell_number(ex, column, at, &number))
		return worksheet_write_number(sheet, row, col, number, NULL);
	if (cell_day(ex, column, at, &number))
		return worksheet_write_number(sheet, row, col, number,
					      f->result == FT_DATE ? ex->xlsx->date
								   : ex->xlsx->moment);
	return worksheet_write_string(sheet, row, col, cell_text(ex, column, at), NULL);
}

static bool
xlsx_row(struct export *ex, size_t at)
{
	struct xlsx *x = ex->xlsx;

	if (x->at == LXW_ROW_MAX)
		return fail(ex->cx, E_TOO_BIG,
			    "A spreadsheet holds %d records; choose fewer by a condition, or csv",
			    LXW_ROW_MAX - 1);
	for (size_t i = 0; i < ex->n_columns; i++)
		if (cell_write(ex, i, at) != LXW_NO_ERROR)
			return fail(ex->cx, E_IO, "The spreadsheet cannot be written");
	x->at++;
	return true;
}

static bool
xlsx_copy(struct export *ex, FILE *file)
{
	char *bytes = arena_alloc(ex->cx->mem, COPY);
	size_t n;

	while ((n = fread(bytes, 1, COPY, file)) > 0) {
		buf_str(&ex->out, (struct str){ bytes, n });
		if (!export_flush(ex))
			return false;
	}
	return !ferror(file) || fail(ex->cx, E_IO, "The temporary file cannot be read");
}

static bool
xlsx_end(struct export *ex)
{
	struct xlsx *x = ex->xlsx;
	lxw_error error;

	worksheet_autofilter(x->sheet, 0, 0, x->at - 1, (lxw_col_t)(ex->n_columns - 1));
	error = workbook_close(x->book);
	x->book = NULL;
	if (error != LXW_NO_ERROR)
		return fail(ex->cx, E_IO, "The spreadsheet cannot be written: %s",
			    lxw_strerror(error));
	rewind(x->file);
	return xlsx_copy(ex, x->file);
}

static void
xlsx_abandon(struct export *ex)
{
	struct xlsx *x = ex->xlsx;

	if (!x)
		return;
	if (x->book)
		lxw_workbook_free(x->book);
	if (x->file)
		fclose(x->file);
	heap_free(x);
	ex->xlsx = NULL;
}

const struct export_writer XLSX_WRITER = { xlsx_begin, xlsx_row, xlsx_end, xlsx_abandon };
