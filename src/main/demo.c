#include "main/demo.h"

#include <assert.h>

#include "base/clock.h"
#include "base/crypt.h"
#include "base/i18n.h"
#include "db/db.h"
#include "http/session.h"
#include "main/demo_parties.h"
#include "model/ids.h"

enum {
	USERS = 12,
	TEAMS = 4,
	UNITS = 4,
	STAGES = 6,
	IDS_MAX = 64,
	PARTIES_PER_WORK = 250,
	HISTORY_DAYS = 3 * 365,
	WORDS_MAX = 200,
	PERCENT_100 = 100,
	FIRST_SELLER = 2, /* among the users */
	SELLERS = 6
};

/* The day on which the demonstration ends: its figures are the same whenever it is made. */
#define DEMO_TODAY ((int64_t)20776) /* 2026-11-19 */

struct ids {
	int64_t v[IDS_MAX];
	size_t n;
};

struct demo {
	struct cx *cx;
	enum lang lang; /* of what people have written */
	uint64_t seed;
	int64_t today;
	struct buf *made; /* of what is made for a while: "party 12" by lines; or NULL */
	struct ids units, teams, users, roles, products, stages, competitors, reasons;
	int64_t pipeline;
	int64_t party; /* the one being made */
	int64_t owner, team, unit;
};

/* ---- chance ---- */

/* splitmix64 (Steele, Lea, Flood 2014). */
static uint64_t
chance(struct demo *demo)
{
	uint64_t z;

	__builtin_add_overflow(demo->seed, (uint64_t)0x9e3779b97f4a7c15u, &demo->seed);
	z = demo->seed;
	__builtin_mul_overflow(z ^ z >> 30, (uint64_t)0xbf58476d1ce4e5b9u, &z);
	__builtin_mul_overflow(z ^ z >> 27, (uint64_t)0x94d049bb133111ebu, &z);
	return z ^ z >> 31;
}

static int64_t
up_to(struct demo *demo, int64_t n)
{
	assert(n > 0);
	return (int64_t)(chance(demo) % (uint64_t)n);
}

static bool
percent(struct demo *demo, int of_hundred)
{
	return up_to(demo, PERCENT_100) < of_hundred;
}

static const char *
word(struct demo *demo, const char *const *words)
{
	int64_t n = 0;

	while (words[n])
		n++;
	return words[up_to(demo, n)];
}

/* Of a person's or a company's name nothing is translated; of what people write, everything. */
static const char *
say(struct demo *demo, const char *text)
{
	return tr_lang(demo->lang, text);
}

static const char *
phrase(struct demo *demo, const char *const *words)
{
	return say(demo, word(demo, words));
}

static int64_t
one_of(struct demo *demo, const struct ids *ids)
{
	return ids->v[up_to(demo, (int64_t)ids->n)];
}

/* Days before today: more of the recent ones. */
static int64_t
day(struct demo *demo)
{
	int64_t a = up_to(demo, HISTORY_DAYS), b = up_to(demo, HISTORY_DAYS);

	return demo->today - (a < b ? a : b);
}

static int64_t
moment(struct demo *demo, int64_t date)
{
	return date * MS_PER_DAY + 7 * MS_PER_HOUR + up_to(demo, 10 * 60) * MS_PER_MINUTE;
}

/* ---- records ---- */

static struct change *
make(struct demo *demo, unsigned object)
{
	return change_new(demo->cx, demo->cx->model->objects[object], NULL);
}

static void
put(struct change *c, unsigned field, struct value v)
{
	change_set(c, c->object->fields[field], v);
}

static void
put_link(struct change *c, unsigned field, int64_t id)
{
	if (id)
		put(c, field, value_int(id));
}

static void
put_text(struct change *c, unsigned field, const char *text)
{
	put(c, field, value_text(str_of(text)));
}

static void
put_date(struct demo *demo, struct change *c, unsigned field, int64_t date)
{
	struct buf text = buf_in(demo->cx->mem, WORDS_MAX);

	date_print(&text, date);
	put(c, field, value_text(buf_done(&text)));
}

static void
put_money(struct change *c, unsigned field, int64_t cents)
{
	struct value v = value_int(cents);

	memcpy(v.currency, "EUR", 4);
	put(c, field, v);
}

static bool
save(struct demo *demo, struct change *c, int64_t *id)
{
	if (!record_save(demo->cx, c))
		return false;
	if (demo->made && c->op == CHANGE_CREATE)
		buf_printf(demo->made, "%.*s %lld\n", STR_FMT(c->object->name), (long long)c->id);
	if (id)
		*id = c->id;
	return true;
}

