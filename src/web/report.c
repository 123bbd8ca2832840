/* Reports: figures about the records of one object, as they are kept or being made. */
#include <unistd.h>

#include "web/forecast.h"

#include "base/clock.h"
#include "base/feature.h"
#include "base/money.h"
#include "data/sheet.h"
#include "model/ids.h"
#include "record/authz.h"

enum { CSV_MAX = 16 << 20, NUMBER_MAX = 64 };

/* ---- what it says ---- */

/* Where the parts of a report are kept, and how they are called in an address. */
static const struct {
	const char *name;
	unsigned field;
	size_t at;
} PARTS[] = {
	{ "name", REPORT_NAME, offsetof(struct report, name) },
	{ "object_name", REPORT_OBJECT_NAME, offsetof(struct report, object_name) },
	{ "condition", REPORT_CONDITION, offsetof(struct report, condition) },
	{ "rows_by", REPORT_ROWS_BY, offsetof(struct report, rows_by) },
	{ "columns_by", REPORT_COLUMNS_BY, offsetof(struct report, columns_by) },
	{ "measures", REPORT_MEASURES, offsetof(struct report, measures) },
	{ "chart", REPORT_CHART, offsetof(struct report, chart) },
	{ "sorting", REPORT_SORTING, offsetof(struct report, sorting) },
};

static struct str *
part_at(struct report *report, size_t i)
{
	return (struct str *)(void *)((char *)report + PARTS[i].at);
}

static void
from_row(const struct row *row, struct report *out)
{
	out->row = row;
	for (size_t i = 0; i < countof(PARTS); i++)
		if (row->v[PARTS[i].field].kind == V_TEXT)
			*part_at(out, i) = row->v[PARTS[i].field].s;
	out->shared = row->v[REPORT_SHARED].i;
}

/* What was chosen in the form: each measure by itself. */
static void
from_pairs(struct cx *cx, const struct pairs *pairs, struct report *out)
{
	struct buf measures = buf_in(cx->mem, URL_MAX);
	bool is_measured = false;

	for (size_t i = 0; i < pairs->n; i++) {
		const struct pair *pair = &pairs->v[i];

		for (size_t k = 0; k < countof(PARTS); k++)
			if (str_eq_z(pair->name, PARTS[k].name))
				*part_at(out, k) = str_trim(pair->value);
		if (!str_eq(pair->name, S("measure")))
			continue;
		is_measured = true;
		if (measures.n && pair->value.n)
			buf_char(&measures, ',');
		buf_str(&measures, str_trim(pair->value));
	}
	if (is_measured)
		out->measures = buf_done(&measures);
}

static void
from_form(struct cx *cx, const struct form *form, struct report *out)
{
	struct pairs pairs = { .v = new_array(cx->mem, form->n + 1, struct pair), .n = form->n };

	for (size_t i = 0; i < form->n; i++)
		pairs.v[i] = (struct pair){ form->v[i].name, form->v[i].value };
	from_pairs(cx, &pairs, out);
}

bool
report_ask(struct cx *cx, const struct report *report, struct figures_ask *ask)
{
	struct cond_sight sight = cond_sight_of(cx);

	*ask = (struct figures_ask){ .name = report->object_name, .where = report->condition };
	if (!object_open(cx, report->object_name, &ask->object, &ask->face))
		return false;
	ask->most_first = str_eq(report->sorting, S("most"));
	if (report->condition.n && !cond_parse(cx, cx->mem, cx->model, ask->object,
					       report->condition, &sight, &ask->by.where))
		return false;
	return figures_parse(cx, ask, report->rows_by, report->columns_by, report->measures);
}

/* ---- the page ---- */

static void
add_clauses(struct cx *cx, const struct figures_ask *ask, struct mv page)
{
	const struct cond *const *clauses;
	size_t n = cond_clauses(cx->mem, ask->by.where, &clauses);
	struct mv list = mv_list(cx->mem);

	for (size_t i = 0; i < n; i++) {
		struct mv item = mv_map(cx->mem);

		mv_set(item, S("label"), mv_text(list_clause_text(cx, clauses[i])));
		mv_add(list, item);
	}
	mv_set(page, S("clauses"), list);
}

