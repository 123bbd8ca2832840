#include "web/amounts.h"

bool
sums_add(struct cx *cx, struct sums *sums, const struct value *v)
{
	if (v->kind == V_NONE)
		return true;
	for (size_t i = 0; i < sums->n; i++)
		if (!strcmp(sums->v[i].currency, v->currency))
			return !__builtin_add_overflow(sums->v[i].i, v->i, &sums->v[i].i) ||
			       fail(cx, E_INPUT, "The sum is too large to be counted");
	if (sums->n == AMOUNTS_CURRENCIES_MAX)
		return fail(cx, E_TOO_BIG, "There are more than %d currencies",
			    AMOUNTS_CURRENCIES_MAX);
	sums->v[sums->n++] = *v;
	return true;
}

bool
sums_add_all(struct cx *cx, struct sums *sums, const struct sums *more)
{
	for (size_t i = 0; i < more->n; i++)
		if (!sums_add(cx, sums, &more->v[i]))
			return false;
	return true;
}

struct str
sums_text(struct cx *cx, const struct field *f, const struct sums *sums)
{
	struct buf text = buf_in(cx->mem, CELL_MAX);

	for (size_t i = 0; i < sums->n; i++) {
		buf_z(&text, i ? " · " : "");
		buf_str(&text, value_print(cx, f, &sums->v[i]));
	}
	return buf_done(&text);
}

int64_t
sums_in(const struct sums *sums, const char *currency)
{
	for (size_t i = 0; i < sums->n; i++)
		if (!strcmp(sums->v[i].currency, currency))
			return sums->v[i].i;
	return 0;
}
