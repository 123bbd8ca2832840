/* Import in the browser: a file is uploaded, its columns are mapped, everything is tried; then it
 * is imported in the background, and can be undone as a whole. */
#include "web/import.h"

#include "base/i18n.h"
#include "db/db.h"

enum { LIST_SHOWN = 20, MAP_BYTES = 256 << 10, WHEN_BYTES = 64, ROOM = 1 << 20 };

static const char *const STATE_LABELS[INTAKE_STATE__MAX] = {
	[INTAKE_NEW] = N_("not begun"),     [INTAKE_CHECKING] = N_("is being checked"),
	[INTAKE_CHECKED] = N_("not begun"), [INTAKE_RUNNING] = N_("running"),
	[INTAKE_DONE] = N_("done"),         [INTAKE_UNDOING] = N_("is being undone"),
	[INTAKE_UNDONE] = N_("undone"),     [INTAKE_FAILED] = N_("failed"),
};

/* ---- the first page ---- */

static void
choice_add(struct cx *cx, struct mv list, struct str name, struct str label, bool is_on)
{
	struct mv item = mv_map(cx->mem);

	mv_set(item, S("name"), mv_text(name));
	mv_set(item, S("label"), mv_text(page_label(cx, label)));
	mv_set(item, S("is_on"), mv_bool(is_on));
	mv_add(list, item);
}

/* What the rows may become: everything one may make that has a list of its own. */
static struct mv
object_choices(struct cx *cx, struct str chosen)
{
	struct mv list = mv_list(cx->mem);

	for (unsigned i = 0; i < cx->model->n_objects; i++) {
		const struct object *object = cx->model->objects[i];

		if (object->features & (FEATURE_DETAIL | FEATURE_SYSTEM) ||
		    !can_object(cx, object, OP_READ) || !can_object(cx, object, OP_CREATE))
			continue;
		for (unsigned k = 0; k < object->n_faces; k++)
			choice_add(cx, list, object->faces[k].name, object->faces[k].label_many,
				   str_eq(object->faces[k].name, chosen));
		if (!object->n_faces)
			choice_add(cx, list, object->name, object->label_many,
				   str_eq(object->name, chosen));
	}
	return list;
}

static struct mv
intake_item(struct cx *cx, const struct intake *intake)
{
	struct mv item = mv_map(cx->mem);
	struct buf when = buf_in(cx->mem, WHEN_BYTES);

	fmt_datetime(&when, cx, intake->at);
	mv_set(item, S("url"), mv_text(url_of(cx, S("import"), intake->id, "")));
	mv_set(item, S("file"), mv_text(intake->file));
	mv_set(item, S("at"), mv_text(buf_done(&when)));
	mv_set(item, S("state"), mv_z(tr(cx, STATE_LABELS[intake->state])));
	return item;
}

static bool
first_page(struct cx *cx, struct request *q, struct reply *r, struct str object, struct str why)
{
	struct mv page = page_new(cx, q, r, str_of(tr(cx, "Import"))), items = mv_list(cx->mem);
	struct intake *all = new_array(cx->mem, LIST_SHOWN, struct intake);
	struct mv choices = object_choices(cx, object.n ? object : S("person"));
	size_t n;

	if (!intake_list(cx, LIST_SHOWN, all, &n))
		return false;
	for (size_t i = 0; i < n; i++)
		mv_add(items, intake_item(cx, &all[i]));
	mv_set(page, S("why"), mv_text(why));
	mv_set(page, S("objects"), choices);
	mv_set(page, S("can_import"), mv_bool(mv_is_true(&choices)));
	mv_set(page, S("items"), items);
	mv_set(page, S("has_items"), mv_bool(n));
	mv_set(page, S("max"), mv_int(INTAKE_FILE_MAX >> 20));
	return page_write(cx, r, "import.html", page);
}

bool
web_imports(struct cx *cx, struct request *q, struct reply *r)
{
	return page_read(cx) && first_page(cx, q, r, request_query(q, "object"), S(""));
}

static struct str
why_of(struct cx *cx)
{
	const struct err *err = &cx->err;

	return str_dup(cx->mem, err->fields  ? err->fields->why
				: err->why.n ? err->why
					     : str_of(tr(cx, err_row(err->code)->text)));
}

/* What is wrong with the file stands on the page where another one is chosen. */
static bool
again(struct cx *cx, struct request *q, struct reply *r, struct str object)
{
	struct str why = why_of(cx);
	int status = err_row(cx->err.code)->status;

	work_abandon(cx);
	if (status >= 500 || status == err_row(E_MISSING)->status ||
	    status == err_row(E_FORBIDDEN)->status)
		return false;
	fail_clear(cx);
	r->status = status;
	return page_read(cx) && first_page(cx, q, r, object, why);
}

