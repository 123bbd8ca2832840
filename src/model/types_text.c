#include "model/types.h"

#include "base/fold.h"
#include "base/i18n.h"

enum { COMPARE_BYTES_MAX = 64 << 20, SHOWN_MAX = 60 };

#define MULTILINE (1u << FT_LONGTEXT | 1u << FT_RICHTEXT)

static bool
is_multiline(const struct field *f)
{
	return MULTILINE & 1u << f->result;
}

/* Line ends become \n; in a text of one line, line ends and tabs become blanks. */
static struct str
text_clean(struct arena *mem, const struct field *f, struct str text)
{
	bool lines = is_multiline(f);
	char *out;
	size_t n = 0;

	text = str_trim(text);
	if (!text.n ||
	    (!memchr(text.p, '\r', text.n) &&
	     (lines || (!memchr(text.p, '\n', text.n) && !memchr(text.p, '\t', text.n)))))
		return text;
	out = arena_alloc(mem, text.n + 1);
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (c == '\r' && i + 1 < text.n && text.p[i + 1] == '\n')
			continue;
		if (c == '\r')
			c = '\n';
		if (!lines && (c == '\n' || c == '\t'))
			c = ' ';
		out[n++] = c;
	}
	return (struct str){ out, n };
}

/* "example.com/x" is meant as https. */
static struct str
url_complete(struct arena *mem, struct str text)
{
	size_t at;

	if (!text.n || str_find(text, S(":"), &at) || !str_find(text, S("."), &at) || at == 0)
		return text;
	return str_printf(mem, "https://%.*s", STR_FMT(text));
}

static bool
text_accept(struct cx *cx, const struct field *f, struct str text, struct value *out)
{
	struct str clean = text_clean(cx->mem, f, text);
	struct value v;

	if (f->result == FT_EMAIL && str_starts(clean, S("mailto:")))
		clean = str_from(clean, 7);
	if (f->result == FT_URL)
		clean = url_complete(cx->mem, clean);
	v = value_text(clean.n ? str_dup(cx->mem, clean) : clean);
	if (v.kind != V_NONE && !value_check(cx, f, &v))
		return false;
	*out = v;
	return true;
}

TYPE_PARSE(text_parse)
{
	(void)how;
	return text_accept(cx, f, text, out);
}

TYPE_PRINT(text_print)
{
	(void)cx;
	(void)f;
	buf_str(out, v->s);
}

TYPE_TEXT(text_text)
{
	(void)f;
	buf_str(out, v->s);
}

TYPE_TEXT(text_to_json)
{
	(void)f;
	if (v->kind == V_NONE)
		BUF_LIT(out, "null");
	else
		buf_json(out, v->s);
}

TYPE_FROM_JSON(text_from_json)
{
	struct str text;

	if (json_is_null(json)) {
		*out = (struct value){ 0 };
		return true;
	}
	if (!json_is_string(json))
		return type_refuse_json(cx, f, tr(cx, "a text"));
	text = (struct str){ json_string_value(json), json_string_length(json) };
	return text_accept(cx, f, text, out);
}

static int
empty_order(const struct value *a, const struct value *b)
{
	return (a->kind != V_NONE) - (b->kind != V_NONE);
}

TYPE_COMPARE(bytes_compare)
{
	return str_cmp(a->s, b->s);
}

/* Text whose folded form is its lower case: no bytes beyond ASCII and no blank that folding drops.
 */
static bool
is_plain(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c <= ' ' || c >= 127)
			return false;
	}
	return true;
}

static int
compare_plain(struct str a, struct str b)
{
	for (size_t i = 0; i < a.n && i < b.n; i++) {
		int x = a.p[i] >= 'A' && a.p[i] <= 'Z' ? a.p[i] + 32 : a.p[i];
		int y = b.p[i] >= 'A' && b.p[i] <= 'Z' ? b.p[i] + 32 : b.p[i];

		if (x != y)
			return x < y ? -1 : 1;
	}
	return (a.n > b.n) - (a.n < b.n);
}

TYPE_COMPARE(text_compare)
{
	struct arena *mem;
	int order;

	if (a->kind == V_NONE || b->kind == V_NONE)
		return empty_order(a, b);
	if (a->s.n <= KEY_BYTES_MAX && b->s.n <= KEY_BYTES_MAX && is_plain(a->s) && is_plain(b->s))
		return compare_plain(a->s, b->s);
	mem = arena_new(COMPARE_BYTES_MAX);
	order = str_cmp(fold_key(mem, a->s), fold_key(mem, b->s));
	arena_free(&mem);
	return order;
}

int64_t
text_length_max(const struct field *f)
{
	static const int64_t DEFAULTS[FT__MAX] = {
		[FT_TEXT] = TEXT_LENGTH_MAX,         [FT_LONGTEXT] = LONGTEXT_LENGTH_MAX,
		[FT_RICHTEXT] = LONGTEXT_LENGTH_MAX, [FT_EMAIL] = EMAIL_LENGTH_MAX,
		[FT_PHONE] = PHONE_LENGTH_MAX,       [FT_URL] = URL_LENGTH_MAX,
	};

	return f->has_max ? f->max : DEFAULTS[f->result];
}

