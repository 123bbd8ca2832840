/* The uploaded file: kept in sealed pieces, read as a stream, given back as rows with a reason. */
#include "app/intake_private.h"

#include "base/heap.h"
#include "base/i18n.h"
#include "base/json.h"

#include <jansson.h>

enum { READER_MEM = 8 << 20, LINES_JSON_MAX = 16 << 20, WHY_MAX = 2000 };
enum { NOTES_BYTES = 4 << 20 };

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

/* ---- what it was ---- */

static const char
	*const FORMS[] = { [FORM_TEXT] = "text", [FORM_SHEET] = "sheet", [FORM_CARDS] = "cards" };

bool
origin_put(struct cx *cx, const struct intake *intake, const struct convert *convert)
{
	struct buf text = buf_in(cx->mem, NOTES_BYTES);

	if (convert->form == FORM_TEXT)
		return true;
	BUF_LIT(&text, "{\"form\":");
	buf_json(&text, str_of(FORMS[convert->form]));
	BUF_LIT(&text, ",\"notes\":[");
	for (size_t i = 0; i < convert->notes.n; i++) {
		const struct convert_note *note = &convert->notes.v[i];

		buf_printf(&text, "%s{\"row\":%lld,\"column\":%lld,\"why\":", i ? "," : "",
			   (long long)note->row, (long long)note->column);
		buf_json(&text, note->why);
		BUF_LIT(&text, ",\"text\":");
		buf_json(&text, note->text);
		buf_char(&text, '}');
	}
	BUF_LIT(&text, "]}");
	return piece_put(cx, intake, (struct piece){ PIECE_ORIGIN, 0 }, buf_done(&text));
}

static void
notes_read(struct cx *cx, const json_t *notes, struct convert *out)
{
	json_t *note;
	size_t i;

	json_array_foreach(notes, i, note)
	{
		const struct convert_note one = {
			.row = json_integer_value(json_object_get(note, "row")),
			.column = json_integer_value(json_object_get(note, "column")),
			.why = str_dup(cx->mem, json_text(json_object_get(note, "why"))),
			.text = str_dup(cx->mem, json_text(json_object_get(note, "text"))),
		};

		list_add(cx->mem, &out->notes, one);
	}
}

bool
origin_get(struct cx *cx, const struct intake *intake, struct convert *out)
{
	OWNED(json_drop) json_t *origin = NULL;
	struct convert convert = { 0 };
	struct str text;
	bool has;

	if (!piece_get(cx, cx->mem, intake, (struct piece){ PIECE_ORIGIN, 0 }, &text, &has) ||
	    (has && !json_parse(cx, text, LINES_JSON_MAX, &origin)))
		return false;
	for (size_t i = 0; i < countof(FORMS); i++)
		if (str_eq_z(json_text(json_object_get(origin, "form")), FORMS[i]))
			convert.form = (enum csv_form)i;
	notes_read(cx, json_object_get(origin, "notes"), &convert);
	*out = convert;
	return true;
}

bool
intake_is_cards(struct cx *cx, const struct intake *intake)
{
	struct convert convert;

	if (origin_get(cx, intake, &convert))
		return convert.form == FORM_CARDS;
	fail_clear(cx);
	return false;
}

bool
intake_map(struct cx *cx, const struct intake *intake, struct map *out)
{
	struct convert convert;
	struct map map;

	if (!map_parse(cx, intake->file, intake->map, &map) || !origin_get(cx, intake, &convert))
		return false;
	if (map.csv.form != convert.form)
		map.csv = (struct csv_options){ .form = convert.form };
	*out = map;
	return true;
}

/* ---- rows with a reason ---- */

struct reasons {
	json_t *lines; /* of the report, by row as they come */
	struct buf *out;
	char delimiter;
	struct import_fix *fixes;
	size_t n_fixes;
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
		import_fix_row(cx->mem, reasons->fixes, reasons->n_fixes, &row);
		if (has_reason(cx, reasons, row.number, &why))
			reason_row(reasons, &row, buf_done(&why));
		else if (is_head)
			reason_row(reasons, &row, str_of(tr(cx, "Reason")));
		arena_rewind(cx->mem, mark);
	}
}

/* As the file had it; for what was none of text, as spreadsheets of the language open it. */
static char
reasons_delimiter(const struct cx *cx, const struct map *map, const struct csv *csv)
{
	return map->csv.form == FORM_TEXT ? csv_delimiter(csv) : cx->lang == LANG_DE ? ';' : ',';
}

struct str
intake_errors_name(struct cx *cx, const struct intake *intake)
{
	static const char *const endings[] = { ".xlsx", ".xlsm", ".vcf", ".csv" };
	struct str name = intake->file;

	for (size_t i = 0; i < countof(endings); i++) {
		size_t n = strlen(endings[i]);

		if (name.n > n &&
		    str_eq_ascii_nocase(str_from(name, name.n - n), str_of(endings[i])))
			name.n -= n;
	}
	return str_printf(cx->mem, "%s %.*s.csv", tr(cx, "Errors"), STR_FMT(name));
}

bool
intake_errors(struct cx *cx, const struct intake *intake, struct buf *out)
{
	OWNED(json_drop) json_t *lines = NULL;
	struct intake_reader reader;
	struct str text;
	struct map map;
	struct reasons reasons;
	struct csv *csv;
	bool ok;

	if (!intake_lines(cx, intake, &text) || !json_parse(cx, text, LINES_JSON_MAX, &lines) ||
	    !intake_map(cx, intake, &map))
		return false;
	BUF_LIT(out, "\xef\xbb\xbf");
	reasons = (struct reasons){ .lines = lines, .out = out, .delimiter = ',' };
	if (!fixes_load(cx, intake, &reasons.fixes, &reasons.n_fixes))
		return false;
	reader_open(cx, intake, &reader);
	csv = csv_open(cx, cx->mem, reader_source(&reader), map.csv);
	reasons.delimiter = csv ? reasons_delimiter(cx, &map, csv) : ',';
	ok = csv && reasons_write(cx, &reasons, csv);
	reader_close(&reader);
	return ok && (!out->full || fail(cx, E_TOO_BIG, "There are too many rows for one file"));
}
