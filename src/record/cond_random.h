/* For the property test of conditions: random texts in the condition language. */
#ifndef KONTOR_RECORD_COND_RANDOM_H
#define KONTOR_RECORD_COND_RANDOM_H

#include "record/cond_world.h"

enum { RANDOM_DEPTH = 4, RANDOM_LIST_MAX = 4 };

struct random_text {
	struct world *w;
	struct buf *out;
	unsigned depth;
};

static inline size_t
chance(struct random_text *r, size_t n)
{
	return pick(&r->w->seed, n);
}

/* ---- values ---- */

static inline void
random_quoted(struct random_text *r, struct str text)
{
	char quote = chance(r, 2) ? '"' : '\'';

	buf_char(r->out, quote);
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == quote || text.p[i] == '\\')
			buf_char(r->out, '\\');
		buf_char(r->out, text.p[i]);
	}
	buf_char(r->out, quote);
}

/* From one character to another. */
static inline struct str
random_part(struct random_text *r, struct str text)
{
	size_t from = chance(r, text.n), to = from + 1 + chance(r, text.n - from);

	while (from && ((unsigned char)text.p[from] & 0xc0) == 0x80)
		from--;
	while (to < text.n && ((unsigned char)text.p[to] & 0xc0) == 0x80)
		to++;
	return (struct str){ text.p + from, to - from };
}

/* A text with a wildcard here and there. */
static inline struct str
random_pattern(struct random_text *r, struct str text)
{
	struct buf b = buf_in(r->w->cx->mem, WORLD_TEXT_MAX * 2);

	for (size_t i = 0; i < text.n; i++) {
		size_t dice_of_six = chance(r, 6);

		if (dice_of_six == 0)
			buf_char(&b, '*');
		if (dice_of_six == 1 && ((unsigned char)text.p[i] & 0xc0) != 0x80) {
			buf_char(&b, '?');
			while (i + 1 < text.n && ((unsigned char)text.p[i + 1] & 0xc0) == 0x80)
				i++;
			continue;
		}
		if ((text.p[i] == '*' || text.p[i] == '?' || text.p[i] == '\\') && chance(r, 2))
			buf_char(&b, '\\');
		buf_char(&b, text.p[i]);
	}
	return buf_done(&b);
}

static inline void
random_string(struct random_text *r, enum cond_op op)
{
	struct str text = world_text(r->w);

	if (op & (CO_STARTS | CO_CONTAINS | CO_LIKE) && chance(r, 2))
		text = random_part(r, text);
	if (op == CO_LIKE)
		text = random_pattern(r, text);
	random_quoted(r, text);
}

static inline void
random_time(struct random_text *r, bool clock)
{
	static const char *const DAYS[] = {
		"today",        "yesterday",    "tomorrow",   "this week",  "last week",
		"next week",    "this month",   "last month", "next month", "this quarter",
		"last quarter", "next quarter", "this year",  "last year",  "next year",
		"-3d",          "+10d",         "-180d",      "+2w",        "-1w",
		"-1m",          "+13m",         "-1q",        "+1y",        "-4y",
		"now",          "this day",
	};
	static const char *const CLOCKS[] = { "-2h", "+1h", "-90min", "+30min", "-24h", "+0h" };
	struct buf *out = r->out;

	if (chance(r, 2)) {
		buf_z(out, DAYS[chance(r, countof(DAYS))]);
	} else if (!clock || chance(r, 3) == 0) {
		date_print(out, world_day(r->w));
	} else if (chance(r, 3) == 0) {
		buf_z(out, CLOCKS[chance(r, countof(CLOCKS))]);
	} else if (chance(r, 2)) {
		moment_print(out, world_moment(r->w));
	} else {
		date_print(out, world_day(r->w));
		buf_printf(out, " %02zu:%02zu", chance(r, 24), chance(r, 60));
	}
}

