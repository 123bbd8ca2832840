#include "web/list.h"

#include "base/i18n.h"
#include "record/authz.h"

enum { TOTALS_ROWS = 100000 }; /* up to so many the totals come by themselves */

/* ---- what forms send ---- */

/* A word of the condition language, or a text in quotes. */
static void
add_literal(const struct list *list, struct str name, struct str value, struct buf *where)
{
	struct str path = name, first = str_cut(&path, '.');
	const struct field *f = field_find(list->object, first);

	if (f && path.n && f->type == FT_ONE)
		f = field_find(f->target, path);
	if (f && f->row->class == COLUMN_TEXT && !f->n_options && f->type != FT_DATE)
		buf_json(where, value);
	else
		buf_str(where, value);
}

/* The form "field, comparison, value", and the field of a chip, add to the condition. */
static bool
added_clause(const struct request *q, const struct list *list, struct buf *where)
{
	struct str clause = str_trim(request_query(q, "and")), field = request_query(q, "f");
	struct str comparison = request_query(q, "op");

	if (!clause.n && !field.n)
		return false;
	if (list->state.where.n) {
		buf_char(where, '(');
		buf_str(where, list->state.where);
		BUF_LIT(where, ") and ");
	}
	if (clause.n) {
		buf_char(where, '(');
		buf_str(where, clause);
		buf_char(where, ')');
		return true;
	}
	buf_str(where, field);
	buf_char(where, ' ');
	buf_str(where, comparison);
	if (!str_ends(comparison, S("empty"))) {
		buf_char(where, ' ');
		add_literal(list, field, str_trim(request_query(q, "v")), where);
	}
	return true;
}

/* Where a form has added something: go to the address that says it plainly. */
static bool
redirect_added(struct cx *cx, const struct request *q, struct reply *r, const struct list *list)
{
	struct cond_sight sight = cond_sight_of(cx);
	struct buf where = buf_in(cx->mem, COND_TEXT_MAX), plain = buf_in(cx->mem, COND_TEXT_MAX);
	struct list_state state = list->state;
	const struct cond *cond;

	if (!added_clause(q, list, &where))
		return false;
	state.where = buf_done(&where);
	if (cond_parse(cx, cx->mem, cx->model, list->object, state.where, &sight, &cond)) {
		cond_print(cond, &plain);
		state.where = buf_done(&plain);
	} else {
		fail_clear(cx); /* the page itself tells what is wrong with it */
	}
	reply_redirect(cx, r, list_url(cx, list, &state));
	return true;
}

/* ---- the answer ---- */

static void
add_pages(struct cx *cx, const struct list *list, const struct rows *rows, struct mv page)
{
	struct str url = list_url(cx, list, &list->state);
	struct buf next = buf_in(cx->mem, URL_MAX);

	buf_str(&next, url);
	url_add(&next, "after", rows->next);
	mv_set(page, S("next"), mv_text(rows->next));
	if (rows->next.n)
		mv_set(page, S("next_url"), mv_text(buf_done(&next)));
	if (list->query.after.n)
		mv_set(page, S("first_url"), mv_text(url));
}

static void
add_total(struct cx *cx, int64_t total, struct mv page)
{
	mv_set(page, S("total"), mv_text(list_number(cx, total)));
	mv_set(page, S("total_number"), mv_int(total));
	mv_set(page, S("is_one"), mv_bool(total == 1));
	mv_set(page, S("is_empty"), mv_bool(!total));
}

static bool
add_rows(struct cx *cx, const struct list *list, const struct rows *rows, struct mv page)
{
	struct cells *cells;

	if (!cells_prepare(cx, list, rows, &cells))
		return false;
	mv_set(page, S("rows"), cells_rows(cx, cells, 0, rows->n, 0));
	return true;
}

static void
add_totals_urls(struct cx *cx, const struct list *list, int64_t total, struct mv page)
{
	struct buf url = buf_in(cx->mem, URL_MAX);

	if (list->state.trash)
		return;
	buf_str(&url, list_url(cx, list, &list->state));
	url_add(&url, "totals", S("1"));
	mv_set(page, S("show_totals_url"), mv_text(buf_done(&url)));
	mv_set(page, S("totals_url"), mv_text(list_url_at(cx, list, &list->state, "/totals")));
	mv_set(page, S("totals_by_themselves"), mv_bool(total <= TOTALS_ROWS));
}

static bool
list_plain(struct cx *cx, const struct request *q, const struct list *list, struct mv page)
{
	bool with_totals = request_has_query(q, "totals") && !list->state.trash;
	struct rows rows;

	if (!record_query(cx, &list->query, &rows))
		return false;
	add_total(cx, rows.total, page);
	add_pages(cx, list, &rows, page);
	add_totals_urls(cx, list, rows.total, page);
	return add_rows(cx, list, &rows, page) &&
	       (!with_totals || list_add_totals(cx, list, page)) &&
	       (rows.total || list_add_reasons(cx, list, page));
}

static bool
list_grouped(struct cx *cx, const struct list *list, struct mv page)
{
	int64_t total;

	if (!list_add_groups(cx, list, page, &total))
		return false;
	add_total(cx, total, page);
	mv_set(page, S("is_grouped"), mv_bool(true));
	return total || list_add_reasons(cx, list, page);
}

static bool
list_board(struct cx *cx, const struct list *list, struct mv page)
{
	int64_t total;

	if (!list_add_board(cx, list, page, &total))
		return false;
	add_total(cx, total, page);
	mv_set(page, S("is_board"), mv_bool(true));
	return total || !list->query.where || list_add_reasons(cx, list, page);
}

