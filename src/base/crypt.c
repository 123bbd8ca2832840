#define KONTOR_BASE
#include "base/crypt.h"

#include <sodium.h>

enum {
	NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
	AUTHENTICATOR = crypto_aead_xchacha20poly1305_ietf_ABYTES,
	TOKEN = 32,
	PASSWORD_OUT = 32,
	BITS_PER_BYTE = 8,
	KIB = 1024
};
_Static_assert(sizeof(crypto_generichash_state) <= sizeof(struct hasher), "the state fits");
_Static_assert(_Alignof(struct hasher) >= _Alignof(crypto_generichash_state), "and is aligned");
_Static_assert(NONCE + AUTHENTICATOR == SEAL_EXTRA_BYTES, "as the header says");

static const unsigned char PERSONAL[crypto_generichash_blake2b_PERSONALBYTES + 1] =
	"kontor derive 01";

const struct password_cost PASSWORD_COST = { 2, (size_t)64 << 20 };
const struct password_cost PASSWORD_COST_TEST = { crypto_pwhash_OPSLIMIT_MIN,
						  crypto_pwhash_MEMLIMIT_MIN };

static pthread_once_t library_once = PTHREAD_ONCE_INIT;

static void
library_begin(void)
{
	if (sodium_init() < 0) {
		fputs("kontor: libsodium cannot be started\n", stderr);
		abort();
	}
}

/* Chooses the fastest code for this processor; until then the portable code would run. */
static void
library(void)
{
	pthread_once(&library_once, library_begin);
}

static const unsigned char *
bytes_of(struct str s)
{
	return (const unsigned char *)s.p;
}

void
secret_new(struct env *env, struct secret *out)
{
	env->random(env, out->bytes, sizeof out->bytes);
}

void
secret_wipe(struct secret *secret)
{
	sodium_memzero(secret, sizeof *secret);
}

