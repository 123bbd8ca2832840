#include "http/tries.h"

#include "base/fold.h"
#include "db/db.h"
#include "http/internal.h"

enum { NAME_MAX_BYTES = 200, US_PER_MS = 1000, US_PER_S = 1000000 };

struct tries
tries_of(struct cx *cx, const struct request *q, struct str name)
{
	struct address address = { .is_local = true };
	struct hasher hasher;
	struct tries tries;

	if (!address_parse(q->address, &address))
		address.is_local = true;
	hasher_begin(&hasher, NULL);
	hasher_add_part(&hasher, address_key(&address));
	tries.address = hasher_end(&hasher);
	hasher_begin(&hasher, NULL);
	hasher_add_part(&hasher, address_key(&address));
	hasher_add_part(&hasher, name.n <= NAME_MAX_BYTES ? fold_key(cx->mem, name)
							  : str_first(name, NAME_MAX_BYTES));
	tries.pair = hasher_end(&hasher);
	return tries;
}

static int64_t
now_us(const struct cx *cx)
{
	return cx->now * US_PER_MS;
}

/* How long to wait when the next one is due then; 0: not at all. */
static int64_t
wait_of(const struct cx *cx, struct rate rate, int64_t due_us)
{
	int64_t ahead = due_us - now_us(cx) - rate.burst * rate.interval_us;

	return ahead > 0 ? ahead : 0;
}

static bool
refuse(struct cx *cx, int64_t wait_us)
{
	cx->err.retry_after_s = (wait_us + US_PER_S - 1) / US_PER_S;
	return fail(cx, E_LIMIT, "There were too many failed sign-ins: try again in %lld seconds",
		    (long long)cx->err.retry_after_s);
}

/* ---- looking: whoever is refused writes nothing ---- */

static bool
look_one(struct cx *cx, const struct hash *key, struct rate rate)
{
	struct stmt *stmt = db_sql(cx, "SELECT due_us FROM sys_try WHERE key = ?1");
	int64_t due_us = 0;
	bool row;

	if (!stmt)
		return false;
	db_bind_blob(stmt, 1, hash_str(key));
	if (!db_step(cx, stmt, &row))
		return false;
	if (row) {
		due_us = db_col_int(stmt, 0);
		db_done(stmt);
	}
	if (due_us < now_us(cx))
		due_us = now_us(cx);
	due_us = wait_of(cx, rate, due_us + rate.interval_us);
	return !due_us || refuse(cx, due_us);
}

static bool
look(struct http *http, struct cx *cx, const struct tries *tries)
{
	bool ok;

	if (!db_begin_read(cx))
		return false;
	ok = look_one(cx, &tries->address, http->rate_sign_in_address) &&
	     look_one(cx, &tries->pair, http->rate_sign_in);
	db_rollback(cx);
	return ok;
}

/* ---- counting ---- */

static bool
take_one(struct cx *cx, const struct hash *key, struct rate rate)
{
	struct stmt *stmt = db_sql(cx, "INSERT INTO sys_try (key, due_us) VALUES (?1, ?2)"
				       " ON CONFLICT (key) DO UPDATE SET due_us ="
				       " CASE WHEN sys_try.due_us > ?3 THEN sys_try.due_us"
				       " ELSE ?3 END + ?4 RETURNING due_us");
	int64_t wait_us;
	bool row;

	if (!stmt)
		return false;
	db_bind_blob(stmt, 1, hash_str(key));
	db_bind_int(stmt, 2, now_us(cx) + rate.interval_us);
	db_bind_int(stmt, 3, now_us(cx));
	db_bind_int(stmt, 4, rate.interval_us);
	if (!db_step(cx, stmt, &row))
		return false;
	wait_us = wait_of(cx, rate, db_col_int(stmt, 0));
	db_done(stmt);
	return !wait_us || refuse(cx, wait_us);
}

/* The address first, for all who come from it alike: nobody waits for another in a circle. */
bool
tries_take(struct http *http, struct cx *cx, const struct tries *tries)
{
	if (!look(http, cx, tries) || !db_begin_write(cx))
		return false;
	if (take_one(cx, &tries->address, http->rate_sign_in_address) &&
	    take_one(cx, &tries->pair, http->rate_sign_in) && db_commit(cx))
		return true;
	db_rollback(cx);
	return false;
}

static bool
give_back_one(struct cx *cx, const struct hash *key, struct rate rate)
{
	struct stmt *stmt = db_sql(cx, "UPDATE sys_try SET due_us = due_us - ?2 WHERE key = ?1");

	if (!stmt)
		return false;
	db_bind_blob(stmt, 1, hash_str(key));
	db_bind_int(stmt, 2, rate.interval_us);
	return db_run(cx, stmt);
}

void
tries_give_back(struct http *http, struct cx *cx, const struct tries *tries)
{
	if (db_begin_write(cx) && give_back_one(cx, &tries->address, http->rate_sign_in_address) &&
	    give_back_one(cx, &tries->pair, http->rate_sign_in) && db_commit(cx))
		return;
	db_rollback(cx);
	fail_clear(cx); /* it counts, then */
}

bool
tries_forget(struct cx *cx)
{
	struct stmt *stmt = db_sql(cx, "DELETE FROM sys_try WHERE due_us <= ?1");

	if (!stmt)
		return false;
	db_bind_int(stmt, 1, now_us(cx));
	return db_run(cx, stmt);
}
