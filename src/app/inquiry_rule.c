/* Who gets an inquiry: the rules in their order, the first that fits decides. */
#include "app/inquiry.h"

#include "base/fold.h"
#include "model/ids.h"
#include "model/types.h"

enum { RULES_MAX = 200, MEMBERS_MAX = 500 };

/* ---- postcodes ---- */

static bool
is_code(struct str text)
{
	for (size_t i = 0; i < text.n; i++)
		if (!strchr("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz ",
			    text.p[i]))
			return false;
	return text.n > 0;
}

/* "70-73" is a range; what is longer than a range's ends is compared by its beginning. */
static bool
range_of(struct str piece, struct str *first, struct str *last)
{
	*last = piece;
	*first = str_trim(str_cut(last, '-'));
	*last = str_trim(*last);
	return first->n && first->n == last->n && is_code(*first) && is_code(*last);
}

bool
postcodes_check(struct str places, struct str *bad)
{
	struct str first, last;

	while (places.n) {
		*bad = str_trim(str_cut(&places, ','));
		if (bad->n && !is_code(*bad) && !range_of(*bad, &first, &last))
			return false;
	}
	return true;
}

static bool
piece_fits(struct str piece, struct str postcode)
{
	struct str first, last, begin;

	if (!range_of(piece, &first, &last))
		return str_starts(postcode, piece);
	begin = str_first(postcode, first.n);
	return begin.n == first.n && str_cmp(begin, first) >= 0 && str_cmp(begin, last) <= 0;
}

bool
postcode_fits(struct str places, struct str postcode)
{
	while (places.n) {
		struct str piece = str_trim(str_cut(&places, ','));

		if (piece.n && piece_fits(piece, postcode))
			return true;
	}
	return false;
}

/* ---- does a rule fit? ---- */

static struct str
text_of(const struct row *row, unsigned field)
{
	return row->v[field].kind == V_TEXT ? row->v[field].s : (struct str){ 0 };
}

/* What the inquiry says itself, else what is known of its party. */
static struct str
told(const struct row *inquiry, unsigned own, const struct row *party, unsigned other)
{
	struct str text = text_of(inquiry, own);

	return text.n || !party ? text : text_of(party, other);
}

static bool
industry_fits(struct cx *cx, struct str words, struct str industry)
{
	struct str key = fold_key(cx->mem, industry);
	size_t at;

	while (words.n) {
		struct str word = fold_key(cx->mem, str_trim(str_cut(&words, ',')));

		if (word.n && str_find(key, word, &at))
			return true;
	}
	return false;
}

bool
tags_have(struct str tags, struct str one)
{
	struct str tag;

	while (tags_next(&tags, &tag))
		if (str_eq(tag, one))
			return true;
	return false;
}

static bool
rule_fits(struct cx *cx, const struct row *rule, const struct row *inquiry, const struct row *party)
{
	struct str channels = text_of(rule, ASSIGNMENT_RULE_CHANNELS),
		   places = text_of(rule, ASSIGNMENT_RULE_POSTCODES),
		   industries = text_of(rule, ASSIGNMENT_RULE_INDUSTRIES);
	const struct value *least = &rule->v[ASSIGNMENT_RULE_SCORE_FROM];

	return (!channels.n || tags_have(channels, text_of(inquiry, INQUIRY_CHANNEL))) &&
	       (!places.n ||
		postcode_fits(places, told(inquiry, INQUIRY_POSTCODE, party, PARTY_POSTCODE))) &&
	       (!industries.n ||
		industry_fits(cx, industries,
			      told(inquiry, INQUIRY_INDUSTRY, party, PARTY_INDUSTRY))) &&
	       (least->kind != V_INT || inquiry->v[INQUIRY_SCORE].i >= least->i);
}

/* ---- whom it names ---- */

static bool
query_rows(struct cx *cx, const struct object *object, struct str where, const struct field *by,
	   int64_t limit, struct rows *out)
{
	struct sort_key order[] = { { by, false }, { object->fields[SF_ID], false } };
	struct query query = { .object = object, .sort = order, .n_sort = 2, .limit = limit };

	return cond_parse(cx, cx->mem, cx->model, object, where, NULL, &query.where) &&
	       record_query(cx, &query, out);
}

static bool
members_of(struct cx *cx, const struct row *rule, struct rows *out)
{
	const struct object *user = cx->model->objects[USER];
	const struct value *team = &rule->v[ASSIGNMENT_RULE_TEAM];

	*out = (struct rows){ 0 };
	return team->kind != V_INT ||
	       query_rows(cx, user,
			  str_printf(cx->mem, "active = true and team = %lld", (long long)team->i),
			  user->fields[SF_CREATED_AT], MEMBERS_MAX, out);
}

