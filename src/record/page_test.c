/* Pages of any order, one behind the other, are the whole list, whichever way rows are found. */
#include "record/test_store.h"

#include "record/query.h"

enum { FIRMS = 12, VISITS = 230, PAGE = 7, FEW = 40, MANY = 1000000, LIST_MAX = VISITS + 1 };

static const char MODEL[] = "object firm\n"
			    "  title name\n"
			    "field name text max=50\n"
			    "object visit\n"
			    "  title subject\n"
			    "  sort -day size\n"
			    "  label \"Visit\" \"Visits\"\n"
			    "face b_visit \"B\" \"Bs\" when kind = b\n"
			    "face c_visit \"C\" \"Cs\" when kind = c\n"
			    "field subject text\n"
			    "field kind enum indexed\n"
			    "  option a \"A\"\n"
			    "  option b \"B\"\n"
			    "  option c \"C\"\n"
			    "field day date indexed\n"
			    "field flag bool indexed\n"
			    "field size int indexed\n"
			    "field tags tags\n"
			    "  option vip \"V.I.P.\"\n"
			    "link firm one firm.visits\n"
			    "view list subject kind day flag size firm\n"
			    "view filter big \"Big\" when kind = a and size > 3\n"
			    "view filter vip \"V.I.P.\" when tags contains vip\n"
			    "view filter soon \"Soon\" when day within 30d\n";

static const char *const CONDITIONS[] = {
	"",
	"kind = a",
	"kind in (a, c)",
	"kind in (a, b, c)",
	"firm = 3 and kind = b",
	"firm in (3, 4)",
	"size > 4 and kind = b",
	"day < 2017-06-01",
	"day < 2017-06-01 and kind in (b, c)",
	"flag",
	"tags contains vip",
	"day within 30d",
	"firm is empty",
	"firm.name = \"Anna\"",
	"none(firm.visits where size > 8)",
	"kind = a and (size is empty or size > 2)",
};

static const char *const ORDERS[] = { "",     "subject", "kind", "day",        "flag",
				      "size", "firm",    "tags", "created_at", "id" };

static struct value
maybe(struct env *env, unsigned odds, struct value v)
{
	unsigned char byte;

	env->random(env, &byte, 1);
	return byte % odds ? v : (struct value){ 0 };
}

static unsigned
any_of(struct env *env, unsigned n)
{
	unsigned char byte;

	env->random(env, &byte, 1);
	return byte % n;
}

static void
put(struct change *c, const char *field, struct value v)
{
	change_put(c, field_find(c->object, str_of(field)), v);
}

static void
make_firms(struct test_store *t)
{
	static const char *const names[] = { "Anna", "Berta", "anna", "Zoe", "Änne" };
	const struct object *firm = object_find(t->cx->model, S("firm"), NULL);

	for (unsigned i = 0; i < FIRMS; i++) {
		struct change *c = change_new(t->cx, firm, NULL);

		if (i % 5 != 4)
			put(c, "name", value_text(str_of(names[i % countof(names)])));
		test_ok(t->cx, record_save(t->cx, c));
	}
}

static void
make_visits(struct test_store *t)
{
	static const char *const subjects[] = { "Eins", "eins", "Zwei", "" }, *const kinds[] = {
		"a", "b", "c"
	};
	const struct object *visit = object_find(t->cx->model, S("visit"), NULL);
	struct env *env = &t->fake.env;

	for (unsigned i = 0; i < VISITS; i++) {
		struct change *c = change_new(t->cx, visit, NULL);
		struct str day = str_printf(t->cx->mem, "2017-%02u-%02u", 1 + any_of(env, 12),
					    1 + any_of(env, 28));

		put(c, "subject", value_text(str_of(subjects[any_of(env, 4)])));
		put(c, "kind", maybe(env, 9, value_text(str_of(kinds[any_of(env, 3)]))));
		put(c, "day", maybe(env, 6, value_text(day)));
		put(c, "flag", maybe(env, 4, value_int(any_of(env, 2))));
		put(c, "size", maybe(env, 5, value_int(any_of(env, 10))));
		put(c, "tags", maybe(env, 2, value_text(S("|vip|"))));
		put(c, "firm", maybe(env, 5, value_int(1 + any_of(env, FIRMS))));
		test_ok(t->cx, record_save(t->cx, c));
	}
}

/* Some links lead nowhere, some into the trash; some visits lie there. */
static void
make_all(struct test_store *t)
{
	static const char *const odd[] = { "UPDATE visit SET firm_id = 999 WHERE id % 23 = 5",
					   "UPDATE firm SET deleted_at = 1 WHERE id = 7",
					   "UPDATE visit SET deleted_at = 1 WHERE id % 31 = 0",
					   NULL };

	test_store_open(t, MODEL);
	test_ok(t->cx, work_begin(t->cx, S("")));
	make_firms(t);
	make_visits(t);
	test_ok(t->cx, work_commit(t->cx, NULL));
	test_write(t, odd);
}

