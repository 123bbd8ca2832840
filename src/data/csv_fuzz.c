/* Fuzz target: rows from any bytes, whole and in small pieces, must be the same. */
#include "data/csv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

enum { OPTION_BYTES = 2 };

struct drip {
	struct str rest;
	size_t piece;
};

static int64_t
drip_read(void *state, void *out, size_t n)
{
	struct drip *drip = state;

	return source_str(&drip->rest, out, n < drip->piece ? n : drip->piece);
}

/* A hash of all rows, and of the failure. */
static uint64_t
digest(struct cx *cx, struct str bytes, struct csv_options options, size_t piece)
{
	struct drip drip = { bytes, piece };
	struct csv *csv = csv_open(cx, cx->mem, (struct source){ drip_read, &drip }, options);
	uint64_t sum = 1;
	struct csv_row row;
	bool more = csv != NULL;

	while (more && csv_next(cx, csv, &row, &more) && more) {
		sum = sum * 31 + (uint64_t)row.number;
		for (size_t i = 0; i < row.n; i++) {
			if (!str_is_utf8(row.cells[i], NULL))
				abort();
			sum = sum * 31 + str_hash(row.cells[i]);
		}
	}
	if (cx->err.code)
		sum = sum * 31 + str_hash(cx->err.why);
	return sum;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const char delimiters[] = { 0, ',', ';', '\t' };
	struct cx *cx;
	struct csv_options options = { .form = FORM_TEXT };
	struct str bytes;
	uint64_t whole;

	if (n < OPTION_BYTES)
		return 0;
	options.encoding = data[0] % ENCODING__MAX;
	options.columns = data[0] & 0x80;
	options.delimiter = delimiters[data[1] % sizeof delimiters];
	bytes = (struct str){ (const char *)data + OPTION_BYTES, n - OPTION_BYTES };
	cx = cx_new(&env_real, CX_MEM_DEFAULT);
	whole = digest(cx, bytes, options, n);
	cx_reset(cx);
	if (digest(cx, bytes, options, 1 + data[1] / 4) != whole)
		abort();
	cx_free(&cx);
	return 0;
}
