#include "data/plan_private.h"

#include "base/fold.h"

static bool
has_label(struct cx *cx, const struct field *f, struct str key)
{
	return str_eq(fold_key(cx->mem, f->name), key) || str_eq(fold_key(cx->mem, f->label), key);
}

/* The visible field whose name or label is this one. */
static const struct field *
field_by_label(struct cx *cx, const struct object *object, struct str name)
{
	struct str key = fold_key(cx->mem, name);

	for (unsigned i = 0; i < object->n_fields; i++) {
		const struct field *f = object->fields[i];

		if (can_see_field(cx, object, f) && has_label(cx, f, key))
			return f;
	}
	return NULL;
}

static struct map_rule *
rule_for(struct binder *b, const struct field *f, size_t column, const char *by)
{
	struct map_rule *rule = new(b->cx->mem, struct map_rule);

	rule->kind = PLAN_LINKS >> f->type & 1 ? MAP_LINK : MAP_FIELD;
	rule->field = f->name;
	rule->columns[0] = b->plan->names[column];
	rule->n_columns = 1;
	rule->scale = 1;
	rule->by = str_of(by);
	if (f->type == FT_MANY)
		rule->split = S(";");
	return rule;
}

/* "party.id" → party, where another column may stand beside it for people: that one wins. */
static const struct field *
field_with_suffix(struct binder *b, struct str name, struct str suffix, unsigned types)
{
	const struct field *f;

	if (!str_ends(name, suffix))
		return NULL;
	f = field_by_label(b->cx, b->plan->object, str_first(name, name.n - suffix.n));
	return f && (types >> f->result & 1) ? f : NULL;
}

static bool
has_column_with(const struct binder *b, struct str name, const char *suffix, size_t *out)
{
	return plan_column(b, str_printf(b->cx->mem, "%.*s%s", STR_FMT(name), suffix), out);
}

static void
bind_column(struct binder *b, size_t column)
{
	struct cx *cx = b->cx;
	struct plan *plan = b->plan;
	struct str name = plan->names[column];
	const struct field *f = field_by_label(cx, plan->object, name);
	const struct field *by_id = field_with_suffix(b, name, S(".id"), PLAN_LINKS);
	struct map_rule *rule;
	size_t other;

	if (field_with_suffix(b, name, S(".currency"), 1u << FT_MONEY))
		return;
	if (!f && !by_id) {
		plan_mistake(
			b, 0, column,
			"%.*s has no field “%.*s”%s; pass it over by “skip” in a map, or name the "
			"field there",
			STR_FMT(plan->object->name), STR_FMT(str_first(name, PLAN_SHOWN_MAX)),
			plan_field_hint(cx, plan->object, name));
		return;
	}
	if (!by_id && PLAN_LINKS >> f->type & 1 && has_column_with(b, name, ".id", &other))
		return;
	if (by_id)
		f = by_id;
	if (f->type != FT_ID && !plan_may_fill(cx, plan->object, f))
		return;
	rule = rule_for(b, f, column, by_id ? "id" : "");
	if (f->type == FT_MONEY && has_column_with(b, name, ".currency", &other))
		rule->currency_from = plan->names[other];
	plan_bind(b, rule);
}

void
plan_bind_header(struct binder *b)
{
	for (size_t i = 0; i < b->plan->n_names; i++) {
		size_t first;

		if (b->keys[i].n && !plan_skips(b, i) &&
		    plan_column(b, b->plan->names[i], &first) && first == i)
			bind_column(b, i);
	}
}
