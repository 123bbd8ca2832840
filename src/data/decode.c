#include "data/decode.h"

#include "base/i18n.h"

#include <stdio.h>

enum {
	RAW = 64 << 10,
	WIDEST = 3,  /* bytes of UTF-8 that one byte or two may become */
	GUESS = 64,  /* bytes at the beginning that are looked at for UTF-16 */
	BYTES = 256, /* of an encoding of single bytes */
	C1_FIRST = 0x80,
	C1_LAST = 0x9f,
};

const char *const ENCODING_NAMES[ENCODING__MAX] = {
	[ENCODING_AUTO] = "auto",
	[ENCODING_UTF8] = "utf-8",
	[ENCODING_WINDOWS_1252] = "windows-1252",
	[ENCODING_ISO_8859_15] = "iso-8859-15",
	[ENCODING_UTF16] = "utf-16",
};

struct decoder {
	struct arena *mem;
	struct source source;
	enum encoding encoding;
	bool begun, big_endian;
	bool source_ended; /* nothing more to read: what is in raw is the rest */
	enum decoded over; /* END, BAD or FAILED once reached */
	char *raw;
	size_t at, n;    /* what of raw is not yet decoded */
	char *wide;      /* the piece made from another encoding than UTF-8 */
	uint16_t *table; /* what each byte stands for; 0: nothing */
	const char *why;
};

bool
encoding_find(struct str name, enum encoding *out)
{
	for (unsigned i = 0; i < ENCODING__MAX; i++)
		if (str_eq_ascii_nocase(name, str_of(ENCODING_NAMES[i]))) {
			*out = i;
			return true;
		}
	return false;
}

int64_t
source_str(void *state, void *out, size_t n)
{
	struct str *rest = state;

	n = n < rest->n ? n : rest->n;
	if (n)
		memcpy(out, rest->p, n);
	*rest = str_from(*rest, n);
	return (int64_t)n;
}

int64_t
source_file(void *state, void *out, size_t n)
{
	size_t got = fread(out, 1, n, state);

	return !got && ferror(state) ? -1 : (int64_t)got;
}

struct decoder *
decoder_new(struct arena *mem, struct source source, enum encoding encoding)
{
	struct decoder *d = new(mem, struct decoder);

	d->mem = mem;
	d->source = source;
	d->encoding = encoding;
	d->raw = arena_alloc(mem, RAW);
	d->wide = arena_alloc(mem, (size_t)RAW * WIDEST);
	d->table = new_array(mem, BYTES, uint16_t);
	return d;
}

const char *
decoder_why(const struct decoder *d)
{
	return d->why;
}

static struct str
decoder_rest(const struct decoder *d)
{
	return (struct str){ d->raw + d->at, d->n - d->at };
}

static enum decoded
decoder_bad(struct decoder *d, unsigned byte, const char *remedy)
{
	d->why = str_printf(d->mem, "the byte 0x%02X is not %s; %s", byte,
			    ENCODING_NAMES[d->encoding], remedy)
			 .p;
	return d->over = DECODED_BAD;
}

static enum decoded
decoder_bad_nul(struct decoder *d)
{
	d->why = N_("a NUL byte, which no text has; is the file text at all, or UTF-16 "
		    "(encoding=utf-16)?");
	return d->over = DECODED_BAD;
}

static unsigned char
first_byte(struct str s)
{
	return (unsigned char)s.p[0];
}

/* Move what is left to the front and read until the buffer is full or the source ends. */
static bool
decoder_fill(struct decoder *d)
{
	memmove(d->raw, d->raw + d->at, d->n - d->at);
	d->n -= d->at;
	d->at = 0;
	while (d->n < RAW && !d->source_ended) {
		int64_t got = d->source.read(d->source.state, d->raw + d->n, RAW - d->n);

		if (got < 0 || (uint64_t)got > RAW - d->n) {
			d->over = DECODED_FAILED;
			return false;
		}
		d->source_ended = !got;
		d->n += (size_t)got;
	}
	return true;
}

/* Where windows-1252 is not ISO 8859-1: 0x80 to 0x9F.  0: the byte is not used. */
static const uint16_t WINDOWS[C1_LAST - C1_FIRST + 1] = {
	0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
	0x2039, 0x0152, 0,      0x017d, 0,      0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
	0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,      0x017e, 0x0178,
};

