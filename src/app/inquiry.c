/* An inquiry finds its party, its score, who answers it and until when; it becomes a deal in one
 * step, and the party stays the same one. */
#include "app/inquiry.h"

#include "app/features.h"
#include "base/clock.h"
#include "base/crypt.h"
#include "base/feature.h"
#include "base/i18n.h"
#include "flow/flow.h"
#include "flow/notice.h"
#include "model/ids.h"

enum { WARN_S = 300, WARNED_AT_ONCE = 200 };

static bool
is_given(const struct change *c, unsigned field)
{
	return fieldset_has(&c->given, field) && c->after->v[field].kind != V_NONE;
}

static bool
is_state(const struct row *row, const char *state)
{
	return str_eq_z(row->v[INQUIRY_STATE].s, state);
}

static void
put(struct change *c, unsigned field, struct value v)
{
	change_put(c, c->object->fields[field], v);
}

/* ---- whose it is ---- */

/* Fields of the party in which an address of the inquiry may stand. */
static const struct {
	unsigned inquiry, party;
} ADDRESSES[] = {
	{ INQUIRY_EMAIL, PARTY_EMAIL },
	{ INQUIRY_PHONE, PARTY_PHONE },
	{ INQUIRY_PHONE, PARTY_MOBILE },
};

static bool
party_with(struct cx *cx, const struct field *given, const struct field *field,
	   const struct value *v, int64_t *out)
{
	struct query query = { .object = field->object };
	struct value key = field_key(cx->mem, given, v);
	int64_t ids[2];
	size_t n;

	if (!record_with_key(cx, &query, field, &key, ids, &n))
		return false;
	*out = n ? ids[0] : 0;
	return true;
}

/* Among the parties that the writer may see: a hidden one is not told by an address. */
static bool
find_party(struct cx *cx, const struct change *c, int64_t *out)
{
	const struct object *party = cx->model->objects[PARTY];

	*out = 0;
	for (size_t i = 0; i < countof(ADDRESSES) && !*out; i++) {
		unsigned from = ADDRESSES[i].inquiry;
		const struct field *field = party->fields[ADDRESSES[i].party];

		if (c->after->v[from].kind == V_TEXT && can_object(cx, party, OP_READ) &&
		    can_see_field(cx, party, field) &&
		    !party_with(cx, c->object->fields[from], field, &c->after->v[from], out))
			return false;
	}
	return true;
}

static bool
take_party(struct cx *cx, struct change *c)
{
	int64_t id;

	if (c->after->v[INQUIRY_PARTY].kind != V_NONE)
		return true;
	if (!find_party(cx, c, &id))
		return false;
	if (id)
		put(c, INQUIRY_PARTY, value_int(id));
	return true;
}

/* ---- score, assignment, clock ---- */

static bool
is_customer(const struct row *party)
{
	static const char *const bought[] = { "first_purchase", "repeat", "at_risk", "won_back" };

	for (size_t i = 0; party && i < countof(bought); i++)
		if (str_eq_z(party->v[PARTY_STAGE].s, bought[i]))
			return true;
	return false;
}

static void
rate(struct cx *cx, struct change *c, const struct row *party)
{
	struct inquiry_score score = inquiry_rate(cx->mem, c->after, is_customer(party));

	put(c, INQUIRY_SCORE, value_int(score.points));
	put(c, INQUIRY_REASONS, score.reasons);
}

static void
put_owner(struct cx *cx, struct change *c, const struct row *party, int64_t user)
{
	if (is_given(c, INQUIRY_OWNER))
		return;
	if (!user && party && party->v[PARTY_OWNER].kind == V_INT)
		user = party->v[PARTY_OWNER].i;
	if (!user)
		user = cx->actor->user_id;
	if (user)
		put(c, INQUIRY_OWNER, value_int(user));
}

