/* Subscriptions: a list's calendar at an address of one's own, for other programs. */
#include "http/feed.h"

#include "app/occur.h"
#include "base/clock.h"
#include "base/crypt.h"
#include "base/i18n.h"
#include "data/ics.h"
#include "db/db.h"
#include "http/request_parse.h"
#include "web/list.h"

enum {
	DAYS_BACK = 92,
	DAYS_AHEAD = 731,
	EVENTS_MAX = 5000,
	PAGE_ROWS = 500,
	CURSOR_MAX = 4096,
	NAME_MAX_BYTES = 200,
	CELL_BYTES = 1000, /* of a field in the text of an event */
	TEXT_BYTES = 64 << 10,
	TAG_BYTES = 16,
	TAG_LETTERS = 2 * TAG_BYTES + 2
};

/* ---- what is subscribed to ---- */

static struct str
feed_url(struct cx *cx, const struct request *q, struct str secret)
{
	return str_printf(cx->mem, "%.*s/feed/%.*s/calendar.ics", STR_FMT(request_origin(cx, q)),
			  STR_FMT(secret));
}

/* A saved view that was not changed is followed; anything else stays as it is now. */
static struct str
query_kept(struct cx *cx, const struct list *list)
{
	struct list_state state = list->state;
	struct str query;

	if (list->view && !list->is_changed)
		return str_printf(cx->mem, "view=%lld", (long long)state.view);
	state.view = 0;
	state.span = state.open = (struct str){ 0 };
	query = list_query(cx, &state);
	return str_from(query, query.n ? 1 : 0);
}

static bool
list_of_feed(struct cx *cx, const struct request *q, const struct feed *feed, struct list *out)
{
	struct request asked = *q;
	struct pair object = { S("object"), feed->object };
	const char *why;

	asked.params = (struct pairs){ &object, 1, 1 };
	asked.query = (struct pairs){ 0 };
	if (!parse_pairs(cx->mem, feed->query, HTTP_QUERY_MAX, &asked.query, &why))
		return bug(cx, "a subscription's query: %s", why);
	return list_open(cx, &asked, out);
}

/* ---- the calendar ---- */

struct calendar_text {
	const struct list *list;
	const struct feed *feed;
	const struct field *by;
	struct occur_fields occur;
	struct str origin;
	struct buf *out;
};

/* What the card shows beneath its first line. */
static struct str
event_text(struct cx *cx, const struct list *list, struct cells *cells, size_t row)
{
	struct buf text = buf_in(cx->mem, TEXT_BYTES);

	for (size_t k = 1; k < list->n_columns; k++) {
		struct str cell = str_begin(cells_text(cx, cells, row, k), CELL_BYTES);

		if (cell.n)
			buf_printf(&text, "%s%.*s: %.*s", text.n ? "\n" : "",
				   STR_FMT(list->columns[k].label), STR_FMT(cell));
	}
	return buf_done(&text);
}

static bool
event_of(struct cx *cx, const struct calendar_text *text, const struct row *row,
	 struct ics_event *out)
{
	const struct value *at = &row->v[text->by->index];
	const struct list *list = text->list;

	*out = (struct ics_event){ .is_day = text->by->type == FT_DATE,
				   .changed_at_ms = row->v[SF_CHANGED_AT].i,
				   .version = row->version };
	if (at->kind == V_NONE)
		return false;
	out->at = at->i;
	if (out->is_day && !date_parse(at->s, &out->at, NULL))
		return false;
	if (text->occur.lasts && row->v[text->occur.lasts->index].kind == V_INT)
		out->lasts_s = row->v[text->occur.lasts->index].i;
	out->uid = str_printf(cx->mem, "%.*s-%lld-%.*s@kontor", STR_FMT(list->object->name),
			      (long long)row->id, STR_FMT(text->feed->mark));
	out->url = str_printf(cx->mem, "%.*s%.*s", STR_FMT(text->origin),
			      STR_FMT(url_of(cx, list->name, row->id, "")));
	return true;
}

/* One of the times at which it takes place; what repeats has a name for each day. */
static void
event_at(struct cx *cx, const struct calendar_text *text, const struct occurrence *one,
	 struct ics_event *event)
{
	struct buf day = buf_in(cx->mem, TAG_LETTERS);

	event->at = one->at;
	event->lasts_s = (one->until - one->at) / MS_PER_S;
	if (one->is_first)
		return;
	date_print(&day, moment_date(zone_find(cx->zone), one->at));
	event->uid = str_printf(cx->mem, "%.*s-%lld-%.*s-%.*s@kontor",
				STR_FMT(text->list->object->name), (long long)one->row->id,
				STR_FMT(buf_done(&day)), STR_FMT(text->feed->mark));
}

