#include "web/forecast.h"

#include "base/fold.h"
#include "base/i18n.h"
#include "model/ids.h"
#include "model/type.h"

enum { DAY_TEXT = 16 };

/* ---- conditions ---- */

struct str
forecast_and(struct cx *cx, struct str a, struct str b)
{
	if (!a.n || !b.n)
		return a.n ? a : b;
	return str_printf(cx->mem, "(%.*s) and (%.*s)", STR_FMT(a), STR_FMT(b));
}

static struct str
day_text(struct cx *cx, int64_t day)
{
	struct buf text = buf_in(cx->mem, DAY_TEXT);

	date_print(&text, day);
	return buf_done(&text);
}

static struct str
days_clause(struct cx *cx, const char *field, int64_t first, int64_t end)
{
	return str_printf(cx->mem, "%s between %.*s and %.*s", field, STR_FMT(day_text(cx, first)),
			  STR_FMT(day_text(cx, end - 1)));
}

static struct str
open_clause(struct cx *cx, const struct forecast *forecast, size_t slot)
{
	struct str open = S("outcome = open");

	switch (slot) {
	case FORECAST_OVERDUE:
		return str_printf(cx->mem, "%.*s and expected_on < %.*s", STR_FMT(open),
				  STR_FMT(day_text(cx, forecast->starts[0])));
	case FORECAST_LATER:
		return str_printf(cx->mem, "%.*s and expected_on >= %.*s", STR_FMT(open),
				  STR_FMT(day_text(cx, forecast->starts[forecast->n])));
	case FORECAST_UNDATED:
		return str_printf(cx->mem, "%.*s and expected_on is empty", STR_FMT(open));
	default:
		return str_printf(cx->mem, "%.*s and %.*s", STR_FMT(open),
				  STR_FMT(days_clause(cx, "expected_on", forecast->starts[slot],
						      forecast->starts[slot + 1])));
	}
}

struct str
forecast_clause(struct cx *cx, const struct forecast *forecast, size_t slot, const char *which)
{
	struct str won;

	if (slot >= forecast->n || str_eq_z(S("open"), which))
		return open_clause(cx, forecast, slot);
	won = str_printf(cx->mem, "outcome = won and %.*s",
			 STR_FMT(days_clause(cx, "closed_on", forecast->starts[slot],
					     forecast->starts[slot + 1])));
	if (str_eq_z(S("won"), which))
		return won;
	return str_printf(cx->mem, "(%.*s) or (%.*s)", STR_FMT(open_clause(cx, forecast, slot)),
			  STR_FMT(won));
}

/* ---- lines ---- */

static struct forecast_line *
line_of(struct cx *cx, struct forecast *forecast, const struct group_row *row, size_t at)
{
	bool is_merged = row->merged >> at & 1;
	struct forecast_line *line;

	for (size_t i = 0; i < forecast->n_lines; i++) {
		line = forecast->v[i];
		if (line->is_merged == is_merged && value_eq(&line->key, &row->key[at]))
			return line;
	}
	if (forecast->n_lines == FORECAST_LINES_MAX)
		return NULL;
	line = new(cx->mem, struct forecast_line);
	line->key = row->key[at];
	line->is_merged = is_merged;
	line->label = group_label(cx, forecast->key, row, at);
	if (!is_merged)
		line->clause = group_clause(cx, forecast->key, &row->key[at]);
	forecast->v = arena_grow(cx->mem, forecast->v, forecast->n_lines, &forecast->cap,
				 sizeof(struct forecast_line *));
	forecast->v[forecast->n_lines++] = line;
	return line;
}

static size_t
slot_of(const struct forecast *forecast, const struct value *day)
{
	int64_t date;

	if (day->kind != V_TEXT || !date_parse(day->s, &date, NULL))
		return FORECAST_UNDATED;
	if (date < forecast->starts[0])
		return FORECAST_OVERDUE;
	for (size_t i = 0; i < forecast->n; i++)
		if (date < forecast->starts[i + 1])
			return i;
	return FORECAST_LATER;
}

