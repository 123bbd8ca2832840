#include "base/fold.h"

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>
#include <unicode/utf16.h>
#include <unicode/utf8.h>

#include "base/banned.h"

enum {
	LATIN_FIRST = 0x80, /* Latin, phonetic letters and combining marks */
	LATIN_END = 0x370,
	SIGNS_FIRST = 0x2000, /* dashes, quotes, blanks, currency signs */
	SIGNS_END = 0x20d0,
	N_LATIN = LATIN_END - LATIN_FIRST,
	N_ENTRIES = N_LATIN + SIGNS_END - SIGNS_FIRST,
	ENTRY_MAX = 7, /* bytes that one short-cut code point may become */
	GROWTH = 4,    /* bytes out for a byte in, at most, on the short cut (7 for 2) */
	STACK_BYTES = 1024,
	STACK_UNITS = 512,
	CONTROL_END = 0x20,
	DELETE = 0x7f,
	LETTERS = 26,
	PASSES = 2
};

/* What one code point becomes when nothing around it matters. */
struct entry {
	unsigned char n;
	bool known;
	char text[ENTRY_MAX];
};

/* Handles of ICU and the short cuts made with them; written once, then only read. */
struct tables {
	const UNormalizer2 *casefold, *decompose, *compose;
	struct entry entries[N_ENTRIES];
};
static struct tables tables;
static pthread_once_t tables_once = PTHREAD_ONCE_INIT;

struct range {
	UChar32 first, last;
};

/* Marks that are diacritics: general, Hebrew points, Arabic harakat, supplements, half marks. */
static const struct range DIACRITICS[] = {
	{ 0x300, 0x36f },   { 0x483, 0x487 },   { 0x591, 0x5bd },   { 0x5bf, 0x5bf },
	{ 0x5c1, 0x5c2 },   { 0x5c4, 0x5c5 },   { 0x5c7, 0x5c7 },   { 0x610, 0x61a },
	{ 0x64b, 0x65f },   { 0x670, 0x670 },   { 0x1ab0, 0x1aff }, { 0x1dc0, 0x1dff },
	{ 0x20d0, 0x20ff }, { 0xfe20, 0xfe2f },
};

/* Letters that Unicode does not take apart, and signs with a plain twin. */
static const struct special {
	UChar32 c;
	const char *text;
} SPECIALS[] = {
	{ 0xab, "\"" },  { 0xbb, "\"" },   { 0xe6, "ae" },   { 0xf0, "d" },    { 0xf8, "o" },
	{ 0xfe, "th" },  { 0x111, "d" },   { 0x127, "h" },   { 0x131, "i" },   { 0x138, "k" },
	{ 0x142, "l" },  { 0x14b, "n" },   { 0x153, "oe" },  { 0x167, "t" },   { 0x180, "b" },
	{ 0x192, "f" },  { 0x19a, "l" },   { 0x1e5, "g" },   { 0x23c, "c" },   { 0x247, "e" },
	{ 0x249, "j" },  { 0x24d, "r" },   { 0x24f, "y" },   { 0x2b9, "'" },   { 0x2bb, "'" },
	{ 0x2bc, "'" },  { 0x2010, "-" },  { 0x2011, "-" },  { 0x2012, "-" },  { 0x2013, "-" },
	{ 0x2014, "-" }, { 0x2015, "-" },  { 0x2018, "'" },  { 0x2019, "'" },  { 0x201a, "'" },
	{ 0x201b, "'" }, { 0x201c, "\"" }, { 0x201d, "\"" }, { 0x201e, "\"" }, { 0x201f, "\"" },
	{ 0x2032, "'" }, { 0x2039, "'" },  { 0x203a, "'" },  { 0x2044, "/" },  { 0x2212, "-" },
};

/* Where folded bytes go: blanks are held back until something follows them. */
struct sink {
	char *p;
	size_t n;
	bool blank;
};

/* A text in UTF-16, in the arena or in memory of the caller. */
struct units {
	UChar *p;
	int32_t n, cap;
};

static bool
is_ascii(struct str s)
{
	uint64_t bits = 0, eight;
	size_t i = 0;

	for (; i + sizeof eight <= s.n; i += sizeof eight) {
		memcpy(&eight, s.p + i, sizeof eight);
		bits |= eight;
	}
	for (; i < s.n; i++)
		bits |= (unsigned char)s.p[i];
	return !(bits & 0x8080808080808080u);
}

