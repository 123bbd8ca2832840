/* What only SQLite's driver must withstand: a disk that fails, other processes, one writer for
 * many. */
#include <fcntl.h>

#include "db/test_faults.h"
#include "db/test_item.h"

/* ---- a disk that fails ---------------------------------------------------------------------- */

static void
copy_file(const char *from, const char *to, const char *suffix)
{
	char path[700], block[4096];
	size_t n;
	FILE *in, *out;

	snprintf(path, sizeof path, "%s%s", from, suffix);
	in = fopen(path, "rb");
	if (!in)
		return;
	snprintf(path, sizeof path, "%s%s", to, suffix);
	out = fopen(path, "wb");
	assert_non_null(out);
	while ((n = fread(block, 1, sizeof block, in)) > 0)
		fwrite(block, 1, n, out);
	fclose(in);
	fclose(out);
}

/* What a process that starts after a crash at this moment would find. */
static int64_t
count_after_crash(const struct test_db *t)
{
	struct test_db copy;
	struct cx *cx;
	int64_t n;

	assert_true(test_db_make(&copy, TEST_SQLITE));
	copy_file(t->address, copy.address, "");
	copy_file(t->address, copy.address, "-wal");
	cx = opened(&copy, (struct db_options){ 0 });
	n = count_items(cx);
	closed(&cx);
	test_db_drop(&copy);
	return n;
}

static void
test_failed_sync_keeps_nothing(struct test_db *t, struct faults *faults)
{
	struct cx *cx = opened(t, (struct db_options){ 0 });
	struct db_stats stats;

	make_table(cx, "item");
	ok(cx, db_begin_write(cx));
	ok(cx, insert(cx, 1, NULL));
	ok(cx, db_commit(cx));

	atomic_store(&faults->sync_log, 1);
	ok(cx, db_begin_write(cx));
	ok(cx, insert(cx, 2, NULL));
	refused(cx, db_commit(cx), E_IO);
	assert_int_equal(count_items(cx), 1);
	assert_int_equal(count_after_crash(t), 1);

	ok(cx, db_begin_write(cx));
	ok(cx, insert(cx, 3, NULL));
	ok(cx, db_commit(cx));
	assert_int_equal(count_items(cx), 2);
	assert_int_equal(count_after_crash(t), 2);
	db_stats(cx->db, &stats);
	assert_int_equal(stats.repairs, 1);
	closed(&cx);
}

static void
test_dead_disk_refuses_until_it_is_back(struct test_db *t, struct faults *faults)
{
	struct cx *cx = opened(t, (struct db_options){ .busy_ms = 200 });

	make_table(cx, "item");
	atomic_store(&faults->every, 1);
	ok(cx, db_begin_write(cx));
	ok(cx, insert(cx, 1, NULL));
	refused(cx, db_commit(cx), E_IO);
	for (int i = 0; i < 3; i++)
		refused(cx, db_begin_write(cx), E_IO);
	assert_int_equal(count_items(cx), 0);
	atomic_store(&faults->every, 0);
	ok(cx, db_begin_write(cx));
	ok(cx, insert(cx, 2, NULL));
	ok(cx, db_commit(cx));
	assert_int_equal(count_items(cx), 1);
	closed(&cx);
}

static void
test_full_disk_keeps_nothing(struct test_db *t, struct faults *faults)
{
	struct cx *cx = opened(t, (struct db_options){ 0 });

	make_table(cx, "item");
	for (int i = 0; i < 3; i++) {
		atomic_store(&faults->write_code, SQLITE_FULL);
		atomic_store(&faults->write_log, 1);
		ok(cx, db_begin_write(cx));
		ok(cx, insert(cx, i, NULL));
		refused(cx, db_commit(cx), E_IO);
		atomic_store(&faults->write_log, 0);
		assert_int_equal(count_items(cx), i);
		assert_int_equal(count_after_crash(t), i);
		ok(cx, db_begin_write(cx));
		ok(cx, insert(cx, i, NULL));
		ok(cx, db_commit(cx));
	}
	closed(&cx);
}

