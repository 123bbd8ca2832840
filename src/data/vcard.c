#include "data/vcard.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "data/content_read.h"

enum { MEM_MAX = 64 << 20, SAME_MAX = 5, IGNORED_BYTES = 300, BIRTHDAY = 10, PLACES = 7 };

/* ---- columns ---- */

enum column {
	C_SALUTATION,
	C_ACADEMIC_TITLE,
	C_GIVEN_NAME,
	C_FAMILY_NAME,
	C_NAME,
	C_COMPANY,
	C_DEPARTMENT,
	C_POSITION,
	C_EMAIL,
	C_PHONE,
	C_MOBILE,
	C_FAX,
	C_WEBSITE,
	C_SOCIAL,
	C_MESSENGER,
	C_STREET, /* five that belong together, three times */
	C_POSTCODE,
	C_CITY,
	C_REGION,
	C_COUNTRY,
	C_PRIVATE,
	C_OTHER = C_PRIVATE + 5,
	C_BIRTHDAY = C_OTHER + 5,
	C_LANGUAGE,
	C_CATEGORIES,
	C_NOTE,
	C__MAX
};

/* `more`: what the second one of the same kind becomes, and those behind it. */
static const struct {
	const char *label, *target, *more;
} COLUMNS[C__MAX] = {
	[C_SALUTATION] = { N_("Salutation"), "salutation", NULL },
	[C_ACADEMIC_TITLE] = { N_("Academic title"), "academic_title", NULL },
	[C_GIVEN_NAME] = { N_("Given name"), "given_name", NULL },
	[C_FAMILY_NAME] = { N_("Family name"), "family_name", NULL },
	[C_NAME] = { N_("Name"), "name", NULL },
	[C_COMPANY] = { N_("Company"), "parent_party", NULL },
	[C_DEPARTMENT] = { N_("Department"), "", NULL },
	[C_POSITION] = { N_("Position"), "", NULL },
	[C_EMAIL] = { N_("E-mail"), "email", "contact_point.email.value" },
	[C_PHONE] = { N_("Phone"), "phone", "contact_point.phone.value" },
	[C_MOBILE] = { N_("Mobile phone"), "mobile", "contact_point.mobile.value" },
	[C_FAX] = { N_("Fax"), "contact_point.fax.value", "contact_point.fax.value" },
	[C_WEBSITE] = { N_("Website"), "website", "contact_point.web.value" },
	[C_SOCIAL] = { N_("Social media"), "contact_point.social.value",
		       "contact_point.social.value" },
	[C_MESSENGER] = { N_("Messenger"), "contact_point.messenger.value",
			  "contact_point.messenger.value" },
	[C_STREET] = { N_("Street"), "street", NULL },
	[C_POSTCODE] = { N_("Postcode"), "postcode", NULL },
	[C_CITY] = { N_("City"), "city", NULL },
	[C_REGION] = { N_("Region"), "region", NULL },
	[C_COUNTRY] = { N_("Country"), "country", NULL },
	[C_PRIVATE] = { N_("Private street"), "address.private.lines", NULL },
	[C_PRIVATE + 1] = { N_("Private postcode"), "address.private.postcode", NULL },
	[C_PRIVATE + 2] = { N_("Private city"), "address.private.city", NULL },
	[C_PRIVATE + 3] = { N_("Private region"), "address.private.region", NULL },
	[C_PRIVATE + 4] = { N_("Private country"), "address.private.country", NULL },
	[C_OTHER] = { N_("Further street"), "address.other.lines", NULL },
	[C_OTHER + 1] = { N_("Further postcode"), "address.other.postcode", NULL },
	[C_OTHER + 2] = { N_("Further city"), "address.other.city", NULL },
	[C_OTHER + 3] = { N_("Further region"), "address.other.region", NULL },
	[C_OTHER + 4] = { N_("Further country"), "address.other.country", NULL },
	[C_BIRTHDAY] = { N_("Birthday"), "birthday", NULL },
	[C_LANGUAGE] = { N_("Language"), "language", NULL },
	[C_CATEGORIES] = { N_("Categories"), "tags", NULL },
	[C_NOTE] = { N_("Notes"), "notes", NULL },
};

static struct str
target_of(enum column column, int at, bool is_person)
{
	if (column == C_COMPANY && !is_person)
		return S("name");
	if (column == C_NAME && !is_person)
		return S("");
	return str_of(at ? COLUMNS[column].more : COLUMNS[column].target);
}

