#include "model/type.h"

#include "base/test.h"
#include "model/types_world.h"

static struct str
text_of(struct cx *cx, const struct field *field, const struct value *v)
{
	struct buf b = buf_in(cx->mem, TEXT_MAX);

	field->row->text(field, v, &b);
	assert_false(b.full);
	return buf_done(&b);
}

static struct str
json_of(struct cx *cx, const struct field *field, const struct value *v)
{
	struct buf b = buf_in(cx->mem, TEXT_MAX * 7);

	field->row->to_json(field, v, &b);
	return buf_done(&b);
}

static struct str
print_of(struct cx *cx, const struct field *field, const struct value *v, enum lang lang)
{
	struct buf b = buf_in(cx->mem, TEXT_MAX);

	cx->lang = lang;
	field->row->print(cx, field, v, &b);
	cx->lang = LANG_EN;
	return buf_done(&b);
}

/* How the text is read: canonical, by the conventions of a language, or guessing. */
enum how { CANON, EN, DE, GUESS, DMY, NY };

static const struct reading READINGS[] = {
	[EN] = { .decimal = '.' },
	[DE] = { .decimal = ',' },
	[GUESS] = { .decimal = 0 },
	[DMY] = { .date_format = S_INIT("DD-MM-YYYY"), .decimal = '.', .currency = S_INIT("USD") },
	[NY] = { .zone = S_INIT("America/New_York") },
};

static bool
parse_as(struct cx *cx, const struct field *field, const char *text, enum how how,
	 struct value *out)
{
	fail_clear(cx);
	return field->row->parse(cx, field, str_of(text), how == CANON ? NULL : &READINGS[how],
				 out);
}

#define HASH "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

