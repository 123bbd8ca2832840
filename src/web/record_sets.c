/* What hangs on a record: its parts, and lists of other records with their numbers. */
#include "record/authz.h"
#include "record/gather.h"
#include "web/record.h"

#include "model/ids.h"

enum { EXPANDED_MAX = 4, EXPANDED_ROWS = 5 };

/* ---- reading ---- */

/* What a timeline shows needs no list beside it, but its number. */
static bool
is_on_timeline(const struct record_page *p, const struct reverse *set)
{
	static const char *const there[] = { "activity", "note", "task" };

	for (size_t i = 0; has_timeline(p->object) && i < countof(there); i++)
		if (str_eq_z(set->object->name, there[i]))
			return true;
	return false;
}

/* Parts first, then what is shown with rows, then the rest. */
static int
set_rank(const struct record_page *p, const struct related *related)
{
	if (related->set->object->parent == related->set->field)
		return 0;
	return is_on_timeline(p, related->set) ? 2 : 1;
}

static struct str
where_is(struct cx *cx, const struct reverse *set, int64_t id)
{
	return str_printf(cx->mem,
			  set->field->type == FT_MANY ? "%.*s contains %lld" : "%.*s = %lld",
			  STR_FMT(set->field->name), (long long)id);
}

/* What a row shows: title, state, money, or else its type. */
static const struct field *
type_of(struct cx *cx, const struct object *object)
{
	const struct field *type = field_find(object, S("type"));

	return type && can_see_field(cx, object, type) ? type : NULL;
}

static void
want_rows(struct cx *cx, struct record_page *p, const struct related *related)
{
	for (size_t i = 0; i < related->rows.n; i++)
		for (unsigned k = SF__MAX; k < related->set->object->n_fields; k++)
			if (fieldset_has(&related->rows.v[i].has, k))
				names_want_value(cx, &p->names, related->set->object->fields[k],
						 &related->rows.v[i].v[k]);
}

/* Sets whose titles are links, or that hang on links to many. */
static bool
rows_read(struct cx *cx, struct record_page *p, struct related *related)
{
	const struct reverse *set = related->set;
	struct entry_fields fields = entry_fields_of(cx, set->object);
	const struct field *type = type_of(cx, set->object);
	const struct field **list = new_array(cx->mem, 6, const struct field *);
	struct query query = { .object = set->object, .limit = EXPANDED_ROWS, .fields = list };

	list[query.n_fields++] = set->object->fields[SF_CREATED_AT];
	if (set->object->title && can_see_field(cx, set->object, set->object->title))
		list[query.n_fields++] = set->object->title;
	if (fields.state && fields.state != set->object->title)
		list[query.n_fields++] = fields.state;
	if (fields.money)
		list[query.n_fields++] = fields.money;
	if (type)
		list[query.n_fields++] = type;
	if (!cond_parse(cx, cx->mem, cx->model, set->object, where_is(cx, set, p->row->id), NULL,
			&query.where) ||
	    !record_query(cx, &query, &related->rows))
		return false;
	related->has_rows = true;
	return true;
}

static bool
excerpt_of(struct cx *cx, const struct record_page *p, const struct related *related,
	   struct excerpt *out)
{
	const struct object *object = related->set->object;

	*out = (struct excerpt){ .fields = entry_fields_of(cx, object),
				 .own_order = true,
				 .limit = EXPANDED_ROWS };
	out->fields.body = NULL;
	out->fields.owner = NULL;
	if (!out->fields.state)
		out->fields.state = type_of(cx, object);
	return gather_of(cx, related->set->field, p->row->id, (struct str){ 0 }, &out->of);
}

static void
put(struct row *row, const struct field *f, struct value v)
{
	if (!f)
		return;
	fieldset_add(&row->has, f->index);
	row->v[f->index] = v;
}

static void
rows_take(struct cx *cx, const struct excerpt *excerpt, struct related *related)
{
	struct row *rows = new_array(cx->mem, excerpt->n + 1, struct row);

	for (size_t i = 0; i < excerpt->n; i++) {
		const struct entry *entry = &excerpt->v[i];

		rows[i] = *row_new(cx->mem, entry->object);
		rows[i].id = entry->id;
		put(&rows[i], excerpt->fields.title, entry->title);
		put(&rows[i], excerpt->fields.state, entry->state);
		put(&rows[i], excerpt->fields.money, entry->money);
	}
	related->rows = (struct rows){ .v = rows, .n = excerpt->n };
	related->has_rows = true;
}

static bool
is_excerpt(struct cx *cx, const struct related *related)
{
	struct entry_fields fields = entry_fields_of(cx, related->set->object);

	return related->set->field->type == FT_ONE && fields.title && fields.when;
}

