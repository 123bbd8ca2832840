/* One line of a map file as words. */
#ifndef KONTOR_DATA_WORDS_H
#define KONTOR_DATA_WORDS_H

#include "base/cx.h"

enum { WORDS_MAX = 300 };

/* A word, or a pair a=b.  Quotes stand around text with blanks, = or #; inside them \" and \\ stand
 * for " and \. */
struct word {
	struct str text;  /* without quotes; of a pair the part before = */
	struct str value; /* of a pair */
	bool pair, quoted;
};

struct words {
	struct word v[WORDS_MAX];
	size_t n;
};

/* The words of the line, up to a comment.  False: *why tells the mistake. */
bool words_take(struct arena *mem, struct str line, struct words *out, const char **why) CHECKED;

#endif
