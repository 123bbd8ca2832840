#include "model/value.h"

#include "base/cx.h"
#include "model/model.h"

bool
value_eq(const struct value *a, const struct value *b)
{
	if (a->kind != b->kind)
		return false;
	switch (a->kind) {
	case V_NONE:
		return true;
	case V_INT:
		return a->i == b->i && !memcmp(a->currency, b->currency, sizeof a->currency);
	case V_REAL:
		return !(a->r < b->r) && !(a->r > b->r);
	case V_TEXT:
		return str_eq(a->s, b->s);
	case V_IDS:
		return a->i == b->i &&
		       (!a->i || !memcmp(a->ids, b->ids, (size_t)a->i * sizeof *a->ids));
	case V_ANY:
		return a->i == b->i && str_eq(a->s, b->s);
	}
	return false;
}

struct value
value_dup(struct arena *mem, const struct value *v)
{
	struct value copy = *v;

	if (v->s.n)
		copy.s = str_dup(mem, v->s);
	if (v->kind == V_IDS && v->i) {
		int64_t *ids = new_array(mem, (size_t)v->i, int64_t);

		memcpy(ids, v->ids, (size_t)v->i * sizeof *ids);
		copy.ids = ids;
	}
	return copy;
}

struct row *
row_new(struct arena *mem, const struct object *object)
{
	struct row *row = new(mem, struct row);

	row->object = object;
	row->v = new_array(mem, object->n_fields, struct value);
	return row;
}

struct row *
row_dup(struct arena *mem, const struct row *row)
{
	struct row *copy = row_new(mem, row->object);

	copy->id = row->id;
	copy->version = row->version;
	copy->has = row->has;
	for (unsigned i = 0; i < row->object->n_fields; i++)
		copy->v[i] = value_dup(mem, &row->v[i]);
	return copy;
}
