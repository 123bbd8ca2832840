/* Totals that are remembered are those that a count gives, whatever they depend on. */
#include "record/test_store.h"

#include "record/query.h"
#include "record/tally.h"

enum { ROUNDS = 40, FIRMS = 300 };

static const char MODEL[] =
	"role clerk \"Clerk\"\n"
	"object town\n  label \"Town\" \"Towns\"\n  title name\n"
	"field name text\nfield seen bool\n"
	"grant clerk read=all create edit=all when=\"seen\"\n"
	"object firm\n  label \"Firm\" \"Firms\"\n  title name\n"
	"face home \"Home\" \"Homes\" when town.name = \"Bonn\"\n"
	"face busy \"Busy\" \"Busy\" when any(visits where size > 5)\n"
	"face major \"Major\" \"Majors\" when kind = a\n"
	"field name text\n"
	"field kind enum indexed\n  option a \"A\"\n  option b \"B\"\n"
	"field size int\n"
	"field twice formula as=\"size * 2\" type=int\n"
	"field born date\n"
	"link town one town.firms\n"
	"link boss one firm.parts\n"
	"link friends many firm.friend_of\n"
	"field about any\n"
	"field n rollup as=\"count(visits)\"\n"
	"grant clerk read=all create edit=all when=\"size > 2\"\n"
	"object visit\n  label \"Visit\" \"Visits\"\n  title subject\n  parent firm\n"
	"field subject text\nfield size int\n"
	"link firm one firm.visits\n"
	"grant clerk read=all create edit=all\n";

/* What is counted: face or object, and a condition.  There are so high ids that tallies are kept.
 */
static const struct {
	const char *object, *where;
} QUERIES[] = {
	{ "firm", "" },
	{ "firm", "kind = a" },
	{ "firm", "kind in (a, b) and size > 4" },
	{ "firm", "not (size > 4)" },
	{ "firm", "name contains \"m\"" },
	{ "firm", "twice > 9" },
	{ "firm", "born within 30d" },
	{ "firm", "town is empty" },
	{ "firm", "town.name = \"Bonn\"" },
	{ "firm", "boss.kind = a" },
	{ "firm", "any(parts where size > 3)" },
	{ "firm", "count(friends) > 0" },
	{ "firm", "none(visits where size > 4)" },
	{ "firm", "n > 0" },
	{ "firm", "about is empty" },
	{ "home", "" },
	{ "home", "size > 3" },
	{ "busy", "" },
	{ "major", "" },
	{ "major", "any(visits where firm.town.name = \"Bonn\")" },
	{ "visit", "" },
	{ "visit", "firm.kind = a" },
	{ "visit", "firm is empty" },
	{ "town", "any(firms where kind = b)" },
	{ "town", "seen" },
};

struct world {
	struct test_store *t;
	struct query queries[countof(QUERIES)];
	struct actor clerk;
};

static unsigned
any_of(struct test_store *t, unsigned n)
{
	unsigned char byte;

	t->fake.env.random(&t->fake.env, &byte, 1);
	return byte % n;
}

static const struct object *
object_named(struct test_store *t, const char *name)
{
	return object_find(t->cx->model, str_of(name), NULL);
}

static void
put(struct change *c, const char *field, struct value v)
{
	change_put(c, field_find(c->object, str_of(field)), v);
}

static struct value
link_to(struct test_store *t, unsigned n)
{
	return any_of(t, 4) ? value_int(1 + any_of(t, n)) : (struct value){ 0 };
}

static void
fill_town(struct test_store *t, struct change *c)
{
	put(c, "name", value_text(any_of(t, 2) ? S("Bonn") : S("Ulm")));
	put(c, "seen", value_int(any_of(t, 2)));
}

static void
fill_firm(struct test_store *t, struct change *c)
{
	int64_t *id = new(t->cx->mem, int64_t);
	struct value about = { .kind = V_ANY, .i = 1 + any_of(t, 4), .s = S("town") };

	*id = 1 + any_of(t, FIRMS / 2);
	put(c, "name", value_text(any_of(t, 2) ? S("Müller") : S("Koch")));
	put(c, "kind", value_text(any_of(t, 2) ? S("a") : S("b")));
	put(c, "size", value_int(any_of(t, 9)));
	put(c, "born", value_text(any_of(t, 2) ? S("1980-07-20") : S("1980-12-24")));
	put(c, "town", link_to(t, 4));
	put(c, "boss", link_to(t, FIRMS / 2));
	put(c, "about", any_of(t, 2) ? about : (struct value){ 0 });
	put(c, "friends",
	    any_of(t, 2) ? (struct value){ .kind = V_IDS, .i = 1, .ids = id }
			 : (struct value){ 0 });
}

