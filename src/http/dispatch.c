#include "http/internal.h"

#include "base/i18n.h"
#include "db/db.h"
#include "http/request_parse.h"
#include "record/record.h"

enum { ID_DIGITS = 16 };

typedef bool step(struct cx *cx, struct request *q, struct reply *r);

/* ---- opening ---- */

/* A counter behind splitmix64 (Steele, Lea, Flood 2014): unique, and not to be guessed. */
static struct str
request_id(struct http *http, struct cx *cx)
{
	static const char HEX[] = "0123456789abcdef";
	uint64_t z = http->id_seed;
	char *text = arena_alloc(cx->mem, ID_DIGITS + 1);

	__builtin_mul_overflow(++http->id_count, (uint64_t)0x9e3779b97f4a7c15u, &z);
	z ^= http->id_seed;
	__builtin_mul_overflow(z ^ z >> 30, (uint64_t)0xbf58476d1ce4e5b9u, &z);
	__builtin_mul_overflow(z ^ z >> 27, (uint64_t)0x94d049bb133111ebu, &z);
	z ^= z >> 31;
	for (int i = 0; i < ID_DIGITS; i++)
		text[i] = HEX[z >> (4 * i) & 15];
	return (struct str){ text, ID_DIGITS };
}

static bool
is_api_path(struct str path)
{
	return str_starts(path, S("/api/")) || str_eq_z(path, "/api");
}

static bool
target_read(struct cx *cx, struct request *q, struct strs *segments)
{
	const char *why = "";
	struct str query;

	if (q->target.n > HTTP_TARGET_MAX)
		return fail(cx, E_TOO_BIG, "The address is longer than %d bytes", HTTP_TARGET_MAX);
	if (!parse_target(q->target, &q->path, &query, &why))
		return fail(cx, E_USAGE, "%s", tr(cx, why));
	q->is_api = is_api_path(q->path);
	if (!parse_path(cx->mem, q->path, segments, &why) ||
	    !parse_pairs(cx->mem, query, HTTP_QUERY_MAX, &q->query, &why))
		return fail(cx, E_USAGE, "%s", tr(cx, why));
	return true;
}

static bool
route_set(struct http *http, struct cx *cx, struct request *q, const struct strs *segments)
{
	struct route_match match;

	route_find(cx->mem, http->routes, segments, q->verb, &match);
	q->verbs = match.verbs;
	if (!match.verbs)
		return fail(cx, E_MISSING, NULL);
	if (!match.row)
		return q->verb == V_OPTIONS || fail(cx, E_METHOD, NULL);
	q->route = match.row;
	q->route_number = match.number;
	q->is_api |= match.row->is_api;
	for (size_t i = 0; i < match.n; i++)
		list_add(cx->mem, &q->params, ((struct pair){ match.names[i], match.values[i] }));
	return true;
}

static bool
step_open(struct cx *cx, struct request *q, struct reply *r)
{
	struct strs segments = { 0 };

	(void)r;
	if (q->headers.n > HTTP_HEADERS_MAX)
		return fail(cx, E_USAGE, "The request has more than %d headers", HTTP_HEADERS_MAX);
	cx->lang = lang_accept(request_header(q, "Accept-Language"), LANG_EN);
	return target_read(cx, q, &segments) && route_set(q->http, cx, q, &segments);
}

/* ---- running ---- */

static void
unit_end(struct cx *cx)
{
	if (cx->work)
		work_abandon(cx);
	if (cx->conn)
		db_rollback(cx);
}

/* Where a step asks for more memory than the unit may have, it is as if it had failed; what it had
 * allocated is gone. */
static bool
guarded(struct cx *cx, struct request *q, struct reply *r, step *run)
{
	struct arena_mark mark = arena_mark(cx->mem);
	bool ok;

	if (setjmp(*arena_guard(cx->mem))) {
		unit_end(cx);
		arena_rewind(cx->mem, mark);
		q->has_cookies = q->has_form = false;
		q->cookies = (struct pairs){ 0 };
		q->form = (struct form){ 0 };
		if (r)
			r->headers = (struct pairs){ 0 };
		cx->actor = NULL;
		fail_clear(cx);
		return fail(cx, E_TOO_BIG, "This request needs more memory than one may have");
	}
	ok = run(cx, q, r);
	arena_unguard(cx->mem);
	return ok;
}

