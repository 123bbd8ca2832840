#include "model/cond_node.h"

#include "base/cx.h"
#include "model/type.h"

enum { SCRATCH_MAX = 64 << 20 };

struct eval {
	const struct cond_when *when;
	const struct cond_source *source;
	struct arena *mem;
};

static bool eval_cond(const struct eval *e, const struct cond *cond, const struct row *row);

/* ---- figures about sets ---- */

struct members {
	const struct row *const *v;
	size_t n;
};

static struct members
members_of(const struct eval *e, const struct cond_set *set, const struct row *row)
{
	struct members members = { 0 };

	if (e->source)
		members.n = e->source->many(e->source, row, set->many, set->reverse, &members.v);
	return members;
}

static bool
is_member(const struct eval *e, const struct cond_set *set, const struct row *row)
{
	const struct value *amount = set->currency.n ? &row->v[set->amount->index] : NULL;

	if (amount && (amount->kind == V_NONE || !str_eq_z(set->currency, amount->currency)))
		return false;
	return !set->where || eval_cond(e, set->where, row);
}

/* What the figures are made of. */
struct tally {
	int64_t n_rows, n_values;
	__int128 sum;
	struct value min, max;
};

static int
value_order(const struct value *a, const struct value *b)
{
	if (a->kind == V_TEXT)
		return str_cmp(a->s, b->s);
	return (a->i > b->i) - (a->i < b->i);
}

static struct value eval_field(const struct eval *e, const struct field *f, const struct row *row);

static void
tally_add(struct tally *t, struct value v)
{
	if (v.kind == V_NONE)
		return;
	if (!t->n_values || value_order(&v, &t->min) < 0)
		t->min = v;
	if (!t->n_values || value_order(&v, &t->max) > 0)
		t->max = v;
	t->sum += v.i;
	t->n_values++;
}

static struct tally
tally_of(const struct eval *e, const struct field *field, const struct cond_set *set,
	 const struct row *row)
{
	struct members members = members_of(e, set, row);
	struct tally t = { 0 };

	for (size_t i = 0; i < members.n; i++) {
		if (!is_member(e, set, members.v[i]))
			continue;
		t.n_rows++;
		if (field)
			tally_add(&t, eval_field(e, field, members.v[i]));
	}
	return t;
}

/* The nearest that 64 bits hold. */
static int64_t
tally_sum(const struct tally *t)
{
	return t->sum > INT64_MAX ? INT64_MAX : t->sum < INT64_MIN ? INT64_MIN : (int64_t)t->sum;
}

/* Rounded, halves away from zero. */
static struct value
tally_average(const struct tally *t)
{
	int64_t sum = tally_sum(t), rest;

	if (!t->n_values)
		return (struct value){ 0 };
	rest = sum % t->n_values;
	if (rest < 0)
		rest = -rest;
	return value_int(sum / t->n_values + (t->n_values - rest > rest ? 0 : sum < 0 ? -1 : 1));
}

static struct value
eval_figure(const struct eval *e, enum cond_measure measure, const struct field *field,
	    const struct cond_set *set, const struct row *row)
{
	struct tally t = tally_of(e, field, set, row);

	switch (measure) {
	case MEASURE_COUNT:
		return value_int(t.n_rows);
	case MEASURE_SUM:
		return value_int(tally_sum(&t));
	case MEASURE_MIN:
		return t.min;
	case MEASURE_MAX:
		return t.max;
	default:
		return tally_average(&t);
	}
}

static struct value
eval_rollup(const struct eval *e, const struct field *f, struct str currency, const struct row *row)
{
	struct cond_set set = rollup_set(f, currency);

	return eval_figure(e, rollup_measure(f), f->rollup_field, &set, row);
}

/* ---- fields ---- */

static struct value
number_or_none(int64_t i)
{
	return i ? value_int(i) : (struct value){ 0 };
}

static struct value
eval_field(const struct eval *e, const struct field *f, const struct row *row)
{
	if (f->type == FT_ID)
		return number_or_none(row->id);
	if (f->index == SF_VERSION)
		return number_or_none(row->version);
	if (f->type == FT_ROLLUP && !fieldset_has(&row->has, f->index))
		return eval_rollup(e, f, (struct str){ 0 }, row);
	return row->v[f->index];
}

static bool
eval_sees(const struct eval *e, struct str object, int64_t id)
{
	return !e->source || !e->source->sees || e->source->sees(e->source, object, id);
}

/* Is it a link to what may not be seen? */
static bool
is_out_of_sight(const struct eval *e, const struct field *f, const struct value *v)
{
	if (f->type == FT_ONE && f->target && v->kind == V_INT)
		return !eval_sees(e, f->target->name, v->i);
	return v->kind == V_ANY && !eval_sees(e, v->s, v->i);
}

/* As it is compared: text by its key. */
static struct value
eval_subject(const struct eval *e, const struct cond *test, const struct row *row)
{
	struct value v;

	if (test->measure != MEASURE_FIELD)
		return eval_figure(e, test->measure, test->field, &test->set, row);
	if (test->field->type == FT_ROLLUP && test->set.currency.n)
		return eval_rollup(e, test->field, test->set.currency, row);
	v = eval_field(e, test->field, row);
	if (is_out_of_sight(e, test->field, &v))
		return (struct value){ 0 };
	if (test->field->has_key && v.kind == V_TEXT && test->relation != REL_VALUE)
		v.s = value_key(e->mem, test->field, &v);
	return v;
}

/* ---- comparisons ---- */

