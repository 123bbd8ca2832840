/* Placeholders in the texts of a quote: "{{party.name}}". */
#include "app/quote_letter.h"

#include "app/features.h"
#include "base/feature.h"
#include "base/i18n.h"
#include "base/mustache.h"
#include "model/ids.h"
#include "model/type.h"

enum { TEXT_MAX = 64 << 10, NAME_SHOWN = 60, NAMES_MAX = 1000 };

/* ---- what they stand for ---- */

static struct str
text_of(const struct row *row, unsigned field)
{
	return row && row->v[field].kind == V_TEXT ? row->v[field].s : (struct str){ 0 };
}

static struct str
party_name(struct cx *cx, const struct quote_source *s)
{
	(void)cx;
	return text_of(s->party, PARTY_NAME);
}

static struct str
party_city(struct cx *cx, const struct quote_source *s)
{
	(void)cx;
	return text_of(s->party, PARTY_CITY);
}

static struct str
contact_name(struct cx *cx, const struct quote_source *s)
{
	(void)cx;
	return text_of(s->contact, PARTY_NAME);
}

static struct str
quote_title(struct cx *cx, const struct quote_source *s)
{
	(void)cx;
	return text_of(s->quote, QUOTE_SUBJECT);
}

static struct str
quote_day(struct cx *cx, const struct quote_source *s)
{
	return quote_date_text(cx, text_of(s->quote, QUOTE_QUOTED_ON));
}

static struct str
quote_until(struct cx *cx, const struct quote_source *s)
{
	return quote_date_text(cx, text_of(s->quote, QUOTE_VALID_UNTIL));
}

static struct str
number(struct cx *cx, const struct quote_source *s)
{
	return quote_number_text(cx, s->quote);
}

static struct str
total(struct cx *cx, const struct quote_source *s)
{
	return lines_money(cx, s->sums.net, s->currency);
}

static struct str
gross(struct cx *cx, const struct quote_source *s)
{
	return lines_money(cx, s->sums.gross, s->currency);
}

static struct str
owner_name(struct cx *cx, const struct quote_source *s)
{
	(void)cx;
	return text_of(s->owner, USER_NAME);
}

static struct str
owner_phone(struct cx *cx, const struct quote_source *s)
{
	(void)cx;
	return text_of(s->owner, USER_PHONE);
}

static struct str
owner_email(struct cx *cx, const struct quote_source *s)
{
	(void)cx;
	return text_of(s->owner, USER_EMAIL);
}

static struct str
company(struct cx *cx, const struct quote_source *s)
{
	(void)cx;
	return text_of(s->unit, UNIT_COMPANY);
}

static const struct {
	const char *name, *label;
	struct str (*text)(struct cx *cx, const struct quote_source *s);
} PLACEHOLDERS[] = {
	{ "salutation", N_("Salutation"), quote_salutation },
	{ "party.name", N_("Name of the customer"), party_name },
	{ "party.city", N_("Town of the customer"), party_city },
	{ "contact.name", N_("Contact person"), contact_name },
	{ "quote.number", N_("Number of the quote"), number },
	{ "quote.subject", N_("Subject of the quote"), quote_title },
	{ "quote.date", N_("Day of the quote"), quote_day },
	{ "quote.total", N_("Net total"), total },
	{ "quote.gross", N_("Total with tax"), gross },
	{ "valid_until", N_("Valid until"), quote_until },
	{ "owner.name", N_("Person in charge"), owner_name },
	{ "owner.phone", N_("Phone of the person in charge"), owner_phone },
	{ "owner.email", N_("E-mail of the person in charge"), owner_email },
	{ "company", N_("Your company"), company },
};

bool
quote_placeholder(struct cx *cx, size_t i, struct str *name, struct str *label)
{
	if (i >= countof(PLACEHOLDERS))
		return false;
	*name = str_printf(cx->mem, "{{%s}}", PLACEHOLDERS[i].name);
	*label = str_of(tr(cx, PLACEHOLDERS[i].label));
	return true;
}

/* ---- checking ---- */

static bool
is_placeholder(struct str name)
{
	for (size_t i = 0; i < countof(PLACEHOLDERS); i++)
		if (str_eq_z(name, PLACEHOLDERS[i].name))
			return true;
	return false;
}

static struct str
all_names(struct cx *cx)
{
	struct buf out = buf_in(cx->mem, NAMES_MAX);

	for (size_t i = 0; i < countof(PLACEHOLDERS); i++)
		buf_printf(&out, "%s%s", i ? ", " : "", PLACEHOLDERS[i].name);
	return buf_done(&out);
}

