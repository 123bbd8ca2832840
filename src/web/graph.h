/* Inside web/: what a record is related to, as groups of other records around it. */
#ifndef KONTOR_WEB_GRAPH_H
#define KONTOR_WEB_GRAPH_H

#include "web/record.h"

enum {
	GRAPH_GROUPS_MAX = 24,
	GRAPH_NODES_READ = 60, /* of one group */
	GRAPH_NODES_MAX = 6,   /* of one group that are shown */
	GRAPH_SLOTS_MAX = 20,  /* in the picture; the list shows all groups */
};

struct node {
	const struct object *object;
	int64_t id;
	struct str title;
};

/* Records that are related in the same way. */
struct node_group {
	struct str label;
	bool is_relation, comes_in; /* a record of its own tells it; from the other to this one */
	struct node v[GRAPH_NODES_READ];
	size_t n;
	int64_t more; /* how many there are besides; -1: some */
	struct str more_url, icon;
};

struct graph {
	const struct object *object;
	const struct row *row;
	struct names names;
	struct node_group groups[GRAPH_GROUPS_MAX];
	size_t n_groups;
};

/* All that the actor may see, titles included. */
bool graph_read(struct cx *cx, struct graph *graph) CHECKED;
/* As a picture: sets nodes, edges and the size of the view. */
void graph_draw(struct cx *cx, const struct graph *graph, struct str middle, struct mv page);

#endif
