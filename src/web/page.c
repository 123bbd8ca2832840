#include "web/web.h"

#include "base/template.h"
#include "db/db.h"

enum { ID_TEXT_MAX = 24 };

enum { GRANTERS_SHOWN = 5, PARTS_MAX = 1 << 20 };

struct str
url_of(struct cx *cx, struct str object, int64_t id, const char *tail)
{
	struct buf url = buf_fixed(cx->mem, object.n + strlen(tail) + ID_TEXT_MAX);

	buf_char(&url, '/');
	buf_str(&url, object);
	if (id) {
		buf_char(&url, '/');
		buf_int(&url, id);
	}
	buf_z(&url, tail);
	return buf_done(&url);
}

void
url_add(struct buf *url, const char *name, struct str value)
{
	buf_char(url, url->n && memchr(url->p, '?', url->n) ? '&' : '?');
	buf_z(url, name);
	buf_char(url, '=');
	buf_url(url, value);
}

struct str
page_label(const struct cx *cx, struct str label)
{
	return tr_str(cx->lang, label);
}

/* What was just done, with the way back: the address of a page after a form was saved tells. */
static const struct {
	const char *did, *message;
} DONE[] = {
	{ "delete", N_("Moved to the trash.") },
	{ "restore", N_("Taken out of the trash.") },
	{ "merge", N_("Merged.") },
	{ "apart", N_("These two are kept apart from now on.") },
	{ "", N_("Saved.") },
};

static void
add_done(struct cx *cx, const struct request *q, struct mv page)
{
	struct str did = request_query(q, "did");
	struct mv done = mv_map(cx->mem);
	int64_t changeset;
	size_t i = 0;

	if (!str_int(request_query(q, "done"), 1, INT64_MAX, &changeset))
		return;
	while (*DONE[i].did && !str_eq_z(did, DONE[i].did))
		i++;
	mv_set(done, S("message"), mv_z(tr(cx, DONE[i].message)));
	mv_set(done, S("undo_url"), mv_text(url_of(cx, S("changesets"), changeset, "/undo")));
	mv_set(page, S("done"), done);
}

struct mv
page_new(struct cx *cx, struct request *q, struct reply *r, struct str title)
{
	struct mv page = mv_map(cx->mem);

	mv_set(page, S("lang"), mv_text(lang_code(cx->lang)));
	mv_set(page, S("title"), mv_text(title));
	mv_set(page, S("here"), mv_text(q->target));
	mv_set(page, S("csrf"), mv_text(request_csrf(cx, q, r)));
	mv_set(page, S("search"), mv_text(request_query(q, "q")));
	if (cx->actor) {
		add_done(cx, q, page);
		mv_set(page, S("zone"), mv_text(cx->zone));
		mv_set(page, S("change"), mv_int(q->known));
		shell_add(cx, q, page);
	}
	return page;
}

bool
page_write(struct cx *cx, struct reply *r, const char *name, struct mv page)
{
	r->type = TYPE_HTML;
	return template_render(cx, name, &page, &r->body);
}

bool
page_read(struct cx *cx)
{
	return cx->conn || db_begin_read(cx);
}

void
key_add(struct buf *key, const struct str *parts, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		buf_int(key, (int64_t)parts[i].n);
		buf_char(key, ':');
		buf_str(key, parts[i]);
	}
}

/* Their lengths, then themselves. */
static bool
parts_render(struct cx *cx, const struct page_parts *parts, struct mv page, struct buf *out)
{
	for (size_t i = 0; i < parts->n; i++) {
		struct buf text = buf_in(cx->mem, PARTS_MAX);

		if (!template_render(cx, parts->v[i].file, &page, &text))
			return false;
		buf_int(out, (int64_t)text.n);
		buf_char(out, ':');
		buf_str(out, buf_done(&text));
	}
	return !out->full;
}

