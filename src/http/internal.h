/* Inside http/: the server and the parts that its files share. */
#ifndef KONTOR_HTTP_INTERNAL_H
#define KONTOR_HTTP_INTERNAL_H

#include "http/crew.h"
#include "http/events.h"
#include "http/identity.h"
#include "http/listen.h"
#include "http/metrics.h"
#include "http/net.h"
#include "http/rate.h"
#include "http/route.h"
#include "http/server.h"
#include "http/session.h"
#include "http/token.h"

enum { FORM_KEY = 16, RUNNING_MAX = 1024 };

struct listener; /* serve.c: sockets and threads */
struct assets;   /* asset.c: compressed files */
struct keeper;   /* keeper.c: the thread that tidies up */

struct http {
	struct arena *mem; /* lives as long as the server */
	struct http_options options;
	struct env *env;
	struct db *db;
	const struct store *store;
	const struct route_node *routes;
	unsigned n_routes;
	struct networks proxies, operators;
	struct str origin; /* "https://crm.example.com", or empty */
	bool is_https;     /* the public address is */
	uint64_t id_seed;  /* request ids: a counter behind a bijection */
	_Atomic uint64_t id_count;
	struct rate_table *rates; /* requests */
	struct rate rate_person, rate_address, rate_sign_in, rate_sign_in_address;
	struct identity_cache *identities;
	struct gate *passwords;
	struct metrics *metrics;
	struct shelf *deflaters;
	struct assets *assets;
	pthread_mutex_t running_lock;
	uint64_t running[RUNNING_MAX]; /* idempotency keys that are worked on; 0: free */
	struct listener *listener;     /* NULL: http_new */
	struct keeper *keeper;         /* the same */
	struct hub *hub;               /* the same: who hears of changes */
};

/* ---- dispatch.c: one request in three steps ---- */
/* Reads target and headers, finds the route.  On failure dispatch_run answers the problem. */
void dispatch_open(struct http *http, struct cx *cx, struct request *q);
/* Would he be let in at all?  Before a large body is taken. */
void dispatch_admit(struct http *http, struct cx *cx, struct request *q);
/* Runs the handler unless something failed before; r is the complete answer. */
void dispatch_run(struct http *http, struct cx *cx, struct request *q, struct reply *r);
/* Counts and logs what was answered. */
void dispatch_done(struct http *http, struct cx *cx, const struct request *q, const struct reply *r,
		   int64_t us);

/* ---- auth.c ---- */
/* Who asks, and may he?  Sets q->session, q->token, cx->actor; may leave a read unit open. */
bool auth_check(struct http *http, struct cx *cx, struct request *q) CHECKED;
/* The same without counting, and without what stands in the body. */
bool auth_admit(struct http *http, struct cx *cx, struct request *q) CHECKED;

/* ---- csrf.c ---- */
/* Unsafe calls of browsers: same origin, and the form token.  True for everything else. */
bool csrf_check(struct http *http, struct cx *cx, struct request *q) CHECKED;
/* What form tokens are made from, for whoever holds this secret. */
void csrf_key(struct str secret, unsigned char *out);

/* ---- session.c, token.c: from a secret to its identity, for auth.c.  Fail with E_AUTH. ---- */
bool session_find(struct http *http, struct cx *cx, struct str secret, struct identity *out)
	CHECKED;
bool token_find(struct http *http, struct cx *cx, struct str secret, struct identity *out) CHECKED;
bool token_writes(struct str scopes); /* does any scope allow to write? */
/* ---- idempotency.c ---- */
void idempotency_release(struct http *http, struct request *q);

/* ---- reply.c, gzip.c, protect.c ---- */
int64_t reply_bytes(const struct reply *r);
void reply_reset(struct reply *r); /* for the next request; keeps a body of moderate size */
void reply_compress(struct http *http, struct cx *cx, const struct request *q, struct reply *r);
struct shelf *deflaters_new(size_t max);
/* The headers that every reply carries. */
void reply_protect(struct cx *cx, const struct request *q, struct reply *r);

/* ---- logline.c ---- */
/* The line of one request; an inner failure with its cause. */
void http_log_request(const struct http *http, const struct cx *cx, const struct request *q,
		      const struct reply *r, int64_t us);
/* A failure outside of a request. */
void http_log_failure(const struct cx *cx, const char *what);

/* ---- keeper.c ---- */
/* Tell the database what was used, delete what is over. */
bool http_keep_house(struct http *http, struct cx *cx) CHECKED;
/* The thread that does so every half minute. */
bool keeper_start(struct http *http, struct cx *cx, struct keeper **out) CHECKED;
void keeper_stop(struct keeper **keeper);

/* ---- listen.c, serve.c ---- */
/* A socket that listens at "127.0.0.1:8080", "[::1]:8080", "unix:/path". */
bool listener_start(struct http *http, struct cx *cx, struct listener **out) CHECKED;
bool listener_stop(struct listener **listener); /* false: something still runs */
int listener_port(const struct listener *listener);

#endif
