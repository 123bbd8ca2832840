#include "model/types.h"

#include "base/i18n.h"
#include "base/money.h"

enum { SHOWN_MAX = 60, REAL_TEXT_MAX = 64, GROUP = 3, UNGROUPED = 10000 };

/* --- How a number is written --- */

enum number_fault { NUMBER_OK, NUMBER_BAD, NUMBER_AMBIGUOUS };

struct separators {
	unsigned points, commas;
	size_t last;      /* where the last of them stands */
	unsigned leading; /* digits before the first */
	unsigned behind;  /* digits behind the last */
	bool zero_first;  /* the digits before are a single zero */
};

static struct separators
separators_of(struct str text)
{
	struct separators s = { 0 };
	unsigned digits = 0;

	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (c >= '0' && c <= '9') {
			if (!s.points && !s.commas) {
				s.zero_first = !s.leading && c == '0';
				s.leading++;
			}
			digits++;
		}
		if (c != '.' && c != ',')
			continue;
		s.points += c == '.';
		s.commas += c == ',';
		s.last = i;
		digits = 0;
	}
	s.behind = digits;
	return s;
}

static char
other_separator(char c)
{
	return c == '.' ? ',' : '.';
}

/* The only separator: a decimal point, or one of thousands?  0: it can be either. */
static char
lone_separator(struct separators s, char separator, char convention, int scale)
{
	bool grouped = s.behind == GROUP && s.leading >= 1 && s.leading <= GROUP && !s.zero_first;

	if (!grouped)
		return separator;
	if (convention)
		return convention;
	return scale == 0 ? other_separator(separator) : 0;
}

/* Which sign is the decimal point?  0: it can be read in two ways. */
static char
decimal_point(struct str text, char convention, int scale)
{
	struct separators s = separators_of(text);
	unsigned n = s.points + s.commas;
	char last = n ? text.p[s.last] : '.';

	if (n == 1)
		return lone_separator(s, last, convention, scale);
	if (n && (!s.points || !s.commas))
		return other_separator(last);
	return convention ? convention : last;
}

/* Read by the conventions; NULL: the canonical form. */
static enum number_fault
number_read(struct str text, const struct reading *how, int scale, int64_t *out)
{
	char point;

	text = str_trim(text);
	if (!how && !scale)
		return str_int(text, INT64_MIN, INT64_MAX, out) ? NUMBER_OK : NUMBER_BAD;
	if (!how)
		return str_decimal(text, scale, out) ? NUMBER_OK : NUMBER_BAD;
	point = decimal_point(text, how->decimal, scale);
	if (!point)
		return NUMBER_AMBIGUOUS;
	return decimal_parse(text, point, scale, out) ? NUMBER_OK : NUMBER_BAD;
}

static bool
number_refuse(struct cx *cx, const struct field *f, struct str text, enum number_fault fault)
{
	struct str shown = str_first(text, SHOWN_MAX);

	if (fault == NUMBER_AMBIGUOUS)
		return fail_field(
			cx, f->name, "format",
			tr(cx,
			   "“%.*s” can be read in two ways; write it without separators of thousands."),
			STR_FMT(shown));
	if (!f->scale || f->result == FT_INT)
		return fail_field(cx, f->name, "format",
				  "“%.*s” is not a whole number that fits here.", STR_FMT(shown));
	return fail_field(cx, f->name, "format",
			  "“%.*s” is not a number with at most %d decimal places that fits here.",
			  STR_FMT(shown), f->scale);
}

static bool
number_accept(struct cx *cx, const struct field *f, struct value v, struct value *out)
{
	if (v.kind != V_NONE && !value_check(cx, f, &v))
		return false;
	*out = v;
	return true;
}

static bool
number_parse(struct cx *cx, const struct field *f, struct str text, const struct reading *how,
	     int scale, struct value *out)
{
	struct value v = { .kind = V_INT };
	enum number_fault fault;

	text = str_trim(text);
	if (!text.n)
		return number_accept(cx, f, (struct value){ 0 }, out);
	fault = number_read(text, how, scale, &v.i);
	if (fault != NUMBER_OK)
		return number_refuse(cx, f, text, fault);
	return number_accept(cx, f, v, out);
}

