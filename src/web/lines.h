/* Inside web/: the lines of a quote or an order, on its page. */
#ifndef KONTOR_WEB_LINES_H
#define KONTOR_WEB_LINES_H

#include "app/lines.h"
#include "web/record.h"

/* The totals as {label, text, is_strong}. */
struct mv lines_totals(struct cx *cx, const struct sums *sums, int64_t discount,
		       const char *currency);
/* "1.234,50 €" */
struct str lines_money(struct cx *cx, int64_t units, const char *currency);
/* A field of a line as the control of the editor holds it: numbers without zeros at their end,
 * money without its sign. */
struct str lines_text(struct cx *cx, const struct field *f, const struct value *v);

#endif