struct str
vcard_target(struct str header, bool is_person)
{
	for (int column = 0; column < C__MAX; column++)
		for (int lang = 0; lang < LANG__MAX; lang++) {
			struct str label = tr_str((enum lang)lang, str_of(COLUMNS[column].label));
			struct str rest = str_from(header, label.n);
			int64_t at = 1;

			if (!str_starts(header, label) ||
			    (rest.n && (rest.p[0] != ' ' || !COLUMNS[column].more ||
					!str_int(str_from(rest, 1), 2, SAME_MAX, &at))))
				continue;
			return target_of((enum column)column, (int)at - 1, is_person);
		}
	return S("");
}

/* ---- a card ---- */

struct card {
	struct str v[C__MAX][SAME_MAX];
	struct str full_name, company, department;
	bool is_company, has_office, has_private, has_other;
};

struct cards {
	struct cx *cx;
	const struct row_reader *reader;
	struct content_reader lines;
	struct arena *mem; /* of the card */
	struct card *card;
	int64_t number, n_left_out, n_too_many;
	size_t bytes;
	bool used[C__MAX][SAME_MAX];
	struct buf ignored; /* names of properties, with commas */
	bool is_counting;   /* which columns there are; rows come the second time */
};

static struct str
text_of(const struct cards *cards, struct str part)
{
	return content_plain(cards->mem, part, cards->lines.is_old);
}

static void
put(struct cards *cards, enum column column, struct str text)
{
	int max = COLUMNS[column].more ? SAME_MAX : 1;

	if (!text.n)
		return;
	for (int i = 0; i < max; i++) {
		struct str *place = &cards->card->v[column][i];

		if (str_eq(*place, text))
			return;
		if (place->n)
			continue;
		*place = text;
		return;
	}
	cards->n_too_many++;
}

/* What is preferred comes first. */
static void
put_preferred(struct cards *cards, enum column column, struct str text, bool is_preferred)
{
	struct str *places = cards->card->v[column];
	struct str first = places[0];

	if (!is_preferred || !first.n || !text.n) {
		put(cards, column, text);
		return;
	}
	places[0] = text;
	put(cards, column, first);
}

static bool
is_preferred(const struct content_property *property)
{
	return content_has(property, "TYPE", "PREF") ||
	       str_eq(content_param(property, "PREF"), S("1"));
}

/* Without "tel:", "mailto:" and what stands behind a semicolon of such an address. */
static struct str
without_scheme(struct str text)
{
	static const struct str schemes[] = { S_INIT("tel:"), S_INIT("mailto:"), S_INIT("xmpp:"),
					      S_INIT("x-apple:") };

	for (size_t i = 0; i < countof(schemes); i++)
		if (str_eq_ascii_nocase(str_first(text, schemes[i].n), schemes[i])) {
			text = str_from(text, schemes[i].n);
			return str_cut(&text, ';');
		}
	return text;
}

/* ---- properties ---- */

static void
take_name(struct cards *cards, const struct content_property *property, struct str value)
{
	static const char *const salutations[] = { "Herr", "Herrn", "Hr.", "Frau", "Fr.", "Mr.",
						   "Mr",   "Ms.",   "Ms",  "Mrs.", "Mrs" };
	struct str family = content_cut(&value, ';'), given = content_cut(&value, ';'),
		   middle = content_cut(&value, ';'), prefix = content_cut(&value, ';');
	struct str rest = text_of(cards, prefix), word = str_cut(&rest, ' ');

	(void)property;
	given = text_of(cards, given);
	middle = text_of(cards, middle);
	if (middle.n)
		given = str_trim(
			str_printf(cards->mem, "%.*s %.*s", STR_FMT(given), STR_FMT(middle)));
	put(cards, C_FAMILY_NAME, text_of(cards, family));
	put(cards, C_GIVEN_NAME, given);
	for (size_t i = 0; i < countof(salutations); i++)
		if (str_eq_ascii_nocase(word, str_of(salutations[i]))) {
			put(cards, C_SALUTATION, word);
			put(cards, C_ACADEMIC_TITLE, str_trim(rest));
			return;
		}
	put(cards, C_ACADEMIC_TITLE, text_of(cards, prefix));
}

static void
take_full_name(struct cards *cards, const struct content_property *property, struct str value)
{
	(void)property;
	cards->card->full_name = text_of(cards, value);
}

static void
take_organisation(struct cards *cards, const struct content_property *property, struct str value)
{
	(void)property;
	put(cards, C_COMPANY, text_of(cards, content_cut(&value, ';')));
	put(cards, C_DEPARTMENT, text_of(cards, content_cut(&value, ';')));
}

