#include "http/request_parse.h"

#include "base/i18n.h"

enum {
	PART_HEADERS_MAX = 16,
	QUALITY_MAX = 1000,
	QUALITY_DIGITS = 3,
	ACCEPT_PARTS_MAX = 64,
	BOUNDARY_MAX = 70, /* RFC 2046, 5.1.1 */
};

static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

static bool
needs_decoding(struct str in, bool plus)
{
	for (size_t i = 0; i < in.n; i++)
		if (in.p[i] == '%' || (plus && in.p[i] == '+'))
			return true;
	return false;
}

/* Into p, which has room for in.n bytes; *n is how many were written. */
static bool
percent_decode(struct str in, bool plus, char *p, size_t *n)
{
	*n = 0;
	for (size_t i = 0; i < in.n; i++) {
		int high, low;

		if (in.p[i] != '%') {
			p[(*n)++] = plus && in.p[i] == '+' ? ' ' : in.p[i];
			continue;
		}
		if (in.n - i < 3)
			return false;
		high = hex_value(in.p[i + 1]);
		low = hex_value(in.p[i + 2]);
		if (high < 0 || low < 0)
			return false;
		p[(*n)++] = (char)(high * 16 + low);
		i += 2;
	}
	return true;
}

bool
parse_percent(struct arena *mem, struct str in, bool plus, struct str *out, const char **why)
{
	struct str decoded = in;

	if (needs_decoding(in, plus)) {
		char *p = arena_alloc(mem, in.n + 1);

		decoded.p = p;
		if (!percent_decode(in, plus, p, &decoded.n)) {
			*why = N_("A % in the address or form must be followed by two hexadecimal "
				  "digits");
			return false;
		}
	}
	if (!str_is_utf8(decoded, NULL)) {
		*why = N_("The address or form must be UTF-8 text without NUL");
		return false;
	}
	*out = decoded;
	return true;
}

bool
parse_target(struct str target, struct str *path, struct str *query, const char **why)
{
	struct str rest = target;

	for (size_t i = 0; i < target.n; i++)
		if ((unsigned char)target.p[i] <= ' ' || target.p[i] == 0x7f ||
		    target.p[i] == '#') {
			*why = N_("The address must not hold blanks, control characters or a "
				  "fragment");
			return false;
		}
	if (!target.n || target.p[0] != '/') {
		*why = N_("The address must begin with a slash");
		return false;
	}
	*path = str_cut(&rest, '?');
	*query = rest;
	return true;
}

bool
parse_path(struct arena *mem, struct str path, struct strs *out, const char **why)
{
	struct strs list = { 0 };
	struct str rest = str_from(path, 1);
	bool more = rest.n > 0;

	while (more) {
		bool last = !rest.n || memchr(rest.p, '/', rest.n) == NULL;
		struct str part = str_cut(&rest, '/');

		if (list.n == HTTP_PATH_SEGMENTS_MAX) {
			*why = N_("The path of the address has too many parts");
			return false;
		}
		if (!parse_percent(mem, part, false, &part, why))
			return false;
		if (str_eq_z(part, ".") || str_eq_z(part, "..")) {
			*why = N_("The path of the address must not hold . or ..");
			return false;
		}
		list_add(mem, &list, part);
		more = !last;
	}
	*out = list;
	return true;
}

bool
parse_pairs(struct arena *mem, struct str text, size_t max, struct pairs *out, const char **why)
{
	struct pairs list = { 0 };

	while (text.n) {
		struct str value = str_cut(&text, '&');
		struct pair pair;

		if (!value.n)
			continue;
		if (list.n == max) {
			*why = N_("The address or form has too many fields");
			return false;
		}
		pair.name = str_cut(&value, '=');
		if (!parse_percent(mem, pair.name, true, &pair.name, why) ||
		    !parse_percent(mem, value, true, &pair.value, why))
			return false;
		list_add(mem, &list, pair);
	}
	*out = list;
	return true;
}

void
parse_cookies(struct arena *mem, struct str header, struct pairs *out)
{
	while (header.n && out->n < HTTP_COOKIES_MAX) {
		struct str value = str_trim(str_cut(&header, ';'));
		struct str whole = value;
		struct pair pair = { .name = str_trim(str_cut(&value, '=')) };

		if (!pair.name.n || pair.name.n == whole.n)
			continue;
		pair.value = str_trim(value);
		if (pair.value.n >= 2 && pair.value.p[0] == '"' &&
		    pair.value.p[pair.value.n - 1] == '"')
			pair.value = (struct str){ pair.value.p + 1, pair.value.n - 2 };
		list_add(mem, out, pair);
	}
}

struct str
parse_media(struct str header, struct str *parameters)
{
	struct str media = str_trim(str_cut(&header, ';'));

	if (parameters)
		*parameters = header;
	return media;
}

