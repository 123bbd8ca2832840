#include "base/test.h"
#include "model/cond.h"
#include "model/cond_sample.h"

enum { TEXT_MAX = 1 << 20, SETS_DEEP = 5 };

struct fixture {
	struct cx *cx;
	struct snapshot *model;
	const struct object *party;
};

static int
setup(void **state)
{
	struct fixture *f = test_calloc(1, sizeof *f);
	struct model_text text = { S_INIT("sample.model"), str_of(COND_SAMPLE), false };

	f->cx = cx_new(&env_real, CX_MEM_DEFAULT);
	if (!model_load(f->cx, &text, 1, &f->model))
		fail_msg("%.*s", STR_FMT(f->cx->err.why));
	f->party = object_find(f->model, S("party"), NULL);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	snapshot_free(&f->model);
	cx_free(&f->cx);
	test_free(f);
	return 0;
}

static const struct cond *
parse(struct fixture *f, struct str text)
{
	const struct cond *cond = NULL;

	fail_clear(f->cx);
	if (!cond_parse(f->cx, f->cx->mem, f->model, f->party, text, NULL, &cond))
		fail_msg("%.*s: %.*s", STR_FMT(text), STR_FMT(f->cx->err.fields->why));
	return cond;
}

static struct str
print(struct fixture *f, const struct cond *cond)
{
	struct buf out = buf_in(f->cx->mem, TEXT_MAX);

	cond_print(cond, &out);
	return buf_done(&out);
}

