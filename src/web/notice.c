/* What a person is told of: the panel behind the bell, and the page of all. */
#include "flow/notice.h"
#include "http/events.h"
#include "model/ids.h"
#include "web/record.h"

enum { PANEL_SHOWN = 12, PAGE_SHOWN = 50, SENTENCE_MAX = 2000 };

/* ---- words ---- */

static const char *const ICONS[NOTICE_KIND__MAX] = {
	[NOTICE_MENTION] = "at-sign",
	[NOTICE_ASSIGNED] = "circle-user",
	[NOTICE_FOLLOWED] = "bell",
	[NOTICE_DUE] = "clock",
	[NOTICE_JOB] = "circle-check",
	[NOTICE_ANSWERED] = "stamp",
	[NOTICE_ESCALATED] = "triangle-alert",
	[NOTICE_APPROVAL] = "shield-check",
	[NOTICE_REMIND] = "bell",
	[NOTICE_INVITED] = "calendar",
};

/* Who did it stands before. */
static const char *const DID[] = {
	[CHANGE_CREATE] = N_("has made this"),
	[CHANGE_EDIT] = N_("has changed this"),
	[CHANGE_DELETE] = N_("has moved this to the trash"),
	[CHANGE_RESTORE] = N_("has taken this out of the trash"),
	[CHANGE_ERASE] = N_("has erased this"),
};

/* What happened to an approval: the notice's fields tell. */
static const struct {
	const char *what, *words;
} APPROVALS[] = {
	{ "asked", N_("asks you to approve this") },
	{ "approved", N_("has approved this") },
	{ "refused", N_("has refused this") },
};

static const char *
approval_words(const struct notice *notice)
{
	for (size_t i = 0; i < countof(APPROVALS); i++)
		if (str_eq_z(notice->fields, APPROVALS[i].what))
			return APPROVALS[i].words;
	return APPROVALS[0].words;
}

static const char *
did_what(const struct notice *notice)
{
	switch (notice->kind) {
	case NOTICE_MENTION:
		return N_("has mentioned you");
	case NOTICE_ASSIGNED:
		return notice->record ? N_("has assigned this to you")
				      : N_("has assigned these to you");
	case NOTICE_APPROVAL:
		return approval_words(notice);
	case NOTICE_INVITED:
		return N_("has invited you");
	default:
		return DID[notice->op];
	}
}

static struct str
sentence(struct cx *cx, const struct notice *notice, struct str actor)
{
	struct buf text = buf_in(cx->mem, SENTENCE_MAX);
	struct str fields = notice_fields(cx, notice);

	if (notice->kind == NOTICE_DUE)
		return str_of(tr(cx, "This task is due or comes back today"));
	if (notice->kind == NOTICE_REMIND)
		return str_of(tr(cx, "You wanted to be reminded of this now"));
	if (notice->kind == NOTICE_JOB)
		return str_of(tr(cx, "It has ended: look at what it did"));
	if (notice->kind == NOTICE_ANSWERED)
		return str_of(tr(cx, "The customer has answered over his link"));
	if (notice->kind == NOTICE_ESCALATED)
		return str_of(tr(cx, "Nobody has reacted since the day of the follow-up"));
	buf_str(&text, actor.n ? actor : str_of(notice->actor_id ? tr(cx, "Somebody") : "Kontor"));
	if (notice->others) {
		buf_char(&text, ' ');
		buf_z(&text, tr(cx, "and others"));
		buf_char(&text, ':');
	}
	buf_char(&text, ' ');
	buf_z(&text, tr(cx, did_what(notice)));
	if (fields.n && notice->kind == NOTICE_FOLLOWED && notice->op == CHANGE_EDIT) {
		BUF_LIT(&text, ": ");
		buf_str(&text, fields);
	}
	return buf_done(&text);
}

/* What is in the trash has no page of its own but its history. */
static struct str
notice_url(struct cx *cx, const struct notice *notice)
{
	if (notice->kind == NOTICE_JOB)
		return str_printf(cx->mem, "/jobs#job-%lld", (long long)notice->record);
	if (!notice->record)
		return str_printf(cx->mem, "/%.*s?where=owner%%20%%3D%%20me&sort=-changed_at",
				  STR_FMT(notice->object));
	return url_of(cx, notice->object, notice->record,
		      notice->op == CHANGE_DELETE ? "/history" : "");
}

