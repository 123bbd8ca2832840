/* Slices of bytes, and what is parsed from them.  A slice owns nothing and may hold NUL bytes. */
#ifndef KONTOR_BASE_STR_H
#define KONTOR_BASE_STR_H

#include "base/arena.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct str {
	const char *p;
	size_t n;
};

#define S(literal) ((struct str){ "" literal, sizeof(literal) - 1 })
/* clang-format off */
#define S_INIT(literal) { "" literal, sizeof(literal) - 1 } /* for static tables */
/* clang-format on */
#define STR_FMT(s) (int)(s).n, (s).p /* for "%.*s" in logs and messages */

/* Of a C string; NULL gives the empty slice. */
static inline struct str
str_of(const char *z)
{
	return (struct str){ z, z ? strlen(z) : 0 };
}

static inline bool
str_eq(struct str a, struct str b)
{
	return a.n == b.n && (!a.n || !memcmp(a.p, b.p, a.n));
}

static inline struct str
str_first(struct str s, size_t n)
{
	return (struct str){ s.p, n < s.n ? n : s.n };
}

struct str str_dup(struct arena *mem, struct str s); /* a copy, NUL-terminated behind its end */
const char *str_z(struct arena *mem, struct str s);  /* the same as a C string */
struct str str_join(struct arena *mem, struct str a, struct str b); /* a copy of both */
struct str str_printf(struct arena *mem, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

bool str_eq_z(struct str a, const char *z);
bool str_eq_ascii_nocase(struct str a, struct str b);
int str_cmp(struct str a, struct str b); /* bytewise, as memcmp; shorter first */
bool str_starts(struct str s, struct str prefix);
bool str_ends(struct str s, struct str suffix);
bool str_find(struct str s, struct str needle, size_t *out); /* first position */
uint64_t str_hash(struct str s);                             /* FNV-1a; not for secrets */

struct str str_from(struct str s, size_t start);
/* At most n bytes of its beginning, whole characters of UTF-8. */
struct str str_begin(struct str s, size_t n);
struct str str_trim(struct str s); /* ASCII white space at both ends */

/* The part before the first `c`; *s becomes the part behind it, or empty.  Where there is no `c`,
 * the whole of *s is returned.  To loop: while (s.n) { part = str_cut(&s, ','); … } */
struct str str_cut(struct str *s, char c);

/* The next word (no blanks inside) and the rest behind it. */
struct str str_word(struct str *s);

/* Decimal integer with optional sign, the whole slice, within [min, max].  *out is untouched on
 * failure. */
bool str_int(struct str s, int64_t min, int64_t max, int64_t *out) CHECKED;
bool str_real(struct str s, double *out) CHECKED; /* decimal point, optional exponent, finite */

/* A decimal number of at most `scale` places as an integer of 10^-scale units: "12.5", 2 → 1250.
 * More places are an error unless they are zeros. */
bool str_decimal(struct str s, int scale, int64_t *out) CHECKED;

/* Is this well-formed UTF-8 without NUL?  *bad_at, if given, is the first wrong byte. */
bool str_is_utf8(struct str s, size_t *bad_at);
size_t str_utf8_length(struct str s); /* code points of well-formed UTF-8 */

/* The code point at the start of s (not empty) and the number of its bytes; a wrong byte is one
 * byte and U+FFFD. */
size_t str_utf8_next(struct str s, uint32_t *out);

/* Constant-time equality for secrets. */
bool str_eq_secret(struct str a, struct str b);

struct strs {
	struct str *v;
	size_t n, cap;
};

#endif
