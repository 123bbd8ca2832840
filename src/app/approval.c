/* Discounts of quotes above what their author may give: they are sent when somebody who may has
 * approved. */
#include "app/quote_act.h"

#include "app/features.h"
#include "app/lines.h"
#include "base/feature.h"
#include "flow/notice.h"
#include "model/ids.h"

enum { LIMITS_MAX = 200, ASKED_MAX = 20 };

/* ---- limits ---- */

static bool
limits_read(struct cx *cx, struct rows *out)
{
	const struct actor *actor = cx->actor;
	struct query query = { .object = cx->model->objects[DISCOUNT_LIMIT], .limit = LIMITS_MAX };
	bool ok;

	cx->actor = actor_system(cx);
	ok = record_query(cx, &query, out);
	cx->actor = actor;
	return ok;
}

static bool
role_number(struct cx *cx, int64_t role, unsigned *out)
{
	const struct actor *actor = cx->actor;
	struct row *row;
	bool ok;

	cx->actor = actor_system(cx);
	ok = record_load(cx, cx->model->objects[ROLE], role, &row);
	cx->actor = actor;
	*out = cx->model->n_roles;
	for (unsigned i = 0; ok && i < cx->model->n_roles; i++)
		if (str_eq(cx->model->roles[i].name, row->v[ROLE_NAME].s))
			*out = i;
	return ok;
}

/* Of whoever stands behind it, also where the program does it for him: the highest of those of his
 * roles that have one; whoever has no such role has no limit. */
static bool
limit_of(struct cx *cx, const struct actor *actor, int64_t *out)
{
	struct rows rows;
	int64_t limit = -1;

	if (!limits_read(cx, &rows) ||
	    (actor->is_system && actor->user_id && !actor_load(cx, actor->user_id, &actor)))
		return false;
	for (size_t i = 0; i < rows.n; i++) {
		int64_t its = rows.v[i].v[DISCOUNT_LIMIT_DISCOUNT].i;
		unsigned role;

		if (rows.v[i].v[DISCOUNT_LIMIT_ROLE].kind != V_INT)
			continue;
		if (!role_number(cx, rows.v[i].v[DISCOUNT_LIMIT_ROLE].i, &role))
			return false;
		if (role < cx->model->n_roles && (actor->roles >> role & 1) && its > limit)
			limit = its;
	}
	*out = limit < 0 || actor->is_system || actor->is_admin ? SUM_WHOLE : limit;
	return true;
}

/* ---- how far a quote goes ---- */

/* What is given away of the list price, in hundredths of a percent, rounded up; what the line costs
 * more than the list does not count. */
static int64_t
below_list(int64_t price, int64_t list)
{
	if (list <= 0 || price >= list || price < 0)
		return 0;
	return SUM_WHOLE - (int64_t)((__int128)price * SUM_WHOLE / list);
}

static int64_t
together(int64_t a, int64_t b)
{
	return SUM_WHOLE - (SUM_WHOLE - a) * (SUM_WHOLE - b) / SUM_WHOLE;
}

static bool
line_goes(struct cx *cx, const struct row *quote, const struct row *line, int64_t *out)
{
	const struct price_question question = { .product = line->v[QUOTE_LINE_PRODUCT].i,
						 .party = quote->v[QUOTE_PARTY].i,
						 .quantity = line->v[QUOTE_LINE_QUANTITY].i,
						 .currency = quote->v[QUOTE_CURRENCY].s,
						 .day = quote->v[QUOTE_QUOTED_ON].s };
	bool is_agreed = line->v[QUOTE_LINE_AGREEMENT].kind == V_INT;
	struct value list = { 0 };

	*out = is_agreed ? 0 : line->v[QUOTE_LINE_DISCOUNT].i;
	if (line->v[QUOTE_LINE_PRODUCT].kind != V_INT)
		return true;
	if (!price_find(cx, &question, &list))
		return false;
	if (list.kind == V_INT && line->v[QUOTE_LINE_PRICE].kind == V_INT)
		*out = together(*out, below_list(line->v[QUOTE_LINE_PRICE].i, list.i));
	return true;
}

