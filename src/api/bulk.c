/* One change of many records: all that match a condition, or those that are named. */
#include "api/api.h"

#include "base/json.h"
#include "db/db.h"
#include "flow/bulk.h"
#include "http/idempotency.h"
#include "http/token.h"

enum { LIST_MAX = 50 };

/* ---- out ---- */

static void
write_ids(const int64_t *ids, size_t n, struct buf *out)
{
	buf_char(out, '[');
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_char(out, ',');
		api_id(ids[i], out);
	}
	buf_char(out, ']');
}

static void
write_problems(const struct bulk *bulk, struct buf *out)
{
	buf_char(out, '[');
	for (size_t i = 0; i < bulk->n_problems; i++) {
		const struct bulk_problem *at = &bulk->problems[i];

		if (i)
			buf_char(out, ',');
		BUF_LIT(out, "{\"field\":");
		api_text(at->field, out);
		BUF_LIT(out, ",\"detail\":");
		buf_json(out, at->why);
		BUF_LIT(out, ",\"count\":");
		buf_int(out, at->n);
		BUF_LIT(out, ",\"samples\":");
		write_ids(at->samples, at->n_samples, out);
		buf_char(out, '}');
	}
	buf_char(out, ']');
}

static void
write_numbers(const struct bulk *bulk, struct buf *out)
{
	const struct {
		const char *name;
		int64_t n;
	} numbers[] = {
		{ "total", bulk->total },     { "done", bulk->done },
		{ "changed", bulk->changed }, { "unchanged", bulk->unchanged },
		{ "failed", bulk->failed },
	};

	for (size_t i = 0; i < countof(numbers); i++) {
		buf_char(out, ',');
		buf_json(out, str_of(numbers[i].name));
		buf_char(out, ':');
		buf_int(out, numbers[i].n);
	}
}

static void
write_bulk(const struct bulk *bulk, struct buf *out)
{
	BUF_LIT(out, "{\"id\":");
	api_id(bulk->id, out);
	BUF_LIT(out, ",\"at\":");
	api_time(bulk->at, out);
	BUF_LIT(out, ",\"object\":");
	buf_json(out, bulk->object);
	BUF_LIT(out, ",\"op\":");
	buf_json(out, str_of(BULK_OPS[bulk->op]));
	BUF_LIT(out, ",\"state\":");
	buf_json(out, str_of(BULK_STATES[bulk->state]));
	BUF_LIT(out, ",\"dry_run\":");
	buf_z(out, bulk->dry_run ? "true" : "false");
	write_numbers(bulk, out);
	BUF_LIT(out, ",\"changeset\":");
	api_id(bulk->changeset, out);
	BUF_LIT(out, ",\"undo_of\":");
	api_id(bulk->undo_of, out);
	BUF_LIT(out, ",\"undone_by\":");
	api_id(bulk->undone_by, out);
	BUF_LIT(out, ",\"samples\":");
	write_ids(bulk->samples, bulk->n_samples, out);
	BUF_LIT(out, ",\"problems\":");
	write_problems(bulk, out);
	buf_char(out, '}');
}

/* 202: it goes on by itself. */
static bool
reply_bulk(struct reply *r, const struct bulk *bulk)
{
	r->type = TYPE_JSON;
	r->status = bulk->state == BULK_RUNNING ? 202 : 200;
	write_bulk(bulk, &r->body);
	return true;
}

/* ---- in ---- */

static bool
order_op(struct cx *cx, const json_t *json, enum bulk_op *out)
{
	struct str name = S("update");

	if (json_object_get(json, "op") && !json_get_text(json, "op", &name))
		return fail_field(cx, S("op"), "type", "op is a text");
	for (int i = 0; i < BULK_UNDO; i++)
		if (str_eq_z(name, BULK_OPS[i])) {
			*out = (enum bulk_op)i;
			return true;
		}
	return fail_field(cx, S("op"), "option", "op is update, delete or restore");
}

static bool
order_ids(struct cx *cx, const json_t *ids, struct bulk_order *order)
{
	json_t *item;
	size_t i;

	if (!json_is_array(ids))
		return fail_field(cx, S("ids"), "type", "ids is an array");
	if (json_array_size(ids) > BATCH_MAX)
		return fail(cx, E_TOO_BIG, "Name at most %d records, or a condition", BATCH_MAX);
	order->ids = new_array(cx->mem, json_array_size(ids) + 1, int64_t);
	json_array_foreach(ids, i, item) if (!json_id(item, &order->ids[order->n_ids++])) return fail_field(
		cx, S("ids"), "type", "id is a record's number as a string");
	return true;
}

