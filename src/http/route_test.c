#include "base/test.h"
#include "http/request_parse.h"
#include "http/route.h"

static bool
nothing(struct cx *cx, struct request *q, struct reply *r)
{
	(void)cx;
	(void)q;
	(void)r;
	return true;
}

static struct cx *
unit(void)
{
	return cx_new(&env_real, CX_MEM_DEFAULT);
}

static const struct route PAGES[] = { { V_GET, "/", NEED_PUBLIC, NULL, nothing },
				      { V_GET, "/tickets/board", NEED_READ, "ticket", nothing },
				      { V_GET, "/{object}/{id}", NEED_READ, NULL, nothing },
				      { V_GET, "/tickets/{id}", NEED_READ, NULL, nothing },
				      { V_GET, "/{object}/rows", NEED_READ, NULL, nothing },
				      { V_POST, "/{object}/{id}", NEED_EDIT, NULL, nothing },
				      { V_GET, "/{object}", NEED_READ, NULL, nothing },
				      { V_GET, "/assets/{name...}", NEED_PUBLIC, NULL, nothing },
				      { 0 } };
static const struct route API[] = { { V_GET, "/api/v1/{object}", NEED_READ, NULL, nothing },
				    { V_GET, "/api/v1/{object}/{id}", NEED_READ, NULL, nothing },
				    { V_GET, "/api/v1/search", NEED_READ, NULL, nothing },
				    { V_POST, "/api/v1/{object}/{id}/restore", NEED_EDIT, NULL,
				      nothing },
				    { V_POST, "/api/v1/batch", NEED_EDIT, NULL, nothing },
				    { 0 } };

static void
test_the_most_specific_path_is_found(void **state)
{
	static const struct {
		enum verb verb;
		const char *path, *want, *first, *second;
	} cases[] = {
		{ V_GET, "/", "/", "", "" },
		{ V_GET, "/tickets/board", "/tickets/board", "", "" },
		{ V_HEAD, "/tickets/board", "/tickets/board", "", "" },
		{ V_GET, "/tickets/7", "/tickets/{id}", "7", "" },
		{ V_GET, "/party/7", "/{object}/{id}", "party", "7" },
		{ V_GET, "/tickets/rows", "/{object}/rows", "tickets", "" },
		{ V_POST, "/party/7", "/{object}/{id}", "party", "7" },
		{ V_GET, "/party", "/{object}", "party", "" },
		{ V_GET, "/p%C3%A4rty", "/{object}", "p\xc3\xa4rty", "" },
		{ V_GET, "/a%2Fb", "/{object}", "a/b", "" },
		{ V_GET, "/assets/a", "/assets/{name...}", "a", "" },
		{ V_GET, "/assets/a/b/c.js", "/assets/{name...}", "a/b/c.js", "" },
		{ V_GET, "/api/v1/search", "/api/v1/search", "", "" },
		{ V_GET, "/api/v1/party", "/api/v1/{object}", "party", "" },
		{ V_GET, "/api/v1/search/7", "/api/v1/{object}/{id}", "search", "7" },
		{ V_POST, "/api/v1/party/7/restore", "/api/v1/{object}/{id}/restore", "party",
		  "7" },
		/* the verbs are those of the most specific path */
		{ V_POST, "/tickets/board", NULL, "", "" },
		{ V_GET, "/api/v1/batch", NULL, "", "" },
		{ V_DELETE, "/party", NULL, "party", "" },
	};
	const struct route *lists[] = { PAGES, API };
	struct cx *cx = unit();
	const struct route_node *root = routes_build(cx->mem, lists, countof(lists));

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		struct route_match match;
		struct strs segments;
		const char *why = "";

		assert_true(parse_path(cx->mem, str_of(cases[i].path), &segments, &why));
		route_find(cx->mem, root, &segments, cases[i].verb, &match);
		if (!match.verbs || !match.row != !cases[i].want ||
		    (match.row && strcmp(match.row->path, cases[i].want) != 0))
			fail_msg("%s: %s", cases[i].path, match.row ? match.row->path : "none");
		assert_str(match.n > 0 ? match.values[0] : S(""), cases[i].first);
		assert_str(match.n > 1 ? match.values[1] : S(""), cases[i].second);
		if (match.row)
			assert_ptr_equal(route_at(lists, countof(lists), match.number), match.row);
	}
	cx_free(&cx);
}

