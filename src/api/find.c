#include "api/api.h"

#include "model/type.h"

bool
api_search(struct cx *cx, struct request *q, struct reply *r)
{
	static const char *const known[] = { "q", "object", "limit", NULL };
	const struct object *object = NULL;
	const struct face *face;
	struct hits hits;
	int64_t limit;

	if (!api_query_only(cx, q, known) ||
	    !request_query_int(cx, q, "limit", (struct request_range){ 1, SEARCH_MAX, 20 },
			       &limit) ||
	    (request_has_query(q, "object") &&
	     !object_open(cx, request_query(q, "object"), &object, &face)) ||
	    !record_search(cx, object, request_query(q, "q"), limit, &hits))
		return false;
	r->type = TYPE_JSON;
	BUF_LIT(&r->body, "{\"items\":[");
	for (size_t i = 0; i < hits.n; i++) {
		if (i)
			buf_char(&r->body, ',');
		BUF_LIT(&r->body, "{\"object\":");
		buf_json(&r->body, hits.v[i].object->name);
		BUF_LIT(&r->body, ",\"id\":");
		api_id(hits.v[i].id, &r->body);
		BUF_LIT(&r->body, ",\"title\":");
		buf_json(&r->body, hits.v[i].title);
		BUF_LIT(&r->body, ",\"field\":");
		api_text(hits.v[i].field, &r->body);
		BUF_LIT(&r->body, ",\"text\":");
		api_text(hits.v[i].text, &r->body);
		buf_char(&r->body, '}');
	}
	BUF_LIT(&r->body, "]}");
	return true;
}

/* ---- aggregates ---- */

static void
write_key(const struct group_key *key, const struct value *v, struct buf *out)
{
	if (key->has_period)
		api_text(v->s, out);
	else
		key->field->row->to_json(key->field, v, out);
}

/* A name as it was asked for: "owner", "party.industry", "closed_on:quarter". */
static void
write_key_name(const struct group_key *key, struct buf *out)
{
	static const char *const periods[PERIOD__MAX] = { [PERIOD_DAY] = "day",
							  [PERIOD_WEEK] = "week",
							  [PERIOD_MONTH] = "month",
							  [PERIOD_QUARTER] = "quarter",
							  [PERIOD_YEAR] = "year" };

	buf_char(out, '"');
	if (key->link) {
		buf_str(out, key->link->name);
		buf_char(out, '.');
	}
	buf_str(out, key->field->name);
	if (key->has_period) {
		buf_char(out, ':');
		buf_z(out, periods[key->period]);
	}
	BUF_LIT(out, "\":");
}

static void
write_measure(const struct measure *measure, const struct value *v, struct buf *out)
{
	buf_char(out, '"');
	buf_str(out, measure->function);
	if (measure->field) {
		buf_char(out, '(');
		buf_str(out, measure->field->name);
		buf_char(out, ')');
	}
	BUF_LIT(out, "\":");
	if (!measure->field)
		buf_int(out, v->i);
	else
		measure->field->row->to_json(measure->field, v, out);
}

static void
write_group(const struct aggregate *a, const struct group_row *row, struct buf *out)
{
	buf_char(out, '{');
	for (size_t i = 0; i < a->n_group; i++) {
		write_key_name(&a->group[i], out);
		write_key(&a->group[i], &row->key[i], out);
		buf_char(out, ',');
	}
	for (size_t i = 0; i < a->n_measure; i++) {
		write_measure(&a->measure[i], &row->measure[i], out);
		buf_char(out, ',');
	}
	BUF_LIT(out, "\"labels\":{");
	for (size_t i = 0, n = 0; i < a->n_group; i++) {
		if (!row->label[i].n)
			continue;
		if (n++)
			buf_char(out, ',');
		write_key_name(&a->group[i], out);
		buf_json(out, row->label[i]);
	}
	BUF_LIT(out, "}}");
}

bool
api_aggregate(struct cx *cx, struct request *q, struct reply *r)
{
	static const char *const known[] = { "group", "measure", "where", NULL };
	const struct object *object;
	const struct face *face;
	struct aggregate a;
	struct groups groups;

	if (!api_query_only(cx, q, known) || !api_object(cx, q, &object, &face) ||
	    !aggregate_parse(cx, object, request_query(q, "group"), request_query(q, "measure"),
			     &a))
		return false;
	a.face = face;
	if (!api_where(cx, q, object, &a.where) || !record_aggregate(cx, &a, &groups))
		return false;
	r->type = TYPE_JSON;
	BUF_LIT(&r->body, "{\"groups\":[");
	for (size_t i = 0; i < groups.n; i++) {
		if (i)
			buf_char(&r->body, ',');
		write_group(&a, &groups.v[i], &r->body);
	}
	BUF_LIT(&r->body, "]}");
	return true;
}
