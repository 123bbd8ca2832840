#include "model/parse.h"

#include "model/check.h"

enum { TAB = 8 };

struct str
statement_rest(const struct statement *st, size_t from)
{
	if (from >= st->n_words)
		return (struct str){ 0 };
	return str_from(st->body, (size_t)(st->words[from].raw.p - st->body.p));
}

/* The end of the word that begins at `at`: the next blank outside quotes.  False: a quote is open.
 */
static bool
word_end(struct str line, size_t at, size_t *out)
{
	bool quoted = false;

	for (; at < line.n; at++) {
		char c = line.p[at];

		if (quoted && c == '\\' && at + 1 < line.n)
			at++;
		else if (c == '"')
			quoted = !quoted;
		else if (!quoted && (c == ' ' || c == '\t'))
			break;
	}
	*out = at;
	return !quoted;
}

/* The text between quotes, or the slice itself where there are none around it. */
static struct str
unquote(struct arena *mem, struct str s, bool *quoted)
{
	char *out;
	size_t n = 0;

	*quoted = s.n >= 2 && s.p[0] == '"' && s.p[s.n - 1] == '"';
	if (!*quoted)
		return s;
	s = (struct str){ s.p + 1, s.n - 2 };
	out = arena_alloc(mem, s.n + 1);
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\\' && i + 1 < s.n && (s.p[i + 1] == '"' || s.p[i + 1] == '\\'))
			i++;
		out[n++] = s.p[i];
	}
	return (struct str){ out, n };
}

static size_t
key_length(struct str raw)
{
	size_t n = 0;

	while (n < raw.n && ((raw.p[n] >= 'a' && raw.p[n] <= 'z') || raw.p[n] == '_'))
		n++;
	return n && n < raw.n && raw.p[n] == '=' ? n : 0;
}

static struct word
word_of(struct arena *mem, struct str raw)
{
	struct word word = { .raw = raw };
	size_t key = key_length(raw);

	word.key = str_first(raw, key);
	word.text = unquote(mem, key ? str_from(raw, key + 1) : raw, &word.quoted);
	return word;
}

/* The words of a line; false when it was reported. */
static bool
statement_words(struct check *c, struct statement *st, struct str line)
{
	struct word words[MODEL_WORDS_MAX];
	size_t at = 0, end = 0;

	st->body = line;
	st->body.n = 0;
	for (;;) {
		while (at < line.n && (line.p[at] == ' ' || line.p[at] == '\t'))
			at++;
		if (at >= line.n || line.p[at] == '#')
			break;
		if (st->n_words == MODEL_WORDS_MAX) {
			check_error(c, st, "more than %d words in one line", MODEL_WORDS_MAX);
			return false;
		}
		if (!word_end(line, at, &end)) {
			check_error(c, st, "a quote is not closed: %.*s",
				    STR_FMT(str_first(str_from(line, at), 40)));
			return false;
		}
		words[st->n_words++] = word_of(c->scratch, (struct str){ line.p + at, end - at });
		at = end;
		st->body.n = end;
	}
	if (!st->n_words)
		return true;
	st->words = new_array(c->scratch, st->n_words, struct word);
	memcpy(st->words, words, st->n_words * sizeof *words);
	return true;
}

/* The bytes of a line: short enough and without control characters. */
static bool
line_is_clean(struct check *c, const struct statement *st, struct str line)
{
	if (line.n > MODEL_LINE_MAX) {
		check_error(c, st, "the line is longer than %d bytes", MODEL_LINE_MAX);
		return false;
	}
	for (size_t i = 0; i < line.n; i++) {
		unsigned char byte = (unsigned char)line.p[i];

		if ((byte < ' ' && byte != '\t') || byte == 127) {
			check_error(c, st, "a control character (byte %u) stands in the line",
				    byte);
			return false;
		}
	}
	return true;
}

static unsigned
line_indent(struct str *line)
{
	unsigned indent = 0;

	while (line->n && (line->p[0] == ' ' || line->p[0] == '\t')) {
		indent = line->p[0] == '\t' ? (indent / TAB + 1) * TAB : indent + 1;
		*line = str_from(*line, 1);
	}
	return indent;
}

/* Find what the statement belongs to: the nearest one above that is indented less. */
static void
statement_place(struct check *c, struct statement *st, struct statement *above)
{
	struct statement *parent = above;

	while (parent && parent->indent >= st->indent)
		parent = parent->parent;
	st->parent = parent;
	st->depth = parent ? parent->depth + 1 : 0;
	st->lost = (!parent && st->indent) || st->depth >= MODEL_DEPTH_MAX;
	if (!parent && st->indent)
		check_error(c, st,
			    "the line is indented, but there is no line above that it belongs to");
	if (st->depth >= MODEL_DEPTH_MAX) {
		check_error(c, st, "the line is indented too deep");
		st->parent = NULL;
		st->depth = 0;
	}
}

struct statement **
parse_text(struct check *c, const struct model_text *text, struct statement **end)
{
	struct str rest = text->text;
	struct statement *above = NULL;
	size_t bad_at;

	if (rest.n > MODEL_TEXT_MAX) {
		check_error_line(c, text, 1, "the text is longer than %d bytes", MODEL_TEXT_MAX);
		return end;
	}
	for (unsigned line_number = 1; rest.n && !check_is_full(c); line_number++) {
		struct str line = str_cut(&rest, '\n');
		struct statement *st = new(c->scratch, struct statement);

		if (line.n && line.p[line.n - 1] == '\r')
			line.n--;
		st->source = text;
		st->line = line_number;
		if (!str_is_utf8(line, &bad_at)) {
			check_error(c, st, "byte %zu of the line is not UTF-8 text", bad_at + 1);
			continue;
		}
		if (!line_is_clean(c, st, line))
			continue;
		st->indent = line_indent(&line);
		if (!statement_words(c, st, line) || !st->n_words)
			continue;
		statement_place(c, st, above);
		above = st;
		*end = st;
		end = &st->next;
	}
	return end;
}
