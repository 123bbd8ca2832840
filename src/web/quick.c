/* Quick create: the two or three fields that a record begins with, and a hint at records that look
 * the same. */
#include "web/web.h"

enum { QUICK_FIELDS = 3, SAME_SHOWN = 5, SAME_EACH = 3, WORD_MIN = 3 };

/* The view `quick`; without one, the title and the first plain fields of the list. */
static size_t
quick_fields(const struct object *object, struct field **out)
{
	const struct view *quick = view_find(object, S("quick"), (struct str){ 0 });
	const struct view *list = view_find(object, S("list"), (struct str){ 0 });
	size_t n = 0;

	for (unsigned i = 0; quick && i < quick->n_fields && n < QUICK_FIELDS; i++)
		out[n++] = quick->fields[i];
	if (quick)
		return n;
	if (object->title)
		out[n++] = object->title;
	for (unsigned i = 0; list && i < list->n_fields && n < QUICK_FIELDS; i++)
		if (list->fields[i] != object->title)
			out[n++] = list->fields[i];
	return n;
}

/* With what must be there in any case. */
static size_t
asked_fields(const struct object *object, struct field **out)
{
	size_t n = quick_fields(object, out), quick = n;

	for (unsigned i = SF__MAX; i < object->n_fields; i++) {
		bool is_there = !object->fields[i]->required;

		for (size_t k = 0; k < quick; k++)
			is_there |= out[k] == object->fields[i];
		if (!is_there)
			out[n++] = object->fields[i];
	}
	return n;
}

bool
web_quick(struct cx *cx, struct request *q, struct reply *r)
{
	const struct form_state state = { NULL, NULL };
	const struct object *object;
	const struct face *face;
	struct change *c;
	struct field **fields;
	struct mv page, controls;
	struct str name;
	size_t n;

	if (!web_object(cx, q, &object, &face, &name))
		return false;
	if (!can_object(cx, object, OP_CREATE))
		return fail(cx, E_FORBIDDEN, "You may not create such records");
	fields = new_array(cx->mem, object->n_fields + QUICK_FIELDS, struct field *);
	n = asked_fields(object, fields);
	c = change_new(cx, object, face);
	form_take_query(cx, q, c);
	if (!form_build_some(cx, c->after, &state, fields, n, &controls))
		return false;
	page = mv_map(cx->mem);
	mv_set(page, S("controls"), controls);
	mv_set(page, S("csrf"), mv_text(request_csrf(cx, q, r)));
	mv_set(page, S("action"), mv_text(url_of(cx, name, 0, "/new")));
	mv_set(page, S("same_url"),
	       mv_text(str_printf(cx->mem, "/quick/%.*s/same", STR_FMT(name))));
	return page_write(cx, r, "quick.html", page);
}

static bool
is_known(const struct hits *hits, const struct hit *hit)
{
	for (size_t i = 0; i < hits->n; i++)
		if (hits->v[i].id == hit->id)
			return true;
	return false;
}

/* Records of the object in which what stands in this field is found. */
static bool
add_same(struct cx *cx, const struct object *object, struct str text, struct hits *out)
{
	struct hits found;

	if (str_utf8_length(text) < WORD_MIN)
		return true;
	if (!record_search(cx, object, text, SAME_EACH, &found))
		return false;
	for (size_t i = 0; i < found.n && out->n < SAME_SHOWN; i++)
		if (!is_known(out, &found.v[i]))
			out->v[out->n++] = found.v[i];
	return true;
}

bool
web_quick_same(struct cx *cx, struct request *q, struct reply *r)
{
	const struct object *object;
	const struct face *face;
	struct field *fields[QUICK_FIELDS];
	struct hits hits = { new_array(cx->mem, SAME_SHOWN, struct hit), 0 };
	struct mv page, items = mv_list(cx->mem);
	struct str name;
	size_t n;

	if (!web_object(cx, q, &object, &face, &name))
		return false;
	n = quick_fields(object, fields);
	for (size_t i = 0; i < n; i++)
		if (fields[i]->row->keyed &&
		    !add_same(cx, object, str_trim(request_query(q, fields[i]->name.p)), &hits))
			return false;
	for (size_t i = 0; i < hits.n; i++) {
		struct mv item = mv_map(cx->mem);

		mv_set(item, S("url"), mv_text(url_of(cx, object->name, hits.v[i].id, "")));
		mv_set(item, S("text"), mv_text(hits.v[i].title));
		mv_set(item, S("found"), mv_text(hits.v[i].text));
		mv_add(items, item);
	}
	page = mv_map(cx->mem);
	mv_set(page, S("items"), items);
	mv_set(page, S("has_items"), mv_bool(hits.n > 0));
	return page_write(cx, r, "quick-same.html", page);
}
