/* What is missing, stale or too much in the full text is found, whatever holds it. */
#include "db/test_item.h"

enum { OBJECT = 7, OBJECT_AWAY = 9, DOCUMENTS = 700, TEXT_MAX = 100, LINE_MAX = 4000 };

/* Odd words, of one and of many documents, twice and in both texts. */
static const char *const WORDS[] = { "muller mueller",  "hans hans berlin", "o'brien \"x\" a|b \\",
				     "東京 lodz",       "x:y (z) & ! <->",  "nur\tim text",
				     "\xf3\xb0\x80\x81" };

static struct str
title_of(struct cx *cx, int64_t record)
{
	if (record % 5 == 0)
		return (struct str){ 0 };
	return str_printf(cx->mem, "nr %lld %s", (long long)record,
			  WORDS[(size_t)record % countof(WORDS)]);
}

static struct str
body_of(struct cx *cx, int64_t record)
{
	return str_printf(cx->mem, "%s %lld hans", WORDS[(size_t)record / 7 % countof(WORDS)],
			  (long long)record * 13);
}

static void
put(struct cx *cx, int64_t object, int64_t record)
{
	ok(cx, db_search_put(cx, object, record, title_of(cx, record), body_of(cx, record)));
}

static void
drop(struct cx *cx, int64_t object, int64_t record)
{
	ok(cx, db_search_drop(cx, object, record, title_of(cx, record), body_of(cx, record)));
}

static bool
each(struct cx *cx, struct search_check *check, void *to)
{
	struct arena_mark before = arena_mark(cx->mem);

	(void)to;
	for (int64_t i = 1; i <= DOCUMENTS; i++) {
		if (!db_search_expect(cx, check, OBJECT, i, title_of(cx, i), body_of(cx, i)))
			return false;
		arena_rewind(cx->mem, before);
	}
	return true;
}

/* "7/12 stale …", "more" behind it where there is. */
static struct str
faults_of(struct cx *cx)
{
	static const char *const names[] = { "missing", "stale", "orphan" };
	bool objects[SEARCH_OBJECT_MAX + 1] = { [OBJECT] = true };
	struct search_source source = { objects, each, NULL };
	struct buf out = buf_in(cx->mem, LINE_MAX);
	struct search_faults faults;

	ok(cx, db_begin_read(cx));
	ok(cx, db_search_check(cx, &source, &faults));
	db_rollback(cx);
	for (size_t i = 0; i < faults.n; i++)
		buf_printf(&out, "%s%lld/%lld %s", i ? ", " : "", (long long)faults.v[i].object,
			   (long long)faults.v[i].record, names[faults.v[i].what]);
	buf_z(&out, faults.more ? " and more" : "");
	return buf_done(&out);
}

static void
begun(struct cx *cx)
{
	ok(cx, db_begin_write(cx));
	ok(cx, db_search_create(cx));
	for (int64_t i = 1; i <= DOCUMENTS; i++)
		put(cx, OBJECT, i);
	put(cx, OBJECT_AWAY, 1); /* of an object that is not looked at */
	ok(cx, db_commit(cx));
	assert_str(faults_of(cx), "");
}

static void
change(struct cx *cx, void (*how)(struct cx *cx), bool whole)
{
	ok(cx, db_begin_write(cx));
	how(cx);
	if (whole)
		ok(cx, db_search_flush(cx));
	ok(cx, db_commit(cx));
}

static void
make_missing(struct cx *cx)
{
	drop(cx, OBJECT, 12);
	drop(cx, OBJECT, 699);
}

static void
make_orphans(struct cx *cx)
{
	put(cx, OBJECT, DOCUMENTS + 1);
	put(cx, OBJECT, (int64_t)1 << 40);
	put(cx, OBJECT_AWAY, 2);
}

static void
make_stale(struct cx *cx)
{
	drop(cx, OBJECT, 3);
	ok(cx, db_search_put(cx, OBJECT, 3, title_of(cx, 3), body_of(cx, 4)));
	drop(cx, OBJECT, 4); /* a word that stood in the title stands in the text alone */
	ok(cx, db_search_put(cx, OBJECT, 4, S("nr 4"),
			     str_printf(cx->mem, "%.*s %.*s", STR_FMT(title_of(cx, 4)),
					STR_FMT(body_of(cx, 4)))));
}

static void
make_alike(struct cx *cx)
{
	drop(cx, OBJECT, 3);
	put(cx, OBJECT, 3);
	drop(cx, OBJECT, 4); /* the same words in another order */
	ok(cx, db_search_put(cx, OBJECT, 4, title_of(cx, 4),
			     str_printf(cx->mem, "hans %.*s", STR_FMT(body_of(cx, 4)))));
}

static void
make_many(struct cx *cx)
{
	for (int64_t i = 1; i <= DOCUMENTS; i++)
		drop(cx, OBJECT, i);
}

static const struct {
	void (*how)(struct cx *cx);
	const char *want;
} DAMAGES[] = {
	{ make_missing, "7/12 missing, 7/699 missing" },
	{ make_orphans, "7/701 orphan, 7/1099511627776 orphan" },
	{ make_stale, "7/3 stale, 7/4 stale" },
	{ make_alike, "" },
};

static void
test_what_differs_is_found(struct test_db *t)
{
	struct cx *cx = opened(t, (struct db_options){ .unsafe_no_sync = true });

	for (size_t i = 0; i < countof(DAMAGES); i++)
		for (int whole = 0; whole < 2; whole++) {
			begun(cx);
			change(cx, DAMAGES[i].how, whole);
			assert_str(faults_of(cx), DAMAGES[i].want);
			cx_reset(cx);
		}
	closed(&cx);
}

static void
test_of_many_some_are_told(struct test_db *t)
{
	struct cx *cx = opened(t, (struct db_options){ .unsafe_no_sync = true });
	struct str faults;

	begun(cx);
	change(cx, make_many, false);
	faults = faults_of(cx);
	assert_true(str_starts(faults, S("7/")));
	assert_true(str_ends(faults, S(" missing and more")));
	closed(&cx);
}

static const struct both_engines CASES[] = {
	{ "what differs is found", test_what_differs_is_found },
	{ "of many some are told", test_of_many_some_are_told },
};

int
main(void)
{
	return run_on_both("search_check", CASES, countof(CASES));
}
