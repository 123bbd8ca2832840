#include "http/test.h"

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
get_csrf(struct cx *cx, struct request *q, struct reply *r)
{
	r->type = TYPE_TEXT;
	buf_str(&r->body, request_csrf(cx, q, r));
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

/* clang-format off */
static const struct route ROUTES[] = {
	{ V_GET,  "/form",     NEED_PUBLIC,    NULL, get_csrf },
	{ V_POST, "/sign-in",  NEED_PUBLIC,    NULL, post_sign_in, .csrf = true, .slow = true },
	{ V_POST, "/sign-out", NEED_SIGNED_IN, NULL, post_sign_out },
	{ V_GET,  "/me",       NEED_SIGNED_IN, NULL, get_hello },
	{ 0 }
};
/* clang-format on */
static const struct feature FEATURE = { .name = "test", .routes = ROUTES };

/* ---- a browser ---- */

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

/* Another process on the same database, or the same one begun anew. */
static void
tries_are_counted_for_all_processes(struct test_http *t)
{
	struct http *here = t->http, *there;
	struct browser b = { 0 };
	struct http_options options = here->options;

	password_for(t, 2, "correct horse");
	if (!http_new(t->cx, &options, &there))
		fail_msg("%.*s", STR_FMT(t->cx->err.why));
	for (int i = 0; i < 3; i++) {
		t->http = i % 2 ? there : here;
		form_load(t, &b);
		assert_int_equal(form_post(t, &b, "/sign-in", "name=anna&password=x"), 401);
	}
	for (int i = 0; i < 2; i++) {
		t->http = i % 2 ? there : here;
		form_load(t, &b);
		assert_int_equal(form_post(t, &b, "/sign-in", "name=anna&password=correct%20horse"),
				 429);
	}
	t->fake.now += 900000;
	cx_reset(t->cx);
	assert_true(http_keep_house(here, t->cx));
	form_load(t, &b);
	assert_int_equal(form_post(t, &b, "/sign-in", "name=anna&password=correct%20horse"), 303);
	t->http = here;
	assert_true(http_stop(&there));
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

static void
the_keeper_deletes_what_is_over(struct test_http *t)
{
	struct browser b;

	password_for(t, 2, "correct horse");
	sign_in(t, &b);
	assert_int_equal(COUNT(t, "SELECT count(*) FROM sys_session"), 1);
	t->fake.now += 10 * 3600000;
	cx_reset(t->cx);
	assert_true(http_keep_house(t->http, t->cx));
	assert_int_equal(COUNT(t, "SELECT count(*) FROM sys_session"), 0);
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

	password_for(t, 2, "correct horse");
	sign_in(t, &b);
	assert_int_equal(COUNT(t, "SELECT count(*) FROM sys_session WHERE length(hash) = 32"), 1);
	assert_int_equal(
		COUNT(t, "SELECT count(*) FROM sys_login WHERE substr(hash, 1, 10) = '$argon2id$'"),
		1);
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
	assert_int_equal(COUNT(t, "SELECT count(*) FROM sys_session"), 50);
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
	assert_int_equal(
		COUNT(t, "SELECT count(*) FROM sys_login WHERE replace(hash, 't=2,', '') <> hash"),
		1);
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

/* clang-format off */
static const struct http_case CASES[] = {
	CASE(sign_in_and_out),
	{ "SEC-01 a wrong password opens nothing, and does not tell whether the name exists", a_wrong_password_opens_nothing },
	{ "tries_are_limited_for_each_name_and_address", tries_are_limited_for_each_name_and_address, { .sign_in_tries = 3 } },
	{ "tries_are_counted_for_all_processes", tries_are_counted_for_all_processes, { .sign_in_tries = 3 } },
	{ "a_right_password_is_not_counted", a_right_password_is_not_counted, { .sign_in_tries = 3 } },
	CASE(a_session_ends_when_idle_or_old),
	CASE(the_keeper_deletes_what_is_over),
	CASE(signing_in_again_ends_the_session_before),
	CASE(all_sessions_of_a_user_end_but_one),
	{ "SEC-01 the database does not know the secret of a session", the_database_does_not_know_the_secret },
	CASE(sessions_of_one_user_are_bounded),
	CASE(passwords_have_a_length),
	CASE(an_old_hash_is_renewed_at_sign_in),
	{ "SEC-04 forms need their token", forms_need_their_token },
	CASE(form_tokens_look_different_each_time),
	CASE(public_forms_need_their_token_too),
	{ "SEC-04 what other sites send is refused", other_sites_are_refused },
};
/* clang-format on */

int
main(void)
{
	return http_cases_run("http/session", &FEATURE, CASES, countof(CASES));
}
