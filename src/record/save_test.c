#include "record/test_house.h"

/* Every test runs on both engines. */
#define ENGINES(h)                                                   \
	for (int engine_ = 0; engine_ < TEST_ENGINE__MAX; engine_++) \
		if (test_house_open(&(h), (enum test_engine)engine_, NULL))

static struct change *
party_new(struct test_house *h, const char *name)
{
	struct change *c = change_new(h->cx, test_object(h, "party"), NULL);

	test_set(c, "name", value_text(str_of(name)));
	return c;
}

static int64_t
party_saved(struct test_house *h, const char *name, int64_t *changeset)
{
	struct change *c;

	test_ok(h->cx, work_begin(h->cx, S("")));
	c = party_new(h, name);
	test_ok(h->cx, record_save(h->cx, c));
	test_ok(h->cx, work_commit(h->cx, changeset));
	return c->id;
}

static void
check_clean(struct test_house *h)
{
	struct strs findings;

	test_ok(h->cx, db_begin_read(h->cx));
	test_ok(h->cx, store_check(h->cx, &findings));
	db_rollback(h->cx);
	if (findings.n)
		fail_msg("%.*s", STR_FMT(findings.v[0]));
}

static void
party_is(struct test_house *h, int64_t id, const char *name, int64_t version)
{
	struct row *row;

	test_ok(h->cx, db_begin_read(h->cx));
	test_ok(h->cx, record_load(h->cx, test_object(h, "party"), id, &row));
	db_rollback(h->cx);
	assert_str(row->v[field_find(row->object, S("name"))->index].s, name);
	assert_int_equal(row->version, version);
}

static void
rename_party(struct test_house *h, int64_t id, const char *name)
{
	struct change *c;

	test_ok(h->cx, work_begin(h->cx, S("")));
	test_ok(h->cx, change_of(h->cx, CHANGE_EDIT, test_object(h, "party"), id, &c));
	test_set(c, "name", value_text(str_of(name)));
	test_ok(h->cx, record_save(h->cx, c));
	test_ok(h->cx, work_commit(h->cx, NULL));
}

static void
test_save_writes_row_log_and_search(void **state)
{
	struct test_house h;

	(void)state;
	ENGINES(h)
	{
		int64_t changeset, id = party_saved(&h, "Müller & Söhne GmbH", &changeset);
		struct change_rows history;
		struct hits hits;

		party_is(&h, id, "Müller & Söhne GmbH", 1);
		test_ok(h.cx, db_begin_read(h.cx));
		test_ok(h.cx, log_of_record(h.cx, test_object(&h, "party"), id, 10, &history));
		assert_int_equal(history.n, 1);
		assert_int_equal(history.v[0].changeset, changeset);
		test_ok(h.cx, record_search(h.cx, NULL, S("mueller soh"), 10, &hits));
		assert_int_equal(hits.n, 1);
		assert_int_equal(hits.v[0].id, id);
		assert_str(hits.v[0].title, "Müller & Söhne GmbH");
		db_rollback(h.cx);
		check_clean(&h);
		test_house_close(&h);
	}
}

static void
test_edit_refuses_stale_version(void **state)
{
	struct test_house h;

	(void)state;
	ENGINES(h)
	{
		int64_t id = party_saved(&h, "A", NULL);
		struct change *c;

		rename_party(&h, id, "B");
		test_ok(h.cx, work_begin(h.cx, S("")));
		test_ok(h.cx, change_of(h.cx, CHANGE_EDIT, test_object(&h, "party"), id, &c));
		c->if_version = 1;
		test_set(c, "name", value_text(S("C")));
		assert_false(record_save(h.cx, c));
		assert_int_equal(h.cx->err.code, E_STALE);
		assert_non_null(h.cx->err.current);
		test_house_next(&h);
		party_is(&h, id, "B", 2);
		test_house_close(&h);
	}
}

