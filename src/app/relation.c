/* Relations of kinds that a house defines itself: what may stand at each end. */
#include "app/features.h"
#include "base/feature.h"
#include "model/ids.h"
#include "model/types.h"
#include "record/record.h"

/* "person" is a part of all parties: that one is told by its record, whoever may see it. */
static bool
face_holds(struct cx *cx, const struct object *object, const struct face *face, int64_t id,
	   bool *out)
{
	const struct actor *actor = cx->actor;
	struct row *row = NULL;
	bool ok;

	cx->actor = actor_system(cx);
	ok = record_load(cx, object, id, &row);
	cx->actor = actor;
	*out = ok && value_eq(&row->v[face->field->index], &face->value);
	if (!ok && cx->err.code == E_MISSING) {
		fail_clear(cx);
		return true;
	}
	return ok;
}

static bool
may_stand(struct cx *cx, const struct value *end, struct str names, bool *out)
{
	struct str name;

	*out = !names.n || end->kind == V_NONE;
	while (!*out && tags_next(&names, &name)) {
		const struct face *face = NULL;
		const struct object *object = object_find(cx->model, name, &face);

		if (!object || !str_eq(end->s, object->name))
			continue;
		if (!face || !face->field)
			*out = true;
		else if (!face_holds(cx, object, face, end->i, out))
			return false;
	}
	return true;
}

static bool
check_end(struct cx *cx, const struct change *c, unsigned end, const struct row *kind,
	  unsigned names)
{
	struct str allowed = kind->v[names].s;
	struct buf text = buf_in(cx->mem, allowed.n + 8);
	struct str name;
	bool ok;

	if (!may_stand(cx, &c->after->v[end], allowed, &ok))
		return false;
	while (!ok && tags_next(&allowed, &name)) {
		buf_z(&text, text.n ? ", " : "");
		buf_str(&text, name);
	}
	return ok ||
	       fail_field(cx, c->object->fields[end]->name, "link",
			  "Relations of the kind “%.*s” have another sort of record here: %.*s",
			  STR_FMT(kind->v[RELATION_TYPE_NAME].s), STR_FMT(buf_done(&text)));
}

/* What is of a kind of one's own is none of the shipped ones. */
static bool
relation_ends(struct cx *cx, struct change *c)
{
	static const unsigned matter[] = { RELATION_OWN_KIND, RELATION_FROM, RELATION_TO };
	const struct row *kind;
	bool matters = false;

	for (size_t i = 0; i < countof(matter); i++)
		matters |= changed(c, c->object->fields[matter[i]]);
	if (!matters)
		return true;
	if (!change_linked(cx, c, c->object->fields[RELATION_OWN_KIND], &kind))
		return false;
	if (!kind)
		return true;
	change_put(c, c->object->fields[RELATION_KIND], value_text(S("other")));
	return check_end(cx, c, RELATION_FROM, kind, RELATION_TYPE_FROM_OBJECTS) &&
	       check_end(cx, c, RELATION_TO, kind, RELATION_TYPE_TO_OBJECTS);
}

/* Names of objects, or of their parts such as person, and nothing else. */
static bool
kind_objects(struct cx *cx, struct change *c)
{
	static const unsigned ends[] = { RELATION_TYPE_FROM_OBJECTS, RELATION_TYPE_TO_OBJECTS };
	bool ok = true;

	for (size_t i = 0; i < countof(ends); i++) {
		struct str rest = c->after->v[ends[i]].s, name;
		const struct face *face;

		while (changed(c, c->object->fields[ends[i]]) && tags_next(&rest, &name))
			if (!object_find(cx->model, name, &face))
				ok = fail_field(
					cx, c->object->fields[ends[i]]->name, "unknown",
					"There are no records named “%.*s”: give names such "
					"as person, organisation or deal",
					STR_FMT(name));
	}
	return ok;
}

static const struct hook hooks[] = { { "relation", HOOK_RULES, relation_ends },
				     { "relation_type", HOOK_RULES, kind_objects },
				     { 0 } };

const struct feature feature_relation = { .name = "relation", .hooks = hooks };
