/* Exact groups: SQL groups, and what SQL cannot say alike on both engines (periods of moments,
 * means) is folded here. */
#include "record/people.h"
#include "record/query.h"

enum {
	QUARTER_HOUR_MS = 900000,
	KEY_TEXT_MAX = 4 << 10,
	TABLE_BITS = 16,
	MONEYS_MAX = 8,
	CURRENCY = 4
};

/* ---- the statement ---- */

static void
key_column(struct cx *cx, const struct group_key *key, struct sqltext *sql)
{
	const char *inner;

	if (!key->link) {
		rights_column(cx, key->field, 0, "t", sql);
		return;
	}
	inner = sql_alias(sql);
	sql_raw(sql, "(SELECT ");
	rights_column(cx, key->field, 0, inner, sql);
	sql_raw(sql, " FROM ");
	sql_name(sql, key->link->target->table);
	sql_raw(sql, " ");
	sql_raw(sql, inner);
	sql_raw(sql, " WHERE ");
	sql_column(sql, inner, S("id"));
	sql_raw(sql, " = ");
	sql_column(sql, "t", key->link->columns[0].name);
	sql_raw(sql, " AND ");
	sql_column(sql, inner, S("deleted_at"));
	sql_raw(sql, " IS NULL");
	if (!AUTHZ(AGGREGATE_ROWS, false))
		rights_sql(cx, key->link->target, OP_READ, inner, sql);
	sql_raw(sql, ")");
}

/* Dates are grouped by the days, moments by the quarters of an hour that occur (zones differ by
 * those); periods are made of them here. */
static void
key_sql(struct cx *cx, const struct group_key *key, struct sqltext *sql)
{
	if (key->first) {
		sql_raw(sql, "substr(");
		key_column(cx, key, sql);
		sql_raw(sql, ", 1, ");
		buf_int(&sql->text, key->first);
		sql_raw(sql, ")");
		return;
	}
	if (!key->has_period || field_result(key->field) == FT_DATE) {
		key_column(cx, key, sql);
		return;
	}
	sql_raw(sql, "(");
	key_column(cx, key, sql);
	sql_raw(sql, " / 900000)");
}

static void
measure_column(struct cx *cx, const struct measure *measure, struct sqltext *sql)
{
	rights_column(cx, measure->field, 0, "t", sql);
}

static void
measure_sql(struct cx *cx, const struct measure *measure, struct sqltext *sql)
{
	static const struct {
		const char *name, *open, *close;
	} calls[] = {
		{ "sum", "CAST(sum(", ") AS BIGINT)" },
		{ "avg", "CAST(sum(", ") AS BIGINT)" },
		{ "min", "min(", ")" },
		{ "max", "max(", ")" },
		{ "count", "count(", ")" },
	};

	for (size_t i = 0; measure->field && i < countof(calls); i++) {
		if (!str_eq_z(measure->function, calls[i].name))
			continue;
		sql_raw(sql, ", ");
		sql_raw(sql, calls[i].open);
		measure_column(cx, measure, sql);
		sql_raw(sql, calls[i].close);
		sql_raw(sql, ", count(");
		measure_column(cx, measure, sql);
		sql_raw(sql, ")");
	}
}

/* The fields of money that are measured: amounts of each currency are a group of their own. */
struct moneys {
	const struct field *v[MONEYS_MAX];
	size_t n;
};

static bool
is_money(const struct measure *measure)
{
	return measure->field && !str_eq(measure->function, S("count")) &&
	       field_result(measure->field) == FT_MONEY && measure->field->n_columns == 2;
}

static size_t
money_at(const struct moneys *moneys, const struct field *f)
{
	size_t at = 0;

	while (at < moneys->n && moneys->v[at] != f)
		at++;
	return at;
}

static struct moneys
moneys_of(const struct aggregate *a)
{
	struct moneys moneys = { 0 };

	for (size_t i = 0; i < a->n_measure; i++)
		if (is_money(&a->measure[i]) && moneys.n < MONEYS_MAX &&
		    money_at(&moneys, a->measure[i].field) == moneys.n)
			moneys.v[moneys.n++] = a->measure[i].field;
	return moneys;
}