static inline void
sink_put(struct sink *sink, char c)
{
	if ((unsigned char)c <= ' ' || c == DELETE) {
		sink->blank = sink->n > 0;
		return;
	}
	if (sink->blank)
		sink->p[sink->n++] = ' ';
	sink->blank = false;
	sink->p[sink->n++] = c >= 'A' && c <= 'Z' ? (char)(c | ' ') : c;
}

static bool
is_diacritic(UChar32 c)
{
	for (size_t i = 0; i < countof(DIACRITICS); i++)
		if (c <= DIACRITICS[i].last)
			return c >= DIACRITICS[i].first;
	return false;
}

static const char *
special_of(UChar32 c)
{
	size_t low = 0, high = countof(SPECIALS);

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (SPECIALS[middle].c == c)
			return SPECIALS[middle].text;
		if (SPECIALS[middle].c < c)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

static void
units_room(struct arena *mem, struct units *u, int32_t cap)
{
	if (cap <= u->cap)
		return;
	u->p = new_array(mem, (size_t)cap, UChar);
	u->cap = cap;
}

static void
units_normalize(struct arena *mem, const UNormalizer2 *how, const struct units *in,
		struct units *out)
{
	for (int pass = 0; pass < PASSES; pass++) {
		UErrorCode status = U_ZERO_ERROR;

		out->n = unorm2_normalize(how, in->p, in->n, out->p, out->cap, &status);
		if (status != U_BUFFER_OVERFLOW_ERROR)
			return;
		units_room(mem, out, out->n);
	}
}

static uint32_t
units_next(const struct units *in, int32_t *at)
{
	uint32_t c = in->p[(*at)++];

	if (U16_IS_LEAD(c) && *at < in->n && U16_IS_TRAIL(in->p[*at]))
		c = (c - 0xd800) * 0x400 + (in->p[(*at)++] - 0xdc00u) + 0x10000;
	return c;
}

/* Diacritics off, specials plain, white space and control characters as blanks. */
static void
units_strip(const struct units *in, struct units *out)
{
	int32_t n = 0;

	for (int32_t i = 0; i < in->n;) {
		uint32_t c = units_next(in, &i);
		const char *plain;

		if (is_diacritic((UChar32)c))
			continue;
		plain = special_of((UChar32)c);
		if (u_isUWhiteSpace((UChar32)c) || u_iscntrl((UChar32)c))
			plain = " ";
		if (!plain) {
			U16_APPEND_UNSAFE(out->p, n, c);
			continue;
		}
		while (*plain)
			out->p[n++] = (UChar)*plain++;
	}
	out->n = n;
}

static struct str
units_text(struct arena *mem, const struct units *in)
{
	char *utf8 = arena_alloc(mem, (size_t)in->n * 3 + 1);
	struct sink sink = { .p = utf8 };
	UErrorCode status = U_ZERO_ERROR;
	int32_t n = 0;

	u_strToUTF8WithSub(utf8, in->n * 3 + 1, &n, in->p, in->n, 0xfffd, NULL, &status);
	for (int32_t i = 0; i < n; i++)
		sink_put(&sink, utf8[i]);
	return (struct str){ utf8, sink.n };
}

/* By ICU, whole; composing last, so that Korean and Japanese letters stay whole. */
static struct str
fold_slow(struct arena *mem, struct str text)
{
	UChar stack[PASSES][STACK_UNITS];
	struct units a = { stack[0], 0, STACK_UNITS }, b = { stack[1], 0, STACK_UNITS };
	UErrorCode status = U_ZERO_ERROR;

	units_room(mem, &a, (int32_t)text.n);
	u_strFromUTF8WithSub(a.p, a.cap, &a.n, text.p, (int32_t)text.n, 0xfffd, NULL, &status);
	units_normalize(mem, tables.casefold, &a, &b);
	units_normalize(mem, tables.decompose, &b, &a);
	units_room(mem, &b, a.n * 2);
	units_strip(&a, &b);
	units_normalize(mem, tables.compose, &b, &a);
	return units_text(mem, &a);
}

static void
entry_fill(struct arena *mem, struct entry *entry, UChar32 c)
{
	UErrorCode status = U_ZERO_ERROR;
	UChar unit = (UChar)c;
	char text[U8_MAX_LENGTH];
	struct str folded;
	int32_t n = 0;

	u_strToUTF8(text, sizeof text, &n, &unit, 1, &status);
	folded = fold_slow(mem, (struct str){ text, (size_t)n });
	/* A blank alone would be trimmed away. */
	if (!folded.n && (u_isUWhiteSpace(c) || u_iscntrl(c) || u_getCombiningClass(c) == 0))
		folded = u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT) ? folded
										    : S(" ");
	if (folded.n > ENTRY_MAX)
		return;
	memcpy(entry->text, folded.p, folded.n);
	entry->n = (unsigned char)folded.n;
	entry->known = true;
}

