/* What follows from the way of a quote: its follow-up when it is sent, the order and the won deal
 * when it is accepted; and the day on which it expires. */
#include "app/quote_act.h"

#include "app/features.h"
#include "app/lines.h"
#include "app/quote_link.h"
#include "app/task.h"
#include "base/feature.h"
#include "base/i18n.h"
#include "flow/flow.h"
#include "model/ids.h"

enum { EXPIRE_S = 900, EXPIRED_AT_ONCE = 500, TASKS_MAX = 50, ORDER_KINDS_MAX = 8 };

static bool
is_now(const struct change *c, const char *state)
{
	return str_eq_z(c->after->v[QUOTE_STATE].s, state) &&
	       (!c->before || !str_eq_z(c->before->v[QUOTE_STATE].s, state));
}

static void
copy(struct change *to, unsigned field, const struct value *v)
{
	change_put(to, to->object->fields[field], *v);
}

struct copied {
	unsigned from, to;
};

static void
copy_all(struct change *to, const struct row *from, const struct copied *fields, size_t n)
{
	for (size_t i = 0; i < n; i++)
		copy(to, fields[i].to, &from->v[fields[i].from]);
}

/* ---- sent: the follow-up ---- */

static struct str
number_text(struct cx *cx, const struct row *quote)
{
	struct str title;

	return record_titles(cx, quote->object, &quote->id, 1, &title) ? title : (struct str){ 0 };
}

static bool
make_follow_up(struct cx *cx, struct change *c)
{
	static const struct copied same[] = {
		{ QUOTE_FOLLOW_UP_ON, TASK_DUE_ON }, { QUOTE_PARTY, TASK_PARTY },
		{ QUOTE_DEAL, TASK_DEAL },           { QUOTE_OWNER, TASK_OWNER },
		{ QUOTE_TEAM, TASK_TEAM },           { QUOTE_UNIT, TASK_UNIT },
	};
	struct change *task = change_new(cx, cx->model->objects[TASK], NULL);

	copy_all(task, c->after, same, countof(same));
	change_put(task, task->object->fields[TASK_SUBJECT],
		   value_text(str_printf(cx->mem, tr(cx, "Follow up on quote %.*s"),
					 STR_FMT(number_text(cx, c->after)))));
	change_put(task, task->object->fields[TASK_QUOTE], value_int(c->id));
	change_put(task, task->object->fields[TASK_ABOUT],
		   (struct value){ .kind = V_ANY, .s = c->object->name, .i = c->id });
	return record_save(cx, task);
}

/* ---- answered: nothing is left to follow up ---- */

static bool
end_follow_ups(struct cx *cx, struct change *c)
{
	const struct object *object = cx->model->objects[TASK];
	struct query query = { .object = object, .limit = TASKS_MAX };
	struct rows rows;

	if (!cond_parse(cx, cx->mem, cx->model, object,
			str_printf(cx->mem, "state = open and quote = %lld", (long long)c->id),
			NULL, &query.where) ||
	    !record_query(cx, &query, &rows))
		return false;
	for (size_t i = 0; i < rows.n; i++) {
		struct change *task;

		if (!change_of(cx, CHANGE_EDIT, object, rows.v[i].id, &task))
			return false;
		change_put(task, object->fields[TASK_STATE], value_text(S("done")));
		if (!record_save(cx, task))
			return false;
	}
	return true;
}

/* ---- accepted: the order, and the deal ---- */

static bool
copy_line(struct cx *cx, int64_t order, const struct row *line)
{
	static const struct copied same[] = {
		{ QUOTE_LINE_POSITION, ORDER_LINE_POSITION },
		{ QUOTE_LINE_PRODUCT, ORDER_LINE_PRODUCT },
		{ QUOTE_LINE_DESCRIPTION, ORDER_LINE_DESCRIPTION },
		{ QUOTE_LINE_DETAILS, ORDER_LINE_DETAILS },
		{ QUOTE_LINE_QUANTITY, ORDER_LINE_QUANTITY },
		{ QUOTE_LINE_UNIT_OF_MEASURE, ORDER_LINE_UNIT_OF_MEASURE },
		{ QUOTE_LINE_PRICE, ORDER_LINE_PRICE },
		{ QUOTE_LINE_DISCOUNT, ORDER_LINE_DISCOUNT },
		{ QUOTE_LINE_TAX_RATE, ORDER_LINE_TAX_RATE },
	};
	struct change *c = change_new(cx, cx->model->objects[ORDER_LINE], NULL);
	enum line_kind kind = line_kind_of(line->v[QUOTE_LINE_KIND].s);

	change_put(c, c->object->fields[ORDER_LINE_ORDER], value_int(order));
	change_put(c, c->object->fields[ORDER_LINE_KIND],
		   value_text(str_of(LINE_KINDS[kind == LINE_ALTERNATIVE ? LINE_NORMAL : kind])));
	/* What the quote says stands, also where it says nothing. */
	for (size_t i = 0; i < countof(same); i++)
		change_set(c, c->object->fields[same[i].to], line->v[same[i].from]);
	return record_save(cx, c);
}

