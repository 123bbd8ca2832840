#include <stdatomic.h>

#include "db/test_item.h"

/* One table of cases, run on both engines. */

static void
test_values_come_back(struct test_db *t)
{
	static const int64_t ints[] = {
		0, -1, 42, INT64_MAX, INT64_MIN, INT32_MAX, (int64_t)INT32_MAX + 1
	};
	static const double reals[] = { 0.0, -0.5, 1e300, 5e-324, 0.1 };
	static const struct str texts[] = { S_INIT(""), S_INIT("a"), S_INIT("Grüße, Łódź ✓ 𝄞"),
					    S_INIT("'\"\\%_?1$1"), S_INIT("a\tb\nc") };
	static const struct str blobs[] = { S_INIT(""), S_INIT("\0\1\2"), S_INIT("\xff\xfe\0x"),
					    S_INIT("text") };
	struct cx *cx = opened(t, (struct db_options){ 0 });
	bool row;

	make_table(cx, "item");
	ok(cx, db_begin_write(cx));
	for (size_t i = 0; i < countof(ints); i++) {
		struct stmt *put =
			db_sql(cx, "INSERT INTO item (id, n, r, t, b) VALUES (?1, ?2, ?3, ?4, ?5)");

		assert_non_null(put);
		db_bind_int(put, 1, (int64_t)i + 1);
		db_bind_int(put, 2, ints[i]);
		if (i < countof(reals))
			db_bind_real(put, 3, reals[i]);
		if (i < countof(texts))
			db_bind_str(put, 4, texts[i]);
		if (i < countof(blobs))
			db_bind_blob(put, 5, blobs[i]);
		ok(cx, db_run(cx, put));
		assert_int_equal(db_changes(put), 1);
	}
	ok(cx, db_commit(cx));
	ok(cx, db_begin_read(cx));
	for (size_t i = 0; i < countof(ints); i++) {
		struct stmt *get = db_sql(cx, "SELECT n, r, t, b FROM item WHERE id = ?1");

		db_bind_int(get, 1, (int64_t)i + 1);
		ok(cx, db_step(cx, get, &row));
		assert_true(row);
		assert_true(db_col_int(get, 0) == ints[i]);
		assert_int_equal(db_col_null(get, 1), i >= countof(reals));
		assert_int_equal(db_col_null(get, 2), i >= countof(texts));
		assert_int_equal(db_col_null(get, 3), i >= countof(blobs));
		if (i < countof(reals))
			assert_true(db_col_real(get, 1) >= reals[i] &&
				    db_col_real(get, 1) <= reals[i]);
		if (i < countof(texts))
			assert_true(str_eq(db_col_str(get, 2), texts[i]));
		if (i < countof(blobs))
			assert_true(str_eq(db_col_blob(get, 3), blobs[i]));
		ok(cx, db_step(cx, get, &row));
		assert_false(row);
	}
	db_rollback(cx);
	closed(&cx);
}

/* ?1: 7, ?2: "one", ?3: NULL, ?4: 2, as far as they stand in the text. */
static int64_t
asked(struct cx *cx, const char *sql)
{
	struct stmt *stmt = db_prepare(cx, str_of(sql));
	int64_t value;
	bool row = false;

	if (!stmt)
		fail_msg("%s: %.*s", sql, STR_FMT(cx->err.why));
	if (strstr(sql, "?4"))
		db_bind_int(stmt, 4, 2);
	if (strstr(sql, "?3"))
		db_bind_null(stmt, 3);
	if (strstr(sql, "?2"))
		db_bind_str(stmt, 2, S("one"));
	if (strstr(sql, "?1") && !strstr(sql, "'?1' OR \"t\""))
		db_bind_int(stmt, 1, 7);
	if (!db_step(cx, stmt, &row) || !row)
		fail_msg("%s: %.*s", sql, STR_FMT(cx->err.why));
	value = db_col_int(stmt, 0);
	db_done(stmt);
	return value;
}

