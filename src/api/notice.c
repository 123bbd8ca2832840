/* What a person is told of. */
#include "flow/notice.h"
#include "api/api.h"
#include "base/json.h"

enum { LIMIT_OF_LIST = 50 };

static const char *const OPS[] = {
	[CHANGE_CREATE] = "create",   [CHANGE_EDIT] = "edit",   [CHANGE_DELETE] = "delete",
	[CHANGE_RESTORE] = "restore", [CHANGE_ERASE] = "erase",
};

static void
write_notice(struct cx *cx, const struct notice *at, const struct notice_names *names, size_t i,
	     struct buf *out)
{
	BUF_LIT(out, "{\"id\":");
	api_id(at->id, out);
	BUF_LIT(out, ",\"at\":");
	api_time(at->at, out);
	BUF_LIT(out, ",\"kind\":");
	buf_json(out, str_of(NOTICE_KINDS[at->kind]));
	BUF_LIT(out, ",\"object\":");
	api_text(at->object, out);
	BUF_LIT(out, ",\"record\":");
	api_id(at->kind == NOTICE_JOB ? 0 : at->record, out);
	BUF_LIT(out, ",\"bulk\":");
	api_id(at->kind == NOTICE_JOB ? at->record : 0, out);
	BUF_LIT(out, ",\"title\":");
	api_text(names->titles[i], out);
	BUF_LIT(out, ",\"count\":");
	buf_int(out, at->n);
	BUF_LIT(out, ",\"actor\":");
	api_id(at->actor_id, out);
	BUF_LIT(out, ",\"actor_name\":");
	api_text(names->actors[i], out);
	BUF_LIT(out, ",\"others\":");
	buf_z(out, at->others ? "true" : "false");
	BUF_LIT(out, ",\"op\":");
	buf_json(out, str_of(OPS[at->op]));
	BUF_LIT(out, ",\"fields\":");
	api_text(notice_fields(cx, at), out);
	BUF_LIT(out, ",\"read\":");
	buf_z(out, at->read_at ? "true}" : "false}");
}

/* "AT.ID": the last of the page before. */
static bool
cursor_read(struct cx *cx, const struct request *q, struct notice_query *query)
{
	struct str text = request_query(q, "after"), at = str_cut(&text, '.');

	return (!at.n && !text.n) ||
	       (str_int(at, 1, INT64_MAX, &query->before_at) &&
		str_int(text, 1, INT64_MAX, &query->before_id)) ||
	       fail_field(cx, S("after"), "format", "This is no cursor of this list");
}

bool
api_notices(struct cx *cx, struct request *q, struct reply *r)
{
	static const char *const known[] = { "after", "limit", "unread", NULL };
	struct notice_query query = { 0 };
	struct notices notices;
	struct notice_names names;
	int64_t unread, only;
	bool more;

	if (!api_query_only(cx, q, known) || !cursor_read(cx, q, &query) ||
	    !request_query_int(cx, q, "limit",
			       (struct request_range){ 1, NOTICES_MAX, LIMIT_OF_LIST },
			       &query.limit) ||
	    !request_query_int(cx, q, "unread", (struct request_range){ 0, 1, 0 }, &only))
		return false;
	query.unread = only;
	if (!notices_read(cx, &query, &notices, &more) || !notices_name(cx, &notices, &names) ||
	    !notices_unread(cx, &unread))
		return false;
	r->type = TYPE_JSON;
	BUF_LIT(&r->body, "{\"items\":[");
	for (size_t i = 0; i < notices.n; i++) {
		if (i)
			buf_char(&r->body, ',');
		write_notice(cx, &notices.v[i], &names, i, &r->body);
	}
	BUF_LIT(&r->body, "],\"next\":");
	if (more)
		buf_printf(&r->body, "\"%lld.%lld\"", (long long)notices.v[notices.n - 1].at,
			   (long long)notices.v[notices.n - 1].id);
	else
		BUF_LIT(&r->body, "null");
	buf_printf(&r->body, ",\"unread\":%lld}", (long long)unread);
	return true;
}

static bool
reply_unread(struct cx *cx, struct reply *r)
{
	int64_t unread;

	if (!notices_unread(cx, &unread))
		return false;
	r->type = TYPE_JSON;
	buf_printf(&r->body, "{\"unread\":%lld}", (long long)unread);
	return true;
}

static bool
run_mark(struct cx *cx, struct request *q, struct reply *r)
{
	OWNED(api_body_free) json_t *json = NULL;
	const json_t *is_read;
	int64_t id;

	if (!request_param_int(cx, q, "id", &id) || !api_body(cx, q, &json))
		return false;
	is_read = json_object_get(json, "read");
	if (!json_is_boolean(is_read) || json_object_size(json) != 1)
		return fail_field(cx, S("read"), "type", "read is true or false");
	return notice_mark(cx, id, json_is_true(is_read)) && reply_unread(cx, r);
}

bool
api_notice_mark(struct cx *cx, struct request *q, struct reply *r)
{
	return api_work(cx, q, r, "", run_mark);
}

static bool
run_mark_all(struct cx *cx, struct request *q, struct reply *r)
{
	OWNED(api_body_free) json_t *json = NULL;
	struct str up_to;
	int64_t id = 0;

	if (!api_body(cx, q, &json))
		return false;
	up_to = json_text(json_object_get(json, "up_to"));
	if ((json_object_size(json) && !up_to.n) || (up_to.n && !str_int(up_to, 1, INT64_MAX, &id)))
		return fail_field(cx, S("up_to"), "type", "up_to is the id of a notification");
	return notices_mark_all(cx, id) && reply_unread(cx, r);
}

bool
api_notices_mark_all(struct cx *cx, struct request *q, struct reply *r)
{
	return api_work(cx, q, r, "", run_mark_all);
}
