/* Import: the rows of a file become records, in one changeset that an undo takes back.
 *
 * Nothing is refused that can be kept, and everything doubtful is reported by row: a value that
 * cannot be read is left out (the report has its text), a link that leads nowhere is left empty or
 * its record created; only a row that cannot be kept at all is an error and passed over.  What is
 * wrong with the file as a whole (encoding, quotes, header) or with the map stops the import, and
 * nothing of it remains. */
#ifndef KONTOR_DATA_IMPORT_H
#define KONTOR_DATA_IMPORT_H

#include "data/convert.h"
#include "data/map.h"

enum {
	IMPORT_LINES_MAX = 10000,    /* of the report; the rest is counted */
	IMPORT_PENDING_MAX = 200000, /* links to later rows of the same file */
	IMPORT_TEXT_MAX = 2000,      /* bytes of a cell that the preview has whole */
};

struct import_line {
	int64_t row;       /* as in the file, the header is 1; 0: the file as a whole */
	struct str column; /* its name, or empty: the whole row */
	struct str why;    /* a sentence */
	struct str text;   /* what stood there, cut to a few words */
	bool error;        /* the row was passed over; else it was kept */
};

struct import_report {
	const char *object;
	int64_t rows; /* of data, blank ones not counted */
	int64_t created, updated, unchanged, skipped;
	int64_t conflicts;  /* rows whose record cannot be told: several have the value, or one that
			       is called otherwise */
	int64_t duplicates; /* rows about a record that an earlier row was about */
	int64_t linked;     /* other records made for links (`create` in the map) */
	int64_t warnings, errors;  /* all of them, also those that lines do not show */
	struct import_line *lines; /* in the order of the rows (links to later rows last) */
	size_t n_lines;
	int64_t changeset;  /* 0: nothing was changed, or a dry run, or in_work */
	bool more;          /* there are rows behind those that `max` allowed */
	const int64_t *ids; /* records of the object that were made or changed, ascending */
	size_t n_ids;
	bool dry_run;
	bool is_cards; /* rows are cards */
};

/* A cell as somebody corrected it; it stands in for that of the file. */
struct import_fix {
	int64_t row;
	size_t column; /* from 0 */
	struct str text;
};

struct import_options {
	struct str object; /* or face; empty: the map says */
	struct source source;
	struct str file;       /* its name, for the log; may be empty */
	const struct map *map; /* NULL: each column fills the field that is called so */
	bool dry_run;          /* do everything, keep nothing */
	bool in_work; /* the caller has a work, which he ends; taking a dry run back is his */
	bool tells_duplicates; /* warn of rows about a record that an earlier row was about */
	int64_t skip;          /* rows of data to pass over at the beginning */
	int64_t max;           /* and how many to import behind them; 0: all */
	const struct import_fix *fixes; /* by row */
	size_t n_fixes;
	/* The first rows as they are stored, as JSON: {"columns":[{"label","column","from":[0]}],
	 * "rows":[{"row":2,"op":"create","cells":["…"],"texts":["…"]}],"file":["…"]}; op is create,
	 * update, same or skip; `from` are the columns of the file that a cell comes from, `file`
	 * their names, `texts` what the file (or a fix) has in them, null where that is long.  Not
	 * in cx->mem, which is rewound row by row. */
	struct buf *preview; /* or NULL */
	int64_t preview_rows;
	const struct convert_note *notes; /* by row; those of its rows come into the report */
	size_t n_notes;
	/* Called now and then with what is done so far. */
	void (*progress)(void *to, int64_t rows, int64_t bytes);
	void *progress_to;
};

/* In a unit that has an actor and no work; the work begins and ends here.  *out lives in cx->mem.
 */
bool data_import(struct cx *cx, const struct import_options *options, struct import_report *out)
	CHECKED;

/* The same from files, workbooks among them: map_path may be NULL; path "-" is standard input.
 * E_MISSING where one cannot be opened. */
bool data_import_file(struct cx *cx, const char *path, const char *map_path,
		      struct import_options options, struct import_report *out) CHECKED;

/* The row with its corrections: its cells are then copied into mem. */
void import_fix_row(struct arena *mem, const struct import_fix *fixes, size_t n,
		    struct csv_row *row);

/* For people: the lines ("row 17, sector: … (text)"), then one line of figures. */
void import_report_print(struct cx *cx, const struct import_report *report, struct buf *out);
/* {"rows":…,"created":…,…,"lines":[{"row":17,"column":"sector","level":"warning","detail":…}]} */
void import_report_json(const struct import_report *report, struct buf *out);
/* Its lines alone, an array. */
void import_lines_json(const struct import_report *report, struct buf *out);

#endif