static void
test_unknown_paths_are_not_found(void **state)
{
	static const char *const paths[] = { "/a/b/c",    "/party/board", "/tickets/-1",
					     "/tickets/", "//",           "/api/v1/a/b/c" };
	const struct route *lists[] = { PAGES, API };
	struct cx *cx = unit();
	const struct route_node *root = routes_build(cx->mem, lists, countof(lists));

	(void)state;
	for (size_t i = 0; i < countof(paths); i++) {
		struct route_match match;
		struct strs segments;
		const char *why = "";

		assert_true(parse_path(cx->mem, str_of(paths[i]), &segments, &why));
		route_find(cx->mem, root, &segments, V_GET, &match);
		if (match.verbs)
			fail_msg("%s is found", paths[i]);
	}
	cx_free(&cx);
}

static void
test_allow_names_every_verb_of_the_path(void **state)
{
	struct cx *cx = unit();

	(void)state;
	assert_str(route_allow(cx->mem, 1u << V_GET), "GET, HEAD, OPTIONS");
	assert_str(route_allow(cx->mem, 1u << V_POST | 1u << V_DELETE), "POST, DELETE, OPTIONS");
	cx_free(&cx);
}

static void
test_a_route_table_with_a_fault_is_refused(void **state)
{
	static const struct {
		struct route rows[3];
		const char *want; /* NULL: fine */
	} cases[] = {
		{ { { V_GET, "/a", NEED_PUBLIC, NULL, nothing } }, NULL },
		{ { { V_GET, "/a", 0, NULL, nothing } }, "who may call" },
		{ { { V_GET, "/a", NEED__MAX, NULL, nothing } }, "who may call" },
		{ { { V_GET, "/a", NEED_PUBLIC, NULL, NULL } }, "handler" },
		{ { { 0, "/a", NEED_PUBLIC, NULL, nothing } }, "verb" },
		{ { { V_HEAD, "/a", NEED_PUBLIC, NULL, nothing } }, "verb" },
		{ { { V_GET, "a", NEED_PUBLIC, NULL, nothing } }, "slash" },
		{ { { V_GET, "", NEED_PUBLIC, NULL, nothing } }, "slash" },
		{ { { V_GET, "/a/", NEED_PUBLIC, NULL, nothing } }, "slash" },
		{ { { V_GET, "/a//b", NEED_PUBLIC, NULL, nothing } }, "plain text" },
		{ { { V_GET, "/{Id}", NEED_PUBLIC, NULL, nothing } }, "plain text" },
		{ { { V_GET, "/{}", NEED_PUBLIC, NULL, nothing } }, "plain text" },
		{ { { V_GET, "/a b", NEED_PUBLIC, NULL, nothing } }, "plain text" },
		{ { { V_GET, "/x{id}", NEED_PUBLIC, NULL, nothing } }, "plain text" },
		{ { { V_GET, "/{a...}/b", NEED_PUBLIC, NULL, nothing } }, "last part" },
		{ { { V_POST, "/m", NEED_OPERATOR, NULL, nothing } }, "only read" },
		{ { { V_GET, "/a", NEED_PUBLIC, NULL, nothing },
		    { V_GET, "/a", NEED_READ, NULL, nothing } },
		  "another row" },
		{ { { V_GET, "/a/{id}", NEED_PUBLIC, NULL, nothing },
		    { V_POST, "/a/{number}", NEED_READ, NULL, nothing } },
		  "differently" },
		{ { { V_GET, "/{a}/{b}/{c}/{d}/{e}/{f}/{g}/{h}/{i}", NEED_PUBLIC, NULL, nothing } },
		  "too many parts" },
	};
	struct cx *cx = unit();

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		struct route rows[4] = { cases[i].rows[0], cases[i].rows[1], cases[i].rows[2] };
		const struct route *lists[] = { rows };
		struct str fault = http_routes_check(cx->mem, lists, 1);
		size_t at;

		if (cases[i].want ? !str_find(fault, str_of(cases[i].want), &at) : fault.n > 0)
			fail_msg("row %zu: \"%.*s\"", i, STR_FMT(fault));
	}
	cx_free(&cx);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_most_specific_path_is_found),
		cmocka_unit_test(test_unknown_paths_are_not_found),
		cmocka_unit_test(test_allow_names_every_verb_of_the_path),
		cmocka_unit_test(test_a_route_table_with_a_fault_is_refused),
	};

	return cmocka_run_group_tests_name("http/route", tests, NULL, NULL);
}