static bool
begin(struct cx *cx, struct change *c)
{
	struct assignment who;
	const struct row *party;

	if (!change_linked(cx, c, c->object->fields[INQUIRY_PARTY], &party))
		return false;
	rate(cx, c, party);
	if (!inquiry_assign(cx, c->after, party, &who))
		return false;
	if (who.rule)
		put(c, INQUIRY_RULE, value_int(who.rule));
	put_owner(cx, c, party, who.user);
	if (is_state(c->after, "new"))
		put(c, INQUIRY_ANSWER_BY,
		    value_int(c->after->v[INQUIRY_RECEIVED_AT].i + who.hours * MS_PER_HOUR));
	return true;
}

/* Whoever goes on with it has answered; what is spam needed none. */
static void
follow_clock(struct cx *cx, struct change *c)
{
	const struct value *received = &c->after->v[INQUIRY_RECEIVED_AT];

	if (is_state(c->after, "new") || is_state(c->after, "spam")) {
		if (changed(c, c->object->fields[INQUIRY_STATE]) && is_state(c->after, "spam"))
			put(c, INQUIRY_ANSWER_BY, (struct value){ 0 });
		return;
	}
	if (c->after->v[INQUIRY_ANSWERED_AT].kind != V_NONE)
		return;
	put(c, INQUIRY_ANSWERED_AT, value_int(cx->now));
	if (received->kind == V_INT && received->i <= cx->now)
		put(c, INQUIRY_REACTION, value_int((cx->now - received->i) / MS_PER_S));
}

static bool
title(struct cx *cx, struct change *c)
{
	static const unsigned otherwise[] = { INQUIRY_COMPANY, INQUIRY_NAME, INQUIRY_EMAIL,
					      INQUIRY_PHONE };

	if (c->after->v[INQUIRY_SUBJECT].kind != V_NONE)
		return true;
	for (size_t i = 0; i < countof(otherwise); i++)
		if (c->after->v[otherwise[i]].kind == V_TEXT) {
			put(c, INQUIRY_SUBJECT,
			    value_text(str_printf(cx->mem, tr(cx, "Inquiry of %.*s"),
						  STR_FMT(c->after->v[otherwise[i]].s))));
			return true;
		}
	return true;
}

static bool
inquiry_rules(struct cx *cx, struct change *c)
{
	if (c->op == CHANGE_CREATE &&
	    (!title(cx, c) || !take_party(cx, c) || !as_program(cx, c, begin)))
		return false;
	follow_clock(cx, c);
	return true;
}

/* ---- what follows for others ---- */

/* The rule remembers whose turn it was. */
static bool
turn(struct cx *cx, struct change *c)
{
	const struct object *object = cx->model->objects[ASSIGNMENT_RULE];
	struct change *rule;

	if (c->after->v[INQUIRY_RULE].kind != V_INT || c->after->v[INQUIRY_OWNER].kind != V_INT)
		return true;
	if (!change_of(cx, CHANGE_EDIT, object, c->after->v[INQUIRY_RULE].i, &rule)) {
		if (cx->err.code != E_MISSING)
			return false;
		fail_clear(cx);
		return true;
	}
	if (!str_eq(rule->before->v[ASSIGNMENT_RULE_METHOD].s, S("turn")))
		return true;
	change_put(rule, object->fields[ASSIGNMENT_RULE_LAST], c->after->v[INQUIRY_OWNER]);
	return record_save(cx, rule);
}

static void
copy(struct change *to, const struct row *from, const unsigned pairs[][2], size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (from->v[pairs[i][0]].kind != V_NONE)
			change_put(to, to->object->fields[pairs[i][1]], from->v[pairs[i][0]]);
}

