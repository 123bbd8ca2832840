#define KONTOR_BASE
#include "base/banned.h"

#include "base/buf.h"
#include "base/heap.h"

#include <stdarg.h>

enum { FIRST = 256, NUMBER_TEXT = 32, SCALE_MAX = 18 };

static const char HEX[] = "0123456789abcdef";

struct buf
buf_in(struct arena *mem, size_t max_bytes)
{
	return (struct buf){ .mem = mem, .max = max_bytes };
}

struct buf
buf_heap(size_t max_bytes)
{
	return (struct buf){ .max = max_bytes };
}

struct buf
buf_fixed(struct arena *mem, size_t max_bytes)
{
	return (struct buf){
		.p = arena_alloc_raw(mem, max_bytes), .cap = max_bytes, .max = max_bytes, .mem = mem
	};
}

void
buf_fini(struct buf *b)
{
	if (!b->mem)
		heap_free(b->p);
	*b = (struct buf){ .max = b->max };
}

void
buf_clear(struct buf *b)
{
	b->n = 0;
	b->full = false;
}

struct str
buf_done(const struct buf *b)
{
	return (struct str){ b->p, b->n };
}

char *
buf_take(struct buf *b)
{
	char *p = b->p;

	*b = (struct buf){ .max = b->max };
	return p;
}

bool
buf_grow(struct buf *b, size_t n)
{
	size_t cap = b->cap ? b->cap : FIRST;
	char *p;

	if (b->full || n > b->max || b->n > b->max - n) {
		b->full = true;
		return false;
	}
	while (cap < b->n + n)
		cap *= 2;
	if (b->mem) {
		p = arena_alloc_raw(b->mem, cap);
		if (b->n)
			memcpy(p, b->p, b->n);
	} else {
		p = heap_grow(b->p, cap);
	}
	b->p = p;
	b->cap = cap;
	return true;
}

static struct str
digits(uint64_t u, char text[static NUMBER_TEXT])
{
	size_t at = NUMBER_TEXT;

	do {
		text[--at] = (char)('0' + u % 10);
		u /= 10;
	} while (u);
	return (struct str){ text + at, NUMBER_TEXT - at };
}

static uint64_t
magnitude(int64_t i)
{
	return i < 0 ? (uint64_t)(-(i + 1)) + 1 : (uint64_t)i;
}

void
buf_int(struct buf *b, int64_t i)
{
	char text[NUMBER_TEXT];

	if (i < 0)
		buf_char(b, '-');
	buf_str(b, digits(magnitude(i), text));
}

void
buf_pad(struct buf *b, int64_t i, int width)
{
	char text[NUMBER_TEXT];
	struct str s = digits(magnitude(i), text);

	for (int have = (int)s.n; have < width; have++)
		buf_char(b, '0');
	buf_str(b, s);
}

void
buf_decimal(struct buf *b, int64_t units, int scale)
{
	char text[NUMBER_TEXT];
	struct str s = digits(magnitude(units), text);
	size_t places = (size_t)scale;

	if (units < 0)
		buf_char(b, '-');
	if (s.n <= places) {
		buf_char(b, '0');
		if (places) {
			buf_char(b, '.');
			for (size_t i = s.n; i < places; i++)
				buf_char(b, '0');
			buf_str(b, s);
		}
		return;
	}
	buf_str(b, str_first(s, s.n - places));
	if (places) {
		buf_char(b, '.');
		buf_str(b, str_from(s, s.n - places));
	}
}

void
buf_real(struct buf *b, double d)
{
	char text[NUMBER_TEXT];
	double back;

	for (int precision = 15; precision <= 17; precision++) {
		snprintf(text, sizeof text, "%.*g", precision, d);
		if (str_real(str_of(text), &back) && back >= d && back <= d)
			break;
	}
	buf_z(b, text);
}

static void
json_escape(struct buf *b, char c)
{
	switch (c) {
	case '"':
		BUF_LIT(b, "\\\"");
		break;
	case '\\':
		BUF_LIT(b, "\\\\");
		break;
	case '\n':
		BUF_LIT(b, "\\n");
		break;
	case '\r':
		BUF_LIT(b, "\\r");
		break;
	case '\t':
		BUF_LIT(b, "\\t");
		break;
	default:
		BUF_LIT(b, "\\u00");
		buf_char(b, HEX[(unsigned char)c >> 4]);
		buf_char(b, HEX[(unsigned char)c & 15]);
	}
}

void
buf_quoted(struct buf *b, struct str s)
{
	buf_char(b, '"');
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '"' || s.p[i] == '\\')
			buf_char(b, '\\');
		buf_char(b, s.p[i]);
	}
	buf_char(b, '"');
}

