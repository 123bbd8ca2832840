/* Names to things: an open hash table in an arena.  Private to model/. */
#ifndef KONTOR_MODEL_NAMES_H
#define KONTOR_MODEL_NAMES_H

#include "base/str.h"

struct names;
struct names *names_new(struct arena *mem);
/* Enter a name that is not there yet; the bytes of the key must outlive the table. */
void names_put(struct names *names, struct str key, void *value);
void *names_get(const struct names *names, struct str key); /* NULL: not there */

#endif
