/* A form that anybody may fill in, and what comes of it.  Nobody is signed in here: the system
 * writes, through the door "form", and shows nothing but the form. */
#include "web/inquiry_form.h"

#include "app/inquiry.h"
#include "base/markdown.h"
#include "base/template.h"
#include "db/db.h"
#include "model/ids.h"

enum { PATH_MAX_BYTES = 100, TEXT_MAX = 16 << 10 };

/* What is asked, and what is stored of it.  `asked` is the word in inquiry_form.asks; empty:
 * always. */
static const struct {
	const char *name, *asked;
	unsigned field, most;
} FIELDS[] = {
	{ "name", "", INQUIRY_NAME, 200 },
	{ "company", "company", INQUIRY_COMPANY, 200 },
	{ "email", "", INQUIRY_EMAIL, 254 },
	{ "phone", "", INQUIRY_PHONE, 60 },
	{ "street", "address", INQUIRY_STREET, 200 },
	{ "postcode", "address", INQUIRY_POSTCODE, 20 },
	{ "city", "address", INQUIRY_CITY, 100 },
	{ "message", "", INQUIRY_BODY, 8000 },
};
/* A field that nobody sees: what fills it in is a program. */
#define TRAP "website"

/* ---- the form ---- */

static bool
no_form(struct cx *cx)
{
	return fail(cx, E_MISSING, NULL);
}

/* From here on the system reads, in the language of the form. */
static bool
form_open(struct cx *cx, const struct request *q, const struct row **out)
{
	const struct object *object = cx->model->objects[INQUIRY_FORM];
	struct query query = { .object = object, .limit = 1 };
	struct str key = request_param(q, "key");
	struct buf text = buf_in(cx->mem, 3 * PATH_MAX_BYTES);
	struct rows rows;

	cx->actor = actor_system(cx);
	buf_z(&text, "active = true and path = ");
	buf_quoted(&text,
		   str_printf(cx->mem, "/form/%.*s", STR_FMT(str_first(key, PATH_MAX_BYTES))));
	if (!page_read(cx) ||
	    !cond_parse(cx, cx->mem, cx->model, object, buf_done(&text), NULL, &query.where) ||
	    !record_query(cx, &query, &rows))
		return false;
	if (!rows.n)
		return no_form(cx);
	*out = &rows.v[0];
	cx->lang = str_eq((*out)->v[INQUIRY_FORM_LANGUAGE].s, S("en")) ? LANG_EN : LANG_DE;
	return true;
}

static bool
is_asked(const struct row *form, const char *asked)
{
	const struct value *asks = &form->v[INQUIRY_FORM_ASKS];

	return !asked[0] || (asks->kind == V_TEXT && tags_have(asks->s, str_of(asked)));
}

/* ---- showing ---- */

static struct mv
form_page(struct cx *cx, const struct row *form)
{
	struct mv page = mv_map(cx->mem);
	const struct value *heading = &form->v[INQUIRY_FORM_HEADING];

	mv_set(page, S("lang"), mv_text(lang_code(cx->lang)));
	mv_set(page, S("title"),
	       mv_text(heading->kind == V_TEXT ? heading->s : str_of(tr(cx, "Your inquiry"))));
	return page;
}

static struct str
web_links_only(void *state, struct str url)
{
	(void)state;
	return str_starts(url, S("https://")) ? url : (struct str){ 0 };
}

static bool
add_prose(struct cx *cx, struct mv page, const char *name, const struct value *text)
{
	struct markdown_links links = { web_links_only, NULL };
	struct buf html = buf_in(cx->mem, TEXT_MAX);

	if (text->kind != V_TEXT)
		return true;
	if (!markdown_html(cx, text->s, &links, &html))
		return false;
	mv_set(page, str_of(name), mv_text(buf_done(&html)));
	return true;
}

