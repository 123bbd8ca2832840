/* Shows the lines of a quote or an order on its page: as a table that is edited in place, or read.
 */
#include "web/lines.h"

#include "app/proposal.h"
#include "model/ids.h"

enum { BLANK_ROWS = 3, NUMBER_MAX = 80 };

/* ---- totals ---- */

static void
add_total(struct cx *cx, struct mv list, struct str label, struct str text, bool is_strong)
{
	struct mv total = mv_map(cx->mem);

	mv_set(total, S("label"), mv_text(label));
	mv_set(total, S("text"), mv_text(text));
	mv_set(total, S("is_strong"), mv_bool(is_strong));
	mv_add(list, total);
}

static struct str
percent_text(struct cx *cx, int64_t rate)
{
	struct buf text = buf_in(cx->mem, NUMBER_MAX);

	fmt_percent(&text, cx, rate, 2);
	return buf_done(&text);
}

struct mv
lines_totals(struct cx *cx, const struct sums *sums, int64_t discount, const char *currency)
{
	struct mv list = mv_list(cx->mem);

	if (discount) {
		add_total(cx, list, str_of(tr(cx, "Sum of the lines")),
			  lines_money(cx, sums->lines, currency), false);
		add_total(cx, list,
			  str_printf(cx->mem, tr(cx, "Discount of %.*s"),
				     STR_FMT(percent_text(cx, discount))),
			  lines_money(cx, -sums->discount, currency), false);
	}
	add_total(cx, list, str_of(tr(cx, "Net total")), lines_money(cx, sums->net, currency),
		  true);
	for (size_t i = 0; i < sums->n_rates; i++)
		add_total(cx, list,
			  str_printf(cx->mem, tr(cx, "%.*s tax on %.*s"),
				     STR_FMT(percent_text(cx, sums->rates[i].rate)),
				     STR_FMT(lines_money(cx, sums->rates[i].net, currency))),
			  lines_money(cx, sums->rates[i].tax, currency), false);
	add_total(cx, list, str_of(tr(cx, "Total with tax")),
		  lines_money(cx, sums->gross, currency), true);
	return list;
}

/* ---- rows ---- */

static const struct field *
field_at(const struct cx *cx, const struct lined *kind, unsigned at)
{
	return cx->model->objects[kind->line]->fields[at];
}

static struct mv
kinds_of(struct cx *cx, const struct lined *kind, struct str chosen)
{
	const struct field *f = field_at(cx, kind, kind->of.kind);
	struct mv list = mv_list(cx->mem);

	for (unsigned i = 0; i < f->n_options; i++) {
		struct mv option = mv_map(cx->mem);

		mv_set(option, S("key"), mv_text(f->options[i].key));
		mv_set(option, S("label"), mv_text(page_label(cx, f->options[i].label)));
		mv_set(option, S("is_on"), mv_bool(str_eq(f->options[i].key, chosen)));
		mv_add(list, option);
	}
	return list;
}

static struct str
product_text(struct cx *cx, const struct record_page *p, const struct value *v)
{
	const struct field *f = field_at(cx, p->lined, p->lined->of.product);

	if (v->kind != V_INT)
		return (struct str){ 0 };
	return str_printf(cx->mem, "%.*s (#%lld)", STR_FMT(names_title(&p->names, f->target, v->i)),
			  (long long)v->i);
}

/* A row with what stands in its controls; line NULL: an empty one. */
static struct mv
row_of(struct cx *cx, const struct record_page *p, const struct row *line, size_t at)
{
	const struct lined *kind = p->lined;
	const struct {
		const char *name;
		unsigned field;
	} texts[] = { { "position", kind->of.position }, { "description", kind->of.description },
		      { "quantity", kind->of.quantity }, { "unit", kind->of.unit },
		      { "price", kind->of.price },       { "discount", kind->of.discount },
		      { "tax_rate", kind->of.tax_rate } };
	struct mv row = mv_map(cx->mem);
	struct str key =
		line && line->v[kind->of.kind].s.n ? line->v[kind->of.kind].s : S("normal");

	mv_set(row, S("at"), mv_int((int64_t)at));
	mv_set(row, S("kind"), mv_text(key));
	mv_set(row, S("kind_label"),
	       mv_text(page_label(cx, option_find(field_at(cx, kind, kind->of.kind), key)->label)));
	mv_set(row, S("kinds"), kinds_of(cx, kind, key));
	mv_set(row, S("has_choice"), mv_bool(kind->of.chosen));
	if (!line)
		return row;
	mv_set(row, S("id"), mv_int(line->id));
	mv_set(row, S("version"), mv_int(line->version));
	mv_set(row, S("is_chosen"), mv_bool(kind->of.chosen && line->v[kind->of.chosen].i == 1));
	mv_set(row, S("product"), mv_text(product_text(cx, p, &line->v[kind->of.product])));
	mv_set(row, S("details"),
	       mv_text(line->v[field_find(line->object, S("details"))->index].s));
	for (size_t i = 0; i < countof(texts); i++)
		mv_set(row, str_of(texts[i].name),
		       mv_text(lines_text(cx, field_at(cx, kind, texts[i].field),
					  &line->v[texts[i].field])));
	return row;
}

static void
add_amount(struct cx *cx, struct mv row, enum line_kind is, const struct sums *sums, size_t i,
	   const char *currency)
{
	if (is != LINE_TEXT)
		mv_set(row, S("amount"), mv_text(lines_money(cx, sums->amounts[i], currency)));
	mv_set(row, S("is_idle"), mv_bool(is != LINE_SUBTOTAL && !sums->counted[i]));
}

