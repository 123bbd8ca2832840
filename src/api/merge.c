#include "data/merge.h"
#include "data/twins.h"
#include "model/type.h"

#include "api/api.h"
#include "record/authz.h"

static bool
id_of(const json_t *json, int64_t *out)
{
	return json_is_string(json) && str_int(str_of(json_string_value(json)), 1, INT64_MAX, out);
}

static bool
read_others(struct cx *cx, const json_t *json, struct merge *merge)
{
	const json_t *from = json_object_get(json, "from");
	size_t n = json_array_size(from);
	int64_t *ids = new_array(cx->mem, n + 1, int64_t);

	if (!json_is_array(from) || n > MERGE_MAX)
		return fail_field(cx, S("from"), "required", "from is an array of 1 to %d ids",
				  MERGE_MAX);
	for (size_t i = 0; i < n; i++)
		if (!id_of(json_array_get(from, i), &ids[i]))
			return fail_field(cx, S("from"), "type",
					  "An id is a record's number as a string");
	merge->others = ids;
	merge->n_others = n;
	return true;
}

static bool
is_all(const json_t *json, struct merge_choice *choice)
{
	choice->from = MERGE_ALL;
	return json_is_string(json) && str_eq_z(str_of(json_string_value(json)), "all");
}

static bool
read_choices(struct cx *cx, json_t *json, struct merge *merge)
{
	json_t *fields = json_object_get(json, "fields"), *id;
	struct merge_choice *choices =
		new_array(cx->mem, json_object_size(fields) + 1, struct merge_choice);
	const char *name;
	bool ok = true;

	if (fields && !json_is_object(fields))
		return fail_field(cx, S("fields"), "type", "fields is an object: field → id");
	json_object_foreach(fields, name, id)
	{
		struct merge_choice *at = &choices[merge->n_choices];

		if (!merge_field(cx, merge->object, str_of(name), &at->field))
			ok = false;
		else if (!is_all(id, at) && !id_of(id, &at->from))
			ok = fail_field(cx, str_of(name), "type",
					"An id is a record's number as a string, or \"all\"");
		else
			merge->n_choices++;
	}
	merge->choices = choices;
	return ok;
}

static bool
run_merge(struct cx *cx, struct request *q, struct reply *r)
{
	OWNED(api_body_free) json_t *json = NULL;
	struct merge merge = { 0 };
	int64_t moved;

	if (!api_path(cx, q, &merge.object, &merge.survivor) || !api_body(cx, q, &json) ||
	    !read_others(cx, json, &merge) || !read_choices(cx, json, &merge) ||
	    !merge_records(cx, &merge, &moved))
		return false;
	r->log_note = str_printf(cx->mem, "moved=%lld", (long long)moved);
	return true;
}

/* The answer names the changeset, which is known when the work is committed. */
bool
api_merge(struct cx *cx, struct request *q, struct reply *r)
{
	int64_t changeset;

	if (!work_begin(cx, S("merge")))
		return false;
	if (!run_merge(cx, q, r)) {
		work_abandon(cx);
		return false;
	}
	if (!work_commit(cx, &changeset))
		return false;
	r->type = TYPE_JSON;
	BUF_LIT(&r->body, "{\"merge\":");
	api_id(changeset, &r->body);
	BUF_LIT(&r->body, "}");
	return true;
}

bool
api_unmerge(struct cx *cx, struct request *q, struct reply *r)
{
	struct conflicts conflicts = { 0 };
	int64_t id, changeset;

	if (!request_param_int(cx, q, "id", &id) || !work_begin(cx, S("unmerge")))
		return false;
	if (!unmerge(cx, id, false, &conflicts)) {
		if (cx->err.code == E_CONFLICT && conflicts.n)
			return api_reply_conflicts(cx, r, &conflicts);
		work_abandon(cx);
		return false;
	}
	if (!work_commit(cx, &changeset))
		return false;
	api_reply_undone(r, changeset, &conflicts);
	return true;
}

static void
write_twin(struct cx *cx, const struct twin *twin, struct buf *out)
{
	struct str title = { 0 };
	const struct field *f = twin->row->object->title;

	if (f && fieldset_has(&twin->row->has, f->index)) {
		struct buf text = buf_in(cx->mem, SQL_TEXT_MAX);

		f->row->print(cx, f, &twin->row->v[f->index], &text);
		title = buf_done(&text);
	}
	BUF_LIT(out, "{\"id\":");
	api_id(twin->row->id, out);
	BUF_LIT(out, ",\"title\":");
	buf_json(out, title);
	BUF_LIT(out, ",\"points\":");
	buf_int(out, twin->points);
	BUF_LIT(out, ",\"alike\":");
	buf_z(out, twin->is_alike ? "true" : "false");
	BUF_LIT(out, ",\"same\":[");
	for (size_t i = 0; i < twin->n_same; i++) {
		buf_z(out, i ? "," : "");
		buf_json(out, twin->same[i]->name);
	}
	BUF_LIT(out, "]}");
}

bool
api_twins(struct cx *cx, struct request *q, struct reply *r)
{
	static const char *const known[] = { NULL };
	const struct object *object;
	const struct face *face;
	struct twins twins;
	struct row *row;
	int64_t id;

	if (!api_query_only(cx, q, known) || !api_object(cx, q, &object, &face) ||
	    !request_param_int(cx, q, "id", &id) || !record_load(cx, object, id, &row) ||
	    !api_in_face(cx, q, row) || !twins_find(cx, face, row, &twins))
		return false;
	r->type = TYPE_JSON;
	BUF_LIT(&r->body, "{\"items\":[");
	for (size_t i = 0; i < twins.n; i++) {
		buf_z(&r->body, i ? "," : "");
		write_twin(cx, &twins.v[i], &r->body);
	}
	BUF_LIT(&r->body, "]}");
	return true;
}
