#include "db/driver.h"

#include "base/i18n.h"

enum { CONNECTIONS = 16, BUSY_MS = 10000, MS_PER_S = 1000, US_PER_S = 1000000, NS_PER_US = 1000 };

/* One who waits for a connection, on his own stack. */
struct pool_place {
	struct pool_place *next;
	pthread_cond_t turn;
	struct conn *conn;
	bool may_open; /* a connection was closed: open another */
};

int64_t
wait_now_us(void)
{
	return env_real.monotonic_us(&env_real);
}

void
wait_init(pthread_cond_t *condition)
{
	pthread_condattr_t attributes;

	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(condition, &attributes);
	pthread_condattr_destroy(&attributes);
}

struct timespec
wait_until(int64_t ms)
{
	int64_t us = wait_now_us() + ms * (US_PER_S / MS_PER_S);

	return (struct timespec){ us / US_PER_S, us % US_PER_S * NS_PER_US };
}

void
pool_init(struct db *db)
{
	pthread_mutex_init(&db->lock, NULL);
	if (db->options.connections <= 0)
		db->options.connections = CONNECTIONS;
	if (db->options.busy_ms <= 0)
		db->options.busy_ms = BUSY_MS;
}

void
conn_init(struct conn *conn, struct db *db)
{
	conn->db = db;
	conn->counts.connects = 1;
}

static void
place_remove(struct db *db, const struct pool_place *place)
{
	struct pool_place **at = &db->first, *before = NULL;

	while (*at && *at != place) {
		before = *at;
		at = &(*at)->next;
	}
	if (!*at)
		return;
	*at = place->next;
	if (db->last == place)
		db->last = before;
}

static struct pool_place *
place_pop(struct db *db)
{
	struct pool_place *place = db->first;

	if (place)
		place_remove(db, place);
	return place;
}

static void
place_wait(struct db *db, struct pool_place *place)
{
	struct timespec until = wait_until(db->options.busy_ms);

	wait_init(&place->turn);
	if (db->last)
		db->last->next = place;
	else
		db->first = place;
	db->last = place;
	while (!place->conn && !place->may_open &&
	       pthread_cond_timedwait(&place->turn, &db->lock, &until) == 0)
		;
	place_remove(db, place);
	pthread_cond_destroy(&place->turn);
}

/* The connection is gone, or could not be made: whoever waits may open one in its place. */
static void
pool_closed(struct db *db)
{
	struct pool_place *place;

	pthread_mutex_lock(&db->lock);
	place = place_pop(db);
	if (place) {
		place->may_open = true;
		pthread_cond_signal(&place->turn);
	} else {
		db->n_open--;
	}
	pthread_mutex_unlock(&db->lock);
}

static struct conn *
pool_open(struct cx *cx, struct db *db)
{
	struct refusal why;
	struct conn *conn = db->driver->connect(db, &why);

	if (conn)
		return conn;
	pool_closed(db);
	fault_fail(cx, why.fault, why.message, (struct str){ 0 });
	return NULL;
}

static void
pool_drop(struct conn *conn)
{
	struct db *db = conn->db;

	pool_count(conn);
	cache_clear(conn);
	db->driver->disconnect(conn);
	pool_closed(db);
}

struct conn *
pool_take(struct cx *cx, struct db *db)
{
	struct pool_place place = { 0 };
	struct refusal why;
	bool may_open = false;
	struct conn *conn;

	pthread_mutex_lock(&db->lock);
	conn = db->idle;
	if (conn) {
		db->idle = conn->idle;
	} else if (db->n_open < db->options.connections) {
		db->n_open++;
		may_open = true;
	} else {
		place_wait(db, &place);
		conn = place.conn;
		may_open = place.may_open;
	}
	pthread_mutex_unlock(&db->lock);
	if (!conn && !may_open) {
		busy_fail(cx,
			  N_("All connections to the database are in use; try again in a moment."));
		return NULL;
	}
	if (!conn)
		return pool_open(cx, db);
	if (!db->driver->revive || db->driver->revive(conn, &why))
		return conn;
	pool_drop(conn);
	fault_fail(cx, why.fault, why.message, (struct str){ 0 });
	return NULL;
}

static void
counts_add(struct db_stats *sum, struct db_stats *part)
{
	sum->units += part->units;
	sum->writes += part->writes;
	sum->commits += part->commits;
	sum->groups += part->groups;
	sum->statements += part->statements;
	sum->cache_hits += part->cache_hits;
	sum->cache_misses += part->cache_misses;
	sum->connects += part->connects;
	sum->reconnects += part->reconnects;
	sum->checkpoints += part->checkpoints;
	sum->repairs += part->repairs;
	*part = (struct db_stats){ 0 };
}

void
pool_count(struct conn *conn)
{
	pthread_mutex_lock(&conn->db->lock);
	counts_add(&conn->db->counts, &conn->counts);
	pthread_mutex_unlock(&conn->db->lock);
}

void
pool_give(struct conn *conn)
{
	struct db *db = conn->db;
	struct pool_place *place;

	if (conn->is_broken) {
		pool_drop(conn);
		return;
	}
	pthread_mutex_lock(&db->lock);
	counts_add(&db->counts, &conn->counts);
	place = place_pop(db);
	if (place) {
		place->conn = conn;
		pthread_cond_signal(&place->turn);
	} else {
		conn->idle = db->idle;
		db->idle = conn;
	}
	pthread_mutex_unlock(&db->lock);
}

void
pool_close(struct db *db)
{
	while (db->idle) {
		struct conn *conn = db->idle;

		db->idle = conn->idle;
		cache_clear(conn);
		db->driver->disconnect(conn);
	}
	pthread_mutex_destroy(&db->lock);
}

void
db_stats(struct db *db, struct db_stats *out)
{
	pthread_mutex_lock(&db->lock);
	*out = db->counts;
	pthread_mutex_unlock(&db->lock);
}
