/* What a quote might offer instead of what it does, or besides it. */
#ifndef KONTOR_APP_PROPOSAL_H
#define KONTOR_APP_PROPOSAL_H

#include "record/record.h"

enum { PROPOSALS_MAX = 20 };

enum proposal_kind {
	PROPOSE_SUCCESSOR, /* a line offers what is phased out; product 0: nothing replaces it */
	PROPOSE_ACCESSORY, /* goes with what is offered */
	PROPOSE_UPGRADE    /* replaces what the customer bought before */
};
struct proposal {
	enum proposal_kind kind;
	int64_t line, product;    /* line 0: of none */
	struct str name, instead; /* of the product; and what it stands for or goes with */
	struct value price;       /* the list price */
};
struct proposals {
	struct proposal *v;
	size_t n, cap;
};

/* For a quote with these lines, as the actor may see products. */
bool proposals_read(struct cx *cx, const struct row *quote, const struct rows *lines,
		    struct proposals *out) CHECKED;
/* Offer the product: instead of what stands in the line, or in a new one (line 0).  In a work. */
bool proposal_take(struct cx *cx, int64_t quote, int64_t line, int64_t product) CHECKED;

#endif
