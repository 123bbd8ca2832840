/* Preloaded into a server: writes every SQL statement that SQLite runs, with its values, to the
 * file named by SQL_TRACE; one line each, so that the bare handler runs the same. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int
on_statement(unsigned what, void *unused, void *stmt, void *text)
{
	const char *path = getenv("SQL_TRACE");
	FILE *out = path ? fopen(path, "ae") : NULL;
	char *sql;

	(void)what;
	(void)unused;
	if (!out)
		return 0;
	/* "-- …" are the statements that SQLite runs for itself (the full-text index). */
	sql = strncmp(text, "--", 2) != 0 ? sqlite3_expanded_sql(stmt) : NULL;
	if (sql) {
		for (char *p = sql; *p; p++)
			if (*p == '\n')
				*p = ' ';
		fprintf(out, "%s\n", sql);
	}
	sqlite3_free(sql);
	fclose(out);
	return 0;
}

int
sqlite3_open_v2(const char *name, sqlite3 **out, int flags, const char *vfs)
{
	int (*real)(const char *, sqlite3 **, int, const char *) =
		(int (*)(const char *, sqlite3 **, int, const char *))dlsym(RTLD_NEXT,
									    "sqlite3_open_v2");
	int code = real(name, out, flags, vfs);

	if (code == SQLITE_OK)
		sqlite3_trace_v2(*out, SQLITE_TRACE_STMT, on_statement, NULL);
	return code;
}
