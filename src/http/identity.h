/* Whom a secret stands for, remembered for a short while: the browser's sessions and the tokens of
 * programs.  A table of fixed size on the heap; safe for many threads. */
#ifndef KONTOR_HTTP_IDENTITY_H
#define KONTOR_HTTP_IDENTITY_H

#include "http/http.h"

enum { IDENTITY_HASH = 32, IDENTITY_SCOPES_MAX = 256 };

struct identity {
	unsigned char hash[IDENTITY_HASH]; /* of the secret */
	bool is_token;
	bool is_once; /* of a session: its user has yet to choose a password of his own */
	int64_t id;   /* of a token */
	int64_t user_id, created_at, expires_at;
	int64_t seen_at;    /* last used */
	int64_t stored_at;  /* … as the database knows it */
	int64_t checked_at; /* when the database was asked */
	size_t n_scopes;
	char scopes[IDENTITY_SCOPES_MAX];
};

struct identity_cache;

struct identity_cache *identity_cache_new(size_t places);
void identity_cache_free(struct identity_cache **cache);

/* The one with this hash that was checked at `since` or later; marks it as used now.  When there is
 * none, *epoch is what identity_put wants. */
bool identity_get(struct identity_cache *cache, const unsigned char *hash, int64_t since,
		  int64_t now, struct identity *out, uint64_t *epoch) CHECKED;

/* Remember what was read from the database since identity_get gave `epoch`; forgotten at once when
 * something was dropped meanwhile. */
void identity_put(struct identity_cache *cache, const struct identity *identity, uint64_t epoch);

/* Forget, after the database has: one; all sessions of a user; the token of this id. */
void identity_drop(struct identity_cache *cache, const unsigned char *hash);
void identity_drop_user(struct identity_cache *cache, int64_t user_id);
void identity_drop_token(struct identity_cache *cache, int64_t id);

/* Those used since the database last heard of it by more than min_ms, at most `max`, in mem; they
 * count as stored from now on. */
size_t identity_take_seen(struct identity_cache *cache, struct arena *mem, int64_t min_ms,
			  size_t max, struct identity **out);

#endif
