/* Cells of the preview that somebody corrects. */
#include "web/import.h"

#include "base/i18n.h"
#include "base/json.h"

static const struct intake_fix *
fix_at(const struct import_trial *trial, int64_t row, size_t column)
{
	for (size_t i = 0; i < trial->fixes.n; i++)
		if (trial->fixes.v[i].row == row && trial->fixes.v[i].column == column)
			return &trial->fixes.v[i];
	return NULL;
}

static struct str
file_column(const struct import_trial *trial, size_t column)
{
	return json_text(json_array_get(json_object_get(trial->preview, "file"), column));
}

/* Was the correction made after the trial? */
static bool
is_untried(const struct intake_fix *fix, const json_t *row)
{
	return !str_eq(json_text(json_array_get(json_object_get(row, "texts"), fix->column)),
		       fix->text);
}

static struct mv
fix_item(struct cx *cx, const struct import_trial *trial, const struct intake_fix *fix,
	 bool is_untried)
{
	struct mv item = mv_map(cx->mem);
	struct str name = file_column(trial, fix->column);
	bool is_back = str_eq(fix->text, fix->was);

	mv_set(item, S("fix_row"), mv_int(fix->row));
	mv_set(item, S("fix_column"), mv_text(name));
	mv_set(item, S("is_back"), mv_bool(is_back));
	mv_set(item, S("is_untried"), mv_bool(is_untried));
	if (is_untried && !is_back)
		mv_set(item, S("now"), mv_text(fix->text));
	mv_set(item, S("was"), mv_text(fix->was));
	mv_set(item, S("back_label"),
	       mv_text(str_printf(cx->mem, tr(cx, "take back: row %lld, %.*s"), (long long)fix->row,
				  STR_FMT(name))));
	return item;
}

struct mv
import_fixed(struct cx *cx, const struct import_trial *trial, const json_t *row,
	     const json_t *column)
{
	int64_t number = json_integer_value(json_object_get(row, "row"));
	const json_t *from = json_object_get(column, "from");
	struct mv list = mv_list(cx->mem);

	for (size_t i = 0; i < json_array_size(from); i++) {
		size_t at = (size_t)json_integer_value(json_array_get(from, i));
		const struct intake_fix *fix = fix_at(trial, number, at);
		bool untried = fix && is_untried(fix, row);

		if (fix && (untried || !str_eq(fix->text, fix->was)))
			mv_add(list, fix_item(cx, trial, fix, untried));
	}
	return list;
}

static const json_t *
row_of(const struct import_trial *trial, int64_t number)
{
	json_t *row;
	size_t i;

	json_array_foreach(json_object_get(trial->preview, "rows"), i, row)
	{
		if (json_integer_value(json_object_get(row, "row")) == number)
			return row;
	}
	return NULL;
}

void
import_fixes_add(struct cx *cx, const struct import_trial *trial, struct mv page)
{
	bool is_stale = false;
	int64_t n = 0;

	for (size_t i = 0; i < trial->fixes.n; i++) {
		const struct intake_fix *fix = &trial->fixes.v[i];
		const json_t *row = row_of(trial, fix->row);

		n += !str_eq(fix->text, fix->was);
		is_stale |= !row || is_untried(fix, row);
	}
	mv_set(page, S("is_stale"), mv_bool(is_stale));
	mv_set(page, S("n_fixed"), mv_int(n));
	mv_set(page, S("preview_url"),
	       mv_text(url_of(cx, S("api/v1/imports"), trial->intake->id, "/preview")));
	mv_set(page, S("patch_url"),
	       mv_text(url_of(cx, S("api/v1/imports"), trial->intake->id, "/cells")));
}

/* ---- one row ---- */