static bool
highest(struct cx *cx, const struct row *quote, int64_t *out)
{
	const struct actor *actor = cx->actor;
	struct rows rows;
	int64_t most = 0;
	bool ok;

	cx->actor = actor_system(cx);
	ok = lines_read(cx, lined_of(quote->object), quote->id, &rows);
	for (size_t i = 0; ok && i < rows.n; i++) {
		enum line_kind kind = line_kind_of(rows.v[i].v[QUOTE_LINE_KIND].s);
		int64_t its = 0;

		if (kind != LINE_TEXT && kind != LINE_SUBTOTAL)
			ok = line_goes(cx, quote, &rows.v[i], &its);
		most = its > most ? its : most;
	}
	cx->actor = actor;
	*out = together(most, quote->v[QUOTE_DISCOUNT].i);
	return ok;
}

/* ---- the rule ---- */

static bool
is_approval(const struct row *quote, const char *state)
{
	return str_eq_z(quote->v[QUOTE_APPROVAL].s, state);
}

static void
put_approval(struct change *c, const char *state)
{
	change_put(c, c->object->fields[QUOTE_APPROVAL], value_text(str_of(state)));
}

static bool
approval_follows(struct cx *cx, struct change *c)
{
	struct rows limits;
	int64_t most, limit;
	bool is_covered;

	if (c->op != CHANGE_EDIT || !str_eq(c->after->v[QUOTE_STATE].s, S("draft")) ||
	    (!c->of_parts && !changed(c, c->object->fields[QUOTE_DISCOUNT])))
		return true;
	if (!limits_read(cx, &limits))
		return false;
	if (!limits.n && c->after->v[QUOTE_HIGHEST_DISCOUNT].kind == V_NONE)
		return true; /* nobody counts discounts here */
	if (!highest(cx, c->after, &most) || !limit_of(cx, cx->actor, &limit))
		return false;
	change_put(c, c->object->fields[QUOTE_HIGHEST_DISCOUNT], value_int(most));
	is_covered =
		is_approval(c->after, "approved") && most <= c->after->v[QUOTE_APPROVED_DISCOUNT].i;
	if (most <= limit && !is_approval(c->after, "approved"))
		put_approval(c, "free");
	else if (most > limit && !is_covered)
		put_approval(c, "needed");
	return true;
}

static bool
approval_is_there(struct cx *cx, struct change *c)
{
	if (c->op != CHANGE_EDIT || !changed(c, c->object->fields[QUOTE_STATE]) ||
	    !str_eq(c->after->v[QUOTE_STATE].s, S("sent")) ||
	    !str_eq(c->before->v[QUOTE_STATE].s, S("draft")))
		return true;
	if (is_approval(c->after, "refused"))
		return fail_field(cx, S("approval"), "approval",
				  "The discount of this quote was refused; lower it, then send it");
	return !(is_approval(c->after, "needed") || is_approval(c->after, "asked")) ||
	       fail_field(cx, S("approval"), "approval",
			  "The discount of this quote needs an approval; ask for it before the "
			  "quote is sent");
}

/* ---- asking and deciding ---- */

static bool
tell(struct cx *cx, const struct row *quote, int64_t user, const char *what)
{
	struct notice notice = { .user_id = user,
				 .at = cx->now,
				 .kind = NOTICE_APPROVAL,
				 .object = quote->object->name,
				 .record = quote->id,
				 .actor_id = cx->actor->user_id,
				 .op = CHANGE_EDIT,
				 .fields = str_of(what) };
	struct notices notices = { &notice, 1, 1 };

	return !user || user == cx->actor->user_id || notices_put(cx, &notices);
}

