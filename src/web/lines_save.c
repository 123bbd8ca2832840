/* Writes the lines that the editor sends, and tells what they come to while they are typed. */
#include "web/lines.h"

#include "record/authz.h"

enum { ROWS_MAX = 300, NAME_MAX_BYTES = 40, REPLY_MAX = 4 << 20, CURRENCY_BYTES = 4 };

/* What the editor sends of one line. */
static const char *const FIELDS[] = { "position",    "kind",     "chosen",   "product",
				      "description", "details",  "quantity", "unit_of_measure",
				      "price",       "discount", "tax_rate" };

struct lines_edit {
	const struct lined *kind;
	const struct object *object, *line;
	struct str name;
	int64_t id;
	struct row *document;
	struct form form;
	size_t n;
};

static struct str
sent(const struct lines_edit *e, const char *name, size_t at)
{
	char full[NAME_MAX_BYTES];

	snprintf(full, sizeof full, "%.20s.%zu", name ? name : "", at);
	return form_value(&e->form, full);
}

/* The form of one line, as if it stood alone. */
static struct form
form_of(struct cx *cx, const struct lines_edit *e, size_t at)
{
	struct form form = { 0 };

	for (size_t i = 0; i < countof(FIELDS); i++) {
		struct form_field has = { S("has"), str_of(FIELDS[i]) };
		struct form_field field = { str_of(FIELDS[i]), sent(e, FIELDS[i], at) };

		/* Who uses no script counts positions himself; a script sends them all. */
		if (str_eq(field.name, S("position")) && !field.value.n)
			continue;
		list_add(cx->mem, &form, has);
		list_add(cx->mem, &form, field);
	}
	return form;
}

/* An empty row is no line, but a subtotal needs no words. */
static bool
is_blank(const struct lines_edit *e, size_t at)
{
	return !sent(e, "id", at).n && !sent(e, "product", at).n && !sent(e, "description", at).n &&
	       !sent(e, "price", at).n && !sent(e, "details", at).n &&
	       !str_eq(sent(e, "kind", at), S("subtotal"));
}

static bool
edit_open(struct cx *cx, struct request *q, struct lines_edit *e)
{
	const struct face *face;
	int64_t rows;

	if (!web_object(cx, q, &e->object, &face, &e->name) ||
	    !request_param_int(cx, q, "id", &e->id) || !request_form(cx, q, &e->form))
		return false;
	e->kind = lined_of(e->object);
	if (!e->kind)
		return fail(cx, E_MISSING, NULL);
	e->line = cx->model->objects[e->kind->line];
	if (!str_int(form_value(&e->form, "rows"), 0, ROWS_MAX, &rows))
		return fail(cx, E_INPUT, "There are more than %d lines; use fewer", ROWS_MAX);
	e->n = (size_t)rows;
	return true;
}

/* The first cause, with the line in which it is. */
static bool
fail_line(struct cx *cx, size_t number)
{
	struct field_err *first = cx->err.fields;
	struct str why = first ? first->why : cx->err.why;
	enum err_code code = cx->err.code;

	if (code != E_INPUT)
		return false;
	fail_clear(cx);
	return fail(cx, code, "Line %zu: %.*s", number, STR_FMT(why));
}

/* An amount that is typed is in the document's currency. */
static void
take_currency(const struct lines_edit *e, struct change *c)
{
	struct value *price = &c->after->v[e->kind->of.price];

	if (e->kind->currency && fieldset_has(&c->given, e->kind->of.price) &&
	    price->kind == V_INT && e->document->v[e->kind->currency].s.n == CURRENCY_BYTES - 1)
		snprintf(price->currency, sizeof price->currency, "%.*s",
			 STR_FMT(e->document->v[e->kind->currency].s));
}

/* ---- saving ---- */