static void
sets_find(struct cx *cx, struct record_page *p)
{
	struct related *all = new_array(cx->mem, p->object->n_reverses + 1, struct related);
	size_t n = 0;

	for (int rank = 0; rank < 3; rank++)
		for (unsigned i = 0; i < p->object->n_reverses; i++) {
			struct related related = { .set = &p->object->reverses[i] };

			if (set_rank(p, &related) == rank &&
			    can_object(cx, related.set->object, OP_READ) &&
			    AUTHZ(PAGE_RELATED,
				  can_see_field(cx, related.set->object, related.set->field)))
				all[n++] = related;
		}
	p->related = all;
	p->n_related = n;
}

bool
sets_count(struct cx *cx, struct record_page *p)
{
	const struct reverse **sets;
	int64_t *counts;

	sets_find(cx, p);
	sets = new_array(cx->mem, p->n_related + 1, const struct reverse *);
	counts = new_array(cx->mem, p->n_related + 1, int64_t);
	for (size_t i = 0; i < p->n_related; i++)
		sets[i] = p->related[i].set;
	if (!record_set_counts(cx, sets, p->n_related, p->row->id, counts))
		return false;
	for (size_t i = 0; i < p->n_related; i++)
		p->related[i].count = counts[i];
	return true;
}

bool
sets_read(struct cx *cx, struct record_page *p)
{
	size_t expanded = 0;

	if (!sets_count(cx, p))
		return false;
	p->excerpts = new_array(cx->mem, EXPANDED_MAX, struct excerpt);
	p->excerpts_of = new_array(cx->mem, EXPANDED_MAX, struct related *);
	for (size_t i = 0; i < p->n_related && expanded < EXPANDED_MAX; i++) {
		struct related *related = &p->related[i];

		if (!related->count || set_rank(p, related) > 1)
			continue;
		expanded++;
		if (!is_excerpt(cx, related)) {
			if (!rows_read(cx, p, related))
				return false;
			continue;
		}
		p->excerpts_of[p->n_excerpts] = related;
		if (!excerpt_of(cx, p, related, &p->excerpts[p->n_excerpts++]))
			return false;
	}
	return true;
}

bool
sets_finish(struct cx *cx, struct record_page *p)
{
	if (!p->excerpts_read && !record_gather(cx, NULL, 0, p->excerpts, p->n_excerpts))
		return false;
	for (size_t i = 0; i < p->n_excerpts; i++)
		rows_take(cx, &p->excerpts[i], p->excerpts_of[i]);
	for (size_t i = 0; i < p->n_related; i++)
		want_rows(cx, p, &p->related[i]);
	return true;
}

/* ---- showing ---- */

/* What is written in a contact point leads somewhere, by its type. */
static const struct {
	const char *type, *scheme;
} SCHEMES[] = { { "email", "mailto:" },
		{ "phone", "tel:" },
		{ "mobile", "tel:" },
		{ "fax", "tel:" } };

static struct str
contact_url(struct cx *cx, const char *scheme, struct str text)
{
	struct buf url = buf_in(cx->mem, URL_MAX);

	buf_z(&url, scheme);
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] != ' ')
			buf_char(&url, text.p[i]);
	return buf_done(&url);
}

static void
add_contact(struct cx *cx, const struct row *row, struct mv item)
{
	struct str type, text;

	if (!str_eq(row->object->name, S("contact_point")))
		return;
	type = row->v[CONTACT_POINT_TYPE].s;
	text = row->v[CONTACT_POINT_VALUE].s;
	for (size_t i = 0; text.n && i < countof(SCHEMES); i++)
		if (str_eq_z(type, SCHEMES[i].type))
			mv_set(item, S("copy_url"),
			       mv_text(contact_url(cx, SCHEMES[i].scheme, text)));
}

static struct mv
row_item(struct cx *cx, const struct record_page *p, const struct row *row)
{
	struct entry_fields fields = entry_fields_of(cx, row->object);
	const struct field *type = field_find(row->object, S("type"));
	struct mv item = mv_map(cx->mem), states, state;

	mv_set(item, S("title"), mv_text(title_of_row(cx, &p->names, row)));
	mv_set(item, S("url"), mv_text(url_of(cx, row->object->name, row->id, "")));
	if (fields.state && fields.state != row->object->title) {
		states = value_items(cx, &p->names, fields.state, &row->v[fields.state->index]);
		if (mv_item(&states, 0, &state))
			mv_set(item, S("state"), state);
	}
	if (fields.money && row->v[fields.money->index].kind != V_NONE)
		mv_set(item, S("text"),
		       mv_text(value_print(cx, fields.money, &row->v[fields.money->index])));
	else if (type && fieldset_has(&row->has, type->index))
		mv_set(item, S("text"),
		       mv_text(value_words(cx, &p->names, type, &row->v[type->index])));
	add_contact(cx, row, item);
	return item;
}

