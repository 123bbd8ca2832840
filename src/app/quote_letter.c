/* Gathers what stands in the letter of a quote: who writes to whom, the lines, what they come to.
 */
#include "app/quote_letter.h"

#include "app/salutation.h"
#include "base/i18n.h"
#include "base/template.h"
#include "model/ids.h"
#include "model/type.h"

enum { TEXT_MAX = 64 << 10 };

/* ---- reading ---- */

static struct str
text_of(const struct row *row, unsigned field)
{
	return row && row->v[field].kind == V_TEXT ? row->v[field].s : (struct str){ 0 };
}

/* What stands on the company's letters is no secret of a unit: it is printed on each. */
static bool
letterhead(struct cx *cx, const struct row *quote, struct row **out)
{
	const struct actor *actor = cx->actor;
	struct query query = { .object = cx->model->objects[UNIT], .limit = 1 };
	struct rows rows = { 0 };
	bool ok;

	cx->actor = actor_system(cx);
	ok = row_linked(cx, quote, QUOTE_UNIT, out);
	if (ok && (!*out || !text_of(*out, UNIT_COMPANY).n)) {
		ok = cond_parse(cx, cx->mem, cx->model, query.object, S("company is not empty"),
				NULL, &query.where) &&
		     record_query(cx, &query, &rows);
		if (ok && rows.n)
			*out = &rows.v[0];
	}
	cx->actor = actor;
	return ok;
}

bool
quote_source_read(struct cx *cx, int64_t id, struct quote_source *s)
{
	const struct object *object = cx->model->objects[QUOTE];

	s->kind = lined_of(object);
	return record_load(cx, object, id, &s->quote) && lines_read(cx, s->kind, id, &s->lines) &&
	       lines_sums(cx, s->kind, s->quote, &s->lines, &s->sums, s->currency) &&
	       row_linked(cx, s->quote, QUOTE_PARTY, &s->party) &&
	       row_linked(cx, s->quote, QUOTE_CONTACT, &s->contact) &&
	       row_linked(cx, s->quote, QUOTE_OWNER, &s->owner) &&
	       letterhead(cx, s->quote, &s->unit);
}

/* ---- who writes to whom ---- */

static void
add_part(struct buf *out, struct str between, struct str text)
{
	if (!text.n)
		return;
	if (out->n)
		buf_str(out, between);
	buf_str(out, text);
}

static struct str
town_of(struct cx *cx, struct str postcode, struct str city)
{
	struct buf out = buf_in(cx->mem, TEXT_MAX);

	add_part(&out, S(" "), postcode);
	add_part(&out, S(" "), city);
	return buf_done(&out);
}

/* Above an address a word of its own in German: "Herrn". */
static const char *const MISTER[LANG__MAX] = { [LANG_EN] = "Mr", [LANG_DE] = "Herrn" };

/* "Frau Dr. Eva Müller" */
static struct str
person_of(struct cx *cx, const struct row *person)
{
	struct str salutation = text_of(person, PARTY_SALUTATION);
	struct buf out = buf_in(cx->mem, TEXT_MAX);

	if (str_eq(salutation, S("ms")))
		buf_z(&out, tr(cx, "Ms"));
	else if (str_eq(salutation, S("mr")))
		buf_z(&out, MISTER[cx->lang]);
	if (!str_find(text_of(person, PARTY_NAME), text_of(person, PARTY_ACADEMIC_TITLE),
		      &(size_t){ 0 }))
		add_part(&out, S(" "), text_of(person, PARTY_ACADEMIC_TITLE));
	add_part(&out, S(" "), text_of(person, PARTY_NAME));
	return buf_done(&out);
}

static bool
is_person(const struct row *party)
{
	return str_eq(text_of(party, PARTY_KIND), S("person"));
}

static bool
is_abroad(const struct quote_source *s)
{
	struct str here = text_of(s->unit, UNIT_COUNTRY), there = text_of(s->party, PARTY_COUNTRY);

	return there.n && here.n && !str_eq(here, there);
}

static struct str
address_of(struct cx *cx, const struct quote_source *s)
{
	struct buf out = buf_in(cx->mem, TEXT_MAX);
	struct str nl = S("\n");

	if (text_of(s->quote, QUOTE_ADDRESS).n)
		return text_of(s->quote, QUOTE_ADDRESS);
	if (!s->party)
		return (struct str){ 0 };
	add_part(&out, nl,
		 is_person(s->party) ? person_of(cx, s->party) : text_of(s->party, PARTY_NAME));
	if (s->contact && s->contact->id != s->party->id)
		add_part(&out, nl, person_of(cx, s->contact));
	add_part(&out, nl, text_of(s->party, PARTY_STREET));
	add_part(&out, nl,
		 town_of(cx, text_of(s->party, PARTY_POSTCODE), text_of(s->party, PARTY_CITY)));
	if (is_abroad(s))
		add_part(&out, nl, text_of(s->party, PARTY_COUNTRY));
	return buf_done(&out);
}

