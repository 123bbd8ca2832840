/* The filters of a list as chips: shipped ones to switch on, each clause of the condition to change
 * or take off. */
#include "web/list.h"

#include <assert.h>

#include "base/i18n.h"

static struct str
title_of(const struct cond_titles *titles, const struct object *object, int64_t id)
{
	struct str title = { 0 };
	struct err before = titles->cx->err;

	if (!record_titles(titles->cx, object, &id, 1, &title))
		titles->cx->err = before;
	return title;
}

struct str
list_clause_text(struct cx *cx, const struct cond *clause)
{
	struct cond_titles titles = { title_of, cx };
	struct buf text = buf_in(cx->mem, COND_TEXT_MAX);

	cond_tell(cx, clause, &titles, &text);
	return buf_done(&text);
}

struct str
list_without_clause(struct cx *cx, const struct list *list, size_t without)
{
	const struct cond *const *clauses, *rest = NULL;
	size_t n = cond_clauses(cx->mem, list->own, &clauses);
	struct buf text = buf_in(cx->mem, COND_TEXT_MAX);

	for (size_t i = 0; i < n; i++)
		if (i != without)
			rest = cond_and(cx->mem, rest, clauses[i]);
	cond_print(rest, &text);
	return buf_done(&text);
}

static struct mv
clause_chip(struct cx *cx, const struct list *list, const struct cond *clause, size_t i)
{
	struct list_state state = list->state;
	struct mv chip = mv_map(cx->mem);
	struct buf text = buf_in(cx->mem, COND_TEXT_MAX);

	cond_print(clause, &text);
	state.where = list_without_clause(cx, list, i);
	mv_set(chip, S("label"), mv_text(list_clause_text(cx, clause)));
	mv_set(chip, S("clause"), mv_text(buf_done(&text)));
	mv_set(chip, S("id"), mv_text(str_printf(cx->mem, "clause-%zu", i)));
	mv_set(chip, S("remove_url"), mv_text(list_url(cx, list, &state)));
	mv_set(chip, S("hidden"), list_hidden(cx, &state, ""));
	return chip;
}

static struct mv
clause_chips(struct cx *cx, const struct list *list)
{
	const struct cond *const *clauses;
	size_t n = cond_clauses(cx->mem, list->own, &clauses);
	struct mv chips = mv_list(cx->mem);

	for (size_t i = 0; i < n; i++)
		mv_add(chips, clause_chip(cx, list, clauses[i], i));
	return chips;
}

void
list_add_presets(struct cx *cx, const struct list *list, struct mv page)
{
	struct mv chips = mv_list(cx->mem);

	for (unsigned i = 0; i < list->object->n_views; i++) {
		const struct view *view = &list->object->views[i];
		struct list_state state = list->state;
		struct mv chip = mv_map(cx->mem);
		bool is_on = view == list->preset;

		assert(view);
		if (!str_eq(view->kind, S("filter")) || !list_can_filter(cx, list->object, view))
			continue;
		state.filter = is_on ? (struct str){ 0 } : view->name;
		state.trash = false;
		mv_set(chip, S("label"), mv_text(page_label(cx, view->label)));
		mv_set(chip, S("url"), mv_text(list_url(cx, list, &state)));
		mv_set(chip, S("is_on"), mv_bool(is_on));
		mv_add(chips, chip);
	}
	mv_set(page, S("filters"), chips);
}

void
list_add_chips(struct cx *cx, const struct list *list, struct mv page)
{
	struct list_state bare = list->state;
	bool is_filtered = list->own || list->preset || list->state.q.n;

	bare.where = bare.filter = bare.q = bare.open = (struct str){ 0 };
	mv_set(page, S("clauses"), clause_chips(cx, list));
	mv_set(page, S("is_filtered"), mv_bool(is_filtered));
	if (is_filtered || list->state.where.n)
		mv_set(page, S("clear_url"), mv_text(list_url(cx, list, &bare)));
}
