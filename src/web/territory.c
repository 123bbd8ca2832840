/* Territories without a map: the records of a list by the area of their postcode, or by whom they
 * are with, as a table that opens down to the records. */
#include "web/territory.h"

#include "base/fold.h"
#include "base/i18n.h"
#include "record/authz.h"

enum { DIGITS = 2, AREA_GROUPS_MAX = 60000 };

bool
list_is_territory(const struct list *list)
{
	return str_eq(list->state.as, S("territory")) && !list->state.trash;
}

/* ---- by what ---- */

static const struct field *
text_field(const struct cx *cx, const struct object *object, const char *name)
{
	const struct field *f = field_find(object, str_of(name));

	return f && f->type == FT_TEXT && list_can_show(cx, object, f) ? f : NULL;
}

void
territory_postcode(const struct cx *cx, const struct object *object, struct territory *territory)
{
	const struct field *link = object->subject;
	const struct object *of = object;

	territory->postcode = text_field(cx, object, "postcode");
	if (!territory->postcode && link && link->type == FT_ONE &&
	    list_can_show(cx, object, link)) {
		of = link->target;
		territory->postcode = text_field(cx, of, "postcode");
		territory->link = territory->postcode ? link : NULL;
	}
	territory->country = territory->postcode ? text_field(cx, of, "country") : NULL;
}

const struct field *
territory_place(const struct cx *cx, const struct object *object, size_t i)
{
	const struct field *const places[] = { object->owner, object->team, object->unit };

	return i < countof(places) && places[i] && list_can_show(cx, object, places[i]) ? places[i]
											: NULL;
}

static bool
choose_by(const struct cx *cx, const struct list *list, struct territory *out)
{
	struct str group = list_is_territory(list) ? list->state.group : (struct str){ 0 };

	*out = (struct territory){ .list = list };
	if (!group.n || str_eq(group, S("postcode")))
		territory_postcode(cx, list->object, out);
	for (size_t i = 0; i < PLACES && !out->postcode && !out->by; i++) {
		const struct field *f = territory_place(cx, list->object, i);

		if (f && (!group.n || str_eq(group, f->name)))
			out->by = f;
	}
	return out->postcode || out->by;
}

bool
list_can_territory(const struct cx *cx, const struct list *list)
{
	struct territory territory;

	return choose_by(cx, list, &territory) && territory.postcode && !territory.link;
}

/* ---- sums ---- */

static void
sum_add(struct cx *cx, struct territory *territory, const struct field *f)
{
	bool is_money = (f->type == FT_FORMULA ? f->result : f->type) == FT_MONEY;

	for (size_t i = 0; i < territory->n_sums; i++)
		is_money &= territory->sums[i] != f;
	if (is_money && territory->n_sums < SUMS_MAX && can_measure(f, S("sum")) &&
	    list_can_show(cx, f->object, f))
		territory->sums[territory->n_sums++] = f;
}

static void
choose_sums(struct cx *cx, struct territory *territory)
{
	const struct list *list = territory->list;

	for (size_t i = 0; i < list->n_columns; i++)
		if (!list->columns[i].link)
			sum_add(cx, territory, list->columns[i].field);
	for (unsigned i = SF__MAX; i < list->object->n_fields; i++)
		sum_add(cx, territory, list->object->fields[i]);
}

static bool
amount_add(struct cx *cx, struct amounts *amounts, const struct value *v)
{
	struct value *to = NULL;

	if (v->kind == V_NONE)
		return true;
	for (size_t i = 0; i < amounts->n; i++)
		if (!strcmp(amounts->v[i].currency, v->currency))
			to = &amounts->v[i];
	if (!to) {
		if (amounts->n == AMOUNTS_MAX)
			return fail(cx, E_TOO_BIG, "There are more than %d currencies",
				    AMOUNTS_MAX);
		amounts->v[amounts->n++] = *v;
		return true;
	}
	return !__builtin_add_overflow(to->i, v->i, &to->i) ||
	       fail(cx, E_INPUT, "The sum is too large to be counted");
}

/* ---- areas ---- */

