#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "http/test.h"

#include <stdatomic.h>

#include "http/crew.h"

/* A server with a socket; the client here writes and reads bytes. */

enum { ANSWER_MAX = 4 << 20, PATIENCE_MS = 30000, UPLOAD_MAX = 20 << 20, CLIENTS = 8, CALLS = 50 };

struct world {
	struct test_db db;
	struct cx *cx;
	struct http *http;
	struct gate *begun, *go_on; /* of the route /wait */
};

/* ---- the pages ---- */

/* Routes have no other way to the world of their test than a setting that is not used here. */
static struct world *
world_of(const struct request *q)
{
	return (struct world *)(uintptr_t)q->http->options.session_max_s;
}

static bool
get_hello(struct cx *cx, struct request *q, struct reply *r)
{
	(void)cx;
	r->type = TYPE_TEXT;
	buf_printf(&r->body, "hello %.*s", STR_FMT(q->address));
	return true;
}

static bool
post_count(struct cx *cx, struct request *q, struct reply *r)
{
	struct hash hash = crypt_hash(q->body);

	r->type = TYPE_TEXT;
	buf_printf(&r->body, "%zu ", q->body.n);
	buf_hex(&r->body, hash_str(&hash));
	(void)cx;
	return true;
}

static bool
get_wait(struct cx *cx, struct request *q, struct reply *r)
{
	struct world *w = world_of(q);

	(void)cx;
	gate_leave(w->begun);
	r->type = TYPE_TEXT;
	buf_z(&r->body, gate_enter(w->go_on, &env_real, PATIENCE_MS) ? "done" : "given up");
	return true;
}

static bool
post_note(struct cx *cx, struct request *q, struct reply *r)
{
	struct stmt *stmt;

	if (!db_begin_write(cx))
		return false;
	stmt = db_sql(cx, "INSERT INTO note (text) VALUES (?1)");
	if (!stmt)
		return false;
	db_bind_str(stmt, 1, q->body);
	if (!db_run(cx, stmt) || !db_commit(cx))
		return false;
	r->status = 201;
	return true;
}

static bool
get_notes(struct cx *cx, struct request *q, struct reply *r)
{
	struct stmt *stmt = db_sql(cx, "SELECT count(*) FROM note");
	bool row = false;

	(void)q;
	if (!stmt || !db_step(cx, stmt, &row) || !row)
		return false;
	r->type = TYPE_TEXT;
	buf_int(&r->body, db_col_int(stmt, 0));
	db_done(stmt);
	return true;
}

static bool
get_large(struct cx *cx, struct request *q, struct reply *r)
{
	(void)cx;
	(void)q;
	r->type = TYPE_TEXT;
	for (int i = 0; i < 100000; i++)
		BUF_LIT(&r->body, "0123456789");
	return true;
}

static bool
get_file(struct cx *cx, struct request *q, struct reply *r)
{
	if (!reply_spool(cx, q, &r->file))
		return false;
	r->type = TYPE_CSV;
	r->file_bytes = write(r->file, "a;b\n1;2\n", 8);
	return true;
}

/* clang-format off */
static const struct route ROUTES[] = {
	{ V_GET,  "/hello",  NEED_PUBLIC,    NULL, get_hello },
	{ V_POST, "/count",  NEED_PUBLIC,    NULL, post_count },
	{ V_POST, "/upload", NEED_PUBLIC,    NULL, post_count, .body_max_bytes = UPLOAD_MAX },
	{ V_POST, "/secret", NEED_SIGNED_IN, NULL, post_count, .body_max_bytes = UPLOAD_MAX },
	{ V_GET,  "/wait",   NEED_PUBLIC,    NULL, get_wait, .slow = true },
	{ V_POST, "/note",   NEED_SIGNED_IN, NULL, post_note },
	{ V_GET,  "/note",   NEED_SIGNED_IN, NULL, get_notes },
	{ V_GET,  "/large",  NEED_PUBLIC,    NULL, get_large },
	{ V_GET,  "/file",   NEED_PUBLIC,    NULL, get_file },
	{ 0 }
};
/* clang-format on */