static bool
save_into(struct demo *demo, struct change *c, struct ids *ids)
{
	return save(demo, c, &ids->v[ids->n]) && ++ids->n;
}

/* ---- the house itself ---- */

/* What stands on letters. */
static void
put_letterhead(struct change *c, const char *company)
{
	static const struct {
		unsigned field;
		const char *text;
	} facts[] = { { UNIT_STREET, "Am Hafen 12" },
		      { UNIT_POSTCODE, "20457" },
		      { UNIT_CITY, "Hamburg" },
		      { UNIT_PHONE, "+49 40 5550 100" },
		      { UNIT_EMAIL, "info@nordwerk.example" },
		      { UNIT_WEBSITE, "https://www.nordwerk.example" },
		      { UNIT_DIRECTORS, "Dr. Käthe Größer, Jörg Thießen" },
		      { UNIT_REGISTER, "Amtsgericht Hamburg, HRB 104711" },
		      { UNIT_VAT_ID, "DE999999999" },
		      { UNIT_BANK, "Hafenbank Hamburg" },
		      { UNIT_IBAN, "DE02 1203 0000 0000 2020 51" },
		      { UNIT_BIC, "BYLADEM1001" } };

	put_text(c, UNIT_COMPANY, company);
	for (size_t i = 0; i < countof(facts); i++)
		put_text(c, facts[i].field, facts[i].text);
}

static bool
make_units(struct demo *demo)
{
	static const char *const names[UNITS] = { "Nordwerk Handel GmbH", "Vertrieb Nord",
						  "Vertrieb Süd", "Service" };

	for (int i = 0; i < UNITS; i++) {
		struct change *c = make(demo, UNIT);

		put_text(c, UNIT_NAME, names[i]);
		put_letterhead(c, names[0]);
		if (i)
			put(c, UNIT_PARENT_UNIT, value_int(demo->units.v[0]));
		if (!save_into(demo, c, &demo->units))
			return false;
	}
	return true;
}

static bool
make_teams(struct demo *demo)
{
	static const char *const names[TEAMS] = { "Innendienst", "Außendienst Nord",
						  "Außendienst Süd", "Kundendienst" };

	for (int i = 0; i < TEAMS; i++) {
		struct change *c = make(demo, TEAM);

		put_text(c, TEAM_NAME, names[i]);
		put(c, TEAM_UNIT, value_int(demo->units.v[i]));
		if (!save_into(demo, c, &demo->teams))
			return false;
	}
	return true;
}

static bool
role_id(struct cx *cx, const char *name, int64_t *out)
{
	const struct object *roles = cx->model->objects[ROLE];
	struct query query = { .object = roles, .limit = 1 };
	struct str text = str_printf(cx->mem, "name = \"%s\"", name);
	struct rows rows;

	if (!cond_parse(cx, cx->mem, cx->model, roles, text, NULL, &query.where) ||
	    !record_query(cx, &query, &rows))
		return false;
	if (!rows.n)
		return bug(cx, "no role %s", name);
	*out = rows.v[0].id;
	return true;
}

static bool
make_user(struct demo *demo, const char *login, struct str name, const char *role, int place)
{
	struct change *c = make(demo, USER);
	int64_t *id = new(demo->cx->mem, int64_t);

	if (!role_id(demo->cx, role, id))
		return false;
	put_text(c, USER_LOGIN, login);
	put(c, USER_NAME, value_text(name));
	put(c, USER_EMAIL, value_text(str_printf(demo->cx->mem, "%s@nordwerk.example", login)));
	put(c, USER_ROLES, (struct value){ .kind = V_IDS, .i = 1, .ids = id });
	put(c, USER_TEAM, value_int(demo->teams.v[place]));
	put(c, USER_UNIT, value_int(demo->units.v[place]));
	put(c, USER_LANGUAGE, value_text(lang_code(demo->lang)));
	return save_into(demo, c, &demo->users) &&
	       login_set_password(demo->cx, c->id, S(DEMO_PASSWORD), HTTP_PASSWORD_COST);
}

static bool
make_users(struct demo *demo)
{
	static const char *const roles[USERS] = {
		"admin", "management", "sales",   "sales",   "sales",     "sales",
		"sales", "sales",      "service", "service", "marketing", "readonly"
	};
	static const int places[USERS] = { 0, 0, 0, 1, 1, 1, 2, 2, 3, 3, 0, 0 };

	for (int i = 0; i < USERS; i++) {
		const char *given = i % 2 ? DEMO_MEN[i] : DEMO_WOMEN[i],
			   *family = DEMO_FAMILIES[i * 3];
		struct str login = i ? str_printf(demo->cx->mem, "nutzer%d", i) : S(DEMO_LOGIN);

		if (!make_user(demo, str_z(demo->cx->mem, login),
			       str_printf(demo->cx->mem, "%s %s", given, family), roles[i],
			       places[i]))
			return false;
	}
	return true;
}

