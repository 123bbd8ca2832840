/* Forms from the model: one control a field, by the widget of its type. */
#include "web/web.h"

#include <assert.h>

enum { CHOICES_MAX = 200, NAME_MAX_LEN = 64, MINUTES = 60 };

static struct str
typed_text(const struct form_state *state, const struct field *f)
{
	return form_value(state->typed, f->name.p);
}

static struct str
error_of(const struct form_state *state, const struct field *f)
{
	for (const struct field_err *at = state->err ? state->err->fields : NULL; at; at = at->next)
		if (str_eq(at->field, f->name))
			return at->why;
	return (struct str){ 0 };
}

/* ---- what the control holds ---- */

static bool
link_text(struct cx *cx, const struct field *f, const struct value *v, struct str *out)
{
	struct buf text = buf_in(cx->mem, CELL_MAX);
	const int64_t *ids = f->type == FT_MANY ? v->ids : &v->i;
	size_t n = v->kind == V_NONE ? 0 : f->type == FT_MANY ? (size_t)v->i : 1;
	struct str *titles = new_array(cx->mem, n + 1, struct str);

	*out = (struct str){ 0 };
	if (!n || f->type == FT_ANY) {
		if (n)
			*out = str_printf(cx->mem, "%.*s:%lld", STR_FMT(v->s), (long long)v->i);
		return true;
	}
	if (!record_titles(cx, f->target, ids, n, titles))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (i)
			BUF_LIT(&text, "; ");
		buf_str(&text, titles[i]);
		buf_printf(&text, " (#%lld)", (long long)ids[i]);
	}
	*out = buf_done(&text);
	return true;
}

/* By the clock of the reader, as the browser's control writes it: 2026-02-28T13:45. */
static struct str
local_moment(struct cx *cx, int64_t ms)
{
	const struct zone *named = zone_find(cx->zone);
	const struct zone *zone = named ? named : zone_find((struct str){ 0 });
	struct buf text = buf_in(cx->mem, CELL_MAX);
	int64_t minutes = moment_time_of_day(zone, ms) / MS_PER_MINUTE;

	date_print(&text, moment_date(zone, ms));
	buf_printf(&text, "T%02lld:%02lld", (long long)(minutes / MINUTES),
		   (long long)(minutes % MINUTES));
	return buf_done(&text);
}

/* Controls of the browser for dates and numbers want the form without a locale. */
static struct str
plain_text(struct cx *cx, const struct field *f, const struct value *v)
{
	struct buf text = buf_in(cx->mem, CELL_MAX);

	if (v->kind == V_NONE)
		return (struct str){ 0 };
	if (f->type == FT_DATETIME)
		return local_moment(cx, v->i);
	if (f->type == FT_DATE || f->type == FT_ENUM || f->type == FT_BOOL)
		f->row->text(f, v, &text);
	else
		f->row->print(cx, f, v, &text);
	return buf_done(&text);
}

static bool
is_link(const struct field *f)
{
	return f->type == FT_ONE || f->type == FT_MANY || f->type == FT_ANY;
}

bool
form_value_text(struct cx *cx, const struct field *f, const struct value *v, struct str *out)
{
	struct buf text = buf_in(cx->mem, CELL_MAX);

	if (is_link(f))
		return link_text(cx, f, v, out);
	if (f->type != FT_TAGS) {
		*out = plain_text(cx, f, v);
		return true;
	}
	if (v->kind != V_NONE)
		f->row->text(f, v, &text);
	*out = buf_done(&text);
	return true;
}

static bool
control_text(struct cx *cx, const struct row *row, const struct form_state *state,
	     const struct field *f, struct str *out)
{
	if (state->typed) {
		*out = typed_text(state, f);
		return true;
	}
	if (is_link(f))
		return link_text(cx, f, &row->v[f->index], out);
	*out = plain_text(cx, f, &row->v[f->index]);
	return true;
}

/* ---- options ---- */

static bool
has_tag(struct str text, struct str key)
{
	while (text.n) {
		struct str tag = str_trim(str_cut(&text, ','));

		if (str_eq(tag, key))
			return true;
	}
	return false;
}

