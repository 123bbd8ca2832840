#include "app/overview.h"

#include "app/salutation.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "model/ids.h"

enum { RHYTHM_ORDERS = 3, LIST_ROWS = 4, CONSENT_ROWS = 8 };

/* ---- figures ---- */

/* Which records; then fields of them, 0: none. */
static const struct figure_row {
	const char *name;
	unsigned object, link, via; /* via: a link of what `link` leads to */
	const char *where;
	unsigned amount, second, day;
} FIGURES[FIGURE__MAX] = {
	[FIGURE_WON] = { "won", DEAL, DEAL_PARTY, 0, "outcome = won", DEAL_VALUE, 0,
			 DEAL_CLOSED_ON },
	[FIGURE_ORDERS] = { "orders", ORDER, ORDER_PARTY, 0, "state in (open, done)", ORDER_TOTAL,
			    0, ORDER_PLACED_ON },
	[FIGURE_ORDERS_OPEN] = { "orders_open", ORDER, ORDER_PARTY, 0, "state in (draft, open)",
				 ORDER_TOTAL, 0, ORDER_PLACED_ON },
	[FIGURE_QUOTES_OPEN] = { "quotes_open", QUOTE, QUOTE_PARTY, 0, "state in (draft, sent)",
				 QUOTE_TOTAL, QUOTE_WEIGHTED, QUOTE_VALID_UNTIL },
	[FIGURE_DEALS_OPEN] = { "deals_open", DEAL, DEAL_PARTY, 0, "outcome = open", DEAL_VALUE,
				DEAL_WEIGHTED, DEAL_EXPECTED_ON },
	[FIGURE_MARGIN] = { "margin", ORDER_LINE, ORDER_LINE_ORDER, ORDER_PARTY,
			    "order.state in (open, done) and cost is not empty", ORDER_LINE_MARGIN,
			    ORDER_LINE_TOTAL, 0 },
	[FIGURE_TASKS_OVERDUE] = { "tasks_overdue", TASK, TASK_PARTY, 0,
				   "state = open and due_on < today", 0, 0, TASK_DUE_ON },
	[FIGURE_CONSENTS] = { "consents_given", CONSENT, CONSENT_PARTY, 0, "state = given", 0, 0,
			      CONSENT_AT },
	[FIGURE_WITHDRAWN] = { "consents_withdrawn", CONSENT, CONSENT_PARTY, 0, "state = withdrawn",
			       0, 0, CONSENT_AT },
	[FIGURE_RECOMMENDED] = { "recommended", DEAL, DEAL_PARTY, PARTY_RECOMMENDED_BY,
				 "outcome = won", DEAL_VALUE, 0, DEAL_CLOSED_ON },
	[FIGURE_MEMBERSHIPS] = { "memberships", MEMBERSHIP, MEMBERSHIP_PERSON, 0, "", 0, 0, 0 },
	[FIGURE_PEOPLE] = { "people", MEMBERSHIP, MEMBERSHIP_ORGANISATION, 0, "", 0, 0, 0 },
	[FIGURE_BELOW] = { "below", PARTY, PARTY_PARENT_PARTY, 0, "", 0, 0, 0 },
};

static const struct list_row {
	const char *name;
	unsigned object, link;
	const char *where;
	unsigned when, state, body;
	bool soonest;
	int64_t limit;
} LISTS[LIST__MAX] = {
	[LIST_CONTACT] = { "last_contact", ACTIVITY, ACTIVITY_PARTY, "at <= now", ACTIVITY_AT,
			   ACTIVITY_KIND, 0, false, 1 },
	[LIST_TASKS] = { "next_tasks", TASK, TASK_PARTY, "state = open", TASK_DUE_ON, TASK_PRIORITY,
			 0, true, LIST_ROWS },
	[LIST_MEETINGS] = { "next_contacts", ACTIVITY, ACTIVITY_PARTY, "at > now", ACTIVITY_AT,
			    ACTIVITY_KIND, 0, true, LIST_ROWS },
	[LIST_ORDERS] = { "orders", ORDER, ORDER_PARTY, "state in (draft, open)", ORDER_PLACED_ON,
			  ORDER_STATE, 0, false, LIST_ROWS },
	[LIST_QUOTES] = { "quotes", QUOTE, QUOTE_PARTY, "state in (draft, sent)", QUOTE_QUOTED_ON,
			  QUOTE_STATE, 0, false, LIST_ROWS },
	[LIST_DEALS] = { "deals", DEAL, DEAL_PARTY, "outcome = open", DEAL_EXPECTED_ON,
			 DEAL_OUTCOME, 0, true, LIST_ROWS },
	[LIST_CONSENTS] = { "consents", CONSENT, CONSENT_PARTY, "", CONSENT_AT, CONSENT_STATE,
			    CONSENT_CHANNEL, false, CONSENT_ROWS },
};

