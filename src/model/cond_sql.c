#include "model/cond_gen.h"

#include "base/cx.h"

static void
gen_subject(struct gen *g, const struct subject *s)
{
	if (s->column.n)
		sql_column(g->out, s->alias, s->column);
	else if (s->test->measure == MEASURE_FIELD)
		gen_rollup(g, s->test->field, s->test->set.currency, s->alias);
	else
		gen_figure(g, s->test->measure, s->test->field, &s->test->set, s->alias);
}

void
gen_compare(struct gen *g, const struct subject *s, const char *sign, const struct value *v)
{
	gen_subject(g, s);
	sql_raw(g->out, sign);
	sql_value(g->out, v);
}

/* ---- intervals ---- */

static void
gen_span(struct gen *g, const struct subject *s, const struct span *span)
{
	bool has_low = span->low.kind != V_NONE, has_high = span->high.kind != V_NONE;
	bool closed = has_low && has_high && !span->low_open && !span->high_open;

	if (closed && span_is_point(span)) {
		gen_compare(g, s, " = ", &span->low);
		return;
	}
	if (closed) {
		gen_compare(g, s, " BETWEEN ", &span->low);
		sql_raw(g->out, " AND ");
		sql_value(g->out, &span->high);
		return;
	}
	if (has_low)
		gen_compare(g, s, span->low_open ? " > " : " >= ", &span->low);
	if (has_low && has_high)
		sql_raw(g->out, " AND ");
	if (has_high)
		gen_compare(g, s, span->high_open ? " < " : " <= ", &span->high);
}

/* What lies outside; to be joined by OR with "is null". */
static void
gen_outside(struct gen *g, const struct subject *s, const struct span *span)
{
	bool has_low = span->low.kind != V_NONE, has_high = span->high.kind != V_NONE;
	bool closed = has_low && has_high && !span->low_open && !span->high_open;

	if (closed && span_is_point(span)) {
		gen_compare(g, s, " <> ", &span->low);
		return;
	}
	if (closed) {
		gen_compare(g, s, " NOT BETWEEN ", &span->low);
		sql_raw(g->out, " AND ");
		sql_value(g->out, &span->high);
		return;
	}
	if (has_low)
		gen_compare(g, s, span->low_open ? " <= " : " < ", &span->low);
	if (has_low && has_high)
		sql_raw(g->out, " OR ");
	if (has_high)
		gen_compare(g, s, span->high_open ? " >= " : " > ", &span->high);
}

static bool
spans_are_points(const struct spans *spans)
{
	for (size_t i = 0; i < spans->n; i++)
		if (!span_is_point(&spans->v[i]))
			return false;
	return spans->n > 1;
}

static void
gen_points(struct gen *g, const struct subject *s, const struct spans *spans, const char *in)
{
	gen_subject(g, s);
	sql_raw(g->out, in);
	for (size_t i = 0; i < spans->n; i++) {
		sql_raw(g->out, i ? ", " : "");
		sql_value(g->out, &spans->v[i].low);
	}
	sql_raw(g->out, ")");
}

void
gen_spans(struct gen *g, const struct subject *s, const struct spans *spans)
{
	if (!spans->n) {
		sql_raw(g->out, "1 = 0");
		return;
	}
	if (spans_are_points(spans)) {
		gen_points(g, s, spans, " IN (");
		return;
	}
	if (spans->n > 1)
		sql_raw(g->out, "(");
	for (size_t i = 0; i < spans->n; i++) {
		sql_raw(g->out, i ? " OR " : "");
		gen_span(g, s, &spans->v[i]);
	}
	if (spans->n > 1)
		sql_raw(g->out, ")");
}

void
gen_null_or(struct gen *g, const struct subject *s)
{
	sql_raw(g->out, "(");
	gen_subject(g, s);
	sql_raw(g->out, " IS NULL OR ");
}

void
gen_not_spans(struct gen *g, const struct subject *s, const struct spans *spans)
{
	if (!spans->n) {
		sql_raw(g->out, "1 = 1");
		return;
	}
	gen_null_or(g, s);
	if (spans_are_points(spans)) {
		gen_points(g, s, spans, " NOT IN (");
	} else {
		for (size_t i = 0; i < spans->n; i++) {
			sql_raw(g->out, i ? " AND (" : spans->n > 1 ? "(" : "");
			gen_outside(g, s, &spans->v[i]);
			sql_raw(g->out, spans->n > 1 ? ")" : "");
		}
	}
	sql_raw(g->out, ")");
}

void
gen_is_value(struct gen *g, const struct subject *s, const struct value *v, bool negated)
{
	if (negated)
		gen_null_or(g, s);
	gen_compare(g, s, negated ? " <> " : " = ", v);
	if (negated)
		sql_raw(g->out, ")");
}

/* ---- texts ---- */

