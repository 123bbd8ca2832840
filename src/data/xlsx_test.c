#include <archive.h>
#include <archive_entry.h>

#include "data/xlsx_private.h"

#include "base/test.h"

enum { SHOWN_MAX = 4 << 20, ZIP_MAX = 4 << 20, PARTS_MAX = 8 };

/* ---- workbooks made by code ---- */

struct part {
	const char *path;
	struct str text;
};

static struct str
zipped(struct cx *cx, const struct part *parts, size_t n)
{
	struct archive *zip = archive_write_new();
	struct archive_entry *entry = archive_entry_new();
	char *bytes = arena_alloc(cx->mem, ZIP_MAX);
	size_t used = 0;

	assert_int_equal(archive_write_set_format_zip(zip), ARCHIVE_OK);
	assert_int_equal(archive_write_open_memory(zip, bytes, ZIP_MAX, &used), ARCHIVE_OK);
	for (size_t i = 0; i < n; i++) {
		if (!parts[i].path)
			continue;
		archive_entry_clear(entry);
		archive_entry_set_pathname(entry, parts[i].path);
		archive_entry_set_filetype(entry, AE_IFREG);
		archive_entry_set_size(entry, (la_int64_t)parts[i].text.n);
		assert_int_equal(archive_write_header(zip, entry), ARCHIVE_OK);
		assert_int_equal(archive_write_data(zip, parts[i].text.p, parts[i].text.n),
				 parts[i].text.n);
	}
	assert_int_equal(archive_write_close(zip), ARCHIVE_OK);
	archive_entry_free(entry);
	archive_write_free(zip);
	return (struct str){ bytes, used };
}

#define RELATION(id, kind, target)                                                            \
	"<Relationship Id=\"" id                                                              \
	"\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/" kind \
	"\" Target=\"" target "\"/>"
#define RELATIONS(text) "<?xml version=\"1.0\"?><Relationships>" text "</Relationships>"

/* Their order is that of STYLES: 1 a day, 2 a moment, 3 a time, 4 a duration, 5 a share, 6 with
 * zeros, 7 a built-in day, 8 letters in quotes. */
static const char STYLES[] =
	"<styleSheet><numFmts><numFmt numFmtId=\"164\" formatCode=\"dd.mm.yyyy;@\"/>"
	"<numFmt numFmtId=\"165\" formatCode=\"yyyy\\-mm\\-dd\\ hh:mm:ss\"/>"
	"<numFmt numFmtId=\"166\" formatCode=\"[$-407]h:mm AM/PM\"/>"
	"<numFmt numFmtId=\"167\" formatCode=\"[h]:mm\"/>"
	"<numFmt numFmtId=\"168\" formatCode=\"0.0%\"/>"
	"<numFmt numFmtId=\"169\" formatCode=\"00000\"/>"
	"<numFmt numFmtId=\"170\" formatCode=\"[Red]&quot;days &quot;0.00\"/></numFmts>"
	"<cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs>"
	"<cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"164\"/><xf numFmtId=\"165\"/>"
	"<xf numFmtId=\"166\"/><xf numFmtId=\"167\"/><xf numFmtId=\"168\"/><xf numFmtId=\"169\"/>"
	"<xf numFmtId=\"14\"/><xf numFmtId=\"170\"/></cellXfs></styleSheet>";
static const char STRINGS[] =
	"<sst><si><t>Müller &amp; Söhne</t></si>"
	"<si><r><rPr><b/></rPr><t>fett</t></r><r><t xml:space=\"preserve\"> und nicht</t></r>"
	"<rPh><t>gelesen</t></rPh></si><si><t/></si><si><t>a_x000D_\nb_x005F_x41_</t></si></sst>";
static const char SHEETS[] = "<sheet name=\"Kunden\" sheetId=\"1\" r:id=\"rId1\"/>";

struct workbook {
	const char *properties, *sheets, *data;
};

