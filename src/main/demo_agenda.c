/* Of the demonstration company: who meets whom, and how often customers hear from it. */
#include "main/demo.h"

#include "base/i18n.h"
#include "model/ids.h"

enum {
	PEOPLE_MAX = 12,
	PARTIES_USED = 30,
	DAYS_AROUND = 21,
	FIRST_HOUR = 8,
	HOURS = 9,
	SATURDAY = 6,
	ROUND_DAYS_AGO = 70
};

struct plan {
	struct cx *cx;
	enum lang lang;
	int64_t today;
	struct rows people, parties;
	uint64_t seed;
};

static const char *const SUBJECTS[] = {
	N_("Visit at the plant"),    N_("Machine demonstration"), N_("Annual talk"),
	N_("Negotiation of prices"), N_("Taking into service"),   N_("Video call"),
};
static const char *const PLACES[] = { N_("At the customer's"), N_("Showroom"), N_("Online") };

static int64_t
up_to(struct plan *plan, int64_t n)
{
	plan->seed = plan->seed * 6364136223846793005u + 1442695040888963407u;
	return (int64_t)((plan->seed >> 33) % (uint64_t)n);
}

static struct value
said(const struct plan *plan, const char *text)
{
	return value_text(str_of(tr_lang(plan->lang, text)));
}

static void
put(struct change *c, unsigned field, struct value v)
{
	change_put(c, c->object->fields[field], v);
}

static bool
some(struct plan *plan, unsigned object, const char *where, int64_t limit, struct rows *out)
{
	struct cx *cx = plan->cx;
	const struct object *of = cx->model->objects[object];
	const struct sort_key by_id = { of->fields[SF_ID], false };
	struct query query = { .object = of, .sort = &by_id, .n_sort = 1, .limit = limit };

	return cond_parse(cx, cx->mem, cx->model, of, str_of(where), NULL, &query.where) &&
	       record_query(cx, &query, out);
}

static struct value
others(struct plan *plan, int64_t owner, size_t n)
{
	int64_t *ids = new_array(plan->cx->mem, n + 1, int64_t);
	size_t kept = 0;

	for (size_t i = 0; i < plan->people.n && kept < n; i++)
		if (plan->people.v[i].id != owner)
			ids[kept++] = plan->people.v[i].id;
	return kept ? (struct value){ .kind = V_IDS, .i = (int64_t)kept, .ids = ids }
		    : (struct value){ 0 };
}

static bool
make_appointment(struct plan *plan, int64_t day, const struct row *owner, const struct row *party)
{
	const struct zone *zone = zone_find(S("Europe/Berlin"));
	struct change *c = change_new(plan->cx, plan->cx->model->objects[APPOINTMENT], NULL);
	int64_t quarters = up_to(plan, HOURS * 4);
	int64_t at = moment_of(zone, day, FIRST_HOUR * MS_PER_HOUR + quarters * 15 * MS_PER_MINUTE);

	put(c, APPOINTMENT_SUBJECT, said(plan, SUBJECTS[up_to(plan, countof(SUBJECTS))]));
	put(c, APPOINTMENT_PLACE, said(plan, PLACES[up_to(plan, countof(PLACES))]));
	put(c, APPOINTMENT_STARTS_AT, value_int(at));
	put(c, APPOINTMENT_ENDS_AT, value_int(at + (2 + up_to(plan, 5)) * 30 * MS_PER_MINUTE));
	put(c, APPOINTMENT_STATE, value_text(day < plan->today ? S("held") : S("planned")));
	put(c, APPOINTMENT_PARTY, value_int(party->id));
	put(c, APPOINTMENT_OWNER, value_int(owner->id));
	if (up_to(plan, 3) == 0)
		put(c, APPOINTMENT_PARTICIPANTS, others(plan, owner->id, 1));
	return record_save(plan->cx, c);
}

