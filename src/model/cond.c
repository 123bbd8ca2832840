#include "model/cond_node.h"

#include "base/money.h"
#include "model/reference.h"
#include "model/type.h"

enum { MONEY_SCALE = 2 }; /* where a field has no currency of its own */

const char *const MEASURE_NAMES[MEASURE__MAX] = {
	[MEASURE_FIELD] = "",  [MEASURE_ANY] = "any", [MEASURE_COUNT] = "count",
	[MEASURE_SUM] = "sum", [MEASURE_MIN] = "min", [MEASURE_MAX] = "max",
	[MEASURE_AVG] = "avg",
};

const struct relation_row RELATIONS[REL__MAX] = {
	[REL_EQ] = { "=", CO_EQ },
	[REL_LT] = { "<", CO_LT },
	[REL_LE] = { "<=", CO_LT },
	[REL_GT] = { ">", CO_LT },
	[REL_GE] = { ">=", CO_LT },
	[REL_BETWEEN] = { "between", CO_BETWEEN },
	[REL_IN] = { "in", CO_IN },
	[REL_LIKE] = { "like", CO_LIKE },
	[REL_STARTS] = { "starts", CO_STARTS },
	[REL_CONTAINS] = { "contains", CO_CONTAINS },
	[REL_WITHIN] = { "within", CO_WITHIN },
	[REL_FINDS] = { "finds", CO_FINDS },
	[REL_VALUE] = { "empty", CO_EMPTY },
};

enum field_type
cond_type(const struct field *f)
{
	return f->type == FT_FORMULA || f->type == FT_ROLLUP ? f->result : f->type;
}

int
cond_scale(const struct field *f)
{
	enum field_type type = cond_type(f);
	int digits = currency_digits(f->currency);

	if (type == FT_MONEY)
		return digits < 0 ? MONEY_SCALE : digits;
	return type == FT_DECIMAL || type == FT_PERCENT ? f->scale : 0;
}

const struct object *
cond_set_object(const struct cond_set *set)
{
	return set->many ? set->many->target : set->reverse->object;
}

bool
cond_is_like(const struct cond *test)
{
	if (test->measure != MEASURE_FIELD || test->field->type == FT_MANY)
		return false;
	return test->relation == REL_LIKE || test->relation == REL_CONTAINS ||
	       cond_type(test->field) == FT_TAGS;
}

bool
cond_can_find(const struct field *f)
{
	const struct object *object = f->object;

	if (!object || !object->n_search)
		return false;
	return f->index == SF_ID || (f == object->title && f->has_key && !f->hidden && !f->special);
}

bool
cond_is_found(const struct cond *cond)
{
	if (cond->kind == COND_TEST)
		return cond->measure == MEASURE_FIELD && cond->relation == REL_FINDS;
	for (size_t i = 0; i < cond->n_parts && cond->kind == COND_AND; i++)
		if (cond_is_found(cond->parts[i]))
			return true;
	return false;
}

enum cond_measure
rollup_measure(const struct field *rollup)
{
	for (enum cond_measure m = MEASURE_COUNT; m < MEASURE__MAX; m++)
		if (str_eq_z(rollup->rollup_function, MEASURE_NAMES[m]))
			return m;
	return MEASURE_COUNT;
}

struct cond_set
rollup_set(const struct field *rollup, struct str currency)
{
	return (struct cond_set){ .reverse = rollup->rollup_over,
				  .where = rollup->rollup_when,
				  .amount = rollup->rollup_field,
				  .currency = currency };
}

struct cond *
cond_not(struct arena *mem, const struct cond *part)
{
	struct cond *cond = new(mem, struct cond);
	const struct cond **parts = new_array(mem, 1, const struct cond *);

	if (part->kind == COND_NOT) {
		*cond = *part->parts[0];
		return cond;
	}
	parts[0] = part;
	*cond = (struct cond){ .kind = COND_NOT, .parts = parts, .n_parts = 1 };
	return cond;
}

const struct cond *
cond_join(struct arena *mem, enum cond_kind kind, const struct cond *const *parts, size_t n)
{
	struct cond *cond;
	const struct cond **flat;
	size_t n_flat = 0, at = 0;

	if (n == 1)
		return parts[0];
	for (size_t i = 0; i < n; i++)
		n_flat += parts[i]->kind == kind ? parts[i]->n_parts : 1;
	flat = new_array(mem, n_flat, const struct cond *);
	for (size_t i = 0; i < n; i++) {
		if (parts[i]->kind != kind) {
			flat[at++] = parts[i];
			continue;
		}
		for (size_t j = 0; j < parts[i]->n_parts; j++)
			flat[at++] = parts[i]->parts[j];
	}
	cond = new(mem, struct cond);
	*cond = (struct cond){ .kind = kind, .parts = flat, .n_parts = n_flat };
	return cond;
}

