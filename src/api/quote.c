#include "app/lines.h"
#include "app/proposal.h"
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

bool
api_quote_approval(struct cx *cx, struct request *q, struct reply *r)
{
	OWNED(api_body_free) json_t *json = NULL;
	const char *act, *reason;
	struct row *row;
	int64_t id, changeset;

	if (!request_param_int(cx, q, "id", &id) || !api_body(cx, q, &json))
		return false;
	act = json_string_value(json_object_get(json, "act"));
	reason = json_string_value(json_object_get(json, "reason"));
	if (!work_begin(cx, (struct str){ 0 }))
		return false;
	if (!quote_approval(cx, id, str_of(act ? act : ""),
			    str_trim(str_of(reason ? reason : ""))) ||
	    !work_commit(cx, &changeset)) {
		work_abandon(cx);
		return false;
	}
	if (!db_begin_read(cx) || !record_load(cx, cx->model->objects[QUOTE], id, &row))
		return false;
	r->type = TYPE_JSON;
	reply_changeset(cx, r, changeset);
	api_record(row, &r->body);
	return true;
}

static const char *const PROPOSES[] = { [PROPOSE_SUCCESSOR] = "successor",
					[PROPOSE_ACCESSORY] = "accessory",
					[PROPOSE_UPGRADE] = "upgrade" };

static void
write_id(struct buf *out, const char *name, int64_t id)
{
	if (id)
		buf_printf(out, ",\"%s\":\"%lld\"", name, (long long)id);
	else
		buf_printf(out, ",\"%s\":null", name);
}

bool
api_quote_proposals(struct cx *cx, struct request *q, struct reply *r)
{
	struct proposals proposals;
	struct row *quote;
	struct rows lines;
	int64_t id;

	if (!request_param_int(cx, q, "id", &id) ||
	    !record_load(cx, cx->model->objects[QUOTE], id, &quote) ||
	    !lines_read(cx, lined_of(quote->object), id, &lines) ||
	    !proposals_read(cx, quote, &lines, &proposals))
		return false;
	r->type = TYPE_JSON;
	BUF_LIT(&r->body, "{\"items\":[");
	for (size_t i = 0; i < proposals.n; i++) {
		const struct proposal *at = &proposals.v[i];

		buf_printf(&r->body, "%s{\"kind\":\"%s\"", i ? "," : "", PROPOSES[at->kind]);
		write_id(&r->body, "line", at->line);
		write_id(&r->body, "product", at->product);
		BUF_LIT(&r->body, ",\"name\":");
		buf_json(&r->body, at->name);
		BUF_LIT(&r->body, ",\"of\":");
		buf_json(&r->body, at->instead);
		buf_char(&r->body, '}');
	}
	BUF_LIT(&r->body, "]}");
	return true;
}