static bool
order_where(struct cx *cx, const json_t *json, struct bulk_order *order)
{
	struct cond_sight sight = cond_sight_of(cx);
	const struct cond *where = NULL;
	struct str text;

	if (!json_get_text(json, "where", &text))
		return fail_field(cx, S("where"), "required",
				  "Say which records: where is a condition, or ids names them");
	return (!text.n ||
		cond_parse(cx, cx->mem, cx->model, order->object, text, &sight, &where)) &&
	       bulk_pick(cx, order, where);
}

/* Which records it is about is read before anything is written, so that nobody waits for it. */
static bool
order_read(struct cx *cx, const struct request *q, const json_t *json, struct bulk_order *order)
{
	static const char *const known[] = { "op",  "where",  "ids",     "fields",
					     "add", "remove", "dry_run", NULL };
	const json_t *ids = json_object_get(json, "ids");
	bool ok;

	if (json_object_get(json, "dry_run") && !json_get_bool(json, "dry_run", &order->dry_run))
		return fail_field(cx, S("dry_run"), "type", "dry_run is true or false");
	if (!json_only(cx, json, known) || !order_op(cx, json, &order->op) || !db_begin_read(cx))
		return false;
	order->values = json;
	ok = api_object(cx, q, &order->object, &order->face) &&
	     (ids ? order_ids(cx, ids, order) : order_where(cx, json, order));
	db_rollback(cx);
	return ok;
}

/* What later parts do, they do with all rights of the person: a token of fewer has but one part. */
static bool
fits_token(struct cx *cx, const struct request *q, const struct bulk_order *order)
{
	if (!q->token || token_allows(q->token->scopes, TOKEN_ADMIN, (struct str){ 0 }) ||
	    order->n_ids <= BULK_PART)
		return true;
	return fail(cx, E_TOO_BIG, "A token changes at most %d records at once", BULK_PART);
}

/* ---- handlers ---- */

static bool
run_order(struct cx *cx, struct request *q, struct reply *r, const struct bulk_order *order)
{
	struct bulk bulk;
	bool is_replay = false;

	if (!idempotency_begin(cx, q, r, &is_replay))
		return false;
	return is_replay || (bulk_start(cx, order, &bulk) && reply_bulk(r, &bulk) &&
			     idempotency_finish(cx, q, r));
}

bool
api_bulk(struct cx *cx, struct request *q, struct reply *r)
{
	OWNED(api_body_free) json_t *json = NULL;
	struct bulk_order order = { 0 };
	int64_t changeset = 0;

	if (!api_body(cx, q, &json) || !order_read(cx, q, json, &order) ||
	    !fits_token(cx, q, &order) || !work_begin(cx, S("bulk")))
		return false;
	if (!run_order(cx, q, r, &order)) {
		work_abandon(cx);
		return false;
	}
	if (!work_commit(cx, &changeset))
		return false;
	reply_changeset(cx, r, changeset);
	return true;
}

bool
api_bulks(struct cx *cx, struct request *q, struct reply *r)
{
	static const char *const known[] = { NULL };
	struct bulk *bulks = new_array(cx->mem, LIST_MAX, struct bulk);
	size_t n;

	if (!api_query_only(cx, q, known) || !bulk_list(cx, LIST_MAX, bulks, &n))
		return false;
	r->type = TYPE_JSON;
	BUF_LIT(&r->body, "{\"items\":[");
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_char(&r->body, ',');
		write_bulk(&bulks[i], &r->body);
	}
	BUF_LIT(&r->body, "]}");
	return true;
}

bool
api_bulk_get(struct cx *cx, struct request *q, struct reply *r)
{
	struct bulk bulk;
	int64_t id;

	if (!request_param_int(cx, q, "id", &id) || !bulk_load(cx, id, &bulk) ||
	    !reply_bulk(r, &bulk))
		return false;
	r->status = 200;
	return true;
}

static bool
run_undo(struct cx *cx, struct request *q, struct reply *r)
{
	struct bulk bulk;
	int64_t id;

	return request_param_int(cx, q, "id", &id) && bulk_undo(cx, id, &bulk) &&
	       reply_bulk(r, &bulk);
}

bool
api_bulk_undo(struct cx *cx, struct request *q, struct reply *r)
{
	return api_work(cx, q, r, "undo", run_undo);
}

static bool
run_stop(struct cx *cx, struct request *q, struct reply *r)
{
	struct bulk bulk;
	int64_t id;

	return request_param_int(cx, q, "id", &id) && bulk_stop(cx, id, &bulk) &&
	       reply_bulk(r, &bulk);
}

bool
api_bulk_stop(struct cx *cx, struct request *q, struct reply *r)
{
	return api_work(cx, q, r, "", run_stop);
}
