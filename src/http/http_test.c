#include "http/test.h"

#include "http/idempotency.h"

/* ---- the pages of the tests ---- */

static bool
get_hello(struct cx *cx, struct request *q, struct reply *r)
{
	(void)q;
	r->type = TYPE_TEXT;
	buf_printf(&r->body, "hello %s", cx->actor ? "you" : "stranger");
	return true;
}

static bool
get_echo(struct cx *cx, struct request *q, struct reply *r)
{
	int64_t id, limit;
	struct request_range range = { 1, 100, 50 };

	if (!request_param_int(cx, q, "id", &id) ||
	    !request_query_int(cx, q, "limit", range, &limit))
		return false;
	r->type = TYPE_TEXT;
	buf_printf(&r->body, "%lld %lld %.*s %d", (long long)id, (long long)limit,
		   STR_FMT(request_query(q, "where")), (int)cx->lang);
	return true;
}

static bool
get_failure(struct cx *cx, struct request *q, struct reply *r)
{
	struct str code = request_query(q, "code");
	int64_t number = 0;

	BUF_LIT(&r->body, "this must not be seen");
	reply_header(cx, r, "X-Half-Done", S("1"));
	fail_field(cx, S("city"), "required", "A city is \"needed\"");
	if (str_int(code, 0, E__MAX - 1, &number) && number) {
		fail_clear(cx);
		return fail(cx, (enum err_code)number, "secret detail");
	}
	return false;
}

static bool
get_hungry(struct cx *cx, struct request *q, struct reply *r)
{
	(void)q;
	for (int i = 0; i < 100000; i++)
		memset(arena_alloc(cx->mem, 1 << 20), 1, 1 << 20);
	BUF_LIT(&r->body, "a hundred gigabytes");
	return true;
}

static bool
get_liar(struct cx *cx, struct request *q, struct reply *r)
{
	(void)cx;
	(void)q;
	(void)r;
	return false;
}

static bool
get_large(struct cx *cx, struct request *q, struct reply *r)
{
	(void)cx;
	(void)q;
	r->type = TYPE_JSON;
	for (int i = 0; i < 10000; i++)
		BUF_LIT(&r->body, "all work and no play ");
	return true;
}

static bool
note_insert(struct cx *cx, struct str text)
{
	struct stmt *stmt = db_sql(cx, "INSERT INTO note (text) VALUES (?1)");

	if (!stmt)
		return false;
	db_bind_str(stmt, 1, text);
	return db_run(cx, stmt);
}

static bool
post_note(struct cx *cx, struct request *q, struct reply *r)
{
	bool replay = false;

	if (!db_begin_write(cx) || !idempotency_begin(cx, q, r, &replay))
		return false;
	if (replay)
		return db_commit(cx);
	if (!note_insert(cx, q->body))
		return false;
	if (str_eq_z(q->body, "bad"))
		return fail_field(cx, S("text"), "option", "This is bad");
	if (str_eq_z(q->body, "open"))
		return true;
	r->status = 201;
	r->type = TYPE_JSON;
	reply_header(cx, r, "Location", S("/api/note/1"));
	buf_json(&r->body, q->body);
	return idempotency_finish(cx, q, r) && db_commit(cx);
}

static bool
count_notes(struct cx *cx, int64_t *out)
{
	struct stmt *stmt = db_sql(cx, "SELECT count(*) FROM note");
	bool row = false;

	if (!stmt || !db_step(cx, stmt, &row) || !row)
		return false;
	*out = db_col_int(stmt, 0);
	db_done(stmt);
	return true;
}

static bool
get_notes(struct cx *cx, struct request *q, struct reply *r)
{
	int64_t n;

	(void)q;
	r->type = TYPE_TEXT;
	if (!count_notes(cx, &n))
		return false;
	buf_int(&r->body, n);
	return true;
}

