#include "web/figures.h"

#include "base/fold.h"
#include "base/i18n.h"
#include "model/type.h"

enum { TABLE = 1 << 12, TEXT_MAX = 4000, ASKED_EACH = 4, AMOUNTS_MAX = 16 };

/* ---- what is asked ---- */

static const struct {
	const char *function, *label;
} FUNCTIONS[] = {
	{ "count", N_("Filled") }, { "sum", N_("Sum") },      { "avg", N_("Average") },
	{ "min", N_("Smallest") }, { "max", N_("Greatest") },
};

struct str
figures_measure_label(struct cx *cx, struct str function, const struct field *f)
{
	struct str name;

	if (!f)
		return str_of(tr(cx, "Count"));
	name = page_label(cx, f->label);
	for (size_t i = 0; i < countof(FUNCTIONS); i++)
		if (str_eq_z(function, FUNCTIONS[i].function))
			return str_printf(cx->mem, "%s: %.*s", tr(cx, FUNCTIONS[i].label),
					  STR_FMT(name));
	return name;
}

struct str
figures_key_label(struct cx *cx, const struct group_key *key)
{
	static const char *const by[PERIOD__MAX] = {
		[PERIOD_DAY] = N_("Day"),     [PERIOD_WEEK] = N_("Week"),
		[PERIOD_MONTH] = N_("Month"), [PERIOD_QUARTER] = N_("Quarter"),
		[PERIOD_YEAR] = N_("Year"),
	};
	struct str name = page_label(cx, key->field->label);

	if (key->link)
		name = str_printf(cx->mem, "%.*s: %.*s", STR_FMT(page_label(cx, key->link->label)),
				  STR_FMT(name));
	return key->has_period
		       ? str_printf(cx->mem, "%.*s (%s)", STR_FMT(name), tr(cx, by[key->period]))
		       : name;
}

bool
figures_parse(struct cx *cx, struct figures_ask *ask, struct str rows, struct str columns,
	      struct str measures)
{
	struct str group = columns.n && rows.n ? str_printf(cx->mem, "%.*s,%.*s", STR_FMT(rows),
							    STR_FMT(columns))
			   : rows.n            ? rows
					       : columns;
	struct aggregate a;

	if (!aggregate_parse(cx, ask->object, group, measures, &a))
		return false;
	if (a.n_group > 2)
		return fail_field(cx, S("group"), "range",
				  "Name one field for the rows and one "
				  "for the columns");
	if (a.n_measure > FIGURES_MEASURES_MAX)
		return fail_field(cx, S("measure"), "range", "Ask for at most %d measures",
				  FIGURES_MEASURES_MAX);
	a.face = ask->face;
	a.where = ask->by.where;
	ask->by = a;
	ask->n_measures = a.n_measure;
	for (size_t i = 0; i < a.n_measure; i++)
		ask->measures[i] =
			(struct figures_measure){ a.measure[i].function, a.measure[i].field,
						  figures_measure_label(cx, a.measure[i].function,
									a.measure[i].field) };
	return true;
}

/* Of each field that is measured: its values, their sum, the smallest and the greatest. */
static void
choose_measures(const struct figures_ask *ask, struct aggregate *a)
{
	a->measure[0] = (struct measure){ .function = S("count") };
	a->n_measure = 1;
	for (size_t i = 0; i < ask->n_measures; i++) {
		const struct field *f = ask->measures[i].field;
		const struct str functions[ASKED_EACH] = {
			S("count"),
			f && can_measure(f, S("sum")) ? S("sum") : S("count"),
			f && can_measure(f, S("min")) ? S("min") : S("count"),
			f && can_measure(f, S("max")) ? S("max") : S("count"),
		};

		for (size_t k = 0; k < ASKED_EACH; k++)
			a->measure[a->n_measure++] = (struct measure){ functions[k], f };
	}
}

/* ---- adding up ---- */

static struct figure *
figure_of(struct cx *cx, struct figure **list, const char *currency)
{
	struct figure **at = list;

	for (; *at; at = &(*at)->next)
		if (!strcmp((*at)->sum.currency, currency))
			return *at;
	*at = new(cx->mem, struct figure);
	memcpy((*at)->sum.currency, currency, sizeof(*at)->sum.currency);
	return *at;
}

