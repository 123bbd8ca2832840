/* Statements are prepared once, nest, and outlive the cache while they are held. */
#include "db/test_item.h"

static void
test_same_text_is_prepared_once(struct test_db *t)
{
	struct cx *cx = opened(t, (struct db_options){ .connections = 1 });
	struct db_stats before, after;

	make_table(cx, "item");
	assert_int_equal(count_items(cx), 0);
	db_stats(cx->db, &before);
	for (int i = 0; i < 10; i++)
		assert_int_equal(count_items(cx), 0);
	db_stats(cx->db, &after);
	assert_int_equal(after.cache_misses, before.cache_misses);
	assert_int_equal(after.cache_hits, before.cache_hits + 10);
	assert_int_equal(after.statements, before.statements + 10);
	assert_int_equal(after.units, before.units + 10);
	closed(&cx);
}

/* Each level reads on after the inner one, of the same text, has ended. */
static int64_t
count_down(struct cx *cx, int64_t from)
{
	struct stmt *stmt = db_sql(cx, "SELECT n FROM item WHERE n < ?1 ORDER BY n DESC LIMIT 2");
	int64_t sum = 0;
	bool row;

	assert_non_null(stmt);
	db_bind_int(stmt, 1, from);
	for (;;) {
		ok(cx, db_step(cx, stmt, &row));
		if (!row)
			return sum;
		sum += db_col_int(stmt, 0) + count_down(cx, db_col_int(stmt, 0));
	}
}

static void
test_same_text_nests(struct test_db *t)
{
	struct cx *cx = opened(t, (struct db_options){ .connections = 1 });
	struct stmt *a, *b;

	make_table(cx, "item");
	ok(cx, db_begin_write(cx));
	for (int64_t i = 1; i <= 8; i++)
		ok(cx, insert(cx, i, NULL));
	ok(cx, db_commit(cx));
	for (int round = 0; round < 2; round++) {
		ok(cx, db_begin_read(cx));
		assert_int_equal(count_down(cx, 9), 212);
		a = db_sql(cx, "SELECT n FROM item WHERE id = ?1");
		db_bind_int(a, 1, 3);
		b = db_sql(cx, "SELECT n FROM item WHERE id = ?1");
		assert_ptr_not_equal(a, b);
		db_done(b);
		db_bind_int(a, 1, 3);
		db_rollback(cx);
	}
	closed(&cx);
}

static void
test_held_statements_outlive_the_cache(struct test_db *t)
{
	enum { TEXTS = 600 };
	struct cx *cx = opened(t, (struct db_options){ .connections = 1 });
	struct stmt *held;
	bool row;

	ok(cx, db_begin_read(cx));
	held = db_sql(cx, "SELECT 41 + ?1");
	for (int i = 0; i < TEXTS; i++)
		assert_int_equal(one_int(cx, str_printf(cx->mem, "SELECT %d", i).p), i);
	db_bind_int(held, 1, 1);
	ok(cx, db_step(cx, held, &row));
	assert_int_equal(db_col_int(held, 0), 42);
	db_rollback(cx);
	ok(cx, db_begin_read(cx));
	for (int i = 0; i < TEXTS; i++)
		assert_int_equal(one_int(cx, str_printf(cx->mem, "SELECT %d", i).p), i);
	db_rollback(cx);
	closed(&cx);
}

static void
test_rows_stream_while_others_are_read(struct test_db *t)
{
	enum { ROWS = 3000 };
	struct cx *cx = opened(t, (struct db_options){ .connections = 1 });
	struct stmt *outer, *stmt;
	int64_t sum = 0;
	bool row;

	make_table(cx, "item");
	ok(cx, db_begin_write(cx));
	for (int64_t i = 1; i <= ROWS; i++)
		ok(cx, insert(cx, i, NULL));
	outer = db_sql(cx, "SELECT n FROM item ORDER BY n");
	for (int i = 0;; i++) {
		ok(cx, db_step(cx, outer, &row));
		if (!row)
			break;
		sum += db_col_int(outer, 0);
		if (i % 1000 != 10)
			continue;
		stmt = db_sql(cx, "UPDATE item SET r = 1 WHERE n = ?1");
		db_bind_int(stmt, 1, db_col_int(outer, 0));
		ok(cx, db_run(cx, stmt));
		assert_int_equal(db_changes(stmt), 1);
	}
	assert_int_equal(sum, (int64_t)ROWS * (ROWS + 1) / 2);
	assert_int_equal(one_int(cx, "SELECT count(*) FROM item WHERE r = 1"), 3);
	outer = db_sql(cx, "SELECT n FROM item ORDER BY n");
	ok(cx, db_step(cx, outer, &row));
	db_done(outer);
	ok(cx, db_commit(cx));
	closed(&cx);
}

/* ---- the table ----------------------------------------------------------------------------- */

static const struct both_engines CASES[] = {
	{ "the same text is prepared once", test_same_text_is_prepared_once },
	{ "the same text nests", test_same_text_nests },
	{ "held statements outlive the cache", test_held_statements_outlive_the_cache },
	{ "rows stream while others are read", test_rows_stream_while_others_are_read },
};

int
main(void)
{
	return run_on_both("cache", CASES, countof(CASES));
}
