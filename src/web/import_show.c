/* What an import would do, how far it is, and what it has done. */
#include "web/import.h"

#include "base/i18n.h"
#include "base/json.h"
#include "web/list.h"

#include <jansson.h>

enum { JSON_MAX = 16 << 20, NOTES_SHOWN = 100 };

static const char *const STEPS[] = { N_("File"), N_("Columns"), N_("Check"), N_("Done") };

struct mv
import_page(struct cx *cx, struct request *q, struct reply *r, const struct intake *intake, int at)
{
	struct mv page = page_new(cx, q, r, str_of(tr(cx, "Import"))), steps = mv_list(cx->mem);
	const struct object *object;
	const struct face *face = NULL;

	for (size_t i = 0; i < countof(STEPS); i++) {
		struct mv item = mv_map(cx->mem);

		mv_set(item, S("label"), mv_z(tr(cx, STEPS[i])));
		mv_set(item, S("number"), mv_int((int64_t)i + 1));
		mv_set(item, S("is_here"), mv_bool((int)i == at));
		mv_set(item, S("is_past"), mv_bool((int)i < at));
		mv_add(steps, item);
	}
	if (object_open(cx, intake->object, &object, &face))
		mv_set(page, S("of"),
		       mv_text(page_label(cx, face ? face->label_many : object->label_many)));
	else
		fail_clear(cx);
	mv_set(page, S("steps"), steps);
	mv_set(page, S("file"), mv_text(intake->file));
	mv_set(page, S("import_url"), mv_text(url_of(cx, S("import"), intake->id, "")));
	mv_set(page, S("columns_url"), mv_text(url_of(cx, S("import"), intake->id, "?columns=1")));
	mv_set(page, S("read_url"), mv_text(url_of(cx, S("import"), intake->id, "/read")));
	mv_set(page, S("check_url"), mv_text(url_of(cx, S("import"), intake->id, "/check")));
	mv_set(page, S("run_url"), mv_text(url_of(cx, S("import"), intake->id, "/run")));
	mv_set(page, S("undo_url"), mv_text(url_of(cx, S("import"), intake->id, "/undo")));
	mv_set(page, S("drop_url"), mv_text(url_of(cx, S("import"), intake->id, "/drop")));
	mv_set(page, S("cells_url"), mv_text(url_of(cx, S("import"), intake->id, "/cells")));
	mv_set(page, S("errors_url"), mv_text(url_of(cx, S("import"), intake->id, "/errors")));
	return page;
}

/* ---- figures ---- */

static const struct {
	enum intake_count count;
	const char *would, *did, *tone;
	bool always;
} FIGURES[] = {
	{ COUNT_CREATED, N_("new"), N_("made"), "success", true },
	{ COUNT_UPDATED, N_("would change"), N_("changed"), "info", true },
	{ COUNT_UNCHANGED, N_("stay the same"), N_("stayed the same"), "", true },
	{ COUNT_LINKED, N_("further records for links"), N_("further records for links"), "success",
	  false },
	{ COUNT_CONFLICTS, N_("conflicts"), N_("conflicts"), "warning", false },
	{ COUNT_DUPLICATES, N_("twice in the file"), N_("twice in the file"), "warning", false },
	{ COUNT_SKIPPED, N_("are not imported"), N_("were not imported"), "danger", false },
	{ COUNT_WARNINGS, N_("notes"), N_("notes"), "warning", false },
};

static void
add_figures(struct cx *cx, const struct intake *intake, struct mv page)
{
	struct mv list = mv_list(cx->mem);

	for (size_t i = 0; i < countof(FIGURES); i++) {
		int64_t n = intake->counts[FIGURES[i].count];
		struct mv item = mv_map(cx->mem);

		if (!n && !FIGURES[i].always)
			continue;
		mv_set(item, S("label"),
		       mv_z(tr(cx, intake->began_at ? FIGURES[i].did : FIGURES[i].would)));
		mv_set(item, S("n"), mv_text(list_number(cx, n)));
		mv_set(item, S("tone"), mv_z(n ? FIGURES[i].tone : ""));
		mv_add(list, item);
	}
	mv_set(page, S("figures"), list);
	mv_set(page, S("n_rows"), mv_text(list_number(cx, intake->counts[COUNT_ROWS])));
}

