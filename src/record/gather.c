#include "record/gather.h"

#include "record/entry.h"
#include "record/query.h"

/* ---- which records ---- */

bool
gather_of(struct cx *cx, const struct field *link, int64_t id, struct str where, struct gather *out)
{
	struct cond_sight sight = cond_sight_of(cx);
	struct gather gather = { .link = link, .id = id };

	*out = (struct gather){ 0 };
	if (!link || !can_object(cx, link->object, OP_READ) ||
	    !can_see_field(cx, link->object, link))
		return true;
	if (where.n &&
	    !cond_parse(cx, cx->mem, cx->model, link->object, where, &sight, &gather.where)) {
		if (cx->err.code != E_INPUT)
			return false;
		fail_clear(cx); /* it names what he may not see */
		return true;
	}
	*out = gather;
	return true;
}

bool
gather_via(struct cx *cx, const struct field *via, struct gather *out)
{
	if (!can_object(cx, via->object, OP_READ) || !can_see_field(cx, via->object, via))
		out->link = NULL;
	out->via = via;
	return out->link != NULL;
}

static void
link_sql(struct cx *cx, const struct gather *of, struct sqltext *sql)
{
	sql_column(sql, "t", of->link->columns[0].name);
	if (!of->via) {
		sql_raw(sql, " = ");
		sql_int(sql, of->id);
		return;
	}
	sql_raw(sql, " IN (SELECT v.\"id\" FROM ");
	sql_name(sql, of->via->object->table);
	sql_raw(sql, " v WHERE v.\"deleted_at\" IS NULL AND ");
	sql_column(sql, "v", of->via->columns[0].name);
	sql_raw(sql, " = ");
	sql_int(sql, of->id);
	rights_sql(cx, of->via->object, OP_READ, "v", sql);
	sql_raw(sql, ")");
}

/* Few records hang on one, whatever else holds for them. */
static void
gather_where(struct cx *cx, const struct gather *of, struct sqltext *sql)
{
	struct rights_scope scope = rights_scope_of(cx);
	struct cond_when when = cond_when_of(cx);
	const struct field *link = of->link;

	sql_raw(sql, " FROM ");
	sql_name(sql, link->object->table);
	sql_raw(sql, " t WHERE t.\"deleted_at\" IS NULL AND ");
	link_sql(cx, of, sql);
	rights_sql(cx, link->object, OP_READ, "t", sql);
	if (!of->where)
		return;
	sql_raw(sql, " AND ");
	sql_raw(sql, db_dialect(cx->db)->no_index);
	cond_sql(of->where, &when, "t", &scope.scope, sql);
}

/* ---- figures ---- */

static const struct field *
seen(const struct cx *cx, const struct figure *figure, const struct field *f)
{
	const struct object *object = figure->of.link->object;

	return f && can_see_field(cx, object, f) ? f : NULL;
}

static void
sum_sql(struct cx *cx, const struct field *f, struct sqltext *sql)
{
	if (!f) {
		sql_raw(sql, ", CAST(NULL AS BIGINT)");
		return;
	}
	sql_raw(sql, ", CAST(sum(");
	rights_column(cx, f, 0, "t", sql);
	sql_raw(sql, ") AS BIGINT)");
}

static void
end_sql(const char *function, const struct field *f, enum column_class class, struct sqltext *sql)
{
	sql_raw(sql, ", ");
	if (!f || f->columns[0].class != class) {
		sql_raw(sql, class == COLUMN_INT ? "CAST(NULL AS BIGINT)" : "CAST(NULL AS TEXT)");
		return;
	}
	sql_raw(sql, function);
	sql_column(sql, "t", f->columns[0].name);
	sql_raw(sql, ")");
}

/* In the columns of an entry, so that both are one statement: the number for the id, the first day
 * for the moment, the last one for the title, the second sum for the owner. */
enum {
	AT_COUNT = 1,
	AT_FIRST,
	AT_FIRST_DAY,
	AT_LAST_DAY,
	AT_LAST,
	AT_SUM = 7,
	AT_CURRENCY,
	AT_SECOND = 10
};

static void
figure_sql(struct cx *cx, const struct figure *figure, size_t number, struct sqltext *sql)
{
	const struct field *amount = seen(cx, figure, figure->amount);
	const struct field *second = seen(cx, figure, figure->second);
	const struct field *day = seen(cx, figure, figure->day);
	bool split = amount && amount->n_columns == 2;

	sql_raw(sql, sql->text.n ? " UNION ALL SELECT " : "SELECT ");
	buf_int(&sql->text, (int64_t)number);
	sql_raw(sql, ", count(*)");
	end_sql("min(", day, COLUMN_INT, sql);
	end_sql("min(", day, COLUMN_TEXT, sql);
	end_sql("max(", day, COLUMN_TEXT, sql);
	end_sql("max(", day, COLUMN_INT, sql);
	sql_raw(sql, ", CAST(NULL AS TEXT)");
	sum_sql(cx, amount, sql);
	sql_raw(sql, ", ");
	if (split)
		sql_column(sql, "t", amount->columns[1].name);
	else
		sql_raw(sql, "CAST(NULL AS TEXT)");
	sql_raw(sql, ", CAST(NULL AS TEXT)");
	sum_sql(cx, second, sql);
	gather_where(cx, &figure->of, sql);
	if (!split)
		return;
	sql_raw(sql, " GROUP BY ");
	sql_column(sql, "t", amount->columns[1].name);
}

