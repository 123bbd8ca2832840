#include "base/mv.h"

#include "base/banned.h"

struct member {
	struct str name;
	struct mv value;
};

struct mv_map {
	struct arena *mem;
	struct member *v;
	size_t n, cap;
};

struct mv_list {
	struct arena *mem;
	struct mv *v;
	size_t n, cap;
};

struct mv
mv_none(void)
{
	return (struct mv){ .kind = MV_NONE };
}

struct mv
mv_text(struct str text)
{
	return (struct mv){ .kind = MV_TEXT, .text = text };
}

struct mv
mv_z(const char *text)
{
	return text ? mv_text(str_of(text)) : mv_none();
}

struct mv
mv_int(int64_t number)
{
	return (struct mv){ .kind = MV_INT, .number = number };
}

struct mv
mv_bool(bool truth)
{
	return (struct mv){ .kind = MV_BOOL, .truth = truth };
}

struct mv
mv_map(struct arena *mem)
{
	struct mv_map *map = new(mem, struct mv_map);

	map->mem = mem;
	return (struct mv){ .kind = MV_MAP, .map = map };
}

struct mv
mv_list(struct arena *mem)
{
	struct mv_list *list = new(mem, struct mv_list);

	list->mem = mem;
	return (struct mv){ .kind = MV_LIST, .list = list };
}

struct mv
mv_object(const struct mv_source *source, void *state)
{
	return (struct mv){ .kind = MV_OBJECT, .source = source, .state = state };
}

struct mv
mv_items(const struct mv_source *source, void *state)
{
	return (struct mv){ .kind = MV_ITEMS, .source = source, .state = state };
}

void
mv_set(struct mv map, struct str name, struct mv value)
{
	struct member member = { name, value };

	list_add(map.map->mem, map.map, member);
}

void
mv_add(struct mv list, struct mv value)
{
	list_add(list.list->mem, list.list, value);
}

/* Most names differ in length or at their start: a page asks thousands of times. */
static inline bool
is_named(const struct member *member, struct str name)
{
	return member->name.n == name.n &&
	       (!name.n ||
		(member->name.p[0] == name.p[0] && memcmp(member->name.p, name.p, name.n) == 0));
}

bool
mv_get(const struct mv *in, struct str name, struct mv *out)
{
	if (in->kind == MV_OBJECT)
		return in->source->get(in->state, name, out);
	if (in->kind != MV_MAP)
		return false;
	for (size_t i = in->map->n; i > 0; i--)
		if (is_named(&in->map->v[i - 1], name)) {
			*out = in->map->v[i - 1].value;
			return true;
		}
	return false;
}

bool
mv_item(const struct mv *list, size_t i, struct mv *out)
{
	if (list->kind == MV_ITEMS)
		return list->source->item(list->state, i, out);
	if (list->kind != MV_LIST || i >= list->list->n)
		return false;
	*out = list->list->v[i];
	return true;
}

bool
mv_is_list(const struct mv *v)
{
	return v->kind == MV_LIST || v->kind == MV_ITEMS;
}

bool
mv_is_true(const struct mv *v)
{
	struct mv first;

	switch (v->kind) {
	case MV_NONE:
		return false;
	case MV_TEXT:
		return v->text.n > 0;
	case MV_INT:
		return v->number != 0;
	case MV_BOOL:
		return v->truth;
	case MV_LIST:
	case MV_ITEMS:
		return mv_item(v, 0, &first);
	default:
		return true;
	}
}
