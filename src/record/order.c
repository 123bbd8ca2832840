/* The order of rows, and cursors: keyset paging over any sort, empty values included. */
#include "record/query.h"

#include "base/crypt.h"
#include "record/authz.h"

enum { CURSOR_MAX = 8 << 10 };

void
order_of(const struct cx *cx, const struct query *query, struct order *out)
{
	const struct object *object = query->object;
	const struct sort_key *sort = query->n_sort ? query->sort : object->sort;
	size_t n = query->n_sort ? query->n_sort : object->n_sort;
	const struct field *id = object->fields[SF_ID];

	*out = (struct order){ 0 };
	for (size_t i = 0; i < n && i < SORT_MAX; i++) {
		if (!AUTHZ(ORDER_FIELD, can_see_field(cx, object, sort[i].field)))
			continue;
		out->key[out->n++] = sort[i];
		if (sort[i].field == id)
			return;
	}
	out->key[out->n] = (struct sort_key){ id, out->n && out->key[out->n - 1].descending };
	out->n++;
}

bool
order_is_simple(const struct order *order)
{
	return order->n == 2 && order->key[0].descending == order->key[1].descending;
}

static bool
key_is_nullable(const struct sort_key *key)
{
	return !key->field->builtin || key->field->index > SF_CHANGED_AT;
}

bool
order_is_nullable(const struct order *order)
{
	return key_is_nullable(&order->key[0]);
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
title_expression(struct cx *cx, const struct field *f, const char *alias, struct sqltext *sql)
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
	sql_column(sql, alias, f->columns[0].name);
	if (!AUTHZ(ORDER_ROWS, false))
		rights_sql(cx, f->target, OP_READ, inner, sql);
	sql_raw(sql, ")");
}

void
order_expression(struct cx *cx, const struct field *f, const char *alias, struct sqltext *sql)
{
	if (f->type == FT_ROLLUP) {
		struct rights_scope scope = rights_scope_of(cx);
		struct cond_when when = cond_when_of(cx);

		rollup_sql(f, &when, alias, &scope.scope, sql);
	} else if (order_field(cx, f) != f) {
		title_expression(cx, f, alias, sql);
	} else if (f->type == FT_ONE || f->type == FT_ANY) {
		rights_column(cx, f, 0, alias, sql);
	} else {
		sql_column(sql, alias, field_column(f));
	}
}

void
order_sql(struct cx *cx, const struct order *order, const char *alias, struct sqltext *sql)
{
	sql_raw(sql, " ORDER BY ");
	for (size_t i = 0; i < order->n; i++) {
		bool is_nullable = key_is_nullable(&order->key[i]);

		if (i)
			sql_raw(sql, ", ");
		order_expression(cx, order->key[i].field, alias, sql);
		if (order->key[i].descending)
			sql_raw(sql, is_nullable ? " DESC NULLS LAST" : " DESC");
		else if (is_nullable)
			sql_raw(sql, " NULLS FIRST");
	}
}

static void
key_is(struct cx *cx, const struct sort_key *key, const struct value *v, const char *alias,
       struct sqltext *sql)
{
	order_expression(cx, key->field, alias, sql);
	if (v->kind == V_NONE) {
		sql_raw(sql, " IS NULL");
		return;
	}
	sql_raw(sql, " = ");
	sql_value(sql, v);
}

/* Empty values come first ascending and last descending. */
static void
key_behind(struct cx *cx, const struct sort_key *key, const struct value *v, const char *alias,
	   struct sqltext *sql)
{
	if (v->kind == V_NONE && key->descending) {
		sql_raw(sql, "1=0");
		return;
	}
	sql_raw(sql, "(");
	order_expression(cx, key->field, alias, sql);
	if (v->kind == V_NONE) {
		sql_raw(sql, " IS NOT NULL)");
		return;
	}
	sql_raw(sql, key->descending ? " < " : " > ");
	sql_value(sql, v);
	if (key->descending && key_is_nullable(key)) {
		sql_raw(sql, " OR ");
		order_expression(cx, key->field, alias, sql);
		sql_raw(sql, " IS NULL");
	}
	sql_raw(sql, ")");
}

