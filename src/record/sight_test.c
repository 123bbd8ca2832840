/* What may not be seen does not exist: in conditions, orders, groups, figures and messages. */
#include "record/test_house.h"
#include "record/timeline.h"

enum { IDS_TEXT_MAX = 1000 };

static const char TEXT[] = "role x_clerk \"Clerk\"\n"
			   "role x_boss \"Boss\"\n"
			   "extend user\n"
			   "grant x_clerk read=own\n"
			   "grant x_boss read=all\n"
			   "object x_plan\n"
			   "  title x_name\n"
			   "  owner x_owner\n"
			   "  features timeline\n"
			   "field x_name text max=200\n"
			   "field x_code text max=50 unique\n"
			   "field x_rank int\n"
			   "link x_owner one user.x_plans\n"
			   "field x_double formula as=\"x_rank * 2\" type=int\n"
			   "field x_costs rollup as=\"sum(x_items.x_cost)\"\n"
			   "field x_dear rollup as=\"count(x_items where x_cost > 2)\"\n"
			   "field x_count rollup as=\"count(x_items)\"\n"
			   "field x_kept rollup as=\"count(x_secrets)\"\n"
			   "field x_taxed rollup as=\"sum(x_items.x_tax)\"\n"
			   "field x_of_dear rollup as=\"count(x_items where x_plan.x_rank > 3)\"\n"
			   "grant x_clerk read=own create edit=own hide=x_rank\n"
			   "grant x_boss read=all create edit=all\n"
			   "object x_secret\n"
			   "  title x_name\n"
			   "field x_name text max=200\n"
			   "link x_plan one x_plan.x_secrets\n"
			   "grant x_boss read=all create edit=all\n"
			   "object x_item\n"
			   "  title x_name\n"
			   "  sort -x_cost\n"
			   "  owner x_seller\n"
			   "  features timeline\n"
			   "field x_name text max=200\n"
			   "field x_cost int\n"
			   "field x_tax formula as=\"x_cost / 5\" type=int\n"
			   "field x_taxes formula as=\"x_tax & '!'\"\n"
			   "field x_about any\n"
			   "link x_plan one x_plan.x_items\n"
			   "link x_seller one user.x_items\n"
			   "link x_plans many x_plan.x_shared\n"
			   "grant x_clerk read=all create edit=all hide=x_cost\n"
			   "grant x_boss read=all create edit=all\n";

struct world {
	struct test_house h;
	int64_t clerk, boss;
	int64_t mine, others, items[4];
};

static int64_t
saved(struct test_house *h, struct change *c)
{
	test_ok(h->cx, record_save(h->cx, c));
	test_ok(h->cx, work_commit(h->cx, NULL));
	return c->id;
}

static struct change *
begun(struct test_house *h, const char *object)
{
	test_house_next(h);
	test_ok(h->cx, work_begin(h->cx, S("")));
	return change_new(h->cx, test_object(h, object), NULL);
}

static const struct cond *
cond_of(struct test_house *h, const char *object, const char *text, bool sighted)
{
	struct cond_sight sight = cond_sight_of(h->cx);
	const struct cond *cond;

	test_ok(h->cx, cond_parse(h->cx, h->cx->mem, h->cx->model, test_object(h, object),
				  str_of(text), sighted ? &sight : NULL, &cond));
	return cond;
}

static int64_t
user_new(struct test_house *h, const char *role)
{
	struct change *c = begun(h, "user");
	struct query query = { .object = test_object(h, "role"), .limit = 1 };
	struct rows rows;
	int64_t *id = new(h->cx->mem, int64_t);

	query.where = cond_of(h, "role", str_printf(h->cx->mem, "name = \"%s\"", role).p, false);
	test_ok(h->cx, record_query(h->cx, &query, &rows));
	assert_int_equal(rows.n, 1);
	*id = rows.v[0].id;
	test_set(c, "login", value_text(str_of(role)));
	test_set(c, "roles", (struct value){ .kind = V_IDS, .i = 1, .ids = id });
	return saved(h, c);
}

static int64_t
plan_new(struct test_house *h, const char *name, int64_t owner)
{
	struct change *c = begun(h, "x_plan");

	test_set(c, "x_name", value_text(str_of(name)));
	test_set(c, "x_owner", value_int(owner));
	return saved(h, c);
}

static int64_t
item_new(struct test_house *h, const char *name, int64_t cost, int64_t plan, int64_t also,
	 int64_t seller)
{
	struct change *c = begun(h, "x_item");
	int64_t *ids = new_array(h->cx->mem, 2, int64_t);

	test_set(c, "x_name", value_text(str_of(name)));
	test_set(c, "x_cost", value_int(cost));
	test_set(c, "x_seller", value_int(seller));
	if (plan) {
		test_set(c, "x_plan", value_int(plan));
		test_set(c, "x_about",
			 (struct value){ .kind = V_ANY, .i = plan, .s = S("x_plan") });
		ids[0] = plan;
		ids[1] = also;
		test_set(c, "x_plans",
			 (struct value){ .kind = V_IDS, .i = also ? 2 : 1, .ids = ids });
	}
	return saved(h, c);
}

