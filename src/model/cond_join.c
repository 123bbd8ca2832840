#include "model/cond_gen.h"

#include "base/cx.h"

/* What is behind a link is found first and the rows by it (IN), which is fast where it is little;
 * or looked up for each row (EXISTS), which is fast where most rows match and only a few are
 * wanted. What is not there can only be looked up. */
static bool
finds_first(const struct gen *g, bool negated)
{
	return !negated && !g->out->per_row;
}

static void
gen_is(struct gen *g, const char *alias, struct str column, const char *other,
       struct str other_column)
{
	sql_column(g->out, alias, column);
	sql_raw(g->out, " = ");
	sql_column(g->out, other, other_column);
}

/* "alias.column IN (SELECT " or "EXISTS (SELECT 1". */
static void
gen_in(struct gen *g, const char *alias, struct str column)
{
	sql_column(g->out, alias, column);
	sql_raw(g->out, " IN (SELECT ");
}

static void
gen_exists(struct gen *g, bool negated)
{
	sql_raw(g->out, negated ? "NOT EXISTS (SELECT 1" : "EXISTS (SELECT 1");
}

static void
gen_table(struct gen *g, const char *before, struct str table, const char *alias)
{
	sql_raw(g->out, before);
	sql_name(g->out, table);
	sql_raw(g->out, " ");
	sql_raw(g->out, alias);
}

/* Not in the trash, and among the rows that may be seen. */
static void
gen_visible(struct gen *g, const struct object *object, const char *inner)
{
	sql_column(g->out, inner, S("deleted_at"));
	sql_raw(g->out, " IS NULL");
	if (g->scope)
		g->scope->append(g->scope, object, inner, g->out);
}

/* ---- links to many as they stand ---- */

void
gen_many(struct gen *g, const struct cond *test, const char *alias, bool negated)
{
	const char *inner = sql_alias(g->out);
	struct subject to = { test, inner, S("to_id") };
	bool first = test->n_operands && finds_first(g, negated);
	struct spans spans;

	if (first) {
		gen_in(g, alias, S("id"));
		sql_column(g->out, inner, S("from_id"));
	} else {
		gen_exists(g, negated);
	}
	gen_table(g, " FROM ", test->field->link_table, inner);
	sql_raw(g->out, " WHERE ");
	if (!first)
		gen_is(g, inner, S("from_id"), alias, S("id"));
	if (test->n_operands) {
		spans = cond_spans(g->out->mem, test, g->when);
		sql_raw(g->out, first ? "" : " AND ");
		gen_spans(g, &to, &spans);
	}
	if (!link_is_open(g, test->field))
		gen_and_seen(g, test->field->target, &to, test->n_operands ? &spans : NULL);
	sql_raw(g->out, ")");
}

/* ---- sets ---- */

/* The names of a set's tables; link: NULL where the records themselves point here. */
struct tables {
	const char *inner, *link;
};

static struct tables
tables_of(struct gen *g, const struct cond_set *set, const char *inner)
{
	bool linked = set->many || set->reverse->field->type == FT_MANY;

	return (struct tables){ inner, linked ? sql_alias(g->out) : NULL };
}

/* The column that holds the id of the row to which a record of the set belongs. */
static void
gen_set_key(struct gen *g, const struct cond_set *set, const struct tables *tables)
{
	if (tables->link)
		sql_column(g->out, tables->link, set->many ? S("from_id") : S("to_id"));
	else
		sql_column(g->out, tables->inner, set->reverse->field->columns[0].name);
}

static void
gen_set_tables(struct gen *g, const struct cond_set *set, const struct tables *tables)
{
	const struct object *object = cond_set_object(set);

	if (!tables->link) {
		gen_table(g, " FROM ", object->table, tables->inner);
		return;
	}
	gen_table(g, " FROM ", set->many ? set->many->link_table : set->reverse->field->link_table,
		  tables->link);
	gen_table(g, " JOIN ", object->table, tables->inner);
	sql_raw(g->out, " ON ");
	gen_is(g, tables->inner, S("id"), tables->link, set->many ? S("to_id") : S("from_id"));
}

static void
gen_set_where(struct gen *g, const struct cond_set *set, const char *inner)
{
	gen_visible(g, cond_set_object(set), inner);
	if (set->currency.n) {
		sql_raw(g->out, " AND ");
		sql_column(g->out, inner, set->amount->columns[1].name);
		sql_raw(g->out, " = ");
		sql_str(g->out, set->currency);
	}
	if (set->where) {
		sql_raw(g->out, " AND ");
		gen_cond(g, set->where, inner, false);
	}
}

void
gen_set(struct gen *g, const struct cond_set *set, const char *alias, const char *inner)
{
	struct tables tables = tables_of(g, set, inner);

	gen_set_tables(g, set, &tables);
	sql_raw(g->out, " WHERE ");
	gen_set_key(g, set, &tables);
	sql_raw(g->out, " = ");
	sql_column(g->out, alias, S("id"));
	sql_raw(g->out, " AND ");
	gen_set_where(g, set, inner);
}

void
gen_any(struct gen *g, const struct cond_set *set, const char *alias, bool negated)
{
	const char *inner = sql_alias(g->out);
	struct tables tables;

	if (!set->where || !finds_first(g, negated)) {
		gen_exists(g, negated);
		gen_set(g, set, alias, inner);
		sql_raw(g->out, ")");
		return;
	}
	tables = tables_of(g, set, inner);
	gen_in(g, alias, S("id"));
	gen_set_key(g, set, &tables);
	gen_set_tables(g, set, &tables);
	sql_raw(g->out, " WHERE ");
	gen_set_where(g, set, inner);
	sql_raw(g->out, ")");
}

/* ---- paths ---- */

/* The tables of a path, joined. */
static void
gen_joins(struct gen *g, const struct cond *test, const char *const names[COND_LINKS_MAX])
{
	gen_table(g, " FROM ", test->links[0]->target->table, names[0]);
	for (size_t i = 1; i < test->n_links; i++) {
		gen_table(g, " JOIN ", test->links[i]->target->table, names[i]);
		sql_raw(g->out, " ON ");
		gen_is(g, names[i], S("id"), names[i - 1], test->links[i]->columns[0].name);
	}
}

/* Where there is no record behind a link, nothing is so: the negation stands before all of the
 * path. */
void
gen_path(struct gen *g, const struct cond *test, const char *alias, bool negated)
{
	const char *names[COND_LINKS_MAX];
	bool first = test->relation != REL_VALUE && finds_first(g, negated);
	struct str link;

	if (!test->n_links) {
		gen_end(g, test, alias, negated);
		return;
	}
	link = test->links[0]->columns[0].name;
	for (size_t i = 0; i < test->n_links; i++)
		names[i] = sql_alias(g->out);
	if (first) {
		gen_in(g, alias, link);
		sql_column(g->out, names[0], S("id"));
	} else {
		gen_exists(g, negated);
	}
	gen_joins(g, test, names);
	sql_raw(g->out, " WHERE ");
	if (!first) {
		gen_is(g, names[0], S("id"), alias, link);
		sql_raw(g->out, " AND ");
	}
	for (size_t i = 0; i < test->n_links; i++) {
		gen_visible(g, test->links[i]->target, names[i]);
		sql_raw(g->out, " AND ");
	}
	gen_end(g, test, names[test->n_links - 1], false);
	sql_raw(g->out, ")");
}
