/* The timeline of a record, what lies ahead of it, and what one may add to it. */
#include "record/authz.h"
#include "web/record.h"

#include "base/clock.h"

enum { PAGE_MOMENTS = 25, TEXT_MAX = 80 };

/* ---- words ---- */

static int64_t
today_of(const struct cx *cx)
{
	const struct zone *zone = zone_find(cx->zone);

	return moment_date(zone ? zone : zone_find((struct str){ 0 }), cx->now);
}

static int64_t
date_of_moment(const struct cx *cx, const struct field *f, int64_t at)
{
	const struct zone *zone = zone_find(cx->zone);

	return f->type == FT_DATE ? at / MS_PER_DAY
				  : moment_date(zone ? zone : zone_find((struct str){ 0 }), at);
}

/* The day as a word where it is near, else as a date. */
static const char *
near_word(int64_t days)
{
	return days == 0    ? N_("Today")
	       : days == -1 ? N_("Yesterday")
	       : days == 1  ? N_("Tomorrow")
			    : NULL;
}

struct str
when_text(struct cx *cx, const struct field *f, int64_t at)
{
	struct buf text = buf_in(cx->mem, TEXT_MAX), whole = buf_in(cx->mem, TEXT_MAX);
	const char *word = near_word(date_of_moment(cx, f, at) - today_of(cx));
	struct str clock;

	if (f->type == FT_DATE) {
		fmt_date(&text, cx, at / MS_PER_DAY);
		return word ? str_of(tr(cx, word)) : buf_done(&text);
	}
	fmt_datetime(&text, cx, at);
	if (!word)
		return buf_done(&text);
	clock = buf_done(&text);
	str_cut(&clock, ',');
	buf_z(&whole, tr(cx, word));
	buf_char(&whole, ',');
	buf_str(&whole, clock);
	return buf_done(&whole);
}

static struct str
machine_text(struct cx *cx, const struct field *f, int64_t at)
{
	struct buf text = buf_in(cx->mem, TEXT_MAX);

	if (f->type == FT_DATE)
		date_print(&text, at / MS_PER_DAY);
	else
		moment_print(&text, at);
	return buf_done(&text);
}

/* ---- reading ---- */

static int64_t
person_asked(const struct cx *cx, const struct request *q)
{
	struct str text = request_query(q, "by");
	int64_t id;

	if (str_eq(text, S("me")))
		return cx->actor->user_id;
	return str_int(text, 1, INT64_MAX, &id) ? id : 0;
}

static void
want_change(struct cx *cx, struct record_page *p, const struct change_row *change)
{
	names_want(cx, &p->names, change->object, change->record);
	for (size_t i = 0; i < change->n; i++) {
		names_want_value(cx, &p->names, change->v[i].field, &change->v[i].old);
		names_want_value(cx, &p->names, change->v[i].field, &change->v[i].new_value);
	}
}

static void
want_owner(struct cx *cx, struct record_page *p, const struct entry *entry)
{
	if (entry->owner)
		names_want(cx, &p->names, entry->object->owner->target, entry->owner);
}

bool
time_read(struct cx *cx, struct record_page *p)
{
	struct str show = request_query(p->q, "show");

	if (!has_timeline(p->object))
		return true;
	p->asked = (struct timeline_query){ .object = p->object,
					    .id = p->row->id,
					    .changes_only = str_eq(show, S("changes")),
					    .person = person_asked(cx, p->q),
					    .limit = PAGE_MOMENTS,
					    .after = request_query(p->q, "before") };
	if (show.n && !p->asked.changes_only)
		p->asked.only = object_find(cx->model, show, NULL);
	if (!record_timeline(cx, &p->asked, &p->timeline))
		return false;
	for (size_t i = 0; i < p->timeline.n; i++) {
		if (p->timeline.v[i].entry)
			want_owner(cx, p, p->timeline.v[i].entry);
		else
			want_change(cx, p, p->timeline.v[i].change);
	}
	for (size_t i = 0; i < p->timeline.n_ahead; i++)
		want_owner(cx, p, &p->timeline.ahead[i]);
	if (p->asked.person)
		names_want(cx, &p->names, object_find(cx->model, S("user"), NULL), p->asked.person);
	return true;
}

/* ---- entries ---- */

