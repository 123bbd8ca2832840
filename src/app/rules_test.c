/* The rules, through the pipeline. */
#include "app/features.h"
#include "base/feature.h"
#include "record/test_house.h"

#include "app/process.h"

static const struct feature *const FEATURES[] = { &feature_party, &feature_deal, &feature_process,
						  &feature_task, NULL };

static struct str
text(const struct row *row, unsigned field)
{
	return row->v[field].s;
}

static void
test_party_is_called_by_what_is_known_of_it(void **state)
{
	static const struct {
		const char *field[3], *value[3], *name, *kind;
	} cases[] = {
		{ { "given_name", "family_name" }, { "Eva", "Müller" }, "Eva Müller", "person" },
		{ { "academic_title", "family_name" }, { "Dr.", "Ott" }, "Dr. Ott", "person" },
		{ { "email" }, { "info@example.de" }, "info@example.de", "organisation" },
		{ { "name", "family_name" }, { "Die Eva", "Müller" }, "Die Eva", "person" },
	};
	struct test_house h;

	(void)state;
	test_house_open(&h, TEST_SQLITE, FEATURES);
	for (size_t i = 0; i < countof(cases); i++) {
		struct change *c = change_new(h.cx, test_object(&h, "party"), NULL);

		for (size_t k = 0; k < 3 && cases[i].field[k]; k++)
			test_set(c, cases[i].field[k], value_text(str_of(cases[i].value[k])));
		test_ok(h.cx, work_begin(h.cx, S("")));
		test_ok(h.cx, record_save(h.cx, c));
		assert_str(text(c->after, PARTY_NAME), cases[i].name);
		assert_str(text(c->after, PARTY_KIND), cases[i].kind);
		test_ok(h.cx, work_commit(h.cx, NULL));
	}
	test_house_close(&h);
}

static void
test_composed_name_follows_its_parts(void **state)
{
	struct test_house h;
	struct change *c;
	int64_t id;

	(void)state;
	test_house_open(&h, TEST_SQLITE, FEATURES);
	test_ok(h.cx, work_begin(h.cx, S("")));
	c = change_new(h.cx, test_object(&h, "party"), NULL);
	test_set(c, "family_name", value_text(S("Meier")));
	test_ok(h.cx, record_save(h.cx, c));
	id = c->id;
	test_ok(h.cx, change_of(h.cx, CHANGE_EDIT, test_object(&h, "party"), id, &c));
	test_set(c, "family_name", value_text(S("Schulz")));
	test_ok(h.cx, record_save(h.cx, c));
	assert_str(text(c->after, PARTY_NAME), "Schulz");
	test_ok(h.cx, work_commit(h.cx, NULL));
	test_house_close(&h);
}

static int64_t
stage_new(struct test_house *h, const char *name, const char *outcome)
{
	struct change *c = change_new(h->cx, test_object(h, "stage"), NULL);

	test_set(c, "name", value_text(str_of(name)));
	test_set(c, "outcome", value_text(str_of(outcome)));
	test_ok(h->cx, record_save(h->cx, c));
	return c->id;
}

static void
test_deal_follows_its_stage(void **state)
{
	struct test_house h;
	struct change *c;

	(void)state;
	test_house_open(&h, TEST_SQLITE, FEATURES);
	test_ok(h.cx, work_begin(h.cx, S("")));
	c = change_new(h.cx, test_object(&h, "deal"), NULL);
	test_set(c, "stage", value_int(stage_new(&h, "Gewonnen", "won")));
	test_ok(h.cx, record_save(h.cx, c));
	assert_str(text(c->after, DEAL_OUTCOME), "won");
	assert_str(text(c->after, DEAL_CLOSED_ON), "2026-09-21");
	test_ok(h.cx, change_of(h.cx, CHANGE_EDIT, test_object(&h, "deal"), c->id, &c));
	test_set(c, "stage", value_int(stage_new(&h, "Offen", "open")));
	test_ok(h.cx, record_save(h.cx, c));
	assert_str(text(c->after, DEAL_OUTCOME), "open");
	assert_int_equal(c->after->v[DEAL_CLOSED_ON].kind, V_NONE);
	test_ok(h.cx, work_commit(h.cx, NULL));
	test_house_close(&h);
}

static int64_t
pipeline_new(struct test_house *h, const char *name, const char *kind)
{
	struct change *c = change_new(h->cx, test_object(h, "pipeline"), NULL);

	test_set(c, "name", value_text(str_of(name)));
	test_set(c, "kind", value_text(str_of(kind)));
	test_ok(h->cx, record_save(h->cx, c));
	return c->id;
}