static void
test_undo_takes_back_edit_delete_and_create(void **state)
{
	struct test_house h;

	(void)state;
	ENGINES(h)
	{
		struct conflicts conflicts;
		struct change *c;
		int64_t created, edited, deleted, id = party_saved(&h, "A", &created);

		test_ok(h.cx, work_begin(h.cx, S("")));
		test_ok(h.cx, change_of(h.cx, CHANGE_EDIT, test_object(&h, "party"), id, &c));
		test_set(c, "name", value_text(S("B")));
		test_set(c, "city", value_text(S("Köln")));
		test_ok(h.cx, record_save(h.cx, c));
		test_ok(h.cx, work_commit(h.cx, &edited));

		test_ok(h.cx, work_begin(h.cx, S("")));
		test_ok(h.cx, change_of(h.cx, CHANGE_DELETE, test_object(&h, "party"), id, &c));
		test_ok(h.cx, record_save(h.cx, c));
		test_ok(h.cx, work_commit(h.cx, &deleted));

		test_ok(h.cx, work_begin(h.cx, S("")));
		test_ok(h.cx, changeset_undo(h.cx, deleted, false, &conflicts));
		test_ok(h.cx, work_commit(h.cx, NULL));
		party_is(&h, id, "B", 4);

		test_ok(h.cx, work_begin(h.cx, S("")));
		test_ok(h.cx, changeset_undo(h.cx, edited, false, &conflicts));
		test_ok(h.cx, work_commit(h.cx, NULL));
		party_is(&h, id, "A", 5);

		/* The record is no longer as it was made: undoing its creation is a conflict. */
		rename_party(&h, id, "C");
		test_ok(h.cx, work_begin(h.cx, S("")));
		assert_false(changeset_undo(h.cx, created, false, &conflicts));
		assert_int_equal(h.cx->err.code, E_CONFLICT);
		assert_int_equal(conflicts.n, 1);
		test_house_next(&h);
		check_clean(&h);
		test_house_close(&h);
	}
}

static void
test_savepoint_takes_back_one_of_many(void **state)
{
	struct test_house h;

	(void)state;
	ENGINES(h)
	{
		struct query query = { 0 };
		int64_t n, changeset;

		test_ok(h.cx, work_begin(h.cx, S("bulk")));
		for (int i = 0; i < 300; i++) {
			test_ok(h.cx, work_savepoint(h.cx));
			test_ok(h.cx, record_save(h.cx, party_new(&h, "Bulk")));
			test_ok(h.cx, i % 3 == 2 ? work_rollback_to(h.cx) : work_release(h.cx));
		}
		test_ok(h.cx, work_commit(h.cx, &changeset));
		query.object = test_object(&h, "party");
		test_ok(h.cx, db_begin_read(h.cx));
		test_ok(h.cx, record_count(h.cx, &query, &n));
		assert_int_equal(n, 200);
		db_rollback(h.cx);
		check_clean(&h);
		test_house_close(&h);
	}
}

static void
test_as_of_gives_the_record_of_then(void **state)
{
	struct test_house h;

	(void)state;
	ENGINES(h)
	{
		int64_t id = party_saved(&h, "Before", NULL), then = h.env.now;
		struct row *row;

		h.env.now += 86400000;
		test_house_next(&h);
		rename_party(&h, id, "After");
		test_ok(h.cx, db_begin_read(h.cx));
		test_ok(h.cx, record_load_as_of(h.cx, test_object(&h, "party"), id, then, &row));
		assert_str(row->v[field_find(row->object, S("name"))->index].s, "Before");
		assert_int_equal(row->version, 1);
		assert_false(record_load_as_of(h.cx, test_object(&h, "party"), id, then - 1, &row));
		assert_int_equal(h.cx->err.code, E_MISSING);
		test_house_close(&h);
	}
}

static void
test_erase_leaves_no_residue_and_the_chain_holds(void **state)
{
	struct test_house h;

	(void)state;
	ENGINES(h)
	{
		int64_t id = party_saved(&h, "Geheim Mustermann", NULL);
		struct hits hits;
		struct change_rows log;

		test_ok(h.cx, subject_erase(h.cx, test_object(&h, "party"), id));
		test_house_next(&h);
		test_ok(h.cx, db_begin_read(h.cx));
		test_ok(h.cx, record_search(h.cx, NULL, S("mustermann"), 10, &hits));
		assert_int_equal(hits.n, 0);
		test_ok(h.cx, log_after(h.cx, 0, 100, &log));
		for (size_t i = 0; i < log.n; i++)
			assert_int_equal(
				log.v[i].object == test_object(&h, "party") ? log.v[i].n : 0, 0);
		db_rollback(h.cx);
		check_clean(&h);
		test_house_close(&h);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_save_writes_row_log_and_search),
		cmocka_unit_test(test_edit_refuses_stale_version),
		cmocka_unit_test(test_undo_takes_back_edit_delete_and_create),
		cmocka_unit_test(test_savepoint_takes_back_one_of_many),
		cmocka_unit_test(test_as_of_gives_the_record_of_then),
		cmocka_unit_test(test_erase_leaves_no_residue_and_the_chain_holds),
	};

	return cmocka_run_group_tests_name("save", tests, NULL, NULL);
}
