/* Inside web/: a list of records, as its address says it. */
#ifndef KONTOR_WEB_LIST_H
#define KONTOR_WEB_LIST_H

#include "web/web.h"

enum { LIST_COLUMNS_MAX = 40, LIST_ROWS = 50, LIST_GROUPS_MAX = 200 };

/* What the address says; every part may be empty. */
struct list_state {
	struct str filter;  /* name of a shipped filter */
	struct str where;   /* a condition */
	struct str q;       /* words to find in what is shown */
	struct str sort;    /* "-value,name" */
	struct str columns; /* "name:220,party.city": fields and their widths */
	struct str group;   /* "stage", "closed_on:quarter" */
	struct str open;    /* numbers of the groups that are open */
	struct str as;      /* "board", "calendar", "territory"; empty: rows */
	struct str lanes;   /* of a board: "5:7,9", those of record 5, in this order; of
			       territories their order: "-count" */
	struct str span;    /* of a calendar: "month", "week:2026-11-16", "day:…" */
	int64_t view;       /* a saved view, or 0 */
	bool trash;
};

struct list_column {
	struct str name, label;
	const struct field *link; /* to whose record the field belongs; NULL: to the row itself */
	const struct field *field;
	int64_t width; /* px; 0: as wide as what is in it */
};

struct list {
	const struct object *object;
	const struct face *face;
	struct str name; /* of the object or face in the address */
	struct list_state state;
	const struct row *view; /* the saved view, or NULL */
	bool is_changed;        /* the address says something else than the view */
	struct list_column *columns;
	size_t n_columns;
	const struct field **fields; /* of the object, to be loaded */
	size_t n_fields;
	const struct view *preset; /* the shipped filter, or NULL */
	const struct cond *own;    /* state.where */
	const struct cond *words;  /* what q comes to */
	struct sort_key sort[SORT_MAX];
	struct query query; /* of all rows; limit LIST_ROWS */
	bool is_short;      /* so few records that they are sorted by anything at once */
};

/* ---- list.c ---- */

/* "Deals" in the reader's language. */
struct str list_title(struct cx *cx, const struct list *list);

/* ---- list_state.c ---- */

/* The list that the address names.  Fails with E_INPUT and a field named where one of its parts
 * cannot be read; columns and query are usable all the same. */
bool list_open(struct cx *cx, struct request *q, struct list *out) CHECKED;
/* The state as a query behind an address: "?where=…&sort=…", or nothing. */
struct str list_query(struct cx *cx, const struct list_state *state);
struct str list_url(struct cx *cx, const struct list *list, const struct list_state *state);
/* "/deal/rows?where=…": tail begins with a slash. */
struct str list_url_at(struct cx *cx, const struct list *list, const struct list_state *state,
		       const char *tail);
/* Adds a clause to its condition. */
void list_state_and(struct cx *cx, struct list_state *state, struct str clause);
/* A number of records as the reader writes it. */
struct str list_number(struct cx *cx, int64_t n);
/* All that it says, for the key of a part of the page. */
void list_state_key(const struct list_state *state, struct buf *key);
/* Do both say the same, apart from the view and the groups that are open? */
bool list_state_is(const struct list_state *a, const struct list_state *b);
/* [{name, value}] of the state for a form, without the part of that name. */
struct mv list_hidden(struct cx *cx, const struct list_state *state, const char *without);
/* Does the view look only at what the person may see? */
bool list_can_filter(struct cx *cx, const struct object *object, const struct view *view);
/* May a column show it, may the list be sorted by it?  Heads of columns offer what is quick. */
bool list_can_show(const struct cx *cx, const struct object *object, const struct field *f);
bool list_can_sort(const struct cx *cx, const struct object *object, const struct field *f);
bool list_offers_sort(const struct cx *cx, const struct list *list, const struct field *f);

/* ---- list_words.c ---- */

/* What the words q come to: each stands in a text of a column, or in the title that a column shows.
 * Where there are many records, it begins a word there. */
bool list_words(struct cx *cx, struct list *list) CHECKED;

/* ---- list_views.c ---- */

/* The saved view of that number: what it says into *state (without view and trash). */
bool view_load(struct cx *cx, struct str name, int64_t id, const struct row **out,
	       struct list_state *state) CHECKED;
/* What the list's saved view is called; empty where there is none. */
struct str view_name(const struct list *list);
/* Its name, whether it was changed, what can be done about it. */
bool list_add_view(struct cx *cx, const struct list *list, struct mv page) CHECKED;
/* Those that the actor keeps in the side bar: [{url, label}]. */
bool favourites_of(struct cx *cx, struct mv *out) CHECKED;

