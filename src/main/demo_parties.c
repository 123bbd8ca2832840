#include "main/demo_parties.h"

#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "model/ids.h"

enum { DAY_BYTES = 16 };

static const char *const POSITIONS[] = { N_("Head of purchasing"), N_("Managing director"),
					 N_("Head of production"), N_("Technical buyer"),
					 N_("Head of maintenance") };
static const char *const DEPARTMENTS[] = { N_("Purchasing"), N_("Management board"),
					   N_("Production"), N_("Purchasing"), N_("Workshop") };
static const char *const ROLES[] = { "buys", "decides", "uses", "advises", "uses" };
static const char *const NEEDS[] = { N_("Machines for small series, with service on site"),
				     N_("Tools on call, deliveries within two days"),
				     N_("Replacement of the older machines, energy costs matter") };
static const char *const TIMES[] = { N_("in the morning"), N_("on Fridays"),
				     N_("not during the works holidays") };

static const char *
say(const struct demo_party *p, const char *text)
{
	return tr_lang(p->lang, text);
}

static void
put(struct change *c, unsigned field, struct value v)
{
	change_set(c, c->object->fields[field], v);
}

static void
put_text(struct change *c, unsigned field, const char *text)
{
	put(c, field, value_text(str_of(text)));
}

static void
put_day(const struct demo_party *p, struct change *c, unsigned field, int64_t day)
{
	struct buf text = buf_in(p->cx->mem, DAY_BYTES);

	date_print(&text, day);
	put(c, field, value_text(buf_done(&text)));
}

static bool
every(const struct demo_party *p, int64_t n)
{
	return p->number % n == 0;
}

static size_t
turn(const struct demo_party *p, size_t n)
{
	return (size_t)p->number % n;
}

void
demo_put_organisation(const struct demo_party *p, struct change *c)
{
	static const char *const classes[] = { "c", "b", "c", "c", "b", "a", "c" };
	struct value potential = value_int((int64_t)(turn(p, 17) + 1) * 2500000);

	memcpy(potential.currency, "EUR", 4);
	put(c, PARTY_POTENTIAL, potential);
	put_text(c, PARTY_CARE_CLASS, classes[turn(p, countof(classes))]);
	if (every(p, 4))
		put_text(c, PARTY_PRODUCT_NEEDS, say(p, NEEDS[turn(p, countof(NEEDS))]));
	if (every(p, 5))
		put_day(p, c, PARTY_NEXT_PURCHASE_ON, p->today + (int64_t)turn(p, 300) + 5);
	if (every(p, 23)) {
		put(c, PARTY_KEY_ACCOUNT, value_int(1));
		put_text(c, PARTY_ACCOUNT_PLAN,
			 say(p, N_("Aim: to become the main supplier of tools within a year; next: "
				   "a day on site with the head of production.")));
	}
	if (every(p, 19)) {
		put(c, PARTY_REFERENCE, value_int(1));
		put_text(c, PARTY_REFERENCE_NOTE, say(p, N_("Equipment of the new hall")));
	}
	if (p->organisation && every(p, 6))
		put(c, PARTY_RECOMMENDED_BY, value_int(p->organisation));
	if (p->organisation && every(p, 14))
		put(c, PARTY_PARENT_PARTY, value_int(p->organisation));
	if (every(p, 97)) {
		put(c, PARTY_BLOCKED, value_int(1));
		put_text(c, PARTY_BLOCK_REASON, say(p, N_("Third reminder is open")));
	}
}

void
demo_put_person(const struct demo_party *p, struct change *c, bool contact)
{
	if (contact) {
		put_text(c, PARTY_POSITION, say(p, POSITIONS[turn(p, countof(POSITIONS))]));
		put_text(c, PARTY_DEPARTMENT, say(p, DEPARTMENTS[turn(p, countof(DEPARTMENTS))]));
	} else if (every(p, 3)) {
		put(c, PARTY_CHILDREN, value_int((int64_t)turn(p, 4)));
		put_text(c, PARTY_FAMILY_STATUS, every(p, 2) ? "married" : "partnered");
	}
	if (every(p, 8))
		put_text(c, PARTY_FORM_OF_ADDRESS, "familiar");
	if (every(p, 7))
		put_text(c, PARTY_PREFERRED_CHANNEL, every(p, 2) ? "phone" : "email");
}

