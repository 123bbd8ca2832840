/* The order of rows. */
#include "record/query.h"

#include "record/authz.h"

static void
order_add(struct order *order, const struct field *f, bool descending, enum key_place place)
{
	order->key[order->n++] = (struct order_key){ f, descending, place };
}

/* Is there an index of this order that begins with the title of what the link leads to? */
static bool
is_by_title(const struct cx *cx, const struct field *f)
{
	return f->type == FT_ONE && order_field(cx, f) != f && field_is_ordered(f) &&
	       rights_see_all(cx, f->target);
}

static bool
is_sorted_by(const struct order *order, const struct field *f)
{
	for (size_t i = 0; i < order->n; i++)
		if (order->key[i].field == f)
			return true;
	return false;
}

static void
add_keys(const struct cx *cx, const struct object *object, const struct sort_key *sort, size_t n,
	 bool reverse, struct order *out)
{
	for (size_t i = 0; i < n && i < SORT_MAX; i++)
		if (!is_sorted_by(out, sort[i].field) &&
		    AUTHZ(ORDER_FIELD, can_see_field(cx, object, sort[i].field)))
			order_add(out, sort[i].field, sort[i].descending != reverse, KEY_ROW);
}

/* Does a key of the object's own order stand first, and how? */
static bool
begins_own(const struct object *object, const struct sort_key *sort, size_t n, bool *reverse)
{
	if (!object->n_sort || !n || sort[0].field != object->sort[0].field)
		return false;
	*reverse = sort[0].descending != object->sort[0].descending;
	return n == 1;
}

/* One key for which there is an index: what is equal by it comes as the index has it. */
static void
order_by_one(const struct cx *cx, const struct object *object, const struct sort_key *sort,
	     struct order *out)
{
	const struct field *f = sort->field;
	struct sort_key tail[SORT_MAX];

	out->is_indexed = field_is_ordered(f) && f->index != SF_ID;
	if (is_by_title(cx, f)) {
		out->link = f;
		order_add(out, order_field(cx, f), sort->descending, KEY_TITLE);
		order_add(out, f, sort->descending, KEY_LINKED);
	} else {
		order_add(out, f, sort->descending, KEY_ROW);
	}
	add_keys(cx, object, tail, index_tail(object, f, tail), sort->descending, out);
}

void
order_of(const struct cx *cx, const struct query *query, struct order *out)
{
	const struct object *object = query->object;
	const struct sort_key *sort = query->n_sort ? query->sort : object->sort;
	size_t n = query->n_sort ? query->n_sort : object->n_sort;
	const struct field *id = object->fields[SF_ID];
	bool reverse = false;

	*out = (struct order){ .is_own = !query->n_sort };
	if (begins_own(object, sort, n, &reverse)) {
		out->is_own = true;
		out->is_indexed = object->n_sort == 1;
		add_keys(cx, object, object->sort, object->n_sort, reverse, out);
	} else if (n == 1 && query->n_sort &&
		   AUTHZ(ORDER_FIELD, can_see_field(cx, object, sort->field))) {
		order_by_one(cx, object, sort, out);
	} else {
		add_keys(cx, object, sort, n, false, out);
	}
	if (!is_sorted_by(out, id))
		order_add(out, id, out->n && out->key[out->n - 1].descending, KEY_ROW);
	while (out->key[out->n - 1].field != id)
		out->n--; /* behind the id nothing is equal */
}

size_t
order_parts(const struct order *order, enum part out[PARTS_MAX])
{
	bool down = order->key[0].descending;

	if (!order->link) {
		out[0] = PART_ALL;
		return 1;
	}
	out[0] = down ? PART_LINKED : PART_UNLINKED;
	out[1] = down ? PART_UNLINKED : PART_LINKED;
	out[2] = PART_LOST;
	return PARTS_MAX;
}

size_t
part_start(enum part part)
{
	enum { BEHIND_LINK = 2 };

	return part == PART_UNLINKED || part == PART_LOST ? BEHIND_LINK : 0;
}

bool
key_is_nullable(const struct order_key *key)
{
	return key->place != KEY_LINKED &&
	       (!key->field->builtin || key->field->index > SF_CHANGED_AT);
}

const struct field *
order_field(const struct cx *cx, const struct field *f)
{
	const struct field *title = f->type == FT_ONE && f->target ? f->target->title : NULL;

	return title && title->n_columns && AUTHZ(ORDER_TITLE, can_see_field(cx, f->target, title))
		       ? title
		       : f;
}

static void
title_expression(struct cx *cx, const struct field *f, struct sqltext *sql)
{
	const struct field *title = f->target->title;
	const char *inner = sql_alias(sql);

	sql_raw(sql, "(SELECT ");
	sql_column(sql, inner, field_column(title));
	sql_raw(sql, " FROM ");
	sql_name(sql, f->target->table);
	sql_raw(sql, " ");
	sql_raw(sql, inner);
	sql_raw(sql, " WHERE ");
	sql_column(sql, inner, S("id"));
	sql_raw(sql, " = ");
	sql_column(sql, "t", f->columns[0].name);
	if (!AUTHZ(ORDER_ROWS, false))
		rights_sql(cx, f->target, OP_READ, inner, sql);
	sql_raw(sql, ")");
}

void
key_expression(struct cx *cx, const struct order_key *key, struct sqltext *sql)
{
	const struct field *f = key->field;

	if (key->place == KEY_TITLE) {
		sql_column(sql, "s", field_column(f));
	} else if (key->place == KEY_LINKED) {
		sql_column(sql, "s", S("id"));
	} else if (f->type == FT_ROLLUP) {
		struct rights_scope scope = rights_scope_of(cx);
		struct cond_when when = cond_when_of(cx);

		rollup_sql(f, &when, "t", &scope.scope, sql);
	} else if (order_field(cx, f) != f) {
		title_expression(cx, f, sql);
	} else if (f->type == FT_ONE || f->type == FT_ANY) {
		rights_column(cx, f, 0, "t", sql);
	} else {
		sql_column(sql, "t", field_column(f));
	}
}

void
order_sql(struct cx *cx, const struct order *order, enum part part, const char *hint,
	  struct sqltext *sql)
{
	sql_raw(sql, " ORDER BY ");
	for (size_t i = part_start(part); i < order->n; i++) {
		const struct order_key *key = &order->key[i];
		bool is_nullable = key_is_nullable(key);

		if (i > part_start(part))
			sql_raw(sql, ", ");
		sql_raw(sql, hint);
		key_expression(cx, key, sql);
		if (key->descending)
			sql_raw(sql, is_nullable ? " DESC NULLS LAST" : " DESC");
		else if (is_nullable)
			sql_raw(sql, " NULLS FIRST");
	}
}
