#include "base/test.h"

#include "record/keys.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

enum { PATH_BYTES = 200, MEM = 8 << 20, SLOTS = 4096, STRIDE = 4097 * KEY_BYTES, DEPTH = 8 };

struct fixture {
	struct cx *cx;
	char base[PATH_BYTES / 2], folder[PATH_BYTES];
	struct keyring *keyring;
};

static char *
path(struct fixture *f, const char *name)
{
	return (char *)(uintptr_t)str_printf(f->cx->mem, "%s/%s", f->base, name).p;
}

static int
setup(void **state)
{
	struct cx *cx = cx_new(&env_real, MEM);
	struct fixture *f = new(cx->mem, struct fixture);

	f->cx = cx;
	snprintf(f->base, sizeof f->base, "/tmp/kontor-keys-XXXXXX");
	assert_non_null(mkdtemp(f->base));
	snprintf(f->folder, sizeof f->folder, "%s/keyring", f->base);
	assert_true(keyring_open(cx, str_of(f->folder), &f->keyring));
	*state = f;
	return 0;
}

static int
remove_one(const char *name, const struct stat *at, int flag, struct FTW *walk)
{
	(void)at, (void)flag, (void)walk;
	return remove(name);
}

static int
teardown(void **state)
{
	struct fixture *f = *state;
	struct cx *cx = f->cx;

	keyring_close(&f->keyring);
	nftw(f->base, remove_one, DEPTH, FTW_DEPTH | FTW_PHYS);
	cx_free(&cx);
	return 0;
}

static void
reopen(struct fixture *f)
{
	keyring_close(&f->keyring);
	assert_true(keyring_open(f->cx, str_of(f->folder), &f->keyring));
}

static struct str
key_of(struct fixture *f, struct keyring *keyring, const char *object, int64_t id)
{
	struct secret *key = new(f->cx->mem, struct secret);
	bool destroyed;

	if (!keyring_subject(f->cx, keyring, str_of(object), id, key, &destroyed))
		fail_msg("%s %lld: %.*s", object, (long long)id, STR_FMT(f->cx->err.why));
	return destroyed ? (struct str){ 0 } : (struct str){ (const char *)key->bytes, KEY_BYTES };
}

static void
assert_same(struct str a, struct str b)
{
	assert_int_equal(a.n, KEY_BYTES);
	assert_true(str_eq(a, b));
}

static void
assert_why(struct fixture *f, enum err_code code, const char *word)
{
	size_t at;

	assert_int_equal(f->cx->err.code, code);
	if (!str_find(f->cx->err.why, str_of(word), &at))
		fail_msg("\"%s\" is not in: %.*s", word, STR_FMT(f->cx->err.why));
	fail_clear(f->cx);
}

static mode_t
mode_of(const char *name)
{
	struct stat at;

	assert_int_equal(stat(name, &at), 0);
	return at.st_mode & 0777;
}

static void
test_keys_are_the_same_after_reopening_and_differ_from_each_other(void **state)
{
	struct fixture *f = *state;
	static const struct {
		const char *object;
		int64_t id;
	} subjects[] = { { "party", 1 },    { "party", 2 },    { "user", 1 },
			 { "party", 4095 }, { "party", 4096 }, { "party", 100000 },
			 { "x_pet", 1 },    { "party", 0 },    { "party", 2147483647 } };
	struct str keys[countof(subjects)];

	for (size_t i = 0; i < countof(subjects); i++)
		keys[i] = key_of(f, f->keyring, subjects[i].object, subjects[i].id);
	reopen(f);
	for (size_t i = 0; i < countof(subjects); i++) {
		assert_same(keys[i], key_of(f, f->keyring, subjects[i].object, subjects[i].id));
		for (size_t k = 0; k < i; k++)
			assert_false(str_eq(keys[i], keys[k]));
	}
	assert_int_equal(mode_of(f->folder), 0700);
	assert_int_equal(mode_of(path(f, "keyring/master")), 0600);
	assert_int_equal(mode_of(path(f, "keyring/party.keys")), 0600);
}

