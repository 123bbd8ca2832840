#include "app/recur.h"
#include "base/clock.h"
#include "base/cx.h"

/* Any bytes as a rule: what is parsed is printed and parsed again to the same, and its days ascend
 * from the start. */

enum { DAYS = 50, START = 20000, MEMORY = 1 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
check_days(const struct recur *rule)
{
	struct recur_walk walk;
	int64_t before = START - 1, day;

	recur_begin(&walk, rule, START);
	for (int i = 0; i < DAYS && recur_next(&walk, &day); i++) {
		if (day <= before || (rule->has_until && day > rule->until))
			abort();
		before = day;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct cx *cx;
	struct recur rule, again;
	struct recur_fault fault;
	struct buf text, twice, words;

	if (!cx)
		cx = cx_new(&env_real, MEMORY);
	cx_reset(cx);
	text = buf_in(cx->mem, MEMORY / 4);
	twice = buf_in(cx->mem, MEMORY / 4);
	words = buf_in(cx->mem, MEMORY / 4);
	if (!recur_parse((struct str){ (const char *)data, n }, &rule, &fault))
		return 0;
	recur_print(&rule, &text);
	if (text.n <= RECUR_TEXT_MAX) {
		if (!recur_parse(buf_done(&text), &again, &fault))
			abort();
		recur_print(&again, &twice);
		if (!str_eq(buf_done(&text), buf_done(&twice)))
			abort();
	}
	recur_words(cx, &rule, &words);
	check_days(&rule);
	return 0;
}