/* What tells one contact from another at a glance. */
static const struct {
	const char *object, *state, *icon;
} ICONS[] = {
	{ "activity", "call", "phone" },
	{ "activity", "meeting", "users" },
	{ "activity", "visit", "map-pin" },
	{ "activity", "letter", "mail" },
	{ "activity", "email", "mail" },
	{ "activity", "fax", "printer" },
	{ "activity", "message", "message-square" },
	{ "activity", "social", "share-2" },
	{ "activity", "note", "sticky-note" },
};

static struct str
entry_icon(const struct entry *entry)
{
	for (size_t i = 0; i < countof(ICONS); i++)
		if (str_eq_z(entry->object->name, ICONS[i].object) &&
		    str_eq_z(entry->state.s, ICONS[i].state))
			return str_of(ICONS[i].icon);
	return icon_of(entry->object, NULL);
}

static struct mv
entry_item(struct cx *cx, const struct record_page *p, const struct entry *entry)
{
	struct entry_fields fields = entry_fields_of(cx, entry->object);
	struct mv item = mv_map(cx->mem);
	struct str title = { 0 };
	struct mv states, state;

	if (fields.title && entry->title.kind != V_NONE)
		title = value_words(cx, &p->names, fields.title, &entry->title);
	if (fields.state) {
		states = value_items(cx, &p->names, fields.state, &entry->state);
		if (mv_item(&states, 0, &state))
			mv_set(item, S("state"), state);
	}
	if (fields.money && entry->money.kind != V_NONE)
		mv_set(item, S("money"), mv_text(value_print(cx, fields.money, &entry->money)));
	mv_set(item, S("kind"), mv_text(page_label(cx, entry->object->label)));
	mv_set(item, S("title"), mv_text(title.n ? title : page_label(cx, entry->object->label)));
	mv_set(item, S("url"), mv_text(url_of(cx, entry->object->name, entry->id, "")));
	mv_set(item, S("object"), mv_text(entry->object->name));
	mv_set(item, S("id"), mv_int(entry->id));
	mv_set(item, S("icon"), mv_text(entry_icon(entry)));
	mv_set(item, S("body"), mv_text(str_trim(entry->body)));
	if (entry->at) {
		mv_set(item, S("at"), mv_text(when_text(cx, entry->when, entry->at)));
		mv_set(item, S("machine_at"), mv_text(machine_text(cx, entry->when, entry->at)));
	}
	if (entry->owner)
		mv_set(item, S("who"),
		       mv_text(names_title(&p->names, entry->object->owner->target, entry->owner)));
	return item;
}

static struct mv
change_item(struct cx *cx, const struct record_page *p, const struct change_row *change)
{
	const struct field *at = change->object->fields[SF_CHANGED_AT];
	struct mv item = mv_map(cx->mem), fields = mv_list(cx->mem);

	for (size_t i = 0; i < change->n; i++) {
		const struct field_change *one = &change->v[i];
		struct mv field = mv_map(cx->mem);

		mv_set(field, S("label"), mv_text(page_label(cx, one->field->label)));
		mv_set(field, S("old"), mv_text(value_words(cx, &p->names, one->field, &one->old)));
		mv_set(field, S("new"),
		       mv_text(value_words(cx, &p->names, one->field, &one->new_value)));
		mv_add(fields, field);
	}
	mv_set(item, S("is_change"), mv_bool(true));
	mv_set(item, S("title"), mv_text((struct str){ 0 }));
	mv_set(item, S("fields"), fields);
	mv_set(item, S("icon"), mv_text(S("pencil")));
	mv_set(item, S("at"), mv_text(when_text(cx, at, change->at)));
	mv_set(item, S("machine_at"), mv_text(machine_text(cx, at, change->at)));
	mv_set(item, S("who"), mv_text(change->actor.n ? change->actor : S("Kontor")));
	mv_set(item, S("is_erased"), mv_bool(change->erased));
	if (change->object != p->object || change->record != p->row->id) {
		mv_set(item, S("kind"), mv_text(page_label(cx, change->object->label)));
		mv_set(item, S("title"),
		       mv_text(names_title(&p->names, change->object, change->record)));
		mv_set(item, S("url"),
		       mv_text(url_of(cx, change->object->name, change->record, "")));
	}
	return item;
}

/* ---- what lies ahead ---- */

static struct mv
ahead_item(struct cx *cx, const struct record_page *p, const struct entry *entry)
{
	struct mv item = entry_item(cx, p, entry);
	int64_t days = date_of_moment(cx, entry->when, entry->at) - today_of(cx);

	if (entry->at && days <= 0)
		mv_set(item, S("tone"), mv_text(days < 0 ? S("danger") : S("warning")));
	mv_set(item, S("is_late"), mv_bool(entry->at && days < 0));
	return item;
}

