#include "model/cond_gen.h"

#include "base/cx.h"

/* Sums are built from the halves of 32 bits of each value, so that neither engine meets a number
 * beyond 64 bits: SQLite would refuse it, PostgreSQL leave its type. */
#define HIGH "CAST(coalesce(sum(v.x >> 32), 0) AS BIGINT)"
#define LOW "CAST(coalesce(sum(v.x & 4294967295), 0) AS BIGINT)"
#define SUM                                                    \
	"CASE WHEN h.hi > 2147483647 THEN 9223372036854775807" \
	" WHEN h.hi < -2147483648 THEN -9223372036854775807 - 1 ELSE h.hi * 4294967296 + h.lo END"

/* The value of a field of the row. */
static void
gen_field(struct gen *g, const struct field *field, const char *alias)
{
	if (field->type == FT_ROLLUP)
		gen_rollup(g, field, (struct str){ 0 }, alias);
	else
		sql_column(g->out, alias, field->columns[0].name);
}

/* " FROM (SELECT … AS x FROM …) v" */
static void
gen_values(struct gen *g, const struct field *field, const struct cond_set *set, const char *alias)
{
	const char *inner = sql_alias(g->out);

	sql_raw(g->out, " FROM (SELECT ");
	gen_field(g, field, inner);
	sql_raw(g->out, " AS x");
	gen_set(g, set, alias, inner);
	sql_raw(g->out, ") v");
}

/* " FROM (SELECT … hi, … lo, … n FROM …) h": the sum is SUM, n counts the values. */
static void
gen_halves(struct gen *g, const struct field *field, const struct cond_set *set, const char *alias)
{
	sql_raw(g->out, " FROM (SELECT " HIGH " + (" LOW " >> 32) AS hi, " LOW
			" & 4294967295 AS lo, count(v.x) AS n");
	gen_values(g, field, set, alias);
	sql_raw(g->out, ") h");
}

void
gen_figure(struct gen *g, enum cond_measure measure, const struct field *field,
	   const struct cond_set *set, const char *alias)
{
	const char *inner;

	if (measure == MEASURE_SUM) {
		sql_raw(g->out, "(SELECT " SUM);
		gen_halves(g, field, set, alias);
		sql_raw(g->out, ")");
		return;
	}
	inner = sql_alias(g->out);
	sql_raw(g->out, "(SELECT ");
	sql_raw(g->out, MEASURE_NAMES[measure]);
	sql_raw(g->out, "(");
	if (measure == MEASURE_COUNT)
		sql_raw(g->out, "*");
	else
		gen_field(g, field, inner);
	sql_raw(g->out, ")");
	gen_set(g, set, alias, inner);
	sql_raw(g->out, ")");
}

/* An average rounded to the unit of its field, halves away from zero. */
static void
gen_rounded(struct gen *g, const struct field *field, const struct cond_set *set, const char *alias)
{
	sql_raw(g->out,
		"(SELECT s.s / s.n + CASE WHEN s.n - abs(s.s % s.n) > abs(s.s % s.n) THEN 0"
		" WHEN s.s < 0 THEN -1 ELSE 1 END FROM (SELECT " SUM " AS s, nullif(h.n, 0) AS n");
	gen_halves(g, field, set, alias);
	sql_raw(g->out, ") s)");
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
	sql_raw(g->out,
		negated ? "NOT EXISTS (SELECT 1 FROM (SELECT " : "EXISTS (SELECT 1 FROM (SELECT ");
	sql_raw(g->out, SUM " AS s, nullif(h.n, 0) AS n");
	gen_halves(g, test->field, &test->set, alias);
	sql_raw(g->out, ") q WHERE ");
	gen_average_relation(g, test);
	sql_raw(g->out, ")");
}