/* Where ISO 8859-15 is not ISO 8859-1. */
static const struct {
	uint8_t byte;
	uint16_t stands_for;
} LATIN_9[] = {
	{ 0xa4, 0x20ac }, { 0xa6, 0x0160 }, { 0xa8, 0x0161 }, { 0xb4, 0x017d },
	{ 0xb8, 0x017e }, { 0xbc, 0x0152 }, { 0xbd, 0x0153 }, { 0xbe, 0x0178 },
};

/* What each byte stands for.  Control characters beyond ASCII, which no table of data holds, stand
 * for nothing. */
static void
decoder_table(struct decoder *d)
{
	for (unsigned i = 1; i < BYTES; i++)
		d->table[i] = i < C1_FIRST || i > C1_LAST ? (uint16_t)i : 0;
	if (d->encoding == ENCODING_WINDOWS_1252)
		memcpy(d->table + C1_FIRST, WINDOWS, sizeof WINDOWS);
	for (size_t i = 0; d->encoding == ENCODING_ISO_8859_15 && i < countof(LATIN_9); i++)
		d->table[LATIN_9[i].byte] = LATIN_9[i].stands_for;
}

static void
decoder_set(struct decoder *d, enum encoding encoding)
{
	d->encoding = encoding;
	if (encoding == ENCODING_WINDOWS_1252 || encoding == ENCODING_ISO_8859_15)
		decoder_table(d);
}

/* Of UTF-16, in text that is mostly below U+0100, one byte of each pair is zero and the other never
 * is.  A single NUL byte in other text is no such sign. */
static bool
is_zero_every_second(struct str s, size_t from)
{
	size_t pairs = 0, zeros = 0, others = 0;

	for (size_t i = 0; i + 1 < s.n && i < GUESS; i += 2) {
		pairs++;
		zeros += !s.p[i + from];
		others += !s.p[i + 1 - from];
	}
	return zeros && !others && zeros * 4 >= pairs * 3;
}

static void
decoder_begin(struct decoder *d)
{
	static const struct {
		struct str mark;
		enum encoding encoding;
		bool big_endian;
	} marks[] = {
		{ S_INIT("\xef\xbb\xbf"), ENCODING_UTF8, false },
		{ S_INIT("\xff\xfe"), ENCODING_UTF16, false },
		{ S_INIT("\xfe\xff"), ENCODING_UTF16, true },
	};
	struct str rest = decoder_rest(d);

	d->begun = true;
	for (size_t i = 0; i < countof(marks); i++) {
		if (!str_starts(rest, marks[i].mark) ||
		    (d->encoding != ENCODING_AUTO && d->encoding != marks[i].encoding))
			continue;
		d->at += marks[i].mark.n;
		d->big_endian = marks[i].big_endian;
		decoder_set(d, marks[i].encoding);
		return;
	}
	d->big_endian = is_zero_every_second(rest, 0);
	if (d->encoding == ENCODING_AUTO && (d->big_endian || is_zero_every_second(rest, 1)))
		d->encoding = ENCODING_UTF16;
	decoder_set(d, d->encoding);
}

/* The length of the ASCII text, without NUL, at the beginning. */
static size_t
ascii_length(struct str s)
{
	const uint64_t high = 0x8080808080808080, ones = 0x0101010101010101;
	size_t i = 0;

	for (; i + sizeof(uint64_t) <= s.n; i += sizeof(uint64_t)) {
		uint64_t word;

		memcpy(&word, s.p + i, sizeof word);
		if ((word | (word - ones)) & high)
			break;
	}
	while (i < s.n && s.p[i] && (unsigned char)s.p[i] < C1_FIRST)
		i++;
	return i;
}

/* Is the text nothing but the beginning of one sequence, cut off by the end of the buffer? */
static bool
is_sequence_begun(struct str s)
{
	unsigned char c = first_byte(s);
	size_t need = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : c >= 0xc2 ? 2 : 0;

	if (s.n >= need)
		return false;
	for (size_t i = 1; i < s.n; i++)
		if (((unsigned char)s.p[i] & 0xc0) != 0x80)
			return false;
	return true;
}

static enum decoded
decode_utf8(struct decoder *d, struct str *out)
{
	struct str rest = decoder_rest(d);
	size_t good = rest.n;

	(void)!str_is_utf8(rest, &good);
	if (good) {
		*out = str_first(rest, good);
		d->at += good;
		return DECODED_TEXT;
	}
	if (!first_byte(rest))
		return decoder_bad_nul(d);
	return decoder_bad(d, first_byte(rest),
			   "is the file windows-1252 (encoding=windows-1252)?");
}

