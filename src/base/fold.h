/* Folding of UTF-8 text: what is searched, sorted or matched is compared in this form, bytewise.
 *
 * The form is Unicode's NFKC_Casefold with diacritics taken off (U+0308 and its like; vowel signs
 * of Indic scripts and Japanese sound marks stay), Nordic and other stroked letters as their plain
 * ones (ø→o, æ→ae, œ→oe, ł→l, đ→d, ð→d, þ→th, ı→i), ß→ss, ä→a, typographic dashes and quotes as
 * their ASCII ones, every run of white space or control characters as one blank, none at the ends.
 * Folding what is folded changes nothing.  Wrong bytes become U+FFFD. */
#ifndef KONTOR_BASE_FOLD_H
#define KONTOR_BASE_FOLD_H

#include "base/str.h"

enum {
	FOLD_TOKEN_MAX = 64,     /* bytes; longer words are cut, in the index as in the query */
	FOLD_WORDS_MAX = 10000,  /* tokens of one text; what comes behind is not indexed */
	FOLD_QUERY_MAX = 24,     /* words of one query; what comes behind is ignored */
	FOLD_TEXT_MAX = 16 << 20 /* bytes of one text */
};

/* The folded key of a text; lives in the arena. */
struct str fold_key(struct arena *mem, struct str text);

/* The search tokens of a text, appended to *out, each once, in the order of the text.  A token
 * holds only letters and digits.  Besides the words themselves:
 *   - a word with ä, ö or ü gives both spellings: "Müller" → muller mueller;
 *   - words joined by a hyphen or an apostrophe also as one: "O'Brien" → o brien obrien;
 *   - the local part of an e-mail address also as one: "hans.may@…" → hans may hansmay;
 *   - runs of three or more digits inside a word also alone: "RE2026" → re2026 2026. */
void fold_words(struct arena *mem, struct str text, struct strs *out);

/* The words of a query, appended to *out, in order; all of them must be found.  A word may be
 * alternatives of which one must be found, separated by '|': "Müller" → "muller|mueller",
 * "O'Brien" → "o|obrien" "brien|obrien". */
void fold_query(struct arena *mem, struct str text, struct strs *out);

#endif