static bool
occurrences_write(struct cx *cx, const struct calendar_text *text)
{
	const struct zone *zone = zone_find(cx->zone);
	int64_t today = moment_date(zone, cx->now);
	struct query query = text->list->query;
	const struct field **fields;
	struct occurrences found;
	struct cells *cells;

	query.n_fields = calendar_loads(cx, text->list, &text->occur, &fields);
	query.fields = fields;
	if (!occurrences_read(cx, &query, &text->occur, moment_of(zone, today - DAYS_BACK, 0),
			      moment_of(zone, today + DAYS_AHEAD + 1, 0), &found) ||
	    !cells_prepare(cx, text->list, &found.rows, &cells))
		return false;
	for (size_t i = 0; i < found.n; i++) {
		size_t row = (size_t)(found.v[i].row - found.rows.v);
		struct ics_event event;

		if (!event_of(cx, text, found.v[i].row, &event))
			continue;
		event_at(cx, text, &found.v[i], &event);
		event.title = str_begin(cells_text(cx, cells, row, 0), CELL_BYTES);
		if (!event.title.n)
			event.title = str_of(tr(cx, "(without a name)"));
		event.text = event_text(cx, text->list, cells, row);
		ics_event(cx, text->out, &event);
	}
	return true;
}

static bool
rows_write(struct cx *cx, const struct calendar_text *text, const struct rows *rows)
{
	struct cells *cells;

	if (!cells_prepare(cx, text->list, rows, &cells))
		return false;
	for (size_t i = 0; i < rows->n; i++) {
		struct ics_event event;

		if (!event_of(cx, text, &rows->v[i], &event))
			continue;
		event.title = str_begin(cells_text(cx, cells, i, 0), CELL_BYTES);
		if (!event.title.n)
			event.title = str_of(tr(cx, "(without a name)"));
		event.text = event_text(cx, text->list, cells, i);
		ics_event(cx, text->out, &event);
	}
	return true;
}

/* In the order of their dates: what does not find room any more is farthest ahead. */
static bool
events_write(struct cx *cx, const struct calendar_text *text)
{
	const struct list *list = text->list;
	struct query query = list->query;
	struct sort_key order = { text->by, false };
	const struct field **fields;
	int64_t today = moment_date(zone_find(cx->zone), cx->now);
	char after[CURSOR_MAX];

	query.n_fields = calendar_loads(cx, list, &text->occur, &fields);
	query.fields = fields;
	query.sort = &order;
	query.n_sort = 1;
	query.limit = PAGE_ROWS;
	query.total = false;
	query.after = (struct str){ 0 };
	if (!calendar_days(cx, &query, text->by, today - DAYS_BACK, today + DAYS_AHEAD))
		return false;
	for (size_t n = 0; n < EVENTS_MAX; n += PAGE_ROWS) {
		struct arena_mark mark = arena_mark(cx->mem);
		struct rows rows;

		if (!record_query(cx, &query, &rows) || !rows_write(cx, text, &rows))
			return false;
		if (!rows.next.n)
			return true;
		if (rows.next.n > sizeof after)
			return bug(cx, "a cursor of %zu bytes", rows.next.n);
		memcpy(after, rows.next.p, rows.next.n);
		query.after = (struct str){ after, rows.next.n };
		arena_rewind(cx->mem, mark);
	}
	return true;
}

/* As he would see it himself, now: his rights, his language, his time. */
static bool
become(struct cx *cx, const struct feed *feed)
{
	const struct actor *actor;

	if (!actor_load(cx, feed->user_id, &actor)) {
		if (cx->err.code != E_AUTH)
			return false;
		fail_clear(cx);
		return fail(cx, E_MISSING, "This subscription was ended, or never was");
	}
	cx->actor = actor;
	cx->lang = actor->lang;
	cx->zone = actor->zone;
	return true;
}

static void
reply_calendar(struct cx *cx, const struct request *q, struct reply *r)
{
	struct hash hash = crypt_hash(buf_done(&r->body));
	struct buf tag = buf_in(cx->mem, TAG_LETTERS);

	buf_char(&tag, '"');
	buf_hex(&tag, str_first(hash_str(&hash), TAG_BYTES));
	buf_char(&tag, '"');
	r->type = TYPE_CALENDAR;
	r->cache = CACHE_REVALIDATE;
	reply_etag(cx, r, buf_done(&tag));
	if (request_if_none_match(q, buf_done(&tag)))
		reply_not_modified(r);
}