static bool
add_figures(struct cx *cx, const struct report *report, struct mv page)
{
	struct figures_ask *ask = new(cx->mem, struct figures_ask);
	struct figures figures;

	if (!report_ask(cx, report, ask) || !figures_read(cx, ask, &figures))
		return false;
	figures_show(cx, &figures, page);
	chart_add(cx, &figures, report->chart, page);
	add_clauses(cx, ask, page);
	mv_set(page, S("has_figures"), mv_bool(true));
	mv_set(page, S("total"), mv_text(list_number(cx, figures.total.count)));
	mv_set(page, S("object_label"),
	       mv_text(page_label(cx,
				  ask->face ? ask->face->label_many : ask->object->label_many)));
	mv_set(page, S("list_url"), mv_text(list_of_url(cx, ask->name, ask->where)));
	if (can_object(cx, ask->object, OP_EXPORT))
		mv_set(page, S("export_url"), mv_text(S("/report/export")));
	return true;
}

static void
add_hidden(struct cx *cx, const struct report *report, struct mv page)
{
	struct report copy = *report;
	struct mv list = mv_list(cx->mem);

	for (size_t i = 0; i < countof(PARTS); i++) {
		struct mv item = mv_map(cx->mem);

		mv_set(item, S("name"), mv_z(PARTS[i].name));
		mv_set(item, S("value"), mv_text(*part_at(&copy, i)));
		mv_add(list, item);
	}
	mv_set(page, S("hidden"), list);
}

/* One that is about what the reader may not see, or what is no longer there, says so. */
static bool
has_object(struct cx *cx, struct report *report)
{
	const struct object *object;
	const struct face *face;

	if (!report->object_name.n || object_open(cx, report->object_name, &object, &face))
		return report->object_name.n > 0;
	report->object_name = (struct str){ 0 };
	return false;
}

/* What cannot be answered is told above the form in which it can be mended. */
static bool
report_page(struct cx *cx, struct request *q, struct reply *r, struct report *report)
{
	struct str title = report->name.n ? report->name : str_of(tr(cx, "New report"));
	struct mv page = page_new(cx, q, r, title);

	if ((has_object(cx, report) && !add_figures(cx, report, page)) || cx->err.code) {
		struct str why = cx->err.fields ? cx->err.fields->why : cx->err.why;

		if (cx->err.code != E_INPUT && cx->err.code != E_FORBIDDEN &&
		    cx->err.code != E_TOO_BIG && cx->err.code != E_MISSING)
			return false;
		mv_set(page, S("why"),
		       mv_text(why.n ? why : str_of(tr(cx, err_row(cx->err.code)->text))));
		fail_clear(cx);
	}
	add_hidden(cx, report, page);
	return report_add_form(cx, report, page) && page_write(cx, r, "report.html", page);
}

bool
web_report_new(struct cx *cx, struct request *q, struct reply *r)
{
	struct report report = { .chart = S("bars") };

	if (!can_object(cx, cx->model->objects[REPORT], OP_READ))
		return fail(cx, E_MISSING, NULL);
	from_pairs(cx, &q->query, &report);
	return report_page(cx, q, r, &report);
}

bool
web_report(struct cx *cx, struct request *q, struct reply *r)
{
	struct report report = { 0 };
	struct row *row;
	int64_t id;

	if (!request_param_int(cx, q, "id", &id) ||
	    !can_object(cx, cx->model->objects[REPORT], OP_READ))
		return cx->err.code || fail(cx, E_MISSING, NULL);
	if (!record_load(cx, cx->model->objects[REPORT], id, &row))
		return false;
	from_row(row, &report);
	from_pairs(cx, &q->query, &report);
	return report_page(cx, q, r, &report);
}

/* ---- keeping it ---- */

static bool
save(struct cx *cx, const struct form *form, struct report *report, int64_t *out)
{
	const struct object *object = cx->model->objects[REPORT];
	struct change *c = change_new(cx, object, NULL);

	if (*out && !change_of(cx, CHANGE_EDIT, object, *out, &c))
		return false;
	for (size_t i = 0; i < countof(PARTS); i++) {
		struct str text = *part_at(report, i);

		change_set(c, object->fields[PARTS[i].field],
			   text.n ? value_text(text) : (struct value){ 0 });
	}
	change_set(c, object->fields[REPORT_SHARED],
		   value_int(str_eq(form_value(form, "shared"), S("1"))));
	if (!record_save(cx, c))
		return false;
	*out = c->id;
	return true;
}

static bool
form_id(struct cx *cx, const struct form *form, int64_t *out)
{
	*out = 0;
	return !form_value(form, "id").n || str_int(form_value(form, "id"), 1, INT64_MAX, out) ||
	       fail(cx, E_MISSING, NULL);
}

