/* Inside web/: imports in the browser. */
#ifndef KONTOR_WEB_IMPORT_H
#define KONTOR_WEB_IMPORT_H

#include <jansson.h>

#include "app/intake.h"
#include "web/web.h"

/* import_columns.c: the page on which columns are mapped, with what was typed and what is wrong
 * with it; state may be all zeros. */
bool import_columns_page(struct cx *cx, struct request *q, struct reply *r,
			 const struct intake *intake, const struct form_state *state) CHECKED;
/* What was chosen in its form, over what the file says. */
bool import_choices_read(struct cx *cx, const struct form *form, struct guess *guess) CHECKED;
bool import_reading_read(struct cx *cx, const struct form *form, struct csv_options *csv,
			 bool *header) CHECKED;

/* import_fields.c: fields that are made for columns which nothing fits.  Names of a form: c3 is
 * what becomes of column 3 (IMPORT_NEW: a field of its own), n3, t3, o3 and p3 say its name, type,
 * options and whether it is personal. */
#define IMPORT_NEW "+"
struct str import_typed(struct cx *cx, const struct form *form, char letter, size_t column);
bool import_has_fields(struct cx *cx, const struct form *form, const struct guess *guess);
void import_field_add(struct cx *cx, const struct guess_column *column, size_t at,
		      const struct form *typed, struct mv item);
/* Outside of a unit: the fields are made, all or none, and are what the columns become.  E_INPUT
 * names columns ("c3"). */
bool import_fields_make(struct cx *cx, const struct form *form, struct guess *guess) CHECKED;
/* What the columns become once their fields are made. */
void import_fields_take(struct cx *cx, const struct form *form, struct guess *guess);

/* import_show.c: what would happen, what happens, what has happened. */
bool import_checked_page(struct cx *cx, struct request *q, struct reply *r,
			 const struct intake *intake) CHECKED;
bool import_wait_page(struct cx *cx, struct request *q, struct reply *r,
		      const struct intake *intake) CHECKED;
bool import_done_page(struct cx *cx, struct request *q, struct reply *r,
		      const struct intake *intake) CHECKED;
/* One row of the trial, to be corrected (?row=4). */
bool import_row_page(struct cx *cx, struct request *q, struct reply *r, const struct intake *intake)
	CHECKED;

/* import_cells.c: cells that are corrected. */
struct import_trial {
	const struct intake *intake;
	const json_t *preview, *lines; /* preview: may be NULL */
	struct intake_fixes fixes;
};
/* The corrections of one cell of the preview; and of all that what the page says of them. */
struct mv import_fixed(struct cx *cx, const struct import_trial *trial, const json_t *row,
		       const json_t *column);
void import_fixes_add(struct cx *cx, const struct import_trial *trial, struct mv page);
/* The cells of a row with what is said of them.  E_MISSING. */
bool import_row_add(struct cx *cx, const struct import_trial *trial, int64_t row, struct mv page)
	CHECKED;
/* What a form says of cells: "row", then pairs of "column" and "text" (or "back"). */
bool import_cells_read(struct cx *cx, const struct form *form, struct intake_cell **out, size_t *n)
	CHECKED;

/* What all of them begin with: name of the file, object, step. */
struct mv import_page(struct cx *cx, struct request *q, struct reply *r,
		      const struct intake *intake, int step);

http_handle web_imports, web_import_upload, web_import, web_import_read, web_import_check,
	web_import_run, web_import_undo, web_import_drop, web_import_errors, web_import_cells;

extern const struct feature feature_import;

#endif
