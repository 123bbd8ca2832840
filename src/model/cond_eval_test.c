#include "base/clock.h"
#include "base/test.h"
#include "model/cond.h"
#include "model/cond_sample.h"
#include "model/type.h"

enum { ROWS_MAX = 32, BYTES_MAX = 16 << 20 };

struct fixture {
	struct cx *cx;
	struct snapshot *model;
	const struct row *rows[ROWS_MAX]; /* of all objects */
	size_t n;
	struct arena *mem;
};

static const struct reading READING = { .decimal = '.', .zone = S_INIT("Europe/Berlin") };

/* "name=Müller;birthday=2000-02-29"; links are ids. */
static struct row *
row_of(struct fixture *f, const char *object, int64_t id, const char *fields)
{
	struct row *row = row_new(f->cx->mem, object_find(f->model, str_of(object), NULL));
	struct str rest = str_of(fields);

	row->id = id;
	row->version = 1;
	while (rest.n) {
		struct str value = str_cut(&rest, ';'), name = str_cut(&value, '=');
		const struct field *field = field_find(row->object, name);
		struct value *v;

		if (!field)
			fail_msg("no field %.*s", STR_FMT(name));
		v = &row->v[field->index];
		fail_clear(f->cx);
		if (!TYPES[field->result].parse(f->cx, field, value, &READING, v))
			fail_msg("%.*s: %.*s", STR_FMT(name), STR_FMT(f->cx->err.fields->why));
	}
	return row;
}

/* Anna leads a family: parties 1 to 4 with orders; party 4 and order 14 are in the trash, not
 * given. */
static const struct {
	const char *object;
	int64_t id;
	const char *fields;
} FAMILY[] = {
	{ "team", 1, "name=North" },
	{ "team", 2, "name=South" },
	{ "user", 1, "login=anna;team=1" },
	{ "user", 2, "login=ben;team=2" },
	{ "user", 3, "login=carl" },
	{ "party", 1, "name=Müller;owner=1;team=1;followers=1,3;rating=5;vip=true" },
	{ "party", 2, "name=Schmidt;owner=2;parent=1;friends=1;rating=-1" },
	{ "party", 3, "name=Meier;owner=9;parent=2;team=2" },
	{ "product", 1, "name=Drill" },
	{ "order", 10,
	  "party=1;title=a;state=done;total=100 EUR;quantity=2;placed_on=2024-01-10;product=1" },
	{ "order", 11,
	  "party=1;title=b;state=open;total=250.50 EUR;quantity=3;placed_on=2024-02-20" },
	{ "order", 12,
	  "party=1;title=c;state=done;total=1000 USD;placed_on=2023-12-24;sharers=2,3" },
	{ "order", 13, "party=2;title=d;quantity=-3" },
};

static const struct row *
find(const struct fixture *f, const struct object *object, int64_t id)
{
	for (size_t i = 0; i < f->n; i++)
		if (f->rows[i]->object == object && f->rows[i]->id == id)
			return f->rows[i];
	return NULL;
}

struct source {
	struct cond_source source;
	const struct fixture *f;
};

static const struct row *
source_one(const struct cond_source *source, const struct row *row, const struct field *link)
{
	return find(((const struct source *)source)->f, link->target, row->v[link->index].i);
}

static bool
has_id(const struct value *v, int64_t id)
{
	for (int64_t i = 0; v->kind == V_IDS && i < v->i; i++)
		if (v->ids[i] == id)
			return true;
	return v->kind == V_INT && v->i == id;
}

static size_t
source_many(const struct cond_source *source, const struct row *row, const struct field *link,
	    const struct reverse *reverse, const struct row *const **out)
{
	const struct fixture *f = ((const struct source *)source)->f;
	const struct object *object = link ? link->target : reverse->object;
	const struct row **rows = new_array(source->mem, ROWS_MAX, const struct row *);
	size_t n = 0;

	for (size_t i = 0; i < f->n; i++) {
		const struct row *other = f->rows[i];

		if (other->object == object &&
		    (link ? has_id(&row->v[link->index], other->id)
			  : has_id(&other->v[reverse->field->index], row->id)))
			rows[n++] = other;
	}
	*out = rows;
	return n;
}

