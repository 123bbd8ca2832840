#include "model/value.h"

#include "base/test.h"
#include "model/types_world.h"

enum { LONG_MAX_BYTES = 100001 };

static void
read_value(const struct fixture *f, const struct field *field, const char *text, struct value *out)
{
	if (!field->row->parse(f->cx, field, str_of(text), NULL, out))
		fail_msg("%.*s: \"%s\" is not read", STR_FMT(field->name), text);
}

static const struct {
	const char *field, *less, *more;
} ORDERS[] = {
	{ "plain", "", "a" },
	{ "plain", "Apfel", "Äpfel 2" },
	{ "plain", "straße", "Strassen" },
	{ "plain", "a", "B" },
	{ "whole", "", "-5" },
	{ "whole", "-5", "4" },
	{ "day", "2023-12-31", "2024-01-01" },
	{ "price", "1", "1.01" },
	{ "flag", "no", "yes" },
	{ "many", "1", "1,2" },
	{ "many", "1,2", "1,3" },
	{ "about", "thing:9", "user:1" },
	{ "about", "user:1", "user:2" },
	{ "colour", "dark_blue", "red" },
};

static void
test_values_have_an_order(void **state)
{
	const struct fixture *f = *state;

	for (size_t i = 0; i < countof(ORDERS); i++) {
		const struct field *field = field_of(f, ORDERS[i].field);
		struct value less, more;

		read_value(f, field, ORDERS[i].less, &less);
		read_value(f, field, ORDERS[i].more, &more);
		if (field->row->compare(&less, &more) >= 0 ||
		    field->row->compare(&more, &less) <= 0 ||
		    field->row->compare(&less, &less) != 0)
			fail_msg("%s: \"%s\" is not before \"%s\"", ORDERS[i].field, ORDERS[i].less,
				 ORDERS[i].more);
	}
}

static struct str
key_of(const struct fixture *f, const char *name, struct str text)
{
	struct value v = value_text(text);

	return value_key(f->cx->mem, field_of(f, name), &v);
}

static void
test_keys_are_folded_and_bounded(void **state)
{
	const struct fixture *f = *state;
	char *text = arena_alloc(f->cx->mem, LONG_MAX_BYTES);

	assert_str(key_of(f, "plain", S("  Müller-Straße ")), "muller-strasse");
	assert_str(key_of(f, "email", S("Hans@Example.COM")), "hans@example.com");
	assert_str(key_of(f, "phone", S("0171 / 123 45 67")), "+491711234567");
	assert_str(key_of(f, "phone", S("+49 171 1234567")), "+491711234567");
	/* "xß" folds to "xss"; whatever the cut, no half character remains. */
	for (size_t i = 0; i + 3 < LONG_MAX_BYTES; i += 3)
		memcpy(text + i, "→", 3);
	assert_int_equal(key_of(f, "long", (struct str){ text, LONG_MAX_BYTES - 2 }).n,
			 KEY_BYTES_MAX / 3 * 3);
	assert_true(str_is_utf8(key_of(f, "long", (struct str){ text, LONG_MAX_BYTES - 2 }), NULL));
}

static void
test_text_has_a_limit(void **state)
{
	const struct fixture *f = *state;
	char *text = arena_alloc(f->cx->mem, LONG_MAX_BYTES);
	struct value v;

	memset(text, 'x', LONG_MAX_BYTES);
	v = value_text((struct str){ text, 200 });
	assert_true(value_check(f->cx, field_of(f, "plain"), &v));
	v.s.n = 201;
	assert_false(value_check(f->cx, field_of(f, "plain"), &v));
	v.s.n = LONG_MAX_BYTES - 1;
	assert_true(value_check(f->cx, field_of(f, "long"), &v));
	v.s.n = LONG_MAX_BYTES;
	assert_false(value_check(f->cx, field_of(f, "long"), &v));
}

/* A value of the wrong kind never passes. */
static void
test_kinds_are_checked(void **state)
{
	const struct fixture *f = *state;
	const struct value kinds[] = {
		{ .kind = V_INT, .i = 1 },
		{ .kind = V_REAL, .r = 1 },
		{ .kind = V_TEXT, .s = S_INIT("\001") },
		{ .kind = V_IDS, .i = 0 },
		{ .kind = V_ANY, .i = 1, .s = S_INIT("user") },
	};

	for (unsigned i = SF__MAX; i < f->thing->n_fields; i++) {
		const struct field *field = f->thing->fields[i];
		unsigned passed = 0;

		for (size_t k = 0; k < countof(kinds); k++)
			passed += value_check(f->cx, field, &kinds[k]);
		if (passed > 1)
			fail_msg("%.*s takes values of %u kinds", STR_FMT(field->name), passed);
	}
}

static void
test_values_are_copied_and_compared(void **state)
{
	const struct fixture *f = *state;
	struct row *row = row_new(f->cx->mem, f->thing), *copy;
	const struct field *many = field_of(f, "many"), *price = field_of(f, "price");

	read_value(f, many, "1,2,3", &row->v[many->index]);
	read_value(f, price, "5", &row->v[price->index]);
	fieldset_add(&row->has, many->index);
	row->id = 7;
	row->version = 2;
	copy = row_dup(f->cx->mem, row);
	assert_int_equal(copy->id, 7);
	assert_int_equal(copy->version, 2);
	assert_true(fieldset_has(&copy->has, many->index));
	for (unsigned i = 0; i < f->thing->n_fields; i++)
		assert_true(value_eq(&row->v[i], &copy->v[i]));
	assert_ptr_not_equal(copy->v[many->index].ids, row->v[many->index].ids);
	copy->v[price->index].currency[0] = 'U';
	assert_false(value_eq(&row->v[price->index], &copy->v[price->index]));
	copy->v[many->index].i = 2;
	assert_false(value_eq(&row->v[many->index], &copy->v[many->index]));
	fieldset_remove(&copy->has, many->index);
	assert_false(fieldset_has(&copy->has, many->index));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_values_have_an_order, setup, teardown),
		cmocka_unit_test_setup_teardown(test_keys_are_folded_and_bounded, setup, teardown),
		cmocka_unit_test_setup_teardown(test_text_has_a_limit, setup, teardown),
		cmocka_unit_test_setup_teardown(test_kinds_are_checked, setup, teardown),
		cmocka_unit_test_setup_teardown(test_values_are_copied_and_compared, setup,
						teardown),
	};

	return cmocka_run_group_tests_name("model/value", tests, NULL, NULL);
}
