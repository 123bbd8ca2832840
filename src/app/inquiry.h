/* Inside app/: what an inquiry gets by itself. */
#ifndef KONTOR_APP_INQUIRY_H
#define KONTOR_APP_INQUIRY_H

#include "record/record.h"

enum { INQUIRY_HOURS = 24 }; /* to the first answer, where no rule says otherwise */

/* How promising it is, 0 to 100, and why: sums of what is known of it.  is_customer: its party has
 * bought before. */
struct inquiry_score {
	int64_t points;
	struct value reasons; /* tags, the options of inquiry.reasons */
};
struct inquiry_score inquiry_rate(struct arena *mem, const struct row *inquiry, bool is_customer);

/* Is this one of the tags, the value of a field of that type? */
bool tags_have(struct str tags, struct str one);

/* Is the address one of the providers that give them to anybody? */
bool is_free_mail(struct str address);

/* "70-73, 8, 50667": does the postcode begin so, or within a range of beginnings of one length? */
bool postcode_fits(struct str places, struct str postcode);
/* false, and *bad is the piece, where such a text cannot be read. */
bool postcodes_check(struct str places, struct str *bad);

/* The first active rule that fits, and whom it names; rule 0: none fits, user 0: nobody. */
struct assignment {
	int64_t rule, user, hours;
	bool takes_turns;
};
/* As the system; party NULL: unknown. */
bool inquiry_assign(struct cx *cx, const struct row *inquiry, const struct row *party,
		    struct assignment *out) CHECKED;

#endif
