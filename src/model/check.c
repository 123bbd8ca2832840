#include "model/check.h"

#include <stdarg.h>

#include "model/names.h"
#include "model/reference.h"

enum { WORD_SHOWN_MAX = 60, MESSAGE_MAX = 1000, LINE_ROOM = 100 };

static void object_declare(struct check *c, struct statement *st);
static void extend_open(struct check *c, struct statement *st);
static void role_declare(struct check *c, struct statement *st);
static void label_set(struct check *c, struct statement *st);
static void help_set(struct check *c, struct statement *st);

#define IN_OBJECT (PLACE_TOP | PLACE_OBJECT)

/* The grammar: every statement there is. */
/* clang-format off */
static const struct grammar GRAMMAR[] = {
	{ "object", PLACE_TOP, 1, 1, OPENS, "object NAME",
		{ [PHASE_NAME] = object_declare } },
	{ "extend", PLACE_TOP, 1, 1, OPENS, "extend OBJECT",
		{ [PHASE_FACE] = extend_open } },
	{ "role", PLACE_TOP, 1, 3, 0, "role NAME \"Label\" [admin]",
		{ [PHASE_NAME] = role_declare } },
	{ "label", PLACE_OBJECT, 1, 2, OWNED | ONCE | HEAD, "label \"One\" \"Many\"",
		{ [PHASE_MAKE] = label_set } },
	{ "help", PLACE_OBJECT, 1, 1, OWNED | ONCE | HEAD, "help \"Sentence.\"",
		{ [PHASE_MAKE] = help_set } },
	{ "title", PLACE_OBJECT, 1, 1, OWNED | ONCE | HEAD, "title FIELD",
		{ [PHASE_USE] = statement_title } },
	{ "sort", PLACE_OBJECT, 1, 8, OWNED | ONCE | HEAD, "sort [-]FIELD …",
		{ [PHASE_USE] = statement_sort } },
	{ "search", PLACE_OBJECT, 1, 40, OWNED | ONCE, "search FIELD …",
		{ [PHASE_USE] = statement_search } },
	{ "features", PLACE_OBJECT, 1, 0, OWNED | ONCE | HEAD, "features WORD …",
		{ [PHASE_MAKE] = statement_features } },
	{ "menu", PLACE_OBJECT, 1, 1, OWNED | ONCE | HEAD, "menu contacts|sales|service|marketing|work|master",
		{ [PHASE_MAKE] = statement_menu } },
	{ "icon", PLACE_OBJECT, 1, 2, OWNED | HEAD, "icon NAME [FACE]",
		{ [PHASE_USE] = statement_icon } },
	{ "subject", PLACE_OBJECT, 1, 1, OWNED | ONCE | HEAD, "subject self, or subject LINK",
		{ [PHASE_MAKE] = statement_subject_self, [PHASE_USE] = statement_subject } },
	{ "parent", PLACE_OBJECT, 1, 1, OWNED | ONCE | HEAD, "parent LINK",
		{ [PHASE_ROLLUP] = statement_parent } },
	{ "owner", PLACE_OBJECT, 1, 1, OWNED | ONCE | HEAD, "owner LINK",
		{ [PHASE_ROLLUP] = statement_owner } },
	{ "team", PLACE_OBJECT, 1, 1, OWNED | ONCE | HEAD, "team LINK",
		{ [PHASE_ROLLUP] = statement_team } },
	{ "unit", PLACE_OBJECT, 1, 1, OWNED | ONCE | HEAD, "unit LINK",
		{ [PHASE_ROLLUP] = statement_unit } },
	{ "field", IN_OBJECT, 2, 0, OWNED, "field NAME TYPE [attributes]",
		{ [PHASE_MAKE] = statement_field, [PHASE_LINK] = field_late_link,
		  [PHASE_FORMULA] = field_late_formula, [PHASE_ROLLUP] = field_late_rollup,
		  [PHASE_USE] = field_late_use } },
	{ "link", IN_OBJECT, 3, 0, OWNED, "link NAME one|many OBJECT[.SET] [attributes]",
		{ [PHASE_MAKE] = statement_link, [PHASE_LINK] = statement_link_target,
		  [PHASE_USE] = field_late_use } },
	{ "option", PLACE_FIELD, 1, 4, OWNED, "option KEY [\"Label\"] [tone] [final]",
		{ [PHASE_MAKE] = statement_option } },
	{ "view", IN_OBJECT, 2, 0, OWNED, "view list FIELD …, view filter NAME [\"Label\"] [when] CONDITION, view group NAME [\"Label\"] FIELD …, or view ask NAME [\"Label\"] FIELD … when CONDITION",
		{ [PHASE_USE] = statement_view } },
	{ "face", IN_OBJECT, 4, 0, OWNED, "face NAME \"One\" \"Many\" when CONDITION",
		{ [PHASE_FACE] = statement_face, [PHASE_USE] = statement_face_when } },
	{ "grant", IN_OBJECT, 2, 0, OWNED, "grant ROLE read=all|unit|team|own …",
		{ [PHASE_USE] = statement_grant } },
};
/* clang-format on */
_Static_assert(countof(GRAMMAR) <= 32, "a bit a row");