/* ---- what belongs to it ---- */

static struct change *
make(const struct demo_party *p, unsigned object)
{
	return change_new(p->cx, p->cx->model->objects[object], NULL);
}

static bool
make_membership(const struct demo_party *p, int64_t person)
{
	struct change *c = make(p, MEMBERSHIP);

	put(c, MEMBERSHIP_PERSON, value_int(person));
	put(c, MEMBERSHIP_ORGANISATION, value_int(p->organisation));
	put_text(c, MEMBERSHIP_POSITION, say(p, POSITIONS[turn(p, countof(POSITIONS))]));
	put_text(c, MEMBERSHIP_DEPARTMENT, say(p, DEPARTMENTS[turn(p, countof(DEPARTMENTS))]));
	put_text(c, MEMBERSHIP_ROLE, ROLES[turn(p, countof(ROLES))]);
	put(c, MEMBERSHIP_MAIN, value_int(1));
	put_day(p, c, MEMBERSHIP_VALID_FROM, p->today - 400 - (int64_t)turn(p, 2000));
	return record_save(p->cx, c);
}

static bool
make_occasion(const struct demo_party *p, int64_t party, bool is_person)
{
	struct change *c = make(p, OCCASION);

	put(c, OCCASION_PARTY, value_int(party));
	put_text(c, OCCASION_KIND, is_person ? "wedding" : "founding");
	put_text(c, OCCASION_LABEL,
		 say(p, is_person ? N_("Wedding day") : N_("Anniversary of the company")));
	put_day(p, c, OCCASION_DAY, p->today - 2000 - p->number * 37 % 9000);
	return record_save(p->cx, c);
}

static bool
make_preference(const struct demo_party *p, int64_t party, int64_t product)
{
	struct change *c = make(p, PREFERENCE);

	put(c, PREFERENCE_PARTY, value_int(party));
	put_text(c, PREFERENCE_KIND, every(p, 2) ? "product" : "time");
	if (every(p, 2) && product)
		put(c, PREFERENCE_PRODUCT, value_int(product));
	else
		put_text(c, PREFERENCE_VALUE, say(p, TIMES[turn(p, countof(TIMES))]));
	put_text(c, PREFERENCE_STRENGTH, "likes");
	return record_save(p->cx, c);
}

static bool
make_account_member(const struct demo_party *p, int64_t party, int64_t user)
{
	struct change *c = make(p, ACCOUNT_MEMBER);

	put(c, ACCOUNT_MEMBER_PARTY, value_int(party));
	put(c, ACCOUNT_MEMBER_MEMBER, value_int(user));
	put_text(c, ACCOUNT_MEMBER_ROLE, every(p, 2) ? "lead" : "technology");
	return record_save(p->cx, c);
}

static bool
make_pointer(const struct demo_party *p, int64_t party)
{
	struct change *c = make(p, DATA_POINTER);

	put(c, DATA_POINTER_PARTY, value_int(party));
	put_text(c, DATA_POINTER_KIND, "register");
	put_text(c, DATA_POINTER_NAME, say(p, N_("Commercial register")));
	put(c, DATA_POINTER_REFERENCE,
	    value_text(str_printf(p->cx->mem, "HRB 1%04lld", (long long)p->number)));
	put_day(p, c, DATA_POINTER_CHECKED_ON, p->today - (int64_t)turn(p, 200));
	return record_save(p->cx, c);
}

bool
demo_make_extras(const struct demo_party *p, int64_t id, bool is_person, int64_t user,
		 int64_t product)
{
	if (is_person && p->organisation && every(p, 4) && !make_membership(p, id))
		return false;
	if (every(p, 11) && !make_occasion(p, id, is_person))
		return false;
	if (every(p, 9) && !make_preference(p, id, product))
		return false;
	if (is_person)
		return true;
	return (!every(p, 23) || make_account_member(p, id, user)) &&
	       (!every(p, 31) || make_pointer(p, id));
}