static void
take_kind(struct cards *cards, const struct content_property *property, struct str value)
{
	(void)property;
	cards->card->is_company |= str_eq_ascii_nocase(str_trim(value), S("org")) ||
				   str_eq_ascii_nocase(str_trim(value), S("COMPANY"));
}

static void
take_phone(struct cards *cards, const struct content_property *property, struct str value)
{
	enum column column = content_has(property, "TYPE", "FAX")    ? C_FAX
			     : content_has(property, "TYPE", "CELL") ? C_MOBILE
								     : C_PHONE;

	put_preferred(cards, column, without_scheme(text_of(cards, value)), is_preferred(property));
}

static void
take_email(struct cards *cards, const struct content_property *property, struct str value)
{
	put_preferred(cards, C_EMAIL, without_scheme(text_of(cards, value)),
		      is_preferred(property));
}

/* Box, further lines and street as one. */
static struct str
street_of(struct cards *cards, const struct str *parts)
{
	static const int order[] = { 2, 1, 0 };
	struct buf out = buf_fixed(cards->mem, VCARD_BYTES_MAX);

	for (size_t i = 0; i < countof(order); i++) {
		struct str rest = parts[order[i]];

		while (rest.n) {
			struct str line = str_trim(str_cut(&rest, '\n'));

			if (out.n && line.n)
				BUF_LIT(&out, ", ");
			buf_str(&out, line);
		}
	}
	return buf_done(&out);
}

static void
take_address(struct cards *cards, const struct content_property *property, struct str value)
{
	struct card *card = cards->card;
	bool is_private =
		content_has(property, "TYPE", "HOME") && !content_has(property, "TYPE", "WORK");
	bool *is_taken = is_private         ? &card->has_private
			 : card->has_office ? &card->has_other
					    : &card->has_office;
	enum column first = is_private ? C_PRIVATE : card->has_office ? C_OTHER : C_STREET;
	struct str parts[PLACES];
	size_t n = 0;

	for (int i = 0; i < PLACES; i++) {
		parts[i] = text_of(cards, content_cut(&value, ';'));
		n += parts[i].n;
	}
	if (!n)
		return;
	if (*is_taken) {
		cards->n_too_many++;
		return;
	}
	*is_taken = true;
	put(cards, first, street_of(cards, parts));
	put(cards, first + 1, parts[5]);
	put(cards, first + 2, parts[3]);
	put(cards, first + 3, parts[4]);
	put(cards, first + 4, parts[6]);
}

/* "19850412", "1985-04-12T00:00:00Z" → 1985-04-12; without a year it is kept as it is. */
static void
take_birthday(struct cards *cards, const struct content_property *property, struct str value)
{
	struct str text = text_of(cards, value), day = str_first(text, BIRTHDAY);
	int64_t date;

	(void)property;
	if (date_parse_as(str_first(text, BIRTHDAY - 2), S("YYYYMMDD"), &date, NULL) ||
	    date_parse(day, &date, NULL)) {
		struct buf out = buf_fixed(cards->mem, BIRTHDAY + 1);

		date_print(&out, date);
		text = buf_done(&out);
	}
	put(cards, C_BIRTHDAY, text);
}

static void
take_categories(struct cards *cards, const struct content_property *property, struct str value)
{
	struct str before = cards->card->v[C_CATEGORIES][0];
	struct buf out = buf_fixed(cards->mem, before.n + value.n + 2);

	(void)property;
	buf_str(&out, before);
	while (value.n) {
		struct str one = text_of(cards, content_cut(&value, ','));

		if (out.n && one.n)
			buf_char(&out, ';');
		buf_str(&out, one);
	}
	cards->card->v[C_CATEGORIES][0] = buf_done(&out);
}

static void
take_note(struct cards *cards, const struct content_property *property, struct str value)
{
	struct str before = cards->card->v[C_NOTE][0], text = text_of(cards, value);

	(void)property;
	cards->card->v[C_NOTE][0] = before.n && text.n ? str_printf(cards->mem, "%.*s\n%.*s",
								    STR_FMT(before), STR_FMT(text))
				    : text.n           ? text
						       : before;
}

