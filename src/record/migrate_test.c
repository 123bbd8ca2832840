#include "record/test_store.h"

#include "record/migrate.h"

#define FIRST                                       \
	"object firm\n  label \"Firm\" \"Firms\"\n" \
	"  title name\n  search name\nfield name text\nfield size int\n"

static const char *
model_of(struct test_store *t, const char *more)
{
	return str_printf(t->cx->mem, "%s%s", FIRST, more).p;
}

/* ---- what is there ---- */

static struct db_schema
schema_of(struct test_store *t)
{
	struct db_schema schema;

	test_ok(t->cx, db_begin_read(t->cx));
	test_ok(t->cx, db_introspect(t->cx, &schema));
	db_rollback(t->cx);
	return schema;
}

static const struct db_column *
column_of(struct test_store *t, const char *table, const char *column)
{
	struct db_schema schema = schema_of(t);

	return schema_column(schema_table(&schema, str_of(table)), str_of(column));
}

static size_t
indexes_with(struct test_store *t, const char *table, const char *prefix)
{
	struct db_schema schema = schema_of(t);
	const struct db_table *at = schema_table(&schema, str_of(table));
	size_t n = 0;

	for (size_t i = 0; at && i < at->indexes.n; i++)
		n += str_starts(at->indexes.v[i], str_of(prefix));
	return n;
}

/* As the pipeline would: the row with its key, and the search document. */
static void
add_firm(struct test_store *t, const struct object *firm, int64_t i)
{
	struct stmt *stmt = db_sql(
		t->cx, "INSERT INTO firm (version, created_at, changed_at, name, name_key, size)"
		       " VALUES (1, ?1, ?1, ?2, ?3, ?1) RETURNING id");
	struct row *row = row_new(t->cx->mem, firm);
	struct str name = str_printf(t->cx->mem, "Müller %d", (int)i), title, body;
	int64_t id;
	bool more;

	assert_non_null(stmt);
	db_bind_int(stmt, 1, i);
	db_bind_str(stmt, 2, name);
	db_bind_str(stmt, 3, str_printf(t->cx->mem, "muller %d", (int)i));
	test_ok(t->cx, db_step(t->cx, stmt, &more));
	id = db_col_int(stmt, 0);
	db_done(stmt);
	row->v[field_find(firm, S("name"))->index] = value_text(name);
	search_texts(t->cx->mem, row, &title, &body);
	if (title.n || body.n)
		test_ok(t->cx, db_search_put(t->cx, firm->number, id, title, body));
}

static void
add_firms(struct test_store *t, int64_t first, int64_t n)
{
	const struct object *firm = object_find(t->cx->model, S("firm"), NULL);
	struct arena_mark mark;

	test_ok(t->cx, db_begin_bulk(t->cx));
	mark = arena_mark(t->cx->mem);
	for (int64_t i = first; i < first + n; i++) {
		add_firm(t, firm, i);
		arena_rewind(t->cx->mem, mark);
	}
	test_ok(t->cx, db_commit(t->cx));
}

static void
reopen(struct test_store *t, const char *model)
{
	store_close(&t->store);
	test_store_open(t, model);
}

static void
reopen_refused(struct test_store *t, const char *model, enum err_code code, const char *word)
{
	store_close(&t->store);
	test_refused(t->cx, test_store_try(t, model), code, word);
	assert_null(t->cx->conn);
}

/* ---- cases ---- */

static const struct {
	const char *column;
	enum store_class class;
	bool not_null;
} COLUMNS[] = {
	{ "size", STORE_INT, false },          { "version", STORE_INT, true },
	{ "created_at", STORE_INT, true },     { "changed_at", STORE_INT, true },
	{ "created_by_id", STORE_INT, false }, { "deleted_at", STORE_INT, false },
	{ "name", STORE_TEXT, false },         { "name_key", STORE_TEXT, false },
	{ "worth", STORE_INT, false },         { "worth_currency", STORE_TEXT, false },
	{ "share", STORE_INT, false },         { "note", STORE_TEXT, false },
	{ "born_on", STORE_TEXT, false },      { "seen_at", STORE_INT, false },
	{ "about_id", STORE_INT, false },      { "about_object", STORE_TEXT, false },
	{ "chief_id", STORE_INT, false },      { "illness", STORE_BLOB, false },
	{ "twice", STORE_INT, false },
};

