#include "record/test_house.h"

#include "base/test.h"

enum { LONG = 200 << 10, MANY = 400 };

static int64_t
role_id(struct test_house *h, const char *name)
{
	struct query query = { .object = test_object(h, "role"), .limit = 1 };
	struct rows rows;

	test_ok(h->cx,
		cond_parse(h->cx, h->cx->mem, h->cx->model, query.object,
			   str_printf(h->cx->mem, "name = \"%s\"", name), NULL, &query.where));
	test_ok(h->cx, record_query(h->cx, &query, &rows));
	assert_int_equal(rows.n, 1);
	return rows.v[0].id;
}

/* A user with one role: a new one, or with another role than before. */
static int64_t
user_save(struct test_house *h, int64_t id, const char *login, const char *role)
{
	int64_t *roles;
	struct change *c;

	test_house_next(h);
	test_ok(h->cx, work_begin(h->cx, S("")));
	if (id)
		test_ok(h->cx, change_of(h->cx, CHANGE_EDIT, test_object(h, "user"), id, &c));
	else
		c = change_new(h->cx, test_object(h, "user"), NULL);
	roles = new(h->cx->mem, int64_t);
	*roles = role_id(h, role);
	if (!id)
		test_set(c, "login", value_text(str_of(login)));
	test_set(c, "roles", (struct value){ .kind = V_IDS, .i = 1, .ids = roles });
	test_ok(h->cx, record_save(h->cx, c));
	id = c->id;
	test_ok(h->cx, work_commit(h->cx, NULL));
	return id;
}

static void
as(struct test_house *h, int64_t user)
{
	test_house_next(h);
	test_ok(h->cx, db_begin_read(h->cx));
	test_ok(h->cx, actor_load(h->cx, user, &h->cx->actor));
}

static bool
is_kept(struct test_house *h, const char *key, const char *text)
{
	struct str found;

	return kept_get(h->cx, str_of(key), &found) && str_eq_z(found, text);
}

static void
test_it_is_for_those_who_may_do_the_same(void **state)
{
	struct test_house h;
	int64_t anna, bernd, clara;

	(void)state;
	if (!test_house_open(&h, TEST_SQLITE, NULL))
		fail_msg("no database");
	anna = user_save(&h, 0, "anna", "sales");
	bernd = user_save(&h, 0, "bernd", "sales");
	clara = user_save(&h, 0, "clara", "service");
	as(&h, anna);
	assert_false(is_kept(&h, "menu", "of sales"));
	kept_put(h.cx, S("menu"), S("of sales"));
	assert_true(is_kept(&h, "menu", "of sales"));
	assert_false(is_kept(&h, "menu ", "of sales"));
	h.cx->lang = h.cx->lang == LANG_DE ? LANG_EN : LANG_DE;
	assert_false(is_kept(&h, "menu", "of sales"));
	as(&h, bernd);
	assert_true(is_kept(&h, "menu", "of sales"));
	as(&h, clara);
	assert_false(is_kept(&h, "menu", "of sales"));
	h.cx->actor = actor_system(h.cx);
	kept_put(h.cx, S("menu"), S("of the system"));
	assert_false(is_kept(&h, "menu", "of the system"));
	h.cx->actor = NULL;
	assert_false(is_kept(&h, "menu", "of sales"));
	test_house_close(&h);
}

static void
test_other_rights_and_another_model_have_nothing_kept(void **state)
{
	struct test_house h;
	int64_t anna;

	(void)state;
	if (!test_house_open(&h, TEST_SQLITE, NULL))
		fail_msg("no database");
	anna = user_save(&h, 0, "anna", "sales");
	as(&h, anna);
	kept_put(h.cx, S("menu"), S("of sales"));
	user_save(&h, anna, NULL, "service");
	as(&h, anna);
	assert_false(is_kept(&h, "menu", "of sales"));
	user_save(&h, anna, NULL, "sales");
	as(&h, anna);
	assert_true(is_kept(&h, "menu", "of sales"));
	atomic_store(&h.store->special_on, 1u << SPECIAL_HEALTH);
	assert_false(is_kept(&h, "menu", "of sales"));
	atomic_store(&h.store->special_on, 0);
	assert_true(is_kept(&h, "menu", "of sales"));
	test_house_next(&h);
	test_ok(h.cx, store_set_custom_text(h.cx, S("extend party\n  field x_more text\n")));
	as(&h, anna);
	assert_false(is_kept(&h, "menu", "of sales"));
	test_house_close(&h);
}

/* What a write has changed may be undone: it is for itself alone. */
static void
test_a_write_keeps_nothing(void **state)
{
	struct test_house h;
	int64_t anna;

	(void)state;
	if (!test_house_open(&h, TEST_SQLITE, NULL))
		fail_msg("no database");
	anna = user_save(&h, 0, "anna", "sales");
	test_house_next(&h);
	test_ok(h.cx, work_begin(h.cx, S("")));
	test_ok(h.cx, actor_load(h.cx, anna, &h.cx->actor));
	kept_put(h.cx, S("menu"), S("within"));
	assert_false(is_kept(&h, "menu", "within"));
	test_house_close(&h);
}

static void
test_what_is_kept_is_bounded(void **state)
{
	struct test_house h;
	int64_t anna;
	size_t found = 0;
	struct str text, out;
	char *bytes = heap_new(2 * LONG);

	(void)state;
	if (!test_house_open(&h, TEST_SQLITE, NULL))
		fail_msg("no database");
	anna = user_save(&h, 0, "anna", "sales");
	as(&h, anna);
	memset(bytes, 'x', 2 * LONG);
	kept_put(h.cx, S("too long"), (struct str){ bytes, 2 * LONG });
	assert_false(kept_get(h.cx, S("too long"), &out));
	text = (struct str){ bytes, LONG };
	for (int i = 0; i < MANY; i++)
		kept_put(h.cx, str_printf(h.cx->mem, "%d", i), text);
	for (int i = 0; i < MANY; i++)
		found += kept_get(h.cx, str_printf(h.cx->mem, "%d", i), &out);
	assert_in_range(found, 1, (4 << 20) / LONG);
	assert_true(kept_get(h.cx, str_printf(h.cx->mem, "%d", MANY - 1), &out));
	assert_true(str_eq(out, text));
	heap_free(bytes);
	test_house_close(&h);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		{ "SEC-02 a kept text is for those who may do the same",
		  test_it_is_for_those_who_may_do_the_same, NULL, NULL, NULL },
		{ "SEC-02 with other rights or another model nothing is kept",
		  test_other_rights_and_another_model_have_nothing_kept, NULL, NULL, NULL },
		{ "a write keeps nothing", test_a_write_keeps_nothing, NULL, NULL, NULL },
		{ "what is kept is bounded", test_what_is_kept_is_bounded, NULL, NULL, NULL },
	};

	return cmocka_run_group_tests_name("kept", tests, NULL, NULL);
}
