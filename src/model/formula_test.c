#include "model/type.h"

#include "base/test.h"

enum { MODEL_MAX = 10000, RANDOM_CASES = 20000, TEXT_MAX = 5000 };

static int
setup(void **state)
{
	*state = cx_new(&env_real, CX_MEM_DEFAULT);
	return 0;
}

static int
teardown(void **state)
{
	struct cx *cx = *state;

	cx_free(&cx);
	return 0;
}

/* A model with the operands a … z and one formula. */
static struct snapshot *
formula_model(struct cx *cx, const char *as, const char *rest)
{
	struct buf b = buf_in(cx->mem, MODEL_MAX);
	struct snapshot *model = NULL;
	struct model_text text = { S_INIT("x"), { 0 }, false };

	buf_z(&b,
	      "object t\nfield i int\nfield j int\nfield d decimal scale=4\nfield e decimal scale=4\n"
	      "field p percent\nfield m money\nfield n money\nfield y money currency=JPY\n"
	      "field s text\nfield u text\nfield day date\nfield span duration\nfield flag bool\n"
	      "field kind enum\n  option red \"Red\"\n");
	buf_printf(&b, "field f formula as=\"%s\" %s\n", as, rest);
	text.text = buf_done(&b);
	if (!model_load(cx, &text, 1, &model))
		fail_msg("%s: %.*s", as, STR_FMT(cx->err.why));
	return model;
}

/* Set fields from "i=5 m=12.50 EUR;s=a": pairs separated by ';'. */
static struct row *
row_of(struct cx *cx, const struct snapshot *model, const char *values)
{
	struct row *row = row_new(cx->mem, model->objects[0]);
	struct str rest = str_of(values);

	while (rest.n) {
		struct str value = str_cut(&rest, ';'), name = str_cut(&value, '=');
		const struct field *field = field_find(row->object, name);

		if (!field || !field->row->parse(cx, field, value, NULL, &row->v[field->index]))
			fail_msg("%s: %.*s", values, STR_FMT(name));
	}
	return row;
}

static struct str
result_of(struct cx *cx, const struct snapshot *model, const struct row *row)
{
	const struct field *f = field_find(model->objects[0], S("f"));
	struct value v = formula_eval(cx->mem, f->formula, row);
	struct buf b = buf_in(cx->mem, TEXT_MAX);

	f->row->text(f, &v, &b);
	return buf_done(&b);
}