static void
test_fresh_tables_are_those_of_the_model(struct test_store *t)
{
	test_store_open(t, model_of(t, "field worth money\n"
				       "field share percent\n"
				       "field note longtext\n"
				       "field born_on date\n"
				       "field seen_at datetime\n"
				       "field about any\n"
				       "field illness text special=health\n"
				       "field twice formula as=\"size * 2\" type=int\n"
				       "field number sequence unique\n"
				       "link chief one firm.parts\n"
				       "link friends many firm.friend_of\n"));
	for (size_t i = 0; i < countof(COLUMNS); i++) {
		const struct db_column *column = column_of(t, "firm", COLUMNS[i].column);

		if (!column || column->store != COLUMNS[i].class ||
		    column->not_null != COLUMNS[i].not_null)
			fail_msg("%s: %s", COLUMNS[i].column,
				 column ? "another class or null" : "missing");
	}
	assert_null(column_of(t, "firm", "illness_key"));
	assert_null(column_of(t, "firm", "friends_id"));
	assert_non_null(column_of(t, "firm__friends", "from_id"));
	assert_non_null(column_of(t, "firm__friends", "to_id"));
	assert_int_equal(indexes_with(t, "firm__friends", "ix_firm__friends_to_id"), 1);
	assert_int_equal(indexes_with(t, "firm", "ix_firm_name_key"), 1);
	assert_int_equal(indexes_with(t, "firm", "ix_firm_chief_id"), 1);
	assert_int_equal(indexes_with(t, "firm", "ix_firm_about_id"), 1);
	assert_int_equal(indexes_with(t, "firm", "ix_firm_changed_at"), 1);
	assert_int_equal(indexes_with(t, "firm", "ix_firm_created_at"), 0);
	assert_int_equal(indexes_with(t, "firm", "ix_firm_deleted_at"), 1);
	assert_int_equal(indexes_with(t, "firm", "ux_firm_number"), 1);
	assert_int_equal(indexes_with(t, "firm", "ix_firm_size"), 0);
	for (const struct system_table *table = record_tables; table->name; table++)
		assert_non_null(column_of(t, table->name, table->columns[0].name));
}

static void
test_second_open_changes_nothing(struct test_store *t)
{
	unsigned before;

	test_store_open(t, FIRST);
	add_firms(t, 1, 3);
	store_close(&t->store);
	before = t->cx->n_sql;
	test_store_open(t, FIRST);
	assert_in_range(t->cx->n_sql - before, 1, 9);
	assert_int_equal(object_find(t->cx->model, S("firm"), NULL)->number, 1);
	assert_int_equal(test_int(t, S("SELECT count(*) FROM firm")), 3);
}

static void
test_new_field_and_object_are_added_and_rows_stay(struct test_store *t)
{
	enum { ROWS = 10000 };

	test_store_open(t, FIRST);
	add_firms(t, 1, ROWS);
	reopen(t, model_of(t, "field worth money\n"
			      "field code text indexed\n"
			      "link chief one firm.parts\n"
			      "link friends many firm.friend_of\n"
			      "object site\n"
			      "field place text\n"));
	assert_int_equal(test_int(t, S("SELECT count(*) FROM firm")), ROWS);
	assert_int_equal(test_int(t, S("SELECT sum(size) FROM firm")), ROWS * (ROWS + 1) / 2);
	assert_int_equal(test_int(t, S("SELECT count(*) FROM firm WHERE worth IS NULL AND code_key"
				       " IS NULL AND chief_id IS NULL")),
			 ROWS);
	assert_non_null(column_of(t, "firm", "worth_currency"));
	assert_non_null(column_of(t, "site", "place_key"));
	assert_int_equal(indexes_with(t, "firm", "ix_firm_code_key"), 1);
	assert_int_equal(object_find(t->cx->model, S("site"), NULL)->number, 2);
	/* The field goes, its column and values stay. */
	reopen(t, "object firm\nfield name text\nobject site\nfield place text\n");
	assert_int_equal(test_int(t, S("SELECT sum(size) FROM firm")), ROWS * (ROWS + 1) / 2);
}

