#include "http/internal.h"

#include "base/crypt.h"
#include "db/db.h"

enum { MS = 1000, SESSIONS_KEPT = 50, SESSIONS_LISTED = 500, AGENT_MAX = 300 };

static const char COOKIE[] = "kontor";

static void
secret_hash(struct str secret, unsigned char *out)
{
	struct hash hash = crypt_hash(secret);

	memcpy(out, hash.bytes, IDENTITY_HASH);
}

static struct str
hash_text(const unsigned char *hash)
{
	return (struct str){ (const char *)hash, IDENTITY_HASH };
}

static bool
session_load(struct cx *cx, struct identity *who)
{
	struct stmt *stmt =
		db_sql(cx, "SELECT s.user_id, s.created_at, s.seen_at, s.expires_at, "
			   "coalesce(l.changed_at, 1) FROM sys_session s "
			   "LEFT JOIN sys_login l ON l.user_id = s.user_id WHERE s.hash = ?1");
	bool row = false;

	if (!stmt)
		return false;
	db_bind_blob(stmt, 1, hash_text(who->hash));
	if (!db_step(cx, stmt, &row))
		return false;
	if (!row)
		return fail(cx, E_AUTH, NULL);
	who->user_id = db_col_int(stmt, 0);
	who->created_at = db_col_int(stmt, 1);
	who->stored_at = who->seen_at = db_col_int(stmt, 2);
	who->expires_at = db_col_int(stmt, 3);
	who->is_once = db_col_int(stmt, 4) == 0;
	db_done(stmt);
	return true;
}

static bool
is_alive(const struct http *http, const struct cx *cx, const struct identity *who)
{
	return cx->now < who->expires_at &&
	       cx->now - who->seen_at < http->options.session_idle_s * MS;
}

bool
session_find(struct http *http, struct cx *cx, struct str secret, struct identity *out)
{
	struct identity who = { .checked_at = cx->now };
	uint64_t epoch = 0;

	if (secret.n != TOKEN_TEXT_LENGTH)
		return fail(cx, E_AUTH, NULL);
	secret_hash(secret, who.hash);
	if (identity_get(http->identities, who.hash, cx->now - http->options.recheck_ms, cx->now,
			 out, &epoch))
		return cx->now < out->expires_at || fail(cx, E_AUTH, NULL);
	if ((!cx->conn && !db_begin_read(cx)) || !session_load(cx, &who))
		return false;
	if (!is_alive(http, cx, &who))
		return fail(cx, E_AUTH, NULL);
	who.seen_at = cx->now;
	identity_put(http->identities, &who, epoch);
	*out = who;
	return true;
}

/* ---- beginning ---- */

static bool
session_insert(struct cx *cx, const struct request *q, const unsigned char *hash, int64_t user_id)
{
	struct stmt *stmt = db_sql(cx, "INSERT INTO sys_session (hash, user_id, created_at, "
				       "seen_at, expires_at, address, agent) "
				       "VALUES (?1, ?2, ?3, ?3, ?4, ?5, ?6)");
	struct str agent = str_first(request_header(q, "User-Agent"), AGENT_MAX);

	if (!stmt)
		return false;
	db_bind_blob(stmt, 1, hash_text(hash));
	db_bind_int(stmt, 2, user_id);
	db_bind_int(stmt, 3, cx->now);
	db_bind_int(stmt, 4, cx->now + q->http->options.session_max_s * MS);
	db_bind_str(stmt, 5, q->address);
	db_bind_str(stmt, 6, str_is_utf8(agent, NULL) ? agent : (struct str){ 0 });
	return db_run(cx, stmt);
}

static bool
session_delete(struct cx *cx, const unsigned char *hash)
{
	struct stmt *stmt = db_sql(cx, "DELETE FROM sys_session WHERE hash = ?1");

	if (!stmt)
		return false;
	db_bind_blob(stmt, 1, hash_text(hash));
	return db_run(cx, stmt);
}

/* Whoever signs in again and again does not fill the table. */
static bool
sessions_prune(struct cx *cx, int64_t user_id)
{
	struct stmt *stmt = db_sql(cx, "DELETE FROM sys_session WHERE user_id = ?1 AND hash NOT "
				       "IN (SELECT hash FROM sys_session WHERE user_id = ?1 "
				       "ORDER BY seen_at DESC, hash LIMIT ?2)");

	if (!stmt)
		return false;
	db_bind_int(stmt, 1, user_id);
	db_bind_int(stmt, 2, SESSIONS_KEPT);
	return db_run(cx, stmt);
}

