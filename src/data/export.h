/* Export: what an actor may see and take away (OP_EXPORT) of an object, as a file, row by row.
 *
 * Special fields and files are never in it.  CSV and XLSX have, for each field, a column of its
 * name: links have two, "party.id" and "party" (its title), money has "value" and "value.currency".
 * An import without a map reads the file back; the id tells the record.  In CSV, text that a
 * spreadsheet would take for a formula (= + - @ tab, return at its beginning) has an apostrophe put
 * before it, as OWASP advises; the import takes it off again. */
#ifndef KONTOR_DATA_EXPORT_H
#define KONTOR_DATA_EXPORT_H

#include "record/record.h"

enum export_format {
	EXPORT_CSV,   /* RFC 4180, UTF-8, CRLF */
	EXPORT_JSON,  /* one array, as the API gives records */
	EXPORT_JSONL, /* one record a line */
	EXPORT_XLSX,  /* numbers are numbers, dates are dates; at most 1,048,575 records */
	EXPORT_VCF,   /* vCard 4.0 (RFC 6350), of parties */
	EXPORT__MAX
};
extern const char *const EXPORT_NAMES[EXPORT__MAX]; /* "csv" …: also the ending of a file */
extern const char *const EXPORT_TYPES[EXPORT__MAX]; /* media types */
bool export_format_find(struct str name, enum export_format *out) CHECKED;

/* Where bytes go; false: writing failed. */
struct sink {
	bool (*write)(void *state, const void *bytes, size_t n);
	void *state;
};
bool sink_file(void *state, const void *bytes, size_t n); /* state is a `FILE *` */

struct export_options {
	struct str object; /* or face */
	struct str where;  /* a condition, or empty: all */
	struct str fields; /* names separated by commas, or empty: all that he may see */
	enum export_format format;
	struct sink sink;
	void (*progress)(void *to, int64_t rows); /* or NULL */
	void *progress_to;
};

struct export_report {
	int64_t rows;
	int64_t cut; /* texts that were too long for a cell of a spreadsheet, cut with … */
};

/* In a read unit.  Fails with E_INPUT (unknown field, condition that cannot be read, no party in
 * vcf), E_MISSING, E_FORBIDDEN, E_TOO_BIG, E_IO; the sink may have a part by then. */
bool data_export(struct cx *cx, const struct export_options *options, struct export_report *out)
	CHECKED;

#endif