static void
test_numbers_stay_with_their_objects(struct test_store *t)
{
	test_store_open(t, "object a\nfield x text\nobject b\nfield x text\n");
	assert_int_equal(object_find(t->cx->model, S("a"), NULL)->number, 1);
	assert_int_equal(object_find(t->cx->model, S("b"), NULL)->number, 2);
	reopen(t, "object c\nfield x text\nobject b\nfield x text\n");
	assert_int_equal(object_find(t->cx->model, S("b"), NULL)->number, 2);
	assert_int_equal(object_find(t->cx->model, S("c"), NULL)->number, 3);
	reopen(t, "object b\nfield x text\nobject a\nfield x text\n");
	assert_int_equal(object_find(t->cx->model, S("a"), NULL)->number, 1);
	assert_int_equal(object_find(t->cx->model, S("b"), NULL)->number, 2);
}

static void
test_keys_are_filled_where_a_column_gets_one(struct test_store *t)
{
	static const char *const lose_keys[] = { "UPDATE firm SET name_key = NULL", NULL };

	test_store_open(t, FIRST);
	add_firms(t, 1, 1234);
	/* As from a version in which this type had no key. */
	test_ok(t->cx, db_begin_write(t->cx));
	for (const char *prefix = "ix_firm_name_key";;) {
		struct db_schema schema;
		const struct db_table *table;

		test_ok(t->cx, db_introspect(t->cx, &schema));
		table = schema_table(&schema, S("firm"));
		for (size_t i = 0; i < table->indexes.n; i++)
			if (str_starts(table->indexes.v[i], str_of(prefix)))
				test_ok(t->cx,
					db_ddl(t->cx, str_printf(t->cx->mem, "DROP INDEX \"%.*s\"",
								 STR_FMT(table->indexes.v[i]))));
		break;
	}
	test_ok(t->cx, db_ddl(t->cx, S("ALTER TABLE firm DROP COLUMN name_key")));
	test_ok(t->cx, db_commit(t->cx));
	reopen(t, model_of(t, "field more int\n"));
	assert_int_equal(test_int(t, S("SELECT count(*) FROM firm WHERE name_key IS NULL")), 0);
	assert_str(test_text(t, S("SELECT name_key FROM firm WHERE id = 1234")), "muller 1234");
	/* Another type has another key. */
	test_write(t, lose_keys);
	reopen(t, "object firm\n  title name\n  search name\nfield name url\n"
		  "field size int\nfield more int\n");
	assert_int_equal(test_int(t, S("SELECT count(*) FROM firm WHERE name_key IS NULL")), 0);
}

static void
test_formulas_are_computed_for_rows_that_are_there(struct test_store *t)
{
	test_store_open(t, FIRST);
	add_firms(t, 1, 700);
	reopen(t, model_of(t, "field twice formula as=\"size * 2\" type=int\n"
			      "field thrice formula as=\"twice + size\" type=int\n"));
	assert_int_equal(test_int(t, S("SELECT sum(twice) FROM firm")), 700 * 701);
	assert_int_equal(test_int(t, S("SELECT sum(thrice) FROM firm")), 3 * 700 * 701 / 2);
	reopen(t, model_of(t, "field twice formula as=\"size * 4\" type=int\n"
			      "field thrice formula as=\"twice + size\" type=int\n"));
	assert_int_equal(test_int(t, S("SELECT sum(twice) FROM firm")), 2 * 700 * 701);
	assert_int_equal(test_int(t, S("SELECT sum(thrice) FROM firm")), 5 * 700 * 701 / 2);
	assert_int_equal(test_int(t, S("SELECT count(*) FROM firm WHERE version <> 1")), 0);
}

