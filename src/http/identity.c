#include "http/identity.h"

#include "base/heap.h"

enum { WAYS = 8, STRIPES = 64 };

/* A stripe is a lock and the sets of places that it guards.  A place is free when checked_at is 0.
 */
struct stripe {
	_Alignas(64) pthread_mutex_t lock;
	uint64_t epoch; /* counts what was dropped */
	struct identity *places, *end;
};

struct identity_cache {
	struct stripe stripes[STRIPES];
	size_t n_sets; /* of each stripe */
	struct identity *places;
};

struct identity_cache *
identity_cache_new(size_t places)
{
	struct identity_cache *cache = heap_new(sizeof *cache);

	cache->n_sets = places / WAYS / STRIPES + 1;
	cache->places = heap_new(STRIPES * cache->n_sets * WAYS * sizeof *cache->places);
	for (size_t i = 0; i < STRIPES; i++) {
		struct stripe *stripe = &cache->stripes[i];

		pthread_mutex_init(&stripe->lock, NULL);
		stripe->places = cache->places + i * cache->n_sets * WAYS;
		stripe->end = stripe->places + cache->n_sets * WAYS;
	}
	return cache;
}

void
identity_cache_free(struct identity_cache **cache)
{
	if (!*cache)
		return;
	for (size_t i = 0; i < STRIPES; i++)
		pthread_mutex_destroy(&(*cache)->stripes[i].lock);
	heap_free((*cache)->places);
	heap_free(*cache);
	*cache = NULL;
}

/* The stripe of a hash, locked, and the first of the places the hash may take. */
static struct stripe *
stripe_lock(struct identity_cache *cache, const unsigned char *hash, struct identity **set)
{
	struct stripe *stripe;
	uint64_t first;

	memcpy(&first, hash, sizeof first);
	stripe = &cache->stripes[first % STRIPES];
	*set = stripe->places + first / STRIPES % cache->n_sets * WAYS;
	pthread_mutex_lock(&stripe->lock);
	return stripe;
}

static struct identity *
place_find(struct identity *set, const unsigned char *hash)
{
	for (struct identity *place = set; place < set + WAYS; place++)
		if (place->checked_at && !memcmp(place->hash, hash, IDENTITY_HASH))
			return place;
	return NULL;
}

bool
identity_get(struct identity_cache *cache, const unsigned char *hash, int64_t since, int64_t now,
	     struct identity *out, uint64_t *epoch)
{
	struct identity *set;
	struct stripe *stripe = stripe_lock(cache, hash, &set);
	struct identity *place = place_find(set, hash);
	bool found = place && place->checked_at >= since;

	if (found) {
		place->seen_at = now;
		*out = *place;
	} else {
		*epoch = stripe->epoch;
	}
	pthread_mutex_unlock(&stripe->lock);
	return found;
}

/* The same identity's place, else a free one, else the one that was checked longest ago. */
static struct identity *
place_for(struct identity *set, const unsigned char *hash)
{
	struct identity *found = place_find(set, hash), *oldest = set;

	for (struct identity *place = set + 1; place < set + WAYS; place++)
		if (place->checked_at < oldest->checked_at)
			oldest = place;
	return found ? found : oldest;
}

void
identity_put(struct identity_cache *cache, const struct identity *identity, uint64_t epoch)
{
	struct identity *set;
	struct stripe *stripe = stripe_lock(cache, identity->hash, &set);

	if (stripe->epoch == epoch)
		*place_for(set, identity->hash) = *identity;
	pthread_mutex_unlock(&stripe->lock);
}

void
identity_drop(struct identity_cache *cache, const unsigned char *hash)
{
	struct identity *set;
	struct stripe *stripe = stripe_lock(cache, hash, &set);
	struct identity *place = place_find(set, hash);

	stripe->epoch++;
	if (place)
		place->checked_at = 0;
	pthread_mutex_unlock(&stripe->lock);
}

static void
stripe_drop(struct stripe *stripe, bool is_token, int64_t id)
{
	pthread_mutex_lock(&stripe->lock);
	stripe->epoch++;
	for (struct identity *place = stripe->places; place < stripe->end; place++)
		if (place->is_token == is_token && (is_token ? place->id : place->user_id) == id)
			place->checked_at = 0;
	pthread_mutex_unlock(&stripe->lock);
}

static void
drop_all_of(struct identity_cache *cache, bool is_token, int64_t id)
{
	for (size_t i = 0; i < STRIPES; i++)
		stripe_drop(&cache->stripes[i], is_token, id);
}

void
identity_drop_user(struct identity_cache *cache, int64_t user_id)
{
	drop_all_of(cache, false, user_id);
}

void
identity_drop_token(struct identity_cache *cache, int64_t id)
{
	drop_all_of(cache, true, id);
}

static bool
is_unsaid(const struct identity *place, int64_t min_ms)
{
	return place->checked_at && place->seen_at - place->stored_at > min_ms;
}

struct seen {
	struct identity *v;
	size_t n, cap;
};

static void
stripe_take_seen(struct stripe *stripe, struct arena *mem, int64_t min_ms, size_t max,
		 struct seen *list)
{
	pthread_mutex_lock(&stripe->lock);
	for (struct identity *place = stripe->places; place < stripe->end && list->n < max;
	     place++) {
		if (!is_unsaid(place, min_ms))
			continue;
		list_add(mem, list, *place);
		place->stored_at = place->seen_at;
	}
	pthread_mutex_unlock(&stripe->lock);
}

size_t
identity_take_seen(struct identity_cache *cache, struct arena *mem, int64_t min_ms, size_t max,
		   struct identity **out)
{
	struct seen list = { 0 };

	for (size_t i = 0; i < STRIPES; i++)
		stripe_take_seen(&cache->stripes[i], mem, min_ms, max, &list);
	*out = list.v;
	return list.n;
}