static struct mv
enum_options(struct cx *cx, const struct field *f, struct str text)
{
	struct mv options = mv_list(cx->mem), empty = mv_map(cx->mem);

	mv_set(empty, S("label"), mv_text(S("–")));
	if (!f->required)
		mv_add(options, empty);
	for (unsigned i = 0; i < f->n_options; i++) {
		struct mv option = mv_map(cx->mem);

		mv_set(option, S("key"), mv_text(f->options[i].key));
		mv_set(option, S("label"), mv_text(page_label(cx, f->options[i].label)));
		mv_set(option, S("is_on"), mv_bool(str_eq(text, f->options[i].key)));
		mv_add(options, option);
	}
	return options;
}

static struct mv
tag_options(struct cx *cx, const struct row *row, const struct form_state *state,
	    const struct field *f)
{
	struct mv options = mv_list(cx->mem);
	struct str stored =
		row->v[f->index].kind == V_TEXT ? row->v[f->index].s : (struct str){ 0 };

	for (unsigned i = 0; i < f->n_options; i++) {
		struct mv option = mv_map(cx->mem);
		struct str key = f->options[i].key;
		size_t at;
		bool is_on = str_find(stored, str_printf(cx->mem, "|%.*s|", STR_FMT(key)), &at);

		if (state->typed) {
			is_on = false;
			for (size_t k = 0; k < state->typed->n; k++)
				is_on |= str_eq(state->typed->v[k].name, f->name) &&
					 has_tag(state->typed->v[k].value, key);
		}
		mv_set(option, S("key"), mv_text(key));
		mv_set(option, S("label"), mv_text(page_label(cx, f->options[i].label)));
		mv_set(option, S("is_on"), mv_bool(is_on));
		mv_add(options, option);
	}
	return options;
}

/* Suggestions for a link where there are few records to choose from. */
static bool
link_choices(struct cx *cx, const struct field *f, struct mv control)
{
	struct query query = { .object = f->target, .limit = CHOICES_MAX };
	const struct field *fields[1];
	struct mv choices = mv_list(cx->mem);
	struct rows rows;

	assert(f->target);
	fields[0] = f->target->title;
	if (!fields[0] || !can_see_field(cx, f->target, fields[0]))
		return true;
	query.fields = fields;
	query.n_fields = 1;
	if (!record_query(cx, &query, &rows))
		return false;
	if (rows.next.n)
		return true;
	for (size_t i = 0; i < rows.n; i++) {
		struct str title = value_print(cx, fields[0], &rows.v[i].v[fields[0]->index]);
		struct mv choice = mv_map(cx->mem);

		mv_set(choice, S("text"),
		       mv_text(str_printf(cx->mem, "%.*s (#%lld)", STR_FMT(title),
					  (long long)rows.v[i].id)));
		mv_add(choices, choice);
	}
	mv_set(control, S("choices"), choices);
	mv_set(control, S("has_choices"), mv_bool(true));
	return true;
}

/* ---- controls ---- */

/* Which part of the template draws a type. */
static const char *
control_kind(const struct field *f)
{
	switch (f->type) {
	case FT_LONGTEXT:
	case FT_RICHTEXT:
		return "is_area";
	case FT_BOOL:
		return "is_check";
	case FT_ENUM:
		return "is_select";
	case FT_TAGS:
		return f->n_options ? "is_set" : "is_line";
	default:
		return "is_line";
	}
}

static const char *
input_type(const struct field *f)
{
	switch (f->type) {
	case FT_DATE:
		return "date";
	case FT_DATETIME:
		return "datetime-local";
	case FT_EMAIL:
		return "email";
	case FT_PHONE:
		return "tel";
	case FT_URL:
		return "url";
	default:
		return "text";
	}
}

/* Which keys a phone shows. */
static const char *
input_mode(const struct field *f)
{
	return f->type == FT_INT                                                       ? "numeric"
	       : f->type == FT_DECIMAL || f->type == FT_MONEY || f->type == FT_PERCENT ? "decimal"
										       : NULL;
}

/* What a script needs to offer records while one types, and to make one that is missing. */
static bool
add_lookup(struct cx *cx, const struct row *row, const struct field *f, struct mv control)
{
	const struct object *target = f->type == FT_ANY ? NULL : f->target;
	const struct field *title = target ? target->title : NULL;
	const struct value *v = &row->v[f->index];

	mv_set(control, S("is_lookup"), mv_bool(true));
	mv_set(control, S("is_many"), mv_bool(f->type == FT_MANY));
	mv_set(control, S("target"), mv_text(target ? target->name : (struct str){ 0 }));
	if (title && can_see_field(cx, target, title)) {
		mv_set(control, S("title_name"), mv_text(title->name));
		mv_set(control, S("can_create"),
		       mv_bool(title->type == FT_TEXT && can_object(cx, target, OP_CREATE) &&
			       can_edit_field(cx, target, title)));
	}
	if (f->type == FT_ANY && v->kind == V_ANY) {
		struct ref ref = { object_find(cx->model, v->s, NULL), v->i };
		struct str shown;

		if (!record_titles_of(cx, &ref, 1, &shown))
			return false;
		mv_set(control, S("shown"), mv_text(shown));
	}
	return f->type != FT_ONE || link_choices(cx, f, control);
}

