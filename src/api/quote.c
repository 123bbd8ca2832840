#include "app/quote_act.h"
#include "app/quote_letter.h"
#include "app/quote_link.h"

#include "api/api.h"
#include "db/db.h"
#include "model/ids.h"

bool
api_quote_pdf(struct cx *cx, struct request *q, struct reply *r)
{
	struct str pdf, name;
	int64_t id;

	if (!request_param_int(cx, q, "id", &id) || !quote_pdf(cx, id, &pdf, &name))
		return false;
	r->type = TYPE_PDF;
	reply_attachment(cx, r, name);
	buf_str(&r->body, pdf);
	return true;
}

bool
api_quote_revise(struct cx *cx, struct request *q, struct reply *r)
{
	struct row *row;
	int64_t id, changeset;

	if (!request_param_int(cx, q, "id", &id) || !work_begin(cx, (struct str){ 0 }))
		return false;
	if (!quote_revise(cx, id, &id) || !work_commit(cx, &changeset)) {
		work_abandon(cx);
		return false;
	}
	if (!db_begin_read(cx) || !record_load(cx, cx->model->objects[QUOTE], id, &row))
		return false;
	r->status = 201;
	r->type = TYPE_JSON;
	reply_changeset(cx, r, changeset);
	api_record(row, &r->body);
	return true;
}

bool
api_quote_link(struct cx *cx, struct request *q, struct reply *r)
{
	struct str token;
	int64_t id, changeset;

	if (!request_param_int(cx, q, "id", &id) || !work_begin(cx, (struct str){ 0 }))
		return false;
	if (!quote_link_make(cx, id, &token) || !work_commit(cx, &changeset)) {
		work_abandon(cx);
		return false;
	}
	r->status = 201;
	r->type = TYPE_JSON;
	reply_changeset(cx, r, changeset);
	BUF_LIT(&r->body, "{\"url\":");
	buf_json(&r->body, str_printf(cx->mem, "%.*s/q/%.*s", STR_FMT(request_origin(cx, q)),
				      STR_FMT(token)));
	buf_char(&r->body, '}');
	return true;
}

bool
api_quote_unlink(struct cx *cx, struct request *q, struct reply *r)
{
	int64_t id, changeset;

	if (!request_param_int(cx, q, "id", &id) || !work_begin(cx, (struct str){ 0 }))
		return false;
	if (!quote_link_drop(cx, id) || !work_commit(cx, &changeset)) {
		work_abandon(cx);
		return false;
	}
	reply_changeset(cx, r, changeset);
	reply_no_content(r);
	return true;
}
