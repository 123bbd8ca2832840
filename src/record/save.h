/* Inside record/: the stages of the write pipeline. */
#ifndef KONTOR_RECORD_SAVE_H
#define KONTOR_RECORD_SAVE_H

#include "record/authz.h"
#include "record/internal.h"
#include "record/log.h"

/* authorise.c: the object, the row as it was, each field given; and the row as it will be. */
bool stage_authorise(struct cx *cx, struct change *c) CHECKED;
bool stage_authorise_after(struct cx *cx, struct change *c) CHECKED;
/* normalise.c: trim, defaults, owner, team and unit, sequence numbers. */
bool stage_normalise(struct cx *cx, struct change *c) CHECKED;
/* validate.c: types, required, ranges, unique, links exist. */
bool stage_validate(struct cx *cx, struct change *c) CHECKED;
/* write.c: one INSERT or UPDATE, links to many, the search document. */
bool stage_store(struct cx *cx, struct change *c) CHECKED;

/* cascade.c: parts go to the trash with their whole, and come back with it. */
bool stage_cascade(struct cx *cx, struct change *c) CHECKED;

/* whole.c: a record whose parts changed follows them before the changeset is committed. */
bool stage_whole(struct cx *cx, struct change *c) CHECKED;

/* Is there anything in the change that is to be written? */
/* The right that an operation asks for. */
enum operation change_needs(enum change_op op);

bool change_is_empty(const struct change *c);

/* erase.c: a row and its document for good, in the log without its values; the row wherever it is,
 * trash included. */
bool row_delete(struct cx *cx, const struct row *row) CHECKED;
bool row_load_either(struct cx *cx, const struct object *object, int64_t id, struct row **out)
	CHECKED;

#endif