/* What is read: text as typed → canonical text, JSON, English and German print. */
static const struct {
	const char *field, *text;
	enum how how;
	const char *canonical, *json, *en, *de;
} GOOD[] = {
	{ "plain", "  Müller \n", EN, "Müller", "\"Müller\"", "Müller", "Müller" },
	{ "plain", "a\tb\r\nc", EN, "a b c", "\"a b c\"", "a b c", "a b c" },
	{ "name", "ÄÖ", EN, "ÄÖ", "\"ÄÖ\"", "ÄÖ", "ÄÖ" },
	{ "name", "äöüäöüäöüä", EN, "äöüäöüäöüä", "\"äöüäöüäöüä\"", "äöüäöüäöüä", "äöüäöüäöüä" },
	{ "long", "a\r\nb\rc\td", EN, "a\nb\nc\td", "\"a\\nb\\nc\\td\"", "a\nb\nc\td",
	  "a\nb\nc\td" },
	{ "rich", "*a*", EN, "*a*", "\"*a*\"", "*a*", "*a*" },
	{ "whole", "1234", EN, "1234", "1234", "1234", "1234" },
	{ "whole", "1,234", EN, "1234", "1234", "1234", "1234" },
	{ "whole", "1.234.567", DE, "1234567", "1234567", "1,234,567", "1.234.567" },
	{ "whole", "1 234", DE, "1234", "1234", "1234", "1234" },
	{ "whole", "1.234", GUESS, "1234", "1234", "1234", "1234" },
	{ "whole", "-5", CANON, "-5", "-5", "-5", "-5" },
	{ "wide", "9223372036854775807", CANON, "9223372036854775807", "9223372036854775807",
	  "9,223,372,036,854,775,807", "9.223.372.036.854.775.807" },
	{ "wide", "-9223372036854775808", CANON, "-9223372036854775808", "-9223372036854775808",
	  "-9,223,372,036,854,775,808", "-9.223.372.036.854.775.808" },
	{ "precise", "1234.5", CANON, "1234.500", "\"1234.500\"", "1,234.500", "1.234,500" },
	{ "precise", "1.234,5", DE, "1234.500", "\"1234.500\"", "1,234.500", "1.234,500" },
	{ "precise", "1,234.5", EN, "1234.500", "\"1234.500\"", "1,234.500", "1.234,500" },
	{ "precise", "1.234,5", GUESS, "1234.500", "\"1234.500\"", "1,234.500", "1.234,500" },
	{ "precise", "1,234.5", GUESS, "1234.500", "\"1234.500\"", "1,234.500", "1.234,500" },
	{ "precise", "0.125", GUESS, "0.125", "\"0.125\"", "0.125", "0,125" },
	{ "precise", "1234,5", GUESS, "1234.500", "\"1234.500\"", "1,234.500", "1.234,500" },
	{ "precise", "12.5", DE, "12.500", "\"12.500\"", "12.500", "12,500" },
	{ "precise", "12,5", EN, "12.500", "\"12.500\"", "12.500", "12,500" },
	{ "precise", "1.234", DE, "1234.000", "\"1234.000\"", "1,234.000", "1.234,000" },
	{ "precise", "1.234", EN, "1.234", "\"1.234\"", "1.234", "1,234" },
	{ "precise", "1.234", CANON, "1.234", "\"1.234\"", "1.234", "1,234" },
	{ "precise", "-0.5", CANON, "-0.500", "\"-0.500\"", "-0.500", "-0,500" },
	{ "round", "7", CANON, "7", "\"7\"", "7", "7" },
	{ "price", "12.5", CANON, "12.50 EUR", "{\"amount\":\"12.50\",\"currency\":\"EUR\"}",
	  "€12.50", "12,50\u00a0€" },
	{ "price", "12.50 EUR", CANON, "12.50 EUR", "{\"amount\":\"12.50\",\"currency\":\"EUR\"}",
	  "€12.50", "12,50\u00a0€" },
	{ "price", "1.234,56 €", DE, "1234.56 EUR", "{\"amount\":\"1234.56\",\"currency\":\"EUR\"}",
	  "€1,234.56", "1.234,56\u00a0€" },
	{ "price", "$1,234.56", EN, "1234.56 USD", "{\"amount\":\"1234.56\",\"currency\":\"USD\"}",
	  "$1,234.56", "1.234,56\u00a0$" },
	{ "price", "1234.56", DMY, "1234.56 USD", "{\"amount\":\"1234.56\",\"currency\":\"USD\"}",
	  "$1,234.56", "1.234,56\u00a0$" },
	{ "price", "500 JPY", EN, "500 JPY", "{\"amount\":\"500\",\"currency\":\"JPY\"}", "¥500",
	  "500\u00a0¥" },
	{ "yen", "500", EN, "500 JPY", "{\"amount\":\"500\",\"currency\":\"JPY\"}", "¥500",
	  "500\u00a0¥" },
	{ "rate", "12.5 %", EN, "12.50", "\"12.50\"", "12.5%", "12,5\u00a0%" },
	{ "rate", "50%", DE, "50.00", "\"50.00\"", "50%", "50\u00a0%" },
	{ "rate", "0", CANON, "0.00", "\"0.00\"", "0%", "0\u00a0%" },
	{ "flag", "yes", EN, "true", "true", "yes", NULL },
	{ "flag", "Nein", DE, "false", "false", "no", NULL },
	{ "flag", "1", CANON, "true", "true", "yes", NULL },
	{ "day", "2024-02-29", CANON, "2024-02-29", "\"2024-02-29\"", "29 Feb 2024", "29.02.2024" },
	{ "day", "1.3.2024", EN, "2024-03-01", "\"2024-03-01\"", "1 Mar 2024", "01.03.2024" },
	{ "day", "1 mar 2024", EN, "2024-03-01", "\"2024-03-01\"", "1 Mar 2024", "01.03.2024" },
	{ "day", "20-10-2016", DMY, "2016-10-20", "\"2016-10-20\"", "20 Oct 2016", "20.10.2016" },
	{ "day", "0001-01-01", CANON, "0001-01-01", "\"0001-01-01\"", "1 Jan 0001", "01.01.0001" },
	{ "day", "9999-12-31", CANON, "9999-12-31", "\"9999-12-31\"", "31 Dec 9999", "31.12.9999" },
	{ "moment", "2024-07-01T12:00:00Z", CANON, "2024-07-01T12:00:00.000Z", NULL,
	  "1 Jul 2024, 14:00", "01.07.2024, 14:00" },
	{ "moment", "1.7.2024 14:00", DE, "2024-07-01T12:00:00.000Z", NULL, "1 Jul 2024, 14:00",
	  "01.07.2024, 14:00" },
	{ "moment", "1.1.2024", DE, "2023-12-31T23:00:00.000Z", NULL, "1 Jan 2024, 00:00",
	  "01.01.2024, 00:00" },
	{ "moment", "2024-07-01 08:00", NY, "2024-07-01T12:00:00.000Z", NULL, "1 Jul 2024, 14:00",
	  "01.07.2024, 14:00" },
	{ "moment", "2024-07-01T14:00", EN, "2024-07-01T12:00:00.000Z", NULL, "1 Jul 2024, 14:00",
	  "01.07.2024, 14:00" },
	{ "moment", "20-10-2016 10:30:15", DMY, "2016-10-20T08:30:15.000Z", NULL,
	  "20 Oct 2016, 10:30", "20.10.2016, 10:30" },
	{ "span", "90 min", EN, "PT1H30M", "5400", "1 h 30 min", "1 Std. 30 Min." },
	{ "span", "1:30", DE, "PT1H30M", "5400", "1 h 30 min", "1 Std. 30 Min." },
	{ "span", "PT1H30M15S", CANON, "PT1H30M15S", "5415", "1 h 30 min 15 s",
	  "1 Std. 30 Min. 15 Sek." },
	{ "colour", "red", CANON, "red", "\"red\"", "Red", NULL },
	{ "colour", "  DARK BLUE ", EN, "dark_blue", "\"dark_blue\"", "Dark blue", NULL },
	{ "free", "Beta, alpha;ALPHA | gamma,", EN, "alpha,Beta,gamma",
	  "[\"alpha\",\"Beta\",\"gamma\"]", "alpha, Beta, gamma", "alpha, Beta, gamma" },
	{ "free", "  Großkunde,GROSSKUNDE, Zwei  Worte\t,\xc2\xad, Äpfel", EN,
	  "Äpfel,Großkunde,Zwei Worte", "[\"Äpfel\",\"Großkunde\",\"Zwei Worte\"]",
	  "Äpfel, Großkunde, Zwei Worte", "Äpfel, Großkunde, Zwei Worte" },
	{ "fixed", "Beta,a", EN, "a,b", "[\"a\",\"b\"]", "Alpha, Beta", NULL },
	{ "email", " Hans.May@Example.COM ", EN, "Hans.May@Example.COM", "\"Hans.May@Example.COM\"",
	  "Hans.May@Example.COM", "Hans.May@Example.COM" },
	{ "email", "mailto:a@b.de", EN, "a@b.de", "\"a@b.de\"", "a@b.de", "a@b.de" },
	{ "email", "änne@käse.de", EN, "änne@käse.de", "\"änne@käse.de\"", "änne@käse.de",
	  "änne@käse.de" },
	{ "phone", "0171 / 123 45 67", EN, "0171 / 123 45 67", "\"0171 / 123 45 67\"",
	  "0171 / 123 45 67", "0171 / 123 45 67" },
	{ "link", "example.com/a?b=c", EN, "https://example.com/a?b=c", NULL,
	  "https://example.com/a?b=c", "https://example.com/a?b=c" },
	{ "link", "HTTP://x.de", EN, "HTTP://x.de", NULL, "HTTP://x.de", "HTTP://x.de" },
	{ "link", "tel:+49171", EN, "tel:+49171", NULL, "tel:+49171", "tel:+49171" },
	{ "picture", HASH, CANON, HASH, NULL, HASH, HASH },
	{ "number", "T-1042", EN, "1042", "1042", "T-1042", "T-1042" },
	{ "number", "1042", CANON, "1042", "1042", "T-1042", "T-1042" },
	{ "sum", "7", EN, "7", "7", "7", "7" },
	{ "one", "12", CANON, "12", "\"12\"", NULL, NULL },
	{ "one", "#12", EN, "12", "\"12\"", NULL, NULL },
	{ "many", "3, 1,2,1", EN, "1,2,3", "[\"1\",\"2\",\"3\"]", "1, 2, 3", "1, 2, 3" },
	{ "about", "user:9223372036854775807", CANON, "user:9223372036854775807",
	  "{\"object\":\"user\",\"id\":\"9223372036854775807\"}", NULL, NULL },
};

