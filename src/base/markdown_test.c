#include "base/markdown.h"

#include "base/test.h"

static struct str
to_help(void *state, struct str url)
{
	(void)state;
	return str_eq(url, S("a.md")) ? S("/help/a") : (struct str){ 0 };
}

static void
test_markdown_gives_html_without_foreign_markup(void **state)
{
	static const struct {
		const char *text, *html;
	} cases[] = {
		{ "# Häuser & Co", "<h1>Häuser &amp; Co</h1>\n" },
		{ "[hier](a.md)", "<p><a href=\"/help/a\">hier</a></p>\n" },
		{ "[weg *damit*](javascript:alert(1))", "<p>weg <em>damit</em></p>\n" },
		{ "![Haus](a.md)", "<p><img src=\"/help/a\" alt=\"Haus\" /></p>\n" },
		{ "![Haus](//x.example/y.png)", "<p>Haus</p>\n" },
		{ "<script>alert(1)</script>", "<!-- raw HTML omitted -->\n" },
		{ "a <b onclick=x>", "<p>a <!-- raw HTML omitted --></p>\n" },
		{ "```\nx\n```", "<pre tabindex=\"0\"><code>x\n</code></pre>\n" },
		{ "|a|\n|-|\n|b|",
		  "<div class=\"scroll\" tabindex=\"0\"><table>\n<thead>\n<tr>\n<th>a</th>\n</tr>\n"
		  "</thead>\n<tbody>\n<tr>\n<td>b</td>\n</tr>\n</tbody>\n</table></div>\n" },
	};
	const struct markdown_links links = { to_help, NULL };
	struct cx *cx = cx_new(&env_real, CX_MEM_DEFAULT);

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		struct buf out = buf_in(cx->mem, 1 << 16);

		assert_true(markdown_html(cx, str_of(cases[i].text), &links, &out));
		assert_string_equal(str_z(cx->mem, buf_done(&out)), cases[i].html);
	}
	cx_free(&cx);
}

static void
test_markdown_refuses_what_does_not_fit(void **state)
{
	const struct markdown_links links = { to_help, NULL };
	struct cx *cx = cx_new(&env_real, CX_MEM_DEFAULT);
	struct buf out = buf_in(cx->mem, 10);

	(void)state;
	assert_false(markdown_html(cx, S("a long line of text"), &links, &out));
	assert_int_equal(cx->err.code, E_TOO_BIG);
	cx_free(&cx);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_markdown_gives_html_without_foreign_markup),
		cmocka_unit_test(test_markdown_refuses_what_does_not_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
