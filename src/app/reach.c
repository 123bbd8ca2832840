/* How a party is reached: of several contact points and addresses the preferred one stands with the
 * party itself (party.email, party.phone, party.street …), for letters, quotes, calls and lists.
 * Whoever changes the one has the other follow; what stood there before is kept beside it. */
#include "app/features.h"
#include "base/clock.h"
#include "base/feature.h"
#include "model/ids.h"
#include "record/record.h"

enum { WAYS_MAX = 100, STREET_MAX = 200, DATE_TEXT = 16 };

static const struct {
	const char *type;
	unsigned field;
} WAYS[] = { { "email", PARTY_EMAIL },
	     { "phone", PARTY_PHONE },
	     { "mobile", PARTY_MOBILE },
	     { "web", PARTY_WEBSITE } };

/* Fields of an address and of the party; the first is the street. */
static const struct {
	unsigned from, to;
} PLACES[] = { { ADDRESS_LINES, PARTY_STREET },
	       { ADDRESS_POSTCODE, PARTY_POSTCODE },
	       { ADDRESS_CITY, PARTY_CITY },
	       { ADDRESS_REGION, PARTY_REGION },
	       { ADDRESS_COUNTRY, PARTY_COUNTRY } };

static struct str
text_of(const struct row *row, unsigned field)
{
	return row && row->v[field].kind == V_TEXT ? row->v[field].s : (struct str){ 0 };
}

static bool
is_yes(const struct row *row, unsigned field)
{
	return row && row->v[field].kind == V_INT && row->v[field].i == 1;
}

static struct str
day_text(struct cx *cx, int64_t more)
{
	struct buf out = buf_in(cx->mem, DATE_TEXT);

	date_print(&out, moment_date(zone_find(cx->zone), cx->now) + more);
	return buf_done(&out);
}

static bool
holds_today(struct cx *cx, const struct row *row, unsigned from, unsigned until)
{
	struct str today = day_text(cx, 0);

	return (!text_of(row, from).n || str_cmp(text_of(row, from), today) <= 0) &&
	       (!text_of(row, until).n || str_cmp(text_of(row, until), today) >= 0);
}

static bool
find(struct cx *cx, unsigned object, struct str where, struct rows *out)
{
	struct query query = { .object = cx->model->objects[object], .limit = WAYS_MAX };

	return cond_parse(cx, cx->mem, cx->model, query.object, where, NULL, &query.where) &&
	       record_query(cx, &query, out);
}

static bool
put_one(struct cx *cx, const struct row *row, unsigned field, struct value v)
{
	struct change *c;

	if (!change_of(cx, CHANGE_EDIT, row->object, row->id, &c))
		return false;
	change_put(c, row->object->fields[field], v);
	return record_save(cx, c);
}

/* What does not fit the party's own field (a word where it wants a number) stays where it is. */
static bool
save_if_fit(struct cx *cx, struct change *c)
{
	if (record_save(cx, c))
		return true;
	if (cx->err.code != E_INPUT)
		return false;
	fail_clear(cx);
	return true;
}

/* ---- contact points ---- */

static size_t
way_of(struct str type)
{
	size_t at = 0;

	while (at < countof(WAYS) && !str_eq_z(type, WAYS[at].type))
		at++;
	return at;
}

static bool
points_of(struct cx *cx, int64_t party, struct str type, struct rows *out)
{
	return find(cx, CONTACT_POINT,
		    str_printf(cx->mem, "party = %lld and type = %.*s", (long long)party,
			       STR_FMT(type)),
		    out);
}

static bool
keep_old(struct cx *cx, const struct change *point, const struct rows *points, struct str old)
{
	const struct object *object = point->object;
	struct change *c;

	if (!old.n)
		return true;
	for (size_t i = 0; i < points->n; i++)
		if (str_eq(text_of(&points->v[i], CONTACT_POINT_VALUE), old))
			return true;
	c = change_new(cx, object, NULL);
	change_put(c, object->fields[CONTACT_POINT_TYPE], point->after->v[CONTACT_POINT_TYPE]);
	change_put(c, object->fields[CONTACT_POINT_VALUE], value_text(old));
	change_put(c, object->fields[CONTACT_POINT_PARTY], point->after->v[CONTACT_POINT_PARTY]);
	return save_if_fit(cx, c);
}

