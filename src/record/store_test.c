#include "record/test_store.h"

#include "base/feature.h"

#define MODEL                                                                             \
	"role boss \"Boss\" admin\nrole clerk \"Clerk\"\n"                                \
	"object role\n  title label\nfield name text unique readonly\nfield label text\n" \
	"object firm\n  title name\n  search name\n  subject self\nfield name text\n"     \
	"field illness text special=health purpose=\"care\"\ngrant clerk read=all create edit=all\n"
#define CUSTOM                                                          \
	"extend firm\nfield x_size int\nobject x_pet\n  title x_name\n" \
	"field x_name text\nlink x_firm one firm.x_pets\nrole x_vet \"Vet\"\n"

/* A second process, as far as the store can tell. */
struct other {
	struct cx *cx;
	struct db *db;
	struct store *store;
};

static struct other
other_open(struct test_store *t)
{
	struct db_options options = { .unsafe_no_sync = true };
	struct other other = { .cx = cx_new(&env_real, TEST_MEM) };

	test_ok(other.cx, db_open(other.cx, str_of(t->place.address), options, &other.db));
	other.cx->db = other.db;
	test_ok(other.cx, store_open(other.cx, t->options, &other.store));
	other.cx->actor = actor_system(other.cx);
	return other;
}

static void
other_close(struct other *other)
{
	store_close(&other->store);
	db_close(&other->db);
	cx_free(&other->cx);
}

static const struct object *
object_of(const struct cx *cx, const char *name)
{
	return object_find(cx->model, str_of(name), NULL);
}

/* A record with one text; its id. */
static int64_t
create(struct cx *cx, const char *object, const char *field, const char *text)
{
	const struct object *o = object_of(cx, object);
	struct change *change;

	assert_non_null(o);
	test_ok(cx, work_begin(cx, S("")));
	change = change_new(cx, o, NULL);
	change_set(change, field_find(o, str_of(field)), value_text(str_of(text)));
	test_ok(cx, record_save(cx, change));
	test_ok(cx, work_commit(cx, NULL));
	return change->id;
}

static int64_t
head_of(struct cx *cx)
{
	int64_t head;

	test_ok(cx, db_begin_read(cx));
	test_ok(cx, head_read(cx, &head));
	db_rollback(cx);
	return head;
}

/* ---- the custom text ---- */

static void
test_custom_text_is_live_at_once(struct test_store *t)
{
	const struct snapshot *before;
	struct str text;

	test_store_open(t, MODEL);
	before = t->cx->model;
	create(t->cx, "firm", "name", "Adler");
	test_ok(t->cx, store_set_custom_text(t->cx, S(CUSTOM)));
	assert_ptr_not_equal(t->cx->model, before);
	assert_null(object_find(before, S("x_pet"), NULL)); /* units that run keep theirs */
	assert_non_null(field_find(object_of(t->cx, "firm"), S("x_size")));
	create(t->cx, "x_pet", "x_name", "Waldi");
	test_ok(t->cx, store_custom_text(t->cx, &text));
	assert_str(text, CUSTOM);
	assert_int_equal(
		test_int(t, S("SELECT count(*) FROM sys_change WHERE object = 'sys_model'")), 1);
	assert_int_equal(test_int(t, S("SELECT version FROM sys_model")), 1);
	/* It goes, its rows stay, and it can come back. */
	test_ok(t->cx, store_set_custom_text(t->cx, S("")));
	assert_null(object_of(t->cx, "x_pet"));
	assert_int_equal(test_int(t, S("SELECT count(*) FROM x_pet")), 1);
	test_ok(t->cx, store_set_custom_text(t->cx, S(CUSTOM)));
	assert_int_equal(test_int(t, S("SELECT version FROM sys_model")), 3);
	store_close(&t->store);
	test_store_open(t, MODEL);
	assert_non_null(object_of(t->cx, "x_pet"));
}

