/* Fuzz target: any bytes as a map file. */
#include "data/map.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct cx *cx = cx_new(&env_real, CX_MEM_DEFAULT);
	struct map map;

	if (map_parse(cx, S("fuzz.map"), (struct str){ (const char *)data, n }, &map)) {
		for (size_t i = 0; i < map.n_rules; i++)
			if (map.rules[i].kind != MAP_CONSTANT && !map.rules[i].n_columns)
				abort();
	} else if (!cx->err.why.n) {
		abort();
	}
	cx_free(&cx);
	return 0;
}
