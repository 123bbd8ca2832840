#include "record/internal.h"

enum {
	ACTORS_MAX = 1024, /* in the cache at once */
	ACTOR_MEM_MAX = 4 << 20,
	UNITS_MAX = 10000,
	TEAMS_MAX = 1000,
	FRESH_MS = 1000,          /* how long the log may be ahead of what this process knows */
	GRACE_MS = 15 * 60 * 1000 /* a replaced actor may still be in use this long */
};

struct cached {
	struct cached *next;
	struct arena *mem;
	const struct actor *actor;
	int64_t head; /* of the log, when it was loaded */
	int64_t retired_at;
};

struct actor_cache {
	pthread_mutex_t lock;
	struct cached *slots[ACTORS_MAX];
	struct cached *retired;
	int64_t checked_at;
};

struct actor_cache *
actor_cache_new(void)
{
	struct actor_cache *cache = heap_new(sizeof *cache);

	pthread_mutex_init(&cache->lock, NULL);
	return cache;
}

static void
cached_free(struct cached *entry)
{
	if (!entry)
		return;
	arena_free(&entry->mem);
	heap_free(entry);
}

static void
retired_free(struct actor_cache *cache, int64_t before)
{
	struct cached **at = &cache->retired;

	while (*at) {
		struct cached *entry = *at;

		if (entry->retired_at >= before) {
			at = &entry->next;
			continue;
		}
		*at = entry->next;
		cached_free(entry);
	}
}

void
actor_cache_free(struct actor_cache **cache)
{
	if (!*cache)
		return;
	for (size_t i = 0; i < ACTORS_MAX; i++)
		cached_free((*cache)->slots[i]);
	retired_free(*cache, INT64_MAX);
	pthread_mutex_destroy(&(*cache)->lock);
	heap_free(*cache);
	*cache = NULL;
}

const struct actor *
actor_system(struct cx *cx)
{
	struct actor *actor = new(cx->mem, struct actor);

	actor->name = S("Kontor");
	actor->is_system = true;
	actor->zone = cx->zone;
	actor->lang = cx->lang;
	actor->model = cx->model;
	return actor;
}

/* ---- loading ---- */

struct ids {
	int64_t *v;
	size_t n, cap;
};

