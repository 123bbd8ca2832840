/* The forecast: by month or quarter, for all and for each person, team, product or pipeline. */
#include "web/forecast.h"

#include "base/feature.h"
#include "base/i18n.h"
#include "model/ids.h"
#include "record/authz.h"

enum { MONTHS = 6, QUARTERS = 4, SHIFT_MAX = 48, PIPELINES_MAX = 50 };

/* ---- what the address says ---- */

static const struct {
	const char *key, *label;
} BY[] = { { "month", N_("Month") }, { "quarter", N_("Quarter") } };
static const struct {
	const char *key, *label;
} WHO[] = { { "", N_("All") }, { "team", N_("My team") }, { "mine", N_("My deals") } };
static const struct {
	const char *key, *label, *where;
} SHOWS[] = {
	{ "", N_("Won and weighted"), "" },
	{ "weighted", N_("Open, weighted"), "open" },
	{ "open", N_("Open, unweighted"), "open" },
	{ "won", N_("Won"), "won" },
};
static const char *const GROUPS[] = { "owner", "team", "product", "pipeline", "unit" };

static bool
may_see(const struct cx *cx, const struct object *deals, const char *name)
{
	const struct field *f = field_find(deals, str_of(name));

	return f && AUTHZ(PAGE_COLUMN, can_see_field(cx, deals, f));
}

static bool
deals_open(struct cx *cx, struct forecast *out)
{
	static const char *const needed[] = { "value",       "weighted",  "outcome",
					      "expected_on", "closed_on", "owner" };
	const struct face *face;

	if (!object_open(cx, S("deal"), &out->deals, &face))
		return false;
	for (size_t i = 0; i < countof(needed); i++)
		if (!may_see(cx, out->deals, needed[i]))
			return fail(cx, E_FORBIDDEN,
				    "A forecast rests on facts of deals that you "
				    "may not see");
	out->value = out->deals->fields[DEAL_VALUE];
	return true;
}

static void
scope_read(struct cx *cx, struct forecast *out)
{
	if (str_eq(out->who, S("mine")))
		out->where = S("owner = me");
	else if (str_eq(out->who, S("team")))
		out->where = S("team = my team");
	if (out->pipeline)
		out->where = forecast_and(
			cx, out->where,
			str_printf(cx->mem, "pipeline = %lld", (long long)out->pipeline));
}

static void
periods_read(struct cx *cx, struct forecast *out)
{
	enum period period = out->by_quarter ? PERIOD_QUARTER : PERIOD_MONTH;

	out->today = moment_date(zone_find(cx->zone), cx->now);
	out->n = out->by_quarter ? QUARTERS : MONTHS;
	for (size_t i = 0; i <= out->n; i++)
		out->starts[i] = date_period_start(period, out->today, out->shift + (int64_t)i);
}

static bool
forecast_open(struct cx *cx, const struct request *q, struct forecast *out)
{
	struct str group = request_query(q, "group");

	*out = (struct forecast){ .who = request_query(q, "who"),
				  .show = request_query(q, "show"),
				  .group = S("owner") };
	if (!deals_open(cx, out))
		return false;
	out->by_quarter = str_eq(request_query(q, "by"), S("quarter"));
	if (!str_int(request_query(q, "from"), -SHIFT_MAX, SHIFT_MAX, &out->shift))
		out->shift = 0;
	if (!str_int(request_query(q, "pipeline"), 1, INT64_MAX, &out->pipeline))
		out->pipeline = 0;
	for (size_t i = 0; i < countof(GROUPS); i++)
		if (str_eq_z(group, GROUPS[i]) && may_see(cx, out->deals, GROUPS[i]))
			out->group = str_of(GROUPS[i]);
	scope_read(cx, out);
	periods_read(cx, out);
	return true;
}

static struct str
forecast_url(struct cx *cx, const struct forecast *forecast)
{
	struct buf url = buf_in(cx->mem, URL_MAX);

	BUF_LIT(&url, "/forecast");
	if (forecast->by_quarter)
		url_add(&url, "by", S("quarter"));
	if (!str_eq(forecast->group, S("owner")))
		url_add(&url, "group", forecast->group);
	if (forecast->who.n)
		url_add(&url, "who", forecast->who);
	if (forecast->show.n)
		url_add(&url, "show", forecast->show);
	if (forecast->pipeline)
		url_add(&url, "pipeline",
			str_printf(cx->mem, "%lld", (long long)forecast->pipeline));
	if (forecast->shift)
		url_add(&url, "from", str_printf(cx->mem, "%lld", (long long)forecast->shift));
	return buf_done(&url);
}

