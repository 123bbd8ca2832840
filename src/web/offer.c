/* A quote as its customer sees it, over his private link: without signing in, and with nothing
 * around it. */
#include "web/offer.h"

#include "app/quote_letter.h"
#include "app/quote_link.h"
#include "base/crypt.h"
#include "base/markdown.h"
#include "base/template.h"
#include "db/db.h"
#include "model/ids.h"
#include "web/lines.h"

enum { TEXT_MAX = 64 << 10, NAME_MAX_BYTES = 200, NOTE_MAX_BYTES = 2000, HASH_LETTERS = 64 };

struct offer {
	struct str token;
	struct quote_source *source;
	struct letter letter;
	struct str hash;         /* of the letter's PDF, in hex */
	enum line_kind *offered; /* what each line is, as it was offered */
	int64_t *ids;
	size_t n_ids;
};

/* What was typed, and what is wrong with it. */
struct said {
	struct str accept_name, accept_note, decline_name, decline_note, why;
	bool agreed;
};

/* ---- headers, and the page for all that is not there ---- */

static void
keep_apart(struct cx *cx, struct reply *r)
{
	reply_header(cx, r, "referrer-policy", S("no-referrer"));
	reply_header(cx, r, "x-robots-tag", S("noindex, nofollow, noarchive"));
}

static struct mv
bare_page(struct cx *cx, struct str title)
{
	struct mv page = mv_map(cx->mem);

	mv_set(page, S("lang"), mv_text(lang_code(cx->lang)));
	mv_set(page, S("title"), mv_text(title));
	return page;
}

static bool
gone(struct cx *cx, struct reply *r)
{
	fail_clear(cx);
	keep_apart(cx, r);
	r->status = 404;
	return page_write(cx, r, "offer-gone.html",
			  bare_page(cx, str_of(tr(cx, "This link is not valid, or no longer"))));
}

/* ---- reading ---- */

/* From here on the system reads, in the language of the quote and the time of its seller. */
static bool
offer_open(struct cx *cx, const struct request *q, struct offer *offer)
{
	const struct row *quote;
	struct quote_source *source = new(cx->mem, struct quote_source);
	struct str pdf, name;
	struct hash hash;

	offer->token = request_param(q, "token");
	cx->actor = actor_system(cx);
	if (!page_read(cx) || !quote_link_find(cx, offer->token, &quote) ||
	    !quote_source_read(cx, quote->id, source))
		return false;
	cx->lang = quote_lang(quote);
	if (source->owner && source->owner->v[USER_TIME_ZONE].kind == V_TEXT)
		cx->zone = source->owner->v[USER_TIME_ZONE].s;
	if (!quote_pdf(cx, quote->id, &pdf, &name))
		return false;
	hash = crypt_sha256(pdf);
	offer->hash = crypt_hex(cx->mem, hash_str(&hash));
	offer->source = source;
	offer->offered = new_array(cx->mem, source->lines.n + 1, enum line_kind);
	for (size_t i = 0; i < source->lines.n; i++)
		offer->offered[i] = line_kind_of(source->lines.v[i].v[QUOTE_LINE_KIND].s);
	return true;
}

/* As the customer chose. */
static bool
offer_choose(struct cx *cx, struct offer *offer)
{
	struct quote_source *s = offer->source;

	lines_choose(&s->lines, offer->ids, offer->n_ids);
	return lines_sums(cx, s->kind, s->quote, &s->lines, &s->sums, s->currency) &&
	       quote_letter_fill(cx, s, &offer->letter);
}

/* "line" of options, "pick…" of alternatives. */
static void
read_choice(struct cx *cx, const struct form *form, struct offer *offer)
{
	offer->ids = new_array(cx->mem, form->n + 1, int64_t);
	for (size_t i = 0; i < form->n; i++) {
		const struct form_field *f = &form->v[i];

		if ((str_eq(f->name, S("line")) || str_starts(f->name, S("pick"))) &&
		    str_int(f->value, 1, INT64_MAX, &offer->ids[offer->n_ids]))
			offer->n_ids++;
	}
}

/* ---- showing ---- */

static void
add_pairs(struct cx *cx, struct mv page, struct str name, const struct letter_pairs *pairs)
{
	struct mv list = mv_list(cx->mem);

	for (size_t i = 0; i < pairs->n; i++) {
		struct mv item = mv_map(cx->mem);

		mv_set(item, S("label"), mv_text(pairs->v[i].label));
		mv_set(item, S("text"), mv_text(pairs->v[i].text));
		mv_set(item, S("is_strong"), mv_bool(pairs->v[i].is_strong));
		mv_add(list, item);
	}
	mv_set(page, name, list);
}