static void
test_placeholders_mean_the_same(struct test_db *t)
{
	static const struct {
		const char *sql;
		int64_t want;
	} cases[] = {
		{ "SELECT count(*) FROM item WHERE n = ?1", 1 },
		{ "SELECT count(*) FROM item WHERE t = ?2", 1 },
		{ "SELECT count(*) FROM item WHERE n > ?1 - 5 AND n < ?1 + 5", 2 },
		{ "SELECT n + ?1 FROM item WHERE n = ?1", 14 },
		{ "SELECT ?1 * 3000000000 FROM item WHERE n = ?1", 21000000000 },
		{ "SELECT count(*) FROM item WHERE ?1 IS NULL", 0 },
		{ "SELECT count(*) FROM item WHERE ?3 IS NULL", 3 },
		{ "SELECT count(*) FROM item WHERE ?3 IS NULL OR n = ?3", 3 },
		{ "SELECT count(*) FROM item WHERE ?1 IS NOT NULL AND n = ?1", 1 },
		{ "SELECT count(*) FROM item WHERE n IS NOT DISTINCT FROM ?3", 1 },
		{ "SELECT count(*) FROM (SELECT n FROM item LIMIT ?4) x", 2 },
		{ "SELECT n FROM item WHERE n IS NOT NULL ORDER BY n LIMIT ?4 OFFSET 1", 8 },
		{ "SELECT count(*) FROM item WHERE n IN (?4, ?1, ?3)", 1 },
		{ "SELECT count(*) FROM item WHERE (n, id) > (?4, ?1)", 2 },
		{ "SELECT count(*) FROM item WHERE t = '?1' OR \"t\" = ?2 -- ?9 is a comment\n",
		  1 },
		{ "SELECT count(*) /* ?9 '?8' */ FROM item WHERE t = 'it''s ?7' OR n = ?1", 1 },
		{ "SELECT length(?2) FROM item WHERE n = ?1", 3 },
		{ "SELECT CASE WHEN n = ?1 THEN ?4 ELSE 0 END FROM item ORDER BY id LIMIT 1", 2 },
		{ "SELECT coalesce(?3, ?1) FROM item LIMIT 1", 7 },
		{ "SELECT sum(n) FROM item", 15 },
		{ "SELECT n = 7 FROM item ORDER BY id LIMIT 1", 1 },
		{ "SELECT count(*) FROM item WHERE substr(t, CAST(?4 AS INTEGER)) = 'wo'", 1 },
	};
	struct cx *cx = opened(t, (struct db_options){ 0 });

	make_table(cx, "item");
	ok(cx, db_begin_write(cx));
	ok(cx, insert(cx, 7, "one"));
	ok(cx, insert(cx, 8, "two"));
	{
		struct stmt *stmt = db_sql(cx, "INSERT INTO item (n, t) VALUES (?1, ?2)");

		db_bind_null(stmt, 1);
		ok(cx, db_run(cx, stmt));
	}
	ok(cx, db_commit(cx));
	ok(cx, db_begin_read(cx));
	for (size_t i = 0; i < countof(cases); i++)
		for (int round = 0; round < 2; round++)
			if (asked(cx, cases[i].sql) != cases[i].want)
				fail_msg("%s: %lld", cases[i].sql,
					 (long long)asked(cx, cases[i].sql));
	db_rollback(cx);
	closed(&cx);
}