static bool
world_open(struct world *w, enum test_engine engine)
{
	*w = (struct world){ 0 };
	if (!test_house_open(&w->h, engine, NULL))
		return false;
	test_ok(w->h.cx, store_set_custom_text(w->h.cx, str_of(TEXT)));
	w->clerk = user_new(&w->h, "x_clerk");
	w->boss = user_new(&w->h, "x_boss");
	w->mine = plan_new(&w->h, "Zebra", w->clerk);
	w->others = plan_new(&w->h, "Adler", w->boss);
	w->items[0] = item_new(&w->h, "a", 3, w->others, 0, w->boss);
	w->items[1] = item_new(&w->h, "b", 1, w->mine, w->others, w->boss);
	w->items[2] = item_new(&w->h, "c", 2, 0, 0, w->clerk);
	w->items[3] = item_new(&w->h, "d", 4, w->others, 0, w->boss);
	return true;
}

static void
world_as(struct world *w, int64_t user)
{
	test_house_next(&w->h);
	test_ok(w->h.cx, db_begin_read(w->h.cx));
	test_ok(w->h.cx, actor_load(w->h.cx, user, &w->h.cx->actor));
}

/* The items found, as letters: "abd". */
static struct str
letters(const struct world *w, const struct rows *rows)
{
	struct buf out = buf_in(w->h.cx->mem, IDS_TEXT_MAX);

	for (size_t i = 0; i < rows->n; i++)
		for (size_t k = 0; k < countof(w->items); k++)
			if (rows->v[i].id == w->items[k])
				buf_char(&out, (char)('a' + k));
	return buf_done(&out);
}

static struct str
found(struct world *w, const char *where, const char *sort)
{
	const struct object *object = test_object(&w->h, "x_item");
	struct sort_key key = { field_find(object, str_of(sort)), false };
	struct query query = { .object = object, .total = true, .sort = &key, .n_sort = 1 };
	struct rows rows;

	query.n_sort = *sort ? 1 : 0;
	if (*where)
		query.where = cond_of(&w->h, "x_item", where, true);
	test_ok(w->h.cx, record_query(w->h.cx, &query, &rows));
	assert_int_equal(rows.total, rows.n);
	return letters(w, &rows);
}

/* @m: the clerk's plan, @o: that of another. */
static const char *
with_ids(struct world *w, const char *text)
{
	struct buf out = buf_in(w->h.cx->mem, IDS_TEXT_MAX);

	for (; *text; text++) {
		if (*text == '@')
			buf_int(&out, *++text == 'm' ? w->mine : w->others);
		else
			buf_char(&out, *text);
	}
	return str_z(w->h.cx->mem, buf_done(&out));
}

static void
finds(struct world *w, int64_t user, const char *where, const char *want)
{
	struct str got;

	world_as(w, user);
	where = with_ids(w, where);
	got = found(w, where, "id");
	if (!str_eq_z(got, want))
		fail_msg("%s finds %.*s, not %s", where, STR_FMT(got), want);
}

static void
test_a_link_to_an_unseen_record_is_empty(void **state)
{
	static const struct {
		const char *where, *clerk, *boss;
	} cases[] = {
		{ "x_plan = @o", "", "ad" },
		{ "x_plan = @m", "b", "b" },
		{ "x_plan != @o", "abcd", "bc" },
		{ "x_plan in (@m, @o)", "b", "abd" },
		{ "x_plan is empty", "acd", "c" },
		{ "x_plan is not empty", "b", "abd" },
		{ "not x_plan is empty and x_name is not empty", "b", "abd" },
		{ "x_plans contains @o", "", "abd" },
		{ "x_plans is not empty", "b", "abd" },
		{ "x_about = x_plan:@o", "", "ad" },
		{ "x_about != x_plan:@o", "abcd", "bc" },
		{ "x_about is empty", "acd", "c" },
		{ "x_about is not empty or x_name = c", "bc", "abcd" },
		{ "any(x_plan.x_items where x_plan = @o) or x_name = d", "d", "ad" },
	};
	struct world w;

	(void)state;
	for (int engine = 0; engine < TEST_ENGINE__MAX; engine++) {
		if (!world_open(&w, (enum test_engine)engine))
			continue;
		/* The count of one is remembered; it must not serve the other. */
		for (size_t i = 0; i < 2 * countof(cases); i++) {
			finds(&w, w.boss, cases[i / 2].where, cases[i / 2].boss);
			finds(&w, w.clerk, cases[i / 2].where, cases[i / 2].clerk);
		}
		test_house_close(&w.h);
	}
}

