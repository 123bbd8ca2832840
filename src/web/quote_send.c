/* A quote goes out: the customer's link, a draft of the e-mail, and that it was sent. */
#include "web/offer.h"

#include "app/proposal.h"
#include "app/quote_act.h"
#include "app/quote_letter.h"
#include "app/quote_link.h"
#include "model/ids.h"

enum { DRAFT_MAX = 8 << 10, WHEN_BYTES = 64 };

/* ---- the draft ---- */

static struct str
text_of(const struct row *row, unsigned field)
{
	return row && row->v[field].kind == V_TEXT ? row->v[field].s : (struct str){ 0 };
}

static struct str
receiver(const struct quote_source *s)
{
	struct str own = text_of(s->contact, PARTY_EMAIL);

	return own.n ? own : text_of(s->party, PARTY_EMAIL);
}

/* In the language of the quote. */
static struct str
draft_body(struct cx *cx, const struct quote_source *s, const struct letter *letter,
	   struct str link)
{
	struct buf out = buf_in(cx->mem, DRAFT_MAX);
	struct str until = text_of(s->quote, QUOTE_VALID_UNTIL),
		   signer = text_of(s->owner, USER_NAME);
	struct buf day = buf_in(cx->mem, WHEN_BYTES);
	int64_t date;

	buf_printf(&out, "%.*s,\n\n", STR_FMT(quote_salutation(cx, s)));
	buf_printf(&out, tr(cx, "you find our quote “%.*s” here:"), STR_FMT(letter->title));
	buf_printf(&out, "\n\n%.*s\n\n", STR_FMT(link));
	buf_z(&out, tr(cx, "There you can read it, open it as a letter, choose, accept or decline. "
			   "The link is meant for you alone."));
	if (date_parse(until, &date, NULL)) {
		fmt_date(&day, cx, date);
		buf_z(&out, "\n\n");
		buf_printf(&out, tr(cx, "The quote is valid until %.*s."), STR_FMT(buf_done(&day)));
	}
	buf_printf(&out, "\n\n%s\n\n%.*s\n%.*s\n", tr(cx, "Yours sincerely"), STR_FMT(signer),
		   STR_FMT(letter->company));
	return buf_done(&out);
}

static struct str
mail_url(struct cx *cx, struct str to, struct str subject, struct str body)
{
	struct buf url = buf_in(cx->mem, URL_MAX);

	BUF_LIT(&url, "mailto:");
	buf_url(&url, to);
	url_add(&url, "subject", subject);
	url_add(&url, "body", body);
	return buf_done(&url);
}

static bool
add_draft(struct cx *cx, struct mv page, struct quote_source *s, struct str link)
{
	struct letter letter = { 0 };
	enum lang lang = cx->lang;
	struct str subject, body;
	bool ok;

	cx->lang = quote_lang(s->quote);
	ok = quote_letter_fill(cx, s, &letter);
	subject = letter.title;
	if (text_of(s->quote, QUOTE_SUBJECT).n)
		subject = str_printf(cx->mem, "%.*s: %.*s", STR_FMT(letter.title),
				     STR_FMT(text_of(s->quote, QUOTE_SUBJECT)));
	body = draft_body(cx, s, &letter, link);
	cx->lang = lang;
	mv_set(page, S("mail_to"), mv_text(receiver(s)));
	mv_set(page, S("mail_subject"), mv_text(subject));
	mv_set(page, S("mail_body"), mv_text(body));
	mv_set(page, S("mail_url"), mv_text(mail_url(cx, receiver(s), subject, body)));
	return ok;
}

/* ---- the page ---- */

static bool
send_page(struct cx *cx, struct request *q, struct reply *r, int64_t id, struct str link)
{
	struct quote_source *s = new(cx->mem, struct quote_source);
	struct str title, state;
	struct mv page;
	bool may_edit;

	if (!page_read(cx) || !quote_source_read(cx, id, s) ||
	    !can_row(cx, OP_EDIT, s->quote, &may_edit) ||
	    !record_titles(cx, s->quote->object, &id, 1, &title))
		return false;
	state = text_of(s->quote, QUOTE_STATE);
	page = page_new(cx, q, r, str_printf(cx->mem, tr(cx, "Send quote %.*s"), STR_FMT(title)));
	mv_set(page, S("quote_url"), mv_text(url_of(cx, S("quote"), id, "")));
	mv_set(page, S("pdf_url"), mv_text(url_of(cx, S("quote"), id, "/pdf")));
	mv_set(page, S("is_draft"), mv_bool(str_eq(state, S("draft"))));
	if (str_eq(state, S("draft")) && !str_eq(text_of(s->quote, QUOTE_APPROVAL), S("free")) &&
	    !str_eq(text_of(s->quote, QUOTE_APPROVAL), S("approved")))
		mv_set(page, S("approval_url"), mv_text(url_of(cx, S("quote"), id, "/approval")));
	if (s->quote->v[QUOTE_LINK_MADE_AT].kind == V_INT) {
		struct buf when = buf_in(cx->mem, WHEN_BYTES);

		fmt_datetime(&when, cx, s->quote->v[QUOTE_LINK_MADE_AT].i);
		mv_set(page, S("since"), mv_text(buf_done(&when)));
	}
	if (may_edit && (str_eq(state, S("draft")) || str_eq(state, S("sent")))) {
		mv_set(page, S("link_url"), mv_text(url_of(cx, S("quote"), id, "/link")));
		mv_set(page, S("unlink_url"), mv_text(url_of(cx, S("quote"), id, "/unlink")));
		mv_set(page, S("sent_url"), mv_text(url_of(cx, S("quote"), id, "/sent")));
	}
	mv_set(page, S("link"), mv_text(link));
	return (!link.n || add_draft(cx, page, s, link)) &&
	       page_write(cx, r, "quote-send.html", page);
}

