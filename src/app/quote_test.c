/* Quotes through the pipeline, on both databases. */
#include "app/features.h"
#include "base/feature.h"
#include "record/test_house.h"

#include "app/lines.h"
#include "flow/flow.h"
#include "flow/notice.h"

static const struct feature *const FEATURES[] = { &feature_deal,
						  &feature_quote,
						  &feature_quote_follow,
						  &feature_quote_escalate,
						  &feature_notice,
						  &feature_task,
						  NULL };

static int64_t
save(struct test_house *h, struct change *c)
{
	test_ok(h->cx, record_save(h->cx, c));
	return c->id;
}

static int64_t
commit(struct test_house *h)
{
	int64_t changeset;

	test_ok(h->cx, work_commit(h->cx, &changeset));
	return changeset;
}

static void
begin(struct test_house *h)
{
	test_ok(h->cx, work_begin(h->cx, S("")));
}

static struct change *
made(struct test_house *h, const char *object)
{
	return change_new(h->cx, test_object(h, object), NULL);
}

static struct change *
of(struct test_house *h, enum change_op op, const char *object, int64_t id)
{
	struct change *c;

	test_ok(h->cx, change_of(h->cx, op, test_object(h, object), id, &c));
	return c;
}

static struct row *
row(struct test_house *h, const char *object, int64_t id)
{
	struct row *out;

	test_ok(h->cx, db_begin_read(h->cx));
	test_ok(h->cx, record_load(h->cx, test_object(h, object), id, &out));
	db_rollback(h->cx);
	return out;
}

static struct value
euro(int64_t cents)
{
	struct value v = value_int(cents);

	snprintf(v.currency, sizeof v.currency, "EUR");
	return v;
}

static int64_t
party_new(struct test_house *h, int64_t price_list)
{
	struct change *c = made(h, "party");

	test_set(c, "name", value_text(S("Müller GmbH")));
	if (price_list)
		test_set(c, "price_list", value_int(price_list));
	return save(h, c);
}

static int64_t
product_new(struct test_house *h, const char *name, int64_t cents, int64_t rate)
{
	struct change *c = made(h, "product");

	test_set(c, "name", value_text(str_of(name)));
	test_set(c, "price", euro(cents));
	test_set(c, "unit_of_measure", value_text(S("Stück")));
	test_set(c, "tax_rate", value_int(rate));
	return save(h, c);
}

static int64_t
quote_new(struct test_house *h, int64_t party)
{
	struct change *c = made(h, "quote");

	test_set(c, "party", value_int(party));
	return save(h, c);
}

static int64_t
line_new(struct test_house *h, const char *document, int64_t id, int64_t quantity, int64_t cents,
	 int64_t rate)
{
	struct change *c =
		made(h, str_eq_z(str_of(document), "quote") ? "quote_line" : "order_line");

	test_set(c, document, value_int(id));
	test_set(c, "description", value_text(S("Wartung")));
	test_set(c, "quantity", value_int(quantity));
	test_set(c, "price", euro(cents));
	test_set(c, "tax_rate", value_int(rate));
	return save(h, c);
}

static void
set_state(struct test_house *h, int64_t quote, const char *state)
{
	struct change *c;

	begin(h);
	c = of(h, CHANGE_EDIT, "quote", quote);
	test_set(c, "state", value_text(str_of(state)));
	save(h, c);
	commit(h);
}

/* Saving this is refused, with these words in the cause. */
static void
assert_refused(struct test_house *h, struct change *c, const char *words)
{
	size_t at;
	struct field_err *field;

	assert_false(record_save(h->cx, c));
	field = h->cx->err.fields;
	if (!str_find(field ? field->why : h->cx->err.why, str_of(words), &at))
		fail_msg("%.*s", STR_FMT(field ? field->why : h->cx->err.why));
	work_abandon(h->cx);
	fail_clear(h->cx);
}

static void
assert_totals(struct test_house *h, const char *object, int64_t id, int64_t net, int64_t tax)
{
	const struct row *document = row(h, object, id);
	const struct lined *kind = lined_of(document->object);

	assert_int_equal(document->v[kind->total].i, net);
	assert_int_equal(document->v[kind->tax].i, tax);
	assert_int_equal(document->v[kind->gross].i, net + tax);
}

/* ---- totals follow the lines ---- */

