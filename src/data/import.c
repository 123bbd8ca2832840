#include "data/import.h"

#include "base/file.h"
#include "data/guess.h"
#include "data/import_private.h"

enum { KEPT_MAX = 512 << 20, PROGRESS_ROWS = 1000, PIECE = 64 << 10 };

static void
progress(struct import *im)
{
	const struct import_options *o = im->options;

	if (o->progress && im->report.rows % PROGRESS_ROWS == 0)
		o->progress(o->progress_to, im->report.rows, csv_bytes(im->csv));
}

/* What was noted of the rows up to this one when the file was converted. */
static void
notes_tell(struct import *im, int64_t row, bool is_told)
{
	const struct import_options *o = im->options;

	for (; im->n_notes < o->n_notes && o->notes[im->n_notes].row <= row; im->n_notes++) {
		const struct convert_note *note = &o->notes[im->n_notes];
		bool is_named = note->column >= 0 && (size_t)note->column < im->plan.n_names;
		struct str column = is_named ? im->plan.names[note->column] : S("");

		if (is_told)
			import_note(im, false, (struct place){ note->row, column, note->text },
				    "%.*s", STR_FMT(note->why));
	}
}

/* The parser's memory grows outside of the mark, for it outlives the row. */
static bool
rows_import(struct import *im, bool first_is_data)
{
	struct cx *cx = im->cx;
	const struct import_options *o = im->options;
	int64_t at = 0, before;
	bool more = true;

	for (bool have = first_is_data;; have = false) {
		if (!have && !csv_next(cx, im->csv, &im->row, &more))
			return false;
		if (!more)
			return pending_all(im);
		if (at++ < o->skip)
			continue;
		im->report.more = o->max && at > o->skip + o->max;
		if (im->report.more)
			return pending_all(im);
		im->mark = arena_mark(cx->mem);
		import_fix_row(cx->mem, o->fixes, o->n_fixes, &im->row);
		before = im->report.rows;
		notes_tell(im, im->row.number - 1, false);
		notes_tell(im, im->row.number, true);
		if (!row_import(im))
			return false;
		if (im->report.rows > before) /* else it was blank */
			preview_row(im);
		progress(im);
		arena_rewind(cx->mem, im->mark);
	}
}

static void
note_unused(struct import *im)
{
	for (size_t i = 0; i < im->plan.unused.n; i++)
		import_note(im, false, (struct place){ 0, im->plan.unused.v[i], S("") },
			    "The map does not use this column; write “skip” where that is right.");
}

static bool
may_import(struct cx *cx, const struct map *map, const struct object *object)
{
	bool creates = map->creates && can_object(cx, object, OP_CREATE);
	bool updates = map->match.n && map->updates && can_object(cx, object, OP_EDIT);

	return creates || updates ||
	       fail(cx, E_FORBIDDEN, "You may not import %.*s", STR_FMT(object->label_many));
}

static bool
import_object(struct import *im, const struct map *map, const struct object **object,
	      const struct face **face)
{
	struct cx *cx = im->cx;
	struct str name = im->options->object.n ? im->options->object : map->object;

	if (!name.n)
		return fail(cx, E_INPUT, "%.*s: say what the rows are: object NAME",
			    STR_FMT(map->name));
	if (map->object.n && !str_eq(name, map->object))
		return fail(cx, E_INPUT, "%.*s:%u: the map is for %.*s, not for %.*s",
			    STR_FMT(map->name), map->object_line, STR_FMT(map->object),
			    STR_FMT(name));
	if (!object_open(cx, name, object, face) || !may_import(cx, map, *object))
		return false;
	im->report.object = *face ? (*face)->name.p : (*object)->name.p;
	return true;
}

static bool
import_begin(struct import *im, const struct map *map)
{
	struct cx *cx = im->cx;
	const struct object *object;
	const struct face *face = NULL;
	bool more;

	if (!import_object(im, map, &object, &face))
		return false;
	im->csv = csv_open(cx, cx->mem, im->options->source, map->csv);
	if (!im->csv || !csv_next(cx, im->csv, &im->row, &more))
		return false;
	if (!more)
		return fail(cx, E_INPUT, "The file is empty: there is not even a header");
	if (!plan_make(cx, map, object, face, &im->row, &im->plan))
		return false;
	im->texts = new_array(cx->mem, im->plan.n, struct str);
	notes_tell(im, map->header ? im->row.number : 0, !im->options->skip);
	if (!im->options->in_work)
		note_unused(im);
	preview_begin(im);
	return true;
}

