#include "base/json.h"

#include "base/test.h"

static int
setup(void **state)
{
	*state = cx_new(&env_real, 16 << 20);
	return 0;
}

static int
teardown(void **state)
{
	struct cx *cx = *state;

	cx_free(&cx);
	return 0;
}

static const struct {
	struct str in;
	const char *why; /* NULL: read, and printed as `out` */
	const char *out;
} rows[] = {
	{ S_INIT("{\"a\": [1, -2.5, true, null, \"x\"]}"), NULL,
	  "{\"a\":[1,-2.5,true,null,\"x\"]}" },
	{ S_INIT("7"), NULL, "7" },
	{ S_INIT(" \"\\u00e4\\ud83d\\ude00\\n\" "), NULL, "\"ä😀\\n\"" },
	{ S_INIT("9223372036854775807"), NULL, "9223372036854775807" },
	{ S_INIT("\"[[[[\\\"[[[\""), NULL, "\"[[[[\\\"[[[\"" },
	{ S_INIT(""), "line 1, column 0: it ends too early", NULL },
	{ S_INIT("{\"a\":1"), "line 1, column 6: it ends too early", NULL },
	{ S_INIT("{\"a\":1,}"), "line 1, column 8: this is not well-formed", NULL },
	{ S_INIT("{}x"), "line 1, column 3: something stands behind the value", NULL },
	{ S_INIT("{}\n{}"), "line 2, column 1: something stands behind the value", NULL },
	{ S_INIT("{\"a\":1,\n \"a\":2}"), "line 2, column 4: a name stands twice in one object",
	  NULL },
	{ S_INIT("\"\xff\""), "line 1, column 1: this is not UTF-8", NULL },
	{ S_INIT("\"\xed\xa0\x80\""), "line 1, column 1: this is not UTF-8", NULL },
	{ S_INIT("\"\\u0000\""), "line 1, column 8: a NUL character is not allowed", NULL },
	{ S_INIT("\"a\0b\""), "line 1, column 2: this is not well-formed", NULL },
	{ S_INIT("9223372036854775808"), "line 1, column 19: this number is too large", NULL },
	{ S_INIT("1e999"), "line 1, column 5: this number is too large", NULL },
	{ S_INIT("NaN"), "line 1, column 3: this is not well-formed", NULL },
	{ S_INIT("[01]"), "line 1, column 2: this is not well-formed", NULL },
	{ S_INIT("{'a':1}"), "line 1, column 2: this is not well-formed", NULL },
};

static void
test_json_is_read_strictly(void **state)
{
	struct cx *cx = *state;

	for (size_t i = 0; i < countof(rows); i++) {
		OWNED(json_drop) json_t *json = NULL;
		struct buf b = buf_in(cx->mem, 1000);
		bool ok;

		fail_clear(cx);
		ok = json_parse(cx, rows[i].in, 1000, &json);
		if (ok != (rows[i].why == NULL) ||
		    (!ok && (json || !str_ends(cx->err.why, str_of(rows[i].why)))))
			fail_msg("%.*s: %.*s", STR_FMT(rows[i].in), STR_FMT(cx->err.why));
		if (!ok) {
			assert_int_equal(cx->err.code, E_USAGE);
			continue;
		}
		buf_json_value(&b, json);
		assert_str(buf_done(&b), rows[i].out);
	}
}

static void
test_depth_and_size_are_bounded(void **state)
{
	static const struct str shapes[][2] = { { S_INIT("["), S_INIT("]") },
						{ S_INIT("{\"a\":"), S_INIT("}") } };
	struct cx *cx = *state;

	for (size_t shape = 0; shape < countof(shapes); shape++)
		for (int extra = 0; extra < 2; extra++) {
			OWNED(json_drop) json_t *json = NULL;
			struct buf b = buf_in(cx->mem, 100000);

			fail_clear(cx);
			for (int i = 0; i < JSON_DEPTH_MAX + extra; i++)
				buf_str(&b, shapes[shape][0]);
			buf_char(&b, '1');
			for (int i = 0; i < JSON_DEPTH_MAX + extra; i++)
				buf_str(&b, shapes[shape][1]);
			assert_int_equal(json_parse(cx, buf_done(&b), 100000, &json), !extra);
			assert_int_equal(cx->err.code, extra ? E_USAGE : E_OK);
			fail_clear(cx);
			json_drop(&json);
			assert_false(json_parse(cx, buf_done(&b), buf_done(&b).n - 1, &json));
			assert_int_equal(cx->err.code, E_TOO_BIG);
		}
}

static void
test_members(void **state)
{
	struct cx *cx = *state;
	OWNED(json_drop) json_t *json = NULL;
	struct str text = S("untouched");
	int64_t number = 7;
	bool truth = false;

	assert_true(json_parse(
		cx,
		S("{\"t\":\"\\u0061b\",\"n\":5,\"b\":true,\"id\":\"12\",\"z\":null,\"r\":1.5,"
		  "\"big\":\"9223372036854775808\",\"bad\":\"-1\",\"lead\":\"012\",\"plus\":\"+1\"}"),
		1000, &json));
	assert_false(json_get_text(json, "n", &text));
	assert_false(json_get_text(json, "missing", &text));
	assert_false(json_get_text(NULL, "t", &text));
	assert_str(text, "untouched");
	assert_true(json_get_text(json, "t", &text));
	assert_str(text, "ab");
	assert_false(json_get_int(json, "n", 6, 9, &number));
	assert_false(json_get_int(json, "n", 0, 4, &number));
	assert_false(json_get_int(json, "r", 0, 9, &number));
	assert_false(json_get_id(json, "n", &number));
	assert_false(json_get_id(json, "t", &number));
	assert_false(json_get_id(json, "big", &number));
	assert_false(json_get_id(json, "bad", &number));
	assert_false(json_get_id(json, "lead", &number));
	assert_false(json_get_id(json, "plus", &number));
	assert_int_equal(number, 7);
	assert_true(json_get_int(json, "n", 5, 5, &number));
	assert_int_equal(number, 5);
	assert_true(json_get_id(json, "id", &number));
	assert_int_equal(number, 12);
	assert_false(json_get_bool(json, "z", &truth));
	assert_true(json_get_bool(json, "b", &truth));
	assert_true(truth);
	assert_int_equal(json_text(NULL).n, 0);
}

static void
test_unknown_members_are_named(void **state)
{
	static const char *const names[] = { "op", "id", NULL };
	struct cx *cx = *state;
	OWNED(json_drop) json_t *json = NULL;

	assert_true(json_parse(cx, S("{\"op\":1,\"colour\":2,\"id\":3,\"size\":4}"), 1000, &json));
	assert_false(json_only(cx, json, names));
	assert_int_equal(cx->err.code, E_INPUT);
	assert_str(cx->err.fields->field, "colour");
	assert_string_equal(cx->err.fields->code, "unknown");
	assert_str(cx->err.fields->next->field, "size");
	assert_null(cx->err.fields->next->next);
	json_object_del(json, "colour");
	json_object_del(json, "size");
	assert_true(json_only(cx, json, names));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_json_is_read_strictly, setup, teardown),
		cmocka_unit_test_setup_teardown(test_depth_and_size_are_bounded, setup, teardown),
		cmocka_unit_test_setup_teardown(test_members, setup, teardown),
		cmocka_unit_test_setup_teardown(test_unknown_members_are_named, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
