#include "model/model.h"

#include <glob.h>

#include "base/i18n.h"
#include "base/test.h"
#include "model/ids.h"
#include "model/type.h"

enum { FILE_MAX = 2 << 20 };

static int
setup(void **state)
{
	*state = cx_new(&env_real, CX_MEM_DEFAULT);
	return 0;
}

static int
teardown(void **state)
{
	struct cx *cx = *state;

	cx_free(&cx);
	return 0;
}

static struct str
file_read(struct cx *cx, const char *path)
{
	struct buf b = buf_in(cx->mem, FILE_MAX);
	FILE *file = fopen(path, "re");
	char part[4096];
	size_t n;

	if (!file)
		fail_msg("cannot open %s; run the test in the folder of the repository", path);
	while ((n = fread(part, 1, sizeof part, file)) > 0)
		buf_str(&b, (struct str){ part, n });
	fclose(file);
	return buf_done(&b);
}

static struct snapshot *
load_texts(struct cx *cx, const struct model_text *texts, size_t n)
{
	struct snapshot *model = NULL;

	fail_clear(cx);
	if (!model_load(cx, texts, n, &model)) {
		assert_null(model);
		return NULL;
	}
	assert_non_null(model);
	return model;
}

static struct snapshot *
load_shipped(struct cx *cx)
{
	size_t n;
	struct model_text *texts = model_shipped(cx->mem, &n);
	struct snapshot *model = load_texts(cx, texts, n);

	assert_true(n > 10);
	if (!model) {
		fail_msg("%.*s", STR_FMT(cx->err.why));
		abort();
	}
	return model;
}

static void
test_shipped_model_loads(void **state)
{
	struct cx *cx = *state;
	struct snapshot *model = load_shipped(cx);

	assert_true(model_ids_check(cx, model));
	assert_int_equal(model->n_objects, MODEL_IDS_OBJECTS);
	assert_str(model->objects[PARTY]->fields[PARTY_NAME]->name, "name");
	snapshot_free(&model);
	assert_null(model);
}

/* Print, load, print again: nothing changes. */
static void
assert_prints_to_itself(struct cx *cx, const struct snapshot *model)
{
	struct buf first = buf_in(cx->mem, FILE_MAX), second = buf_in(cx->mem, FILE_MAX);
	struct model_text text = { S_INIT("printed"), { 0 }, false };
	struct snapshot *again;

	model_print(model, &first);
	text.text = buf_done(&first);
	again = load_texts(cx, &text, 1);
	if (!again) {
		fail_msg("%.*s\n%.*s", STR_FMT(cx->err.why), STR_FMT(text.text));
		return;
	}
	assert_int_equal(again->n_objects, model->n_objects);
	for (unsigned i = 0; i < model->n_objects; i++)
		assert_int_equal(again->objects[i]->n_fields, model->objects[i]->n_fields);
	model_print(again, &second);
	if (!str_eq(buf_done(&first), buf_done(&second)))
		fail_msg("printed\n%.*s\nand then\n%.*s", STR_FMT(buf_done(&first)),
			 STR_FMT(buf_done(&second)));
	snapshot_free(&again);
}

static void
test_shipped_model_prints_to_itself(void **state)
{
	struct cx *cx = *state;
	struct snapshot *model = load_shipped(cx);

	assert_prints_to_itself(cx, model);
	snapshot_free(&model);
}

static struct snapshot *
load_good(struct cx *cx, struct str text)
{
	struct snapshot *model =
		load_texts(cx, &(struct model_text){ S_INIT("x"), text, false }, 1);

	if (!model) {
		fail_msg("%.*s", STR_FMT(cx->err.why));
		abort();
	}
	return model;
}

/* --- examples as files ---
 *
 * A file under good/ loads.  A file under fail/ fails with exactly the messages of its comments
 * "#! LINE: message", in their order.  "#custom" begins the text of an administrator. */

static size_t
example_texts(struct str name, struct str text, struct model_text *out)
{
	size_t at;

	out[0] = (struct model_text){ name, text, false };
	if (!str_find(text, S("\n#custom\n"), &at))
		return 1;
	out[0].text = str_first(text, at);
	out[1] = (struct model_text){ S_INIT("custom"),
				      str_from(text, at + sizeof "\n#custom\n" - 1), true };
	return 2;
}

