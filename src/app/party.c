/* What a party is called, and whether it is a person. */
#include "app/features.h"

#include "base/feature.h"
#include "model/ids.h"
#include "record/record.h"

enum { NAME_MAX_BYTES = 800 };

static struct str
text_of(const struct row *row, unsigned field)
{
	return row->v[field].kind == V_TEXT ? row->v[field].s : (struct str){ 0 };
}

static void
add_word(struct buf *b, struct str word)
{
	if (!word.n)
		return;
	if (b->n)
		buf_char(b, ' ');
	buf_str(b, word);
}

/* "Dr. Eva Müller"; else whatever is known of it: an address is enough. */
static struct str
composed_name(struct cx *cx, const struct row *row)
{
	static const unsigned otherwise[] = { PARTY_EMAIL, PARTY_PHONE, PARTY_MOBILE,
					      PARTY_WEBSITE };
	struct buf name = buf_in(cx->mem, NAME_MAX_BYTES);

	add_word(&name, text_of(row, PARTY_ACADEMIC_TITLE));
	add_word(&name, text_of(row, PARTY_GIVEN_NAME));
	add_word(&name, text_of(row, PARTY_FAMILY_NAME));
	for (size_t i = 0; !name.n && i < countof(otherwise); i++)
		add_word(&name, text_of(row, otherwise[i]));
	return buf_done(&name);
}

static bool
is_given(const struct change *c, unsigned field)
{
	return fieldset_has(&c->given, field);
}

/* A name that was composed follows its parts; one that somebody wrote stays. */
static bool
party_name(struct cx *cx, struct change *c)
{
	const struct object *o = c->object;
	struct str was = c->before ? composed_name(cx, c->before) : (struct str){ 0 };
	struct str name = text_of(c->after, PARTY_NAME);

	if (c->op == CHANGE_CREATE && !is_given(c, PARTY_KIND) &&
	    text_of(c->after, PARTY_FAMILY_NAME).n)
		change_put(c, o->fields[PARTY_KIND], value_text(S("person")));
	if (name.n && (is_given(c, PARTY_NAME) || !c->before || !str_eq(name, was)))
		return true;
	name = composed_name(cx, c->after);
	if (name.n)
		change_put(c, o->fields[PARTY_NAME], value_text(name));
	return true;
}

static const struct hook hooks[] = { { "party", HOOK_RULES, party_name }, { 0 } };

const struct feature feature_party = { .name = "party", .hooks = hooks };