static int
setup(void **state)
{
	struct fixture *f = test_calloc(1, sizeof *f);
	struct model_text text = { S_INIT("sample.model"), str_of(COND_SAMPLE), false };

	f->cx = cx_new(&env_real, CX_MEM_DEFAULT);
	f->mem = arena_new(BYTES_MAX);
	if (!model_load(f->cx, &text, 1, &f->model))
		fail_msg("%.*s", STR_FMT(f->cx->err.why));
	for (size_t i = 0; i < countof(FAMILY); i++)
		f->rows[f->n++] = row_of(f, FAMILY[i].object, FAMILY[i].id, FAMILY[i].fields);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	snapshot_free(&f->model);
	arena_free(&f->mem);
	cx_free(&f->cx);
	test_free(f);
	return 0;
}

static const struct cond *
parse(struct fixture *f, const struct object *object, const char *text)
{
	const struct cond *cond = NULL;

	fail_clear(f->cx);
	if (!cond_parse(f->cx, f->cx->mem, f->model, object, str_of(text), NULL, &cond))
		fail_msg("%s: %.*s", text, STR_FMT(f->cx->err.fields->why));
	return cond;
}

static int64_t
moment(const char *text)
{
	int64_t ms;

	if (!moment_parse(str_of(text), &ms, NULL))
		fail_msg("not a moment: %s", text);
	return ms;
}

/* ---- one record alone ---- */

