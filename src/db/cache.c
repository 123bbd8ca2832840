/* Prepared statements of one connection: a hash of the text, the text itself, and the order of use.
 */
#include "db/driver.h"

enum { WORD = 8, HASH_SHIFT = 29 };

/* Multiply and mix, eight bytes at a time; only to spread texts over buckets. */
static uint64_t
mix(uint64_t hash, uint64_t word)
{
	hash ^= word;
	__builtin_mul_overflow(hash, (uint64_t)0x9e3779b97f4a7c15u, &hash);
	return hash ^ hash >> HASH_SHIFT;
}

uint64_t
cache_hash(struct str sql)
{
	uint64_t hash = sql.n, word = 0;
	size_t i = 0;

	for (; i + WORD <= sql.n; i += WORD) {
		memcpy(&word, sql.p + i, WORD);
		hash = mix(hash, word);
	}
	word = 0;
	if (i < sql.n)
		memcpy(&word, sql.p + i, sql.n - i);
	return mix(hash, word);
}

static void
order_remove(struct conn *conn, struct stmt *stmt)
{
	if (stmt->newer)
		stmt->newer->older = stmt->older;
	else
		conn->newest = stmt->older;
	if (stmt->older)
		stmt->older->newer = stmt->newer;
	else
		conn->oldest = stmt->newer;
}

static void
order_first(struct conn *conn, struct stmt *stmt)
{
	stmt->newer = NULL;
	stmt->older = conn->newest;
	if (conn->newest)
		conn->newest->newer = stmt;
	else
		conn->oldest = stmt;
	conn->newest = stmt;
}

struct stmt *
cache_find(struct conn *conn, struct str sql, uint64_t hash)
{
	struct stmt *stmt = conn->buckets[hash % BUCKETS];

	while (stmt && (stmt->taken || stmt->hash != hash || !str_eq(stmt->text, sql)))
		stmt = stmt->chain;
	return stmt;
}

void
cache_use(struct conn *conn, struct stmt *stmt)
{
	if (conn->newest != stmt) {
		order_remove(conn, stmt);
		order_first(conn, stmt);
	}
	stmt->unit = conn->unit;
	stmt->taken = true;
}

static void
cache_drop(struct conn *conn, struct stmt *stmt)
{
	struct stmt **at = &conn->buckets[stmt->hash % BUCKETS];
	char *text = stmt->text_owned;

	while (*at != stmt)
		at = &(*at)->chain;
	*at = stmt->chain;
	order_remove(conn, stmt);
	conn->n_stmts--;
	conn->db->driver->finalize(stmt);
	heap_free(text);
}

/* What this unit has used stays: its callers may still hold it. */
static void
cache_trim(struct conn *conn)
{
	while (conn->n_stmts > STATEMENTS_MAX && conn->oldest->unit != conn->unit)
		cache_drop(conn, conn->oldest);
}

void
cache_add(struct conn *conn, struct stmt *stmt, struct str sql, uint64_t hash)
{
	struct stmt **bucket = &conn->buckets[hash % BUCKETS];

	stmt->driver = conn->db->driver;
	stmt->conn = conn;
	stmt->hash = hash;
	stmt->text_owned = heap_new(sql.n + 1);
	memcpy(stmt->text_owned, sql.p, sql.n);
	stmt->text = (struct str){ stmt->text_owned, sql.n };
	stmt->chain = *bucket;
	*bucket = stmt;
	order_first(conn, stmt);
	conn->n_stmts++;
	cache_use(conn, stmt);
	cache_trim(conn);
}

/* All that the unit has used stands at the front. */
void
cache_end_unit(struct conn *conn)
{
	for (struct stmt *stmt = conn->newest; stmt && stmt->unit == conn->unit; stmt = stmt->older)
		if (stmt->taken)
			db_done(stmt);
	conn->unit++;
	cache_trim(conn);
}

void
cache_clear(struct conn *conn)
{
	while (conn->newest)
		cache_drop(conn, conn->newest);
}
