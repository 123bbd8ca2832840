#include "base/mustache.h"

#include <stdarg.h>

#include "base/i18n.h"
#include "base/mustache_node.h"

enum { DELIMITER_MAX = 16, NAME_SHOWN_MAX = 60, TOKENS_MAX = 400000, WHY_MAX = 300 };

/* A piece of text that stays within one line (its end belongs to it), or a tag. */
struct token {
	char type; /* 0: text; 'v' a value; else the tag's sign */
	bool starts_line, ends_line;
	bool own_line; /* a tag in a line without text: the line is not written */
	bool is_dynamic;
	int line;
	struct str text;   /* text, or the tag's name */
	struct str indent; /* with own_line: the white space before it */
};

struct tokens {
	struct token *v;
	size_t n, cap;
};

/* An open section while nodes are made. */
struct level {
	size_t node;
	struct str dedent; /* white space at the start of lines that does not belong to the content
			    */
};

struct parser {
	struct cx *cx;
	struct arena *mem;
	struct str name;
	const struct mustache_options *options;
	struct str open, close; /* delimiters */
	int line;
	struct tokens tokens;
	struct mustache *out;
	struct level levels[MUSTACHE_NESTING_MAX];
	size_t depth;
};

__attribute__((format(printf, 3, 4))) static bool
refuse(struct parser *parser, int line, const char *format, ...)
{
	char text[WHY_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, tr(parser->cx, format), args);
	va_end(args);
	return fail(parser->cx, E_INPUT, "%.*s:%d: %s", STR_FMT(parser->name), line, text);
}

static bool
is_blank(struct str s)
{
	return str_trim(s).n == 0;
}

static struct str
leading_white(struct str s)
{
	size_t n = 0;

	while (n < s.n && (s.p[n] == ' ' || s.p[n] == '\t'))
		n++;
	return str_first(s, n);
}

static bool
add_token(struct parser *parser, struct token token)
{
	if (parser->tokens.n >= TOKENS_MAX)
		return refuse(parser, parser->line, N_("the template has too many parts"));
	list_add(parser->mem, &parser->tokens, token);
	return true;
}

/* Text, cut behind each line end. */
static bool
add_text(struct parser *parser, struct str text)
{
	while (text.n) {
		struct str piece = text;
		struct token token;
		size_t end;

		if (str_find(text, S("\n"), &end))
			piece = str_first(text, end + 1);
		token = (struct token){ .line = parser->line,
					.text = piece,
					.ends_line = str_ends(piece, S("\n")) };
		if (!add_token(parser, token))
			return false;
		parser->line += token.ends_line;
		text = str_from(text, piece.n);
	}
	return true;
}

static int
count_lines(struct str s)
{
	int n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += s.p[i] == '\n';
	return n;
}

static bool
set_delimiters(struct parser *parser, struct str text)
{
	struct str open = str_word(&text), close = str_word(&text);

	if (!open.n || !close.n || !is_blank(text) || open.n > DELIMITER_MAX ||
	    close.n > DELIMITER_MAX || memchr(open.p, '=', open.n) || memchr(close.p, '=', close.n))
		return refuse(
			parser, parser->line,
			N_("new delimiters must be two signs, as in {{=<< >>=}}, without an equals sign"));
	parser->open = open;
	parser->close = close;
	return true;
}

/* The sign of a tag and how it ends. */
static char
tag_type(struct str s)
{
	return s.n && s.p[0] && strchr("{&#^/><$!=", s.p[0]) ? s.p[0] : 'v';
}

static bool
name_is_good(struct parser *parser, struct token *token)
{
	token->text = str_trim(token->text);
	if ((token->type == '>' || token->type == '<') && str_starts(token->text, S("*"))) {
		token->is_dynamic = true;
		token->text = str_trim(str_from(token->text, 1));
	}
	if (!token->text.n)
		return refuse(parser, token->line, N_("a tag has no name"));
	for (size_t i = 0; i < token->text.n; i++)
		if (is_blank(str_first(str_from(token->text, i), 1)))
			return refuse(parser, token->line,
				      N_("the name \"%.*s\" has a blank in it"),
				      STR_FMT(str_first(token->text, NAME_SHOWN_MAX)));
	return true;
}

static bool tokenize(struct parser *parser, struct str text);