/* What people write, and how it is printed; NULL: the same. */
static const struct {
	const char *in, *canonical;
} GOOD[] = {
	{ "kind = person", NULL },
	{ "kind=person", "kind = person" },
	{ "kind <> person", "kind != person" },
	{ "not kind = person", "kind != person" },
	{ "not not kind = person", "kind = person" },
	{ "NOT kind = 'person' AND Not vip", "kind != person and vip != true" },
	{ "kind in (person,organisation)", "kind in (person, organisation)" },
	{ "kind not in (person)", "kind not in (person)" },
	{ "kind is empty", NULL },
	{ "kind empty", "kind is empty" },
	{ "kind is not empty", NULL },
	{ "kind not empty", "kind is not empty" },
	{ "not kind is empty", "kind is not empty" },
	{ "((vip) and (vip and vip)) or (vip or not vip)",
	  "vip = true and vip = true and vip = true or vip = true or vip != true" },
	{ "not (vip or vip)", "not (vip = true or vip = true)" },
	{ "vip and (vip or not (vip and vip))",
	  "vip = true and (vip = true or not (vip = true and vip = true))" },
	{ "name = Müller", "name = \"Müller\"" },
	{ "name = 'a\"b\\'c\\\\d\\ne\\*'", "name = \"a\\\"b'c\\\\d\\ne\\\\*\"" },
	{ "name < m and name between \"a\" and 'b'",
	  "name < \"m\" and name between \"a\" and \"b\"" },
	{ "name like M*ll?r", "name like \"M*ll?r\"" },
	{ "name starts Mü and name contains \"50 %\"",
	  "name starts \"Mü\" and name contains \"50 %\"" },
	{ "name not like x", "name not like \"x\"" },
	{ "rating = -5 and rating >= 9223372036854775807", NULL },
	{ "weight = 1.25", "weight = 1.250" },
	{ "share > 12.5%", "share > 12.5" },
	{ "credit > 1000", "credit > 1000.00" },
	{ "credit > 1000 EUR", "credit > 1000.00 EUR" },
	{ "credit = \"1000.5 €\"", "credit = 1000.50 EUR" },
	{ "credit < 1000 JPY", "credit < 1000 JPY" },
	{ "credit between 1 EUR and 2 EUR", "credit between 1.00 EUR and 2.00 EUR" },
	{ "credit in (1, 2.5)", "credit in (1.00, 2.50)" },
	{ "vip", "vip = true" },
	{ "vip = yes or vip = false", "vip = true or vip = false" },
	{ "birthday = 31.1.2017", "birthday = 2017-01-31" },
	{ "birthday = \"2017-01-31\"", "birthday = 2017-01-31" },
	{ "birthday = Today", "birthday = today" },
	{ "birthday = this day or birthday = last day",
	  "birthday = today or birthday = yesterday" },
	{ "birthday in last month", "birthday = last month" },
	{ "birthday between last  quarter and next year",
	  "birthday between last quarter and next year" },
	{ "birthday >= -180d and birthday < +2w", NULL },
	{ "birthday < -1q or birthday < -3m or birthday < -1y", NULL },
	{ "birthday within 14d and birthday within -1m", NULL },
	{ "birthday within +14d", "birthday within 14d" },
	{ "birthday not within 2w", NULL },
	{ "since = now and since < -2h and since > -30min", NULL },
	{ "since = 2024-03-01 12:30", "since = 2024-03-01T12:30" },
	{ "since = 1.3.2024 12:30:05", "since = 2024-03-01T12:30:05" },
	{ "since = 2024-03-01t12:30:05.25", "since = 2024-03-01T12:30:05.250" },
	{ "since = 2024-03-01T12:30Z", NULL },
	{ "since = 2024-03-01T12:30+01:00", "since = 2024-03-01T11:30Z" },
	{ "since = '2024-03-01 00:10:00.5-02:30'", "since = 2024-03-01T02:40:00.500Z" },
	{ "wait > 90min", "wait > PT1H30M" },
	{ "tags contains VIP", "tags contains vip" },
	{ "tags not contains 'big customer'", "tags not contains \"big customer\"" },
	{ "logo is empty", NULL },
	{ "number = P-12", "number = 12" },
	{ "about = order:12 or about is empty", NULL },
	{ "owner = me", NULL },
	{ "owner != 12 or owner in (ME, 3)", "owner != 12 or owner in (me, 3)" },
	{ "team = my team or unit = my  unit", "team = my team or unit = my unit" },
	{ "owner.team = my team", NULL },
	{ "parent.parent.parent.parent.name = x", "parent.parent.parent.parent.name = \"x\"" },
	{ "followers contains me", NULL },
	{ "followers is empty", NULL },
	{ "any(orders)", NULL },
	{ "any( orders where placed_on >= -180d )", "any(orders where placed_on >= -180d)" },
	{ "not any(orders)", "none(orders)" },
	{ "none(orders where state = done)", NULL },
	{ "not none(orders)", "any(orders)" },
	{ "any(parent.orders where product.name = x)",
	  "any(parent.orders where product.name = \"x\")" },
	{ "any(orders where any(sharers where vip))",
	  "any(orders where any(sharers where vip = true))" },
	{ "any(followers where login = x) and any(befriended)",
	  "any(followers where login = \"x\") and any(befriended)" },
	{ "count(orders) >= 3", NULL },
	{ "count(orders where state = done) in (1, 2)", NULL },
	{ "not count(orders) = 3", "count(orders) != 3" },
	{ "not count(orders) < 3", "not count(orders) < 3" },
	{ "sum(orders.total where state = done) > 1000",
	  "sum(orders.total where state = done) > 1000.00" },
	{ "sum(orders.total) > 1000 EUR", "sum(orders.total) > 1000.00 EUR" },
	{ "min(orders.placed_on) < -1y and max(orders.taken_at) = today", NULL },
	{ "avg(orders.quantity) > 2.5", NULL },
	{ "avg(orders.quantity) = 2", NULL },
	{ "avg(orders.quantity) between -0.25 and 0.125", NULL },
	{ "avg(orders.weight) = 0.0001", "avg(orders.weight) = 0.0001" },
	{ "sum(children.n_orders) > 3", NULL },
	{ "n_orders > 3 and turnover > 5 EUR", "n_orders > 3 and turnover > 5.00 EUR" },
	{ "id = 5 and version > 2 and deleted_at is empty and created_at > 2020-01-01", NULL },
	{ "created_by = me", NULL },
	{ "", "" },
	{ " \t\n", "" },
};

static void
test_what_people_write_is_printed_in_one_form(void **state)
{
	struct fixture *f = *state;
	int wrong = 0;

	for (size_t i = 0; i < countof(GOOD); i++) {
		const char *want = GOOD[i].canonical ? GOOD[i].canonical : GOOD[i].in;
		const struct cond *cond = NULL;
		struct str once;

		fail_clear(f->cx);
		if (!cond_parse(f->cx, f->cx->mem, f->model, f->party, str_of(GOOD[i].in), NULL,
				&cond)) {
			print_error("%s\n  %.*s\n", GOOD[i].in, STR_FMT(f->cx->err.fields->why));
			wrong++;
			continue;
		}
		once = print(f, cond);
		if (str_eq_z(once, want) && str_eq(print(f, parse(f, once)), once))
			continue;
		print_error("%s\n  got  %.*s\n  want %s\n", GOOD[i].in, STR_FMT(once), want);
		wrong++;
	}
	assert_int_equal(wrong, 0);
}

