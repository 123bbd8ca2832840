#include "record/keys_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "base/heap.h"
#include "base/i18n.h"

enum { STRIDE_BYTES = BLOCK_BYTES + KEY_BYTES }; /* a block with its mark */

const unsigned char KEY_ZEROS[KEY_BYTES];

void
fd_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

bool
keyring_fail(struct cx *cx, const struct keyring *keyring, const char *what)
{
	const char *why = strerror(errno);

	return fail(cx, E_IO, "The keyring %s: %s failed (%s); check the disk and its rights",
		    keyring->path, tr(cx, what), why);
}

/* ---- bytes at a place of a file ---- */

ssize_t
read_at(int fd, void *out, size_t n, off_t at)
{
	size_t done = 0;

	while (done < n) {
		ssize_t got = pread(fd, (char *)out + done, n - done, at + (off_t)done);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -1;
		if (got == 0)
			break;
		done += (size_t)got;
	}
	return (ssize_t)done;
}

bool
write_at(int fd, const void *from, size_t n, off_t at)
{
	size_t done = 0;

	while (done < n) {
		ssize_t put = pwrite(fd, (const char *)from + done, n - done, at + (off_t)done);

		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return false;
		done += (size_t)put;
	}
	return true;
}

off_t
mark_at(int64_t block)
{
	return (off_t)block * STRIDE_BYTES;
}

off_t
slot_at(int64_t id)
{
	return mark_at(id / SLOTS) + KEY_BYTES + (off_t)(id % SLOTS) * KEY_BYTES;
}

/* ---- keys ---- */

void
keyring_hash(const struct keyring *keyring, enum hash_use use, struct str name, int64_t id,
	     const unsigned char secret[KEY_BYTES], struct secret *out)
{
	struct hasher hasher;
	struct hash hash;

	hasher_begin(&hasher, &keyring->master);
	hasher_add_int(&hasher, use);
	hasher_add_part(&hasher, name);
	hasher_add_int(&hasher, id);
	hasher_add(&hasher, (struct str){ (const char *)secret, KEY_BYTES });
	hash = hasher_end(&hasher);
	memcpy(out->bytes, hash.bytes, KEY_BYTES);
	explicit_bzero(&hasher, sizeof hasher);
	explicit_bzero(&hash, sizeof hash);
}

/* ---- the lock ---- */

bool
keyring_lock(struct cx *cx, const struct keyring *keyring, int *out)
{
	int fd;

	if (keyring->read_only)
		return true;
	fd = openat(keyring->folder, "lock", O_RDWR | O_CREAT | O_CLOEXEC, MODE_FILE);
	if (fd < 0)
		return keyring_fail(cx, keyring, N_("opening the lock"));
	while (flock(fd, LOCK_EX) != 0)
		if (errno != EINTR) {
			keyring_fail(cx, keyring, N_("locking"));
			close(fd);
			return false;
		}
	*out = fd;
	return true;
}

bool
keyring_durable(struct cx *cx, struct keyring *keyring, int fd)
{
	if (fdatasync(fd) == 0)
		return true;
	atomic_store(&keyring->broken, true);
	return keyring_fail(cx, keyring, N_("writing to the disk"));
}

/* ---- blocks ---- */

bool
block_ready(const struct ring *ring, int64_t block)
{
	uint64_t word = atomic_load_explicit(&ring->ready[block / WORD_BITS], memory_order_acquire);

	return word >> (block % WORD_BITS) & 1;
}

static void
block_set_ready(struct ring *ring, int64_t block)
{
	atomic_fetch_or_explicit(&ring->ready[block / WORD_BITS],
				 (uint64_t)1 << (block % WORD_BITS), memory_order_release);
}

void
block_mark(const struct keyring *keyring, const struct ring *ring, int64_t block,
	   struct secret *out)
{
	keyring_hash(keyring, USE_MARK, (struct str){ ring->object, ring->n_object }, block,
		     KEY_ZEROS, out);
}

/* Is the block there?  A mark of another keyring is an error: its secrets would give wrong keys. */
static bool
block_present(struct cx *cx, const struct keyring *keyring, const struct ring *ring, int64_t block,
	      bool *out)
{
	unsigned char mark[KEY_BYTES] = { 0 };
	struct secret want;
	ssize_t n = read_at(ring->fd, mark, KEY_BYTES, mark_at(block));

	if (n < 0)
		return keyring_fail(cx, keyring, N_("reading"));
	*out = n == KEY_BYTES && !key_is_zero(mark);
	if (!*out)
		return true;
	block_mark(keyring, ring, block, &want);
	if (memcmp(mark, want.bytes, KEY_BYTES) == 0)
		return true;
	return fail(cx, E_IO,
		    "%s/%.*s.keys is damaged or belongs to another keyring; put the copy in place",
		    keyring->path, (int)ring->n_object, ring->object);
}

static bool
block_seal(struct cx *cx, struct keyring *keyring, const struct ring *ring, int64_t block)
{
	struct secret mark;

	block_mark(keyring, ring, block, &mark);
	if (!write_at(ring->fd, mark.bytes, KEY_BYTES, mark_at(block)))
		return keyring_fail(cx, keyring, N_("writing"));
	if (keyring_durable(cx, keyring, ring->fd))
		return true;
	/* Others may not trust a mark that may not be on the disk. */
	(void)!write_at(ring->fd, KEY_ZEROS, KEY_BYTES, mark_at(block));
	return false;
}

