/* What RFC 5545 shows, and what another program makes of a thousand rules. */
#include "base/test.h"

#include <stdio.h>
#include <stdlib.h>

#include "app/recur.h"
#include "base/clock.h"
#include "base/cx.h"

enum { MEMORY = 16 << 20, LINE_MAX_BYTES = 2000, RULES_MIN = 1000 };

static int64_t
day_of(struct str text)
{
	int64_t date;

	if (!date_parse_as(text, S("YYYYMMDD"), &date, NULL))
		fail_msg("no day: %.*s", STR_FMT(text));
	return date;
}

static struct recur
rule_of(struct str text)
{
	struct recur rule = { 0 };
	struct recur_fault fault;

	if (!recur_parse(text, &rule, &fault))
		fail_msg("%.*s: %s: %.*s", STR_FMT(text), fault.why, STR_FMT(fault.part));
	return rule;
}

/* RFC 5545, section 3.8.5.3, as far as its rules tell days.  "…": it goes on. */
static const struct {
	const char *start, *rule, *days;
} RFC[] = {
	{ "19970902", "FREQ=DAILY;COUNT=10", "0902 0903 0904 0905 0906 0907 0908 0909 0910 0911" },
	{ "19970902", "FREQ=DAILY;INTERVAL=2", "0902 0904 0906 0908 …" },
	{ "19970902", "FREQ=DAILY;INTERVAL=10;COUNT=5", "0902 0912 0922 1002 1012" },
	{ "19970902", "FREQ=WEEKLY;COUNT=10", "0902 0909 0916 0923 0930 1007 1014 1021 1028 1104" },
	{ "19970902", "FREQ=WEEKLY;INTERVAL=2;WKST=SU", "0902 0916 0930 1014 1028 1111 1125 …" },
	{ "19970902", "FREQ=WEEKLY;UNTIL=19971007T000000Z;WKST=SU;BYDAY=TU,TH",
	  "0902 0904 0909 0911 0916 0918 0923 0925 0930 1002" },
	{ "19970902", "FREQ=WEEKLY;COUNT=10;WKST=SU;BYDAY=TU,TH",
	  "0902 0904 0909 0911 0916 0918 0923 0925 0930 1002" },
	{ "19970901", "FREQ=WEEKLY;INTERVAL=2;UNTIL=19971224T000000Z;WKST=SU;BYDAY=MO,WE,FR",
	  "0901 0903 0905 0915 0917 0919 0929 1001 1003 1013 1015 1017 1027 1029 1031 1110 1112"
	  " 1114 1124 1126 1128 1208 1210 1212 1222" },
	{ "19970902", "FREQ=WEEKLY;INTERVAL=2;COUNT=8;WKST=SU;BYDAY=TU,TH",
	  "0902 0904 0916 0918 0930 1002 1014 1016" },
	{ "19970905", "FREQ=MONTHLY;COUNT=10;BYDAY=1FR",
	  "0905 1003 1107 1205 0102 0206 0306 0403 0501 0605" },
	{ "19970905", "FREQ=MONTHLY;UNTIL=19971224T000000Z;BYDAY=1FR", "0905 1003 1107 1205" },
	{ "19970907", "FREQ=MONTHLY;INTERVAL=2;COUNT=10;BYDAY=1SU,-1SU",
	  "0907 0928 1102 1130 0104 0125 0301 0329 0503 0531" },
	{ "19970922", "FREQ=MONTHLY;COUNT=6;BYDAY=-2MO", "0922 1020 1117 1222 0119 0216" },
	{ "19970928", "FREQ=MONTHLY;BYMONTHDAY=-3", "0928 1029 1128 1229 0129 0226 …" },
	{ "19970902", "FREQ=MONTHLY;COUNT=10;BYMONTHDAY=2,15",
	  "0902 0915 1002 1015 1102 1115 1202 1215 0102 0115" },
	{ "19970930", "FREQ=MONTHLY;COUNT=10;BYMONTHDAY=1,-1",
	  "0930 1001 1031 1101 1130 1201 1231 0101 0131 0201" },
	{ "19970910", "FREQ=MONTHLY;INTERVAL=18;COUNT=10;BYMONTHDAY=10,11,12,13,14,15",
	  "0910 0911 0912 0913 0914 0915 0310 0311 0312 0313" },
	{ "19970902", "FREQ=MONTHLY;INTERVAL=2;BYDAY=TU",
	  "0902 0909 0916 0923 0930 1104 1111 1118 1125 0106 0113 0120 0127 …" },
	{ "19970610", "FREQ=YEARLY;COUNT=10;BYMONTH=6,7",
	  "0610 0710 0610 0710 0610 0710 0610 0710 0610 0710" },
	{ "19970310", "FREQ=YEARLY;INTERVAL=2;COUNT=10;BYMONTH=1,2,3",
	  "0310 0110 0210 0310 0110 0210 0310 0110 0210 0310" },
	{ "19970101", "FREQ=YEARLY;INTERVAL=3;COUNT=10;BYYEARDAY=1,100,200",
	  "0101 0410 0719 0101 0409 0718 0101 0410 0719 0101" },
	{ "19970519", "FREQ=YEARLY;BYDAY=20MO", "0519 0518 0517 …" },
	{ "19970512", "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO", "0512 0511 0517 …" },
	{ "19970313", "FREQ=YEARLY;BYMONTH=3;BYDAY=TH",
	  "0313 0320 0327 0305 0312 0319 0326 0304 0311 0318 0325 …" },
	{ "19970605", "FREQ=YEARLY;BYDAY=TH;BYMONTH=6,7,8",
	  "0605 0612 0619 0626 0703 0710 0717 0724 0731 0807 0814 0821 0828 0604 …" },
	{ "19970913", "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", "0213 0313 1113 0813 1013 …" },
	{ "19970913", "FREQ=MONTHLY;BYDAY=SA;BYMONTHDAY=7,8,9,10,11,12,13",
	  "0913 1011 1108 1213 0110 0207 0307 0411 0509 0613 …" },
	{ "19961105", "FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8",
	  "1105 1107 1102 …" },
	{ "19970904", "FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3", "0904 1007 1106" },
	{ "19970929", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2",
	  "0929 1030 1127 1230 0129 0226 0330 …" },
	{ "19970805", "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO", "0805 0810 0819 0824" },
	{ "19970805", "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU", "0805 0817 0819 0831" },
	{ "20070115", "FREQ=MONTHLY;BYMONTHDAY=15,30;COUNT=5", "0115 0130 0215 0315 0330" },
};

