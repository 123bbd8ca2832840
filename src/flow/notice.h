/* What a person is told of: he was mentioned, a record was given to him, one that he follows has
 * changed, a task of his is due, he wanted to be
 * reminded of one, he was invited, a long job of his has ended.  A follower of the log and the jobs
 * write it; several of one record in a short time are one.  What a notice is about is shown to
 * nobody who may not read it now. */
#ifndef KONTOR_FLOW_NOTICE_H
#define KONTOR_FLOW_NOTICE_H

#include "base/feature.h"
#include "record/record.h"

enum {
	NOTICES_MAX = 100, /* of one page */
	UNREAD_MAX = 100,  /* more are not counted */
	NOTICE_KEPT_DAYS = 90,
};

enum notice_kind {
	NOTICE_MENTION,
	NOTICE_ASSIGNED,
	NOTICE_FOLLOWED,
	NOTICE_DUE,
	NOTICE_JOB,
	NOTICE_ANSWERED,  /* a customer answered a quote */
	NOTICE_ESCALATED, /* nobody reacted in time */
	NOTICE_APPROVAL,  /* asked for, given, refused: fields tells which */
	NOTICE_REMIND,
	NOTICE_INVITED,
	NOTICE_KIND__MAX
};
/* The keys, as in the field `muted` of a user. */
extern const char *const NOTICE_KINDS[NOTICE_KIND__MAX];

struct notice {
	int64_t id, user_id, at;
	enum notice_kind kind;
	struct str object; /* name; empty: a job */
	int64_t record;    /* 0: several of the object; of a job its bulk */
	int64_t n;         /* how often */
	int64_t actor_id;  /* who did the last of it; 0: Kontor */
	bool others;       /* and others before him */
	enum change_op op;
	struct str fields; /* names of what was changed, with blanks; of what is due its day */
	int64_t read_at;   /* 0: not yet */
};
struct notices {
	struct notice *v;
	size_t n, cap;
};

/* Write them, in a work; id, n and read_at are not looked at.  Kinds that a person does not want
 * are left out.  A due day and a job are told once, however often they are put. */
bool notices_put(struct cx *cx, struct notices *notices) CHECKED;

struct notice_query {
	bool unread;
	int64_t limit;                /* at most NOTICES_MAX */
	int64_t before_at, before_id; /* the last of the page before; 0: from the newest */
};
/* The actor's own that he may see, newest first; *more: there are older ones. */
bool notices_read(struct cx *cx, const struct notice_query *query, struct notices *out, bool *more)
	CHECKED;
/* How many of his are unread, UNREAD_MAX at most; two statements. */
bool notices_unread(struct cx *cx, int64_t *out) CHECKED;
/* Mark one of his own as read, or as unread again; in a work.  E_MISSING. */
bool notice_mark(struct cx *cx, int64_t id, bool is_read) CHECKED;
/* All of his up to this id (0: all); in a work. */
bool notices_mark_all(struct cx *cx, int64_t up_to) CHECKED;

/* What the actor may read of the records and the people of notices; by one statement, usually. */
struct notice_names {
	struct str *titles; /* of the records; of several the name of their kind */
	struct str *actors; /* who did it; empty: Kontor, or nobody that he may see */
};
bool notices_name(struct cx *cx, const struct notices *notices, struct notice_names *out) CHECKED;
/* The labels of the fields that were changed and that he may see, "Stage, Value". */
struct str notice_fields(struct cx *cx, const struct notice *notice);

/* Whose notices changed at `since` or later, and to which version; ascending users. */
struct inbox {
	int64_t user_id, version;
};
struct inboxes {
	struct inbox *v;
	size_t n, cap;
};
bool inboxes_since(struct cx *cx, int64_t since, struct inboxes *out) CHECKED;
/* Of the actor; 0: he never had any. */
bool inbox_version(struct cx *cx, int64_t *out) CHECKED;

/* Whoever may be told of something: those who are active. */
struct person {
	int64_t id;
	struct str name, login, zone;
	bool muted[NOTICE_KIND__MAX];
};
struct people {
	struct person *v; /* by id, ascending */
	size_t n, cap;
};
/* As the system sees them. */
bool people_read(struct cx *cx, struct people *out) CHECKED;
const struct person *person_find(const struct people *people, int64_t id);
/* Whom a text mentions: @name or @sign-in name; out has room for all people. */
size_t mentions_of(const struct people *people, struct str text, const struct person **out);

extern const struct feature feature_notice;

#endif