static void
range_add(const struct field *f, struct figure *figure, const struct value *low,
	  const struct value *high)
{
	if (figure->low.kind == V_NONE || f->row->compare(low, &figure->low) < 0)
		figure->low = *low;
	if (figure->high.kind == V_NONE || f->row->compare(high, &figure->high) > 0)
		figure->high = *high;
}

static bool
tally_add(struct cx *cx, const struct figures_ask *ask, const struct group_row *row,
	  struct tally *tally)
{
	tally->count += row->measure[0].i;
	for (size_t i = 0; i < ask->n_measures; i++) {
		const struct value *v = &row->measure[1 + i * ASKED_EACH];
		const struct field *f = ask->measures[i].field;
		struct figure *figure;

		if (!f || !v[0].i)
			continue;
		figure = figure_of(cx, &tally->of[i], v[1].currency);
		figure->n += v[0].i;
		figure->sum.kind = V_INT;
		if (can_measure(f, S("sum")) &&
		    __builtin_add_overflow(figure->sum.i, v[1].i, &figure->sum.i))
			return fail(cx, E_INPUT, "The sum is too large to be counted");
		if (can_measure(f, S("min")))
			range_add(f, figure, &v[2], &v[3]);
	}
	return true;
}

static bool
is_sum(const struct figures_measure *measure)
{
	return str_eq(measure->function, S("sum")) || str_eq(measure->function, S("avg"));
}

static struct value
figure_value(const struct figures_measure *measure, const struct figure *figure)
{
	struct value v = figure->sum;
	int64_t half = figure->n / 2;

	if (str_eq(measure->function, S("min")))
		return figure->low;
	if (str_eq(measure->function, S("max")))
		return figure->high;
	if (str_eq(measure->function, S("avg")))
		v.i = (v.i < 0 ? v.i - half : v.i + half) / (figure->n ? figure->n : 1);
	return v;
}

bool
figures_value(const struct figures *figures, const struct tally *tally, size_t measure,
	      const char *currency, struct value *out)
{
	const struct figures_measure *m = &figures->ask->measures[measure];
	int64_t n = m->field ? 0 : tally->count;

	for (const struct figure *at = tally->of[measure]; at; at = at->next) {
		n += at->n;
		if (str_eq(m->function, S("count")) || strcmp(at->sum.currency, currency) != 0)
			continue;
		*out = figure_value(m, at);
		return true;
	}
	*out = value_int(n);
	return str_eq(m->function, S("count"));
}

/* ---- rows and columns ---- */

struct lines {
	struct figures_line *table[TABLE];
	struct figures_line **v;
	size_t n, cap;
};

static struct figures_line *
line_of(struct cx *cx, const struct group_key *key, const struct group_row *row, size_t at,
	struct lines *lines)
{
	bool is_merged = row->merged >> at & 1;
	struct str fold = is_merged ? S("\001") : group_fold(cx, key, &row->key[at]);
	struct figures_line **slot = &lines->table[str_hash(fold) & (TABLE - 1)], *line;

	for (line = *slot; line; line = line->next)
		if (str_eq(line->fold, fold) &&
		    (line->key.kind == V_NONE) == (row->key[at].kind == V_NONE))
			return line;
	line = new(cx->mem, struct figures_line);
	line->fold = fold;
	line->key = row->key[at];
	line->is_merged = is_merged;
	line->label = group_label(cx, key, row, at);
	if (!is_merged)
		line->clause = group_clause(cx, key, &row->key[at]);
	line->next = *slot;
	*slot = line;
	list_add(cx->mem, lines, line);
	return line;
}

/* Where records stand that have an order of their own. */
static bool
lines_place(struct cx *cx, const struct group_key *key, struct lines *lines)
{
	const struct object *target = key->field->target;
	struct query query = { .object = target, .limit = FIGURES_ROWS_MAX };
	struct buf where = buf_in(cx->mem, COND_TEXT_MAX);
	struct rows rows;

	if (!target || !is_ordered_target(target) || lines->n > FIGURES_ROWS_MAX)
		return true;
	for (size_t i = 0; i < lines->n; i++) {
		if (lines->v[i]->key.kind != V_INT)
			continue;
		buf_z(&where, where.n ? ", " : "id in (");
		buf_int(&where, lines->v[i]->key.i);
	}
	buf_char(&where, ')');
	if (where.n == 1)
		return true;
	if (!cond_parse(cx, cx->mem, cx->model, target, buf_done(&where), NULL, &query.where) ||
	    !record_query(cx, &query, &rows))
		return false;
	for (size_t i = 0; i < lines->n; i++) {
		lines->v[i]->place = INT32_MAX;
		for (size_t k = 0; k < rows.n; k++)
			if (lines->v[i]->key.i == rows.v[k].id)
				lines->v[i]->place = (int64_t)k;
	}
	return true;
}

