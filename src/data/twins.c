#include "data/twins.h"

#include "base/fold.h"
#include "base/hint.h"
#include "model/type.h"

enum {
	ENOUGH = 4,     /* points for two records to be shown as one */
	TITLE_SAME = 4, /* points: the titles are equal */
	TITLE_ALIKE = 3,
	LITTLE_MAX = 2, /* what texts and days that are equal can add together */
	CANDIDATES_MAX = 60,
	WORDS_MAX = 12,   /* of a title */
	SEARCH_BYTES = 6, /* of each: an ending may be spelled in another way */
	SEARCH_BYTES_MIN = 3,
	LETTERS_FOR_ONE = 5,
	LETTERS_FOR_TWO = 16,
	APART_MAX = 200,
	EACH_MAX = 20, /* candidates by one value */
};

#define BETWEEN " \t.,;:&+-/()'\""

/* What a field tells by its type: where both have the same, and where both have another. */
static const struct {
	enum field_type type;
	int same, other;
	bool is_address; /* enough to look by; any field of the type may hold it */
} WEIGHTS[] = {
	{ FT_EMAIL, 4, 0, true },  { FT_PHONE, 2, 0, true },  { FT_URL, 2, 0, true },
	{ FT_DATE, 1, -3, false }, { FT_TEXT, 1, -1, false },
};

static int
weight_of(const struct field *f)
{
	for (size_t i = 0; i < countof(WEIGHTS); i++)
		if (WEIGHTS[i].type == f->type)
			return (int)i;
	return -1;
}

static bool
is_there(const struct row *row, const struct field *f)
{
	return fieldset_has(&row->has, f->index) && row->v[f->index].kind == V_TEXT;
}

static bool
is_same(struct cx *cx, const struct row *a, const struct field *f, const struct row *b,
	const struct field *g)
{
	struct value left, right;

	if (!is_there(a, f) || !is_there(b, g))
		return false;
	left = field_key(cx->mem, f, &a->v[f->index]);
	right = field_key(cx->mem, g, &b->v[g->index]);
	return str_eq(left.s, right.s);
}

/* ---- titles ---- */

static const char *const FORMS[] = { "gmbh", "mbh", "ag", "kg",   "kgaa", "ohg", "gbr", "ug",
				     "se",   "ek",  "eg", "ev",   "co",   "inc", "ltd", "llc",
				     "plc",  "bv",  "nv", "sarl", "sa",   "spa", "srl", "und",
				     "and",  "e",   "k",  "v",    "the",  "die", "der" };

static bool
is_form(struct str word)
{
	for (size_t i = 0; i < countof(FORMS); i++)
		if (str_eq_z(word, FORMS[i]))
			return true;
	return false;
}

/* "mueller" and "müller" are one name: folded, the e behind a, o and u goes. */
static struct str
name_key(struct cx *cx, struct str word)
{
	struct str key = fold_key(cx->mem, word);
	struct buf out = buf_in(cx->mem, key.n + 1);

	for (size_t i = 0; i < key.n; i++)
		if (key.p[i] != 'e' || !i || !strchr("aou", key.p[i - 1]))
			buf_char(&out, key.p[i]);
	return buf_done(&out);
}

struct title_word {
	struct str text, folded;
};

/* The words of a title that tell something. */
static size_t
title_words(struct cx *cx, const struct row *row, struct title_word out[WORDS_MAX])
{
	const struct field *title = row->object->title;
	struct str rest;
	size_t n = 0;

	if (!title || !is_there(row, title))
		return 0;
	rest = row->v[title->index].s;
	while (rest.n && n < WORDS_MAX) {
		size_t from = 0, to;

		while (from < rest.n && strchr(BETWEEN, rest.p[from]))
			from++;
		for (to = from; to < rest.n && !strchr(BETWEEN, rest.p[to]);)
			to++;
		out[n].text = (struct str){ rest.p + from, to - from };
		out[n].folded = name_key(cx, out[n].text);
		rest = (struct str){ rest.p + to, rest.n - to };
		if (out[n].folded.n && !is_form(out[n].folded))
			n++;
	}
	return n;
}

/* One slip of the pen in a word of five letters, two in one of sixteen. */
static bool
words_alike(struct str a, struct str b)
{
	size_t n = a.n < b.n ? a.n : b.n, most = n < LETTERS_FOR_ONE   ? 0
						 : n < LETTERS_FOR_TWO ? 1
								       : 2;

	return str_eq(a, b) || (most && hint_distance(a, b) <= most);
}

/* Each word of the shorter title stands in the longer one, in any order. */
static bool
titles_alike(struct cx *cx, const struct row *a, const struct row *b)
{
	struct title_word left[WORDS_MAX], right[WORDS_MAX];
	size_t n = title_words(cx, a, left), m = title_words(cx, b, right), found = 0;
	bool used[WORDS_MAX] = { false };

	if (n > m)
		return titles_alike(cx, b, a);
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < m; k++)
			if (!used[k] && words_alike(left[i].folded, right[k].folded)) {
				used[k] = true;
				found++;
				break;
			}
	return n && found == n && (n == m || n > 1);
}

