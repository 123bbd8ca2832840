/* Inside flow/: the parts of notices. */
#ifndef KONTOR_FLOW_NOTICE_PRIVATE_H
#define KONTOR_FLOW_NOTICE_PRIVATE_H

#include "flow/notice.h"

extern const struct system_table notice_tables[];
/* Forget what nobody will look at any more. */
bool notices_sweep(struct cx *cx) CHECKED;

/* ---- notice_people.c ---- */

/* All rows of a query as the system sees them, whatever page they are on. */
bool rows_all(struct cx *cx, struct query *query,
	      void (*each)(struct cx *cx, const struct row *row, void *to), void *to) CHECKED;

#endif
