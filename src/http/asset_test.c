#define ZLIB_CONST
#include <zlib.h>

#include "http/test.h"

#include "http/asset.h"

#include "base/embed.h"

#define STYLE "kontor.css"

static const struct embedded *
style(void)
{
	const struct embedded *file = embed_find(S("web/" STYLE));

	assert_non_null(file);
	return file;
}

static void
get_style(struct test_http *t, const char *header, struct str value, int want)
{
	test_begin(t);
	test_header(t, header, value);
	test_call(t, V_GET, str_z(t->cx->mem, embed_address(t->cx->mem, STYLE)));
	assert_status(t, want);
}

static struct str
quoted(struct test_http *t, const char *hash, const char *ending)
{
	return str_printf(t->http->mem, "\"%s%s\"", hash, ending);
}

static const struct route ROUTES[] = { { 0 } };
static const struct feature FEATURE = { .name = "test", .routes = ROUTES };

static void
an_address_with_the_hash_is_kept_for_ever(struct test_http *t)
{
	struct str want = quoted(t, style()->hash, "");

	assert_str(embed_address(t->cx->mem, "none.css"), "");
	get_style(t, "Accept", S("*/*"), 200);
	assert_true(str_eq(t->r.borrowed, embed_bytes(style())));
	assert_str(t->r.type, "text/css; charset=utf-8");
	assert_str(test_reply_header(t, "Cache-Control"), "public, max-age=31536000, immutable");
	assert_true(str_eq(test_reply_header(t, "ETag"), want));
	get(t, "/assets/000000000000/" STYLE, 200);
	assert_str(test_reply_header(t, "Cache-Control"), "private, no-cache");
}

static void
the_compressed_form_is_the_same_file(struct test_http *t)
{
	struct str whole = embed_bytes(style());
	char *text = test_malloc(whole.n + 1);

	for (int i = 0; i < 2; i++) {
		z_stream stream = { .next_out = (Bytef *)text, .avail_out = (uInt)whole.n + 1 };

		get_style(t, "Accept-Encoding", S("gzip, deflate, br"), 200);
		assert_str(test_reply_header(t, "Content-Encoding"), "gzip");
		assert_str(test_reply_header(t, "Vary"), "Accept-Encoding");
		assert_true(str_eq(test_reply_header(t, "ETag"), quoted(t, style()->hash, "-gz")));
		assert_in_range(t->r.borrowed.n, 20, whole.n - 1);
		stream.next_in = (const Bytef *)t->r.borrowed.p;
		stream.avail_in = (uInt)t->r.borrowed.n;
		assert_int_equal(inflateInit2(&stream, 16 + 15), Z_OK);
		assert_int_equal(inflate(&stream, Z_FINISH), Z_STREAM_END);
		assert_true(str_eq((struct str){ text, stream.total_out }, whole));
		inflateEnd(&stream);
	}
	test_free(text);
	get_style(t, "Accept-Encoding", S("br"), 200);
	assert_str(test_reply_header(t, "Content-Encoding"), "");
}

static void
what_the_browser_has_is_not_sent_again(struct test_http *t)
{
	struct str plain = quoted(t, style()->hash, ""), small = quoted(t, style()->hash, "-gz");
	const struct str tags[] = { plain, small, S("*"),
				    str_printf(t->http->mem, "\"x\", W/%.*s", STR_FMT(plain)) };

	for (size_t i = 0; i < countof(tags); i++) {
		get_style(t, "If-None-Match", tags[i], 304);
		assert_int_equal(t->r.borrowed.n + t->r.body.n, 0);
	}
	get_style(t, "If-None-Match", S("\"x\""), 200);
}

static void
nothing_else_is_served(struct test_http *t)
{
	static const char *const paths[] = {
		"/assets/x/party.model",
		"/assets/x/..%2Fmodel%2Fparty.model",
		"/assets/x/model/party.model",
		"/assets/x",
		"/assets/x/",
		"/assets/x/none.css",
		"/assets",
	};

	assert_non_null(embed_find(S("model/party.model")));
	for (size_t i = 0; i < countof(paths); i++)
		get(t, paths[i], 404);
}

static const struct http_case CASES[] = {
	CASE(an_address_with_the_hash_is_kept_for_ever),
	CASE(the_compressed_form_is_the_same_file),
	CASE(what_the_browser_has_is_not_sent_again),
	CASE(nothing_else_is_served),
};

int
main(void)
{
	return http_cases_run("http/asset", &FEATURE, CASES, countof(CASES));
}
