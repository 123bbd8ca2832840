#include "record/test_house.h"

#include "data/guess.h"

struct house {
	struct test_house t;
	struct cx *cx;
};

static int
setup(void **state)
{
	struct house *h = test_calloc(1, sizeof *h);

	if (!test_house_open(&h->t, TEST_SQLITE, NULL))
		return 1;
	h->cx = h->t.cx;
	*state = h;
	return 0;
}

static int
teardown(void **state)
{
	struct house *h = *state;

	test_house_close(&h->t);
	test_free(h);
	return 0;
}

static void
test_headers_name_their_fields(void **state)
{
	static const struct {
		const char *object, *header, *want;
	} cases[] = {
		{ "person", "Vorname", "given_name" },
		{ "person", "NACHNAME", "family_name" },
		{ "person", "Firma", "parent_party" },
		{ "person", "E-Mail-Adresse", "email" },
		{ "person", "E-mail 1 - Value", "email" },
		{ "person", "Tel.:", "phone" },
		{ "person", "Mobile Phone", "mobile" },
		{ "person", "Straße (geschäftlich)", "street" },
		{ "person", "Business Postal Code", "postcode" },
		{ "person", "Home City", "address.private.city" },
		{ "person", "Telefax", "contact_point.fax.value" },
		{ "person", "Geburtsdatum", "birthday" },
		{ "person", "Lifecycle stage", "stage" },
		{ "person", "Blutgruppe", "" },
		{ "person", "", "" },
		{ "organisation", "Firma", "name" },
		{ "organisation", "Branche", "industry" },
		{ "deal", "Kunde", "party" },
	};
	struct house *h = *state;

	for (size_t i = 0; i < countof(cases); i++) {
		const struct object *object;
		const struct face *face = NULL;
		struct str got;

		object = object_find(h->cx->model, str_of(cases[i].object), &face);
		got = guess_header(h->cx, object, face, str_of(cases[i].header));
		if (!str_eq_z(got, cases[i].want))
			fail_msg("%s: %s became \"%.*s\", not \"%s\"", cases[i].object,
				 cases[i].header, STR_FMT(got), cases[i].want);
	}
}

static void
test_columns_become_a_map_and_back(void **state)
{
	static const char want[] =
		"object person\nformat csv delimiter=\";\" encoding=auto header=yes\n"
		"columns \"Vorname\" \"Nachname\" \"Column 3\" \"Tel\" \"Tel (2)\" \"Preis \\\"x\\\"\"\n"
		"dates \"D/M/YYYY\"\nnumbers ,\nmatch email or name named\n"
		"field given_name \"Vorname\"\nfield family_name \"Nachname\"\nfield email \"Column 3\"\n"
		"field phone \"Tel\"\npart contact_point value=\"Tel (2)\" with type=phone\n"
		"skip \"Preis \\\"x\\\"\"\nfield name \"Vorname\" \"Nachname\"\n";
	struct str rows = S("Vorname;Nachname;;Tel;Tel;\"Preis \"\"x\"\"\"\n"
			    "Eva;Roth;e@roth.example;0228 123456;0228 123457;1.234,50\n"
			    "Max;Roth;m@roth.example;0228 123458;;31/12/2020\n");
	struct house *h = *state;
	struct guess guess = { .header = true };
	struct buf text = buf_in(h->cx->mem, 1 << 16), again = buf_in(h->cx->mem, 1 << 16);
	struct map map;

	guess.object = object_find(h->cx->model, S("person"), &guess.face);
	assert_true(guess_file(h->cx, (struct source){ source_str, &rows }, &guess));
	assert_true(guess_map(h->cx, &guess, &text));
	assert_string_equal(str_z(h->cx->mem, buf_done(&text)), want);
	assert_true(map_parse(h->cx, S("a.map"), buf_done(&text), &map));
	guess_of_map(h->cx, &map, &guess);
	assert_true(guess_map(h->cx, &guess, &again));
	assert_string_equal(str_z(h->cx->mem, buf_done(&again)), want);
}

static void
test_what_stands_in_a_column_says_its_kind(void **state)
{
	static const struct {
		enum field_type want;
		const char *values[8];
	} cases[] = {
		{ FT_TEXT, { 0 } },
		{ FT_TEXT, { "Ahorn", "Birke", "Eiche" } },
		{ FT_ENUM, { "rot", "Rot", "blau", "rot", "grün", "blau" } },
		{ FT_TEXT, { "rot", "blau", "grün", "rot" } },
		{ FT_BOOL, { "ja", "Nein", "JA" } },
		{ FT_INT, { "1", "0", "-17", "12345" } },
		{ FT_TEXT, { "01099", "53113" } }, /* a postcode is no quantity */
		{ FT_DECIMAL, { "1,5", "2", "0,25", "1.234,50" } },
		{ FT_DECIMAL, { "1,234,567.8", "3.5" } },
		{ FT_TEXT, { "1.2.3", "4" } },
		{ FT_DATE, { "03.04.1971", "1.1.99", "31.12.2026" } },
		{ FT_DATE, { "2026-12-31" } },
		{ FT_DATETIME, { "31.12.2026 17:30", "2026-12-31T08:00:00Z" } },
		{ FT_TEXT, { "31.12.2026", "31.12.2026 17:30" } },
		{ FT_EMAIL, { "a@b.example", "c.d@e.example" } },
		{ FT_PHONE, { "0228 555010", "+49 171 5550101", "(0228) 555-19" } },
		{ FT_URL, { "https://a.example", "www.b.example" } },
		{ FT_LONGTEXT, { "eins\nzwei", "drei" } },
	};
	struct house *h = *state;

	for (size_t i = 0; i < countof(cases); i++) {
		struct guess_kind kind = { 0 };

		for (size_t k = 0; k < countof(cases[i].values) && cases[i].values[k]; k++)
			guess_kind_add(h->cx, &kind, str_of(cases[i].values[k]));
		if (guess_type(&kind) != cases[i].want)
			fail_msg("row %zu: %d, not %d", i, (int)guess_type(&kind),
				 (int)cases[i].want);
	}
}

static void
test_too_many_values_are_no_list(void **state)
{
	struct house *h = *state;
	struct guess_kind kind = { 0 };

	for (int i = 0; i < 5 * (GUESS_OPTIONS + 1); i++)
		guess_kind_add(h->cx, &kind,
			       str_printf(h->cx->mem, "Wert %c", 'A' + i % (GUESS_OPTIONS + 1)));
	assert_true(kind.many);
	assert_int_equal(guess_type(&kind), FT_TEXT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_headers_name_their_fields, setup, teardown),
		cmocka_unit_test_setup_teardown(test_what_stands_in_a_column_says_its_kind, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_too_many_values_are_no_list, setup, teardown),
		cmocka_unit_test_setup_teardown(test_columns_become_a_map_and_back, setup,
						teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
