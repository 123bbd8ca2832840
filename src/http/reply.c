#include <fcntl.h>
#include <sys/stat.h>

#include "http/internal.h"

#include <stdatomic.h>

enum { BODY_KEEP_MAX = 256 << 10, COOKIE_MAX = 4 << 10, TAG_MAX = 32, NAME_MAX_BYTES = 1 << 10 };

void
reply_init(struct reply *r)
{
	*r = (struct reply){ .status = 200, .body = buf_heap(HTTP_REPLY_MAX), .file = -1 };
	r->type = TYPE_HTML;
}

void
reply_fini(struct reply *r)
{
	if (r->file >= 0)
		close(r->file);
	stream_drop(&r->stream);
	buf_fini(&r->body);
	r->file = -1;
}

int64_t
reply_bytes(const struct reply *r)
{
	return r->file >= 0 ? r->file_bytes : (int64_t)(r->body.n + r->borrowed.n);
}

void
reply_reset(struct reply *r)
{
	struct buf body = r->body;

	if (r->file >= 0)
		close(r->file);
	stream_drop(&r->stream);
	reply_init(r);
	if (body.cap > BODY_KEEP_MAX)
		buf_fini(&body);
	buf_clear(&body);
	r->body = body;
}

/* What would end a header, and with it could begin another. */
static bool
is_header_value(struct str value)
{
	for (size_t i = 0; i < value.n; i++)
		if (((unsigned char)value.p[i] < ' ' && value.p[i] != '\t') || value.p[i] == 0x7f)
			return false;
	return true;
}

void
reply_changeset(struct cx *cx, struct reply *r, int64_t changeset)
{
	if (changeset)
		reply_header(cx, r, "Kontor-Changeset",
			     str_printf(cx->mem, "%lld", (long long)changeset));
}

void
reply_header(struct cx *cx, struct reply *r, const char *name, struct str value)
{
	if (is_header_value(value))
		list_add(cx->mem, &r->headers,
			 ((struct pair){ str_of(name), str_dup(cx->mem, value) }));
}

void
reply_redirect(struct cx *cx, struct reply *r, struct str location)
{
	buf_clear(&r->body);
	r->status = 303;
	reply_header(cx, r, "Location", location);
}

void
reply_not_modified(struct reply *r)
{
	buf_clear(&r->body);
	r->borrowed = (struct str){ 0 };
	r->status = 304;
}

void
reply_no_content(struct reply *r)
{
	buf_clear(&r->body);
	r->status = 204;
}

void
reply_etag(struct cx *cx, struct reply *r, struct str etag)
{
	reply_header(cx, r, "ETag", etag);
	if (r->cache == CACHE_PRIVATE)
		r->cache = CACHE_REVALIDATE;
}

void
reply_etag_version(struct cx *cx, struct reply *r, int64_t version)
{
	struct buf tag = buf_in(cx->mem, TAG_MAX);

	buf_char(&tag, '"');
	buf_int(&tag, version);
	buf_char(&tag, '"');
	reply_etag(cx, r, buf_done(&tag));
}

/* RFC 6266: the plain form without what some clients cannot read, and the exact one in UTF-8. */
void
reply_attachment(struct cx *cx, struct reply *r, struct str file_name)
{
	struct buf value = buf_in(cx->mem, NAME_MAX_BYTES * 5);

	file_name = str_first(file_name, NAME_MAX_BYTES);
	buf_z(&value, "attachment; filename=\"");
	for (size_t i = 0; i < file_name.n; i++) {
		char c = file_name.p[i];

		buf_char(&value, c < ' ' || c >= 0x7f || strchr("\"\\/%", c) ? '_' : c);
	}
	buf_z(&value, "\"; filename*=UTF-8''");
	buf_url(&value, file_name);
	reply_header(cx, r, "Content-Disposition", buf_done(&value));
}

static void
cookie_set(struct cx *cx, const struct request *q, struct reply *r, struct pair cookie,
	   int64_t max_age_s)
{
	struct buf text = buf_in(cx->mem, COOKIE_MAX);

	buf_str(&text, cookie.name);
	buf_char(&text, '=');
	buf_str(&text, cookie.value);
	buf_z(&text, "; Path=/; HttpOnly; SameSite=Lax");
	if (q->is_https)
		buf_z(&text, "; Secure");
	if (max_age_s) {
		buf_z(&text, "; Max-Age=");
		buf_int(&text, max_age_s > 0 ? max_age_s : 0);
	}
	reply_header(cx, r, "Set-Cookie", buf_done(&text));
}

void
reply_cookie(struct cx *cx, const struct request *q, struct reply *r, const char *name,
	     struct str value, int64_t max_age_s)
{
	cookie_set(cx, q, r, (struct pair){ str_of(name), value }, max_age_s);
}

void
reply_cookie_drop(struct cx *cx, const struct request *q, struct reply *r, const char *name)
{
	cookie_set(cx, q, r, (struct pair){ str_of(name), { 0 } }, -1);
}

bool
reply_spool(struct cx *cx, const struct request *q, int *out_fd)
{
	const char *folder = str_z(cx->mem, q->http->options.spool_dir);
	int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, S_IRUSR | S_IWUSR);

	if (fd < 0)
		return fail(cx, E_IO,
			    "A temporary file cannot be made in %s: make room there, or set "
			    "another folder",
			    folder);
	*out_fd = fd;
	return true;
}

/* ---- the headers that every reply carries ---- */

#define POLICY                                                                                              \
	"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "                   \
	"font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; " \
	"frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'"

static const struct {
	const char *name;
	struct str value;
} ALWAYS[] = {
	{ "Content-Security-Policy", S_INIT(POLICY) },
	{ "X-Content-Type-Options", S_INIT("nosniff") },
	{ "Referrer-Policy", S_INIT("same-origin") },
	{ "Cross-Origin-Opener-Policy", S_INIT("same-origin") },
	{ "Cross-Origin-Resource-Policy", S_INIT("same-origin") },
	{ "Permissions-Policy", S_INIT("camera=(), geolocation=(), microphone=(), payment=()") },
};

static const struct str CACHE[] = {
	[CACHE_PRIVATE] = S_INIT("no-store"),
	[CACHE_REVALIDATE] = S_INIT("private, no-cache"),
	[CACHE_FOREVER] = S_INIT("public, max-age=31536000, immutable"),
};

static void
header_constant(struct cx *cx, struct reply *r, const char *name, struct str value)
{
	list_add(cx->mem, &r->headers, ((struct pair){ str_of(name), value }));
}

/* A page may be stricter about one of them. */
static bool
has_header(const struct reply *r, const char *name)
{
	for (size_t i = 0; i < r->headers.n; i++)
		if (str_eq_ascii_nocase(r->headers.v[i].name, str_of(name)))
			return true;
	return false;
}

void
reply_protect(struct cx *cx, const struct request *q, struct reply *r)
{
	for (size_t i = 0; i < countof(ALWAYS); i++)
		if (!has_header(r, ALWAYS[i].name))
			header_constant(cx, r, ALWAYS[i].name, ALWAYS[i].value);
	if (q->is_https)
		header_constant(cx, r, "Strict-Transport-Security", S("max-age=31536000"));
	header_constant(cx, r, "Cache-Control", CACHE[r->cache]);
	if (r->cache == CACHE_REVALIDATE)
		header_constant(cx, r, "Vary", S("Cookie, Authorization, Accept-Language"));
	header_constant(cx, r, "X-Request-Id", cx->request_id);
}
