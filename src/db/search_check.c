/* The full text against what it should hold, in memory that does not grow with it: each word of a
 * document counts as a random number of its own; what the index holds is added up, what it should
 * hold is taken off, document by document into one of many sums.  A sum that is not zero names a
 * few documents, which are then looked at one by one. */
#include "db/driver.h"

enum {
	SUMS = 1 << 16,
	LOOKED_MAX = 64, /* sums whose documents are looked at */
	OBJECT_BITS = 10,
	TALLIES_BYTES_MAX = 1 << 30,
	SHIFT_A = 30,
	SHIFT_B = 27,
	SHIFT_C = 31
};

enum list { LIST_TITLES, LIST_WORDS, LIST_MARKS, LIST__MAX };

/* What is known of a document, or a part of it. */
struct tally {
	int64_t key;
	uint64_t held, wanted; /* sums of its words */
	int n_held, n_wanted;  /* how often it is there, and should be */
};

struct search_check {
	const struct search_source *source;
	uint64_t *sums;
	bool *looked;      /* NULL: the sums are made; else whether that sum's documents are told */
	struct arena *mem; /* of the tallies: who tells documents gives back cx->mem on the way */
	struct {
		struct tally *v;
		size_t n, cap;
	} tallies;
};

/* The finalizer of splitmix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators,
 * 2014). */
static uint64_t
mixed(uint64_t x)
{
	x = (x ^ x >> SHIFT_A) * 0xbf58476d1ce4e5b9u;
	x = (x ^ x >> SHIFT_B) * 0x94d049bb133111ebu;
	return x ^ x >> SHIFT_C;
}

static uint64_t
word_number(int64_t key, enum list list, struct str word)
{
	return mixed(cache_hash(word) ^ mixed((uint64_t)key * LIST__MAX + list));
}

static int64_t
key_of(int64_t object, int64_t record)
{
	return record << OBJECT_BITS | object;
}

static void
tally(struct search_check *check, const struct tally *t)
{
	size_t sum = mixed((uint64_t)t->key) % SUMS;

	if (!check->source->objects[t->key & SEARCH_OBJECT_MAX])
		return;
	if (!check->looked)
		check->sums[sum] += t->held - t->wanted;
	else if (check->looked[sum])
		list_add(check->mem, &check->tallies, *t);
}

