#include "app/handover.h"

#include "app/lines.h"
#include "base/json.h"
#include "model/ids.h"
#include "model/type.h"

enum { DECIMAL_BYTES = 40, SUM_SCALE = 2, QUANTITY_SCALE = 3, FORMAT_VERSION = 1 };

struct handed {
	struct row *order, *party;
	struct rows lines;
	struct row **products; /* of each line; NULL: none */
	struct sums sums;
	char currency[4];
};

/* ---- reading ---- */

static bool
handed_read(struct cx *cx, int64_t order, struct handed *h)
{
	const struct object *object = cx->model->objects[ORDER];
	const struct lined *kind = lined_of(object);

	*h = (struct handed){ 0 };
	if (!record_load(cx, object, order, &h->order) ||
	    !row_linked(cx, h->order, ORDER_PARTY, &h->party) ||
	    !lines_read(cx, kind, order, &h->lines) ||
	    !lines_sums(cx, kind, h->order, &h->lines, &h->sums, h->currency))
		return false;
	h->products = new_array(cx->mem, h->lines.n + 1, struct row *);
	for (size_t i = 0; i < h->lines.n; i++)
		if (!row_linked(cx, &h->lines.v[i], ORDER_LINE_PRODUCT, &h->products[i]))
			return false;
	if (!h->currency[0])
		snprintf(h->currency, sizeof h->currency, "EUR");
	return true;
}

static struct str
text_of(const struct row *row, unsigned field)
{
	return row && row->v[field].kind == V_TEXT ? row->v[field].s : (struct str){ 0 };
}

/* With a point, whatever the reader's language. */
static struct str
number_text(struct cx *cx, int64_t units, int scale)
{
	struct buf out = buf_in(cx->mem, DECIMAL_BYTES);
	int64_t whole = 1;

	for (int i = 0; i < scale; i++)
		whole *= 10;
	buf_printf(&out, "%s%lld.%0*lld", units < 0 ? "-" : "",
		   (long long)(units < 0 ? -(units / whole) : units / whole), scale,
		   (long long)(units < 0 ? -(units % whole) : units % whole));
	return buf_done(&out);
}

static struct str
order_number(struct cx *cx, const struct row *order)
{
	const struct field *f = order->object->fields[ORDER_NUMBER];
	struct buf out = buf_in(cx->mem, DECIMAL_BYTES);

	f->row->print(cx, f, &order->v[ORDER_NUMBER], &out);
	return buf_done(&out);
}

/* ---- the columns of a line, for both ---- */

enum handed_column {
	C_POSITION,
	C_KIND,
	C_SKU,
	C_DESCRIPTION,
	C_DETAILS,
	C_QUANTITY,
	C_UNIT,
	C_PRICE,
	C_DISCOUNT,
	C_TAX_RATE,
	C_AMOUNT,
	C__MAX
};
static const char *const COLUMNS[C__MAX] = {
	[C_POSITION] = "position",       [C_KIND] = "kind",        [C_SKU] = "product_number",
	[C_DESCRIPTION] = "description", [C_DETAILS] = "details",  [C_QUANTITY] = "quantity",
	[C_UNIT] = "unit_of_measure",    [C_PRICE] = "unit_price", [C_DISCOUNT] = "discount",
	[C_TAX_RATE] = "tax_rate",       [C_AMOUNT] = "amount",
};

static void
line_cells(struct cx *cx, const struct handed *h, size_t i, struct str cells[C__MAX])
{
	const struct value *v = h->lines.v[i].v;
	enum line_kind kind = line_kind_of(v[ORDER_LINE_KIND].s);

	for (int k = 0; k < C__MAX; k++)
		cells[k] = (struct str){ 0 };
	cells[C_POSITION] = str_printf(cx->mem, "%zu", i + 1);
	cells[C_KIND] = str_of(LINE_KINDS[kind]);
	cells[C_SKU] = text_of(h->products[i], PRODUCT_SKU);
	cells[C_DESCRIPTION] = v[ORDER_LINE_DESCRIPTION].s;
	cells[C_DETAILS] = v[ORDER_LINE_DETAILS].s;
	if (kind == LINE_TEXT)
		return;
	cells[C_AMOUNT] = number_text(cx, h->sums.amounts[i], SUM_SCALE);
	if (kind == LINE_SUBTOTAL)
		return;
	cells[C_QUANTITY] = number_text(cx, v[ORDER_LINE_QUANTITY].i, QUANTITY_SCALE);
	cells[C_UNIT] = v[ORDER_LINE_UNIT_OF_MEASURE].s;
	cells[C_PRICE] = number_text(cx, v[ORDER_LINE_PRICE].i, SUM_SCALE);
	cells[C_DISCOUNT] = number_text(cx, v[ORDER_LINE_DISCOUNT].i, SUM_SCALE);
	cells[C_TAX_RATE] = number_text(cx, v[ORDER_LINE_TAX_RATE].i, SUM_SCALE);
}

/* ---- JSON ---- */

static void
member(struct buf *out, const char *name, struct str text)
{
	buf_printf(out, "%s\"%s\":", out->n && out->p[out->n - 1] != '{' ? "," : "", name);
	if (text.n)
		buf_json(out, text);
	else
		BUF_LIT(out, "null");
}

