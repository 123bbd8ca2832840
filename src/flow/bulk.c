#include "flow/bulk.h"

#include "base/json.h"
#include "flow/bulk_private.h"
#include "flow/flow.h"
#include "flow/notice.h"
#include "record/authz.h"

enum { BODY_BYTES = 1 << 20, PICKED_MEM = 64 << 20, TRIES = 8, TIMEOUT_S = 300, DAY_S = 86400 };

/* ---- beginning ---- */

/* In an arena of their own: cx->mem is rewound row by row. */
struct picked {
	struct arena *mem;
	int64_t *ids;
	size_t n, cap;
};

static bool
pick_row(struct cx *cx, const struct row *row, void *to)
{
	struct picked *picked = to;

	if (picked->n == BULK_ROWS_MAX)
		return fail(cx, E_TOO_BIG,
			    "At most %d records can be changed at once; narrow the condition",
			    BULK_ROWS_MAX);
	picked->ids =
		arena_grow(picked->mem, picked->ids, picked->n, &picked->cap, sizeof *picked->ids);
	picked->ids[picked->n++] = row->id;
	return true;
}

bool
bulk_pick(struct cx *cx, struct bulk_order *order, const struct cond *where)
{
	const struct field *id = order->object->fields[SF_ID];
	const struct sort_key by_id = { id, false };
	struct query query = { .object = order->object,
			       .face = order->face,
			       .where = where,
			       .fields = &id,
			       .n_fields = 1,
			       .sort = &by_id,
			       .n_sort = 1,
			       .limit = -1,
			       .trash = order->op == BULK_RESTORE };
	struct picked picked = { .mem = arena_new(PICKED_MEM) };
	bool ok = record_each(cx, &query, pick_row, &picked);

	if (ok) {
		order->n_ids = picked.n;
		order->ids = new_array(cx->mem, picked.n + 1, int64_t);
		if (picked.n)
			memcpy(order->ids, picked.ids, picked.n * sizeof *picked.ids);
	}
	arena_free(&picked.mem);
	return ok;
}

static bool
may_bulk(struct cx *cx, const struct bulk_order *order)
{
	enum operation op = order->op == BULK_UPDATE ? OP_EDIT : OP_DELETE;

	return AUTHZ(BULK_OBJECT, can_object(cx, order->object, op)) ||
	       fail(cx, E_FORBIDDEN, "You may not do this with %.*s",
		    STR_FMT(order->object->label_many));
}

static struct str
values_text(struct cx *cx, const json_t *values)
{
	struct buf text = buf_in(cx->mem, BODY_BYTES);

	if (values)
		buf_json_value(&text, values);
	return text.full ? (struct str){ 0 } : buf_done(&text);
}

static bool
parts_insert(struct cx *cx, const struct bulk_order *order, const struct bulk *bulk)
{
	for (int64_t i = 0; i < bulk->parts; i++) {
		struct arena_mark mark = arena_mark(cx->mem);
		int64_t first = i * BULK_PART, left = (int64_t)order->n_ids - first;
		struct bulk_part part = { .place = i,
					  .n = left < BULK_PART ? left : BULK_PART,
					  .ids = order->ids + first };

		if (!bulk_part_insert(cx, bulk, &part))
			return false;
		arena_rewind(cx->mem, mark);
	}
	return true;
}

static struct str
key_of(struct cx *cx, const struct bulk *bulk)
{
	return str_printf(cx->mem, "%lld", (long long)bulk->id);
}

/* The first part at once, the others by a job. */
static bool
begin(struct cx *cx, struct bulk *bulk)
{
	if (!bulk->parts) {
		bulk->state = BULK_DONE;
		bulk->body = (struct str){ 0 };
		return bulk_update(cx, bulk);
	}
	return bulk_run_part(cx, bulk) &&
	       (bulk->state != BULK_RUNNING ||
		job_put(cx, S(BULK_JOB), key_of(cx, bulk), cx->now, (struct str){ 0 }));
}

