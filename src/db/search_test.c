/* Both engines find the same, whatever the words hold. */
#include "db/test_item.h"

static const struct {
	int64_t object, record;
	struct str title, body;
} DOCUMENTS[] = {
	{ 1, 1, S_INIT("muller mueller hans"), S_INIT("berlin gmbh") },
	{ 1, 2, S_INIT("meier gmbh"), S_INIT("muller berlin 10115") },
	{ 2, 2, S_INIT("angebot muller"), S_INIT("rabatt hans") },
	{ 1, 3, S_INIT("o'brien \"quoted\" back\\slash a|b"),
	  S_INIT("x:y (z) & ! <-> * or and near") },
	{ 3, 4, S_INIT(""), S_INIT("nur im text hans\tmit\ntabulator") },
	{ 1023, 5, S_INIT("lodz 東京 \xf3\xb0\x80\x81 hans"), S_INIT("") },
	{ 0, 6, S_INIT("null"), S_INIT("hans") },
	{ 4, 7, S_INIT("sonst"), S_INIT("hansa rabatte") },
};

static void
put_documents(struct cx *cx)
{
	ok(cx, db_begin_write(cx));
	ok(cx, db_search_create(cx));
	for (size_t i = 0; i < countof(DOCUMENTS); i++)
		ok(cx, db_search_put(cx, DOCUMENTS[i].object, DOCUMENTS[i].record,
				     DOCUMENTS[i].title, DOCUMENTS[i].body));
	ok(cx, db_commit(cx));
}

/* "object/record" of each hit, a star behind those in the title. */
static struct str
hits_of(struct cx *cx, int64_t object, const char *const *texts, size_t n, int64_t limit)
{
	struct buf b = buf_in(cx->mem, 4096);
	struct strs words = { 0 };
	struct db_search_hit *hits;
	size_t n_hits;

	for (size_t i = 0; i < n && texts[i]; i++)
		list_add(cx->mem, &words, str_of(texts[i]));
	ok(cx, db_begin_read(cx));
	ok(cx, db_search_find(cx, object, &words, limit, &hits, &n_hits));
	db_rollback(cx);
	for (size_t i = 0; i < n_hits; i++)
		buf_printf(&b, "%s%lld/%lld%s", i ? " " : "", (long long)hits[i].object,
			   (long long)hits[i].record, hits[i].in_title ? "*" : "");
	return buf_done(&b);
}

static const struct {
	const char *words[4];
	int64_t object, limit;
	const char *want;
} QUESTIONS[] = {
	{ { "muller" }, 0, 10, "2/2* 1/1* 1/2" },
	{ { "mu" }, 0, 10, "2/2* 1/1* 1/2" },
	{ { "m" }, 0, 10, "2/2* 1/2* 1/1* 3/4" },
	{ { "hans" }, 0, 10, "1023/5* 1/1* 0/6 3/4 2/2 4/7" },
	{ { "hans" }, 0, 2, "1023/5* 1/1*" },
	{ { "hans" }, 0, 3, "1023/5* 1/1* 0/6" },
	{ { "hans" }, 2, 10, "2/2" },
	{ { "hansa" }, 0, 10, "4/7" },
	{ { "rabatt" }, 0, 10, "2/2 4/7" },
	{ { "rabat" }, 0, 10, "4/7 2/2" },
	{ { "rabatt" }, 0, 1, "2/2" },
	{ { "hans", "rabatt" }, 0, 10, "2/2" },
	{ { "hans" }, 1023, 10, "1023/5*" },
	{ { "muller", "berlin" }, 0, 10, "1/2 1/1" },
	{ { "muller", "hans" }, 0, 10, "1/1* 2/2" },
	{ { "mul", "hans" }, 0, 10, "" },
	{ { "hans", "mul" }, 0, 10, "1/1* 2/2" },
	{ { "meier|angebot" }, 0, 10, "2/2* 1/2*" },
	{ { "nobody|muell" }, 0, 10, "1/1*" },
	{ { "meier|angebot", "berlin|rabatt" }, 0, 10, "2/2 1/2" },
	{ { "MULLER" }, 0, 10, "2/2* 1/1* 1/2" },
	{ { "nobody" }, 0, 10, "" },
	{ { "gmbhx" }, 0, 10, "" },
	{ { "" }, 0, 10, "" },
	{ { NULL }, 0, 10, "" },
	{ { "||" }, 0, 10, "" },
	{ { " ", "hans", "\t" }, 2, 10, "2/2" },
	{ { "o'brien" }, 0, 10, "1/3*" },
	{ { "\"quoted\"" }, 0, 10, "1/3*" },
	{ { "quoted" }, 0, 10, "" },
	{ { "back\\sl" }, 0, 10, "1/3*" },
	{ { "x:y", "(z)" }, 0, 10, "1/3" },
	{ { "<->" }, 0, 10, "1/3" },
	{ { "&", "!" }, 0, 10, "1/3" },
	{ { "or", "and", "near" }, 0, 10, "1/3" },
	{ { "*" }, 0, 10, "1/3" },
	{ { "tabu" }, 0, 10, "3/4" },
	{ { "東" }, 0, 10, "1023/5*" },
	{ { "東京" }, 0, 10, "1023/5*" },
	{ { "\xf3\xb0\x80\x81" }, 0, 10, "" },
	{ { "\") OR (\"" }, 0, 10, "" },
	{ { "') | ('" }, 0, 10, "" },
	{ { "'", "\"", "\\" }, 0, 10, "" },
	{ { "title:hans", "hans" }, 0, 10, "" },
	{ { "hans' | 'meier" }, 0, 10, "" },
	{ { "hans\" OR \"meier" }, 0, 10, "" },
	{ { "muller" }, 0, 0, "" },
};

