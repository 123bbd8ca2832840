#include "model/cond_time.h"

#include "base/test.h"

enum { TEXT_MAX = 100 };

static int64_t
moment(const char *text)
{
	int64_t ms;

	if (!moment_parse(str_of(text), &ms, NULL))
		fail_msg("not a moment: %s", text);
	return ms;
}

static struct str
stretch_text(struct arena *mem, struct stretch s, bool days)
{
	struct buf b = buf_in(mem, TEXT_MAX);

	if (days)
		date_print(&b, s.first);
	else
		moment_print(&b, s.first);
	BUF_LIT(&b, " ");
	if (days)
		date_print(&b, s.last);
	else
		moment_print(&b, s.last);
	return buf_done(&b);
}

/* In Berlin. */
static const struct {
	const char *now, *text, *days;
} DAYS[] = {
	{ "2024-02-28T23:30:00Z", "today", "2024-02-29 2024-02-29" },
	{ "2024-02-28T22:59:59Z", "today", "2024-02-28 2024-02-28" },
	{ "2024-02-28T23:30:00Z", "now", "2024-02-29 2024-02-29" },
	{ "2024-02-28T23:30:00Z", "yesterday", "2024-02-28 2024-02-28" },
	{ "2024-02-28T23:30:00Z", "TOMORROW", "2024-03-01 2024-03-01" },
	{ "2024-02-28T23:30:00Z", "this week", "2024-02-26 2024-03-03" },
	{ "2024-03-03T12:00:00Z", "this week", "2024-02-26 2024-03-03" },
	{ "2024-03-04T12:00:00Z", "last week", "2024-02-26 2024-03-03" },
	{ "2024-01-31T12:00:00Z", "next month", "2024-02-01 2024-02-29" },
	{ "2024-01-31T12:00:00Z", "last month", "2023-12-01 2023-12-31" },
	{ "2024-05-31T12:00:00Z", "this quarter", "2024-04-01 2024-06-30" },
	{ "2024-02-29T12:00:00Z", "last quarter", "2023-10-01 2023-12-31" },
	{ "2024-02-29T12:00:00Z", "next quarter", "2024-04-01 2024-06-30" },
	{ "2024-02-29T12:00:00Z", "This Year", "2024-01-01 2024-12-31" },
	{ "2024-02-29T12:00:00Z", "last year", "2023-01-01 2023-12-31" },
	{ "2024-02-29T12:00:00Z", "-180d", "2023-09-02 2023-09-02" },
	{ "2024-02-29T12:00:00Z", "+2w", "2024-03-14 2024-03-14" },
	{ "2024-03-31T12:00:00Z", "-1m", "2024-02-29 2024-02-29" },
	{ "2023-03-31T12:00:00Z", "-1m", "2023-02-28 2023-02-28" },
	{ "2024-11-30T12:00:00Z", "+1q", "2025-02-28 2025-02-28" },
	{ "2024-02-29T12:00:00Z", "+1y", "2025-02-28 2025-02-28" },
	{ "2024-02-29T12:00:00Z", "+4y", "2028-02-29 2028-02-29" },
	{ "2024-02-29T12:00:00Z", "+100000y", "9999-12-31 9999-12-31" },
	{ "2024-02-29T12:00:00Z", "31.1.2017", "2017-01-31 2017-01-31" },
	{ "2024-02-29T12:00:00Z", " 2017-01-31 ", "2017-01-31 2017-01-31" },
};

static const struct {
	const char *now, *text, *instants;
} INSTANTS[] = {
	{ "2024-02-28T23:30:00Z", "today", "2024-02-28T23:00:00.000Z 2024-02-29T22:59:59.999Z" },
	/* 23 and 25 hours long */
	{ "2024-03-31T12:00:00Z", "today", "2024-03-30T23:00:00.000Z 2024-03-31T21:59:59.999Z" },
	{ "2024-10-27T12:00:00Z", "today", "2024-10-26T22:00:00.000Z 2024-10-27T22:59:59.999Z" },
	{ "2024-10-27T12:00:00Z", "this month",
	  "2024-09-30T22:00:00.000Z 2024-10-31T22:59:59.999Z" },
	{ "2024-03-31T12:00:00Z", "now", "2024-03-31T12:00:00.000Z 2024-03-31T12:00:00.000Z" },
	{ "2024-03-31T12:00:00Z", "-24h", "2024-03-30T12:00:00.000Z 2024-03-30T12:00:00.000Z" },
	{ "2024-03-31T12:00:00Z", "+90min", "2024-03-31T13:30:00.000Z 2024-03-31T13:30:00.000Z" },
	{ "2024-03-31T12:00:00Z", "+0h", "2024-03-31T12:00:00.000Z 2024-03-31T12:00:00.000Z" },
	{ "2024-03-31T12:00:00Z", "-1d", "2024-03-29T23:00:00.000Z 2024-03-30T22:59:59.999Z" },
	{ "2024-03-31T12:00:00Z", "2024-01-01",
	  "2023-12-31T23:00:00.000Z 2024-01-01T22:59:59.999Z" },
	{ "2024-03-31T12:00:00Z", "2024-01-01 12:30",
	  "2024-01-01T11:30:00.000Z 2024-01-01T11:30:59.999Z" },
	{ "2024-03-31T12:00:00Z", "1.7.2024 12:30:05",
	  "2024-07-01T10:30:05.000Z 2024-07-01T10:30:05.999Z" },
	{ "2024-03-31T12:00:00Z", "2024-01-01T12:30:05.25",
	  "2024-01-01T11:30:05.250Z 2024-01-01T11:30:05.250Z" },
	{ "2024-03-31T12:00:00Z", "2024-01-01T12:30Z",
	  "2024-01-01T12:30:00.000Z 2024-01-01T12:30:59.999Z" },
	{ "2024-03-31T12:00:00Z", "2024-01-01T12:30:00-05:30",
	  "2024-01-01T18:00:00.000Z 2024-01-01T18:00:00.999Z" },
	/* left out, and repeated */
	{ "2024-03-31T12:00:00Z", "2024-03-31 02:30",
	  "2024-03-31T01:30:00.000Z 2024-03-31T01:30:59.999Z" },
	{ "2024-03-31T12:00:00Z", "2024-10-27 02:30",
	  "2024-10-27T00:30:00.000Z 2024-10-27T00:30:59.999Z" },
	{ "2024-03-31T12:00:00Z", "9999-12-31",
	  "9999-12-30T23:00:00.000Z 9999-12-31T22:59:59.999Z" },
};

