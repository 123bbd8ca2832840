/* A quote as a letter, in the browser. */
#include "web/web.h"

#include "app/quote_act.h"
#include "app/quote_letter.h"

bool
web_quote_pdf(struct cx *cx, struct request *q, struct reply *r)
{
	struct str pdf, name;
	int64_t id;

	if (!request_param_int(cx, q, "id", &id) || !quote_pdf(cx, id, &pdf, &name))
		return false;
	r->type = TYPE_PDF;
	reply_header(cx, r, "content-disposition",
		     str_printf(cx->mem, "inline; filename=\"%.*s\"", STR_FMT(name)));
	buf_str(&r->body, pdf);
	return true;
}

bool
web_quote_revise(struct cx *cx, struct request *q, struct reply *r)
{
	struct buf url = buf_in(cx->mem, URL_MAX);
	int64_t id, changeset;

	if (!request_param_int(cx, q, "id", &id) || !work_begin(cx, (struct str){ 0 }))
		return false;
	if (!quote_revise(cx, id, &id) || !work_commit(cx, &changeset)) {
		work_abandon(cx);
		return false;
	}
	buf_str(&url, url_of(cx, S("quote"), id, ""));
	url_add(&url, "done", str_printf(cx->mem, "%lld", (long long)changeset));
	reply_redirect(cx, r, buf_done(&url));
	return true;
}
