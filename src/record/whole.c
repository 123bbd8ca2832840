/* A record whose parts changed follows them: once for each, when all of them have. */
#include "record/save.h"

enum { WHOLES_BYTES_MAX = 64 << 20 };

struct wholes {
	struct arena *mem;
	struct ref *v;
	size_t n, cap;
};

static bool
follows_parts(const struct cx *cx, const struct object *object)
{
	const struct hook **hooks = cx->store->hooks[object->index];

	for (; hooks && *hooks; hooks++)
		if ((*hooks)->point == HOOK_WHOLE)
			return true;
	return false;
}

/* Parts of one record mostly come one after the other. */
static void
remember(struct cx *cx, const struct object *object, const struct value *whole)
{
	struct wholes **at = work_wholes(cx), *wholes = *at;
	struct ref ref = { object, whole->i };

	if (whole->kind != V_INT)
		return;
	if (!wholes) {
		struct arena *mem = arena_new(WHOLES_BYTES_MAX);

		*at = wholes = new(mem, struct wholes);
		wholes->mem = mem;
	}
	if (!wholes->n || wholes->v[wholes->n - 1].object != object ||
	    wholes->v[wholes->n - 1].id != ref.id)
		list_add(wholes->mem, wholes, ref);
}

bool
stage_whole(struct cx *cx, struct change *c)
{
	const struct field *parent = c->object->parent;

	if (!parent || parent->type != FT_ONE || !follows_parts(cx, parent->target))
		return true;
	if (c->before)
		remember(cx, parent->target, &c->before->v[parent->index]);
	if (!c->before || changed(c, parent))
		remember(cx, parent->target, &c->after->v[parent->index]);
	return true;
}

static int
by_record(const void *a, const void *b)
{
	const struct ref *x = a, *y = b;

	if (x->object != y->object)
		return x->object->index < y->object->index ? -1 : 1;
	return x->id < y->id ? -1 : x->id > y->id;
}

/* Who may change the parts need not have the right to change the whole. */
static bool
settle(struct cx *cx, const struct ref *ref)
{
	struct arena_mark mark = arena_mark(cx->mem);
	const struct actor *actor = cx->actor;
	struct actor all = *actor_system(cx);
	struct change *c;
	bool ok;

	all.user_id = actor ? actor->user_id : 0;
	cx->actor = &all;
	ok = change_of(cx, CHANGE_EDIT, ref->object, ref->id, &c);
	if (ok) {
		c->of_parts = true;
		ok = record_save(cx, c);
	} else if (cx->err.code == E_MISSING) {
		fail_clear(cx); /* it went where its parts did */
		ok = true;
	}
	cx->actor = actor;
	if (ok)
		arena_rewind(cx->mem, mark);
	return ok;
}

bool
wholes_settle(struct cx *cx)
{
	struct wholes *wholes = *work_wholes(cx);

	if (!wholes)
		return true;
	*work_wholes(cx) = NULL;
	qsort(wholes->v, wholes->n, sizeof *wholes->v, by_record);
	for (size_t i = 0; i < wholes->n; i++)
		if ((!i || by_record(&wholes->v[i - 1], &wholes->v[i]) != 0) &&
		    !settle(cx, &wholes->v[i])) {
			wholes_free(&wholes);
			return false;
		}
	wholes_free(&wholes);
	return true;
}

void
wholes_free(struct wholes **wholes)
{
	struct arena *mem = *wholes ? (*wholes)->mem : NULL;

	*wholes = NULL;
	if (mem)
		arena_free(&mem);
}
