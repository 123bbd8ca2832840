/* Bulks: one change of many records, in parts that are each a changeset of its own, so that nobody
 * waits for the whole of it.  Which records it is about stands fast when it begins; what fits one
 * part is done at once, the rest by a job.  Each record is authorised and checked as if it were
 * changed alone: one that is refused is counted with the cause, and the others go on. */
#ifndef KONTOR_FLOW_BULK_H
#define KONTOR_FLOW_BULK_H

#include <jansson.h>

#include "base/feature.h"
#include "record/record.h"

enum {
	BULK_PART = 500, /* records in a part */
	BULK_ROWS_MAX = 1000000,
	BULK_SAMPLES = 5,       /* records named as examples */
	BULK_PROBLEMS_MAX = 20, /* different causes that are told */
	BULK_KEPT_DAYS = 90,
};

enum bulk_op { BULK_UPDATE, BULK_DELETE, BULK_RESTORE, BULK_UNDO, BULK_OP__MAX };
extern const char *const BULK_OPS[BULK_OP__MAX];
enum bulk_state { BULK_RUNNING, BULK_DONE, BULK_STOPPED, BULK_STATE__MAX };
extern const char *const BULK_STATES[BULK_STATE__MAX];

/* What is asked for.  `values` is {"fields":{…},"add":{…},"remove":{…}}; add and remove are about
 * tags and links to many. */
struct bulk_order {
	const struct object *object;
	const struct face *face;
	enum bulk_op op;
	const json_t *values;
	bool dry_run; /* everything is tried, and taken back */
	int64_t *ids;
	size_t n_ids;
};

struct bulk_problem {
	struct str field, why; /* field may be empty */
	int64_t n;
	int64_t samples[BULK_SAMPLES];
	size_t n_samples;
};

struct bulk {
	int64_t id, at, actor_id;
	struct str object; /* or face, by name */
	enum bulk_op op;
	enum bulk_state state;
	bool dry_run;
	int64_t total, done, changed, unchanged, failed;
	int64_t parts, next_part; /* how many there are; the one that is to be done next */
	int64_t changeset;        /* of the only part that wrote; 0: none, or several */
	int64_t undo_of, undone_by;
	struct str body;               /* the values, while it runs */
	int64_t samples[BULK_SAMPLES]; /* records that change */
	size_t n_samples;
	struct bulk_problem problems[BULK_PROBLEMS_MAX];
	size_t n_problems;
};

/* The ids of all records that match and that the actor may see, into the order.  In a unit;
 * E_TOO_BIG where there are more than BULK_ROWS_MAX. */
bool bulk_pick(struct cx *cx, struct bulk_order *order, const struct cond *where) CHECKED;
/* Begin, in a work: the first part is done when it returns.  E_FORBIDDEN, E_INPUT (values). */
bool bulk_start(struct cx *cx, const struct bulk_order *order, struct bulk *out) CHECKED;
/* One of the actor's own (administrators: of anybody).  In a unit. */
bool bulk_load(struct cx *cx, int64_t id, struct bulk *out) CHECKED;
/* The actor's own, newest first. */
bool bulk_list(struct cx *cx, int64_t limit, struct bulk *out, size_t *n) CHECKED;
/* Take all of it back as another bulk, in a work; what was changed since stays, and is told. */
bool bulk_undo(struct cx *cx, int64_t id, struct bulk *out) CHECKED;
/* Do not go on, in a work; what is done stays. */
bool bulk_stop(struct cx *cx, int64_t id, struct bulk *out) CHECKED;

extern const struct feature feature_bulk;

#endif
