/* Records of one object that belong to each other by a link: a company and what belongs to it. */
#ifndef KONTOR_RECORD_TREE_H
#define KONTOR_RECORD_TREE_H

#include "record/record.h"

enum { TREE_DEPTH_MAX = 8, TREE_NODES_MAX = 200 };

struct tree_node {
	int64_t id, parent;
	int depth; /* 1: hangs on the root */
};
struct tree {
	struct tree_node *v; /* each behind its parent; in cx->mem */
	size_t n;
	bool has_more; /* than TREE_NODES_MAX */
};

/* What hangs on the root by this link to its own object, and on that, down to TREE_DEPTH_MAX, as
 * far as the actor may see it and the condition (or NULL) holds; by one statement.  Of what hangs
 * on a record that he may not see he sees nothing here either. */
bool record_tree(struct cx *cx, const struct field *link, const struct cond *where, int64_t root,
		 struct tree *out) CHECKED;

#endif
