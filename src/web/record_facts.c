/* What is known of a record: its fields, in the groups of the model. */
#include "record/authz.h"
#include "web/record.h"

#include "base/clock.h"

/* ---- titles ---- */

void
names_want(struct cx *cx, struct names *names, const struct object *object, int64_t id)
{
	if (object && id > 0)
		list_add(cx->mem, names, ((struct ref){ object, id }));
}

void
names_want_value(struct cx *cx, struct names *names, const struct field *f, const struct value *v)
{
	if (f->type == FT_ANY && v->kind == V_ANY)
		names_want(cx, names, object_find(cx->model, v->s, NULL), v->i);
	else if (v->kind == V_IDS)
		for (int64_t i = 0; i < v->i; i++)
			names_want(cx, names, f->target, v->ids[i]);
	else if (f->type == FT_ONE && v->kind == V_INT)
		names_want(cx, names, f->target, v->i);
}

bool
names_read(struct cx *cx, struct names *names)
{
	names->titles = new_array(cx->mem, names->n + 1, struct str);
	return record_titles_of(cx, names->v, names->n, names->titles);
}

struct str
names_title(const struct names *names, const struct object *object, int64_t id)
{
	for (size_t i = 0; i < names->n; i++)
		if (names->v[i].object == object && names->v[i].id == id)
			return names->titles[i];
	return (struct str){ 0 };
}

/* ---- values ---- */

static void
add_item(struct cx *cx, struct mv list, struct str text, struct str url)
{
	struct mv item = mv_map(cx->mem);

	if (!text.n)
		return;
	mv_set(item, S("text"), mv_text(text));
	mv_set(item, S("url"), mv_text(url));
	mv_set(item, S("tone"), mv_text((struct str){ 0 }));
	mv_set(item, S("copy"), mv_bool(false));
	mv_add(list, item);
}

static void
add_link(struct cx *cx, const struct names *names, const struct object *target, int64_t id,
	 struct mv list)
{
	if (target)
		add_item(cx, list, names_title(names, target, id),
			 url_of(cx, target->name, id, ""));
}

static void
add_option(struct cx *cx, const struct field *f, struct str key, struct mv list)
{
	const struct option *option = option_find(f, key);
	struct mv item = mv_map(cx->mem);

	mv_set(item, S("text"), mv_text(option ? page_label(cx, option->label) : key));
	mv_set(item, S("url"), mv_text((struct str){ 0 }));
	mv_set(item, S("tone"),
	       mv_text(!f->badge                  ? (struct str){ 0 }
		       : option && option->tone.n ? option->tone
						  : S("plain")));
	mv_add(list, item);
}

static void
add_tags(struct cx *cx, const struct field *f, struct str tags, struct mv list)
{
	while (tags.n) {
		struct str tag = str_cut(&tags, '|');

		if (tag.n)
			add_option(cx, f, tag, list);
	}
}

/* Addresses that something can be sent to may be copied. */
static void
add_address(struct cx *cx, const struct field *f, const struct value *v, struct mv list)
{
	struct mv item = mv_map(cx->mem);
	struct str url = v->s;

	if (f->type == FT_EMAIL)
		url = str_join(cx->mem, S("mailto:"), v->s);
	else if (f->type == FT_PHONE)
		url = str_join(cx->mem, S("tel:"), value_key(cx->mem, f, v));
	mv_set(item, S("text"), mv_text(value_print(cx, f, v)));
	mv_set(item, S("url"), mv_text(url));
	mv_set(item, S("tone"), mv_text((struct str){ 0 }));
	mv_set(item, S("copy"), mv_bool(f->type != FT_URL));
	mv_add(list, item);
}

struct mv
value_items(struct cx *cx, const struct names *names, const struct field *f, const struct value *v)
{
	struct mv list = mv_list(cx->mem);

	if (v->kind == V_NONE)
		return list;
	if (f->type == FT_ONE)
		add_link(cx, names, f->target, v->i, list);
	else if (f->type == FT_ANY)
		add_link(cx, names, object_find(cx->model, v->s, NULL), v->i, list);
	else if (f->type == FT_MANY)
		for (int64_t i = 0; v->kind == V_IDS && i < v->i; i++)
			add_link(cx, names, f->target, v->ids[i], list);
	else if (f->type == FT_TAGS)
		add_tags(cx, f, v->s, list);
	else if (f->type == FT_ENUM)
		add_option(cx, f, v->s, list);
	else if (f->type == FT_EMAIL || f->type == FT_PHONE || f->type == FT_URL)
		add_address(cx, f, v, list);
	else
		add_item(cx, list, value_print(cx, f, v), (struct str){ 0 });
	return list;
}

