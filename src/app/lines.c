#include "app/lines.h"

#include "model/ids.h"

enum { CURRENCY_BYTES = 4 };

static const struct lined KINDS[] = {
	{ QUOTE,
	  QUOTE_LINE,
	  QUOTE_DISCOUNT,
	  QUOTE_TOTAL,
	  QUOTE_TAX,
	  QUOTE_GROSS,
	  QUOTE_CURRENCY,
	  QUOTE_PARTY,
	  QUOTE_QUOTED_ON,
	  { QUOTE_LINE_QUOTE, QUOTE_LINE_POSITION, QUOTE_LINE_KIND, QUOTE_LINE_CHOSEN,
	    QUOTE_LINE_PRODUCT, QUOTE_LINE_DESCRIPTION, QUOTE_LINE_QUANTITY,
	    QUOTE_LINE_UNIT_OF_MEASURE, QUOTE_LINE_PRICE, QUOTE_LINE_DISCOUNT,
	    QUOTE_LINE_TAX_RATE } },
	{ ORDER,
	  ORDER_LINE,
	  ORDER_DISCOUNT,
	  ORDER_TOTAL,
	  ORDER_TAX,
	  ORDER_GROSS,
	  0,
	  ORDER_PARTY,
	  ORDER_PLACED_ON,
	  { ORDER_LINE_ORDER, ORDER_LINE_POSITION, ORDER_LINE_KIND, 0, ORDER_LINE_PRODUCT,
	    ORDER_LINE_DESCRIPTION, ORDER_LINE_QUANTITY, ORDER_LINE_UNIT_OF_MEASURE,
	    ORDER_LINE_PRICE, ORDER_LINE_DISCOUNT, ORDER_LINE_TAX_RATE, ORDER_LINE_COST } },
};

const struct lined *
lined_of(const struct object *object)
{
	for (size_t i = 0; i < countof(KINDS); i++)
		if (KINDS[i].object == object->index)
			return &KINDS[i];
	return NULL;
}

const struct lined *
lined_by_line(const struct object *object)
{
	for (size_t i = 0; i < countof(KINDS); i++)
		if (KINDS[i].line == object->index)
			return &KINDS[i];
	return NULL;
}

bool
lines_are_open(const struct lined *kind, const struct row *document)
{
	return kind->object != QUOTE || str_eq(document->v[QUOTE_STATE].s, S("draft"));
}

static const struct field *
whole_field(const struct cx *cx, const struct lined *kind)
{
	return cx->model->objects[kind->line]->fields[kind->of.whole];
}

bool
lines_read(struct cx *cx, const struct lined *kind, int64_t id, struct rows *out)
{
	const struct object *line = cx->model->objects[kind->line];
	struct sort_key order[] = { { line->fields[kind->of.position], false },
				    { line->fields[SF_ID], false } };
	struct query query = {
		.object = line, .sort = order, .n_sort = countof(order), .limit = SUM_LINES_MAX
	};

	return cond_parse(cx, cx->mem, cx->model, line,
			  str_printf(cx->mem, "%.*s = %lld", STR_FMT(whole_field(cx, kind)->name),
				     (long long)id),
			  NULL, &query.where) &&
	       record_query(cx, &query, out) &&
	       (!out->next.n ||
		fail(cx, E_TOO_BIG, "There are more than %d lines; use fewer", SUM_LINES_MAX));
}

static bool
same_currency(struct cx *cx, const struct value *price, size_t line, char currency[4])
{
	if (price->kind != V_INT || !price->currency[0])
		return true;
	if (!currency[0]) {
		for (int i = 0; i < CURRENCY_BYTES; i++)
			currency[i] = price->currency[i];
		return true;
	}
	return str_eq_z(str_of(price->currency), currency) ||
	       fail(cx, E_INPUT,
		    "Line %zu is in %s and what stands before it in %s; use one currency", line + 1,
		    price->currency, currency);
}

bool
lines_items(struct cx *cx, const struct lined *kind, const struct rows *rows, struct sum_line **out,
	    char currency[4])
{
	struct sum_line *items = new_array(cx->mem, rows->n + 1, struct sum_line);

	for (size_t i = 0; i < rows->n; i++) {
		const struct value *v = rows->v[i].v;

		items[i] = (struct sum_line){ line_kind_of(v[kind->of.kind].s),
					      kind->of.chosen && v[kind->of.chosen].i == 1,
					      v[kind->of.quantity].i,
					      v[kind->of.price].i,
					      v[kind->of.discount].i,
					      v[kind->of.tax_rate].i };
		if (!same_currency(cx, &v[kind->of.price], i, currency))
			return false;
	}
	*out = items;
	return true;
}

