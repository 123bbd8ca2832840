/* The rules, through the pipeline. */
#include "app/features.h"
#include "base/feature.h"
#include "record/test_house.h"

static const struct feature *const FEATURES[] = { &feature_party, &feature_deal, &feature_task,
						  NULL };

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
		cmocka_unit_test(test_task_knows_when_it_was_done),
	};

	return cmocka_run_group_tests_name("rules", tests, NULL, NULL);
}
