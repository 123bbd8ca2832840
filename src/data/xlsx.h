/* Workbooks (XLSX, ECMA-376) as rows of texts.  A pure reader: bytes in, rows out; one row is in
 * memory at a time, besides the texts that the cells share.
 *
 * Numbers are written with a point, dates as 2026-02-28 and moments as 2026-02-28 13:45:00, times
 * as 13:45:00, durations as hours 30:15:00, shares as 19%, numbers with leading zeros with them:
 * what a cell is says its number format.  Of a formula its result is taken, of merged cells the
 * first.  Nothing is calculated, and nothing outside of the file is looked at. */
#ifndef KONTOR_DATA_XLSX_H
#define KONTOR_DATA_XLSX_H

#include "data/csv.h"

enum {
	XLSX_ROWS_MAX = 1048576,
	XLSX_CELL_MAX = CSV_CELL_MAX,
	XLSX_ROW_MAX = 4 << 20,
	XLSX_COLUMNS_MAX = CSV_COLUMNS_MAX,
	XLSX_STRINGS_MAX = 128 << 20,  /* bytes of the texts that cells share */
	XLSX_UNPACKED_MAX = 768 << 20, /* bytes of everything that is read */
	XLSX_RATIO_MAX = 200,          /* unpacked to packed, above … */
	XLSX_RATIO_FROM = 32 << 20,
};
/* The first sheet that can be seen.  E_INPUT, naming sheet, row and column (“Kunden”, row 7, column
 * C: …); E_TOO_BIG where a bound is passed. */
bool xlsx_read(struct cx *cx, struct str bytes, const struct row_reader *reader) CHECKED;

/* One sheet's XML alone, without styles and shared texts. */
bool xlsx_read_sheet(struct cx *cx, struct source source, const struct row_reader *reader) CHECKED;

#endif