static void
totals_follow(struct test_house *h, const char *document)
{
	const char *line = str_eq_z(str_of(document), "quote") ? "quote_line" : "order_line";
	struct change *c;
	int64_t id, first, second, added, edited;

	begin(h);
	c = made(h, document);
	test_set(c, "party", value_int(party_new(h, 0)));
	id = save(h, c);
	first = line_new(h, document, id, 2000, 5000, 1900);
	commit(h);
	assert_totals(h, document, id, 10000, 1900);
	begin(h);
	second = line_new(h, document, id, 1000, 1000, 700);
	added = commit(h);
	assert_totals(h, document, id, 11000, 1970);
	begin(h);
	c = of(h, CHANGE_EDIT, line, first);
	test_set(c, "quantity", value_int(1000));
	save(h, c);
	edited = commit(h);
	assert_totals(h, document, id, 6000, 1020);
	begin(h);
	c = of(h, CHANGE_EDIT, document, id);
	test_set(c, "discount", value_int(1000));
	save(h, c);
	commit(h);
	assert_totals(h, document, id, 5400, 918);
	/* An earlier changeset is taken back: the totals are those of what is left. */
	begin(h);
	test_ok(h->cx, changeset_undo(h->cx, added, false, &(struct conflicts){ 0 }));
	commit(h);
	assert_totals(h, document, id, 4500, 855);
	begin(h);
	test_ok(h->cx, changeset_undo(h->cx, edited, false, &(struct conflicts){ 0 }));
	commit(h);
	assert_totals(h, document, id, 9000, 1710);
	begin(h);
	assert_false(change_of(h->cx, CHANGE_EDIT, test_object(h, line), second, &c));
	fail_clear(h->cx);
	save(h, of(h, CHANGE_DELETE, document, id));
	commit(h);
	begin(h);
	save(h, of(h, CHANGE_RESTORE, document, id));
	commit(h);
	assert_totals(h, document, id, 9000, 1710);
}

static void
test_total_of_an_order_without_lines_is_what_was_written(struct test_house *h)
{
	struct change *c;
	int64_t order, line;

	begin(h);
	c = made(h, "order");
	test_set(c, "total", euro(4711));
	order = save(h, c);
	commit(h);
	assert_int_equal(row(h, "order", order)->v[ORDER_TOTAL].i, 4711);
	begin(h);
	line = line_new(h, "order", order, 1000, 300, 1900);
	commit(h);
	assert_totals(h, "order", order, 300, 57);
	begin(h);
	c = of(h, CHANGE_EDIT, "order", order);
	test_set(c, "total", euro(4711));
	assert_refused(h, c, "change the lines");
	begin(h);
	save(h, of(h, CHANGE_DELETE, "order_line", line));
	commit(h);
	assert_int_equal(row(h, "order", order)->v[ORDER_TOTAL].kind, V_NONE);
	begin(h);
	c = of(h, CHANGE_EDIT, "order", order);
	test_set(c, "total", euro(4711));
	save(h, c);
	commit(h);
	assert_int_equal(row(h, "order", order)->v[ORDER_TOTAL].i, 4711);
}

static void
each_engine(void (*run)(struct test_house *h))
{
	for (int engine = 0; engine < TEST_ENGINE__MAX; engine++) {
		struct test_house h;

		if (!test_house_open(&h, (enum test_engine)engine, FEATURES))
			continue;
		run(&h);
		test_house_close(&h);
	}
}

static void
both_totals_follow(struct test_house *h)
{
	totals_follow(h, "quote");
	totals_follow(h, "order");
}

static void
test_totals_follow_the_lines(void **state)
{
	(void)state;
	each_engine(both_totals_follow);
	each_engine(test_total_of_an_order_without_lines_is_what_was_written);
}

/* ---- a line knows its product ---- */

static int64_t
list_new(struct test_house *h, const char *name, bool general, const char *until)
{
	struct change *c = made(h, "price_list");

	test_set(c, "name", value_text(str_of(name)));
	test_set(c, "general", value_int(general));
	test_set(c, "valid_until", value_text(str_of(until)));
	return save(h, c);
}

static void
price_new(struct test_house *h, int64_t list, int64_t product, int64_t from, int64_t cents)
{
	struct change *c = made(h, "price");

	test_set(c, "price_list", value_int(list));
	test_set(c, "product", value_int(product));
	test_set(c, "min_quantity", value_int(from));
	test_set(c, "amount", euro(cents));
	save(h, c);
}