static inline void
random_reference(struct random_text *r, const struct field *f, enum cond_op op)
{
	const struct object *target = f->type == FT_ID ? f->object : f->target;

	if (!target)
		target = object_find(r->w->model, S("user"), NULL);
	if (op & (CO_LT | CO_BETWEEN) || chance(r, 2))
		buf_int(r->out, world_id(r->w, target));
	else if (str_eq_z(target->name, "user"))
		BUF_LIT(r->out, "me");
	else if (str_eq_z(target->name, "team"))
		BUF_LIT(r->out, "my team");
	else if (str_eq_z(target->name, "unit"))
		BUF_LIT(r->out, "my unit");
	else
		BUF_LIT(r->out, "1");
}

static inline void
random_money(struct random_text *r, const char *currency)
{
	buf_decimal(r->out, world_number(r->w), currency && !strcmp(currency, "JPY") ? 0 : 2);
	if (currency)
		buf_printf(r->out, " %s", currency);
}

/* One value for a field; `currency` is the same throughout a comparison. */
static inline void
random_value(struct random_text *r, const struct field *f, enum cond_op op, const char *currency)
{
	switch (f->result) {
	case FT_INT:
	case FT_SEQUENCE:
		buf_int(r->out, world_number(r->w));
		break;
	case FT_DECIMAL:
	case FT_PERCENT:
		buf_decimal(r->out, world_number(r->w), f->scale);
		break;
	case FT_MONEY:
		random_money(r, currency);
		break;
	case FT_DURATION:
		buf_printf(r->out, "PT%zuS", chance(r, 12));
		break;
	case FT_BOOL:
		buf_z(r->out, chance(r, 2) ? "true" : "false");
		break;
	case FT_DATE:
		random_time(r, false);
		break;
	case FT_DATETIME:
		random_time(r, true);
		break;
	case FT_ENUM:
		buf_str(r->out, f->options[chance(r, f->n_options)].key);
		break;
	case FT_TAGS:
		random_quoted(r, str_of(WORLD_TAGS[chance(r, countof(WORLD_TAGS))]));
		break;
	case FT_ANY:
		buf_printf(r->out, "%s:%zu", chance(r, 2) ? "party" : "order", 1 + chance(r, 30));
		break;
	case FT_ONE:
	case FT_MANY:
	case FT_ID:
		random_reference(r, f, op);
		break;
	default:
		random_string(r, op);
	}
}

/* ---- comparisons ---- */

static inline void
random_within(struct random_text *r)
{
	static const char *const SPANS[] = { "0d",   "1d",  "3d",   "14d",  "2w",   "1m",    "-1d",
					     "-14d", "-2m", "300d", "364d", "365d", "-364d", "1y" };

	buf_printf(r->out, " within %s", SPANS[chance(r, countof(SPANS))]);
}

static inline void
random_list(struct random_text *r, const struct field *f, const char *currency)
{
	buf_z(r->out, chance(r, 3) ? " in (" : " not in (");
	for (size_t n = 1 + chance(r, RANDOM_LIST_MAX); n; n--) {
		random_value(r, f, CO_IN, currency);
		buf_z(r->out, n > 1 ? ", " : ")");
	}
}

/* The rest of a comparison, with one of the operators. */
static inline void
random_operator(struct random_text *r, const struct field *f, enum cond_op op)
{
	static const char *const ORDER[] = { " < ", " <= ", " > ", " >= " };
	bool has_currency = f->result == FT_MONEY && chance(r, 2);
	const char *currency =
		has_currency ? WORLD_CURRENCIES[chance(r, countof(WORLD_CURRENCIES))] : NULL;

	switch (op) {
	case CO_EMPTY:
		buf_z(r->out, chance(r, 2) ? " is empty" : " is not empty");
		return;
	case CO_WITHIN:
		random_within(r);
		return;
	case CO_IN:
		random_list(r, f, currency);
		return;
	case CO_BETWEEN:
		BUF_LIT(r->out, " between ");
		random_value(r, f, op, currency);
		BUF_LIT(r->out, " and ");
		break;
	case CO_EQ:
		buf_z(r->out, chance(r, 3) ? " = " : " != ");
		break;
	case CO_LT:
		buf_z(r->out, ORDER[chance(r, countof(ORDER))]);
		break;
	default:
		buf_z(r->out, op == CO_LIKE     ? " like "
			      : op == CO_STARTS ? " starts "
						: " contains ");
	}
	random_value(r, f, op, currency);
}

