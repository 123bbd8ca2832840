/* Words that are looked for in a list.  A word may stand anywhere in a text; to find out, all rows
 * would have to be read.  So where there are many, a word is found where it begins one, as the
 * full-text index knows. */
#include "web/list.h"

#include "base/fold.h"
#include "db/db.h"
#include "record/authz.h"

enum { WORDS_MAX = 6 };

/* ---- the condition ---- */

/* In which texts of a row words are looked for. */
static bool
is_findable(const struct field *f)
{
	return f->row->operators & CO_STARTS && f->has_key;
}

static void
word_in_column(struct cx *cx, const struct list_column *column, struct str word, struct buf *text)
{
	const struct field *f = column->field, *title;

	if (f->type == FT_ONE && !column->link) {
		title = f->target->title;
		if (!title || !can_see_field(cx, f->target, title) || !is_findable(title))
			return;
		buf_z(text, text->n ? " or " : "");
		buf_str(text, f->name);
		buf_char(text, '.');
		buf_str(text, title->name);
	} else if (is_findable(f)) {
		buf_z(text, text->n ? " or " : "");
		buf_str(text, column->name);
	} else {
		return;
	}
	BUF_LIT(text, " contains ");
	buf_json(text, word);
}

/* ---- where there are many records ---- */

/* The full text knows its words, and the person sees all that it is asked about. */
static bool
is_title(struct cx *cx, const struct object *object, const struct field *f)
{
	return f == object->title && f->has_key && object->n_search && !f->special && !f->hidden &&
	       can_see_field(cx, object, f);
}

static bool
sees_searched(struct cx *cx, const struct object *object)
{
	for (unsigned i = 0; i < object->n_search; i++)
		if (!can_see_field(cx, object, object->search[i]))
			return false;
	return object->n_search > 0;
}

static bool
is_searched(const struct object *object, const struct field *f)
{
	for (unsigned i = 0; i < object->n_search; i++)
		if (object->search[i] == f)
			return !f->special && !f->hidden && is_findable(f);
	return false;
}

static void
add_clause(struct buf *text, const char *before, struct str path, const char *relation,
	   struct str word)
{
	buf_z(text, before);
	buf_str(text, path);
	buf_z(text, relation);
	buf_json(text, word);
}

static const char *
or_after(const struct buf *text)
{
	return text->n ? " or " : "";
}

/* Of a link the title that it shows. */
static void
linked_found(struct cx *cx, const struct list_column *column, struct str word, struct buf *text)
{
	const struct field *f = column->field;
	const struct field *link = column->link ? column->link : f;
	const struct field *title = column->link ? f : f->target->title;

	if (title && is_title(cx, link->target, title))
		add_clause(
			text, or_after(text),
			str_printf(cx->mem, "%.*s.%.*s", STR_FMT(link->name), STR_FMT(title->name)),
			" finds ", word);
}

/* Columns of the row itself: the index says in which rows the word stands at all. */
static void
own_found(struct cx *cx, const struct list *list, struct str word, struct buf *text)
{
	bool whole = sees_searched(cx, list->object);
	const char *before = " and (";
	size_t n = 0;

	for (size_t i = 0; i < list->n_columns; i++) {
		const struct list_column *column = &list->columns[i];

		if (column->link || column->field->type == FT_ONE)
			continue;
		if (is_title(cx, list->object, column->field))
			add_clause(text, or_after(text), column->name, " finds ", word);
		else
			n += whole && is_searched(list->object, column->field);
	}
	if (!n)
		return;
	add_clause(text, or_after(text), S("id"), " finds ", word);
	for (size_t i = 0; i < list->n_columns; i++) {
		const struct list_column *column = &list->columns[i];

		if (column->link || column->field->type == FT_ONE ||
		    column->field == list->object->title ||
		    !is_searched(list->object, column->field))
			continue;
		add_clause(text, before, column->name, " contains ", word);
		before = " or ";
	}
	buf_char(text, ')');
}

/* Empty: the full text cannot tell. */
static void
word_found(struct cx *cx, const struct list *list, struct str word, struct buf *text)
{
	struct strs words = { 0 };

	fold_query(cx->mem, word, &words);
	if (!words.n || words.n > SEARCH_QUERY_MAX)
		return;
	own_found(cx, list, word, text);
	for (size_t i = 0; i < list->n_columns; i++)
		if (list->columns[i].link || list->columns[i].field->type == FT_ONE)
			linked_found(cx, &list->columns[i], word, text);
}

static void
word_anywhere(struct cx *cx, const struct list *list, struct str word, struct buf *text)
{
	for (size_t i = 0; i < list->n_columns; i++)
		word_in_column(cx, &list->columns[i], word, text);
}

bool
list_words(struct cx *cx, struct list *list)
{
	struct cond_sight sight = cond_sight_of(cx);
	struct str rest = str_trim(list->state.q);
	const struct cond *one;

	for (size_t n = 0; rest.n && n < WORDS_MAX; n++) {
		struct str word = str_word(&rest);
		struct buf text = buf_in(cx->mem, COND_TEXT_MAX);

		if (!fold_key(cx->mem, word).n)
			continue; /* marks alone, that no text is told apart by */
		if (!list->is_short && !list->state.trash)
			word_found(cx, list, word, &text);
		if (!text.n)
			word_anywhere(cx, list, word, &text);
		if (!text.n)
			return true;
		if (!cond_parse(cx, cx->mem, cx->model, list->object, buf_done(&text), &sight,
				&one))
			return false;
		list->words = cond_and(cx->mem, list->words, one);
	}
	return true;
}