enum kind { OPEN, WON };

static bool
cell_add(struct cx *cx, struct forecast_cell *cell, enum kind kind, const struct group_row *row)
{
	const struct value *count = &row->measure[0], *sum = &row->measure[1];

	*(kind == OPEN ? &cell->n_open : &cell->n_won) += count->i;
	return sums_add(cx, kind == OPEN ? &cell->open : &cell->won, sum) &&
	       (kind == WON || sums_add(cx, &cell->weighted, &row->measure[2]));
}

static bool
row_add(struct cx *cx, struct forecast *forecast, enum kind kind, const struct group_row *row)
{
	struct forecast_line *lines[] = { &forecast->all, line_of(cx, forecast, row, 1) };
	size_t slot = slot_of(forecast, &row->key[0]);

	for (size_t i = 0; i < countof(lines); i++)
		if (!lines[i])
			return fail(cx, E_TOO_BIG,
				    "There are more than %d lines: choose a pipeline, or group by "
				    "something else",
				    FORECAST_LINES_MAX);
		else if (!cell_add(cx, &lines[i]->at[slot], kind, row) ||
			 !cell_add(cx, &lines[i]->total, kind, row))
			return false;
	return true;
}

static bool
deals_read(struct cx *cx, struct forecast *forecast, enum kind kind)
{
	struct cond_sight sight = cond_sight_of(cx);
	struct str which =
		kind == OPEN ? S("outcome = open")
			     : str_printf(cx->mem, "outcome = won and %.*s",
					  STR_FMT(days_clause(cx, "closed_on", forecast->starts[0],
							      forecast->starts[forecast->n])));
	struct aggregate a;
	struct groups groups;

	if (!aggregate_parse(
		    cx, forecast->deals,
		    str_printf(cx->mem, "%s:day,%.*s", kind == OPEN ? "expected_on" : "closed_on",
			       STR_FMT(forecast->group)),
		    kind == OPEN ? S("count,sum(value),sum(weighted)") : S("count,sum(value)"),
		    &a) ||
	    !cond_parse(cx, cx->mem, cx->model, forecast->deals,
			forecast_and(cx, which, forecast->where), &sight, &a.where))
		return false;
	if (!forecast->key) {
		struct group_key *key = new(cx->mem, struct group_key);

		*key = a.group[1];
		forecast->key = key;
	}
	if (!record_aggregate(cx, &a, &groups))
		return false;
	for (size_t i = 0; i < groups.n; i++)
		if (!row_add(cx, forecast, kind, &groups.v[i]))
			return false;
	return true;
}

/* ---- targets ---- */

/* Whose targets count: those of the lines, where they are people, teams or units. */
static const char *
target_holder(const struct forecast *forecast)
{
	static const char *const holders[] = { "owner", "team", "unit" };

	for (size_t i = 0; i < countof(holders); i++)
		if (str_eq_z(forecast->group, holders[i]))
			return holders[i];
	if (str_eq(forecast->who, S("mine")))
		return "owner";
	return str_eq(forecast->who, S("team")) ? "team" : NULL;
}

static int
period_months(struct str period)
{
	return str_eq(period, S("month")) ? 1 : str_eq(period, S("year")) ? 12 : 3;
}

/* A target is spread over its months, so that a quarter's can be held against each of them; what
 * cannot be divided stands in the last. */
