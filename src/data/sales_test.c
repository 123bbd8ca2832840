/* The maps of examples/sales-pipeline over the real files, where they are there. */
#include "record/test_house.h"

#include <sys/resource.h>

#include "data/import.h"
#include "model/type.h"

enum { PATH_LEN = 500 };

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

/* Import one file by one map of the example; tells the speed. */
static struct import_report
bring(struct test_house *h, const char *object, const char *file, const char *map)
{
	char path[PATH_LEN], map_path[PATH_LEN];
	struct import_options options = { .object = str_of(object) };
	struct import_report report;
	int64_t start = processor_us(), took;

	test_house_next(h);
	snprintf(path, sizeof path, "%s/%s", strchr(file, '/') ? "." : shared_data(), file);
	snprintf(map_path, sizeof map_path, "examples/sales-pipeline/%s", map);
	test_ok(h->cx, data_import_file(h->cx, path, map_path, options, &report));
	took = processor_us() - start;
	print_message("%s by %s: %lld rows, %lld created, %lld rows per second of processor time\n",
		      file, map, (long long)report.rows, (long long)report.created,
		      (long long)(report.rows * 1000000 / (took + 1)));
	for (size_t i = 0; i < report.n_lines && i < 10; i++)
		print_message("  row %lld, %.*s: %.*s\n", (long long)report.lines[i].row,
			      STR_FMT(report.lines[i].column), STR_FMT(report.lines[i].why));
	return report;
}

#define TEAMS "crm_sales_teams.csv"
#define STAGES "examples/sales-pipeline/stages.csv"

static const struct {
	const char *object, *file, *map;
	int64_t rows, created, unchanged, warnings;
} files[] = {
	{ "unit", TEAMS, "units.map", 35, 3, 32, 0 },
	{ "user", TEAMS, "managers.map", 35, 6, 29, 0 },
	{ "team", TEAMS, "teams.map", 35, 6, 29, 0 },
	{ "user", TEAMS, "agents.map", 35, 35, 0, 0 },
	{ "organisation", "crm_accounts.csv", "accounts.map", 85, 85, 0, 0 },
	{ "product", "crm_products.csv", "products.map", 7, 7, 0, 0 },
	{ "pipeline", STAGES, "pipeline.map", 4, 1, 3, 0 },
	{ "stage", STAGES, "stages.map", 4, 4, 0, 0 },
	{ "deal", "crm_sales_pipeline.csv", "deals.map", 8800, 8800, 0, 0 },
	{ "person", "cdnow_master.txt", "cdnow.map", 69659, 23570, 46089, 0 },
	{ "order", "cdnow_master.txt", "cdnow-orders.map", 69659, 69659, 0, 0 },
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
	{ "order", "party is empty", 0 },
	{ "order", "placed_on < 1997-01-01 or placed_on > 1998-06-30", 0 },
	{ "party", "kind = person and count(orders) > 1", 11662 },
};

static void
sales(enum test_engine engine)
{
	struct test_house h;

	if (access(shared_data(), R_OK)) {
		print_message("skipped: there is no %s; set KONTOR_SHARED_DATA\n", shared_data());
		skip();
	}
	if (!test_house_open(&h, engine, NULL))
		skip();
	for (size_t i = 0; i < countof(files); i++) {
		struct import_report r = bring(&h, files[i].object, files[i].file, files[i].map);

		assert_int_equal(r.rows, files[i].rows);
		assert_int_equal(r.created, files[i].created);
		assert_int_equal(r.unchanged, files[i].unchanged);
		assert_int_equal(r.warnings, files[i].warnings);
		assert_int_equal(r.errors, 0);
	}
	for (size_t i = 0; i < countof(facts); i++)
		if (counted(&h, facts[i].object, facts[i].where) != facts[i].n)
			fail_msg("%s where %s: got %lld, want %lld", facts[i].object,
				 facts[i].where,
				 (long long)counted(&h, facts[i].object, facts[i].where),
				 (long long)facts[i].n);
	for (size_t i = 0; i < 9; i++) {
		struct import_report r = bring(&h, files[i].object, files[i].file, files[i].map);

		assert_int_equal(r.unchanged, files[i].rows);
		assert_int_equal(r.changeset, 0);
	}
	test_house_close(&h);
}

static void
test_the_example_brings_the_real_data_in(void **state)
{
	(void)state;
	sales(TEST_SQLITE);
}

static void
test_the_example_brings_the_real_data_in_postgres(void **state)
{
	(void)state;
	sales(TEST_POSTGRES);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_example_brings_the_real_data_in),
		cmocka_unit_test(test_the_example_brings_the_real_data_in_postgres),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