static const struct {
	const char *row, *cond;
	bool holds;
} ALONE[] = {
	/* nothing there: every comparison is false, every negation true */
	{ "", "name = x", false },
	{ "", "name != x", true },
	{ "", "not name < x", true },
	{ "", "name like '*'", false },
	{ "", "name not like '*'", true },
	{ "", "name is empty", true },
	{ "", "name is not empty", false },
	{ "", "rating = 0", false },
	{ "", "vip = false", false },
	{ "", "not vip", true },
	{ "", "tags contains a", false },
	{ "", "followers is empty", true },
	{ "", "about is empty and about != order:1", true },
	{ "", "birthday within 365d", false },
	{ "", "owner in (1, 2)", false },
	{ "", "owner not in (1, 2)", true },
	/* folded text */
	{ "name=Müller", "name = MULLER", true },
	{ "name=Müller", "name = mueller", false },
	{ "name=Straße", "name = STRASSE", true },
	{ "name=Müller", "name starts mü", true },
	{ "name=Müller", "name starts üll", false },
	{ "name=Müller", "name contains ÜLL", true },
	{ "name=Müller", "name like m?ll*", true },
	{ "name=Müller", "name like ?ll*", false },
	{ "name=Müller", "name > m and name < n", true },
	{ "name=Müller", "name between m and n", true },
	{ "name=Müller", "name in (a, Müller)", true },
	{ "name=100%", "name contains '0%'", true },
	{ "name=1000", "name contains '0%'", false },
	{ "name=a*b", "name like 'a\\*b'", true },
	{ "name=axb", "name like 'a\\*b'", false },
	{ "notes=Ruft morgen an", "notes contains MORGEN", true },
	{ "phone=0221 1234567", "phone = '+49 221 1234567'", true },
	{ "phone=0221 1234567", "phone starts 0221", true },
	{ "phone=0221 1234567", "phone starts '0049 221'", true },
	{ "phone=0221 1234567", "phone starts 0222", false },
	/* numbers, money */
	{ "rating=5", "rating > 4 and rating <= 5 and rating != 4", true },
	{ "rating=5", "rating between 6 and 4", false },
	{ "weight=1.250", "weight = 1.25", true },
	{ "share=12.5", "share >= 12.5%", true },
	{ "wait=90 min", "wait = 1:30 and wait < 2h", true },
	{ "number=12", "number = P-12", true },
	{ "credit=1000 USD", "credit = 1000", true },
	{ "credit=1000 USD", "credit = 1000 USD", true },
	{ "credit=1000 USD", "credit = 1000 EUR", false },
	{ "credit=1000 USD", "credit != 1000 EUR", true },
	{ "credit=1000 USD", "credit > 1 EUR or credit < 1 EUR", false },
	{ "credit=1000 JPY", "credit = 10", true },
	{ "vip=true", "vip", true },
	{ "vip=false", "vip = no", true },
	/* choices, tags, references */
	{ "kind=person", "kind in (person, organisation) and kind != organisation", true },
	{ "tags=VIP, big customer", "tags contains vip and tags contains 'Big Customer'", true },
	{ "tags=VIP, big customer", "tags contains big", false },
	{ "tags=Großkunde", "tags contains grosskunde and tags contains GROSSKUNDE", true },
	{ "tags=a%", "tags contains a", false },
	{ "about=order:12", "about = order:12", true },
	{ "about=order:12", "about = party:12 or about = order:1", false },
	{ "followers=1,3", "followers contains 3 and followers contains me", true },
	{ "followers=1,3", "followers contains 2", false },
	{ "owner=1;team=2;unit=7", "owner = me and team = my team and unit = my unit", true },
	{ "owner=2;team=3;unit=8", "owner = me or team = my team or unit = my unit", false },
	{ "", "id = 7 and version = 1 and id in (6, 7)", true },
	/* days, in Berlin it is 00:30 on 29 February 2024 */
	{ "birthday=2024-02-29", "birthday = today", true },
	{ "birthday=2024-02-28", "birthday = today", false },
	{ "birthday=2024-02-28", "birthday < today and birthday = yesterday", true },
	{ "birthday=2024-02-29", "birthday < today or birthday > today", false },
	{ "birthday=2024-02-29", "birthday <= today and birthday >= today", true },
	{ "birthday=2024-01-31", "birthday in last month", true },
	{ "birthday=2024-01-31", "birthday < this month", true },
	{ "birthday=2024-03-01", "birthday <= this month or birthday > this quarter", false },
	{ "birthday=2024-03-01", "birthday between this month and next month", true },
	{ "birthday=2023-09-02", "birthday >= -180d", true },
	{ "birthday=2023-09-01", "birthday >= -180d", false },
	/* moments */
	{ "since=2024-02-29 00:00:00", "since = today", true },
	{ "since=2024-02-28 23:59:59", "since = today", false },
	{ "since=2024-02-29 23:59:59", "since = today and since <= today and since >= today",
	  true },
	{ "since=2024-02-29 23:59:59", "since > today or since < today", false },
	{ "since=2024-03-01 00:00:00", "since > today", true },
	{ "since=2024-02-29 00:30:15", "since = 2024-02-29 00:30", true },
	{ "since=2024-02-29 00:30:15", "since > 2024-02-29 00:30", false },
	{ "since=2024-02-29 00:30:15", "since = 2024-02-28T23:30Z", true },
	{ "since=2024-02-28 22:29:59", "since < -2h", true },
	{ "since=2024-02-28 22:30:01", "since < -2h", false },
	{ "since=2024-03-02 23:59:59", "since within 2d", true },
	{ "since=2024-03-03 00:00:00", "since within 2d", false },
	{ "since=2024-02-28 23:59:59", "since within 2d", false },
	{ "since=2024-02-27 00:00:00", "since within -2d", true },
	/* birthdays */
	{ "birthday=1980-02-29", "birthday within 0d", true },
	{ "birthday=1980-02-28", "birthday within 0d", false },
	{ "birthday=1980-03-14", "birthday within 14d", true },
	{ "birthday=1980-03-15", "birthday within 14d", false },
	{ "birthday=1980-02-15", "birthday within -2w", true },
	{ "birthday=1980-02-14", "birthday within -2w", false },
	{ "birthday=1980-02-14", "birthday not within -2w", true },
	{ "birthday=1980-01-02", "birthday within 400d", true },
};

