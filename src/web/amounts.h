/* Inside web/: sums of money, one for each currency. */
#ifndef KONTOR_WEB_AMOUNTS_H
#define KONTOR_WEB_AMOUNTS_H

#include "web/web.h"

enum { AMOUNTS_CURRENCIES_MAX = 8 };

struct sums {
	struct value v[AMOUNTS_CURRENCIES_MAX];
	size_t n;
};

/* E_TOO_BIG where there are more currencies, or the sum has no room. */
bool sums_add(struct cx *cx, struct sums *sums, const struct value *v) CHECKED;
bool sums_add_all(struct cx *cx, struct sums *sums, const struct sums *more) CHECKED;
/* "€1,000 · CHF 20", as the field prints them; empty where there are none. */
struct str sums_text(struct cx *cx, const struct field *f, const struct sums *sums);
/* Those of one currency; 0 where there are none. */
int64_t sums_in(const struct sums *sums, const char *currency);

#endif
