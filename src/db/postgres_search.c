/* One table: the words of titles and all words, as sets.  The server plans each question anew: it
 * reads a frequent word in the order of the table's key and a rare one from the index. */
#include "db/postgres.h"

static const char *const CREATE[] = {
	"CREATE TABLE sys_search (object BIGINT NOT NULL, record BIGINT NOT NULL, title TSVECTOR NOT NULL,"
	" words TSVECTOR NOT NULL, PRIMARY KEY (record, object))",
	"CREATE INDEX sys_search_title ON sys_search USING gin (title)",
	"CREATE INDEX sys_search_words ON sys_search USING gin (words)",
	NULL,
};

static const char *const CLEAR[] = { "TRUNCATE sys_search", NULL };

#define TITLES " title @@ CAST(?1 AS tsquery)"
#define WORDS " words @@ CAST(?2 AS tsquery) AND NOT" TITLES
#define PREFIX " words @@ CAST(?1 AS tsquery) AND NOT words @@ CAST(?2 AS tsquery) AND NOT" TITLES
#define FIND(condition)                                         \
	"SELECT object, record FROM sys_search WHERE" condition \
	" ORDER BY record DESC, object DESC LIMIT ?3"

static const char *const FINDS[SEARCH__MAX][2] = {
	[SEARCH_TITLES] = { FIND(TITLES), FIND(TITLES " AND object = ?4") },
	[SEARCH_WORDS] = { FIND(WORDS), FIND(WORDS " AND object = ?4") },
	[SEARCH_PREFIX] = { FIND(PREFIX), FIND(PREFIX " AND object = ?4") },
};

static bool
put(struct cx *cx, int64_t object, int64_t record, struct str title, struct str all)
{
	struct stmt *stmt =
		db_sql(cx, "INSERT INTO sys_search (object, record, title, words)"
			   " VALUES (?1, ?2, CAST(?3 AS tsvector), CAST(?4 AS tsvector))");

	if (!stmt)
		return false;
	db_bind_int(stmt, 1, object);
	db_bind_int(stmt, 2, record);
	db_bind_str(stmt, 3, title);
	db_bind_str(stmt, 4, all);
	return db_run(cx, stmt);
}

static bool
drop(struct cx *cx, int64_t object, int64_t record, struct str title, struct str all)
{
	struct stmt *stmt = db_sql(cx, "DELETE FROM sys_search WHERE record = ?1 AND object = ?2");

	(void)title;
	(void)all;
	if (!stmt)
		return false;
	db_bind_int(stmt, 1, record);
	db_bind_int(stmt, 2, object);
	return db_run(cx, stmt);
}

static struct stmt *
find(struct cx *cx, enum search_round round, int64_t object, const struct search_question *question,
     int64_t limit)
{
	struct stmt *stmt = db_prepare(cx, str_of(FINDS[round][object != 0]));

	if (!stmt)
		return NULL;
	db_bind_str(stmt, 1, question->prefix);
	if (round != SEARCH_TITLES)
		db_bind_str(stmt, 2, question->exact);
	db_bind_int(stmt, 3, limit);
	if (object)
		db_bind_int(stmt, 4, object);
	return stmt;
}

static bool
optimize(struct cx *cx)
{
	return pg_maintain(cx, "VACUUM sys_search");
}

const struct search_driver pg_search = {
	.form = {
		.open = "'",
		.close = "'",
		.close_prefix = "':*",
		.escapes = { { '\'', "''" }, { '\\', "\\\\" } },
		.any = " | ",
		.all = " & ",
		.quotes_documents = true,
	},
	.create_sql = CREATE,
	.clear_sql = CLEAR,
	.put = put,
	.drop = drop,
	.find = find,
	.optimize = optimize,
};
