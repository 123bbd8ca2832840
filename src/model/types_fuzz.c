/* Fuzz target: a value of any type from any text.  What is read, reads back the same from its
 * canonical text and from its JSON. */
#include "model/type.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

enum { UNIT_MAX = 64 << 20, TEXT_MAX = 16 << 20, HEAD = 2 };

static const char MODEL[] =
	"object t\nfield a text\nfield b longtext\nfield c int\nfield d decimal scale=3\nfield e money\n"
	"field f percent\nfield g bool\nfield h date\nfield i datetime\nfield j duration\nfield k enum\n"
	"  option red \"Rot\"\nfield l tags\nfield m tags\n  option red\nfield n email\nfield o phone\n"
	"field p url\nfield q file\nfield r sequence prefix=\"T-\"\nlink s one t\nlink u many t\nfield v any\n";

static const struct reading READINGS[] = {
	{ .decimal = '.' },
	{ .decimal = ',' },
	{ .date_format = S_INIT("DD-MM-YYYY") },
	{ .decimal = ',', .date_format = S_INIT("M/D/YY"), .currency = S_INIT("JPY") },
};

static void
check_value(struct cx *cx, const struct field *f, const struct value *v)
{
	struct buf text = buf_in(cx->mem, TEXT_MAX), json = buf_in(cx->mem, TEXT_MAX);
	struct buf shown = buf_in(cx->mem, TEXT_MAX);
	struct value back;
	json_t *tree;

	if (!value_check(cx, f, v))
		abort();
	f->row->text(f, v, &text);
	f->row->print(cx, f, v, &shown);
	f->row->to_json(f, v, &json);
	if (!f->row->parse(cx, f, buf_done(&text), NULL, &back) || !value_eq(v, &back))
		abort();
	tree = json_loadb(json.p, json.n, JSON_DECODE_ANY, NULL);
	if (!tree || !f->row->from_json(cx, f, tree, &back) || !value_eq(v, &back))
		abort();
	json_decref(tree);
	if (f->row->compare(v, &back) != 0 || value_key(cx->mem, f, v).n > KEY_BYTES_MAX)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct cx *cx = cx_new(&env_real, UNIT_MAX);
	struct model_text model_text = { S_INIT("x"), { MODEL, sizeof MODEL - 1 }, false };
	struct snapshot *model = NULL;
	const struct object *t;
	const struct field *f;
	struct str text;
	struct value v;
	size_t how;

	if (n < HEAD || !model_load(cx, &model_text, 1, &model)) {
		cx_free(&cx);
		return 0;
	}
	t = model->objects[0];
	f = t->fields[SF__MAX + data[0] % (t->n_fields - SF__MAX)];
	how = data[1] % (countof(READINGS) + 1);
	cx->lang = data[1] & 128 ? LANG_DE : LANG_EN;
	cx->zone = S("Europe/Berlin");
	cx->model = model;
	text = (struct str){ (const char *)data + HEAD, n - HEAD };
	if (f->row->parse(cx, f, text, how ? &READINGS[how - 1] : NULL, &v))
		check_value(cx, f, &v);
	snapshot_free(&model);
	cx_free(&cx);
	return 0;
}