static void
test_a_time_names_a_stretch_of_days(void **state)
{
	struct cx *cx = cx_new(&env_real, CX_MEM_DEFAULT);

	(void)state;
	for (size_t i = 0; i < countof(DAYS); i++) {
		struct cond_time t;

		if (!cond_time_parse(str_of(DAYS[i].text), &t, NULL))
			fail_msg("not a time: %s", DAYS[i].text);
		assert_str(stretch_text(cx->mem,
					cond_time_days(&t, moment(DAYS[i].now),
						       zone_find(S("Europe/Berlin"))),
					true),
			   DAYS[i].days);
	}
	cx_free(&cx);
}

static void
test_a_time_names_a_stretch_of_milliseconds(void **state)
{
	struct cx *cx = cx_new(&env_real, CX_MEM_DEFAULT);

	(void)state;
	for (size_t i = 0; i < countof(INSTANTS); i++) {
		struct cond_time t;

		if (!cond_time_parse(str_of(INSTANTS[i].text), &t, NULL))
			fail_msg("not a time: %s", INSTANTS[i].text);
		assert_str(stretch_text(cx->mem,
					cond_time_instants(&t, moment(INSTANTS[i].now),
							   zone_find(S("Europe/Berlin"))),
					false),
			   INSTANTS[i].instants);
	}
	cx_free(&cx);
}

static void
test_what_is_no_time_is_refused(void **state)
{
	static const struct {
		const char *text;
		enum date_fault fault;
	} cases[] = {
		{ "", DATE_FORMAT },
		{ "soon", DATE_FORMAT },
		{ "this", DATE_FORMAT },
		{ "this hour", DATE_FORMAT },
		{ "thisweek", DATE_FORMAT },
		{ "5d", DATE_FORMAT },
		{ "-d", DATE_FORMAT },
		{ "-5", DATE_FORMAT },
		{ "-5x", DATE_FORMAT },
		{ "--5d", DATE_FORMAT },
		{ "-100001d", DATE_FORMAT },
		{ "-99999999999999999999d", DATE_FORMAT },
		{ "2023-02-30", DATE_NO_SUCH_DAY },
		{ "29.2.2023", DATE_NO_SUCH_DAY },
		{ "31.2.17", DATE_FORMAT },
		{ "2024-01-01T", DATE_FORMAT },
		{ "2024-01-01 24:00", DATE_FORMAT },
		{ "2024-01-01 12:60", DATE_FORMAT },
		{ "2024-01-01 12:3", DATE_FORMAT },
		{ "2024-01-01 12:30:", DATE_FORMAT },
		{ "2024-01-01 12:30.5", DATE_FORMAT },
		{ "2024-01-01 12:30:00.", DATE_FORMAT },
		{ "2024-01-01 12:30:00.1234", DATE_FORMAT },
		{ "2024-01-01 12:30+1", DATE_FORMAT },
		{ "2024-01-01 12:30+01:00x", DATE_FORMAT },
		{ "2024-01-01 +1:30", DATE_FORMAT },
		{ "0001-01-01T00:00+23:00", DATE_FORMAT },
		{ "9999-12-31T23:59-23:00", DATE_FORMAT },
	};

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		struct cond_time t = { .n = 4711 };
		enum date_fault fault = DATE_OK;

		if (cond_time_parse(str_of(cases[i].text), &t, &fault))
			fail_msg("taken: %s", cases[i].text);
		if (fault != cases[i].fault)
			fail_msg("%s: fault %d", cases[i].text, (int)fault);
		assert_int_equal(t.n, 4711);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_time_names_a_stretch_of_days),
		cmocka_unit_test(test_a_time_names_a_stretch_of_milliseconds),
		cmocka_unit_test(test_what_is_no_time_is_refused),
	};

	return cmocka_run_group_tests_name("model/cond_time", tests, NULL, NULL);
}