struct str
value_words(struct cx *cx, const struct names *names, const struct field *f, const struct value *v)
{
	struct mv list = value_items(cx, names, f, v), item, text;
	struct buf words = buf_in(cx->mem, CELL_MAX);

	for (size_t i = 0; mv_item(&list, i, &item); i++) {
		if (!mv_get(&item, S("text"), &text))
			continue;
		if (words.n)
			BUF_LIT(&words, ", ");
		buf_str(&words, text.text);
	}
	return buf_done(&words);
}

/* ---- groups ---- */

static bool
is_fact(const struct object *object, const struct field *f)
{
	return f->index >= SF__MAX && !f->hidden && f->object == object;
}

static void
group_take(const struct object *object, const struct field *const *fields, size_t n,
	   struct fieldset *taken, struct field_group *group)
{
	for (size_t i = 0; i < n; i++)
		if (is_fact(object, fields[i]) && !fieldset_has(taken, fields[i]->index)) {
			fieldset_add(taken, fields[i]->index);
			group->v[group->n++] = fields[i];
		}
}

struct field_group *
field_groups(struct cx *cx, const struct object *object, size_t *n)
{
	struct field_group *groups = new_array(cx->mem, object->n_views + 1, struct field_group);
	struct fieldset taken = { 0 };

	*n = 0;
	for (unsigned i = 0; i <= object->n_views; i++) {
		const struct view *view = i < object->n_views ? &object->views[i] : NULL;
		struct field_group *group = &groups[*n];

		if (view && !str_eq(view->kind, S("group")))
			continue;
		*group = (struct field_group){
			view ? page_label(cx, view->label)
			: *n ? str_of(tr(cx, "Further facts"))
			     : str_of(tr(cx, "Facts")),
			new_array(cx->mem, object->n_fields + 1, const struct field *), 0
		};
		group_take(object,
			   (const struct field *const *)(view ? view->fields : object->fields),
			   view ? view->n_fields : object->n_fields, &taken, group);
		*n += group->n > 0;
	}
	return groups;
}

/* ---- the page ---- */

struct str
title_of_row(struct cx *cx, const struct names *names, const struct row *row)
{
	const struct field *f = row->object->title;
	struct str title = f && can_see_field(cx, row->object, f)
				   ? value_words(cx, names, f, &row->v[f->index])
				   : (struct str){ 0 };

	return title.n ? title
		       : str_printf(cx->mem, "%.*s %lld",
				    STR_FMT(page_label(cx, row->object->label)),
				    (long long)row->id);
}

static bool
is_shown(const struct cx *cx, const struct record_page *p, const struct field *f)
{
	struct cond_when when = cond_when_of(cx);

	if (!fieldset_has(&p->row->has, f->index) || f == p->object->title)
		return false;
	return p->row->v[f->index].kind != V_NONE || !f->visible ||
	       cond_test(f->visible, &when, NULL, p->row);
}

void
facts_want(struct cx *cx, struct record_page *p)
{
	for (unsigned i = SF_CREATED_BY; i < p->object->n_fields; i++)
		if (fieldset_has(&p->row->has, i))
			names_want_value(cx, &p->names, p->object->fields[i], &p->row->v[i]);
}

static struct mv
fact_of(struct cx *cx, const struct record_page *p, const struct field *f)
{
	struct mv fact = mv_map(cx->mem);
	bool edits = p->may_edit && can_change_field(cx, f);

	mv_set(fact, S("name"), mv_text(f->name));
	mv_set(fact, S("label"), mv_text(page_label(cx, f->label)));
	mv_set(fact, S("help"), mv_text(page_label(cx, f->help)));
	mv_set(fact, S("items"), value_items(cx, &p->names, f, &p->row->v[f->index]));
	mv_set(fact, S("is_long"), mv_bool(f->type == FT_LONGTEXT || f->type == FT_RICHTEXT));
	if (edits)
		mv_set(fact, S("edit_url"),
		       mv_text(str_printf(cx->mem, "%.*s#f-%.*s",
					  STR_FMT(url_of(cx, p->name, p->row->id, "/edit")),
					  STR_FMT(f->name))));
	return fact;
}