const char *
overview_figure_name(enum overview_figure figure)
{
	return FIGURES[figure].name;
}

const char *
overview_list_name(enum overview_list list)
{
	return LISTS[list].name;
}

static const struct field *
field_or_none(const struct object *object, unsigned index)
{
	return index ? object->fields[index] : NULL;
}

static bool
figures_want(struct cx *cx, struct overview *o)
{
	for (size_t i = 0; i < FIGURE__MAX; i++) {
		const struct figure_row *row = &FIGURES[i];
		const struct object *object = cx->model->objects[row->object];
		const struct field *link = object->fields[row->link];
		struct figure *figure = &o->figures[i];

		if (!gather_of(cx, link, o->party->id, str_of(row->where), &figure->of))
			return false;
		if (row->via && !gather_via(cx, link->target->fields[row->via], &figure->of))
			continue;
		figure->amount = field_or_none(object, row->amount);
		figure->second = field_or_none(object, row->second);
		figure->day = field_or_none(object, row->day);
	}
	return true;
}

/* ---- lists ---- */

static const struct field *
seen(const struct cx *cx, const struct object *object, unsigned index)
{
	const struct field *f = field_or_none(object, index);

	return f && can_see_field(cx, object, f) ? f : NULL;
}

static bool
lists_want(struct cx *cx, struct overview *o)
{
	for (size_t i = 0; i < LIST__MAX; i++) {
		const struct list_row *row = &LISTS[i];
		const struct object *object = cx->model->objects[row->object];
		struct excerpt *list = &o->lists[i];

		if (!gather_of(cx, object->fields[row->link], o->party->id, str_of(row->where),
			       &list->of))
			return false;
		list->fields = entry_fields_of(cx, object);
		list->fields.when = seen(cx, object, row->when);
		list->fields.state = seen(cx, object, row->state);
		list->fields.body = seen(cx, object, row->body);
		list->soonest = row->soonest;
		list->limit = row->limit;
	}
	return true;
}

static bool
gather(struct cx *cx, struct overview *o, struct excerpt *more, size_t n_more)
{
	o->lists = new_array(cx->mem, LIST__MAX + n_more, struct excerpt);
	if (!figures_want(cx, o) || !lists_want(cx, o))
		return false;
	for (size_t i = 0; i < n_more; i++)
		o->lists[LIST__MAX + i] = more[i];
	if (!record_gather(cx, o->figures, FIGURE__MAX, o->lists, LIST__MAX + n_more))
		return false;
	for (size_t i = 0; i < n_more; i++)
		more[i] = o->lists[LIST__MAX + i];
	return true;
}

/* ---- relations ---- */

static void
relation_add(const struct cx *cx, struct overview *o, const struct row *row)
{
	const struct value *from = &row->v[RELATION_FROM], *to = &row->v[RELATION_TO];
	bool goes_out = from->kind == V_ANY && from->i == o->party->id &&
			str_eq(from->s, o->party->object->name);
	const struct value *other = goes_out ? to : from;
	const struct object *object =
		other->kind == V_ANY ? object_find(cx->model, other->s, NULL) : NULL;

	if (object)
		o->relations[o->n_relations++] = (struct overview_relation){
			.kind = row->v[RELATION_KIND].s,
			.own_kind = row->v[RELATION_OWN_KIND].i,
			.goes_out = goes_out,
			.other = { object, other->i },
		};
}

