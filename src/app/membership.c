/* Persons in several organisations.  The main one of them is the organisation that the person
 * belongs to (party.parent_party): whoever changes one of the two has the other follow.  A person
 * who belongs to an organisation needs no membership: it tells more, as what and until when. */
#include "app/features.h"
#include "app/hierarchy.h"
#include "base/clock.h"
#include "base/feature.h"
#include "model/ids.h"

enum { MEMBERSHIPS_MAX = 200 };

static struct value
of(const struct row *row, unsigned field)
{
	return row ? row->v[field] : (struct value){ 0 };
}

static bool
is_yes(const struct row *row, unsigned field)
{
	return of(row, field).kind == V_INT && of(row, field).i == 1;
}

/* ---- a party ---- */

static bool
circle(struct cx *cx, struct change *c)
{
	const struct value *parent = &c->after->v[PARTY_PARENT_PARTY];

	if (c->op != CHANGE_EDIT || parent->kind != V_INT ||
	    !changed(c, c->object->fields[PARTY_PARENT_PARTY]))
		return true;
	return hierarchy_check(cx, c->id, parent->i);
}

static bool
memberships(struct cx *cx, struct str where, struct rows *out)
{
	struct query query = { .object = cx->model->objects[MEMBERSHIP], .limit = MEMBERSHIPS_MAX };

	return cond_parse(cx, cx->mem, cx->model, query.object, where, NULL, &query.where) &&
	       record_query(cx, &query, out);
}

static bool
put_main(struct cx *cx, int64_t id, bool main)
{
	const struct object *object = cx->model->objects[MEMBERSHIP];
	struct change *c;

	if (!change_of(cx, CHANGE_EDIT, object, id, &c))
		return false;
	change_put(c, object->fields[MEMBERSHIP_MAIN], value_int(main));
	return record_save(cx, c);
}

/* The membership in what he belongs to now is the main one, where there is one; no other is. */
static bool
memberships_follow(struct cx *cx, struct change *c)
{
	int64_t parent = of(c->after, PARTY_PARENT_PARTY).i;
	struct rows rows;

	if (!memberships(cx, str_printf(cx->mem, "person = %lld", (long long)c->id), &rows))
		return false;
	for (size_t i = 0; i < rows.n; i++)
		if (is_yes(&rows.v[i], MEMBERSHIP_MAIN) &&
		    of(&rows.v[i], MEMBERSHIP_ORGANISATION).i == parent)
			return true;
	for (size_t i = 0; i < rows.n; i++)
		if (is_yes(&rows.v[i], MEMBERSHIP_MAIN) && !put_main(cx, rows.v[i].id, false))
			return false;
	for (size_t i = 0; parent && i < rows.n; i++)
		if (of(&rows.v[i], MEMBERSHIP_ORGANISATION).i == parent)
			return put_main(cx, rows.v[i].id, true);
	return true;
}

/* ---- a membership ---- */

/* Whoever belongs to it, a person or (to a federation) a company: it is another one. */
static bool
is_organisation(struct cx *cx, struct change *c)
{
	const struct field *f = c->object->fields[MEMBERSHIP_ORGANISATION];
	const struct row *party;

	if (of(c->after, MEMBERSHIP_ORGANISATION).kind == V_INT &&
	    of(c->after, MEMBERSHIP_ORGANISATION).i == of(c->after, MEMBERSHIP_PERSON).i)
		return fail_field(cx, f->name, "circle",
				  "Nobody belongs to himself; choose another organisation");
	if (!changed(c, f))
		return true;
	if (!change_linked(cx, c, f, &party))
		return false;
	return !party || str_eq(of(party, PARTY_KIND).s, S("organisation")) ||
	       fail_field(cx, f->name, "link", "This is no organisation; choose an organisation");
}

static bool
is_over(const struct cx *cx, const struct row *row)
{
	int64_t day;

	return of(row, MEMBERSHIP_VALID_UNTIL).kind == V_TEXT &&
	       date_parse(of(row, MEMBERSHIP_VALID_UNTIL).s, &day, NULL) &&
	       day < moment_date(zone_find(cx->zone), cx->now);
}

