#include "web/web.h"

#include "base/template.h"
#include "http/asset.h"
#include "record/authz.h"

/* Each in its own words. */
static const char *const LANGUAGES[LANG__MAX] = { [LANG_EN] = "English", [LANG_DE] = "Deutsch" };

struct str
url_of(struct cx *cx, struct str object, int64_t id, const char *tail)
{
	struct buf url = buf_in(cx->mem, URL_MAX);

	buf_char(&url, '/');
	buf_str(&url, object);
	if (id) {
		buf_char(&url, '/');
		buf_int(&url, id);
	}
	buf_z(&url, tail);
	return buf_done(&url);
}

void
url_add(struct buf *url, const char *name, struct str value)
{
	buf_char(url, memchr(url->p, '?', url->n) ? '&' : '?');
	buf_z(url, name);
	buf_char(url, '=');
	buf_url(url, value);
}

struct str
page_label(const struct cx *cx, struct str label)
{
	return tr_str(cx->lang, label);
}

static void
add_link(struct cx *cx, struct mv list, struct str name, struct str label, struct str current)
{
	struct mv item = mv_map(cx->mem);

	mv_set(item, S("label"), mv_text(page_label(cx, label)));
	mv_set(item, S("url"), mv_text(url_of(cx, name, 0, "")));
	mv_set(item, S("current"), mv_bool(str_eq(name, current)));
	mv_add(list, item);
}

/* Objects with faces stand under their faces' names. */
static void
add_object(struct cx *cx, struct mv list, const struct object *object, struct str current)
{
	if (!AUTHZ(PAGE_MENU, can_object(cx, object, OP_READ)) || object->features & FEATURE_DETAIL)
		return;
	for (unsigned i = 0; i < object->n_faces; i++)
		add_link(cx, list, object->faces[i].name, object->faces[i].label_many, current);
	if (!object->n_faces)
		add_link(cx, list, object->name, object->label_many, current);
}

static void
add_navigation(struct cx *cx, struct request *q, struct mv page)
{
	struct mv work = mv_list(cx->mem), administration = mv_list(cx->mem);
	struct str current = request_param(q, "object");
	unsigned n = cx->model->n_objects;

	/* People and organisations come first. */
	for (unsigned i = 0; i < 2 * n; i++) {
		const struct object *object = cx->model->objects[i < n ? i : i - n];

		if ((object->n_faces > 0) != (i < n))
			continue;
		add_object(cx, object->features & FEATURE_SYSTEM ? administration : work, object,
			   current);
	}
	mv_set(page, S("navigation"), work);
	mv_set(page, S("administration"), administration);
	mv_set(page, S("has_administration"), mv_bool(mv_is_true(&administration)));
	mv_set(page, S("person"), mv_text(cx->actor->name));
}

struct mv
page_new(struct cx *cx, struct request *q, struct reply *r, struct str title)
{
	struct mv page = mv_map(cx->mem);
	enum lang other = cx->lang == LANG_DE ? LANG_EN : LANG_DE;

	mv_set(page, S("lang"), mv_text(lang_code(cx->lang)));
	mv_set(page, S("title"), mv_text(title));
	mv_set(page, S("style_url"), mv_text(asset_url(cx->mem, "kontor.css")));
	mv_set(page, S("icon_url"), mv_text(asset_url(cx->mem, "kontor.svg")));
	mv_set(page, S("here"), mv_text(q->target));
	mv_set(page, S("csrf"), mv_text(request_csrf(cx, q, r)));
	mv_set(page, S("other_lang"), mv_text(lang_code(other)));
	mv_set(page, S("other_language"), mv_z(LANGUAGES[other]));
	mv_set(page, S("search"), mv_text(request_query(q, "q")));
	if (cx->actor)
		add_navigation(cx, q, page);
	return page;
}

bool
page_write(struct cx *cx, struct reply *r, const char *name, struct mv page)
{
	r->type = TYPE_HTML;
	return template_render(cx, name, &page, &r->body);
}

void
page_problem(struct cx *cx, struct request *q, struct reply *r)
{
	struct str why = cx->err.why.n ? cx->err.why : str_of(tr(cx, err_row(cx->err.code)->text));
	int status = err_row(cx->err.code)->status;
	struct mv page, errors = mv_list(cx->mem);

	for (const struct field_err *at = cx->err.fields; at; at = at->next) {
		struct mv item = mv_map(cx->mem);

		mv_set(item, S("field"), mv_text(at->field));
		mv_set(item, S("why"), mv_text(at->why));
		mv_add(errors, item);
	}
	if (cx->err.code == E_AUTH && !cx->actor && q->verb == V_GET) {
		struct buf url = buf_in(cx->mem, URL_MAX);

		BUF_LIT(&url, "/sign-in");
		url_add(&url, "to", q->target);
		fail_clear(cx);
		reply_redirect(cx, r, buf_done(&url));
		return;
	}
	fail_clear(cx);
	page = page_new(cx, q, r, why);
	mv_set(page, S("why"), mv_text(why));
	mv_set(page, S("status"), mv_int(status));
	mv_set(page, S("errors"), errors);
	mv_set(page, S("request"), mv_text(cx->request_id));
	r->status = status;
	if (!page_write(cx, r, "problem.html", page))
		fail_clear(cx);
}

bool
web_object(struct cx *cx, const struct request *q, const struct object **object,
	   const struct face **face, struct str *name)
{
	*name = request_param(q, "object");
	return object_open(cx, *name, object, face);
}