/* Columns: the keys, who it is about, the currencies, count(*), then two a measure of a field. */
static void
aggregate_sql(struct cx *cx, const struct aggregate *a, const struct people *people,
	      struct sqltext *sql)
{
	size_t n_keys = a->n_group + (people->person != NULL);
	struct query query = { .object = a->object, .face = a->face, .where = a->where };
	struct moneys moneys = moneys_of(a);

	sql_raw(sql, "SELECT ");
	for (size_t i = 0; i < a->n_group; i++) {
		key_sql(cx, &a->group[i], sql);
		sql_raw(sql, ", ");
	}
	if (people->person) {
		sql_column(sql, "t", people->person->columns[0].name);
		sql_raw(sql, ", ");
	}
	for (size_t i = 0; i < moneys.n; i++) {
		sql_column(sql, "t", moneys.v[i]->columns[1].name);
		sql_raw(sql, ", ");
	}
	sql_raw(sql, "count(*)");
	for (size_t i = 0; i < a->n_measure; i++)
		measure_sql(cx, &a->measure[i], sql);
	sql_raw(sql, " FROM ");
	sql_name(sql, a->object->table);
	sql_raw(sql, " t");
	where_sql(cx, &query, "", sql);
	for (size_t i = 0; i < n_keys + moneys.n; i++) {
		sql_raw(sql, i ? ", " : " GROUP BY ");
		buf_int(&sql->text, (int64_t)i + 1);
	}
}

/* ---- folding ---- */

struct cell {
	int64_t value, count;
};

struct ids {
	int64_t *v;
	size_t n, cap;
};

struct bucket {
	struct bucket *next;
	struct str key;
	struct group_row row;
	char currency[MONEYS_MAX][CURRENCY];
	int64_t count;
	struct cell *cell; /* of each measure */
	struct ids people; /* whom it is about, where that is counted */
	bool is_told;      /* as a part of another bucket */
};

struct fold {
	const struct aggregate *a;
	struct people people;
	struct moneys moneys;
	struct bucket *table[1 << TABLE_BITS];
	struct bucket **v;
	size_t n, cap;
};

static struct value
period_value(struct cx *cx, const struct group_key *key, struct stmt *stmt, int column)
{
	struct buf text = buf_in(cx->mem, KEY_TEXT_MAX);
	struct ymd at;
	int64_t date;

	if (field_result(key->field) != FT_DATE)
		date = moment_date(zone_find(cx->zone), db_col_int(stmt, column) * QUARTER_HOUR_MS);
	else if (!date_parse(db_col_str(stmt, column), &date, NULL))
		return (struct value){ 0 };
	if (key->period == PERIOD_WEEK)
		date = date_period_start(PERIOD_WEEK, date, 0);
	at = date_ymd(date);
	switch (key->period) {
	case PERIOD_YEAR:
		return value_text(str_printf(cx->mem, "%04d", at.year));
	case PERIOD_QUARTER:
		return value_text(str_printf(cx->mem, "%04d-Q%d", at.year, date_quarter(date)));
	case PERIOD_MONTH:
		return value_text(str_printf(cx->mem, "%04d-%02d", at.year, at.month));
	default:
		date_print(&text, date);
		return value_text(buf_done(&text));
	}
}

static struct value
key_value(struct cx *cx, const struct group_key *key, struct stmt *stmt, int column)
{
	if (db_col_null(stmt, column))
		return (struct value){ 0 };
	if (key->has_period)
		return period_value(cx, key, stmt, column);
	switch (TYPES[field_result(key->field)].class) {
	case COLUMN_INT:
		return value_int(db_col_int(stmt, column));
	case COLUMN_REAL:
		return (struct value){ .kind = V_REAL, .r = db_col_real(stmt, column) };
	default:
		return value_text(str_dup(cx->mem, db_col_str(stmt, column)));
	}
}

