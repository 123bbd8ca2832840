#include "model/cond_parser.h"

#include "base/fold.h"
#include "base/i18n.h"
#include "base/money.h"
#include "model/type.h"

enum { DECIMAL_SCALE_MAX = 18, OPTIONS_SHOWN_BYTES = 400 };

/* A token, with the words that belong to it, as an operand of the test's field. */
typedef bool read_operand(struct parser *p, const struct cond *test, struct token *t,
			  struct operand *out);

static const struct reading READING = { .decimal = '.' };

static bool
fail_value(struct parser *p, const struct cond *test, const struct token *t, const char *wanted)
{
	struct str name = test->field ? test->field->name : str_of(MEASURE_NAMES[test->measure]);

	return parse_fail(p, t->at, "format", "“%.*s” does not fit “%.*s”; write %s.",
			  STR_FMT(parse_shown(t->text)), STR_FMT(name), tr(p->cx, wanted));
}

static bool
fail_empty(struct parser *p, const struct cond *test, const struct token *t)
{
	return parse_fail(p, t->at, "format", "The value is empty; write “%.*s is empty”.",
			  STR_FMT(test->field->name));
}

/* Take the bare word that comes next as a part of this token. */
static void
token_join(struct parser *p, struct token *t, const struct token *next)
{
	t->text = str_printf(p->mem, "%.*s %.*s", STR_FMT(t->text), STR_FMT(next->text));
	p->at = next->at + next->text.n;
}

/* ---- numbers ---- */

/* By the field type's own row; its reason becomes ours. */
static bool
read_typed(struct parser *p, const struct cond *test, struct token *t, struct operand *out)
{
	struct err before = p->cx->err, found;
	struct value v = { 0 };
	bool done;

	p->cx->err = (struct err){ 0 };
	done = TYPES[cond_type(test->field)].parse(p->cx, test->field, t->text, &READING, &v);
	found = p->cx->err;
	p->cx->err = before;
	if (done && v.kind == V_NONE)
		return fail_empty(p, test, t);
	if (done)
		out->value = value_dup(p->mem, &v);
	else if (found.fields)
		parse_fail(p, t->at, found.fields->code, "%.*s", STR_FMT(found.fields->why));
	return done || fail_value(p, test, t, N_("another value"));
}

/* Limits of the field do not matter here: one may ask for more than there can be. */
static bool
read_number(struct parser *p, const struct cond *test, struct token *t, struct operand *out)
{
	int scale = cond_scale(test->field);
	struct str text = t->text;
	int64_t n;

	if (cond_type(test->field) == FT_PERCENT && str_ends(text, S("%")))
		text.n--;
	if (scale ? !str_decimal(text, scale, &n) : !str_int(text, INT64_MIN, INT64_MAX, &n))
		return fail_value(p, test, t,
				  scale ? N_("a number without separators, such as 1000.5")
					: N_("a whole number without separators, such as 1000"));
	out->value = value_int(n);
	return true;
}

static bool
read_count(struct parser *p, const struct cond *test, struct token *t, struct operand *out)
{
	int64_t n;

	if (!str_int(t->text, 0, INT64_MAX, &n))
		return fail_value(p, test, t, N_("a whole number such as 3"));
	out->value = value_int(n);
	return true;
}

/* An average may lie between two units of its field. */
static bool
read_average(struct parser *p, const struct cond *test, struct token *t, struct operand *out)
{
	int scale = cond_scale(test->field);
	int64_t parts;

	if (cond_type(test->field) == FT_DURATION || scale + AVG_PLACES > DECIMAL_SCALE_MAX)
		return read_typed(p, test, t, out);
	if (!str_decimal(t->text, scale + AVG_PLACES, &parts))
		return fail_value(p, test, t, N_("a number without separators, such as 12.5"));
	out->value = value_int(parts / AVG_PARTS);
	out->parts = parts % AVG_PARTS;
	return true;
}

