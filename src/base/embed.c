#include "base/embed.h"

#include "base/banned.h"

struct str
embed_bytes(const struct embedded *file)
{
	return (struct str){ file->start, (size_t)(file->end - file->start) };
}

const struct embedded *
embed_find(struct str name)
{
	size_t low = 0, high = EMBEDDED_COUNT;

	while (low < high) {
		size_t middle = (low + high) / 2;
		int order = str_cmp(str_of(EMBEDDED[middle].name), name);

		if (!order)
			return &EMBEDDED[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

struct str
embed_address(struct arena *mem, const char *name)
{
	const struct embedded *file = embed_find(str_join(mem, S("web/"), str_of(name)));

	if (!file)
		return (struct str){ 0 };
	return str_printf(mem, "/assets/%s/%s", file->hash, name);
}
