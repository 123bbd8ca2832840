/* Trying, importing and undoing, part by part. */
#include "app/intake_private.h"

#include "base/i18n.h"
#include "flow/flow.h"

enum { TRIES = 5, TIMEOUT_S = 900, HOUR_S = 3600, PREVIEW_BYTES = 6 << 20, LINES_BYTES = 8 << 20 };
enum { RANGES_BYTES = 2000 };

static struct str
key_of(struct cx *cx, const struct intake *intake)
{
	return str_printf(cx->mem, "%lld", (long long)intake->id);
}

bool
intake_put_job(struct cx *cx, const struct intake *intake)
{
	return job_put(cx, S(INTAKE_JOB), key_of(cx, intake), cx->now, (struct str){ 0 });
}

static void
counts_add(struct intake *intake, const struct import_report *report)
{
	const int64_t counts[] = {
		[COUNT_ROWS] = report->rows,           [COUNT_CREATED] = report->created,
		[COUNT_UPDATED] = report->updated,     [COUNT_UNCHANGED] = report->unchanged,
		[COUNT_SKIPPED] = report->skipped,     [COUNT_LINKED] = report->linked,
		[COUNT_WARNINGS] = report->warnings,   [COUNT_ERRORS] = report->errors,
		[COUNT_CONFLICTS] = report->conflicts, [COUNT_DUPLICATES] = report->duplicates,
	};

	for (size_t i = 0; i < countof(counts); i++)
		intake->counts[i] += counts[i];
}

/* The lines of the report as a piece of their own. */
static bool
lines_put(struct cx *cx, const struct intake *intake, int64_t place,
	  const struct import_report *report)
{
	struct buf text = buf_in(cx->mem, LINES_BYTES);

	import_lines_json(report, &text);
	return text.full ||
	       piece_put(cx, intake, (struct piece){ PIECE_LINES, place }, buf_done(&text));
}

/* What is wrong with the file as a whole ends the import; what is wrong with the house does not. */
static bool
failed(struct cx *cx, struct intake *intake)
{
	if (err_row(cx->err.code)->status >= 500)
		return false;
	intake->why =
		str_dup(cx->mem, cx->err.fields  ? cx->err.fields->why
				 : cx->err.why.n ? cx->err.why
						 : str_of(tr(cx, err_row(cx->err.code)->text)));
	intake->state = INTAKE_FAILED;
	intake->ended_at = cx->now;
	fail_clear(cx);
	return work_rollback_to(cx);
}

static bool
import_piece(struct cx *cx, const struct intake *intake, struct import_options options,
	     struct import_report *report)
{
	struct intake_reader reader;
	struct import_fix *fixes;
	struct convert convert;
	struct map map;
	bool ok;

	if (!intake_map(cx, intake, &map) || !origin_get(cx, intake, &convert) ||
	    !fixes_load(cx, intake, &fixes, &options.n_fixes))
		return false;
	options.notes = convert.notes.v;
	options.n_notes = convert.notes.n;
	options.fixes = fixes;
	reader_open(cx, intake, &reader);
	options.source = reader_source(&reader);
	options.object = intake->object;
	options.map = &map;
	options.in_work = options.tells_duplicates = true;
	ok = data_import(cx, &options, report);
	reader_close(&reader);
	return ok;
}

/* ---- trying ---- */

bool
intake_try(struct cx *cx, struct intake *intake)
{
	OWNED(buf_fini) struct buf preview = buf_heap(PREVIEW_BYTES); /* cx->mem is rewound */
	struct import_report report;
	const struct import_options options = { .dry_run = true,
						.preview = &preview,
						.preview_rows = INTAKE_ROWS_PREVIEW };

	memset(intake->counts, 0, sizeof intake->counts);
	intake->why = S("");
	if (!fixes_settle(cx, intake) || !pieces_drop(cx, intake, PIECE_PREVIEW) ||
	    !pieces_drop(cx, intake, PIECE_LINES) || !work_savepoint(cx))
		return false;
	if (!import_piece(cx, intake, options, &report))
		return failed(cx, intake) && intake_update(cx, intake);
	if (!work_rollback_to(cx))
		return false;
	counts_add(intake, &report);
	intake->rows = report.rows;
	intake->state = INTAKE_CHECKED;
	return lines_put(cx, intake, 0, &report) &&
	       (preview.full ||
		piece_put(cx, intake, (struct piece){ PIECE_PREVIEW, 0 }, buf_done(&preview))) &&
	       intake_update(cx, intake);
}

/* ---- one part ---- */

