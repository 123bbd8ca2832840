#include "record/cond_tables.h"

/* What conditions must bear: numbers at the ends of 64 bits, and the deepest nesting that is
 * parsed. */
enum { PAIRS = countof(WORLD_NUMBERS) * countof(WORLD_NUMBERS), TEXT_BYTES_MAX = 256 << 10 };

struct fixture {
	struct cx *cx;
	struct snapshot *model;
	const struct object *party;
	struct cond_when when;
	struct cx *engines[TEST_ENGINE__MAX];
	struct test_db places[TEST_ENGINE__MAX];
};

static int
setup(void **state)
{
	struct fixture *f = test_calloc(1, sizeof *f);
	struct model_text text = { S_INIT("sample.model"), str_of(COND_SAMPLE), false };

	f->cx = cx_new(&env_real, WORLD_BYTES_MAX);
	if (!model_load(f->cx, &text, 1, &f->model))
		fail_msg("%.*s", STR_FMT(f->cx->err.why));
	f->party = object_find(f->model, S("party"), NULL);
	f->when = (struct cond_when){ .now = f->cx->now };
	for (enum test_engine e = 0; e < TEST_ENGINE__MAX; e++)
		f->engines[e] = world_open(&f->places[e], e, f->model);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	for (enum test_engine e = 0; e < TEST_ENGINE__MAX; e++)
		world_close(&f->places[e], &f->engines[e]);
	snapshot_free(&f->model);
	cx_free(&f->cx);
	test_free(f);
	return 0;
}

/* ---- sums and averages ---- */

/* Every pair of the numbers is the total and the quantity of the two orders of one party. */
static int64_t
pair_number(size_t pair, bool second)
{
	return WORLD_NUMBERS[second ? pair / countof(WORLD_NUMBERS)
				    : pair % countof(WORLD_NUMBERS)];
}

static int64_t
pair_sum(size_t pair)
{
	__int128 sum = (__int128)pair_number(pair, false) + pair_number(pair, true);

	return sum > INT64_MAX ? INT64_MAX : sum < INT64_MIN ? INT64_MIN : (int64_t)sum;
}

/* Halves away from zero. */
static int64_t
pair_mean(size_t pair)
{
	return pair_sum(pair) / 2 + pair_sum(pair) % 2;
}

static void
pairs_store(struct cx *cx)
{
	if (!db_begin_write(cx))
		fail_msg("%.*s", STR_FMT(cx->err.why));
	for (size_t i = 0; i < 2 * PAIRS; i++) {
		struct sqltext order = sqltext_new(cx->mem), party = sqltext_new(cx->mem);

		sql_raw(&order,
			"INSERT INTO \"order\" (\"party_id\", \"total\", \"quantity\") VALUES (");
		sql_int(&order, (int64_t)i / 2 + 1);
		sql_raw(&order, ", ");
		sql_int(&order, pair_number(i / 2, i % 2));
		sql_raw(&order, ", ");
		sql_int(&order, pair_number(i / 2, i % 2));
		sql_raw(&order, ")");
		world_run(cx, &order);
		sql_raw(&party, "INSERT INTO \"party\" (\"id\") VALUES (");
		sql_int(&party, (int64_t)i / 2 + 1);
		sql_raw(&party, ")");
		if (i % 2)
			world_run(cx, &party);
	}
	if (!db_commit(cx))
		fail_msg("%.*s", STR_FMT(cx->err.why));
}

static void
pairs_check(struct fixture *f, struct cx *cx)
{
	struct sqltext sql = sqltext_new(cx->mem);
	struct stmt *stmt;
	bool row;

	sql_raw(&sql, "SELECT ");
	rollup_sql(field_find(f->party, S("turnover")), &f->when, "t", NULL, &sql);
	sql_raw(&sql, ", ");
	rollup_sql(field_find(f->party, S("mean")), &f->when, "t", NULL, &sql);
	sql_raw(&sql, " FROM \"party\" t ORDER BY t.\"id\"");
	if (!db_begin_read(cx))
		fail_msg("%.*s", STR_FMT(cx->err.why));
	world_bind_all(cx, &sql, &stmt);
	for (size_t i = 0; i < PAIRS; i++) {
		if (!db_step(cx, stmt, &row) || !row)
			fail_msg("%.*s", STR_FMT(cx->err.why));
		if (db_col_int(stmt, 0) != pair_sum(i) || db_col_int(stmt, 1) != pair_mean(i))
			fail_msg("%lld and %lld: sum %lld, mean %lld",
				 (long long)pair_number(i, false), (long long)pair_number(i, true),
				 (long long)db_col_int(stmt, 0), (long long)db_col_int(stmt, 1));
	}
	db_rollback(cx);
}