/* Records that somebody follows want a next step, until they are over. */
static bool
wants_step(const struct record_page *p)
{
	for (unsigned i = SF__MAX; i < p->object->n_fields; i++) {
		const struct field *f = p->object->fields[i];
		const struct option *option = f->type == FT_ENUM && p->row->v[i].kind == V_TEXT
						      ? option_find(f, p->row->v[i].s)
						      : NULL;

		if (option && option->final)
			return false;
	}
	for (unsigned i = 0; i < p->object->n_reverses; i++)
		if (str_eq(p->object->reverses[i].object->name, S("task")) &&
		    str_eq(p->object->reverses[i].name, S("tasks")) &&
		    !str_eq(p->object->name, S("user")))
			return true;
	return false;
}

/* A deal may tell its next step in words. */
static struct str
step_in_words(const struct record_page *p)
{
	const struct field *f = field_find(p->object, S("next_step"));

	return f && fieldset_has(&p->row->has, f->index) && p->row->v[f->index].kind == V_TEXT
		       ? p->row->v[f->index].s
		       : (struct str){ 0 };
}

static void
add_ahead(struct cx *cx, struct record_page *p)
{
	struct mv ahead = mv_list(cx->mem);
	struct str words = step_in_words(p);

	for (size_t i = 0; i < p->timeline.n_ahead; i++)
		mv_add(ahead, ahead_item(cx, p, &p->timeline.ahead[i]));
	mv_set(p->page, S("ahead"), ahead);
	mv_set(p->page, S("step_words"), mv_text(words));
	mv_set(p->page, S("wants_step"), mv_bool(wants_step(p) && !p->asked.after.n));
	mv_set(p->page, S("has_step"), mv_bool(p->timeline.n_ahead || words.n));
}

/* ---- filters ---- */

static struct str
time_url(struct cx *cx, const struct record_page *p, struct str show, struct str by,
	 struct str before)
{
	struct buf url = buf_in(cx->mem, URL_MAX);

	buf_str(&url, url_of(cx, p->name, p->row->id, ""));
	if (show.n)
		url_add(&url, "show", show);
	if (by.n)
		url_add(&url, "by", by);
	if (before.n)
		url_add(&url, "before", before);
	BUF_LIT(&url, "#timeline");
	return buf_done(&url);
}

static void
add_filter(struct cx *cx, const struct record_page *p, struct str show, struct str label,
	   struct mv list)
{
	struct mv item = mv_map(cx->mem);

	mv_set(item, S("label"), mv_text(label));
	mv_set(item, S("url"),
	       mv_text(time_url(cx, p, show, request_query(p->q, "by"), (struct str){ 0 })));
	mv_set(item, S("is_on"), mv_bool(str_eq(show, request_query(p->q, "show"))));
	mv_add(list, item);
}

/* Is there such a record here, as far as this page knows? */
static bool
may_appear(const struct record_page *p, const struct object *object)
{
	for (size_t i = 0; i < p->n_related; i++)
		if (p->related[i].set->object == object && p->related[i].count)
			return true;
	for (size_t i = 0; i < p->timeline.n; i++)
		if (p->timeline.v[i].entry && p->timeline.v[i].entry->object == object)
			return true;
	return p->asked.only == object;
}

static void
add_filters(struct cx *cx, struct record_page *p)
{
	struct mv filters = mv_list(cx->mem);
	size_t n;
	const struct object **objects = timeline_objects(cx, p->object, &n);

	add_filter(cx, p, (struct str){ 0 }, str_of(tr(cx, "All")), filters);
	for (size_t i = 0; i < n; i++)
		if (may_appear(p, objects[i]))
			add_filter(cx, p, objects[i]->name, page_label(cx, objects[i]->label_many),
				   filters);
	add_filter(cx, p, S("changes"), str_of(tr(cx, "Changes")), filters);
	mv_set(p->page, S("filters"), filters);
}

static void
add_person(struct cx *cx, const struct record_page *p, int64_t id, struct str name, struct mv list)
{
	struct mv item = mv_map(cx->mem), other, text;
	struct str by = id ? str_printf(cx->mem, "%lld", (long long)id) : (struct str){ 0 };

	for (size_t i = 0; mv_item(&list, i, &other); i++)
		if (mv_get(&other, S("label"), &text) && str_eq(text.text, name))
			return;
	if (!name.n)
		return;
	mv_set(item, S("label"), mv_text(name));
	mv_set(item, S("url"),
	       mv_text(time_url(cx, p, request_query(p->q, "show"), by, (struct str){ 0 })));
	mv_set(item, S("is_on"), mv_bool(id == p->asked.person));
	mv_add(list, item);
}