static void
test_rules_of_the_standard_tell_its_days(void **state)
{
	(void)state;
	for (size_t i = 0; i < countof(RFC); i++) {
		struct recur rule = rule_of(str_of(RFC[i].rule));
		struct str days = str_of(RFC[i].days);
		struct recur_walk walk;
		int64_t day = 0;

		recur_begin(&walk, &rule, day_of(str_of(RFC[i].start)));
		while (days.n) {
			struct str want = str_cut(&days, ' ');
			struct ymd got;

			if (str_eq(want, S("…")))
				break;
			if (!recur_next(&walk, &day))
				fail_msg("%s: ended before %.*s", RFC[i].rule, STR_FMT(want));
			got = date_ymd(day);
			if ((want.p[0] - '0') * 10 + want.p[1] - '0' != got.month ||
			    (want.p[2] - '0') * 10 + want.p[3] - '0' != got.day)
				fail_msg("%s: %04d-%02d-%02d, not %.*s", RFC[i].rule, got.year,
					 got.month, got.day, STR_FMT(want));
		}
		if (!str_ends(str_of(RFC[i].days), S("…")) && recur_next(&walk, &day))
			fail_msg("%s: goes on", RFC[i].rule);
	}
}

static void
check_line(struct cx *cx, const struct zone *berlin, struct str line)
{
	struct str start = str_cut(&line, ' '), clock = str_cut(&line, ' ');
	struct str text = str_cut(&line, ' ');
	struct recur rule = rule_of(text);
	struct recur_walk walk;
	int64_t first, day, hour, minute;

	assert_true(date_parse(start, &first, NULL));
	assert_true(str_int(str_first(clock, 2), 0, 23, &hour));
	assert_true(str_int(str_from(clock, 3), 0, 59, &minute));
	recur_begin(&walk, &rule, first);
	while (line.n) {
		struct str want = str_trim(str_cut(&line, ' '));
		struct buf got = buf_in(cx->mem, 100);
		int64_t at, of_day;

		if (!recur_next(&walk, &day))
			fail_msg("%.*s %.*s ended before %.*s", STR_FMT(start), STR_FMT(text),
				 STR_FMT(want));
		at = moment_of(berlin, day, hour * MS_PER_HOUR + minute * MS_PER_MINUTE);
		of_day = moment_time_of_day(zone_find(S("UTC")), at) / MS_PER_MINUTE;
		buf_printf(&got, "%04d%02d%02dT%02d%02d", date_ymd(at / MS_PER_DAY).year,
			   date_ymd(at / MS_PER_DAY).month, date_ymd(at / MS_PER_DAY).day,
			   (int)(of_day / 60), (int)(of_day % 60));
		if (!str_eq(buf_done(&got), want))
			fail_msg("%.*s %.*s %.*s: %.*s, not %.*s", STR_FMT(start), STR_FMT(clock),
				 STR_FMT(text), STR_FMT(buf_done(&got)), STR_FMT(want));
	}
}

