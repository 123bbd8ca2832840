#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "http/internal.h"

#include "base/i18n.h"

enum { BACKLOG = 511, HOST_MAX = 256, PORT_MAX = 8 };

static bool
listen_fail(struct cx *cx, struct str where, const char *remedy)
{
	return fail(cx, E_IO, "The server cannot listen at %.*s (%s): %s", STR_FMT(where),
		    strerror(errno), tr(cx, remedy));
}

/* "[::1]:8080" → "::1", "8080" */
static bool
host_split(struct str where, char *host, char *port)
{
	size_t colon = where.n;
	struct str name;

	while (colon && where.p[colon - 1] != ':')
		colon--;
	if (!colon || where.n - colon >= PORT_MAX || where.n == colon)
		return false;
	name = str_first(where, colon - 1);
	if (str_starts(name, S("[")) && str_ends(name, S("]")))
		name = (struct str){ name.p + 1, name.n - 2 };
	if (!name.n || name.n >= HOST_MAX)
		return false;
	memcpy(host, name.p, name.n);
	host[name.n] = '\0';
	memcpy(port, where.p + colon, where.n - colon);
	port[where.n - colon] = '\0';
	return true;
}

static bool
socket_bind(struct cx *cx, struct str where, const struct addrinfo *info, int *out_fd)
{
	int yes = 1;
	int fd = socket(info->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return listen_fail(cx, where, N_("check the address"));
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
	if (info->ai_family == AF_INET6)
		(void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &(int){ 0 }, sizeof(int));
	if (bind(fd, info->ai_addr, info->ai_addrlen) || listen(fd, BACKLOG)) {
		listen_fail(
			cx, where,
			N_("end the program that uses this port, or give another with --listen"));
		close(fd);
		return false;
	}
	*out_fd = fd;
	return true;
}

static bool
listen_ip(struct cx *cx, struct str where, int *out_fd)
{
	const struct addrinfo wanted = { .ai_flags = AI_PASSIVE | AI_NUMERICSERV,
					 .ai_socktype = SOCK_STREAM };
	char host[HOST_MAX], port[PORT_MAX];
	struct addrinfo *found = NULL;
	bool ok;

	if (!host_split(where, host, port) || getaddrinfo(host, port, &wanted, &found) || !found)
		return fail(cx, E_INPUT,
			    "\"%.*s\" is no address to listen at: give it as 127.0.0.1:8080, "
			    "[::1]:8080 or unix:/path",
			    STR_FMT(where));
	ok = socket_bind(cx, where, found, out_fd);
	freeaddrinfo(found);
	return ok;
}

/* A socket that nobody listens at any more is in the way: the server before did not end well. */
static void
remove_stale(const struct sockaddr_un *address)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct stat info;

	if (fd < 0)
		return;
	if (connect(fd, (const struct sockaddr *)address, sizeof *address) &&
	    errno == ECONNREFUSED && !lstat(address->sun_path, &info) && S_ISSOCK(info.st_mode))
		(void)unlink(address->sun_path);
	close(fd);
}

static bool
listen_local(struct cx *cx, struct str where, struct str path, int *out_fd)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd;

	if (!path.n || path.n >= sizeof address.sun_path)
		return fail(cx, E_INPUT, "The path of the socket must have 1 to %zu bytes",
			    sizeof address.sun_path - 1);
	memcpy(address.sun_path, path.p, path.n);
	remove_stale(&address);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0 || bind(fd, (const struct sockaddr *)&address, sizeof address) ||
	    listen(fd, BACKLOG)) {
		listen_fail(cx, where, N_("remove the file or give another path"));
		if (fd >= 0)
			close(fd);
		return false;
	}
	*out_fd = fd;
	return true;
}

bool
listen_open(struct cx *cx, struct str where, int *out_fd)
{
	struct str path = str_from(where, sizeof "unix:" - 1);

	if (str_starts(where, S("unix:")))
		return listen_local(cx, where, path, out_fd);
	return listen_ip(cx, where, out_fd);
}
