#include "http/route.h"

struct route_node {
	struct str name;             /* of a literal: itself; of a {name}: the name */
	struct route_node *next;     /* literals of the same parent */
	struct route_node *literals; /* first child that is a literal */
	struct route_node *param, *rest;
	const struct route *rows[V__MAX];
	unsigned numbers[V__MAX];
	unsigned verbs;
};

static const char *const VERBS[] = {
	[V_GET] = "GET",     [V_HEAD] = "HEAD",     [V_POST] = "POST",       [V_PUT] = "PUT",
	[V_PATCH] = "PATCH", [V_DELETE] = "DELETE", [V_OPTIONS] = "OPTIONS",
};
_Static_assert(countof(VERBS) == V__MAX, "one name a verb");

static const char *const NEEDS[] = {
	[NEED_PUBLIC] = "public", [NEED_SIGNED_IN] = "signed-in", [NEED_READ] = "read",
	[NEED_EDIT] = "edit",     [NEED_ADMIN] = "admin",         [NEED_OPERATOR] = "operator",
};
_Static_assert(countof(NEEDS) == NEED__MAX, "one name a need");

const char *
http_verb_name(enum verb verb)
{
	return verb > 0 && verb < V__MAX ? VERBS[verb] : "";
}

const char *
http_need_name(enum need need)
{
	return need > NEED__UNSET && need < NEED__MAX ? NEEDS[need] : "";
}

/* ---- one segment of a path text ---- */

enum segment_kind { SEGMENT_LITERAL, SEGMENT_PARAM, SEGMENT_REST };
struct segment {
	enum segment_kind kind;
	struct str name;
};

static struct segment
segment_of(struct str text)
{
	if (!str_starts(text, S("{")) || !str_ends(text, S("}")))
		return (struct segment){ SEGMENT_LITERAL, text };
	text = (struct str){ text.p + 1, text.n - 2 };
	if (str_ends(text, S("...")))
		return (struct segment){ SEGMENT_REST, str_first(text, text.n - 3) };
	return (struct segment){ SEGMENT_PARAM, text };
}

static bool
next_segment(struct str *rest, struct segment *out)
{
	if (!rest->n)
		return false;
	*out = segment_of(str_cut(rest, '/'));
	return true;
}

/* ---- building ---- */

static struct route_node *
child_param(struct arena *mem, struct route_node **slot, struct str name)
{
	if (!*slot) {
		*slot = new(mem, struct route_node);
		(*slot)->name = name;
	}
	return *slot;
}

static struct route_node *
child_literal(struct arena *mem, struct route_node *parent, struct str name)
{
	struct route_node **at = &parent->literals;

	while (*at && !str_eq((*at)->name, name))
		at = &(*at)->next;
	return child_param(mem, at, name);
}

static struct route_node *
child_of(struct arena *mem, struct route_node *parent, struct segment segment)
{
	switch (segment.kind) {
	case SEGMENT_PARAM:
		return child_param(mem, &parent->param, segment.name);
	case SEGMENT_REST:
		return child_param(mem, &parent->rest, segment.name);
	case SEGMENT_LITERAL:
		break;
	}
	return child_literal(mem, parent, segment.name);
}

/* The node of a path, made when absent. */
static struct route_node *
node_of(struct arena *mem, struct route_node *root, struct str path)
{
	struct str rest = str_from(path, 1);
	struct route_node *node = root;
	struct segment segment;

	while (next_segment(&rest, &segment))
		node = child_of(mem, node, segment);
	return node;
}

const struct route *
route_at(const struct route *const *lists, size_t n_lists, unsigned number)
{
	for (size_t i = 0; i < n_lists; i++)
		for (const struct route *row = lists[i]; row && row->path; row++)
			if (!number--)
				return row;
	return NULL;
}

const struct route_node *
routes_build(struct arena *mem, const struct route *const *lists, size_t n_lists)
{
	struct route_node *root = new(mem, struct route_node);
	unsigned number = 0;

	for (size_t i = 0; i < n_lists; i++)
		for (const struct route *row = lists[i]; row && row->path; row++) {
			struct route_node *node = node_of(mem, root, str_of(row->path));

			node->rows[row->verb] = row;
			node->numbers[row->verb] = number++;
			node->verbs |= 1u << row->verb;
		}
	return root;
}

/* ---- checking ---- */

static bool
is_name(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != '_' && (s.p[i] < 'a' || s.p[i] > 'z') &&
		    (!i || s.p[i] < '0' || s.p[i] > '9'))
			return false;
	return s.n > 0;
}

static bool
is_literal(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] <= ' ' || (unsigned char)s.p[i] >= 0x7f ||
		    strchr("%?#{}\"<>\\^`|", s.p[i]))
			return false;
	return s.n > 0;
}

static const char *
path_fault(struct str path)
{
	struct str rest = str_from(path, 1);
	size_t n = 0, n_params = 0;
	struct segment segment;

	if (!str_starts(path, S("/")))
		return "the path must begin with a slash";
	if (path.n > 1 && str_ends(path, S("/")))
		return "the path must not end with a slash";
	while (next_segment(&rest, &segment)) {
		if (segment.kind == SEGMENT_LITERAL ? !is_literal(segment.name)
						    : !is_name(segment.name))
			return "the path has a part that is neither plain text nor {name}";
		if (segment.kind == SEGMENT_REST && rest.n)
			return "{name...} must be the last part of the path";
		n_params += segment.kind != SEGMENT_LITERAL;
		n++;
	}
	if (n > HTTP_PATH_SEGMENTS_MAX || n_params > HTTP_PATH_PARAMS_MAX)
		return "the path has too many parts";
	return NULL;
}

