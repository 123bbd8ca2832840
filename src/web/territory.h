/* Inside web/: territories without a map, as a list shows them. */
#ifndef KONTOR_WEB_TERRITORY_H
#define KONTOR_WEB_TERRITORY_H

#include "web/list.h"

enum { SUMS_MAX = 3, AMOUNTS_MAX = 8, PLACES = 3 };

struct amounts { /* one for each currency */
	struct value v[AMOUNTS_MAX];
	size_t n;
};

struct person {
	int64_t id, count;
	struct str name;
};

/* An area, or a part of one. */
struct area {
	struct str key, country, code; /* "DE-5": of Germany those with 5…; code empty: none */
	struct area *of;               /* whose part it is, or NULL */
	bool is_none;                  /* of records without a postcode */
	int64_t id;                    /* of the link, where areas are its records; 0: none */
	struct str label;
	int64_t count;
	struct amounts sums[SUMS_MAX];
	struct {
		struct person *v;
		size_t n, cap;
	} persons;
	struct {
		struct str *v;
		size_t n, cap;
	} spellings; /* of its country; an empty one: the field is empty */
};

struct territory {
	const struct list *list;
	const struct field *link;     /* through which the postcode is reached, or NULL */
	const struct field *postcode; /* NULL: areas are the records of `by` */
	const struct field *country;  /* or NULL */
	const struct field *by;       /* a link to one */
	const struct field *sums[SUMS_MAX];
	size_t n_sums;
	struct {
		struct area **v;
		size_t n, cap;
	} areas;
	struct aggregate a;
	struct str order; /* "count", "-count", "area", the name of a sum */
};

/* ---- territory.c ---- */

/* The postcode of the record itself, or of whom it is about. */
void territory_postcode(const struct cx *cx, const struct object *object,
			struct territory *territory);
/* Owner, team or unit: of PLACES; NULL where there is none to be seen. */
const struct field *territory_place(const struct cx *cx, const struct object *object, size_t i);
/* The figure of an area by which it is ordered: "count", or the name of a sum. */
int64_t territory_figure(const struct territory *territory, const struct area *area,
			 struct str name);

/* ---- territory_show.c ---- */

bool territory_show(struct cx *cx, const struct territory *territory, struct mv page) CHECKED;

#endif