/* Alternatives that follow each other share one name. */
static void
add_control(struct cx *cx, const struct offer *offer, size_t i, struct mv item)
{
	size_t first = i;

	if (offer->offered[i] == LINE_OPTION) {
		mv_set(item, S("is_option"), mv_bool(true));
		mv_set(item, S("control"), mv_z("line"));
	} else if (offer->offered[i] == LINE_ALTERNATIVE) {
		while (first && offer->offered[first - 1] == LINE_ALTERNATIVE)
			first--;
		mv_set(item, S("is_alternative"), mv_bool(true));
		mv_set(item, S("control"),
		       mv_text(str_printf(cx->mem, "pick%lld",
					  (long long)offer->source->lines.v[first].id)));
	}
	mv_set(item, S("is_on"), mv_bool(offer->source->sums.counted[i]));
	mv_set(item, S("id"), mv_int(offer->source->lines.v[i].id));
}

static void
add_lines(struct cx *cx, const struct offer *offer, struct mv page)
{
	struct mv list = mv_list(cx->mem);
	bool has_choice = false;

	for (size_t i = 0; i < offer->letter.n_lines; i++) {
		const struct letter_line *line = &offer->letter.lines[i];
		struct mv item = mv_map(cx->mem);

		mv_set(item, S("number"), mv_text(line->number));
		mv_set(item, S("text"), mv_text(line->text));
		mv_set(item, S("details"), mv_text(line->details));
		mv_set(item, S("quantity"), mv_text(line->quantity));
		mv_set(item, S("unit"), mv_text(line->unit));
		mv_set(item, S("price"), mv_text(line->price));
		mv_set(item, S("amount"), mv_text(line->amount));
		mv_set(item, S("kind"), mv_z(LINE_KINDS[offer->offered[i]]));
		add_control(cx, offer, i, item);
		has_choice = has_choice || offer->offered[i] == LINE_OPTION ||
			     offer->offered[i] == LINE_ALTERNATIVE;
		mv_add(list, item);
	}
	mv_set(page, S("lines"), list);
	mv_set(page, S("has_choice"), mv_bool(has_choice));
}

static struct str
no_link(void *state, struct str url)
{
	(void)state;
	(void)url;
	return (struct str){ 0 };
}

static bool
add_prose(struct cx *cx, const struct offer *offer, struct mv page, struct str name,
	  struct str text)
{
	struct markdown_links links = { no_link, NULL };
	struct buf html = buf_in(cx->mem, TEXT_MAX);

	if (!text.n)
		return true;
	if (!quote_words_fill(cx, offer->source, text, &text) ||
	    !markdown_html(cx, text, &links, &html))
		return false;
	mv_set(page, name, mv_text(buf_done(&html)));
	return true;
}

static struct str
offer_url(struct cx *cx, const struct offer *offer, const char *tail)
{
	return str_printf(cx->mem, "/q/%.*s%s", STR_FMT(offer->token), tail);
}

static struct mv
offer_page(struct cx *cx, const struct offer *offer)
{
	const struct letter *letter = &offer->letter;
	struct mv page = bare_page(cx, letter->title);
	const struct value *subject = &offer->source->quote->v[QUOTE_SUBJECT];

	mv_set(page, S("company"), mv_text(letter->company));
	mv_set(page, S("subject"), mv_text(subject->s));
	add_pairs(cx, page, S("information"), &letter->information);
	add_pairs(cx, page, S("totals"), &letter->totals);
	add_lines(cx, offer, page);
	return page;
}

static bool
offer_show(struct cx *cx, struct request *q, struct reply *r, const struct offer *offer,
	   const struct said *said)
{
	struct mv page = offer_page(cx, offer);
	const struct row *quote = offer->source->quote;

	mv_set(page, S("csrf"), mv_text(request_csrf(cx, q, r)));
	mv_set(page, S("answer_url"), mv_text(offer_url(cx, offer, "")));
	mv_set(page, S("pdf_url"), mv_text(offer_url(cx, offer, "/letter.pdf")));
	mv_set(page, S("hash"), mv_text(offer->hash));
	mv_set(page, S("gross"), mv_int(offer->source->sums.gross));
	mv_set(page, S("why"), mv_text(said->why));
	mv_set(page, S("accept_name"), mv_text(said->accept_name));
	mv_set(page, S("accept_note"), mv_text(said->accept_note));
	mv_set(page, S("agreed"), mv_bool(said->agreed));
	mv_set(page, S("decline_name"), mv_text(said->decline_name));
	mv_set(page, S("decline_note"), mv_text(said->decline_note));
	mv_set(page, S("declines"), mv_bool(said->decline_name.n || said->decline_note.n));
	keep_apart(cx, r);
	return add_prose(cx, offer, page, S("intro_html"), quote->v[QUOTE_INTRO].s) &&
	       add_prose(cx, offer, page, S("closing_html"), quote->v[QUOTE_CLOSING].s) &&
	       page_write(cx, r, "offer.html", page);
}

bool
web_offer(struct cx *cx, struct request *q, struct reply *r)
{
	struct offer offer = { 0 };

	if (!offer_open(cx, q, &offer) || !offer_choose(cx, &offer))
		return cx->err.code == E_MISSING ? gone(cx, r) : false;
	return offer_show(cx, q, r, &offer, &(struct said){ 0 });
}