static bool
block_make(struct cx *cx, struct keyring *keyring, const struct ring *ring, int64_t block)
{
	unsigned char *secrets = heap_new(BLOCK_BYTES);
	bool written;

	cx->env->random(cx->env, secrets, BLOCK_BYTES);
	written = write_at(ring->fd, secrets, BLOCK_BYTES, mark_at(block) + KEY_BYTES);
	if (!written)
		keyring_fail(cx, keyring, N_("writing"));
	explicit_bzero(secrets, BLOCK_BYTES);
	heap_free(secrets);
	return written && keyring_durable(cx, keyring, ring->fd) &&
	       block_seal(cx, keyring, ring, block);
}

/* Under the lock.  A mark that another process wrote is made durable once more: that one may have
 * died between writing and fsync. */
bool
block_prepare_locked(struct cx *cx, struct keyring *keyring, struct ring *ring, int64_t block)
{
	bool present;

	if (atomic_load(&keyring->broken))
		return fail(cx, E_IO,
			    "The keyring %s could not be written; check the disk, then start again",
			    keyring->path);
	if (!block_present(cx, keyring, ring, block, &present))
		return false;
	if (!(present ? keyring_durable(cx, keyring, ring->fd)
		      : block_make(cx, keyring, ring, block)))
		return false;
	block_set_ready(ring, block);
	return true;
}

bool
block_prepare(struct cx *cx, struct keyring *keyring, struct ring *ring, int64_t block)
{
	OWNED(fd_close) int lock = -1;

	return keyring_lock(cx, keyring, &lock) && block_prepare_locked(cx, keyring, ring, block);
}

/* ---- the file of one object ---- */

static struct ring *
ring_find(const struct keyring *keyring, struct str object)
{
	struct ring *ring = atomic_load_explicit(&keyring->rings, memory_order_acquire);

	while (ring && !str_eq((struct str){ ring->object, ring->n_object }, object))
		ring = ring->next;
	return ring;
}

bool
object_is_name(struct str object)
{
	for (size_t i = 0; i < object.n; i++)
		if (!(object.p[i] >= 'a' && object.p[i] <= 'z') &&
		    !(object.p[i] >= '0' && object.p[i] <= '9') && object.p[i] != '_')
			return false;
	return object.n > 0 && object.n <= OBJECT_BYTES_MAX;
}

/* The first block from here on that is not a hole of the file; BLOCKS_MAX: none. */
static int64_t
block_after_hole(const struct ring *ring, int64_t block)
{
	off_t at = lseek(ring->fd, mark_at(block), SEEK_DATA);

	if (at < 0)
		return errno == ENXIO ? BLOCKS_MAX : block;
	return at / STRIDE_BYTES > block ? at / STRIDE_BYTES : block;
}

/* What is there already is on the disk after one fsync, and need not be asked for block by block.
 */
static bool
ring_scan(struct cx *cx, struct keyring *keyring, struct ring *ring)
{
	struct stat at;
	bool present;

	if (fstat(ring->fd, &at) != 0 || (!keyring->read_only && fdatasync(ring->fd) != 0))
		return keyring_fail(cx, keyring, N_("reading"));
	for (int64_t b = 0; b < at.st_size / STRIDE_BYTES && b < BLOCKS_MAX; b++) {
		if (!block_present(cx, keyring, ring, b, &present))
			return false;
		if (present)
			block_set_ready(ring, b);
		else
			b = block_after_hole(ring, b + 1) - 1;
	}
	return true;
}

static struct ring *
ring_new(struct cx *cx, struct keyring *keyring, struct str object)
{
	struct ring *ring = heap_new(sizeof *ring);
	const char *name = str_printf(cx->mem, "%.*s.keys", STR_FMT(object)).p;

	ring->n_object = object.n;
	memcpy(ring->object, object.p, object.n);
	ring->fd =
		openat(keyring->folder, name,
		       O_CLOEXEC | (keyring->read_only ? O_RDONLY : O_RDWR | O_CREAT), MODE_FILE);
	if (ring->fd < 0)
		keyring_fail(cx, keyring, N_("opening a key file"));
	else if (!keyring->read_only && fsync(keyring->folder) != 0)
		keyring_fail(cx, keyring, N_("writing to the disk"));
	else if (ring_scan(cx, keyring, ring))
		return ring;
	fd_close(&ring->fd);
	heap_free(ring);
	return NULL;
}

struct ring *
ring_open(struct cx *cx, struct keyring *keyring, struct str object)
{
	struct ring *ring = ring_find(keyring, object);
	OWNED(fd_close) int lock = -1;

	if (ring)
		return ring;
	if (!object_is_name(object)) {
		bug(cx, "keyring: %.*s is not the name of an object", STR_FMT(object));
		return NULL;
	}
	if (!keyring_lock(cx, keyring, &lock))
		return NULL;
	ring = ring_find(keyring, object);
	if (ring || !(ring = ring_new(cx, keyring, object)))
		return ring;
	ring->next = atomic_load_explicit(&keyring->rings, memory_order_relaxed);
	while (!atomic_compare_exchange_weak_explicit(&keyring->rings, &ring->next, ring,
						      memory_order_release, memory_order_relaxed))
		;
	return ring;
}
