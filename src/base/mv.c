#include "base/mv.h"

#include "base/banned.h"
#include "base/buf.h"

enum { MAP_FIRST = 16 };

struct member {
	struct str name;
	struct mv value;
};

/* The keys stand apart: a name that is not there is told by looking at them alone. */
struct mv_map {
	struct arena *mem;
	uint64_t *keys;
	struct member *v;
	size_t n, cap;
	uint64_t seen; /* a bit for each key: most names that are not there have none */
};

struct mv_list {
	struct arena *mem;
	struct mv *v;
	size_t n, cap;
};

struct mv
mv_often(struct str text)
{
	struct mv v = mv_text(text);

	v.is_safe = html_plain(text) == text.n;
	return v;
}

struct mv
mv_map(struct arena *mem)
{
	struct mv_map *map = new(mem, struct mv_map);

	map->mem = mem;
	return (struct mv){ .kind = MV_MAP, .is_shown = MV_ASKED, .map = map };
}

struct mv
mv_list(struct arena *mem)
{
	struct mv_list *list = new(mem, struct mv_list);

	list->mem = mem;
	return (struct mv){ .kind = MV_LIST, .is_shown = MV_ASKED, .list = list };
}

struct mv
mv_object(const struct mv_source *source, void *state)
{
	return (struct mv){
		.kind = MV_OBJECT, .is_shown = MV_ASKED, .source = source, .state = state
	};
}

struct mv
mv_items(const struct mv_source *source, void *state)
{
	return (struct mv){
		.kind = MV_ITEMS, .is_shown = MV_ASKED, .source = source, .state = state
	};
}

struct mv
mv_records(struct arena *mem, const struct mv_shape *shape, const struct mv *values, size_t n)
{
	struct mv_records *records = new(mem, struct mv_records);

	*records = (struct mv_records){ shape, values, n };
	return (struct mv){ .kind = MV_RECORDS, .is_shown = MV_ASKED, .records = records };
}

static inline uint64_t
bit_of(uint64_t key)
{
	return (uint64_t)1 << ((key ^ key >> 9 ^ key >> 18 ^ key >> 27 ^ key >> 56) & 63);
}

static void
map_grow(struct mv_map *map)
{
	size_t cap = map->cap ? map->cap * 2 : MAP_FIRST;
	uint64_t *keys = new_array(map->mem, cap, uint64_t);
	struct member *v = new_array(map->mem, cap, struct member);

	if (map->n) {
		memcpy(keys, map->keys, map->n * sizeof *keys);
		memcpy(v, map->v, map->n * sizeof *v);
	}
	map->keys = keys;
	map->v = v;
	map->cap = cap;
}

void
mv_put(struct mv map, struct mv_name name, struct mv value)
{
	struct mv_map *to = map.map;

	if (to->n == to->cap)
		map_grow(to);
	to->keys[to->n] = name.key;
	to->v[to->n++] = (struct member){ name.text, value };
	to->seen |= bit_of(name.key);
}

void
mv_add(struct mv list, struct mv value)
{
	list_add(list.list->mem, list.list, value);
}

/* Of names with one key: where the length is the same, so is the beginning. */
static inline bool
is_rest_same(struct str a, struct str b)
{
	return a.n == b.n && (a.n <= MV_KEY_BYTES ||
			      !memcmp(a.p + MV_KEY_BYTES, b.p + MV_KEY_BYTES, a.n - MV_KEY_BYTES));
}

static const struct mv *
map_find(const struct mv_map *map, const struct mv_name *name)
{
	if (!(map->seen & bit_of(name->key)))
		return NULL;
	for (size_t i = map->n; i > 0; i--)
		if (map->keys[i - 1] == name->key && is_rest_same(map->v[i - 1].name, name->text))
			return &map->v[i - 1].value;
	return NULL;
}

static inline const struct mv *
record_find(const struct mv *record, const struct mv_name *name)
{
	const struct mv_name *names = record->shape->names;

	for (size_t i = 0; i < record->shape->n; i++)
		if (names[i].key == name->key && is_rest_same(names[i].text, name->text))
			return &record->values[i];
	return NULL;
}

const struct mv *
mv_find(const struct mv *in, const struct mv_name *name, struct mv *scratch)
{
	switch (in->kind) {
	case MV_RECORD:
		return record_find(in, name);
	case MV_MAP:
		return map_find(in->map, name);
	case MV_OBJECT:
		return in->source->get(in->state, name->text, scratch) ? scratch : NULL;
	default:
		return NULL;
	}
}

bool
mv_get(const struct mv *in, struct str name, struct mv *out)
{
	struct mv_name wanted = mv_name(name);
	struct mv scratch;
	const struct mv *found = mv_find(in, &wanted, &scratch);

	if (found)
		*out = *found;
	return found != NULL;
}

bool
mv_item(const struct mv *list, size_t i, struct mv *out)
{
	const struct mv_records *records = list->records;

	switch (list->kind) {
	case MV_LIST:
		if (i < list->list->n)
			*out = list->list->v[i];
		return i < list->list->n;
	case MV_RECORDS:
		if (i < records->n)
			*out = mv_record(records->shape, records->values + i * records->shape->n);
		return i < records->n;
	case MV_ITEMS:
		return list->source->item(list->state, i, out);
	default:
		return false;
	}
}

bool
mv_has_any(const struct mv *v)
{
	struct mv first;

	return !mv_is_list(v) || mv_item(v, 0, &first);
}
