/* A workbook around its sheets: which there are, the texts they share, the formats of numbers. */
#include "data/xlsx_private.h"

#include "base/i18n.h"

enum {
	STYLES_MAX = 65536,
	CODES_MAX = 10000,
	SHEETS_MAX = 10000,
	PATH_BYTES = 400,
	NAME_BYTES = 120,
	CODE_BYTES = 400,
	ESCAPE = 7, /* _x000D_ */
};

void
book_note(struct book *book, const struct row_note *note)
{
	if (book->n_notes++ < ROW_NOTES_MAX)
		book->reader->note(book->reader->to, note);
}

/* ---- texts ---- */

static bool
is_escape(struct str text, uint32_t *out)
{
	uint32_t c = 0;

	if (text.n < ESCAPE || !str_starts(text, S("_x")) || text.p[ESCAPE - 1] != '_')
		return false;
	for (int i = 2; i < ESCAPE - 1; i++) {
		static const char digits[] = "0123456789abcdef0123456789ABCDEF";
		const char *at = memchr(digits, text.p[i], sizeof digits - 1);

		if (!at)
			return false;
		c = c << 4 | ((uint32_t)(at - digits) & 0xf);
	}
	*out = c;
	return true;
}

void
text_add(struct buf *out, struct str text)
{
	while (text.n) {
		const char *line = memchr(text.p, '_', text.n);
		size_t n = line ? (size_t)(line - text.p) : text.n;
		uint32_t c;

		buf_str(out, str_first(text, n));
		text = str_from(text, n);
		if (!text.n)
			return;
		if (is_escape(text, &c)) {
			if ((c >= ' ' && c < 0x7f) || c == '\t' || c == '\n')
				buf_char(out, (char)c);
			text = str_from(text, ESCAPE);
		} else {
			buf_char(out, '_');
			text = str_from(text, 1);
		}
	}
}

/* ---- relations between the parts ---- */

struct relations {
	struct arena *mem;
	const char *kind;  /* the end of its type, or NULL: any */
	struct str id;     /* or empty: any */
	struct str target; /* of the first that is so, or empty */
	struct str type;
};

static bool
on_relation(void *to, const struct xml_tag *tag)
{
	struct relations *r = to;
	struct str type = xml_attribute(tag, "Type");

	if (r->target.n || !str_eq(tag->name, S("Relationship")) ||
	    (r->kind && !str_ends(type, str_of(r->kind))) ||
	    (r->id.n && !str_eq(xml_attribute(tag, "Id"), r->id)) ||
	    str_eq(xml_attribute(tag, "TargetMode"), S("External")))
		return true;
	r->target = str_dup(r->mem, str_begin(xml_attribute(tag, "Target"), PATH_BYTES));
	r->type = str_dup(r->mem, str_begin(type, PATH_BYTES));
	return true;
}

static bool
on_nothing(void *to, struct str text)
{
	(void)to;
	(void)text;
	return true;
}

static struct str
folder_of(struct str path)
{
	const char *slash = memrchr(path.p, '/', path.n);

	return slash ? str_first(path, (size_t)(slash - path.p) + 1) : S("");
}

/* "xl/workbook.xml" → "xl/_rels/workbook.xml.rels". */
static struct str
relations_path(struct arena *mem, struct str path)
{
	struct str folder = folder_of(path);

	return str_printf(mem, "%.*s_rels/%.*s.rels", STR_FMT(folder),
			  STR_FMT(str_from(path, folder.n)));
}

/* The part that a relation of `from` leads to; empty where there is none. */
static bool
related(struct package *package, struct str from, struct relations *r, struct str *out)
{
	struct xml_handler handler = { on_relation, on_nothing, on_nothing, r };
	struct str folder = folder_of(from), rest;
	bool is_there;

	if (!package_parse(package, relations_path(r->mem, from), &handler, &is_there))
		return false;
	*out = r->target;
	if (!r->target.n)
		return true;
	if (r->target.p[0] == '/') {
		*out = str_from(r->target, 1);
		return true;
	}
	for (rest = r->target; str_starts(rest, S("../")); rest = str_from(rest, 3))
		folder = folder.n ? folder_of(str_first(folder, folder.n - 1)) : folder;
	*out = str_join(r->mem, folder, rest);
	return true;
}