static int
by_order(const void *a, const void *b)
{
	const struct figures_line *x = *(struct figures_line *const *)a,
				  *y = *(struct figures_line *const *)b;
	bool x_last = x->key.kind == V_NONE, y_last = y->key.kind == V_NONE;

	if (x_last != y_last)
		return x_last ? 1 : -1;
	if (x->place != y->place)
		return x->place < y->place ? -1 : 1;
	if (x->number != y->number)
		return x->number < y->number ? -1 : 1;
	return str_cmp(x->order, y->order);
}

static bool
lines_order(struct cx *cx, const struct group_key *key, struct lines *lines)
{
	for (size_t i = 0; i < lines->n; i++) {
		struct figures_line *line = lines->v[i];

		if (line->key.kind == V_TEXT && key->field->n_options)
			line->place = option_place(key->field, &line->key);
		else if (key->has_period)
			line->order = line->key.s;
		else if (key->field->type == FT_ONE)
			line->order = fold_key(cx->mem, line->label);
		else if (line->key.kind == V_TEXT)
			line->order = line->fold;
		else
			line->number = line->key.i;
	}
	if (!lines_place(cx, key, lines))
		return false;
	if (lines->n)
		qsort(lines->v, lines->n, sizeof(struct figures_line *), by_order);
	return true;
}

static int
by_number(const void *a, const void *b)
{
	const struct figures_line *x = *(struct figures_line *const *)a,
				  *y = *(struct figures_line *const *)b;

	return (y->number > x->number) - (y->number < x->number);
}

/* The largest first. */
static void
lines_rank(const struct figures *figures, struct lines *lines)
{
	for (size_t i = 0; i < lines->n; i++) {
		const struct tally *total = &lines->v[i]->total;
		const char *currency = total->of[0] ? total->of[0]->sum.currency : "";
		struct value v = { 0 };

		if (!figures_value(figures, total, 0, currency, &v))
			v.i = INT64_MIN;
		lines->v[i]->number = v.i;
	}
	if (lines->n)
		qsort(lines->v, lines->n, sizeof(struct figures_line *), by_number);
}

/* ---- reading ---- */

struct reader {
	const struct figures_ask *ask;
	struct groups groups;
	struct lines *rows, *columns;
	struct figures_line **row_of, **column_of; /* by group */
};

static bool
gather(struct cx *cx, struct reader *reader, struct figures *out)
{
	const struct figures_ask *ask = reader->ask;
	struct groups *groups = &reader->groups;

	reader->row_of = new_array(cx->mem, groups->n + 1, struct figures_line *);
	reader->column_of = new_array(cx->mem, groups->n + 1, struct figures_line *);
	for (size_t i = 0; i < groups->n; i++) {
		const struct group_row *row = &groups->v[i];

		if (!tally_add(cx, ask, row, &out->total))
			return false;
		if (ask->by.n_group) {
			reader->row_of[i] = line_of(cx, &ask->by.group[0], row, 0, reader->rows);
			if (!tally_add(cx, ask, row, &reader->row_of[i]->total))
				return false;
		}
		if (ask->by.n_group > 1) {
			reader->column_of[i] =
				line_of(cx, &ask->by.group[1], row, 1, reader->columns);
			if (!tally_add(cx, ask, row, &reader->column_of[i]->total))
				return false;
		}
	}
	return true;
}

