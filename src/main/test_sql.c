/* `kontor test-sql`: does the database take every statement that the program holds? */
#include "main/command.h"

#include <ctype.h>

enum { LINE_MAX_BYTES = 64 << 10, PARAMETERS_MAX = 100 };

/* The highest n of ?n outside of quotes. */
static int
parameters(struct str sql)
{
	int64_t most = 0, n;
	char quote = 0;

	for (size_t i = 0; i < sql.n; i++) {
		size_t from = i + 1, to = from;

		if (quote || sql.p[i] == '\'' || sql.p[i] == '"') {
			if (!quote || sql.p[i] == quote)
				quote = quote ? 0 : sql.p[i];
			continue;
		}
		if (sql.p[i] != '?')
			continue;
		while (to < sql.n && isdigit((unsigned char)sql.p[to]))
			to++;
		if (str_int((struct str){ sql.p + from, to - from }, 1, PARAMETERS_MAX, &n) &&
		    n > most)
			most = n;
	}
	return (int)most;
}

/* The plan alone: nothing is run. */
static bool
explain(struct cx *cx, struct str sql)
{
	struct str plan = str_printf(cx->mem, "EXPLAIN %.*s", STR_FMT(sql));
	struct stmt *stmt;

	if (!db_begin_write(cx))
		return false;
	stmt = db_prepare(cx, plan);
	if (!stmt)
		return false;
	for (int i = 1; i <= parameters(sql); i++)
		db_bind_null(stmt, i);
	return db_run(cx, stmt);
}

/* "FILE:LINE <tab> SQL" */
static bool
test_line(struct cx *cx, struct str line)
{
	struct str place = str_cut(&line, '\t');
	bool ok = explain(cx, line);

	if (!ok)
		printf("%.*s: %.*s\n\t%.*s\n", STR_FMT(place), STR_FMT(cx->err.why), STR_FMT(line));
	db_rollback(cx);
	fail_clear(cx);
	return ok;
}

int
run_test_sql(struct cx *cx, struct args *args)
{
	struct house house = { 0 };
	struct arena_mark mark;
	bool ok = house_open(cx, &args->config, true, &house);
	char *line = ok ? arena_alloc(cx->mem, LINE_MAX_BYTES) : NULL;
	int n = 0, refused = 0;

	mark = arena_mark(cx->mem);
	while (ok && fgets(line, LINE_MAX_BYTES, stdin)) {
		n++;
		refused += !test_line(cx, str_trim(str_of(line)));
		arena_rewind(cx->mem, mark);
	}
	if (ok)
		printf("%d statements, %d refused\n", n, refused);
	house_close(cx, &house);
	return ok ? refused != 0 : command_done(cx, ok);
}