/* Where the printed form is read back to the same value. */
static bool
prints_readable(const struct field *field)
{
	return field->type != FT_TAGS && field->type != FT_ANY && field->type != FT_ONE &&
	       field->type != FT_MANY && field->type != FT_DATETIME;
}

static void
assert_same(const char *what, const char *text, const struct value *a, const struct value *b)
{
	if (!value_eq(a, b))
		fail_msg("%s of \"%s\" gives another value", what, text);
}

static void
check_round_trips(struct cx *cx, const struct field *field, const struct value *v, const char *text)
{
	struct value back = { 0 };
	struct str json = json_of(cx, field, v);
	json_error_t error;
	json_t *tree = json_loadb(json.p, json.n, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, &error);

	if (!parse_as(cx, field, str_z(cx->mem, text_of(cx, field, v)), CANON, &back))
		fail_msg("the canonical text of \"%s\" is not read", text);
	assert_same("the canonical text", text, v, &back);
	if (!tree)
		fail_msg("\"%s\" gives no JSON: %.*s", text, STR_FMT(json));
	fail_clear(cx);
	if (!field->row->from_json(cx, field, tree, &back))
		fail_msg("the JSON of \"%s\" is not read: %.*s", text, STR_FMT(json));
	assert_same("the JSON", text, v, &back);
	json_decref(tree);
	if (!prints_readable(field))
		return;
	if (!parse_as(cx, field, str_z(cx->mem, print_of(cx, field, v, LANG_EN)), EN, &back))
		fail_msg("the English print of \"%s\" is not read", text);
	assert_same("the English print", text, v, &back);
	if (!parse_as(cx, field, str_z(cx->mem, print_of(cx, field, v, LANG_DE)), DE, &back))
		fail_msg("the German print of \"%s\" is not read", text);
	assert_same("the German print", text, v, &back);
}

