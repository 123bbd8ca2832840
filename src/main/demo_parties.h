/* Of the demonstration's parties: what tells them apart beyond names and numbers.  It follows from
 * a party's number alone, so that nothing else of the demonstration changes with it. */
#ifndef KONTOR_MAIN_DEMO_PARTIES_H
#define KONTOR_MAIN_DEMO_PARTIES_H

#include "record/record.h"

struct demo_party {
	struct cx *cx;
	enum lang lang;
	int64_t number;       /* 1, 2, … */
	int64_t today;        /* day number */
	int64_t organisation; /* made before it, or 0 */
};

void demo_put_organisation(const struct demo_party *p, struct change *c);
/* `contact`: he works for the organisation. */
void demo_put_person(const struct demo_party *p, struct change *c, bool contact);
/* What belongs to the party `id`: memberships, recurring days, preferences, account teams. */
bool demo_make_extras(const struct demo_party *p, int64_t id, bool is_person, int64_t user,
		      int64_t product) CHECKED;

#endif