/* The length of a quoted string with its quotes; 0 when it does not end. */
static size_t
quoted_length(struct str s)
{
	for (size_t i = 1; i < s.n; i++) {
		if (s.p[i] == '\\')
			i++;
		else if (s.p[i] == '"')
			return i + 1;
	}
	return 0;
}

/* A backslash stands for the next character only before a quote or another backslash: browsers
 * send file names with plain backslashes. */
static struct str
unquote(struct arena *mem, struct str s)
{
	struct str inner = { s.p + 1, s.n - 2 };
	size_t n = 0;
	char *p;

	if (!inner.n || !memchr(inner.p, '\\', inner.n))
		return inner;
	p = arena_alloc(mem, inner.n + 1);
	for (size_t i = 0; i < inner.n; i++) {
		if (inner.p[i] == '\\' && i + 1 < inner.n &&
		    (inner.p[i + 1] == '"' || inner.p[i + 1] == '\\'))
			i++;
		p[n++] = inner.p[i];
	}
	return (struct str){ p, n };
}

/* The next `name=value` of parameters; false at the end or where they are no longer readable. */
static bool
next_parameter(struct str *rest, struct str *name, struct str *value)
{
	size_t n = 0;

	*rest = str_trim(*rest);
	while (rest->n && rest->p[0] == ';')
		*rest = str_trim(str_from(*rest, 1));
	if (!rest->n || !memchr(rest->p, '=', rest->n))
		return false;
	*name = str_trim(str_cut(rest, '='));
	*rest = str_trim(*rest);
	if (rest->n && rest->p[0] == '"') {
		n = quoted_length(*rest);
		if (!n)
			return false;
		*value = str_first(*rest, n);
		*rest = str_from(*rest, n);
		return true;
	}
	*value = str_trim(str_cut(rest, ';'));
	return true;
}

bool
parse_parameter(struct arena *mem, struct str parameters, const char *name, struct str *out)
{
	struct str key, value;

	while (next_parameter(&parameters, &key, &value)) {
		if (!str_eq_ascii_nocase(key, str_of(name)))
			continue;
		*out = value.n && value.p[0] == '"' ? unquote(mem, value) : value;
		return true;
	}
	return false;
}

/* The file's own name: browsers of old sent the whole path. */
static struct str
base_name(struct str name)
{
	for (size_t i = name.n; i > 0; i--)
		if (name.p[i - 1] == '/' || name.p[i - 1] == '\\')
			return str_from(name, i);
	return name;
}

static bool
is_clean_text(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < ' ' || s.p[i] == 0x7f)
			return false;
	return str_is_utf8(s, NULL);
}

/* Content-Disposition: form-data; name="…"; filename="…" */
static bool
part_disposition(struct arena *mem, struct str value, struct form_field *field, const char **why)
{
	struct str parameters;

	if (!str_eq_ascii_nocase(parse_media(value, &parameters), S("form-data")) ||
	    !parse_parameter(mem, parameters, "name", &field->name)) {
		*why = N_("A part of the form has no name");
		return false;
	}
	field->is_file = parse_parameter(mem, parameters, "filename", &field->file_name);
	field->file_name = base_name(field->file_name);
	if (!is_clean_text(field->name) || !is_clean_text(field->file_name)) {
		*why = N_("A name in the form is not UTF-8 text in one line");
		return false;
	}
	return true;
}

/* The headers of one part, up to the empty line; *rest is what follows it. */
static bool
part_headers(struct arena *mem, struct str *rest, struct form_field *field, const char **why)
{
	bool named = false;
	size_t end;

	for (int i = 0; i < PART_HEADERS_MAX; i++) {
		struct str value, name;

		if (!str_find(*rest, S("\r\n"), &end))
			break;
		value = str_first(*rest, end);
		*rest = str_from(*rest, end + 2);
		if (!value.n && named)
			return true;
		if (!value.n)
			break;
		name = str_trim(str_cut(&value, ':'));
		if (str_eq_ascii_nocase(name, S("content-disposition"))) {
			if (!part_disposition(mem, value, field, why))
				return false;
			named = true;
		} else if (str_eq_ascii_nocase(name, S("content-type"))) {
			field->type = parse_media(value, NULL);
		}
	}
	*why = N_("A part of the form has headers that cannot be read");
	return false;
}

/* What follows a boundary: "--" ends the form, an end of line begins the next part. */
static bool
after_boundary(struct str *rest, bool *out_end, const char **why)
{
	if (str_starts(*rest, S("--"))) {
		*out_end = true;
		return true;
	}
	while (rest->n && (rest->p[0] == ' ' || rest->p[0] == '\t'))
		*rest = str_from(*rest, 1);
	if (!str_starts(*rest, S("\r\n"))) {
		*why = N_("The form ends in the middle of a part");
		return false;
	}
	*rest = str_from(*rest, 2);
	*out_end = false;
	return true;
}

