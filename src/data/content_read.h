/* Content lines of vCard (2.1, RFC 2426, RFC 6350) as they stand in a file, nothing lost: group,
 * name, parameters and value of each. */
#ifndef KONTOR_DATA_CONTENT_READ_H
#define KONTOR_DATA_CONTENT_READ_H

#include "base/cx.h"

enum { CONTENT_PARAMS_MAX = 32 };

struct content_param {
	struct str name, value; /* a word alone ("HOME" of 2.1) is a value without a name */
};

struct content_property {
	int64_t line; /* where it begins, from 1 */
	struct str group, name;
	struct content_param params[CONTENT_PARAMS_MAX];
	size_t n;
	struct str value; /* raw, unfolded */
	bool is_bad;      /* the line has no colon: value is all of it */
};

/* Reads from `rest`.  is_old: as 2.1 folds, where the blank belongs to the text. */
struct content_reader {
	struct str rest;
	int64_t line; /* read so far */
	bool is_old;
	struct buf unfolded;
};

/* The next line that is not empty, borrowed until the one behind it; false: the end. */
bool content_next(struct content_reader *reader, struct content_property *out);

/* Is `word` among the values of the parameter (its name in capitals), or a word alone? */
bool content_has(const struct content_property *property, const char *name, const char *word);
struct str content_param(const struct content_property *property, const char *name);

/* The value's text: quoted-printable and CHARSET undone, as UTF-8 (what is none is taken for
 * Windows-1252).  Lives in mem. */
struct str content_decoded(struct arena *mem, const struct content_property *property);
/* The part before the next `separator` that is not escaped; *rest becomes what is behind it. */
struct str content_cut(struct str *rest, char separator);
/* Without backslashes: \n \, \; \\ (of 2.1 only \; and \\). */
struct str content_plain(struct arena *mem, struct str text, bool is_old);

#endif
