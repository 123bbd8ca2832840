#include "model/model.h"

#include "model/check.h"
#include "model/names.h"

enum { SNAPSHOT_BYTES_MAX = 128 << 20, SCRATCH_BYTES_MAX = 128 << 20, OPTIONS_FEW = 8 };

const char *const SPECIAL_NAMES[SPECIAL__MAX] = { "none",  "health",    "finance", "belief",
						  "legal", "education", "private" };

struct entry {
	struct object *object;
	struct face *face;
};

void *
model_entry(struct arena *mem, struct object *object, struct face *face)
{
	struct entry *entry = new(mem, struct entry);

	*entry = (struct entry){ object, face };
	return entry;
}

void *
items_grow(struct arena *mem, void *items, unsigned n, size_t size)
{
	void *grown;

	if (n & (n - 1))
		return items;
	grown = arena_alloc_n(mem, n ? (size_t)n * 2 : 1, size);
	if (n)
		memcpy(grown, items, n * size);
	return grown;
}

const struct object *
object_find(const struct snapshot *model, struct str name, const struct face **face)
{
	const struct entry *entry = names_get(model->index, name);

	if (!entry || (entry->face && !face))
		return NULL;
	if (face)
		*face = entry->face;
	return entry->object;
}

const struct field *
field_find(const struct object *object, struct str name)
{
	return names_get(object->names, name);
}

const struct reverse *
reverse_find(const struct object *object, struct str name)
{
	for (unsigned i = 0; i < object->n_reverses; i++)
		if (str_eq(object->reverses[i].name, name))
			return &object->reverses[i];
	return NULL;
}

const struct option *
option_find(const struct field *field, struct str key)
{
	/* Few are found sooner one by one. */
	for (unsigned i = 0; field->n_options <= OPTIONS_FEW && i < field->n_options; i++)
		if (str_eq(field->options[i].key, key))
			return &field->options[i];
	return field->n_options > OPTIONS_FEW ? names_get(field->option_names, key) : NULL;
}

const struct role *
role_find(const struct snapshot *model, struct str name)
{
	for (unsigned i = 0; i < model->n_roles; i++)
		if (str_eq(model->roles[i].name, name))
			return &model->roles[i];
	return NULL;
}

const struct view *
view_find(const struct object *object, struct str kind, struct str name)
{
	for (unsigned i = 0; i < object->n_views; i++)
		if (str_eq(object->views[i].kind, kind) && str_eq(object->views[i].name, name))
			return &object->views[i];
	return NULL;
}

/* Loading keeps all it needs in this record, so that it survives a jump out of a full arena. */
struct load {
	struct check check;
	struct arena *mem, *scratch, *unit;
	struct err err; /* of the unit, before */
	enum lang lang;
	struct buf report;
	bool full;
};

static void
texts_check(struct load *load, const struct model_text *texts, size_t n)
{
	struct check *c = &load->check;
	struct statement **end = &c->first;
	struct snapshot *model = new(load->mem, struct snapshot);

	c->mem = model->mem = load->mem;
	c->scratch = load->scratch;
	c->model = model;
	model->objects = new_array(c->mem, OBJECTS_MAX, struct object *);
	model->roles = new_array(c->mem, ROLES_MAX, struct role);
	c->cx->env->random(c->cx->env, &model->number, sizeof model->number);
	/* What is shipped stands first, so that its fields keep their indexes. */
	for (int custom = 0; custom < 2; custom++)
		for (size_t i = 0; i < n; i++)
			if (texts[i].custom == (custom == 1))
				end = parse_text(c, &texts[i], end);
	check_model(c);
}

/* Run the check with the arenas of the load in place of the unit's. */
static void
load_run(struct load *load, const struct model_text *texts, size_t n)
{
	load->full = true;
	if (setjmp(*arena_guard(load->mem)))
		return;
	if (setjmp(*arena_guard(load->scratch)))
		return;
	load->check.cx->mem = load->scratch;
	load->check.cx->lang = LANG_EN; /* one report, in one language */
	texts_check(load, texts, n);
	if (load->check.n_mistakes)
		check_report(&load->check, &load->report);
	load->full = false;
}

static size_t
texts_bytes(const struct model_text *texts, size_t n)
{
	size_t bytes = 0;

	for (size_t i = 0; i < n; i++)
		if (__builtin_add_overflow(bytes, texts[i].text.n, &bytes))
			return SIZE_MAX;
	return bytes;
}

/* The outcome as the failure of the unit. */
static bool
load_outcome(struct cx *cx, struct load *load)
{
	struct check *c = &load->check;

	if (load->full)
		return fail(cx, E_TOO_BIG,
			    "the model needs more than %d MiB of memory; split or shorten it",
			    SNAPSHOT_BYTES_MAX >> 20);
	if (!c->n_mistakes)
		return true;
	if (cx->err.code == E_OK)
		cx->err = (struct err){ .code = E_INPUT, .why = buf_done(&load->report) };
	return false;
}

bool
model_load(struct cx *cx, const struct model_text *texts, size_t n, struct snapshot **out)
{
	struct load *load = new(cx->mem, struct load);
	struct check *c = &load->check;
	bool done;

	if (n > MODEL_TEXTS_MAX || texts_bytes(texts, n) > MODEL_BYTES_MAX)
		return fail(cx, E_TOO_BIG, "the model has more than %d texts or %d MiB",
			    MODEL_TEXTS_MAX, MODEL_BYTES_MAX >> 20);
	/* All that the unit's arena must hold is taken before the others exist: were it full later,
	 * they would be lost. */
	load->report = (struct buf){ .p = arena_alloc(cx->mem, CHECK_ERRORS_BYTES_MAX),
				     .cap = CHECK_ERRORS_BYTES_MAX,
				     .max = CHECK_ERRORS_BYTES_MAX,
				     .mem = cx->mem };
	c->cx = cx;
	load->unit = cx->mem;
	load->lang = cx->lang;
	load->err = cx->err;
	load->mem = arena_new(SNAPSHOT_BYTES_MAX);
	load->scratch = arena_new(SCRATCH_BYTES_MAX);
	load_run(load, texts, n);
	cx->mem = load->unit;
	cx->lang = load->lang;
	cx->err = load->err;
	arena_free(&load->scratch);
	if (!load->full)
		arena_unguard(load->mem);
	done = load_outcome(cx, load);
	if (done)
		*out = c->model;
	else
		arena_free(&load->mem);
	return done;
}

void
snapshot_free(struct snapshot **snapshot)
{
	struct arena *mem;

	if (!*snapshot)
		return;
	mem = (*snapshot)->mem;
	*snapshot = NULL;
	arena_free(&mem);
}