static void
test_one_record_alone(void **state)
{
	static const int64_t teams[] = { 1, 2 }, units[] = { 7 };
	struct fixture *f = *state;
	struct cond_when when = {
		moment("2024-02-28T23:30:00Z"), S("Europe/Berlin"), 1, teams, units, 2, 1
	};
	const struct object *party = object_find(f->model, S("party"), NULL);
	int wrong = 0;

	for (size_t i = 0; i < countof(ALONE); i++) {
		const struct row *row = row_of(f, "party", 7, ALONE[i].row);

		if (cond_test(parse(f, party, ALONE[i].cond), &when, NULL, row) == ALONE[i].holds)
			continue;
		print_error("%s: %s, want %d\n", ALONE[i].row, ALONE[i].cond, ALONE[i].holds);
		wrong++;
	}
	assert_int_equal(wrong, 0);
	assert_true(cond_test(NULL, &when, NULL, f->rows[0]));
}

static void
test_nobody_is_never_meant_by_me(void **state)
{
	struct fixture *f = *state;
	struct cond_when nobody = { .now = 0 };
	const struct object *party = object_find(f->model, S("party"), NULL);
	const struct row *row = row_of(f, "party", 7, "owner=1;followers=1");

	assert_false(
		cond_test(parse(f, party, "owner = me or team = my team or followers contains me"),
			  &nobody, NULL, row));
	assert_true(cond_test(parse(f, party, "owner != me"), &nobody, NULL, row));
}

/* ---- yearly days ---- */

static void
test_birthdays_around_leap_days_and_new_year(void **state)
{
	static const struct {
		const char *today, *born, *cond;
		bool holds;
	} cases[] = {
		{ "2023-02-27", "1980-02-29", "birthday within 1d", true },
		{ "2023-02-27", "1980-03-01", "birthday within 1d", false },
		{ "2023-02-28", "1980-02-29", "birthday within 0d", true },
		{ "2023-03-01", "1980-02-29", "birthday within 5d", false },
		{ "2023-03-01", "1980-02-29", "birthday within -1d", true },
		{ "2024-02-27", "1980-02-29", "birthday within 1d", false },
		{ "2024-02-27", "1980-02-29", "birthday within 2d", true },
		{ "2023-12-25", "1980-01-01", "birthday within 7d", true },
		{ "2023-12-25", "1980-01-02", "birthday within 7d", false },
		{ "2023-12-25", "1980-12-24", "birthday within 7d", false },
		{ "2024-01-03", "1980-12-30", "birthday within -7d", true },
		{ "2023-03-10", "1980-03-08", "birthday within 364d", true },
		{ "2023-03-10", "1980-03-09", "birthday within 364d", false },
		{ "2022-03-10", "1980-03-09", "birthday within 364d", true },
		{ "2024-03-10", "1980-03-08", "birthday within 363d", true },
		{ "2024-03-10", "1980-03-09", "birthday within 363d", false },
		{ "2023-12-31", "1980-01-31", "birthday within 1m", true },
		{ "2023-12-31", "1980-02-01", "birthday within 1m", false },
	};
	struct fixture *f = *state;
	const struct object *party = object_find(f->model, S("party"), NULL);
	char text[64];

	for (size_t i = 0; i < countof(cases); i++) {
		struct cond_when when = { 0 };

		snprintf(text, sizeof text, "%sT12:00:00Z", cases[i].today);
		when.now = moment(text);
		snprintf(text, sizeof text, "birthday=%s", cases[i].born);
		if (cond_test(parse(f, party, cases[i].cond), &when, NULL,
			      row_of(f, "party", 1, text)) != cases[i].holds)
			fail_msg("on %s born %s: %s", cases[i].today, cases[i].born, cases[i].cond);
	}
}

