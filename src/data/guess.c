#include "data/guess.h"

#include "base/fold.h"
#include "base/i18n.h"
#include "data/plan_private.h"
#include "data/vcard.h"

enum { NAME_BYTES_MAX = 120, SAMPLE_BYTES_MAX = 80, LOOKED_AT = 20 };

/* ---- targets ---- */

/* "contact_point.fax.value" → its object, its field and the option of its type. */
struct part_target {
	const struct object *object;
	const struct field *type, *field;
	struct str option;
};

static bool
part_of(const struct cx *cx, const struct object *object, struct str target,
	struct part_target *out)
{
	struct str rest = target, name = str_cut(&rest, '.');

	out->option = str_cut(&rest, '.');
	if (!rest.n)
		return false;
	out->object = object_find(cx->model, name, NULL);
	if (!out->object || !out->object->parent || out->object->parent->target != object)
		return false;
	out->type = field_find(out->object, S("type"));
	out->field = field_find(out->object, rest);
	return out->type && out->type->type == FT_ENUM && option_find(out->type, out->option) &&
	       out->field && out->field != out->type;
}

bool
guess_can(struct cx *cx, const struct object *object, struct str target)
{
	const struct field *f = field_find(object, target);
	struct part_target part;

	if (f)
		return can_see_field(cx, object, f) &&
		       (f->index == SF_ID || plan_may_fill(cx, object, f)) && f->type != FT_ANY;
	return part_of(cx, object, target, &part) && can_object(cx, part.object, OP_CREATE) &&
	       can_see_field(cx, part.object, part.field) &&
	       plan_may_fill(cx, part.object, part.field);
}

bool
guess_joins(const struct object *object, struct str target)
{
	const struct field *f = field_find(object, target);

	return f && (f->type == FT_TEXT || f->type == FT_LONGTEXT) && !f->unique;
}

bool
guess_has(const struct guess *guess, struct str target)
{
	for (size_t i = 0; i < guess->n; i++)
		if (str_eq(guess->v[i].target, target))
			return true;
	return false;
}

static void
add_parts(struct cx *cx, const struct object *object, const struct object *child,
	  struct guess_targets *out)
{
	const struct field *type = field_find(child, S("type"));

	for (unsigned k = 0; type && k < type->n_options; k++)
		for (unsigned i = SF__MAX; i < child->n_fields; i++) {
			const struct field *f = child->fields[i];
			struct guess_target one = {
				.target =
					str_printf(cx->mem, "%.*s.%.*s.%.*s", STR_FMT(child->name),
						   STR_FMT(type->options[k].key), STR_FMT(f->name)),
				.label = str_printf(cx->mem, "%.*s: %.*s",
						    STR_FMT(type->options[k].labels[cx->lang]),
						    STR_FMT(tr_str(cx->lang, f->label))),
				.group = tr_str(cx->lang, child->label_many),
			};

			if ((f->type == FT_TEXT || f->type == FT_LONGTEXT) &&
			    !str_eq(f->name, S("label")) && guess_can(cx, object, one.target))
				list_add(cx->mem, out, one);
		}
}

/* Is the field of this face?  What only the other one shows is not. */
static bool
is_of_face(const struct cx *cx, const struct face *face, const struct field *f)
{
	struct cond_when when = cond_when_of(cx);
	struct row row = { .object = f->object };

	if (!f->visible || !face || !face->field)
		return true;
	row.v = new_array(cx->mem, f->object->n_fields, struct value);
	row.v[face->field->index] = face->value;
	return cond_test(f->visible, &when, NULL, &row);
}

void
guess_targets(struct cx *cx, const struct object *object, const struct face *face,
	      struct guess_targets *out)
{
	*out = (struct guess_targets){ 0 };
	for (unsigned i = SF__MAX; i < object->n_fields; i++) {
		const struct field *f = object->fields[i];
		struct guess_target one = { f->name, tr_str(cx->lang, f->label), S("") };

		if (guess_can(cx, object, f->name) && !f->hidden && is_of_face(cx, face, f) &&
		    !(face && f == face->field))
			list_add(cx->mem, out, one);
	}
	for (unsigned i = 0; i < object->n_reverses; i++)
		if (object->reverses[i].object->parent == object->reverses[i].field &&
		    object->reverses[i].field->target == object)
			add_parts(cx, object, object->reverses[i].object, out);
}

/* ---- reading the beginning ---- */

/* The name as one line of a map may hold it. */
static struct str
clean_name(struct arena *mem, struct str name)
{
	struct buf out = buf_fixed(mem, NAME_BYTES_MAX + 1);

	name = str_trim(name);
	if (name.n > NAME_BYTES_MAX)
		for (name.n = NAME_BYTES_MAX;
		     name.n && ((unsigned char)name.p[name.n] & 0xc0) == 0x80;)
			name.n--;
	for (size_t i = 0; i < name.n; i++)
		buf_char(&out, (unsigned char)name.p[i] < ' ' ? ' ' : name.p[i]);
	return buf_done(&out);
}

static bool
is_named(struct cx *cx, const struct guess *guess, size_t n, struct str name)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(fold_key(cx->mem, guess->v[i].name), fold_key(cx->mem, name)))
			return true;
	return false;
}

/* "Telefon", "Telefon (2)"; "Column 3" where there is none. */
static struct str
own_name(struct cx *cx, const struct guess *guess, size_t column, struct str header)
{
	struct str name = clean_name(cx->mem, header), first;

	if (!fold_key(cx->mem, name).n || !guess->header)
		name = str_printf(cx->mem, tr(cx, "Column %zu"), column + 1);
	first = name;
	for (int i = 2; is_named(cx, guess, column, name); i++)
		name = str_printf(cx->mem, "%.*s (%d)", STR_FMT(first), i);
	return name;
}

