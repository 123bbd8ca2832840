/* Records: the one way in, the one log, and the only door to rows.
 *
 * A process has one store.  A unit of work that reads does   db_begin_read … db_rollback ;
 * one that writes does   work_begin … record_save … work_commit   (or work_abandon). */
#ifndef KONTOR_RECORD_RECORD_H
#define KONTOR_RECORD_RECORD_H

#include "base/clock.h"
#include "model/cond.h"
#include "model/model.h"

struct feature;
struct hook;

/* ---- the store: what one process shares --------------------------------------------------- */

struct store;

struct store_options {
	const struct model_text *texts; /* the shipped model; copied */
	size_t n_texts;
	const struct feature *const *features; /* NULL-terminated */
	struct str keyring;                    /* folder of the keys; made when absent */
	bool read_only; /* do not migrate: fail where the tables are not those of the model */
};

/* Open: system tables, the shipped and the custom model, migration, keys, roles.  cx->db is open.
 * Sets cx->store and cx->model. */
bool store_open(struct cx *cx, struct store_options options, struct store **out) CHECKED;
void store_close(struct store **store);

/* Begin a unit of work (cx->store is set): sets cx->model to the current snapshot.  Once a second a
 * unit first looks what other processes changed (store_refresh).  Snapshots stay valid until
 * store_close; old ones are kept (they are small and change rarely). */
void store_model(struct cx *cx);

/* The custom model text of this database; and replace it: parse, check, migrate, swap (outside of a
 * unit; cx->model is then the new one).  The change is in the log; running units keep their
 * snapshot. Other processes follow within a second. */
bool store_custom_text(struct cx *cx, struct str *out) CHECKED;
bool store_set_custom_text(struct cx *cx, struct str text) CHECKED;
/* What the new text would change in the tables, one line each; nothing is done. */
bool store_preview_custom_text(struct cx *cx, struct str text, struct strs *out) CHECKED;

/* Follow what other processes changed: custom text, settings; sets cx->model.  Two short
 * statements. E_CONFLICT where another version of the program changed the tables. */
bool store_refresh(struct cx *cx) CHECKED;

/* Settings that administrators change while the server runs: table sys_setting. */
bool setting_get(struct cx *cx, struct str name, struct str *out) CHECKED; /* empty when not set */
/* The same, from this process's memory where it can be: another's change is seen as the log is
 * read, within a second. */
bool setting_kept(struct cx *cx, struct str name, struct str *out) CHECKED;
bool setting_set(struct cx *cx, struct str name, struct str value) CHECKED; /* in a work */

/* The works-council rule: of how many people a figure is about at least; not set: of any. */
#define PEOPLE_SETTING "works_council.people"
enum { COUNCIL_PEOPLE_MIN = 2, COUNCIL_PEOPLE_MAX = 1000 };

/* ---- who asks ----------------------------------------------------------------------------- */

/* Rights of one actor on one object, from the grants of his roles. */
struct right {
	enum scope may[OP__MAX];   /* the widest of all his grants */
	bool conditional[OP__MAX]; /* a grant with when= is among those that give it, and none
				      without is as wide */
	struct fieldset hidden, readonly;
	unsigned special;
};

struct actor {
	int64_t user_id; /* 0: the system itself */
	struct str login, name;
	enum lang lang;
	struct str zone, theme, density; /* the last two: how he wants pages to look */
	struct str goal;                 /* what he wants to see first */
	int64_t team_id, unit_id;        /* his own, 0: none */
	const int64_t *teams, *units;    /* teams he is in; his unit and all below; ascending */
	size_t n_teams, n_units;
	uint64_t roles; /* bit set over snapshot->roles */
	bool is_admin, is_system;
	bool read_only;               /* a token without the scope to write */
	const struct right *rights;   /* by object->index */
	const struct snapshot *model; /* for which rights were computed */
	struct str sight; /* what he may do, in short: the same for all who may do the same with
			     one model; empty: for himself alone */
};