static const struct {
	const char *as, *rest, *values, *want;
} CASES[] = {
	{ "i + j", "type=int", "i=2;j=3", "5" },
	{ "i - j - 1", "type=int", "i=2;j=3", "-2" },
	{ "i * j + 1", "type=int", "i=2;j=3", "7" },
	{ "i + j * 2", "type=int", "i=2;j=3", "8" },
	{ "(i + j) * 2", "type=int", "i=2;j=3", "10" },
	{ "-i * -j", "type=int", "i=2;j=3", "6" },
	{ "--i", "type=int", "i=2", "2" },
	{ "i / j / 2", "scale=4", "i=3;j=4", "0.3750" },
	{ "i - -j", "type=int", "i=2;j=3", "5" },
	/* halves go away from zero */
	{ "i / 2", "type=int", "i=5", "3" },
	{ "i / 2", "type=int", "i=-5", "-3" },
	{ "i / 2", "type=int", "i=4", "2" },
	{ "i / 3", "scale=2", "i=1", "0.33" },
	{ "i / 3", "scale=2", "i=2", "0.67" },
	{ "i / 3", "scale=2", "i=-2", "-0.67" },
	{ "d * 1", "scale=3", "d=0.0005", "0.001" },
	{ "d * 1", "scale=3", "d=0.0004", "0.000" },
	{ "d * 1", "scale=3", "d=-0.0005", "-0.001" },
	/* rounded once, at the end */
	{ "i / 3 * 3", "type=int", "i=1", "1" },
	{ "i / 7 * 7 - i", "scale=9", "i=1000000007", "0.000000000" },
	{ "0.1 + 0.2 - 0.3", "scale=9", "", "0.000000000" },
	/* empty */
	{ "i + j", "type=int", "", "" },
	{ "i + j", "type=int", "i=5", "5" },
	{ "i - j", "type=int", "j=5", "-5" },
	{ "i * j", "type=int", "i=5", "" },
	{ "i / j", "type=int", "i=5", "" },
	{ "i / j", "type=int", "i=5;j=0", "" },
	{ "i / (j - 5)", "type=int", "i=5;j=5", "" },
	/* but not: no result is not nothing */
	{ "i / j + 5", "type=int", "i=5;j=0", "" },
	{ "5 - i / j * 2", "type=int", "i=5;j=0", "" },
	{ "i / j + 5", "type=int", "", "5" },
	/* what does not fit is empty */
	{ "i * j", "type=int", "i=9223372036854775807;j=1", "9223372036854775807" },
	{ "i * j", "type=int", "i=9223372036854775807;j=2", "" },
	{ "i * j / 2", "type=int", "i=9223372036854775807;j=2", "9223372036854775807" },
	{ "i + j", "type=int", "i=9223372036854775807;j=1", "" },
	{ "i - j", "type=int", "i=-9223372036854775808;j=1", "" },
	{ "i", "type=int", "i=-9223372036854775807", "-9223372036854775807" },
	{ "i * i * i * i * i", "type=int", "i=9223372036854775807", "" },
	{ "i * i * i * i * i / i / i / i / i", "type=int", "i=1000000", "1000000" },
	{ "i * i * i * i * i + 1", "type=int", "i=9223372036854775807", "" },
	{ "m * n + 1", "type=money", "m=1;n=1 USD", "" },
	{ "i * 1", "scale=9", "i=9223372036854775807", "" },
	/* units */
	{ "m * p / 100", "type=money", "m=1000;p=12.5", "125.00 EUR" },
	{ "m * p / 100", "type=money", "m=0.01;p=50", "0.01 EUR" },
	{ "m * p / 100", "type=money", "m=1000 USD;p=50", "500.00 USD" },
	{ "m + n", "type=money", "m=1;n=2", "3.00 EUR" },
	{ "m + n", "type=money", "m=1;n=2 USD", "" },
	{ "m / n", "scale=3", "m=1;n=3", "0.333" },
	{ "m / n", "scale=3", "m=1;n=3 USD", "" },
	{ "m / n * m", "type=money", "m=1 USD;n=3 USD", "0.33 USD" },
	{ "y * p / 100", "type=money currency=JPY", "y=101;p=50", "51 JPY" },
	{ "y * 1", "type=money", "y=100", "100 JPY" },
	{ "i * 2", "type=money currency=CHF", "i=5", "10.00 CHF" },
	{ "i * j * (100 - p) / 100", "scale=2", "i=3;j=10", "30.00" },
	{ "i * j * (100 - p) / 100", "scale=2", "i=3;j=10;p=5.5", "28.35" },
	{ "span * 2", "type=duration", "span=1:30", "PT3H" },
	{ "span / 3600", "scale=1", "span=1:30", "1.5" },
	{ "p + 1", "type=percent", "p=12.5", "13.50" },
	{ "1.25 * i", "scale=2", "i=2", "2.50" },
	/* texts */
	{ "s & u", "", "s=Hans;u=May", "HansMay" },
	{ "s & ' ' & u", "", "s=Hans;u=May", "Hans May" },
	{ "s & ' ' & u", "", "u=May", "May" },
	{ "s & ' ' & u", "", "", "" },
	{ "s", "", "s=a", "a" },
	{ "'a' & i & 'b'", "", "i=5", "a5b" },
	{ "i + 1 & 'x'", "", "i=5", "6x" },
	{ "i / 4 & ''", "", "i=5", "1.25" },
	{ "i / 3 & ''", "", "i=1", "0.333333" },
	{ "m & ' ' & day & ' ' & flag & ' ' & kind", "", "m=5;day=2024-02-29;flag=yes;kind=red",
	  "5.00 EUR 2024-02-29 true red" },
	{ "day", "", "day=2024-02-29", "2024-02-29" },
};

