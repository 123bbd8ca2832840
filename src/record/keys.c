#include "record/keys.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/heap.h"
#include "base/i18n.h"
#include "record/keys_file.h"

enum {
	MAGIC_BYTES = 8,
	MASTER_BYTES = MAGIC_BYTES + KEY_BYTES,
	PATH_BYTES_MAX = 4096,
	RINGS_MAX = 1023, /* files of one keyring */
	TAG_BYTES = 8,
	MODE_FOLDER = 0700,
	MODE_OTHERS = 0007,
};

static const char MAGIC[MAGIC_BYTES] = { 'K', 'o', 'n', 't', 'o', 'r', 'K', '1' };

void
keyring_purpose(const struct keyring *keyring, const char *purpose, struct secret *out)
{
	keyring_hash(keyring, USE_PURPOSE, str_first(str_of(purpose), OBJECT_BYTES_MAX), 0,
		     KEY_ZEROS, out);
}

static bool
id_check(struct cx *cx, struct str object, int64_t id)
{
	if (id >= 0 && id < KEYRING_ID_MAX)
		return true;
	return fail(cx, E_TOO_BIG, "%.*s %lld: no keys are kept for numbers from %lld",
		    STR_FMT(object), (long long)id, (long long)KEYRING_ID_MAX);
}

bool
keyring_subject(struct cx *cx, struct keyring *keyring, struct str object, int64_t id,
		struct secret *out, bool *destroyed)
{
	struct ring *ring;
	unsigned char secret[KEY_BYTES];

	if (!id_check(cx, object, id) || !(ring = ring_open(cx, keyring, object)))
		return false;
	if (!block_ready(ring, id / SLOTS) && !block_prepare(cx, keyring, ring, id / SLOTS))
		return false;
	if (read_at(ring->fd, secret, KEY_BYTES, slot_at(id)) != KEY_BYTES)
		return keyring_fail(cx, keyring, N_("reading a key"));
	*destroyed = key_is_zero(secret);
	if (!*destroyed)
		keyring_hash(keyring, USE_SUBJECT, object, id, secret, out);
	explicit_bzero(secret, KEY_BYTES);
	return true;
}

bool
keyring_destroy(struct cx *cx, struct keyring *keyring, struct str object, int64_t id)
{
	OWNED(fd_close) int lock = -1;
	struct ring *ring;

	if (!id_check(cx, object, id) || !(ring = ring_open(cx, keyring, object)))
		return false;
	if (!keyring_lock(cx, keyring, &lock) ||
	    !block_prepare_locked(cx, keyring, ring, id / SLOTS))
		return false;
	if (!write_at(ring->fd, KEY_ZEROS, KEY_BYTES, slot_at(id)))
		return keyring_fail(cx, keyring, N_("writing"));
	return keyring_durable(cx, keyring, ring->fd);
}

/* ---- the folder and its master ---- */