static struct str
from_of(struct cx *cx, const struct row *unit)
{
	struct buf out = buf_in(cx->mem, TEXT_MAX);

	add_part(&out, S(" · "), text_of(unit, UNIT_COMPANY));
	add_part(&out, S(" · "), text_of(unit, UNIT_STREET));
	add_part(&out, S(" · "),
		 town_of(cx, text_of(unit, UNIT_POSTCODE), text_of(unit, UNIT_CITY)));
	return buf_done(&out);
}

struct str
quote_salutation(struct cx *cx, const struct quote_source *s)
{
	bool to_person = s->contact && is_person(s->contact);

	return letter_salutation(cx, to_person ? s->contact : s->party, cx->lang);
}

/* ---- pairs of words ---- */

static void
add_pair(struct letter_pairs *pairs, struct letter_pair *at, struct letter_pair pair)
{
	if (!pair.text.n || pairs->n == QUOTE_PAIRS_MAX)
		return;
	at[pairs->n++] = pair;
	pairs->v = at;
}

struct str
quote_date_text(struct cx *cx, struct str iso)
{
	struct buf out = buf_in(cx->mem, TEXT_MAX);
	int64_t date;

	if (!date_parse(iso, &date, NULL))
		return (struct str){ 0 };
	fmt_date(&out, cx, date);
	return buf_done(&out);
}

struct str
quote_number_text(struct cx *cx, const struct row *quote)
{
	const struct field *f = quote->object->fields[QUOTE_NUMBER];
	struct buf out = buf_in(cx->mem, TEXT_MAX);
	int64_t revision = quote->v[QUOTE_REVISION].i;

	f->row->print(cx, f, &quote->v[QUOTE_NUMBER], &out);
	if (revision > 1)
		buf_printf(&out, "-%lld", (long long)revision);
	return buf_done(&out);
}

static void
fill_information(struct cx *cx, struct quote_source *s, struct letter *letter)
{
	const struct letter_pair pairs[] = {
		{ str_of(tr(cx, "Quote")), quote_number_text(cx, s->quote), false },
		{ str_of(tr(cx, "Date")), quote_date_text(cx, text_of(s->quote, QUOTE_QUOTED_ON)),
		  false },
		{ str_of(tr(cx, "Valid until")),
		  quote_date_text(cx, text_of(s->quote, QUOTE_VALID_UNTIL)), false },
		{ str_of(tr(cx, "Your customer number")), text_of(s->party, PARTY_EXTERNAL_ID),
		  false },
		{ str_of(tr(cx, "Your contact")), text_of(s->owner, USER_NAME), false },
		{ str_of(tr(cx, "Phone")),
		  text_of(s->owner, USER_PHONE).n ? text_of(s->owner, USER_PHONE)
						  : text_of(s->unit, UNIT_PHONE),
		  false },
		{ str_of(tr(cx, "E-mail")),
		  text_of(s->owner, USER_EMAIL).n ? text_of(s->owner, USER_EMAIL)
						  : text_of(s->unit, UNIT_EMAIL),
		  false },
	};

	for (size_t i = 0; i < countof(pairs); i++)
		add_pair(&letter->information, s->information, pairs[i]);
}

static struct str
percent_of(struct cx *cx, int64_t rate)
{
	struct buf out = buf_in(cx->mem, TEXT_MAX);

	fmt_percent(&out, cx, rate, 2);
	return buf_done(&out);
}

static void
fill_totals(struct cx *cx, struct quote_source *s, struct letter *letter)
{
	int64_t discount = s->quote->v[QUOTE_DISCOUNT].i;
	struct letter_pair pair = { str_of(tr(cx, "Sum of the lines")),
				    lines_money(cx, s->sums.lines, s->currency), false };

	if (discount) {
		add_pair(&letter->totals, s->totals, pair);
		pair.label = str_printf(cx->mem, tr(cx, "Discount of %.*s"),
					STR_FMT(percent_of(cx, discount)));
		pair.text = lines_money(cx, -s->sums.discount, s->currency);
		add_pair(&letter->totals, s->totals, pair);
	}
	pair = (struct letter_pair){ str_of(tr(cx, "Net total")),
				     lines_money(cx, s->sums.net, s->currency), false };
	add_pair(&letter->totals, s->totals, pair);
	for (size_t i = 0; i < s->sums.n_rates; i++) {
		const struct tax_sum *rate = &s->sums.rates[i];

		pair.label = str_printf(cx->mem, tr(cx, "%.*s VAT on %.*s"),
					STR_FMT(percent_of(cx, rate->rate)),
					STR_FMT(lines_money(cx, rate->net, s->currency)));
		pair.text = lines_money(cx, rate->tax, s->currency);
		add_pair(&letter->totals, s->totals, pair);
	}
	pair = (struct letter_pair){ str_of(tr(cx, "Total with tax")),
				     lines_money(cx, s->sums.gross, s->currency), true };
	add_pair(&letter->totals, s->totals, pair);
}

