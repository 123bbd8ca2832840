#include "web/web.h"
#include "web/welcome.h"

#include "db/db.h"
#include "http/session.h"

/* Only an address of this server is gone to after signing in. */
static struct str
safe_target(struct str to)
{
	bool is_local = to.n && to.p[0] == '/' && (to.n < 2 || (to.p[1] != '/' && to.p[1] != '\\'));

	return is_local ? to : S("/");
}

static bool
sign_in_page(struct cx *cx, struct request *q, struct reply *r, struct str name, struct str to,
	     struct str why)
{
	struct mv page = page_new(cx, q, r, str_of(tr(cx, "Sign in")));
	bool due;

	mv_set(page, S("name"), mv_text(name));
	mv_set(page, S("to"), mv_text(to));
	if (!page_read(cx) || !welcome_is_due(cx, &due))
		return false;
	mv_set(page, S("is_due"), mv_bool(due));
	mv_set(page, S("why"), mv_text(why));
	return page_write(cx, r, "sign-in.html", page);
}

bool
web_sign_in_form(struct cx *cx, struct request *q, struct reply *r)
{
	return sign_in_page(cx, q, r, (struct str){ 0 }, safe_target(request_query(q, "to")),
			    (struct str){ 0 });
}

static bool
find_user(struct cx *cx, struct str login, int64_t *out)
{
	const struct object *users = object_find(cx->model, S("user"), NULL);
	const struct field *f = field_find(users, S("login"));
	struct query query = { .object = users, .limit = 1 };
	struct buf text = buf_in(cx->mem, URL_MAX);
	const struct field *fields[] = { f };
	struct rows rows;
	bool ok;

	*out = 0;
	BUF_LIT(&text, "login = ");
	buf_json(&text, login);
	query.fields = fields;
	query.n_fields = 1;
	if (!db_begin_read(cx))
		return false;
	cx->actor = actor_system(cx);
	ok = cond_parse(cx, cx->mem, cx->model, users, buf_done(&text), NULL, &query.where) &&
	     record_query(cx, &query, &rows);
	cx->actor = NULL;
	db_rollback(cx);
	if (!ok && cx->err.code == E_INPUT) {
		fail_clear(cx); /* a name that cannot be one */
		return true;
	}
	if (ok && rows.n)
		*out = rows.v[0].id;
	return ok;
}

bool
web_sign_in(struct cx *cx, struct request *q, struct reply *r)
{
	struct form form;
	struct str name, to, why;
	int64_t user;
	int status;
	bool once;

	if (!request_form(cx, q, &form))
		return false;
	name = str_trim(form_value(&form, "name"));
	to = safe_target(form_value(&form, "to"));
	if (!find_user(cx, name, &user))
		return false;
	if (login_check(cx, q, name, user, form_value(&form, "password")) &&
	    session_begin(cx, q, r, user)) {
		if (!db_begin_read(cx) || !login_is_once(cx, user, &once))
			return false;
		db_rollback(cx);
		reply_redirect(cx, r, once ? S("/password") : to);
		return true;
	}
	status = err_row(cx->err.code)->status;
	if (status >= 500)
		return false;
	why = cx->err.why;
	if (cx->err.code == E_LIMIT)
		return false;
	fail_clear(cx);
	r->status = status;
	return sign_in_page(cx, q, r, name, to, why);
}

bool
web_sign_out(struct cx *cx, struct request *q, struct reply *r)
{
	if (!session_end(cx, q, r))
		return false;
	reply_redirect(cx, r, S("/sign-in"));
	return true;
}

/* Fields of the user that the form of preferences may set. */
static const char *const PREFERENCES[] = { "language", "theme", "density" };

bool
web_preferences(struct cx *cx, struct request *q, struct reply *r)
{
	const struct object *users = object_find(cx->model, S("user"), NULL);
	struct form form;
	struct change *c;

	if (!request_form(cx, q, &form) || !work_begin(cx, S("preferences")) ||
	    !change_of(cx, CHANGE_EDIT, users, cx->actor->user_id, &c)) {
		work_abandon(cx);
		return false;
	}
	for (size_t i = 0; i < countof(PREFERENCES); i++)
		if (form_has(&form, PREFERENCES[i]))
			change_set(c, field_find(users, str_of(PREFERENCES[i])),
				   value_text(form_value(&form, PREFERENCES[i])));
	if (!record_save(cx, c) || !work_commit(cx, NULL)) {
		work_abandon(cx);
		return false;
	}
	reply_redirect(cx, r, safe_target(form_value(&form, "to")));
	return true;
}