static const struct {
	const char *in, *code, *why;
} BAD[] = {
	{ "nme = x", "unknown", "Character 1: “party” has no field “nme” (did you mean name?)." },
	{ "vip and zzzzzz = x", "unknown", "Character 9: “party” has no field “zzzzzz”." },
	{ "owner.lgin = x", "unknown",
	  "Character 7: “user” has no field “lgin” (did you mean login?)." },
	{ "any(order)", "unknown",
	  "Character 5: “party” has no field “order” (did you mean orders?)." },
	{ "diagnosis = x", "sealed",
	  "Character 1: “diagnosis” is kept sealed and cannot be part of a condition; leave it out." },
	{ "kind = persn", "option",
	  "Character 8: “persn” is no choice of “kind”; write one of person, organisation, sole_trader." },
	{ "kind < person", "operator",
	  "Character 6: “<” is not possible here; write one of = != in empty." },
	{ "kind is person", "operator",
	  "Character 6: Expected a comparison but found “is”; write one of = != in empty." },
	{ "tags = x", "operator",
	  "Character 6: “=” is not possible here; write one of contains empty." },
	{ "name", "operator",
	  "Character 5: Expected a comparison but found the end; write one of = != < <= > >= in between "
	  "like starts contains empty." },
	{ "name =", "format",
	  "Character 7: Expected a value but found the end; put a text in quotation marks." },
	{ "name = and", "format",
	  "Character 8: Expected a value but found “and”; put a text in quotation marks." },
	{ "name == x", "format",
	  "Character 7: Expected a value but found “=”; put a text in quotation marks." },
	{ "name = \"abc", "format",
	  "Character 8: This quotation mark is not closed; write \" at the end of the text." },
	{ "name = \"\"", "format", "Character 8: The value is empty; write “name is empty”." },
	{ "name = \" \"", "format", "Character 8: The value is empty; write “name is empty”." },
	{ "city = Bad Homburg", "format",
	  "Character 12: Expected and, or or the end but found “Homburg”; put a text with blanks in quotation "
	  "marks." },
	{ "ümlaut = 1", "unknown", "Character 1: “party” has no field “ümlaut”." },
	{ "name = ü ü = 1", "format",
	  "Character 10: Expected and, or or the end but found “ü”; put a text with blanks in quotation marks." },
	{ "(vip", "format", "Character 5: Expected and, or or ) but found the end." },
	{ "vip)", "format",
	  "Character 4: Expected and, or or the end but found “)”; put a text with blanks in quotation marks." },
	{ "vip and", "format", "Character 8: Expected the name of a field but found the end." },
	{ "vip and ()", "format", "Character 10: Expected the name of a field but found “)”." },
	{ "any(orders", "format", "Character 11: Expected ) or where but found the end." },
	{ "any(orders wher state = done)", "format",
	  "Character 12: Expected ) or where but found “wher”." },
	{ "any(name)", "operator",
	  "Character 5: “name” is not a set of records; compare it without any(…)." },
	{ "sum(orders) > 3", "operator",
	  "Character 5: sum(…) needs a field of a set of records, such as sum(orders.total)." },
	{ "sum(orders.title) > 3", "operator",
	  "Character 12: sum(…) is not possible over “title”; name a field with numbers." },
	{ "any(orders.sharers)", "operator",
	  "Character 5: “orders” is a set of records; write any(orders where any(…))." },
	{ "orders = 3", "operator",
	  "Character 1: “orders” is a set of records; write any(orders where …) or count(orders) > 0." },
	{ "orders.total = 3", "operator",
	  "Character 1: “orders” is a set of records; write any(orders where …) or count(orders) > 0." },
	{ "name.city = x", "operator",
	  "Character 1: “name” is not a link to one record; leave out the point and what follows." },
	{ "about.name = x", "operator",
	  "Character 1: “about” is not a link to one record; leave out the point and what follows." },
	{ "owner = x", "link",
	  "Character 9: “owner” leads to a record, so its number stands here; for its login write "
	  "owner.login = \"x\"." },
	{ "team = me", "link", "Character 8: “me” stands for a user, but “team” leads to team." },
	{ "any(followers where id > me)", "format",
	  "Character 26: “me” does not fit “id”; write a number, or compare with = or in." },
	{ "about = 12", "format",
	  "Character 9: “12” does not fit “about”; write an object and a number, such as party:12." },
	{ "about = nothing:12", "format",
	  "Character 9: “nothing:12” does not fit “about”; write an object and a number, such as party:12." },
	{ "parent.parent.parent.parent.parent.name = x", "length",
	  "Character 29: A path goes through at most 4 links; shorten it." },
	{ "birthday = 2023-02-30", "range", "Character 12: The day “2023-02-30” does not exist." },
	{ "birthday = 29.2.2023", "range", "Character 12: The day “29.2.2023” does not exist." },
	{ "birthday = soon", "format",
	  "Character 12: “soon” does not fit “birthday”; write a date such as 2017-01-31, today, -180d, this "
	  "quarter." },
	{ "birthday = -2h", "format",
	  "Character 12: “-2h” does not fit “birthday”; write a day without a time." },
	{ "birthday within 2h", "format",
	  "Character 17: “2h” does not fit “birthday”; write days, weeks or months, such as 14d, 2w or 1m." },
	{ "rating = 1.000", "format",
	  "Character 10: “1.000” does not fit “rating”; write a whole number without separators, such as 1000." },
	{ "rating = 9223372036854775808", "format",
	  "Character 10: “9223372036854775808” does not fit “rating”; write a whole number without separators, "
	  "such as 1000." },
	{ "weight = 1.2345", "format",
	  "Character 10: “1.2345” does not fit “weight”; write a number without separators, such as 1000.5." },
	{ "credit > 1,000", "format",
	  "Character 11: Expected and, or or the end but found “,”; put a text with blanks in quotation marks." },
	{ "credit > 12 XXZ", "format",
	  "Character 13: Expected and, or or the end but found “XXZ”; put a text with blanks in quotation "
	  "marks." },
	{ "credit in (1 EUR, 2 USD)", "format",
	  "Character 19: All amounts of a comparison are of one currency; join several comparisons with or." },
	{ "turnover in (1 EUR, 2)", "format",
	  "Character 21: All amounts of a comparison are of one currency; join several comparisons with or." },
	{ "sum(orders.quantity) > 3 EUR", "format",
	  "Character 26: Expected and, or or the end but found “EUR”; put a text with blanks in quotation "
	  "marks." },
	{ "count(orders) > -1", "format",
	  "Character 17: “-1” does not fit “count”; write a whole number such as 3." },
	{ "credit between 1 or 2", "format",
	  "Character 18: Expected and, as in “between 1 and 2”, but found “or”." },
	{ "kind in (person organisation)", "format",
	  "Character 17: Expected , or ) but found “organisation”." },
	{ "tags contains 'a,b'", "format",
	  "Character 15: “a,b” does not fit “tags”; write one tag; join several comparisons with and." },
	{ "name = \"\xff\"", "format",
	  "Byte 9 of the condition is not valid UTF-8; write it in that encoding." },
};