static void
test_custom_text_that_is_refused_changes_nothing(struct test_store *t)
{
	const struct snapshot *model;
	struct str text;

	test_store_open(t, MODEL);
	test_ok(t->cx, store_set_custom_text(t->cx, S(CUSTOM)));
	model = t->cx->model;
	test_refused(t->cx, store_set_custom_text(t->cx, S("object x_a\nfield x_b nonsense\n")),
		     E_INPUT, "custom.model:2");
	test_refused(
		t->cx,
		store_set_custom_text(t->cx, S("extend firm\nfield x_size text\nobject x_new\n")),
		E_INPUT, "firm.x_size is kept as \"int\"");
	assert_null(t->cx->conn);
	assert_null(t->cx->work);
	assert_ptr_equal(t->cx->model, model);
	store_model(t->cx);
	assert_ptr_equal(t->cx->model, model);
	test_ok(t->cx, store_custom_text(t->cx, &text));
	assert_str(text, CUSTOM);
	create(t->cx, "x_pet", "x_name", "Waldi");
}

static void
test_another_process_follows(struct test_store *t)
{
	struct other other;

	test_store_open(t, MODEL);
	other = other_open(t);
	assert_null(object_of(other.cx, "x_pet"));
	test_ok(t->cx, store_set_custom_text(t->cx, S(CUSTOM)));
	assert_null(object_of(other.cx, "x_pet"));
	test_ok(other.cx, store_refresh(other.cx));
	assert_non_null(object_of(other.cx, "x_pet"));
	assert_int_equal(object_of(other.cx, "x_pet")->number, object_of(t->cx, "x_pet")->number);
	create(other.cx, "x_pet", "x_name", "Waldi");
	assert_int_equal(test_int(t, S("SELECT count(*) FROM x_pet")), 1);
	/* Also by itself, when its next unit begins a second later. */
	test_ok(t->cx, store_set_custom_text(t->cx, S("")));
	store_model(other.cx);
	assert_non_null(object_of(other.cx, "x_pet"));
	other.cx->now += 1000;
	store_model(other.cx);
	assert_null(object_of(other.cx, "x_pet"));
	other_close(&other);
}

static void
test_another_version_of_the_program_is_noticed(struct test_store *t)
{
	struct other other;

	test_store_open(t, MODEL);
	other = other_open(t);
	store_close(&t->store);
	test_store_open(t, MODEL "object site\nfield place text\n");
	test_ok(t->cx, store_set_custom_text(t->cx, S(CUSTOM)));
	test_refused(other.cx, store_refresh(other.cx), E_CONFLICT, "same version");
	assert_null(object_of(other.cx, "x_pet"));
	other_close(&other);
}

/* ---- opening ---- */

static void
test_roles_of_the_model_are_records_once(struct test_store *t)
{
	test_store_open(t, MODEL);
	assert_int_equal(test_int(t, S("SELECT count(*) FROM role")), 2);
	assert_str(test_text(t, S("SELECT label FROM role WHERE name = 'clerk'")), "Clerk");
	test_ok(t->cx, store_set_custom_text(t->cx, S(CUSTOM)));
	assert_int_equal(test_int(t, S("SELECT count(*) FROM role")), 3);
	store_close(&t->store);
	test_store_open(t, MODEL "object site\nfield place text\n");
	assert_int_equal(test_int(t, S("SELECT count(*) FROM role")), 3);
	assert_int_equal(test_int(t, S("SELECT count(*) FROM sys_change WHERE object = 'role'")),
			 3);
}

static void
test_another_keyring_is_refused(struct test_store *t)
{
	test_store_open(t, MODEL);
	store_close(&t->store);
	snprintf(t->folder + strlen(t->folder) - 1, 2, "_");
	test_refused(t->cx, test_store_try(t, MODEL), E_IO, "making the folder");
	assert_int_equal(mkdir(t->folder, 0700), 0);
	test_refused(t->cx, test_store_try(t, MODEL), E_CONFLICT, "keyring does not belong");
	/* Nor is it taken when there is something to migrate. */
	test_refused(t->cx, test_store_try(t, MODEL "object site\nfield x text\n"), E_CONFLICT,
		     "keyring does not belong");
}