bool
bulk_start(struct cx *cx, const struct bulk_order *order, struct bulk *out)
{
	struct str name = order->face ? order->face->name : order->object->name;

	if (!may_bulk(cx, order) ||
	    (order->op == BULK_UPDATE && !bulk_values_check(cx, order->object, order->values)))
		return false;
	*out = (struct bulk){ .at = cx->now,
			      .actor_id = cx->actor->user_id,
			      .object = name,
			      .op = order->op,
			      .dry_run = order->dry_run,
			      .total = (int64_t)order->n_ids,
			      .parts = ((int64_t)order->n_ids + BULK_PART - 1) / BULK_PART };
	if (order->op == BULK_UPDATE) {
		out->body = values_text(cx, order->values);
		if (!out->body.n)
			return fail(cx, E_TOO_BIG, "These values are too long");
	}
	return bulk_insert(cx, out) && parts_insert(cx, order, out) && begin(cx, out) &&
	       bulk_read(cx, out->id, out);
}

/* ---- those that there are ---- */

bool
bulk_load(struct cx *cx, int64_t id, struct bulk *out)
{
	struct bulk found;

	if (!bulk_read(cx, id, &found))
		return false;
	if (!AUTHZ(BULK_OWN, found.actor_id == cx->actor->user_id || cx->actor->is_admin ||
				     cx->actor->is_system))
		return fail(cx, E_MISSING, "There is no such bulk");
	*out = found;
	return true;
}

bool
bulk_stop(struct cx *cx, int64_t id, struct bulk *out)
{
	/* Whose it is first; then what it is when its part has ended. */
	if (!bulk_load(cx, id, out) || !bulk_lock(cx, id) || !bulk_load(cx, id, out))
		return false;
	if (out->state != BULK_RUNNING)
		return true;
	out->state = BULK_STOPPED;
	out->body = (struct str){ 0 };
	return job_drop(cx, S(BULK_JOB), key_of(cx, out)) && bulk_update(cx, out);
}

bool
bulk_undo(struct cx *cx, int64_t id, struct bulk *out)
{
	struct bulk of;

	if (!bulk_load(cx, id, &of) || !bulk_lock(cx, id) || !bulk_load(cx, id, &of))
		return false;
	if (of.dry_run || of.undone_by)
		return fail(cx, E_CONFLICT, "There is nothing to undo any more");
	if (of.state == BULK_RUNNING && !bulk_stop(cx, id, &of))
		return false;
	*out = (struct bulk){ .at = cx->now,
			      .actor_id = cx->actor->user_id,
			      .object = of.object,
			      .op = BULK_UNDO,
			      .undo_of = of.id };
	return bulk_insert(cx, out) && bulk_parts_undo(cx, &of, out) && begin(cx, out) &&
	       bulk_read(cx, out->id, out);
}

/* ---- the job ---- */

/* Whoever began it has long gone on to something else. */
static bool
tell_end(struct cx *cx, const struct bulk *bulk)
{
	struct notices notices = { 0 };

	list_add(cx->mem, &notices,
		 ((struct notice){ .user_id = bulk->actor_id,
				   .kind = NOTICE_JOB,
				   .at = cx->now,
				   .record = bulk->id }));
	return notices_put(cx, &notices);
}

static bool
bulk_go_on(struct cx *cx, const struct job *job)
{
	struct bulk bulk;
	bool is_there;
	int64_t id;

	if (!str_int(job->key, 1, INT64_MAX, &id))
		return fail(cx, E_INPUT, "A bulk has a number");
	if (!bulk_lock(cx, id) || !bulk_read(cx, id, &bulk) ||
	    !actor_become(cx, bulk.actor_id, S("api"), &is_there))
		return false;
	if (bulk.state != BULK_RUNNING)
		return true;
	if (!is_there) {
		bulk.state = BULK_STOPPED;
		bulk.body = (struct str){ 0 };
		return bulk_update(cx, &bulk);
	}
	return bulk_run_part(cx, &bulk) &&
	       (bulk.state != BULK_RUNNING
			? tell_end(cx, &bulk)
			: job_put(cx, S(BULK_JOB), job->key, cx->now, (struct str){ 0 }));
}

static bool
sweep(struct cx *cx, const struct job *job)
{
	(void)job;
	return bulk_sweep(cx);
}

static const struct job_kind jobs[] = {
	{ BULK_JOB, .tries = TRIES, .timeout_s = TIMEOUT_S, .run = bulk_go_on,
	  .purpose = "the next part of a change of many records" },
	{ "bulk.sweep", .every_s = DAY_S, .run = sweep,
	  .purpose = "forgets changes of many records that nobody will undo any more" },
	{ 0 }
};

const struct feature feature_bulk = { .name = "bulk", .jobs = jobs, .tables = bulk_tables };
