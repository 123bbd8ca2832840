#define KONTOR_BASE
#include "base/embed.h"

struct str
embed_bytes(const struct embedded *file)
{
	return (struct str){ file->start, (size_t)(file->end - file->start) };
}

const struct embedded *
embed_find(struct str name)
{
	for (const struct embedded *at = EMBEDDED; at->name; at++)
		if (str_eq_z(name, at->name))
			return at;
	return NULL;
}