static const struct system_column note_columns[] = {
	{ "id", COLUMN_INT, .primary = true },
	{ "text", COLUMN_TEXT },
	{ 0 },
};
static const struct system_table TABLES[] = { { "note", note_columns }, { 0 } };
static const struct feature FEATURE = { .name = "test", .routes = ROUTES, .tables = TABLES };

static void
world_make(struct world *w, struct http_options options)
{
	const struct route *lists[] = { ROUTES, feature_http.routes };

	*w = (struct world){ .begun = gate_new(0), .go_on = gate_new(0) };
	assert_true(test_db_make(&w->db, TEST_SQLITE));
	w->cx = cx_new(&env_real, CX_MEM_DEFAULT);
	assert_true(db_open(w->cx, str_of(w->db.address),
			    (struct db_options){ .unsafe_no_sync = true }, &w->cx->db));
	test_tables_make(w->cx, &FEATURE);
	options.routes = lists;
	options.n_routes = countof(lists);
	options.actor_load = test_actor_load;
	options.no_log = true;
	options.rate_public_per_minute = options.rate_per_minute = -1;
	if (!options.listen.n)
		options.listen = S("127.0.0.1:0");
	if (!http_start(w->cx, &options, &w->http))
		fail_msg("%.*s", STR_FMT(w->cx->err.why));
	w->http->options.session_max_s = (int64_t)(uintptr_t)w;
}

static void
world_drop(struct world *w)
{
	assert_true(http_stop(&w->http));
	db_close(&w->cx->db);
	cx_free(&w->cx);
	test_db_drop(&w->db);
	gate_free(&w->begun);
	gate_free(&w->go_on);
}

/* ---- the client ---- */

struct client {
	int fd;
	char *p; /* what was read and not yet used */
	size_t n;
};

struct answer {
	int status;
	struct str head, body; /* valid until the client's next answer */
	size_t length;         /* of both */
};

static int
connect_to(int port)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_port = htons((uint16_t)port),
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	if (connect(fd, (const struct sockaddr *)&address, sizeof address)) {
		close(fd);
		return -1;
	}
	return fd;
}

static struct client
client_of(int fd)
{
	assert_true(fd >= 0);
	return (struct client){ fd, test_malloc(ANSWER_MAX), 0 };
}

static struct client
client(const struct world *w)
{
	return client_of(connect_to(http_port(w->http)));
}

static void
hang_up(struct client *c)
{
	close(c->fd);
	test_free(c->p);
}

/* False: the server does not take more. */
static bool
say_bytes(struct client *c, struct str s)
{
	while (s.n) {
		ssize_t n = send(c->fd, s.p, s.n, MSG_NOSIGNAL);

		if (n <= 0)
			return false;
		s = str_from(s, (size_t)n);
	}
	return true;
}

static void
say(struct client *c, const char *text)
{
	assert_true(say_bytes(c, str_of(text)));
}

/* More bytes; false at the end. */
static bool
hear(struct client *c)
{
	struct pollfd wait = { c->fd, POLLIN, 0 };
	ssize_t n;

	if (poll(&wait, 1, PATIENCE_MS) != 1)
		fail_msg("the server says nothing");
	n = recv(c->fd, c->p + c->n, ANSWER_MAX - c->n, 0);
	if (n > 0)
		c->n += (size_t)n;
	return n > 0;
}

static size_t
body_length(struct str head)
{
	size_t at, end;
	int64_t length = 0;

	if (!str_find(head, S("\r\nContent-Length: "), &at))
		return 0;
	head = str_from(head, at + 18);
	assert_true(str_find(head, S("\r\n"), &end));
	assert_true(str_int(str_first(head, end), 0, ANSWER_MAX, &length));
	return (size_t)length;
}

/* The next answer; status 0: the connection ended first. */
static struct answer
answer(struct client *c, bool has_body)
{
	struct answer a = { 0 };
	size_t end, length;
	int64_t status;

	while (!str_find((struct str){ c->p, c->n }, S("\r\n\r\n"), &end))
		if (!hear(c))
			return a;
	a.head = (struct str){ c->p, end + 2 };
	length = has_body ? body_length(a.head) : 0;
	while (c->n < end + 4 + length)
		if (!hear(c))
			return a;
	assert_true(str_starts(a.head, S("HTTP/1.1 ")));
	assert_true(str_int(str_first(str_from(a.head, 9), 3), 100, 599, &status));
	a.status = (int)status;
	a.body = (struct str){ c->p + end + 4, length };
	a.length = end + 4 + length;
	return a;
}

