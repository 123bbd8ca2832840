/* Timelines: in order, each record once, page by page, within the reader's rights. */
#include "record/test_house.h"
#include "record/timeline.h"

#define ENGINES(h)                                                   \
	for (int engine_ = 0; engine_ < TEST_ENGINE__MAX; engine_++) \
		if (test_house_open(&(h), (enum test_engine)engine_, NULL))

enum { CALLS = 40, WORDS_MAX = 4000 };

static struct change *
begun(struct test_house *h, const char *object)
{
	test_house_next(h);
	test_ok(h->cx, work_begin(h->cx, S("")));
	return change_new(h->cx, test_object(h, object), NULL);
}

static int64_t
saved(struct test_house *h, struct change *c)
{
	test_ok(h->cx, record_save(h->cx, c));
	test_ok(h->cx, work_commit(h->cx, NULL));
	return c->id;
}

static int64_t
make(struct test_house *h, const char *object, const char *title, int64_t party, const char *date)
{
	const struct object *of = test_object(h, object);
	struct change *c = begun(h, object);

	change_set(c, of->title, value_text(str_of(title)));
	if (party)
		test_set(c, "party", value_int(party));
	if (date)
		change_set(c, timeline_when(of), value_text(str_of(date)));
	return saved(h, c);
}

static int64_t
make_call(struct test_house *h, const char *subject, int64_t party, int64_t at)
{
	struct change *c = begun(h, "activity");

	test_set(c, "subject", value_text(str_of(subject)));
	test_set(c, "party", value_int(party));
	test_set(c, "at", value_int(at));
	return saved(h, c);
}

static struct timeline
read_some(struct test_house *h, struct timeline_query query)
{
	struct timeline timeline;

	test_ok(h->cx, db_begin_read(h->cx));
	test_ok(h->cx, record_timeline(h->cx, &query, &timeline));
	db_rollback(h->cx);
	return timeline;
}

/* What a page shows, in words. */
static struct str
words(struct test_house *h, struct timeline_query query)
{
	struct timeline timeline = read_some(h, query);
	struct buf out = buf_in(h->cx->mem, WORDS_MAX);

	for (size_t i = 0; i < timeline.n; i++) {
		const struct moment *m = &timeline.v[i];

		if (i)
			BUF_LIT(&out, ", ");
		if (m->change)
			buf_printf(&out, "%.*s changed", STR_FMT(m->change->object->name));
		else
			buf_str(&out, m->entry->title.s);
	}
	return buf_done(&out);
}

static void
assert_words(struct str got, const char *want)
{
	if (!str_eq_z(got, want))
		fail_msg("“%.*s” instead of “%s”", STR_FMT(got), want);
}

static void
test_entries_and_changes_stand_newest_first(void **state)
{
	struct test_house h;

	(void)state;
	ENGINES(h)
	{
		const int64_t now = (int64_t)TEST_NOW_S * 1000;
		int64_t party = make(&h, "party", "Kern", 0, NULL), deal;
		struct timeline_query query = { .object = test_object(&h, "party"),
						.id = party,
						.limit = 20 };
		struct change *c;

		make_call(&h, "older", party, now - 5 * MS_PER_DAY);
		deal = make(&h, "deal", "deal", party, "2026-09-18");
		make_call(&h, "newer", party, now - MS_PER_DAY);
		make_call(&h, "of another", make(&h, "party", "Fremd", 0, NULL), now);
		test_house_next(&h);
		test_ok(h.cx, work_begin(h.cx, S("")));
		test_ok(h.cx, change_of(h.cx, CHANGE_EDIT, test_object(&h, "deal"), deal, &c));
		test_set(c, "next_step", value_text(S("call")));
		saved(&h, c);
		test_house_next(&h);
		assert_words(words(&h, query), "deal changed, newer, deal, older");
		query.only = test_object(&h, "activity");
		assert_words(words(&h, query), "newer, older");
		query.only = NULL;
		query.changes_only = true;
		assert_words(words(&h, query), "deal changed");
		test_house_close(&h);
	}
}

struct counted {
	bool seen[CALLS + 1];
	size_t n, notes;
};

static void
count_moments(const struct timeline *timeline, struct counted *counted)
{
	for (size_t i = 0; i < timeline->n; i++) {
		int64_t number = CALLS;

		if (!str_int(timeline->v[i].entry->title.s, 0, CALLS - 1, &number))
			counted->notes++;
		assert_false(counted->seen[number]);
		counted->seen[number] = true;
		counted->n++;
	}
}

