/* A quote as a letter, in the browser. */
#include "web/web.h"

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