/* What a quote came to when it was accepted. */
struct accepted {
	struct rows rows;
	struct sums sums;
	char currency[4];
};

static bool
read_accepted(struct cx *cx, const struct row *quote, struct accepted *out)
{
	const struct lined *kind = lined_of(quote->object);
	const int64_t *ids;
	size_t n;

	if (!quote_answer_ids(cx, quote->id, &ids, &n) ||
	    !lines_read(cx, kind, quote->id, &out->rows))
		return false;
	lines_choose(&out->rows, ids, n);
	return lines_sums(cx, kind, quote, &out->rows, &out->sums, out->currency);
}

static bool
copy_lines(struct cx *cx, const struct accepted *accepted, int64_t order)
{
	for (size_t i = 0; i < accepted->rows.n; i++) {
		const struct row *line = &accepted->rows.v[i];
		enum line_kind is = line_kind_of(line->v[QUOTE_LINE_KIND].s);

		if ((accepted->sums.counted[i] || is == LINE_TEXT || is == LINE_SUBTOTAL) &&
		    !copy_line(cx, order, line))
			return false;
	}
	return true;
}

static bool
make_order(struct cx *cx, struct change *c)
{
	static const struct copied same[] = {
		{ QUOTE_PARTY, ORDER_PARTY },       { QUOTE_DEAL, ORDER_DEAL },
		{ QUOTE_DISCOUNT, ORDER_DISCOUNT }, { QUOTE_OWNER, ORDER_OWNER },
		{ QUOTE_TEAM, ORDER_TEAM },         { QUOTE_UNIT, ORDER_UNIT },
	};
	struct change *order = change_new(cx, cx->model->objects[ORDER], NULL);
	struct accepted accepted = { 0 };

	copy_all(order, c->after, same, countof(same));
	change_put(order, order->object->fields[ORDER_QUOTE], value_int(c->id));
	change_put(order, order->object->fields[ORDER_HANDOVER], value_text(S("waiting")));
	return read_accepted(cx, c->after, &accepted) && record_save(cx, order) &&
	       copy_lines(cx, &accepted, order->id);
}

/* The stage of a won deal in its pipeline; 0: there is none. */
static bool
won_stage(struct cx *cx, const struct row *deal, int64_t *out)
{
	struct query query = { .object = cx->model->objects[STAGE], .limit = 1 };
	struct rows rows;

	*out = 0;
	if (deal->v[DEAL_PIPELINE].kind != V_INT)
		return true;
	if (!cond_parse(cx, cx->mem, cx->model, query.object,
			str_printf(cx->mem, "outcome = won and pipeline = %lld",
				   (long long)deal->v[DEAL_PIPELINE].i),
			NULL, &query.where) ||
	    !record_query(cx, &query, &rows))
		return false;
	if (rows.n)
		*out = rows.v[0].id;
	return true;
}

static bool
put_value(struct cx *cx, struct change *deal, const struct row *quote)
{
	struct accepted accepted = { 0 };
	struct value value = quote->v[QUOTE_TOTAL];

	if (!read_accepted(cx, quote, &accepted))
		return false;
	if (accepted.rows.n)
		value.i = accepted.sums.net;
	change_put(deal, deal->object->fields[DEAL_VALUE], value);
	return true;
}

static bool
win_deal(struct cx *cx, struct change *c)
{
	struct change *deal;
	int64_t stage;

	if (c->after->v[QUOTE_DEAL].kind != V_INT)
		return true;
	if (!change_of(cx, CHANGE_EDIT, cx->model->objects[DEAL], c->after->v[QUOTE_DEAL].i,
		       &deal)) {
		if (cx->err.code != E_MISSING)
			return false;
		fail_clear(cx); /* it went to the trash */
		return true;
	}
	if (!str_eq(deal->after->v[DEAL_OUTCOME].s, S("open")))
		return true;
	if (!won_stage(cx, deal->after, &stage))
		return false;
	if (stage)
		change_put(deal, deal->object->fields[DEAL_STAGE], value_int(stage));
	change_put(deal, deal->object->fields[DEAL_OUTCOME], value_text(S("won")));
	return put_value(cx, deal, c->after) && record_save(cx, deal);
}

static bool
quote_follows(struct cx *cx, struct change *c)
{
	bool accepted = is_now(c, "accepted");
	bool ended = accepted || is_now(c, "declined") || is_now(c, "replaced");

	if (is_taken_over(cx))
		return true;
	if (is_now(c, "sent"))
		return as_program(cx, c, make_follow_up);
	if (ended && !as_program(cx, c, end_follow_ups))
		return false;
	return !accepted || (as_program(cx, c, make_order) && as_program(cx, c, win_deal));
}

/* ---- the day after the last ---- */

