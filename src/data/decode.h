/* Bytes of a file of text, whatever its encoding, as a stream of UTF-8 in pieces, so that a file of
 * any size never stands in memory. */
#ifndef KONTOR_DATA_DECODE_H
#define KONTOR_DATA_DECODE_H

#include "base/cx.h"

/* Where bytes come from.  Gives the number of bytes put to `out` (at most n), 0 at the end, -1
 * where reading fails. */
struct source {
	int64_t (*read)(void *state, void *out, size_t n);
	void *state;
};

/* A source that reads from memory: state is a `struct str *`, which is used up. */
int64_t source_str(void *state, void *out, size_t n);
/* A source that reads from a file: state is a `FILE *`. */
int64_t source_file(void *state, void *out, size_t n);

/* AUTO: what a byte order mark says; else UTF-16 where every second byte at the beginning is zero;
 * else what the first character beyond ASCII is: UTF-8 where it is well-formed, windows-1252 where
 * it is not. */
enum encoding {
	ENCODING_AUTO,
	ENCODING_UTF8,
	ENCODING_WINDOWS_1252,
	ENCODING_ISO_8859_15,
	ENCODING_UTF16,
	ENCODING__MAX
};
extern const char *const ENCODING_NAMES[ENCODING__MAX];
bool encoding_find(struct str name, enum encoding *out) CHECKED;

enum decoded { DECODED_TEXT, DECODED_END, DECODED_BAD, DECODED_FAILED };

/* Lives in `mem`, its buffers too (some 300 KiB); nothing is to be closed. */
struct decoder;
struct decoder *decoder_new(struct arena *mem, struct source source, enum encoding encoding);

/* The next piece of well-formed UTF-8 without NUL bytes and without byte order mark (TEXT, never
 * empty, borrowed until the next call).  BAD: behind what was given so far stands a byte that is no
 * character; decoder_why tells which, as the end of a sentence ("the byte 0xFC is not UTF-8; …").
 * FAILED: the source failed.  After END, BAD and FAILED the answer stays the same. */
enum decoded decoder_next(struct decoder *decoder, struct str *out) CHECKED;
const char *decoder_why(const struct decoder *decoder);

#endif
