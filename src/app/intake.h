/* Imports that people begin in the browser, or programs through the interface: a file is uploaded,
 * its columns are mapped, everything is tried, and then done by a job, in parts that are each a
 * changeset of its own; and all of it can be undone.
 *
 * The file is sealed, seen by who uploaded it alone, and deleted when it was imported without an
 * error, else a day later.  What it is about then says only the figures and the log. */
#ifndef KONTOR_APP_INTAKE_H
#define KONTOR_APP_INTAKE_H

#include "base/feature.h"
#include "data/guess.h"
#include "data/import.h"
#include "record/record.h"

enum {
	INTAKE_FILE_MAX = 20 << 20,
	INTAKE_TEXT_MAX = 64 << 20, /* what a workbook may become */
	INTAKE_ROWS_PREVIEW = 100,
	INTAKE_PART = 1000,         /* rows in a part */
	INTAKE_AT_ONCE = 128 << 10, /* bytes of a file that is tried while one waits */
	INTAKE_KEPT_HOURS = 24,     /* the file */
	INTAKE_KEPT_DAYS = 90,      /* the figures, and with them the undo */
};

enum intake_state {
	INTAKE_NEW,      /* uploaded; the map is a guess */
	INTAKE_CHECKING, /* everything is being tried */
	INTAKE_CHECKED,  /* what would happen is known */
	INTAKE_RUNNING,
	INTAKE_DONE,
	INTAKE_UNDOING,
	INTAKE_UNDONE,
	INTAKE_FAILED, /* the file cannot be read; `why` says where */
	INTAKE_STATE__MAX
};
extern const char *const INTAKE_STATES[INTAKE_STATE__MAX];

enum intake_count {
	COUNT_ROWS,
	COUNT_CREATED,
	COUNT_UPDATED,
	COUNT_UNCHANGED,
	COUNT_SKIPPED,
	COUNT_LINKED,
	COUNT_WARNINGS,
	COUNT_ERRORS,
	COUNT_CONFLICTS,
	COUNT_DUPLICATES,
	COUNT_KEPT, /* of an undo: what was changed since and therefore stays */
	COUNT__MAX
};
extern const char *const INTAKE_COUNTS[COUNT__MAX];

struct intake {
	int64_t id, at, actor_id, bytes, n_pieces;
	struct str object, file; /* object: or face; file: its name */
	enum intake_state state;
	struct str map, why;
	struct str headers; /* tells files with the same columns */
	int64_t counts[COUNT__MAX];
	int64_t rows;       /* in the file, once it was tried */
	int64_t done;       /* of them, or of the parts that are undone */
	int64_t n_parts;    /* done */
	struct str touched; /* ids that were made or changed: "5-20 31" */
	int64_t began_at, ended_at;
};

/* In a work.  A workbook becomes rows at once.  The map is guessed, or that of an earlier file with
 * the same columns.  E_INPUT, E_TOO_BIG, E_FORBIDDEN. */
bool intake_upload(struct cx *cx, struct str object, struct str file, struct str bytes,
		   struct intake *out) CHECKED;
/* One's own.  E_MISSING. */
bool intake_load(struct cx *cx, int64_t id, struct intake *out) CHECKED;
bool intake_list(struct cx *cx, int64_t limit, struct intake *out, size_t *n) CHECKED;
/* The columns with their samples, and what the map says of them. */
bool intake_columns(struct cx *cx, const struct intake *intake, struct guess *out) CHECKED;
/* Another way to read the file, in a work: what was mapped is guessed anew, what was
 * corrected is forgotten. */
bool intake_read_as(struct cx *cx, struct intake *intake, struct csv_options csv, bool header)
	CHECKED;
/* Set the map and try everything, in a work: at once where the file is small, else by a job. */
bool intake_check(struct cx *cx, struct intake *intake, struct str map) CHECKED;
/* A cell as it is to be; back: as the file has it. */
struct intake_cell {
	int64_t row;
	struct str column, text;
	bool back;
};
/* In a work: correct cells of rows that the trial showed.  The file stays as it is.  Everything is
 * tried again at once where the file is small; else by intake_check. */
bool intake_correct(struct cx *cx, struct intake *intake, const struct intake_cell *cells, size_t n)
	CHECKED;
/* What was corrected, by row and column. */
struct intake_fix {
	int64_t row;
	size_t column;
	struct str text, was; /* was: what the file has */
};
struct intake_fixes {
	struct intake_fix *v;
	size_t n, cap;
};
bool intake_fixes(struct cx *cx, const struct intake *intake, struct intake_fixes *out) CHECKED;
/* In a work each: begin; take everything back; forget file and figures (not while it runs). */
bool intake_run(struct cx *cx, struct intake *intake) CHECKED;
bool intake_undo(struct cx *cx, struct intake *intake) CHECKED;
bool intake_drop(struct cx *cx, const struct intake *intake) CHECKED;

/* What was kept of the trial: the first rows (import_options.preview), as JSON; empty: nothing. */
bool intake_preview(struct cx *cx, const struct intake *intake, struct str *out) CHECKED;
/* The lines of the report, a JSON array. */
bool intake_lines(struct cx *cx, const struct intake *intake, struct str *out) CHECKED;
/* The rows of which something was left out, as CSV with the reason behind them. */
bool intake_errors(struct cx *cx, const struct intake *intake, struct buf *out) CHECKED;
bool intake_is_cards(struct cx *cx, const struct intake *intake);          /* else rows */
struct str intake_errors_name(struct cx *cx, const struct intake *intake); /* of that file */
/* A condition on the object: what was made or changed; empty: nothing was. */
struct str intake_where(struct cx *cx, const struct intake *intake);

extern const struct feature feature_intake;

#endif