static struct mv
rates_of(struct cx *cx)
{
	size_t n;
	const int64_t *rates = tax_rates_of(S("DE"), &n);
	struct mv list = mv_list(cx->mem);

	for (size_t i = 0; i < n; i++) {
		struct mv item = mv_map(cx->mem);

		mv_set(item, S("text"), mv_text(lines_number(cx, rates[i], 2)));
		mv_add(list, item);
	}
	return list;
}

/* ---- on the page ---- */

bool
lines_part_read(struct cx *cx, struct record_page *p)
{
	const struct lined *kind = lined_of(p->object);

	if (!kind || !can_object(cx, cx->model->objects[kind->line], OP_READ))
		return true;
	p->lined = kind;
	if (!lines_read(cx, kind, p->row->id, &p->lines))
		return false;
	for (size_t i = 0; i < p->lines.n; i++)
		names_want_value(cx, &p->names, field_at(cx, kind, kind->of.product),
				 &p->lines.v[i].v[kind->of.product]);
	return true;
}

static void
add_editor(struct cx *cx, struct record_page *p, struct mv rows)
{
	const struct field *whole = p->object->fields[p->lined->discount];

	for (size_t i = 0; i < BLANK_ROWS; i++)
		mv_add(rows, row_of(cx, p, NULL, p->lines.n + i));
	mv_set(p->page, S("blank"), row_of(cx, p, NULL, SUM_LINES_MAX));
	mv_set(p->page, S("rates"), rates_of(cx));
	mv_set(p->page, S("lines_rows"), mv_int((int64_t)(p->lines.n + BLANK_ROWS)));
	mv_set(p->page, S("lines_url"), mv_text(url_of(cx, p->name, p->row->id, "/lines")));
	mv_set(p->page, S("sums_url"), mv_text(url_of(cx, p->name, p->row->id, "/lines/sums")));
	if (can_change_field(cx, whole))
		mv_set(p->page, S("lines_discount"), mv_bool(true));
	mv_set(p->page, S("lines_discount_text"),
	       mv_text(lines_text(cx, whole, &p->row->v[whole->index])));
}

static const char *const PROPOSES[] = {
	[PROPOSE_SUCCESSOR] = N_("is phased out; its successor:"),
	[PROPOSE_ACCESSORY] = N_("goes well with:"),
	[PROPOSE_UPGRADE] = N_("was bought before and is outdated; newer:"),
};

static bool
add_proposals(struct cx *cx, struct record_page *p)
{
	struct mv list = mv_list(cx->mem);
	struct proposals proposals;

	if (p->lined->object != QUOTE)
		return true;
	if (!proposals_read(cx, p->row, &p->lines, &proposals))
		return false;
	for (size_t i = 0; i < proposals.n; i++) {
		const struct proposal *at = &proposals.v[i];
		struct mv item = mv_map(cx->mem);

		mv_set(item, S("instead"), mv_text(at->instead));
		mv_set(item, S("words"),
		       mv_z(at->product ? tr(cx, PROPOSES[at->kind])
					: tr(cx, "is phased out, and nothing replaces it.")));
		mv_set(item, S("name"), mv_text(at->name));
		mv_set(item, S("line"), mv_int(at->line));
		mv_set(item, S("product"), mv_int(at->product));
		mv_set(item, S("replaces"), mv_bool(at->line != 0));
		if (at->price.kind == V_INT)
			mv_set(item, S("price"),
			       mv_text(lines_money(cx, at->price.i, at->price.currency)));
		mv_add(list, item);
	}
	mv_set(p->page, S("proposals"), list);
	mv_set(p->page, S("has_proposals"), mv_bool(proposals.n > 0));
	mv_set(p->page, S("take_url"), mv_text(url_of(cx, p->name, p->row->id, "/take")));
	return true;
}

/* Is everything that the table shows for his eyes? */
static bool
sees_all(struct cx *cx, const struct lined *kind)
{
	const struct object *line = cx->model->objects[kind->line];

	for (unsigned i = SF__MAX; i < line->n_fields; i++)
		if (!can_see_field(cx, line, line->fields[i]))
			return false;
	return can_see_field(cx, cx->model->objects[kind->object],
			     cx->model->objects[kind->object]->fields[kind->discount]);
}

bool
lines_part_add(struct cx *cx, struct record_page *p)
{
	struct mv rows;
	struct sum_line *items;
	struct sums sums;
	char currency[4] = "";

	if (!p->lined || !sees_all(cx, p->lined))
		return true;
	if (!lines_items(cx, p->lined, &p->lines, &items, currency) ||
	    !sums_compute(cx, items, p->lines.n, p->row->v[p->lined->discount].i, &sums)) {
		fail_clear(cx); /* lines that came from elsewhere may not add up: they stand in
				   their list */
		return true;
	}
	rows = mv_list(cx->mem);
	for (size_t i = 0; i < p->lines.n; i++) {
		struct mv row = row_of(cx, p, &p->lines.v[i], i);

		add_amount(cx, row, items[i].kind, &sums, i, currency);
		mv_add(rows, row);
	}
	mv_set(p->page, S("has_lines_part"), mv_bool(true));
	mv_set(p->page, S("has_lines"), mv_bool(p->lines.n > 0));
	mv_set(p->page, S("lines_count"), mv_int((int64_t)p->lines.n));
	mv_set(p->page, S("totals"),
	       lines_totals(cx, &sums, p->row->v[p->lined->discount].i, currency));
	mv_set(p->page, S("lines"), rows);
	if (!p->may_edit || !lines_are_open(p->lined, p->row))
		return true;
	add_editor(cx, p, rows);
	return add_proposals(cx, p);
}
