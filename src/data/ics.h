/* iCalendar (RFC 5545): a calendar that another program subscribes to. */
#ifndef KONTOR_DATA_ICS_H
#define KONTOR_DATA_ICS_H

#include "base/cx.h"

struct ics_event {
	struct str uid; /* the same at each fetch, of no other event */
	struct str title;
	struct str text;       /* lines, or empty */
	struct str url;        /* of the record, or empty */
	bool is_day;           /* all day long: `at` is a date, and nobody is busy */
	int64_t at;            /* a date, or a moment in ms */
	int64_t lasts_s;       /* of a moment; 0: it is not said how long */
	int64_t changed_at_ms; /* when the record was changed last */
	int64_t version;       /* of the record, from 1 */
};

/* A calendar is begun, gets its events, and is ended.  Texts are UTF-8; lines are folded. */
void ics_begin(struct cx *cx, struct buf *out, struct str name);
void ics_event(struct cx *cx, struct buf *out, const struct ics_event *event);
void ics_end(struct buf *out);

#endif
