#include "base/i18n.h"

#include "base/clock.h"
#include "base/embed.h"
#include "base/test.h"

#define NBSP "\xc2\xa0"

static int
setup(void **state)
{
	*state = cx_new(&env_real, 1 << 20);
	return 0;
}

static int
teardown(void **state)
{
	struct cx *cx = *state;

	cx_free(&cx);
	return 0;
}

static void
test_texts_in_both_languages(void **state)
{
	struct cx *cx = *state;

	assert_string_equal(tr_lang(LANG_EN, "Please sign in"), "Please sign in");
	assert_string_equal(tr_lang(LANG_DE, "Please sign in"), "Bitte melden Sie sich an");
	assert_string_equal(tr(cx, "Please sign in"), "Please sign in");
	cx->lang = LANG_DE;
	assert_string_equal(tr(cx, "Please sign in"), "Bitte melden Sie sich an");
	assert_string_equal(tr(cx, "no such text"), "no such text");
	assert_string_equal(tr(cx, ""), "");
	assert_str(tr_str(LANG_DE, S("Please sign in")), "Bitte melden Sie sich an");
	assert_str(tr_str(LANG_DE, str_first(S("Please sign in!"), 14)),
		   "Bitte melden Sie sich an");
	assert_str(tr_str(LANG_DE, S("Please sign")), "Please sign");
	assert_str(tr_str(LANG_DE, S("")), "");
}

static void
test_one_and_many(void **state)
{
	static const struct {
		int64_t n;
		enum lang lang;
		const char *want;
	} rows[] = {
		{ 1, LANG_EN, "%s record" },      { 0, LANG_EN, "%s records" },
		{ 2, LANG_EN, "%s records" },     { 1, LANG_DE, "%s Datensatz" },
		{ 0, LANG_DE, "%s Datensätze" },  { 2, LANG_DE, "%s Datensätze" },
		{ -1, LANG_DE, "%s Datensätze" },
	};
	struct cx *cx = *state;

	for (size_t i = 0; i < countof(rows); i++) {
		cx->lang = rows[i].lang;
		assert_string_equal(tr_n(cx, "%s record", "%s records", rows[i].n), rows[i].want);
	}
	assert_string_equal(tr_n(cx, "one gnu", "many gnus", 1), "one gnu");
	assert_string_equal(tr_n(cx, "one gnu", "many gnus", 3), "many gnus");
}

/* Every text of the catalogue is found by the search. */
static void
test_catalogue_is_complete_and_has_the_plural_rule_assumed(void **state)
{
	const struct embedded *file = embed_find(S("po/de.mo"));
	struct str bytes;
	uint32_t head[5];
	size_t n;

	(void)state;
	assert_non_null(file);
	bytes = embed_bytes(file);
	assert_true(bytes.n > sizeof head);
	memcpy(head, bytes.p, sizeof head);
	n = head[2];
	assert_true(n > 1);
	for (size_t i = 0; i < n; i++) {
		uint32_t text[2], translation[2];

		memcpy(text, bytes.p + head[3] + 8 * i, sizeof text);
		memcpy(translation, bytes.p + head[4] + 8 * i, sizeof translation);
		if (!text[0])
			assert_non_null(strstr(bytes.p + translation[1],
					       "Plural-Forms: nplurals=2; plural=(n != 1);"));
		else
			assert_ptr_equal(tr_lang(LANG_DE, bytes.p + text[1]),
					 bytes.p + translation[1]);
	}
}

static void
test_causes_of_failure_are_translated(void **state)
{
	struct cx *cx = *state;

	cx->lang = LANG_DE;
	assert_false(fail(cx, E_TOO_BIG,
			  "The password is longer than %d bytes; choose a shorter one", 1024));
	assert_str(cx->err.why, "Das Passwort ist länger als 1024 Byte; wählen Sie ein kürzeres");
	fail_clear(cx);
	assert_false(fail(cx, E_INPUT, "nobody translated %s", "this"));
	assert_str(cx->err.why, "nobody translated this");
	fail_clear(cx);
	assert_false(fail(cx, E_INPUT, NULL));
	assert_int_equal(cx->err.why.n, 0);
}

static void
test_languages(void **state)
{
	static const struct {
		const char *header;
		enum lang want;
	} rows[] = {
		{ "de", LANG_DE },
		{ "de-AT,de;q=0.9,en;q=0.8", LANG_DE },
		{ "en-US,en;q=0.9,de;q=0.8", LANG_EN },
		{ "fr,de;q=0.2,en;q=0.7", LANG_EN },
		{ "fr, DE-ch ;q=0.3, *", LANG_DE },
		{ "en;q=0,de;q=0.1", LANG_DE },
		{ "fr", LANG_EN },
		{ "", LANG_EN },
		{ ";;q=,,,-", LANG_EN },
		{ "german", LANG_EN },
	};
	enum lang lang = LANG_EN;

	(void)state;
	for (size_t i = 0; i < countof(rows); i++)
		if (lang_accept(str_of(rows[i].header), LANG_EN) != rows[i].want)
			fail_msg("\"%s\"", rows[i].header);
	assert_int_equal(lang_accept(S("fr"), LANG_DE), LANG_DE);
	assert_true(lang_find(S("de-DE"), &lang));
	assert_int_equal(lang, LANG_DE);
	assert_false(lang_find(S(""), &lang));
	assert_false(lang_find(S("fr"), &lang));
	assert_str(lang_code(LANG_DE), "de");
	assert_str(lang_code(LANG_EN), "en");
}