/* Many of the same moment, and a record that points here twice. */
static void
test_pages_show_each_once(void **state)
{
	struct test_house h;

	(void)state;
	ENGINES(h)
	{
		const int64_t now = (int64_t)TEST_NOW_S * 1000;
		int64_t party = make(&h, "party", "Kern", 0, NULL);
		struct timeline_query query = { .object = test_object(&h, "party"),
						.id = party,
						.limit = 7 };
		struct change *note = begun(&h, "note");
		struct counted counted = { 0 };

		test_set(note, "subject", value_text(S("twice")));
		test_set(note, "party", value_int(party));
		test_set(note, "about",
			 (struct value){ .kind = V_ANY, .s = S("party"), .i = party });
		saved(&h, note);
		for (int i = 0; i < CALLS; i++) {
			char number[16];

			snprintf(number, sizeof number, "%d", i);
			make_call(&h, number, party, now - i / 10 * MS_PER_HOUR);
		}
		test_house_next(&h);
		do {
			struct timeline timeline = read_some(&h, query);

			count_moments(&timeline, &counted);
			query.after = timeline.next;
		} while (query.after.n);
		assert_int_equal(counted.n, CALLS + 1);
		assert_int_equal(counted.notes, 1);
		test_house_close(&h);
	}
}

static void
test_what_lies_ahead_is_soonest_first(void **state)
{
	struct test_house h;

	(void)state;
	ENGINES(h)
	{
		const int64_t now = (int64_t)TEST_NOW_S * 1000;
		int64_t party = make(&h, "party", "Kern", 0, NULL);
		struct timeline_query query = { .object = test_object(&h, "party"),
						.id = party,
						.limit = 5,
						.changes_only = true };
		static const char *const tasks[][3] = { { "undated", NULL, "open" },
							{ "late", "2026-09-01", "open" },
							{ "done", "2026-09-22", "done" },
							{ "soon", "2026-09-25", "open" } };
		struct timeline timeline;

		for (size_t i = 0; i < countof(tasks); i++) {
			struct change *c = begun(&h, "task");

			test_set(c, "subject", value_text(str_of(tasks[i][0])));
			test_set(c, "party", value_int(party));
			test_set(c, "state", value_text(str_of(tasks[i][2])));
			if (tasks[i][1])
				test_set(c, "due_on", value_text(str_of(tasks[i][1])));
			saved(&h, c);
		}
		make_call(&h, "meeting", party, now + 2 * MS_PER_DAY);
		make_call(&h, "past", party, now - 2 * MS_PER_DAY);
		test_house_next(&h);
		timeline = read_some(&h, query);
		assert_int_equal(timeline.n_ahead, 4);
		for (size_t i = 0; i < timeline.n_ahead; i++) {
			static const char *const want[] = { "late", "meeting", "soon", "undated" };

			assert_words(timeline.ahead[i].title.s, want[i]);
		}
		test_house_close(&h);
	}
}

static void
test_a_wrong_cursor_is_refused(void **state)
{
	struct test_house h;
	static const char *const wrong[] = { "x", "1.2", "1.2.3.", "1.2.3.999999999999999999999" };

	(void)state;
	ENGINES(h)
	{
		int64_t party = make(&h, "party", "Kern", 0, NULL);
		struct timeline timeline;

		for (size_t i = 0; i < countof(wrong); i++) {
			struct timeline_query query = { .object = test_object(&h, "party"),
							.id = party,
							.limit = 5,
							.after = str_of(wrong[i]) };

			test_house_next(&h);
			test_ok(h.cx, db_begin_read(h.cx));
			assert_false(record_timeline(h.cx, &query, &timeline));
			assert_int_equal(h.cx->err.code, E_INPUT);
		}
		test_house_close(&h);
	}
}

/* Titles of several objects by one statement, and the numbers of what hangs on a record. */
static void
test_titles_and_numbers_take_one_statement(void **state)
{
	struct test_house h;

	(void)state;
	ENGINES(h)
	{
		int64_t party = make(&h, "party", "Kern", 0, NULL);
		int64_t deal = make(&h, "deal", "Presse", party, NULL);
		const struct object *of = test_object(&h, "party");
		const struct reverse *sets[] = { reverse_find(of, S("deals")),
						 reverse_find(of, S("orders")) };
		struct ref refs[] = { { of, party },
				      { test_object(&h, "deal"), deal },
				      { of, party + 100 },
				      { NULL, 0 } };
		struct str titles[countof(refs)];
		int64_t counts[countof(sets)];
		unsigned before;

		test_house_next(&h);
		test_ok(h.cx, db_begin_read(h.cx));
		before = h.cx->n_sql;
		test_ok(h.cx, record_titles_of(h.cx, refs, countof(refs), titles));
		test_ok(h.cx, record_set_counts(h.cx, sets, countof(sets), party, counts));
		assert_in_range(h.cx->n_sql - before, 1, 2);
		assert_words(titles[0], "Kern");
		assert_words(titles[1], "Presse");
		assert_int_equal(titles[2].n, 0);
		assert_int_equal(counts[0], 1);
		assert_int_equal(counts[1], 0);
		test_house_close(&h);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_entries_and_changes_stand_newest_first),
		cmocka_unit_test(test_pages_show_each_once),
		cmocka_unit_test(test_what_lies_ahead_is_soonest_first),
		cmocka_unit_test(test_a_wrong_cursor_is_refused),
		cmocka_unit_test(test_titles_and_numbers_take_one_statement),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
