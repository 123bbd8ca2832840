#include "app/agenda.h"

#include <math.h>
#include <stdlib.h>

#include "app/task.h"
#include "base/i18n.h"
#include "model/ids.h"

enum {
	URGENT_POINTS = 30,
	LOW_POINTS = -15,
	DAYS_POINTS_MAX = 30,
	PARTIES_BYTES = 16 << 10,
	APPOINTMENTS_MAX = 100,
};

const char *const AGENDA_WHYS[AGENDA_WHY__MAX] = {
	[AGENDA_OVERDUE] = "overdue", [AGENDA_DUE] = "due",
	[AGENDA_BACK] = "back",       [AGENDA_FOLLOW_UP] = "follow_up",
	[AGENDA_EXPIRES] = "expires", [AGENDA_NO_STEP] = "no_step",
	[AGENDA_IDLE] = "idle",       [AGENDA_BIRTHDAY_IS] = "birthday",
};
static const int POINTS[AGENDA_WHY__MAX] = {
	[AGENDA_OVERDUE] = 45, [AGENDA_DUE] = 40,     [AGENDA_BACK] = 35, [AGENDA_FOLLOW_UP] = 35,
	[AGENDA_EXPIRES] = 40, [AGENDA_NO_STEP] = 15, [AGENDA_IDLE] = 10, [AGENDA_BIRTHDAY_IS] = 20,
};

/* Which records of one's own are before one; what somebody looked after today is not. */
static const struct {
	unsigned object;
	const char *where;
	unsigned fields[7]; /* to load, behind the title; ends with 0 */
} KINDS[AGENDA_KIND__MAX] = {
	[AGENDA_TASK] = { TASK,
			  "owner = me and state = open and (resubmit_on <= today or"
			  " (resubmit_on is empty and due_on <= today))",
			  { TASK_DUE_ON, TASK_RESUBMIT_ON, TASK_PRIORITY, TASK_PARTY } },
	[AGENDA_QUOTE] = { QUOTE,
			   "owner = me and state = sent and (follow_up_on <= today or"
			   " valid_until <= +3d) and none(follow_ups where state = open or"
			   " done_at = today)",
			   { QUOTE_FOLLOW_UP_ON, QUOTE_VALID_UNTIL, QUOTE_PARTY, QUOTE_TOTAL } },
	[AGENDA_DEAL] = { DEAL,
			  "owner = me and outcome = open and none(tasks where state = open) and"
			  " none(activities where at = today) and (next_step is empty or"
			  " none(activities where at >= -14d))",
			  { DEAL_NEXT_STEP, DEAL_PARTY, DEAL_VALUE, DEAL_EXPECTED_ON } },
	[AGENDA_BIRTHDAY] = { PARTY,
			      "owner = me and birthday within 2d and none(activities where"
			      " at = today) and none(tasks where state = open)",
			      { PARTY_BIRTHDAY } },
};
static const unsigned PARTY_OF[AGENDA_KIND__MAX] = { [AGENDA_TASK] = TASK_PARTY,
						     [AGENDA_QUOTE] = QUOTE_PARTY,
						     [AGENDA_DEAL] = DEAL_PARTY };

/* ---- why, and since when ---- */

/* Days since the day of a field; 0 where it has none. */
static int64_t
days_since(const struct cx *cx, const struct row *row, unsigned field)
{
	int64_t day;

	if (row->v[field].kind != V_TEXT || !date_parse(row->v[field].s, &day, NULL))
		return 0;
	return today_of(cx) - day;
}

static void
task_why(const struct cx *cx, struct agenda_item *item)
{
	const struct row *row = item->row;

	item->days = days_since(cx, row, TASK_DUE_ON);
	item->why = row->v[TASK_DUE_ON].kind == V_TEXT && item->days > 0    ? AGENDA_OVERDUE
		    : row->v[TASK_DUE_ON].kind == V_TEXT && item->days == 0 ? AGENDA_DUE
									    : AGENDA_BACK;
	if (item->why == AGENDA_BACK)
		item->days = days_since(cx, row, TASK_RESUBMIT_ON);
	if (str_eq(row->v[TASK_PRIORITY].s, S("urgent")))
		item->score += URGENT_POINTS;
	if (str_eq(row->v[TASK_PRIORITY].s, S("low")))
		item->score += LOW_POINTS;
}

