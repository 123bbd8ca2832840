/* API tokens: Authorization: Bearer kt_…  The database knows only the hash (sys_token).
 *
 * Scopes are words: `read`, `write` (includes read), `admin` (includes both), each alone or for one
 * object: `party:read`, `deal:write`.  A token never may more than its user. */
#ifndef KONTOR_HTTP_TOKEN_H
#define KONTOR_HTTP_TOKEN_H

#include "http/http.h"

enum { TOKEN_NAME_MAX = 200, TOKEN_SCOPES_MAX = 256 /* bytes */ };

enum token_right { TOKEN_READ, TOKEN_WRITE, TOKEN_ADMIN };

struct token {
	int64_t id, user_id, expires_at; /* expires_at 0: never */
	struct str scopes;               /* words with single blanks between */
};

/* A new token of the user, within a write unit.  *out is the secret itself, to be shown once.
 * Fails with the field `scopes` or `name` when they cannot be.  A face in a scope means its object.
 */
bool token_create(struct cx *cx, int64_t user_id, struct str name, struct str scopes,
		  int64_t expires_at, struct str *out) CHECKED;

/* Opens a write unit of its own; counts at once in this process (http may be NULL), in others
 * within seconds.  E_MISSING when the user has no such token (user_id 0: anyone's). */
bool token_revoke(struct cx *cx, struct http *http, int64_t user_id, int64_t id) CHECKED;

struct token_row {
	int64_t id, user_id;
	int64_t created_at, expires_at, seen_at, revoked_at; /* 0: never */
	struct str name, scopes;
};
struct token_rows {
	struct token_row *v;
	size_t n, cap;
};
/* In an open unit; newest first; user_id 0: of everybody. */
bool token_list(struct cx *cx, int64_t user_id, struct token_rows *out) CHECKED;

/* Do these scopes allow this on the object?  Empty object: on any; what is then read or written is
 * still narrowed to the objects of the scopes, by the actor's rights.  ADMIN is never for one
 * object. */
bool token_allows(struct str scopes, enum token_right right, struct str object);

#endif
