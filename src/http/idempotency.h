/* Idempotency-Key: a POST that is sent twice is done once, for 24 hours.
 *
 * In a handler, inside its write unit:
 *	if (!db_begin_write(cx) || !idempotency_begin(cx, q, r, &is_replay))
 *		return false;
 *	if (is_replay)
 *		return db_commit(cx);
 *	… work, write the answer into r …
 *	return idempotency_finish(cx, q, r) && db_commit(cx);
 * The answer is stored in the same transaction as the change: both are kept or neither. */
#ifndef KONTOR_HTTP_IDEMPOTENCY_H
#define KONTOR_HTTP_IDEMPOTENCY_H

#include "http/http.h"

enum { IDEMPOTENCY_HOURS = 24, IDEMPOTENCY_KEY_MAX = 200 };

/* Without the header: true, *out_replay = false, and nothing is done.  Known key and the same call:
 * r is the stored answer, *out_replay = true.  Known key, other call: E_INPUT.  The same key is
 * being worked on right now: E_CONFLICT with Retry-After.  Keys are those of the person or token
 * that calls. */
bool idempotency_begin(struct cx *cx, struct request *q, struct reply *r, bool *out_replay) CHECKED;
bool idempotency_finish(struct cx *cx, const struct request *q, const struct reply *r) CHECKED;

#endif
