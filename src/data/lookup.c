#include "data/lookup.h"

#include "base/crypt.h"
#include "base/heap.h"
#include "model/type.h"

enum { FIRST_SIZE = 1024, KEY_TEXT_MAX = 4 << 10, NUMBER_TEXT_MAX = 64 };

struct slot {
	uint64_t a, b; /* keyed hash of the key; both 0: the slot is free */
	int64_t id;    /* 0: it is known that there is none */
	uint64_t mark;
};

struct lookup {
	struct lookup_of of;
	struct secret secret; /* so that no one can make keys that collide */
	struct slot *slots;
	size_t n, size; /* size is a power of two, at most half used */
	unsigned asked;
	bool complete; /* what is not here is not there */
	bool too_many; /* not all keys fit: ask for each */
};

#define TEXTS (1u << FT_TEXT | 1u << FT_EMAIL | 1u << FT_PHONE | 1u << FT_URL | 1u << FT_ENUM)
#define NUMBERS (1u << FT_INT | 1u << FT_SEQUENCE | 1u << FT_ID)

bool
lookup_can(const struct field *field)
{
	return (TEXTS | NUMBERS) >> field->type & 1 && !field->special && field->n_columns;
}

struct lookup *
lookup_new(struct cx *cx, const struct lookup_of *of)
{
	struct lookup *lookup = heap_new(sizeof *lookup);

	lookup->of = *of;
	lookup->size = FIRST_SIZE;
	lookup->slots = heap_new(FIRST_SIZE * sizeof *lookup->slots);
	secret_new(cx->env, &lookup->secret);
	return lookup;
}

void
lookup_free(struct lookup **lookup)
{
	if (!*lookup)
		return;
	heap_free((*lookup)->slots);
	heap_free(*lookup);
	*lookup = NULL;
}

const struct lookup_of *
lookup_of(const struct lookup *lookup)
{
	return &lookup->of;
}

void
lookup_forget(struct lookup *lookup)
{
	if (lookup->n)
		memset(lookup->slots, 0, lookup->size * sizeof *lookup->slots);
	lookup->n = 0;
	lookup->asked = 0;
	lookup->complete = false;
}

struct lookup_key
lookup_key(struct cx *cx, const struct lookup *lookup, const struct value *value)
{
	struct lookup_key key = { .value = *value };
	struct hash hash;
	struct str text =
		lookup->of.field->has_key ? value_key(cx->mem, lookup->of.field, value) : value->s;

	if (value->kind == V_INT)
		text = (struct str){ (const char *)&value->i, sizeof value->i };
	hash = crypt_hash_keyed(&lookup->secret, text);
	memcpy(&key.a, hash.bytes, sizeof key.a);
	memcpy(&key.b, hash.bytes + sizeof key.a, sizeof key.b);
	key.a += !key.a;
	return key;
}

static struct slot *
slot_of(const struct lookup *lookup, uint64_t a, uint64_t b)
{
	size_t at = a & (lookup->size - 1);

	while (lookup->slots[at].a && (lookup->slots[at].a != a || lookup->slots[at].b != b))
		at = (at + 1) & (lookup->size - 1);
	return &lookup->slots[at];
}

static void
lookup_grow(struct lookup *lookup)
{
	struct slot *old = lookup->slots;
	size_t n = lookup->size;

	lookup->size *= 2;
	lookup->slots = heap_new(lookup->size * sizeof *lookup->slots);
	for (size_t i = 0; i < n; i++)
		if (old[i].a)
			*slot_of(lookup, old[i].a, old[i].b) = old[i];
	heap_free(old);
}

/* The slot of the key, made where there is room; NULL where there is none. */
static struct slot *
slot_make(struct lookup *lookup, const struct lookup_key *key)
{
	struct slot *slot = slot_of(lookup, key->a, key->b);

	if (slot->a)
		return slot;
	if (lookup->n >= LOOKUP_KEYS_MAX) {
		lookup->complete = false;
		lookup->too_many = true;
		return NULL;
	}
	if ((lookup->n + 1) * 2 > lookup->size) {
		lookup_grow(lookup);
		slot = slot_of(lookup, key->a, key->b);
	}
	lookup->n++;
	slot->a = key->a;
	slot->b = key->b;
	return slot;
}