/* ---- what two records tell ---- */

static void
note_same(struct twin *twin, const struct field *f)
{
	if (twin->n_same < TWIN_FIELDS_MAX)
		twin->same[twin->n_same++] = f;
}

/* An address of the one in any field of its type of the other. */
static bool
has_address(struct cx *cx, const struct row *a, const struct field *f, const struct row *b)
{
	for (unsigned i = SF__MAX; i < b->object->n_fields; i++)
		if (b->object->fields[i]->type == f->type &&
		    is_same(cx, a, f, b, b->object->fields[i]))
			return true;
	return false;
}

static void
weigh_field(struct cx *cx, const struct row *a, const struct row *b, const struct field *f,
	    int *little, struct twin *twin)
{
	int at = weight_of(f);

	if (at < 0 || f->unique || f == f->object->title || !is_there(a, f))
		return;
	if (WEIGHTS[at].is_address) {
		if (!has_address(cx, a, f, b))
			return;
		twin->points += WEIGHTS[at].same;
		note_same(twin, f);
	} else if (f->personal && is_there(b, f)) {
		if (!is_same(cx, a, f, b, f)) {
			twin->points += WEIGHTS[at].other;
			return;
		}
		*little += WEIGHTS[at].same;
		note_same(twin, f);
	}
}

/* What two rows of one object tell: false where it is too little. */
static bool
twin_weigh(struct cx *cx, const struct row *a, const struct row *b, struct twin *out)
{
	const struct field *title = a->object->title;
	struct twin twin = { .row = b };
	int little = 0;

	if (title && is_same(cx, a, title, b, title)) {
		twin.points = TITLE_SAME;
		note_same(&twin, title);
	} else if (titles_alike(cx, a, b)) {
		twin.points = TITLE_ALIKE;
		twin.is_alike = true;
	}
	for (unsigned i = SF__MAX; i < a->object->n_fields; i++)
		weigh_field(cx, a, b, a->object->fields[i], &little, &twin);
	twin.points += little < LITTLE_MAX ? little : LITTLE_MAX;
	if (twin.points < ENOUGH)
		return false;
	*out = twin;
	return true;
}

/* ---- looking ---- */

struct look {
	const struct row *row;
	int64_t ids[CANDIDATES_MAX];
	size_t n;
	struct rows apart;
};

static void
look_at(struct look *look, int64_t id)
{
	if (id == look->row->id || look->n == CANDIDATES_MAX)
		return;
	for (size_t i = 0; i < look->n; i++)
		if (look->ids[i] == id)
			return;
	look->ids[look->n++] = id;
}

/* Who has this value in this field: the index of the field serves it, in the order of ids. */
static bool
by_clause(struct cx *cx, const struct face *face, const struct field *f, struct str value,
	  struct look *look)
{
	const struct object *object = f->object;
	const struct field *id[] = { object->fields[SF_ID] };
	const struct sort_key newest = { object->fields[SF_ID], true };
	struct query query = { .object = object,
			       .face = face,
			       .fields = id,
			       .n_fields = 1,
			       .sort = &newest,
			       .n_sort = 1,
			       .limit = EACH_MAX };
	struct buf text = buf_in(cx->mem, COND_TEXT_MAX);
	struct rows rows;

	buf_str(&text, f->name);
	BUF_LIT(&text, " = ");
	buf_quoted(&text, value);
	if (!cond_parse(cx, cx->mem, cx->model, object, buf_done(&text), NULL, &query.where) ||
	    !record_query(cx, &query, &rows))
		return false;
	for (size_t i = 0; i < rows.n; i++)
		look_at(look, rows.v[i].id);
	return true;
}

/* A value in all fields that may hold it. */
static bool
by_field(struct cx *cx, const struct face *face, const struct field *f, struct look *look)
{
	const struct object *object = f->object;

	for (unsigned i = SF__MAX; i < object->n_fields; i++) {
		const struct field *g = object->fields[i];
		bool holds = f == object->title ? g == f : g->type == f->type;

		if (holds && field_is_indexed(g) && fieldset_has(&look->row->has, i) &&
		    !by_clause(cx, face, g, look->row->v[f->index].s, look))
			return false;
	}
	return true;
}

/* Who has the same title, or one of its addresses. */
static bool
by_value(struct cx *cx, const struct face *face, struct look *look)
{
	const struct object *object = look->row->object;

	for (unsigned i = SF__MAX; i < object->n_fields; i++) {
		const struct field *f = object->fields[i];
		int at = weight_of(f);

		if (is_there(look->row, f) &&
		    (f == object->title || (at >= 0 && WEIGHTS[at].is_address)) &&
		    !by_field(cx, face, f, look))
			return false;
	}
	return true;
}