static void
test_read_sees_one_state(struct test_db *t)
{
	struct cx *reader = opened(t, (struct db_options){ 0 }),
		  *writer = cx_new(&env_real, CX_MEM_DEFAULT);

	writer->db = reader->db;
	make_table(writer, "item");
	ok(reader, db_begin_read(reader));
	assert_int_equal(one_int(reader, "SELECT count(*) FROM item"), 0);
	ok(writer, db_begin_write(writer));
	ok(writer, insert(writer, 1, "x"));
	assert_int_equal(one_int(writer, "SELECT count(*) FROM item"), 1);
	assert_int_equal(one_int(reader, "SELECT count(*) FROM item"), 0);
	ok(writer, db_commit(writer));
	assert_int_equal(one_int(reader, "SELECT count(*) FROM item"), 0);
	db_rollback(reader);
	assert_int_equal(count_items(reader), 1);
	ok(reader, db_begin_read(reader));
	assert_int_equal(one_int(reader, "SELECT n FROM item"), 1);
	ok(reader, db_commit(reader));
	cx_free(&writer);
	closed(&reader);
}

static void
test_rollback_keeps_nothing(struct test_db *t)
{
	struct cx *cx = opened(t, (struct db_options){ 0 });

	make_table(cx, "item");
	db_rollback(cx);
	ok(cx, db_begin_write(cx));
	db_rollback(cx);
	ok(cx, db_begin_write(cx));
	assert_true(db_in_write(cx));
	ok(cx, insert(cx, 1, NULL));
	db_rollback(cx);
	assert_false(db_in_write(cx));
	db_rollback(cx);
	assert_int_equal(count_items(cx), 0);
	ok(cx, db_begin_write(cx));
	ok(cx, db_commit(cx));
	closed(&cx);
}

static void
test_savepoints_nest(struct test_db *t)
{
	struct cx *cx = opened(t, (struct db_options){ 0 });

	make_table(cx, "item");
	ok(cx, db_begin_write(cx));
	ok(cx, insert(cx, 1, "a"));
	ok(cx, db_savepoint(cx));
	ok(cx, insert(cx, 2, "b"));
	ok(cx, db_savepoint(cx));
	ok(cx, insert(cx, 3, "c"));
	refused(cx, insert(cx, 4, "a"), E_CONFLICT);
	refused(cx, insert(cx, 5, "e"), E_BUG);
	refused(cx, db_release(cx), E_BUG);
	ok(cx, db_rollback_to(cx));
	ok(cx, db_savepoint(cx));
	ok(cx, insert(cx, 6, "f"));
	ok(cx, db_release(cx));
	ok(cx, db_release(cx));
	ok(cx, db_savepoint(cx));
	ok(cx, insert(cx, 7, "g"));
	ok(cx, db_rollback_to(cx));
	refused(cx, db_rollback_to(cx), E_BUG);
	refused(cx, db_release(cx), E_BUG);
	assert_int_equal(one_int(cx, "SELECT sum(n) FROM item"), 9);
	ok(cx, db_commit(cx));
	ok(cx, db_begin_write(cx));
	ok(cx, db_savepoint(cx));
	ok(cx, insert(cx, 10, NULL));
	refused(cx, db_commit(cx), E_BUG);
	assert_int_equal(count_items(cx), 3);
	closed(&cx);
}