static void
test_values_are_read_and_written(void **state)
{
	const struct fixture *f = *state;
	struct cx *cx = f->cx;

	for (size_t i = 0; i < countof(GOOD); i++) {
		const struct field *field = field_of(f, GOOD[i].field);
		struct value v = { 0 };

		if (!parse_as(cx, field, GOOD[i].text, GOOD[i].how, &v))
			fail_msg("%s \"%s\" is not read: %.*s", GOOD[i].field, GOOD[i].text,
				 STR_FMT(cx->err.fields->why));
		assert_str(text_of(cx, field, &v), GOOD[i].canonical);
		if (GOOD[i].json)
			assert_str(json_of(cx, field, &v), GOOD[i].json);
		if (GOOD[i].en)
			assert_str(print_of(cx, field, &v, LANG_EN), GOOD[i].en);
		if (GOOD[i].de)
			assert_str(print_of(cx, field, &v, LANG_DE), GOOD[i].de);
		check_round_trips(cx, field, &v, GOOD[i].text);
	}
}

/* What is refused, and the code of the reason. */
static const struct {
	const char *field, *text;
	enum how how;
	const char *code;
} BAD[] = {
	{ "name", "ab\001", EN, "format" },
	{ "name", "x", EN, "length" },
	{ "name", "äöüäöüäöüäö", EN, "length" },
	{ "plain", "\xff\xfe", EN, "format" },
	{ "plain", "\xc3", EN, "format" },
	{ "plain", "\xed\xa0\x80", EN, "format" },
	{ "long", "a\vb", EN, "format" },
	{ "whole", "1.5", CANON, "format" },
	{ "whole", "1,5", DE, "format" },
	{ "whole", "5000001", CANON, "range" },
	{ "whole", "-6", CANON, "range" },
	{ "whole", "12a", EN, "format" },
	{ "whole", "1,234", CANON, "format" },
	{ "wide", "9223372036854775808", CANON, "format" },
	{ "wide", "-9223372036854775809", CANON, "format" },
	{ "wide", "0x10", EN, "format" },
	{ "wide", "1e3", EN, "format" },
	{ "precise", "1.234", GUESS, "format" },
	{ "precise", "1,234", GUESS, "format" },
	{ "precise", "1.2345", CANON, "format" },
	{ "precise", "1,2345", DE, "format" },
	{ "precise", "9223372036854775807", CANON, "format" },
	{ "precise", "1..2", EN, "format" },
	{ "precise", "1,23,456.5", EN, "format" },
	{ "price", "12 XYZ", EN, "format" },
	{ "price", "12.345", CANON, "format" },
	{ "price", "-1", CANON, "range" },
	{ "price", "EUR", EN, "format" },
	{ "price", "1.234", GUESS, "format" },
	{ "rate", "101", CANON, "range" },
	{ "rate", "%", EN, "format" },
	{ "flag", "maybe", EN, "format" },
	{ "day", "2023-02-29", CANON, "range" },
	{ "day", "31.4.2024", DE, "range" },
	{ "day", "1.3.2024", CANON, "format" },
	{ "day", "1.3.24", DE, "format" },
	{ "day", "0000-01-01", CANON, "range" },
	{ "day", "10000-01-01", CANON, "format" },
	{ "day", "31-02-2016", DMY, "range" },
	{ "day", "2016-02-01", DMY, "format" },
	{ "day", "today", EN, "format" },
	{ "day", "30 Feb 2024", EN, "range" },
	{ "moment", "2024-13-01T00:00:00Z", CANON, "range" },
	{ "moment", "2024-01-01 25:00", EN, "format" },
	{ "moment", "2024-01-01 12:60", EN, "format" },
	{ "moment", "12:00", EN, "format" },
	{ "span", "90", EN, "format" },
	{ "span", "-1:00", EN, "format" },
	{ "span", "10:01", EN, "range" },
	{ "colour", "green", EN, "option" },
	{ "fixed", "a,c", EN, "option" },
	{ "free", "a234567890123456789012345678901234567890123456789012345", EN, "length" },
	{ "email", "a", EN, "format" },
	{ "email", "a@b", EN, "format" },
	{ "email", "@b.de", EN, "format" },
	{ "email", "a@b..de", EN, "format" },
	{ "email", "a@b@c.de", EN, "format" },
	{ "email", "a b@c.de", EN, "format" },
	{ "email", "a@b.de, c@d.de", EN, "format" },
	{ "email", "a@-b.de", EN, "format" },
	{ "phone", "ask her", EN, "format" },
	{ "link", "javascript:alert(1)", EN, "format" },
	{ "link", "data:text/html,x", EN, "format" },
	{ "link", "https://", EN, "format" },
	{ "link", "http:x", EN, "format" },
	{ "link", "https://a b", EN, "format" },
	{ "link", "nothing", EN, "format" },
	{ "picture", "abc", CANON, "format" },
	{ "number", "X-1", EN, "format" },
	{ "one", "0", CANON, "format" },
	{ "one", "-1", CANON, "format" },
	{ "one", "party", CANON, "format" },
	{ "many", "1,,2", CANON, "format" },
	{ "about", "user", CANON, "format" },
	{ "about", "nobody:1", CANON, "link" },
};

