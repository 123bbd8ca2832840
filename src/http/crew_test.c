#include "base/test.h"
#include "http/crew.h"

#include <stdatomic.h>

#include "base/heap.h"

enum { THREADS = 4, ROUNDS = 20000, THINGS = 6 };

struct thing {
	_Atomic int holders;
};

static void *
thing_make(void *state)
{
	atomic_fetch_add((_Atomic int *)state, 1);
	return heap_new(sizeof(struct thing));
}

static void
thing_drop(void *thing)
{
	heap_free(thing);
}

struct share {
	struct shelf *shelf;
	_Atomic int shared, refused;
};

static void *
take_and_give(void *state)
{
	struct share *share = state;

	for (int i = 0; i < ROUNDS; i++) {
		uint32_t first, second;
		struct thing *a = shelf_take(share->shelf, &first);
		struct thing *b = shelf_take(share->shelf, &second);

		if (!a || !b)
			atomic_fetch_add(&share->refused, 1);
		if (a && atomic_fetch_add(&a->holders, 1))
			atomic_fetch_add(&share->shared, 1);
		if (a && atomic_fetch_sub(&a->holders, 1) != 1)
			atomic_fetch_add(&share->shared, 1);
		if (a)
			shelf_give(share->shelf, first);
		if (b)
			shelf_give(share->shelf, second);
	}
	return NULL;
}

static void
test_nothing_is_taken_by_two(void **state)
{
	_Atomic int made = 0;
	struct share share = { shelf_new(THINGS, thing_make, thing_drop, &made), 0, 0 };
	pthread_t threads[THREADS];

	(void)state;
	for (size_t i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, take_and_give, &share), 0);
	for (size_t i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(share.shared, 0);
	assert_in_range(made, 2, THINGS);
	shelf_free(&share.shelf);
}

static void
test_the_shelf_gives_no_more_than_it_may(void **state)
{
	_Atomic int made = 0;
	struct shelf *shelf = shelf_new(3, thing_make, thing_drop, &made);
	uint32_t numbers[4];
	void *last;

	(void)state;
	for (size_t i = 0; i < 3; i++)
		assert_non_null(shelf_take(shelf, &numbers[i]));
	assert_null(shelf_take(shelf, &numbers[3]));
	shelf_give(shelf, numbers[1]);
	shelf_give(shelf, numbers[2]);
	last = shelf_take(shelf, &numbers[3]); /* what came back last goes first */
	assert_non_null(last);
	assert_int_equal(numbers[3], numbers[2]);
	assert_int_equal(made, 3);
	shelf_free(&shelf);
}

struct job {
	struct task task;
	_Atomic int *done;
};

static void
job_run(struct task *task)
{
	atomic_fetch_add(((struct job *)task)->done, 1);
}

static void
test_the_crew_does_all_that_was_queued(void **state)
{
	struct cx *cx = cx_new(&env_real, CX_MEM_DEFAULT);
	struct job jobs[500];
	struct crew *crew = NULL;
	_Atomic int done = 0;

	(void)state;
	assert_true(crew_start(cx, 3, &crew));
	for (size_t i = 0; i < countof(jobs); i++) {
		jobs[i] = (struct job){ { NULL, job_run }, &done };
		crew_add(crew, &jobs[i].task);
	}
	crew_stop(&crew);
	assert_int_equal(done, countof(jobs));
	assert_null(crew);
	cx_free(&cx);
}

static void
test_the_gate_lets_few_in(void **state)
{
	struct gate *gate = gate_new(2);

	(void)state;
	assert_true(gate_enter(gate, &env_real, 0));
	assert_true(gate_enter(gate, &env_real, 0));
	assert_false(gate_enter(gate, &env_real, 1));
	gate_leave(gate);
	assert_true(gate_enter(gate, &env_real, 0));
	gate_free(&gate);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_is_taken_by_two),
		cmocka_unit_test(test_the_shelf_gives_no_more_than_it_may),
		cmocka_unit_test(test_the_crew_does_all_that_was_queued),
		cmocka_unit_test(test_the_gate_lets_few_in),
	};

	return cmocka_run_group_tests_name("http/crew", tests, NULL, NULL);
}
