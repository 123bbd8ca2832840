/* Lost deals: to whom, why, of which product and when, held against those that were won. */
#include "web/forecast.h"

#include "base/i18n.h"
#include "model/ids.h"
#include "record/authz.h"

enum { COUNT, SUM, DAYS };

static const struct {
	const char *key, *label, *field, *by;
	bool is_of_lost; /* only lost deals have it: there is no rate */
} BY[] = {
	{ "competitor", N_("Competitor"), "competitor", "competitor", true },
	{ "reason", N_("Loss reason"), "loss_reason", "loss_reason", true },
	{ "product", N_("Product"), "product", "product" },
	{ "time", N_("Quarter"), "closed_on", "closed_on:quarter" },
	{ "industry", N_("Industry"), "party", "party.industry" },
	{ "pipeline", N_("Pipeline"), "pipeline", "pipeline" },
	{ "owner", N_("Person in charge"), "owner", "owner" },
};
static const struct {
	const char *key, *label, *where;
} WHEN[] = {
	{ "", N_("Last twelve months"), "closed_on >= -1y" },
	{ "year", N_("This year"), "closed_on = this year" },
	{ "quarter", N_("This quarter"), "closed_on = this quarter" },
	{ "all", N_("All time"), NULL },
};

struct lost {
	const struct object *deals;
	size_t by, when;
	struct figures_ask ask;
	struct figures figures;
	size_t won, lost; /* columns; n_columns: there is none */
};

/* ---- what the address says ---- */

static bool
may_by(const struct cx *cx, const struct object *deals, size_t i)
{
	const struct field *f = field_find(deals, str_of(BY[i].field));

	return f && AUTHZ(PAGE_COLUMN, can_see_field(cx, deals, f));
}

static bool
lost_open(struct cx *cx, const struct request *q, struct lost *out)
{
	struct cond_sight sight = cond_sight_of(cx);
	const struct face *face;
	struct str where = S("outcome in (won, lost)");

	if (!object_open(cx, S("deal"), &out->deals, &face))
		return false;
	for (size_t i = 0; i < countof(BY); i++)
		if (str_eq_z(request_query(q, "by"), BY[i].key) && may_by(cx, out->deals, i))
			out->by = i;
	for (size_t i = 0; i < countof(WHEN); i++)
		if (str_eq_z(request_query(q, "when"), WHEN[i].key))
			out->when = i;
	if (WHEN[out->when].where)
		where = str_printf(cx->mem, "%.*s and %s", STR_FMT(where), WHEN[out->when].where);
	out->ask = (struct figures_ask){ .object = out->deals, .name = S("deal"), .where = where };
	return cond_parse(cx, cx->mem, cx->model, out->deals, where, &sight, &out->ask.by.where) &&
	       figures_parse(cx, &out->ask, str_of(BY[out->by].by), S("outcome"),
			     S("count,sum(value),avg(cycle_days)"));
}

/* Where there is neither product nor time to tell the rows by, those most lost come first. */
static int
by_loss(const void *a, const void *b)
{
	const struct figures_line *x = *(struct figures_line *const *)a,
				  *y = *(struct figures_line *const *)b;

	return (y->number > x->number) - (y->number < x->number);
}

static size_t
column_of(const struct figures *figures, const char *outcome)
{
	size_t i = 0;

	while (i < figures->n_columns && !str_eq_z(figures->columns[i]->key.s, outcome))
		i++;
	return i;
}

static const struct tally *
tally_of(const struct lost *lost, size_t row, size_t column)
{
	static const struct tally none;

	return column < lost->figures.n_columns ? figures_cell(&lost->figures, row, column) : &none;
}

/* ---- showing ---- */

static struct mv
choices(struct cx *cx, const struct lost *lost, bool is_by)
{
	struct mv list = mv_list(cx->mem);

	for (size_t i = 0; i < (is_by ? countof(BY) : countof(WHEN)); i++) {
		struct buf url = buf_in(cx->mem, URL_MAX);
		struct mv item = mv_map(cx->mem);
		size_t by = is_by ? i : lost->by, when = is_by ? lost->when : i;

		if (is_by && !may_by(cx, lost->deals, i))
			continue;
		BUF_LIT(&url, "/lost");
		url_add(&url, "by", str_of(BY[by].key));
		if (when)
			url_add(&url, "when", str_of(WHEN[when].key));
		mv_set(item, S("label"), mv_z(tr(cx, is_by ? BY[i].label : WHEN[i].label)));
		mv_set(item, S("url"), mv_text(buf_done(&url)));
		mv_set(item, S("is_on"), mv_bool(is_by ? i == lost->by : i == lost->when));
		mv_add(list, item);
	}
	return list;
}

static struct str
rate_text(struct cx *cx, int64_t part, int64_t whole)
{
	struct buf text = buf_in(cx->mem, 64);

	if (!whole)
		return (struct str){ 0 };
	fmt_percent(&text, cx, (part * 1000 + whole / 2) / whole, 1);
	return buf_done(&text);
}