static const struct form_field *
file_of(const struct form *form)
{
	for (size_t i = 0; i < form->n; i++)
		if (form->v[i].is_file && form->v[i].value.n)
			return &form->v[i];
	return NULL;
}

static void
to_import(struct cx *cx, struct reply *r, const struct intake *intake)
{
	reply_redirect(cx, r, url_of(cx, S("import"), intake->id, ""));
}

bool
web_import_upload(struct cx *cx, struct request *q, struct reply *r)
{
	const struct form_field *file;
	struct intake intake;
	struct form form;
	struct str object;

	if (!request_form(cx, q, &form))
		return false;
	object = form_value(&form, "object");
	file = file_of(&form);
	cx->door = S("import");
	if (!work_begin(cx, S("import")) ||
	    !intake_upload(cx, object, file ? file->file_name : S(""), file ? file->value : S(""),
			   &intake) ||
	    !work_commit(cx, NULL))
		return again(cx, q, r, object);
	to_import(cx, r, &intake);
	return true;
}

/* ---- one import ---- */

static bool
load(struct cx *cx, const struct request *q, struct intake *out)
{
	int64_t id;

	return request_param_int(cx, q, "id", &id) && intake_load(cx, id, out);
}

static bool
is_waiting(const struct intake *intake)
{
	return intake->state == INTAKE_CHECKING || intake->state == INTAKE_RUNNING ||
	       intake->state == INTAKE_UNDOING;
}

bool
web_import(struct cx *cx, struct request *q, struct reply *r)
{
	struct intake intake;

	if (!page_read(cx) || !load(cx, q, &intake))
		return false;
	if (is_waiting(&intake))
		return import_wait_page(cx, q, r, &intake);
	if (intake.began_at)
		return import_done_page(cx, q, r, &intake);
	if (intake.state == INTAKE_CHECKED && request_has_query(q, "row"))
		return import_row_page(cx, q, r, &intake);
	if (intake.state == INTAKE_CHECKED && !request_has_query(q, "columns"))
		return import_checked_page(cx, q, r, &intake);
	return import_columns_page(cx, q, r, &intake, &(struct form_state){ 0 });
}

/* Run a step in a work; then the page of the import shows where it stands. */
static bool
step(struct cx *cx, struct request *q, struct reply *r,
     bool (*run)(struct cx *cx, const struct form *form, struct intake *intake))
{
	struct intake intake;
	struct form form;

	cx->door = S("import");
	if (!request_form(cx, q, &form) || !work_begin(cx, S("import")))
		return false;
	if (!load(cx, q, &intake) || !run(cx, &form, &intake) || !work_commit(cx, NULL)) {
		work_abandon(cx);
		return false;
	}
	to_import(cx, r, &intake);
	return true;
}

static bool
run_read(struct cx *cx, const struct form *form, struct intake *intake)
{
	struct csv_options csv;
	struct str object = form_value(form, "object");
	bool header;

	if (!import_reading_read(cx, form, &csv, &header))
		return false;
	if (object.n)
		intake->object = object;
	return intake_read_as(cx, intake, csv, header);
}

static bool
run_check(struct cx *cx, const struct form *form, struct intake *intake)
{
	struct buf text = buf_in(cx->mem, MAP_BYTES);
	struct guess guess;

	if (!form_has(form, "mode")) /* as it was */
		return intake_check(cx, intake, intake->map);
	if (!intake_columns(cx, intake, &guess) || !import_choices_read(cx, form, &guess))
		return false;
	import_fields_take(cx, form, &guess);
	return guess_map(cx, &guess, &text) && intake_check(cx, intake, buf_done(&text));
}

/* Fields that are to be made come first; where one cannot be, or a choice is wrong, none is. */
static bool
make_fields(struct cx *cx, struct request *q, const struct form *form)
{
	const struct actor *actor;
	struct intake intake;
	struct guess guess;
	bool has, good;

	if (!page_read(cx))
		return false;
	good = load(cx, q, &intake) && intake_columns(cx, &intake, &guess);
	has = good && import_has_fields(cx, form, &guess);
	if (has && (is_waiting(&intake) || intake.began_at))
		good = fail(cx, E_CONFLICT, "This import has begun already; upload the file anew");
	good = good && (!has || import_choices_read(cx, form, &guess));
	db_rollback(cx);
	if (!good || !has)
		return good;
	if (!import_fields_make(cx, form, &guess) || !page_read(cx))
		return false;
	good = actor_load(cx, cx->actor->user_id, &actor);
	db_rollback(cx);
	if (good)
		cx->actor = actor;
	return good;
}

static bool
try_all(struct cx *cx, struct request *q, const struct form *form, struct intake *intake)
{
	if (!make_fields(cx, q, form) || !work_begin(cx, S("import")))
		return false;
	if (load(cx, q, intake) && run_check(cx, form, intake) && work_commit(cx, NULL))
		return true;
	work_abandon(cx);
	return false;
}

