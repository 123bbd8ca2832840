/* The page on which the columns of a file get their fields. */
#include "web/import.h"

#include "base/i18n.h"
#include "data/lookup.h"

enum { NAME_MAX_BYTES = 24 };

static const struct {
	const char *key, *label;
} ENCODINGS[] = {
	{ "auto", N_("found by itself") },
	{ "utf-8", "UTF-8" },
	{ "windows-1252", "Windows-1252" },
	{ "iso-8859-15", "ISO 8859-15" },
	{ "utf-16", "UTF-16" },
};
static const struct {
	const char *key, *label;
} DELIMITERS[] = {
	{ ";", N_("semicolon ;") },
	{ ",", N_("comma ,") },
	{ "tab", N_("tab") },
	{ "|", N_("vertical line |") },
};
static const struct {
	const char *key, *label;
} DATES[] = {
	{ "", "31.12.2026, 2026-12-31" }, { "D/M/YYYY", "31/12/2026" },
	{ "M/D/YYYY", "12/31/2026" },     { "DD-MM-YYYY", "31-12-2026" },
	{ "YYYY/MM/DD", "2026/12/31" },
};
static const struct {
	const char *key, *label;
} NUMBERS[] = {
	{ "", N_("found by itself") },
	{ ",", "1.234,50" },
	{ ".", "1,234.50" },
};
static const struct {
	const char *key, *label;
	bool creates, updates;
} MODES[] = {
	{ "both", N_("Make new ones, change those that are there"), true, true },
	{ "create", N_("Only make new ones; leave those that are there alone"), true, false },
	{ "update", N_("Only change those that are there"), false, true },
};

static void
choice_add(struct cx *cx, struct mv list, struct str key, struct str label, bool is_on)
{
	struct mv item = mv_map(cx->mem);

	mv_set(item, S("key"), mv_text(key));
	mv_set(item, S("label"), mv_text(label));
	mv_set(item, S("is_on"), mv_bool(is_on));
	mv_add(list, item);
}

/* ---- columns ---- */

/* Options of one column: the fields, then the parts under the name of their object. */
static struct mv
target_groups(struct cx *cx, const struct guess_targets *targets, struct str chosen)
{
	struct mv groups = mv_list(cx->mem), options = { 0 };
	struct str name = { 0 };

	for (size_t i = 0; i < targets->n; i++) {
		const struct guess_target *t = &targets->v[i];

		if (!i || !str_eq(name, t->group)) {
			struct mv group = mv_map(cx->mem);

			name = t->group;
			options = mv_list(cx->mem);
			mv_set(group, S("group"),
			       mv_text(name.n ? name : str_of(tr(cx, "Fields"))));
			mv_set(group, S("options"), options);
			mv_add(groups, group);
		}
		choice_add(cx, options, t->target, t->label, str_eq(t->target, chosen));
	}
	return groups;
}

static struct str
why_of(const struct form_state *state, struct str name)
{
	for (const struct field_err *e = state->err ? state->err->fields : NULL; e; e = e->next)
		if (str_eq(e->field, name))
			return e->why;
	return S("");
}

static struct mv
column_item(struct cx *cx, const struct guess_column *column, size_t at,
	    const struct guess_targets *targets, const struct form_state *state)
{
	struct mv item = mv_map(cx->mem), samples = mv_list(cx->mem);
	struct str id = str_printf(cx->mem, "c%zu", at), chosen = column->target;

	if (state->typed)
		chosen = form_value(state->typed, id.p);

	for (size_t i = 0; i < column->n_samples; i++) {
		struct mv sample = mv_map(cx->mem);

		mv_set(sample, S("text"), mv_text(column->samples[i]));
		mv_add(samples, sample);
	}
	mv_set(item, S("id"), mv_text(id));
	mv_set(item, S("why"), mv_text(why_of(state, id)));
	mv_set(item, S("column"), mv_text(column->name));
	mv_set(item, S("samples"), samples);
	mv_set(item, S("groups"), target_groups(cx, targets, chosen));
	mv_set(item, S("is_skipped"), mv_bool(!chosen.n));
	mv_set(item, S("is_new"), mv_bool(str_eq(chosen, S(IMPORT_NEW))));
	if (cx->actor->is_admin)
		import_field_add(cx, column, at, state->typed, item);
	return item;
}

static void
add_columns(struct cx *cx, const struct guess *guess, const struct form_state *state,
	    struct mv page)
{
	struct mv columns = mv_list(cx->mem);
	struct guess_targets targets;
	size_t n_used = 0;

