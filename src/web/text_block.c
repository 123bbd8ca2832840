/* A text block is written with a look at what becomes of it: in a quote of the house. */
#include "web/offer.h"

#include "app/quote_letter.h"
#include "base/markdown.h"
#include "db/db.h"
#include "model/ids.h"

enum { QUOTES_OFFERED = 20, HTML_MAX = 128 << 10, TEXT_LETTERS_MAX = 4000 };

struct preview {
	struct row *block;
	struct str texts[LANG__MAX]; /* as typed */
	struct rows quotes;
	int64_t quote; /* 0: there is none */
	struct quote_source *source;
	struct str why;
};

static const unsigned
	TEXTS[LANG__MAX] = { [LANG_EN] = TEXT_BLOCK_TEXT_EN, [LANG_DE] = TEXT_BLOCK_TEXT_DE };
static const char *const NAMES[LANG__MAX] = { [LANG_EN] = "text_en", [LANG_DE] = "text_de" };

/* ---- reading ---- */

static bool
newest_quotes(struct cx *cx, struct rows *out)
{
	const struct object *object = cx->model->objects[QUOTE];
	struct sort_key newest = { object->fields[SF_ID], true };
	const struct field *fields[] = { object->fields[QUOTE_NUMBER],
					 object->fields[QUOTE_SUBJECT] };
	struct query query = { .object = object,
			       .fields = fields,
			       .n_fields = countof(fields),
			       .sort = &newest,
			       .n_sort = 1,
			       .limit = QUOTES_OFFERED };

	return record_query(cx, &query, out);
}

static bool
preview_open(struct cx *cx, const struct request *q, const struct form *form, struct preview *p)
{
	int64_t id;

	if (!request_param_int(cx, q, "id", &id) || !page_read(cx) ||
	    !record_load(cx, cx->model->objects[TEXT_BLOCK], id, &p->block) ||
	    !newest_quotes(cx, &p->quotes))
		return false;
	for (size_t i = 0; i < LANG__MAX; i++)
		p->texts[i] = form ? str_trim(form_value(form, NAMES[i])) : p->block->v[TEXTS[i]].s;
	if (form && form_has(form, "quote")) {
		if (!str_int(form_value(form, "quote"), 1, INT64_MAX, &p->quote))
			p->quote = 0;
	}
	if (!p->quote && p->quotes.n)
		p->quote = p->quotes.v[0].id;
	p->source = new(cx->mem, struct quote_source);
	return !p->quote || quote_source_read(cx, p->quote, p->source);
}

/* What is wrong with what was typed stands on the page, and is no failure. */
static bool
check(struct cx *cx, struct preview *p)
{
	for (size_t i = 0; i < LANG__MAX; i++) {
		if (p->texts[i].n <= TEXT_LETTERS_MAX &&
		    quote_words_check(cx, str_of(NAMES[i]), p->texts[i]))
			continue;
		if (cx->err.code != E_INPUT && cx->err.code != E_OK)
			return false;
		p->why = cx->err.fields
				 ? str_dup(cx->mem, cx->err.fields->why)
				 : str_of(tr(cx, "This text is too long; please shorten it."));
		fail_clear(cx);
	}
	return true;
}

/* ---- the page ---- */

static struct str
no_link(void *state, struct str url)
{
	(void)state;
	(void)url;
	return (struct str){ 0 };
}

static bool
shown_in(struct cx *cx, const struct preview *p, enum lang in, struct str *out)
{
	struct markdown_links links = { no_link, NULL };
	struct buf html = buf_in(cx->mem, HTML_MAX);
	enum lang lang = cx->lang;
	struct str text;
	bool ok;

	cx->lang = in;
	ok = quote_words_fill(cx, p->source, p->texts[in], &text) &&
	     markdown_html(cx, text, &links, &html);
	cx->lang = lang;
	*out = buf_done(&html);
	return ok;
}

static bool
add_texts(struct cx *cx, const struct preview *p, struct mv page)
{
	static const char *const labels[LANG__MAX] = {
		[LANG_EN] = N_("English"), [LANG_DE] = N_("German")
	};
	struct mv list = mv_list(cx->mem);

	for (size_t i = LANG__MAX; i-- > 0;) {
		struct mv item = mv_map(cx->mem);
		struct str html = { 0 };

		if (p->quote && !p->why.n && !shown_in(cx, p, (enum lang)i, &html))
			return false;
		mv_set(item, S("name"), mv_z(NAMES[i]));
		mv_set(item, S("code"), mv_text(lang_code((enum lang)i)));
		mv_set(item, S("label"), mv_z(tr(cx, labels[i])));
		mv_set(item, S("text"), mv_text(p->texts[i]));
		mv_set(item, S("shown_html"), mv_text(html));
		mv_add(list, item);
	}
	mv_set(page, S("texts"), list);
	return true;
}

