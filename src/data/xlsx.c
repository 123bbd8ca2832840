#include <archive.h>
#include <archive_entry.h>

#include "data/xlsx_private.h"

#include "base/i18n.h"

enum { ENTRIES_MAX = 20000 };

struct package {
	struct cx *cx;
	struct str bytes;
	int64_t unpacked;
	struct archive *archive; /* while a part is read */
};

static int64_t
part_read(void *state, void *out, size_t n)
{
	struct package *package = state;
	la_ssize_t got = archive_read_data(package->archive, out, n);

	if (got < 0) {
		fail(package->cx, E_INPUT,
		     "The workbook is damaged: %s. Save it once more in the spreadsheet.",
		     archive_error_string(package->archive));
		return -1;
	}
	package->unpacked += got;
	if (package->unpacked > XLSX_UNPACKED_MAX ||
	    (package->unpacked > XLSX_RATIO_FROM &&
	     package->unpacked / XLSX_RATIO_MAX > (int64_t)package->bytes.n)) {
		fail(package->cx, E_TOO_BIG,
		     "Unpacked, the workbook is too big; divide it, or save it as CSV");
		return -1;
	}
	return got;
}

/* Go to the part of this path. */
static bool
part_find(struct package *package, struct str path, bool *is_there)
{
	struct archive_entry *entry;
	int status = ARCHIVE_OK;

	*is_there = false;
	for (int i = 0; i < ENTRIES_MAX; i++) {
		struct str name;

		status = archive_read_next_header(package->archive, &entry);
		if (status != ARCHIVE_OK && status != ARCHIVE_WARN)
			break;
		name = str_of(archive_entry_pathname(entry));
		if (name.n && name.p[0] == '/')
			name = str_from(name, 1);
		if (!str_eq_ascii_nocase(name, path))
			continue;
		if (archive_entry_is_encrypted(entry))
			return fail(package->cx, E_INPUT,
				    "The workbook is protected by a password; take it away in the "
				    "spreadsheet, and save the workbook as XLSX or CSV");
		*is_there = true;
		return true;
	}
	return status == ARCHIVE_EOF || status == ARCHIVE_OK || status == ARCHIVE_WARN ||
	       fail(package->cx, E_INPUT,
		    "The workbook is damaged: %s. Save it once more in the spreadsheet.",
		    archive_error_string(package->archive));
}

static bool
part_parse(struct package *package, struct str path, const struct xml_handler *handler,
	   bool *is_there)
{
	bool found;

	archive_read_support_format_zip(package->archive);
	if (archive_read_open_memory(package->archive, package->bytes.p, package->bytes.n) !=
	    ARCHIVE_OK)
		return fail(package->cx, E_INPUT,
			    "The workbook is damaged: %s. Save it once more in the spreadsheet.",
			    archive_error_string(package->archive));
	if (!part_find(package, path, &found))
		return false;
	if (is_there)
		*is_there = found;
	if (!found)
		return is_there || fail(package->cx, E_INPUT,
					"The workbook is damaged: its part %.*s is missing. Save "
					"it once more in the spreadsheet.",
					STR_FMT(path));
	return xml_parse(package->cx, path, (struct source){ part_read, package }, handler);
}

bool
package_parse(struct package *package, struct str path, const struct xml_handler *handler,
	      bool *is_there)
{
	bool ok;

	package->archive = archive_read_new();
	if (!package->archive)
		return fail(package->cx, E_TOO_BIG, "There is no memory for the workbook");
	ok = part_parse(package, path, handler, is_there);
	archive_read_free(package->archive);
	package->archive = NULL;
	return ok;
}

static bool
read_all(struct package *package, struct book *book)
{
	struct sheet_rows *rows;
	struct xml_handler handler;
	bool ok;

	if (!book_find(package, book) || !book_styles(package, book) ||
	    !book_strings(package, book))
		return false;
	rows = sheet_rows_new(book);
	handler = sheet_rows_handler(rows);
	ok = package_parse(package, book->path, &handler, NULL);
	sheet_rows_free(&rows);
	return ok;
}

bool
xlsx_read(struct cx *cx, struct str bytes, const struct row_reader *reader)
{
	struct package package = { .cx = cx, .bytes = bytes };
	struct book book = { .cx = cx,
			     .reader = reader,
			     .texts = buf_heap(XLSX_STRINGS_MAX),
			     .ends = buf_heap(XLSX_STRINGS_MAX) };
	bool ok = read_all(&package, &book);

	buf_fini(&book.texts);
	buf_fini(&book.ends);
	return ok;
}

bool
xlsx_read_sheet(struct cx *cx, struct source source, const struct row_reader *reader)
{
	struct book book = { .cx = cx, .reader = reader, .sheet = S("1") };
	struct sheet_rows *rows = sheet_rows_new(&book);
	struct xml_handler handler = sheet_rows_handler(rows);
	bool ok = xml_parse(cx, S("sheet"), source, &handler);

	sheet_rows_free(&rows);
	return ok;
}