/* ---- lines ---- */

/* What a customer must know of a line besides its words. */
static struct str
details_of(struct cx *cx, const struct row *row, enum line_kind kind, bool counted)
{
	struct buf out = buf_in(cx->mem, TEXT_MAX);
	int64_t discount = row->v[QUOTE_LINE_DISCOUNT].i;

	add_part(&out, S("\n"), text_of(row, QUOTE_LINE_DETAILS));
	if (discount && kind != LINE_TEXT && kind != LINE_SUBTOTAL)
		add_part(&out, S("\n"),
			 str_printf(cx->mem, tr(cx, "less %.*s discount"),
				    STR_FMT(percent_of(cx, discount))));
	if (kind == LINE_OPTION)
		add_part(&out, S("\n"), str_of(tr(cx, "Option, not contained in the total")));
	else if (kind == LINE_ALTERNATIVE && !counted)
		add_part(&out, S("\n"), str_of(tr(cx, "Alternative, not contained in the total")));
	return buf_done(&out);
}

static struct letter_line
line_of(struct cx *cx, const struct quote_source *s, size_t i, int64_t carried)
{
	const struct row *row = &s->lines.v[i];
	const struct object *object = row->object;
	enum line_kind kind = line_kind_of(text_of(row, QUOTE_LINE_KIND));
	struct str words = text_of(row, QUOTE_LINE_DESCRIPTION);
	struct letter_line line = { .kind = kind,
				    .text = words,
				    .details = details_of(cx, row, kind, s->sums.counted[i]),
				    .carried = lines_money(cx, carried, s->currency) };

	if (kind == LINE_TEXT)
		return line;
	line.amount = lines_money(cx, s->sums.amounts[i], s->currency);
	if (kind == LINE_SUBTOTAL) {
		if (!words.n)
			line.text = str_of(tr(cx, "Subtotal"));
		return line;
	}
	if (!s->sums.counted[i])
		line.amount = str_printf(cx->mem, "(%.*s)", STR_FMT(line.amount));
	line.quantity =
		lines_text(cx, object->fields[QUOTE_LINE_QUANTITY], &row->v[QUOTE_LINE_QUANTITY]);
	line.unit = text_of(row, QUOTE_LINE_UNIT_OF_MEASURE);
	line.price = lines_money(cx, row->v[QUOTE_LINE_PRICE].i, s->currency);
	line.tax = percent_of(cx, row->v[QUOTE_LINE_TAX_RATE].i);
	return line;
}

static void
fill_lines(struct cx *cx, const struct quote_source *s, struct letter *letter)
{
	struct letter_line *lines = new_array(cx->mem, s->lines.n + 1, struct letter_line);
	int64_t carried = 0, number = 0;

	for (size_t i = 0; i < s->lines.n; i++) {
		if (s->sums.counted[i])
			carried += s->sums.amounts[i];
		lines[i] = line_of(cx, s, i, carried);
		if (lines[i].kind != LINE_TEXT && lines[i].kind != LINE_SUBTOTAL)
			lines[i].number = str_printf(cx->mem, "%lld", (long long)++number);
	}
	letter->lines = lines;
	letter->n_lines = s->lines.n;
}

/* ---- the text, and the foot ---- */

static struct mv
words(struct cx *cx, struct str text)
{
	return mv_text(quote_words(cx, text));
}

