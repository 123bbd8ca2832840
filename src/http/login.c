#include "http/internal.h"

#include "base/crypt.h"
#include "db/db.h"
#include "http/tries.h"

enum { WAIT_MS = 10000, BUSY_RETRY_S = 5 };

const struct password_cost HTTP_PASSWORD_COST = { 2, 19 << 20 };

struct password_cost
http_password_cost(const struct http *http)
{
	return http->options.password_cost;
}

/* `at` 0: it is for one signing in. */
static bool
login_store(struct cx *cx, int64_t user_id, struct str hash, int64_t at)
{
	struct stmt *stmt = db_sql(cx, "INSERT INTO sys_login (user_id, hash, changed_at) "
				       "VALUES (?1, ?2, ?3) ON CONFLICT (user_id) DO UPDATE "
				       "SET hash = ?2, changed_at = ?3");

	if (!stmt)
		return false;
	db_bind_int(stmt, 1, user_id);
	db_bind_str(stmt, 2, hash);
	db_bind_int(stmt, 3, at);
	return db_run(cx, stmt);
}

static bool
password_keep(struct cx *cx, int64_t user_id, struct str password, struct password_cost cost,
	      int64_t at)
{
	struct str hash;

	if (!str_is_utf8(password, NULL) || str_utf8_length(password) < PASSWORD_MIN)
		return fail_field(cx, S("password"), "length",
				  "A password needs at least %d characters", PASSWORD_MIN);
	if (password.n > PASSWORD_MAX_BYTES)
		return fail_field(cx, S("password"), "length",
				  "A password may have at most %d bytes", PASSWORD_MAX_BYTES);
	return password_hash(cx, password, cost, &hash) && login_store(cx, user_id, hash, at);
}

bool
login_set_password(struct cx *cx, int64_t user_id, struct str password, struct password_cost cost)
{
	return password_keep(cx, user_id, password, cost, cx->now);
}

bool
login_set_once(struct cx *cx, int64_t user_id, struct str password, struct password_cost cost)
{
	return password_keep(cx, user_id, password, cost, 0);
}

bool
login_is_once(struct cx *cx, int64_t user_id, bool *out)
{
	struct stmt *stmt =
		db_sql(cx, "SELECT 1 FROM sys_login WHERE user_id = ?1 AND changed_at = 0");

	if (!stmt)
		return false;
	db_bind_int(stmt, 1, user_id);
	if (!db_step(cx, stmt, out))
		return false;
	if (*out)
		db_done(stmt);
	return true;
}

/* ---- checking ---- */

/* The stored hash; empty when the user has none. */
static bool
login_load(struct cx *cx, int64_t user_id, struct str *out)
{
	struct stmt *stmt = db_sql(cx, "SELECT hash FROM sys_login WHERE user_id = ?1");
	bool row = false;

	if (!stmt)
		return false;
	db_bind_int(stmt, 1, user_id);
	if (!db_step(cx, stmt, &row))
		return false;
	*out = row ? str_dup(cx->mem, db_col_str(stmt, 0)) : (struct str){ 0 };
	if (row)
		db_done(stmt);
	return true;
}

static bool
login_read(struct cx *cx, int64_t user_id, struct str *out)
{
	bool ok;

	if (!db_begin_read(cx))
		return false;
	ok = login_load(cx, user_id, out);
	db_rollback(cx);
	return ok;
}

/* Whoever does not exist costs as much time as who does. */
static bool
password_fits(struct http *http, struct cx *cx, struct str password, struct str hash)
{
	struct str ignored;

	if (hash.n)
		return password_is(password, hash);
	if (!password_hash(cx, password, http->options.password_cost, &ignored))
		fail_clear(cx);
	return false;
}

static bool
login_rehash(struct cx *cx, int64_t user_id, struct str hash)
{
	struct stmt *stmt = db_sql(cx, "UPDATE sys_login SET hash = ?1 WHERE user_id = ?2");

	if (!stmt)
		return false;
	db_bind_str(stmt, 1, hash);
	db_bind_int(stmt, 2, user_id);
	return db_run(cx, stmt);
}

/* A hash of an older, cheaper kind is replaced while the password is at hand. */
static bool
login_renew(struct http *http, struct cx *cx, int64_t user_id, struct str password)
{
	struct str hash;
	bool ok;

	if (!password_hash(cx, password, http->options.password_cost, &hash) || !db_begin_write(cx))
		return false;
	ok = login_rehash(cx, user_id, hash) && db_commit(cx);
	if (!ok)
		db_rollback(cx);
	return ok;
}

static bool
password_check(struct http *http, struct cx *cx, int64_t user_id, struct str password)
{
	struct str hash = { 0 };
	bool fits;

	if (user_id && !login_read(cx, user_id, &hash))
		return false;
	if (!gate_enter(http->passwords, http->env, WAIT_MS)) {
		cx->err.retry_after_s = BUSY_RETRY_S;
		return fail(cx, E_BUSY, "Too many people sign in at once: try again in a moment");
	}
	fits = password_fits(http, cx, str_first(password, PASSWORD_MAX_BYTES), hash) &&
	       password.n <= PASSWORD_MAX_BYTES;
	gate_leave(http->passwords);
	if (!fits)
		return fail(cx, E_AUTH, "Name or password is wrong");
	if (password_is_stale(hash, http->options.password_cost) &&
	    !login_renew(http, cx, user_id, password))
		fail_clear(cx); /* next time, then */
	return true;
}

bool
login_check(struct cx *cx, const struct request *q, struct str name, int64_t user_id,
	    struct str password)
{
	struct http *http = q->http;
	struct tries tries = tries_of(cx, q, name);

	if (!tries_take(http, cx, &tries) || !password_check(http, cx, user_id, password))
		return false;
	tries_give_back(http, cx, &tries);
	return true;
}
