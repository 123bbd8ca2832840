/* Parts of a row that become records of their own below that of the row. */
#include "data/plan_private.h"

static const struct field *
part_field(struct binder *b, const struct part *part, struct str name)
{
	const struct field *f = field_find(part->object, name);

	if (f && f != part->parent && !(PLAN_LINKS >> f->type & 1) && f->special == SPECIAL_NONE &&
	    plan_may_fill(b->cx, part->object, f))
		return f;
	plan_mistake(b, part->rule->line, 0, "%.*s has no field “%.*s” that a part may fill%s",
		     STR_FMT(part->object->name), STR_FMT(str_first(name, PLAN_SHOWN_MAX)),
		     plan_field_hint(b->cx, part->object, name));
	return NULL;
}

static bool
part_object(struct binder *b, struct part *part)
{
	const struct object *object = object_find(b->cx->model, part->rule->field, NULL);

	if (!object || !object->parent || object->parent->target != b->plan->object ||
	    !can_object(b->cx, object, OP_READ)) {
		plan_mistake(b, part->rule->line, 0, "%.*s has no parts “%.*s”",
			     STR_FMT(b->plan->object->name),
			     STR_FMT(str_first(part->rule->field, PLAN_SHOWN_MAX)));
		return false;
	}
	part->object = object;
	part->parent = object->parent;
	if (can_object(b->cx, object, OP_CREATE))
		return true;
	plan_mistake(b, part->rule->line, 0, "You may not make %.*s", STR_FMT(object->label_many));
	return false;
}

static void
part_columns(struct binder *b, struct part *part)
{
	const struct map_rule *rule = part->rule;

	part->column = rule->columns[0];
	for (size_t i = 0; i < rule->n_columns; i++) {
		part->fields[i] = part_field(b, part, rule->parts[i]);
		if (!plan_column(b, rule->columns[i], &part->columns[i]))
			plan_column_unknown(b, rule->line, rule->columns[i]);
	}
}

static void
part_values(struct binder *b, struct part *part)
{
	struct cx *cx = b->cx;
	const struct map_rule *rule = part->rule;

	part->others = new_array(cx->mem, rule->n_pairs + 1, const struct field *);
	part->values = new_array(cx->mem, rule->n_pairs + 1, struct value);
	for (size_t i = 0; i < rule->n_pairs; i++) {
		const struct field *f = part_field(b, part, rule->pairs[i].from);

		part->others[i] = f;
		if (!f || f->row->parse(cx, f, rule->pairs[i].to, NULL, &part->values[i]))
			continue;
		plan_mistake(b, rule->line, 0, "%.*s",
			     STR_FMT(cx->err.fields ? cx->err.fields->why : cx->err.why));
		fail_clear(cx);
	}
}

void
plan_bind_part(struct binder *b, const struct map_rule *rule)
{
	struct part *part = &b->plan->parts[b->plan->n_parts];

	*part = (struct part){ .rule = rule };
	if (!part_object(b, part))
		return;
	part_columns(b, part);
	part_values(b, part);
	b->plan->n_parts++;
}
