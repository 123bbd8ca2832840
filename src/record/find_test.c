/* Words in conditions: what the full text knows, as SQL and in memory, and in pages. */
#include "record/test_house.h"

#include "record/query.h"

static const struct {
	const char *name, *email, *city, *notes;
} PARTIES[] = {
	{ "Anna Haselnuss", "anna@example.com", "Köln", "" },
	{ "Berta Müller", "info@nusshandel.example", "Hasel", "liefert Haselnüsse" },
	{ "Müller & Söhne", "post@mueller.example", "Muldental", "" },
	{ "Hasel GmbH", "", "Berlin", "100 % O'Brien" },
	{ "Viel_Text", "viel@text.example", "Berlin", "anna" },
	{ "", "niemand@example.com", "", "namenlos" },
};

static const struct {
	const char *where;
	size_t n;
} CASES[] = {
	{ "name finds hasel", 2 },
	{ "name finds haselnuss", 1 },
	{ "name finds Haselnüsse", 0 },
	{ "name finds \"anna hasel\"", 1 },
	{ "name finds \"hasel anna\"", 0 },
	{ "name finds \"haselnuss ann\"", 1 },
	{ "name finds \"has anna\"", 0 },
	{ "name finds mül", 2 },
	{ "name finds mueller", 2 },
	{ "name finds nuss", 0 },
	{ "name not finds hasel", 4 },
	{ "not (name finds hasel or name finds anna)", 4 },
	{ "id finds hasel", 3 },
	{ "id finds haselnü", 2 },
	{ "id finds \"o'brien\"", 1 },
	{ "id finds \"100 %\"", 1 },
	{ "id finds niemand", 1 },
	{ "id finds anna and name contains viel", 1 },
	{ "name finds hasel or city contains lin", 3 },
	{ "name finds hasel or (id finds hasel and city contains hasel)", 3 },
	{ "name finds hasel or (id finds berlin and city contains berlin) or "
	  "parent_party.name finds anna",
	  3 },
	{ "(name finds hasel or id finds müller) and (id finds gmbh or id finds nusshandel)", 2 },
	{ "name finds viel", 1 },
	{ "name finds nirgends", 0 },
};

static void
make(struct test_house *h)
{
	static const char *const fields[] = { "name", "email", "city", "notes" };

	test_ok(h->cx, work_begin(h->cx, S("")));
	for (size_t i = 0; i < countof(PARTIES); i++) {
		struct change *c = change_new(h->cx, test_object(h, "party"), NULL);
		const char *const values[] = { PARTIES[i].name, PARTIES[i].email, PARTIES[i].city,
					       PARTIES[i].notes };

		for (size_t k = 0; k < countof(fields); k++)
			if (*values[k])
				test_set(c, fields[k], value_text(str_of(values[k])));
		test_ok(h->cx, record_save(h->cx, c));
	}
	test_ok(h->cx, work_commit(h->cx, NULL));
	test_house_next(h);
}

static const struct cond *
condition(struct test_house *h, const char *text)
{
	const struct cond *cond;
	struct buf printed = buf_in(h->cx->mem, COND_TEXT_MAX);

	test_ok(h->cx, cond_parse(h->cx, h->cx->mem, h->cx->model, test_object(h, "party"),
				  str_of(text), NULL, &cond));
	/* What is printed means the same. */
	cond_print(cond, &printed);
	test_ok(h->cx, cond_parse(h->cx, h->cx->mem, h->cx->model, test_object(h, "party"),
				  buf_done(&printed), NULL, &cond));
	return cond;
}

static void
both_say_the_same(struct test_house *h, size_t i)
{
	struct query query = { .object = test_object(h, "party") };
	const struct cond *cond = condition(h, CASES[i].where);
	struct cond_when when = cond_when_of(h->cx);
	struct rows all, found;
	size_t n = 0, k = 0;

	test_ok(h->cx, record_query(h->cx, &query, &all));
	query.where = cond;
	query.total = true;
	test_ok(h->cx, record_query(h->cx, &query, &found));
	for (size_t at = 0; at < all.n; at++) {
		if (!cond_test(cond, &when, NULL, &all.v[at]))
			continue;
		n++;
		if (k < found.n && found.v[k].id == all.v[at].id)
			k++;
	}
	if (found.n != CASES[i].n || found.total != (int64_t)CASES[i].n || n != found.n ||
	    k != found.n)
		fail_msg("%s: %zu, in memory %zu, total %lld", CASES[i].where, found.n, n,
			 (long long)found.total);
}

