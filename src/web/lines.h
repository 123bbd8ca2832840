/* Inside web/: the lines of a quote or an order, on its page. */
#ifndef KONTOR_WEB_LINES_H
#define KONTOR_WEB_LINES_H

#include "app/lines.h"
#include "web/record.h"

/* The totals as {label, text, is_strong}. */
struct mv lines_totals(struct cx *cx, const struct sums *sums, int64_t discount,
		       const char *currency);

#endif