bool
web_offer_pdf(struct cx *cx, struct request *q, struct reply *r)
{
	const struct row *quote;
	struct str pdf, name;

	cx->actor = actor_system(cx);
	if (!page_read(cx) || !quote_link_find(cx, request_param(q, "token"), &quote) ||
	    !quote_pdf(cx, quote->id, &pdf, &name))
		return cx->err.code == E_MISSING ? gone(cx, r) : false;
	keep_apart(cx, r);
	r->type = TYPE_PDF;
	reply_header(cx, r, "content-disposition",
		     str_printf(cx->mem, "inline; filename=\"%.*s\"", STR_FMT(name)));
	buf_str(&r->body, pdf);
	return true;
}

/* ---- answering ---- */

static struct said
said_of(struct cx *cx, const struct form *form, bool accepts)
{
	struct str name = str_dup(cx->mem, str_trim(form_value(form, "name")));
	struct str note = str_dup(cx->mem, str_trim(form_value(form, "note")));

	if (!accepts)
		return (struct said){ .decline_name = name, .decline_note = note };
	return (struct said){ .accept_name = name,
			      .accept_note = note,
			      .agreed = form_has(form, "agreed") };
}

/* What stands against writing it down; NULL: nothing. */
static const char *
objection(struct cx *cx, const struct request *q, const struct offer *offer,
	  const struct form *form, bool accepts)
{
	struct str name = str_trim(form_value(form, "name")),
		   note = str_trim(form_value(form, "note"));
	int64_t gross;

	if (q->session)
		return tr(cx, "You are signed in to Kontor. Only the customer answers here; enter "
			      "his answer at the quote itself.");
	if (!name.n || name.n > NAME_MAX_BYTES)
		return tr(cx, "Please write your name.");
	if (note.n > NOTE_MAX_BYTES)
		return tr(cx, "Your note is too long; please shorten it.");
	if (!accepts)
		return note.n ? NULL : tr(cx, "Please write why you decline; a word is enough.");
	if (!form_has(form, "agreed"))
		return tr(cx, "Please tick the box: only so do you accept the quote.");
	if (!str_eq(form_value(form, "letter"), offer->hash) ||
	    !str_int(form_value(form, "gross"), INT64_MIN, INT64_MAX, &gross) ||
	    gross != offer->source->sums.gross)
		return tr(cx, "The amounts have changed with what you chose. Please look at them, "
			      "then accept once more.");
	return NULL;
}

static bool
write_answer(struct cx *cx, const struct request *q, const struct offer *offer,
	     const struct said *said, bool accepts)
{
	const struct quote_answer answer = {
		.accepts = accepts,
		.name = accepts ? said->accept_name : said->decline_name,
		.note = accepts ? said->accept_note : said->decline_note,
		.address = q->address,
		.letter_hash = offer->hash,
		.ids = offer->ids,
		.n_ids = offer->n_ids,
	};
	struct change *quote;

	cx->door = S("link");
	if (!work_begin(cx, S("the customer's answer over his private link")))
		return false;
	if (quote_link_take(cx, offer->token, &quote) && quote_answer_save(cx, quote, &answer) &&
	    work_commit(cx, NULL))
		return true;
	work_abandon(cx);
	return false;
}

static bool
answered(struct cx *cx, struct reply *r, const struct offer *offer, const struct said *said,
	 bool accepts)
{
	struct mv page = offer_page(cx, offer);
	struct buf when = buf_in(cx->mem, NAME_MAX_BYTES);

	fmt_datetime(&when, cx, cx->now);
	mv_set(page, S("accepted"), mv_bool(accepts));
	mv_set(page, S("name"), mv_text(accepts ? said->accept_name : said->decline_name));
	mv_set(page, S("when"), mv_text(buf_done(&when)));
	mv_set(page, S("hash"), mv_text(offer->hash));
	keep_apart(cx, r);
	return page_write(cx, r, "offer-done.html", page);
}

bool
web_offer_answer(struct cx *cx, struct request *q, struct reply *r)
{
	struct offer offer = { 0 };
	struct form form;
	struct said said;
	struct str what;
	const char *why = NULL;
	bool accepts;

	if (!request_form(cx, q, &form))
		return false;
	what = form_value(&form, "do");
	accepts = !str_eq(what, S("decline"));
	said = said_of(cx, &form, accepts);
	read_choice(cx, &form, &offer);
	if (!offer_open(cx, q, &offer) || !offer_choose(cx, &offer))
		return cx->err.code == E_MISSING ? gone(cx, r) : false;
	if (!str_eq(what, S("choose"))) {
		why = objection(cx, q, &offer, &form, accepts);
		if (!why) {
			db_rollback(cx);
			if (!write_answer(cx, q, &offer, &said, accepts))
				return cx->err.code == E_MISSING ? gone(cx, r) : false;
			return answered(cx, r, &offer, &said, accepts);
		}
		said.why = str_of(why);
		r->status = 422;
	}
	return offer_show(cx, q, r, &offer, &said);
}