/* One key and the id: a form that an index serves, within the phase of the cursor. */
static void
cursor_simple(struct cx *cx, const struct order *order, const struct cursor *cursor,
	      const char *alias, struct sqltext *sql)
{
	bool down = order->key[0].descending;

	if (cursor->v[0].kind == V_NONE) {
		sql_raw(sql, " AND (");
		order_expression(cx, order->key[0].field, alias, sql);
		sql_raw(sql, " IS NULL AND ");
		order_expression(cx, order->key[1].field, alias, sql);
		sql_raw(sql, down ? " < " : " > ");
		sql_value(sql, &cursor->v[1]);
		sql_raw(sql, ")");
		return;
	}
	sql_raw(sql, " AND (");
	order_expression(cx, order->key[0].field, alias, sql);
	sql_raw(sql, ", ");
	order_expression(cx, order->key[1].field, alias, sql);
	sql_raw(sql, down ? ") < (" : ") > (");
	sql_value(sql, &cursor->v[0]);
	sql_raw(sql, ", ");
	sql_value(sql, &cursor->v[1]);
	sql_raw(sql, ")");
}

void
cursor_sql(struct cx *cx, const struct order *order, const struct cursor *cursor, const char *alias,
	   struct sqltext *sql)
{
	if (order_is_simple(order)) {
		cursor_simple(cx, order, cursor, alias, sql);
		return;
	}
	sql_raw(sql, " AND (");
	for (size_t i = 0; i < order->n; i++) {
		sql_raw(sql, i ? " OR (" : "(");
		for (size_t j = 0; j < i; j++) {
			key_is(cx, &order->key[j], &cursor->v[j], alias, sql);
			sql_raw(sql, " AND ");
		}
		key_behind(cx, &order->key[i], &cursor->v[i], alias, sql);
		sql_raw(sql, ")");
	}
	sql_raw(sql, ")");
}

/* ---- the text of a cursor: bound to object and order, so that it fits no other query ---- */

/* Any number with bits everywhere. */
static const uint64_t DOWN = 0x9e3779b97f4a7c15u;

static int64_t
order_sign(const struct query *query, const struct order *order)
{
	uint64_t hash = str_hash(query->object->name);

	for (size_t i = 0; i < order->n; i++)
		hash = (hash ^ str_hash(order->key[i].field->name) ^
			(order->key[i].descending ? DOWN : 0)) *
		       31;
	return (int64_t)(hash >> 33);
}

struct str
cursor_text(struct cx *cx, const struct query *query, const struct order *order,
	    const struct cursor *cursor)
{
	struct buf b = buf_in(cx->mem, CURSOR_MAX);

	buf_int(&b, order_sign(query, order));
	for (size_t i = 0; i < order->n; i++) {
		const struct value *v = &cursor->v[i];

		buf_char(&b, '\n');
		if (v->kind == V_INT) {
			buf_char(&b, 'i');
			buf_int(&b, v->i);
		} else if (v->kind == V_REAL) {
			buf_char(&b, 'r');
			buf_real(&b, v->r);
		} else if (v->kind == V_TEXT) {
			buf_char(&b, 's');
			buf_str(&b, v->s);
		} else {
			buf_char(&b, '-');
		}
	}
	return crypt_base64url(cx->mem, buf_done(&b));
}

static bool
cursor_value(struct str part, struct value *out)
{
	struct str rest = str_from(part, 1);

	*out = (struct value){ 0 };
	if (!part.n)
		return false;
	switch (part.p[0]) {
	case '-':
		return part.n == 1;
	case 'i':
		out->kind = V_INT;
		return str_int(rest, INT64_MIN, INT64_MAX, &out->i);
	case 'r':
		out->kind = V_REAL;
		return str_real(rest, &out->r);
	case 's':
		out->kind = V_TEXT;
		out->s = rest.n ? rest : S("");
		return str_is_utf8(rest, NULL);
	default:
		return false;
	}
}

static bool
cursor_read(struct str text, const struct query *query, const struct order *order,
	    struct cursor *out)
{
	int64_t sign;

	if (!str_int(str_cut(&text, '\n'), 0, INT64_MAX, &sign) || sign != order_sign(query, order))
		return false;
	for (size_t i = 0; i < order->n; i++)
		if (!cursor_value(str_cut(&text, '\n'), &out->v[i]))
			return false;
	return !text.n && out->v[order->n - 1].kind == V_INT;
}

bool
cursor_parse(struct cx *cx, const struct query *query, const struct order *order,
	     struct cursor *out)
{
	struct str text;
	struct cursor cursor = { 0 };

	if (query->after.n > CURSOR_MAX * 2 ||
	    !crypt_base64url_parse(cx->mem, query->after, &text) ||
	    !cursor_read(text, query, order, &cursor))
		return fail_field(cx, S("after"), "format",
				  "This cursor is not of this list; begin again without it");
	*out = cursor;
	return true;
}