static void
line_knows_its_product(struct test_house *h)
{
	static const struct {
		bool has_list;
		int64_t quantity, cents;
	} rows[] = { { false, 1000, 9000 },
		     { false, 9999, 9000 },
		     { false, 10000, 8000 },
		     { true, 1000, 7000 },
		     { true, 500, 9500 } };
	int64_t own, all, old, product, plain, parties[2], quote;
	struct change *c;

	begin(h);
	product = product_new(h, "Pumpe", 10000, 1900);
	plain = product_new(h, "Ventil", 1234, 700);
	own = list_new(h, "Müller", false, "2026-12-31");
	all = list_new(h, "Alle", true, "2026-12-31");
	old = list_new(h, "Alt", true, "2020-12-31");
	price_new(h, own, product, 1000, 7000);
	price_new(h, all, product, 500, 9500);
	price_new(h, all, product, 1000, 9000);
	price_new(h, all, product, 10000, 8000);
	price_new(h, old, product, 0, 1);
	parties[0] = party_new(h, 0);
	parties[1] = party_new(h, own);
	for (size_t i = 0; i < countof(rows); i++) {
		quote = quote_new(h, parties[rows[i].has_list]);
		c = made(h, "quote_line");
		test_set(c, "quote", value_int(quote));
		test_set(c, "product", value_int(product));
		test_set(c, "quantity", value_int(rows[i].quantity));
		save(h, c);
		assert_int_equal(c->after->v[QUOTE_LINE_PRICE].i, rows[i].cents);
		assert_int_equal(c->after->v[QUOTE_LINE_TAX_RATE].i, 1900);
		assert_str(c->after->v[QUOTE_LINE_DESCRIPTION].s, "Pumpe");
		assert_str(c->after->v[QUOTE_LINE_UNIT_OF_MEASURE].s, "Stück");
		assert_int_equal(c->after->v[QUOTE_LINE_POSITION].i, 1);
	}
	/* Another product: its words and price take the place of the old ones. */
	c = of(h, CHANGE_EDIT, "quote_line", c->id);
	test_set(c, "product", value_int(plain));
	save(h, c);
	assert_int_equal(c->after->v[QUOTE_LINE_PRICE].i, 1234);
	assert_str(c->after->v[QUOTE_LINE_DESCRIPTION].s, "Ventil");
	/* What the writer says stands. */
	c = made(h, "quote_line");
	test_set(c, "quote", value_int(quote));
	test_set(c, "product", value_int(plain));
	test_set(c, "description", value_text(S("Sonderventil")));
	test_set(c, "price", euro(1));
	save(h, c);
	assert_str(c->after->v[QUOTE_LINE_DESCRIPTION].s, "Sonderventil");
	assert_int_equal(c->after->v[QUOTE_LINE_PRICE].i, 1);
	assert_int_equal(c->after->v[QUOTE_LINE_POSITION].i, 2);
	commit(h);
}

static void
test_line_knows_its_product(void **state)
{
	(void)state;
	each_engine(line_knows_its_product);
}

/* ---- its way ---- */

static void
quote_goes_its_way(struct test_house *h)
{
	const struct row *quote;
	struct change *c;
	int64_t id, line;

	begin(h);
	c = made(h, "quote");
	test_set(c, "state", value_text(S("sent")));
	assert_refused(h, c, "A new quote is a draft");
	begin(h);
	id = quote_new(h, party_new(h, 0));
	commit(h);
	begin(h);
	c = of(h, CHANGE_EDIT, "quote", id);
	test_set(c, "state", value_text(S("sent")));
	assert_refused(h, c, "without lines");
	begin(h);
	line = line_new(h, "quote", id, 1000, 10000, 1900);
	c = of(h, CHANGE_EDIT, "quote", id);
	test_set(c, "probability", value_int(5000));
	save(h, c);
	commit(h);
	quote = row(h, "quote", id);
	assert_int_equal(quote->v[QUOTE_REVISION].i, 1);
	begin(h);
	c = of(h, CHANGE_EDIT, "quote", id);
	test_set(c, "state", value_text(S("accepted")));
	assert_refused(h, c, "does not go this way");
	set_state(h, id, "sent");
	quote = row(h, "quote", id);
	assert_int_equal(quote->v[QUOTE_WEIGHTED].i, 5000);
	assert_str(quote->v[QUOTE_SENT_ON].s, "2026-09-21");
	assert_str(quote->v[QUOTE_FOLLOW_UP_ON].s, "2026-09-28");
	assert_str(quote->v[QUOTE_VALID_UNTIL].s, "2026-10-21");
	/* What was sent stays as it is. */
	begin(h);
	c = of(h, CHANGE_EDIT, "quote", id);
	test_set(c, "subject", value_text(S("Neu")));
	assert_refused(h, c, "make a new version");
	begin(h);
	c = of(h, CHANGE_EDIT, "quote_line", line);
	test_set(c, "price", euro(1));
	assert_refused(h, c, "make a new version");
	begin(h);
	assert_refused(h, of(h, CHANGE_DELETE, "quote_line", line), "make a new version");
	begin(h);
	c = made(h, "quote_line");
	test_set(c, "quote", value_int(id));
	assert_refused(h, c, "make a new version");
	/* The trash and back, whole. */
	begin(h);
	save(h, of(h, CHANGE_DELETE, "quote", id));
	commit(h);
	begin(h);
	save(h, of(h, CHANGE_RESTORE, "quote", id));
	commit(h);
	assert_totals(h, "quote", id, 10000, 1900);
	begin(h);
	c = of(h, CHANGE_EDIT, "quote", id);
	test_set(c, "state", value_text(S("declined")));
	assert_refused(h, c, "Say why");
	begin(h);
	c = of(h, CHANGE_EDIT, "quote", id);
	test_set(c, "decline_note", value_text(S("zu teuer")));
	save(h, c);
	commit(h);
	set_state(h, id, "declined");
	quote = row(h, "quote", id);
	assert_str(quote->v[QUOTE_ANSWERED_ON].s, "2026-09-21");
	assert_int_equal(quote->v[QUOTE_PROBABILITY].i, 0);
}