static bool
show(struct cx *cx, struct request *q, struct reply *r, const struct row *form,
     const struct form *sent, const char *why)
{
	struct mv page = form_page(cx, form);
	const struct value *privacy = &form->v[INQUIRY_FORM_PRIVACY_URL];

	for (size_t i = 0; i < countof(FIELDS); i++) {
		struct mv field = mv_map(cx->mem);

		mv_set(field, S("value"),
		       mv_text(sent ? form_value(sent, FIELDS[i].name) : (struct str){ 0 }));
		if (is_asked(form, FIELDS[i].asked))
			mv_set(page, str_of(FIELDS[i].name), field);
	}
	mv_set(page, S("csrf"), mv_text(request_csrf(cx, q, r)));
	mv_set(page, S("action_url"), mv_text(form->v[INQUIRY_FORM_PATH].s));
	mv_set(page, S("why"), mv_z(why ? why : ""));
	if (privacy->kind == V_TEXT)
		mv_set(page, S("privacy_url"), mv_text(privacy->s));
	return add_prose(cx, page, "intro_html", &form->v[INQUIRY_FORM_INTRO]) &&
	       page_write(cx, r, "inquiry-form.html", page);
}

bool
web_inquiry_form(struct cx *cx, struct request *q, struct reply *r)
{
	const struct row *form;

	return form_open(cx, q, &form) && show(cx, q, r, form, NULL, NULL);
}

/* ---- sending ---- */

static const char *
objection(struct cx *cx, const struct form *sent)
{
	for (size_t i = 0; i < countof(FIELDS); i++)
		if (form_value(sent, FIELDS[i].name).n > FIELDS[i].most)
			return tr(cx, "One of your answers is too long; please shorten it.");
	if (!str_trim(form_value(sent, "email")).n && !str_trim(form_value(sent, "phone")).n)
		return tr(cx, "Please give an e-mail address or a telephone number, so that we "
			      "can answer you.");
	if (!str_trim(form_value(sent, "message")).n)
		return tr(cx, "Please write what we can do for you.");
	return NULL;
}

static bool
fill(struct cx *cx, struct change *c, const struct row *form, const struct form *sent)
{
	const struct reading how = { .decimal = cx->lang == LANG_DE ? ',' : '.' };
	bool ok = true;

	for (size_t i = 0; i < countof(FIELDS); i++) {
		const struct field *f = c->object->fields[FIELDS[i].field];
		struct str text = str_trim(form_value(sent, FIELDS[i].name));
		struct value v = { 0 };

		if (!text.n || !is_asked(form, FIELDS[i].asked))
			continue;
		if (f->row->parse(cx, f, text, &how, &v))
			change_set(c, f, v);
		else
			ok = false;
	}
	return ok;
}

static bool
store(struct cx *cx, const struct row *form, const struct form *sent)
{
	const struct object *object = cx->model->objects[INQUIRY];
	struct change *c = change_new(cx, object, NULL);
	bool is_program = form_value(sent, TRAP).n > 0;

	if (!fill(cx, c, form, sent))
		return false;
	change_put(c, object->fields[INQUIRY_CHANNEL], value_text(S("form")));
	change_put(c, object->fields[INQUIRY_BY_FORM], value_int(form->id));
	if (form->v[INQUIRY_FORM_PRODUCT].kind == V_INT)
		change_put(c, object->fields[INQUIRY_PRODUCT], form->v[INQUIRY_FORM_PRODUCT]);
	if (is_program)
		change_put(c, object->fields[INQUIRY_STATE], value_text(S("spam")));
	return record_save(cx, c);
}

static bool
thank(struct cx *cx, struct reply *r, const struct row *form)
{
	struct mv page = form_page(cx, form);

	mv_set(page, S("is_sent"), mv_bool(true));
	return add_prose(cx, page, "thanks_html", &form->v[INQUIRY_FORM_THANKS]) &&
	       page_write(cx, r, "inquiry-form.html", page);
}

bool
web_inquiry_send(struct cx *cx, struct request *q, struct reply *r)
{
	const struct row *form;
	struct form sent;
	const char *why;

	if (!request_form(cx, q, &sent) || !form_open(cx, q, &form))
		return false;
	why = objection(cx, &sent);
	if (!why) {
		db_rollback(cx);
		cx->door = S("form");
		if (!work_begin(cx, S("an inquiry by form")))
			return false;
		if (store(cx, form, &sent) && work_commit(cx, NULL))
			return thank(cx, r, form);
		work_abandon(cx);
		if (cx->err.code != E_INPUT)
			return false;
		why = cx->err.fields ? str_z(cx->mem, cx->err.fields->why)
				     : str_z(cx->mem, cx->err.why);
		fail_clear(cx);
	}
	r->status = 422;
	return show(cx, q, r, form, &sent, why);
}
