#include "base/file.h"
#include "base/i18n.h"
#include "main/command.h"
#include "main/features.h"
#include "model/ids.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

enum { LOCK_STEP_MS = 50, OWNER_MAX = 64 };

bool
house_exists(struct cx *cx, const struct config *config)
{
	return config->db.n || file_exists(cx, config_database(cx, config));
}

struct store_options
house_store(struct cx *cx, const struct config *config)
{
	struct store_options store = { .features = FEATURES,
				       .keyring = config_keyring(cx, config) };

	store.texts = model_shipped(cx->mem, &store.n_texts);
	return store;
}

bool
house_open(struct cx *cx, const struct config *config, unsigned how, struct house *out)
{
	struct db_options options = { 0 };
	struct store_options store = house_store(cx, config);
	struct str address = config_database(cx, config);
	int64_t connections;

	*out = (struct house){ 0 };
	if (!(how & HOUSE_MAKE) && !house_exists(cx, config))
		return fail(
			cx, E_MISSING,
			"There is no data folder %.*s; `kontor serve` or `kontor demo` makes it",
			STR_FMT(config->data));
	if (!config_int(cx, "connections", config->connections, 2, 1000, &connections) ||
	    !folder_make(cx, config->data, 0700))
		return false;
	options.connections = (int)connections;
	options.unsafe_no_sync = how & HOUSE_FAST;
	cx->zone = config->zone;
	if (!db_open(cx, address, options, &out->db))
		return false;
	cx->db = out->db;
	if (!store_open(cx, store, &out->store)) {
		db_close(&out->db);
		cx->db = NULL;
		return false;
	}
	cx->store = out->store;
	store_model(cx);
	cx->actor = actor_system(cx);
	return model_ids_check(cx, cx->model);
}

void
house_close(struct cx *cx, struct house *house)
{
	work_abandon(cx);
	db_rollback(cx);
	cx->store = NULL;
	cx->db = NULL;
	if (house->store)
		store_close(&house->store);
	if (house->db)
		db_close(&house->db);
}

/* Beside the database, and not seen: a folder with nothing but it is empty. */
static const char *
lock_path(struct cx *cx, const struct config *config)
{
	struct str path = config_database(cx, config), folder = path;

	while (folder.n && folder.p[folder.n - 1] != '/')
		folder.n--;
	path = str_from(path, folder.n);
	return str_printf(cx->mem, "%.*s.%.*s.lock", STR_FMT(folder), STR_FMT(path)).p;
}

/* The file tells who has it. */
static void
lock_sign(int fd, const char *command)
{
	if (ftruncate(fd, 0) == 0)
		dprintf(fd, "%s %d\n", command, (int)getpid());
}

static bool
lock_refuse(struct cx *cx, int fd, struct str path)
{
	char text[OWNER_MAX];
	ssize_t n = pread(fd, text, sizeof text, 0);
	struct str owner = { text, n > 0 ? (size_t)n : 0 }, line = str_cut(&owner, '\n');
	struct str command = str_word(&line);

	return fail(cx, E_CONFLICT,
		    "`kontor %.*s` (process %.*s) is at work on %.*s; stop it first, or name "
		    "another folder",
		    STR_FMT(command), STR_FMT(str_trim(line)), STR_FMT(path));
}

/* As flock: 0, or -1 and errno. */
static int
lock_take(struct cx *cx, int fd, int64_t wait_ms)
{
	int code;

	while ((code = flock(fd, LOCK_EX | LOCK_NB)) != 0 &&
	       (errno == EINTR || (errno == EWOULDBLOCK && wait_ms > 0))) {
		cx->env->wait_ms(cx->env, LOCK_STEP_MS);
		wait_ms -= LOCK_STEP_MS;
	}
	return code;
}

bool
house_lock(struct cx *cx, const struct config *config, const char *command, int64_t wait_ms,
	   int *out)
{
	struct str database = config_database(cx, config);
	const char *path = lock_path(cx, config);
	int fd;

	if (!folder_make(cx, config->data, 0700))
		return false;
	if (!db_is_file(database)) {
		*out = -1;
		return true;
	}
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return fail(cx, E_IO, "%s cannot be opened: %s", path, strerror(errno));
	if (lock_take(cx, fd, wait_ms) != 0) {
		if (errno == EWOULDBLOCK)
			lock_refuse(cx, fd, database);
		else
			fail(cx, E_IO, "%s cannot be locked: %s", path, strerror(errno));
		close(fd);
		return false;
	}
	lock_sign(fd, command);
	*out = fd;
	return true;
}

void
house_unlock(const int *lock)
{
	if (*lock >= 0)
		close(*lock);
}
