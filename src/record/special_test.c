/* Protected categories: sealed at rest, off until switched on, read only by who has them, every
 * reading logged. */
#include "record/test_house.h"

static const char TEXT[] = "extend party\n"
			   "  field x_allergy text special=health personal\n"
			   "role x_doctor \"Doctor\"\n"
			   "role x_clerk \"Clerk\"\n"
			   "extend party\n"
			   "  grant x_doctor read=all edit=all special=health\n"
			   "  grant x_clerk read=all\n";

#define ENGINES(h)                                                   \
	for (int engine_ = 0; engine_ < TEST_ENGINE__MAX; engine_++) \
		if (test_house_open(&(h), (enum test_engine)engine_, NULL))

static int64_t
role_id(struct test_house *h, const char *name)
{
	struct query query = { .object = test_object(h, "role"), .limit = 1 };
	struct str text = str_printf(h->cx->mem, "name = \"%s\"", name);
	struct rows rows;

	test_ok(h->cx, cond_parse(h->cx, h->cx->mem, h->cx->model, query.object, text, NULL,
				  &query.where));
	test_ok(h->cx, record_query(h->cx, &query, &rows));
	assert_int_equal(rows.n, 1);
	return rows.v[0].id;
}

static int64_t
user_new(struct test_house *h, const char *role)
{
	struct change *c;
	int64_t *id;

	test_ok(h->cx, work_begin(h->cx, S("")));
	c = change_new(h->cx, test_object(h, "user"), NULL);
	id = new(h->cx->mem, int64_t);
	*id = role_id(h, role);
	test_set(c, "login", value_text(str_of(role)));
	test_set(c, "roles", (struct value){ .kind = V_IDS, .i = 1, .ids = id });
	test_ok(h->cx, record_save(h->cx, c));
	test_ok(h->cx, work_commit(h->cx, NULL));
	return c->id;
}

static bool
seen_by(struct test_house *h, int64_t user, int64_t party, struct str *out)
{
	const struct field *f;
	struct row *row;

	test_house_next(h);
	test_ok(h->cx, db_begin_read(h->cx));
	test_ok(h->cx, actor_load(h->cx, user, &h->cx->actor));
	f = field_find(test_object(h, "party"), S("x_allergy"));
	test_ok(h->cx, record_load(h->cx, test_object(h, "party"), party, &row));
	*out = row->v[f->index].s;
	return fieldset_has(&row->has, f->index);
}

static int64_t
count_sql(struct test_house *h, struct stmt *stmt)
{
	bool row;

	assert_non_null(stmt);
	test_ok(h->cx, db_step(h->cx, stmt, &row));
	return row ? db_col_int(stmt, 0) : 0;
}

static int64_t
party_with_allergy(struct test_house *h)
{
	struct change *c;

	test_ok(h->cx, work_begin(h->cx, S("")));
	c = change_new(h->cx, test_object(h, "party"), NULL);
	test_set(c, "name", value_text(S("Patient")));
	test_set(c, "x_allergy", value_text(S("Haselnuss")));
	test_ok(h->cx, record_save(h->cx, c));
	test_ok(h->cx, work_commit(h->cx, NULL));
	return c->id;
}

static void
switch_on(struct test_house *h)
{
	test_house_next(h);
	test_ok(h->cx, work_begin(h->cx, S("")));
	test_ok(h->cx, setting_set(h->cx, S("special.health"), S("Behandlung")));
	test_ok(h->cx, work_commit(h->cx, NULL));
	h->env.now += 2000; /* settings are read anew after a second */
}

static void
test_special_fields_are_off_sealed_and_logged(void **state)
{
	struct test_house h;
	struct str text;

	(void)state;
	ENGINES(h)
	{
		int64_t doctor, clerk, party;

		test_ok(h.cx, store_set_custom_text(h.cx, str_of(TEXT)));
		test_house_next(&h);
		doctor = user_new(&h, "x_doctor");
		test_house_next(&h);
		clerk = user_new(&h, "x_clerk");
		switch_on(&h);
		test_house_next(&h);
		party = party_with_allergy(&h);

		assert_false(seen_by(&h, clerk, party, &text));
		assert_true(seen_by(&h, doctor, party, &text));
		assert_str(text, "Haselnuss");
		test_house_next(&h);
		test_ok(h.cx, db_begin_read(h.cx));
		assert_int_equal(count_sql(&h, db_sql(h.cx, "SELECT count(*) FROM sys_read_log")),
				 1);
		db_rollback(h.cx);

		test_ok(h.cx, work_begin(h.cx, S("")));
		test_ok(h.cx, setting_set(h.cx, S("special.health"), S("")));
		test_ok(h.cx, work_commit(h.cx, NULL));
		h.env.now += 2000;
		assert_false(seen_by(&h, doctor, party, &text));
		test_house_close(&h);
	}
}

static void
test_special_value_is_nowhere_in_clear(void **state)
{
	struct test_house h;
	struct hits hits;
	struct stmt *stmt;
	bool row;

	(void)state;
	ENGINES(h)
	{
		size_t at;

		test_ok(h.cx, store_set_custom_text(h.cx, str_of(TEXT)));
		switch_on(&h);
		test_house_next(&h);
		party_with_allergy(&h);
		test_ok(h.cx, db_begin_read(h.cx));
		test_ok(h.cx, record_search(h.cx, NULL, S("haselnuss"), 10, &hits));
		assert_int_equal(hits.n, 0);
		stmt = db_sql(
			h.cx,
			"SELECT \"x_allergy\" FROM \"party\" WHERE \"x_allergy\" IS NOT NULL");
		test_ok(h.cx, db_step(h.cx, stmt, &row));
		assert_true(row);
		assert_false(str_find(db_col_blob(stmt, 0), S("Haselnuss"), &at));
		db_done(stmt);
		stmt = db_sql(h.cx, "SELECT body FROM sys_change ORDER BY id DESC LIMIT 1");
		test_ok(h.cx, db_step(h.cx, stmt, &row));
		assert_false(str_find(db_col_blob(stmt, 0), S("Haselnuss"), &at));
		test_house_close(&h);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		{ "PRV-04 PRV-07 DAT-14 special fields are off, sealed and logged",
		  test_special_fields_are_off_sealed_and_logged, NULL, NULL, NULL },
		{ "PRV-07 a special value is nowhere in clear",
		  test_special_value_is_nowhere_in_clear, NULL, NULL, NULL },
	};

	return cmocka_run_group_tests_name("special", tests, NULL, NULL);
}
