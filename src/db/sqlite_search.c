/* FTS5 without content: one table of the words of titles, one of all words.  Bare lists of row ids
 * are read newest first and only as far as is needed; prefixes of the lengths below have lists of
 * their own.  A document's row id holds record and object; a code point of its own marks its
 * object.
 *
 * FTS5 is quick with many documents at once, but a single one costs it ten times as much as the row
 * that it belongs to.  So a few documents go into a plain table first, beside the texts that the
 * index still holds of them, and are folded into the index when they are many.  A search looks
 * through them one by one. */
#include "db/sqlite.h"

enum {
	OBJECT_BITS = 10,
	OBJECT_MASK = 1023,
	MARK_BYTES = 4,
	TAIL_BITS = 6,
	TAIL_MASK = 0x3f,
	TAIL = 0x80,
	RECENT_MAX = 256, /* documents in the plain table, about */
	AT_ONCE_MAX = 64  /* more go into the index right away */
};

/* Every byte above the blank is part of a word. */
#define TABLE(name, prefixes)                                                                     \
	"CREATE VIRTUAL TABLE " name " USING fts5(words, content='', columnsize=0, detail=none, " \
	"prefix='" prefixes                                                                       \
	"', tokenize=\"ascii tokenchars '!\"\"#$%&''()*+,-./:;<=>?@[\\]^_`{|}~'\")"

#define TITLE TABLE("sys_search_title", "1 2 3 4 5 6 7 8 9 10 11 12")
#define WORDS TABLE("sys_search_words", "1 2 3")
/* The number says how FTS5 is set up. */
#define RECENT                                                                            \
	"CREATE TABLE sys_search_recent /* 1 */ (id INTEGER PRIMARY KEY, old_title TEXT," \
	" old_words TEXT, title TEXT, words TEXT) STRICT"
/* Many documents are gathered before they are written, and more of what was written before is
 * merged at once: a bulk writes each of them fewer times. */
#define SET_UP(name)                  \
	"INSERT INTO " name " (" name \
	", rank) VALUES ('hashsize', 4194304), ('automerge', 16), ('crisismerge', 64)"

static const char *const CREATE[] = {
	"DROP TABLE IF EXISTS sys_search_title",
	"DROP TABLE IF EXISTS sys_search_words",
	"DROP TABLE IF EXISTS sys_search_recent",
	TITLE,
	WORDS,
	SET_UP("sys_search_title"),
	SET_UP("sys_search_words"),
	RECENT,
	NULL,
};

static const char *const CLEAR[] = {
	"INSERT INTO sys_search_title (sys_search_title) VALUES ('delete-all')",
	"INSERT INTO sys_search_words (sys_search_words) VALUES ('delete-all')",
	"DELETE FROM sys_search_recent",
	NULL,
};

static const char PUT_TITLE[] = "INSERT INTO sys_search_title (rowid, words) VALUES (?1, ?2)";
static const char PUT_WORDS[] = "INSERT INTO sys_search_words (rowid, words) VALUES (?1, ?2)";
static const char DROP_TITLE[] =
	"INSERT INTO sys_search_title (sys_search_title, rowid, words) VALUES ('delete', ?1, ?2)";
static const char DROP_WORDS[] =
	"INSERT INTO sys_search_words (sys_search_words, rowid, words) VALUES ('delete', ?1, ?2)";
static const char FIND_TITLE[] =
	"SELECT rowid & 1023, rowid >> 10 FROM sys_search_title WHERE sys_search_title MATCH ?1 ORDER BY rowid DESC";
static const char FIND_WORDS[] =
	"SELECT rowid & 1023, rowid >> 10 FROM sys_search_words WHERE sys_search_words MATCH ?1 ORDER BY rowid DESC";

/* The schema keeps the text by which a table was made. */
static bool
is_current(struct cx *cx, bool *out)
{
	static const char *const tables[] = { TITLE, WORDS, RECENT };
	struct stmt *stmt =
		db_sql(cx, "SELECT count(*) FROM sqlite_schema WHERE sql IN (?1, ?2, ?3)");
	bool row;

	for (size_t i = 0; stmt && i < countof(tables); i++)
		db_bind_str(stmt, (int)i + 1, str_of(tables[i]));
	if (!stmt || !db_step(cx, stmt, &row))
		return false;
	*out = row && db_col_int(stmt, 0) == countof(tables);
	db_done(stmt);
	return true;
}

