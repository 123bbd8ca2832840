#include "app/intake.h"

#include "app/intake_private.h"
#include "base/crypt.h"
#include "base/fold.h"
#include "base/i18n.h"
#include "base/json.h"
#include "db/db.h"
#include "record/authz.h"

#include <jansson.h>

enum { MAP_BYTES = 256 << 10, FILE_NAME_MAX = 200, LINES_MAX = 32 << 20, PARTS_MAX = 1000 };
enum { WHERE_MAX = 16 << 10, MOMENT_MAX = 64 };

/* ---- the file and its columns ---- */

static bool
may_import(struct cx *cx, const struct object *object)
{
	return AUTHZ(IMPORT_OBJECT,
		     can_object(cx, object, OP_CREATE) || can_object(cx, object, OP_EDIT)) ||
	       fail(cx, E_FORBIDDEN, "You may not import %.*s", STR_FMT(object->label_many));
}

/* The same for files with the same columns. */
static struct str
headers_of(struct cx *cx, const struct guess *guess)
{
	struct hasher hasher;
	struct hash hash;

	hasher_begin(&hasher, NULL);
	for (size_t i = 0; i < guess->n; i++)
		hasher_add_part(&hasher, fold_key(cx->mem, guess->v[i].name));
	hash = hasher_end(&hasher);
	return crypt_hex(cx->mem, hash_str(&hash));
}

static bool
file_guess(struct cx *cx, const struct intake *intake, struct guess *guess)
{
	struct intake_reader reader;
	bool ok;

	if (!object_open(cx, intake->object, &guess->object, &guess->face) ||
	    !may_import(cx, guess->object))
		return false;
	reader_open(cx, intake, &reader);
	ok = guess_file(cx, reader_source(&reader), guess);
	reader_close(&reader);
	return ok;
}

static bool
map_write(struct cx *cx, struct intake *intake, const struct guess *guess)
{
	struct buf text = buf_in(cx->mem, MAP_BYTES);

	if (!guess_map(cx, guess, &text))
		return false;
	intake->map = buf_done(&text);
	return true;
}

bool
intake_columns(struct cx *cx, const struct intake *intake, struct guess *out)
{
	struct map map;

	if (!intake_map(cx, intake, &map))
		return false;
	*out = (struct guess){ .csv = map.csv, .header = map.header };
	if (!file_guess(cx, intake, out))
		return false;
	guess_of_map(cx, &map, out);
	return true;
}

bool
intake_read_as(struct cx *cx, struct intake *intake, struct csv_options csv, bool header)
{
	struct guess guess = { .csv = csv, .header = header };
	struct convert origin;

	if (!origin_get(cx, intake, &origin))
		return false;
	if (origin.form != FORM_TEXT)
		guess.csv = (struct csv_options){ .form = origin.form };
	if (!file_guess(cx, intake, &guess) || !map_write(cx, intake, &guess))
		return false;
	intake->headers = headers_of(cx, &guess);
	intake->state = INTAKE_NEW;
	return pieces_drop(cx, intake, PIECE_FIXES) && intake_update(cx, intake);
}

static bool
pieces_put(struct cx *cx, const struct intake *intake, struct str bytes)
{
	for (int64_t place = 0; bytes.n; place++) {
		struct str piece = str_first(bytes, PIECE_BYTES);

		if (!piece_put(cx, intake, (struct piece){ PIECE_FILE, place }, piece))
			return false;
		bytes = str_from(bytes, piece.n);
	}
	return true;
}

static bool
upload_check(struct cx *cx, struct str bytes)
{
	if (!bytes.n)
		return fail_field(cx, S("file"), "required",
				  "The file is empty; choose one that has rows");
	if (bytes.n > INTAKE_FILE_MAX)
		return fail(cx, E_TOO_BIG,
			    "A file may have %d MiB at most; divide it, or import it with the "
			    "command kontor import",
			    INTAKE_FILE_MAX >> 20);
	return true;
}

static struct str
file_name(struct cx *cx, struct str file)
{
	struct str name = str_trim(file);

	while (name.n > FILE_NAME_MAX || (name.n && !str_is_utf8(name, NULL)))
		name.n--;
	return name.n ? str_dup(cx->mem, name) : S("import.csv");
}

