/* Fuzz target: a model from any text.  What loads prints to a text that loads to the same; what
 * does not, says why.  Behind a line "#custom" the text is an administrator's. */
#include "model/model.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

enum { UNIT_MAX = 4 << 20, PRINT_MAX = 8 << 20 };

static struct str
print(const struct snapshot *model)
{
	struct buf b = buf_heap(PRINT_MAX);
	static const struct str NOTHING = S_INIT("");

	model_print(model, &b);
	if (b.full)
		abort();
	return b.n ? (struct str){ b.p, b.n } : NOTHING;
}

static void
print_free(struct str text)
{
	struct buf b = { .p = text.n ? (char *)(uintptr_t)text.p : NULL };

	buf_fini(&b);
}

static void
load_again(struct cx *cx, const struct snapshot *model)
{
	struct str first = print(model), second;
	struct model_text text = { S_INIT("printed"), first, false };
	struct snapshot *again = NULL;

	if (!model_load(cx, &text, 1, &again))
		abort();
	second = print(again);
	if (!str_eq(first, second) || again->n_objects != model->n_objects)
		abort();
	print_free(first);
	print_free(second);
	snapshot_free(&again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct cx *cx = cx_new(&env_real, UNIT_MAX);
	struct str all = { (const char *)data, n };
	struct model_text texts[2] = { { S_INIT("x"), all, false } };
	struct snapshot *model = NULL;
	size_t n_texts = 1, at;

	if (str_find(all, S("#custom\n"), &at)) {
		texts[0].text = str_first(all, at);
		texts[1] = (struct model_text){ S_INIT("custom"), str_from(all, at), true };
		n_texts = 2;
	}
	if (!setjmp(*arena_guard(cx->mem))) {
		if (model_load(cx, texts, n_texts, &model))
			load_again(cx, model);
		else if (!cx->err.why.n || model)
			abort();
	}
	snapshot_free(&model);
	cx_free(&cx);
	return 0;
}
