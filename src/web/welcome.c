/* The first run: language, company, the first administrator, what for, and something to begin
 * with.  Open only while there is no user, on the machine itself, and to who holds the code that
 * `kontor serve` has printed. */
#include "web/welcome.h"

#include "base/crypt.h"
#include "db/db.h"
#include "flow/flow.h"
#include "http/session.h"
#include "web/web.h"

enum { CODE_LETTERS = 10, CODE_HEX = 64 };

#define CODE_SETTING "welcome.code"

static struct str
code_hash(struct cx *cx, struct str code)
{
	struct hash hash = crypt_hash(code);

	return crypt_hex(cx->mem, (struct str){ (const char *)hash.bytes, sizeof hash.bytes });
}

bool
welcome_is_due(struct cx *cx, bool *out)
{
	const struct actor *asking = cx->actor;
	struct query query = { .object = object_find(cx->model, S("user"), NULL), .limit = 1 };
	struct rows rows;
	bool ok;

	cx->actor = actor_system(cx);
	ok = record_query(cx, &query, &rows);
	cx->actor = asking;
	*out = ok && !rows.n;
	return ok;
}

bool
welcome_open(struct cx *cx, struct str *code)
{
	struct str made = str_first(crypt_token(cx->mem, cx->env), CODE_LETTERS);
	bool due;

	*code = (struct str){ 0 };
	if (!db_begin_read(cx))
		return false;
	if (!welcome_is_due(cx, &due))
		return false;
	db_rollback(cx);
	if (!due)
		return true;
	if (!work_begin(cx, S("welcome")) ||
	    !setting_set(cx, S(CODE_SETTING), code_hash(cx, made)) || !work_commit(cx, NULL)) {
		work_abandon(cx);
		return false;
	}
	*code = made;
	return true;
}

/* ---- may one come in? ---- */

static bool
is_here(const struct request *q)
{
	return str_starts(q->address, S("127.")) || str_eq(q->address, S("::1")) ||
	       str_starts(q->address, S("::ffff:127.")) || str_eq(q->address, S("unix"));
}

/* What is not open does not exist. */
static bool
check_open(struct cx *cx, const struct request *q)
{
	bool due;

	if (!welcome_is_due(cx, &due))
		return false;
	return (due && is_here(q)) || fail(cx, E_MISSING, "There is no such page");
}

static bool
check_code(struct cx *cx, struct str code)
{
	struct str kept;

	if (!setting_get(cx, S(CODE_SETTING), &kept))
		return false;
	return (kept.n == CODE_HEX && str_eq_secret(code_hash(cx, code), kept)) ||
	       fail_field(cx, S("code"), "code",
			  "This is not the code that the server has printed at its start");
}

/* ---- the page ---- */

static const char *const TYPED[] = { "code", "company", "login", "name", "goal", "begin" };

static bool
welcome_page(struct cx *cx, struct request *q, struct reply *r, const struct form *typed)
{
	struct mv page = page_new(cx, q, r, str_of(tr(cx, "Welcome")));
	struct mv errors = mv_list(cx->mem);

	for (const struct field_err *at = cx->err.fields; at; at = at->next) {
		struct mv item = mv_map(cx->mem);

		mv_set(item, S("why"), mv_text(at->why));
		mv_add(errors, item);
	}
	mv_set(page, S("errors"), errors);
	mv_set(page, S("has_errors"), mv_bool(mv_is_true(&errors)));
	fail_clear(cx);
	mv_set(page, S("code"), mv_text(request_query(q, "code")));
	for (size_t i = 0; typed && i < countof(TYPED); i++)
		mv_set(page, str_of(TYPED[i]), mv_text(form_value(typed, TYPED[i])));
	mv_set(page, S("is_german"), mv_bool(cx->lang == LANG_DE));
	return page_write(cx, r, "welcome.html", page);
}

bool
web_welcome(struct cx *cx, struct request *q, struct reply *r)
{
	return page_read(cx) && check_open(cx, q) && welcome_page(cx, q, r, NULL);
}

/* ---- the first administrator ---- */

static bool
admin_role_id(struct cx *cx, struct value *out)
{
	const struct object *roles = object_find(cx->model, S("role"), NULL);
	struct query query = { .object = roles, .limit = 1 };
	int64_t *id = new(cx->mem, int64_t);
	struct rows rows;

	if (!cond_parse(cx, cx->mem, cx->model, roles, S("name = admin"), NULL, &query.where) ||
	    !record_query(cx, &query, &rows))
		return false;
	if (!rows.n)
		return bug(cx, "there is no role admin");
	*id = rows.v[0].id;
	*out = (struct value){ .kind = V_IDS, .i = 1, .ids = id };
	return true;
}

static void
set_text(struct change *c, const char *field, struct str text)
{
	if (text.n)
		change_set(c, field_find(c->object, str_of(field)), value_text(text));
}

static bool
make_company(struct cx *cx, const struct form *form, int64_t *id)
{
	struct change *c = change_new(cx, object_find(cx->model, S("unit"), NULL), NULL);
	struct str name = str_trim(form_value(form, "company"));

	*id = 0;
	if (!name.n)
		return true;
	set_text(c, "name", name);
	if (!record_save(cx, c))
		return false;
	*id = c->id;
	return true;
}