/* The cache spills into the log before the commit. */
static void
test_full_disk_in_a_statement(struct test_db *t, struct faults *faults)
{
	struct cx *cx = opened(t, (struct db_options){ .cache_kib = 64 });
	struct str big = { memset(arena_alloc(cx->mem, 4 << 20), 'x', 4 << 20), 4 << 20 };
	struct stmt *stmt;

	make_table(cx, "item");
	atomic_store(&faults->write_code, SQLITE_FULL);
	atomic_store(&faults->write_log, 1);
	ok(cx, db_begin_write(cx));
	ok(cx, insert(cx, 1, NULL));
	stmt = db_sql(cx, "INSERT INTO item (b) VALUES (?1)");
	db_bind_blob(stmt, 1, big);
	refused(cx, db_run(cx, stmt), E_IO);
	refused(cx, insert(cx, 2, NULL), E_BUG);
	db_rollback(cx);
	assert_int_equal(count_items(cx), 0);
	ok(cx, db_begin_write(cx));
	ok(cx, insert(cx, 3, NULL));
	ok(cx, db_commit(cx));
	assert_int_equal(count_items(cx), 1);
	closed(&cx);
}

enum { THREADS = 6, UNITS = 80 };

struct worker {
	struct db *db;
	int number;
	bool kept[UNITS];
	int n_kept, n_failed;
	bool is_wrong;
};

static void *
work(void *arg)
{
	struct worker *worker = arg;
	struct cx *cx = cx_new(&env_real, CX_MEM_DEFAULT);

	cx->db = worker->db;
	for (int i = 0; i < UNITS; i++) {
		cx_reset(cx);
		worker->kept[i] = db_begin_write(cx) &&
				  insert(cx, worker->number * UNITS + i, NULL) && db_commit(cx);
		db_rollback(cx);
		worker->n_kept += worker->kept[i];
		worker->n_failed += !worker->kept[i];
		worker->is_wrong |= !worker->kept[i] && cx->err.code != E_IO;
	}
	cx_free(&cx);
	return NULL;
}

static void
run_workers(struct db *db, struct worker workers[THREADS])
{
	pthread_t threads[THREADS];

	for (int i = 0; i < THREADS; i++) {
		workers[i] = (struct worker){ .db = db, .number = i };
		assert_int_equal(pthread_create(&threads[i], NULL, work, &workers[i]), 0);
	}
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
}

static bool
is_there(struct cx *cx, int64_t n)
{
	struct stmt *stmt = db_sql(cx, "SELECT count(*) FROM item WHERE n = ?1");
	int64_t count;
	bool row;

	db_bind_int(stmt, 1, n);
	ok(cx, db_step(cx, stmt, &row));
	count = db_col_int(stmt, 0);
	db_done(stmt);
	assert_in_range(count, 0, 1);
	return count == 1;
}

static void
test_acknowledged_is_what_is_there(struct test_db *t, struct faults *faults)
{
	struct cx *cx = opened(t, (struct db_options){ 0 });
	struct worker *workers = new_array(cx->mem, THREADS, struct worker);
	int n_failed = 0, n_kept = 0;
	struct db_stats stats;

	make_table(cx, "item");
	atomic_store(&faults->every, 7);
	run_workers(cx->db, workers);
	atomic_store(&faults->every, 0);
	for (int round = 0; round < 2; round++) {
		ok(cx, db_begin_read(cx));
		for (int i = 0; i < THREADS * UNITS; i++)
			if (is_there(cx, i) != workers[i / UNITS].kept[i % UNITS])
				fail_msg("unit %d: acknowledged %d", i,
					 workers[i / UNITS].kept[i % UNITS]);
		db_rollback(cx);
		db_stats(cx->db, &stats);
		db_close(&cx->db);
		ok(cx, db_open(cx, str_of(t->address), (struct db_options){ 0 }, &cx->db));
	}
	for (int i = 0; i < THREADS; i++) {
		assert_false(workers[i].is_wrong);
		n_failed += workers[i].n_failed;
		n_kept += workers[i].n_kept;
	}
	print_message("%d units kept, %d failed with the disk\n", n_kept, n_failed);
	assert_true(n_failed > 0);
	assert_true(n_kept > 0);
	closed(&cx);
}

/* ---- one writer for many -------------------------------------------------------------------- */

static void
test_alone_pays_nothing(struct test_db *t, struct faults *faults)
{
	struct cx *cx = opened(t, (struct db_options){ 0 });
	struct db_stats before, after;
	int syncs;

	make_table(cx, "item");
	(void)faults;
	db_stats(cx->db, &before);
	atomic_store(&faults->every, INT32_MAX);
	syncs = atomic_load(&faults->n_syncs);
	for (int i = 0; i < 10; i++) {
		ok(cx, db_begin_write(cx));
		ok(cx, insert(cx, i, NULL));
		ok(cx, db_commit(cx));
	}
	db_stats(cx->db, &after);
	assert_int_equal(after.commits - before.commits, 10);
	assert_int_equal(after.groups, before.groups);
	assert_int_equal(after.statements - before.statements, 10);
	assert_int_equal(atomic_load(&faults->n_syncs) - syncs, 10);
	closed(&cx);
}

