/* How every shipped list, in each of its orders and with each of its filters, finds its rows.  What
 * is asked of the plan holds for any number of rows: none may be read or sorted in vain. */
#include "record/test_house.h"

#include "record/query.h"

enum { MANY = 1000000, FEW = 40, LINES_MAX = 64, NAME_BYTES = 200 };

/* Objects of which there are few: dozens, or a few thousand at most. */
static const char *const SMALL[] = { "unit",       "team",
				     "role",       "pipeline",
				     "stage",      "loss_reason",
				     "competitor", "price_list",
				     "price",      "product",
				     "user",       "assignment_rule",
				     "cadence",    "discount_agreement",
				     NULL };

/* Filters whose rows no index can name, and why that does no harm. */
static const struct {
	const char *object, *filter, *why;
} SCANNED[] = {
	{ "party", "silent",
	  "what is not there is in no index; most are walked past in the order" },
	{ "address", "valid", "nearly all are valid" },
	{ "contact_point", "valid", "nearly all are valid" },
	{ "relation", "valid", "nearly all are valid" },
	{ "membership", "valid", "nearly all are valid" },
	{ "appointment", "mine",
	  "as owner or as guest: no index names both; a house has tens of thousands at most" },
};

struct combination {
	const struct object *object;
	const struct face *face;
	const struct view *filter;
	struct sort_key sort;
	int64_t total;
};

static bool
is_small(const struct object *object)
{
	for (size_t i = 0; SMALL[i]; i++)
		if (str_eq_z(object->name, SMALL[i]))
			return true;
	return false;
}

static bool
may_scan(const struct combination *c)
{
	for (size_t i = 0; i < countof(SCANNED); i++)
		if (str_eq_z(c->object->name, SCANNED[i].object) && c->filter &&
		    str_eq_z(c->filter->name, SCANNED[i].filter))
			return true;
	return false;
}

static struct str
name_of(struct arena *mem, const struct combination *c)
{
	struct buf name = buf_in(mem, NAME_BYTES);

	buf_str(&name, c->face ? c->face->name : c->object->name);
	if (c->filter) {
		BUF_LIT(&name, "?filter=");
		buf_str(&name, c->filter->name);
	}
	if (c->sort.field) {
		buf_z(&name, c->filter ? "&sort=" : "?sort=");
		buf_z(&name, c->sort.descending ? "-" : "");
		buf_str(&name, c->sort.field->name);
	}
	buf_z(&name, c->total == MANY ? ", many" : ", few");
	return buf_done(&name);
}

static void
steps_of(struct cx *cx, struct str sql, struct strs *out)
{
	struct stmt *stmt = db_prepare(cx, str_join(cx->mem, S("EXPLAIN QUERY PLAN "), sql));
	bool more;

	*out = (struct strs){ 0 };
	while (stmt && db_step(cx, stmt, &more) && more)
		list_add(cx->mem, out, str_dup(cx->mem, db_col_str(stmt, 3)));
	assert_int_equal(cx->err.code, E_OK);
}

static bool
has(struct str text, const char *word)
{
	size_t at;

	return str_find(text, str_of(word), &at);
}

/* "SCAN t" alone reads the whole table; "SCAN t USING … INDEX" walks an order. */
static bool
reads_all(struct str step)
{
	return (str_starts(step, S("SCAN t")) || str_starts(step, S("SCAN s"))) &&
	       !has(step, "INDEX");
}

/* An index over the rows of a filter alone, by their ids, is no order to be walked. */
static bool
walks_order(struct cx *cx, const struct object *object, struct str step)
{
	struct str alone = str_printf(cx->mem, "INDEX ix_%.*s_id_", STR_FMT(object->name));

	return (str_starts(step, S("SCAN t")) || str_starts(step, S("SCAN s"))) &&
	       has(step, "INDEX") && !has(step, alone.p);
}

/* Sorting is for few rows; the order of several values is merged from a page of each. */
static bool
sorts_all(const struct combination *c, struct str step, bool merges)
{
	return has(step, "USE TEMP B-TREE FOR") && c->total == MANY && !merges;
}

