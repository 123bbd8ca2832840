/* Full text: words are made alike for both engines, so that both find the same. */
#include "db/driver.h"

enum {
	DELETE = 0x7f,
	LETTERS = 26,
	DIGITS = 10,
	TAIL_MASK = 0xc0,
	TAIL = 0x80,
	QUESTION_MAX = 1 << 20,
	GROWTH = 4,
	MARK_TAIL = 3
};

static bool
is_blank(char c)
{
	return (unsigned char)c <= ' ' || c == DELETE;
}

static struct str
cut_at_letter(struct str s, size_t max)
{
	size_t n = s.n;

	if (n > max)
		for (n = max; n && ((unsigned char)s.p[n] & TAIL_MASK) == TAIL; n--)
			;
	return str_first(s, n);
}

static struct str
next_word(struct str *s)
{
	struct str word;
	size_t n = 0;

	while (s->n && is_blank(s->p[0]))
		*s = str_from(*s, 1);
	while (n < s->n && !is_blank(s->p[n]))
		n++;
	word = str_first(*s, n);
	*s = str_from(*s, n);
	return word;
}

static void
put_byte(const struct search_form *form, char c, struct buf *out)
{
	for (size_t i = 0; form && i < countof(form->escapes) && form->escapes[i].c; i++)
		if (form->escapes[i].c == c) {
			buf_z(out, form->escapes[i].as);
			return;
		}
	buf_char(out, (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c));
}

/* Is there anything that put_word would write? */
static bool
has_letters(struct str word)
{
	for (size_t i = 0; i < word.n; i++)
		if (str_starts(str_from(word, i), SEARCH_MARK))
			i += MARK_TAIL;
		else if (!is_blank(word.p[i]) && word.p[i] != '|')
			return true;
	return false;
}

/* Form NULL: the bare word. */
static void
put_word(const struct search_form *form, struct str word, bool is_prefix, struct buf *out)
{
	word = cut_at_letter(word, SEARCH_WORD_MAX);
	if (form)
		buf_z(out, form->open);
	for (size_t i = 0; i < word.n; i++)
		if (str_starts(str_from(word, i), SEARCH_MARK))
			i += MARK_TAIL;
		else if (!is_blank(word.p[i]))
			put_byte(form, word.p[i], out);
	if (form)
		buf_z(out, is_prefix ? form->close_prefix : form->close);
}

/* Nothing in it that put_word would change or leave out: letters and digits as folding gives them.
 */
static bool
is_plain(struct str word)
{
	const unsigned char first_of_mark = (unsigned char)SEARCH_MARK.p[0];

	for (size_t i = 0; i < word.n; i++) {
		unsigned char c = (unsigned char)word.p[i];

		if ((unsigned)(c - 'a') >= LETTERS && (unsigned)(c - '0') >= DIGITS &&
		    (c <= DELETE || c == first_of_mark))
			return false;
	}
	return word.n <= SEARCH_WORD_MAX;
}

static void
put_plain(const struct search_form *form, struct str word, struct buf *out)
{
	if (form)
		buf_z(out, form->open);
	buf_str(out, word);
	if (form)
		buf_z(out, form->close);
}

/* ---- documents ----------------------------------------------------------------------------- */

static void
put_text(const struct search_form *form, struct str text, struct buf *out)
{
	const struct search_form *quotes = form->quotes_documents ? form : NULL;
	struct str rest = cut_at_letter(text, SEARCH_TEXT_MAX), word;

	while ((word = next_word(&rest)).n) {
		bool plain = is_plain(word);

		if (!plain && !has_letters(word))
			continue;
		if (out->n)
			buf_char(out, ' ');
		if (plain)
			put_plain(quotes, word, out);
		else
			put_word(quotes, word, false, out);
	}
}

static bool
put_texts(struct cx *cx, const struct search_form *form, struct str title, struct str body,
	  struct str *out_title, struct str *out_all)
{
	struct buf titles = buf_in(cx->mem, GROWTH * SEARCH_TEXT_MAX),
		   all = buf_in(cx->mem, 2 * GROWTH * SEARCH_TEXT_MAX);

	put_text(form, title, &titles);
	put_text(form, title, &all);
	put_text(form, body, &all);
	if (titles.full || all.full)
		return fail(cx, E_TOO_BIG, "The text is too long to be searched for.");
	*out_title = buf_done(&titles);
	*out_all = buf_done(&all);
	return true;
}

