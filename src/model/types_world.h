/* One object with a field of every type, for tests. */
#ifndef KONTOR_MODEL_TYPES_WORLD_H
#define KONTOR_MODEL_TYPES_WORLD_H

#include "model/type.h"

#include "base/test.h"

enum { TEXT_MAX = 200000 };

static const char MODEL[] =
	"object user\nfield name text\nlink boss one user.reports\n"
	"object thing\n"
	"field name text max=10 min=2\n"
	"field plain text\n"
	"field long longtext\n"
	"field rich richtext\n"
	"field whole int min=-5 max=5000000\n"
	"field wide int\n"
	"field precise decimal scale=3\n"
	"field round decimal scale=0\n"
	"field price money min=0\n"
	"field yen money currency=JPY\n"
	"field rate percent min=0 max=100\n"
	"field flag bool\n"
	"field day date\n"
	"field moment datetime\n"
	"field span duration max=10:00\n"
	"field colour enum\n  option red \"Red\" danger\n  option dark_blue \"Dark blue\"\n"
	"field free tags\n"
	"field fixed tags\n  option a \"Alpha\"\n  option b \"Beta\"\n"
	"field email email\n"
	"field phone phone\n"
	"field link url\n"
	"field picture file\n"
	"field number sequence prefix=\"T-\"\n"
	"field sum formula as=\"whole * 2\" type=int\n"
	"link one one user\n"
	"link many many user\n"
	"field about any\n";

struct fixture {
	struct cx *cx;
	struct snapshot *model;
	const struct object *thing;
};

static int
setup(void **state)
{
	struct fixture *f;
	struct cx *cx = cx_new(&env_real, CX_MEM_DEFAULT);
	struct model_text text = { S_INIT("types"), { MODEL, sizeof MODEL - 1 }, false };

	f = new(cx->mem, struct fixture);
	f->cx = cx;
	if (!model_load(cx, &text, 1, &f->model)) {
		print_error("%.*s\n", STR_FMT(cx->err.why));
		return 1;
	}
	cx->model = f->model;
	cx->zone = S("Europe/Berlin");
	f->thing = object_find(f->model, S("thing"), NULL);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;
	struct cx *cx = f->cx;

	snapshot_free(&f->model);
	cx_free(&cx);
	return 0;
}

static const struct field *
field_of(const struct fixture *f, const char *name)
{
	const struct field *field = field_find(f->thing, str_of(name));

	if (!field)
		fail_msg("there is no field %s", name);
	return field;
}

#endif
