#include "base/mustache.h"

#include "base/mustache_node.h"

enum { LINES_KEPT = 8 };

/* What names mean here: the innermost value first. */
struct frame {
	const struct frame *below;
	struct mv value;
};

/* Blocks that a parent tag gives to its parent. */
struct arguments {
	const struct arguments *outer;
	const struct mustache *in;
	size_t from, end;
};

struct renderer {
	struct cx *cx;
	const struct mustache_partials *partials;
	struct buf *out;
	const struct frame *frame;
	const struct arguments *arguments;
	struct str indent;  /* goes before each line */
	bool at_line_start; /* and has not been written for this one yet */
	int depth, steps;
	struct lines *lines[LINES_KEPT]; /* of the sections over records met so far */
	size_t n_lines;
};

static bool render(struct renderer *r, const struct mustache *in, size_t from, size_t end);

static bool
too_much(struct renderer *r, const struct mustache *in, size_t at)
{
	int line = in->v[at].line;

	if (r->out->full)
		return fail(r->cx, E_TOO_BIG, "%.*s:%d: the result is larger than %zu bytes",
			    STR_FMT(in->name), line, r->out->max);
	if (r->depth > MUSTACHE_DEPTH_MAX)
		return fail(
			r->cx, E_TOO_BIG,
			"%.*s:%d: templates call each other more than %d deep; is one calling itself?",
			STR_FMT(in->name), line, MUSTACHE_DEPTH_MAX);
	return fail(r->cx, E_TOO_BIG, "%.*s:%d: the templates repeat too much", STR_FMT(in->name),
		    line);
}

/* The value of a node's name, or NULL; what has to be made for it is put into *scratch. */
static const struct mv *
look_up(const struct renderer *r, const struct node *node, struct mv *scratch)
{
	const struct frame *frame = r->frame;
	const struct mv *found;

	if (!node->n_path)
		return &frame->value;
	do {
		found = mv_find(&frame->value, &node->path[0], scratch);
		frame = frame->below;
	} while (!found && frame);
	for (size_t i = 1; i < node->n_path && found; i++) {
		struct mv whole = *found;

		found = mv_find(&whole, &node->path[i], scratch);
	}
	return found;
}

static inline void
begin_text(struct renderer *r)
{
	if (r->at_line_start && r->indent.n)
		buf_str(r->out, r->indent);
	r->at_line_start = false;
}

static void
write_indented(struct renderer *r, struct str text)
{
	size_t end;

	while (text.n) {
		struct str line = str_find(text, S("\n"), &end) ? str_first(text, end + 1) : text;

		if (!str_eq(line, S("\n")))
			begin_text(r);
		buf_str(r->out, line);
		r->at_line_start = str_ends(line, S("\n"));
		text = str_from(text, line.n);
	}
}

static inline void
write_text(struct renderer *r, const struct node *node)
{
	if (r->indent.n) {
		write_indented(r, node->text);
		return;
	}
	buf_str(r->out, node->text);
	r->at_line_start = node->ends_line;
}

static inline void
write_plain(struct buf *out, const struct mv *value, bool plain)
{
	if (value->kind == MV_TEXT && (plain || value->is_safe))
		buf_str(out, value->text);
	else if (value->kind == MV_TEXT)
		buf_html(out, value->text);
	else if (value->kind == MV_INT)
		buf_int(out, value->number);
	else if (value->kind == MV_BOOL)
		buf_z(out, value->truth ? "true" : "false");
}

static void
write_value(struct renderer *r, const struct node *node, bool plain)
{
	struct mv scratch;
	const struct mv *value = look_up(r, node, &scratch);

	begin_text(r);
	if (value)
		write_plain(r->out, value, plain || node->kind == NODE_RAW);
}

/* What is inside a node, with one more value on top. */
static bool
render_with(struct renderer *r, const struct mustache *in, size_t at, const struct mv *value)
{
	struct frame frame = { r->frame, *value };
	bool ok;

	r->frame = &frame;
	ok = render(r, in, at + 1, in->v[at].end);
	r->frame = frame.below;
	return ok;
}

