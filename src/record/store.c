#include "record/internal.h"

#include "base/feature.h"

enum { STORE_BYTES_MAX = 64 << 20, REFRESH_MS = 1000 };

struct models {
	struct store *store;
	pthread_mutex_t lock; /* for writing */
	_Atomic(const struct snapshot *) current;
	_Atomic int64_t version;      /* of the custom text in it */
	_Atomic int64_t refreshed_at; /* when others were last asked */
	struct snapshot **all;        /* old ones stay: a unit may still use them */
	size_t n, cap;
};

void
store_special_set(struct cx *cx, unsigned on)
{
	atomic_store(&cx->store->models->store->special_on, on);
}

void
store_settings_changed(struct cx *cx)
{
	atomic_fetch_add(&cx->store->models->store->settings_at, 1);
}

void
store_people_set(struct cx *cx, int64_t least)
{
	atomic_store(&cx->store->models->store->people_least, least);
}

/* Takes the snapshot.  One that was loaded before a newer one, but comes later, is only kept. */
static void
models_swap(struct models *models, struct snapshot *model, int64_t version)
{
	pthread_mutex_lock(&models->lock);
	if (models->n == models->cap) {
		models->cap = models->cap ? models->cap * 2 : 1;
		models->all = heap_grow(models->all, models->cap * sizeof *models->all);
	}
	models->all[models->n++] = model;
	if (models->n == 1 || version > atomic_load(&models->version)) {
		atomic_store(&models->version, version);
		atomic_store(&models->current, model);
	}
	pthread_mutex_unlock(&models->lock);
}

static void
models_free(struct models *models)
{
	for (size_t i = 0; i < models->n; i++)
		snapshot_free(&models->all[i]);
	heap_free(models->all);
	pthread_mutex_destroy(&models->lock);
	heap_free(models);
}

/* ---- the custom text ---- */

struct custom {
	int64_t version;
	struct str text;
};

static bool
custom_read(struct cx *cx, struct custom *out)
{
	struct stmt *stmt = db_sql(cx, "SELECT version, text FROM sys_model WHERE id = 1");
	bool row;

	if (!stmt || !db_step(cx, stmt, &row))
		return false;
	*out = (struct custom){ 0 };
	if (row)
		*out = (struct custom){ db_col_int(stmt, 0),
					str_dup(cx->mem, db_col_str(stmt, 1)) };
	db_done(stmt);
	return true;
}

static bool
custom_write(struct cx *cx, const struct custom *custom)
{
	struct stmt *stmt =
		db_sql(cx, "INSERT INTO sys_model (id, version, text) VALUES (1, ?1, ?2)"
			   " ON CONFLICT (id) DO UPDATE SET version = excluded.version,"
			   " text = excluded.text");

	if (!stmt)
		return false;
	db_bind_int(stmt, 1, custom->version);
	db_bind_str(stmt, 2, custom->text);
	return db_run(cx, stmt);
}

/* The shipped texts and the custom one. */
static bool
snapshot_load(struct cx *cx, const struct store *store, struct str custom, struct snapshot **out)
{
	struct model_text *texts = new_array(cx->mem, store->n_texts + 1, struct model_text);

	for (size_t i = 0; i < store->n_texts; i++)
		texts[i] = store->texts[i];
	texts[store->n_texts] = (struct model_text){ S("custom.model"), custom, .custom = true };
	if (!model_load(cx, texts, store->n_texts + (custom.n > 0), out))
		return false;
	for (unsigned i = 0; i < (*out)->n_objects; i++)
		(*out)->objects[i]->insert =
			insert_sql((*out)->mem, db_dialect(cx->db), (*out)->objects[i]);
	return true;
}

/* Where the caller has a unit of work open, it is used; else one is opened for reading. */
static bool
read_begin(struct cx *cx, bool *own)
{
	*own = !cx->conn;
	return !*own || db_begin_read(cx);
}

static bool
read_end(struct cx *cx, bool own, bool done)
{
	if (own)
		db_rollback(cx);
	return done;
}

