#include <xlsxwriter.h>

#include "data/sheet.h"

#include <unistd.h>

#include "base/clock.h"
#include "base/heap.h"

enum {
	CELL_CHARACTERS_MAX = 32767,
	COPY_BYTES = 64 << 10,
	WIDTH = 18,
	DAY_ZERO = 25569, /* 1970-01-01 in days since 1899-12-30 */
	DAY_OF_LEAP = 60, /* spreadsheets know a 29 February 1900: days before it differ */
	DAY_BYTES = 20,
};

struct sheet {
	FILE *file; /* temporary */
	lxw_workbook *book;
	lxw_worksheet *sheet;
	lxw_format *date;
	lxw_row_t at;
	size_t n;
};

static bool
written(struct cx *cx, lxw_error error)
{
	return error == LXW_NO_ERROR ||
	       fail(cx, E_IO, "The spreadsheet cannot be written; is the disk full?");
}

/* The library writes to a name: that of a file without one, which is gone when it is closed. */
static bool
book_open(struct cx *cx, struct sheet *sheet)
{
	lxw_workbook_options options = { .constant_memory = LXW_TRUE };

	sheet->file = tmpfile();
	if (!sheet->file)
		return fail(cx, E_IO, "No temporary file can be made; is the disk full?");
	sheet->book = workbook_new_opt(str_printf(cx->mem, "/dev/fd/%d", fileno(sheet->file)).p,
				       &options);
	sheet->sheet = sheet->book ? workbook_add_worksheet(sheet->book, NULL) : NULL;
	return sheet->sheet || fail(cx, E_IO, "The spreadsheet cannot be begun");
}

bool
sheet_open(struct cx *cx, const struct str *heads, size_t n, struct sheet **out)
{
	struct sheet *sheet = heap_new(sizeof *sheet);
	lxw_format *bold;

	*out = sheet;
	sheet->n = n;
	if (!book_open(cx, sheet))
		return false;
	bold = workbook_add_format(sheet->book);
	format_set_bold(bold);
	sheet->date = workbook_add_format(sheet->book);
	format_set_num_format(sheet->date, "yyyy-mm-dd");
	worksheet_set_column(sheet->sheet, 0, (lxw_col_t)(n - 1), WIDTH, NULL);
	worksheet_freeze_panes(sheet->sheet, 1, 0);
	for (size_t i = 0; i < n; i++)
		if (!written(cx, worksheet_write_string(sheet->sheet, 0, (lxw_col_t)i,
							str_z(cx->mem, heads[i]), bold)))
			return false;
	sheet->at = 1;
	return true;
}

bool
sheet_text(struct cx *cx, struct sheet *sheet, size_t column, struct str text)
{
	struct str kept = text;
	size_t n = 0, i = 0;
	uint32_t c;

	if (!text.n)
		return true;
	if (str_utf8_length(text) > CELL_CHARACTERS_MAX) {
		while (n++ < CELL_CHARACTERS_MAX - 1)
			i += str_utf8_next(str_from(text, i), &c);
		kept = str_printf(cx->mem, "%.*s…", (int)i, text.p);
	}
	return written(cx, worksheet_write_string(sheet->sheet, sheet->at, (lxw_col_t)column,
						  str_z(cx->mem, kept), NULL));
}

bool
sheet_number(struct cx *cx, struct sheet *sheet, size_t column, double number)
{
	return written(cx, worksheet_write_number(sheet->sheet, sheet->at, (lxw_col_t)column,
						  number, NULL));
}

bool
sheet_day(struct cx *cx, struct sheet *sheet, size_t column, int64_t date)
{
	struct buf text = buf_in(cx->mem, DAY_BYTES);

	if (date + DAY_ZERO <= DAY_OF_LEAP) {
		date_print(&text, date);
		return sheet_text(cx, sheet, column, buf_done(&text));
	}
	return written(cx, worksheet_write_number(sheet->sheet, sheet->at, (lxw_col_t)column,
						  (double)(date + DAY_ZERO), sheet->date));
}

bool
sheet_next(struct cx *cx, struct sheet *sheet)
{
	if (sheet->at == SHEET_ROWS_MAX)
		return fail(cx, E_TOO_BIG,
			    "A spreadsheet holds %d records; choose fewer by a condition, or csv",
			    SHEET_ROWS_MAX);
	sheet->at++;
	return true;
}

static bool
all_written(int fd, const char *bytes, size_t n)
{
	while (n) {
		ssize_t done = write(fd, bytes, n);

		if (done <= 0)
			return false;
		bytes += done;
		n -= (size_t)done;
	}
	return true;
}

bool
sheet_end(struct cx *cx, struct sheet *sheet, int fd, int64_t *out_bytes)
{
	char *bytes = arena_alloc(cx->mem, COPY_BYTES);
	lxw_error error;
	size_t n;

	worksheet_autofilter(sheet->sheet, 0, 0, sheet->at - 1, (lxw_col_t)(sheet->n - 1));
	error = workbook_close(sheet->book);
	sheet->book = NULL;
	if (!written(cx, error))
		return false;
	rewind(sheet->file);
	*out_bytes = 0;
	while ((n = fread(bytes, 1, COPY_BYTES, sheet->file)) > 0) {
		if (!all_written(fd, bytes, n))
			return fail(cx, E_IO, "The export cannot be written; is the disk full?");
		*out_bytes += (int64_t)n;
	}
	return !ferror(sheet->file) || fail(cx, E_IO, "The temporary file cannot be read");
}

void
sheet_close(struct sheet **sheet)
{
	struct sheet *s = *sheet;

	*sheet = NULL;
	if (!s)
		return;
	if (s->book)
		lxw_workbook_free(s->book);
	if (s->file)
		fclose(s->file);
	heap_free(s);
}