/* ---- choices ---- */

static void
choice_add(struct cx *cx, struct mv list, const struct forecast *other, struct str label,
	   bool is_on)
{
	struct mv item = mv_map(cx->mem);

	mv_set(item, S("label"), mv_text(label));
	mv_set(item, S("url"), mv_text(forecast_url(cx, other)));
	mv_set(item, S("is_on"), mv_bool(is_on));
	mv_add(list, item);
}

static void
set_add(struct cx *cx, struct mv sets, const char *label, struct mv choices)
{
	struct mv set = mv_map(cx->mem);

	mv_set(set, S("label"), mv_z(tr(cx, label)));
	mv_set(set, S("choices"), choices);
	mv_add(sets, set);
}

static void
add_choices(struct cx *cx, const struct forecast *forecast, struct mv sets)
{
	struct mv by = mv_list(cx->mem), groups = mv_list(cx->mem), who = mv_list(cx->mem),
		  shows = mv_list(cx->mem);

	for (size_t i = 0; i < countof(BY); i++) {
		struct forecast other = *forecast;

		other.by_quarter = i > 0;
		other.shift = 0;
		choice_add(cx, by, &other, str_of(tr(cx, BY[i].label)),
			   other.by_quarter == forecast->by_quarter);
	}
	for (size_t i = 0; i < countof(GROUPS); i++) {
		struct forecast other = *forecast;
		const struct field *f = field_find(forecast->deals, str_of(GROUPS[i]));

		other.group = str_of(GROUPS[i]);
		if (may_see(cx, forecast->deals, GROUPS[i]))
			choice_add(cx, groups, &other, page_label(cx, f->label),
				   str_eq(other.group, forecast->group));
	}
	for (size_t i = 0; i < countof(WHO); i++) {
		struct forecast other = *forecast;

		other.who = str_of(WHO[i].key);
		choice_add(cx, who, &other, str_of(tr(cx, WHO[i].label)),
			   str_eq(other.who, forecast->who));
	}
	for (size_t i = 0; i < countof(SHOWS); i++) {
		struct forecast other = *forecast;

		other.show = str_of(SHOWS[i].key);
		choice_add(cx, shows, &other, str_of(tr(cx, SHOWS[i].label)),
			   str_eq(other.show, forecast->show));
	}
	set_add(cx, sets, N_("Period"), by);
	set_add(cx, sets, N_("Whose deals"), who);
	set_add(cx, sets, N_("Lines by"), groups);
	set_add(cx, sets, N_("Figure"), shows);
}

static bool
add_pipelines(struct cx *cx, const struct forecast *forecast, struct mv sets)
{
	const struct object *pipelines = cx->model->objects[PIPELINE];
	struct query query = { .object = pipelines, .limit = PIPELINES_MAX };
	struct forecast other = *forecast;
	struct mv choices = mv_list(cx->mem);
	struct rows rows;

	if (!can_object(cx, pipelines, OP_READ) || !may_see(cx, forecast->deals, "pipeline"))
		return true;
	query.fields = (const struct field *const *)&pipelines->title;
	query.n_fields = 1;
	if (!record_query(cx, &query, &rows))
		return false;
	other.pipeline = 0;
	choice_add(cx, choices, &other, str_of(tr(cx, "All")), !forecast->pipeline);
	for (size_t i = 0; i < rows.n; i++) {
		other.pipeline = rows.v[i].id;
		choice_add(cx, choices, &other,
			   value_print(cx, pipelines->title, &rows.v[i].v[pipelines->title->index]),
			   rows.v[i].id == forecast->pipeline);
	}
	if (rows.n > 1)
		set_add(cx, sets, N_("Pipeline"), choices);
	return true;
}

/* ---- figures ---- */

static struct str
period_label(struct cx *cx, const struct forecast *forecast, size_t i)
{
	struct ymd at = date_ymd(forecast->starts[i]);

	if (forecast->by_quarter)
		return str_printf(cx->mem, tr(cx, "Quarter %d of %d"),
				  date_quarter(forecast->starts[i]), at.year);
	return str_printf(cx->mem, "%02d/%d", at.month, at.year);
}