static bool
relations_read(struct cx *cx, struct overview *o)
{
	const struct object *object = cx->model->objects[RELATION];
	const struct field *fields[] = { object->fields[RELATION_FROM], object->fields[RELATION_TO],
					 object->fields[RELATION_KIND],
					 object->fields[RELATION_OWN_KIND] };
	struct cond_sight sight = cond_sight_of(cx);
	struct query query = { .object = object,
			       .fields = fields,
			       .n_fields = countof(fields),
			       .limit = OVERVIEW_RELATIONS + 1 };
	struct rows rows;

	if (!can_object(cx, object, OP_READ))
		return true;
	if (!cond_parse(
		    cx, cx->mem, cx->model, object,
		    str_printf(cx->mem,
			       "(from = party:%lld or to = party:%lld) and (valid_from is empty "
			       "or valid_from <= today) and (valid_until is empty or "
			       "valid_until >= today)",
			       (long long)o->party->id, (long long)o->party->id),
		    &sight, &query.where)) {
		if (cx->err.code != E_INPUT)
			return false;
		fail_clear(cx);
		return true;
	}
	if (!record_query(cx, &query, &rows))
		return false;
	o->has_more_relations = rows.n > OVERVIEW_RELATIONS;
	for (size_t i = 0; i < rows.n && i < OVERVIEW_RELATIONS; i++)
		relation_add(cx, o, &rows.v[i]);
	return true;
}

/* ---- memberships ---- */

static void
member_add(struct overview *o, const struct row *row, unsigned other)
{
	const struct value *v = row->v;

	o->members[o->n_members++] = (struct overview_member){
		.id = row->id,
		.other = v[other].i,
		.position = v[MEMBERSHIP_POSITION].s,
		.department = v[MEMBERSHIP_DEPARTMENT].s,
		.role = v[MEMBERSHIP_ROLE].s,
		.until = v[MEMBERSHIP_VALID_UNTIL].s,
		.is_main = v[MEMBERSHIP_MAIN].i == 1,
	};
}

static bool
members_read(struct cx *cx, struct overview *o)
{
	const struct object *object = cx->model->objects[MEMBERSHIP];
	bool is_person = str_eq(o->party->v[PARTY_KIND].s, S("person"));
	const char *side = is_person ? "person" : "organisation";
	unsigned other = is_person ? MEMBERSHIP_ORGANISATION : MEMBERSHIP_PERSON;
	struct cond_sight sight = cond_sight_of(cx);
	struct query query = { .object = object, .limit = OVERVIEW_MEMBERS };
	struct rows rows;

	if (!can_object(cx, object, OP_READ) ||
	    !o->figures[is_person ? FIGURE_MEMBERSHIPS : FIGURE_PEOPLE].count)
		return true;
	if (!cond_parse(cx, cx->mem, cx->model, object,
			str_printf(cx->mem,
				   "%s = %lld and (valid_from is empty or valid_from <= today) and "
				   "(valid_until is empty or valid_until >= today)",
				   side, (long long)o->party->id),
			&sight, &query.where)) {
		if (cx->err.code != E_INPUT)
			return false;
		fail_clear(cx);
		return true;
	}
	if (!record_query(cx, &query, &rows))
		return false;
	for (size_t i = 0; i < rows.n; i++)
		member_add(o, &rows.v[i], other);
	return true;
}

/* ---- the next purchase ---- */

/* The day that was planned; else, of who orders again and again, the last order and once more the
 * mean time between two. */
static void
next_purchase(const struct cx *cx, struct overview *o)
{
	const struct value *planned = &o->party->v[PARTY_NEXT_PURCHASE_ON];
	const struct figure *orders = &o->figures[FIGURE_ORDERS];
	int64_t mean;

	if (planned->kind == V_TEXT && date_parse(planned->s, &o->next_purchase, NULL)) {
		o->has_next_purchase = true;
		return;
	}
	if (orders->count < RHYTHM_ORDERS || orders->last <= orders->first ||
	    !can_see_field(cx, o->party->object, o->party->object->fields[PARTY_NEXT_PURCHASE_ON]))
		return;
	mean = (orders->last - orders->first) / (orders->count - 1);
	o->next_purchase = (orders->last + mean) / MS_PER_DAY;
	o->has_next_purchase = o->is_derived = true;
}