bool
lines_sums(struct cx *cx, const struct lined *kind, const struct row *document,
	   const struct rows *rows, struct sums *out, char currency[4])
{
	struct sum_line *items;

	currency[0] = '\0';
	if (kind->currency && document->v[kind->currency].s.n == CURRENCY_BYTES - 1)
		snprintf(currency, CURRENCY_BYTES, "%.*s", STR_FMT(document->v[kind->currency].s));
	return lines_items(cx, kind, rows, &items, currency) &&
	       sums_compute(cx, items, rows->n, document->v[kind->discount].i, out);
}

static bool
is_among(int64_t id, const int64_t *ids, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (ids[i] == id)
			return true;
	return false;
}

static bool
is_kind(const struct row *line, enum line_kind kind)
{
	return line_kind_of(line->v[QUOTE_LINE_KIND].s) == kind;
}

void
lines_choose(struct rows *rows, const int64_t *ids, size_t n)
{
	for (size_t i = 0, end; i < rows->n; i = end) {
		size_t taken = rows->n;

		end = i + 1;
		if (is_kind(&rows->v[i], LINE_OPTION) && is_among(rows->v[i].id, ids, n))
			rows->v[i].v[QUOTE_LINE_KIND] = value_text(S("normal"));
		if (!is_kind(&rows->v[i], LINE_ALTERNATIVE))
			continue;
		while (end < rows->n && is_kind(&rows->v[end], LINE_ALTERNATIVE))
			end++;
		for (size_t k = i; k < end && taken == rows->n; k++)
			if (is_among(rows->v[k].id, ids, n))
				taken = k;
		for (size_t k = i; k < end && taken < rows->n; k++)
			rows->v[k].v[QUOTE_LINE_CHOSEN] = value_int(k == taken);
	}
}

static struct value
money_of(int64_t units, const char *currency)
{
	struct value v = value_int(units);

	snprintf(v.currency, sizeof v.currency, "%s", currency[0] ? currency : "EUR");
	return v;
}

/* What somebody wrote himself must not vanish without a word. */
static bool
put_total(struct cx *cx, struct change *c, unsigned field, struct value v)
{
	const struct field *f = c->object->fields[field];

	if (fieldset_has(&c->given, field) && changed(c, f) && c->op == CHANGE_EDIT &&
	    !value_eq(&c->after->v[field], &v))
		return fail_field(cx, f->name, "computed",
				  "This follows from the lines; change the lines instead");
	change_put(c, f, v);
	return true;
}

static bool
put_totals(struct cx *cx, struct change *c, const struct lined *kind, const struct rows *rows)
{
	struct sums sums;
	char currency[CURRENCY_BYTES];

	if (!lines_sums(cx, kind, c->after, rows, &sums, currency) ||
	    !put_total(cx, c, kind->total, money_of(sums.net, currency)))
		return false;
	change_put(c, c->object->fields[kind->tax], money_of(sums.tax, currency));
	change_put(c, c->object->fields[kind->gross], money_of(sums.gross, currency));
	return true;
}

/* Nothing of what a total rests on was touched. */
static bool
is_at_rest(const struct change *c, const struct lined *kind)
{
	return !c->of_parts && !changed(c, c->object->fields[kind->discount]) &&
	       !changed(c, c->object->fields[kind->total]) &&
	       !(kind->currency && changed(c, c->object->fields[kind->currency]));
}

/* The totals of an order that never had lines are those that somebody wrote. */
static void
clear_totals(struct change *c, const struct lined *kind)
{
	if (c->after->v[kind->gross].kind == V_NONE)
		return;
	change_put(c, c->object->fields[kind->total], (struct value){ 0 });
	change_put(c, c->object->fields[kind->tax], (struct value){ 0 });
	change_put(c, c->object->fields[kind->gross], (struct value){ 0 });
}

bool
lines_total(struct cx *cx, struct change *c)
{
	const struct lined *kind = lined_of(c->object);
	const struct actor *actor = cx->actor;
	struct rows rows;
	bool ok;

	if (c->op == CHANGE_CREATE || c->op == CHANGE_ERASE || is_at_rest(c, kind))
		return true;
	cx->actor = actor_system(cx);
	ok = lines_read(cx, kind, c->id, &rows);
	cx->actor = actor;
	if (!ok)
		return false;
	if (!rows.n) {
		clear_totals(c, kind);
		return true;
	}
	return put_totals(cx, c, kind, &rows);
}

/* ---- a line ---- */

static bool
lacks(const struct change *c, unsigned field)
{
	return c->after->v[field].kind == V_NONE;
}

static void
fill(struct change *c, unsigned field, struct value v)
{
	if (field && lacks(c, field) && v.kind != V_NONE)
		change_put(c, c->object->fields[field], v);
}

/* The product's words and price, where the writer gave none of his own; those of another product
 * that stood there before go with it. */
static bool
forget_other(struct cx *cx, struct change *c, const struct lined *kind)
{
	const unsigned fields[] = { kind->of.description, kind->of.unit, kind->of.price,
				    kind->of.tax_rate, kind->of.cost };

	(void)cx;
	if (c->op != CHANGE_EDIT)
		return true;
	for (size_t i = 0; i < countof(fields); i++)
		if (fields[i] && !fieldset_has(&c->given, fields[i]))
			change_put(c, c->object->fields[fields[i]], (struct value){ 0 });
	return true;
}

