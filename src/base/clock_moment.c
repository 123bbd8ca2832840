#include "base/clock.h"

#include <stdatomic.h>
#include <unicode/ucal.h>
#include <unicode/ustring.h>

#include "base/heap.h"

#include "base/banned.h"

enum {
	NAME_MAX_BYTES = 64,
	CHANGES_MAX = 4000,
	MINUTES = 60,
	HOURS = 24,
	SECOND_MAX = 60, /* a leap second */
	PLACES = 3
};
/* Rules are read up to here.  Behind it the calendar's 400-year cycle repeats them: it is a whole
 * number of weeks, and rules go by months and weekdays. */
#define CYCLE_MS ((int64_t)146097 * MS_PER_DAY)
#define RULES_FROM ((int64_t)-4102444800000) /* 1840 */
#define RULES_TO ((int64_t)14736211200000)   /* 2436-12-21 */

/* From `at` on, local time is UTC + offset. */
struct change {
	int64_t at, offset;
};

struct zone {
	struct zone *next;
	int64_t first_offset; /* before the first change */
	size_t n;
	struct change *changes;
	char name[NAME_MAX_BYTES + 1];
};

/* The zones met so far.  There are some six hundred; each is made once and never changes. */
static _Atomic(struct zone *) zones;
static const struct zone utc = { .name = "UTC" };

static int64_t
floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

static int64_t
zone_offset_now(UCalendar *calendar, int64_t ms, UErrorCode *status)
{
	ucal_setMillis(calendar, (double)ms, status);
	return ucal_get(calendar, UCAL_ZONE_OFFSET, status) +
	       ucal_get(calendar, UCAL_DST_OFFSET, status);
}

/* All changes of offset, asked of ICU one after the other. */
static void
zone_read(UCalendar *calendar, struct zone *zone, UErrorCode *status)
{
	int64_t offset = zone_offset_now(calendar, RULES_FROM, status), at = RULES_FROM;
	struct change *changes = heap_new(CHANGES_MAX * sizeof *changes);
	double next;

	zone->first_offset = offset;
	while (zone->n < CHANGES_MAX && U_SUCCESS(*status) &&
	       ucal_getTimeZoneTransitionDate(calendar, UCAL_TZ_TRANSITION_NEXT, &next, status) &&
	       next <= (double)RULES_TO) {
		at = (int64_t)next;
		offset = zone_offset_now(calendar, at, status);
		changes[zone->n++] = (struct change){ at, offset };
	}
	zone->changes = heap_grow(changes, (zone->n ? zone->n : 1) * sizeof *changes);
}

static bool
name_to_icu(struct str name, UChar out[static NAME_MAX_BYTES + 1])
{
	UChar canonical[NAME_MAX_BYTES + 1];
	UErrorCode status = U_ZERO_ERROR;
	UBool known = false;

	if (!name.n || name.n > NAME_MAX_BYTES || memchr(name.p, 0, name.n))
		return false;
	for (size_t i = 0; i <= name.n; i++)
		out[i] = i < name.n ? (unsigned char)name.p[i] : 0;
	ucal_getCanonicalTimeZoneID(out, -1, canonical, NAME_MAX_BYTES, &known, &status);
	return U_SUCCESS(status) && known;
}

static struct zone *
zone_new(struct str name)
{
	UErrorCode status = U_ZERO_ERROR;
	UChar id[NAME_MAX_BYTES + 1];
	UCalendar *calendar;
	struct zone *zone;

	if (!name_to_icu(name, id))
		return NULL;
	calendar = ucal_open(id, -1, "en", UCAL_GREGORIAN, &status);
	if (U_FAILURE(status))
		return NULL;
	zone = heap_new(sizeof *zone);
	memcpy(zone->name, name.p, name.n);
	zone_read(calendar, zone, &status);
	ucal_close(calendar);
	if (U_SUCCESS(status))
		return zone;
	heap_free(zone->changes);
	heap_free(zone);
	return NULL;
}

const struct zone *
zone_find(struct str name)
{
	struct zone *first = atomic_load_explicit(&zones, memory_order_acquire), *made;

	if (!name.n || str_eq_z(name, utc.name))
		return &utc;
	for (struct zone *zone = first; zone; zone = zone->next)
		if (str_eq_z(name, zone->name))
			return zone;
	made = zone_new(name);
	if (!made)
		return NULL;
	/* Two threads may make the same zone: one of the two is then never met again. */
	made->next = first;
	while (!atomic_compare_exchange_weak_explicit(&zones, &made->next, made,
						      memory_order_acq_rel, memory_order_acquire))
		;
	return made;
}

/* The last change at or before ms; NULL before the first. */
static const struct change *
change_at(const struct zone *zone, int64_t ms)
{
	size_t low = 0, high = zone->n;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (zone->changes[middle].at <= ms)
			low = middle + 1;
		else
			high = middle;
	}
	return low ? &zone->changes[low - 1] : NULL;
}

static int64_t
into_rules(int64_t ms)
{
	return ms < RULES_TO ? ms : ms - ((ms - RULES_TO) / CYCLE_MS + 1) * CYCLE_MS;
}

