/* "Did you mean …?": the known word that is nearest to one that is not known. */
#ifndef KONTOR_BASE_HINT_H
#define KONTOR_BASE_HINT_H

#include "base/str.h"

struct cx;

struct hint {
	struct str word, best; /* best: borrowed from the candidates; empty: none is near */
	size_t distance;
};

/* Begin with the unknown word, offer every known one, then print " (did you mean …?)" or nothing,
 * in the language of the unit; with cx NULL in English, as the messages of a compiler are. Distance
 * is edits: a letter inserted, left out, replaced, or swapped with its neighbour. */
struct hint hint_for(struct str word);
void hint_offer(struct hint *hint, struct str candidate);
const char *hint_text(const struct cx *cx, struct arena *mem, const struct hint *hint);

/* Edits from one to the other, in bytes; SIZE_MAX where one has more than HINT_WORD_MAX. */
enum { HINT_WORD_MAX = 40 };
size_t hint_distance(struct str a, struct str b);

#endif
