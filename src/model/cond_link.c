#include "model/cond_gen.h"

#include "base/cx.h"

static bool
sees_all(const struct gen *g, const struct object *object)
{
	return !g->scope || g->scope->all(g->scope, object);
}

bool
link_is_open(const struct gen *g, const struct field *link)
{
	return (link->type != FT_ANY && !link->target) || sees_all(g, link->target);
}

/* Where the subject is always the same record, that is looked up once, not for each row. */
static void
gen_seen(struct gen *g, const struct object *object, const struct subject *s,
	 const struct spans *spans)
{
	const char *inner = sql_alias(g->out);
	struct subject id = { s->test, inner, S("id") };

	sql_raw(g->out, "EXISTS (SELECT 1 FROM ");
	sql_name(g->out, object->table);
	sql_raw(g->out, " ");
	sql_raw(g->out, inner);
	sql_raw(g->out, " WHERE ");
	if (spans && spans->n == 1 && span_is_point(&spans->v[0])) {
		gen_spans(g, &id, spans);
	} else {
		sql_column(g->out, inner, S("id"));
		sql_raw(g->out, " = ");
		sql_column(g->out, s->alias, s->column);
	}
	g->scope->append(g->scope, object, inner, g->out);
	sql_raw(g->out, ")");
}

void
gen_and_seen(struct gen *g, const struct object *object, const struct subject *s,
	     const struct spans *spans)
{
	sql_raw(g->out, " AND ");
	gen_seen(g, object, s, spans);
}

/* ---- links to one ---- */

static void
gen_one(struct gen *g, const struct subject *s, bool negated)
{
	const struct object *target = s->test->field->target;
	struct spans spans = { 0 };
	bool compares = s->test->relation != REL_VALUE;

	if (compares)
		spans = cond_spans(g->out->mem, s->test, g->when);
	if (!negated) {
		if (compares) {
			gen_spans(g, s, &spans);
			sql_raw(g->out, " AND ");
		}
		gen_seen(g, target, s, compares ? &spans : NULL);
		return;
	}
	sql_raw(g->out, "(");
	if (compares) {
		gen_not_spans(g, s, &spans);
		sql_raw(g->out, " OR ");
	}
	sql_raw(g->out, "NOT ");
	gen_seen(g, target, s, compares ? &spans : NULL);
	sql_raw(g->out, ")");
}

/* ---- references to any object ---- */

/* One of "deal:12". */
static void
gen_reference(struct gen *g, const struct cond *test, const char *alias, const struct operand *o,
	      bool negated)
{
	struct subject id = { test, alias, test->field->columns[0].name };
	struct subject object = { test, alias, test->field->columns[1].name };
	struct value number = value_int(o->value.i), name = value_text(o->value.s);
	struct span span = { .low = number, .high = number };
	struct spans here = { .v = &span, .n = 1 };

	gen_is_value(g, &id, &number, negated);
	sql_raw(g->out, negated ? " OR " : " AND ");
	gen_is_value(g, &object, &name, negated);
	if (sees_all(g, o->object))
		return;
	sql_raw(g->out, negated ? " OR NOT " : " AND ");
	gen_seen(g, o->object, &id, &here);
}

static void
gen_references(struct gen *g, const struct cond *test, const char *alias, bool negated)
{
	sql_raw(g->out, "(");
	for (size_t i = 0; i < test->n_operands; i++) {
		sql_raw(g->out, !i ? "" : negated ? ") AND (" : " OR ");
		gen_reference(g, test, alias, &test->operands[i], negated);
	}
	sql_raw(g->out, ")");
}

static void
gen_any_value(struct gen *g, const struct subject *s, bool negated)
{
	if (negated) {
		gen_null_or(g, s);
		sql_raw(g->out, "NOT ");
	}
	g->scope->behind(g->scope, s->test->field, s->alias, g->out);
	sql_raw(g->out, negated ? ")" : "");
}

void
gen_link(struct gen *g, const struct subject *s, bool negated)
{
	if (s->test->field->type == FT_ONE)
		gen_one(g, s, negated);
	else if (s->test->relation == REL_VALUE)
		gen_any_value(g, s, negated);
	else
		gen_references(g, s->test, s->alias, negated);
}