/* A trace of somebody new is a party from now on. */
static bool
make_party(struct cx *cx, struct change *c)
{
	static const unsigned same[][2] = {
		{ INQUIRY_EMAIL, PARTY_EMAIL },       { INQUIRY_PHONE, PARTY_PHONE },
		{ INQUIRY_STREET, PARTY_STREET },     { INQUIRY_POSTCODE, PARTY_POSTCODE },
		{ INQUIRY_CITY, PARTY_CITY },         { INQUIRY_COUNTRY, PARTY_COUNTRY },
		{ INQUIRY_INDUSTRY, PARTY_INDUSTRY }, { INQUIRY_OWNER, PARTY_OWNER },
		{ INQUIRY_TEAM, PARTY_TEAM },         { INQUIRY_UNIT, PARTY_UNIT },
	};
	bool is_company = c->after->v[INQUIRY_COMPANY].kind == V_TEXT;
	const struct value *name = &c->after->v[is_company ? INQUIRY_COMPANY : INQUIRY_NAME];
	struct change *party = change_new(cx, cx->model->objects[PARTY], NULL), *mine;
	const struct field *const *f = (const struct field *const *)party->object->fields;

	copy(party, c->after, same, countof(same));
	change_put(
		party, f[PARTY_KIND],
		value_text(is_company || name->kind == V_NONE ? S("organisation") : S("person")));
	if (name->kind == V_TEXT)
		change_put(party, f[PARTY_NAME], *name);
	change_put(party, f[PARTY_SOURCE], value_text(c->after->v[INQUIRY_CHANNEL].s));
	if (!record_save(cx, party) || !change_of(cx, CHANGE_EDIT, c->object, c->id, &mine))
		return false;
	put(mine, INQUIRY_PARTY, value_int(party->id));
	return record_save(cx, mine);
}

static bool
names_somebody(const struct row *row)
{
	static const unsigned told[] = { INQUIRY_NAME, INQUIRY_COMPANY, INQUIRY_EMAIL,
					 INQUIRY_PHONE };

	for (size_t i = 0; i < countof(told); i++)
		if (row->v[told[i]].kind == V_TEXT)
			return true;
	return false;
}

static bool
make_deal(struct cx *cx, struct change *c)
{
	static const unsigned same[][2] = {
		{ INQUIRY_SUBJECT, DEAL_NAME },    { INQUIRY_PARTY, DEAL_PARTY },
		{ INQUIRY_PRODUCT, DEAL_PRODUCT }, { INQUIRY_VALUE, DEAL_VALUE },
		{ INQUIRY_OWNER, DEAL_OWNER },     { INQUIRY_TEAM, DEAL_TEAM },
		{ INQUIRY_UNIT, DEAL_UNIT },
	};
	struct change *deal = change_new(cx, cx->model->objects[DEAL], NULL), *mine;

	copy(deal, c->after, same, countof(same));
	if (!record_save(cx, deal) || !change_of(cx, CHANGE_EDIT, c->object, c->id, &mine))
		return false;
	put(mine, INQUIRY_DEAL, value_int(deal->id));
	return record_save(cx, mine);
}

static bool
inquiry_follows(struct cx *cx, struct change *c)
{
	bool becomes_deal = is_state(c->after, "deal") &&
			    changed(c, c->object->fields[INQUIRY_STATE]) &&
			    c->after->v[INQUIRY_DEAL].kind == V_NONE;

	if (c->op == CHANGE_CREATE && !as_program(cx, c, turn))
		return false;
	if (c->op == CHANGE_CREATE && c->after->v[INQUIRY_PARTY].kind == V_NONE &&
	    names_somebody(c->after) && !is_state(c->after, "spam") &&
	    can_object(cx, cx->model->objects[PARTY], OP_CREATE) && !as_program(cx, c, make_party))
		return false;
	return !becomes_deal || as_program(cx, c, make_deal);
}

/* ---- an answer that is written down as a contact ---- */

static bool
answers(struct cx *cx, struct change *activity)
{
	const struct object *object = cx->model->objects[INQUIRY];
	const struct value *about = &activity->after->v[ACTIVITY_ABOUT];
	struct change *c;

	if (!change_of(cx, CHANGE_EDIT, object, about->i, &c)) {
		if (cx->err.code != E_MISSING)
			return false;
		fail_clear(cx);
		return true;
	}
	if (!is_state(c->before, "new"))
		return true;
	put(c, INQUIRY_STATE, value_text(S("working")));
	return record_save(cx, c);
}

