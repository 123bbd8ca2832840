/* What of a condition an index can serve, and what of it a row alone decides. */
#include "model/cond_node.h"

#include "base/cx.h"

static bool
is_plain_test(const struct cond *cond)
{
	return cond->kind == COND_TEST && !cond->n_links && cond->measure == MEASURE_FIELD &&
	       cond->field->n_columns;
}

static bool
is_equality(const struct cond *test)
{
	return test->relation == REL_EQ || test->relation == REL_IN;
}

static bool
is_half(const struct cond *test)
{
	return test->relation == REL_LT || test->relation == REL_LE || test->relation == REL_GT ||
	       test->relation == REL_GE;
}

/* Its values are few and stand as they are in the column. */
static bool
has_points(const struct field *f)
{
	enum field_type type = cond_type(f);

	return type == FT_ENUM || type == FT_BOOL || type == FT_ONE || type == FT_ID;
}

bool
cond_names_options(const struct cond *test)
{
	for (size_t i = 0; i < test->n_operands; i++)
		if (test->operands[i].value.kind != V_TEXT ||
		    !option_find(test->field, test->operands[i].value.s))
			return false;
	return cond_type(test->field) == FT_TAGS;
}

enum cond_shape
cond_shape(const struct cond *clause, const struct field **field)
{
	*field = NULL;
	if (!is_plain_test(clause) || clause->relation == REL_VALUE ||
	    clause->relation == REL_FINDS || cond_type(clause->field) == FT_ANY)
		return SHAPE_OTHER;
	if (cond_is_like(clause)) {
		if (!cond_names_options(clause))
			return SHAPE_OTHER;
		*field = clause->field;
		return SHAPE_TAG;
	}
	*field = clause->field;
	if (cond_is_yearly(clause))
		return SHAPE_YEARLY;
	if (is_half(clause))
		return SHAPE_HALF;
	return is_equality(clause) && has_points(clause->field) ? SHAPE_POINTS : SHAPE_RANGE;
}

/* A test for one value of the field. */
static const struct cond *
point_new(struct arena *mem, const struct cond *test, struct value v)
{
	struct cond *point = new(mem, struct cond);
	struct operand *operand = new(mem, struct operand);

	operand->value = v;
	*point = *test;
	point->relation = REL_EQ;
	point->operands = operand;
	point->n_operands = 1;
	return point;
}

size_t
cond_points(struct arena *mem, const struct cond *clause, const struct cond_when *when,
	    const struct cond *const **out)
{
	struct spans spans = cond_spans(mem, clause, when);
	const struct cond **points = new_array(mem, spans.n + 1, const struct cond *);

	for (size_t i = 0; i < spans.n; i++)
		points[i] = point_new(mem, clause, spans.v[i].low);
	*out = points;
	return spans.n;
}

/* What a link names may be kept from who asks: then more than the row decides. */
static bool
is_open(const struct field *f, const struct cond_scope *scope)
{
	if (!scope || !scope->all || (f->type != FT_ONE && f->type != FT_ANY))
		return true;
	return scope->all(scope, f->type == FT_ONE ? f->target : NULL);
}

bool
cond_is_own(const struct cond *cond, const struct cond_scope *scope)
{
	if (!cond)
		return true;
	for (size_t i = 0; i < cond->n_parts; i++)
		if (!cond_is_own(cond->parts[i], scope))
			return false;
	if (cond->kind != COND_TEST)
		return true;
	return is_plain_test(cond) && !cond_is_found(cond) && is_open(cond->field, scope);
}