/* Runs of white space as one blank, none at the ends. */
static struct str
one_line(struct arena *mem, struct str text)
{
	char *p = arena_alloc(mem, text.n + 1);
	size_t n = 0;

	while (text.n) {
		struct str word = str_word(&text);

		if (!word.n)
			break;
		if (n)
			p[n++] = ' ';
		memcpy(p + n, word.p, word.n);
		n += word.n;
	}
	return (struct str){ p, n };
}

/* Is there {{/t}} at the start of s?  Its length, or 0. */
static size_t
closes_translation(const struct parser *parser, struct str s)
{
	struct str rest = s;
	size_t end;

	if (!str_starts(rest, parser->open))
		return 0;
	rest = str_from(rest, parser->open.n);
	if (!str_find(rest, parser->close, &end) ||
	    !str_starts(str_trim(str_first(rest, end)), S("/")))
		return 0;
	if (!str_eq(str_trim(str_from(str_trim(str_first(rest, end)), 1)), S("t")))
		return 0;
	return parser->open.n + end + parser->close.n;
}

/* Behind {{#t}}: what stands up to {{/t}} is translated and read in its place. */
static bool
take_translation(struct parser *parser, struct str *rest)
{
	const struct mustache_options *options = parser->options;

	for (size_t i = 0, next; i < rest->n; i += next + 1) {
		struct str inner = str_first(*rest, i), translated;
		size_t length = closes_translation(parser, str_from(*rest, i));
		int lines = parser->line + count_lines(inner);

		if (!length) {
			if (!str_find(str_from(*rest, i + 1), parser->open, &next))
				break;
			continue;
		}
		inner = one_line(parser->mem, inner);
		translated = options->translate(options->state, inner);
		if (!tokenize(parser, translated))
			return false;
		parser->line = lines;
		*rest = str_from(*rest, i + length);
		return true;
	}
	return refuse(parser, parser->line, N_("{{#t}} is never closed"));
}

static bool
add_value(struct parser *parser, const struct token *token)
{
	const struct mustache_options *options = parser->options;
	struct str text = options->constant ? options->constant(options->state, token->text)
					    : (struct str){ 0 };
	struct buf escaped = buf_in(parser->mem, MUSTACHE_TEXT_MAX);

	if (!text.n)
		return add_token(parser, *token);
	if (options->plain)
		buf_str(&escaped, text);
	else
		buf_html(&escaped, text);
	return add_text(parser, buf_done(&escaped));
}

/* A tag that was read; behind {{#t}}, *rest is taken as well. */
static bool
add_tag(struct parser *parser, struct token *token, struct str *rest)
{
	if (token->type == '=' && !set_delimiters(parser, token->text))
		return false;
	if (token->type == '=' || token->type == '!')
		return add_token(parser, *token);
	if (!name_is_good(parser, token))
		return false;
	if (token->type == 'v')
		return add_value(parser, token);
	if (token->type == '#' && parser->options->translate && str_eq(token->text, S("t")))
		return take_translation(parser, rest);
	return add_token(parser, *token);
}

/* One tag; *rest begins behind its opening delimiter. */
static bool
take_tag(struct parser *parser, struct str *rest)
{
	struct token token = { .line = parser->line };
	struct str body = *rest, end = parser->close;
	size_t at, skipped;

	while (body.n && is_blank(str_first(body, 1)))
		body = str_from(body, 1);
	token.type = tag_type(body);
	body = str_from(body, token.type != 'v');
	if (token.type == '{' || token.type == '=')
		end = str_printf(parser->mem, "%c%.*s", token.type == '{' ? '}' : '=',
				 STR_FMT(parser->close));
	if (!str_find(body, end, &at))
		return refuse(parser, token.line, N_("a tag is not closed with %.*s"),
			      STR_FMT(end));
	token.text = str_first(body, at);
	skipped = rest->n - body.n + at + end.n;
	parser->line += count_lines(str_first(*rest, skipped));
	*rest = str_from(*rest, skipped);
	return add_tag(parser, &token, rest);
}

static bool
tokenize(struct parser *parser, struct str text)
{
	while (text.n) {
		size_t at;

		if (!str_find(text, parser->open, &at))
			return add_text(parser, text);
		if (!add_text(parser, str_first(text, at)))
			return false;
		text = str_from(text, at + parser->open.n);
		if (!take_tag(parser, &text))
			return false;
	}
	return true;
}

static bool
opens_or_closes(const struct token *token, bool *out_opens)
{
	*out_opens = token->type == '<' || token->type == '$';
	return *out_opens || token->type == '/';
}

/* May these tags have a line for themselves?  One tag that writes nothing in line; or several of
 * parents and blocks: first all that open, then all that close, or the other way round. */