bool
store_custom_text(struct cx *cx, struct str *out)
{
	struct custom custom;
	bool own;

	if (!read_begin(cx, &own))
		return false;
	if (!read_end(cx, own, custom_read(cx, &custom)))
		return false;
	*out = custom.text;
	return true;
}

bool
store_preview_custom_text(struct cx *cx, struct str text, struct strs *out)
{
	struct snapshot *model;
	struct strs plan = { 0 };
	bool own, done;

	if (!snapshot_load(cx, cx->store, text, &model))
		return false;
	done = read_begin(cx, &own) && read_end(cx, own, migrate_model(cx, model, &plan));
	snapshot_free(&model);
	if (done)
		*out = plan;
	return done;
}

/* ---- roles of the model are records, so that users can have them ---- */

static bool
role_exists(struct cx *cx, const struct object *object, struct str name, bool *out)
{
	struct sqltext sql = sqltext_new(cx->mem);
	int64_t id;

	sql_raw(&sql, "SELECT t.\"id\" FROM ");
	sql_name(&sql, object->table);
	sql_raw(&sql, " t WHERE t.\"name\" = ");
	sql_str(&sql, name);
	if (!sql_one_int(cx, &sql, 0, &id))
		return false;
	*out = id != 0;
	return true;
}

static bool
role_save(struct cx *cx, const struct object *object, const struct role *role)
{
	const struct field *name = field_find(object, S("name")),
			   *label = field_find(object, S("label"));
	struct change *change;
	bool exists = false;

	if (!role_exists(cx, object, role->name, &exists))
		return false;
	if (exists)
		return true;
	change = change_new(cx, object, NULL);
	change_put(change, name, value_text(role->name));
	if (label)
		change_put(change, label, value_text(role->label));
	return record_save(cx, change);
}

static bool
roles_save(struct cx *cx)
{
	const struct object *object = object_find(cx->model, S("role"), NULL);
	bool done;

	if (!object || !field_find(object, S("name")))
		return true;
	if (!work_begin(cx, S("Roles of the model")))
		return false;
	done = migrate_lock(cx);
	for (unsigned i = 0; done && i < cx->model->n_roles; i++)
		done = role_save(cx, object, &cx->model->roles[i]);
	if (done)
		return work_commit(cx, NULL);
	work_abandon(cx);
	return false;
}

/* As the system, whoever asked. */
static bool
roles_seed(struct cx *cx)
{
	const struct actor *asker = cx->actor;
	bool done;

	cx->actor = actor_system(cx);
	done = roles_save(cx);
	cx->actor = asker;
	return done;
}

/* ---- a new custom text ---- */

static bool
custom_set(struct cx *cx, struct snapshot *model, struct custom *custom)
{
	struct custom old;

	if (!migrate_model(cx, model, NULL) || !custom_read(cx, &old))
		return false;
	custom->version = old.version + 1;
	return custom_write(cx, custom) &&
	       work_log_system(cx, S("sys_model"), old.text, custom->text);
}

bool
store_set_custom_text(struct cx *cx, struct str text)
{
	struct custom custom = { .text = text };
	struct snapshot *model;

	if (cx->conn)
		return bug(cx, "a new model inside of a unit of work");
	if (!snapshot_load(cx, cx->store, text, &model))
		return false;
	if (!work_begin(cx, S("Model")) || !custom_set(cx, model, &custom) ||
	    !work_commit(cx, NULL)) {
		work_abandon(cx);
		snapshot_free(&model);
		return false;
	}
	models_swap(cx->store->models, model, custom.version);
	store_model(cx);
	return roles_seed(cx);
}

/* ---- what other processes have changed ---- */

static bool
refresh_model(struct cx *cx, const struct custom *custom)
{
	const struct store *store = cx->store;
	struct snapshot *model;
	bool done;

	if (!snapshot_load(cx, store, custom->text, &model))
		return false;
	if (!migrate_is_done(cx, model, store->features, &done) || !done) {
		snapshot_free(&model);
		return done ? false
			    : fail(cx, E_CONFLICT,
				   "Another version of the program has changed the tables; install the "
				   "same version here");
	}
	models_swap(store->models, model, custom->version);
	store_model(cx);
	return true;
}

