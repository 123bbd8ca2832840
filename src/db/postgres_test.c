/* What only PostgreSQL's driver must withstand: another spelling, lost connections, addresses. */
#include "db/test_item.h"

#include <spawn.h>
#include <sys/wait.h>

#include "db/postgres_sql.h"

/* ---- the spelling ---------------------------------------------------------------------------- */

static const struct {
	const char *sql, *want;
	int n, n_tests;
	bool is_long;
} SPELLINGS[] = {
	{ "SELECT 1", "SELECT 1", 0, 0, true },
	{ "SELECT a FROM t WHERE b = ?1 LIMIT ?2", "SELECT a FROM t WHERE b = $1 LIMIT $2", 2, 0,
	  false },
	{ "select ?12", "select $12", 12, 0, true },
	{ "SELECT '?1', \"?2\", ?1", "SELECT '?1', \"?2\", $1", 1, 0, true },
	{ "SELECT 'it''s ?1' || ?1", "SELECT 'it''s ?1' || $1", 1, 0, true },
	{ "SELECT 1 -- ?1 '\n, ?2", "SELECT 1  , $2", 2, 0, true },
	{ "SELECT /* ' ?1 /* */ ?2", "SELECT   $2", 2, 0, true },
	{ "SELECT 1 -- to the end", "SELECT 1  ", 0, 0, true },
	{ "SELECT ?1 IS NULL", "SELECT $2 IS NULL", 1, 1, true },
	{ "SELECT ?1 is\n not  null OR a = ?2 OR ?2 IS NULL",
	  "SELECT $3 is\n not  null OR a = $2 OR $4 IS NULL", 2, 2, true },
	{ "SELECT ?1 IS NOT DISTINCT FROM a", "SELECT $1 IS NOT DISTINCT FROM a", 1, 0, true },
	{ "SELECT ?1 ISNULL", "SELECT $1 ISNULL", 1, 0, true },
	{ "INSERT INTO t VALUES (?1) RETURNING id", "INSERT INTO t VALUES ($1) RETURNING id", 1, 0,
	  false },
	{ "SELECT limits FROM \"limit\"", "SELECT limits FROM \"limit\"", 0, 0, true },
	{ "SELECT ?", NULL },
	{ "SELECT ?0", NULL },
	{ "SELECT ?10001", NULL },
	{ "SELECT ?99999999999999999999", NULL },
	{ "SELECT $1", NULL },
	{ "SELECT 'open", NULL },
	{ "SELECT \"open", NULL },
	{ " ", NULL },
	{ "", NULL },
	{ "-- nothing", NULL },
};

static void
test_spelling(void **state)
{
	(void)state;
	for (size_t i = 0; i < countof(SPELLINGS); i++) {
		struct pg_sql sql;
		const char *why = NULL;

		if (!pg_sql_make(str_of(SPELLINGS[i].sql), &sql, &why)) {
			if (SPELLINGS[i].want)
				fail_msg("%s: %s", SPELLINGS[i].sql, why);
			assert_non_null(why);
			continue;
		}
		if (!SPELLINGS[i].want)
			fail_msg("%s was taken", SPELLINGS[i].sql);
		assert_string_equal(sql.text, SPELLINGS[i].want);
		assert_int_equal(sql.n, SPELLINGS[i].n);
		assert_int_equal(sql.n_tests, SPELLINGS[i].n_tests);
		if (sql.is_long != SPELLINGS[i].is_long)
			fail_msg("%s: long %d", SPELLINGS[i].sql, sql.is_long);
		pg_sql_fini(&sql);
	}
}

/* ---- addresses ------------------------------------------------------------------------------- */