static int
word_order(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

/* Each word once, as in the index. */
static uint64_t
words_number(struct cx *cx, int64_t key, enum list list, struct str text)
{
	struct arena_mark before = arena_mark(cx->mem);
	struct strs words = { 0 };
	uint64_t sum = 0;

	while (text.n)
		list_add(cx->mem, &words, str_cut(&text, ' '));
	if (words.n > 1)
		qsort(words.v, words.n, sizeof *words.v, word_order);
	for (size_t i = 0; i < words.n; i++)
		if (words.v[i].n && (!i || !str_eq(words.v[i], words.v[i - 1])))
			sum += word_number(key, list, words.v[i]);
	arena_rewind(cx->mem, before);
	return sum;
}

static uint64_t
document_number(struct cx *cx, int64_t key, struct str title, struct str all)
{
	return words_number(cx, key, LIST_TITLES, title) + words_number(cx, key, LIST_WORDS, all) +
	       word_number(key, LIST_MARKS, (struct str){ 0 });
}

bool
db_search_expect(struct cx *cx, struct search_check *check, int64_t object, int64_t record,
		 struct str title, struct str body)
{
	struct arena_mark before = arena_mark(cx->mem);
	int64_t key = key_of(object, record);
	struct str titles, all;
	struct tally t = { .key = key, .n_wanted = 1 };

	if (!search_bare(cx, title, body, &titles, &all))
		return false;
	t.wanted = document_number(cx, key, titles, all);
	arena_rewind(cx->mem, before);
	tally(check, &t);
	return true;
}

/* ---- what the index holds ---- */

/* A list of words that begins with the mark of its object is that of a document. */
static void
held_row(struct cx *cx, struct search_check *check, enum list list, int64_t key, struct str words)
{
	struct tally t = { .key = key };

	if (str_starts(words, SEARCH_MARK)) {
		str_cut(&words, ' ');
		t.n_held = list == LIST_WORDS;
		if (t.n_held)
			t.held = word_number(key, LIST_MARKS, (struct str){ 0 });
	}
	t.held += words_number(cx, key, list, words);
	tally(check, &t);
}

static bool
held(struct cx *cx, struct search_check *check, enum list list)
{
	struct stmt *stmt = cx->db->driver->search->held(cx, list == LIST_TITLES);
	bool row;

	while (stmt && db_step(cx, stmt, &row)) {
		if (!row)
			return true;
		held_row(cx, check, list, key_of(db_col_int(stmt, 0), db_col_int(stmt, 1)),
			 db_col_str(stmt, 2));
	}
	return false;
}

/* They take the place of what the lists hold of the same documents. */
static bool
recent(struct cx *cx, struct search_check *check)
{
	struct stmt *stmt;
	bool row;

	if (!cx->db->driver->search->recent)
		return true;
	stmt = cx->db->driver->search->recent(cx);
	while (stmt && db_step(cx, stmt, &row)) {
		int64_t key = key_of(db_col_int(stmt, 0), db_col_int(stmt, 1));
		struct tally t = { .key = key };

		if (!row)
			return true;
		if (!db_col_null(stmt, 3)) {
			t.n_held++;
			t.held +=
				document_number(cx, key, db_col_str(stmt, 2), db_col_str(stmt, 3));
		}
		if (!db_col_null(stmt, 5)) {
			t.n_held--;
			t.held -=
				document_number(cx, key, db_col_str(stmt, 4), db_col_str(stmt, 5));
		}
		tally(check, &t);
	}
	return false;
}

static bool
round_run(struct cx *cx, struct search_check *check)
{
	return held(cx, check, LIST_TITLES) && held(cx, check, LIST_WORDS) && recent(cx, check) &&
	       check->source->each(cx, check, check->source->to);
}

/* ---- what differs ---- */

static size_t
look_at_some(struct search_check *check, bool *more)
{
	size_t n = 0;

	for (size_t i = 0; i < SUMS; i++) {
		if (!check->sums[i])
			continue;
		check->looked[i] = n < LOOKED_MAX;
		*more |= n++ >= LOOKED_MAX;
	}
	return n;
}

static int
tally_order(const void *a, const void *b)
{
	const struct tally *x = a, *y = b;

	return (x->key > y->key) - (x->key < y->key);
}

static void
judge(struct cx *cx, const struct tally *t, struct search_faults *out)
{
	struct search_fault fault = { t->key & SEARCH_OBJECT_MAX, t->key >> OBJECT_BITS,
				      SEARCH_STALE };

	if (t->held == t->wanted && t->n_held == t->n_wanted)
		return;
	if (!t->n_wanted)
		fault.what = SEARCH_ORPHAN;
	else if (!t->n_held)
		fault.what = SEARCH_MISSING;
	list_add(cx->mem, out, fault);
}

static void
judge_all(struct cx *cx, struct search_check *check, struct search_faults *out)
{
	size_t i = 0;

	if (check->tallies.n)
		qsort(check->tallies.v, check->tallies.n, sizeof *check->tallies.v, tally_order);
	while (i < check->tallies.n) {
		struct tally all = { .key = check->tallies.v[i].key };

		for (; i < check->tallies.n && check->tallies.v[i].key == all.key; i++) {
			all.held += check->tallies.v[i].held;
			all.wanted += check->tallies.v[i].wanted;
			all.n_held += check->tallies.v[i].n_held;
			all.n_wanted += check->tallies.v[i].n_wanted;
		}
		judge(cx, &all, out);
	}
}

bool
db_search_check(struct cx *cx, const struct search_source *source, struct search_faults *out)
{
	struct search_check check = { .source = source };
	bool ok;

	*out = (struct search_faults){ 0 };
	check.sums = new_array(cx->mem, SUMS, uint64_t);
	if (!round_run(cx, &check))
		return false;
	check.looked = new_array(cx->mem, SUMS, bool);
	if (!look_at_some(&check, &out->more))
		return true;
	check.mem = arena_new(TALLIES_BYTES_MAX);
	ok = round_run(cx, &check);
	if (ok)
		judge_all(cx, &check, out);
	arena_free(&check.mem);
	return ok;
}