static const struct {
	const char *name;
	void (*take)(struct cards *cards, const struct content_property *property,
		     struct str value);
	enum column column; /* without take */
	bool is_binary;
} PROPERTIES[] = {
	{ "N", take_name, 0, false },
	{ "FN", take_full_name, 0, false },
	{ "ORG", take_organisation, 0, false },
	{ "KIND", take_kind, 0, false },
	{ "X-ABSHOWAS", take_kind, 0, false },
	{ "TITLE", NULL, C_POSITION, false },
	{ "EMAIL", take_email, 0, false },
	{ "TEL", take_phone, 0, false },
	{ "ADR", take_address, 0, false },
	{ "URL", NULL, C_WEBSITE, false },
	{ "X-SOCIALPROFILE", NULL, C_SOCIAL, false },
	{ "SOCIALPROFILE", NULL, C_SOCIAL, false },
	{ "IMPP", NULL, C_MESSENGER, false },
	{ "BDAY", take_birthday, 0, false },
	{ "LANG", NULL, C_LANGUAGE, false },
	{ "NOTE", take_note, 0, false },
	{ "CATEGORIES", take_categories, 0, false },
	{ "PHOTO", NULL, 0, true },
	{ "LOGO", NULL, 0, true },
	{ "SOUND", NULL, 0, true },
	{ "KEY", NULL, 0, true },
};

/* What tells nothing about the person. */
static const char *const SILENT[] = { "VERSION",      "PRODID",    "REV",     "UID",
				      "CLASS",        "SOURCE",    "MAILER",  "NAME",
				      "SORT-STRING",  "X-ABLABEL", "X-ABUID", "X-ABADR",
				      "CLIENTPIDMAP", "LABEL" };

static void
ignore(struct cards *cards, struct str name)
{
	size_t at;

	for (size_t i = 0; i < countof(SILENT); i++)
		if (str_eq_ascii_nocase(name, str_of(SILENT[i])))
			return;
	if (!name.n || !str_is_utf8(name, NULL) || str_find(buf_done(&cards->ignored), name, &at))
		return;
	if (cards->ignored.n)
		BUF_LIT(&cards->ignored, ", ");
	buf_str(&cards->ignored, name);
}

static bool
take_property(struct cards *cards, const struct content_property *property)
{
	size_t i = 0;

	while (i < countof(PROPERTIES) &&
	       !str_eq_ascii_nocase(property->name, str_of(PROPERTIES[i].name)))
		i++;
	if (i == countof(PROPERTIES)) {
		ignore(cards, property->name);
		return true;
	}
	if (PROPERTIES[i].is_binary || content_has(property, "ENCODING", "B") ||
	    content_has(property, "ENCODING", "BASE64")) {
		cards->n_left_out++;
		return true;
	}
	cards->bytes += property->value.n;
	if (cards->bytes > VCARD_BYTES_MAX)
		return fail(cards->cx, E_TOO_BIG,
			    "card %lld, line %lld: the card is larger than 2 MiB",
			    (long long)cards->number, (long long)property->line);
	if (PROPERTIES[i].take)
		PROPERTIES[i].take(cards, property, content_decoded(cards->mem, property));
	else
		put(cards, PROPERTIES[i].column,
		    without_scheme(text_of(cards, content_decoded(cards->mem, property))));
	return true;
}

/* ---- from card to row ---- */

/* A card without a person's name is that of the company itself. */
static void
card_names(struct cards *cards)
{
	struct card *card = cards->card;
	struct str *given = &card->v[C_GIVEN_NAME][0], *family = &card->v[C_FAMILY_NAME][0],
		   *company = &card->v[C_COMPANY][0];

	if (!card->full_name.n)
		card->full_name = str_trim(
			str_printf(cards->mem, "%.*s %.*s", STR_FMT(*given), STR_FMT(*family)));
	card->is_company |= company->n && !given->n && !family->n &&
			    (!card->full_name.n || str_eq(card->full_name, *company));
	if (!card->is_company) {
		put(cards, C_NAME, card->full_name);
		return;
	}
	*given = *family = S("");
	put(cards, C_COMPANY, card->full_name);
}

static bool
row_give(struct cards *cards, int64_t number, const struct str (*texts)[SAME_MAX])
{
	struct str cells[C__MAX * SAME_MAX];
	struct csv_row row = { number, cells, 0 };
	size_t n = 0;

	for (int column = 0; column < C__MAX; column++)
		for (int i = 0; i < SAME_MAX; i++) {
			if (!cards->used[column][i])
				continue;
			cells[n++] = texts[column][i];
			if (texts[column][i].n)
				row.n = n;
		}
	return cards->reader->row(cards->reader->to, &row);
}

static bool
card_end(struct cards *cards)
{
	struct card *card = cards->card;

	card_names(cards);
	if (!cards->is_counting)
		return row_give(cards, cards->number, (const struct str(*)[SAME_MAX])card->v);
	for (int column = 0; column < C__MAX; column++)
		for (int i = 0; i < SAME_MAX; i++)
			cards->used[column][i] |= card->v[column][i].n > 0;
	return true;
}

