#define KONTOR_BASE
#include "base/banned.h"

#include "base/str.h"

#include <stdarg.h>

enum { REAL_TEXT_MAX = 64, DECIMAL_SCALE_MAX = 18 };

const char *
str_z(struct arena *mem, struct str s)
{
	char *copy = arena_alloc_raw(mem, s.n + 1);

	if (s.n)
		memcpy(copy, s.p, s.n);
	copy[s.n] = 0;
	return copy;
}

struct str
str_dup(struct arena *mem, struct str s)
{
	return (struct str){ str_z(mem, s), s.n };
}

struct str
str_join(struct arena *mem, struct str a, struct str b)
{
	char *text = arena_alloc_raw(mem, a.n + b.n + 1);

	if (a.n)
		memcpy(text, a.p, a.n);
	if (b.n)
		memcpy(text + a.n, b.p, b.n);
	text[a.n + b.n] = 0;
	return (struct str){ text, a.n + b.n };
}

struct str
str_printf(struct arena *mem, const char *format, ...)
{
	va_list args, again;
	char *text;
	int n;

	va_start(args, format);
	va_copy(again, args);
	n = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (n < 0) {
		va_end(again);
		return (struct str){ 0 };
	}
	text = arena_alloc(mem, (size_t)n + 1);
	vsnprintf(text, (size_t)n + 1, format, again);
	va_end(again);
	return (struct str){ text, (size_t)n };
}

bool
str_eq_z(struct str a, const char *z)
{
	return str_eq(a, str_of(z));
}

static char
ascii_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

bool
str_eq_ascii_nocase(struct str a, struct str b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (ascii_lower(a.p[i]) != ascii_lower(b.p[i]))
			return false;
	return true;
}

int
str_cmp(struct str a, struct str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int order = n ? memcmp(a.p, b.p, n) : 0;

	return order ? order : (a.n > b.n) - (a.n < b.n);
}

bool
str_starts(struct str s, struct str prefix)
{
	return s.n >= prefix.n && str_eq(str_first(s, prefix.n), prefix);
}

bool
str_ends(struct str s, struct str suffix)
{
	return s.n >= suffix.n && str_eq(str_from(s, s.n - suffix.n), suffix);
}

bool
str_find(struct str s, struct str needle, size_t *out)
{
	const char *hit;

	if (!needle.n) {
		*out = 0;
		return true;
	}
	hit = s.n ? memmem(s.p, s.n, needle.p, needle.n) : NULL;
	if (!hit)
		return false;
	*out = (size_t)(hit - s.p);
	return true;
}

uint64_t
str_hash(struct str s)
{
	uint64_t hash = 14695981039346656037u;

	for (size_t i = 0; i < s.n; i++) {
		hash ^= (unsigned char)s.p[i];
		__builtin_mul_overflow(hash, (uint64_t)1099511628211u, &hash);
	}
	return hash;
}

static bool
is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

