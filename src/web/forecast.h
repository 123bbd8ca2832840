/* Inside web/: what will be sold in the coming months or quarters, as open deals say it, what was
 * sold, and what is to be. */
#ifndef KONTOR_WEB_FORECAST_H
#define KONTOR_WEB_FORECAST_H

#include "web/amounts.h"
#include "web/figures.h"

enum {
	FORECAST_PERIODS_MAX = 6,
	FORECAST_OVERDUE = FORECAST_PERIODS_MAX, /* expected before the first period */
	FORECAST_LATER,                          /* behind the last one */
	FORECAST_UNDATED,
	FORECAST_SLOTS,
	FORECAST_LINES_MAX = 300,
};

struct forecast_cell {
	int64_t n_open, n_won;
	struct sums open, weighted, won, target;
};

/* What one person, team, product … is expected to sell. */
struct forecast_line {
	struct value key;
	bool is_merged;
	struct str label, clause;
	struct forecast_cell at[FORECAST_SLOTS], total;
};

struct forecast {
	const struct object *deals;
	const struct field *value; /* by which amounts are printed */
	/* as the address says it */
	bool by_quarter;
	int64_t shift, pipeline;
	struct str who, group, show;
	const struct group_key *key;                     /* of the lines */
	struct str where;                                /* which deals at all; may be empty */
	int64_t today, starts[FORECAST_PERIODS_MAX + 1]; /* days; the last one ends it */
	size_t n;                                        /* periods */
	struct forecast_line **v;
	size_t n_lines, cap;
	struct forecast_line all;
	char currency[4]; /* in which attainment is told: that of most amounts */
};

/* forecast_read.c */
bool forecast_read(struct cx *cx, struct forecast *forecast) CHECKED;
/* The condition of a slot's deals: which = "open", "won" or "" for both. */
struct str forecast_clause(struct cx *cx, const struct forecast *forecast, size_t slot,
			   const char *which);
struct str forecast_and(struct cx *cx, struct str a, struct str b);

/* forecast_moves.c: what moved in the last days. */
bool forecast_add_moves(struct cx *cx, const struct forecast *forecast, struct mv page) CHECKED;

http_handle web_forecast, web_lost;

#endif
