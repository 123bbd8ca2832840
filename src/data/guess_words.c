/* The words by which people call their columns, folded: lower case, ä as a, ß as ss, signs as
 * blanks.  Headers of Outlook and Google in both languages are among them. */
#include "data/guess.h"

#include "base/fold.h"
#include "base/i18n.h"

static const struct word_row {
	const char *face;   /* NULL: any */
	const char *target; /* the first that the object has */
	const char *words;
} WORDS[] = {
	{ "person", "given_name", "vorname|first name|firstname|given name|forename|rufname" },
	{ "person", "family_name",
	  "nachname|last name|lastname|family name|surname|familienname|zuname" },
	{ "person", "name",
	  "name|full name|display name|anzeigename|vollstandiger name|ansprechpartner|"
	  "ansprechpartnerin|kontakt|kontaktperson|contact|contact name|person" },
	{ "person", "academic_title",
	  "titel|title|akademischer titel|akad titel|academic title|name prefix|prefix" },
	{ "person", "salutation", "anrede|salutation|geschlecht|gender" },
	{ "person", "parent_party",
	  "firma|firmenname|unternehmen|unternehmensname|company|company name|organisation|"
	  "organization|organisation name|organization name|organization 1 name|arbeitgeber|account|"
	  "account name|kunde|kundenname|betrieb|employer" },
	{ "organisation", "name",
	  "name|firma|firmenname|unternehmen|unternehmensname|company|company name|organisation|"
	  "organization|organisation name|organization name|account|account name|kunde|kundenname|"
	  "betrieb|name 1" },
	{ "organisation", "parent_party",
	  "konzern|muttergesellschaft|mutter|parent|parent company" },
	{ NULL, "party",
	  "firma|unternehmen|company|kunde|kundenname|customer|account|account name|organisation|"
	  "organization|kontakt|contact" },
	{ NULL, "email",
	  "e mail|email|mail|e mail adresse|email adresse|mailadresse|email address|e mail address|"
	  "e mail 1|e mail 1 value|e mail geschaftlich|business e mail|primary email|e mail dienstlich" },
	{ NULL, "phone",
	  "telefon|tel|phone|telefonnummer|tel nr|tel nummer|telefon nr|phone number|telephone|"
	  "festnetz|telefon geschaftlich|business phone|phone 1 value|telefon 1|rufnummer|"
	  "telefon dienstlich|durchwahl|primary phone|telefon firma|work phone" },
	{ NULL, "mobile",
	  "mobil|mobile|handy|mobiltelefon|mobilnummer|handynummer|mobile phone|cell|cell phone|"
	  "mobil nr|mobil tel|mobile number|phone 2 value|funk" },
	{ NULL, "website",
	  "website|webseite|homepage|web|url|internet|www|web page|webpage|internetseite|"
	  "website 1 value|internetadresse" },
	{ NULL, "street",
	  "strasse|str|street|strasse geschaftlich|business street|address 1 street|adresse|anschrift|"
	  "strasse hausnummer|strasse und hausnummer|strasse nr|strasse und nr|strasse hausnr|"
	  "street address|address|hausnummer|hausnr|haus nr|house number|address line 1" },
	{ NULL, "postcode",
	  "plz|postleitzahl|zip|zip code|postcode|postal code|business postal code|"
	  "postleitzahl geschaftlich|address 1 postal code" },
	{ NULL, "city",
	  "ort|stadt|city|town|wohnort|business city|ort geschaftlich|address 1 city|sitz" },
	{ NULL, "region",
	  "bundesland|region|state|business state|bundesland kanton geschaftlich|address 1 region|"
	  "kanton|province" },
	{ NULL, "country",
	  "land|country|staat|business country region|business country|land region geschaftlich|"
	  "address 1 country|land geschaftlich" },
	{ NULL, "contact_point.email.value",
	  "e mail 2|email 2|e mail 2 value|e mail 2 adresse|e mail 2 address|e mail privat|"
	  "private e mail|personal email|e mail 3|e mail 3 value|e mail 3 adresse|e mail 3 address|"
	  "weitere e mail|other email|zweite e mail" },
	{ NULL, "contact_point.phone.value",
	  "telefon 2|home phone|telefon privat|business phone 2|telefon geschaftlich 2|phone 3 value|"
	  "other phone|home phone 2|weiteres telefon|telefon zentrale|zentrale|company main phone|"
	  "hauptnummer firma|telefon 3|telefon 2 privat|weitere telefonnummer" },
	{ NULL, "contact_point.fax.value",
	  "fax|telefax|faxnummer|fax nr|business fax|fax geschaftlich|fax 1|fax number" },
	{ NULL, "contact_point.social.value",
	  "linkedin|xing|twitter|x|instagram|facebook|mastodon" },
	{ NULL, "address.private.lines",
	  "home street|strasse privat|privatstrasse|address 2 street" },
	{ NULL, "address.private.postcode",
	  "home postal code|postleitzahl privat|plz privat|address 2 postal code" },
	{ NULL, "address.private.city", "home city|ort privat|wohnort privat|address 2 city" },
	{ NULL, "address.private.country",
	  "home country region|home country|land region privat|land privat|address 2 country" },
	{ NULL, "address.other.lines", "other street|weitere strasse|address 3 street" },
	{ NULL, "address.other.postcode",
	  "other postal code|weitere postleitzahl|address 3 postal code" },
	{ NULL, "address.other.city", "other city|weiterer ort|address 3 city" },
	{ NULL, "address.billing.lines",
	  "rechnungsstrasse|rechnungsadresse strasse|billing street" },
	{ NULL, "address.billing.postcode",
	  "rechnungs plz|rechnungsadresse plz|billing postal code" },
	{ NULL, "address.billing.city", "rechnungsort|rechnungsadresse ort|billing city" },
	{ NULL, "address.delivery.lines", "lieferstrasse|lieferadresse strasse|delivery street" },
	{ NULL, "address.delivery.postcode", "liefer plz|lieferadresse plz|delivery postal code" },
	{ NULL, "address.delivery.city", "lieferort|lieferadresse ort|delivery city" },
	{ NULL, "birthday",
	  "geburtstag|geburtsdatum|birthday|date of birth|geb datum|geboren|geboren am|geb" },
	{ NULL, "external_id",
	  "kundennummer|kunden nr|kundennr|kd nr|customer number|customer no|customer id|debitor|"
	  "debitorennummer|debitoren nr|lieferantennummer|externe id|external id|adressnummer" },
	{ NULL, "industry", "branche|industry|sector|wirtschaftszweig|sektor" },
	{ NULL, "notes",
	  "notiz|notizen|bemerkung|bemerkungen|notes|note|kommentar|comment|comments|anmerkung|"
	  "anmerkungen|info" },
	{ NULL, "tags",
	  "kategorie|kategorien|categories|category|tags|schlagworte|stichworte|labels|"
	  "group membership|gruppe|gruppen" },
	{ NULL, "roles", "rolle|rollen|role|roles|art|typ|type" },
	{ NULL, "language", "sprache|language" },
	{ NULL, "employees", "mitarbeiter|mitarbeiterzahl|anzahl mitarbeiter|employees|headcount" },
	{ NULL, "revenue", "umsatz|jahresumsatz|revenue|annual revenue|turnover" },
	{ NULL, "legal_form", "rechtsform|legal form" },
	{ NULL, "founded", "grundungsjahr|gegrundet|founded|gegrundet in" },
	{ NULL, "source", "quelle|herkunft|source|lead source|leadquelle" },
	{ NULL, "owner",
	  "betreuer|betreuerin|verantwortlich|zustandig|owner|account manager|vertriebler|"
	  "ansprechpartner intern|mitarbeiter intern" },
	{ NULL, "name", "name|bezeichnung|titel|title|betreff|subject" },
};