static struct str
example_expected(struct cx *cx, struct str name, struct str text)
{
	struct buf b = buf_in(cx->mem, FILE_MAX);

	while (text.n) {
		struct str line = str_cut(&text, '\n');

		if (!str_starts(line, S("#! ")))
			continue;
		if (b.n)
			buf_char(&b, '\n');
		line = str_from(line, 3);
		if (!str_starts(line, S("custom:"))) {
			buf_str(&b, name);
			buf_char(&b, ':');
		}
		buf_str(&b, line);
	}
	return buf_done(&b);
}

static void
example_fails(struct cx *cx, const char *path)
{
	struct model_text texts[2];
	struct str text = file_read(cx, path), expected = example_expected(cx, S("x"), text);
	struct snapshot *model = load_texts(cx, texts, example_texts(S("x"), text, texts));

	if (model) {
		snapshot_free(&model);
		fail_msg("%s loads, but must not", path);
	}
	assert_int_equal(cx->err.code, E_INPUT);
	if (!str_eq(cx->err.why, expected))
		fail_msg("%s: got\n%.*s\nwant\n%.*s", path, STR_FMT(cx->err.why),
			 STR_FMT(expected));
}

static void
test_bad_examples_fail_with_their_messages(void **state)
{
	struct cx *cx = *state;
	glob_t files;

	assert_int_equal(glob("tests/model/fail/*.model", 0, NULL, &files), 0);
	assert_true(files.gl_pathc >= 40);
	for (size_t i = 0; i < files.gl_pathc; i++) {
		cx_reset(cx);
		example_fails(cx, files.gl_pathv[i]);
	}
	globfree(&files);
}

static void
test_good_examples_load(void **state)
{
	struct cx *cx = *state;
	glob_t files;

	assert_int_equal(glob("tests/model/good/*.model", 0, NULL, &files), 0);
	assert_true(files.gl_pathc >= 1);
	for (size_t i = 0; i < files.gl_pathc; i++) {
		struct model_text texts[2];
		struct snapshot *model;
		struct str text;

		cx_reset(cx);
		text = file_read(cx, files.gl_pathv[i]);
		model = load_texts(cx, texts, example_texts(S("x"), text, texts));
		if (!model) {
			fail_msg("%s: %.*s", files.gl_pathv[i], STR_FMT(cx->err.why));
			abort();
		}
		assert_prints_to_itself(cx, model);
		snapshot_free(&model);
	}
	globfree(&files);
}

/* All that can be said is kept: against a printed text that people have read. */
static void
test_everything_is_kept(void **state)
{
	struct cx *cx = *state;
	struct snapshot *model = load_good(cx, file_read(cx, "tests/model/good/everything.model"));
	struct buf b = buf_in(cx->mem, FILE_MAX);
	struct str want = file_read(cx, "tests/model/good/everything.printed");

	model_print(model, &b);
	if (!str_eq(str_trim(buf_done(&b)), str_trim(want)))
		fail_msg("printed\n%.*s", STR_FMT(buf_done(&b)));
	snapshot_free(&model);
}

static void
assert_translated(struct str text)
{
	if (text.n && tr_str(LANG_DE, text).p == text.p)
		fail_msg("po/de.po lacks \"%.*s\"", STR_FMT(text));
}

static void
assert_object_translated(const struct object *object)
{
	assert_translated(object->label);
	assert_translated(object->label_many);
	assert_translated(object->help);
	for (unsigned i = 0; i < object->n_faces; i++) {
		assert_translated(object->faces[i].label);
		assert_translated(object->faces[i].label_many);
	}
	for (unsigned i = 0; i < object->n_views; i++)
		assert_translated(object->views[i].label);
	for (unsigned i = 0; i < object->n_fields; i++) {
		const struct field *field = object->fields[i];

		assert_translated(field->label);
		assert_translated(field->help);
		for (unsigned k = 0; k < field->n_options; k++)
			assert_translated(field->options[k].label);
	}
}

static void
test_shipped_model_speaks_german(void **state)
{
	struct snapshot *model = load_shipped(*state);
	const struct option *lost =
		option_find(model->objects[DEAL]->fields[DEAL_OUTCOME], S("lost"));

	for (unsigned i = 0; i < model->n_roles; i++)
		assert_translated(model->roles[i].label);
	for (unsigned i = 0; i < model->n_objects; i++)
		assert_object_translated(model->objects[i]);
	assert_str(lost->labels[LANG_EN], "Lost");
	assert_str(lost->labels[LANG_DE], "Verloren");
	snapshot_free(&model);
}

