/* An order goes to merchandise management. */
#include "app/handover.h"
#include "web/offer.h"

bool
web_order_file(struct cx *cx, struct request *q, struct reply *r)
{
	struct str name;
	int64_t id;

	if (!request_param_int(cx, q, "id", &id) || !page_read(cx) ||
	    !handover_csv(cx, id, &r->body, &name))
		return false;
	r->type = TYPE_CSV;
	reply_attachment(cx, r, name);
	return true;
}

bool
web_order_again(struct cx *cx, struct request *q, struct reply *r)
{
	const struct handover again = { .state = S_INIT("waiting") };
	struct buf url = buf_in(cx->mem, URL_MAX);
	int64_t id, changeset;

	if (!request_param_int(cx, q, "id", &id) || !work_begin(cx, (struct str){ 0 }))
		return false;
	if (!handover_set(cx, id, &again) || !work_commit(cx, &changeset)) {
		work_abandon(cx);
		return false;
	}
	buf_str(&url, url_of(cx, S("order"), id, ""));
	url_add(&url, "done", str_printf(cx->mem, "%lld", (long long)changeset));
	reply_redirect(cx, r, buf_done(&url));
	return true;
}