static inline void
random_comparison(struct random_text *r, const struct field *f, unsigned operators)
{
	enum cond_op op;

	do
		op = (enum cond_op)(1 << chance(r, 9));
	while (!(operators & op));
	random_operator(r, f, op);
}

static inline const struct field *
random_field(struct random_text *r, const struct object *object)
{
	const struct field *f;

	do
		f = object->fields[chance(r, object->n_fields)];
	while (f->special);
	return f;
}

/* Through links to one, as far as the dice go; the object at the end. */
static inline const struct object *
random_path(struct random_text *r, const struct object *object)
{
	for (int links = 0; links < 3 && chance(r, 4) == 0; links++) {
		const struct field *f = random_field(r, object);

		for (int tries = 0; tries < 30 && (f->type != FT_ONE || !f->target); tries++)
			f = random_field(r, object);
		if (f->type != FT_ONE || !f->target)
			break;
		buf_printf(r->out, "%.*s.", STR_FMT(f->name));
		object = f->target;
	}
	return object;
}

/* ---- sets ---- */

static inline void random_cond(struct random_text *r, const struct object *object);

/* The name of a set; the object it consists of, or NULL where there is none. */
static inline const struct object *
random_set(struct random_text *r, const struct object *object, struct str *name)
{
	const struct field *f = random_field(r, object);

	if (object->n_reverses && chance(r, 3)) {
		const struct reverse *reverse = &object->reverses[chance(r, object->n_reverses)];

		*name = reverse->name;
		return reverse->object;
	}
	for (int tries = 0; tries < 30 && f->type != FT_MANY; tries++)
		f = random_field(r, object);
	*name = f->name;
	return f->type == FT_MANY ? f->target : NULL;
}

static inline bool
is_measurable(const struct field *f, bool ordered)
{
	unsigned numbers = 1u << FT_INT | 1u << FT_DECIMAL | 1u << FT_MONEY | 1u << FT_PERCENT |
			   1u << FT_DURATION | 1u << FT_SEQUENCE;

	return (numbers | (ordered ? 1u << FT_DATE | 1u << FT_DATETIME : 0)) & 1u << f->result &&
	       !f->special;
}

/* A field of the set that the measure takes, or NULL. */
static inline const struct field *
random_measured(struct random_text *r, const struct object *of, bool ordered)
{
	for (int tries = 0; tries < 60; tries++) {
		const struct field *f = random_field(r, of);

		if (is_measurable(f, ordered) && (f->type != FT_ROLLUP || chance(r, 4) == 0))
			return f;
	}
	return NULL;
}

static inline void
random_where(struct random_text *r, const struct object *of)
{
	if (chance(r, 3)) {
		BUF_LIT(r->out, " where ");
		random_cond(r, of);
	}
	buf_char(r->out, ')');
}

static inline void
random_count(struct random_text *r)
{
	static const char *const SIGNS[] = { " = ", " != ", " < ", " <= ", " > ", " >= " };

	if (chance(r, 5) == 0)
		buf_printf(r->out, " in (%zu, %zu)", chance(r, 4), chance(r, 4));
	else if (chance(r, 5) == 0)
		buf_printf(r->out, " between %zu and %zu", chance(r, 3), chance(r, 6));
	else
		buf_printf(r->out, "%s%zu", SIGNS[chance(r, countof(SIGNS))], chance(r, 5));
}

