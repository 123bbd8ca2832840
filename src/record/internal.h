/* Inside record/: the store and the parts that its files share. */
#ifndef KONTOR_RECORD_INTERNAL_H
#define KONTOR_RECORD_INTERNAL_H

#include "base/heap.h"
#include "db/db.h"
#include "model/type.h"
#include "record/keys.h"
#include "record/record.h"

#include <stdatomic.h>

struct actor_cache;
struct count_cache;
struct head;
struct kept;
struct models;

struct store {
	struct keyring *keyring;
	struct arena *mem;              /* lives as long as the store */
	struct models *models;          /* store.c: the snapshots, and which one is current */
	const struct model_text *texts; /* the shipped ones */
	size_t n_texts;
	const struct feature *const *features;
	const struct hook **hooks[OBJECTS_MAX]; /* by object->index of shipped objects;
						   NULL-terminated lists or NULL */
	struct head *head;                      /* head.c: what is known of the log, for caches */
	struct count_cache *counts;
	struct actor_cache *actors;
	struct kept *kept;
	_Atomic unsigned special_on;  /* bit set of enum special that are switched on */
	_Atomic int64_t people_least; /* of whom a figure may tell; 0: the rule is off */
	_Atomic int64_t settings_at;  /* grows whenever a setting has changed */
};

/* ---- store.c ---- */
void store_special_set(struct cx *cx, unsigned on);
void store_settings_changed(struct cx *cx);
void store_people_set(struct cx *cx, int64_t least);

/* ---- titles.c ---- */
/* Is refs[i] the first of its object among them? */
bool is_first_of(const struct ref *refs, size_t i);

/* ---- settings.c ---- */
/* Without the log: what the program itself remembers. */
bool setting_write(struct cx *cx, struct str name, struct str value) CHECKED;
/* Read which special categories are switched on ("special.health" = the purpose) into
 * store->special_on, and of how many people figures tell at least. */
bool settings_refresh(struct cx *cx) CHECKED;

/* ---- tables (tables.c): the record floor's own system tables ---- */
extern const struct system_table record_tables[]; /* ends with { 0 } */

/* ---- migrate.c ---- */
/* References between tables are not declared to the database: the pipeline checks them, within the
 * rights of the writer; records in the trash, imports in any order and erased subjects need targets
 * that a database would not allow; and a custom object may go while its rows stay.
 *
 * Create and change tables, columns and indexes so that they fit the snapshot; numbers objects
 * (sys_object) and sets object->number; fills new key columns; rebuilds the search index of objects
 * whose searched fields changed.  Columns that the model no longer has are kept.  `plan` not NULL:
 * only tell, one line each.  In a write unit. */
bool migrate_model(struct cx *cx, struct snapshot *model, struct strs *plan) CHECKED;
bool migrate_system(struct cx *cx, const struct feature *const *features) CHECKED;
/* Migrations, and what follows from them, are done by one process at a time: held until the unit
 * ends. */
bool migrate_lock(struct cx *cx) CHECKED;
/* Do the tables and the search index fit already?  Then objects have their numbers.  Some short
 * statements; fails where
 * the system tables do not exist yet. */
bool migrate_is_done(struct cx *cx, struct snapshot *model, const struct feature *const *features,
		     bool *out) CHECKED;

/* Is what is unique so within one organisational unit, so that no unit learns of another's records?
 * Sign-in names are unique everywhere. */
static inline bool
unique_in_unit(const struct object *object)
{
	return object->unit && !str_eq(object->name, S("user"));
}

/* ---- migrate_index.c ---- */
/* The field of which each face of the object is one value; or NULL.  Orders that have an index have
 * one within each of its values too. */
const struct field *face_field(struct arena *mem, const struct object *object);
/* Does the index of this field go on with the object's own order?  Where that is a time, rows
 * arrive in it, so that it costs little; and rows that match may all be old, so that it must be
 * had. */
bool index_continues(const struct object *object, const struct field *f);
/* Fields besides that the index by this field carries, or (NULL) that of the own order: what
 * shipped filters ask for, so that rows they leave out need not be read. */
struct fieldset index_carries(struct arena *mem, const struct object *object,
			      const struct field *first);