/* The actor of a user, from a cache that follows the log.  E_AUTH where he is gone or not active.
 * Valid until store_close (old ones are kept a while).  Needs an open unit. */
bool actor_load(struct cx *cx, int64_t user_id, const struct actor **out) CHECKED;
/* For a job that goes on with what somebody began: from here on cx is his, with his rights,
 * language and zone, through that door.  is_there false: he is gone or not active; cx is as it was.
 */
bool actor_become(struct cx *cx, int64_t user_id, struct str door, bool *is_there) CHECKED;
/* May do everything; for commands, jobs and migrations.  Lives in cx->mem. */
const struct actor *actor_system(struct cx *cx);

/* Texts that rest on nothing but the model, what the actor may do, the language, and what the key
 * says: kept in this process, within bounds.  get: a copy in cx->mem; false: there is none. */
bool kept_get(struct cx *cx, struct str key, struct str *out);
void kept_put(struct cx *cx, struct str key, struct str text);

/* Complete the rights on all objects of the model: what is computed from a field, or from records,
 * that the actor may not see is hidden too. */
void rights_settle(const struct snapshot *model, struct right *rights);

/* May the actor do this with the object at all (some row)?  Objects that he may not even read do
 * not exist for him. */
bool can_object(const struct cx *cx, const struct object *object, enum operation op);
bool can_see_field(const struct cx *cx, const struct object *object, const struct field *field);
bool can_edit_field(const struct cx *cx, const struct object *object, const struct field *field);
/* May he do this with this row, as it stands (fields owner, team, unit, parent loaded)? */
bool can_row(struct cx *cx, enum operation op, const struct row *row, bool *out) CHECKED;

/* The same of a stored record (trash included), whatever fields of it the actor sees.  Whether it
 * is there is asked for OP_READ alone: before anything else one has loaded it. */
bool can_record(struct cx *cx, enum operation op, const struct object *object, int64_t id,
		bool *out) CHECKED;

/* Take out of a link's value what the actor may not see. */
bool link_seen(struct cx *cx, const struct field *f, struct value *v) CHECKED;

/* For cond_parse: fields and objects that the actor may see. */
struct cond_sight cond_sight_of(struct cx *cx);
/* For cond_sql, cond_test: whom and when. */
struct cond_when cond_when_of(const struct cx *cx);

/* Object or face by name, as the actor sees it: E_MISSING also for what he may not read. */
bool object_open(struct cx *cx, struct str name, const struct object **out,
		 const struct face **face) CHECKED;

/* ---- reading ------------------------------------------------------------------------------ */

enum { LIMIT_DEFAULT = 50, LIMIT_MAX = 1000, SORT_MAX = 4, SKIP_MAX = 50000 };

struct query {
	const struct object *object;
	const struct face *face;           /* adds its condition, or NULL */
	const struct cond *where;          /* or NULL */
	const struct field *const *fields; /* to load; n_fields 0: all that he may see */
	size_t n_fields;
	bool rollups;                /* among all fields also those that are counted row by row */
	const struct sort_key *sort; /* n_sort 0: the object's order */
	size_t n_sort;
	int64_t limit;    /* 0: LIMIT_DEFAULT; at most LIMIT_MAX */
	struct str after; /* cursor of the page before, or empty */
	int64_t skip;     /* rows to pass over behind it, at most SKIP_MAX (record_query alone) */
	bool total;
	bool trash;        /* only what is in the trash */
	enum operation op; /* rows for which this is allowed; OP_READ usually */
};

struct rows {
	struct row *v; /* in cx->mem */
	size_t n;
	struct str next; /* cursor, or empty */
	int64_t total;   /* exact; -1 when not asked for */
};

/* The rows that the actor may see and that match, in order.  Fields he may not see are not loaded.
 * E_INPUT on a cursor that belongs to another query. */
bool record_query(struct cx *cx, const struct query *query, struct rows *out) CHECKED;

