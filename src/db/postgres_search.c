/* One table: the words of titles and all words, as sets.
 *
 * Which plan is good depends on how frequent the words are, and the server's guess at prefixes is
 * poor.  So the newest documents are looked through first, in the order of the key: frequent words
 * fill the page there.  Only when they do not is the inverted index asked for all hits. */
#include "db/postgres.h"

/* Short lists of what is not yet in an index: every question reads them through. */
#define WORD_INDEX(column)                                                    \
	"CREATE INDEX sys_search_" column " ON sys_search USING gin (" column \
	") WITH (gin_pending_list_limit = 256)"
#define TABLE                                                                                               \
	"CREATE TABLE sys_search (object BIGINT NOT NULL, record BIGINT NOT NULL, title TSVECTOR NOT NULL," \
	" words TSVECTOR NOT NULL, PRIMARY KEY (record, object))"

/* Another definition has another number. */
#define DEFINITION "kontor search 1"

static const char *const CREATE[] = {
	"DROP TABLE IF EXISTS sys_search",
	TABLE,
	"CREATE INDEX sys_search_object ON sys_search (object, record)",
	WORD_INDEX("title"),
	WORD_INDEX("words"),
	"COMMENT ON TABLE sys_search IS '" DEFINITION "'",
	NULL,
};

static const char *const CLEAR[] = { "TRUNCATE sys_search", NULL };

#define TITLES " title @@ CAST(?1 AS tsquery)"
#define WORDS " words @@ CAST(?2 AS tsquery) AND NOT" TITLES
#define PREFIX " words @@ CAST(?1 AS tsquery) AND NOT words @@ CAST(?2 AS tsquery) AND NOT" TITLES
#define NEWEST " ORDER BY record DESC, object DESC LIMIT "
#define FIND(condition, where, and)                                                                 \
	"WITH near AS MATERIALIZED (SELECT object, record FROM (SELECT object, record, (" condition \
	") AS is_hit"                                                                               \
	" FROM sys_search" where NEWEST "3000) x WHERE is_hit" NEWEST "?3),"                        \
	" far AS MATERIALIZED (SELECT object, record FROM sys_search WHERE" condition and           \
		" AND (SELECT count(*) FROM near) < ?3)"                                            \
		" SELECT object, record FROM near UNION SELECT object, record FROM far" NEWEST      \
		"?3"
#define FIND_ANY(condition) FIND(condition, "", "")
#define FIND_OBJECT(condition) FIND(condition, " WHERE object = ?4", " AND object = ?4")

static const char *const FINDS[SEARCH__MAX][2] = {
	[SEARCH_TITLES] = { FIND_ANY(TITLES), FIND_OBJECT(TITLES) },
	[SEARCH_WORDS] = { FIND_ANY(WORDS), FIND_OBJECT(WORDS) },
	[SEARCH_PREFIX] = { FIND_ANY(PREFIX), FIND_OBJECT(PREFIX) },
};

static bool
is_current(struct cx *cx, bool *out)
{
	struct stmt *stmt = db_sql(
		cx, "SELECT coalesce(obj_description(to_regclass('sys_search'), 'pg_class'), '')");
	bool row;

	if (!stmt || !db_step(cx, stmt, &row))
		return false;
	*out = row && str_eq_z(db_col_str(stmt, 0), DEFINITION);
	db_done(stmt);
	return true;
}

static bool
put(struct cx *cx, const struct search_entry *entry)
{
	struct stmt *stmt =
		db_sql(cx, "INSERT INTO sys_search (object, record, title, words)"
			   " VALUES (?1, ?2, CAST(?3 AS tsvector), CAST(?4 AS tsvector))");

	if (!stmt)
		return false;
	db_bind_int(stmt, 1, entry->object);
	db_bind_int(stmt, 2, entry->record);
	db_bind_str(stmt, 3, entry->title);
	db_bind_str(stmt, 4, entry->all);
	return db_run(cx, stmt);
}

static bool
drop(struct cx *cx, const struct search_entry *entry)
{
	struct stmt *stmt = db_sql(cx, "DELETE FROM sys_search WHERE record = ?1 AND object = ?2");

	if (!stmt)
		return false;
	db_bind_int(stmt, 1, entry->record);
	db_bind_int(stmt, 2, entry->object);
	return db_run(cx, stmt);
}

/* The server keeps a list of recent documents of its own. */
static bool
write_entries(struct cx *cx, const struct search_entry *v, size_t n, bool whole)
{
	(void)whole;
	for (size_t i = 0; i < n; i++)
		if (!(v[i].is_put ? put : drop)(cx, &v[i]))
			return false;
	return true;
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

static void
find_ids(struct cx *cx, int64_t object, const struct search_question *question, bool in_title,
	 const struct search_sink *sink)
{
	(void)cx;
	sink->text(sink, "SELECT record FROM sys_search WHERE object = ");
	sink->number(sink, object);
	sink->text(sink, in_title ? " AND title @@ CAST(" : " AND words @@ CAST(");
	sink->value(sink, question->prefix);
	sink->text(sink, " AS tsquery)");
}

/* U+F0000 marks them. */
static struct stmt *
held(struct cx *cx, bool titles)
{
	return titles ? db_sql(cx, "SELECT object, record,"
				   " array_to_string(tsvector_to_array(title), ' ')"
				   " FROM sys_search")
		      : db_sql(cx, "SELECT object, record, chr(983040) || ' ' ||"
				   " array_to_string(tsvector_to_array(words), ' ')"
				   " FROM sys_search");
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
	.is_current = is_current,
	.clear_sql = CLEAR,
	.write = write_entries,
	.find = find,
	.ids = find_ids,
	.held = held,
	.optimize = optimize,
};