/* ---- records together ---- */

static const struct {
	const char *cond;
	const char *parties; /* for which it holds */
} TOGETHER[] = {
	{ "owner.login = anna", "1" },
	{ "owner.login != anna", "2 3" },
	{ "owner.login is empty", "3" },
	{ "owner.login is not empty", "1 2" },
	{ "owner.team.name = north", "1" },
	{ "parent.owner.team.name = north", "2" },
	{ "parent.parent.vip", "3" },
	{ "not parent.vip", "1 3" },
	{ "parent.name = müller and rating < 0", "2" },
	{ "any(orders)", "1 2" },
	{ "none(orders)", "3" },
	{ "any(orders where state = done and total > 500)", "1" },
	{ "any(orders where state != done)", "1 2" },
	{ "none(orders where state = done)", "2 3" },
	{ "any(orders where product.name = drill)", "1" },
	{ "any(parent.orders where state = open)", "2" },
	{ "any(children)", "1 2" },
	{ "any(children where any(children))", "1" },
	{ "any(children where owner.login = ben)", "1" },
	{ "any(followers where login = carl)", "1" },
	{ "none(followers)", "2 3" },
	{ "any(befriended)", "1" },
	{ "any(befriended where name = schmidt)", "1" },
	{ "any(shared)", "2 3" },
	{ "count(orders) = 3", "1" },
	{ "count(orders) < 2", "2 3" },
	{ "count(orders where state = done) between 1 and 2", "1" },
	{ "count(followers) = 0", "2 3" },
	{ "count(parent.orders) = 0", "" },
	{ "count(parent.orders) = 1", "3" },
	{ "count(parent.orders) != 1", "1 2" },
	{ "sum(orders.quantity) = 5", "1" },
	{ "sum(orders.quantity) = 0", "3" },
	{ "sum(orders.quantity) < 1", "2 3" },
	{ "sum(orders.total) = 1350.50", "1" },
	{ "sum(orders.total) = 350.50 EUR", "1" },
	{ "sum(orders.total where state = done) = 100 EUR", "1" },
	{ "sum(orders.total) = 0 EUR", "2 3" },
	{ "min(orders.placed_on) = 2023-12-24", "1" },
	{ "max(orders.placed_on) > 2024-01-31", "1" },
	{ "max(orders.placed_on) is empty", "2 3" },
	{ "max(orders.total) = 250.50 EUR", "1" },
	{ "avg(orders.quantity) = 2.5", "1" },
	{ "avg(orders.quantity) > 2 and avg(orders.quantity) < 3", "1" },
	{ "avg(orders.quantity) >= 2.5001", "" },
	{ "avg(orders.quantity) between -3 and 2.4999", "2" },
	{ "avg(orders.quantity) in (-3, 2.5)", "1 2" },
	{ "avg(orders.quantity) is empty", "3" },
	{ "not avg(orders.quantity) > 0", "2 3" },
	{ "avg(orders.total) = 175.25 EUR", "1" },
	{ "n_orders > 1", "1" },
	{ "n_done = 0", "2 3" },
	{ "turnover = 1350.50 or turnover = 0", "1 2 3" },
	{ "turnover > 350 EUR and turnover < 351 EUR", "1" },
	{ "mean = 3", "1" },
	{ "mean = -3", "2" },
	{ "mean is empty", "3" },
	{ "last_on = 2024-02-20", "1" },
	{ "sum(children.n_orders) = 1", "1" },
	{ "owner.team = my team", "2" },
};

