/* Cells that somebody corrected in the preview: kept beside the file, sealed as it is. */
#include "app/intake_private.h"

#include "base/fold.h"
#include "base/json.h"

#include <jansson.h>

enum { FIXES_MAX = 10000, FIXES_BYTES = 16 << 20, PREVIEW_JSON_MAX = 16 << 20 };

/* ---- kept ---- */

static struct intake_fix
fix_of(struct cx *cx, const json_t *one)
{
	return (struct intake_fix){
		.row = json_integer_value(json_object_get(one, "row")),
		.column = (size_t)json_integer_value(json_object_get(one, "column")),
		.text = str_dup(cx->mem, json_text(json_object_get(one, "text"))),
		.was = str_dup(cx->mem, json_text(json_object_get(one, "was"))),
	};
}

bool
intake_fixes(struct cx *cx, const struct intake *intake, struct intake_fixes *out)
{
	OWNED(json_drop) json_t *all = NULL;
	struct intake_fixes fixes = { 0 };
	struct str text = S("");
	json_t *one;
	bool has;
	size_t i;

	if (!piece_get(cx, cx->mem, intake, (struct piece){ PIECE_FIXES, 0 }, &text, &has) ||
	    (has && !json_parse(cx, text, FIXES_BYTES, &all)))
		return false;
	json_array_foreach(all, i, one)
	{
		list_add(cx->mem, &fixes, fix_of(cx, one));
	}
	*out = fixes;
	return true;
}

static int
fix_order(const void *a, const void *b)
{
	const struct intake_fix *x = a, *y = b;

	return x->row != y->row ? (x->row > y->row) - (x->row < y->row)
				: (x->column > y->column) - (x->column < y->column);
}

static void
fix_write(const struct intake_fix *fix, struct buf *out)
{
	BUF_LIT(out, "{\"row\":");
	buf_int(out, fix->row);
	BUF_LIT(out, ",\"column\":");
	buf_int(out, (int64_t)fix->column);
	BUF_LIT(out, ",\"text\":");
	buf_json(out, fix->text);
	BUF_LIT(out, ",\"was\":");
	buf_json(out, fix->was);
	buf_char(out, '}');
}

static bool
fixes_put(struct cx *cx, const struct intake *intake, struct intake_fixes *fixes)
{
	struct buf text = buf_in(cx->mem, FIXES_BYTES);

	if (fixes->n)
		qsort(fixes->v, fixes->n, sizeof *fixes->v, fix_order);
	buf_char(&text, '[');
	for (size_t i = 0; i < fixes->n; i++) {
		if (i)
			buf_char(&text, ',');
		fix_write(&fixes->v[i], &text);
	}
	buf_char(&text, ']');
	if (text.full || fixes->n > FIXES_MAX)
		return fail(cx, E_TOO_BIG,
			    "There are too many corrections; correct the file, and upload it anew");
	return pieces_drop(cx, intake, PIECE_FIXES) &&
	       (!fixes->n ||
		piece_put(cx, intake, (struct piece){ PIECE_FIXES, 0 }, buf_done(&text)));
}

bool
fixes_load(struct cx *cx, const struct intake *intake, struct import_fix **out, size_t *n)
{
	struct intake_fixes fixes;

	if (!intake_fixes(cx, intake, &fixes))
		return false;
	*n = fixes.n;
	*out = new_array(cx->mem, fixes.n + 1, struct import_fix);
	for (size_t i = 0; i < fixes.n; i++)
		(*out)[i] =
			(struct import_fix){ fixes.v[i].row, fixes.v[i].column, fixes.v[i].text };
	return true;
}

bool
fixes_settle(struct cx *cx, const struct intake *intake)
{
	struct intake_fixes fixes, kept = { 0 };

	if (!intake_fixes(cx, intake, &fixes))
		return false;
	for (size_t i = 0; i < fixes.n; i++)
		if (!str_eq(fixes.v[i].text, fixes.v[i].was))
			list_add(cx->mem, &kept, fixes.v[i]);
	return kept.n == fixes.n || fixes_put(cx, intake, &kept);
}