static bool
step_auth(struct cx *cx, struct request *q, struct reply *r)
{
	(void)r;
	if (cx->store && !q->route->bare)
		store_model(cx);
	return auth_check(q->http, cx, q);
}

static bool
step_admit(struct cx *cx, struct request *q, struct reply *r)
{
	(void)r;
	if (cx->store)
		store_model(cx);
	return auth_admit(q->http, cx, q);
}

static bool
reads_only(const struct route *route)
{
	return route->verb == V_GET && route->need != NEED_PUBLIC && route->need != NEED_OPERATOR &&
	       !route->bare;
}

static bool
step_handle(struct cx *cx, struct request *q, struct reply *r)
{
	const struct actor *asking = cx->actor;

	if (!reads_only(q->route))
		unit_end(cx);
	else if (!cx->conn && cx->db && !db_begin_read(cx))
		return false;
	if (!q->route->handle(cx, q, r)) {
		/* Told to whom asks, though the system may have answered for him. */
		cx->actor = asking;
		return cx->err.code != E_OK ? false : bug(cx, "a handler failed without cause");
	}
	if (cx->err.code != E_OK)
		return bug(cx, "a handler succeeded with a failure");
	if (cx->conn && db_in_write(cx))
		return bug(cx, "a handler left its write unit open");
	if (r->body.full)
		return fail(cx, E_TOO_BIG, "The answer is larger than %d MiB: ask for less",
			    HTTP_REPLY_MAX >> 20);
	return true;
}

static bool
step_answer(struct cx *cx, struct request *q, struct reply *r)
{
	if (cx->err.code != E_OK)
		reply_problem(cx, q, r);
	if (q->verbs && (r->status == 405 || q->verb == V_OPTIONS))
		reply_header(cx, r, "Allow", route_allow(cx->mem, q->verbs));
	reply_compress(q->http, cx, q, r);
	reply_protect(cx, q, r);
	return true;
}

/* Not even the problem could be told. */
static void
answer_bare(struct reply *r)
{
	reply_reset(r);
	r->status = 500;
	r->type = TYPE_TEXT;
	BUF_LIT(&r->body, "The answer could not be made.\n");
}

void
dispatch_open(struct http *http, struct cx *cx, struct request *q)
{
	q->http = http;
	q->known = log_known(cx);
	cx->request_id = request_id(http, cx);
	if (!guarded(cx, q, NULL, step_open)) {
		q->route = NULL;
		q->params = q->query = (struct pairs){ 0 };
	}
	q->wants_html = !q->is_api && request_prefers(q, "text/html", "application/json");
	cx->door = q->is_api ? S("api") : S("form");
}

void
dispatch_admit(struct http *http, struct cx *cx, struct request *q)
{
	(void)http;
	if (cx->err.code == E_OK && q->route && guarded(cx, q, NULL, step_admit)) {
		cx->actor = NULL;
		q->session = NULL;
		q->token = NULL;
	}
	unit_end(cx);
}

void
dispatch_run(struct http *http, struct cx *cx, struct request *q, struct reply *r)
{
	if (cx->err.code == E_OK && !q->route)
		reply_no_content(r); /* OPTIONS */
	else if (cx->err.code == E_OK && guarded(cx, q, r, step_auth))
		(void)guarded(cx, q, r, step_handle);
	unit_end(cx);
	idempotency_release(http, q);
	if (!guarded(cx, q, r, step_answer))
		answer_bare(r);
	unit_end(cx);
}

void
http_dispatch(struct http *http, struct cx *cx, struct request *q, struct reply *r)
{
	int64_t begun = http->env->monotonic_us(http->env);

	dispatch_open(http, cx, q);
	dispatch_run(http, cx, q, r);
	dispatch_done(http, cx, q, r, http->env->monotonic_us(http->env) - begun);
}
