#include "model/check.h"

#include "model/names.h"
#include "model/type.h"

enum { WORD_SHOWN_MAX = 60 };

#define T(type) (1u << FT_##type)
#define SEARCHED \
	(T(TEXT) | T(LONGTEXT) | T(RICHTEXT) | T(EMAIL) | T(PHONE) | T(URL) | T(TAGS) | T(SEQUENCE))
#define UNSORTED (T(LONGTEXT) | T(RICHTEXT) | T(MANY) | T(ANY) | T(TAGS) | T(FILE))
#define TITLED \
	(T(TEXT) | T(EMAIL) | T(PHONE) | T(URL) | T(SEQUENCE) | T(ENUM) | T(DATE) | T(DATETIME))

/* Which fields the conditions of the model may name: sealed ones never, rollups not where they
 * could lead back to themselves. */
struct model_sight {
	struct cond_sight sight;
	bool rollups;
};

static bool
model_sees(const struct cond_sight *sight, const struct object *object, const struct field *field)
{
	const struct model_sight *model = (const struct model_sight *)sight;

	(void)object;
	return !field->special && (model->rollups || field->type != FT_ROLLUP);
}

const struct cond *
check_condition(struct check *c, const struct statement *st, const struct object *object,
		struct str text, bool rollups)
{
	struct model_sight sight = { { model_sees }, rollups };
	struct check_trial trial;
	const struct cond *cond = NULL;

	/* To the parser, nothing means always. */
	if (!str_trim(text).n) {
		check_error(c, st, "the condition is empty");
		return NULL;
	}
	trial = check_try(c);
	if (!cond_parse(c->cx, c->mem, c->model, object, text, &sight.sight, &cond))
		cond = NULL;
	check_tried(c, st, trial, "condition");
	return cond;
}

static bool
field_is_text(const struct field *field, unsigned types)
{
	return !field->special && (types & 1u << field->result);
}

void
statement_title(struct check *c, struct statement *st)
{
	struct field *field = check_field(c, st, st->words[1].text);

	if (!field)
		return;
	if (!field_is_text(field, TITLED) || field->type == FT_ROLLUP)
		check_error(c, st, "a %s cannot be the title: %.*s", TYPES[field->type].name,
			    STR_FMT(field->name));
	else
		c->object->title = field;
}

static unsigned
categories_of(const struct object *object)
{
	unsigned sealed = 0;

	for (unsigned i = SF__MAX; i < object->n_fields; i++) {
		const struct field *f = object->fields[i];

		if (f == object->parent)
			continue;
		if (!f->special)
			return 0;
		sealed |= 1u << f->special;
	}
	return sealed;
}

void
sealed_find(struct check *c)
{
	for (unsigned i = 0; i < c->model->n_objects; i++)
		c->model->objects[i]->sealed = categories_of(c->model->objects[i]);
}

/* The first text, else the id. */
void
titles_default(struct check *c)
{
	for (unsigned i = 0; i < c->model->n_objects; i++) {
		struct object *object = c->model->objects[i];

		for (unsigned j = SF__MAX; j < object->n_fields && !object->title; j++)
			if (object->fields[j]->type != FT_ROLLUP && !object->fields[j]->special &&
			    field_is_text(object->fields[j],
					  T(TEXT) | T(EMAIL) | T(PHONE) | T(URL) | T(SEQUENCE)))
				object->title = object->fields[j];
		if (!object->title)
			object->title = object->fields[SF_ID];
	}
}

bool
field_can_sort(const struct field *field)
{
	return !field->special && field->type != FT_ROLLUP && !(UNSORTED & 1u << field->result);
}

void
statement_sort(struct check *c, struct statement *st)
{
	c->object->sort = new_array(c->mem, st->n_words - 1, struct sort_key);
	c->object->n_sort = 0;
	for (size_t i = 1; i < st->n_words; i++) {
		struct str name = st->words[i].text;
		bool descending = name.n && name.p[0] == '-';
		struct field *field = check_field(c, st, descending ? str_from(name, 1) : name);

		if (!field)
			continue;
		if (!field_can_sort(field))
			check_error(c, st, "a list cannot be sorted by %.*s", STR_FMT(field->name));
		else
			c->object->sort[c->object->n_sort++] =
				(struct sort_key){ field, descending };
	}
}

