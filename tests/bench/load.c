/* load PORT SECONDS CLIENTS REQUESTS [PID …]: keep-alive clients over one epoll, each sends the
 * next request of the file when its answer is there.  The file has one request a line: METHOD, path
 * and, behind a blank, a body; "HEADER text" lines are sent with every request; %d is the number of
 * the request.  Prints one line of JSON: latencies as the client sees them, answers a second, and
 * the CPU time of the processes named, per request. */
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
	CLIENTS_MAX = 256,
	LINES_MAX = 20000,
	REQUEST_BYTES = 16384,
	REPLY_BYTES = 1 << 22,
	SAMPLES_MAX = 4000000,
	PATH_BYTES = 128,
	OK_FROM = 200,
	OK_TO = 400
};

struct line {
	char *method, *path, *body;
};

struct client {
	int fd;
	char *in;
	size_t n, want; /* want: bytes of the whole answer, 0: not known yet */
	int64_t sent_us;
};

struct load {
	struct line lines[LINES_MAX];
	size_t n_lines, next;
	char headers[REQUEST_BYTES];
	struct client clients[CLIENTS_MAX];
	int64_t *us;
	size_t n, errors;
	int64_t bytes;
	char first_error[256];
};

static int64_t
now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void
die(const char *what)
{
	perror(what);
	exit(1);
}

static void
read_lines(struct load *load, const char *path)
{
	FILE *in = fopen(path, "re");
	char *text = NULL;
	size_t cap = 0;
	ssize_t n;

	if (!in)
		die(path);
	while ((n = getline(&text, &cap, in)) > 0 && load->n_lines < LINES_MAX) {
		struct line *line = &load->lines[load->n_lines];
		char *at, *copy;

		if (text[n - 1] == '\n')
			text[n - 1] = 0;
		if (!strncmp(text, "HEADER ", 7)) {
			size_t used = strlen(load->headers);

			snprintf(load->headers + used, sizeof load->headers - used, "%s\r\n",
				 text + 7);
			continue;
		}
		copy = strdup(text);
		line->method = strsep(&copy, " ");
		at = strsep(&copy, " ");
		line->path = at ? at : (char *)"/";
		line->body = copy ? copy : (char *)"";
		load->n_lines++;
	}
	free(text);
	fclose(in);
	if (!load->n_lines)
		die("no requests");
}

static int
dial(int port)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to) != 0)
		die("connect");
	setsockopt(fd, IPPROTO_TCP, 1 /* TCP_NODELAY */, &one, sizeof one);
	fcntl(fd, F_SETFL, O_NONBLOCK);
	return fd;
}

/* The number of the request in place of the first %d. */
static int
numbered(char *out, size_t cap, const char *text, size_t number)
{
	const char *at = strstr(text, "%d");

	if (!at)
		return snprintf(out, cap, "%s", text);
	return snprintf(out, cap, "%.*s%zu%s", (int)(at - text), text, number, at + 2);
}

static void
send_next(struct load *load, struct client *c)
{
	const struct line *line = &load->lines[load->next % load->n_lines];
	char body[REQUEST_BYTES], out[2 * REQUEST_BYTES], path[REQUEST_BYTES];
	int n_body = numbered(body, sizeof body, line->body, load->next), n;

	numbered(path, sizeof path, line->path, load->next);
	load->next++;
	n = snprintf(out, sizeof out,
		     "%s %s HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n%s\r\n%s",
		     line->method, path, n_body, load->headers, body);
	c->n = c->want = 0;
	c->sent_us = now_us();
	if (write(c->fd, out, (size_t)n) != n)
		die("write");
}

/* Bytes of the whole answer, when its head is there. */
static size_t
answer_bytes(struct load *load, struct client *c)
{
	char *end, *length;
	int status;

	c->in[c->n] = 0;
	end = strstr(c->in, "\r\n\r\n");
	if (!end)
		return 0;
	length = strcasestr(c->in, "\r\ncontent-length:");
	status = (int)strtol(c->in + 9, NULL, 10);
	if (status < OK_FROM || status >= OK_TO) {
		if (!load->errors++)
			snprintf(load->first_error, sizeof load->first_error, "%.200s", c->in);
	}
	return (size_t)(end + 4 - c->in) +
	       (length && length < end ? strtoul(length + 17, NULL, 10) : 0);
}