/* As it is written in letters to abroad. */
static struct str
country_code(struct cx *cx, const struct value *v)
{
	static const struct {
		const char *name, *code;
	} names[] = {
		{ "d", "DE" },           { "de", "DE" },         { "deutschland", "DE" },
		{ "germany", "DE" },     { "brd", "DE" },        { "a", "AT" },
		{ "at", "AT" },          { "osterreich", "AT" }, { "oesterreich", "AT" },
		{ "austria", "AT" },     { "ch", "CH" },         { "schweiz", "CH" },
		{ "switzerland", "CH" }, { "suisse", "CH" },
	};
	struct str key;

	if (!v || v->kind != V_TEXT)
		return S("");
	key = fold_key(cx->mem, v->s);
	for (size_t i = 0; i < countof(names); i++)
		if (str_eq_z(key, names[i].name))
			return str_of(names[i].code);
	return str_trim(v->s);
}

static struct area *
area_find(struct cx *cx, struct territory *territory, const struct area *like)
{
	struct area *area;

	for (size_t i = 0; i < territory->areas.n; i++)
		if (str_eq(territory->areas.v[i]->key, like->key))
			return territory->areas.v[i];
	area = new(cx->mem, struct area);
	*area = *like;
	list_add(cx->mem, &territory->areas, area);
	return area;
}

/* "DE-5", "DE-53": of a postcode the first digits; what has none is an area of its own. */
static struct area *
area_of(struct cx *cx, struct territory *territory, struct str country, const struct value *code,
	size_t digits)
{
	bool is_none = !code || code->kind != V_TEXT || !str_trim(code->s).n;
	struct area like = { .country = country, .is_none = is_none };

	if (!is_none)
		like.code = str_first(str_trim(code->s), digits);
	like.key = str_printf(cx->mem, "%.*s-%.*s", STR_FMT(country),
			      STR_FMT(is_none ? S("0-") : like.code));
	if (is_none)
		like.key = str_printf(cx->mem, "%.*s-", STR_FMT(country));
	return area_find(cx, territory, &like);
}

static void
spelling_add(struct cx *cx, struct area *area, const struct value *v)
{
	struct str text = v && v->kind == V_TEXT ? v->s : (struct str){ 0 };

	for (size_t i = 0; i < area->spellings.n; i++)
		if (str_eq(area->spellings.v[i], text))
			return;
	list_add(cx->mem, &area->spellings, text);
}

static void
person_add(struct cx *cx, struct area *area, const struct value *v, struct str name, int64_t count)
{
	struct person person = { v->kind == V_INT ? v->i : 0, count, name };

	for (size_t i = 0; i < area->persons.n; i++)
		if (area->persons.v[i].id == person.id) {
			area->persons.v[i].count += count;
			return;
		}
	if (person.id)
		list_add(cx->mem, &area->persons, person);
}

static bool
figures_add(struct cx *cx, const struct territory *territory, const struct group_row *row,
	    struct area *area)
{
	area->count += row->measure[0].i;
	for (size_t i = 0; i < territory->n_sums; i++)
		if (!amount_add(cx, &area->sums[i], &row->measure[i + 1]))
			return false;
	return true;
}

/* Keys: postcode, then country and owner, where there are such. */
static bool
row_add(struct cx *cx, struct territory *territory, const struct group_row *row)
{
	const struct value *country = territory->country ? &row->key[1] : NULL;
	struct str name = country_code(cx, country);
	size_t owner = territory->country ? 2 : 1;
	struct area *area = area_of(cx, territory, name, &row->key[0], 1), *part = NULL;
	struct area *both[2] = { area };

	if (!area->is_none) {
		part = area_of(cx, territory, name, &row->key[0], DIGITS);
		if (part != area)
			part->of = area;
		both[1] = part != area ? part : NULL;
	}
	for (size_t i = 0; i < countof(both) && both[i]; i++) {
		spelling_add(cx, both[i], country);
		if (owner < territory->a.n_group)
			person_add(cx, both[i], &row->key[owner], row->label[owner],
				   row->measure[0].i);
		if (!figures_add(cx, territory, row, both[i]))
			return false;
	}
	return true;
}

