#include "base/hint.h"

#include "base/i18n.h"

enum { HINT_DISTANCE_MAX = 3 };

struct hint
hint_for(struct str word)
{
	return (struct hint){ .word = word, .distance = HINT_DISTANCE_MAX };
}

/* Edits (insert, delete, replace, swap of neighbours) from a to b; both short. */
static size_t
edit_distance(struct str a, struct str b)
{
	size_t row[3][HINT_WORD_MAX + 1];

	for (size_t j = 0; j <= b.n; j++)
		row[0][j] = j;
	for (size_t i = 1; i <= a.n; i++) {
		size_t *now = row[i % 3], *before = row[(i + 2) % 3], *twice = row[(i + 1) % 3];

		now[0] = i;
		for (size_t j = 1; j <= b.n; j++) {
			size_t best = before[j - 1] + (a.p[i - 1] != b.p[j - 1]);

			best = before[j] + 1 < best ? before[j] + 1 : best;
			best = now[j - 1] + 1 < best ? now[j - 1] + 1 : best;
			if (i > 1 && j > 1 && a.p[i - 1] == b.p[j - 2] &&
			    a.p[i - 2] == b.p[j - 1] && twice[j - 2] + 1 < best)
				best = twice[j - 2] + 1;
			now[j] = best;
		}
	}
	return row[a.n % 3][b.n];
}

size_t
hint_distance(struct str a, struct str b)
{
	return a.n > HINT_WORD_MAX || b.n > HINT_WORD_MAX ? SIZE_MAX : edit_distance(a, b);
}

void
hint_offer(struct hint *hint, struct str candidate)
{
	size_t distance;

	if (hint->word.n > HINT_WORD_MAX || candidate.n > HINT_WORD_MAX || hint->word.n < 2)
		return;
	distance = edit_distance(hint->word, candidate);
	if (distance < hint->distance && distance * 2 < hint->word.n + 1) {
		hint->distance = distance;
		hint->best = candidate;
	}
}

const char *
hint_text(const struct cx *cx, struct arena *mem, const struct hint *hint)
{
	if (!hint->best.n)
		return "";
	return str_printf(mem, tr_lang(cx ? cx->lang : LANG_EN, " (did you mean %.*s?)"),
			  STR_FMT(hint->best))
		.p;
}