/* Made by tools/recur-oracle with python3-dateutil; moments by the clock of Berlin. */
static void
test_a_thousand_rules_tell_what_dateutil_tells(void **state)
{
	struct cx *cx = cx_new(&env_real, MEMORY);
	const struct zone *berlin = zone_find(S("Europe/Berlin"));
	FILE *file = fopen("tests/corpus/recur.txt", "re");
	char line[LINE_MAX_BYTES];
	int n = 0;

	(void)state;
	assert_non_null(file);
	while (fgets(line, sizeof line, file)) {
		check_line(cx, berlin, str_trim(str_of(line)));
		n++;
	}
	(void)fclose(file);
	assert_true(n >= RULES_MIN);
	cx_free(&cx);
}

static void
test_the_clock_on_the_wall_stays_when_it_is_changed(void **state)
{
	static const struct {
		const char *rule, *start, *clock, *utc;
	} cases[] = {
		{ "FREQ=DAILY;COUNT=3", "20260328", "09:00", "08:00 07:00 07:00" },
		{ "FREQ=DAILY;COUNT=3", "20261024", "09:00", "07:00 08:00 08:00" },
		{ "FREQ=DAILY;COUNT=3", "20260328", "02:30", "01:30 01:30 00:30" },
		{ "FREQ=DAILY;COUNT=3", "20261024", "02:30", "00:30 00:30 01:30" },
		{ "FREQ=WEEKLY;COUNT=2", "20260323", "09:00", "08:00 07:00" },
		{ "FREQ=MONTHLY;BYDAY=-1SU;COUNT=2", "20261025", "18:15", "17:15 17:15" },
	};
	const struct zone *berlin = zone_find(S("Europe/Berlin"));

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		struct recur rule = rule_of(str_of(cases[i].rule));
		struct str utc = str_of(cases[i].utc), clock = str_of(cases[i].clock);
		struct recur_walk walk;
		int64_t day, hour = 0, minute = 0;

		assert_true(str_int(str_first(clock, 2), 0, 23, &hour));
		assert_true(str_int(str_from(clock, 3), 0, 59, &minute));
		recur_begin(&walk, &rule, day_of(str_of(cases[i].start)));
		while (recur_next(&walk, &day)) {
			int64_t at =
				moment_of(berlin, day, hour * MS_PER_HOUR + minute * MS_PER_MINUTE);
			int64_t of_day = (at % MS_PER_DAY) / MS_PER_MINUTE;
			char got[32];

			snprintf(got, sizeof got, "%02d:%02d", (int)(of_day / 60) % 24,
				 (int)(of_day % 60));
			assert_str(str_cut(&utc, ' '), got);
		}
		assert_int_equal(utc.n, 0);
	}
}