/* "#valid_until" begins a part that is shown where there is one. */
static struct str
name_in(struct str tag)
{
	tag = str_trim(tag);
	if (tag.n && memchr("#^/", tag.p[0], 3))
		tag = str_trim(str_from(tag, 1));
	return tag;
}

static bool
compile(struct cx *cx, struct str text, const struct mustache **out)
{
	const struct mustache_options options = { .plain = true };

	return mustache_compile(cx, cx->mem, S("text"), text, &options, out);
}

bool
quote_words_check(struct cx *cx, struct str field, struct str text)
{
	const struct mustache *compiled;
	size_t at, end;

	for (struct str rest = text; str_find(rest, S("{{"), &at); rest = str_from(rest, end + 2)) {
		struct str name;

		rest = str_from(rest, at + 2);
		if (!str_find(rest, S("}}"), &end))
			return fail_field(cx, field, "placeholder",
					  "A placeholder begins with {{ and does not end with }}: "
					  "“%.*s”",
					  STR_FMT(str_begin(rest, NAME_SHOWN)));
		name = name_in(str_first(rest, end));
		if (!is_placeholder(name))
			return fail_field(cx, field, "placeholder",
					  "There is no placeholder “%.*s”; there are: %.*s",
					  STR_FMT(str_begin(name, NAME_SHOWN)),
					  STR_FMT(all_names(cx)));
	}
	if (compile(cx, text, &compiled))
		return true;
	if (cx->err.code != E_INPUT)
		return false;
	fail_clear(cx);
	return fail_field(cx, field, "placeholder",
			  "The placeholders of this text do not fit together: what begins with "
			  "{{#name}} ends with {{/name}}");
}

static bool
texts_are_right(struct cx *cx, struct change *c, const unsigned *fields, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (c->after->v[fields[i]].kind == V_TEXT &&
		    changed(c, c->object->fields[fields[i]]) &&
		    !quote_words_check(cx, c->object->fields[fields[i]]->name,
				       c->after->v[fields[i]].s))
			return false;
	return true;
}

static bool
block_is_right(struct cx *cx, struct change *c)
{
	static const unsigned fields[] = { TEXT_BLOCK_TEXT_DE, TEXT_BLOCK_TEXT_EN };

	return c->op == CHANGE_ERASE || texts_are_right(cx, c, fields, countof(fields));
}

static bool
quote_is_right(struct cx *cx, struct change *c)
{
	static const unsigned fields[] = { QUOTE_INTRO, QUOTE_CLOSING };

	return c->op == CHANGE_ERASE || texts_are_right(cx, c, fields, countof(fields));
}

/* ---- filling ---- */

/* Words that stand for themselves, whatever signs are in them. */
struct str
quote_words(struct cx *cx, struct str text)
{
	struct buf out = buf_in(cx->mem, TEXT_MAX);

	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] > ' ' && text.p[i] < 0x7f &&
		    !(text.p[i] >= '0' && text.p[i] <= '9') &&
		    !((text.p[i] | 32) >= 'a' && (text.p[i] | 32) <= 'z'))
			buf_char(&out, '\\');
		buf_char(&out, text.p[i]);
	}
	return buf_done(&out);
}

/* "party.name" is the name in the map of the party. */
static void
put(struct cx *cx, struct mv data, struct str name, struct mv value)
{
	struct str first = str_cut(&name, '.');
	struct mv inner;

	if (!name.n) {
		mv_set(data, first, value);
		return;
	}
	if (!mv_get(&data, first, &inner)) {
		inner = mv_map(cx->mem);
		mv_set(data, first, inner);
	}
	mv_set(inner, name, value);
}

bool
quote_words_fill(struct cx *cx, const struct quote_source *s, struct str text, struct str *out)
{
	struct buf filled = buf_in(cx->mem, TEXT_MAX);
	struct mv data = mv_map(cx->mem);
	const struct mustache *compiled;
	size_t at;

	*out = text;
	if (!str_find(text, S("{{"), &at))
		return true;
	if (!compile(cx, text, &compiled)) {
		fail_clear(cx); /* from before placeholders were looked at: as it stands */
		return true;
	}
	for (size_t i = 0; i < countof(PLACEHOLDERS); i++)
		put(cx, data, str_of(PLACEHOLDERS[i].name),
		    mv_text(quote_words(cx, PLACEHOLDERS[i].text(cx, s))));
	if (!mustache_render(cx, compiled, &data, NULL, &filled))
		return false;
	*out = buf_done(&filled);
	return true;
}

static const struct hook hooks[] = { { "text_block", HOOK_RULES, block_is_right },
				     { "quote", HOOK_RULES, quote_is_right },
				     { 0 } };

const struct feature feature_quote_words = { .name = "quotewords", .hooks = hooks };