struct ids {
	int64_t v[LIST_MAX];
	size_t n;
};

static void
take(struct ids *ids, const struct rows *rows)
{
	for (size_t i = 0; i < rows->n; i++) {
		assert_true(ids->n < LIST_MAX);
		ids->v[ids->n++] = rows->v[i].id;
	}
}

static void
read_pages(struct test_store *t, struct query query, int64_t total, struct ids *out)
{
	struct rows rows = { 0 };

	out->n = 0;
	do {
		query.after = rows.next;
		rows = (struct rows){ 0 };
		test_ok(t->cx, query_page(t->cx, &query, total, &rows));
		take(out, &rows);
	} while (rows.next.n);
}

static void
assert_same_ids(const struct ids *got, const struct ids *want, const char *order, const char *where,
		const char *how)
{
	for (size_t i = 0; i < got->n && i < want->n; i++)
		if (got->v[i] != want->v[i])
			fail_msg("%s where %s, %s: %lld at %zu, want %lld", order, where, how,
				 (long long)got->v[i], i, (long long)want->v[i]);
	if (got->n != want->n)
		fail_msg("%s where %s, %s: %zu rows, want %zu", order, where, how, got->n, want->n);
}

/* So many rows are passed over, from the beginning and behind the first page. */
static void
look_at_skips(struct test_store *t, struct query query, int64_t total, const struct ids *whole,
	      const char *how)
{
	static const int64_t skips[] = { 1, PAGE, 61, VISITS };
	struct rows first, rows;

	query.limit = PAGE;
	test_ok(t->cx, query_page(t->cx, &query, total, &first));
	for (size_t i = 0; i < 2 * countof(skips); i++) {
		size_t start = i % 2 ? first.n : 0, at;

		if (i % 2 && !first.next.n)
			continue;
		query.after = i % 2 ? first.next : (struct str){ 0 };
		query.skip = skips[i / 2];
		at = start + (size_t)query.skip;
		test_ok(t->cx, query_page(t->cx, &query, total, &rows));
		for (size_t k = 0; k < rows.n; k++)
			assert_int_equal(rows.v[k].id, whole->v[at + k]);
		if (rows.n != PAGE && at + rows.n < whole->n)
			fail_msg("%s: %zu rows behind %zu of %zu", how, rows.n, at, whole->n);
	}
}

static void
look_at_one(struct test_store *t, struct query query, const char *order, const char *where)
{
	static const struct {
		int64_t total;
		const char *how;
	} ways[] = { { -1, "as the engine finds" }, { FEW, "few" }, { MANY, "many" } };
	struct ids whole = { .n = 0 }, paged;
	struct rows rows;
	int64_t count;

	query.limit = LIST_MAX;
	test_ok(t->cx, record_count(t->cx, &query, &count));
	test_ok(t->cx, query_page(t->cx, &query, -1, &rows));
	take(&whole, &rows);
	assert_int_equal(whole.n, count);
	query.limit = PAGE;
	for (size_t i = 0; i < countof(ways); i++) {
		read_pages(t, query, ways[i].total, &paged);
		assert_same_ids(&paged, &whole, order, where, ways[i].how);
		look_at_skips(t, query, ways[i].total, &whole, ways[i].how);
	}
}

static void
look_at_orders(struct test_store *t, struct query query, const char *where)
{
	for (size_t i = 0; i < countof(ORDERS); i++)
		for (int down = 0; down < 2; down++) {
			struct sort_key key = { field_find(query.object, str_of(ORDERS[i])), down };

			query.sort = &key;
			query.n_sort = key.field != NULL;
			look_at_one(t, query, ORDERS[i], where);
		}
}

static void
test_pages_are_the_whole_list(struct test_store *t)
{
	struct query query = { 0 };

	make_all(t);
	query.object = object_find(t->cx->model, S("visit"), NULL);
	for (size_t i = 0; i < countof(CONDITIONS); i++) {
		struct arena_mark mark = arena_mark(t->cx->mem);

		query.where = NULL;
		test_ok(t->cx, db_begin_read(t->cx));
		if (*CONDITIONS[i])
			test_ok(t->cx, cond_parse(t->cx, t->cx->mem, t->cx->model, query.object,
						  str_of(CONDITIONS[i]), NULL, &query.where));
		look_at_orders(t, query, CONDITIONS[i]);
		db_rollback(t->cx);
		arena_rewind(t->cx->mem, mark);
	}
}

static void
test_pages_of_faces_are_the_whole_list(struct test_store *t)
{
	static const char *const conditions[] = { "", "size > 4", "tags contains vip" };
	struct query query = { 0 };

	make_all(t);
	query.object = object_find(t->cx->model, S("b_visit"), &query.face);
	assert_non_null(query.face);
	assert_ptr_equal(face_field(t->cx->mem, query.object), field_find(query.object, S("kind")));
	for (size_t i = 0; i < countof(conditions); i++) {
		struct arena_mark mark = arena_mark(t->cx->mem);

		query.where = NULL;
		test_ok(t->cx, db_begin_read(t->cx));
		if (*conditions[i])
			test_ok(t->cx, cond_parse(t->cx, t->cx->mem, t->cx->model, query.object,
						  str_of(conditions[i]), NULL, &query.where));
		look_at_orders(t, query, conditions[i]);
		db_rollback(t->cx);
		arena_rewind(t->cx->mem, mark);
	}
}