/* After somebody else's change: what is stored now, where it is not what was typed. */
static bool
add_theirs(struct cx *cx, const struct row *row, const struct form_state *state,
	   const struct field *f, struct mv control)
{
	const struct form_state stored = { NULL, NULL };
	struct str typed, theirs;

	if (!state->typed || !state->err || state->err->code != E_STALE || f->type == FT_BOOL)
		return true;
	typed = typed_text(state, f);
	if (!control_text(cx, row, &stored, f, &theirs))
		return false;
	if (!str_eq(str_trim(typed), theirs)) {
		mv_set(control, S("is_theirs"), mv_bool(true));
		mv_set(control, S("theirs"), mv_text(theirs));
	}
	return true;
}

static bool
add_control(struct cx *cx, const struct row *row, const struct form_state *state,
	    const struct field *f, struct mv list)
{
	struct mv control = mv_map(cx->mem);
	struct str text, why = error_of(state, f);

	if (!control_text(cx, row, state, f, &text))
		return false;
	mv_set(control, S("name"), mv_text(f->name));
	mv_set(control, S("anchor_url"), mv_text(str_printf(cx->mem, "#f-%.*s", STR_FMT(f->name))));
	mv_set(control, S("label"), mv_text(page_label(cx, f->label)));
	mv_set(control, S("help"), mv_text(page_label(cx, f->help)));
	mv_set(control, S("text"), mv_text(text));
	mv_set(control, S("why"), mv_text(why));
	mv_set(control, S("is_required"), mv_bool(f->required));
	mv_set(control, str_of(control_kind(f)), mv_bool(true));
	mv_set(control, S("type"), mv_z(input_type(f)));
	mv_set(control, S("mode"), mv_z(input_mode(f)));
	mv_set(control, S("is_recurrence"), mv_bool(is_recurrence(f)));
	mv_set(control, S("value_type"), mv_z(TYPES[f->type].name));
	mv_set(control, S("currency"), mv_text(f->currency));
	mv_set(control, S("is_on"),
	       mv_bool(state->typed ? form_has(state->typed, f->name.p) : row->v[f->index].i == 1));
	if (f->type == FT_ENUM)
		mv_set(control, S("options"), enum_options(cx, f, text));
	if (f->type == FT_TAGS)
		mv_set(control, S("options"), tag_options(cx, row, state, f));
	if ((is_link(f) && !add_lookup(cx, row, f, control)) ||
	    !add_theirs(cx, row, state, f, control))
		return false;
	mv_add(list, control);
	return true;
}

bool
can_change_field(const struct cx *cx, const struct field *f)
{
	return f->index >= SF__MAX && !f->readonly && !f->hidden && f->type != FT_FORMULA &&
	       f->type != FT_ROLLUP && f->type != FT_SEQUENCE && f->type != FT_FILE &&
	       can_edit_field(cx, f->object, f);
}

/* A field that a condition hides is asked for all the same where it holds something. */
static bool
is_asked(const struct cx *cx, const struct row *row, const struct field *f)
{
	struct cond_when when = cond_when_of(cx);

	return !f->visible || row->v[f->index].kind != V_NONE ||
	       cond_test(f->visible, &when, NULL, row);
}

bool
form_build_some(struct cx *cx, const struct row *row, const struct form_state *state,
		struct field *const *fields, size_t n_fields, struct mv *out)
{
	struct mv controls = mv_list(cx->mem);

	for (size_t i = 0; i < n_fields; i++)
		if (can_change_field(cx, fields[i]) && is_asked(cx, row, fields[i]) &&
		    !add_control(cx, row, state, fields[i], controls))
			return false;
	*out = controls;
	return true;
}

bool
form_build(struct cx *cx, const struct row *row, const struct form_state *state, struct mv *out)
{
	return form_build_some(cx, row, state, row->object->fields, row->object->n_fields, out);
}

/* ---- reading it back ---- */

