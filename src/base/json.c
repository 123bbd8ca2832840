#include "base/json.h"

#include "base/i18n.h"

enum { ID_MAX_DIGITS = 19 };

static const struct {
	enum json_error_code code;
	const char *why;
} WHYS[] = {
	{ json_error_premature_end_of_input, N_("it ends too early") },
	{ json_error_end_of_input_expected, N_("something stands behind the value") },
	{ json_error_invalid_utf8, N_("this is not UTF-8") },
	{ json_error_null_character, N_("a NUL character is not allowed") },
	{ json_error_null_byte_in_key, N_("a NUL character is not allowed") },
	{ json_error_duplicate_key, N_("a name stands twice in one object") },
	{ json_error_numeric_overflow, N_("this number is too large") },
};

static const char *
why_of(const json_error_t *error)
{
	for (size_t i = 0; i < countof(WHYS); i++)
		if (WHYS[i].code == json_error_code(error))
			return WHYS[i].why;
	return N_("this is not well-formed");
}

struct place {
	int line, column;
};

/* Brackets outside of texts; jansson's own limit is too high for small stacks. */
static bool
is_too_deep(struct str bytes, struct place *out)
{
	struct place at = { 1, 0 };
	bool in_text = false;
	int depth = 0;

	for (size_t i = 0; i < bytes.n; i++) {
		char c = bytes.p[i];

		at.column++;
		if (c == '\n')
			at = (struct place){ at.line + 1, 0 };
		else if (in_text && c == '\\')
			i++;
		else if (c == '"')
			in_text = !in_text;
		else if (!in_text)
			depth += (c == '[' || c == '{') - (c == ']' || c == '}');
		if (depth > JSON_DEPTH_MAX) {
			*out = at;
			return true;
		}
	}
	return false;
}

bool
json_parse(struct cx *cx, struct str bytes, size_t max_bytes, json_t **out)
{
	json_error_t error;
	struct place at;
	json_t *json;

	if (bytes.n > max_bytes)
		return fail(cx, E_TOO_BIG, "The JSON is larger than %zu bytes", max_bytes);
	if (is_too_deep(bytes, &at))
		return fail(cx, E_USAGE,
			    "The JSON cannot be read: line %d, column %d: more than %d levels",
			    at.line, at.column, JSON_DEPTH_MAX);
	json = json_loadb(bytes.n ? bytes.p : "", bytes.n, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY,
			  &error);
	if (!json)
		return fail(cx, E_USAGE, "The JSON cannot be read: line %d, column %d: %s",
			    error.line, error.column, tr(cx, why_of(&error)));
	*out = json;
	return true;
}

void
json_drop(json_t **json)
{
	json_decref(*json);
	*json = NULL;
}

struct str
json_text(const json_t *string)
{
	return (struct str){ json_string_value(string), json_string_length(string) };
}

bool
json_get_text(const json_t *object, const char *name, struct str *out)
{
	const json_t *value = json_object_get(object, name);

	if (!json_is_string(value))
		return false;
	*out = json_text(value);
	return true;
}

bool
json_get_int(const json_t *object, const char *name, int64_t min, int64_t max, int64_t *out)
{
	const json_t *value = json_object_get(object, name);

	if (!json_is_integer(value) || json_integer_value(value) < min ||
	    json_integer_value(value) > max)
		return false;
	*out = json_integer_value(value);
	return true;
}

bool
json_get_bool(const json_t *object, const char *name, bool *out)
{
	const json_t *value = json_object_get(object, name);

	if (!json_is_boolean(value))
		return false;
	*out = json_is_true(value);
	return true;
}

bool
json_id(const json_t *value, int64_t *out)
{
	struct str text = json_text(value);

	if (!json_is_string(value) || !text.n || text.n > ID_MAX_DIGITS || text.p[0] < '1' ||
	    text.p[0] > '9')
		return false;
	return str_int(text, 1, INT64_MAX, out);
}

bool
json_get_id(const json_t *object, const char *name, int64_t *out)
{
	return json_id(json_object_get(object, name), out);
}

static bool
is_among(const char *name, const char *const *names)
{
	while (*names && strcmp(*names, name) != 0)
		names++;
	return *names != NULL;
}

bool
json_only(struct cx *cx, const json_t *object, const char *const *names)
{
	json_t *writable = (json_t *)(uintptr_t)object; /* jansson has no const iterator */
	bool ok = true;

	for (void *at = json_object_iter(writable); at; at = json_object_iter_next(writable, at)) {
		const char *name = json_object_iter_key(at);

		if (!is_among(name, names))
			ok = fail_field(cx, str_of(name), "unknown", "There is no such field");
	}
	return ok;
}

static int
put(const char *bytes, size_t n, void *state)
{
	buf_str(state, (struct str){ bytes, n });
	return 0;
}

void
buf_json_value(struct buf *b, const json_t *value)
{
	json_dump_callback(value, put, b, JSON_COMPACT | JSON_ENCODE_ANY);
}
