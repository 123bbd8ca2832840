/* A window of a list's rows, for a script that shows a million of them.
 *
 * The script knows cursors at some places ("marks"): one more comes with each window.  It asks for
 * the rows at a place, from the nearest mark before it, in the list's order or, counted from the
 * end, against it.  Where that mark is farther away than a statement may pass over, it gets a mark
 * nearer to the place instead of rows, and asks again. */
#include "web/list.h"

enum { WINDOW_ROWS = 100, PLACES_MAX = 1 << 30 };

struct window {
	int64_t at, from; /* places: of the first row wanted, of the row behind the cursor */
	bool back;
};

/* Empty values come first ascending and last descending: each key turned round turns all round. */
static void
turn_round(struct list *list)
{
	const struct object *object = list->object;
	size_t n = list->query.n_sort;

	if (!n) {
		for (; n < object->n_sort && n < SORT_MAX; n++)
			list->sort[n] = object->sort[n];
		if (!n)
			list->sort[n++] = (struct sort_key){ object->fields[SF_ID], false };
	}
	for (size_t i = 0; i < n; i++)
		list->sort[i].descending = !list->sort[i].descending;
	list->query.n_sort = n;
}

static bool
window_open(struct cx *cx, struct request *q, struct list *list, struct window *out)
{
	struct request_range places = { 0, PLACES_MAX, 0 };
	int64_t back, n;

	if (!list_open(cx, q, list) || !request_query_int(cx, q, "at", places, &out->at) ||
	    !request_query_int(cx, q, "from", places, &out->from) ||
	    !request_query_int(cx, q, "back", (struct request_range){ 0, 1, 0 }, &back) ||
	    !request_query_int(cx, q, "n", (struct request_range){ 1, WINDOW_ROWS, LIST_ROWS }, &n))
		return false;
	out->back = back == 1;
	if (out->back)
		turn_round(list);
	list->query.limit = n;
	list->query.total = request_has_query(q, "total");
	return true;
}

/* Too far: a mark as near as may be. */
static void
go_nearer(struct list *list, struct window *window)
{
	list->query.skip = window->at - window->from;
	if (list->query.skip <= SKIP_MAX)
		return;
	list->query.skip = SKIP_MAX;
	list->query.limit = 1;
	window->at = window->from + SKIP_MAX;
}

bool
web_list_rows(struct cx *cx, struct request *q, struct reply *r)
{
	struct window window = { 0 };
	struct list list;
	struct rows rows;
	struct cells *cells;
	struct mv page = mv_map(cx->mem);

	if (!window_open(cx, q, &list, &window))
		return false;
	if (window.at < window.from)
		return fail_field(cx, S("at"), "range", "The mark stands behind the place");
	go_nearer(&list, &window);
	if (!record_query(cx, &list.query, &rows) || !cells_prepare(cx, &list, &rows, &cells))
		return false;
	mv_set(page, S("rows"), cells_rows(cx, cells, 0, rows.n, 0));
	mv_set(page, S("can_pick"), mv_bool(!list.state.trash));
	mv_set(page, S("csrf"), mv_text(request_csrf(cx, q, r)));
	mv_set(page, S("at"), mv_int(window.at));
	mv_set(page, S("next"), mv_text(rows.next));
	mv_set(page, S("total"), mv_int(rows.total));
	return page_write(cx, r, "list-window.html", page);
}