static struct str
bucket_key(struct cx *cx, const struct fold *fold, const struct value *keys,
	   const struct str *currencies, unsigned merged)
{
	struct buf b = buf_in(cx->mem, KEY_TEXT_MAX);

	buf_int(&b, merged);
	for (size_t i = 0; i < fold->a->n_group; i++) {
		buf_char(&b, (char)('0' + keys[i].kind));
		if (keys[i].kind == V_TEXT)
			buf_json(&b, keys[i].s);
		else
			buf_int(&b, keys[i].i);
	}
	for (size_t i = 0; i < fold->moneys.n; i++) {
		buf_char(&b, ' ');
		buf_str(&b, currencies[i]);
	}
	return buf_done(&b);
}

static struct bucket *
bucket_find(struct cx *cx, struct fold *fold, const struct value *keys,
	    const struct str *currencies, unsigned merged)
{
	struct str key = bucket_key(cx, fold, keys, currencies, merged);
	struct bucket **slot = &fold->table[str_hash(key) & ((1 << TABLE_BITS) - 1)], *at;

	for (at = *slot; at; at = at->next)
		if (str_eq(at->key, key))
			return at;
	if (fold->n == (fold->a->most ? fold->a->most : GROUPS_MAX)) {
		fail(cx, E_TOO_BIG,
		     "There are more than %d groups; group by fewer or longer periods",
		     (int)fold->n);
		return NULL;
	}
	at = new(cx->mem, struct bucket);
	at->key = key;
	at->next = *slot;
	*slot = at;
	memcpy(at->row.key, keys, sizeof at->row.key);
	at->row.merged = merged;
	at->cell = new_array(cx->mem, fold->a->n_measure + 1, struct cell);
	for (size_t i = 0; i < fold->moneys.n; i++)
		for (size_t k = 0; k < currencies[i].n && k + 1 < CURRENCY; k++)
			at->currency[i][k] = currencies[i].p[k];
	fold->v = arena_grow(cx->mem, fold->v, fold->n, &fold->cap, sizeof(struct bucket *));
	fold->v[fold->n++] = at;
	return at;
}

static bool
cell_add(struct cx *cx, struct cell *cell, struct str function, int64_t value, int64_t count)
{
	if (!count)
		return true;
	if (str_eq(function, S("min")))
		cell->value = cell->count && cell->value < value ? cell->value : value;
	else if (str_eq(function, S("max")))
		cell->value = cell->count && cell->value > value ? cell->value : value;
	else if (__builtin_add_overflow(cell->value, value, &cell->value))
		return fail(cx, E_INPUT, "The sum is too large to be counted");
	cell->count += count;
	return true;
}

/* A date is a number of days while it is compared. */
static int64_t
cell_value(const struct measure *measure, struct stmt *stmt, int column)
{
	int64_t date = 0;

	if (field_result(measure->field) != FT_DATE || str_eq(measure->function, S("count")))
		return db_col_int(stmt, column);
	return date_parse(db_col_str(stmt, column), &date, NULL) ? date : 0;
}

static void
person_add(struct cx *cx, struct ids *people, int64_t person)
{
	for (size_t i = 0; i < people->n; i++)
		if (people->v[i] == person)
			return;
	if (person)
		list_add(cx->mem, people, person);
}

static bool
fold_row(struct cx *cx, struct fold *fold, struct stmt *stmt)
{
	const struct aggregate *a = fold->a;
	struct value keys[GROUP_MAX] = { 0 };
	struct str currencies[MONEYS_MAX] = { 0 };
	struct bucket *bucket;
	int64_t person = 0;
	unsigned merged = 0;
	int at = 0;

	for (size_t i = 0; i < a->n_group; i++, at++)
		if (fold->people.is_person[i])
			merged |= 1u << i;
		else
			keys[i] = key_value(cx, &a->group[i], stmt, at);
	if (fold->people.person)
		person = db_col_int(stmt, at++);
	for (size_t i = 0; i < fold->moneys.n; i++)
		currencies[i] = str_dup(cx->mem, db_col_str(stmt, at++));
	bucket = bucket_find(cx, fold, keys, currencies, merged);
	if (!bucket)
		return false;
	person_add(cx, &bucket->people, person);
	bucket->count += db_col_int(stmt, at++);
	for (size_t i = 0; i < a->n_measure; i++) {
		if (!a->measure[i].field)
			continue;
		if (!cell_add(cx, &bucket->cell[i], a->measure[i].function,
			      cell_value(&a->measure[i], stmt, at), db_col_int(stmt, at + 1)))
			return false;
		at += 2;
	}
	return true;
}