static void
test_quote_goes_its_way(void **state)
{
	(void)state;
	each_engine(quote_goes_its_way);
}

static void
sending_is_undone(struct test_house *h)
{
	int64_t id, line, sent;
	struct change *c;

	begin(h);
	id = quote_new(h, party_new(h, 0));
	line = line_new(h, "quote", id, 1000, 10000, 1900);
	commit(h);
	begin(h);
	c = of(h, CHANGE_EDIT, "quote", id);
	test_set(c, "state", value_text(S("sent")));
	save(h, c);
	sent = commit(h);
	begin(h);
	test_ok(h->cx, changeset_undo(h->cx, sent, false, &(struct conflicts){ 0 }));
	commit(h);
	assert_str(row(h, "quote", id)->v[QUOTE_STATE].s, "draft");
	assert_int_equal(row(h, "quote", id)->v[QUOTE_VALID_UNTIL].kind, V_NONE);
	begin(h);
	save(h, of(h, CHANGE_DELETE, "quote_line", line));
	commit(h);
}

static void
test_sending_is_undone(void **state)
{
	(void)state;
	each_engine(sending_is_undone);
}

static int64_t
block_new(struct test_house *h, const char *place, const char *german, const char *english,
	  bool standard)
{
	struct change *c = made(h, "text_block");

	test_set(c, "name", value_text(str_of(german)));
	test_set(c, "place", value_text(str_of(place)));
	test_set(c, "text_de", value_text(str_of(german)));
	test_set(c, "text_en", value_text(str_of(english)));
	test_set(c, "standard", value_int(standard));
	return save(h, c);
}

static void
quote_begins_with_its_texts(struct test_house *h)
{
	struct change *c;
	int64_t other, id;

	begin(h);
	block_new(h, "intro", "Vielen Dank", "Thank you", true);
	other = block_new(h, "intro", "Gern", "Gladly", false);
	block_new(h, "closing", "Bis bald", "See you", true);
	c = made(h, "quote");
	id = save(h, c);
	assert_str(c->after->v[QUOTE_INTRO].s, "Vielen Dank");
	assert_str(c->after->v[QUOTE_CLOSING].s, "Bis bald");
	c = of(h, CHANGE_EDIT, "quote", id);
	test_set(c, "language", value_text(S("en")));
	test_set(c, "closing", value_text(S("Grüße")));
	save(h, c);
	assert_str(c->after->v[QUOTE_INTRO].s, "Thank you");
	assert_str(c->after->v[QUOTE_CLOSING].s, "Grüße");
	c = of(h, CHANGE_EDIT, "quote", id);
	test_set(c, "intro_block", value_int(other));
	save(h, c);
	assert_str(c->after->v[QUOTE_INTRO].s, "Gladly");
	c = of(h, CHANGE_EDIT, "quote", id);
	test_set(c, "language", value_text(S("de")));
	save(h, c);
	assert_str(c->after->v[QUOTE_INTRO].s, "Gern");
	assert_str(c->after->v[QUOTE_CLOSING].s, "Grüße");
	commit(h);
}

static void
test_quote_begins_with_its_texts(void **state)
{
	(void)state;
	each_engine(quote_begins_with_its_texts);
}

/* ---- the day after the last ---- */