struct bulk {
	struct db *db;
	pthread_barrier_t begun, committed;
	bool is_done;
};

static void *
bulk_work(void *arg)
{
	struct bulk *bulk = arg;
	struct cx *cx = cx_new(&env_real, CX_MEM_DEFAULT);

	cx->db = bulk->db;
	pthread_barrier_wait(&bulk->begun);
	bulk->is_done = db_begin_bulk(cx) && insert(cx, 2, NULL);
	pthread_barrier_wait(&bulk->committed);
	bulk->is_done = bulk->is_done && db_commit(cx);
	db_rollback(cx);
	cx_free(&cx);
	return NULL;
}

/* The bulk goes on only after the other unit's commit has returned: waiting for it would never end.
 */
static void
test_nobody_waits_for_a_bulk(struct test_db *t, struct faults *faults)
{
	struct cx *cx = opened(t, (struct db_options){ 0 });
	struct bulk bulk = { .db = cx->db };
	pthread_t thread;

	(void)faults;
	make_table(cx, "item");
	alarm(60);
	pthread_barrier_init(&bulk.begun, NULL, 2);
	pthread_barrier_init(&bulk.committed, NULL, 2);
	ok(cx, db_begin_write(cx));
	assert_int_equal(pthread_create(&thread, NULL, bulk_work, &bulk), 0);
	pthread_barrier_wait(&bulk.begun);
	for (int i = 0; i < 1000; i++) /* time enough for it to stand in the queue */
		ok(cx, insert(cx, 1, NULL));
	ok(cx, db_commit(cx));
	pthread_barrier_wait(&bulk.committed);
	pthread_join(thread, NULL);
	assert_true(bulk.is_done);
	assert_int_equal(count_items(cx), 1001);
	alarm(0);
	pthread_barrier_destroy(&bulk.begun);
	pthread_barrier_destroy(&bulk.committed);
	closed(&cx);
}

static void
test_log_does_not_grow_for_ever(struct test_db *t, struct faults *faults)
{
	enum { ROUNDS = 60, SIZE = 400 << 10 };
	struct cx *cx = opened(t, (struct db_options){ 0 });
	struct cx *reader = cx_new(&env_real, CX_MEM_DEFAULT);
	struct str big = { memset(arena_alloc(cx->mem, SIZE), 'x', SIZE), SIZE };
	char path[700];
	struct db_stats stats;
	FILE *log;

	(void)faults;
	reader->db = cx->db;
	make_table(cx, "item");
	for (int i = 0; i < ROUNDS; i++) {
		struct stmt *stmt;

		if (i % 5 == 0) {
			db_rollback(reader);
			assert_true(count_items(reader) <= i);
			ok(reader, db_begin_read(reader));
			one_int(reader, "SELECT count(*) FROM item");
		}
		ok(cx, db_begin_write(cx));
		stmt = db_sql(cx, "INSERT INTO item (b) VALUES (?1)");
		db_bind_blob(stmt, 1, big);
		ok(cx, db_run(cx, stmt));
		ok(cx, db_commit(cx));
	}
	db_rollback(reader);
	cx_free(&reader);
	db_stats(cx->db, &stats);
	assert_in_range(stats.checkpoints, 2, ROUNDS / 2);
	ok(cx, db_truncate_log(cx));
	snprintf(path, sizeof path, "%s-wal", t->address);
	log = fopen(path, "rb");
	assert_non_null(log);
	fseek(log, 0, SEEK_END);
	assert_int_equal(ftell(log), 0);
	fclose(log);
	assert_int_equal(count_items(cx), ROUNDS);
	closed(&cx);
}

/* ---- other processes ------------------------------------------------------------------------ */

static void
test_writing_elsewhere_is_waited_for(struct test_db *t, struct faults *faults)
{
	struct cx *cx = opened(t, (struct db_options){ .busy_ms = 100 });
	sqlite3 *other;

	(void)faults;
	make_table(cx, "item");
	assert_int_equal(sqlite3_open(t->address, &other), SQLITE_OK);
	assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
	refused(cx, db_begin_write(cx), E_BUSY);
	assert_null(cx->conn);
	assert_int_equal(count_items(cx), 0);
	assert_int_equal(
		sqlite3_exec(other, "INSERT INTO item (n) VALUES (1); COMMIT", NULL, NULL, NULL),
		SQLITE_OK);
	ok(cx, db_begin_write(cx));
	assert_int_equal(one_int(cx, "SELECT count(*) FROM item"), 1);
	ok(cx, insert(cx, 2, NULL));
	ok(cx, db_commit(cx));
	sqlite3_close(other);
	closed(&cx);
}