static bool
refresh_read(struct cx *cx)
{
	struct stmt *stmt = db_sql(cx, "SELECT version FROM sys_model WHERE id = 1");
	struct custom custom;
	int64_t head, version;
	bool row;

	if (!head_read(cx, &head) || !stmt || !db_step(cx, stmt, &row))
		return false;
	version = row ? db_col_int(stmt, 0) : 0;
	db_done(stmt);
	if (version <= atomic_load(&cx->store->models->version))
		return true;
	return custom_read(cx, &custom) && refresh_model(cx, &custom);
}

bool
store_refresh(struct cx *cx)
{
	bool own;

	return read_begin(cx, &own) && read_end(cx, own, refresh_read(cx));
}

/* One unit a second asks; the statements are not its own, and where there is no answer it goes on
 * with what it knows. */
static void
refresh_due(struct cx *cx)
{
	struct models *models = cx->store->models;
	int64_t last = atomic_load(&models->refreshed_at);
	unsigned n_sql = cx->n_sql;

	if (cx->conn || !cx->db || cx->err.code != E_OK)
		return;
	if (cx->now >= last && cx->now - last < REFRESH_MS)
		return;
	if (!atomic_compare_exchange_strong(&models->refreshed_at, &last, cx->now))
		return;
	cx->model = atomic_load(&models->current);
	if (!store_refresh(cx))
		fail_clear(cx);
	cx->n_sql = n_sql;
}

void
store_model(struct cx *cx)
{
	refresh_due(cx);
	cx->model = atomic_load(&cx->store->models->current);
}

/* ---- hooks ---- */

static bool
hook_check(struct cx *cx, const struct snapshot *model, const struct feature *feature,
	   const struct hook *hook)
{
	const struct object *object = object_find(model, str_of(hook->object), NULL);

	if (object && !object->custom && hook->point != HOOK_NONE && hook->run)
		return true;
	return bug(cx, "feature %s has a hook for \"%s\", which is no shipped object",
		   feature->name, hook->object);
}

static void
hook_add(struct store *store, const struct object *object, const struct hook *hook)
{
	const struct hook **old = store->hooks[object->index], **list;
	size_t n = 0;

	while (old && old[n])
		n++;
	list = new_array(store->mem, n + 2, const struct hook *);
	for (size_t i = 0; i < n; i++)
		list[i] = old[i];
	list[n] = hook;
	store->hooks[object->index] = list;
}

static bool
hooks_collect(struct cx *cx, struct store *store, const struct snapshot *model)
{
	const struct feature *const *feature = store->features;

	for (; feature && *feature; feature++)
		for (const struct hook *hook = (*feature)->hooks; hook && hook->object; hook++) {
			if (!hook_check(cx, model, *feature, hook))
				return false;
			hook_add(store, object_find(model, str_of(hook->object), NULL), hook);
		}
	return true;
}

/* ---- opening ---- */

/* The database remembers whose keys its sealed values need. */
static bool
keyring_fits(struct cx *cx, const struct store *store, bool write)
{
	struct secret secret;
	struct str fingerprint, known;

	keyring_purpose(store->keyring, "fingerprint", &secret);
	fingerprint = crypt_hex(cx->mem, (struct str){ (const char *)secret.bytes, KEY_BYTES });
	if (!setting_get(cx, S("keyring"), &known))
		return false;
	if (known.n && !str_eq(known, fingerprint))
		return fail(cx, E_CONFLICT,
			    "The keyring does not belong to this database; put its copy in place");
	return known.n || !write || setting_write(cx, S("keyring"), fingerprint);
}

struct opening {
	struct store *store;
	bool read_only;
	struct custom custom;
	struct snapshot *model;
	bool is_new;  /* the system tables are not there */
	bool is_done; /* the tables fit */
};

/* What is there already.  A database that cannot answer is a new one, or the migration will say
 * what is wrong with it. */
