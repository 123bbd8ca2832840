/* What the files of the imports share.  Private to app/. */
#ifndef KONTOR_APP_INTAKE_PRIVATE_H
#define KONTOR_APP_INTAKE_PRIVATE_H

#include "app/intake.h"

#define INTAKE_JOB "import"

/* Sealed pieces of an import. */
enum piece_kind {
	PIECE_FILE,
	PIECE_PREVIEW,
	PIECE_LINES,
	PIECE_ORIGIN, /* what the file was, and what was noted when it became rows */
	PIECE_FIXES,
};
struct piece {
	enum piece_kind kind;
	int64_t place;
};

/* ---- intake_store.c ---- */

extern const struct system_table intake_tables[];
bool intake_insert(struct cx *cx, struct intake *intake) CHECKED;        /* sets its id */
bool intake_read(struct cx *cx, int64_t id, struct intake *out) CHECKED; /* whoever asks */
bool intake_update(struct cx *cx, const struct intake *intake) CHECKED;
bool piece_put(struct cx *cx, const struct intake *intake, struct piece piece, struct str bytes)
	CHECKED;
/* *out lives in mem; *has false: there is none. */
bool piece_get(struct cx *cx, struct arena *mem, const struct intake *intake, struct piece piece,
	       struct str *out, bool *has) CHECKED;
bool pieces_drop(struct cx *cx, const struct intake *intake, enum piece_kind kind) CHECKED;
bool intake_delete(struct cx *cx, const struct intake *intake) CHECKED;
bool part_put(struct cx *cx, const struct intake *intake, int64_t place, int64_t changeset) CHECKED;
/* The last part that is not undone; *changeset 0: there is none. */
bool part_last(struct cx *cx, const struct intake *intake, int64_t *place, int64_t *changeset)
	CHECKED;
bool part_drop(struct cx *cx, const struct intake *intake, int64_t place) CHECKED;
/* The map that was used last for such a file; empty: none. */
bool map_kept(struct cx *cx, const struct intake *intake, struct str *out) CHECKED;
bool map_keep(struct cx *cx, const struct intake *intake) CHECKED;
bool intake_sweep(struct cx *cx) CHECKED;

/* ---- intake_file.c ---- */

enum { PIECE_BYTES = 1 << 20 };

/* The file, piece by piece. */
struct intake_reader {
	struct cx *cx;
	const struct intake *intake;
	struct arena *mem;
	struct str rest;
	int64_t next;
	bool failed; /* cx->err says why */
};
void reader_open(struct cx *cx, const struct intake *intake, struct intake_reader *out);
void reader_close(struct intake_reader *reader);
struct source reader_source(struct intake_reader *reader);

/* What it was before it became rows; a file of text has no notes. */
bool origin_put(struct cx *cx, const struct intake *intake, const struct convert *convert) CHECKED;
bool origin_get(struct cx *cx, const struct intake *intake, struct convert *out) CHECKED;
/* Its map, with the format that the file has. */
bool intake_map(struct cx *cx, const struct intake *intake, struct map *out) CHECKED;

/* ---- intake_fix.c ---- */

/* As the import takes them; *out lives in cx->mem. */
bool fixes_load(struct cx *cx, const struct intake *intake, struct import_fix **out, size_t *n)
	CHECKED;
/* Forget those that say what the file says. */
bool fixes_settle(struct cx *cx, const struct intake *intake) CHECKED;

/* ---- intake_run.c ---- */

/* Try everything, in a work; sets the figures, or the failure. */
bool intake_try(struct cx *cx, struct intake *intake) CHECKED;
bool intake_put_job(struct cx *cx, const struct intake *intake) CHECKED;

#endif