static bool
make_products(struct demo *demo)
{
	for (int i = 0; DEMO_PRODUCTS[i].name; i++) {
		struct change *c = make(demo, PRODUCT);

		put_text(c, PRODUCT_NAME, say(demo, DEMO_PRODUCTS[i].name));
		put_text(c, PRODUCT_SERIES, say(demo, DEMO_PRODUCTS[i].series));
		put(c, PRODUCT_SKU, value_text(str_printf(demo->cx->mem, "NW-%03d", i + 101)));
		put_money(c, PRODUCT_PRICE, DEMO_PRODUCTS[i].cents);
		put_money(c, PRODUCT_COST, DEMO_PRODUCTS[i].cents * 62 / 100);
		put_text(c, PRODUCT_UNIT_OF_MEASURE, say(demo, N_("piece")));
		put(c, PRODUCT_TAX_RATE, value_int(1900));
		if (!save_into(demo, c, &demo->products))
			return false;
	}
	return true;
}

static bool
make_stages(struct demo *demo)
{
	static const struct {
		const char *name, *outcome;
		int probability;
	} stages[STAGES] = { { N_("Inquiry"), "open", 10 }, { N_("Need clarified"), "open", 30 },
			     { N_("Quote"), "open", 50 },   { N_("Negotiation"), "open", 75 },
			     { N_("Won"), "won", 100 },     { N_("Lost"), "lost", 0 } };
	struct change *c = make(demo, PIPELINE);

	put_text(c, PIPELINE_NAME, say(demo, N_("New business")));
	if (!save(demo, c, &demo->pipeline))
		return false;
	for (int i = 0; i < STAGES; i++) {
		c = make(demo, STAGE);
		put_text(c, STAGE_NAME, say(demo, stages[i].name));
		put_text(c, STAGE_OUTCOME, stages[i].outcome);
		put(c, STAGE_POSITION, value_int(i + 1));
		put(c, STAGE_PROBABILITY, value_int(stages[i].probability * 100));
		put(c, STAGE_PIPELINE, value_int(demo->pipeline));
		if (!save_into(demo, c, &demo->stages))
			return false;
	}
	return true;
}

static bool
make_named(struct demo *demo, unsigned object, unsigned field, const char *const *names,
	   struct ids *ids)
{
	for (; *names; names++) {
		struct change *c = make(demo, object);

		put_text(c, field, say(demo, *names));
		if (!save_into(demo, c, ids))
			return false;
	}
	return true;
}

/* The usual beginning and end of a quote. */
static bool
make_text_blocks(struct demo *demo)
{
	static const struct {
		const char *name, *place, *german, *english;
	} blocks[] = {
		{ N_("Thanks for the inquiry"), "intro",
		  "vielen Dank für Ihre Anfrage. Gern bieten wir Ihnen an:",
		  "thank you for your inquiry. We are pleased to offer:" },
		{ N_("Terms of payment and delivery"), "closing",
		  "Zahlbar innerhalb von 30 Tagen ohne Abzug. Die Lieferung erfolgt frei Haus "
		  "binnen vier Wochen.\n\nWir freuen uns auf Ihren Auftrag.",
		  "Payable within 30 days without deduction. Delivery is free of charge within "
		  "four weeks.\n\nWe look forward to your order." },
	};

	for (size_t i = 0; i < countof(blocks); i++) {
		struct change *c = make(demo, TEXT_BLOCK);

		put_text(c, TEXT_BLOCK_NAME, say(demo, blocks[i].name));
		put_text(c, TEXT_BLOCK_PLACE, blocks[i].place);
		put_text(c, TEXT_BLOCK_TEXT_DE, blocks[i].german);
		put_text(c, TEXT_BLOCK_TEXT_EN, blocks[i].english);
		put(c, TEXT_BLOCK_STANDARD, value_int(1));
		if (!save(demo, c, NULL))
			return false;
	}
	return true;
}

/* What is sold, how, and against whom. */
static bool
make_goods(struct demo *demo)
{
	static const char *const competitors[] = { "Südstahl AG", "Rheintech GmbH",
						   "Maschinen Meier KG", "Hansa Tools", NULL };
	static const char *const reasons[] = { N_("Price"),
					       N_("Delivery time"),
					       N_("Missing function"),
					       N_("No budget"),
					       N_("Project postponed"),
					       N_("No reply"),
					       NULL };

	return make_products(demo) && make_stages(demo) && make_text_blocks(demo) &&
	       make_named(demo, COMPETITOR, COMPETITOR_NAME, competitors, &demo->competitors) &&
	       make_named(demo, LOSS_REASON, LOSS_REASON_NAME, reasons, &demo->reasons);
}