bool
secret_eq(const struct secret *a, const struct secret *b)
{
	return sodium_memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

void
secret_derive(const struct secret *parent, struct str label, struct secret *out)
{
	library();
	crypto_generichash_blake2b_salt_personal(out->bytes, sizeof out->bytes, bytes_of(label),
						 label.n, parent->bytes, sizeof parent->bytes, NULL,
						 PERSONAL);
}

struct hash
crypt_hash(struct str s)
{
	struct hash hash;

	library();
	crypto_generichash(hash.bytes, sizeof hash.bytes, bytes_of(s), s.n, NULL, 0);
	return hash;
}

struct hash
crypt_hash_keyed(const struct secret *key, struct str s)
{
	struct hash hash;

	library();
	crypto_generichash(hash.bytes, sizeof hash.bytes, bytes_of(s), s.n, key->bytes,
			   sizeof key->bytes);
	return hash;
}

struct hash
crypt_sha256(struct str s)
{
	struct hash hash;

	library();
	crypto_hash_sha256(hash.bytes, bytes_of(s), s.n);
	return hash;
}

struct hash
crypt_hmac_sha256(struct str key, struct str s)
{
	crypto_auth_hmacsha256_state state;
	struct hash hash;

	library();
	crypto_auth_hmacsha256_init(&state, bytes_of(key), key.n);
	crypto_auth_hmacsha256_update(&state, bytes_of(s), s.n);
	crypto_auth_hmacsha256_final(&state, hash.bytes);
	return hash;
}

struct str
hash_str(const struct hash *hash)
{
	return (struct str){ (const char *)hash->bytes, sizeof hash->bytes };
}

static crypto_generichash_state *
state_of(struct hasher *hasher)
{
	return (void *)hasher->state;
}

void
hasher_begin(struct hasher *hasher, const struct secret *key)
{
	library();
	crypto_generichash_init(state_of(hasher), key ? key->bytes : NULL,
				key ? sizeof key->bytes : 0, HASH_BYTES);
}

void
hasher_add(struct hasher *hasher, struct str s)
{
	if (s.n)
		crypto_generichash_update(state_of(hasher), bytes_of(s), s.n);
}

void
hasher_add_int(struct hasher *hasher, int64_t i)
{
	unsigned char bytes[sizeof i];

	for (size_t at = 0; at < sizeof bytes; at++)
		bytes[at] = (unsigned char)((uint64_t)i >> (at * BITS_PER_BYTE));
	crypto_generichash_update(state_of(hasher), bytes, sizeof bytes);
}

void
hasher_add_part(struct hasher *hasher, struct str s)
{
	hasher_add_int(hasher, (int64_t)s.n);
	hasher_add(hasher, s);
}

struct hash
hasher_end(struct hasher *hasher)
{
	struct hash hash;

	crypto_generichash_final(state_of(hasher), hash.bytes, sizeof hash.bytes);
	sodium_memzero(hasher, sizeof *hasher);
	return hash;
}

struct tag
crypt_tag(const struct secret *key, struct str s)
{
	unsigned char bytes[crypto_shorthash_siphashx24_BYTES];
	struct tag tag;

	_Static_assert(sizeof tag == sizeof bytes, "a tag is what SipHash gives");
	crypto_shorthash_siphashx24(bytes, bytes_of(s), s.n, key->bytes);
	memcpy(&tag, bytes, sizeof tag);
	return tag;
}

struct str
crypt_seal(struct arena *mem, struct env *env, const struct secret *key, struct str bound,
	   struct str clear)
{
	unsigned char *out = arena_alloc(mem, clear.n + SEAL_EXTRA_BYTES);

	library();
	env->random(env, out, NONCE);
	crypto_aead_xchacha20poly1305_ietf_encrypt(out + NONCE, NULL, bytes_of(clear), clear.n,
						   bytes_of(bound), bound.n, NULL, out, key->bytes);
	return (struct str){ (const char *)out, clear.n + SEAL_EXTRA_BYTES };
}

bool
crypt_unseal(struct arena *mem, const struct secret *key, struct str bound, struct str sealed,
	     struct str *out)
{
	unsigned char *clear;

	if (sealed.n < SEAL_EXTRA_BYTES)
		return false;
	library();
	clear = arena_alloc(mem, sealed.n - SEAL_EXTRA_BYTES + 1);
	if (crypto_aead_xchacha20poly1305_ietf_decrypt(clear, NULL, NULL, bytes_of(sealed) + NONCE,
						       sealed.n - NONCE, bytes_of(bound), bound.n,
						       bytes_of(sealed), key->bytes) != 0)
		return false;
	*out = (struct str){ (const char *)clear, sealed.n - SEAL_EXTRA_BYTES };
	return true;
}

static void
buf_base64(struct buf *b, struct str bytes, int variant)
{
	char quad[8];

	for (size_t i = 0; i < bytes.n; i += 3) {
		struct str part = str_first(str_from(bytes, i), 3);

		sodium_bin2base64(quad, sizeof quad, bytes_of(part), part.n, variant);
		buf_z(b, quad);
	}
}

/* libsodium's own function would take its salt from the system, not from env. */
static void
password_print(struct buf *b, struct password_cost cost, struct str salt, struct str key)
{
	BUF_LIT(b, "$argon2id$v=19$m=");
	buf_int(b, (int64_t)(cost.memory_bytes / KIB));
	BUF_LIT(b, ",t=");
	buf_int(b, cost.passes);
	BUF_LIT(b, ",p=1$");
	buf_base64(b, salt, sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
	buf_char(b, '$');
	buf_base64(b, key, sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
}

bool
password_hash(struct cx *cx, struct str password, struct password_cost cost, struct str *out)
{
	struct buf b = buf_in(cx->mem, crypto_pwhash_STRBYTES);
	unsigned char salt[crypto_pwhash_SALTBYTES], key[PASSWORD_OUT];

	if (password.n > PASSWORD_MAX_BYTES)
		return fail(cx, E_TOO_BIG,
			    "The password is longer than %d bytes; choose a shorter one",
			    PASSWORD_MAX_BYTES);
	library();
	cx->env->random(cx->env, salt, sizeof salt);
	if (crypto_pwhash(key, sizeof key, password.n ? password.p : "", password.n, salt,
			  cost.passes, cost.memory_bytes, crypto_pwhash_ALG_ARGON2ID13) != 0)
		return fail(cx, E_BUSY,
			    "There is not enough memory to check a password now; try again");
	password_print(&b, cost, (struct str){ (const char *)salt, sizeof salt },
		       (struct str){ (const char *)key, sizeof key });
	*out = buf_done(&b);
	return true;
}

bool
password_is(struct str password, struct str hash)
{
	char text[crypto_pwhash_STRBYTES] = { 0 };

	if (hash.n >= sizeof text || !hash.n || password.n > PASSWORD_MAX_BYTES)
		return false;
	library();
	memcpy(text, hash.p, hash.n);
	return crypto_pwhash_str_verify(text, password.n ? password.p : "", password.n) == 0;
}

bool
password_is_stale(struct str hash, struct password_cost cost)
{
	char text[crypto_pwhash_STRBYTES] = { 0 };

	if (hash.n >= sizeof text)
		return true;
	if (hash.n)
		memcpy(text, hash.p, hash.n);
	return crypto_pwhash_str_needs_rehash(text, cost.passes, cost.memory_bytes) != 0;
}

struct str
crypt_token(struct arena *mem, struct env *env)
{
	unsigned char bytes[TOKEN];

	env->random(env, bytes, sizeof bytes);
	return crypt_base64url(mem, (struct str){ (const char *)bytes, sizeof bytes });
}

void
buf_base64url(struct buf *b, struct str bytes)
{
	buf_base64(b, bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

struct str
crypt_base64url(struct arena *mem, struct str bytes)
{
	size_t max = sodium_base64_encoded_len(bytes.n, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	char *text = arena_alloc(mem, max);

	sodium_bin2base64(text, max, bytes_of(bytes), bytes.n,
			  sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	return (struct str){ text, max - 1 };
}

bool
crypt_base64url_parse(struct arena *mem, struct str text, struct str *out)
{
	unsigned char *bytes = arena_alloc(mem, text.n + 1);
	size_t n = 0;

	if (text.n && sodium_base642bin(bytes, text.n, text.p, text.n, NULL, &n, NULL,
					sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0)
		return false;
	*out = (struct str){ (const char *)bytes, n };
	return true;
}

struct str
crypt_hex(struct arena *mem, struct str bytes)
{
	char *text = arena_alloc(mem, bytes.n * 2 + 1);

	sodium_bin2hex(text, bytes.n * 2 + 1, bytes_of(bytes), bytes.n);
	return (struct str){ text, bytes.n * 2 };
}

bool
crypt_hex_parse(struct arena *mem, struct str text, struct str *out)
{
	unsigned char *bytes = arena_alloc(mem, text.n / 2 + 1);
	size_t n = 0;

	if (text.n && sodium_hex2bin(bytes, text.n / 2, text.p, text.n, NULL, &n, NULL) != 0)
		return false;
	*out = (struct str){ (const char *)bytes, n };
	return true;
}
