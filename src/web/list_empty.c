/* An empty list explains itself: which part of the question leaves out how many. */
#include "web/list.h"

#include "base/i18n.h"

enum { REASONS_MAX = 6 };

struct reasons {
	const struct list *list;
	int64_t all; /* records without any filter */
	size_t n;
	struct mv items;
};

static bool
count_with(struct cx *cx, const struct list *list, const struct cond *where, int64_t *out)
{
	struct query query = list->query;

	query.where = where;
	query.after = (struct str){ 0 };
	return record_count(cx, &query, out);
}

static bool
reason_add(struct cx *cx, struct reasons *reasons, const struct cond *where, struct str label,
	   struct list_state state)
{
	struct mv item = mv_map(cx->mem);
	int64_t left;

	if (!where || reasons->n++ == REASONS_MAX)
		return true;
	if (!count_with(cx, reasons->list, where, &left))
		return false;
	mv_set(item, S("label"), mv_text(label));
	mv_set(item, S("excluded"), mv_text(list_number(cx, reasons->all - left)));
	mv_set(item, S("remove_url"), mv_text(list_url(cx, reasons->list, &state)));
	mv_add(reasons->items, item);
	return true;
}

static bool
clause_reasons(struct cx *cx, struct reasons *reasons)
{
	const struct cond *const *clauses;
	size_t n = cond_clauses(cx->mem, reasons->list->own, &clauses);

	for (size_t i = 0; i < n; i++) {
		struct list_state state = reasons->list->state;

		state.where = list_without_clause(cx, reasons->list, i);
		if (!reason_add(cx, reasons, clauses[i], list_clause_text(cx, clauses[i]), state))
			return false;
	}
	return true;
}

bool
list_add_reasons(struct cx *cx, const struct list *list, struct mv page)
{
	struct reasons reasons = { .list = list, .items = mv_list(cx->mem) };
	struct list_state state = list->state;

	if (!count_with(cx, list, NULL, &reasons.all))
		return false;
	state.filter = (struct str){ 0 };
	if (list->preset && !reason_add(cx, &reasons, list->preset->when,
					page_label(cx, list->preset->label), state))
		return false;
	if (!clause_reasons(cx, &reasons))
		return false;
	state = list->state;
	state.q = (struct str){ 0 };
	if (!reason_add(cx, &reasons, list->words,
			str_printf(cx->mem, tr(cx, "contains “%.*s”"), STR_FMT(list->state.q)),
			state))
		return false;
	mv_set(page, S("all"), mv_text(list_number(cx, reasons.all)));
	mv_set(page, S("has_any"), mv_bool(reasons.all > 0));
	mv_set(page, S("reasons"), reasons.items);
	return true;
}