static void
test_formulas_give_their_results(void **state)
{
	struct cx *cx = *state;

	for (size_t i = 0; i < countof(CASES); i++) {
		struct snapshot *model = formula_model(cx, CASES[i].as, CASES[i].rest);
		struct str got = result_of(cx, model, row_of(cx, model, CASES[i].values));

		if (!str_eq_z(got, CASES[i].want))
			fail_msg("%s with %s: got %.*s, want %s", CASES[i].as, CASES[i].values,
				 STR_FMT(got), CASES[i].want);
		snapshot_free(&model);
	}
}

/* A formula may use those above it. */
static void
test_formulas_stand_on_each_other(void **state)
{
	struct cx *cx = *state;
	struct snapshot *model =
		formula_model(cx, "i * 2", "type=int\nfield g formula as=\"f + 1\" type=int");
	const struct object *t = model->objects[0];
	const struct field *f = field_find(t, S("f")), *g = field_find(t, S("g"));
	struct row *row = row_of(cx, model, "i=5");

	row->v[f->index] = formula_eval(cx->mem, f->formula, row);
	row->v[g->index] = formula_eval(cx->mem, g->formula, row);
	assert_int_equal(row->v[g->index].i, 11);
	snapshot_free(&model);
}

/* Against the same sum in plain wide integers: (i * d + j) / 7 in units of 10^-2. */
static int64_t
reference(int64_t i, int64_t d, int64_t j, bool *fits)
{
	__int128 n = ((__int128)i * d + (__int128)j * 10000) * 100, by = (__int128)7 * 10000;
	__int128 magnitude = n < 0 ? -n : n, units = (magnitude + by / 2) / by;

	*fits = units <= INT64_MAX;
	return *fits ? (int64_t)(n < 0 ? -units : units) : 0;
}

static void
test_random_formulas_agree_with_integers(void **state)
{
	struct cx *cx = *state;
	struct snapshot *model = formula_model(cx, "(i * d + j) / 7", "scale=2");
	const struct object *t = model->objects[0];
	const struct field *f = field_find(t, S("f")), *i = field_find(t, S("i"));
	const struct field *d = field_find(t, S("d")), *j = field_find(t, S("j"));
	struct env_fake fake;
	unsigned fitting = 0;

	env_fake_init(&fake, 0, 4711);
	for (unsigned n = 0; n < RANDOM_CASES; n++) {
		struct row *row = row_new(cx->mem, t);
		int64_t random[3];
		struct value v;
		int64_t want;
		bool fits;

		fake.env.random(&fake.env, random, sizeof random);
		for (unsigned k = 0; k < 3; k++)
			random[k] >>= (random[(k + 1) % 3] & 63) / 3 + 22;
		row->v[i->index] = value_int(random[0]);
		row->v[d->index] = value_int(random[1]);
		row->v[j->index] = value_int(random[2]);
		want = reference(random[0], random[1], random[2], &fits);
		v = formula_eval(cx->mem, f->formula, row);
		if ((v.kind == V_INT) != fits || (fits && v.i != want))
			fail_msg("(%lld * %lld + %lld) / 7: got %lld, want %lld",
				 (long long)random[0], (long long)random[1], (long long)random[2],
				 (long long)v.i, (long long)want);
		fitting += fits;
	}
	assert_true(fitting > RANDOM_CASES / 2);
	snapshot_free(&model);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_formulas_give_their_results, setup, teardown),
		cmocka_unit_test_setup_teardown(test_formulas_stand_on_each_other, setup, teardown),
		cmocka_unit_test_setup_teardown(test_random_formulas_agree_with_integers, setup,
						teardown),
	};

	return cmocka_run_group_tests_name("model/formula", tests, NULL, NULL);
}