/* ---- the sheets ---- */

struct sheets {
	struct book *book;
	struct {
		struct {
			struct str name, id;
		} * v;
		size_t n, cap;
	} seen; /* those that can be seen */
	size_t n_hidden;
};

static bool
is_on(struct str text)
{
	return str_eq(text, S("1")) || str_eq(text, S("true"));
}

static bool
on_sheet(void *to, const struct xml_tag *tag)
{
	struct sheets *sheets = to;
	struct book *book = sheets->book;
	struct arena *mem = book->cx->mem;
	struct str state = xml_attribute(tag, "state");

	if (str_eq(tag->name, S("workbookPr")))
		book->is_1904 = is_on(xml_attribute(tag, "date1904"));
	if (!str_eq(tag->name, S("sheet")))
		return true;
	if (state.n && !str_eq(state, S("visible"))) {
		sheets->n_hidden++;
		return true;
	}
	if (sheets->seen.n == SHEETS_MAX)
		return fail(book->cx, E_TOO_BIG, "The workbook has more than %d sheets",
			    SHEETS_MAX);
	sheets->seen.v = arena_grow(mem, sheets->seen.v, sheets->seen.n, &sheets->seen.cap,
				    sizeof *sheets->seen.v);
	sheets->seen.v[sheets->seen.n].name =
		str_dup(mem, str_begin(xml_attribute(tag, "name"), NAME_BYTES));
	sheets->seen.v[sheets->seen.n++].id =
		str_dup(mem, str_begin(xml_attribute(tag, "id"), NAME_BYTES));
	return true;
}

static void
note_others(const struct sheets *sheets)
{
	struct book *book = sheets->book;
	struct cx *cx = book->cx;
	struct row_note note = { 0, ROW_NO_COLUMN, { 0 }, { 0 } };

	if (sheets->seen.n < 2)
		return;
	note.why = str_printf(
		cx->mem,
		tr(cx, "The workbook has %zu sheets; only “%.*s” is read. Move another one to the "
		       "first place to read that one."),
		sheets->seen.n, STR_FMT(book->sheet));
	book_note(book, &note);
}

/* The first sheet that has cells (a chart has none). */
static bool
sheet_choose(struct package *package, struct sheets *sheets, struct str workbook)
{
	struct book *book = sheets->book;

	for (size_t i = 0; i < sheets->seen.n; i++) {
		struct relations r = { .mem = book->cx->mem, .id = sheets->seen.v[i].id };

		if (!r.id.n || !related(package, workbook, &r, &book->path))
			return r.id.n ? false
				      : fail(book->cx, E_INPUT,
					     "The workbook does not say where its sheets are");
		if (!str_ends(r.type, S("/worksheet")))
			continue;
		book->sheet = sheets->seen.v[i].name;
		note_others(sheets);
		return true;
	}
	return fail(book->cx, E_INPUT, "%s",
		    tr(book->cx, sheets->n_hidden
					 ? N_("All sheets of the workbook are hidden; show the one "
					      "that is to be read, and save the workbook")
					 : N_("The workbook has no sheet with cells")));
}

bool
book_find(struct package *package, struct book *book)
{
	struct sheets sheets = { .book = book };
	struct xml_handler handler = { on_sheet, on_nothing, on_nothing, &sheets };
	struct arena *mem = book->cx->mem;
	struct relations of_file = { .mem = mem, .kind = "/officeDocument" },
			 of_texts = { .mem = mem, .kind = "/sharedStrings" },
			 of_styles = { .mem = mem, .kind = "/styles" };
	struct str workbook;

	if (!related(package, S(""), &of_file, &workbook))
		return false;
	if (!workbook.n || !str_ends(workbook, S(".xml")))
		return fail(book->cx, E_INPUT,
			    "This archive is no workbook that can be read. In the spreadsheet, "
			    "choose “Save as” and the type XLSX or CSV, and take that file.");
	return package_parse(package, workbook, &handler, NULL) &&
	       related(package, workbook, &of_texts, &book->strings_path) &&
	       related(package, workbook, &of_styles, &book->styles_path) &&
	       sheet_choose(package, &sheets, workbook);
}

