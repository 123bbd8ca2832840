/* Tasks, appointments and cadences through the pipeline, on both databases. */
#include "app/features.h"
#include "base/feature.h"
#include "record/test_house.h"

#include "app/cadence.h"
#include "app/occur.h"
#include "app/task.h"
#include "flow/flow.h"
#include "flow/notice.h"

static const struct feature *const FEATURES[] = { &feature_party,       &feature_task,
						  &feature_appointment, &feature_cadence,
						  &feature_notice,      NULL };

enum { ANNA, BERT, PEOPLE, HOUR = 3600000, MINUTE = 60000 };

struct world {
	struct test_house h;
	int64_t people[PEOPLE];
};

/* In an open unit. */
static void
be(struct world *w, int who)
{
	test_ok(w->h.cx, actor_load(w->h.cx, w->people[who], &w->h.cx->actor));
	w->h.cx->zone = S("Europe/Berlin");
}

static void
begin(struct world *w)
{
	test_house_next(&w->h);
	test_ok(w->h.cx, work_begin(w->h.cx, S("")));
	be(w, ANNA);
}

static int64_t
commit(struct world *w)
{
	int64_t changeset;

	test_ok(w->h.cx, work_commit(w->h.cx, &changeset));
	return changeset;
}

static struct change *
made(struct world *w, const char *object)
{
	return change_new(w->h.cx, test_object(&w->h, object), NULL);
}

static struct change *
edit(struct world *w, const char *object, int64_t id)
{
	struct change *c;

	test_ok(w->h.cx, change_of(w->h.cx, CHANGE_EDIT, test_object(&w->h, object), id, &c));
	return c;
}

static int64_t
save(struct world *w, struct change *c)
{
	test_ok(w->h.cx, record_save(w->h.cx, c));
	return c->id;
}

static void
set_text(struct change *c, const char *field, const char *text)
{
	test_set(c, field, value_text(str_of(text)));
}

static struct rows
found(struct world *w, const char *object, const char *where)
{
	struct query query = { .object = test_object(&w->h, object), .limit = LIMIT_MAX };
	struct cx *cx = w->h.cx;
	struct rows rows;

	if (!cx->conn)
		test_ok(cx, db_begin_read(cx));
	cx->actor = actor_system(cx);
	test_ok(cx, cond_parse(cx, cx->mem, cx->model, query.object, str_of(where), NULL,
			       &query.where));
	test_ok(cx, record_query(cx, &query, &rows));
	return rows;
}

static void
each_engine(void (*run)(struct world *w))
{
	for (int engine = 0; engine < TEST_ENGINE__MAX; engine++) {
		static const char *const names[] = { "anna", "bert" };
		struct world w = { 0 };
		int64_t role[1];

		if (!test_house_open(&w.h, (enum test_engine)engine, FEATURES))
			continue;
		w.h.env.now = (int64_t)TEST_NOW_S * 1000; /* a Monday */
		test_ok(w.h.cx, work_begin(w.h.cx, S("")));
		role[0] = found(&w, "role", "name = admin").v[0].id;
		for (int i = 0; i < PEOPLE; i++) {
			struct change *c = made(&w, "user");

			set_text(c, "login", names[i]);
			test_set(c, "roles", (struct value){ .kind = V_IDS, .i = 1, .ids = role });
			w.people[i] = save(&w, c);
		}
		commit(&w);
		run(&w);
		test_house_close(&w.h);
	}
}

static struct change *
task_new(struct world *w, const char *due, const char *rule)
{
	struct change *c = made(w, "task");

	set_text(c, "subject", "Bericht");
	test_set(c, "owner", value_int(w->people[ANNA]));
	if (due)
		set_text(c, "due_on", due);
	if (rule)
		set_text(c, "recurrence", rule);
	return c;
}

static int64_t
finish(struct world *w, int64_t id)
{
	struct change *c;

	begin(w);
	c = edit(w, "task", id);
	set_text(c, "state", "done");
	save(w, c);
	return commit(w);
}

/* ---- a series ---- */

