/* Imports: upload a file, map its columns, see what would happen, run, undo. */
#include "api/api.h"

#include "app/intake.h"
#include "base/json.h"

enum { LIST_MAX = 50, MAP_BYTES = 1 << 20, JSON_MAX = 16 << 20, CELLS_MAX = 10000 };

/* ---- out ---- */

static void
write_moment(struct buf *out, const char *name, int64_t at)
{
	buf_char(out, ',');
	buf_json(out, str_of(name));
	buf_char(out, ':');
	if (at)
		api_time(at, out);
	else
		BUF_LIT(out, "null");
}

static void
write_text(struct buf *out, const char *name, struct str text)
{
	buf_char(out, ',');
	buf_json(out, str_of(name));
	buf_char(out, ':');
	api_text(text, out);
}

static void
write_intake(struct cx *cx, const struct intake *intake, struct buf *out)
{
	BUF_LIT(out, "{\"id\":");
	api_id(intake->id, out);
	BUF_LIT(out, ",\"at\":");
	api_time(intake->at, out);
	write_moment(out, "began_at", intake->began_at);
	write_moment(out, "ended_at", intake->ended_at);
	write_text(out, "object", intake->object);
	write_text(out, "file", intake->file);
	write_text(out, "state", str_of(INTAKE_STATES[intake->state]));
	write_text(out, "why", intake->why);
	write_text(out, "map", intake->map);
	write_text(out, "touched", intake_where(cx, intake));
	BUF_LIT(out, ",\"total\":");
	buf_int(out, intake->rows);
	BUF_LIT(out, ",\"done\":");
	buf_int(out, intake->done);
	BUF_LIT(out, ",\"counts\":{");
	for (int i = 0; i < COUNT__MAX; i++) {
		if (i)
			buf_char(out, ',');
		buf_json(out, str_of(INTAKE_COUNTS[i]));
		buf_char(out, ':');
		buf_int(out, intake->counts[i]);
	}
	BUF_LIT(out, "}}");
}

static bool
reply_intake(struct cx *cx, struct reply *r, const struct intake *intake)
{
	bool waits = intake->state == INTAKE_CHECKING || intake->state == INTAKE_RUNNING ||
		     intake->state == INTAKE_UNDOING;

	r->type = TYPE_JSON;
	r->status = waits ? 202 : 200;
	write_intake(cx, intake, &r->body);
	return true;
}

static bool
load(struct cx *cx, const struct request *q, struct intake *out)
{
	int64_t id;

	return request_param_int(cx, q, "id", &id) && intake_load(cx, id, out);
}

/* ---- handlers ---- */

bool
api_imports(struct cx *cx, struct request *q, struct reply *r)
{
	static const char *const known[] = { NULL };
	struct intake *all = new_array(cx->mem, LIST_MAX, struct intake);
	size_t n;

	if (!api_query_only(cx, q, known) || !intake_list(cx, LIST_MAX, all, &n))
		return false;
	r->type = TYPE_JSON;
	BUF_LIT(&r->body, "{\"items\":[");
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_char(&r->body, ',');
		write_intake(cx, &all[i], &r->body);
	}
	BUF_LIT(&r->body, "]}");
	return true;
}

bool
api_import_upload(struct cx *cx, struct request *q, struct reply *r)
{
	static const char *const known[] = { "object", "file", NULL };
	struct intake intake;

	if (!api_query_only(cx, q, known) || !work_begin(cx, S("import")))
		return false;
	if (!intake_upload(cx, request_query(q, "object"), request_query(q, "file"), q->body,
			   &intake) ||
	    !work_commit(cx, NULL)) {
		work_abandon(cx);
		return false;
	}
	r->type = TYPE_JSON;
	r->status = 201;
	write_intake(cx, &intake, &r->body);
	return true;
}

bool
api_import_get(struct cx *cx, struct request *q, struct reply *r)
{
	struct intake intake;

	if (!load(cx, q, &intake) || !reply_intake(cx, r, &intake))
		return false;
	r->status = 200;
	return true;
}

/* The names that the trial has for the columns. */
static bool
columns_read(struct cx *cx, struct str preview, json_t **out)
{
	json_t *whole;

	if (!preview.n)
		return true;
	if (!json_parse(cx, preview, JSON_MAX, &whole))
		return false;
	*out = json_incref(json_object_get(whole, "file"));
	json_decref(whole);
	return true;
}

static bool
write_corrections(struct cx *cx, const struct intake *intake, struct str preview, struct buf *out)
{
	OWNED(json_drop) json_t *columns = NULL;
	struct intake_fixes fixes;

	if (!columns_read(cx, preview, &columns) || !intake_fixes(cx, intake, &fixes))
		return false;
	for (size_t i = 0; i < fixes.n; i++) {
		buf_z(out, i ? ",{\"row\":" : "{\"row\":");
		buf_int(out, fixes.v[i].row);
		write_text(out, "column", json_text(json_array_get(columns, fixes.v[i].column)));
		BUF_LIT(out, ",\"text\":");
		buf_json(out, fixes.v[i].text);
		BUF_LIT(out, ",\"was\":");
		buf_json(out, fixes.v[i].was);
		buf_char(out, '}');
	}
	return true;
}

