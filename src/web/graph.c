/* What a record is related to: its links, what hangs on it, and relations to anything. */
#include "web/graph.h"

#include "record/authz.h"

enum { SETS_OPEN = 3 };

/* ---- groups ---- */

static struct node_group *
group_new(struct graph *graph, struct str label, struct str icon)
{
	struct node_group *group;

	if (graph->n_groups == GRAPH_GROUPS_MAX)
		return NULL;
	group = &graph->groups[graph->n_groups++];
	*group = (struct node_group){ .label = label, .icon = icon };
	return group;
}

static void
group_add(struct node_group *group, const struct object *object, int64_t id)
{
	for (size_t i = 0; i < group->n; i++)
		if (group->v[i].object == object && group->v[i].id == id)
			return;
	if (group->n == GRAPH_NODES_READ)
		group->more = -1;
	else
		group->v[group->n++] = (struct node){ object, id, { 0 } };
}

/* ---- its own links ---- */

static void
own_link(struct cx *cx, struct graph *graph, const struct field *f, const struct value *v)
{
	const struct object *target =
		f->type == FT_ANY ? object_find(cx->model, v->s, NULL) : f->target;
	struct node_group *group;

	if (!target || (f->type == FT_MANY && !v->i))
		return;
	group = group_new(graph, page_label(cx, f->label), icon_of(target, NULL));
	if (!group)
		return;
	if (f->type != FT_MANY)
		group_add(group, target, v->i);
	for (int64_t i = 0; f->type == FT_MANY && i < v->i; i++)
		group_add(group, target, v->ids[i]);
}

static void
own_links(struct cx *cx, struct graph *graph)
{
	const struct object *object = graph->object;

	for (unsigned i = SF__MAX; i < object->n_fields; i++) {
		const struct field *f = object->fields[i];

		if ((f->type == FT_ONE || f->type == FT_MANY || f->type == FT_ANY) &&
		    fieldset_has(&graph->row->has, i) && graph->row->v[i].kind != V_NONE)
			own_link(cx, graph, f, &graph->row->v[i]);
	}
}

/* ---- relations: records that tell what one is to the other ---- */

/* What relations say of themselves, as far as the reader may see it. */
struct readings {
	const struct field *own; /* the link to a kind of one's own, or NULL */
	const struct object *kinds;
	struct rows rows; /* of those kinds */
};

static const struct row *
own_kind(const struct readings *readings, const struct row *row)
{
	const struct value *v = readings->own ? &row->v[readings->own->index] : NULL;

	for (size_t i = 0; v && v->kind == V_INT && i < readings->rows.n; i++)
		if (readings->rows.v[i].id == v->i)
			return &readings->rows.v[i];
	return NULL;
}

/* What tells it: its kind in words.  One of one's own may read otherwise from the other side: then
 * it goes out from there too. */
static struct str
kind_label(struct cx *cx, const struct readings *readings, const struct row *row, bool *goes_out)
{
	const struct field *f = field_find(row->object, S("kind"));
	const struct row *own = own_kind(readings, row);
	const struct option *option =
		row->v[f->index].kind == V_TEXT ? option_find(f, row->v[f->index].s) : NULL;
	struct str reverse;

	if (!own || !own->v[readings->kinds->title->index].s.n)
		return page_label(cx, option ? option->label : f->object->label);
	reverse = own->v[field_find(readings->kinds, S("reverse_name"))->index].s;
	if (*goes_out || !reverse.n)
		return own->v[readings->kinds->title->index].s;
	*goes_out = true;
	return reverse;
}

static struct node_group *
relation_group(struct graph *graph, const struct object *relations, struct str label, bool comes_in)
{
	struct node_group *group;

	for (size_t i = 0; i < graph->n_groups; i++)
		if (graph->groups[i].is_relation && graph->groups[i].comes_in == comes_in &&
		    str_eq(graph->groups[i].label, label))
			return &graph->groups[i];
	group = group_new(graph, label, icon_of(relations, NULL));
	if (group) {
		group->is_relation = true;
		group->comes_in = comes_in;
	}
	return group;
}

static void
relation_add(struct cx *cx, struct graph *graph, const struct row *row,
	     const struct readings *readings)
{
	const struct object *relations = row->object;
	const struct value *from = &row->v[field_find(relations, S("from"))->index];
	const struct value *to = &row->v[field_find(relations, S("to"))->index];
	bool goes_out = from->kind == V_ANY && from->i == graph->row->id &&
			str_eq(from->s, graph->object->name);
	const struct value *other = goes_out ? to : from;
	const struct object *object =
		other->kind == V_ANY ? object_find(cx->model, other->s, NULL) : NULL;
	struct node_group *group;
	struct str label;

	if (!object)
		return;
	label = kind_label(cx, readings, row, &goes_out);
	group = relation_group(graph, relations, label, !goes_out);
	if (group)
		group_add(group, object, other->i);
}

