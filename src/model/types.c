#include "model/types.h"

#include "base/clock.h"
#include "base/fold.h"
#include "base/i18n.h"
#include "base/money.h"
#include "base/phone.h"

enum { SHOWN_MAX = 60, HASH_LENGTH = 64, DURATION_MAX_S = 2000000000 };

#define CO_ORDERED (CO_EQ | CO_LT | CO_IN | CO_BETWEEN | CO_EMPTY)
#define CO_STRING (CO_ORDERED | CO_LIKE | CO_STARTS | CO_CONTAINS)
#define CO_PROSE (CO_LIKE | CO_STARTS | CO_CONTAINS | CO_EMPTY | CO_EQ)
#define CO_CHOICE (CO_EQ | CO_IN | CO_EMPTY)

TYPE_TEXT(int_to_json);
TYPE_TEXT(bool_to_json);

#define TEXT_ROW \
	text_parse, text_print, text_text, text_to_json, text_from_json, text_compare, text_schema

/* clang-format off */
const struct type_row TYPES[FT__MAX] = {
	[FT_TEXT] = { "text", COLUMN_TEXT, CO_STRING, "text", true, TEXT_ROW },
	[FT_LONGTEXT] = { "longtext", COLUMN_TEXT, CO_PROSE, "textarea", true, TEXT_ROW },
	[FT_RICHTEXT] = { "richtext", COLUMN_TEXT, CO_PROSE, "richtext", true, TEXT_ROW },
	[FT_INT] = { "int", COLUMN_INT, CO_ORDERED, "number", false,
		int_parse, int_print, int_text, int_to_json, int_from_json, int_compare, int_schema },
	[FT_DECIMAL] = { "decimal", COLUMN_INT, CO_ORDERED, "number", false,
		decimal_type_parse, decimal_type_print, decimal_text, decimal_to_json, decimal_from_json,
		int_compare, decimal_schema },
	[FT_MONEY] = { "money", COLUMN_INT, CO_ORDERED, "money", false,
		money_type_parse, money_type_print, money_text, money_to_json, money_from_json,
		int_compare, money_schema },
	[FT_PERCENT] = { "percent", COLUMN_INT, CO_ORDERED, "percent", false,
		percent_parse, percent_print, decimal_text, decimal_to_json, decimal_from_json,
		int_compare, decimal_schema },
	[FT_BOOL] = { "bool", COLUMN_INT, CO_CHOICE, "checkbox", false,
		bool_parse, bool_print, bool_text, bool_to_json, bool_from_json, int_compare, bool_schema },
	[FT_DATE] = { "date", COLUMN_TEXT, CO_ORDERED | CO_WITHIN, "date", false,
		date_type_parse, date_type_print, text_text, text_to_json, date_from_json,
		bytes_compare, date_schema },
	[FT_DATETIME] = { "datetime", COLUMN_INT, CO_ORDERED | CO_WITHIN, "datetime", false,
		datetime_parse, datetime_print, datetime_text, datetime_to_json, datetime_from_json,
		int_compare, datetime_schema },
	[FT_DURATION] = { "duration", COLUMN_INT, CO_ORDERED, "duration", false,
		duration_type_parse, duration_type_print, duration_text, int_to_json, duration_from_json,
		int_compare, duration_schema },
	[FT_ENUM] = { "enum", COLUMN_TEXT, CO_CHOICE, "select", false,
		enum_parse, enum_print, text_text, text_to_json, enum_from_json, bytes_compare, enum_schema },
	[FT_TAGS] = { "tags", COLUMN_TEXT, CO_CONTAINS | CO_EMPTY, "tags", true,
		tags_parse, tags_print, tags_text, tags_to_json, tags_from_json, bytes_compare, tags_schema },
	[FT_EMAIL] = { "email", COLUMN_TEXT, CO_STRING, "email", true, TEXT_ROW },
	[FT_PHONE] = { "phone", COLUMN_TEXT, CO_STRING, "phone", true, TEXT_ROW },
	[FT_URL] = { "url", COLUMN_TEXT, CO_STRING, "url", true, TEXT_ROW },
	[FT_FILE] = { "file", COLUMN_TEXT, CO_EMPTY, "file", false,
		text_parse, text_print, text_text, text_to_json, text_from_json, bytes_compare, text_schema },
	[FT_SEQUENCE] = { "sequence", COLUMN_INT, CO_ORDERED, "number", false,
		sequence_parse, sequence_print, int_text, int_to_json, int_from_json, int_compare, int_schema },
	[FT_FORMULA] = { "formula", COLUMN_INT, CO_ORDERED, "readonly", false,
		result_parse, result_print, result_text, result_to_json, result_from_json,
		int_compare, result_schema },
	[FT_ROLLUP] = { "rollup", COLUMN_INT, CO_ORDERED, "readonly", false,
		result_parse, result_print, result_text, result_to_json, result_from_json,
		int_compare, result_schema },
	[FT_ONE] = { "one", COLUMN_INT, CO_CHOICE, "link", false,
		one_parse, one_print, int_text, one_to_json, one_from_json, int_compare, one_schema },
	[FT_MANY] = { "many", COLUMN_INT, CO_CONTAINS | CO_EMPTY, "links", false,
		many_parse, many_print, many_text, many_to_json, many_from_json, many_compare, many_schema },
	[FT_ANY] = { "any", COLUMN_INT, CO_EQ | CO_EMPTY, "reference", false,
		any_parse, any_print, any_text, any_to_json, any_from_json, any_compare, any_schema },
	[FT_ID] = { "id", COLUMN_INT, CO_ORDERED, "readonly", false,
		one_parse, one_print, int_text, one_to_json, one_from_json, int_compare, one_schema },
};
/* clang-format on */
_Static_assert(countof(TYPES) == FT__MAX, "one row a type");