static void
test_ids_and_names_out_of_bounds_are_refused(void **state)
{
	struct fixture *f = *state;
	struct secret key = { { 7 } };
	bool destroyed = true;

	assert_false(keyring_subject(f->cx, f->keyring, S("party"), -1, &key, &destroyed));
	assert_why(f, E_TOO_BIG, "party -1");
	assert_false(
		keyring_subject(f->cx, f->keyring, S("party"), KEYRING_ID_MAX, &key, &destroyed));
	assert_why(f, E_TOO_BIG, "2147483648");
	assert_false(keyring_subject(f->cx, f->keyring, S("../party"), 1, &key, &destroyed));
	assert_why(f, E_BUG, "../party");
	assert_false(keyring_destroy(f->cx, f->keyring, S(""), 1));
	assert_why(f, E_BUG, "not the name");
	assert_int_equal(key.bytes[0], 7);
	assert_true(destroyed);
}

static void
test_purposes_have_keys_of_their_own(void **state)
{
	struct fixture *f = *state;
	struct secret lookup, cursor, again;

	keyring_purpose(f->keyring, "lookup", &lookup);
	keyring_purpose(f->keyring, "cursor", &cursor);
	reopen(f);
	keyring_purpose(f->keyring, "lookup", &again);
	assert_true(secret_eq(&lookup, &again));
	assert_false(secret_eq(&lookup, &cursor));
}

static void
test_a_destroyed_key_stays_destroyed_and_its_neighbours_stay(void **state)
{
	struct fixture *f = *state;
	struct str before = key_of(f, f->keyring, "party", 6),
		   after = key_of(f, f->keyring, "party", 8);
	struct keyring *other;

	assert_true(keyring_open(f->cx, str_of(f->folder), &other));
	assert_int_equal(key_of(f, other, "party", 7).n, KEY_BYTES);
	assert_true(keyring_destroy(f->cx, f->keyring, S("party"), 7));
	assert_true(keyring_destroy(f->cx, f->keyring, S("party"), 9000)); /* never used before */
	assert_int_equal(key_of(f, f->keyring, "party", 7).n, 0);
	assert_int_equal(key_of(f, other, "party", 7).n, 0);
	keyring_close(&other);
	reopen(f);
	assert_int_equal(key_of(f, f->keyring, "party", 7).n, 0);
	assert_int_equal(key_of(f, f->keyring, "party", 9000).n, 0);
	assert_same(before, key_of(f, f->keyring, "party", 6));
	assert_same(after, key_of(f, f->keyring, "party", 8));
}

/* ---- damage ---- */

static void
overwrite(const char *name, off_t at, const void *bytes, size_t n)
{
	int fd = open(name, O_WRONLY | O_CREAT, 0600);

	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, bytes, n, at), (ssize_t)n);
	close(fd);
}

static void
test_a_block_cut_short_by_a_crash_is_made_anew(void **state)
{
	struct fixture *f = *state;
	struct str first = key_of(f, f->keyring, "party", 1);
	static const char garbage[1000] = { 1 };
	char *name = path(f, "keyring/party.keys");

	keyring_close(&f->keyring);
	/* The second block got its length and some bytes, but not its mark: all zeros at id 5000.
	 */
	overwrite(name, STRIDE + KEY_BYTES, garbage, sizeof garbage);
	assert_int_equal(truncate(name, 2 * STRIDE - 100), 0);
	assert_true(keyring_open(f->cx, str_of(f->folder), &f->keyring));
	assert_same(first, key_of(f, f->keyring, "party", 1));
	assert_int_equal(key_of(f, f->keyring, "party", 5000).n, KEY_BYTES);
	assert_int_equal(key_of(f, f->keyring, "party", 8191).n, KEY_BYTES);
}

static void
test_a_file_that_lost_its_end_is_an_error_not_an_erasure(void **state)
{
	struct fixture *f = *state;
	struct secret key;
	bool destroyed;

	key_of(f, f->keyring, "party", 1);
	assert_int_equal(truncate(path(f, "keyring/party.keys"), 100), 0);
	assert_false(keyring_subject(f->cx, f->keyring, S("party"), 4000, &key, &destroyed));
	assert_why(f, E_IO, "reading a key");
}