static struct str
relations_where(struct cx *cx, const struct graph *graph)
{
	struct str name = graph->object->name;
	long long id = graph->row->id;

	return str_printf(cx->mem, "from = %.*s:%lld or to = %.*s:%lld", STR_FMT(name), id,
			  STR_FMT(name), id);
}

static struct str
list_url(struct cx *cx, const struct object *object, struct str where)
{
	struct buf url = buf_in(cx->mem, URL_MAX);

	buf_str(&url, url_of(cx, object->name, 0, ""));
	url_add(&url, "where", where);
	return buf_done(&url);
}

/* Those kinds that the relations have. */
static bool
readings_read(struct cx *cx, const struct rows *relations, struct readings *out)
{
	struct query query = { .object = out->kinds, .limit = GRAPH_NODES_READ };
	const struct field *fields[] = { field_find(out->kinds, S("name")),
					 field_find(out->kinds, S("reverse_name")) };
	struct buf where = buf_in(cx->mem, URL_MAX);

	for (size_t i = 0; out->own && i < relations->n; i++) {
		const struct value *v = &relations->v[i].v[out->own->index];

		if (v->kind != V_INT)
			continue;
		buf_z(&where, where.n ? ", " : "id in (");
		buf_int(&where, v->i);
	}
	if (!where.n || !can_see_field(cx, out->kinds, fields[0]) ||
	    !can_see_field(cx, out->kinds, fields[1]))
		return true;
	buf_char(&where, ')');
	query.fields = fields;
	query.n_fields = countof(fields);
	return cond_parse(cx, cx->mem, cx->model, out->kinds, buf_done(&where), NULL,
			  &query.where) &&
	       record_query(cx, &query, &out->rows);
}

static struct readings
readings_of(struct cx *cx, const struct object *relations)
{
	const struct field *own = field_find(relations, S("own_kind"));

	return (struct readings){ .own = can_see_field(cx, relations, own) ? own : NULL,
				  .kinds = own->target };
}

static bool
relations_read(struct cx *cx, struct graph *graph)
{
	const struct object *object = object_find(cx->model, S("relation"), NULL);
	struct readings readings = readings_of(cx, object);
	const struct field *fields[] = { field_find(object, S("from")), field_find(object, S("to")),
					 field_find(object, S("kind")), readings.own };
	struct query query = { .object = object,
			       .fields = fields,
			       .n_fields = countof(fields) - !readings.own,
			       .limit = GRAPH_NODES_READ };
	struct rows rows;

	for (size_t i = 0; i < query.n_fields; i++)
		if (!can_object(cx, object, OP_READ) || !can_see_field(cx, object, fields[i]))
			return true;
	if (!cond_parse(cx, cx->mem, cx->model, object, relations_where(cx, graph), NULL,
			&query.where) ||
	    !record_query(cx, &query, &rows) || !readings_read(cx, &rows, &readings))
		return false;
	for (size_t i = 0; i < rows.n; i++)
		relation_add(cx, graph, &rows.v[i], &readings);
	for (size_t i = 0; i < graph->n_groups; i++)
		if (graph->groups[i].is_relation) {
			graph->groups[i].more = rows.next.n ? -1 : 0;
			graph->groups[i].more_url =
				list_url(cx, object, relations_where(cx, graph));
		}
	return true;
}

/* ---- what hangs on it ---- */

/* Other records first, then its parts; what happened stands on the timeline and is only counted. */
static int
set_rank(const struct reverse *set)
{
	static const char *const counted[] = { "activity", "note", "task", "follow", "favourite" };

	for (size_t i = 0; i < countof(counted); i++)
		if (str_eq_z(set->object->name, counted[i]))
			return 2;
	return set->object->features & FEATURE_DETAIL ? 1 : 0;
}

static struct str
set_where(struct cx *cx, const struct graph *graph, const struct reverse *set)
{
	return str_printf(cx->mem,
			  set->field->type == FT_MANY ? "%.*s contains %lld" : "%.*s = %lld",
			  STR_FMT(set->field->name), (long long)graph->row->id);
}

static bool
set_rows(struct cx *cx, const struct graph *graph, const struct reverse *set,
	 struct node_group *group)
{
	const struct field *fields[] = { set->object->fields[SF_ID] };
	struct query query = {
		.object = set->object, .fields = fields, .n_fields = 1, .limit = GRAPH_NODES_MAX
	};
	struct rows rows;