	guess_targets(cx, guess->object, guess->face, &targets);
	for (size_t i = 0; i < guess->n; i++) {
		mv_add(columns, column_item(cx, &guess->v[i], i, &targets, state));
		n_used += guess->v[i].target.n > 0;
	}
	mv_set(page, S("columns"), columns);
	mv_set(page, S("n_used"), mv_int((int64_t)n_used));
	mv_set(page, S("n_columns"), mv_int((int64_t)guess->n));
	mv_set(page, S("can_add"), mv_bool(cx->actor->is_admin));
}

/* ---- how it is read, and what is done ---- */

static void
add_reading(struct cx *cx, const struct guess *guess, struct mv page)
{
	struct mv encodings = mv_list(cx->mem), delimiters = mv_list(cx->mem);
	const char *delimiter =
		guess->csv.delimiter == '\t' ? "tab" : (char[]){ guess->csv.delimiter, 0 };

	for (size_t i = 0; i < countof(ENCODINGS); i++)
		choice_add(cx, encodings, str_of(ENCODINGS[i].key),
			   str_of(tr(cx, ENCODINGS[i].label)),
			   str_eq_z(str_of(ENCODINGS[i].key), ENCODING_NAMES[guess->csv.encoding]));
	for (size_t i = 0; i < countof(DELIMITERS); i++)
		choice_add(cx, delimiters, str_of(DELIMITERS[i].key),
			   str_of(tr(cx, DELIMITERS[i].label)),
			   !strcmp(DELIMITERS[i].key, delimiter));
	mv_set(page, S("encodings"), encodings);
	mv_set(page, S("delimiters"), delimiters);
	mv_set(page, S("header"), mv_bool(guess->header));
	mv_set(page, S("is_text"), mv_bool(guess->csv.form == FORM_TEXT));
	mv_set(page, S("is_cards"), mv_bool(guess->csv.form == FORM_CARDS));
}

static void
add_values(struct cx *cx, const struct guess *guess, struct mv page)
{
	struct mv dates = mv_list(cx->mem), numbers = mv_list(cx->mem), modes = mv_list(cx->mem);
	struct str decimal = { &guess->decimal, guess->decimal != 0 };

	for (size_t i = 0; i < countof(DATES); i++)
		choice_add(cx, dates, str_of(DATES[i].key), str_of(DATES[i].label),
			   str_eq_z(guess->dates, DATES[i].key));
	for (size_t i = 0; i < countof(NUMBERS); i++)
		choice_add(cx, numbers, str_of(NUMBERS[i].key), str_of(tr(cx, NUMBERS[i].label)),
			   str_eq_z(decimal, NUMBERS[i].key));
	for (size_t i = 0; i < countof(MODES); i++)
		choice_add(cx, modes, str_of(MODES[i].key), str_of(tr(cx, MODES[i].label)),
			   MODES[i].creates == guess->creates &&
				   MODES[i].updates == guess->updates);
	mv_set(page, S("dates"), dates);
	mv_set(page, S("numbers"), numbers);
	mv_set(page, S("modes"), modes);
}

/* By what records are known again: fields of text that tell them apart. */
static bool
is_match(const struct guess *guess, const struct field *f)
{
	return lookup_can(f) && f->index >= SF__MAX && f->type != FT_ENUM && f->type != FT_BOOL &&
	       (f->unique || f == guess->object->title || f->type == FT_EMAIL ||
		f->type == FT_PHONE || f->type == FT_URL);
}

static void
add_matches(struct cx *cx, const struct guess *guess, struct mv page)
{
	struct mv matches = mv_list(cx->mem);

	for (unsigned i = 0; i < guess->object->n_fields; i++) {
		const struct field *f = guess->object->fields[i];

		if (is_match(guess, f) && can_see_field(cx, guess->object, f))
			choice_add(cx, matches, f->name, page_label(cx, f->label),
				   str_eq(guess->match, f->name));
	}
	mv_set(page, S("matches"), matches);
}

/* ---- the form ---- */

