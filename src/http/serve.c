#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "http/unit.h"

#include <stdatomic.h>

#include "base/heap.h"

enum { CONNECTION_MEMORY = 32 << 10, US_PER_MS = 1000, US_PER_S = 1000000, UNITS_SPARE = 64 };

struct listener {
	struct http *http;
	struct MHD_Daemon *daemon;
	struct shelf *units;
	struct crew *writers, *slow;
	int fd, port;
	_Atomic bool stopping;     /* each answer is the last of its connection */
	_Atomic bool closing;      /* nothing new is run */
	_Atomic int64_t n_running; /* requests between their run and the last byte of the answer */
	struct gate *idle;         /* one place, free when the last request ended */
	char keep_alive[sizeof "timeout=2147483647"];
};

/* ---- from libmicrohttpd to a request ---- */

static const struct {
	const char *name;
	enum verb verb;
} VERBS[] = {
	{ "GET", V_GET },     { "HEAD", V_HEAD },     { "POST", V_POST },       { "PUT", V_PUT },
	{ "PATCH", V_PATCH }, { "DELETE", V_DELETE }, { "OPTIONS", V_OPTIONS },
};

static void
verb_set(struct request *q, const char *method)
{
	for (size_t i = 0; i < countof(VERBS); i++)
		if (!strcmp(method, VERBS[i].name))
			q->verb = VERBS[i].verb;
	q->is_head = q->verb == V_HEAD;
	if (q->is_head)
		q->verb = V_GET;
}

static enum MHD_Result
header_add(void *state, enum MHD_ValueKind kind, const char *name, size_t n_name, const char *value,
	   size_t n_value)
{
	struct unit *unit = state;

	(void)kind;
	if (unit->q.headers.n <= HTTP_HEADERS_MAX)
		list_add(unit->cx->mem, &unit->q.headers,
			 ((struct pair){ { name, n_name }, { value ? value : "", n_value } }));
	return MHD_YES;
}

static void
caller_set(struct unit *unit)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(unit->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	const struct networks *proxies = &unit->http->proxies;
	struct address peer, client;

	address_of(info ? info->client_addr : NULL, &peer);
	client = peer;
	unit->q.is_https = unit->http->is_https;
	if (proxies->n && networks_have(proxies, &peer)) {
		client =
			client_address(&peer, request_header(&unit->q, "X-Forwarded-For"), proxies);
		if (str_eq_z(request_header(&unit->q, "X-Forwarded-Proto"), "https"))
			unit->q.is_https = true;
	}
	unit->q.address = address_text(unit->cx->mem, &client);
}

/* libmicrohttpd would decode and cut the address; the parsers here want it as it was sent. */
static size_t
leave_as_is(void *state, struct MHD_Connection *connection, char *text)
{
	(void)state;
	(void)connection;
	return strlen(text);
}

/* The first that is known of a request. */
static void *
on_target(void *state, const char *target, struct MHD_Connection *connection)
{
	struct listener *listener = state;
	uint32_t number = 0;
	struct unit *unit = shelf_take(listener->units, &number);

	if (!unit)
		return NULL;
	unit->number = number;
	unit->connection = connection;
	unit->begun_us = unit->http->env->monotonic_us(unit->http->env);
	cx_tick(unit->cx);
	unit->q.target = str_dup(unit->cx->mem, str_first(str_of(target), HTTP_TARGET_MAX + 1));
	return unit;
}

static void
running_end(struct listener *listener)
{
	if (atomic_fetch_sub(&listener->n_running, 1) == 1 && atomic_load(&listener->stopping))
		gate_leave(listener->idle);
}

/* Either this request sees that the server closes, or the server sees this request. */
static bool
running_begin(struct listener *listener)
{
	atomic_fetch_add(&listener->n_running, 1);
	if (!atomic_load(&listener->closing))
		return true;
	running_end(listener);
	return false;
}

