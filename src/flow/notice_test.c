#include "record/test_house.h"

#include "flow/flow.h"
#include "flow/notice.h"
#include "model/ids.h"

enum { PEOPLE = 3, MINUTE_MS = 60000 };

static const struct feature *const FEATURES[] = { &feature_notice, NULL };

#define ENGINES(h)                                                   \
	for (int engine_ = 0; engine_ < TEST_ENGINE__MAX; engine_++) \
		if (test_house_open(&(h), (enum test_engine)engine_, FEATURES))

/* ---- mentions ---- */

static void
test_mentions_are_names_behind_a_sign(void **state)
{
	struct person list[PEOPLE] = {
		{ .id = 1, .login = S_INIT("anna"), .name = S_INIT("Anna M\xc3\xbcller") },
		{ .id = 2, .login = S_INIT("bert"), .name = S_INIT("Bert") },
		{ .id = 3, .login = S_INIT("bert2"), .name = S_INIT("Bert \xc3\x96hler") },
	};
	const struct people people = { list, PEOPLE, PEOPLE };
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ "@anna", "1" },
		{ "(@Anna M\xc3\xbcller)", "1" },
		{ "@ANNA!", "1" },
		{ "@Bert", "2" },
		{ "@Bert \xc3\x96hler", "3" },
		{ "@bert2, @bert und @bert", "32" },
		{ "info@anna.example", "" },
		{ "@annalena", "" },
		{ "@Bertram", "" },
		{ "@", "" },
		{ "", "" },
		{ "@ anna", "" },
		{ "@Anna M", "1" },
	};

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		const struct person *found[PEOPLE];
		char got[PEOPLE + 1] = "";
		size_t n = mentions_of(&people, str_of(cases[i].text), found);

		for (size_t k = 0; k < n; k++)
			got[k] = (char)('0' + found[k]->id);
		if (strcmp(got, cases[i].want))
			fail_msg("%s: %s, not %s", cases[i].text, got, cases[i].want);
	}
}

/* ---- told ---- */

static int64_t
make_user(struct test_house *h, const char *login)
{
	struct change *c = change_new(h->cx, test_object(h, "user"), NULL);

	test_set(c, "login", value_text(str_of(login)));
	test_ok(h->cx, record_save(h->cx, c));
	return c->id;
}

static int64_t
two_users(struct test_house *h)
{
	int64_t id;

	test_ok(h->cx, work_begin(h->cx, S("")));
	id = make_user(h, "anna");
	make_user(h, "bert");
	test_ok(h->cx, work_commit(h->cx, NULL));
	test_house_next(h);
	return id;
}

static void
put(struct test_house *h, struct notice notice)
{
	struct notices notices = { 0 };

	test_house_next(h);
	test_ok(h->cx, work_begin(h->cx, S("")));
	notice.at = h->cx->now;
	list_add(h->cx->mem, &notices, notice);
	test_ok(h->cx, notices_put(h->cx, &notices));
	test_ok(h->cx, work_commit(h->cx, NULL));
	test_house_next(h);
}

/* What is kept, "n n n" from the oldest to the newest, whoever reads it. */
static void
assert_kept(struct test_house *h, const char *want)
{
	struct buf text = buf_in(h->cx->mem, 100);
	struct stmt *stmt;
	bool more = true;

	test_ok(h->cx, db_begin_read(h->cx));
	stmt = db_sql(h->cx, "SELECT n FROM sys_notice ORDER BY id");
	assert_non_null(stmt);
	while (more) {
		test_ok(h->cx, db_step(h->cx, stmt, &more));
		if (more)
			buf_printf(&text, "%s%lld", text.n ? " " : "",
				   (long long)db_col_int(stmt, 0));
	}
	db_rollback(h->cx);
	assert_str(buf_done(&text), want);
}

static void
test_what_follows_soon_is_put_together(void **state)
{
	struct test_house h;

	(void)state;
	ENGINES(h)
	{
		struct notice changed = { .kind = NOTICE_FOLLOWED,
					  .object = S("party"),
					  .record = 7,
					  .actor_id = 99,
					  .op = CHANGE_EDIT,
					  .fields = S("city") };
		struct notice due = { .kind = NOTICE_DUE,
				      .object = S("task"),
				      .record = 3,
				      .fields = S("2026-11-22") };

		changed.user_id = due.user_id = two_users(&h);
		put(&h, changed);
		h.env.now += 5 * MINUTE_MS;
		put(&h, changed);
		assert_kept(&h, "2");
		h.env.now += 16 * MINUTE_MS;
		put(&h, changed);
		assert_kept(&h, "2 1");
		put(&h, due);
		put(&h, due);
		assert_kept(&h, "2 1 1");
		due.fields = S("2026-11-23");
		put(&h, due);
		assert_kept(&h, "2 1 1 1");
		changed.user_id = 4711;
		put(&h, changed);
		assert_kept(&h, "2 1 1 1");
		test_house_close(&h);
	}
}

/* ---- the follower ---- */

static void
give_task(struct test_house *h, int64_t owner)
{
	struct change *c;

	test_ok(h->cx, work_begin(h->cx, S("")));
	c = change_new(h->cx, test_object(h, "task"), NULL);
	test_set(c, "subject", value_text(S("Anrufen")));
	test_set(c, "body", value_text(S("mit @anna")));
	test_set(c, "owner", value_int(owner));
	test_ok(h->cx, record_save(h->cx, c));
	test_ok(h->cx, work_commit(h->cx, NULL));
	test_house_next(h);
}

static bool
tell_and_fail(struct cx *cx, const struct change_rows *changes)
{
	return feature_notice.followers[0].run(cx, changes) && fail(cx, E_IO, "the power is gone");
}

/* What was told and how far it was read are one: what fails leaves nothing, and is told once when
 * it is tried again. */
static void
test_a_follower_that_fails_tells_once(void **state)
{
	static const struct follower broken[] = { { "notice", tell_and_fail, "", true }, { 0 } };
	static const struct feature feature_broken = { .name = "notice", .followers = broken };
	static const struct feature *const fails[] = { &feature_broken, NULL };
	struct test_house h;

	(void)state;
	ENGINES(h)
	{
		int64_t anna = two_users(&h), n;
		struct actor other;

		give_task(&h, anna); /* before there is a cursor: told to nobody */
		test_ok(h.cx, followers_set(h.cx, FEATURES));
		other = *h.cx->actor;
		other.user_id = anna + 1;
		h.cx->actor = &other;
		give_task(&h, anna);
		assert_false(followers_run(h.cx, fails, &n));
		test_house_next(&h);
		assert_kept(&h, "");
		test_ok(h.cx, followers_run(h.cx, FEATURES, &n));
		test_ok(h.cx, followers_run(h.cx, FEATURES, &n));
		test_house_next(&h);
		assert_kept(&h, "1");
		test_house_close(&h);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mentions_are_names_behind_a_sign),
		cmocka_unit_test(test_what_follows_soon_is_put_together),
		cmocka_unit_test(test_a_follower_that_fails_tells_once),
	};

	return cmocka_run_group_tests_name("notice", tests, NULL, NULL);
}