static bool
place_add(struct cx *cx, struct territory *territory, const struct group_row *row)
{
	struct area like = { .id = row->key[0].kind == V_INT ? row->key[0].i : 0 };

	like.is_none = !like.id && !row->merged;
	like.label = row->label[0].n ? row->label[0] : str_of(tr(cx, "(without a name)"));
	like.key = row->merged ? S("together") : str_printf(cx->mem, "%lld", (long long)like.id);
	return figures_add(cx, territory, row, area_find(cx, territory, &like));
}

static void
keys_choose(const struct cx *cx, struct territory *territory)
{
	const struct list *list = territory->list;
	struct aggregate *a = &territory->a;

	*a = (struct aggregate){ .object = list->object,
				 .face = list->face,
				 .where = list->query.where,
				 .most = AREA_GROUPS_MAX };
	if (territory->postcode)
		a->group[a->n_group++] = (struct group_key){ .link = territory->link,
							     .field = territory->postcode,
							     .first = DIGITS };
	else
		a->group[a->n_group++] = (struct group_key){ .field = territory->by };
	if (territory->country)
		a->group[a->n_group++] =
			(struct group_key){ .link = territory->link, .field = territory->country };
	if (territory->postcode && territory_place(cx, list->object, 0))
		a->group[a->n_group++] =
			(struct group_key){ .field = territory_place(cx, list->object, 0) };
	a->measure[a->n_measure++] = (struct measure){ .function = S("count") };
	for (size_t i = 0; i < territory->n_sums; i++)
		a->measure[a->n_measure++] = (struct measure){ S("sum"), territory->sums[i] };
}

static bool
areas_read(struct cx *cx, struct territory *territory)
{
	struct groups groups;

	keys_choose(cx, territory);
	if (!record_aggregate(cx, &territory->a, &groups))
		return false;
	for (size_t i = 0; i < groups.n; i++)
		if (!(territory->postcode ? row_add : place_add)(cx, territory, &groups.v[i]))
			return false;
	return true;
}

/* ---- their order ---- */

int64_t
territory_figure(const struct territory *territory, const struct area *area, struct str name)
{
	int64_t most = 0;

	for (size_t i = 0; i < territory->n_sums; i++)
		if (str_eq(territory->sums[i]->name, name))
			for (size_t k = 0; k < area->sums[i].n; k++)
				most = area->sums[i].v[k].i > most ? area->sums[i].v[k].i : most;
	return str_eq(name, S("count")) ? area->count : most;
}

static bool
is_before(struct cx *cx, const struct territory *territory, const struct area *a,
	  const struct area *b)
{
	struct str name = territory->order;
	bool down = str_starts(name, S("-"));
	int64_t x, y;
	int order;

	if (down)
		name = str_from(name, 1);
	x = territory_figure(territory, a, name);
	y = territory_figure(territory, b, name);
	if (x != y)
		return down ? x > y : x < y;
	if (a->is_none != b->is_none)
		return b->is_none;
	order = str_cmp(fold_key(cx->mem, a->label.n ? a->label : a->key),
			fold_key(cx->mem, b->label.n ? b->label : b->key));
	return down && str_eq(name, S("area")) ? order > 0 : order < 0;
}

static void
areas_order(struct cx *cx, struct territory *territory)
{
	for (size_t i = 1; i < territory->areas.n; i++) {
		struct area *one = territory->areas.v[i];
		size_t at = i;

		for (; at && is_before(cx, territory, one, territory->areas.v[at - 1]); at--)
			territory->areas.v[at] = territory->areas.v[at - 1];
		territory->areas.v[at] = one;
	}
}

bool
list_add_territory(struct cx *cx, const struct list *list, struct mv page, int64_t *total)
{
	struct territory territory;

	if (!choose_by(cx, list, &territory))
		return fail_field(cx, S("group"), "unknown",
				  "Territories need a postcode, a person in charge, a team or a "
				  "unit");
	territory.order = list->state.lanes.n ? list->state.lanes : S("area");
	choose_sums(cx, &territory);
	if (!areas_read(cx, &territory))
		return false;
	areas_order(cx, &territory);
	*total = 0;
	for (size_t i = 0; i < territory.areas.n; i++)
		if (!territory.areas.v[i]->of)
			*total += territory.areas.v[i]->count;
	return territory_show(cx, &territory, page);
}