bool
search_bare(struct cx *cx, struct str title, struct str body, struct str *out_title,
	    struct str *out_all)
{
	static const struct search_form bare = { 0 };

	return put_texts(cx, &bare, title, body, out_title, out_all);
}

static bool
document(struct cx *cx, bool is_put, int64_t object, int64_t record, struct str title,
	 struct str body)
{
	struct arena_mark before = arena_mark(cx->mem);
	struct search_entry entry = { is_put, object, record, { 0 }, { 0 } };

	if (!db_in_write(cx))
		return bug(cx, "a change of the full text outside of a write");
	if (object < 0 || object > SEARCH_OBJECT_MAX || record < 0 || record >> 52)
		return bug(cx, "a document out of range: object %lld, record %lld",
			   (long long)object, (long long)record);
	if (!put_texts(cx, &cx->db->driver->search->form, title, body, &entry.title, &entry.all) ||
	    !later_add(cx, &entry))
		return false;
	arena_rewind(cx->mem, before);
	return true;
}

bool
db_search_put(struct cx *cx, int64_t object, int64_t record, struct str title, struct str body)
{
	return document(cx, true, object, record, title, body);
}

bool
db_search_drop(struct cx *cx, int64_t object, int64_t record, struct str title, struct str body)
{
	return document(cx, false, object, record, title, body);
}

static bool
run_all(struct cx *cx, const char *const *sql)
{
	for (; *sql; sql++)
		if (!db_ddl(cx, str_of(*sql)))
			return false;
	return true;
}

bool
db_search_create(struct cx *cx)
{
	return run_all(cx, cx->db->driver->search->create_sql);
}

bool
db_search_is_current(struct cx *cx, bool *out)
{
	return cx->db->driver->search->is_current(cx, out);
}

bool
db_search_clear(struct cx *cx)
{
	return later_flush(cx, false) && run_all(cx, cx->db->driver->search->clear_sql);
}

bool
db_search_optimize(struct cx *cx)
{
	if (cx->conn)
		return bug(cx, "maintenance of the database inside of a unit of work");
	return cx->db->driver->search->optimize(cx);
}

/* ---- questions ----------------------------------------------------------------------------- */

static bool
put_alternatives(struct cx *cx, const struct search_form *form, struct str word, bool is_prefix,
		 struct buf *out)
{
	size_t n = 0;

	buf_char(out, '(');
	while (word.n) {
		struct str one = str_cut(&word, '|');

		if (!has_letters(one))
			continue;
		if (n++)
			buf_z(out, form->any);
		put_word(form, one, is_prefix, out);
	}
	buf_char(out, ')');
	return n <= SEARCH_ALTERNATIVES_MAX ||
	       fail(cx, E_INPUT, "A word may have at most %d alternatives.",
		    SEARCH_ALTERNATIVES_MAX);
}

/* Empty where there is no word. */
static bool
question_text(struct cx *cx, const struct strs *words, bool is_prefix, struct str *out)
{
	const struct search_form *form = &cx->db->driver->search->form;
	struct buf text = buf_in(cx->mem, QUESTION_MAX);
	size_t last = words->n;

	while (last && !has_letters(words->v[last - 1]))
		last--;
	for (size_t i = 0; i < last; i++) {
		if (!has_letters(words->v[i]))
			continue;
		if (text.n)
			buf_z(&text, form->all);
		if (!put_alternatives(cx, form, words->v[i], is_prefix && i + 1 == last, &text))
			return false;
	}
	if (text.full)
		return fail(cx, E_INPUT, "The words to search for are too long.");
	*out = buf_done(&text);
	return true;
}

/* What put_word makes of them, without the form of the engine. */
static void
question_words(struct cx *cx, const struct strs *words, struct strs *out)
{
	for (size_t i = 0; i < words->n; i++) {
		struct str rest = words->v[i];
		struct buf text = buf_in(cx->mem, QUESTION_MAX);

		while (rest.n) {
			struct str one = str_cut(&rest, '|');

			if (text.n && has_letters(one))
				buf_char(&text, '|');
			if (has_letters(one))
				put_word(NULL, one, false, &text);
		}
		if (text.n)
			list_add(cx->mem, out, buf_done(&text));
	}
}

struct hits {
	struct db_search_hit *v;
	size_t n, cap;
	size_t begins[SEARCH__MAX + 1]; /* of each round, among the hits; each is newest first */
	size_t limit;
	struct recents recents;
};

