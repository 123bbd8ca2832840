/* A company with what belongs to it, and what all of it is worth. */
#ifndef KONTOR_APP_HIERARCHY_H
#define KONTOR_APP_HIERARCHY_H

#include "record/gather.h"
#include "record/tree.h"

enum { HIERARCHY_PARENTS_MAX = 32 };

struct hierarchy_node {
	int64_t id, parent;
	int depth; /* 0: the company itself */
	/* Won deals: its own, and with all that belongs to it; the greatest currency of all. */
	int64_t own, whole;
};
struct hierarchy {
	struct hierarchy_node *v; /* the company first, each behind its parent; n 0: nothing belongs
				     to it */
	size_t n;
	bool has_more, has_value; /* has_value: the actor may see what was won */
	char currency[4];
};

/* Of an organisation, by two statements; values only in the currency of which there is most. */
bool hierarchy_read(struct cx *cx, const struct row *party, struct hierarchy *out) CHECKED;

/* May this party belong to that one?  E_INPUT of the field parent_party where it would belong to
 * itself, or lie too deep. */
bool hierarchy_check(struct cx *cx, int64_t party, int64_t parent) CHECKED;

#endif
