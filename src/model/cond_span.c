#include "model/cond_node.h"

#include "base/cx.h"

enum { DATE_TEXT_MAX = 16, DAYS_PER_YEAR = 365 };

/* A zone that is not known is UTC. */
static const struct zone *
when_zone(const struct cond_when *when)
{
	const struct zone *zone = zone_find(when->zone);

	return zone ? zone : zone_find((struct str){ 0 });
}

static struct value
date_value(struct arena *mem, int64_t date)
{
	struct buf text = buf_in(mem, DATE_TEXT_MAX);

	date_print(&text, date);
	return value_text(buf_done(&text));
}

static struct span
time_span(struct arena *mem, const struct operand *o, enum field_type type,
	  const struct cond_when *when)
{
	const struct zone *zone = when_zone(when);
	struct stretch stretch;

	if (type == FT_DATETIME) {
		stretch = cond_time_instants(&o->moment, when->now, zone);
		return (struct span){ value_int(stretch.first), value_int(stretch.last), false,
				      false };
	}
	stretch = cond_time_days(&o->moment, when->now, zone);
	return (struct span){ date_value(mem, stretch.first), date_value(mem, stretch.last), false,
			      false };
}

/* What one operand names: a value, or all from a first to a last. */
static struct span
operand_span(struct arena *mem, const struct operand *o, enum field_type type,
	     const struct cond_when *when)
{
	struct value v = o->value;

	if (o->kind == OPERAND_TIME)
		return time_span(mem, o, type, when);
	if (o->key.n)
		v = value_text(o->key);
	return (struct span){ v, v, false, false };
}

static void
spans_add(struct arena *mem, struct spans *spans, struct span span)
{
	list_add(mem, spans, span);
}

static void
spans_add_ids(struct arena *mem, struct spans *spans, const int64_t *ids, size_t n)
{
	for (size_t i = 0; i < n; i++)
		spans_add(mem, spans,
			  (struct span){ value_int(ids[i]), value_int(ids[i]), false, false });
}

static void
spans_add_operand(struct arena *mem, struct spans *spans, const struct operand *o,
		  enum field_type type, const struct cond_when *when)
{
	if (o->kind == OPERAND_MY_TEAM)
		spans_add_ids(mem, spans, when->teams, when->n_teams);
	else if (o->kind == OPERAND_MY_UNIT)
		spans_add_ids(mem, spans, when->units, when->n_units);
	else if (o->kind == OPERAND_ME)
		spans_add_ids(mem, spans, &when->me, when->me != 0);
	else
		spans_add(mem, spans, operand_span(mem, o, type, when));
}

static struct span
prefix_span(struct arena *mem, struct str prefix)
{
	struct span span = { .low = value_text(prefix), .high_open = true };
	struct str end;

	if (prefix_end(mem, prefix, &end))
		span.high = value_text(end);
	return span;
}

/* A moment within days from today: from the first of one to the last of the other. */
static struct span
within_span(const struct operand *o, const struct cond_when *when)
{
	const struct cond_time TODAY = { .kind = TIME_PERIOD, .unit = UNIT_DAY };
	struct stretch today = cond_time_instants(&TODAY, when->now, when_zone(when));
	struct stretch other = cond_time_instants(&o->moment, when->now, when_zone(when));

	return (struct span){ value_int(other.first < today.first ? other.first : today.first),
			      value_int(other.last > today.last ? other.last : today.last), false,
			      false };
}

static struct span
ordered_span(struct arena *mem, const struct cond *test, enum field_type type,
	     const struct cond_when *when)
{
	struct span a = operand_span(mem, &test->operands[0], type, when);

	switch (test->relation) {
	case REL_WITHIN:
		return within_span(&test->operands[0], when);
	case REL_LT:
		return (struct span){ .high = a.low, .high_open = true };
	case REL_LE:
		return (struct span){ .high = a.high };
	case REL_GT:
		return (struct span){ .low = a.high, .low_open = true };
	case REL_GE:
		return (struct span){ .low = a.low };
	case REL_STARTS:
		return prefix_span(mem, test->operands[0].key);
	default: /* REL_BETWEEN */
		a.high = operand_span(mem, &test->operands[1], type, when).high;
		return a;
	}
}

struct spans
cond_spans(struct arena *mem, const struct cond *test, const struct cond_when *when)
{
	enum field_type type = test->measure == MEASURE_COUNT ? FT_INT : cond_type(test->field);
	struct spans spans = { 0 };

	if (test->relation == REL_EQ || test->relation == REL_IN || test->relation == REL_CONTAINS)
		for (size_t i = 0; i < test->n_operands; i++)
			spans_add_operand(mem, &spans, &test->operands[i], type, when);
	else
		spans_add(mem, &spans, ordered_span(mem, test, type, when));
	return spans;
}

bool
span_is_point(const struct span *span)
{
	return !span->low_open && !span->high_open && value_eq(&span->low, &span->high);
}

static void
month_day(int64_t date, char out[static MONTH_DAY + 1])
{
	struct ymd ymd = date_ymd(date);

	snprintf(out, MONTH_DAY + 1, "%02u-%02u", (unsigned)ymd.month % 100,
		 (unsigned)ymd.day % 100);
}

/* Who was born on 29 February has the birthday on the 28th in other years: a window that ends on
 * that 28th reaches one day further.  One that begins there needs nothing, as the 29th lies behind
 * it. */
struct day_window
cond_window(const struct operand *within, const struct cond_when *when)
{
	const struct zone *zone = when_zone(when);
	int64_t today = moment_date(zone, when->now);
	int64_t other = cond_time_days(&within->moment, when->now, zone).first;
	int64_t from = other < today ? other : today, to = other < today ? today : other;
	struct day_window window = { .always = to - from >= DAYS_PER_YEAR };
	struct ymd end = date_ymd(to);

	month_day(from, window.from);
	month_day(to, window.to);
	if (end.month == 2 && end.day == 28 && date_days_in_month(end.year, 2) == 28)
		window.to[MONTH_DAY - 1] = '9';
	return window;
}
