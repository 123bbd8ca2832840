/* Administration: the first page, jobs, changes, settings, and all its routes. */
#include "web/admin.h"

#include "app/quote_act.h"
#include "flow/flow.h"

enum { JOBS_SHOWN = 200, CHANGES_SHOWN = 50, WHEN_BYTES = 64 };

static struct str
when_text(struct cx *cx, int64_t at)
{
	struct buf text = buf_in(cx->mem, WHEN_BYTES);

	if (at)
		fmt_datetime(&text, cx, at);
	return buf_done(&text);
}

bool
admin_home(struct cx *cx, struct request *q, struct reply *r)
{
	struct mv page = page_new(cx, q, r, str_of(tr(cx, "Administration")));

	return page_write(cx, r, "admin.html", page);
}

/* ---- jobs ---- */

static const struct {
	enum job_state state;
	const char *label;
} JOB_LABELS[] = {
	{ JOB_DEAD, N_("Failed for good") },
	{ JOB_LEASED, N_("Running") },
	{ JOB_READY, N_("Waiting") },
};

static struct mv
job_item(struct cx *cx, const struct job_row *row, bool is_dead)
{
	struct mv item = mv_map(cx->mem);

	mv_set(item, S("kind"), mv_text(row->kind));
	mv_set(item, S("key"), mv_text(row->key));
	mv_set(item, S("run_at"), mv_text(when_text(cx, row->run_at)));
	mv_set(item, S("tries"), mv_int(row->tries));
	mv_set(item, S("error"), mv_text(row->error));
	mv_set(item, S("job"), mv_int(is_dead ? row->id : 0));
	return item;
}

bool
admin_jobs(struct cx *cx, struct request *q, struct reply *r)
{
	struct mv page = page_new(cx, q, r, str_of(tr(cx, "Jobs"))), groups = mv_list(cx->mem);

	for (size_t i = 0; i < countof(JOB_LABELS); i++) {
		struct mv group = mv_map(cx->mem), items = mv_list(cx->mem);
		bool is_dead = JOB_LABELS[i].state == JOB_DEAD;
		struct job_rows rows;

		if (!jobs_list(cx, JOB_LABELS[i].state, JOBS_SHOWN, &rows))
			return false;
		for (size_t k = 0; k < rows.n; k++)
			mv_add(items, job_item(cx, &rows.v[k], is_dead));
		mv_set(group, S("label"), mv_z(tr(cx, JOB_LABELS[i].label)));
		mv_set(group, S("items"), items);
		mv_set(group, S("total"), mv_text(str_printf(cx->mem, "%zu", rows.n)));
		mv_set(group, S("can_revive"), mv_bool(is_dead && rows.n));
		mv_add(groups, group);
	}
	mv_set(page, S("groups"), groups);
	return page_write(cx, r, "admin-jobs.html", page);
}

bool
admin_revive(struct cx *cx, struct request *q, struct reply *r)
{
	struct form form;
	int64_t id = 0;

	if (!request_form(cx, q, &form))
		return false;
	if (form_has(&form, "job") && !str_int(form_value(&form, "job"), 1, INT64_MAX, &id))
		return fail(cx, E_MISSING, "There is no such job");
	if (!work_begin(cx, S("jobs revive")) || !jobs_revive(cx, id) || !work_commit(cx, NULL)) {
		work_abandon(cx);
		return false;
	}
	reply_redirect(cx, r, S("/admin/jobs"));
	return true;
}

/* ---- changes ---- */

/* Doors and reasons, as the log has them, in the reader's words. */
static const struct {
	const char *word, *label;
} WORDS[] = {
	{ "form", N_("page") },
	{ "api", N_("interface") },
	{ "cli", N_("command") },
	{ "job", N_("background") },
	{ "import", N_("import") },
	{ "link", N_("customer's link") },
	{ "form", N_("form") },
	{ "an inquiry by form", N_("an inquiry by form") },
	{ "the customer's answer over his private link",
	  N_("the customer's answer over his private link") },
	{ "demo", N_("demonstration") },
	{ "undo", N_("undone") },
	{ "invite", N_("user invited") },
	{ "user add", N_("user added") },
	{ "Model", N_("model changed") },
	{ "Roles of the model", N_("roles added") },
	{ "settings", N_("settings changed") },
	{ "processes", N_("sales processes changed") },
	{ "export", N_("export") },
	{ "hand-over", N_("hand-over") },
	{ "preferences", N_("preferences changed") },
};

