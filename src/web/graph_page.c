/* The relations of a record as a picture that can be walked, and as a list. */
#include <math.h>

#include "web/graph.h"

enum {
	WIDTH = 1000,
	HEIGHT = 680,
	FAR_X = 410, /* from the middle to a node */
	FAR_Y = 290,
	NODE_WIDTH = 150,
	NODE_HEIGHT = 46,
	NEAR_PERCENT = 66, /* every second node is nearer, where there are many */
	CROWD = 10,
	TITLE_CHARS = 15,
	LABEL_CHARS = 19,
	PADDING = 10,
	LINE_1 = 18,
	LINE_2 = 35,
	TEXT_MAX = 400,
};

/* ---- words ---- */

/* As many characters as fit a node. */
static struct str
cut(struct cx *cx, struct str text, size_t max)
{
	size_t bytes = 0, n = 0;

	while (bytes < text.n && n < max) {
		bytes++;
		while (bytes < text.n && ((unsigned char)text.p[bytes] & 0xc0) == 0x80)
			bytes++;
		n++;
	}
	return bytes == text.n ? text
			       : str_printf(cx->mem, "%.*s…", STR_FMT(str_first(text, bytes)));
}

/* "Anna Müller: Contact person at: Muster AG": which way it goes is heard, too. */
static struct str
spoken(struct cx *cx, const struct node_group *group, struct str title, struct str middle)
{
	struct str first = group->comes_in ? title : middle,
		   last = group->comes_in ? middle : title;

	if (!group->is_relation)
		return str_printf(cx->mem, "%.*s: %.*s", STR_FMT(group->label), STR_FMT(title));
	return str_printf(cx->mem, "%.*s – %.*s – %.*s", STR_FMT(first), STR_FMT(group->label),
			  STR_FMT(last));
}

static struct str
label_text(struct cx *cx, const struct node_group *group)
{
	if (!group->is_relation)
		return group->label;
	return str_printf(cx->mem, group->comes_in ? "← %.*s" : "%.*s →", STR_FMT(group->label));
}

/* `shown` of the group's records stand beside it. */
static struct str
more_text(struct cx *cx, const struct node_group *group, size_t shown)
{
	struct buf text = buf_in(cx->mem, TEXT_MAX);

	if (group->more < 0)
		return str_of(tr(cx, "More"));
	fmt_int(&text, cx, group->more + (int64_t)(group->n - shown));
	if (shown) {
		buf_char(&text, ' ');
		buf_z(&text, tr(cx, "more"));
	}
	return buf_done(&text);
}

static bool
has_more(const struct node_group *group, size_t shown)
{
	return group->n > shown || (group->more && group->more_url.n);
}

/* ---- the picture ---- */

struct drawing {
	struct mv nodes, edges;
	size_t n, at; /* places around the middle; the next one */
	size_t each;  /* records of a group, at most */
};

static void
put(struct cx *cx, struct drawing *drawing, struct mv node)
{
	double angle = 2 * M_PI * (double)drawing->at / (double)drawing->n - M_PI / 2;
	double near = drawing->n > CROWD && drawing->at % 2 ? NEAR_PERCENT / 100.0 : 1;
	int x = WIDTH / 2 + (int)lround(cos(angle) * FAR_X * near);
	int y = HEIGHT / 2 + (int)lround(sin(angle) * FAR_Y * near);
	struct mv edge = mv_map(cx->mem);

	mv_set(edge, S("x1"), mv_int(WIDTH / 2));
	mv_set(edge, S("y1"), mv_int(HEIGHT / 2));
	mv_set(edge, S("x2"), mv_int(x));
	mv_set(edge, S("y2"), mv_int(y));
	mv_add(drawing->edges, edge);
	mv_set(node, S("x"), mv_int(x - NODE_WIDTH / 2));
	mv_set(node, S("y"), mv_int(y - NODE_HEIGHT / 2));
	mv_set(node, S("text_x"), mv_int(x - NODE_WIDTH / 2 + PADDING));
	mv_set(node, S("label_y"), mv_int(y - NODE_HEIGHT / 2 + LINE_1));
	mv_set(node, S("title_y"), mv_int(y - NODE_HEIGHT / 2 + LINE_2));
	mv_add(drawing->nodes, node);
	drawing->at++;
}

static size_t
shown_of(const struct drawing *drawing, const struct node_group *group)
{
	return group->n < drawing->each ? group->n : drawing->each;
}

/* Groups that fit, in their order; all of them stand in the list. */
static size_t
groups_fit(const struct graph *graph, struct drawing *drawing)
{
	size_t n = 0, places = 0;

	for (; n < graph->n_groups; n++) {
		size_t shown = shown_of(drawing, &graph->groups[n]);

		places += shown + has_more(&graph->groups[n], shown);
		if (places > GRAPH_SLOTS_MAX)
			break;
		drawing->n = places;
	}
	return n;
}