static void
series(struct world *w)
{
	struct conflicts conflicts = { 0 };
	struct change *c;
	struct rows rows;
	int64_t id, changeset;

	begin(w);
	c = task_new(w, "2026-09-21", "RRULE:FREQ=WEEKLY;COUNT=2");
	test_set(c, "remind_at",
		 value_int(moment_of(zone_find(S("Europe/Berlin")), 18000 + 2716, 9 * HOUR)));
	test_set(c, "delegated_by", (struct value){ 0 });
	id = save(w, c);
	assert_str(c->after->v[TASK_RECURRENCE].s, "FREQ=WEEKLY;COUNT=2");
	commit(w);
	changeset = finish(w, id);
	rows = found(w, "task", "state = open");
	assert_int_equal(rows.n, 1);
	assert_str(rows.v[0].v[TASK_DUE_ON].s, "2026-09-28");
	assert_str(rows.v[0].v[TASK_RECURRENCE].s, "FREQ=WEEKLY;COUNT=1");
	assert_str(rows.v[0].v[TASK_SUBJECT].s, "Bericht");
	assert_int_equal(rows.v[0].v[TASK_OWNER].i, w->people[ANNA]);
	assert_int_equal(rows.v[0].v[TASK_PREVIOUS].i, id);
	assert_int_equal(
		moment_time_of_day(zone_find(S("Europe/Berlin")), rows.v[0].v[TASK_REMIND_AT].i),
		9 * HOUR);
	/* One undo takes both back. */
	begin(w);
	test_ok(w->h.cx, changeset_undo(w->h.cx, changeset, false, &conflicts));
	commit(w);
	rows = found(w, "task", "state = open");
	assert_int_equal(rows.n, 1);
	assert_int_equal(rows.v[0].id, id);
	/* Opened again and done again it has one successor, and that is the last. */
	finish(w, id);
	begin(w);
	c = edit(w, "task", id);
	set_text(c, "state", "open");
	save(w, c);
	commit(w);
	finish(w, id);
	rows = found(w, "task", "state = open");
	assert_int_equal(rows.n, 1);
	finish(w, rows.v[0].id);
	assert_int_equal(found(w, "task", "state = open").n, 0);
}

static void
series_rules(struct world *w)
{
	struct change *c;

	begin(w);
	c = task_new(w, NULL, "FREQ=WEEKLY;BYDAY=FR");
	save(w, c);
	assert_str(c->after->v[TASK_DUE_ON].s, "2026-09-25"); /* it begins on its first day */
	c = task_new(w, "2026-09-21", "weekly");
	assert_false(record_save(w->h.cx, c));
	assert_str(w->h.cx->err.fields->field, "recurrence");
	assert_str(w->h.cx->err.fields->why, "A rule for repeating has no such part: weekly");
	fail_clear(w->h.cx);
	commit(w);
}

/* What was done late comes back on a day that is still ahead. */
static void
series_late(struct world *w)
{
	int64_t id;
	struct rows rows;

	begin(w);
	id = save(w, task_new(w, "2026-09-01", "FREQ=DAILY"));
	commit(w);
	finish(w, id);
	rows = found(w, "task", "state = open");
	assert_int_equal(rows.n, 1);
	assert_str(rows.v[0].v[TASK_DUE_ON].s, "2026-09-21");
}

/* ---- putting off ---- */

static void
snoozes(struct world *w)
{
	static const struct {
		const char *to, *day;
	} cases[] = { { "tomorrow", "2026-09-22" },
		      { "week", "2026-09-28" },
		      { "month", "2026-10-21" },
		      { "2027-01-01", "2027-01-01" } };
	static const char *const refused[] = { "yesterday", "2026-09-21", "2026-02-30", "" };
	struct change *c;
	int64_t id;

	begin(w);
	id = save(w, task_new(w, "2026-09-20", NULL));
	assert_int_equal(found(w, "task",
			       "state = open and due_on <= today and"
			       " (resubmit_on is empty or resubmit_on <= today)")
				 .n,
			 1);
	for (size_t i = 0; i < countof(cases); i++) {
		test_ok(w->h.cx, task_snooze(w->h.cx, id, str_of(cases[i].to), &c));
		assert_str(c->after->v[TASK_RESUBMIT_ON].s, cases[i].day);
	}
	assert_int_equal(found(w, "task",
			       "state = open and due_on <= today and"
			       " (resubmit_on is empty or resubmit_on <= today)")
				 .n,
			 0);
	for (size_t i = 0; i < countof(refused); i++) {
		assert_false(task_snooze(w->h.cx, id, str_of(refused[i]), &c));
		assert_str(w->h.cx->err.fields->field, "to");
		fail_clear(w->h.cx);
	}
	commit(w);
	finish(w, id);
	begin(w);
	assert_false(task_snooze(w->h.cx, id, S("tomorrow"), &c));
	assert_int_equal(w->h.cx->err.code, E_CONFLICT);
	fail_clear(w->h.cx);
	work_abandon(w->h.cx);
}