const struct type_row *
type_find(struct str name)
{
	for (int i = 0; i < FT__MAX; i++)
		if (str_eq_z(name, TYPES[i].name))
			return &TYPES[i];
	return NULL;
}

/* --- Computed fields: the row of their result --- */

TYPE_PARSE(result_parse)
{
	return f->row->parse(cx, f, text, how, out);
}

TYPE_PRINT(result_print)
{
	f->row->print(cx, f, v, out);
}

TYPE_TEXT(result_text)
{
	f->row->text(f, v, out);
}

TYPE_TEXT(result_to_json)
{
	f->row->to_json(f, v, out);
}

TYPE_FROM_JSON(result_from_json)
{
	return f->row->from_json(cx, f, json, out);
}

TYPE_SCHEMA(result_schema)
{
	f->row->schema(f, out);
}

/* --- Shared --- */

bool
type_refuse_json(struct cx *cx, const struct field *f, const char *expected)
{
	return fail_field(cx, f->name, "type", "“%s” must be %s.", tr(cx, f->label.p), expected);
}

void
schema_begin(const struct field *f, const char *type, const char *format, struct buf *out)
{
	buf_printf(out, "{\"type\":[\"%s\",\"null\"]", type);
	if (format)
		buf_printf(out, ",\"format\":\"%s\"", format);
	BUF_LIT(out, ",\"title\":");
	buf_json(out, f->label);
	if (f->help.n) {
		BUF_LIT(out, ",\"description\":");
		buf_json(out, f->help);
	}
	if (f->readonly || f->builtin)
		BUF_LIT(out, ",\"readOnly\":true");
}

struct str
value_key(struct arena *mem, const struct field *f, const struct value *v)
{
	struct str key, e164;

	if (v->kind != V_TEXT)
		return (struct str){ 0 };
	if (f->result == FT_PHONE && phone_e164(mem, v->s, "DE", &e164))
		return e164;
	if (f->result == FT_TAGS)
		return tags_key(mem, v->s);
	key = fold_key(mem, v->s);
	if (key.n <= KEY_BYTES_MAX)
		return key;
	key.n = KEY_BYTES_MAX;
	while (key.n && ((unsigned char)key.p[key.n] & 0xc0) == 0x80)
		key.n--;
	return str_dup(mem, key);
}

/* --- Checks of values that are there --- */

static bool
check_length(struct cx *cx, const struct field *f, struct str text)
{
	int64_t length = (int64_t)str_utf8_length(text), max = text_length_max(f);

	if (length > max)
		return fail_field(cx, f->name, "length",
				  "“%s” has %lld characters; at most %lld are allowed.",
				  tr(cx, f->label.p), (long long)length, (long long)max);
	if (f->has_min && length < f->min)
		return fail_field(cx, f->name, "length",
				  "“%s” has %lld characters; at least %lld are needed.",
				  tr(cx, f->label.p), (long long)length, (long long)f->min);
	return true;
}

static bool
check_bytes(struct cx *cx, const struct field *f, struct str text, bool lines)
{
	size_t bad_at;

	if (!str_is_utf8(text, &bad_at))
		return fail_field(cx, f->name, "format",
				  "“%s” is not valid text (UTF-8), from byte %zu on.",
				  tr(cx, f->label.p), bad_at + 1);
	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];

		if ((c >= ' ' && c != 127) || (lines && (c == '\n' || c == '\t')))
			continue;
		return fail_field(cx, f->name, "format",
				  "“%s” holds a control character (byte %zu).", tr(cx, f->label.p),
				  i + 1);
	}
	return true;
}

