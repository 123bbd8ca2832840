#include "record/people.h"

#include "base/i18n.h"
#include "model/ids.h"

static bool
leads_to(const struct group_key *key, const struct object *target)
{
	return (key->link && key->link->target == target) || key->field->target == target;
}

static void
keys_look(const struct cx *cx, const struct aggregate *a, struct people *out)
{
	const struct object *user = cx->model->objects[USER], *team = cx->model->objects[TEAM];

	for (size_t i = 0; i < a->n_group; i++) {
		const struct group_key *key = &a->group[i];

		out->is_team[i] = a->object->owner && leads_to(key, team) &&
				  !(key->link && key->link->target == user);
		out->is_person[i] = !out->is_team[i] && leads_to(key, user);
		if (out->is_team[i])
			out->person = a->object->owner;
	}
}

bool
people_of(struct cx *cx, const struct aggregate *a, struct people *out)
{
	int64_t least = atomic_load(&cx->store->people_least);

	*out = (struct people){ 0 };
	if (!least || cx->actor->is_system)
		return true;
	if (cond_singles_out(a->where, cx->model->objects[USER]) ||
	    cond_singles_out(a->where, cx->model->objects[TEAM]))
		return fail(cx, E_FORBIDDEN,
			    "Figures about single people or teams are not told, as agreed with the "
			    "works council: leave them out of the condition");
	out->least = least;
	keys_look(cx, a, out);
	return true;
}

struct str
people_label(const struct cx *cx, const struct people *people, size_t key)
{
	return str_of(people->is_person[key] ? tr(cx, "All people together")
					     : tr(cx, "Small teams together"));
}
