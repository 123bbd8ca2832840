/* The private link of a quote: over it the customer sees the quote without signing in, and answers.
 * Who has the link is the customer; the database knows only a keyed hash of it (sys_quote_link).  A
 * quote has one at a time; it is dead when the quote is answered or replaced, when its time is
 * over, and when it was withdrawn. */
#ifndef KONTOR_APP_QUOTE_LINK_H
#define KONTOR_APP_QUOTE_LINK_H

#include "record/record.h"

/* A new link of a quote that is a draft or sent, in a work; *token is what stands in the address
 * behind /q/, told once.  The one before it is dead.  Of a draft it works once the quote is sent.
 * E_CONFLICT where the quote is in another state; E_FORBIDDEN, E_MISSING. */
bool quote_link_make(struct cx *cx, int64_t quote, struct str *token) CHECKED;
/* Withdraws it, in a work; nothing to do where there is none. */
bool quote_link_drop(struct cx *cx, int64_t quote) CHECKED;
/* The quote whose living link this is, as the system sees it; E_MISSING, whatever is wrong with it,
 * always in the same words. */
bool quote_link_find(struct cx *cx, struct str token, const struct row **quote) CHECKED;
/* The same, locked for the answer, in a work. */
bool quote_link_take(struct cx *cx, struct str token, struct change **quote) CHECKED;

/* What the customer answers. */
struct quote_answer {
	bool accepts;
	struct str name;        /* who he says he is */
	struct str note;        /* or why not */
	struct str address;     /* from where, as it was seen */
	struct str letter_hash; /* of the PDF that he had before him */
	const int64_t *ids;     /* of the lines that he chose */
	size_t n_ids;
};
/* Writes it down for good, and lets the quote go its way: in a work, the quote from
 * quote_link_take. */
bool quote_answer_save(struct cx *cx, struct change *quote, const struct quote_answer *answer)
	CHECKED;

/* The ids of the lines that a customer chose when he accepted this quote; none where he did not. */
bool quote_answer_ids(struct cx *cx, int64_t quote, const int64_t **ids, size_t *n) CHECKED;

/* "203.0.113.0", "2001:db8:1::": the network alone. */
struct str address_short(struct cx *cx, struct str address);

#endif
