/* A board: the records of a list as cards, a lane for each option of a field or each record of a
 * link. */
#include "web/list.h"

#include <assert.h>

#include "base/clock.h"
#include "base/i18n.h"

enum {
	LANES_MAX = 40,
	LANE_CARDS = 30, /* of each lane, unless it is open */
	OPEN_CARDS = 500,
	PARENTS_MAX = 50,
	SUMS_MAX = 4,
	AMOUNTS_MAX = 8,
	IDLE_DAYS = 21, /* where nobody said another number */
};

struct amounts { /* one for each currency */
	struct value v[AMOUNTS_MAX];
	size_t n;
};

struct lane {
	struct value key;             /* V_NONE: of records without a value */
	struct str name, label, tone; /* name: of the lane in the address, and in what a move sends
				       */
	bool is_final, is_untold;
	int64_t count;
	int64_t limit, idle_days; /* from where on it warns; 0: never */
	struct amounts sums[SUMS_MAX];
	size_t first, n_cards; /* among all cards */
};

struct board {
	const struct list *list;
	const struct field *by;
	const struct field *parent; /* of the lanes: a deal's pipeline has its stages; or NULL */
	const struct field *lane_parent;
	int64_t parent_id;
	struct str order; /* names of the lanes that are shown; empty: all */
	struct lane *lanes;
	size_t n;
	const struct field *sums[SUMS_MAX];
	size_t n_sums;
	int64_t n_untold; /* cards of which is not told how many each lane has */
	struct {
		struct row *v;
		size_t n, cap;
	} cards;
};

bool
list_is_board(const struct list *list)
{
	return str_eq(list->state.as, S("board")) && !list->state.trash;
}

/* ---- which lanes ---- */

static bool
is_lane_field(const struct cx *cx, const struct object *object, const struct field *f)
{
	return f && (f->type == FT_ENUM || f->type == FT_ONE) && f->index >= SF__MAX &&
	       list_can_show(cx, object, f);
}

const struct field *
board_field(const struct cx *cx, const struct list *list)
{
	const struct object *object = list->object;
	const struct view *view = view_find(object, S("board"), S(""));
	const struct field *f = field_find(object, list->state.group);

	if (list_is_board(list) && list->state.group.n)
		return is_lane_field(cx, object, f) ? f : NULL;
	if (view && view->n_fields && is_lane_field(cx, object, view->fields[0]))
		return view->fields[0];
	for (unsigned i = SF__MAX; i < object->n_fields; i++)
		if (object->fields[i]->type == FT_ENUM &&
		    is_lane_field(cx, object, object->fields[i]))
			return object->fields[i];
	return NULL;
}

/* Stages are parts of a pipeline, and a deal is in one: a board shows the stages of one pipeline.
 */
static void
find_parent(struct cx *cx, struct board *board)
{
	const struct object *object = board->list->object;

	for (unsigned i = SF__MAX; board->by->type == FT_ONE && i < board->by->target->n_fields;
	     i++) {
		const struct field *up = board->by->target->fields[i];

		if (up->type != FT_ONE || !up->cascade || !list_can_show(cx, up->object, up))
			continue;
		for (unsigned k = SF__MAX; k < object->n_fields; k++)
			if (object->fields[k]->type == FT_ONE &&
			    object->fields[k]->target == up->target &&
			    list_can_show(cx, object, object->fields[k])) {
				board->parent = object->fields[k];
				board->lane_parent = up;
				return;
			}
	}
}

static void
order_read(struct board *board)
{
	struct str rest = board->list->state.lanes, id = str_cut(&rest, ':');

	if (!board->parent) {
		board->order = board->list->state.lanes;
		return;
	}
	if (!str_int(id, 1, INT64_MAX, &board->parent_id))
		board->parent_id = 0;
	board->order = rest;
}

/* Where the options of a link are records, the end states are those of their own first such field.
 */
