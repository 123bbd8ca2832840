/* Words that are looked for in a list.  A word may stand anywhere in a text; to find out, all rows
 * would have to be read.  So where there are many, the full-text index tells first which records
 * come into question; when they are few, only those are looked at. */
#include "web/list.h"

#include "base/fold.h"
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

/* ---- which records come into question ---- */

static bool
is_searched(const struct object *object, const struct field *f)
{
	for (unsigned i = 0; i < object->n_search; i++)
		if (object->search[i] == f)
			return !f->special && !f->hidden;
	return false;
}

static bool
cond_ids(struct cx *cx, const struct object *object, struct str field, const struct id_set *ids,
	 const struct cond **out)
{
	struct buf text = buf_in(cx->mem, COND_TEXT_MAX);

	buf_str(&text, field);
	BUF_LIT(&text, " in (0");
	for (size_t i = 0; i < ids->n; i++) {
		buf_char(&text, ',');
		buf_int(&text, ids->v[i]);
	}
	buf_char(&text, ')');
	return cond_parse(cx, cx->mem, cx->model, object, buf_done(&text), NULL, out);
}

/* What the index tells of one word. */
struct finding {
	struct id_set ids;
	bool is_own; /* only texts of the record itself have it, and the index knows all of them */
};

static void
join(struct id_set *all, const struct id_set *more)
{
	all->more |= more->more || all->n + more->n > ID_SET_MAX;
	for (size_t i = 0; i < more->n && !all->more; i++)
		all->v[all->n++] = more->v[i];
}

/* Records whose link leads to what has the word in its title. */
static bool
find_linked(struct cx *cx, const struct list *list, const struct field *link, struct str word,
	    struct finding *out)
{
	struct query query = { .object = list->object };
	struct id_set found;

	if (!record_candidates(cx, link->target, word, true, &found))
		return false;
	out->is_own &= !found.n && !found.more;
	if (found.n && !found.more && !out->ids.more &&
	    (!cond_ids(cx, list->object, link->name, &found, &query.where) ||
	     !record_ids(cx, &query, &found)))
		return false;
	join(&out->ids, &found);
	return true;
}

static void
not_known(struct finding *out)
{
	out->ids.more = true;
	out->is_own = false;
}

static bool
find_by_column(struct cx *cx, const struct list *list, const struct list_column *column,
	       struct str word, struct finding *out)
{
	const struct field *f = column->field;
	const struct field *title = f->type == FT_ONE ? f->target->title : NULL;

	if (f->type != FT_ONE || column->link) {
		if (is_findable(f) && (column->link || !is_searched(list->object, f)))
			not_known(out);
		return true;
	}
	if (!title || !can_see_field(cx, f->target, title) || !is_findable(title))
		return true;
	if (is_searched(f->target, title))
		return find_linked(cx, list, f, word, out);
	not_known(out);
	return true;
}

static bool
find_word(struct cx *cx, const struct list *list, struct str word, struct finding *out)
{
	out->is_own = true;
	if (!record_candidates(cx, list->object, word, false, &out->ids))
		return false;
	for (size_t i = 0; i < list->n_columns; i++)
		if (!find_by_column(cx, list, &list->columns[i], word, out))
			return false;
	return true;
}

/* One word is enough that few records have; else all those together that only the records'
 * own texts can have.  NULL: it cannot be told. */
static bool
find_candidates(struct cx *cx, const struct list *list, const struct cond **out)
{
	struct buf own = buf_in(cx->mem, COND_TEXT_MAX);
	struct str rest = str_trim(list->state.q);
	struct finding finding;

	*out = NULL;
	for (size_t n = 0; rest.n && n < WORDS_MAX; n++) {
		struct str word = str_word(&rest);

		if (!find_word(cx, list, word, &finding))
			return false;
		if (!finding.ids.more)
			return cond_ids(cx, list->object, S("id"), &finding.ids, out);
		if (!finding.is_own)
			continue;
		buf_str(&own, word);
		buf_char(&own, ' ');
	}
	if (!own.n)
		return true;
	if (!record_candidates(cx, list->object, buf_done(&own), false, &finding.ids))
		return false;
	return finding.ids.more || cond_ids(cx, list->object, S("id"), &finding.ids, out);
}

bool
list_words(struct cx *cx, struct list *list)
{
	struct cond_sight sight = cond_sight_of(cx);
	struct str rest = str_trim(list->state.q);
	const struct cond *one, *candidates = NULL;

	for (size_t n = 0; rest.n && n < WORDS_MAX; n++) {
		struct str word = str_word(&rest);
		struct buf text = buf_in(cx->mem, COND_TEXT_MAX);

		if (!fold_key(cx->mem, word).n)
			continue; /* marks alone, that no text is told apart by */
		for (size_t i = 0; i < list->n_columns; i++)
			word_in_column(cx, &list->columns[i], word, &text);
		if (!text.n)
			return true;
		if (!cond_parse(cx, cx->mem, cx->model, list->object, buf_done(&text), &sight,
				&one))
			return false;
		list->words = cond_and(cx->mem, list->words, one);
	}
	if (list->words && !list->is_short && !list->state.trash &&
	    !find_candidates(cx, list, &candidates))
		return false;
	list->words = cond_and(cx->mem, list->words, candidates);
	return true;
}
