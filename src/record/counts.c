/* Exact totals, remembered as long as the log shows that nothing they depend on has changed.  Where
 * the fields of a row alone decide, a total is kept by counting anew the stretches of ids in which
 * something changed. */
#include "record/internal.h"
#include "record/query.h"

#include "record/tally.h"

enum {
	COUNTS_MAX = 512,
	COUNT_KEY_MAX = 8 << 10,
	ABOUT_MS = 60000,
	WAIT_MS = 2000, /* for who counts the same already, and may have given up */
	MS_IN_S = 1000,
	NS_IN_MS = 1000000,
	TALLY_ROWS = 20000 /* fewer are counted at once */
};

/* About how many rows an object has, and when that was looked up. */
struct about {
	_Atomic int64_t n, at;
};

struct count {
	char *key;
	size_t n_key;
	int64_t count, head;
	struct fieldset objects;
	struct tally tally; /* of the same state, if it has stretches */
	bool busy;          /* somebody counts for this key */
};

struct count_cache {
	pthread_mutex_t lock;
	pthread_cond_t counted;
	struct count slots[COUNTS_MAX];
	struct about about[SEARCH_OBJECT_MAX + 1]; /* by object->number */
};

/* What is counted, and in whose view. */
struct counting {
	const struct query *query;
	struct sqltext *sql;
	const struct fieldset *objects;
	struct str key;
	int64_t head;
};

struct count_cache *
count_cache_new(void)
{
	struct count_cache *cache = heap_new(sizeof *cache);

	pthread_mutex_init(&cache->lock, NULL);
	pthread_cond_init(&cache->counted, NULL);
	return cache;
}

void
count_cache_free(struct count_cache **cache)
{
	if (!*cache)
		return;
	for (size_t i = 0; i < COUNTS_MAX; i++) {
		heap_free((*cache)->slots[i].key);
		tally_free(&(*cache)->slots[i].tally);
	}
	pthread_cond_destroy(&(*cache)->counted);
	pthread_mutex_destroy(&(*cache)->lock);
	heap_free(*cache);
	*cache = NULL;
}