struct str
str_trim(struct str s)
{
	while (s.n && is_blank(s.p[0]))
		s = str_from(s, 1);
	while (s.n && is_blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

struct str
str_from(struct str s, size_t start)
{
	if (start >= s.n)
		return (struct str){ 0 };
	return (struct str){ s.p + start, s.n - start };
}

struct str
str_cut(struct str *s, char c)
{
	const char *at = s->n ? memchr(s->p, c, s->n) : NULL;
	struct str head = *s;

	if (!at) {
		*s = (struct str){ 0 };
		return head;
	}
	head.n = (size_t)(at - s->p);
	*s = str_from(*s, head.n + 1);
	return head;
}

struct str
str_word(struct str *s)
{
	struct str word;
	size_t n = 0;

	while (s->n && is_blank(s->p[0]))
		*s = str_from(*s, 1);
	while (n < s->n && !is_blank(s->p[n]))
		n++;
	word = str_first(*s, n);
	*s = str_from(*s, n);
	return word;
}

bool
str_real(struct str s, double *out)
{
	char text[REAL_TEXT_MAX], *end;
	double value;

	if (!s.n || s.n >= sizeof text)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!strchr("0123456789+-.eE", s.p[i]) || !s.p[i])
			return false;
	memcpy(text, s.p, s.n);
	text[s.n] = 0;
	value = strtod(text, &end);
	if (*end || end == text || !isfinite(value))
		return false;
	*out = value;
	return true;
}

/* Towards minus infinity, so that the smallest number fits too. */
static bool
add_digits(struct str s, int64_t *value)
{
	for (size_t i = 0; i < s.n; i++) {
		int digit = s.p[i] - '0';

		if (digit < 0 || digit > 9 || __builtin_mul_overflow(*value, 10, value) ||
		    __builtin_sub_overflow(*value, digit, value))
			return false;
	}
	return true;
}

static struct str
skip_sign(struct str s)
{
	return str_from(s, s.n && (s.p[0] == '-' || s.p[0] == '+'));
}

bool
str_int(struct str s, int64_t min, int64_t max, int64_t *out)
{
	bool negative = s.n && s.p[0] == '-';
	int64_t value = 0;

	s = skip_sign(s);
	if (!s.n || !add_digits(s, &value))
		return false;
	if (!negative && __builtin_sub_overflow(0, value, &value))
		return false;
	if (value < min || value > max)
		return false;
	*out = value;
	return true;
}

bool
str_decimal(struct str s, int scale, int64_t *out)
{
	bool negative = s.n && s.p[0] == '-';
	struct str places = skip_sign(s), whole = str_cut(&places, '.');
	int64_t value = 0;

	if (scale < 0 || scale > DECIMAL_SCALE_MAX || (!whole.n && !places.n))
		return false;
	while (places.n > (size_t)scale && places.p[places.n - 1] == '0')
		places.n--;
	if (places.n > (size_t)scale || !add_digits(whole, &value) || !add_digits(places, &value))
		return false;
	for (size_t i = places.n; i < (size_t)scale; i++)
		if (__builtin_mul_overflow(value, 10, &value))
			return false;
	if (!negative && __builtin_sub_overflow(0, value, &value))
		return false;
	*out = value;
	return true;
}

/* Length of the well-formed sequence at s.p, 0 where there is none (Unicode 15, table 3-7). */
static size_t
utf8_sequence(struct str s)
{
	unsigned char c = (unsigned char)s.p[0];
	unsigned char low = 0x80, high = 0xbf;
	size_t n;

	if (c < 0x80)
		return c != 0;
	if (c < 0xc2 || c > 0xf4)
		return 0;
	n = c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
	if (c == 0xe0)
		low = 0xa0;
	else if (c == 0xed)
		high = 0x9f;
	else if (c == 0xf0)
		low = 0x90;
	else if (c == 0xf4)
		high = 0x8f;
	if (s.n < n || (unsigned char)s.p[1] < low || (unsigned char)s.p[1] > high)
		return 0;
	for (size_t i = 2; i < n; i++)
		if (((unsigned char)s.p[i] & 0xc0) != 0x80)
			return 0;
	return n;
}

/* Most text is ASCII: eight bytes at a time, none zero, none above 127. */
static size_t
ascii_end(struct str s, size_t i)
{
	const uint64_t low_bits = 0x0101010101010101u, high_bits = 0x8080808080808080u;
	uint64_t word;

	for (; i + sizeof word <= s.n; i += sizeof word) {
		memcpy(&word, s.p + i, sizeof word);
		if ((word | (word - low_bits)) & high_bits)
			break;
	}
	while (i < s.n && (unsigned char)(s.p[i] - 1) < 0x7f)
		i++;
	return i;
}

bool
str_is_utf8(struct str s, size_t *bad_at)
{
	for (size_t i = ascii_end(s, 0); i < s.n; i = ascii_end(s, i)) {
		size_t n = utf8_sequence(str_from(s, i));

		if (!n) {
			if (bad_at)
				*bad_at = i;
			return false;
		}
		i += n;
	}
	return true;
}

struct str
str_begin(struct str s, size_t n)
{
	if (s.n <= n)
		return s;
	while (n && ((unsigned char)s.p[n] & 0xc0) == 0x80)
		n--;
	return str_first(s, n);
}

size_t
str_utf8_length(struct str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += ((unsigned char)s.p[i] & 0xc0) != 0x80;
	return n;
}

size_t
str_utf8_next(struct str s, uint32_t *out)
{
	static const unsigned char first_bits[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
	size_t n = s.p[0] ? utf8_sequence(s) : 1;
	uint32_t c;

	if (!n) {
		*out = 0xfffd;
		return 1;
	}
	c = (unsigned char)s.p[0] & first_bits[n];
	for (size_t i = 1; i < n; i++)
		c = c << 6 | ((unsigned char)s.p[i] & 0x3f);
	*out = c;
	return n;
}

bool
str_eq_secret(struct str a, struct str b)
{
	unsigned char differ = 0;

	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		differ |= (unsigned char)(a.p[i] ^ b.p[i]);
	return !differ;
}
