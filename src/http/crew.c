#include "http/crew.h"

#include <signal.h>
#include <stdatomic.h>

#include "base/heap.h"

enum { US_PER_MS = 1000, US_PER_S = 1000000, NS_PER_US = 1000, STACK_BYTES = 1 << 20 };
static const uint32_t NOTHING = UINT32_MAX;

/* ---- the stack: Treiber 1986, with a counter beside the top against ABA ---- */

struct shelf_place {
	void *thing;
	_Atomic uint32_t below;
};

struct shelf {
	void *(*make)(void *state);
	void (*drop)(void *thing);
	void *state;
	size_t max;
	_Atomic uint64_t top; /* number below, counter above */
	_Atomic uint32_t n_made;
	struct shelf_place places[];
};

static uint64_t
top_of(uint32_t number, uint64_t before)
{
	return ((before >> 32) + 1) << 32 | number;
}

struct shelf *
shelf_new(size_t max, void *(*make)(void *state), void (*drop)(void *thing), void *state)
{
	struct shelf *shelf = heap_new(sizeof *shelf + max * sizeof shelf->places[0]);

	shelf->make = make;
	shelf->drop = drop;
	shelf->state = state;
	shelf->max = max;
	atomic_store(&shelf->top, NOTHING);
	return shelf;
}

void
shelf_free(struct shelf **shelf)
{
	if (!*shelf)
		return;
	for (uint32_t i = 0; i < (*shelf)->n_made && i < (*shelf)->max; i++)
		(*shelf)->drop((*shelf)->places[i].thing);
	heap_free(*shelf);
	*shelf = NULL;
}

static void *
shelf_make(struct shelf *shelf, uint32_t *number)
{
	uint32_t n = atomic_load(&shelf->n_made);

	do {
		if (n >= shelf->max)
			return NULL;
	} while (!atomic_compare_exchange_weak(&shelf->n_made, &n, n + 1));
	shelf->places[n].thing = shelf->make(shelf->state);
	*number = n;
	return shelf->places[n].thing;
}

void *
shelf_take(struct shelf *shelf, uint32_t *number)
{
	uint64_t top = atomic_load(&shelf->top);
	uint32_t first, below;

	do {
		first = (uint32_t)top;
		if (first == NOTHING)
			return shelf_make(shelf, number);
		below = atomic_load_explicit(&shelf->places[first].below, memory_order_relaxed);
	} while (!atomic_compare_exchange_weak(&shelf->top, &top, top_of(below, top)));
	*number = first;
	return shelf->places[first].thing;
}

void
shelf_give(struct shelf *shelf, uint32_t number)
{
	uint64_t top = atomic_load(&shelf->top);

	do {
		atomic_store_explicit(&shelf->places[number].below, (uint32_t)top,
				      memory_order_relaxed);
	} while (!atomic_compare_exchange_weak(&shelf->top, &top, top_of(number, top)));
}

/* ---- the crew ---- */

struct crew {
	pthread_mutex_t lock;
	pthread_cond_t more;
	struct task *first, **end;
	bool stopping;
	int n_threads;
	pthread_t threads[];
};

static struct task *
crew_next(struct crew *crew)
{
	struct task *task;

	pthread_mutex_lock(&crew->lock);
	while (!crew->first && !crew->stopping)
		pthread_cond_wait(&crew->more, &crew->lock);
	task = crew->first;
	if (task) {
		crew->first = task->next;
		if (!crew->first)
			crew->end = &crew->first;
	}
	pthread_mutex_unlock(&crew->lock);
	return task;
}

static void *
crew_member(void *state)
{
	struct crew *crew = state;
	struct task *task;

	while ((task = crew_next(crew)))
		task->run(task);
	return NULL;
}

/* Signals are for the thread that main() waits in. */
static int
start_threads(struct crew *crew, int threads)
{
	pthread_attr_t attributes;
	sigset_t all, before;

	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, STACK_BYTES);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	while (crew->n_threads < threads &&
	       !pthread_create(&crew->threads[crew->n_threads], &attributes, crew_member, crew))
		crew->n_threads++;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attributes);
	return crew->n_threads;
}

bool
crew_start(struct cx *cx, int threads, struct crew **out)
{
	struct crew *crew = heap_new(sizeof *crew + (size_t)threads * sizeof crew->threads[0]);

	crew->end = &crew->first;
	pthread_mutex_init(&crew->lock, NULL);
	pthread_cond_init(&crew->more, NULL);
	if (start_threads(crew, threads) < threads) {
		crew_stop(&crew);
		return fail(cx, E_IO,
			    "The server cannot start its threads: raise the limit of "
			    "processes (ulimit -u) or set fewer threads");
	}
	*out = crew;
	return true;
}

void
crew_add(struct crew *crew, struct task *task)
{
	task->next = NULL;
	pthread_mutex_lock(&crew->lock);
	*crew->end = task;
	crew->end = &task->next;
	pthread_cond_signal(&crew->more);
	pthread_mutex_unlock(&crew->lock);
}

void
crew_stop(struct crew **crew)
{
	if (!*crew)
		return;
	pthread_mutex_lock(&(*crew)->lock);
	(*crew)->stopping = true;
	pthread_cond_broadcast(&(*crew)->more);
	pthread_mutex_unlock(&(*crew)->lock);
	for (int i = 0; i < (*crew)->n_threads; i++)
		pthread_join((*crew)->threads[i], NULL);
	pthread_cond_destroy(&(*crew)->more);
	pthread_mutex_destroy(&(*crew)->lock);
	heap_free(*crew);
	*crew = NULL;
}

/* ---- the gate ---- */

struct gate {
	pthread_mutex_t lock;
	pthread_cond_t left;
	int vacant;
};

struct gate *
gate_new(int places)
{
	struct gate *gate = heap_new(sizeof *gate);
	pthread_condattr_t attributes;

	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_mutex_init(&gate->lock, NULL);
	pthread_cond_init(&gate->left, &attributes);
	pthread_condattr_destroy(&attributes);
	gate->vacant = places;
	return gate;
}

void
gate_free(struct gate **gate)
{
	if (!*gate)
		return;
	pthread_cond_destroy(&(*gate)->left);
	pthread_mutex_destroy(&(*gate)->lock);
	heap_free(*gate);
	*gate = NULL;
}

/* The clock of env is that of the condition: both monotonic. */
static struct timespec
moment_after(struct env *env, int64_t ms)
{
	int64_t at = env->monotonic_us(env) + ms * US_PER_MS;

	return (struct timespec){ at / US_PER_S, at % US_PER_S * NS_PER_US };
}

bool
gate_enter(struct gate *gate, struct env *env, int64_t wait_ms)
{
	struct timespec until = moment_after(env, wait_ms);
	bool entered;

	pthread_mutex_lock(&gate->lock);
	while (gate->vacant < 1 && !pthread_cond_timedwait(&gate->left, &gate->lock, &until))
		continue;
	entered = gate->vacant > 0;
	gate->vacant -= entered;
	pthread_mutex_unlock(&gate->lock);
	return entered;
}

void
gate_leave(struct gate *gate)
{
	pthread_mutex_lock(&gate->lock);
	gate->vacant++;
	pthread_cond_signal(&gate->left);
	pthread_mutex_unlock(&gate->lock);
}
