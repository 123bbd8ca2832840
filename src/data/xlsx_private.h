/* What the files of the reader of workbooks share.  Private to data/. */
#ifndef KONTOR_DATA_XLSX_PRIVATE_H
#define KONTOR_DATA_XLSX_PRIVATE_H

#include "data/xlsx.h"
#include "data/xml.h"

/* ---- xlsx_number.c ---- */

enum number_kind {
	NUMBER_PLAIN,
	NUMBER_DATE,
	NUMBER_MOMENT,
	NUMBER_TIME,
	NUMBER_DURATION,
	NUMBER_SHARE,
	NUMBER_ZEROS, /* as many digits as `width` at least */
};
struct number_format {
	enum number_kind kind;
	int width;
};

/* By the number of a built-in format, or by its code ("dd.mm.yyyy;@"). */
struct number_format number_format_built_in(int64_t id);
struct number_format number_format_of(struct str code);
/* The text of a number. */
void number_write(struct buf *out, double number, struct number_format format, bool is_1904);

/* ---- xlsx_book.c ---- */

struct book {
	struct cx *cx;
	const struct row_reader *reader;
	struct str sheet; /* its name */
	struct str path;  /* where its rows are */
	struct str strings_path, styles_path;
	bool is_1904;
	struct buf texts, ends; /* shared: one behind the other, and where each ends (uint32_t) */
	struct {
		struct number_format *v;
		size_t n, cap;
	} formats; /* by the style of a cell */
	int n_notes;
};

/* A part of the file, by its path.  *is_there may be NULL: then it must be. */
struct package;
bool package_parse(struct package *package, struct str path, const struct xml_handler *handler,
		   bool *is_there) CHECKED;

bool book_find(struct package *package, struct book *book) CHECKED; /* sets the paths */
bool book_strings(struct package *package, struct book *book) CHECKED;
bool book_styles(struct package *package, struct book *book) CHECKED;
bool book_text(const struct book *book, int64_t at, struct str *out) CHECKED;
/* "_x000D_" is how a workbook writes a character that XML cannot hold. */
void text_add(struct buf *out, struct str text);
void book_note(struct book *book, const struct row_note *note);

/* ---- xlsx_sheet.c ---- */

/* A sheet's rows go to book->reader. */
struct sheet_rows;
struct sheet_rows *sheet_rows_new(struct book *book);
struct xml_handler sheet_rows_handler(struct sheet_rows *rows);
void sheet_rows_free(struct sheet_rows **rows);

#endif