static bool
make_admin(struct cx *cx, const struct form *form, int64_t unit, int64_t *id)
{
	struct change *c = change_new(cx, object_find(cx->model, S("user"), NULL), NULL);
	struct str name = str_trim(form_value(form, "name"));
	struct value roles;

	set_text(c, "login", str_trim(form_value(form, "login")));
	set_text(c, "name", name.n ? name : str_trim(form_value(form, "login")));
	set_text(c, "language", form_value(form, "language"));
	set_text(c, "goal", form_value(form, "goal"));
	if (unit)
		change_set(c, field_find(c->object, S("unit")), value_int(unit));
	if (!admin_role_id(cx, &roles))
		return false;
	change_set(c, field_find(c->object, S("roles")), roles);
	if (!record_save(cx, c))
		return false;
	*id = c->id;
	return login_set_password(cx, c->id, form_value(form, "password"), HTTP_PASSWORD_COST);
}

static bool
sample_ask(struct cx *cx, int64_t user, enum lang lang)
{
	return job_put(cx, S(SAMPLE_JOB), S(""), cx->now,
		       str_printf(cx->mem, "%lld %.*s", (long long)user,
				  STR_FMT(lang_code(lang)))) &&
	       setting_set(cx, S(SAMPLE_SETTING), S(SAMPLE_COMING));
}

static bool
make_all(struct cx *cx, const struct request *q, const struct form *form, int64_t *user)
{
	enum lang lang = cx->lang;
	int64_t unit;

	(void)!lang_find(form_value(form, "language"), &lang);
	return check_open(cx, q) && check_code(cx, form_value(form, "code")) &&
	       make_company(cx, form, &unit) && make_admin(cx, form, unit, user) &&
	       setting_set(cx, S(CODE_SETTING), S("")) &&
	       (!str_eq(form_value(form, "begin"), S("sample")) || sample_ask(cx, *user, lang));
}

bool
web_welcome_post(struct cx *cx, struct request *q, struct reply *r)
{
	struct form form;
	int64_t user = 0;
	bool ok;

	if (!request_form(cx, q, &form))
		return false;
	cx->actor = actor_system(cx);
	ok = work_begin(cx, S("welcome")) && make_all(cx, q, &form, &user) && work_commit(cx, NULL);
	cx->actor = NULL;
	if (ok) {
		if (!session_begin(cx, q, r, user))
			return false;
		reply_redirect(cx, r,
			       str_eq(form_value(&form, "begin"), S("file")) ? S("/import")
									     : S("/"));
		return true;
	}
	work_abandon(cx);
	if (cx->err.code != E_INPUT || !cx->err.fields)
		return false;
	r->status = err_row(E_INPUT)->status;
	return page_read(cx) && welcome_page(cx, q, r, &form);
}

/* ---- sample data ---- */

bool
web_sample_make(struct cx *cx, struct request *q, struct reply *r)
{
	struct str there;

	(void)q;
	if (!work_begin(cx, S("sample")) || !setting_get(cx, S(SAMPLE_SETTING), &there) ||
	    (!there.n && !sample_ask(cx, cx->actor->user_id, cx->lang)) || !work_commit(cx, NULL)) {
		work_abandon(cx);
		return false;
	}
	reply_redirect(cx, r, S("/"));
	return true;
}

/* The line before the end: the last that was made goes first. */
static struct str
last_line(struct str *lines)
{
	size_t start;
	struct str line;

	if (lines->n && lines->p[lines->n - 1] == '\n')
		lines->n--;
	start = lines->n;
	while (start && lines->p[start - 1] != '\n')
		start--;
	line = str_from(*lines, start);
	lines->n = start;
	return line;
}

static bool
each_line(struct cx *cx, struct str lines,
	  bool (*run)(struct cx *cx, const struct object *object, int64_t id))
{
	while (lines.n) {
		struct str line = last_line(&lines);
		const struct object *object = object_find(cx->model, str_cut(&line, ' '), NULL);
		int64_t id;

		if (object && str_int(line, 1, INT64_MAX, &id) && !run(cx, object, id))
			return false;
	}
	return true;
}

static bool
sample_drop(struct cx *cx, struct str lines)
{
	return str_eq(lines, S(SAMPLE_COMING)) ||
	       (each_line(cx, lines, record_purge) && setting_set(cx, S(SAMPLE_SETTING), S("")));
}

bool
web_sample_remove(struct cx *cx, struct request *q, struct reply *r)
{
	struct str lines;

	(void)q;
	if (!work_begin(cx, S("sample removed")) || !setting_get(cx, S(SAMPLE_SETTING), &lines) ||
	    !sample_drop(cx, lines) || !work_commit(cx, NULL)) {
		work_abandon(cx);
		return false;
	}
	if (!each_line(cx, lines, record_purged))
		return false;
	reply_redirect(cx, r, S("/"));
	return true;
}

static const struct route routes[] = {
	{ V_GET, "/welcome", NEED_PUBLIC, NULL, web_welcome, .purpose = "the first run" },
	{ V_POST, "/welcome", NEED_PUBLIC, NULL, web_welcome_post, .csrf = true, .slow = true,
	  .purpose = "make the first administrator" },
	{ V_POST, "/welcome/sample", NEED_ADMIN, NULL, web_sample_make, .purpose = "sample data" },
	{ V_POST, "/welcome/sample/remove", NEED_ADMIN, NULL, web_sample_remove, .slow = true,
	  .purpose = "remove the sample data" },
	{ 0 }
};

const struct feature feature_welcome = { .name = "welcome", .routes = routes };
