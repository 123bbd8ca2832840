#include <fcntl.h>

#include "http/internal.h"

#include <stdatomic.h>

#include "base/heap.h"
#include "db/db.h"

enum { FILE_MAX = 8 << 10, KIB = 1024, SCALE_US = 6 };

static const int STATUSES[] = { 200, 201, 202, 204, 206, 207, 303, 304, 400, 401, 403, 404,
				405, 406, 409, 412, 413, 415, 422, 429, 500, 503, 0 };
static const int64_t BUCKETS_US[] = { 250,   500,    1000,   2500,   5000,    10000,   25000,
				      50000, 100000, 250000, 500000, 1000000, 2500000, 10000000 };

struct row {
	_Atomic int64_t statuses[countof(STATUSES)];
	_Atomic int64_t buckets[countof(BUCKETS_US) + 1];
	_Atomic int64_t sum_us, bytes;
};

struct metrics {
	unsigned n_routes;
	struct row rows[];
};

struct metrics *
metrics_new(unsigned n_routes)
{
	struct metrics *metrics =
		heap_new(sizeof *metrics + (n_routes + 1) * sizeof metrics->rows[0]);

	metrics->n_routes = n_routes;
	return metrics;
}

void
metrics_free(struct metrics **metrics)
{
	heap_free(*metrics);
	*metrics = NULL;
}

static void
add(_Atomic int64_t *counter, int64_t n)
{
	atomic_fetch_add_explicit(counter, n, memory_order_relaxed);
}

static int64_t
get(const _Atomic int64_t *counter)
{
	return atomic_load_explicit(counter, memory_order_relaxed);
}

void
metrics_count(struct metrics *metrics, unsigned route, int status, int64_t us, int64_t bytes)
{
	struct row *row = &metrics->rows[route < metrics->n_routes ? route : metrics->n_routes];
	size_t i = 0;

	while (STATUSES[i] && STATUSES[i] != status)
		i++;
	add(&row->statuses[i], 1);
	for (i = 0; i < countof(BUCKETS_US) && us > BUCKETS_US[i];)
		i++;
	add(&row->buckets[i], 1);
	add(&row->sum_us, us);
	add(&row->bytes, bytes);
}

/* ---- printing ---- */

static void
route_label(const struct http *http, unsigned number, struct buf *out)
{
	const struct route *route = route_at(http->options.routes, http->options.n_routes, number);

	buf_z(out, "{route=\"");
	if (number < http->n_routes && route) {
		buf_z(out, http_verb_name(route->verb));
		buf_char(out, ' ');
		buf_z(out, route->path);
	}
	buf_char(out, '"');
}

static int64_t
row_total(const struct row *row)
{
	int64_t total = 0;

	for (size_t i = 0; i < countof(STATUSES); i++)
		total += get(&row->statuses[i]);
	return total;
}

static void
print_requests(const struct http *http, struct buf *out)
{
	buf_z(out, "# TYPE kontor_http_requests counter\n");
	for (unsigned n = 0; n <= http->n_routes; n++)
		for (size_t i = 0; i < countof(STATUSES); i++) {
			int64_t count = get(&http->metrics->rows[n].statuses[i]);

			if (!count)
				continue;
			buf_z(out, "kontor_http_requests_total");
			route_label(http, n, out);
			buf_z(out, ",status=\"");
			if (STATUSES[i])
				buf_int(out, STATUSES[i]);
			else
				buf_z(out, "other");
			buf_z(out, "\"} ");
			buf_int(out, count);
			buf_char(out, '\n');
		}
}

static void
print_bytes(const struct http *http, struct buf *out)
{
	buf_z(out, "# TYPE kontor_http_reply_bytes counter\n");
	for (unsigned n = 0; n <= http->n_routes; n++) {
		if (!row_total(&http->metrics->rows[n]))
			continue;
		buf_z(out, "kontor_http_reply_bytes_total");
		route_label(http, n, out);
		buf_z(out, "} ");
		buf_int(out, get(&http->metrics->rows[n].bytes));
		buf_char(out, '\n');
	}
}

