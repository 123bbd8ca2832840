#include "web/territory.h"

#include "base/i18n.h"
#include "record/authz.h"

enum {
	PERSONS_SHOWN = 3,
	RAW_MAX = 20 /* spellings of one country in a condition */,
	PERCENT = 100
};

/* ---- what opens ---- */

static bool
is_open(struct str open, struct str key)
{
	while (open.n)
		if (str_eq(str_cut(&open, ','), key))
			return true;
	return false;
}

static struct str
toggle_url(struct cx *cx, const struct territory *territory, const struct area *area)
{
	struct list_state state = territory->list->state;
	struct str rest = state.open;
	struct buf text = buf_in(cx->mem, URL_MAX);
	bool was = false;

	while (rest.n) {
		struct str one = str_cut(&rest, ',');

		if (str_eq(one, area->key)) {
			was = true;
			continue;
		}
		buf_z(&text, text.n ? "," : "");
		buf_str(&text, one);
	}
	if (!was) {
		buf_z(&text, text.n ? "," : "");
		buf_str(&text, area->key);
	}
	state.open = buf_done(&text);
	return list_url(cx, territory->list, &state);
}

static void
path_add(const struct territory *territory, const struct field *f, struct buf *text)
{
	if (territory->link) {
		buf_str(text, territory->link->name);
		buf_char(text, '.');
	}
	buf_str(text, f->name);
}

static void
country_clause(const struct territory *territory, const struct area *area, struct buf *text)
{
	const char *before = " and (";

	for (size_t i = 0; i < area->spellings.n && i < RAW_MAX; i++) {
		buf_z(text, before);
		path_add(territory, territory->country, text);
		if (area->spellings.v[i].n) {
			BUF_LIT(text, " = ");
			buf_json(text, area->spellings.v[i]);
		} else {
			BUF_LIT(text, " is empty");
		}
		before = " or ";
	}
	if (area->spellings.n)
		buf_char(text, ')');
}

/* The condition that only records of this area meet. */
static struct str
area_clause(struct cx *cx, const struct territory *territory, const struct area *area)
{
	struct buf text = buf_in(cx->mem, COND_TEXT_MAX);

	if (territory->by) {
		buf_str(&text, territory->by->name);
		if (area->id)
			buf_printf(&text, " = %lld", (long long)area->id);
		else
			BUF_LIT(&text, " is empty");
		return buf_done(&text);
	}
	path_add(territory, territory->postcode, &text);
	if (area->is_none) {
		BUF_LIT(&text, " is empty");
	} else {
		BUF_LIT(&text, " starts ");
		buf_json(&text, area->code);
	}
	if (territory->country)
		country_clause(territory, area, &text);
	return buf_done(&text);
}

static bool
area_rows(struct cx *cx, const struct territory *territory, const struct area *area, struct mv item)
{
	struct cond_sight sight = cond_sight_of(cx);
	struct query query = territory->list->query;
	const struct cond *clause;
	struct cells *cells;
	struct rows *rows = new(cx->mem, struct rows);

	query.total = false;
	query.after = (struct str){ 0 };
	if (!cond_parse(cx, cx->mem, cx->model, query.object, area_clause(cx, territory, area),
			&sight, &clause))
		return false;
	query.where = cond_and(cx->mem, query.where, clause);
	if (!record_query(cx, &query, rows) || !cells_prepare(cx, territory->list, rows, &cells))
		return false;
	mv_set(item, S("rows"), cells_rows(cx, cells, 0, rows->n, 0));
	mv_set(item, S("has_more"), mv_bool(rows->next.n > 0));
	return true;
}

/* ---- showing ---- */

