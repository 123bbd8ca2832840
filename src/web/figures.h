/* Inside web/: figures of records in groups, as a table of rows and columns whose cells lead to
 * exactly the records they tell of.  Reports, the forecast and the analysis of lost deals are such
 * tables. */
#ifndef KONTOR_WEB_FIGURES_H
#define KONTOR_WEB_FIGURES_H

#include "web/group.h"

enum {
	FIGURES_ROWS_MAX = 500,
	FIGURES_COLUMNS_MAX = 40,
	FIGURES_MEASURES_MAX = 6,
	CHART_SERIES_MAX = 8,
};

/* What is told of each group. */
struct figures_measure {
	struct str function;       /* count, sum, avg, min, max */
	const struct field *field; /* NULL: the records are counted */
	struct str label;
};

struct figures_ask {
	const struct object *object;
	const struct face *face;
	struct str name;     /* of the object or face in the address */
	struct str where;    /* the condition as text; empty: all */
	struct aggregate by; /* groups (at most two), where; its measures are chosen here */
	struct figures_measure measures[FIGURES_MEASURES_MAX];
	size_t n_measures;
	bool most_first; /* rows by their first figure, the largest first */
};

/* Groups and measures as their texts say, "stage,closed_on:quarter" and "count,sum(value)"; a text
 * that is empty is no group, or the number of records.  Fails as aggregate_parse does. */
bool figures_parse(struct cx *cx, struct figures_ask *ask, struct str rows, struct str columns,
		   struct str measures) CHECKED;
/* "Sum of Value" in the reader's language. */
struct str figures_measure_label(struct cx *cx, struct str function, const struct field *f);
/* "Closed on, by quarter", "Party: Industry". */
struct str figures_key_label(struct cx *cx, const struct group_key *key);

/* What one measure comes to in one currency; others follow. */
struct figure {
	struct figure *next;
	struct value sum, low, high;
	int64_t n; /* values */
};
struct tally {
	int64_t count;
	struct figure *of[FIGURES_MEASURES_MAX];
};
struct figures_line {
	struct str label, clause; /* clause: what the list is asked; empty: it cannot be */
	struct value key;
	struct str fold;
	bool is_merged;
	struct tally total;
	struct str order; /* private, with place and number: where it stands */
	int64_t place, number;
	struct figures_line *next;
};
struct figures {
	const struct figures_ask *ask;
	struct figures_line **rows, **columns;
	size_t n_rows, n_columns; /* n_columns 0: there is one key, or none */
	size_t n_left;            /* rows that are not shown */
	struct tally total;
	struct tally *cells; /* rows by columns */
};

bool figures_read(struct cx *cx, const struct figures_ask *ask, struct figures *out) CHECKED;
/* Of a cell; row n_rows and column n_columns are the totals. */
const struct tally *figures_cell(const struct figures *figures, size_t row, size_t column);
struct str figures_text(struct cx *cx, const struct figures *figures, const struct tally *tally,
			size_t measure);
/* The list of exactly the records of a cell; empty where that cannot be asked. */
struct str figures_url(struct cx *cx, const struct figures *figures, size_t row, size_t column);
/* The value of a measure in one currency ("" for what is no money); *out is in its units. */
bool figures_value(const struct figures *figures, const struct tally *tally, size_t measure,
		   const char *currency, struct value *out);
struct str list_of_url(struct cx *cx, struct str name, struct str where);

/* Heads and rows for templates/figures.html. */
void figures_show(struct cx *cx, const struct figures *figures, struct mv page);

/* ---- chart.c: the first measure as bars ("bars") or lines ("line") ---- */
void chart_add(struct cx *cx, const struct figures *figures, struct str kind, struct mv page);

/* ---- report.c, report_edit.c ---- */

/* A report as it is kept, or as its address says it while it is being made. */
struct report {
	const struct row *row; /* NULL: a new one */
	struct str name, object_name, condition, rows_by, columns_by, measures, chart, sorting;
	bool shared;
};
/* The question that it asks.  E_MISSING where its object may not be seen. */
bool report_ask(struct cx *cx, const struct report *report, struct figures_ask *ask) CHECKED;
/* The controls by which it is changed. */
bool report_add_form(struct cx *cx, const struct report *report, struct mv page) CHECKED;

http_handle web_report, web_report_new, web_report_show, web_report_save, web_report_export;
extern const struct feature feature_reports;

#endif