static size_t
pairs_many(const struct cond_source *source, const struct row *row, const struct field *link,
	   const struct reverse *reverse, const struct row *const **out)
{
	const struct row **rows = new_array(source->mem, 2, const struct row *);

	(void)link;
	for (size_t i = 0; i < 2; i++) {
		struct row *order = row_new(source->mem, reverse->object);
		struct value number = value_int(pair_number((size_t)row->id - 1, i));

		order->v[field_find(order->object, S("total"))->index] = number;
		order->v[field_find(order->object, S("quantity"))->index] = number;
		rows[i] = order;
	}
	*out = rows;
	return 2;
}

static void
pairs_check_memory(struct fixture *f, size_t pair)
{
	struct arena *mem = f->cx->mem;
	struct cond_source source = { NULL, pairs_many, mem };
	struct row *row = row_new(mem, f->party);
	struct buf text = buf_in(mem, TEXT_BYTES_MAX);
	const struct cond *cond;

	row->id = (int64_t)pair + 1;
	/* As a decimal, the least number of all cannot be written. */
	buf_printf(&text, "mean = %lld and sum(orders.quantity) = %lld", (long long)pair_mean(pair),
		   (long long)pair_sum(pair));
	if (pair_sum(pair) > INT64_MIN) {
		BUF_LIT(&text, " and turnover = ");
		buf_decimal(&text, pair_sum(pair), 2);
	}
	if (!cond_parse(f->cx, mem, f->model, f->party, buf_done(&text), NULL, &cond))
		fail_msg("%.*s", STR_FMT(f->cx->err.fields->why));
	if (!cond_test(cond, &f->when, &source, row))
		fail_msg("not true: %.*s", STR_FMT(buf_done(&text)));
}

static void
test_sums_end_where_64_bits_do(void **state)
{
	struct fixture *f = *state;

	for (enum test_engine e = 0; e < TEST_ENGINE__MAX; e++) {
		if (!f->engines[e])
			continue;
		pairs_store(f->engines[e]);
		pairs_check(f, f->engines[e]);
	}
	for (size_t i = 0; i < PAIRS; i++)
		pairs_check_memory(f, i);
}

/* ---- depth ---- */

/* `before` and `after` around the core, as often as is parsed. */
static const struct {
	const char *before, *core, *after;
} DEEP[] = {
	{ "(", "vip", ")" },
	{ "not (vip or ", "vip", ")" },
	{ "vip and (vip or ", "vip", ")" },
	{ "not (vip and not (vip or ", "vip", "))" },
	{ "any(children where ", "vip", ")" },
	{ "none(children where vip or ", "vip", ")" },
	{ "any(parent.parent.parent.parent.children where ", "parent.parent.parent.parent.vip",
	  ")" },
	{ "any(friends where ", "vip", ")" },
	{ "count(children where ", "vip", ") > 1" },
	{ "sum(children.rating where ", "vip", ") > 1" },
	{ "not sum(children.rating where vip or ", "vip", ") > 1" },
	{ "avg(children.rating where ", "vip", ") > 1.5" },
	{ "max(children.birthday where ", "vip", ") in (today, this month, next month)" },
	{ "not max(children.birthday where ", "last_on within 14d",
	  ") in (today, this month, next month)" },
	{ "any(children where vip or ", "parent != 5", ")" },
	{ "not (vip and not (vip or ", "about = party:5", "))" },
	{ "none(children where vip or ", "about is not empty", ")" },
	{ "none(children where vip or ", "friends is empty", ")" },
	{ "sum(children.rating where vip or ", "not parent in (1, 3)", ") > 1" },
	{ "avg(children.mean where ", "vip", ") > 1.5" },
	{ "sum(children.turnover where ", "vip", ") > 1.5" },
	{ "parent.mean in (1, 2) or ", "parent.last_on in (today, this month)", "" },
};