/* ---- notices ---- */

static int64_t
notices_of(struct world *w, int who, enum notice_kind kind)
{
	struct notice_query query = { .limit = NOTICES_MAX };
	struct notices notices;
	int64_t n = 0;
	bool more;

	test_house_next(&w->h);
	test_ok(w->h.cx, db_begin_read(w->h.cx));
	be(w, who);
	test_ok(w->h.cx, notices_read(w->h.cx, &query, &notices, &more));
	for (size_t i = 0; i < notices.n; i++)
		n += notices.v[i].kind == kind;
	db_rollback(w->h.cx);
	return n;
}

static void
reminders(struct world *w)
{
	struct change *c;
	int64_t ran;

	test_ok(w->h.cx, timers_set(w->h.cx, FEATURES));
	begin(w);
	c = task_new(w, NULL, NULL);
	test_set(c, "remind_at", value_int(w->h.cx->now + 30 * MINUTE));
	save(w, c);
	commit(w);
	test_house_next(&w->h);
	test_ok(w->h.cx, jobs_run_until(w->h.cx, FEATURES, w->h.env.now + 29 * MINUTE, &ran));
	assert_int_equal(notices_of(w, ANNA, NOTICE_REMIND), 0);
	test_ok(w->h.cx, jobs_run_until(w->h.cx, FEATURES, w->h.env.now + 3 * HOUR, &ran));
	assert_int_equal(notices_of(w, ANNA, NOTICE_REMIND), 1);
	assert_int_equal(notices_of(w, BERT, NOTICE_REMIND), 0);
}

static void
delegation(struct world *w)
{
	struct change *c;
	int64_t id;

	begin(w);
	id = save(w, task_new(w, "2026-09-21", NULL));
	commit(w);
	begin(w);
	c = edit(w, "task", id);
	test_set(c, "owner", value_int(w->people[BERT]));
	save(w, c);
	assert_int_equal(c->after->v[TASK_DELEGATED_BY].i, w->people[ANNA]);
	commit(w);
	begin(w);
	be(w, BERT);
	c = edit(w, "task", id);
	set_text(c, "state", "done");
	save(w, c);
	assert_int_equal(c->after->v[TASK_DELEGATED_BY].i, w->people[ANNA]);
	commit(w);
	assert_int_equal(notices_of(w, ANNA, NOTICE_FOLLOWED), 1);
	begin(w);
	be(w, BERT);
	c = edit(w, "task", id);
	test_set(c, "owner", value_int(w->people[ANNA])); /* handed back */
	save(w, c);
	assert_int_equal(c->after->v[TASK_DELEGATED_BY].kind, V_NONE);
	commit(w);
}

/* ---- appointments ---- */

static struct change *
appointment_new(struct world *w, int64_t at)
{
	struct change *c = made(w, "appointment");

	set_text(c, "subject", "Besuch");
	test_set(c, "owner", value_int(w->people[ANNA]));
	test_set(c, "starts_at", value_int(at));
	return c;
}

