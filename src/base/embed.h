/* Files that the program carries inside: models, templates, scripts, styles, translations. */
#ifndef KONTOR_BASE_EMBED_H
#define KONTOR_BASE_EMBED_H

#include "base/str.h"

struct embedded {
	const char *name; /* "model/party.model" */
	const char *start, *end;
	const char *hash; /* twelve hex digits of the content */
};
extern const struct embedded EMBEDDED[]; /* ends with { 0 }; sorted by name */
extern const size_t EMBEDDED_COUNT;

struct str embed_bytes(const struct embedded *file);
const struct embedded *embed_find(struct str name); /* NULL when there is none */
/* The address under which browsers get web/NAME: with the hash of its content, so that it may be
 * kept for ever.  Empty when there is no such file. */
struct str embed_address(struct arena *mem, const char *name);

#endif
