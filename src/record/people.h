/* Inside record/: the works-council rule.  Where it is on, no figure tells of fewer people than the
 * setting works_council.people says: groups by a person are told together, small teams too, and a
 * question about one person is refused.  What concerns only the one who asks ("owner = me") is
 * his. */
#ifndef KONTOR_RECORD_PEOPLE_H
#define KONTOR_RECORD_PEOPLE_H

#include "record/internal.h"

/* What the rule does to one question; all zero: nothing. */
struct people {
	int64_t least;
	const struct field *person; /* who a row is about, where that has to be counted; or NULL */
	bool is_person[GROUP_MAX];  /* keys that lead to one person: all told together */
	bool is_team[GROUP_MAX];    /* keys that lead to a team: small ones told together */
};

/* E_FORBIDDEN where the question is about people by name. */
bool people_of(struct cx *cx, const struct aggregate *a, struct people *out) CHECKED;

/* How it is called in the reader's language what is told together by this key. */
struct str people_label(const struct cx *cx, const struct people *people, size_t key);

#endif