static bool
targets_read(struct cx *cx, const struct form *form, struct guess *guess)
{
	for (size_t i = 0; i < guess->n; i++) {
		char name[NAME_MAX_BYTES];
		struct str target;

		snprintf(name, sizeof name, "c%zu", i);
		if (!form_has(form, name))
			continue;
		target = form_value(form, name);
		if (str_eq(target, S(IMPORT_NEW)))
			target = S("");
		if (target.n && !guess_can(cx, guess->object, target))
			return fail_field(cx, str_of(name), "unknown",
					  "The column “%.*s” cannot be imported so",
					  STR_FMT(guess->v[i].name));
		for (size_t k = 0; k < i && target.n; k++)
			if (str_eq(guess->v[k].target, target) &&
			    !memchr(target.p, '.', target.n) && !guess_joins(guess->object, target))
				return fail_field(
					cx, str_of(name), "twice",
					"The columns “%.*s” and “%.*s” cannot both become the same "
					"field; choose another one for one of them",
					STR_FMT(guess->v[k].name), STR_FMT(guess->v[i].name));
		guess->v[i].target = target;
	}
	return true;
}

/* What cannot be matched by is matched by nothing. */
static void
match_read(const struct form *form, struct guess *guess)
{
	struct str name = form_value(form, "match");
	const struct field *f = name.n ? field_find(guess->object, name) : NULL;
	bool is_title = f && f == guess->object->title && guess_has(guess, S("family_name"));

	if (form_has(form, "match"))
		guess->match = f && is_match(guess, f) && (guess_has(guess, name) || is_title)
				       ? name
				       : S("");
}

static void
rest_read(const struct form *form, struct guess *guess)
{
	struct str numbers = form_value(form, "numbers"), mode = form_value(form, "mode");

	for (size_t i = 0; i < countof(DATES); i++)
		if (form_has(form, "dates") && str_eq_z(form_value(form, "dates"), DATES[i].key))
			guess->dates = str_of(DATES[i].key);
	if (form_has(form, "numbers"))
		guess->decimal =
			str_eq(numbers, S(",")) || str_eq(numbers, S(".")) ? numbers.p[0] : 0;
	for (size_t i = 0; i < countof(MODES); i++)
		if (str_eq_z(mode, MODES[i].key)) {
			guess->creates = MODES[i].creates;
			guess->updates = MODES[i].updates;
		}
	match_read(form, guess);
}

bool
import_choices_read(struct cx *cx, const struct form *form, struct guess *guess)
{
	if (!targets_read(cx, form, guess))
		return false;
	rest_read(form, guess);
	if (!guess->match.n && !guess->creates)
		return fail_field(cx, S("match"), "required",
				  "Choose by what the records are known again; without it nothing "
				  "can be changed");
	return true;
}

bool
import_reading_read(struct cx *cx, const struct form *form, struct csv_options *csv, bool *header)
{
	struct str delimiter = form_value(form, "delimiter");

	*csv = (struct csv_options){ .encoding = ENCODING_AUTO };
	*header = form_has(form, "header");
	if (form_has(form, "encoding") &&
	    !encoding_find(form_value(form, "encoding"), &csv->encoding))
		return fail_field(cx, S("encoding"), "option", "Choose an encoding of the list");
	if (str_eq(delimiter, S("tab")))
		csv->delimiter = '\t';
	else if (delimiter.n == 1 && strchr(";,|", delimiter.p[0]))
		csv->delimiter = delimiter.p[0];
	return true;
}

/* ---- the page ---- */

/* What is wrong with no column of its own. */
static struct str
why_above(struct cx *cx, const struct form_state *state)
{
	const struct field_err *first = state->err ? state->err->fields : NULL;

	if (!state->err)
		return S("");
	for (const struct field_err *e = first; e; e = e->next)
		if (!str_starts(e->field, S("c")))
			return e->why;
	if (first)
		return str_of(
			tr(cx, "Nothing is stored yet: look at the columns that are marked."));
	return state->err->why.n ? state->err->why
				 : str_of(tr(cx, err_row(state->err->code)->text));
}

bool
import_columns_page(struct cx *cx, struct request *q, struct reply *r, const struct intake *intake,
		    const struct form_state *state)
{
	struct mv page = import_page(cx, q, r, intake, 1);
	struct str why = why_above(cx, state);
	struct guess guess;

	if (!intake_columns(cx, intake, &guess))
		return false;
	if (state->typed)
		rest_read(state->typed, &guess);
	add_columns(cx, &guess, state, page);
	add_reading(cx, &guess, page);
	add_values(cx, &guess, page);
	add_matches(cx, &guess, page);
	mv_set(page, S("why"), mv_text(why.n ? why : intake->why));
	return page_write(cx, r, "import-columns.html", page);
}