static void
test_a_mistake_is_named_with_its_place_and_remedy(void **state)
{
	struct fixture *f = *state;
	int wrong = 0;

	for (size_t i = 0; i < countof(BAD); i++) {
		const struct cond *cond = NULL;
		const struct field_err *at;

		fail_clear(f->cx);
		if (cond_parse(f->cx, f->cx->mem, f->model, f->party, str_of(BAD[i].in), NULL,
			       &cond)) {
			print_error("%s was taken\n", BAD[i].in);
			wrong++;
			continue;
		}
		at = f->cx->err.fields;
		assert_null(cond);
		assert_null(at->next);
		assert_str(at->field, "where");
		assert_int_equal(f->cx->err.code, E_INPUT);
		if (!strcmp(at->code, BAD[i].code) && str_eq_z(at->why, BAD[i].why))
			continue;
		print_error("%s\n  got  %s: %.*s\n  want %s: %s\n", BAD[i].in, at->code,
			    STR_FMT(at->why), BAD[i].code, BAD[i].why);
		wrong++;
	}
	assert_int_equal(wrong, 0);
}

static void
repeat(struct buf *out, const char *text, int n)
{
	for (int i = 0; i < n; i++)
		buf_z(out, text);
}

/* `times` of the middle between the two ends. */
static const char *
verdict(struct fixture *f, const char *before, const char *middle, int times, const char *core,
	const char *after)
{
	struct buf text = buf_in(f->cx->mem, TEXT_MAX);
	const struct cond *cond;

	buf_z(&text, before);
	repeat(&text, middle, times);
	buf_z(&text, core);
	repeat(&text, after, times);
	fail_clear(f->cx);
	if (cond_parse(f->cx, f->cx->mem, f->model, f->party, buf_done(&text), NULL, &cond))
		return "fine";
	return f->cx->err.fields->code;
}

