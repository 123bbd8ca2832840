#include "app/hierarchy.h"

#include "model/ids.h"

enum { WHERE_MAX = 8 << 10 };

/* ---- values ---- */

static struct hierarchy_node *
node_of(const struct hierarchy *h, int64_t id)
{
	for (size_t i = 0; i < h->n; i++)
		if (h->v[i].id == id)
			return &h->v[i];
	return NULL;
}

/* Each stands behind its parent: from the end on, all that belongs to one is known. */
static void
roll_up(struct hierarchy *h)
{
	for (size_t i = h->n; i--;) {
		struct hierarchy_node *parent = i ? node_of(h, h->v[i].parent) : NULL;

		h->v[i].whole += h->v[i].own;
		if (parent && parent != &h->v[i])
			parent->whole += h->v[i].whole;
	}
}

static struct str
among_text(struct cx *cx, const struct hierarchy *h)
{
	struct buf out = buf_in(cx->mem, WHERE_MAX);

	BUF_LIT(&out, "outcome = won and party in (");
	for (size_t i = 0; i < h->n; i++) {
		if (i)
			buf_char(&out, ',');
		buf_int(&out, h->v[i].id);
	}
	buf_char(&out, ')');
	return buf_done(&out);
}

static void
take_currency(struct hierarchy *h, const struct groups *groups)
{
	int64_t most = -1;

	for (size_t i = 0; i < groups->n; i++) {
		const struct value *v = &groups->v[i].measure[0];

		if (v->kind != V_INT || v->i <= most)
			continue;
		most = v->i;
		for (size_t k = 0; k < sizeof h->currency; k++)
			h->currency[k] = v->currency[k];
	}
	for (size_t i = 0; i < groups->n; i++) {
		const struct value *v = &groups->v[i].measure[0];
		struct hierarchy_node *node = node_of(h, groups->v[i].key[0].i);

		if (node && v->kind == V_INT && str_eq_z(str_of(v->currency), h->currency))
			node->own += v->i;
	}
}

static bool
values_read(struct cx *cx, struct hierarchy *h)
{
	const struct object *deal = cx->model->objects[DEAL];
	const struct field *party = deal->fields[DEAL_PARTY], *value = deal->fields[DEAL_VALUE];
	struct cond_sight sight = cond_sight_of(cx);
	struct aggregate sum = { .object = deal,
				 .group = { { .field = party } },
				 .n_group = 1,
				 .measure = { { S("sum"), value } },
				 .n_measure = 1,
				 .unlabelled = true };
	struct groups groups;

	if (!can_object(cx, deal, OP_READ) || !can_see_field(cx, deal, party) ||
	    !can_see_field(cx, deal, value) || !can_see_field(cx, deal, deal->fields[DEAL_OUTCOME]))
		return true;
	if (!cond_parse(cx, cx->mem, cx->model, deal, among_text(cx, h), &sight, &sum.where) ||
	    !record_aggregate(cx, &sum, &groups))
		return false;
	h->has_value = true;
	take_currency(h, &groups);
	roll_up(h);
	return true;
}

/* ---- the tree ---- */

static bool
may_see(const struct cx *cx, const struct object *party)
{
	return can_see_field(cx, party, party->fields[PARTY_PARENT_PARTY]) &&
	       can_see_field(cx, party, party->fields[PARTY_KIND]);
}

bool
hierarchy_read(struct cx *cx, const struct row *party, struct hierarchy *out)
{
	const struct object *object = party->object;
	const struct cond *companies;
	struct hierarchy h = { 0 };
	struct tree tree;

	*out = h;
	if (!may_see(cx, object))
		return true;
	if (!cond_parse(cx, cx->mem, cx->model, object, S("kind = organisation"), NULL,
			&companies) ||
	    !record_tree(cx, object->fields[PARTY_PARENT_PARTY], companies, party->id, &tree))
		return false;
	if (!tree.n)
		return true;
	h.v = new_array(cx->mem, tree.n + 1, struct hierarchy_node);
	h.v[h.n++] = (struct hierarchy_node){ .id = party->id };
	for (size_t i = 0; i < tree.n; i++)
		h.v[h.n++] = (struct hierarchy_node){ .id = tree.v[i].id,
						      .parent = tree.v[i].parent,
						      .depth = tree.v[i].depth };
	h.has_more = tree.has_more;
	if (!values_read(cx, &h))
		return false;
	*out = h;
	return true;
}

/* ---- no circles ---- */

static bool
parent_of(struct cx *cx, int64_t id, int64_t *out)
{
	const struct object *object = cx->model->objects[PARTY];
	const struct field *fields[] = { object->fields[PARTY_PARENT_PARTY] };
	struct query query = {
		.object = object, .fields = fields, .n_fields = countof(fields), .limit = 1
	};
	struct rows rows;

	if (!cond_parse(cx, cx->mem, cx->model, object,
			str_printf(cx->mem, "id = %lld", (long long)id), NULL, &query.where) ||
	    !record_query(cx, &query, &rows))
		return false;
	*out = rows.n && rows.v[0].v[PARTY_PARENT_PARTY].kind == V_INT
		       ? rows.v[0].v[PARTY_PARENT_PARTY].i
		       : 0;
	return true;
}

bool
hierarchy_check(struct cx *cx, int64_t party, int64_t parent)
{
	const struct actor *actor = cx->actor;
	int64_t at = parent;
	int depth = 0;
	bool ok = true;

	cx->actor = actor_system(cx); /* a circle is one, whoever may see it */
	while (ok && at && at != party && depth++ < HIERARCHY_PARENTS_MAX)
		ok = parent_of(cx, at, &at);
	cx->actor = actor;
	if (!ok)
		return false;
	if (at == party)
		return fail_field(cx, S("parent_party"), "circle",
				  "This one would belong to itself: what you chose belongs to it "
				  "already; choose another");
	return depth <= HIERARCHY_PARENTS_MAX ||
	       fail_field(cx, S("parent_party"), "range",
			  "There are more than %d levels above it; choose another",
			  HIERARCHY_PARENTS_MAX);
}