static const struct field *
state_of(struct cx *cx, const struct object *object)
{
	for (unsigned i = SF__MAX; i < object->n_fields; i++) {
		const struct field *f = object->fields[i];

		for (unsigned k = 0; f->type == FT_ENUM && k < f->n_options; k++)
			if (f->options[k].final && list_can_show(cx, object, f))
				return f;
	}
	return NULL;
}

static void
lanes_of_options(struct cx *cx, struct board *board)
{
	const struct field *f = board->by;

	board->lanes = new_array(cx->mem, f->n_options + 2, struct lane);
	for (unsigned i = 0; i < f->n_options; i++)
		board->lanes[board->n++] = (struct lane){
			.key = value_text(f->options[i].key),
			.name = f->options[i].key,
			.label = page_label(cx, f->options[i].label),
			.tone = f->options[i].tone,
			.is_final = f->options[i].final,
			.idle_days = IDLE_DAYS,
		};
}

/* What a record says of its lane: the end of a process, how many may stand there ("deal_limit" for
 * deals), and how long without a change. */
struct lane_facts {
	const struct field *state, *limit, *idle;
};

static const struct field *
number_of(struct cx *cx, const struct object *object, struct str name)
{
	const struct field *f = field_find(object, name);

	return f && f->type == FT_INT && list_can_show(cx, object, f) ? f : NULL;
}

static struct lane_facts
lane_facts_of(struct cx *cx, const struct board *board)
{
	const struct object *target = board->by->target;
	struct str name = board->list->object->name;

	assert(target);
	return (struct lane_facts){
		state_of(cx, target),
		number_of(cx, target, str_printf(cx->mem, "%.*s_limit", STR_FMT(name))),
		number_of(cx, target, S("idle_days")),
	};
}

static int64_t
number_in(const struct row *row, const struct field *f, int64_t otherwise)
{
	return f && row->v[f->index].kind == V_INT ? row->v[f->index].i : otherwise;
}

static struct lane
lane_of_row(struct cx *cx, const struct row *row, const struct lane_facts *facts)
{
	const struct field *title = row->object->title, *state = facts->state;
	bool has_state = state && row->v[state->index].kind == V_TEXT;
	const struct option *option = has_state ? option_find(state, row->v[state->index].s) : NULL;
	struct lane lane = { .key = value_int(row->id),
			     .name = str_printf(cx->mem, "%lld", (long long)row->id),
			     .limit = number_in(row, facts->limit, 0),
			     .idle_days = number_in(row, facts->idle, IDLE_DAYS),
			     .label = value_print(cx, title, &row->v[title->index]) };

	if (option) {
		lane.is_final = option->final;
		if (option->final)
			lane.tone = option->tone;
	}
	return lane;
}

static bool
lanes_of_rows(struct cx *cx, struct board *board)
{
	const struct object *target = board->by->target;
	const struct lane_facts facts = lane_facts_of(cx, board);
	const struct field *wanted[] = { target->title, facts.state, facts.limit, facts.idle };
	const struct field *fields[countof(wanted)];
	struct query query = { .object = target, .fields = fields, .limit = LANES_MAX };
	struct rows rows;

	for (size_t i = 0; i < countof(wanted); i++)
		if (wanted[i])
			fields[query.n_fields++] = wanted[i];

	if (board->parent_id &&
	    !cond_parse(cx, cx->mem, cx->model, target,
			str_printf(cx->mem, "%.*s = %lld", STR_FMT(board->lane_parent->name),
				   (long long)board->parent_id),
			NULL, &query.where))
		return false;
	if (!record_query(cx, &query, &rows))
		return false;
	if (rows.next.n)
		return fail_field(cx, S("group"), "range",
				  "A board has %d lanes at most: choose a field with fewer values",
				  LANES_MAX);
	board->lanes = new_array(cx->mem, rows.n + 2, struct lane);
	for (size_t i = 0; i < rows.n; i++)
		board->lanes[board->n++] = lane_of_row(cx, &rows.v[i], &facts);
	return true;
}

/* ---- of which pipeline ---- */