static void
used(struct client *c, const struct answer *a)
{
	memmove(c->p, c->p + a->length, c->n - a->length);
	c->n -= a->length;
}

static void
expect(struct client *c, int status, const char *body)
{
	struct answer a = answer(c, true);

	if (a.status != status)
		fail_msg("%d instead of %d: %.*s", a.status, status, STR_FMT(a.body));
	if (body)
		assert_str(a.body, body);
	used(c, &a);
}

static bool
is_closed(struct client *c)
{
	while (hear(c))
		continue;
	return true;
}

#define GET(path) "GET " path " HTTP/1.1\r\nHost: x\r\n\r\n"

static void
once(const struct world *w, const char *request, int status, const char *body)
{
	struct client c = client(w);

	say(&c, request);
	expect(&c, status, body);
	hang_up(&c);
}

/* ---- the tests ---- */

static void
test_one_connection_serves_many_requests(void **state)
{
	struct world w;
	struct client c;

	(void)state;
	world_make(&w, (struct http_options){ 0 });
	c = client(&w);
	for (int i = 0; i < 50; i++) {
		say(&c, GET("/hello"));
		expect(&c, 200, "hello 127.0.0.1");
		say(&c, "POST /count HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc");
		expect(&c, 200, NULL);
	}
	say(&c, GET("/hello") GET("/nowhere") GET("/hello")); /* without waiting */
	expect(&c, 200, NULL);
	expect(&c, 404, NULL);
	expect(&c, 200, NULL);
	hang_up(&c);
	world_drop(&w);
}

static void
test_head_has_the_length_and_no_body(void **state)
{
	struct world w;
	struct client c;
	struct answer a;

	(void)state;
	world_make(&w, (struct http_options){ 0 });
	c = client(&w);
	say(&c, "HEAD /hello HTTP/1.1\r\nHost: x\r\n\r\n" GET("/hello"));
	a = answer(&c, false);
	assert_int_equal(a.status, 200);
	assert_int_equal(body_length(a.head), 15);
	used(&c, &a);
	expect(&c, 200, "hello 127.0.0.1");
	hang_up(&c);
	world_drop(&w);
}

static void
post(struct client *c, const char *path, const char *headers, size_t n)
{
	char *body = test_malloc(n + 1);
	char head[300];

	for (size_t i = 0; i < n; i++)
		body[i] = (char)(i * 7 + i / 251);
	snprintf(head, sizeof head, "POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: %zu\r\n%s\r\n",
		 path, n, headers);
	if (say_bytes(c, str_of(head)))
		(void)say_bytes(c, (struct str){ body, n });
	test_free(body);
}

/* What /count says of the body that post() sends. */
static void
expect_count(struct client *c, size_t n)
{
	char *body = test_malloc(n + 1), want[100];
	struct buf hex = buf_heap(100);
	struct hash hash;

	for (size_t i = 0; i < n; i++)
		body[i] = (char)(i * 7 + i / 251);
	hash = crypt_hash((struct str){ body, n });
	buf_hex(&hex, hash_str(&hash));
	snprintf(want, sizeof want, "%zu %.*s", n, STR_FMT(buf_done(&hex)));
	expect(c, 200, want);
	buf_fini(&hex);
	test_free(body);
}

static void
test_bodies_arrive_whole(void **state)
{
	static const size_t sizes[] = { 0, 1, 1000, 40000, HTTP_BODY_MAX };
	struct world w;
	struct client c;

	(void)state;
	world_make(&w, (struct http_options){ 0 });
	c = client(&w);
	for (size_t i = 0; i < countof(sizes); i++) {
		post(&c, "/count", "", sizes[i]);
		expect_count(&c, sizes[i]);
	}
	say(&c, "POST /count HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
		"3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n");
	{
		struct answer a = answer(&c, true);

		assert_int_equal(a.status, 200);
		assert_str(str_first(a.body, 2), "7 ");
		used(&c, &a);
	}
	hang_up(&c);
	world_drop(&w);
}