/* Everybody, oneself, and who appears on this page. */
static void
add_persons(struct cx *cx, struct record_page *p)
{
	const struct object *users = object_find(cx->model, S("user"), NULL);
	struct mv persons = mv_list(cx->mem);

	add_person(cx, p, 0, str_of(tr(cx, "Everybody")), persons);
	add_person(cx, p, cx->actor->user_id, cx->actor->name, persons);
	for (size_t i = 0; i < p->timeline.n; i++) {
		const struct moment *m = &p->timeline.v[i];

		if (m->entry && m->entry->owner)
			add_person(cx, p, m->entry->owner,
				   names_title(&p->names, users, m->entry->owner), persons);
		else if (m->change && m->change->actor_id)
			add_person(cx, p, m->change->actor_id, m->change->actor, persons);
	}
	if (p->asked.person) {
		struct str name = names_title(&p->names, users, p->asked.person);

		add_person(cx, p, p->asked.person, name, persons);
		mv_set(p->page, S("person_asked"), mv_text(name));
	}
	mv_set(p->page, S("persons"), persons);
}

/* ---- what one may add ---- */

static const struct {
	const char *object, *state, *label, *icon, *key;
} COMPOSE[] = {
	{ "note", NULL, N_("Note"), "sticky-note", "n" },
	{ "activity", "call", N_("Call"), "phone", "a" },
	{ "activity", "meeting", N_("Meeting"), "users", "m" },
	{ "task", NULL, N_("Task"), "square-check", "t" },
};

static void
add_compose(struct cx *cx, struct record_page *p)
{
	struct mv compose = mv_list(cx->mem);

	for (size_t i = 0; i < countof(COMPOSE); i++) {
		const struct object *object =
			object_find(cx->model, str_of(COMPOSE[i].object), NULL);
		struct mv item = mv_map(cx->mem);
		struct buf url = buf_in(cx->mem, URL_MAX);

		if (!object || !can_object(cx, object, OP_CREATE))
			continue;
		buf_str(&url, new_url_of(cx, p, object));
		if (!url.n)
			continue;
		if (COMPOSE[i].state)
			url_add(&url, "kind", str_of(COMPOSE[i].state));
		mv_set(item, S("name"),
		       mv_z(COMPOSE[i].state ? COMPOSE[i].state : COMPOSE[i].object));
		mv_set(item, S("object"), mv_text(object->name));
		mv_set(item, S("label"), mv_text(str_of(tr(cx, COMPOSE[i].label))));
		mv_set(item, S("icon"), mv_z(COMPOSE[i].icon));
		mv_set(item, S("key"), mv_z(COMPOSE[i].key));
		mv_set(item, S("url"), mv_text(buf_done(&url)));
		if (str_eq(object->name, S("task")))
			mv_set(p->page, S("task_url"), mv_text(buf_done(&url)));
		mv_add(compose, item);
	}
	mv_set(p->page, S("compose"), compose);
}

void
time_add(struct cx *cx, struct record_page *p)
{
	struct mv moments = mv_list(cx->mem);

	if (!has_timeline(p->object))
		return;
	for (size_t i = 0; i < p->timeline.n; i++) {
		const struct moment *m = &p->timeline.v[i];

		mv_add(moments,
		       m->entry ? entry_item(cx, p, m->entry) : change_item(cx, p, m->change));
	}
	mv_set(p->page, S("has_timeline"), mv_bool(true));
	mv_set(p->page, S("moments"), moments);
	mv_set(p->page, S("is_quiet"), mv_bool(!p->timeline.n));
	if (p->timeline.next.n)
		mv_set(p->page, S("older_url"),
		       mv_text(time_url(cx, p, request_query(p->q, "show"),
					request_query(p->q, "by"), p->timeline.next)));
	if (p->asked.after.n)
		mv_set(p->page, S("newest_url"),
		       mv_text(time_url(cx, p, request_query(p->q, "show"),
					request_query(p->q, "by"), (struct str){ 0 })));
	add_ahead(cx, p);
	add_filters(cx, p);
	add_persons(cx, p);
	add_compose(cx, p);
}