static void
test_indexes_follow_the_model(struct test_store *t)
{
	static const char with[] = "object firm\n  title name\nfield name text\n"
				   "field size int indexed\n";

	test_store_open(t, FIRST);
	add_firms(t, 1, 5);
	assert_int_equal(indexes_with(t, "firm", "ix_firm_size"), 0);
	reopen(t, with);
	assert_int_equal(indexes_with(t, "firm", "ix_firm_size"), 1);
	reopen(t, "object firm\n  title name\n  sort -size name\nfield name text\n"
		  "field size int\n");
	assert_int_equal(indexes_with(t, "firm", "ix_firm_size"), 1); /* with the name */
	reopen(t, FIRST);
	assert_int_equal(indexes_with(t, "firm", "ix_firm_size"), 0);
	assert_int_equal(indexes_with(t, "firm", "ix_firm_name_key"), 1);
	reopen(t, "object firm\n  title name\n  sort created_at\nfield name text\n"
		  "field size int unique\n");
	assert_int_equal(indexes_with(t, "firm", "ix_firm_size"), 0);
	assert_int_equal(indexes_with(t, "firm", "ux_firm_size"), 1);
	assert_int_equal(indexes_with(t, "firm", "ix_firm_created_at"), 1);
}

static void
test_unique_index_needs_unique_values(struct test_store *t)
{
	static const char *const repeat[] = { "UPDATE firm SET name = 'Zwei', name_key = 'zwei'"
					      " WHERE id IN (2, 3)",
					      NULL };
	static const char *const trash[] = { "UPDATE firm SET deleted_at = 1 WHERE id = 3", NULL };
	static const char unique[] = "object firm\n  title name\n  search name\n"
				     "field name text unique\nfield size int\n";

	test_store_open(t, FIRST);
	add_firms(t, 1, 4);
	test_write(t, repeat);
	reopen_refused(t, unique, E_INPUT,
		       "firm.name_key cannot be unique, for 2 records have the value \"zwei\"");
	test_write(t, trash);
	test_store_open(t, unique);
	assert_int_equal(indexes_with(t, "firm", "ux_firm_name_key"), 1);
}

static void
test_unique_is_within_a_unit(struct test_store *t)
{
	static const char *const rows[] = {
		"INSERT INTO thing (version, created_at, changed_at, name_key, unit_id)"
		" VALUES (1, 1, 1, 'a', 1), (1, 1, 1, 'a', 2), (1, 1, 1, 'a', NULL)",
		NULL
	};
	struct stmt *stmt;

	test_store_open(t, "object unit\nfield name text\nobject thing\n  unit unit\n"
			   "field name text unique\nlink unit one unit.things\n");
	test_write(t, rows);
	for (int unit = 0; unit < 2; unit++) {
		test_ok(t->cx, db_begin_write(t->cx));
		stmt = unit ? db_sql(t->cx,
				     "INSERT INTO thing (version, created_at, changed_at, name_key,"
				     " unit_id) VALUES (1, 1, 1, 'a', 1)")
			    : db_sql(t->cx,
				     "INSERT INTO thing (version, created_at, changed_at, name_key)"
				     " VALUES (1, 1, 1, 'a')");
		assert_false(stmt && db_run(t->cx, stmt));
		assert_int_equal(t->cx->err.code, E_CONFLICT);
		db_rollback(t->cx);
		fail_clear(t->cx);
	}
}

#define TWO_OBJECTS "object site\nfield place text\nobject firm\nfield size int\n"

static const struct {
	const char *old, *now, *word;
} CHANGES[] = {
	{ "field a int", "field a text", "firm.a is kept as \"int\" and cannot become \"text\"" },
	{ "field b int", "field b decimal scale=3", "\"int\" and cannot become \"decimal 3\"" },
	{ "field c decimal scale=2", "field c decimal scale=3",
	  "\"decimal 2\" and cannot become \"decimal 3\"" },
	{ "field d text", "field d text special=health", "cannot become \"text sealed\"" },
	{ "field e text", "field e date", "\"text\" and cannot become \"date\"" },
	{ "field f text", "field f richtext", "\"text\" and cannot become \"richtext\"" },
	{ "link g one firm.y", "link g one site.y", "\"one firm\" and cannot become \"one site\"" },
	{ "link h many firm.z", "link h many site.z", "\"many firm\" and cannot become" },
	{ "field i int", "field i formula as=\"size\" type=int", "\"int\" and cannot become" },
	{ "field j date", "field j datetime", "give the new field another name" },
};