bool
web_feed(struct cx *cx, struct request *q, struct reply *r)
{
	struct calendar_text text = { .out = &r->body, .origin = request_origin(cx, q) };
	struct list list;
	struct feed feed;

	if (!page_read(cx) || !feed_find(cx, request_param(q, "secret"), &feed) ||
	    !become(cx, &feed) || !list_of_feed(cx, q, &feed, &list))
		return false;
	text.list = &list;
	text.feed = &feed;
	text.by = calendar_field(cx, &list);
	if (!text.by)
		return fail_field(cx, S("group"), "unknown",
				  "A calendar needs a field with a date");
	calendar_occur(cx, &list, &text.occur);
	ics_begin(cx, &r->body, feed.name);
	if (!(text.occur.end ? occurrences_write : events_write)(cx, &text))
		return false;
	ics_end(&r->body);
	reply_calendar(cx, q, r);
	return true;
}

/* ---- one's own subscriptions ---- */

static bool
feeds_page(struct cx *cx, struct request *q, struct reply *r, struct str made)
{
	struct mv page = page_new(cx, q, r, str_of(tr(cx, "Subscribed calendars")));
	struct mv list = mv_list(cx->mem);
	struct feeds feeds;

	if (!feed_list(cx, cx->actor->user_id, &feeds))
		return false;
	for (size_t i = 0; i < feeds.n; i++) {
		const struct feed *feed = &feeds.v[i];
		struct mv item = mv_map(cx->mem);
		struct buf when = buf_in(cx->mem, NAME_MAX_BYTES);

		fmt_datetime(&when, cx, feed->created_at);
		mv_set(item, S("name"), mv_text(feed->name));
		mv_set(item, S("url"),
		       mv_text(str_printf(cx->mem, "/%.*s?%.*s", STR_FMT(feed->object),
					  STR_FMT(feed->query))));
		mv_set(item, S("since"), mv_text(buf_done(&when)));
		mv_set(item, S("end_url"),
		       mv_text(str_printf(cx->mem, "/feeds/%lld/end", (long long)feed->id)));
		mv_add(list, item);
	}
	mv_set(page, S("feeds"), list);
	mv_set(page, S("has_feeds"), mv_bool(feeds.n > 0));
	if (made.n) {
		size_t scheme = str_starts(made, S("https")) ? 5 : 4;

		mv_set(page, S("made"), mv_text(made));
		mv_set(page, S("open_url"),
		       mv_text(str_printf(cx->mem, "webcal%.*s", STR_FMT(str_from(made, scheme)))));
	}
	return page_write(cx, r, "feeds.html", page);
}

bool
web_feeds(struct cx *cx, struct request *q, struct reply *r)
{
	return page_read(cx) && feeds_page(cx, q, r, (struct str){ 0 });
}

static bool
feed_make(struct cx *cx, const struct list *list, struct str *out)
{
	struct feed feed = { .user_id = cx->actor->user_id,
			     .object = list->name,
			     .query = query_kept(cx, list),
			     .name = view_name(list) };

	if (!feed.name.n)
		feed.name = list_title(cx, list);
	if (list->preset && !list->view)
		feed.name = str_printf(cx->mem, "%.*s: %.*s", STR_FMT(feed.name),
				       STR_FMT(page_label(cx, list->preset->label)));
	feed.name = str_begin(feed.name, NAME_MAX_BYTES);
	if (!db_begin_write(cx))
		return false;
	if (!feed_create(cx, &feed, out) || !db_commit(cx)) {
		db_rollback(cx);
		return false;
	}
	return true;
}

/* What stands in the address is in this answer and nowhere else. */
bool
web_feed_make(struct cx *cx, struct request *q, struct reply *r)
{
	struct list list;
	struct str secret;

	if (!q->session) /* it would live longer, and may more, than the token */
		return fail(cx, E_FORBIDDEN, "Only a person who is signed in may subscribe");
	if (!page_read(cx) || !list_open(cx, q, &list))
		return false;
	if (!list_is_calendar(&list) || !calendar_field(cx, &list))
		return fail_field(cx, S("group"), "unknown",
				  "A calendar needs a field with a date");
	db_rollback(cx);
	if (!feed_make(cx, &list, &secret))
		return false;
	return page_read(cx) && feeds_page(cx, q, r, feed_url(cx, q, secret));
}

bool
web_feed_drop(struct cx *cx, struct request *q, struct reply *r)
{
	int64_t id;

	if (!request_param_int(cx, q, "id", &id) || !feed_drop(cx, cx->actor->user_id, id))
		return false;
	reply_redirect(cx, r, S("/feeds"));
	return true;
}
