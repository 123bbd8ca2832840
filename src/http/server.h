/* The server: listens, finds the route, runs one unit of work per request, answers. */
#ifndef KONTOR_HTTP_SERVER_H
#define KONTOR_HTTP_SERVER_H

#include "base/crypt.h"
#include "http/http.h"

struct actor;
struct http;

/* How the server is set up.  Zero means the default in brackets. */
struct http_options {
	/* "127.0.0.1:8080", "[::1]:8080", "unix:/run/kontor.sock" [127.0.0.1:8080]; port 0: any
	 * free one, see http_port. */
	struct str listen;
	int socket_fd;         /* a listening socket handed in; 0: none */
	struct str public_url; /* "https://crm.example.com": origin, Secure cookies, HSTS [none] */
	struct str proxies;    /* whose X-Forwarded-For and -Proto are believed: "10.0.0.0/8 ::1" */
	struct str operators;  /* who may read /metrics [127.0.0.0/8 ::1 unix] */
	struct str spool_dir;  /* temporary files of large bodies [/tmp] */

	int threads;             /* that answer reads [cores, at least 2] */
	int workers;             /* that run writes [16] */
	int slow_workers;        /* that run what may take long [4] */
	int connections;         /* open at once [1000] */
	int idle_s;              /* a silent connection is closed [30] */
	int stop_s;              /* how long http_stop lets requests finish [20] */
	size_t memory_max_bytes; /* arena of one request [64 MiB] */
	size_t gzip_min_bytes;   /* smaller replies stay as they are [2048] */

	int64_t session_idle_s; /* [8 hours] */
	int64_t session_max_s;  /* [7 days] */
	int64_t recheck_ms;     /* how long sessions and tokens are believed unasked [2000] */

	int64_t rate_per_minute;        /* of one person or token [12000]; -1: no limit */
	int64_t rate_burst;             /* [2000] */
	int64_t rate_public_per_minute; /* of one address, not signed in [1200]; -1: no limit */
	int64_t rate_public_burst;      /* [300] */
	int64_t sign_in_tries;          /* wrong passwords for one name from one address [10] … */
	int64_t sign_in_window_s;       /* … in so many seconds [900] */
	int password_checks;            /* that may be computed at once [2] */
	struct password_cost password_cost; /* [HTTP_PASSWORD_COST] */
	bool no_log;                        /* no line per request (benchmarks) */

	const struct route *const *routes; /* the lists of all features */
	size_t n_routes;
	const struct http_setting *settings; /* what the operator set, for people to read */
	size_t n_settings;
	/* The actor of a user [actor_load of record/]. */
	bool (*actor_load)(struct cx *cx, int64_t user_id, const struct actor **out);
	/* The error page for people, from cx->err; r->status is set.  NULL: a problem document. */
	void (*problem_page)(struct cx *cx, struct request *q, struct reply *r);
	/* Further members of a problem document (",\"current\":…" of E_STALE), or NULL. */
	void (*problem_more)(struct cx *cx, const struct request *q, struct buf *out);
};

/* Start to answer.  env, db and store are those of every unit.  Fails with E_INPUT for a bad route
 * table or setting and E_IO where it cannot listen, naming the address and the remedy. */
bool http_start(struct cx *cx, const struct http_options *options, struct http **out) CHECKED;

/* Accept nothing more, let what runs finish within stop_s, then close everything.  False: something
 * still runs; the process should end, nothing was given back. */
bool http_stop(struct http **http) CHECKED;

int http_port(const struct http *http); /* the TCP port it listens on; 0 for a local socket */

/* One request without a socket, on the caller's cx: finds the route, checks, handles, answers, as
 * the server does.  q holds verb, target, headers, body and address.  For tests and for `kontor`
 * itself. */
void http_dispatch(struct http *http, struct cx *cx, struct request *q, struct reply *r);

/* A server that only dispatches: no threads, no socket.  Freed by http_stop. */
bool http_new(struct cx *cx, const struct http_options *options, struct http **out) CHECKED;

/* A reply ready for http_dispatch, and its end. */
void reply_init(struct reply *r);
void reply_fini(struct reply *r);

#endif
