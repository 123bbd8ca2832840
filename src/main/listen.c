#include "main/listen.h"

#include <errno.h>
#include <netdb.h>
#include <sys/socket.h>
#include <sys/un.h>

enum { BACKLOG = 511 };

static int
failed(struct cx *cx, int fd, struct str address)
{
	char text[128];

	fail(cx, E_IO, "Cannot listen on %.*s: %s; name another address with --listen",
	     STR_FMT(address), strerror_r(errno, text, sizeof text));
	if (fd >= 0)
		close(fd);
	return -1;
}

static int
listen_unix(struct cx *cx, struct str path)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd;

	if (path.n >= sizeof at.sun_path) {
		fail(cx, E_INPUT, "The path of the socket is too long: %.*s", STR_FMT(path));
		return -1;
	}
	memcpy(at.sun_path, path.p, path.n);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	unlink(at.sun_path);
	if (fd < 0 || bind(fd, (const struct sockaddr *)&at, sizeof at) || listen(fd, BACKLOG))
		return failed(cx, fd, path);
	return fd;
}

static int
listen_on(const struct addrinfo *at)
{
	int fd = socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), on = 1;

	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (!bind(fd, at->ai_addr, at->ai_addrlen) && !listen(fd, BACKLOG))
		return fd;
	on = errno;
	close(fd);
	errno = on;
	return -1;
}

int
listen_open(struct cx *cx, struct str address)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
				  .ai_flags = AI_PASSIVE | AI_NUMERICSERV };
	struct addrinfo *found = NULL;
	struct str host = address, port = address;
	int fd = -1;

	if (str_starts(address, S("unix:")))
		return listen_unix(cx, str_from(address, 5));
	while (host.n && host.p[host.n - 1] != ':')
		host.n--;
	port = str_from(address, host.n);
	host.n -= host.n > 0;
	if (host.n > 1 && host.p[0] == '[' && host.p[host.n - 1] == ']')
		host = str_first(str_from(host, 1), host.n - 2);
	if (!port.n || getaddrinfo(host.n ? str_z(cx->mem, host) : NULL, str_z(cx->mem, port),
				   &hints, &found)) {
		fail(cx, E_INPUT, "%.*s is no address; write it like 127.0.0.1:8080",
		     STR_FMT(address));
		return -1;
	}
	for (struct addrinfo *at = found; at && fd < 0; at = at->ai_next)
		fd = listen_on(at);
	freeaddrinfo(found);
	return fd >= 0 ? fd : failed(cx, -1, address);
}