/* One of the patterns; negated: none. */
static void
gen_like(struct gen *g, const struct subject *s, bool negated)
{
	const struct cond *test = s->test;

	if (negated)
		gen_null_or(g, s);
	else if (test->n_operands > 1)
		sql_raw(g->out, "(");
	for (size_t i = 0; i < test->n_operands; i++) {
		sql_raw(g->out, !i ? "" : negated ? " AND " : " OR ");
		gen_subject(g, s);
		sql_raw(g->out, negated ? " NOT LIKE " : " LIKE ");
		if (cond_names_options(test))
			sql_literal(g->out, test->operands[i].key);
		else
			sql_str(g->out, test->operands[i].key);
		sql_raw(g->out, " ESCAPE '\\'");
	}
	if (negated || test->n_operands > 1)
		sql_raw(g->out, ")");
}

/* ---- yearly days ---- */

static void
gen_month_day(struct gen *g, const struct subject *s)
{
	sql_raw(g->out, "substr(");
	gen_subject(g, s);
	sql_raw(g->out, ", 6, 5)");
}

static void
gen_within(struct gen *g, const struct subject *s, bool negated)
{
	struct day_window window = cond_window(&s->test->operands[0], g->when);
	bool wraps = strcmp(window.from, window.to) > 0;

	if (window.always) {
		gen_subject(g, s);
		sql_raw(g->out, negated ? " IS NULL" : " IS NOT NULL");
		return;
	}
	if (negated) {
		gen_null_or(g, s);
	} else {
		/* For an index over the rows that have a day. */
		sql_raw(g->out, "(");
		gen_subject(g, s);
		sql_raw(g->out, " IS NOT NULL AND (");
	}
	gen_month_day(g, s);
	sql_raw(g->out, negated ? " < " : " >= ");
	sql_str(g->out, str_dup(g->out->mem, str_of(window.from)));
	sql_raw(g->out, wraps != negated ? " OR " : " AND ");
	gen_month_day(g, s);
	sql_raw(g->out, negated ? " > " : " <= ");
	sql_str(g->out, str_dup(g->out->mem, str_of(window.to)));
	sql_raw(g->out, negated ? ")" : "))");
}

/* ---- tests ---- */

static struct str
column_of(const struct field *f)
{
	if (f->type == FT_ROLLUP)
		return (struct str){ 0 };
	return f->columns[f->has_key ? 1 : 0].name;
}

static void
gen_value_test(struct gen *g, const struct subject *s, bool negated)
{
	struct subject whole = *s;

	if (s->column.n)
		whole.column = s->test->field->columns[0].name;
	gen_subject(g, &whole);
	sql_raw(g->out, negated ? " IS NULL" : " IS NOT NULL");
}

/* Amounts of one currency: those of another are not equal, less or greater. */
static void
gen_of_currency(struct gen *g, const struct subject *s, bool negated)
{
	struct subject currency = *s;
	struct value code = value_text(s->test->set.currency);

	currency.column = s->test->field->columns[1].name;
	sql_raw(g->out, negated ? " OR " : " AND ");
	gen_is_value(g, &currency, &code, negated);
}

static void
gen_column_test(struct gen *g, const struct subject *s, bool negated)
{
	struct spans spans = cond_spans(g->out->mem, s->test, g->when);
	bool has_currency = s->test->set.currency.n > 0;

	if (has_currency && negated)
		sql_raw(g->out, "(");
	if (negated)
		gen_not_spans(g, s, &spans);
	else
		gen_spans(g, s, &spans);
	if (!has_currency)
		return;
	gen_of_currency(g, s, negated);
	if (negated)
		sql_raw(g->out, ")");
}

static void
gen_intervals(struct gen *g, const struct subject *s, const struct spans *spans)
{
	if (cond_is_yearly(s->test))
		gen_within(g, s, false);
	else
		gen_spans(g, s, spans);
}

/* A figure is written once: where it is compared more often, as the column of a table of one row.
 * The negation goes around it. */
static void
gen_figure_test(struct gen *g, const struct subject *s, bool negated)
{
	struct spans spans = { 0 };
	struct subject column = { s->test, NULL, S("x") };

	if (!cond_is_yearly(s->test))
		spans = cond_spans(g->out->mem, s->test, g->when);
	if (spans.n == 1 || spans_are_points(&spans)) {
		sql_raw(g->out, negated ? "NOT coalesce(" : "");
		gen_spans(g, s, &spans);
		sql_raw(g->out, negated ? ", 1 = 0)" : "");
		return;
	}
	column.alias = sql_alias(g->out);
	sql_raw(g->out,
		negated ? "NOT EXISTS (SELECT 1 FROM (SELECT " : "EXISTS (SELECT 1 FROM (SELECT ");
	gen_subject(g, s);
	sql_raw(g->out, " AS x) ");
	sql_raw(g->out, column.alias);
	sql_raw(g->out, " WHERE ");
	gen_intervals(g, &column, &spans);
	sql_raw(g->out, ")");
}

/* Is it a link that is more than the number in its column? */
static bool
is_link(const struct gen *g, const struct subject *s)
{
	const struct cond *test = s->test;

	if (test->measure != MEASURE_FIELD)
		return false;
	if (test->field->type == FT_ANY && test->relation != REL_VALUE)
		return true;
	return (test->field->type == FT_ANY || test->field->type == FT_ONE) &&
	       !link_is_open(g, test->field);
}