/* Of several keys too, and what is equal by all of them. */
static void
test_pages_of_several_keys_are_the_whole_list(struct test_store *t)
{
	static const char *const lists[][3] = { { "kind", "flag" },
						{ "flag", "firm", "size" },
						{ "firm", "kind" },
						{ "subject", "id", "day" } };
	struct query query = { 0 };

	make_all(t);
	query.object = object_find(t->cx->model, S("visit"), NULL);
	test_ok(t->cx, db_begin_read(t->cx));
	for (size_t i = 0; i < countof(lists); i++)
		for (unsigned down = 0; down < 8; down++) {
			struct sort_key keys[3];
			size_t n = 0;

			for (; n < 3 && lists[i][n]; n++)
				keys[n] = (struct sort_key){
					field_find(query.object, str_of(lists[i][n])), down >> n & 1
				};
			query.sort = keys;
			query.n_sort = n;
			look_at_one(t, query, lists[i][0], "several");
		}
	db_rollback(t->cx);
}

/* Down is up, backwards: links that lead nowhere come last both ways. */
static void
test_descending_is_ascending_reversed(struct test_store *t)
{
	make_all(t);
	test_ok(t->cx, db_begin_read(t->cx));
	for (size_t i = 1; i < countof(ORDERS); i++) {
		const struct object *visit = object_find(t->cx->model, S("visit"), NULL);
		struct sort_key key = { field_find(visit, str_of(ORDERS[i])), false };
		struct query query = {
			.object = visit, .sort = &key, .n_sort = 1, .limit = LIST_MAX
		};
		struct ids up = { .n = 0 }, down = { .n = 0 };
		struct rows rows;

		if (key.field->type == FT_ONE)
			continue;
		test_ok(t->cx, record_query(t->cx, &query, &rows));
		take(&up, &rows);
		key.descending = true;
		test_ok(t->cx, record_query(t->cx, &query, &rows));
		take(&down, &rows);
		for (size_t k = 0; k < up.n; k++)
			assert_int_equal(up.v[k], down.v[up.n - 1 - k]);
	}
	db_rollback(t->cx);
}

/* By the title of what a link leads to: none, then by title, then what leads nowhere. */
static void
test_links_are_sorted_by_their_titles(struct test_store *t)
{
	static const char ranks[] =
		"SELECT count(*) FROM (SELECT v.id, CASE WHEN v.firm_id IS NULL THEN 0"
		" WHEN f.id IS NULL THEN 2 ELSE 1 END AS rank, f.name_key FROM visit v"
		" LEFT JOIN firm f ON f.id = v.firm_id AND f.deleted_at IS NULL"
		" WHERE v.deleted_at IS NULL) q WHERE q.rank = ";
	struct sort_key key;
	struct query query = { .sort = &key, .n_sort = 1, .limit = LIST_MAX };
	int64_t counts[3];
	struct rows rows;
	size_t at = 0;

	make_all(t);
	for (int i = 0; i < 3; i++)
		counts[i] = test_int(t, str_printf(t->cx->mem, "%s%d", ranks, i));
	query.object = object_find(t->cx->model, S("visit"), NULL);
	key = (struct sort_key){ field_find(query.object, S("firm")), false };
	test_ok(t->cx, db_begin_read(t->cx));
	test_ok(t->cx, record_query(t->cx, &query, &rows));
	db_rollback(t->cx);
	assert_int_equal(rows.n, counts[0] + counts[1] + counts[2]);
	for (int64_t i = 0; i < counts[0]; i++)
		assert_int_equal(rows.v[at++].v[key.field->index].kind, V_NONE);
	for (int64_t i = 0; i < counts[1]; i++)
		assert_in_range(rows.v[at++].v[key.field->index].i, 1, FIRMS);
	for (; at < rows.n; at++)
		assert_true(rows.v[at].v[key.field->index].i == 999 ||
			    rows.v[at].v[key.field->index].i == 7);
}

static const struct test_case CASES[] = {
	{ "pages are the whole list", test_pages_are_the_whole_list },
	{ "pages of faces are the whole list", test_pages_of_faces_are_the_whole_list },
	{ "pages of several keys are the whole list",
	  test_pages_of_several_keys_are_the_whole_list },
	{ "descending is ascending reversed", test_descending_is_ascending_reversed },
	{ "links are sorted by their titles", test_links_are_sorted_by_their_titles },
};

int
main(void)
{
	return test_cases_run("page", CASES, countof(CASES));
}