struct busy_process {
	struct test_db *t;
	atomic_int n_units;
	atomic_bool stop;
};

static void *
busy_work(void *arg)
{
	struct busy_process *process = arg;
	struct cx *cx = opened(process->t, (struct db_options){ .unsafe_no_sync = true });

	while (!atomic_load(&process->stop)) {
		if (!db_begin_write(cx) || !insert(cx, 0, NULL) || !db_commit(cx))
			break;
		atomic_fetch_add(&process->n_units, 1);
		cx_reset(cx);
	}
	closed(&cx);
	return NULL;
}

struct late_comer {
	struct cx *cx;
	bool is_done;
	atomic_bool is_over;
};

static void *
come_late(void *arg)
{
	struct late_comer *late = arg;

	late->is_done =
		db_begin_write(late->cx) && insert(late->cx, 0, NULL) && db_commit(late->cx);
	db_rollback(late->cx);
	atomic_store(&late->is_over, true);
	return NULL;
}

/* Is somebody at the stile?  Who writes already has left it. */
static bool
is_waited_for(const struct test_db *t)
{
	struct flock range = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 1 };
	char path[700];
	int file;

	snprintf(path, sizeof path, "%s-turn", t->address);
	file = open(path, O_RDWR | O_CLOEXEC);
	assert_true(file >= 0);
	assert_int_equal(fcntl(file, F_OFD_GETLK, &range), 0);
	close(file);
	return range.l_type != F_UNLCK;
}

/* Two openings of one file stand for two processes.  Who waits for the other's unit to end is next,
 * however soon the other one asks again. */
static void
test_no_process_starves_another(struct test_db *t, struct faults *faults)
{
	enum { ROUNDS = 50 };
	struct cx *cx = opened(t, (struct db_options){ .unsafe_no_sync = true });
	struct cx *other = opened(t, (struct db_options){ .unsafe_no_sync = true });

	(void)faults;
	make_table(cx, "item");
	for (int i = 0; i < ROUNDS; i++) {
		struct late_comer late = { .cx = other };
		pthread_t thread;

		ok(cx, db_begin_write(cx));
		ok(cx, insert(cx, 1, NULL));
		assert_int_equal(pthread_create(&thread, NULL, come_late, &late), 0);
		while (!is_waited_for(t) && !atomic_load(&late.is_over))
			;
		ok(cx, db_commit(cx));
		ok(cx, db_begin_write(cx));
		assert_int_equal(one_int(cx, "SELECT count(*) FROM item WHERE n = 0"), i + 1);
		ok(cx, db_commit(cx));
		pthread_join(thread, NULL);
		assert_true(late.is_done);
		cx_reset(other);
	}
	closed(&other);
	closed(&cx);
}

/* ---- copies and addresses ------------------------------------------------------------------- */

static void
test_copy_is_one_state(struct test_db *t, struct faults *faults)
{
	struct cx *cx = opened(t, (struct db_options){ 0 }), *copy;
	struct busy_process process = { .t = t };
	struct test_db other = { 0 };
	struct str found;
	pthread_t thread;

	(void)faults;
	make_table(cx, "item");
	assert_true(test_db_make(&other, TEST_SQLITE));
	assert_int_equal(pthread_create(&thread, NULL, busy_work, &process), 0);
	while (atomic_load(&process.n_units) < 10)
		;
	ok(cx, db_copy_to(cx, other.address));
	atomic_store(&process.stop, true);
	pthread_join(thread, NULL);
	refused(cx, db_copy_to(cx, other.address), E_CONFLICT);
	refused(cx, db_copy_to(cx, "/nowhere/at/all.db"), E_IO);
	copy = opened(&other, (struct db_options){ 0 });
	assert_in_range(count_items(copy), 10, count_items(cx));
	ok(copy, db_begin_read(copy));
	ok(copy, db_check(copy, &found));
	assert_str(found, "ok");
	closed(&copy);
	test_db_drop(&other);
	assert_int_not_equal(access(other.address, F_OK), 0);
	closed(&cx);
}

