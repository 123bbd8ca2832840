/* Inside record/: the store and the parts that its files share. */
#ifndef KONTOR_RECORD_INTERNAL_H
#define KONTOR_RECORD_INTERNAL_H

#include "base/heap.h"
#include "db/db.h"
#include "model/type.h"
#include "record/keys.h"
#include "record/record.h"

struct actor_cache;
struct count_cache;
struct head;
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
};

/* ---- tables (tables.c): the record floor's own system tables ---- */
extern const struct system_table record_tables[]; /* ends with { 0 } */

/* ---- migrate.c ---- */
/* Create and change tables, columns and indexes so that they fit the snapshot; numbers objects
 * (sys_object) and sets object->number; fills new key columns; rebuilds the search index of objects
 * whose searched fields changed.  Columns that the model no longer has are kept.  `plan` not NULL:
 * only tell, one line each.  In a write unit. */
bool migrate_model(struct cx *cx, struct snapshot *model, struct strs *plan) CHECKED;
bool migrate_system(struct cx *cx, const struct feature *const *features) CHECKED;

/* ---- row.c: between columns and values ---- */
struct column_list { /* what a SELECT reads, in order */
	const struct field **v;
	size_t n;
};
/* Append t."a", t."b" … for the stored columns of the fields. */
void row_columns(struct sqltext *sql, const char *alias, const struct field *const *fields,
		 size_t n);
/* Read the current row of the statement, from column `at`, into row->v (text borrowed unless
 * `copy`). Sealed fields are opened with the subject's key.  Links to many are not read here. */
bool row_read(struct cx *cx, struct stmt *stmt, int at, const struct field *const *fields, size_t n,
	      bool copy, struct row *row) CHECKED;
/* Bind a sqltext's values to its statement. */
struct stmt *sql_prepare(struct cx *cx, struct sqltext *sql) CHECKED;
/* Load links to many of one row. */
bool row_read_many(struct cx *cx, struct row *row, const struct field *f) CHECKED;
/* The subject of a row: object and id, or none (NULL). */
const struct object *row_subject(const struct row *row, int64_t *id);

/* ---- searchdoc.c: what of a record stands in the full-text index ---- */
/* Folded words of the title and of the searched fields; empty where nothing is searched. */
void search_texts(struct arena *mem, const struct row *row, struct str *title, struct str *body);

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

/* ---- head.c: what the caches know of the log ---- */
/* The newest changeset in this unit's view; brings head_changed up to date for at least all of
 * them. */
bool head_read(struct cx *cx, int64_t *out) CHECKED;
/* The changeset that last changed records of this object, as far as this process knows (it may be
 * beyond this unit's view); 0: none.  What was computed in a view whose head was h still holds in a
 * view whose head is g when head_changed is at most h and at most g, after head_read of both. */
int64_t head_changed(const struct cx *cx, const struct object *object);
/* After work_commit: the objects (by index in cx->model) that the changeset changed. */
void head_committed(struct cx *cx, int64_t changeset, const struct fieldset *objects);

#endif