/* Once; a text that extends an object adds to what it has. */
static void
search_add(struct check *c, struct statement *st, struct field *field)
{
	struct object *object = c->object;

	for (unsigned i = 0; i < object->n_search; i++)
		if (object->search[i] == field) {
			check_error(c, st, "the field stands twice: %.*s", STR_FMT(field->name));
			return;
		}
	if (object->n_search == SEARCH_MAX) {
		check_error(c, st, "more than %d searched fields", SEARCH_MAX);
		return;
	}
	object->search =
		items_grow(c->mem, object->search, object->n_search, sizeof *object->search);
	object->search[object->n_search++] = field;
}

void
statement_search(struct check *c, struct statement *st)
{
	for (size_t i = 1; i < st->n_words; i++) {
		struct field *field = check_field(c, st, st->words[i].text);

		if (!field)
			continue;
		if (field->special)
			check_error(c, st, "a special field is never searched: %.*s",
				    STR_FMT(field->name));
		else if (!field_is_text(field, SEARCHED) || field->type == FT_ROLLUP)
			check_error(c, st, "a %s is not searched: %.*s", TYPES[field->type].name,
				    STR_FMT(field->name));
		else
			search_add(c, st, field);
	}
}

static const struct {
	const char *name;
	enum feature_flag flag;
} FEATURES[] = {
	{ "timeline", FEATURE_TIMELINE }, { "follow", FEATURE_FOLLOW },
	{ "notify", FEATURE_NOTIFY },     { "board", FEATURE_BOARD },
	{ "portal", FEATURE_PORTAL },     { "calendar", FEATURE_CALENDAR },
	{ "system", FEATURE_SYSTEM },     { "detail", FEATURE_DETAIL },
};

const char *
feature_name(unsigned flag)
{
	for (size_t i = 0; i < countof(FEATURES); i++)
		if (FEATURES[i].flag == flag)
			return FEATURES[i].name;
	return NULL;
}

void
statement_features(struct check *c, struct statement *st)
{
	for (size_t i = 1; i < st->n_words; i++) {
		struct str word = st->words[i].raw;
		struct hint hint = hint_for(word);
		unsigned flag = 0;

		for (size_t j = 0; j < countof(FEATURES); j++) {
			if (str_eq_z(word, FEATURES[j].name))
				flag = FEATURES[j].flag;
			hint_offer(&hint, str_of(FEATURES[j].name));
		}
		if (!flag)
			check_error(c, st, "unknown feature: %.*s%s",
				    STR_FMT(str_first(word, WORD_SHOWN_MAX)),
				    hint_text(NULL, c->scratch, &hint));
		c->object->features |= flag;
	}
}

const char *const MENUS[MENU__MAX] = {
	[MENU_NONE] = "",           [MENU_CONTACTS] = "contacts",   [MENU_SALES] = "sales",
	[MENU_SERVICE] = "service", [MENU_MARKETING] = "marketing", [MENU_WORK] = "work",
	[MENU_MASTER] = "master",
};

void
statement_menu(struct check *c, struct statement *st)
{
	struct str word = st->words[1].raw;
	struct hint hint = hint_for(word);

	for (enum menu menu = MENU_CONTACTS; menu < MENU__MAX; menu++) {
		if (str_eq_z(word, MENUS[menu]))
			c->object->menu = menu;
		hint_offer(&hint, str_of(MENUS[menu]));
	}
	if (c->object->menu == MENU_NONE)
		check_error(c, st, "unknown part of the menu: %.*s%s",
			    STR_FMT(str_first(word, WORD_SHOWN_MAX)),
			    hint_text(NULL, c->scratch, &hint));
}

static struct face *
face_named(const struct object *object, struct str name)
{
	for (unsigned i = 0; i < object->n_faces; i++)
		if (str_eq(object->faces[i].name, name))
			return &object->faces[i];
	return NULL;
}

/* Of the object, or of the face that is named behind it. */
void
statement_icon(struct check *c, struct statement *st)
{
	struct object *object = c->object;
	struct face *face = NULL;
	struct str *icon;

	if (st->n_words > 2) {
		face = face_named(object, st->words[2].raw);
		if (!face) {
			check_error(c, st, "%.*s has no face %.*s", STR_FMT(object->name),
				    STR_FMT(str_first(st->words[2].raw, WORD_SHOWN_MAX)));
			return;
		}
	}
	icon = face ? &face->icon : &object->icon;
	if (icon->n)
		check_error(c, st, "icon stands twice");
	else
		*icon = str_dup(c->mem, st->words[1].text);
}

/* A link to one record among the fields of the object; reports anything else. */
static struct field *
check_link(struct check *c, struct statement *st)
{
	struct field *field = check_field(c, st, st->words[1].text);

	if (!field)
		return NULL;
	if (field->type != FT_ONE) {
		check_error(c, st, "%.*s needs a link to one record, and %.*s is of type %s",
			    STR_FMT(st->words[0].raw), STR_FMT(field->name),
			    TYPES[field->type].name);
		return NULL;
	}
	return field->target ? field : NULL;
}

