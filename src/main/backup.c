/* `kontor backup` and `kontor restore`.
 *
 * FILE             the database (a copy of its file), or a dump, compressed
 * FILE.manifest    which of them, its length and hash: "name value" lines
 * FILE.keys/       the keys, apart: to be kept elsewhere, and not as long */
#include "base/clock.h"
#include "base/crypt.h"
#include "base/file.h"
#include "base/i18n.h"
#include "main/copies.h"
#include "main/progress.h"
#include "record/keys.h"
#include "version.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

enum { CHUNK = 64 << 10, MANIFEST_MAX = 4096, TIME_TEXT_MAX = 40 };

static const char KIND_FILE[] = "database", KIND_DUMP[] = "dump";

struct backup {
	const char *path;
	struct str manifest, keys; /* paths */
	struct str kind, hash, bytes;
};

static struct backup
backup_of(struct cx *cx, struct str path)
{
	struct backup b = { .path = str_z(cx->mem, path) };

	b.manifest = str_printf(cx->mem, "%s.manifest", b.path);
	b.keys = str_printf(cx->mem, "%s.keys", b.path);
	return b;
}

/* ---- length and hash of a file, copied on the way where `to` is one ---- */

static void
fd_close(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static bool
write_all(int fd, const char *p, size_t n)
{
	while (n) {
		ssize_t written = write(fd, p, n);

		if (written < 0 && errno != EINTR)
			return false;
		p += written > 0 ? written : 0;
		n -= written > 0 ? (size_t)written : 0;
	}
	return true;
}

static bool
pump(int from, int to, struct hasher *hasher, int64_t *bytes)
{
	char chunk[CHUNK];
	ssize_t n;

	while ((n = read(from, chunk, sizeof chunk)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 || (to >= 0 && !write_all(to, chunk, (size_t)n)))
			return false;
		hasher_add(hasher, (struct str){ chunk, (size_t)n });
		*bytes += n;
	}
	return to < 0 || fsync(to) == 0;
}

static bool
file_hash(struct cx *cx, const char *path, const char *copy, struct backup *out)
{
	OWNED(fd_close) int from = open(path, O_RDONLY | O_CLOEXEC), to = -1;
	struct hasher hasher;
	struct hash hash;
	int64_t bytes = 0;

	if (from < 0)
		return fail(cx, E_MISSING, "%s cannot be read: %s", path, strerror(errno));
	if (copy && (to = open(copy, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)) < 0)
		return fail(cx, E_IO, "%s cannot be written: %s", copy, strerror(errno));
	hasher_begin(&hasher, NULL);
	if (!pump(from, to, &hasher, &bytes))
		return fail(cx, E_IO, "%s cannot be copied: %s", path, strerror(errno));
	hash = hasher_end(&hasher);
	out->hash = crypt_hex(cx->mem, hash_str(&hash));
	out->bytes = str_printf(cx->mem, "%lld", (long long)bytes);
	return true;
}

/* ---- backup ---- */

static bool
manifest_write(struct cx *cx, const struct backup *b)
{
	struct buf text = buf_in(cx->mem, MANIFEST_MAX);

	buf_printf(&text, "kontor %s\nkind %.*s\nmade ", KONTOR_VERSION, STR_FMT(b->kind));
	moment_print(&text, cx->now);
	buf_printf(&text, "\nbytes %.*s\nhash %.*s\n", STR_FMT(b->bytes), STR_FMT(b->hash));
	return file_write(cx, b->manifest, buf_done(&text), 0600);
}

static bool
data_write(struct cx *cx, struct backup *b)
{
	bool done;

	if (!db_dialect(cx->db)->is_multi_node) {
		b->kind = str_of(KIND_FILE);
		return db_copy_to(cx, b->path) &&
		       (!chmod(b->path, 0600) ||
			fail(cx, E_IO, "%s: %s", b->path, strerror(errno)));
	}
	b->kind = str_of(KIND_DUMP);
	done = db_begin_read(cx) && dump_to_file(cx, b->path, true);
	db_rollback(cx);
	return done;
}

static bool
is_free(struct cx *cx, const struct backup *b)
{
	if (file_exists(cx, str_of(b->path)) || file_exists(cx, b->manifest))
		return fail(cx, E_CONFLICT, "%s exists already; name a new file", b->path);
	return true;
}

/* The keys go last: they may know more than the data, never less. */
static bool
keys_write(struct cx *cx, const struct config *config, const struct backup *b)
{
	return keyring_restore(cx, config_keyring(cx, config), b->keys);
}

int
run_backup(struct cx *cx, struct args *args)
{
	struct backup b = backup_of(cx, args->words[0]);
	struct house house = { 0 };
	bool ok = is_free(cx, &b) && house_open(cx, &args->config, 0, &house) &&
		  data_write(cx, &b) && file_hash(cx, b.path, NULL, &b) &&
		  keys_write(cx, &args->config, &b) && manifest_write(cx, &b);

	if (ok)
		printf(tr(cx,
			  "%s holds the data, %.*s bytes.\n%.*s holds the keys: keep them apart "
			  "from the data, and not as long.\n"),
		       b.path, STR_FMT(b.bytes), STR_FMT(b.keys));
	house_close(cx, &house);
	return command_done(cx, ok);
}

/* ---- restore ---- */

static bool
manifest_read(struct cx *cx, struct backup *b)
{
	struct str text;

	if (!file_read(cx, b->manifest, MANIFEST_MAX, &text))
		return false;
	while (text.n) {
		struct str line = str_cut(&text, '\n'), name = str_word(&line);

		if (str_eq(name, S("kind")))
			b->kind = str_trim(line);
		if (str_eq(name, S("bytes")))
			b->bytes = str_trim(line);
		if (str_eq(name, S("hash")))
			b->hash = str_trim(line);
	}
	return (b->hash.n && (str_eq_z(b->kind, KIND_FILE) || str_eq_z(b->kind, KIND_DUMP))) ||
	       fail(cx, E_INPUT, "%.*s is not the manifest of a backup", STR_FMT(b->manifest));
}

static bool
is_as_made(struct cx *cx, const struct backup *b, const struct backup *is)
{
	return (str_eq(b->bytes, is->bytes) && str_eq(b->hash, is->hash)) ||
	       fail(cx, E_INPUT,
		    "%s is not what the backup wrote (%.*s bytes, its manifest says %.*s); take "
		    "another backup",
		    b->path, STR_FMT(is->bytes), STR_FMT(b->bytes));
}

/* What may be there already: keys, which are united with those of the backup, and settings. */
static bool
folder_is_free(struct cx *cx, const struct config *config)
{
	DIR *folder = opendir(str_z(cx->mem, config->data));
	struct dirent *entry;
	bool empty = true;

	while (folder && empty && (entry = readdir(folder)))
		empty = entry->d_name[0] == '.' || !strcmp(entry->d_name, "keyring") ||
			!strcmp(entry->d_name, "kontor.conf");
	if (folder)
		closedir(folder);
	return empty || fail(cx, E_CONFLICT,
			     "%.*s is not empty; name another folder, or overwrite it: --force",
			     STR_FMT(config->data));
}

static bool
keys_restore(struct cx *cx, const struct config *config, const struct backup *b)
{
	struct str keyring = config_keyring(cx, config);

	if (file_exists(cx, b->keys))
		return keyring_restore(cx, b->keys, keyring);
	return file_exists(cx, keyring) ||
	       fail(cx, E_MISSING, "There are no keys: neither %.*s nor %.*s is there",
		    STR_FMT(b->keys), STR_FMT(keyring));
}

/* The journal of the database that was there must not be taken for the new one's. */
static bool
put_in_place(struct cx *cx, const char *from, struct str to)
{
	unlink(str_printf(cx->mem, "%.*s-wal", STR_FMT(to)).p);
	unlink(str_printf(cx->mem, "%.*s-shm", STR_FMT(to)).p);
	return !rename(from, str_z(cx->mem, to)) ||
	       fail(cx, E_IO, "%.*s cannot be put in place: %s", STR_FMT(to), strerror(errno));
}

static bool
restore_file(struct cx *cx, const struct config *config, const struct backup *b)
{
	struct str to = config_database(cx, config);
	const char *copy = str_printf(cx->mem, "%.*s.restored", STR_FMT(to)).p;
	struct backup is = { 0 };
	bool done;

	if (config->db.n)
		return fail(
			cx, E_USAGE,
			"This backup is of a data folder: restore it into one, then `kontor move "
			"--to` brings it elsewhere");
	done = file_hash(cx, b->path, copy, &is) && is_as_made(cx, b, &is) &&
	       keys_restore(cx, config, b) && put_in_place(cx, copy, to);
	if (!done)
		unlink(copy);
	return done;
}

static bool
restore_dump(struct cx *cx, const struct config *config, const struct backup *b)
{
	struct store_options options = house_store(cx, config);
	struct db_options db = { 0 };
	struct backup is = { 0 };
	int64_t rows;
	bool done;

	if (!file_hash(cx, b->path, NULL, &is) || !is_as_made(cx, b, &is) ||
	    !keys_restore(cx, config, b) || !db_open(cx, config_database(cx, config), db, &cx->db))
		return false;
	cx->actor = actor_system(cx);
	done = load_from_file(cx, b->path, &options, &rows);
	db_close(&cx->db);
	return done;
}

static bool
restore_check(struct cx *cx, size_t *n_findings)
{
	struct strs findings;
	int64_t erased;

	if (!store_erase_again(cx, &erased))
		return false;
	if (erased)
		printf(tr(cx, "%lld data subjects were erased again.\n"), (long long)erased);
	if (!db_begin_read(cx) || !store_check(cx, &findings))
		return false;
	for (size_t i = 0; i < findings.n; i++)
		printf("%.*s\n", STR_FMT(findings.v[i]));
	*n_findings = findings.n;
	if (!findings.n)
		puts("ok");
	return true;
}

int
run_restore(struct cx *cx, struct args *args)
{
	struct backup b = backup_of(cx, args->words[0]);
	struct house house = { 0 };
	size_t findings = 0;
	OWNED(house_unlock) int lock = -1;
	int code;
	bool ok = manifest_read(cx, &b) &&
		  (args_has(args, "force") || folder_is_free(cx, &args->config)) &&
		  house_lock(cx, &args->config, "restore", 0, &lock) &&
		  (str_eq_z(b.kind, KIND_FILE) ? restore_file : restore_dump)(cx, &args->config,
									      &b) &&
		  house_open(cx, &args->config, 0, &house) && restore_check(cx, &findings);

	house_close(cx, &house);
	code = command_done(cx, ok);
	return code ? code : findings != 0;
}
