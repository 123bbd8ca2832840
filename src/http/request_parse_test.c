#include "base/test.h"
#include "http/request_parse.h"

static struct cx *
unit(void)
{
	return cx_new(&env_real, CX_MEM_DEFAULT);
}

static void
test_percent_decoding_is_strict(void **state)
{
	static const struct {
		const char *in;
		bool plus;
		const char *want; /* NULL: refused */
	} cases[] = {
		{ "", false, "" },
		{ "abc", false, "abc" },
		{ "a+b", false, "a+b" },
		{ "a+b", true, "a b" },
		{ "a%2Bb", true, "a+b" },
		{ "%41%5a", false, "AZ" },
		{ "%c3%a4", false, "\xc3\xa4" },
		{ "%", false, NULL },
		{ "%4", false, NULL },
		{ "%zz", false, NULL },
		{ "%-1", false, NULL },
		{ "a%00b", false, NULL },
		{ "%ff", false, NULL },
		{ "%c3", false, NULL },
		{ "%c0%af", false, NULL }, /* a slash in two bytes */
		{ "\xff", false, NULL },
		{ "%ed%a0%80", false, NULL }, /* half of a surrogate pair */
	};
	struct cx *cx = unit();

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		struct str out = S("before");
		const char *why = NULL;
		bool ok = parse_percent(cx->mem, str_of(cases[i].in), cases[i].plus, &out, &why);

		if (ok != (cases[i].want != NULL))
			fail_msg("\"%s\"", cases[i].in);
		assert_str(out, ok ? cases[i].want : "before");
		if (!ok)
			assert_non_null(why);
	}
	cx_free(&cx);
}

static void
test_targets_are_cut_at_the_question_mark(void **state)
{
	static const struct {
		const char *in, *path, *query;
	} cases[] = {
		{ "/", "/", "" },       { "/a?b", "/a", "b" },       { "/a?b?c", "/a", "b?c" },
		{ "/a?", "/a", "" },    { "", NULL, NULL },          { "a", NULL, NULL },
		{ "*", NULL, NULL },    { "http://x/", NULL, NULL }, { "/a b", NULL, NULL },
		{ "/a#b", NULL, NULL }, { "/a\x01", NULL, NULL },    { "/a\x7f", NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		struct str path, query;
		const char *why = "";

		if (parse_target(str_of(cases[i].in), &path, &query, &why) !=
		    (cases[i].path != NULL))
			fail_msg("\"%s\"", cases[i].in);
		if (!cases[i].path)
			continue;
		assert_str(path, cases[i].path);
		assert_str(query, cases[i].query);
	}
}

static void
test_paths_become_decoded_segments(void **state)
{
	static const struct {
		const char *in, *want; /* segments joined by | */
	} cases[] = {
		{ "/", "" },
		{ "/a", "a" },
		{ "/a/b", "a|b" },
		{ "/a/", "a|" },
		{ "//", "|" },
		{ "/a%2fb/c", "a/b|c" },
		{ "/.", NULL },
		{ "/a/../b", NULL },
		{ "/a/%2e%2e/b", NULL },
		{ "/a/.../b", "a|...|b" },
		{ "/a%", NULL },
	};
	struct cx *cx = unit();

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		struct buf got = buf_in(cx->mem, 100);
		struct strs segments = { 0 };
		const char *why = "";

		if (parse_path(cx->mem, str_of(cases[i].in), &segments, &why) !=
		    (cases[i].want != NULL))
			fail_msg("\"%s\"", cases[i].in);
		for (size_t k = 0; k < segments.n; k++) {
			if (k)
				buf_char(&got, '|');
			buf_str(&got, segments.v[k]);
		}
		if (cases[i].want)
			assert_str(buf_done(&got), cases[i].want);
	}
	cx_free(&cx);
}

static void
test_a_path_of_too_many_parts_is_refused(void **state)
{
	struct cx *cx = unit();
	struct buf path = buf_in(cx->mem, 1000);
	struct strs segments;
	const char *why = "";

	(void)state;
	for (int i = 0; i < HTTP_PATH_SEGMENTS_MAX; i++)
		buf_z(&path, "/a");
	assert_true(parse_path(cx->mem, buf_done(&path), &segments, &why));
	buf_z(&path, "/a");
	assert_false(parse_path(cx->mem, buf_done(&path), &segments, &why));
	cx_free(&cx);
}

static void
pairs_text(struct buf *out, const struct pairs *pairs)
{
	for (size_t i = 0; i < pairs->n; i++) {
		buf_str(out, pairs->v[i].name);
		buf_char(out, '=');
		buf_str(out, pairs->v[i].value);
		buf_char(out, ';');
	}
}