static bool
line_open(struct cx *cx, const struct lines_edit *e, size_t at, struct change **out)
{
	struct str id = sent(e, "id", at);
	bool remove = sent(e, "remove", at).n > 0;
	int64_t number;

	if (!id.n) {
		*out = change_new(cx, e->line, NULL);
		change_set(*out, e->line->fields[e->kind->of.whole], value_int(e->id));
		return true;
	}
	if (!str_int(id, 1, INT64_MAX, &number) ||
	    !change_of(cx, remove ? CHANGE_DELETE : CHANGE_EDIT, e->line, number, out))
		return fail(cx, E_MISSING, NULL);
	if ((*out)->before->v[e->kind->of.whole].i != e->id)
		return fail(cx, E_MISSING, NULL);
	if (!str_int(sent(e, "version", at), 1, INT64_MAX, &(*out)->if_version))
		(*out)->if_version = 0;
	return true;
}

static bool
line_save(struct cx *cx, const struct lines_edit *e, size_t at)
{
	struct form form = form_of(cx, e, at);
	struct change *c;

	if (is_blank(e, at) || (!sent(e, "id", at).n && sent(e, "remove", at).n))
		return true;
	if (!line_open(cx, e, at, &c))
		return false;
	if (c->op == CHANGE_DELETE)
		return record_save(cx, c);
	if (!form_read(cx, c, &form))
		return false;
	take_currency(e, c);
	return record_save(cx, c);
}

static bool
whole_save(struct cx *cx, struct lines_edit *e)
{
	struct form form = { 0 };
	struct form_field has = { S("has"), S("discount") };
	struct form_field discount = { S("discount"), form_value(&e->form, "discount") };
	struct change *c;

	if (!change_of(cx, CHANGE_EDIT, e->object, e->id, &c))
		return false;
	e->document = c->before;
	if (!form_has(&e->form, "discount"))
		return true;
	list_add(cx->mem, &form, has);
	list_add(cx->mem, &form, discount);
	return form_read(cx, c, &form) && record_save(cx, c);
}

static bool
save_all(struct cx *cx, struct lines_edit *e)
{
	if (!whole_save(cx, e))
		return false;
	for (size_t i = 0; i < e->n; i++)
		if (!line_save(cx, e, i))
			return fail_line(cx, i + 1);
	return true;
}

bool
web_lines_save(struct cx *cx, struct request *q, struct reply *r)
{
	struct lines_edit e = { 0 };
	struct buf url = buf_in(cx->mem, URL_MAX);
	int64_t changeset;

	if (!edit_open(cx, q, &e) || !work_begin(cx, (struct str){ 0 }))
		return false;
	if (!save_all(cx, &e) || !work_commit(cx, &changeset)) {
		work_abandon(cx);
		return false;
	}
	buf_str(&url, url_of(cx, e.name, e.id, ""));
	if (changeset)
		url_add(&url, "done", str_printf(cx->mem, "%lld", (long long)changeset));
	reply_redirect(cx, r, buf_done(&url));
	return true;
}

/* ---- while it is typed ---- */

/* The line as it would be saved; nothing is. */
static bool
line_try(struct cx *cx, const struct lines_edit *e, size_t at, struct row *out)
{
	struct form form = form_of(cx, e, at);
	struct change *c = change_new(cx, e->line, NULL);

	change_put(c, e->line->fields[e->kind->of.whole], value_int(e->id));
	change_put(c, e->line->fields[e->kind->of.position], value_int((int64_t)at));
	if (!is_blank(e, at) && !form_read(cx, c, &form))
		return false;
	take_currency(e, c);
	if (is_blank(e, at))
		change_put(c, e->line->fields[e->kind->of.kind], value_text(S("text")));
	else if (!lines_fill(cx, c))
		return false;
	*out = *c->after;
	return true;
}

/* What the lines would be. */
struct tried {
	struct rows rows;
	struct sums sums;
	char currency[CURRENCY_BYTES];
};

static void
write_text(struct buf *out, const char *name, struct str text)
{
	buf_printf(out, ",\"%s\":", name);
	buf_json(out, text);
}

