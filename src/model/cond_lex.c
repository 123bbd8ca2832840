#include "model/cond_parser.h"

#include <stdarg.h>

#include "base/i18n.h"

enum { FOUND_MAX = 40, SENTENCE_MAX = 500 };

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool
is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || (unsigned char)c >= 0x80;
}

/* What ends a bare word. */
static bool
is_stop(char c)
{
	return is_blank(c) || strchr("(),\"'=<>!", c);
}

bool
parse_fail(struct parser *p, size_t at, const char *code, const char *format, ...)
{
	char sentence[SENTENCE_MAX];
	size_t place = str_utf8_length(str_first(p->text, at)) + 1;
	va_list args;

	va_start(args, format);
	vsnprintf(sentence, sizeof sentence, tr(p->cx, format), args);
	va_end(args);
	return fail_field(p->cx, S("where"), code, "Character %zu: %s", place, sentence);
}

struct str
parse_shown(struct str text)
{
	size_t n = text.n < FOUND_MAX ? text.n : FOUND_MAX;

	while (n < text.n && ((unsigned char)text.p[n] & 0xc0) == 0x80)
		n++;
	return str_first(text, n);
}

const char *
parse_found(struct parser *p, size_t at)
{
	size_t end = at;
	struct str found;

	if (at >= p->text.n)
		return tr(p->cx, "the end");
	while (end < p->text.n && !is_stop(p->text.p[end]))
		end++;
	if (end == at)
		end++;
	found = parse_shown((struct str){ p->text.p + at, end - at });
	return str_printf(p->cx->mem, "“%.*s”", STR_FMT(found)).p;
}

bool
parse_node(struct parser *p, size_t at)
{
	if (++p->nodes > COND_NODES_MAX)
		return parse_fail(p, at, "length",
				  "The condition has more than %d parts; make several of it.",
				  COND_NODES_MAX);
	return true;
}

void
lex_blanks(struct parser *p)
{
	while (p->at < p->text.n && is_blank(p->text.p[p->at]))
		p->at++;
}

bool
lex_end(struct parser *p)
{
	lex_blanks(p);
	return p->at == p->text.n;
}

bool
lex_char(struct parser *p, char c)
{
	if (lex_end(p) || p->text.p[p->at] != c)
		return false;
	p->at++;
	return true;
}

static struct str
name_at(const struct parser *p, size_t at)
{
	size_t end = at;

	while (end < p->text.n && is_name_char(p->text.p[end]))
		end++;
	return (struct str){ p->text.p + at, end - at };
}

bool
lex_sees_word(struct parser *p, const char *word)
{
	lex_blanks(p);
	return str_eq_ascii_nocase(name_at(p, p->at), str_of(word));
}

bool
lex_word(struct parser *p, const char *word)
{
	if (!lex_sees_word(p, word))
		return false;
	p->at += strlen(word);
	return true;
}

struct str
lex_name(struct parser *p)
{
	struct str name;

	lex_blanks(p);
	name = name_at(p, p->at);
	p->at += name.n;
	return name;
}

/* Behind a backslash: quotes and the backslash itself, n and t; before anything else it stays. */
static size_t
unescape(const struct parser *p, size_t at, struct buf *out)
{
	static const char from[] = "\"'\\nt", to[] = "\"'\\\n\t";
	const char *hit =
		at + 1 < p->text.n ? memchr(from, p->text.p[at + 1], sizeof from - 1) : NULL;

	if (!hit) {
		buf_char(out, '\\');
		return 1;
	}
	buf_char(out, to[hit - from]);
	return 2;
}

static bool
lex_quoted(struct parser *p, struct token *out)
{
	struct buf text = buf_in(p->mem, COND_TEXT_MAX);
	size_t at = p->at + 1;
	char quote = p->text.p[p->at];

	while (at < p->text.n && p->text.p[at] != quote) {
		if (p->text.p[at] == '\\')
			at += unescape(p, at, &text);
		else
			buf_char(&text, p->text.p[at++]);
	}
	if (at >= p->text.n)
		return parse_fail(
			p, p->at, "format",
			"This quotation mark is not closed; write %c at the end of the text.",
			quote);
	*out = (struct token){ str_dup(p->mem, buf_done(&text)), p->at, true };
	p->at = at + 1;
	return true;
}

bool
lex_peek(struct parser *p, struct token *out)
{
	size_t end;

	if (lex_end(p))
		return false;
	for (end = p->at; end < p->text.n && !is_stop(p->text.p[end]);)
		end++;
	*out = (struct token){ { p->text.p + p->at, end - p->at }, p->at, false };
	return end > p->at;
}

static bool
is_reserved(struct str word)
{
	static const char *const WORDS[] = { "and", "or", "where" };

	for (size_t i = 0; i < countof(WORDS); i++)
		if (str_eq_ascii_nocase(word, str_of(WORDS[i])))
			return true;
	return false;
}

bool
lex_token(struct parser *p, struct token *out)
{
	if (!lex_end(p) && (p->text.p[p->at] == '"' || p->text.p[p->at] == '\''))
		return lex_quoted(p, out);
	if (!lex_peek(p, out) || is_reserved(out->text))
		return parse_fail(p, p->at, "format",
				  "Expected a value but found %s; put a text in quotation marks.",
				  parse_found(p, p->at));
	p->at += out->text.n;
	return true;
}