static void
test_what_is_wrong_with_a_rule_is_said(void **state)
{
	static const struct {
		const char *rule, *part;
	} cases[] = {
		{ "", "" },
		{ "weekly", "weekly" },
		{ "FREQ=HOURLY", "FREQ=HOURLY" },
		{ "INTERVAL=2", "INTERVAL=2" },
		{ "FREQ=DAILY;INTERVAL=0", "INTERVAL=0" },
		{ "FREQ=DAILY;INTERVAL=2;INTERVAL=3", "INTERVAL=3" },
		{ "FREQ=WEEKLY;BYDAY=XX", "BYDAY=XX" },
		{ "FREQ=WEEKLY;BYDAY=1MO", "FREQ=WEEKLY;BYDAY=1MO" },
		{ "FREQ=MONTHLY;BYMONTHDAY=32", "BYMONTHDAY=32" },
		{ "FREQ=MONTHLY;BYMONTHDAY=0", "BYMONTHDAY=0" },
		{ "FREQ=MONTHLY;BYMONTHDAY=", "BYMONTHDAY=" },
		{ "FREQ=DAILY;BYHOUR=9", "BYHOUR=9" },
		{ "FREQ=DAILY;UNTIL=20260230", "UNTIL=20260230" },
		{ "FREQ=DAILY;UNTIL=2026123", "UNTIL=2026123" },
		{ "FREQ=DAILY;COUNT=2;UNTIL=20261231", "FREQ=DAILY;COUNT=2;UNTIL=20261231" },
		{ "FREQ=DAILY;BYSETPOS=1", "FREQ=DAILY;BYSETPOS=1" },
		{ "FREQ=MONTHLY;BYWEEKNO=20", "FREQ=MONTHLY;BYWEEKNO=20" },
	};

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		struct recur rule = { .interval = 42 };
		struct recur_fault fault = { 0 };

		if (recur_parse(str_of(cases[i].rule), &rule, &fault))
			fail_msg("%s is no rule", cases[i].rule);
		assert_int_equal(rule.interval, 42);
		assert_non_null(fault.why);
		assert_str(fault.part, cases[i].part);
	}
}

static void
test_a_rule_that_never_comes_true_ends(void **state)
{
	static const char *const rules[] = {
		"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=DAILY;BYMONTH=4;BYMONTHDAY=31",
		"FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=1;BYMONTH=1;BYSETPOS=2"
	};
	struct recur_walk walk;
	int64_t day;

	(void)state;
	for (size_t i = 0; i < countof(rules); i++) {
		struct recur rule = rule_of(str_of(rules[i]));

		recur_begin(&walk, &rule, 0);
		assert_false(recur_next(&walk, &day));
	}
}

static void
test_what_comes_after_keeps_count_and_skips_what_is_over(void **state)
{
	static const struct {
		const char *rule, *start, *from, *next;
		int64_t left;
	} cases[] = {
		{ "FREQ=WEEKLY;COUNT=3", "20260907", "20260907", "20260914", 2 },
		{ "FREQ=WEEKLY;COUNT=3", "20260907", "20260915", "20260921", 1 },
		{ "FREQ=WEEKLY;COUNT=3", "20260907", "20260922", "", 0 },
		{ "FREQ=WEEKLY;COUNT=1", "20260907", "20260907", "", 0 },
		{ "FREQ=WEEKLY;BYDAY=MO;COUNT=3", "20260908", "20260908", "20260914", 3 },
		{ "FREQ=DAILY", "20260907", "20260921", "20260921", 0 },
		{ "FREQ=MONTHLY", "20260131", "20260131", "20260331", 0 },
		{ "FREQ=DAILY;UNTIL=20260910", "20260909", "20260909", "20260910", 0 },
		{ "FREQ=DAILY;UNTIL=20260910", "20260910", "20260910", "", 0 },
	};

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		struct recur rule = rule_of(str_of(cases[i].rule)), rest;
		int64_t next = 0;
		bool goes_on = recur_after(&rule, day_of(str_of(cases[i].start)),
					   day_of(str_of(cases[i].from)), &next, &rest);

		assert_int_equal(goes_on, cases[i].next[0] != 0);
		if (!goes_on)
			continue;
		assert_int_equal(next, day_of(str_of(cases[i].next)));
		assert_int_equal(rest.count, cases[i].left);
	}
}

