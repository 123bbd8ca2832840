/* What is worth knowing of a party at a glance: what it is worth, what is under way, when there was
 * a contact last, what to beware of.  Everything within the rights of who asks: what he may not see
 * is left out. */
#ifndef KONTOR_APP_OVERVIEW_H
#define KONTOR_APP_OVERVIEW_H

#include "app/hierarchy.h"

enum { OVERVIEW_RELATIONS = 6, OVERVIEW_WARNINGS = 12, OVERVIEW_MEMBERS = 8 };

enum overview_figure {
	FIGURE_WON,           /* won deals */
	FIGURE_ORDERS,        /* all orders that were not cancelled */
	FIGURE_ORDERS_OPEN,   /* orders under way */
	FIGURE_QUOTES_OPEN,   /* second: weighted */
	FIGURE_DEALS_OPEN,    /* second: weighted */
	FIGURE_MARGIN,        /* of order lines; second: what it is a share of */
	FIGURE_TASKS_OVERDUE, /* only how many */
	FIGURE_CONSENTS,      /* given */
	FIGURE_WITHDRAWN,     /* consents that were withdrawn */
	FIGURE_RECOMMENDED,   /* won deals of those whom the party recommended */
	FIGURE_MEMBERSHIPS,   /* of a person; only how many */
	FIGURE_PEOPLE,        /* of an organisation: who belongs to it; only how many */
	FIGURE_BELOW,         /* whose parent it is; only how many */
	FIGURE__MAX
};

enum overview_list {
	LIST_CONTACT,  /* the last one */
	LIST_TASKS,    /* open ones, the most urgent first */
	LIST_MEETINGS, /* contacts to come */
	LIST_ORDERS,   /* under way */
	LIST_QUOTES,   /* open */
	LIST_DEALS,    /* open */
	LIST_CONSENTS, /* title: purpose; body: channel */
	LIST__MAX
};

/* A membership of today: of a person in an organisation, read from either side. */
struct overview_member {
	int64_t id, other;
	struct str position, department, role; /* key of membership.role */
	struct str until;                      /* a date's text, or empty */
	bool is_main;
};

/* A relation of today, read from the party. */
struct overview_relation {
	struct str kind;  /* key of relation.kind */
	int64_t own_kind; /* 0: of a shipped kind */
	bool goes_out;
	struct ref other;
};

struct overview_warning {
	const char *key; /* "blocked" */
	const char *tone;
	struct str text;
};

struct overview {
	const struct row *party;
	struct figure figures[FIGURE__MAX];
	struct excerpt *lists; /* LIST__MAX of them */
	struct overview_relation relations[OVERVIEW_RELATIONS];
	size_t n_relations;
	bool has_more_relations;
	struct overview_member members[OVERVIEW_MEMBERS]; /* the main one first */
	size_t n_members;
	struct hierarchy hierarchy; /* of an organisation */
	struct overview_warning warnings[OVERVIEW_WARNINGS];
	size_t n_warnings;
	int64_t next_purchase; /* day number: planned, or by the rhythm of the orders */
	bool has_next_purchase, is_derived;
	struct str salutation; /* in the party's language, else the reader's */
};

/* Their names in the API: "quotes_open". */
const char *overview_figure_name(enum overview_figure figure);
const char *overview_list_name(enum overview_list list);

/* Of a party that was loaded with all fields; by three statements, of an organisation five.  With
 * them `more` excerpts (or none) that the caller wants. */
bool overview_read(struct cx *cx, const struct row *party, struct excerpt *more, size_t n_more,
		   struct overview *out) CHECKED;

/* Was the figure asked for at all, for this actor? */
static inline bool
overview_has(const struct overview *o, enum overview_figure figure)
{
	return o->figures[figure].of.link != NULL;
}

#endif