static struct str
workbook_made(struct cx *cx, struct workbook w)
{
	const struct part parts[] = {
		{ "_rels/.rels", S(RELATIONS(RELATION("r", "officeDocument", "xl/workbook.xml"))) },
		{ "xl/workbook.xml",
		  str_printf(cx->mem,
			     "<workbook xmlns:r=\"urn:r\">%s<sheets>%s</sheets></workbook>",
			     w.properties ? w.properties : "", w.sheets ? w.sheets : SHEETS) },
		{ "xl/_rels/workbook.xml.rels",
		  S(RELATIONS(RELATION("rId1", "worksheet", "worksheets/sheet1.xml") RELATION(
			  "rId2", "worksheet", "/xl/worksheets/sheet2.xml")
				      RELATION("rId3", "chartsheet", "chartsheets/sheet1.xml")
					      RELATION("s", "styles", "styles.xml")
						      RELATION("t", "sharedStrings",
							       "../xl/sharedStrings.xml"))) },
		{ "xl/styles.xml", { STYLES, sizeof STYLES - 1 } },
		{ "xl/sharedStrings.xml", { STRINGS, sizeof STRINGS - 1 } },
		{ "xl/worksheets/sheet1.xml",
		  str_printf(cx->mem,
			     "<worksheet><sheetData>%s</sheetData><mergeCells/></worksheet>",
			     w.data) },
		{ "xl/worksheets/sheet2.xml",
		  S("<worksheet><sheetData><row><c t=\"inlineStr\"><is><t>zweites</t></is></c></row>"
		    "</sheetData><mergeCells count=\"1\"><mergeCell ref=\"A1:B2\"/></mergeCells>"
		    "</worksheet>") },
	};

	return zipped(cx, parts, countof(parts));
}

/* ---- what was read ---- */

static bool
show_row(void *to, const struct csv_row *row)
{
	struct buf *out = to;

	buf_int(out, row->number);
	buf_char(out, ':');
	for (size_t i = 0; i < row->n; i++) {
		buf_str(out, row->cells[i]);
		buf_char(out, '|');
	}
	return true;
}

static void
show_note(void *to, const struct row_note *note)
{
	struct buf *out = to;

	buf_printf(out, "[%lld %d: %.*s (%.*s)]", (long long)note->row,
		   note->column == ROW_NO_COLUMN ? -1 : (int)note->column, STR_FMT(note->why),
		   STR_FMT(note->text));
}

/* All rows as "1:a|b|" "3:c|d|" with the notes between, or the failure. */
static struct str
shown(struct cx *cx, struct str bytes)
{
	struct buf out = buf_in(cx->mem, SHOWN_MAX);
	const struct row_reader reader = { show_row, show_note, &out };

	if (!xlsx_read(cx, bytes, &reader))
		return cx->err.why;
	return out.n ? buf_done(&out) : S("nothing");
}

static struct cx *
unit(void)
{
	return cx_new(&env_real, CX_MEM_DEFAULT);
}

