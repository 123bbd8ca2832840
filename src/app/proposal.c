/* What a quote might offer instead, or besides: successors of what is phased out, accessories, and
 * what replaces something outdated that the customer owns. */
#include "app/proposal.h"

#include "app/lines.h"
#include "model/ids.h"

enum { OWNED_MAX = 50, IDS_BYTES = 24 * SUM_LINES_MAX, DATE_BYTES = 16 };

static struct str
today_of(struct cx *cx)
{
	struct buf text = buf_in(cx->mem, DATE_BYTES);

	date_print(&text, moment_date(zone_find(cx->zone), cx->now));
	return buf_done(&text);
}

struct wanted {
	struct proposals *out;
	const struct rows *lines;
	struct buf ids; /* of products whose names are needed */
};

static bool
is_in_lines(const struct rows *lines, int64_t product)
{
	for (size_t i = 0; i < lines->n; i++)
		if (lines->v[i].v[QUOTE_LINE_PRODUCT].i == product)
			return true;
	return false;
}

static void
propose(struct cx *cx, struct wanted *w, struct proposal proposal)
{
	for (size_t i = 0; i < w->out->n; i++)
		if (w->out->v[i].product == proposal.product)
			return;
	if (w->out->n == PROPOSALS_MAX || is_in_lines(w->lines, proposal.product))
		return;
	list_add(cx->mem, w->out, proposal);
	buf_printf(&w->ids, "%s%lld", w->ids.n ? ", " : "", (long long)proposal.product);
}

static bool
is_over(struct cx *cx, const struct row *product)
{
	const struct value *end = &product->v[PRODUCT_PHASE_OUT_ON];

	return product->v[PRODUCT_ACTIVE].i == 0 ||
	       (end->kind == V_TEXT && str_cmp(end->s, today_of(cx)) <= 0);
}

static bool
products_of(struct cx *cx, struct str ids, struct rows *out)
{
	struct query query = { .object = cx->model->objects[PRODUCT], .limit = LIMIT_MAX };

	*out = (struct rows){ 0 };
	if (!ids.n)
		return true;
	return cond_parse(cx, cx->mem, cx->model, query.object,
			  str_printf(cx->mem, "id in (%.*s)", STR_FMT(ids)), NULL, &query.where) &&
	       record_query(cx, &query, out);
}

static const struct row *
row_of(const struct rows *rows, int64_t id)
{
	for (size_t i = 0; i < rows->n; i++)
		if (rows->v[i].id == id)
			return &rows->v[i];
	return NULL;
}

static void
of_line(struct cx *cx, struct wanted *w, const struct row *line, const struct row *product)
{
	const struct value *more = &product->v[PRODUCT_ACCESSORIES];
	struct str name = product->v[PRODUCT_NAME].s;

	if (is_over(cx, product)) {
		struct proposal over = { .kind = PROPOSE_SUCCESSOR,
					 .line = line->id,
					 .instead = name,
					 .product = product->v[PRODUCT_SUCCESSOR].i };

		if (product->v[PRODUCT_SUCCESSOR].kind == V_INT)
			propose(cx, w, over);
		else if (w->out->n < PROPOSALS_MAX)
			list_add(cx->mem, w->out, over);
	}
	for (int64_t i = 0; more->kind == V_IDS && i < more->i; i++)
		propose(cx, w,
			(struct proposal){ .kind = PROPOSE_ACCESSORY,
					   .instead = name,
					   .product = more->ids[i] });
}

/* What the customer bought and has a successor by now. */
static bool
of_owned(struct cx *cx, struct wanted *w, int64_t party)
{
	const struct object *object = cx->model->objects[ORDER_LINE];
	const struct field *fields[] = { object->fields[ORDER_LINE_PRODUCT] };
	struct query query = {
		.object = object, .fields = fields, .n_fields = 1, .limit = OWNED_MAX
	};
	struct buf ids = buf_in(cx->mem, IDS_BYTES);
	struct rows rows, products;

	if (!party || !can_object(cx, object, OP_READ))
		return true;
	if (!cond_parse(cx, cx->mem, cx->model, object,
			str_printf(cx->mem, "order.party = %lld and product.successor is not empty",
				   (long long)party),
			NULL, &query.where) ||
	    !record_query(cx, &query, &rows))
		return false;
	for (size_t i = 0; i < rows.n; i++)
		buf_printf(&ids, "%s%lld", ids.n ? ", " : "",
			   (long long)rows.v[i].v[ORDER_LINE_PRODUCT].i);
	if (!products_of(cx, buf_done(&ids), &products))
		return false;
	for (size_t i = 0; i < products.n; i++)
		propose(cx, w,
			(struct proposal){ .kind = PROPOSE_UPGRADE,
					   .instead = products.v[i].v[PRODUCT_NAME].s,
					   .product = products.v[i].v[PRODUCT_SUCCESSOR].i });
	return true;
}

/* Names and prices; what may not be sold any more itself is left out. */
static bool
complete(struct cx *cx, struct wanted *w)
{
	struct rows rows;
	size_t kept = 0;

	if (!products_of(cx, buf_done(&w->ids), &rows))
		return false;
	for (size_t i = 0; i < w->out->n; i++) {
		struct proposal *at = &w->out->v[i];
		const struct row *product = row_of(&rows, at->product);

		if (at->product && (!product || is_over(cx, product))) {
			if (at->kind != PROPOSE_SUCCESSOR)
				continue;
			at->product = 0;
		}
		if (at->product) {
			at->name = product->v[PRODUCT_NAME].s;
			at->price = product->v[PRODUCT_PRICE];
		}
		w->out->v[kept++] = *at;
	}
	w->out->n = kept;
	return true;
}

bool
proposals_read(struct cx *cx, const struct row *quote, const struct rows *lines,
	       struct proposals *out)
{
	struct wanted w = { out, lines, buf_in(cx->mem, IDS_BYTES) };
	struct buf ids = buf_in(cx->mem, IDS_BYTES);
	struct rows products;

	*out = (struct proposals){ 0 };
	if (!can_object(cx, cx->model->objects[PRODUCT], OP_READ))
		return true;
	for (size_t i = 0; i < lines->n; i++)
		if (lines->v[i].v[QUOTE_LINE_PRODUCT].kind == V_INT)
			buf_printf(&ids, "%s%lld", ids.n ? ", " : "",
				   (long long)lines->v[i].v[QUOTE_LINE_PRODUCT].i);
	if (!products_of(cx, buf_done(&ids), &products))
		return false;
	for (size_t i = 0; i < lines->n; i++) {
		const struct row *product = row_of(&products, lines->v[i].v[QUOTE_LINE_PRODUCT].i);

		if (product)
			of_line(cx, &w, &lines->v[i], product);
	}
	return of_owned(cx, &w, quote->v[QUOTE_PARTY].i) && complete(cx, &w);
}

bool
proposal_take(struct cx *cx, int64_t quote, int64_t line, int64_t product)
{
	const struct object *object = cx->model->objects[QUOTE_LINE];
	struct change *c;

	if (line) {
		if (!change_of(cx, CHANGE_EDIT, object, line, &c))
			return false;
		if (c->before->v[QUOTE_LINE_QUOTE].i != quote)
			return fail(cx, E_MISSING, NULL);
	} else {
		c = change_new(cx, object, NULL);
		change_set(c, object->fields[QUOTE_LINE_QUOTE], value_int(quote));
	}
	change_set(c, object->fields[QUOTE_LINE_PRODUCT], value_int(product));
	return record_save(cx, c);
}