static const struct {
	const char *field;
	enum field_type type;
	unsigned n_columns;
	const char *first, *second;
	enum column_class class;
	bool has_key;
} COLUMNS[] = {
	{ "id", FT_ID, 1, "id", NULL, COLUMN_INT, false },
	{ "version", FT_INT, 1, "version", NULL, COLUMN_INT, false },
	{ "created_by", FT_ONE, 1, "created_by_id", NULL, COLUMN_INT, false },
	{ "deleted_at", FT_DATETIME, 1, "deleted_at", NULL, COLUMN_INT, false },
	{ "t_text", FT_TEXT, 2, "t_text", "t_text_key", COLUMN_TEXT, true },
	{ "t_email", FT_EMAIL, 2, "t_email", "t_email_key", COLUMN_TEXT, true },
	{ "t_money", FT_MONEY, 2, "t_money", "t_money_currency", COLUMN_INT, false },
	{ "t_date", FT_DATE, 1, "t_date", NULL, COLUMN_TEXT, false },
	{ "t_tags", FT_TAGS, 2, "t_tags", "t_tags_key", COLUMN_TEXT, true },
	{ "t_any", FT_ANY, 2, "t_any_id", "t_any_object", COLUMN_INT, false },
	{ "t_secret", FT_TEXT, 1, "t_secret", NULL, COLUMN_BLOB, false },
	{ "t_wealth", FT_MONEY, 1, "t_wealth", NULL, COLUMN_BLOB, false },
	{ "t_sum", FT_FORMULA, 1, "t_sum", NULL, COLUMN_INT, false },
	{ "t_total", FT_FORMULA, 2, "t_total", "t_total_currency", COLUMN_INT, false },
	{ "t_join", FT_FORMULA, 2, "t_join", "t_join_key", COLUMN_TEXT, true },
	{ "party", FT_ONE, 1, "party_id", NULL, COLUMN_INT, false },
	{ "followers", FT_MANY, 0, NULL, NULL, COLUMN_INT, false },
};

static void
test_fields_have_their_columns(void **state)
{
	struct cx *cx = *state;
	struct snapshot *model = load_good(cx, file_read(cx, "tests/model/good/everything.model"));
	const struct object *object = object_find(model, S("everything"), NULL);

	assert_non_null(object);
	for (size_t i = 0; i < countof(COLUMNS); i++) {
		const struct field *field = field_find(object, str_of(COLUMNS[i].field));

		if (!field) {
			fail_msg("there is no field %s", COLUMNS[i].field);
			return;
		}
		assert_int_equal(field->type, COLUMNS[i].type);
		assert_ptr_equal(field->row, &TYPES[field->result]);
		assert_ptr_equal(field->object, object);
		assert_ptr_equal(object->fields[field->index], field);
		assert_int_equal(field->n_columns, COLUMNS[i].n_columns);
		assert_int_equal(field->has_key, COLUMNS[i].has_key);
		if (COLUMNS[i].first) {
			assert_str(field->columns[0].name, COLUMNS[i].first);
			assert_int_equal(field->columns[0].class, COLUMNS[i].class);
		}
		if (COLUMNS[i].second)
			assert_str(field->columns[1].name, COLUMNS[i].second);
	}
	snapshot_free(&model);
}

static void
test_names_are_found(void **state)
{
	struct cx *cx = *state;
	struct snapshot *model = load_good(cx, file_read(cx, "tests/model/good/everything.model"));
	const struct object *party = object_find(model, S("party"), NULL), *object;
	const struct face *face = NULL;

	assert_non_null(party);
	assert_null(object_find(model, S("nobody"), &face));
	assert_null(object_find(model, S("person"), NULL));
	assert_ptr_equal(object_find(model, S("person"), &face), party);
	assert_str(face->label_many, "People");
	assert_str(face->field->name, "kind");
	assert_str(face->value.s, "person");
	assert_non_null(face->when);
	assert_ptr_equal(object_find(model, S("party"), &face), party);
	assert_null(face);
	object = object_find(model, S("everything"), NULL);
	assert_null(field_find(object, S("t_none")));
	assert_ptr_equal(reverse_find(party, S("everything"))->object, object);
	assert_ptr_equal(reverse_find(party, S("everything"))->field,
			 field_find(object, S("party")));
	assert_null(reverse_find(party, S("name")));
	assert_str(option_find(field_find(object, S("t_enum")), S("a"))->label, "Ä");
	assert_true(option_find(field_find(object, S("t_enum")), S("b"))->final);
	assert_null(option_find(field_find(object, S("t_enum")), S("z")));
	assert_null(option_find(field_find(object, S("t_text")), S("a")));
	assert_true(role_find(model, S("admin"))->is_admin);
	assert_null(role_find(model, S("chef")));
	assert_non_null(view_find(object, S("filter"), S("mine")));
	assert_int_equal(view_find(object, S("list"), S(""))->n_fields, 2);
	assert_null(view_find(object, S("filter"), S("list")));
	assert_ptr_equal(object->parent->target, party);
	assert_ptr_equal(object->subject, object->parent);
	assert_true(party->is_subject);
	assert_ptr_equal(object->fields[SF_CREATED_BY]->target,
			 object_find(model, S("user"), NULL));
	assert_str(field_find(object, S("followers"))->link_table, "everything__followers");
	assert_true(field_find(object, S("party"))->cascade);
	snapshot_free(&model);
}

