/* A calendar: the records of a list on the days of a date they have. */
#include "web/list.h"

#include "app/occur.h"
#include "base/clock.h"
#include "base/i18n.h"

enum {
	DAYS_MAX = 42,
	DAY_SHOWN = 4,
	WEEK_DAYS = 7,
	TIME_TEXT = 8,
	FIELDS_MORE = 4,
	DAY_HOURS = 24,
	DAY_MINUTES = 24 * 60,
	MINUTES_SEEN = 30, /* what is shorter is drawn so long */
};

enum span { SPAN_MONTH, SPAN_WEEK, SPAN_DAY, SPAN__MAX };
static const struct {
	const char *name, *label;
} SPANS[SPAN__MAX] = {
	[SPAN_MONTH] = { "month", N_("Month") },
	[SPAN_WEEK] = { "week", N_("Week") },
	[SPAN_DAY] = { "day", N_("Day") },
};
static const char *const MONTHS[] = {
	N_("January"),   N_("February"), N_("March"),    N_("April"),
	N_("May"),       N_("June"),     N_("July"),     N_("August"),
	N_("September"), N_("October"),  N_("November"), N_("December"),
};
static const char *const WEEKDAYS[WEEK_DAYS] = {
	N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun"),
};

/* A record on a day; of what repeats, one each time. */
struct event {
	size_t row;
	int64_t day, at, until; /* at, until: of a moment */
	bool is_first;
};
struct calendar {
	const struct list *list;
	const struct field *by;
	struct occur_fields occur; /* of moments */
	enum span span;
	int64_t on, today;     /* the day that the address names; today */
	int64_t first, n_days; /* what is shown: whole weeks in a month */
	struct rows rows;
	struct event *events; /* by their moment */
	size_t n_events;
	int64_t total;
	bool is_cut;
};

bool
list_is_calendar(const struct list *list)
{
	return str_eq(list->state.as, S("calendar")) && !list->state.trash;
}

static bool
is_day_field(const struct cx *cx, const struct object *object, const struct field *f)
{
	return f && (f->type == FT_DATE || f->type == FT_DATETIME) && f->index >= SF__MAX &&
	       list_can_show(cx, object, f);
}

const struct field *
calendar_field(const struct cx *cx, const struct list *list)
{
	const struct object *object = list->object;
	const struct view *view = view_find(object, S("calendar"), S(""));
	const struct field *f = field_find(object, list->state.group);

	if (list_is_calendar(list) && list->state.group.n)
		return is_day_field(cx, object, f) ? f : NULL;
	if (view && view->n_fields && is_day_field(cx, object, view->fields[0]))
		return view->fields[0];
	return NULL;
}

const struct field *
calendar_end(const struct cx *cx, const struct list *list)
{
	const struct view *view = view_find(list->object, S("calendar"), S(""));
	const struct field *f = view && view->n_fields > 1 ? view->fields[1] : NULL;

	return f && f->type == FT_DATETIME && calendar_field(cx, list) == view->fields[0] &&
			       can_see_field(cx, list->object, f)
		       ? f
		       : NULL;
}

static const struct field *
lasts_field(const struct cx *cx, const struct object *object)
{
	for (size_t i = 0; i < object->n_fields; i++)
		if (object->fields[i]->type == FT_DURATION &&
		    list_can_show(cx, object, object->fields[i]))
			return object->fields[i];
	return NULL;
}

void
calendar_occur(const struct cx *cx, const struct list *list, struct occur_fields *out)
{
	const struct field *f = field_find(list->object, S("recurrence"));

	*out = (struct occur_fields){ .start = calendar_field(cx, list),
				      .end = calendar_end(cx, list) };
	if (!out->end)
		out->lasts = lasts_field(cx, list->object);
	if (out->end && f && f->type == FT_TEXT && can_see_field(cx, list->object, f))
		out->recurrence = f;
}

/* What the list shows, and what tells when. */
size_t
calendar_loads(struct cx *cx, const struct list *list, const struct occur_fields *occur,
	       const struct field ***out)
{
	const struct field *more[] = { occur->end, occur->lasts, occur->recurrence,
				       list->object->fields[SF_CHANGED_AT] };
	const struct field **fields =
		new_array(cx->mem, list->n_fields + FIELDS_MORE, const struct field *);
	size_t n = list->n_fields;

	memcpy(fields, list->fields, n * sizeof *fields);
	for (size_t i = 0; i < countof(more); i++) {
		bool is_there = !more[i];

		for (size_t k = 0; k < n; k++)
			is_there = is_there || fields[k] == more[i];
		if (!is_there)
			fields[n++] = more[i];
	}
	*out = fields;
	return n;
}

