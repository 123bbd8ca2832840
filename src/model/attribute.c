#include "model/check.h"

#include "base/money.h"
#include "model/reference.h"
#include "model/type.h"

enum { WORD_SHOWN_MAX = 60, LENGTH_MAX = 10000000, SCALE_MAX = 9 };

#define T(type) (1u << FT_##type)
#define STRINGS (T(TEXT) | T(LONGTEXT) | T(RICHTEXT) | T(EMAIL) | T(PHONE) | T(URL))
#define NUMBERS (T(INT) | T(DECIMAL) | T(MONEY) | T(PERCENT) | T(DURATION))
#define PLAIN (STRINGS | NUMBERS | T(BOOL) | T(DATE) | T(DATETIME) | T(ENUM) | T(TAGS))
#define LINKS (T(ONE) | T(MANY) | T(ANY))
#define COMPUTED (T(FORMULA) | T(ROLLUP))
#define ALL (PLAIN | LINKS | COMPUTED | T(FILE) | T(SEQUENCE))
_Static_assert(FT__MAX <= 32, "a bit a type");

static void set_label(struct check *, struct statement *, struct field *, struct str);
static void set_help(struct check *, struct statement *, struct field *, struct str);
static void set_currency(struct check *, struct statement *, struct field *, struct str);
static void set_scale(struct check *, struct statement *, struct field *, struct str);
static void set_min(struct check *, struct statement *, struct field *, struct str);
static void set_max(struct check *, struct statement *, struct field *, struct str);
static void set_special(struct check *, struct statement *, struct field *, struct str);
static void set_purpose(struct check *, struct statement *, struct field *, struct str);
static void set_retain(struct check *, struct statement *, struct field *, struct str);
static void set_prefix(struct check *, struct statement *, struct field *, struct str);
static void set_type(struct check *, struct statement *, struct field *, struct str);
static void set_default(struct check *, struct statement *, struct field *, struct str);
static void set_formula(struct check *, struct statement *, struct field *, struct str);
static void set_rollup(struct check *, struct statement *, struct field *, struct str);
static void set_visible(struct check *, struct statement *, struct field *, struct str);

/* The closed list.  Rows apply in this order, whatever the order in the line. */
struct attribute {
	const char *name;
	unsigned types; /* which may have it */
	enum phase phase;
	size_t flag;       /* offset of the bool that it sets; it takes no value */
	bool with_special; /* may stand beside special= */
	void (*set)(struct check *c, struct statement *st, struct field *field, struct str value);
};
#define FLAG(member) .flag = offsetof(struct field, member)

/* clang-format off */
static const struct attribute ATTRIBUTES[] = {
	{ "special",  PLAIN,            PHASE_MAKE, .with_special = true, .set = set_special },
	{ "required", ALL & ~COMPUTED,  PHASE_MAKE, FLAG(required), .with_special = true },
	{ "readonly", ALL & ~COMPUTED,  PHASE_MAKE, FLAG(readonly), .with_special = true },
	{ "unique",   T(TEXT) | T(EMAIL) | T(PHONE) | T(URL) | T(INT) | T(DATE) | T(SEQUENCE) | T(ONE),
	                                PHASE_MAKE, FLAG(unique) },
	{ "indexed",  ALL & ~(T(LONGTEXT) | T(RICHTEXT) | T(MANY) | T(ROLLUP) | T(TAGS)),
	                                PHASE_MAKE, FLAG(indexed) },
	{ "personal", ALL,              PHASE_MAKE, FLAG(personal), .with_special = true },
	{ "badge",    T(ENUM) | T(TAGS) | T(BOOL), PHASE_MAKE, FLAG(badge) },
	{ "summed",   T(MONEY),         PHASE_MAKE, FLAG(summed) },
	{ "hidden",   ALL,              PHASE_MAKE, FLAG(hidden), .with_special = true },
	{ "cascade",  T(ONE),           PHASE_MAKE, FLAG(cascade) },
	{ "label",    ALL,              PHASE_MAKE, .with_special = true, .set = set_label },
	{ "help",     ALL,              PHASE_MAKE, .with_special = true, .set = set_help },
	{ "currency", T(MONEY) | T(FORMULA), PHASE_MAKE, .with_special = true, .set = set_currency },
	{ "scale",    T(DECIMAL) | T(PERCENT) | T(FORMULA), PHASE_MAKE, .with_special = true, .set = set_scale },
	{ "min",      NUMBERS | STRINGS, PHASE_MAKE, .with_special = true, .set = set_min },
	{ "max",      NUMBERS | STRINGS, PHASE_MAKE, .with_special = true, .set = set_max },
	{ "purpose",  ALL,              PHASE_MAKE, .with_special = true, .set = set_purpose },
	{ "retain",   ALL,              PHASE_MAKE, .with_special = true, .set = set_retain },
	{ "prefix",   T(SEQUENCE),      PHASE_MAKE, .set = set_prefix },
	{ "type",     T(FORMULA),       PHASE_MAKE, .set = set_type },
	{ "default",  PLAIN | T(ONE),   PHASE_LINK, .with_special = true, .set = set_default },
	{ "as",       T(FORMULA),       PHASE_FORMULA, .set = set_formula },
	{ "as",       T(ROLLUP),        PHASE_ROLLUP, .set = set_rollup },
	{ "visible",  ALL,              PHASE_USE, .with_special = true, .set = set_visible },
};
/* clang-format on */