void
buf_json(struct buf *b, struct str s)
{
	size_t start = 0;

	buf_char(b, '"');
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if ((unsigned char)c >= ' ' && c != '"' && c != '\\' && c != 127)
			continue;
		buf_str(b, (struct str){ s.p + start, i - start });
		json_escape(b, c);
		start = i + 1;
	}
	if (start < s.n)
		buf_str(b, str_from(s, start));
	buf_char(b, '"');
}

void
buf_csv(struct buf *b, struct str s)
{
	bool quote = s.n && (s.p[0] == ' ' || s.p[s.n - 1] == ' ');

	for (size_t i = 0; i < s.n && !quote; i++)
		quote = s.p[i] == '"' || s.p[i] == ',' || s.p[i] == ';' || s.p[i] == '\n' ||
			s.p[i] == '\r' || s.p[i] == '\t';
	if (!quote) {
		buf_str(b, s);
		return;
	}
	buf_char(b, '"');
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '"')
			buf_char(b, '"');
		buf_char(b, s.p[i]);
	}
	buf_char(b, '"');
}

void
buf_url(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		    c == '-' || c == '.' || c == '_' || c == '~') {
			buf_char(b, (char)c);
			continue;
		}
		buf_char(b, '%');
		buf_char(b, "0123456789ABCDEF"[c >> 4]);
		buf_char(b, "0123456789ABCDEF"[c & 15]);
	}
}

static const bool HTML_SPECIAL
	[256] = { ['&'] = true, ['<'] = true, ['>'] = true, ['"'] = true, ['\''] = true };

static struct str
html_entity(char c)
{
	switch (c) {
	case '&':
		return S("&amp;");
	case '<':
		return S("&lt;");
	case '>':
		return S("&gt;");
	case '"':
		return S("&quot;");
	case '\'':
		return S("&#39;");
	default:
		return (struct str){ 0 };
	}
}

/* Sixteen bytes at a time: one of & ' < > " among them?  Two pairs differ in one bit each. */
typedef unsigned char bytes16 __attribute__((vector_size(16)));

static inline bool
has_special(const char *low, const char *high)
{
	enum { HALF = sizeof(bytes16) / 2 };
	bytes16 bytes, found;
	uint64_t halves[2];

	memcpy(&bytes, low, HALF);
	memcpy((char *)&bytes + HALF, high, HALF);
	found = (bytes16)((bytes | 1) == '\'') | (bytes16)((bytes | 2) == '>') |
		(bytes16)(bytes == '"');
	memcpy(halves, &found, sizeof halves);
	return halves[0] | halves[1];
}

/* Up to sixteen bytes are two halves, which may overlap. */
static bool
is_plain(struct str s)
{
	enum { HALF = sizeof(bytes16) / 2, STEP = sizeof(bytes16) };
	size_t i = 0;

	if (s.n < HALF) {
		while (i < s.n && !HTML_SPECIAL[(unsigned char)s.p[i]])
			i++;
		return i == s.n;
	}
	for (; i + STEP <= s.n; i += STEP)
		if (has_special(s.p + i, s.p + i + HALF))
			return false;
	return i == s.n ||
	       !has_special(s.n - i < HALF ? s.p + s.n - HALF : s.p + i, s.p + s.n - HALF);
}

size_t
html_plain(struct str s)
{
	size_t i = 0;

	if (is_plain(s))
		return s.n;
	while (i < s.n && !HTML_SPECIAL[(unsigned char)s.p[i]])
		i++;
	return i;
}

void
buf_html(struct buf *b, struct str s)
{
	size_t plain = html_plain(s);

	while (plain < s.n) {
		buf_str(b, (struct str){ s.p, plain });
		buf_str(b, html_entity(s.p[plain]));
		s = (struct str){ s.p + plain + 1, s.n - plain - 1 };
		plain = html_plain(s);
	}
	buf_str(b, s);
}

void
buf_hex(struct buf *b, struct str bytes)
{
	for (size_t i = 0; i < bytes.n; i++) {
		buf_char(b, HEX[(unsigned char)bytes.p[i] >> 4]);
		buf_char(b, HEX[(unsigned char)bytes.p[i] & 15]);
	}
}

void
buf_printf(struct buf *b, const char *format, ...)
{
	va_list args, again;
	int n;

	va_start(args, format);
	va_copy(again, args);
	n = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (n > 0 && buf_room(b, (size_t)n + 1)) {
		vsnprintf(b->p + b->n, (size_t)n + 1, format, again);
		b->n += (size_t)n;
	}
	va_end(again);
}