/* What is counted changes when what a link names is handed over. */
static void
test_a_remembered_count_follows_who_sees_the_link(void **state)
{
	struct world w;

	(void)state;
	for (int engine = 0; engine < TEST_ENGINE__MAX; engine++) {
		struct change *c;

		if (!world_open(&w, (enum test_engine)engine))
			continue;
		world_as(&w, w.clerk);
		assert_str(found(&w, "x_plan is not empty", "id"), "b");
		test_house_next(&w.h);
		test_ok(w.h.cx, work_begin(w.h.cx, S("")));
		test_ok(w.h.cx,
			change_of(w.h.cx, CHANGE_EDIT, test_object(&w.h, "x_plan"), w.others, &c));
		test_set(c, "x_owner", value_int(w.clerk));
		saved(&w.h, c);
		world_as(&w, w.clerk);
		assert_str(found(&w, "x_plan is not empty", "id"), "abd");
		assert_str(found(&w, "x_about is not empty", "id"), "abd");
		test_house_close(&w.h);
	}
}

static void
test_an_order_tells_nothing_of_what_is_hidden(void **state)
{
	struct world w;

	(void)state;
	for (int engine = 0; engine < TEST_ENGINE__MAX; engine++) {
		if (!world_open(&w, (enum test_engine)engine))
			continue;
		world_as(&w, w.boss);
		/* What is equal by its link comes as on timelines, the latest first. */
		assert_str(found(&w, "", "x_plan"), "cdab");
		assert_str(found(&w, "", ""), "dacb");
		world_as(&w, w.clerk);
		/* To him three have none: the one that really has none stands in their midst. */
		assert_str(found(&w, "", "x_plan"), "dcab");
		/* The object's own order goes by what he does not see. */
		assert_str(found(&w, "", ""), "abcd");
		test_house_close(&w.h);
	}
}

static void
test_groups_by_an_unseen_link_are_one(void **state)
{
	struct world w;

	(void)state;
	for (int engine = 0; engine < TEST_ENGINE__MAX; engine++) {
		struct aggregate aggregate;
		struct groups groups;

		if (!world_open(&w, (enum test_engine)engine))
			continue;
		world_as(&w, w.clerk);
		test_ok(w.h.cx, aggregate_parse(w.h.cx, test_object(&w.h, "x_item"), S("x_plan"),
						S("count"), &aggregate));
		test_ok(w.h.cx, record_aggregate(w.h.cx, &aggregate, &groups));
		assert_int_equal(groups.n, 2);
		assert_int_equal(groups.v[0].key[0].kind, V_NONE);
		assert_int_equal(groups.v[0].measure[0].i, 3);
		assert_int_equal(groups.v[1].key[0].i, w.mine);
		test_house_close(&w.h);
	}
}

static void
test_history_says_nothing_of_unseen_links(void **state)
{
	struct world w;

	(void)state;
	for (int engine = 0; engine < TEST_ENGINE__MAX; engine++) {
		const struct object *item;
		struct change_rows rows;
		struct row *row;

		if (!world_open(&w, (enum test_engine)engine))
			continue;
		world_as(&w, w.clerk);
		item = test_object(&w.h, "x_item");
		test_ok(w.h.cx, log_of_record(w.h.cx, item, w.items[0], 10, &rows));
		assert_int_equal(rows.n, 1);
		for (size_t i = 0; i < rows.v[0].n; i++)
			assert_str(rows.v[0].v[i].field->name, "x_name");
		test_ok(w.h.cx, record_load_as_of(w.h.cx, item, w.items[0], w.h.cx->now, &row));
		assert_int_equal(row->v[field_find(item, S("x_plan"))->index].kind, V_NONE);
		test_house_close(&w.h);
	}
}

/* Which of the fields an actor sees, in the order of the names. */
static struct str
sees(struct world *w, int64_t user, const char *object, const char *names)
{
	struct str rest = str_of(names);
	struct buf out;

	world_as(w, user);
	out = buf_in(w->h.cx->mem, IDS_TEXT_MAX);
	while (rest.n) {
		struct str name = str_cut(&rest, ' ');
		const struct object *of = test_object(&w->h, object);

		if (can_see_field(w->h.cx, of, field_find(of, name)))
			buf_printf(&out, "%s%.*s", out.n ? " " : "", STR_FMT(name));
	}
	return buf_done(&out);
}