static void
test_large_uploads_go_through_a_file(void **state)
{
	static const size_t sizes[] = { HTTP_BODY_MAX + 1, 5 << 20, UPLOAD_MAX };
	struct world w;
	struct client c;

	(void)state;
	world_make(&w, (struct http_options){ 0 });
	c = client(&w);
	for (size_t i = 0; i < countof(sizes); i++) {
		post(&c, "/upload", "", sizes[i]);
		expect_count(&c, sizes[i]);
	}
	hang_up(&c);
	world_drop(&w);
}

static void
test_too_large_bodies_are_refused(void **state)
{
	struct world w;
	struct client c;

	(void)state;
	world_make(&w, (struct http_options){ 0 });
	c = client(&w);
	post(&c, "/count", "", HTTP_BODY_MAX + 1);
	expect(&c, 413, NULL);
	hang_up(&c);
	/* a gigabyte is not even waited for */
	c = client(&w);
	say(&c, "POST /count HTTP/1.1\r\nHost: x\r\nContent-Length: 1073741824\r\n\r\n");
	expect(&c, 413, NULL);
	assert_true(is_closed(&c));
	hang_up(&c);
	c = client(&w);
	say(&c, "POST /count HTTP/1.1\r\nHost: x\r\nContent-Length: 2000000\r\n"
		"Expect: 100-continue\r\n\r\n");
	expect(&c, 413, NULL);
	hang_up(&c);
	/* in pieces of unknown number */
	c = client(&w);
	say(&c, "POST /count HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
	for (int i = 0; i < 40; i++) {
		char piece[65536];

		memset(piece, 'x', sizeof piece);
		if (!say_bytes(&c, S("10000\r\n")) ||
		    !say_bytes(&c, (struct str){ piece, sizeof piece }) ||
		    !say_bytes(&c, S("\r\n")))
			break;
	}
	(void)say_bytes(&c, S("0\r\n\r\n"));
	expect(&c, 413, NULL);
	hang_up(&c);
	world_drop(&w);
}

static void
test_expect_continue_is_answered(void **state)
{
	struct world w;
	struct client c;

	(void)state;
	world_make(&w, (struct http_options){ 0 });
	c = client(&w);
	say(&c, "POST /count HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n"
		"Expect: 100-continue\r\n\r\n");
	expect(&c, 100, NULL);
	say(&c, "abc");
	expect(&c, 200, NULL);
	hang_up(&c);
	world_drop(&w);
}

/* Nobody fills the disk who would not be let in afterwards. */
static void
test_strangers_cannot_upload(void **state)
{
	struct world w;
	struct client c;

	(void)state;
	world_make(&w, (struct http_options){ 0 });
	c = client(&w);
	say(&c, "POST /secret HTTP/1.1\r\nHost: x\r\nContent-Length: 20000000\r\n\r\n");
	expect(&c, 401, NULL);
	assert_true(is_closed(&c));
	hang_up(&c);
	world_drop(&w);
}

static void
test_nonsense_is_survived(void **state)
{
	static const char *const lines[] = {
		"\r\n\r\n",
		"nonsense\r\n\r\n",
		"GET\r\n\r\n",
		"GET / HTTP/9.9\r\n\r\n",
		"GET /hello HTTP/1.1\r\n\r\n",
		"GET http://x/hello HTTP/1.1\r\nHost: x\r\n\r\n",
		"GET /hello HTTP/1.1\r\nHost: x\r\nBad Header\r\n\r\n",
		"POST /count HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
		"POST /count HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n",
		"POST /count HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
		"GET /%00 HTTP/1.1\r\nHost: x\r\n\r\n",
		"GET /hello?%zz HTTP/1.1\r\nHost: x\r\n\r\n",
		"FLY /hello HTTP/1.1\r\nHost: x\r\n\r\n",
	};
	struct world w;

	(void)state;
	world_make(&w, (struct http_options){ .idle_s = 1 });
	for (size_t i = 0; i < countof(lines); i++) {
		struct client c = client(&w);
		struct answer a;

		say(&c, lines[i]);
		shutdown(c.fd, SHUT_WR);
		a = answer(&c, true);
		if (a.status && (a.status < 400 || a.status > 505))
			fail_msg("%s: %d", lines[i], a.status);
		hang_up(&c);
	}
	once(&w, GET("/hello"), 200, NULL);
	world_drop(&w);
}

static void
test_long_addresses_and_headers_are_refused(void **state)
{
	static const size_t sizes[] = { 9000, 20000, 100000 };
	struct world w;

	(void)state;
	world_make(&w, (struct http_options){ 0 });
	for (size_t i = 0; i < countof(sizes); i++)
		for (int in_header = 0; in_header < 2; in_header++) {
			struct client c = client(&w);
			struct answer a;

			say(&c,
			    in_header ? "GET /hello HTTP/1.1\r\nHost: x\r\nX-A: " : "GET /hello?");
			for (size_t n = 0; n < sizes[i] && say_bytes(&c, S("aaaaaaaaaa")); n += 10)
				continue;
			(void)say_bytes(&c, in_header ? S("\r\n\r\n")
						      : S(" HTTP/1.1\r\nHost: x\r\n\r\n"));
			a = answer(&c, true);
			if (a.status == 200 ? !in_header || sizes[i] > 20000
					    : a.status && (a.status < 400 || a.status > 431))
				fail_msg("%zu: %d", sizes[i], a.status);
			hang_up(&c);
		}
	once(&w, GET("/hello"), 200, NULL);
	world_drop(&w);
}

/* One thread answers reads; what takes long runs elsewhere. */
static void
test_nobody_waits_behind_a_slow_request(void **state)
{
	struct world w;
	struct client slow;

	(void)state;
	world_make(&w, (struct http_options){ .threads = 1 });
	slow = client(&w);
	say(&slow, GET("/wait"));
	assert_true(gate_enter(w.begun, &env_real, PATIENCE_MS));
	for (int i = 0; i < 20; i++)
		once(&w, GET("/hello"), 200, NULL);
	gate_leave(w.go_on);
	expect(&slow, 200, "done");
	hang_up(&slow);
	world_drop(&w);
}

static void
test_clients_that_leave_are_forgotten(void **state)
{
	struct world w;

	(void)state;
	world_make(&w, (struct http_options){ .connections = 200, .threads = 1 });
	for (int i = 0; i < 60; i++) {
		struct client c = client(&w);

		if (i % 4 == 0)
			say(&c, "GET /hel");
		else if (i % 4 == 1)
			say(&c, "POST /count HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc");
		else if (i % 4 == 2)
			say(&c, GET("/large") GET("/large") GET("/large"));
		hang_up(&c);
	}
	once(&w, GET("/hello"), 200, NULL);
	world_drop(&w); /* would not end if a request were still counted */
}

static void
test_a_silent_connection_is_closed(void **state)
{
	struct world w;
	struct client c;

	(void)state;
	world_make(&w, (struct http_options){ .idle_s = 1 });
	c = client(&w);
	say(&c, "GET /hello HTTP/1.1\r\nHost");
	assert_true(is_closed(&c));
	hang_up(&c);
	world_drop(&w);
}

static void
test_how_long_a_connection_may_be_used_again_is_said(void **state)
{
	struct world w;
	struct client c;
	struct answer a;
	size_t at;

	(void)state;
	world_make(&w, (struct http_options){ .idle_s = 30 });
	c = client(&w);
	say(&c, GET("/hello"));
	a = answer(&c, true);
	assert_true(str_find(a.head, S("Keep-Alive: timeout=20\r\n"), &at));
	used(&c, &a);
	hang_up(&c);
	world_drop(&w);
}

static void
test_files_are_sent(void **state)
{
	struct world w;
	struct client c;
	struct answer a;

	(void)state;
	world_make(&w, (struct http_options){ 0 });
	c = client(&w);
	for (int i = 0; i < 3; i++) {
		size_t at;

		say(&c, GET("/file"));
		a = answer(&c, true);
		assert_int_equal(a.status, 200);
		assert_true(str_find(a.head, S("Content-Type: text/csv; charset=utf-8"), &at));
		assert_str(a.body, "a;b\n1;2\n");
		used(&c, &a);
	}
	hang_up(&c);
	world_drop(&w);
}

static void
test_proxies_are_believed(void **state)
{
	static const char request[] = "GET /hello HTTP/1.1\r\nHost: x\r\n"
				      "X-Forwarded-For: 6.6.6.6, 192.0.2.7\r\n"
				      "X-Forwarded-Proto: https\r\n\r\n";
	struct world w;
	struct client c;
	struct answer a;
	size_t at;

	(void)state;
	world_make(&w, (struct http_options){ .proxies = S_INIT("127.0.0.1") });
	c = client(&w);
	say(&c, request);
	a = answer(&c, true);
	assert_str(a.body, "hello 192.0.2.7");
	assert_true(str_find(a.head, S("Strict-Transport-Security"), &at));
	hang_up(&c);
	world_drop(&w);
	world_make(&w, (struct http_options){ 0 });
	once(&w, request, 200, "hello 127.0.0.1");
	world_drop(&w);
}

/* ---- many at once ---- */

struct load {
	const struct world *w;
	char token[64];
	_Atomic int failed;
};

static void *
load_run(void *state)
{
	struct load *load = state;
	struct client c = client(load->w);
	char request[300];

	for (int i = 0; i < CALLS; i++) {
		struct answer a;

		snprintf(request, sizeof request,
			 "POST /note HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n"
			 "Content-Length: 4\r\n\r\nnote",
			 load->token);
		say(&c, request);
		a = answer(&c, true);
		load->failed += a.status != 201;
		used(&c, &a);
		say(&c, GET("/hello"));
		a = answer(&c, true);
		load->failed += a.status != 200;
		used(&c, &a);
	}
	hang_up(&c);
	return NULL;
}

static void
test_many_clients_at_once_lose_nothing(void **state)
{
	struct world w;
	struct load load = { .w = &w };
	pthread_t threads[CLIENTS];
	char request[300], want[20];
	struct str token;

	(void)state;
	world_make(&w, (struct http_options){ 0 });
	assert_true(db_begin_write(w.cx));
	assert_true(token_create(w.cx, 2, S("load"), S("write"), 0, &token));
	assert_true(db_commit(w.cx));
	snprintf(load.token, sizeof load.token, "%.*s", STR_FMT(token));
	for (size_t i = 0; i < CLIENTS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, load_run, &load), 0);
	for (size_t i = 0; i < CLIENTS; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(load.failed, 0);
	snprintf(request, sizeof request,
		 "GET /note HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n\r\n", load.token);
	snprintf(want, sizeof want, "%d", CLIENTS * CALLS);
	once(&w, request, 200, want);
	world_drop(&w);
}

/* ---- starting and stopping ---- */

static void *
stop_run(void *state)
{
	struct world *w = state;

	return http_stop(&w->http) ? w : NULL;
}

static void
test_stopping_lets_a_request_finish(void **state)
{
	struct world w;
	struct client c;
	struct answer a;
	pthread_t stopper;
	void *stopped = NULL;
	int port, fd;
	size_t at;

	(void)state;
	world_make(&w, (struct http_options){ 0 });
	port = http_port(w.http);
	c = client(&w);
	say(&c, GET("/wait"));
	assert_true(gate_enter(w.begun, &env_real, PATIENCE_MS));
	assert_int_equal(pthread_create(&stopper, NULL, stop_run, &w), 0);
	while ((fd = connect_to(port)) >= 0) /* until nobody is let in any more */
		close(fd);
	gate_leave(w.go_on);
	a = answer(&c, true);
	assert_int_equal(a.status, 200);
	assert_str(a.body, "done");
	assert_true(str_find(a.head, S("Connection: close"), &at));
	pthread_join(stopper, &stopped);
	assert_non_null(stopped);
	hang_up(&c);
	world_drop(&w);
}

static void
test_stopping_does_not_wait_for_ever(void **state)
{
	struct world w;
	struct client c;

	(void)state;
	world_make(&w, (struct http_options){ .stop_s = 1 });
	c = client(&w);
	say(&c, GET("/wait"));
	assert_true(gate_enter(w.begun, &env_real, PATIENCE_MS));
	assert_false(http_stop(&w.http));
	gate_leave(w.go_on);
	expect(&c, 200, "done");
	hang_up(&c);
	world_drop(&w);
}

static void
test_it_listens_where_it_is_told(void **state)
{
	struct world w;
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	char listen[sizeof address.sun_path + 10];
	struct client c;
	int fd;

	(void)state;
	world_make(&w, (struct http_options){ .listen = S_INIT("[::1]:0") });
	assert_true(http_port(w.http) > 0);
	world_drop(&w);
	snprintf(address.sun_path, sizeof address.sun_path, "/tmp/kontor-test-%d.sock",
		 (int)getpid());
	snprintf(listen, sizeof listen, "unix:%s", address.sun_path);
	for (int i = 0; i < 2; i++) { /* the second finds the socket that the first left */
		world_make(&w, (struct http_options){ .listen = { listen, strlen(listen) } });
		fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
		assert_int_equal(connect(fd, (const struct sockaddr *)&address, sizeof address), 0);
		c = client_of(fd);
		say(&c, GET("/hello"));
		expect(&c, 200, "hello unix");
		hang_up(&c);
		world_drop(&w);
	}
	unlink(address.sun_path);
}

static void
test_a_socket_may_be_handed_in(void **state)
{
	struct cx *cx = cx_new(&env_real, CX_MEM_DEFAULT);
	struct world w;
	int fd;

	(void)state;
	assert_true(listen_open(cx, S("127.0.0.1:0"), &fd));
	world_make(&w, (struct http_options){ .socket_fd = fd });
	once(&w, GET("/hello"), 200, NULL);
	world_drop(&w);
	cx_free(&cx);
}

static void
test_bad_places_to_listen_are_named(void **state)
{
	static const struct {
		const char *where;
		enum err_code want;
	} cases[] = {
		{ "nonsense", E_INPUT },
		{ "127.0.0.1", E_INPUT },
		{ "127.0.0.1:", E_INPUT },
		{ "127.0.0.1:99999999", E_INPUT },
		{ ":80", E_INPUT },
		{ "192.0.2.1:0", E_IO },
		{ "unix:", E_INPUT },
		{ "unix:/nowhere/at/all", E_IO },
		{ "unix:/proc/self/maps", E_IO },
	};
	struct world w;
	char taken[40];
	size_t at;
	int fd;

	(void)state;
	world_make(&w, (struct http_options){ 0 });
	for (size_t i = 0; i < countof(cases); i++) {
		cx_reset(w.cx);
		if (listen_open(w.cx, str_of(cases[i].where), &fd))
			fail_msg("%s", cases[i].where);
		if (w.cx->err.code != cases[i].want)
			fail_msg("%s: %.*s", cases[i].where, STR_FMT(w.cx->err.why));
	}
	snprintf(taken, sizeof taken, "127.0.0.1:%d", http_port(w.http));
	cx_reset(w.cx);
	assert_false(listen_open(w.cx, str_of(taken), &fd));
	assert_true(str_find(w.cx->err.why, str_of(taken), &at));
	assert_true(str_find(w.cx->err.why, S("give another with --listen"), &at));
	world_drop(&w);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_connection_serves_many_requests),
		cmocka_unit_test(test_head_has_the_length_and_no_body),
		cmocka_unit_test(test_bodies_arrive_whole),
		cmocka_unit_test(test_large_uploads_go_through_a_file),
		cmocka_unit_test(test_too_large_bodies_are_refused),
		cmocka_unit_test(test_expect_continue_is_answered),
		cmocka_unit_test(test_strangers_cannot_upload),
		cmocka_unit_test(test_nonsense_is_survived),
		cmocka_unit_test(test_long_addresses_and_headers_are_refused),
		cmocka_unit_test(test_nobody_waits_behind_a_slow_request),
		cmocka_unit_test(test_clients_that_leave_are_forgotten),
		cmocka_unit_test(test_a_silent_connection_is_closed),
		cmocka_unit_test(test_how_long_a_connection_may_be_used_again_is_said),
		cmocka_unit_test(test_files_are_sent),
		cmocka_unit_test(test_proxies_are_believed),
		cmocka_unit_test(test_many_clients_at_once_lose_nothing),
		cmocka_unit_test(test_stopping_lets_a_request_finish),
		cmocka_unit_test(test_stopping_does_not_wait_for_ever),
		cmocka_unit_test(test_it_listens_where_it_is_told),
		cmocka_unit_test(test_a_socket_may_be_handed_in),
		cmocka_unit_test(test_bad_places_to_listen_are_named),
	};

	return cmocka_run_group_tests_name("http/serve", tests, NULL, NULL);
}