static const struct cond *
deepest(struct fixture *f, size_t row, int *out_depth)
{
	const struct cond *cond = NULL, *found = NULL;

	for (int depth = 1; depth <= 2 * COND_DEPTH_MAX; depth++) {
		struct buf text = buf_in(f->cx->mem, TEXT_BYTES_MAX);

		for (int i = 0; i < depth; i++)
			buf_z(&text, DEEP[row].before);
		buf_z(&text, DEEP[row].core);
		for (int i = 0; i < depth; i++)
			buf_z(&text, DEEP[row].after);
		fail_clear(f->cx);
		if (!cond_parse(f->cx, f->cx->mem, f->model, f->party, buf_done(&text), NULL,
				&cond))
			break;
		found = cond;
		*out_depth = depth;
	}
	assert_non_null(found);
	return found;
}

/* As rights come: to those of its own team or of its parent's, with a condition. */
static void
deep_scope(const struct cond_scope *scope, const struct object *object, const char *alias,
	   struct sqltext *out)
{
	const char *parent;

	(void)scope;
	if (!str_eq_z(object->name, "party"))
		return;
	parent = sql_alias(out);
	sql_raw(out, " AND ((1=1 AND (");
	sql_column(out, alias, S("vip"));
	sql_raw(out, " IS NULL OR 1=0 OR ");
	sql_column(out, alias, S("vip"));
	sql_raw(out, " <> 1))) AND (EXISTS (SELECT 1 FROM \"party\" ");
	sql_raw(out, parent);
	sql_raw(out, " WHERE ");
	sql_column(out, parent, S("id"));
	sql_raw(out, " = ");
	sql_column(out, alias, S("parent_id"));
	sql_raw(out, " AND ((1=1 AND (");
	sql_column(out, parent, S("vip"));
	sql_raw(out, " <> 1))))) ");
}

static bool
deep_all(const struct cond_scope *scope, const struct object *object)
{
	(void)scope;
	(void)object;
	return false;
}

static void
deep_behind(const struct cond_scope *scope, const struct field *link, const char *alias,
	    struct sqltext *out)
{
	const char *inner = sql_alias(out);

	sql_raw(out, "(1 = 0 OR (");
	sql_column(out, alias, link->columns[1].name);
	sql_raw(out, " = 'party' AND EXISTS (SELECT 1 FROM \"party\" ");
	sql_raw(out, inner);
	sql_raw(out, " WHERE ");
	sql_column(out, inner, S("id"));
	sql_raw(out, " = ");
	sql_column(out, alias, link->columns[0].name);
	deep_scope(scope, link->object, inner, out);
	sql_raw(out, ")))");
}
static const struct cond_scope SCOPE = { deep_scope, deep_all, deep_behind };

/* Inside the statement of a list, itself inside another. */
static void
deep_check(struct fixture *f, struct cx *cx, const struct cond *cond, const char *title,
	   bool per_row)
{
	struct sqltext sql = sqltext_new(f->cx->mem);
	struct stmt *stmt;

	sql.per_row = per_row;
	sql_raw(&sql,
		"SELECT count(*) FROM (SELECT t.\"id\" FROM \"party\" t WHERE ((t.\"id\" > 0) AND (1 = 0 OR (");
	cond_sql(cond, &f->when, "t", &SCOPE, &sql);
	sql_raw(&sql, "))) LIMIT 10) s");
	if (sql.full)
		fail_msg("%s: %zu bytes and %zu values", title, sql.text.n, sql.n);
	if (!db_begin_read(cx))
		fail_msg("%.*s", STR_FMT(cx->err.why));
	stmt = db_prepare(cx, buf_done(&sql.text));
	if (!stmt)
		fail_msg("%s: %.*s", title, STR_FMT(str_first(cx->err.why, 200)));
	db_done(stmt);
	db_rollback(cx);
}

static void
test_both_engines_bear_the_deepest_conditions(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < countof(DEEP); i++) {
		int depth = 0;
		const struct cond *cond = deepest(f, i, &depth);

		for (enum test_engine e = 0; e < TEST_ENGINE__MAX; e++)
			for (int per_row = 0; f->engines[e] && per_row < 2; per_row++)
				deep_check(f, f->engines[e], cond, DEEP[i].before, per_row);
		print_message("%d levels of %s%s%s\n", depth, DEEP[i].before, DEEP[i].core,
			      DEEP[i].after);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sums_end_where_64_bits_do),
		cmocka_unit_test(test_both_engines_bear_the_deepest_conditions),
	};

	return cmocka_run_group_tests_name("record/cond_limits", tests, setup, teardown);
}