static void
print_histogram_row(const struct http *http, unsigned n, struct buf *out)
{
	const struct row *row = &http->metrics->rows[n];
	int64_t sum = 0;

	for (size_t i = 0; i <= countof(BUCKETS_US); i++) {
		sum += get(&row->buckets[i]);
		buf_z(out, "kontor_http_request_seconds_bucket");
		route_label(http, n, out);
		buf_z(out, ",le=\"");
		if (i < countof(BUCKETS_US))
			buf_decimal(out, BUCKETS_US[i], SCALE_US);
		else
			buf_z(out, "+Inf");
		buf_z(out, "\"} ");
		buf_int(out, sum);
		buf_char(out, '\n');
	}
	buf_z(out, "kontor_http_request_seconds_sum");
	route_label(http, n, out);
	buf_z(out, "} ");
	buf_decimal(out, get(&row->sum_us), SCALE_US);
	buf_z(out, "\nkontor_http_request_seconds_count");
	route_label(http, n, out);
	buf_z(out, "} ");
	buf_int(out, sum);
	buf_char(out, '\n');
}

static void
print_histograms(const struct http *http, struct buf *out)
{
	buf_z(out, "# TYPE kontor_http_request_seconds histogram\n");
	for (unsigned n = 0; n <= http->n_routes; n++)
		if (row_total(&http->metrics->rows[n]))
			print_histogram_row(http, n, out);
}

static void
print_one(struct buf *out, const char *name, const char *kind, int64_t value)
{
	bool is_counter = !strcmp(kind, "counter");

	buf_z(out, "# TYPE ");
	buf_z(out, name);
	buf_char(out, ' ');
	buf_z(out, kind);
	buf_char(out, '\n');
	buf_z(out, name);
	if (is_counter)
		buf_z(out, "_total");
	buf_char(out, ' ');
	buf_int(out, value);
	buf_char(out, '\n');
}

static void
print_database(const struct http *http, struct buf *out)
{
	struct db_stats stats = { 0 };

	if (!http->db)
		return;
	db_stats(http->db, &stats);
	print_one(out, "kontor_live_streams", "gauge", (int64_t)hub_count(http->hub));
	print_one(out, "kontor_db_units", "counter", stats.units);
	print_one(out, "kontor_db_writes", "counter", stats.writes);
	print_one(out, "kontor_db_commits", "counter", stats.commits);
	print_one(out, "kontor_db_group_commits", "counter", stats.groups);
	print_one(out, "kontor_db_statements", "counter", stats.statements);
	print_one(out, "kontor_db_statement_cache_hits", "counter", stats.cache_hits);
	print_one(out, "kontor_db_statement_cache_misses", "counter", stats.cache_misses);
	print_one(out, "kontor_db_connects", "counter", stats.connects);
	print_one(out, "kontor_db_reconnects", "counter", stats.reconnects);
	print_one(out, "kontor_db_checkpoints", "counter", stats.checkpoints);
	print_one(out, "kontor_db_repairs", "counter", stats.repairs);
}

/* "RssAnon:      1234 kB" of /proc/self/status, in bytes; 0 where the system does not tell. */
static int64_t
process_figure(struct str status, const char *name)
{
	while (status.n) {
		struct str value = str_cut(&status, '\n');
		struct str word = str_cut(&value, ':');
		int64_t kib = 0;

		if (!str_eq_z(word, name))
			continue;
		value = str_trim(value);
		if (str_int(str_word(&value), 0, INT64_MAX / KIB, &kib))
			return kib * KIB;
	}
	return 0;
}

static void
print_process(struct cx *cx, struct buf *out)
{
	char *text = arena_alloc(cx->mem, FILE_MAX);
	int fd = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? 0 : read(fd, text, FILE_MAX);
	struct str status = { text, n > 0 ? (size_t)n : 0 };

	if (fd >= 0)
		close(fd);
	print_one(out, "process_resident_memory_bytes", "gauge", process_figure(status, "VmRSS"));
	print_one(out, "process_private_memory_bytes", "gauge", process_figure(status, "RssAnon"));
}

void
metrics_print(struct cx *cx, const struct http *http, struct buf *out)
{
	print_requests(http, out);
	print_bytes(http, out);
	print_histograms(http, out);
	print_database(http, out);
	print_process(cx, out);
	buf_z(out, "# EOF\n");
}