static void
fill_visit(struct test_store *t, struct change *c)
{
	put(c, "size", value_int(any_of(t, 9)));
	put(c, "firm", link_to(t, FIRMS / 2));
}

static const struct {
	const char *object;
	void (*fill)(struct test_store *t, struct change *c);
} KINDS[] = { { "town", fill_town }, { "firm", fill_firm }, { "visit", fill_visit } };

/* A new record of the kind; or one that there is, or was, is changed, trashed or taken back. */
static void
write_one(struct test_store *t)
{
	static const enum change_op ops[] = { CHANGE_CREATE, CHANGE_EDIT, CHANGE_EDIT,
					      CHANGE_DELETE, CHANGE_RESTORE };
	size_t kind = any_of(t, countof(KINDS));
	const struct object *object = object_named(t, KINDS[kind].object);
	enum change_op op = ops[any_of(t, countof(ops))];
	struct change *c;
	bool done = true;

	test_ok(t->cx, work_begin(t->cx, S("")));
	if (op == CHANGE_CREATE)
		c = change_new(t->cx, object, NULL);
	else
		done = change_of(t->cx, op, object, 1 + any_of(t, 200), &c);
	if (done && op <= CHANGE_EDIT)
		KINDS[kind].fill(t, c);
	if (done && record_save(t->cx, c)) {
		test_ok(t->cx, work_commit(t->cx, NULL));
		return;
	}
	if (t->cx->err.code == E_INPUT) /* a firm may not stand above itself */
		assert_str(t->cx->err.fields->field, "boss");
	else
		assert_int_equal(t->cx->err.code, E_MISSING);
	fail_clear(t->cx);
	work_abandon(t->cx);
}

static struct right *
clerk_rights(struct test_store *t)
{
	const struct snapshot *model = t->cx->model;
	struct right *rights = new_array(t->cx->mem, model->n_objects, struct right);

	for (unsigned i = 0; i < model->n_objects; i++)
		for (enum operation op = 0; op < OP__MAX; op++) {
			rights[i].may[op] = SCOPE_ALL;
			rights[i].conditional[op] = model->objects[i]->grants[0].when != NULL;
		}
	return rights;
}

static void
world_open(struct test_store *t, struct world *w)
{
	static const char *const far[] = {
		"INSERT INTO firm (id, version, created_at, changed_at) VALUES (30000, 1, 1, 1)",
		"INSERT INTO visit (id, version, created_at, changed_at) VALUES (30000, 1, 1, 1)",
		"INSERT INTO town (id, version, created_at, changed_at) VALUES (30000, 1, 1, 1)",
		NULL
	};

	*w = (struct world){ .t = t };
	test_store_open(t, MODEL);
	test_ok(t->cx, work_begin(t->cx, S("")));
	for (int i = 0; i < FIRMS; i++)
		for (size_t kind = 0; kind < countof(KINDS); kind++) {
			struct change *c;

			if (i >= 4 && !kind)
				continue;
			c = change_new(t->cx, object_named(t, KINDS[kind].object), NULL);
			KINDS[kind].fill(t, c);
			test_ok(t->cx, record_save(t->cx, c));
		}
	test_ok(t->cx, work_commit(t->cx, NULL));
	test_write(t, far);
	for (size_t i = 0; i < countof(QUERIES); i++) {
		struct query *query = &w->queries[i];

		query->object = object_find(t->cx->model, str_of(QUERIES[i].object), &query->face);
		if (*QUERIES[i].where)
			test_ok(t->cx, cond_parse(t->cx, t->cx->mem, t->cx->model, query->object,
						  str_of(QUERIES[i].where), NULL, &query->where));
	}
	w->clerk = *t->cx->actor;
	w->clerk.is_system = false;
	w->clerk.user_id = 1;
	w->clerk.roles = 1;
	w->clerk.rights = clerk_rights(t);
}

/* Nothing is remembered inside of a write. */
static void
count_all(struct world *w, bool afresh, int64_t out[countof(QUERIES)])
{
	struct cx *cx = w->t->cx;

	test_ok(cx, afresh ? db_begin_write(cx) : db_begin_read(cx));
	for (size_t i = 0; i < countof(QUERIES); i++)
		test_ok(cx, record_count(cx, &w->queries[i], &out[i]));
	db_rollback(cx);
}

