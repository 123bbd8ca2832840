#include "model/check.h"

#include "base/i18n.h"
#include "base/money.h"
#include "model/names.h"
#include "model/type.h"

enum { WORD_SHOWN_MAX = 60, SCALE_DEFAULT = 2 };

static const struct {
	const char *name, *label;
	enum field_type type;
	bool hidden;
} SYSTEM_FIELDS[SF__MAX] = {
	[SF_ID] = { "id", "Id", FT_ID, true },
	[SF_VERSION] = { "version", "Version", FT_INT, true },
	[SF_CREATED_AT] = { "created_at", "Created", FT_DATETIME, false },
	[SF_CHANGED_AT] = { "changed_at", "Changed", FT_DATETIME, false },
	[SF_CREATED_BY] = { "created_by", "Created by", FT_ONE, false },
	[SF_DELETED_AT] = { "deleted_at", "Deleted", FT_DATETIME, true },
};

static struct field *
field_new(struct check *c, struct object *object, struct str name, enum field_type type)
{
	struct field *field = new(c->mem, struct field);

	field->name = str_dup(c->mem, name);
	field->type = field->result = type;
	field->row = &TYPES[type];
	field->object = object;
	field->index = object->n_fields;
	field->custom = str_starts(name, S("x_"));
	object->fields[object->n_fields++] = field;
	return field;
}

void
field_system(struct check *c, struct object *object)
{
	for (int i = 0; i < SF__MAX; i++) {
		struct field *field =
			field_new(c, object, str_of(SYSTEM_FIELDS[i].name), SYSTEM_FIELDS[i].type);

		field->label = str_of(SYSTEM_FIELDS[i].label);
		field->hidden = SYSTEM_FIELDS[i].hidden;
		field->builtin = field->readonly = true;
		field_columns(c, NULL, field);
	}
}

struct field *
field_make(struct check *c, struct statement *st, struct object *object, struct str name,
	   enum field_type type)
{
	struct field *field;

	if (!check_name(c, st, name, "the name of a field", NAME_FULL))
		return NULL;
	for (unsigned i = 0; i < object->n_fields; i++)
		if (str_eq(object->fields[i]->name, name)) {
			check_error(c, st, "the field is there already: %.*s", STR_FMT(name));
			return NULL;
		}
	if (object->n_fields == FIELDS_MAX) {
		check_error(c, st, "more than %d fields, those of the system included", FIELDS_MAX);
		return NULL;
	}
	field = field_new(c, object, name, type);
	field->label = label_of(c->mem, name);
	if (type == FT_DECIMAL || type == FT_PERCENT || type == FT_FORMULA)
		field->scale = SCALE_DEFAULT;
	if (type == FT_MONEY) {
		field->currency = S(CURRENCY_DEFAULT);
		field->scale = currency_digits(field->currency);
	}
	st->made = field;
	return field;
}

static bool
column_is_free(const struct object *object, struct str name)
{
	for (unsigned i = 0; i < object->n_fields; i++) {
		const struct field *other = object->fields[i];

		for (unsigned j = 0; j < other->n_columns; j++)
			if (str_eq(other->columns[j].name, name))
				return false;
	}
	return true;
}

static void
column_add(struct check *c, const struct statement *st, struct field *field, const char *suffix,
	   enum column_class class)
{
	struct str name = str_printf(c->mem, "%.*s%s", STR_FMT(field->name), suffix);

	if (st && !column_is_free(field->object, name)) {
		check_error(c, st, "the field %.*s needs the column %.*s, which another field has",
			    STR_FMT(field->name), STR_FMT(name));
		return;
	}
	field->columns[field->n_columns++] = (struct column){ name, class };
}

/* Formulas get theirs when their result is known. */
void
field_columns(struct check *c, const struct statement *st, struct field *field)
{
	if (field->special) {
		column_add(c, st, field, "", COLUMN_BLOB);
		return;
	}
	switch (field->result) {
	case FT_ONE:
		column_add(c, st, field, "_id", COLUMN_INT);
		return;
	case FT_ANY:
		column_add(c, st, field, "_id", COLUMN_INT);
		column_add(c, st, field, "_object", COLUMN_TEXT);
		return;
	case FT_MONEY:
		column_add(c, st, field, "", COLUMN_INT);
		column_add(c, st, field, "_currency", COLUMN_TEXT);
		return;
	case FT_MANY:
	case FT_ROLLUP:
	case FT_FORMULA:
		return;
	default:
		field->has_key = TYPES[field->result].keyed;
		column_add(c, st, field, "", TYPES[field->result].class);
		if (field->has_key)
			column_add(c, st, field, "_key", COLUMN_TEXT);
	}
}

