/* Inside web/: pages from the model. */
#ifndef KONTOR_WEB_WEB_H
#define KONTOR_WEB_WEB_H

#include "base/feature.h"
#include "base/i18n.h"
#include "base/mustache.h"
#include "http/http.h"
#include "model/type.h"
#include "record/record.h"

enum { URL_MAX = 16 << 10, CELL_MAX = 200 << 10 };

/* ---- page.c ---- */

/* The map that every page begins with: language, navigation, person, form token. */
struct mv page_new(struct cx *cx, struct request *q, struct reply *r, struct str title);
/* Parts of a page that rest on nothing but the model, what the reader may do, his language and what
 * a key says.  fill sets what their templates show; it is called only where they are not kept. */
struct page_part {
	struct mv_name name; /* "menu_html" */
	const char *file;
};
struct page_parts {
	const struct page_part *v;
	size_t n;
	void (*fill)(struct cx *cx, const void *state, struct mv page);
};
/* Makes a key of several texts: two that differ in one never have the same. */
void key_add(struct buf *key, const struct str *parts, size_t n);
bool page_add_parts(struct cx *cx, struct mv page, const struct page_parts *parts, struct str key,
		    const void *state) CHECKED;
/* Render templates/NAME.html inside the layout. */
bool page_write(struct cx *cx, struct reply *r, const char *name, struct mv page) CHECKED;
/* A unit to read in: the open one, or a new one.  (Unsafe calls begin without.) */
bool page_read(struct cx *cx) CHECKED;
/* The error page, from cx->err (http_options.problem_page). */
void page_problem(struct cx *cx, struct request *q, struct reply *r);

/* "/party/12/edit": parts may be empty. */
struct str url_of(struct cx *cx, struct str object, int64_t id, const char *tail);
/* One more name of a query: "?a=b" or "&a=b". */
void url_add(struct buf *url, const char *name, struct str value);
/* "Party", "Parties" in the reader's language. */
struct str page_label(const struct cx *cx, struct str label);

/* ---- shell.c ---- */

/* The frame of a page for somebody who is signed in: menu, what may be made, preferences. */
void shell_add(struct cx *cx, struct request *q, struct mv page);
/* The icon of an object or of one of its faces (face may be NULL). */
struct str icon_of(const struct object *object, const struct face *face);
/* The first letters of the first and the last name. */
struct str initials_of(struct cx *cx, struct str name);

/* A part of the menu, in the reader's language. */
struct str menu_label(const struct cx *cx, enum menu at);

/* ---- show.c ---- */

/* A value as people read it (templates/value.html), and what stands around it. */
enum cell {
	CELL_LABEL,
	CELL_TEXT,
	CELL_URL,
	CELL_TONE,
	CELL_IS_LONG,
	CELL_IS_FIRST,
	CELL_IS_NUMBER,
	CELL__MAX
};
extern const struct mv_shape CELL;

/* Rows to be shown; titles of links have been fetched. */
struct shown {
	const struct row *rows;
	size_t n;
	const struct field *const *fields;
	size_t n_fields;
	struct str **titles; /* by field, then by row; NULL for fields that are no links */
	struct buf room;     /* where numbers and the like are written */
};
bool shown_prepare(struct cx *cx, const struct row *rows, size_t n,
		   const struct field *const *fields, size_t n_fields, struct shown *out) CHECKED;
/* Sets text, url, tone and is_long of a cell that is all zeros. */
void shown_value(struct cx *cx, struct shown *shown, size_t row, size_t field,
		 struct mv cell[CELL__MAX]);
/* Fields of a view that the actor may see, or all visible ones where the object has no such view.
 */
size_t fields_of_view(struct cx *cx, const struct object *object, const char *kind,
		      const struct field ***out);
/* Does it hold a rule by which something repeats (app/recur.h)?  It is shown in words. */
bool is_recurrence(const struct field *f);
struct str value_print(struct cx *cx, const struct field *f, const struct value *v);

/* ---- form.c ---- */

struct form_state {               /* what was typed, and what is wrong with it */
	const struct form *typed; /* NULL: the record's own values */
	const struct err *err;
};
bool form_build(struct cx *cx, const struct row *row, const struct form_state *state,
		struct mv *out) CHECKED;
bool form_build_some(struct cx *cx, const struct row *row, const struct form_state *state,
		     struct field *const *fields, size_t n_fields, struct mv *out) CHECKED;
/* Links, options and days may be given in the address: "a new call of this party". */
void form_take_query(struct cx *cx, const struct request *q, struct change *c);
bool form_read(struct cx *cx, struct change *c, const struct form *form) CHECKED;
/* The value as the control of a form holds it: form_read reads it back. */
bool form_value_text(struct cx *cx, const struct field *f, const struct value *v, struct str *out)
	CHECKED;
/* Has the field a control at all, and may the actor change it? */
bool can_change_field(const struct cx *cx, const struct field *f);

/* ---- help.c ---- */

/* The page of the handbook for what this request shows. */
struct str help_url(struct cx *cx, const struct request *q);

/* ---- offline.c: which objects people may keep on their devices ---- */
bool offline_is_released(struct cx *cx, const struct object *object, bool *out) CHECKED;
/* The administrators' choice: {name, label, is_on} of each object. */
bool offline_add_objects(struct cx *cx, struct mv page) CHECKED;
bool offline_set_objects(struct cx *cx, const struct form *form) CHECKED;

/* ---- handlers ---- */
http_handle web_home;                                                     /* home.c */
http_handle web_sign_in_form, web_sign_in, web_sign_out, web_preferences; /* sign.c */
http_handle web_record, web_delete, web_restore;                          /* record.c */
http_handle web_new, web_create, web_edit, web_save;                      /* edit.c */
http_handle web_events;                                                   /* live.c */
http_handle web_history, web_undo;                                        /* history.c */
http_handle web_search, web_hits, web_recent;                             /* search.c */
http_handle web_quick, web_quick_same;                                    /* quick.c */
http_handle web_notices, web_notices_mark, web_notices_settings;          /* notice.c */
http_handle web_jobs, web_job_undo, web_job_stop;                         /* jobs.c */
http_handle web_relations;                                                /* graph_page.c */
http_handle web_lines_save, web_lines_sums;                               /* lines_save.c */
http_handle web_quote_pdf, web_quote_revise;                              /* quote.c */
http_handle web_dossier;                                                  /* record_overview.c */
http_handle web_today, web_snooze, web_done;                              /* today.c */
http_handle web_visit, web_visit_save;                                    /* visit.c */
http_handle web_offline;                                                  /* offline.c */
http_handle web_follow;                                                   /* follow.c */
http_handle web_twins, web_apart, web_merge_form, web_merge;              /* merge.c */
http_handle web_design;                                                   /* design.c */
http_handle web_help, web_help_page;                                      /* help.c */

bool web_object(struct cx *cx, const struct request *q, const struct object **object,
		const struct face **face, struct str *name) CHECKED;

extern const struct feature feature_web;

#endif