/* What is shipped keeps its places, however the texts are ordered. */
static void
test_custom_fields_stand_behind(void **state)
{
	struct cx *cx = *state;
	struct model_text texts[] = {
		{ S_INIT("custom"),
		  S_INIT("extend thing\nfield x_a text\nobject x_b\nfield x_c int\n"), true },
		{ S_INIT("more"), S_INIT("extend thing\nfield second text\n"), false },
		{ S_INIT("thing"), S_INIT("object thing\nfield name text\n"), false },
	};
	struct snapshot *model = load_texts(cx, texts, countof(texts)), *other;
	const struct object *thing;

	if (!model) {
		fail_msg("%.*s", STR_FMT(cx->err.why));
		return;
	}
	thing = model->objects[0];
	assert_str(thing->name, "thing");
	assert_false(thing->custom);
	assert_int_equal(thing->n_fields, SF__MAX + 3);
	assert_str(thing->fields[SF__MAX]->name, "second");
	assert_str(thing->fields[SF__MAX + 1]->name, "name");
	assert_str(thing->fields[SF__MAX + 2]->name, "x_a");
	assert_true(thing->fields[SF__MAX + 2]->custom);
	assert_true(model->objects[1]->custom);
	assert_null(thing->fields[SF_CREATED_BY]->target);
	other = load_texts(cx, texts, countof(texts));
	assert_non_null(other);
	assert_true(other->number != model->number);
	snapshot_free(&other);
	snapshot_free(&model);
	snapshot_free(&model);
}

/* --- limits --- */

static void
assert_refuses(struct cx *cx, struct str text, const char *message)
{
	struct model_text one = { S_INIT("x"), text, false };
	struct snapshot *model = load_texts(cx, &one, 1);
	size_t at;

	if (model) {
		snapshot_free(&model);
		fail_msg("loads, but must not: %s", message);
	}
	if (!str_find(cx->err.why, str_of(message), &at))
		fail_msg("want %s, got %.*s", message, STR_FMT(str_first(cx->err.why, 300)));
}

static const struct {
	const char *head, *line, *tail;
	unsigned good, bad; /* so many lines load, so many do not */
	const char *message;
} LIMITS[] = {
	{ "", "object o%u\nfield name text\n", "", OBJECTS_MAX, OBJECTS_MAX + 1,
	  "more than 256 objects" },
	{ "", "role r%u\n", "", ROLES_MAX, ROLES_MAX + 1, "more than 64 roles" },
	{ "object o\n", "field f%u int\n", "", FIELDS_MAX - SF__MAX, FIELDS_MAX - SF__MAX + 1,
	  "more than 256 fields" },
	{ "object o\nfield name text\nfield e enum\n", "  option o%u\n", "", 500, 501,
	  "more than 500 options" },
	{ "object o\nfield name text\n", "face f%u \"A\" \"B\" when name = a\n", "", 8, 9,
	  "more than 8 faces" },
	{ "object o\nfield name text\n", "view filter f%u when name = a\n", "", 100, 101,
	  "more than 100 views" },
	{ "role r\nobject o\nfield name text\n", "grant r read=all create=all # %u\n", "", 500, 501,
	  "more than 500 grants" },
};

static struct str
repeat(struct cx *cx, const char *head, const char *line, unsigned n)
{
	struct buf b = buf_in(cx->mem, FILE_MAX);

	buf_z(&b, head);
	for (unsigned i = 0; i < n; i++) {
		struct str rest = str_of(line), before = str_cut(&rest, '%');

		buf_str(&b, before);
		buf_int(&b, i);
		buf_str(&b, str_from(rest, 1));
	}
	return buf_done(&b);
}

static void
test_numbers_have_limits(void **state)
{
	struct cx *cx = *state;

	for (size_t i = 0; i < countof(LIMITS); i++) {
		struct snapshot *model =
			load_good(cx, repeat(cx, LIMITS[i].head, LIMITS[i].line, LIMITS[i].good));

		snapshot_free(&model);
		assert_refuses(cx, repeat(cx, LIMITS[i].head, LIMITS[i].line, LIMITS[i].bad),
			       LIMITS[i].message);
	}
}

