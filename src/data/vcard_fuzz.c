/* Fuzz target: cards from any bytes. */
#include "data/vcard.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static bool
look_row(void *to, const struct csv_row *row)
{
	int64_t *next = to;

	if (row->number != (*next)++)
		abort();
	for (size_t i = 0; i < row->n; i++)
		if (!str_is_utf8(row->cells[i], NULL))
			abort();
	return true;
}

static void
look_note(void *to, const struct row_note *note)
{
	(void)to;
	if (!str_is_utf8(note->why, NULL))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct cx *cx = cx_new(&env_real, CX_MEM_DEFAULT);
	int64_t next = 0;
	const struct row_reader reader = { look_row, look_note, &next };

	if (!vcard_read(cx, (struct str){ (const char *)data, n }, &reader) && !cx->err.code)
		abort();
	cx_free(&cx);
	return 0;
}
