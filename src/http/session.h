/* Signing in with a name and a password, and the browser's session that follows from it.
 *
 * A session is a random number of 256 bits in the cookie `kontor`; the database knows only its hash
 * (sys_session).  Each node believes what it read for `recheck_ms`; ending a session counts at once
 * in the same process and within that time everywhere. */
#ifndef KONTOR_HTTP_SESSION_H
#define KONTOR_HTTP_SESSION_H

#include "base/crypt.h"
#include "http/http.h"

struct session {
	int64_t user_id;
	int64_t created_at, expires_at;
	bool is_once; /* the password is for once: nothing is open but the page to replace it */
	unsigned char hash[32];     /* what the database knows it by */
	unsigned char form_key[16]; /* what form tokens are made from */
};

/* The password of a user: set within a write unit (sys_login).  Fails with the field `password`
 * when it is shorter than PASSWORD_MIN characters or longer than PASSWORD_MAX_BYTES.  The cost is
 * that of the server (http_password_cost); without one, HTTP_PASSWORD_COST. */
enum { PASSWORD_MIN = 8 };
extern const struct password_cost HTTP_PASSWORD_COST; /* 2 passes, 19 MiB (OWASP, 2023) */
struct password_cost http_password_cost(const struct http *http);
bool login_set_password(struct cx *cx, int64_t user_id, struct str password,
			struct password_cost cost) CHECKED;

/* Is this the password of the user?  user_id 0: there is no such user; takes the same time and
 * fails the same way (E_AUTH).  E_LIMIT with Retry-After after too many tries for this name from
 * this address.  Opens units of its own; call it outside of any, in a route marked slow. */
bool login_check(struct cx *cx, const struct request *q, struct str name, int64_t user_id,
		 struct str password) CHECKED;

/* A new session for the user, with its cookie on r; whatever session the browser had ends.
 * Opens a write unit of its own. */
bool session_begin(struct cx *cx, struct request *q, struct reply *r, int64_t user_id) CHECKED;

/* Sign out: this session, its cookie; or every session of a user (after a new password was kept),
 * `except` one, or NULL.  Both open a write unit of their own. */
bool session_end(struct cx *cx, struct request *q, struct reply *r) CHECKED;
bool session_end_all(struct cx *cx, struct http *http, int64_t user_id,
		     const struct session *except) CHECKED;

/* Who is signed in where, the last used first; in an open unit.  `key` names a session. */
struct session_row {
	struct str key, address, agent;
	int64_t user_id, created_at, seen_at;
};
struct session_rows {
	struct session_row *v;
	size_t n, cap;
};
bool session_list(struct cx *cx, struct session_rows *out) CHECKED;
struct str session_key(struct cx *cx, const struct session *session);
/* End one; E_MISSING where there is none.  Opens a write unit of its own. */
bool session_end_key(struct cx *cx, struct http *http, struct str key) CHECKED;

/* A password for one signing in: until the user has set his own, login_is_once says so. */
bool login_set_once(struct cx *cx, int64_t user_id, struct str password, struct password_cost cost)
	CHECKED;
bool login_is_once(struct cx *cx, int64_t user_id, bool *out) CHECKED; /* in an open unit */

#endif