static void
test_key_files_of_another_keyring_are_refused(void **state)
{
	struct fixture *f = *state;
	char *other_folder = path(f, "other");
	struct keyring *other;
	struct secret key;
	bool destroyed;

	key_of(f, f->keyring, "party", 1);
	assert_true(keyring_open(f->cx, str_of(other_folder), &other));
	assert_int_equal(rename(path(f, "keyring/party.keys"), path(f, "other/party.keys")), 0);
	assert_false(keyring_subject(f->cx, other, S("party"), 1, &key, &destroyed));
	assert_why(f, E_IO, "another keyring");
	keyring_close(&other);
}

static void
damage_short_master(struct fixture *f)
{
	assert_int_equal(truncate(path(f, "keyring/master"), 20), 0);
}

static void
damage_magic(struct fixture *f)
{
	overwrite(path(f, "keyring/master"), 0, "X", 1);
}

static void
damage_open_to_others(struct fixture *f)
{
	assert_int_equal(chmod(path(f, "keyring/master"), 0644), 0);
}

static void
damage_master_lost(struct fixture *f)
{
	assert_int_equal(unlink(path(f, "keyring/master")), 0);
}

static void
damage_folder_is_a_file(struct fixture *f)
{
	assert_int_equal(rename(f->folder, path(f, "gone")), 0);
	overwrite(f->folder, 0, "x", 1);
}

static void
damage_no_parent(struct fixture *f)
{
	snprintf(f->folder, sizeof f->folder, "%s/no/such/keyring", f->base);
}

static const struct {
	void (*damage)(struct fixture *f);
	const char *word;
} damages[] = {
	{ damage_short_master, "put the copy in place" },
	{ damage_magic, "put the copy in place" },
	{ damage_open_to_others, "chmod 600" },
	{ damage_master_lost, "has key files but no master" },
	{ damage_folder_is_a_file, "opening the folder" },
	{ damage_no_parent, "making the folder" },
};

static void
test_a_keyring_that_is_damaged_is_not_opened(void **state)
{
	for (size_t i = 0; i < countof(damages); i++) {
		struct fixture *f;
		struct keyring *again = NULL;

		if (i) {
			teardown(state);
			setup(state);
		}
		f = *state;
		key_of(f, f->keyring, "party", 1);
		damages[i].damage(f);
		assert_false(keyring_open(f->cx, str_of(f->folder), &again));
		assert_why(f, E_IO, damages[i].word);
		assert_null(again);
	}
}

/* ---- copies ---- */

static void
test_a_copy_holds_the_same_keys_and_a_restore_revives_nobody(void **state)
{
	struct fixture *f = *state;
	struct str kept = key_of(f, f->keyring, "party", 1),
		   far = key_of(f, f->keyring, "party", 99999);
	struct str user = key_of(f, f->keyring, "user", 3), late;
	struct keyring *copy;

	key_of(f, f->keyring, "party", 2);
	assert_true(keyring_copy(f->cx, f->keyring, str_of(path(f, "copy"))));
	assert_true(keyring_open(f->cx, str_of(path(f, "copy")), &copy));
	assert_same(kept, key_of(f, copy, "party", 1));
	assert_same(far, key_of(f, copy, "party", 99999));
	assert_same(user, key_of(f, copy, "user", 3));
	keyring_close(&copy);

	assert_true(keyring_destroy(f->cx, f->keyring, S("party"), 2));
	late = key_of(f, f->keyring, "party", 50000);
	assert_true(keyring_restore(f->cx, str_of(path(f, "copy")), str_of(f->folder)));
	reopen(f);
	assert_same(kept, key_of(f, f->keyring, "party", 1));
	assert_int_equal(key_of(f, f->keyring, "party", 2).n, 0);
	assert_same(late, key_of(f, f->keyring, "party", 50000));

	/* Copying again brings the erasure into the copy. */
	assert_true(keyring_copy(f->cx, f->keyring, str_of(path(f, "copy"))));
	assert_true(keyring_restore(f->cx, str_of(path(f, "copy")), str_of(path(f, "fresh"))));
	assert_true(keyring_open(f->cx, str_of(path(f, "fresh")), &copy));
	assert_int_equal(key_of(f, copy, "party", 2).n, 0);
	assert_same(late, key_of(f, copy, "party", 50000));
	assert_same(user, key_of(f, copy, "user", 3));
	keyring_close(&copy);
}

