/* The first measure of figures as a picture, drawn by the server: bars with their labels, or lines
 * over what the rows are.  Places are parts of the width, so that texts keep their size on a
 * telephone.  The table beside it says the same. */
#include "web/figures.h"

#include "base/i18n.h"
#include "model/type.h"

enum {
	BARS_MAX = 30,
	BAR_STEP = 42, /* from one bar to the next */
	BAR_TEXT = 15, /* base line of its label */
	BAR_AT = 22,
	LINE_HEIGHT = 240,
	LINE_TOP = 20,
	LINE_BOTTOM = 210, /* where 0 is */
	LINE_LABEL = 230,
	LABELS_MAX = 6,
	POINTS_MAX = 120,
	SCALE_STEPS = 4,
	PARTS = 1000, /* tenths of a percent */
};

struct chart {
	const struct figures *figures;
	char currency[4];
	int64_t most; /* the greatest value, in its units */
	size_t n_series;
	struct mv marks, series;
};

/* Several currencies cannot stand on one scale: the one of most records does. */
static void
choose_currency(const struct figures *figures, struct chart *chart)
{
	int64_t most = 0;

	for (const struct figure *at = figures->total.of[0]; at; at = at->next)
		if (at->n > most) {
			most = at->n;
			memcpy(chart->currency, at->sum.currency, sizeof chart->currency);
		}
}

static int64_t
number_at(const struct chart *chart, size_t row, size_t column)
{
	struct value v;

	if (!figures_value(chart->figures, figures_cell(chart->figures, row, column), 0,
			   chart->currency, &v) ||
	    v.kind != V_INT || v.i < 0)
		return 0;
	return v.i;
}

/* Permille of `most`. */
static int64_t
part_of(int64_t value, int64_t most)
{
	return most > 0 ? (int64_t)((double)value * PARTS / (double)most + 0.5) : 0;
}

/* "12.3%" */
static struct mv
percent(struct cx *cx, int64_t parts)
{
	return mv_text(str_printf(cx->mem, "%lld.%lld%%", (long long)(parts / 10),
				  (long long)(parts % 10)));
}

static struct str
number_text(struct cx *cx, const struct chart *chart, int64_t number)
{
	const struct figures_measure *m = &chart->figures->ask->measures[0];
	struct buf text = buf_in(cx->mem, 200);
	struct value v = value_int(number);

	memcpy(v.currency, chart->currency, sizeof v.currency);
	if (m->field && !str_eq(m->function, S("count")))
		return value_print(cx, m->field, &v);
	fmt_int(&text, cx, number);
	return buf_done(&text);
}

static void
series_add(struct cx *cx, struct chart *chart)
{
	const struct figures *figures = chart->figures;

	for (size_t k = 0; figures->n_columns && k < chart->n_series; k++) {
		struct mv item = mv_map(cx->mem);

		mv_set(item, S("number"), mv_int((int64_t)k));
		mv_set(item, S("label"), mv_text(figures->columns[k]->label));
		mv_add(chart->series, item);
	}
}

/* ---- bars ---- */

static void
bar_parts(struct cx *cx, const struct chart *chart, size_t row, struct mv parts)
{
	const struct figures *figures = chart->figures;
	int64_t at = 0;

	for (size_t k = 0; k < chart->n_series; k++) {
		size_t column = figures->n_columns ? k : figures->n_columns;
		int64_t width = part_of(number_at(chart, row, column), chart->most);
		struct mv part = mv_map(cx->mem);

		if (!width)
			continue;
		mv_set(part, S("x"), percent(cx, at));
		mv_set(part, S("width"), percent(cx, width));
		mv_set(part, S("y"), mv_int((int64_t)row * BAR_STEP + BAR_AT));
		mv_set(part, S("number"), mv_int((int64_t)k));
		mv_set(part, S("label"),
		       mv_text(figures->n_columns
				       ? str_printf(
						 cx->mem, "%.*s: %.*s",
						 STR_FMT(figures->columns[k]->label),
						 STR_FMT(number_text(
							 cx, chart, number_at(chart, row, column))))
				       : (struct str){ 0 }));
		mv_add(parts, part);
		at += width;
	}
}

static void
bars(struct cx *cx, struct chart *chart, struct mv item)
{
	const struct figures *figures = chart->figures;
	size_t n = figures->n_rows < BARS_MAX ? figures->n_rows : BARS_MAX;

	for (size_t i = 0; i < n; i++) {
		struct mv bar = mv_map(cx->mem), parts = mv_list(cx->mem);

		bar_parts(cx, chart, i, parts);
		mv_set(bar, S("y"), mv_int((int64_t)i * BAR_STEP + BAR_TEXT));
		mv_set(bar, S("label"), mv_text(figures->rows[i]->label));
		mv_set(bar, S("text"),
		       mv_text(number_text(cx, chart, number_at(chart, i, figures->n_columns))));
		mv_set(bar, S("parts"), parts);
		mv_add(chart->marks, bar);
	}
	mv_set(item, S("is_bars"), mv_bool(true));
	mv_set(item, S("height"), mv_int((int64_t)n * BAR_STEP));
	mv_set(item, S("bars"), chart->marks);
}

/* ---- lines ---- */

static int64_t
y_of(const struct chart *chart, int64_t value)
{
	return LINE_BOTTOM - part_of(value, chart->most) * (LINE_BOTTOM - LINE_TOP) / PARTS;
}