static void
parent_add(struct cx *cx, const struct board *board, const struct row *row, struct mv items)
{
	const struct field *title = row->object->title;
	struct list_state state = board->list->state;
	struct mv item = mv_map(cx->mem);

	state.lanes = str_printf(cx->mem, "%lld:", (long long)row->id);
	state.open = (struct str){ 0 };
	mv_set(item, S("label"), mv_text(value_print(cx, title, &row->v[title->index])));
	mv_set(item, S("url"), mv_text(list_url(cx, board->list, &state)));
	mv_set(item, S("is_on"), mv_bool(row->id == board->parent_id));
	mv_add(items, item);
}

static bool
choose_parent(struct cx *cx, struct board *board, struct mv page)
{
	const struct object *target = board->parent ? board->parent->target : NULL;
	struct mv items = mv_list(cx->mem);
	struct query query = { .object = target, .limit = PARENTS_MAX };
	struct rows rows;
	bool is_there = false;

	if (!target || !target->title || !can_object(cx, target, OP_READ))
		return true;
	query.fields = (const struct field *const *)&target->title;
	query.n_fields = 1;
	if (!record_query(cx, &query, &rows))
		return false;
	for (size_t i = 0; i < rows.n; i++)
		is_there |= rows.v[i].id == board->parent_id;
	if (!is_there)
		board->parent_id = rows.n ? rows.v[0].id : 0;
	for (size_t i = 0; i < rows.n; i++)
		parent_add(cx, board, &rows.v[i], items);
	mv_set(page, S("parents"), items);
	mv_set(page, S("has_parents"), mv_bool(rows.n > 1));
	mv_set(page, S("parent_label"), mv_text(page_label(cx, board->parent->label)));
	return true;
}

/* ---- the figures above the lanes ---- */

static bool
is_money(const struct field *f)
{
	return (f->type == FT_FORMULA ? f->result : f->type) == FT_MONEY;
}

static bool
is_summed_already(const struct board *board, const struct field *f)
{
	for (size_t i = 0; i < board->n_sums; i++)
		if (board->sums[i] == f)
			return true;
	return false;
}

static void
sum_add(struct cx *cx, struct board *board, const struct field *f)
{
	if (board->n_sums < SUMS_MAX && is_money(f) && can_measure(f, S("sum")) &&
	    list_can_show(cx, f->object, f) && !is_summed_already(board, f))
		board->sums[board->n_sums++] = f;
}

/* First what stands on the cards, then all amounts of money. */
static void
choose_sums(struct cx *cx, struct board *board)
{
	const struct list *list = board->list;

	for (size_t i = 0; i < list->n_columns; i++)
		if (!list->columns[i].link)
			sum_add(cx, board, list->columns[i].field);
	for (unsigned i = SF__MAX; i < list->object->n_fields; i++)
		sum_add(cx, board, list->object->fields[i]);
}

static bool
amount_add(struct cx *cx, struct amounts *amounts, const struct value *v)
{
	if (v->kind == V_NONE)
		return true;
	for (size_t i = 0; i < amounts->n; i++)
		if (!strcmp(amounts->v[i].currency, v->currency))
			return !__builtin_add_overflow(amounts->v[i].i, v->i, &amounts->v[i].i) ||
			       fail(cx, E_INPUT, "The sum is too large to be counted");
	if (amounts->n == AMOUNTS_MAX)
		return fail(cx, E_TOO_BIG, "There are more than %d currencies", AMOUNTS_MAX);
	amounts->v[amounts->n++] = *v;
	return true;
}

static struct lane *
lane_find(struct board *board, const struct value *key)
{
	for (size_t i = 0; i < board->n; i++)
		if (value_eq(&board->lanes[i].key, key))
			return &board->lanes[i];
	return NULL;
}

/* Records without a value stand before all others, where there are any. */
static struct lane *
lane_of_none(struct cx *cx, struct board *board)
{
	memmove(&board->lanes[1], &board->lanes[0], board->n * sizeof *board->lanes);
	board->lanes[0] = (struct lane){ .name = S("none"), .label = str_of(tr(cx, "(empty)")) };
	board->n++;
	return &board->lanes[0];
}