/* As many of each group as leave room for all groups. */
static size_t
groups_drawn(const struct graph *graph, struct drawing *drawing)
{
	size_t n;

	drawing->each = GRAPH_NODES_MAX;
	while ((n = groups_fit(graph, drawing)) < graph->n_groups && drawing->each > 1)
		drawing->each--;
	return n;
}

static void
draw_group(struct cx *cx, struct drawing *drawing, const struct node_group *group,
	   struct str middle)
{
	size_t shown = shown_of(drawing, group);

	for (size_t i = 0; i < shown; i++) {
		struct mv node = mv_map(cx->mem);

		mv_set(node, S("label"), mv_text(cut(cx, label_text(cx, group), LABEL_CHARS)));
		mv_set(node, S("short"), mv_text(cut(cx, group->v[i].title, TITLE_CHARS)));
		mv_set(node, S("spoken"), mv_text(spoken(cx, group, group->v[i].title, middle)));
		mv_set(node, S("url"),
		       mv_text(url_of(cx, group->v[i].object->name, group->v[i].id, "/relations")));
		put(cx, drawing, node);
	}
	if (has_more(group, shown)) {
		struct mv node = mv_map(cx->mem);
		struct str more = more_text(cx, group, shown);

		mv_set(node, S("is_more"), mv_bool(true));
		mv_set(node, S("label"), mv_text(cut(cx, label_text(cx, group), LABEL_CHARS)));
		mv_set(node, S("short"), mv_text(more));
		mv_set(node, S("spoken"), mv_text(spoken(cx, group, more, middle)));
		mv_set(node, S("url"),
		       mv_text(group->more_url.n ? group->more_url : S("#relations")));
		put(cx, drawing, node);
	}
}

void
graph_draw(struct cx *cx, const struct graph *graph, struct str middle, struct mv page)
{
	struct drawing drawing = { .nodes = mv_list(cx->mem), .edges = mv_list(cx->mem) };
	size_t n = groups_drawn(graph, &drawing);

	for (size_t i = 0; i < n; i++)
		draw_group(cx, &drawing, &graph->groups[i], middle);
	mv_set(page, S("nodes"), drawing.nodes);
	mv_set(page, S("edges"), drawing.edges);
	mv_set(page, S("middle"), mv_text(cut(cx, middle, LABEL_CHARS)));
	mv_set(page, S("has_nodes"), mv_bool(drawing.n));
}

/* ---- the list ---- */

static struct mv
list_of(struct cx *cx, const struct graph *graph, struct str middle)
{
	struct mv list = mv_list(cx->mem);

	for (size_t i = 0; i < graph->n_groups; i++) {
		const struct node_group *group = &graph->groups[i];
		struct mv item = mv_map(cx->mem), rows = mv_list(cx->mem);

		for (size_t k = 0; k < group->n; k++) {
			const struct node *at = &group->v[k];
			struct mv row = mv_map(cx->mem);

			mv_set(row, S("title"), mv_text(at->title));
			mv_set(row, S("spoken"), mv_text(spoken(cx, group, at->title, middle)));
			mv_set(row, S("url"),
			       mv_text(url_of(cx, at->object->name, at->id, "/relations")));
			mv_set(row, S("record_url"),
			       mv_text(url_of(cx, at->object->name, at->id, "")));
			mv_add(rows, row);
		}
		mv_set(item, S("label"), mv_text(label_text(cx, group)));
		mv_set(item, S("icon"), mv_text(group->icon));
		mv_set(item, S("rows"), rows);
		if (group->more && group->more_url.n) {
			mv_set(item, S("more"), mv_text(more_text(cx, group, group->n)));
			mv_set(item, S("more_url"), mv_text(group->more_url));
		}
		mv_add(list, item);
	}
	return list;
}

bool
web_relations(struct cx *cx, struct request *q, struct reply *r)
{
	struct graph *graph = new(cx->mem, struct graph);
	const struct face *face;
	struct str name, middle;
	struct row *row;
	struct names names = { 0 };
	struct mv page;
	int64_t id;

	if (!web_object(cx, q, &graph->object, &face, &name) ||
	    !request_param_int(cx, q, "id", &id) || !record_load(cx, graph->object, id, &row))
		return false;
	graph->row = row;
	if (!graph_read(cx, graph))
		return false;
	middle = title_of_row(cx, &names, row);
	page = page_new(cx, q, r,
			str_printf(cx->mem, "%s: %.*s", tr(cx, "Relations"), STR_FMT(middle)));
	mv_set(page, S("name"), mv_text(middle));
	mv_set(page, S("kind"), mv_text(page_label(cx, face ? face->label : graph->object->label)));
	mv_set(page, S("record_url"), mv_text(url_of(cx, name, id, "")));
	mv_set(page, S("groups"), list_of(cx, graph, middle));
	graph_draw(cx, graph, middle, page);
	return page_write(cx, r, "relations.html", page);
}