/* The same row by row, without a page limit when query->limit < 0; `row` is overwritten by the
 * next. `each` returns false to stop with failure. */
bool record_each(struct cx *cx, const struct query *query,
		 bool (*each)(struct cx *cx, const struct row *row, void *to), void *to) CHECKED;

bool record_count(struct cx *cx, const struct query *query, int64_t *out) CHECKED;

/* One record, all fields that the actor may see.  E_MISSING where there is none for him. */
bool record_load(struct cx *cx, const struct object *object, int64_t id, struct row **out) CHECKED;
/* What a link to one of a row leads to; NULL where there is none for the actor. */
bool row_linked(struct cx *cx, const struct row *row, unsigned field, struct row **out) CHECKED;
/* The same as it was at a moment (ms UTC). */
bool record_load_as_of(struct cx *cx, const struct object *object, int64_t id, int64_t at,
		       struct row **out) CHECKED;

/* Matching: which records have this value?  A value is compared by its key: text folded. */
struct value field_key(struct arena *mem, const struct field *f, const struct value *v);
bool field_is_indexed(const struct field *f); /* is a value found without reading all rows? */
/* Are rows read in its order without sorting all of them? */
bool field_is_ordered(const struct field *f);
/* About how many records an object has, those that are gone among them. */
bool record_about(struct cx *cx, const struct object *object, int64_t *out) CHECKED;
/* The keys of all rows of the query (its object, face and where) that have one.  `key` is borrowed
 * for the call. */
bool record_keys(struct cx *cx, const struct query *query, const struct field *f,
		 void (*each)(void *to, int64_t id, const struct value *key), void *to) CHECKED;
/* The first two that have this key. */
bool record_with_key(struct cx *cx, const struct query *query, const struct field *f,
		     const struct value *key, int64_t ids[2], size_t *out_n) CHECKED;

/* Titles for links: out[i] is the title of ids[i] ("" where he may not see it). */
bool record_titles(struct cx *cx, const struct object *object, const int64_t *ids, size_t n,
		   struct str *out) CHECKED;

/* The same for records of several objects, by one statement where their titles are texts; a ref
 * without an object has no title. */
struct ref {
	const struct object *object;
	int64_t id;
};
bool record_titles_of(struct cx *cx, const struct ref *refs, size_t n, struct str *out) CHECKED;

/* How many records that the actor may see hang on a record by each of these links, by one
 * statement. */
bool record_set_counts(struct cx *cx, const struct reverse *const *sets, size_t n, int64_t id,
		       int64_t *out) CHECKED;

/* Exact groups: count, and sum/min/max/avg of fields, by up to four fields.  Dates group by a
 * period. */
enum { GROUP_MAX = 4, MEASURE_MAX = 64, GROUPS_MAX = 10000 };
struct group_key {
	const struct field *link; /* through a link to one ("party.industry"), or NULL */
	const struct field *field;
	bool has_period; /* day, month, quarter, year */
	enum period period;
	int64_t first; /* only the first letters of a text; 0: all */
};
struct measure {
	struct str function;       /* count, sum, min, max, avg */
	const struct field *field; /* NULL for count; else count is of values that are not empty */
};
struct aggregate {
	const struct object *object;
	const struct face *face;
	const struct cond *where;
	struct group_key group[GROUP_MAX];
	size_t n_group;
	struct measure measure[MEASURE_MAX];
	size_t n_measure;
	size_t most;     /* groups; 0: GROUPS_MAX */
	bool unlabelled; /* groups by links come without the titles of what they lead to */
};
struct group_row {
	struct value key[GROUP_MAX]; /* periods are text: 2017-03-01, 2017-03, 2017-Q1, 2017 */
	struct str label[GROUP_MAX]; /* title of a linked record, else empty */
	struct value *measure; /* n_measure; money keeps its currency: groups split by currency */
	unsigned merged; /* a bit for each key of which several values are told together, so that
			    no figure is about single people; the key is empty, the label says so */
};
struct groups {
	struct group_row *v;
	size_t n;
};
/* "stage,party.industry,closed_on:quarter" and "count,sum(value)". */
bool aggregate_parse(struct cx *cx, const struct object *object, struct str group,
		     struct str measure, struct aggregate *out) CHECKED;
