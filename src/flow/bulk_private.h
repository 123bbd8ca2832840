/* Inside flow/: the parts of a bulk. */
#ifndef KONTOR_FLOW_BULK_PRIVATE_H
#define KONTOR_FLOW_BULK_PRIVATE_H

#include "flow/bulk.h"

#define BULK_JOB "bulk"

struct bulk_part {
	int64_t place, n;
	int64_t *ids;    /* of the records; none where a changeset is undone */
	int64_t undo_of; /* the changeset that is taken back, or 0 */
};

/* ---- bulk_store.c ---- */

extern const struct system_table bulk_tables[];
/* Whoever asks.  E_MISSING. */
bool bulk_read(struct cx *cx, int64_t id, struct bulk *out) CHECKED;
bool bulk_insert(struct cx *cx, struct bulk *bulk) CHECKED; /* sets its id */
/* In a write: nobody else changes the bulk until the unit ends; a part that runs is waited for. */
bool bulk_lock(struct cx *cx, int64_t id) CHECKED;
bool bulk_update(struct cx *cx, const struct bulk *bulk) CHECKED;
bool bulk_part_insert(struct cx *cx, const struct bulk *bulk, const struct bulk_part *part) CHECKED;
bool bulk_part_read(struct cx *cx, const struct bulk *bulk, struct bulk_part *out) CHECKED;
/* What was done: its ids are no longer needed. */
bool bulk_part_done(struct cx *cx, const struct bulk *bulk, const struct bulk_part *part,
		    int64_t changeset, int64_t n_changed) CHECKED;
/* Parts of an undo, from the last changeset to the first; sets total and parts. */
bool bulk_parts_undo(struct cx *cx, const struct bulk *of, struct bulk *undo) CHECKED;
bool bulk_sweep(struct cx *cx) CHECKED;

/* ---- bulk_run.c ---- */

/* The next part, in a work; at the end of the last one the bulk is done. */
bool bulk_run_part(struct cx *cx, struct bulk *bulk) CHECKED;
/* Can these values be set at all? */
bool bulk_values_check(struct cx *cx, const struct object *object, const json_t *values) CHECKED;

#endif