static void
test_a_copy_never_mixes_two_keyrings(void **state)
{
	struct fixture *f = *state;
	struct str mine = key_of(f, f->keyring, "party", 1);
	struct keyring *other;

	assert_true(keyring_open(f->cx, str_of(path(f, "other")), &other));
	key_of(f, other, "party", 1);
	keyring_close(&other);
	assert_false(keyring_restore(f->cx, str_of(path(f, "other")), str_of(f->folder)));
	assert_why(f, E_CONFLICT, "another keyring");
	assert_false(keyring_copy(f->cx, f->keyring, str_of(path(f, "other"))));
	assert_why(f, E_CONFLICT, "another keyring");
	assert_same(mine, key_of(f, f->keyring, "party", 1));
	assert_false(keyring_restore(f->cx, str_of(path(f, "nothing")), str_of(f->folder)));
	assert_why(f, E_IO, "opening the folder");
	assert_int_equal(mkdir(path(f, "empty"), 0700), 0);
	assert_false(keyring_restore(f->cx, str_of(path(f, "empty")), str_of(f->folder)));
	assert_why(f, E_INPUT, "no master key");
}

static void
test_a_copy_cut_short_is_no_keyring_until_it_is_made_again(void **state)
{
	struct fixture *f = *state;
	struct str mine = key_of(f, f->keyring, "party", 1);
	struct keyring *copy;

	assert_true(keyring_copy(f->cx, f->keyring, str_of(path(f, "copy"))));
	assert_int_equal(unlink(path(f, "copy/master")), 0);
	assert_int_equal(truncate(path(f, "copy/party.keys"), 5000), 0);
	assert_false(keyring_open(f->cx, str_of(path(f, "copy")), &copy));
	assert_why(f, E_IO, "no master key");
	overwrite(path(f, "copy/party.keys"), 0, (const char[KEY_BYTES]){ 0 }, KEY_BYTES);
	assert_true(keyring_copy(f->cx, f->keyring, str_of(path(f, "copy"))));
	assert_true(keyring_open(f->cx, str_of(path(f, "copy")), &copy));
	assert_same(mine, key_of(f, copy, "party", 1));
	keyring_close(&copy);
}

/* ---- at the same time ---- */

enum { THREADS = 8, IDS = 40, SPREAD = 1500, CHILDREN = 6, KILLS = 20 };

struct looker {
	struct keyring *keyring;
	struct secret keys[IDS];
	unsigned start;
	bool good;
};

static void *
look_up_all(void *at)
{
	struct looker *looker = at;
	struct cx *cx = cx_new(&env_real, MEM);
	bool destroyed;

	looker->good = true;
	for (unsigned n = 0; n < IDS; n++) {
		unsigned i = (n + looker->start) % IDS;

		looker->good &= keyring_subject(cx, looker->keyring, S("party"), i * SPREAD,
						&looker->keys[i], &destroyed) &&
				!destroyed;
	}
	looker->good &= keyring_destroy(cx, looker->keyring, S("victim"), looker->start);
	cx_free(&cx);
	return NULL;
}