/* By what rows are ordered in an index that are equal in its field; then by their id, in the
 * direction of the last. */
size_t index_tail(const struct object *object, const struct field *f,
		  struct sort_key out[SORT_MAX]);

/* ---- row.c: between columns and values ---- */
/* What a field is sorted and matched by: its key, or the value itself. */
static inline struct str
field_column(const struct field *f)
{
	return f->columns[f->has_key ? 1 : 0].name;
}
enum field_type field_result(const struct field *f); /* of computed fields: what they give */
/* Columns that reading this field takes: 0 (links to many), 1 or 2. */
int field_reads(const struct field *f);
/* Append the columns of the fields, separated by commas; rollups as subqueries within the actor's
 * rights. */
void row_select(struct cx *cx, struct sqltext *sql, const char *alias,
		const struct field *const *fields, size_t n);
/* Fields that are read together. */
struct columns {
	const struct field *const *v;
	size_t n;
	/* Where texts are copied to: one for many rows, all zeros at first, it takes memory of the
	 * unit as it needs it.  NULL: they are borrowed until the next step. */
	struct buf *copies;
};
/* Read the current row of the statement from column `at` into row->v; sealed fields are opened with
 * the subject's key.  row->id must be set. */
bool row_read(struct cx *cx, struct stmt *stmt, int at, const struct columns *columns,
	      struct row *row) CHECKED;
/* A link to many, of up to some hundred rows at once. */
bool row_read_many(struct cx *cx, struct row *rows, size_t n, const struct field *f) CHECKED;
/* Prepare and bind.  NULL on failure. */
struct stmt *sql_prepare(struct cx *cx, struct sqltext *sql) CHECKED;
/* Seal and open a value of a special field: bound to object, field and record. */
bool value_seal(struct cx *cx, const struct row *row, const struct field *f, const struct value *v,
		struct str *out) CHECKED;
/* The subject of a row: its object and id; NULL when it has none. */
const struct object *row_subject(const struct row *row, int64_t *id);
/* Run a statement that gives one integer; `otherwise` when it gives no row. */
bool sql_one_int(struct cx *cx, struct sqltext *sql, int64_t otherwise, int64_t *out) CHECKED;

/* Bind one value to a statement. */
void stmt_bind(struct stmt *stmt, int at, const struct value *v);

/* ---- write.c ---- */
/* What column k of a field holds of the value. */
struct value column_value(struct cx *cx, const struct field *f, unsigned k, const struct value *v);
/* For object->insert: the statement that stores a new row. */
struct str insert_sql(struct arena *mem, const struct dialect *dialect,
		      const struct object *object);

/* ---- found.c: `finds` of the condition language ---- */
struct cond_search search_of(const struct cx *cx);

/* ---- searchdoc.c: what of a record stands in the full-text index ---- */
/* Folded words of the title and of the searched fields; empty where nothing is searched. */
void search_texts(struct arena *mem, const struct row *row, struct str *title, struct str *body);
/* Which fields these are: hidden and special ones never. */
struct search_fields {
	const struct field *title; /* or NULL */
	const struct field **v;
	size_t n;
};
struct search_fields search_fields_of(struct arena *mem, const struct object *object);
void search_texts_of(struct arena *mem, const struct search_fields *fields, const struct row *row,
		     struct str *title, struct str *body);

/* ---- check_search.c ---- */
/* Findings about documents that are missing, stale or of nothing; the last that reads in its unit,
 * for an index that cannot be read is a finding too. */
bool check_search(struct cx *cx, struct strs *out) CHECKED;

/* ---- rights.c ---- */
/* " AND (…)" for the rows of this object for which the actor may do op; nothing when he may for
 * all. */
void rights_sql(struct cx *cx, const struct object *object, enum operation op, const char *alias,
		struct sqltext *sql);
/* The scope for cond_sql. */
struct rights_scope {
	struct cond_scope scope;
	struct cx *cx;
};
struct rights_scope rights_scope_of(struct cx *cx);

/* Like can_row by the database: is there such a row for which the actor may do op (trash included)?
 */
bool rights_row_sql(struct cx *cx, enum operation op, const struct object *object, int64_t id,
		    bool *out) CHECKED;
