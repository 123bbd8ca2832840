/* New users, passwords for one signing in, and one's own password. */
#include "web/admin.h"

#include "base/crypt.h"
#include "db/db.h"
#include "http/session.h"

enum { ONCE_LETTERS = 12, ROLES_SHOWN = 100 };

/* Letters that nobody takes for others, in three groups: "kmzq-4vtr-hw7x". */
static struct str
password_once(struct cx *cx)
{
	static const char letters[] = "abcdefghjkmnpqrstuvwxyz23456789";
	struct buf out = buf_in(cx->mem, 2 * ONCE_LETTERS);
	unsigned char bytes[ONCE_LETTERS];

	for (size_t i = 0; i < ONCE_LETTERS; i++) {
		do
			cx->env->random(cx->env, &bytes[i], 1);
		while (bytes[i] >= 256 / (sizeof letters - 1) * (sizeof letters - 1));
		if (i && i % 4 == 0)
			buf_char(&out, '-');
		buf_char(&out, letters[bytes[i] % (sizeof letters - 1)]);
	}
	return buf_done(&out);
}

/* ---- inviting ---- */

static bool
role_options(struct cx *cx, const struct form *typed, struct mv *out)
{
	const struct object *roles = object_find(cx->model, S("role"), NULL);
	const struct field *name = field_find(roles, S("name")),
			   *label = field_find(roles, S("label"));
	const struct field *fields[] = { name, label };
	struct query query = {
		.object = roles, .fields = fields, .n_fields = countof(fields), .limit = ROLES_SHOWN
	};
	struct str chosen = typed ? form_value(typed, "role") : S("sales");
	struct mv list = mv_list(cx->mem);
	struct rows rows;

	if (!record_query(cx, &query, &rows))
		return false;
	for (size_t i = 0; i < rows.n; i++) {
		struct str key = rows.v[i].v[name->index].s;
		struct mv item = mv_map(cx->mem);

		if (!role_find(cx->model, key))
			continue;
		mv_set(item, S("key"), mv_text(key));
		mv_set(item, S("label"), mv_text(page_label(cx, rows.v[i].v[label->index].s)));
		mv_set(item, S("is_on"), mv_bool(str_eq(key, chosen)));
		mv_add(list, item);
	}
	*out = list;
	return true;
}

static bool
invite_page(struct cx *cx, struct request *q, struct reply *r, const struct form *typed)
{
	static const char *const names[] = { "login", "name", "email" };
	struct mv page = page_new(cx, q, r, str_of(tr(cx, "Invite a user"))), roles;
	struct mv errors = mv_list(cx->mem);

	for (const struct field_err *at = cx->err.fields; at; at = at->next) {
		struct mv item = mv_map(cx->mem);

		mv_set(item, S("why"), mv_text(at->why));
		mv_add(errors, item);
	}
	mv_set(page, S("errors"), errors);
	mv_set(page, S("has_errors"), mv_bool(cx->err.fields != NULL));
	fail_clear(cx);
	if (!role_options(cx, typed, &roles))
		return false;
	for (size_t i = 0; typed && i < countof(names); i++)
		mv_set(page, str_of(str_z(cx->mem, str_printf(cx->mem, "typed_%s", names[i]))),
		       mv_text(form_value(typed, names[i])));
	mv_set(page, S("roles"), roles);
	return page_write(cx, r, "admin-invite.html", page);
}

bool
admin_invite(struct cx *cx, struct request *q, struct reply *r)
{
	return invite_page(cx, q, r, NULL);
}

static bool
role_ids(struct cx *cx, struct str name, struct value *out)
{
	const struct object *roles = object_find(cx->model, S("role"), NULL);
	struct query query = { .object = roles, .limit = 1 };
	struct buf text = buf_in(cx->mem, URL_MAX);
	int64_t *id = new(cx->mem, int64_t);
	struct rows rows;

	BUF_LIT(&text, "name = ");
	buf_json(&text, name);
	if (!cond_parse(cx, cx->mem, cx->model, roles, buf_done(&text), NULL, &query.where) ||
	    !record_query(cx, &query, &rows))
		return false;
	if (!rows.n)
		return fail_field(cx, S("role"), "unknown", "There is no role %.*s", STR_FMT(name));
	*id = rows.v[0].id;
	*out = (struct value){ .kind = V_IDS, .i = 1, .ids = id };
	return true;
}

