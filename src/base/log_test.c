#include "base/log.h"

#include "base/test.h"

enum { READ_MAX = 16000 };

static void
assert_line(const char *want, const struct log_field *fields)
{
	struct buf b = buf_heap(LOG_LINE_MAX);

	log_print(&b, 0, LOG_LEVEL_INFO, "e", fields);
	assert_true(
		str_starts(buf_done(&b), S("time=1970-01-01T00:00:00.000Z level=info event=e")));
	assert_str(str_from(buf_done(&b),
			    sizeof "time=1970-01-01T00:00:00.000Z level=info event=e" - 1),
		   want);
	buf_fini(&b);
}

#define LINE(want, ...) assert_line((want), (const struct log_field[]){ __VA_ARGS__, { 0 } })

static void
test_fields_are_quoted_when_needed(void **state)
{
	(void)state;
	LINE(" a=b", LOG_Z("a", "b"));
	LINE(" n=-5 m=0", LOG_INT("n", -5), LOG_INT("m", 0));
	LINE(" a=\"\" b=\"\"", LOG_Z("a", ""), LOG_Z("b", NULL));
	LINE(" a=\"b c\"", LOG_Z("a", "b c"));
	LINE(" a=\"x=1\" b=/path?q", LOG_Z("a", "x=1"), LOG_Z("b", "/path?q"));
	LINE(" a=\"say \\\"hi\\\" \\\\\"", LOG_Z("a", "say \"hi\" \\"));
	LINE(" a=\"Müller\"", LOG_Z("a", "Müller"));
}

static void
test_nothing_breaks_out_of_its_line(void **state)
{
	(void)state;
	LINE(" a=\"x\\x0alevel=error\\x0d\\x1b[31m\"", LOG_Z("a", "x\nlevel=error\r\x1b[31m"));
	LINE(" a=\"\\xff\\x00\\x7f\\xc285\"", LOG_STR("a", S("\xff\0\x7f\xc2\x85")));
	LINE(" a=\"\xef\xbf\xbd\"", LOG_Z("a", "\xef\xbf\xbd"));
}

static void
test_long_texts_are_cut(void **state)
{
	char text[LOG_TEXT_MAX + 1];
	struct buf want = buf_heap(LOG_LINE_MAX);

	(void)state;
	memset(text, 'x', sizeof text);
	BUF_LIT(&want, " a=");
	buf_str(&want, (struct str){ text, LOG_TEXT_MAX });
	BUF_LIT(&want, "…");
	buf_char(&want, 0);
	assert_line(want.p, (const struct log_field[]){
				    LOG_STR("a", ((struct str){ text, sizeof text })), { 0 } });
	buf_fini(&want);
}

static struct str
written(struct arena *mem, void (*what)(void))
{
	int ends[2], old = dup(STDERR_FILENO);
	char *text = arena_alloc(mem, READ_MAX);
	ssize_t n;

	assert_int_equal(pipe(ends), 0);
	dup2(ends[1], STDERR_FILENO);
	what();
	dup2(old, STDERR_FILENO);
	close(old);
	close(ends[1]);
	n = read(ends[0], text, READ_MAX);
	close(ends[0]);
	return (struct str){ text, n > 0 ? (size_t)n : 0 };
}

static void
write_two(void)
{
	log_line(LOG_LEVEL_DEBUG, "hidden", LOG_INT("n", 1));
	log_line(LOG_LEVEL_WARN, "seen", LOG_INT("n", 2));
}

static void
write_huge(void)
{
	char text[LOG_TEXT_MAX];
	struct str s = { text, sizeof text };

	memset(text, '\n', sizeof text);
	log_line(LOG_LEVEL_ERROR, "huge", LOG_STR("a", s), LOG_STR("b", s), LOG_STR("c", s));
}

static void
test_lines_go_to_standard_error_from_the_level_on(void **state)
{
	struct arena *mem = arena_new(1 << 20);
	enum log_level level = LOG_LEVEL_INFO;
	struct str line;

	(void)state;
	line = written(mem, write_two);
	assert_true(str_ends(line, S(" level=warn event=seen n=2\n")));
	assert_true(str_starts(line, S("time=20")));
	assert_int_equal(memchr(line.p, '\n', line.n) - (const void *)line.p, line.n - 1);
	assert_true(log_level_find(S("debug"), &level));
	log_set_level(level);
	line = written(mem, write_two);
	assert_true(str_find(line, S("event=hidden"), &(size_t){ 0 }));
	assert_true(log_level_find(S("error"), &level));
	log_set_level(level);
	assert_int_equal(written(mem, write_two).n, 0);
	line = written(mem, write_huge);
	assert_in_range(line.n, 1000, LOG_LINE_MAX);
	assert_true(str_ends(line, S("…\n")));
	assert_false(log_level_find(S("loud"), &level));
	log_set_level(LOG_LEVEL_INFO);
	arena_free(&mem);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fields_are_quoted_when_needed),
		cmocka_unit_test(test_nothing_breaks_out_of_its_line),
		cmocka_unit_test(test_long_texts_are_cut),
		cmocka_unit_test(test_lines_go_to_standard_error_from_the_level_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
