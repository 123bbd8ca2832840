/* A bounded buffer to write text into.  The maximum is given at creation; what passes it sets the
 * sticky flag `full` and is dropped, so that a writer checks once, at the end. */
#ifndef KONTOR_BASE_BUF_H
#define KONTOR_BASE_BUF_H

#include "base/str.h"

struct buf {
	char *p;
	size_t n, cap, max;
	struct arena *mem; /* where it grows; NULL: on the heap, released by buf_fini */
	bool full;
};

struct buf buf_in(struct arena *mem, size_t max_bytes); /* grows in the arena */
struct buf buf_heap(size_t max_bytes);                  /* grows on the heap */
/* All of its memory at once, for what is short or written very often; never grows. */
struct buf buf_fixed(struct arena *mem, size_t max_bytes);
void buf_fini(struct buf *b);
void buf_clear(struct buf *b);
struct str buf_done(const struct buf *b); /* what was written; borrowed */
char *buf_take(struct buf *b); /* the heap block itself (heap buffers only); the caller frees */

bool buf_grow(struct buf *b, size_t n); /* the slow way of buf_room */

/* Room for n more bytes; false (and b->full) where the maximum is passed. */
static inline bool
buf_room(struct buf *b, size_t n)
{
	if (!b->full && n <= b->cap - b->n && b->n + n <= b->max)
		return true;
	return buf_grow(b, n);
}

static inline void
buf_char(struct buf *b, char c)
{
	if (buf_room(b, 1))
		b->p[b->n++] = c;
}

/* Most texts are short: two halves of a known size, which may overlap, cost less than a call. */
static inline void
bytes_copy(char *to, const char *from, size_t n)
{
	enum { QUARTER = 4, HALF = 8, WHOLE = 16 };

	if (n > 2 * WHOLE) {
		memcpy(to, from, n);
	} else if (n >= WHOLE) {
		memcpy(to, from, WHOLE);
		memcpy(to + n - WHOLE, from + n - WHOLE, WHOLE);
	} else if (n >= HALF) {
		memcpy(to, from, HALF);
		memcpy(to + n - HALF, from + n - HALF, HALF);
	} else if (n >= QUARTER) {
		memcpy(to, from, QUARTER);
		memcpy(to + n - QUARTER, from + n - QUARTER, QUARTER);
	} else {
		for (size_t i = 0; i < n; i++)
			to[i] = from[i];
	}
}

static inline void
buf_str(struct buf *b, struct str s)
{
	if (!s.n || !buf_room(b, s.n))
		return;
	bytes_copy(b->p + b->n, s.p, s.n);
	b->n += s.n;
}

static inline void
buf_z(struct buf *b, const char *z)
{
	if (z)
		buf_str(b, (struct str){ z, strlen(z) });
}
void buf_int(struct buf *b, int64_t i);
void buf_pad(struct buf *b, int64_t i, int width);         /* zero-padded, i >= 0 */
void buf_decimal(struct buf *b, int64_t units, int scale); /* 1250, 2 → 12.50 */
void buf_real(struct buf *b, double d);                    /* shortest that reads back the same */
void buf_json(struct buf *b, struct str s);                /* a JSON string with its quotes */
/* "…" as the model, maps and conditions read it: a backslash before quotes and backslashes. */
void buf_quoted(struct buf *b, struct str s);
void buf_csv(struct buf *b, struct str s);  /* a CSV cell, RFC 4180, quoted when needed */
void buf_url(struct buf *b, struct str s);  /* percent-encoded component, RFC 3986 */
void buf_html(struct buf *b, struct str s); /* & < > " ' escaped */
size_t html_plain(struct str s);            /* how many bytes at its start are none of these */
void buf_hex(struct buf *b, struct str bytes);
void buf_printf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));

#define BUF_LIT(b, literal) buf_str((b), S(literal))

#endif