static void
write_line(struct cx *cx, const struct lines_edit *e, const struct tried *tried, size_t i,
	   struct buf *out)
{
	const struct row *row = &tried->rows.v[i];
	const struct {
		const char *name;
		unsigned field;
	} filled[] = { { "description", e->kind->of.description },
		       { "unit_of_measure", e->kind->of.unit },
		       { "quantity", e->kind->of.quantity },
		       { "price", e->kind->of.price },
		       { "tax_rate", e->kind->of.tax_rate } };
	enum line_kind is = line_kind_of(row->v[e->kind->of.kind].s);

	buf_str(out, i ? S(",{\"counted\":") : S("{\"counted\":"));
	buf_str(out, tried->sums.counted[i] || is == LINE_SUBTOTAL ? S("true") : S("false"));
	write_text(out, "amount",
		   is == LINE_TEXT ? (struct str){ 0 }
				   : lines_money(cx, tried->sums.amounts[i], tried->currency));
	for (size_t k = 0; k < countof(filled) && is != LINE_TEXT && is != LINE_SUBTOTAL; k++)
		write_text(
			out, filled[k].name,
			lines_text(cx, e->line->fields[filled[k].field], &row->v[filled[k].field]));
	buf_char(out, '}');
}

static void
write_totals(const struct mv *totals, struct buf *out)
{
	struct mv total, part;

	for (size_t i = 0; mv_item(totals, i, &total); i++) {
		buf_str(out, i ? S(",{\"is_strong\":") : S("{\"is_strong\":"));
		buf_str(out, mv_get(&total, S("is_strong"), &part) && mv_is_true(&part)
				     ? S("true")
				     : S("false"));
		if (mv_get(&total, S("label"), &part))
			write_text(out, "label", part.text);
		if (mv_get(&total, S("text"), &part))
			write_text(out, "text", part.text);
		buf_char(out, '}');
	}
}

static bool
read_discount(struct cx *cx, const struct lines_edit *e, int64_t *out)
{
	const struct field *f = e->object->fields[e->kind->discount];
	struct reading how = { .decimal = cx->lang == LANG_DE ? ',' : '.' };
	struct str text = str_trim(form_value(&e->form, "discount"));
	struct value v = { 0 };

	if (text.n && !f->row->parse(cx, f, text, &how, &v))
		return false;
	*out = form_has(&e->form, "discount") ? v.i : e->document->v[e->kind->discount].i;
	return true;
}

static bool
try_all(struct cx *cx, const struct lines_edit *e, struct rows *rows)
{
	rows->v = new_array(cx->mem, e->n + 1, struct row);
	rows->n = e->n;
	for (size_t i = 0; i < e->n; i++)
		if (!line_try(cx, e, i, &rows->v[i]))
			return fail_line(cx, i + 1);
	return true;
}

bool
web_lines_sums(struct cx *cx, struct request *q, struct reply *r)
{
	struct lines_edit e = { 0 };
	struct tried tried = { 0 };
	struct sum_line *items;
	struct mv totals;
	int64_t discount;
	bool may;

	if (!edit_open(cx, q, &e) || !page_read(cx) ||
	    !record_load(cx, e.object, e.id, &e.document) ||
	    !can_record(cx, OP_EDIT, e.object, e.id, &may))
		return false;
	if (!AUTHZ(LINES_SUMS, may))
		return fail(cx, E_FORBIDDEN, "You may not change this record");
	if (!read_discount(cx, &e, &discount) || !try_all(cx, &e, &tried.rows) ||
	    !lines_items(cx, e.kind, &tried.rows, &items, tried.currency) ||
	    !sums_compute(cx, items, tried.rows.n, discount, &tried.sums))
		return false;
	totals = lines_totals(cx, &tried.sums, discount, tried.currency);
	r->type = TYPE_JSON;
	BUF_LIT(&r->body, "{\"lines\":[");
	for (size_t i = 0; i < tried.rows.n; i++)
		write_line(cx, &e, &tried, i, &r->body);
	BUF_LIT(&r->body, "],\"totals\":[");
	write_totals(&totals, &r->body);
	BUF_LIT(&r->body, "]}");
	return true;
}
