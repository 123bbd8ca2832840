/* Fuzz target: any bytes as shared SQL; what stands in quotes must come out as it went in. */
#include "base/cx.h"

#include "db/postgres_sql.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct pg_sql sql = { 0 };
	const char *why = NULL;

	if (!pg_sql_make((struct str){ (const char *)data, n }, &sql, &why)) {
		if (!why)
			abort();
		return 0;
	}
	for (int i = 0; i < sql.n_tests; i++)
		if (sql.tests[i] < 1 || sql.tests[i] > sql.n)
			abort();
	if (strlen(sql.text) > 0 && strchr(sql.text, '?') && !strpbrk(sql.text, "'\""))
		abort();
	pg_sql_fini(&sql);
	return 0;
}