static void
test_no_message_shows_a_password(void **state)
{
	static const struct {
		const char *address;
		enum err_code want;
	} cases[] = {
		{ "postgres://me:Geheim77@127.0.0.1:1/none", E_IO },
		{ "postgresql://me:Geheim77@nowhere.invalid/none", E_IO },
		{ "postgres://me:Gehe@im77@127.0.0.1:1/none", E_USAGE },
		{ "postgres://me:Geheim77/x@127.0.0.1:1/none", E_USAGE },
		{ "postgres://me:Geheim77?x@127.0.0.1:1/none", E_IO },
		{ "postgres://me:Geheim77#x@127.0.0.1:1/none", E_IO },
		{ "postgres://me:%ZZGeheim77@127.0.0.1:1/none", E_USAGE },
		{ "postgres://me:[Geheim77@127.0.0.1:1/none", E_IO },
		{ "postgres://127.0.0.1:1/none?password=Geheim77", E_IO },
		{ "postgres://127.0.0.1:1/none?password=Geheim77&nonsense=1", E_USAGE },
		{ "postgres://me@127.0.0.1:port/none", E_USAGE },
	};

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		struct cx *cx = cx_new(&env_real, CX_MEM_DEFAULT);

		assert_false(db_open(cx, str_of(cases[i].address),
				     (struct db_options){ .busy_ms = 100 }, &cx->db));
		if (cx->err.code != cases[i].want)
			fail_msg("%s: %s: %.*s", cases[i].address, err_row(cx->err.code)->name,
				 STR_FMT(cx->err.why));
		if (str_find(cx->err.why, S("Geh"), &(size_t){ 0 }) ||
		    str_find(cx->err.why, S("im77"), &(size_t){ 0 }))
			fail_msg("%s: %.*s", cases[i].address, STR_FMT(cx->err.why));
		assert_true(cx->err.why.n > 0);
		cx_free(&cx);
	}
}

/* ---- lost connections ------------------------------------------------------------------------ */

/* End all of this database's connections from outside. */
static void
end_connections(const struct test_db *t)
{
	char sql[400];

	snprintf(
		sql, sizeof sql,
		"SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity WHERE datname = '%s'",
		t->name);
	test_pg_run(sql);
}

static int64_t
reconnects(struct cx *cx)
{
	struct db_stats stats;

	db_stats(cx->db, &stats);
	return stats.reconnects;
}

static void
test_lost_between_units_is_not_noticed(struct test_db *t)
{
	struct cx *cx = opened(t, (struct db_options){ 0 });

	make_table(cx, "item");
	assert_int_equal(count_items(cx), 0);
	end_connections(t);
	assert_int_equal(count_items(cx), 0);
	assert_int_equal(reconnects(cx), 1);
	end_connections(t);
	ok(cx, db_begin_write(cx));
	ok(cx, insert(cx, 1, NULL));
	ok(cx, db_commit(cx));
	assert_int_equal(count_items(cx), 1);
	assert_int_equal(reconnects(cx), 2);
	closed(&cx);
}

static void
test_lost_before_the_first_statement_is_tried_again(struct test_db *t)
{
	struct cx *cx = opened(t, (struct db_options){ 0 });

	make_table(cx, "item");
	ok(cx, db_begin_read(cx));
	end_connections(t);
	assert_int_equal(one_int(cx, "SELECT count(*) FROM item"), 0);
	db_rollback(cx);
	ok(cx, db_begin_write(cx));
	end_connections(t);
	ok(cx, db_savepoint(cx));
	ok(cx, insert(cx, 1, NULL));
	ok(cx, db_rollback_to(cx));
	ok(cx, insert(cx, 2, NULL));
	ok(cx, db_commit(cx));
	assert_int_equal(count_items(cx), 1);
	closed(&cx);
}

static void
test_lost_in_a_unit_fails_it(struct test_db *t)
{
	struct cx *cx = opened(t, (struct db_options){ 0 });

	make_table(cx, "item");
	ok(cx, db_begin_write(cx));
	ok(cx, insert(cx, 1, NULL));
	end_connections(t);
	refused(cx, insert(cx, 2, NULL), E_IO);
	refused(cx, db_commit(cx), E_BUG);
	assert_int_equal(count_items(cx), 0);

	ok(cx, db_begin_write(cx));
	ok(cx, insert(cx, 3, NULL));
	end_connections(t);
	assert_false(db_commit(cx));
	assert_int_equal(cx->err.code, E_IO);
	assert_true(str_find(cx->err.why, S("look whether it is there"), &(size_t){ 0 }));
	fail_clear(cx);
	assert_int_equal(count_items(cx), 0);
	closed(&cx);
}

