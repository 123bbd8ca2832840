#include "data/ics.h"

#include "base/clock.h"
#include "data/content_line.h"

enum { LINE_MAX_BYTES = 1 << 20, MS_A_SECOND = 1000, SECONDS_A_MINUTE = 60 };

static void
line_text(struct cx *cx, struct buf *out, const char *name, struct str text)
{
	struct buf line = buf_in(cx->mem, LINE_MAX_BYTES);

	if (!text.n)
		return;
	buf_z(&line, name);
	buf_char(&line, ':');
	content_text(&line, text);
	content_line(out, buf_done(&line));
}

static void
put_date(struct buf *out, int64_t date)
{
	struct ymd ymd = date_ymd(date);

	buf_printf(out, "%04d%02d%02d", ymd.year, ymd.month, ymd.day);
}

static void
line_moment(struct buf *out, const char *name, int64_t ms)
{
	const struct zone *utc = zone_find(S("UTC"));
	int64_t s = moment_time_of_day(utc, ms) / MS_A_SECOND, minutes = s / SECONDS_A_MINUTE;

	buf_printf(out, "%s:", name);
	put_date(out, moment_date(utc, ms));
	buf_printf(out, "T%02d%02d%02dZ\r\n", (int)(minutes / 60), (int)(minutes % 60),
		   (int)(s % SECONDS_A_MINUTE));
}

static void
put_time(struct cx *cx, struct buf *out, const struct ics_event *event)
{
	struct buf lasts = buf_in(cx->mem, LINE_MAX_BYTES);

	if (event->is_day) {
		BUF_LIT(out, "DTSTART;VALUE=DATE:");
		put_date(out, event->at);
		BUF_LIT(out, "\r\nTRANSP:TRANSPARENT\r\n");
		return;
	}
	line_moment(out, "DTSTART", event->at);
	if (event->lasts_s <= 0)
		return;
	duration_print(&lasts, event->lasts_s);
	line_text(cx, out, "DURATION", buf_done(&lasts));
}

void
ics_begin(struct cx *cx, struct buf *out, struct str name)
{
	BUF_LIT(out, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Kontor//Kontor//EN\r\n"
		     "CALSCALE:GREGORIAN\r\nMETHOD:PUBLISH\r\n"
		     "REFRESH-INTERVAL;VALUE=DURATION:PT1H\r\nX-PUBLISHED-TTL:PT1H\r\n");
	line_text(cx, out, "NAME", name);
	line_text(cx, out, "X-WR-CALNAME", name);
}

void
ics_event(struct cx *cx, struct buf *out, const struct ics_event *event)
{
	BUF_LIT(out, "BEGIN:VEVENT\r\n");
	line_text(cx, out, "UID", event->uid);
	line_moment(out, "DTSTAMP", event->changed_at_ms);
	line_moment(out, "LAST-MODIFIED", event->changed_at_ms);
	buf_printf(out, "SEQUENCE:%lld\r\n", (long long)event->version - 1);
	put_time(cx, out, event);
	line_text(cx, out, "SUMMARY", event->title);
	line_text(cx, out, "DESCRIPTION", event->text);
	if (event->url.n)
		content_line(out, str_printf(cx->mem, "URL:%.*s", STR_FMT(event->url)));
	BUF_LIT(out, "END:VEVENT\r\n");
}

void
ics_end(struct buf *out)
{
	BUF_LIT(out, "END:VCALENDAR\r\n");
}