static void
add_choices(struct cx *cx, const struct preview *p, struct mv page)
{
	struct mv quotes = mv_list(cx->mem), names = mv_list(cx->mem);
	struct str name, label;

	for (size_t i = 0; i < p->quotes.n; i++) {
		struct mv item = mv_map(cx->mem);
		const struct row *row = &p->quotes.v[i];
		const struct field *number = row->object->fields[QUOTE_NUMBER];

		mv_set(item, S("id"), mv_int(row->id));
		mv_set(item, S("label"),
		       mv_text(str_printf(cx->mem, "%.*s %.*s",
					  STR_FMT(value_print(cx, number, &row->v[QUOTE_NUMBER])),
					  STR_FMT(row->v[QUOTE_SUBJECT].s))));
		mv_set(item, S("is_on"), mv_bool(row->id == p->quote));
		mv_add(quotes, item);
	}
	for (size_t i = 0; quote_placeholder(cx, i, &name, &label); i++) {
		struct mv item = mv_map(cx->mem);

		mv_set(item, S("name"), mv_text(name));
		mv_set(item, S("label"), mv_text(label));
		mv_add(names, item);
	}
	mv_set(page, S("quotes"), quotes);
	mv_set(page, S("placeholders"), names);
}

static bool
preview_show(struct cx *cx, struct request *q, struct reply *r, const struct preview *p)
{
	int64_t id = p->block->id;
	struct mv page;
	bool may_edit;

	if (!can_row(cx, OP_EDIT, p->block, &may_edit))
		return false;
	page = page_new(cx, q, r,
			p->block->v[TEXT_BLOCK_NAME].s.n ? p->block->v[TEXT_BLOCK_NAME].s
							 : str_of(tr(cx, "Text block")));
	mv_set(page, S("preview_url"), mv_text(url_of(cx, S("text_block"), id, "/preview")));
	mv_set(page, S("block_url"), mv_text(url_of(cx, S("text_block"), id, "")));
	mv_set(page, S("may_edit"), mv_bool(may_edit));
	mv_set(page, S("why"), mv_text(p->why));
	add_choices(cx, p, page);
	return add_texts(cx, p, page) && page_write(cx, r, "text-block.html", page);
}

bool
web_block_preview(struct cx *cx, struct request *q, struct reply *r)
{
	struct preview p = { 0 };

	return preview_open(cx, q, NULL, &p) && check(cx, &p) && preview_show(cx, q, r, &p);
}

/* ---- the letter, and saving ---- */

static bool
reply_letter(struct cx *cx, struct reply *r, const struct preview *p)
{
	bool is_closing = str_eq(p->block->v[TEXT_BLOCK_PLACE].s, S("closing"));
	struct quote_source *s = p->source;
	struct str pdf, name;

	s->quote->v[is_closing ? QUOTE_CLOSING : QUOTE_INTRO] =
		value_text(p->texts[quote_lang(s->quote)]);
	if (!quote_letter_pdf(cx, s, &pdf, &name))
		return false;
	r->type = TYPE_PDF;
	reply_header(cx, r, "content-disposition",
		     str_printf(cx->mem, "inline; filename=\"%.*s\"", STR_FMT(name)));
	buf_str(&r->body, pdf);
	return true;
}

static bool
save(struct cx *cx, struct reply *r, const struct preview *p)
{
	struct buf url = buf_in(cx->mem, URL_MAX);
	int64_t changeset, id = p->block->id;
	struct change *c;

	db_rollback(cx);
	if (!work_begin(cx, (struct str){ 0 }))
		return false;
	if (!change_of(cx, CHANGE_EDIT, cx->model->objects[TEXT_BLOCK], id, &c)) {
		work_abandon(cx);
		return false;
	}
	for (size_t i = 0; i < LANG__MAX; i++)
		change_set(c, c->object->fields[TEXTS[i]],
			   p->texts[i].n ? value_text(p->texts[i]) : (struct value){ 0 });
	if (!record_save(cx, c) || !work_commit(cx, &changeset)) {
		work_abandon(cx);
		return false;
	}
	buf_str(&url, url_of(cx, S("text_block"), id, "/preview"));
	url_add(&url, "done", str_printf(cx->mem, "%lld", (long long)changeset));
	reply_redirect(cx, r, buf_done(&url));
	return true;
}

bool
web_block_try(struct cx *cx, struct request *q, struct reply *r)
{
	struct preview p = { 0 };
	struct form form;
	struct str what;

	if (!request_form(cx, q, &form) || !preview_open(cx, q, &form, &p) || !check(cx, &p))
		return false;
	what = form_value(&form, "do");
	if (p.why.n)
		r->status = 422;
	else if (str_eq(what, S("letter")) && p.quote)
		return reply_letter(cx, r, &p);
	else if (str_eq(what, S("save")))
		return save(cx, r, &p);
	return preview_show(cx, q, r, &p);
}
