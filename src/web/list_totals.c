/* Totals of the columns of a list, for all of it and for each group. */
#include "web/group.h"

#include <assert.h>

#include "base/clock.h"
#include "base/fold.h"
#include "base/i18n.h"
#include "model/type.h"

enum { AMOUNTS_MAX = 16, OPEN_MAX = 5, PERIOD_TEXT = 16 };

/* What is measured of one column, and where it stands among the measures. */
struct measured {
	bool is_counted, has_sum, has_range;
	size_t at;
};

/* The numbers of one column in one currency. */
struct amount {
	struct value sum, low, high;
	int64_t filled;
};
struct tally_column {
	int64_t filled;
	struct amount v[AMOUNTS_MAX];
	size_t n;
};
struct tally {
	int64_t count;
	struct tally_column *columns;
};

/* ---- the question ---- */

static struct measured
measure_column(struct aggregate *a, const struct list_column *column)
{
	const struct field *f = column->field;
	struct measured m = { .at = a->n_measure };

	if (column->link || !can_measure(f, S("count")) || a->n_measure + 4 > MEASURE_MAX)
		return m;
	m.is_counted = true;
	m.has_sum = can_measure(f, S("sum"));
	m.has_range = can_measure(f, S("min"));
	a->measure[a->n_measure++] = (struct measure){ S("count"), f };
	if (m.has_sum)
		a->measure[a->n_measure++] = (struct measure){ S("sum"), f };
	if (m.has_range) {
		a->measure[a->n_measure++] = (struct measure){ S("min"), f };
		a->measure[a->n_measure++] = (struct measure){ S("max"), f };
	}
	return m;
}

static struct measured *
measures_of(struct cx *cx, const struct list *list, struct aggregate *a)
{
	struct measured *measured = new_array(cx->mem, list->n_columns + 1, struct measured);

	a->object = list->object;
	a->face = list->face;
	a->where = list->query.where;
	a->measure[0] = (struct measure){ .function = S("count") };
	a->n_measure = 1;
	for (size_t i = 0; i < list->n_columns; i++)
		measured[i] = measure_column(a, &list->columns[i]);
	return measured;
}

/* ---- adding up: what the statement gave apart for each currency ---- */

static struct amount *
amount_of(struct tally_column *column, const char *currency)
{
	for (size_t i = 0; i < column->n; i++)
		if (!strcmp(column->v[i].sum.currency, currency))
			return &column->v[i];
	if (column->n == AMOUNTS_MAX)
		return NULL;
	column->v[column->n] = (struct amount){ 0 };
	memcpy(column->v[column->n].sum.currency, currency, sizeof column->v[0].sum.currency);
	return &column->v[column->n++];
}

static void
range_add(const struct field *f, struct amount *amount, const struct value *low,
	  const struct value *high)
{
	if (amount->low.kind == V_NONE || f->row->compare(low, &amount->low) < 0)
		amount->low = *low;
	if (amount->high.kind == V_NONE || f->row->compare(high, &amount->high) > 0)
		amount->high = *high;
}

static bool
tally_add(struct cx *cx, const struct list *list, const struct measured *measured,
	  const struct group_row *row, struct tally *tally)
{
	tally->count += row->measure[0].i;
	for (size_t i = 0; i < list->n_columns; i++) {
		const struct measured *m = &measured[i];
		const struct value *v = &row->measure[m->at];
		struct tally_column *column = &tally->columns[i];
		struct amount *amount;

		if (!m->is_counted || !v[0].i)
			continue;
		column->filled += v[0].i;
		if (!m->has_range)
			continue;
		amount = amount_of(column, v[m->has_sum ? 1 : 0].currency);
		if (!amount)
			return fail(cx, E_TOO_BIG, "There are more than %d currencies",
				    AMOUNTS_MAX);
		amount->filled += v[0].i;
		if (m->has_sum && __builtin_add_overflow(amount->sum.i, v[1].i, &amount->sum.i))
			return fail(cx, E_INPUT, "The sum is too large to be counted");
		amount->sum.kind = V_INT;
		range_add(list->columns[i].field, amount, &v[m->has_sum + 1], &v[m->has_sum + 2]);
	}
	return true;
}

static struct tally
tally_new(struct cx *cx, const struct list *list)
{
	return (struct tally){ .columns = new_array(cx->mem, list->n_columns + 1,
						    struct tally_column) };
}

/* ---- showing ---- */

