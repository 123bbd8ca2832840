/* Which discount was agreed with whom, on what, and when. */
#include "app/lines.h"

#include "model/ids.h"

enum { GROUPS_DEEP = 16, GROUPS_BYTES = 24 * GROUPS_DEEP, DATE_BYTES = 16 };

/* The groups of a product, from its own up to the highest: "3, 1"; empty: it is in none. */
static bool
groups_of(struct cx *cx, int64_t product, struct str *out)
{
	struct buf text = buf_in(cx->mem, GROUPS_BYTES);
	struct value at;
	struct row *row;

	if (!record_load(cx, cx->model->objects[PRODUCT], product, &row))
		return false;
	at = row->v[PRODUCT_PRODUCT_GROUP];
	for (int i = 0; i < GROUPS_DEEP && at.kind == V_INT; i++) {
		buf_printf(&text, "%s%lld", text.n ? ", " : "", (long long)at.i);
		if (!record_load(cx, cx->model->objects[PRODUCT_GROUP], at.i, &row))
			return false;
		at = row->v[PRODUCT_GROUP_PARENT_GROUP];
	}
	*out = buf_done(&text);
	return true;
}

static bool
class_of(struct cx *cx, int64_t party, struct str *out)
{
	struct row *row;

	*out = (struct str){ 0 };
	if (!party)
		return true;
	if (record_load(cx, cx->model->objects[PARTY], party, &row)) {
		*out = row->v[PARTY_CARE_CLASS].s;
		return true;
	}
	if (cx->err.code != E_MISSING)
		return false;
	fail_clear(cx);
	return true;
}

static struct str
condition(struct cx *cx, const struct price_question *question, struct str groups, struct str class)
{
	struct str of_class = class.n ? str_printf(cx->mem, " or care_class = %.*s", STR_FMT(class))
				      : (struct str){ 0 };
	struct str of_groups =
		groups.n ? str_printf(cx->mem, " or product_group in (%.*s)", STR_FMT(groups))
			 : (struct str){ 0 };

	return str_printf(
		cx->mem,
		"(party = %lld or (party is empty and (care_class is empty%.*s)))"
		" and (product = %lld or (product is empty and (product_group is empty%.*s)))"
		" and (min_quantity is empty or min_quantity <= %lld.%03lld)"
		" and (valid_from is empty or valid_from <= %.*s)"
		" and (valid_until is empty or valid_until >= %.*s) and discount is not empty",
		(long long)question->party, STR_FMT(of_class), (long long)question->product,
		STR_FMT(of_groups), (long long)(question->quantity / SUM_QUANTITY_ONE),
		(long long)(question->quantity % SUM_QUANTITY_ONE), STR_FMT(question->day),
		STR_FMT(question->day));
}

static bool
best(struct cx *cx, const struct price_question *question, struct rows *out)
{
	const struct object *object = cx->model->objects[DISCOUNT_AGREEMENT];
	struct sort_key order[] = { { object->fields[DISCOUNT_AGREEMENT_DISCOUNT], true },
				    { object->fields[SF_ID], false } };
	struct query query = {
		.object = object, .sort = order, .n_sort = countof(order), .limit = 1
	};
	struct str groups, class;

	return groups_of(cx, question->product, &groups) && class_of(cx, question->party, &class) &&
	       cond_parse(cx, cx->mem, cx->model, object, condition(cx, question, groups, class),
			  NULL, &query.where) &&
	       record_query(cx, &query, out);
}

bool
agreement_find(struct cx *cx, const struct price_question *question, int64_t *agreement,
	       int64_t *discount)
{
	const struct actor *actor = cx->actor;
	struct price_question asked = *question;
	struct buf day = buf_in(cx->mem, DATE_BYTES);
	struct rows rows;
	bool ok;

	if (asked.quantity < 0)
		asked.quantity = asked.quantity == INT64_MIN ? INT64_MAX : -asked.quantity;
	if (!asked.day.n) {
		date_print(&day, moment_date(zone_find(cx->zone), cx->now));
		asked.day = buf_done(&day);
	}
	cx->actor = actor_system(cx); /* what was agreed is no secret to who may write the line */
	ok = best(cx, &asked, &rows);
	cx->actor = actor;
	if (!ok)
		return false;
	*agreement = rows.n ? rows.v[0].id : 0;
	*discount = rows.n ? rows.v[0].v[DISCOUNT_AGREEMENT_DISCOUNT].i : 0;
	return true;
}
