/* Inside record/: which tables and columns a dump has. */
#ifndef KONTOR_RECORD_DUMP_H
#define KONTOR_RECORD_DUMP_H

#include "record/copy.h"
#include "record/internal.h"

enum { DUMP_FORMAT = 1 };

struct dump_column {
	struct str name;
	enum store_class store;
};
struct dump_table {
	struct str name;
	struct dump_column *v;
	size_t n;
};
struct dump_tables {
	struct dump_table *v;
	size_t n, cap;
};
extern const char *const DUMP_CLASSES[STORE__MAX];

/* All that are to be dumped, as the database has them now. */
bool dump_tables(struct cx *cx, const struct feature *const *features, struct dump_tables *out)
	CHECKED;
/* The dump of these. */
bool dump_write(struct cx *cx, struct str model, const struct dump_tables *tables, dump_take *take,
		void *to) CHECKED;
/* A hash over lines; a dump_take, to is a struct hasher. */
bool dump_hash(struct cx *cx, void *to, struct str line);

/* copy.c: the next id of the table is higher than this one, and than those it holds. */
bool ids_above(struct cx *cx, const struct db_schema *schema, struct str table, int64_t id) CHECKED;

#endif