/* Half away from zero. */
static int64_t
mean(int64_t sum, int64_t n)
{
	int64_t half = n / 2;

	return sum < 0 ? -((-sum + half) / n) : (sum + half) / n;
}

static struct value
date_value(struct cx *cx, int64_t date)
{
	struct buf text = buf_in(cx->mem, KEY_TEXT_MAX);

	date_print(&text, date);
	return value_text(buf_done(&text));
}

static struct value
measure_value(struct cx *cx, const struct fold *fold, const struct bucket *bucket, size_t i)
{
	const struct measure *measure = &fold->a->measure[i];
	const struct cell *cell = &bucket->cell[i];
	struct value v;

	if (!measure->field)
		return value_int(bucket->count);
	if (str_eq(measure->function, S("count")))
		return value_int(cell->count);
	if (!cell->count)
		return (struct value){ 0 };
	if (field_result(measure->field) == FT_DATE)
		return date_value(cx, cell->value);
	v = value_int(str_eq(measure->function, S("avg")) ? mean(cell->value, cell->count)
							  : cell->value);
	if (is_money(measure))
		memcpy(v.currency, bucket->currency[money_at(&fold->moneys, measure->field)],
		       sizeof v.currency);
	return v;
}

/* ---- the works-council rule: small teams are told together ---- */

static unsigned
team_bits(const struct fold *fold)
{
	unsigned bits = 0;

	for (size_t i = 0; i < fold->a->n_group; i++)
		bits |= fold->people.is_team[i] ? 1u << i : 0;
	return bits;
}

/* The bucket of `to` for all teams with what else this one is about. */
static struct bucket *
bucket_of_all(struct cx *cx, struct fold *to, const struct bucket *from)
{
	struct value keys[GROUP_MAX];
	struct str currencies[MONEYS_MAX] = { 0 };

	memcpy(keys, from->row.key, sizeof keys);
	for (size_t i = 0; i < to->a->n_group; i++)
		if (to->people.is_team[i])
			keys[i] = (struct value){ 0 };
	for (size_t i = 0; i < to->moneys.n; i++)
		currencies[i] = str_of(from->currency[i]);
	return bucket_find(cx, to, keys, currencies, from->row.merged | team_bits(to));
}

static bool
bucket_join(struct cx *cx, struct fold *to, struct bucket *from)
{
	struct bucket *bucket = bucket_of_all(cx, to, from);

	if (!bucket)
		return false;
	from->is_told = true;
	bucket->count += from->count;
	for (size_t i = 0; i < from->people.n; i++)
		person_add(cx, &bucket->people, from->people.v[i]);
	for (size_t i = 0; i < to->a->n_measure; i++)
		if (!cell_add(cx, &bucket->cell[i], to->a->measure[i].function, from->cell[i].value,
			      from->cell[i].count))
			return false;
	return true;
}