struct opener {
	struct test_store *t;
	struct other other;
};

static void *
open_in_thread(void *at)
{
	struct opener *opener = at;

	opener->other = other_open(opener->t);
	return NULL;
}

static void
test_several_open_a_new_database_at_once(struct test_store *t)
{
	struct opener openers[4];
	pthread_t threads[countof(openers)];

	t->text = (struct model_text){ S("test.model"), S(MODEL), false };
	t->options = (struct store_options){ .texts = &t->text, .n_texts = 1 };
	t->options.keyring = str_printf(t->cx->mem, "%s/keyring", t->folder);
	for (size_t i = 0; i < countof(openers); i++) {
		openers[i].t = t;
		assert_int_equal(pthread_create(&threads[i], NULL, open_in_thread, &openers[i]), 0);
	}
	for (size_t i = 0; i < countof(openers); i++)
		pthread_join(threads[i], NULL);
	for (size_t i = 0; i < countof(openers); i++) {
		create(openers[i].other.cx, "firm", "name", "Adler");
		other_close(&openers[i].other);
	}
	test_store_open(t, MODEL);
	assert_int_equal(test_int(t, S("SELECT count(*) FROM firm")), countof(openers));
	assert_int_equal(test_int(t, S("SELECT count(*) FROM role")), 2);
}

/* ---- hooks ---- */

static bool
hook_upper(struct cx *cx, struct change *c)
{
	change_put(c, field_find(c->object, S("name")),
		   value_text(str_printf(cx->mem, "%.*s!", STR_FMT(c->after->v[SF__MAX].s))));
	return true;
}

static void
test_hooks_of_features_run(struct test_store *t)
{
	static const struct hook hooks[] = { { "firm", HOOK_RULES, hook_upper },
					     { "firm", HOOK_RULES, hook_upper },
					     { 0 } };
	static const struct feature feature = { .name = "loud", .hooks = hooks };
	static const struct feature *const features[] = { &feature, NULL };
	int64_t id;

	t->options.features = features;
	test_store_open(t, MODEL);
	id = create(t->cx, "firm", "name", "Adler");
	assert_int_equal(id, 1);
	assert_str(test_text(t, S("SELECT name FROM firm WHERE id = 1")), "Adler!!");
}

static void
test_hooks_for_what_is_not_there_are_refused(struct test_store *t)
{
	static const struct hook hooks[] = { { "frim", HOOK_RULES, hook_upper }, { 0 } };
	static const struct feature feature = { .name = "loud", .hooks = hooks };
	static const struct feature *const features[] = { &feature, NULL };

	t->options.features = features;
	test_refused(t->cx, test_store_try(t, MODEL), E_BUG, "\"frim\"");
}

static void
test_tables_of_features_are_made(struct test_store *t)
{
	static const struct system_column columns[] = { { "id", COLUMN_INT, .primary = true },
							{ "key", COLUMN_TEXT, .required = true },
							{ 0 } };
	static const struct system_column more[] = { { "id", COLUMN_INT, .primary = true },
						     { "key", COLUMN_TEXT, .required = true },
						     { "extra", COLUMN_INT, .required = true },
						     { 0 } };
	static const char *const unique[] = { "key", NULL };
	static const struct system_table tables[] = { { "sys_test", columns, .unique = unique },
						      { 0 } };
	static const struct system_table grown[] = { { "sys_test", more, .unique = unique },
						     { 0 } };
	static const struct feature feature = { .name = "first", .tables = tables };
	static const struct feature feature_grown = { .name = "first", .tables = grown };
	static const struct feature *const features[] = { &feature, NULL };
	static const struct feature *const features_grown[] = { &feature_grown, NULL };
	static const char *const rows[] = { "INSERT INTO sys_test (key) VALUES ('a')", NULL };

	t->options.features = features;
	test_store_open(t, MODEL);
	test_write(t, rows);
	store_close(&t->store);
	t->options.features = features_grown;
	test_store_open(t, MODEL);
	assert_int_equal(test_int(t, S("SELECT extra FROM sys_test WHERE key = 'a'")), 0);
	test_ok(t->cx, db_begin_write(t->cx));
	assert_false(db_run(
		t->cx, db_prepare(t->cx, S("INSERT INTO sys_test (key, extra) VALUES ('a', 1)"))));
	assert_int_equal(t->cx->err.code, E_CONFLICT);
	db_rollback(t->cx);
	fail_clear(t->cx);
}

