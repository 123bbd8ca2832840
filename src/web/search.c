/* Search: the page of results, and what is found while one types. */
#include "web/web.h"

enum { HITS_SHOWN = 12, RECENT_SHOWN = 8, FOUND_BYTES = 120 };

/* ---- results by object ---- */

struct found_groups {
	struct mv list;
	struct mv items[OBJECTS_MAX];
	bool is_there[OBJECTS_MAX];
	size_t n;
};

/* The list of this object's hits; objects stand in the order of their best hit. */
static struct mv
group_items(struct cx *cx, struct found_groups *groups, const struct object *object)
{
	struct mv group;

	if (groups->is_there[object->index])
		return groups->items[object->index];
	group = mv_map(cx->mem);
	groups->is_there[object->index] = true;
	groups->items[object->index] = mv_list(cx->mem);
	mv_set(group, S("label"), mv_text(page_label(cx, object->label_many)));
	mv_set(group, S("items"), groups->items[object->index]);
	mv_add(groups->list, group);
	return groups->items[object->index];
}

/* Not cut within a letter. */
static struct str
cut_text(struct str text, size_t max)
{
	if (text.n <= max)
		return text;
	while (max && ((unsigned char)text.p[max] & 0xc0) == 0x80)
		max--;
	return str_first(text, max);
}

static void
add_hit(struct cx *cx, struct found_groups *groups, const struct hit *hit, struct str of)
{
	const struct field *f = hit->field.n ? field_find(hit->object, hit->field) : NULL;
	struct mv item = mv_map(cx->mem);

	mv_set(item, S("id"), mv_text(str_printf(cx->mem, "hit-%zu", groups->n++)));
	mv_set(item, S("kind"), mv_text(page_label(cx, hit->object->label)));
	mv_set(item, S("icon"), mv_text(icon_of(hit->object, NULL)));
	mv_set(item, S("text"),
	       mv_text(hit->title.n ? hit->title : str_of(tr(cx, "(without a name)"))));
	mv_set(item, S("of"), mv_text(of));
	mv_set(item, S("url"), mv_text(url_of(cx, hit->object->name, hit->id, "")));
	mv_set(item, S("field"), mv_text(f ? page_label(cx, f->label) : (struct str){ 0 }));
	mv_set(item, S("found"), mv_text(cut_text(hit->text, FOUND_BYTES)));
	mv_add(group_items(cx, groups, hit->object), item);
}

static bool
groups_of(struct cx *cx, const struct hits *hits, struct mv *out)
{
	struct found_groups *groups = new(cx->mem, struct found_groups);
	struct ref *refs = new_array(cx->mem, hits->n + 1, struct ref);
	struct str *titles = new_array(cx->mem, hits->n + 1, struct str);

	groups->list = mv_list(cx->mem);
	for (size_t i = 0; i < hits->n; i++)
		refs[i] = hits->v[i].of;
	if (hits->n && !record_titles_of(cx, refs, hits->n, titles))
		return false;
	for (size_t i = 0; i < hits->n; i++)
		add_hit(cx, groups, &hits->v[i], titles[i]);
	*out = groups->list;
	return true;
}

/* ---- the page ---- */

bool
web_search(struct cx *cx, struct request *q, struct reply *r)
{
	struct str words = str_trim(request_query(q, "q"));
	struct hits hits;
	struct mv page, groups;

	if (!record_search(cx, NULL, words, SEARCH_MAX, &hits) || !groups_of(cx, &hits, &groups))
		return false;
	page = page_new(cx, q, r, str_of(tr(cx, "Search")));
	mv_set(page, S("words"), mv_text(words));
	mv_set(page, S("groups"), groups);
	mv_set(page, S("is_empty"), mv_bool(!hits.n && words.n));
	mv_set(page, S("is_full"), mv_bool(hits.n == SEARCH_MAX));
	return page_write(cx, r, "search.html", page);
}

/* ---- while one types ---- */

static bool
hits_write(struct cx *cx, struct reply *r, const struct hits *hits)
{
	struct mv page = mv_map(cx->mem), groups;

	if (!groups_of(cx, hits, &groups))
		return false;
	mv_set(page, S("groups"), groups);
	return page_write(cx, r, "hits.html", page);
}

bool
web_hits(struct cx *cx, struct request *q, struct reply *r)
{
	struct hits hits;

	return record_search(cx, NULL, str_trim(request_query(q, "q")), HITS_SHOWN, &hits) &&
	       hits_write(cx, r, &hits);
}

/* "deal.12": the object or face, and the number; what is not there (any more) is passed over. */
static bool
recent_hit(struct cx *cx, struct str part, struct hits *hits)
{
	struct str name = str_cut(&part, '.');
	const struct face *face = NULL;
	const struct object *object = object_find(cx->model, name, &face);
	struct hit *hit = &hits->v[hits->n];
	struct query query = { .limit = 1 };
	struct rows rows;

	if (!object || !can_object(cx, object, OP_READ) || !str_int(part, 1, INT64_MAX, &hit->id))
		return true;
	hit->object = object;
	query.object = object;
	query.fields = (const struct field *const *)&object->title;
	query.n_fields = object->title != NULL;
	if (!query.n_fields ||
	    !cond_parse(cx, cx->mem, cx->model, object,
			str_printf(cx->mem, "id = %lld", (long long)hit->id), NULL, &query.where))
		return !query.n_fields;
	if (!record_query(cx, &query, &rows))
		return false;
	if (rows.n)
		hit->title = value_print(cx, object->title, &rows.v[0].v[object->title->index]);
	hits->n += rows.n;
	return true;
}

bool
web_recent(struct cx *cx, struct request *q, struct reply *r)
{
	struct str of = request_query(q, "of");
	struct hits hits = { new_array(cx->mem, RECENT_SHOWN + 1, struct hit), 0 };

	for (size_t i = 0; of.n && i < RECENT_SHOWN; i++)
		if (!recent_hit(cx, str_cut(&of, ','), &hits))
			return false;
	return hits_write(cx, r, &hits);
}
