#include "http/idempotency.h"
#include "http/internal.h"

#include "base/crypt.h"
#include "db/db.h"
#include "record/record.h"

enum { HEADERS_MAX = 8 << 10, CALLER_MAX = 32 };

/* Headers of an answer that belong to it; the others are made anew. */
static const char *const KEPT[] = { "Location", "ETag", "Content-Disposition" };

static struct str
caller_of(struct cx *cx, const struct request *q)
{
	struct buf text = buf_in(cx->mem, CALLER_MAX);

	if (!q->token && !cx->actor)
		return q->address;
	buf_char(&text, q->token ? 't' : 'u');
	buf_int(&text, q->token ? q->token->id : cx->actor->user_id);
	return buf_done(&text);
}

static struct hash
call_hash(const struct request *q)
{
	struct hasher hasher;

	hasher_begin(&hasher, NULL);
	hasher_add_int(&hasher, q->verb);
	hasher_add_part(&hasher, q->target);
	hasher_add_part(&hasher, q->body);
	return hasher_end(&hasher);
}

/* ---- what is worked on right now ---- */

static bool
running_claim(struct http *http, uint64_t key)
{
	uint64_t *vacant = NULL;
	bool taken = false;

	pthread_mutex_lock(&http->running_lock);
	for (size_t i = 0; i < RUNNING_MAX && !taken; i++) {
		taken = http->running[i] == key;
		if (!http->running[i])
			vacant = &http->running[i];
	}
	if (!taken && vacant)
		*vacant = key;
	pthread_mutex_unlock(&http->running_lock);
	return !taken && vacant;
}

void
idempotency_release(struct http *http, struct request *q)
{
	if (!q->running)
		return;
	pthread_mutex_lock(&http->running_lock);
	for (size_t i = 0; i < RUNNING_MAX; i++)
		if (http->running[i] == q->running)
			http->running[i] = 0;
	pthread_mutex_unlock(&http->running_lock);
	q->running = 0;
}

static bool
running_begin(struct cx *cx, struct request *q, struct str caller, struct str key)
{
	uint64_t number = str_hash(str_printf(cx->mem, "%.*s %.*s", STR_FMT(caller), STR_FMT(key)));

	if (!running_claim(q->http, number ? number : 1)) {
		cx->err.retry_after_s = 1;
		return fail(cx, E_CONFLICT,
			    "The same call (Idempotency-Key) is being worked on right now");
	}
	q->running = number ? number : 1;
	return true;
}

/* ---- what was answered ---- */

static void
headers_replay(struct cx *cx, struct reply *r, struct str headers)
{
	while (headers.n) {
		struct str value = str_cut(&headers, '\n');
		struct str name = str_cut(&value, ':');

		for (size_t i = 0; i < countof(KEPT); i++)
			if (str_eq_z(name, KEPT[i]))
				reply_header(cx, r, KEPT[i], value);
		if (str_eq_z(name, "Content-Type"))
			r->type = str_dup(cx->mem, value);
	}
}

static bool
answer_replay(struct cx *cx, const struct request *q, struct stmt *stmt, struct reply *r)
{
	struct hash call = call_hash(q);

	if (!str_eq(db_col_blob(stmt, 0), hash_str(&call)))
		return fail(cx, E_INPUT,
			    "This Idempotency-Key was used for another call: choose a new one");
	reply_reset(r);
	r->status = (int)db_col_int(stmt, 1);
	headers_replay(cx, r, db_col_str(stmt, 2));
	buf_str(&r->body, db_col_blob(stmt, 3));
	reply_header(cx, r, "Idempotency-Replayed", S("true"));
	return true;
}

static bool
answer_find(struct cx *cx, struct request *q, struct reply *r, bool *out_replay)
{
	struct stmt *stmt = db_sql(cx, "SELECT call, status, headers, body FROM sys_idempotency "
				       "WHERE caller = ?1 AND key = ?2 AND at > ?3");
	bool row = false, ok = true;

	if (!stmt)
		return false;
	db_bind_str(stmt, 1, caller_of(cx, q));
	db_bind_str(stmt, 2, request_header(q, "Idempotency-Key"));
	db_bind_int(stmt, 3, cx->now - (int64_t)IDEMPOTENCY_HOURS * 3600 * 1000);
	if (!db_step(cx, stmt, &row))
		return false;
	if (row) {
		ok = answer_replay(cx, q, stmt, r);
		db_done(stmt);
	}
	if (ok)
		*out_replay = row;
	return ok;
}

static bool
is_key(struct str key)
{
	for (size_t i = 0; i < key.n; i++)
		if (key.p[i] <= ' ' || key.p[i] >= 0x7f)
			return false;
	return key.n <= IDEMPOTENCY_KEY_MAX;
}

bool
idempotency_begin(struct cx *cx, struct request *q, struct reply *r, bool *out_replay)
{
	struct str key = request_header(q, "Idempotency-Key");

	*out_replay = false;
	if (!key.n)
		return true;
	if (!is_key(key))
		return fail(cx, E_USAGE,
			    "The header Idempotency-Key may hold at most %d visible ASCII "
			    "characters",
			    IDEMPOTENCY_KEY_MAX);
	return (q->running || running_begin(cx, q, caller_of(cx, q), key)) &&
	       db_lock(cx, (int64_t)q->running) && answer_find(cx, q, r, out_replay);
}

static struct str
headers_text(struct cx *cx, const struct reply *r)
{
	struct buf text = buf_in(cx->mem, HEADERS_MAX);

	BUF_LIT(&text, "Content-Type:");
	buf_str(&text, r->type);
	for (size_t i = 0; i < r->headers.n; i++)
		for (size_t k = 0; k < countof(KEPT); k++)
			if (str_eq_z(r->headers.v[i].name, KEPT[k])) {
				buf_char(&text, '\n');
				buf_str(&text, r->headers.v[i].name);
				buf_char(&text, ':');
				buf_str(&text, r->headers.v[i].value);
			}
	return buf_done(&text);
}

bool
idempotency_finish(struct cx *cx, const struct request *q, const struct reply *r)
{
	struct hash call = call_hash(q);
	struct stmt *stmt;

	if (!q->running)
		return true;
	stmt = db_sql(cx,
		      "INSERT INTO sys_idempotency (caller, key, call, status, headers, body, at) "
		      "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (caller, key) DO UPDATE "
		      "SET call = ?3, status = ?4, headers = ?5, body = ?6, at = ?7");
	if (!stmt)
		return false;
	db_bind_str(stmt, 1, caller_of(cx, q));
	db_bind_str(stmt, 2, request_header(q, "Idempotency-Key"));
	db_bind_blob(stmt, 3, hash_str(&call));
	db_bind_int(stmt, 4, r->status);
	db_bind_str(stmt, 5, headers_text(cx, r));
	db_bind_blob(stmt, 6, buf_done(&r->body));
	db_bind_int(stmt, 7, cx->now);
	return db_run(cx, stmt);
}
