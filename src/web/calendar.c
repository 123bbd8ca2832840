/* A calendar: the records of a list on the days of a date they have. */
#include "web/list.h"

#include "base/clock.h"
#include "base/i18n.h"

enum { DAYS_MAX = 42, DAY_SHOWN = 4, WEEK_DAYS = 7, TIME_TEXT = 8 };

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

struct calendar {
	const struct list *list;
	const struct field *by;
	enum span span;
	int64_t on, today;     /* the day that the address names; today */
	int64_t first, n_days; /* what is shown: whole weeks in a month */
	struct rows rows;
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

static int64_t
day_of(struct cx *cx, const struct calendar *calendar, const struct row *row)
{
	const struct value *v = &row->v[calendar->by->index];
	int64_t date = 0;

	if (calendar->by->type == FT_DATETIME)
		return moment_date(zone_find(cx->zone), v->i);
	return date_parse(v->s, &date, NULL) ? date : 0;
}

static struct str
date_text(struct cx *cx, int64_t date)
{
	struct buf text = buf_in(cx->mem, TIME_TEXT * 2);

	date_print(&text, date);
	return buf_done(&text);
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
read_rows(struct cx *cx, struct calendar *calendar)
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
	return record_query(cx, &query, &calendar->rows);
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
	for (size_t i = 0; calendar->span != SPAN_DAY && i < WEEK_DAYS; i++) {
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
time_text(struct cx *cx, const struct calendar *calendar, const struct row *row)
{
	int64_t ms;

	if (calendar->by->type != FT_DATETIME)
		return (struct str){ 0 };
	ms = moment_time_of_day(zone_find(cx->zone), row->v[calendar->by->index].i);
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
day_item(struct cx *cx, const struct calendar *calendar, struct cells *cells, int64_t date,
	 size_t *at)
{
	struct mv item = mv_map(cx->mem), times = mv_list(cx->mem);
	struct buf spoken = buf_in(cx->mem, TIME_TEXT * 8);
	size_t first = *at, n = 0, shown;

	while (*at < calendar->rows.n && day_of(cx, calendar, &calendar->rows.v[*at]) == date)
		(*at)++;
	n = *at - first;
	shown = calendar->span == SPAN_MONTH && n > DAY_SHOWN ? DAY_SHOWN - 1 : n;
	for (size_t i = 0; i < shown; i++) {
		struct mv one = mv_map(cx->mem);
		struct mv rows = cells_rows(cx, cells, first + i, 1, 0);

		mv_set(one, S("time"),
		       mv_text(time_text(cx, calendar, &calendar->rows.v[first + i])));
		mv_set(one, S("rows"), rows);
		mv_add(times, one);
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
	mv_set(item, S("events"), times);
	if (shown < n)
		mv_set(item, S("n_more"), mv_int((int64_t)(n - shown)));
	return item;
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
	size_t at = 0;

	if (!calendar.by)
		return fail_field(cx, S("group"), "unknown",
				  "A calendar needs a field with a date");
	span_read(&calendar);
	days_choose(&calendar);
	if (!read_rows(cx, &calendar) || !add_without(cx, &calendar, page) ||
	    !cells_prepare(cx, list, &calendar.rows, &cells))
		return false;
	for (int64_t i = 0; i < calendar.n_days; i++)
		mv_add(days, day_item(cx, &calendar, cells, calendar.first + i, &at));
	*total = calendar.rows.total;
	add_head(cx, &calendar, page);
	mv_set(page, S("days"), days);
	mv_set(page, S("is_cut"), mv_bool(at < (size_t)calendar.rows.total));
	return true;
}