/* All fields in the old way, but one. */
static const char *
model_with_change(struct test_store *t, size_t changed)
{
	struct buf out = buf_in(t->cx->mem, 4096);

	buf_z(&out, TWO_OBJECTS);
	for (size_t i = 0; i < countof(CHANGES); i++) {
		buf_z(&out, i == changed ? CHANGES[i].now : CHANGES[i].old);
		buf_char(&out, '\n');
	}
	return str_z(t->cx->mem, buf_done(&out));
}

static void
test_another_way_of_keeping_values_is_refused(struct test_store *t)
{
	test_store_open(t, model_with_change(t, SIZE_MAX));
	for (size_t i = 0; i < countof(CHANGES); i++)
		reopen_refused(t, model_with_change(t, i), E_INPUT, CHANGES[i].word);
	/* Not even after the fields were away for a while. */
	test_store_open(t, TWO_OBJECTS);
	for (size_t i = 0; i < countof(CHANGES); i++)
		reopen_refused(t, model_with_change(t, i), E_INPUT, CHANGES[i].word);
	test_store_open(t, model_with_change(t, SIZE_MAX));
}

static void
test_types_that_are_kept_alike_may_change(struct test_store *t)
{
	static const char *const types[] = { "text", "longtext", "email", "phone", "url", "text" };

	for (size_t i = 0; i < countof(types); i++) {
		const char *model = str_printf(t->cx->mem, "object firm\nfield x %s\n", types[i]).p;

		if (i)
			reopen(t, model);
		else
			test_store_open(t, model);
	}
}

static void
test_every_refusal_is_told_at_once_and_nothing_is_done(struct test_store *t)
{
	test_store_open(t, "object firm\nfield x int\nfield y int\n");
	reopen_refused(t, "object firm\nfield x text\nfield y date\nfield z int\n", E_INPUT,
		       "firm.y is kept as");
	reopen_refused(t, "object firm\nfield x text\nfield y date\nfield z int\n", E_INPUT,
		       "firm.x is kept as");
	test_store_open(t, "object firm\nfield x int\nfield y int\n");
	assert_null(column_of(t, "firm", "z"));
}

static void
test_a_foreign_column_of_another_class_is_refused(struct test_store *t)
{
	test_store_open(t, FIRST);
	test_ok(t->cx, db_begin_write(t->cx));
	test_ok(t->cx, db_ddl(t->cx, S("ALTER TABLE firm ADD COLUMN city REAL")));
	test_ok(t->cx, db_commit(t->cx));
	reopen_refused(t, model_of(t, "field city text\n"), E_INPUT, "firm.city is kept as");
	test_store_open(t, FIRST);
}

/* ---- indexes that queries use ---- */

static const struct {
	const char *where, *order;
} ORDERS[] = {
	{ "", "name_key NULLS FIRST, id" },
	{ "", "name_key DESC NULLS LAST, id DESC" },
	{ "", "changed_at DESC, id DESC" },
	{ "", "postcode_key NULLS FIRST, id" },
	{ "", "size DESC NULLS LAST, city_key NULLS FIRST, id" }, /* the object's own */
	{ "", "size NULLS FIRST, city_key DESC NULLS LAST, id DESC" },
	{ " AND chief_id = 5", "id" },
	{ " AND chief_id = 5", "id DESC" },
	{ " AND name_key >= 'a' AND name_key < 'b'", "name_key NULLS FIRST, id" },
	{ " AND phone_key = '1'", "id" }, /* empty ones do not stand in these */
	{ " AND phone_key >= '1' AND phone_key < '2'", "phone_key NULLS FIRST, id" },
};