static void
test_queries_become_pairs_in_order(void **state)
{
	static const struct {
		const char *in, *want;
	} cases[] = {
		{ "", "" },
		{ "a=1&b=2", "a=1;b=2;" },
		{ "a=1&a=2", "a=1;a=2;" },
		{ "a", "a=;" },
		{ "=x", "=x;" },
		{ "&&a=1&", "a=1;" },
		{ "a=b=c", "a=b=c;" },
		{ "where=name+contains+%22a%26b%22", "where=name contains \"a&b\";" },
		{ "a=%", NULL },
		{ "%ff=1", NULL },
		{ "1&2&3&4&5", NULL }, /* at most four here */
	};
	struct cx *cx = unit();

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		struct buf got = buf_in(cx->mem, 1000);
		struct pairs pairs = { 0 };
		const char *why = "";

		if (parse_pairs(cx->mem, str_of(cases[i].in), 4, &pairs, &why) !=
		    (cases[i].want != NULL))
			fail_msg("\"%s\"", cases[i].in);
		pairs_text(&got, &pairs);
		assert_str(buf_done(&got), cases[i].want ? cases[i].want : "");
	}
	cx_free(&cx);
}

static void
test_cookies_are_read_and_the_unreadable_passed_over(void **state)
{
	static const struct {
		const char *in, *want;
	} cases[] = {
		{ "", "" },
		{ "a=1", "a=1;" },
		{ "a=1; b=2", "a=1;b=2;" },
		{ "a=1;b=2 ;; =3; c", "a=1;b=2;" },
		{ "a=\"x y\"", "a=x y;" },
		{ "a=b=c", "a=b=c;" },
		{ "a=\"", "a=\";" },
		{ "a=", "a=;" },
	};
	struct cx *cx = unit();

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		struct buf got = buf_in(cx->mem, 1000);
		struct pairs pairs = { 0 };

		parse_cookies(cx->mem, str_of(cases[i].in), &pairs);
		pairs_text(&got, &pairs);
		assert_str(buf_done(&got), cases[i].want);
	}
	cx_free(&cx);
}

static void
test_parameters_of_a_header(void **state)
{
	static const struct {
		const char *header, *name, *want;
	} cases[] = {
		{ "text/html; charset=UTF-8", "charset", "UTF-8" },
		{ "text/html;CHARSET=a", "charset", "a" },
		{ "form-data; name=\"a; b=c\"; filename=\"x.csv\"", "filename", "x.csv" },
		{ "form-data; name=\"a; b=c\"", "name", "a; b=c" },
		{ "form-data; name=\"a\\\"b\"", "name", "a\"b" },
		{ "form-data; name=\"C:\\dir\\f\"", "name", "C:\\dir\\f" },
		{ "form-data; name=\"a\\\\b\"", "name", "a\\b" },
		{ "form-data; name=\"open", "name", NULL },
		{ "form-data", "name", NULL },
		{ "form-data; name", "name", NULL },
		{ "form-data; ; ; a = b ; c=d", "c", "d" },
		{ "form-data; a=\"\"; c=d", "a", "" },
	};
	struct cx *cx = unit();

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		struct str parameters, value = { 0 };

		(void)parse_media(str_of(cases[i].header), &parameters);
		if (parse_parameter(cx->mem, parameters, cases[i].name, &value) !=
		    (cases[i].want != NULL))
			fail_msg("%s", cases[i].header);
		assert_str(value, cases[i].want ? cases[i].want : "");
	}
	cx_free(&cx);
}

#define PART(headers, value) "--b\r\n" headers "\r\n\r\n" value "\r\n"
#define FIELD(name, value) PART("Content-Disposition: form-data; name=\"" name "\"", value)