static int64_t
stage_at(struct test_house *h, int64_t pipeline, int position, const char *outcome)
{
	struct change *c = change_new(h->cx, test_object(h, "stage"), NULL);

	test_set(c, "pipeline", value_int(pipeline));
	test_set(c, "position", value_int(position));
	test_set(c, "outcome", value_text(str_of(outcome)));
	test_set(c, "probability", value_int((int64_t)position * 1000));
	test_ok(h->cx, record_save(h->cx, c));
	return c->id;
}

static void
test_new_deal_stands_in_the_first_stage(void **state)
{
	struct test_house h;
	int64_t service, sales, second, first, care, chosen;

	(void)state;
	test_house_open(&h, TEST_SQLITE, FEATURES);
	test_ok(h.cx, work_begin(h.cx, S("")));
	service = pipeline_new(&h, "Service", "service_business");
	sales = pipeline_new(&h, "Vertrieb", "new_business");
	care = stage_at(&h, service, 1, "open");
	second = stage_at(&h, sales, 2, "open");
	first = stage_at(&h, sales, 1, "open");
	(void)stage_at(&h, sales, 0, "lost");
	for (int i = 0; i < 5; i++) {
		struct change *c = change_new(h.cx, test_object(&h, "deal"), NULL);
		const int64_t want[] = { first, second, first, care, 0 };

		if (i == 1)
			test_set(c, "stage", value_int(second));
		if (i == 2) /* as a form that was left empty */
			test_set(c, "stage", (struct value){ 0 });
		if (i == 3)
			test_set(c, "pipeline", value_int(service));
		if (i == 4)
			test_set(c, "outcome", value_text(S("won")));
		test_ok(h.cx, record_save(h.cx, c));
		chosen = c->after->v[DEAL_STAGE].i;
		assert_int_equal(chosen, want[i]);
		if (chosen == first) {
			assert_int_equal(c->after->v[DEAL_PIPELINE].i, sales);
			assert_int_equal(c->after->v[DEAL_PROBABILITY].i, 1000);
		}
	}
	test_ok(h.cx, work_commit(h.cx, NULL));
	test_house_close(&h);
}

static int64_t
stage_that_asks(struct test_house *h, const char *facts)
{
	struct change *c = change_new(h->cx, test_object(h, "stage"), NULL);

	test_set(c, "name", value_text(S("Quote")));
	test_set(c, "required", value_text(str_of(facts)));
	test_ok(h->cx, record_save(h->cx, c));
	return c->id;
}

/* DAT: strict only where a process says so. */
static void
test_deal_brings_what_its_stage_asks(void **state)
{
	struct test_house h;
	struct change *c;
	int64_t asks, first;

	(void)state;
	test_house_open(&h, TEST_SQLITE, FEATURES);
	test_ok(h.cx, work_begin(h.cx, S("")));
	first = stage_new(&h, "First", "open");
	asks = stage_that_asks(&h, "|expected_on|next_step|");
	c = change_new(h.cx, test_object(&h, "deal"), NULL);
	test_set(c, "stage", value_int(first));
	test_ok(h.cx, record_save(h.cx, c));
	for (int i = 0; i < 2; i++) { /* one that moves, and one that begins there */
		if (i)
			c = change_new(h.cx, test_object(&h, "deal"), NULL);
		else
			test_ok(h.cx, change_of(h.cx, CHANGE_EDIT, c->object, c->id, &c));
		test_set(c, "stage", value_int(asks));
		assert_false(record_save(h.cx, c));
		assert_int_equal(h.cx->err.code, E_INPUT);
		assert_str(h.cx->err.fields->field, "expected_on");
		assert_str(h.cx->err.fields->why,
			   "Before a deal enters the stage “Quote”, fill in “Expected on”");
		assert_str(h.cx->err.fields->next->field, "next_step");
		fail_clear(h.cx);
		test_set(c, "expected_on", value_text(S("2026-12-01")));
		test_set(c, "next_step", value_text(S("Call")));
		test_ok(h.cx, record_save(h.cx, c));
	}
	test_ok(h.cx, change_of(h.cx, CHANGE_EDIT, c->object, c->id, &c));
	test_set(c, "next_step", (struct value){ 0 }); /* asked on entry, and only there */
	test_ok(h.cx, record_save(h.cx, c));
	test_ok(h.cx, work_commit(h.cx, NULL));
	test_house_close(&h);
}