static bool
check_text(struct cx *cx, const struct field *f, const struct value *v)
{
	bool lines = f->result == FT_LONGTEXT || f->result == FT_RICHTEXT;

	return check_bytes(cx, f, v->s, lines) && check_length(cx, f, v->s);
}

/* local@domain, the domain with a dot and without empty labels. */
static bool
email_is_formed(struct str email)
{
	const char *at = memrchr(email.p, '@', email.n);
	struct str local, domain, label;
	unsigned labels = 0;

	if (!at || memchr(email.p, ' ', email.n) || memchr(email.p, ',', email.n) ||
	    memchr(email.p, ';', email.n))
		return false;
	local = str_first(email, (size_t)(at - email.p));
	domain = str_from(email, local.n + 1);
	if (!local.n || local.n > 64 || memchr(local.p, '@', local.n) || !domain.n ||
	    domain.p[domain.n - 1] == '.')
		return false;
	while (domain.n) {
		label = str_cut(&domain, '.');
		if (!label.n || label.p[0] == '-' || label.p[label.n - 1] == '-')
			return false;
		labels++;
	}
	return labels >= 2;
}

static bool
check_email(struct cx *cx, const struct field *f, const struct value *v)
{
	if (!check_text(cx, f, v))
		return false;
	if (email_is_formed(v->s))
		return true;
	return fail_field(cx, f->name, "format", "“%.*s” is not an e-mail address.",
			  STR_FMT(str_first(v->s, SHOWN_MAX)));
}

static bool
check_phone(struct cx *cx, const struct field *f, const struct value *v)
{
	unsigned digits = 0;

	if (!check_text(cx, f, v))
		return false;
	for (size_t i = 0; i < v->s.n; i++)
		digits += v->s.p[i] >= '0' && v->s.p[i] <= '9';
	if (digits >= 2)
		return true;
	return fail_field(cx, f->name, "format", "“%.*s” is not a telephone number.",
			  STR_FMT(str_first(v->s, SHOWN_MAX)));
}

static bool
check_url(struct cx *cx, const struct field *f, const struct value *v)
{
	static const char *const SCHEMES[] = { "http", "https", "mailto", "tel" };
	struct str rest = v->s, scheme = str_cut(&rest, ':');

	if (!check_text(cx, f, v))
		return false;
	for (size_t i = 0; i < countof(SCHEMES); i++)
		if (str_eq_ascii_nocase(scheme, str_of(SCHEMES[i])) && rest.n &&
		    !memchr(rest.p, ' ', rest.n) && !memchr(rest.p, '"', rest.n) &&
		    !memchr(rest.p, '<', rest.n) && !memchr(rest.p, '>', rest.n) &&
		    (i > 1 || (rest.n > 2 && str_starts(rest, S("//")))))
			return true;
	return fail_field(cx, f->name, "format",
			  "“%.*s” is not an address that begins with https, http, mailto or tel.",
			  STR_FMT(str_first(v->s, SHOWN_MAX)));
}

static bool
check_file(struct cx *cx, const struct field *f, const struct value *v)
{
	bool formed = v->s.n == HASH_LENGTH;

	for (size_t i = 0; i < v->s.n; i++)
		formed = formed && ((v->s.p[i] >= '0' && v->s.p[i] <= '9') ||
				    (v->s.p[i] >= 'a' && v->s.p[i] <= 'f'));
	return formed || fail_field(cx, f->name, "format", "“%s” does not name a stored file.",
				    tr(cx, f->label.p));
}

static bool
check_enum(struct cx *cx, const struct field *f, const struct value *v)
{
	return option_find(f, v->s) ||
	       fail_field(cx, f->name, "option", "“%.*s” is no choice of “%s”.",
			  STR_FMT(str_first(v->s, SHOWN_MAX)), tr(cx, f->label.p));
}

static bool
check_tags(struct cx *cx, const struct field *f, const struct value *v)
{
	struct str rest = v->s, tag;
	unsigned n = 0;

	if (!check_bytes(cx, f, v->s, false))
		return false;
	while (tags_next(&rest, &tag)) {
		if (f->n_options && !option_find(f, tag))
			return check_enum(cx, f, &(struct value){ .s = tag });
		if (str_utf8_length(tag) > TAG_LENGTH_MAX || memchr(tag.p, ',', tag.n))
			return fail_field(cx, f->name, "length",
					  "“%.*s” is longer than %d characters or holds a comma.",
					  STR_FMT(str_first(tag, SHOWN_MAX)), TAG_LENGTH_MAX);
		n++;
	}
	return n <= TAGS_COUNT_MAX ||
	       fail_field(cx, f->name, "length", "“%s” has more than %d entries.",
			  tr(cx, f->label.p), TAGS_COUNT_MAX);
}

