#include "model/model.h"

#include "base/test.h"

static struct snapshot *
load_text(struct cx *cx, struct str text)
{
	struct model_text one = { S_INIT("test.model"), text, false };
	struct snapshot *model = NULL;

	if (!model_load(cx, &one, 1, &model))
		print_message("%.*s\n", STR_FMT(cx->err.why));
	return model;
}

static struct str
file_read(struct cx *cx, const char *path)
{
	struct buf b = buf_in(cx->mem, 1 << 20);
	FILE *file = fopen(path, "re");
	char part[4096];
	size_t n;

	assert_non_null(file);
	while ((n = fread(part, 1, sizeof part, file)) > 0)
		buf_str(&b, (struct str){ part, n });
	fclose(file);
	return buf_done(&b);
}

static void
test_load_ticket(void **state)
{
	struct cx *cx = cx_new(&env_real, CX_MEM_DEFAULT);
	struct snapshot *model = load_text(cx, file_read(cx, "tests/model/good/ticket.model"));

	(void)state;
	assert_non_null(model);
	snapshot_free(&model);
	cx_free(&cx);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_load_ticket),
	};

	return cmocka_run_group_tests_name("model/model", tests, NULL, NULL);
}
