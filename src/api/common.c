#include "api/api.h"

#include "base/clock.h"
#include "base/json.h"
#include "http/idempotency.h"
#include "model/type.h"
#include "record/authz.h"

void
api_id(int64_t id, struct buf *out)
{
	if (!id) {
		BUF_LIT(out, "null");
		return;
	}
	buf_char(out, '"');
	buf_int(out, id);
	buf_char(out, '"');
}

void
api_time(int64_t ms, struct buf *out)
{
	buf_char(out, '"');
	moment_print(out, ms);
	buf_char(out, '"');
}

void
api_text(struct str text, struct buf *out)
{
	if (text.n)
		buf_json(out, text);
	else
		BUF_LIT(out, "null");
}

void
api_record(const struct row *row, struct buf *out)
{
	const struct object *object = row->object;

	BUF_LIT(out, "{\"id\":");
	api_id(row->id, out);
	BUF_LIT(out, ",\"version\":");
	buf_int(out, row->version);
	for (unsigned i = SF_VERSION + 1; i < object->n_fields; i++) {
		const struct field *f = object->fields[i];

		if (!fieldset_has(&row->has, i) || i == SF_DELETED_AT)
			continue;
		BUF_LIT(out, ",\"");
		buf_str(out, f->name);
		BUF_LIT(out, "\":");
		f->row->to_json(f, &row->v[i], out);
	}
	buf_char(out, '}');
}

bool
api_reply_record(struct cx *cx, struct reply *r, const struct change *c)
{
	struct row *row;

	if (!record_load(cx, c->object, c->id, &row))
		return false;
	r->type = TYPE_JSON;
	api_record(row, &r->body);
	reply_etag_version(cx, r, row->version);
	return true;
}

bool
api_body(struct cx *cx, const struct request *q, json_t **out)
{
	json_t *json;

	if (!q->body.n) {
		*out = json_object();
		return true;
	}
	if (!str_eq(request_media(cx, q), S("application/merge-patch+json")) &&
	    !request_expect(cx, q, "application/json"))
		return false;
	if (!json_parse(cx, q->body, API_BODY_MAX, &json))
		return false;
	if (!json_is_object(json)) {
		json_decref(json);
		return fail(cx, E_INPUT, "The body must be a JSON object");
	}
	*out = json;
	return true;
}

void
api_body_free(json_t **json)
{
	json_decref(*json);
	*json = NULL;
}

bool
api_set_fields(struct cx *cx, struct change *c, const json_t *json)
{
	json_t *fields = json_incref((json_t *)(uintptr_t)json), *item;
	const char *name;
	bool ok = true;

	json_object_foreach(fields, name, item)
	{
		const struct field *f = field_find(c->object, str_of(name));
		struct value v = { 0 };

		if (!f || !AUTHZ(SET_FIELD, can_see_field(cx, c->object, f)))
			ok = fail_field(cx, str_of(name), "unknown",
					"%.*s has no field of this name",
					STR_FMT(c->object->label));
		else if (!f->row->from_json(cx, f, item, &v))
			ok = false;
		else
			change_set(c, f, v);
	}
	json_decref(fields);
	return ok;
}

bool
api_object(struct cx *cx, const struct request *q, const struct object **object,
	   const struct face **face)
{
	return object_open(cx, request_param(q, "object"), object, face);
}

bool
api_path(struct cx *cx, const struct request *q, const struct object **object, int64_t *id)
{
	const struct face *face;

	return api_object(cx, q, object, &face) && request_param_int(cx, q, "id", id);
}

bool
api_in_face(struct cx *cx, const struct request *q, const struct row *row)
{
	struct cond_when when = cond_when_of(cx);
	const struct object *object;
	const struct face *face;

	if (!api_object(cx, q, &object, &face))
		return false;
	if (face && !cond_test(face->when, &when, NULL, row))
		return fail(cx, E_MISSING, "There is no such record");
	return true;
}

bool
api_query_only(struct cx *cx, const struct request *q, const char *const *known)
{
	bool ok = true;

	for (size_t i = 0; i < q->query.n; i++) {
		const char *const *at = known;

		while (*at && !str_eq_z(q->query.v[i].name, *at))
			at++;
		if (!*at)
			ok = fail_field(cx, q->query.v[i].name, "unknown",
					"This address does not know this name");
		for (size_t k = 0; k < i; k++)
			if (str_eq(q->query.v[k].name, q->query.v[i].name))
				ok = fail_field(cx, q->query.v[i].name, "format",
						"This name stands here twice");
	}
	return ok;
}

bool
api_where(struct cx *cx, const struct request *q, const struct object *object,
	  const struct cond **out)
{
	struct cond_sight sight = cond_sight_of(cx);
	struct str text = request_query(q, "where");

	*out = NULL;
	return !text.n || cond_parse(cx, cx->mem, cx->model, object, text, &sight, out);
}

bool
api_work(struct cx *cx, struct request *q, struct reply *r, const char *why,
	 bool (*run)(struct cx *cx, struct request *q, struct reply *r))
{
	bool is_replay = false;
	int64_t changeset = 0;

	if (!work_begin(cx, str_of(why)))
		return false;
	if (!idempotency_begin(cx, q, r, &is_replay) ||
	    (!is_replay && !(run(cx, q, r) && idempotency_finish(cx, q, r)))) {
		work_abandon(cx);
		return false;
	}
	if (!work_commit(cx, &changeset))
		return false;
	reply_changeset(cx, r, changeset);
	return true;
}

void
api_problem_more(struct cx *cx, const struct request *q, struct buf *out)
{
	(void)q;
	if (cx->err.code != E_STALE || !cx->err.current)
		return;
	BUF_LIT(out, ",\"current\":");
	api_record(cx->err.current, out);
}
