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

	if (later->text.n - bytes_before(cx->conn) > FLUSH_BYTES && !later_flush(cx))
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

static bool
entry_write(struct cx *cx, const struct search_later *later, const struct entry *entry)
{
	const struct search_driver *search = cx->db->driver->search;
	struct str title = { later->text.p + entry->at, entry->n_title };
	struct str all = { later->text.p + entry->at + entry->n_title, entry->n_all };

	return (entry->is_put ? search->put : search->drop)(cx, entry->object, entry->record, title,
							    all);
}

/* What was there before the innermost savepoint stays in the list: its rollback takes it out of the
 * engine again. */
bool
later_flush(struct cx *cx)
{
	struct search_later *later = cx->conn ? cx->conn->later : NULL;
	struct mark since = { 0 };

	if (!later)
		return true;
	for (; later->n_done < later->n; later->n_done++) {
		struct arena_mark mark = arena_mark(cx->mem);

		if (!entry_write(cx, later, &later->v[later->n_done]))
			return false;
		arena_rewind(cx->mem, mark);
	}
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
	return later_flush(cx);
}
