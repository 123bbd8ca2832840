#include "base/cx.h"
#include "model/cond_node.h"
#include "model/cond_sample.h"

/* Any bytes as a condition over the sample's party: what is parsed is printed, parsed again to the
 * same, becomes SQL and is tested against an empty record. */

enum { MEMORY = 64 << 20, PRINTED_MAX = 1 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
int LLVMFuzzerInitialize(int *argc, char ***argv);

static struct cx *cx;
static struct snapshot *model;

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct model_text text = { S_INIT("sample.model"), str_of(COND_SAMPLE), false };

	(void)argc;
	(void)argv;
	cx = cx_new(&env_real, MEMORY);
	if (!model_load(cx, &text, 1, &model))
		abort();
	return 0;
}

static struct str
printed(const struct cond *cond)
{
	struct buf out = buf_in(cx->mem, PRINTED_MAX);

	cond_print(cond, &out);
	return buf_done(&out);
}

static void
check(const struct object *party, const struct cond *cond)
{
	struct str once = printed(cond);
	const struct cond *again = NULL;
	struct sqltext sql = sqltext_new(cx->mem);
	struct cond_when when = { .now = cx->now, .zone = S("Europe/Berlin"), .me = 1 };

	if (once.n <= COND_TEXT_MAX) {
		if (!cond_parse(cx, cx->mem, model, party, once, NULL, &again))
			abort();
		if (!str_eq(printed(again), once))
			abort();
	}
	cond_sql(cond, &when, "t", NULL, &sql);
	/* Nothing is so of an empty record, and the opposite of everything. */
	if (cond &&
	    cond_test(cond, &when, NULL, row_new(cx->mem, party)) ==
		    cond_test(cond_not(cx->mem, cond), &when, NULL, row_new(cx->mem, party)))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const struct object *party = object_find(model, S("party"), NULL);
	const struct cond *cond = NULL;

	if (cond_parse(cx, cx->mem, model, party, (struct str){ (const char *)data, n }, NULL,
		       &cond))
		check(party, cond);
	else if (!cx->err.fields)
		abort();
	cx_reset(cx);
	return 0;
}