static const struct attribute *
attribute_find(struct str name, enum field_type type)
{
	const struct attribute *found = NULL;

	for (size_t i = 0; i < countof(ATTRIBUTES); i++)
		if (str_eq_z(name, ATTRIBUTES[i].name) && (!found || !(found->types & 1u << type)))
			found = &ATTRIBUTES[i];
	return found;
}

/* The first word behind the name and the type of a field or link. */
static size_t
first_attribute(const struct statement *st)
{
	return str_eq(st->words[0].raw, S("link")) ? 4 : 3;
}

static struct str
word_name(const struct word *word)
{
	return word->key.n ? word->key : word->raw;
}

static void
attribute_unknown(struct check *c, struct statement *st, struct str name)
{
	struct hint hint = hint_for(name);

	for (size_t i = 0; i < countof(ATTRIBUTES); i++)
		hint_offer(&hint, str_of(ATTRIBUTES[i].name));
	check_error(c, st, "unknown attribute: %.*s%s", STR_FMT(str_first(name, WORD_SHOWN_MAX)),
		    hint_text(NULL, c->scratch, &hint));
}

/* Is the word a known attribute, in its right form, of a type that has it, once? */
static bool
attribute_word(struct check *c, struct statement *st, const struct field *field, size_t i)
{
	const struct word *word = &st->words[i];
	struct str name = word_name(word);
	const struct attribute *attribute = attribute_find(name, field->type);

	if (word->quoted && !word->key.n) {
		check_error(c, st, "a text without its attribute: %.*s (help=\"…\", label=\"…\")",
			    STR_FMT(str_first(word->raw, WORD_SHOWN_MAX)));
		return false;
	}
	if (!attribute) {
		attribute_unknown(c, st, name);
		return false;
	}
	if (!(attribute->types & 1u << field->type)) {
		check_error(c, st, "the type %s has no attribute %s", TYPES[field->type].name,
			    attribute->name);
		return false;
	}
	if (!attribute->set == (word->key.n > 0) || (attribute->set && !word->text.n)) {
		check_error(c, st,
			    attribute->set ? "the attribute needs a value: %s=…"
					   : "the attribute takes no value: %s",
			    attribute->name);
		return false;
	}
	for (size_t j = first_attribute(st); j < i; j++)
		if (str_eq(word_name(&st->words[j]), name)) {
			check_error(c, st, "the attribute stands twice: %s", attribute->name);
			return false;
		}
	return true;
}

/* A computed field says what from; a sealed one has only what a sealed column can have. */
static void
attributes_fit(struct check *c, struct statement *st, const struct field *field)
{
	bool computed = field->type == FT_FORMULA || field->type == FT_ROLLUP, has_as = false;

	for (size_t i = first_attribute(st); i < st->n_words; i++) {
		const struct attribute *a = attribute_find(word_name(&st->words[i]), field->type);

		has_as |= a && str_eq_z(S("as"), a->name);
		if (field->special && a && !a->with_special)
			check_error(c, st, "a special field is sealed and cannot be %s", a->name);
	}
	if (computed && !has_as)
		check_error(c, st, "a %s needs as=\"…\"", TYPES[field->type].name);
}

