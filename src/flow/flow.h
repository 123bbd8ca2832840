/* What happens after the log: followers that read it behind a cursor, jobs with leases and retries,
 * timers.  Everything is at-least-once; a job is named by (kind, key) and exists once. */
#ifndef KONTOR_FLOW_FLOW_H
#define KONTOR_FLOW_FLOW_H

#include "record/record.h"

struct feature;

struct job {
	int64_t id;
	struct str key, body;
	int64_t tries; /* before this one */
};

/* A row of a feature's table.  `run` works in a unit that is a work already (work_begin); it is
 * committed when it returns true.  A job that fails is tried again, later each time, and lies among
 * the dead after `tries`.  every_s: a timer; one job of it, key "", is always there. */
struct job_kind {
	const char *name; /* "ticket.escalate" */
	int tries;
	int timeout_s; /* a run that takes longer is believed dead and taken over */
	int64_t every_s;
	bool (*run)(struct cx *cx, const struct job *job);
	const char *purpose;
};

/* Told every change once, in the order of the log, oldest first.  `run` works in a work; the cursor
 * moves in the same transaction. */
struct follower {
	const char *name; /* of its cursor */
	bool (*run)(struct cx *cx, const struct change_rows *changes);
	const char *purpose;
	bool from_now; /* begins with what comes after its cursor was made */
};

enum { FOLLOW_AT_ONCE = 200, JOBS_AT_ONCE = 16, JOB_ERROR_MAX = 500 };

/* Put a job in place, in an open write; an existing one of this kind and key is set anew. */
bool job_put(struct cx *cx, struct str kind, struct str key, int64_t run_at, struct str body)
	CHECKED;
bool job_drop(struct cx *cx, struct str kind, struct str key) CHECKED;

/* Run what is due at cx->now, once each; *ran tells how many.  Opens units of its own; failures of
 * jobs are theirs, false means that the database failed. */
bool jobs_run_due(struct cx *cx, const struct feature *const *features, int64_t *ran) CHECKED;
/* With a clock that tests set: let time pass to each job in turn until the moment `until`. */
bool jobs_run_until(struct cx *cx, const struct feature *const *features, int64_t until,
		    int64_t *ran) CHECKED;
/* Make sure that every timer has its job. */
bool timers_set(struct cx *cx, const struct feature *const *features) CHECKED;
/* Make sure that every follower that begins from now on has its cursor. */
bool followers_set(struct cx *cx, const struct feature *const *features) CHECKED;
/* Tell the followers what is new; *told counts changes. */
bool followers_run(struct cx *cx, const struct feature *const *features, int64_t *told) CHECKED;

enum job_state { JOB_READY, JOB_LEASED, JOB_DEAD, JOB_STATE__MAX };
extern const char *const JOB_STATES[JOB_STATE__MAX];
struct job_row {
	int64_t id, run_at, tries, changed_at;
	struct str kind, key, state, error;
};
struct job_rows {
	struct job_row *v;
	size_t n, cap;
};
/* All jobs in a state (JOB_STATE__MAX: any), soonest first. */
bool jobs_list(struct cx *cx, enum job_state state, int64_t limit, struct job_rows *out) CHECKED;
/* Dead ones once more, from the beginning; id 0: all.  In a write. */
bool jobs_revive(struct cx *cx, int64_t id) CHECKED;

/* Threads that run followers and jobs until flow_stop. */
struct flow;
bool flow_start(struct cx *cx, const struct feature *const *features, int threads,
		struct flow **out) CHECKED;
void flow_stop(struct flow **flow); /* lets running jobs finish */

#endif
