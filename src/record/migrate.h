/* Inside migration: what a table should be, and what is done to make it so. */
#ifndef KONTOR_RECORD_MIGRATE_H
#define KONTOR_RECORD_MIGRATE_H

#include "record/internal.h"

/* One migration, under way. */
struct migration {
	struct cx *cx;
	const struct dialect *dialect;
	struct strs *plan;       /* not NULL: only tell */
	struct db_schema schema; /* as it was before */
	struct buf refused;      /* mistakes, a line each */
	unsigned n_refused;
	int64_t documents; /* that were put into the search index */
};

/* What a table should be. */
struct column_plan {
	struct str name;
	enum column_class class;
	bool primary, required;
};
struct index_plan {
	struct str name;  /* "ix_…" or "ux_…" with a hash of the definition */
	struct str sql;   /* CREATE INDEX … */
	struct str keys;  /* of a unique one over records: its expressions … */
	struct str value; /* … and the column among them whose values may not repeat */
};
struct table_plan {
	struct str name;
	struct column_plan *v;
	size_t n, cap;
	const char *key; /* ", PRIMARY KEY (…)" behind the columns, or NULL */
	struct index_plans {
		struct index_plan *v;
		size_t n, cap;
	} indexes;
};

enum { IDENTIFIER_MAX = 63 };

/* ---- migrate.c ---- */
/* The index is empty, or was emptied: nothing counts as indexed any more. */
bool signatures_forget(struct cx *cx) CHECKED;
/* In a write: the search index of all objects, emptied and filled; *documents counts them. */
bool migrate_search(struct cx *cx, const struct snapshot *model, int64_t *documents) CHECKED;

/* ---- migrate_table.c ---- */
const struct db_table *schema_table(const struct db_schema *schema, struct str name);
const struct db_column *schema_column(const struct db_table *table, struct str name);

/* Columns that are of another class are refused. */
void table_check(struct migration *m, const struct table_plan *plan);
bool table_columns(struct migration *m, const struct table_plan *plan) CHECKED; /* create, add */
bool table_indexes(struct migration *m, const struct table_plan *plan) CHECKED; /* create, drop */

/* Note one mistake; printf.  migrate_refused fails with all of them. */
void refuse(struct migration *m, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool migrate_refused(struct migration *m) CHECKED; /* false: something was refused */

/* Tell (plan) or do. */
bool migrate_step(struct migration *m, struct str sql, const char *format, ...)
	__attribute__((format(printf, 3, 4))) CHECKED;

/* Run a statement made of text. */
bool migrate_run(struct migration *m, struct sqltext *sql) CHECKED;

/* ---- migrate_plan.c: from the model to tables ---- */
struct table_plan plan_object(struct migration *m, const struct object *object);
struct table_plan plan_links(struct migration *m, const struct field *field);
struct table_plan plan_system(struct migration *m, const struct system_table *table);

/* ---- migrate_index.c: which indexes a table has ---- */
void plan_indexes(struct migration *m, struct table_plan *plan, const struct object *object);
void plan_link_index(struct migration *m, struct table_plan *plan);
/* "kind, key" */
void plan_system_index(struct migration *m, struct table_plan *plan, const char *columns,
		       bool unique);

/* ---- shape.c: how each field of an object is kept, a line each ---- */
/* "size decimal 2\nparty one party\n…"; fields that are no longer in the model follow from `old`.
 */
struct str shape_of(struct migration *m, const struct object *object, struct str old);
/* The line of a field, without its name; empty: none. */
struct str shape_line(struct str shape, struct str field);
/* Refuse fields whose stored values would change their meaning. */
void shape_check(struct migration *m, const struct object *object, struct str old, struct str now);

/* ---- migrate_fill.c: values that the program computes ---- */
struct known_object {
	const struct object *object;
	struct str shape, signature; /* as stored before; empty: new */
	struct str new_shape, new_signature;
};
/* Keys and formulas whose columns are new or whose field changed. */
bool fill_columns(struct migration *m, const struct known_object *known) CHECKED;
/* What of an object is indexed: "1 title field field"; "-" stands for no title. */
struct str signature_of(struct arena *mem, const struct object *object);
/* Search documents of all records, into an empty index. */
bool search_fill(struct migration *m, const struct snapshot *model) CHECKED;
/* Tells the search document of each record that has one; the batch's memory is given back when
 * it has told `each` of all of them, who keeps nothing there. */
struct document_reader {
	bool (*each)(struct cx *cx, int64_t number, int64_t record, struct str title,
		     struct str body, void *to);
	void *to;
};
bool search_documents(struct cx *cx, const struct object *object,
		      const struct document_reader *reader) CHECKED;
/* Search documents of the objects whose signature changed; of all (*all) where it can no longer be
 * told what was indexed. */
bool fill_search(struct migration *m, const struct known_object *known, size_t n, bool *all)
	CHECKED;

#endif