/* clang-format off */
static const struct route ROUTES[] = {
	{ V_GET,    "/hello",              NEED_PUBLIC,    NULL,    get_hello },
	{ V_GET,    "/echo/{id}",          NEED_PUBLIC,    NULL,    get_echo },
	{ V_GET,    "/failure",            NEED_PUBLIC,    NULL,    get_failure },
	{ V_GET,    "/api/failure",        NEED_PUBLIC,    NULL,    get_failure },
	{ V_GET,    "/hungry",             NEED_PUBLIC,    NULL,    get_hungry },
	{ V_GET,    "/liar",               NEED_PUBLIC,    NULL,    get_liar },
	{ V_GET,    "/large",              NEED_PUBLIC,    NULL,    get_large },
	{ V_GET,    "/me",                 NEED_SIGNED_IN, NULL,    get_hello },
	{ V_GET,    "/api/note",           NEED_READ,      "note",  get_notes },
	{ V_POST,   "/api/note",           NEED_EDIT,      "note",  post_note },
	{ V_GET,    "/api/v1/{object}",    NEED_READ,      NULL,    get_hello },
	{ V_POST,   "/api/v1/{object}",    NEED_EDIT,      NULL,    get_hello },
	{ V_DELETE, "/api/v1/{object}",    NEED_EDIT,      NULL,    get_hello },
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

/* ---- requests and replies ---- */

static void
requests_are_read(struct test_http *t)
{
	get(t, "/echo/7?limit=3&where=a%20%3D%20%22b%22", 200);
	assert_str(BODY(t), "7 3 a = \"b\" 0");
	get(t, "/echo/7", 200);
	assert_str(BODY(t), "7 50  0");
	get(t, "/echo/x", 404);
	get(t, "/echo/0", 404);
	get(t, "/echo/99999999999999999999", 404);
	get(t, "/echo/7?limit=101", 422);
	assert_has(BODY(t), "\"field\":\"limit\",\"code\":\"range\"");
	get(t, "/echo/7?limit=%", 400);
	get(t, "/echo/7?limit=%ff", 400);
	get(t, "/echo/../hello", 400);
	test_begin(t);
	test_header(t, "Accept-Language", S("de-DE,de;q=0.9"));
	test_call(t, V_GET, "/echo/7");
	assert_str(BODY(t), "7 50  1");
}

static void
unknown_addresses_and_verbs(struct test_http *t)
{
	get(t, "/nowhere", 404);
	assert_str(t->r.type, "application/problem+json");
	test_begin(t);
	assert_int_equal(test_call(t, V_DELETE, "/hello"), 405);
	assert_str(test_reply_header(t, "Allow"), "GET, HEAD, OPTIONS");
	test_begin(t);
	assert_int_equal(test_call(t, 0, "/hello"), 405);
	test_begin(t);
	assert_int_equal(test_call(t, V_OPTIONS, "/api/v1/party"), 204);
	assert_str(test_reply_header(t, "Allow"), "GET, HEAD, POST, DELETE, OPTIONS");
	test_begin(t);
	assert_int_equal(test_call(t, V_OPTIONS, "/nowhere"), 404);
}

static void
addresses_that_are_too_long(struct test_http *t)
{
	char target[HTTP_TARGET_MAX + 10];

	memset(target, 'a', sizeof target);
	memcpy(target, "/hello?", 7);
	target[HTTP_TARGET_MAX] = '\0';
	get(t, target, 200);
	target[HTTP_TARGET_MAX] = 'a';
	target[HTTP_TARGET_MAX + 1] = '\0';
	get(t, target, 413);
}

static void
too_many_headers(struct test_http *t)
{
	test_begin(t);
	for (int i = 0; i <= HTTP_HEADERS_MAX; i++)
		test_header(t, "X-A", S("1"));
	assert_int_equal(test_call(t, V_GET, "/hello"), 400);
}

static void
problems_tell_what_is_wrong(struct test_http *t)
{
	get(t, "/api/failure", 422);
	assert_str(t->r.type, "application/problem+json");
	assert_has(BODY(t), "{\"type\":\"/problems/input\",\"title\":");
	assert_has(BODY(t), ",\"status\":422,\"instance\":\"");
	assert_has(BODY(t), "\"errors\":[{\"field\":\"city\",\"code\":\"required\",\"detail\":"
			    "\"A city is \\\"needed\\\"\"}]}");
	assert_str(test_reply_header(t, "X-Half-Done"), "");
	assert_int_equal(test_reply_header(t, "X-Request-Id").n, 16);
}

static void
inner_failures_stay_inside(struct test_http *t)
{
	static const enum err_code inner[] = { E_BUG, E_DB, E_IO };
	char target[40];
	size_t at;

	for (size_t i = 0; i < countof(inner); i++) {
		snprintf(target, sizeof target, "/api/failure?code=%d", (int)inner[i]);
		get(t, target, err_row(inner[i])->status);
		assert_false(str_find(BODY(t), S("secret detail"), &at));
	}
	snprintf(target, sizeof target, "/api/failure?code=%d", (int)E_CONFLICT);
	get(t, target, 409);
	assert_has(BODY(t), "\"detail\":\"secret detail\"");
	get(t, "/liar", 500);
}

static void
a_request_that_eats_memory_is_stopped(struct test_http *t)
{
	get(t, "/hungry", 413);
	assert_has(BODY(t), "more memory");
	get(t, "/hello", 200);
}

static void
page_problem(struct cx *cx, struct request *q, struct reply *r)
{
	(void)q;
	r->type = TYPE_HTML;
	buf_printf(&r->body, "<h1>%s</h1>", err_row(cx->err.code)->key);
}

static void
people_get_a_page_and_programs_a_problem(struct test_http *t)
{
	t->http->options.problem_page = page_problem;
	test_begin(t);
	test_header(t, "Accept", S("text/html,application/xhtml+xml,*/*;q=0.8"));
	test_call(t, V_GET, "/nowhere");
	assert_str(BODY(t), "<h1>missing</h1>");
	assert_int_equal(t->r.status, 404);
	test_begin(t);
	test_header(t, "Accept", S("text/html,*/*;q=0.8"));
	test_call(t, V_GET, "/api/nowhere");
	assert_str(t->r.type, "application/problem+json");
	test_begin(t);
	test_header(t, "Accept", S("application/json"));
	test_call(t, V_GET, "/nowhere");
	assert_str(t->r.type, "application/problem+json");
}

static void
every_reply_is_protected(struct test_http *t)
{
	static const char *const targets[] = { "/hello", "/nowhere", "/me", "/hungry" };
	static const char *const names[] = {
		"Content-Security-Policy",
		"X-Content-Type-Options",
		"Referrer-Policy",
		"Cross-Origin-Opener-Policy",
		"Cross-Origin-Resource-Policy",
		"Permissions-Policy",
		"Cache-Control",
	};

	for (size_t i = 0; i < countof(targets); i++) {
		test_begin(t);
		test_call(t, V_GET, targets[i]);
		for (size_t k = 0; k < countof(names); k++)
			if (!test_reply_header(t, names[k]).n)
				fail_msg("%s lacks %s", targets[i], names[k]);
		assert_str(test_reply_header(t, "Cache-Control"), "no-store");
		assert_str(test_reply_header(t, "Strict-Transport-Security"), "");
	}
	test_begin(t);
	t->q.is_https = true;
	test_call(t, V_GET, "/hello");
	assert_str(test_reply_header(t, "Strict-Transport-Security"), "max-age=31536000");
	assert_has(test_reply_header(t, "Content-Security-Policy"), "default-src 'none'");
	assert_has(test_reply_header(t, "Content-Security-Policy"),
		   "require-trusted-types-for 'script'");
}

static void
headers_cannot_be_split(struct test_http *t)
{
	get(t, "/hello", 200);
	reply_header(t->cx, &t->r, "X-A", S("a\r\nX-B: b"));
	assert_str(test_reply_header(t, "X-A"), "");
	reply_attachment(t->cx, &t->r, S("M\xc3\xbcller \"x\"\n.csv"));
	assert_str(test_reply_header(t, "Content-Disposition"),
		   "attachment; filename=\"M__ller _x__.csv\"; "
		   "filename*=UTF-8''M%C3%BCller%20%22x%22%0A.csv");
}

static void
large_texts_are_compressed_when_wanted(struct test_http *t)
{
	get(t, "/large", 200);
	assert_int_equal(BODY(t).n, 210000);
	assert_str(test_reply_header(t, "Vary"), "Accept-Encoding");
	for (int i = 0; i < 3; i++) {
		test_begin(t);
		test_header(t, "Accept-Encoding", S("br, gzip"));
		assert_int_equal(test_call(t, V_GET, "/large"), 200);
		assert_str(test_reply_header(t, "Content-Encoding"), "gzip");
		assert_in_range(BODY(t).n, 100, 20000);
		assert_memory_equal(BODY(t).p, "\x1f\x8b", 2);
	}
	test_begin(t);
	test_header(t, "Accept-Encoding", S("gzip"));
	test_call(t, V_GET, "/hello");
	assert_str(test_reply_header(t, "Content-Encoding"), "");
}

/* ---- rates ---- */

static void
requests_are_limited(struct test_http *t)
{
	char one[64], two[64];

	token_for(t, 2, "read", one);
	token_for(t, 2, "read", two);
	for (int i = 0; i < 5; i++)
		get_as(t, one, "/me", 200);
	get_as(t, one, "/me", 429);
	assert_str(test_reply_header(t, "Retry-After"), "1");
	assert_has(BODY(t), "/problems/limit");
	get_as(t, two, "/me", 200);
	t->fake.now += 1000;
	get_as(t, one, "/me", 200);
	for (int i = 0; i < 3; i++)
		get(t, "/hello", 200);
	get(t, "/hello", 429);
	get_as(t, "kt_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "/me", 429);
	get(t, "/healthz", 200);
}

/* ---- units of work ---- */

static void
post_as(struct test_http *t, const char *token, const char *key, const char *body)
{
	test_begin(t);
	test_header(t, "Authorization", str_printf(t->cx->mem, "Bearer %s", token));
	if (key)
		test_header(t, "Idempotency-Key", str_of(key));
	t->q.body = str_of(body);
	test_call(t, V_POST, "/api/note");
}

static void
a_failed_unit_leaves_nothing(struct test_http *t)
{
	char token[64];

	token_for(t, 2, "write", token);
	post_as(t, token, NULL, "good");
	assert_status(t, 201);
	post_as(t, token, NULL, "bad");
	assert_status(t, 422);
	post_as(t, token, NULL, "open"); /* forgot to commit */
	assert_status(t, 500);
	get_as(t, token, "/api/note", 200);
	assert_str(BODY(t), "1");
}

static void
the_same_key_is_done_once(struct test_http *t)
{
	char token[64], other[64];

	token_for(t, 2, "write", token);
	token_for(t, 2, "write", other);
	post_as(t, token, "k1", "a");
	assert_status(t, 201);
	for (int i = 0; i < 3; i++) {
		post_as(t, token, "k1", "a");
		assert_status(t, 201);
		assert_str(BODY(t), "\"a\"");
		assert_str(t->r.type, "application/json");
		assert_str(test_reply_header(t, "Location"), "/api/note/1");
		assert_str(test_reply_header(t, "Idempotency-Replayed"), "true");
	}
	post_as(t, token, "k1", "b");
	assert_status(t, 422);
	post_as(t, token, "k2", "a");
	assert_status(t, 201);
	post_as(t, other, "k1", "a"); /* keys are each caller's own */
	assert_status(t, 201);
	get_as(t, token, "/api/note", 200);
	assert_str(BODY(t), "3");
	t->fake.now += (int64_t)24 * 3600000 + 1;
	post_as(t, token, "k1", "b");
	assert_status(t, 201);
	get_as(t, token, "/api/note", 200);
	assert_str(BODY(t), "4");
}

static void
a_failed_call_may_be_repeated_with_its_key(struct test_http *t)
{
	char token[64];

	token_for(t, 2, "write", token);
	post_as(t, token, "k1", "bad");
	assert_status(t, 422);
	post_as(t, token, "k1", "good");
	assert_status(t, 201);
}

static void
a_key_that_is_worked_on_is_a_conflict(struct test_http *t)
{
	struct request other = { 0 };
	char token[64];
	bool replay;

	token_for(t, 2, "write", token);
	post_as(t, token, "k1", "a");
	assert_status(t, 201);
	/* as if another thread were at it: the same caller, the same key */
	other = t->q;
	other.running = 0;
	assert_true(db_begin_write(t->cx));
	assert_true(idempotency_begin(t->cx, &other, &t->r, &replay));
	assert_true(replay);
	db_rollback(t->cx);
	post_as(t, token, "k1", "a");
	assert_status(t, 409);
	assert_str(test_reply_header(t, "Retry-After"), "1");
	idempotency_release(t->http, &other);
	post_as(t, token, "k1", "a");
	assert_status(t, 201);
}

static void
senseless_keys_are_refused(struct test_http *t)
{
	char token[64], key[IDEMPOTENCY_KEY_MAX + 2];

	memset(key, 'a', sizeof key);
	key[sizeof key - 1] = '\0';
	token_for(t, 2, "write", token);
	post_as(t, token, key, "a");
	assert_status(t, 400);
	post_as(t, token, "a b", "a");
	assert_status(t, 400);
	key[IDEMPOTENCY_KEY_MAX] = '\0';
	post_as(t, token, key, "a");
	assert_status(t, 201);
}

/* ---- operators ---- */

static void
operators_see_figures_and_nobody_else(struct test_http *t)
{
	get(t, "/healthz", 200);
	get(t, "/readyz", 200);
	get(t, "/metrics", 404);
	test_begin(t);
	t->q.address = S("127.0.0.1");
	test_call(t, V_GET, "/metrics");
	assert_status(t, 200);
	assert_has(t->r.type, "application/openmetrics-text");
	assert_has(BODY(t), "# TYPE kontor_http_requests counter\n");
	assert_has(BODY(t), ",status=\"404\"} 1\n");
	assert_has(BODY(t), "kontor_http_request_seconds_count");
	assert_has(BODY(t), "kontor_db_statements_total ");
	assert_has(BODY(t), "process_private_memory_bytes ");
	assert_true(str_ends(BODY(t), S("\n# EOF\n")));
}

/* ---- settings ---- */

static void
senseless_settings_are_refused(struct test_http *t)
{
	static const struct http_options wrong[] = {
		{ .threads = -1 },
		{ .connections = 1000000 },
		{ .idle_s = -5 },
		{ .proxies = S_INIT("10.0.0.0/64") },
		{ .operators = S_INIT("everybody") },
		{ .public_url = S_INIT("crm.example.com") },
		{ .public_url = S_INIT("https://") },
		{ .password_checks = -1 },
	};
	struct http *http = NULL;

	for (size_t i = 0; i < countof(wrong); i++) {
		cx_reset(t->cx);
		if (http_new(t->cx, &wrong[i], &http))
			fail_msg("case %zu", i);
		assert_int_equal(t->cx->err.code, E_INPUT);
		assert_has(t->cx->err.why, "http.");
	}
}

/* clang-format off */
static const struct http_case CASES[] = {
	CASE(requests_are_read),
	CASE(unknown_addresses_and_verbs),
	CASE(addresses_that_are_too_long),
	CASE(too_many_headers),
	CASE(problems_tell_what_is_wrong),
	CASE(inner_failures_stay_inside),
	CASE(a_request_that_eats_memory_is_stopped),
	CASE(people_get_a_page_and_programs_a_problem),
	CASE(every_reply_is_protected),
	CASE(headers_cannot_be_split),
	CASE(large_texts_are_compressed_when_wanted),
	{ "requests_are_limited", requests_are_limited, { .rate_per_minute = 60, .rate_burst = 5, .rate_public_per_minute = 60, .rate_public_burst = 3 } },
	CASE(a_failed_unit_leaves_nothing),
	CASE(the_same_key_is_done_once),
	CASE(a_failed_call_may_be_repeated_with_its_key),
	CASE(a_key_that_is_worked_on_is_a_conflict),
	CASE(senseless_keys_are_refused),
	CASE(operators_see_figures_and_nobody_else),
	CASE(senseless_settings_are_refused),
};
/* clang-format on */

int
main(void)
{
	return http_cases_run("http", &FEATURE, CASES, countof(CASES));
}
