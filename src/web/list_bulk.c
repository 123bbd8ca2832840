/* What a script needs to change many records of a list: the fields that can be changed, and the
 * control of one of them. */
#include "web/list.h"

#include "record/authz.h"

static bool
is_bulk_field(struct cx *cx, const struct field *f)
{
	return !f->hidden && !f->special && !f->unique && can_change_field(cx, f);
}

static struct mv
choices_of(struct cx *cx, const struct object *object, const struct field *chosen)
{
	struct mv choices = mv_list(cx->mem);

	for (unsigned i = SF__MAX; i < object->n_fields; i++) {
		const struct field *f = object->fields[i];
		struct mv choice;

		if (!is_bulk_field(cx, f))
			continue;
		choice = mv_map(cx->mem);
		mv_set(choice, S("name"), mv_text(f->name));
		mv_set(choice, S("label"), mv_text(page_label(cx, f->label)));
		mv_set(choice, S("is_on"), mv_bool(f == chosen));
		mv_add(choices, choice);
	}
	return choices;
}

/* The first where none is named. */
static const struct field *
field_chosen(struct cx *cx, const struct object *object, struct str name)
{
	for (unsigned i = SF__MAX; i < object->n_fields; i++) {
		const struct field *f = object->fields[i];

		if (is_bulk_field(cx, f) && (!name.n || str_eq(f->name, name)))
			return f;
	}
	return NULL;
}

bool
web_list_bulk(struct cx *cx, struct request *q, struct reply *r)
{
	const struct form_state state = { NULL, NULL };
	struct mv page = mv_map(cx->mem), controls;
	const struct object *object;
	const struct face *face;
	const struct field *f;
	struct field *fields[1];
	struct str name;

	if (!web_object(cx, q, &object, &face, &name))
		return false;
	if (!AUTHZ(PAGE_BULK, can_object(cx, object, OP_EDIT)))
		return fail(cx, E_FORBIDDEN, "You may not do this with %.*s",
			    STR_FMT(object->label_many));
	f = field_chosen(cx, object, request_query(q, "field"));
	if (!f)
		return fail(cx, E_MISSING, "There is no field that you may change");
	fields[0] = (struct field *)(uintptr_t)f;
	if (!form_build_some(cx, row_new(cx->mem, object), &state, fields, 1, &controls))
		return false;
	mv_set(page, S("fields"), choices_of(cx, object, f));
	mv_set(page, S("controls"), controls);
	mv_set(page, S("field"), mv_text(f->name));
	return page_write(cx, r, "list-bulk.html", page);
}

/* What the bar over a list offers for the records that are ticked. */
void
list_add_bulk(struct cx *cx, const struct list *list, struct mv page)
{
	const struct object *object = list->object;
	struct buf where = buf_in(cx->mem, COND_TEXT_MAX);

	if (list->state.trash)
		return;
	cond_print(list->query.where, &where);
	mv_set(page, S("all_where"), mv_text(buf_done(&where)));
	mv_set(page, S("can_edit"), mv_bool(can_object(cx, object, OP_EDIT)));
	mv_set(page, S("can_delete"), mv_bool(can_object(cx, object, OP_DELETE)));
	if (object->title && can_object(cx, object, OP_EDIT) && can_object(cx, object, OP_DELETE))
		mv_set(page, S("merge_url"), mv_text(url_of(cx, list->name, 0, "")));
	if (object->owner && is_bulk_field(cx, object->owner))
		mv_set(page, S("owner_field"), mv_text(object->owner->name));
	for (unsigned i = SF__MAX; i < object->n_fields; i++) {
		const struct field *f = object->fields[i];

		if (f->type == FT_TAGS && !f->n_options && is_bulk_field(cx, f))
			mv_set(page, S("tags_field"), mv_text(f->name));
	}
}