static void
assert_counts(struct world *w, const char *who)
{
	int64_t known[countof(QUERIES)], fresh[countof(QUERIES)];

	count_all(w, false, known);
	count_all(w, true, fresh);
	for (size_t i = 0; i < countof(QUERIES); i++)
		if (known[i] != fresh[i])
			fail_msg("%s, %s where %s: %lld, but there are %lld", who,
				 QUERIES[i].object, QUERIES[i].where, (long long)known[i],
				 (long long)fresh[i]);
}

static void
test_totals_are_right_after_any_change(struct test_store *t)
{
	const struct actor *everybody;
	struct world w;

	world_open(t, &w);
	everybody = t->cx->actor;
	for (int i = 0; i < ROUNDS; i++) {
		struct arena_mark mark = arena_mark(t->cx->mem);

		t->cx->actor = everybody;
		for (unsigned n = any_of(t, 3); n; n--)
			write_one(t);
		assert_counts(&w, "all");
		t->cx->actor = &w.clerk;
		assert_counts(&w, "clerk");
		arena_rewind(t->cx->mem, mark);
	}
	t->cx->actor = everybody;
}

static void
size_firm(struct test_store *t, int64_t id, int64_t size)
{
	struct arena_mark mark = arena_mark(t->cx->mem);
	struct change *c;

	test_ok(t->cx, work_begin(t->cx, S("")) &&
			       change_of(t->cx, CHANGE_EDIT, object_named(t, "firm"), id, &c));
	put(c, "size", value_int(size));
	test_ok(t->cx, record_save(t->cx, c) && work_commit(t->cx, NULL));
	arena_rewind(t->cx->mem, mark);
}

/* Of a tally only the stretches are counted in which something changed. */
static void
test_only_what_changed_is_counted_anew(struct test_store *t)
{
	struct stretches changed;
	struct tally tally;
	struct query *query;
	int64_t head, count, fresh;
	struct world w;

	world_open(t, &w);
	query = &w.queries[3];
	size_firm(t, 7, 9);
	test_ok(t->cx, db_begin_read(t->cx));
	assert_true(tally_is_possible(t->cx, query));
	test_ok(t->cx, head_read(t->cx, &head) && tally_read(t->cx, query, &tally, &count));
	db_rollback(t->cx);
	size_firm(t, 7, 1);
	size_firm(t, 299, 9);
	test_ok(t->cx, db_begin_read(t->cx));
	test_ok(t->cx, tally_changed(t->cx, query, head, &changed));
	db_rollback(t->cx);
	assert_int_equal(changed.n, 2);
	assert_int_equal(changed.v[0].at, 0);
	assert_int_equal(changed.v[1].at, 1);
	tally_put(&tally, &changed, &count);
	tally_free(&tally);
	test_ok(t->cx, db_begin_write(t->cx) && record_count(t->cx, query, &fresh));
	db_rollback(t->cx);
	assert_int_equal(count, fresh);
}

/* Who began to read before a change still counts what was there. */
static void
test_an_older_view_has_its_own_totals(struct test_store *t)
{
	struct cx *late = cx_new(&t->fake.env, TEST_MEM);
	int64_t before, after, seen;
	struct world w;

	world_open(t, &w);
	late->db = t->db;
	late->store = t->store;
	late->model = t->cx->model;
	late->actor = t->cx->actor;
	test_ok(late, db_begin_read(late) && record_count(late, &w.queries[3], &before));
	for (int size = 9; size > 0; size -= 8) {
		for (int64_t id = 1; id < 20; id++)
			size_firm(t, id, size);
		test_ok(t->cx, db_begin_read(t->cx));
		test_ok(t->cx, record_count(t->cx, &w.queries[3], &after));
		db_rollback(t->cx);
		assert_int_not_equal(after, before);
		test_ok(late, record_count(late, &w.queries[3], &seen));
		assert_int_equal(seen, before);
	}
	db_rollback(late);
	cx_free(&late);
	assert_counts(&w, "afterwards");
}

static const struct test_case CASES[] = {
	{ "totals are right after any change", test_totals_are_right_after_any_change },
	{ "only what changed is counted anew", test_only_what_changed_is_counted_anew },
	{ "an older view has its own totals", test_an_older_view_has_its_own_totals },
};

int
main(void)
{
	return test_cases_run("count", CASES, countof(CASES));
}
