/* Whom a condition singles out. */
#include "model/cond_node.h"

static bool singles_out(const struct cond *cond, const struct object *target, bool denied);

/* Me, and my team, may be meant; everybody but me may not. */
static bool
is_own(const struct cond *test, bool denied)
{
	if (test->relation == REL_VALUE)
		return true;
	for (size_t i = 0; i < test->n_operands; i++)
		if (test->operands[i].kind != OPERAND_ME &&
		    test->operands[i].kind != OPERAND_MY_TEAM)
			return false;
	return !denied;
}

static bool
set_singles_out(const struct cond_set *set, const struct object *target, bool denied)
{
	if (cond_set_object(set) == target)
		return set->where != NULL;
	return set->where && singles_out(set->where, target, denied);
}

static bool
test_singles_out(const struct cond *test, const struct object *target, bool denied)
{
	for (size_t i = 0; i < test->n_links; i++)
		if (test->links[i]->target == target)
			return true;
	for (size_t i = 0; i < test->n_operands; i++)
		if (test->operands[i].object == target)
			return true;
	if (test->measure != MEASURE_FIELD && set_singles_out(&test->set, target, denied))
		return true;
	return test->measure == MEASURE_FIELD && test->field->target == target &&
	       !is_own(test, denied);
}

static bool
singles_out(const struct cond *cond, const struct object *target, bool denied)
{
	if (cond->kind == COND_TEST)
		return test_singles_out(cond, target, denied);
	for (size_t i = 0; i < cond->n_parts; i++)
		if (singles_out(cond->parts[i], target, denied != (cond->kind == COND_NOT)))
			return true;
	return false;
}

bool
cond_singles_out(const struct cond *cond, const struct object *target)
{
	return cond && singles_out(cond, target, false);
}