/* ---- settings, and what is known of the log ---- */

static void
set(struct cx *cx, const char *name, const char *value)
{
	test_ok(cx, work_begin(cx, S("")));
	test_ok(cx, setting_set(cx, str_of(name), str_of(value)));
	test_ok(cx, work_commit(cx, NULL));
}

static struct str
get(struct cx *cx, const char *name)
{
	struct str out;

	test_ok(cx, db_begin_read(cx));
	test_ok(cx, setting_get(cx, str_of(name), &out));
	db_rollback(cx);
	return out;
}

static void
test_settings_are_kept_and_logged(struct test_store *t)
{
	test_store_open(t, MODEL);
	assert_str(get(t->cx, "house.name"), "");
	set(t->cx, "house.name", "Adler & Söhne");
	set(t->cx, "house.name", "Adler & Söhne");
	assert_str(get(t->cx, "house.name"), "Adler & Söhne");
	set(t->cx, "house.name", "");
	assert_str(get(t->cx, "house.name"), "");
	assert_int_equal(
		test_int(t, S("SELECT count(*) FROM sys_change WHERE object = 'sys_setting'")), 2);
	test_ok(t->cx, work_begin(t->cx, S("")));
	test_refused(t->cx, setting_set(t->cx, S(""), S("x")), E_TOO_BIG, "at most");
	work_abandon(t->cx);
}

static bool
health_is_on(const struct store *store)
{
	return atomic_load(&store->special_on) >> SPECIAL_HEALTH & 1;
}

static void
test_special_categories_are_switched_for_all_processes(struct test_store *t)
{
	struct other other;

	test_store_open(t, MODEL);
	other = other_open(t);
	assert_false(health_is_on(t->store));
	set(t->cx, "special.health", "Care of our members");
	head_of(t->cx);
	assert_true(health_is_on(t->store));
	assert_false(health_is_on(other.store));
	test_ok(other.cx, store_refresh(other.cx));
	assert_true(health_is_on(other.store));
	store_close(&t->store);
	test_store_open(t, MODEL);
	assert_true(health_is_on(t->store));
	set(other.cx, "special.health", "");
	head_of(t->cx);
	assert_false(health_is_on(t->store));
	other_close(&other);
}

static void
test_head_tells_which_objects_changed(struct test_store *t)
{
	const struct object *firm, *role;
	struct other other;
	int64_t start, first;

	test_store_open(t, MODEL);
	firm = object_of(t->cx, "firm");
	role = object_of(t->cx, "role");
	start = head_of(t->cx);
	assert_in_range(head_changed(t->cx, firm), 0, start);
	other = other_open(t);
	/* Its own changes are known without asking. */
	create(t->cx, "firm", "name", "Adler");
	assert_int_equal(head_changed(t->cx, firm), start + 1);
	assert_in_range(head_changed(t->cx, role), 0, start);
	first = t->cx->n_sql;
	assert_int_equal(head_of(t->cx), start + 1);
	assert_int_equal(t->cx->n_sql - first, 1);
	/* Those of others when the head is read. */
	assert_int_equal(head_changed(other.cx, object_of(other.cx, "firm")), start);
	assert_int_equal(head_of(other.cx), start + 1);
	assert_int_equal(head_changed(other.cx, object_of(other.cx, "firm")), start + 1);
	assert_int_equal(head_changed(other.cx, object_of(other.cx, "role")), start);
	create(other.cx, "firm", "name", "Bussard");
	create(t->cx, "firm", "name", "Milan");
	assert_int_equal(head_of(t->cx), start + 3);
	assert_int_equal(head_changed(t->cx, firm), start + 3);
	assert_in_range(head_changed(t->cx, role), 0, start);
	other_close(&other);
}