static void
line_add(struct cx *cx, struct mv lines, const char *label, struct str text)
{
	struct mv line = mv_map(cx->mem);

	mv_set(line, S("label"), mv_z(tr(cx, label)));
	mv_set(line, S("text"), mv_text(text));
	mv_add(lines, line);
}

static struct str
percent_text(struct cx *cx, int64_t part, int64_t whole)
{
	struct buf text = buf_in(cx->mem, 64);

	fmt_percent(&text, cx, whole ? (part * 1000 + whole / 2) / whole : 0, 1);
	return buf_done(&text);
}

static struct value
average(const struct amount *amount)
{
	struct value v = amount->sum;
	int64_t half = amount->filled / 2;

	v.i = (v.i < 0 ? v.i - half : v.i + half) / (amount->filled ? amount->filled : 1);
	return v;
}

/* A sum of percents says nothing, their mean does. */
static bool
is_summed(const struct field *f)
{
	return (f->type == FT_FORMULA ? f->result : f->type) != FT_PERCENT;
}

static void
amount_lines(struct cx *cx, const struct field *f, bool has_sum, const struct amount *amount,
	     struct mv lines)
{
	struct value mean = average(amount);

	if (has_sum && is_summed(f))
		line_add(cx, lines, N_("Sum"), value_print(cx, f, &amount->sum));
	if (has_sum)
		line_add(cx, lines, N_("Average"), value_print(cx, f, &mean));
	line_add(cx, lines, N_("Smallest"), value_print(cx, f, &amount->low));
	line_add(cx, lines, N_("Greatest"), value_print(cx, f, &amount->high));
}

/* The one figure that stands in the row: sums, of percents the mean. */
static struct str
headline(struct cx *cx, const struct field *f, const struct tally_column *column)
{
	struct buf text = buf_in(cx->mem, CELL_MAX);

	for (size_t i = 0; i < column->n; i++) {
		struct value mean = average(&column->v[i]);

		if (i)
			BUF_LIT(&text, " · ");
		BUF_LIT(&text, "");
		buf_z(&text, is_summed(f) ? "Σ " : "⌀ ");
		buf_str(&text, value_print(cx, f, is_summed(f) ? &column->v[i].sum : &mean));
	}
	return buf_done(&text);
}

static struct mv
total_cell(struct cx *cx, const struct list_column *column, const struct measured *m,
	   const struct tally *tally, size_t i)
{
	const struct tally_column *sums = &tally->columns[i];
	struct mv cell = mv_map(cx->mem), lines = mv_list(cx->mem);
	struct str empty = percent_text(cx, tally->count - sums->filled, tally->count);

	mv_set(cell, S("label"), mv_text(column->label));
	mv_set(cell, S("is_first"), mv_bool(i == 0));
	mv_set(cell, S("is_number"), mv_bool(is_number_field(column->field)));
	if (!m->is_counted || !tally->count)
		return cell;
	mv_set(cell, S("id"), mv_text(str_printf(cx->mem, "total-%zu", i)));
	line_add(cx, lines, N_("Filled"), list_number(cx, sums->filled));
	line_add(cx, lines, N_("Empty"), empty);
	for (size_t k = 0; m->has_range && k < sums->n; k++)
		amount_lines(cx, column->field, m->has_sum, &sums->v[k], lines);
	mv_set(cell, S("lines"), lines);
	mv_set(cell, S("text"),
	       mv_text(m->has_sum && sums->n
			       ? headline(cx, column->field, sums)
			       : str_printf(cx->mem, tr(cx, "%.*s empty"), STR_FMT(empty))));
	return cell;
}

static struct mv
total_cells(struct cx *cx, const struct list *list, const struct measured *measured,
	    const struct tally *tally)
{
	struct mv cells = mv_list(cx->mem);

	for (size_t i = 0; i < list->n_columns; i++)
		mv_add(cells, total_cell(cx, &list->columns[i], &measured[i], tally, i));
	return cells;
}

/* Figures about single people are not told: the list is shown without. */
static bool
totals_refused(struct cx *cx, struct mv page)
{
	if (cx->err.code != E_FORBIDDEN)
		return false;
	mv_set(page, S("totals_why"), mv_text(cx->err.why));
	fail_clear(cx);
	return true;
}

bool
list_add_totals(struct cx *cx, const struct list *list, struct mv page)
{
	struct aggregate a = { 0 };
	struct measured *measured = measures_of(cx, list, &a);
	struct tally tally = tally_new(cx, list);
	struct groups groups;

	if (!record_aggregate(cx, &a, &groups))
		return totals_refused(cx, page);
	for (size_t i = 0; i < groups.n; i++)
		if (!tally_add(cx, list, measured, &groups.v[i], &tally))
			return false;
	mv_set(page, S("totals"), total_cells(cx, list, measured, &tally));
	mv_set(page, S("totals_count"), mv_text(list_number(cx, tally.count)));
	return true;
}