bool
session_begin(struct cx *cx, struct request *q, struct reply *r, int64_t user_id)
{
	struct str secret = crypt_token(cx->mem, cx->env);
	unsigned char hash[IDENTITY_HASH];

	secret_hash(secret, hash);
	if (!db_begin_write(cx))
		return false;
	if ((q->session && !session_delete(cx, q->session->hash)) ||
	    !session_insert(cx, q, hash, user_id) || !sessions_prune(cx, user_id) ||
	    !db_commit(cx)) {
		db_rollback(cx);
		return false;
	}
	if (q->session)
		identity_drop(q->http->identities, q->session->hash);
	reply_cookie(cx, q, r, COOKIE, secret, 0);
	return true;
}

/* ---- ending ---- */

bool
session_end(struct cx *cx, struct request *q, struct reply *r)
{
	reply_cookie_drop(cx, q, r, COOKIE);
	if (!q->session)
		return true;
	if (!db_begin_write(cx))
		return false;
	if (!session_delete(cx, q->session->hash) || !db_commit(cx)) {
		db_rollback(cx);
		return false;
	}
	identity_drop(q->http->identities, q->session->hash);
	q->session = NULL;
	return true;
}

static bool
sessions_delete(struct cx *cx, int64_t user_id, const struct session *except)
{
	struct stmt *stmt = db_sql(cx, "DELETE FROM sys_session WHERE user_id = ?1 AND hash <> ?2");

	if (!stmt)
		return false;
	db_bind_int(stmt, 1, user_id);
	db_bind_blob(stmt, 2, except ? hash_text(except->hash) : (struct str){ "", 0 });
	return db_run(cx, stmt);
}

bool
session_end_all(struct cx *cx, struct http *http, int64_t user_id, const struct session *except)
{
	if (!db_begin_write(cx))
		return false;
	if (!sessions_delete(cx, user_id, except) || !db_commit(cx)) {
		db_rollback(cx);
		return false;
	}
	if (http)
		identity_drop_user(http->identities, user_id);
	return true;
}

/* ---- looking after ---- */

bool
session_list(struct cx *cx, struct session_rows *out)
{
	struct stmt *stmt = db_sql(cx, "SELECT hash, user_id, created_at, seen_at, address, agent "
				       "FROM sys_session WHERE expires_at > ?1 "
				       "ORDER BY seen_at DESC, hash LIMIT ?2");
	struct session_rows rows = { 0 };
	bool row = false;

	if (!stmt)
		return false;
	db_bind_int(stmt, 1, cx->now);
	db_bind_int(stmt, 2, SESSIONS_LISTED);
	do {
		if (!db_step(cx, stmt, &row))
			return false;
		if (row)
			list_add(cx->mem, &rows,
				 ((struct session_row){
					 .key = crypt_hex(cx->mem, db_col_blob(stmt, 0)),
					 .user_id = db_col_int(stmt, 1),
					 .created_at = db_col_int(stmt, 2),
					 .seen_at = db_col_int(stmt, 3),
					 .address = str_dup(cx->mem, db_col_str(stmt, 4)),
					 .agent = str_dup(cx->mem, db_col_str(stmt, 5)) }));
	} while (row);
	*out = rows;
	return true;
}

struct str
session_key(struct cx *cx, const struct session *session)
{
	return crypt_hex(cx->mem, hash_text(session->hash));
}

static bool
session_mark_ended(struct cx *cx, struct str hash)
{
	struct stmt *stmt = db_sql(cx, "DELETE FROM sys_session WHERE hash = ?1");

	if (!stmt)
		return false;
	db_bind_blob(stmt, 1, hash);
	if (!db_run(cx, stmt))
		return false;
	return db_changes(stmt) == 1 || fail(cx, E_MISSING, "This session has ended already");
}

bool
session_end_key(struct cx *cx, struct http *http, struct str key)
{
	unsigned char hash[IDENTITY_HASH];
	struct str bytes;

	if (!crypt_hex_parse(cx->mem, key, &bytes) || bytes.n != IDENTITY_HASH)
		return fail(cx, E_MISSING, "This session has ended already");
	if (!db_begin_write(cx))
		return false;
	if (!session_mark_ended(cx, bytes) || !db_commit(cx)) {
		db_rollback(cx);
		return false;
	}
	memcpy(hash, bytes.p, sizeof hash);
	if (http)
		identity_drop(http->identities, hash);
	return true;
}