static void
test_threads_see_the_same_keys(void **state)
{
	struct fixture *f = *state;
	struct looker *lookers = new_array(f->cx->mem, THREADS, struct looker);
	pthread_t threads[THREADS];

	for (unsigned i = 0; i < THREADS; i++) {
		lookers[i].keyring = f->keyring;
		lookers[i].start = i * 5;
		assert_int_equal(pthread_create(&threads[i], NULL, look_up_all, &lookers[i]), 0);
	}
	for (unsigned i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	for (unsigned i = 0; i < THREADS; i++) {
		assert_true(lookers[i].good);
		assert_memory_equal(lookers[i].keys, lookers[0].keys, sizeof lookers[0].keys);
		assert_int_equal(key_of(f, f->keyring, "victim", (int64_t)i * 5).n, 0);
	}
	assert_int_equal(key_of(f, f->keyring, "victim", 1).n, KEY_BYTES);
}

/* Every child opens the keyring that none has made yet and tells its keys through the pipe. */
static void
child_look_up(const char *folder, unsigned start, int to)
{
	struct cx *cx = cx_new(&env_real, MEM);
	struct looker looker = { .start = start };

	if (!keyring_open(cx, str_of(folder), &looker.keyring))
		_exit(2);
	look_up_all(&looker);
	_exit(looker.good && write(to, looker.keys, sizeof looker.keys) == sizeof looker.keys ? 0
											      : 1);
}

static void
test_processes_see_the_same_keys(void **state)
{
	struct fixture *f = *state;
	const char *folder = path(f, "shared");
	struct looker all[CHILDREN];
	int ends[2], status;

	assert_int_equal(pipe(ends), 0);
	for (unsigned i = 0; i < CHILDREN; i++) {
		pid_t child = fork();

		assert_true(child >= 0);
		if (child == 0)
			child_look_up(folder, i * 7, ends[1]);
	}
	close(ends[1]);
	for (unsigned i = 0; i < CHILDREN; i++)
		assert_int_equal(read(ends[0], all[i].keys, sizeof all[i].keys),
				 sizeof all[i].keys);
	for (unsigned i = 0; i < CHILDREN; i++) {
		assert_true(wait(&status) > 0);
		assert_int_equal(status, 0);
		assert_memory_equal(all[i].keys, all[0].keys, sizeof all[0].keys);
	}
	close(ends[0]);
}

struct told {
	int64_t id;
	struct secret key;
};

static void
child_grow_until_killed(const char *folder, int64_t from, int to)
{
	struct cx *cx = cx_new(&env_real, MEM);
	struct keyring *keyring;
	bool destroyed;

	if (!keyring_open(cx, str_of(folder), &keyring))
		_exit(2);
	for (struct told told = { .id = from };; told.id += SLOTS)
		if (!keyring_subject(cx, keyring, S("party"), told.id, &told.key, &destroyed) ||
		    destroyed || write(to, &told, sizeof told) != sizeof told)
			_exit(1);
}

static void
test_a_key_that_was_handed_out_outlives_a_kill(void **state)
{
	struct fixture *f = *state;
	struct told *all = new_array(f->cx->mem, (size_t)KILLS * 3, struct told);
	size_t n = 0;
	int ends[2], status;

	for (unsigned k = 0; k < KILLS; k++) {
		pid_t child;

		assert_int_equal(pipe(ends), 0);
		child = fork();
		assert_true(child >= 0);
		if (child == 0)
			child_grow_until_killed(f->folder, (int64_t)k * 2 * SLOTS, ends[1]);
		close(ends[1]);
		/* Somewhere in the making of a later block. */
		for (unsigned i = 0; i <= k % 3; i++)
			assert_int_equal(read(ends[0], &all[n++], sizeof all[0]), sizeof all[0]);
		kill(child, SIGKILL);
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFSIGNALED(status));
		close(ends[0]);
	}
	reopen(f);
	for (size_t i = 0; i < n; i++)
		assert_same(key_of(f, f->keyring, "party", all[i].id),
			    (struct str){ (const char *)all[i].key.bytes, KEY_BYTES });
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_keys_are_the_same_after_reopening_and_differ_from_each_other),
		T(test_ids_and_names_out_of_bounds_are_refused),
		T(test_purposes_have_keys_of_their_own),
		T(test_a_destroyed_key_stays_destroyed_and_its_neighbours_stay),
		T(test_a_block_cut_short_by_a_crash_is_made_anew),
		T(test_a_file_that_lost_its_end_is_an_error_not_an_erasure),
		T(test_key_files_of_another_keyring_are_refused),
		T(test_a_keyring_that_is_damaged_is_not_opened),
		T(test_a_copy_holds_the_same_keys_and_a_restore_revives_nobody),
		T(test_a_copy_never_mixes_two_keyrings),
		T(test_a_copy_cut_short_is_no_keyring_until_it_is_made_again),
		T(test_threads_see_the_same_keys),
		T(test_processes_see_the_same_keys),
		T(test_a_key_that_was_handed_out_outlives_a_kill),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