static void
side_show(struct cx *cx, const struct lost *lost, size_t row, size_t column, const char *name,
	  struct mv item)
{
	const struct tally *tally = tally_of(lost, row, column);
	struct mv side = mv_map(cx->mem);

	mv_set(side, S("count"), mv_text(list_number(cx, tally->count)));
	mv_set(side, S("sum"), mv_text(figures_text(cx, &lost->figures, tally, SUM)));
	mv_set(side, S("days"), mv_text(figures_text(cx, &lost->figures, tally, DAYS)));
	mv_set(side, S("url"),
	       tally->count ? mv_text(figures_url(cx, &lost->figures, row, column)) : mv_none());
	mv_set(item, str_of(name), side);
}

static struct mv
row_show(struct cx *cx, const struct lost *lost, size_t row)
{
	const struct figures *figures = &lost->figures;
	struct mv item = mv_map(cx->mem);
	int64_t n_lost = tally_of(lost, row, lost->lost)->count,
		n_won = tally_of(lost, row, lost->won)->count,
		all = tally_of(lost, figures->n_rows, lost->lost)->count;

	mv_set(item, S("label"),
	       mv_text(row < figures->n_rows ? figures->rows[row]->label
					     : str_of(tr(cx, "All together"))));
	side_show(cx, lost, row, lost->lost, "lost", item);
	side_show(cx, lost, row, lost->won, "won", item);
	mv_set(item, S("share"), mv_text(rate_text(cx, n_lost, all)));
	mv_set(item, S("rate"), mv_text(rate_text(cx, n_won, n_won + n_lost)));
	return item;
}

/* Rows of which nothing was lost say nothing of competitors and reasons. */
static void
rows_choose(struct lost *lost)
{
	struct figures *figures = &lost->figures;

	for (size_t i = 0; i < figures->n_rows; i++)
		figures->rows[i]->number = tally_of(lost, i, lost->lost)->count;
	if (!str_eq_z(S("time"), BY[lost->by].key) && figures->n_rows)
		lost->ask.most_first = true;
}

static void
rows_show(struct cx *cx, struct lost *lost, struct mv page)
{
	struct figures *figures = &lost->figures;
	struct figures_line **order =
		new_array(cx->mem, figures->n_rows + 1, struct figures_line *);
	struct mv rows = mv_list(cx->mem);

	rows_choose(lost);
	memcpy(order, figures->rows, figures->n_rows * sizeof *order);
	if (lost->ask.most_first && figures->n_rows)
		qsort(order, figures->n_rows, sizeof *order, by_loss);
	for (size_t i = 0; i < figures->n_rows; i++)
		if (!BY[lost->by].is_of_lost || order[i]->number)
			mv_add(rows, row_show(cx, lost, (size_t)order[i]->place));
	mv_set(page, S("rows"), rows);
	mv_set(page, S("total"), row_show(cx, lost, figures->n_rows));
}

/* Lost deals alone, by value: what the chart shows. */
static bool
add_chart(struct cx *cx, const struct lost *lost, struct mv page)
{
	struct cond_sight sight = cond_sight_of(cx);
	struct figures_ask *ask = new(cx->mem, struct figures_ask);
	struct figures figures;

	*ask = (struct figures_ask){ .object = lost->deals,
				     .name = S("deal"),
				     .most_first = lost->ask.most_first };
	ask->where =
		str_printf(cx->mem, "outcome = lost%s%s", WHEN[lost->when].where ? " and " : "",
			   WHEN[lost->when].where ? WHEN[lost->when].where : "");
	if (!cond_parse(cx, cx->mem, cx->model, lost->deals, ask->where, &sight, &ask->by.where) ||
	    !figures_parse(cx, ask, str_of(BY[lost->by].by), S(""), S("sum(value)")) ||
	    !figures_read(cx, ask, &figures))
		return false;
	chart_add(cx, &figures, S("bars"), page);
	return true;
}

bool
web_lost(struct cx *cx, struct request *q, struct reply *r)
{
	struct lost *lost = new(cx->mem, struct lost);
	struct mv page, sets = mv_list(cx->mem);

	if (!lost_open(cx, q, lost) || !figures_read(cx, &lost->ask, &lost->figures))
		return false;
	page = page_new(cx, q, r, str_of(tr(cx, "Lost deals")));
	lost->won = column_of(&lost->figures, "won");
	lost->lost = column_of(&lost->figures, "lost");
	for (int i = 0; i < 2; i++) {
		struct mv set = mv_map(cx->mem);

		mv_set(set, S("label"), mv_z(i ? tr(cx, "Closed") : tr(cx, "Lines by")));
		mv_set(set, S("choices"), choices(cx, lost, !i));
		mv_add(sets, set);
	}
	rows_show(cx, lost, page);
	mv_set(page, S("sets"), sets);
	mv_set(page, S("rows_label"), mv_z(tr(cx, BY[lost->by].label)));
	mv_set(page, S("has_rate"), mv_bool(!BY[lost->by].is_of_lost));
	mv_set(page, S("is_none"), mv_bool(!lost->figures.total.count));
	return add_chart(cx, lost, page) && page_write(cx, r, "lost.html", page);
}