static bool
import_all(struct import *im, const struct map *map)
{
	struct cx *cx = im->cx;
	struct str file = im->options->file;

	if (!import_begin(im, map) ||
	    (!im->options->in_work &&
	     !work_begin_bulk(cx, file.n ? str_printf(cx->mem, "import %.*s", STR_FMT(file))
					 : S("import"))))
		return false;
	if (!rows_import(im, !map->header))
		return false;
	preview_end(im);
	return true;
}

/* A row that needs too much memory is told by its number; see arena.h. */
static bool
import_guarded(struct import *im, const struct map *map)
{
	struct cx *cx = im->cx;
	struct arena_outer outer;
	bool done;

	arena_guard_keep(cx->mem, &outer);
	if (setjmp(*arena_guard(cx->mem))) {
		arena_guard_back(cx->mem, &outer);
		fail_clear(cx);
		arena_rewind(cx->mem, im->mark);
		return fail(cx, E_TOO_BIG, "row %lld: this row is too big; divide it",
			    (long long)im->row.number);
	}
	im->mark = arena_mark(cx->mem);
	done = import_all(im, map);
	arena_guard_back(cx->mem, &outer);
	return done;
}

static int
id_order(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void
ids_give(struct import *im, struct import_report *report)
{
	int64_t *ids = new_array(im->cx->mem, im->touched.n + 1, int64_t);

	if (im->touched.n)
		qsort(im->touched.v, im->touched.n, sizeof *im->touched.v, id_order);
	for (size_t i = 0; i < im->touched.n; i++)
		if (!i || im->touched.v[i] != im->touched.v[i - 1])
			ids[report->n_ids++] = im->touched.v[i];
	report->ids = ids;
}

static void
report_give(struct import *im, struct import_report *out)
{
	struct arena *mem = im->cx->mem;
	struct import_report report = im->report;

	ids_give(im, &report);
	report.lines = new_array(mem, report.n_lines, struct import_line);
	for (size_t i = 0; i < report.n_lines; i++) {
		struct import_line line = im->report.lines[i];

		line.column = str_dup(mem, line.column);
		line.why = str_dup(mem, line.why);
		line.text = str_dup(mem, line.text);
		report.lines[i] = line;
	}
	*out = report;
}

bool
data_import(struct cx *cx, const struct import_options *options, struct import_report *out)
{
	struct import im = { .cx = cx, .options = options, .kept = arena_new(KEPT_MAX) };
	struct map none = map_default(S("import"));
	bool done = import_guarded(&im, options->map ? options->map : &none);

	im.report.dry_run = options->dry_run;
	im.report.is_cards = options->map && options->map->csv.form == FORM_CARDS;
	if (done && !options->dry_run && !options->in_work)
		done = work_commit(cx, &im.report.changeset);
	else if (!options->in_work)
		work_abandon(cx);
	if (done)
		report_give(&im, out);
	plan_free(&im.plan);
	arena_free(&im.kept);
	return done;
}

/* ---- from files ---- */

static FILE *
file_open(struct cx *cx, const char *path)
{
	FILE *file = strcmp(path, "-") ? fopen(path, "re") : stdin;

	if (!file)
		fail(cx, E_MISSING, "The file %s cannot be opened for reading", path);
	return file;
}

static void
file_close(FILE **file)
{
	if (*file && *file != stdin)
		fclose(*file);
}

static struct str
base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return str_of(slash ? slash + 1 : path);
}

static bool
map_read(struct cx *cx, const char *path, struct map *out)
{
	struct str text;

	return file_read(cx, str_of(path), MAP_TEXT_MAX, &text) &&
	       map_parse(cx, base_name(path), text, out);
}

/* A file whose first bytes were looked at. */
struct peeked {
	FILE *file;
	char begin[CONVERT_PEEK];
	struct str rest; /* of begin */
	FILE *rows;      /* what it was converted to, or NULL */
};