/* The trial: the first rows, everything that was said, and what was corrected. */
bool
api_import_preview(struct cx *cx, struct request *q, struct reply *r)
{
	struct intake intake;
	struct str preview, lines;

	if (!load(cx, q, &intake) || !intake_preview(cx, &intake, &preview) ||
	    !intake_lines(cx, &intake, &lines))
		return false;
	r->type = TYPE_JSON;
	BUF_LIT(&r->body, "{\"preview\":");
	buf_str(&r->body, preview.n ? preview : S("null"));
	BUF_LIT(&r->body, ",\"lines\":");
	buf_str(&r->body, lines);
	BUF_LIT(&r->body, ",\"corrections\":[");
	if (!write_corrections(cx, &intake, preview, &r->body))
		return false;
	BUF_LIT(&r->body, "]}");
	return true;
}

bool
api_import_errors(struct cx *cx, struct request *q, struct reply *r)
{
	struct intake intake;

	if (!load(cx, q, &intake) || !intake_errors(cx, &intake, &r->body))
		return false;
	r->type = TYPE_CSV;
	return true;
}

static bool
step(struct cx *cx, struct request *q, struct reply *r,
     bool (*run)(struct cx *cx, const struct request *q, struct intake *intake))
{
	struct intake intake;

	if (!work_begin(cx, S("import")))
		return false;
	if (!load(cx, q, &intake) || !run(cx, q, &intake) || !work_commit(cx, NULL)) {
		work_abandon(cx);
		return false;
	}
	return reply_intake(cx, r, &intake);
}

/* The body is the map; an empty one: as it was guessed. */
static bool
run_check(struct cx *cx, const struct request *q, struct intake *intake)
{
	struct str map = q->body.n ? q->body : intake->map;

	if (q->body.n > MAP_BYTES)
		return fail(cx, E_TOO_BIG, "A map may have %d bytes at most", MAP_BYTES);
	return intake_check(cx, intake, map);
}

/* {"row":4,"column":"Birthday","text":"31.12.1980"}; text null: as the file has it. */
static bool
cell_read(struct cx *cx, const json_t *json, struct intake_cell *out)
{
	static const char *const names[] = { "row", "column", "text", NULL };
	const json_t *text = json_object_get(json, "text");

	if (!json_is_object(json) || (!json_is_string(text) && !json_is_null(text)) ||
	    !json_get_int(json, "row", 1, INT64_MAX, &out->row) ||
	    !json_get_text(json, "column", &out->column))
		return fail_field(cx, S("cells"), "type",
				  "A cell has a row, a column, and a text or null");
	out->text = json_text(text);
	out->back = json_is_null(text);
	return json_only(cx, json, names);
}

static bool
run_cells(struct cx *cx, const struct request *q, struct intake *intake)
{
	static const char *const names[] = { "cells", NULL };
	OWNED(api_body_free) json_t *json = NULL;
	struct intake_cell *cells;
	const json_t *list;
	size_t n;

	if (!api_body(cx, q, &json) || !json_only(cx, json, names))
		return false;
	list = json_object_get(json, "cells");
	n = json_array_size(list);
	if (!n || n > CELLS_MAX)
		return fail_field(cx, S("cells"), "type", "cells is a list of 1 to %d", CELLS_MAX);
	cells = new_array(cx->mem, n, struct intake_cell);
	for (size_t i = 0; i < n; i++)
		if (!cell_read(cx, json_array_get(list, i), &cells[i]))
			return false;
	return intake_correct(cx, intake, cells, n);
}

static bool
run_begin(struct cx *cx, const struct request *q, struct intake *intake)
{
	(void)q;
	return intake_run(cx, intake);
}

static bool
run_undo(struct cx *cx, const struct request *q, struct intake *intake)
{
	(void)q;
	return intake_undo(cx, intake);
}

static bool
run_drop(struct cx *cx, const struct request *q, struct intake *intake)
{
	(void)q;
	return intake_drop(cx, intake);
}

bool
api_import_check(struct cx *cx, struct request *q, struct reply *r)
{
	return step(cx, q, r, run_check);
}

bool
api_import_cells(struct cx *cx, struct request *q, struct reply *r)
{
	return step(cx, q, r, run_cells);
}

bool
api_import_run(struct cx *cx, struct request *q, struct reply *r)
{
	return step(cx, q, r, run_begin);
}

bool
api_import_undo(struct cx *cx, struct request *q, struct reply *r)
{
	return step(cx, q, r, run_undo);
}

bool
api_import_drop(struct cx *cx, struct request *q, struct reply *r)
{
	if (!step(cx, q, r, run_drop))
		return false;
	buf_clear(&r->body);
	reply_no_content(r);
	return true;
}
