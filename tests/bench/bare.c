/* The bare limit: libmicrohttpd and SQLite, nothing else.
 *   bare serve PORT DATABASE FOLDER   GET /NAME runs the statements of FOLDER/NAME.sql (one a line)
 *                                     and sends the bytes of FOLDER/NAME.body; POST the same in a
 *                                     durable transaction
 *   bare rows DATABASE FILE N         runs the statements of the file N times, 1,000 in a
 * transaction ?1 is the id of the row that the first INSERT made; ?2 that id as the full-text index
 * wants it. */
#include <microhttpd.h>
#include <pthread.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { NAMES_MAX = 64, STATEMENTS_MAX = 64, THREADS = 2, ROWS_OF_COMMIT = 1000, OBJECT_BITS = 10 };

struct page {
	char name[64];
	char *sql[STATEMENTS_MAX];
	size_t n_sql;
	char *body;
	size_t n_body;
	int object; /* its number, from a line "-- object N" */
};

struct bare {
	const char *database, *folder;
	struct page pages[NAMES_MAX];
	size_t n_pages;
	pthread_mutex_t lock; /* one writes */
	pthread_key_t key;
};

struct conn {
	sqlite3 *db;
	sqlite3_stmt *stmts[NAMES_MAX][STATEMENTS_MAX];
	sqlite3_stmt *begin, *commit;
};

static void
die(const char *what, const char *why)
{
	fprintf(stderr, "bare: %s: %s\n", what, why);
	exit(1);
}

static struct conn *
conn_open(const char *path)
{
	static const char setup[] =
		"PRAGMA synchronous = 2; PRAGMA mmap_size = 2147418112; PRAGMA temp_store = 2;"
		" PRAGMA secure_delete = 1; PRAGMA cache_size = -16384; PRAGMA busy_timeout = 10000;";
	struct conn *conn = calloc(1, sizeof *conn);

	if (sqlite3_open(path, &conn->db) != SQLITE_OK ||
	    sqlite3_exec(conn->db, setup, NULL, NULL, NULL) != SQLITE_OK ||
	    sqlite3_prepare_v2(conn->db, "BEGIN IMMEDIATE", -1, &conn->begin, NULL) != SQLITE_OK ||
	    sqlite3_prepare_v2(conn->db, "COMMIT", -1, &conn->commit, NULL) != SQLITE_OK)
		die(path, sqlite3_errmsg(conn->db));
	return conn;
}

static struct conn *
conn_of(struct bare *bare)
{
	struct conn *conn = pthread_getspecific(bare->key);

	if (!conn) {
		conn = conn_open(bare->database);
		pthread_setspecific(bare->key, conn);
	}
	return conn;
}

static char *
slurp(const char *path, size_t *n)
{
	FILE *in = fopen(path, "re");
	char *text;
	long size;

	*n = 0;
	if (!in)
		return NULL;
	fseek(in, 0, SEEK_END);
	size = ftell(in);
	rewind(in);
	text = calloc(1, (size_t)size + 1);
	*n = fread(text, 1, (size_t)size, in);
	fclose(in);
	return text;
}

static void
page_statements(struct page *page, const char *path)
{
	size_t n;
	char *text = slurp(path, &n), *line;

	if (!text)
		die(path, "cannot be read");
	while ((line = strsep(&text, "\n")) && page->n_sql < STATEMENTS_MAX) {
		if (!strncmp(line, "-- object ", 10))
			page->object = (int)strtol(line + 10, NULL, 10);
		else if (*line)
			page->sql[page->n_sql++] = line;
	}
}

static struct page *
page_of(struct bare *bare, const char *name)
{
	struct page *page = bare->pages;
	char path[512];

	for (; page < bare->pages + bare->n_pages; page++)
		if (!strcmp(page->name, name))
			return page;
	if (bare->n_pages == NAMES_MAX)
		die(name, "too many pages");
	snprintf(page->name, sizeof page->name, "%s", name);
	snprintf(path, sizeof path, "%s/%s.sql", bare->folder, name);
	page_statements(page, path);
	snprintf(path, sizeof path, "%s/%s.body", bare->folder, name);
	page->body = slurp(path, &page->n_body);
	bare->n_pages++;
	return page;
}