static void
receive(struct load *load, struct client *c)
{
	ssize_t n;

	while ((n = read(c->fd, c->in + c->n, REPLY_BYTES - 1 - c->n)) > 0)
		c->n += (size_t)n;
	if (n == 0 || (n < 0 && errno != EAGAIN))
		die("the server closed a connection");
	if (!c->want)
		c->want = answer_bytes(load, c);
	if (!c->want || c->n < c->want)
		return;
	if (load->n < SAMPLES_MAX)
		load->us[load->n++] = now_us() - c->sent_us;
	load->bytes += (int64_t)c->n;
	send_next(load, c);
}

/* CPU time of all threads of a process, ns. */
static int64_t
cpu_of(const char *pid)
{
	char path[PATH_BYTES];
	const struct dirent *entry;
	int64_t sum = 0, ns;
	DIR *tasks;

	snprintf(path, sizeof path, "/proc/%s/task", pid);
	tasks = opendir(path);
	while (tasks && (entry = readdir(tasks))) {
		char file[PATH_BYTES * 4];
		FILE *in;

		snprintf(file, sizeof file, "%s/%s/schedstat", path, entry->d_name);
		in = fopen(file, "re");
		if (in && fscanf(in, "%" SCNd64, &ns) == 1)
			sum += ns;
		if (in)
			fclose(in);
	}
	if (tasks)
		closedir(tasks);
	return sum;
}

static int64_t
cpu_of_all(char **pids)
{
	int64_t sum = 0;

	for (; *pids; pids++)
		sum += cpu_of(*pids);
	return sum;
}

static int
compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static double
percentile_ms(const struct load *load, double of)
{
	return load->n ? (double)load->us[(size_t)((double)(load->n - 1) * of)] / 1000 : 0;
}

static void
run(struct load *load, int epoll, double seconds)
{
	int64_t end = now_us() + (int64_t)(seconds * 1e6);
	struct epoll_event events[CLIENTS_MAX];

	while (now_us() < end) {
		int n = epoll_wait(epoll, events, CLIENTS_MAX, 100);

		for (int i = 0; i < n; i++)
			receive(load, events[i].data.ptr);
	}
}

int
main(int argc, char **argv)
{
	struct load *load = calloc(1, sizeof *load);
	int epoll = epoll_create1(EPOLL_CLOEXEC), clients;
	int64_t began, cpu;
	double seconds, wall;

	if (argc < 5) {
		fprintf(stderr, "usage: load PORT SECONDS CLIENTS REQUESTS [PID …]\n");
		return 2;
	}
	seconds = strtod(argv[2], NULL);
	clients = (int)strtol(argv[3], NULL, 10);
	load->us = malloc(SAMPLES_MAX * sizeof *load->us);
	load->next = (size_t)strtoull(getenv("FIRST") ? getenv("FIRST") : "0", NULL, 10);
	read_lines(load, argv[4]);
	for (int i = 0; i < clients && i < CLIENTS_MAX; i++) {
		struct client *c = &load->clients[i];
		struct epoll_event event = { .events = EPOLLIN, .data.ptr = c };

		c->fd = dial((int)strtol(argv[1], NULL, 10));
		c->in = malloc(REPLY_BYTES);
		epoll_ctl(epoll, EPOLL_CTL_ADD, c->fd, &event);
	}
	cpu = cpu_of_all(argv + 5);
	began = now_us();
	for (int i = 0; i < clients && i < CLIENTS_MAX; i++)
		send_next(load, &load->clients[i]);
	run(load, epoll, seconds);
	wall = (double)(now_us() - began) / 1e6;
	cpu = cpu_of_all(argv + 5) - cpu;
	qsort(load->us, load->n, sizeof *load->us, compare);
	printf("{\"n\":%zu,\"errors\":%zu,\"p50\":%.3f,\"p95\":%.3f,\"p99\":%.3f,\"rate\":%.1f,"
	       "\"cpu\":%.4f,\"bytes\":%.0f,\"next\":%zu}\n",
	       load->n, load->errors, percentile_ms(load, 0.5), percentile_ms(load, 0.95),
	       percentile_ms(load, 0.99), (double)load->n / wall,
	       load->n ? (double)cpu / 1e6 / (double)load->n : 0,
	       load->n ? (double)load->bytes / (double)load->n : 0, load->next);
	if (load->errors)
		fprintf(stderr, "%s\n", load->first_error);
	return 0;
}