static void
test_lost_while_rows_come_in(struct test_db *t)
{
	struct cx *cx = opened(t, (struct db_options){ 0 });
	struct stmt *stmt;
	bool row = true, is_good = true;
	int64_t n = 0;

	ok(cx, db_begin_read(cx));
	stmt = db_sql(cx, "SELECT n, repeat('x', 1000) FROM generate_series(1, 200000) n");
	ok(cx, db_step(cx, stmt, &row));
	end_connections(t);
	for (; is_good && row; n++)
		is_good = db_step(cx, stmt, &row);
	assert_false(is_good);
	assert_true(n < 200000);
	assert_int_equal(cx->err.code, E_IO);
	fail_clear(cx);
	db_rollback(cx);
	ok(cx, db_begin_read(cx));
	assert_int_equal(one_int(cx, "SELECT 7"), 7);
	db_rollback(cx);
	closed(&cx);
}

/* `tools/pg restart` of the folder that KONTOR_TEST_PG_DIR names. */
static void
test_restart_is_survived(struct test_db *t)
{
	char *const command[] = { (char[]){ "tools/pg" }, (char[]){ "restart" },
				  getenv("KONTOR_TEST_PG_DIR"), NULL };
	struct cx *cx;
	pid_t child;
	int status;

	if (!command[2]) {
		print_message("skipped: KONTOR_TEST_PG_DIR names no folder of tools/pg\n");
		return;
	}
	cx = opened(t, (struct db_options){ 0 });
	make_table(cx, "item");
	ok(cx, db_begin_write(cx));
	ok(cx, insert(cx, 1, NULL));
	ok(cx, db_commit(cx));
	assert_int_equal(posix_spawn(&child, command[0], NULL, NULL, command, environ), 0);
	/* The server goes away and comes back under these units: each is done or fails as a whole.
	 */
	for (int i = 0; waitpid(child, &status, WNOHANG) == 0; i++) {
		if (db_begin_read(cx)) {
			struct stmt *stmt = db_sql(cx, "SELECT count(*) FROM item");

			if (!db_run(cx, stmt) && cx->err.code != E_IO)
				fail_msg("%s: %.*s", err_row(cx->err.code)->name,
					 STR_FMT(cx->err.why));
		}
		db_rollback(cx);
		cx_reset(cx);
	}
	assert_int_equal(WEXITSTATUS(status), 0);
	assert_int_equal(count_items(cx), 1);
	closed(&cx);
}

static void
test_second_host_is_tried(struct test_db *t)
{
	struct test_db two = *t;
	const char *at = strchr(t->address, '@');
	struct cx *cx;

	assert_non_null(at);
	snprintf(two.address, sizeof two.address, "%.*s127.0.0.1:1,%s", (int)(at + 1 - t->address),
		 t->address, at + 1);
	cx = opened(&two, (struct db_options){ 0 });
	make_table(cx, "item");
	end_connections(t);
	assert_int_equal(count_items(cx), 0);
	closed(&cx);
}

/* ---- others at the same time ----------------------------------------------------------------- */

static void
test_locked_row_is_busy(struct test_db *t)
{
	struct cx *cx = opened(t, (struct db_options){ .busy_ms = 100 });
	struct cx *other = cx_new(&env_real, CX_MEM_DEFAULT);

	other->db = cx->db;
	make_table(cx, "item");
	ok(cx, db_begin_write(cx));
	ok(cx, insert(cx, 1, NULL));
	ok(cx, db_commit(cx));
	ok(cx, db_begin_write(cx));
	ok(cx, db_lock(cx, 5));
	assert_int_equal(one_int(cx, "SELECT n FROM item FOR UPDATE"), 1);
	ok(other, db_begin_write(other));
	{
		struct stmt *stmt = db_sql(other, "UPDATE item SET n = 2");

		refused(other, db_run(other, stmt), E_BUSY);
	}
	db_rollback(other);
	ok(other, db_begin_write(other));
	refused(other, db_lock(other, 5), E_BUSY);
	db_rollback(other);
	ok(other, db_begin_write(other));
	ok(other, db_lock(other, 6));
	db_rollback(other);
	db_rollback(cx);
	ok(other, db_begin_write(other));
	ok(other, db_lock(other, 5));
	db_rollback(other);
	cx_free(&other);
	closed(&cx);
}