static void
test_ids_of_erased_records_are_never_given_again(struct test_store *t)
{
	int64_t first, second;

	test_store_open(t, MODEL);
	first = create(t->cx, "firm", "name", "Adler");
	test_ok(t->cx, subject_erase(t->cx, object_of(t->cx, "firm"), first));
	second = create(t->cx, "firm", "name", "Bussard");
	assert_true(second > first);
}

/* ---- at the same time ---- */

enum { READERS = 3, SWAPS = 8 };

struct reader {
	struct test_store *t;
	atomic_bool *stop;
	int64_t seen;
	bool good;
};

static void *
read_models(void *at)
{
	struct reader *reader = at;
	struct cx *cx = cx_new(&env_real, TEST_MEM);

	cx->db = reader->t->db;
	cx->store = reader->t->store;
	reader->good = true;
	while (!atomic_load(reader->stop)) {
		const struct object *firm;
		struct rows rows;
		struct query query = { 0 };

		cx_reset(cx);
		store_model(cx);
		cx->actor = actor_system(cx);
		firm = object_of(cx, "firm");
		query.object = firm;
		query.total = true;
		reader->good &=
			db_begin_read(cx) && record_query(cx, &query, &rows) && rows.total == 1;
		db_rollback(cx);
		reader->good &= store_refresh(cx);
		reader->seen += firm->n_fields;
	}
	cx_free(&cx);
	return NULL;
}

static void
test_units_run_on_while_the_model_is_swapped(struct test_store *t)
{
	struct reader readers[READERS];
	pthread_t threads[READERS];
	atomic_bool stop = false;

	test_store_open(t, MODEL);
	create(t->cx, "firm", "name", "Adler");
	for (int i = 0; i < READERS; i++) {
		readers[i] = (struct reader){ .t = t, .stop = &stop };
		assert_int_equal(pthread_create(&threads[i], NULL, read_models, &readers[i]), 0);
	}
	for (int i = 0; i < SWAPS; i++)
		test_ok(t->cx,
			store_set_custom_text(
				t->cx,
				str_printf(t->cx->mem, "extend firm\nfield x_%c int\n", 'a' + i)));
	atomic_store(&stop, true);
	for (int i = 0; i < READERS; i++) {
		pthread_join(threads[i], NULL);
		assert_true(readers[i].good);
	}
	assert_non_null(field_find(object_of(t->cx, "firm"), S("x_h")));
	assert_int_equal(test_int(t, S("SELECT version FROM sys_model")), SWAPS);
}

static const struct test_case CASES[] = {
	{ "a custom text is live at once", test_custom_text_is_live_at_once },
	{ "a custom text that is refused changes nothing",
	  test_custom_text_that_is_refused_changes_nothing },
	{ "another process follows", test_another_process_follows },
	{ "another version of the program is noticed",
	  test_another_version_of_the_program_is_noticed },
	{ "roles of the model are records, once", test_roles_of_the_model_are_records_once },
	{ "another keyring is refused", test_another_keyring_is_refused },
	{ "several open a new database at once", test_several_open_a_new_database_at_once },
	{ "hooks of features run", test_hooks_of_features_run },
	{ "hooks for what is not there are refused", test_hooks_for_what_is_not_there_are_refused },
	{ "tables of features are made", test_tables_of_features_are_made },
	{ "settings are kept and logged", test_settings_are_kept_and_logged },
	{ "special categories are switched for all processes",
	  test_special_categories_are_switched_for_all_processes },
	{ "the head tells which objects changed", test_head_tells_which_objects_changed },
	{ "ids of erased records are never given again",
	  test_ids_of_erased_records_are_never_given_again },
	{ "units run on while the model is swapped", test_units_run_on_while_the_model_is_swapped },
};

int
main(void)
{
	return test_cases_run("store", CASES, countof(CASES));
}
