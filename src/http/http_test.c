#include "http/test.h"

#include "base/feature.h"
#include "http/idempotency.h"

/* One table of cases, run on both engines. */

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
get_csrf(struct cx *cx, struct request *q, struct reply *r)
{
	r->type = TYPE_TEXT;
	buf_str(&r->body, request_csrf(cx, q, r));
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

static bool
post_sign_in(struct cx *cx, struct request *q, struct reply *r)
{
	struct form form;
	struct str name;

	if (!request_form(cx, q, &form))
		return false;
	name = form_value(&form, "name");
	if (!login_check(cx, q, name, str_eq_z(name, "anna") ? 2 : 0,
			 form_value(&form, "password")) ||
	    !session_begin(cx, q, r, 2))
		return false;
	reply_redirect(cx, r, S("/"));
	return true;
}

static bool
post_sign_out(struct cx *cx, struct request *q, struct reply *r)
{
	return session_end(cx, q, r);
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

/* clang-format off */
static const struct route ROUTES[] = {
	{ V_GET,    "/hello",              NEED_PUBLIC,    NULL,    get_hello },
	{ V_GET,    "/echo/{id}",          NEED_PUBLIC,    NULL,    get_echo },
	{ V_GET,    "/failure",            NEED_PUBLIC,    NULL,    get_failure },
	{ V_GET,    "/api/failure",        NEED_PUBLIC,    NULL,    get_failure },
	{ V_GET,    "/hungry",             NEED_PUBLIC,    NULL,    get_hungry },
	{ V_GET,    "/liar",               NEED_PUBLIC,    NULL,    get_liar },
	{ V_GET,    "/large",              NEED_PUBLIC,    NULL,    get_large },
	{ V_GET,    "/form",               NEED_PUBLIC,    NULL,    get_csrf },
	{ V_POST,   "/sign-in",            NEED_PUBLIC,    NULL,    post_sign_in, .csrf = true, .slow = true },
	{ V_POST,   "/sign-out",           NEED_SIGNED_IN, NULL,    post_sign_out },
	{ V_GET,    "/me",                 NEED_SIGNED_IN, NULL,    get_hello },
	{ V_GET,    "/admin",              NEED_ADMIN,     NULL,    get_hello },
	{ V_GET,    "/api/note",           NEED_READ,      "note",  get_notes },
	{ V_POST,   "/api/note",           NEED_EDIT,      "note",  post_note },
	{ V_GET,    "/api/v1/{object}",    NEED_READ,      NULL,    get_hello },
	{ V_POST,   "/api/v1/{object}",    NEED_EDIT,      NULL,    get_hello },
	{ V_DELETE, "/api/v1/{object}",    NEED_EDIT,      NULL,    get_hello },
	{ 0 }
};
/* clang-format on */

static bool
made(struct test_http *t, enum test_engine engine, struct http_options options)
{
	const struct route *lists[] = { ROUTES, feature_http.routes };
	struct str sql;

	options.routes = lists;
	options.n_routes = countof(lists);
	if (!test_http_make(t, engine, options))
		return false;
	sql = str_printf(t->cx->mem, "CREATE TABLE note (id %s, text %s)%s",
			 db_dialect(t->cx->db)->primary_key,
			 db_dialect(t->cx->db)->types[STORE_TEXT],
			 db_dialect(t->cx->db)->table_suffix);
	assert_true(db_begin_write(t->cx));
	assert_true(db_ddl(t->cx, sql));
	assert_true(db_commit(t->cx));
	return true;
}

/* ---- helpers ---- */

#define BODY(t) buf_done(&(t)->r.body)

static void
assert_status(struct test_http *t, int want)
{
	if (t->r.status != want)
		fail_msg("%.*s: %d instead of %d: %.*s", STR_FMT(t->q.target), t->r.status, want,
			 STR_FMT(BODY(t)));
}

static void
assert_has(struct str text, const char *part)
{
	size_t at;

	if (!str_find(text, str_of(part), &at))
		fail_msg("\"%s\" is not in: %.*s", part, STR_FMT(text));
}

static void
get(struct test_http *t, const char *target, int want)
{
	test_begin(t);
	test_call(t, V_GET, target);
	assert_status(t, want);
}

static void
get_as(struct test_http *t, const char *bearer, const char *target, int want)
{
	test_begin(t);
	test_header(t, "Authorization", str_printf(t->cx->mem, "Bearer %s", bearer));
	test_call(t, V_GET, target);
	assert_status(t, want);
}

/* A new token of the user, outside of the arena. */
static void
token_for(struct test_http *t, int64_t user, const char *scopes, char *out)
{
	struct str text;

	cx_reset(t->cx);
	assert_true(db_begin_write(t->cx));
	assert_true(token_create(t->cx, user, S("test"), str_of(scopes), 0, &text));
	assert_true(db_commit(t->cx));
	snprintf(out, 64, "%.*s", STR_FMT(text));
}

static void
password_for(struct test_http *t, int64_t user, const char *password)
{
	cx_reset(t->cx);
	assert_true(db_begin_write(t->cx));
	assert_true(login_set_password(t->cx, user, str_of(password), PASSWORD_COST_TEST));
	assert_true(db_commit(t->cx));
}

struct browser {
	char session[80], form[80], token[80];
};

static void
cookies_send(struct test_http *t, const struct browser *b)
{
	test_header(t, "Cookie",
		    str_printf(t->cx->mem, "kontor=%s; kontor_form=%s", b->session, b->form));
}

static void
cookies_keep(struct test_http *t, struct browser *b)
{
	for (size_t i = 0; i < t->r.headers.n; i++) {
		struct str value = t->r.headers.v[i].value, name;
		char *to;

		if (!str_eq_z(t->r.headers.v[i].name, "Set-Cookie"))
			continue;
		assert_has(value, "; Path=/; HttpOnly; SameSite=Lax");
		value = str_cut(&value, ';');
		name = str_cut(&value, '=');
		to = str_eq_z(name, "kontor") ? b->session : b->form;
		snprintf(to, sizeof b->session, "%.*s", STR_FMT(value));
	}
}

/* Loads the page with the form, as a browser does before it sends it. */
static void
form_load(struct test_http *t, struct browser *b)
{
	test_begin(t);
	cookies_send(t, b);
	test_call(t, V_GET, "/form");
	assert_status(t, 200);
	cookies_keep(t, b);
	snprintf(b->token, sizeof b->token, "%.*s", STR_FMT(BODY(t)));
}

static int
form_post(struct test_http *t, struct browser *b, const char *target, const char *fields)
{
	test_begin(t);
	cookies_send(t, b);
	test_header(t, "Content-Type", S("application/x-www-form-urlencoded"));
	t->q.body = str_printf(t->cx->mem, "csrf=%s&%s", b->token, fields);
	test_call(t, V_POST, target);
	cookies_keep(t, b);
	return t->r.status;
}

static void
sign_in(struct test_http *t, struct browser *b)
{
	*b = (struct browser){ 0 };
	form_load(t, b);
	form_post(t, b, "/sign-in", "name=anna&password=correct%20horse");
	assert_status(t, 303);
	assert_int_equal(strlen(b->session), 43);
}

static void
browse(struct test_http *t, const struct browser *b, const char *target, int want)
{
	test_begin(t);
	cookies_send(t, b);
	test_call(t, V_GET, target);
	assert_status(t, want);
}

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

/* ---- tokens ---- */

static void
tokens_open_what_their_scopes_say(struct test_http *t)
{
	static const struct {
		const char *scopes;
		int read_party, write_party, read_deal, admin;
	} cases[] = {
		{ "read", 200, 403, 200, 403 },
		{ "write", 200, 200, 200, 403 },
		{ "admin", 200, 200, 200, 200 },
		{ "party:read", 200, 403, 403, 403 },
		{ "party:write", 200, 200, 403, 403 },
		{ "deal:read party:write", 200, 200, 200, 403 },
	};
	char token[64];

	for (size_t i = 0; i < countof(cases); i++) {
		token_for(t, 1, cases[i].scopes, token);
		get_as(t, token, "/api/v1/party", cases[i].read_party);
		get_as(t, token, "/api/v1/deal", cases[i].read_deal);
		get_as(t, token, "/admin", cases[i].admin);
		test_begin(t);
		test_header(t, "Authorization", str_printf(t->cx->mem, "Bearer %s", token));
		test_call(t, V_POST, "/api/v1/party"); /* no form token is asked of programs */
		assert_status(t, cases[i].write_party);
	}
	token_for(t, 2, "admin", token);
	get_as(t, token, "/admin", 403); /* the user himself is none */
	get_as(t, token, "/me", 200);
	assert_int_equal(t->cx->actor->user_id, 2);
	assert_int_equal(t->cx->lang, LANG_DE);
	assert_str(t->cx->door, "form");
}

static void
a_token_narrows_its_user(struct test_http *t)
{
	char token[64];

	token_for(t, 1, "read", token);
	get_as(t, token, "/me", 200);
	assert_true(t->cx->actor->read_only);
	assert_false(t->cx->actor->is_admin);
	token_for(t, 1, "deal:write", token);
	get_as(t, token, "/me", 200);
	assert_false(t->cx->actor->read_only);
	assert_false(t->cx->actor->is_admin);
	token_for(t, 1, "admin", token);
	get_as(t, token, "/me", 200);
	assert_true(t->cx->actor->is_admin);
}

static void
wrong_tokens_open_nothing(struct test_http *t)
{
	static const char *const wrong[] = {
		"",
		"kt_",
		"x",
		"kt_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
		"xx_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
	};
	char token[64];

	for (size_t i = 0; i < countof(wrong); i++) {
		get_as(t, wrong[i], "/api/v1/party", 401);
		assert_str(test_reply_header(t, "WWW-Authenticate"), "Bearer realm=\"kontor\"");
	}
	get(t, "/api/v1/party", 401);
	token_for(t, 4, "read", token); /* its user is not active */
	get_as(t, token, "/api/v1/party", 401);
}

static void
a_revoked_token_is_refused_at_once(struct test_http *t)
{
	struct token_rows rows;
	char token[64];
	int64_t id;

	token_for(t, 2, "read", token);
	get_as(t, token, "/me", 200);
	assert_true(db_begin_read(t->cx));
	assert_true(token_list(t->cx, 2, &rows));
	db_rollback(t->cx);
	assert_int_equal(rows.n, 1);
	assert_str(rows.v[0].scopes, "read");
	id = rows.v[0].id;
	cx_reset(t->cx);
	assert_false(token_revoke(t->cx, t->http, 3, id)); /* not his */
	assert_int_equal(t->cx->err.code, E_MISSING);
	cx_reset(t->cx);
	assert_true(token_revoke(t->cx, t->http, 2, id));
	get_as(t, token, "/me", 401);
}

/* Another node revoked it: this one hears of it when it asks again. */
static void
a_token_revoked_elsewhere_ends_within_seconds(struct test_http *t)
{
	char token[64];

	token_for(t, 2, "read", token);
	get_as(t, token, "/me", 200);
	assert_true(token_revoke(t->cx, NULL, 2, 1));
	get_as(t, token, "/me", 200);
	t->fake.now += 2001;
	get_as(t, token, "/me", 401);
}

static void
tokens_expire(struct test_http *t)
{
	char token[64];
	struct str text;

	cx_reset(t->cx);
	assert_true(db_begin_write(t->cx));
	assert_true(token_create(t->cx, 2, S("short"), S("read"), t->cx->now + 1000, &text));
	snprintf(token, sizeof token, "%.*s", STR_FMT(text));
	assert_true(db_commit(t->cx));
	get_as(t, token, "/me", 200);
	t->fake.now += 1000;
	get_as(t, token, "/me", 401);
	assert_has(BODY(t), "expired");
}

static void
senseless_tokens_are_not_made(struct test_http *t)
{
	static const struct {
		const char *name, *scopes;
		int64_t expires_at;
	} cases[] = {
		{ "", "read", 0 },   { "a", "", 0 },          { "a", "all", 0 },
		{ "a", "party", 0 }, { "a", ":read", 0 },     { "a", "party:admin", 0 },
		{ "a", "read", 1 },  { "a", "party:own", 0 },
	};
	struct str text;

	for (size_t i = 0; i < countof(cases); i++) {
		cx_reset(t->cx);
		assert_true(db_begin_write(t->cx));
		if (token_create(t->cx, 2, str_of(cases[i].name), str_of(cases[i].scopes),
				 cases[i].expires_at, &text))
			fail_msg("case %zu", i);
		assert_int_equal(t->cx->err.code, E_INPUT);
		assert_non_null(t->cx->err.fields);
		db_rollback(t->cx);
	}
}

/* ---- sessions ---- */

static void
sign_in_and_out(struct test_http *t)
{
	struct browser b, before;

	password_for(t, 2, "correct horse");
	get(t, "/me", 401);
	sign_in(t, &b);
	browse(t, &b, "/me", 200);
	assert_int_equal(t->cx->actor->user_id, 2);
	assert_str(t->cx->zone, "Europe/Berlin");
	before = b;
	form_load(t, &b);
	assert_int_equal(form_post(t, &b, "/sign-out", ""), 200);
	assert_str(str_of(b.session), "");
	browse(t, &before, "/me", 401);
}

static void
a_wrong_password_opens_nothing(struct test_http *t)
{
	static const char *const fields[] = {
		"name=anna&password=wrong%20horse",
		"name=anna&password=",
		"name=anna",
		"name=bert&password=correct%20horse",
		"",
	};
	struct browser b = { 0 };
	struct str first = { 0 };

	password_for(t, 2, "correct horse");
	form_load(t, &b);
	for (size_t i = 0; i < countof(fields); i++) {
		struct str body = { 0 };
		size_t at;

		assert_int_equal(form_post(t, &b, "/sign-in", fields[i]), 401);
		assert_str(str_of(b.session), "");
		/* the answer does not tell whether the name exists */
		assert_true(str_find(BODY(t), S(",\"instance\""), &at));
		body = str_first(BODY(t), at);
		if (!i)
			first = str_dup(t->http->mem, body);
		assert_true(str_eq(first, body));
	}
}

static void
tries_are_limited_for_each_name_and_address(struct test_http *t)
{
	struct browser b = { 0 };

	password_for(t, 2, "correct horse");
	form_load(t, &b);
	for (int i = 0; i < 3; i++)
		assert_int_equal(form_post(t, &b, "/sign-in", "name=anna&password=x"), 401);
	/* even the right one, and another spelling of the name */
	assert_int_equal(form_post(t, &b, "/sign-in", "name=anna&password=correct%20horse"), 429);
	assert_int_equal(form_post(t, &b, "/sign-in", "name=ANNA&password=x"), 429);
	assert_true(test_reply_header(t, "Retry-After").n > 0);
	assert_int_equal(form_post(t, &b, "/sign-in", "name=bert&password=x"), 401);
	t->fake.now += 300000;
	assert_int_equal(form_post(t, &b, "/sign-in", "name=anna&password=correct%20horse"), 303);
}

static void
a_right_password_is_not_counted(struct test_http *t)
{
	struct browser b;

	password_for(t, 2, "correct horse");
	for (int i = 0; i < 10; i++)
		sign_in(t, &b);
}

static void
a_session_ends_when_idle_or_old(struct test_http *t)
{
	struct browser b;

	password_for(t, 2, "correct horse");
	sign_in(t, &b);
	for (int hour = 0; hour < 20; hour++) { /* used every hour it stays … */
		t->fake.now += 3600000;
		browse(t, &b, "/me", 200);
		cx_reset(t->cx);
		assert_true(http_keep_house(t->http, t->cx));
	}
	t->fake.now += 8 * 3600000; /* … until it is idle for eight */
	browse(t, &b, "/me", 401);
	sign_in(t, &b);
	for (int hour = 1; hour < 24 * 7; hour++) {
		t->fake.now += 3600000;
		browse(t, &b, "/me", 200);
		cx_reset(t->cx);
		assert_true(http_keep_house(t->http, t->cx));
	}
	t->fake.now += 3600000; /* seven days old */
	browse(t, &b, "/me", 401);
}

static int64_t
count_of(struct test_http *t, const char *sql)
{
	struct stmt *stmt;
	bool row = false;
	int64_t n;

	cx_reset(t->cx);
	assert_true(db_begin_read(t->cx));
	stmt = db_prepare(t->cx, str_of(sql));
	assert_non_null(stmt);
	assert_true(db_step(t->cx, stmt, &row) && row);
	n = db_col_int(stmt, 0);
	db_done(stmt);
	db_rollback(t->cx);
	return n;
}

static void
the_keeper_deletes_what_is_over(struct test_http *t)
{
	struct browser b;

	password_for(t, 2, "correct horse");
	sign_in(t, &b);
	assert_int_equal(count_of(t, "SELECT count(*) FROM sys_session"), 1);
	t->fake.now += 10 * 3600000;
	cx_reset(t->cx);
	assert_true(http_keep_house(t->http, t->cx));
	assert_int_equal(count_of(t, "SELECT count(*) FROM sys_session"), 0);
}

static void
signing_in_again_ends_the_session_before(struct test_http *t)
{
	struct browser b, before;

	password_for(t, 2, "correct horse");
	sign_in(t, &b);
	before = b;
	form_load(t, &b);
	assert_int_equal(form_post(t, &b, "/sign-in", "name=anna&password=correct%20horse"), 303);
	assert_string_not_equal(before.session, b.session);
	browse(t, &b, "/me", 200);
	browse(t, &before, "/me", 401);
}

static void
all_sessions_of_a_user_end_but_one(struct test_http *t)
{
	struct browser a, b, c;
	struct session keep;

	password_for(t, 2, "correct horse");
	sign_in(t, &a);
	sign_in(t, &b);
	sign_in(t, &c);
	browse(t, &a, "/me", 200);
	browse(t, &b, "/me", 200);
	browse(t, &c, "/me", 200);
	keep = *t->q.session;
	cx_reset(t->cx);
	assert_true(session_end_all(t->cx, t->http, 2, &keep));
	browse(t, &a, "/me", 401);
	browse(t, &b, "/me", 401);
	browse(t, &c, "/me", 200);
}

static void
the_database_does_not_know_the_secret(struct test_http *t)
{
	struct browser b;
	char sql[200];

	password_for(t, 2, "correct horse");
	sign_in(t, &b);
	snprintf(sql, sizeof sql, "SELECT count(*) FROM sys_session WHERE hash = '%s'", b.session);
	if (t->db.engine == TEST_SQLITE)
		assert_int_equal(count_of(t, sql), 0);
	assert_int_equal(count_of(t, "SELECT count(*) FROM sys_session WHERE length(hash) = 32"),
			 1);
	assert_int_equal(
		count_of(t, "SELECT count(*) FROM sys_login WHERE hash LIKE '$argon2id$%'"), 1);
}

static void
sessions_of_one_user_are_bounded(struct test_http *t)
{
	struct browser first, b;

	password_for(t, 2, "correct horse");
	sign_in(t, &first);
	for (int i = 0; i < 60; i++) {
		t->fake.now += 1000;
		sign_in(t, &b);
	}
	assert_int_equal(count_of(t, "SELECT count(*) FROM sys_session"), 50);
	t->fake.now += 3000;
	browse(t, &first, "/me", 401);
	browse(t, &b, "/me", 200);
}

static void
passwords_have_a_length(struct test_http *t)
{
	static const char *const wrong[] = { "", "short", "1234567",
					     "\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4" };
	char large[PASSWORD_MAX_BYTES + 2];

	for (size_t i = 0; i < countof(wrong); i++) {
		cx_reset(t->cx);
		assert_true(db_begin_write(t->cx));
		assert_false(login_set_password(t->cx, 2, str_of(wrong[i]), PASSWORD_COST_TEST));
		assert_str(t->cx->err.fields->field, "password");
		db_rollback(t->cx);
	}
	memset(large, 'a', sizeof large);
	cx_reset(t->cx);
	assert_true(db_begin_write(t->cx));
	assert_false(login_set_password(t->cx, 2, (struct str){ large, PASSWORD_MAX_BYTES + 1 },
					PASSWORD_COST_TEST));
	db_rollback(t->cx);
}

static void
an_old_hash_is_renewed_at_sign_in(struct test_http *t)
{
	struct browser b;

	password_for(t, 2, "correct horse");
	t->http->options.password_cost = (struct password_cost){ PASSWORD_COST_TEST.passes + 1,
								 PASSWORD_COST_TEST.memory_bytes };
	sign_in(t, &b);
	assert_int_equal(count_of(t, "SELECT count(*) FROM sys_login WHERE hash LIKE '%t=2,%'"), 1);
	sign_in(t, &b);
}

/* ---- forms ---- */

static void
forms_need_their_token(struct test_http *t)
{
	struct browser b, other;

	password_for(t, 2, "correct horse");
	sign_in(t, &b);
	sign_in(t, &other);
	form_load(t, &b);
	form_load(t, &other);
	snprintf(b.token, sizeof b.token, "%s", other.token); /* of another session */
	assert_int_equal(form_post(t, &b, "/sign-out", ""), 403);
	snprintf(b.token, sizeof b.token, "%s", "");
	assert_int_equal(form_post(t, &b, "/sign-out", ""), 403);
	test_begin(t);
	cookies_send(t, &b);
	assert_int_equal(test_call(t, V_POST, "/sign-out"), 403); /* no body at all */
	form_load(t, &b);
	test_begin(t);
	cookies_send(t, &b);
	test_header(t, "X-CSRF-Token", str_of(b.token));
	assert_int_equal(test_call(t, V_POST, "/sign-out"), 200); /* as scripts send it */
}

static void
form_tokens_look_different_each_time(struct test_http *t)
{
	struct browser b = { 0 }, again;

	form_load(t, &b);
	again = b;
	form_load(t, &again);
	assert_string_equal(b.form, again.form);
	assert_string_not_equal(b.token, again.token);
	password_for(t, 2, "correct horse");
	assert_int_equal(form_post(t, &b, "/sign-in", "name=anna&password=correct%20horse"), 303);
}

static void
public_forms_need_their_token_too(struct test_http *t)
{
	struct browser b = { 0 };

	password_for(t, 2, "correct horse");
	assert_int_equal(form_post(t, &b, "/sign-in", "name=anna&password=correct%20horse"), 403);
	assert_str(str_of(b.session), "");
}

static void
other_sites_are_refused(struct test_http *t)
{
	static const struct {
		const char *name, *value;
		int want;
	} cases[] = {
		{ "Sec-Fetch-Site", "cross-site", 403 },
		{ "Sec-Fetch-Site", "same-site", 403 },
		{ "Sec-Fetch-Site", "same-origin", 200 },
		{ "Origin", "https://evil.example", 403 },
		{ "Origin", "null", 403 },
		{ "Origin", "https://crm.example", 403 },
		{ "Origin", "http://crm.example", 200 },
	};
	struct browser b;

	password_for(t, 2, "correct horse");
	for (size_t i = 0; i < countof(cases); i++) {
		sign_in(t, &b);
		form_load(t, &b);
		test_begin(t);
		cookies_send(t, &b);
		test_header(t, "Host", S("crm.example"));
		test_header(t, "X-CSRF-Token", str_of(b.token));
		test_header(t, cases[i].name, str_of(cases[i].value));
		test_call(t, V_POST, "/sign-out");
		assert_status(t, cases[i].want);
	}
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
#define CASE(name) { #name, name }
static const struct {
	const char *title;
	void (*run)(struct test_http *t);
	struct http_options options;
} CASES[] = {
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
	CASE(tokens_open_what_their_scopes_say),
	CASE(a_token_narrows_its_user),
	CASE(wrong_tokens_open_nothing),
	CASE(a_revoked_token_is_refused_at_once),
	CASE(a_token_revoked_elsewhere_ends_within_seconds),
	CASE(tokens_expire),
	CASE(senseless_tokens_are_not_made),
	CASE(sign_in_and_out),
	CASE(a_wrong_password_opens_nothing),
	{ "tries_are_limited_for_each_name_and_address", tries_are_limited_for_each_name_and_address, { .sign_in_tries = 3 } },
	{ "a_right_password_is_not_counted", a_right_password_is_not_counted, { .sign_in_tries = 3 } },
	CASE(a_session_ends_when_idle_or_old),
	CASE(the_keeper_deletes_what_is_over),
	CASE(signing_in_again_ends_the_session_before),
	CASE(all_sessions_of_a_user_end_but_one),
	CASE(the_database_does_not_know_the_secret),
	CASE(sessions_of_one_user_are_bounded),
	CASE(passwords_have_a_length),
	CASE(an_old_hash_is_renewed_at_sign_in),
	CASE(forms_need_their_token),
	CASE(form_tokens_look_different_each_time),
	CASE(public_forms_need_their_token_too),
	CASE(other_sites_are_refused),
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

struct test_case {
	enum test_engine engine;
	size_t row;
};

static void
run_case(void **state)
{
	const struct test_case *this = *state;
	struct test_http t;

	if (!made(&t, this->engine, CASES[this->row].options))
		skip();
	CASES[this->row].run(&t);
	test_http_drop(&t);
}

int
main(void)
{
	struct CMUnitTest tests[countof(CASES) * TEST_ENGINE__MAX] = { 0 };
	struct test_case cases[countof(tests)];
	char names[countof(tests)][120];

	for (size_t i = 0; i < countof(tests); i++) {
		cases[i] = (struct test_case){ (enum test_engine)(i / countof(CASES)),
					       i % countof(CASES) };
		snprintf(names[i], sizeof names[i], "%s: %s", test_engine_name(cases[i].engine),
			 CASES[cases[i].row].title);
		tests[i] = (struct CMUnitTest){ .name = names[i],
						.test_func = run_case,
						.initial_state = &cases[i] };
	}
	return cmocka_run_group_tests_name("http", tests, NULL, NULL);
}