static struct lines *
find_lines(struct renderer *r, const struct mustache *in, size_t at, const struct mv_shape *shape)
{
	for (size_t i = 0; i < r->n_lines; i++)
		if (lines_are(r->lines[i], in, at, shape))
			return r->lines[i];
	if (r->n_lines == LINES_KEPT)
		return NULL;
	return r->lines[r->n_lines++] = lines_of(r->cx->mem, in, at, shape);
}

static bool
write_line(struct renderer *r, const struct mustache *in, size_t at, const struct line *line,
	   const struct mv *values)
{
	for (const struct line_part *part = line->v; part < line->v + line->n; part++) {
		buf_str(r->out, part->text);
		if (part->place >= 0)
			write_plain(r->out, &values[part->place], part->plain);
		else if (part->node)
			write_value(r, part->node, part->plain);
	}
	r->at_line_start = r->out->n && r->out->p[r->out->n - 1] == '\n';
	r->steps += (int)line->n + 1;
	return (!r->out->full && r->steps <= MUSTACHE_STEPS_MAX) || too_much(r, in, at);
}

static bool
render_records(struct renderer *r, const struct mustache *in, size_t at, const struct mv *list)
{
	const struct mv_records *records = list->records;
	struct lines *lines = r->indent.n ? NULL : find_lines(r, in, at, records->shape);
	bool ok = true;

	for (size_t i = 0; i < records->n && ok; i++) {
		const struct mv *values = records->values + i * records->shape->n;
		const struct line *line = lines ? lines_find(lines, values, i) : NULL;
		struct mv item = mv_record(records->shape, values);

		ok = line ? write_line(r, in, at, line, values) : render_with(r, in, at, &item);
	}
	return ok;
}

static bool
render_items(struct renderer *r, const struct mustache *in, size_t at, const struct mv *list)
{
	struct mv item;

	if (list->kind == MV_RECORDS)
		return render_records(r, in, at, list);
	for (size_t i = 0; mv_item(list, i, &item); i++)
		if (!render_with(r, in, at, &item))
			return false;
	return true;
}

static inline bool
is_plain_value(const struct mv *value)
{
	return value->kind == MV_TEXT || value->kind == MV_INT || value->kind == MV_BOOL;
}

/* *next is where to go on: a plain value that is not meant inside opens no frame, its section is
 * walked into. */
static bool
render_section(struct renderer *r, const struct mustache *in, size_t at, size_t *next)
{
	const struct node *node = &in->v[at];
	struct mv scratch, copy;
	const struct mv *value = look_up(r, node, &scratch);

	if (!value)
		return true;
	if (is_plain_value(value) && !node->shows_item) {
		if (mv_is_true(value))
			*next = at + 1;
		return true;
	}
	copy = *value;
	if (mv_is_list(&copy))
		return render_items(r, in, at, &copy);
	return !mv_is_true(&copy) || render_with(r, in, at, &copy);
}

static inline bool
is_shown(const struct renderer *r, const struct node *node)
{
	struct mv scratch;
	const struct mv *value = look_up(r, node, &scratch);

	return value && mv_is_true(value);
}

static struct str
both(struct renderer *r, struct str a, struct str b)
{
	if (!a.n || !b.n)
		return a.n ? a : b;
	return str_join(r->cx->mem, a, b);
}

static const struct mustache *
find_partial(const struct renderer *r, const struct node *node)
{
	struct str name = node->text;
	struct mv scratch;
	const struct mv *value;

	if (node->target || !r->partials)
		return node->target;
	if (node->is_dynamic) {
		value = look_up(r, node, &scratch);
		if (!value || value->kind != MV_TEXT)
			return NULL;
		name = value->text;
	}
	return r->partials->find(r->partials->state, name);
}