/* Sum and avg are of numbers, min and max also of dates and moments, count of what is stored. */
bool can_measure(const struct field *f, struct str function);
bool can_group(const struct field *f); /* is it one value, and kept in a column? */
bool record_aggregate(struct cx *cx, const struct aggregate *aggregate, struct groups *out) CHECKED;

/* Full text over all objects that the actor may see, best first; object NULL: all. */
struct hit {
	const struct object *object;
	int64_t id;
	struct str title;
	struct str field, text; /* where it was found, when not in the title */
	struct ref of;          /* whose it is: a call's party, say; or no object */
};
struct hits {
	struct hit *v;
	size_t n;
};
enum { SEARCH_MAX = 50 };
bool record_search(struct cx *cx, const struct object *object, struct str words, int64_t limit,
		   struct hits *out) CHECKED;

/* ---- writing ------------------------------------------------------------------------------ */

/* Delete moves to the trash; erase leaves nothing. */
enum change_op { CHANGE_CREATE, CHANGE_EDIT, CHANGE_DELETE, CHANGE_RESTORE, CHANGE_ERASE };

/* One record about to change.  Make it with change_new or change_of, set fields, record_save. */
struct change {
	enum change_op op;
	const struct object *object;
	int64_t id;
	int64_t if_version;    /* what the writer believes the version is; 0: any */
	struct row *before;    /* as stored, all fields; NULL on create */
	struct row *after;     /* as it will be */
	struct fieldset given; /* set by the writer (rights of fields are checked on these) */
	bool undoing;          /* an undo: rules and defaults keep out */
	bool of_whole;         /* goes to the trash, or comes back, with what it is part of */
	bool of_parts;         /* nothing was set: a part of the record has changed */
	struct wish *wishes;   /* jobs that a rule asked for: written with the log */
};

/* What a new record has in this field when its writer says nothing: default=, with now, today and
 * me resolved. */
struct value field_initial(const struct cx *cx, const struct field *f);

/* A new record; face NULL or the face it is made through. */
struct change *change_new(struct cx *cx, const struct object *object, const struct face *face);
/* A change of a stored record: loads and locks it (also from the trash for CHANGE_RESTORE). */
bool change_of(struct cx *cx, enum change_op op, const struct object *object, int64_t id,
	       struct change **out) CHECKED;

/* By the writer: records that he set it. */
void change_set(struct change *c, const struct field *f, struct value v);
/* By a rule: allowed on readonly fields, not subject to the writer's rights. */
void change_put(struct change *c, const struct field *f, struct value v);
bool changed(const struct change *c, const struct field *f); /* before ≠ after */

/* Change, create, delete or restore one record: load → authorise → normalise → validate → rules →
 * store → log.  Everything that writes business data comes through here.  On failure of a single
 * record in a bulk, wrap in db_savepoint. c->id and c->after->version are set.  A change that
 * changes nothing succeeds and writes nothing.
 * E_STALE: cx->err.current is the newer row.  E_INPUT (but of sealed fields), E_FORBIDDEN,
 * E_MISSING and E_STALE come before anything is written: a bulk may go on without a savepoint. */
bool record_save(struct cx *cx, struct change *c) CHECKED;

/* The changeset that this unit writes: begins the write transaction.  `why` may be empty. */
bool work_begin(struct cx *cx, struct str why) CHECKED;
/* The same for thousands of records: no other unit's commit waits for this one. */
bool work_begin_bulk(struct cx *cx, struct str why) CHECKED;
/* Log, chain, commit.  *changeset (may be NULL) is its id, 0 when nothing changed. */
bool work_commit(struct cx *cx, int64_t *changeset) CHECKED;
void work_abandon(struct cx *cx); /* harmless when there is none */
/* The id that the changeset will have; 0 while nothing has changed.  From here to its end no other
 * changeset can be committed: ask late. */