static void
appointments(struct world *w)
{
	int64_t now, id, others[1];
	struct busy_list busy;
	struct change *c;

	begin(w);
	now = w->h.cx->now;
	c = appointment_new(w, now);
	others[0] = w->people[BERT];
	test_set(c, "participants", (struct value){ .kind = V_IDS, .i = 1, .ids = others });
	set_text(c, "recurrence", "FREQ=WEEKLY");
	id = save(w, c);
	assert_int_equal(c->after->v[APPOINTMENT_ENDS_AT].i, now + HOUR);
	c = edit(w, "appointment", id);
	test_set(c, "starts_at", value_int(now + 2 * HOUR)); /* the end goes with it */
	save(w, c);
	assert_int_equal(c->after->v[APPOINTMENT_ENDS_AT].i, now + 3 * HOUR);
	c = edit(w, "appointment", id);
	test_set(c, "ends_at", value_int(now));
	assert_false(record_save(w->h.cx, c));
	assert_str(w->h.cx->err.fields->field, "ends_at");
	fail_clear(w->h.cx);
	w->h.cx->actor = actor_system(w->h.cx);
	for (int week = 0; week < 8; week++) { /* over the end of summer time */
		int64_t day = now + (int64_t)week * 7 * 24 * HOUR;

		test_ok(w->h.cx, busy_read(w->h.cx, w->people, PEOPLE,
					   &(struct busy_ask){ day, day + 24 * HOUR, 0 }, &busy));
		assert_int_equal(busy.n, 2);
		assert_int_equal(moment_time_of_day(zone_find(S("Europe/Berlin")), busy.v[0].at),
				 moment_time_of_day(zone_find(S("Europe/Berlin")), now) + 2 * HOUR);
	}
	test_ok(w->h.cx, busy_read(w->h.cx, w->people, PEOPLE,
				   &(struct busy_ask){ now, now + 24 * HOUR, id }, &busy));
	assert_int_equal(busy.n, 0);
	test_ok(w->h.cx, busy_read(w->h.cx, w->people, PEOPLE,
				   &(struct busy_ask){ now, now + 2 * HOUR, 0 }, &busy));
	assert_int_equal(busy.n, 0);
	commit(w);
	assert_int_equal(notices_of(w, BERT, NOTICE_INVITED), 1);
	assert_int_equal(notices_of(w, ANNA, NOTICE_INVITED), 0);
}

static void
test_placed(void **state)
{
	struct placed v[] = {
		{ 0, 60 }, { 10, 20 }, { 15, 40 }, { 20, 30 }, { 60, 70 }, { 80, 90 }
	};
	static const int want[][2] = { { 0, 3 }, { 1, 3 }, { 2, 3 }, { 1, 3 }, { 0, 1 }, { 0, 1 } };

	(void)state;
	placed_side_by_side(v, countof(v));
	for (size_t i = 0; i < countof(v); i++) {
		assert_int_equal(v[i].column, want[i][0]);
		assert_int_equal(v[i].columns, want[i][1]);
	}
}

/* ---- cadences ---- */

static int64_t
party_new(struct world *w, const char *name, const char *roles)
{
	struct change *c = made(w, "party");

	set_text(c, "name", name);
	set_text(c, "roles", roles);
	test_set(c, "owner", value_int(w->people[BERT]));
	return save(w, c);
}

static void
activity_new(struct world *w, int64_t party, int64_t days_ago)
{
	struct change *c = made(w, "activity");

	set_text(c, "kind", "call");
	test_set(c, "party", value_int(party));
	test_set(c, "at", value_int(w->h.cx->now - days_ago * 24 * HOUR));
	save(w, c);
}

static void
run_days(struct world *w, int days)
{
	int64_t ran;

	test_house_next(&w->h);
	test_ok(w->h.cx,
		jobs_run_until(w->h.cx, FEATURES, w->h.env.now + (int64_t)days * 24 * HOUR, &ran));
	test_house_next(&w->h);
	test_ok(w->h.cx, db_begin_read(w->h.cx));
}