/* Teams of too few people are told together; where those are too few too, with all others. */
static bool
fold_teams(struct cx *cx, struct fold *fold)
{
	int64_t least = fold->people.least;
	struct fold *all;
	size_t n = fold->n;

	if (!fold->people.person)
		return true;
	all = new(cx->mem, struct fold);
	all->a = fold->a;
	all->people = fold->people;
	all->moneys = fold->moneys;
	for (size_t i = 0; i < n; i++)
		if ((int64_t)fold->v[i]->people.n < least && !bucket_join(cx, all, fold->v[i]))
			return false;
	for (size_t i = 0; i < n; i++) {
		struct bucket *small;

		if (fold->v[i]->is_told)
			continue;
		small = bucket_of_all(cx, all, fold->v[i]);
		if (!small || (small->count && (int64_t)small->people.n < least &&
			       !bucket_join(cx, all, fold->v[i])))
			return false;
	}
	for (size_t i = 0; i < all->n; i++) {
		all->v[i]->is_told = !all->v[i]->count;
		fold->v =
			arena_grow(cx->mem, fold->v, fold->n, &fold->cap, sizeof(struct bucket *));
		fold->v[fold->n++] = all->v[i];
	}
	return true;
}

/* ---- labels and order ---- */

static bool
label_links(struct cx *cx, const struct group_key *key, size_t at, struct groups *groups)
{
	int64_t *ids = new_array(cx->mem, groups->n + 1, int64_t);
	struct str *titles = new_array(cx->mem, groups->n + 1, struct str);

	for (size_t i = 0; i < groups->n; i++)
		ids[i] = groups->v[i].key[at].kind == V_INT ? groups->v[i].key[at].i : 0;
	if (!record_titles(cx, key->field->target, ids, groups->n, titles))
		return false;
	for (size_t i = 0; i < groups->n; i++)
		groups->v[i].label[at] = titles[i];
	return true;
}

static int
value_order(const struct value *a, const struct value *b)
{
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if (a->kind == V_TEXT)
		return str_cmp(a->s, b->s);
	return (a->i > b->i) - (a->i < b->i);
}

static int
group_order(const void *a, const void *b)
{
	const struct group_row *x = a, *y = b;

	for (size_t i = 0; i < GROUP_MAX; i++) {
		int order = value_order(&x->key[i], &y->key[i]);

		if (order)
			return order;
	}
	return 0;
}

static void
label_merged(const struct cx *cx, const struct fold *fold, struct groups *groups)
{
	for (size_t i = 0; i < groups->n; i++)
		for (size_t k = 0; k < fold->a->n_group; k++)
			if (groups->v[i].merged >> k & 1)
				groups->v[i].label[k] = people_label(cx, &fold->people, k);
}

static bool
finish(struct cx *cx, const struct fold *fold, struct groups *out)
{
	const struct aggregate *a = fold->a;
	struct groups groups = { new_array(cx->mem, fold->n + 1, struct group_row), 0 };

	for (size_t i = 0; i < fold->n; i++) {
		struct group_row *row = &groups.v[groups.n];

		if (fold->v[i]->is_told)
			continue;
		*row = fold->v[i]->row;
		row->measure = new_array(cx->mem, a->n_measure + 1, struct value);
		for (size_t k = 0; k < a->n_measure; k++)
			row->measure[k] = measure_value(cx, fold, fold->v[i], k);
		groups.n++;
	}
	qsort(groups.v, groups.n, sizeof *groups.v, group_order);
	for (size_t k = 0; k < a->n_group; k++)
		if (a->group[k].field->type == FT_ONE && !a->unlabelled &&
		    !label_links(cx, &a->group[k], k, &groups))
			return false;
	label_merged(cx, fold, &groups);
	*out = groups;
	return true;
}

bool
record_aggregate(struct cx *cx, const struct aggregate *a, struct groups *out)
{
	struct sqltext sql = sqltext_new(cx->mem);
	struct fold *fold = new(cx->mem, struct fold);
	struct stmt *stmt;
	bool more;

	fold->a = a;
	fold->moneys = moneys_of(a);
	if (!people_of(cx, a, &fold->people))
		return false;
	aggregate_sql(cx, a, &fold->people, &sql);
	stmt = sql_prepare(cx, &sql);
	if (!stmt)
		return false;
	while (db_step(cx, stmt, &more)) {
		if (!more)
			return fold_teams(cx, fold) && finish(cx, fold, out);
		if (!fold_row(cx, fold, stmt))
			return false;
	}
	return false;
}