/* All words of the plan. */
static struct str
plan_of(struct test_store *t, const char *where, const char *order)
{
	bool sqlite = t->place.engine == TEST_SQLITE, row;
	struct buf out = buf_in(t->cx->mem, 8192);
	struct stmt *stmt = db_prepare(
		t->cx,
		str_printf(t->cx->mem,
			   "EXPLAIN %s SELECT id FROM firm WHERE deleted_at IS NULL%s ORDER BY %s"
			   " LIMIT 10",
			   sqlite ? "QUERY PLAN" : "", where, order));

	assert_non_null(stmt);
	for (;;) {
		test_ok(t->cx, db_step(t->cx, stmt, &row));
		if (!row)
			return buf_done(&out);
		buf_str(&out, db_col_str(stmt, sqlite ? 3 : 0));
		buf_char(&out, '\n');
	}
}

static void
test_lists_in_order_read_an_index(struct test_store *t)
{
	test_store_open(t, "object firm\n  title name\n  sort -size city\nfield name text\n"
			   "field size int\nfield city text\nlink chief one firm.parts\n"
			   "field postcode text indexed\nfield phone phone indexed\n"
			   "field code text unique\nview list name postcode\n");
	test_ok(t->cx, db_begin_write(t->cx));
	if (t->place.engine == TEST_POSTGRES) {
		test_ok(t->cx, db_ddl(t->cx, S("SET LOCAL enable_seqscan = off")));
		test_ok(t->cx, db_ddl(t->cx, S("SET LOCAL enable_bitmapscan = off")));
	}
	for (size_t i = 0; i < countof(ORDERS); i++) {
		struct str plan = plan_of(t, ORDERS[i].where, ORDERS[i].order);
		size_t at;

		if (str_find(plan, S("Sort"), &at) || str_find(plan, S("TEMP B-TREE"), &at) ||
		    !str_find(plan, S("ix_firm"), &at))
			fail_msg("%s ORDER BY %s:\n%.*s", ORDERS[i].where, ORDERS[i].order,
				 STR_FMT(plan));
	}
	db_rollback(t->cx);
}

static void
test_what_is_unique_is_found_by_its_index(struct test_store *t)
{
	struct str plan;
	size_t at;

	test_store_open(t, "object unit\nfield name text\n"
			   "object firm\n  unit unit\nfield code text unique\n"
			   "link unit one unit.firms\n");
	test_ok(t->cx, db_begin_write(t->cx));
	if (t->place.engine == TEST_POSTGRES)
		test_ok(t->cx, db_ddl(t->cx, S("SET LOCAL enable_seqscan = off")));
	plan = plan_of(t, " AND code_key = 'x'", "code_key");
	if (!str_find(plan, S("ux_firm_code_key"), &at))
		fail_msg("%.*s", STR_FMT(plan));
	db_rollback(t->cx);
}

/* ---- the search index ---- */

static int64_t
found(struct test_store *t, const char *word)
{
	struct strs words = { 0 };
	struct db_search_hit *hits;
	size_t n;

	list_add(t->cx->mem, &words, str_of(word));
	test_ok(t->cx, db_begin_read(t->cx));
	test_ok(t->cx, db_search_find(t->cx, 0, &words, 5000, &hits, &n));
	db_rollback(t->cx);
	return (int64_t)n;
}

static void
add_sites(struct test_store *t)
{
	static const char *const rows[] = {
		"INSERT INTO site (version, created_at, changed_at, place, code, deleted_at)"
		" VALUES (1, 1, 1, 'Köln', 'alpha', NULL), (1, 1, 1, 'Bonn', 'beta', NULL),"
		" (1, 1, 1, 'Ulm', 'gamma', 5)",
		NULL
	};

	test_write(t, rows);
}

#define SITE "object site\n  title place\nfield place text\nfield code text\n"
#define SITE_SEARCH \
	"object site\n  title place\n  search place\nfield place text\nfield code text\n"
#define SITE_CODE "object site\n  title place\n  search code\nfield place text\nfield code text\n"