bool
web_quote_send(struct cx *cx, struct request *q, struct reply *r)
{
	int64_t id;

	return request_param_int(cx, q, "id", &id) && send_page(cx, q, r, id, (struct str){ 0 });
}

/* What stands in the address is in this answer and nowhere else. */
bool
web_quote_link(struct cx *cx, struct request *q, struct reply *r)
{
	struct str token;
	int64_t id;

	if (!request_param_int(cx, q, "id", &id) || !work_begin(cx, (struct str){ 0 }))
		return false;
	if (!quote_link_make(cx, id, &token) || !work_commit(cx, NULL)) {
		work_abandon(cx);
		return false;
	}
	return send_page(
		cx, q, r, id,
		str_printf(cx->mem, "%.*s/q/%.*s", STR_FMT(request_origin(cx, q)), STR_FMT(token)));
}

static void
go_back(struct cx *cx, struct reply *r, int64_t id, const char *tail, int64_t changeset)
{
	struct buf url = buf_in(cx->mem, URL_MAX);

	buf_str(&url, url_of(cx, S("quote"), id, tail));
	url_add(&url, "done", str_printf(cx->mem, "%lld", (long long)changeset));
	reply_redirect(cx, r, buf_done(&url));
}

bool
web_quote_unlink(struct cx *cx, struct request *q, struct reply *r)
{
	int64_t id, changeset;

	if (!request_param_int(cx, q, "id", &id) || !work_begin(cx, (struct str){ 0 }))
		return false;
	if (!quote_link_drop(cx, id) || !work_commit(cx, &changeset)) {
		work_abandon(cx);
		return false;
	}
	go_back(cx, r, id, "/send", changeset);
	return true;
}

bool
web_quote_sent(struct cx *cx, struct request *q, struct reply *r)
{
	int64_t id, changeset;
	struct change *c;

	if (!request_param_int(cx, q, "id", &id) || !work_begin(cx, (struct str){ 0 }))
		return false;
	if (!change_of(cx, CHANGE_EDIT, cx->model->objects[QUOTE], id, &c)) {
		work_abandon(cx);
		return false;
	}
	change_set(c, c->object->fields[QUOTE_STATE], value_text(S("sent")));
	if (!record_save(cx, c) || !work_commit(cx, &changeset)) {
		work_abandon(cx);
		return false;
	}
	go_back(cx, r, id, "", changeset);
	return true;
}

/* ---- the approval of a discount ---- */

bool
web_quote_approval(struct cx *cx, struct request *q, struct reply *r)
{
	const struct object *object = cx->model->objects[QUOTE];
	struct str title, state;
	struct row *quote;
	struct mv page;
	bool may_edit, may_decide;
	int64_t id;

	if (!request_param_int(cx, q, "id", &id) || !page_read(cx) ||
	    !record_load(cx, object, id, &quote) || !record_titles(cx, object, &id, 1, &title) ||
	    !can_row(cx, OP_EDIT, quote, &may_edit) || !quote_may_decide(cx, quote, &may_decide))
		return false;
	state = text_of(quote, QUOTE_APPROVAL);
	page = page_new(cx, q, r,
			str_printf(cx->mem, tr(cx, "Approval of quote %.*s"), STR_FMT(title)));
	mv_set(page, S("quote_url"), mv_text(url_of(cx, S("quote"), id, "")));
	mv_set(page, S("state"),
	       mv_text(value_print(cx, object->fields[QUOTE_APPROVAL], &quote->v[QUOTE_APPROVAL])));
	mv_set(page, S("highest"),
	       mv_text(value_print(cx, object->fields[QUOTE_HIGHEST_DISCOUNT],
				   &quote->v[QUOTE_HIGHEST_DISCOUNT])));
	mv_set(page, S("note"), mv_text(text_of(quote, QUOTE_APPROVAL_NOTE)));
	if (may_edit && str_eq(text_of(quote, QUOTE_STATE), S("draft")) &&
	    !str_eq(state, S("free")) && !str_eq(state, S("approved"))) {
		mv_set(page, S("approval_url"), mv_text(url_of(cx, S("quote"), id, "/approval")));
		mv_set(page, S("may_decide"), mv_bool(may_decide));
	}
	return page_write(cx, r, "quote-approval.html", page);
}

bool
web_quote_decide(struct cx *cx, struct request *q, struct reply *r)
{
	struct form form;
	int64_t id, changeset;

	if (!request_param_int(cx, q, "id", &id) || !request_form(cx, q, &form) ||
	    !work_begin(cx, (struct str){ 0 }))
		return false;
	if (!quote_approval(cx, id, form_value(&form, "do"),
			    str_trim(form_value(&form, "reason"))) ||
	    !work_commit(cx, &changeset)) {
		work_abandon(cx);
		return false;
	}
	go_back(cx, r, id, "", changeset);
	return true;
}

/* ---- what was proposed ---- */

bool
web_quote_take(struct cx *cx, struct request *q, struct reply *r)
{
	struct form form;
	int64_t id, line, product, changeset;

	if (!request_param_int(cx, q, "id", &id) || !request_form(cx, q, &form))
		return false;
	if (!str_int(form_value(&form, "line"), 0, INT64_MAX, &line))
		line = 0;
	if (!str_int(form_value(&form, "product"), 1, INT64_MAX, &product))
		return fail_field(cx, S("product"), "required", "Say which product is meant");
	if (!work_begin(cx, (struct str){ 0 }))
		return false;
	if (!proposal_take(cx, id, line, product) || !work_commit(cx, &changeset)) {
		work_abandon(cx);
		return false;
	}
	go_back(cx, r, id, "", changeset);
	return true;
}
