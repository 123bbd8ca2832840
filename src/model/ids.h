/* The shipped objects and fields as constants: PARTY is the index of the object in the snapshot,
 * PARTY_NAME that of its field in object->fields and in a row.  A field that is renamed in model/
 * is an error of the compiler wherever C names it. */
#ifndef KONTOR_MODEL_IDS_H
#define KONTOR_MODEL_IDS_H

#include "model/model.h"

#include "model_ids.h"

/* Does the snapshot have the shipped objects and fields at these places?  Asked once at the start;
 * E_BUG names the first that is elsewhere. */
bool model_ids_check(struct cx *cx, const struct snapshot *model) CHECKED;

/* The shipped texts, as the program carries them; *n of them, in mem. */
struct model_text *model_shipped(struct arena *mem, size_t *n);

#endif