/* Signs as blanks, one between words. */
static struct str
plain_words(struct arena *mem, struct str text)
{
	struct str key = fold_key(mem, text);
	struct buf out = buf_fixed(mem, key.n + 1);
	bool gap = false;

	for (size_t i = 0; i < key.n; i++) {
		unsigned char c = (unsigned char)key.p[i];
		bool is_sign = c < 0x80 && !(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9');

		if (is_sign) {
			gap = out.n;
			continue;
		}
		if (gap)
			buf_char(&out, ' ');
		gap = false;
		buf_char(&out, (char)c);
	}
	return buf_done(&out);
}

static bool
is_among(const char *words, struct str wanted)
{
	struct str rest = str_of(words);

	while (rest.n)
		if (str_eq(str_cut(&rest, '|'), wanted))
			return true;
	return false;
}

/* By the names and labels of the model, in both languages. */
static struct str
by_label(struct cx *cx, const struct object *object, struct str words)
{
	struct arena *mem = cx->mem;

	for (unsigned i = SF__MAX; i < object->n_fields; i++) {
		const struct field *f = object->fields[i];

		if (!guess_can(cx, object, f->name))
			continue;
		if (str_eq(plain_words(mem, f->name), words))
			return f->name;
		for (int lang = 0; lang < LANG__MAX; lang++)
			if (str_eq(plain_words(mem, tr_str((enum lang)lang, f->label)), words))
				return f->name;
	}
	return S("");
}

struct str
guess_header(struct cx *cx, const struct object *object, const struct face *face, struct str header)
{
	struct str words = plain_words(cx->mem, header);

	if (!words.n)
		return S("");
	for (size_t i = 0; i < countof(WORDS); i++) {
		const struct word_row *row = &WORDS[i];

		if (row->face && (!face || !str_eq_z(face->name, row->face)))
			continue;
		if (is_among(row->words, words) && guess_can(cx, object, str_of(row->target)))
			return str_of(row->target);
	}
	return by_label(cx, object, words);
}

/* ---- what stands in a column ---- */

static bool
is_mail(struct str s)
{
	size_t at;

	return str_find(s, S("@"), &at) && at && !memchr(s.p, ' ', s.n) &&
	       memchr(s.p + at, '.', s.n - at);
}

static bool
is_url(struct str s)
{
	return str_starts(s, S("http://")) || str_starts(s, S("https://")) ||
	       str_starts(s, S("www."));
}

static bool
is_phone(struct str s)
{
	size_t n_digits = 0;

	for (size_t i = 0; i < s.n; i++) {
		bool is_digit = s.p[i] >= '0' && s.p[i] <= '9';

		n_digits += is_digit;
		if (!is_digit && !strchr("+()/- .", s.p[i]))
			return false;
	}
	return n_digits >= 6 && s.n && strchr("+0(", s.p[0]);
}

static const struct {
	bool (*looks)(struct str s);
	const char *target;
} LOOKS[] = { { is_mail, "email" }, { is_url, "website" }, { is_phone, "phone" } };

struct str
guess_content(const struct guess_column *column)
{
	for (size_t i = 0; i < countof(LOOKS); i++) {
		size_t n = 0;

		while (n < column->n_samples && LOOKS[i].looks(column->samples[n]))
			n++;
		if (n && n == column->n_samples)
			return str_of(LOOKS[i].target);
	}
	return S("");
}

struct str
guess_second(struct str target)
{
	static const struct {
		const char *first, *second;
	} others[] = {
		{ "email", "contact_point.email.value" },
		{ "phone", "contact_point.phone.value" },
		{ "mobile", "contact_point.mobile.value" },
		{ "website", "contact_point.web.value" },
	};

	for (size_t i = 0; i < countof(others); i++)
		if (str_eq_z(target, others[i].first))
			return str_of(others[i].second);
	return S("");
}
