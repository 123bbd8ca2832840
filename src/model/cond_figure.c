#include "model/cond_gen.h"

#include "base/cx.h"

/* Sums are built from the halves of 32 bits of each value, so that neither engine meets a number
 * beyond 64 bits: SQLite would refuse it, PostgreSQL leave its type.  An engine computes an
 * aggregate that is written several times once. */
static void
gen_low(struct gen *g, const char *x)
{
	sql_raw(g->out, "CAST(coalesce(sum(");
	sql_raw(g->out, x);
	sql_raw(g->out, " & 4294967295), 0) AS BIGINT)");
}

static void
gen_high(struct gen *g, const char *x)
{
	sql_raw(g->out, "CAST(coalesce(sum(");
	sql_raw(g->out, x);
	sql_raw(g->out, " >> 32), 0) AS BIGINT) + (");
	gen_low(g, x);
	sql_raw(g->out, " >> 32)");
}

/* The nearest that 64 bits hold. */
static void
gen_sum(struct gen *g, const char *x)
{
	sql_raw(g->out, "CASE WHEN ");
	gen_high(g, x);
	sql_raw(g->out, " > 2147483647 THEN 9223372036854775807 WHEN ");
	gen_high(g, x);
	sql_raw(g->out, " < -2147483648 THEN -9223372036854775807 - 1 ELSE (");
	gen_high(g, x);
	sql_raw(g->out, ") * 4294967296 + (");
	gen_low(g, x);
	sql_raw(g->out, " & 4294967295) END");
}

/* ---- the values of a set ---- */

/* A column of the set's records, or a rollup of each, which then is the column of a table of its
 * own. */
struct values {
	const struct field *field;
	const char *inner;
	const char *x;
};

static struct values
values_of(struct gen *g, const struct field *field)
{
	struct values values = { field, sql_alias(g->out), NULL };

	if (field->type == FT_ROLLUP)
		values.x = str_printf(g->out->mem, "%sv.x", values.inner).p;
	else
		values.x = str_printf(g->out->mem, "%s.\"%.*s\"", values.inner,
				      STR_FMT(field->columns[0].name))
				   .p;
	return values;
}

static void
gen_from(struct gen *g, const struct values *values, const struct cond_set *set, const char *alias)
{
	if (values->field->type != FT_ROLLUP) {
		gen_set(g, set, alias, values->inner);
		return;
	}
	sql_raw(g->out, " FROM (SELECT ");
	gen_rollup(g, values->field, (struct str){ 0 }, values->inner);
	sql_raw(g->out, " AS x");
	gen_set(g, set, alias, values->inner);
	sql_raw(g->out, ") ");
	sql_raw(g->out, values->inner);
	sql_raw(g->out, "v");
}

/* "(SELECT sum s, count n FROM …) name": n is NULL where there is no value. */
static void
gen_sum_and_count(struct gen *g, const struct field *field, const struct cond_set *set,
		  const char *alias, const char *name)
{
	struct values values = values_of(g, field);

	sql_raw(g->out, "(SELECT ");
	gen_sum(g, values.x);
	sql_raw(g->out, " AS s, nullif(count(");
	sql_raw(g->out, values.x);
	sql_raw(g->out, "), 0) AS n");
	gen_from(g, &values, set, alias);
	sql_raw(g->out, ") ");
	sql_raw(g->out, name);
}

static void
gen_count(struct gen *g, const struct cond_set *set, const char *alias)
{
	const char *inner = sql_alias(g->out);

	sql_raw(g->out, "(SELECT count(*)");
	gen_set(g, set, alias, inner);
	sql_raw(g->out, ")");
}

void
gen_figure(struct gen *g, enum cond_measure measure, const struct field *field,
	   const struct cond_set *set, const char *alias)
{
	struct values values;

	if (measure == MEASURE_COUNT) {
		gen_count(g, set, alias);
		return;
	}
	values = values_of(g, field);
	sql_raw(g->out, "(SELECT ");
	if (measure == MEASURE_SUM) {
		gen_sum(g, values.x);
	} else {
		sql_raw(g->out, measure == MEASURE_MIN ? "min(" : "max(");
		sql_raw(g->out, values.x);
		sql_raw(g->out, ")");
	}
	gen_from(g, &values, set, alias);
	sql_raw(g->out, ")");
}

