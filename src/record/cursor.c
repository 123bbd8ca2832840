/* Where a page begins: keyset paging over any order, empty values included. */
#include "record/query.h"

#include "base/crypt.h"

enum { CURSOR_MAX = 8 << 10 };

/* ---- rows behind a cursor ---- */

/* The last two keys can be compared as a pair. */
static bool
ends_in_pair(const struct order *order, const struct cursor *cursor, size_t start)
{
	size_t last = order->n - 1;

	return last > start && order->key[last].descending == order->key[last - 1].descending &&
	       cursor->v[last - 1].kind != V_NONE;
}

static void
phase_add(struct phase *out, size_t *n, struct phase phase)
{
	out[(*n)++] = phase;
}

/* Empty values come first in ascending order and last in descending. */
static void
key_phases(const struct order *order, const struct cursor *cursor, size_t at, struct phase *out,
	   size_t *n)
{
	bool down = order->key[at].descending;

	if (cursor->v[at].kind != V_NONE) {
		phase_add(out, n, (struct phase){ at, PHASE_BEHIND });
		if (down && key_is_nullable(&order->key[at]))
			phase_add(out, n, (struct phase){ at, PHASE_EMPTY });
	} else if (!down) {
		phase_add(out, n, (struct phase){ at, PHASE_VALUE });
	}
}

size_t
cursor_phases(const struct order *order, const struct cursor *cursor, struct phase out[PHASES_MAX])
{
	size_t start = part_start(cursor->part), at = order->n, n = 0;

	if (ends_in_pair(order, cursor, start)) {
		at -= 2;
		phase_add(out, &n, (struct phase){ at, PHASE_PAIR });
		if (order->key[at].descending && key_is_nullable(&order->key[at]))
			phase_add(out, &n, (struct phase){ at, PHASE_EMPTY });
	}
	while (at > start)
		key_phases(order, cursor, --at, out, &n);
	return n;
}

static void
key_is(struct cx *cx, const struct order_key *key, const struct value *v, const char *hint,
       struct sqltext *sql)
{
	sql_raw(sql, " AND ");
	sql_raw(sql, hint);
	key_expression(cx, key, sql);
	if (v->kind == V_NONE) {
		sql_raw(sql, " IS NULL");
		return;
	}
	sql_raw(sql, " = ");
	sql_value(sql, v);
}

static void
pair_sql(struct cx *cx, const struct order_key *key, const struct value *v, const char *hint,
	 struct sqltext *sql)
{
	sql_raw(sql, " AND (");
	sql_raw(sql, hint);
	key_expression(cx, &key[0], sql);
	sql_raw(sql, ", ");
	key_expression(cx, &key[1], sql);
	sql_raw(sql, key->descending ? ") < (" : ") > (");
	sql_value(sql, &v[0]);
	sql_raw(sql, ", ");
	sql_value(sql, &v[1]);
	sql_raw(sql, ")");
}

void
phase_sql(struct cx *cx, const struct order *order, const struct cursor *cursor,
	  const struct phase *phase, const char *hint, struct sqltext *sql)
{
	const struct order_key *key = &order->key[phase->equal];
	const struct value *v = &cursor->v[phase->equal];

	if (phase->how == PHASE_ALL)
		return;
	for (size_t i = part_start(cursor->part); i < phase->equal; i++)
		key_is(cx, &order->key[i], &cursor->v[i], hint, sql);
	if (phase->how == PHASE_PAIR) {
		pair_sql(cx, key, v, hint, sql);
		return;
	}
	sql_raw(sql, " AND ");
	sql_raw(sql, hint);
	key_expression(cx, key, sql);
	if (phase->how == PHASE_BEHIND) {
		sql_raw(sql, key->descending ? " < " : " > ");
		sql_value(sql, v);
	} else {
		sql_raw(sql, phase->how == PHASE_EMPTY ? " IS NULL" : " IS NOT NULL");
	}
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
			       31 +
		       order->key[i].place;
	return (int64_t)(hash >> 33);
}

struct str
cursor_text(struct cx *cx, const struct query *query, const struct order *order,
	    const struct cursor *cursor)
{
	struct buf b = buf_in(cx->mem, CURSOR_MAX);

	buf_int(&b, order_sign(query, order));
	buf_char(&b, '\n');
	buf_int(&b, cursor->part);
	for (size_t i = part_start(cursor->part); i < order->n; i++) {
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
	int64_t sign, part;

	if (!str_int(str_cut(&text, '\n'), 0, INT64_MAX, &sign) ||
	    sign != order_sign(query, order) ||
	    !str_int(str_cut(&text, '\n'), PART_ALL, PART_LOST, &part) ||
	    (part == PART_ALL) != !order->link)
		return false;
	out->part = (enum part)part;
	for (size_t i = part_start(out->part); i < order->n; i++)
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
