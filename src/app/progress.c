/* How far an order is, and what is still open of an invoice: both follow from their parts. */
#include "app/lines.h"

#include "app/features.h"
#include "base/feature.h"
#include "model/ids.h"

enum { PARTS_MAX = 1000 };

static bool
parts_of(struct cx *cx, const struct object *object, const char *whole, int64_t id,
	 struct rows *out)
{
	const struct actor *actor = cx->actor;
	struct query query = { .object = object, .limit = PARTS_MAX };
	bool ok;

	cx->actor = actor_system(cx);
	ok = cond_parse(cx, cx->mem, cx->model, object,
			str_printf(cx->mem, "%s = %lld", whole, (long long)id), NULL,
			&query.where) &&
	     record_query(cx, &query, out) &&
	     (!out->next.n ||
	      fail(cx, E_TOO_BIG, "There are more than %d entries; use fewer", PARTS_MAX));
	cx->actor = actor;
	return ok;
}

/* ---- orders ---- */

struct progress {
	int64_t ordered, delivered, returned; /* thousandths */
	struct str last;                      /* the day of the last delivery */
};

/* What has left of a line, less what came back; never more than was ordered. */
static void
add_line(const struct row *line, const struct rows *moves, struct progress *out)
{
	int64_t ordered = line->v[ORDER_LINE_QUANTITY].i, gone = 0;

	for (size_t i = 0; i < moves->n; i++) {
		const struct value *v = moves->v[i].v;

		if (v[DELIVERY_LINE].i != line->id)
			continue;
		if (str_eq(v[DELIVERY_KIND].s, S("return"))) {
			gone -= v[DELIVERY_QUANTITY].i;
			out->returned += v[DELIVERY_QUANTITY].i;
			continue;
		}
		gone += v[DELIVERY_QUANTITY].i;
		if (v[DELIVERY_DELIVERED_ON].kind == V_TEXT &&
		    str_cmp(v[DELIVERY_DELIVERED_ON].s, out->last) > 0)
			out->last = v[DELIVERY_DELIVERED_ON].s;
	}
	if (ordered <= 0)
		return;
	out->ordered += ordered;
	out->delivered += gone < 0 ? 0 : gone > ordered ? ordered : gone;
}

static void
put_progress(struct change *c, const struct progress *p)
{
	const char *state = !p->delivered               ? "nothing"
			    : p->delivered < p->ordered ? "partly"
							: "wholly";
	int64_t percent =
		p->ordered ? (int64_t)((__int128)p->delivered * SUM_WHOLE / p->ordered) : 0;
	bool is_over =
		str_eq(c->after->v[ORDER_STATE].s, S("open")) && str_eq_z(str_of(state), "wholly");

	change_put(c, c->object->fields[ORDER_DELIVERY], value_text(str_of(state)));
	change_put(c, c->object->fields[ORDER_PROGRESS], value_int(percent));
	change_put(c, c->object->fields[ORDER_DELIVERED_ON],
		   p->last.n ? value_text(p->last) : (struct value){ 0 });
	change_put(c, c->object->fields[ORDER_HAS_RETURNS], value_int(p->returned > 0));
	if (is_over)
		change_put(c, c->object->fields[ORDER_STATE], value_text(S("done")));
}

static bool
order_progress(struct cx *cx, struct change *c)
{
	struct progress progress = { 0 };
	struct rows lines, moves;

	if (c->op != CHANGE_EDIT || !c->of_parts)
		return true;
	if (!parts_of(cx, cx->model->objects[DELIVERY], "order", c->id, &moves))
		return false;
	if (!moves.n && c->after->v[ORDER_DELIVERY].kind == V_NONE)
		return true; /* nobody writes deliveries down here */
	if (!parts_of(cx, cx->model->objects[ORDER_LINE], "order", c->id, &lines))
		return false;
	for (size_t i = 0; i < lines.n; i++)
		if (line_kind_of(lines.v[i].v[ORDER_LINE_KIND].s) == LINE_NORMAL)
			add_line(&lines.v[i], &moves, &progress);
	put_progress(c, &progress);
	return true;
}

/* A delivery is of a line of its own order. */
static bool
delivery_fits(struct cx *cx, struct change *c)
{
	const struct row *line;

	if (c->op == CHANGE_ERASE || !change_linked(cx, c, c->object->fields[DELIVERY_LINE], &line))
		return c->op == CHANGE_ERASE;
	if (!line)
		return true;
	if (c->after->v[DELIVERY_ORDER].kind == V_NONE)
		change_put(c, c->object->fields[DELIVERY_ORDER], line->v[ORDER_LINE_ORDER]);
	return c->after->v[DELIVERY_ORDER].i == line->v[ORDER_LINE_ORDER].i ||
	       fail_field(cx, S("line"), "link", "This line is of another order");
}

/* ---- invoices ---- */

static bool
invoice_open(struct cx *cx, struct change *c)
{
	const struct field *const *f = (const struct field *const *)c->object->fields;
	struct value open = c->after->v[INVOICE_GROSS], paid = open;
	const char *state;
	struct rows payments;

	if (c->op == CHANGE_ERASE || (!c->of_parts && !changed(c, f[INVOICE_GROSS])))
		return true;
	if (open.kind != V_INT)
		return true;
	paid.i = 0;
	if (c->op != CHANGE_CREATE) {
		if (!parts_of(cx, cx->model->objects[PAYMENT], "invoice", c->id, &payments))
			return false;
		for (size_t i = 0; i < payments.n; i++)
			paid.i += payments.v[i].v[PAYMENT_AMOUNT].i;
	}
	open.i -= paid.i;
	state = open.i <= 0 ? "paid" : paid.i > 0 ? "partly" : "open";
	change_put(c, f[INVOICE_PAID], paid);
	change_put(c, f[INVOICE_OPEN], open);
	if (!str_eq(c->after->v[INVOICE_STATE].s, S("cancelled")))
		change_put(c, f[INVOICE_STATE], value_text(str_of(state)));
	return true;
}

static const struct hook hooks[] = { { "order", HOOK_WHOLE, order_progress },
				     { "delivery", HOOK_RULES, delivery_fits },
				     { "invoice", HOOK_WHOLE, invoice_open },
				     { 0 } };

const struct feature feature_progress = { .name = "progress", .hooks = hooks };