static void
on_completed(void *state, struct MHD_Connection *connection, void **connection_state,
	     enum MHD_RequestTerminationCode code)
{
	struct listener *listener = state;
	struct unit *unit = *connection_state;
	bool was_running = unit && unit->state > UNIT_BODY;

	(void)connection;
	(void)code;
	if (!unit)
		return;
	*connection_state = NULL;
	unit_reset(unit);
	shelf_give(listener->units, unit->number);
	if (was_running)
		running_end(listener);
}

/* ---- from a reply to libmicrohttpd ---- */

static struct MHD_Response *
response_of(struct unit *unit)
{
	struct reply *r = &unit->r;
	struct str body = r->borrowed.n ? r->borrowed : buf_done(&r->body);
	struct MHD_Response *response;

	if (r->stream) {
		response = stream_response(r->stream, unit->connection);
		if (response)
			r->stream = NULL;
		return response;
	}
	if (r->file >= 0) {
		response = MHD_create_response_from_fd64((uint64_t)r->file_bytes, r->file);
		if (response)
			r->file = -1;
		return response;
	}
	/* The unit keeps the bytes until the answer has gone out. */
	return MHD_create_response_from_buffer(body.n, (void *)(uintptr_t)body.p,
					       MHD_RESPMEM_PERSISTENT);
}

static bool
headers_add(const struct unit *unit, struct MHD_Response *response)
{
	const struct reply *r = &unit->r;
	bool has_body = r->status != 204 && r->status != 304 && r->type.n;

	if (has_body && MHD_add_response_header(response, "Content-Type", r->type.p) != MHD_YES)
		return false;
	for (size_t i = 0; i < r->headers.n; i++)
		if (r->headers.v[i].value.n &&
		    MHD_add_response_header(response, r->headers.v[i].name.p,
					    r->headers.v[i].value.p) != MHD_YES)
			return false;
	return true;
}

static enum MHD_Result
unit_answer(struct listener *listener, struct unit *unit)
{
	struct MHD_Response *response = response_of(unit);
	enum MHD_Result queued = MHD_NO;

	if (response && headers_add(unit, response)) {
		if (unit->closes || atomic_load_explicit(&listener->stopping, memory_order_relaxed))
			(void)MHD_add_response_header(response, "Connection", "close");
		else
			(void)MHD_add_response_header(response, "Keep-Alive", listener->keep_alive);
		queued = MHD_queue_response(unit->connection, (unsigned)unit->r.status, response);
	}
	if (response)
		MHD_destroy_response(response);
	dispatch_done(unit->http, unit->cx, &unit->q, &unit->r,
		      unit->http->env->monotonic_us(unit->http->env) - unit->begun_us);
	unit->state = UNIT_ANSWERED;
	return queued;
}

/* ---- running ---- */

static void
unit_work(struct task *task)
{
	struct unit *unit = (struct unit *)task;

	dispatch_run(unit->http, unit->cx, &unit->q, &unit->r);
	unit->state = UNIT_DONE;
	MHD_resume_connection(unit->connection);
}

/* Reads are answered on the spot; what may have to wait runs elsewhere, so that nobody else on this
 * thread waits for it. */
static enum MHD_Result
unit_run(struct listener *listener, struct unit *unit)
{
	const struct route *route = unit->q.route;

	if (!running_begin(listener))
		return MHD_NO;
	unit->state = UNIT_RUNNING;
	unit_body_end(unit);
	if (!route || unit->cx->err.code != E_OK || (route->verb == V_GET && !route->slow)) {
		dispatch_run(unit->http, unit->cx, &unit->q, &unit->r);
		return unit_answer(listener, unit);
	}
	unit->task.run = unit_work;
	MHD_suspend_connection(unit->connection);
	crew_add(route->slow ? listener->slow : listener->writers, &unit->task);
	return MHD_YES;
}