/* The longest word but one; but = n: of all. */
static size_t
longest(const struct title_word *words, size_t n, size_t but)
{
	size_t best = but == 0;

	for (size_t i = best + 1; i < n; i++)
		if (i != but && words[i].text.n > words[best].text.n)
			best = i;
	return best;
}

/* Whose title has the one word, and another that begins like the other. */
static bool
by_words(struct cx *cx, struct look *look, struct str whole, struct str begun)
{
	struct hits hits;

	begun = str_begin(begun, SEARCH_BYTES);
	if (begun.n < SEARCH_BYTES_MIN)
		return true;
	if (!record_search(cx, look->row->object,
			   str_printf(cx->mem, "%.*s %.*s", STR_FMT(whole), STR_FMT(begun)),
			   SEARCH_MAX, &hits))
		return false;
	for (size_t i = 0; i < hits.n; i++)
		look_at(look, hits.v[i].id);
	return true;
}

/* By the two longest words of the title: each may be spelled in another way. */
static bool
by_title(struct cx *cx, struct look *look)
{
	struct title_word words[WORDS_MAX];
	size_t n = title_words(cx, look->row, words), first, second;

	if (!n)
		return true;
	first = longest(words, n, n);
	if (n == 1)
		return by_words(cx, look, S(""), words[first].text);
	second = longest(words, n, first);
	return by_words(cx, look, words[second].text, words[first].text) &&
	       by_words(cx, look, words[first].text, words[second].text);
}

static bool
apart_read(struct cx *cx, struct look *look)
{
	const struct object *apart = object_find(cx->model, S("kept_apart"), NULL);
	const struct field *fields[2];
	struct query query = { .object = apart, .limit = APART_MAX, .fields = fields };
	struct str name = look->row->object->name;

	if (!apart || !can_object(cx, apart, OP_READ))
		return true;
	fields[query.n_fields++] = field_find(apart, S("one"));
	fields[query.n_fields++] = field_find(apart, S("other"));
	return cond_parse(cx, cx->mem, cx->model, apart,
			  str_printf(cx->mem, "one = %.*s:%lld or other = %.*s:%lld", STR_FMT(name),
				     (long long)look->row->id, STR_FMT(name),
				     (long long)look->row->id),
			  NULL, &query.where) &&
	       record_query(cx, &query, &look->apart);
}

static bool
is_apart(const struct look *look, int64_t id)
{
	for (size_t i = 0; i < look->apart.n; i++) {
		const struct row *row = &look->apart.v[i];

		for (unsigned k = SF__MAX; k < row->object->n_fields; k++)
			if (row->v[k].kind == V_ANY && row->v[k].i == id &&
			    str_eq(row->v[k].s, look->row->object->name))
				return true;
	}
	return false;
}

static void
keep(struct twins *twins, const struct twin *twin)
{
	size_t at = twins->n;

	while (at && twins->v[at - 1].points < twin->points)
		at--;
	if (at == TWINS_MAX)
		return;
	if (twins->n < TWINS_MAX)
		twins->n++;
	for (size_t i = twins->n - 1; i > at; i--)
		twins->v[i] = twins->v[i - 1];
	twins->v[at] = *twin;
}

static bool
weigh_all(struct cx *cx, const struct face *face, const struct look *look, struct twins *out)
{
	const struct object *object = look->row->object;
	struct query query = { .object = object, .face = face, .limit = CANDIDATES_MAX };
	struct buf text = buf_in(cx->mem, COND_TEXT_MAX);
	struct rows rows;

	BUF_LIT(&text, "id in (");
	for (size_t i = 0; i < look->n; i++) {
		buf_z(&text, i ? ", " : "");
		buf_int(&text, look->ids[i]);
	}
	buf_char(&text, ')');
	query.sort = &(struct sort_key){ object->fields[SF_ID], false };
	query.n_sort = 1;
	if (!cond_parse(cx, cx->mem, cx->model, object, buf_done(&text), NULL, &query.where) ||
	    !record_query(cx, &query, &rows))
		return false;
	for (size_t i = 0; i < rows.n; i++) {
		struct twin twin;

		if (!is_apart(look, rows.v[i].id) && twin_weigh(cx, look->row, &rows.v[i], &twin))
			keep(out, &twin);
	}
	return true;
}

bool
twins_find(struct cx *cx, const struct face *face, const struct row *row, struct twins *out)
{
	struct look look = { .row = row };

	*out = (struct twins){ .n = 0 };
	if (!by_value(cx, face, &look) || !by_title(cx, &look))
		return false;
	return !look.n || (apart_read(cx, &look) && weigh_all(cx, face, &look, out));
}