int64_t
moment_offset_ms(const struct zone *zone, int64_t ms)
{
	const struct change *change = change_at(zone, into_rules(ms));

	return change ? change->offset : zone->first_offset;
}

int64_t
moment_date(const struct zone *zone, int64_t ms)
{
	return floor_div(ms + moment_offset_ms(zone, ms), MS_PER_DAY);
}

int64_t
moment_time_of_day(const struct zone *zone, int64_t ms)
{
	int64_t local = ms + moment_offset_ms(zone, ms);

	return local - floor_div(local, MS_PER_DAY) * MS_PER_DAY;
}

int64_t
moment_of(const struct zone *zone, int64_t date, int64_t time_of_day_ms)
{
	int64_t local = date * MS_PER_DAY + time_of_day_ms;
	int64_t before = moment_offset_ms(zone, local - MS_PER_DAY);
	int64_t after = moment_offset_ms(zone, local + MS_PER_DAY);
	const struct change *change;
	int64_t inside;

	if (moment_offset_ms(zone, local - before) == before)
		return local - before;
	if (moment_offset_ms(zone, local - after) == after)
		return local - after;
	if (time_of_day_ms)
		return local - before;
	/* Midnight itself was left out: the day begins with the change. */
	inside = into_rules(local - before);
	change = change_at(zone, inside);
	return local - before - (change ? inside - change->at : 0);
}

static bool
take_number(struct str *s, size_t digits, int max, int *out)
{
	int64_t value;

	if (s->n < digits || !str_int(str_first(*s, digits), 0, max, &value) || s->p[0] == '-' ||
	    s->p[0] == '+')
		return false;
	*s = str_from(*s, digits);
	*out = (int)value;
	return true;
}

static bool
take_char(struct str *s, const char *any_of)
{
	if (!s->n || !s->p[0] || !strchr(any_of, s->p[0]))
		return false;
	*s = str_from(*s, 1);
	return true;
}

/* Milliseconds; what comes behind them is read and dropped. */
static bool
take_fraction(struct str *s, int64_t *out_ms)
{
	int64_t ms = 0;
	size_t n = 0;

	if (!take_char(s, "."))
		return true;
	for (; n < s->n && s->p[n] >= '0' && s->p[n] <= '9'; n++)
		if (n < PLACES)
			ms = ms * 10 + (s->p[n] - '0');
	for (size_t i = n; i < PLACES; i++)
		ms *= 10;
	*s = str_from(*s, n);
	*out_ms = ms;
	return n > 0;
}

static bool
take_offset(struct str *s, int64_t *out_ms)
{
	bool west = s->n && s->p[0] == '-';
	int hours, minutes;

	if (take_char(s, "Zz"))
		return true;
	if (!take_char(s, "+-") || !take_number(s, 2, HOURS - 1, &hours) || !take_char(s, ":") ||
	    !take_number(s, 2, MINUTES - 1, &minutes))
		return false;
	*out_ms = ((int64_t)hours * MINUTES + minutes) * (west ? -MS_PER_MINUTE : MS_PER_MINUTE);
	return true;
}

bool
moment_parse(struct str text, int64_t *out, enum date_fault *fault)
{
	int64_t date, ms = 0, offset = 0, moment;
	int hour, minute, second;
	enum date_fault unused;

	fault = fault ? fault : &unused;
	if (!date_parse(str_first(text, sizeof "2026-02-28" - 1), &date, fault))
		return false;
	*fault = DATE_FORMAT;
	text = str_from(text, sizeof "2026-02-28" - 1);
	if (!take_char(&text, "Tt ") || !take_number(&text, 2, HOURS - 1, &hour) ||
	    !take_char(&text, ":") || !take_number(&text, 2, MINUTES - 1, &minute) ||
	    !take_char(&text, ":") || !take_number(&text, 2, SECOND_MAX, &second) ||
	    !take_fraction(&text, &ms) || !take_offset(&text, &offset) || text.n)
		return false;
	*fault = DATE_NO_SUCH_DAY;
	moment = date * MS_PER_DAY + (int64_t)hour * MS_PER_HOUR + (int64_t)minute * MS_PER_MINUTE +
		 (int64_t)second * MS_PER_S + (second == SECOND_MAX ? 0 : ms) - offset;
	if (moment < DATE_MIN * MS_PER_DAY || moment >= (DATE_MAX + 1) * MS_PER_DAY)
		return false;
	*fault = DATE_OK;
	*out = moment;
	return true;
}

void
moment_print(struct buf *b, int64_t ms)
{
	int64_t date = floor_div(ms, MS_PER_DAY), rest = ms - date * MS_PER_DAY;

	date_print(b, date);
	buf_char(b, 'T');
	buf_pad(b, rest / MS_PER_HOUR, 2);
	buf_char(b, ':');
	buf_pad(b, rest / MS_PER_MINUTE % MINUTES, 2);
	buf_char(b, ':');
	buf_pad(b, rest / MS_PER_S % MINUTES, 2);
	buf_char(b, '.');
	buf_pad(b, rest % MS_PER_S, 3);
	buf_char(b, 'Z');
}
