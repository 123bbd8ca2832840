/* Sales processes: what their stages ask of deals, and what becomes of deals when a stage goes. */
#ifndef KONTOR_APP_PROCESS_H
#define KONTOR_APP_PROCESS_H

#include "record/record.h"

enum { PROCESS_DEALS_MAX = 5000 }; /* that a stage or a pipeline may hold when it is removed */

/* Can a stage ask that this field of a deal be filled?  Not where the program fills it itself. */
bool process_can_ask(const struct field *f);

/* The names in stage.required, one after the other; false: there is none left.  `rest` begins as
 * the value's text. */
bool process_next_fact(struct str *rest, struct str *out);

/* May the actor remove stages and pipelines: of all deals, so that none is forgotten? */
bool process_can_remove(const struct cx *cx);

/* How many deals stand in a stage, or go through a pipeline (the object of `row`). */
bool process_count_deals(struct cx *cx, const struct row *row, int64_t *out) CHECKED;

/* Move a stage or a pipeline to the trash, its deals before that to another stage (0: there may be
 * none), in a work.  They take its outcome and probability, as always; what it asks on entry is not
 * asked, since nobody moved them by hand.  E_TOO_BIG above PROCESS_DEALS_MAX. */
bool process_remove(struct cx *cx, const struct row *row, int64_t to_stage) CHECKED;

#endif