static struct str
area_label(struct cx *cx, const struct territory *territory, const struct area *area)
{
	struct str country = area->country.n ? str_printf(cx->mem, "%.*s ", STR_FMT(area->country))
					     : (struct str){ 0 };

	if (territory->by)
		return area->is_none ? str_of(tr(cx, "(empty)")) : area->label;
	if (area->is_none)
		return str_printf(cx->mem, "%.*s%s", STR_FMT(country),
				  tr(cx, "Without a postcode"));
	return str_printf(cx->mem, "%.*s%.*s…", STR_FMT(country), STR_FMT(area->code));
}

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

/* Those with the most records first. */
static struct str
persons_text(struct cx *cx, struct area *area)
{
	struct buf text = buf_in(cx->mem, CELL_MAX);
	struct person *v = area->persons.v;

	for (size_t i = 0; i < area->persons.n && i < PERSONS_SHOWN; i++) {
		for (size_t k = i + 1; k < area->persons.n; k++)
			if (v[k].count > v[i].count) {
				struct person one = v[i];

				v[i] = v[k];
				v[k] = one;
			}
		buf_printf(&text, "%s%.*s (", i ? ", " : "",
			   STR_FMT(v[i].name.n ? v[i].name : str_of(tr(cx, "(without a name)"))));
		fmt_int(&text, cx, v[i].count);
		buf_char(&text, ')');
	}
	if (area->persons.n > PERSONS_SHOWN) {
		BUF_LIT(&text, ", +");
		fmt_int(&text, cx, (int64_t)(area->persons.n - PERSONS_SHOWN));
	}
	return buf_done(&text);
}

static int64_t
most_of(const struct territory *territory, const struct area *of, struct str name)
{
	int64_t most = 0;

	for (size_t i = 0; i < territory->areas.n; i++)
		if (territory->areas.v[i]->of == of) {
			int64_t n = territory_figure(territory, territory->areas.v[i], name);

			most = n > most ? n : most;
		}
	return most;
}

static struct mv
figure_item(struct cx *cx, const struct territory *territory, const struct area *area,
	    struct str name, struct str label, struct str text)
{
	int64_t most = most_of(territory, area->of, name),
		n = territory_figure(territory, area, name);
	struct mv item = mv_map(cx->mem);

	mv_set(item, S("label"), mv_text(label));
	mv_set(item, S("text"), mv_text(text));
	mv_set(item, S("share"),
	       mv_int(most > 0 && n > 0 ? (int64_t)((double)n * PERCENT / (double)most) : 0));
	return item;
}

static struct mv
figure_items(struct cx *cx, const struct territory *territory, const struct area *area)
{
	struct mv items = mv_list(cx->mem);

	mv_add(items, figure_item(cx, territory, area, S("count"), str_of(tr(cx, "Count")),
				  list_number(cx, area->count)));
	for (size_t i = 0; i < territory->n_sums; i++)
		mv_add(items, figure_item(cx, territory, area, territory->sums[i]->name,
					  page_label(cx, territory->sums[i]->label),
					  amounts_text(cx, territory->sums[i], &area->sums[i])));
	return items;
}

static bool
area_item(struct cx *cx, const struct territory *territory, struct area *area, struct mv items)
{
	struct list_state state = territory->list->state;
	struct mv item = mv_map(cx->mem);
	bool open = is_open(state.open, area->key), has_parts = false;

	for (size_t i = 0; i < territory->areas.n; i++)
		has_parts |= territory->areas.v[i]->of == area;
	state.as = state.group = state.open = state.lanes = (struct str){ 0 };
	list_state_and(cx, &state, area_clause(cx, territory, area));
	mv_set(item, S("key"), mv_text(area->key));
	mv_set(item, S("area"), mv_text(area_label(cx, territory, area)));
	mv_set(item, S("is_part"), mv_bool(area->of != NULL));
	mv_set(item, S("is_open"), mv_bool(open));
	mv_set(item, S("toggle_url"), mv_text(toggle_url(cx, territory, area)));
	mv_set(item, S("all_url"), mv_text(list_url(cx, territory->list, &state)));
	mv_set(item, S("figures"), figure_items(cx, territory, area));
	mv_set(item, S("persons"), mv_text(persons_text(cx, area)));
	mv_set(item, S("shows_rows"), mv_bool(open && !has_parts));
	mv_add(items, item);
	if (open && !has_parts)
		return area_rows(cx, territory, area, item);
	for (size_t i = 0; open && i < territory->areas.n; i++)
		if (territory->areas.v[i]->of == area &&
		    !area_item(cx, territory, territory->areas.v[i], items))
			return false;
	return true;
}