/* What was chosen for the last file of these columns holds for this one, how it is written
 * (encoding, delimiter) does not. */
static bool
map_again(struct cx *cx, struct intake *intake, struct guess *guess)
{
	const char decimal = guess->decimal;
	struct str kept;
	struct map map;

	if (!map_kept(cx, intake, &kept) || !kept.n)
		return !kept.n;
	if (!map_parse(cx, intake->file, kept, &map)) {
		fail_clear(cx);
		return true;
	}
	guess_of_map(cx, &map, guess);
	if (map.csv.form != guess->csv.form) /* how numbers are written belongs to the file */
		guess->decimal = decimal;
	return true;
}

static bool
text_take(void *to, struct str bytes)
{
	struct buf *text = to;

	buf_str(text, bytes);
	return !text->full;
}

/* What is no text becomes rows; *text is on the heap, *bytes what is kept. */
static bool
upload_convert(struct cx *cx, struct buf *text, struct str *bytes, struct convert *out)
{
	struct convert_sink sink = { text_take, text };
	enum csv_form form;

	*out = (struct convert){ 0 };
	if (!convert_form(cx, str_first(*bytes, CONVERT_PEEK), &form))
		return false;
	if (form == FORM_TEXT)
		return true;
	if (!convert_file(cx, *bytes, form, sink, out))
		return cx->err.code ? false
				    : fail(cx, E_TOO_BIG,
					   "The sheet has more than %d MiB of text; divide it, or "
					   "import it with the command kontor import",
					   INTAKE_TEXT_MAX >> 20);
	*bytes = buf_done(text);
	return bytes->n || fail_field(cx, S("file"), "required",
				      "The sheet is empty; choose a file that has rows");
}

bool
intake_upload(struct cx *cx, struct str object, struct str file, struct str bytes,
	      struct intake *out)
{
	OWNED(buf_fini) struct buf text = buf_heap(INTAKE_TEXT_MAX);
	struct guess guess = { .header = true };
	const struct object *of;
	const struct face *face;
	struct convert convert;

	if (!object_open(cx, object, &of, &face) || !may_import(cx, of) ||
	    !upload_check(cx, bytes) || !upload_convert(cx, &text, &bytes, &convert))
		return false;
	guess.csv.form = convert.form;
	*out = (struct intake){ .at = cx->now,
				.actor_id = cx->actor->user_id,
				.object = str_dup(cx->mem, object),
				.file = file_name(cx, file),
				.bytes = (int64_t)bytes.n,
				.n_pieces = ((int64_t)bytes.n + PIECE_BYTES - 1) / PIECE_BYTES };
	if (!intake_insert(cx, out) || !pieces_put(cx, out, bytes) ||
	    !origin_put(cx, out, &convert) || !file_guess(cx, out, &guess))
		return false;
	out->headers = headers_of(cx, &guess);
	return map_again(cx, out, &guess) && map_write(cx, out, &guess) && intake_update(cx, out);
}

bool
intake_load(struct cx *cx, int64_t id, struct intake *out)
{
	struct intake found;

	if (!intake_read(cx, id, &found))
		return false;
	if (!AUTHZ(IMPORT_OWN, found.actor_id == cx->actor->user_id))
		return fail(cx, E_MISSING, "There is no such import");
	*out = found;
	return true;
}

/* ---- from state to state ---- */

bool
intake_check(struct cx *cx, struct intake *intake, struct str text)
{
	struct map map;

	if (intake->state != INTAKE_NEW && intake->state != INTAKE_CHECKED &&
	    intake->state != INTAKE_FAILED)
		return fail(cx, E_CONFLICT, "This import has begun already");
	if (intake->began_at)
		return fail(cx, E_CONFLICT, "This import has begun already; upload the file anew");
	if (!map_parse(cx, S("map"), text, &map))
		return false;
	if (map.object.n && !str_eq(map.object, intake->object))
		return fail_field(cx, S("map"), "object", "The map is for %.*s, not for %.*s",
				  STR_FMT(map.object), STR_FMT(intake->object));
	intake->map = str_dup(cx->mem, text);
	if (intake->bytes <= INTAKE_AT_ONCE)
		return intake_try(cx, intake);
	intake->state = INTAKE_CHECKING;
	return intake_update(cx, intake) && intake_put_job(cx, intake);
}

