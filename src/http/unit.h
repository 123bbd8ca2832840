/* One request on its way through the server: what is kept from its first byte to its last. */
#ifndef KONTOR_HTTP_UNIT_H
#define KONTOR_HTTP_UNIT_H

#include "http/internal.h"

struct MHD_Connection;

enum unit_state { UNIT_NEW, UNIT_BODY, UNIT_RUNNING, UNIT_DONE, UNIT_ANSWERED };

struct unit {
	struct task task; /* first: a task is its unit */
	struct http *http;
	struct MHD_Connection *connection;
	uint32_t number; /* in the pool */
	enum unit_state state;
	struct cx *cx;
	struct request q;
	struct reply r;
	int64_t begun_us;
	bool closes; /* nobody knows where the next call begins: this is the last of its connection
		      */
	/* the body */
	struct buf body; /* on the heap, kept */
	int spool;       /* or a file without a name; -1: none */
	size_t n_body, max_body, n_dropped;
	void *mapping;
};

void *unit_make(void *http);
void unit_drop(void *unit);
/* Ready for the next request. */
void unit_reset(struct unit *unit);

/* What the headers say of the body: how much may come, and whether it is worth waiting for.
 * False: answer now (cx->err is set). */
bool unit_body_begin(struct unit *unit);
/* Some bytes of it.  False: end the connection. */
bool unit_body_add(struct unit *unit, struct str bytes) CHECKED;
/* All is there: q->body. */
void unit_body_end(struct unit *unit);

#endif