/* ---- into the index ------------------------------------------------------------------------ */

/* U+F0000 + object, in UTF-8. */
static void
put_mark(struct buf *out, int64_t object)
{
	buf_z(out, "\xf3\xb0");
	buf_char(out, (char)(TAIL | (object >> TAIL_BITS & TAIL_MASK)));
	buf_char(out, (char)(TAIL | (object & TAIL_MASK)));
}

static struct str
with_mark(struct cx *cx, struct str words, const char *between, int64_t object)
{
	struct buf b = buf_in(cx->mem, words.n + strlen(between) + MARK_BYTES + 2);

	buf_str(&b, words);
	buf_z(&b, between);
	put_mark(&b, object);
	return buf_done(&b);
}

static bool
write_words(struct cx *cx, const char *sql, int64_t row, struct str words)
{
	struct stmt *stmt = db_prepare(cx, str_of(sql));

	if (!stmt)
		return false;
	db_bind_int(stmt, 1, row);
	db_bind_str(stmt, 2, with_mark(cx, words, " ", row & OBJECT_MASK));
	return db_run(cx, stmt);
}

static bool
index_put(struct cx *cx, int64_t row, struct str title, struct str all)
{
	return (!title.n || write_words(cx, PUT_TITLE, row, title)) &&
	       write_words(cx, PUT_WORDS, row, all);
}

static bool
index_drop(struct cx *cx, int64_t row, struct str title, struct str all)
{
	return (!title.n || write_words(cx, DROP_TITLE, row, title)) &&
	       write_words(cx, DROP_WORDS, row, all);
}

static int64_t
row_of(const struct search_entry *entry)
{
	return entry->record << OBJECT_BITS | entry->object;
}

struct place {
	int64_t row;
	size_t at; /* among the entries: what was first stays first */
};

static int
place_order(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	if (x->row != y->row)
		return x->row < y->row ? -1 : 1;
	return (x->at > y->at) - (x->at < y->at);
}

/* In the order of their row ids: FTS5 writes out what it holds at each step back. */
static bool
index_write(struct cx *cx, const struct search_entry *v, size_t n)
{
	struct place *places = new_array(cx->mem, n, struct place);
	struct arena_mark mark = arena_mark(cx->mem);

	for (size_t i = 0; i < n; i++)
		places[i] = (struct place){ row_of(&v[i]), i };
	qsort(places, n, sizeof *places, place_order);
	for (size_t i = 0; i < n; i++) {
		const struct search_entry *entry = &v[places[i].at];

		if (!(entry->is_put ? index_put : index_drop)(cx, places[i].row, entry->title,
							      entry->all))
			return false;
		arena_rewind(cx->mem, mark);
	}
	return true;
}

/* ---- recent documents ---------------------------------------------------------------------- */

static bool
recent_write(struct cx *cx, const struct search_entry *entry)
{
	struct stmt *stmt =
		entry->is_put
			? db_sql(cx, "INSERT INTO sys_search_recent (id, title, words)"
				     " VALUES (?1, ?2, ?3) ON CONFLICT (id) DO UPDATE"
				     " SET title = excluded.title, words = excluded.words")
			: db_sql(cx, "INSERT INTO sys_search_recent (id, old_title, old_words)"
				     " VALUES (?1, ?2, ?3) ON CONFLICT (id) DO UPDATE"
				     " SET title = NULL, words = NULL");

	if (!stmt)
		return false;
	db_bind_int(stmt, 1, row_of(entry));
	db_bind_str(stmt, 2, entry->title);
	db_bind_str(stmt, 3, entry->all);
	return db_run(cx, stmt);
}