/* The one behind the last. */
static int64_t
whose_turn(const struct rows *members, int64_t last)
{
	for (size_t i = 0; i + 1 < members->n; i++)
		if (members->v[i].id == last)
			return members->v[i + 1].id;
	return members->n ? members->v[0].id : 0;
}

static bool
busy_counts(struct cx *cx, struct groups *out)
{
	const struct object *inquiry = cx->model->objects[INQUIRY];
	struct aggregate a;

	return aggregate_parse(cx, inquiry, S("owner"), S("count"), &a) &&
	       cond_parse(cx, cx->mem, cx->model, inquiry,
			  S("state in (new, working) and owner is not empty"), NULL, &a.where) &&
	       record_aggregate(cx, &a, out);
}

static int64_t
load_of(const struct groups *groups, int64_t user)
{
	for (size_t i = 0; i < groups->n; i++)
		if (groups->v[i].key[0].kind == V_INT && groups->v[i].key[0].i == user)
			return groups->v[i].measure[0].i;
	return 0;
}

static bool
least_busy(struct cx *cx, const struct rows *members, int64_t *out)
{
	struct groups groups;
	int64_t least = INT64_MAX;

	*out = 0;
	if (!members->n)
		return true;
	if (!busy_counts(cx, &groups))
		return false;
	for (size_t i = 0; i < members->n; i++) {
		int64_t load = load_of(&groups, members->v[i].id);

		if (load < least) {
			least = load;
			*out = members->v[i].id;
		}
	}
	return true;
}

static bool
is_active(struct cx *cx, const struct value *user, bool *out)
{
	struct row *row;

	*out = false;
	if (user->kind != V_INT)
		return true;
	if (!record_load(cx, cx->model->objects[USER], user->i, &row)) {
		if (cx->err.code != E_MISSING)
			return false;
		fail_clear(cx);
		return true;
	}
	*out = row->v[USER_ACTIVE].i != 0;
	return true;
}

/* 0 where the rule has nobody: the next may have. */
static bool
name_user(struct cx *cx, const struct row *rule, const struct row *party, int64_t *out)
{
	struct str method = text_of(rule, ASSIGNMENT_RULE_METHOD);
	const struct value *one = NULL, nobody = { 0 };
	struct rows members;
	bool active;

	*out = 0;
	if (str_eq(method, S("person")))
		one = &rule->v[ASSIGNMENT_RULE_PERSON];
	else if (str_eq(method, S("owner")))
		one = party ? &party->v[PARTY_OWNER] : &nobody;
	if (one) {
		if (!is_active(cx, one, &active))
			return false;
		*out = active ? one->i : 0;
		return true;
	}
	if (!members_of(cx, rule, &members))
		return false;
	if (str_eq(method, S("least")))
		return least_busy(cx, &members, out);
	*out = whose_turn(&members, rule->v[ASSIGNMENT_RULE_LAST].kind == V_INT
					    ? rule->v[ASSIGNMENT_RULE_LAST].i
					    : 0);
	return true;
}

static bool
take_rule(struct cx *cx, const struct row *rule, const struct row *party, struct assignment *out)
{
	const struct value *hours = &rule->v[ASSIGNMENT_RULE_HOURS];

	if (!name_user(cx, rule, party, &out->user))
		return false;
	out->rule = rule->id;
	out->hours = hours->kind == V_INT ? hours->i : INQUIRY_HOURS;
	out->takes_turns = str_eq(text_of(rule, ASSIGNMENT_RULE_METHOD), S("turn"));
	return true;
}

bool
inquiry_assign(struct cx *cx, const struct row *inquiry, const struct row *party,
	       struct assignment *out)
{
	const struct object *object = cx->model->objects[ASSIGNMENT_RULE];
	struct rows rules;

	*out = (struct assignment){ .hours = INQUIRY_HOURS };
	if (!query_rows(cx, object, S("active = true"), object->fields[ASSIGNMENT_RULE_POSITION],
			RULES_MAX, &rules))
		return false;
	for (size_t i = 0; i < rules.n; i++) {
		if (!rule_fits(cx, &rules.v[i], inquiry, party))
			continue;
		if (!take_rule(cx, &rules.v[i], party, out))
			return false;
		if (out->user)
			return true;
	}
	*out = (struct assignment){ .hours = INQUIRY_HOURS };
	return true;
}