static void
write_party(struct cx *cx, const struct row *party, struct buf *out)
{
	static const struct {
		const char *name;
		unsigned field;
	} facts[] = { { "customer_number", PARTY_EXTERNAL_ID },
		      { "name", PARTY_NAME },
		      { "street", PARTY_STREET },
		      { "postcode", PARTY_POSTCODE },
		      { "city", PARTY_CITY },
		      { "country", PARTY_COUNTRY },
		      { "email", PARTY_EMAIL },
		      { "phone", PARTY_PHONE } };

	BUF_LIT(out, ",\"customer\":{");
	if (party)
		member(out, "id", str_printf(cx->mem, "%lld", (long long)party->id));
	for (size_t i = 0; i < countof(facts); i++)
		member(out, facts[i].name, text_of(party, facts[i].field));
	buf_char(out, '}');
}

bool
handover_json(struct cx *cx, int64_t order, struct buf *out, struct str *name)
{
	struct str cells[C__MAX];
	struct handed h;

	if (!handed_read(cx, order, &h))
		return false;
	buf_printf(out, "{\"format\":\"kontor.order\",\"version\":%d", FORMAT_VERSION);
	member(out, "id", str_printf(cx->mem, "%lld", (long long)order));
	member(out, "number", order_number(cx, h.order));
	member(out, "external_id", text_of(h.order, ORDER_EXTERNAL_ID));
	member(out, "placed_on", text_of(h.order, ORDER_PLACED_ON));
	member(out, "promised_on", text_of(h.order, ORDER_PROMISED_ON));
	member(out, "currency", str_of(h.currency));
	member(out, "discount", number_text(cx, h.order->v[ORDER_DISCOUNT].i, SUM_SCALE));
	member(out, "net", number_text(cx, h.sums.net, SUM_SCALE));
	member(out, "tax", number_text(cx, h.sums.tax, SUM_SCALE));
	member(out, "gross", number_text(cx, h.sums.gross, SUM_SCALE));
	write_party(cx, h.party, out);
	BUF_LIT(out, ",\"lines\":[");
	for (size_t i = 0; i < h.lines.n; i++) {
		buf_str(out, i ? S(",{") : S("{"));
		line_cells(cx, &h, i, cells);
		for (int k = 0; k < C__MAX; k++)
			member(out, COLUMNS[k], cells[k]);
		buf_char(out, '}');
	}
	BUF_LIT(out, "]}");
	*name = str_printf(cx->mem, "%.*s.json", STR_FMT(order_number(cx, h.order)));
	return true;
}

/* ---- CSV ---- */

static void
cell(struct buf *out, struct str text)
{
	if (out->n && out->p[out->n - 1] != '\n')
		buf_char(out, ',');
	buf_csv(out, text);
}

bool
handover_csv(struct cx *cx, int64_t order, struct buf *out, struct str *name)
{
	static const char *const before[] = { "order_number", "placed_on", "customer_number",
					      "customer", "currency" };
	struct str cells[C__MAX], number;
	struct handed h;

	if (!handed_read(cx, order, &h))
		return false;
	number = order_number(cx, h.order);
	for (size_t i = 0; i < countof(before); i++)
		cell(out, str_of(before[i]));
	for (int k = 0; k < C__MAX; k++)
		cell(out, str_of(COLUMNS[k]));
	buf_z(out, "\r\n");
	for (size_t i = 0; i < h.lines.n; i++) {
		line_cells(cx, &h, i, cells);
		cell(out, number);
		cell(out, text_of(h.order, ORDER_PLACED_ON));
		cell(out, text_of(h.party, PARTY_EXTERNAL_ID));
		cell(out, text_of(h.party, PARTY_NAME));
		cell(out, str_of(h.currency));
		for (int k = 0; k < C__MAX; k++)
			cell(out, cells[k]);
		buf_z(out, "\r\n");
	}
	*name = str_printf(cx->mem, "%.*s.csv", STR_FMT(number));
	return true;
}

/* ---- where it stands ---- */

static const char *const STATES[] = { "waiting", "taken", "failed" };

bool
handover_set(struct cx *cx, int64_t order, const struct handover *handover)
{
	const struct object *object = cx->model->objects[ORDER];
	bool is_known = false, failed = str_eq(handover->state, S("failed"));
	struct change *c;

	for (size_t i = 0; i < countof(STATES); i++)
		is_known = is_known || str_eq_z(handover->state, STATES[i]);
	if (!is_known)
		return fail_field(cx, S("state"), "unknown",
				  "The state of a hand-over is one of waiting, taken, failed");
	if (failed && !handover->reason.n)
		return fail_field(cx, S("reason"), "required", "Say why it failed");
	if (!change_of(cx, CHANGE_EDIT, object, order, &c))
		return false;
	change_put(c, object->fields[ORDER_HANDOVER], value_text(handover->state));
	change_put(c, object->fields[ORDER_HANDOVER_NOTE],
		   handover->reason.n ? value_text(handover->reason) : (struct value){ 0 });
	change_put(c, object->fields[ORDER_HANDED_OVER_AT],
		   str_eq(handover->state, S("taken")) ? value_int(cx->now) : (struct value){ 0 });
	if (handover->external_id.n)
		change_set(c, object->fields[ORDER_EXTERNAL_ID], value_text(handover->external_id));
	return record_save(cx, c);
}
