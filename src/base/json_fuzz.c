#include "base/json.h"

enum { MEM = 16 << 20, OUT = 4 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

/* What was read can be printed, and reads as the same again. */
static void
try_json(struct cx *cx, struct str text)
{
	OWNED(json_drop) json_t *json = NULL;
	OWNED(json_drop) json_t *again = NULL;
	struct buf b = buf_in(cx->mem, OUT);

	if (!json_parse(cx, text, JSON_BYTES_MAX, &json)) {
		if (cx->err.code == E_OK || !cx->err.why.n)
			abort();
		return;
	}
	buf_json_value(&b, json);
	if (b.full)
		return;
	if (!json_parse(cx, buf_done(&b), JSON_BYTES_MAX, &again) || !json_equal(json, again))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct cx *cx = cx_new(&env_real, MEM);

	try_json(cx, (struct str){ (const char *)bytes, n });
	cx_free(&cx);
	return 0;
}