static void
tables_fill(void)
{
	struct arena *mem = arena_new(1 << 20);
	struct arena_mark start = arena_mark(mem);
	UErrorCode status = U_ZERO_ERROR;

	tables.casefold = unorm2_getNFKCCasefoldInstance(&status);
	tables.decompose = unorm2_getNFDInstance(&status);
	tables.compose = unorm2_getNFCInstance(&status);
	if (U_FAILURE(status)) {
		fprintf(stderr, "kontor: the data of ICU are missing: %s\n", u_errorName(status));
		abort();
	}
	for (UChar32 c = 0; c < N_ENTRIES; c++) {
		entry_fill(mem, &tables.entries[c],
			   c < N_LATIN ? LATIN_FIRST + c : SIGNS_FIRST + c - N_LATIN);
		arena_rewind(mem, start);
	}
	arena_free(&mem);
}

/* The short cut for the sequence at p (at least two bytes long, or NULL) and its length. */
static inline const struct entry *
entry_at(const unsigned char *p, size_t n, size_t *out_length)
{
	unsigned c;

	if (n >= 2 && p[0] >= 0xc2 && p[0] <= 0xcd && (p[1] & 0xc0) == 0x80) {
		c = (p[0] & 0x1fu) << 6 | (p[1] & 0x3fu);
		*out_length = 2;
		return c < LATIN_END ? &tables.entries[c - LATIN_FIRST] : NULL;
	}
	if (n >= 3 && p[0] == 0xe2 && p[1] >= 0x80 && p[1] <= 0x83 && (p[2] & 0xc0) == 0x80) {
		c = (p[1] & 0x3fu) << 6 | (p[2] & 0x3fu);
		*out_length = 3;
		return c < SIGNS_END - SIGNS_FIRST ? &tables.entries[N_LATIN + c] : NULL;
	}
	return NULL;
}

/* Into `out`, which has room for GROWTH times the text.  False: this text needs ICU. */
static bool
fold_short(struct str text, struct sink *sink)
{
	const unsigned char *p = (const unsigned char *)text.p;

	for (size_t i = 0; i < text.n;) {
		const struct entry *entry;
		size_t length;

		if (p[i] < LATIN_FIRST) {
			sink_put(sink, (char)p[i++]);
			continue;
		}
		entry = entry_at(p + i, text.n - i, &length);
		if (!entry || !entry->known)
			return false;
		for (unsigned j = 0; j < entry->n; j++)
			sink_put(sink, entry->text[j]);
		i += length;
	}
	return true;
}

/* As sink_put for each byte, with all in registers. */
static struct str
fold_ascii(struct arena *mem, struct str text)
{
	char *p = arena_alloc(mem, text.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];

		if (c <= ' ' || c == DELETE) {
			p[n] = ' ';
			n += n && p[n - 1] != ' ';
			continue;
		}
		p[n++] = (char)(c | (c - (unsigned)'A' < LETTERS ? ' ' : 0));
	}
	n -= n && p[n - 1] == ' ';
	return (struct str){ p, n };
}

struct str
fold_key(struct arena *mem, struct str text)
{
	char stack[STACK_BYTES];
	struct sink sink = { .p = stack };

	text = str_first(text, FOLD_TEXT_MAX);
	if (is_ascii(text))
		return fold_ascii(mem, text);
	pthread_once(&tables_once, tables_fill);
	if (text.n * GROWTH > sizeof stack)
		sink.p = arena_alloc(mem, text.n * GROWTH);
	if (!fold_short(text, &sink))
		return fold_slow(mem, text);
	return sink.p == stack ? str_dup(mem, (struct str){ stack, sink.n })
			       : (struct str){ sink.p, sink.n };
}