static void
test_multipart_forms(void **state)
{
	static const struct {
		const char *body, *want; /* name=value; a file as name<file type>=value; */
	} cases[] = {
		{ FIELD("a", "1") "--b--", "a=1;" },
		{ FIELD("a", "1") FIELD("b", "") "--b--\r\n", "a=1;b=;" },
		{ "\r\n" FIELD("a", "x\r\ny\r\n--c") "--b--", "a=x\r\ny\r\n--c;" },
		{ PART("content-disposition: FORM-DATA; name=f; filename=\"C:\\x\\y.csv\"\r\n"
		       "Content-Type: text/csv; charset=utf-8",
		       "\xff\x01") "--b--",
		  "f<y.csv text/csv>=\xff\x01;" },
		{ PART("Content-Disposition: form-data; name=f; filename=\"\"", "") "--b--",
		  "f< >=;" },
		{ "--b--", "" },
		{ "", NULL },
		{ "--c--", NULL },
		{ "--b", NULL },
		{ FIELD("a", "1"), NULL },
		{ FIELD("a", "1") "--bx", NULL },
		{ FIELD("a", "\xff") "--b--", NULL },
		{ FIELD("a\n", "1") "--b--", NULL },
		{ PART("Content-Type: text/plain", "1") "--b--", NULL },
		{ PART("Content-Disposition: attachment; name=a", "1") "--b--", NULL },
		{ "--b\r\nContent-Disposition: form-data; name=a\r\n", NULL },
		{ "--b\r\nContent-Disposition: form-data; name=a\r\n\r\nendless", NULL },
		{ FIELD("1", "") FIELD("2", "") FIELD("3", "") FIELD("4", "") "--b--", NULL },
	};
	struct cx *cx = unit();

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		struct buf got = buf_in(cx->mem, 1000);
		struct form form = { 0 };
		const char *why = NULL;
		bool ok = parse_multipart(cx->mem, str_of(cases[i].body), S("b"), 3, &form, &why);

		if (ok != (cases[i].want != NULL))
			fail_msg("case %zu: %s", i, why);
		for (size_t k = 0; k < form.n; k++) {
			buf_str(&got, form.v[k].name);
			if (form.v[k].is_file)
				buf_printf(&got, "<%.*s %.*s>", STR_FMT(form.v[k].file_name),
					   STR_FMT(form.v[k].type));
			buf_char(&got, '=');
			buf_str(&got, form.v[k].value);
			buf_char(&got, ';');
		}
		assert_str(buf_done(&got), ok ? cases[i].want : "");
	}
	cx_free(&cx);
}

static void
test_what_a_client_accepts(void **state)
{
	static const struct {
		const char *accept, *media;
		int want;
	} cases[] = {
		{ "", "text/html", 1000 },
		{ "*/*", "text/html", 1000 },
		{ "text/html", "text/html", 1000 },
		{ "text/html", "application/json", 0 },
		{ "text/*;q=0.5", "text/html", 500 },
		{ "text/*;q=0.5, text/html;q=0.25", "text/html", 250 },
		{ "text/html;q=0", "text/html", 0 },
		{ "text/html;level=1;q=0.7", "text/html", 700 },
		{ "*/*;q=0.1, application/json", "application/json", 1000 },
		{ "application/json;q=0.123456", "application/json", 123 },
		{ "application/json;q=x", "application/json", 1000 },
		{ ",,;;", "application/json", 0 },
	};

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		int got = parse_accept(str_of(cases[i].accept), str_of(cases[i].media));

		if (got != cases[i].want)
			fail_msg("%s: %d", cases[i].accept, got);
	}
	assert_false(parse_accepts_coding(S(""), "gzip"));
	assert_true(parse_accepts_coding(S("br, gzip"), "gzip"));
	assert_false(parse_accepts_coding(S("br, gzip;q=0"), "gzip"));
	assert_true(parse_accepts_coding(S("*"), "gzip"));
}

static void
test_entity_tags(void **state)
{
	static const struct {
		const char *tag;
		int64_t want; /* -1: none of ours */
	} versions[] = {
		{ "\"7\"", 7 },   { "W/\"7\"", 7 },
		{ " \"7\" ", 7 }, { "7", -1 },
		{ "\"\"", -1 },   { "\"x\"", -1 },
		{ "\"-1\"", -1 }, { "\"99999999999999999999\"", -1 },
	};

	(void)state;
	for (size_t i = 0; i < countof(versions); i++) {
		int64_t version = -1;

		if (parse_version_tag(str_of(versions[i].tag), &version) != (versions[i].want >= 0))
			fail_msg("%s", versions[i].tag);
		assert_int_equal(version, versions[i].want);
	}
	assert_true(parse_tag_listed(S("\"a\", W/\"b\""), S("\"b\"")));
	assert_true(parse_tag_listed(S("\"a\",\"b\""), S("W/\"a\"")));
	assert_false(parse_tag_listed(S("\"a\""), S("\"b\"")));
	assert_true(parse_tag_listed(S("*"), S("\"b\"")));
	assert_false(parse_tag_listed(S(","), S("")));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_percent_decoding_is_strict),
		cmocka_unit_test(test_targets_are_cut_at_the_question_mark),
		cmocka_unit_test(test_paths_become_decoded_segments),
		cmocka_unit_test(test_a_path_of_too_many_parts_is_refused),
		cmocka_unit_test(test_queries_become_pairs_in_order),
		cmocka_unit_test(test_cookies_are_read_and_the_unreadable_passed_over),
		cmocka_unit_test(test_parameters_of_a_header),
		cmocka_unit_test(test_multipart_forms),
		cmocka_unit_test(test_what_a_client_accepts),
		cmocka_unit_test(test_entity_tags),
	};

	return cmocka_run_group_tests_name("http/request_parse", tests, NULL, NULL);
}