/* An average rounded to the unit of its field, halves away from zero. */
static void
gen_rounded(struct gen *g, const struct field *field, const struct cond_set *set, const char *alias)
{
	sql_raw(g->out, "(SELECT q.s / q.n + CASE WHEN q.n - abs(q.s % q.n) > abs(q.s % q.n) THEN 0"
			" WHEN q.s < 0 THEN -1 ELSE 1 END FROM ");
	gen_sum_and_count(g, field, set, alias, "q)");
}

void
gen_rollup(struct gen *g, const struct field *rollup, struct str currency, const char *alias)
{
	struct cond_set set = rollup_set(rollup, currency);
	enum cond_measure measure = rollup_measure(rollup);

	if (measure == MEASURE_AVG)
		gen_rounded(g, rollup->rollup_field, &set, alias);
	else
		gen_figure(g, measure, rollup->rollup_field, &set, alias);
}

void
rollup_sql(const struct field *rollup, const struct cond_when *when, const char *alias,
	   const struct cond_scope *scope, struct sqltext *out)
{
	struct gen g = { when, scope, out };

	gen_rollup(&g, rollup, (struct str){ 0 }, alias);
}

/* The average q.s / q.n against an operand of whole units and parts: the quotients decide, or where
 * they are the same the remainders.  Both are cut towards zero. */
static void
gen_average_sign(struct gen *g, const struct operand *o, const char *strict, const char *last)
{
	sql_raw(g->out, "(q.s / q.n ");
	sql_raw(g->out, strict);
	sql_raw(g->out, " ");
	sql_int(g->out, o->value.i);
	sql_raw(g->out, " OR q.s / q.n = ");
	sql_int(g->out, o->value.i);
	sql_raw(g->out, " AND q.s % q.n * 10000 ");
	sql_raw(g->out, last);
	sql_raw(g->out, " q.n * ");
	sql_int(g->out, o->parts);
	sql_raw(g->out, ")");
}
_Static_assert(AVG_PARTS == 10000, "as the text above says");

static void
gen_average_equals(struct gen *g, const struct operand *o)
{
	sql_raw(g->out, "q.s / q.n = ");
	sql_int(g->out, o->value.i);
	sql_raw(g->out, " AND q.s % q.n * 10000 = q.n * ");
	sql_int(g->out, o->parts);
}

static void
gen_average_relation(struct gen *g, const struct cond *test)
{
	static const struct {
		const char *strict, *last;
	} SIGNS[REL__MAX] = {
		[REL_LT] = { "<", "<" },  [REL_LE] = { "<", "<=" },      [REL_GT] = { ">", ">" },
		[REL_GE] = { ">", ">=" }, [REL_BETWEEN] = { ">", ">=" },
	};

	if (test->relation == REL_VALUE) {
		sql_raw(g->out, "q.n > 0");
		return;
	}
	if (SIGNS[test->relation].strict) {
		gen_average_sign(g, &test->operands[0], SIGNS[test->relation].strict,
				 SIGNS[test->relation].last);
		if (test->relation == REL_BETWEEN) {
			sql_raw(g->out, " AND ");
			gen_average_sign(g, &test->operands[1], "<", "<=");
		}
		return;
	}
	for (size_t i = 0; i < test->n_operands; i++) {
		sql_raw(g->out, i ? " OR " : "");
		gen_average_equals(g, &test->operands[i]);
	}
}

void
gen_average(struct gen *g, const struct cond *test, const char *alias, bool negated)
{
	sql_raw(g->out, negated ? "NOT EXISTS (SELECT 1 FROM " : "EXISTS (SELECT 1 FROM ");
	gen_sum_and_count(g, test->field, &test->set, alias, "q");
	sql_raw(g->out, " WHERE ");
	gen_average_relation(g, test);
	sql_raw(g->out, ")");
}
