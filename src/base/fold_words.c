#include "base/fold.h"

#include <unicode/uchar.h>

#include "base/banned.h"
#include "base/buf.h"

enum {
	ASCII_END = 0x80,
	WORD_MAX = 256, /* bytes of a word that are looked at before folding */
	CHAIN_MAX = 12, /* words joined by connectors that are looked at together */
	SPELLINGS = 2,  /* plain, and with ae oe ue */
	DIGITS_MIN = 3, /* digits inside a word that are a token of their own */
	ALTERNATIVES_MAX = 4,
	FEW = 12, /* tokens that are compared one by one */
	SLOTS_MIN = 64
};

/* What may stand between two words of one chain. */
enum connector { CONNECT_NONE, CONNECT_HYPHEN, CONNECT_ADDRESS };

struct word {
	struct str spelling[SPELLINGS]; /* folded; the second is empty where it is the same */
	enum connector after;
};

/* Words that hang together: "Müller-Lüdenscheidt", "hans.may@". */
struct chain {
	struct word v[CHAIN_MAX];
	size_t n;
	bool is_address; /* followed by '@' and a letter */
};

/* The tokens so far, each once. */
struct tokens {
	struct arena *mem;
	struct strs *out;
	size_t first;    /* where they begin in out */
	uint32_t *slots; /* index in out + 1, or 0 */
	size_t n_slots;
};

/* Letters by the bits of a set. */
static const uint64_t ASCII_WORDS[2] = { (uint64_t)0x03ff << 48, (uint64_t)0x07fffffe07fffffe };