/* How many cards each person has is not told: the lanes show them all the same. */
static void
lanes_untold(struct board *board, int64_t count)
{
	board->n_untold += count;
	for (size_t i = 0; i < board->n; i++) {
		board->lanes[i].is_untold = true;
		board->lanes[i].count += count;
	}
}

static bool
count_lanes(struct cx *cx, struct board *board)
{
	struct aggregate a = { 0 };
	struct groups groups;

	if (!aggregate_parse(cx, board->list->object, board->by->name, (struct str){ 0 }, &a))
		return false;
	a.face = board->list->face;
	a.where = board->list->query.where;
	a.measure[0] = (struct measure){ .function = S("count") };
	for (size_t i = 0; i < board->n_sums; i++)
		a.measure[i + 1] = (struct measure){ S("sum"), board->sums[i] };
	a.n_measure = board->n_sums + 1;
	if (!record_aggregate(cx, &a, &groups))
		return false;
	for (size_t i = 0; i < groups.n; i++) {
		const struct group_row *row = &groups.v[i];
		struct lane *lane = lane_find(board, &row->key[0]);

		if (row->merged) {
			lanes_untold(board, row->measure[0].i);
			continue;
		}
		if (!lane && row->key[0].kind == V_NONE && row->measure[0].i)
			lane = lane_of_none(cx, board);
		if (!lane)
			continue; /* of another pipeline */
		lane->count += row->measure[0].i;
		for (size_t k = 0; k < board->n_sums; k++)
			if (!amount_add(cx, &lane->sums[k], &row->measure[k + 1]))
				return false;
	}
	return true;
}

/* ---- their order ---- */

static bool
is_among(const struct lane *lanes, size_t n, struct str name)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(lanes[i].name, name))
			return true;
	return false;
}

static bool
order_apply(struct cx *cx, struct board *board)
{
	struct lane *shown = new_array(cx->mem, board->n + 1, struct lane);
	struct str rest = board->order;
	size_t n = 0;

	while (rest.n) {
		struct str name = str_trim(str_cut(&rest, ','));

		for (size_t i = 0; i < board->n; i++)
			if (str_eq(board->lanes[i].name, name) && !is_among(shown, n, name))
				shown[n++] = board->lanes[i];
	}
	if (n) {
		board->lanes = shown;
		board->n = n;
	}
	return n > 0;
}

/* The address with the lanes in another order: that at `from` stands at `to`, or nowhere. */
static struct str
order_url(struct cx *cx, const struct board *board, size_t from, size_t to)
{
	struct list_state state = board->list->state;
	struct buf text = buf_in(cx->mem, URL_MAX);
	size_t n = 0;

	if (board->parent) {
		buf_int(&text, board->parent_id);
		buf_char(&text, ':');
	}
	for (size_t i = 0; i < board->n; i++) {
		size_t at = i == to ? from : i == from ? to : i;

		if (at >= board->n)
			continue;
		buf_z(&text, n++ ? "," : "");
		buf_str(&text, board->lanes[at].name);
	}
	state.lanes = buf_done(&text);
	return list_url(cx, board->list, &state);
}

/* ---- the cards ---- */

/* The condition that only the cards of this lane meet. */
static struct str
lane_clause(struct cx *cx, const struct board *board, const struct lane *lane)
{
	struct str name = board->by->name;

	return lane->key.kind == V_NONE
		       ? str_printf(cx->mem, "%.*s is empty", STR_FMT(name))
		       : str_printf(cx->mem, "%.*s = %.*s", STR_FMT(name), STR_FMT(lane->name));
}

static bool
lane_where(struct cx *cx, const struct board *board, const struct lane *lane,
	   const struct cond **out)
{
	struct cond_sight sight = cond_sight_of(cx);

	return cond_parse(cx, cx->mem, cx->model, board->list->object, lane_clause(cx, board, lane),
			  &sight, out);
}