static void
test_refusals_have_codes(struct test_db *t)
{
	static const struct {
		const char *sql;
		enum err_code want;
	} cases[] = {
		{ "INSERT INTO item (n, t) VALUES (1, 'there')", E_CONFLICT },
		{ "INSERT INTO part (item) VALUES (77)", E_CONFLICT },
		{ "DELETE FROM item WHERE id = 1", E_CONFLICT },
		{ "INSERT INTO part (item) VALUES (NULL)", E_INPUT },
		{ "INSERT INTO part (item, weight) VALUES (1, -1)", E_INPUT },
		{ "SELECT nothing FROM item", E_DB },
		{ "SELEC 1", E_DB },
		{ "INSERT INTO nowhere VALUES (1)", E_DB },
	};
	struct cx *cx = opened(t, (struct db_options){ 0 });
	const struct dialect *d = db_dialect(cx->db);

	make_table(cx, "item");
	ok(cx, db_begin_write(cx));
	ok(cx,
	   db_ddl(cx, str_printf(cx->mem,
				 "CREATE TABLE part (id %s, item %s NOT NULL REFERENCES item(id),"
				 " weight %s CHECK (weight > 0))%s",
				 d->primary_key, d->types[STORE_INT], d->types[STORE_INT],
				 d->table_suffix)));
	ok(cx, insert(cx, 1, "there"));
	{
		struct stmt *stmt = db_sql(cx, "INSERT INTO part (item) SELECT id FROM item");

		ok(cx, db_run(cx, stmt));
		assert_int_equal(db_changes(stmt), 1);
	}
	ok(cx, db_commit(cx));
	for (size_t i = 0; i < countof(cases); i++) {
		struct stmt *stmt;

		ok(cx, db_begin_write(cx));
		stmt = db_prepare(cx, str_of(cases[i].sql));
		if (stmt && db_run(cx, stmt))
			fail_msg("%s: was taken", cases[i].sql);
		if (cx->err.code != cases[i].want)
			fail_msg("%s: %s: %.*s", cases[i].sql, err_row(cx->err.code)->name,
				 STR_FMT(cx->err.why));
		fail_clear(cx);
		db_rollback(cx);
	}
	assert_int_equal(count_items(cx), 1);
	closed(&cx);
}

/* A reference that stays open until the end fails its own unit and no other's. */
static void
test_open_reference_fails_the_commit(struct test_db *t)
{
	struct cx *cx = opened(t, (struct db_options){ 0 });
	const struct dialect *d = db_dialect(cx->db);
	struct stmt *stmt;

	make_table(cx, "item");
	ok(cx, db_begin_write(cx));
	ok(cx,
	   db_ddl(cx, str_printf(cx->mem,
				 "CREATE TABLE part (id %s, item %s REFERENCES item(id) DEFERRABLE"
				 " INITIALLY DEFERRED)%s",
				 d->primary_key, d->types[STORE_INT], d->table_suffix)));
	ok(cx, db_commit(cx));
	for (int is_whole = 0; is_whole < 2; is_whole++) {
		ok(cx, db_begin_write(cx));
		stmt = db_sql(cx, "INSERT INTO part (item) VALUES (?1)");
		db_bind_int(stmt, 1, 1);
		ok(cx, db_run(cx, stmt));
		if (!is_whole) {
			refused(cx, db_commit(cx), E_CONFLICT);
			continue;
		}
		ok(cx, insert(cx, 1, NULL));
		ok(cx, db_commit(cx));
	}
	ok(cx, db_begin_read(cx));
	assert_int_equal(one_int(cx, "SELECT count(*) FROM part"), 1);
	db_rollback(cx);
	closed(&cx);
}

static void
test_misuse_is_refused(struct test_db *t)
{
	struct cx *cx = opened(t, (struct db_options){ 0 });
	struct stmt *stmt;

	make_table(cx, "item");
	refused(cx, db_sql(cx, "SELECT 1"), E_BUG);
	refused(cx, db_commit(cx), E_BUG);
	ok(cx, db_begin_read(cx));
	refused(cx, db_begin_read(cx), E_BUG);
	refused(cx, db_begin_write(cx), E_BUG);
	refused(cx, db_savepoint(cx), E_BUG);
	refused(cx, db_lock(cx, 1), E_BUG);
	refused(cx, db_ddl(cx, S("CREATE TABLE x (id INTEGER)")), E_BUG);
	refused(cx, db_truncate_log(cx), E_BUG);
	refused(cx, db_search_optimize(cx), E_BUG);
	refused(cx, insert(cx, 1, "x"), E_BUG); /* a write in a read */
	db_rollback(cx);

	ok(cx, db_begin_write(cx));
	stmt = db_sql(cx, "SELECT ?1");
	db_bind_int(stmt, 2, 1);
	refused(cx, db_run(cx, stmt), E_BUG);
	db_rollback(cx);
	ok(cx, db_begin_write(cx));
	stmt = db_sql(cx, "SELECT ?1");
	db_bind_int(stmt, 0, 1);
	refused(cx, db_run(cx, stmt), E_BUG);
	db_rollback(cx);
	ok(cx, db_begin_write(cx));
	stmt = db_sql(cx, "SELECT 1; SELECT 2");
	if (stmt)
		refused(cx, db_run(cx, stmt), E_DB);
	else
		refused(cx, false, E_BUG);
	db_rollback(cx);
	ok(cx, db_begin_read(cx));
	refused(cx, db_sql(cx, "SELECT ?"), E_BUG);
	db_rollback(cx);
	assert_int_equal(count_items(cx), 0);
	closed(&cx);
}