static bool
recent_index(struct cx *cx)
{
	struct stmt *stmt = db_sql(cx, "SELECT id, old_title, old_words, title, words"
				       " FROM sys_search_recent ORDER BY id");
	bool row;

	while (stmt && db_step(cx, stmt, &row)) {
		struct arena_mark mark = arena_mark(cx->mem);

		if (!row)
			return true;
		if (!db_col_null(stmt, 2) &&
		    !index_drop(cx, db_col_int(stmt, 0), db_col_str(stmt, 1), db_col_str(stmt, 2)))
			return false;
		if (!db_col_null(stmt, 4) &&
		    !index_put(cx, db_col_int(stmt, 0), db_col_str(stmt, 3), db_col_str(stmt, 4)))
			return false;
		arena_rewind(cx->mem, mark);
	}
	return false;
}

static bool
recent_empty(struct cx *cx)
{
	struct stmt *stmt = db_sql(cx, "DELETE FROM sys_search_recent");

	sqlite_of(cx->conn)->recent = 0;
	return stmt && db_run(cx, stmt);
}

static bool
recent_fold(struct cx *cx)
{
	return recent_index(cx) && recent_empty(cx);
}

/* How many there are, as far as this process knows; others fold what they write themselves. */
static bool
recent_count(struct cx *cx, int64_t *out)
{
	struct sqlite_conn *conn = sqlite_of(cx->conn);
	struct stmt *stmt;
	bool row;

	if (conn->recent < 0) {
		stmt = db_sql(cx, "SELECT count(*) FROM sys_search_recent");
		if (!stmt || !db_step(cx, stmt, &row))
			return false;
		conn->recent = db_col_int(stmt, 0);
		db_done(stmt);
	}
	*out = conn->recent;
	return true;
}

/* No write is refused because of others' documents: those that do not go into the index, for it is
 * damaged, are found as they stand. */
static bool
recent_fold_some(struct cx *cx)
{
	if (!db_savepoint(cx))
		return false;
	if (recent_fold(cx))
		return db_release(cx);
	if (cx->err.code != E_DB)
		return false;
	fail_clear(cx);
	return db_rollback_to(cx);
}

static bool
write_entries(struct cx *cx, const struct search_entry *v, size_t n, bool whole)
{
	int64_t recent;

	if (!recent_count(cx, &recent))
		return false;
	if (whole || n > AT_ONCE_MAX)
		return (!recent || recent_fold(cx)) && index_write(cx, v, n);
	for (size_t i = 0; i < n; i++)
		if (!recent_write(cx, &v[i]))
			return false;
	sqlite_of(cx->conn)->recent += (int64_t)n;
	return recent + (int64_t)n < RECENT_MAX || recent_fold_some(cx);
}

static struct stmt *
recent_documents(struct cx *cx)
{
	return db_sql(cx, "SELECT id & 1023, id >> 10, title, words, old_title, old_words"
			  " FROM sys_search_recent ORDER BY id DESC");
}

/* ---- out of the index ---------------------------------------------------------------------- */

/* Rows are found as they are stepped to: the limit is the reader's. */
static struct stmt *
find(struct cx *cx, enum search_round round, int64_t object, const struct search_question *question,
     int64_t limit)
{
	struct stmt *stmt =
		db_prepare(cx, str_of(round == SEARCH_TITLES ? FIND_TITLE : FIND_WORDS));
	struct str text = round == SEARCH_WORDS ? question->exact : question->prefix;

	(void)limit;
	if (object)
		text = with_mark(cx, text, " AND ", object);
	if (stmt)
		db_bind_str(stmt, 1, text);
	return stmt;
}

/* The word, or a beginning of one, in words that are separated by blanks. */
static struct str
word_pattern(struct cx *cx, struct str word, bool is_prefix)
{
	struct buf pattern = buf_in(cx->mem, 2 * word.n + 8);

	BUF_LIT(&pattern, "% ");
	for (size_t i = 0; i < word.n; i++) {
		if (word.p[i] == '%' || word.p[i] == '_' || word.p[i] == '\\')
			buf_char(&pattern, '\\');
		buf_char(&pattern, word.p[i]);
	}
	buf_z(&pattern, is_prefix ? "%" : " %");
	return buf_done(&pattern);
}