/* A JSON number or text as units of 10^-scale. */
static bool
json_units(const json_t *json, int scale, int64_t *out)
{
	char text[REAL_TEXT_MAX];
	struct buf b = { .p = text, .cap = sizeof text, .max = sizeof text };

	if (json_is_string(json))
		buf_str(&b, (struct str){ json_string_value(json), json_string_length(json) });
	else if (json_is_integer(json))
		buf_int(&b, json_integer_value(json));
	else if (json_is_real(json))
		buf_real(&b, json_real_value(json));
	if (b.full)
		return false;
	return (!scale && str_int(buf_done(&b), INT64_MIN, INT64_MAX, out)) ||
	       str_decimal(buf_done(&b), scale, out);
}

static bool
number_from_json(struct cx *cx, const struct field *f, const json_t *json, int scale,
		 struct value *out)
{
	struct value v = { .kind = V_INT };

	if (json_is_null(json) || (json_is_string(json) && !json_string_length(json)))
		return number_accept(cx, f, (struct value){ 0 }, out);
	if (!json_is_number(json) && !json_is_string(json))
		return type_refuse_json(cx, f, tr(cx, "a number"));
	if (!json_units(json, scale, &v.i))
		return number_refuse(
			cx, f, json_is_string(json) ? str_of(json_string_value(json)) : S("number"),
			NUMBER_BAD);
	return number_accept(cx, f, v, out);
}

TYPE_COMPARE(int_compare)
{
	if (a->kind == V_NONE || b->kind == V_NONE)
		return (a->kind != V_NONE) - (b->kind != V_NONE);
	return (a->i > b->i) - (a->i < b->i);
}

static void
schema_limits(const struct field *f, struct buf *out)
{
	if (f->has_min)
		buf_printf(out, ",\"minimum\":%lld", (long long)f->min);
	if (f->has_max)
		buf_printf(out, ",\"maximum\":%lld", (long long)f->max);
	buf_char(out, '}');
}

/* --- int, sequence --- */

TYPE_PARSE(int_parse)
{
	return number_parse(cx, f, text, how, 0, out);
}

/* Four digits stay together: most of them are years. */
TYPE_PRINT(int_print)
{
	(void)f;
	if (v->kind == V_INT && v->i > -UNGROUPED && v->i < UNGROUPED)
		buf_int(out, v->i);
	else if (v->kind == V_INT)
		fmt_int(out, cx, v->i);
}

TYPE_TEXT(int_text)
{
	(void)f;
	if (v->kind == V_INT)
		buf_int(out, v->i);
	else if (v->kind == V_REAL)
		buf_real(out, v->r);
}

TYPE_TEXT(int_to_json)
{
	if (v->kind == V_NONE)
		BUF_LIT(out, "null");
	else
		int_text(f, v, out);
}

TYPE_FROM_JSON(int_from_json)
{
	return number_from_json(cx, f, json, 0, out);
}

TYPE_SCHEMA(int_schema)
{
	schema_begin(f, "integer", "int64", out);
	schema_limits(f, out);
}

TYPE_PARSE(sequence_parse)
{
	text = str_trim(text);
	if (f->prefix.n && str_starts(text, f->prefix))
		text = str_from(text, f->prefix.n);
	return number_parse(cx, f, text, how ? &(struct reading){ .decimal = '.' } : NULL, 0, out);
}

TYPE_PRINT(sequence_print)
{
	(void)cx;
	if (v->kind != V_INT)
		return;
	buf_str(out, f->prefix);
	buf_int(out, v->i);
}

/* --- decimal, percent --- */

TYPE_PARSE(decimal_type_parse)
{
	return number_parse(cx, f, text, how, f->scale, out);
}

TYPE_PRINT(decimal_type_print)
{
	if (v->kind == V_INT)
		fmt_decimal(out, cx, v->i, f->scale);
}

TYPE_TEXT(decimal_text)
{
	if (v->kind == V_INT)
		buf_decimal(out, v->i, f->scale);
}

