/* The rows of one sheet (ECMA-376 part 1, 18.3.1). */
#include "data/xlsx_private.h"

#include "base/heap.h"
#include "base/i18n.h"

enum { RAW_MAX = 1 << 20, LETTERS = 26, LETTERS_MAX = 3, VALUE_SHOWN = 60 };

enum cell_type { CELL_NUMBER, CELL_SHARED, CELL_TEXT, CELL_BOOL, CELL_ERROR, CELL_DATE };

struct span {
	size_t at, n;
};

struct sheet_rows {
	struct book *book;
	int in_data, in_row, in_cell, in_value, in_reading;
	int64_t row;
	size_t column;
	enum cell_type type;
	int64_t style;
	struct buf value; /* of the cell, raw */
	struct buf text;  /* of the row, one cell behind the other */
	struct span spans[XLSX_COLUMNS_MAX];
	struct str cells[XLSX_COLUMNS_MAX];
	size_t n; /* to the last cell that has text */
	bool merged_told;
};

/* "C": at most three letters. */
static struct str
column_name(struct cx *cx, size_t column)
{
	char name[LETTERS_MAX + 1];
	size_t at = sizeof name;

	for (size_t i = column + 1; i && at; i = (i - 1) / LETTERS)
		name[--at] = (char)('A' + (i - 1) % LETTERS);
	return str_dup(cx->mem, (struct str){ name + at, sizeof name - at });
}

static bool
refuse(const struct sheet_rows *s, const char *why)
{
	struct cx *cx = s->book->cx;
	struct str sheet = s->book->sheet;

	if (!s->in_cell)
		return fail(cx, E_INPUT, "sheet “%.*s”, row %lld: %s", STR_FMT(sheet),
			    (long long)s->row, tr(cx, why));
	return fail(cx, E_INPUT, "sheet “%.*s”, row %lld, column %.*s: %s", STR_FMT(sheet),
		    (long long)s->row, STR_FMT(column_name(cx, s->column)), tr(cx, why));
}

/* ---- where a cell stands ---- */

/* "BC7": its column from 0; false where it is none. */
static bool
place_read(struct str place, size_t *column)
{
	size_t n = 0, at = 0;

	while (at < place.n && place.p[at] >= 'A' && place.p[at] <= 'Z' && at <= LETTERS_MAX)
		n = n * LETTERS + (size_t)(place.p[at++] - 'A') + 1;
	if (!n || at > LETTERS_MAX)
		return false;
	*column = n - 1;
	return true;
}

static bool
row_begin(struct sheet_rows *s, const struct xml_tag *tag)
{
	struct str number = xml_attribute(tag, "r");
	int64_t row = s->row + 1;

	if (number.n && !str_int(number, 1, INT32_MAX, &row))
		return refuse(s, N_("the row behind this one has no number"));
	if (row <= s->row)
		return refuse(s, N_("the rows are not in their order; open the workbook in a "
				    "spreadsheet and save it once more"));
	s->row = row;
	if (row > XLSX_ROWS_MAX)
		return refuse(s, N_("a sheet may have 1,048,576 rows at most; divide it"));
	s->column = SIZE_MAX;
	s->n = 0;
	buf_clear(&s->text);
	return true;
}

static bool
cell_begin(struct sheet_rows *s, const struct xml_tag *tag)
{
	static const struct {
		const char *name;
		enum cell_type type;
	} types[] = {
		{ "s", CELL_SHARED }, { "str", CELL_TEXT }, { "inlineStr", CELL_TEXT },
		{ "b", CELL_BOOL },   { "e", CELL_ERROR },  { "d", CELL_DATE },
	};
	struct str place = xml_attribute(tag, "r"), type = xml_attribute(tag, "t");
	size_t before = s->column;

	if (place.n && !place_read(place, &s->column))
		return refuse(s, N_("the cell does not say in which column it stands"));
	if (!place.n)
		s->column++;
	if (before != SIZE_MAX && s->column <= before)
		return refuse(s, N_("the cells are not in their order; open the workbook in a "
				    "spreadsheet and save it once more"));
	s->type = CELL_NUMBER;
	for (size_t i = 0; i < countof(types); i++)
		if (str_eq_z(type, types[i].name))
			s->type = types[i].type;
	if (!str_int(xml_attribute(tag, "s"), 0, INT32_MAX, &s->style))
		s->style = 0;
	buf_clear(&s->value);
	return true;
}

/* ---- what stands in it ---- */

static void
note_cell(struct sheet_rows *s, const char *why)
{
	struct cx *cx = s->book->cx;
	struct row_note note = {
		.row = s->row,
		.column = s->column,
		.why = str_of(tr(cx, why)),
		.text = str_begin(buf_done(&s->value), VALUE_SHOWN),
	};

	book_note(s->book, &note);
}

static void
write_number(struct sheet_rows *s)
{
	const struct book *book = s->book;
	struct number_format format = { NUMBER_PLAIN, 0 };
	double number;

	if (!str_real(str_trim(buf_done(&s->value)), &number)) {
		note_cell(s, N_("This number cannot be read; the cell is taken for empty."));
		return;
	}
	if ((size_t)s->style < book->formats.n)
		format = book->formats.v[s->style];
	number_write(&s->text, number, format, book->is_1904);
}