static bool
in_span(const struct value *v, const struct span *span)
{
	int low = span->low.kind == V_NONE ? 1 : value_order(v, &span->low);
	int high = span->high.kind == V_NONE ? -1 : value_order(v, &span->high);

	return (span->low_open ? low > 0 : low >= 0) && (span->high_open ? high < 0 : high <= 0);
}

static bool
in_spans(const struct eval *e, const struct cond *test, const struct value *v)
{
	struct spans spans = cond_spans(e->mem, test, e->when);

	for (size_t i = 0; i < spans.n; i++)
		if (in_span(v, &spans.v[i]))
			return true;
	return false;
}

static bool
matches_any(const struct cond *test, const struct value *v)
{
	for (size_t i = 0; i < test->n_operands; i++)
		if (pattern_matches(test->operands[i].key, v->s))
			return true;
	return false;
}

static bool
in_window(const struct eval *e, const struct cond *test, const struct value *v)
{
	struct day_window window = cond_window(&test->operands[0], e->when);
	struct str day = str_first(str_from(v->s, MONTH_DAY_AT), MONTH_DAY);
	bool after = str_cmp(day, str_of(window.from)) >= 0,
	     before = str_cmp(day, str_of(window.to)) <= 0;

	if (window.always)
		return true;
	return strcmp(window.from, window.to) > 0 ? after || before : after && before;
}

/* The average against one operand, exactly: less, equal or greater. */
static int
average_order(const struct tally *t, const struct operand *o)
{
	int64_t sum = tally_sum(t), whole = sum / t->n_values;
	__int128 rest = (__int128)(sum % t->n_values) * AVG_PARTS,
		 parts = (__int128)o->parts * t->n_values;

	if (whole != o->value.i)
		return whole < o->value.i ? -1 : 1;
	return (rest > parts) - (rest < parts);
}

static bool
eval_average(const struct eval *e, const struct cond *test, const struct row *row)
{
	struct tally t = tally_of(e, test->field, &test->set, row);
	int order;

	if (!t.n_values || test->relation == REL_VALUE)
		return t.n_values > 0;
	order = average_order(&t, &test->operands[0]);
	switch (test->relation) {
	case REL_LT:
		return order < 0;
	case REL_LE:
		return order <= 0;
	case REL_GT:
		return order > 0;
	case REL_GE:
		return order >= 0;
	case REL_BETWEEN:
		return order >= 0 && average_order(&t, &test->operands[1]) <= 0;
	default:
		break;
	}
	for (size_t i = 0; i < test->n_operands; i++)
		if (average_order(&t, &test->operands[i]) == 0)
			return true;
	return false;
}

static bool
eval_many(const struct eval *e, const struct cond *test, const struct value *v)
{
	for (int64_t i = 0; v->kind == V_IDS && i < v->i; i++) {
		struct value id = value_int(v->ids[i]);

		if ((test->relation == REL_VALUE || in_spans(e, test, &id)) &&
		    eval_sees(e, test->field->target->name, v->ids[i]))
			return true;
	}
	return false;
}

static bool
eval_any(const struct cond *test, const struct value *v)
{
	for (size_t i = 0; i < test->n_operands; i++)
		if (value_eq(v, &test->operands[i].value))
			return true;
	return false;
}

static bool
is_of_currency(const struct cond *test, const struct value *v)
{
	return test->measure != MEASURE_FIELD || !test->set.currency.n ||
	       test->field->type == FT_ROLLUP || str_eq_z(test->set.currency, v->currency);
}

static bool
eval_test(const struct eval *e, const struct cond *test, const struct row *row)
{
	struct value v;

	if (test->measure == MEASURE_ANY)
		return tally_of(e, NULL, &test->set, row).n_rows > 0;
	if (test->measure == MEASURE_AVG)
		return eval_average(e, test, row);
	if (cond_is_found(test))
		return e->when->search.has &&
		       e->when->search.has(&e->when->search, row, &test->operands[0].words,
					   test->field->index != SF_ID);
	v = eval_subject(e, test, row);
	if (test->field && test->measure == MEASURE_FIELD && test->field->type == FT_MANY)
		return eval_many(e, test, &v);
	if (v.kind == V_NONE || test->relation == REL_VALUE)
		return v.kind != V_NONE;
	if (test->relation == REL_WITHIN && v.kind == V_TEXT)
		return in_window(e, test, &v);
	if (v.kind == V_ANY)
		return eval_any(test, &v);
	if (cond_is_like(test))
		return matches_any(test, &v);
	return is_of_currency(test, &v) && in_spans(e, test, &v);
}

static bool
eval_path(const struct eval *e, const struct cond *test, const struct row *row)
{
	for (size_t i = 0; i < test->n_links && row; i++)
		row = e->source ? e->source->one(e->source, row, test->links[i]) : NULL;
	return row && eval_test(e, test, row);
}

static bool
eval_cond(const struct eval *e, const struct cond *cond, const struct row *row)
{
	if (cond->kind == COND_TEST)
		return eval_path(e, cond, row);
	if (cond->kind == COND_NOT)
		return !eval_cond(e, cond->parts[0], row);
	for (size_t i = 0; i < cond->n_parts; i++)
		if (eval_cond(e, cond->parts[i], row) == (cond->kind == COND_OR))
			return cond->kind == COND_OR;
	return cond->kind == COND_AND;
}

bool
cond_test(const struct cond *cond, const struct cond_when *when, const struct cond_source *source,
	  const struct row *row)
{
	struct eval e = { when, source, source ? source->mem : NULL };
	struct arena *scratch = NULL;
	bool holds;

	if (!cond)
		return true;
	if (!e.mem)
		e.mem = scratch = arena_new(SCRATCH_MAX);
	holds = eval_cond(&e, cond, row);
	arena_free(&scratch);
	return holds;
}
