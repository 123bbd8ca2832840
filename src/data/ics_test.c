#include "data/ics.h"

#include "base/test.h"
#include "data/content_line.h"

enum { TEXT_MAX = 64 << 10 };

static struct str
calendar_of(struct cx *cx, struct buf *out, const struct ics_event *event)
{
	ics_begin(cx, out, S("Aufgaben, meine"));
	ics_event(cx, out, event);
	ics_end(out);
	return buf_done(out);
}

#define HEAD                                                                 \
	"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Kontor//Kontor//EN\r\n" \
	"CALSCALE:GREGORIAN\r\nMETHOD:PUBLISH\r\n"                           \
	"REFRESH-INTERVAL;VALUE=DURATION:PT1H\r\nX-PUBLISHED-TTL:PT1H\r\n"   \
	"NAME:Aufgaben\\, meine\r\nX-WR-CALNAME:Aufgaben\\, meine\r\nBEGIN:VEVENT\r\n"
#define TAIL "END:VEVENT\r\nEND:VCALENDAR\r\n"

static void
test_a_day_is_a_date_and_a_moment_is_in_utc(void **state)
{
	static const struct {
		struct ics_event event;
		const char *want;
	} cases[] = {
		{ { .uid = S_INIT("task-7-ab@kontor"),
		    .title = S_INIT("Anrufen; \\wichtig\\"),
		    .text = S_INIT("Ort: Köln\nBei: A, B"),
		    .url = S_INIT("https://crm.example/task/7"),
		    .is_day = true,
		    .at = 20786, /* 2026-11-29 */
		    .changed_at_ms = 1795946400123,
		    .version = 3 },
		  HEAD
		  "UID:task-7-ab@kontor\r\nDTSTAMP:20261129T100000Z\r\n"
		  "LAST-MODIFIED:20261129T100000Z\r\nSEQUENCE:2\r\n"
		  "DTSTART;VALUE=DATE:20261129\r\nTRANSP:TRANSPARENT\r\n"
		  "SUMMARY:Anrufen\\; \\\\wichtig\\\\\r\nDESCRIPTION:Ort: Köln\\nBei: A\\, B\r\n"
		  "URL:https://crm.example/task/7\r\n" TAIL },
		{ { .uid = S_INIT("activity-1-ab@kontor"),
		    .title = S_INIT("x"),
		    .at = 1795946399000,
		    .lasts_s = 5400,
		    .changed_at_ms = -1000,
		    .version = 1 },
		  HEAD "UID:activity-1-ab@kontor\r\nDTSTAMP:19691231T235959Z\r\n"
		       "LAST-MODIFIED:19691231T235959Z\r\nSEQUENCE:0\r\n"
		       "DTSTART:20261129T095959Z\r\nDURATION:PT1H30M\r\nSUMMARY:x\r\n" TAIL },
	};
	struct cx *cx = cx_new(&env_real, CX_MEM_DEFAULT);

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		struct buf out = buf_heap(TEXT_MAX);

		assert_str(calendar_of(cx, &out, &cases[i].event), cases[i].want);
		buf_fini(&out);
	}
	cx_free(&cx);
}

/* Unfolded again it is what it was; no line has more than 75 bytes or a part of a character. */
static void
test_lines_are_folded_between_characters(void **state)
{
	struct buf line = buf_heap(TEXT_MAX), folded = buf_heap(TEXT_MAX),
		   flat = buf_heap(TEXT_MAX);
	struct str rest;

	(void)state;
	for (int i = 0; i < 300; i++)
		buf_z(&line, i % 3 ? "ß" : i % 2 ? "a" : "😀");
	content_line(&folded, buf_done(&line));
	for (rest = buf_done(&folded); rest.n;) {
		struct str one = str_cut(&rest, '\n');

		assert_true(one.n <= 76 && one.p[one.n - 1] == '\r');
		one = str_first(one, one.n - 1);
		if (flat.n) {
			assert_int_equal(one.p[0], ' ');
			one = str_from(one, 1);
		}
		assert_true(str_is_utf8(one, NULL));
		buf_str(&flat, one);
	}
	assert_true(str_eq(buf_done(&flat), buf_done(&line)));
	buf_fini(&line);
	buf_fini(&folded);
	buf_fini(&flat);
}

static void
test_what_a_line_cannot_hold_is_left_out(void **state)
{
	struct buf out = buf_heap(TEXT_MAX);

	(void)state;
	content_text(&out, S("a\r\nBEGIN:VEVENT\x01\x7f\tb"));
	assert_str(buf_done(&out), "a\\nBEGIN:VEVENT\tb");
	buf_fini(&out);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_day_is_a_date_and_a_moment_is_in_utc),
		cmocka_unit_test(test_lines_are_folded_between_characters),
		cmocka_unit_test(test_what_a_line_cannot_hold_is_left_out),
	};

	return cmocka_run_group_tests_name("data/ics", tests, NULL, NULL);
}