static bool
order(struct cx *cx, struct reader *reader, struct figures *out)
{
	const struct figures_ask *ask = reader->ask;

	if (ask->by.n_group && !lines_order(cx, &ask->by.group[0], reader->rows))
		return false;
	if (ask->by.n_group > 1 && !lines_order(cx, &ask->by.group[1], reader->columns))
		return false;
	if (ask->most_first)
		lines_rank(out, reader->rows);
	if (reader->columns->n > FIGURES_COLUMNS_MAX)
		return fail_field(cx, S("columns_by"), "range",
				  "There are %d columns, more than %d: choose a longer period, or "
				  "another field",
				  (int)reader->columns->n, FIGURES_COLUMNS_MAX);
	out->rows = reader->rows->v;
	out->columns = reader->columns->v;
	out->n_columns = reader->columns->n;
	out->n_rows = reader->rows->n < FIGURES_ROWS_MAX ? reader->rows->n : FIGURES_ROWS_MAX;
	out->n_left = reader->rows->n - out->n_rows;
	for (size_t i = 0; i < reader->rows->n; i++)
		out->rows[i]->place = (int64_t)i;
	for (size_t i = 0; i < out->n_columns; i++)
		out->columns[i]->place = (int64_t)i;
	return true;
}

static bool
fill(struct cx *cx, const struct reader *reader, struct figures *out)
{
	out->cells = new_array(cx->mem, out->n_rows * out->n_columns + 1, struct tally);
	for (size_t i = 0; out->n_columns && i < reader->groups.n; i++) {
		size_t row = (size_t)reader->row_of[i]->place,
		       column = (size_t)reader->column_of[i]->place;

		if (row < out->n_rows && !tally_add(cx, reader->ask, &reader->groups.v[i],
						    &out->cells[row * out->n_columns + column]))
			return false;
	}
	return true;
}

bool
figures_read(struct cx *cx, const struct figures_ask *ask, struct figures *out)
{
	struct reader reader = { .ask = ask };
	struct aggregate a = ask->by;
	struct figures figures = { .ask = ask };

	reader.rows = new(cx->mem, struct lines);
	reader.columns = new(cx->mem, struct lines);
	a.object = ask->object;
	a.face = ask->face;
	choose_measures(ask, &a);
	if (!record_aggregate(cx, &a, &reader.groups) || !gather(cx, &reader, &figures) ||
	    !order(cx, &reader, &figures) || !fill(cx, &reader, &figures))
		return false;
	*out = figures;
	return true;
}

/* ---- cells ---- */

const struct tally *
figures_cell(const struct figures *figures, size_t row, size_t column)
{
	if (row >= figures->n_rows)
		return column >= figures->n_columns ? &figures->total
						    : &figures->columns[column]->total;
	return column >= figures->n_columns ? &figures->rows[row]->total
					    : &figures->cells[row * figures->n_columns + column];
}

struct str
figures_text(struct cx *cx, const struct figures *figures, const struct tally *tally,
	     size_t measure)
{
	const struct figures_measure *m = &figures->ask->measures[measure];
	struct buf text = buf_in(cx->mem, TEXT_MAX);
	struct value v;

	if (str_eq(m->function, S("count"))) {
		if (figures_value(figures, tally, measure, "", &v))
			fmt_int(&text, cx, v.i);
		return buf_done(&text);
	}
	for (const struct figure *at = tally->of[measure]; at; at = at->next) {
		v = figure_value(m, at);
		if (is_sum(m) && !can_measure(m->field, S("sum")))
			continue;
		buf_z(&text, text.n ? " · " : "");
		buf_str(&text, value_print(cx, m->field, &v));
	}
	return buf_done(&text);
}

struct str
list_of_url(struct cx *cx, struct str name, struct str where)
{
	struct buf url = buf_in(cx->mem, URL_MAX);

	buf_char(&url, '/');
	buf_str(&url, name);
	if (where.n)
		url_add(&url, "where", where);
	return url.full ? (struct str){ 0 } : buf_done(&url);
}

static void
clause_add(struct buf *where, struct str clause, bool in_brackets)
{
	if (!clause.n)
		return;
	buf_z(where, where->n ? " and " : "");
	buf_z(where, in_brackets ? "(" : "");
	buf_str(where, clause);
	buf_z(where, in_brackets ? ")" : "");
}