/* avg(orders.quantity) > 2.25 */
static inline void
random_average(struct random_text *r)
{
	static const char *const VALUES[] = { "0",      "1",    "2", "2.5",    "-0.5",
					      "3.3333", "1.25", "4", "0.0001", "100" };
	static const char *const SIGNS[] = { " = ", " != ", " < ", " <= ", " > ", " >= " };

	if (chance(r, 6) == 0)
		BUF_LIT(r->out, " is empty");
	else if (chance(r, 5) == 0)
		buf_printf(r->out, " between %s and %s", VALUES[chance(r, countof(VALUES))],
			   VALUES[chance(r, countof(VALUES))]);
	else
		buf_printf(r->out, "%s%s", SIGNS[chance(r, countof(SIGNS))],
			   VALUES[chance(r, countof(VALUES))]);
}

static inline void
random_figure(struct random_text *r, const struct object *of, struct str set, size_t measure)
{
	static const char *const NAMES[] = { "sum", "min", "max", "avg" };
	const struct field *f = random_measured(r, of, measure == 1 || measure == 2);

	if (!f) {
		buf_printf(r->out, "count(%.*s) > 1", STR_FMT(set));
		return;
	}
	buf_printf(r->out, "%s(%.*s.%.*s", NAMES[measure], STR_FMT(set), STR_FMT(f->name));
	random_where(r, of);
	if (measure != 3)
		random_comparison(r, f,
				  (TYPES[f->result].operators | CO_EMPTY) &
					  (CO_EQ | CO_LT | CO_IN | CO_BETWEEN | CO_EMPTY));
	else if (f->result == FT_DURATION)
		BUF_LIT(r->out, " > PT3S");
	else if (f->result == FT_MONEY)
		random_comparison(r, f, CO_EQ | CO_LT | CO_IN | CO_BETWEEN | CO_EMPTY);
	else
		random_average(r);
}

static inline void
random_set_test(struct random_text *r, const struct object *object)
{
	static const char *const NAMES[] = { "any", "none", "count" };
	struct str name;
	const struct object *of = random_set(r, object, &name);
	size_t which = chance(r, 10);

	if (!of) {
		BUF_LIT(r->out, "version > 1");
		return;
	}
	if (which >= 6) {
		random_figure(r, of, name, which - 6);
		return;
	}
	buf_printf(r->out, "%s(%.*s", NAMES[which / 2], STR_FMT(name));
	random_where(r, of);
	if (which / 2 == 2)
		random_count(r);
}

/* ---- whole conditions ---- */

static inline void
random_test(struct random_text *r, const struct object *object)
{
	const struct field *f;

	if (r->depth < RANDOM_DEPTH && chance(r, 5) == 0) {
		random_set_test(r, object);
		return;
	}
	object = random_path(r, object);
	f = random_field(r, object);
	/* The library that knows telephone numbers is slow. */
	if (f->result == FT_PHONE && chance(r, 10))
		f = object->fields[SF_CREATED_AT];
	buf_str(r->out, f->name);
	if (f->result == FT_BOOL && chance(r, 3) == 0)
		return;
	random_comparison(r, f, TYPES[f->result].operators);
}

static inline void
random_cond(struct random_text *r, const struct object *object)
{
	size_t which = r->depth >= RANDOM_DEPTH ? 9 : chance(r, 10), parts = 2 + chance(r, 2);
	const char *word = which ? " and " : " or ";

	r->depth++;
	if (which < 2) {
		for (size_t i = 0; i < parts; i++) {
			buf_z(r->out, i ? word : "");
			random_cond(r, object);
		}
	} else if (which < 4) {
		buf_z(r->out, which == 2 ? "not (" : "(");
		random_cond(r, object);
		buf_char(r->out, ')');
	} else {
		buf_z(r->out, chance(r, 8) ? "" : "not ");
		random_test(r, object);
	}
	r->depth--;
}

#endif