static size_t
utf8_put(char *p, uint32_t c)
{
	if (c < 0x80) {
		p[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		p[0] = (char)(0xc0 | c >> 6);
		p[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		p[0] = (char)(0xe0 | c >> 12);
		p[1] = (char)(0x80 | (c >> 6 & 0x3f));
		p[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	p[0] = (char)(0xf0 | c >> 18);
	p[1] = (char)(0x80 | (c >> 12 & 0x3f));
	p[2] = (char)(0x80 | (c >> 6 & 0x3f));
	p[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

static enum decoded
decode_bytes(struct decoder *d, struct str *out)
{
	struct str rest = decoder_rest(d);
	size_t n = 0, i = 0;

	while (i < rest.n && d->table[(unsigned char)rest.p[i]])
		n += utf8_put(d->wide + n, d->table[(unsigned char)rest.p[i++]]);
	d->at += i;
	if (n) {
		*out = (struct str){ d->wide, n };
		return DECODED_TEXT;
	}
	if (!first_byte(rest))
		return decoder_bad_nul(d);
	return decoder_bad(d, first_byte(rest),
			   "name the encoding of the file, or repair the text");
}

static uint32_t
utf16_unit(const struct decoder *d, size_t at)
{
	unsigned a = (unsigned char)d->raw[at], b = (unsigned char)d->raw[at + 1];

	return d->big_endian ? a << 8 | b : b << 8 | a;
}

/* The code point at d->at and its bytes; 0 bytes where there is none. */
static size_t
utf16_next(const struct decoder *d, uint32_t *out)
{
	uint32_t high, low;

	if (d->n - d->at < 2)
		return 0;
	high = utf16_unit(d, d->at);
	if (high < 0xd800 || high > 0xdfff) {
		*out = high;
		return high ? 2 : 0;
	}
	if (high > 0xdbff || d->n - d->at < 4)
		return 0;
	low = utf16_unit(d, d->at + 2);
	if (low < 0xdc00 || low > 0xdfff)
		return 0;
	*out = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
	return 4;
}

static enum decoded
decode_utf16(struct decoder *d, struct str *out)
{
	size_t n = 0, used;
	uint32_t c = 0;

	while ((used = utf16_next(d, &c)) > 0) {
		n += utf8_put(d->wide + n, c);
		d->at += used;
	}
	if (n) {
		*out = (struct str){ d->wide, n };
		return DECODED_TEXT;
	}
	if (d->n - d->at >= 2 && !utf16_unit(d, d->at))
		return decoder_bad_nul(d);
	return decoder_bad(d, first_byte(decoder_rest(d)), "name the encoding of the file");
}

/* Until there is a character beyond ASCII, nothing needs to be known. */
static enum decoded
decode_auto(struct decoder *d, struct str *out)
{
	struct str rest = decoder_rest(d), behind = str_from(rest, ascii_length(rest));
	uint32_t c;

	if (behind.n && first_byte(behind) && (d->source_ended || !is_sequence_begun(behind))) {
		decoder_set(d,
			    str_utf8_next(behind, &c) > 1 ? ENCODING_UTF8 : ENCODING_WINDOWS_1252);
		return d->encoding == ENCODING_UTF8 ? decode_utf8(d, out) : decode_bytes(d, out);
	}
	if (behind.n == rest.n)
		return decoder_bad_nul(d);
	*out = str_first(rest, rest.n - behind.n);
	d->at += out->n;
	return DECODED_TEXT;
}

/* Is what stands at the front too little to be decided on, though more is to come? */
static bool
decoder_is_short(const struct decoder *d)
{
	struct str rest = decoder_rest(d);

	if (!rest.n)
		return true;
	if (d->source_ended)
		return false;
	if (d->encoding == ENCODING_UTF16)
		return rest.n < 4;
	return first_byte(rest) >= C1_FIRST && is_sequence_begun(rest);
}

enum decoded
decoder_next(struct decoder *d, struct str *out)
{
	static enum decoded (*const decoders[ENCODING__MAX])(struct decoder *, struct str *) = {
		[ENCODING_AUTO] = decode_auto,          [ENCODING_UTF8] = decode_utf8,
		[ENCODING_WINDOWS_1252] = decode_bytes, [ENCODING_ISO_8859_15] = decode_bytes,
		[ENCODING_UTF16] = decode_utf16,
	};

	if (d->over)
		return d->over;
	if (decoder_is_short(d) && !decoder_fill(d))
		return d->over;
	if (!d->begun)
		decoder_begin(d);
	if (d->at == d->n)
		return d->over = DECODED_END;
	return decoders[d->encoding](d, out);
}