static bool
is_own_line(const struct token *v, size_t n)
{
	size_t tags = 0, turns = 0, named = 0;
	bool opens = false, last = false;

	for (size_t i = 0; i < n; i++) {
		if (!v[i].type && !is_blank(v[i].text))
			return false;
		if (!v[i].type)
			continue;
		if (strchr("v{&", v[i].type))
			return false;
		if (opens_or_closes(&v[i], &opens)) {
			turns += named && opens != last;
			last = opens;
			named++;
		}
		tags++;
	}
	return tags == 1 || (tags && named == tags && turns <= 1);
}

/* The text of a line that has no other use goes; the first tag keeps what stood before it. */
static void
clear_line(struct token *v, size_t n)
{
	struct str before = { 0 };
	bool first = true;

	for (size_t i = 0; i < n; i++) {
		if (!v[i].type) {
			if (first)
				before = v[i].text;
			v[i].text = (struct str){ 0 };
			continue;
		}
		v[i].own_line = true;
		if (first)
			v[i].indent = leading_white(before);
		first = false;
	}
}

static size_t
line_end(const struct tokens *tokens, size_t at)
{
	while (at < tokens->n && !tokens->v[at].ends_line)
		at++;
	return at < tokens->n ? at + 1 : at;
}

static struct str
minus(struct str indent, struct str dedent)
{
	size_t n = 0;

	while (n < indent.n && n < dedent.n && indent.p[n] == dedent.p[n])
		n++;
	return str_from(indent, n);
}

/* The white space before the first line of a block's content; where it has none, before the block.
 */
static struct str
content_indent(const struct tokens *tokens, size_t open)
{
	for (size_t at = line_end(tokens, open), end; at < tokens->n; at = end) {
		end = line_end(tokens, at);
		while (at < end && !tokens->v[at].type && is_blank(tokens->v[at].text) &&
		       (at + 1 == end || !tokens->v[at].text.n))
			at++;
		if (at == end)
			continue;
		if (tokens->v[at].type == '/')
			break;
		return tokens->v[at].type ? tokens->v[at].indent
					  : leading_white(tokens->v[at].text);
	}
	return tokens->v[open].indent;
}

static void
split_path(struct arena *mem, struct node *node)
{
	struct str name = node->text;
	struct {
		struct mv_name *v;
		size_t n, cap;
	} path = { 0 };

	if (str_eq(name, S(".")))
		return;
	while (name.n) {
		struct str part = str_cut(&name, '.');

		list_add(mem, &path, mv_name(part));
	}
	node->path = path.v;
	node->n_path = path.n;
}

static enum node_kind
node_kind(char type)
{
	static const struct {
		char type;
		enum node_kind kind;
	} kinds[] = {
		{ 'v', NODE_VALUE },   { '{', NODE_RAW },      { '&', NODE_RAW },
		{ '#', NODE_SECTION }, { '^', NODE_INVERTED }, { '>', NODE_PARTIAL },
		{ '<', NODE_PARENT },  { '$', NODE_BLOCK },
	};

	for (size_t i = 0; i < countof(kinds); i++)
		if (kinds[i].type == type)
			return kinds[i].kind;
	return NODE_TEXT;
}

static void
add_text_node(struct parser *parser, const struct token *token, struct str text)
{
	struct mustache *out = parser->out;
	struct node *last = out->n ? &out->v[out->n - 1] : NULL;
	struct node node = { .line = token->line, .text = text, .end = out->n + 1 };

	if (!text.n)
		return;
	/* Lines that follow each other in the source are one text. */
	if (last && last->kind == NODE_TEXT && last->text.p + last->text.n == text.p)
		last->text.n += text.n;
	else
		list_add(parser->mem, out, node);
}

static bool
open_tag(struct parser *parser, size_t at, struct str dedent)
{
	const struct token *token = &parser->tokens.v[at];
	enum node_kind kind = node_kind(token->type);
	struct node node = { .kind = kind,
			     .line = token->line,
			     .text = token->text,
			     .own_line = token->own_line,
			     .is_dynamic = token->is_dynamic };
	bool has_inside = kind == NODE_SECTION || kind == NODE_INVERTED || kind == NODE_PARENT ||
			  kind == NODE_BLOCK;
	struct level level = { parser->out->n, dedent };

	split_path(parser->mem, &node);
	node.end = parser->out->n + 1;
	if (kind == NODE_BLOCK && token->own_line)
		level.dedent = content_indent(&parser->tokens, at);
	if (token->own_line)
		node.indent = minus(kind == NODE_BLOCK ? level.dedent : token->indent, dedent);
	list_add(parser->mem, parser->out, node);
	if (!has_inside)
		return true;
	if (parser->depth >= MUSTACHE_NESTING_MAX)
		return refuse(parser, token->line,
			      N_("more than %d sections stand within each other"),
			      MUSTACHE_NESTING_MAX);
	parser->levels[parser->depth++] = level;
	return true;
}