static size_t
header_count(const struct request *q, const char *name)
{
	size_t n = 0;

	for (size_t i = 0; i < q->headers.n; i++)
		n += str_eq_ascii_nocase(q->headers.v[i].name, str_of(name));
	return n;
}

/* What would be read as one thing here and as another by whoever stands before us. */
static void
headers_once(struct unit *unit)
{
	static const char *const names[] = { "Host",     "Authorization", "Content-Type",
					     "If-Match", "If-None-Match", "Idempotency-Key" };

	for (size_t i = 0; i < countof(names); i++)
		if (header_count(&unit->q, names[i]) > 1)
			fail(unit->cx, E_USAGE, "The header %s may stand in a call once only",
			     names[i]);
}

/* Where the body ends is told once, and in one way that is known here: else whoever stands before
 * us may read a call where there is none. */
static bool
body_is_framed(struct unit *unit)
{
	size_t lengths = header_count(&unit->q, "Content-Length");
	size_t codings = header_count(&unit->q, "Transfer-Encoding");

	if (lengths + codings > 1)
		return fail(unit->cx, E_USAGE,
			    "Content-Length and Transfer-Encoding: only one of them may stand in "
			    "a call, and once");
	if (codings &&
	    !str_eq_ascii_nocase(request_header(&unit->q, "Transfer-Encoding"), S("chunked")))
		return fail(unit->cx, E_USAGE,
			    "The only Transfer-Encoding that is understood is chunked");
	return true;
}

static enum MHD_Result
unit_begin(struct listener *listener, struct unit *unit, const char *method)
{
	verb_set(&unit->q, method);
	(void)MHD_get_connection_values_n(unit->connection, MHD_HEADER_KIND, header_add, unit);
	caller_set(unit);
	dispatch_open(unit->http, unit->cx, &unit->q);
	unit->closes = !body_is_framed(unit);
	headers_once(unit);
	unit->state = UNIT_BODY;
	return !unit->closes && unit_body_begin(unit) ? MHD_YES : unit_run(listener, unit);
}

static enum MHD_Result
/* NOLINTNEXTLINE(readability-function-size): the parameters are libmicrohttpd's */
on_request(void *state, struct MHD_Connection *connection, const char *url, const char *method,
	   const char *version, const char *data, size_t *n_data, void **connection_state)
{
	struct listener *listener = state;
	struct unit *unit = *connection_state;

	(void)connection;
	(void)url;
	(void)version;
	if (!unit)
		return MHD_NO;
	switch (unit->state) {
	case UNIT_NEW:
		return unit_begin(listener, unit, method);
	case UNIT_BODY:
		if (!*n_data)
			return unit_run(listener, unit);
		if (!unit_body_add(unit, (struct str){ data, *n_data }))
			return MHD_NO;
		*n_data = 0;
		return MHD_YES;
	case UNIT_DONE:
		return unit_answer(listener, unit);
	case UNIT_RUNNING:
	case UNIT_ANSWERED:
		break;
	}
	return MHD_YES;
}

/* ---- starting and stopping ---- */

static int
port_of(int fd)
{
	struct sockaddr_storage address = { 0 };
	socklen_t n = sizeof address;

	if (getsockname(fd, (struct sockaddr *)&address, &n))
		return 0;
	if (address.ss_family == AF_INET)
		return ntohs(((const struct sockaddr_in *)&address)->sin_port);
	if (address.ss_family == AF_INET6)
		return ntohs(((const struct sockaddr_in6 *)&address)->sin6_port);
	return 0;
}

static void
no_log(void *state, const char *format, va_list arguments)
{
	(void)state;
	(void)format;
	(void)arguments;
}

