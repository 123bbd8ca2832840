#include "model/cond_node.h"

#include "base/fold.h"

enum {
	UTF8_MAX = 4,
	SURROGATES_FIRST = 0xd800,
	SURROGATES_END = 0xe000,
	CODE_END = 0x110000,
	TWO_BYTES = 0x80,
	THREE_BYTES = 0x800,
	FOUR_BYTES = 0x10000
};

/* Stand for a star and a question mark that are meant literally while the text is folded: private
 * characters, which folding leaves alone. */
static const struct str STAR = S_INIT("\xee\x80\x80"), QUESTION = S_INIT("\xee\x80\x81");

static void
buf_escaped(struct buf *b, char c)
{
	if (c == '%' || c == '_' || c == '\\')
		buf_char(b, '\\');
	buf_char(b, c);
}

/* Literal stars and question marks out of the way of folding. */
static struct str
like_protected(struct arena *mem, struct str text)
{
	struct buf b = buf_in(mem, text.n * STAR.n + 1);

	for (size_t i = 0; i < text.n; i++) {
		bool escape = text.p[i] == '\\' && i + 1 < text.n;

		if (escape && (text.p[i + 1] == '*' || text.p[i + 1] == '?'))
			buf_str(&b, text.p[++i] == '*' ? STAR : QUESTION);
		else if (escape && text.p[i + 1] == '\\')
			buf_char(&b, text.p[++i]);
		else
			buf_char(&b, text.p[i]);
	}
	return buf_done(&b);
}

struct str
pattern_of_like(struct arena *mem, struct str text)
{
	struct str key = fold_key(mem, like_protected(mem, text));
	struct buf b = buf_in(mem, key.n * 2 + 1);

	while (key.n) {
		bool run = b.n && b.p[b.n - 1] == '%' && (b.n < 2 || b.p[b.n - 2] != '\\');

		if (str_starts(key, STAR) || str_starts(key, QUESTION)) {
			buf_char(&b, str_starts(key, STAR) ? '*' : '?');
			key = str_from(key, STAR.n);
			continue;
		}
		if (key.p[0] == '*') {
			if (!run)
				buf_char(&b, '%');
		} else if (key.p[0] == '?') {
			buf_char(&b, '_');
		} else {
			buf_escaped(&b, key.p[0]);
		}
		key = str_from(key, 1);
	}
	return buf_done(&b);
}

struct str
pattern_around(struct arena *mem, struct str literal)
{
	struct buf b = buf_in(mem, literal.n * 2 + 2);

	buf_char(&b, '%');
	for (size_t i = 0; i < literal.n; i++)
		buf_escaped(&b, literal.p[i]);
	buf_char(&b, '%');
	return buf_done(&b);
}

static size_t
character_end(struct str s, size_t at)
{
	at++;
	while (at < s.n && ((unsigned char)s.p[at] & 0xc0) == 0x80)
		at++;
	return at;
}

/* Does one step of the pattern take what stands here?  Moves both. */
static bool
pattern_step(struct str pattern, size_t *at, struct str key, size_t *in)
{
	size_t next = *at;

	if (next >= pattern.n || *in >= key.n)
		return false;
	if (pattern.p[next] == '_') {
		*at = next + 1;
		*in = character_end(key, *in);
		return true;
	}
	if (pattern.p[next] == '\\' && next + 1 < pattern.n)
		next++;
	if (pattern.p[next] != key.p[*in])
		return false;
	*at = next + 1;
	++*in;
	return true;
}

/* Where a step fails, the last run takes one character more. */
bool
pattern_matches(struct str pattern, struct str key)
{
	size_t at = 0, in = 0, after_run = SIZE_MAX, run_end = 0;

	while (in < key.n || at < pattern.n) {
		if (at < pattern.n && pattern.p[at] == '%') {
			after_run = ++at;
			run_end = in;
			continue;
		}
		if (pattern_step(pattern, &at, key, &in))
			continue;
		if (after_run == SIZE_MAX || run_end >= key.n)
			return false;
		run_end = character_end(key, run_end);
		in = run_end;
		at = after_run;
	}
	return true;
}

static uint32_t
code_of(struct str s)
{
	uint32_t code = (unsigned char)s.p[0];

	if (s.n > 1)
		code &= 0x7fu >> s.n;
	for (size_t i = 1; i < s.n; i++)
		code = code << 6 | ((unsigned char)s.p[i] & 0x3fu);
	return code;
}

static size_t
code_put(uint32_t code, char out[static UTF8_MAX])
{
	size_t n = code < TWO_BYTES ? 1 : code < THREE_BYTES ? 2 : code < FOUR_BYTES ? 3 : 4;

	for (size_t i = n; i-- > 1; code >>= 6)
		out[i] = (char)(0x80 | (code & 0x3f));
	out[0] = (char)(n == 1 ? code : (0xf00u >> n & 0xf0u) | code);
	return n;
}

/* UTF-8 orders as its code points do, so the last one becomes the next there is. */
bool
prefix_end(struct arena *mem, struct str prefix, struct str *out)
{
	while (prefix.n) {
		size_t start = prefix.n - 1;
		char next[UTF8_MAX];
		uint32_t code;

		while (start && ((unsigned char)prefix.p[start] & 0xc0) == 0x80)
			start--;
		code = code_of(str_from(prefix, start)) + 1;
		if (code == SURROGATES_FIRST)
			code = SURROGATES_END;
		prefix.n = start;
		if (code >= CODE_END)
			continue;
		*out = str_printf(mem, "%.*s%.*s", STR_FMT(prefix), (int)code_put(code, next),
				  next);
		return true;
	}
	return false;
}