static bool
user_make(struct cx *cx, const struct form *form, struct str password, int64_t *id)
{
	static const char *const names[] = { "login", "name", "email" };
	struct change *c = change_new(cx, object_find(cx->model, S("user"), NULL), NULL);
	struct value roles;

	for (size_t i = 0; i < countof(names); i++)
		if (str_trim(form_value(form, names[i])).n)
			change_set(c, field_find(c->object, str_of(names[i])),
				   value_text(str_trim(form_value(form, names[i]))));
	change_set(c, field_find(c->object, S("language")), value_text(lang_code(cx->lang)));
	if (!role_ids(cx, form_value(form, "role"), &roles))
		return false;
	change_set(c, field_find(c->object, S("roles")), roles);
	if (!record_save(cx, c))
		return false;
	*id = c->id;
	return login_set_once(cx, c->id, password, HTTP_PASSWORD_COST);
}

static bool
once_page(struct cx *cx, struct request *q, struct reply *r, int64_t id, struct str password)
{
	const struct object *users = object_find(cx->model, S("user"), NULL);
	struct mv page;
	struct row *user;

	if (!page_read(cx) || !record_load(cx, users, id, &user))
		return false;
	page = page_new(cx, q, r, str_of(tr(cx, "Password for the first sign-in")));
	mv_set(page, S("once"), mv_text(password));
	mv_set(page, S("user_login"), mv_text(user->v[field_find(users, S("login"))->index].s));
	mv_set(page, S("user_url"), mv_text(url_of(cx, S("user"), id, "")));
	return page_write(cx, r, "admin-once.html", page);
}

bool
admin_invite_post(struct cx *cx, struct request *q, struct reply *r)
{
	struct str password = password_once(cx);
	struct form form;
	int64_t id;

	if (!request_form(cx, q, &form))
		return false;
	if (work_begin(cx, S("invite")) && user_make(cx, &form, password, &id) &&
	    work_commit(cx, NULL))
		return once_page(cx, q, r, id, password);
	work_abandon(cx);
	if (cx->err.code != E_INPUT || !cx->err.fields)
		return false;
	r->status = err_row(E_INPUT)->status;
	return page_read(cx) && invite_page(cx, q, r, &form);
}

bool
admin_once(struct cx *cx, struct request *q, struct reply *r)
{
	const struct object *users = object_find(cx->model, S("user"), NULL);
	struct str password = password_once(cx);
	struct row *user;
	int64_t id;

	if (!request_param_int(cx, q, "id", &id) || !page_read(cx) ||
	    !record_load(cx, users, id, &user))
		return false;
	db_rollback(cx);
	if (!work_begin(cx, S("password")) ||
	    !login_set_once(cx, id, password, HTTP_PASSWORD_COST) || !work_commit(cx, NULL)) {
		work_abandon(cx);
		return false;
	}
	return session_end_all(cx, q->http, id, id == cx->actor->user_id ? q->session : NULL) &&
	       once_page(cx, q, r, id, password);
}

/* ---- one's own password ---- */

/* Who signed in with a password for once sees this page alone: nothing else is open to him. */
static bool
password_page(struct cx *cx, struct request *q, struct reply *r, struct str why)
{
	const struct actor *actor = cx->actor;
	struct mv page;
	bool once;

	if (!login_is_once(cx, actor->user_id, &once))
		return false;
	cx->actor = once ? NULL : actor;
	page = page_new(cx, q, r, str_of(tr(cx, "Change the password")));
	cx->actor = actor;
	mv_set(page, S("why"), mv_text(why));
	mv_set(page, S("once"), mv_bool(once));
	mv_set(page, S("login"), mv_text(actor->login));
	return page_write(cx, r, "password.html", page);
}

bool
web_password(struct cx *cx, struct request *q, struct reply *r)
{
	return password_page(cx, q, r, (struct str){ 0 });
}

static bool
password_change(struct cx *cx, struct request *q, const struct form *form)
{
	db_rollback(cx);
	if (!login_check(cx, q, cx->actor->login, cx->actor->user_id, form_value(form, "old")))
		return false;
	if (!work_begin(cx, S("password")) ||
	    !login_set_password(cx, cx->actor->user_id, form_value(form, "new"),
				HTTP_PASSWORD_COST) ||
	    !work_commit(cx, NULL)) {
		work_abandon(cx);
		return false;
	}
	return session_end_all(cx, q->http, cx->actor->user_id, q->session);
}

bool
web_password_post(struct cx *cx, struct request *q, struct reply *r)
{
	struct form form;
	struct str why;

	if (!request_form(cx, q, &form))
		return false;
	if (password_change(cx, q, &form)) {
		reply_redirect(cx, r, S("/"));
		return true;
	}
	if (cx->err.code != E_AUTH && cx->err.code != E_INPUT)
		return false;
	why = cx->err.fields ? cx->err.fields->why
			     : str_of(tr(cx, "The present password is not right"));
	fail_clear(cx);
	r->status = err_row(E_INPUT)->status;
	return page_read(cx) && password_page(cx, q, r, why);
}
