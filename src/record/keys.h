/* Keys of data subjects, in a folder of their own: the key-encryption key in `master`, and a file a
 * subject object in which the secret of subject n stands at a fixed place.  A subject's key is
 * derived from both; erasing a subject overwrites its secret. */
#ifndef KONTOR_RECORD_KEYS_H
#define KONTOR_RECORD_KEYS_H

#include "base/cx.h"

enum { KEY_BYTES = 32 };
struct keyring;

/* Open, or make when absent (mode 0700/0600).  E_IO with the remedy where it cannot be read. */
bool keyring_open(struct cx *cx, struct str folder, struct keyring **out) CHECKED;
void keyring_close(struct keyring **keyring);

/* The key of subject `id` of the object with this name.  Made durable before it is handed out the
 * first time (in blocks ahead, so that this costs nothing as a rule).  *destroyed tells that the
 * subject was erased; out is then untouched.  Safe between threads and processes. */
bool keyring_subject(struct cx *cx, struct keyring *keyring, struct str object, int64_t id,
		     unsigned char out[KEY_BYTES], bool *destroyed) CHECKED;
bool keyring_destroy(struct cx *cx, struct keyring *keyring, struct str object, int64_t id) CHECKED;

/* A key for a purpose that is not a subject's ("lookup", "cursor"). */
void keyring_purpose(const struct keyring *keyring, const char *purpose, unsigned char out[KEY_BYTES]);

/* Copy the keyring (backup) and put a copy in place (restore; refuses to overwrite another keyring). */
bool keyring_copy(struct cx *cx, struct keyring *keyring, const char *to_folder) CHECKED;

#endif