/* The link of a record that leads to this one: by its name among the sets, or as what it is about.
 */
static const struct field *
link_to(const struct cx *cx, const struct record_page *p, const struct object *object)
{
	const struct field *any = NULL;

	for (unsigned i = SF__MAX; i < object->n_fields; i++) {
		const struct field *f = object->fields[i];

		if (!can_edit_field(cx, object, f))
			continue;
		if (f->type == FT_ONE && f->target == p->object && f->reverse.n &&
		    f != object->owner && f != object->team && f != object->unit)
			return f;
		if (f->type == FT_ANY && !any)
			any = f;
	}
	return any;
}

struct str
new_url_of(struct cx *cx, const struct record_page *p, const struct object *object)
{
	const struct field *link = link_to(cx, p, object), *subject = p->object->subject;
	struct buf url = buf_in(cx->mem, URL_MAX);

	if (!link)
		return (struct str){ 0 };
	buf_str(&url, url_of(cx, object->name, 0, "/new"));
	url_add(&url, link->name.p,
		str_printf(cx->mem, link->type == FT_ANY ? "%.*s:%lld" : "%.*s%lld",
			   STR_FMT(link->type == FT_ANY ? p->object->name : S("")),
			   (long long)p->row->id));
	/* What hangs on a deal belongs to its party too. */
	if (subject && object->subject && subject->target == object->subject->target &&
	    fieldset_has(&p->row->has, subject->index) && p->row->v[subject->index].kind == V_INT)
		url_add(&url, object->subject->name.p,
			str_printf(cx->mem, "%lld", (long long)p->row->v[subject->index].i));
	return buf_done(&url);
}

static struct str
set_new_url(struct cx *cx, const struct record_page *p, const struct reverse *set)
{
	struct buf url = buf_in(cx->mem, URL_MAX);

	if (!can_object(cx, set->object, OP_CREATE) || set->field->type != FT_ONE)
		return (struct str){ 0 };
	buf_str(&url, url_of(cx, set->object->name, 0, "/new"));
	url_add(&url, set->field->name.p, str_printf(cx->mem, "%lld", (long long)p->row->id));
	return buf_done(&url);
}

/* Several sets of the same object go by what the link is called. */
static struct str
set_label(struct cx *cx, const struct record_page *p, const struct reverse *set)
{
	struct str label = page_label(cx, set->object->label_many);

	for (size_t i = 0; i < p->n_related; i++)
		if (p->related[i].set != set && p->related[i].set->object == set->object)
			return str_printf(cx->mem, "%.*s: %.*s", STR_FMT(label),
					  STR_FMT(page_label(cx, set->field->label)));
	return label;
}

void
sets_add(struct cx *cx, struct record_page *p)
{
	struct mv sets = mv_list(cx->mem), others = mv_list(cx->mem);

	for (size_t i = 0; i < p->n_related; i++) {
		const struct related *related = &p->related[i];
		struct mv item = mv_map(cx->mem), rows = mv_list(cx->mem);
		struct buf url = buf_in(cx->mem, URL_MAX), count = buf_in(cx->mem, 40);

		buf_str(&url, url_of(cx, related->set->object->name, 0, ""));
		url_add(&url, "where", where_is(cx, related->set, p->row->id));
		fmt_int(&count, cx, related->count);
		mv_set(item, S("label"), mv_text(set_label(cx, p, related->set)));
		mv_set(item, S("one"), mv_text(page_label(cx, related->set->object->label)));
		mv_set(item, S("icon"), mv_text(icon_of(related->set->object, NULL)));
		mv_set(item, S("url"), mv_text(buf_done(&url)));
		mv_set(item, S("count"), mv_text(buf_done(&count)));
		mv_set(item, S("new_url"), mv_text(set_new_url(cx, p, related->set)));
		for (size_t k = 0; k < related->rows.n; k++)
			mv_add(rows, row_item(cx, p, &related->rows.v[k]));
		mv_set(item, S("rows"), rows);
		mv_set(item, S("has_more"),
		       mv_bool(related->count > (int64_t)related->rows.n && related->rows.n));
		mv_add(related->has_rows ? sets : others, item);
	}
	mv_set(p->page, S("sets"), sets);
	mv_set(p->page, S("others"), others);
	mv_set(p->page, S("has_others"), mv_bool(mv_is_true(&others)));
}