/* ---- the same as part of another statement ---- */

struct ids_sink {
	struct search_sink sink;
	struct buf sql;
	struct str values[64];
	int64_t numbers[64];
	int n;
};

static struct ids_sink *
ids_of(const struct search_sink *sink)
{
	return (struct ids_sink *)(uintptr_t)sink;
}

static void
ids_text(const struct search_sink *sink, const char *literal)
{
	buf_z(&ids_of(sink)->sql, literal);
}

static void
ids_number(const struct search_sink *sink, int64_t value)
{
	buf_printf(&ids_of(sink)->sql, "?%d", ids_of(sink)->n + 1);
	ids_of(sink)->numbers[ids_of(sink)->n++] = value;
}

static void
ids_value(const struct search_sink *sink, struct str value)
{
	buf_printf(&ids_of(sink)->sql, "?%d", ids_of(sink)->n + 1);
	ids_of(sink)->values[ids_of(sink)->n++] = value;
}

/* Newest first, each once. */
static struct str
ids_found(struct cx *cx, int64_t object, const struct strs *words, bool in_title)
{
	struct ids_sink ids = { .sink = { ids_text, ids_number, ids_value },
				.sql = buf_in(cx->mem, 64 << 10) };
	struct buf got = buf_in(cx->mem, 4096);
	struct stmt *stmt;
	bool row;

	buf_z(&ids.sql, "SELECT DISTINCT id FROM (SELECT 1 AS id WHERE 1 = 0 UNION ALL ");
	ok(cx, db_search_ids(cx, object, words, in_title, &ids.sink));
	buf_z(&ids.sql, ") x ORDER BY id DESC");
	stmt = db_prepare(cx, buf_done(&ids.sql));
	assert_non_null(stmt);
	for (int i = 0; i < ids.n; i++)
		if (ids.values[i].p)
			db_bind_str(stmt, i + 1, ids.values[i]);
		else
			db_bind_int(stmt, i + 1, ids.numbers[i]);
	for (;;) {
		ok(cx, db_step(cx, stmt, &row));
		if (!row)
			return buf_done(&got);
		buf_printf(&got, " %lld", (long long)db_col_int(stmt, 0));
	}
}

static int
newer_first(const void *a, const void *b)
{
	const struct db_search_hit *x = a, *y = b;

	return (x->record < y->record) - (x->record > y->record);
}

static void
ids_are_the_hits(struct cx *cx, int64_t object, const char *const *texts, size_t n)
{
	struct strs words = { 0 };
	struct db_search_hit *hits;
	size_t n_hits;

	for (size_t i = 0; i < n && texts[i]; i++)
		list_add(cx->mem, &words, str_of(texts[i]));
	ok(cx, db_begin_read(cx));
	ok(cx, db_search_find(cx, object, &words, SEARCH_HITS_MAX, &hits, &n_hits));
	if (n_hits)
		qsort(hits, n_hits, sizeof *hits, newer_first);
	for (int in_title = 0; in_title < 2; in_title++) {
		struct buf want = buf_in(cx->mem, 4096);
		struct str got = ids_found(cx, object, &words, in_title);

		for (size_t i = 0; i < n_hits; i++)
			if (!in_title || hits[i].in_title)
				buf_printf(&want, " %lld", (long long)hits[i].record);
		if (!str_eq(got, buf_done(&want)))
			fail_msg("%s in %lld:%.*s, not%.*s", texts[0] ? texts[0] : "(none)",
				 (long long)object, STR_FMT(got), STR_FMT(buf_done(&want)));
	}
	db_rollback(cx);
}

