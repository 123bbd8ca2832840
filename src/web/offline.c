/* What people may keep on their devices, and the page that shows what they keep.  The keeping
 * itself is done in the browser (web/offline.ts, web/worker.ts). */
#include "web/web.h"

enum { LIST_MAX = 8 << 10 };

#define SETTING "offline.objects"
#define SHIPPED "party deal task activity quote order"
#define NOTHING "-" /* else what is shipped would hold again */

static struct str
or_shipped(struct str list)
{
	return list.n ? list : S(SHIPPED);
}

static bool
has_word(struct str list, struct str word)
{
	while (list.n)
		if (str_eq(str_cut(&list, ' '), word))
			return true;
	return false;
}

/* Those that have pages of their own which people work with. */
static bool
can_be_kept(const struct object *object)
{
	return !(object->features & (FEATURE_SYSTEM | FEATURE_DETAIL));
}

bool
offline_is_released(struct cx *cx, const struct object *object, bool *out)
{
	struct str list;

	if (!can_be_kept(object)) {
		*out = false;
		return true;
	}
	if (!setting_kept(cx, S(SETTING), &list))
		return false;
	*out = has_word(or_shipped(list), object->name);
	return true;
}

bool
offline_add_objects(struct cx *cx, struct mv page)
{
	struct mv items = mv_list(cx->mem);
	struct str list;

	if (!setting_get(cx, S(SETTING), &list))
		return false;
	list = or_shipped(list);
	for (unsigned i = 0; i < cx->model->n_objects; i++) {
		const struct object *object = cx->model->objects[i];
		struct mv item = mv_map(cx->mem);

		if (!can_be_kept(object))
			continue;
		mv_set(item, S("name"), mv_text(object->name));
		mv_set(item, S("label"), mv_text(page_label(cx, object->label_many)));
		mv_set(item, S("is_on"), mv_bool(has_word(list, object->name)));
		mv_add(items, item);
	}
	mv_set(page, S("released"), items);
	return true;
}

bool
offline_set_objects(struct cx *cx, const struct form *form)
{
	struct buf list = buf_in(cx->mem, LIST_MAX);

	if (!form_has(form, SETTING))
		return true;
	for (size_t i = 0; i < form->n; i++) {
		const struct object *object =
			str_eq_z(form->v[i].name, SETTING)
				? object_find(cx->model, form->v[i].value, NULL)
				: NULL;

		if (!object || !can_be_kept(object) ||
		    has_word((struct str){ list.p, list.n }, object->name))
			continue;
		if (list.n)
			buf_char(&list, ' ');
		buf_str(&list, object->name);
	}
	return setting_set(cx, S(SETTING), list.n ? buf_done(&list) : S(NOTHING));
}

bool
web_offline(struct cx *cx, struct request *q, struct reply *r)
{
	return page_write(cx, r, "offline.html",
			  page_new(cx, q, r, str_of(tr(cx, "On this device"))));
}