/* What only the whole line shows. */
static void
attributes_agree(struct check *c, struct statement *st, struct field *field)
{
	attributes_fit(c, st, field);
	if (field->has_min && field->has_max && field->min > field->max)
		check_error(c, st, "min is greater than max");
	if (field->unique)
		field->indexed = true;
	if (field->type == FT_SEQUENCE || field->type == FT_FORMULA || field->type == FT_ROLLUP)
		field->readonly = true;
}

void
attributes_apply(struct check *c, struct statement *st, struct field *field, enum phase phase)
{
	bool good[MODEL_WORDS_MAX] = { false };

	for (size_t i = first_attribute(st); i < st->n_words; i++)
		good[i] = phase != PHASE_MAKE || attribute_word(c, st, field, i);
	for (size_t row = 0; row < countof(ATTRIBUTES); row++) {
		const struct attribute *a = &ATTRIBUTES[row];

		if (a->phase != phase || !(a->types & 1u << field->type))
			continue;
		for (size_t i = first_attribute(st); i < st->n_words; i++) {
			if (!good[i] || !str_eq_z(word_name(&st->words[i]), a->name))
				continue;
			if (a->set && st->words[i].text.n && st->words[i].key.n)
				a->set(c, st, field, st->words[i].text);
			else if (!a->set)
				*(bool *)((char *)field + a->flag) = true;
			break;
		}
	}
	if (phase == PHASE_MAKE)
		attributes_agree(c, st, field);
}

static void
set_label(struct check *c, struct statement *st, struct field *field, struct str value)
{
	(void)st;
	field->label = str_dup(c->mem, value);
}

static void
set_help(struct check *c, struct statement *st, struct field *field, struct str value)
{
	(void)st;
	field->help = str_dup(c->mem, value);
}

static void
set_currency(struct check *c, struct statement *st, struct field *field, struct str value)
{
	int digits = currency_digits(value);

	if (digits < 0) {
		check_error(c, st, "unknown currency: %.*s (three capital letters, such as EUR)",
			    STR_FMT(str_first(value, WORD_SHOWN_MAX)));
		return;
	}
	field->currency = str_dup(c->mem, value);
	if (field->type == FT_MONEY)
		field->scale = digits;
}

static void
set_scale(struct check *c, struct statement *st, struct field *field, struct str value)
{
	int64_t scale;

	if (str_int(value, 0, SCALE_MAX, &scale))
		field->scale = (int)scale;
	else
		check_error(c, st, "scale is a number of places from 0 to %d: %.*s", SCALE_MAX,
			    STR_FMT(str_first(value, WORD_SHOWN_MAX)));
}

static bool
limit_read(struct check *c, struct statement *st, const struct field *field, struct str value,
	   int64_t *out)
{
	struct check_trial trial = check_try(c);
	struct field free_of_limits = *field;
	struct value v = { 0 };
	bool ok;

	free_of_limits.has_min = free_of_limits.has_max = false;

	if (1u << field->type & STRINGS)
		ok = str_int(value, 0, LENGTH_MAX, out);
	else if (field->type == FT_MONEY || field->type == FT_DECIMAL || field->type == FT_PERCENT)
		ok = str_decimal(value, field->scale, out);
	else {
		ok = TYPES[field->type].parse(c->cx, &free_of_limits, value, NULL, &v) &&
		     v.kind == V_INT;
		if (ok)
			*out = v.i;
	}
	c->cx->err = trial.err;
	if (!ok)
		check_error(c, st, "this limit cannot be read: %.*s",
			    STR_FMT(str_first(value, WORD_SHOWN_MAX)));
	return ok;
}

static void
set_min(struct check *c, struct statement *st, struct field *field, struct str value)
{
	field->has_min |= limit_read(c, st, field, value, &field->min);
}