static struct str
slot_label(struct cx *cx, const struct forecast *forecast, size_t slot)
{
	switch (slot) {
	case FORECAST_OVERDUE:
		return str_of(tr(cx, "Expected earlier"));
	case FORECAST_LATER:
		return str_of(tr(cx, "Thereafter"));
	case FORECAST_UNDATED:
		return str_of(tr(cx, "Without a date"));
	default:
		return period_label(cx, forecast, slot);
	}
}

/* Slots in the order in which they are shown. */
static size_t
slots_of(const struct forecast *forecast, size_t out[FORECAST_SLOTS])
{
	size_t n = 0;

	out[n++] = FORECAST_OVERDUE;
	for (size_t i = 0; i < forecast->n; i++)
		out[n++] = i;
	out[n++] = FORECAST_LATER;
	out[n++] = FORECAST_UNDATED;
	return n;
}

static bool
expected(struct cx *cx, const struct forecast_cell *cell, struct sums *out)
{
	*out = cell->won;
	return sums_add_all(cx, out, &cell->weighted);
}

static struct mv
list_url_of(struct cx *cx, const struct forecast *forecast, struct str line, struct str clause)
{
	struct str where = forecast_and(cx, forecast_and(cx, forecast->where, line), clause);

	return mv_text(list_of_url(cx, S("deal"), where));
}

static struct str
part_text(struct cx *cx, int64_t part, int64_t whole)
{
	struct buf text = buf_in(cx->mem, 64);

	fmt_percent(&text, cx, (int64_t)((double)part * 1000 / (double)whole + 0.5), 1);
	return buf_done(&text);
}

/* What is won, and with it what is in sight, in percent of the target; nothing where there is none.
 */
static void
attain(struct cx *cx, const struct forecast *forecast, const struct forecast_cell *cell,
       const struct sums *in_sight, struct mv item)
{
	int64_t target = sums_in(&cell->target, forecast->currency),
		won = sums_in(&cell->won, forecast->currency);

	mv_set(item, S("target"), mv_text(sums_text(cx, forecast->value, &cell->target)));
	mv_set(item, S("has_target"), mv_bool(target > 0));
	if (target <= 0)
		return;
	mv_set(item, S("attained"), mv_text(part_text(cx, won, target)));
	mv_set(item, S("in_sight"),
	       mv_text(part_text(cx, sums_in(in_sight, forecast->currency), target)));
	mv_set(item, S("share"),
	       mv_int(won >= target ? 100 : (int64_t)((double)won * 100 / (double)target)));
}

/* A period with all its figures. */
static bool
add_period(struct cx *cx, const struct forecast *forecast, size_t slot, struct mv list)
{
	const struct forecast_cell *cell = &forecast->all.at[slot];
	struct mv item = mv_map(cx->mem);
	struct sums all;

	if (!expected(cx, cell, &all))
		return false;
	mv_set(item, S("label"), mv_text(slot_label(cx, forecast, slot)));
	mv_set(item, S("is_late"), mv_bool(slot == FORECAST_OVERDUE && cell->n_open));
	mv_set(item, S("won"), mv_text(sums_text(cx, forecast->value, &cell->won)));
	mv_set(item, S("n_won"), mv_text(list_number(cx, cell->n_won)));
	mv_set(item, S("open"), mv_text(sums_text(cx, forecast->value, &cell->open)));
	mv_set(item, S("n_open"), mv_text(list_number(cx, cell->n_open)));
	mv_set(item, S("weighted"), mv_text(sums_text(cx, forecast->value, &cell->weighted)));
	mv_set(item, S("expected"), mv_text(sums_text(cx, forecast->value, &all)));
	if (cell->n_won)
		mv_set(item, S("won_url"),
		       list_url_of(cx, forecast, S(""),
				   forecast_clause(cx, forecast, slot, "won")));
	if (cell->n_open)
		mv_set(item, S("open_url"),
		       list_url_of(cx, forecast, S(""),
				   forecast_clause(cx, forecast, slot, "open")));
	attain(cx, forecast, cell, &all, item);
	mv_add(list, item);
	return true;
}

static size_t
show_of(const struct forecast *forecast)
{
	size_t i = countof(SHOWS) - 1;

	while (i && !str_eq_z(forecast->show, SHOWS[i].key))
		i--;
	return i;
}

