#include "db/driver.h"

static bool
text_has(struct str text, struct str word, bool is_prefix)
{
	while (text.n) {
		struct str one = str_cut(&text, ' ');

		if (is_prefix ? str_starts(one, word) : str_eq(one, word))
			return true;
	}
	return false;
}

static bool
text_has_any(struct str text, struct str alternatives, bool is_prefix)
{
	while (alternatives.n)
		if (text_has(text, str_cut(&alternatives, '|'), is_prefix))
			return true;
	return false;
}

static bool
text_has_all(struct str text, const struct strs *words, bool is_prefix)
{
	for (size_t i = words->n; i-- > 0;)
		if (!text_has_any(text, words->v[i], is_prefix && i + 1 == words->n))
			return false;
	return true;
}

bool
db_search_has(struct str text, const struct strs *words)
{
	return text_has_all(text, words, true);
}

static enum search_round
round_of(const struct strs *words, struct str title, struct str all)
{
	if (!text_has_all(all, words, true))
		return SEARCH__MAX;
	if (text_has_all(title, words, true))
		return SEARCH_TITLES;
	return text_has_all(all, words, false) ? SEARCH_WORDS : SEARCH_PREFIX;
}

bool
recents_read(struct cx *cx, int64_t object, const struct search_question *question,
	     struct recents *out)
{
	const struct search_driver *search = cx->db->driver->search;
	struct stmt *stmt;
	bool row;

	if (!search->recent)
		return true;
	stmt = search->recent(cx);
	while (stmt && db_step(cx, stmt, &row)) {
		struct recent recent = { .round = SEARCH__MAX };

		if (!row)
			return true;
		recent.hit.object = db_col_int(stmt, 0);
		recent.hit.record = db_col_int(stmt, 1);
		if (object && recent.hit.object != object)
			continue;
		if (!db_col_null(stmt, 3))
			recent.round = round_of(&question->words, db_col_str(stmt, 2),
						db_col_str(stmt, 3));
		list_add(cx->mem, out, recent);
	}
	return false;
}