static void
test_bad_addresses_are_refused(struct test_db *t, struct faults *faults)
{
	static const struct {
		const char *name, *content;
		bool read_only;
		enum err_code want;
	} cases[] = {
		{ "/nowhere/at/all.db", NULL, false, E_IO },
		{ "/tmp", NULL, false, E_IO },
		{ "text.db",
		  "This is no database at all, but a text of more than a hundred bytes, such as one finds where "
		  "somebody has mistaken one file for another.",
		  false, E_IO },
		{ "absent.db", NULL, true, E_IO },
		{ "", NULL, false, E_USAGE },
	};
	struct cx *cx = cx_new(&env_real, CX_MEM_DEFAULT);

	(void)faults;
	for (size_t i = 0; i < countof(cases); i++) {
		char path[700];
		struct str found;
		FILE *out;

		snprintf(path, sizeof path, "%s%s%s",
			 strchr(cases[i].name, '/') || !cases[i].name[0] ? "" : t->folder,
			 strchr(cases[i].name, '/') || !cases[i].name[0] ? "" : "/", cases[i].name);
		if (cases[i].content) {
			out = fopen(path, "wb");
			assert_non_null(out);
			fputs(cases[i].content, out);
			fclose(out);
		}
		if (db_open(cx, str_of(path),
			    (struct db_options){ .read_only = cases[i].read_only }, &cx->db))
			fail_msg("%s was opened", path);
		if (cx->err.code != cases[i].want)
			fail_msg("%s: %s", path, err_row(cx->err.code)->name);
		found = str_of(path);
		assert_true(!found.n || str_find(cx->err.why, found, &(size_t){ 0 }));
		fail_clear(cx);
		unlink(path);
	}
	cx_free(&cx);
}

static void
test_read_only_writes_nothing(struct test_db *t, struct faults *faults)
{
	struct cx *cx = opened(t, (struct db_options){ 0 });

	(void)faults;
	make_table(cx, "item");
	closed(&cx);
	cx = opened(t, (struct db_options){ .read_only = true });
	assert_int_equal(count_items(cx), 0);
	refused(cx, db_begin_write(cx), E_FORBIDDEN);
	refused(cx, db_truncate_log(cx), E_FORBIDDEN);
	closed(&cx);
}

/* ---- the table ------------------------------------------------------------------------------ */

static const struct {
	const char *title;
	void (*run)(struct test_db *t, struct faults *faults);
} CASES[] = {
	{ "a failed sync keeps nothing, also not after a crash", test_failed_sync_keeps_nothing },
	{ "a dead disk refuses until it is back", test_dead_disk_refuses_until_it_is_back },
	{ "a full disk keeps nothing", test_full_disk_keeps_nothing },
	{ "a full disk in a statement", test_full_disk_in_a_statement },
	{ "what was acknowledged is what is there", test_acknowledged_is_what_is_there },
	{ "a writer alone pays nothing for the group", test_alone_pays_nothing },
	{ "nobody waits for a bulk", test_nobody_waits_for_a_bulk },
	{ "the log does not grow for ever", test_log_does_not_grow_for_ever },
	{ "writing elsewhere is waited for", test_writing_elsewhere_is_waited_for },
	{ "no process starves another", test_no_process_starves_another },
	{ "a copy is one state", test_copy_is_one_state },
	{ "bad addresses are refused", test_bad_addresses_are_refused },
	{ "read only writes nothing", test_read_only_writes_nothing },
};

struct test_case {
	size_t row;
	struct faults *faults;
};

static void
run_case(void **state)
{
	const struct test_case *this = *state;
	struct faults *faults = this->faults;
	struct test_db t;

	atomic_store(&faults->sync_log, 0);
	atomic_store(&faults->write_log, 0);
	atomic_store(&faults->every, 0);
	assert_true(test_db_make(&t, TEST_SQLITE));
	CASES[this->row].run(&t, faults);
	test_db_drop(&t);
}

int
main(void)
{
	struct CMUnitTest tests[countof(CASES)] = { 0 };
	struct test_case cases[countof(CASES)];
	struct faults faults;

	faults_begin(&faults);
	for (size_t i = 0; i < countof(CASES); i++) {
		cases[i] = (struct test_case){ i, &faults };
		tests[i] = (struct CMUnitTest){ .name = CASES[i].title,
						.test_func = run_case,
						.initial_state = &cases[i] };
	}
	return cmocka_run_group_tests_name("sqlite", tests, NULL, NULL);
}
