/* Addresses that give a list to another program without signing in: each for one person and one
 * list, and taken back by him.  The database knows only the hash of what stands in the address
 * (sys_feed). */
#ifndef KONTOR_HTTP_FEED_H
#define KONTOR_HTTP_FEED_H

#include "base/cx.h"

enum { FEEDS_MAX = 50 /* of a person */ };

struct feed {
	int64_t id, user_id, created_at;
	struct str name;   /* what people call it */
	struct str object; /* of the list's address: an object or a face */
	struct str query;  /* of the list's address, without the question mark */
	struct str mark;   /* letters that are of this feed alone; of feed_find */
};
struct feeds {
	struct feed *v;
	size_t n, cap;
};

/* A new one of the person, within a write unit.  *out is what stands in the address, to be shown
 * once.  E_CONFLICT where he has FEEDS_MAX. */
bool feed_create(struct cx *cx, const struct feed *feed, struct str *out) CHECKED;
/* In an open unit; E_MISSING where nothing has this address. */
bool feed_find(struct cx *cx, struct str secret, struct feed *out) CHECKED;
/* In an open unit: the person's own, newest first. */
bool feed_list(struct cx *cx, int64_t user_id, struct feeds *out) CHECKED;
/* Opens a write unit of its own.  E_MISSING when the person has no such feed. */
bool feed_drop(struct cx *cx, int64_t user_id, int64_t id) CHECKED;

#endif