const struct cond *
cond_and(struct arena *mem, const struct cond *a, const struct cond *b)
{
	if (!a || !b)
		return a ? a : b;
	return cond_join(mem, COND_AND, (const struct cond *[]){ a, b }, 2);
}

static void
set_objects(const struct cond_set *set, const struct cond_scope *scope, struct fieldset *objects)
{
	fieldset_add(objects, cond_set_object(set)->index);
	cond_objects(set->where, scope, objects);
}

static void
rollup_objects(const struct field *rollup, const struct cond_scope *scope, struct fieldset *objects)
{
	struct cond_set set;

	for (unsigned i = 0; rollup && rollup->type == FT_ROLLUP && i < COND_ROLLUPS_MAX; i++) {
		set = rollup_set(rollup, (struct str){ 0 });
		set_objects(&set, scope, objects);
		rollup = rollup->rollup_field;
	}
}

/* A link is empty where what it names may not be seen. */
static void
link_objects(const struct field *f, const struct cond_scope *scope, struct fieldset *objects)
{
	bool is_any = f && f->type == FT_ANY;

	if (!f || !scope || (!is_any && !f->target) || scope->all(scope, f->target))
		return;
	if (is_any)
		memset(objects, 0xff, sizeof *objects);
	else
		fieldset_add(objects, f->target->index);
}

void
cond_objects(const struct cond *cond, const struct cond_scope *scope, struct fieldset *objects)
{
	if (!cond)
		return;
	for (size_t i = 0; i < cond->n_parts; i++)
		cond_objects(cond->parts[i], scope, objects);
	if (cond->kind != COND_TEST)
		return;
	for (size_t i = 0; i < cond->n_links; i++)
		fieldset_add(objects, cond->links[i]->target->index);
	if (cond->measure != MEASURE_FIELD)
		set_objects(&cond->set, scope, objects);
	else
		link_objects(cond->field, scope, objects);
	rollup_objects(cond->field, scope, objects);
}

static bool
rollup_uses_now(const struct field *rollup)
{
	for (unsigned i = 0; rollup && rollup->type == FT_ROLLUP && i < COND_ROLLUPS_MAX; i++) {
		if (cond_uses_now(rollup->rollup_when))
			return true;
		rollup = rollup->rollup_field;
	}
	return false;
}

bool
cond_is_yearly(const struct cond *test)
{
	return test->relation == REL_WITHIN && cond_type(test->field) == FT_DATE;
}

bool
cond_uses_now(const struct cond *cond)
{
	if (!cond)
		return false;
	for (size_t i = 0; i < cond->n_parts; i++)
		if (cond_uses_now(cond->parts[i]))
			return true;
	for (size_t i = 0; i < cond->n_operands; i++)
		if (cond->operands[i].kind == OPERAND_TIME &&
		    cond_time_is_relative(&cond->operands[i].moment))
			return true;
	return cond_uses_now(cond->set.where) || rollup_uses_now(cond->field);
}

static void
set_fields(const struct cond_set *set, void (*each)(const struct field *f, void *to), void *to)
{
	each(set->many ? set->many : set->reverse->field, to);
	cond_fields(set->where, each, to);
}

void
cond_fields(const struct cond *cond, void (*each)(const struct field *f, void *to), void *to)
{
	if (!cond)
		return;
	for (size_t i = 0; i < cond->n_parts; i++)
		cond_fields(cond->parts[i], each, to);
	if (cond->kind != COND_TEST)
		return;
	for (size_t i = 0; i < cond->n_links; i++)
		each(cond->links[i], to);
	if (cond->measure != MEASURE_FIELD)
		set_fields(&cond->set, each, to);
	if (!cond->field)
		return;
	each(cond->field, to);
	for (unsigned i = 0; cond_is_found(cond) && i < cond->field->object->n_search; i++)
		each(cond->field->object->search[i], to);
}

void
field_sources(const struct field *f, void (*each)(const struct field *source, void *to), void *to)
{
	if (f->formula)
		formula_fields(f->formula, each, to);
	if (f->type != FT_ROLLUP)
		return;
	each(f->rollup_over->field, to);
	if (f->rollup_field)
		each(f->rollup_field, to);
	cond_fields(f->rollup_when, each, to);
}

bool
relation_row(size_t i, struct language_row *out)
{
	if (i >= countof(RELATIONS))
		return false;
	*out = (struct language_row){ RELATIONS[i].name, NULL, RELATIONS[i].op };
	return true;
}

bool
measure_row(size_t i, struct language_row *out)
{
	if (i + MEASURE_ANY >= MEASURE__MAX)
		return false;
	*out = (struct language_row){ MEASURE_NAMES[i + MEASURE_ANY], NULL, 0 };
	return true;
}
