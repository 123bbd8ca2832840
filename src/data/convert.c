#include "data/convert.h"

#include "base/i18n.h"
#include "data/vcard.h"
#include "data/xlsx.h"

enum { FLUSH_BYTES = 64 << 10, ROOM_BYTES = XLSX_ROW_MAX * 2 + (1 << 20) };

/* ---- what a file is ---- */

bool
convert_form(struct cx *cx, struct str begin, enum csv_form *out)
{
	static const struct {
		size_t at;
		struct str bytes;
		enum csv_form form;
		const char *why;
	} rows[] = {
		{ 30, S_INIT("mimetypeapplication/vnd.oasis"), FORM_TEXT,
		  N_("This is a file of OpenDocument (ODS). In the spreadsheet, choose “Save as” "
		     "and the type XLSX or CSV, and take that file.") },
		{ 0, S_INIT("PK\x03\x04"), FORM_SHEET, NULL },
		{ 0, S_INIT("\xd0\xcf\x11\xe0"), FORM_TEXT,
		  N_("This is an old workbook (XLS), or one with a password. In the spreadsheet, "
		     "take the password away, choose “Save as” and the type XLSX or CSV, and take "
		     "that file.") },
		{ 0, S_INIT("%PDF"), FORM_TEXT,
		  N_("This is a PDF. Take a file of the type XLSX or CSV.") },
		{ 0, S_INIT("BEGIN:VCARD"), FORM_CARDS, NULL },
		{ 0,
		  S_INIT("\xef\xbb\xbf"
			 "BEGIN:VCARD"),
		  FORM_CARDS, NULL },
		{ 0, S_INIT("begin:vcard"), FORM_CARDS, NULL },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		if (!str_starts(str_from(begin, rows[i].at), rows[i].bytes))
			continue;
		if (rows[i].why)
			return fail_field(cx, S("file"), "type", "%s", tr(cx, rows[i].why));
		*out = rows[i].form;
		return true;
	}
	*out = FORM_TEXT;
	return true;
}

/* ---- rows ---- */

struct writer {
	struct cx *cx;
	struct convert_sink sink;
	struct convert *convert;
	struct buf out;
	int64_t row;  /* the last that was written */
	size_t width; /* of the first row: shorter ones are filled up */
};

static bool
writer_flush(struct writer *w)
{
	struct str bytes = buf_done(&w->out);

	if (w->out.full)
		return fail(w->cx, E_TOO_BIG, "row %lld: this row is too big; divide it",
			    (long long)w->row);
	if (bytes.n && !w->sink.write(w->sink.to, bytes))
		return false;
	w->convert->bytes += (int64_t)bytes.n;
	buf_clear(&w->out);
	return true;
}

static bool
is_plain(struct str text)
{
	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];

		if (c < 0x80 && !(c >= '0' && c <= '9') &&
		    !((c | 0x20) >= 'a' && (c | 0x20) <= 'z') && c != '.' && c != '-' && c != '@')
			return false;
	}
	return true;
}

static void
write_cell(struct buf *out, struct str text)
{
	if (is_plain(text)) {
		buf_str(out, text);
		return;
	}
	buf_char(out, '"');
	while (text.n) {
		const char *quote = memchr(text.p, '"', text.n);
		size_t n = quote ? (size_t)(quote - text.p) + 1 : text.n;

		buf_str(out, str_first(text, n));
		if (quote)
			buf_char(out, '"');
		text = str_from(text, n);
	}
	buf_char(out, '"');
}

static bool
write_row(void *to, const struct csv_row *row)
{
	struct writer *w = to;

	while (++w->row < row->number) {
		BUF_LIT(&w->out, "\r\n");
		if (w->out.n > FLUSH_BYTES && !writer_flush(w))
			return false;
	}
	if (!w->width)
		w->width = row->n;
	for (size_t i = 0; i < row->n || i < w->width; i++) {
		if (i)
			buf_char(&w->out, ',');
		if (i < row->n)
			write_cell(&w->out, row->cells[i]);
	}
	BUF_LIT(&w->out, "\r\n");
	return w->out.n < FLUSH_BYTES || writer_flush(w);
}

static void
take_note(void *to, const struct row_note *note)
{
	struct writer *w = to;
	struct arena *mem = w->cx->mem;

	list_add(mem, &w->convert->notes,
		 ((struct convert_note){
			 .row = note->row,
			 .column = note->column == ROW_NO_COLUMN ? -1 : (int64_t)note->column,
			 .why = str_dup(mem, note->why),
			 .text = str_dup(mem, note->text) }));
}

/* Those of the file as a whole first; the others come by row. */
static void
notes_sort(struct convert *convert)
{
	struct convert_note *v = convert->notes.v;

	for (size_t i = 1; i < convert->notes.n; i++) {
		struct convert_note one = v[i];
		size_t at = i;

		for (; !one.row && at && v[at - 1].row; at--)
			v[at] = v[at - 1];
		v[at] = one;
	}
}

bool
convert_file(struct cx *cx, struct str bytes, enum csv_form form, struct convert_sink sink,
	     struct convert *out)
{
	struct convert convert = { .form = form };
	struct writer w = {
		.cx = cx, .sink = sink, .convert = &convert, .out = buf_heap(ROOM_BYTES)
	};
	const struct row_reader reader = { write_row, take_note, &w };
	bool ok = (form == FORM_CARDS ? vcard_read(cx, bytes, &reader)
				      : xlsx_read(cx, bytes, &reader)) &&
		  writer_flush(&w);

	buf_fini(&w.out);
	if (!ok)
		return false;
	notes_sort(&convert);
	*out = convert;
	return true;
}