static void
test_search_index_follows_what_is_searched(struct test_store *t)
{
	test_store_open(t, SITE);
	add_sites(t);
	assert_int_equal(found(t, "koln"), 0);
	reopen(t, SITE_SEARCH);
	assert_int_equal(found(t, "koln"), 1);
	assert_int_equal(found(t, "ulm"), 0); /* in the trash */
	assert_int_equal(found(t, "alpha"), 0);
	reopen(t, SITE_CODE);
	assert_int_equal(found(t, "koln"), 1); /* the title always */
	assert_int_equal(found(t, "alpha"), 1);
	reopen(t, SITE_SEARCH);
	assert_int_equal(found(t, "alpha"), 0);
	reopen(t, SITE);
	assert_int_equal(found(t, "koln"), 0);
}

#define FIRM_MORE                                                          \
	"object firm\n  title name\n  search name more\nfield name text\n" \
	"field size int\nfield more text\n"

static void
test_search_index_is_built_anew_where_a_searched_field_is_gone(struct test_store *t)
{
	static const char *const more[] = { "UPDATE firm SET more = 'zusatz' WHERE id = 7", NULL };

	test_store_open(t, model_of(t, "field more text\n" SITE));
	add_firms(t, 1, 1100);
	add_sites(t);
	test_write(t, more);
	reopen(t, FIRM_MORE SITE_CODE);
	assert_int_equal(found(t, "muller"), 1100);
	assert_int_equal(found(t, "zusatz"), 1);
	assert_int_equal(found(t, "alpha"), 1);
	/* Nobody can tell any more what stood in the index for `more`. */
	reopen(t, FIRST SITE_SEARCH);
	assert_int_equal(found(t, "muller"), 1100);
	assert_int_equal(found(t, "zusatz"), 0);
	assert_int_equal(found(t, "alpha"), 0);
	assert_int_equal(found(t, "bonn"), 1);
	/* An object that was away while all was built anew comes back into it. */
	reopen(t, FIRM_MORE);
	assert_int_equal(found(t, "zusatz"), 1);
	reopen(t, FIRST);
	assert_int_equal(found(t, "bonn"), 0);
	reopen(t, FIRST SITE_CODE);
	assert_int_equal(found(t, "bonn"), 1);
	assert_int_equal(found(t, "alpha"), 1);
	assert_int_equal(found(t, "1099"), 1);
}

static void
test_search_index_that_lacks_documents_is_built_anew(struct test_store *t)
{
	test_store_open(t, SITE_SEARCH);
	add_sites(t);
	assert_int_equal(found(t, "koln"), 0);
	reopen(t, SITE_CODE);
	assert_int_equal(found(t, "koln"), 1);
	assert_int_equal(found(t, "alpha"), 1);
}

/* As another version of the program had made it. */
static void
test_a_search_index_of_another_version_is_built_anew(struct test_store *t)
{
	const char *drop = t->place.engine == TEST_SQLITE ? "DROP TABLE sys_search_title"
							  : "COMMENT ON TABLE sys_search IS NULL";
	bool current;

	test_store_open(t, SITE_SEARCH FIRST);
	add_firms(t, 1, 600);
	test_ok(t->cx, db_begin_write(t->cx));
	test_ok(t->cx, db_ddl(t->cx, str_of(drop)));
	if (t->place.engine == TEST_SQLITE)
		test_ok(t->cx, db_ddl(t->cx, S("CREATE VIRTUAL TABLE sys_search_title"
					       " USING fts5(words, content='')")));
	test_ok(t->cx, db_commit(t->cx));
	reopen(t, SITE_SEARCH FIRST);
	test_ok(t->cx, db_begin_read(t->cx));
	test_ok(t->cx, db_search_is_current(t->cx, &current));
	db_rollback(t->cx);
	assert_true(current);
	assert_int_equal(found(t, "muller"), 600);
	assert_int_equal(found(t, "mull"), 600);
}

/* ---- previews, read-only ---- */

