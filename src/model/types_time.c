#include "model/types.h"

#include "base/clock.h"
#include "base/i18n.h"

enum { SHOWN_MAX = 60, ISO_DATE_LEN = 10, MONTHS = 12 };

static const char *const MONTH_NAMES[MONTHS] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
						 "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };

static bool
time_refuse(struct cx *cx, const struct field *f, struct str text, enum date_fault fault,
	    const char *example)
{
	struct str shown = str_first(text, SHOWN_MAX);

	if (fault == DATE_NO_SUCH_DAY)
		return fail_field(cx, f->name, "range", "The day “%.*s” does not exist.",
				  STR_FMT(shown));
	return fail_field(cx, f->name, "format", "“%.*s” cannot be read; write for example %s.",
			  STR_FMT(shown), example);
}

/* "28 Feb 2026", as printed in English. */
static bool
date_parse_english(struct str text, int64_t *out, enum date_fault *fault)
{
	struct str day = str_word(&text), month = str_word(&text), year = str_trim(text);
	int64_t d, y;

	if (year.n != 4 || !str_int(day, 1, 31, &d) || !str_int(year, 1, 9999, &y))
		return false;
	for (int m = 0; m < MONTHS; m++) {
		if (!str_eq_ascii_nocase(month, str_of(MONTH_NAMES[m])))
			continue;
		*fault = DATE_NO_SUCH_DAY;
		return date_of((struct ymd){ (int)y, m + 1, (int)d }, out);
	}
	return false;
}

/* A date by the conventions; NULL: ISO only. */
static bool
date_read(struct str text, const struct reading *how, int64_t *out, enum date_fault *fault)
{
	enum date_fault iso = DATE_FORMAT, other = DATE_FORMAT;

	if (how && how->date_format.n)
		return date_parse_as(text, how->date_format, out, fault) ||
		       (how->takes_iso && date_parse(text, out, fault));
	if (date_parse(text, out, &iso))
		return true;
	if (how && (date_parse_as(text, S("D.M.YYYY"), out, &other) ||
		    date_parse_english(text, out, &other)))
		return true;
	*fault = iso == DATE_NO_SUCH_DAY || other == DATE_NO_SUCH_DAY ? DATE_NO_SUCH_DAY
								      : DATE_FORMAT;
	return false;
}

static struct value
date_value(struct arena *mem, int64_t date)
{
	struct buf b = { .p = arena_alloc(mem, ISO_DATE_LEN + 1),
			 .cap = ISO_DATE_LEN + 1,
			 .max = ISO_DATE_LEN + 1,
			 .mem = mem };

	date_print(&b, date);
	return value_text(buf_done(&b));
}

/* --- date --- */

TYPE_PARSE(date_type_parse)
{
	enum date_fault fault = DATE_FORMAT;
	int64_t date;

	text = str_trim(text);
	if (!text.n) {
		*out = (struct value){ 0 };
		return true;
	}
	if (!date_read(text, how, &date, &fault))
		return time_refuse(cx, f, text, fault,
				   how && how->date_format.n ? str_z(cx->mem, how->date_format)
							     : "2026-02-28");
	*out = date_value(cx->mem, date);
	return true;
}

TYPE_PRINT(date_type_print)
{
	int64_t date;

	(void)f;
	if (v->kind == V_TEXT && date_parse(v->s, &date, NULL))
		fmt_date(out, cx, date);
}

TYPE_FROM_JSON(date_from_json)
{
	if (json_is_null(json)) {
		*out = (struct value){ 0 };
		return true;
	}
	if (!json_is_string(json))
		return type_refuse_json(cx, f, tr(cx, "a date such as 2026-02-28"));
	return date_type_parse(cx, f,
			       (struct str){ json_string_value(json), json_string_length(json) },
			       NULL, out);
}

TYPE_SCHEMA(date_schema)
{
	schema_begin(f, "string", "date", out);
	buf_char(out, '}');
}

/* --- datetime --- */

/* "13:45", "13:45:07" as ms of the day. */
static bool
time_read(struct str text, int64_t *out)
{
	struct str hour = str_cut(&text, ':'), minute = str_cut(&text, ':'), second = text;
	int64_t h, m, s = 0;

	if (hour.n < 1 || hour.n > 2 || minute.n != 2 || (second.n && second.n != 2))
		return false;
	if (!str_int(hour, 0, 23, &h) || !str_int(minute, 0, 59, &m) ||
	    (second.n && !str_int(second, 0, 59, &s)))
		return false;
	*out = h * MS_PER_HOUR + m * MS_PER_MINUTE + s * MS_PER_S;
	return true;
}

