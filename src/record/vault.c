/* Bytes that are sealed for a while. */
#include "record/internal.h"

#include "record/keys.h"

struct str
store_seal(struct cx *cx, struct arena *mem, const char *purpose, struct str bound,
	   struct str clear)
{
	struct secret key;
	struct str sealed;

	keyring_purpose(cx->store->keyring, purpose, &key);
	sealed = crypt_seal(mem, cx->env, &key, bound, clear);
	secret_wipe(&key);
	return sealed;
}

bool
store_unseal(struct cx *cx, struct arena *mem, const char *purpose, struct str bound,
	     struct str sealed, struct str *out)
{
	struct secret key;
	bool ok;

	keyring_purpose(cx->store->keyring, purpose, &key);
	ok = crypt_unseal(mem, &key, bound, sealed, out);
	secret_wipe(&key);
	return ok || fail(cx, E_IO,
			  "What was stored for a while cannot be opened; upload the file again");
}

struct str
store_mark(struct cx *cx, const char *purpose, struct str secret)
{
	struct secret key;
	struct hash hash;

	keyring_purpose(cx->store->keyring, purpose, &key);
	hash = crypt_hash_keyed(&key, secret);
	secret_wipe(&key);
	return str_dup(cx->mem, hash_str(&hash));
}