/* One and a half a working day, the first of each for the one who signs in. */
static bool
make_appointments(struct plan *plan)
{
	for (int64_t day = plan->today - DAYS_AROUND; day < plan->today + DAYS_AROUND; day++)
		for (int k = 0; date_weekday(day) < SATURDAY && k < 1 + (int)(day % 2); k++) {
			int64_t who = k ? up_to(plan, (int64_t)plan->people.n) : 0;
			int64_t whom = up_to(plan, (int64_t)plan->parties.n);

			if (!make_appointment(plan, day, &plan->people.v[who],
					      &plan->parties.v[whom]))
				return false;
		}
	return true;
}

static bool
make_round(struct plan *plan)
{
	const struct zone *zone = zone_find(S("Europe/Berlin"));
	struct change *c = change_new(plan->cx, plan->cx->model->objects[APPOINTMENT], NULL);
	int64_t day = plan->today - ROUND_DAYS_AGO;
	int64_t monday = day - date_weekday(day) + 1, lead = plan->people.v[0].id;

	put(c, APPOINTMENT_SUBJECT, said(plan, N_("Sales round")));
	put(c, APPOINTMENT_PLACE, said(plan, N_("Showroom")));
	put(c, APPOINTMENT_STARTS_AT, value_int(moment_of(zone, monday, 8 * MS_PER_HOUR)));
	put(c, APPOINTMENT_RECURRENCE, value_text(S("FREQ=WEEKLY;BYDAY=MO")));
	put(c, APPOINTMENT_OWNER, value_int(lead));
	put(c, APPOINTMENT_PARTICIPANTS, others(plan, lead, 3));
	return record_save(plan->cx, c);
}

static bool
make_series(struct plan *plan)
{
	struct change *c = change_new(plan->cx, plan->cx->model->objects[TASK], NULL);
	struct buf due = buf_in(plan->cx->mem, 32);

	date_print(&due, date_period_start(PERIOD_MONTH, plan->today, 1) - 1);
	put(c, TASK_SUBJECT, said(plan, N_("Report of the month")));
	put(c, TASK_DUE_ON, value_text(buf_done(&due)));
	put(c, TASK_RECURRENCE, value_text(S("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1")));
	put(c, TASK_OWNER, value_int(plan->people.v[0].id));
	return record_save(plan->cx, c);
}

static bool
make_cadences(struct plan *plan)
{
	static const struct {
		const char *name, *condition, *kind, *period;
		int every;
		bool active;
	} cadences[] = {
		{ N_("Customers of high value: every quarter"),
		  "roles contains customer and won_value > 100000", "visit", "month", 3, true },
		{ N_("Prospects: every six weeks"), "roles contains prospect", "call", "week", 6,
		  false },
	};

	for (size_t i = 0; i < countof(cadences); i++) {
		struct change *c = change_new(plan->cx, plan->cx->model->objects[CADENCE], NULL);

		put(c, CADENCE_NAME, said(plan, cadences[i].name));
		put(c, CADENCE_CONDITION, value_text(str_of(cadences[i].condition)));
		put(c, CADENCE_KIND, value_text(str_of(cadences[i].kind)));
		put(c, CADENCE_PERIOD, value_text(str_of(cadences[i].period)));
		put(c, CADENCE_EVERY, value_int(cadences[i].every));
		put(c, CADENCE_AT_MOST, value_int(10));
		put(c, CADENCE_ACTIVE, value_int(cadences[i].active));
		if (!record_save(plan->cx, c))
			return false;
	}
	return true;
}

static bool
make_all(struct plan *plan)
{
	if (!some(plan, USER, "active = true", PEOPLE_MAX, &plan->people) ||
	    !some(plan, PARTY, "kind = organisation", PARTIES_USED, &plan->parties))
		return false;
	if (!plan->people.n || !plan->parties.n)
		return true;
	return make_appointments(plan) && make_round(plan) && make_series(plan) &&
	       make_cadences(plan);
}

bool
demo_agenda(struct cx *cx, enum lang lang, int64_t today)
{
	struct plan plan = { .cx = cx, .lang = lang, .today = today, .seed = 5545 };

	cx->now = today * MS_PER_DAY + FIRST_HOUR * MS_PER_HOUR;
	if (!work_begin_bulk(cx, S("demo")))
		return false;
	if (make_all(&plan) && work_commit(cx, NULL))
		return true;
	work_abandon(cx);
	return false;
}