/* The time stands behind the last blank, comma or T, and has a colon. */
static void
date_time_split(struct str text, struct str *date, struct str *time_of_day)
{
	size_t at = text.n;

	*date = text;
	*time_of_day = (struct str){ 0 };
	while (at > 0 && text.p[at - 1] != ' ' && text.p[at - 1] != 'T' && text.p[at - 1] != ',')
		at--;
	if (!at || !memchr(text.p + at, ':', text.n - at))
		return;
	*time_of_day = str_from(text, at);
	*date = str_trim(str_first(text, at - 1));
	if (date->n && date->p[date->n - 1] == ',')
		date->n--;
}

static const struct zone *
reading_zone(const struct cx *cx, const struct reading *how)
{
	const struct zone *zone = zone_find(how && how->zone.n ? how->zone : cx->zone);

	return zone ? zone : zone_find(S("UTC"));
}

TYPE_PARSE(datetime_parse)
{
	enum date_fault fault = DATE_FORMAT;
	struct str day, clock;
	int64_t ms, date, time_of_day = 0;

	text = str_trim(text);
	if (!text.n) {
		*out = (struct value){ 0 };
		return true;
	}
	if (moment_parse(text, &ms, &fault)) {
		*out = value_int(ms);
		return true;
	}
	date_time_split(text, &day, &clock);
	if (!date_read(day, how, &date, &fault) || (clock.n && !time_read(clock, &time_of_day)))
		return time_refuse(cx, f, text, fault, "2026-02-28 13:45");
	*out = value_int(moment_of(reading_zone(cx, how), date, time_of_day));
	return true;
}

TYPE_PRINT(datetime_print)
{
	(void)f;
	if (v->kind == V_INT)
		fmt_datetime(out, cx, v->i);
}

TYPE_TEXT(datetime_text)
{
	(void)f;
	if (v->kind == V_INT)
		moment_print(out, v->i);
}

TYPE_TEXT(datetime_to_json)
{
	(void)f;
	if (v->kind != V_INT) {
		BUF_LIT(out, "null");
		return;
	}
	buf_char(out, '"');
	moment_print(out, v->i);
	buf_char(out, '"');
}

TYPE_FROM_JSON(datetime_from_json)
{
	enum date_fault fault = DATE_FORMAT;
	struct str text;
	int64_t ms;

	if (json_is_null(json)) {
		*out = (struct value){ 0 };
		return true;
	}
	if (!json_is_string(json))
		return type_refuse_json(cx, f, tr(cx, "a moment such as 2026-02-28T13:45:00Z"));
	text = (struct str){ json_string_value(json), json_string_length(json) };
	if (!text.n) {
		*out = (struct value){ 0 };
		return true;
	}
	if (!moment_parse(text, &ms, &fault))
		return time_refuse(cx, f, text, fault, "2026-02-28T13:45:00Z");
	*out = value_int(ms);
	return true;
}

TYPE_SCHEMA(datetime_schema)
{
	schema_begin(f, "string", "date-time", out);
	buf_char(out, '}');
}

/* --- duration, in seconds --- */

TYPE_PARSE(duration_type_parse)
{
	struct value v = { .kind = V_INT };

	(void)how;
	text = str_trim(text);
	if (!text.n) {
		*out = (struct value){ 0 };
		return true;
	}
	if (!duration_parse(text, &v.i))
		return fail_field(cx, f->name, "format",
				  "“%.*s” is not a duration; write for example 1:30 or 90 min.",
				  STR_FMT(str_first(text, SHOWN_MAX)));
	if (!value_check(cx, f, &v))
		return false;
	*out = v;
	return true;
}

TYPE_PRINT(duration_type_print)
{
	(void)f;
	if (v->kind == V_INT)
		fmt_duration(out, cx, v->i);
}

TYPE_TEXT(duration_text)
{
	(void)f;
	if (v->kind == V_INT)
		duration_print(out, v->i);
}

TYPE_FROM_JSON(duration_from_json)
{
	struct value v;

	if (json_is_string(json))
		return duration_type_parse(
			cx, f, (struct str){ json_string_value(json), json_string_length(json) },
			NULL, out);
	if (json_is_null(json)) {
		*out = (struct value){ 0 };
		return true;
	}
	if (!json_is_integer(json))
		return type_refuse_json(cx, f, tr(cx, "whole seconds"));
	v = value_int(json_integer_value(json));
	if (!value_check(cx, f, &v))
		return false;
	*out = v;
	return true;
}

TYPE_SCHEMA(duration_schema)
{
	schema_begin(f, "integer", NULL, out);
	BUF_LIT(out, ",\"minimum\":0}");
}