static void
test_long_statement_is_ended(struct test_db *t)
{
	struct cx *cx = opened(t, (struct db_options){ .statement_ms = 50 });
	struct stmt *stmt;
	bool is_done;

	ok(cx, db_begin_read(cx));
	stmt = db_sql(cx, "SELECT pg_sleep(20)");
	refused(cx, db_run(cx, stmt), E_BUSY);
	db_rollback(cx);
	/* The connection goes on.  Where much else runs a short statement may take too long as
	 * well.
	 */
	for (is_done = false; !is_done; db_rollback(cx)) {
		cx_reset(cx);
		ok(cx, db_begin_read(cx));
		stmt = db_sql(cx, "SELECT 1");
		is_done = stmt && db_run(cx, stmt);
		if (!is_done)
			assert_int_equal(cx->err.code, E_BUSY);
	}
	closed(&cx);
}

static void
test_table_changed_elsewhere(struct test_db *t)
{
	struct cx *cx = opened(t, (struct db_options){ .connections = 1 });
	struct cx *other = opened(t, (struct db_options){ .connections = 1 });
	struct stmt *stmt;

	make_table(cx, "item");
	ok(cx, db_begin_read(cx));
	stmt = db_sql(cx, "SELECT * FROM item");
	ok(cx, db_run(cx, stmt));
	db_rollback(cx);
	ok(other, db_begin_write(other));
	ok(other, db_ddl(other, S("ALTER TABLE item ADD COLUMN x BIGINT")));
	ok(other, db_commit(other));
	ok(cx, db_begin_read(cx));
	stmt = db_sql(cx, "SELECT * FROM item");
	ok(cx, db_run(cx, stmt));
	db_rollback(cx);
	ok(other, db_begin_write(other));
	ok(other, db_ddl(other, S("ALTER TABLE item DROP COLUMN x")));
	ok(other, db_commit(other));
	ok(cx, db_begin_read(cx));
	one_int(cx, "SELECT 1");
	stmt = db_sql(cx, "SELECT * FROM item");
	refused(cx, db_run(cx, stmt), E_CONFLICT);
	db_rollback(cx);
	ok(cx, db_begin_read(cx));
	stmt = db_sql(cx, "SELECT * FROM item");
	ok(cx, db_run(cx, stmt));
	db_rollback(cx);
	closed(&other);
	closed(&cx);
}

static void
test_server_forgets_old_statements(struct test_db *t)
{
	enum { TEXTS = 700 };
	struct cx *cx = opened(t, (struct db_options){ .connections = 1 });
	int64_t n;

	for (int i = 0; i < TEXTS; i++) {
		ok(cx, db_begin_read(cx));
		assert_int_equal(one_int(cx, str_printf(cx->mem, "SELECT %d", i).p), i);
		db_rollback(cx);
	}
	ok(cx, db_begin_read(cx));
	n = one_int(cx, "SELECT count(*) FROM pg_prepared_statements");
	db_rollback(cx);
	assert_in_range(n, 200, 300);
	closed(&cx);
}

static void
test_too_large_sums_are_refused(struct test_db *t)
{
	static const struct {
		const char *sql, *want;
	} cases[] = {
		{ "SELECT CAST('0' AS numeric)", "0" },
		{ "SELECT CAST('-0.05' AS numeric)", "-0.05" },
		{ "SELECT CAST('10000' AS numeric)", "10000" },
		{ "SELECT CAST('100000001' AS numeric)", "100000001" },
		{ "SELECT CAST('123456.7800' AS numeric)", "123456.7800" },
		{ "SELECT CAST('0.00001234' AS numeric)", "0.00001234" },
		{ "SELECT CAST('9223372036854775807' AS numeric)", "9223372036854775807" },
		{ "SELECT CAST('-9223372036854775808' AS numeric)", "-9223372036854775808" },
		{ "SELECT CAST('9223372036854775808' AS numeric)", NULL },
		{ "SELECT CAST('1e60' AS numeric)", NULL },
		{ "SELECT CAST('NaN' AS numeric)", NULL },
	};
	struct cx *cx = opened(t, (struct db_options){ 0 });

	for (size_t i = 0; i < countof(cases); i++) {
		struct stmt *stmt;
		bool row;

		ok(cx, db_begin_read(cx));
		stmt = db_prepare(cx, str_of(cases[i].sql));
		if (db_step(cx, stmt, &row)) {
			if (!cases[i].want)
				fail_msg("%s: was taken", cases[i].sql);
			assert_str(db_col_str(stmt, 0), cases[i].want);
		} else {
			if (cases[i].want)
				fail_msg("%s: %.*s", cases[i].sql, STR_FMT(cx->err.why));
			assert_int_equal(cx->err.code, E_INPUT);
			fail_clear(cx);
		}
		db_rollback(cx);
	}
	closed(&cx);
}