TYPE_TEXT(decimal_to_json)
{
	if (v->kind != V_INT) {
		BUF_LIT(out, "null");
		return;
	}
	buf_char(out, '"');
	buf_decimal(out, v->i, f->scale);
	buf_char(out, '"');
}

TYPE_FROM_JSON(decimal_from_json)
{
	return number_from_json(cx, f, json, f->scale, out);
}

TYPE_SCHEMA(decimal_schema)
{
	schema_begin(f, "string", NULL, out);
	if (f->scale)
		buf_printf(out, ",\"pattern\":\"^-?[0-9]+(\\\\.[0-9]{1,%d})?$\"}", f->scale);
	else
		BUF_LIT(out, ",\"pattern\":\"^-?[0-9]+$\"}");
}

TYPE_PARSE(percent_parse)
{
	struct str number = str_trim(text);

	if (str_ends(number, S("%")))
		number = str_trim(str_first(number, number.n - 1));
	if (str_ends(number, S("\u00a0")))
		number.n -= sizeof "\u00a0" - 1;
	if (!number.n && str_trim(text).n)
		return number_refuse(cx, f, text, NUMBER_BAD);
	return number_parse(cx, f, number, how, f->scale, out);
}

TYPE_PRINT(percent_print)
{
	if (v->kind == V_INT)
		fmt_percent(out, cx, v->i, f->scale);
}

/* --- money --- */

static void
value_currency(struct value *v, struct str code)
{
	memset(v->currency, 0, sizeof v->currency);
	memcpy(v->currency, code.p, code.n < CURRENCY_LEN ? code.n : CURRENCY_LEN);
}

int
value_places(const struct field *f, const struct value *v)
{
	int digits;

	if (f->result != FT_MONEY)
		return f->result == FT_DECIMAL || f->result == FT_PERCENT ? f->scale : 0;
	/* Nearly all amounts are of the field's own currency: that needs no search. */
	if (!v->currency[0] ||
	    (f->currency.n == CURRENCY_LEN && !memcmp(v->currency, f->currency.p, CURRENCY_LEN)))
		return f->scale;
	digits = currency_digits(str_of(v->currency));
	return digits < 0 ? f->scale : digits;
}

TYPE_PARSE(money_type_parse)
{
	struct str currency = how && how->currency.n ? how->currency : f->currency;
	struct money money;
	struct value v = { .kind = V_INT };
	char point;

	text = str_trim(text);
	if (!text.n)
		return number_accept(cx, f, (struct value){ 0 }, out);
	point = how ? decimal_point(text, how->decimal,
				    currency.n ? currency_digits(currency) : f->scale)
		    : '.';
	if (!point)
		return number_refuse(cx, f, text, NUMBER_AMBIGUOUS);
	if (!money_parse(text, point, currency, &money))
		return fail_field(
			cx, f->name, "format",
			"“%.*s” is not an amount of money; write for example 1250.00 EUR.",
			STR_FMT(str_first(text, SHOWN_MAX)));
	v.i = money.units;
	value_currency(&v, str_of(money.currency));
	return number_accept(cx, f, v, out);
}

TYPE_PRINT(money_type_print)
{
	struct money money = { .units = v->i };

	if (v->kind != V_INT)
		return;
	if (!v->currency[0]) {
		fmt_decimal(out, cx, v->i, f->scale);
		return;
	}
	memcpy(money.currency, v->currency, sizeof money.currency);
	fmt_money(out, cx, money);
}

TYPE_TEXT(money_text)
{
	if (v->kind != V_INT)
		return;
	buf_decimal(out, v->i, value_places(f, v));
	if (v->currency[0]) {
		buf_char(out, ' ');
		buf_z(out, v->currency);
	}
}

TYPE_TEXT(money_to_json)
{
	if (v->kind != V_INT) {
		BUF_LIT(out, "null");
		return;
	}
	BUF_LIT(out, "{\"amount\":\"");
	buf_decimal(out, v->i, value_places(f, v));
	BUF_LIT(out, "\",\"currency\":");
	buf_json(out, v->currency[0] ? str_of(v->currency) : f->currency);
	buf_char(out, '}');
}