/* ---- groups ---- */

struct list_group {
	const struct group_row *row;
	struct str key, label; /* key: by which spellings of one word fall together */
	struct tally tally;
	size_t place; /* of a record among those of its object; 0: by its label */
};
struct list_groups {
	const struct list *list;
	struct aggregate a;
	struct measured *measured;
	struct list_group *v;
	size_t n, cap;
};

static const struct group_key *
group_key_of(const struct list_groups *groups)
{
	return &groups->a.group[0];
}

static bool
groups_gather(struct cx *cx, const struct groups *rows, struct list_groups *groups)
{
	const struct group_key *key = group_key_of(groups);

	for (size_t i = 0; i < rows->n; i++) {
		struct str fold = group_fold(cx, key, &rows->v[i].key[0]);
		struct list_group *group = NULL;

		assert(fold.p || !fold.n);
		for (size_t k = 0; !group && k < groups->n; k++)
			if (str_eq(groups->v[k].key, fold))
				group = &groups->v[k];
		if (!group) {
			struct list_group one = { &rows->v[i], fold,
						  group_label(cx, key, &rows->v[i], 0),
						  tally_new(cx, groups->list) };

			list_add(cx->mem, groups, one);
			group = &groups->v[groups->n - 1];
		}
		if (!tally_add(cx, groups->list, groups->measured, &rows->v[i], &group->tally))
			return false;
	}
	return true;
}

static bool
groups_place(struct cx *cx, struct list_groups *groups)
{
	const struct object *target = group_key_of(groups)->field->target;
	struct query query = { .object = target, .limit = LIST_GROUPS_MAX };
	struct buf where = buf_in(cx->mem, COND_TEXT_MAX);
	struct rows rows;

	if (!target || !is_ordered_target(target) || groups->n > LIST_GROUPS_MAX)
		return true;
	for (size_t i = 0; i < groups->n; i++) {
		if (groups->v[i].row->key[0].kind != V_INT)
			continue;
		buf_z(&where, where.n ? ", " : "id in (");
		buf_int(&where, groups->v[i].row->key[0].i);
	}
	buf_char(&where, ')');
	if (where.n == 1)
		return true;
	if (!cond_parse(cx, cx->mem, cx->model, target, buf_done(&where), NULL, &query.where) ||
	    !record_query(cx, &query, &rows))
		return false;
	for (size_t i = 0; i < rows.n; i++)
		for (size_t k = 0; k < groups->n; k++)
			if (groups->v[k].row->key[0].i == rows.v[i].id)
				groups->v[k].place = i + 1;
	return true;
}

/* As people would put them: options in their order, records in theirs, names by the alphabet;
 * without a value last. */
static bool
group_is_before(struct cx *cx, const struct field *f, const struct list_group *a,
		const struct list_group *b)
{
	const struct value *x = &a->row->key[0], *y = &b->row->key[0];

	if (x->kind == V_NONE || y->kind == V_NONE)
		return y->kind == V_NONE && x->kind != V_NONE;
	if (f->n_options)
		return option_place(f, x) < option_place(f, y);
	if (a->place != b->place)
		return a->place && (a->place < b->place || !b->place);
	if (f->type == FT_ONE)
		return str_cmp(fold_key(cx->mem, a->label), fold_key(cx->mem, b->label)) < 0;
	if (x->kind == V_TEXT)
		return str_cmp(a->key, b->key) < 0;
	return x->i < y->i;
}

static void
groups_order(struct cx *cx, struct list_groups *groups)
{
	for (size_t i = 1; i < groups->n; i++) {
		struct list_group one = groups->v[i];
		size_t at = i;

		while (at &&
		       group_is_before(cx, group_key_of(groups)->field, &one, &groups->v[at - 1])) {
			groups->v[at] = groups->v[at - 1];
			at--;
		}
		groups->v[at] = one;
	}
}

/* ---- the rows of a group ---- */

/* What is told together is all that is listed. */
static struct str
clause_of(struct cx *cx, const struct list_groups *groups, const struct list_group *group)
{
	return group->row->merged ? S("id > 0")
				  : group_clause(cx, group_key_of(groups), &group->row->key[0]);
}