/* Everybody who may decide it, the first ASKED_MAX. */
static bool
tell_deciders(struct cx *cx, const struct row *quote)
{
	int64_t most = quote->v[QUOTE_HIGHEST_DISCOUNT].i, limit;
	struct people people = { 0 };
	size_t told = 0;

	if (!people_read(cx, &people))
		return false;
	for (size_t i = 0; i < people.n && told < ASKED_MAX; i++) {
		const struct actor *before = cx->actor, *who;
		bool may, ok;

		if (!actor_load(cx, people.v[i].id, &who) || !limit_of(cx, who, &limit))
			return false;
		cx->actor = who;
		ok = can_record(cx, OP_EDIT, quote->object, quote->id, &may);
		cx->actor = before;
		if (!ok)
			return false;
		if (!may || limit < most)
			continue;
		told++;
		if (!tell(cx, quote, people.v[i].id, "asked"))
			return false;
	}
	return true;
}

static const struct {
	const char *act, *state, *told;
	bool decides, needs_reason;
} ACTS[] = {
	{ "ask", "asked", "asked", false, false },
	{ "approve", "approved", "approved", true, false },
	{ "refuse", "refused", "refused", true, true },
};

static bool
may_act(struct cx *cx, const struct row *quote, size_t act, struct str reason)
{
	int64_t limit;

	if (!str_eq(quote->v[QUOTE_STATE].s, S("draft")) || is_approval(quote, "free") ||
	    is_approval(quote, "approved"))
		return fail(cx, E_CONFLICT, "This quote waits for no approval");
	if (ACTS[act].needs_reason && !reason.n)
		return fail_field(cx, S("reason"), "required", "Say why it is refused");
	if (!ACTS[act].decides)
		return true;
	return limit_of(cx, cx->actor, &limit) &&
	       (limit >= quote->v[QUOTE_HIGHEST_DISCOUNT].i ||
		fail(cx, E_FORBIDDEN,
		     "The discount of this quote is above what you may give yourself"));
}

bool
quote_approval(struct cx *cx, int64_t quote, struct str act, struct str reason)
{
	const struct object *object = cx->model->objects[QUOTE];
	struct change *c;
	size_t at = 0;

	while (at < countof(ACTS) && !str_eq_z(act, ACTS[at].act))
		at++;
	if (at == countof(ACTS))
		return fail_field(cx, S("act"), "unknown",
				  "What is to be done is one of ask, approve, refuse");
	if (!change_of(cx, CHANGE_EDIT, object, quote, &c) || !may_act(cx, c->before, at, reason))
		return false;
	put_approval(c, ACTS[at].state);
	change_put(c, object->fields[QUOTE_APPROVAL_NOTE],
		   reason.n ? value_text(reason) : (struct value){ 0 });
	if (ACTS[at].decides)
		change_put(c, object->fields[QUOTE_APPROVED_BY], value_int(cx->actor->user_id));
	if (str_eq(act, S("approve")))
		change_put(c, object->fields[QUOTE_APPROVED_DISCOUNT],
			   c->before->v[QUOTE_HIGHEST_DISCOUNT]);
	if (!record_save(cx, c))
		return false;
	return ACTS[at].decides ? tell(cx, c->before, c->before->v[QUOTE_OWNER].i, ACTS[at].told)
				: tell_deciders(cx, c->before);
}

bool
quote_may_decide(struct cx *cx, const struct row *quote, bool *out)
{
	int64_t limit;

	if (!limit_of(cx, cx->actor, &limit))
		return false;
	*out = limit >= quote->v[QUOTE_HIGHEST_DISCOUNT].i;
	return true;
}

static const struct hook hooks[] = { { "quote", HOOK_WHOLE, approval_follows },
				     { "quote", HOOK_RULES, approval_is_there },
				     { 0 } };

const struct feature feature_approval = { .name = "approval", .hooks = hooks };