static void
test_text_is_utf8_without_nul(struct test_db *t)
{
	static const struct str bad[] = { S_INIT("a\0b"),
					  S_INIT("\0"),
					  S_INIT("\xff"),
					  S_INIT("12345678\xc3"),
					  S_INIT("Stra\xc3\x9f"
						 "e\0"),
					  S_INIT("12345678abcdefg\0hi"),
					  S_INIT("\xed\xa0\x80") };
	struct cx *cx = opened(t, (struct db_options){ 0 });

	make_table(cx, "item");
	for (size_t i = 0; i < countof(bad); i++) {
		struct stmt *stmt;

		ok(cx, db_begin_write(cx));
		stmt = db_sql(cx, "INSERT INTO item (t) VALUES (?1)");
		db_bind_str(stmt, 1, bad[i]);
		refused(cx, db_run(cx, stmt), E_INPUT);
		db_rollback(cx);
	}
	assert_int_equal(count_items(cx), 0);
	closed(&cx);
}

static void
test_changes_and_returning(struct test_db *t)
{
	struct cx *cx = opened(t, (struct db_options){ 0 });
	struct stmt *stmt;
	bool row;

	make_table(cx, "item");
	ok(cx, db_begin_write(cx));
	for (int64_t i = 1; i <= 3; i++) {
		stmt = db_sql(cx, "INSERT INTO item (n) VALUES (?1) RETURNING id, n");
		db_bind_int(stmt, 1, i * 10);
		ok(cx, db_step(cx, stmt, &row));
		assert_true(row);
		assert_int_equal(db_col_int(stmt, 0), i);
		assert_int_equal(db_col_int(stmt, 1), i * 10);
		db_done(stmt);
	}
	stmt = db_sql(cx, "UPDATE item SET n = n + 1 WHERE n > ?1");
	db_bind_int(stmt, 1, 15);
	ok(cx, db_run(cx, stmt));
	assert_int_equal(db_changes(stmt), 2);
	db_bind_int(stmt, 1, 1000);
	ok(cx, db_run(cx, stmt));
	assert_int_equal(db_changes(stmt), 0);
	stmt = db_sql(cx, "DELETE FROM item");
	ok(cx, db_run(cx, stmt));
	assert_int_equal(db_changes(stmt), 3);
	ok(cx, db_commit(cx));
	closed(&cx);
}

static void
test_insert_tells_the_id(struct test_db *t)
{
	struct cx *cx = opened(t, (struct db_options){ 0 });
	struct str sql;
	int64_t id = 0;

	make_table(cx, "item");
	sql = str_printf(cx->mem, "INSERT INTO item (n) VALUES (?1)%s",
			 db_dialect(cx->db)->inserted_id);
	ok(cx, db_begin_write(cx));
	for (int64_t i = 1; i <= 3; i++) {
		struct stmt *stmt = db_prepare(cx, sql);

		db_bind_int(stmt, 1, i * 10);
		ok(cx, db_insert(cx, stmt, &id));
		assert_int_equal(id, i);
	}
	ok(cx, db_run(cx, db_sql(cx, "DELETE FROM item WHERE n = 30")));
	ok(cx, db_commit(cx));
	ok(cx, db_begin_write(cx));
	{
		struct stmt *stmt = db_prepare(cx, sql);

		ok(cx, db_insert(cx, stmt, &id));
	}
	assert_int_equal(id, 4); /* 3 was given already */
	ok(cx, db_commit(cx));
	closed(&cx);
}

