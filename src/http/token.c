#include "http/internal.h"

#include "base/crypt.h"
#include "db/db.h"
#include "model/model.h"

enum { PREFIX = 3, TOKEN_LENGTH = PREFIX + TOKEN_TEXT_LENGTH, LIST_MAX = 1000 };

/* ---- scopes ---- */

static const char *const
	RIGHTS[] = { [TOKEN_READ] = "read", [TOKEN_WRITE] = "write", [TOKEN_ADMIN] = "admin" };

/* "party:read" → "party", TOKEN_READ; "read" → "", TOKEN_READ. */
static bool
scope_split(struct str word, struct str *object, enum token_right *right)
{
	struct str last = word, first = { 0 };

	if (word.n && memchr(word.p, ':', word.n)) {
		first = str_cut(&last, ':');
		if (!first.n)
			return false;
	}
	for (size_t i = 0; i < countof(RIGHTS); i++)
		if (str_eq_z(last, RIGHTS[i]) && (!first.n || i != TOKEN_ADMIN)) {
			*object = first;
			*right = (enum token_right)i;
			return true;
		}
	return false;
}

bool
token_allows(struct str scopes, enum token_right right, struct str object)
{
	while (scopes.n) {
		struct str of;
		enum token_right given;

		if (!scope_split(str_cut(&scopes, ' '), &of, &given) || given < right)
			continue;
		if (!of.n || !object.n || str_eq(of, object))
			return true;
	}
	return false;
}

bool
token_writes(struct str scopes)
{
	return token_allows(scopes, TOKEN_WRITE, (struct str){ 0 });
}

/* One scope as it is stored: a face becomes its object. */
static bool
scope_add(struct cx *cx, struct str word, struct buf *out)
{
	const struct object *object = NULL;
	const struct face *face;
	enum token_right right;
	struct str of;

	if (!scope_split(word, &of, &right))
		return fail_field(cx, S("scopes"), "option",
				  "\"%.*s\" is no scope: use read, write or admin, or one object "
				  "with read or write, such as party:read",
				  STR_FMT(word));
	if (of.n && cx->model) {
		object = object_find(cx->model, of, &face);
		if (!object)
			return fail_field(cx, S("scopes"), "option",
					  "There is no object named \"%.*s\"", STR_FMT(of));
		of = object->name;
	}
	if (out->n)
		buf_char(out, ' ');
	buf_str(out, of);
	if (of.n)
		buf_char(out, ':');
	buf_z(out, RIGHTS[right]);
	return true;
}

static bool
scopes_clean(struct cx *cx, struct str scopes, struct str *out)
{
	struct buf text = buf_in(cx->mem, TOKEN_SCOPES_MAX);
	struct str word;

	while ((word = str_word(&scopes)).n)
		if (!scope_add(cx, word, &text))
			return false;
	if (text.full)
		return fail_field(cx, S("scopes"), "length",
				  "The scopes of a token may have at most %d characters",
				  TOKEN_SCOPES_MAX);
	if (!text.n)
		return fail_field(cx, S("scopes"), "required",
				  "A token needs at least one scope, such as read");
	*out = buf_done(&text);
	return true;
}

/* ---- making ---- */

static bool
token_insert(struct cx *cx, const struct token_row *row, int64_t user_id, const struct hash *hash)
{
	struct stmt *stmt = db_sql(cx, "INSERT INTO sys_token (hash, user_id, name, scopes, "
				       "created_at, expires_at, seen_at, revoked_at) "
				       "VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, 0)");

	if (!stmt)
		return false;
	db_bind_blob(stmt, 1, hash_str(hash));
	db_bind_int(stmt, 2, user_id);
	db_bind_str(stmt, 3, row->name);
	db_bind_str(stmt, 4, row->scopes);
	db_bind_int(stmt, 5, cx->now);
	db_bind_int(stmt, 6, row->expires_at);
	return db_run(cx, stmt);
}

bool
token_create(struct cx *cx, int64_t user_id, struct str name, struct str scopes, int64_t expires_at,
	     struct str *out)
{
	struct token_row row = { .expires_at = expires_at, .name = str_trim(name) };
	struct str text;
	struct hash hash;

	if (!row.name.n || row.name.n > TOKEN_NAME_MAX || !str_is_utf8(row.name, NULL))
		return fail_field(cx, S("name"), "length",
				  "A token needs a name of at most %d bytes", TOKEN_NAME_MAX);
	if (expires_at && expires_at <= cx->now)
		return fail_field(cx, S("expires_at"), "range",
				  "The token would have expired already");
	if (!scopes_clean(cx, scopes, &row.scopes))
		return false;
	text = str_printf(cx->mem, "kt_%.*s", STR_FMT(crypt_token(cx->mem, cx->env)));
	hash = crypt_hash(text);
	if (!token_insert(cx, &row, user_id, &hash))
		return false;
	*out = text;
	return true;
}