/* To the address that says what was chosen. */
bool
web_report_show(struct cx *cx, struct request *q, struct reply *r)
{
	struct buf url = buf_in(cx->mem, URL_MAX);
	struct report report = { 0 };
	struct form form;
	int64_t id;

	if (!request_form(cx, q, &form) || !form_id(cx, &form, &id))
		return false;
	from_form(cx, &form, &report);
	buf_str(&url, id ? url_of(cx, S("report"), id, "") : S("/report/new"));
	for (size_t i = 0; i < countof(PARTS); i++)
		url_add(&url, PARTS[i].name, *part_at(&report, i));
	reply_redirect(cx, r, buf_done(&url));
	return !url.full || fail(cx, E_TOO_BIG, "The condition is too long");
}

bool
web_report_save(struct cx *cx, struct request *q, struct reply *r)
{
	struct report report = { 0 };
	struct figures_ask ask;
	struct form form;
	int64_t id;

	if (!request_form(cx, q, &form))
		return false;
	from_form(cx, &form, &report);
	if (!report.name.n)
		return fail_field(cx, S("name"), "required", "Give the report a name");
	if (!form_id(cx, &form, &id))
		return false;
	if (str_eq(form_value(&form, "as_new"), S("1")))
		id = 0;
	if (!work_begin(cx, S("report")) || !report_ask(cx, &report, &ask) ||
	    !save(cx, &form, &report, &id) || !work_commit(cx, NULL)) {
		work_abandon(cx);
		return false;
	}
	reply_redirect(cx, r, url_of(cx, S("report"), id, ""));
	return true;
}

/* ---- as a file ---- */

struct file {
	struct cx *cx;
	const struct figures *figures;
	struct sheet *sheet; /* NULL: CSV */
	struct buf text;
	char comma;
	size_t column;
};

static void
csv_text(struct file *file, struct str text)
{
	if (file->column++)
		buf_char(&file->text, file->comma);
	buf_char(&file->text, '"');
	/* Text that a spreadsheet would calculate has an apostrophe before it. */
	if (text.n && strchr("=+-@\t\r", text.p[0]))
		buf_char(&file->text, '\'');
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '"')
			buf_char(&file->text, '"');
		buf_char(&file->text, text.p[i]);
	}
	buf_char(&file->text, '"');
}

static bool
put_text(struct file *file, struct str text)
{
	if (file->sheet)
		return sheet_text(file->cx, file->sheet, file->column++, text);
	csv_text(file, text);
	return true;
}

/* Numbers of one currency as such, so that one can go on calculating. */
static bool
put_figure(struct file *file, const struct tally *tally, size_t measure)
{
	const struct figures_measure *m = &file->figures->ask->measures[measure];
	const struct figure *figure = tally->of[measure];
	struct buf text = buf_in(file->cx->mem, NUMBER_MAX);
	struct value v;
	double number;

	if (!tally->count)
		return put_text(file, (struct str){ 0 });
	if (!file->sheet || (figure && figure->next) ||
	    (m->field && !can_measure(m->field, S("sum"))) ||
	    !figures_value(file->figures, tally, measure, figure ? figure->sum.currency : "", &v))
		return put_text(file, figures_text(file->cx, file->figures, tally, measure));
	if (m->field && !str_eq(m->function, S("count")))
		buf_decimal(&text, v.i, value_places(m->field, &v));
	else
		buf_int(&text, v.i);
	return str_real(buf_done(&text), &number) &&
	       sheet_number(file->cx, file->sheet, file->column++, number);
}

static bool
line_end(struct file *file)
{
	file->column = 0;
	if (file->sheet)
		return sheet_next(file->cx, file->sheet);
	BUF_LIT(&file->text, "\r\n");
	return true;
}

static bool
file_row(struct file *file, size_t row)
{
	const struct figures *figures = file->figures;

	if (!put_text(file, row < figures->n_rows ? figures->rows[row]->label
						  : str_of(tr(file->cx, "All together"))))
		return false;
	for (size_t k = 0; k <= figures->n_columns; k++)
		for (size_t i = 0; i < figures->ask->n_measures; i++)
			if (!put_figure(file, figures_cell(figures, row, k), i))
				return false;
	return line_end(file);
}

static size_t
file_heads(struct file *file, struct str *heads)
{
	const struct figures *figures = file->figures;
	const struct aggregate *by = &figures->ask->by;
	size_t n = 0;

	heads[n++] = by->n_group ? figures_key_label(file->cx, &by->group[0]) : (struct str){ 0 };
	for (size_t k = 0; k <= figures->n_columns; k++)
		for (size_t i = 0; i < figures->ask->n_measures; i++) {
			struct str of = k < figures->n_columns
						? figures->columns[k]->label
						: str_of(tr(file->cx, "All together"));

			heads[n++] = figures->n_columns
					     ? str_printf(file->cx->mem, "%.*s · %.*s", STR_FMT(of),
							  STR_FMT(figures->ask->measures[i].label))
					     : figures->ask->measures[i].label;
		}
	return n;
}