static void
look(struct test_house *h)
{
	test_ok(h->cx, db_begin_read(h->cx));
	for (size_t i = 0; i < countof(CASES); i++)
		both_say_the_same(h, i);
	db_rollback(h->cx);
}

static void
test_words_are_found_alike(void **state)
{
	struct test_house h;

	(void)state;
	for (int engine = 0; engine < TEST_ENGINE__MAX; engine++) {
		if (!test_house_open(&h, (enum test_engine)engine, NULL))
			continue;
		make(&h);
		look(&h); /* beside the index, where the engine keeps few documents there */
		test_ok(h.cx, db_search_optimize(h.cx));
		look(&h); /* and in it */
		test_house_close(&h);
	}
}

/* ---- pages ---- */

enum { MANY = 700, PAGE = 60 };

static void
make_many(struct test_house *h)
{
	test_ok(h->cx, work_begin(h->cx, S("")));
	for (int i = 0; i < MANY; i++) {
		struct change *c = change_new(h->cx, test_object(h, "party"), NULL);
		struct str name =
			str_printf(h->cx->mem, "%s %d", i % 3 ? "Wort" : "Sonst", (i * 37) % MANY);

		test_set(c, "name", value_text(name));
		test_set(c, "city", value_text(i % 5 ? S("Bonn") : S("Wortheim")));
		test_ok(h->cx, record_save(h->cx, c));
	}
	test_ok(h->cx, work_commit(h->cx, NULL));
	test_house_next(h);
}

static void
pages_are_whole(struct test_house *h, const char *by, bool descending, int64_t as_if)
{
	struct query query = { .object = test_object(h, "party"), .limit = PAGE };
	struct sort_key key = { field_find(query.object, str_of(by)), descending };
	bool seen[MANY + 1] = { false };
	struct rows rows;
	size_t n = 0;

	query.sort = &key;
	query.n_sort = 1;
	query.where = condition(h, "name finds wort or (id finds wort and city contains wort)");
	do {
		test_ok(h->cx, query_page(h->cx, &query, as_if, &rows));
		for (size_t i = 0; i < rows.n; i++) {
			assert_true(rows.v[i].id <= MANY && !seen[rows.v[i].id]);
			seen[rows.v[i].id] = true;
			n++;
		}
		query.after = rows.next;
	} while (rows.next.n);
	assert_int_equal(n, 513);
}

/* Whether few or many are believed to match, forwards and backwards, in orders of all kinds. */
static void
test_pages_of_words_are_whole(void **state)
{
	static const char *const orders[] = { "name", "city", "created_at", "owner", "kind" };
	struct test_house h;
	int64_t total;

	(void)state;
	for (int engine = 0; engine < TEST_ENGINE__MAX; engine++) {
		if (!test_house_open(&h, (enum test_engine)engine, NULL))
			continue;
		make_many(&h);
		test_ok(h.cx, db_begin_read(h.cx));
		for (size_t i = 0; i < countof(orders); i++)
			for (int way = 0; way < 4; way++)
				pages_are_whole(&h, orders[i], way & 1, way & 2 ? MANY * 100 : 3);
		test_ok(h.cx,
			record_count(h.cx,
				     &(struct query){ .object = test_object(&h, "party"),
						      .where = condition(&h, "name finds wort") },
				     &total));
		assert_int_equal(total, 466);
		db_rollback(h.cx);
		test_house_close(&h);
	}
}

/* ---- who does not see all of it ---- */

static bool
sees_no_notes(const struct cond_sight *sight, const struct object *object,
	      const struct field *field)
{
	(void)sight;
	(void)object;
	return !str_eq(field->name, S("notes"));
}

static void
test_words_of_what_is_hidden_are_not_asked_for(void **state)
{
	static const struct cond_sight sight = { sees_no_notes, NULL };
	static const char *const refused[] = { "id finds anna", "parent_party.id finds anna",
					       "email finds anna", "name finds \"\"",
					       "name finds \"--\"" };
	struct test_house h;
	const struct cond *cond;

	(void)state;
	if (!test_house_open(&h, (enum test_engine)0, NULL))
		return;
	for (size_t i = 0; i < countof(refused); i++) {
		assert_false(cond_parse(h.cx, h.cx->mem, h.cx->model, test_object(&h, "party"),
					str_of(refused[i]), &sight, &cond));
		fail_clear(h.cx);
	}
	test_ok(h.cx, cond_parse(h.cx, h.cx->mem, h.cx->model, test_object(&h, "party"),
				 S("name finds anna"), &sight, &cond));
	test_house_close(&h);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words_are_found_alike),
		cmocka_unit_test(test_pages_of_words_are_whole),
		cmocka_unit_test(test_words_of_what_is_hidden_are_not_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