bool
check_is_full(const struct check *c)
{
	return c->n_mistakes >= CHECK_ERRORS_MAX;
}

void
check_error_line(struct check *c, const struct model_text *text, unsigned line, const char *format,
		 ...)
{
	char message[MESSAGE_MAX];
	va_list args;

	if (check_is_full(c))
		return;
	if (!c->mistakes)
		c->mistakes = new_array(c->scratch, CHECK_ERRORS_MAX, struct mistake);
	va_start(args, format);
	vsnprintf(message, sizeof message, format, args);
	va_end(args);
	c->mistakes[c->n_mistakes] =
		(struct mistake){ text, line, c->n_mistakes, str_dup(c->scratch, str_of(message)) };
	c->n_mistakes++;
}

/* Shipped texts first, then as they were given, then by line. */
static int
mistake_order(const void *a, const void *b)
{
	const struct mistake *x = a, *y = b;

	if (x->text->custom != y->text->custom)
		return x->text->custom ? 1 : -1;
	if (x->text != y->text)
		return x->text < y->text ? -1 : 1;
	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	return x->order < y->order ? -1 : 1;
}

void
check_report(struct check *c, struct buf *out)
{
	qsort(c->mistakes, c->n_mistakes, sizeof *c->mistakes, mistake_order);
	for (unsigned i = 0; i < c->n_mistakes; i++) {
		const struct mistake *m = &c->mistakes[i];

		if (out->max - out->n < m->why.n + m->text->name.n + LINE_ROOM)
			break;
		if (out->n)
			buf_char(out, '\n');
		buf_printf(out, "%.*s:%u: ", STR_FMT(m->text->name), m->line);
		buf_str(out, m->why);
	}
	if (check_is_full(c))
		BUF_LIT(out, "\n(further mistakes are not listed)");
}