static bool
is_newer(const struct db_search_hit *a, const struct db_search_hit *b)
{
	return a->record != b->record ? a->record > b->record : a->object > b->object;
}

/* at[]: how far each earlier round has been walked along. */
static bool
is_known(const struct hits *hits, size_t round, const struct db_search_hit *hit, size_t *at)
{
	for (size_t i = 0; i < round; i++) {
		while (at[i] < hits->begins[i + 1] && is_newer(&hits->v[at[i]], hit))
			at[i]++;
		if (at[i] < hits->begins[i + 1] && !is_newer(hit, &hits->v[at[i]]))
			return true;
	}
	return false;
}

/* Those that are newer than this hit of the index, or all.  True: it is a recent document itself,
 * and the index does not know what stands in it now. */
static bool
add_recent(struct cx *cx, size_t round, const struct db_search_hit *until, size_t *next,
	   struct hits *hits)
{
	const struct recents *recents = &hits->recents;
	bool is_same = false;

	for (; *next < recents->n && hits->n < hits->limit; ++*next) {
		struct db_search_hit hit = recents->v[*next].hit;

		is_same = until && !is_newer(&hit, until);
		if (is_same && is_newer(until, &hit))
			return false;
		hit.in_title = round == SEARCH_TITLES;
		if (recents->v[*next].round == round)
			list_add(cx->mem, hits, hit);
		if (is_same) {
			++*next;
			return true;
		}
	}
	return false;
}

static bool
read_hits(struct cx *cx, struct stmt *stmt, size_t round, struct hits *hits)
{
	size_t at[SEARCH__MAX], next = 0;
	bool row;

	memcpy(at, hits->begins, sizeof at);
	while (hits->n < hits->limit) {
		struct db_search_hit hit = { .in_title = round == SEARCH_TITLES };

		if (!db_step(cx, stmt, &row))
			return false;
		if (!row) {
			add_recent(cx, round, NULL, &next, hits);
			return true;
		}
		hit.object = db_col_int(stmt, 0);
		hit.record = db_col_int(stmt, 1);
		if (!add_recent(cx, round, &hit, &next, hits) && hits->n < hits->limit &&
		    !is_known(hits, round, &hit, at))
			list_add(cx->mem, hits, hit);
	}
	db_done(stmt);
	return true;
}

static bool
find_hits(struct cx *cx, int64_t object, const struct search_question *question, struct hits *hits)
{
	if (!recents_read(cx, object, question, &hits->recents))
		return false;
	for (size_t round = 0; round < SEARCH__MAX && hits->n < hits->limit; round++) {
		struct stmt *stmt = cx->db->driver->search->find(
			cx, (enum search_round)round, object, question, (int64_t)hits->limit);

		hits->begins[round] = hits->n;
		if (!stmt || !read_hits(cx, stmt, round, hits))
			return false;
		hits->begins[round + 1] = hits->n;
	}
	return true;
}

bool
db_search_find(struct cx *cx, int64_t object, const struct strs *words, int64_t limit,
	       struct db_search_hit **out, size_t *out_n)
{
	struct search_question question = { 0 };
	struct hits hits = { .limit = limit > SEARCH_HITS_MAX ? SEARCH_HITS_MAX : (size_t)limit };

	if (words->n > SEARCH_QUERY_MAX)
		return fail(cx, E_INPUT, "Search for at most %d words at a time.",
			    SEARCH_QUERY_MAX);
	if (!later_flush(cx, false))
		return false;
	if (!question_text(cx, words, true, &question.prefix) ||
	    !question_text(cx, words, false, &question.exact))
		return false;
	question_words(cx, words, &question.words);
	if (question.prefix.n && !find_hits(cx, object, &question, &hits))
		return false;
	*out = hits.v;
	*out_n = hits.n;
	return true;
}

bool
db_search_ids(struct cx *cx, int64_t object, const struct strs *words, bool in_title,
	      const struct search_sink *sink)
{
	struct search_question question = { 0 };

	if (!question_text(cx, words, true, &question.prefix))
		return false;
	question_words(cx, words, &question.words);
	if (question.prefix.n)
		cx->db->driver->search->ids(cx, object, &question, in_title, sink);
	else
		sink->text(sink, "SELECT 0 WHERE 1 = 0");
	return true;
}
