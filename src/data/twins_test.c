#include "record/test_house.h"

#include "data/merge.h"
#include "data/twins.h"

static const struct feature *const FEATURES[] = { &feature_merge, NULL };

struct person {
	const char *name, *email, *phone, *city, *birthday;
};

static int64_t
make(struct test_house *h, const struct person *person)
{
	static const char *const fields[] = { "name", "email", "phone", "city", "birthday" };
	const char *const values[] = { person->name, person->email, person->phone, person->city,
				       person->birthday };
	struct change *c = change_new(h->cx, test_object(h, "party"), NULL);

	test_set(c, "kind", value_text(S("person")));
	for (size_t i = 0; i < countof(fields); i++)
		if (values[i])
			test_set(c, fields[i], value_text(str_of(values[i])));
	test_ok(h->cx, record_save(h->cx, c));
	return c->id;
}

static void
find(struct test_house *h, int64_t id, struct twins *out)
{
	const struct face *face;
	const struct object *party = object_find(h->cx->model, S("person"), &face);
	struct row *row;

	test_ok(h->cx, record_load(h->cx, party, id, &row) && twins_find(h->cx, face, row, out));
}

static void
to_trash(struct test_house *h, int64_t a, int64_t b)
{
	test_ok(h->cx, work_begin(h->cx, S("")));
	for (int i = 0; i < 2; i++) {
		struct change *c;

		test_ok(h->cx,
			change_of(h->cx, CHANGE_DELETE, test_object(h, "party"), i ? b : a, &c) &&
				record_save(h->cx, c));
	}
	test_ok(h->cx, work_commit(h->cx, NULL));
	test_house_next(h);
}

/* Two people each: do they mean the same one? */
static void
run(enum test_engine engine)
{
	static const struct {
		struct person a, b;
		bool same;
	} CASES[] = {
		{ { .name = "Anke Peters" }, { .name = "Anke Peters" }, true },
		{ { .name = "Anke Peters" }, { .name = "ANKE  PETERS" }, true },
		{ { .name = "Jörg Müller" }, { .name = "Joerg Mueller", .city = "Kiel" }, false },
		{ { .name = "Jörg Müller", .city = "Kiel" },
		  { .name = "Joerg Mueller", .city = "kiel" },
		  true },
		{ { .name = "Peters, Anke", .city = "Bonn" },
		  { .name = "Anke Peters", .city = "Bonn" },
		  true },
		{ { .name = "Anke Peters", .email = "a.peters@firma.example" },
		  { .name = "Anke Meier", .email = "A.Peters@firma.example" },
		  true },
		{ { .name = "Anke Peters", .phone = "+49421123456" },
		  { .name = "Bernd Klein", .phone = "+49421123456" },
		  false },
		{ { .name = "Hans Huber", .city = "Graz" },
		  { .name = "Hans Huber", .city = "Wien" },
		  false },
		{ { .name = "Hans Huber", .birthday = "1970-01-02" },
		  { .name = "Hans Huber", .birthday = "1980-01-02" },
		  false },
		{ { .name = "Hans Huber", .city = "Graz" },
		  { .name = "Hanna Hofer", .city = "Graz" },
		  false },
		{ { .name = "Hans" }, { .name = "Hans Huber" }, false },
		{ { .email = "x@y.example" }, { .email = "x@y.example" }, true },
		{ { 0 }, { 0 }, false },
	};

	struct test_house h;

	if (!test_house_open(&h, engine, FEATURES))
		skip();
	for (size_t i = 0; i < countof(CASES); i++) {
		struct twins twins = { .n = 0 };
		int64_t a, b;

		test_ok(h.cx, work_begin(h.cx, S("")));
		a = make(&h, &CASES[i].a);
		b = make(&h, &CASES[i].b);
		test_ok(h.cx, work_commit(h.cx, NULL));
		test_ok(h.cx, db_begin_read(h.cx));
		find(&h, a, &twins);
		if (twins.n != CASES[i].same)
			fail_msg("case %zu: %zu found", i, twins.n);
		find(&h, b, &twins);
		if (twins.n != CASES[i].same || (twins.n && twins.v[0].row->id != a))
			fail_msg("case %zu, from the other: %zu found", i, twins.n);
		test_house_next(&h);
		to_trash(&h, a, b);
	}
	test_house_close(&h);
}

static void
test_what_is_equal_speaks_for_it(void **state)
{
	(void)state;
	run(TEST_SQLITE);
}

static void
test_what_is_equal_speaks_for_it_on_postgres(void **state)
{
	(void)state;
	run(TEST_POSTGRES);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_equal_speaks_for_it),
		cmocka_unit_test(test_what_is_equal_speaks_for_it_on_postgres),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