static bool
activity_answers(struct cx *cx, struct change *c)
{
	const struct value *about = &c->after->v[ACTIVITY_ABOUT];

	if (c->op != CHANGE_CREATE || about->kind != V_ANY ||
	    !str_eq(about->s, cx->model->objects[INQUIRY]->name) ||
	    str_eq(c->after->v[ACTIVITY_KIND].s, S("note")) ||
	    str_eq(c->after->v[ACTIVITY_DIRECTION].s, S("incoming")))
		return true;
	return as_program(cx, c, answers);
}

/* ---- the clock that nobody watched ---- */

static bool
warn(struct cx *cx, const struct row *row, struct notices *notices)
{
	struct change *c;

	list_add(cx->mem, notices,
		 ((struct notice){ .user_id = row->v[INQUIRY_OWNER].i,
				   .at = cx->now,
				   .kind = NOTICE_ESCALATED,
				   .object = row->object->name,
				   .record = row->id,
				   .op = CHANGE_EDIT }));
	if (!change_of(cx, CHANGE_EDIT, row->object, row->id, &c))
		return false;
	put(c, INQUIRY_WARNED_AT, value_int(cx->now));
	return record_save(cx, c);
}

static bool
inquiries_warn(struct cx *cx, const struct job *job)
{
	const struct object *object = cx->model->objects[INQUIRY];
	struct query query = { .object = object, .limit = WARNED_AT_ONCE };
	struct notices notices = { 0 };
	struct rows rows;

	(void)job;
	if (!cond_parse(cx, cx->mem, cx->model, object,
			S("state = new and answer_by < now and warned_at is empty and"
			  " owner is not empty"),
			NULL, &query.where) ||
	    !record_query(cx, &query, &rows))
		return false;
	for (size_t i = 0; i < rows.n; i++)
		if (!warn(cx, &rows.v[i], &notices))
			return false;
	return notices_put(cx, &notices);
}

/* ---- rules that can be read ---- */

static bool
rule_is_whole(struct cx *cx, struct change *c)
{
	const struct value *places = &c->after->v[ASSIGNMENT_RULE_POSTCODES];
	struct str method = c->after->v[ASSIGNMENT_RULE_METHOD].s, bad;

	if (places->kind == V_TEXT && !postcodes_check(places->s, &bad))
		return fail_field(cx, S("postcodes"), "postcode",
				  "“%.*s” is neither the beginning of a postcode nor a range such "
				  "as 70-73",
				  STR_FMT(bad));
	if (str_eq(method, S("person")) && c->after->v[ASSIGNMENT_RULE_PERSON].kind == V_NONE)
		return fail_field(cx, S("person"), "required", "Choose who gets the inquiries");
	if ((str_eq(method, S("turn")) || str_eq(method, S("least"))) &&
	    c->after->v[ASSIGNMENT_RULE_TEAM].kind == V_NONE)
		return fail_field(cx, S("team"), "required",
				  "Choose the team whose members get the inquiries");
	return true;
}

/* ---- forms ---- */

/* An address that nobody guesses, made once. */
static bool
form_has_path(struct cx *cx, struct change *c)
{
	if (c->after->v[INQUIRY_FORM_PATH].kind == V_NONE)
		change_put(c, c->object->fields[INQUIRY_FORM_PATH],
			   value_text(str_printf(cx->mem, "/form/%.*s",
						 STR_FMT(crypt_token(cx->mem, cx->env)))));
	return true;
}

static const struct hook hooks[] = { { "inquiry", HOOK_RULES, inquiry_rules },
				     { "inquiry", HOOK_STORED, inquiry_follows },
				     { "activity", HOOK_STORED, activity_answers },
				     { "assignment_rule", HOOK_RULES, rule_is_whole },
				     { "inquiry_form", HOOK_RULES, form_has_path },
				     { 0 } };

static const struct job_kind jobs[] = {
	{ "inquiry.warn", .every_s = WARN_S, .run = inquiries_warn,
	  .purpose = "tells people of inquiries that should have been answered" },
	{ 0 }
};

const struct feature feature_inquiry = { .name = "inquiry", .hooks = hooks, .jobs = jobs };
