/* Fuzz target: a workbook, or (after a byte that is not P) the XML of a sheet, from any bytes. */
#include "data/xlsx.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static bool
look_row(void *to, const struct csv_row *row)
{
	int64_t *last = to;

	if (row->number <= *last || !row->n || !row->cells[row->n - 1].n)
		abort();
	*last = row->number;
	for (size_t i = 0; i < row->n; i++)
		if (!str_is_utf8(row->cells[i], NULL))
			abort();
	return true;
}

static void
look_note(void *to, const struct row_note *note)
{
	(void)to;
	if (!str_is_utf8(note->why, NULL) || !str_is_utf8(note->text, NULL))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct cx *cx = cx_new(&env_real, CX_MEM_DEFAULT);
	struct str bytes = { (const char *)data, n };
	int64_t last = 0;
	const struct row_reader reader = { look_row, look_note, &last };
	bool ok;

	if (n && data[0] != 'P') {
		bytes = str_from(bytes, 1);
		ok = xlsx_read_sheet(cx, (struct source){ source_str, &bytes }, &reader);
	} else {
		ok = xlsx_read(cx, bytes, &reader);
	}
	if (!ok && !cx->err.code)
		abort();
	cx_free(&cx);
	return 0;
}
