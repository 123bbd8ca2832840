#include "http/test.h"

static bool
get_hello(struct cx *cx, struct request *q, struct reply *r)
{
	(void)q;
	r->type = TYPE_TEXT;
	buf_printf(&r->body, "hello %s", cx->actor ? "you" : "stranger");
	return true;
}

/* clang-format off */
static const struct route ROUTES[] = {
	{ V_GET,    "/me",                 NEED_SIGNED_IN, NULL,    get_hello },
	{ V_GET,    "/admin",              NEED_ADMIN,     NULL,    get_hello },
	{ V_GET,    "/api/v1/{object}",    NEED_READ,      NULL,    get_hello },
	{ V_POST,   "/api/v1/{object}",    NEED_EDIT,      NULL,    get_hello },
	{ 0 }
};
/* clang-format on */
static const struct feature FEATURE = { .name = "test", .routes = ROUTES };

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

/* clang-format off */
static const struct http_case CASES[] = {
	{ "SEC-02 tokens open what their scopes say", tokens_open_what_their_scopes_say },
	CASE(a_token_narrows_its_user),
	{ "SEC-01 wrong tokens open nothing", wrong_tokens_open_nothing },
	CASE(a_revoked_token_is_refused_at_once),
	CASE(a_token_revoked_elsewhere_ends_within_seconds),
	CASE(tokens_expire),
	CASE(senseless_tokens_are_not_made),
};
/* clang-format on */

int
main(void)
{
	return http_cases_run("http/token", &FEATURE, CASES, countof(CASES));
}
