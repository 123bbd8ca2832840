#include "model/types.h"

#include "base/i18n.h"

enum { SHOWN_MAX = 60 };

static bool
id_refuse(struct cx *cx, const struct field *f, struct str text)
{
	return fail_field(cx, f->name, "format", "“%.*s” is not the id of a record.",
			  STR_FMT(str_first(text, SHOWN_MAX)));
}

static bool
id_read(struct str text, int64_t *out)
{
	text = str_trim(text);
	if (text.n && text.p[0] == '#')
		text = str_from(text, 1);
	return str_int(text, 1, INT64_MAX, out);
}

static bool
id_from_json(const json_t *json, int64_t *out)
{
	if (json_is_integer(json) && json_integer_value(json) > 0) {
		*out = json_integer_value(json);
		return true;
	}
	return json_is_string(json) &&
	       str_int((struct str){ json_string_value(json), json_string_length(json) }, 1,
		       INT64_MAX, out);
}

/* --- one --- */

TYPE_PARSE(one_parse)
{
	int64_t id;

	(void)how;
	text = str_trim(text);
	if (!text.n) {
		*out = (struct value){ 0 };
		return true;
	}
	if (!id_read(text, &id))
		return id_refuse(cx, f, text);
	*out = value_int(id);
	return true;
}

TYPE_PRINT(one_print)
{
	(void)cx;
	(void)f;
	if (v->kind == V_INT)
		buf_int(out, v->i);
}

TYPE_TEXT(one_to_json)
{
	(void)f;
	if (v->kind != V_INT) {
		BUF_LIT(out, "null");
		return;
	}
	buf_char(out, '"');
	buf_int(out, v->i);
	buf_char(out, '"');
}

TYPE_FROM_JSON(one_from_json)
{
	int64_t id;

	if (json_is_null(json) || (json_is_string(json) && !json_string_length(json))) {
		*out = (struct value){ 0 };
		return true;
	}
	if (!id_from_json(json, &id))
		return type_refuse_json(cx, f, tr(cx, "an id"));
	*out = value_int(id);
	return true;
}

TYPE_SCHEMA(one_schema)
{
	schema_begin(f, "string", NULL, out);
	BUF_LIT(out, ",\"pattern\":\"^[1-9][0-9]*$\"");
	if (f->target) {
		BUF_LIT(out, ",\"x-object\":");
		buf_json(out, f->target->name);
	}
	buf_char(out, '}');
}

/* --- many --- */