/* ---- money ---- */

static bool
names_currency(struct str text)
{
	for (size_t i = 0; i < text.n; i++)
		if ((text.p[i] >= 'A' && text.p[i] <= 'Z') ||
		    (text.p[i] >= 'a' && text.p[i] <= 'z') || (unsigned char)text.p[i] >= 0x80)
			return true;
	return false;
}

static bool
has_currency(const struct cond *test)
{
	const struct field *f = test->field;

	if (f->type == FT_ROLLUP && test->measure == MEASURE_FIELD)
		f = f->rollup_field;
	return f && cond_type(f) == FT_MONEY && f->n_columns > 1;
}

static bool
read_of_currency(struct parser *p, const struct cond *test, struct token *t, struct operand *out)
{
	struct money money;

	if (!has_currency(test) || !money_parse(t->text, '.', (struct str){ 0 }, &money))
		return fail_value(p, test, t,
				  has_currency(test) ? N_("an amount such as 1000.50 EUR")
						     : N_("an amount without a currency"));
	out->value = value_int(money.units);
	memcpy(out->value.currency, money.currency, sizeof money.currency);
	return true;
}

static bool
read_money(struct parser *p, const struct cond *test, struct token *t, struct operand *out)
{
	struct token next;
	int64_t units;

	if (!t->quoted && !names_currency(t->text) && lex_peek(p, &next) &&
	    next.text.n == CURRENCY_LEN && currency_digits(next.text) >= 0)
		token_join(p, t, &next);
	if (names_currency(t->text))
		return read_of_currency(p, test, t, out);
	if (!str_decimal(t->text, cond_scale(test->field), &units))
		return fail_value(p, test, t,
				  N_("an amount without separators, such as 1000 or 1000.50 EUR"));
	out->value = value_int(units);
	return true;
}

/* ---- times ---- */

static bool
is_clock(struct str text)
{
	size_t colon;

	return text.n && text.p[0] >= '0' && text.p[0] <= '9' && str_find(text, S(":"), &colon);
}

static bool
is_period_word(struct str text)
{
	return str_eq_ascii_nocase(text, S("this")) || str_eq_ascii_nocase(text, S("last")) ||
	       str_eq_ascii_nocase(text, S("next"));
}

static bool
read_time(struct parser *p, const struct cond *test, struct token *t, struct operand *out)
{
	enum date_fault fault;
	struct token next;

	if (!t->quoted && lex_peek(p, &next) && (is_period_word(t->text) || is_clock(next.text)))
		token_join(p, t, &next);
	if (!cond_time_parse(t->text, &out->moment, &fault)) {
		if (fault == DATE_NO_SUCH_DAY)
			return parse_fail(p, t->at, "range", "The day “%.*s” does not exist.",
					  STR_FMT(parse_shown(t->text)));
		return fail_value(p, test, t,
				  N_("a date such as 2017-01-31, today, -180d, this quarter"));
	}
	if (cond_type(test->field) == FT_DATE && cond_time_is_clock(&out->moment))
		return fail_value(p, test, t, N_("a day without a time"));
	out->kind = OPERAND_TIME;
	return true;
}

/* "14d", and days past with a minus sign. */
static bool
read_days(struct parser *p, const struct cond *test, struct token *t, struct operand *out)
{
	bool bare = t->text.n && t->text.p[0] >= '0' && t->text.p[0] <= '9';
	struct str text = bare ? str_printf(p->mem, "+%.*s", STR_FMT(t->text)) : t->text;

	if (!cond_time_parse(text, &out->moment, NULL) || out->moment.kind != TIME_SHIFT ||
	    cond_time_is_clock(&out->moment))
		return fail_value(p, test, t, N_("days, weeks or months, such as 14d, 2w or 1m"));
	out->kind = OPERAND_TIME;
	return true;
}

/* ---- texts ---- */

