/* FTS5 without content: one table of the words of titles, one of all words.  Bare lists of row ids
 * are read newest first and only as far as is needed; prefixes of the lengths below have lists of
 * their own.  A document's row id holds record and object; a code point of its own marks its
 * object. */
#include "db/sqlite.h"

enum { OBJECT_BITS = 10, MARK_BYTES = 4, TAIL_BITS = 6, TAIL_MASK = 0x3f, TAIL = 0x80 };

/* Every byte above the blank is part of a word. */
#define TABLE(name, prefixes)                                                                     \
	"CREATE VIRTUAL TABLE " name " USING fts5(words, content='', columnsize=0, detail=none, " \
	"prefix='" prefixes                                                                       \
	"', tokenize=\"ascii tokenchars '!\"\"#$%&''()*+,-./:;<=>?@[\\]^_`{|}~'\")"

static const char *const CREATE[] = {
	TABLE("sys_search_title", "1 2 3 4 5 6 7 8 9 10 11 12"),
	TABLE("sys_search_words", "1 2 3"),
	NULL,
};

static const char *const CLEAR[] = {
	"INSERT INTO sys_search_title (sys_search_title) VALUES ('delete-all')",
	"INSERT INTO sys_search_words (sys_search_words) VALUES ('delete-all')",
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

/* U+F0000 + object, in UTF-8. */
static void
put_mark(struct buf *out, int64_t object)
{
	buf_z(out, "\xf3\xb0");
	buf_char(out, (char)(TAIL | (object >> TAIL_BITS & TAIL_MASK)));
	buf_char(out, (char)(TAIL | (object & TAIL_MASK)));
}

static bool
write_words(struct cx *cx, const char *sql, int64_t row, struct str words)
{
	struct stmt *stmt = db_prepare(cx, str_of(sql));

	if (!stmt)
		return false;
	db_bind_int(stmt, 1, row);
	db_bind_str(stmt, 2, words);
	return db_run(cx, stmt);
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
put(struct cx *cx, int64_t object, int64_t record, struct str title, struct str all)
{
	int64_t row = record << OBJECT_BITS | object;

	return (!title.n || write_words(cx, PUT_TITLE, row, with_mark(cx, title, " ", object))) &&
	       write_words(cx, PUT_WORDS, row, with_mark(cx, all, " ", object));
}

static bool
drop(struct cx *cx, int64_t object, int64_t record, struct str title, struct str all)
{
	int64_t row = record << OBJECT_BITS | object;

	return (!title.n || write_words(cx, DROP_TITLE, row, with_mark(cx, title, " ", object))) &&
	       write_words(cx, DROP_WORDS, row, with_mark(cx, all, " ", object));
}

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
	if (optimize_tables(cx))
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
	.clear_sql = CLEAR,
	.put = put,
	.drop = drop,
	.find = find,
	.optimize = optimize,
};