bool work_changeset(struct cx *cx, int64_t *out) CHECKED;
/* A part that can be taken back alone, log included (per-row failures of bulk work). */
bool work_savepoint(struct cx *cx) CHECKED;
bool work_release(struct cx *cx) CHECKED;
bool work_rollback_to(struct cx *cx) CHECKED;

/* A rule's wish for a job; written in the same transaction (table sys_job). */
bool change_wish(struct cx *cx, struct change *c, const char *kind, struct str key, int64_t run_at,
		 struct str body);

/* For rules: what follows from a change, with all rights, but under the name of who made it:
 * whoever may write the one may have the other follow. */
bool as_program(struct cx *cx, struct change *c, bool (*run)(struct cx *cx, struct change *c))
	CHECKED;

/* For rules: the record that a link of the row as it will be leads to, whoever may see it; NULL
 * when there is none.  Lives in cx->mem. */
bool change_linked(struct cx *cx, const struct change *c, const struct field *link,
		   const struct row **out) CHECKED;

/* ---- rules: hooks of features ------------------------------------------------------------- */

/* Rules are deterministic functions of before, after, what they link to, and now: no SQL of their
 * own, no network. */
enum hook_point {
	HOOK_NONE,
	HOOK_RULES,  /* creating and changing; not an undo */
	HOOK_WHOLE,  /* the same; and once more, c->of_parts, before the changeset is committed in
			which a part of the record changed: a record whose parent it is */
	HOOK_STORED, /* creating and changing, stored by now: what follows for other records, in the
			same changeset; not an undo */
	HOOK_GUARD,  /* may only refuse: everything but erasing, an undo too */
	HOOK_TITLE
};
struct hook {
	const char *object;
	enum hook_point point;
	bool (*run)(struct cx *cx, struct change *c);
};

/* ---- the log ------------------------------------------------------------------------------ */

struct field_change {
	const struct field *field;
	struct value old, new_value;
};
struct change_row {
	int64_t id, changeset, at, actor_id;
	struct str actor, door, why; /* actor: his name today */
	const struct object *object; /* NULL: no longer in the model */
	int64_t record, version;
	enum change_op op;
	struct field_change *v; /* only fields that the reader may see; erased values are absent */
	size_t n;
	bool erased; /* the subject's key is destroyed: values are gone */
	int64_t undone_by, undo_of;
};
struct change_rows {
	struct change_row *v;
	size_t n;
	int64_t next; /* last id read, to go on from; 0: nothing more now */
};

/* History of one record, newest first. */
bool log_of_record(struct cx *cx, const struct object *object, int64_t id, int64_t limit,
		   struct change_rows *out) CHECKED;
/* What was edited in these records (at most 1000) since a moment, newest first. */
bool log_of_edits(struct cx *cx, const struct object *object, const int64_t *ids, size_t n,
		  int64_t since, struct change_rows *out) CHECKED;
/* All changes after a change id, oldest first, that the actor may see; *next moves also over those
 * he may not. */
bool log_after(struct cx *cx, int64_t after, int64_t limit, struct change_rows *out) CHECKED;
bool log_of_changeset(struct cx *cx, int64_t changeset, struct change_rows *out) CHECKED;

/* Changesets below the id `before` (0: all), newest first; for administrators (E_FORBIDDEN). */
struct changeset_row {
	int64_t id, at, actor_id, undo_of, undone_by;
	int64_t n, records; /* changes in it, and those of records among them */
	struct str actor, door, why;
};
struct changeset_rows {
	struct changeset_row *v;
	size_t n, cap;
};
bool changesets_list(struct cx *cx, int64_t before, int64_t limit, struct changeset_rows *out)
	CHECKED;