/* What has no amount has no currency, and is no sum. */
static void
sum_read(struct stmt *stmt, struct figure *figure)
{
	struct gathered_sum sum = { 0 };
	struct str currency = db_col_str(stmt, AT_CURRENCY);
	size_t at;

	if (db_col_null(stmt, AT_SUM) || figure->n_sums == GATHER_SUMS)
		return;
	sum.sum = db_col_int(stmt, AT_SUM);
	sum.second = db_col_null(stmt, AT_SECOND) ? 0 : db_col_int(stmt, AT_SECOND);
	for (size_t i = 0; i < sizeof sum.currency - 1 && i < currency.n; i++)
		sum.currency[i] = currency.p[i];
	for (at = figure->n_sums++; at && figure->sums[at - 1].sum < sum.sum; at--)
		figure->sums[at] = figure->sums[at - 1];
	figure->sums[at] = sum;
}

static void
figure_read(struct stmt *stmt, struct figure *figure)
{
	int64_t first = entry_moment(stmt, AT_FIRST, AT_FIRST_DAY),
		last = entry_moment(stmt, AT_LAST, AT_LAST_DAY);

	figure->count += db_col_int(stmt, AT_COUNT);
	if (first && (!figure->first || first < figure->first))
		figure->first = first;
	if (last && (!figure->last || last > figure->last))
		figure->last = last;
	sum_read(stmt, figure);
}

/* ---- excerpts ---- */

static void
excerpt_order_sql(struct cx *cx, const struct excerpt *excerpt, struct sqltext *sql)
{
	struct query query = { .object = excerpt->of.link->object };
	struct order order;

	order_of(cx, &query, &order);
	if (excerpt->own_order && !order.link) {
		order_sql(cx, &order, PART_ALL, "", sql);
		return;
	}
	sql_raw(sql, " ORDER BY ");
	sql_column(sql, "t", excerpt->fields.when->columns[0].name);
	sql_raw(sql,
		excerpt->soonest ? " NULLS LAST, t.\"id\"" : " DESC NULLS LAST, t.\"id\" DESC");
}

static void
excerpt_sql(struct cx *cx, const struct excerpt *excerpt, size_t number, struct sqltext *sql)
{
	sql_raw(sql, sql->text.n ? " UNION ALL SELECT * FROM (" : "SELECT * FROM (");
	entry_columns_sql(cx, sql, number, &excerpt->fields);
	gather_where(cx, &excerpt->of, sql);
	excerpt_order_sql(cx, excerpt, sql);
	sql_raw(sql, " LIMIT ");
	buf_int(&sql->text, excerpt->limit);
	sql_raw(sql, ") x");
	buf_int(&sql->text, (int64_t)number);
}

/* ---- both ---- */

static void
gather_sql(struct cx *cx, const struct figure *figures, size_t n_figures, struct excerpt *excerpts,
	   size_t n_excerpts, struct sqltext *sql)
{
	for (size_t i = 0; i < n_figures; i++)
		if (figures[i].of.link)
			figure_sql(cx, &figures[i], i, sql);
	for (size_t i = 0; i < n_excerpts; i++) {
		struct excerpt *excerpt = &excerpts[i];

		if (!excerpt->of.link || !excerpt->fields.when)
			continue;
		excerpt->v = new_array(cx->mem, (size_t)excerpt->limit + 1, struct entry);
		excerpt_sql(cx, excerpt, n_figures + i, sql);
	}
}

bool
record_gather(struct cx *cx, struct figure *figures, size_t n_figures, struct excerpt *excerpts,
	      size_t n_excerpts)
{
	struct sqltext sql = sqltext_new(cx->mem);
	struct stmt *stmt;
	bool more;

	gather_sql(cx, figures, n_figures, excerpts, n_excerpts, &sql);
	if (!sql.text.n)
		return true;
	stmt = sql_prepare(cx, &sql);
	while (stmt && db_step(cx, stmt, &more)) {
		struct excerpt *excerpt;
		size_t at;

		if (!more)
			return true;
		at = (size_t)db_col_int(stmt, 0);
		if (at < n_figures) {
			figure_read(stmt, &figures[at]);
			continue;
		}
		excerpt = &excerpts[at - n_figures];
		excerpt->v[excerpt->n++] =
			entry_from(cx, stmt, excerpt->of.link->object, &excerpt->fields);
	}
	return false;
}