/* In a line of its own every line of the partial is indented; in the midst of a line, none. */
static bool
render_partial(struct renderer *r, const struct node *node)
{
	const struct mustache *partial = find_partial(r, node);
	struct str indent = r->indent;
	bool ok;

	if (!partial)
		return true;
	if (node->own_line) {
		r->indent = both(r, indent, node->indent);
		r->at_line_start = true;
	} else {
		begin_text(r);
		r->indent = (struct str){ 0 };
	}
	ok = render(r, partial, 0, partial->n);
	r->indent = indent;
	r->at_line_start = node->own_line;
	return ok;
}

static bool
render_parent(struct renderer *r, const struct mustache *in, size_t at)
{
	struct arguments arguments = { r->arguments, in, at + 1, in->v[at].end };
	bool ok;

	r->arguments = &arguments;
	ok = render_partial(r, &in->v[at]);
	r->arguments = arguments.outer;
	return ok;
}

/* The block of that name which the outermost parent tag gives; or this one. */
static size_t
find_block(const struct renderer *r, const struct mustache **in, size_t at)
{
	struct str name = (*in)->v[at].text;

	for (const struct arguments *a = r->arguments; a; a = a->outer)
		for (size_t i = a->from; i < a->end; i = a->in->v[i].end)
			if (a->in->v[i].kind == NODE_BLOCK && str_eq(a->in->v[i].text, name)) {
				*in = a->in;
				at = i;
				break;
			}
	return at;
}

static bool
render_block(struct renderer *r, const struct mustache *in, size_t at)
{
	const struct node *place = &in->v[at];
	struct str indent = r->indent;
	size_t start = r->out->n;
	size_t content = find_block(r, &in, at);
	bool ok;

	if (place->own_line) {
		r->indent = both(r, indent, place->indent);
		r->at_line_start = true;
	}
	ok = render(r, in, content + 1, in->v[content].end);
	r->indent = indent;
	if (!place->closes_line)
		return ok;
	if (r->out->n > start && r->out->p[r->out->n - 1] != '\n')
		buf_char(r->out, '\n');
	r->at_line_start = true;
	return ok;
}

/* *next is where to go on. */
static bool
render_node(struct renderer *r, const struct mustache *in, size_t at, size_t *next)
{
	const struct node *node = &in->v[at];

	switch (node->kind) {
	case NODE_TEXT:
		write_text(r, node);
		return true;
	case NODE_SECTION:
		return render_section(r, in, at, next);
	case NODE_INVERTED:
		if (!is_shown(r, node))
			*next = at + 1;
		return true;
	case NODE_PARTIAL:
		return render_partial(r, node);
	case NODE_PARENT:
		return render_parent(r, in, at);
	case NODE_BLOCK:
		return render_block(r, in, at);
	default:
		write_value(r, node, in->plain);
		return true;
	}
}

static bool
render(struct renderer *r, const struct mustache *in, size_t from, size_t end)
{
	bool ok = true;

	r->depth++;
	for (size_t at = from, next; at < end && ok; at = next) {
		next = in->v[at].end;
		ok = r->depth <= MUSTACHE_DEPTH_MAX && ++r->steps <= MUSTACHE_STEPS_MAX &&
		     render_node(r, in, at, &next) && !r->out->full;
		if (!ok)
			too_much(r, in, at);
	}
	r->depth--;
	return ok;
}

bool
mustache_render(struct cx *cx, const struct mustache *mustache, const struct mv *data,
		const struct mustache_partials *partials, struct buf *out)
{
	struct frame frame = { NULL, *data };
	struct renderer r = {
		.cx = cx, .partials = partials, .out = out, .frame = &frame, .at_line_start = true
	};

	return render(&r, mustache, 0, mustache->n);
}

void
mustache_link(const struct mustache *mustache, const struct mustache_partials *partials)
{
	for (size_t i = 0; i < mustache->n; i++) {
		struct node *node = &mustache->v[i];

		if ((node->kind == NODE_PARTIAL || node->kind == NODE_PARENT) && !node->is_dynamic)
			node->target = partials->find(partials->state, node->text);
	}
}
