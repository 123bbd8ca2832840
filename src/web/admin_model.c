/* Objects and fields: forms that add to the text of the model, and the text itself. */
#include "web/admin.h"

#include "db/db.h"

enum { MESSAGES_MAX = 200, LINE_BYTES = 4000, WHEN_BYTES = 64, OBJECT_LINES_BYTES = 16 << 10 };

/* ---- the text with what it would do ---- */

static struct str
line_of(struct str text, int64_t number)
{
	struct str line = { 0 };

	while (number-- > 0 && text.n)
		line = str_cut(&text, '\n');
	return str_trim(line);
}

/* "custom.model:13: unknown attribute: readonyl" → its line beside it. */
static struct mv
mistake_item(struct cx *cx, struct str text, struct str mistake)
{
	struct mv item = mv_map(cx->mem);
	struct str rest = mistake, file = str_cut(&rest, ':'), number = str_cut(&rest, ':');
	int64_t line;

	mv_set(item, S("why"), mv_text(mistake));
	if (!str_eq(file, S("custom.model")) || !str_int(number, 1, INT32_MAX, &line))
		return item;
	mv_set(item, S("why"), mv_text(str_trim(rest)));
	mv_set(item, S("line"), mv_int(line));
	mv_set(item, S("source"), mv_text(line_of(text, line)));
	return item;
}

static struct mv
mistakes(struct cx *cx, struct str text)
{
	struct mv list = mv_list(cx->mem);
	struct str why = cx->err.why;

	for (size_t i = 0; why.n && i < MESSAGES_MAX; i++)
		mv_add(list, mistake_item(cx, text, str_cut(&why, '\n')));
	return list;
}

static bool
add_plan(struct cx *cx, struct str text, struct mv page)
{
	struct mv list = mv_list(cx->mem);
	struct strs plan = { 0 };

	if (!store_preview_custom_text(cx, text, &plan)) {
		if (cx->err.code != E_INPUT && cx->err.code != E_CONFLICT)
			return false;
		mv_set(page, S("mistakes"), mistakes(cx, text));
		mv_set(page, S("is_wrong"), mv_bool(true));
		fail_clear(cx);
		return true;
	}
	for (size_t i = 0; i < plan.n; i++) {
		struct mv item = mv_map(cx->mem);

		mv_set(item, S("text"), mv_text(plan.v[i]));
		mv_add(list, item);
	}
	mv_set(page, S("plan"), list);
	mv_set(page, S("is_good"), mv_bool(true));
	mv_set(page, S("changes_tables"), mv_bool(plan.n > 0));
	return true;
}

bool
model_page(struct cx *cx, struct request *q, struct reply *r, struct str text)
{
	struct mv page = page_new(cx, q, r, str_of(tr(cx, "The model's text")));

	mv_set(page, S("text"), mv_text(text));
	if (!add_plan(cx, text, page))
		return false;
	return page_write(cx, r, "admin-text.html", page);
}

/* ---- the page of objects ---- */

static struct mv
object_item(struct cx *cx, const struct object *object)
{
	struct mv item = mv_map(cx->mem);
	int64_t own = 0;

	for (unsigned i = 0; i < object->n_fields; i++)
		own += object->fields[i]->custom;
	mv_set(item, S("label"), mv_text(page_label(cx, object->label_many)));
	mv_set(item, S("name"), mv_text(object->name));
	mv_set(item, S("icon"), mv_text(icon_of(object, NULL)));
	mv_set(item, S("url"),
	       mv_text(str_printf(cx->mem, "/admin/objects/%.*s", STR_FMT(object->name))));
	mv_set(item, S("n_fields"), mv_int((int64_t)object->n_fields - SF__MAX));
	mv_set(item, S("n_own"), mv_int(own));
	mv_set(item, S("is_own"), mv_bool(object->custom));
	return item;
}