static bool
read_option(struct parser *p, const struct cond *test, struct token *t, struct operand *out)
{
	const struct field *f = test->field;
	struct buf keys = buf_in(p->cx->mem, OPTIONS_SHOWN_BYTES);

	if (option_find(f, t->text)) {
		out->value = value_text(t->text);
		return true;
	}
	for (unsigned i = 0; i < f->n_options; i++)
		buf_printf(&keys, "%s%.*s", i ? ", " : "", STR_FMT(f->options[i].key));
	return parse_fail(p, t->at, "option", "“%.*s” is no choice of “%.*s”; write one of %.*s%s.",
			  STR_FMT(parse_shown(t->text)), STR_FMT(f->name), STR_FMT(buf_done(&keys)),
			  keys.full ? " …" : "");
}

/* One tag, compared with the bars around it: "|vip|". */
static bool
read_tag(struct parser *p, const struct cond *test, struct token *t, struct operand *out)
{
	struct str tags, tag;

	if (!read_typed(p, test, t, out))
		return false;
	tags = value_key(p->mem, test->field, &out->value);
	tag = str_first(str_from(tags, 1), tags.n - 2);
	if (memchr(tag.p, '|', tag.n))
		return fail_value(p, test, t, N_("one tag; join several comparisons with and"));
	out->value = value_text(tag);
	out->key = pattern_around(p->mem, tags);
	return true;
}

/* Telephone numbers are kept with their country, so the beginning of one is completed. */
static struct str
phone_prefix(struct parser *p, struct str text)
{
	struct buf b = buf_in(p->mem, text.n + 3);
	size_t zeros = str_starts(text, S("00")) ? 2 : str_starts(text, S("0")) ? 1 : 0;

	if (zeros)
		buf_z(&b, zeros == 2 ? "+" : "+49");
	for (size_t i = zeros; i < text.n; i++)
		if (!strchr(" -/()", text.p[i]))
			buf_char(&b, text.p[i]);
	return buf_done(&b);
}

static struct str
text_key(struct parser *p, const struct cond *test, const struct token *t)
{
	struct value v = value_text(t->text);

	if (test->relation == REL_LIKE)
		return pattern_of_like(p->mem, t->text);
	if (cond_type(test->field) == FT_PHONE && test->relation == REL_STARTS)
		return phone_prefix(p, fold_key(p->mem, t->text));
	if (cond_type(test->field) == FT_PHONE && test->relation == REL_CONTAINS)
		return fold_key(p->mem, t->text);
	return value_key(p->mem, test->field, &v);
}

static bool
read_text(struct parser *p, const struct cond *test, struct token *t, struct operand *out)
{
	out->value = value_text(t->text);
	out->key = text_key(p, test, t);
	if (!out->key.n)
		return fail_empty(p, test, t);
	if (test->relation == REL_CONTAINS)
		out->key = pattern_around(p->mem, out->key);
	return true;
}

static bool
read_hash(struct parser *p, const struct cond *test, struct token *t, struct operand *out)
{
	out->value = value_text(t->text);
	return t->text.n || fail_empty(p, test, t);
}

/* ---- references ---- */

/* Whom a field of the system leads to, not every model says. */
static const struct object *
reference_target(const struct parser *p, const struct field *f)
{
	if (f->type == FT_ID)
		return f->object;
	return f->target ? f->target : object_find(p->model, S("user"), NULL);
}