static void
quote_why(const struct cx *cx, struct agenda_item *item)
{
	const struct row *row = item->row;
	bool asked = row->v[QUOTE_FOLLOW_UP_ON].kind == V_TEXT &&
		     days_since(cx, row, QUOTE_FOLLOW_UP_ON) >= 0;

	item->why = asked ? AGENDA_FOLLOW_UP : AGENDA_EXPIRES;
	item->days = days_since(cx, row, asked ? QUOTE_FOLLOW_UP_ON : QUOTE_VALID_UNTIL);
}

static void
birthday_why(const struct cx *cx, struct agenda_item *item)
{
	int64_t day, today = today_of(cx);

	item->why = AGENDA_BIRTHDAY_IS;
	if (date_parse(item->row->v[PARTY_BIRTHDAY].s, &day, NULL))
		item->days = today - date_yearly_next(day, today);
}

static void
item_why(const struct cx *cx, struct agenda_item *item)
{
	switch (item->kind) {
	case AGENDA_TASK:
		task_why(cx, item);
		break;
	case AGENDA_QUOTE:
		quote_why(cx, item);
		break;
	case AGENDA_DEAL:
		item->why =
			item->row->v[DEAL_NEXT_STEP].kind == V_NONE ? AGENDA_NO_STEP : AGENDA_IDLE;
		break;
	default:
		birthday_why(cx, item);
	}
	item->score += POINTS[item->why];
	if (item->days > 0)
		item->score += item->days < DAYS_POINTS_MAX ? item->days : DAYS_POINTS_MAX;
}

/* ---- reading ---- */

/* What he may not see he is not shown by: a condition over a hidden field finds nothing. */
static bool
kind_where(struct cx *cx, const struct object *object, const char *text, const struct cond **out,
	   bool *may)
{
	struct cond_sight sight = cond_sight_of(cx);
	struct err before = cx->err;

	*may = cond_parse(cx, cx->mem, cx->model, object, str_of(text), &sight, out);
	if (*may)
		return true;
	if (cx->err.code != E_INPUT)
		return false;
	cx->err = before;
	return true;
}

static bool
kind_read(struct cx *cx, enum agenda_kind kind, struct agenda *out)
{
	const struct object *object = cx->model->objects[KINDS[kind].object];
	const struct field *fields[countof(KINDS[0].fields) + 1];
	struct query query = { .object = object, .fields = fields, .limit = AGENDA_SHOWN };
	struct rows rows;
	bool may;

	if (!can_object(cx, object, OP_READ))
		return true;
	fields[query.n_fields++] = object->title;
	for (size_t i = 0; KINDS[kind].fields[i]; i++)
		if (can_see_field(cx, object, object->fields[KINDS[kind].fields[i]]))
			fields[query.n_fields++] = object->fields[KINDS[kind].fields[i]];
	if (!kind_where(cx, object, KINDS[kind].where, &query.where, &may))
		return false;
	if (!may)
		return true;
	if (!record_query(cx, &query, &rows))
		return false;
	out->is_cut |= rows.next.n > 0;
	for (size_t i = 0; i < rows.n; i++) {
		struct agenda_item item = { .kind = kind, .row = &rows.v[i] };

		if (kind == AGENDA_BIRTHDAY)
			item.party = rows.v[i].id;
		else if (rows.v[i].v[PARTY_OF[kind]].kind == V_INT)
			item.party = rows.v[i].v[PARTY_OF[kind]].i;
		item_why(cx, &item);
		list_add(cx->mem, out, item);
	}
	return true;
}

static bool
appointments_read(struct cx *cx, struct agenda *out)
{
	const struct object *object = cx->model->objects[APPOINTMENT];
	struct occur_fields fields = appointment_fields(cx);
	struct query query = { .object = object };
	const struct zone *zone = zone_find(cx->zone);
	int64_t today = today_of(cx);
	bool may;

	if (!can_object(cx, object, OP_READ))
		return true;
	if (!kind_where(cx, object, "(owner = me or participants contains me) and state = planned",
			&query.where, &may))
		return false;
	return !may || occurrences_read(cx, &query, &fields, moment_of(zone, today, 0),
					moment_of(zone, today + 1, 0), &out->appointments);
}

static struct value
party_of_appointment(const struct occurrence *one)
{
	return one->row->v[APPOINTMENT_PARTY];
}