/* The custom texts of the model that were in use, newest first; for administrators. */
struct custom_version {
	int64_t changeset, at, actor_id;
	struct str text;
};
struct custom_versions {
	struct custom_version *v;
	size_t n, cap;
};
bool store_custom_versions(struct cx *cx, struct custom_versions *out) CHECKED;

/* What changed, without values and whoever may see it: show nobody what records_seen does not
 * allow. */
struct news {
	int64_t changeset, version;
	struct ref record, subject; /* subject.object NULL: of nobody */
	enum change_op op;
};
struct news_list {
	struct news *v;
	size_t n, cap;
};
/* Of the changesets behind `after`, in their order. */
bool log_news(struct cx *cx, int64_t after, int64_t limit, struct news_list *out) CHECKED;
bool log_head(struct cx *cx, int64_t *out) CHECKED; /* the newest changeset; 0: none */
/* As it was known to this process without asking: everything up to here is in what is read from
 * now on; what is newer may be too. */
int64_t log_known(const struct cx *cx);
/* Which of these records the actor may see, the trash included; by one statement at most.  Of what
 * is gone for good the name is all that is left. */
bool records_seen(struct cx *cx, const struct ref *refs, size_t n, bool *out) CHECKED;

/* Undo a changeset as a new one (in a work).  A field that was changed since is a conflict: with
 * force it is left as it is, without it E_CONFLICT and nothing is done. */
struct conflict {
	const struct object *object;
	int64_t record;
	struct str field; /* empty: the record itself */
	struct str why;
};
struct conflicts {
	struct conflict *v;
	size_t n, cap;
};
bool changeset_undo(struct cx *cx, int64_t changeset, bool force, struct conflicts *out) CHECKED;

/* Verify the chain and every invariant of the store; each finding is a line.  True also with
 * findings. */
bool store_check(struct cx *cx, struct strs *findings) CHECKED;
/* Build the search index anew, in a unit of its own; *out is how many documents it has. */
bool store_reindex(struct cx *cx, int64_t *out) CHECKED;

/* Erase a data subject: destroy the key, delete what is clear, leave no residue.  The chain still
 * verifies. */
bool subject_erase(struct cx *cx, const struct object *object, int64_t id) CHECKED;

/* Remove one record for good, also out of the trash: its parts with it; other records lose their
 * link to it.  Only for what never was of the business (sample data); for administrators, in a
 * work. True where it is gone already.  Once the work is committed, record_purged destroys the key
 * under which the log holds what is gone. */
bool record_purge(struct cx *cx, const struct object *object, int64_t id) CHECKED;
bool record_purged(struct cx *cx, const struct object *object, int64_t id) CHECKED;

/* ---- what is sealed for a while -------------------------------------------------------------- */

/* Bytes that are nobody's record (an upload on its way), sealed under a key of this store for one
 * purpose; `bound` says which they are, and opens nothing else.  Lives in mem. */
struct str store_seal(struct cx *cx, struct arena *mem, const char *purpose, struct str bound,
		      struct str clear);
bool store_unseal(struct cx *cx, struct arena *mem, const char *purpose, struct str bound,
		  struct str sealed, struct str *out) CHECKED;

/* A keyed hash of a secret text for one purpose, in cx->mem: who reads the database learns nothing
 * of the text from it, and cannot make one. */
struct str store_mark(struct cx *cx, const char *purpose, struct str secret);

/* ---- system tables ------------------------------------------------------------------------ */

/* Tables that the program itself needs; names begin with sys_.  Created by store_open. */
struct system_column {
	const char *name;
	enum column_class class;
	bool primary, required;
};
struct system_table {
	const char *name;
	const struct system_column *columns; /* ends with { 0 } */
	const char *const *unique;  /* column lists, "kind, key"; ends with NULL; or NULL */
	const char *const *indexes; /* the same */
	bool local;                 /* not copied by `kontor move` (sessions, leases) */
};

#endif
