/* Keys of data subjects, in a folder of their own: the key-encryption key in `master`, and for each
 * subject object a file `<object>.keys` in which the secret of subject n stands at a fixed place. A
 * subject's key is derived from both; erasing a subject overwrites its secret with zeros.
 *
 * `master`: 8 bytes "KontorK1", 32 random bytes.
 * `<object>.keys`: blocks of 1 + 4,096 slots of 32 bytes.  The first slot is the mark of the block:
 * a keyed hash of object and block number, written when the random secrets behind it are on the
 * disk; without it the block counts as absent, so that a torn one never hands out a key nor looks
 * erased. `lock`: empty; held (flock) by whoever adds a block or destroys a secret. */
#ifndef KONTOR_RECORD_KEYS_H
#define KONTOR_RECORD_KEYS_H

#include "base/crypt.h"

enum { KEY_BYTES = SECRET_BYTES };
#define KEYRING_ID_MAX ((int64_t)1 << 31)
struct keyring;

/* Open, or make when absent (mode 0700/0600).  E_IO with the remedy where it cannot be read. */
bool keyring_open(struct cx *cx, struct str folder, struct keyring **out) CHECKED;
void keyring_close(struct keyring **keyring);

/* The key of subject `id` (from 0 below KEYRING_ID_MAX, else E_TOO_BIG) of the object with this
 * name.  Made durable before it is handed out the first time (in blocks ahead, so that this costs
 * nothing as a rule).  *destroyed tells that the subject was erased; out is then untouched.  Safe
 * between threads and processes. */
bool keyring_subject(struct cx *cx, struct keyring *keyring, struct str object, int64_t id,
		     struct secret *out, bool *destroyed) CHECKED;
bool keyring_destroy(struct cx *cx, struct keyring *keyring, struct str object, int64_t id) CHECKED;

/* The next subject behind `after` whose key is destroyed; *out 0: there is none. */
bool keyring_destroyed_next(struct cx *cx, struct keyring *keyring, struct str object,
			    int64_t after, int64_t *out) CHECKED;

/* A key for a purpose that is not a subject's ("lookup", "cursor"). */
void keyring_purpose(const struct keyring *keyring, const char *purpose, struct secret *out);

/* Copy the keyring to a folder (backup), and put a copy in place (restore).  Where the target is a
 * keyring already it must have the same master, else E_CONFLICT; then both are united, and a
 * subject that was erased in either stays erased. */
bool keyring_copy(struct cx *cx, struct keyring *keyring, struct str to_folder) CHECKED;
bool keyring_restore(struct cx *cx, struct str from_folder, struct str to_folder) CHECKED;

#endif