static const struct {
	const char *data, *want;
} cells[] = {
	{ "", "nothing" },
	{ "<row r=\"1\"/><row r=\"2\"><c r=\"A2\" s=\"1\"/></row>", "nothing" },
	/* texts: shared, in pieces, in the cell, calculated, with signs that XML does not hold */
	{ "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" t=\"s\"><v>1</v></c></row>",
	  "1:Müller & Söhne|fett und nicht|" },
	{ "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>3</v></c></row>", "1:a\nb_x41_|" },
	{ "<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><r><t>ein</t></r><r><t>s</t></r></is></c></row>",
	  "1:eins|" },
	{ "<row r=\"1\"><c r=\"A1\" t=\"str\"><f>A2&amp;\"x\"</f><v>yx</v></c></row>", "1:yx|" },
	/* gaps, empty cells at the end, rows without numbers, a name space */
	{ "<row r=\"2\"><c r=\"B2\"><v>1</v></c><c r=\"D2\"><v>2</v></c><c r=\"E2\"/></row>"
	  "<row r=\"9\"><c r=\"A9\"><v>3</v></c></row>",
	  "2:|1||2|9:3|" },
	{ "<row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row>", "1:1|2|2:3|" },
	{ "<x:row xmlns:x=\"urn:x\"><x:c><x:v>1</x:v></x:c></x:row>", "1:1|" },
	/* numbers */
	{ "<row><c><v>0</v></c><c><v>-0</v></c><c><v>12.5</v></c><c><v>1E3</v></c></row>",
	  "1:0|0|12.5|1000|" },
	{ "<row><c><v>0.30000000000000004</v></c><c><v>1.5E-7</v></c><c><v>491701234567</v></c></row>",
	  "1:0.3|0.00000015|491701234567|" },
	{ "<row><c s=\"5\"><v>0.195</v></c><c s=\"6\"><v>1067</v></c><c s=\"6\"><v>50667</v></c></row>",
	  "1:19.5%|01067|50667|" },
	{ "<row><c s=\"8\"><v>7.25</v></c><c s=\"99\"><v>3</v></c></row>", "1:7.25|3|" },
	{ "<row><c t=\"b\"><v>1</v></c><c t=\"b\"><v>0</v></c></row>", "1:true|false|" },
	/* days: the one that never was, the ones around it, the last one */
	{ "<row><c s=\"1\"><v>1</v></c><c s=\"1\"><v>59</v></c><c s=\"1\"><v>60</v></c>"
	  "<c s=\"1\"><v>61</v></c><c s=\"7\"><v>46081</v></c><c s=\"7\"><v>2958465</v></c></row>",
	  "1:1900-01-01|1900-02-28|1900-02-29|1900-03-01|2026-02-28|9999-12-31|" },
	{ "<row><c s=\"1\"><v>0</v></c><c s=\"1\"><v>-1</v></c><c s=\"1\"><v>2958466</v></c></row>",
	  "1:|-1|2958466|" },
	{ "<row><c s=\"2\"><v>46081.572916666664</v></c><c s=\"2\"><v>46081</v></c>"
	  "<c s=\"2\"><v>46081.999999999</v></c></row>",
	  "1:2026-02-28 13:45:00|2026-02-28|2026-03-01|" },
	{ "<row><c s=\"3\"><v>0.5625</v></c><c s=\"4\"><v>1.2604166666666667</v></c></row>",
	  "1:13:30:00|30:15:00|" },
	{ "<row><c t=\"d\"><v>2026-02-28T00:00:00</v></c><c t=\"d\"><v>2026-02-28T13:45:00</v></c></row>",
	  "1:2026-02-28|2026-02-28T13:45:00|" },
	/* what went wrong there */
	{ "<row><c t=\"e\"><f>1/0</f><v>#DIV/0!</v></c><c><v>2</v></c></row>",
	  "[1 0: The formula of this cell has no result; it is taken for empty. (#DIV/0!)]1:|2|" },
	{ "<row><c><v>zwei</v></c></row>",
	  "[1 0: This number cannot be read; the cell is taken for empty. (zwei)]" },
	{ "<row r=\"7\"><c r=\"C7\" t=\"s\"><v>99</v></c></row>",
	  "sheet “Kunden”, row 7, column C: the text of the cell is missing in the workbook; save "
	  "it once more" },
	{ "<row r=\"7\"><c r=\"C7\"><v>1</v></c><c r=\"B7\"><v>1</v></c></row>",
	  "sheet “Kunden”, row 7: the cells are not in their order; open the workbook in a "
	  "spreadsheet and save it once more" },
	{ "<row r=\"7\"/><row r=\"7\"/>",
	  "sheet “Kunden”, row 7: the rows are not in their order; open the workbook in a "
	  "spreadsheet and save it once more" },
	{ "<row r=\"1048577\"/>",
	  "sheet “Kunden”, row 1048577: a sheet may have 1,048,576 rows at most; divide it" },
	{ "<row r=\"3\"><c r=\"ALM3\"><v>1</v></c></row>",
	  "sheet “Kunden”, row 3, column ALM: a row may have 1,000 columns at most; take out what "
	  "is not needed" },
	{ "<row><c r=\"7\"/></row>",
	  "sheet “Kunden”, row 1: the cell does not say in which column it stands" },
};

