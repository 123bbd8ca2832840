#include "api/api.h"

#include "app/handover.h"
#include "db/db.h"
#include "model/ids.h"

bool
api_handover(struct cx *cx, struct request *q, struct reply *r)
{
	struct str name;
	int64_t id;

	if (!request_param_int(cx, q, "id", &id) || !handover_json(cx, id, &r->body, &name))
		return false;
	r->type = TYPE_JSON;
	reply_attachment(cx, r, name);
	return true;
}

bool
api_handover_csv(struct cx *cx, struct request *q, struct reply *r)
{
	struct str name;
	int64_t id;

	if (!request_param_int(cx, q, "id", &id) || !handover_csv(cx, id, &r->body, &name))
		return false;
	r->type = TYPE_CSV;
	reply_attachment(cx, r, name);
	return true;
}

static struct str
member(const json_t *json, const char *name)
{
	const char *text = json_string_value(json_object_get(json, name));

	return text ? str_trim(str_of(text)) : (struct str){ 0 };
}

bool
api_handover_set(struct cx *cx, struct request *q, struct reply *r)
{
	OWNED(api_body_free) json_t *json = NULL;
	struct handover handover;
	struct row *row;
	int64_t id, changeset;

	if (!request_param_int(cx, q, "id", &id) || !api_body(cx, q, &json))
		return false;
	handover = (struct handover){ member(json, "state"), member(json, "external_id"),
				      member(json, "reason") };
	if (!work_begin(cx, S("hand-over")))
		return false;
	if (!handover_set(cx, id, &handover) || !work_commit(cx, &changeset)) {
		work_abandon(cx);
		return false;
	}
	if (!db_begin_read(cx) || !record_load(cx, cx->model->objects[ORDER], id, &row))
		return false;
	r->type = TYPE_JSON;
	reply_changeset(cx, r, changeset);
	api_record(row, &r->body);
	return true;
}