static void
test_every_bound_holds_and_is_told(void **state)
{
	struct fixture *f = *state;

	assert_string_equal(verdict(f, "", "(", COND_DEPTH_MAX, "vip", ")"), "fine");
	assert_string_equal(verdict(f, "", "(", COND_DEPTH_MAX + 1, "vip", ")"), "length");
	assert_string_equal(verdict(f, "", "not ", COND_DEPTH_MAX, "vip", ""), "fine");
	assert_string_equal(verdict(f, "", "not ", COND_DEPTH_MAX + 1, "vip", ""), "length");
	assert_string_equal(verdict(f, "", "any(children where ", SETS_DEEP, "vip", ")"), "fine");
	assert_string_equal(verdict(f, "", "any(children where ", SETS_DEEP + 1, "vip", ")"),
			    "length");
	assert_string_equal(verdict(f, "vip", " or vip", COND_NODES_MAX - 1, "", ""), "fine");
	assert_string_equal(verdict(f, "vip", " or vip", COND_NODES_MAX, "", ""), "length");
	assert_string_equal(verdict(f, "rating in (1", ",1", 499, ")", ""), "fine");
	assert_string_equal(verdict(f, "rating in (1", ",1", 500, ")", ""), "length");
	assert_string_equal(verdict(f, "name = ", "a", COND_TEXT_MAX - 7, "", ""), "fine");
	assert_string_equal(verdict(f, "name = ", "a", COND_TEXT_MAX - 6, "", ""), "length");
	assert_string_equal(verdict(f, "", "(", TEXT_MAX - 10, "", ""), "length");
}

/* ---- what may not be seen ---- */

struct blind {
	struct cond_sight sight;
	const char *hidden;
};

static bool
blind_sees(const struct cond_sight *sight, const struct object *object, const struct field *field)
{
	(void)object;
	return !str_eq_z(field->name, ((const struct blind *)sight)->hidden);
}

static void
test_what_is_not_seen_is_unknown(void **state)
{
	static const struct {
		const char *hidden, *in, *why;
	} cases[] = {
		{ "name", "name = x",
		  "Character 1: “party” has no field “name” (did you mean page?)." },
		{ "name", "nme = x", "Character 1: “party” has no field “nme”." },
		{ "diagnosis", "diagnosis = x", "Character 1: “party” has no field “diagnosis”." },
		{ "owner", "owner.login = x", "Character 1: “party” has no field “owner”." },
		{ "login", "owner.login = x", "Character 7: “user” has no field “login”." },
		{ "party", "any(orders)",
		  "Character 5: “party” has no field “orders” (did you mean n_orders?)." },
		{ "total", "sum(orders.total) > 3", "Character 12: “order” has no field “total”." },
		{ "state", "any(orders where state = done)",
		  "Character 18: “order” has no field “state”." },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < countof(cases); i++) {
		struct blind blind = { { blind_sees }, cases[i].hidden };
		const struct cond *cond;

		fail_clear(f->cx);
		assert_false(cond_parse(f->cx, f->cx->mem, f->model, f->party, str_of(cases[i].in),
					&blind.sight, &cond));
		assert_str(f->cx->err.fields->why, cases[i].why);
	}
}

static void
test_an_earlier_failure_stays(void **state)
{
	struct fixture *f = *state;
	const struct cond *cond;

	fail_clear(f->cx);
	fail_field(f->cx, S("name"), "length", "before");
	assert_false(
		cond_parse(f->cx, f->cx->mem, f->model, f->party, S("vip = maybe"), NULL, &cond));
	assert_str(f->cx->err.fields->why, "before");
	assert_str(f->cx->err.fields->next->field, "where");
	fail_clear(f->cx);
}

/* ---- what a condition depends on ---- */

static bool
scope_sees_teams(const struct cond_scope *scope, const struct object *object)
{
	(void)scope;
	return object && str_eq_z(object->name, "team");
}