static void
test_stage_asks_for_fields_only(void **state)
{
	static const char *const refused[] = { "|nonsense|", "|weighted|",   "|number|",
					       "|stage|",    "|changed_at|", "|value|Wert|" };
	struct test_house h;

	(void)state;
	test_house_open(&h, TEST_SQLITE, FEATURES);
	test_ok(h.cx, work_begin(h.cx, S("")));
	for (size_t i = 0; i < countof(refused); i++) {
		struct change *c = change_new(h.cx, test_object(&h, "stage"), NULL);

		test_set(c, "required", value_text(str_of(refused[i])));
		assert_false(record_save(h.cx, c));
		assert_int_equal(h.cx->err.code, E_INPUT);
		assert_str(h.cx->err.fields->field, "required");
		fail_clear(h.cx);
	}
	work_abandon(h.cx);
	test_house_close(&h);
}

/* The deals of a stage that goes stand in the other one; one undo brings back all. */
static void
test_stage_goes_and_its_deals_stay(void **state)
{
	struct test_house h;
	struct conflicts conflicts = { 0 };
	int64_t pipeline, from, to, deal, changeset, n;
	struct row *stage, *row;
	struct change *c;

	(void)state;
	test_house_open(&h, TEST_SQLITE, FEATURES);
	test_ok(h.cx, work_begin(h.cx, S("")));
	pipeline = pipeline_new(&h, "Vertrieb", "new_business");
	from = stage_at(&h, pipeline, 1, "open");
	to = stage_at(&h, pipeline, 2, "open");
	c = change_new(h.cx, test_object(&h, "deal"), NULL);
	test_set(c, "stage", value_int(from));
	test_ok(h.cx, record_save(h.cx, c));
	deal = c->id;
	test_ok(h.cx, work_commit(h.cx, NULL));
	test_ok(h.cx, work_begin(h.cx, S("")));
	test_ok(h.cx, record_load(h.cx, test_object(&h, "stage"), from, &stage));
	test_ok(h.cx, process_count_deals(h.cx, stage, &n));
	assert_int_equal(n, 1);
	assert_false(process_remove(h.cx, stage, 0));
	assert_str(h.cx->err.fields->field, "to");
	fail_clear(h.cx);
	assert_false(process_remove(h.cx, stage, from));
	fail_clear(h.cx);
	test_ok(h.cx, process_remove(h.cx, stage, to));
	test_ok(h.cx, record_load(h.cx, test_object(&h, "deal"), deal, &row));
	assert_int_equal(row->v[DEAL_STAGE].i, to);
	assert_int_equal(row->v[DEAL_PROBABILITY].i, 2000);
	test_ok(h.cx, work_commit(h.cx, &changeset));
	test_ok(h.cx, work_begin(h.cx, S("")));
	test_ok(h.cx, changeset_undo(h.cx, changeset, false, &conflicts));
	test_ok(h.cx, record_load(h.cx, test_object(&h, "stage"), from, &stage));
	test_ok(h.cx, record_load(h.cx, test_object(&h, "deal"), deal, &row));
	assert_int_equal(row->v[DEAL_STAGE].i, from);
	test_ok(h.cx, work_commit(h.cx, NULL));
	test_house_close(&h);
}

static void
test_task_knows_when_it_was_done(void **state)
{
	struct test_house h;
	struct change *c;

	(void)state;
	test_house_open(&h, TEST_SQLITE, FEATURES);
	test_ok(h.cx, work_begin(h.cx, S("")));
	c = change_new(h.cx, test_object(&h, "task"), NULL);
	test_set(c, "state", value_text(S("done")));
	test_ok(h.cx, record_save(h.cx, c));
	assert_int_equal(c->after->v[TASK_DONE_AT].i, h.cx->now);
	test_ok(h.cx, work_commit(h.cx, NULL));
	test_house_close(&h);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_party_is_called_by_what_is_known_of_it),
		cmocka_unit_test(test_composed_name_follows_its_parts),
		cmocka_unit_test(test_deal_follows_its_stage),
		cmocka_unit_test(test_new_deal_stands_in_the_first_stage),
		cmocka_unit_test(test_deal_brings_what_its_stage_asks),
		cmocka_unit_test(test_stage_asks_for_fields_only),
		cmocka_unit_test(test_stage_goes_and_its_deals_stay),
		cmocka_unit_test(test_task_knows_when_it_was_done),
	};

	return cmocka_run_group_tests_name("rules", tests, NULL, NULL);
}