/* ---- warnings ---- */

static bool
is_text(const struct overview *o, unsigned field, const char *text)
{
	return o->party->v[field].kind == V_TEXT && str_eq_z(o->party->v[field].s, text);
}

static bool
is_yes(const struct overview *o, unsigned field)
{
	return o->party->v[field].kind == V_INT && o->party->v[field].i;
}

static bool
is_loaded(const struct overview *o, unsigned field)
{
	return fieldset_has(&o->party->has, field);
}

static void
warn(struct overview *o, const char *key, const char *tone, struct str text)
{
	if (o->n_warnings < OVERVIEW_WARNINGS)
		o->warnings[o->n_warnings++] = (struct overview_warning){ key, tone, text };
}

static bool
has_consent_matter(const struct overview *o)
{
	return overview_has(o, FIGURE_CONSENTS) && overview_has(o, FIGURE_WITHDRAWN);
}

static bool
is_out_of_reach(const struct overview *o)
{
	static const unsigned ways[] = { PARTY_EMAIL, PARTY_PHONE, PARTY_MOBILE, PARTY_STREET };

	for (size_t i = 0; i < countof(ways); i++)
		if (!is_loaded(o, ways[i]) || o->party->v[ways[i]].kind != V_NONE)
			return false;
	return true;
}

static void
warn_of_party(struct cx *cx, struct overview *o)
{
	struct str why = o->party->v[PARTY_BLOCK_REASON].s;

	if (is_yes(o, PARTY_BLOCKED))
		warn(o, "blocked", "danger",
		     why.n ? str_printf(cx->mem, tr(cx, "Blocked: %.*s"), STR_FMT(why))
			   : str_of(tr(cx, "Blocked")));
	if (is_text(o, PARTY_STAGE, "at_risk"))
		warn(o, "at_risk", "warning", str_of(tr(cx, "The customer is at risk")));
	if (is_text(o, PARTY_STAGE, "lost"))
		warn(o, "lost", "danger", str_of(tr(cx, "The customer is lost")));
	if (is_out_of_reach(o))
		warn(o, "out_of_reach", "warning",
		     str_of(tr(cx, "No address, number or e-mail is known")));
}

static void
warnings_find(struct cx *cx, struct overview *o)
{
	int64_t late = o->figures[FIGURE_TASKS_OVERDUE].count;

	warn_of_party(cx, o);
	if (late)
		warn(o, "task_overdue", "danger",
		     str_printf(cx->mem, tr(cx, "Overdue tasks: %lld"), (long long)late));
	if (has_consent_matter(o) && o->figures[FIGURE_WITHDRAWN].count)
		warn(o, "consent_withdrawn", "warning", str_of(tr(cx, "A consent was withdrawn")));
	else if (has_consent_matter(o) && !o->figures[FIGURE_CONSENTS].count)
		warn(o, "no_consent", "warning", str_of(tr(cx, "No consent to advertising")));
}

/* ---- all of it ---- */

static struct str
salutation_in(struct cx *cx, const struct row *party)
{
	enum lang lang = cx->lang;

	if (party->v[PARTY_LANGUAGE].kind == V_TEXT &&
	    !lang_find(party->v[PARTY_LANGUAGE].s, &lang))
		lang = cx->lang;
	return letter_salutation(cx, party, lang);
}

bool
overview_read(struct cx *cx, const struct row *party, struct excerpt *more, size_t n_more,
	      struct overview *out)
{
	*out = (struct overview){ .party = party, .salutation = salutation_in(cx, party) };
	if (!gather(cx, out, more, n_more) || !relations_read(cx, out) || !members_read(cx, out))
		return false;
	if (str_eq(party->v[PARTY_KIND].s, S("organisation")) && out->figures[FIGURE_BELOW].count &&
	    !hierarchy_read(cx, party, &out->hierarchy))
		return false;
	next_purchase(cx, out);
	warnings_find(cx, out);
	return true;
}