/* Whoever does not see all that a link can name depends on what he sees of it. */
static void
test_objects_behind_links_decide_within_a_scope(void **state)
{
	static const struct {
		const char *in, *objects;
	} cases[] = {
		{ "name = x", "" },
		{ "team = 3 or team is empty", "" },
		{ "owner = 3", "user " },
		{ "not followers contains 3", "user " },
		{ "any(orders where product = 1)", "order product " },
		{ "n_orders > 1", "order " },
		{ "about = order:2", "user team unit party order product " },
	};
	static const struct cond_scope scope = { .all = scope_sees_teams };
	struct fixture *f = *state;

	for (size_t i = 0; i < countof(cases); i++) {
		struct fieldset set = { 0 };
		struct buf out = buf_in(f->cx->mem, TEXT_MAX);

		cond_objects(parse(f, str_of(cases[i].in)), &scope, &set);
		for (unsigned o = 0; o < f->model->n_objects; o++)
			if (fieldset_has(&set, o))
				buf_printf(&out, "%.*s ", STR_FMT(f->model->objects[o]->name));
		assert_str(buf_done(&out), cases[i].objects);
	}
}

static void
test_objects_that_decide_are_told(void **state)
{
	static const struct {
		const char *in;
		const char *objects; /* in the order of the model */
	} cases[] = {
		{ "name = x", "" },
		{ "owner = 3", "" },
		{ "followers contains 3", "" },
		{ "owner.login = x", "user " },
		{ "parent.team.name = x", "team party " },
		{ "any(orders where product.name = x)", "order product " },
		{ "count(followers) > 1 or any(befriended)", "user party " },
		{ "n_done > 3", "order " },
		{ "sum(children.n_orders) > 3", "party order " },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < countof(cases); i++) {
		struct fieldset set = { 0 };
		struct buf out = buf_in(f->cx->mem, TEXT_MAX);

		cond_objects(parse(f, str_of(cases[i].in)), NULL, &set);
		for (unsigned o = 0; o < f->model->n_objects; o++)
			if (fieldset_has(&set, o))
				buf_printf(&out, "%.*s ", STR_FMT(f->model->objects[o]->name));
		assert_str(buf_done(&out), cases[i].objects);
	}
}

static void
test_a_condition_knows_whether_time_matters(void **state)
{
	static const struct {
		const char *in;
		bool uses;
	} cases[] = {
		{ "birthday = 2017-01-31", false },
		{ "since > 2017-01-31 12:30", false },
		{ "owner = me", false },
		{ "birthday = today", true },
		{ "vip or not (vip and since < -2h)", true },
		{ "birthday within 3d", true },
		{ "any(orders where placed_on = this year)", true },
		{ "any(orders where placed_on = 2017-01-31)", false },
		{ "n_orders > 3", false },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < countof(cases); i++)
		assert_int_equal(cond_uses_now(parse(f, str_of(cases[i].in))), cases[i].uses);
	assert_false(cond_uses_now(NULL));
}

static void
test_both_of_two_conditions(void **state)
{
	struct fixture *f = *state;
	const struct cond *a = parse(f, S("vip or rating > 3")),
			  *b = parse(f, S("kind = person and city = x"));

	assert_null(cond_and(f->cx->mem, NULL, NULL));
	assert_ptr_equal(cond_and(f->cx->mem, a, NULL), a);
	assert_ptr_equal(cond_and(f->cx->mem, NULL, b), b);
	assert_str(print(f, cond_and(f->cx->mem, a, b)),
		   "(vip = true or rating > 3) and kind = person and city = \"x\"");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_people_write_is_printed_in_one_form),
		cmocka_unit_test(test_a_mistake_is_named_with_its_place_and_remedy),
		cmocka_unit_test(test_every_bound_holds_and_is_told),
		cmocka_unit_test(test_what_is_not_seen_is_unknown),
		cmocka_unit_test(test_an_earlier_failure_stays),
		cmocka_unit_test(test_objects_that_decide_are_told),
		cmocka_unit_test(test_objects_behind_links_decide_within_a_scope),
		cmocka_unit_test(test_a_condition_knows_whether_time_matters),
		cmocka_unit_test(test_both_of_two_conditions),
	};

	return cmocka_run_group_tests_name("model/cond_parse", tests, setup, teardown);
}