static bool
shown_sums(struct cx *cx, const struct forecast *forecast, const struct forecast_cell *cell,
	   struct sums *out)
{
	static const size_t at[] = { 0, offsetof(struct forecast_cell, weighted),
				     offsetof(struct forecast_cell, open),
				     offsetof(struct forecast_cell, won) };
	size_t show = show_of(forecast);

	if (!show)
		return expected(cx, cell, out);
	*out = *(const struct sums *)(const void *)((const char *)cell + at[show]);
	return true;
}

static bool
add_cell(struct cx *cx, const struct forecast *forecast, const struct forecast_line *line,
	 size_t slot, struct mv cells)
{
	const struct forecast_cell *cell = &line->at[slot];
	struct mv item = mv_map(cx->mem);
	struct sums shown, all;

	if (!shown_sums(cx, forecast, cell, &shown) || !expected(cx, cell, &all))
		return false;
	mv_set(item, S("label"), mv_text(slot_label(cx, forecast, slot)));
	mv_set(item, S("text"), mv_text(sums_text(cx, forecast->value, &shown)));
	mv_set(item, S("url"),
	       shown.n && !line->is_merged
		       ? list_url_of(cx, forecast, line->clause,
				     forecast_clause(cx, forecast, slot,
						     SHOWS[show_of(forecast)].where))
		       : mv_none());
	attain(cx, forecast, cell, &all, item);
	mv_add(cells, item);
	return true;
}

static bool
line_show(struct cx *cx, const struct forecast *forecast, const struct forecast_line *line,
	  struct mv item)
{
	struct mv cells = mv_list(cx->mem);
	size_t slots[FORECAST_SLOTS], n = slots_of(forecast, slots);
	struct sums total = { 0 };

	for (size_t i = 0; i < n; i++) {
		struct sums cell;

		if (!add_cell(cx, forecast, line, slots[i], cells) ||
		    !expected(cx, &line->at[slots[i]], &cell) ||
		    (slots[i] < forecast->n && !sums_add_all(cx, &total, &cell)))
			return false;
	}
	mv_set(item, S("label"), mv_text(line->label));
	mv_set(item, S("cells"), cells);
	attain(cx, forecast, &line->total, &total, item);
	return true;
}

static bool
add_lines(struct cx *cx, struct forecast *forecast, struct mv page)
{
	struct mv lines = mv_list(cx->mem), heads = mv_list(cx->mem), all = mv_map(cx->mem);
	size_t slots[FORECAST_SLOTS], n = slots_of(forecast, slots);

	for (size_t i = 0; i < n; i++) {
		struct mv head = mv_map(cx->mem);

		mv_set(head, S("label"), mv_text(slot_label(cx, forecast, slots[i])));
		mv_add(heads, head);
	}
	for (size_t i = 0; i < forecast->n_lines; i++) {
		struct mv item = mv_map(cx->mem);

		if (!line_show(cx, forecast, forecast->v[i], item))
			return false;
		mv_add(lines, item);
	}
	forecast->all.label = str_of(tr(cx, "All together"));
	if (!line_show(cx, forecast, &forecast->all, all))
		return false;
	mv_set(page, S("lines"), lines);
	mv_set(page, S("all"), all);
	mv_set(page, S("heads"), heads);
	mv_set(page, S("lines_label"), mv_text(page_label(cx, forecast->key->field->label)));
	mv_set(page, S("show_label"), mv_z(tr(cx, SHOWS[show_of(forecast)].label)));
	mv_set(page, S("has_targets"), mv_bool(forecast->all.total.target.n > 0));
	return true;
}

/* ---- the picture ---- */

static void
bar_part(struct cx *cx, struct mv parts, int64_t *at, int64_t permille, int number, size_t row)
{
	struct mv part = mv_map(cx->mem);

	if (permille <= 0)
		return;
	mv_set(part, S("x"),
	       mv_text(str_printf(cx->mem, "%lld.%lld%%", (long long)(*at / 10),
				  (long long)(*at % 10))));
	mv_set(part, S("width"),
	       mv_text(str_printf(cx->mem, "%lld.%lld%%", (long long)(permille / 10),
				  (long long)(permille % 10))));
	mv_set(part, S("y"), mv_int((int64_t)row * 42 + 22));
	mv_set(part, S("number"), mv_int(number));
	mv_set(part, S("label"), mv_none());
	mv_add(parts, part);
	*at += permille;
}

