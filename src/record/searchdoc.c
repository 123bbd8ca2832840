#include "record/internal.h"

#include "base/fold.h"
#include "base/phone.h"

enum {
	DOCUMENT_BYTES_MAX = 4000,
	DIGITS_MIN = 6,
	DIGITS_MAX = 9,
	NUMBER_BYTES_MAX = 100,
	ENTITY_BYTES_MAX = 12
};

static bool
field_is_searched(const struct field *f)
{
	return f && f->n_columns && !f->special && !f->hidden && f->type != FT_ONE &&
	       f->type != FT_ANY;
}

struct search_fields
search_fields_of(struct arena *mem, const struct object *object)
{
	struct search_fields out = { .v = new_array(mem, object->n_search, const struct field *) };

	if (object->n_search && field_is_searched(object->title))
		out.title = object->title;
	for (unsigned i = 0; i < object->n_search; i++)
		if (object->search[i] != out.title && field_is_searched(object->search[i]))
			out.v[out.n++] = object->search[i];
	return out;
}

static void
word_add(struct arena *mem, struct str word, struct strs *out)
{
	for (size_t i = 0; i < out->n; i++)
		if (str_eq(out->v[i], word))
			return;
	list_add(mem, out, word);
}

static struct str
digits_of(struct arena *mem, struct str text)
{
	struct buf out = buf_in(mem, PHONE_TEXT_MAX);

	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] >= '0' && text.p[i] <= '9')
			buf_char(&out, text.p[i]);
	return buf_done(&out);
}

/* As it is written here and abroad, in one, and the ends that people remember. */
static void
phone_words(struct arena *mem, struct str e164, struct strs *out)
{
	struct str digits = digits_of(mem, e164), international, national;

	phone_written(mem, e164, &international, &national);
	fold_words(mem, international, out);
	fold_words(mem, national, out);
	word_add(mem, digits, out);
	word_add(mem, digits_of(mem, national), out);
	for (size_t n = DIGITS_MIN; n <= DIGITS_MAX && n < digits.n; n++)
		word_add(mem, str_from(digits, digits.n - n), out);
}

/* &amp; and its like, not the "&" of "Adler & Söhne; Bonn". */
static bool
is_entity(struct str html)
{
	return html.n > 1 && html.p[0] == '&' && html.p[1] != ' ' &&
	       memchr(html.p, ';', html.n < ENTITY_BYTES_MAX ? html.n : ENTITY_BYTES_MAX);
}

/* What people read between the tags; a character that is written by its name becomes a blank. */
static struct str
plain_of(struct arena *mem, struct str html)
{
	char *out = arena_alloc(mem, html.n + 1), end = 0;
	size_t n = 0;

	for (size_t i = 0; i < html.n; i++) {
		char c = html.p[i];

		if (end) {
			end = (char)(c == end ? 0 : end);
			continue;
		}
		if (c == '<')
			end = '>';
		else if (is_entity(str_from(html, i)))
			end = ';';
		out[n++] = (char)(end ? ' ' : c);
	}
	return (struct str){ out, n };
}

static void
number_words(struct arena *mem, const struct field *f, const struct value *v, struct strs *out)
{
	struct buf text = buf_in(mem, NUMBER_BYTES_MAX);

	buf_str(&text, f->prefix);
	f->row->text(f, v, &text);
	fold_words(mem, buf_done(&text), out);
}

static void
field_words(struct arena *mem, const struct field *f, const struct row *row, struct strs *out)
{
	const struct value *v = &row->v[f->index];

	if (v->kind == V_TEXT && f->type == FT_PHONE)
		phone_words(mem, v->s, out);
	else if (v->kind == V_TEXT && f->type == FT_RICHTEXT)
		fold_words(mem, plain_of(mem, v->s), out);
	else if (v->kind == V_TEXT)
		fold_words(mem, v->s, out);
	else if (v->kind != V_NONE)
		number_words(mem, f, v, out);
}

/* Whole words, as many as there is room for. */
static struct str
words_join(struct arena *mem, const struct strs *words)
{
	struct buf out = buf_in(mem, DOCUMENT_BYTES_MAX);

	for (size_t i = 0; i < words->n && out.n + 1 + words->v[i].n <= DOCUMENT_BYTES_MAX; i++) {
		if (i)
			buf_char(&out, ' ');
		buf_str(&out, words->v[i]);
	}
	return buf_done(&out);
}

void
search_texts_of(struct arena *mem, const struct search_fields *fields, const struct row *row,
		struct str *title, struct str *body)
{
	struct strs title_words = { 0 }, body_words = { 0 };

	if (fields->title)
		field_words(mem, fields->title, row, &title_words);
	for (size_t i = 0; i < fields->n; i++)
		field_words(mem, fields->v[i], row, &body_words);
	*title = words_join(mem, &title_words);
	*body = words_join(mem, &body_words);
}

void
search_texts(struct arena *mem, const struct row *row, struct str *title, struct str *body)
{
	struct search_fields fields = search_fields_of(mem, row->object);

	search_texts_of(mem, &fields, row, title, body);
}