/* {"amount":…,"currency":…}, a number or a decimal text. */
TYPE_FROM_JSON(money_from_json)
{
	const json_t *amount = json, *named = NULL;
	struct str currency = f->currency;
	struct value v = { .kind = V_INT };
	int digits;

	if (json_is_null(json) || (json_is_string(json) && !json_string_length(json)))
		return number_accept(cx, f, (struct value){ 0 }, out);
	if (json_is_object(json)) {
		amount = json_object_get(json, "amount");
		named = json_object_get(json, "currency");
		if (!amount || json_object_size(json) > 1U + (named != NULL))
			return type_refuse_json(cx, f,
						tr(cx, "an object with amount and currency"));
	}
	if (!json_is_number(amount) && !json_is_string(amount))
		return type_refuse_json(cx, f, tr(cx, "an object with amount and currency"));
	if (named && !json_is_null(named)) {
		if (!json_is_string(named))
			return type_refuse_json(cx, f,
						tr(cx, "an object with amount and currency"));
		currency = (struct str){ json_string_value(named), json_string_length(named) };
	}
	digits = currency_digits(currency);
	if (digits < 0)
		return fail_field(cx, f->name, "format", "The currency “%.*s” is not known.",
				  STR_FMT(str_first(currency, SHOWN_MAX)));
	if (!json_units(amount, digits, &v.i))
		return number_refuse(cx, f,
				     json_is_string(amount) ? str_of(json_string_value(amount))
							    : S("amount"),
				     NUMBER_BAD);
	value_currency(&v, currency);
	return number_accept(cx, f, v, out);
}

TYPE_SCHEMA(money_schema)
{
	schema_begin(f, "object", NULL, out);
	BUF_LIT(out,
		",\"properties\":{\"amount\":{\"type\":\"string\",\"pattern\":\"^-?[0-9]+(\\\\.[0-9]+)?$\"},"
		"\"currency\":{\"type\":\"string\",\"pattern\":\"^[A-Z]{3}$\"}},"
		"\"required\":[\"amount\",\"currency\"]}");
}

/* --- bool --- */

static const struct {
	const char *word;
	bool is;
} WORDS[] = {
	{ "true", true }, { "false", false },  { "yes", true }, { "no", false },
	{ "1", true },    { "0", false },      { "ja", true },  { "nein", false },
	{ "wahr", true }, { "falsch", false }, { "on", true },  { "off", false },
	{ "x", true },    { "y", true },       { "n", false },  { "j", true },
};

TYPE_PARSE(bool_parse)
{
	(void)how;
	text = str_trim(text);
	if (!text.n) {
		*out = (struct value){ 0 };
		return true;
	}
	for (size_t i = 0; i < countof(WORDS); i++)
		if (str_eq_ascii_nocase(text, str_of(WORDS[i].word))) {
			*out = value_int(WORDS[i].is);
			return true;
		}
	return fail_field(cx, f->name, "format", "“%.*s” is neither yes nor no.",
			  STR_FMT(str_first(text, SHOWN_MAX)));
}

TYPE_PRINT(bool_print)
{
	(void)f;
	if (v->kind == V_INT)
		buf_z(out, v->i ? tr(cx, "yes") : tr(cx, "no"));
}

TYPE_TEXT(bool_text)
{
	(void)f;
	if (v->kind == V_INT)
		buf_z(out, v->i ? "true" : "false");
}

TYPE_TEXT(bool_to_json)
{
	if (v->kind == V_NONE)
		BUF_LIT(out, "null");
	else
		bool_text(f, v, out);
}

TYPE_FROM_JSON(bool_from_json)
{
	if (json_is_null(json)) {
		*out = (struct value){ 0 };
		return true;
	}
	if (!json_is_boolean(json))
		return type_refuse_json(cx, f, tr(cx, "true or false"));
	*out = value_int(json_is_true(json));
	return true;
}

TYPE_SCHEMA(bool_schema)
{
	schema_begin(f, "boolean", NULL, out);
	buf_char(out, '}');
}