static void
test_columns_convert(struct test_db *t)
{
	struct cx *cx = opened(t, (struct db_options){ 0 });
	struct stmt *stmt;
	bool row;

	make_table(cx, "item");
	ok(cx, db_begin_write(cx));
	ok(cx, insert(cx, -9007199254740993, "17"));
	ok(cx, insert(cx, 3, NULL));
	ok(cx, insert(cx, 4, "no number"));
	stmt = db_sql(
		cx, "SELECT n, t, sum(n) OVER (), avg(n) OVER (), n = 3, '' FROM item ORDER BY id");
	ok(cx, db_step(cx, stmt, &row));
	assert_str(db_col_str(stmt, 0), "-9007199254740993");
	assert_str(db_col_str(stmt, 2), "-9007199254740986");
	assert_str(db_col_str(stmt, 0), "-9007199254740993");
	assert_int_equal(db_col_int(stmt, 1), 17);
	assert_true(db_col_int(stmt, 2) == -9007199254740986);
	assert_true(fabs(db_col_real(stmt, 3) + 3002399751580328.67) < 1.0);
	assert_true(fabs(db_col_real(stmt, 1) - 17.0) < 0.001);
	assert_int_equal(db_col_int(stmt, 4), 0);
	assert_false(db_col_null(stmt, 5));
	assert_int_equal(db_col_str(stmt, 5).n, 0);
	ok(cx, db_step(cx, stmt, &row));
	assert_true(db_col_null(stmt, 1));
	assert_int_equal(db_col_int(stmt, 1), 0);
	assert_int_equal(db_col_str(stmt, 1).n, 0);
	assert_int_equal(db_col_blob(stmt, 1).n, 0);
	assert_int_equal(db_col_int(stmt, 4), 1);
	ok(cx, db_step(cx, stmt, &row));
	assert_int_equal(db_col_int(stmt, 1), 0);
	db_done(stmt);
	db_rollback(cx);
	closed(&cx);
}

/* ---- several at once ----------------------------------------------------------------------- */

enum { THREADS = 8, UNITS = 60 };

struct crew {
	struct db *db;
	int64_t number;
	atomic_int *n_ready;
	int n_kept;
	bool failed;
};

/* Every third unit is rolled back, every fourth takes a part back. */
static bool
crew_unit(struct cx *cx, int64_t value)
{
	if (!db_begin_write(cx) || !insert(cx, value, NULL))
		return false;
	if (value % 4 == 0 && (!db_savepoint(cx) || !insert(cx, -1, NULL) || !db_rollback_to(cx)))
		return false;
	if (value % 3 == 0) {
		db_rollback(cx);
		return true;
	}
	return db_commit(cx);
}

static void *
crew_work(void *arg)
{
	struct crew *crew = arg;
	struct cx *cx = cx_new(&env_real, CX_MEM_DEFAULT);

	cx->db = crew->db;
	atomic_fetch_add(crew->n_ready, 1);
	for (int i = 0; i < UNITS && !crew->failed; i++) {
		int64_t value = crew->number * UNITS + i;

		cx_reset(cx);
		crew->failed = !crew_unit(cx, value);
		crew->n_kept += !crew->failed && value % 3 != 0;
		if (crew->failed)
			print_error("%.*s\n", STR_FMT(cx->err.why));
		db_rollback(cx);
		if (!db_begin_read(cx))
			crew->failed = true;
		db_rollback(cx);
	}
	cx_free(&cx);
	return NULL;
}