static void
set_max(struct check *c, struct statement *st, struct field *field, struct str value)
{
	field->has_max |= limit_read(c, st, field, value, &field->max);
}

static void
set_special(struct check *c, struct statement *st, struct field *field, struct str value)
{
	struct hint hint = hint_for(value);

	for (int i = 1; i < SPECIAL__MAX; i++) {
		if (str_eq_z(value, SPECIAL_NAMES[i])) {
			field->special = (enum special)i;
			return;
		}
		hint_offer(&hint, str_of(SPECIAL_NAMES[i]));
	}
	check_error(c, st, "unknown category: %.*s%s", STR_FMT(str_first(value, WORD_SHOWN_MAX)),
		    hint_text(NULL, c->scratch, &hint));
}

static void
set_purpose(struct check *c, struct statement *st, struct field *field, struct str value)
{
	if (check_name(c, st, value, "a purpose", 0))
		field->purpose = str_dup(c->mem, value);
}

static void
set_retain(struct check *c, struct statement *st, struct field *field, struct str value)
{
	struct str digits = value;
	int64_t n;

	if (digits.n)
		digits.n--;
	if (value.n && strchr("dwmy", value.p[value.n - 1]) && str_int(digits, 1, 9999, &n))
		field->retain = str_dup(c->mem, value);
	else
		check_error(c, st, "retain is a number with d, w, m or y, such as 10y: %.*s",
			    STR_FMT(str_first(value, WORD_SHOWN_MAX)));
}

static void
set_prefix(struct check *c, struct statement *st, struct field *field, struct str value)
{
	if (value.n > 10 || !value.n)
		check_error(c, st, "a prefix has one to ten characters");
	else if (value.p[value.n - 1] >= '0' && value.p[value.n - 1] <= '9')
		check_error(c, st, "a prefix must not end with a digit: %.*s", STR_FMT(value));
	else
		field->prefix = str_dup(c->mem, value);
}

static void
set_type(struct check *c, struct statement *st, struct field *field, struct str value)
{
	const struct type_row *row = type_find(value);
	unsigned allowed = NUMBERS | T(TEXT);

	if (!row || !(1u << (row - TYPES) & allowed))
		check_error(
			c, st,
			"the result of a formula is int, decimal, money, percent, duration or text, not: %.*s",
			STR_FMT(str_first(value, WORD_SHOWN_MAX)));
	else
		field->result = (enum field_type)(row - TYPES);
}

static const struct {
	enum field_type type;
	const char *word;
} LATE_DEFAULTS[] = { { FT_DATETIME, "now" }, { FT_DATE, "today" }, { FT_ONE, "me" } };

static void
set_default(struct check *c, struct statement *st, struct field *field, struct str value)
{
	struct check_trial trial;

	for (size_t i = 0; i < countof(LATE_DEFAULTS); i++)
		if (field->type == LATE_DEFAULTS[i].type &&
		    str_eq_z(value, LATE_DEFAULTS[i].word)) {
			field->initial_text = str_dup(c->mem, value);
			if (field->type == FT_ONE && field->target &&
			    !str_eq(field->target->name, S("user")))
				check_error(c, st, "me is a user, and the link leads to %.*s",
					    STR_FMT(field->target->name));
			return;
		}
	if (field->type == FT_ONE) {
		check_error(c, st, "a link has no default but me: %.*s",
			    STR_FMT(str_first(value, WORD_SHOWN_MAX)));
		return;
	}
	trial = check_try(c);
	if (TYPES[field->type].parse(c->cx, field, value, NULL, &field->initial) &&
	    field->initial.kind != V_NONE && value_check(c->cx, field, &field->initial))
		field->initial = value_dup(c->mem, &field->initial);
	check_tried(c, st, trial, "default");
}

static void
set_formula(struct check *c, struct statement *st, struct field *field, struct str value)
{
	formula_make(c, st, field, value);
}

static void
set_visible(struct check *c, struct statement *st, struct field *field, struct str value)
{
	field->visible = check_condition(c, st, field->object, value, true);
}