static bool
target_spread(struct cx *cx, struct forecast *forecast, struct forecast_line *const lines[2],
	      const struct group_row *row)
{
	int64_t starts, months = period_months(row->key[1].s), left = row->measure[0].i;

	if (!date_parse(row->key[0].s, &starts, NULL))
		return true;
	for (int64_t i = 0; i < months; i++) {
		struct buf day = buf_in(cx->mem, DAY_TEXT);
		struct value part = row->measure[0], at;
		size_t slot;

		part.i = i + 1 < months ? row->measure[0].i / months : left;
		left -= part.i;
		date_print(&day, date_add_months(starts, i));
		at = value_text(buf_done(&day));
		slot = slot_of(forecast, &at);
		for (size_t k = 0; slot < forecast->n && k < 2; k++)
			if (lines[k] && (!sums_add(cx, &lines[k]->at[slot].target, &part) ||
					 !sums_add(cx, &lines[k]->total.target, &part)))
				return false;
	}
	return true;
}

static struct str
targets_where(struct cx *cx, const struct forecast *forecast, const char *holder)
{
	int64_t first = date_period_start(PERIOD_YEAR, forecast->starts[0], 0);
	struct str where = days_clause(cx, "starts_on", first, forecast->starts[forecast->n]);

	if (!holder)
		return forecast_and(cx, where, S("of_company = true"));
	where = str_printf(cx->mem, "%.*s and %s is not empty", STR_FMT(where), holder);
	if (!str_eq_z(S("owner"), holder))
		where = forecast_and(cx, where, S("owner is empty"));
	if (str_eq_z(S("unit"), holder))
		where = forecast_and(cx, where, S("team is empty"));
	if (str_eq(forecast->who, S("mine")))
		where = forecast_and(cx, where, S("owner = me"));
	if (str_eq(forecast->who, S("team")))
		where = forecast_and(cx, where, S("team = my team"));
	return where;
}

/* Targets of those that the lines are; else of the company, or where it has none, of all units. */
static bool
targets_read(struct cx *cx, struct forecast *forecast)
{
	const struct object *targets = cx->model->objects[TARGET];
	const char *holder = target_holder(forecast);
	bool has_lines = holder && str_eq_z(forecast->group, holder);
	struct str where = targets_where(cx, forecast, holder);
	struct aggregate a;
	struct groups groups;

	if (!can_object(cx, targets, OP_READ) || forecast->pipeline)
		return true;
	if (!aggregate_parse(cx, targets,
			     str_printf(cx->mem, "starts_on:day,period%s%s", has_lines ? "," : "",
					has_lines ? holder : ""),
			     S("sum(amount)"), &a) ||
	    !cond_parse(cx, cx->mem, cx->model, targets, where, NULL, &a.where) ||
	    !record_aggregate(cx, &a, &groups))
		return false;
	for (size_t i = 0; i < groups.n; i++) {
		struct forecast_line *lines[2] = { &forecast->all };

		if (has_lines)
			lines[1] = line_of(cx, forecast, &groups.v[i], 2);
		if (!target_spread(cx, forecast, lines, &groups.v[i]))
			return false;
	}
	return true;
}

/* ---- order ---- */

static int
by_label(const void *a, const void *b)
{
	const struct forecast_line *x = *(struct forecast_line *const *)a,
				   *y = *(struct forecast_line *const *)b;
	bool x_last = x->key.kind == V_NONE, y_last = y->key.kind == V_NONE;

	if (x_last != y_last)
		return x_last ? 1 : -1;
	return str_cmp(x->label, y->label);
}

static void
choose_currency(struct forecast *forecast)
{
	const struct sums *const from[] = { &forecast->all.total.target, &forecast->all.total.open,
					    &forecast->all.total.won };

	for (size_t i = 0; !*forecast->currency && i < countof(from); i++)
		if (from[i]->n)
			memcpy(forecast->currency, from[i]->v[0].currency,
			       sizeof forecast->currency);
}

bool
forecast_read(struct cx *cx, struct forecast *forecast)
{
	if (!deals_read(cx, forecast, OPEN) || !deals_read(cx, forecast, WON) ||
	    !targets_read(cx, forecast))
		return false;
	if (forecast->n_lines)
		qsort(forecast->v, forecast->n_lines, sizeof(struct forecast_line *), by_label);
	choose_currency(forecast);
	return true;
}
