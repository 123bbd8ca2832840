#include "data/lookup.h"

#include "base/crypt.h"
#include "base/heap.h"
#include "model/type.h"

enum { FIRST_SIZE = 1024 };

struct slot {
	struct tag tag; /* of the key; a is 0: the slot is free */
	int64_t id;     /* 0: it is known that there is none */
	uint64_t mark;
};

struct lookup {
	struct lookup_of of;
	struct secret secret; /* so that no one can make keys that collide */
	struct slot *slots;
	size_t n, size;       /* size is a power of two, at most half used */
	int64_t asked, count; /* of keys that there may be; counted when it matters */
	bool complete;        /* what is not here is not there */
	bool too_many;        /* not all keys fit: ask for each */
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
	lookup->asked = lookup->count = 0;
	lookup->complete = false;
}

/* Of a value that is a key already. */
static struct lookup_key
key_of(const struct lookup *lookup, const struct value *value)
{
	struct str bytes = value->s;
	struct lookup_key key = { .value = *value };

	if (value->kind == V_INT)
		bytes = (struct str){ (const char *)&value->i, sizeof value->i };
	key.tag = crypt_tag(&lookup->secret, bytes);
	key.tag.a += !key.tag.a;
	return key;
}

struct lookup_key
lookup_key(struct cx *cx, const struct lookup *lookup, const struct value *value)
{
	struct value key = field_key(cx->mem, lookup->of.field, value);

	return key_of(lookup, &key);
}

static struct slot *
slot_of(const struct lookup *lookup, struct tag tag)
{
	size_t at = tag.a & (lookup->size - 1);

	while (lookup->slots[at].tag.a &&
	       (lookup->slots[at].tag.a != tag.a || lookup->slots[at].tag.b != tag.b))
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
		if (old[i].tag.a)
			*slot_of(lookup, old[i].tag) = old[i];
	heap_free(old);
}

/* The slot of the key, made where there is room; NULL where there is none. */
static struct slot *
slot_make(struct lookup *lookup, const struct lookup_key *key)
{
	struct slot *slot = slot_of(lookup, key->tag);

	if (slot->tag.a)
		return slot;
	if (lookup->n >= LOOKUP_KEYS_MAX) {
		lookup->complete = false;
		lookup->too_many = true;
		return NULL;
	}
	if ((lookup->n + 1) * 2 > lookup->size) {
		lookup_grow(lookup);
		slot = slot_of(lookup, key->tag);
	}
	lookup->n++;
	slot->tag = key->tag;
	return slot;
}

void
lookup_put(struct lookup *lookup, const struct lookup_key *key, int64_t id, uint64_t mark)
{
	struct slot *slot = slot_of(lookup, key->tag);

	if (!slot->tag.a && lookup->complete)
		slot = slot_make(lookup, key);
	if (!slot || !slot->tag.a)
		return;
	slot->id = id;
	slot->mark = mark;
}

int64_t
lookup_known(const struct lookup *lookup, const struct lookup_key *key)
{
	return slot_of(lookup, key->tag)->id;
}

uint64_t
lookup_mark(const struct lookup *lookup, const struct lookup_key *key)
{
	return slot_of(lookup, key->tag)->mark;
}

static struct query
lookup_query(const struct lookup *lookup)
{
	return (struct query){ .object = lookup->of.object,
			       .face = lookup->of.face,
			       .where = lookup->of.where };
}

static void
take_key(void *to, int64_t id, const struct value *value)
{
	struct lookup *lookup = to;
	struct lookup_key key = key_of(lookup, value);
	struct slot *slot = slot_make(lookup, &key);

	if (slot && slot->id != id)
		slot->id = slot->id ? LOOKUP_MANY : id;
}

static bool
lookup_read_all(struct cx *cx, struct lookup *lookup)
{
	struct query query = lookup_query(lookup);

	if (lookup->count >= LOOKUP_KEYS_MAX / 2) {
		lookup->too_many = true;
		return true;
	}
	lookup->complete = true;
	return record_keys(cx, &query, lookup->of.field, take_key, lookup);
}

static bool
lookup_ask(struct cx *cx, struct lookup *lookup, const struct lookup_key *key, int64_t *out)
{
	struct query query = lookup_query(lookup);
	int64_t ids[2];
	struct slot *slot;
	size_t n;

	if (!record_with_key(cx, &query, lookup->of.field, &key->value, ids, &n))
		return false;
	lookup->asked++;
	*out = !n ? 0 : n > 1 ? LOOKUP_MANY : ids[0];
	slot = slot_make(lookup, key);
	if (slot)
		slot->id = *out;
	return true;
}

/* Have so many been asked for that reading all costs no more? */
static bool
lookup_wants_all(struct cx *cx, struct lookup *lookup, bool *out)
{
	struct query query = lookup_query(lookup);
	bool quick = field_is_indexed(lookup->of.field);

	*out = false;
	if (lookup->complete || lookup->too_many ||
	    lookup->asked < (quick ? LOOKUP_ASK_MIN : LOOKUP_ASK_SLOW))
		return true;
	if (!lookup->count && !record_count(cx, &query, &lookup->count))
		return false;
	*out = !quick || lookup->asked >= lookup->count / LOOKUP_KEYS_ASKED;
	return true;
}

bool
lookup_find(struct cx *cx, struct lookup *lookup, const struct lookup_key *key, int64_t *out)
{
	const struct slot *slot = slot_of(lookup, key->tag);
	bool all;

	if (!slot->tag.a) {
		if (!lookup_wants_all(cx, lookup, &all) || (all && !lookup_read_all(cx, lookup)))
			return false;
		slot = slot_of(lookup, key->tag);
	}
	if (!slot->tag.a && !lookup->complete)
		return lookup_ask(cx, lookup, key, out);
	*out = slot->tag.a ? slot->id : 0;
	return true;
}