void
check_error(struct check *c, const struct statement *at, const char *format, ...)
{
	char message[MESSAGE_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(message, sizeof message, format, args);
	va_end(args);
	check_error_line(c, at->source, at->line, "%s", message);
}

struct check_trial
check_try(struct check *c)
{
	struct check_trial trial = { c->cx->err };

	fail_clear(c->cx);
	return trial;
}

void
check_tried(struct check *c, const struct statement *at, struct check_trial trial, const char *what)
{
	const struct err *err = &c->cx->err;

	for (const struct field_err *e = err->fields; e; e = e->next)
		check_error(c, at, "%s: %.*s", what, STR_FMT(e->why));
	if (err->code != E_OK && !err->fields)
		check_error(c, at, "%s: %.*s", what, STR_FMT(err->why));
	c->cx->err = trial.err;
}

const char *
hint_fields(struct check *c, const struct object *object, struct str word)
{
	struct hint hint = hint_for(word);

	for (unsigned i = 0; i < object->n_fields; i++)
		hint_offer(&hint, object->fields[i]->name);
	return hint_text(NULL, c->scratch, &hint);
}

const char *
hint_objects(struct check *c, struct str word)
{
	struct hint hint = hint_for(word);

	for (unsigned i = 0; i < c->model->n_objects; i++)
		hint_offer(&hint, c->model->objects[i]->name);
	return hint_text(NULL, c->scratch, &hint);
}

static bool
name_is_formed(struct str name)
{
	if (!name.n || name.p[0] < 'a' || name.p[0] > 'z' || name.p[name.n - 1] == '_')
		return false;
	for (size_t i = 0; i < name.n; i++) {
		char ch = name.p[i];

		if (!((ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9') || ch == '_'))
			return false;
		if (ch == '_' && name.p[i - 1] == '_')
			return false;
	}
	return true;
}

/* Words of the condition language and of system tables. */
static const char *const RESERVED[] = {
	"and",    "any",   "between", "contains", "count",  "empty", "false", "in",
	"is",     "like",  "me",      "my",       "none",   "not",   "now",   "or",
	"starts", "today", "true",    "where",    "within", NULL,
};

bool
name_is_reserved(struct str name)
{
	for (size_t i = 0; RESERVED[i]; i++)
		if (str_eq_z(name, RESERVED[i]))
			return true;
	return false;
}

bool
check_name(struct check *c, const struct statement *st, struct str name, const char *what,
	   unsigned rules)
{
	const char *why = NULL;

	if (!name_is_formed(name))
		why = "must begin with a letter a to z, followed by a to z, 0 to 9 and single _";
	else if (name.n > NAME_MAX_BYTES)
		why = "is longer than 40 characters";
	else if ((rules & NAME_WORD) && name_is_reserved(name))
		why = "is a reserved word";
	else if ((rules & NAME_WORD) && str_starts(name, S("sys_")))
		why = "must not begin with sys_";
	else if ((rules & NAME_CUSTOM) && st->source->custom && !str_starts(name, S("x_")))
		why = "must begin with x_";
	if (why)
		check_error(c, st, "%s %s: %.*s", what, why,
			    STR_FMT(str_first(name, WORD_SHOWN_MAX)));
	return !why;
}
_Static_assert(NAME_MAX_BYTES == 40, "the message of check_name says so");

struct str
label_of(struct arena *mem, struct str name)
{
	char *text;
	struct str label;

	if (str_starts(name, S("x_")))
		name = str_from(name, 2);
	text = arena_alloc(mem, name.n + 1);
	for (size_t i = 0; i < name.n; i++)
		text[i] = name.p[i] == '_' ? ' ' : name.p[i];
	if (name.n && text[0] >= 'a' && text[0] <= 'z')
		text[0] = (char)(text[0] - 'a' + 'A');
	label = (struct str){ text, name.n };
	return label;
}

struct field *
check_field(struct check *c, const struct statement *st, struct str name)
{
	for (unsigned i = 0; i < c->object->n_fields; i++)
		if (str_eq(c->object->fields[i]->name, name))
			return c->object->fields[i];
	check_error(c, st, "unknown field of %.*s: %.*s%s", STR_FMT(c->object->name),
		    STR_FMT(str_first(name, WORD_SHOWN_MAX)), hint_fields(c, c->object, name));
	return NULL;
}

bool
object_name_is_free(struct check *c, const struct statement *st, struct str name)
{
	for (unsigned i = 0; i < c->model->n_objects; i++) {
		const struct object *o = c->model->objects[i];
		bool taken = str_eq(o->name, name);

		for (unsigned j = 0; j < o->n_faces && !taken; j++)
			taken = str_eq(o->faces[j].name, name);
		if (taken) {
			check_error(c, st, "the name is taken by an object or a face: %.*s",
				    STR_FMT(name));
			return false;
		}
	}
	return true;
}

static void
object_declare(struct check *c, struct statement *st)
{
	struct str name = st->words[1].text;
	struct object *object;

	if (!check_name(c, st, name, "the name of an object", NAME_FULL) ||
	    !object_name_is_free(c, st, name))
		return;
	if (c->model->n_objects == OBJECTS_MAX) {
		check_error(c, st, "more than %d objects", OBJECTS_MAX);
		return;
	}
	object = new(c->mem, struct object);
	object->name = object->table = str_dup(c->mem, name);
	object->label = label_of(c->mem, name);
	object->label_many = str_printf(c->mem, "%.*ss", STR_FMT(object->label));
	object->index = c->model->n_objects;
	object->custom = str_starts(name, S("x_"));
	object->fields = new_array(c->mem, FIELDS_MAX, struct field *);
	field_system(c, object);
	c->model->objects[c->model->n_objects++] = object;
	st->made = object;
}

static void
extend_open(struct check *c, struct statement *st)
{
	struct str name = st->words[1].text;

	for (unsigned i = 0; i < c->model->n_objects; i++)
		if (str_eq(c->model->objects[i]->name, name))
			st->made = c->model->objects[i];
	if (!st->made)
		check_error(c, st, "unknown object: %.*s%s",
			    STR_FMT(str_first(name, WORD_SHOWN_MAX)), hint_objects(c, name));
}

static void
role_declare(struct check *c, struct statement *st)
{
	struct str name = st->words[1].text;
	struct role *role;

	if (!check_name(c, st, name, "the name of a role", NAME_CUSTOM))
		return;
	if (role_find(c->model, name)) {
		check_error(c, st, "the role is there already: %.*s", STR_FMT(name));
		return;
	}
	if (c->model->n_roles == ROLES_MAX) {
		check_error(c, st, "more than %d roles", ROLES_MAX);
		return;
	}
	role = &c->model->roles[c->model->n_roles++];
	role->name = str_dup(c->mem, name);
	role->label = label_of(c->mem, name);
	for (size_t i = 2; i < st->n_words; i++) {
		if (i == 2 && st->words[i].quoted && !st->words[i].key.n)
			role->label = str_dup(c->mem, st->words[i].text);
		else if (str_eq(st->words[i].raw, S("admin")))
			role->is_admin = true;
		else
			check_error(c, st,
				    "unknown word behind the role: %.*s (admin may stand here)",
				    STR_FMT(str_first(st->words[i].raw, WORD_SHOWN_MAX)));
	}
	if (role->is_admin && st->source->custom)
		check_error(c, st, "only a shipped role may be admin: %.*s", STR_FMT(name));
}

static void
label_set(struct check *c, struct statement *st)
{
	c->object->label = str_dup(c->mem, st->words[1].text);
	c->object->label_many = st->n_words > 2
					? str_dup(c->mem, st->words[2].text)
					: str_printf(c->mem, "%.*ss", STR_FMT(c->object->label));
	if (!c->object->label.n || !c->object->label_many.n)
		check_error(c, st, "a label must not be empty");
}

static void
help_set(struct check *c, struct statement *st)
{
	c->object->help = str_dup(c->mem, st->words[1].text);
}

static const struct grammar *
grammar_find(struct check *c, const struct statement *st)
{
	struct str keyword = st->words[0].raw;
	struct hint hint = hint_for(keyword);

	for (size_t i = 0; i < countof(GRAMMAR); i++) {
		if (str_eq_z(keyword, GRAMMAR[i].keyword))
			return &GRAMMAR[i];
		hint_offer(&hint, str_of(GRAMMAR[i].keyword));
	}
	check_error(c, st, "unknown statement: %.*s%s", STR_FMT(str_first(keyword, WORD_SHOWN_MAX)),
		    hint_text(NULL, c->scratch, &hint));
	return NULL;
}

/* Below what does the statement stand? */
static enum place
statement_stands(const struct statement *st)
{
	if (!st->parent)
		return PLACE_TOP;
	return st->parent->depth == 0 && (st->parent->grammar->flags & OPENS) ? PLACE_OBJECT
									      : PLACE_FIELD;
}

static const char *
place_text(unsigned places)
{
	if (places & PLACE_FIELD)
		return "indented below a field";
	return places == PLACE_TOP ? "at the beginning of a line" : "indented below an object";
}

static bool
statement_stands_right(struct check *c, struct statement *st, const struct grammar *row, bool open)
{
	unsigned bit = 1u << (row - GRAMMAR);

	if (!(row->places & statement_stands(st)))
		check_error(c, st, "%s cannot stand here; write it %s", row->keyword,
			    place_text(row->places));
	else if ((row->flags &OWNED)&&!open)
		check_error(c, st, "%s stands before any object", row->keyword);
	else if (st->parent && (row->flags & HEAD) && str_eq(st->parent->words[0].raw, S("extend")))
		check_error(c, st, "%s cannot stand below extend", row->keyword);
	else if (st->parent && (row->flags & ONCE) && (st->parent->seen & bit))
		check_error(c, st, "%s stands twice", row->keyword);
	else
		return true;
	return false;
}

/* Give the statement its row of the grammar, unless its form or place is wrong. */
static void
statement_recognise(struct check *c, struct statement *st, bool open)
{
	const struct grammar *row = grammar_find(c, st);
	size_t n = st->n_words - 1;

	if (!row || !statement_stands_right(c, st, row, open))
		return;
	if (st->parent)
		st->parent->seen |= 1u << (row - GRAMMAR);
	if (n < row->min || (row->max && n > row->max))
		check_error(c, st, "too %s words; write: %s", n < row->min ? "few" : "many",
			    row->usage);
	else
		st->grammar = row;
}

static void
statements_recognise(struct check *c)
{
	const struct model_text *source = NULL;
	bool open = false;

	for (struct statement *st = c->first; st && !check_is_full(c); st = st->next) {
		if (st->source != source)
			open = false;
		source = st->source;
		/* What stands below an unknown statement was reported with it. */
		if (st->lost || (st->parent && !st->parent->grammar))
			continue;
		statement_recognise(c, st, open);
		if (st->depth == 0 && (!st->grammar || (st->grammar->flags & OPENS)))
			open = true;
	}
}

static void
phase_run(struct check *c, enum phase phase)
{
	const struct model_text *source = NULL;

	for (struct statement *st = c->first; st && !check_is_full(c); st = st->next) {
		const struct grammar *row = st->grammar;

		if (st->source != source)
			c->object = NULL;
		source = st->source;
		if (!row)
			continue;
		if (row->apply[phase] && (c->object || !(row->flags &OWNED)))
			row->apply[phase](c, st);
		if (row->flags & OPENS)
			c->object = st->made;
	}
}

static void
index_objects(struct check *c)
{
	struct names *names = names_new(c->mem);

	for (unsigned i = 0; i < c->model->n_objects; i++) {
		struct object *object = c->model->objects[i];

		names_put(names, object->name, model_entry(c->mem, object, NULL));
		for (unsigned j = 0; j < object->n_faces; j++)
			names_put(names, object->faces[j].name,
				  model_entry(c->mem, object, &object->faces[j]));
	}
	c->model->index = names;
}

/* Whoever makes records is a user, where there are users. */
static void
link_creators(struct check *c)
{
	const struct object *user = object_find(c->model, S("user"), NULL);

	for (unsigned i = 0; i < c->model->n_objects && user; i++)
		c->model->objects[i]->fields[SF_CREATED_BY]->target =
			c->model->objects[user->index];
}

static void
index_fields(struct check *c)
{
	for (unsigned i = 0; i < c->model->n_objects; i++) {
		struct object *object = c->model->objects[i];
		struct names *names = names_new(c->mem);

		for (unsigned j = 0; j < object->n_fields; j++)
			names_put(names, object->fields[j]->name, object->fields[j]);
		object->names = names;
	}
}

void
check_model(struct check *c)
{
	statements_recognise(c);
	phase_run(c, PHASE_NAME);
	phase_run(c, PHASE_FACE);
	index_objects(c);
	link_creators(c);
	phase_run(c, PHASE_MAKE);
	index_fields(c);
	for (enum phase phase = PHASE_LINK; phase < PHASE__MAX; phase++)
		phase_run(c, phase);
	titles_default(c);
	sealed_find(c);
}

bool
statement_row(size_t i, struct language_row *out)
{
	if (i >= countof(GRAMMAR))
		return false;
	*out = (struct language_row){ GRAMMAR[i].keyword, GRAMMAR[i].usage, 0 };
	if (GRAMMAR[i].places & PLACE_TOP)
		out->bits |= ROW_TOP;
	if (GRAMMAR[i].places & PLACE_OBJECT)
		out->bits |= ROW_IN_OBJECT;
	if (GRAMMAR[i].places & PLACE_FIELD)
		out->bits |= ROW_IN_FIELD;
	return true;
}
