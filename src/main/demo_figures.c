/* Targets and reports of the demonstration company. */
#include "base/clock.h"
#include "base/i18n.h"
#include "main/demo.h"
#include "model/ids.h"

enum { QUARTERS = 8, CENTS_A_PARTY = 60000, DAY_TEXT = 16 };

static bool
make_target(struct cx *cx, int64_t starts, int64_t cents, int64_t owner)
{
	const struct object *target = cx->model->objects[TARGET];
	struct change *c = change_new(cx, target, NULL);
	struct buf day = buf_in(cx->mem, DAY_TEXT);
	struct value amount = value_int(cents);

	memcpy(amount.currency, "EUR", sizeof "EUR");
	date_print(&day, starts);
	change_set(c, target->fields[TARGET_STARTS_ON], value_text(buf_done(&day)));
	change_set(c, target->fields[TARGET_AMOUNT], amount);
	if (owner)
		change_set(c, target->fields[TARGET_OWNER], value_int(owner));
	return record_save(cx, c);
}

/* This year's and the next one's quarters: of the company, and of each who sells. */
static bool
make_targets(struct cx *cx, const struct demo_figures *figures)
{
	int64_t first = date_period_start(PERIOD_YEAR, figures->today, 0),
		all = figures->parties * CENTS_A_PARTY;

	for (int64_t i = 0; i < QUARTERS; i++) {
		int64_t starts = date_period_start(PERIOD_QUARTER, first, i);

		if (!make_target(cx, starts, all, 0))
			return false;
		for (size_t k = 0; k < figures->n_sellers; k++)
			if (!make_target(cx, starts, all / (int64_t)figures->n_sellers,
					 figures->sellers[k]))
				return false;
	}
	return true;
}

static const struct {
	const char *name, *object, *condition, *rows, *columns, *measures, *chart;
} REPORTS[] = {
	{ N_("Deals won and lost by quarter"), "deal", "outcome != open", "closed_on:quarter",
	  "outcome", "sum(value),count", "bars" },
	{ N_("Orders by month"), "order", "placed_on >= -1y", "placed_on:month", "",
	  "sum(total),count", "line" },
	{ N_("Organisations by industry"), "organisation", "", "industry", "", "count,sum(revenue)",
	  "bars" },
};

static bool
make_report(struct cx *cx, enum lang lang, size_t i, int64_t owner)
{
	const struct object *report = cx->model->objects[REPORT];
	const struct {
		unsigned field;
		struct str text;
	} texts[] = {
		{ REPORT_NAME, tr_str(lang, str_of(REPORTS[i].name)) },
		{ REPORT_OBJECT_NAME, str_of(REPORTS[i].object) },
		{ REPORT_CONDITION, str_of(REPORTS[i].condition) },
		{ REPORT_ROWS_BY, str_of(REPORTS[i].rows) },
		{ REPORT_COLUMNS_BY, str_of(REPORTS[i].columns) },
		{ REPORT_MEASURES, str_of(REPORTS[i].measures) },
		{ REPORT_CHART, str_of(REPORTS[i].chart) },
	};
	struct change *c = change_new(cx, report, NULL);

	for (size_t k = 0; k < countof(texts); k++)
		if (texts[k].text.n)
			change_set(c, report->fields[texts[k].field], value_text(texts[k].text));
	change_set(c, report->fields[REPORT_SHARED], value_int(1));
	change_set(c, report->fields[REPORT_OWNER], value_int(owner));
	return record_save(cx, c);
}

bool
demo_figures(struct cx *cx, const struct demo_figures *figures)
{
	if (!work_begin_bulk(cx, S("demo")))
		return false;
	for (size_t i = 0; i < countof(REPORTS); i++)
		if (!make_report(cx, figures->lang, i, figures->owner)) {
			work_abandon(cx);
			return false;
		}
	if (make_targets(cx, figures) && work_commit(cx, NULL))
		return true;
	work_abandon(cx);
	return false;
}
