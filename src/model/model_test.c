#include "model/model.h"

#include <glob.h>

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
	if (!model)
		fail_msg("%.*s", STR_FMT(cx->err.why));
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
	if (!again)
		fail_msg("%.*s\n%.*s", STR_FMT(cx->err.why), STR_FMT(text.text));
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
		if (!model)
			fail_msg("%s: %.*s", files.gl_pathv[i], STR_FMT(cx->err.why));
		assert_prints_to_itself(cx, model);
		snapshot_free(&model);
	}
	globfree(&files);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_shipped_model_loads, setup, teardown),
		cmocka_unit_test_setup_teardown(test_shipped_model_prints_to_itself, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_good_examples_load, setup, teardown),
	};

	return cmocka_run_group_tests_name("model/model", tests, NULL, NULL);
}