static bool
list_calendar(struct cx *cx, struct list *list, struct mv page)
{
	int64_t total;

	if (!list_add_calendar(cx, list, page, &total))
		return false;
	add_total(cx, total, page);
	mv_set(page, S("is_empty"), mv_bool(false));
	mv_set(page, S("is_calendar"), mv_bool(true));
	return true;
}

static bool
list_territory(struct cx *cx, const struct list *list, struct mv page)
{
	int64_t total;

	if (!list_add_territory(cx, list, page, &total))
		return false;
	add_total(cx, total, page);
	mv_set(page, S("is_territory"), mv_bool(true));
	return total || list_add_reasons(cx, list, page);
}

struct str
list_title(struct cx *cx, const struct list *list)
{
	return page_label(cx, list->face ? list->face->label_many : list->object->label_many);
}

/* The same records in another shape. */
static void
add_kinds(struct cx *cx, const struct list *list, struct mv page)
{
	static const struct {
		const char *as, *label, *icon;
	} kinds[] = { { "", N_("List"), "table" },
		      { "board", N_("Board"), "square-kanban" },
		      { "calendar", N_("Calendar"), "calendar" },
		      { "territory", N_("Territories"), "map-pin" } };
	struct mv items = mv_list(cx->mem);
	size_t n = 0;

	for (size_t i = 0; i < countof(kinds) && !list->state.trash; i++) {
		struct str as = str_of(kinds[i].as);
		struct list_state state = list->state;
		struct mv item = mv_map(cx->mem);
		struct list usual = { .object = list->object };

		if ((i == 1 && !board_field(cx, &usual)) ||
		    (i == 2 && !calendar_field(cx, &usual)) ||
		    (i == 3 && !list_can_territory(cx, &usual)))
			continue;
		state.as = as;
		state.open = state.group = state.lanes = state.columns = (struct str){ 0 };
		mv_set(item, S("label"), mv_z(tr(cx, kinds[i].label)));
		mv_set(item, S("icon"), mv_z(kinds[i].icon));
		mv_set(item, S("url"), mv_text(list_url(cx, list, &state)));
		mv_set(item, S("is_on"), mv_bool(str_eq(as, list->state.as)));
		mv_add(items, item);
		n++;
	}
	mv_set(page, S("kinds"), items);
	mv_set(page, S("has_kinds"), mv_bool(n > 1));
}

static void
add_urls(struct cx *cx, const struct list *list, struct mv page)
{
	mv_set(page, S("list_url"), mv_text(url_of(cx, list->name, 0, "")));
	mv_set(page, S("rows_url"), mv_text(list_url_at(cx, list, &list->state, "/rows")));
	mv_set(page, S("object"), mv_text(list->name));
	mv_set(page, S("base"), mv_text(list->object->name));
	mv_set(page, S("can_pick"), mv_bool(!list->state.trash));
	mv_set(page, S("is_trash"), mv_bool(list->state.trash));
	mv_set(page, S("can_snooze"), mv_bool(list_can_snooze(cx, list)));
	add_kinds(cx, list, page);
	if (can_object(cx, list->object, OP_EXPORT) && !list->state.trash)
		mv_set(page, S("export_url"),
		       mv_text(list_url_at(cx, list, &list->state, "/export")));
	if (list_is_calendar(list))
		mv_set(page, S("feed_url"), mv_text(list_url_at(cx, list, &list->state, "/feeds")));
	mv_set(page, S("asks_purpose"), mv_bool(list_is_personal(list)));
	if (can_object(cx, list->object, OP_DELETE))
		mv_set(page, S("trash_url"), mv_text(url_of(cx, list->name, 0, "?trash=1")));
	if (can_object(cx, list->object, OP_CREATE)) {
		mv_set(page, S("new_url"), mv_text(url_of(cx, list->name, 0, "/new")));
		mv_set(page, S("import_url"),
		       mv_text(str_printf(cx->mem, "/import?object=%.*s", STR_FMT(list->name))));
	}
}

/* A question that cannot be read is told above an empty list. */
static bool
is_told(const struct cx *cx)
{
	return cx->err.code == E_INPUT && cx->err.fields;
}

static bool
list_shape(struct cx *cx, const struct request *q, struct list *list, struct mv page)
{
	if (list_is_board(list))
		return list_board(cx, list, page);
	if (list_is_calendar(list))
		return list_calendar(cx, list, page);
	if (list_is_territory(list))
		return list_territory(cx, list, page);
	if (list->state.group.n && !list->state.trash)
		return list_grouped(cx, list, page);
	return list_plain(cx, q, list, page);
}

bool
web_list(struct cx *cx, struct request *q, struct reply *r)
{
	struct list list;
	bool ok = list_open(cx, q, &list);
	struct mv page;

	if (!ok && !is_told(cx))
		return false;
	if (ok && redirect_added(cx, q, r, &list))
		return true;
	page = page_new(cx, q, r, list_title(cx, &list));
	if (ok)
		ok = list_shape(cx, q, &list, page);
	if (!ok && !is_told(cx))
		return false;
	if (!ok) {
		mv_set(page, S("why"), mv_text(cx->err.fields->why));
		r->status = err_row(E_INPUT)->status;
		fail_clear(cx);
	}
	add_urls(cx, &list, page);
	if (!list_add_view(cx, &list, page))
		return false;
	list_add_chips(cx, &list, page);
	list_add_bulk(cx, &list, page);
	return list_add_menus(cx, &list, page) && page_write(cx, r, "list.html", page);
}

/* Only the row of totals. */
bool
web_list_totals(struct cx *cx, struct request *q, struct reply *r)
{
	struct list list;
	struct mv page = mv_map(cx->mem);

	mv_set(page, S("can_pick"), mv_bool(true));
	if (!list_open(cx, q, &list) || !list_add_totals(cx, &list, page))
		return false;
	return page_write(cx, r, "list-totals.html", page);
}