static void
type_unknown(struct check *c, struct statement *st, struct str word)
{
	struct hint hint = hint_for(word);

	for (int i = 0; i < FT__MAX; i++)
		if (i != FT_ONE && i != FT_MANY && i != FT_ID)
			hint_offer(&hint, str_of(TYPES[i].name));
	check_error(c, st, "unknown type: %.*s%s", STR_FMT(str_first(word, WORD_SHOWN_MAX)),
		    hint_text(NULL, c->scratch, &hint));
}

void
statement_field(struct check *c, struct statement *st)
{
	const struct type_row *row = type_find(st->words[2].raw);
	enum field_type type = row ? (enum field_type)(row - TYPES) : FT__MAX;
	struct field *field;

	if (!row || type == FT_ID) {
		type_unknown(c, st, st->words[2].raw);
		return;
	}
	if (type == FT_ONE || type == FT_MANY) {
		check_error(c, st, "a link to %s is written: link %.*s %s OBJECT", row->name,
			    STR_FMT(str_first(st->words[1].raw, WORD_SHOWN_MAX)), row->name);
		return;
	}
	field = field_make(c, st, c->object, st->words[1].text, type);
	if (!field)
		return;
	attributes_apply(c, st, field, PHASE_MAKE);
	if (type != FT_FORMULA && type != FT_ROLLUP)
		field_columns(c, st, field);
}

void
statement_link(struct check *c, struct statement *st)
{
	struct str kind = st->words[2].raw;
	bool many = str_eq(kind, S("many"));
	struct field *field;

	if (!many && !str_eq(kind, S("one"))) {
		check_error(c, st, "a link leads to one or many, not to: %.*s",
			    STR_FMT(str_first(kind, WORD_SHOWN_MAX)));
		return;
	}
	field = field_make(c, st, c->object, st->words[1].text, many ? FT_MANY : FT_ONE);
	if (!field)
		return;
	if (many)
		field->link_table = str_printf(c->mem, "%.*s__%.*s", STR_FMT(c->object->name),
					       STR_FMT(field->name));
	attributes_apply(c, st, field, PHASE_MAKE);
	field_columns(c, st, field);
}

static struct object *
target_find(struct check *c, const struct statement *st, struct str name)
{
	for (unsigned i = 0; i < c->model->n_objects; i++)
		if (str_eq(c->model->objects[i]->name, name))
			return c->model->objects[i];
	if (object_find(c->model, name, &(const struct face *){ NULL }))
		check_error(c, st, "a link leads to an object, not to a face: %.*s", STR_FMT(name));
	else
		check_error(c, st, "unknown object: %.*s%s",
			    STR_FMT(str_first(name, WORD_SHOWN_MAX)), hint_objects(c, name));
	return NULL;
}

static void
reverse_add(struct check *c, const struct statement *st, struct field *field, struct str name)
{
	struct object *target = field->target;

	if (!check_name(c, st, name, "the name of a set", NAME_FULL))
		return;
	if (field_find(target, name) || reverse_find(target, name)) {
		check_error(c, st, "%.*s has a field or a set of that name already: %.*s",
			    STR_FMT(target->name), STR_FMT(name));
		return;
	}
	if (target->n_reverses == REVERSES_MAX) {
		check_error(c, st, "more than %d sets of %.*s", REVERSES_MAX,
			    STR_FMT(target->name));
		return;
	}
	field->reverse = str_dup(c->mem, name);
	target->reverses =
		items_grow(c->mem, target->reverses, target->n_reverses, sizeof *target->reverses);
	target->reverses[target->n_reverses++] =
		(struct reverse){ .name = field->reverse, .object = field->object, .field = field };
}