/* The names of records and of their parties, by one statement. */
static bool
titles_read(struct cx *cx, struct agenda *agenda)
{
	const struct object *parties = cx->model->objects[PARTY];
	size_t n = agenda->n, n_dates = agenda->appointments.n;
	struct ref *refs = new_array(cx->mem, 2 * n + n_dates + 1, struct ref);
	struct str *titles = new_array(cx->mem, 2 * n + n_dates + 1, struct str);

	for (size_t i = 0; i < n; i++) {
		refs[2 * i] = (struct ref){ agenda->v[i].row->object, agenda->v[i].row->id };
		if (agenda->v[i].party)
			refs[2 * i + 1] = (struct ref){ parties, agenda->v[i].party };
	}
	for (size_t i = 0; i < n_dates; i++) {
		struct value party = party_of_appointment(&agenda->appointments.v[i]);

		if (party.kind == V_INT)
			refs[2 * n + i] = (struct ref){ parties, party.i };
	}
	if (!record_titles_of(cx, refs, 2 * n + n_dates, titles))
		return false;
	for (size_t i = 0; i < n; i++) {
		agenda->v[i].title = titles[2 * i];
		agenda->v[i].party_title = titles[2 * i + 1];
	}
	agenda->places = titles + 2 * n;
	return true;
}

/* ---- what the parties are worth ---- */

static struct str
parties_where(struct cx *cx, const struct agenda *agenda)
{
	struct buf text = buf_in(cx->mem, PARTIES_BYTES);
	size_t n = 0;

	for (size_t i = 0; i < agenda->n; i++) {
		bool twice = !agenda->v[i].party;

		for (size_t k = 0; k < i; k++)
			twice = twice || agenda->v[k].party == agenda->v[i].party;
		if (twice)
			continue;
		buf_printf(&text, "%s%lld", n++ ? ", " : "outcome in (open, won) and party in (",
			   (long long)agenda->v[i].party);
	}
	if (n)
		buf_char(&text, ')');
	return buf_done(&text);
}

static void
value_add(struct agenda *agenda, const struct group_row *group)
{
	for (size_t i = 0; i < agenda->n; i++)
		if (agenda->v[i].party && agenda->v[i].party == group->key[0].i)
			agenda->v[i].value += group->measure[0].i;
}

/* The root: half of the most valuable is worth more than half of the points. */
static void
score_values(struct agenda *agenda)
{
	int64_t most = 0;

	for (size_t i = 0; i < agenda->n; i++)
		most = agenda->v[i].value > most ? agenda->v[i].value : most;
	for (size_t i = 0; most && i < agenda->n; i++)
		if (agenda->v[i].value > 0)
			agenda->v[i].score +=
				(int64_t)(AGENDA_VALUE_POINTS *
					  sqrt((double)agenda->v[i].value / (double)most));
}

static bool
values_read(struct cx *cx, struct agenda *agenda)
{
	const struct object *deals = cx->model->objects[DEAL];
	const struct field *value = deals->fields[DEAL_VALUE];
	struct str where = parties_where(cx, agenda);
	struct aggregate ask;
	struct groups groups;
	bool may;

	if (!where.n || !can_object(cx, deals, OP_READ) || !can_see_field(cx, deals, value) ||
	    !can_see_field(cx, deals, deals->fields[DEAL_PARTY]))
		return true;
	if (!aggregate_parse(cx, deals, S("party"), S("sum(value)"), &ask) ||
	    !kind_where(cx, deals, str_z(cx->mem, where), &ask.where, &may))
		return false;
	if (!may)
		return true;
	if (!record_aggregate(cx, &ask, &groups))
		return false;
	agenda->value = value;
	for (size_t i = 0; i < groups.n; i++)
		if (groups.v[i].key[0].kind == V_INT && groups.v[i].measure[0].kind == V_INT &&
		    str_eq_z(value->currency, groups.v[i].measure[0].currency))
			value_add(agenda, &groups.v[i]);
	score_values(agenda);
	return true;
}

static int
by_score(const void *a, const void *b)
{
	const struct agenda_item *x = a, *y = b;

	if (x->score != y->score)
		return x->score > y->score ? -1 : 1;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	return (x->row->id > y->row->id) - (x->row->id < y->row->id);
}

bool
agenda_read(struct cx *cx, struct agenda *out)
{
	struct agenda agenda = { 0 };

	for (int kind = 0; kind < AGENDA_KIND__MAX; kind++)
		if (!kind_read(cx, (enum agenda_kind)kind, &agenda))
			return false;
	if (!appointments_read(cx, &agenda) || !titles_read(cx, &agenda) ||
	    !values_read(cx, &agenda))
		return false;
	if (agenda.n)
		qsort(agenda.v, agenda.n, sizeof *agenda.v, by_score);
	*out = agenda;
	return true;
}