static bool
open_look(struct cx *cx, struct opening *o)
{
	if (!custom_read(cx, &o->custom)) {
		if (cx->err.code == E_IO || cx->err.code == E_BUSY)
			return false;
		fail_clear(cx);
		o->is_new = true;
		return snapshot_load(cx, o->store, S(""), &o->model);
	}
	return snapshot_load(cx, o->store, o->custom.text, &o->model) &&
	       keyring_fits(cx, o->store, false) &&
	       migrate_is_done(cx, o->model, o->store->features, &o->is_done);
}

/* Another process may have been faster, or have brought another custom text. */
static bool
open_look_again(struct cx *cx, struct opening *o)
{
	int64_t version = o->custom.version;

	if (!custom_read(cx, &o->custom))
		return false;
	if (o->custom.version == version)
		return true;
	snapshot_free(&o->model);
	return snapshot_load(cx, o->store, o->custom.text, &o->model);
}

static bool
open_migrate(struct cx *cx, struct opening *o)
{
	if (o->read_only)
		return fail(
			cx, E_CONFLICT,
			"The tables of this database are not those of this version; let `kontor "
			"serve` migrate them first");
	if (!db_begin_bulk(cx))
		return false;
	if (migrate_system(cx, o->store->features) && open_look_again(cx, o) &&
	    migrate_model(cx, o->model, NULL) && keyring_fits(cx, o->store, true))
		return db_commit(cx);
	db_rollback(cx);
	return false;
}

static bool
open_caches(struct cx *cx, struct store *store)
{
	bool done;

	if (!db_begin_read(cx))
		return false;
	done = head_start(cx, store->head) && settings_refresh(cx);
	db_rollback(cx);
	return done;
}

static bool
open_model(struct cx *cx, struct opening *o)
{
	bool looked;

	if (!db_begin_read(cx))
		return false;
	looked = open_look(cx, o);
	db_rollback(cx);
	return looked && (o->is_done || open_migrate(cx, o));
}

static bool
open_run(struct cx *cx, struct opening *o)
{
	struct store *store = o->store;

	if (!open_model(cx, o)) {
		snapshot_free(&o->model);
		return false;
	}
	models_swap(store->models, o->model, o->custom.version);
	atomic_store(&store->models->refreshed_at, cx->now);
	store_model(cx);
	return hooks_collect(cx, store, cx->model) && open_caches(cx, store) &&
	       (o->is_done || roles_seed(cx));
}

static void
texts_keep(struct store *store, const struct store_options *options)
{
	struct model_text *texts = new_array(store->mem, options->n_texts, struct model_text);

	for (size_t i = 0; i < options->n_texts; i++)
		texts[i] = (struct model_text){ str_dup(store->mem, options->texts[i].name),
						str_dup(store->mem, options->texts[i].text),
						options->texts[i].custom };
	store->texts = texts;
	store->n_texts = options->n_texts;
}

static struct store *
store_new(const struct store_options *options)
{
	struct store *store = heap_new(sizeof *store);

	store->mem = arena_new(STORE_BYTES_MAX);
	store->models = heap_new(sizeof *store->models);
	store->models->store = store;
	pthread_mutex_init(&store->models->lock, NULL);
	texts_keep(store, options);
	store->features = options->features;
	store->head = head_new();
	store->counts = count_cache_new();
	store->actors = actor_cache_new();
	store->kept = kept_new();
	return store;
}

bool
store_open(struct cx *cx, struct store_options options, struct store **out)
{
	struct opening opening = { .store = store_new(&options), .read_only = options.read_only };

	cx->store = opening.store;
	if (keyring_open(cx, options.keyring, &opening.store->keyring) && open_run(cx, &opening)) {
		*out = opening.store;
		return true;
	}
	cx->store = NULL;
	cx->model = NULL;
	store_close(&opening.store);
	return false;
}

void
store_close(struct store **store)
{
	struct store *s = *store;

	if (!s)
		return;
	actor_cache_free(&s->actors);
	kept_free(&s->kept);
	count_cache_free(&s->counts);
	head_free(&s->head);
	keyring_close(&s->keyring);
	models_free(s->models);
	arena_free(&s->mem);
	heap_free(s);
	*store = NULL;
}
