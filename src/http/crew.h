/* Things that are taken and given back very often by many threads: a stack without a lock.
 * And a queue of work for threads that may wait, and a gate that lets few in at a time. */
#ifndef KONTOR_HTTP_CREW_H
#define KONTOR_HTTP_CREW_H

#include "http/http.h"

/* A stack of at most `max` heap things that were made by `make`; the one that was given back last
 * comes first.  shelf_take gives NULL when all are taken. */
struct shelf;
struct shelf *shelf_new(size_t max, void *(*make)(void *state), void (*drop)(void *thing),
			void *state);
void shelf_free(struct shelf **shelf); /* all must have been given back */
void *shelf_take(struct shelf *shelf, uint32_t *number);
void shelf_give(struct shelf *shelf, uint32_t number);

/* Threads that run what is queued, in its order.  `next` is the thing's own link. */
struct task {
	struct task *next;
	void (*run)(struct task *task);
};
struct crew;
bool crew_start(struct cx *cx, int threads, struct crew **out) CHECKED;
void crew_add(struct crew *crew, struct task *task);
/* Let what is queued be done and the threads end. */
void crew_stop(struct crew **crew);

/* At most `places` are inside.  False when none became free within wait_ms. */
struct gate;
struct gate *gate_new(int places);
void gate_free(struct gate **gate);
bool gate_enter(struct gate *gate, struct env *env, int64_t wait_ms) CHECKED;
void gate_leave(struct gate *gate);

#endif
