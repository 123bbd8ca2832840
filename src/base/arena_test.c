#include "base/arena.h"

#include "base/test.h"

#include "base/heap.h"

enum { MAX = 1 << 20 };

static int
setup(void **state)
{
	*state = arena_new(MAX);
	return 0;
}

static int
teardown(void **state)
{
	struct arena *mem = *state;

	arena_free(&mem);
	assert_null(mem);
	arena_free(&mem); /* harmless */
	return 0;
}

static void
test_memory_is_zeroed_and_aligned(void **state)
{
	static const size_t sizes[] = { 0, 1, 7, 8, 15, 16, 17, 100, 4096, 16384, 100000 };

	for (int round = 0; round < 2; round++) {
		for (size_t i = 0; i < countof(sizes); i++) {
			unsigned char *p = arena_alloc(*state, sizes[i]);

			assert_int_equal((uintptr_t)p % 16, 0);
			for (size_t at = 0; at < sizes[i]; at++)
				assert_int_equal(p[at], 0);
			memset(p, 0xff, sizes[i]);
		}
		arena_reset(*state);
	}
}

static void
test_pieces_do_not_overlap(void **state)
{
	unsigned char *pieces[1000];

	for (size_t i = 0; i < countof(pieces); i++) {
		pieces[i] = arena_alloc(*state, i % 97 + 1);
		memset(pieces[i], (int)(i & 0xff), i % 97 + 1);
	}
	for (size_t i = 0; i < countof(pieces); i++)
		for (size_t at = 0; at < i % 97 + 1; at++)
			assert_int_equal(pieces[i][at], i & 0xff);
	assert_int_equal(arena_count(*state), countof(pieces));
	assert_true(arena_used(*state) >= countof(pieces) * 48);
	arena_reset(*state);
	assert_int_equal(arena_count(*state), 0);
	assert_int_equal(arena_used(*state), 0);
}

static void
test_rewind_forgets_what_came_later(void **state)
{
	struct arena *mem = *state;
	struct arena_mark empty = arena_mark(mem), mark;
	char *kept = arena_alloc(mem, 10);
	size_t used = arena_used(mem);

	memset(kept, 'k', 9);
	mark = arena_mark(mem);
	for (int i = 0; i < 100; i++)
		arena_alloc(mem, 5000);
	arena_rewind(mem, mark);
	assert_int_equal(arena_used(mem), used);
	assert_string_equal(kept, "kkkkkkkkk");
	for (int i = 0; i < 10000; i++) {
		arena_alloc(mem, 500);
		arena_rewind(mem, mark);
	}
	assert_string_equal(kept, "kkkkkkkkk");
	arena_rewind(mem, empty);
	assert_int_equal(arena_used(mem), 0);
}

/* Asks for `n` pieces of `size` bytes; true: the unit was abandoned. */
static bool
is_abandoned(struct arena *mem, size_t n, size_t size, bool product)
{
	if (setjmp(*arena_guard(mem)))
		return true;
	if (product)
		arena_alloc_n(mem, n, size);
	for (size_t i = 0; i < n && !product; i++)
		arena_alloc(mem, size);
	arena_unguard(mem);
	return false;
}

static void
test_the_maximum_leads_to_the_guard(void **state)
{
	static const struct {
		size_t n, size;
		bool product, want;
	} rows[] = {
		{ 10, 1000, false, false },         { 1, MAX - 64, false, false },
		{ 1, MAX + 1, false, true },        { 100000, 1000, false, true },
		{ 1, SIZE_MAX, false, true },       { SIZE_MAX / 2, 4, true, true },
		{ SIZE_MAX, SIZE_MAX, true, true }, { 1000, 100, true, false },
		{ 1, MAX - 4096, false, false },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		arena_reset(*state);
		if (is_abandoned(*state, rows[i].n, rows[i].size, rows[i].product) != rows[i].want)
			fail_msg("row %zu", i);
	}
	arena_reset(*state);
	assert_false(is_abandoned(*state, 10, 1000, false));
}

static void
test_list_grows_and_keeps_its_items(void **state)
{
	struct {
		int *v;
		size_t n, cap;
	} list = { 0 };

	for (int i = 0; i < 10000; i++)
		list_add((struct arena *)*state, &list, i * 3);
	assert_int_equal(list.n, 10000);
	for (int i = 0; i < 10000; i++)
		assert_int_equal(list.v[i], i * 3);
}

static void
test_heap_memory(void **state)
{
	char *p = heap_new(100);

	(void)state;
	for (int i = 0; i < 100; i++)
		assert_int_equal(p[i], 0);
	memset(p, 'x', 100);
	p = heap_grow(p, 10000);
	assert_int_equal(p[99], 'x');
	heap_free(p);
	heap_free(NULL);
	heap_free(heap_new(0));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_memory_is_zeroed_and_aligned, setup, teardown),
		cmocka_unit_test_setup_teardown(test_pieces_do_not_overlap, setup, teardown),
		cmocka_unit_test_setup_teardown(test_rewind_forgets_what_came_later, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_the_maximum_leads_to_the_guard, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_list_grows_and_keeps_its_items, setup,
						teardown),
		cmocka_unit_test(test_heap_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
