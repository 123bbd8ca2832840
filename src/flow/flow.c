/* The threads that run followers and jobs. */
#include "flow/flow.h"

#include "base/feature.h"
#include "base/heap.h"
#include "base/log.h"
#include "db/db.h"

#include <stdatomic.h>

enum { THREADS_MAX = 64, LOOK_MS = 500, MS_IN_S = 1000, NS_IN_MS = 1000000, FAIL_PAUSE_MS = 5000 };

struct flow {
	pthread_t threads[THREADS_MAX];
	int n_threads;
	const struct feature *const *features;
	struct env *env;
	struct db *db;
	const struct store *store;
	struct str zone;
	_Atomic bool stop;
	_Atomic int next_name;
	pthread_mutex_t lock;
	pthread_cond_t wake;
};

static void
flow_wait(struct flow *flow, int64_t ms)
{
	struct timespec until;
	int64_t at;

	at = flow->env->now_ms(flow->env) + ms;
	until = (struct timespec){ at / MS_IN_S, at % MS_IN_S * NS_IN_MS };
	pthread_mutex_lock(&flow->lock);
	if (!atomic_load(&flow->stop))
		pthread_cond_timedwait(&flow->wake, &flow->lock, &until);
	pthread_mutex_unlock(&flow->lock);
}

static void
unit_begin(struct flow *flow, struct cx *cx, const char *name)
{
	cx_reset(cx);
	cx->zone = flow->zone;
	cx->door = S("job");
	cx->request_id = str_of(name);
	store_model(cx);
	cx->actor = actor_system(cx);
}

/* One round; how long to wait before the next. */
static int64_t
flow_round(struct flow *flow, struct cx *cx, const char *name, bool is_first)
{
	int64_t ran = 0, told = 0;

	unit_begin(flow, cx, name);
	if ((!is_first || followers_run(cx, flow->features, &told)) &&
	    jobs_run_due(cx, flow->features, &ran))
		return ran ? 0 : LOOK_MS; /* a job may have put its next */
	log_line(LOG_LEVEL_ERROR, "flow", LOG_Z("worker", name),
		 LOG_Z("error", err_row(cx->err.code)->key), LOG_STR("why", cx->err.why));
	work_abandon(cx);
	db_rollback(cx);
	return FAIL_PAUSE_MS;
}

static void *
flow_thread(void *arg)
{
	struct flow *flow = arg;
	struct cx *cx = cx_new(flow->env, CX_MEM_DEFAULT);
	int number = atomic_fetch_add(&flow->next_name, 1);
	char name[32];

	snprintf(name, sizeof name, "work-%d-%d", (int)getpid(), number);
	cx->db = flow->db;
	cx->store = flow->store;
	while (!atomic_load(&flow->stop)) {
		int64_t wait = flow_round(flow, cx, name, number == 0);

		if (wait)
			flow_wait(flow, wait);
	}
	cx_free(&cx);
	return NULL;
}

bool
flow_start(struct cx *cx, const struct feature *const *features, int threads, struct flow **out)
{
	struct flow *flow = heap_new(sizeof *flow);

	flow->features = features;
	flow->env = cx->env;
	flow->db = cx->db;
	flow->store = cx->store;
	flow->zone = cx->zone;
	pthread_mutex_init(&flow->lock, NULL);
	pthread_cond_init(&flow->wake, NULL);
	if (!timers_set(cx, features) || !followers_set(cx, features)) {
		heap_free(flow);
		return false;
	}
	for (int i = 0; i < threads && i < THREADS_MAX; i++) {
		if (pthread_create(&flow->threads[i], NULL, flow_thread, flow)) {
			flow_stop(&flow);
			return fail(cx, E_IO, "Cannot start a thread");
		}
		flow->n_threads++;
	}
	*out = flow;
	return true;
}

void
flow_stop(struct flow **flow)
{
	struct flow *f = *flow;

	if (!f)
		return;
	atomic_store(&f->stop, true);
	pthread_mutex_lock(&f->lock);
	pthread_cond_broadcast(&f->wake);
	pthread_mutex_unlock(&f->lock);
	for (int i = 0; i < f->n_threads; i++)
		pthread_join(f->threads[i], NULL);
	pthread_cond_destroy(&f->wake);
	pthread_mutex_destroy(&f->lock);
	heap_free(f);
	*flow = NULL;
}