static void
test_a_rule_is_said_in_both_languages(void **state)
{
	static const struct {
		const char *rule, *en, *de;
	} cases[] = {
		{ "FREQ=DAILY", "Every day", "Jeden Tag" },
		{ "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE,FR;UNTIL=20261231",
		  "Every 2 weeks on Monday, Wednesday and Friday, until 31 Dec 2026",
		  "Alle 2 Wochen am Montag, Mittwoch und Freitag, bis 31.12.2026" },
		{ "FREQ=MONTHLY;BYMONTHDAY=15;COUNT=4", "Every month on day 15, 4 times",
		  "Jeden Monat am 15., 4-mal" },
		{ "FREQ=MONTHLY;BYMONTHDAY=-1", "Every month on the last day",
		  "Jeden Monat am letzten Tag" },
		{ "FREQ=MONTHLY;BYDAY=2TU", "Every month on the second Tuesday",
		  "Jeden Monat am zweiten Dienstag" },
		{ "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
		  "Every month on the last working day", "Jeden Monat am letzten Werktag" },
		{ "FREQ=YEARLY;BYMONTH=3,9;BYDAY=-1FR",
		  "Every year in March and September on the last Friday",
		  "Jedes Jahr im März und September am letzten Freitag" },
		{ "FREQ=YEARLY;BYWEEKNO=20", "By the rule FREQ=YEARLY;BYWEEKNO=20",
		  "Nach der Regel FREQ=YEARLY;BYWEEKNO=20" },
	};
	struct cx *cx = cx_new(&env_real, MEMORY);

	(void)state;
	for (size_t i = 0; i < countof(cases); i++)
		for (int k = 0; k < LANG__MAX; k++) {
			struct recur rule = rule_of(str_of(cases[i].rule));
			struct buf out = buf_in(cx->mem, MEMORY / 4);

			cx->lang = (enum lang)k;
			recur_words(cx, &rule, &out);
			assert_str(buf_done(&out), k == LANG_DE ? cases[i].de : cases[i].en);
		}
	cx_free(&cx);
}

#define PROOF(title, run)                    \
	{                                    \
		title, run, NULL, NULL, NULL \
	}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		PROOF("OP-29 OP-30 the examples of RFC 5545 tell the days that it tells",
		      test_rules_of_the_standard_tell_its_days),
		PROOF("OP-29 OP-30 a thousand random rules tell what dateutil tells, by the clock of Berlin",
		      test_a_thousand_rules_tell_what_dateutil_tells),
		PROOF("OP-29 OP-30 the time of day stays across both changes of the clock",
		      test_the_clock_on_the_wall_stays_when_it_is_changed),
		cmocka_unit_test(test_what_is_wrong_with_a_rule_is_said),
		cmocka_unit_test(test_a_rule_that_never_comes_true_ends),
		PROOF("OP-29 what comes after keeps count and skips what is over",
		      test_what_comes_after_keeps_count_and_skips_what_is_over),
		PROOF("OP-29 a rule is said in German and in English",
		      test_a_rule_is_said_in_both_languages),
	};

	return cmocka_run_group_tests_name("recur", tests, NULL, NULL);
}
