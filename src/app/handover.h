/* An order is handed over to merchandise management: as a file, and with its acknowledgement. */
#ifndef KONTOR_APP_HANDOVER_H
#define KONTOR_APP_HANDOVER_H

#include "record/record.h"

/* What is handed over of an order that the actor may read: JSON, or CSV with a line for each of its
 * lines (docs/handbook: orders).  *name is what a file of it is called. */
bool handover_json(struct cx *cx, int64_t order, struct buf *out, struct str *name) CHECKED;
bool handover_csv(struct cx *cx, int64_t order, struct buf *out, struct str *name) CHECKED;

/* Where the hand-over stands, in a work: "waiting" (again), "taken" with the key that the other
 * system gave it (may be empty), "failed" with the reason.  E_INPUT, E_FORBIDDEN, E_MISSING. */
struct handover {
	struct str state, external_id, reason;
};
bool handover_set(struct cx *cx, int64_t order, const struct handover *handover) CHECKED;

#endif
