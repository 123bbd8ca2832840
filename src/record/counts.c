/* Exact totals, remembered as long as the log shows that nothing they depend on has changed. */
#include "record/internal.h"
#include "record/query.h"

enum { COUNTS_MAX = 512, COUNT_KEY_MAX = 8 << 10, ABOUT_MS = 60000 };

/* About how many rows an object has, and when that was looked up. */
struct about {
	_Atomic int64_t n, at;
};

struct count {
	char *key;
	size_t n_key;
	int64_t count, head;
	struct fieldset objects;
};

struct count_cache {
	pthread_mutex_t lock;
	struct count slots[COUNTS_MAX];
	struct about about[SEARCH_OBJECT_MAX + 1]; /* by object->number */
};

struct count_cache *
count_cache_new(void)
{
	struct count_cache *cache = heap_new(sizeof *cache);

	pthread_mutex_init(&cache->lock, NULL);
	return cache;
}

void
count_cache_free(struct count_cache **cache)
{
	if (!*cache)
		return;
	for (size_t i = 0; i < COUNTS_MAX; i++)
		heap_free((*cache)->slots[i].key);
	pthread_mutex_destroy(&(*cache)->lock);
	heap_free(*cache);
	*cache = NULL;
}

static struct str
count_key(struct cx *cx, const struct sqltext *sql)
{
	struct buf key = buf_in(cx->mem, COUNT_KEY_MAX);

	buf_str(&key, buf_done(&sql->text));
	for (size_t i = 0; i < sql->n; i++) {
		const struct value *v = &sql->binds[i];

		buf_char(&key, (char)('0' + v->kind));
		if (v->kind == V_TEXT)
			buf_json(&key, v->s);
		else if (v->kind == V_REAL)
			buf_real(&key, v->r);
		else
			buf_int(&key, v->i);
	}
	return key.full ? (struct str){ 0 } : buf_done(&key);
}

static bool
count_is_current(const struct cx *cx, const struct count *count, int64_t head)
{
	int64_t since = count->head < head ? count->head : head;

	for (unsigned i = 0; i < cx->model->n_objects; i++)
		if (fieldset_has(&count->objects, i) &&
		    head_changed(cx, cx->model->objects[i]) > since)
			return false;
	return true;
}

static bool
cache_find(struct cx *cx, struct str key, int64_t head, int64_t *out)
{
	struct count_cache *cache = cx->store->counts;
	struct count *slot = &cache->slots[str_hash(key) % COUNTS_MAX];
	bool found;

	pthread_mutex_lock(&cache->lock);
	found = slot->n_key == key.n && slot->key && !memcmp(slot->key, key.p, key.n) &&
		count_is_current(cx, slot, head);
	if (found)
		*out = slot->count;
	pthread_mutex_unlock(&cache->lock);
	return found;
}

static void
cache_put(struct cx *cx, struct str key, const struct count *count)
{
	struct count_cache *cache = cx->store->counts;
	struct count *slot = &cache->slots[str_hash(key) % COUNTS_MAX];

	pthread_mutex_lock(&cache->lock);
	slot->key = heap_grow(slot->key, key.n + 1);
	memcpy(slot->key, key.p, key.n);
	slot->n_key = key.n;
	slot->count = count->count;
	slot->head = count->head;
	slot->objects = count->objects;
	pthread_mutex_unlock(&cache->lock);
}

bool
count_rows(struct cx *cx, struct sqltext *sql, const struct fieldset *objects, int64_t *out)
{
	struct count count = { .objects = *objects };
	struct str key = count_key(cx, sql);

	if (db_in_write(cx) || !key.n)
		return sql_one_int(cx, sql, 0, out);
	if (!head_read(cx, &count.head))
		return false;
	if (cache_find(cx, key, count.head, out))
		return true;
	if (!sql_one_int(cx, sql, 0, &count.count))
		return false;
	cache_put(cx, key, &count);
	*out = count.count;
	return true;
}

/* The highest id, looked up now and then: rows that are gone count, which does no harm here. */
bool
record_about(struct cx *cx, const struct object *object, int64_t *out)
{
	struct about *about = &cx->store->counts->about[object->number];
	struct sqltext sql = sqltext_new(cx->mem);
	int64_t at = atomic_load(&about->at), n;

	*out = atomic_load(&about->n);
	if (at && cx->now >= at && cx->now - at < ABOUT_MS)
		return true;
	sql_raw(&sql, "SELECT t.\"id\" FROM ");
	sql_name(&sql, object->table);
	sql_raw(&sql, " t ORDER BY t.\"id\" DESC LIMIT 1");
	if (!sql_one_int(cx, &sql, 0, &n))
		return false;
	atomic_store(&about->n, n);
	atomic_store(&about->at, cx->now);
	*out = n;
	return true;
}