static bool
is_good(struct cx *cx, const struct combination *c, const struct strs *steps)
{
	bool narrows = c->filter || c->face, merges = false;

	for (size_t i = 0; i < steps->n; i++) {
		struct str step = steps->v[i];

		merges |= has(step, "COMPOUND") || has(step, "UNION");
		if (reads_all(step) || sorts_all(c, step, merges))
			return false;
		/* A face is a list of its own: those of the others are not passed by. */
		if (c->total == MANY && c->face && str_starts(step, S("SCAN t")))
			return false;
		/* Where few match, walking the order would pass by all that do not. */
		if (c->total == FEW && narrows && walks_order(cx, c->object, step) && !may_scan(c))
			return false;
	}
	return true;
}

static void
tell(const struct combination *c, struct str sql, const struct strs *steps, struct arena *mem)
{
	print_error("%.*s\n", STR_FMT(name_of(mem, c)));
	print_error("  %.*s\n", STR_FMT(sql));
	for (size_t i = 0; i < steps->n; i++)
		print_error("  - %.*s\n", STR_FMT(steps->v[i]));
}

/* How many of its statements are not found well. */
static size_t
look(struct test_house *h, const struct combination *c)
{
	struct query query = { .object = c->object,
			       .face = c->face,
			       .where = c->filter ? c->filter->when : NULL,
			       .sort = &c->sort,
			       .n_sort = c->sort.field != NULL,
			       .total = true };
	const struct view *list = view_find(c->object, S("list"), S(""));
	struct strs statements = { 0 }, steps;
	size_t bad = 0;

	query.fields = (const struct field *const *)list->fields;
	query.n_fields = list->n_fields;
	test_ok(h->cx, query_statements(h->cx, &query, c->total, &statements));
	for (size_t i = 0; i < statements.n; i++) {
		/* Links that lead nowhere come last: only who turns the last page reads them. */
		if (statements.n == PARTS_MAX && i == PARTS_MAX - 1)
			continue;
		steps_of(h->cx, statements.v[i], &steps);
		if (is_good(h->cx, c, &steps))
			continue;
		tell(c, statements.v[i], &steps, h->cx->mem);
		bad++;
	}
	return bad;
}

static size_t
look_at_filters(struct test_house *h, struct combination c)
{
	size_t bad = 0;

	for (unsigned i = 0; i <= c.object->n_views; i++) {
		c.filter = i ? &c.object->views[i - 1] : NULL;
		if (c.filter && !str_eq(c.filter->kind, S("filter")))
			continue;
		c.total = MANY;
		bad += look(h, &c);
		c.total = FEW;
		bad += look(h, &c);
	}
	return bad;
}

static size_t
look_at_orders(struct test_house *h, const struct object *object, const struct face *face)
{
	const struct view *list = view_find(object, S("list"), S(""));
	struct combination c = { .object = object, .face = face };
	size_t bad = look_at_filters(h, c);

	for (unsigned i = 0; i < list->n_fields; i++) {
		if (!field_is_ordered(list->fields[i]))
			continue;
		for (int down = 0; down < 2; down++) {
			c.sort = (struct sort_key){ list->fields[i], down };
			bad += look_at_filters(h, c);
		}
	}
	return bad;
}

static void
test_every_shipped_list_is_found_by_indexes(void **state)
{
	static const int64_t teams[] = { 1 };
	struct test_house h;
	struct actor asker;
	size_t bad = 0;

	(void)state;
	if (!test_house_open(&h, TEST_SQLITE, NULL))
		skip();
	test_ok(h.cx, db_begin_read(h.cx));
	asker = *h.cx->actor;
	asker.user_id = 1;
	asker.teams = teams;
	asker.n_teams = countof(teams);
	h.cx->actor = &asker;
	for (unsigned i = 0; i < h.cx->model->n_objects; i++) {
		const struct object *object = h.cx->model->objects[i];

		if (is_small(object) || !view_find(object, S("list"), S("")))
			continue;
		bad += look_at_orders(&h, object, NULL);
		for (unsigned k = 0; k < object->n_faces; k++)
			bad += look_at_orders(&h, object, &object->faces[k]);
	}
	db_rollback(h.cx);
	assert_int_equal(bad, 0);
	test_house_close(&h);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_shipped_list_is_found_by_indexes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