static int
id_order(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* Ascending, without repetition. */
static struct value
ids_value(int64_t *ids, size_t n)
{
	size_t kept = 0;

	if (!n)
		return (struct value){ 0 };
	qsort(ids, n, sizeof *ids, id_order);
	for (size_t i = 0; i < n; i++)
		if (!kept || ids[kept - 1] != ids[i])
			ids[kept++] = ids[i];
	return (struct value){ .kind = V_IDS, .i = (int64_t)kept, .ids = ids };
}

static bool
ids_too_many(struct cx *cx, const struct field *f)
{
	return fail_field(cx, f->name, "length", "“%s” has more than %d entries.",
			  tr(cx, f->label.p), LINKS_COUNT_MAX);
}

TYPE_PARSE(many_parse)
{
	struct str rest = str_trim(text);
	struct {
		int64_t *v;
		size_t n, cap;
	} ids = { 0 };

	(void)how;
	while (rest.n) {
		struct str word = str_trim(str_cut(&rest, ','));
		int64_t id;

		if (!id_read(word, &id))
			return id_refuse(cx, f, word);
		if (ids.n == LINKS_COUNT_MAX)
			return ids_too_many(cx, f);
		list_add(cx->mem, &ids, id);
	}
	*out = ids_value(ids.v, ids.n);
	return true;
}

TYPE_PRINT(many_print)
{
	(void)cx;
	(void)f;
	for (int64_t i = 0; v->kind == V_IDS && i < v->i; i++) {
		if (i)
			BUF_LIT(out, ", ");
		buf_int(out, v->ids[i]);
	}
}

TYPE_TEXT(many_text)
{
	(void)f;
	for (int64_t i = 0; v->kind == V_IDS && i < v->i; i++) {
		if (i)
			buf_char(out, ',');
		buf_int(out, v->ids[i]);
	}
}

TYPE_TEXT(many_to_json)
{
	(void)f;
	buf_char(out, '[');
	for (int64_t i = 0; v->kind == V_IDS && i < v->i; i++) {
		if (i)
			buf_char(out, ',');
		buf_char(out, '"');
		buf_int(out, v->ids[i]);
		buf_char(out, '"');
	}
	buf_char(out, ']');
}

TYPE_FROM_JSON(many_from_json)
{
	size_t n = json_array_size(json);
	int64_t *ids;

	if (json_is_null(json)) {
		*out = (struct value){ 0 };
		return true;
	}
	if (!json_is_array(json))
		return type_refuse_json(cx, f, tr(cx, "a list of ids"));
	if (n > LINKS_COUNT_MAX)
		return ids_too_many(cx, f);
	ids = new_array(cx->mem, n, int64_t);
	for (size_t i = 0; i < n; i++)
		if (!id_from_json(json_array_get(json, i), &ids[i]))
			return type_refuse_json(cx, f, tr(cx, "a list of ids"));
	*out = ids_value(ids, n);
	return true;
}

TYPE_COMPARE(many_compare)
{
	for (int64_t i = 0; i < a->i && i < b->i && a->kind == V_IDS && b->kind == V_IDS; i++)
		if (a->ids[i] != b->ids[i])
			return a->ids[i] < b->ids[i] ? -1 : 1;
	return (a->i > b->i) - (a->i < b->i);
}

TYPE_SCHEMA(many_schema)
{
	schema_begin(f, "array", NULL, out);
	buf_printf(out,
		   ",\"items\":{\"type\":\"string\",\"pattern\":\"^[1-9][0-9]*$\"},\"maxItems\":%d",
		   LINKS_COUNT_MAX);
	if (f->target) {
		BUF_LIT(out, ",\"x-object\":");
		buf_json(out, f->target->name);
	}
	buf_char(out, '}');
}

/* --- any: "party:12" --- */

static bool
any_accept(struct cx *cx, const struct field *f, struct str name, int64_t id, struct value *out)
{
	const struct object *object = cx->model ? object_find(cx->model, name, NULL) : NULL;

	if (cx->model && !object)
		return fail_field(cx, f->name, "link", "There are no records named “%.*s”.",
				  STR_FMT(str_first(name, SHOWN_MAX)));
	*out = (struct value){ .kind = V_ANY,
			       .i = id,
			       .s = object ? object->name : str_dup(cx->mem, name) };
	return true;
}

TYPE_PARSE(any_parse)
{
	struct str rest = str_trim(text), name = str_cut(&rest, ':');
	int64_t id;

	(void)how;
	if (!name.n) {
		*out = (struct value){ 0 };
		return true;
	}
	if (!id_read(rest, &id))
		return fail_field(cx, f->name, "format",
				  "“%.*s” is not a reference; write for example party:12.",
				  STR_FMT(str_first(str_trim(text), SHOWN_MAX)));
	return any_accept(cx, f, str_trim(name), id, out);
}

TYPE_PRINT(any_print)
{
	(void)cx;
	any_text(f, v, out);
}

TYPE_TEXT(any_text)
{
	(void)f;
	if (v->kind != V_ANY)
		return;
	buf_str(out, v->s);
	buf_char(out, ':');
	buf_int(out, v->i);
}

TYPE_TEXT(any_to_json)
{
	(void)f;
	if (v->kind != V_ANY) {
		BUF_LIT(out, "null");
		return;
	}
	BUF_LIT(out, "{\"object\":");
	buf_json(out, v->s);
	BUF_LIT(out, ",\"id\":\"");
	buf_int(out, v->i);
	BUF_LIT(out, "\"}");
}

TYPE_FROM_JSON(any_from_json)
{
	const json_t *name = json_object_get(json, "object");
	int64_t id;

	if (json_is_null(json)) {
		*out = (struct value){ 0 };
		return true;
	}
	if (json_object_size(json) != 2 || !json_is_string(name) ||
	    !id_from_json(json_object_get(json, "id"), &id))
		return type_refuse_json(cx, f, tr(cx, "an object with object and id"));
	return any_accept(cx, f, (struct str){ json_string_value(name), json_string_length(name) },
			  id, out);
}

TYPE_COMPARE(any_compare)
{
	int order = str_cmp(a->s, b->s);

	return order ? order : (a->i > b->i) - (a->i < b->i);
}

TYPE_SCHEMA(any_schema)
{
	schema_begin(f, "object", NULL, out);
	BUF_LIT(out, ",\"properties\":{\"object\":{\"type\":\"string\"},"
		     "\"id\":{\"type\":\"string\",\"pattern\":\"^[1-9][0-9]*$\"}},"
		     "\"required\":[\"object\",\"id\"]}");
}
