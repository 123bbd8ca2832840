#define KONTOR_BASE
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

enum { READ_CHUNK = 64 << 10 };

static void
fd_close(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static bool
io_failed(struct cx *cx, const char *what, struct str path)
{
	char text[128];

	return fail(cx, errno == ENOENT ? E_MISSING : E_IO, "%s %.*s: %s", what, STR_FMT(path),
		    strerror_r(errno, text, sizeof text));
}

bool
file_read_fd(struct cx *cx, int fd, size_t max_bytes, struct str *out)
{
	struct buf b = buf_in(cx->mem, max_bytes);
	char chunk[READ_CHUNK];
	ssize_t n;

	while ((n = read(fd, chunk, sizeof chunk)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return io_failed(cx, "Cannot read", S("the input"));
		buf_str(&b, (struct str){ chunk, (size_t)n });
		if (b.full)
			return fail(cx, E_TOO_BIG, "The input is larger than %zu bytes", max_bytes);
	}
	*out = buf_done(&b);
	return true;
}

bool
file_read(struct cx *cx, struct str path, size_t max_bytes, struct str *out)
{
	OWNED(fd_close) int fd = open(str_z(cx->mem, path), O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return io_failed(cx, "Cannot open", path);
	return file_read_fd(cx, fd, max_bytes, out);
}

static bool
write_all(int fd, struct str bytes)
{
	while (bytes.n) {
		ssize_t n = write(fd, bytes.p, bytes.n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		bytes = str_from(bytes, (size_t)n);
	}
	return true;
}

bool
file_write(struct cx *cx, struct str path, struct str bytes, unsigned mode)
{
	const char *temporary = str_z(cx->mem, str_printf(cx->mem, "%.*s.new", STR_FMT(path)));
	OWNED(fd_close)
	int fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, (mode_t)mode);

	if (fd < 0)
		return io_failed(cx, "Cannot write", path);
	if (!write_all(fd, bytes) || fsync(fd) || rename(temporary, str_z(cx->mem, path)))
		return io_failed(cx, "Cannot write", path);
	return true;
}

bool
folder_make(struct cx *cx, struct str path, unsigned mode)
{
	for (size_t i = 1; i <= path.n; i++) {
		if (i < path.n && path.p[i] != '/')
			continue;
		if (mkdir(str_z(cx->mem, str_first(path, i)), (mode_t)mode) && errno != EEXIST)
			return io_failed(cx, "Cannot make the folder", path);
	}
	return true;
}

bool
file_exists(struct cx *cx, struct str path)
{
	return !access(str_z(cx->mem, path), F_OK);
}