struct printed {
	struct cx *cx;
	struct buf b;
};

static const char *
text(struct printed *printed)
{
	const char *z = str_z(printed->cx->mem, buf_done(&printed->b));

	buf_clear(&printed->b);
	return z;
}

static void
test_dates_and_numbers(void **state)
{
	struct cx *cx = *state;
	struct printed p = { cx, buf_in(cx->mem, 1000) };
	int64_t date = 0, ms = 0;
	static const char *want[LANG__MAX][12] = {
		{ "3 Feb 2026", "31 Dec 2026, 23:30", "1 Jan 2027, 00:30", "1,234,567", "-1,234.50",
		  "12.5%", "100%", "€1,234.56", "2 d 1 h 30 min", "1 h", "0 min", "59 s" },
		{ "03.02.2026", "31.12.2026, 23:30", "01.01.2027, 00:30", "1.234.567", "-1.234,50",
		  "12,5" NBSP "%", "100" NBSP "%", "1.234,56" NBSP "€", "2 Tg. 1 Std. 30 Min.",
		  "1 Std.", "0 Min.", "59 Sek." },
	};

	assert_true(date_parse(S("2026-02-03"), &date, NULL));
	assert_true(moment_parse(S("2026-12-31T23:30:00Z"), &ms, NULL));
	for (cx->lang = LANG_EN; cx->lang < LANG__MAX; cx->lang++) {
		const char **row = want[cx->lang];

		fmt_date(&p.b, cx, date);
		assert_string_equal(text(&p), row[0]);
		cx->zone = S("No/Where");
		fmt_datetime(&p.b, cx, ms);
		assert_string_equal(text(&p), row[1]);
		cx->zone = S("Europe/Berlin");
		fmt_datetime(&p.b, cx, ms);
		assert_string_equal(text(&p), row[2]);
		fmt_int(&p.b, cx, 1234567);
		assert_string_equal(text(&p), row[3]);
		fmt_decimal(&p.b, cx, -123450, 2);
		assert_string_equal(text(&p), row[4]);
		fmt_percent(&p.b, cx, 1250, 2);
		assert_string_equal(text(&p), row[5]);
		fmt_percent(&p.b, cx, 10000, 2);
		assert_string_equal(text(&p), row[6]);
		fmt_money(&p.b, cx, (struct money){ 123456, "EUR" });
		assert_string_equal(text(&p), row[7]);
		fmt_duration(&p.b, cx, 2 * 86400 + 5400);
		assert_string_equal(text(&p), row[8]);
		fmt_duration(&p.b, cx, 3600);
		assert_string_equal(text(&p), row[9]);
		fmt_duration(&p.b, cx, 0);
		assert_string_equal(text(&p), row[10]);
		fmt_duration(&p.b, cx, 59);
		assert_string_equal(text(&p), row[11]);
	}
}

static void
test_counts(void **state)
{
	static const struct {
		int64_t n;
		const char *en, *de;
	} rows[] = {
		{ 0, "0 records", "0 Datensätze" },
		{ 1, "1 record", "1 Datensatz" },
		{ 12408, "12,408 records", "12.408 Datensätze" },
		{ INT64_MIN, "-9,223,372,036,854,775,808 records",
		  "-9.223.372.036.854.775.808 Datensätze" },
	};
	struct cx *cx = *state;
	struct printed p = { cx, buf_in(cx->mem, 1000) };

	for (size_t i = 0; i < countof(rows); i++) {
		cx->lang = LANG_EN;
		fmt_records(&p.b, cx, rows[i].n);
		assert_string_equal(text(&p), rows[i].en);
		cx->lang = LANG_DE;
		fmt_records(&p.b, cx, rows[i].n);
		assert_string_equal(text(&p), rows[i].de);
	}
}

static void
test_files_inside_the_program(void **state)
{
	struct str name = { 0 };

	(void)state;
	assert_true(EMBEDDED_COUNT > 0);
	for (size_t i = 0; i < EMBEDDED_COUNT; i++) {
		assert_true(str_cmp(name, str_of(EMBEDDED[i].name)) < 0);
		name = str_of(EMBEDDED[i].name);
		assert_ptr_equal(embed_find(name), &EMBEDDED[i]);
		assert_int_equal(*EMBEDDED[i].end, 0);
	}
	assert_null(EMBEDDED[EMBEDDED_COUNT].name);
	assert_null(embed_find(S("no/such.file")));
	assert_null(embed_find(S("")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_texts_in_both_languages, setup, teardown),
		cmocka_unit_test_setup_teardown(test_one_and_many, setup, teardown),
		cmocka_unit_test(test_catalogue_is_complete_and_has_the_plural_rule_assumed),
		cmocka_unit_test_setup_teardown(test_causes_of_failure_are_translated, setup,
						teardown),
		cmocka_unit_test(test_languages),
		cmocka_unit_test_setup_teardown(test_dates_and_numbers, setup, teardown),
		cmocka_unit_test_setup_teardown(test_counts, setup, teardown),
		cmocka_unit_test(test_files_inside_the_program),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