/* ---- finding ---- */

static void
scopes_set(struct identity *who, struct str scopes)
{
	who->n_scopes = scopes.n <= IDENTITY_SCOPES_MAX ? scopes.n : 0;
	if (who->n_scopes)
		memcpy(who->scopes, scopes.p, who->n_scopes);
}

static bool
token_load(struct cx *cx, struct identity *who)
{
	struct stmt *stmt =
		db_sql(cx, "SELECT id, user_id, scopes, created_at, expires_at, seen_at "
			   "FROM sys_token WHERE hash = ?1 AND revoked_at = 0");
	bool row = false;

	if (!stmt)
		return false;
	db_bind_blob(stmt, 1, (struct str){ (const char *)who->hash, IDENTITY_HASH });
	if (!db_step(cx, stmt, &row))
		return false;
	if (!row)
		return fail(cx, E_AUTH, "This token is not known or was revoked");
	who->id = db_col_int(stmt, 0);
	who->user_id = db_col_int(stmt, 1);
	scopes_set(who, db_col_str(stmt, 2));
	who->created_at = db_col_int(stmt, 3);
	who->expires_at = db_col_int(stmt, 4);
	who->stored_at = db_col_int(stmt, 5);
	db_done(stmt);
	return true;
}

static bool
check_expiry(struct cx *cx, const struct identity *who)
{
	if (!who->expires_at || cx->now < who->expires_at)
		return true;
	return fail(cx, E_AUTH, "This token has expired: make a new one");
}

bool
token_find(struct http *http, struct cx *cx, struct str secret, struct identity *out)
{
	struct identity who = { .is_token = true, .checked_at = cx->now, .seen_at = cx->now };
	uint64_t epoch = 0;
	struct hash hash;

	if (secret.n != TOKEN_LENGTH || !str_starts(secret, S("kt_")))
		return fail(cx, E_AUTH, "This token is not known or was revoked");
	hash = crypt_hash(secret);
	memcpy(who.hash, hash.bytes, IDENTITY_HASH);
	if (identity_get(http->identities, who.hash, cx->now - http->options.recheck_ms, cx->now,
			 out, &epoch))
		return check_expiry(cx, out);
	if ((!cx->conn && !db_begin_read(cx)) || !token_load(cx, &who) || !check_expiry(cx, &who))
		return false;
	identity_put(http->identities, &who, epoch);
	*out = who;
	return true;
}

/* ---- taking back ---- */

static bool
token_mark(struct cx *cx, int64_t user_id, int64_t id)
{
	struct stmt *stmt = db_sql(cx, "UPDATE sys_token SET revoked_at = ?1 WHERE id = ?2 AND "
				       "revoked_at = 0 AND (user_id = ?3 OR ?3 = 0)");

	if (!stmt)
		return false;
	db_bind_int(stmt, 1, cx->now);
	db_bind_int(stmt, 2, id);
	db_bind_int(stmt, 3, user_id);
	if (!db_run(cx, stmt))
		return false;
	return db_changes(stmt) == 1 || fail(cx, E_MISSING, "There is no such token");
}

bool
token_revoke(struct cx *cx, struct http *http, int64_t user_id, int64_t id)
{
	if (!db_begin_write(cx))
		return false;
	if (!token_mark(cx, user_id, id) || !db_commit(cx)) {
		db_rollback(cx);
		return false;
	}
	if (http)
		identity_drop_token(http->identities, id);
	return true;
}

static struct token_row
token_row_of(struct cx *cx, struct stmt *stmt)
{
	return (struct token_row){
		.id = db_col_int(stmt, 0),
		.name = str_dup(cx->mem, db_col_str(stmt, 1)),
		.scopes = str_dup(cx->mem, db_col_str(stmt, 2)),
		.created_at = db_col_int(stmt, 3),
		.expires_at = db_col_int(stmt, 4),
		.seen_at = db_col_int(stmt, 5),
		.revoked_at = db_col_int(stmt, 6),
		.user_id = db_col_int(stmt, 7),
	};
}

bool
token_list(struct cx *cx, int64_t user_id, struct token_rows *out)
{
	struct stmt *stmt =
		db_sql(cx, "SELECT id, name, scopes, created_at, expires_at, seen_at, "
			   "revoked_at, user_id FROM sys_token WHERE (user_id = ?1 OR ?1 = 0) "
			   "ORDER BY id DESC LIMIT ?2");
	struct token_rows rows = { 0 };
	bool row = false;

	if (!stmt)
		return false;
	db_bind_int(stmt, 1, user_id);
	db_bind_int(stmt, 2, LIST_MAX);
	do {
		if (!db_step(cx, stmt, &row))
			return false;
		if (row)
			list_add(cx->mem, &rows, token_row_of(cx, stmt));
	} while (row);
	*out = rows;
	return true;
}
