#include "app/quote_letter.h"

#include "api/api.h"

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