static bool
daemon_start(struct listener *listener, struct cx *cx)
{
	const struct http_options *options = &listener->http->options;
	unsigned connections = (unsigned)options->connections;
	unsigned threads =
		options->connections < options->threads ? connections : (unsigned)options->threads;
	unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ITC |
			 MHD_USE_ERROR_LOG;

	listener->daemon = MHD_start_daemon(
		flags, 0, NULL, NULL, on_request, listener, MHD_OPTION_LISTEN_SOCKET,
		(MHD_socket)listener->fd, MHD_OPTION_EXTERNAL_LOGGER, no_log, NULL,
		MHD_OPTION_NOTIFY_COMPLETED, on_completed, listener, MHD_OPTION_URI_LOG_CALLBACK,
		on_target, listener, MHD_OPTION_UNESCAPE_CALLBACK, leave_as_is, NULL,
		MHD_OPTION_THREAD_POOL_SIZE, threads, MHD_OPTION_CONNECTION_LIMIT, connections,
		MHD_OPTION_PER_IP_CONNECTION_LIMIT,
		listener->http->proxies.n ? 0u : connections / 2 + 1, MHD_OPTION_CONNECTION_TIMEOUT,
		(unsigned)options->idle_s, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
		(size_t)CONNECTION_MEMORY, MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_END);
	return listener->daemon || fail(cx, E_IO,
					"The server cannot start %u threads for %u connections: "
					"raise the limits (ulimit -n, ulimit -u) or set fewer",
					threads, connections);
}

static void
listener_free(struct listener **at)
{
	struct listener *listener = *at;

	crew_stop(&listener->writers);
	crew_stop(&listener->slow);
	shelf_free(&listener->units);
	gate_free(&listener->idle);
	if (listener->fd >= 0)
		close(listener->fd);
	heap_free(listener);
	*at = NULL;
}

bool
listener_start(struct http *http, struct cx *cx, struct listener **out)
{
	const struct http_options *options = &http->options;
	struct listener *listener = heap_new(sizeof *listener);

	listener->http = http;
	listener->fd = options->socket_fd > 0 ? options->socket_fd : -1;
	listener->idle = gate_new(0);
	/* A call that meets the close of its connection is lost: clients are to let go of it
	 * before. */
	(void)snprintf(listener->keep_alive, sizeof listener->keep_alive, "timeout=%d",
		       options->idle_s * 2 / 3);
	listener->units =
		shelf_new((size_t)options->connections + UNITS_SPARE, unit_make, unit_drop, http);
	if ((listener->fd < 0 && !listen_open(cx, options->listen, &listener->fd)) ||
	    !crew_start(cx, options->workers, &listener->writers) ||
	    !crew_start(cx, options->slow_workers, &listener->slow)) {
		listener_free(&listener);
		return false;
	}
	listener->port = port_of(listener->fd);
	if (!daemon_start(listener, cx)) {
		listener_free(&listener);
		return false;
	}
	*out = listener;
	return true;
}

int
listener_port(const struct listener *listener)
{
	return listener->port;
}

/* Wait until no request is on its way; false when the time is over before. */
static bool
wait_idle(struct listener *listener)
{
	struct env *env = listener->http->env;
	int64_t until_us =
		env->monotonic_us(env) + (int64_t)listener->http->options.stop_s * US_PER_S;

	for (;;) {
		int64_t left_us = until_us - env->monotonic_us(env);

		atomic_store(&listener->closing, true);
		if (!atomic_load(&listener->n_running))
			return true;
		atomic_store(&listener->closing, false);
		if (left_us <= 0)
			return false;
		if (!gate_enter(listener->idle, env, left_us / US_PER_MS + 1))
			continue;
	}
}

bool
listener_stop(struct listener **at)
{
	struct listener *listener = *at;

	atomic_store(&listener->stopping, true);
	(void)MHD_quiesce_daemon(listener->daemon);
	/* A socket that was handed in may be another process's too: there clients wait for it. */
	if (listener->http->options.socket_fd <= 0)
		(void)shutdown(listener->fd, SHUT_RDWR);
	if (!wait_idle(listener))
		return false;
	MHD_stop_daemon(listener->daemon);
	listener_free(at);
	return true;
}
