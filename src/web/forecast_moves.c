/* What moved in the last days: new, won and lost deals as their dates say, and what was changed of
 * open ones as the log says. */
#include "web/forecast.h"

#include "base/i18n.h"
#include "model/ids.h"

enum { DAYS = 7, DEALS_READ = 1000, SHOWN = 20 };

/* ---- by their dates ---- */

static const struct {
	const char *label, *where;
} DATED[] = {
	{ N_("New"), "opened_on >= -7d" },
	{ N_("Won"), "outcome = won and closed_on >= -7d" },
	{ N_("Lost"), "outcome = lost and closed_on >= -7d" },
};

static bool
add_dated(struct cx *cx, const struct forecast *forecast, size_t which, struct mv list)
{
	struct str where = forecast_and(cx, str_of(DATED[which].where), forecast->where);
	struct mv item = mv_map(cx->mem);
	struct sums sums = { 0 };
	struct aggregate a;
	struct groups groups;
	int64_t count = 0;

	if (!aggregate_parse(cx, forecast->deals, S(""), S("count,sum(value)"), &a) ||
	    !cond_parse(cx, cx->mem, cx->model, forecast->deals, where, NULL, &a.where) ||
	    !record_aggregate(cx, &a, &groups))
		return false;
	for (size_t i = 0; i < groups.n; i++) {
		count += groups.v[i].measure[0].i;
		if (!sums_add(cx, &sums, &groups.v[i].measure[1]))
			return false;
	}
	mv_set(item, S("label"), mv_z(tr(cx, DATED[which].label)));
	mv_set(item, S("count"), mv_text(list_number(cx, count)));
	mv_set(item, S("sum"), mv_text(sums_text(cx, forecast->value, &sums)));
	mv_set(item, S("url"), count ? mv_text(list_of_url(cx, S("deal"), where)) : mv_none());
	mv_add(list, item);
	return true;
}

/* ---- by the log ---- */

/* How a deal was, and how it is. */
struct move {
	const struct row *row;
	struct value value, date; /* the oldest that the log tells */
	bool has_value, has_date;
};

struct kind {
	const char *label;
	unsigned field;
	bool up;
};
static const struct kind KINDS[] = {
	{ N_("Value raised"), DEAL_VALUE, true },
	{ N_("Value lowered"), DEAL_VALUE, false },
	{ N_("Postponed"), DEAL_EXPECTED_ON, true },
	{ N_("Brought forward"), DEAL_EXPECTED_ON, false },
};

/* The last changed ones, of those that were changed after they were made. */
static bool
changed_deals(struct cx *cx, const struct forecast *forecast, struct rows *out)
{
	const struct object *deals = forecast->deals;
	const struct field *fields[] = { deals->fields[DEAL_NAME], deals->fields[DEAL_VALUE],
					 deals->fields[DEAL_EXPECTED_ON],
					 deals->fields[SF_VERSION] };
	struct sort_key key = { deals->fields[SF_CHANGED_AT], true };
	struct query query = { .object = deals,
			       .fields = fields,
			       .n_fields = countof(fields),
			       .sort = &key,
			       .n_sort = 1,
			       .limit = DEALS_READ };
	size_t kept = 0;

	if (!cond_parse(
		    cx, cx->mem, cx->model, deals,
		    forecast_and(cx, S("changed_at >= -7d and outcome = open"), forecast->where),
		    NULL, &query.where) ||
	    !record_query(cx, &query, out))
		return false;
	for (size_t i = 0; i < out->n; i++)
		if (out->v[i].version > 1)
			out->v[kept++] = out->v[i];
	out->n = kept;
	return true;
}

static void
move_note(struct move *move, const struct change_row *change)
{
	for (size_t i = 0; i < change->n; i++) {
		const struct field_change *at = &change->v[i];

		if (at->field->index == DEAL_VALUE) {
			move->value = at->old;
			move->has_value = true;
		}
		if (at->field->index == DEAL_EXPECTED_ON) {
			move->date = at->old;
			move->has_date = true;
		}
	}
}

static bool
moves_read(struct cx *cx, const struct forecast *forecast, struct move **out, size_t *n)
{
	struct change_rows changes;
	struct rows rows;
	int64_t *ids;

	if (!changed_deals(cx, forecast, &rows))
		return false;
	ids = new_array(cx->mem, rows.n + 1, int64_t);
	*out = new_array(cx->mem, rows.n + 1, struct move);
	*n = rows.n;
	for (size_t i = 0; i < rows.n; i++) {
		ids[i] = rows.v[i].id;
		(*out)[i].row = &rows.v[i];
	}
	if (!log_of_edits(cx, forecast->deals, ids, rows.n, cx->now - DAYS * MS_PER_DAY, &changes))
		return false;
	for (size_t i = 0; i < changes.n; i++)
		for (size_t k = 0; k < *n; k++)
			if (ids[k] == changes.v[i].record)
				move_note(&(*out)[k], &changes.v[i]);
	return true;
}

static bool
is_of_kind(const struct forecast *forecast, const struct move *move, const struct kind *kind)
{
	const struct field *f = forecast->deals->fields[kind->field];
	const struct value *old = kind->field == DEAL_VALUE ? &move->value : &move->date,
			   *now = &move->row->v[kind->field];
	int order;

	if (!(kind->field == DEAL_VALUE ? move->has_value : move->has_date) ||
	    old->kind == V_NONE || now->kind == V_NONE)
		return false;
	order = f->row->compare(now, old);
	return kind->up ? order > 0 : order < 0;
}

static void
add_kind(struct cx *cx, const struct forecast *forecast, const struct move *moves, size_t n,
	 const struct kind *kind, struct mv list)
{
	const struct field *f = forecast->deals->fields[kind->field],
			   *title = forecast->deals->title;
	struct mv item = mv_map(cx->mem), rows = mv_list(cx->mem);
	int64_t count = 0;

	for (size_t i = 0; i < n; i++) {
		const struct value *old =
			kind->field == DEAL_VALUE ? &moves[i].value : &moves[i].date;
		struct mv row;

		if (!is_of_kind(forecast, &moves[i], kind) || count++ >= SHOWN)
			continue;
		row = mv_map(cx->mem);
		mv_set(row, S("title"),
		       mv_text(value_print(cx, title, &moves[i].row->v[title->index])));
		mv_set(row, S("url"), mv_text(url_of(cx, S("deal"), moves[i].row->id, "")));
		mv_set(row, S("old"), mv_text(value_print(cx, f, old)));
		mv_set(row, S("now"), mv_text(value_print(cx, f, &moves[i].row->v[f->index])));
		mv_add(rows, row);
	}
	mv_set(item, S("label"), mv_z(tr(cx, kind->label)));
	mv_set(item, S("count"), mv_text(list_number(cx, count)));
	mv_set(item, S("rows"), rows);
	if (count)
		mv_add(list, item);
}

bool
forecast_add_moves(struct cx *cx, const struct forecast *forecast, struct mv page)
{
	struct mv dated = mv_list(cx->mem), edited = mv_list(cx->mem);
	struct move *moves;
	size_t n;

	for (size_t i = 0; i < countof(DATED); i++)
		if (!add_dated(cx, forecast, i, dated))
			return false;
	if (!moves_read(cx, forecast, &moves, &n))
		return false;
	for (size_t i = 0; i < countof(KINDS); i++)
		add_kind(cx, forecast, moves, n, &KINDS[i], edited);
	mv_set(page, S("dated"), dated);
	mv_set(page, S("edited"), edited);
	return true;
}