static inline bool
is_ascii_word(unsigned char c)
{
	return c < ASCII_END && (ASCII_WORDS[c >> 6] >> (c & 63) & 1);
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_word_char(UChar32 c)
{
	return u_isalnum(c) || (U_GET_GC_MASK(c) & U_GC_M_MASK);
}

/* Length of the letter, digit or mark at `at`; 0 where there is none. */
static size_t
word_char(struct str s, size_t at)
{
	size_t n;
	uint32_t c;

	if (at >= s.n)
		return 0;
	if ((unsigned char)s.p[at] < ASCII_END)
		return is_ascii_word((unsigned char)s.p[at]);
	n = str_utf8_next(str_from(s, at), &c);
	/* The soft hyphen and the joiners fold to nothing: they do not end a word. */
	if (u_hasBinaryProperty((UChar32)c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT))
		return n;
	return is_word_char((UChar32)c) ? n : 0;
}

static size_t
other_char(struct str s, size_t at)
{
	uint32_t c;

	return str_utf8_next(str_from(s, at), &c);
}

/* The connector at `at`, where a letter or digit follows it. */
static enum connector
connector_at(struct str s, size_t at, size_t *out_length)
{
	static const struct {
		struct str text;
		enum connector kind;
	} connectors[] = {
		{ S_INIT("-"), CONNECT_HYPHEN },
		{ S_INIT("'"), CONNECT_HYPHEN },
		{ S_INIT("\xe2\x80\x99"), CONNECT_HYPHEN },
		{ S_INIT("\xe2\x80\x90"), CONNECT_HYPHEN },
		{ S_INIT("\xe2\x80\x91"), CONNECT_HYPHEN },
		{ S_INIT("."), CONNECT_ADDRESS },
		{ S_INIT("_"), CONNECT_ADDRESS },
		{ S_INIT("+"), CONNECT_ADDRESS },
	};
	struct str rest = str_from(s, at);

	if (!rest.n || rest.p[0] == ' ' || is_ascii_word((unsigned char)rest.p[0]))
		return CONNECT_NONE;
	for (size_t i = 0; i < countof(connectors); i++) {
		if (!str_starts(rest, connectors[i].text))
			continue;
		*out_length = connectors[i].text.n;
		return word_char(rest, connectors[i].text.n) ? connectors[i].kind : CONNECT_NONE;
	}
	return CONNECT_NONE;
}

/* Cut to at most `max` bytes, between code points. */
static struct str
cut(struct str s, size_t max)
{
	if (s.n <= max)
		return s;
	while (max && ((unsigned char)s.p[max] & 0xc0) == 0x80)
		max--;
	return str_first(s, max);
}

/* Folding may leave signs and blanks in a word (ligatures of whole phrases): only word characters
 * stay. */
static struct str
only_word_chars(struct arena *mem, struct str s)
{
	char *p = arena_alloc(mem, s.n + 1);
	size_t n = 0;

	for (size_t i = 0, length; i < s.n; i += length) {
		length = word_char(s, i);
		if (!length) {
			length = other_char(s, i);
			continue;
		}
		memcpy(p + n, s.p + i, length);
		n += length;
	}
	return (struct str){ p, n };
}

static struct str
fold_token(struct arena *mem, struct str word)
{
	struct str folded = fold_key(mem, word);

	for (size_t i = 0; i < folded.n; i++)
		if (!is_ascii_word((unsigned char)folded.p[i]))
			return cut(only_word_chars(mem, folded), FOLD_TOKEN_MAX);
	return cut(folded, FOLD_TOKEN_MAX);
}

/* The umlaut at s.p as its vowel, and its length; 0 where there is none. */
static char
umlaut_at(struct str s, size_t *out_length)
{
	static const struct {
		unsigned char second;
		char vowel;
	} composed[] = { { 0xa4, 'a' }, { 0x84, 'a' }, { 0xb6, 'o' },
			 { 0x96, 'o' }, { 0xbc, 'u' }, { 0x9c, 'u' } };

	for (size_t i = 0; s.n >= 2 && (unsigned char)s.p[0] == 0xc3 && i < countof(composed); i++)
		if (composed[i].second == (unsigned char)s.p[1]) {
			*out_length = 2;
			return composed[i].vowel;
		}
	/* Vowel and combining diaeresis. */
	if (s.n >= 3 && (unsigned char)s.p[1] == 0xcc && (unsigned char)s.p[2] == 0x88 && s.p[0] &&
	    strchr("aouAOU", s.p[0])) {
		*out_length = 3;
		return s.p[0];
	}
	return 0;
}

/* The word with ae oe ue for its umlauts, folded; empty where it has none. */
static struct str
other_spelling(struct arena *mem, struct str word)
{
	char text[WORD_MAX * 2];
	bool any = false;
	size_t n = 0;

	for (size_t i = 0, length; i < word.n; i += length) {
		char vowel = umlaut_at(str_from(word, i), &length);

		if (!vowel) {
			length = 1;
			text[n++] = word.p[i];
			continue;
		}
		any = true;
		text[n++] = vowel;
		text[n++] = 'e';
	}
	return any ? fold_token(mem, (struct str){ text, n }) : (struct str){ 0 };
}

static struct str
lower_ascii(struct arena *mem, struct str text)
{
	char *p = arena_alloc(mem, text.n + 1);

	/* Of digits the bit is set already. */
	for (size_t i = 0; i < text.n; i++)
		p[i] = (char)(text.p[i] | ' ');
	return (struct str){ p, text.n };
}

static struct word
word_of(struct arena *mem, struct str text, bool is_ascii)
{
	struct word word = { 0 };

	if (is_ascii) {
		word.spelling[0] = lower_ascii(mem, str_first(text, FOLD_TOKEN_MAX));
		return word;
	}
	text = cut(text, WORD_MAX);
	word.spelling[0] = fold_token(mem, text);
	word.spelling[1] = other_spelling(mem, text);
	return word;
}

/* Where the word that begins at `at` ends. */
static size_t
word_end(struct str text, size_t at, bool *out_ascii)
{
	size_t length;

	for (*out_ascii = true;; *out_ascii = false) {
		while (at < text.n && is_ascii_word((unsigned char)text.p[at]))
			at++;
		length = word_char(text, at);
		if (!length)
			return at;
		at += length;
	}
}

/* The next chain of words at or behind *at; false at the end of the text. */
static bool
chain_next(struct arena *mem, struct str text, size_t *at, struct chain *out)
{
	size_t i = *at, length;

	out->n = 0;
	out->is_address = false;
	while (i < text.n && !word_char(text, i))
		i += other_char(text, i);
	while (i < text.n && out->n < CHAIN_MAX) {
		struct word *word = &out->v[out->n];
		size_t start = i;
		bool is_ascii;

		i = word_end(text, i, &is_ascii);
		*word = word_of(mem, (struct str){ text.p + start, i - start }, is_ascii);
		out->n += word->spelling[0].n > 0;
		word->after = connector_at(text, i, &length);
		if (word->after == CONNECT_NONE)
			break;
		i += length;
	}
	out->is_address = i + 1 < text.n && text.p[i] == '@' && word_char(text, i + 1);
	*at = i;
	return out->n || i < text.n;
}

/* Words [first, end) of the chain as one, in one spelling; empty where that spelling is no other.
 */
static struct str
chain_join(struct arena *mem, const struct chain *chain, size_t first, size_t end, int spelling)
{
	char text[FOLD_TOKEN_MAX + FOLD_TOKEN_MAX];
	bool differs = spelling == 0;
	size_t n = 0;

	for (size_t i = first; i < end && n < FOLD_TOKEN_MAX; i++) {
		struct str part = chain->v[i].spelling[spelling];

		differs = differs || part.n;
		if (!part.n)
			part = chain->v[i].spelling[0];
		memcpy(text + n, part.p, part.n);
		n += part.n;
	}
	return differs ? str_dup(mem, cut((struct str){ text, n }, FOLD_TOKEN_MAX))
		       : (struct str){ 0 };
}

/* Where the words that are joined with the one at `first` end. */
static size_t
chain_joined_end(const struct chain *chain, size_t first)
{
	size_t end = first + 1;

	if (chain->is_address)
		return chain->n;
	while (end < chain->n && chain->v[end - 1].after == CONNECT_HYPHEN)
		end++;
	return end;
}

static bool
tokens_have(const struct tokens *tokens, struct str token)
{
	for (size_t i = tokens->first; i < tokens->out->n; i++)
		if (str_eq(tokens->out->v[i], token))
			return true;
	return false;
}

/* Where the token stands, or the free slot for it. */
static uint32_t *
tokens_slot(struct tokens *tokens, struct str token)
{
	size_t at = str_hash(token) & (tokens->n_slots - 1);

	while (tokens->slots[at] && !str_eq(tokens->out->v[tokens->slots[at] - 1], token))
		at = (at + 1) & (tokens->n_slots - 1);
	return &tokens->slots[at];
}

static void
tokens_grow(struct tokens *tokens)
{
	tokens->n_slots = tokens->n_slots ? tokens->n_slots * 2 : SLOTS_MIN;
	tokens->slots = new_array(tokens->mem, tokens->n_slots, uint32_t);
	for (size_t i = tokens->first; i < tokens->out->n; i++)
		*tokens_slot(tokens, tokens->out->v[i]) = (uint32_t)i + 1;
}

static void
tokens_add(struct tokens *tokens, struct str token)
{
	size_t n = tokens->out->n - tokens->first;
	uint32_t *slot;

	if (!token.n || n >= FOLD_WORDS_MAX)
		return;
	if (n < FEW) {
		if (!tokens_have(tokens, token))
			list_add(tokens->mem, tokens->out, token);
		return;
	}
	if (n * 2 >= tokens->n_slots)
		tokens_grow(tokens);
	slot = tokens_slot(tokens, token);
	if (*slot)
		return;
	list_add(tokens->mem, tokens->out, token);
	*slot = (uint32_t)tokens->out->n;
}

static void
tokens_add_digits(struct tokens *tokens, struct str word)
{
	for (size_t i = 0, start = 0; i <= word.n; i++) {
		if (i < word.n && is_digit(word.p[i]))
			continue;
		if (i - start >= DIGITS_MIN && i - start < word.n)
			tokens_add(tokens, (struct str){ word.p + start, i - start });
		start = i + 1;
	}
}

static void
tokens_add_chain(struct tokens *tokens, const struct chain *chain)
{
	for (size_t i = 0; i < chain->n; i++) {
		for (int spelling = 0; spelling < SPELLINGS; spelling++)
			tokens_add(tokens, chain->v[i].spelling[spelling]);
		tokens_add_digits(tokens, chain->v[i].spelling[0]);
	}
	for (size_t first = 0, end; first < chain->n; first = end) {
		end = chain_joined_end(chain, first);
		for (int spelling = 0; end - first > 1 && spelling < SPELLINGS; spelling++)
			tokens_add(tokens, chain_join(tokens->mem, chain, first, end, spelling));
	}
}

void
fold_words(struct arena *mem, struct str text, struct strs *out)
{
	struct tokens tokens = { .mem = mem, .out = out, .first = out->n };
	struct chain chain;

	text = str_first(text, FOLD_TEXT_MAX);
	for (size_t at = 0; chain_next(mem, text, &at, &chain);)
		tokens_add_chain(&tokens, &chain);
}

static struct str
alternatives(struct arena *mem, const struct str *v, size_t n)
{
	struct buf b = buf_in(mem, (size_t)ALTERNATIVES_MAX * (FOLD_TOKEN_MAX + 1));

	for (size_t i = 0; i < n; i++) {
		if (!v[i].n)
			continue;
		if (b.n)
			buf_char(&b, '|');
		buf_str(&b, v[i]);
	}
	return buf_done(&b);
}

static void
query_add_chain(struct arena *mem, const struct chain *chain, struct strs *out)
{
	for (size_t first = 0, end; first < chain->n; first = end) {
		struct str v[ALTERNATIVES_MAX] = { 0 };

		end = chain_joined_end(chain, first);
		for (int spelling = 0; end - first > 1 && spelling < SPELLINGS; spelling++)
			v[SPELLINGS + spelling] = chain_join(mem, chain, first, end, spelling);
		for (size_t i = first; i < end; i++) {
			struct str word;

			memcpy(v, chain->v[i].spelling, sizeof chain->v[i].spelling);
			word = alternatives(mem, v, countof(v));
			list_add(mem, out, word);
		}
	}
}

void
fold_query(struct arena *mem, struct str text, struct strs *out)
{
	size_t first = out->n;
	struct chain chain;

	text = str_first(text, FOLD_TEXT_MAX);
	for (size_t at = 0; out->n - first < FOLD_QUERY_MAX && chain_next(mem, text, &at, &chain);)
		query_add_chain(mem, &chain, out);
	if (out->n - first > FOLD_QUERY_MAX)
		out->n = first + FOLD_QUERY_MAX;
}
