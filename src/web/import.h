/* Inside web/: imports in the browser. */
#ifndef KONTOR_WEB_IMPORT_H
#define KONTOR_WEB_IMPORT_H

#include "app/intake.h"
#include "web/web.h"

/* import_columns.c: the page on which columns are mapped; `why` may be empty. */
bool import_columns_page(struct cx *cx, struct request *q, struct reply *r,
			 const struct intake *intake, struct str why) CHECKED;
/* What was chosen in its form, over what the file says. */
bool import_choices_read(struct cx *cx, const struct form *form, struct guess *guess) CHECKED;
bool import_reading_read(struct cx *cx, const struct form *form, struct csv_options *csv,
			 bool *header) CHECKED;

/* import_show.c: what would happen, what happens, what has happened. */
bool import_checked_page(struct cx *cx, struct request *q, struct reply *r,
			 const struct intake *intake) CHECKED;
bool import_wait_page(struct cx *cx, struct request *q, struct reply *r,
		      const struct intake *intake) CHECKED;
bool import_done_page(struct cx *cx, struct request *q, struct reply *r,
		      const struct intake *intake) CHECKED;
/* What all of them begin with: name of the file, object, step. */
struct mv import_page(struct cx *cx, struct request *q, struct reply *r,
		      const struct intake *intake, int step);

http_handle web_imports, web_import_upload, web_import, web_import_read, web_import_check,
	web_import_run, web_import_undo, web_import_drop, web_import_errors;

extern const struct feature feature_import;

#endif
