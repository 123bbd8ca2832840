/* The ABC analysis: which care class a party's won value would give it.
 *
 * Parties are sorted by what they brought in two years, the most first; those up to where 80 % of
 * all is reached are A, up to 95 % B, the rest that brought anything C (the usual bounds of the
 * analysis by Dickie, 1951).  Only a proposal: the care class itself is given by hand. */
#include "app/features.h"
#include "base/feature.h"
#include "flow/flow.h"
#include "model/ids.h"
#include "record/record.h"

enum { EVERY_S = 3600, TIMEOUT_S = 600, SAVED_AT_ONCE = 5000, A_PERCENT = 80, B_PERCENT = 95 };

struct worth {
	int64_t party, value;
	char class; /* 'a', 'b', 'c'; 0: none */
};
struct worths {
	struct worth *v;
	size_t n, cap;
};

static int
by_party(const void *a, const void *b)
{
	const struct worth *x = a, *y = b;

	return (x->party > y->party) - (x->party < y->party);
}

static int
by_value(const void *a, const void *b)
{
	const struct worth *x = a, *y = b;

	return x->value != y->value ? (x->value < y->value) - (x->value > y->value)
				    : by_party(a, b);
}

/* ---- what each brought ---- */

static bool
take_deal(struct cx *cx, const struct row *row, void *to)
{
	struct worths *all = to;

	if (row->v[DEAL_PARTY].kind == V_INT && row->v[DEAL_VALUE].kind == V_INT &&
	    str_eq(str_of(row->v[DEAL_VALUE].currency), row->object->fields[DEAL_VALUE]->currency))
		list_add(cx->mem, all,
			 ((struct worth){ row->v[DEAL_PARTY].i, row->v[DEAL_VALUE].i, 0 }));
	return true;
}

static void
sum_up(struct worths *all)
{
	size_t n = 0;

	if (!all->n)
		return;
	qsort(all->v, all->n, sizeof *all->v, by_party);
	for (size_t i = 0; i < all->n; i++) {
		if (n && all->v[n - 1].party == all->v[i].party)
			all->v[n - 1].value += all->v[i].value;
		else
			all->v[n++] = all->v[i];
	}
	all->n = n;
}

static bool
read_worths(struct cx *cx, struct worths *out)
{
	const struct object *deal = cx->model->objects[DEAL];
	const struct field *fields[] = { deal->fields[DEAL_PARTY], deal->fields[DEAL_VALUE] };
	struct query query = {
		.object = deal, .fields = fields, .n_fields = countof(fields), .limit = -1
	};

	if (!cond_parse(cx, cx->mem, cx->model, deal,
			S("outcome = won and closed_on >= -2y and value > 0"), NULL,
			&query.where) ||
	    !record_each(cx, &query, take_deal, out))
		return false;
	sum_up(out);
	return true;
}

/* The one that reaches the bound still belongs to the better class. */
static void
classify(struct worths *all)
{
	int64_t total = 0, before = 0;

	for (size_t i = 0; i < all->n; i++)
		total += all->v[i].value;
	if (all->n)
		qsort(all->v, all->n, sizeof *all->v, by_value);
	for (size_t i = 0; i < all->n; i++) {
		double share = 100.0 * (double)before / (double)total;

		all->v[i].class = share < A_PERCENT ? 'a' : share < B_PERCENT ? 'b' : 'c';
		before += all->v[i].value;
	}
}

/* ---- what is proposed already ---- */

static bool
take_party(struct cx *cx, const struct row *row, void *to)
{
	struct worths *now = to;

	list_add(cx->mem, now, ((struct worth){ row->id, 0, row->v[PARTY_CARE_PROPOSED].s.p[0] }));
	return true;
}

static bool
read_proposed(struct cx *cx, struct worths *out)
{
	const struct object *party = cx->model->objects[PARTY];
	const struct field *fields[] = { party->fields[PARTY_CARE_PROPOSED] };
	struct query query = {
		.object = party, .fields = fields, .n_fields = countof(fields), .limit = -1
	};

	return cond_parse(cx, cx->mem, cx->model, party, S("care_proposed is not empty"), NULL,
			  &query.where) &&
	       record_each(cx, &query, take_party, out);
}

static bool
propose(struct cx *cx, int64_t party, char class)
{
	const struct object *object = cx->model->objects[PARTY];
	char text[] = { class, 0 };
	struct change *c;

	if (!change_of(cx, CHANGE_EDIT, object, party, &c)) {
		if (cx->err.code != E_MISSING)
			return false;
		fail_clear(cx); /* it is in the trash */
		return true;
	}
	change_put(c, object->fields[PARTY_CARE_PROPOSED],
		   class ? value_text(str_dup(cx->mem, str_of(text))) : (struct value){ 0 });
	return record_save(cx, c);
}

/* Both sorted by party: what is new or other is proposed, what is gone is taken back. */
static bool
save_some(struct cx *cx, const struct worths *want, const struct worths *now)
{
	size_t w = 0, n = 0, saved = 0;

	while ((w < want->n || n < now->n) && saved < SAVED_AT_ONCE) {
		struct arena_mark mark = arena_mark(cx->mem);
		int64_t a = w < want->n ? want->v[w].party : INT64_MAX,
			b = n < now->n ? now->v[n].party : INT64_MAX;
		char class = a <= b ? want->v[w].class : 0;
		bool same = a == b && want->v[w].class == now->v[n].class;

		w += a <= b;
		n += b <= a;
		if (same)
			continue;
		if (!propose(cx, a < b ? a : b, class))
			return false;
		arena_rewind(cx->mem, mark);
		saved++;
	}
	return true;
}

static bool
care_propose(struct cx *cx, const struct job *job)
{
	struct worths want = { 0 }, now = { 0 };

	(void)job;
	if (!read_worths(cx, &want) || !read_proposed(cx, &now))
		return false;
	classify(&want);
	if (want.n)
		qsort(want.v, want.n, sizeof *want.v, by_party);
	if (now.n)
		qsort(now.v, now.n, sizeof *now.v, by_party);
	return save_some(cx, &want, &now);
}

static const struct job_kind jobs[] = { { "party.care", .tries = 3, .timeout_s = TIMEOUT_S,
					  .every_s = EVERY_S, .run = care_propose,
					  .purpose = "propose care classes by what was won" },
					{ 0 } };

const struct feature feature_care = { .name = "care", .jobs = jobs };
