#include "model/names.h"

#include "base/cx.h"

enum { FIRST_SIZE = 16 };

struct entry {
	struct str key;
	void *value;
};

struct names {
	struct arena *mem;
	struct entry *entries;
	size_t n, size; /* size is a power of two, at most half full */
};

struct names *
names_new(struct arena *mem)
{
	struct names *names = new(mem, struct names);

	names->mem = mem;
	names->size = FIRST_SIZE;
	names->entries = new_array(mem, FIRST_SIZE, struct entry);
	return names;
}

static struct entry *
names_slot(const struct names *names, struct str key)
{
	size_t at = str_hash(key) & (names->size - 1);

	while (names->entries[at].value && !str_eq(names->entries[at].key, key))
		at = (at + 1) & (names->size - 1);
	return &names->entries[at];
}

static void
names_grow(struct names *names)
{
	struct entry *old = names->entries;
	size_t n = names->size;

	names->size *= 2;
	names->entries = new_array(names->mem, names->size, struct entry);
	for (size_t i = 0; i < n; i++)
		if (old[i].value)
			*names_slot(names, old[i].key) = old[i];
}

void
names_put(struct names *names, struct str key, void *value)
{
	if ((names->n + 1) * 2 > names->size)
		names_grow(names);
	*names_slot(names, key) = (struct entry){ key, value };
	names->n++;
}

void *
names_get(const struct names *names, struct str key)
{
	return names ? names_slot(names, key)->value : NULL;
}
