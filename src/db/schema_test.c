/* What exists is read back alike, and changes of it are undone and seen. */
#include "db/test_item.h"

static void
test_schema_is_read_back(struct test_db *t)
{
	struct cx *cx = opened(t, (struct db_options){ 0 });
	struct db_schema schema;

	ok(cx, db_begin_write(cx));
	ok(cx, db_introspect(cx, &schema));
	assert_int_equal(schema.n, 0);
	ok(cx, db_search_create(cx));
	ok(cx, db_commit(cx));
	make_table(cx, "zebra");
	make_table(cx, "item");
	ok(cx, db_begin_write(cx));
	ok(cx, db_ddl(cx, S("CREATE INDEX item_by_n ON item (n, id)")));
	ok(cx, db_ddl(cx, S("CREATE UNIQUE INDEX a_item ON item (n) WHERE n > 5")));
	ok(cx,
	   db_ddl(cx, str_printf(cx->mem,
				 "ALTER TABLE item ADD COLUMN \"x_Größe\" %s NOT NULL DEFAULT 0",
				 db_dialect(cx->db)->types[STORE_INT])));
	ok(cx, db_introspect(cx, &schema));
	ok(cx, db_commit(cx));
	assert_int_equal(schema.n, 2);
	assert_str(schema.v[0].name, "item");
	assert_str(schema.v[1].name, "zebra");
	assert_int_equal(schema.v[0].n, 6);
	assert_str(schema.v[0].v[0].name, "id");
	assert_int_equal(schema.v[0].v[0].store, STORE_INT);
	assert_int_equal(schema.v[0].v[2].store, STORE_REAL);
	assert_int_equal(schema.v[0].v[3].store, STORE_TEXT);
	assert_int_equal(schema.v[0].v[4].store, STORE_BLOB);
	assert_false(schema.v[0].v[4].not_null);
	assert_str(schema.v[0].v[5].name, "x_Größe");
	assert_true(schema.v[0].v[5].not_null);
	assert_int_equal(schema.v[0].indexes.n, 2);
	assert_str(schema.v[0].indexes.v[0], "a_item");
	assert_str(schema.v[0].indexes.v[1], "item_by_n");
	assert_int_equal(schema.v[1].indexes.n, 0);
	closed(&cx);
}

static void
test_schema_change_is_undone_and_seen(struct test_db *t)
{
	struct cx *cx = opened(t, (struct db_options){ 0 });
	struct str add = { 0 };

	make_table(cx, "item");
	add = str_printf(cx->mem, "ALTER TABLE item ADD COLUMN x %s",
			 db_dialect(cx->db)->types[STORE_INT]);
	assert_int_equal(count_items(cx), 0);
	ok(cx, db_begin_write(cx));
	ok(cx, db_ddl(cx, add));
	ok(cx, insert(cx, 1, "a"));
	db_rollback(cx);
	ok(cx, db_begin_write(cx));
	ok(cx, insert(cx, 1, "a"));
	ok(cx, db_ddl(cx, add));
	ok(cx, insert(cx, 2, "b"));
	assert_int_equal(one_int(cx, "SELECT count(*) FROM item WHERE x IS NULL"), 2);
	refused(cx, db_ddl(cx, S("CREATE TABLE item (id INTEGER)")), E_DB);
	db_rollback(cx);
	ok(cx, db_begin_write(cx));
	ok(cx, db_ddl(cx, add));
	ok(cx, db_commit(cx));
	assert_int_equal(count_items(cx), 0);
	closed(&cx);
}

static void
test_ids_go_on_behind_those_that_were_written(struct test_db *t)
{
	struct cx *cx = opened(t, (struct db_options){ 0 });
	struct stmt *stmt;

	make_table(cx, "item");
	ok(cx, db_begin_write(cx));
	ok(cx, db_ids_follow(cx, S("item")));
	ok(cx, insert(cx, 1, NULL));
	assert_int_equal(one_int(cx, "SELECT max(id) FROM item"), 1);
	stmt = db_sql(cx, "INSERT INTO item (id, n) VALUES (?1, 2)");
	db_bind_int(stmt, 1, 4711);
	ok(cx, db_run(cx, stmt));
	ok(cx, db_ids_follow(cx, S("item")));
	ok(cx, insert(cx, 3, NULL));
	assert_int_equal(one_int(cx, "SELECT id FROM item WHERE n = 3"), 4712);
	ok(cx, db_commit(cx));
	closed(&cx);
}

static void
test_sound_database_passes_its_check(struct test_db *t)
{
	struct cx *cx = opened(t, (struct db_options){ 0 });
	struct str found;

	make_table(cx, "item");
	ok(cx, db_begin_write(cx));
	ok(cx, db_lock(cx, 7));
	ok(cx, db_lock(cx, 7));
	ok(cx, insert(cx, 1, "x"));
	ok(cx, db_search_create(cx));
	ok(cx, db_search_put(cx, 1, 1, S("meier"), S("")));
	ok(cx, db_commit(cx));
	ok(cx, db_search_optimize(cx));
	ok(cx, db_truncate_log(cx));
	ok(cx, db_begin_read(cx));
	ok(cx, db_check(cx, &found));
	assert_str(found, "ok");
	db_rollback(cx);
	closed(&cx);
}

/* ---- the table ----------------------------------------------------------------------------- */

static const struct both_engines CASES[] = {
	{ "the schema is read back", test_schema_is_read_back },
	{ "a schema change is undone, and seen by statements",
	  test_schema_change_is_undone_and_seen },
	{ "ids go on behind those that were written",
	  test_ids_go_on_behind_those_that_were_written },
	{ "a sound database passes its check", test_sound_database_passes_its_check },
};

int
main(void)
{
	return run_on_both("schema", CASES, countof(CASES));
}
