/* Inside web/: the parts of a record's page.  Each part first reads, telling which titles it wants,
 * and then, when all titles have been read by one statement, adds what the template shows. */
#ifndef KONTOR_WEB_RECORD_H
#define KONTOR_WEB_RECORD_H

#include "record/timeline.h"
#include "web/web.h"

/* Titles of other records. */
struct excerpt;
struct lined;
struct overview;
struct names {
	struct ref *v;
	size_t n, cap;
	struct str *titles;
};
void names_want(struct cx *cx, struct names *names, const struct object *object, int64_t id);
/* All that a value links to. */
void names_want_value(struct cx *cx, struct names *names, const struct field *f,
		      const struct value *v);
bool names_read(struct cx *cx, struct names *names) CHECKED;
struct str names_title(const struct names *names, const struct object *object, int64_t id);

/* A value as a list of {text, url?, tone?, copy?}: tags and links to many have several. */
struct mv value_items(struct cx *cx, const struct names *names, const struct field *f,
		      const struct value *v);
/* The same as one text. */
struct str value_words(struct cx *cx, const struct names *names, const struct field *f,
		       const struct value *v);

/* A set of records that hang on this one. */
struct related {
	const struct reverse *set;
	int64_t count;
	struct rows rows;
	bool has_rows;
};

struct record_page {
	const struct request *q;
	const struct object *object;
	const struct face *face;
	struct str name; /* of the object or face in the address */
	const struct row *row;
	bool may_edit, may_delete, can_follow, is_followed, is_released;
	struct names names;
	struct timeline_query asked;
	struct timeline timeline;
	struct related *related;
	size_t n_related;
	/* Rows of sets, which are read with others by one statement; each for a set. */
	struct excerpt *excerpts;
	struct related **excerpts_of;
	size_t n_excerpts;
	bool excerpts_read;
	struct mv page;
	const struct overview *overview; /* of a party, or NULL */
	const struct lined *lined;       /* has it lines of its own?  or NULL */
	struct rows lines;
};

/* ---- record.c ---- */
/* The record that the address names, as the face that it is. */
bool record_open(struct cx *cx, const struct request *q, struct record_page *p) CHECKED;

/* ---- record_facts.c ---- */
void facts_want(struct cx *cx, struct record_page *p);
void facts_add(struct cx *cx, struct record_page *p);
/* Fields in the groups of the model; the last group holds what is in none.  Ends with an empty
 * label where the object has no groups. */
struct field_group {
	struct str label;
	const struct field **v;
	size_t n;
};
struct field_group *field_groups(struct cx *cx, const struct object *object, size_t *n);
struct str title_of_row(struct cx *cx, const struct names *names, const struct row *row);

/* ---- record_time.c ---- */
bool time_read(struct cx *cx, struct record_page *p) CHECKED;
void time_add(struct cx *cx, struct record_page *p);
/* A moment: "Today, 13:45", "28.02.2026"; dates without a time. */
struct str when_text(struct cx *cx, const struct field *f, int64_t at);

/* ---- follow.c ---- */
bool follow_read(struct cx *cx, struct record_page *p) CHECKED;

/* ---- lines.c: of quotes and orders ---- */
bool lines_part_read(struct cx *cx, struct record_page *p) CHECKED;
bool lines_part_add(struct cx *cx, struct record_page *p) CHECKED;

/* ---- record_overview.c: of a party, at a glance ---- */
bool overview_part_read(struct cx *cx, struct record_page *p) CHECKED;
void overview_part_add(struct cx *cx, struct record_page *p);

/* ---- record_sets.c ---- */
/* Which sets there are, and how much is in each; then with the first rows of some. */
bool sets_count(struct cx *cx, struct record_page *p) CHECKED;
bool sets_read(struct cx *cx, struct record_page *p) CHECKED;
/* What of them was not read with others, and whose titles they want. */
bool sets_finish(struct cx *cx, struct record_page *p) CHECKED;
void sets_add(struct cx *cx, struct record_page *p);
/* The address of the form of a new record that hangs on this one; empty where it cannot. */
struct str new_url_of(struct cx *cx, const struct record_page *p, const struct object *object);

#endif