static bool
make_house(struct demo *demo)
{
	return make_units(demo) && make_teams(demo) && make_users(demo) && make_goods(demo);
}

/* ---- parties ---- */

static struct str
ascii_word(struct cx *cx, const char *text)
{
	struct buf b = buf_in(cx->mem, WORDS_MAX);

	for (const char *p = text; *p; p++)
		if ((*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z'))
			buf_char(&b, (char)(*p | 32));
	return buf_done(&b);
}

static void
put_place(struct demo *demo, struct change *c)
{
	int64_t n = 0;
	const struct demo_city *city;

	while (DEMO_CITIES[n].name)
		n++;
	city = &DEMO_CITIES[up_to(demo, n)];
	put(c, PARTY_STREET,
	    value_text(str_printf(demo->cx->mem, "%s %d", word(demo, DEMO_STREETS),
				  (int)up_to(demo, 180) + 1)));
	put_text(c, PARTY_POSTCODE, city->postcode);
	put_text(c, PARTY_CITY, city->name);
	put_text(c, PARTY_REGION, city->region);
	put_text(c, PARTY_COUNTRY, say(demo, N_("Germany")));
	if (percent(demo, 85))
		put(c, PARTY_PHONE,
		    value_text(str_printf(demo->cx->mem, "+49 %s %d", city->area,
					  (int)up_to(demo, 900000) + 100000)));
}

static void
put_belonging(struct demo *demo, struct change *c)
{
	static const int places[USERS] = { 0, 0, 0, 1, 1, 1, 2, 2, 3, 3, 0, 0 };
	/* She whom one signs in as looks after some herself: her first page is not empty. */
	int64_t seller =
		percent(demo, 6) || demo->users.n == 1 ? 0 : FIRST_SELLER + up_to(demo, SELLERS);

	demo->owner = demo->users.v[seller];
	demo->team = demo->teams.v[places[seller]];
	demo->unit = demo->units.v[places[seller]];
	put_link(c, PARTY_OWNER, demo->owner);
	put_link(c, PARTY_TEAM, demo->team);
	put_link(c, PARTY_UNIT, demo->unit);
}

static void
put_standing(struct demo *demo, struct change *c)
{
	static const char *const stages[] = { "prospect", "prospect", "first_purchase", "repeat",
					      "repeat",   "repeat",   "at_risk",        "lost",
					      "won_back", NULL };
	const char *stage = word(demo, stages);

	put_text(c, PARTY_STAGE, stage);
	put_text(c, PARTY_ROLES,
		 str_eq(str_of(stage), S("prospect")) ? "|prospect|" : "|customer|");
	put_text(c, PARTY_SOURCE, phrase(demo, DEMO_SOURCES));
}

static struct demo_party
more_of(const struct demo *demo, int64_t number, int64_t organisation)
{
	return (struct demo_party){ demo->cx, demo->lang, number, demo->today, organisation };
}

static bool
make_organisation(struct demo *demo, int64_t number, int64_t before)
{
	struct demo_party more = more_of(demo, number, before);
	struct change *c = make(demo, PARTY);
	const char *family = word(demo, DEMO_FAMILIES), *trade = word(demo, DEMO_TRADES);
	const char *form = word(demo, DEMO_FORMS);
	struct str domain = ascii_word(demo->cx, family);

	put_text(c, PARTY_KIND, "organisation");
	put(c, PARTY_NAME, value_text(str_printf(demo->cx->mem, "%s %s %s", family, trade, form)));
	put_text(c, PARTY_LEGAL_FORM, form);
	put_text(c, PARTY_INDUSTRY, phrase(demo, DEMO_INDUSTRIES));
	put(c, PARTY_EMAIL,
	    value_text(str_printf(demo->cx->mem, "info@%.*s-%lld.example", STR_FMT(domain),
				  (long long)number)));
	put(c, PARTY_WEBSITE,
	    value_text(str_printf(demo->cx->mem, "https://www.%.*s-%lld.example", STR_FMT(domain),
				  (long long)number)));
	put(c, PARTY_EMPLOYEES, value_int(1 + up_to(demo, 40) * up_to(demo, 40)));
	put_money(c, PARTY_REVENUE, (1 + up_to(demo, 30)) * (1 + up_to(demo, 30)) * 10000000);
	put(c, PARTY_FOUNDED, value_int(1890 + up_to(demo, 134)));
	demo_put_organisation(&more, c);
	put(c, PARTY_EXTERNAL_ID,
	    value_text(str_printf(demo->cx->mem, "K%07lld", (long long)number)));
	put_place(demo, c);
	put_belonging(demo, c);
	put_standing(demo, c);
	return save(demo, c, &demo->party);
}

static bool
make_person(struct demo *demo, int64_t number, int64_t organisation)
{
	struct demo_party more = more_of(demo, number, organisation);
	struct change *c = make(demo, PARTY);
	bool woman = percent(demo, 50);
	const char *given = word(demo, woman ? DEMO_WOMEN : DEMO_MEN),
		   *family = word(demo, DEMO_FAMILIES);
	struct str local = ascii_word(demo->cx, family);

	put_text(c, PARTY_KIND, "person");
	put_text(c, PARTY_SALUTATION, woman ? "ms" : "mr");
	put_text(c, PARTY_GIVEN_NAME, given);
	put_text(c, PARTY_FAMILY_NAME, family);
	put(c, PARTY_NAME, value_text(str_printf(demo->cx->mem, "%s %s", given, family)));
	if (percent(demo, 5))
		put_text(c, PARTY_ACADEMIC_TITLE, "Dr.");
	put(c, PARTY_EMAIL,
	    value_text(str_printf(demo->cx->mem, "%.*s.%lld@post.example", STR_FMT(local),
				  (long long)number)));
	if (percent(demo, 60))
		put(c, PARTY_MOBILE,
		    value_text(str_printf(demo->cx->mem, "+49 151 %d",
					  (int)up_to(demo, 9000000) + 10000000)));
	if (percent(demo, 40))
		put_date(demo, c, PARTY_BIRTHDAY, demo->today - 20 * 365 - up_to(demo, 50 * 365));
	if (organisation)
		put(c, PARTY_PARENT_PARTY, value_int(organisation));
	demo_put_person(&more, c, organisation != 0);
	put(c, PARTY_EXTERNAL_ID,
	    value_text(str_printf(demo->cx->mem, "K%07lld", (long long)number)));
	put_place(demo, c);
	put_belonging(demo, c);
	put_standing(demo, c);
	return save(demo, c, &demo->party);
}

/* ---- what belongs to a party ---- */

static bool
make_contact_point(struct demo *demo)
{
	static const char *const types[] = { "phone", "mobile", "email", "fax", NULL };
	const char *type = word(demo, types);
	struct change *c = make(demo, CONTACT_POINT);

	put_text(c, CONTACT_POINT_TYPE, type);
	put(c, CONTACT_POINT_VALUE,
	    value_text(str_eq(str_of(type), S("email"))
			       ? str_printf(demo->cx->mem, "k%lld@post.example",
					    (long long)demo->party)
			       : str_printf(demo->cx->mem, "+49 30 %d",
					    (int)up_to(demo, 900000) + 100000)));
	put_text(c, CONTACT_POINT_LABEL, phrase(demo, DEMO_JOBS));
	put(c, CONTACT_POINT_PARTY, value_int(demo->party));
	return save(demo, c, NULL);
}

static bool
make_address(struct demo *demo)
{
	static const char *const types[] = { "office", "billing", "delivery", "private", NULL };
	struct change *c = make(demo, ADDRESS);
	const struct demo_city *city = &DEMO_CITIES[up_to(demo, 40)];

	put_text(c, ADDRESS_TYPE, word(demo, types));
	put(c, ADDRESS_LINES,
	    value_text(str_printf(demo->cx->mem, "%s %d", word(demo, DEMO_STREETS),
				  (int)up_to(demo, 180) + 1)));
	put_text(c, ADDRESS_POSTCODE, city->postcode);
	put_text(c, ADDRESS_CITY, city->name);
	put_text(c, ADDRESS_COUNTRY, say(demo, N_("Germany")));
	put(c, ADDRESS_PARTY, value_int(demo->party));
	return save(demo, c, NULL);
}

static void
put_activity_kind(struct demo *demo, struct change *c)
{
	switch (up_to(demo, 4)) {
	case 0:
		put_text(c, ACTIVITY_KIND, "meeting");
		put_text(c, ACTIVITY_SUBJECT, phrase(demo, DEMO_MEETINGS));
		return;
	case 1:
		put_text(c, ACTIVITY_KIND, "email");
		put_text(c, ACTIVITY_SUBJECT, phrase(demo, DEMO_MAILS));
		return;
	default:
		put_text(c, ACTIVITY_KIND, "call");
		put_text(c, ACTIVITY_SUBJECT, phrase(demo, DEMO_CALLS));
		put_text(c, ACTIVITY_DIRECTION, percent(demo, 50) ? "incoming" : "outgoing");
	}
}

static bool
make_activity(struct demo *demo)
{
	struct change *c = make(demo, ACTIVITY);

	put_activity_kind(demo, c);
	if (percent(demo, 50))
		put_text(c, ACTIVITY_BODY, phrase(demo, DEMO_BODIES));
	put(c, ACTIVITY_AT, value_int(moment(demo, day(demo))));
	put(c, ACTIVITY_DURATION, value_int((1 + up_to(demo, 12)) * 300));
	put(c, ACTIVITY_PARTY, value_int(demo->party));
	put_link(c, ACTIVITY_OWNER, demo->owner);
	put_link(c, ACTIVITY_TEAM, demo->team);
	put_link(c, ACTIVITY_UNIT, demo->unit);
	return save(demo, c, NULL);
}

static bool
make_line(struct demo *demo, int64_t order, int position, int64_t *total)
{
	struct change *c = make(demo, ORDER_LINE);
	int64_t at = up_to(demo, (int64_t)demo->products.n), quantity = 1 + up_to(demo, 3);

	put(c, ORDER_LINE_ORDER, value_int(order));
	put(c, ORDER_LINE_POSITION, value_int(position));
	put(c, ORDER_LINE_PRODUCT, value_int(demo->products.v[at]));
	put_text(c, ORDER_LINE_DESCRIPTION, say(demo, DEMO_PRODUCTS[at].name));
	put(c, ORDER_LINE_QUANTITY, value_int(quantity * 1000));
	put_money(c, ORDER_LINE_PRICE, DEMO_PRODUCTS[at].cents);
	put(c, ORDER_LINE_DISCOUNT, value_int(0));
	put(c, ORDER_LINE_TAX_RATE, value_int(1900));
	*total += quantity * DEMO_PRODUCTS[at].cents;
	return save(demo, c, NULL);
}

static bool
make_order(struct demo *demo)
{
	struct change *c = make(demo, ORDER);
	int64_t order, total = 0, date = day(demo);
	int lines = 1 + (int)up_to(demo, 3);

	put(c, ORDER_PARTY, value_int(demo->party));
	put_date(demo, c, ORDER_PLACED_ON, date);
	put_text(c, ORDER_STATE, date < demo->today - 60 ? "done" : "open");
	put(c, ORDER_QUANTITY, value_int(lines));
	put_link(c, ORDER_OWNER, demo->owner);
	put_link(c, ORDER_TEAM, demo->team);
	put_link(c, ORDER_UNIT, demo->unit);
	if (!save(demo, c, &order))
		return false;
	for (int i = 1; i <= lines; i++)
		if (!make_line(demo, order, i, &total))
			return false;
	if (!change_of(demo->cx, CHANGE_EDIT, c->object, order, &c))
		return false;
	put_money(c, ORDER_TOTAL, total);
	return save(demo, c, NULL);
}

static bool
make_quote_line(struct demo *demo, int64_t quote, const char *kind)
{
	struct change *c = make(demo, QUOTE_LINE);

	put(c, QUOTE_LINE_QUOTE, value_int(quote));
	put_text(c, QUOTE_LINE_KIND, kind);
	if (str_eq(str_of(kind), S("subtotal"))) {
		put_text(c, QUOTE_LINE_DESCRIPTION, say(demo, N_("Subtotal")));
		return save(demo, c, NULL);
	}
	put(c, QUOTE_LINE_PRODUCT, value_int(one_of(demo, &demo->products)));
	put(c, QUOTE_LINE_QUANTITY, value_int((1 + up_to(demo, 4)) * 1000));
	put(c, QUOTE_LINE_DISCOUNT, value_int(up_to(demo, 3) * 250));
	return save(demo, c, NULL);
}

static void
put_quote_end(struct demo *demo, struct change *c, int64_t quoted)
{
	static const char *const ends[] = { "accepted", "accepted", "declined", "expired", NULL };
	bool is_old = quoted < demo->today - 40;
	const char *state = is_old ? word(demo, ends) : percent(demo, 70) ? "sent" : "draft";

	put_text(c, QUOTE_STATE, state);
	if (str_eq(str_of(state), S("draft")))
		return;
	put_date(demo, c, QUOTE_FOLLOW_UP_ON, quoted + 8);
	put_date(demo, c, QUOTE_VALID_UNTIL, quoted + 31);
	if (str_eq(str_of(state), S("declined"))) {
		put(c, QUOTE_LOSS_REASON, value_int(one_of(demo, &demo->reasons)));
		put(c, QUOTE_COMPETITOR, value_int(one_of(demo, &demo->competitors)));
	}
}

static bool
make_quote(struct demo *demo)
{
	struct change *c = make(demo, QUOTE);
	int64_t quote, quoted = percent(demo, 30) ? demo->today - up_to(demo, 30) : day(demo);
	int64_t lines = 1 + up_to(demo, 5);

	put(c, QUOTE_PARTY, value_int(demo->party));
	put_text(c, QUOTE_SUBJECT, say(demo, N_("Our offer")));
	put_date(demo, c, QUOTE_QUOTED_ON, quoted);
	put(c, QUOTE_PROBABILITY, value_int((1 + up_to(demo, 9)) * 1000));
	put_link(c, QUOTE_OWNER, demo->owner);
	put_link(c, QUOTE_TEAM, demo->team);
	put_link(c, QUOTE_UNIT, demo->unit);
	if (!save(demo, c, &quote))
		return false;
	for (int64_t i = 0; i < lines; i++)
		if (!make_quote_line(demo, quote, i == 3 ? "option" : "normal"))
			return false;
	if (!change_of(demo->cx, CHANGE_EDIT, c->object, quote, &c))
		return false;
	put_quote_end(demo, c, quoted);
	return save(demo, c, NULL);
}

/* Drawn apart, so that everything else is as it was without them. */
static bool
make_quotes(struct demo *demo, int64_t number)
{
	uint64_t seed = demo->seed;
	bool ok;

	demo->seed = (uint64_t)number;
	ok = !percent(demo, 15) || make_quote(demo);
	demo->seed = seed;
	return ok;
}

static void
put_deal_end(struct demo *demo, struct change *c, int64_t opened)
{
	int64_t stage = up_to(demo, STAGES), closed = opened + 5 + up_to(demo, 120);

	if (closed > demo->today && stage >= STAGES - 2)
		stage = up_to(demo, STAGES - 2);
	put(c, DEAL_STAGE, value_int(demo->stages.v[stage]));
	if (stage < STAGES - 2) {
		put_date(demo, c, DEAL_EXPECTED_ON, demo->today + up_to(demo, 150) - 20);
		if (percent(demo, 70))
			put_text(c, DEAL_NEXT_STEP, phrase(demo, DEMO_NEXT_STEPS));
		return;
	}
	put_date(demo, c, DEAL_CLOSED_ON, closed);
	if (stage == STAGES - 1) {
		put(c, DEAL_LOSS_REASON, value_int(one_of(demo, &demo->reasons)));
		put(c, DEAL_COMPETITOR, value_int(one_of(demo, &demo->competitors)));
	}
}

static bool
make_deal(struct demo *demo)
{
	struct change *c = make(demo, DEAL);
	int64_t at = up_to(demo, (int64_t)demo->products.n), opened = day(demo);

	put_text(c, DEAL_NAME, say(demo, DEMO_PRODUCTS[at].name));
	put(c, DEAL_PARTY, value_int(demo->party));
	put(c, DEAL_PRODUCT, value_int(demo->products.v[at]));
	put_date(demo, c, DEAL_OPENED_ON, opened);
	put_money(c, DEAL_VALUE, DEMO_PRODUCTS[at].cents * (1 + up_to(demo, 4)));
	put_link(c, DEAL_OWNER, demo->owner);
	put_link(c, DEAL_TEAM, demo->team);
	put_link(c, DEAL_UNIT, demo->unit);
	put_deal_end(demo, c, opened);
	return save(demo, c, NULL);
}

static bool
make_task(struct demo *demo)
{
	struct change *c = make(demo, TASK);
	int64_t due = demo->today + up_to(demo, 120) - 80;

	put_text(c, TASK_SUBJECT, phrase(demo, DEMO_TASKS));
	put_date(demo, c, TASK_DUE_ON, due);
	put_text(c, TASK_STATE, due < demo->today && percent(demo, 85) ? "done" : "open");
	put(c, TASK_PARTY, value_int(demo->party));
	put_link(c, TASK_OWNER, demo->owner);
	put_link(c, TASK_TEAM, demo->team);
	put_link(c, TASK_UNIT, demo->unit);
	return save(demo, c, NULL);
}

static bool
make_consent(struct demo *demo)
{
	struct change *c = make(demo, CONSENT);

	put_text(c, CONSENT_PURPOSE, "Newsletter");
	put_text(c, CONSENT_CHANNEL, "email");
	put_text(c, CONSENT_STATE, percent(demo, 80) ? "given" : "withdrawn");
	put_text(c, CONSENT_LEGAL_BASIS, "consent");
	put(c, CONSENT_AT, value_int(moment(demo, day(demo))));
	put(c, CONSENT_PARTY, value_int(demo->party));
	return save(demo, c, NULL);
}

/* How many of each a party has: a table, drawn per party. */
static const struct {
	bool (*run)(struct demo *demo);
	int percent, at_most; /* so many chances, each with this likelihood */
} PARTS[] = {
	{ make_contact_point, 60, 2 }, { make_address, 50, 2 }, { make_activity, 62, 8 },
	{ make_order, 30, 5 },         { make_deal, 30, 1 },    { make_task, 20, 2 },
	{ make_consent, 45, 1 },
};

static bool
make_parts(struct demo *demo)
{
	for (size_t i = 0; i < countof(PARTS); i++)
		for (int k = 0; k < PARTS[i].at_most; k++)
			if (percent(demo, PARTS[i].percent) && !PARTS[i].run(demo))
				return false;
	return true;
}

static bool
make_party(struct demo *demo, int64_t number, int64_t *organisation)
{
	bool is_contact = *organisation && percent(demo, 45);
	struct demo_party more = more_of(demo, number, is_contact ? *organisation : 0);
	bool is_person = is_contact || !percent(demo, 55);

	if (!is_person) {
		if (!make_organisation(demo, number, *organisation))
			return false;
		*organisation = demo->party;
	} else if (!make_person(demo, number, is_contact ? *organisation : 0)) {
		return false;
	}
	if (!demo->made &&
	    !demo_make_extras(&more, demo->party, is_person, demo->users.v[number % USERS],
			      demo->products.v[(size_t)number % demo->products.n]))
		return false;
	return make_parts(demo) && make_quotes(demo, number);
}

static bool
make_some(struct demo *demo, int64_t from, int64_t to)
{
	struct cx *cx = demo->cx;
	int64_t organisation = 0;

	cx->now = demo->today * MS_PER_DAY + 8 * MS_PER_HOUR + from;
	if (!work_begin_bulk(cx, S("demo")))
		return false;
	for (int64_t i = from; i < to; i++) {
		struct arena_mark mark = arena_mark(cx->mem);

		if (!make_party(demo, i + 1, &organisation)) {
			work_abandon(cx);
			return false;
		}
		arena_rewind(cx->mem, mark);
	}
	return work_commit(cx, NULL);
}

bool
sample_fill(struct cx *cx, int64_t user, int64_t parties, struct buf *made)
{
	struct demo *demo = new(cx->mem, struct demo);
	int64_t organisation = 0;

	demo->cx = cx;
	demo->lang = cx->lang;
	demo->seed = 2026;
	demo->today = moment_date(zone_find(cx->zone), cx->now);
	demo->made = made;
	demo->users = (struct ids){ { user }, 1 };
	cx->door = S("demo"); /* with a past: not as if all of it happened today */
	if (!make_goods(demo))
		return false;
	for (int64_t i = 0; i < parties; i++)
		if (!make_party(demo, i + 1, &organisation))
			return false;
	return !made->full || fail(cx, E_TOO_BIG, "There are too many sample data");
}

static bool
is_empty(struct cx *cx)
{
	struct query query = { .object = cx->model->objects[PARTY] };
	int64_t n;

	if (!db_begin_read(cx) || !record_count(cx, &query, &n))
		return false;
	db_rollback(cx);
	return !n || fail(cx, E_CONFLICT,
			  "There are %lld parties already; name an empty folder with --data",
			  (long long)n);
}

bool
demo_fill(struct cx *cx, int64_t parties, enum lang lang, void (*progress)(int thousandths))
{
	struct demo *demo = new(cx->mem, struct demo);

	demo->cx = cx;
	demo->lang = lang;
	demo->seed = 2026;
	demo->today = DEMO_TODAY;
	cx->door = S("demo");
	cx->now = DEMO_TODAY * MS_PER_DAY;
	if (!is_empty(cx) || !work_begin_bulk(cx, S("demo")))
		return false;
	if (!make_house(demo) || !work_commit(cx, NULL)) {
		work_abandon(cx);
		return false;
	}
	for (int64_t at = 0; at < parties; at += PARTIES_PER_WORK) {
		int64_t to = at + PARTIES_PER_WORK < parties ? at + PARTIES_PER_WORK : parties;

		if (!make_some(demo, at, to))
			return false;
		progress((int)(to * 1000 / parties));
	}
	return demo_agenda(cx, lang, DEMO_TODAY) &&
	       demo_figures(cx, &(struct demo_figures){ .lang = lang,
							.today = demo->today,
							.parties = parties,
							.owner = demo->users.v[0],
							.sellers = &demo->users.v[FIRST_SELLER],
							.n_sellers = SELLERS });
}
