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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_headers_name_their_fields, setup, teardown),
		cmocka_unit_test_setup_teardown(test_columns_become_a_map_and_back, setup,
						teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