/* A head of a column: sorts upwards, or downwards where it does so already. */
static void
head_add(struct cx *cx, const struct territory *territory, struct str name, struct str label,
	 struct mv heads)
{
	struct list_state state = territory->list->state;
	struct mv item = mv_map(cx->mem);
	struct str down = str_printf(cx->mem, "-%.*s", STR_FMT(name));
	bool is_up = str_eq(territory->order, name), is_down = str_eq(territory->order, down);
	bool begins_up = str_eq(name, S("area"));

	state.lanes = (begins_up ? is_up : !is_down) ? down : name;
	mv_set(item, S("label"), mv_text(label));
	mv_set(item, S("url"), mv_text(list_url(cx, territory->list, &state)));
	mv_set(item, S("sorted"), mv_z(is_up ? "ascending" : is_down ? "descending" : ""));
	mv_set(item, S("is_up"), mv_bool(is_up));
	mv_set(item, S("is_down"), mv_bool(is_down));
	mv_set(item, S("is_number"), mv_bool(!begins_up));
	mv_add(heads, item);
}

static void
choice_add(struct cx *cx, const struct territory *territory, struct str group, struct str label,
	   bool is_on, struct mv choices)
{
	struct list_state state = territory->list->state;
	struct mv item = mv_map(cx->mem);

	state.group = group;
	state.open = state.lanes = (struct str){ 0 };
	mv_set(item, S("label"), mv_text(label));
	mv_set(item, S("url"), mv_text(list_url(cx, territory->list, &state)));
	mv_set(item, S("is_on"), mv_bool(is_on));
	mv_add(choices, item);
}

static void
add_head(struct cx *cx, const struct territory *territory, struct mv page)
{
	const struct object *object = territory->list->object;
	struct mv heads = mv_list(cx->mem), choices = mv_list(cx->mem);
	struct territory post = { .list = territory->list };

	head_add(cx, territory, S("area"), str_of(tr(cx, "Territory")), heads);
	head_add(cx, territory, S("count"), str_of(tr(cx, "Count")), heads);
	for (size_t i = 0; i < territory->n_sums; i++)
		head_add(cx, territory, territory->sums[i]->name,
			 page_label(cx, territory->sums[i]->label), heads);
	mv_set(page, S("heads"), heads);
	territory_postcode(cx, object, &post);
	if (post.postcode)
		choice_add(cx, territory, S("postcode"), page_label(cx, post.postcode->label),
			   !territory->by, choices);
	for (size_t i = 0; i < PLACES; i++) {
		const struct field *f = territory_place(cx, object, i);

		if (f)
			choice_add(cx, territory, f->name, page_label(cx, f->label),
				   f == territory->by, choices);
	}
	mv_set(page, S("choices"), choices);
	mv_set(page, S("has_persons"), mv_bool(territory->postcode && object->owner));
	mv_set(page, S("n_cells"), mv_int((int64_t)territory->n_sums + 3));
}

bool
territory_show(struct cx *cx, const struct territory *territory, struct mv page)
{
	struct mv items = mv_list(cx->mem);

	for (size_t i = 0; i < territory->areas.n; i++)
		if (!territory->areas.v[i]->of &&
		    !area_item(cx, territory, territory->areas.v[i], items))
			return false;
	add_head(cx, territory, page);
	mv_set(page, S("areas"), items);
	return true;
}