void
statement_link_target(struct check *c, struct statement *st)
{
	struct field *field = st->made;
	struct str rest = st->words[3].raw, name = str_cut(&rest, '.');
	bool has_set = name.n < st->words[3].raw.n;

	if (!field)
		return;
	field->target = target_find(c, st, name);
	if (!field->target)
		return;
	if (has_set)
		reverse_add(c, st, field, rest);
	attributes_apply(c, st, field, PHASE_LINK);
}

static const char *const TONES[] = { "info", "success", "warning", "danger", "muted" };

/* "Label", a tone and "final", in this order or another. */
static void
option_word(struct check *c, const struct statement *st, struct option *option,
	    const struct word *word)
{
	struct hint hint = hint_for(word->raw);

	if (word->quoted && !word->key.n) {
		option->label = str_dup(c->mem, word->text);
		return;
	}
	if (str_eq(word->raw, S("final"))) {
		option->final = true;
		return;
	}
	hint_offer(&hint, S("final"));
	for (size_t i = 0; i < countof(TONES); i++) {
		if (str_eq_z(word->raw, TONES[i])) {
			option->tone = str_of(TONES[i]);
			return;
		}
		hint_offer(&hint, str_of(TONES[i]));
	}
	check_error(c, st, "unknown word behind the option: %.*s%s",
		    STR_FMT(str_first(word->raw, WORD_SHOWN_MAX)),
		    hint_text(NULL, c->scratch, &hint));
}

void
statement_option(struct check *c, struct statement *st)
{
	struct field *field = st->parent->made;
	struct str key = st->words[1].text;
	struct option option = { 0 };

	if (!field || !st->parent->grammar || !str_eq(st->parent->words[0].raw, S("field")))
		return;
	if (field->type != FT_ENUM && field->type != FT_TAGS) {
		check_error(c, st, "only enum and tags have options, not %s",
			    TYPES[field->type].name);
		return;
	}
	if (!check_name(c, st, key, "the key of an option", NAME_WORD))
		return;
	if (option_find(field, key)) {
		check_error(c, st, "the option is there already: %.*s", STR_FMT(key));
		return;
	}
	if (field->n_options == OPTIONS_MAX) {
		check_error(c, st, "more than %d options", OPTIONS_MAX);
		return;
	}
	option.key = str_dup(c->mem, key);
	option.label = label_of(c->mem, key);
	for (size_t i = 2; i < st->n_words; i++)
		option_word(c, st, &option, &st->words[i]);
	for (int lang = 0; lang < LANG__MAX; lang++)
		option.labels[lang] = tr_str((enum lang)lang, option.label);
	field->options = items_grow(c->mem, field->options, field->n_options, sizeof option);
	field->options[field->n_options++] = option;
	if (!field->option_names)
		field->option_names = names_new(c->mem);
	names_put(field->option_names, option.key, &field->options[field->n_options - 1]);
}

/* The options have moved while they grew: enter them anew at their last place. */
static void
options_settle(struct check *c, struct field *field)
{
	struct names *names = names_new(c->mem);

	for (unsigned i = 0; i < field->n_options; i++)
		names_put(names, field->options[i].key, &field->options[i]);
	field->option_names = names;
}

void
field_late_link(struct check *c, struct statement *st)
{
	struct field *field = st->made;

	if (!field)
		return;
	if (field->n_options)
		options_settle(c, field);
	else if (field->type == FT_ENUM)
		check_error(c, st, "an enum needs options, indented below it");
	attributes_apply(c, st, field, PHASE_LINK);
}

/* One whose text is wrong is a number from here on: what is written over it is checked as well. */
static void
result_settle(struct field *field)
{
	if (field->result == field->type)
		field->result = FT_INT;
	field->row = &TYPES[field->result];
}

void
field_late_formula(struct check *c, struct statement *st)
{
	struct field *field = st->made;

	if (!field || field->type != FT_FORMULA)
		return;
	attributes_apply(c, st, field, PHASE_FORMULA);
	result_settle(field);
	field_columns(c, st, field);
}

void
field_late_rollup(struct check *c, struct statement *st)
{
	struct field *field = st->made;

	if (!field || field->type != FT_ROLLUP)
		return;
	attributes_apply(c, st, field, PHASE_ROLLUP);
	result_settle(field);
}

void
field_late_use(struct check *c, struct statement *st)
{
	if (st->made)
		attributes_apply(c, st, st->made, PHASE_USE);
}
