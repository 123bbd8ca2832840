#include "model/cond_node.h"

/* How many symbols a parser of SQL has on its stack inside of each construct: SQLite's holds a
 * hundred.  Counted from its grammar: "NOT EXISTS ( SELECT distinct columns from WHERE expr AND".
 */
enum {
	HEIGHT_LEAF = 8,    /* "( expr OR expr NOT BETWEEN expr AND" */
	HEIGHT_SUM = 18,    /* "CASE operand list ELSE ( expr + ( CAST ( id ( distinct id ( distinct
			       expr &" */
	HEIGHT_GROUP = 3,   /* "( expr OR" */
	HEIGHT_EXISTS = 10, /* as above */
	HEIGHT_FIGURE = 12, /* "NOT id ( distinct ( SELECT distinct columns from WHERE expr AND" */
	HEIGHT_AVERAGE = 16, /* "NOT EXISTS ( SELECT distinct columns FROM tables ( SELECT …" */
	HEIGHT_SEEN = 16, /* "( expr OR NOT EXISTS ( SELECT distinct columns from WHERE expr AND (
			     expr OR expr =" */
	HEIGHT_TABLE = 6, /* "( SELECT distinct columns FROM tables" */
	HEIGHT_FOUND = 24, /* "id IN ( SELECT expr … UNION ALL SELECT … AND ( expr OR expr LIKE" */
	HEIGHT_OFTEN = 10 /* "NOT EXISTS ( SELECT distinct columns FROM tables ( SELECT" */
};

static unsigned
higher(unsigned a, unsigned b)
{
	return a > b ? a : b;
}

static unsigned
measure_height(enum cond_measure measure, const struct field *field, const struct cond_set *set)
{
	unsigned around = measure == MEASURE_ANY   ? HEIGHT_EXISTS
			  : measure == MEASURE_AVG ? HEIGHT_AVERAGE
						   : HEIGHT_FIGURE;
	unsigned inside = set->where ? cond_height(set->where) : HEIGHT_LEAF;

	if (measure == MEASURE_SUM || measure == MEASURE_AVG)
		inside = higher(inside, HEIGHT_SUM);
	if (field && field->type == FT_ROLLUP) {
		struct cond_set of = rollup_set(field, (struct str){ 0 });

		inside = higher(inside,
				measure_height(rollup_measure(field), field->rollup_field, &of));
		around += HEIGHT_TABLE;
	}
	return around + inside;
}

static unsigned
test_height(const struct cond *test)
{
	bool often = test->relation == REL_IN || test->relation == REL_WITHIN;
	unsigned height = test->n_links ? HEIGHT_EXISTS : 0;
	struct cond_set set;

	if (test->measure != MEASURE_FIELD)
		return height + measure_height(test->measure, test->field, &test->set) +
		       (often ? HEIGHT_OFTEN : 0);
	if (cond_is_found(test))
		return height + HEIGHT_FOUND;
	if (test->field->type == FT_MANY)
		return height + HEIGHT_EXISTS + HEIGHT_EXISTS + HEIGHT_LEAF;
	if (test->field->type == FT_ONE || test->field->type == FT_ANY)
		return height + HEIGHT_SEEN;
	if (test->field->type != FT_ROLLUP)
		return height + HEIGHT_LEAF;
	set = rollup_set(test->field, (struct str){ 0 });
	return height +
	       measure_height(rollup_measure(test->field), test->field->rollup_field, &set) +
	       (often ? HEIGHT_OFTEN : 0);
}

unsigned
cond_height(const struct cond *cond)
{
	unsigned height = 0;

	if (cond->kind == COND_TEST)
		return test_height(cond);
	for (size_t i = 0; i < cond->n_parts; i++)
		height = higher(height, cond_height(cond->parts[i]));
	if (cond->kind == COND_OR && cond_is_found(cond->parts[0]))
		height += HEIGHT_EXISTS;
	return height + (cond->kind == COND_NOT ? 0 : HEIGHT_GROUP);
}