static void
test_what_is_computed_from_the_hidden_is_hidden(void **state)
{
	static const struct {
		const char *object, *all, *clerk;
	} cases[] = {
		{ "x_item", "x_name x_cost x_tax x_taxes", "x_name" },
		{ "x_plan", "x_name x_rank x_double", "x_name" },
		{ "x_plan", "x_costs x_dear x_count x_kept x_taxed x_of_dear", "x_count" },
	};
	struct world w;

	(void)state;
	for (int engine = 0; engine < TEST_ENGINE__MAX; engine++) {
		if (!world_open(&w, (enum test_engine)engine))
			continue;
		for (size_t i = 0; i < countof(cases); i++) {
			assert_str(sees(&w, w.boss, cases[i].object, cases[i].all), cases[i].all);
			assert_str(sees(&w, w.clerk, cases[i].object, cases[i].all),
				   cases[i].clerk);
		}
		test_house_close(&w.h);
	}
}

/* The message for a plan with this code, made by this user. */
static struct str
refused(struct world *w, int64_t user, const char *code)
{
	struct change *c = begun(&w->h, "x_plan");

	test_set(c, "x_code", value_text(str_of(code)));
	test_ok(w->h.cx, actor_load(w->h.cx, user, &w->h.cx->actor));
	assert_false(record_save(w->h.cx, c));
	assert_int_equal(w->h.cx->err.code, E_INPUT);
	assert_non_null(w->h.cx->err.fields);
	assert_string_equal(w->h.cx->err.fields->code, "unique");
	return w->h.cx->err.fields->why;
}

static void
code_set(struct world *w, int64_t plan, const char *code)
{
	struct change *c;

	test_house_next(&w->h);
	test_ok(w->h.cx, work_begin(w->h.cx, S("")));
	test_ok(w->h.cx, change_of(w->h.cx, CHANGE_EDIT, test_object(&w->h, "x_plan"), plan, &c));
	test_set(c, "x_code", value_text(str_of(code)));
	saved(&w->h, c);
}

static void
test_a_value_that_is_taken_names_only_what_is_seen(void **state)
{
	struct world w;

	(void)state;
	for (int engine = 0; engine < TEST_ENGINE__MAX; engine++) {
		if (!world_open(&w, (enum test_engine)engine))
			continue;
		code_set(&w, w.mine, "m");
		code_set(&w, w.others, "o");
		assert_str(refused(&w, w.clerk, "M"), "“Zebra” (Plan 1) has this value already");
		assert_str(refused(&w, w.clerk, "O"),
			   "This value is taken already; choose another");
		assert_str(refused(&w, w.boss, "o"), "“Adler” (Plan 2) has this value already");
		test_house_close(&w.h);
	}
}

static size_t
timeline_of(struct world *w, int64_t user, int64_t person)
{
	struct timeline timeline;
	struct timeline_query query = { .id = w->mine, .person = person, .limit = 10 };
	size_t n = 0;

	world_as(w, user);
	query.object = test_object(&w->h, "x_plan");
	test_ok(w->h.cx, record_timeline(w->h.cx, &query, &timeline));
	for (size_t i = 0; i < timeline.n; i++)
		n += timeline.v[i].entry != NULL;
	return person ? timeline.n : n;
}

static void
test_a_timeline_is_not_of_whom_one_does_not_see(void **state)
{
	struct world w;

	(void)state;
	for (int engine = 0; engine < TEST_ENGINE__MAX; engine++) {
		if (!world_open(&w, (enum test_engine)engine))
			continue;
		assert_in_range(timeline_of(&w, w.clerk, 0), 1, 2);
		assert_in_range(timeline_of(&w, w.boss, w.boss), 1, 9);
		assert_int_equal(timeline_of(&w, w.clerk, w.boss), 0);
		test_house_close(&w.h);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		{ "SEC-02 COL-08 a link to an unseen record is empty in every condition",
		  test_a_link_to_an_unseen_record_is_empty, NULL, NULL, NULL },
		{ "SEC-02 a remembered count follows who sees the link",
		  test_a_remembered_count_follows_who_sees_the_link, NULL, NULL, NULL },
		{ "SEC-02 SEC-03 an order tells nothing of what is hidden",
		  test_an_order_tells_nothing_of_what_is_hidden, NULL, NULL, NULL },
		{ "SEC-02 groups by an unseen link are one", test_groups_by_an_unseen_link_are_one,
		  NULL, NULL, NULL },
		{ "SEC-03 what is computed from the hidden is hidden",
		  test_what_is_computed_from_the_hidden_is_hidden, NULL, NULL, NULL },
		{ "SEC-02 a value that is taken names only what is seen",
		  test_a_value_that_is_taken_names_only_what_is_seen, NULL, NULL, NULL },
		{ "SEC-02 a timeline is not of whom one does not see",
		  test_a_timeline_is_not_of_whom_one_does_not_see, NULL, NULL, NULL },
		{ "SEC-02 history says nothing of unseen links",
		  test_history_says_nothing_of_unseen_links, NULL, NULL, NULL },
	};

	return cmocka_run_group_tests_name("sight", tests, NULL, NULL);
}
