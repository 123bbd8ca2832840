#include "db/driver.h"

enum {
	DEPTH_MAX = 100,
	FLUSH_BYTES = 4 << 20,
	KEEP_BYTES = 256 << 10,
	LATER_MAX = 256 << 20,
	ENTRIES_FIRST = 64
};

struct mark {
	size_t n, n_done, bytes;
};

struct search_later {
	struct entry {
		bool is_put;
		int64_t object, record;
		size_t at, n_title, n_all; /* in text */
	} * v;
	size_t n, cap;
	size_t n_done; /* of them are in the engine's hands already */
	struct buf text;
	struct mark marks[DEPTH_MAX]; /* of the open savepoints */
};

static struct search_later *
later_of(struct conn *conn)
{
	if (!conn->later) {
		conn->later = heap_new(sizeof *conn->later);
		conn->later->text = buf_heap(LATER_MAX);
	}
	return conn->later;
}

static struct mark
mark_now(const struct search_later *later)
{
	return (struct mark){ later->n, later->n_done, later->text.n };
}

static void
mark_restore(struct search_later *later, struct mark mark)
{
	later->n = mark.n;
	later->n_done = mark.n_done;
	later->text.n = mark.bytes;
	later->text.full = false;
}

/* Of what came before the innermost savepoint. */
static size_t
bytes_before(const struct conn *conn)
{
	return conn->depth ? conn->later->marks[conn->depth - 1].bytes : 0;
}

bool
later_add(struct cx *cx, const struct search_entry *entry)
{
	struct search_later *later = later_of(cx->conn);
	struct entry mine = { entry->is_put,  entry->object, entry->record, 0,
			      entry->title.n, entry->all.n };

	if (later->text.n - bytes_before(cx->conn) > FLUSH_BYTES && !later_flush(cx, false))
		return false;
	mine.at = later->text.n;
	buf_str(&later->text, entry->title);
	buf_str(&later->text, entry->all);
	if (later->text.full)
		return fail(cx, E_TOO_BIG,
			    "This is too much at once for the search; do it in several parts.");
	if (later->n == later->cap) {
		later->cap = later->cap ? 2 * later->cap : ENTRIES_FIRST;
		later->v = heap_grow(later->v, later->cap * sizeof *later->v);
	}
	later->v[later->n++] = mine;
	return true;
}

static struct search_entry
entry_of(const struct search_later *later, const struct entry *entry)
{
	const char *text = later->text.p + entry->at;

	return (struct search_entry){ entry->is_put,
				      entry->object,
				      entry->record,
				      { text, entry->n_title },
				      { text + entry->n_title, entry->n_all } };
}

/* What was there before the innermost savepoint stays in the list: its rollback takes it out of the
 * engine again. */
bool
later_flush(struct cx *cx, bool whole)
{
	struct search_later *later = cx->conn ? cx->conn->later : NULL;
	struct arena_mark before = arena_mark(cx->mem);
	struct mark since = { 0 };
	struct search_entry *v;
	size_t n = later ? later->n - later->n_done : 0;

	if (!n && !(whole && db_in_write(cx)))
		return true;
	v = new_array(cx->mem, n, struct search_entry);
	for (size_t i = 0; i < n; i++)
		v[i] = entry_of(later, &later->v[later->n_done + i]);
	if (!cx->db->driver->search->write(cx, v, n, whole))
		return false;
	arena_rewind(cx->mem, before);
	if (!later)
		return true;
	if (cx->conn->depth)
		since = later->marks[cx->conn->depth - 1];
	mark_restore(later, (struct mark){ since.n, since.n, since.bytes });
	return true;
}

bool
later_savepoint(struct cx *cx, enum savepoint what)
{
	struct conn *conn = cx->conn;

	if (what == SAVEPOINT_SET && conn->depth == DEPTH_MAX)
		return bug(cx, "savepoints nest too deep");
	if (what == SAVEPOINT_SET)
		later_of(conn)->marks[conn->depth] = mark_now(later_of(conn));
	if (what == SAVEPOINT_BACK)
		mark_restore(conn->later, conn->later->marks[conn->depth - 1]);
	return true;
}

void
later_free(struct conn *conn)
{
	if (!conn->later)
		return;
	heap_free(conn->later->v);
	buf_fini(&conn->later->text);
	heap_free(conn->later);
	conn->later = NULL;
}

void
later_forget(struct conn *conn)
{
	if (conn->later && conn->later->text.cap > KEEP_BYTES)
		later_free(conn);
	if (conn->later)
		mark_restore(conn->later, (struct mark){ 0 });
}

bool
db_search_flush(struct cx *cx)
{
	return later_flush(cx, true);
}
