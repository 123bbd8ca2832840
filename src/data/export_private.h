/* What the files of the export share.  Private to data/. */
#ifndef KONTOR_DATA_EXPORT_PRIVATE_H
#define KONTOR_DATA_EXPORT_PRIVATE_H

#include "data/export.h"
#include "model/type.h"

enum { EXPORT_COLUMNS_MAX = 2 * FIELDS_MAX };

enum part { PART_WHOLE, PART_ID, PART_TITLE, PART_AMOUNT, PART_CURRENCY };

struct export_column {
	const struct field *field;
	enum part part;
	struct str name;
	struct str *titles; /* PART_TITLE: of each row of the page */
};

struct xlsx;

struct export
{
	struct cx *cx;
	const struct export_options *options;
	const struct object *object;
	const struct face *face;
	const struct field **fields;
	size_t n_fields;
	struct export_column *columns;
	size_t n_columns;
	struct rows page;
	struct buf out; /* on the heap; goes to the sink when it is long enough */
	struct xlsx *xlsx;
	struct export_report report;
};

/* How one format is written.  abandon: release what was begun; also after end. */
struct export_writer {
	bool (*begin)(struct export *ex);
	bool (*row)(struct export *ex, size_t at); /* ex->page.v[at] */
	bool (*end)(struct export *ex);
	void (*abandon)(struct export *ex);
};

/* Give what is in ex->out to the sink. */
bool export_flush(struct export *ex) CHECKED;

/* The text of a cell, without locale. */
void cell_print(const struct export *ex, size_t column, size_t at, struct buf *out);

/* export_xlsx.c */
extern const struct export_writer XLSX_WRITER;
/* export_vcard.c */
extern const struct export_writer VCARD_WRITER;

#endif