/* ---- a correction ---- */

/* The column of this name; -1: there is none. */
static int64_t
column_find(struct cx *cx, const json_t *preview, struct str name)
{
	struct str key = fold_key(cx->mem, name);
	json_t *one;
	size_t i;

	json_array_foreach(json_object_get(preview, "file"), i, one)
	{
		if (str_eq(fold_key(cx->mem, json_text(one)), key))
			return (int64_t)i;
	}
	return -1;
}

static const json_t *
row_find(const json_t *preview, int64_t number)
{
	json_t *row;
	size_t i;

	json_array_foreach(json_object_get(preview, "rows"), i, row)
	{
		if (json_integer_value(json_object_get(row, "row")) == number)
			return row;
	}
	return NULL;
}

static struct intake_fix *
fix_find(const struct intake_fixes *fixes, int64_t row, size_t column)
{
	for (size_t i = 0; i < fixes->n; i++)
		if (fixes->v[i].row == row && fixes->v[i].column == column)
			return &fixes->v[i];
	return NULL;
}

/* As one line of a file has it: no control characters but line breaks and tabs. */
static struct str
clean(struct cx *cx, struct str text)
{
	struct buf out = buf_in(cx->mem, text.n + 1);

	for (size_t i = 0; i < text.n; i++)
		if ((unsigned char)text.p[i] >= ' ' || text.p[i] == '\n' || text.p[i] == '\t')
			buf_char(&out, text.p[i]);
	return buf_done(&out);
}

static bool
fix_add(struct cx *cx, const json_t *preview, const struct intake_cell *cell,
	struct intake_fixes *fixes)
{
	const json_t *row = row_find(preview, cell->row), *was;
	int64_t column = column_find(cx, preview, cell->column);
	struct intake_fix *fix;

	if (!row)
		return fail_field(cx, S("row"), "unknown",
				  "Row %lld cannot be corrected here: only those that the preview "
				  "shows can",
				  (long long)cell->row);
	was = json_array_get(json_object_get(row, "texts"), (size_t)column);
	if (column < 0 || !was)
		return fail_field(cx, S("column"), "unknown", "The file has no column “%.*s”",
				  STR_FMT(cell->column));
	if (!json_is_string(was) || cell->text.n > IMPORT_TEXT_MAX)
		return fail_field(cx, S("text"), "length",
				  "Row %lld, “%.*s”: a text of more than %d bytes cannot be "
				  "corrected here; correct it in the file",
				  (long long)cell->row, STR_FMT(cell->column), IMPORT_TEXT_MAX);
	fix = fix_find(fixes, cell->row, (size_t)column);
	if (!fix) {
		const struct intake_fix first = { .row = cell->row,
						  .column = (size_t)column,
						  .was = str_dup(cx->mem, json_text(was)) };

		list_add(cx->mem, fixes, first);
		fix = &fixes->v[fixes->n - 1];
	}
	fix->text = clean(cx, cell->text);
	if (cell->back || str_eq(fix->text, clean(cx, fix->was)))
		fix->text = fix->was;
	return true;
}

bool
intake_correct(struct cx *cx, struct intake *intake, const struct intake_cell *cells, size_t n)
{
	OWNED(json_drop) json_t *preview = NULL;
	struct intake_fixes fixes;
	struct str text;

	if (intake->state != INTAKE_CHECKED || intake->began_at)
		return fail(cx, E_CONFLICT,
			    "Cells can be corrected between the check and the import only");
	if (!intake_preview(cx, intake, &text) ||
	    (text.n && !json_parse(cx, text, PREVIEW_JSON_MAX, &preview)) ||
	    !intake_fixes(cx, intake, &fixes))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!fix_add(cx, preview, &cells[i], &fixes))
			return false;
	return fixes_put(cx, intake, &fixes) &&
	       (intake->bytes > INTAKE_AT_ONCE || intake_try(cx, intake));
}
