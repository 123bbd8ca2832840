/* `kontor check` finds what was damaged; here: the search index, and how it is built anew. */
#include "record/test_house.h"

enum { PARTIES = 90, HITS = 20 };

static int64_t
party_saved(struct test_house *h, const char *name)
{
	struct change *c;

	test_ok(h->cx, work_begin(h->cx, S("")));
	c = change_new(h->cx, test_object(h, "party"), NULL);
	test_set(c, "name", value_text(str_of(name)));
	test_ok(h->cx, record_save(h->cx, c));
	test_ok(h->cx, work_commit(h->cx, NULL));
	return c->id;
}

static struct str
findings_of(struct test_house *h)
{
	struct buf out = buf_in(h->cx->mem, 1 << 20);
	struct strs findings;

	test_ok(h->cx, db_begin_read(h->cx));
	test_ok(h->cx, store_check(h->cx, &findings));
	db_rollback(h->cx);
	for (size_t i = 0; i < findings.n; i++)
		buf_printf(&out, "%.*s\n", STR_FMT(findings.v[i]));
	return buf_done(&out);
}

static void
row_altered(struct test_house *h, int64_t id)
{
	struct str sql = str_printf(h->cx->mem, "UPDATE party SET name = 'Anders' WHERE id = %lld",
				    (long long)id);

	test_ok(h->cx, db_begin_write(h->cx));
	test_ok(h->cx, db_ddl(h->cx, sql));
	test_ok(h->cx, db_commit(h->cx));
}

static void
document_dropped(struct test_house *h, int64_t id)
{
	struct str title, body;
	struct row *row;

	test_ok(h->cx, db_begin_write(h->cx));
	test_ok(h->cx, record_load(h->cx, test_object(h, "party"), id, &row));
	search_texts(h->cx->mem, row, &title, &body);
	test_ok(h->cx, db_search_drop(h->cx, row->object->number, id, title, body));
	test_ok(h->cx, db_commit(h->cx));
}

static void
document_of_nothing(struct test_house *h, int64_t id)
{
	test_ok(h->cx, db_begin_write(h->cx));
	test_ok(h->cx, db_search_put(h->cx, test_object(h, "party")->number, id + 1000, S("nichts"),
				     S("")));
	test_ok(h->cx, db_commit(h->cx));
}

/* As a disk does: half of what the words are kept in is lost. */
static void
index_lost(struct test_house *h, int64_t id)
{
	(void)id;
	if (h->at.engine == TEST_SQLITE) {
		test_sqlite_run(&h->at, "UPDATE sys_search_words_data SET block = x'00'"
					" WHERE id > 10; DELETE FROM sys_search_recent");
		return;
	}
	test_ok(h->cx, db_begin_write(h->cx));
	test_ok(h->cx, db_ddl(h->cx, S("DELETE FROM sys_search WHERE record > 10")));
	test_ok(h->cx, db_commit(h->cx));
}

static const struct {
	void (*how)(struct test_house *h, int64_t id);
	const char *want;
} DAMAGES[] = {
	{ row_altered, "search: party %lld is in the index with other words than its own\n" },
	{ document_dropped, "search: party %lld is not in the index\n" },
	{ document_of_nothing,
	  "search: party %lld is in the index, but is no record that is searched\n" },
};
static const char REMEDY[] = "build the index anew with `kontor reindex`\n", BUILD[] = "search: ";

static void
reindexed(struct test_house *h)
{
	struct hits hits;
	int64_t n;

	test_ok(h->cx, store_reindex(h->cx, &n));
	assert_true(n >= PARTIES);
	assert_str(findings_of(h), "");
	test_ok(h->cx, db_begin_read(h->cx));
	test_ok(h->cx, record_search(h->cx, NULL, S("mustermann"), HITS, &hits));
	assert_int_equal(hits.n, HITS);
	db_rollback(h->cx);
	test_house_next(h);
}

static bool
house_filled(struct test_house *h, enum test_engine engine, int64_t *last)
{
	if (!test_house_open(h, engine, NULL))
		return false;
	for (int i = 0; i < PARTIES; i++)
		*last = party_saved(h, "Mustermann");
	test_house_next(h);
	assert_str(findings_of(h), "");
	return true;
}

static void
test_a_damaged_document_is_found(void **state)
{
	struct test_house h;
	int64_t last;

	(void)state;
	for (int engine = 0; engine < TEST_ENGINE__MAX; engine++) {
		if (!house_filled(&h, (enum test_engine)engine, &last))
			continue;
		for (size_t i = 0; i < countof(DAMAGES); i++) {
			int64_t id = last - (int64_t)i;
			struct buf want = buf_in(h.cx->mem, 1000);
			int64_t named = DAMAGES[i].how == document_of_nothing ? id + 1000 : id;
			struct str rest = str_of(DAMAGES[i].want), before = str_cut(&rest, '%');

			str_cut(&rest, 'd');
			buf_printf(&want, "%.*s%lld%.*s%s%s", STR_FMT(before), (long long)named,
				   STR_FMT(rest), BUILD, REMEDY);
			DAMAGES[i].how(&h, id);
			assert_str(findings_of(&h), str_z(h.cx->mem, buf_done(&want)));
			reindexed(&h);
		}
		test_house_close(&h);
	}
}

static void
test_an_index_that_is_lost_is_built_anew(void **state)
{
	struct test_house h;
	int64_t last;

	(void)state;
	for (int engine = 0; engine < TEST_ENGINE__MAX; engine++) {
		if (!house_filled(&h, (enum test_engine)engine, &last))
			continue;
		reindexed(&h); /* into the index itself */
		index_lost(&h, last);
		assert_true(str_ends(findings_of(&h), str_of(REMEDY)));
		reindexed(&h);
		test_house_close(&h);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_damaged_document_is_found),
		cmocka_unit_test(test_an_index_that_is_lost_is_built_anew),
	};

	return cmocka_run_group_tests_name("check", tests, NULL, NULL);
}
