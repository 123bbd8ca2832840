#include "data/import_private.h"

#include <stdarg.h>

#include "base/i18n.h"

enum { WHY_MAX = 500, TEXT_MAX = 80 };

/* The beginning of a text, code points whole. */
static struct str
beginning(struct str s, size_t max)
{
	if (s.n <= max)
		return s;
	while (max && ((unsigned char)s.p[max] & 0xc0) == 0x80)
		max--;
	return str_first(s, max);
}

void
import_note(struct import *im, bool error, struct place at, const char *format, ...)
{
	struct import_report *report = &im->report;
	struct buf why = buf_in(im->kept, WHY_MAX * 2);
	char sentence[WHY_MAX];
	va_list args;

	report->errors += error;
	report->warnings += !error;
	im->doubtful = true;
	if (report->n_lines == IMPORT_LINES_MAX)
		return;
	va_start(args, format);
	vsnprintf(sentence, sizeof sentence, tr(im->cx, format), args);
	va_end(args);
	buf_z(&why, sentence);
	if (why.n && !strchr(".!?", why.p[why.n - 1]))
		buf_char(&why, '.');
	report->lines = arena_grow(im->kept, report->lines, report->n_lines, &im->cap_lines,
				   sizeof *report->lines);
	report->lines[report->n_lines++] = (struct import_line){
		.row = at.row,
		.column = str_dup(im->kept, beginning(at.column, TEXT_MAX)),
		.why = buf_done(&why),
		.text = str_dup(im->kept, beginning(at.text, TEXT_MAX)),
		.error = error,
	};
}

static void
print_line(const struct import_line *line, bool is_card, struct buf *out)
{
	const char *separator = "";
	size_t at;

	if (line->row) {
		buf_z(out, is_card ? "card " : "row ");
		buf_int(out, line->row);
		separator = ", ";
	}
	if (line->column.n) {
		buf_z(out, separator);
		BUF_LIT(out, "column ");
		buf_str(out, line->column);
	}
	BUF_LIT(out, ": ");
	buf_str(out, line->why);
	if (line->text.n && !str_find(line->why, line->text, &at)) {
		BUF_LIT(out, " (");
		buf_str(out, line->text);
		buf_char(out, ')');
	}
	if (line->error)
		buf_z(out, is_card ? " The card was passed over." : " The row was passed over.");
	buf_char(out, '\n');
}

void
import_report_print(struct cx *cx, const struct import_report *report, struct buf *out)
{
	int64_t more = report->warnings + report->errors - (int64_t)report->n_lines;

	(void)cx;
	for (size_t i = 0; i < report->n_lines; i++)
		print_line(&report->lines[i], report->is_cards, out);
	if (more > 0)
		buf_printf(out, "… and %lld more.\n", (long long)more);
	buf_printf(out,
		   "%s: %lld rows; %lld created, %lld changed, %lld unchanged, %lld passed over, "
		   "%lld linked; %lld warnings, %lld errors",
		   report->object, (long long)report->rows, (long long)report->created,
		   (long long)report->updated, (long long)report->unchanged,
		   (long long)report->skipped, (long long)report->linked,
		   (long long)report->warnings, (long long)report->errors);
	if (report->dry_run)
		BUF_LIT(out, "; a dry run: nothing was kept");
	else if (report->changeset)
		buf_printf(out, "; changeset %lld", (long long)report->changeset);
	buf_char(out, '\n');
}

static void
json_line(const struct import_line *line, struct buf *out)
{
	BUF_LIT(out, "{\"row\":");
	buf_int(out, line->row);
	BUF_LIT(out, ",\"column\":");
	buf_json(out, line->column);
	buf_z(out, line->error ? ",\"level\":\"error\",\"detail\":"
			       : ",\"level\":\"warning\",\"detail\":");
	buf_json(out, line->why);
	BUF_LIT(out, ",\"text\":");
	buf_json(out, line->text);
	buf_char(out, '}');
}

void
import_lines_json(const struct import_report *report, struct buf *out)
{
	buf_char(out, '[');
	for (size_t i = 0; i < report->n_lines; i++) {
		if (i)
			buf_char(out, ',');
		json_line(&report->lines[i], out);
	}
	buf_char(out, ']');
}

void
import_report_json(const struct import_report *report, struct buf *out)
{
	const struct {
		const char *name;
		int64_t n;
	} figures[] = {
		{ "rows", report->rows },         { "created", report->created },
		{ "updated", report->updated },   { "unchanged", report->unchanged },
		{ "skipped", report->skipped },   { "linked", report->linked },
		{ "warnings", report->warnings }, { "errors", report->errors },
	};

	BUF_LIT(out, "{\"object\":");
	buf_json(out, str_of(report->object));
	for (size_t i = 0; i < countof(figures); i++) {
		buf_printf(out, ",\"%s\":", figures[i].name);
		buf_int(out, figures[i].n);
	}
	buf_z(out, report->dry_run ? ",\"dry_run\":true" : ",\"dry_run\":false");
	BUF_LIT(out, ",\"changeset\":");
	if (report->changeset)
		buf_printf(out, "\"%lld\"", (long long)report->changeset);
	else
		BUF_LIT(out, "null");
	BUF_LIT(out, ",\"lines\":");
	import_lines_json(report, out);
	buf_char(out, '}');
}
