/* Sealing, hashing, keys and passwords, over libsodium.  Randomness comes from env, so that a run
 * can be repeated. */
#ifndef KONTOR_BASE_CRYPT_H
#define KONTOR_BASE_CRYPT_H

#include "base/buf.h"
#include "base/cx.h"

enum {
	HASH_BYTES = 32,
	SECRET_BYTES = 32,
	SEAL_EXTRA_BYTES = 24 + 16, /* nonce and authenticator */
	TOKEN_TEXT_LENGTH = 43,     /* base64url of 32 bytes */
	PASSWORD_MAX_BYTES = 1024
};

/* A key.  It has no printer, and secret_wipe leaves nothing of it. */
struct secret {
	unsigned char bytes[SECRET_BYTES];
};
void secret_new(struct env *env, struct secret *out);
void secret_wipe(struct secret *secret);
bool secret_eq(const struct secret *a, const struct secret *b); /* constant time */

/* A key for one purpose, made from another; who has the derived key learns nothing about the parent
 * or about other labels.  Keyed BLAKE2b over the label, with a personalisation of its own. */
void secret_derive(const struct secret *parent, struct str label, struct secret *out);

/* BLAKE2b, 32 bytes. */
struct hash {
	unsigned char bytes[HASH_BYTES];
};
struct hash crypt_hash(struct str s);
struct hash crypt_hash_keyed(const struct secret *key, struct str s);
struct str hash_str(const struct hash *hash); /* its bytes; borrowed */

/* SHA-256 (FIPS 180-4) and HMAC-SHA-256 (RFC 2104), for what others check: fingerprints of files,
 * signatures of messages. */
struct hash crypt_sha256(struct str s);
struct hash crypt_hmac_sha256(struct str key, struct str s);

/* BLAKE2b piece by piece, on the stack (it needs more alignment than an arena gives).  key NULL:
 * without a key. */
struct hasher {
	_Alignas(64) unsigned char state[384];
};
void hasher_begin(struct hasher *hasher, const struct secret *key);
void hasher_add(struct hasher *hasher, struct str s);
/* A piece whose end cannot be confused with the next one's beginning: its length goes in first. */
void hasher_add_part(struct hasher *hasher, struct str s);
void hasher_add_int(struct hasher *hasher, int64_t i);
struct hash hasher_end(struct hasher *hasher);

/* SipHash-2-4 with 128 bits: for tables in memory whose keys come from outside. */
struct tag {
	uint64_t a, b;
};
struct tag crypt_tag(const struct secret *key, struct str s);

/* XChaCha20-Poly1305 (IETF): nonce || ciphertext || authenticator.  `bound` is not stored, but the
 * same must be given to unseal: table, row and column, so that a ciphertext cannot be moved.
 * False: another key, another place, or the bytes were changed. */
struct str crypt_seal(struct arena *mem, struct env *env, const struct secret *key,
		      struct str bound, struct str clear);
bool crypt_unseal(struct arena *mem, const struct secret *key, struct str bound, struct str sealed,
		  struct str *out) CHECKED;

/* Passwords: argon2id, in the usual text form ("$argon2id$v=19$m=…"), which carries salt and cost.
 */
struct password_cost {
	unsigned passes;
	size_t memory_bytes;
};
extern const struct password_cost PASSWORD_COST;      /* for people: 2 passes, 64 MiB */
extern const struct password_cost PASSWORD_COST_TEST; /* the least there is */
/* Fails with E_TOO_BIG (a password over PASSWORD_MAX_BYTES) or E_BUSY (no memory for it now). */
bool password_hash(struct cx *cx, struct str password, struct password_cost cost, struct str *out)
	CHECKED;
bool password_is(struct str password, struct str hash) CHECKED;
/* Was it made with another cost than this? */
bool password_is_stale(struct str hash, struct password_cost cost);

/* An unguessable text for sessions, tokens and links: 32 random bytes as base64url. */
struct str crypt_token(struct arena *mem, struct env *env);

void buf_base64url(struct buf *b, struct str bytes); /* RFC 4648, without padding */
struct str crypt_base64url(struct arena *mem, struct str bytes);
bool crypt_base64url_parse(struct arena *mem, struct str text, struct str *out) CHECKED;
struct str crypt_hex(struct arena *mem, struct str bytes);
bool crypt_hex_parse(struct arena *mem, struct str text, struct str *out) CHECKED; /* either case */

#endif