static const char *
row_fault(const struct route *row)
{
	const char *fault = path_fault(str_of(row->path));

	if (fault)
		return fault;
	if (row->verb <= 0 || row->verb >= V__MAX || row->verb == V_HEAD || row->verb == V_OPTIONS)
		return "the verb must be GET, POST, PUT, PATCH or DELETE";
	if (row->need <= NEED__UNSET || row->need >= NEED__MAX)
		return "it must say who may call (need)";
	if (!row->handle)
		return "it has no handler";
	if (row->need == NEED_OPERATOR && row->verb != V_GET)
		return "operators only read";
	return NULL;
}

/* The same shape reached twice with the same verb, or with other names of the parameters. */
static const char *
tree_fault(struct arena *mem, struct route_node *root, const struct route *row)
{
	struct str rest = str_from(str_of(row->path), 1);
	struct route_node *node = root;
	struct segment segment;

	while (next_segment(&rest, &segment)) {
		node = child_of(mem, node, segment);
		if (!str_eq(node->name, segment.name))
			return "another path names the same part differently";
	}
	if (node->rows[row->verb])
		return "there is another row with this verb and path";
	node->rows[row->verb] = row;
	return NULL;
}

struct str
http_routes_check(struct arena *mem, const struct route *const *lists, size_t n_lists)
{
	struct route_node *root = new(mem, struct route_node);
	unsigned n = 0;

	for (size_t i = 0; i < n_lists; i++)
		for (const struct route *row = lists[i]; row && row->path; row++) {
			const char *fault = row_fault(row);

			if (!fault)
				fault = tree_fault(mem, root, row);
			if (!fault && ++n > ROUTES_MAX)
				fault = "there are too many routes";
			if (fault)
				return str_printf(mem, "route %s %s: %s", http_verb_name(row->verb),
						  row->path, fault);
		}
	return (struct str){ 0 };
}

/* ---- finding ---- */

struct walk {
	struct arena *mem;
	const struct strs *segments;
	struct route_match *out;
};

static void
take(struct walk *walk, struct str name, struct str value)
{
	struct route_match *out = walk->out;

	out->names[out->n] = name;
	out->values[out->n] = value;
	out->n++;
}

static struct str
rest_of(struct walk *walk, size_t from)
{
	struct buf text = buf_in(walk->mem, HTTP_TARGET_MAX);

	for (size_t i = from; i < walk->segments->n; i++) {
		if (i > from)
			buf_char(&text, '/');
		buf_str(&text, walk->segments->v[i]);
	}
	return buf_done(&text);
}

static const struct route_node *
literal_child(const struct route_node *node, struct str segment)
{
	const struct route_node *child = node->literals;

	while (child && !str_eq(child->name, segment))
		child = child->next;
	return child;
}

/* "/report/{id}" leaves "/report/rows" to "/{object}/rows". */
static bool
param_takes(const struct route_node *param, struct str segment)
{
	if (str_eq(param->name, S("id")))
		for (size_t i = 0; i < segment.n; i++)
			if (segment.p[i] < '0' || segment.p[i] > '9')
				return false;
	return segment.n > 0;
}

/* Every node is visited at most once, so the work is bounded by the size of the tree. */
static const struct route_node *
find_below(struct walk *walk, const struct route_node *node, size_t at)
{
	const struct route_node *found = NULL, *child;
	size_t n = walk->out->n;

	if (at == walk->segments->n)
		return node->verbs ? node : NULL;
	child = literal_child(node, walk->segments->v[at]);
	if (child)
		found = find_below(walk, child, at + 1);
	if (!found && node->param && param_takes(node->param, walk->segments->v[at])) {
		take(walk, node->param->name, walk->segments->v[at]);
		found = find_below(walk, node->param, at + 1);
		walk->out->n = found ? walk->out->n : n;
	}
	if (!found && node->rest) {
		take(walk, node->rest->name, rest_of(walk, at));
		found = node->rest;
	}
	return found;
}

void
route_find(struct arena *mem, const struct route_node *root, const struct strs *segments,
	   enum verb verb, struct route_match *out)
{
	struct walk walk = { mem, segments, out };
	const struct route_node *node;

	*out = (struct route_match){ 0 };
	node = find_below(&walk, root, 0);
	if (!node)
		return;
	out->verbs = node->verbs;
	out->row = node->rows[verb == V_HEAD ? V_GET : verb];
	out->number = node->numbers[verb == V_HEAD ? V_GET : verb];
}

struct str
route_allow(struct arena *mem, unsigned verbs)
{
	struct buf text = buf_in(mem, 100);

	if (verbs & 1u << V_GET)
		verbs |= 1u << V_HEAD;
	verbs |= 1u << V_OPTIONS;
	for (int verb = 1; verb < V__MAX; verb++)
		if (verbs & 1u << verb) {
			if (text.n)
				buf_z(&text, ", ");
			buf_z(&text, VERBS[verb]);
		}
	return buf_done(&text);
}
