/* From path and verb to a route: a tree of path segments.  The most specific path wins as a whole:
 * at each segment a literal comes before a {name}, a {name} before a {name...}; the verbs of the
 * address are those of that path.  What is named {id} is digits alone. */
#ifndef KONTOR_HTTP_ROUTE_H
#define KONTOR_HTTP_ROUTE_H

#include "http/http.h"

enum { ROUTES_MAX = 2000 };

struct route_node;

/* The tree of all rows that http_routes_check accepts, in mem. */
const struct route_node *routes_build(struct arena *mem, const struct route *const *lists,
				      size_t n_lists);

struct route_match {
	const struct route *row; /* NULL: the path has no such verb */
	unsigned verbs;          /* bit set of the verbs the path has; 0: no such path */
	unsigned number;         /* of the row, in order of the lists, from 0 */
	struct str names[HTTP_PATH_PARAMS_MAX]; /* of its parameters … */
	struct str values[HTTP_PATH_PARAMS_MAX];
	size_t n;
};

/* `path` is the whole path and its segments, decoded; `mem` holds the rest that {name...} takes. */
void route_find(struct arena *mem, const struct route_node *root, const struct strs *segments,
		enum verb verb, struct route_match *out);

/* "GET, HEAD, OPTIONS" for an Allow header, in mem. */
struct str route_allow(struct arena *mem, unsigned verbs);

/* Every row in its order; NULL behind the last. */
const struct route *route_at(const struct route *const *lists, size_t n_lists, unsigned number);

#endif