static struct mv
notice_item(struct cx *cx, const struct notice *at, struct str title, struct str actor)
{
	const struct object *object =
		at->object.n ? object_find(cx->model, at->object, NULL) : NULL;
	const struct object *users = object_find(cx->model, S("user"), NULL);
	struct buf machine = buf_in(cx->mem, SENTENCE_MAX), count = buf_in(cx->mem, SENTENCE_MAX);
	struct mv item = mv_map(cx->mem), mark = mv_map(cx->mem);

	moment_print(&machine, at->at);
	fmt_int(&count, cx, at->n);
	mv_set(item, S("id"), mv_int(at->id));
	mv_set(item, S("icon"), mv_z(ICONS[at->kind]));
	if (object && at->record && !str_starts(title, page_label(cx, object->label)))
		mv_set(item, S("kind"), mv_text(page_label(cx, object->label)));
	mv_set(item, S("title"),
	       mv_text(at->kind == NOTICE_JOB ? str_of(tr(cx, "Your job")) : title));
	if (at->n > 1)
		mv_set(item, S("count"), mv_text(buf_done(&count)));
	mv_set(item, S("text"), mv_text(sentence(cx, at, actor)));
	mv_set(item, S("url"), mv_text(notice_url(cx, at)));
	mv_set(item, S("mark_url"), mv_text(url_of(cx, S("notifications"), at->id, "")));
	mv_set(item, S("at"), mv_text(when_text(cx, users->fields[SF_CHANGED_AT], at->at)));
	mv_set(item, S("machine_at"), mv_text(buf_done(&machine)));
	mv_set(item, S("is_unread"), mv_bool(!at->read_at));
	mv_set(mark, S("icon"), mv_z(at->read_at ? "undo-2" : "check"));
	mv_set(item, S("mark"), mark);
	return item;
}

/* ---- the page ---- */

static bool
cursor_read(struct cx *cx, const struct request *q, struct notice_query *query)
{
	struct str text = request_query(q, "after"), at = str_cut(&text, '.');

	return (!at.n && !text.n) ||
	       (str_int(at, 1, INT64_MAX, &query->before_at) &&
		str_int(text, 1, INT64_MAX, &query->before_id)) ||
	       fail(cx, E_INPUT, "This page of the notifications does not exist");
}

static const struct field *
muted_field(const struct cx *cx)
{
	return object_find(cx->model, S("user"), NULL)->fields[USER_MUTED];
}

static bool
is_in(struct str tags, struct str key)
{
	while (tags.n)
		if (str_eq(str_cut(&tags, '|'), key))
			return true;
	return false;
}

static bool
add_settings(struct cx *cx, struct mv page)
{
	const struct field *f = muted_field(cx);
	struct mv list = mv_list(cx->mem);
	struct row *row;

	if (!can_edit_field(cx, f->object, f))
		return true;
	if (!record_load(cx, f->object, cx->actor->user_id, &row))
		return false;
	for (unsigned i = 0; i < f->n_options; i++) {
		struct mv item = mv_map(cx->mem);

		mv_set(item, S("key"), mv_text(f->options[i].key));
		mv_set(item, S("label"), mv_text(page_label(cx, f->options[i].label)));
		mv_set(item, S("is_on"),
		       mv_bool(row->v[f->index].kind != V_TEXT ||
			       !is_in(row->v[f->index].s, f->options[i].key)));
		mv_add(list, item);
	}
	mv_set(page, S("kinds"), list);
	mv_set(page, S("has_kinds"), mv_bool(true));
	return true;
}

static void
add_items(struct cx *cx, struct mv page, const struct notices *notices,
	  const struct notice_names *names)
{
	struct mv items = mv_list(cx->mem);
	int64_t newest = 0;

	for (size_t i = 0; i < notices->n; i++) {
		newest = notices->v[i].id > newest ? notices->v[i].id : newest;
		mv_add(items, notice_item(cx, &notices->v[i], names->titles[i], names->actors[i]));
	}
	mv_set(page, S("items"), items);
	mv_set(page, S("newest"), mv_int(newest));
}