/* A statement whose parameter is NULL first and then of every class. */
static void
test_parameters_change_their_class(struct test_db *t)
{
	struct cx *cx = opened(t, (struct db_options){ .connections = 1 });

	make_table(cx, "item");
	for (int i = 0; i < 8; i++) {
		struct stmt *stmt;

		ok(cx, db_begin_write(cx));
		stmt = db_sql(cx, "INSERT INTO item (n, r, t, b) VALUES (?1, ?2, ?3, ?4)");
		if (i & 1)
			db_bind_int(stmt, 1, INT64_MAX);
		if (i & 2)
			db_bind_int(stmt, 2, 2);
		else if (i & 1)
			db_bind_real(stmt, 2, 2.5);
		if (i & 4)
			db_bind_str(stmt, 3, str_printf(cx->mem, "%d", i));
		if (i & 1)
			db_bind_blob(stmt, 4, S("\0\xff"));
		ok(cx, db_run(cx, stmt));
		ok(cx, db_commit(cx));
	}
	ok(cx, db_begin_read(cx));
	assert_int_equal(one_int(cx, "SELECT count(*) FROM item WHERE n = 9223372036854775807"), 4);
	assert_int_equal(one_int(cx, "SELECT count(*) FROM item WHERE r = 2"), 4);
	assert_int_equal(one_int(cx, "SELECT count(*) FROM item WHERE r = 2.5"), 2);
	assert_int_equal(one_int(cx, "SELECT count(t) FROM item"), 4);
	db_rollback(cx);
	closed(&cx);
}

/* ---- the table ------------------------------------------------------------------------------- */

static const struct {
	const char *title;
	void (*run)(struct test_db *t);
} CASES[] = {
	{ "lost between units is not noticed", test_lost_between_units_is_not_noticed },
	{ "lost before the first statement is tried again",
	  test_lost_before_the_first_statement_is_tried_again },
	{ "lost in a unit fails it", test_lost_in_a_unit_fails_it },
	{ "lost while rows come in", test_lost_while_rows_come_in },
	{ "a restart is survived", test_restart_is_survived },
	{ "the second host is tried", test_second_host_is_tried },
	{ "a locked row is busy", test_locked_row_is_busy },
	{ "a long statement is ended", test_long_statement_is_ended },
	{ "a table changed elsewhere", test_table_changed_elsewhere },
	{ "the server forgets old statements", test_server_forgets_old_statements },
	{ "too large sums are refused", test_too_large_sums_are_refused },
	{ "parameters change their class", test_parameters_change_their_class },
};

static void
run_case(void **state)
{
	const size_t *row = *state;
	struct test_db t;

	if (!test_db_make(&t, TEST_POSTGRES))
		skip();
	CASES[*row].run(&t);
	test_db_drop(&t);
}

int
main(void)
{
	struct CMUnitTest tests[countof(CASES) + 2] = {
		cmocka_unit_test(test_spelling),
		cmocka_unit_test(test_no_message_shows_a_password),
	};
	size_t rows[countof(CASES)];

	for (size_t i = 0; i < countof(CASES); i++) {
		rows[i] = i;
		tests[i + 2] = (struct CMUnitTest){ .name = CASES[i].title,
						    .test_func = run_case,
						    .initial_state = &rows[i] };
	}
	return cmocka_run_group_tests_name("postgres", tests, NULL, NULL);
}