/* ---- which days ---- */

/* "week:2026-11-16"; what cannot be read is this month. */
static void
span_read(struct calendar *calendar)
{
	struct str date = calendar->list->state.span, name = str_cut(&date, ':');

	for (size_t i = 0; i < SPAN__MAX; i++)
		if (str_eq_z(name, SPANS[i].name))
			calendar->span = (enum span)i;
	calendar->on = calendar->today;
	if (date.n && !date_parse(date, &calendar->on, NULL))
		calendar->on = calendar->today;
}

static int64_t
monday_of(int64_t date)
{
	return date - date_weekday(date) + 1;
}

static void
days_choose(struct calendar *calendar)
{
	int64_t month = date_period_start(PERIOD_MONTH, calendar->on, 0);
	int64_t next = date_period_start(PERIOD_MONTH, calendar->on, 1);

	switch (calendar->span) {
	case SPAN_DAY:
		calendar->first = calendar->on;
		calendar->n_days = 1;
		break;
	case SPAN_WEEK:
		calendar->first = monday_of(calendar->on);
		calendar->n_days = WEEK_DAYS;
		break;
	default:
		calendar->first = monday_of(month);
		calendar->n_days = monday_of(next - 1) + WEEK_DAYS - calendar->first;
	}
}

static struct str
date_text(struct cx *cx, int64_t date)
{
	struct buf text = buf_in(cx->mem, TIME_TEXT * 2);

	date_print(&text, date);
	return buf_done(&text);
}

/* By the hour, where there are hours. */
static bool
is_hours(const struct calendar *calendar)
{
	return calendar->by->type == FT_DATETIME && calendar->span != SPAN_MONTH;
}

/* ---- the records ---- */

bool
calendar_days(struct cx *cx, struct query *query, const struct field *by, int64_t first,
	      int64_t last)
{
	struct cond_sight sight = cond_sight_of(cx);
	const struct cond *where;

	if (!cond_parse(cx, cx->mem, cx->model, query->object,
			str_printf(cx->mem, "%.*s between %.*s and %.*s", STR_FMT(by->name),
				   STR_FMT(date_text(cx, first)), STR_FMT(date_text(cx, last))),
			&sight, &where))
		return false;
	query->where = cond_and(cx->mem, query->where, where);
	return true;
}

static bool
read_dates(struct cx *cx, struct calendar *calendar)
{
	struct query query = calendar->list->query;
	struct sort_key order = { calendar->by, false };

	if (!calendar_days(cx, &query, calendar->by, calendar->first,
			   calendar->first + calendar->n_days - 1))
		return false;
	query.sort = &order;
	query.n_sort = 1;
	query.after = (struct str){ 0 };
	query.limit = LIMIT_MAX;
	query.total = true;
	if (!record_query(cx, &query, &calendar->rows))
		return false;
	calendar->events = new_array(cx->mem, calendar->rows.n + 1, struct event);
	for (size_t i = 0; i < calendar->rows.n; i++) {
		const struct value *v = &calendar->rows.v[i].v[calendar->by->index];
		int64_t date;

		if (date_parse(v->s, &date, NULL))
			calendar->events[calendar->n_events++] =
				(struct event){ i, date, 0, 0, true };
	}
	calendar->total = calendar->rows.total;
	calendar->is_cut = calendar->rows.next.n > 0;
	return true;
}