bool
page_add_parts(struct cx *cx, struct mv page, const struct page_parts *parts, struct str key,
	       const void *state)
{
	struct buf made = buf_in(cx->mem, PARTS_MAX);
	struct str rest;
	int64_t n;

	if (!kept_get(cx, key, &rest)) {
		parts->fill(cx, state, page);
		if (!parts_render(cx, parts, page, &made))
			return false;
		rest = buf_done(&made);
		kept_put(cx, key, rest);
	}
	for (size_t i = 0; i < parts->n; i++) {
		if (!str_int(str_cut(&rest, ':'), 0, (int64_t)rest.n, &n))
			return bug(cx, "a part of a page has no length");
		mv_put(page, parts->v[i].name, mv_text(str_first(rest, (size_t)n)));
		rest = str_from(rest, (size_t)n);
	}
	return true;
}

/* The people who may grant what was refused, as far as this person sees them. */
static bool
find_granters(struct cx *cx, struct mv list)
{
	const struct object *users = object_find(cx->model, S("user"), NULL),
			    *roles = object_find(cx->model, S("role"), NULL);
	struct query query = { .object = roles, .limit = 1 };
	struct rows rows;

	if (!can_object(cx, users, OP_READ) || !can_object(cx, roles, OP_READ))
		return true;
	if (!cond_parse(cx, cx->mem, cx->model, roles, S("name = admin"), NULL, &query.where) ||
	    !record_query(cx, &query, &rows) || !rows.n)
		return false;
	query = (struct query){ .object = users,
				.fields = (const struct field *const *)&users->title,
				.n_fields = 1,
				.limit = GRANTERS_SHOWN };
	if (!cond_parse(cx, cx->mem, cx->model, users,
			str_printf(cx->mem, "active = true and roles contains %lld",
				   (long long)rows.v[0].id),
			NULL, &query.where) ||
	    !record_query(cx, &query, &rows))
		return false;
	for (size_t i = 0; i < rows.n; i++) {
		struct mv item = mv_map(cx->mem);

		mv_set(item, S("name"),
		       mv_text(value_print(cx, users->title, &rows.v[i].v[users->title->index])));
		mv_set(item, S("url"), mv_text(url_of(cx, users->name, rows.v[i].id, "")));
		mv_add(list, item);
	}
	return true;
}

static struct mv
granters(struct cx *cx)
{
	struct mv list = mv_list(cx->mem);
	bool own = !cx->conn;

	if (!cx->actor || cx->err.code != E_FORBIDDEN)
		return list;
	fail_clear(cx);
	if ((own && !db_begin_read(cx)) || !find_granters(cx, list))
		fail_clear(cx);
	if (own && cx->conn)
		db_rollback(cx);
	return list;
}

void
page_problem(struct cx *cx, struct request *q, struct reply *r)
{
	struct str why = cx->err.why.n ? cx->err.why : str_of(tr(cx, err_row(cx->err.code)->text));
	int status = err_row(cx->err.code)->status;
	struct mv page, errors = mv_list(cx->mem), grant;

	for (const struct field_err *at = cx->err.fields; at; at = at->next) {
		struct mv item = mv_map(cx->mem);

		mv_set(item, S("field"), mv_text(at->field));
		mv_set(item, S("why"), mv_text(at->why));
		mv_add(errors, item);
	}
	if (cx->err.code == E_AUTH && !cx->actor && q->verb == V_GET) {
		struct buf url = buf_in(cx->mem, URL_MAX);

		BUF_LIT(&url, "/sign-in");
		url_add(&url, "to", q->target);
		fail_clear(cx);
		reply_redirect(cx, r, buf_done(&url));
		return;
	}
	if (cx->err.code == E_PASSWORD) {
		fail_clear(cx);
		reply_redirect(cx, r, S("/password"));
		return;
	}
	grant = granters(cx);
	fail_clear(cx);
	page = page_new(cx, q, r, why);
	mv_set(page, S("granters"), grant);
	mv_set(page, S("has_granters"), mv_bool(mv_is_true(&grant)));
	mv_set(page, S("why"), mv_text(why));
	mv_set(page, S("status"), mv_int(status));
	mv_set(page, S("errors"), errors);
	mv_set(page, S("request"), mv_text(cx->request_id));
	r->status = status;
	if (!page_write(cx, r, "problem.html", page))
		fail_clear(cx);
}

bool
web_object(struct cx *cx, const struct request *q, const struct object **object,
	   const struct face **face, struct str *name)
{
	*name = request_param(q, "object");
	return object_open(cx, *name, object, face);
}