/* What is wrong with the columns stands at them. */
static bool
columns_again(struct cx *cx, struct request *q, struct reply *r, const struct form *form)
{
	struct err err = cx->err;
	struct intake intake;

	if (err.code != E_INPUT && err.code != E_TOO_BIG)
		return false;
	fail_clear(cx);
	r->status = err_row(err.code)->status;
	return page_read(cx) && load(cx, q, &intake) &&
	       import_columns_page(cx, q, r, &intake, &(struct form_state){ form, &err });
}

static bool
run_begin(struct cx *cx, const struct form *form, struct intake *intake)
{
	(void)form;
	return intake_run(cx, intake);
}

static bool
run_undo(struct cx *cx, const struct form *form, struct intake *intake)
{
	(void)form;
	return intake_undo(cx, intake);
}

bool
web_import_read(struct cx *cx, struct request *q, struct reply *r)
{
	return step(cx, q, r, run_read);
}

bool
web_import_check(struct cx *cx, struct request *q, struct reply *r)
{
	struct intake intake;
	struct form form;

	cx->door = S("import");
	if (!request_form(cx, q, &form))
		return false;
	if (!try_all(cx, q, &form, &intake))
		return columns_again(cx, q, r, &form);
	to_import(cx, r, &intake);
	return true;
}

bool
web_import_run(struct cx *cx, struct request *q, struct reply *r)
{
	return step(cx, q, r, run_begin);
}

bool
web_import_undo(struct cx *cx, struct request *q, struct reply *r)
{
	return step(cx, q, r, run_undo);
}

static bool
run_cells(struct cx *cx, const struct form *form, struct intake *intake)
{
	struct intake_cell *cells;
	size_t n;

	return import_cells_read(cx, form, &cells, &n) && intake_correct(cx, intake, cells, n);
}

/* Back to the row. */
bool
web_import_cells(struct cx *cx, struct request *q, struct reply *r)
{
	struct intake intake;
	struct form form;

	cx->door = S("import");
	if (!request_form(cx, q, &form) || !work_begin(cx, S("import")))
		return false;
	if (!load(cx, q, &intake) || !run_cells(cx, &form, &intake) || !work_commit(cx, NULL)) {
		work_abandon(cx);
		return false;
	}
	reply_redirect(cx, r,
		       str_printf(cx->mem, "/import/%lld#r%.*s", (long long)intake.id,
				  STR_FMT(str_trim(form_value(&form, "row")))));
	return true;
}

static bool
run_drop(struct cx *cx, const struct form *form, struct intake *intake)
{
	(void)form;
	if (!intake_drop(cx, intake))
		return false;
	intake->id = 0;
	return true;
}

bool
web_import_drop(struct cx *cx, struct request *q, struct reply *r)
{
	return step(cx, q, r, run_drop);
}

bool
web_import_errors(struct cx *cx, struct request *q, struct reply *r)
{
	struct intake intake;

	if (!page_read(cx) || !load(cx, q, &intake) || !intake_errors(cx, &intake, &r->body))
		return false;
	r->type = TYPE_CSV;
	reply_attachment(cx, r, intake_errors_name(cx, &intake));
	return true;
}

static const struct route routes[] = {
	{ V_GET, "/import", NEED_EDIT, NULL, web_imports, .purpose = "import: choose a file" },
	{ V_POST, "/import", NEED_EDIT, NULL, web_import_upload, .slow = true,
	  .body_max_bytes = INTAKE_FILE_MAX + ROOM, .purpose = "upload a file" },
	{ V_GET, "/import/{id}", NEED_EDIT, NULL, web_import,
	  .purpose = "an import: its columns, what would happen, what has happened" },
	{ V_POST, "/import/{id}/read", NEED_EDIT, NULL, web_import_read, .slow = true,
	  .purpose = "read the file in another way" },
	{ V_POST, "/import/{id}/check", NEED_EDIT, NULL, web_import_check, .slow = true,
	  .purpose = "try everything with these columns" },
	{ V_POST, "/import/{id}/cells", NEED_EDIT, NULL, web_import_cells, .slow = true,
	  .purpose = "correct cells of the preview" },
	{ V_POST, "/import/{id}/run", NEED_EDIT, NULL, web_import_run,
	  .purpose = "begin to import" },
	{ V_POST, "/import/{id}/undo", NEED_EDIT, NULL, web_import_undo,
	  .purpose = "take an import back" },
	{ V_POST, "/import/{id}/drop", NEED_EDIT, NULL, web_import_drop,
	  .purpose = "forget an import and its file" },
	{ V_GET, "/import/{id}/errors", NEED_EDIT, NULL, web_import_errors,
	  .purpose = "the rows of which something was left out" },
	{ 0 }
};

const struct feature feature_import = { .name = "imports", .routes = routes };
