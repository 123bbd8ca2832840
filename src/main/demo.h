/* The demonstration company: a German wholesaler of machines and tools, the same for the same size.
 */
#ifndef KONTOR_MAIN_DEMO_H
#define KONTOR_MAIN_DEMO_H

#include "record/record.h"

enum { DEMO_PARTIES = 2000, DEMO_PARTIES_MAX = 5000000 };
#define DEMO_LOGIN "demo"
#define DEMO_PASSWORD "kontor-demo"

/* Fill an empty store with `parties` parties and what belongs to them, written in this language.
 * Opens and commits works of its own.  `progress` is told the share that is done, in thousandths.
 */
bool demo_fill(struct cx *cx, int64_t parties, enum lang lang, void (*progress)(int thousandths))
	CHECKED;

/* A few records to try things with, in the work that is open and in its language; all belong to the
 * user.  `made` gets a line for each, "party 12", in the order in which they were made. */
bool sample_fill(struct cx *cx, int64_t user, int64_t parties, struct buf *made) CHECKED;

/* Appointments, cadences and a series of tasks of the house, around this day; in a work of its own.
 */
bool demo_agenda(struct cx *cx, enum lang lang, int64_t today) CHECKED;
/* Targets and reports, in a work of its own (demo_figures.c). */
struct demo_figures {
	enum lang lang;
	int64_t today, parties, owner; /* owner: of the reports */
	const int64_t *sellers;
	size_t n_sellers;
};
bool demo_figures(struct cx *cx, const struct demo_figures *figures) CHECKED;

/* Words; every list ends with NULL. */
extern const char *const DEMO_WOMEN[],
	*const DEMO_MEN[],
		*const DEMO_FAMILIES[],
			*const DEMO_STREETS[],
				*const DEMO_TRADES[],
					*const DEMO_FORMS[],
						*const DEMO_INDUSTRIES[],
							*const DEMO_SOURCES[],
								*const DEMO_CALLS[],
									*const DEMO_MEETINGS[],
										*const DEMO_MAILS[],
											*const DEMO_BODIES[],
												*const DEMO_TASKS[],
													*const DEMO_NEXT_STEPS[],
														*const DEMO_JOBS
															[];

struct demo_city {
	const char *name, *postcode, *region, *area;
};
extern const struct demo_city DEMO_CITIES[];

struct demo_product {
	const char *name, *series;
	int cents;
};
extern const struct demo_product DEMO_PRODUCTS[];

#endif