/* Objects have their indexes in one snapshot of the model. */
static struct str
count_key(struct cx *cx, const struct sqltext *sql)
{
	struct buf key = buf_in(cx->mem, COUNT_KEY_MAX);

	buf_int(&key, (int64_t)cx->model->number);
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

/* ---- one slot; under the lock ---- */

static struct count *
slot_of(struct cx *cx, struct str key)
{
	return &cx->store->counts->slots[str_hash(key) % COUNTS_MAX];
}

static bool
slot_is_of(const struct count *slot, struct str key)
{
	return slot->key && slot->n_key == key.n && !memcmp(slot->key, key.p, key.n);
}

static void
slot_claim(struct count *slot, const struct counting *counting)
{
	if (!slot_is_of(slot, counting->key)) {
		slot->key = heap_grow(slot->key, counting->key.n + 1);
		memcpy(slot->key, counting->key.p, counting->key.n);
		slot->n_key = counting->key.n;
		slot->objects = *counting->objects;
		slot->head = -1;
		tally_free(&slot->tally);
	}
	slot->busy = true;
}

/* ---- counting ---- */

static struct timespec
wait_end(const struct cx *cx)
{
	int64_t at = cx->env->now_ms(cx->env) + WAIT_MS;

	return (struct timespec){ at / MS_IN_S, at % MS_IN_S * NS_IN_MS };
}

enum known { KNOWN_COUNT, KNOWN_TALLY, KNOWN_OLD, KNOWN_NOTHING };

/* What is known for the key; of a tally its head.  Waits for who counts the same; where nothing
 * helps, the slot is claimed for who asks. */
static enum known
count_look(struct cx *cx, const struct counting *counting, int64_t *count, int64_t *head)
{
	struct count_cache *cache = cx->store->counts;
	struct count *slot = slot_of(cx, counting->key);
	enum known known = KNOWN_NOTHING;
	struct timespec until = wait_end(cx);
	bool waits = true;

	pthread_mutex_lock(&cache->lock);
	while (known == KNOWN_NOTHING) {
		bool same = slot_is_of(slot, counting->key);

		if (same && slot->head >= 0 && count_is_current(cx, slot, counting->head)) {
			*count = slot->count;
			known = KNOWN_COUNT;
		} else if (same && slot->tally.n && slot->head <= counting->head) {
			*head = slot->head;
			known = KNOWN_TALLY;
		} else if (same && slot->busy && waits) {
			waits = !pthread_cond_timedwait(&cache->counted, &cache->lock, &until);
		} else {
			if (same && slot->head >= 0 && slot->head <= counting->head)
				known = KNOWN_OLD;
			slot_claim(slot, counting);
			break;
		}
	}
	pthread_mutex_unlock(&cache->lock);
	return known;
}

/* The tally is taken over; what is newer stays. */
static void
count_put(struct cx *cx, const struct counting *counting, int64_t count, struct tally *tally)
{
	struct count_cache *cache = cx->store->counts;
	struct count *slot = slot_of(cx, counting->key);

	pthread_mutex_lock(&cache->lock);
	if (slot_is_of(slot, counting->key) && slot->head <= counting->head) {
		slot->count = count;
		slot->head = counting->head;
		tally_free(&slot->tally);
		slot->tally = *tally;
		*tally = (struct tally){ 0 };
	}
	pthread_mutex_unlock(&cache->lock);
	tally_free(tally);
}

static void
count_over(struct cx *cx, const struct counting *counting)
{
	struct count_cache *cache = cx->store->counts;
	struct count *slot = slot_of(cx, counting->key);

	pthread_mutex_lock(&cache->lock);
	if (slot_is_of(slot, counting->key))
		slot->busy = false;
	pthread_cond_broadcast(&cache->counted);
	pthread_mutex_unlock(&cache->lock);
}

/* All of it.  What is asked for again after a change gets a tally. */
static bool
count_all(struct cx *cx, const struct counting *counting, bool again, int64_t *out)
{
	struct tally tally = { 0 };
	int64_t about;

	if (!record_about(cx, counting->query->object, &about))
		return false;
	if (again && about >= TALLY_ROWS && tally_is_possible(cx, counting->query)) {
		if (!tally_read(cx, counting->query, &tally, out))
			return false;
	} else if (!sql_one_int(cx, counting->sql, 0, out)) {
		return false;
	}
	count_put(cx, counting, *out, &tally);
	return true;
}

/* False in *done: the slot went on meanwhile, or too much has changed for its tally. */
static bool
count_follow(struct cx *cx, const struct counting *counting, int64_t since, bool *done,
	     int64_t *out)
{
	struct count_cache *cache = cx->store->counts;
	struct count *slot = slot_of(cx, counting->key);
	struct stretches changed = { 0 };

	*done = false;
	if (!tally_changed(cx, counting->query, since, &changed))
		return false;
	pthread_mutex_lock(&cache->lock);
	if (slot_is_of(slot, counting->key) && slot->tally.n && slot->head == since) {
		*done = !changed.too_many;
		if (*done) {
			tally_put(&slot->tally, &changed, &slot->count);
			slot->head = counting->head;
			*out = slot->count;
		} else {
			tally_free(&slot->tally);
		}
	}
	pthread_mutex_unlock(&cache->lock);
	return true;
}

static bool
count_now(struct cx *cx, const struct counting *counting, int64_t *out)
{
	int64_t since, count;
	enum known known;
	bool done;

	known = count_look(cx, counting, &count, &since);
	if (known == KNOWN_TALLY) {
		if (!count_follow(cx, counting, since, &done, &count))
			return false;
		known = done ? KNOWN_COUNT : count_look(cx, counting, &count, &since);
	}
	if (known == KNOWN_TALLY) /* another change meanwhile: no third look */
		return sql_one_int(cx, counting->sql, 0, out);
	if (known != KNOWN_COUNT) {
		done = count_all(cx, counting, known == KNOWN_OLD, &count);
		count_over(cx, counting);
		if (!done)
			return false;
	}
	*out = count;
	return true;
}

bool
count_rows(struct cx *cx, const struct query *query, struct sqltext *sql, int64_t *out)
{
	struct fieldset objects = where_objects(cx, query);
	struct counting counting = { query, sql, &objects, count_key(cx, sql), 0 };

	if (db_in_write(cx) || !counting.key.n)
		return sql_one_int(cx, sql, 0, out);
	return head_read(cx, &counting.head) && count_now(cx, &counting, out);
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
