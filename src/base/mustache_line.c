#include "base/mustache_node.h"

#include <assert.h>

enum { LINES_MAX = 64, PLACES_MAX = 32, PARTIALS_MAX = 8 };

struct known_line {
	uint32_t shown; /* which of the places that are asked for are shown */
	struct line line;
};

struct lines {
	struct arena *mem;
	const struct mustache *in;
	size_t at;
	const struct mv_shape *shape;
	bool is_straight;
	uint32_t asked;                   /* places that sections ask for */
	uint32_t named;                   /* and those that are written */
	unsigned char places[PLACES_MAX]; /* all of them */
	size_t n_places;
	unsigned char last[PLACES_MAX];
	struct known_line v[LINES_MAX + 1];
	size_t n;
};

/* Names that the record does not have are looked for further out. */
static int
place_of(const struct mv_shape *shape, const struct node *node)
{
	for (size_t i = 0; i < shape->n; i++)
		if (shape->names[i].key == node->path[0].key &&
		    str_eq(shape->names[i].text, node->path[0].text))
			return (int)i;
	return -1;
}

/* Note the places that a part asks for; false: it needs the whole machinery. */
static bool look_at(struct lines *lines, const struct mustache *in, size_t from, size_t end,
		    unsigned depth);

static bool
look_at_name(struct lines *lines, const struct node *node)
{
	int place = node->n_path == 1 ? place_of(lines->shape, node) : -1;
	bool is_section = node->kind == NODE_SECTION || node->kind == NODE_INVERTED;

	if (place >= 0 && is_section)
		lines->asked |= (uint32_t)1 << place;
	else if (place >= 0)
		lines->named |= (uint32_t)1 << place;
	return node->n_path > 0 && (place >= 0 || !is_section);
}

static bool
look_at_partial(struct lines *lines, const struct node *node, unsigned depth)
{
	if (!node->target || node->indent.n || depth >= PARTIALS_MAX)
		return false;
	return look_at(lines, node->target, 0, node->target->n, depth + 1);
}

static bool
look_at(struct lines *lines, const struct mustache *in, size_t from, size_t end, unsigned depth)
{
	bool ok = true;

	for (size_t i = from; i < end && ok; i++) {
		const struct node *node = &in->v[i];

		if (node->kind == NODE_PARTIAL)
			ok = look_at_partial(lines, node, depth);
		else if (node->kind != NODE_TEXT)
			ok = node->kind < NODE_PARTIAL && look_at_name(lines, node);
	}
	return ok;
}

struct lines *
lines_of(struct arena *mem, const struct mustache *in, size_t at, const struct mv_shape *shape)
{
	struct lines *lines = new(mem, struct lines);

	lines->mem = mem;
	lines->in = in;
	lines->at = at;
	lines->shape = shape;
	lines->is_straight = shape->n <= PLACES_MAX && look_at(lines, in, at + 1, in->v[at].end, 0);
	for (unsigned i = 0; i < PLACES_MAX; i++)
		if ((lines->asked | lines->named) >> i & 1)
			lines->places[lines->n_places++] = (unsigned char)i;
	return lines;
}

bool
lines_are(const struct lines *lines, const struct mustache *in, size_t at,
	  const struct mv_shape *shape)
{
	return lines->at == at && lines->in == in && lines->shape == shape;
}

/* ---- one line ---- */

struct writing {
	struct lines *lines;
	struct line *line;
	uint32_t shown;
	struct buf text; /* since the last value */
};

static void
add_part(struct writing *w, const struct node *node, bool plain)
{
	struct line_part part = { .text = str_dup(w->lines->mem, buf_done(&w->text)), .place = -1 };

	if (!part.text.n && !node)
		return;
	if (node) {
		part.node = node;
		part.place = place_of(w->lines->shape, node);
		part.plain = plain || node->kind == NODE_RAW;
	}
	buf_clear(&w->text);
	list_add(w->lines->mem, w->line, part);
}

static void
write_nodes(struct writing *w, const struct mustache *in, size_t from, size_t end)
{
	for (size_t at = from, next; at < end; at = next) {
		const struct node *node = &in->v[at];
		int place;

		next = node->end;
		switch (node->kind) {
		case NODE_TEXT:
			buf_str(&w->text, node->text);
			break;
		case NODE_PARTIAL:
			write_nodes(w, node->target, 0, node->target->n);
			break;
		case NODE_SECTION:
		case NODE_INVERTED:
			place = place_of(w->lines->shape, node);
			assert(place >= 0); /* look_at has found it */
			if ((w->shown >> place & 1) == (node->kind == NODE_SECTION))
				next = at + 1;
			break;
		default:
			add_part(w, node, in->plain);
		}
	}
}

static const struct line *
line_new(struct lines *lines, uint32_t shown)
{
	struct known_line *known = &lines->v[lines->n];
	struct writing w = { lines, &known->line, shown, buf_in(lines->mem, LINE_TEXT_MAX) };

	known->shown = shown;
	write_nodes(&w, lines->in, lines->at + 1, lines->in->v[lines->at].end);
	if (w.text.full)
		return NULL;
	add_part(&w, NULL, false);
	lines->n++;
	return &known->line;
}

/* ---- which line ---- */

static bool
shown_places(const struct lines *lines, const struct mv *values, uint32_t *out)
{
	uint32_t shown = 0, how = 0;

	for (size_t i = 0; i < lines->n_places; i++) {
		unsigned place = lines->places[i];

		how |= values[place].is_shown;
		shown |= (uint32_t)values[place].is_shown << place;
	}
	*out = shown & lines->asked;
	return how < MV_ASKED;
}

/* Lists of one kind often have the same line at the same place. */
const struct line *
lines_find(struct lines *lines, const struct mv *values, size_t i)
{
	unsigned char *last = &lines->last[i % PLACES_MAX];
	uint32_t shown;

	if (!lines->is_straight || !shown_places(lines, values, &shown))
		return NULL;
	if (lines->v[*last].shown == shown && *last < lines->n)
		return &lines->v[*last].line;
	for (*last = 0; *last < lines->n; ++*last)
		if (lines->v[*last].shown == shown)
			return &lines->v[*last].line;
	return lines->n < LINES_MAX ? line_new(lines, shown) : NULL;
}