/* From the first to the last point, with room for what stands there. */
static int64_t
x_of(size_t i, size_t n)
{
	return n > 1 ? 20 + (int64_t)i * (PARTS - 40) / (int64_t)(n - 1) : PARTS / 2;
}

static void
line_points(struct cx *cx, const struct chart *chart, size_t series, size_t n, struct mv line)
{
	const struct figures *figures = chart->figures;
	size_t column = figures->n_columns ? series : figures->n_columns;
	struct mv points = mv_list(cx->mem), steps = mv_list(cx->mem);

	for (size_t i = 0; i < n; i++) {
		struct mv point = mv_map(cx->mem), step = mv_map(cx->mem);
		int64_t value = number_at(chart, i, column);

		mv_set(point, S("x"), percent(cx, x_of(i, n)));
		mv_set(point, S("y"), mv_int(y_of(chart, value)));
		mv_set(point, S("label"),
		       mv_text(str_printf(cx->mem, "%.*s: %.*s", STR_FMT(figures->rows[i]->label),
					  STR_FMT(number_text(cx, chart, value)))));
		mv_add(points, point);
		if (!i)
			continue;
		mv_set(step, S("x1"), percent(cx, x_of(i - 1, n)));
		mv_set(step, S("y1"), mv_int(y_of(chart, number_at(chart, i - 1, column))));
		mv_set(step, S("x2"), percent(cx, x_of(i, n)));
		mv_set(step, S("y2"), mv_int(y_of(chart, value)));
		mv_add(steps, step);
	}
	mv_set(line, S("points"), points);
	mv_set(line, S("steps"), steps);
	mv_set(line, S("number"), mv_int((int64_t)series));
}

static void
scale(struct cx *cx, const struct chart *chart, size_t n, struct mv item)
{
	const struct figures *figures = chart->figures;
	struct mv levels = mv_list(cx->mem), labels = mv_list(cx->mem);
	size_t step = n > LABELS_MAX ? (n + LABELS_MAX - 1) / LABELS_MAX : 1;

	for (int64_t i = 0; i <= SCALE_STEPS; i++) {
		struct mv level = mv_map(cx->mem);
		int64_t value = chart->most / SCALE_STEPS * i;

		mv_set(level, S("y"), mv_int(y_of(chart, value)));
		mv_set(level, S("text_y"), mv_int(y_of(chart, value) - 4));
		mv_set(level, S("text"), mv_text(number_text(cx, chart, value)));
		mv_add(levels, level);
	}
	for (size_t i = 0; i < n; i += step) {
		struct mv label = mv_map(cx->mem);
		const char *anchor = !i ? "start" : i + step >= n && n > 1 ? "end" : "middle";

		mv_set(label, S("x"), percent(cx, !i ? 0 : x_of(i, n)));
		mv_set(label, S("anchor"), mv_z(anchor));
		mv_set(label, S("text"), mv_text(figures->rows[i]->label));
		mv_add(labels, label);
	}
	mv_set(item, S("levels"), levels);
	mv_set(item, S("labels"), labels);
	mv_set(item, S("label_y"), mv_int(LINE_LABEL));
}

static void
lines(struct cx *cx, struct chart *chart, struct mv item)
{
	const struct figures *figures = chart->figures;
	size_t n = figures->n_rows < POINTS_MAX ? figures->n_rows : POINTS_MAX;

	for (size_t k = 0; k < chart->n_series; k++) {
		struct mv line = mv_map(cx->mem);

		line_points(cx, chart, k, n, line);
		mv_add(chart->marks, line);
	}
	scale(cx, chart, n, item);
	mv_set(item, S("is_line"), mv_bool(true));
	mv_set(item, S("height"), mv_int(LINE_HEIGHT));
	mv_set(item, S("lines"), chart->marks);
}

/* ---- the chart ---- */

/* Bars stand on each other, points beside each other. */
static void
find_most(struct chart *chart, bool is_line)
{
	const struct figures *figures = chart->figures;

	for (size_t i = 0; i < figures->n_rows; i++) {
		int64_t stacked = 0;

		for (size_t k = 0; k < chart->n_series; k++) {
			int64_t value = number_at(chart, i, figures->n_columns ? k : 0);

			stacked = is_line ? value : stacked + value;
			chart->most = stacked > chart->most ? stacked : chart->most;
		}
	}
}

void
chart_add(struct cx *cx, const struct figures *figures, struct str kind, struct mv page)
{
	bool is_line = str_eq(kind, S("line"));
	const struct field *f = figures->ask->n_measures ? figures->ask->measures[0].field : NULL;
	struct chart chart = { .figures = figures,
			       .marks = mv_list(cx->mem),
			       .series = mv_list(cx->mem) };
	struct mv item = mv_map(cx->mem);

	if (str_eq(kind, S("table")) || !figures->n_rows || (f && !can_measure(f, S("sum"))))
		return;
	choose_currency(figures, &chart);
	chart.n_series = figures->n_columns ? figures->n_columns : 1;
	if (chart.n_series > CHART_SERIES_MAX)
		chart.n_series = CHART_SERIES_MAX;
	find_most(&chart, is_line);
	series_add(cx, &chart);
	if (is_line)
		lines(cx, &chart, item);
	else
		bars(cx, &chart, item);
	mv_set(item, S("series"), chart.series);
	mv_set(item, S("label"), mv_text(figures->ask->measures[0].label));
	mv_set(item, S("is_part"),
	       mv_bool(figures->n_columns > chart.n_series ||
		       figures->n_rows > (is_line ? POINTS_MAX : BARS_MAX)));
	mv_set(page, S("chart"), item);
}