static void
test_cells_become_texts(void **state)
{
	(void)state;
	for (size_t i = 0; i < countof(cells); i++) {
		struct cx *cx = unit();

		if (cells[i].want)
			assert_str(shown(cx,
					 workbook_made(cx,
						       (struct workbook){ .data = cells[i].data })),
				   cells[i].want);
		cx_free(&cx);
	}
}

#define TWO                                                    \
	"<sheet name=\"Kunden\" sheetId=\"1\" r:id=\"rId1\"/>" \
	"<sheet name=\"Zweites\" sheetId=\"2\" r:id=\"rId2\"/>"
static const struct {
	struct workbook book;
	const char *want;
} books[] = {
	{ { "<workbookPr date1904=\"1\"/>", NULL,
	    "<row><c s=\"1\"><v>44619</v></c><c s=\"1\"><v>1</v></c></row>" },
	  "1:2026-02-28|1904-01-02|" },
	{ { NULL, TWO, "<row><c><v>1</v></c></row>" },
	  "[0 -1: The workbook has 2 sheets; only “Kunden” is read. Move another one to the first "
	  "place to read that one. ()]1:1|" },
	{ { NULL,
	    "<sheet name=\"Bild\" r:id=\"rId3\"/><sheet name=\"Weg\" state=\"hidden\" r:id=\"rId1\"/>"
	    "<sheet name=\"Zweites\" r:id=\"rId2\"/>",
	    "" },
	  "[0 -1: The workbook has 2 sheets; only “Zweites” is read. Move another one to the first "
	  "place to read that one. ()]1:zweites|[0 -1: The sheet has merged cells (A1:B2 is the "
	  "first place); only the cell at their top left has the text. ()]" },
	{ { NULL, "<sheet name=\"Weg\" state=\"veryHidden\" r:id=\"rId1\"/>", "" },
	  "All sheets of the workbook are hidden; show the one that is to be read, and save the "
	  "workbook" },
	{ { NULL, "<sheet name=\"Bild\" r:id=\"rId3\"/>", "" },
	  "The workbook has no sheet with cells" },
	{ { NULL, "<sheet name=\"Kunden\" r:id=\"rId9\"/>", "" },
	  "The workbook has no sheet with cells" },
};

static void
test_the_first_sheet_that_is_seen_is_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < countof(books); i++) {
		struct cx *cx = unit();

		assert_str(shown(cx, workbook_made(cx, books[i].book)), books[i].want);
		cx_free(&cx);
	}
}

/* ---- what is no workbook, or a hostile one ---- */

static bool
begins(struct str text, const char *begin)
{
	return str_starts(text, str_of(begin));
}

static void
test_what_is_no_workbook_is_refused(void **state)
{
	const struct part others[] = { { "word/document.xml", S("<w/>") } };
	struct cx *cx = unit();
	struct str whole;

	(void)state;
	assert_true(begins(shown(cx, zipped(cx, others, 1)), "This archive is no workbook"));
	cx_reset(cx);
	assert_true(begins(shown(cx, S("PK\x03\x04....")), "The workbook is damaged") ||
		    begins(cx->err.why, "This archive is no workbook"));
	cx_reset(cx);
	whole = workbook_made(cx, (struct workbook){ .data = "<row><c><v>1</v></c></row>" });
	for (size_t n = 0; n < whole.n; n += 37) {
		struct str said = shown(cx, str_first(whole, n));

		assert_true(cx->err.code == E_INPUT || begins(said, "1:1|"));
		fail_clear(cx);
	}
	cx_free(&cx);
}