static bool
add_versions(struct cx *cx, struct mv page)
{
	struct custom_versions versions;
	struct mv list = mv_list(cx->mem);

	if (!store_custom_versions(cx, &versions))
		return false;
	for (size_t i = 0; i < versions.n; i++) {
		struct mv item = mv_map(cx->mem);
		struct buf at = buf_in(cx->mem, WHEN_BYTES);

		fmt_datetime(&at, cx, versions.v[i].at);
		mv_set(item, S("at"), mv_text(buf_done(&at)));
		mv_set(item, S("changeset"), mv_int(versions.v[i].changeset));
		mv_set(item, S("is_current"), mv_bool(i == 0));
		mv_add(list, item);
	}
	mv_set(page, S("versions"), list);
	mv_set(page, S("has_versions"), mv_bool(versions.n > 0));
	return true;
}

static struct mv
menu_options(struct cx *cx)
{
	struct mv list = mv_list(cx->mem);

	for (unsigned i = MENU_CONTACTS; i < MENU__MAX; i++) {
		struct mv item = mv_map(cx->mem);

		mv_set(item, S("key"), mv_z(MENUS[i]));
		mv_set(item, S("label"), mv_text(menu_label(cx, (enum menu)i)));
		mv_add(list, item);
	}
	return list;
}

bool
admin_model(struct cx *cx, struct request *q, struct reply *r)
{
	struct mv page = page_new(cx, q, r, str_of(tr(cx, "Objects and fields")));
	struct mv objects = mv_list(cx->mem);
	struct str text;

	for (unsigned i = 0; i < cx->model->n_objects; i++)
		mv_add(objects, object_item(cx, cx->model->objects[i]));
	if (!store_custom_text(cx, &text) || !add_versions(cx, page))
		return false;
	mv_set(page, S("objects"), objects);
	mv_set(page, S("text"), mv_text(text));
	mv_set(page, S("menus"), menu_options(cx));
	mv_set(page, S("done"), mv_bool(request_has_query(q, "done")));
	return page_write(cx, r, "admin-model.html", page);
}

/* Browsers send line ends as CR LF. */
static struct str
form_text(struct cx *cx, const struct form *form)
{
	struct str text = form_value(form, "text");
	struct buf out = buf_in(cx->mem, MODEL_TEXT_BYTES);

	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] != '\r')
			buf_char(&out, text.p[i]);
	return buf_done(&out);
}

bool
admin_model_post(struct cx *cx, struct request *q, struct reply *r)
{
	struct form form;
	struct str text;

	if (!request_form(cx, q, &form))
		return false;
	text = form_text(cx, &form);
	if (!str_eq(form_value(&form, "do"), S("apply")))
		return model_page(cx, q, r, text);
	db_rollback(cx);
	if (store_set_custom_text(cx, text)) {
		reply_redirect(cx, r, S("/admin/model?done=1"));
		return true;
	}
	if (cx->err.code != E_INPUT && cx->err.code != E_CONFLICT)
		return false;
	fail_clear(cx);
	r->status = err_row(E_INPUT)->status;
	return page_read(cx) && model_page(cx, q, r, text);
}

bool
admin_model_download(struct cx *cx, struct request *q, struct reply *r)
{
	struct str file = request_param(q, "file"), text;

	if (str_eq(file, S("custom.model"))) {
		if (!store_custom_text(cx, &text))
			return false;
		buf_str(&r->body, text);
	} else if (str_eq(file, S("all.model"))) {
		model_print(cx->model, &r->body);
	} else {
		return fail(cx, E_MISSING, "There is no such page");
	}
	r->type = TYPE_TEXT;
	reply_attachment(cx, r, file);
	return true;
}

bool
admin_model_version(struct cx *cx, struct request *q, struct reply *r)
{
	struct custom_versions versions;
	struct form form;
	int64_t changeset;

	if (!request_form(cx, q, &form) || !page_read(cx) || !store_custom_versions(cx, &versions))
		return false;
	if (str_int(form_value(&form, "changeset"), 1, INT64_MAX, &changeset))
		for (size_t i = 0; i < versions.n; i++)
			if (versions.v[i].changeset == changeset)
				return model_page(cx, q, r, versions.v[i].text);
	/* The oldest text was the one before the first: nothing. */
	return str_eq(form_value(&form, "changeset"), S("0"))
		       ? model_page(cx, q, r, S(""))
		       : fail(cx, E_MISSING, "There is no such text");
}