static void
gen_field_test(struct gen *g, const struct subject *s, bool negated)
{
	const struct cond *test = s->test;

	if (test->measure == MEASURE_FIELD && test->field->type == FT_MANY)
		gen_many(g, test, s->alias, negated);
	else if (is_link(g, s))
		gen_link(g, s, negated);
	else if (test->relation == REL_VALUE)
		gen_value_test(g, s, negated);
	else if (!s->column.n)
		gen_figure_test(g, s, negated);
	else if (cond_is_yearly(test))
		gen_within(g, s, negated);
	else if (cond_is_like(test))
		gen_like(g, s, negated);
	else
		gen_column_test(g, s, negated);
}

/* ---- words ---- */

static void
gen_found_ids(struct gen *g, const struct cond *test)
{
	const struct cond_search *search = &g->when->search;

	if (search->ids)
		search->ids(search, test->field->object, &test->operands[0].words,
			    test->field->index != SF_ID, g->out);
	else
		sql_raw(g->out, "SELECT 0 WHERE 1 = 0");
}

static void
gen_found(struct gen *g, const struct cond *test, const char *alias, bool negated)
{
	sql_column(g->out, alias, S("id"));
	sql_raw(g->out, negated ? " NOT IN (" : " IN (");
	gen_found_ids(g, test);
	sql_raw(g->out, ")");
}

/* The object of whose rows the condition is. */
static const struct object *
object_of(const struct cond *cond)
{
	while (cond->kind != COND_TEST) {
		size_t i = 0;

		while (!cond_is_found(cond->parts[i]))
			i++;
		cond = cond->parts[i];
	}
	return cond->n_links ? cond->links[0]->object : cond->field->object;
}

/* Does the full text serve each of the alternatives? */
static bool
is_found_anyhow(const struct cond *cond)
{
	for (size_t i = 0; i < cond->n_parts; i++)
		if (!cond_is_found(cond->parts[i]))
			return false;
	return cond->kind == COND_OR;
}

static void
gen_found_rows(struct gen *g, const struct cond *cond)
{
	const char *inner = sql_alias(g->out);

	sql_raw(g->out, "SELECT ");
	sql_column(g->out, inner, S("id"));
	sql_raw(g->out, " FROM ");
	sql_name(g->out, object_of(cond)->table);
	sql_raw(g->out, " ");
	sql_raw(g->out, inner);
	sql_raw(g->out, " WHERE ");
	sql_column(g->out, inner, S("deleted_at"));
	sql_raw(g->out, " IS NULL AND ");
	gen_cond(g, cond, inner, false);
}

/* Each alternative finds its rows by itself: an engine that is given OR reads all rows instead. */
static void
gen_found_any(struct gen *g, const struct cond *cond, const char *alias)
{
	bool per_row = g->out->per_row;

	g->out->per_row = false;
	sql_column(g->out, alias, S("id"));
	for (size_t i = 0; i < cond->n_parts; i++) {
		const struct cond *part = cond->parts[i];

		sql_raw(g->out, i ? " UNION ALL " : " IN (");
		if (part->kind == COND_TEST && !part->n_links)
			gen_found_ids(g, part);
		else
			gen_found_rows(g, part);
	}
	sql_raw(g->out, ")");
	g->out->per_row = per_row;
}

void
gen_end(struct gen *g, const struct cond *test, const char *alias, bool negated)
{
	struct subject subject = { test, alias, { 0 } };

	if (cond_is_found(test)) {
		gen_found(g, test, alias, negated);
		return;
	}

	if (test->measure == MEASURE_ANY) {
		gen_any(g, &test->set, alias, negated);
		return;
	}
	if (test->measure == MEASURE_AVG) {
		gen_average(g, test, alias, negated);
		return;
	}
	if (test->measure == MEASURE_FIELD && test->field->type != FT_MANY)
		subject.column = column_of(test->field);
	gen_field_test(g, &subject, negated);
}

void
gen_cond(struct gen *g, const struct cond *cond, const char *alias, bool negated)
{
	bool any;

	if (g->out->full)
		return;
	if (cond->kind == COND_TEST) {
		gen_path(g, cond, alias, negated);
		return;
	}
	if (cond->kind == COND_NOT) {
		gen_cond(g, cond->parts[0], alias, !negated);
		return;
	}
	if (!negated && is_found_anyhow(cond)) {
		gen_found_any(g, cond, alias);
		return;
	}
	any = (cond->kind == COND_OR) != negated;
	sql_raw(g->out, any ? "(" : "");
	for (size_t i = 0; i < cond->n_parts; i++) {
		sql_raw(g->out, !i ? "" : any ? " OR " : " AND ");
		gen_cond(g, cond->parts[i], alias, negated);
	}
	sql_raw(g->out, any ? ")" : "");
}

void
cond_sql(const struct cond *cond, const struct cond_when *when, const char *alias,
	 const struct cond_scope *scope, struct sqltext *out)
{
	struct gen g = { when, scope, out };

	sql_raw(out, "(");
	if (cond)
		gen_cond(&g, cond, alias, false);
	else
		sql_raw(out, "1 = 1");
	sql_raw(out, ")");
}