static struct str
word_for(struct cx *cx, struct str word)
{
	for (size_t i = 0; i < countof(WORDS); i++)
		if (str_eq_z(word, WORDS[i].word))
			return str_of(tr(cx, WORDS[i].label));
	return word;
}

static struct mv
changeset_item(struct cx *cx, const struct changeset_row *row)
{
	struct mv item = mv_map(cx->mem);
	struct buf n = buf_in(cx->mem, WHEN_BYTES);

	fmt_records(&n, cx, row->n);
	mv_set(item, S("at"), mv_text(when_text(cx, row->at)));
	mv_set(item, S("actor"), mv_text(row->actor.n ? row->actor : S("Kontor")));
	mv_set(item, S("door"), mv_text(word_for(cx, row->door)));
	mv_set(item, S("why"), mv_text(word_for(cx, row->why)));
	mv_set(item, S("n"), mv_text(buf_done(&n)));
	mv_set(item, S("is_undone"), mv_bool(row->undone_by != 0));
	mv_set(item, S("is_undo"), mv_bool(row->undo_of != 0));
	if (!row->undone_by && row->records)
		mv_set(item, S("undo_url"), mv_text(url_of(cx, S("changesets"), row->id, "/undo")));
	return item;
}

bool
admin_changes(struct cx *cx, struct request *q, struct reply *r)
{
	struct mv page = page_new(cx, q, r, str_of(tr(cx, "Changes"))), items = mv_list(cx->mem);
	struct changeset_rows rows;
	int64_t before;

	if (!request_query_int(cx, q, "before", (struct request_range){ 1, INT64_MAX, 0 },
			       &before) ||
	    !changesets_list(cx, before, CHANGES_SHOWN, &rows))
		return false;
	for (size_t i = 0; i < rows.n; i++)
		mv_add(items, changeset_item(cx, &rows.v[i]));
	mv_set(page, S("items"), items);
	if (rows.n == CHANGES_SHOWN)
		mv_set(page, S("next_url"),
		       mv_text(str_printf(cx->mem, "/admin/changes?before=%lld",
					  (long long)rows.v[rows.n - 1].id)));
	return page_write(cx, r, "admin-changes.html", page);
}

/* ---- settings ---- */

static const char *const SPECIAL_LABELS[SPECIAL__MAX] = {
	[SPECIAL_HEALTH] = N_("Health"),       [SPECIAL_FINANCE] = N_("Finances"),
	[SPECIAL_BELIEF] = N_("Belief"),       [SPECIAL_LEGAL] = N_("Legal matters"),
	[SPECIAL_EDUCATION] = N_("Education"), [SPECIAL_PRIVATE] = N_("Private life"),
};

static struct str
special_setting(struct cx *cx, size_t i)
{
	return str_printf(cx->mem, "special.%s", SPECIAL_NAMES[i]);
}

/* Numbers that may be set, and what holds where they are not. */
static const struct {
	const char *name, *label, *otherwise;
	int64_t max;
} NUMBERS[] = {
	{ "quote.valid_days", N_("Quotes are valid for so many days"), "30", QUOTE_DAYS_MAX },
	{ "quote.follow_up_days", N_("They are followed up after so many days"), "7",
	  QUOTE_DAYS_MAX },
	{ "quote.escalation_days", N_("The team lead is told so many days later"), "3",
	  QUOTE_DAYS_MAX },
};

static bool
add_numbers(struct cx *cx, struct mv page)
{
	struct mv list = mv_list(cx->mem);

	for (size_t i = 0; i < countof(NUMBERS); i++) {
		struct mv item = mv_map(cx->mem);
		struct str value;

		if (!setting_get(cx, str_of(NUMBERS[i].name), &value))
			return false;
		mv_set(item, S("name"), mv_z(NUMBERS[i].name));
		mv_set(item, S("label"), mv_z(tr(cx, NUMBERS[i].label)));
		mv_set(item, S("value"), mv_text(value));
		mv_set(item, S("otherwise"), mv_z(NUMBERS[i].otherwise));
		mv_add(list, item);
	}
	mv_set(page, S("numbers"), list);
	return true;
}

static bool
set_numbers(struct cx *cx, const struct form *form)
{
	for (size_t i = 0; i < countof(NUMBERS); i++) {
		struct str name = str_of(NUMBERS[i].name);
		struct str value = str_trim(form_value(form, NUMBERS[i].name));
		int64_t number;

		if (!form_has(form, NUMBERS[i].name))
			continue;
		if (value.n && !str_int(value, 1, NUMBERS[i].max, &number))
			return fail_field(cx, name, "range",
					  "A whole number from 1 to %lld is needed here",
					  (long long)NUMBERS[i].max);
		if (!setting_set(cx, name, value))
			return false;
	}
	return true;
}