/* "Müller GmbH (#12)", "#12", or a title that only one record has. */
static bool
find_link(struct cx *cx, const struct field *f, struct str text, int64_t *out)
{
	struct query query = { .object = f->target, .limit = 2 };
	struct str id = text;
	struct buf where = buf_in(cx->mem, URL_MAX);
	struct rows rows;

	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] == '#')
			id = str_from(text, i + 1);
	if (str_ends(id, S(")")))
		id.n--;
	if (str_int(id, 1, INT64_MAX, out))
		return true;
	if (!f->target->title)
		return fail_field(cx, f->name, "link", "Write the number of the record, like #12");
	buf_str(&where, f->target->title->name);
	BUF_LIT(&where, " = ");
	buf_json(&where, text);
	if (!cond_parse(cx, cx->mem, cx->model, f->target, buf_done(&where), NULL, &query.where) ||
	    !record_query(cx, &query, &rows))
		return false;
	if (rows.n == 1)
		*out = rows.v[0].id;
	return rows.n == 1 ||
	       fail_field(cx, f->name, "link",
			  rows.n ? "Several records are called %.*s; write the number, like #12"
				 : "No record is called %.*s",
			  STR_FMT(text));
}

static int
id_order(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static bool
read_many(struct cx *cx, const struct field *f, struct str text, struct value *out)
{
	int64_t *ids = new_array(cx->mem, text.n + 1, int64_t);
	size_t n = 0, k = 0;

	while (text.n) {
		struct str part = str_trim(str_cut(&text, ';'));

		if (part.n && !find_link(cx, f, part, &ids[n++]))
			return false;
	}
	if (n)
		qsort(ids, n, sizeof *ids, id_order);
	for (size_t i = 0; i < n; i++)
		if (!k || ids[k - 1] != ids[i])
			ids[k++] = ids[i];
	*out = k ? (struct value){ .kind = V_IDS, .i = (int64_t)k, .ids = ids }
		 : (struct value){ 0 };
	return true;
}

static struct str
joined_values(struct cx *cx, const struct form *form, const struct field *f)
{
	struct buf text = buf_in(cx->mem, CELL_MAX);

	for (size_t i = 0; i < form->n; i++) {
		if (!str_eq(form->v[i].name, f->name) || !form->v[i].value.n)
			continue;
		if (text.n)
			BUF_LIT(&text, ", ");
		buf_str(&text, form->v[i].value);
	}
	return buf_done(&text);
}

static bool
read_field(struct cx *cx, const struct field *f, const struct form *form, struct value *out)
{
	struct reading how = { .decimal = cx->lang == LANG_DE ? ',' : '.' };
	struct str text = str_trim(f->type == FT_TAGS ? joined_values(cx, form, f)
						      : form_value(form, f->name.p));

	if (f->type == FT_BOOL) {
		*out = value_int(text.n > 0);
		return true;
	}
	if (f->type == FT_MANY)
		return read_many(cx, f, text, out);
	if (f->type == FT_ONE && text.n) {
		*out = (struct value){ .kind = V_INT };
		return find_link(cx, f, text, &out->i);
	}
	return f->row->parse(cx, f, text, &how, out);
}

/* A form without scripts does not send a box that is not ticked: the hidden name "has" tells which
 * fields it had. */
static bool
was_asked(const struct form *form, const struct field *f)
{
	for (size_t i = 0; i < form->n; i++)
		if (str_eq(form->v[i].name, S("has")) && str_eq(form->v[i].value, f->name))
			return true;
	return false;
}

/* Did the form show just this?  Then it is left as it is: a link may hold more than the person
 * sees. */
static bool
is_as_shown(struct cx *cx, const struct change *c, const struct field *f, const struct value *v,
	    bool *out)
{
	struct value seen = c->before ? c->before->v[f->index] : (struct value){ 0 };

	if (!link_seen(cx, f, &seen))
		return false;
	*out = value_eq(v, &seen);
	return true;
}

bool
form_read(struct cx *cx, struct change *c, const struct form *form)
{
	bool ok = true;

	for (unsigned i = 0; i < c->object->n_fields; i++) {
		const struct field *f = c->object->fields[i];
		struct value v = { 0 };
		bool same;

		if (!can_change_field(cx, f) || !was_asked(form, f))
			continue;
		if (!read_field(cx, f, form, &v))
			ok = false;
		else if (!is_as_shown(cx, c, f, &v, &same))
			return false;
		else if (!same)
			change_set(c, f, v);
	}
	return ok;
}