/* May the actor see every row of the object? */
bool rights_see_all(const struct cx *cx, const struct object *object);
/* Do the fields of a row alone decide whether the actor may do op? */
bool rights_are_own(const struct cx *cx, const struct object *object, enum operation op);
/* Append column k of a field; of a link it is empty where the record behind it is not for the
 * actor. */
void rights_column(struct cx *cx, const struct field *f, unsigned k, const char *alias,
		   struct sqltext *sql);
/* Objects besides its own on which the rows that an actor may see depend. */
void rights_objects(const struct cx *cx, const struct object *object, struct fieldset *out);

/* ---- counts.c, actor.c ---- */
struct count_cache *count_cache_new(void);
void count_cache_free(struct count_cache **cache);
struct actor_cache *actor_cache_new(void);
void actor_cache_free(struct actor_cache **cache);
struct kept *kept_new(void); /* kept.c */
void kept_free(struct kept **kept);

/* ---- work.c: the open changeset ---- */
struct work;
struct cached;
/* Actors loaded in this work (actor.c); forgotten when it changes what they rest on. */
struct cached **work_actors(struct cx *cx);
void work_actors_free(struct cached **list);
/* Savepoints that are open. */
size_t work_depth(const struct cx *cx);
/* Append one change to the log of this unit; body is the JSON of the field changes, not sealed yet.
 */
bool work_log(struct cx *cx, const struct change *c, struct str body) CHECKED;
/* The words of a record, title and body, in place of its old ones; empty: none.  Written with the
 * log, many at once: the full-text index writes out what it holds whenever a savepoint is set. */
void work_search(struct cx *cx, int64_t object, int64_t record, const struct str old[2],
		 const struct str now[2]);
/* Log what is not a record: the custom model ("sys_model"), a setting. */
bool work_log_system(struct cx *cx, struct str name, struct str old_text, struct str new_text)
	CHECKED;
int64_t work_undo_of(struct cx *cx, int64_t changeset); /* marks the open changeset as an undo */

/* ---- whole.c: records whose parts changed in this work ---- */
struct wholes;
struct wholes **work_wholes(struct cx *cx);
/* Run what HOOK_WHOLE is for on each of them, once. */
bool wholes_settle(struct cx *cx) CHECKED;
void wholes_free(struct wholes **wholes);

/* ---- sequence.c: numbers that a work has taken ---- */
/* A work holds each sequence that it uses from its first number on, counts in memory, and writes
 * the sequence back when it commits: a bulk does not change one row ten thousand times.  What a
 * savepoint took back is not given out again. */
struct sequence;
struct sequence **work_sequences(struct cx *cx);
bool sequence_next(struct cx *cx, const struct field *f, int64_t unit, int64_t *out) CHECKED;
bool sequences_write(struct cx *cx, const struct sequence *list) CHECKED;
/* Savepoints beyond `depth` were released, or rolled back (with the hold on what was taken in
 * them).
 */
void sequences_released(struct sequence *list, size_t depth);
void sequences_rolled_back(struct sequence **list, size_t depth);
void sequences_free(struct sequence **list);

/* ---- head.c: what the caches know of the log ---- */
/* The newest changeset in this unit's view; brings head_changed up to date for at least all of
 * them. */
bool head_read(struct cx *cx, int64_t *out) CHECKED;
bool head_newest(struct cx *cx, int64_t *out) CHECKED; /* the same, and nothing else */
/* A changeset up to which all are committed; there may be newer ones. */
int64_t head_known(struct head *head);
/* The changeset that last changed records of this object, as far as this process knows (it may be
 * beyond this unit's view); 0: none.  What was computed in a view whose head was h still holds in a
 * view whose head is g when head_changed is at most h and at most g, after head_read of both. */
int64_t head_changed(const struct cx *cx, const struct object *object);
/* After work_commit: the objects (by index in cx->model) that the changeset changed; NULL: it
 * changed more than records, so that the next head_read must look. */
void head_committed(struct cx *cx, int64_t changeset, const struct fieldset *objects);
struct head *head_new(void);
void head_free(struct head **head);
/* At the start: whatever there is counts as changed by the newest changeset. */
bool head_start(struct cx *cx, struct head *head) CHECKED;

#endif