static void
run_one(struct conn *conn, sqlite3_stmt **stmt, const char *sql, const struct page *page,
	sqlite3_int64 *id)
{
	if (!*stmt && sqlite3_prepare_v3(conn->db, sql, -1, SQLITE_PREPARE_PERSISTENT, stmt, NULL))
		die(sql, sqlite3_errmsg(conn->db));
	if (sqlite3_bind_parameter_index(*stmt, "?1"))
		sqlite3_bind_int64(*stmt, sqlite3_bind_parameter_index(*stmt, "?1"), *id);
	if (sqlite3_bind_parameter_index(*stmt, "?2"))
		sqlite3_bind_int64(*stmt, sqlite3_bind_parameter_index(*stmt, "?2"),
				   *id << OBJECT_BITS | page->object);
	while (sqlite3_step(*stmt) == SQLITE_ROW)
		for (int i = 0; i < sqlite3_column_count(*stmt); i++)
			(void)sqlite3_column_text(*stmt, i);
	if (sqlite3_reset(*stmt) != SQLITE_OK)
		die(sql, sqlite3_errmsg(conn->db));
	if (!*id && !sqlite3_stmt_readonly(*stmt) && !strncmp(sql, "INSERT", 6))
		*id = sqlite3_last_insert_rowid(conn->db);
}

static void
run_page(struct conn *conn, size_t at, const struct page *page)
{
	sqlite3_int64 id = 0;

	for (size_t i = 0; i < page->n_sql; i++)
		run_one(conn, &conn->stmts[at][i], page->sql[i], page, &id);
}

static void
control(sqlite3_stmt *stmt, struct conn *conn)
{
	sqlite3_step(stmt);
	if (sqlite3_reset(stmt) != SQLITE_OK)
		die("transaction", sqlite3_errmsg(conn->db));
}

static enum MHD_Result
answer(void *to, struct MHD_Connection *connection, const char *url, const char *method,
       const char *version, const char *data, size_t *n_data, void **state)
{
	struct bare *bare = to;
	struct conn *conn;
	struct MHD_Response *response;
	struct page *page;
	enum MHD_Result result;
	bool is_write = !strcmp(method, "POST");

	(void)version;
	(void)data;
	if (!*state) {
		*state = bare;
		return MHD_YES;
	}
	if (*n_data) {
		*n_data = 0;
		return MHD_YES;
	}
	conn = conn_of(bare);
	pthread_mutex_lock(&bare->lock);
	page = page_of(bare, url + 1);
	if (!is_write)
		pthread_mutex_unlock(&bare->lock);
	if (is_write)
		control(conn->begin, conn);
	run_page(conn, (size_t)(page - bare->pages), page);
	if (is_write) {
		control(conn->commit, conn);
		pthread_mutex_unlock(&bare->lock);
	}
	response =
		MHD_create_response_from_buffer(page->n_body, page->body, MHD_RESPMEM_PERSISTENT);
	result = MHD_queue_response(connection, MHD_HTTP_OK, response);
	MHD_destroy_response(response);
	return result;
}

static int
serve(char **argv)
{
	struct bare *bare = calloc(1, sizeof *bare);
	struct MHD_Daemon *daemon;
	sigset_t signals;
	int signal;

	bare->database = argv[3];
	bare->folder = argv[4];
	pthread_mutex_init(&bare->lock, NULL);
	pthread_key_create(&bare->key, NULL);
	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &signals, NULL);
	daemon = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD,
				  (uint16_t)strtol(argv[2], NULL, 10), NULL, NULL, answer, bare,
				  MHD_OPTION_THREAD_POOL_SIZE, THREADS, MHD_OPTION_END);
	if (!daemon)
		die("serve", "the port is taken");
	printf("ready\n");
	fflush(stdout);
	sigwait(&signals, &signal);
	return 0;
}

static int
rows(char **argv)
{
	struct conn *conn = conn_open(argv[2]);
	struct page page = { .name = "rows" };
	long n = strtol(argv[4], NULL, 10);

	page_statements(&page, argv[3]);
	for (long i = 0; i < n; i++) {
		if (i % ROWS_OF_COMMIT == 0)
			control(conn->begin, conn);
		run_page(conn, 0, &page);
		if (i % ROWS_OF_COMMIT == ROWS_OF_COMMIT - 1 || i == n - 1)
			control(conn->commit, conn);
	}
	return 0;
}

int
main(int argc, char **argv)
{
	if (argc == 5 && !strcmp(argv[1], "serve"))
		return serve(argv);
	if (argc == 5 && !strcmp(argv[1], "rows"))
		return rows(argv);
	fprintf(stderr, "usage: bare serve PORT DATABASE FOLDER | bare rows DATABASE FILE N\n");
	return 2;
}