static bool
read_moments(struct cx *cx, struct calendar *calendar)
{
	const struct zone *zone = zone_find(cx->zone);
	struct query query = calendar->list->query;
	const struct field **fields;
	struct occurrences found;

	calendar_occur(cx, calendar->list, &calendar->occur);
	query.n_fields = calendar_loads(cx, calendar->list, &calendar->occur, &fields);
	query.fields = fields;
	if (!occurrences_read(cx, &query, &calendar->occur, moment_of(zone, calendar->first, 0),
			      moment_of(zone, calendar->first + calendar->n_days, 0), &found))
		return false;
	calendar->rows = found.rows;
	calendar->events = new_array(cx->mem, found.n + 1, struct event);
	for (size_t i = 0; i < found.n; i++)
		calendar->events[i] =
			(struct event){ (size_t)(found.v[i].row - found.rows.v),
					moment_date(zone, found.v[i].at), found.v[i].at,
					found.v[i].until, found.v[i].is_first };
	calendar->n_events = found.n;
	calendar->total = (int64_t)found.n;
	calendar->is_cut = found.is_cut;
	return true;
}

static bool
read_events(struct cx *cx, struct calendar *calendar)
{
	return calendar->by->type == FT_DATETIME ? read_moments(cx, calendar)
						 : read_dates(cx, calendar);
}

/* How many stand on no day. */
static bool
add_without(struct cx *cx, const struct calendar *calendar, struct mv page)
{
	struct cond_sight sight = cond_sight_of(cx);
	struct str clause = str_printf(cx->mem, "%.*s is empty", STR_FMT(calendar->by->name));
	struct query query = calendar->list->query;
	struct list_state state = calendar->list->state;
	const struct cond *where;
	int64_t n;

	if (!cond_parse(cx, cx->mem, cx->model, query.object, clause, &sight, &where))
		return false;
	query.where = cond_and(cx->mem, query.where, where);
	query.after = (struct str){ 0 };
	if (!record_count(cx, &query, &n))
		return false;
	if (!n)
		return true;
	state.as = state.group = state.span = (struct str){ 0 };
	list_state_and(cx, &state, clause);
	mv_set(page, S("n_without"), mv_text(list_number(cx, n)));
	mv_set(page, S("without_url"), mv_text(list_url(cx, calendar->list, &state)));
	return true;
}

/* ---- showing ---- */

static struct str
span_url(struct cx *cx, const struct calendar *calendar, enum span span, int64_t on)
{
	struct list_state state = calendar->list->state;

	state.span = str_printf(cx->mem, "%s:%.*s", SPANS[span].name, STR_FMT(date_text(cx, on)));
	return list_url(cx, calendar->list, &state);
}

static struct str
span_title(struct cx *cx, const struct calendar *calendar)
{
	struct ymd ymd = date_ymd(calendar->on);
	struct buf day = buf_in(cx->mem, TIME_TEXT * 8);
	int year, week = date_week(calendar->on, &year);

	switch (calendar->span) {
	case SPAN_WEEK:
		return str_printf(cx->mem, tr(cx, "Week %d of %d"), week, year);
	case SPAN_DAY:
		buf_printf(&day, "%s, ", tr(cx, WEEKDAYS[date_weekday(calendar->on) - 1]));
		fmt_date(&day, cx, calendar->on);
		return buf_done(&day);
	default:
		return str_printf(cx->mem, "%s %d", tr(cx, MONTHS[ymd.month - 1]), ymd.year);
	}
}

static int64_t
on_beside(const struct calendar *calendar, int64_t step)
{
	if (calendar->span == SPAN_MONTH)
		return date_period_start(PERIOD_MONTH, calendar->on, step);
	return calendar->on + step * (calendar->span == SPAN_WEEK ? WEEK_DAYS : 1);
}

static void
add_head(struct cx *cx, const struct calendar *calendar, struct mv page)
{
	struct mv spans = mv_list(cx->mem), names = mv_list(cx->mem);

	for (size_t i = 0; i < SPAN__MAX; i++) {
		struct mv item = mv_map(cx->mem);

		mv_set(item, S("label"), mv_z(tr(cx, SPANS[i].label)));
		mv_set(item, S("url"), mv_text(span_url(cx, calendar, (enum span)i, calendar->on)));
		mv_set(item, S("is_on"), mv_bool(i == calendar->span));
		mv_add(spans, item);
	}
	for (size_t i = 0; !is_hours(calendar) && calendar->span != SPAN_DAY && i < WEEK_DAYS;
	     i++) {
		struct mv item = mv_map(cx->mem);

		mv_set(item, S("name"), mv_z(tr(cx, WEEKDAYS[i])));
		mv_add(names, item);
	}
	mv_set(page, S("spans"), spans);
	mv_set(page, S("weekdays"), names);
	mv_set(page, S("span"), mv_z(SPANS[calendar->span].name));
	mv_set(page, S("span_title"), mv_text(span_title(cx, calendar)));
	mv_set(page, S("back_url"),
	       mv_text(span_url(cx, calendar, calendar->span, on_beside(calendar, -1))));
	mv_set(page, S("forth_url"),
	       mv_text(span_url(cx, calendar, calendar->span, on_beside(calendar, 1))));
	mv_set(page, S("today_url"),
	       mv_text(span_url(cx, calendar, calendar->span, calendar->today)));
	mv_set(page, S("day_field"), mv_text(calendar->by->name));
	mv_set(page, S("day_label"), mv_text(page_label(cx, calendar->by->label)));
	mv_set(page, S("can_move"), mv_bool(can_change_field(cx, calendar->by)));
}