struct str
figures_url(struct cx *cx, const struct figures *figures, size_t row, size_t column)
{
	const struct figures_line *lines[] = {
		row < figures->n_rows ? figures->rows[row] : NULL,
		column < figures->n_columns ? figures->columns[column] : NULL,
	};
	struct buf where = buf_in(cx->mem, COND_TEXT_MAX);
	bool is_alone = true;

	for (size_t i = 0; i < countof(lines); i++)
		is_alone &= !lines[i];
	clause_add(&where, figures->ask->where, !is_alone);
	for (size_t i = 0; i < countof(lines); i++) {
		if (!lines[i])
			continue;
		if (lines[i]->is_merged)
			return (struct str){ 0 };
		clause_add(&where, lines[i]->clause, false);
	}
	return where.full ? (struct str){ 0 }
			  : list_of_url(cx, figures->ask->name, buf_done(&where));
}

/* ---- showing ---- */

static void
cells_show(struct cx *cx, const struct figures *figures, size_t row, size_t column, struct mv cells)
{
	const struct tally *tally = figures_cell(figures, row, column);
	struct str url = tally->count ? figures_url(cx, figures, row, column) : (struct str){ 0 };

	for (size_t i = 0; i < figures->ask->n_measures; i++) {
		struct mv cell = mv_map(cx->mem);

		mv_set(cell, S("text"),
		       mv_text(tally->count ? figures_text(cx, figures, tally, i)
					    : (struct str){ 0 }));
		mv_set(cell, S("url"), mv_text(url));
		mv_set(cell, S("label"), mv_text(figures->ask->measures[i].label));
		mv_set(cell, S("of"),
		       mv_text(column < figures->n_columns ? figures->columns[column]->label
							   : (struct str){ 0 }));
		mv_set(cell, S("is_total"),
		       mv_bool(figures->n_columns && column == figures->n_columns));
		mv_add(cells, cell);
	}
}

static struct mv
row_show(struct cx *cx, const struct figures *figures, size_t row)
{
	struct mv item = mv_map(cx->mem), cells = mv_list(cx->mem);

	for (size_t k = 0; k <= figures->n_columns; k++)
		cells_show(cx, figures, row, k, cells);
	mv_set(item, S("label"),
	       mv_text(row < figures->n_rows ? figures->rows[row]->label
					     : str_of(tr(cx, "All together"))));
	mv_set(item, S("cells"), cells);
	return item;
}

static void
heads_show(struct cx *cx, const struct figures *figures, struct mv page)
{
	struct mv columns = mv_list(cx->mem), heads = mv_list(cx->mem);

	for (size_t k = 0; k <= figures->n_columns; k++) {
		struct mv column = mv_map(cx->mem);

		mv_set(column, S("label"),
		       mv_text(k < figures->n_columns ? figures->columns[k]->label
						      : str_of(tr(cx, "All together"))));
		mv_set(column, S("span"), mv_int((int64_t)figures->ask->n_measures));
		mv_add(columns, column);
		for (size_t i = 0; i < figures->ask->n_measures; i++) {
			struct mv head = mv_map(cx->mem);

			mv_set(head, S("label"), mv_text(figures->ask->measures[i].label));
			mv_add(heads, head);
		}
	}
	mv_set(page, S("columns"), columns);
	mv_set(page, S("heads"), heads);
	mv_set(page, S("has_columns"), mv_bool(figures->n_columns > 0));
}

void
figures_show(struct cx *cx, const struct figures *figures, struct mv page)
{
	struct mv rows = mv_list(cx->mem);
	const struct aggregate *by = &figures->ask->by;

	heads_show(cx, figures, page);
	for (size_t i = 0; i < figures->n_rows; i++)
		mv_add(rows, row_show(cx, figures, i));
	mv_set(page, S("rows"), rows);
	mv_set(page, S("totals"), row_show(cx, figures, figures->n_rows));
	mv_set(page, S("rows_label"),
	       mv_text(by->n_group ? figures_key_label(cx, &by->group[0]) : (struct str){ 0 }));
	mv_set(page, S("columns_label"),
	       mv_text(by->n_group > 1 ? figures_key_label(cx, &by->group[1]) : (struct str){ 0 }));
	mv_set(page, S("is_none"), mv_bool(!figures->total.count));
	mv_set(page, S("n_left"),
	       figures->n_left ? mv_text(list_number(cx, (int64_t)figures->n_left)) : mv_none());
}
