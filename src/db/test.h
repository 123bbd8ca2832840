/* For tests of any floor: a throw-away database of either engine.
 *
 * SQLite: a file in a new folder under /tmp.  PostgreSQL: a new database on the server that the
 * environment names in KONTOR_TEST_PG (postgres://user@host:port/database, a role that may create
 * databases; `tools/pg start DIR` prints one); without it, that half is skipped and says so. */
#ifndef KONTOR_DB_TEST_H
#define KONTOR_DB_TEST_H

#include <libpq-fe.h>
#include <sqlite3.h>

#include "base/test.h"
#include "db/db.h"

enum test_engine { TEST_SQLITE, TEST_POSTGRES, TEST_ENGINE__MAX };

struct test_db {
	enum test_engine engine;
	char address[600];
	char folder[40];
	char name[64];
};

static inline const char *
test_engine_name(enum test_engine engine)
{
	return engine == TEST_SQLITE ? "sqlite" : "postgres";
}

static inline void
test_pg_run(const char *sql)
{
	PGconn *conn = PQconnectdb(getenv("KONTOR_TEST_PG"));
	PGresult *result;

	if (PQstatus(conn) != CONNECTION_OK)
		fail_msg("KONTOR_TEST_PG: %s", PQerrorMessage(conn));
	result = PQexec(conn, sql);
	if (PQresultStatus(result) != PGRES_COMMAND_OK && PQresultStatus(result) != PGRES_TUPLES_OK)
		fail_msg("%s: %s", sql, PQerrorMessage(conn));
	PQclear(result);
	PQfinish(conn);
}

/* Past db/, into the file. */
static inline void
test_sqlite_run(const struct test_db *t, const char *sql)
{
	sqlite3 *handle;
	int code = sqlite3_open(t->address, &handle);

	if (code == SQLITE_OK)
		code = sqlite3_exec(handle, sql, NULL, NULL, NULL);
	if (code != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(handle));
	sqlite3_close(handle);
}

/* The server's address with another database's name. */
static inline void
test_pg_address(struct test_db *t)
{
	struct str all = str_of(getenv("KONTOR_TEST_PG")), rest = all, query = { 0 };
	char name[sizeof t->name]; /* gcc cannot tell it from the address otherwise */
	size_t at;

	if (str_find(rest, S("?"), &at)) {
		query = str_from(rest, at);
		rest = str_first(rest, at);
	}
	for (at = rest.n; at && rest.p[at - 1] != '/'; at--)
		;
	memcpy(name, t->name, sizeof name);
	snprintf(t->address, sizeof t->address, "%.*s%s%.*s", (int)at, rest.p, name,
		 STR_FMT(query));
}

/* Make one; false: skipped. */
static inline bool
test_db_make(struct test_db *t, enum test_engine engine)
{
	char sql[200];
	int64_t now = env_real.monotonic_us(&env_real);

	*t = (struct test_db){ .engine = engine };
	snprintf(t->folder, sizeof t->folder, "/tmp/kontor-test-XXXXXX");
	if (engine == TEST_SQLITE) {
		assert_non_null(mkdtemp(t->folder));
		snprintf(t->address, sizeof t->address, "%s/kontor.db", t->folder);
		return true;
	}
	if (!getenv("KONTOR_TEST_PG")) {
		print_message("skipped: KONTOR_TEST_PG names no PostgreSQL server\n");
		return false;
	}
	snprintf(t->name, sizeof t->name, "kontor_test_%d_%lld", (int)getpid(), (long long)now);
	snprintf(sql, sizeof sql,
		 "CREATE DATABASE \"%s\" ENCODING 'UTF8' LOCALE 'C' TEMPLATE template0", t->name);
	test_pg_run(sql);
	test_pg_address(t);
	return true;
}

static inline void
test_db_drop(struct test_db *t)
{
	static const char *const suffixes[] = { "", "-wal", "-shm", "-journal", "-turn" };
	char text[700];

	if (t->engine == TEST_POSTGRES) {
		snprintf(text, sizeof text, "DROP DATABASE IF EXISTS \"%s\" WITH (FORCE)", t->name);
		test_pg_run(text);
		return;
	}
	for (size_t i = 0; i < countof(suffixes); i++) {
		snprintf(text, sizeof text, "%s%s", t->address, suffixes[i]);
		unlink(text);
	}
	rmdir(t->folder);
}

#endif
