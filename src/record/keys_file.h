/* Inside the keyring: its struct, and the files of secrets, block by block (keys_file.c). */
#ifndef KONTOR_RECORD_KEYS_FILE_H
#define KONTOR_RECORD_KEYS_FILE_H

#include <stdatomic.h>
#include <sys/types.h>

#include "record/keys.h"

enum {
	SLOTS = 4096, /* secrets of one block */
	BLOCK_BYTES = SLOTS * KEY_BYTES,
	BLOCKS_MAX = (int)(KEYRING_ID_MAX / SLOTS),
	WORD_BITS = 64,
	OBJECT_BYTES_MAX = 64,
	FILE_BYTES_MAX = 128,
	MODE_FILE = 0600,
};

/* The file of one object.  Never changed once it is in the list but for `ready`. */
struct ring {
	struct ring *next;
	int fd;
	size_t n_object;
	char object[OBJECT_BYTES_MAX];
	_Atomic uint64_t ready[BLOCKS_MAX / WORD_BITS]; /* marks seen, and known to be on the disk
							 */
};

struct keyring {
	struct secret master;
	int folder;
	char *path;     /* for messages */
	bool read_only; /* the source of a restore: nothing in it is made or locked */
	_Atomic(struct ring *) rings;
	atomic_bool broken; /* an fsync failed: what is in memory may differ from the disk */
};

enum hash_use { USE_SUBJECT, USE_PURPOSE, USE_MARK };
extern const unsigned char KEY_ZEROS[KEY_BYTES];

void fd_close(int *fd); /* for OWNED; harmless when negative */
bool keyring_fail(struct cx *cx, const struct keyring *keyring, const char *what); /* names errno */
bool keyring_durable(struct cx *cx, struct keyring *keyring, int fd) CHECKED;      /* fdatasync */

/* How many bytes were there; -1: failed. */
ssize_t read_at(int fd, void *out, size_t n, off_t at) CHECKED;
bool write_at(int fd, const void *from, size_t n, off_t at) CHECKED;

/* BLAKE2b-256 keyed by the master over what it is for, a name, a number and a secret (each with its
 * length: one reading only). */
void keyring_hash(const struct keyring *keyring, enum hash_use use, struct str name, int64_t id,
		  const unsigned char secret[KEY_BYTES], struct secret *out);
static inline bool
key_is_zero(const unsigned char *key)
{
	return memcmp(key, KEY_ZEROS, KEY_BYTES) == 0;
}

/* Opened anew each time: only so it also holds between the threads of one process, and between a
 * process and those it forked.  Given back by fd_close. */
bool keyring_lock(struct cx *cx, const struct keyring *keyring, int *out) CHECKED;

bool object_is_name(struct str object);
/* The file of this object, opened and scanned the first time; NULL: failed.  Takes the lock. */
struct ring *ring_open(struct cx *cx, struct keyring *keyring, struct str object) CHECKED;

off_t mark_at(int64_t block);
off_t slot_at(int64_t id);
bool block_ready(const struct ring *ring, int64_t block);
void block_mark(const struct keyring *keyring, const struct ring *ring, int64_t block,
		struct secret *out);
/* Make the block when it is absent.  The second is called under the lock. */
bool block_prepare(struct cx *cx, struct keyring *keyring, struct ring *ring, int64_t block)
	CHECKED;
bool block_prepare_locked(struct cx *cx, struct keyring *keyring, struct ring *ring, int64_t block)
	CHECKED;

#endif
