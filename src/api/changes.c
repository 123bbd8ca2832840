#include "api/api.h"

#include "model/type.h"

static const char *const OP_NAMES[] = {
	[CHANGE_CREATE] = "create",   [CHANGE_EDIT] = "edit",   [CHANGE_DELETE] = "delete",
	[CHANGE_RESTORE] = "restore", [CHANGE_ERASE] = "erase",
};

static void
write_fields(const struct change_row *row, struct buf *out)
{
	buf_char(out, '{');
	for (size_t i = 0; i < row->n; i++) {
		const struct field *f = row->v[i].field;

		if (i)
			buf_char(out, ',');
		buf_json(out, f->name);
		BUF_LIT(out, ":{\"old\":");
		f->row->to_json(f, &row->v[i].old, out);
		BUF_LIT(out, ",\"new\":");
		f->row->to_json(f, &row->v[i].new_value, out);
		buf_char(out, '}');
	}
	buf_char(out, '}');
}

static void
write_change(const struct change_row *row, struct buf *out)
{
	BUF_LIT(out, "{\"id\":");
	api_id(row->id, out);
	BUF_LIT(out, ",\"changeset\":");
	api_id(row->changeset, out);
	BUF_LIT(out, ",\"at\":");
	api_time(row->at, out);
	BUF_LIT(out, ",\"actor\":");
	api_id(row->actor_id, out);
	BUF_LIT(out, ",\"actor_name\":");
	api_text(row->actor, out);
	BUF_LIT(out, ",\"door\":");
	api_text(row->door, out);
	BUF_LIT(out, ",\"why\":");
	api_text(row->why, out);
	BUF_LIT(out, ",\"object\":");
	buf_json(out, row->object->name);
	BUF_LIT(out, ",\"record\":");
	api_id(row->record, out);
	BUF_LIT(out, ",\"record_version\":");
	buf_int(out, row->version);
	BUF_LIT(out, ",\"op\":");
	buf_json(out, str_of(OP_NAMES[row->op]));
	BUF_LIT(out, ",\"erased\":");
	buf_z(out, row->erased ? "true" : "false");
	BUF_LIT(out, ",\"undo_of\":");
	api_id(row->undo_of, out);
	BUF_LIT(out, ",\"undone_by\":");
	api_id(row->undone_by, out);
	BUF_LIT(out, ",\"fields\":");
	write_fields(row, out);
	buf_char(out, '}');
}

void
api_changes(const struct change_rows *rows, struct buf *out)
{
	buf_char(out, '[');
	for (size_t i = 0; i < rows->n; i++) {
		if (i)
			buf_char(out, ',');
		write_change(&rows->v[i], out);
	}
	buf_char(out, ']');
}

static void
reply_changes(struct reply *r, const struct change_rows *rows, int64_t next)
{
	r->type = TYPE_JSON;
	BUF_LIT(&r->body, "{\"items\":");
	api_changes(rows, &r->body);
	BUF_LIT(&r->body, ",\"next\":");
	api_id(next, &r->body);
	buf_char(&r->body, '}');
}

bool
api_log(struct cx *cx, struct request *q, struct reply *r)
{
	static const char *const known[] = { "after", "limit", NULL };
	struct change_rows rows;
	int64_t after, limit;

	if (!api_query_only(cx, q, known) ||
	    !request_query_int(cx, q, "after", (struct request_range){ 0, INT64_MAX, 0 }, &after) ||
	    !request_query_int(cx, q, "limit", (struct request_range){ 1, API_HISTORY_MAX, 100 },
			       &limit) ||
	    !log_after(cx, after, limit, &rows))
		return false;
	reply_changes(r, &rows, rows.next ? rows.next : after);
	return true;
}

bool
api_history(struct cx *cx, struct request *q, struct reply *r)
{
	static const char *const known[] = { "limit", NULL };
	const struct object *object;
	struct change_rows rows;
	int64_t id, limit;

	if (!api_query_only(cx, q, known) || !api_path(cx, q, &object, &id) ||
	    !request_query_int(cx, q, "limit", (struct request_range){ 1, API_HISTORY_MAX, 100 },
			       &limit) ||
	    !log_of_record(cx, object, id, limit, &rows))
		return false;
	reply_changes(r, &rows, 0);
	return true;
}

bool
api_changeset(struct cx *cx, struct request *q, struct reply *r)
{
	struct change_rows rows;
	int64_t id;

	if (!request_param_int(cx, q, "id", &id) || !log_of_changeset(cx, id, &rows))
		return false;
	if (!rows.n)
		return fail(cx, E_MISSING, "There is no such changeset");
	reply_changes(r, &rows, 0);
	return true;
}

void
api_conflicts(const struct conflicts *conflicts, struct buf *out)
{
	buf_char(out, '[');
	for (size_t i = 0; i < conflicts->n; i++) {
		const struct conflict *at = &conflicts->v[i];

		if (i)
			buf_char(out, ',');
		BUF_LIT(out, "{\"object\":");
		buf_json(out, at->object->name);
		BUF_LIT(out, ",\"record\":");
		api_id(at->record, out);
		BUF_LIT(out, ",\"field\":");
		api_text(at->field, out);
		BUF_LIT(out, ",\"detail\":");
		buf_json(out, at->why);
		buf_char(out, '}');
	}
	buf_char(out, ']');
}

/* The refusal with what stands in the way. */
bool
api_reply_conflicts(struct cx *cx, struct reply *r, const struct conflicts *conflicts)
{
	struct buf problem = buf_in(cx->mem, API_BODY_MAX);

	problem_write(cx, cx->request_id, &problem);
	work_abandon(cx);
	fail_clear(cx);
	r->status = 409;
	r->type = TYPE_PROBLEM;
	buf_str(&r->body, str_first(buf_done(&problem), problem.n - 1));
	BUF_LIT(&r->body, ",\"conflicts\":");
	api_conflicts(conflicts, &r->body);
	buf_char(&r->body, '}');
	return true;
}

void
api_reply_undone(struct reply *r, int64_t changeset, const struct conflicts *conflicts)
{
	r->type = TYPE_JSON;
	BUF_LIT(&r->body, "{\"changeset\":");
	api_id(changeset, &r->body);
	BUF_LIT(&r->body, ",\"conflicts\":");
	api_conflicts(conflicts, &r->body);
	buf_char(&r->body, '}');
}

static bool
undo_force(struct cx *cx, const struct request *q, bool *out)
{
	OWNED(api_body_free) json_t *json = NULL;
	const json_t *force;

	if (!api_body(cx, q, &json))
		return false;
	force = json_object_get(json, "force");
	if (force && !json_is_boolean(force))
		return fail_field(cx, S("force"), "type", "force is true or false");
	*out = json_is_true(force);
	return true;
}

bool
api_undo(struct cx *cx, struct request *q, struct reply *r)
{
	struct conflicts conflicts = { 0 };
	int64_t id, changeset;
	bool force = false;

	if (!request_param_int(cx, q, "id", &id) || !undo_force(cx, q, &force) ||
	    !work_begin(cx, S("undo")))
		return false;
	if (!changeset_undo(cx, id, force, &conflicts)) {
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