static void
peeked_close(struct peeked *peeked)
{
	file_close(&peeked->file);
	if (peeked->rows)
		fclose(peeked->rows);
}

static int64_t
peeked_read(void *state, void *out, size_t n)
{
	struct peeked *peeked = state;

	return peeked->rest.n ? source_str(&peeked->rest, out, n)
			      : source_file(peeked->file, out, n);
}

static bool
rows_write(void *to, struct str bytes)
{
	struct peeked *peeked = to;

	return fwrite(bytes.p, 1, bytes.n, peeked->rows) == bytes.n;
}

static bool
whole_read(struct cx *cx, struct peeked *peeked, struct buf *out)
{
	char *piece = arena_alloc(cx->mem, PIECE);
	int64_t n;

	while ((n = peeked_read(peeked, piece, PIECE)) > 0)
		buf_str(out, (struct str){ piece, (size_t)n });
	if (n < 0)
		return fail(cx, E_IO, "reading the file failed");
	return !out->full || fail(cx, E_TOO_BIG, "The file is larger than %d MiB; save it as CSV",
				  CONVERT_FILE_MAX >> 20);
}

/* Its rows, in a file without a name. */
static bool
peeked_convert(struct cx *cx, struct peeked *peeked, enum csv_form form, struct convert *out)
{
	OWNED(buf_fini) struct buf bytes = buf_heap(CONVERT_FILE_MAX);
	struct convert_sink sink = { rows_write, peeked };

	peeked->rows = tmpfile();
	if (!peeked->rows)
		return fail(cx, E_IO, "No temporary file can be made; is the disk full?");
	if (!whole_read(cx, peeked, &bytes))
		return false;
	if (!convert_file(cx, buf_done(&bytes), form, sink, out))
		return cx->err.code ? false
				    : fail(cx, E_IO,
					   "No temporary file can be written; "
					   "is the disk full?");
	rewind(peeked->rows);
	return !ferror(peeked->rows);
}

/* The source, the notes, and what the map says of the format. */
static bool
file_prepare(struct cx *cx, struct peeked *peeked, struct map *map, struct import_options *options)
{
	struct convert convert = { 0 };
	enum csv_form form;

	peeked->rest.p = peeked->begin;
	peeked->rest.n = fread(peeked->begin, 1, sizeof peeked->begin, peeked->file);
	if (!convert_form(cx, peeked->rest, &form))
		return false;
	options->source = (struct source){ peeked_read, peeked };
	if (form != FORM_TEXT) {
		if (!peeked_convert(cx, peeked, form, &convert))
			return false;
		options->source = (struct source){ source_file, peeked->rows };
	}
	if (form != map->csv.form)
		map->csv = (struct csv_options){ .form = form };
	options->map = map;
	options->notes = convert.notes.v;
	options->n_notes = convert.notes.n;
	return true;
}

/* Cards without a map become what their columns are known to be. */
static bool
cards_map(struct cx *cx, struct peeked *peeked, struct import_options *options, struct map *map)
{
	struct guess guess = { .csv.form = FORM_CARDS, .header = true };
	struct buf text = buf_in(cx->mem, MAP_TEXT_MAX);

	if (!object_open(cx, options->object, &guess.object, &guess.face) ||
	    !guess_file(cx, options->source, &guess) || !guess_map(cx, &guess, &text))
		return false;
	rewind(peeked->rows);
	return map_parse(cx, S("cards"), buf_done(&text), map);
}

bool
data_import_file(struct cx *cx, const char *path, const char *map_path,
		 struct import_options options, struct import_report *out)
{
	OWNED(peeked_close) struct peeked peeked = { 0 };
	struct map map = map_default(S("import"));

	if (map_path && !map_read(cx, map_path, &map))
		return false;
	peeked.file = file_open(cx, path);
	if (!peeked.file || !file_prepare(cx, &peeked, &map, &options))
		return false;
	if (map.csv.form == FORM_CARDS && !map.n_rules && !cards_map(cx, &peeked, &options, &map))
		return false;
	if (!options.file.n)
		options.file = base_name(path);
	return data_import(cx, &options, out);
}