/* Many mistakes: the first are listed, and the work ends soon. */
static void
test_mistakes_have_a_limit(void **state)
{
	struct cx *cx = *state;
	struct str text = repeat(cx, "object o\n", "fild x%u\n", 70000);
	unsigned lines = 1;

	assert_refuses(cx, text, "x:2: unknown statement: fild (did you mean field?)");
	for (size_t i = 0; i < cx->err.why.n; i++)
		lines += cx->err.why.p[i] == '\n';
	assert_int_equal(lines, 201);
	assert_true(str_ends(cx->err.why, S("(further mistakes are not listed)")));
}

/* Whoever reads it: one report, in the language of the model. */
static void
test_mistakes_are_told_in_english(void **state)
{
	struct cx *cx = *state;

	cx->lang = LANG_DE;
	assert_refuses(cx,
		       S("object o\nfield name text\nfield day date default=x\n"
			 "view filter f \"F\" when nam = 1\n"),
		       "x:4: condition: Character 1: “o” has no field “nam” (did you mean name?).");
	assert_int_equal(cx->lang, LANG_DE);
}

static void
test_sizes_have_limits(void **state)
{
	struct cx *cx = *state;
	size_t n = (1 << 20) + 1;
	char *text = arena_alloc(cx->mem, n);
	struct model_text texts[] = { { S_INIT("a"), { text, n - 1 }, false },
				      { S_INIT("b"), { text, n - 1 }, false },
				      { S_INIT("c"), { text, n - 1 }, false },
				      { S_INIT("d"), { text, n - 1 }, false },
				      { S_INIT("e"), { text, n - 1 }, false } };
	struct snapshot *model;

	memset(text, '\n', n);
	model = load_texts(cx, texts, 1);
	assert_non_null(model);
	snapshot_free(&model);
	assert_refuses(cx, (struct str){ text, n }, "x:1: the text is longer than 1048576 bytes");
	assert_null(load_texts(cx, texts, 5));
	assert_int_equal(cx->err.code, E_TOO_BIG);
	memset(text, ' ', n);
	assert_refuses(cx, (struct str){ text, n - 1 }, "x:1: the line is longer than 20000 bytes");
	memset(text, 0, n);
	assert_refuses(cx, (struct str){ text, 20 }, "x:1: byte 1 of the line is not UTF-8 text");
	model = load_good(cx, S(""));
	assert_int_equal(model->n_objects, 0);
	snapshot_free(&model);
}

/* A unit with hardly any memory is abandoned as a whole; nothing is lost. */
static void
test_load_in_little_memory(void **state)
{
	struct cx *cx = cx_new(&env_real, 32 << 10);
	struct model_text text = { S_INIT("x"), S_INIT("object a\nfield b text\n"), false };
	struct snapshot *model = NULL;
	bool abandoned = true;

	(void)state;
	if (!setjmp(*arena_guard(cx->mem))) {
		assert_false(model_load(cx, &text, 1, &model));
		abandoned = false;
	}
	assert_true(abandoned);
	cx_free(&cx);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_shipped_model_loads, setup, teardown),
		cmocka_unit_test_setup_teardown(test_shipped_model_prints_to_itself, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_shipped_model_speaks_german, setup, teardown),
		cmocka_unit_test_setup_teardown(test_everything_is_kept, setup, teardown),
		cmocka_unit_test_setup_teardown(test_fields_have_their_columns, setup, teardown),
		cmocka_unit_test_setup_teardown(test_names_are_found, setup, teardown),
		cmocka_unit_test_setup_teardown(test_custom_fields_stand_behind, setup, teardown),
		cmocka_unit_test_setup_teardown(test_numbers_have_limits, setup, teardown),
		cmocka_unit_test_setup_teardown(test_mistakes_have_a_limit, setup, teardown),
		cmocka_unit_test_setup_teardown(test_mistakes_are_told_in_english, setup, teardown),
		cmocka_unit_test_setup_teardown(test_sizes_have_limits, setup, teardown),
		cmocka_unit_test_setup_teardown(test_load_in_little_memory, setup, teardown),
		cmocka_unit_test_setup_teardown(test_bad_examples_fail_with_their_messages, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_good_examples_load, setup, teardown),
	};

	return cmocka_run_group_tests_name("model/model", tests, NULL, NULL);
}