void
statement_subject_self(struct check *c, struct statement *st)
{
	if (str_eq(st->words[1].raw, S("self")))
		c->object->is_subject = true;
}

void
statement_subject(struct check *c, struct statement *st)
{
	struct field *field;

	if (str_eq(st->words[1].raw, S("self")))
		return;
	field = check_link(c, st);
	if (!field)
		return;
	if (!field->target->is_subject)
		check_error(c, st, "the records of %.*s are no data subjects (subject self)",
			    STR_FMT(field->target->name));
	else
		c->object->subject = field;
}

/* Following parents from an object must end. */
static bool
parents_end(const struct object *object)
{
	for (int i = 0; i < PARENTS_MAX; i++) {
		if (!object->parent)
			return true;
		object = object->parent->target;
	}
	return false;
}

void
statement_parent(struct check *c, struct statement *st)
{
	struct field *field = check_link(c, st);

	if (!field)
		return;
	c->object->parent = field;
	if (!parents_end(c->object)) {
		check_error(c, st, "parents run in a circle or are more than %d", PARENTS_MAX - 1);
		c->object->parent = NULL;
	}
}

static struct field *
check_scope_link(struct check *c, struct statement *st, const char *target)
{
	struct field *field = check_link(c, st);

	if (field && !str_eq_z(field->target->name, target)) {
		check_error(c, st, "%.*s needs a link to %s, and %.*s leads to %.*s",
			    STR_FMT(st->words[0].raw), target, STR_FMT(field->name),
			    STR_FMT(field->target->name));
		return NULL;
	}
	return field;
}

void
statement_owner(struct check *c, struct statement *st)
{
	c->object->owner = check_scope_link(c, st, "user");
}

void
statement_team(struct check *c, struct statement *st)
{
	c->object->team = check_scope_link(c, st, "team");
}

void
statement_unit(struct check *c, struct statement *st)
{
	c->object->unit = check_scope_link(c, st, "unit");
}

static const char *const VIEW_KINDS[] = { "list", "filter", "board", "calendar", "form",
					  "peek", "quick",  "group", "ask",      "figures" };

static const char *
view_kind(struct check *c, struct statement *st)
{
	struct str word = st->words[1].raw;
	struct hint hint = hint_for(word);

	for (size_t i = 0; i < countof(VIEW_KINDS); i++) {
		if (str_eq_z(word, VIEW_KINDS[i]))
			return VIEW_KINDS[i];
		hint_offer(&hint, str_of(VIEW_KINDS[i]));
	}
	check_error(c, st, "unknown kind of view: %.*s%s", STR_FMT(str_first(word, WORD_SHOWN_MAX)),
		    hint_text(NULL, c->scratch, &hint));
	return NULL;
}

/* A new view, or the one that a custom text replaces; NULL when it was reported. */
static struct view *
view_place(struct check *c, struct statement *st, const struct view *view)
{
	struct object *object = c->object;

	for (unsigned i = 0; i < object->n_views; i++) {
		struct view *old = &object->views[i];

		if (!str_eq(old->kind, view->kind) || !str_eq(old->name, view->name))
			continue;
		if (st->source->custom && !view->name.n)
			return old;
		check_error(c, st, "the view is there already: %.*s%s%.*s", STR_FMT(view->kind),
			    view->name.n ? " " : "", STR_FMT(view->name));
		return NULL;
	}
	if (object->n_views == VIEWS_MAX) {
		check_error(c, st, "more than %d views of one object", VIEWS_MAX);
		return NULL;
	}
	object->views = items_grow(c->mem, object->views, object->n_views, sizeof *object->views);
	return &object->views[object->n_views++];
}

/* view filter NAME ["Label"] [when] CONDITION */
static void
view_filter(struct check *c, struct statement *st, struct view *view)
{
	size_t at = 3;

	if (!check_name(c, st, st->words[2].text, "the name of a filter", NAME_CUSTOM))
		return;
	view->name = str_dup(c->mem, st->words[2].text);
	view->label = label_of(c->mem, view->name);
	if (at < st->n_words && st->words[at].quoted && !st->words[at].key.n)
		view->label = str_dup(c->mem, st->words[at++].text);
	if (at < st->n_words && str_eq(st->words[at].raw, S("when")))
		at++;
	if (at >= st->n_words) {
		check_error(c, st, "the filter has no condition: view filter %.*s when CONDITION",
			    STR_FMT(view->name));
		return;
	}
	view->when = check_condition(c, st, c->object, statement_rest(st, at), true);
}

