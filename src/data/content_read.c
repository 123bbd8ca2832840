#include "data/content_read.h"

#include "data/decode.h"

enum { DECODED_FACTOR = 4, HEX_BASE = 16 };

/* ---- lines ---- */

/* The next line as it stands in the file. */
static struct str
raw_line(struct content_reader *reader)
{
	const char *feed = memchr(reader->rest.p, '\n', reader->rest.n);
	size_t n = feed ? (size_t)(feed - reader->rest.p) : reader->rest.n;
	struct str line = str_first(reader->rest, n);

	reader->rest = str_from(reader->rest, feed ? n + 1 : n);
	reader->line++;
	while (line.n && line.p[line.n - 1] == '\r')
		line.n--;
	return line;
}

static bool
is_folded(const struct content_reader *reader)
{
	return reader->rest.n && (reader->rest.p[0] == ' ' || reader->rest.p[0] == '\t');
}

static bool
params_cut(struct str line, struct str *head, struct str *value)
{
	bool quoted = false;

	for (size_t i = 0; i < line.n; i++) {
		quoted ^= line.p[i] == '"';
		if (line.p[i] == ':' && !quoted) {
			*head = str_first(line, i);
			*value = str_from(line, i + 1);
			return true;
		}
	}
	return false;
}

/* The piece before the next `c` outside of quotes. */
static struct str
quoted_cut(struct str *rest, char c)
{
	struct str whole = *rest;
	bool quoted = false;

	for (size_t i = 0; i < whole.n; i++) {
		quoted ^= whole.p[i] == '"';
		if (whole.p[i] == c && !quoted) {
			*rest = str_from(whole, i + 1);
			return str_first(whole, i);
		}
	}
	*rest = str_from(whole, whole.n);
	return whole;
}

static void
property_read(struct str line, struct content_property *out)
{
	struct str head, name, dot;

	if (!params_cut(line, &head, &out->value)) {
		out->is_bad = true;
		out->value = line;
		return;
	}
	name = quoted_cut(&head, ';');
	dot = name;
	out->group = str_cut(&dot, '.');
	out->name = dot.n ? dot : name;
	if (!dot.n)
		out->group = S("");
	while (head.n && out->n < CONTENT_PARAMS_MAX) {
		struct str param = quoted_cut(&head, ';'), value = param,
			   key = str_cut(&value, '=');
		bool is_word = key.n == param.n;

		out->params[out->n++] = (struct content_param){ is_word ? S("") : str_trim(key),
								str_trim(is_word ? param : value) };
	}
}

static bool
is_quoted_printable(const struct content_property *property)
{
	return content_has(property, "ENCODING", "QUOTED-PRINTABLE");
}

/* The lines that belong to this one: folded, or behind a soft line break. */
static struct str
unfold(struct content_reader *reader, struct str first)
{
	struct content_property head = { 0 };
	bool is_soft;

	buf_clear(&reader->unfolded);
	buf_str(&reader->unfolded, first);
	property_read(first, &head);
	is_soft = is_quoted_printable(&head);
	for (;;) {
		struct str so_far = buf_done(&reader->unfolded);

		if (is_soft && reader->rest.n && so_far.n && so_far.p[so_far.n - 1] == '=') {
			reader->unfolded.n--;
			buf_str(&reader->unfolded, raw_line(reader));
		} else if (is_folded(reader)) {
			buf_str(&reader->unfolded,
				str_from(raw_line(reader), reader->is_old ? 0 : 1));
		} else {
			return so_far;
		}
	}
}

bool
content_next(struct content_reader *reader, struct content_property *out)
{
	struct str first = { 0 };

	*out = (struct content_property){ 0 };
	while (reader->rest.n && !str_trim(first).n)
		first = raw_line(reader);
	if (!str_trim(first).n)
		return false;
	out->line = reader->line;
	property_read(unfold(reader, first), out);
	return true;
}

/* ---- parameters ---- */

static struct str
unquoted(struct str text)
{
	return text.n > 1 && text.p[0] == '"' && text.p[text.n - 1] == '"'
		       ? (struct str){ text.p + 1, text.n - 2 }
		       : text;
}