/* "5-20 31": of ids in ascending order. */
static void
ranges_add(struct cx *cx, struct intake *intake, const int64_t *ids, size_t n)
{
	struct buf text = buf_in(cx->mem, RANGES_BYTES);

	buf_str(&text, intake->touched);
	for (size_t i = 0; i < n; i++) {
		size_t last = i;

		while (last + 1 < n && ids[last + 1] == ids[last] + 1)
			last++;
		if (text.n)
			buf_char(&text, ' ');
		buf_int(&text, ids[i]);
		if (last > i) {
			buf_char(&text, '-');
			buf_int(&text, ids[last]);
		}
		i = last;
	}
	intake->touched = text.full ? S("many") : buf_done(&text);
}

static bool
part_ended(struct cx *cx, struct intake *intake, const struct import_report *report)
{
	int64_t changeset;

	counts_add(intake, report);
	if (!str_eq(intake->touched, S("many")))
		ranges_add(cx, intake, report->ids, report->n_ids);
	intake->done += report->rows;
	if (!work_changeset(cx, &changeset) ||
	    (changeset && !part_put(cx, intake, intake->n_parts, changeset)) ||
	    (report->n_lines && !lines_put(cx, intake, intake->n_parts, report)))
		return false;
	intake->n_parts++;
	if (report->more)
		return intake_update(cx, intake) && intake_put_job(cx, intake);
	intake->state = INTAKE_DONE;
	intake->ended_at = cx->now;
	return intake_update(cx, intake) && pieces_drop(cx, intake, PIECE_PREVIEW) &&
	       (intake->counts[COUNT_ERRORS] || intake->counts[COUNT_WARNINGS] ||
		(pieces_drop(cx, intake, PIECE_FILE) && pieces_drop(cx, intake, PIECE_FIXES)));
}

static bool
run_part(struct cx *cx, struct intake *intake)
{
	struct import_report report;
	const struct import_options options = { .skip = intake->n_parts * INTAKE_PART,
						.max = INTAKE_PART };

	if (!work_savepoint(cx))
		return false;
	if (!import_piece(cx, intake, options, &report))
		return failed(cx, intake) && intake_update(cx, intake);
	return work_release(cx) && part_ended(cx, intake, &report);
}

/* ---- taking back ---- */

static bool
undo_part(struct cx *cx, struct intake *intake)
{
	struct conflicts conflicts;
	int64_t place, changeset;

	if (!part_last(cx, intake, &place, &changeset))
		return false;
	if (!changeset) {
		intake->state = INTAKE_UNDONE;
		intake->ended_at = cx->now;
		return intake_update(cx, intake) && pieces_drop(cx, intake, PIECE_FILE) &&
		       pieces_drop(cx, intake, PIECE_FIXES);
	}
	if (!work_savepoint(cx))
		return false;
	if (!changeset_undo(cx, changeset, true, &conflicts))
		return failed(cx, intake) && intake_update(cx, intake);
	intake->counts[COUNT_KEPT] += (int64_t)conflicts.n;
	intake->done++;
	return work_release(cx) && part_drop(cx, intake, place) && intake_update(cx, intake) &&
	       intake_put_job(cx, intake);
}

/* ---- the job ---- */

static bool
go_on(struct cx *cx, const struct job *job)
{
	struct intake intake;
	bool is_there;
	int64_t id;

	if (!str_int(job->key, 1, INT64_MAX, &id))
		return fail(cx, E_INPUT, "An import has a number");
	if (!intake_read(cx, id, &intake)) {
		if (cx->err.code != E_MISSING)
			return false;
		fail_clear(cx);
		return true;
	}
	if (!actor_become(cx, intake.actor_id, S("import"), &is_there))
		return false;
	if (!is_there) {
		intake.state = INTAKE_FAILED;
		return intake_update(cx, &intake);
	}
	switch (intake.state) {
	case INTAKE_CHECKING:
		return intake_try(cx, &intake);
	case INTAKE_RUNNING:
		return run_part(cx, &intake);
	case INTAKE_UNDOING:
		return undo_part(cx, &intake);
	default:
		return true;
	}
}

static bool
sweep(struct cx *cx, const struct job *job)
{
	(void)job;
	return intake_sweep(cx);
}

static const struct job_kind jobs[] = { { INTAKE_JOB, .tries = TRIES, .timeout_s = TIMEOUT_S,
					  .run = go_on, .purpose = "the next part of an import" },
					{ "import.sweep", .every_s = HOUR_S, .run = sweep,
					  .purpose = "deletes uploaded files after a day" },
					{ 0 } };

const struct feature feature_intake = { .name = "import", .jobs = jobs, .tables = intake_tables };