static bool
quotes_expire(struct cx *cx, const struct job *job)
{
	const struct object *object = cx->model->objects[QUOTE];
	struct query query = { .object = object, .limit = EXPIRED_AT_ONCE };
	struct rows rows;

	(void)job;
	if (!cond_parse(cx, cx->mem, cx->model, object, S("state = sent and valid_until < today"),
			NULL, &query.where) ||
	    !record_query(cx, &query, &rows))
		return false;
	for (size_t i = 0; i < rows.n; i++) {
		struct change *c;

		if (!change_of(cx, CHANGE_EDIT, object, rows.v[i].id, &c))
			return false;
		change_put(c, object->fields[QUOTE_STATE], value_text(S("expired")));
		if (!record_save(cx, c))
			return false;
	}
	return true;
}

/* ---- a new version ---- */

static bool
copy_fields(struct cx *cx, const struct row *from, const unsigned *without, size_t n,
	    struct change *to)
{
	for (unsigned i = SF__MAX; i < from->object->n_fields; i++) {
		const struct field *f = from->object->fields[i];
		bool is_left = f->type == FT_FORMULA || f->type == FT_ROLLUP || f->summed;

		for (size_t k = 0; k < n; k++)
			is_left = is_left || without[k] == i;
		if (!is_left)
			change_put(to, f, from->v[i]);
	}
	(void)cx;
	return true;
}

static bool
revise_lines(struct cx *cx, int64_t from, int64_t to)
{
	static const unsigned without[] = { QUOTE_LINE_QUOTE };
	const struct lined *kind = lined_of(cx->model->objects[QUOTE]);
	struct rows rows;

	if (!lines_read(cx, kind, from, &rows))
		return false;
	for (size_t i = 0; i < rows.n; i++) {
		struct change *c = change_new(cx, rows.v[i].object, NULL);

		copy_fields(cx, &rows.v[i], without, countof(without), c);
		for (unsigned k = SF__MAX; k < c->object->n_fields; k++)
			fieldset_add(&c->given, k); /* as it was, not as products are today */
		change_put(c, c->object->fields[QUOTE_LINE_QUOTE], value_int(to));
		if (!record_save(cx, c))
			return false;
	}
	return true;
}

static bool
revise(struct cx *cx, struct change *old)
{
	static const unsigned without[] = {
		QUOTE_STATE,       QUOTE_SENT_ON,      QUOTE_ANSWERED_ON,  QUOTE_FOLLOW_UP_ON,
		QUOTE_VALID_UNTIL, QUOTE_EXTERNAL_ID,  QUOTE_QUOTED_ON,    QUOTE_COMPETITOR,
		QUOTE_LOSS_REASON, QUOTE_LINK_MADE_AT, QUOTE_DECLINE_NOTE, QUOTE_ESCALATED_ON
	};
	struct change *c = change_new(cx, old->object, NULL);

	copy_fields(cx, old->before, without, countof(without), c);
	change_put(c, c->object->fields[QUOTE_REVISION],
		   value_int(old->before->v[QUOTE_REVISION].i + 1));
	change_put(c, c->object->fields[QUOTE_PREVIOUS], value_int(old->id));
	change_put(old, old->object->fields[QUOTE_STATE], value_text(S("replaced")));
	if (!record_save(cx, c) || !revise_lines(cx, old->id, c->id) || !record_save(cx, old))
		return false;
	old->id = c->id;
	return true;
}

bool
quote_revise(struct cx *cx, int64_t quote, int64_t *out)
{
	const struct object *object = cx->model->objects[QUOTE];
	struct change *old;
	bool may;

	if (!change_of(cx, CHANGE_EDIT, object, quote, &old) ||
	    !can_record(cx, OP_EDIT, object, quote, &may))
		return false;
	if (!AUTHZ(QUOTE_REVISE, may && can_object(cx, object, OP_CREATE)))
		return fail(cx, E_FORBIDDEN, "You may not make a new version of this quote");
	if (str_eq(old->before->v[QUOTE_STATE].s, S("draft")))
		return fail(cx, E_CONFLICT,
			    "This quote is a draft; it may still be changed itself");
	if (str_eq(old->before->v[QUOTE_STATE].s, S("accepted")) ||
	    str_eq(old->before->v[QUOTE_STATE].s, S("replaced")))
		return fail(
			cx, E_CONFLICT,
			"This quote was accepted or replaced; make a new version of its newest one");
	if (!as_program(cx, old, revise))
		return false;
	*out = old->id;
	return true;
}

static const struct hook hooks[] = { { "quote", HOOK_STORED, quote_follows }, { 0 } };

static const struct job_kind jobs[] = { { "quote.expire", .every_s = EXPIRE_S, .run = quotes_expire,
					  .purpose = "lets quotes expire whose last day is over" },
					{ 0 } };

const struct feature feature_quote_follow = { .name = "quotefollow", .hooks = hooks, .jobs = jobs };