static void
sample_add(struct cx *cx, struct guess_column *column, struct str cell)
{
	struct str text = str_trim(cell);

	guess_kind_add(cx, &column->kind, text);
	if (!text.n || column->n_samples == GUESS_SAMPLES)
		return;
	if (text.n > SAMPLE_BYTES_MAX)
		for (text.n = SAMPLE_BYTES_MAX;
		     text.n && ((unsigned char)text.p[text.n] & 0xc0) == 0x80;)
			text.n--;
	column->samples[column->n_samples++] = str_dup(cx->mem, text);
}

/* Of cards it is known what each column is. */
static void
targets_of_cards(struct cx *cx, struct guess *guess)
{
	bool is_person = guess->face && str_eq(guess->face->name, S("person"));

	for (size_t i = 0; i < guess->n; i++) {
		struct str target = vcard_target(guess->v[i].name, is_person);

		if (target.n && guess_can(cx, guess->object, target))
			guess->v[i].target = target;
	}
}

static void
targets_guess(struct cx *cx, struct guess *guess)
{
	if (guess->csv.form == FORM_CARDS) {
		targets_of_cards(cx, guess);
		return;
	}
	for (size_t i = 0; i < guess->n; i++) {
		struct guess_column *column = &guess->v[i];
		struct str target =
			guess->header ? guess_header(cx, guess->object, guess->face, column->name)
				      : S("");

		if (!target.n && guess_can(cx, guess->object, guess_content(column)))
			target = guess_content(column);
		if (target.n && guess_has(guess, target) && !guess_joins(guess->object, target)) {
			struct str second = guess_second(target);
			bool is_part = memchr(target.p, '.', target.n);

			if (!is_part)
				target = guess_can(cx, guess->object, second) ? second : S("");
		}
		column->target = target;
	}
}

/* ---- dates and numbers ---- */

/* d1 and d2 of "d1/d2/year". */
static void
date_look(struct str s, bool *day_first, bool *month_first)
{
	int64_t a, b, year;
	struct str rest = s;

	if (str_int(str_cut(&rest, '/'), 1, 31, &a) && str_int(str_cut(&rest, '/'), 1, 31, &b) &&
	    str_int(rest, 1, 9999, &year)) {
		*day_first |= a > 12 || b <= 12;
		*month_first |= b > 12;
	}
}

/* The decimal sign of "1.234,50" and its like; 0: it cannot be told. */
static char
decimal_look(struct str s)
{
	const char *point = memrchr(s.p, '.', s.n), *comma = memrchr(s.p, ',', s.n);

	for (size_t i = 0; i < s.n; i++)
		if (!strchr("0123456789., -+€$%", s.p[i]))
			return 0;
	if (point && comma)
		return point > comma ? '.' : ',';
	if (comma && s.p + s.n - comma - 1 != 3)
		return ',';
	return 0;
}

static void
conventions_look(struct guess *guess)
{
	bool day_first = false, month_first = false;

	for (size_t i = 0; i < guess->n; i++)
		for (size_t k = 0; k < guess->v[i].n_samples; k++) {
			struct str s = guess->v[i].samples[k];

			date_look(s, &day_first, &month_first);
			if (!guess->decimal)
				guess->decimal = decimal_look(s);
		}
	if (month_first)
		guess->dates = S("M/D/YYYY");
	else if (day_first)
		guess->dates = S("D/M/YYYY");
}

/* What tells records apart: the key of another system, an address, the name. */
static void
match_guess(struct guess *guess)
{
	static const char *const keys[] = { "external_id", "email" };
	const struct field *title = guess->object->title;

	for (size_t i = 0; i < countof(keys) && !guess->match.n; i++)
		if (guess_has(guess, str_of(keys[i])))
			guess->match = str_of(keys[i]);
	if (!guess->match.n && title && lookup_can(title) &&
	    (guess_has(guess, title->name) || guess_has(guess, S("family_name"))))
		guess->match = title->name;
}

/* ---- the whole ---- */

static bool
rows_look(struct cx *cx, struct csv *csv, struct guess *out)
{
	struct csv_row row;
	bool more = true;

	for (int at = 0; more && at < GUESS_ROWS; at++) {
		if (!csv_next(cx, csv, &row, &more))
			return false;
		for (size_t i = 0; more && i < row.n && i < out->n; i++)
			sample_add(cx, &out->v[i], row.cells[i]);
	}
	return true;
}

bool
guess_file(struct cx *cx, struct source source, struct guess *out)
{
	struct csv *csv = csv_open(cx, cx->mem, source, out->csv);
	struct csv_row row;
	bool more;

	if (!csv || !csv_next(cx, csv, &row, &more))
		return false;
	if (!more)
		return fail(cx, E_INPUT, "The file is empty: there is not even a header");
	if (!out->csv.columns)
		out->csv.delimiter = csv_delimiter(csv);
	out->n = row.n;
	out->v = new_array(cx->mem, row.n + 1, struct guess_column);
	for (size_t i = 0; i < row.n; i++)
		out->v[i].name = own_name(cx, out, i, row.cells[i]);
	if (!out->header)
		for (size_t i = 0; i < row.n; i++)
			sample_add(cx, &out->v[i], row.cells[i]);
	if (!rows_look(cx, csv, out))
		return false;
	out->split = S(";");
	out->creates = out->updates = true;
	targets_guess(cx, out);
	conventions_look(out);
	match_guess(out);
	return true;
}
