#include "base/buf.h"

#include "base/test.h"

#include "base/heap.h"

enum { MAX = 4096, LINE = 80 };

static int
setup(void **state)
{
	*state = arena_new(1 << 20);
	return 0;
}

static int
teardown(void **state)
{
	struct arena *mem = *state;

	arena_free(&mem);
	return 0;
}

static void
assert_wrote(struct buf *b, const char *want)
{
	assert_str(buf_done(b), want);
	assert_false(b->full);
	buf_clear(b);
}

/* What one of the functions writes. */
#define WRITES(b, call, want) ((call), assert_wrote((b), (want)))

static void
test_numbers(void **state)
{
	struct buf b = buf_in(*state, MAX);

	WRITES(&b, buf_int(&b, 0), "0");
	WRITES(&b, buf_int(&b, -42), "-42");
	WRITES(&b, buf_int(&b, INT64_MAX), "9223372036854775807");
	WRITES(&b, buf_int(&b, INT64_MIN), "-9223372036854775808");
	WRITES(&b, buf_pad(&b, 7, 3), "007");
	WRITES(&b, buf_pad(&b, 1234, 3), "1234");
	WRITES(&b, buf_pad(&b, 0, 0), "0");
	WRITES(&b, buf_decimal(&b, 1250, 2), "12.50");
	WRITES(&b, buf_decimal(&b, -5, 2), "-0.05");
	WRITES(&b, buf_decimal(&b, 0, 2), "0.00");
	WRITES(&b, buf_decimal(&b, 7, 0), "7");
	WRITES(&b, buf_decimal(&b, INT64_MIN, 18), "-9.223372036854775808");
	WRITES(&b, buf_decimal(&b, 5, 18), "0.000000000000000005");
	WRITES(&b, buf_real(&b, 0.1), "0.1");
	WRITES(&b, buf_real(&b, -1e300), "-1e+300");
	WRITES(&b, buf_real(&b, 0.1 + 0.2), "0.30000000000000004");
	WRITES(&b, buf_hex(&b, S("\0\xff\x1e")), "00ff1e");
	WRITES(&b, buf_printf(&b, "%d %s", 5, "x"), "5 x");
}

static void
test_real_numbers_read_back(void **state)
{
	struct env_fake fake;

	env_fake_init(&fake, 0, 3);
	for (int i = 0; i < 20000; i++) {
		struct arena_mark mark = arena_mark(*state);
		struct buf b = buf_in(*state, 40);
		double d, back = 0;

		fake.env.random(&fake.env, &d, sizeof d);
		if (!isfinite(d))
			continue;
		buf_real(&b, d);
		if (!str_real(buf_done(&b), &back) || back < d || back > d)
			fail_msg("%.*s", STR_FMT(buf_done(&b)));
		arena_rewind(*state, mark);
	}
}

static void
test_escaping(void **state)
{
	struct buf b = buf_in(*state, MAX);

	WRITES(&b, buf_json(&b, S("")), "\"\"");
	WRITES(&b, buf_json(&b, S("a\"b\\c\n\r\t\x01\x7f/ä")),
	       "\"a\\\"b\\\\c\\n\\r\\t\\u0001\\u007f/ä\"");
	WRITES(&b, buf_json(&b, S("\0x")), "\"\\u0000x\"");
	WRITES(&b, buf_html(&b, S("<a href=\"x\">'&'</a>")),
	       "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;");
	WRITES(&b, buf_html(&b, S("plain ä")), "plain ä");
	WRITES(&b, buf_html(&b, S("no more than that = ü, %#;:?@[]")),
	       "no more than that = ü, %#;:?@[]");
	WRITES(&b, buf_url(&b, S("a-Z_0.~ /?&=+%ä")), "a-Z_0.~%20%2F%3F%26%3D%2B%25%C3%A4");
	WRITES(&b, buf_csv(&b, S("plain")), "plain");
	WRITES(&b, buf_csv(&b, S("")), "");
	WRITES(&b, buf_csv(&b, S("a,b")), "\"a,b\"");
	WRITES(&b, buf_csv(&b, S("a;b")), "\"a;b\"");
	WRITES(&b, buf_csv(&b, S("say \"hi\"")), "\"say \"\"hi\"\"\"");
	WRITES(&b, buf_csv(&b, S("two\nlines")), "\"two\nlines\"");
	WRITES(&b, buf_csv(&b, S(" x")), "\" x\"");
	WRITES(&b, buf_csv(&b, S("x ")), "\"x \"");
}

