#include "http/rate.h"

#include <stdatomic.h>

#include "base/crypt.h"
#include "base/heap.h"

enum { WAYS = 4, US_PER_MINUTE = 60000000 };

/* `due_us` is the theoretical arrival time of the next one.  Key and time are two words: where two
 * keys fight for one place, one of them may be counted wrongly once, which harms nobody. */
struct place {
	_Atomic uint64_t key;
	_Atomic int64_t due_us;
};

struct rate_table {
	struct secret secret;
	size_t n_sets;
	struct place places[];
};

struct rate
rate_per_minute(int64_t per_minute, int64_t burst)
{
	if (per_minute < 1)
		return (struct rate){ 0 };
	return (struct rate){ US_PER_MINUTE / per_minute, burst > 1 ? burst : 1 };
}

struct rate_table *
rate_table_new(struct env *env, size_t places)
{
	size_t n_sets = places / WAYS ? places / WAYS : 1;
	struct rate_table *table =
		heap_new(sizeof *table + n_sets * WAYS * sizeof table->places[0]);

	table->n_sets = n_sets;
	secret_new(env, &table->secret);
	return table;
}

void
rate_table_free(struct rate_table **table)
{
	heap_free(*table);
	*table = NULL;
}

uint64_t
rate_key(const struct rate_table *table, struct str who)
{
	struct hash hash = crypt_hash_keyed(&table->secret, who);
	uint64_t key;

	memcpy(&key, hash.bytes, sizeof key);
	return key ? key : 1;
}

static struct place *
place_find(struct rate_table *table, uint64_t key)
{
	struct place *set = &table->places[key % table->n_sets * WAYS];

	for (int i = 0; i < WAYS; i++)
		if (atomic_load_explicit(&set[i].key, memory_order_relaxed) == key)
			return &set[i];
	return NULL;
}

static struct place *
place_take(struct rate_table *table, uint64_t key)
{
	struct place *set = &table->places[key % table->n_sets * WAYS], *least = &set[0];
	int64_t least_us = atomic_load_explicit(&least->due_us, memory_order_relaxed);

	for (int i = 1; i < WAYS; i++) {
		int64_t due_us = atomic_load_explicit(&set[i].due_us, memory_order_relaxed);

		if (due_us < least_us) {
			least = &set[i];
			least_us = due_us;
		}
	}
	/* Where another has just taken it, what he has counted there since stays counted. */
	atomic_compare_exchange_strong(&least->due_us, &least_us, 0);
	atomic_store_explicit(&least->key, key, memory_order_relaxed);
	return least;
}

bool
rate_take(struct rate_table *table, uint64_t key, struct rate rate, int64_t now_us,
	  int64_t *retry_after_us)
{
	struct place *place;
	int64_t due, next, ahead;

	if (rate.interval_us <= 0)
		return true;
	place = place_find(table, key);
	if (!place)
		place = place_take(table, key);
	due = atomic_load_explicit(&place->due_us, memory_order_relaxed);
	do {
		next = (due > now_us ? due : now_us) + rate.interval_us;
		ahead = next - now_us - rate.burst * rate.interval_us;
		if (ahead > 0) {
			*retry_after_us = ahead;
			return false;
		}
	} while (!atomic_compare_exchange_weak(&place->due_us, &due, next));
	return true;
}
