/* Inside web/: groups of records, as lists and figures show them. */
#ifndef KONTOR_WEB_GROUP_H
#define KONTOR_WEB_GROUP_H

#include "web/list.h"

/* What the group is called by its key `at`: "Quarter 1 of 2017", a person's name, "(empty)". */
struct str group_label(struct cx *cx, const struct group_key *key, const struct group_row *row,
		       size_t at);
/* By what spellings of one word fall together. */
struct str group_fold(struct cx *cx, const struct group_key *key, const struct value *v);
/* Where an option stands among those of its field. */
int64_t option_place(const struct field *f, const struct value *v);
/* Have records an order of their own, as the stages of a process have?  When they were changed is
 * none. */
bool is_ordered_target(const struct object *target);
/* The condition that only records of this group meet: "closed_on between … and …". */
struct str group_clause(struct cx *cx, const struct group_key *key, const struct value *v);

#endif
