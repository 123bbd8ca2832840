#include "data/vcard.h"

#include "base/test.h"

enum { SHOWN_MAX = 1 << 20 };

static bool
show_row(void *to, const struct csv_row *row)
{
	struct buf *out = to;

	buf_int(out, row->number);
	buf_char(out, ':');
	for (size_t i = 0; i < row->n; i++) {
		buf_str(out, row->cells[i]);
		buf_char(out, '|');
	}
	return true;
}

static void
show_note(void *to, const struct row_note *note)
{
	struct buf *out = to;

	buf_printf(out, "[%.*s]", STR_FMT(note->why));
}

#define CARD(version, text) "BEGIN:VCARD\r\nVERSION:" version "\r\n" text "END:VCARD\r\n"
static const struct {
	const char *in, *want;
} cases[] = {
	{ "", "The file has no cards" },
	{ CARD("3.0", "N:Weber;Anna;;Dr.;\r\nFN:Dr. Anna Weber\r\n"),
	  "0:Academic title|Given name|Family name|Name|1:Dr.|Anna|Weber|Dr. Anna Weber|" },
	/* folded lines, a group, escaped signs, several values */
	{ CARD("4.0", "FN:Anna\r\n  Weber\r\nitem1.NOTE:eins\\, zwei\\;\\n\r\n drei\r\n"
		      "CATEGORIES:a,b\\,c\r\nCATEGORIES:d\r\n"),
	  "0:Name|Categories|Notes|1:Anna Weber|a;b,c;d|eins, zwei;\ndrei|" },
	/* 2.1: quoted-printable with soft line breaks, character sets, words alone, UTF-8 anyway */
	{ CARD("2.1",
	       "N;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:Gr=F6=DFmann;J=FC=\r\nrgen\r\n"
	       "TEL;CELL;VOICE:0171 1\r\nTEL;WORK;FAX:0228 2\r\nTEL;HOME:0228 3\r\n"
	       "ORG;QUOTED-PRINTABLE:M=C3=BCller\r\n"),
	  "0:Given name|Family name|Name|Company|Phone|Mobile phone|Fax|1:Jürgen|Größmann|Jürgen "
	  "Größmann|Müller|0228 3|0171 1|0228 2|" },
	{ CARD("2.1", "FN:J\xfcrgen\r\n"), "0:Name|1:Jürgen|" },
	/* what is preferred is the first; addresses by type; a day in two ways */
	{ CARD("4.0", "FN:A\r\nEMAIL:b@x.example\r\nEMAIL;PREF=1:a@x.example\r\n"
		      "TEL;VALUE=uri;TYPE=\"voice,home\":tel:+49-228-5;ext=1\r\nBDAY:19850412\r\n"),
	  "0:Name|E-mail|E-mail 2|Phone|Birthday|1:A|a@x.example|b@x.example|+49-228-5|1985-04-12|" },
	{ CARD("3.0", "FN:A\r\nADR;TYPE=HOME:;;Weg 1;Bonn;;53113;\r\nADR;TYPE=WORK:PF 2;;Markt "
		      "3\\nHof;K\xc3\xb6ln;NRW;50667;DE\r\nBDAY:1985-04-12T00:00:00Z\r\n"),
	  "0:Name|Street|Postcode|City|Region|Country|Private street|Private postcode|Private "
	  "city|Birthday|1:A|Markt 3, Hof, PF 2|50667|Köln|NRW|DE|Weg 1|53113|Bonn|1985-04-12|" },
	/* companies; pictures; what is not read; a card within a card */
	{ CARD("4.0", "KIND:org\r\nFN:Nord AG\r\nPHOTO:data:AAAA\r\nX-SKYPE:nord\r\n") CARD(
		  "3.0",
		  "FN:S\xc3\xbc\xc3\x9f\r\nORG:S\xc3\xbc\xc3\x9f;Laden\r\nLOGO;ENCODING=b:AA\r\n BB\r\n"),
	  "0:Company|Department|1:Nord AG|2:Süß|Laden|[Pictures and other files of the cards are "
	  "left out: 2.][What the cards also have is not read: X-SKYPE.]" },
	{ CARD("2.1",
	       "FN:A\r\nAGENT:\r\nBEGIN:VCARD\r\nFN:B\r\nEND:VCARD\r\nEMAIL:a@x.example\r\n"),
	  "0:Name|E-mail|1:A|a@x.example|[What the cards also have is not read: AGENT.]" },
	{ CARD("3.0", "FN:A\r\n") "BEGIN:VCARD\r\nFN:B\r\n",
	  "card 2, line 6: the card has no end (END:VCARD); the file was cut off" },
	{ "BEGIN:VCARD\nno property\nFN:A\nEND:VCARD", "0:Name|1:A|" },
};

static void
test_cards_become_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		struct cx *cx = cx_new(&env_real, CX_MEM_DEFAULT);
		struct buf out = buf_in(cx->mem, SHOWN_MAX);
		const struct row_reader reader = { show_row, show_note, &out };
		bool ok = vcard_read(cx, str_of(cases[i].in), &reader);

		assert_str(ok ? buf_done(&out) : cx->err.why, cases[i].want);
		cx_free(&cx);
	}
}

static void
test_columns_know_what_they_become(void **state)
{
	(void)state;
	assert_str(vcard_target(S("E-mail"), true), "email");
	assert_str(vcard_target(S("E-mail 2"), true), "contact_point.email.value");
	assert_str(vcard_target(S("Company"), true), "parent_party");
	assert_str(vcard_target(S("Company"), false), "name");
	assert_str(vcard_target(S("E-mail 9"), true), "");
	assert_str(vcard_target(S("Name"), false), "");
	assert_str(vcard_target(S("Position"), true), "");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cards_become_rows),
		cmocka_unit_test(test_columns_know_what_they_become),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
