/* What people do with quotes besides changing them. */
#ifndef KONTOR_APP_QUOTE_ACT_H
#define KONTOR_APP_QUOTE_ACT_H

#include "record/authz.h"
#include "record/record.h"

/* How many days a setting gives; otherwise where it is not set. */
enum { QUOTE_DAYS_MAX = 365 };
bool quote_days(struct cx *cx, struct str setting, int64_t otherwise, int64_t *out) CHECKED;

/* Of a quote whose discount is above what its author may give: ask (whoever may is told), approve,
 * refuse (with a reason); in a work.  E_CONFLICT where nothing waits for it, E_FORBIDDEN where the
 * actor may not decide so much himself. */
bool quote_approval(struct cx *cx, int64_t quote, struct str act, struct str reason) CHECKED;
/* May the actor give what this quote gives? */
bool quote_may_decide(struct cx *cx, const struct row *quote, bool *out) CHECKED;

/* A new version of a quote that was sent: a draft with the same number and lines, the next version;
 * the old one is replaced and stays as it is.  In a work.  E_CONFLICT where it is still a draft,
 * or was accepted or replaced; E_FORBIDDEN, E_MISSING. */
bool quote_revise(struct cx *cx, int64_t quote, int64_t *out) CHECKED;

#endif
