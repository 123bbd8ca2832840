#include "http/internal.h"

#include "base/i18n.h"

/* What went wrong inside is for the log, not for the caller. */
static bool
is_inner(enum err_code code)
{
	return code == E_BUG || code == E_DB || code == E_IO;
}

static void
field_write(const struct field_err *field, struct buf *out)
{
	buf_z(out, "{\"field\":");
	buf_json(out, field->field);
	buf_z(out, ",\"code\":");
	buf_json(out, str_of(field->code));
	buf_z(out, ",\"detail\":");
	buf_json(out, field->why);
	buf_char(out, '}');
}

static void
problem_members(struct cx *cx, struct str instance, struct buf *out)
{
	const struct err_row *row = err_row(cx->err.code);

	buf_z(out, "{\"type\":\"/problems/");
	buf_z(out, row->key);
	buf_z(out, "\",\"title\":");
	buf_json(out, str_of(tr(cx, row->text)));
	buf_z(out, ",\"status\":");
	buf_int(out, row->status);
	if (cx->err.why.n && !is_inner(cx->err.code)) {
		buf_z(out, ",\"detail\":");
		buf_json(out, cx->err.why);
	}
	if (instance.n) {
		buf_z(out, ",\"instance\":");
		buf_json(out, instance);
	}
	if (!cx->err.fields)
		return;
	buf_z(out, ",\"errors\":[");
	for (const struct field_err *field = cx->err.fields; field; field = field->next) {
		if (field != cx->err.fields)
			buf_char(out, ',');
		field_write(field, out);
	}
	buf_char(out, ']');
}

void
problem_write(struct cx *cx, struct str instance, struct buf *out)
{
	problem_members(cx, instance, out);
	buf_char(out, '}');
}

void
reply_problem(struct cx *cx, struct request *q, struct reply *r)
{
	const struct http_options *options = q->http ? &q->http->options : NULL;

	reply_reset(r);
	r->status = err_row(cx->err.code)->status;
	if (cx->err.retry_after_s > 0) {
		struct buf seconds = buf_in(cx->mem, 24);

		buf_int(&seconds, cx->err.retry_after_s);
		reply_header(cx, r, "Retry-After", buf_done(&seconds));
	}
	if (cx->err.code == E_AUTH && q->is_api)
		reply_header(cx, r, "WWW-Authenticate", S("Bearer realm=\"kontor\""));
	if (q->wants_html && options && options->problem_page) {
		options->problem_page(cx, q, r);
		return;
	}
	r->type = TYPE_PROBLEM;
	problem_members(cx, cx->request_id, &r->body);
	if (options && options->problem_more)
		options->problem_more(cx, q, &r->body);
	buf_char(&r->body, '}');
}
