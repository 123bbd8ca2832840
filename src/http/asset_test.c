#define ZLIB_CONST
#include <zlib.h>

#include "http/test.h"

#include "base/embed.h"
#include "http/asset.h"

/* The files that this program carries inside are these. */
static const char STYLE[] =
	"body { color: #111 } body { color: #222 } body { color: #333 } body { color: #444 }"
	"body { color: #111 } body { color: #222 } body { color: #333 } body { color: #444 }"
	"body { color: #111 } body { color: #222 } body { color: #333 } body { color: #444 }"
	"body { color: #111 } body { color: #222 } body { color: #333 } body { color: #444 }"
	"body { color: #111 } body { color: #222 } body { color: #333 } body { color: #444 }"
	"body { color: #111 } body { color: #222 } body { color: #333 } body { color: #444 }"
	"body { color: #111 } body { color: #222 } body { color: #333 } body { color: #444 }"
	"body { color: #111 } body { color: #222 } body { color: #333 } body { color: #444 }"
	"body { color: #111 } body { color: #222 } body { color: #333 } body { color: #444 }"
	"body { color: #111 } body { color: #222 } body { color: #333 } body { color: #444 }"
	"body { color: #111 } body { color: #222 } body { color: #333 } body { color: #444 }"
	"body { color: #111 } body { color: #222 } body { color: #333 } body { color: #444 }"
	"body { color: #111 } body { color: #222 } body { color: #333 } body { color: #444 }";
static const char SCRIPT[] = "alert(1)";
static const char MODEL[] = "object secret";

const struct embedded EMBEDDED[] = {
	{ "model/secret.model", MODEL, MODEL + sizeof MODEL - 1, "aaaaaaaaaaaa" },
	{ "web/app.js", SCRIPT, SCRIPT + sizeof SCRIPT - 1, "bbbbbbbbbbbb" },
	{ "web/style.css", STYLE, STYLE + sizeof STYLE - 1, "cccccccccccc" },
	{ 0 },
};

static const struct route ROUTES[] = { { 0 } };
static const struct feature FEATURE = { .name = "test", .routes = ROUTES };

static void
an_address_with_the_hash_is_kept_for_ever(struct test_http *t)
{
	assert_str(asset_url(t->cx->mem, "style.css"), "/assets/cccccccccccc/style.css");
	assert_str(asset_url(t->cx->mem, "none.css"), "");
	get(t, "/assets/bbbbbbbbbbbb/app.js", 200);
	assert_str(t->r.borrowed, SCRIPT);
	assert_str(t->r.type, "text/javascript; charset=utf-8");
	assert_str(test_reply_header(t, "Cache-Control"), "public, max-age=31536000, immutable");
	assert_str(test_reply_header(t, "ETag"), "\"bbbbbbbbbbbb\"");
	get(t, "/assets/000000000000/app.js", 200);
	assert_str(test_reply_header(t, "Cache-Control"), "private, no-cache");
}

static void
the_compressed_form_is_the_same_file(struct test_http *t)
{
	char text[sizeof STYLE + 10];

	for (int i = 0; i < 2; i++) {
		z_stream stream = { .next_out = (Bytef *)text, .avail_out = sizeof text };

		test_begin(t);
		test_header(t, "Accept-Encoding", S("gzip, deflate, br"));
		test_call(t, V_GET, "/assets/cccccccccccc/style.css");
		assert_str(test_reply_header(t, "Content-Encoding"), "gzip");
		assert_str(test_reply_header(t, "Vary"), "Accept-Encoding");
		assert_str(test_reply_header(t, "ETag"), "\"cccccccccccc-gz\"");
		assert_in_range(t->r.borrowed.n, 20, 200);
		stream.next_in = (const Bytef *)t->r.borrowed.p;
		stream.avail_in = (uInt)t->r.borrowed.n;
		assert_int_equal(inflateInit2(&stream, 16 + 15), Z_OK);
		assert_int_equal(inflate(&stream, Z_FINISH), Z_STREAM_END);
		assert_int_equal(stream.total_out, sizeof STYLE - 1);
		assert_memory_equal(text, STYLE, sizeof STYLE - 1);
		inflateEnd(&stream);
	}
	get(t, "/assets/cccccccccccc/style.css", 200);
	assert_str(t->r.borrowed, STYLE);
	assert_str(test_reply_header(t, "Content-Encoding"), "");
	test_begin(t);
	test_header(t, "Accept-Encoding", S("gzip"));
	test_call(t, V_GET, "/assets/bbbbbbbbbbbb/app.js"); /* not worth it */
	assert_str(test_reply_header(t, "Content-Encoding"), "");
}

static void
what_the_browser_has_is_not_sent_again(struct test_http *t)
{
	static const char *const tags[] = { "\"cccccccccccc\"", "\"cccccccccccc-gz\"",
					    "\"x\", W/\"cccccccccccc\"", "*" };

	for (size_t i = 0; i < countof(tags); i++) {
		test_begin(t);
		test_header(t, "If-None-Match", str_of(tags[i]));
		assert_int_equal(test_call(t, V_GET, "/assets/cccccccccccc/style.css"), 304);
		assert_int_equal(t->r.borrowed.n + t->r.body.n, 0);
	}
	test_begin(t);
	test_header(t, "If-None-Match", S("\"x\""));
	assert_int_equal(test_call(t, V_GET, "/assets/cccccccccccc/style.css"), 200);
}

static void
nothing_else_is_served(struct test_http *t)
{
	static const char *const paths[] = {
		"/assets/aaaaaaaaaaaa/secret.model",
		"/assets/x/..%2Fmodel%2Fsecret.model",
		"/assets/bbbbbbbbbbbb",
		"/assets/bbbbbbbbbbbb/",
		"/assets/x/model/secret.model",
		"/assets/bbbbbbbbbbbb/none.js",
	};

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
