#include <errno.h>
#include <sys/mman.h>

#include "http/unit.h"

#include "base/heap.h"

enum {
	BODY_KEEP_MAX = 64 << 10,
	DROP_MAX = 8 << 20, /* so much of a refused body is read, that the client reads us */
	SLOW_AFTER_US = 60000000,
	SLOW_BYTES_PER_S = 1024, /* who sends less is cut off */
	US_PER_S = 1000000,
};

void *
unit_make(void *http)
{
	struct unit *unit = heap_new(sizeof *unit);
	const struct http *of = http;

	unit->http = http;
	unit->cx = cx_new(of->env, of->options.memory_max_bytes);
	unit->cx->db = of->db;
	unit->cx->store = of->store;
	unit->body = buf_heap(HTTP_BODY_MAX);
	unit->spool = -1;
	reply_init(&unit->r);
	return unit;
}

void
unit_drop(void *thing)
{
	struct unit *unit = thing;

	reply_fini(&unit->r);
	buf_fini(&unit->body);
	cx_free(&unit->cx);
	heap_free(unit);
}

static void
body_reset(struct unit *unit)
{
	if (unit->mapping)
		munmap(unit->mapping, unit->n_body);
	if (unit->spool >= 0)
		close(unit->spool);
	unit->mapping = NULL;
	unit->spool = -1;
	unit->n_body = unit->max_body = unit->n_dropped = 0;
	if (unit->body.cap > BODY_KEEP_MAX)
		buf_fini(&unit->body);
	buf_clear(&unit->body);
}

void
unit_reset(struct unit *unit)
{
	body_reset(unit);
	reply_reset(&unit->r);
	unit->q = (struct request){ 0 };
	unit->connection = NULL;
	unit->state = UNIT_NEW;
	unit->closes = false;
	cx_reset(unit->cx);
}

/* ---- the body ---- */

static bool
too_big(struct unit *unit)
{
	return fail(unit->cx, E_TOO_BIG, "The body is larger than %zu bytes", unit->max_body);
}

bool
unit_body_begin(struct unit *unit)
{
	const struct route *route = unit->q.route;
	int64_t length = 0;
	bool waits = request_header(&unit->q, "Expect").n > 0;

	unit->max_body = route && route->body_max_bytes ? route->body_max_bytes : HTTP_BODY_MAX;
	if (!str_int(request_header(&unit->q, "Content-Length"), 0, INT64_MAX, &length))
		length = 0;
	if ((uint64_t)length > unit->max_body)
		too_big(unit);
	else if (length > HTTP_BODY_MAX || waits)
		dispatch_admit(unit->http, unit->cx, &unit->q);
	if (unit->cx->err.code == E_OK)
		return true;
	return !waits && length <= DROP_MAX;
}

static bool
spool_write(struct unit *unit, struct str bytes)
{
	while (bytes.n) {
		ssize_t n = write(unit->spool, bytes.p, bytes.n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return fail(unit->cx, E_IO,
				    "A temporary file could not be written in %.*s: make room",
				    STR_FMT(unit->http->options.spool_dir));
		bytes = str_from(bytes, (size_t)n);
	}
	return true;
}

/* More than fits into memory goes into a file, and what is in memory first. */
static bool
spool_begin(struct unit *unit)
{
	if (!reply_spool(unit->cx, &unit->q, &unit->spool))
		return false;
	return spool_write(unit, buf_done(&unit->body));
}

static bool
body_keep(struct unit *unit, struct str bytes)
{
	if (bytes.n > unit->max_body - unit->n_body)
		return too_big(unit);
	if (unit->spool < 0 && unit->n_body + bytes.n > HTTP_BODY_MAX && !spool_begin(unit))
		return false;
	if (unit->spool < 0)
		buf_str(&unit->body, bytes);
	else if (!spool_write(unit, bytes))
		return false;
	unit->n_body += bytes.n;
	return true;
}

static bool
is_too_slow(const struct unit *unit)
{
	int64_t us = unit->http->env->monotonic_us(unit->http->env) - unit->begun_us;

	return us > SLOW_AFTER_US &&
	       (int64_t)(unit->n_body + unit->n_dropped) < us / US_PER_S * SLOW_BYTES_PER_S;
}

bool
unit_body_add(struct unit *unit, struct str bytes)
{
	if (unit->cx->err.code == E_OK && body_keep(unit, bytes))
		return !is_too_slow(unit);
	unit->n_dropped += bytes.n;
	return unit->n_dropped <= DROP_MAX;
}

void
unit_body_end(struct unit *unit)
{
	unit->q.body = buf_done(&unit->body);
	if (unit->spool < 0 || unit->cx->err.code != E_OK)
		return;
	unit->mapping = mmap(NULL, unit->n_body, PROT_READ, MAP_PRIVATE, unit->spool, 0);
	if (unit->mapping == MAP_FAILED) {
		unit->mapping = NULL;
		fail(unit->cx, E_IO, "A temporary file could not be read");
		return;
	}
	unit->q.body = (struct str){ unit->mapping, unit->n_body };
}
