/* The uploaded file: kept in sealed pieces, read as a stream, given back as rows with a reason. */
#include "app/intake_private.h"

#include "base/heap.h"
#include "base/i18n.h"
#include "base/json.h"

#include <jansson.h>

enum { READER_MEM = 8 << 20, LINES_JSON_MAX = 16 << 20, WHY_MAX = 2000 };

void
reader_open(struct cx *cx, const struct intake *intake, struct intake_reader *out)
{
	*out = (struct intake_reader){ .cx = cx, .intake = intake, .mem = arena_new(READER_MEM) };
}

void
reader_close(struct intake_reader *reader)
{
	arena_free(&reader->mem);
}

static bool
reader_more(struct intake_reader *reader)
{
	bool has;

	arena_reset(reader->mem);
	reader->rest = (struct str){ 0 };
	if (reader->next == reader->intake->n_pieces)
		return true;
	if (!piece_get(reader->cx, reader->mem, reader->intake,
		       (struct piece){ PIECE_FILE, reader->next }, &reader->rest, &has))
		return false;
	reader->next++;
	return has ||
	       fail(reader->cx, E_MISSING, "The file is no longer there; upload it once more");
}

static int64_t
reader_read(void *state, void *out, size_t n)
{
	struct intake_reader *reader = state;

	if (!reader->rest.n && !reader_more(reader)) {
		reader->failed = true;
		return -1;
	}
	if (n > reader->rest.n)
		n = reader->rest.n;
	if (n)
		memcpy(out, reader->rest.p, n);
	reader->rest = str_from(reader->rest, n);
	return (int64_t)n;
}

struct source
reader_source(struct intake_reader *reader)
{
	return (struct source){ reader_read, reader };
}

/* ---- rows with a reason ---- */

struct reasons {
	json_t *lines; /* of the report, by row as they come */
	struct buf *out;
	char delimiter;
};

static bool
has_reason(struct cx *cx, const struct reasons *reasons, int64_t row, struct buf *why)
{
	json_t *line;
	size_t i;

	json_array_foreach(reasons->lines, i, line)
	{
		struct str column = json_text(json_object_get(line, "column"));
		bool is_error = str_eq(json_text(json_object_get(line, "level")), S("error"));

		if (json_integer_value(json_object_get(line, "row")) != row)
			continue;
		if (why->n)
			buf_char(why, ' ');
		buf_z(why, is_error ? tr(cx, "Not imported:") : tr(cx, "Note:"));
		buf_char(why, ' ');
		if (column.n) {
			buf_str(why, column);
			BUF_LIT(why, ": ");
		}
		buf_str(why, json_text(json_object_get(line, "detail")));
	}
	return why->n;
}

/* Text that a spreadsheet would calculate has an apostrophe before it; the import takes it off. */
static void
reason_cell(const struct reasons *reasons, struct str text, bool is_first)
{
	if (!is_first)
		buf_char(reasons->out, reasons->delimiter);
	buf_char(reasons->out, '"');
	if (text.n && strchr("=+-@\t\r", text.p[0]))
		buf_char(reasons->out, '\'');
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '"')
			buf_char(reasons->out, '"');
		buf_char(reasons->out, text.p[i]);
	}
	buf_char(reasons->out, '"');
}

static void
reason_row(const struct reasons *reasons, const struct csv_row *row, struct str why)
{
	for (size_t i = 0; i < row->n; i++)
		reason_cell(reasons, row->cells[i], i == 0);
	reason_cell(reasons, why, row->n == 0);
	BUF_LIT(reasons->out, "\r\n");
}

static bool
reasons_write(struct cx *cx, const struct reasons *reasons, struct csv *csv)
{
	struct csv_row row;
	bool more = true;

	for (bool is_head = true;; is_head = false) {
		struct arena_mark mark;
		struct buf why;

		if (!csv_next(cx, csv, &row, &more))
			return false;
		if (!more)
			return true;
		mark = arena_mark(cx->mem);
		why = buf_in(cx->mem, WHY_MAX);
		if (has_reason(cx, reasons, row.number, &why))
			reason_row(reasons, &row, buf_done(&why));
		else if (is_head)
			reason_row(reasons, &row, str_of(tr(cx, "Reason")));
		arena_rewind(cx->mem, mark);
	}
}

bool
intake_errors(struct cx *cx, const struct intake *intake, struct buf *out)
{
	OWNED(json_drop) json_t *lines = NULL;
	struct intake_reader reader;
	struct str text;
	struct map map;
	struct csv *csv;
	bool ok;

	if (!intake_lines(cx, intake, &text) || !json_parse(cx, text, LINES_JSON_MAX, &lines) ||
	    !map_parse(cx, intake->file, intake->map, &map))
		return false;
	BUF_LIT(out, "\xef\xbb\xbf");
	reader_open(cx, intake, &reader);
	csv = csv_open(cx, cx->mem, reader_source(&reader), map.csv);
	ok = csv && reasons_write(cx, &(struct reasons){ lines, out, csv_delimiter(csv) }, csv);
	reader_close(&reader);
	return ok && (!out->full || fail(cx, E_TOO_BIG, "There are too many rows for one file"));
}
