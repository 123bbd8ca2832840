#include "app/salutation.h"

#include "base/i18n.h"
#include "model/ids.h"

enum { SALUTATION_MAX = 400 };

enum sex { SEX_UNKNOWN, SEX_FEMALE, SEX_MALE, SEX__MAX };

/* With the family name formally, with the given name among friends; who is neither Ms nor Mr is
 * addressed by his whole name. */
static const struct {
	const char *formal[SEX__MAX], *familiar[SEX__MAX], *nobody;
} WORDS[LANG__MAX] = {
	[LANG_EN] = { { "Dear", "Dear Ms", "Dear Mr" },
		      { "Dear", "Dear", "Dear" },
		      "Dear Sir or Madam" },
	[LANG_DE] = { { "Guten Tag", "Sehr geehrte Frau", "Sehr geehrter Herr" },
		      { "Hallo", "Liebe", "Lieber" },
		      "Sehr geehrte Damen und Herren" },
};

static struct str
text_of(const struct row *row, unsigned field)
{
	return row->v[field].kind == V_TEXT ? row->v[field].s : (struct str){ 0 };
}

static enum sex
sex_of(const struct row *party)
{
	struct str salutation = text_of(party, PARTY_SALUTATION);

	return str_eq(salutation, S("ms"))   ? SEX_FEMALE
	       : str_eq(salutation, S("mr")) ? SEX_MALE
					     : SEX_UNKNOWN;
}

static void
add_word(struct buf *out, struct str word)
{
	if (!word.n)
		return;
	if (out->n)
		buf_char(out, ' ');
	buf_str(out, word);
}

static struct str
trimmed(struct str text)
{
	text = str_trim(text);
	while (text.n && text.p[text.n - 1] == ',')
		text = str_trim((struct str){ text.p, text.n - 1 });
	return text;
}

struct str
letter_salutation(struct cx *cx, const struct row *party, enum lang lang)
{
	struct buf out = buf_in(cx->mem, SALUTATION_MAX);
	struct str given, family, title;
	enum sex sex;

	if (!party)
		return str_of(WORDS[lang].nobody);
	if (trimmed(text_of(party, PARTY_LETTER_SALUTATION)).n)
		return trimmed(text_of(party, PARTY_LETTER_SALUTATION));
	given = text_of(party, PARTY_GIVEN_NAME);
	family = text_of(party, PARTY_FAMILY_NAME);
	title = text_of(party, PARTY_ACADEMIC_TITLE);
	sex = sex_of(party);
	if (str_eq(text_of(party, PARTY_FORM_OF_ADDRESS), S("familiar")) && given.n) {
		buf_z(&out, WORDS[lang].familiar[sex]);
		add_word(&out, given);
		return buf_done(&out);
	}
	if (!str_eq(text_of(party, PARTY_KIND), S("person")) || !family.n ||
	    (sex == SEX_UNKNOWN && !given.n))
		return str_of(WORDS[lang].nobody);
	/* In English the title stands in the place of Ms and Mr. */
	buf_z(&out, lang == LANG_EN && title.n ? "Dear" : WORDS[lang].formal[sex]);
	add_word(&out, title);
	if (sex == SEX_UNKNOWN)
		add_word(&out, given);
	add_word(&out, family);
	return buf_done(&out);
}