/* Won, weighted, and what is open besides, of each period. */
static void
add_chart(struct cx *cx, const struct forecast *forecast, struct mv page)
{
	static const char *const labels[] = { N_("Open, weighted"), N_("Won"), N_("Open besides") };
	static const int numbers[] = { 0, 1, 7 };
	struct mv chart = mv_map(cx->mem), bars = mv_list(cx->mem), series = mv_list(cx->mem);
	int64_t most = 0;

	for (size_t i = 0; i < forecast->n; i++) {
		int64_t all = sums_in(&forecast->all.at[i].won, forecast->currency) +
			      sums_in(&forecast->all.at[i].open, forecast->currency);

		most = all > most ? all : most;
	}
	if (!most)
		return;
	for (size_t i = 0; i < forecast->n; i++) {
		const struct forecast_cell *cell = &forecast->all.at[i];
		int64_t won = sums_in(&cell->won, forecast->currency),
			open = sums_in(&cell->open, forecast->currency),
			weighted = sums_in(&cell->weighted, forecast->currency), at = 0;
		struct mv bar = mv_map(cx->mem), parts = mv_list(cx->mem);
		struct value v = value_int(won + weighted);

		memcpy(v.currency, forecast->currency, sizeof v.currency);
		bar_part(cx, parts, &at, won * 1000 / most, 1, i);
		bar_part(cx, parts, &at, weighted * 1000 / most, 0, i);
		bar_part(cx, parts, &at, (open - weighted) * 1000 / most, 7, i);
		mv_set(bar, S("y"), mv_int((int64_t)i * 42 + 15));
		mv_set(bar, S("label"), mv_text(period_label(cx, forecast, i)));
		mv_set(bar, S("text"), mv_text(value_print(cx, forecast->value, &v)));
		mv_set(bar, S("parts"), parts);
		mv_add(bars, bar);
	}
	for (size_t i = 0; i < countof(labels); i++) {
		struct mv item = mv_map(cx->mem);

		mv_set(item, S("number"), mv_int(numbers[i]));
		mv_set(item, S("label"), mv_z(tr(cx, labels[i])));
		mv_add(series, item);
	}
	mv_set(chart, S("is_bars"), mv_bool(true));
	mv_set(chart, S("bars"), bars);
	mv_set(chart, S("height"), mv_int((int64_t)forecast->n * 42));
	mv_set(chart, S("label"), mv_z(tr(cx, "Won and weighted")));
	mv_set(chart, S("series"), series);
	mv_set(page, S("chart"), chart);
}

/* ---- the page ---- */

static void
add_steps(struct cx *cx, const struct forecast *forecast, struct mv page)
{
	struct forecast other = *forecast;

	other.shift = forecast->shift - (int64_t)forecast->n;
	mv_set(page, S("before_url"), mv_text(forecast_url(cx, &other)));
	other.shift = forecast->shift + (int64_t)forecast->n;
	mv_set(page, S("after_url"), mv_text(forecast_url(cx, &other)));
	other.shift = 0;
	if (forecast->shift)
		mv_set(page, S("today_url"), mv_text(forecast_url(cx, &other)));
	if (can_object(cx, cx->model->objects[TARGET], OP_READ))
		mv_set(page, S("targets_url"), mv_text(S("/target")));
}

bool
web_forecast(struct cx *cx, struct request *q, struct reply *r)
{
	struct forecast *forecast = new(cx->mem, struct forecast);
	struct mv page, sets = mv_list(cx->mem), periods = mv_list(cx->mem);
	size_t slots[FORECAST_SLOTS], n;

	if (!forecast_open(cx, q, forecast))
		return false;
	page = page_new(cx, q, r, str_of(tr(cx, "Forecast")));
	if (!forecast_read(cx, forecast))
		return false;
	add_choices(cx, forecast, sets);
	if (!add_pipelines(cx, forecast, sets))
		return false;
	n = slots_of(forecast, slots);
	for (size_t i = 0; i < n; i++)
		if (!add_period(cx, forecast, slots[i], periods))
			return false;
	mv_set(page, S("sets"), sets);
	mv_set(page, S("periods"), periods);
	add_chart(cx, forecast, page);
	add_steps(cx, forecast, page);
	return add_lines(cx, forecast, page) && forecast_add_moves(cx, forecast, page) &&
	       page_write(cx, r, "forecast.html", page);
}