/* "me", "my team", "my unit": only where such a one is meant. */
static bool
read_me(struct parser *p, const struct cond *test, struct token *t, struct operand *out, bool *is)
{
	static const struct {
		const char *word, *object;
		enum operand_kind kind;
	} ROWS[] = {
		{ "me", "user", OPERAND_ME },
		{ "my team", "team", OPERAND_MY_TEAM },
		{ "my unit", "unit", OPERAND_MY_UNIT },
	};
	const struct object *target = reference_target(p, test->field);
	struct str name = target ? target->name : (struct str){ 0 };
	struct token next;

	if (t->quoted)
		return true;
	if (str_eq_ascii_nocase(t->text, S("my")) && lex_peek(p, &next))
		token_join(p, t, &next);
	for (size_t i = 0; i < countof(ROWS); i++) {
		if (!str_eq_ascii_nocase(t->text, str_of(ROWS[i].word)))
			continue;
		if (!str_eq_z(name, ROWS[i].object))
			return parse_fail(p, t->at, "link",
					  "“%s” stands for a %s, but “%.*s” leads to %.*s.",
					  ROWS[i].word, ROWS[i].object, STR_FMT(test->field->name),
					  STR_FMT(name));
		if (test->relation != REL_EQ && test->relation != REL_IN &&
		    test->relation != REL_CONTAINS)
			return fail_value(p, test, t, N_("a number, or compare with = or in"));
		out->kind = ROWS[i].kind;
		*is = true;
	}
	return true;
}

static bool
read_reference(struct parser *p, const struct cond *test, struct token *t, struct operand *out)
{
	const struct field *f = test->field;
	const struct object *target = reference_target(p, f);
	const struct field *title = target ? target->title : NULL;
	bool is = false, named = title && parse_sees(p, target, title);
	int64_t id;

	if (!read_me(p, test, t, out, &is))
		return false;
	if (is)
		return true;
	if (str_int(t->text, 0, INT64_MAX, &id)) {
		out->value = value_int(id);
		return true;
	}
	if (f->type != FT_ONE || !named)
		return fail_value(p, test, t, N_("the number of a record"));
	return parse_fail(p, t->at, "link",
			  "“%.*s” leads to a record, so its number stands here; for its %.*s write "
			  "%.*s.%.*s = \"%.*s\".",
			  STR_FMT(f->name), STR_FMT(title->name), STR_FMT(f->name),
			  STR_FMT(title->name), STR_FMT(parse_shown(t->text)));
}

/* "deal:12" */
static bool
read_any(struct parser *p, const struct cond *test, struct token *t, struct operand *out)
{
	struct str rest = t->text, name = str_cut(&rest, ':');
	const struct object *object = object_find(p->model, name, NULL);
	int64_t id;

	if (!object || !parse_sees(p, object, object->fields[SF_ID]) ||
	    !str_int(rest, 0, INT64_MAX, &id))
		return fail_value(p, test, t, N_("an object and a number, such as party:12"));
	out->value = (struct value){ .kind = V_ANY, .i = id, .s = object->name };
	out->object = object;
	return true;
}

/* ---- words ---- */

/* The whole of a record may only be searched by who sees all that the search knows of it. */
static bool
sees_found(struct parser *p, const struct cond *test, const struct token *t)
{
	const struct object *object = test->field->object;

	for (unsigned i = 0; test->field->index == SF_ID && i < object->n_search; i++)
		if (!parse_sees(p, object, object->search[i]))
			return parse_fail(p, t->at, "operator",
					  "Not all that is searched of “%.*s” may be seen; compare "
					  "single fields.",
					  STR_FMT(object->name));
	return true;
}

static bool
read_words(struct parser *p, const struct cond *test, struct token *t, struct operand *out)
{
	if (!sees_found(p, test, t))
		return false;
	out->value = value_text(t->text);
	fold_query(p->mem, t->text, &out->words);
	return out->words.n || fail_empty(p, test, t);
}

/* ---- which reader ---- */

static read_operand *const READERS[FT__MAX] = {
	[FT_TEXT] = read_text,      [FT_LONGTEXT] = read_text,  [FT_RICHTEXT] = read_text,
	[FT_EMAIL] = read_text,     [FT_PHONE] = read_text,     [FT_URL] = read_text,
	[FT_INT] = read_number,     [FT_DECIMAL] = read_number, [FT_MONEY] = read_money,
	[FT_PERCENT] = read_number, [FT_BOOL] = read_typed,     [FT_DATE] = read_time,
	[FT_DATETIME] = read_time,  [FT_DURATION] = read_typed, [FT_ENUM] = read_option,
	[FT_TAGS] = read_tag,       [FT_FILE] = read_hash,      [FT_SEQUENCE] = read_typed,
	[FT_ONE] = read_reference,  [FT_MANY] = read_reference, [FT_ANY] = read_any,
	[FT_ID] = read_reference,
};

