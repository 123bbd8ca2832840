#include "db/sqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>

static bool
file_sync(const char *path)
{
	int file = open(path, O_RDONLY | O_CLOEXEC);
	bool is_done = file >= 0 && fsync(file) == 0;

	if (file >= 0)
		close(file);
	return is_done;
}

/* One step, so that the copy is one state; work goes on beside it. */
static int
copy_pages(sqlite3 *from, sqlite3 *to)
{
	sqlite3_backup *backup = sqlite3_backup_init(to, "main", from, "main");
	int code;

	if (!backup)
		return sqlite3_extended_errcode(to);
	code = sqlite3_backup_step(backup, -1);
	sqlite3_backup_finish(backup);
	return code == SQLITE_DONE ? SQLITE_OK : code;
}

static bool
copy_file(struct sqlite_conn *from, const char *path, struct refusal *why)
{
	struct sqlite_conn to = { .base = { .db = from->base.db, .is_write = true } };
	int code = sqlite3_open_v2(path, &to.handle,
				   SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
				   NULL);

	if (code == SQLITE_OK)
		code = sqlite_exec(&to, "PRAGMA journal_mode = off; PRAGMA synchronous = off");
	if (code == SQLITE_OK)
		code = copy_pages(from->handle, to.handle);
	if (code != SQLITE_OK)
		sqlite_refused(&to, code, why);
	sqlite3_close_v2(to.handle);
	if (code == SQLITE_OK && !file_sync(path)) {
		refusal_set(why, FAULT_IO, "%s: %s", path, strerror(errno));
		return false;
	}
	return code == SQLITE_OK;
}

static bool
copy_named(struct sqlite_conn *from, const char *part, const char *path, struct refusal *why)
{
	unlink(part);
	if (!copy_file(from, part, why)) {
		unlink(part);
		return false;
	}
	if (link(part, path) == 0) {
		unlink(part);
		return true;
	}
	refusal_set(why, errno == EEXIST ? FAULT_UNIQUE : FAULT_IO, "%s: %s", path,
		    strerror(errno));
	unlink(part);
	return false;
}

bool
sqlite_copy_to(struct cx *cx, const char *path)
{
	struct str part = str_printf(cx->mem, "%s.part", path);
	char *folder = arena_alloc(cx->mem, strlen(path) + 1);
	struct sqlite_conn *from;
	struct refusal why;
	bool is_done;

	if (access(path, F_OK) == 0)
		return fail(cx, E_CONFLICT, "%s exists; name a new file.", path);
	from = sqlite_connect(cx->db, false, &why);
	if (!from)
		return fault_fail(cx, why.fault, why.message, (struct str){ 0 });
	is_done = copy_named(from, part.p, path, &why);
	sqlite_disconnect(&from->base);
	if (!is_done)
		return fault_fail(cx, why.fault, why.message, (struct str){ 0 });
	memcpy(folder, path, strlen(path));
	if (!file_sync(dirname(folder)))
		return fail(cx, E_IO, "%s was written, but its folder could not be synchronised.",
			    path);
	return true;
}
