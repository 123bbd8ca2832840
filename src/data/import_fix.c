/* Cells that somebody corrected, laid over a row of the file. */
#include "data/import.h"

static size_t
width_of(const struct import_fix *fixes, size_t n, const struct csv_row *row)
{
	size_t width = 0;

	for (size_t i = 0; i < n; i++)
		if (fixes[i].row == row->number && fixes[i].column >= width &&
		    fixes[i].column < CSV_COLUMNS_MAX)
			width = fixes[i].column + 1;
	return width;
}

void
import_fix_row(struct arena *mem, const struct import_fix *fixes, size_t n, struct csv_row *row)
{
	size_t width = width_of(fixes, n, row);
	struct str *cells;

	if (!width)
		return;
	if (width < row->n)
		width = row->n;
	cells = new_array(mem, width, struct str);
	for (size_t i = 0; i < width; i++)
		cells[i] = i < row->n ? row->cells[i] : S("");
	for (size_t i = 0; i < n; i++)
		if (fixes[i].row == row->number && fixes[i].column < width)
			cells[fixes[i].column] = fixes[i].text;
	row->cells = cells;
	row->n = width;
}