static bool
membership_rules(struct cx *cx, struct change *c)
{
	struct value from = of(c->after, MEMBERSHIP_VALID_FROM),
		     until = of(c->after, MEMBERSHIP_VALID_UNTIL);

	if (from.kind == V_TEXT && until.kind == V_TEXT && str_cmp(from.s, until.s) > 0)
		return fail_field(cx, S("valid_until"), "range",
				  "This day lies before the one on which it begins; choose a later "
				  "one");
	/* Who has left belongs there no more. */
	if (is_yes(c->after, MEMBERSHIP_MAIN) && is_over(cx, c->after))
		change_put(c, c->object->fields[MEMBERSHIP_MAIN], value_int(0));
	return is_organisation(cx, c);
}

static bool
others_give_way(struct cx *cx, const struct change *c)
{
	struct rows rows;

	if (!memberships(cx,
			 str_printf(cx->mem, "main = true and person = %lld and id != %lld",
				    (long long)of(c->after, MEMBERSHIP_PERSON).i, (long long)c->id),
			 &rows))
		return false;
	for (size_t i = 0; i < rows.n; i++)
		if (!put_main(cx, rows.v[i].id, false))
			return false;
	return true;
}

/* What the membership says of the person stands with the person too; empty: he left. */
static bool
person_follows(struct cx *cx, struct change *c)
{
	static const struct {
		unsigned from, to;
	} same[] = { { MEMBERSHIP_ORGANISATION, PARTY_PARENT_PARTY },
		     { MEMBERSHIP_POSITION, PARTY_POSITION },
		     { MEMBERSHIP_DEPARTMENT, PARTY_DEPARTMENT } };
	bool main = is_yes(c->after, MEMBERSHIP_MAIN);
	struct change *person;

	if (main && !others_give_way(cx, c))
		return false;
	if (!change_of(cx, CHANGE_EDIT, cx->model->objects[PARTY],
		       of(c->after, MEMBERSHIP_PERSON).i, &person))
		return false;
	if (!main &&
	    of(person->after, PARTY_PARENT_PARTY).i != of(c->after, MEMBERSHIP_ORGANISATION).i)
		return true;
	for (size_t i = 0; i < countof(same); i++)
		change_put(person, person->object->fields[same[i].to],
			   main ? of(c->after, same[i].from) : (struct value){ 0 });
	return record_save(cx, person);
}

static bool
party_stored(struct cx *cx, struct change *c)
{
	if (c->op != CHANGE_EDIT || !changed(c, c->object->fields[PARTY_PARENT_PARTY]) ||
	    !str_eq(of(c->after, PARTY_KIND).s, S("person")))
		return true;
	return as_program(cx, c, memberships_follow);
}

static bool
membership_stored(struct cx *cx, struct change *c)
{
	static const unsigned matter[] = { MEMBERSHIP_MAIN, MEMBERSHIP_ORGANISATION,
					   MEMBERSHIP_POSITION, MEMBERSHIP_DEPARTMENT };
	bool matters = false, was = is_yes(c->before, MEMBERSHIP_MAIN);

	for (size_t i = 0; i < countof(matter); i++)
		matters |= changed(c, c->object->fields[matter[i]]);
	if (!matters || of(c->after, MEMBERSHIP_PERSON).kind != V_INT)
		return true;
	/* One that is the main one, or has ended while it was. */
	if (!is_yes(c->after, MEMBERSHIP_MAIN) && !(was && is_over(cx, c->after)))
		return true;
	return as_program(cx, c, person_follows);
}

static const struct hook hooks[] = { { "party", HOOK_RULES, circle },
				     { "party", HOOK_STORED, party_stored },
				     { "membership", HOOK_RULES, membership_rules },
				     { "membership", HOOK_STORED, membership_stored },
				     { 0 } };

const struct feature feature_membership = { .name = "membership", .hooks = hooks };