/* ---- the lines of the report ---- */

static struct mv
line_item(struct cx *cx, const json_t *line)
{
	struct mv item = mv_map(cx->mem);
	struct str text = json_text(json_object_get(line, "text")),
		   why = json_text(json_object_get(line, "detail"));
	size_t at;

	if (json_integer_value(json_object_get(line, "row")))
		mv_set(item, S("row"), mv_int(json_integer_value(json_object_get(line, "row"))));
	mv_set(item, S("column"), mv_text(json_text(json_object_get(line, "column"))));
	mv_set(item, S("why"), mv_text(why));
	mv_set(item, S("is_error"),
	       mv_bool(str_eq(json_text(json_object_get(line, "level")), S("error"))));
	if (text.n && !str_find(why, text, &at))
		mv_set(item, S("text"), mv_text(text));
	return item;
}

static bool
lines_read(struct cx *cx, const struct intake *intake, json_t **out)
{
	struct str text;

	return intake_lines(cx, intake, &text) && json_parse(cx, text, JSON_MAX, out);
}

static void
add_notes(struct cx *cx, const struct intake *intake, const json_t *lines, int64_t behind,
	  struct mv page)
{
	struct mv notes = mv_list(cx->mem);
	int64_t n = 0;
	json_t *line;
	size_t i;

	json_array_foreach(lines, i, line)
	{
		int64_t row = json_integer_value(json_object_get(line, "row"));

		if (row && row <= behind)
			continue;
		if (n++ < NOTES_SHOWN)
			mv_add(notes, line_item(cx, line));
	}
	mv_set(page, S("notes"), notes);
	mv_set(page, S("is_cards"), mv_bool(intake_is_cards(cx, intake)));
	mv_set(page, S("has_notes"), mv_bool(n));
	if (n > NOTES_SHOWN)
		mv_set(page, S("more_notes"), mv_text(list_number(cx, n - NOTES_SHOWN)));
}

/* ---- the first rows ---- */

static const struct {
	const char *op, *label, *tone;
} OPS[] = {
	{ "create", N_("new"), "success" },
	{ "update", N_("changed"), "info" },
	{ "same", N_("the same"), "" },
	{ "skip", N_("not imported"), "danger" },
};

struct place {
	int64_t row;
	struct str column, text; /* text: what the cell shows */
};

/* What is said of a cell, or of the row as a whole (column empty). */
static struct mv
said_of(struct cx *cx, const json_t *lines, const struct place *at, bool *is_error, bool *is_said)
{
	struct mv said = mv_list(cx->mem);
	json_t *line;
	size_t i;

	*is_error = *is_said = false;
	json_array_foreach(lines, i, line)
	{
		struct mv item;

		if (json_integer_value(json_object_get(line, "row")) != at->row ||
		    !str_eq(json_text(json_object_get(line, "column")), at->column))
			continue;
		*is_said = true;
		*is_error |= str_eq(json_text(json_object_get(line, "level")), S("error"));
		item = line_item(cx, line);
		if (str_eq(json_text(json_object_get(line, "text")), at->text))
			mv_set(item, S("text"), mv_none());
		mv_add(said, item);
	}
	return said;
}

static struct mv
cell_item(struct cx *cx, const struct import_trial *trial, const json_t *row, size_t at)
{
	const json_t *column = json_array_get(json_object_get(trial->preview, "columns"), at);
	struct mv item = mv_map(cx->mem);
	const struct place place = {
		json_integer_value(json_object_get(row, "row")),
		json_text(json_object_get(column, "column")),
		json_text(json_array_get(json_object_get(row, "cells"), at)),
	};
	bool is_error, is_said;

	mv_set(item, S("said"), said_of(cx, trial->lines, &place, &is_error, &is_said));
	mv_set(item, S("text"), mv_text(place.text));
	mv_set(item, S("label"), mv_text(json_text(json_object_get(column, "label"))));
	mv_set(item, S("tone"), mv_z(is_error ? "danger" : is_said ? "warning" : ""));
	mv_set(item, S("fixed"), import_fixed(cx, trial, row, column));
	mv_set(item, S("can_fix"), mv_bool(json_array_size(json_object_get(column, "from"))));
	return item;
}