static bool
next_part(struct arena *mem, struct str *rest, struct str delimiter, struct form_field *field,
	  const char **why)
{
	size_t end;

	if (!part_headers(mem, rest, field, why))
		return false;
	if (!str_find(*rest, delimiter, &end)) {
		*why = N_("The form ends in the middle of a part");
		return false;
	}
	field->value = str_first(*rest, end);
	*rest = str_from(*rest, end + delimiter.n);
	if (!field->is_file && !str_is_utf8(field->value, NULL)) {
		*why = N_("A value in the form is not UTF-8 text");
		return false;
	}
	return true;
}

bool
parse_multipart(struct arena *mem, struct str body, struct str boundary, size_t max,
		struct form *out, const char **why)
{
	struct str delimiter = str_printf(mem, "\r\n--%.*s", STR_FMT(boundary)), rest = body;
	struct str opening = str_from(delimiter, 2);
	struct form form = { 0 };
	bool end = false;

	*why = N_("The form does not begin with its boundary");
	if (!boundary.n || boundary.n > BOUNDARY_MAX || delimiter.n != boundary.n + 4)
		return false;
	if (str_starts(rest, S("\r\n")))
		rest = str_from(rest, 2);
	if (!str_starts(rest, opening))
		return false;
	rest = str_from(rest, opening.n);
	while (after_boundary(&rest, &end, why)) {
		struct form_field field = { 0 };

		if (end) {
			*out = form;
			return true;
		}
		if (form.n == max) {
			*why = N_("The form has too many fields");
			return false;
		}
		if (!next_part(mem, &rest, delimiter, &field, why))
			return false;
		list_add(mem, &form, field);
	}
	return false;
}

/* "q=0.75" among parameters → 750; absent or unreadable: 1000. */
static int
quality_of(struct str parameters)
{
	struct str name, value;
	int quality = 0, digits = 0;

	do {
		if (!next_parameter(&parameters, &name, &value))
			return QUALITY_MAX;
	} while (!str_eq_ascii_nocase(name, S("q")));
	if (!value.n || (value.p[0] != '0' && value.p[0] != '1'))
		return QUALITY_MAX;
	if (value.p[0] == '1')
		return QUALITY_MAX;
	for (size_t i = 2; i < value.n && digits < QUALITY_DIGITS; i++, digits++) {
		if (value.p[i] < '0' || value.p[i] > '9')
			return QUALITY_MAX;
		quality = quality * 10 + value.p[i] - '0';
	}
	for (; digits < QUALITY_DIGITS; digits++)
		quality *= 10;
	return quality;
}

/* How closely a range fits: 0 not at all, 1 any type, 2 the same main type, 3 the type itself. */
static int
range_fits(struct str range, struct str media)
{
	struct str main_type = media, range_main = range;

	if (str_eq_z(range, "*/*") || str_eq_z(range, "*"))
		return 1;
	if (str_eq_ascii_nocase(range, media))
		return 3;
	main_type = str_cut(&main_type, '/');
	range_main = str_cut(&range_main, '/');
	if (str_ends(range, S("/*")) && str_eq_ascii_nocase(range_main, main_type))
		return 2;
	return 0;
}

int
parse_accept(struct str header, struct str media)
{
	int best_fit = 0, quality = 0;

	if (!str_trim(header).n)
		return QUALITY_MAX;
	for (int i = 0; header.n && i < ACCEPT_PARTS_MAX; i++) {
		struct str parameters;
		struct str range = parse_media(str_cut(&header, ','), &parameters);
		int fit = range_fits(range, media);

		if (fit > best_fit) {
			best_fit = fit;
			quality = quality_of(parameters);
		}
	}
	return quality;
}

bool
parse_accepts_coding(struct str header, const char *coding)
{
	return str_trim(header).n && parse_accept(header, str_of(coding)) > 0;
}

static struct str
strong_part(struct str tag)
{
	tag = str_trim(tag);
	return str_starts(tag, S("W/")) ? str_from(tag, 2) : tag;
}

bool
parse_version_tag(struct str tag, int64_t *out)
{
	tag = strong_part(tag);
	if (tag.n < 3 || tag.p[0] != '"' || tag.p[tag.n - 1] != '"')
		return false;
	return str_int((struct str){ tag.p + 1, tag.n - 2 }, 0, INT64_MAX, out);
}

bool
parse_tag_listed(struct str list, struct str tag)
{
	if (str_eq_z(str_trim(list), "*"))
		return true;
	while (list.n)
		if (str_eq(strong_part(str_cut(&list, ',')), strong_part(tag)))
			return tag.n > 0;
	return false;
}