static bool
close_tag(struct parser *parser, const struct token *token)
{
	struct str name = token->text, shown = str_first(name, NAME_SHOWN_MAX);
	struct node *open;

	if (!parser->depth)
		return refuse(parser, token->line, N_("{{/%.*s}} closes nothing"), STR_FMT(shown));
	open = &parser->out->v[parser->levels[--parser->depth].node];
	if (open->is_dynamic && str_starts(name, S("*")))
		name = str_trim(str_from(name, 1));
	if (!str_eq(open->text, name))
		return refuse(parser, token->line, N_("{{/%.*s}} closes \"%.*s\" of line %d"),
			      STR_FMT(shown), STR_FMT(str_first(open->text, NAME_SHOWN_MAX)),
			      open->line);
	open->end = parser->out->n;
	open->closes_line = token->own_line;
	return true;
}

static bool
make_node(struct parser *parser, size_t at)
{
	const struct token *token = &parser->tokens.v[at];
	struct str dedent = { 0 };

	if (parser->depth)
		dedent = parser->levels[parser->depth - 1].dedent;
	if (!token->type) {
		add_text_node(parser, token,
			      token->starts_line ? minus(token->text, dedent) : token->text);
		return true;
	}
	if (token->type == '/')
		return close_tag(parser, token);
	return node_kind(token->type) == NODE_TEXT || open_tag(parser, at, dedent);
}

static bool
make_nodes(struct parser *parser)
{
	const struct node *open;

	for (size_t i = 0; i < parser->tokens.n; i++)
		if (!make_node(parser, i))
			return false;
	if (!parser->depth)
		return true;
	open = &parser->out->v[parser->levels[parser->depth - 1].node];
	return refuse(parser, open->line, N_("\"%.*s\" is never closed"),
		      STR_FMT(str_first(open->text, NAME_SHOWN_MAX)));
}

static void
mark_lines(struct tokens *tokens)
{
	for (size_t at = 0, end; at < tokens->n; at = end) {
		end = line_end(tokens, at);
		tokens->v[at].starts_line = true;
		if (is_own_line(tokens->v + at, end - at))
			clear_line(tokens->v + at, end - at);
	}
}

/* ---- what is known of a part before it is shown ---- */

/* A plain value needs no place among the names where nothing inside can mean it. */
static bool
may_mean_item(const struct node *node)
{
	return node->kind >= NODE_PARTIAL || (node->kind != NODE_TEXT && !node->n_path);
}

static void
section_look(struct mustache *out, size_t at)
{
	struct node *section = &out->v[at];

	for (size_t i = at + 1; i < section->end && !section->shows_item; i++)
		section->shows_item = may_mean_item(&out->v[i]);
}

static void
look_ahead(struct mustache *out)
{
	for (size_t i = 0; i < out->n; i++) {
		struct node *node = &out->v[i];

		if (node->kind == NODE_TEXT)
			node->ends_line = str_ends(node->text, S("\n"));
		else if (node->kind == NODE_SECTION)
			section_look(out, i);
	}
}

bool
mustache_compile(struct cx *cx, struct arena *mem, struct str name, struct str text,
		 const struct mustache_options *options, const struct mustache **out)
{
	static const struct mustache_options none = { 0 };
	struct parser parser = { .cx = cx,
				 .mem = mem,
				 .name = name,
				 .options = options ? options : &none,
				 .open = S("{{"),
				 .close = S("}}"),
				 .line = 1,
				 .out = new(mem, struct mustache) };

	if (text.n > MUSTACHE_TEXT_MAX)
		return refuse(&parser, 1, N_("the template is longer than %d bytes"),
			      MUSTACHE_TEXT_MAX);
	if (!tokenize(&parser, text))
		return false;
	mark_lines(&parser.tokens);
	if (!make_nodes(&parser))
		return false;
	look_ahead(parser.out);
	parser.out->name = str_dup(mem, name);
	parser.out->plain = parser.options->plain;
	*out = parser.out;
	return true;
}
