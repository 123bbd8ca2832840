/* The ABC analysis through the store, against one counted by hand; and numbers of bank accounts. */
#include "app/features.h"
#include "base/feature.h"
#include "record/test_house.h"

#include "app/bank.h"
#include "flow/flow.h"

static const struct feature *const FEATURES[] = { &feature_care, NULL };

static int64_t
make(struct test_house *h, const char *object, const char *field, struct value v)
{
	struct change *c = change_new(h->cx, test_object(h, object), NULL);

	test_set(c, field, v);
	test_ok(h->cx, record_save(h->cx, c));
	return c->id;
}

static void
win(struct test_house *h, int64_t party, int64_t cents, const char *outcome, const char *day)
{
	struct change *c = change_new(h->cx, test_object(h, "deal"), NULL);
	struct value value = { .kind = V_INT, .i = cents, .currency = "EUR" };

	test_set(c, "party", value_int(party));
	test_set(c, "value", value);
	test_set(c, "outcome", value_text(str_of(outcome)));
	test_set(c, "closed_on", value_text(str_of(day)));
	test_ok(h->cx, record_save(h->cx, c));
}

static void
run(struct test_house *h)
{
	const struct job job = { 0 };

	test_house_next(h);
	test_ok(h->cx, work_begin(h->cx, S("")));
	test_ok(h->cx, feature_care.jobs[0].run(h->cx, &job));
	test_ok(h->cx, work_commit(h->cx, NULL));
	test_house_next(h);
}

static struct str
proposed(struct test_house *h, int64_t party)
{
	const struct object *object = test_object(h, "party");
	struct row *row;

	test_ok(h->cx, db_begin_read(h->cx));
	test_ok(h->cx, record_load(h->cx, object, party, &row));
	db_rollback(h->cx);
	return row->v[field_find(object, S("care_proposed"))->index].s;
}

/* Of 1000: 500, 300 (with 800 reached), 120 (920), 60 (980), 20; lost ones, old ones and who has
 * none bring nothing. */
static void
test_classes_follow_the_value_won(void **state)
{
	static const struct {
		int64_t cents;
		const char *want;
	} cases[] = { { 30000, "a" }, { 2000, "c" },  { 50000, "a" },
		      { 6000, "b" },  { 12000, "b" }, { 0, "" } };
	struct test_house h;

	(void)state;
	for (int engine = 0; engine < TEST_ENGINE__MAX; engine++) {
		int64_t ids[countof(cases)];

		if (!test_house_open(&h, (enum test_engine)engine, FEATURES))
			continue;
		test_ok(h.cx, work_begin(h.cx, S("")));
		for (size_t i = 0; i < countof(cases); i++) {
			ids[i] = make(&h, "party", "name", value_text(S("Partei")));
			if (cases[i].cents) {
				win(&h, ids[i], cases[i].cents / 2, "won", "2026-01-15");
				win(&h, ids[i], cases[i].cents - cases[i].cents / 2, "won",
				    "2025-12-01");
			}
			win(&h, ids[i], 9999900, "lost", "2026-01-15");
			win(&h, ids[i], 9999900, "won", "2015-01-15");
		}
		test_ok(h.cx, work_commit(h.cx, NULL));
		for (int again = 0; again < 2; again++) {
			run(&h);
			for (size_t i = 0; i < countof(cases); i++)
				assert_str(proposed(&h, ids[i]), cases[i].want);
		}
		test_house_close(&h);
	}
}

static void
test_an_iban_is_checked(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = { { "DE89370400440532013000", "DE89 3704 0044 0532 0130 00" },
		      { "de89 3704 0044 0532 0130 00", "DE89 3704 0044 0532 0130 00" },
		      { "GB82 WEST 1234 5698 7654 32", "GB82 WEST 1234 5698 7654 32" },
		      { "AT611904300234573201", "AT61 1904 3002 3457 3201" },
		      { "CH9300762011623852957", "CH93 0076 2011 6238 5295 7" },
		      { "DE88370400440532013000", NULL },
		      { "DE8937040044053201300", NULL },
		      { "DE89-3704", NULL },
		      { "", NULL } };
	struct test_house h;

	(void)state;
	assert_true(test_house_open(&h, TEST_SQLITE, FEATURES));
	for (size_t i = 0; i < countof(cases); i++) {
		struct buf out = buf_in(h.cx->mem, IBAN_TEXT_MAX);

		assert_int_equal(iban_parse(str_of(cases[i].text), &out), cases[i].want != NULL);
		if (cases[i].want)
			assert_str(buf_done(&out), cases[i].want);
	}
	test_house_close(&h);
}

#define PROOF(title, run)                    \
	{                                    \
		title, run, NULL, NULL, NULL \
	}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		PROOF("OP-19 the proposed care class follows the value won, by ABC quantiles",
		      test_classes_follow_the_value_won),
		PROOF("DAT-17 an IBAN is checked by its length and its check digits",
		      test_an_iban_is_checked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
