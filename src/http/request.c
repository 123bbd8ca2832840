#include "http/http.h"

#include "base/i18n.h"
#include "http/request_parse.h"

static const struct pair *
pair_find(const struct pairs *pairs, const char *name)
{
	struct str wanted = str_of(name);

	for (size_t i = 0; i < pairs->n; i++)
		if (str_eq(pairs->v[i].name, wanted))
			return &pairs->v[i];
	return NULL;
}

static struct str
pair_value(const struct pair *pair)
{
	return pair ? pair->value : (struct str){ 0 };
}

struct str
request_param(const struct request *q, const char *name)
{
	return pair_value(pair_find(&q->params, name));
}

struct str
request_query(const struct request *q, const char *name)
{
	return pair_value(pair_find(&q->query, name));
}

bool
request_has_query(const struct request *q, const char *name)
{
	return pair_find(&q->query, name) != NULL;
}

struct str
request_header(const struct request *q, const char *name)
{
	struct str wanted = str_of(name);

	for (size_t i = 0; i < q->headers.n; i++)
		if (str_eq_ascii_nocase(q->headers.v[i].name, wanted))
			return q->headers.v[i].value;
	return (struct str){ 0 };
}

struct str
request_cookie(struct cx *cx, struct request *q, const char *name)
{
	if (!q->has_cookies) {
		parse_cookies(cx->mem, request_header(q, "Cookie"), &q->cookies);
		q->has_cookies = true;
	}
	return pair_value(pair_find(&q->cookies, name));
}

bool
request_param_int(struct cx *cx, const struct request *q, const char *name, int64_t *out)
{
	if (!str_int(request_param(q, name), 1, INT64_MAX, out))
		return fail(cx, E_MISSING, NULL);
	return true;
}

bool
request_query_int(struct cx *cx, const struct request *q, const char *name,
		  struct request_range range, int64_t *out)
{
	const struct pair *pair = pair_find(&q->query, name);

	if (!pair) {
		*out = range.absent;
		return true;
	}
	if (!str_int(pair->value, range.min, range.max, out))
		return fail_field(cx, str_of(name), "range",
				  "A whole number from %lld to %lld is expected here",
				  (long long)range.min, (long long)range.max);
	return true;
}

static struct str
ascii_lower(struct arena *mem, struct str s)
{
	char *p = arena_alloc(mem, s.n + 1);

	for (size_t i = 0; i < s.n; i++)
		p[i] = s.p[i] >= 'A' && s.p[i] <= 'Z' ? (char)(s.p[i] + 'a' - 'A') : s.p[i];
	return (struct str){ p, s.n };
}

struct str
request_media(struct cx *cx, const struct request *q)
{
	return ascii_lower(cx->mem, parse_media(request_header(q, "Content-Type"), NULL));
}

bool
request_expect(struct cx *cx, const struct request *q, const char *media)
{
	struct str is = parse_media(request_header(q, "Content-Type"), NULL);

	if (!q->body.n || str_eq_ascii_nocase(is, str_of(media)))
		return true;
	return fail(cx, E_MEDIA, "Send the body as %s (header Content-Type)", media);
}

static bool
form_urlencoded(struct cx *cx, const struct request *q, struct form *out, const char **why)
{
	struct pairs pairs = { 0 };
	struct form form = { 0 };

	if (!parse_pairs(cx->mem, q->body, HTTP_FORM_MAX, &pairs, why))
		return false;
	for (size_t i = 0; i < pairs.n; i++)
		list_add(cx->mem, &form,
			 ((struct form_field){ .name = pairs.v[i].name,
					       .value = pairs.v[i].value }));
	*out = form;
	return true;
}

static bool
form_parse(struct cx *cx, const struct request *q, struct form *out)
{
	struct str parameters, boundary = { 0 };
	struct str media = parse_media(request_header(q, "Content-Type"), &parameters);
	const char *why = N_("The form has no boundary");

	if (str_eq_ascii_nocase(media, S("application/x-www-form-urlencoded"))) {
		if (form_urlencoded(cx, q, out, &why))
			return true;
	} else if (str_eq_ascii_nocase(media, S("multipart/form-data"))) {
		if (parse_parameter(cx->mem, parameters, "boundary", &boundary) &&
		    parse_multipart(cx->mem, q->body, boundary, HTTP_FORM_MAX, out, &why))
			return true;
	} else {
		return fail(cx, E_MEDIA,
			    "Send the form as application/x-www-form-urlencoded or "
			    "multipart/form-data (header Content-Type)");
	}
	return fail(cx, E_USAGE, "%s", tr(cx, why));
}

bool
request_form(struct cx *cx, struct request *q, struct form *out)
{
	if (!q->has_form && !form_parse(cx, q, &q->form))
		return false;
	q->has_form = true;
	*out = q->form;
	return true;
}

static const struct form_field *
field_of(const struct form *form, const char *name)
{
	struct str wanted = str_of(name);

	for (size_t i = 0; i < form->n; i++)
		if (str_eq(form->v[i].name, wanted))
			return &form->v[i];
	return NULL;
}

struct str
form_value(const struct form *form, const char *name)
{
	const struct form_field *field = field_of(form, name);

	return field ? field->value : (struct str){ 0 };
}

bool
form_has(const struct form *form, const char *name)
{
	return field_of(form, name) != NULL;
}

bool
request_if_match(struct cx *cx, const struct request *q, bool *out_has, int64_t *out_version)
{
	struct str tag = str_trim(request_header(q, "If-Match"));

	if (!tag.n || str_eq_z(tag, "*")) {
		*out_has = false;
		return true;
	}
	if (!parse_version_tag(tag, out_version))
		return fail(cx, E_USAGE,
			    "The header If-Match must hold the ETag of the record as it was "
			    "given, such as \"3\"");
	*out_has = true;
	return true;
}

bool
request_if_none_match(const struct request *q, struct str etag)
{
	struct str list = request_header(q, "If-None-Match");

	return list.n && parse_tag_listed(list, etag);
}

bool
request_prefers(const struct request *q, const char *media, const char *over)
{
	struct str accept = request_header(q, "Accept");
	int wanted = parse_accept(accept, str_of(media));

	return wanted > 0 && wanted >= parse_accept(accept, str_of(over));
}
