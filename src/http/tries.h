/* Failed sign-ins: how many of one name from one address, and of one address at all.  They are
 * counted in the database (sys_try), so that all processes on it count together and none forgets by
 * starting anew; by the generic cell rate algorithm, as rate.h.  The table knows hashes of names
 * and addresses, until they no longer count. */
#ifndef KONTOR_HTTP_TRIES_H
#define KONTOR_HTTP_TRIES_H

#include "base/crypt.h"
#include "http/http.h"

struct tries {
	struct hash address, pair;
};
struct tries tries_of(struct cx *cx, const struct request *q, struct str name);

/* Count one; E_LIMIT with Retry-After when it is one too many, which is not counted.  Opens units
 * of its own, as the others. */
bool tries_take(struct http *http, struct cx *cx, const struct tries *tries) CHECKED;
/* It was a right one. */
void tries_give_back(struct http *http, struct cx *cx, const struct tries *tries);

/* In a write unit: forget what no longer counts. */
bool tries_forget(struct cx *cx) CHECKED;

#endif
