/* What reading and writing cost, in numbers that do not depend on the machine. */
#include "record/test_house.h"

#define ENGINES(h)                                                   \
	for (int engine_ = 0; engine_ < TEST_ENGINE__MAX; engine_++) \
		if (test_house_open(&(h), (enum test_engine)engine_, NULL))

enum { PARTIES = 120, MANY = 5100, LIST_ALLOCATIONS = 140, RECORD_ALLOCATIONS = 14 };

static int64_t
make_party(struct test_house *h, const char *name)
{
	struct change *c = change_new(h->cx, test_object(h, "party"), NULL);

	test_set(c, "name", value_text(str_of(name)));
	test_ok(h->cx, record_save(h->cx, c));
	return c->id;
}

static void
make_parties(struct test_house *h)
{
	test_ok(h->cx, work_begin(h->cx, S("")));
	for (int i = 0; i < PARTIES; i++)
		make_party(h, str_printf(h->cx->mem, "Partei %d", i).p);
	test_ok(h->cx, work_commit(h->cx, NULL));
	test_house_next(h);
}

static int64_t
read_list(struct test_house *h)
{
	struct query query = { .object = test_object(h, "party"), .total = true };
	int64_t before = h->cx->n_sql;
	struct rows rows;

	test_ok(h->cx, db_begin_read(h->cx));
	test_ok(h->cx, record_query(h->cx, &query, &rows));
	db_rollback(h->cx);
	assert_int_equal(rows.n, LIMIT_DEFAULT);
	assert_int_equal(rows.total, PARTIES);
	return h->cx->n_sql - before;
}

static void
test_a_list_takes_few_statements(void **state)
{
	struct test_house h;

	(void)state;
	ENGINES(h)
	{
		make_parties(&h);
		assert_in_range(read_list(&h), 3, 5); /* rows, tags of all of them, head, total */
		test_house_next(&h);
		assert_in_range(read_list(&h), 2, 4); /* the total is known */
		test_house_close(&h);
	}
}

static void
test_a_record_takes_few_statements(void **state)
{
	struct test_house h;

	(void)state;
	ENGINES(h)
	{
		int64_t before;
		struct row *row;

		make_parties(&h);
		before = h.cx->n_sql;
		test_ok(h.cx, db_begin_read(h.cx));
		test_ok(h.cx, record_load(h.cx, test_object(&h, "party"), 7, &row));
		db_rollback(h.cx);
		assert_in_range(h.cx->n_sql - before, 1, 4);
		test_house_close(&h);
	}
}

/* From the arena of the request: once it is warm, a list of 50 rows with all their fields, and a
 * record.
 */
static void
test_reading_takes_few_allocations(void **state)
{
	struct test_house h;

	(void)state;
	ENGINES(h)
	{
		size_t before;
		struct row *row;

		make_parties(&h);
		read_list(&h);
		test_house_next(&h);
		before = arena_count(h.cx->mem);
		read_list(&h);
		assert_in_range(arena_count(h.cx->mem) - before, 50, LIST_ALLOCATIONS);
		before = arena_count(h.cx->mem);
		test_ok(h.cx, db_begin_read(h.cx));
		test_ok(h.cx, record_load(h.cx, test_object(&h, "party"), 7, &row));
		db_rollback(h.cx);
		assert_in_range(arena_count(h.cx->mem) - before, 1, RECORD_ALLOCATIONS);
		test_house_close(&h);
	}
}

/* Row, log, changeset, two for its place in the chain; PostgreSQL searches in one table, SQLite in
 * two. */
static void
test_a_create_takes_few_statements(void **state)
{
	struct test_house h;

	(void)state;
	ENGINES(h)
	{
		int64_t before = h.cx->n_sql;

		test_ok(h.cx, work_begin(h.cx, S("")));
		make_party(&h, "Anna");
		test_ok(h.cx, work_commit(h.cx, NULL));
		assert_in_range(h.cx->n_sql - before, 5, 8);
		test_house_close(&h);
	}
}

static size_t
found(struct test_house *h, const char *words)
{
	struct hits hits;

	test_ok(h->cx, db_begin_read(h->cx));
	test_ok(h->cx, record_search(h->cx, NULL, str_of(words), SEARCH_MAX, &hits));
	db_rollback(h->cx);
	return hits.n;
}