static void
add_links(struct cx *cx, struct mv page, const struct notice_query *query,
	  const struct notices *notices, bool more)
{
	const struct notice *last = notices->n ? &notices->v[notices->n - 1] : NULL;

	mv_set(page, S("only_unread"), mv_bool(query->unread));
	if (more && last)
		mv_set(page, S("older_url"),
		       mv_text(str_printf(cx->mem, "/notifications?%safter=%lld.%lld",
					  query->unread ? "unread=1&" : "", (long long)last->at,
					  (long long)last->id)));
	if (query->before_at)
		mv_set(page, S("newest_url"), mv_text(S("/notifications")));
}

bool
web_notices(struct cx *cx, struct request *q, struct reply *r)
{
	bool is_panel = request_has_query(q, "part"), more;
	struct notice_query query = { .unread = str_eq(request_query(q, "unread"), S("1")),
				      .limit = is_panel ? PANEL_SHOWN : PAGE_SHOWN };
	struct notices notices;
	struct notice_names names;
	struct mv page;
	int64_t unread;

	if (!cursor_read(cx, q, &query) || !notices_read(cx, &query, &notices, &more) ||
	    !notices_name(cx, &notices, &names) || !notices_unread(cx, &unread))
		return false;
	http_unread_set(cx, q, unread);
	page = page_new(cx, q, r, str_of(tr(cx, "Notifications")));
	add_items(cx, page, &notices, &names);
	add_links(cx, page, &query, &notices, more);
	mv_set(page, S("has_unread"), mv_bool(unread));
	if (!is_panel && !add_settings(cx, page))
		return false;
	return page_write(cx, r, is_panel ? "notice-panel.html" : "notifications.html", page);
}

/* ---- read and unread ---- */

static bool
mark(struct cx *cx, const struct request *q, const struct form *form)
{
	int64_t id, up_to = 0;

	if (request_param(q, "id").n)
		return request_param_int(cx, q, "id", &id) &&
		       notice_mark(cx, id, !str_eq(form_value(form, "read"), S("0")));
	if (form_value(form, "up_to").n &&
	    !str_int(form_value(form, "up_to"), 0, INT64_MAX, &up_to))
		return fail_field(cx, S("up_to"), "format", "This is no number of a notification");
	return notices_mark_all(cx, up_to);
}

bool
web_notices_mark(struct cx *cx, struct request *q, struct reply *r)
{
	struct form form;
	int64_t unread;

	if (!request_form(cx, q, &form) || !work_begin(cx, (struct str){ 0 }))
		return false;
	if (!mark(cx, q, &form) || !notices_unread(cx, &unread) || !work_commit(cx, NULL)) {
		work_abandon(cx);
		return false;
	}
	http_unread_set(cx, q, unread);
	reply_redirect(cx, r, S("/notifications"));
	return true;
}

/* ---- which kinds ---- */

bool
web_notices_settings(struct cx *cx, struct request *q, struct reply *r)
{
	const struct field *f = muted_field(cx);
	struct buf tags = buf_in(cx->mem, SENTENCE_MAX);
	struct form form;
	struct change *c;

	if (!request_form(cx, q, &form) || !work_begin(cx, S("preferences")) ||
	    !change_of(cx, CHANGE_EDIT, f->object, cx->actor->user_id, &c)) {
		work_abandon(cx);
		return false;
	}
	for (unsigned i = 0; i < f->n_options; i++)
		if (!form_has(&form, str_z(cx->mem, f->options[i].key))) {
			buf_char(&tags, '|');
			buf_str(&tags, f->options[i].key);
		}
	if (tags.n)
		buf_char(&tags, '|');
	change_set(c, f, value_text(buf_done(&tags)));
	if (!record_save(cx, c) || !work_commit(cx, NULL)) {
		work_abandon(cx);
		return false;
	}
	reply_redirect(cx, r, S("/notifications"));
	return true;
}