static struct str
time_text(struct cx *cx, const struct calendar *calendar, int64_t at)
{
	int64_t ms;

	if (calendar->by->type != FT_DATETIME)
		return (struct str){ 0 };
	ms = moment_time_of_day(zone_find(cx->zone), at);
	return str_printf(cx->mem, "%02d:%02d", (int)(ms / MS_PER_HOUR),
			  (int)(ms / MS_PER_MINUTE % 60));
}

/* Where one makes a record of this day. */
static struct str
new_url(struct cx *cx, const struct calendar *calendar, int64_t date)
{
	struct buf url = buf_in(cx->mem, URL_MAX);
	struct str day = date_text(cx, date);

	if (!can_object(cx, calendar->list->object, OP_CREATE) ||
	    !can_change_field(cx, calendar->by))
		return (struct str){ 0 };
	buf_str(&url, url_of(cx, calendar->list->name, 0, "/new"));
	url_add(&url, calendar->by->name.p,
		calendar->by->type == FT_DATE ? day
					      : str_printf(cx->mem, "%.*sT09:00", STR_FMT(day)));
	return buf_done(&url);
}

static struct mv
event_item(struct cx *cx, const struct calendar *calendar, struct cells *cells,
	   const struct event *event)
{
	struct mv item = mv_map(cx->mem);

	mv_set(item, S("time"), mv_text(time_text(cx, calendar, event->at)));
	mv_set(item, S("rows"), cells_rows(cx, cells, event->row, 1, 0));
	mv_set(item, S("is_repeated"), mv_bool(!event->is_first));
	return item;
}

/* What a day holds of one that may begin the day before, in minutes by the clock on the wall. */
static bool
place_of(const struct zone *zone, const struct event *event, int64_t date, struct placed *out)
{
	int64_t midnight = moment_of(zone, date, 0), next = moment_of(zone, date + 1, 0), end;

	if (event->at >= next || event->until <= midnight)
		return false;
	out->at = event->at <= midnight ? 0 : moment_time_of_day(zone, event->at) / MS_PER_MINUTE;
	end = event->until >= next ? DAY_MINUTES
				   : moment_time_of_day(zone, event->until) / MS_PER_MINUTE;
	if (end < out->at + MINUTES_SEEN)
		end = out->at + MINUTES_SEEN;
	out->until = end;
	return true;
}

/* A day by its hours. */
static struct mv
hour_events(struct cx *cx, const struct calendar *calendar, struct cells *cells, int64_t date,
	    size_t *n)
{
	const struct zone *zone = zone_find(cx->zone);
	struct placed *placed = new_array(cx->mem, calendar->n_events + 1, struct placed);
	size_t *of = new_array(cx->mem, calendar->n_events + 1, size_t);
	struct mv list = mv_list(cx->mem);

	*n = 0;
	for (size_t i = 0; i < calendar->n_events; i++)
		if (place_of(zone, &calendar->events[i], date, &placed[*n]))
			of[(*n)++] = i;
	placed_side_by_side(placed, *n);
	for (size_t i = 0; i < *n; i++) {
		const struct event *event = &calendar->events[of[i]];
		struct mv item = event_item(cx, calendar, cells, event);

		mv_set(item, S("until"), mv_text(time_text(cx, calendar, event->until)));
		mv_set(item, S("is_placed"), mv_bool(true));
		mv_set(item, S("at"), mv_int(placed[i].at));
		mv_set(item, S("lasts"), mv_int(placed[i].until - placed[i].at));
		mv_set(item, S("column"), mv_int(placed[i].column));
		mv_set(item, S("columns"), mv_int(placed[i].columns));
		mv_set(item, S("is_second"), mv_bool(event->day != date));
		mv_add(list, item);
	}
	return list;
}