static void
cadences(struct world *w)
{
	struct cadence_preview preview;
	int64_t never, lately, id, first, second;
	struct change *c;
	struct row *row;
	struct rows rows;

	test_ok(w->h.cx, timers_set(w->h.cx, FEATURES));
	begin(w);
	never = party_new(w, "Nie", "|customer|");
	lately = party_new(w, "Neulich", "|customer|");
	party_new(w, "Niemand", "|supplier|");
	activity_new(w, lately, 10);
	c = made(w, "cadence");
	set_text(c, "condition", "roles contains nonsense");
	assert_false(record_save(w->h.cx, c));
	assert_str(w->h.cx->err.fields->field, "condition");
	fail_clear(w->h.cx);
	c = made(w, "cadence");
	set_text(c, "name", "Kunden");
	set_text(c, "condition", "roles contains customer");
	test_set(c, "every", value_int(2));
	set_text(c, "period", "week");
	id = save(w, c);
	test_ok(w->h.cx, record_load(w->h.cx, c->object, id, &row));
	test_ok(w->h.cx, cadence_preview(w->h.cx, row, &preview));
	assert_int_equal(preview.concerned, 2);
	assert_int_equal(preview.due, 1);
	commit(w);
	run_days(w, 1);
	rows = found(w, "task", "state = open");
	assert_int_equal(rows.n, 1);
	assert_int_equal(rows.v[0].v[TASK_PARTY].i, never);
	assert_int_equal(rows.v[0].v[TASK_OWNER].i, w->people[BERT]);
	assert_str(rows.v[0].v[TASK_SUBJECT].s, "Call: Nie");
	/* No second one while one is open; the other party's turn comes after two weeks. */
	run_days(w, 5);
	rows = found(w, "task", "state = open");
	assert_int_equal(rows.n, 2);
	db_rollback(w->h.cx);
	first = rows.v[0].id;
	second = rows.v[1].id;
	finish(w, first);
	finish(w, second);
	run_days(w, 5);
	assert_int_equal(found(w, "task", "state = open").n, 0);
	run_days(w, 12);
	assert_int_equal(found(w, "task", "state = open").n, 2);
}

static void
cadence_bounds(struct world *w)
{
	struct change *c;

	test_ok(w->h.cx, timers_set(w->h.cx, FEATURES));
	begin(w);
	for (int i = 0; i < 7; i++)
		party_new(w, "Kunde", "|customer|");
	c = made(w, "cadence");
	set_text(c, "name", "Kunden");
	test_set(c, "at_most", value_int(3));
	save(w, c);
	commit(w);
	run_days(w, 0);
	for (int day = 0; day < 3; day++) {
		static const size_t want[] = { 3, 6, 7 };

		db_rollback(w->h.cx);
		run_days(w, day ? 1 : 0);
		if (!day) {
			int64_t ran;

			db_rollback(w->h.cx);
			test_house_next(&w->h);
			test_ok(w->h.cx,
				jobs_run_until(w->h.cx, FEATURES, w->h.env.now + HOUR, &ran));
			test_house_next(&w->h);
			test_ok(w->h.cx, db_begin_read(w->h.cx));
		}
		assert_int_equal(found(w, "task", "state = open").n, want[day]);
	}
}

#define EACH(run)                            \
	static void test_##run(void **state) \
	{                                    \
		(void)state;                 \
		each_engine(run);            \
	}
EACH(series)
EACH(series_rules)
EACH(series_late)
EACH(snoozes)
EACH(reminders)
EACH(delegation)
EACH(appointments)
EACH(cadences)
EACH(cadence_bounds)

#define PROOF(title, run)                    \
	{                                    \
		title, run, NULL, NULL, NULL \
	}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		PROOF("OP-29 who finishes a task of a series gets the next; one undo takes both back",
		      test_series),
		PROOF("OP-29 a rule is checked, and gives the first day", test_series_rules),
		PROOF("OP-29 what was done late comes back on a day ahead", test_series_late),
		PROOF("OP-29 a task is put off until a day, and leaves what is due", test_snoozes),
		PROOF("OP-29 a reminder is told once, to the person in charge", test_reminders),
		PROOF("OP-29 who delegates a task stays known and is told what became of it",
		      test_delegation),
		PROOF("OP-30 an appointment takes the time of all who take part, week by week",
		      test_appointments),
		PROOF("OP-30 what overlaps stands side by side", test_placed),
		PROOF("OP-17 a cadence makes one task when a party's turn has come", test_cadences),
		PROOF("OP-17 a cadence makes no more tasks a day than it may", test_cadence_bounds),
	};

	return cmocka_run_group_tests_name("task", tests, NULL, NULL);
}