static void
test_the_maximum_is_kept(void **state)
{
	for (int heap = 0; heap < 2; heap++)
		for (size_t max = 0; max < 700; max += 7) {
			struct buf b = heap ? buf_heap(max) : buf_in(*state, max);

			for (size_t i = 0; i < max; i++)
				buf_char(&b, 'x');
			assert_false(b.full);
			assert_int_equal(buf_done(&b).n, max);
			buf_char(&b, 'y');
			assert_true(b.full);
			assert_int_equal(buf_done(&b).n, max);
			buf_str(&b, S("")); /* sticky */
			assert_true(b.full);
			buf_clear(&b);
			assert_false(b.full);
			BUF_LIT(&b, "zz");
			assert_int_equal(b.full, max < 2);
			buf_fini(&b);
		}
}

static void
test_what_does_not_fit_is_dropped_whole(void **state)
{
	struct buf b = buf_in(*state, 5);

	BUF_LIT(&b, "abc");
	BUF_LIT(&b, "def");
	assert_str(buf_done(&b), "abc");
	buf_char(&b, 'd');
	assert_str(buf_done(&b), "abc");
	assert_true(b.full);
}

static void
test_a_heap_buffer_can_be_taken(void **state)
{
	struct buf b = buf_heap(MAX);
	char *p;

	(void)state;
	buf_z(&b, "text");
	buf_z(&b, NULL);
	buf_char(&b, 0);
	p = buf_take(&b);
	assert_string_equal(p, "text");
	assert_int_equal(b.n, 0);
	buf_fini(&b);
	heap_free(p);
}

static void
test_growing_keeps_the_text(void **state)
{
	struct buf b = buf_heap(100000);

	(void)state;
	for (int i = 0; i < 10000; i++)
		buf_char(&b, (char)('a' + i % 26));
	for (size_t i = 0; i < b.n; i++)
		assert_int_equal(b.p[i], 'a' + (int)(i % 26));
	buf_fini(&b);
}

/* Wherever a sign stands in a text, among whatever it stands. */
static void
test_html_is_escaped_at_every_place(void **state)
{
	static const char signs[] = "&<>\"'", *const entities[] = { "&amp;", "&lt;", "&gt;",
								    "&quot;", "&#39;" };
	struct arena *mem = arena_new(64 << 20);

	(void)state;
	for (size_t n = 1; n < LINE / 2; n++)
		for (size_t at = 0; at < n; at++)
			for (size_t k = 0; k < countof(entities); k++) {
				struct buf b = buf_fixed(mem, LINE);
				char text[LINE];

				memset(text, k % 2 ? '\xa6' : '=', n);
				text[at] = signs[k];
				buf_html(&b, (struct str){ text, n });
				assert_int_equal(b.n, n - 1 + strlen(entities[k]));
				assert_memory_equal(b.p, text, at);
				assert_memory_equal(b.p + at, entities[k], strlen(entities[k]));
				assert_memory_equal(b.p + at + strlen(entities[k]), text + at + 1,
						    n - at - 1);
			}
	arena_free(&mem);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_numbers, setup, teardown),
		cmocka_unit_test_setup_teardown(test_real_numbers_read_back, setup, teardown),
		cmocka_unit_test_setup_teardown(test_escaping, setup, teardown),
		cmocka_unit_test_setup_teardown(test_the_maximum_is_kept, setup, teardown),
		cmocka_unit_test_setup_teardown(test_what_does_not_fit_is_dropped_whole, setup,
						teardown),
		cmocka_unit_test(test_html_is_escaped_at_every_place),
		cmocka_unit_test(test_a_heap_buffer_can_be_taken),
		cmocka_unit_test(test_growing_keeps_the_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