static struct mv
day_events(struct cx *cx, const struct calendar *calendar, struct cells *cells, int64_t date,
	   size_t *n, size_t *shown)
{
	struct mv list = mv_list(cx->mem);
	size_t most;

	*n = *shown = 0;
	for (size_t i = 0; i < calendar->n_events; i++)
		*n += calendar->events[i].day == date;
	most = calendar->span == SPAN_MONTH && *n > DAY_SHOWN ? DAY_SHOWN - 1 : *n;
	for (size_t i = 0; i < calendar->n_events && *shown < most; i++)
		if (calendar->events[i].day == date) {
			mv_add(list, event_item(cx, calendar, cells, &calendar->events[i]));
			(*shown)++;
		}
	return list;
}

static struct mv
day_item(struct cx *cx, const struct calendar *calendar, struct cells *cells, int64_t date)
{
	struct mv item = mv_map(cx->mem), events;
	struct buf spoken = buf_in(cx->mem, TIME_TEXT * 8);
	size_t n, shown;

	if (is_hours(calendar)) {
		events = hour_events(cx, calendar, cells, date, &n);
		shown = n;
	} else {
		events = day_events(cx, calendar, cells, date, &n, &shown);
	}
	fmt_date(&spoken, cx, date);
	mv_set(item, S("date"), mv_text(date_text(cx, date)));
	mv_set(item, S("number"), mv_int(date_ymd(date).day));
	mv_set(item, S("spoken"), mv_text(buf_done(&spoken)));
	mv_set(item, S("weekday"), mv_z(tr(cx, WEEKDAYS[date_weekday(date) - 1])));
	mv_set(item, S("is_today"), mv_bool(date == calendar->today));
	mv_set(item, S("is_weekend"), mv_bool(date_weekday(date) > 5));
	mv_set(item, S("is_outside"),
	       mv_bool(calendar->span == SPAN_MONTH &&
		       date_ymd(date).month != date_ymd(calendar->on).month));
	mv_set(item, S("url"), mv_text(span_url(cx, calendar, SPAN_DAY, date)));
	mv_set(item, S("new_url"), mv_text(new_url(cx, calendar, date)));
	mv_set(item, S("has_events"), mv_bool(n > 0));
	mv_set(item, S("events"), events);
	if (shown < n)
		mv_set(item, S("n_more"), mv_int((int64_t)(n - shown)));
	return item;
}

static void
add_hours(struct cx *cx, struct mv page)
{
	struct mv hours = mv_list(cx->mem);

	for (int i = 0; i < DAY_HOURS; i++) {
		struct mv hour = mv_map(cx->mem);

		mv_set(hour, S("name"), mv_text(str_printf(cx->mem, "%02d:00", i)));
		mv_add(hours, hour);
	}
	mv_set(page, S("is_hours"), mv_bool(true));
	mv_set(page, S("hours"), hours);
}

bool
list_add_calendar(struct cx *cx, struct list *list, struct mv page, int64_t *total)
{
	struct calendar calendar = {
		.list = list,
		.by = calendar_field(cx, list),
		.today = moment_date(zone_find(cx->zone), cx->now),
	};
	struct mv days = mv_list(cx->mem);
	struct cells *cells;

	if (!calendar.by)
		return fail_field(cx, S("group"), "unknown",
				  "A calendar needs a field with a date");
	span_read(&calendar);
	days_choose(&calendar);
	if (!read_events(cx, &calendar) || !add_without(cx, &calendar, page) ||
	    !cells_prepare(cx, list, &calendar.rows, &cells))
		return false;
	for (int64_t i = 0; i < calendar.n_days; i++)
		mv_add(days, day_item(cx, &calendar, cells, calendar.first + i));
	*total = calendar.total;
	add_head(cx, &calendar, page);
	if (is_hours(&calendar))
		add_hours(cx, page);
	mv_set(page, S("days"), days);
	mv_set(page, S("is_cut"), mv_bool(calendar.is_cut));
	return true;
}