void
lookup_put(struct lookup *lookup, const struct lookup_key *key, int64_t id, uint64_t mark)
{
	struct slot *slot = slot_of(lookup, key->a, key->b);

	if (!slot->a && lookup->complete)
		slot = slot_make(lookup, key);
	if (!slot || !slot->a)
		return;
	slot->id = id;
	slot->mark = mark;
}

int64_t
lookup_known(const struct lookup *lookup, const struct lookup_key *key)
{
	return slot_of(lookup, key->a, key->b)->id;
}

uint64_t
lookup_mark(const struct lookup *lookup, const struct lookup_key *key)
{
	return slot_of(lookup, key->a, key->b)->mark;
}

static struct query
lookup_query(const struct lookup *lookup, const struct sort_key *by_id)
{
	return (struct query){ .object = lookup->of.object,
			       .face = lookup->of.face,
			       .where = lookup->of.where,
			       .fields = &lookup->of.field,
			       .n_fields = 1,
			       .sort = by_id,
			       .n_sort = 1 };
}

static bool
take_row(struct cx *cx, const struct row *row, void *to)
{
	struct lookup *lookup = to;
	const struct value *value = &row->v[lookup->of.field->index];
	struct arena_mark mark = arena_mark(cx->mem);
	struct lookup_key key;
	struct slot *slot;

	if (value->kind == V_NONE)
		return true;
	key = lookup_key(cx, lookup, value);
	slot = slot_make(lookup, &key);
	if (slot && slot->id != row->id)
		slot->id = slot->id ? LOOKUP_MANY : row->id;
	arena_rewind(cx->mem, mark);
	return true;
}

static bool
lookup_read_all(struct cx *cx, struct lookup *lookup)
{
	struct sort_key by_id = { lookup->of.object->fields[SF_ID], false };
	struct query query = lookup_query(lookup, &by_id);
	int64_t count;

	if (!record_count(cx, &query, &count))
		return false;
	if (count >= LOOKUP_KEYS_MAX / 2) {
		lookup->too_many = true;
		return true;
	}
	query.limit = -1;
	lookup->complete = true;
	return record_each(cx, &query, take_row, lookup);
}

/* field = "value", as a condition. */
static bool
lookup_where(struct cx *cx, const struct lookup *lookup, const struct value *value,
	     const struct cond **out)
{
	struct buf canonical = buf_in(cx->mem, KEY_TEXT_MAX), text = buf_in(cx->mem, COND_TEXT_MAX);
	struct str s;

	lookup->of.field->row->text(lookup->of.field, value, &canonical);
	s = buf_done(&canonical);
	buf_str(&text, lookup->of.field->name);
	BUF_LIT(&text, " = ");
	if (value->kind == V_TEXT)
		buf_char(&text, '"');
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '"' || s.p[i] == '\\')
			buf_char(&text, '\\');
		buf_char(&text, s.p[i]);
	}
	if (value->kind == V_TEXT)
		buf_char(&text, '"');
	return cond_parse(cx, cx->mem, cx->model, lookup->of.object, buf_done(&text), NULL, out);
}

static bool
lookup_ask(struct cx *cx, struct lookup *lookup, const struct lookup_key *key, int64_t *out)
{
	struct sort_key by_id = { lookup->of.object->fields[SF_ID], false };
	struct query query = lookup_query(lookup, &by_id);
	struct slot *slot;
	struct rows rows;

	query.limit = 2;
	if (!lookup_where(cx, lookup, &key->value, &query.where) ||
	    !record_query(cx, &query, &rows))
		return false;
	lookup->asked++;
	*out = !rows.n ? 0 : rows.n > 1 ? LOOKUP_MANY : rows.v[0].id;
	slot = slot_make(lookup, key);
	if (slot)
		slot->id = *out;
	return true;
}

bool
lookup_find(struct cx *cx, struct lookup *lookup, const struct lookup_key *key, int64_t *out)
{
	const struct slot *slot = slot_of(lookup, key->a, key->b);

	if (!slot->a && lookup->asked >= LOOKUP_ASK_MAX && !lookup->complete && !lookup->too_many) {
		if (!lookup_read_all(cx, lookup))
			return false;
		slot = slot_of(lookup, key->a, key->b);
	}
	if (!slot->a && !lookup->complete)
		return lookup_ask(cx, lookup, key, out);
	*out = slot->a ? slot->id : 0;
	return true;
}