	if (!cond_parse(cx, cx->mem, cx->model, set->object, set_where(cx, graph, set), NULL,
			&query.where) ||
	    !record_query(cx, &query, &rows))
		return false;
	for (size_t i = 0; i < rows.n; i++)
		group_add(group, set->object, rows.v[i].id);
	group->more -= (int64_t)group->n;
	return true;
}

/* Several sets of the same object go by what the link is called. */
static struct str
set_label(struct cx *cx, const struct reverse *const *sets, size_t n, size_t at)
{
	struct str label = page_label(cx, sets[at]->object->label_many);

	for (size_t i = 0; i < n; i++)
		if (i != at && sets[i]->object == sets[at]->object)
			return str_printf(cx->mem, "%.*s: %.*s", STR_FMT(label),
					  STR_FMT(page_label(cx, sets[at]->field->label)));
	return label;
}

static size_t
sets_of(struct cx *cx, const struct graph *graph, const struct reverse **out)
{
	size_t n = 0;

	for (int rank = 0; rank < 3; rank++)
		for (unsigned i = 0; i < graph->object->n_reverses; i++) {
			const struct reverse *set = &graph->object->reverses[i];

			if (set_rank(set) == rank && can_object(cx, set->object, OP_READ) &&
			    can_see_field(cx, set->object, set->field))
				out[n++] = set;
		}
	return n;
}

static bool
sets_read_around(struct cx *cx, struct graph *graph)
{
	const struct reverse **sets =
		new_array(cx->mem, graph->object->n_reverses + 1, const struct reverse *);
	int64_t *counts = new_array(cx->mem, graph->object->n_reverses + 1, int64_t);
	size_t n = sets_of(cx, graph, sets);
	int open = 0;

	if (!record_set_counts(cx, sets, n, graph->row->id, counts))
		return false;
	for (size_t i = 0; i < n; i++) {
		struct node_group *group = counts[i] ? group_new(graph, set_label(cx, sets, n, i),
								 icon_of(sets[i]->object, NULL))
						     : NULL;

		if (!group)
			continue;
		group->more = counts[i];
		group->more_url = list_url(cx, sets[i]->object, set_where(cx, graph, sets[i]));
		if (set_rank(sets[i]) < 2 && open++ < SETS_OPEN &&
		    !set_rows(cx, graph, sets[i], group))
			return false;
	}
	return true;
}

/* ---- titles ---- */

static struct str
title_of(struct cx *cx, const struct node *node, struct str title)
{
	return title.n ? title
		       : str_printf(cx->mem, "%.*s %lld",
				    STR_FMT(page_label(cx, node->object->label)),
				    (long long)node->id);
}

/* Records that he may not see are gone without a trace: a relation may be his to read, and what it
 * leads to not. */
static void
keep_seen(struct cx *cx, struct graph *graph, const bool *seen, const struct str *titles)
{
	size_t at = 0, kept = 0;

	for (size_t i = 0; i < graph->n_groups; i++) {
		struct node_group *group = &graph->groups[i];
		size_t n = 0;

		for (size_t k = 0; k < group->n; k++, at++)
			if (seen[at]) {
				group->v[n] = group->v[k];
				group->v[n].title = title_of(cx, &group->v[k], titles[at]);
				n++;
			}
		if (n > GRAPH_NODES_MAX) {
			n = GRAPH_NODES_MAX;
			group->more = -1;
		}
		group->n = n;
		if (group->n || group->more > 0)
			graph->groups[kept++] = *group;
	}
	graph->n_groups = kept;
}

static bool
titles_read(struct cx *cx, struct graph *graph)
{
	size_t n = 0, max = (size_t)GRAPH_GROUPS_MAX * GRAPH_NODES_READ;
	struct ref *refs = new_array(cx->mem, max, struct ref);
	bool *seen = new_array(cx->mem, max, bool);
	struct str *titles = new_array(cx->mem, max, struct str);

	for (size_t i = 0; i < graph->n_groups; i++)
		for (size_t k = 0; k < graph->groups[i].n; k++) {
			const struct node *node = &graph->groups[i].v[k];

			refs[n++] = (struct ref){ node->object, node->id };
		}
	for (size_t i = 0; i < n; i++)
		if (!can_object(cx, refs[i].object, OP_READ))
			refs[i].object = NULL;
	if (!records_seen(cx, refs, n, seen) || !record_titles_of(cx, refs, n, titles))
		return false;
	keep_seen(cx, graph, seen, titles);
	return true;
}

bool
graph_read(struct cx *cx, struct graph *graph)
{
	own_links(cx, graph);
	return relations_read(cx, graph) && sets_read_around(cx, graph) && titles_read(cx, graph);
}