static void
test_bad_text_is_refused(void **state)
{
	const struct fixture *f = *state;
	struct cx *cx = f->cx;

	for (size_t i = 0; i < countof(BAD); i++) {
		const struct field *field = field_of(f, BAD[i].field);
		struct value v = { .kind = V_INT, .i = 4711 };

		if (parse_as(cx, field, BAD[i].text, BAD[i].how, &v))
			fail_msg("%s \"%s\" is read", BAD[i].field, BAD[i].text);
		assert_int_equal(v.i, 4711);
		assert_int_equal(cx->err.code, E_INPUT);
		assert_non_null(cx->err.fields);
		if (strcmp(cx->err.fields->code, BAD[i].code) != 0)
			fail_msg("%s \"%s\": got %s, want %s (%.*s)", BAD[i].field, BAD[i].text,
				 cx->err.fields->code, BAD[i].code, STR_FMT(cx->err.fields->why));
		assert_str(cx->err.fields->field, BAD[i].field);
		assert_null(cx->err.fields->next);
	}
}

static const struct {
	const char *field, *json, *canonical, *code;
} JSONS[] = {
	{ "plain", "null", "", NULL },
	{ "plain", "\"\"", "", NULL },
	{ "plain", "5", NULL, "type" },
	{ "plain", "\"a\\u0000b\"", NULL, "format" },
	{ "plain", "\"a\\u0007b\"", NULL, "format" },
	{ "whole", "5", "5", NULL },
	{ "whole", "\"5\"", "5", NULL },
	{ "whole", "5.0", "5", NULL },
	{ "whole", "5.5", NULL, "format" },
	{ "whole", "true", NULL, "type" },
	{ "wide", "1e30", NULL, "format" },
	{ "precise", "1.25", "1.250", NULL },
	{ "precise", "\"1.25\"", "1.250", NULL },
	{ "precise", "\"1,25\"", NULL, "format" },
	{ "precise", "0.0001", NULL, "format" },
	{ "price", "12.5", "12.50 EUR", NULL },
	{ "price", "\"12.50\"", "12.50 EUR", NULL },
	{ "price", "{\"amount\":3}", "3.00 EUR", NULL },
	{ "price", "{\"amount\":\"3\",\"currency\":\"JPY\"}", "3 JPY", NULL },
	{ "price", "{\"amount\":\"3.5\",\"currency\":\"JPY\"}", NULL, "format" },
	{ "price", "{\"amount\":\"3\",\"currency\":\"ABC\"}", NULL, "format" },
	{ "price", "{\"amount\":\"3\",\"currency\":5}", NULL, "type" },
	{ "price", "{\"amount\":\"3\",\"tax\":1}", NULL, "type" },
	{ "price", "{\"currency\":\"EUR\"}", NULL, "type" },
	{ "price", "{\"amount\":null}", NULL, "type" },
	{ "price", "[]", NULL, "type" },
	{ "rate", "33.33", "33.33", NULL },
	{ "flag", "true", "true", NULL },
	{ "flag", "1", NULL, "type" },
	{ "flag", "\"true\"", NULL, "type" },
	{ "day", "\"2024-02-30\"", NULL, "range" },
	{ "day", "\"1.3.2024\"", NULL, "format" },
	{ "day", "20240301", NULL, "type" },
	{ "moment", "\"2024-03-01T12:00:00+02:00\"", "2024-03-01T10:00:00.000Z", NULL },
	{ "moment", "\"2024-03-01\"", NULL, "format" },
	{ "moment", "0", NULL, "type" },
	{ "span", "60", "PT1M", NULL },
	{ "span", "\"PT1M\"", "PT1M", NULL },
	{ "span", "-1", NULL, "range" },
	{ "span", "1.5", NULL, "type" },
	{ "colour", "\"red\"", "red", NULL },
	{ "colour", "\"Red\"", NULL, "option" },
	{ "colour", "[]", NULL, "type" },
	{ "free", "[\"B\",\"a\",\"b\"]", "a,B", NULL },
	{ "free", "[\"a\\nb\"]", "a b", NULL },
	{ "free", "[]", "", NULL },
	{ "free", "\"a\"", NULL, "type" },
	{ "free", "[1]", NULL, "type" },
	{ "fixed", "[\"c\"]", NULL, "option" },
	{ "email", "\"x\"", NULL, "format" },
	{ "link", "\"javascript:x\"", NULL, "format" },
	{ "one", "\"7\"", "7", NULL },
	{ "one", "7", "7", NULL },
	{ "one", "0", NULL, "type" },
	{ "one", "\"99999999999999999999\"", NULL, "type" },
	{ "many", "[\"2\",1,\"2\"]", "1,2", NULL },
	{ "many", "[null]", NULL, "type" },
	{ "many", "{}", NULL, "type" },
	{ "about", "{\"object\":\"user\",\"id\":\"5\"}", "user:5", NULL },
	{ "about", "{\"object\":\"none\",\"id\":\"5\"}", NULL, "link" },
	{ "about", "{\"object\":\"user\"}", NULL, "type" },
	{ "about", "{\"object\":\"user\",\"id\":\"5\",\"x\":1}", NULL, "type" },
};

