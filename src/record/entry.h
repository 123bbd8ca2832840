/* Inside record/: how entries of a timeline are read. */
#ifndef KONTOR_RECORD_ENTRY_H
#define KONTOR_RECORD_ENTRY_H

#include "record/internal.h"
#include "record/timeline.h"

/* "SELECT number, …" of the table "t": what entry_from reads. */
void entry_columns_sql(struct cx *cx, struct sqltext *sql, size_t number,
		       const struct entry_fields *fields);
struct entry entry_from(struct cx *cx, struct stmt *stmt, const struct object *object,
			const struct entry_fields *fields);
/* A moment from one of two columns: a number, or the text of a date; 0: none. */
int64_t entry_moment(struct stmt *stmt, int number, int date);

#endif