bool
intake_run(struct cx *cx, struct intake *intake)
{
	if (intake->state != INTAKE_CHECKED)
		return fail(cx, E_CONFLICT, "Check the file first; then it can be imported");
	memset(intake->counts, 0, sizeof intake->counts);
	intake->state = INTAKE_RUNNING;
	intake->began_at = cx->now;
	intake->done = intake->n_parts = 0;
	return pieces_drop(cx, intake, PIECE_LINES) && map_keep(cx, intake) &&
	       intake_update(cx, intake) && intake_put_job(cx, intake);
}

bool
intake_undo(struct cx *cx, struct intake *intake)
{
	int64_t place, changeset;

	if (!part_last(cx, intake, &place, &changeset))
		return false;
	if (!changeset || (intake->state != INTAKE_DONE && intake->state != INTAKE_FAILED))
		return fail(cx, E_CONFLICT, "There is nothing to undo any more");
	intake->state = INTAKE_UNDOING;
	intake->done = 0;
	intake->counts[COUNT_KEPT] = 0;
	return intake_update(cx, intake) && intake_put_job(cx, intake);
}

bool
intake_drop(struct cx *cx, const struct intake *intake)
{
	if (intake->state == INTAKE_RUNNING || intake->state == INTAKE_UNDOING ||
	    intake->state == INTAKE_CHECKING)
		return fail(cx, E_CONFLICT, "Wait until the import has ended");
	return intake_delete(cx, intake);
}

/* ---- what was found ---- */

bool
intake_preview(struct cx *cx, const struct intake *intake, struct str *out)
{
	bool has;

	*out = S("");
	return piece_get(cx, cx->mem, intake, (struct piece){ PIECE_PREVIEW, 0 }, out, &has);
}

/* The arrays of the parts as one. */
bool
intake_lines(struct cx *cx, const struct intake *intake, struct str *out)
{
	struct buf all = buf_in(cx->mem, LINES_MAX);
	int64_t n = intake->n_parts > PARTS_MAX ? PARTS_MAX : intake->n_parts;

	buf_char(&all, '[');
	for (int64_t place = 0; place < n || !place; place++) {
		struct str part;
		bool has;

		if (!piece_get(cx, cx->mem, intake, (struct piece){ PIECE_LINES, place }, &part,
			       &has))
			return false;
		if (!has || part.n <= 2)
			continue;
		if (all.n > 1)
			buf_char(&all, ',');
		buf_str(&all, (struct str){ part.p + 1, part.n - 2 });
	}
	buf_char(&all, ']');
	*out = buf_done(&all);
	return !all.full || fail(cx, E_TOO_BIG, "There are too many rows for one file");
}

static void
where_range(struct buf *out, struct str range)
{
	struct str rest = range, first = str_cut(&rest, '-');

	if (out->n)
		BUF_LIT(out, " or ");
	if (!rest.n) {
		BUF_LIT(out, "id = ");
		buf_str(out, first);
		return;
	}
	BUF_LIT(out, "(id >= ");
	buf_str(out, first);
	BUF_LIT(out, " and id <= ");
	buf_str(out, rest);
	buf_char(out, ')');
}

struct str
intake_where(struct cx *cx, const struct intake *intake)
{
	struct buf out = buf_in(cx->mem, WHERE_MAX);
	struct str rest = intake->touched;

	if (!str_eq(rest, S("many"))) {
		while (rest.n)
			where_range(&out, str_word(&rest));
		return buf_done(&out);
	}
	BUF_LIT(&out, "changed_at >= \"");
	moment_print(&out, intake->began_at);
	BUF_LIT(&out, "\" and changed_at <= \"");
	moment_print(&out, intake->ended_at);
	buf_char(&out, '"');
	return buf_done(&out);
}