static void
add_groups(struct cx *cx, struct record_page *p)
{
	struct mv groups = mv_list(cx->mem), empty = mv_list(cx->mem);
	size_t n, n_empty = 0;
	const struct field_group *group = field_groups(cx, p->object, &n);

	for (size_t i = 0; i < n; i++) {
		struct mv item = mv_map(cx->mem), facts = mv_list(cx->mem);

		for (size_t k = 0; k < group[i].n; k++) {
			const struct field *f = group[i].v[k];
			bool is_empty = p->row->v[f->index].kind == V_NONE;

			if (!is_shown(cx, p, f))
				continue;
			n_empty += is_empty;
			mv_add(is_empty ? empty : facts, fact_of(cx, p, f));
		}
		mv_set(item, S("label"), mv_text(group[i].label));
		mv_set(item, S("facts"), facts);
		if (mv_is_true(&facts))
			mv_add(groups, item);
	}
	mv_set(p->page, S("groups"), groups);
	mv_set(p->page, S("empty"), empty);
	mv_set(p->page, S("n_empty"), mv_int((int64_t)n_empty));
}

/* ---- the head ---- */

/* Links that say where the record belongs: its subject, its whole, its like; and who looks after
 * it. */
static void
add_places(struct cx *cx, struct record_page *p)
{
	struct mv places = mv_list(cx->mem);

	for (unsigned i = SF__MAX; i < p->object->n_fields; i++) {
		const struct field *f = p->object->fields[i];
		struct mv items;

		if (f->type != FT_ONE || !fieldset_has(&p->row->has, i) ||
		    (f != p->object->subject && f != p->object->parent && f->target != p->object))
			continue;
		items = value_items(cx, &p->names, f, &p->row->v[i]);
		for (struct mv item; mv_item(&items, 0, &item);) {
			mv_set(item, S("label"), mv_text(page_label(cx, f->label)));
			mv_set(item, S("icon"), mv_text(icon_of(f->target, NULL)));
			mv_add(places, item);
			break;
		}
	}
	mv_set(p->page, S("places"), places);
}

static bool
has_text(const struct mv *list, const struct mv *item)
{
	struct mv other, a, b;

	for (size_t i = 0; mv_item(list, i, &other); i++)
		if (mv_get(&other, S("text"), &a) && mv_get(item, S("text"), &b) &&
		    str_eq(a.text, b.text))
			return true;
	return false;
}

static void
add_badges(struct cx *cx, struct record_page *p)
{
	struct mv badges = mv_list(cx->mem), items, item;

	for (unsigned i = SF__MAX; i < p->object->n_fields; i++) {
		const struct field *f = p->object->fields[i];

		if (!f->badge || f->hidden || !fieldset_has(&p->row->has, i))
			continue;
		if (f->type == FT_BOOL && p->row->v[i].i)
			add_item(cx, badges, page_label(cx, f->label), (struct str){ 0 });
		if (f->type != FT_ENUM && f->type != FT_TAGS)
			continue;
		items = value_items(cx, &p->names, f, &p->row->v[i]);
		for (size_t k = 0; mv_item(&items, k, &item); k++)
			if (!has_text(&badges, &item))
				mv_add(badges, item);
	}
	mv_set(p->page, S("badges"), badges);
}

static void
add_story(struct cx *cx, struct record_page *p)
{
	static const struct {
		unsigned field;
		const char *name;
	} moments[] = { { SF_CREATED_AT, "made" }, { SF_CHANGED_AT, "changed" } };
	const struct field *owner = p->object->owner;
	const struct field *by = p->object->fields[SF_CREATED_BY];

	for (size_t i = 0; i < countof(moments); i++)
		if (fieldset_has(&p->row->has, moments[i].field))
			mv_set(p->page, str_of(moments[i].name),
			       mv_text(when_text(cx, p->object->fields[moments[i].field],
						 p->row->v[moments[i].field].i)));
	mv_set(p->page, S("made_by"),
	       mv_text(value_words(cx, &p->names, by, &p->row->v[SF_CREATED_BY])));
	if (owner && fieldset_has(&p->row->has, owner->index)) {
		struct str name = value_words(cx, &p->names, owner, &p->row->v[owner->index]);

		mv_set(p->page, S("owner"), mv_text(name));
		mv_set(p->page, S("owner_initials"), mv_text(initials_of(cx, name)));
	}
}

void
facts_add(struct cx *cx, struct record_page *p)
{
	add_groups(cx, p);
	add_places(cx, p);
	add_badges(cx, p);
	add_story(cx, p);
}