static bool
is_open(const struct board *board, const struct lane *lane)
{
	return str_eq(board->list->state.open, lane->name);
}

static bool
read_cards(struct cx *cx, struct board *board)
{
	for (size_t i = 0; i < board->n; i++) {
		struct lane *lane = &board->lanes[i];
		struct query query = board->list->query;
		const struct cond *where;
		struct rows rows;

		lane->first = board->cards.n;
		if (!lane->count)
			continue;
		query.total = false;
		query.after = (struct str){ 0 };
		query.limit = is_open(board, lane) ? OPEN_CARDS : LANE_CARDS;
		if (!lane_where(cx, board, lane, &where))
			return false;
		query.where = cond_and(cx->mem, query.where, where);
		if (!record_query(cx, &query, &rows))
			return false;
		lane->n_cards = rows.n;
		if (lane->is_untold && !rows.next.n)
			lane->count = (int64_t)rows.n;
		for (size_t k = 0; k < rows.n; k++)
			list_add(cx->mem, &board->cards, rows.v[k]);
	}
	return true;
}

/* ---- showing ---- */

static struct str
amounts_text(struct cx *cx, const struct field *f, const struct amounts *amounts)
{
	struct buf text = buf_in(cx->mem, CELL_MAX);

	for (size_t i = 0; i < amounts->n; i++) {
		buf_z(&text, i ? " · " : "");
		buf_str(&text, value_print(cx, f, &amounts->v[i]));
	}
	return buf_done(&text);
}

static void
add_sums(struct cx *cx, const struct board *board, const struct lane *lane, struct mv item)
{
	struct mv lines = mv_list(cx->mem);

	for (size_t i = 0; i < board->n_sums; i++) {
		struct str text = amounts_text(cx, board->sums[i], &lane->sums[i]);
		struct mv line = mv_map(cx->mem);

		if (!text.n)
			continue;
		mv_set(line, S("label"), mv_text(page_label(cx, board->sums[i]->label)));
		mv_set(line, S("text"), mv_text(text));
		mv_add(lines, line);
		if (!i)
			mv_set(item, S("sum"), mv_text(text));
	}
	mv_set(item, S("sums"), lines);
}

static void
add_lane_urls(struct cx *cx, const struct board *board, size_t i, struct mv item)
{
	const struct lane *lane = &board->lanes[i];
	struct list_state state = board->list->state;

	if (i)
		mv_set(item, S("left_url"), mv_text(order_url(cx, board, i, i - 1)));
	if (i + 1 < board->n)
		mv_set(item, S("right_url"), mv_text(order_url(cx, board, i, i + 1)));
	if (board->n > 1)
		mv_set(item, S("hide_url"), mv_text(order_url(cx, board, i, board->n)));
	if (lane->n_cards < (size_t)lane->count && !is_open(board, lane)) {
		state.open = lane->name;
		mv_set(item, S("more_url"), mv_text(list_url(cx, board->list, &state)));
	}
	state = board->list->state;
	state.as = state.group = state.lanes = state.open = state.columns = (struct str){ 0 };
	list_state_and(cx, &state, lane_clause(cx, board, lane));
	mv_set(item, S("list_url"), mv_text(list_url(cx, board->list, &state)));
}

static int64_t
quiet_days(const struct lane *lane)
{
	return lane->is_final ? 0 : lane->idle_days;
}

static void
add_warnings(struct cx *cx, const struct board *board, const struct lane *lane, struct mv item)
{
	struct list_state state = board->list->state;

	if (lane->limit)
		mv_set(item, S("count"),
		       mv_text(str_printf(cx->mem, tr(cx, "%.*s of %.*s"),
					  STR_FMT(list_number(cx, lane->count)),
					  STR_FMT(list_number(cx, lane->limit)))));
	mv_set(item, S("is_over"), mv_bool(lane->limit && lane->count > lane->limit));
	if (!quiet_days(lane))
		return;
	state.as = state.group = state.lanes = state.open = state.columns = (struct str){ 0 };
	list_state_and(cx, &state, lane_clause(cx, board, lane));
	list_state_and(cx, &state,
		       str_printf(cx->mem, "changed_at < -%lldd", (long long)quiet_days(lane)));
	mv_set(item, S("idle_url"), mv_text(list_url(cx, board->list, &state)));
}

