#include "record/tally.h"

#include "record/internal.h"

enum {
	STRETCH_BITS = 8,    /* ids of a stretch: 256 */
	TALLY_MAX = 1 << 17, /* stretches: ids up to 33 million */
	CHANGES_MAX = 4096   /* entries of the log that are looked through */
};

bool
tally_is_possible(struct cx *cx, const struct query *query)
{
	struct rights_scope scope = rights_scope_of(cx);

	return !query->trash && rights_are_own(cx, query->object, query->op) &&
	       cond_is_own(query->face ? query->face->when : NULL, &scope.scope) &&
	       cond_is_own(query->where, &scope.scope);
}

void
tally_free(struct tally *tally)
{
	heap_free(tally->v);
	*tally = (struct tally){ 0 };
}

static void
reach(struct tally *tally, size_t at)
{
	size_t n = at + at / 4 + 1;

	if (at < tally->n)
		return;
	tally->v = heap_grow(tally->v, n * sizeof *tally->v);
	memset(&tally->v[tally->n], 0, (n - tally->n) * sizeof *tally->v);
	tally->n = n;
}

static bool
fits(int64_t id)
{
	return id >= 0 && id >> STRETCH_BITS < TALLY_MAX;
}

static void
select_sql(const char *what, const struct query *query, struct sqltext *sql)
{
	sql_raw(sql, what);
	sql_raw(sql, " FROM ");
	sql_name(sql, query->object->table);
	sql_raw(sql, " t");
}

bool
tally_read(struct cx *cx, const struct query *query, struct tally *out, int64_t *count)
{
	struct sqltext sql = sqltext_new(cx->mem);
	struct tally tally = { 0 };
	int64_t n = 0, id;
	bool row, kept = true;
	struct stmt *stmt;

	select_sql("SELECT t.\"id\"", query, &sql);
	where_sql(cx, query, "", &sql);
	stmt = sql_prepare(cx, &sql);
	reach(&tally, 0);
	while (stmt && db_step(cx, stmt, &row)) {
		if (!row) {
			if (!kept)
				tally_free(&tally);
			*out = tally;
			*count = n;
			return true;
		}
		n++;
		id = db_col_int(stmt, 0);
		kept = kept && fits(id);
		if (!kept)
			continue;
		reach(&tally, (size_t)(id >> STRETCH_BITS));
		tally.v[id >> STRETCH_BITS]++;
	}
	tally_free(&tally);
	return false;
}

static void
stretch_add(struct stretches *stretches, int64_t at)
{
	for (size_t i = 0; i < stretches->n; i++)
		if (stretches->v[i].at == at)
			return;
	if (stretches->n == STRETCHES_MAX)
		stretches->too_many = true;
	else
		stretches->v[stretches->n++].at = at;
}

static bool
find_changed(struct cx *cx, const struct object *object, int64_t since, struct stretches *out)
{
	struct stmt *stmt = db_sql(cx, "SELECT object, record_id FROM sys_change"
				       " WHERE changeset_id > ?1 LIMIT ?2");
	int64_t n = 0;
	bool row;

	if (!stmt)
		return false;
	db_bind_int(stmt, 1, since);
	db_bind_int(stmt, 2, CHANGES_MAX);
	while (db_step(cx, stmt, &row)) {
		if (!row)
			return true;
		out->too_many |= ++n == CHANGES_MAX;
		if (!str_eq(db_col_str(stmt, 0), object->name))
			continue;
		out->too_many |= !fits(db_col_int(stmt, 1));
		stretch_add(out, db_col_int(stmt, 1) >> STRETCH_BITS);
	}
	return false;
}

/* Found by the ids, whatever else there is an index for. */
static bool
count_stretch(struct cx *cx, const struct query *query, struct stretch *stretch)
{
	struct sqltext sql = sqltext_new(cx->mem);

	select_sql("SELECT count(*)", query, &sql);
	where_sql(cx, query, db_dialect(cx->db)->no_index, &sql);
	sql_raw(&sql, " AND t.\"id\" BETWEEN ");
	sql_int(&sql, stretch->at << STRETCH_BITS);
	sql_raw(&sql, " AND ");
	sql_int(&sql, ((stretch->at + 1) << STRETCH_BITS) - 1);
	return sql_one_int(cx, &sql, 0, &stretch->count);
}

bool
tally_changed(struct cx *cx, const struct query *query, int64_t since, struct stretches *out)
{
	struct stretches changed = { 0 };

	if (!find_changed(cx, query->object, since, &changed))
		return false;
	for (size_t i = 0; i < changed.n && !changed.too_many; i++)
		if (!count_stretch(cx, query, &changed.v[i]))
			return false;
	*out = changed;
	return true;
}

void
tally_put(struct tally *tally, const struct stretches *changed, int64_t *count)
{
	for (size_t i = 0; i < changed->n; i++) {
		const struct stretch *stretch = &changed->v[i];

		reach(tally, (size_t)stretch->at);
		*count += stretch->count - tally->v[stretch->at];
		tally->v[stretch->at] = (uint16_t)stretch->count;
	}
}
