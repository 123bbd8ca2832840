/* Fields that are made in place, for columns of a file that nothing fits. */
#include "web/import.h"

#include "base/i18n.h"
#include "record/authz.h"
#include "web/admin.h"

enum { LABEL_MAX_BYTES = 60, LINES_BYTES = 256 << 10, OPTIONS_BYTES = 64 << 10 };

/* What a column can become; the first is offered where nothing is said. */
static const enum field_type KINDS[] = {
	FT_TEXT, FT_LONGTEXT, FT_INT,   FT_DECIMAL, FT_DATE, FT_DATETIME,
	FT_BOOL, FT_ENUM,     FT_EMAIL, FT_PHONE,   FT_URL,
};

struct str
import_typed(struct cx *cx, const struct form *form, char letter, size_t column)
{
	return str_trim(form_value(form, str_printf(cx->mem, "%c%zu", letter, column).p));
}

static bool
is_new(struct cx *cx, const struct form *form, size_t column)
{
	return str_eq(import_typed(cx, form, 'c', column), S(IMPORT_NEW));
}

bool
import_has_fields(struct cx *cx, const struct form *form, const struct guess *guess)
{
	for (size_t i = 0; i < guess->n; i++)
		if (is_new(cx, form, i))
			return true;
	return false;
}

/* ---- the page ---- */

static struct mv
type_items(struct cx *cx, struct str chosen)
{
	struct mv types = mv_list(cx->mem);

	for (size_t i = 0; i < countof(KINDS); i++) {
		struct mv item = mv_map(cx->mem);

		mv_set(item, S("key"), mv_z(TYPES[KINDS[i]].name));
		mv_set(item, S("label"), mv_text(model_type_label(cx, KINDS[i])));
		mv_set(item, S("is_on"), mv_bool(str_eq_z(chosen, TYPES[KINDS[i]].name)));
		mv_add(types, item);
	}
	return types;
}

/* The values found, one a line. */
static struct str
options_found(struct cx *cx, const struct guess_kind *kind)
{
	struct buf out = buf_in(cx->mem, OPTIONS_BYTES);

	for (size_t i = 0; !kind->many && i < kind->n_options; i++) {
		if (i)
			buf_char(&out, '\n');
		buf_str(&out, kind->options[i]);
	}
	return buf_done(&out);
}

void
import_field_add(struct cx *cx, const struct guess_column *column, size_t at,
		 const struct form *typed, struct mv item)
{
	enum field_type guessed = guess_type(&column->kind);
	struct str label = str_begin(column->name, LABEL_MAX_BYTES),
		   type = str_of(TYPES[guessed].name), options = options_found(cx, &column->kind);
	bool personal = guessed == FT_EMAIL || guessed == FT_PHONE;

	if (typed && is_new(cx, typed, at)) {
		label = import_typed(cx, typed, 'n', at);
		type = import_typed(cx, typed, 't', at);
		options = import_typed(cx, typed, 'o', at);
		personal = import_typed(cx, typed, 'p', at).n;
	}
	mv_set(item, S("at"), mv_int((int64_t)at));
	mv_set(item, S("new_label"), mv_text(label));
	mv_set(item, S("types"), type_items(cx, type));
	mv_set(item, S("new_options"), mv_text(options));
	mv_set(item, S("is_personal"), mv_bool(personal));
}

/* ---- the form ---- */

static bool
is_kind(struct str type)
{
	for (size_t i = 0; i < countof(KINDS); i++)
		if (str_eq_z(type, TYPES[KINDS[i]].name))
			return true;
	return false;
}

/* Is a field called so, or one that another column makes? */
static bool
is_taken(struct cx *cx, const struct form *form, const struct guess *guess, size_t column,
	 struct str name)
{
	for (size_t i = 0; i < column; i++)
		if (is_new(cx, form, i) &&
		    str_eq(model_name(cx, import_typed(cx, form, 'n', i)), name))
			return true;
	return field_find(guess->object, name);
}

/* By the labels too: two fields that people cannot tell apart help nobody. */
static bool
is_label_taken(struct cx *cx, const struct object *object, struct str label)
{
	for (unsigned i = SF__MAX; i < object->n_fields; i++)
		if (str_eq(tr_str(cx->lang, object->fields[i]->label), label))
			return true;
	return false;
}

static bool
field_check(struct cx *cx, const struct form *form, const struct guess *guess, size_t column)
{
	struct str at = str_printf(cx->mem, "c%zu", column),
		   label = import_typed(cx, form, 'n', column),
		   type = import_typed(cx, form, 't', column), name = model_name(cx, label);

	if (!name.n || label.n > LABEL_MAX_BYTES)
		return fail_field(cx, at, "required",
				  "A new field needs a name of letters or digits, of %d characters "
				  "at most",
				  LABEL_MAX_BYTES);
	if (is_taken(cx, form, guess, column, name) || is_label_taken(cx, guess->object, label))
		return fail_field(
			cx, at, "unique",
			"There is a field “%.*s” already: choose it from the list, or give "
			"the new one another name",
			STR_FMT(label));
	if (!is_kind(type))
		return fail_field(cx, at, "option", "Choose the kind of the new field");
	if (str_eq(type, S("enum")) && !import_typed(cx, form, 'o', column).n)
		return fail_field(cx, at, "required",
				  "Say what the new field's list holds, one a line");
	return true;
}

/* All of them, so that one sees everything at once. */
static bool
fields_check(struct cx *cx, const struct form *form, const struct guess *guess)
{
	size_t room = FIELDS_MAX - guess->object->n_fields;
	bool good = true;

	for (size_t i = 0; i < guess->n; i++) {
		if (!is_new(cx, form, i))
			continue;
		if (!room)
			return fail_field(cx, str_printf(cx->mem, "c%zu", i), "length",
					  "There is no room for another field: %d is the most",
					  FIELDS_MAX);
		room--;
		good &= field_check(cx, form, guess, i);
	}
	return good;
}

static bool
fields_lines(struct cx *cx, const struct form *form, const struct guess *guess, struct buf *out)
{
	for (size_t i = 0; i < guess->n; i++) {
		const struct own_field own = {
			.label = import_typed(cx, form, 'n', i),
			.type = import_typed(cx, form, 't', i),
			.options = import_typed(cx, form, 'o', i),
			.personal = import_typed(cx, form, 'p', i).n,
		};

		if (is_new(cx, form, i) && !model_field_lines(cx, guess->object, &own, out))
			return false;
	}
	return !out->full || fail(cx, E_TOO_BIG, "The lists of the new fields are too long");
}

void
import_fields_take(struct cx *cx, const struct form *form, struct guess *guess)
{
	for (size_t i = 0; i < guess->n; i++)
		if (is_new(cx, form, i))
			guess->v[i].target = model_name(cx, import_typed(cx, form, 'n', i));
}

bool
import_fields_make(struct cx *cx, const struct form *form, struct guess *guess)
{
	struct buf lines = buf_in(cx->mem, LINES_BYTES);
	struct str text;

	if (!AUTHZ(IMPORT_FIELD, cx->actor->is_admin))
		return fail(cx, E_FORBIDDEN, "Only administrators may do this");
	return fields_check(cx, form, guess) && fields_lines(cx, form, guess, &lines) &&
	       store_custom_text(cx, &text) &&
	       store_set_custom_text(
		       cx, model_text_add(cx, text, guess->object->name, buf_done(&lines)));
}