static const struct {
	const char *name;
	bool takes_field;
	unsigned types;
} ROLLUPS[] = {
	{ "count", false, 0 },
	{ "sum", true, NUMBERS },
	{ "avg", true, NUMBERS },
	{ "min", true, NUMBERS | T(DATE) | T(DATETIME) },
	{ "max", true, NUMBERS | T(DATE) | T(DATETIME) },
};

static const char *
hint_sets(struct check *c, const struct object *object, struct str word)
{
	struct hint hint = hint_for(word);

	for (unsigned i = 0; i < object->n_reverses; i++)
		hint_offer(&hint, object->reverses[i].name);
	return hint_text(NULL, c->scratch, &hint);
}

/* The path "orders" or "orders.total" of a rollup. */
static bool
rollup_path(struct check *c, struct statement *st, struct field *field, struct str path,
	    size_t function)
{
	struct str rest = path, set = str_cut(&rest, '.');
	bool has_field = set.n < path.n;
	const struct field *over = NULL;

	field->rollup_over = reverse_find(field->object, set);
	if (!field->rollup_over) {
		check_error(c, st, "%.*s has no set of records: %.*s%s",
			    STR_FMT(field->object->name), STR_FMT(str_first(set, WORD_SHOWN_MAX)),
			    hint_sets(c, field->object, set));
		return false;
	}
	if (has_field != ROLLUPS[function].takes_field) {
		check_error(c, st,
			    has_field ? "%s counts records and takes no field"
				      : "%s needs a field: %s(SET.FIELD)",
			    ROLLUPS[function].name, ROLLUPS[function].name);
		return false;
	}
	if (!has_field)
		return true;
	over = field_find(field->rollup_over->object, rest);
	if (!over) {
		check_error(c, st, "unknown field of %.*s: %.*s%s",
			    STR_FMT(field->rollup_over->object->name),
			    STR_FMT(str_first(rest, WORD_SHOWN_MAX)),
			    hint_fields(c, field->rollup_over->object, rest));
		return false;
	}
	if (over->type == FT_ROLLUP || over->special ||
	    !(ROLLUPS[function].types & 1u << over->result)) {
		check_error(c, st, "%s cannot be computed over %.*s", ROLLUPS[function].name,
			    STR_FMT(over->name));
		return false;
	}
	field->rollup_field = over;
	field->result = over->result;
	field->scale = over->scale;
	field->currency = over->currency;
	return true;
}

/* count(orders where state = open), sum(orders.total) */
static void
set_rollup(struct check *c, struct statement *st, struct field *field, struct str value)
{
	struct str rest = str_trim(value), name = str_trim(str_cut(&rest, '(')), path;
	size_t function = 0;

	while (function < countof(ROLLUPS) && !str_eq_z(name, ROLLUPS[function].name))
		function++;
	if (function == countof(ROLLUPS) || !str_ends(rest, S(")"))) {
		check_error(c, st,
			    "a rollup is count(SET), sum, avg, min or max(SET.FIELD), "
			    "with where CONDITION inside: %.*s",
			    STR_FMT(str_first(value, WORD_SHOWN_MAX)));
		return;
	}
	field->rollup_function = str_of(ROLLUPS[function].name);
	field->result = FT_INT;
	rest.n--;
	path = str_word(&rest);
	rest = str_trim(rest);
	if (!rollup_path(c, st, field, path, function) || !rest.n)
		return;
	if (!str_eq(str_word(&rest), S("where"))) {
		check_error(c, st, "behind %.*s only where CONDITION may stand", STR_FMT(path));
		return;
	}
	field->rollup_when = check_condition(c, st, field->rollup_over->object, rest, false);
}

bool
attribute_row(size_t i, struct language_row *out)
{
	if (i >= countof(ATTRIBUTES))
		return false;
	*out = (struct language_row){ ATTRIBUTES[i].name, ATTRIBUTES[i].set ? "=" : NULL,
				      ATTRIBUTES[i].types };
	return true;
}

bool
rollup_row(size_t i, struct language_row *out)
{
	if (i >= countof(ROLLUPS))
		return false;
	*out = (struct language_row){ ROLLUPS[i].name, ROLLUPS[i].takes_field ? "SET.FIELD" : "SET",
				      ROLLUPS[i].types };
	return true;
}