static void
questions_are_answered(struct cx *cx)
{
	for (size_t i = 0; i < countof(QUESTIONS); i++)
		for (size_t k = 0; k < countof(DOCUMENTS); k++)
			if (DOCUMENTS[k].object)
				ids_are_the_hits(cx, DOCUMENTS[k].object, QUESTIONS[i].words,
						 countof(QUESTIONS[i].words));
	for (size_t i = 0; i < countof(QUESTIONS); i++) {
		struct str got = hits_of(cx, QUESTIONS[i].object, QUESTIONS[i].words,
					 countof(QUESTIONS[i].words), QUESTIONS[i].limit);

		if (!str_eq_z(got, QUESTIONS[i].want))
			fail_msg("%s %s: \"%.*s\", want \"%s\"",
				 QUESTIONS[i].words[0] ? QUESTIONS[i].words[0] : "(none)",
				 QUESTIONS[i].words[1] ? QUESTIONS[i].words[1] : "", STR_FMT(got),
				 QUESTIONS[i].want);
	}
}

/* A document as it is, or with other words. */
static void
document_change(struct cx *cx, size_t i, bool is_back)
{
	struct str title = DOCUMENTS[i].title, body = DOCUMENTS[i].body;
	struct str other = S("hans muller rabatt"), other_body = S("berlin");

	ok(cx, db_search_drop(cx, DOCUMENTS[i].object, DOCUMENTS[i].record, is_back ? other : title,
			      is_back ? other_body : body));
	ok(cx, db_search_put(cx, DOCUMENTS[i].object, DOCUMENTS[i].record, is_back ? title : other,
			     is_back ? body : other_body));
}

static void
documents_flush(struct cx *cx)
{
	ok(cx, db_begin_write(cx));
	ok(cx, db_search_flush(cx));
	ok(cx, db_commit(cx));
}

/* Whether documents stand in the index, or beside it, or in both. */
static void
test_search_finds_the_same(struct test_db *t)
{
	struct cx *cx = opened(t, (struct db_options){ 0 });

	put_documents(cx);
	questions_are_answered(cx);
	documents_flush(cx);
	questions_are_answered(cx);
	for (int is_back = 0; is_back < 2; is_back++) {
		ok(cx, db_begin_write(cx));
		for (size_t i = 0; i < countof(DOCUMENTS); i += 2)
			document_change(cx, i, is_back);
		ok(cx, db_commit(cx));
	}
	questions_are_answered(cx);
	documents_flush(cx);
	questions_are_answered(cx);
	ok(cx, db_begin_write(cx));
	for (size_t i = 0; i < countof(DOCUMENTS); i += 2)
		document_change(cx, i, false);
	ok(cx, db_search_flush(cx));
	for (size_t i = 0; i < countof(DOCUMENTS); i += 2)
		document_change(cx, i, true);
	ok(cx, db_commit(cx));
	questions_are_answered(cx);
	closed(&cx);
}

static void
test_odd_questions(struct test_db *t)
{
	struct cx *cx = opened(t, (struct db_options){ 0 });
	struct strs words = { 0 };
	struct db_search_hit *hits;
	size_t n;

	put_documents(cx);
	ok(cx, db_begin_read(cx));
	list_add(cx->mem, &words, S("a\0b"));
	ok(cx, db_search_find(cx, 0, &words, 10, &hits, &n));
	assert_int_equal(n, 0);
	for (int i = 0; i < SEARCH_QUERY_MAX; i++)
		list_add(cx->mem, &words, S("x"));
	refused(cx, db_search_find(cx, 0, &words, 10, &hits, &n), E_INPUT);
	db_rollback(cx);
	closed(&cx);
}