static bool
head_give(struct cards *cards)
{
	struct cx *cx = cards->cx;
	struct str heads[C__MAX][SAME_MAX];

	for (int column = 0; column < C__MAX; column++)
		for (int i = 0; i < SAME_MAX; i++) {
			const char *label = tr(cx, COLUMNS[column].label);

			heads[column][i] =
				i ? str_printf(cx->mem, "%s %d", label, i + 1) : str_of(label);
		}
	return row_give(cards, 0, (const struct str(*)[SAME_MAX])heads);
}

/* ---- the file ---- */

static bool
is_line(const struct content_property *property, const char *name)
{
	return str_eq_ascii_nocase(property->name, str_of(name)) &&
	       str_eq_ascii_nocase(str_trim(property->value), S("VCARD"));
}

static bool
card_begin(struct cards *cards)
{
	if (++cards->number > VCARD_CARDS_MAX)
		return fail(cards->cx, E_TOO_BIG, "A file may have %d cards at most; divide it",
			    VCARD_CARDS_MAX);
	arena_reset(cards->mem);
	cards->card = new(cards->mem, struct card);
	cards->bytes = 0;
	cards->lines.is_old = false;
	return true;
}

static bool
not_ended(struct cards *cards)
{
	return fail(cards->cx, E_INPUT,
		    "card %lld, line %lld: the card has no end (END:VCARD); the file was cut off",
		    (long long)cards->number, (long long)cards->lines.line);
}

/* One card's properties; a card in a card (AGENT of 2.1) is passed over. */
static bool
card_read(struct cards *cards)
{
	struct content_property property;
	int depth = 1;

	if (!card_begin(cards))
		return false;
	while (content_next(&cards->lines, &property)) {
		bool is_end = is_line(&property, "END");

		depth += is_line(&property, "BEGIN") - is_end;
		if (!depth)
			return card_end(cards);
		if (str_eq_ascii_nocase(property.name, S("VERSION")))
			cards->lines.is_old = str_eq(str_trim(property.value), S("2.1"));
		else if (depth == 1 && !is_end && !property.is_bad &&
			 !take_property(cards, &property))
			return false;
	}
	return not_ended(cards);
}

static bool
cards_read(struct cards *cards, struct str bytes)
{
	struct content_property property;

	cards->number = cards->n_left_out = cards->n_too_many = 0;
	cards->lines.rest = str_starts(bytes, S("\xef\xbb\xbf")) ? str_from(bytes, 3) : bytes;
	cards->lines.line = 0;
	while (content_next(&cards->lines, &property))
		if (is_line(&property, "BEGIN") && !card_read(cards))
			return false;
	return true;
}

static void
note(const struct cards *cards, struct str why)
{
	const struct row_note one = { 0, ROW_NO_COLUMN, why, { 0 } };

	cards->reader->note(cards->reader->to, &one);
}

static void
notes_give(const struct cards *cards)
{
	struct cx *cx = cards->cx;

	if (cards->n_left_out)
		note(cards, str_printf(cx->mem,
				       tr(cx, "Pictures and other files of the cards are left out: "
					      "%lld."),
				       (long long)cards->n_left_out));
	if (cards->n_too_many)
		note(cards, str_printf(cx->mem,
				       tr(cx, "More numbers and addresses of a kind than a row "
					      "holds are left out: %lld."),
				       (long long)cards->n_too_many));
	if (cards->ignored.n)
		note(cards,
		     str_printf(cx->mem, tr(cx, "What the cards also have is not read: %.*s."),
				STR_FMT(buf_done(&cards->ignored))));
}

static bool
both_times(struct cards *cards, struct str bytes)
{
	cards->is_counting = true;
	if (!cards_read(cards, bytes))
		return false;
	if (!cards->number)
		return fail(cards->cx, E_INPUT, "The file has no cards");
	if (!head_give(cards))
		return false;
	cards->is_counting = false;
	if (!cards_read(cards, bytes))
		return false;
	notes_give(cards);
	return true;
}

bool
vcard_read(struct cx *cx, struct str bytes, const struct row_reader *reader)
{
	struct cards cards = { .cx = cx,
			       .reader = reader,
			       .mem = arena_new(MEM_MAX),
			       .ignored = buf_fixed(cx->mem, IGNORED_BYTES),
			       .lines.unfolded = buf_heap(bytes.n + 1) };
	bool ok = both_times(&cards, bytes);

	buf_fini(&cards.lines.unfolded);
	arena_free(&cards.mem);
	return ok;
}
