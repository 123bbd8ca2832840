/* How often somebody may do something: the generic cell rate algorithm (ATM Forum, 1996) over a
 * table of fixed size.  Takes no lock.  A key that was pushed out starts anew; the least loaded of
 * the places that a key may take is pushed out first. */
#ifndef KONTOR_HTTP_RATE_H
#define KONTOR_HTTP_RATE_H

#include "http/http.h"

struct rate_table;

struct rate {
	int64_t interval_us; /* one each; 0 or less: no limit */
	int64_t burst;       /* so many at once, at least 1 */
};
struct rate rate_per_minute(int64_t per_minute, int64_t burst); /* per_minute < 1: no limit */

struct rate_table *rate_table_new(struct env *env, size_t places); /* on the heap */
void rate_table_free(struct rate_table **table);

/* A key of the bytes that name somebody; unguessable, so that nobody can choose whose place he
 * shares. */
uint64_t rate_key(const struct rate_table *table, struct str who);

/* Count one; false when it is one too many, then *retry_after_us is how long to wait. */
bool rate_take(struct rate_table *table, uint64_t key, struct rate rate, int64_t now_us,
	       int64_t *retry_after_us) CHECKED;

#endif