static struct list_state
group_state(struct cx *cx, const struct list_groups *groups, const struct list_group *group)
{
	struct list_state state = groups->list->state;
	struct str clause = clause_of(cx, groups, group);

	state.group = state.open = (struct str){ 0 };
	list_state_and(cx, &state, clause);
	return state;
}

static bool
group_rows(struct cx *cx, const struct list_groups *groups, const struct list_group *group,
	   struct mv item)
{
	struct cond_sight sight = cond_sight_of(cx);
	struct query query = groups->list->query;
	const struct cond *clause;
	struct cells *cells;
	struct rows found;

	query.total = false;
	query.after = (struct str){ 0 };
	if (!cond_parse(cx, cx->mem, cx->model, query.object, clause_of(cx, groups, group), &sight,
			&clause))
		return false;
	query.where = cond_and(cx->mem, query.where, clause);
	if (!record_query(cx, &query, &found) || !cells_prepare(cx, groups->list, &found, &cells))
		return false;
	mv_set(item, S("rows"), cells_rows(cx, cells, 0, found.n, 0));
	mv_set(item, S("has_more"), mv_bool(found.next.n > 0));
	return true;
}

/* ---- which are open ---- */

static bool
is_open(struct str open, size_t i)
{
	int64_t at;

	while (open.n)
		if (str_int(str_cut(&open, ','), 0, LIST_GROUPS_MAX, &at) && (size_t)at == i)
			return true;
	return false;
}

/* The address with this group opened or closed. */
static struct str
toggle_url(struct cx *cx, const struct list_groups *groups, struct str open, size_t i)
{
	struct list_state state = groups->list->state;
	struct buf text = buf_in(cx->mem, URL_MAX);
	size_t n = 0;

	for (size_t k = 0; k < groups->n; k++) {
		if (is_open(open, k) == (k == i) || (k == i && n >= OPEN_MAX))
			continue;
		buf_z(&text, n++ ? "," : "");
		buf_int(&text, (int64_t)k);
	}
	state.open = n ? buf_done(&text) : S("-");
	return list_url(cx, groups->list, &state);
}

static bool
group_item(struct cx *cx, const struct list_groups *groups, struct str open, size_t i,
	   struct mv items)
{
	const struct list_group *group = &groups->v[i];
	struct list_state state = group_state(cx, groups, group);
	struct mv item = mv_map(cx->mem);

	mv_set(item, S("group"), mv_text(group->label));
	mv_set(item, S("count"), mv_text(list_number(cx, group->tally.count)));
	mv_set(item, S("totals"), total_cells(cx, groups->list, groups->measured, &group->tally));
	mv_set(item, S("is_open"), mv_bool(is_open(open, i)));
	mv_set(item, S("toggle_url"), mv_text(toggle_url(cx, groups, open, i)));
	mv_set(item, S("all_url"), mv_text(list_url(cx, groups->list, &state)));
	mv_set(item, S("rows_url"), mv_text(list_url_at(cx, groups->list, &state, "/rows")));
	mv_add(items, item);
	return !is_open(open, i) || group_rows(cx, groups, group, item);
}

bool
list_add_groups(struct cx *cx, const struct list *list, struct mv page, int64_t *total)
{
	struct list_groups groups = { .list = list };
	struct str open = list->state.open.n ? list->state.open : S("0");
	struct mv items = mv_list(cx->mem);
	struct groups rows;
	size_t n_shown;

	if (!aggregate_parse(cx, list->object, list->state.group, (struct str){ 0 }, &groups.a))
		return false;
	groups.a.n_group = 1;
	groups.measured = measures_of(cx, list, &groups.a);
	if (!record_aggregate(cx, &groups.a, &rows) || !groups_gather(cx, &rows, &groups))
		return false;
	if (!groups_place(cx, &groups))
		return false;
	groups_order(cx, &groups);
	n_shown = groups.n < LIST_GROUPS_MAX ? groups.n : LIST_GROUPS_MAX;
	*total = 0;
	for (size_t i = 0; i < groups.n; i++)
		*total += groups.v[i].tally.count;
	for (size_t i = 0; i < n_shown; i++)
		if (!group_item(cx, &groups, open, i, items))
			return false;
	mv_set(page, S("groups"), items);
	mv_set(page, S("n_groups"), mv_text(list_number(cx, (int64_t)groups.n)));
	mv_set(page, S("n_more_groups"),
	       groups.n > n_shown ? mv_text(list_number(cx, (int64_t)(groups.n - n_shown)))
				  : mv_none());
	return true;
}