static void
test_json_is_read_or_refused(void **state)
{
	const struct fixture *f = *state;
	struct cx *cx = f->cx;

	for (size_t i = 0; i < countof(JSONS); i++) {
		const struct field *field = field_of(f, JSONS[i].field);
		json_t *tree = json_loads(JSONS[i].json, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
		struct value v = { .kind = V_INT, .i = 4711 };
		bool done;

		assert_non_null(tree);
		fail_clear(cx);
		done = field->row->from_json(cx, field, tree, &v);
		json_decref(tree);
		if (done != !JSONS[i].code)
			fail_msg("%s %s: %s", JSONS[i].field, JSONS[i].json,
				 done ? "read" : "refused");
		if (done) {
			assert_str(text_of(cx, field, &v), JSONS[i].canonical);
			continue;
		}
		assert_int_equal(v.i, 4711);
		if (strcmp(cx->err.fields->code, JSONS[i].code) != 0)
			fail_msg("%s %s: got %s, want %s", JSONS[i].field, JSONS[i].json,
				 cx->err.fields->code, JSONS[i].code);
	}
}

static void
test_empty_is_empty_everywhere(void **state)
{
	const struct fixture *f = *state;
	struct cx *cx = f->cx;
	struct value none = { 0 };

	for (unsigned i = SF__MAX; i < f->thing->n_fields; i++) {
		const struct field *field = f->thing->fields[i];
		bool list = field->type == FT_TAGS || field->type == FT_MANY;
		struct value v = { .kind = V_INT };

		assert_true(parse_as(cx, field, " \t", EN, &v));
		assert_int_equal(v.kind, V_NONE);
		assert_str(text_of(cx, field, &none), "");
		assert_str(print_of(cx, field, &none, LANG_DE), "");
		assert_str(json_of(cx, field, &none), list ? "[]" : "null");
		assert_true(value_check(cx, field, &none));
		assert_int_equal(value_key(cx->mem, field, &none).n, 0);
		v = (struct value){ .kind = V_INT };
		assert_true(field->row->from_json(cx, field, json_null(), &v));
		assert_int_equal(v.kind, V_NONE);
		assert_int_equal(field->row->compare(&none, &none), 0);
	}
}

/* Each schema is JSON and has a type. */
static void
test_schemas_are_json(void **state)
{
	const struct fixture *f = *state;

	for (unsigned i = 0; i < f->thing->n_fields; i++) {
		const struct field *field = f->thing->fields[i];
		struct buf b = buf_in(f->cx->mem, TEXT_MAX);
		json_t *tree;

		field->row->schema(field, &b);
		tree = json_loadb(b.p, b.n, JSON_REJECT_DUPLICATES, NULL);
		if (!tree)
			fail_msg("%.*s: %.*s", STR_FMT(field->name), STR_FMT(buf_done(&b)));
		assert_true(json_is_array(json_object_get(tree, "type")));
		json_decref(tree);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_values_are_read_and_written, setup, teardown),
		cmocka_unit_test_setup_teardown(test_bad_text_is_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(test_json_is_read_or_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(test_empty_is_empty_everywhere, setup, teardown),
		cmocka_unit_test_setup_teardown(test_schemas_are_json, setup, teardown),
	};

	return cmocka_run_group_tests_name("model/types", tests, NULL, NULL);
}
