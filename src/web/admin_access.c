/* Who is signed in where, and which programs have a token. */
#include "web/admin.h"

#include "http/session.h"
#include "http/token.h"

enum { WHEN_BYTES = 64 };
#define MS_A_DAY ((int64_t)86400000)

static struct str
when_text(struct cx *cx, int64_t at)
{
	struct buf text = buf_in(cx->mem, WHEN_BYTES);

	if (at)
		fmt_datetime(&text, cx, at);
	return buf_done(&text);
}

static bool
user_names(struct cx *cx, const int64_t *ids, size_t n, struct str *out)
{
	return record_titles(cx, object_find(cx->model, S("user"), NULL), ids, n, out);
}

/* "Mozilla/5.0 (X11; Linux x86_64) …": which browser on which system, where one can tell. */
static struct str
agent_text(struct cx *cx, struct str agent)
{
	static const char *const systems[] = { "Windows", "Android", "iPhone", "iPad",
					       "Mac OS",  "Linux",   NULL };
	static const char *const browsers[] = { "Edg", "Firefox", "Chrome", "Safari", NULL };
	const char *device = NULL, *browser = NULL;
	size_t at;

	for (size_t i = 0; systems[i] && !device; i++)
		if (str_find(agent, str_of(systems[i]), &at))
			device = systems[i];
	for (size_t i = 0; browsers[i] && !browser; i++)
		if (str_find(agent, str_of(browsers[i]), &at))
			browser = i ? browsers[i] : "Edge";
	if (!device || !browser)
		return agent;
	return str_printf(cx->mem, "%s, %s", browser, device);
}

static bool
add_sessions(struct cx *cx, const struct request *q, struct mv page)
{
	struct mv list = mv_list(cx->mem);
	struct session_rows rows;
	int64_t *ids;
	struct str *names;

	if (!session_list(cx, &rows))
		return false;
	ids = new_array(cx->mem, rows.n + 1, int64_t);
	names = new_array(cx->mem, rows.n + 1, struct str);
	for (size_t i = 0; i < rows.n; i++)
		ids[i] = rows.v[i].user_id;
	if (!user_names(cx, ids, rows.n, names))
		return false;
	for (size_t i = 0; i < rows.n; i++) {
		struct mv item = mv_map(cx->mem);
		bool is_this = q->session && str_eq(rows.v[i].key, session_key(cx, q->session));

		mv_set(item, S("user"), mv_text(names[i]));
		mv_set(item, S("agent"), mv_text(agent_text(cx, rows.v[i].agent)));
		mv_set(item, S("address"), mv_text(rows.v[i].address));
		mv_set(item, S("seen"), mv_text(when_text(cx, rows.v[i].seen_at)));
		mv_set(item, S("is_this"), mv_bool(is_this));
		mv_set(item, S("end_url"),
		       mv_text(str_printf(cx->mem, "/admin/sessions/%.*s/end",
					  STR_FMT(rows.v[i].key))));
		mv_add(list, item);
	}
	mv_set(page, S("sessions"), list);
	return true;
}

static bool
add_tokens(struct cx *cx, struct mv page)
{
	struct mv list = mv_list(cx->mem);
	struct token_rows rows;
	int64_t *ids;
	struct str *names;

	if (!token_list(cx, 0, &rows))
		return false;
	ids = new_array(cx->mem, rows.n + 1, int64_t);
	names = new_array(cx->mem, rows.n + 1, struct str);
	for (size_t i = 0; i < rows.n; i++)
		ids[i] = rows.v[i].user_id;
	if (!user_names(cx, ids, rows.n, names))
		return false;
	for (size_t i = 0; i < rows.n; i++) {
		struct mv item = mv_map(cx->mem);

		if (rows.v[i].revoked_at)
			continue;
		mv_set(item, S("name"), mv_text(rows.v[i].name));
		mv_set(item, S("user"), mv_text(names[i]));
		mv_set(item, S("scopes"), mv_text(rows.v[i].scopes));
		mv_set(item, S("seen"), mv_text(when_text(cx, rows.v[i].seen_at)));
		mv_set(item, S("until"), mv_text(when_text(cx, rows.v[i].expires_at)));
		mv_set(item, S("revoke_url"),
		       mv_text(str_printf(cx->mem, "/admin/tokens/%lld/revoke",
					  (long long)rows.v[i].id)));
		mv_add(list, item);
	}
	mv_set(page, S("tokens"), list);
	mv_set(page, S("has_tokens"), mv_bool(mv_is_true(&list)));
	return true;
}

static bool
access_page(struct cx *cx, struct request *q, struct reply *r, struct str made)
{
	struct mv page = page_new(cx, q, r, str_of(tr(cx, "Sessions and tokens")));

	mv_set(page, S("made"), mv_text(made));
	return add_sessions(cx, q, page) && add_tokens(cx, page) &&
	       page_write(cx, r, "admin-access.html", page);
}

bool
admin_access(struct cx *cx, struct request *q, struct reply *r)
{
	return access_page(cx, q, r, (struct str){ 0 });
}

bool
admin_session_end(struct cx *cx, struct request *q, struct reply *r)
{
	if (!session_end_key(cx, q->http, request_param(q, "key")))
		return false;
	reply_redirect(cx, r, S("/admin/access"));
	return true;
}

bool
admin_token_revoke(struct cx *cx, struct request *q, struct reply *r)
{
	int64_t id;

	if (!request_param_int(cx, q, "id", &id) || !token_revoke(cx, q->http, 0, id))
		return false;
	reply_redirect(cx, r, S("/admin/access"));
	return true;
}

/* The secret is in this answer and nowhere else. */
bool
admin_token_make(struct cx *cx, struct request *q, struct reply *r)
{
	struct form form;
	struct str made;
	int64_t days = 0;

	if (!request_form(cx, q, &form))
		return false;
	if (form_value(&form, "days").n && !str_int(form_value(&form, "days"), 1, 36500, &days))
		return fail_field(cx, S("days"), "range", "A token lasts from 1 to 36500 days");
	if (!work_begin(cx, S("token")) ||
	    !token_create(cx, cx->actor->user_id, str_trim(form_value(&form, "name")),
			  form_value(&form, "scopes"), days ? cx->now + days * MS_A_DAY : 0,
			  &made) ||
	    !work_commit(cx, NULL)) {
		work_abandon(cx);
		return false;
	}
	return page_read(cx) && access_page(cx, q, r, made);
}
