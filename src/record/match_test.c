#include "record/test_house.h"

static int64_t
make(struct test_house *h, const char *kind, const char *name, const char *external)
{
	struct change *c = change_new(h->cx, test_object(h, "party"), NULL);

	test_set(c, "kind", value_text(str_of(kind)));
	test_set(c, "name", value_text(str_of(name)));
	if (external)
		test_set(c, "external_id", value_text(str_of(external)));
	test_ok(h->cx, record_save(h->cx, c));
	return c->id;
}

static void
to_trash(struct test_house *h, int64_t id)
{
	struct change *c;

	test_ok(h->cx, change_of(h->cx, CHANGE_DELETE, test_object(h, "party"), id, &c) &&
			       record_save(h->cx, c));
}

static size_t
with_key(struct test_house *h, const char *object, const char *field, struct value v, int64_t *id)
{
	struct query query = { 0 };
	const struct field *f;
	struct value key;
	int64_t ids[2] = { 0 };
	size_t n;

	query.object = object_find(h->cx->model, str_of(object), &query.face);
	f = field_find(query.object, str_of(field));
	key = field_key(h->cx->mem, f, &v);
	test_ok(h->cx, record_with_key(h->cx, &query, f, &key, ids, &n));
	*id = ids[0];
	return n;
}

struct keys {
	int64_t n, sum;
	struct buf text;
};

static void
take(void *to, int64_t id, const struct value *key)
{
	struct keys *keys = to;

	keys->n++;
	keys->sum += id;
	if (key->kind == V_TEXT)
		buf_str(&keys->text, key->s);
	else
		buf_int(&keys->text, key->i);
	buf_char(&keys->text, ' ');
}

static struct keys
keys_of(struct test_house *h, const char *object, const char *field)
{
	struct query query = { 0 };
	struct keys keys = { .text = buf_in(h->cx->mem, 1000) };

	query.object = object_find(h->cx->model, str_of(object), &query.face);
	test_ok(h->cx,
		record_keys(h->cx, &query, field_find(query.object, str_of(field)), take, &keys));
	return keys;
}

static void
values_are_found(struct test_house *h)
{
	int64_t one, two, other, id;
	struct keys keys;

	test_ok(h->cx, work_begin(h->cx, S("")));
	one = make(h, "person", "Jörg Groß", "A-1");
	two = make(h, "person", "Anna", "A-2");
	other = make(h, "organisation", "JORG GROSS", NULL);
	to_trash(h, make(h, "person", "Anna", "A-3"));
	assert_int_equal(with_key(h, "party", "name", value_text(S("jorg gross")), &id), 2);
	assert_int_equal(with_key(h, "person", "name", value_text(S("Jörg Gross")), &id), 1);
	assert_int_equal(id, one);
	assert_int_equal(with_key(h, "party", "name", value_text(S("anna")), &id), 1);
	assert_int_equal(id, two);
	assert_int_equal(with_key(h, "party", "external_id", value_text(S("a-2")), &id), 1);
	assert_int_equal(id, two);
	assert_int_equal(with_key(h, "party", "external_id", value_text(S("A-3")), &id), 0);
	assert_int_equal(with_key(h, "party", "id", value_int(other), &id), 1);
	assert_int_equal(with_key(h, "person", "id", value_int(other), &id), 0);
	assert_int_equal(with_key(h, "party", "kind", value_text(S("person")), &id), 2);
	keys = keys_of(h, "party", "external_id");
	assert_int_equal(keys.n, 2);
	assert_int_equal(keys.sum, one + two);
	assert_true(str_eq(buf_done(&keys.text), S("a-1 a-2 ")) ||
		    str_eq(buf_done(&keys.text), S("a-2 a-1 ")));
	assert_int_equal(keys_of(h, "organisation", "id").sum, other);
}

/* Marketing sees no birthdays; who is hidden from tells nothing. */
static void
what_is_hidden_has_no_keys(struct test_house *h)
{
	const struct field *f = field_find(test_object(h, "party"), S("external_id"));
	struct actor actor = *h->cx->actor;
	struct right *rights = new_array(h->cx->mem, h->cx->model->n_objects, struct right);
	int64_t id;

	actor.is_system = actor.is_admin = false;
	actor.rights = rights;
	rights[f->object->index].may[OP_READ] = SCOPE_ALL;
	h->cx->actor = &actor;
	assert_int_equal(with_key(h, "party", "external_id", value_text(S("A-2")), &id), 1);
	fieldset_add(&rights[f->object->index].hidden, f->index);
	assert_int_equal(with_key(h, "party", "external_id", value_text(S("A-2")), &id), 0);
	assert_int_equal(keys_of(h, "party", "external_id").n, 0);
	h->cx->actor = actor_system(h->cx);
}

static void
run(enum test_engine engine)
{
	struct test_house h;

	if (!test_house_open(&h, engine, NULL))
		skip();
	values_are_found(&h);
	what_is_hidden_has_no_keys(&h);
	test_house_close(&h);
}

static void
test_values_are_found_by_their_keys(void **state)
{
	(void)state;
	run(TEST_SQLITE);
}

static void
test_values_are_found_by_their_keys_on_postgres(void **state)
{
	(void)state;
	run(TEST_POSTGRES);
}

static void
test_fields_that_are_matched_have_an_index(void **state)
{
	static const struct {
		const char *field;
		bool want;
	} cases[] = {
		{ "id", true },     { "name", true },        { "email", true },
		{ "phone", true },  { "external_id", true }, { "owner", true },
		{ "notes", false }, { "street", false },     { "tags", false },
	};
	struct test_house h;

	(void)state;
	if (!test_house_open(&h, TEST_SQLITE, NULL))
		skip();
	for (size_t i = 0; i < countof(cases); i++)
		if (field_is_indexed(field_find(test_object(&h, "party"),
						str_of(cases[i].field))) != cases[i].want)
			fail_msg("%s", cases[i].field);
	test_house_close(&h);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values_are_found_by_their_keys),
		cmocka_unit_test(test_values_are_found_by_their_keys_on_postgres),
		cmocka_unit_test(test_fields_that_are_matched_have_an_index),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