/* ---- shared texts ---- */

struct shared {
	struct book *book;
	int in_text, in_reading; /* <t>; <rPh>, how a text is pronounced */
};

static bool
on_shared_begin(void *to, const struct xml_tag *tag)
{
	struct shared *shared = to;

	shared->in_text += str_eq(tag->name, S("t"));
	shared->in_reading += str_eq(tag->name, S("rPh"));
	return true;
}

static bool
on_shared_text(void *to, struct str text)
{
	struct shared *shared = to;

	if (shared->in_text && !shared->in_reading)
		buf_str(&shared->book->texts, text);
	return !shared->book->texts.full ||
	       fail(shared->book->cx, E_TOO_BIG,
		    "The texts of the workbook are longer than %d MiB; divide it",
		    XLSX_STRINGS_MAX >> 20);
}

static bool
on_shared_end(void *to, struct str name)
{
	struct shared *shared = to;
	struct book *book = shared->book;
	uint32_t end = (uint32_t)book->texts.n;

	shared->in_text -= str_eq(name, S("t"));
	shared->in_reading -= str_eq(name, S("rPh"));
	if (str_eq(name, S("si")))
		buf_str(&book->ends, (struct str){ (const char *)&end, sizeof end });
	return !book->ends.full ||
	       fail(book->cx, E_TOO_BIG, "The workbook has too many texts; divide it");
}

bool
book_strings(struct package *package, struct book *book)
{
	struct shared shared = { book, 0, 0 };
	struct xml_handler handler = { on_shared_begin, on_shared_text, on_shared_end, &shared };

	return !book->strings_path.n || package_parse(package, book->strings_path, &handler, NULL);
}

bool
book_text(const struct book *book, int64_t at, struct str *out)
{
	size_t n = book->ends.n / sizeof(uint32_t);
	uint32_t first = 0, last;

	if (at < 0 || (size_t)at >= n)
		return false;
	if (at)
		memcpy(&first, book->ends.p + (size_t)(at - 1) * sizeof first, sizeof first);
	memcpy(&last, book->ends.p + (size_t)at * sizeof last, sizeof last);
	*out = last > first ? (struct str){ book->texts.p + first, last - first } : S("");
	return true;
}

/* ---- styles ---- */

struct code {
	int64_t id;
	struct number_format format;
};

struct styles {
	struct book *book;
	bool in_cells; /* <cellXfs> */
	struct {
		struct code *v;
		size_t n, cap;
	} codes;
};

static struct number_format
format_find(const struct styles *styles, int64_t id)
{
	for (size_t i = 0; i < styles->codes.n; i++)
		if (styles->codes.v[i].id == id)
			return styles->codes.v[i].format;
	return number_format_built_in(id);
}

static bool
on_style(void *to, const struct xml_tag *tag)
{
	struct styles *styles = to;
	struct book *book = styles->book;
	bool is_code = str_eq(tag->name, S("numFmt"));
	int64_t id = 0;

	styles->in_cells |= str_eq(tag->name, S("cellXfs"));
	if (!is_code && (!styles->in_cells || !str_eq(tag->name, S("xf"))))
		return true;
	if (!str_int(xml_attribute(tag, "numFmtId"), 0, INT32_MAX, &id))
		id = 0;
	if ((is_code ? styles->codes.n : book->formats.n) == (is_code ? CODES_MAX : STYLES_MAX))
		return fail(book->cx, E_TOO_BIG, "The workbook has too many styles");
	if (is_code)
		list_add(book->cx->mem, &styles->codes,
			 ((struct code){
				 id, number_format_of(str_begin(xml_attribute(tag, "formatCode"),
								CODE_BYTES)) }));
	else
		list_add(book->cx->mem, &book->formats, format_find(styles, id));
	return true;
}

static bool
on_style_end(void *to, struct str name)
{
	struct styles *styles = to;

	if (str_eq(name, S("cellXfs")))
		styles->in_cells = false;
	return true;
}

bool
book_styles(struct package *package, struct book *book)
{
	struct styles styles = { .book = book };
	struct xml_handler handler = { on_style, on_nothing, on_style_end, &styles };

	return !book->styles_path.n || package_parse(package, book->styles_path, &handler, NULL);
}
