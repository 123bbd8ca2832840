/* Up to 10,000 operations in one changeset: all or nothing, or each for itself. */
#include "api/api.h"

struct batch {
	bool each;
	size_t n_failed;
};

struct operation_name {
	const char *name;
	enum change_op op;
	int status;
};

static const struct operation_name OPERATIONS[] = {
	{ "create", CHANGE_CREATE, 201 },
	{ "update", CHANGE_EDIT, 200 },
	{ "delete", CHANGE_DELETE, 204 },
	{ "restore", CHANGE_RESTORE, 200 },
};

static const struct operation_name *
operation_of(const json_t *item)
{
	const char *name = json_string_value(json_object_get(item, "op"));

	for (size_t i = 0; name && i < countof(OPERATIONS); i++)
		if (str_eq_z(str_of(name), OPERATIONS[i].name))
			return &OPERATIONS[i];
	return NULL;
}

static bool
known_members(struct cx *cx, json_t *item)
{
	static const char *const known[] = { "op", "object", "id", "version", "fields" };
	const char *name;
	json_t *value;
	bool ok = true;

	json_object_foreach(item, name, value)
	{
		size_t i = 0;

		while (i < countof(known) && !str_eq_z(str_of(name), known[i]))
			i++;
		if (i == countof(known))
			ok = fail_field(cx, str_of(name), "unknown",
					"An operation has op, object, id, version and fields");
	}
	return ok;
}

static bool
record_of(struct cx *cx, const json_t *item, int64_t *id, int64_t *version)
{
	const json_t *given = json_object_get(item, "id"), *at = json_object_get(item, "version");

	if (!json_is_string(given) || !str_int(str_of(json_string_value(given)), 1, INT64_MAX, id))
		return fail_field(cx, S("id"), "type", "id is a record's number as a string");
	*version = json_integer_value(at);
	if (at && !json_is_integer(at))
		return fail_field(cx, S("version"), "type", "version is a number");
	return true;
}

static bool
open_operation(struct cx *cx, json_t *item, const struct operation_name *operation,
	       struct change **out)
{
	const char *name = json_string_value(json_object_get(item, "object"));
	const struct object *object;
	const struct face *face;
	int64_t id, version = 0;

	if (!name)
		return fail_field(cx, S("object"), "required", "object names what is written");
	if (!object_open(cx, str_of(name), &object, &face))
		return false;
	if (operation->op == CHANGE_CREATE) {
		*out = change_new(cx, object, face);
		return true;
	}
	if (!record_of(cx, item, &id, &version) || !change_of(cx, operation->op, object, id, out))
		return false;
	(*out)->if_version = version;
	return true;
}

static bool
run_operation(struct cx *cx, json_t *item, const struct operation_name **operation,
	      struct change **out)
{
	const json_t *fields = json_object_get(item, "fields");

	*operation = operation_of(item);
	if (!*operation)
		return fail_field(cx, S("op"), "option", "op is create, update, delete or restore");
	if (!known_members(cx, item) || !open_operation(cx, item, *operation, out))
		return false;
	if (fields && !json_is_object(fields))
		return fail_field(cx, S("fields"), "type", "fields is an object");
	return (!fields || api_set_fields(cx, *out, fields)) && record_save(cx, *out);
}

static void
write_done(const struct operation_name *operation, const struct change *c, struct buf *out)
{
	BUF_LIT(out, "{\"status\":");
	buf_int(out, operation->status);
	BUF_LIT(out, ",\"id\":");
	api_id(c->id, out);
	BUF_LIT(out, ",\"version\":");
	buf_int(out, c->after->version);
	buf_char(out, '}');
}

static void
write_failed(struct cx *cx, struct buf *out)
{
	BUF_LIT(out, "{\"status\":");
	buf_int(out, err_row(cx->err.code)->status);
	BUF_LIT(out, ",\"problem\":");
	problem_write(cx, cx->request_id, out);
	buf_char(out, '}');
}

/* One operation for itself: what it did is taken back when it fails; a failing database is not its
 * own affair. */
static bool
run_apart(struct cx *cx, json_t *item, struct buf *out, size_t *n_failed)
{
	const struct operation_name *operation;
	struct change *c;

	if (!work_savepoint(cx))
		return false;
	if (run_operation(cx, item, &operation, &c)) {
		write_done(operation, c, out);
		return work_release(cx);
	}
	if (err_row(cx->err.code)->status >= 500)
		return false;
	write_failed(cx, out);
	++*n_failed;
	fail_clear(cx);
	return work_rollback_to(cx);
}

static bool
run_together(struct cx *cx, json_t *item, size_t index, struct buf *out)
{
	const struct operation_name *operation;
	struct change *c;

	if (run_operation(cx, item, &operation, &c)) {
		write_done(operation, c, out);
		return true;
	}
	for (struct field_err *at = cx->err.fields; at; at = at->next)
		at->field = str_printf(cx->mem, "operations[%zu].%.*s", index, STR_FMT(at->field));
	cx->err.why = str_printf(
		cx->mem, "Operation %zu: %.*s", index,
		STR_FMT(cx->err.why.n ? cx->err.why : str_of(err_row(cx->err.code)->text)));
	return false;
}

static bool
batch_mode(struct cx *cx, const json_t *json, bool *each)
{
	const char *mode = json_string_value(json_object_get(json, "mode"));

	*each = mode && str_eq_z(S("each"), mode);
	if (mode && !*each && !str_eq_z(S("all"), mode))
		return fail_field(cx, S("mode"), "option", "mode is all or each");
	return true;
}

static bool
run_batch(struct cx *cx, struct request *q, struct reply *r)
{
	OWNED(api_body_free) json_t *json = NULL;
	json_t *operations, *item;
	size_t i, n_failed = 0;
	bool each;

	if (!api_body(cx, q, &json) || !batch_mode(cx, json, &each))
		return false;
	operations = json_object_get(json, "operations");
	if (!json_is_array(operations))
		return fail_field(cx, S("operations"), "required", "operations is an array");
	if (json_array_size(operations) > BATCH_MAX)
		return fail(cx, E_TOO_BIG, "Send at most %d operations at once", BATCH_MAX);
	r->type = TYPE_JSON;
	BUF_LIT(&r->body, "{\"results\":[");
	json_array_foreach(operations, i, item)
	{
		if (i)
			buf_char(&r->body, ',');
		if (!(each ? run_apart(cx, item, &r->body, &n_failed)
			   : run_together(cx, item, i, &r->body)))
			return false;
	}
	BUF_LIT(&r->body, "],\"failed\":");
	buf_int(&r->body, (int64_t)n_failed);
	buf_char(&r->body, '}');
	return true;
}

bool
api_batch(struct cx *cx, struct request *q, struct reply *r)
{
	return api_work(cx, q, r, "batch", run_batch);
}