static bool
fill_text(struct cx *cx, const struct quote_source *s, struct letter *letter)
{
	const struct mustache *template = template_find(cx->lang, S("print/quote.md"));
	struct buf out = buf_in(cx->mem, TEXT_MAX);
	struct mv data = mv_map(cx->mem);
	struct str subject = text_of(s->quote, QUOTE_SUBJECT), intro, closing;

	if (!template)
		return bug(cx, "no template of quotes");
	if (!quote_words_fill(cx, s, text_of(s->quote, QUOTE_INTRO), &intro) ||
	    !quote_words_fill(cx, s, text_of(s->quote, QUOTE_CLOSING), &closing))
		return false;
	mv_set(data, S("lines"), mv_text(S("~~~lines\n~~~")));
	mv_set(data, S("keep"), mv_text(S("~~~keep\n~~~")));
	mv_set(data, S("sign"), mv_text(S("~~~sign\n~~~")));
	mv_set(data, S("subject"), words(cx, subject.n ? subject : letter->title));
	mv_set(data, S("salutation"), words(cx, quote_salutation(cx, s)));
	mv_set(data, S("intro"), mv_text(intro));
	mv_set(data, S("closing"), mv_text(closing));
	mv_set(data, S("valid_until"),
	       words(cx, quote_date_text(cx, text_of(s->quote, QUOTE_VALID_UNTIL))));
	mv_set(data, S("company"), words(cx, letter->company));
	mv_set(data, S("signer"), words(cx, text_of(s->owner, USER_NAME)));
	if (!mustache_render(cx, template, &data, NULL, &out))
		return false;
	letter->text = buf_done(&out);
	return !out.full || fail(cx, E_TOO_BIG, "The letter is too long to be printed; shorten it");
}

static void
fill_foot(struct cx *cx, const struct row *unit, struct letter *letter)
{
	static const struct {
		unsigned field;
		int column;
		const char *label;
	} facts[] = {
		{ UNIT_COMPANY, 0, NULL },
		{ UNIT_STREET, 0, NULL },
		{ UNIT_CITY, 0, NULL },
		{ UNIT_PHONE, 0, NULL },
		{ UNIT_EMAIL, 0, NULL },
		{ UNIT_DIRECTORS, 1, N_("Managing directors") },
		{ UNIT_REGISTER, 1, N_("Commercial register") },
		{ UNIT_VAT_ID, 1, N_("VAT number") },
		{ UNIT_BANK, 2, NULL },
		{ UNIT_IBAN, 2, N_("IBAN") },
		{ UNIT_BIC, 2, N_("BIC") },
	};
	struct buf columns[3] = { buf_in(cx->mem, TEXT_MAX), buf_in(cx->mem, TEXT_MAX),
				  buf_in(cx->mem, TEXT_MAX) };

	for (size_t i = 0; i < countof(facts); i++) {
		struct buf *out = &columns[facts[i].column];
		struct str text = text_of(unit, facts[i].field);

		if (facts[i].field == UNIT_CITY)
			text = town_of(cx, text_of(unit, UNIT_POSTCODE), text);
		if (facts[i].label && text.n)
			text = str_printf(cx->mem, "%s: %.*s", tr(cx, facts[i].label),
					  STR_FMT(text));
		add_part(out, S("\n"), text);
	}
	for (int i = 0; i < 3; i++)
		letter->foot[i] = buf_done(&columns[i]);
}

enum lang
quote_lang(const struct row *quote)
{
	return str_eq(text_of(quote, QUOTE_LANGUAGE), S("en")) ? LANG_EN : LANG_DE;
}

bool
quote_letter_fill(struct cx *cx, struct quote_source *s, struct letter *letter)
{
	letter->lang = cx->lang;
	letter->title = str_printf(cx->mem, "%s %.*s", tr(cx, "Quote"),
				   STR_FMT(quote_number_text(cx, s->quote)));
	letter->date = text_of(s->quote, QUOTE_QUOTED_ON);
	letter->company = text_of(s->unit, UNIT_COMPANY);
	letter->from = from_of(cx, s->unit);
	letter->address = address_of(cx, s);
	fill_information(cx, s, letter);
	fill_lines(cx, s, letter);
	fill_totals(cx, s, letter);
	fill_foot(cx, s->unit, letter);
	return fill_text(cx, s, letter);
}

bool
quote_letter_pdf(struct cx *cx, struct quote_source *s, struct str *pdf, struct str *name)
{
	struct letter letter = { 0 };
	enum lang lang = cx->lang;
	bool ok;

	cx->lang = quote_lang(s->quote);
	ok = quote_letter_fill(cx, s, &letter) && letter_pdf(cx, &letter, pdf);
	*name = str_printf(cx->mem, "%s-%.*s.pdf", tr(cx, "Quote"),
			   STR_FMT(quote_number_text(cx, s->quote)));
	cx->lang = lang;
	return ok;
}

bool
quote_pdf(struct cx *cx, int64_t quote, struct str *pdf, struct str *name)
{
	struct quote_source *s = new(cx->mem, struct quote_source);

	return quote_source_read(cx, quote, s) && quote_letter_pdf(cx, s, pdf, name);
}