static void
test_units_of_threads_are_kept_exactly_once(struct test_db *t)
{
	struct cx *cx = opened(t, (struct db_options){ 0 });
	struct crew crews[THREADS] = { 0 };
	pthread_t threads[THREADS];
	struct db_stats before, after;
	atomic_int n_ready = 0;
	int64_t kept = 0;

	make_table(cx, "item");
	db_stats(cx->db, &before);
	ok(cx, db_begin_write(cx)); /* until they stand in the queue */
	for (int i = 0; i < THREADS; i++) {
		crews[i] = (struct crew){ .db = cx->db, .number = i, .n_ready = &n_ready };
		assert_int_equal(pthread_create(&threads[i], NULL, crew_work, &crews[i]), 0);
	}
	while (atomic_load(&n_ready) < THREADS)
		;
	for (int i = 0; i < UNITS * THREADS; i++)
		ok(cx, insert(cx, -1, NULL));
	db_rollback(cx);
	for (int i = 0; i < THREADS; i++) {
		pthread_join(threads[i], NULL);
		assert_false(crews[i].failed);
		kept += crews[i].n_kept;
	}
	db_stats(cx->db, &after);
	assert_int_equal(count_items(cx), kept);
	ok(cx, db_begin_read(cx));
	assert_int_equal(one_int(cx, "SELECT count(DISTINCT n) FROM item"), kept);
	assert_int_equal(one_int(cx, "SELECT count(*) FROM item WHERE n % 3 = 0 OR n < 0"), 0);
	db_rollback(cx);
	assert_int_equal(after.writes - before.writes, kept);
	if (t->engine == TEST_SQLITE) {
		print_message("%lld units in %lld commits, %lld of them for several\n",
			      (long long)kept, (long long)(after.commits - before.commits),
			      (long long)(after.groups - before.groups));
		assert_true(after.commits - before.commits < kept);
		assert_true(after.groups > before.groups);
	}
	closed(&cx);
}

static void
test_no_free_connection_is_busy(struct test_db *t)
{
	struct cx *cx = opened(t, (struct db_options){ .connections = 1, .busy_ms = 50 });
	struct cx *other = cx_new(&env_real, CX_MEM_DEFAULT);

	other->db = cx->db;
	ok(cx, db_begin_read(cx));
	refused(other, db_begin_read(other), E_BUSY);
	assert_null(other->conn);
	db_rollback(cx);
	ok(other, db_begin_read(other));
	db_rollback(other);
	make_table(cx, "item");
	ok(cx, db_begin_write(cx));
	ok(cx, db_lock(cx, 1));
	refused(other, db_begin_write(other), E_BUSY);
	db_rollback(cx);
	ok(other, db_begin_write(other));
	db_rollback(other);
	cx_free(&other);
	closed(&cx);
}

/* ---- the table ----------------------------------------------------------------------------- */

static const struct both_engines CASES[] = {
	{ "values of every class come back as they were", test_values_come_back },
	{ "placeholders mean the same", test_placeholders_mean_the_same },
	{ "a read sees one state", test_read_sees_one_state },
	{ "a rollback keeps nothing", test_rollback_keeps_nothing },
	{ "savepoints nest", test_savepoints_nest },
	{ "refusals have codes", test_refusals_have_codes },
	{ "an open reference fails the commit", test_open_reference_fails_the_commit },
	{ "misuse is refused", test_misuse_is_refused },
	{ "text is UTF-8 without NUL", test_text_is_utf8_without_nul },
	{ "changes are counted, RETURNING gives rows", test_changes_and_returning },
	{ "an insert tells the id, and none is given twice", test_insert_tells_the_id },
	{ "columns convert", test_columns_convert },
	{ "units of eight threads are kept exactly once",
	  test_units_of_threads_are_kept_exactly_once },
	{ "no free connection is busy", test_no_free_connection_is_busy },
};

int
main(void)
{
	return run_on_both("db", CASES, countof(CASES));
}