/* Does a cell of the preview come from this column of the file? */
static bool
is_used(const struct import_trial *trial, size_t column)
{
	json_t *one, *from;
	size_t i, k;

	json_array_foreach(json_object_get(trial->preview, "columns"), i, one)
	{
		json_array_foreach(json_object_get(one, "from"), k, from)
		{
			if ((size_t)json_integer_value(from) == column)
				return true;
		}
	}
	return false;
}

static struct mv
said_of(struct cx *cx, const struct import_trial *trial, int64_t row, struct str column)
{
	struct mv said = mv_list(cx->mem);
	json_t *line;
	size_t i;

	json_array_foreach(trial->lines, i, line)
	{
		struct mv item = mv_map(cx->mem);

		if (json_integer_value(json_object_get(line, "row")) != row ||
		    !str_eq(json_text(json_object_get(line, "column")), column))
			continue;
		mv_set(item, S("is_error"),
		       mv_bool(str_eq(json_text(json_object_get(line, "level")), S("error"))));
		mv_set(item, S("why"), mv_text(json_text(json_object_get(line, "detail"))));
		mv_add(said, item);
	}
	return said;
}

static struct mv
input_item(struct cx *cx, const struct import_trial *trial, const json_t *row, size_t column)
{
	int64_t number = json_integer_value(json_object_get(row, "row"));
	const json_t *text = json_array_get(json_object_get(row, "texts"), column);
	const struct intake_fix *fix = fix_at(trial, number, column);
	struct str now = fix ? fix->text : json_text(text);
	struct mv item = mv_map(cx->mem);

	mv_set(item, S("id"), mv_text(str_printf(cx->mem, "v%zu", column)));
	mv_set(item, S("name"), mv_text(file_column(trial, column)));
	mv_set(item, S("text"), mv_text(now));
	mv_set(item, S("is_long"), mv_bool(!json_is_string(text)));
	mv_set(item, S("has_lines"), mv_bool(now.n && memchr(now.p, '\n', now.n)));
	mv_set(item, S("said"), said_of(cx, trial, number, file_column(trial, column)));
	if (fix && !str_eq(fix->text, fix->was)) {
		mv_set(item, S("is_fixed"), mv_bool(true));
		mv_set(item, S("was"), mv_text(fix->was));
	}
	return item;
}

bool
import_row_add(struct cx *cx, const struct import_trial *trial, int64_t number, struct mv page)
{
	const json_t *row = row_of(trial, number);
	struct mv inputs = mv_list(cx->mem);
	size_t n = json_array_size(json_object_get(trial->preview, "file"));

	if (!row)
		return fail(cx, E_MISSING, "There is no such row in the preview");
	for (size_t i = 0; i < n; i++)
		if (is_used(trial, i))
			mv_add(inputs, input_item(cx, trial, row, i));
	mv_set(page, S("row"), mv_int(number));
	mv_set(page, S("row_label"),
	       mv_text(str_printf(cx->mem, tr(cx, "Correct row %lld"), (long long)number)));
	mv_set(page, S("said"), said_of(cx, trial, number, S("")));
	mv_set(page, S("inputs"), inputs);
	mv_set(page, S("max"), mv_int(IMPORT_TEXT_MAX));
	return true;
}

/* ---- the form ---- */

bool
import_cells_read(struct cx *cx, const struct form *form, struct intake_cell **out, size_t *n)
{
	struct intake_cell *cells = new_array(cx->mem, form->n + 1, struct intake_cell);
	struct str column = S("");
	int64_t row;

	*n = 0;
	if (!str_int(form_value(form, "row"), 1, INT64_MAX, &row))
		return fail_field(cx, S("row"), "required", "Say which row is to be corrected");
	for (size_t i = 0; i < form->n; i++) {
		const struct form_field *one = &form->v[i];
		bool is_back = str_eq(one->name, S("back"));

		if (str_eq(one->name, S("column")))
			column = one->value;
		else if (is_back || str_eq(one->name, S("text")))
			cells[(*n)++] = (struct intake_cell){ row, column, one->value, is_back };
	}
	*out = cells;
	return true;
}
