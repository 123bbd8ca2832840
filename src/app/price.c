/* What a product costs whom, when, and how many of it. */
#include "app/lines.h"

#include "model/ids.h"

enum { PRICES_MAX = 200 };

/* The best of a row of prices: from the greatest quantity that is reached, the lowest amount. */
static void
best(const struct rows *rows, struct str currency, struct value *out)
{
	int64_t from = 0;

	for (size_t i = 0; i < rows->n; i++) {
		const struct value *amount = &rows->v[i].v[PRICE_AMOUNT];
		int64_t quantity = rows->v[i].v[PRICE_MIN_QUANTITY].i;

		if (amount->kind != V_INT || !str_eq(str_of(amount->currency), currency))
			continue;
		if (out->kind != V_NONE &&
		    (quantity < from || (quantity == from && amount->i >= out->i)))
			continue;
		*out = *amount;
		from = quantity;
	}
}

static bool
ask(struct cx *cx, const struct price_question *question, struct str lists, struct value *out)
{
	const struct object *price = cx->model->objects[PRICE];
	struct query query = { .object = price, .limit = PRICES_MAX };
	struct rows rows;

	if (!cond_parse(
		    cx, cx->mem, cx->model, price,
		    str_printf(
			    cx->mem,
			    "product = %lld and (min_quantity is empty or min_quantity <= %lld.%03lld)"
			    " and (price_list.valid_from is empty or price_list.valid_from <= %.*s)"
			    " and (price_list.valid_until is empty or price_list.valid_until >= %.*s)"
			    " and %.*s",
			    (long long)question->product,
			    (long long)(question->quantity / SUM_QUANTITY_ONE),
			    (long long)(question->quantity % SUM_QUANTITY_ONE),
			    STR_FMT(question->day), STR_FMT(question->day), STR_FMT(lists)),
		    NULL, &query.where) ||
	    !record_query(cx, &query, &rows))
		return false;
	best(&rows, question->currency, out);
	return true;
}

static bool
ask_party(struct cx *cx, const struct price_question *question, const struct row *party,
	  struct value *out)
{
	if (party->v[PARTY_PRICE_LIST].kind == V_INT &&
	    !ask(cx, question,
		 str_printf(cx->mem, "price_list = %lld", (long long)party->v[PARTY_PRICE_LIST].i),
		 out))
		return false;
	return out->kind != V_NONE || party->v[PARTY_CARE_CLASS].kind != V_TEXT ||
	       ask(cx, question,
		   str_printf(cx->mem, "price_list.care_class = %.*s",
			      STR_FMT(party->v[PARTY_CARE_CLASS].s)),
		   out);
}

static bool
ask_lists(struct cx *cx, const struct price_question *question, struct value *out)
{
	struct row *party = NULL, *product;

	if (question->party &&
	    !record_load(cx, cx->model->objects[PARTY], question->party, &party)) {
		if (cx->err.code != E_MISSING)
			return false;
		fail_clear(cx);
		party = NULL;
	}
	if (party && !ask_party(cx, question, party, out))
		return false;
	if (out->kind == V_NONE &&
	    !ask(cx, question, S("price_list.general = true and price_list.care_class is empty"),
		 out))
		return false;
	if (out->kind != V_NONE)
		return true;
	if (!record_load(cx, cx->model->objects[PRODUCT], question->product, &product))
		return false;
	if (product->v[PRODUCT_PRICE].kind == V_INT &&
	    str_eq(str_of(product->v[PRODUCT_PRICE].currency), question->currency))
		*out = product->v[PRODUCT_PRICE];
	return true;
}

bool
price_find(struct cx *cx, const struct price_question *question, struct value *out)
{
	const struct actor *actor = cx->actor;
	struct price_question asked = *question;
	struct value found = { 0 };
	bool ok;

	if (asked.quantity < 0)
		asked.quantity = asked.quantity == INT64_MIN ? INT64_MAX : -asked.quantity;
	if (!asked.currency.n)
		asked.currency = S("EUR");
	if (!asked.day.n) {
		struct buf day = buf_in(cx->mem, 16);

		date_print(&day, moment_date(zone_find(cx->zone), cx->now));
		asked.day = buf_done(&day);
	}
	cx->actor = actor_system(cx); /* what it costs is no secret to who may write the line */
	ok = ask_lists(cx, &asked, &found);
	cx->actor = actor;
	if (ok)
		*out = found;
	return ok;
}