static struct mv
row_item(struct cx *cx, const struct import_trial *trial, const json_t *row)
{
	int64_t number = json_integer_value(json_object_get(row, "row"));
	struct str op = json_text(json_object_get(row, "op"));
	struct mv item = mv_map(cx->mem), cells = mv_list(cx->mem);
	bool is_error, is_said;

	for (size_t i = 0; i < json_array_size(json_object_get(row, "cells")); i++)
		mv_add(cells, cell_item(cx, trial, row, i));
	mv_set(item, S("row"), mv_int(number));
	mv_set(item, S("row_url"),
	       mv_text(str_printf(cx->mem, "/import/%lld?row=%lld", (long long)trial->intake->id,
				  (long long)number)));
	mv_set(item, S("row_label"),
	       mv_text(str_printf(cx->mem, tr(cx, "Correct row %lld"), (long long)number)));
	mv_set(item, S("cells"), cells);
	mv_set(item, S("said"),
	       said_of(cx, trial->lines, &(struct place){ .row = number }, &is_error, &is_said));
	for (size_t i = 0; i < countof(OPS); i++)
		if (str_eq_z(op, OPS[i].op)) {
			mv_set(item, S("op"), mv_z(tr(cx, OPS[i].label)));
			mv_set(item, S("tone"), mv_z(OPS[i].tone));
		}
	return item;
}

static void
add_preview(struct cx *cx, const struct import_trial *trial, struct mv page)
{
	const json_t *all = json_object_get(trial->preview, "rows");
	struct mv heads = mv_list(cx->mem), rows = mv_list(cx->mem);
	int64_t last = 0;
	json_t *one;
	size_t i;

	json_array_foreach(json_object_get(trial->preview, "columns"), i, one)
	{
		struct mv head = mv_map(cx->mem);

		mv_set(head, S("label"), mv_text(json_text(json_object_get(one, "label"))));
		mv_set(head, S("column"), mv_text(json_text(json_object_get(one, "column"))));
		mv_add(heads, head);
	}
	json_array_foreach(all, i, one)
	{
		mv_add(rows, row_item(cx, trial, one));
		last = json_integer_value(json_object_get(one, "row"));
	}
	mv_set(page, S("heads"), heads);
	mv_set(page, S("rows"), rows);
	mv_set(page, S("n_shown"), mv_int((int64_t)json_array_size(all)));
	mv_set(page, S("is_part"), mv_bool(json_array_size(all) >= INTAKE_ROWS_PREVIEW));
	add_notes(cx, trial->intake, trial->lines, last, page);
}

bool
import_checked_page(struct cx *cx, struct request *q, struct reply *r, const struct intake *intake)
{
	OWNED(json_drop) json_t *preview = NULL, *lines = NULL;
	struct mv page = import_page(cx, q, r, intake, 2);
	int64_t n = intake->counts[COUNT_CREATED] + intake->counts[COUNT_UPDATED];
	struct import_trial trial = { .intake = intake };
	struct str text;

	if (!intake_preview(cx, intake, &text) || !lines_read(cx, intake, &lines) ||
	    (text.n && !json_parse(cx, text, JSON_MAX, &preview)) ||
	    !intake_fixes(cx, intake, &trial.fixes))
		return false;
	trial.preview = preview;
	trial.lines = lines;
	add_figures(cx, intake, page);
	add_preview(cx, &trial, page);
	import_fixes_add(cx, &trial, page);
	mv_set(page, S("can_run"), mv_bool(n));
	return page_write(cx, r, "import-check.html", page);
}