static bool
check_date(struct cx *cx, const struct field *f, const struct value *v)
{
	int64_t date;

	return date_parse(v->s, &date, NULL) ||
	       fail_field(cx, f->name, "range", "The day “%.*s” does not exist.",
			  STR_FMT(str_first(v->s, SHOWN_MAX)));
}

static bool
check_datetime(struct cx *cx, const struct field *f, const struct value *v)
{
	return (v->i >= DATE_MIN * MS_PER_DAY && v->i < (DATE_MAX + 1) * MS_PER_DAY) ||
	       fail_field(cx, f->name, "range", "“%s” lies outside the years 1 to 9999.",
			  tr(cx, f->label.p));
}

static bool check_duration(struct cx *cx, const struct field *f, const struct value *v);

/* The limit as people read it. */
static const char *
limit_text(struct cx *cx, const struct field *f, int64_t limit)
{
	struct buf b = buf_in(cx->mem, SHOWN_MAX);

	decimal_print(&b, limit, f->result == FT_INT || f->result == FT_DURATION ? 0 : f->scale,
		      cx->lang);
	return str_z(cx->mem, buf_done(&b));
}

static bool
check_number(struct cx *cx, const struct field *f, const struct value *v)
{
	if (f->has_min && v->i < f->min)
		return fail_field(cx, f->name, "range", "“%s” must be at least %s.",
				  tr(cx, f->label.p), limit_text(cx, f, f->min));
	if (f->has_max && v->i > f->max)
		return fail_field(cx, f->name, "range", "“%s” must be at most %s.",
				  tr(cx, f->label.p), limit_text(cx, f, f->max));
	return true;
}

static bool
check_duration(struct cx *cx, const struct field *f, const struct value *v)
{
	if (v->i < 0)
		return fail_field(cx, f->name, "range", "“%s” must not be negative.",
				  tr(cx, f->label.p));
	return check_number(cx, f, v);
}

static bool
check_money(struct cx *cx, const struct field *f, const struct value *v)
{
	if (v->currency[0] && currency_digits(str_of(v->currency)) < 0)
		return fail_field(cx, f->name, "format", "The currency “%s” is not known.",
				  v->currency);
	return check_number(cx, f, v);
}

/* Another kind than the type has is a mistake of the caller, except that whoever computes gets
 * V_REAL. */
static const struct {
	enum value_kind kind;
	bool (*check)(struct cx *cx, const struct field *f, const struct value *v);
} CHECKS[FT__MAX] = {
	[FT_TEXT] = { V_TEXT, check_text },
	[FT_LONGTEXT] = { V_TEXT, check_text },
	[FT_RICHTEXT] = { V_TEXT, check_text },
	[FT_INT] = { V_INT, check_number },
	[FT_DECIMAL] = { V_INT, check_number },
	[FT_MONEY] = { V_INT, check_money },
	[FT_PERCENT] = { V_INT, check_number },
	[FT_BOOL] = { V_INT, NULL },
	[FT_DATE] = { V_TEXT, check_date },
	[FT_DATETIME] = { V_INT, check_datetime },
	[FT_DURATION] = { V_INT, check_duration },
	[FT_ENUM] = { V_TEXT, check_enum },
	[FT_TAGS] = { V_TEXT, check_tags },
	[FT_EMAIL] = { V_TEXT, check_email },
	[FT_PHONE] = { V_TEXT, check_phone },
	[FT_URL] = { V_TEXT, check_url },
	[FT_FILE] = { V_TEXT, check_file },
	[FT_SEQUENCE] = { V_INT, check_number },
	[FT_ONE] = { V_INT, NULL },
	[FT_MANY] = { V_IDS, NULL },
	[FT_ANY] = { V_ANY, NULL },
	[FT_ID] = { V_INT, NULL },
};

bool
value_check(struct cx *cx, const struct field *f, const struct value *v)
{
	if (v->kind == V_NONE)
		return true;
	if (v->kind != CHECKS[f->result].kind)
		return fail_field(cx, f->name, "type", "“%s” does not take a value of this kind.",
				  tr(cx, f->label.p));
	return !CHECKS[f->result].check || CHECKS[f->result].check(cx, f, v);
}
