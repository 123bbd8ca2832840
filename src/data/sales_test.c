/* The maps of examples/sales-pipeline over the real files, where they are there. */
#include "record/test_house.h"

#include <sys/resource.h>

#include "base/file.h"
#include "data/import.h"
#include "model/type.h"

enum { PATH_LEN = 500 };

/* Under a sanitizer the beginning of the large file is enough. */
#ifdef __SANITIZE_ADDRESS__
#define SHOP_BYTES_MAX (200 << 10)
#else
#define SHOP_BYTES_MAX SIZE_MAX
#endif

static const char *
shared_data(void)
{
	const char *folder = getenv("KONTOR_SHARED_DATA");

	return folder ? folder : "../shared/data";
}

/* Of this process, in microseconds: other work on the machine does not count. */
static int64_t
processor_us(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return ((int64_t)usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000 +
	       usage.ru_utime.tv_usec + usage.ru_stime.tv_usec;
}

/* The beginning of a file, or all of it. */
struct beginning {
	FILE *file;
	size_t left;
};

static int64_t
beginning_read(void *state, void *out, size_t n)
{
	struct beginning *head = state;
	int64_t got = source_file(head->file, out, n < head->left ? n : head->left);

	head->left -= got > 0 ? (size_t)got : 0;
	return got;
}

/* Import a file, or its beginning, by one map of the example; tells the speed. */
static struct import_report
bring_head(struct test_house *h, const char *file, const char *map_file, size_t bytes)
{
	char path[PATH_LEN], map_path[PATH_LEN];
	struct beginning head = { .left = bytes };
	struct import_options options = { .source = { beginning_read, &head } };
	struct import_report report;
	struct map map;
	struct str text;
	int64_t start = processor_us(), took;

	test_house_next(h);
	snprintf(path, sizeof path, "%s/%s", strchr(file, '/') ? "." : shared_data(), file);
	snprintf(map_path, sizeof map_path, "examples/sales-pipeline/%s", map_file);
	test_ok(h->cx, file_read(h->cx, str_of(map_path), MAP_TEXT_MAX, &text) &&
			       map_parse(h->cx, str_of(map_file), text, &map));
	options.map = &map;
	head.file = fopen(path, "re");
	assert_non_null(head.file);
	test_ok(h->cx, data_import(h->cx, &options, &report));
	fclose(head.file);
	took = processor_us() - start;
	print_message("%s by %s: %lld rows, %lld created, %lld rows per second of processor time\n",
		      file, map_file, (long long)report.rows, (long long)report.created,
		      (long long)(report.rows * 1000000 / (took + 1)));
	for (size_t i = 0; i < report.n_lines && i < 10; i++)
		print_message("  row %lld, %.*s: %.*s\n", (long long)report.lines[i].row,
			      STR_FMT(report.lines[i].column), STR_FMT(report.lines[i].why));
	return report;
}

static struct import_report
bring(struct test_house *h, const char *file, const char *map)
{
	return bring_head(h, file, map, SIZE_MAX);
}

#define TEAMS "crm_sales_teams.csv"
#define STAGES "examples/sales-pipeline/stages.csv"

static const struct {
	const char *file, *map;
	int64_t rows, created, unchanged, warnings;
} files[] = {
	{ TEAMS, "units.map", 35, 3, 32, 0 },
	{ TEAMS, "managers.map", 35, 6, 29, 0 },
	{ TEAMS, "teams.map", 35, 6, 29, 0 },
	{ TEAMS, "agents.map", 35, 35, 0, 0 },
	{ "crm_accounts.csv", "accounts.map", 85, 85, 0, 0 },
	{ "crm_products.csv", "products.map", 7, 7, 0, 0 },
	{ STAGES, "pipeline.map", 4, 1, 3, 0 },
	{ STAGES, "stages.map", 4, 4, 0, 0 },
	{ "crm_sales_pipeline.csv", "deals.map", 8800, 8800, 0, 0 },
};

static int64_t
counted(struct test_house *h, const char *object, const char *where)
{
	struct query query = { .object = test_object(h, object) };
	int64_t n = -1;

	test_house_next(h);
	query.object = test_object(h, object);
	test_ok(h->cx, db_begin_read(h->cx));
	test_ok(h->cx, cond_parse(h->cx, h->cx->mem, h->cx->model, query.object, str_of(where),
				  NULL, &query.where));
	test_ok(h->cx, record_count(h->cx, &query, &n));
	db_rollback(h->cx);
	return n;
}

static const struct {
	const char *object, *where;
	int64_t n;
} facts[] = {
	{ "deal", "outcome = won", 4238 },
	{ "deal", "outcome = lost", 2473 },
	{ "deal", "outcome = open and closed_on is empty", 2089 },
	{ "deal", "stage.name = Engaging and outcome = open", 1589 },
	{ "deal", "opened_on is empty", 500 },
	{ "deal", "party is empty", 1425 },
	{ "deal", "product.name = \"GTX Pro\"", 1480 },
	{ "deal", "product is empty or owner is empty or stage is empty or team is empty", 0 },
	{ "party", "kind = organisation and parent_party is not empty", 15 },
	{ "party", "industry = technolgy", 0 },
	{ "user", "manager.login = dustin.brinkmann and team.lead.login = dustin.brinkmann", 5 },
};

static void
assert_facts(struct test_house *h)
{
	for (size_t i = 0; i < countof(facts); i++) {
		int64_t n = counted(h, facts[i].object, facts[i].where);

		if (n != facts[i].n)
			fail_msg("%s where %s: got %lld, want %lld", facts[i].object,
				 facts[i].where, (long long)n, (long long)facts[i].n);
	}
}

static void
sales(struct test_house *h)
{
	for (size_t i = 0; i < countof(files); i++) {
		struct import_report r = bring(h, files[i].file, files[i].map);

		assert_int_equal(r.rows, files[i].rows);
		assert_int_equal(r.created, files[i].created);
		assert_int_equal(r.unchanged, files[i].unchanged);
		assert_int_equal(r.warnings, files[i].warnings);
		assert_int_equal(r.errors, 0);
	}
	assert_facts(h);
	for (size_t i = 0; i < countof(files); i++) {
		struct import_report r = bring(h, files[i].file, files[i].map);

		assert_int_equal(r.unchanged, files[i].rows);
		assert_int_equal(r.changeset, 0);
	}
}

/* Purchases are sorted by customer: how many there are in the first bytes, whole lines. */
struct purchases {
	size_t bytes;
	int64_t rows, customers;
};

static struct purchases
purchases_count(size_t bytes_max)
{
	struct purchases p = { .rows = -1, .customers = -1 }; /* the header is neither */
	char path[PATH_LEN], line[200], customer[20], before[20] = "";
	FILE *file;

	snprintf(path, sizeof path, "%s/cdnow_master.txt", shared_data());
	file = fopen(path, "re");
	assert_non_null(file);
	while (p.bytes < bytes_max && fgets(line, sizeof line, file)) {
		struct str rest = str_of(line), word = str_word(&rest);

		assert_in_range(word.n, 1, sizeof customer - 1);
		memset(customer, 0, sizeof customer);
		memcpy(customer, word.p, word.n);
		p.bytes += strlen(line);
		p.rows++;
		p.customers += strcmp(customer, before) != 0;
		memcpy(before, customer, sizeof before);
	}
	fclose(file);
	return p;
}

static void
shop(struct test_house *h)
{
	struct purchases p = purchases_count(SHOP_BYTES_MAX);
	struct import_report r = bring_head(h, "cdnow_master.txt", "cdnow.map", p.bytes);

	assert_int_equal(r.rows, p.rows);
	assert_int_equal(r.created, p.customers);
	assert_int_equal(r.unchanged, p.rows - p.customers);
	assert_int_equal(r.warnings + r.errors, 0);
	r = bring_head(h, "cdnow_master.txt", "cdnow-orders.map", p.bytes);
	assert_int_equal(r.created, p.rows);
	assert_int_equal(r.warnings + r.errors, 0);
	assert_int_equal(counted(h, "order", "party is empty"), 0);
	assert_int_equal(counted(h, "order", "placed_on < 1997-01-01 or placed_on > 1998-06-30"),
			 0);
	assert_int_equal(counted(h, "party", "any(orders)"), p.customers);
}

static void
on_engine(enum test_engine engine, void (*run)(struct test_house *h))
{
	struct test_house h;

	if (access(shared_data(), R_OK)) {
		print_message("skipped: there is no %s; set KONTOR_SHARED_DATA\n", shared_data());
		skip();
	}
	if (!test_house_open(&h, engine, NULL))
		skip();
	run(&h);
	test_house_close(&h);
}

static void
test_sales_data(void **state)
{
	(void)state;
	on_engine(TEST_SQLITE, sales);
}

static void
test_sales_data_on_postgres(void **state)
{
	(void)state;
	on_engine(TEST_POSTGRES, sales);
}

static void
test_purchases_of_a_shop(void **state)
{
	(void)state;
	on_engine(TEST_SQLITE, shop);
}

static void
test_purchases_of_a_shop_on_postgres(void **state)
{
	(void)state;
	on_engine(TEST_POSTGRES, shop);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sales_data),
		cmocka_unit_test(test_sales_data_on_postgres),
		cmocka_unit_test(test_purchases_of_a_shop),
		cmocka_unit_test(test_purchases_of_a_shop_on_postgres),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