static void
test_a_preview_tells_and_does_nothing(struct test_store *t)
{
	struct strs plan;
	static const char *const want[] = { "x_site: new table", "x_site__x_firms: new table",
					    "firm: new column x_code",
					    "firm: new column x_code_key" };

	test_store_open(t, FIRST);
	add_firms(t, 1, 3);
	test_ok(t->cx,
		store_preview_custom_text(
			t->cx,
			S("extend firm\nfield x_code text indexed\n"
			  "object x_site\nfield x_place text\nlink x_firms many firm.x_sites\n"),
			&plan));
	for (size_t i = 0; i < countof(want); i++) {
		bool there = false;

		for (size_t k = 0; k < plan.n; k++)
			there |= str_eq_z(plan.v[k], want[i]);
		if (!there)
			fail_msg("not told: %s", want[i]);
	}
	assert_null(column_of(t, "firm", "x_code"));
	assert_null(column_of(t, "x_site", "id"));
	assert_null(t->cx->conn);
	test_ok(t->cx, store_preview_custom_text(t->cx, S(""), &plan));
	assert_int_equal(plan.n, 0);
	test_refused(t->cx,
		     store_preview_custom_text(t->cx, S("extend firm\nfield code text\n"), &plan),
		     E_INPUT, "x_");
}

static void
test_read_only_does_not_migrate(struct test_store *t)
{
	test_store_open(t, FIRST);
	store_close(&t->store);
	t->options.read_only = true;
	test_refused(t->cx, test_store_try(t, model_of(t, "field y int\n")), E_CONFLICT, "migrate");
	test_store_open(t, FIRST);
	assert_null(column_of(t, "firm", "y"));
}

static void
test_names_that_are_too_long_are_refused(struct test_store *t)
{
	test_refused(t->cx,
		     test_store_try(
			     t,
			     "object a_name_of_forty_bytes_for_one_object_abc\n"
			     "field other text\nlink a_field_with_a_name_of_forty_bytes_abcde many "
			     "a_name_of_forty_bytes_for_one_object_abc.x\n"),
		     E_INPUT, "too long");
}

static const struct test_case CASES[] = {
	{ "fresh tables are those of the model", test_fresh_tables_are_those_of_the_model },
	{ "a second open changes nothing", test_second_open_changes_nothing },
	{ "new fields and objects are added, rows stay",
	  test_new_field_and_object_are_added_and_rows_stay },
	{ "numbers stay with their objects", test_numbers_stay_with_their_objects },
	{ "keys are filled where a column gets one", test_keys_are_filled_where_a_column_gets_one },
	{ "formulas are computed for rows that are there",
	  test_formulas_are_computed_for_rows_that_are_there },
	{ "indexes follow the model", test_indexes_follow_the_model },
	{ "a unique index needs unique values", test_unique_index_needs_unique_values },
	{ "unique is within a unit", test_unique_is_within_a_unit },
	{ "another way of keeping values is refused",
	  test_another_way_of_keeping_values_is_refused },
	{ "types that are kept alike may change", test_types_that_are_kept_alike_may_change },
	{ "every refusal is told at once, nothing is done",
	  test_every_refusal_is_told_at_once_and_nothing_is_done },
	{ "a foreign column of another class is refused",
	  test_a_foreign_column_of_another_class_is_refused },
	{ "lists in order read an index", test_lists_in_order_read_an_index },
	{ "what is unique is found by its index", test_what_is_unique_is_found_by_its_index },
	{ "the search index follows what is searched", test_search_index_follows_what_is_searched },
	{ "the search index is built anew where a searched field is gone",
	  test_search_index_is_built_anew_where_a_searched_field_is_gone },
	{ "a search index that lacks documents is built anew",
	  test_search_index_that_lacks_documents_is_built_anew },
	{ "a search index of another version is built anew",
	  test_a_search_index_of_another_version_is_built_anew },
	{ "a preview tells and does nothing", test_a_preview_tells_and_does_nothing },
	{ "read-only does not migrate", test_read_only_does_not_migrate },
	{ "names that are too long are refused", test_names_that_are_too_long_are_refused },
};

int
main(void)
{
	return test_cases_run("migrate", CASES, countof(CASES));
}