bool
content_has(const struct content_property *property, const char *name, const char *word)
{
	for (size_t i = 0; i < property->n; i++) {
		struct str rest = unquoted(property->params[i].value);

		if (property->params[i].name.n &&
		    !str_eq_ascii_nocase(property->params[i].name, str_of(name)))
			continue;
		while (rest.n)
			if (str_eq_ascii_nocase(str_trim(str_cut(&rest, ',')), str_of(word)))
				return true;
	}
	return false;
}

struct str
content_param(const struct content_property *property, const char *name)
{
	for (size_t i = 0; i < property->n; i++)
		if (str_eq_ascii_nocase(property->params[i].name, str_of(name)))
			return unquoted(property->params[i].value);
	return S("");
}

/* ---- values ---- */

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static struct str
quoted_printable(struct arena *mem, struct str text)
{
	struct buf out = buf_fixed(mem, text.n + 1);

	for (size_t i = 0; i < text.n; i++) {
		bool is_pair = text.p[i] == '=' && i + 2 < text.n &&
			       hex_digit(text.p[i + 1]) >= 0 && hex_digit(text.p[i + 2]) >= 0;

		if (is_pair) {
			buf_char(&out, (char)(hex_digit(text.p[i + 1]) * HEX_BASE +
					      hex_digit(text.p[i + 2])));
			i += 2;
		} else {
			buf_char(&out, text.p[i]);
		}
	}
	return buf_done(&out);
}

/* As UTF-8; what is no character ends it. */
static struct str
clean(struct arena *mem, struct str bytes, enum encoding encoding)
{
	struct arena_mark mark;
	struct decoder *decoder;
	struct str piece;
	struct buf out;

	if (encoding == ENCODING_AUTO && str_is_utf8(bytes, NULL))
		return bytes;
	out = buf_fixed(mem, bytes.n * DECODED_FACTOR + 1);
	mark = arena_mark(mem);
	decoder = decoder_new(mem, (struct source){ source_str, &bytes }, encoding);
	while (decoder_next(decoder, &piece) == DECODED_TEXT)
		buf_str(&out, piece);
	arena_rewind(mem, mark);
	return buf_done(&out);
}

struct str
content_decoded(struct arena *mem, const struct content_property *property)
{
	static const struct {
		const char *name;
		enum encoding encoding;
	} names[] = {
		{ "ISO-8859-1", ENCODING_WINDOWS_1252 }, { "LATIN1", ENCODING_WINDOWS_1252 },
		{ "US-ASCII", ENCODING_AUTO },           { "WINDOWS-1252", ENCODING_WINDOWS_1252 },
		{ "CP1252", ENCODING_WINDOWS_1252 },     { "ISO-8859-15", ENCODING_ISO_8859_15 },
	};
	struct str charset = content_param(property, "CHARSET"), value = property->value;
	enum encoding encoding = ENCODING_AUTO;

	for (size_t i = 0; i < countof(names); i++)
		if (str_eq_ascii_nocase(charset, str_of(names[i].name)))
			encoding = names[i].encoding;
	if (is_quoted_printable(property))
		value = quoted_printable(mem, value);
	return clean(mem, value, encoding);
}

struct str
content_cut(struct str *rest, char separator)
{
	struct str whole = *rest;

	for (size_t i = 0; i < whole.n; i++) {
		if (whole.p[i] == '\\') {
			i++;
			continue;
		}
		if (whole.p[i] == separator) {
			*rest = str_from(whole, i + 1);
			return str_first(whole, i);
		}
	}
	*rest = str_from(whole, whole.n);
	return whole;
}

struct str
content_plain(struct arena *mem, struct str text, bool is_old)
{
	struct buf out = buf_fixed(mem, text.n + 1);

	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i], next = i + 1 < text.n ? text.p[i + 1] : 0;

		if (c == '\\' && next && strchr(is_old ? ";\\" : ",;:\\nN", next)) {
			buf_char(&out, next == 'n' || next == 'N' ? '\n' : next);
			i++;
		} else if ((unsigned char)c >= ' ' || c == '\t' || c == '\n') {
			buf_char(&out, c);
		}
	}
	return str_trim(buf_done(&out));
}