static void
test_search_forgets_what_is_dropped(struct test_db *t)
{
	const char *const hans[] = { "hans" }, *const muller[] = { "muller" };
	struct cx *cx = opened(t, (struct db_options){ 0 });

	put_documents(cx);
	ok(cx, db_begin_write(cx));
	ok(cx, db_search_drop(cx, 1, 1, DOCUMENTS[0].title, DOCUMENTS[0].body));
	ok(cx, db_search_put(cx, 1, 1, S("schulze"), S("hans")));
	ok(cx, db_search_drop(cx, 3, 4, DOCUMENTS[4].title, DOCUMENTS[4].body));
	ok(cx, db_commit(cx));
	assert_str(hits_of(cx, 0, hans, 1, 10), "1023/5* 0/6 2/2 1/1 4/7");
	assert_str(hits_of(cx, 0, muller, 1, 10), "2/2* 1/2");
	ok(cx, db_begin_write(cx));
	ok(cx, db_search_put(cx, 7, 9, S("hans"), S("")));
	db_rollback(cx);
	assert_str(hits_of(cx, 0, hans, 1, 10), "1023/5* 0/6 2/2 1/1 4/7");
	ok(cx, db_search_optimize(cx));
	assert_str(hits_of(cx, 0, hans, 1, 10), "1023/5* 0/6 2/2 1/1 4/7");
	ok(cx, db_begin_write(cx));
	ok(cx, db_search_clear(cx));
	ok(cx, db_search_put(cx, 1, 77, S("hans"), S("")));
	ok(cx, db_commit(cx));
	assert_str(hits_of(cx, 0, hans, 1, 10), "1/77*");
	ok(cx, db_begin_write(cx));
	refused(cx, db_search_put(cx, SEARCH_OBJECT_MAX + 1, 1, S("x"), S("")), E_BUG);
	refused(cx, db_search_put(cx, 1, -1, S("x"), S("")), E_BUG);
	db_rollback(cx);
	closed(&cx);
}

/* What is put and dropped waits; savepoints, searches in between and the commit must not show it.
 */
static void
test_search_follows_savepoints(struct test_db *t)
{
	const char *const hans[] = { "hans" }, *const eva[] = { "eva" };
	struct cx *cx = opened(t, (struct db_options){ 0 });
	struct strs words = { 0 };
	struct db_search_hit *hits;
	size_t n;

	list_add(cx->mem, &words, S("eva"));
	ok(cx, db_begin_write(cx));
	ok(cx, db_search_create(cx));
	ok(cx, db_search_put(cx, 1, 1, S("hans"), S("")));
	for (int is_searched = 0; is_searched < 2; is_searched++) {
		ok(cx, db_savepoint(cx));
		ok(cx, db_search_drop(cx, 1, 1, S("hans"), S("")));
		ok(cx, db_search_put(cx, 1, 1, S("eva"), S("")));
		ok(cx, db_savepoint(cx));
		ok(cx, db_search_put(cx, 1, 2, S("eva"), S("")));
		if (is_searched) {
			ok(cx, db_search_find(cx, 0, &words, 10, &hits, &n));
			assert_int_equal(n, 3);
		}
		ok(cx, db_rollback_to(cx));
		if (is_searched) {
			ok(cx, db_search_find(cx, 0, &words, 10, &hits, &n));
			assert_int_equal(n, 2);
		}
		ok(cx, db_rollback_to(cx));
		ok(cx, db_savepoint(cx));
		ok(cx, db_search_put(cx, 1, 10 + is_searched, S("eva"), S("")));
		ok(cx, db_release(cx));
	}
	ok(cx, db_commit(cx));
	assert_str(hits_of(cx, 0, hans, 1, 10), "1/1*");
	assert_str(hits_of(cx, 0, eva, 1, 10), "1/11* 1/10*");
	closed(&cx);
}

static void
test_many_documents_in_one_unit(struct test_db *t)
{
	enum { MANY = 2000, LENGTH = 6000 };
	const char *const last[] = { "unten" }, *const before[] = { "davor" };
	struct cx *cx = opened(t, (struct db_options){ .unsafe_no_sync = true });
	char text[LENGTH + 1] = { 0 };

	for (size_t i = 0; i + 6 <= LENGTH; i += 6)
		memcpy(text + i, i % 36 ? "wort  " : "unten ", 6);
	ok(cx, db_begin_bulk(cx));
	ok(cx, db_search_create(cx));
	for (int64_t i = 1; i <= MANY; i++) {
		ok(cx, db_savepoint(cx));
		ok(cx, db_search_put(cx, 1, i, S("oben"), str_of(text)));
		if (i % 2)
			ok(cx, db_release(cx));
		else
			ok(cx, db_rollback_to(cx));
	}
	ok(cx, db_search_put(cx, 1, MANY + 1, S("oben"), S("davor")));
	ok(cx, db_savepoint(cx));
	for (int64_t i = 1; i <= MANY; i++)
		ok(cx, db_search_put(cx, 2, i, S("oben"), str_of(text)));
	ok(cx, db_rollback_to(cx));
	ok(cx, db_commit(cx));
	assert_str(hits_of(cx, 0, before, 1, 2), "1/2001");
	assert_str(hits_of(cx, 2, last, 1, 2), "");
	assert_str(hits_of(cx, 0, last, 1, 2), "1/1999 1/1997");
	closed(&cx);
}