TYPE_SCHEMA(text_schema)
{
	const char *format = f->result == FT_EMAIL ? "email" : f->result == FT_URL ? "uri" : NULL;

	schema_begin(f, "string", format, out);
	buf_printf(out, ",\"maxLength\":%lld", (long long)text_length_max(f));
	if (f->has_min && f->min > 0)
		buf_printf(out, ",\"minLength\":%lld", (long long)f->min);
	buf_char(out, '}');
}

/* --- Choices --- */

const struct option *
option_match(struct cx *cx, const struct field *f, struct str text)
{
	const struct option *option = option_find(f, text);
	struct str key;

	if (option)
		return option;
	key = fold_key(cx->mem, text);
	for (unsigned i = 0; i < f->n_options; i++) {
		if (str_eq(key, f->options[i].key))
			return &f->options[i];
		for (int lang = 0; lang < LANG__MAX; lang++)
			if (str_eq(key, fold_key(cx->mem, f->options[i].labels[lang])))
				return &f->options[i];
	}
	return NULL;
}

static bool
option_refuse(struct cx *cx, const struct field *f, struct str text)
{
	return fail_field(cx, f->name, "option", "“%.*s” is no choice of “%s”.",
			  STR_FMT(str_first(text, SHOWN_MAX)), tr(cx, f->label.p));
}

TYPE_PARSE(enum_parse)
{
	const struct option *option;
	struct str trimmed = str_trim(text);

	(void)how;
	if (!trimmed.n) {
		*out = (struct value){ 0 };
		return true;
	}
	option = option_match(cx, f, trimmed);
	if (!option)
		return option_refuse(cx, f, trimmed);
	*out = value_text(option->key);
	return true;
}

TYPE_PRINT(enum_print)
{
	const struct option *option = option_find(f, v->s);

	buf_str(out, option ? option->labels[cx->lang] : v->s);
}

TYPE_FROM_JSON(enum_from_json)
{
	const struct option *option;

	if (json_is_null(json)) {
		*out = (struct value){ 0 };
		return true;
	}
	if (!json_is_string(json))
		return type_refuse_json(cx, f, tr(cx, "a text"));
	if (!json_string_length(json)) {
		*out = (struct value){ 0 };
		return true;
	}
	option = option_find(f, (struct str){ json_string_value(json), json_string_length(json) });
	if (!option)
		return option_refuse(cx, f, str_of(json_string_value(json)));
	*out = value_text(option->key);
	return true;
}

static void
schema_options(const struct field *f, bool null, struct buf *out)
{
	BUF_LIT(out, ",\"enum\":[");
	for (unsigned i = 0; i < f->n_options; i++) {
		if (i)
			buf_char(out, ',');
		buf_json(out, f->options[i].key);
	}
	if (null)
		BUF_LIT(out, ",null");
	buf_char(out, ']');
}

TYPE_SCHEMA(enum_schema)
{
	schema_begin(f, "string", NULL, out);
	schema_options(f, true, out);
	buf_char(out, '}');
}

/* --- Tags: "|a|b|" --- */

bool
tags_next(struct str *rest, struct str *out)
{
	while (rest->n) {
		struct str tag = str_cut(rest, '|');

		if (tag.n) {
			*out = tag;
			return true;
		}
	}
	return false;
}

struct tag {
	struct str key, text;
	size_t at;
};

static int
tag_order(const void *a, const void *b)
{
	const struct tag *x = a, *y = b;
	int order = str_cmp(x->key, y->key);

	return order ? order : (x->at > y->at) - (x->at < y->at);
}

static void
bar_text(struct buf *b, struct str tag)
{
	if (!b->n)
		buf_char(b, '|');
	buf_str(b, tag);
	buf_char(b, '|');
}

struct value
tags_join(struct arena *mem, const struct str *texts, size_t n)
{
	struct tag *tags = new_array(mem, n + 1, struct tag);
	struct str before = { 0 };
	size_t bytes = 1;
	struct buf out;

	for (size_t i = 0; i < n; i++) {
		tags[i] = (struct tag){ fold_key(mem, texts[i]), texts[i], i };
		bytes += texts[i].n + 1;
	}
	qsort(tags, n, sizeof *tags, tag_order);
	out = buf_in(mem, bytes);
	for (size_t i = 0; i < n; i++) {
		if (!tags[i].key.n || str_eq(tags[i].key, before))
			continue;
		before = tags[i].key;
		bar_text(&out, tags[i].text);
	}
	return out.n ? value_text(buf_done(&out)) : (struct value){ 0 };
}