static struct mv
lane_item(struct cx *cx, const struct board *board, size_t i, struct cells *cells)
{
	const struct lane *lane = &board->lanes[i];
	struct mv item = mv_map(cx->mem);

	mv_set(item, S("at"), mv_int((int64_t)i));
	mv_set(item, S("name"), mv_text(lane->name));
	mv_set(item, S("label"), mv_text(lane->label));
	mv_set(item, S("tone"), mv_text(lane->tone));
	mv_set(item, S("is_final"), mv_bool(lane->is_final));
	mv_set(item, S("is_value"), mv_bool(lane->key.kind != V_NONE));
	mv_set(item, S("is_link"), mv_bool(board->by->type == FT_ONE));
	mv_set(item, S("count"),
	       lane->is_untold ? mv_none() : mv_text(list_number(cx, lane->count)));
	mv_set(item, S("n_more"),
	       lane->is_untold ? mv_none()
			       : mv_text(list_number(cx, lane->count - (int64_t)lane->n_cards)));
	mv_set(item, S("has_more"), mv_bool((int64_t)lane->n_cards < lane->count));
	mv_set(item, S("cards"),
	       cells_rows(cx, cells, lane->first, lane->n_cards, quiet_days(lane)));
	add_warnings(cx, board, lane, item);
	add_sums(cx, board, lane, item);
	add_lane_urls(cx, board, i, item);
	return item;
}

static void
add_all_lanes(struct cx *cx, const struct board *board, struct mv page)
{
	struct list_state state = board->list->state;

	state.lanes = board->parent ? str_printf(cx->mem, "%lld:", (long long)board->parent_id)
				    : (struct str){ 0 };
	mv_set(page, S("all_lanes_url"), mv_text(list_url(cx, board->list, &state)));
}

static bool
show(struct cx *cx, struct board *board, struct mv page, int64_t *total)
{
	struct mv lanes = mv_list(cx->mem);
	struct rows *cards = new(cx->mem, struct rows);
	struct cells *cells;

	if (!read_cards(cx, board))
		return false;
	*cards = (struct rows){ .v = board->cards.v, .n = board->cards.n };
	if (!cells_prepare(cx, board->list, cards, &cells))
		return false;
	for (size_t i = 0; i < board->n; i++) {
		*total += board->lanes[i].is_untold ? 0 : board->lanes[i].count;
		mv_add(lanes, lane_item(cx, board, i, cells));
	}
	*total += board->n_untold;
	mv_set(page, S("lanes"), lanes);
	mv_set(page, S("board_field"), mv_text(board->by->name));
	mv_set(page, S("board_label"), mv_text(page_label(cx, board->by->label)));
	mv_set(page, S("can_move"), mv_bool(can_change_field(cx, board->by)));
	return true;
}

bool
list_add_board(struct cx *cx, const struct list *list, struct mv page, int64_t *total)
{
	struct board board = { .list = list, .by = board_field(cx, list) };

	*total = 0;
	if (!board.by)
		return fail_field(cx, S("group"), "unknown",
				  "A board needs a field with options or a link as its lanes");
	find_parent(cx, &board);
	order_read(&board);
	choose_sums(cx, &board);
	if (!choose_parent(cx, &board, page))
		return false;
	if (board.by->type == FT_ENUM)
		lanes_of_options(cx, &board);
	else if (!lanes_of_rows(cx, &board))
		return false;
	if (!count_lanes(cx, &board))
		return false;
	if (order_apply(cx, &board))
		add_all_lanes(cx, &board, page);
	return show(cx, &board, page, total);
}