static void
test_records_together(void **state)
{
	static const int64_t teams[] = { 2 };
	struct fixture *f = *state;
	struct source source = { { source_one, source_many, f->mem }, f };
	struct cond_when when = {
		moment("2024-02-28T12:00:00Z"), S("Europe/Berlin"), 1, teams, NULL, 1, 0
	};
	const struct object *party = object_find(f->model, S("party"), NULL);
	int wrong = 0;

	for (size_t i = 0; i < countof(TOGETHER); i++) {
		const struct cond *cond = parse(f, party, TOGETHER[i].cond);
		struct buf got = buf_in(f->mem, 100);

		for (int64_t id = 1; id <= 3; id++)
			if (cond_test(cond, &when, &source.source, find(f, party, id)))
				buf_printf(&got, "%s%d", got.n ? " " : "", (int)id);
		if (!str_eq_z(buf_done(&got), TOGETHER[i].parties)) {
			print_error("%s: got %.*s, want %s\n", TOGETHER[i].cond,
				    STR_FMT(buf_done(&got)), TOGETHER[i].parties);
			wrong++;
		}
		arena_reset(f->mem);
	}
	assert_int_equal(wrong, 0);
}

/* Users and products with an odd number may not be seen. */
static bool
source_sees(const struct cond_source *source, struct str object, int64_t id)
{
	(void)source;
	return !(str_eq_z(object, "user") || str_eq_z(object, "product")) || id % 2 == 0;
}

static void
test_a_link_to_what_is_not_seen_is_empty(void **state)
{
	static const struct {
		const char *values, *cond;
		bool holds;
	} cases[] = {
		{ "owner=4", "owner = 4 and owner is not empty and owner != 5", true },
		{ "owner=5", "owner = 5 or owner in (4, 5) or owner is not empty", false },
		{ "owner=5", "owner != 5 and owner is empty", true },
		{ "team=5", "team = 5 and team is not empty", true },
		{ "followers=3,4", "followers contains 4 and followers is not empty", true },
		{ "followers=3,4", "followers contains 3", false },
		{ "followers=3,5", "followers is empty", true },
		{ "about=product:3", "about = product:3 or about is not empty", false },
		{ "about=product:3", "about != product:3 and about is empty", true },
		{ "about=product:4", "about = product:4 and about is not empty", true },
	};
	struct fixture *f = *state;
	struct source source = { { source_one, source_many, f->mem, source_sees }, f };
	const struct object *party = object_find(f->model, S("party"), NULL);
	struct cond_when when = { 0 };

	for (size_t i = 0; i < countof(cases); i++)
		if (cond_test(parse(f, party, cases[i].cond), &when, &source.source,
			      row_of(f, "party", 1, cases[i].values)) != cases[i].holds)
			fail_msg("%s of %s", cases[i].cond, cases[i].values);
	assert_true(cond_test(parse(f, party, "owner = 5"), &when, NULL,
			      row_of(f, "party", 1, "owner=5")));
}

static void
test_a_rollup_that_is_loaded_is_not_computed(void **state)
{
	struct fixture *f = *state;
	const struct object *party = object_find(f->model, S("party"), NULL);
	struct row *row = row_of(f, "party", 1, "");
	const struct field *n_orders = field_find(party, S("n_orders"));
	struct cond_when when = { 0 };

	row->v[n_orders->index] = value_int(77);
	fieldset_add(&row->has, n_orders->index);
	assert_true(cond_test(parse(f, party, "n_orders = 77"), &when, NULL, row));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_record_alone),
		cmocka_unit_test(test_nobody_is_never_meant_by_me),
		cmocka_unit_test(test_birthdays_around_leap_days_and_new_year),
		cmocka_unit_test(test_records_together),
		cmocka_unit_test(test_a_link_to_what_is_not_seen_is_empty),
		cmocka_unit_test(test_a_rollup_that_is_loaded_is_not_computed),
	};

	return cmocka_run_group_tests_name("model/cond_eval", tests, setup, teardown);
}