struct str
tags_key(struct arena *mem, struct str tags)
{
	struct strs keys = { 0 };
	size_t bytes = 1;
	struct str tag;
	struct buf out;

	while (tags_next(&tags, &tag)) {
		struct str key = fold_key(mem, tag);

		list_add(mem, &keys, key);
		bytes += key.n + 1;
	}
	out = buf_in(mem, bytes);
	for (size_t i = 0; i < keys.n; i++)
		bar_text(&out, keys.v[i]);
	return buf_done(&out);
}

/* As it was typed, on one line. */
static struct str
tag_spelling(struct arena *mem, struct str text)
{
	struct buf out = buf_in(mem, text.n + 1);
	bool blank = false;

	for (size_t i = 0; i < text.n; i++) {
		if ((unsigned char)text.p[i] <= ' ' || text.p[i] == 0x7f) {
			blank = out.n > 0;
			continue;
		}
		if (blank)
			buf_char(&out, ' ');
		blank = false;
		buf_char(&out, text.p[i]);
	}
	return buf_done(&out);
}

/* One tag as it is kept: the key of its option, or as it was typed. */
static bool
tag_accept(struct cx *cx, const struct field *f, struct str text, struct str *out)
{
	const struct option *option;

	text = str_trim(text);
	if (f->n_options && text.n) {
		option = option_match(cx, f, text);
		if (!option)
			return option_refuse(cx, f, text);
		*out = option->key;
		return true;
	}
	*out = tag_spelling(cx->mem, text);
	return true;
}

static bool
tags_accept(struct cx *cx, const struct field *f, struct str *tags, size_t n, struct value *out)
{
	struct value v = tags_join(cx->mem, tags, n);

	if (v.kind != V_NONE && !value_check(cx, f, &v))
		return false;
	*out = v;
	return true;
}

static bool
tags_too_many(struct cx *cx, const struct field *f)
{
	return fail_field(cx, f->name, "length", "“%s” has more than %d entries.",
			  tr(cx, f->label.p), TAGS_COUNT_MAX);
}

static bool
is_tag_separator(char c)
{
	return c == ',' || c == ';' || c == '|' || c == '\n';
}

TYPE_PARSE(tags_parse)
{
	struct str tags[TAGS_COUNT_MAX];
	size_t n = 0;

	(void)how;
	while (text.n) {
		size_t length = 0;
		struct str tag;

		while (length < text.n && !is_tag_separator(text.p[length]))
			length++;
		tag = str_trim(str_first(text, length));
		text = str_from(text, length + 1);
		if (!tag.n)
			continue;
		if (n == TAGS_COUNT_MAX)
			return tags_too_many(cx, f);
		if (!tag_accept(cx, f, tag, &tags[n++]))
			return false;
	}
	return tags_accept(cx, f, tags, n, out);
}

TYPE_PRINT(tags_print)
{
	struct str rest = v->s, tag;
	bool first = true;

	while (tags_next(&rest, &tag)) {
		const struct option *option = f->n_options ? option_find(f, tag) : NULL;

		if (!first)
			BUF_LIT(out, ", ");
		first = false;
		buf_str(out, option ? option->labels[cx->lang] : tag);
	}
}

TYPE_TEXT(tags_text)
{
	struct str rest = v->s, tag;
	bool first = true;

	(void)f;
	while (tags_next(&rest, &tag)) {
		if (!first)
			buf_char(out, ',');
		first = false;
		buf_str(out, tag);
	}
}

TYPE_TEXT(tags_to_json)
{
	struct str rest = v->s, tag;
	bool first = true;

	(void)f;
	buf_char(out, '[');
	while (tags_next(&rest, &tag)) {
		if (!first)
			buf_char(out, ',');
		first = false;
		buf_json(out, tag);
	}
	buf_char(out, ']');
}

TYPE_FROM_JSON(tags_from_json)
{
	struct str tags[TAGS_COUNT_MAX];
	size_t n = json_array_size(json);

	if (json_is_null(json)) {
		*out = (struct value){ 0 };
		return true;
	}
	if (!json_is_array(json))
		return type_refuse_json(cx, f, tr(cx, "a list of texts"));
	if (n > TAGS_COUNT_MAX)
		return tags_too_many(cx, f);
	for (size_t i = 0; i < n; i++) {
		const json_t *item = json_array_get(json, i);

		if (!json_is_string(item))
			return type_refuse_json(cx, f, tr(cx, "a list of texts"));
		if (!tag_accept(cx, f,
				(struct str){ json_string_value(item), json_string_length(item) },
				&tags[i]))
			return false;
	}
	return tags_accept(cx, f, tags, n, out);
}

TYPE_SCHEMA(tags_schema)
{
	schema_begin(f, "array", NULL, out);
	BUF_LIT(out, ",\"items\":{\"type\":\"string\"");
	if (f->n_options)
		schema_options(f, false, out);
	buf_printf(out, ",\"maxLength\":%d},\"maxItems\":%d}", TAG_LENGTH_MAX, TAGS_COUNT_MAX);
}
