/* A spreadsheet (XLSX) row by row: memory does not grow with its length. */
#ifndef KONTOR_DATA_SHEET_H
#define KONTOR_DATA_SHEET_H

#include "base/cx.h"

enum { SHEET_ROWS_MAX = 1048575 }; /* beneath the head */

struct sheet;

/* The first row is the head.  Released by sheet_close, whatever happened. */
bool sheet_open(struct cx *cx, const struct str *heads, size_t n, struct sheet **out) CHECKED;
/* A cell of the current row, from the left to the right; text that is too long ends with …. */
bool sheet_text(struct cx *cx, struct sheet *sheet, size_t column, struct str text) CHECKED;
bool sheet_number(struct cx *cx, struct sheet *sheet, size_t column, double number) CHECKED;
bool sheet_day(struct cx *cx, struct sheet *sheet, size_t column, int64_t date) CHECKED;
/* E_TOO_BIG behind the last row that a spreadsheet holds. */
bool sheet_next(struct cx *cx, struct sheet *sheet) CHECKED;
/* Write the file into the descriptor; its length. */
bool sheet_end(struct cx *cx, struct sheet *sheet, int fd, int64_t *out_bytes) CHECKED;
void sheet_close(struct sheet **sheet);

#endif
