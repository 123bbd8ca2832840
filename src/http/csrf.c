#include "http/internal.h"

#include "base/crypt.h"
#include "http/request_parse.h"

static const char COOKIE[] = "kontor_form";

void
csrf_key(struct str secret, unsigned char *out)
{
	struct hasher hasher;
	struct hash hash;

	hasher_begin(&hasher, NULL);
	hasher_add_part(&hasher, S("form"));
	hasher_add_part(&hasher, secret);
	hash = hasher_end(&hasher);
	memcpy(out, hash.bytes, FORM_KEY);
}

/* The key of this client; false when he has none. */
static bool
key_of(struct cx *cx, struct request *q, unsigned char *out)
{
	struct str cookie;

	if (q->session) {
		memcpy(out, q->session->form_key, FORM_KEY);
		return true;
	}
	cookie = request_cookie(cx, q, COOKIE);
	if (cookie.n != TOKEN_TEXT_LENGTH)
		return false;
	csrf_key(cookie, out);
	return true;
}

/* Random bytes, and the key under them: a compressed page does not give the key away (BREACH). */
struct str
request_csrf(struct cx *cx, struct request *q, struct reply *r)
{
	unsigned char key[FORM_KEY], masked[2 * FORM_KEY];

	if (q->token)
		return (struct str){ 0 };
	if (!key_of(cx, q, key)) {
		struct str secret = crypt_token(cx->mem, cx->env);

		reply_cookie(cx, q, r, COOKIE, secret, 0);
		csrf_key(secret, key);
	}
	cx->env->random(cx->env, masked, FORM_KEY);
	for (size_t i = 0; i < FORM_KEY; i++)
		masked[FORM_KEY + i] = masked[i] ^ key[i];
	return crypt_base64url(cx->mem, (struct str){ (const char *)masked, sizeof masked });
}

static bool
token_fits(struct cx *cx, struct request *q, struct str token)
{
	unsigned char key[FORM_KEY];
	char got[FORM_KEY];
	struct str masked;

	if (!crypt_base64url_parse(cx->mem, token, &masked) || masked.n != 2 * FORM_KEY ||
	    !key_of(cx, q, key))
		return false;
	for (size_t i = 0; i < FORM_KEY; i++)
		got[i] = (char)(masked.p[i] ^ masked.p[FORM_KEY + i]);
	return str_eq_secret((struct str){ got, sizeof got },
			     (struct str){ (const char *)key, sizeof key });
}

/* The token that came along, in the header or in the form. */
static bool
token_given(struct cx *cx, struct request *q, struct str *out)
{
	struct str media = parse_media(request_header(q, "Content-Type"), NULL);
	struct form form = { 0 };

	*out = request_header(q, "X-CSRF-Token");
	if (out->n)
		return true;
	if (str_eq_ascii_nocase(media, S("application/x-www-form-urlencoded")) ||
	    str_eq_ascii_nocase(media, S("multipart/form-data"))) {
		if (!request_form(cx, q, &form))
			return false;
		*out = form_value(&form, "csrf");
	}
	return true;
}

static struct str
host_origin(struct cx *cx, const struct request *q)
{
	return str_printf(cx->mem, "%s://%.*s", q->is_https ? "https" : "http",
			  STR_FMT(request_header(q, "Host")));
}

struct str
request_origin(struct cx *cx, const struct request *q)
{
	return q->http->origin.n ? q->http->origin : host_origin(cx, q);
}

/* What browsers tell about where a request comes from; others tell nothing. */
static bool
same_origin(const struct http *http, struct cx *cx, const struct request *q)
{
	struct str site = request_header(q, "Sec-Fetch-Site"), origin;

	if (site.n)
		return str_eq_z(site, "same-origin") || str_eq_z(site, "none");
	origin = request_header(q, "Origin");
	if (str_eq(origin, S("null")) && q->route->csrf && !q->session)
		return true; /* a page that tells nobody its address; its form token decides */
	return !origin.n || str_eq(origin, http->origin) || str_eq(origin, host_origin(cx, q));
}

bool
csrf_check(struct http *http, struct cx *cx, struct request *q)
{
	struct str token = { 0 };

	if (q->verb == V_GET || q->token || (!q->session && !q->route->csrf))
		return true;
	if (!same_origin(http, cx, q))
		return fail(cx, E_FORBIDDEN, "This was sent from the page of another server");
	if (!token_given(cx, q, &token))
		return false;
	if (!token_fits(cx, q, token))
		return fail(cx, E_FORBIDDEN,
			    "This form is too old or was not made by this server: load the "
			    "page again and repeat the entry");
	return true;
}