/* The words of a part that was taken back are not found; those before and behind it are. */
static void
test_words_are_taken_back_with_their_part(void **state)
{
	struct test_house h;

	(void)state;
	ENGINES(h)
	{
		struct strs findings;

		test_ok(h.cx, work_begin(h.cx, S("")));
		make_party(&h, "Vorher");
		test_ok(h.cx, work_savepoint(h.cx));
		make_party(&h, "Verworfen");
		test_ok(h.cx, work_rollback_to(h.cx));
		test_ok(h.cx, work_savepoint(h.cx));
		make_party(&h, "Nachher");
		test_ok(h.cx, work_release(h.cx));
		test_ok(h.cx, work_commit(h.cx, NULL));
		assert_int_equal(found(&h, "vorher"), 1);
		assert_int_equal(found(&h, "verworfen"), 0);
		assert_int_equal(found(&h, "nachher"), 1);
		test_ok(h.cx, db_begin_read(h.cx));
		test_ok(h.cx, store_check(h.cx, &findings));
		db_rollback(h.cx);
		assert_int_equal(findings.n, 0);
		test_house_close(&h);
	}
}

/* A record that is made and changed and deleted in one work leaves no words. */
static void
test_words_of_one_work_are_written_in_order(void **state)
{
	struct test_house h;

	(void)state;
	ENGINES(h)
	{
		struct change *c;
		int64_t id;

		test_ok(h.cx, work_begin(h.cx, S("")));
		id = make_party(&h, "Erstens");
		test_ok(h.cx, change_of(h.cx, CHANGE_EDIT, test_object(&h, "party"), id, &c));
		test_set(c, "name", value_text(S("Zweitens")));
		test_ok(h.cx, record_save(h.cx, c));
		test_ok(h.cx, work_commit(h.cx, NULL));
		assert_int_equal(found(&h, "erstens"), 0);
		assert_int_equal(found(&h, "zweitens"), 1);
		test_ok(h.cx, work_begin(h.cx, S("")));
		test_ok(h.cx, change_of(h.cx, CHANGE_DELETE, test_object(&h, "party"), id, &c));
		test_ok(h.cx, record_save(h.cx, c));
		test_ok(h.cx, work_commit(h.cx, NULL));
		assert_int_equal(found(&h, "zweitens"), 0);
		test_house_close(&h);
	}
}

/* Where thousands match, the order is walked instead of the condition's index: the same rows. */
static void
test_a_list_of_many_rows_is_the_list_of_few(void **state)
{
	struct test_house h;

	(void)state;
	ENGINES(h)
	{
		const struct object *party = test_object(&h, "party");
		struct query query = { .object = party, .limit = 100 };
		struct rows walked, fetched;

		test_ok(h.cx, work_begin(h.cx, S("")));
		for (int i = 0; i < MANY; i++)
			make_party(&h, str_printf(h.cx->mem, "%d", i * 7919 % MANY).p);
		test_ok(h.cx, work_commit(h.cx, NULL));
		test_ok(h.cx, cond_parse(h.cx, h.cx->mem, h.cx->model, party, S("name > \"1\""),
					 NULL, &query.where));
		test_ok(h.cx, db_begin_read(h.cx));
		test_ok(h.cx, record_query(h.cx, &query, &fetched));
		query.total = true;
		test_ok(h.cx, record_query(h.cx, &query, &walked));
		db_rollback(h.cx);
		assert_in_range(walked.total, MANY - 10, MANY);
		assert_int_equal(walked.n, fetched.n);
		for (size_t i = 0; i < walked.n; i++)
			assert_int_equal(walked.v[i].id, fetched.v[i].id);
		test_house_close(&h);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_list_takes_few_statements),
		cmocka_unit_test(test_a_record_takes_few_statements),
		cmocka_unit_test(test_reading_takes_few_allocations),
		cmocka_unit_test(test_a_create_takes_few_statements),
		cmocka_unit_test(test_words_are_taken_back_with_their_part),
		cmocka_unit_test(test_words_of_one_work_are_written_in_order),
		cmocka_unit_test(test_a_list_of_many_rows_is_the_list_of_few),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