static read_operand *
reader_of(const struct cond *test)
{
	if (test->measure == MEASURE_COUNT)
		return read_count;
	if (test->relation == REL_WITHIN)
		return read_days;
	if (test->relation == REL_FINDS)
		return read_words;
	if (test->measure == MEASURE_AVG && cond_type(test->field) != FT_MONEY)
		return read_average;
	return READERS[cond_type(test->field)];
}

struct operand_list {
	struct operand *v;
	size_t n, cap;
};

static bool
operand_parse(struct parser *p, const struct cond *test, struct operand *out)
{
	struct token token;

	lex_blanks(p);
	return parse_node(p, p->at) && lex_token(p, &token) &&
	       reader_of(test)(p, test, &token, out);
}

static bool
same_currency(struct parser *p, size_t at, const struct operand *a, const struct operand *b)
{
	if (!strcmp(a->value.currency, b->value.currency))
		return true;
	return parse_fail(p, at, "format",
			  "All amounts of a comparison are of one currency; join several "
			  "comparisons with or.");
}

static bool
list_next(struct parser *p, const struct cond *test, struct operand_list *list)
{
	struct operand operand = { 0 };
	size_t at;

	lex_blanks(p);
	at = p->at;
	if (!operand_parse(p, test, &operand))
		return false;
	if (list->n == COND_LIST_MAX)
		return parse_fail(p, at, "length",
				  "A list takes at most %d values; make several of it.",
				  COND_LIST_MAX);
	if (list->n && !same_currency(p, at, &list->v[0], &operand))
		return false;
	list_add(p->mem, list, operand);
	return true;
}

static bool
list_parse(struct parser *p, struct cond *test)
{
	struct operand_list list = { 0 };

	do {
		if (!list_next(p, test, &list))
			return false;
	} while (lex_char(p, ','));
	if (!lex_char(p, ')'))
		return parse_fail(p, p->at, "format", "Expected , or ) but found %s.",
				  parse_found(p, p->at));
	test->operands = list.v;
	test->n_operands = list.n;
	return true;
}

/* "in last month" is the same as "=". */
static bool
one_parse(struct parser *p, struct cond *test)
{
	struct operand *operand = new(p->mem, struct operand);

	if (test->relation == REL_IN)
		test->relation = REL_EQ;
	test->operands = operand;
	test->n_operands = 1;
	return operand_parse(p, test, operand);
}

static bool
between_parse(struct parser *p, struct cond *test)
{
	struct operand *operands = new_array(p->mem, 2, struct operand);
	size_t at;

	if (!operand_parse(p, test, &operands[0]))
		return false;
	if (!lex_word(p, "and"))
		return parse_fail(p, p->at, "format",
				  "Expected and, as in “between 1 and 2”, but found %s.",
				  parse_found(p, p->at));
	lex_blanks(p);
	at = p->at;
	test->operands = operands;
	test->n_operands = 2;
	return operand_parse(p, test, &operands[1]) &&
	       same_currency(p, at, &operands[0], &operands[1]);
}

bool
operands_parse(struct parser *p, struct cond *test)
{
	bool done;

	if (test->relation == REL_VALUE)
		return true;
	if (test->relation == REL_BETWEEN)
		done = between_parse(p, test);
	else if (test->relation == REL_IN && lex_char(p, '('))
		done = list_parse(p, test);
	else
		done = one_parse(p, test);
	if (!done)
		return false;
	test->set.currency = str_of(test->operands[0].value.currency);
	test->set.amount = test->field;
	return true;
}
