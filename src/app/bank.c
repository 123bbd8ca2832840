#include "app/bank.h"

#include "app/features.h"
#include "base/feature.h"
#include "base/i18n.h"
#include "model/ids.h"
#include "record/record.h"

enum { IBAN_MIN = 15, GROUP = 4, MODULUS = 97, BIC_SHORT = 8, BIC_LONG = 11, BIC_LETTERS = 6 };

static const struct {
	const char *country;
	size_t n;
} LENGTHS[] = { { "DE", 22 }, { "AT", 20 }, { "CH", 21 }, { "LI", 21 }, { "NL", 18 },
		{ "BE", 16 }, { "LU", 20 }, { "FR", 27 }, { "IT", 27 }, { "ES", 24 },
		{ "PL", 28 }, { "CZ", 24 }, { "DK", 18 }, { "GB", 22 }, { "SE", 24 } };

static bool
is_letter(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Without blanks, in capitals; false where something else is in it, or too much. */
static bool
compact(struct str text, char *out, size_t max, size_t *n)
{
	*n = 0;
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (c == ' ')
			continue;
		if (c >= 'a' && c <= 'z')
			c = (char)(c - 'a' + 'A');
		if (*n == max || !(is_letter(c) || is_digit(c)))
			return false;
		out[(*n)++] = c;
	}
	return true;
}

/* The first four stand at the end; a letter is a number from 10 on. */
static int
rest_of(const char *iban, size_t n)
{
	int rest = 0;

	for (size_t i = 0; i < n; i++) {
		char c = iban[(i + GROUP) % n];

		rest = is_digit(c) ? rest * 10 + (c - '0') : rest * 100 + (c - 'A' + 10);
		rest %= MODULUS;
	}
	return rest;
}

static bool
has_length(const char *iban, size_t n)
{
	for (size_t i = 0; i < countof(LENGTHS); i++)
		if (iban[0] == LENGTHS[i].country[0] && iban[1] == LENGTHS[i].country[1])
			return n == LENGTHS[i].n;
	return n >= IBAN_MIN;
}

bool
iban_parse(struct str text, struct buf *out)
{
	char iban[IBAN_MAX];
	size_t n;

	if (!compact(text, iban, sizeof iban, &n) || n < IBAN_MIN || !is_letter(iban[0]) ||
	    !is_letter(iban[1]) || !is_digit(iban[2]) || !is_digit(iban[3]) ||
	    !has_length(iban, n) || rest_of(iban, n) != 1)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (i && i % GROUP == 0)
			buf_char(out, ' ');
		buf_char(out, iban[i]);
	}
	return true;
}

bool
bic_parse(struct str text, struct buf *out)
{
	char bic[BIC_LONG];
	size_t n;

	if (!compact(text, bic, sizeof bic, &n) || (n != BIC_SHORT && n != BIC_LONG))
		return false;
	for (size_t i = 0; i < BIC_LETTERS; i++)
		if (!is_letter(bic[i]))
			return false;
	buf_str(out, (struct str){ bic, n });
	return true;
}

/* ---- the rule ---- */

static bool
put_checked(struct cx *cx, struct change *c, unsigned field,
	    bool (*parse)(struct str text, struct buf *out), const char *why)
{
	const struct field *f = c->object->fields[field];
	struct buf text = buf_in(cx->mem, IBAN_TEXT_MAX);

	if (c->after->v[field].kind != V_TEXT || !changed(c, f))
		return true;
	if (!parse(c->after->v[field].s, &text))
		return fail_field(cx, f->name, "format", "%s", tr(cx, why));
	if (!str_eq(buf_done(&text), c->after->v[field].s))
		change_put(c, f, value_text(buf_done(&text)));
	return true;
}

static bool
account_rules(struct cx *cx, struct change *c)
{
	bool ok = put_checked(cx, c, BANK_ACCOUNT_IBAN, iban_parse,
			      N_("This is no IBAN: its length or its check digits are wrong; "
				 "compare it with the source"));

	return put_checked(cx, c, BANK_ACCOUNT_BIC, bic_parse,
			   N_("This is no BIC: it has 8 or 11 letters and digits, as in "
			      "COBADEFFXXX")) &&
	       ok;
}

static const struct hook hooks[] = { { "bank_account", HOOK_RULES, account_rules }, { 0 } };

const struct feature feature_bank = { .name = "bank", .hooks = hooks };