/* Units of one document each: written, changed, dropped; until they are folded into the index,
 * more than once. */
static void
test_few_at_a_time_become_many(struct test_db *t)
{
	enum { MANY = 700 };
	const char *const one[] = { "eins" }, *const two[] = { "zwe" };
	struct cx *cx = opened(t, (struct db_options){ .unsafe_no_sync = true });

	ok(cx, db_begin_write(cx));
	ok(cx, db_search_create(cx));
	ok(cx, db_commit(cx));
	for (int64_t i = 1; i <= MANY; i++) {
		ok(cx, db_begin_write(cx));
		ok(cx, db_search_put(cx, 1, i, S("eins"), S("")));
		if (i > 300) {
			ok(cx, db_search_drop(cx, 1, i - 300, S("eins"), S("")));
			if (i % 2)
				ok(cx, db_search_put(cx, 1, i - 300, S("zwei"), S("")));
		}
		ok(cx, db_commit(cx));
		if (i % 97 == 0)
			assert_str(hits_of(cx, 0, one, 1, 1),
				   str_printf(cx->mem, "1/%lld*", (long long)i).p);
	}
	assert_str(hits_of(cx, 0, one, 1, 2), "1/700* 1/699*");
	assert_str(hits_of(cx, 0, two, 1, 3), "1/399* 1/397* 1/395*");
	closed(&cx);
}

/* More documents than are looked through one by one. */
static void
test_hits_far_back_are_found(struct test_db *t)
{
	enum { DOCUMENTS_MANY = 3500, RARE = 1700 };
	const char *const rare[] = { "selten" }, *const last[] = { "letzt" },
			  *const frequent[] = { "oft" };
	struct cx *cx = opened(t, (struct db_options){ .unsafe_no_sync = true });

	ok(cx, db_begin_bulk(cx));
	ok(cx, db_search_create(cx));
	for (int64_t i = 1; i <= DOCUMENTS_MANY; i++)
		ok(cx, db_search_put(cx, 1 + i % 2, i, i % RARE == 1 ? S("selten") : S("oft"),
				     i == 1 ? S("letzter") : S("sonst")));
	ok(cx, db_commit(cx));
	assert_str(hits_of(cx, 0, rare, 1, 10), "2/3401* 2/1701* 2/1*");
	assert_str(hits_of(cx, 0, rare, 1, 2), "2/3401* 2/1701*");
	assert_str(hits_of(cx, 1, rare, 1, 10), "");
	assert_str(hits_of(cx, 0, last, 1, 10), "2/1");
	assert_str(hits_of(cx, 0, frequent, 1, 3), "1/3500* 2/3499* 1/3498*");
	assert_str(hits_of(cx, 2, frequent, 1, 2), "2/3499* 2/3497*");
	closed(&cx);
}

static void
test_long_words_are_cut_alike(struct test_db *t)
{
	struct cx *cx = opened(t, (struct db_options){ 0 });
	char title[3 * SEARCH_WORD_MAX + 2] = { 0 }, question[3 * SEARCH_WORD_MAX + 2] = { 0 };
	const char *const words[] = { question };

	for (size_t i = 0; i + 2 < sizeof title; i += 2) { /* two bytes a letter */
		memcpy(title + i, "é", 2);
		memcpy(question + i, "é", 2);
	}
	memcpy(question + 2 * SEARCH_WORD_MAX, "ü", 2);
	ok(cx, db_begin_write(cx));
	ok(cx, db_search_create(cx));
	ok(cx, db_search_put(cx, 1, 1, str_of(title), S("")));
	ok(cx, db_commit(cx));
	assert_str(hits_of(cx, 0, words, 1, 10), "1/1*");
	closed(&cx);
}

/* ---- the table ----------------------------------------------------------------------------- */

static const struct both_engines CASES[] = {
	{ "the search finds the same", test_search_finds_the_same },
	{ "odd questions", test_odd_questions },
	{ "few documents at a time become many", test_few_at_a_time_become_many },
	{ "the search forgets what is dropped", test_search_forgets_what_is_dropped },
	{ "the search follows savepoints", test_search_follows_savepoints },
	{ "many documents in one unit", test_many_documents_in_one_unit },
	{ "hits far back are found", test_hits_far_back_are_found },
	{ "long words are cut alike", test_long_words_are_cut_alike },
};

int
main(void)
{
	return run_on_both("search", CASES, countof(CASES));
}