/* ---- list_cells.c ---- */

struct cells; /* of some rows, with what their links lead to */
bool cells_prepare(struct cx *cx, const struct list *list, const struct rows *rows,
		   struct cells **out) CHECKED;
/* [{cells: [...], id, version, title, restore_url?, quiet?}] of n rows; quiet, in words, where a
 * row has not been changed for so many days (0: it is not looked at). */
struct mv cells_rows(struct cx *cx, struct cells *cells, size_t first, size_t n, int64_t days);
/* One cell as people read it; its value, NULL where there is none. */
struct str cells_text(struct cx *cx, struct cells *cells, size_t row, size_t column);
const struct value *cells_value(const struct cells *cells, size_t row, size_t column);
/* Tasks are put off from their rows. */
bool list_can_snooze(const struct cx *cx, const struct list *list);
bool is_number_field(const struct field *f);

/* ---- list_chips.c ---- */

/* The clause in the reader's words; the condition without clause i of it. */
struct str list_clause_text(struct cx *cx, const struct cond *clause);
struct str list_without_clause(struct cx *cx, const struct list *list, size_t without);
void list_add_presets(struct cx *cx, const struct list *list, struct mv page);
void list_add_chips(struct cx *cx, const struct list *list, struct mv page);

/* ---- list_menus.c ---- */

bool list_add_menus(struct cx *cx, const struct list *list, struct mv page) CHECKED;

/* ---- list_bulk.c ---- */

/* What can be done with those that are ticked, and the condition of all. */
void list_add_bulk(struct cx *cx, const struct list *list, struct mv page);

/* ---- list_totals.c ---- */

/* The totals of the columns: of everything, or of each group. */
bool list_add_totals(struct cx *cx, const struct list *list, struct mv page) CHECKED;
bool list_add_groups(struct cx *cx, const struct list *list, struct mv page, int64_t *total)
	CHECKED;

/* ---- board.c ---- */

/* Are the records shown as cards in lanes? */
bool list_is_board(const struct list *list);
/* The field whose values the lanes are: as the address says, else the usual one; NULL: there is
 * none. */
const struct field *board_field(const struct cx *cx, const struct list *list);
bool list_add_board(struct cx *cx, const struct list *list, struct mv page, int64_t *total) CHECKED;

/* ---- calendar.c ---- */

bool list_is_calendar(const struct list *list);
/* The date by which records stand in a calendar, or NULL, as with boards. */
const struct field *calendar_field(const struct cx *cx, const struct list *list);
/* The moment at which it ends, NULL where there is none: the second field of the view `calendar`.
 */
const struct field *calendar_end(const struct cx *cx, const struct list *list);
struct occur_fields;
/* When its records take place, and all fields to load for that and for what is shown. */
void calendar_occur(const struct cx *cx, const struct list *list, struct occur_fields *out);
size_t calendar_loads(struct cx *cx, const struct list *list, const struct occur_fields *occur,
		      const struct field ***out);
/* Only what stands on the days from the first to the last. */
bool calendar_days(struct cx *cx, struct query *query, const struct field *by, int64_t first,
		   int64_t last) CHECKED;
bool list_add_calendar(struct cx *cx, struct list *list, struct mv page, int64_t *total) CHECKED;

/* ---- territory.c ---- */

bool list_is_territory(const struct list *list);
/* Is there a postcode of its own, by which it is offered? */
bool list_can_territory(const struct cx *cx, const struct list *list);
bool list_add_territory(struct cx *cx, const struct list *list, struct mv page, int64_t *total)
	CHECKED;

/* ---- list_empty.c ---- */

/* Why nothing is shown: what each part of the question leaves out. */
bool list_add_reasons(struct cx *cx, const struct list *list, struct mv page) CHECKED;

/* ---- list_export.c ---- */

/* Do its columns show what is known of people? */
bool list_is_personal(const struct list *list);

/* ---- handlers ---- */

http_handle web_list, web_list_totals;                               /* list.c */
http_handle web_list_rows;                                           /* list_rows.c */
http_handle web_list_export;                                         /* list_export.c */
http_handle web_list_filter;                                         /* list_filter.c */
http_handle web_list_bulk;                                           /* list_bulk.c */
http_handle web_feed_make, web_feeds, web_feed_drop, web_feed;       /* feed.c */
http_handle web_views, web_view_save, web_view_pin, web_view_delete; /* list_views.c */

#endif