static bool
folder_sync_parent(struct cx *cx, const struct keyring *keyring)
{
	OWNED(fd_close)
	int parent = openat(keyring->folder, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (parent < 0 || fsync(parent) != 0)
		return keyring_fail(cx, keyring, N_("writing to the disk"));
	return true;
}

static bool
folder_open(struct cx *cx, struct keyring *keyring, bool make)
{
	bool made = make && mkdir(keyring->path, MODE_FOLDER) == 0;

	if (make && !made && errno != EEXIST)
		return keyring_fail(cx, keyring, N_("making the folder"));
	keyring->folder = open(keyring->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (keyring->folder < 0)
		return keyring_fail(cx, keyring, N_("opening the folder"));
	return !made || folder_sync_parent(cx, keyring);
}

static bool
file_is_keys(const char *name)
{
	return str_ends(str_of(name), S(".keys"));
}

/* The objects that have a key file, in cx->mem. */
static bool
folder_objects(struct cx *cx, const struct keyring *keyring, struct strs *out)
{
	DIR *folder = opendir(keyring->path);
	const struct dirent *entry;

	if (!folder)
		return keyring_fail(cx, keyring, N_("reading the folder"));
	while (out->n < RINGS_MAX && (entry = readdir(folder))) {
		struct str name = str_of(entry->d_name);

		if (file_is_keys(entry->d_name) &&
		    object_is_name(str_first(name, name.n - S(".keys").n)))
			list_add(cx->mem, out,
				 str_dup(cx->mem, str_first(name, name.n - S(".keys").n)));
	}
	closedir(folder);
	return true;
}

/* *found is false where there is no master yet. */
static bool
master_read(struct cx *cx, struct keyring *keyring, bool *found)
{
	OWNED(fd_close) int fd = openat(keyring->folder, "master", O_RDONLY | O_CLOEXEC);
	unsigned char text[MASTER_BYTES + 1];
	struct stat at;

	*found = fd >= 0;
	if (fd < 0)
		return errno == ENOENT || keyring_fail(cx, keyring, N_("reading the master key"));
	if (fstat(fd, &at) != 0)
		return keyring_fail(cx, keyring, N_("reading the master key"));
	if (at.st_mode & MODE_OTHERS)
		return fail(cx, E_IO,
			    "The master key in %s is open to others; give the command: chmod 600 "
			    "%s/master",
			    keyring->path, keyring->path);
	if (read_at(fd, text, sizeof text, 0) != MASTER_BYTES ||
	    memcmp(text, MAGIC, MAGIC_BYTES) != 0)
		return fail(cx, E_IO, "The master key in %s is damaged; put the copy in place",
			    keyring->path);
	memcpy(keyring->master.bytes, text + MAGIC_BYTES, KEY_BYTES);
	explicit_bzero(text, sizeof text);
	return true;
}

static const char *
tmp_name(struct cx *cx)
{
	unsigned char tag[TAG_BYTES];
	struct buf name = buf_in(cx->mem, FILE_BYTES_MAX);

	cx->env->random(cx->env, tag, sizeof tag);
	BUF_LIT(&name, "master.");
	buf_hex(&name, (struct str){ (const char *)tag, sizeof tag });
	BUF_LIT(&name, ".tmp");
	return str_z(cx->mem, buf_done(&name));
}

/* Whole or not at all: written beside and linked into place; whoever links first wins. */
static bool
master_write(struct cx *cx, struct keyring *keyring)
{
	const char *name = tmp_name(cx);
	unsigned char text[MASTER_BYTES];
	bool linked;
	OWNED(fd_close) int fd = -1;

	memcpy(text, MAGIC, MAGIC_BYTES);
	memcpy(text + MAGIC_BYTES, keyring->master.bytes, KEY_BYTES);
	fd = openat(keyring->folder, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, MODE_FILE);
	if (fd < 0)
		return keyring_fail(cx, keyring, N_("writing the master key"));
	linked = write_at(fd, text, sizeof text, 0) && fsync(fd) == 0 &&
		 (linkat(keyring->folder, name, keyring->folder, "master", 0) == 0 ||
		  errno == EEXIST);
	explicit_bzero(text, sizeof text);
	if (!linked)
		keyring_fail(cx, keyring, N_("writing the master key"));
	unlinkat(keyring->folder, name, 0);
	if (linked && fsync(keyring->folder) != 0)
		return keyring_fail(cx, keyring, N_("writing to the disk"));
	return linked;
}

static bool
master_make(struct cx *cx, struct keyring *keyring)
{
	struct strs objects = { 0 };
	bool found;

	if (!folder_objects(cx, keyring, &objects))
		return false;
	if (objects.n) /* another process may have made both since we looked for the master */
		return master_read(cx, keyring, &found) &&
		       (found ||
			fail(cx, E_IO,
			     "The keyring %s has key files but no master key; put the copy in place",
			     keyring->path));
	secret_new(cx->env, &keyring->master);
	return master_write(cx, keyring) && master_read(cx, keyring, &found);
}

static struct keyring *
keyring_new(struct cx *cx, struct str folder)
{
	struct keyring *keyring;

	if (folder.n == 0 || folder.n >= PATH_BYTES_MAX || memchr(folder.p, 0, folder.n)) {
		fail(cx, E_INPUT, "This is no folder for a keyring: \"%.*s\"", STR_FMT(folder));
		return NULL;
	}
	keyring = heap_new(sizeof *keyring);
	keyring->folder = -1;
	keyring->path = heap_new(folder.n + 1);
	memcpy(keyring->path, folder.p, folder.n);
	return keyring;
}

bool
keyring_open(struct cx *cx, struct str folder, struct keyring **out)
{
	struct keyring *keyring = keyring_new(cx, folder);
	bool found;

	if (!keyring)
		return false;
	if (folder_open(cx, keyring, true) && master_read(cx, keyring, &found) &&
	    (found || master_make(cx, keyring))) {
		*out = keyring;
		return true;
	}
	keyring_close(&keyring);
	return false;
}

void
keyring_close(struct keyring **keyring)
{
	struct ring *ring, *next;

	if (!*keyring)
		return;
	for (ring = atomic_load(&(*keyring)->rings); ring; ring = next) {
		next = ring->next;
		fd_close(&ring->fd);
		heap_free(ring);
	}
	fd_close(&(*keyring)->folder);
	secret_wipe(&(*keyring)->master);
	heap_free((*keyring)->path);
	heap_free(*keyring);
	*keyring = NULL;
}

/* The first destroyed slot of a block from `slot` on; SLOTS: none. */
static bool
block_destroyed(struct cx *cx, struct keyring *keyring, const struct ring *ring, int64_t block,
		int64_t *slot)
{
	unsigned char *secrets = heap_new(BLOCK_BYTES);
	bool done =
		read_at(ring->fd, secrets, BLOCK_BYTES, mark_at(block) + KEY_BYTES) == BLOCK_BYTES;

	while (done && *slot < SLOTS && !key_is_zero(secrets + *slot * KEY_BYTES))
		++*slot;
	explicit_bzero(secrets, BLOCK_BYTES);
	heap_free(secrets);
	return done || keyring_fail(cx, keyring, N_("reading"));
}

bool
keyring_destroyed_next(struct cx *cx, struct keyring *keyring, struct str object, int64_t after,
		       int64_t *out)
{
	const struct ring *ring = ring_open(cx, keyring, object);
	int64_t slot = (after + 1) % SLOTS;

	if (!ring)
		return false;
	for (int64_t b = (after + 1) / SLOTS; b < BLOCKS_MAX; b++, slot = 0) {
		if (!block_ready(ring, b))
			continue;
		if (!block_destroyed(cx, keyring, ring, b, &slot))
			return false;
		if (slot < SLOTS) {
			*out = b * SLOTS + slot;
			return true;
		}
	}
	*out = 0;
	return true;
}

/* ---- copy and restore ---- */

/* Erase here what is erased there.  Both blocks are present. */
static bool
block_erase_as(struct cx *cx, struct keyring *to, int fd, int64_t block,
	       const unsigned char *theirs, unsigned char *ours)
{
	off_t at = mark_at(block) + KEY_BYTES;

	if (read_at(fd, ours, BLOCK_BYTES, at) != BLOCK_BYTES)
		return keyring_fail(cx, to, N_("reading"));
	for (off_t i = 0; i < BLOCK_BYTES; i += KEY_BYTES)
		if (key_is_zero(theirs + i) && !key_is_zero(ours + i) &&
		    !write_at(fd, KEY_ZEROS, KEY_BYTES, at + i))
			return keyring_fail(cx, to, N_("writing"));
	return true;
}

struct merge {
	struct keyring *from, *to;
	struct ring *theirs, *ours;
	unsigned char *buf; /* two blocks */
};

/* The secrets of one block, not its mark. */
static bool
merge_block(struct cx *cx, const struct merge *m, int64_t block)
{
	if (read_at(m->theirs->fd, m->buf, BLOCK_BYTES, mark_at(block) + KEY_BYTES) != BLOCK_BYTES)
		return keyring_fail(cx, m->from, N_("reading"));
	if (block_ready(m->ours, block))
		return block_erase_as(cx, m->to, m->ours->fd, block, m->buf, m->buf + BLOCK_BYTES);
	if (!write_at(m->ours->fd, m->buf, BLOCK_BYTES, mark_at(block) + KEY_BYTES))
		return keyring_fail(cx, m->to, N_("writing"));
	return true;
}

/* Secrets first, marks when those are on the disk. */
static bool
merge_blocks(struct cx *cx, const struct merge *m)
{
	struct secret mark;

	for (int64_t b = 0; b < BLOCKS_MAX; b++)
		if (block_ready(m->theirs, b) && !merge_block(cx, m, b))
			return false;
	if (!keyring_durable(cx, m->to, m->ours->fd))
		return false;
	for (int64_t b = 0; b < BLOCKS_MAX; b++) {
		if (!block_ready(m->theirs, b) || block_ready(m->ours, b))
			continue;
		block_mark(m->to, m->ours, b, &mark);
		if (!write_at(m->ours->fd, mark.bytes, KEY_BYTES, mark_at(b)))
			return keyring_fail(cx, m->to, N_("writing"));
	}
	return keyring_durable(cx, m->to, m->ours->fd);
}

static bool
merge_object(struct cx *cx, struct keyring *from, struct keyring *to, struct str object)
{
	struct merge m = { .from = from, .to = to };
	OWNED(fd_close) int lock = -1;
	bool done;

	if (!(m.theirs = ring_open(cx, from, object)) || !(m.ours = ring_open(cx, to, object)) ||
	    !keyring_lock(cx, to, &lock))
		return false;
	m.buf = heap_new((size_t)2 * BLOCK_BYTES);
	done = merge_blocks(cx, &m);
	explicit_bzero(m.buf, (size_t)2 * BLOCK_BYTES);
	heap_free(m.buf);
	return done;
}

/* The master goes last: without it a copy that was cut short is not taken for a keyring. */
static bool
merge_into(struct cx *cx, struct keyring *from, struct keyring *to)
{
	struct strs objects = { 0 };
	bool found;

	if (!folder_open(cx, to, true) || !master_read(cx, to, &found))
		return false;
	if (found && !secret_eq(&to->master, &from->master))
		return fail(cx, E_CONFLICT,
			    "%s holds another keyring; move it away or name another folder",
			    to->path);
	to->master = from->master;
	if (!folder_objects(cx, from, &objects))
		return false;
	for (size_t i = 0; i < objects.n; i++)
		if (!merge_object(cx, from, to, objects.v[i]))
			return false;
	return found || master_write(cx, to);
}

bool
keyring_copy(struct cx *cx, struct keyring *keyring, struct str to_folder)
{
	struct keyring *to = keyring_new(cx, to_folder);
	bool done = to && merge_into(cx, keyring, to);

	keyring_close(&to);
	return done;
}

bool
keyring_restore(struct cx *cx, struct str from_folder, struct str to_folder)
{
	struct keyring *from = keyring_new(cx, from_folder);
	bool found, done = false;

	if (!from)
		return false;
	from->read_only = true;
	if (folder_open(cx, from, false) && master_read(cx, from, &found))
		done = found ? keyring_copy(cx, from, to_folder)
			     : fail(cx, E_INPUT, "%s holds no keyring: it has no master key",
				    from->path);
	keyring_close(&from);
	return done;
}