static void
quote_expires(struct test_house *h)
{
	int64_t id, ran;

	begin(h);
	id = quote_new(h, party_new(h, 0));
	line_new(h, "quote", id, 1000, 10000, 1900);
	commit(h);
	set_state(h, id, "sent");
	test_ok(h->cx, timers_set(h->cx, FEATURES));
	h->env.now += (int64_t)29 * MS_PER_DAY;
	h->cx->now = h->env.now;
	test_ok(h->cx, jobs_run_due(h->cx, FEATURES, &ran));
	assert_str(row(h, "quote", id)->v[QUOTE_STATE].s, "sent");
	h->env.now += (int64_t)3 * MS_PER_DAY;
	h->cx->now = h->env.now;
	test_ok(h->cx, jobs_run_due(h->cx, FEATURES, &ran));
	assert_str(row(h, "quote", id)->v[QUOTE_STATE].s, "expired");
}

static void
test_quote_expires(void **state)
{
	(void)state;
	each_engine(quote_expires);
}

/* ---- nobody reacts ---- */

static void
days_pass(struct test_house *h, int64_t days)
{
	int64_t ran;

	h->env.now += days * MS_PER_DAY;
	h->cx->now = h->env.now;
	test_ok(h->cx, jobs_run_due(h->cx, FEATURES, &ran));
}

static size_t
told_of(struct test_house *h, int64_t user, int64_t quote)
{
	struct notice_query query = { .limit = NOTICES_MAX };
	const struct actor *before = h->cx->actor;
	struct actor lead = *actor_system(h->cx);
	struct notices notices = { 0 };
	size_t n = 0;
	bool more;

	test_ok(h->cx, db_begin_read(h->cx));
	lead.user_id = user;
	h->cx->actor = &lead;
	test_ok(h->cx, notices_read(h->cx, &query, &notices, &more));
	for (size_t i = 0; i < notices.n; i++)
		n += notices.v[i].kind == NOTICE_ESCALATED && notices.v[i].record == quote;
	h->cx->actor = before;
	db_rollback(h->cx);
	return n;
}

static void
quote_is_escalated(struct test_house *h)
{
	int64_t lead, team, id, done;
	struct change *c;

	begin(h);
	c = made(h, "user");
	test_set(c, "login", value_text(S("lead")));
	lead = save(h, c);
	c = made(h, "team");
	test_set(c, "name", value_text(S("Nord")));
	test_set(c, "lead", value_int(lead));
	team = save(h, c);
	id = quote_new(h, party_new(h, 0));
	c = of(h, CHANGE_EDIT, "quote", id);
	test_set(c, "team", value_int(team));
	save(h, c);
	line_new(h, "quote", id, 1000, 10000, 1900);
	done = quote_new(h, party_new(h, 0));
	c = of(h, CHANGE_EDIT, "quote", done);
	test_set(c, "team", value_int(team));
	save(h, c);
	line_new(h, "quote", done, 1000, 10000, 1900);
	commit(h);
	set_state(h, id, "sent");
	set_state(h, done, "sent");
	set_state(h, done, "accepted");
	test_ok(h->cx, timers_set(h->cx, FEATURES));
	days_pass(h, 10); /* follow-up after 7, told after 3 more */
	assert_int_equal(told_of(h, lead, id), 0);
	days_pass(h, 1);
	assert_int_equal(told_of(h, lead, id), 1);
	assert_int_equal(told_of(h, lead, done), 0);
	days_pass(h, 1);
	assert_int_equal(told_of(h, lead, id), 1);
	begin(h);
	c = of(h, CHANGE_EDIT, "quote", id);
	test_set(c, "follow_up_on", value_text(S("2026-10-06")));
	save(h, c);
	commit(h);
	assert_int_equal(row(h, "quote", id)->v[QUOTE_ESCALATED_ON].kind, V_NONE);
}

static void
test_quote_is_escalated(void **state)
{
	(void)state;
	each_engine(quote_is_escalated);
}

#define PROOF(title, run)                    \
	{                                    \
		title, run, NULL, NULL, NULL \
	}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_totals_follow_the_lines),
		PROOF("OP-25 a line has the price that holds for customer, quantity and day",
		      test_line_knows_its_product),
		PROOF("DAT-08 a quote has a probability, and goes from draft to its answer",
		      test_quote_goes_its_way),
		cmocka_unit_test(test_sending_is_undone),
		PROOF("OP-11 a quote expires the day after its last", test_quote_expires),
		PROOF("OP-11 the team lead is told, once, of a quote that nobody follows up",
		      test_quote_is_escalated),
		PROOF("OP-10 a quote begins with texts of its language",
		      test_quote_begins_with_its_texts),
	};

	return cmocka_run_group_tests_name("quote", tests, NULL, NULL);
}