static int
ids_order(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void
ids_sort(struct ids *ids)
{
	if (ids->n)
		qsort(ids->v, ids->n, sizeof *ids->v, ids_order);
}

static bool
ids_have(const struct ids *ids, int64_t id)
{
	for (size_t i = 0; i < ids->n; i++)
		if (ids->v[i] == id)
			return true;
	return false;
}

static const struct value *
row_value(const struct row *row, const char *name)
{
	const struct field *f = field_find(row->object, str_of(name));

	return f ? &row->v[f->index] : NULL;
}

static int64_t
row_id(const struct row *row, const char *name)
{
	const struct value *v = row_value(row, name);

	return v && v->kind == V_INT ? v->i : 0;
}

static struct str
row_text(struct arena *mem, const struct row *row, const char *name)
{
	const struct value *v = row_value(row, name);

	return v && v->kind == V_TEXT ? str_dup(mem, v->s) : (struct str){ 0 };
}

struct tree {
	struct arena *mem;
	struct ids *below;
	const char *parent;
	bool grew;
};

/* One pass adds the units whose parent is already in; passes go on until nothing is added. */
static bool
tree_row(struct cx *cx, const struct row *row, void *to)
{
	struct tree *tree = to;
	int64_t parent = row_id(row, tree->parent);

	if (!parent || ids_have(tree->below, row->id) || !ids_have(tree->below, parent))
		return true;
	if (tree->below->n >= UNITS_MAX)
		return fail(cx, E_TOO_BIG, "There are more than %d organisational units",
			    UNITS_MAX);
	list_add(tree->mem, tree->below, row->id);
	tree->grew = true;
	return true;
}

static bool
load_units(struct cx *cx, struct arena *mem, int64_t unit, struct ids *out)
{
	const struct object *object = object_find(cx->model, S("unit"), NULL);
	struct tree tree = { mem, out, "parent_unit", true };
	struct query query = { .object = object, .limit = -1 };

	if (!unit || !object)
		return true;
	list_add(mem, out, unit);
	while (tree.grew) {
		tree.grew = false;
		if (!record_each(cx, &query, tree_row, &tree))
			return false;
	}
	ids_sort(out);
	return true;
}

static bool
led_team(struct cx *cx, const struct row *row, void *to)
{
	struct tree *tree = to;

	(void)cx;
	if (tree->below->n < TEAMS_MAX && !ids_have(tree->below, row->id))
		list_add(tree->mem, tree->below, row->id);
	return true;
}

static bool
load_teams(struct cx *cx, struct arena *mem, int64_t user, int64_t team, struct ids *out)
{
	const struct object *object = object_find(cx->model, S("team"), NULL);
	const struct field *lead = object ? field_find(object, S("lead")) : NULL;
	struct tree tree = { mem, out, NULL, false };
	struct query query = { .object = object, .limit = -1 };
	char text[64];

	if (team)
		list_add(mem, out, team);
	if (!lead)
		return true;
	snprintf(text, sizeof text, "lead = %lld", (long long)user);
	if (!cond_parse(cx, cx->mem, cx->model, object, str_of(text), NULL, &query.where) ||
	    !record_each(cx, &query, led_team, &tree))
		return false;
	ids_sort(out);
	return true;
}

static bool
load_roles(struct cx *cx, const struct row *user, struct actor *actor)
{
	const struct field *f = field_find(user->object, S("roles"));
	const struct value *ids = f ? &user->v[f->index] : NULL;
	struct row *role;

	for (int64_t i = 0; ids && ids->kind == V_IDS && i < ids->i; i++) {
		const struct role *known;

		if (!record_load(cx, f->target, ids->ids[i], &role)) {
			if (cx->err.code != E_MISSING)
				return false;
			fail_clear(cx);
			continue;
		}
		known = role_find(cx->model, row_text(cx->mem, role, "name"));
		if (!known)
			continue;
		actor->roles |= (uint64_t)1 << (known - cx->model->roles);
		actor->is_admin |= known->is_admin;
	}
	return true;
}

/* ---- rights from grants ---- */

static void
right_add(struct right *right, const struct grant *grant, bool first)
{
	for (int op = 0; op < OP__MAX; op++) {
		if (grant->may[op] == SCOPE_NONE)
			continue;
		if (grant->may[op] > right->may[op]) {
			right->may[op] = grant->may[op];
			right->conditional[op] = grant->when != NULL;
		} else if (grant->may[op] == right->may[op] && !grant->when) {
			right->conditional[op] = false;
		}
	}
	right->special |= grant->special;
	for (size_t i = 0; i < countof(right->hidden.bits); i++) {
		right->hidden.bits[i] = first ? grant->hidden.bits[i]
					      : right->hidden.bits[i] & grant->hidden.bits[i];
		right->readonly.bits[i] = first ? grant->readonly.bits[i]
						: right->readonly.bits[i] & grant->readonly.bits[i];
	}
}

static void
rights_own(const struct actor *actor, const struct object *object, struct right *right)
{
	bool first = true;

	for (unsigned i = 0; i < object->n_grants; i++) {
		if (!(actor->roles >> object->grants[i].role & 1))
			continue;
		right_add(right, &object->grants[i], first);
		first = false;
	}
}

/* Without grants of its own a part has the rights of its whole: read as that is read, written as
 * that is edited. */
static void
rights_inherit(const struct right *parent, struct right *right)
{
	for (int op = 0; op < OP__MAX; op++) {
		enum operation asked =
			op == OP_READ || op == OP_EXPORT ? (enum operation)op : OP_EDIT;

		right->may[op] = parent->may[asked] == SCOPE_NONE ? SCOPE_NONE : SCOPE_ALL;
	}
	right->special = parent->special;
}

static void
rights_parent_needed(const struct right *parent, struct right *right)
{
	for (int op = 0; op < OP__MAX; op++) {
		enum operation asked =
			op == OP_READ || op == OP_EXPORT ? (enum operation)op : OP_EDIT;

		if (parent->may[asked] == SCOPE_NONE)
			right->may[op] = SCOPE_NONE;
	}
}

static const struct right *
rights_of(struct arena *mem, const struct snapshot *model, const struct actor *actor)
{
	struct right *rights = new_array(mem, model->n_objects, struct right);

	for (unsigned i = 0; i < model->n_objects; i++)
		rights_own(actor, model->objects[i], &rights[i]);
	/* Chains of parents are short: as many passes as objects would be the bound, three suffice.
	 */
	for (int pass = 0; pass < 3; pass++)
		for (unsigned i = 0; i < model->n_objects; i++) {
			const struct object *object = model->objects[i];

			if (!object->parent || object->parent->target == object)
				continue;
			if (object->n_grants)
				rights_parent_needed(&rights[object->parent->target->index],
						     &rights[i]);
			else
				rights_inherit(&rights[object->parent->target->index], &rights[i]);
		}
	rights_settle(model, rights);
	return rights;
}

/* What pages show and offer goes by this. */
static struct str
sight_of(struct arena *mem, const struct snapshot *model, const struct actor *actor)
{
	struct hasher hasher;
	struct hash hash;

	hasher_begin(&hasher, NULL);
	hasher_add_int(&hasher, actor->is_admin);
	for (unsigned i = 0; i < model->n_objects; i++) {
		const struct right *right = &actor->rights[i];

		for (int op = 0; op < OP__MAX; op++)
			hasher_add_int(&hasher, right->may[op] * 2 + right->conditional[op]);
		hasher_add_int(&hasher, right->special);
		hasher_add(&hasher, (struct str){ (const char *)right->hidden.bits,
						  sizeof right->hidden.bits });
		hasher_add(&hasher, (struct str){ (const char *)right->readonly.bits,
						  sizeof right->readonly.bits });
	}
	hash = hasher_end(&hasher);
	return str_dup(mem, hash_str(&hash));
}

static enum lang
lang_of(struct str language)
{
	return str_eq(language, S("de")) ? LANG_DE : LANG_EN;
}

static bool
actor_fill(struct cx *cx, struct arena *mem, const struct row *user, struct actor *actor)
{
	const struct value *active = row_value(user, "active");
	struct ids teams = { 0 }, units = { 0 };

	if (!active || active->kind != V_INT || !active->i)
		return fail(cx, E_AUTH, "This user is not active");
	actor->user_id = user->id;
	actor->login = row_text(mem, user, "login");
	actor->name = row_text(mem, user, "name");
	actor->lang = lang_of(row_text(mem, user, "language"));
	actor->zone = row_text(mem, user, "time_zone");
	actor->theme = row_text(mem, user, "theme");
	actor->density = row_text(mem, user, "density");
	actor->goal = row_text(mem, user, "goal");
	actor->team_id = row_id(user, "team");
	actor->unit_id = row_id(user, "unit");
	if (!load_roles(cx, user, actor) || !load_units(cx, mem, actor->unit_id, &units) ||
	    !load_teams(cx, mem, user->id, actor->team_id, &teams))
		return false;
	actor->teams = teams.v;
	actor->n_teams = teams.n;
	actor->units = units.v;
	actor->n_units = units.n;
	actor->model = cx->model;
	actor->rights = rights_of(mem, cx->model, actor);
	actor->sight = sight_of(mem, cx->model, actor);
	return true;
}

static bool
actor_read(struct cx *cx, int64_t user_id, struct cached *entry)
{
	const struct actor *asking = cx->actor;
	const struct object *users = object_find(cx->model, S("user"), NULL);
	struct actor *actor = new(entry->mem, struct actor);
	struct row *user;
	bool ok;

	if (!users)
		return bug(cx, "the model has no user object");
	cx->actor = actor_system(cx);
	ok = head_read(cx, &entry->head) && record_load(cx, users, user_id, &user) &&
	     actor_fill(cx, entry->mem, user, actor);
	cx->actor = asking;
	if (!ok && cx->err.code == E_MISSING) {
		fail_clear(cx);
		return fail(cx, E_AUTH, "This user no longer exists");
	}
	entry->actor = actor;
	return ok;
}

static bool
cached_read(struct cx *cx, int64_t user_id, struct cached **out)
{
	struct cached *entry = heap_new(sizeof *entry);

	entry->mem = arena_new(ACTOR_MEM_MAX);
	if (!actor_read(cx, user_id, entry)) {
		cached_free(entry);
		return false;
	}
	*out = entry;
	return true;
}

/* ---- the cache ---- */

static bool
is_current(const struct cx *cx, const struct cached *entry)
{
	static const char *const watched[] = { "user", "role", "team", "unit" };

	if (entry->actor->model != cx->model)
		return false;
	for (size_t i = 0; i < countof(watched); i++) {
		const struct object *object = object_find(cx->model, str_of(watched[i]), NULL);

		if (object && head_changed(cx, object) > entry->head)
			return false;
	}
	return true;
}

/* Is it time to look whether another process has written? */
static bool
look_due(struct cx *cx, struct actor_cache *cache)
{
	bool due;

	pthread_mutex_lock(&cache->lock);
	due = cx->now - cache->checked_at >= FRESH_MS || cx->now < cache->checked_at;
	if (due)
		cache->checked_at = cx->now;
	pthread_mutex_unlock(&cache->lock);
	return due;
}

static const struct actor *
cache_find(struct cx *cx, struct actor_cache *cache, int64_t user_id)
{
	struct cached *entry;
	const struct actor *found = NULL;

	pthread_mutex_lock(&cache->lock);
	entry = cache->slots[(uint64_t)user_id % ACTORS_MAX];
	if (entry && entry->actor->user_id == user_id && is_current(cx, entry))
		found = entry->actor;
	pthread_mutex_unlock(&cache->lock);
	return found;
}

static void
cache_put(struct cx *cx, struct actor_cache *cache, struct cached *entry)
{
	struct cached **slot = &cache->slots[(uint64_t)entry->actor->user_id % ACTORS_MAX];

	pthread_mutex_lock(&cache->lock);
	if (*slot) {
		(*slot)->retired_at = cx->now;
		(*slot)->next = cache->retired;
		cache->retired = *slot;
	}
	*slot = entry;
	retired_free(cache, cx->now - GRACE_MS);
	pthread_mutex_unlock(&cache->lock);
}

/* Actors that a write loads may rest on what it has written itself: they are for it alone. */
static bool
load_for_work(struct cx *cx, int64_t user_id, const struct actor **out)
{
	struct cached **list = work_actors(cx), *entry;

	for (entry = *list; entry; entry = entry->next)
		if (entry->actor->user_id == user_id && entry->actor->model == cx->model) {
			*out = entry->actor;
			return true;
		}
	if (!cached_read(cx, user_id, &entry))
		return false;
	entry->next = *list;
	*list = entry;
	*out = entry->actor;
	return true;
}

void
work_actors_free(struct cached **list)
{
	while (*list) {
		struct cached *entry = *list;

		*list = entry->next;
		cached_free(entry);
	}
}

bool
actor_load(struct cx *cx, int64_t user_id, const struct actor **out)
{
	struct actor_cache *cache = cx->store->actors;
	struct cached *entry;
	int64_t head;

	if (look_due(cx, cache) && !head_read(cx, &head))
		return false;
	if (cx->work)
		return load_for_work(cx, user_id, out);
	*out = cache_find(cx, cache, user_id);
	if (*out)
		return true;
	if (!cached_read(cx, user_id, &entry))
		return false;
	*out = entry->actor;
	cache_put(cx, cache, entry);
	return true;
}

bool
actor_become(struct cx *cx, int64_t user_id, struct str door, bool *is_there)
{
	const struct actor *actor;

	*is_there = actor_load(cx, user_id, &actor);
	if (!*is_there) {
		if (cx->err.code != E_AUTH)
			return false;
		fail_clear(cx);
		return true;
	}
	cx->actor = actor;
	cx->lang = actor->lang;
	cx->zone = actor->zone;
	cx->door = door;
	return true;
}

bool
as_program(struct cx *cx, struct change *c, bool (*run)(struct cx *cx, struct change *c))
{
	const struct actor *actor = cx->actor;
	struct actor all = *actor_system(cx);
	bool ok;

	all.user_id = actor ? actor->user_id : 0;
	cx->actor = &all;
	ok = run(cx, c);
	cx->actor = actor;
	return ok;
}