static bool
point_is_preferred(struct cx *cx, struct change *c)
{
	struct str type = text_of(c->after, CONTACT_POINT_TYPE);
	unsigned field = WAYS[way_of(type)].field;
	struct change *party;
	struct rows points;

	if (!points_of(cx, c->after->v[CONTACT_POINT_PARTY].i, type, &points))
		return false;
	for (size_t i = 0; i < points.n; i++)
		if (points.v[i].id != c->id && is_yes(&points.v[i], CONTACT_POINT_PREFERRED) &&
		    !put_one(cx, &points.v[i], CONTACT_POINT_PREFERRED, value_int(0)))
			return false;
	if (!change_of(cx, CHANGE_EDIT, cx->model->objects[PARTY],
		       c->after->v[CONTACT_POINT_PARTY].i, &party))
		return false;
	if (str_eq(text_of(party->after, field), text_of(c->after, CONTACT_POINT_VALUE)))
		return true;
	if (!keep_old(cx, c, &points, text_of(party->after, field)))
		return false;
	change_put(party, party->object->fields[field], c->after->v[CONTACT_POINT_VALUE]);
	return save_if_fit(cx, party);
}

static bool
any_changed(const struct change *c, const unsigned *fields, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (changed(c, c->object->fields[fields[i]]))
			return true;
	return false;
}

static bool
point_stored(struct cx *cx, struct change *c)
{
	static const unsigned matter[] = { CONTACT_POINT_PREFERRED, CONTACT_POINT_VALUE,
					   CONTACT_POINT_TYPE };

	if (!is_yes(c->after, CONTACT_POINT_PREFERRED) ||
	    !any_changed(c, matter, countof(matter)) ||
	    way_of(text_of(c->after, CONTACT_POINT_TYPE)) == countof(WAYS) ||
	    c->after->v[CONTACT_POINT_PARTY].kind != V_INT ||
	    !holds_today(cx, c->after, CONTACT_POINT_VALID_FROM, CONTACT_POINT_VALID_UNTIL))
		return true;
	return as_program(cx, c, point_is_preferred);
}

/* ---- addresses ---- */

/* Several lines are one where the party has one. */
static struct value
place_value(struct cx *cx, const struct row *address, unsigned field)
{
	struct buf out = buf_in(cx->mem, STREET_MAX);
	struct str rest = text_of(address, field);

	if (!rest.n)
		return (struct value){ 0 };
	while (rest.n) {
		struct str line = str_trim(str_cut(&rest, '\n'));

		if (out.n && line.n)
			BUF_LIT(&out, ", ");
		buf_str(&out, line);
	}
	return value_text(out.full ? text_of(address, field) : buf_done(&out));
}

static bool
is_place(struct cx *cx, const struct row *address, const struct row *party)
{
	for (size_t i = 0; i < countof(PLACES); i++)
		if (!str_eq(place_value(cx, address, PLACES[i].from).s,
			    text_of(party, PLACES[i].to)))
			return false;
	return true;
}

static bool
addresses_of(struct cx *cx, int64_t party, struct rows *out)
{
	return find(cx, ADDRESS,
		    str_printf(cx->mem, "party = %lld and type = main", (long long)party), out);
}

/* Where the party was until yesterday. */
static bool
keep_place(struct cx *cx, const struct rows *addresses, const struct row *party)
{
	const struct object *object = cx->model->objects[ADDRESS];
	struct change *c;

	if (!text_of(party, PARTY_STREET).n && !text_of(party, PARTY_CITY).n)
		return true;
	for (size_t i = 0; i < addresses->n; i++)
		if (is_place(cx, &addresses->v[i], party))
			return true;
	c = change_new(cx, object, NULL);
	for (size_t i = 0; i < countof(PLACES); i++)
		change_put(c, object->fields[PLACES[i].from], party->v[PLACES[i].to]);
	change_put(c, object->fields[ADDRESS_TYPE], value_text(S("main")));
	change_put(c, object->fields[ADDRESS_VALID_UNTIL], value_text(day_text(cx, -1)));
	change_put(c, object->fields[ADDRESS_PARTY], value_int(party->id));
	return record_save(cx, c);
}