static void
recent_word(struct cx *cx, struct str alternatives, bool is_prefix, bool in_title,
	    const struct search_sink *sink)
{
	const char *before = " AND (";

	while (alternatives.n) {
		struct str word = str_cut(&alternatives, '|');

		sink->text(sink, before);
		sink->text(sink, in_title ? "(' ' || title || ' ') LIKE "
					  : "(' ' || words || ' ') LIKE ");
		sink->value(sink, word_pattern(cx, word, is_prefix));
		sink->text(sink, " ESCAPE '\\'");
		before = " OR ";
	}
	sink->text(sink, ")");
}

static void
find_ids(struct cx *cx, int64_t object, const struct search_question *question, bool in_title,
	 const struct search_sink *sink)
{
	size_t n = question->words.n;

	sink->text(sink, in_title ? "SELECT rowid >> 10 FROM sys_search_title"
				    " WHERE sys_search_title MATCH "
				  : "SELECT rowid >> 10 FROM sys_search_words"
				    " WHERE sys_search_words MATCH ");
	sink->value(sink, with_mark(cx, question->prefix, " AND ", object));
	sink->text(sink, " AND rowid NOT IN (SELECT id FROM sys_search_recent)"
			 " UNION ALL SELECT id >> 10 FROM sys_search_recent WHERE id & 1023 = ");
	sink->number(sink, object);
	sink->text(sink, " AND words IS NOT NULL");
	for (size_t i = 0; i < n; i++)
		recent_word(cx, question->words.v[i], i + 1 == n, in_title, sink);
}

/* Tables of the connection alone, that FTS5 fills from its lists.  One that may only read cannot
 * make them. */
static const char *const VOCABULARY[] = {
	"PRAGMA query_only = 0",
	"CREATE VIRTUAL TABLE IF NOT EXISTS temp.search_title"
	" USING fts5vocab(main, sys_search_title, instance)",
	"CREATE VIRTUAL TABLE IF NOT EXISTS temp.search_words"
	" USING fts5vocab(main, sys_search_words, instance)",
};
static const char HELD_TITLE[] = "SELECT doc & 1023, doc >> 10, term FROM temp.search_title";
static const char HELD_WORDS[] = "SELECT doc & 1023, doc >> 10, term FROM temp.search_words";

static struct stmt *
held(struct cx *cx, bool titles)
{
	struct sqlite_conn *conn = sqlite_of(cx->conn);
	int code = SQLITE_OK;

	for (size_t i = 0; i < countof(VOCABULARY) && code == SQLITE_OK; i++)
		code = sqlite_exec(conn, VOCABULARY[i]);
	if (!db_in_write(cx))
		sqlite_exec(conn, "PRAGMA query_only = 1");
	if (code != SQLITE_OK) {
		struct refusal why;

		sqlite_refused(conn, code, &why);
		fault_fail(cx, why.fault, why.message, S("fts5vocab"));
		return NULL;
	}
	return db_prepare(cx, str_of(titles ? HELD_TITLE : HELD_WORDS));
}

static bool
optimize_tables(struct cx *cx)
{
	struct stmt *title =
		db_sql(cx, "INSERT INTO sys_search_title (sys_search_title) VALUES ('optimize')");
	struct stmt *words =
		db_sql(cx, "INSERT INTO sys_search_words (sys_search_words) VALUES ('optimize')");

	return title && words && db_run(cx, title) && db_run(cx, words);
}

static bool
optimize(struct cx *cx)
{
	if (!db_begin_bulk(cx))
		return false;
	if (recent_fold(cx) && optimize_tables(cx))
		return db_commit(cx);
	db_rollback(cx);
	return false;
}

const struct search_driver sqlite_search = {
	.form = {
		.open = "\"",
		.close = "\"",
		.close_prefix = "\" *",
		.escapes = { { '"', "\"\"" } },
		.any = " OR ",
		.all = " AND ",
	},
	.create_sql = CREATE,
	.is_current = is_current,
	.clear_sql = CLEAR,
	.write = write_entries,
	.recent = recent_documents,
	.find = find,
	.ids = find_ids,
	.held = held,
	.optimize = optimize,
};