bool
import_row_page(struct cx *cx, struct request *q, struct reply *r, const struct intake *intake)
{
	OWNED(json_drop) json_t *preview = NULL, *lines = NULL;
	struct mv page = import_page(cx, q, r, intake, 2);
	struct import_trial trial = { .intake = intake };
	int64_t row;
	struct str text;

	if (!str_int(request_query(q, "row"), 1, INT64_MAX, &row))
		return fail(cx, E_MISSING, "There is no such row in the preview");
	if (!intake_preview(cx, intake, &text) || !lines_read(cx, intake, &lines) ||
	    (text.n && !json_parse(cx, text, JSON_MAX, &preview)) ||
	    !intake_fixes(cx, intake, &trial.fixes))
		return false;
	trial.preview = preview;
	trial.lines = lines;
	return import_row_add(cx, &trial, row, page) && page_write(cx, r, "import-row.html", page);
}

/* ---- while it runs, and behind it ---- */

static const struct {
	enum intake_state state;
	const char *label;
} WAITS[] = {
	{ INTAKE_CHECKING, N_("The file is being checked. Nothing is stored yet.") },
	{ INTAKE_RUNNING, N_("The import is running. You may leave this page.") },
	{ INTAKE_UNDOING, N_("The import is being undone. You may leave this page.") },
};

bool
import_wait_page(struct cx *cx, struct request *q, struct reply *r, const struct intake *intake)
{
	struct mv page = import_page(cx, q, r, intake, intake->state == INTAKE_CHECKING ? 2 : 3);
	bool is_undo = intake->state == INTAKE_UNDOING;
	int64_t all = is_undo ? intake->n_parts : intake->rows;

	for (size_t i = 0; i < countof(WAITS); i++)
		if (WAITS[i].state == intake->state)
			mv_set(page, S("says"), mv_z(tr(cx, WAITS[i].label)));
	if (intake->state != INTAKE_CHECKING && all) {
		mv_set(page, S("all"), mv_int(all));
		mv_set(page, S("done"), mv_int(intake->done));
	}
	mv_set(page, S("api_url"), mv_text(url_of(cx, S("api/v1/imports"), intake->id, "")));
	mv_set(page, S("state"), mv_z(INTAKE_STATES[intake->state]));
	if (intake->state == INTAKE_RUNNING) {
		mv_set(page, S("pattern"), mv_z(tr(cx, "%1 of %2 rows")));
		mv_set(page, S("so_far"),
		       mv_text(str_printf(cx->mem, tr(cx, "%lld of %lld rows"),
					  (long long)intake->done, (long long)intake->rows)));
	}
	return page_write(cx, r, "import-wait.html", page);
}

/* The list of what was made or changed: of the object itself, as links made others of it too. */
static void
add_touched(struct cx *cx, const struct intake *intake, struct mv page)
{
	struct buf url = buf_in(cx->mem, URL_MAX);
	struct str where = intake_where(cx, intake);
	const struct object *object;
	const struct face *face;

	if (!object_open(cx, intake->object, &object, &face)) {
		fail_clear(cx);
		return;
	}
	buf_str(&url, url_of(cx, object->name, 0, ""));
	url_add(&url, "where", where);
	if (where.n && !url.full && intake->state != INTAKE_UNDONE)
		mv_set(page, S("touched_url"), mv_text(buf_done(&url)));
}

bool
import_done_page(struct cx *cx, struct request *q, struct reply *r, const struct intake *intake)
{
	OWNED(json_drop) json_t *lines = NULL;
	struct mv page = import_page(cx, q, r, intake, 3);
	bool is_undone = intake->state == INTAKE_UNDONE;

	if (!lines_read(cx, intake, &lines))
		return false;
	add_figures(cx, intake, page);
	add_notes(cx, intake, lines, 0, page);
	add_touched(cx, intake, page);
	mv_set(page, S("why"), mv_text(intake->why));
	mv_set(page, S("is_done"), mv_bool(intake->state == INTAKE_DONE));
	mv_set(page, S("is_undone"), mv_bool(is_undone));
	if (is_undone && intake->counts[COUNT_KEPT])
		mv_set(page, S("n_kept"), mv_text(list_number(cx, intake->counts[COUNT_KEPT])));
	mv_set(page, S("has_errors"), mv_bool(json_array_size(lines) && !is_undone));
	mv_set(page, S("can_undo"), mv_bool(!is_undone && intake->n_parts));
	return page_write(cx, r, "import-done.html", page);
}
