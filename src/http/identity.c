#include "http/identity.h"

#include "base/heap.h"

enum { WAYS = 8, STRIPES = 64 };

/* A place is free when checked_at is 0. */
struct stripe {
	_Alignas(64) pthread_mutex_t lock;
	uint64_t epoch; /* counts what was dropped */
};

struct identity_cache {
	struct stripe stripes[STRIPES];
	size_t n_sets; /* a multiple of STRIPES */
	struct identity *places;
};

struct identity_cache *
identity_cache_new(size_t places)
{
	struct identity_cache *cache = heap_new(sizeof *cache);

	cache->n_sets = (places / WAYS + STRIPES) / STRIPES * STRIPES;
	cache->places = heap_new(cache->n_sets * WAYS * sizeof *cache->places);
	for (size_t i = 0; i < STRIPES; i++)
		pthread_mutex_init(&cache->stripes[i].lock, NULL);
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

static size_t
set_of(const struct identity_cache *cache, const unsigned char *hash)
{
	uint64_t first;

	memcpy(&first, hash, sizeof first);
	return first % cache->n_sets;
}

/* The stripe of the set, locked. */
static struct stripe *
stripe_lock(struct identity_cache *cache, size_t set)
{
	struct stripe *stripe = &cache->stripes[set % STRIPES];

	pthread_mutex_lock(&stripe->lock);
	return stripe;
}

static struct identity *
place_find(struct identity_cache *cache, size_t set, const unsigned char *hash)
{
	struct identity *place = &cache->places[set * WAYS];

	for (int i = 0; i < WAYS; i++, place++)
		if (place->checked_at && !memcmp(place->hash, hash, IDENTITY_HASH))
			return place;
	return NULL;
}

bool
identity_get(struct identity_cache *cache, const unsigned char *hash, int64_t since, int64_t now,
	     struct identity *out, uint64_t *epoch)
{
	size_t set = set_of(cache, hash);
	struct stripe *stripe = stripe_lock(cache, set);
	struct identity *place = place_find(cache, set, hash);
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
place_for(struct identity_cache *cache, size_t set, const unsigned char *hash)
{
	struct identity *place = place_find(cache, set, hash);

	if (place)
		return place;
	place = &cache->places[set * WAYS];
	for (int i = 1; i < WAYS; i++)
		if (cache->places[set * WAYS + (size_t)i].checked_at < place->checked_at)
			place = &cache->places[set * WAYS + (size_t)i];
	return place;
}

void
identity_put(struct identity_cache *cache, const struct identity *identity, uint64_t epoch)
{
	size_t set = set_of(cache, identity->hash);
	struct stripe *stripe = stripe_lock(cache, set);

	if (stripe->epoch == epoch)
		*place_for(cache, set, identity->hash) = *identity;
	pthread_mutex_unlock(&stripe->lock);
}

void
identity_drop(struct identity_cache *cache, const unsigned char *hash)
{
	size_t set = set_of(cache, hash);
	struct stripe *stripe = stripe_lock(cache, set);
	struct identity *place = place_find(cache, set, hash);

	stripe->epoch++;
	if (place)
		place->checked_at = 0;
	pthread_mutex_unlock(&stripe->lock);
}

static void
drop_all_of(struct identity_cache *cache, bool is_token, int64_t id)
{
	for (size_t s = 0; s < STRIPES; s++) {
		struct stripe *stripe = stripe_lock(cache, s);

		stripe->epoch++;
		for (size_t set = s; set < cache->n_sets; set += STRIPES)
			for (size_t i = 0; i < WAYS; i++) {
				struct identity *place = &cache->places[set * WAYS + i];

				if (place->is_token == is_token &&
				    (is_token ? place->id : place->user_id) == id)
					place->checked_at = 0;
			}
		pthread_mutex_unlock(&stripe->lock);
	}
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

size_t
identity_take_seen(struct identity_cache *cache, struct arena *mem, int64_t min_ms, size_t max,
		   struct identity **out)
{
	struct {
		struct identity *v;
		size_t n, cap;
	} list = { 0 };

	for (size_t s = 0; s < STRIPES; s++) {
		struct stripe *stripe = stripe_lock(cache, s);

		for (size_t set = s; set < cache->n_sets; set += STRIPES)
			for (size_t i = 0; i < WAYS && list.n < max; i++) {
				struct identity *place = &cache->places[set * WAYS + i];

				if (!is_unsaid(place, min_ms))
					continue;
				list_add(mem, &list, *place);
				place->stored_at = place->seen_at;
			}
		pthread_mutex_unlock(&stripe->lock);
	}
	*out = list.v;
	return list.n;
}