static void
test_document_types_and_depth_are_refused(void **state)
{
	static const char *const hostile[] = {
		"<!DOCTYPE x [<!ENTITY a \"b\">]><worksheet><sheetData>&a;</sheetData></worksheet>",
		"<!DOCTYPE x SYSTEM \"file:///etc/passwd\"><worksheet/>",
		"<worksheet><sheetData><row><c t=\"str\"><v>&a;</v></c></row></sheetData></worksheet>",
		"<worksheet><sheetData></worksheet>",
	};
	struct cx *cx = unit();
	struct buf deep = buf_in(cx->mem, SHOWN_MAX), out = buf_in(cx->mem, SHOWN_MAX);
	const struct row_reader reader = { show_row, show_note, &out };

	(void)state;
	for (size_t i = 0; i < countof(hostile); i++) {
		struct str text = str_of(hostile[i]);

		assert_false(xlsx_read_sheet(cx, (struct source){ source_str, &text }, &reader));
		assert_int_equal(cx->err.code, E_INPUT);
		fail_clear(cx);
	}
	for (int i = 0; i <= XML_DEPTH_MAX; i++)
		BUF_LIT(&deep, "<a>");
	assert_false(xlsx_read_sheet(
		cx, (struct source){ source_str, &(struct str){ deep.p, deep.n } }, &reader));
	assert_str(cx->err.why, "sheet, line 1: the elements are nested too deep");
	assert_int_equal(out.n, 0);
	cx_free(&cx);
}

/* Blanks pack a thousand times smaller than they are. */
static void
test_bombs_are_refused(void **state)
{
	enum { BOMB = 48 << 20 };
	struct cx *cx = cx_new(&env_real, 2 * CX_MEM_DEFAULT);
	char *blanks = arena_alloc(cx->mem, BOMB);
	struct part parts[] = {
		{ "_rels/.rels", S(RELATIONS(RELATION("r", "officeDocument", "w.xml"))) },
		{ "w.xml", { blanks, BOMB } },
	};

	(void)state;
	memset(blanks, ' ', BOMB);
	memcpy(blanks, "<w>", 3);
	assert_str(shown(cx, zipped(cx, parts, countof(parts))),
		   "Unpacked, the workbook is too big; divide it, or save it as CSV");
	assert_int_equal(cx->err.code, E_TOO_BIG);
	cx_free(&cx);
}

static const struct {
	const char *code;
	enum number_kind kind;
	int width;
} codes[] = {
	{ "General", NUMBER_PLAIN, 0 },
	{ "#,##0.00 \"Stück mit Tag\"", NUMBER_PLAIN, 0 },
	{ "0", NUMBER_PLAIN, 0 },
	{ "0.00", NUMBER_PLAIN, 0 },
	{ "00000", NUMBER_ZEROS, 5 },
	{ "0.00E+00", NUMBER_PLAIN, 0 },
	{ "0%", NUMBER_SHARE, 0 },
	{ "dd.mm.yyyy", NUMBER_DATE, 0 },
	{ "[$-407]d. mmmm yyyy;@", NUMBER_DATE, 0 },
	{ "mmm yy", NUMBER_DATE, 0 },
	{ "mmmm", NUMBER_DATE, 0 },
	{ "m/d/yy h:mm", NUMBER_MOMENT, 0 },
	{ "mm:ss.0", NUMBER_TIME, 0 },
	{ "h:mm AM/PM", NUMBER_TIME, 0 },
	{ "[mm]:ss", NUMBER_DURATION, 0 },
	{ "[Red]0.00;[Blue]-0.00", NUMBER_PLAIN, 0 },
	{ "_-* #,##0.00 \\d_-", NUMBER_PLAIN, 0 },
	{ "\"offen", NUMBER_PLAIN, 0 },
	{ "[", NUMBER_PLAIN, 0 },
	{ "", NUMBER_PLAIN, 0 },
};

static void
test_formats_tell_days_from_numbers(void **state)
{
	(void)state;
	for (size_t i = 0; i < countof(codes); i++) {
		struct number_format format = number_format_of(str_of(codes[i].code));

		if (format.kind != codes[i].kind || format.width != codes[i].width)
			fail_msg("%s: kind %d, width %d", codes[i].code, (int)format.kind,
				 format.width);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cells_become_texts),
		cmocka_unit_test(test_the_first_sheet_that_is_seen_is_read),
		cmocka_unit_test(test_what_is_no_workbook_is_refused),
		cmocka_unit_test(test_document_types_and_depth_are_refused),
		cmocka_unit_test(test_bombs_are_refused),
		cmocka_unit_test(test_formats_tell_days_from_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
