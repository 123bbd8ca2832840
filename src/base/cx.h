/* The unit of work: one request, job or command.  Whatever code needs comes through it. */
#ifndef KONTOR_BASE_CX_H
#define KONTOR_BASE_CX_H

#include "base/arena.h"
#include "base/banned.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"

/* The world outside: clock and randomness.  Tests replace it to make a run repeatable. */
struct env {
	int64_t (*now_ms)(struct env *env);                   /* wall clock, ms UTC */
	int64_t (*monotonic_us)(struct env *env);             /* for durations */
	void (*random)(struct env *env, void *out, size_t n); /* unpredictable bytes */
	void (*wait_ms)(struct env *env, int64_t ms);         /* let time pass */
	void *state;
};
extern struct env env_real; /* the process's own */

/* A clock that stands still until it is set, and random numbers from a seed. */
struct env_fake {
	struct env env;
	int64_t now;
	uint64_t seed;
};
void env_fake_init(struct env_fake *fake, int64_t now_ms, uint64_t seed);

enum lang { LANG_EN, LANG_DE, LANG__MAX };

struct cx {
	struct arena *mem;
	struct env *env;
	int64_t now; /* ms UTC, the same for the whole unit */
	struct err err;
	enum lang lang;
	struct str zone; /* IANA name of the reader's time zone; empty: UTC */
	struct str door; /* through which face: "api", "form", "import", "cli", "job" … */
	struct str request_id;
	struct db *db;                /* the database of this process */
	struct conn *conn;            /* the connection this unit holds, or NULL */
	const struct store *store;    /* record/: snapshot owner, keys, caches of this process */
	const struct snapshot *model; /* the model this unit began with */
	const struct actor *actor;    /* who asks; NULL: nobody has signed in */
	struct work *work;            /* record/: the open changeset, or NULL */
	unsigned n_sql;               /* statements run so far */
};

/* A unit of work on the heap with an arena of at most max_bytes; freed by cx_free. */
enum { CX_MEM_DEFAULT = 64 << 20 };
struct cx *cx_new(struct env *env, size_t max_bytes);
void cx_free(struct cx **cx);

/* Begin the next unit in the same struct: resets the arena, the failure and the clock; keeps
 * env, db and store. */
void cx_reset(struct cx *cx);

/* The clock read anew (long jobs). */
void cx_tick(struct cx *cx);

#endif