static const char *const ORIGINS[ORIGIN__MAX] = {
	[ORIGIN_DEFAULT] = N_("as shipped"),
	[ORIGIN_FILE] = N_("from the file"),
	[ORIGIN_ENVIRONMENT] = N_("from the environment"),
	[ORIGIN_FLAG] = N_("from the command line"),
};

/* What the operator has set: it holds from the next start on, so it is only read here. */
static void
add_operators(struct cx *cx, const struct request *q, struct mv page)
{
	const struct http_setting *rows;
	struct mv list = mv_list(cx->mem);
	size_t n = http_settings(q, &rows);

	for (size_t i = 0; i < n; i++) {
		struct mv item = mv_map(cx->mem);

		mv_set(item, S("name"), mv_z(rows[i].name));
		mv_set(item, S("environment"), mv_z(rows[i].environment));
		mv_set(item, S("purpose"), mv_z(tr(cx, rows[i].purpose)));
		mv_set(item, S("value"), mv_text(rows[i].value));
		mv_set(item, S("origin"), mv_z(tr(cx, ORIGINS[rows[i].origin])));
		mv_set(item, S("is_own"), mv_bool(rows[i].origin != ORIGIN_DEFAULT));
		mv_add(list, item);
	}
	mv_set(page, S("operators"), list);
	mv_set(page, S("has_operators"), mv_bool(n > 0));
}

bool
admin_settings(struct cx *cx, struct request *q, struct reply *r)
{
	struct mv page = page_new(cx, q, r, str_of(tr(cx, "Settings"))), items = mv_list(cx->mem);
	struct str people;

	for (size_t i = SPECIAL_NONE + 1; i < SPECIAL__MAX; i++) {
		struct mv item = mv_map(cx->mem);
		struct str name = special_setting(cx, i), value;

		if (!setting_get(cx, name, &value))
			return false;
		mv_set(item, S("name"), mv_text(name));
		mv_set(item, S("label"), mv_z(tr(cx, SPECIAL_LABELS[i])));
		mv_set(item, S("value"), mv_text(value));
		mv_add(items, item);
	}
	mv_set(page, S("settings"), items);
	if (!setting_get(cx, S(PEOPLE_SETTING), &people))
		return false;
	mv_set(page, S("people"), mv_text(people));
	add_operators(cx, q, page);
	if (!add_numbers(cx, page) || !offline_add_objects(cx, page))
		return false;
	mv_set(page, S("done"), mv_bool(request_has_query(q, "done")));
	return page_write(cx, r, "admin-settings.html", page);
}

static bool
set_people(struct cx *cx, const struct form *form)
{
	struct str text = str_trim(form_value(form, "people"));
	int64_t n;

	if (!form_has(form, "people"))
		return true;
	if (text.n && !str_int(text, COUNCIL_PEOPLE_MIN, COUNCIL_PEOPLE_MAX, &n))
		return fail_field(cx, S("people"), "range",
				  "Figures are about %d to %d people at least; leave it empty to "
				  "tell those of single people too",
				  COUNCIL_PEOPLE_MIN, COUNCIL_PEOPLE_MAX);
	return setting_set(cx, S(PEOPLE_SETTING), text);
}

static bool
set_all(struct cx *cx, const struct form *form)
{
	for (size_t i = SPECIAL_NONE + 1; i < SPECIAL__MAX; i++) {
		struct str name = special_setting(cx, i);

		if (form_has(form, str_z(cx->mem, name)) &&
		    !setting_set(cx, name, str_trim(form_value(form, str_z(cx->mem, name)))))
			return false;
	}
	return true;
}

bool
admin_set(struct cx *cx, struct request *q, struct reply *r)
{
	struct form form;

	if (!request_form(cx, q, &form))
		return false;
	if (!work_begin(cx, S("settings")) || !set_all(cx, &form) || !set_people(cx, &form) ||
	    !set_numbers(cx, &form) || !offline_set_objects(cx, &form) || !work_commit(cx, NULL)) {
		work_abandon(cx);
		return false;
	}
	if (!store_refresh(cx)) /* it holds from the next request on */
		return false;
	reply_redirect(cx, r, S("/admin/settings?done=1"));
	return true;
}

/* ---- routes ---- */

