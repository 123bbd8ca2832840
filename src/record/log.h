/* Inside record/: how the log is written, hashed and read. */
#ifndef KONTOR_RECORD_LOG_H
#define KONTOR_RECORD_LOG_H

#include "base/crypt.h"
#include "record/internal.h"

enum { LOG_BODY_MAX = 4 << 20 };

struct wish {
	struct wish *next;
	struct str kind, key, body;
	int64_t run_at;
};

/* One row of sys_change.  body: a first byte that tells how the JSON behind it is kept:
 * 'p' plain, 's' sealed with the key of the subject. */
struct log_row {
	int64_t id, changeset;
	struct str object;
	int64_t record, op, version;
	struct str subject_object;
	int64_t subject;
	struct str body;
};

/* One row of sys_changeset. */
struct log_set {
	int64_t id, at, actor;
	struct str door, why, request;
	int64_t undo_of, n;
	struct str previous, hash;
};

/* Set row->body from the JSON text; seals it when the row has a subject. */
bool log_seal(struct cx *cx, struct log_row *row, struct str json) CHECKED;
/* The JSON text again.  *erased: the key is destroyed; out is then empty. */
bool log_open(struct cx *cx, const struct log_row *row, struct str *out, bool *erased) CHECKED;

/* The chain, BLAKE2b-256: a row is linked to the rows before it in its changeset (*rows begins as
 * zeros), the changeset to the one before it; parts are preceded by their lengths. */
void log_row_hash(const struct log_row *row, struct hash *rows);
struct hash log_set_hash(const struct log_set *set, const struct hash *rows);

/* The JSON of a change: {"name":[old,new],…}. */
struct str log_body(struct cx *cx, const struct change *c);
/* The field changes in a body; unknown fields are passed over, unseen ones when the actor may not
 * see them. */
bool log_read_fields(struct cx *cx, const struct object *object, struct str json,
		     struct change_row *out) CHECKED;

/* Raw rows of one changeset behind (before) a row id, as the system sees them, newest first. */
bool log_raw_before(struct cx *cx, int64_t changeset, int64_t before, int64_t limit,
		    struct log_row **out, size_t *out_n) CHECKED;

struct timeline_query;
/* The edits on a timeline, newest first: those before a change id, one more than the page holds.
 * Entries that the actor may not see are left out. */
bool log_of_timeline(struct cx *cx, const struct timeline_query *query, int64_t before,
		     struct change_rows *out) CHECKED;

/* readlog.c: note that the actor has seen special fields of this row. */
bool read_logged(struct cx *cx, const struct row *row) CHECKED;

#endif