/* "2026-02-28T00:00:00" is a day. */
static void
write_iso(struct sheet_rows *s)
{
	struct str text = str_trim(buf_done(&s->value));
	size_t at;

	if (str_find(text, S("T00:00:00"), &at))
		text = str_first(text, at);
	buf_str(&s->text, text);
}

static bool
write_shared(struct sheet_rows *s)
{
	struct str text;
	int64_t at;

	if (!str_int(str_trim(buf_done(&s->value)), 0, INT32_MAX, &at) ||
	    !book_text(s->book, at, &text))
		return refuse(s, N_("the text of the cell is missing in the workbook; save it once "
				    "more"));
	text_add(&s->text, text);
	return true;
}

static bool
cell_write(struct sheet_rows *s)
{
	struct str value = buf_done(&s->value);

	switch (s->type) {
	case CELL_SHARED:
		return write_shared(s);
	case CELL_TEXT:
		text_add(&s->text, value);
		return true;
	case CELL_BOOL:
		buf_z(&s->text, str_eq(str_trim(value), S("1")) ||
						str_eq_ascii_nocase(str_trim(value), S("true"))
					? "true"
					: "false");
		return true;
	case CELL_ERROR:
		note_cell(s, N_("The formula of this cell has no result; it is taken for empty."));
		return true;
	case CELL_DATE:
		write_iso(s);
		return true;
	default:
		write_number(s);
		return true;
	}
}

static bool
cell_end(struct sheet_rows *s)
{
	size_t at = s->text.n;

	if (!s->value.n)
		return true;
	if (!cell_write(s))
		return false;
	if (s->text.full)
		return refuse(s, N_("the row is longer than 4 MiB up to here; divide it"));
	if (s->text.n == at)
		return true;
	if (s->text.n - at > XLSX_CELL_MAX)
		return refuse(s, N_("the cell is longer than 1 MiB"));
	if (s->column >= XLSX_COLUMNS_MAX)
		return refuse(
			s, N_("a row may have 1,000 columns at most; take out what is not needed"));
	while (s->n < s->column)
		s->spans[s->n++] = (struct span){ at, 0 };
	s->spans[s->n++] = (struct span){ at, s->text.n - at };
	return true;
}

static bool
row_end(struct sheet_rows *s)
{
	const struct csv_row row = { s->row, s->cells, s->n };

	for (size_t i = 0; i < s->n; i++)
		s->cells[i] = s->spans[i].n
				      ? (struct str){ s->text.p + s->spans[i].at, s->spans[i].n }
				      : S("");
	return !s->n || s->book->reader->row(s->book->reader->to, &row);
}

static void
note_merged(struct sheet_rows *s, struct str place)
{
	struct cx *cx = s->book->cx;
	struct row_note note = { 0, ROW_NO_COLUMN, { 0 }, { 0 } };

	if (s->merged_told)
		return;
	s->merged_told = true;
	note.why = str_printf(cx->mem,
			      tr(cx, "The sheet has merged cells (%.*s is the first place); only "
				     "the cell at their top left has the text."),
			      STR_FMT(str_begin(place, VALUE_SHOWN)));
	book_note(s->book, &note);
}

/* ---- elements ---- */

static bool
is_value(struct str name)
{
	return str_eq(name, S("v")) || str_eq(name, S("t"));
}

static bool
on_begin(void *to, const struct xml_tag *tag)
{
	struct sheet_rows *s = to;
	struct str name = tag->name;

	if (str_eq(name, S("mergeCell")))
		note_merged(s, xml_attribute(tag, "ref"));
	if (s->in_cell) {
		s->in_reading += str_eq(name, S("rPh"));
		s->in_value += is_value(name);
		return true;
	}
	s->in_data += str_eq(name, S("sheetData"));
	if (s->in_data && !s->in_row && str_eq(name, S("row")))
		return row_begin(s, tag) && ++s->in_row;
	return !s->in_row || !str_eq(name, S("c")) || (cell_begin(s, tag) && ++s->in_cell);
}

static bool
on_text(void *to, struct str text)
{
	struct sheet_rows *s = to;

	if (!s->in_cell || !s->in_value || s->in_reading)
		return true;
	buf_str(&s->value, text);
	return !s->value.full || refuse(s, N_("the cell is longer than 1 MiB"));
}

static bool
on_end(void *to, struct str name)
{
	struct sheet_rows *s = to;

	if (str_eq(name, S("sheetData")))
		s->in_data--;
	else if (s->in_row && str_eq(name, S("row")))
		return row_end(s) && !--s->in_row;
	else if (s->in_cell && str_eq(name, S("c")))
		return cell_end(s) && !--s->in_cell;
	else if (s->in_reading && str_eq(name, S("rPh")))
		s->in_reading--;
	else if (s->in_value && is_value(name))
		s->in_value--;
	return true;
}

struct sheet_rows *
sheet_rows_new(struct book *book)
{
	struct sheet_rows *s = heap_new(sizeof *s);

	s->book = book;
	s->value = buf_heap(RAW_MAX);
	s->text = buf_heap(XLSX_ROW_MAX);
	return s;
}

struct xml_handler
sheet_rows_handler(struct sheet_rows *rows)
{
	return (struct xml_handler){ on_begin, on_text, on_end, rows };
}

void
sheet_rows_free(struct sheet_rows **rows)
{
	if (!*rows)
		return;
	buf_fini(&(*rows)->value);
	buf_fini(&(*rows)->text);
	heap_free(*rows);
	*rows = NULL;
}