static const struct route routes[] = {
	{ V_GET, "/admin", NEED_ADMIN, NULL, admin_home, .purpose = "administration" },
	{ V_GET, "/admin/jobs", NEED_ADMIN, NULL, admin_jobs, .purpose = "work in the background" },
	{ V_POST, "/admin/jobs/revive", NEED_ADMIN, NULL, admin_revive,
	  .purpose = "try what failed once more" },
	{ V_GET, "/admin/changes", NEED_ADMIN, NULL, admin_changes,
	  .purpose = "all changesets, newest first" },
	{ V_GET, "/admin/settings", NEED_ADMIN, NULL, admin_settings, .purpose = "settings" },
	{ V_POST, "/admin/settings", NEED_ADMIN, NULL, admin_set, .purpose = "change settings" },
	{ V_GET, "/admin/pipelines", NEED_READ, "stage", admin_pipelines,
	  .purpose = "sales processes: pipelines and their stages" },
	{ V_POST, "/admin/pipelines", NEED_EDIT, "stage", admin_pipeline_new,
	  .purpose = "a new pipeline" },
	{ V_GET, "/admin/pipelines/remove", NEED_READ, "stage", admin_pipeline_remove,
	  .purpose = "what becomes of deals when a stage or a pipeline goes" },
	{ V_POST, "/admin/pipelines/remove", NEED_EDIT, "stage", admin_pipeline_removed,
	  .slow = true, .purpose = "remove a stage or a pipeline" },
	{ V_POST, "/admin/pipelines/{id}", NEED_EDIT, "stage", admin_pipeline_save,
	  .purpose = "change a pipeline and its stages" },
	{ V_GET, "/admin/model", NEED_ADMIN, NULL, admin_model,
	  .purpose = "objects, and the text of one's own" },
	{ V_POST, "/admin/model", NEED_ADMIN, NULL, admin_model_post, .slow = true,
	  .purpose = "check or apply a text of the model" },
	{ V_GET, "/admin/model/{file}", NEED_ADMIN, NULL, admin_model_download,
	  .purpose = "the model as a file" },
	{ V_POST, "/admin/model/version", NEED_ADMIN, NULL, admin_model_version,
	  .purpose = "an earlier text of the model" },
	{ V_POST, "/admin/model/object", NEED_ADMIN, NULL, admin_new_object,
	  .purpose = "a new object" },
	{ V_GET, "/admin/objects/{name}", NEED_ADMIN, NULL, admin_object,
	  .purpose = "the fields of an object" },
	{ V_POST, "/admin/objects/{name}", NEED_ADMIN, NULL, admin_field,
	  .purpose = "a new field" },
	{ V_GET, "/admin/roles", NEED_ADMIN, NULL, admin_roles, .purpose = "roles and rights" },
	{ V_POST, "/admin/roles", NEED_ADMIN, NULL, admin_role_copy,
	  .purpose = "a role after another" },
	{ V_GET, "/admin/roles/{role}/{name}", NEED_ADMIN, NULL, admin_role,
	  .purpose = "rights of a role on an object" },
	{ V_POST, "/admin/roles/{role}/{name}", NEED_ADMIN, NULL, admin_role_post,
	  .purpose = "change rights" },
	{ V_GET, "/admin/invite", NEED_ADMIN, NULL, admin_invite, .purpose = "form of a new user" },
	{ V_POST, "/admin/invite", NEED_ADMIN, NULL, admin_invite_post, .slow = true,
	  .purpose = "a new user with a password for once" },
	{ V_POST, "/admin/users/{id}/once", NEED_ADMIN, NULL, admin_once, .slow = true,
	  .purpose = "a new password for once" },
	{ V_GET, "/admin/access", NEED_ADMIN, NULL, admin_access,
	  .purpose = "sessions and tokens" },
	{ V_POST, "/admin/sessions/{key}/end", NEED_ADMIN, NULL, admin_session_end,
	  .purpose = "end a session" },
	{ V_POST, "/admin/tokens", NEED_ADMIN, NULL, admin_token_make, .purpose = "make a token" },
	{ V_POST, "/admin/tokens/{id}/revoke", NEED_ADMIN, NULL, admin_token_revoke,
	  .purpose = "revoke a token" },
	{ V_GET, "/password", NEED_SIGNED_IN, NULL, web_password, .once = true,
	  .purpose = "form of a new password" },
	{ V_POST, "/password", NEED_SIGNED_IN, NULL, web_password_post, .slow = true, .once = true,
	  .purpose = "set one's own password" },
	{ 0 }
};

const struct feature feature_admin = { .name = "admin", .routes = routes };
