/* Cadences: how often a class of parties hears from the company. */
#ifndef KONTOR_APP_CADENCE_H
#define KONTOR_APP_CADENCE_H

#include "record/record.h"

struct cadence_preview {
	int64_t concerned; /* parties that the condition names */
	int64_t due;       /* of those, whose turn it is now and who have no open task of it */
};
/* Of a stored cadence, as the actor sees the parties; two statements. */
bool cadence_preview(struct cx *cx, const struct row *cadence, struct cadence_preview *out) CHECKED;

#endif
