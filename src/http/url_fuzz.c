/* Fuzz target: addresses, queries, forms, cookies and headers of requests.  The first byte says
 * which; what is accepted must keep its promises. */
#include "http/net.h"
#include "http/request_parse.h"
#include "http/route.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

enum { FIELDS_MAX = 64 };

static void
must(bool held)
{
	if (!held)
		abort();
}

static void
must_be_text(struct str s)
{
	must(str_is_utf8(s, NULL));
}

static bool
nothing(struct cx *cx, struct request *q, struct reply *r)
{
	(void)cx;
	(void)q;
	(void)r;
	return true;
}

static const struct route ROUTES[] = {
	{ V_GET, "/", NEED_PUBLIC, NULL, nothing },
	{ V_GET, "/a", NEED_PUBLIC, NULL, nothing },
	{ V_GET, "/a/{x}", NEED_PUBLIC, NULL, nothing },
	{ V_GET, "/{o}", NEED_PUBLIC, NULL, nothing },
	{ V_GET, "/{o}/b", NEED_PUBLIC, NULL, nothing },
	{ V_GET, "/{o}/{x}/c/{y}", NEED_PUBLIC, NULL, nothing },
	{ V_GET, "/b/{rest...}", NEED_PUBLIC, NULL, nothing },
	{ 0 },
};

static void
try_target(struct cx *cx, struct str in)
{
	const struct route *lists[] = { ROUTES };
	struct strs segments = { 0 };
	struct pairs pairs = { 0 };
	struct str path, query;
	struct route_match match;
	const char *why = NULL;

	if (!parse_target(in, &path, &query, &why))
		return must(why != NULL);
	must(path.n + query.n <= in.n && path.n && path.p[0] == '/');
	if (parse_path(cx->mem, path, &segments, &why)) {
		must(segments.n <= HTTP_PATH_SEGMENTS_MAX);
		for (size_t i = 0; i < segments.n; i++)
			must_be_text(segments.v[i]);
		route_find(cx->mem, routes_build(cx->mem, lists, 1), &segments, V_GET, &match);
		must(match.n <= HTTP_PATH_PARAMS_MAX && !match.row == !match.verbs);
	}
	if (!parse_pairs(cx->mem, query, FIELDS_MAX, &pairs, &why))
		return must(why != NULL);
	must(pairs.n <= FIELDS_MAX);
	for (size_t i = 0; i < pairs.n; i++) {
		must_be_text(pairs.v[i].name);
		must_be_text(pairs.v[i].value);
	}
}

/* What buf_url writes is read back as it was. */
static void
try_percent(struct cx *cx, struct str in)
{
	struct buf encoded = buf_in(cx->mem, in.n * 3 + 1);
	struct str out;
	const char *why;

	buf_url(&encoded, in);
	if (parse_percent(cx->mem, buf_done(&encoded), true, &out, &why))
		must(str_eq(out, in));
	else
		must(!str_is_utf8(in, NULL));
	if (parse_percent(cx->mem, in, false, &out, &why)) {
		must_be_text(out);
		must(out.n <= in.n);
	}
}

static void
must_lie_in(struct str part, struct str whole)
{
	must(!part.n || (part.p >= whole.p && part.p + part.n <= whole.p + whole.n));
}

static void
try_form(struct cx *cx, struct str in)
{
	struct str body = in, boundary = str_cut(&body, '\n');
	struct form form = { 0 };
	const char *why = NULL;

	if (!parse_multipart(cx->mem, body, boundary, FIELDS_MAX, &form, &why))
		return must(why && !form.n);
	must(form.n <= FIELDS_MAX);
	for (size_t i = 0; i < form.n; i++) {
		must_lie_in(form.v[i].value, body);
		must_be_text(form.v[i].name);
		must_be_text(form.v[i].file_name);
		must(form.v[i].is_file || str_is_utf8(form.v[i].value, NULL));
	}
}

static void
try_header(struct cx *cx, struct str in)
{
	struct pairs cookies = { 0 };
	struct str parameters, value;
	int64_t version = -1;

	parse_cookies(cx->mem, in, &cookies);
	must(cookies.n <= HTTP_COOKIES_MAX);
	for (size_t i = 0; i < cookies.n; i++) {
		must(cookies.v[i].name.n > 0);
		must_lie_in(cookies.v[i].value, in);
	}
	must_lie_in(parse_media(in, &parameters), in);
	if (parse_parameter(cx->mem, parameters, "name", &value))
		must(value.n <= in.n);
	must(parse_accept(in, S("text/html")) <= 1000 && parse_accept(in, S("a/b")) >= 0);
	(void)parse_accepts_coding(in, "gzip");
	if (parse_version_tag(in, &version))
		must(version >= 0 && parse_tag_listed(in, in));
}

static void
try_address(struct cx *cx, struct str in)
{
	struct address address, again;
	struct networks networks = { 0 };
	struct str text;

	if (address_parse(in, &address)) {
		text = address_text(cx->mem, &address);
		must(address_parse(text, &again) && !memcmp(&address, &again, sizeof address));
	}
	if (networks_parse(in, &networks))
		must(networks.n <= NETWORKS_MAX);
	must(address_parse(S("10.0.0.1"), &again));
	(void)client_address(&again, in, &networks);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static void (*const tries[])(struct cx * cx, struct str in) = {
		try_target, try_percent, try_form, try_header, try_address,
	};
	struct cx *cx;

	if (!n)
		return 0;
	cx = cx_new(&env_real, CX_MEM_DEFAULT);
	tries[data[0] % countof(tries)](cx, (struct str){ (const char *)data + 1, n - 1 });
	cx_free(&cx);
	return 0;
}