static bool
ask_terms(struct cx *cx, const struct change *c, const struct lined *kind,
	  struct price_question *question)
{
	const struct row *whole;

	*question = (struct price_question){ .product = c->after->v[kind->of.product].i,
					     .quantity = c->after->v[kind->of.quantity].i };
	if (!change_linked(cx, c, c->object->fields[kind->of.whole], &whole))
		return false;
	if (whole) {
		question->party = whole->v[kind->party].i;
		question->day = whole->v[kind->day].s;
		question->currency = kind->currency ? whole->v[kind->currency].s : S("EUR");
	}
	return true;
}

/* What was agreed comes by itself; of a quote the line says so. */
static bool
fill_discount(struct cx *cx, struct change *c, const struct lined *kind,
	      const struct price_question *question)
{
	int64_t agreement, discount;

	if (!lacks(c, kind->of.discount))
		return true;
	if (!agreement_find(cx, question, &agreement, &discount))
		return false;
	if (!agreement)
		return true;
	change_put(c, c->object->fields[kind->of.discount], value_int(discount));
	if (kind->object == QUOTE)
		change_put(c, c->object->fields[QUOTE_LINE_AGREEMENT], value_int(agreement));
	return true;
}

static bool
fill_terms(struct cx *cx, struct change *c, const struct lined *kind)
{
	struct price_question question;
	struct value price;

	if (!ask_terms(cx, c, kind, &question) || !fill_discount(cx, c, kind, &question))
		return false;
	if (!lacks(c, kind->of.price))
		return true;
	if (!price_find(cx, &question, &price))
		return false;
	fill(c, kind->of.price, price);
	return true;
}

/* Another discount than was agreed is one's own. */
static void
own_discount(struct change *c, const struct lined *kind)
{
	if (kind->object == QUOTE && c->op == CHANGE_EDIT &&
	    (changed(c, c->object->fields[kind->of.discount]) ||
	     changed(c, c->object->fields[kind->of.product])))
		change_put(c, c->object->fields[QUOTE_LINE_AGREEMENT], (struct value){ 0 });
}

static bool
fill_product(struct cx *cx, struct change *c, const struct lined *kind)
{
	const struct row *product;

	if (lacks(c, kind->of.product) || !changed(c, c->object->fields[kind->of.product]))
		return true;
	if (!forget_other(cx, c, kind) ||
	    !change_linked(cx, c, c->object->fields[kind->of.product], &product))
		return false;
	if (!product)
		return true;
	fill(c, kind->of.description, product->v[PRODUCT_NAME]);
	fill(c, kind->of.unit, product->v[PRODUCT_UNIT_OF_MEASURE]);
	fill(c, kind->of.tax_rate, product->v[PRODUCT_TAX_RATE]);
	fill(c, kind->of.cost, product->v[PRODUCT_COST]);
	return fill_terms(cx, c, kind);
}

/* Behind the others. */
static bool
fill_position(struct cx *cx, struct change *c, const struct lined *kind)
{
	const struct object *line = c->object;
	struct sort_key order[] = { { line->fields[kind->of.position], true } };
	struct query query = { .object = line, .sort = order, .n_sort = 1, .limit = 1 };
	const struct actor *actor = cx->actor;
	struct rows rows;
	bool ok;

	if (!lacks(c, kind->of.position) || lacks(c, kind->of.whole))
		return true;
	cx->actor = actor_system(cx);
	ok = cond_parse(cx, cx->mem, cx->model, line,
			str_printf(cx->mem, "%.*s = %lld and position is not empty",
				   STR_FMT(line->fields[kind->of.whole]->name),
				   (long long)c->after->v[kind->of.whole].i),
			NULL, &query.where) &&
	     record_query(cx, &query, &rows);
	cx->actor = actor;
	if (!ok)
		return false;
	change_put(c, line->fields[kind->of.position],
		   value_int(rows.n ? rows.v[0].v[kind->of.position].i + 1 : 1));
	return true;
}

bool
lines_fill(struct cx *cx, struct change *c)
{
	const struct lined *kind = lined_by_line(c->object);
	enum line_kind line;

	if (!kind)
		return bug(cx, "no line of a document");
	if (c->op == CHANGE_ERASE)
		return true;
	if (!fill_position(cx, c, kind))
		return false;
	line = line_kind_of(c->after->v[kind->of.kind].s);
	if (line == LINE_TEXT || line == LINE_SUBTOTAL)
		return true;
	fill(c, kind->of.quantity, value_int(SUM_QUANTITY_ONE));
	own_discount(c, kind);
	if (!fill_product(cx, c, kind))
		return false;
	fill(c, kind->of.discount, value_int(0));
	return true;
}