static bool
file_write(struct cx *cx, int fd, struct str text, int64_t *out)
{
	*out = (int64_t)text.n;
	while (text.n) {
		ssize_t n = write(fd, text.p, text.n);

		if (n <= 0)
			return fail(cx, E_IO, "The file cannot be written; is the disk full?");
		text = str_from(text, (size_t)n);
	}
	return true;
}

static bool
file_run(struct file *file, bool is_sheet, int fd, int64_t *bytes)
{
	const struct figures *figures = file->figures;
	struct str *heads = new_array(
		file->cx->mem, (figures->n_columns + 1) * FIGURES_MEASURES_MAX + 1, struct str);
	size_t n = file_heads(file, heads);

	if (is_sheet && !sheet_open(file->cx, heads, n, &file->sheet))
		return false;
	if (!is_sheet) {
		BUF_LIT(&file->text, "\xef\xbb\xbf");
		for (size_t i = 0; i < n; i++)
			csv_text(file, heads[i]);
		if (!line_end(file))
			return false;
	}
	for (size_t i = 0; i <= figures->n_rows; i++)
		if (!file_row(file, i))
			return false;
	if (is_sheet)
		return sheet_end(file->cx, file->sheet, fd, bytes);
	return !file->text.full ? file_write(file->cx, fd, buf_done(&file->text), bytes)
				: fail(file->cx, E_TOO_BIG, "The report is too big for a file");
}

bool
web_report_export(struct cx *cx, struct request *q, struct reply *r)
{
	struct figures_ask *ask = new(cx->mem, struct figures_ask);
	struct file file = { .cx = cx, .comma = cx->lang == LANG_DE ? ';' : ',' };
	struct report report = { 0 };
	struct figures figures;
	struct form form;
	int64_t bytes = 0;
	bool is_sheet, ok;
	int fd;

	if (!request_form(cx, q, &form) || !page_read(cx))
		return false;
	from_form(cx, &form, &report);
	if (!report_ask(cx, &report, ask))
		return false;
	if (!AUTHZ(PAGE_EXPORT, can_object(cx, ask->object, OP_EXPORT)))
		return fail(cx, E_FORBIDDEN, "You may not export %.*s",
			    STR_FMT(ask->object->label_many));
	if (!figures_read(cx, ask, &figures) || !reply_spool(cx, q, &fd))
		return false;
	is_sheet = str_eq(form_value(&form, "format"), S("xlsx"));
	file.figures = &figures;
	file.text = buf_in(cx->mem, CSV_MAX);
	r->file = fd;
	ok = file_run(&file, is_sheet, fd, &bytes);
	sheet_close(&file.sheet);
	if (!ok)
		return false;
	r->file_bytes = bytes;
	r->type = is_sheet ? S("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
			   : TYPE_CSV;
	reply_attachment(cx, r,
			 str_printf(cx->mem, "%.*s.%s",
				    STR_FMT(report.name.n ? report.name : str_of(tr(cx, "Report"))),
				    is_sheet ? "xlsx" : "csv"));
	return true;
}

/* ---- routes ---- */

static const struct route routes[] = {
	{ V_GET, "/forecast", NEED_READ, "deal", web_forecast,
	  .purpose = "what will be sold, was sold, and is to be" },
	{ V_GET, "/lost", NEED_READ, "deal", web_lost,
	  .purpose = "lost deals by competitor, reason, product and time" },
	{ V_GET, "/report/new", NEED_READ, "report", web_report_new,
	  .purpose = "a report that is being made" },
	{ V_GET, "/report/{id}", NEED_READ, "report", web_report,
	  .purpose = "the figures of a report" },
	{ V_POST, "/report/show", NEED_READ, "report", web_report_show,
	  .purpose = "the address of a report as it was chosen" },
	{ V_POST, "/report/save", NEED_EDIT, "report", web_report_save,
	  .purpose = "keep a report" },
	{ V_POST, "/report/export", NEED_READ, "report", web_report_export, .slow = true,
	  .purpose = "the figures of a report as a file" },
	{ 0 }
};

const struct feature feature_reports = { .name = "reports", .routes = routes };
