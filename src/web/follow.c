/* Following a record: one hears of what happens to it. */
#include "web/record.h"

enum { FOLLOWS_MAX = 20 };

static const struct object *
follows(const struct cx *cx)
{
	return object_find(cx->model, S("follow"), NULL);
}

static bool
can_follow(const struct cx *cx, const struct object *object)
{
	return object->features & FEATURE_FOLLOW && can_object(cx, follows(cx), OP_CREATE);
}

/* One's own; more than one where somebody has made several. */
static bool
own_follows(struct cx *cx, const struct object *object, int64_t id, struct rows *out)
{
	const struct field *fields[] = { field_find(follows(cx), S("about")) };
	struct query query = {
		.object = follows(cx), .fields = fields, .n_fields = 1, .limit = FOLLOWS_MAX
	};
	struct str where = str_printf(cx->mem, "owner = me and about = %.*s:%lld",
				      STR_FMT(object->name), (long long)id);

	return cond_parse(cx, cx->mem, cx->model, follows(cx), where, NULL, &query.where) &&
	       record_query(cx, &query, out);
}

bool
follow_read(struct cx *cx, struct record_page *p)
{
	struct rows rows;

	p->can_follow = can_follow(cx, p->object);
	if (!p->can_follow)
		return true;
	if (!own_follows(cx, p->object, p->row->id, &rows))
		return false;
	p->is_followed = rows.n;
	return true;
}

static bool
follow_end(struct cx *cx, const struct rows *rows)
{
	for (size_t i = 0; i < rows->n; i++) {
		struct change *c;

		if (!change_of(cx, CHANGE_DELETE, follows(cx), rows->v[i].id, &c) ||
		    !record_save(cx, c))
			return false;
	}
	return true;
}

static bool
follow_begin(struct cx *cx, const struct object *object, int64_t id)
{
	struct change *c = change_new(cx, follows(cx), NULL);

	change_set(c, field_find(follows(cx), S("about")),
		   (struct value){ .kind = V_ANY, .i = id, .s = object->name });
	return record_save(cx, c);
}

static bool
follow_toggle(struct cx *cx, const struct object *object, int64_t id)
{
	struct row *row;
	struct rows rows;

	if (!record_load(cx, object, id, &row))
		return false;
	if (!can_follow(cx, object))
		return fail(cx, E_FORBIDDEN, "You cannot follow this record");
	if (!own_follows(cx, object, id, &rows))
		return false;
	return rows.n ? follow_end(cx, &rows) : follow_begin(cx, object, id);
}

bool
web_follow(struct cx *cx, struct request *q, struct reply *r)
{
	const struct object *object;
	const struct face *face;
	struct str name;
	int64_t id;

	if (!web_object(cx, q, &object, &face, &name) || !request_param_int(cx, q, "id", &id) ||
	    !work_begin(cx, S("follow")))
		return false;
	if (!follow_toggle(cx, object, id) || !work_commit(cx, NULL)) {
		work_abandon(cx);
		return false;
	}
	reply_redirect(cx, r, url_of(cx, name, id, ""));
	return true;
}