static void
view_fields(struct check *c, struct statement *st, size_t from, size_t to, struct view *view)
{
	view->fields = new_array(c->mem, st->n_words, struct field *);
	for (size_t i = from; i < to; i++) {
		struct field *field = check_field(c, st, st->words[i].text);

		if (!field)
			continue;
		for (unsigned j = 0; j < view->n_fields; j++)
			if (view->fields[j] == field) {
				check_error(c, st, "the field stands twice: %.*s",
					    STR_FMT(field->name));
				field = NULL;
				break;
			}
		if (field)
			view->fields[view->n_fields++] = field;
	}
}

/* view group NAME ["Label"] FIELD …: fields that stand together on the record's page and form.
 * view ask NAME ["Label"] FIELD … when CONDITION: what is asked of whoever moves a card so that the
 * condition becomes true. */
static void
view_named(struct check *c, struct statement *st, struct view *view)
{
	bool is_ask = str_eq(view->kind, S("ask"));
	size_t at = 3, end = st->n_words;

	if (!check_name(c, st, st->words[2].text,
			is_ask ? "the name of a question" : "the name of a group", NAME_CUSTOM))
		return;
	view->name = str_dup(c->mem, st->words[2].text);
	view->label = label_of(c->mem, view->name);
	if (at < st->n_words && st->words[at].quoted && !st->words[at].key.n)
		view->label = str_dup(c->mem, st->words[at++].text);
	for (size_t i = at; is_ask && i < end; i++)
		if (str_eq(st->words[i].raw, S("when")))
			end = i;
	view_fields(c, st, at, end, view);
	if (is_ask && end + 1 >= st->n_words)
		check_error(
			c, st,
			"it is not said when this is asked: view ask %.*s FIELD … when CONDITION",
			STR_FMT(view->name));
	else if (is_ask)
		view->when = check_condition(c, st, c->object, statement_rest(st, end + 1), true);
}

void
statement_view(struct check *c, struct statement *st)
{
	const char *kind = view_kind(c, st);
	struct view view = { 0 }, *place;

	if (!kind)
		return;
	view.kind = str_of(kind);
	if (str_eq_z(S("filter"), kind))
		view_filter(c, st, &view);
	else if (str_eq_z(S("group"), kind) || str_eq_z(S("ask"), kind))
		view_named(c, st, &view);
	else
		view_fields(c, st, 2, st->n_words, &view);
	place = view_place(c, st, &view);
	if (place)
		*place = view;
}

void
statement_face(struct check *c, struct statement *st)
{
	struct str name = st->words[1].text;
	struct face *face;

	if (!check_name(c, st, name, "the name of a face", NAME_FULL) ||
	    !object_name_is_free(c, st, name))
		return;
	if (c->object->n_faces == FACES_MAX) {
		check_error(c, st, "more than %d faces of one object", FACES_MAX);
		return;
	}
	if (!c->object->faces)
		c->object->faces = new_array(c->mem, FACES_MAX, struct face);
	face = &c->object->faces[c->object->n_faces++];
	face->name = str_dup(c->mem, name);
	face->label = str_dup(c->mem, st->words[2].text);
	face->label_many = str_dup(c->mem, st->words[3].text);
	st->made = face;
}

/* "kind = person": what a new record of the face gets. */
static void
face_value(struct check *c, struct statement *st, struct face *face, size_t at)
{
	struct check_trial trial;
	const struct field *field;

	if (st->n_words != at + 3 || !str_eq(st->words[at + 1].raw, S("=")))
		return;
	field = field_find(c->object, st->words[at].raw);
	if (!field || field->type == FT_FORMULA || field->type == FT_ROLLUP)
		return;
	trial = check_try(c);
	if (field->row->parse(c->cx, field, st->words[at + 2].text, NULL, &face->value)) {
		face->value = value_dup(c->mem, &face->value);
		face->field = c->object->fields[field->index];
	}
	c->cx->err = trial.err;
}

void
statement_face_when(struct check *c, struct statement *st)
{
	struct face *face = st->made;

	if (!face)
		return;
	if (st->n_words < 6 || !str_eq(st->words[4].raw, S("when"))) {
		check_error(c, st,
			    "a face needs its condition: face %.*s \"One\" \"Many\" when CONDITION",
			    STR_FMT(face->name));
		return;
	}
	face->when = check_condition(c, st, c->object, statement_rest(st, 5), true);
	face_value(c, st, face, 5);
}