static bool
address_is_preferred(struct cx *cx, struct change *c)
{
	struct rows addresses;
	struct change *party;

	if (!addresses_of(cx, c->after->v[ADDRESS_PARTY].i, &addresses))
		return false;
	for (size_t i = 0; i < addresses.n; i++)
		if (addresses.v[i].id != c->id && is_yes(&addresses.v[i], ADDRESS_PREFERRED) &&
		    !put_one(cx, &addresses.v[i], ADDRESS_PREFERRED, value_int(0)))
			return false;
	if (!change_of(cx, CHANGE_EDIT, cx->model->objects[PARTY], c->after->v[ADDRESS_PARTY].i,
		       &party))
		return false;
	if (is_place(cx, c->after, party->after))
		return true;
	if (!keep_place(cx, &addresses, party->after))
		return false;
	for (size_t i = 0; i < countof(PLACES); i++)
		change_put(party, party->object->fields[PLACES[i].to],
			   place_value(cx, c->after, PLACES[i].from));
	return save_if_fit(cx, party);
}

static bool
address_stored(struct cx *cx, struct change *c)
{
	static const unsigned matter[] = { ADDRESS_PREFERRED, ADDRESS_TYPE, ADDRESS_LINES,
					   ADDRESS_POSTCODE,  ADDRESS_CITY, ADDRESS_REGION,
					   ADDRESS_COUNTRY };

	if (!is_yes(c->after, ADDRESS_PREFERRED) || !any_changed(c, matter, countof(matter)) ||
	    !str_eq(text_of(c->after, ADDRESS_TYPE), S("main")) ||
	    c->after->v[ADDRESS_PARTY].kind != V_INT ||
	    !holds_today(cx, c->after, ADDRESS_VALID_FROM, ADDRESS_VALID_UNTIL))
		return true;
	return as_program(cx, c, address_is_preferred);
}

/* ---- the party itself ---- */

/* What was written with the party: a contact point that says so is the preferred one now; else the
 * one that was is put right. */
static bool
points_follow(struct cx *cx, const struct change *c, size_t way)
{
	struct str now = text_of(c->after, WAYS[way].field);
	const struct row *preferred = NULL, *same = NULL;
	struct rows points;

	if (!points_of(cx, c->id, str_of(WAYS[way].type), &points))
		return false;
	for (size_t i = 0; i < points.n; i++) {
		if (is_yes(&points.v[i], CONTACT_POINT_PREFERRED))
			preferred = &points.v[i];
		if (now.n && str_eq(text_of(&points.v[i], CONTACT_POINT_VALUE), now))
			same = &points.v[i];
	}
	if (!preferred || preferred == same)
		return true;
	if (same)
		return put_one(cx, same, CONTACT_POINT_PREFERRED, value_int(1));
	return now.n ? put_one(cx, preferred, CONTACT_POINT_VALUE, value_text(now))
		     : put_one(cx, preferred, CONTACT_POINT_PREFERRED, value_int(0));
}

static bool
address_follows(struct cx *cx, const struct change *c)
{
	const struct object *object = cx->model->objects[ADDRESS];
	struct change *address = NULL;
	struct rows addresses;

	if (!addresses_of(cx, c->id, &addresses))
		return false;
	for (size_t i = 0; i < addresses.n && !address; i++)
		if (is_yes(&addresses.v[i], ADDRESS_PREFERRED) &&
		    !is_place(cx, &addresses.v[i], c->after) &&
		    !change_of(cx, CHANGE_EDIT, object, addresses.v[i].id, &address))
			return false;
	if (!address)
		return true;
	for (size_t i = 0; i < countof(PLACES); i++)
		change_put(address, object->fields[PLACES[i].from], c->after->v[PLACES[i].to]);
	return record_save(cx, address);
}

static bool
party_follows(struct cx *cx, struct change *c)
{
	bool moved = false;

	for (size_t i = 0; i < countof(WAYS); i++)
		if (changed(c, c->object->fields[WAYS[i].field]) && !points_follow(cx, c, i))
			return false;
	for (size_t i = 0; i < countof(PLACES); i++)
		moved |= changed(c, c->object->fields[PLACES[i].to]);
	return !moved || address_follows(cx, c);
}

/* New parties have no parts yet: an import of them pays nothing. */
static bool
party_stored(struct cx *cx, struct change *c)
{
	return c->op != CHANGE_EDIT || as_program(cx, c, party_follows);
}

static const struct hook hooks[] = { { "contact_point", HOOK_STORED, point_stored },
				     { "address", HOOK_STORED, address_stored },
				     { "party", HOOK_STORED, party_stored },
				     { 0 } };

const struct feature feature_reach = { .name = "reach", .hooks = hooks };
